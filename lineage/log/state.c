/*
 * A state file is canonical JSON but for its line breaks: one column, edge or problem a line and the digests on a line of their own,
 * so that git diff and git blame show the one that changed. What is absent is left out.
 */
#include "lineage/log/state.h"

#include "base/ctx.h"
#include "base/json.h"

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* ---- path ---- */

/* A folder never ends in ".json", so that no folder has the name of a dataset's file beside it. */
static void add_folder(struct tl_str *out, const char *name)
{
    if (!name)
        return;
    tl_name_encode_file(out, name);
    if (out->n >= 5 && memcmp(out->text + out->n - 5, ".json", 5) == 0) {
        out->n -= 5;
        tl_str_add(out, "%2Ejson");
    }
    tl_str_add_char(out, '/');
}

void tl_state_path(struct tl_str *out, const struct tl_key *key)
{
    tl_str_add(out, "state/");
    add_folder(out, key->source);
    add_folder(out, key->database);
    add_folder(out, key->schema);
    tl_name_encode_file(out, key->dataset ? key->dataset : "");
    tl_str_add(out, ".json");
}

/* ---- writing ---- */

static void write_tag(struct tl_json *json, const struct tl_state_tag *tag)
{
    tl_json_object(json);
    tl_json_put_some(json, "actor", tag->actor);
    tl_json_put_some(json, "against", tag->against);
    if (tag->against_confidence)
        tl_json_put_int(json, "against_confidence", tag->against_confidence);
    tl_json_put_some(json, "category", tag->category);
    tl_json_put_int(json, "confidence", tag->confidence);
    tl_json_put_some(json, "effect", tl_effect_word(tag->effect));
    tl_json_put_some(json, "from", tag->from);
    tl_json_put_some(json, "from_type", tag->from_type);
    tl_json_put_text(json, "info_type", tag->info_type);
    if (tag->is_inside)
        tl_json_put_bool(json, "inside", true);
    tl_json_put_some(json, "knew", tag->knew);
    tl_json_put_text(json, "origin", tl_origin_word(tag->origin));
    tl_json_put_some(json, "path", tag->path);
    tl_json_put_text(json, "sensitivity", tl_sensitivity_word(tag->sensitivity));
    tl_json_put_time(json, "since", tag->since);
    tl_json_put_text(json, "span", tag->span);
    tl_json_put_text(json, "state", tl_state_word(tag->state));
    tl_json_put_text(json, "trace", tag->trace);
    tl_json_object_end(json);
}

static const struct {
    uint8_t bit;
    const char *word;
} role_words[] = { { TL_KEY_PRIMARY, "primary" },
                   { TL_KEY_UNIQUE, "unique" },
                   { TL_KEY_FOREIGN, "foreign" } };
enum { N_ROLES = sizeof role_words / sizeof *role_words };

static void write_column(struct tl_str *out, const struct tl_state_column *column)
{
    struct tl_json json;

    tl_json_init(&json, out);
    tl_json_object(&json);
    if (column->is_absent)
        tl_json_put_bool(&json, "absent", true);
    tl_json_put_some(&json, "comment", column->comment);
    tl_json_put_text(&json, "logical", tl_logical_word(column->logical));
    tl_json_put_text(&json, "name", column->path);
    if (column->nullable >= 0)
        tl_json_put_bool(&json, "nullable", column->nullable);
    tl_json_put_int(&json, "ordinal", column->ordinal);
    if (column->roles) {
        tl_json_key(&json, "roles");
        tl_json_array(&json);
        for (unsigned i = 0; i < N_ROLES; i++)
            if (column->roles & role_words[i].bit)
                tl_json_text(&json, role_words[i].word);
        tl_json_array_end(&json);
    }
    if (column->n_tags) {
        tl_json_key(&json, "tags");
        tl_json_array(&json);
        for (uint32_t i = 0; i < column->n_tags; i++)
            write_tag(&json, &column->tags[i]);
        tl_json_array_end(&json);
    }
    tl_json_put_some(&json, "type", column->native_type);
    if (column->is_unknown)
        tl_json_put_bool(&json, "unknown", true);
    tl_json_object_end(&json);
}

