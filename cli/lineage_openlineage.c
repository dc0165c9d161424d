/*
 * OpenLineage 2-0-2: a JobEvent for each statement that writes or reads, with the columnLineage facet 1-2-0 on what it writes. SQL is static:
 * nothing ran, so there is no run. What steers all rows stands once in the facet's `dataset`, what steers one column with that column.
 * Literals never leave and names do, in quotes too, as the dialect tells them apart; a name that is itself somebody's (an address as an alias)
 * leaves masked, in the same way wherever it stands, and is reported.
 */
#include "cli/lineage.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/say.h"
#include "classifiers/engine.h"
#include "lineage/sql/redact.h"

#include <string.h>

#define SPEC                 "https://openlineage.io/spec/"
#define PRODUCER             "urn:tagline:" TAGLINE_VERSION
#define FACET(version, name) SPEC "facets/" version "/" name ".json#/$defs/" name

/* Names that may be somebody's are looked at; most files have none. */
struct guard {
    const struct tl_engine *engine;
    struct tl_engine_scratch *scratch; /* NULL: nothing was looked at yet */
    const struct tl_info_type *found;  /* in the statement at hand */
    struct tl_map numbers; /* of names that are: what is masked alike stays told apart */
    uint32_t n;
    struct tl_arena *arena; /* of the file */
};

/* A statement on its way to be an event. */
struct telling {
    const struct tl_lineage_file *file;
    const struct tl_lineage *lineage;
    const struct tl_sql_statement *statement;
    const char *time;
    struct guard *guard;
    struct tl_map inputs; /* by table: its number in `datasets` */
    json_t *datasets;     /* array of inputs */
    struct tl_arena *arena;
};

/* Names may be any bytes; JSON is UTF-8. Bytes that are none are kept as everywhere in our JSON. */
static json_t *text(const char *bytes)
{
    size_t n = strlen(bytes);

    if (tl_utf8_is_valid(bytes, n))
        return json_stringn_nocheck(bytes, n);
    struct tl_str quoted = TL_STR_INIT(TL_STR_MOST);
    tl_json_add_text(&quoted, bytes, n);
    json_t *decoded = json_loadb(quoted.text, quoted.n, JSON_DECODE_ANY, NULL);
    tl_str_release(&quoted);
    return decoded ? decoded : json_string("");
}

/* What no such name lacks: the sign of an address, or the digits of a number. */
static bool is_suspicious(const char *name, size_t n)
{
    unsigned n_digits = 0;

    for (size_t i = 0; i < n; i++) {
        if (name[i] == '@')
            return true;
        n_digits += name[i] >= '0' && name[i] <= '9';
    }
    return n_digits >= 6;
}

/* The name as it may leave. */
static const char *fit(const struct telling *telling, const char *name, size_t n)
{
    struct guard *guard = telling->guard;
    const struct tl_info_type *type;

    if (!is_suspicious(name, n))
        return name;
    if (!guard->scratch)
        guard->scratch = tl_engine_scratch_open();
    type = tl_engine_text_type(guard->engine, name, n, guard->scratch);
    if (!type)
        return name;
    guard->found = type;
    uint32_t number;
    const char *own = tl_arena_dup(guard->arena, name, n);
    if (!tl_map_get(&guard->numbers, own, n, &number))
        tl_map_put(&guard->numbers, own, n, number = ++guard->n);
    return tl_arena_printf(telling->arena, "%s#%u",
                           tl_engine_fit(guard->engine, own, guard->scratch,
                                         telling->arena),
                           (unsigned)number);
}

static json_t *name_text(const struct telling *telling, const char *name)
{
    return text(fit(telling, name, strlen(name)));
}

static json_t *facet(const char *url)
{
    return json_pack("{s:s, s:s}", "_producer", PRODUCER, "_schemaURL", url);
}

/* ---- names of datasets ---- */

static const char *default_namespace(const struct tl_lineage *lineage)
{
    const char *given = lineage->options->namespace;

    if (given)
        return given;
    return lineage->dialect == TL_SQL_ANSI ? "default"
                                           : tl_sql_dialect_word(lineage->dialect);
}

