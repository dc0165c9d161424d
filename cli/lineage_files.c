/*
 * Files through the engine. Each worker has an engine of its own, which knows the schemas and the DDL of all files; engines are kept from one
 * batch of files to the next. What is shown of a file is made where it was read, so that no result outlives its engine's next call.
 */
#include "cli/lineage.h"

#include "base/near.h"
#include "base/pool.h"
#include "base/say.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A batch ends at either: what it makes is in memory until it is shown. */
enum { BATCH_FILES = 256, BATCH_BYTES = 64 << 20, ENGINES_MOST = 256 };
/* Definitions that rest on one another over so many files against their order are read as far as they are known then. */
enum { ROUNDS_MOST = 16 };

/* A schema file, read once for all engines. */
struct schema {
    const char *path;
    struct tl_str text;
    struct tl_lineage_schema *json; /* NULL: it is DDL */
};

struct item {
    struct tl_arena *arena;
    void *digest;
    uint32_t n_problems;
    bool lacks_columns;
    bool is_bare; /* one select that makes nothing */
    int failed;   /* the code, where it could not be read */
    char why[1024], hint[512];
};

struct reading {
    struct tl_lineage *lineage;
    const struct tl_sql_paths *paths;
    const struct tl_lineage_shower *shower;
    struct schema *schemas;
    size_t n_schemas;
    struct tl_str stdin_text; /* a pipe can be read only once */
    bool has_stdin;
    const struct tl_lineage_model *models; /* of each path; NULL: files are no models */
    struct item *items;                    /* of the batch */
    size_t first;                          /* of the batch */
    /* engines that no worker has */
    pthread_mutex_t lock;
    struct tl_sql *idle[ENGINES_MOST];
    size_t n_idle;
};

const char *tl_lineage_table(const struct tl_sql_result *result, uint32_t table,
                             struct tl_arena *arena)
{
    if (table == TL_SQL_NO_TABLE)
        return NULL;
    const struct tl_sql_table *of = &result->tables[table];
    const char *database = of->database ? of->database : "";
    const char *schema = of->schema ? of->schema : "";

    return tl_arena_printf(arena, "%s%s%s%s%s", database, *database ? "." : "", schema,
                           *schema ? "." : "", of->name);
}

/* ---- what all ways of showing share ---- */

const char **tl_lineage_problems(size_t *n, const struct tl_lineage_file *file,
                                 struct tl_arena *arena)
{
    uint32_t most = file->result ? file->result->n_problems : 1;
    const char **texts = tl_arena_alloc(arena, most, sizeof *texts);

    *n = most;
    if (!file->result)
        texts[0] = tl_arena_strdup(arena, file->why);
    for (uint32_t i = 0; file->result && i < most; i++) {
        const struct tl_sql_problem *problem = &file->result->problems[i];

        texts[i] =
            tl_arena_printf(arena, "%s:%u:%u: %s", file->path, (unsigned)problem->line,
                            (unsigned)problem->column, problem->what);
    }
    return texts;
}

/* Whether one of two dotted names is the end of the other. */
static bool ends_in(const char *whole, const char *end)
{
    size_t n = strlen(whole), m = strlen(end);

    return m <= n && strcasecmp(whole + n - m, end) == 0 &&
           (m == n || whole[n - m - 1] == '.');
}

static size_t count_levels(const char *name)
{
    size_t n = 1;

    for (; *name; name++)
        n += *name == '.';
    return n;
}

/* The last so many levels of a dotted name, or all. */
static const char *last_levels(const char *name, size_t n)
{
    const char *at = name + strlen(name);

    for (; at > name; at--)
        if (at[-1] == '.' && --n == 0)
            break;
    return at;
}

