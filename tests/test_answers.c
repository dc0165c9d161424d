/*
 * The demo warehouse scanned and held against its answer key. A column that holds personal data must get a type that the key
 * names, and only such; one that holds none must get no tag of a personal type. Each disagreement is printed.
 */
#include "tests/check.h"

#include "base/file.h"
#include "base/map.h"
#include "classifiers/engine.h"
#include "connectors/connector.h"
#include "connectors/warehouse/sqlite_demo.h"

struct scan {
    struct tl_ctx ctx;
    struct tl_snapshot snapshot;
    struct tl_engine *engine;
    struct tl_engine_scratch *scratch;
    const struct tl_source_ops *source;
    void *conn;
    struct tl_sample_spec spec;
    struct tl_map key; /* "dataset,column" -> place in `answers` */
    const char *answers[1024];
    unsigned n_columns, n_wrong;
};

/* Every line "dataset,column,types"; no cell of it needs quotes. */
static void read_key(struct scan *s)
{
    struct tl_str text = TL_STR_INIT(1 << 20);
    uint32_t n = 0;

    CHECK_OK(tl_file_read(&text, TL_FIXTURES "/demo/answers.csv", &s->ctx), &s->ctx);
    char *line = tl_arena_dup(s->ctx.arena, text.text, text.n);
    for (char *end; (end = strchr(line, '\n')) && n < 1024; line = end + 1) {
        *end = '\0';
        char *types = strrchr(line, ',');
        if (!CHECK(types != NULL))
            break;
        tl_map_put(&s->key, line, (size_t)(types - line), n);
        s->answers[n++] = types + 1;
    }
    tl_str_release(&text);
}

static void open_source(struct scan *s)
{
    const struct tl_connector *sqlite = tl_connector_find("sqlite");
    void *config = tl_arena_alloc(s->ctx.arena, 1, sqlite->config_size);
    const char *path = tl_path_join(tl_test_folder(), "demo.db", &s->ctx);
    struct tl_scope everything = { 0 };

    CHECK_OK(tl_sqlite_demo_make(path, TL_SQLITE_DEMO_SEED, &s->ctx), &s->ctx);
    CHECK_OK(tl_option_defaults(config, sqlite->options, &s->ctx), &s->ctx);
    for (const struct tl_option *o = sqlite->options; o->name; o++)
        if (strcmp(o->name, "path") == 0)
            memcpy((char *)config + o->offset, &path, sizeof path);
    CHECK_OK(sqlite->open(&s->conn, config, &s->ctx), &s->ctx);
    s->source = sqlite->source;
    tl_snapshot_add_source(&s->snapshot, "demo", "sqlite", "sqlite");
    CHECK_OK(s->source->pull(&s->snapshot, s->conn, &everything, &s->ctx), &s->ctx);
}

static bool scan_open(struct scan *s, uint32_t rows, uint64_t seed)
{
    struct tl_engine_settings settings = { 0 };

    *s = (struct scan){ .spec = { .rows = rows, .value_bytes = 4096, .seed = seed } };
    tl_test_ctx_init(&s->ctx);
    tl_snapshot_init(&s->snapshot);
    read_key(s);
    open_source(s);
    if (!CHECK_OK(tl_engine_open(&s->engine, &settings, &s->ctx), &s->ctx))
        return false;
    s->scratch = tl_engine_scratch_open();
    return s->conn != NULL;
}

static void scan_close(struct scan *s)
{
    tl_engine_scratch_close(s->scratch);
    tl_engine_close(s->engine);
    tl_connector_find("sqlite")->close(s->conn);
    tl_snapshot_release(&s->snapshot);
    tl_map_release(&s->key);
    tl_test_ctx_release(&s->ctx);
}

static bool is_named(const char *answer, const char *type)
{
    size_t n = strlen(type);

    for (const char *at = answer; (at = strstr(at, type)); at += n)
        if ((at == answer || at[-1] == '|') && (at[n] == '\0' || at[n] == '|'))
            return true;
    return false;
}

