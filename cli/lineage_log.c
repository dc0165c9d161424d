/*
 * What the log knows, for SQL files: the tables and columns of a source, where its bare names belong, and what is personal in them.
 */
#include "cli/lineage.h"

#include "base/say.h"
#include "cli/pipeline.h"
#include "cli/show.h"

#include <string.h>

/* The fields of a record stand behind it and are no columns to SQL. */
static bool is_field(const char *path, const char *last)
{
    size_t n = last ? strlen(last) : 0;

    return last && strncmp(path, last, n) == 0 && path[n] == '.';
}

static const char *text_of(const struct tl_belief *belief, struct tl_slice slice)
{
    return tl_belief_text(belief, slice);
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Where a key has only a database (SQLite's "main"), SQL reads it as a schema. */
static void levels_of(const char **database, const char **schema,
                      const struct tl_belief *belief,
                      const struct tl_belief_dataset *dataset)
{
    *database = text_of(belief, dataset->database);
    *schema = text_of(belief, dataset->schema);
    if (!*schema) {
        *schema = *database;
        *database = NULL;
    }
}

static bool is_of_source(const struct tl_lineage *lineage,
                         const struct tl_belief_dataset *dataset)
{
    return !dataset->is_absent &&
           strcmp(text_of(lineage->belief, dataset->source), lineage->source) == 0;
}

/* The source that is asked for, or the only one; NULL: it cannot be told. */
static int find_source(struct tl_lineage *lineage, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = lineage->belief;
    const char *asked = lineage->options->source, *only = NULL;

    for (uint32_t i = 0; i < belief->n_datasets; i++) {
        const char *name = text_of(belief, belief->datasets[i].source);

        if (asked && strcmp(name, asked) == 0) {
            lineage->source = asked;
            return TL_OK;
        }
        if (only && strcmp(only, name) != 0 && !asked)
            return TL_OK;
        only = name;
    }
    if (asked)
        return tl_fail(ctx, TL_ENOTFOUND, "the log knows no source '%s'", asked);
    lineage->source = only;
    return TL_OK;
}

int tl_lineage_open_log(struct tl_lineage *lineage, struct tl_ctx *ctx)
{
    const struct tl_config *config = lineage->config;
    int rc;

    if (!config->log || tl_log_is_missing(config->log)) {
        if (!lineage->options->source)
            return TL_OK;
        tl_hint(ctx, "'tagline scan' begins it");
        return tl_fail(ctx, TL_ECONFIG, "there is no log that could know source '%s'",
                       lineage->options->source);
    }
    if ((rc = tl_open_log(&lineage->log, config, false, ctx)) < 0 ||
        (rc = tl_log_belief(&lineage->belief, lineage->log, ctx)) < 0)
        return rc;
    return find_source(lineage, ctx);
}

void tl_lineage_close_log(struct tl_lineage *lineage)
{
    tl_log_close(lineage->log);
    lineage->log = NULL;
    lineage->belief = NULL;
}

void tl_lineage_add_known(struct tl_sql *sql, const struct tl_lineage *lineage)
{
    const struct tl_belief *belief = lineage->belief;
    const char *database, *schema, *home_database = NULL, *home_schema = NULL;
    bool is_one_database = true, is_one_schema = true, is_first = true;

    if (!belief || !lineage->source)
        return;
    for (uint32_t i = 0; i < belief->n_datasets; i++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[i];

        if (!is_of_source(lineage, dataset))
            continue;
        levels_of(&database, &schema, belief, dataset);
        tl_sql_add_table(sql, database, schema, text_of(belief, dataset->name), i);
        const char *last = NULL;
        for (uint32_t c = 0; c < dataset->n_columns; c++) {
            const struct tl_belief_column *column =
                &belief->columns[dataset->first_column + c];
            const char *path = text_of(belief, column->path);
            if (column->is_absent || is_field(path, last))
                continue;
            tl_sql_add_column(sql, path);
            last = path;
        }
        is_one_database =
            is_first || (is_one_database && is_same(database, home_database));
        is_one_schema = is_first || (is_one_schema && is_same(schema, home_schema));
        home_database = database;
        home_schema = schema;
        is_first = false;
    }
    if (!is_first && is_one_database && (is_one_schema ? home_schema : home_database))
        tl_sql_add_default(sql, home_database, is_one_schema ? home_schema : NULL);
}

const struct tl_belief_column *tl_lineage_known_column(const struct tl_lineage *lineage,
                                                       const char *table,
                                                       const char *column)
{
    const struct tl_belief *belief = lineage->belief;
    const char *name = table ? strrchr(table, '.') : NULL;
    const struct tl_belief_column *found = NULL;

    if (!belief || !table || !lineage->source)
        return NULL;
    name = name ? name + 1 : table;
    for (uint32_t i = 0; i < belief->n_datasets; i++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[i];
        const char *database, *schema;

        if (!is_of_source(lineage, dataset) ||
            strcasecmp(text_of(belief, dataset->name), name) != 0)
            continue;
        levels_of(&database, &schema, belief, dataset);
        size_t n = schema ? strlen(schema) : 0;
        size_t room = (size_t)(name - table);
        bool fits = room == 0 || (n < room && table[room - 1] == '.' &&
                                  strncasecmp(name - 1 - n, schema, n) == 0);
        if (!fits)
            continue;
        for (uint32_t c = 0; c < dataset->n_columns; c++) {
            const struct tl_belief_column *one =
                &belief->columns[dataset->first_column + c];
            if (strcasecmp(text_of(belief, one->path), column) != 0)
                continue;
            if (found)
                return NULL; /* either of two */
            found = one;
        }
    }
    return found;
}