/* Edits from one dotted name to another of as many levels, when each level is near its own; else UINT_MAX. */
static unsigned edits_by_level(const char *a, const char *b)
{
    unsigned edits = 0;

    for (;;) {
        size_t n = strcspn(a, "."), m = strcspn(b, ".");

        if (!n || !m || n > TL_NEAR_MOST || m > TL_NEAR_MOST || !a[n] != !b[m])
            return UINT_MAX;
        unsigned own = tl_near_edits(a, n, b, m);
        if (own > (n < 5 ? 1 : n < 12 ? 2 : n / 3) || own >= n)
            return UINT_MAX;
        edits += own;
        if (!a[n])
            return edits;
        a += n + 1;
        b += m + 1;
    }
}

/* Of two that are as near the first in order, so that the answer does not depend on threads. */
static void note_near(const struct tl_lineage *lineage, const char *name)
{
    struct tl_lineage_near *near = lineage->near;
    const char *asked = lineage->columns[0];
    size_t n_asked = count_levels(asked), n_name = count_levels(name);

    /* Either may be the longer one, as where neither is misspelt. */
    asked = last_levels(asked, n_name);
    name = last_levels(name, n_asked);
    unsigned edits = edits_by_level(asked, name);
    if (edits == UINT_MAX)
        return;
    pthread_mutex_lock(&near->lock);
    if (!near->name[0] || edits < near->edits ||
        (edits == near->edits && strcmp(name, near->name) < 0)) {
        snprintf(near->name, sizeof near->name, "%s", name);
        near->edits = edits;
    }
    pthread_mutex_unlock(&near->lock);
}

bool tl_lineage_is_asked(const struct tl_lineage *lineage,
                         const struct tl_sql_result *result,
                         const struct tl_sql_edge *edge, struct tl_arena *arena)
{
    if (lineage->n_columns == 0)
        return true;
    if (!edge->target_column)
        return false;
    const char *table = tl_lineage_table(result, edge->target, arena);
    const char *name = tl_arena_printf(arena, "%s%s%s", table ? table : "",
                                       table ? "." : "", edge->target_column);
    for (size_t i = 0; i < lineage->n_columns; i++) {
        const char *asked = lineage->columns[i];

        if (ends_in(name, asked) || ends_in(asked, name)) {
            atomic_fetch_add(lineage->n_asked, 1);
            return true;
        }
    }
    if (lineage->near && *lineage->n_asked == 0)
        note_near(lineage, name);
    return false;
}

/* ---- engines ---- */

static int learn(struct tl_sql *sql, const char *path, const struct tl_str *text,
                 bool says_problems, struct reading *reading, struct tl_ctx *ctx)
{
    struct tl_sql_result result;
    int rc = tl_sql_learn(&result, sql, text->text, text->n, ctx);

    if (rc < 0)
        return tl_explain(ctx, "%s", path);
    for (uint32_t p = 0; says_problems && p < result.n_problems; p++)
        tl_warn(ctx, "%s:%u:%u: %s", path, (unsigned)result.problems[p].line,
                (unsigned)result.problems[p].column, result.problems[p].what);
    if (says_problems)
        reading->lineage->n_problems += result.n_problems;
    return TL_OK;
}

/* Whether a text may define a table: what does not is not read twice. */
static void name_query(struct tl_sql *sql, const struct reading *reading, size_t path)
{
    const struct tl_lineage_model *model =
        reading->models ? &reading->models[path] : NULL;

    if (model)
        tl_sql_name_query(sql, model->database, model->schema, model->name);
}

static bool may_define(const struct tl_str *text)
{
    const char *at = text->text, *end = text->text + text->n;

    /* Both words with an 'r' after the 'c', an 't' after the 'l': memchr alone would stop at every letter. */
    for (; at + 6 <= end; at++) {
        if ((*at == 'c' || *at == 'C') && strncasecmp(at, "create", 6) == 0)
            return true;
        if ((*at == 'a' || *at == 'A') && strncasecmp(at, "alter", 5) == 0)
            return true;
        if ((*at == 'i' || *at == 'I') && strncasecmp(at, "into", 4) == 0)
            return true;
    }
    return false;
}