/* s3://bucket/key is named by its bucket and its key, a path by itself; a stage belongs to its warehouse. */
static json_t *name_files(const struct telling *telling, const char *address)
{
    const char *scheme = strstr(address, "://");
    const char *key = scheme ? strchr(scheme + 3, '/') : NULL;

    if (scheme)
        return json_pack("{s:o, s:o}", "namespace",
                         text(key ? tl_arena_printf(telling->arena, "%.*s",
                                                    (int)(key - address), address)
                                  : address),
                         "name", text(key && key[1] ? key + 1 : "/"));
    return json_pack("{s:o, s:o}", "namespace",
                     text(address[0] == '@' ? default_namespace(telling->lineage)
                                            : "file"),
                     "name", text(address));
}

/* {namespace, name} */
static json_t *name_table(const struct telling *telling, uint32_t table)
{
    const struct tl_sql_result *result = telling->file->result;

    if (result->tables[table].kind == TL_SQL_IS_FILES)
        return name_files(telling, result->tables[table].name);
    return json_pack("{s:o, s:o}", "namespace", text(default_namespace(telling->lineage)),
                     "name",
                     name_text(telling, tl_lineage_table(result, table, telling->arena)));
}

/* ---- the facet of columns ---- */

static const char *upper(const char *word, struct tl_arena *arena)
{
    char *copy = tl_arena_strdup(arena, word);

    for (char *at = copy; *at; at++)
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    return copy;
}

/* Whether nobody can read the value that comes out without a key, a table or luck: a hash and a count are the spec's examples. */
static bool is_masking(int effect)
{
    return effect == TL_MASKS || effect == TL_ENCRYPTS || effect == TL_TOKENISES ||
           effect == TL_HASHES || effect == TL_HASHES_SALTED || effect == TL_COUNTS;
}

static json_t *transformation(const struct telling *telling,
                              const struct tl_sql_edge *edge)
{
    bool moves = tl_edge_moves_values(edge->kind);
    json_t *made =
        json_pack("{s:s, s:s, s:b}", "type", moves ? "DIRECT" : "INDIRECT", "subtype",
                  upper(tl_edge_kind_word(edge->kind), telling->arena), "masking",
                  is_masking(edge->effect));

    if (edge->effect)
        json_object_set_new(made, "description",
                            text(edge->function
                                     ? tl_arena_printf(telling->arena, "%s (%s)",
                                                       tl_effect_word(edge->effect),
                                                       edge->function)
                                     : tl_effect_word(edge->effect)));
    return made;
}

static const char *dotted(const char *column, const char *path, struct tl_arena *arena)
{
    return path ? tl_arena_printf(arena, "%s.%s", column, path) : column;
}

static bool is_field(const json_t *input, const json_t *other)
{
    return json_equal(json_object_get(input, "namespace"),
                      json_object_get(other, "namespace")) &&
           json_equal(json_object_get(input, "name"), json_object_get(other, "name")) &&
           json_equal(json_object_get(input, "field"), json_object_get(other, "field"));
}

/* One input field for each column, with all the ways that lead from it. Edges from one column need not stand together. */
static void add_input_field(json_t *list, const struct telling *telling,
                            const struct tl_sql_edge *edge)
{
    json_t *input = name_table(telling, edge->source);
    size_t n = json_array_size(list);

    json_object_set_new(input, "field",
                        name_text(telling, dotted(edge->source_column, edge->source_path,
                                                  telling->arena)));
    for (size_t i = 0; i < n; i++) {
        json_t *known = json_array_get(list, i);
        if (!is_field(known, input))
            continue;
        json_array_append_new(json_object_get(known, "transformations"),
                              transformation(telling, edge));
        json_decref(input);
        return;
    }
    json_object_set_new(input, "transformations", json_array());
    json_array_append_new(json_object_get(input, "transformations"),
                          transformation(telling, edge));
    json_array_append_new(list, input);
}