/*
 * A type that is not personal by itself, such as `url`, may be told of any column: only personal ones can be one too many. The key
 * names what a column is; what stands at a path inside is beyond it, but for columns in which nothing personal stands.
 */
static bool is_right(const char *answer, const struct tl_decisions *decisions,
                     const struct tl_decision *column)
{
    bool is_nobodys = is_named(answer, "not_personal");
    bool is_found = is_nobodys;

    for (uint32_t t = column->first_tag; t < column->first_tag + column->n_tags; t++) {
        const struct tl_tag *tag = &decisions->tags[t];

        if (is_named(answer, tag->info_type))
            is_found = true;
        else if (tag->sensitivity >= TL_PERSONAL && (is_nobodys || !tag->path))
            return false;
    }
    return is_found;
}

static void tell(const char *name, const char *answer,
                 const struct tl_decisions *decisions, uint32_t i)
{
    struct tl_str why = TL_STR_INIT(4096);
    const struct tl_decision *column = &decisions->columns[i];

    printf("    %s is %s, not", name, answer);
    for (uint32_t t = column->first_tag; t < column->first_tag + column->n_tags; t++)
        printf(" %s %u", decisions->tags[t].info_type, decisions->tags[t].confidence);
    tl_engine_why(&why, decisions, i);
    printf("%s (%s)\n", column->n_tags ? "" : " nothing", why.text);
    tl_str_release(&why);
}

static void hold_against_key(struct scan *s, const struct tl_dataset *dataset,
                             const struct tl_decisions *decisions)
{
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const struct tl_column *column =
            &s->snapshot.columns.items[dataset->first_column + i];
        const char *name = tl_arena_printf(s->ctx.arena, "%s,%s",
                                           tl_snapshot_text(&s->snapshot, dataset->name),
                                           tl_snapshot_text(&s->snapshot, column->path));
        uint32_t at;

        s->n_columns++;
        if (!CHECK(tl_map_get(&s->key, name, strlen(name), &at))) {
            printf("    %s is not in the key\n", name);
        } else if (!is_right(s->answers[at], decisions, &decisions->columns[i])) {
            tell(name, s->answers[at], decisions, i);
            s->n_wrong++;
        }
    }
}

static void decide_all(struct scan *s)
{
    for (uint32_t d = 0; d < s->snapshot.datasets.n; d++) {
        struct tl_dataset_id id = { d };
        struct tl_sample sample = { .state = TL_SAMPLE_NONE };
        struct tl_decisions decisions = { 0 };
        struct tl_question question = { &s->snapshot, id, &sample, s->scratch };

        CHECK_OK(s->source->sample(&sample, s->conn, &s->snapshot, id, &s->spec, &s->ctx),
                 &s->ctx);
        CHECK(sample.state == TL_SAMPLE_READ || sample.state == TL_SAMPLE_WHOLE);
        CHECK_OK(tl_engine_decide(&decisions, s->engine, &question, s->ctx.arena,
                                  &s->ctx),
                 &s->ctx);
        hold_against_key(s, &s->snapshot.datasets.items[d], &decisions);
        tl_arena_reset(s->ctx.scratch);
    }
}

/* The rows that a scan reads unless it is told otherwise. */
static void a_scan_agrees_with_the_key(void)
{
    struct scan s;

    if (!scan_open(&s, 500, 1))
        return;
    decide_all(&s);
    CHECK_INT(s.n_columns, 206);
    CHECK_INT(s.n_wrong, 0);
    scan_close(&s);
}

static void other_rows_of_the_same_tables_agree_as_well(void)
{
    static const uint32_t rows[] = { 200, 500, 2000 };

    for (size_t i = 0; i < 3; i++) {
        struct scan s;

        if (!scan_open(&s, rows[i], 100 + i))
            return;
        decide_all(&s);
        if (!CHECK_INT(s.n_wrong, 0))
            printf("    with %u rows\n", rows[i]);
        scan_close(&s);
    }
}

TL_TESTS("answers", TEST(a_scan_agrees_with_the_key),
         TEST(other_rows_of_the_same_tables_agree_as_well))