static void write_keys(struct tl_json *json, const struct tl_state_file *state)
{
    if (!state->n_keys)
        return;
    tl_json_key(json, "keys");
    tl_json_array(json);
    for (uint32_t i = 0; i < state->n_keys; i++) {
        tl_json_object(json);
        tl_json_put_some(json, "columns", state->keys[i].columns);
        tl_json_put_some(json, "target", state->keys[i].target);
        tl_json_put_some(json, "target_columns", state->keys[i].target_columns);
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
}

/* Sure is the rule: only doubt is said. */
static void write_edge(struct tl_str *out, const struct tl_edge *edge)
{
    struct tl_json json;

    tl_json_init(&json, out);
    tl_json_object(&json);
    if (edge->column)
        tl_json_put_int(&json, "column", edge->column);
    if (edge->confidence != 1000)
        tl_json_put_int(&json, "confidence", edge->confidence);
    tl_json_put_some(&json, "effect", tl_effect_word(edge->effect));
    tl_json_put_some(&json, "function", edge->function);
    tl_json_put_text(&json, "kind", tl_edge_kind_word(edge->kind));
    if (edge->line)
        tl_json_put_int(&json, "line", edge->line);
    tl_json_put_some(&json, "query", edge->query);
    tl_json_put_some(&json, "source", edge->source);
    tl_json_put_some(&json, "source_column", edge->source_column);
    tl_json_put_some(&json, "target_column", edge->target_column);
    tl_json_object_end(&json);
}

static void write_problem(struct tl_str *out, const struct tl_edge_problem *problem)
{
    struct tl_json json;

    tl_json_init(&json, out);
    tl_json_object(&json);
    if (problem->column)
        tl_json_put_int(&json, "column", problem->column);
    if (problem->line)
        tl_json_put_int(&json, "line", problem->line);
    tl_json_put_some(&json, "query", problem->query);
    tl_json_put_text(&json, "what", problem->what);
    tl_json_object_end(&json);
}

static void write_dataset_key(struct tl_json *json, const struct tl_state_file *state)
{
    tl_json_key(json, "dataset");
    tl_json_object(json);
    tl_json_put_some(json, "database", state->key.database);
    tl_json_put_some(json, "name", state->key.dataset);
    tl_json_put_some(json, "platform", state->platform);
    tl_json_put_some(json, "schema", state->key.schema);
    tl_json_put_some(json, "source", state->key.source);
    tl_json_object_end(json);
}

/* A line break behind the comma: the next key begins a line. */
static void break_line(struct tl_json *json)
{
    tl_str_add(json->out, ",\n");
    json->begun[json->depth] = false;
}

static void write_edges(struct tl_json *json, const struct tl_state_file *state)
{
    if (!state->n_edges)
        return;
    tl_json_key(json, "edges");
    tl_json_raw(json, "[", 1);
    for (uint32_t i = 0; i < state->n_edges; i++) {
        tl_str_add(json->out, i ? ",\n" : "\n");
        write_edge(json->out, &state->edges[i]);
    }
    tl_str_add(json->out, "\n]");
    break_line(json);
}

static void write_problems(struct tl_json *json, const struct tl_state_file *state)
{
    if (!state->n_problems)
        return;
    tl_json_key(json, "problems");
    tl_json_raw(json, "[", 1);
    for (uint32_t i = 0; i < state->n_problems; i++) {
        tl_str_add(json->out, i ? ",\n" : "\n");
        write_problem(json->out, &state->problems[i]);
    }
    tl_str_add(json->out, "\n]");
}

/* A column a line, so that new counts of one are one line's change. */
static void write_facts(struct tl_json *json, const struct tl_state_file *state)
{
    if (!state->n_facts)
        return;
    tl_json_key(json, "facts");
    tl_json_raw(json, "[", 1);
    for (uint32_t i = 0; i < state->n_facts;) {
        const char *column = state->facts[i].column;
        struct tl_json line;
        tl_str_add(json->out, i ? ",\n" : "\n");
        tl_json_init(&line, json->out);
        tl_json_object(&line);
        tl_json_put_some(&line, "column", column);
        tl_json_key(&line, "counts");
        tl_json_object(&line);
        for (; i < state->n_facts && is_same_text(state->facts[i].column, column); i++) {
            tl_json_key(&line, state->facts[i].name);
            tl_json_array(&line);
            tl_json_int(&line, state->facts[i].count);
            tl_json_int(&line, state->facts[i].of);
            tl_json_array_end(&line);
        }
        tl_json_object_end(&line);
        tl_json_object_end(&line);
    }
    tl_str_add(json->out, "\n]");
    break_line(json);
}

void tl_state_write(struct tl_str *out, const struct tl_state_file *state)
{
    struct tl_json json;

    tl_json_init(&json, out);
    tl_json_object(&json);
    if (state->is_absent)
        tl_json_put_bool(&json, "absent", true);
    tl_json_key(&json, "columns");
    tl_json_raw(&json, "[", 1);
    for (uint32_t i = 0; i < state->n_columns; i++) {
        tl_str_add(out, i ? ",\n" : "\n");
        write_column(out, &state->columns[i]);
    }
    tl_str_add(out, "\n]");
    tl_json_put_some(&json, "comment", state->comment);
    write_dataset_key(&json, state);
    break_line(&json);
    tl_json_key(&json, "digests");
    tl_json_object(&json);
    tl_json_put_text(&json, "rules", state->rules_digest);
    tl_json_put_text(&json, "sample", state->sample_digest);
    tl_json_put_text(&json, "schema", state->schema_digest);
    tl_json_object_end(&json);
    break_line(&json);
    write_edges(&json, state);
    write_facts(&json, state);
    write_keys(&json, state);
    tl_json_put_text(&json, "kind", tl_dataset_kind_word(state->kind));
    tl_json_put_some(&json, "owner", state->owner);
    write_problems(&json, state);
    if (state->rows >= 0)
        tl_json_put_int(&json, "rows", state->rows);
    tl_json_put_some(&json, "view_sql", state->view_sql);
    tl_json_object_end(&json);
    tl_str_add_char(out, '\n');
}

/* ---- reading ---- */

struct reader {
    const char *name;
    struct tl_arena *into;
    struct tl_str decoded;
    struct tl_ctx *ctx;
    bool is_bad;
};

/* The text at `key`, with escaped bytes put back; NULL where there is none. Texts stop at a NUL: names hold none. */
static const char *get_text(struct reader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value || json_is_null(value))
        return NULL;
    if (!json_is_string(value)) {
        reader->is_bad = true;
        return NULL;
    }
    const char *text = json_string_value(value);
    size_t n = json_string_length(value);
    if (!memchr(text, 0xee, n))
        return tl_arena_dup(reader->into, text, n);
    tl_str_clear(&reader->decoded);
    tl_json_unescape_bytes(&reader->decoded, text, n);
    return tl_arena_strdup(reader->into, reader->decoded.text);
}

