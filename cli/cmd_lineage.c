/*
 * What flows from where into where in SQL files, column by column; reads no database. What was asked is found out here, and handed to the
 * file of its answer.
 */
#include "cli/lineage.h"

#include "base/file.h"
#include "base/say.h"

#include <stdlib.h>
#include <string.h>

/* Files of which it may be said what most of them are. */
enum { FOLDER_LEAST = 3 };

static const struct tl_option options[] = {
    { "dialect", TL_KIND_CHOICE, offsetof(struct tl_lineage_options, dialect), "auto",
      "how the files are written; auto: as the sources of tagline.yaml speak, if they "
      "all "
      "speak alike, else ansi",
      .choices = "auto|ansi|postgres|redshift|snowflake|trino|sqlite|duckdb|bigquery|"
                 "spark" },
    { "schema", TL_KIND_LIST, offsetof(struct tl_lineage_options, schema), NULL,
      "tables that the files name: DDL; JSON as {\"table\": {\"column\": \"type\"}}; "
      "dbt's "
      "catalog.json; rows of information_schema.columns as CSV",
      .argument = "FILE" },
    { "source", TL_KIND_TEXT, offsetof(struct tl_lineage_options, source), NULL,
      "the source whose tables the log knows; the only one, where there is one" },
    { "tables", TL_KIND_CHOICE, offsetof(struct tl_lineage_options, tables), "auto",
      "whether files know the tables that the others define; auto: shared, but apart for "
      "--summary",
      .choices = "auto|shared|apart" },
    { "models", TL_KIND_FLAG, offsetof(struct tl_lineage_options, models), NULL,
      "a file that holds a select alone is the table of its name, as dbt compiles "
      "models: "
      "target/compiled, not models" },
    { "model_schema", TL_KIND_TEXT, offsetof(struct tl_lineage_options, model_schema),
      NULL, "where models are that no other one names with their schema",
      .argument = "SCHEMA" },
    { "summary", TL_KIND_FLAG, offsetof(struct tl_lineage_options, summary), NULL,
      "totals a file and nothing else: statements understood in whole, in part, not at "
      "all; edges; seconds" },
    { "explain", TL_KIND_FLAG, offsetof(struct tl_lineage_options, explain), NULL,
      "the SQL of each edge, with the clause that makes it underlined" },
    { "openlineage", TL_KIND_FLAG, offsetof(struct tl_lineage_options, openlineage), NULL,
      "OpenLineage: a JobEvent a statement, with the columnLineage facet; names leave, "
      "literals do not, and a name that is an address or a number of somebody is "
      "masked" },
    { "namespace", TL_KIND_TEXT, offsetof(struct tl_lineage_options, namespace), NULL,
      "of datasets in OpenLineage, as snowflake://org-account or postgres://host:5432; "
      "the "
      "dialect's word where none is given",
      .argument = "URI" },
    { "job_namespace", TL_KIND_TEXT, offsetof(struct tl_lineage_options, job_namespace),
      "tagline", "of jobs in OpenLineage", .argument = "TEXT" },
    TL_WALK_OPTION_ROWS(struct tl_lineage_options, walk),
    { 0 },
};

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

/* Two ways of showing at once: neither would be told that it is left out. */
static int refuse_two_ways(const struct tl_lineage_options *o, bool is_diff,
                           struct tl_ctx *ctx)
{
    const char *picture = o->walk.dot ? "--dot" : o->walk.svg ? "--svg" : NULL;
    const char *first = is_diff      ? "lineage diff"
                        : o->summary ? "--summary"
                        : picture    ? picture
                                     : NULL;
    const char *second = is_diff && o->summary         ? "--summary"
                         : o->explain                  ? "--explain"
                         : o->openlineage              ? "--openlineage"
                         : o->walk.dot && o->walk.svg  ? "--svg"
                         : picture && first != picture ? picture
                         : picture && o->common.json   ? "--json"
                                                       : NULL;

    if (!first && o->explain && o->openlineage) {
        first = "--explain";
        second = "--openlineage";
    }
    if (!first || !second)
        return TL_OK;
    if (is_diff)
        tl_hint(ctx, "'lineage diff' shows changes as text, or with --json");
    else
        tl_hint(ctx, "give one of them at a time");
    return tl_fail(ctx, TL_EUSAGE, "'%s' and '%s' do not go together", first, second);
}