/* What flows into the table; what the statement returns is no dataset's. */
static json_t *column_lineage(const struct telling *telling, uint32_t table)
{
    const struct tl_sql_statement *s = telling->statement;
    json_t *made = facet(FACET("1-2-0", "ColumnLineageDatasetFacet"));
    json_t *fields = json_object(), *dataset = json_array();

    for (uint32_t i = s->first_edge; i < s->first_edge + s->n_edges; i++) {
        const struct tl_sql_edge *edge = &telling->file->result->edges[i];

        if (edge->target != table)
            continue;
        if (!edge->target_column) {
            add_input_field(dataset, telling, edge);
            continue;
        }
        json_t *name = name_text(telling, dotted(edge->target_column, edge->target_path,
                                                 telling->arena));
        const char *key = json_string_value(name);
        json_t *field = json_object_get(fields, key);
        if (!field) {
            field = json_pack("{s:[]}", "inputFields");
            json_object_set_new_nocheck(fields, key, field);
        }
        add_input_field(json_object_get(field, "inputFields"), telling, edge);
        json_decref(name);
    }
    json_object_set_new(made, "fields", fields);
    if (json_array_size(dataset))
        json_object_set_new(made, "dataset", dataset);
    else
        json_decref(dataset);
    return made;
}

/* ---- schemas ---- */

static json_t *schema_facet(void)
{
    json_t *made = facet(FACET("1-2-0", "SchemaDatasetFacet"));

    json_object_set_new(made, "fields", json_array());
    return made;
}

static bool has_edges(const struct telling *telling, uint32_t table)
{
    const struct tl_sql_statement *s = telling->statement;

    for (uint32_t i = s->first_edge; i < s->first_edge + s->n_edges; i++)
        if (telling->file->result->edges[i].target == table)
            return true;
    return false;
}

static json_t *output_of(const struct telling *telling)
{
    const struct tl_sql_statement *s = telling->statement;
    json_t *output = name_table(telling, s->target), *facets = json_object();
    json_t *schema = schema_facet();

    for (uint32_t i = s->first_output; i < s->first_output + s->n_outputs; i++) {
        const struct tl_sql_output *column = &telling->file->result->outputs[i];
        json_t *field = json_pack("{s:o}", "name", name_text(telling, column->name));

        if (column->type)
            json_object_set_new(field, "type", text(column->type));
        json_array_append_new(json_object_get(schema, "fields"), field);
    }
    if (has_edges(telling, s->target))
        json_object_set_new(facets, "columnLineage", column_lineage(telling, s->target));
    json_object_set_new(facets, "schema", schema);
    json_object_set_new(output, "facets", facets);
    return output;
}

/* Tables that it writes beside its target: of several inserts, of a with clause, of a program. */
static void add_others(json_t *outputs, const struct telling *telling)
{
    const struct tl_sql_statement *s = telling->statement;
    const struct tl_sql_edge *edges = telling->file->result->edges;
    struct tl_map seen = TL_MAP_INIT;

    for (uint32_t i = s->first_edge; i < s->first_edge + s->n_edges; i++) {
        const uint32_t *table = &edges[i].target;
        uint32_t known;

        if (*table == TL_SQL_NO_TABLE || *table == s->target ||
            tl_map_get(&seen, table, sizeof *table, &known))
            continue;
        tl_map_put(&seen, table, sizeof *table, 0);
        json_t *output = name_table(telling, *table);
        json_object_set_new(output, "facets",
                            json_pack("{s:o}", "columnLineage",
                                      column_lineage(telling, *table)));
        json_array_append_new(outputs, output);
    }
    tl_map_release(&seen);
}

/* Its place among the inputs. */
static uint32_t input_of(struct telling *telling, uint32_t table)
{
    uint32_t *key = tl_arena_alloc(telling->arena, 1, sizeof *key), at;

    *key = table;
    if (!tl_map_get(&telling->inputs, key, sizeof *key, &at)) {
        at = (uint32_t)json_array_size(telling->datasets);
        tl_map_put(&telling->inputs, key, sizeof *key, at);
        json_t *input = name_table(telling, table);
        json_object_set_new(input, "facets",
                            json_pack("{s:o}", "schema", schema_facet()));
        json_array_append_new(telling->datasets, input);
    }
    return at;
}