static const char *need_text(struct reader *reader, const json_t *object, const char *key)
{
    const char *text = get_text(reader, object, key);

    if (text)
        return text;
    reader->is_bad = true;
    return "";
}

static int64_t get_int(struct reader *reader, const json_t *object, const char *key,
                       int64_t fallback, int64_t most)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return fallback;
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > most) {
        reader->is_bad = true;
        return fallback;
    }
    return json_integer_value(value);
}

static bool get_bool(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static uint8_t word_number(struct reader *reader, int number)
{
    if (number < 0)
        reader->is_bad = true;
    return number < 0 ? 0 : (uint8_t)number;
}

static int number_of(const char *word, const char *(*word_of)(int), int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(word, word_of(i)) == 0)
            return i;
    return -1;
}

static int64_t get_time(struct reader *reader, const json_t *object, const char *key)
{
    int64_t ns;

    if (!tl_time_read(&ns, json_string_value(json_object_get(object, key))))
        reader->is_bad = true;
    return ns;
}

static const char *need_hex(struct reader *reader, const json_t *object, const char *key,
                            size_t n)
{
    const char *text = need_text(reader, object, key);

    if (strlen(text) != n || strspn(text, "0123456789abcdef") != n)
        reader->is_bad = true;
    return text;
}

static uint8_t get_effect(struct reader *reader, const json_t *object)
{
    const char *word = get_text(reader, object, "effect");

    return word ? word_number(reader, tl_effect_of(word)) : TL_NO_EFFECT;
}