static int show_files(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                      struct tl_ctx *ctx)
{
    if (lineage->options->walk.dot || lineage->options->walk.svg)
        return tl_lineage_draw(lineage, paths, ctx);
    if (lineage->options->summary)
        return tl_lineage_summary(lineage, paths, ctx);
    if (lineage->options->explain && !lineage->options->common.json)
        return tl_lineage_explain(lineage, paths, ctx);
    if (lineage->options->openlineage)
        return tl_lineage_openlineage(lineage, paths, ctx);
    return tl_lineage_list(lineage, paths, ctx);
}

/* What is no file and does not look like one is a column: "v.email", "shop/main/v#email". */
static bool is_column(const char *operand)
{
    return strcmp(operand, "-") != 0 && !tl_path_exists(operand) &&
           !tl_sql_path_looks_so(operand);
}

/* "shop/main/v#email" as SQL would write it. */
static const char *as_dotted(const char *operand, struct tl_ctx *ctx)
{
    char *dotted = tl_arena_strdup(ctx->arena, operand);

    if (strchr(dotted, '#'))
        for (char *at = dotted; *at; at++)
            if (*at == '/' || *at == '#')
                *at = '.';
    return dotted;
}

/* What dbt compiles beside the models: select statements that make nothing. */
static void drop_tests(struct tl_sql_paths *paths)
{
    size_t kept = 0;

    for (size_t i = 0; i < paths->items.n; i++)
        if (!tl_lineage_is_test(paths->items.items[i].path))
            paths->items.items[kept++] = paths->items.items[i];
    if (kept)
        paths->items.n = kept;
}

/* Compiled models look like queries that make nothing: nobody would see that their edges lead nowhere. */
static void advise_models(const struct tl_lineage *lineage, size_t n_files,
                          const struct tl_ctx *ctx)
{
    if (!lineage->options->models && n_files >= FOLDER_LEAST &&
        lineage->n_bare > n_files / 2)
        tl_note(ctx,
                "%zu of %zu files hold one select alone: with --models each is the "
                "table of its name",
                lineage->n_bare, n_files);
}

static int run_files(struct tl_lineage *lineage, const struct tl_call *call,
                     struct tl_ctx *ctx)
{
    struct tl_sql_paths paths = { 0 };
    atomic_size_t n_asked = 0;
    struct tl_lineage_near near = { .lock = PTHREAD_MUTEX_INITIALIZER };
    const char **columns =
        tl_arena_alloc(ctx->arena, (size_t)call->n_operands, sizeof *columns);
    int rc = TL_OK, n_files = 0;

    for (int i = 0; i < call->n_operands; i++)
        n_files += !is_column(call->operands[i]);
    for (int i = 0; rc == TL_OK && i < call->n_operands; i++) {
        if (n_files && is_column(call->operands[i]))
            columns[lineage->n_columns++] = as_dotted(call->operands[i], ctx);
        else
            rc = tl_sql_paths_add(&paths, call->operands[i], ctx);
    }
    if (rc == TL_OK && lineage->options->models)
        drop_tests(&paths);
    lineage->columns = columns;
    lineage->n_asked = &n_asked;
    lineage->near = &near;
    lineage->names_file = paths.items.n > 1 || n_files > 1;
    if (rc == TL_OK)
        rc = show_files(lineage, &paths, ctx);
    lineage->n_asked = NULL;
    lineage->near = NULL;
    pthread_mutex_destroy(&near.lock);
    if (rc == TL_OK && !lineage->options->summary)
        advise_models(lineage, paths.items.n, ctx);
    tl_sql_paths_release(&paths);
    if (rc == TL_OK && lineage->n_columns && n_asked == 0) {
        if (near.name[0])
            tl_hint(ctx, "did you mean '%s'?", near.name);
        else
            tl_hint(ctx, "without it, all edges of the files are listed");
        rc = tl_fail(ctx, TL_ENOTFOUND, "nothing in these files leads into '%s'",
                     lineage->columns[0]);
    }
    return rc;
}

static bool asks_for_diff(const struct tl_call *call)
{
    return strcmp(call->operands[0], "diff") == 0 && !tl_path_exists("diff");
}

