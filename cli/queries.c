/*
 * The SQL files of `queries:`: found by their patterns, read whole. Their names in the log are as seen from the configuration's
 * folder, so that a checkout elsewhere names them alike.
 */
#include "cli/pipeline.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "base/say.h"
#include "cli/sql_files.h"

#include <errno.h>
#include <glob.h>

static const char *name_in_folder(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    if (strncmp(path, folder, n) == 0 && path[n] == '/')
        return path + n + 1;
    return path;
}

int tl_query_read(struct tl_query *out, const char *path, const char *name,
                  struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_SQL_FILE_MOST);
    int rc = tl_sql_file_read(&text, path, ctx);

    out->name = tl_arena_strdup(ctx->arena, name);
    out->text = tl_arena_dup(ctx->arena, text.text, text.n);
    out->n = text.n;
    tl_str_release(&text);
    return rc;
}

struct reading {
    TL_VEC(struct tl_query) queries;
    struct tl_map seen; /* paths: a file that two patterns name counts once */
};

static int add_file(struct reading *reading, const char *path,
                    const struct tl_query_files *files, const char *source,
                    const struct tl_config *config, struct tl_ctx *ctx)
{
    struct tl_query query = { .source = files->source ? files->source : source,
                              .dialect = files->dialect };
    const char *name = name_in_folder(path, config->folder);
    uint32_t unused;

    name = tl_arena_strdup(ctx->arena, name);
    if (tl_map_get(&reading->seen, name, strlen(name), &unused))
        return TL_OK;
    if (!query.source) {
        tl_hint(ctx, "set 'source' beside 'files' under 'queries:' in %s", config->path);
        return tl_fail(ctx, TL_ECONFIG,
                       "there are several sources: in which does '%s' run", name);
    }
    tl_map_put(&reading->seen, name, strlen(name), 0);
    int rc = tl_query_read(&query, path, name, ctx);
    if (rc == TL_OK)
        tl_vec_push(&reading->queries, query);
    return rc;
}

/* A folder that is not there holds no files; one that cannot be looked into is a failure. */
static int is_failure(const char *path, int why)
{
    (void)path;
    return why != ENOENT && why != ENOTDIR;
}

static int add_files(struct reading *reading, const char *pattern,
                     const struct tl_query_files *files, const char *source,
                     const struct tl_config *config, struct tl_ctx *ctx)
{
    glob_t found = { 0 };
    int rc = TL_OK;
    int status = tl_fault("glob") ? GLOB_ABORTED
                                  : glob(tl_config_resolve(pattern, config->folder, ctx),
                                         GLOB_MARK, is_failure, &found);

    if (status == GLOB_NOMATCH)
        tl_warn(ctx, "queries: no file matches '%s'", pattern);
    else if (status != 0)
        rc = tl_fail(ctx, TL_ESOURCE, "cannot look for the SQL files '%s'", pattern);
    for (size_t i = 0; rc == TL_OK && i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        if (path[strlen(path) - 1] != '/')
            rc = add_file(reading, path, files, source, config, ctx);
    }
    globfree(&found);
    return rc;
}

int tl_read_queries(struct tl_query **out, size_t *n, const struct tl_config *config,
                    const char *source, struct tl_ctx *ctx)
{
    struct reading reading = { 0 };
    int rc = TL_OK;

    for (size_t q = 0; rc == TL_OK && q < config->queries.n; q++) {
        const struct tl_query_files *files = &config->queries.items[q];
        for (size_t f = 0; rc == TL_OK && f < files->files.n; f++)
            rc = add_files(&reading, files->files.items[f], files, source, config, ctx);
    }
    *n = reading.queries.n;
    *out = tl_arena_alloc(ctx->arena, *n + 1, sizeof **out);
    if (*n)
        memcpy(*out, reading.queries.items, *n * sizeof **out);
    tl_vec_release(&reading.queries);
    tl_map_release(&reading.seen);
    return rc;
}