static void read_tag(struct tl_state_tag *out, const json_t *object,
                     struct reader *reader)
{
    out->actor = get_text(reader, object, "actor");
    out->against = get_text(reader, object, "against");
    if (json_object_get(object, "against_confidence"))
        out->against_confidence =
            (uint16_t)get_int(reader, object, "against_confidence", 0, 1000);
    out->category = get_text(reader, object, "category");
    out->confidence = (uint16_t)get_int(reader, object, "confidence", 0, 1000);
    out->effect = get_effect(reader, object);
    out->from = get_text(reader, object, "from");
    out->from_type = get_text(reader, object, "from_type");
    out->info_type = need_text(reader, object, "info_type");
    out->is_inside = get_bool(object, "inside");
    out->knew = get_text(reader, object, "knew");
    out->path = get_text(reader, object, "path");
    out->origin = word_number(reader, tl_origin_of(need_text(reader, object, "origin")));
    out->sensitivity =
        word_number(reader, tl_sensitivity_of(need_text(reader, object, "sensitivity")));
    out->since = get_time(reader, object, "since");
    out->span = need_hex(reader, object, "span", 16);
    out->state = word_number(reader, tl_state_of(need_text(reader, object, "state")));
    out->trace = need_hex(reader, object, "trace", 32);
}

static void read_roles(uint8_t *out, const json_t *roles, struct reader *reader)
{
    for (size_t i = 0; i < json_array_size(roles); i++) {
        const char *word = json_string_value(json_array_get(roles, i));
        unsigned r = 0;
        while (r < N_ROLES && (!word || strcmp(role_words[r].word, word) != 0))
            r++;
        if (r == N_ROLES)
            reader->is_bad = true;
        else
            *out |= role_words[r].bit;
    }
}

static void read_column(struct tl_state_column *out, const json_t *object,
                        struct reader *reader)
{
    const json_t *tags = json_object_get(object, "tags");
    const json_t *nullable = json_object_get(object, "nullable");
    size_t n = json_array_size(tags);

    out->path = need_text(reader, object, "name");
    out->native_type = get_text(reader, object, "type");
    out->comment = get_text(reader, object, "comment");
    out->ordinal = (uint32_t)get_int(reader, object, "ordinal", 0, UINT32_MAX);
    out->logical = word_number(reader, number_of(need_text(reader, object, "logical"),
                                                 tl_logical_word, TL_LOGICAL_INET + 1));
    out->nullable = nullable ? (int8_t)json_is_true(nullable) : -1;
    out->is_absent = get_bool(object, "absent");
    out->is_unknown = get_bool(object, "unknown");
    read_roles(&out->roles, json_object_get(object, "roles"), reader);
    if (n > UINT16_MAX) {
        reader->is_bad = true;
        return;
    }
    out->n_tags = (uint32_t)n;
    out->tags = tl_arena_alloc(reader->into, n, sizeof *out->tags);
    for (size_t i = 0; i < n; i++)
        read_tag(&out->tags[i], json_array_get(tags, i), reader);
}

static void read_keys(struct tl_state_file *out, const json_t *keys,
                      struct reader *reader)
{
    size_t n = json_array_size(keys);