/* A file beside a folder, or one standard input twice, would answer what nobody asked. */
static int refuse_unlike(const char *old, const char *new, struct tl_ctx *ctx)
{
    bool old_is_folder = tl_sql_path_is_folder(old),
         new_is_folder = tl_sql_path_is_folder(new);

    if (strcmp(old, "-") == 0 && strcmp(new, "-") == 0) {
        tl_hint(ctx, "name one side as a file: git show main:load.sql | tagline lineage "
                     "diff - load.sql");
        return tl_fail(ctx, TL_EUSAGE, "standard input cannot be both sides");
    }
    if (old_is_folder == new_is_folder ||
        (strcmp(old, "-") != 0 && !tl_path_exists(old)) ||
        (strcmp(new, "-") != 0 && !tl_path_exists(new)))
        return TL_OK; /* what is not there is told where it is opened */
    tl_hint(ctx, "usage: tagline lineage diff OLD NEW, two files or two folders");
    return tl_fail(ctx, TL_EUSAGE, "'%s' is a folder, '%s' is none",
                   old_is_folder ? old : new, old_is_folder ? new : old);
}

static int run_diff(struct tl_lineage *lineage, struct tl_call *call, struct tl_ctx *ctx)
{
    bool differs = false;
    int rc;

    if (call->n_operands != 3) {
        tl_hint(ctx, "usage: tagline lineage diff OLD NEW, two files or two folders");
        return tl_fail(ctx, TL_EUSAGE, "'lineage diff' compares two, not %d",
                       call->n_operands - 1);
    }
    if ((rc = refuse_unlike(call->operands[1], call->operands[2], ctx)) < 0)
        return rc;
    rc = tl_lineage_diff(&differs, lineage, call->operands[1], call->operands[2], ctx);
    call->exit = differs;
    return rc;
}

/* What would have helped, once for all files. A summary counts, and tells of no problem what it is. */
static void advise(const struct tl_lineage *lineage, const struct tl_ctx *ctx)
{
    if (lineage->options->summary)
        return;
    if (!lineage->options->dialect)
        tl_note(ctx, "read as %s: --dialect says otherwise",
                tl_sql_dialect_word(lineage->dialect));
    if (lineage->lacks_columns)
        tl_note(ctx,
                "--schema FILE tells which columns tables have, as DDL, JSON or CSV");
}

static bool are_columns(const struct tl_call *call)
{
    for (int i = 0; i < call->n_operands; i++)
        if (!is_column(call->operands[i]))
            return false;
    return true;
}

/* What is neither a file nor like one is a column of the log, when there is one, or nothing else could be meant. */
static bool asks_log(const struct tl_lineage_options *o, const struct tl_config *config,
                     const struct tl_call *call)
{
    return are_columns(call) && !asks_for_diff(call) &&
           (tl_walk_flag(&o->walk) || strchr(call->operands[0], '#') ||
            (config->log && !tl_log_is_missing(config->log)));
}

/* The first flag given that only files take, without its dashes; NULL: none is. */
static const char *file_flag(const struct tl_lineage_options *o)
{
    return o->summary       ? "summary"
           : o->explain     ? "explain"
           : o->openlineage ? "openlineage"
           : o->schema.n    ? "schema"
           : o->source      ? "source"
           : o->tables      ? "tables"
           : o->namespace   ? "namespace"
           : o->dialect     ? "dialect"
                            : NULL;
}

static int run_log(const struct tl_lineage_options *o, const struct tl_config *config,
                   const struct tl_call *call, struct tl_ctx *ctx)
{
    if (call->n_operands > 1) {
        tl_hint(ctx, "'tagline lineage A --to B' tells the ways from one to another");
        return tl_fail(ctx, TL_EUSAGE, "one COLUMN at a time: '%s' is a second",
                       call->operands[1]);
    }
    if (file_flag(o)) {
        tl_hint(ctx, "there is no file '%s': it is looked for in the log",
                call->operands[0]);
        return tl_fail(ctx, TL_EUSAGE, "'--%s' is for files of SQL", file_flag(o));
    }
    return tl_lineage_walk(&o->walk, o->common.json, call->operands[0], config, ctx);
}

static int check_walk(const struct tl_lineage_options *o, struct tl_ctx *ctx)
{
    const char *flag = tl_walk_flag(&o->walk);

    if (!flag)
        return TL_OK;
    tl_hint(ctx, "a column is written DATASET#FIELD, for instance users#email; of files, "
                 "name it behind them");
    return tl_fail(ctx, TL_EUSAGE, "'--%s' is for a COLUMN of the log", flag);
}

