/*
 * What flows from where into where in SQL files, column by column; reads no database and no log. The JSON lines are a contract.
 */
#include "cli/cmd.h"

#include "base/file.h"
#include "base/say.h"
#include "cli/config.h"
#include "cli/show.h"
#include "cli/table.h"
#include "lineage/sql/sql.h"

enum { MOST_BYTES = 64 << 20 };

struct lineage_options {
    struct tl_common common;
    int dialect; /* 0: by configuration, else 1 + enum tl_sql_dialect */
    struct tl_list schema;
};

static const struct tl_option options[] = {
    { "dialect", TL_KIND_CHOICE, offsetof(struct lineage_options, dialect), "auto",
      "how the files are written; auto: as the sources of tagline.yaml speak, if they "
      "all "
      "speak alike, else ansi",
      .choices = "auto|ansi|postgres|redshift|snowflake|trino|sqlite|duckdb|bigquery|"
                 "spark" },
    { "schema", TL_KIND_LIST, offsetof(struct lineage_options, schema), NULL,
      "DDL of the tables that the files name", .argument = "FILE" },
    { 0 },
};

/* One run of the command. */
struct listing {
    const struct lineage_options *options;
    struct tl_table *table; /* NULL: JSON lines */
    const char *file;       /* as typed */
    bool names_file;        /* several were: each object says which */
    size_t n_edges, n_problems;
    struct tl_ctx *ctx;
};

/* ---- names ---- */

static void add_name(struct tl_str *out, const struct tl_sql_table *table)
{
    if (table->database)
        tl_str_addf(out, "%s.", table->database);
    if (table->schema)
        tl_str_addf(out, "%s.", table->schema);
    tl_str_add(out, table->name);
}

/* "schema.table" in the arena; NULL for no table. */
static const char *name_of(const struct tl_sql_result *result, uint32_t table,
                           struct tl_ctx *ctx)
{
    struct tl_str name = TL_STR_INIT(1 << 20);
    const char *kept = NULL;

    if (table == TL_SQL_NO_TABLE)
        return NULL;
    add_name(&name, &result->tables[table]);
    kept = tl_arena_dup(ctx->scratch, name.text, name.n);
    tl_str_release(&name);
    return kept;
}

/* ---- showing ---- */

static void put_file(struct tl_json *json, const struct listing *listing)
{
    if (listing->names_file)
        tl_json_put_text(json, "file", listing->file);
}

static void json_edge(const struct listing *listing, const struct tl_sql_result *result,
                      const struct tl_sql_edge *edge)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_int(json, "column", edge->column);
    tl_json_key(json, "confidence");
    tl_json_real(json, edge->confidence / 1000.0);
    tl_json_put_text(json, "effect", tl_effect_word(edge->effect));
    put_file(json, listing);
    tl_json_put_text(json, "kind", tl_edge_kind_word(edge->kind));
    tl_json_put_int(json, "line", edge->line);
    tl_json_put_text(json, "source", name_of(result, edge->source, listing->ctx));
    tl_json_put_text(json, "source_column", edge->source_column);
    tl_json_put_int(json, "statement", edge->statement);
    tl_json_put_text(json, "target", name_of(result, edge->target, listing->ctx));
    tl_json_put_text(json, "target_column", edge->target_column);
    tl_json_line_end(&line, listing->ctx);
}

static void table_edge(const struct listing *listing, const struct tl_sql_result *result,
                       const struct tl_sql_edge *edge)
{
    const char *target = name_of(result, edge->target, listing->ctx);
    struct tl_table *table = listing->table;

    tl_table_row(table);
    if (target && edge->target_column)
        tl_table_cellf(table, "%s.%s", target, edge->target_column);
    else
        tl_table_cell(table, target                ? target
                             : edge->target_column ? edge->target_column
                                                   : "(the rows)");
    tl_table_cellf(table, "%s.%s", name_of(result, edge->source, listing->ctx),
                   edge->source_column);
    tl_table_cell(table, tl_edge_kind_word(edge->kind));
    tl_table_cell(table, edge->effect ? tl_effect_word(edge->effect) : "-");
    tl_table_cellf(table, "%u%%", tl_percent(edge->confidence));
    tl_table_cellf(table, "%s:%u:%u", listing->file, (unsigned)edge->line,
                   (unsigned)edge->column);
}