    out->n_keys = (uint32_t)n;
    out->keys = tl_arena_alloc(reader->into, n, sizeof *out->keys);
    for (size_t i = 0; i < n; i++) {
        const json_t *key = json_array_get(keys, i);
        out->keys[i].columns = get_text(reader, key, "columns");
        out->keys[i].target = get_text(reader, key, "target");
        out->keys[i].target_columns = get_text(reader, key, "target_columns");
    }
}

static uint32_t get_place(struct reader *reader, const json_t *object, const char *key)
{
    return (uint32_t)get_int(reader, object, key, 0, UINT32_MAX);
}

static void read_edges(struct tl_state_file *out, const json_t *edges,
                       struct reader *reader)
{
    size_t n = json_array_size(edges);
    struct tl_edge *into = tl_arena_alloc(reader->into, n, sizeof *into);

    for (size_t i = 0; i < n; i++) {
        const json_t *edge = json_array_get(edges, i);
        into[i].target_column = get_text(reader, edge, "target_column");
        into[i].source = need_text(reader, edge, "source");
        into[i].source_column = get_text(reader, edge, "source_column");
        into[i].query = get_text(reader, edge, "query");
        into[i].function = get_text(reader, edge, "function");
        into[i].line = get_place(reader, edge, "line");
        into[i].column = get_place(reader, edge, "column");
        into[i].confidence = (uint16_t)get_int(reader, edge, "confidence", 1000, 1000);
        into[i].kind =
            word_number(reader, tl_edge_kind_of(need_text(reader, edge, "kind")));
        into[i].effect = get_effect(reader, edge);
    }
    out->edges = into;
    out->n_edges = (uint32_t)n;
}

static void read_problems(struct tl_state_file *out, const json_t *problems,
                          struct reader *reader)
{
    size_t n = json_array_size(problems);
    struct tl_edge_problem *into = tl_arena_alloc(reader->into, n, sizeof *into);

    for (size_t i = 0; i < n; i++) {
        const json_t *problem = json_array_get(problems, i);
        into[i].query = get_text(reader, problem, "query");
        into[i].what = need_text(reader, problem, "what");
        into[i].line = get_place(reader, problem, "line");
        into[i].column = get_place(reader, problem, "column");
    }
    out->problems = into;
    out->n_problems = (uint32_t)n;
}

static bool read_fact(struct tl_state_fact *out, const char *name, const json_t *counts,
                      struct reader *reader)
{
    const json_t *count = json_array_get(counts, 0), *of = json_array_get(counts, 1);

    if (!json_is_integer(count) || !json_is_integer(of) ||
        json_integer_value(count) < 0 || json_integer_value(count) > UINT32_MAX ||
        json_integer_value(of) < 0 || json_integer_value(of) > UINT32_MAX)
        return false;
    out->name = tl_arena_strdup(reader->into, name);
    out->count = (uint32_t)json_integer_value(count);
    out->of = (uint32_t)json_integer_value(of);
    return true;
}

static void read_facts(struct tl_state_file *out, const json_t *lines,
                       struct reader *reader)
{
    size_t n = 0;
    const char *name;
    json_t *counts;

    for (size_t i = 0; i < json_array_size(lines); i++)
        n += json_object_size(json_object_get(json_array_get(lines, i), "counts"));
    struct tl_state_fact *into = tl_arena_alloc(reader->into, n, sizeof *into);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *line = json_array_get(lines, i);
        const char *column = get_text(reader, line, "column");
        json_object_foreach(json_object_get(line, "counts"), name, counts)
        {
            into[out->n_facts].column = column;
            if (!read_fact(&into[out->n_facts++], name, counts, reader))
                reader->is_bad = true;
        }
    }
    out->facts = into;
}

static void read_dataset(struct tl_state_file *out, const json_t *root,
                         struct reader *reader)
{
    const json_t *columns = json_object_get(root, "columns");
    const json_t *key = json_object_get(root, "dataset");
    const json_t *digests = json_object_get(root, "digests");
    size_t n = json_array_size(columns);

