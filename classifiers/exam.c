#include "classifiers/exam.h"
#include "classifiers/rules.h"

#include "base/ctx.h"
#include "base/yaml.h"

#include <stdarg.h>

struct examiner {
    struct tl_exam *exam;
    const struct tl_engine *engine;
    const struct tl_pack *pack;
    struct tl_yaml yaml;
    struct tl_rx_scratch *rx;
    struct tl_engine_scratch *scratch;
    struct tl_ctx *ctx;
};

/* Rows that a column's values are repeated to: so many that chance has no say. */
#define ROWS 60

static void miss(struct examiner *e, struct tl_mark at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void miss(struct examiner *e, struct tl_mark at, const char *format, ...)
{
    struct tl_arena *arena = e->exam->arena;
    struct tl_exam_miss found = { .path = tl_arena_strdup(arena, e->pack->path),
                                  .pack = tl_arena_strdup(arena, e->pack->name),
                                  .line = at.line,
                                  .column = at.column };
    char *words = NULL;
    va_list args;

    va_start(args, format);
    int n = vasprintf(&words, format, args);
    va_end(args);
    found.text = tl_arena_strdup(arena, n < 0 ? format : words);
    free(words);
    tl_vec_push(&e->exam->misses, found);
    e->exam->parts.items[e->exam->parts.n - 1].failed++;
    e->exam->failed++;
}

static void begin_part(struct examiner *e, const char *info_type)
{
    struct tl_arena *arena = e->exam->arena;

    tl_vec_push(&e->exam->parts,
                ((struct tl_exam_part){
                    .pack = tl_arena_strdup(arena, e->pack->name),
                    .info_type = info_type ? tl_arena_strdup(arena, info_type) : NULL }));
}

static void count(struct examiner *e)
{
    e->exam->parts.items[e->exam->parts.n - 1].n++;
    e->exam->n++;
}

/* ---- examples ---- */

static bool takes(const struct examiner *e, const struct tl_rule *rule, const char *text)
{
    struct tl_shape shape;

    tl_shape_of(&shape, text, strlen(text), false);
    return !tl_rule_is_sentinel(rule, text, shape.n) &&
           (tl_rule_takes(rule, text, &shape, true, e->rx) ||
            tl_rule_takes_named(rule, text, &shape, e->rx));
}

static void examine_list(struct examiner *e, const struct tl_rule *rule,
                         const json_t *examples, const char *key)
{
    const json_t *list = json_object_get(examples, key);
    bool should = !strcmp(key, "match");
    size_t n = json_is_string(list) ? 1 : json_array_size(list);

    for (size_t i = 0; i < n; i++) {
        const char *text =
            json_string_value(json_is_string(list) ? list : json_array_get(list, i));

        if (!text)
            continue;
        count(e);
        if (takes(e, rule, text) != should)
            miss(e,
                 json_is_string(list) ? tl_yaml_at(&e->yaml, examples, key)
                                      : tl_yaml_item_at(&e->yaml, list, i),
                 "this example of '%s' %s", rule->type->name,
                 should ? "does not match" : "matches and should not");
    }
}

static int examine_types(struct examiner *e)
{
    const json_t *types = json_object_get(e->yaml.root, "types");
    int rc = TL_OK;

    for (size_t i = 0; i < json_array_size(types) && !rc; i++) {
        const json_t *object = json_array_get(types, i);
        const char *name = json_string_value(json_object_get(object, "info_type"));
        int rule = name ? tl_rule_find(e->engine, name) : -1;
        bool is_extension = json_is_true(json_object_get(object, "extends"));

        /* what another pack took the place of is not in force */
        if (rule < 0 || (!is_extension && e->engine->types[rule].pack != e->pack->name))
            continue;
        begin_part(e, name);
        const json_t *examples = json_object_get(object, "examples");
        examine_list(e, &e->engine->rules[rule], examples, "match");
        examine_list(e, &e->engine->rules[rule], examples, "no_match");
        rc = tl_ctx_check(e->ctx);
    }
    return rc;
}

/* ---- columns ---- */

static const char *const column_keys[] = { "name",    "table",  "type",  "beside",
                                           "comment", "values", "expect" };
#define N_COLUMN_KEYS (sizeof column_keys / sizeof *column_keys)

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int check_column(const struct examiner *e, const json_t *object, struct tl_mark at)
{
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return tl_yaml_fail(&e->yaml, at, e->ctx, "a column to test must be a mapping");
    json_object_foreach((json_t *)object, key, value)
    {
        size_t i = 0;

        while (i < N_COLUMN_KEYS && strcmp(column_keys[i], key))
            i++;
        if (i == N_COLUMN_KEYS) {
            const char *nearest = tl_nearest(key, column_keys, N_COLUMN_KEYS);
            if (nearest)
                tl_hint(e->ctx, "did you mean '%s'?", nearest);
            return tl_yaml_fail(&e->yaml, tl_yaml_key_at(&e->yaml, object, key), e->ctx,
                                "unknown key '%s'", key);
        }
        bool is_list = !strcmp(key, "values") || !strcmp(key, "beside");
        if (is_list ? !json_is_array(value) : !json_is_string(value))
            return tl_yaml_fail(&e->yaml, tl_yaml_at(&e->yaml, object, key), e->ctx,
                                "'%s' must be %s", key,
                                is_list ? "a list of texts" : "text (quote it)");
        if (json_array_size(value) > TL_EXAM_VALUES_MOST)
            return tl_yaml_fail(&e->yaml, tl_yaml_at(&e->yaml, object, key), e->ctx,
                                "'%s' has more than %d entries", key,
                                TL_EXAM_VALUES_MOST);
    }
    if (!text_at(object, "name") || !text_at(object, "expect"))
        return tl_yaml_fail(&e->yaml, at, e->ctx,
                            "a column to test needs 'name' and 'expect'");
    return TL_OK;
}

static int check_expected(const struct examiner *e, const json_t *object)
{
    const char *expected = text_at(object, "expect");

    if (!strcmp(expected, "none") || tl_engine_type(e->engine, expected))
        return TL_OK;
    const char **known =
        tl_arena_alloc(e->ctx->arena, e->engine->n_types + 1, sizeof *known);
    for (uint32_t i = 0; i < e->engine->n_types; i++)
        known[i] = e->engine->types[i].name;
    const char *nearest = tl_nearest(expected, known, e->engine->n_types);
    if (nearest)
        tl_hint(e->ctx, "did you mean '%s'? a column that is nobody's is 'none'",
                nearest);
    else
        tl_hint(e->ctx, "a column that is nobody's is 'none'");
    return tl_yaml_fail(&e->yaml, tl_yaml_at(&e->yaml, object, "expect"), e->ctx,
                        "unknown info type '%s'", expected);
}

static void add_columns(struct tl_snapshot *snapshot, const json_t *object)
{
    const json_t *beside = json_object_get(object, "beside");
    const char *name = text_at(object, "name");
    const char *table = text_at(object, "table");
    const char *native = text_at(object, "type");
    const char *comment = text_at(object, "comment");

    tl_snapshot_add_source(snapshot, "test", "files", "file");
    tl_snapshot_add_dataset(snapshot, NULL, NULL, table ? table : "", TL_TABLE);
    struct tl_column *column =
        tl_snapshot_add_column(snapshot, name, strlen(name), native);
    column->logical = (uint8_t)(native ? tl_logical_of(native) : TL_LOGICAL_TEXT);
    if (comment)
        column->comment = tl_text_of(snapshot->texts, comment);
    for (size_t i = 0; i < json_array_size(beside); i++) {
        const char *other = json_string_value(json_array_get(beside, i));
        if (other)
            tl_snapshot_add_column(snapshot, other, strlen(other), NULL);
    }
}

/* The column's values down the rows; of the columns beside it only the names count. */
static void fill_sample(struct tl_sample *out, const json_t *object, uint32_t n_columns,
                        struct tl_arena *arena)
{
    const json_t *values = json_object_get(object, "values");
    size_t n = json_array_size(values);

    *out = (struct tl_sample){ .state = TL_SAMPLE_NONE, .n_columns = n_columns };
    if (!n)
        return;
    out->state = TL_SAMPLE_READ;
    out->n_rows = n > ROWS ? (uint32_t)n : ROWS;
    out->values =
        tl_arena_alloc(arena, (size_t)n_columns * out->n_rows, sizeof *out->values);
    for (uint32_t r = 0; r < out->n_rows; r++) {
        const json_t *value = json_array_get(values, r % n);
        if (json_is_string(value))
            out->values[r] =
                (struct tl_value){ .bytes = json_string_value(value),
                                   .n = (uint32_t)json_string_length(value) };
    }
}

static const char *settled(const struct tl_decisions *decisions)
{
    const struct tl_decision *decision = &decisions->columns[0];

    /* the last one is the dominant one */
    return decision->n_tags
               ? decisions->tags[decision->first_tag + decision->n_tags - 1].info_type
               : "none";
}

static int examine_column(struct examiner *e, const json_t *object, struct tl_mark at)
{
    struct tl_arena *arena = tl_arena_open();
    struct tl_snapshot snapshot;
    struct tl_sample sample;
    struct tl_decisions decisions;
    const char *expected = text_at(object, "expect");
    bool is_found = false;

    tl_snapshot_init(&snapshot);
    add_columns(&snapshot, object);
    fill_sample(&sample, object, (uint32_t)snapshot.columns.n, arena);
    struct tl_question question = { .snapshot = &snapshot,
                                    .sample = &sample,
                                    .scratch = e->scratch };
    int rc = tl_engine_decide(&decisions, e->engine, &question, arena, e->ctx);
    if (!rc) {
        const struct tl_decision *decision = &decisions.columns[0];
        count(e);
        is_found = !decision->n_tags && !strcmp(expected, "none");
        for (uint32_t t = 0; t < decision->n_tags; t++)
            is_found |=
                !strcmp(decisions.tags[decision->first_tag + t].info_type, expected);
    }
    if (!rc && !is_found)
        miss(e, at, "the column '%s' is '%s', expected '%s'", text_at(object, "name"),
             settled(&decisions), expected);
    tl_snapshot_release(&snapshot);
    tl_arena_close(arena);
    return rc;
}

static int examine_columns(struct examiner *e)
{
    const json_t *list = json_object_get(e->yaml.root, "columns");
    int rc = TL_OK;

    if (!list)
        return TL_OK;
    if (!json_is_array(list) || json_array_size(list) > TL_EXAM_COLUMNS_MOST)
        return tl_yaml_fail(&e->yaml, tl_yaml_at(&e->yaml, e->yaml.root, "columns"),
                            e->ctx, "'columns' must be a list of at most %d",
                            TL_EXAM_COLUMNS_MOST);
    begin_part(e, NULL);
    for (size_t i = 0; i < json_array_size(list) && !rc; i++) {
        const json_t *object = json_array_get(list, i);
        struct tl_mark at = tl_yaml_item_at(&e->yaml, list, i);

        rc = check_column(e, object, at);
        if (!rc)
            rc = check_expected(e, object);
        if (!rc)
            rc = examine_column(e, object, at);
    }
    return rc;
}

int tl_exam_run(struct tl_exam *out, const struct tl_engine *engine, const char *pack,
                struct tl_ctx *ctx)
{
    struct examiner e = { .exam = out,
                          .engine = engine,
                          .rx = tl_rx_scratch_open(),
                          .scratch = tl_engine_scratch_open(),
                          .ctx = ctx };
    int rc = TL_OK;

    *out = (struct tl_exam){ .arena = tl_arena_open() };
    for (size_t i = 0; i < engine->n_packs && !rc; i++) {
        e.pack = &engine->packs[i];
        if (pack && strcmp(pack, e.pack->name))
            continue;
        rc = tl_yaml_parse(&e.yaml, e.pack->text, e.pack->n, e.pack->path, ctx);
        if (!rc)
            rc = examine_types(&e);
        if (!rc)
            rc = examine_columns(&e);
        tl_yaml_release(&e.yaml);
    }
    tl_engine_scratch_close(e.scratch);
    tl_rx_scratch_close(e.rx);
    return rc;
}

void tl_exam_release(struct tl_exam *exam)
{
    tl_vec_release(&exam->parts);
    tl_vec_release(&exam->misses);
    if (exam->arena)
        tl_arena_close(exam->arena);
    exam->arena = NULL;
}