static void show_problem(const struct listing *listing,
                         const struct tl_sql_problem *problem)
{
    struct tl_json_line line;

    if (listing->table) {
        tl_warn(listing->ctx, "%s:%u:%u: %s", listing->file, (unsigned)problem->line,
                (unsigned)problem->column, problem->what);
        return;
    }
    struct tl_json *json = tl_json_line_begin(&line);
    tl_json_put_int(json, "column", problem->column);
    put_file(json, listing);
    tl_json_put_int(json, "line", problem->line);
    tl_json_put_text(json, "problem", problem->what);
    tl_json_put_int(json, "statement", problem->statement);
    tl_json_line_end(&line, listing->ctx);
}

/* By statement: its edges, then what of it was not understood. */
static int show_result(struct listing *listing, const struct tl_sql_result *result)
{
    uint32_t p = 0;
    int rc;

    for (uint32_t s = 0; s < result->n_statements; s++) {
        const struct tl_sql_statement *statement = &result->statements[s];

        if ((rc = tl_ctx_check(listing->ctx)) < 0)
            return rc;
        for (uint32_t i = 0; i < statement->n_edges; i++) {
            const struct tl_sql_edge *edge = &result->edges[statement->first_edge + i];

            if (listing->table)
                table_edge(listing, result, edge);
            else
                json_edge(listing, result, edge);
        }
        for (; p < result->n_problems && result->problems[p].statement <= s + 1; p++)
            show_problem(listing, &result->problems[p]);
        tl_arena_reset(listing->ctx->scratch);
    }
    for (; p < result->n_problems; p++)
        show_problem(listing, &result->problems[p]);
    listing->n_edges += result->n_edges;
    listing->n_problems += result->n_problems;
    return TL_OK;
}

/* ---- reading ---- */

static int read_text(struct tl_str *out, const char *path, struct tl_ctx *ctx)
{
    int rc;

    tl_str_clear(out);
    if (strcmp(path, "-") != 0 && !tl_path_exists(path))
        return tl_fail(ctx, TL_ENOTFOUND, "there is no file '%s'", path);
    rc = tl_file_read(out, path, ctx);
    if (rc == TL_ELIMIT)
        tl_hint(ctx, "split it into several files");
    return rc;
}

/* What of a schema is not understood is said, and makes the answer one that could not tell all. */
static int learn_schemas(struct listing *listing, struct tl_sql *sql, struct tl_str *text)
{
    const struct tl_list *paths = &listing->options->schema;
    struct tl_ctx *ctx = listing->ctx;
    struct tl_sql_result result;
    int rc;

    for (size_t i = 0; i < paths->n; i++) {
        if ((rc = read_text(text, paths->items[i], ctx)) < 0 ||
            (rc = tl_sql_learn(&result, sql, text->text, text->n, ctx)) < 0)
            return rc;
        for (uint32_t p = 0; p < result.n_problems; p++)
            tl_warn(ctx, "%s:%u:%u: %s", paths->items[i],
                    (unsigned)result.problems[p].line,
                    (unsigned)result.problems[p].column, result.problems[p].what);
        listing->n_problems += result.n_problems;
    }
    return TL_OK;
}