    out->is_absent = get_bool(root, "absent");
    out->comment = get_text(reader, root, "comment");
    out->key.source = need_text(reader, key, "source");
    out->key.database = get_text(reader, key, "database");
    out->key.schema = get_text(reader, key, "schema");
    out->key.dataset = need_text(reader, key, "name");
    out->platform = get_text(reader, key, "platform");
    out->rules_digest = need_text(reader, digests, "rules");
    out->sample_digest = need_text(reader, digests, "sample");
    out->schema_digest = need_text(reader, digests, "schema");
    out->kind = word_number(reader, number_of(need_text(reader, root, "kind"),
                                              tl_dataset_kind_word, TL_FILE + 1));
    out->owner = get_text(reader, root, "owner");
    out->rows = get_int(reader, root, "rows", -1, INT64_MAX);
    out->view_sql = get_text(reader, root, "view_sql");
    read_edges(out, json_object_get(root, "edges"), reader);
    read_facts(out, json_object_get(root, "facts"), reader);
    read_keys(out, json_object_get(root, "keys"), reader);
    read_problems(out, json_object_get(root, "problems"), reader);
    out->n_columns = (uint32_t)n;
    out->columns = tl_arena_alloc(reader->into, n, sizeof *out->columns);
    for (size_t i = 0; i < n; i++)
        read_column(&out->columns[i], json_array_get(columns, i), reader);
}

int tl_state_read(struct tl_state_file *out, const char *text, size_t n, const char *name,
                  struct tl_arena *into, struct tl_ctx *ctx)
{
    struct reader reader = { .name = name, .into = into, .ctx = ctx };
    json_t *root = NULL;

    memset(out, 0, sizeof *out);
    tl_str_init(&reader.decoded, TL_STR_MOST);
    if (tl_json_parse(&root, text, n, name, ctx) < 0) {
        tl_error_clear(&ctx->error);
        return tl_fail(ctx, TL_ELOG, "'%s' in the log is no JSON", name);
    }
    read_dataset(out, root, &reader);
    json_decref(root);
    tl_str_release(&reader.decoded);
    return reader.is_bad ? tl_fail(ctx, TL_ELOG, "'%s' in the log is no state file", name)
                         : TL_OK;
}

/* ---- from the belief ---- */

void tl_state_tag_from_belief(struct tl_state_tag *out, const struct tl_belief *belief,
                              const struct tl_belief_tag *tag)
{
    *out = (struct tl_state_tag){ .info_type = tl_belief_text(belief, tag->info_type),
                                  .category = tl_belief_text(belief, tag->category),
                                  .span = tl_belief_text(belief, tag->span),
                                  .trace = tl_belief_text(belief, tag->trace),
                                  .actor = tl_belief_text(belief, tag->actor),
                                  .from = tl_belief_text(belief, tag->from),
                                  .from_type = tl_belief_text(belief, tag->from_type),
                                  .since = tag->since,
                                  .confidence = tag->confidence,
                                  .sensitivity = tag->sensitivity,
                                  .state = tag->state,
                                  .origin = tag->origin,
                                  .effect = tag->effect,
                                  .is_inside = tag->is_inside,
                                  .path = tl_belief_text(belief, tag->path),
                                  .against = tl_belief_text(belief, tag->against),
                                  .knew = tl_belief_text(belief, tag->knew),
                                  .against_confidence = tag->against_confidence };
}

void tl_state_edge_from_belief(struct tl_edge *out, const struct tl_belief *belief,
                               const struct tl_belief_edge *edge)
{
    *out = (struct tl_edge){ .target_column = tl_belief_text(belief, edge->target_column),
                             .source = tl_belief_text(belief, edge->source),
                             .source_column = tl_belief_text(belief, edge->source_column),
                             .query = tl_belief_text(belief, edge->query),
                             .function = tl_belief_text(belief, edge->function),
                             .line = edge->line,
                             .column = edge->column,
                             .confidence = edge->confidence,
                             .kind = edge->kind,
                             .effect = edge->effect };
}