static int run_lineage(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct tl_lineage_options *o = call->options;
    struct tl_config config = { 0 };
    struct tl_lineage lineage = { .options = o, .config = &config };
    bool has_config =
        o->common.config || getenv("TAGLINE_CONFIG") || tl_path_exists("tagline.yaml");
    int rc;

    if (!call->n_operands) {
        tl_hint(ctx,
                "usage: tagline lineage FILE.sql|FOLDER ..., or - for standard input");
        return tl_fail(ctx, TL_EUSAGE, "no SQL to read");
    }
    if (o->model_schema && !o->models) {
        tl_hint(ctx, "give --models too");
        return tl_fail(ctx, TL_EUSAGE, "'--model-schema' is for --models");
    }
    if ((rc = refuse_two_ways(o, asks_for_diff(call), ctx)) < 0)
        return rc;
    /* Sources are asked for their dialect alone: who names it need not have their secrets at hand. */
    rc =
        has_config
            ? tl_config_load(&config, o->common.config,
                             o->dialect || are_columns(call) ? 0 : TL_CONFIG_SOURCES, ctx)
            : tl_config_defaults(&config, ctx);
    if (rc == TL_OK && asks_log(o, &config, call)) {
        rc = run_log(o, &config, call, ctx);
    } else if (rc == TL_OK && (rc = check_walk(o, ctx)) == TL_OK) {
        lineage.dialect = (enum tl_sql_dialect)(o->dialect ? o->dialect - 1
                                                           : dialect_of_sources(&config));
        rc = tl_lineage_open_log(&lineage, ctx);
        if (rc == TL_OK)
            rc = asks_for_diff(call) ? run_diff(&lineage, call, ctx)
                                     : run_files(&lineage, call, ctx);
    }
    if (rc == TL_OK && lineage.n_problems) {
        call->exit = tl_code_exit(TL_EINPUT);
        advise(&lineage, ctx);
    }
    tl_lineage_close_log(&lineage);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_lineage = {
    .name = "lineage",
    .summary = "what flows into which column, in SQL files and in the log",
    .operands = "FILE.sql|FOLDER|- ... [COLUMN ...] | diff OLD NEW | COLUMN",
    .text =
        "Reads SQL and lists, for each column that a statement makes or writes, the\n"
        "columns its values come from, how, and what becomes of personal data on the\n"
        "way. Columns that only steer (a filter, a join, an order ...) are listed for\n"
        "the statement as a whole, or for the one column they steer. With queries,\n"
        "subqueries and temporary tables are read through: edges lead to tables.\n"
        "A COLUMN beside the files ('mart.v.email') shows the edges into it alone.\n"
        "\n"
        "Needs no database: the files' own DDL in any order, --schema and the log tell\n"
        "which columns tables have. '*' as a column is all of a table whose columns are\n"
        "not known. What is not understood is said with its place, and the exit code is\n"
        "3; the rest holds. Functions that tagline.yaml declares are known. With --json\n"
        "each edge has a line, so has each problem, and ('reads') each table of which\n"
        "a statement looks at rows alone.\n"
        "\n"
        "'diff OLD NEW' compares two files or folders: edges gained (+), lost (-) and\n"
        "changed (~), whatever the order of the statements; where there is a log, with\n"
        "what is personal in their sources. Exit code 1 when any differ, 0 when none.\n"
        "\n"
        "COLUMN alone, what is no file and does not end as one ('users#email', as SQL\n"
        "writes it 'core.users.email', or 'users' for all its columns), is asked of the\n"
        "log: what it is made of (<-) and what is made of it (->), as a tree, each line\n"
        "with its tags and how the data came there; --up and --down for one of both.\n"
        "With --to, the ways from it to another column, the riskiest first; --at asks\n"
        "the log as it was. --json gives a line a column, then a line an edge. --dot\n"
        "and --svg draw it, or what SQL files do: datasets as boxes, arrows by what is\n"
        "left of a person, and datasets alone where there are too many columns.",
    .examples = "  $ tagline lineage etl/load.sql\n"
                "  $ tagline lineage --explain etl mart.customers.email\n"
                "  $ git show main:etl/load.sql | tagline lineage diff - etl/load.sql\n"
                "  $ tagline lineage --json --dialect postgres --schema ddl.sql -\n"
                "  $ tagline lineage --models --dialect snowflake target/compiled\n"
                "  $ tagline lineage 'users#email' --down --depth 3\n"
                "  $ tagline lineage export_audience --riskiest\n"
                "  $ tagline lineage users#phone --to export_audience --at 2026-10-01\n"
                "  $ tagline lineage --svg etl > etl.svg\n"
                "  $ tagline lineage --openlineage --namespace postgres://db:5432 etl\n",
    .options = options,
    .options_size = sizeof(struct tl_lineage_options),
    .most_operands = -1,
    .run = run_lineage,
};