/* What is read, with the columns of it that are; of some tables rows alone. */
static void add_inputs(struct telling *telling)
{
    const struct tl_sql_statement *s = telling->statement;
    const struct tl_sql_result *result = telling->file->result;
    json_t *seen = json_object(); /* "table number.column" */

    for (uint32_t i = s->first_edge; i < s->first_edge + s->n_edges; i++) {
        const struct tl_sql_edge *edge = &result->edges[i];
        uint32_t at = input_of(telling, edge->source);
        json_t *name = name_text(telling, edge->source_column);
        const char *once =
            tl_arena_printf(telling->arena, "%u.%s", (unsigned)edge->source,
                            json_string_value(name));
        if (strcmp(edge->source_column, "*") != 0 && !json_object_get(seen, once)) {
            json_object_set_new_nocheck(seen, once, json_true());
            json_t *input = json_array_get(telling->datasets, at);
            json_t *schema = json_object_get(json_object_get(input, "facets"), "schema");
            json_array_append_new(json_object_get(schema, "fields"),
                                  json_pack("{s:O}", "name", name));
        }
        json_decref(name);
    }
    json_decref(seen);
    for (uint32_t i = s->first_read; i < s->first_read + s->n_reads; i++)
        input_of(telling, result->reads[i].table);
}

/* ---- events ---- */

/*
 * What a text in double quotes may be: a name, if the statement bears it. Where no dialect was told, a column that is read may have been
 * a text in truth; what the statement makes is none.
 */
static const char **names_of(size_t *n, const struct telling *telling)
{
    const struct tl_sql_statement *s = telling->statement;
    const struct tl_sql_result *result = telling->file->result;
    bool is_told = telling->lineage->options->dialect != 0;
    const char **names =
        tl_arena_alloc(telling->arena, s->n_outputs + s->n_edges * 4 + 1, sizeof *names);

    *n = 0;
    for (uint32_t i = s->first_output; i < s->first_output + s->n_outputs; i++)
        names[(*n)++] = result->outputs[i].name;
    for (uint32_t i = s->first_edge; is_told && i < s->first_edge + s->n_edges; i++) {
        const struct tl_sql_edge *edge = &result->edges[i];

        if (edge->target_column)
            names[(*n)++] = edge->target_column;
        names[(*n)++] = edge->source_column;
        names[(*n)++] = result->tables[edge->source].name;
    }
    return names;
}

/* SQL without literals, with the names in quotes as they may leave. */
static void add_fit(struct tl_str *out, const struct telling *telling,
                    const struct tl_str *sql)
{
    for (size_t i = 0; i < sql->n; i++) {
        char quote = sql->text[i];
        const char *close = quote == '"' || quote == '`'
                                ? memchr(sql->text + i + 1, quote, sql->n - i - 1)
                                : NULL;

        tl_str_add_char(out, quote);
        if (!close)
            continue;
        size_t n = (size_t)(close - sql->text) - i - 1;
        const char *name = sql->text + i + 1, *shown = fit(telling, name, n);
        tl_str_add_bytes(out, shown, shown == name ? n : strlen(shown));
        tl_str_add_char(out, quote);
        i += n + 1;
    }
}

/* From where it begins to where the next one does. */
static json_t *sql_facet(const struct telling *telling)
{
    const struct tl_sql_statement *s = telling->statement;
    struct tl_str redacted = TL_STR_INIT(TL_STR_MOST), query = TL_STR_INIT(TL_STR_MOST);
    json_t *made = facet(FACET("1-1-0", "SQLJobFacet"));
    struct tl_sql_known known = { .dialect = telling->lineage->options->dialect };

    known.items = names_of(&known.n, telling);
    tl_sql_redact(&redacted, telling->file->text + s->at, s->n, &known);
    add_fit(&query, telling, &redacted);
    json_object_set_new(made, "query", text(query.n ? query.text : ""));
    json_object_set_new(made, "dialect",
                        json_string(tl_sql_dialect_word(telling->lineage->dialect)));
    tl_str_release(&redacted);
    tl_str_release(&query);
    return made;
}

static json_t *job_of(const struct telling *telling)
{
    const struct tl_sql_result *result = telling->file->result;
    const char *path = telling->file->path;
    size_t number = (size_t)(telling->statement - result->statements) + 1;
    json_t *type = facet(FACET("2-0-4", "JobTypeJobFacet"));
    json_t *facets = json_object();

    json_object_set_new(type, "processingType", json_string("BATCH"));
    json_object_set_new(type, "integration", json_string("TAGLINE"));
    json_object_set_new(type, "jobType", json_string("QUERY"));
    json_object_set_new(facets, "jobType", type);
    if (telling->statement->n)
        json_object_set_new(facets, "sql", sql_facet(telling));
    if (strcmp(path, "-") == 0)
        path = "stdin";
    return json_pack("{s:o, s:o, s:o}", "namespace",
                     text(telling->lineage->options->job_namespace), "name",
                     text(result->n_statements > 1
                              ? tl_arena_printf(telling->arena, "%s#%zu", path, number)
                              : path),
                     "facets", facets);
}

