/*
 * Which files a `path` and `paths` mean, and the dataset name of each. Shared by the connectors that read files.
 */
#ifndef TL_CONNECTORS_FILES_PATHS_H
#define TL_CONNECTORS_FILES_PATHS_H

#include "base/option.h"
#include "base/vec.h"

struct tl_arena;
struct tl_ctx;

struct tl_file {
    const char *path;
    const char *name; /* the file's name; where two share one, the path as given */
};

struct tl_files {
    TL_VEC(struct tl_file) items; /* in the order of their names, each path once */
};

/*
 * Texts come from `arena`. Globs are expanded now, whether the other paths exist is seen when they are read. TL_ECONFIG when nothing
 * is given; TL_ESOURCE when a glob matches nothing.
 */
int tl_files_find(struct tl_files *out, const char *path, const struct tl_list *paths,
                  struct tl_arena *arena, struct tl_ctx *ctx);
void tl_files_release(struct tl_files *files);
/* NULL: no such name. */
const struct tl_file *tl_files_named(const struct tl_files *files, const char *name);

#endif
