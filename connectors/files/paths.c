#include "connectors/files/paths.h"

#include "base/ctx.h"
#include "base/fault.h"

#include <glob.h>
#include <unistd.h>

static void take_path(struct tl_files *files, const char *path, struct tl_arena *arena)
{
    const char *slash = strrchr(path, '/');
    struct tl_file file = { .path = tl_arena_strdup(arena, path) };

    file.name = slash && slash[1] ? file.path + (slash + 1 - path) : file.path;
    tl_vec_push(&files->items, file);
}

static int take_glob(struct tl_files *files, const char *pattern, struct tl_arena *arena,
                     struct tl_ctx *ctx)
{
    glob_t found = { 0 };
    int failed = tl_fault("file.glob")
                     ? GLOB_ABORTED
                     : glob(pattern, GLOB_ERR | GLOB_BRACE, NULL, &found);

    for (size_t i = 0; !failed && i < found.gl_pathc; i++)
        take_path(files, found.gl_pathv[i], arena);
    globfree(&found);
    if (failed == GLOB_NOMATCH)
        return tl_fail(ctx, TL_ESOURCE, "no file matches '%s'", pattern);
    return failed ? tl_fail(ctx, TL_ESOURCE,
                            "cannot look for '%s': a folder cannot be read", pattern)
                  : TL_OK;
}

static int take(struct tl_files *files, const char *path, struct tl_arena *arena,
                struct tl_ctx *ctx)
{
    /* A file whose name holds a star is meant by that name. */
    if (strpbrk(path, "*?[{") && access(path, F_OK) != 0)
        return take_glob(files, path, arena, ctx);
    take_path(files, path, arena);
    return TL_OK;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct tl_file *)a)->path, ((const struct tl_file *)b)->path);
}

static int compare_names(const void *a, const void *b)
{
    int order =
        strcmp(((const struct tl_file *)a)->name, ((const struct tl_file *)b)->name);

    return order ? order : compare_paths(a, b);
}

/* Names of several files become their paths; a path that was given twice is one file. */
static void settle_names(struct tl_files *files)
{
    struct tl_file *items = files->items.items;
    size_t n = 0;

    qsort(items, files->items.n, sizeof *items, compare_paths);
    for (size_t i = 0; i < files->items.n; i++)
        if (n == 0 || strcmp(items[n - 1].path, items[i].path) != 0)
            items[n++] = items[i];
    files->items.n = n;
    qsort(items, n, sizeof *items, compare_names);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && strcmp(items[i].name, items[end].name) == 0; end++)
            items[end].name = items[end].path;
        if (end > i + 1)
            items[i].name = items[i].path;
    }
    qsort(items, n, sizeof *items, compare_names);
}

int tl_files_find(struct tl_files *out, const char *path, const struct tl_list *paths,
                  struct tl_arena *arena, struct tl_ctx *ctx)
{
    int rc = TL_OK;

    *out = (struct tl_files){ 0 };
    if (path && *path)
        rc = take(out, path, arena, ctx);
    for (size_t i = 0; i < paths->n && !rc; i++)
        rc = take(out, paths->items[i], arena, ctx);
    if (!rc && out->items.n == 0) {
        tl_hint(ctx, "add a line: path: FILE");
        rc = tl_fail(ctx, TL_ECONFIG, "a source of files needs 'path' or 'paths'");
    }
    if (rc)
        tl_files_release(out);
    else
        settle_names(out);
    return rc;
}

void tl_files_release(struct tl_files *files)
{
    tl_vec_release(&files->items);
}

const struct tl_file *tl_files_named(const struct tl_files *files, const char *name)
{
    for (size_t i = 0; i < files->items.n; i++)
        if (strcmp(files->items.items[i].name, name) == 0)
            return &files->items.items[i];
    return NULL;
}