static void add_event(struct tl_str *out, struct telling *telling)
{
    const struct tl_sql_statement *s = telling->statement;
    bool makes = s->target != TL_SQL_NO_TABLE && s->kind != TL_SQL_DROP &&
                 (s->n_outputs || s->n_edges);

    if (s->is_undone || (!makes && s->n_edges == 0))
        return;
    telling->inputs = (struct tl_map)TL_MAP_INIT;
    telling->datasets = json_array();
    add_inputs(telling);
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "eventTime", telling->time,
                  "producer", PRODUCER, "schemaURL",
                  SPEC "2-0-2/OpenLineage.json#/$defs/JobEvent", "job", job_of(telling),
                  "inputs", telling->datasets, "outputs", json_array());
    if (makes)
        json_array_append_new(json_object_get(event, "outputs"), output_of(telling));
    add_others(json_object_get(event, "outputs"), telling);
    tl_json_add_tree(out, event);
    tl_str_add_char(out, '\n');
    json_decref(event);
    tl_map_release(&telling->inputs);
}

struct digest {
    const char *lines;
    size_t n;
    const char **problems;
    size_t n_problems;
    const char **masked; /* statements that a name was masked in */
    size_t n_masked;
};

static void *digest_events(const struct tl_lineage_file *file,
                           const struct tl_lineage *lineage, struct tl_arena *arena,
                           struct tl_ctx *ctx)
{
    struct digest *digest = tl_arena_alloc(arena, 1, sizeof *digest);
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);
    char time[21];
    struct guard guard = { .engine = lineage->engine, .arena = arena };
    struct telling telling = { .file = file,
                               .lineage = lineage,
                               .time = time,
                               .guard = &guard,
                               .arena = ctx->scratch };

    tl_time_text(time, tl_now(ctx));
    digest->problems = tl_lineage_problems(&digest->n_problems, file, arena);
    digest->masked =
        tl_arena_alloc(arena, file->result ? file->result->n_statements + 1 : 1,
                       sizeof *digest->masked);
    for (uint32_t i = 0; file->result && i < file->result->n_statements; i++) {
        telling.statement = &file->result->statements[i];
        guard.found = NULL;
        add_event(&out, &telling);
        if (guard.found)
            digest->masked[digest->n_masked++] =
                tl_arena_printf(arena, "%s:%u:%u: a name holds personal data: %s",
                                file->path, (unsigned)telling.statement->line,
                                (unsigned)telling.statement->column, guard.found->name);
        tl_arena_reset(ctx->scratch);
    }
    tl_engine_scratch_close(guard.scratch);
    tl_map_release(&guard.numbers);
    digest->lines = tl_arena_dup(arena, out.text, out.n);
    digest->n = out.n;
    tl_str_release(&out);
    return digest;
}

static int show_events(void *self, const void *of, struct tl_lineage *lineage,
                       struct tl_ctx *ctx)
{
    const struct digest *digest = of;

    (void)self;
    (void)lineage;
    fwrite(digest->lines, 1, digest->n, ctx->say->results);
    for (size_t i = 0; i < digest->n_problems; i++)
        tl_warn(ctx, "%s", digest->problems[i]);
    for (size_t i = 0; i < digest->n_masked; i++)
        tl_warn(ctx, "%s", digest->masked[i]);
    return TL_OK;
}

int tl_lineage_openlineage(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                           struct tl_ctx *ctx)
{
    const struct tl_lineage_shower shower = { .digest = digest_events,
                                              .show = show_events };

    struct tl_engine *engine = NULL;
    int rc = tl_engine_open(&engine, &lineage->config->rules, ctx);

    if (rc < 0)
        return rc;
    lineage->engine = engine;
    rc = tl_lineage_read(lineage, paths, &shower, ctx);
    lineage->engine = NULL;
    tl_engine_close(engine);
    return rc;
}