static int file_text(struct tl_str *text, const char *path, const struct reading *reading,
                     struct tl_ctx *ctx)
{
    if (strcmp(path, "-") != 0 || !reading->has_stdin)
        return tl_sql_file_read(text, path, ctx);
    tl_str_clear(text);
    text->ceiling = TL_SQL_FILE_MOST;
    tl_str_add_bytes(text, reading->stdin_text.text, reading->stdin_text.n);
    return TL_OK;
}

/* Learns every file's DDL once, in their order. How much of it was not certain: what a file defines may rest on a later one. */
static int learn_once(size_t *n_open, struct tl_sql *sql, const struct reading *reading,
                      struct tl_str *text, struct tl_ctx *ctx)
{
    *n_open = 0;
    for (size_t i = 0; i < reading->paths->items.n; i++) {
        const char *path = reading->paths->items.items[i].path;
        struct tl_sql_result result;
        int rc;

        if (file_text(text, path, reading, ctx) < 0) {
            tl_error_clear(&ctx->error); /* is said when its turn comes */
            continue;
        }
        if (!reading->models && !may_define(text))
            continue;
        name_query(sql, reading, i);
        if ((rc = tl_sql_learn(&result, sql, text->text, text->n, ctx)) < 0)
            return tl_explain(ctx, "%s", path);
        *n_open += result.n_problems;
        for (uint32_t e = 0; e < result.n_edges; e++)
            *n_open += result.edges[e].confidence < 1000;
    }
    return TL_OK;
}

/* Until nothing becomes more certain: the order of the files does not matter. */
static int learn_files(struct tl_sql *sql, const struct reading *reading,
                       struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_SQL_FILE_MOST);
    size_t n_open = SIZE_MAX, before;
    int rc, n_rounds = 0;

    tl_sql_hint(sql, false);
    do {
        before = n_open;
        rc = learn_once(&n_open, sql, reading, &text, ctx);
    } while (rc == TL_OK && n_open && n_open < before && ++n_rounds < ROUNDS_MOST);
    tl_sql_hint(sql, true);
    tl_str_release(&text);
    return rc;
}

static bool are_tables_shared(const struct reading *reading)
{
    const struct tl_lineage_options *o = reading->lineage->options;

    if (o->tables == TL_TABLES_AUTO && o->models)
        return true;
    if (o->tables == TL_TABLES_AUTO)
        return reading->paths->items.n > 1 && !o->summary;
    return o->tables == TL_TABLES_SHARED;
}

static int open_engine(struct tl_sql **out, struct reading *reading, bool says_problems,
                       struct tl_ctx *ctx)
{
    const struct tl_config *config = reading->lineage->config;
    struct tl_sql *sql = tl_sql_open(reading->lineage->dialect);
    int rc = TL_OK;

    tl_sql_trace(sql, reading->lineage->options->explain);
    tl_lineage_add_known(sql, reading->lineage);
    for (size_t i = 0; i < config->functions.n; i++)
        tl_sql_add_function(sql, config->functions.items[i].name,
                            (enum tl_effect)config->functions.items[i].effect);
    for (size_t i = 0; rc == TL_OK && i < reading->n_schemas; i++)
        if (reading->schemas[i].json)
            tl_lineage_schema_add(sql, reading->schemas[i].json, ctx);
        else
            rc = learn(sql, reading->schemas[i].path, &reading->schemas[i].text,
                       says_problems, reading, ctx);
    if (rc == TL_OK && are_tables_shared(reading))
        rc = learn_files(sql, reading, ctx);
    if (rc < 0) {
        tl_sql_close(sql);
        return rc;
    }
    *out = sql;
    return TL_OK;
}

struct worker {
    struct reading *reading;
    struct tl_sql *sql;
    struct tl_str text;
};