static int list_files(struct listing *listing, struct tl_sql *sql,
                      const struct tl_call *call)
{
    struct tl_str text = TL_STR_INIT(MOST_BYTES);
    struct tl_sql_result result;
    int rc = learn_schemas(listing, sql, &text);

    for (int i = 0; rc == TL_OK && i < call->n_operands; i++) {
        listing->file = call->operands[i];
        if ((rc = read_text(&text, listing->file, listing->ctx)) == TL_OK &&
            (rc = tl_sql_lineage(&result, sql, text.text, text.n, listing->ctx)) == TL_OK)
            rc = show_result(listing, &result);
    }
    tl_str_release(&text);
    return rc;
}

/* The dialect that all sources speak, else ansi. */
static int dialect_of_sources(const struct tl_config *config)
{
    int dialect = -1;

    for (size_t i = 0; i < config->sources.n; i++) {
        const char *platform = config->sources.items[i].connector->platform;
        int own = platform ? tl_sql_dialect_of(platform) : -1;

        if (own < 0)
            continue;
        if (dialect >= 0 && dialect != own)
            return TL_SQL_ANSI;
        dialect = own;
    }
    return dialect < 0 ? TL_SQL_ANSI : dialect;
}

static int run_lineage(struct tl_call *call, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "TARGET", TL_LEFT }, { "SOURCE", TL_LEFT },
                                            { "KIND", TL_LEFT },   { "EFFECT", TL_LEFT },
                                            { "SURE", TL_RIGHT },  { "PLACE", TL_CUT } };
    const struct lineage_options *o = call->options;
    struct listing listing = { .options = o,
                               .names_file = call->n_operands > 1,
                               .ctx = ctx };
    struct tl_config config = { 0 };
    bool has_config =
        o->common.config || getenv("TAGLINE_CONFIG") || tl_path_exists("tagline.yaml");
    int rc;

    if (!call->n_operands) {
        tl_hint(ctx, "usage: tagline lineage FILE.sql ..., or - for standard input");
        return tl_fail(ctx, TL_EUSAGE, "no SQL to read");
    }
    /* Sources are asked for their dialect alone: who names it need not have their secrets at hand. */
    rc = has_config ? tl_config_load(&config, o->common.config,
                                     o->dialect ? 0 : TL_CONFIG_SOURCES, ctx)
                    : tl_config_defaults(&config, ctx);
    if (rc < 0) {
        tl_config_release(&config);
        return rc;
    }
    struct tl_sql *sql = tl_sql_open(
        (enum tl_sql_dialect)(o->dialect ? o->dialect - 1 : dialect_of_sources(&config)));
    for (size_t i = 0; i < config.functions.n; i++)
        tl_sql_add_function(sql, config.functions.items[i].name,
                            (enum tl_effect)config.functions.items[i].effect);
    if (!o->common.json)
        listing.table = tl_table_open(heads, sizeof heads / sizeof *heads, ctx);
    rc = list_files(&listing, sql, call);
    if (listing.table)
        tl_table_close(listing.table);
    if (rc == TL_OK && listing.n_problems)
        call->exit = tl_code_exit(TL_EINPUT);
    tl_sql_close(sql);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_lineage = {
    .name = "lineage",
    .summary = "what flows into which column in SQL files",
    .operands = "FILE.sql|- ...",
    .text =
        "Reads SQL and lists, for each column that a statement makes or writes, the\n"
        "columns its values come from, how, and what becomes of personal data on the\n"
        "way. Columns that only steer (a filter, a join, an order ...) are listed for\n"
        "the statement as a whole, or for the one column they steer. With queries,\n"
        "subqueries and temporary tables are read through: edges lead to tables.\n"
        "Needs no database: --schema tells which columns tables have. '*' as a column\n"
        "is all of a table whose columns are not known. What is not understood is said\n"
        "with its place, and the exit code is 3; the rest of the listing holds.\n"
        "Functions that tagline.yaml declares are known.",
    .examples = "  $ tagline lineage etl/load.sql\n"
                "  $ tagline lineage --json --dialect postgres --schema ddl.sql -\n",
    .options = options,
    .options_size = sizeof(struct lineage_options),
    .most_operands = -1,
    .run = run_lineage,
};