static void flows_from_belief(struct tl_state_file *out, const struct tl_belief *belief,
                              const struct tl_belief_dataset *dataset,
                              struct tl_arena *into)
{
    struct tl_edge *edges = tl_arena_alloc(into, dataset->n_edges, sizeof *edges);
    struct tl_edge_problem *problems =
        tl_arena_alloc(into, dataset->n_problems, sizeof *problems);
    struct tl_state_fact *facts = tl_arena_alloc(into, dataset->n_facts, sizeof *facts);

    for (uint32_t i = 0; i < dataset->n_edges; i++)
        tl_state_edge_from_belief(&edges[i], belief,
                                  &belief->edges[dataset->first_edge + i]);
    for (uint32_t i = 0; i < dataset->n_problems; i++) {
        const struct tl_belief_problem *problem =
            &belief->problems[dataset->first_problem + i];
        problems[i].query = tl_belief_text(belief, problem->query);
        problems[i].what = tl_belief_text(belief, problem->what);
        problems[i].line = problem->line;
        problems[i].column = problem->column;
    }
    for (uint32_t i = 0; i < dataset->n_facts; i++) {
        const struct tl_belief_fact *fact = &belief->facts[dataset->first_fact + i];
        facts[i].column = tl_belief_text(belief, fact->column);
        facts[i].name = tl_belief_text(belief, fact->name);
        facts[i].count = fact->count;
        facts[i].of = fact->of;
    }
    out->edges = edges;
    out->problems = problems;
    out->facts = facts;
    out->n_edges = dataset->n_edges;
    out->n_problems = dataset->n_problems;
    out->n_facts = dataset->n_facts;
}

static void column_from_belief(struct tl_state_column *out,
                               const struct tl_belief *belief,
                               const struct tl_belief_column *column,
                               struct tl_arena *into)
{
    *out = (struct tl_state_column){ .path = tl_belief_text(belief, column->path),
                                     .native_type =
                                         tl_belief_text(belief, column->native_type),
                                     .comment = tl_belief_text(belief, column->comment),
                                     .ordinal = column->ordinal,
                                     .logical = column->logical,
                                     .nullable = column->nullable,
                                     .roles = column->roles,
                                     .is_absent = column->is_absent,
                                     .is_unknown = column->is_unknown,
                                     .n_tags = column->n_tags };
    out->tags = tl_arena_alloc(into, column->n_tags, sizeof *out->tags);
    for (uint32_t i = 0; i < column->n_tags; i++)
        tl_state_tag_from_belief(&out->tags[i], belief,
                                 &belief->tags[column->first_tag + i]);
}

void tl_state_from_belief(struct tl_state_file *out, const struct tl_belief *belief,
                          const struct tl_belief_dataset *dataset, struct tl_arena *into)
{
    *out = (struct tl_state_file){
        .key = tl_belief_key(belief, dataset),
        .platform = tl_belief_text(belief, dataset->platform),
        .comment = tl_belief_text(belief, dataset->comment),
        .owner = tl_belief_text(belief, dataset->owner),
        .view_sql = tl_belief_text(belief, dataset->view_sql),
        .schema_digest = tl_belief_text(belief, dataset->schema_digest),
        .sample_digest = tl_belief_text(belief, dataset->sample_digest),
        .rules_digest = tl_belief_text(belief, dataset->rules_digest),
        .rows = dataset->rows,
        .kind = dataset->kind,
        .is_absent = dataset->is_absent,
        .n_columns = dataset->n_columns
    };
    out->columns = tl_arena_alloc(into, dataset->n_columns, sizeof *out->columns);
    for (uint32_t i = 0; i < dataset->n_columns; i++)
        column_from_belief(&out->columns[i], belief,
                           &belief->columns[dataset->first_column + i], into);
    flows_from_belief(out, belief, dataset, into);
}