static int take_engine(void **self, void *shared, struct tl_ctx *ctx)
{
    struct reading *reading = shared;
    struct tl_sql *sql = NULL;
    int rc = TL_OK;

    pthread_mutex_lock(&reading->lock);
    if (reading->n_idle)
        sql = reading->idle[--reading->n_idle];
    pthread_mutex_unlock(&reading->lock);
    if (!sql && (rc = open_engine(&sql, reading, false, ctx)) < 0)
        return rc;
    struct worker *worker = tl_alloc(1, sizeof *worker);
    worker->reading = reading;
    worker->sql = sql;
    tl_str_init(&worker->text, TL_SQL_FILE_MOST);
    *self = worker;
    return TL_OK;
}

static void give_engine(void *self)
{
    struct worker *worker = self;
    struct reading *reading = worker->reading;
    struct tl_sql *spare = worker->sql;

    pthread_mutex_lock(&reading->lock);
    if (reading->n_idle < ENGINES_MOST) {
        reading->idle[reading->n_idle++] = spare;
        spare = NULL;
    }
    pthread_mutex_unlock(&reading->lock);
    tl_sql_close(spare);
    tl_str_release(&worker->text);
    tl_free(worker);
}

/* ---- files ---- */

/* What is one file's own fault is kept for its turn; a run that was cancelled, or our own mistake, ends it all. */
static bool is_the_files_fault(int rc)
{
    return rc == TL_ENOTFOUND || rc == TL_EINPUT || rc == TL_ELIMIT || rc == TL_ESOURCE;
}

static bool lacks_columns(const struct tl_sql_result *result)
{
    for (uint32_t p = 0; p < result->n_problems; p++)
        if (strncmp(result->problems[p].what, TL_SQL_UNKNOWN_COLUMNS,
                    sizeof TL_SQL_UNKNOWN_COLUMNS - 1) == 0)
            return true;
    return false;
}

static int read_one(void *shared, void *self, size_t i, struct tl_ctx *ctx)
{
    struct reading *reading = shared;
    struct worker *worker = self;
    struct item *item = &reading->items[i];
    struct tl_lineage_file file = {
        .path = reading->paths->items.items[reading->first + i].path
    };
    struct tl_sql_result result;
    int64_t began = tl_ticks(ctx);
    int rc = file_text(&worker->text, file.path, reading, ctx);

    if (rc == TL_OK) {
        name_query(worker->sql, reading, reading->first + i);
        rc = tl_sql_lineage(&result, worker->sql, worker->text.text, worker->text.n, ctx);
        if (rc < 0)
            tl_explain(ctx, "%s", file.path);
    }
    if (rc < 0) {
        if (!is_the_files_fault(rc))
            return rc;
        item->failed = rc;
        snprintf(item->why, sizeof item->why, "%s", ctx->error.text);
        snprintf(item->hint, sizeof item->hint, "%s", ctx->error.hint);
        file.why = item->why;
    } else {
        file.text = worker->text.text;
        file.n = worker->text.n;
        file.result = &result;
        item->n_problems = result.n_problems;
        item->lacks_columns = lacks_columns(&result);
        item->is_bare = result.n_statements == 1 &&
                        result.statements[0].kind == TL_SQL_SELECT &&
                        result.statements[0].target == TL_SQL_NO_TABLE;
    }
    file.took = tl_ticks(ctx) - began;
    item->arena = tl_arena_open();
    item->digest = reading->shower->digest(&file, reading->lineage, item->arena, ctx);
    return TL_OK;
}

static int show_batch(struct reading *reading, size_t n, struct tl_ctx *ctx)
{
    const struct tl_lineage_shower *shower = reading->shower;
    int rc = TL_OK;

    for (size_t i = 0; rc == TL_OK && i < n; i++) {
        struct item *item = &reading->items[i];

        if (item->failed && reading->paths->items.n == 1 && !shower->shows_unread) {
            if (item->hint[0])
                tl_hint(ctx, "%s", item->hint);
            return tl_fail(ctx, item->failed, "%s", item->why);
        }
        reading->lineage->n_problems += item->n_problems + (item->failed ? 1 : 0);
        reading->lineage->lacks_columns |= item->lacks_columns;
        reading->lineage->n_bare += item->is_bare;
        if ((rc = tl_ctx_check(ctx)) == TL_OK)
            rc = shower->show(shower->self, item->digest, reading->lineage, ctx);
    }
    return rc;
}

static size_t size_batch(const struct reading *reading)
{
    uint64_t bytes = 0;
    size_t n = 0;

    while (reading->first + n < reading->paths->items.n && n < BATCH_FILES &&
           (n == 0 || bytes < BATCH_BYTES))
        bytes += reading->paths->items.items[reading->first + n++].bytes;
    return n;
}

static int read_batches(struct reading *reading, struct tl_ctx *ctx)
{
    const struct tl_job job = { read_one, take_engine, give_engine, reading };
    int rc = TL_OK;

    while (rc == TL_OK && reading->first < reading->paths->items.n) {
        size_t n = size_batch(reading);

        reading->items = tl_alloc(n, sizeof *reading->items);
        if ((rc = tl_pool_run(&job, n, 0, ctx)) == TL_OK)
            rc = show_batch(reading, n, ctx);
        for (size_t i = 0; i < n; i++)
            tl_arena_close(reading->items[i].arena);
        tl_free(reading->items);
        reading->items = NULL;
        reading->first += n;
    }
    return rc;
}

static int read_schemas(struct reading *reading, struct tl_ctx *ctx)
{
    const struct tl_list *paths = &reading->lineage->options->schema;
    int rc = TL_OK;

    reading->schemas = tl_arena_alloc(ctx->arena, paths->n + 1, sizeof *reading->schemas);
    for (size_t i = 0; rc == TL_OK && i < paths->n; i++) {
        struct schema *schema = &reading->schemas[reading->n_schemas++];

        schema->path = paths->items[i];
        tl_str_init(&schema->text, TL_SQL_FILE_MOST);
        rc = tl_sql_file_read(&schema->text, schema->path, ctx);
        if (rc == TL_OK && tl_lineage_is_no_ddl(schema->text.text, schema->text.n))
            rc = tl_lineage_schema_read(&schema->json, schema->path, schema->text.text,
                                        schema->text.n, ctx);
    }
    return rc;
}

/* Standard input is read before anything else, so that all who need it have it. */
static int read_stdin(struct reading *reading, struct tl_ctx *ctx)
{
    for (size_t i = 0; i < reading->paths->items.n; i++) {
        if (strcmp(reading->paths->items.items[i].path, "-") != 0)
            continue;
        int rc = tl_sql_file_read(&reading->stdin_text, "-", ctx);
        reading->has_stdin = rc == TL_OK;
        return rc;
    }
    return TL_OK;
}

int tl_lineage_read(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                    const struct tl_lineage_shower *shower, struct tl_ctx *ctx)
{
    struct reading reading = { .lineage = lineage,
                               .paths = paths,
                               .shower = shower,
                               .stdin_text = TL_STR_INIT(TL_SQL_FILE_MOST),
                               .lock = PTHREAD_MUTEX_INITIALIZER };
    int rc = read_schemas(&reading, ctx);

    if (rc == TL_OK)
        rc = read_stdin(&reading, ctx);
    if (rc == TL_OK && lineage->options->models) {
        struct tl_lineage_model *models;

        rc = tl_lineage_models(&models, lineage, paths, ctx);
        reading.models = models;
    }
    /* The first one says what is wrong with the schemas; the others say nothing. */
    if (rc == TL_OK && (rc = open_engine(&reading.idle[0], &reading, true, ctx)) == TL_OK)
        reading.n_idle = 1;
    if (rc == TL_OK)
        rc = read_batches(&reading, ctx);
    for (size_t i = 0; i < reading.n_idle; i++)
        tl_sql_close(reading.idle[i]);
    for (size_t i = 0; i < reading.n_schemas; i++) {
        tl_lineage_schema_close(reading.schemas[i].json);
        tl_str_release(&reading.schemas[i].text);
    }
    tl_str_release(&reading.stdin_text);
    pthread_mutex_destroy(&reading.lock);
    return rc;
}
