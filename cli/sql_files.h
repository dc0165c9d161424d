/*
 * The one reader of SQL files: folders are searched, what is no UTF-8 is converted, what is no text at all is told apart. Knows nothing of
 * SQL. Used by lineage, by check and by whatever reads `queries:`.
 */
#ifndef TL_CLI_SQL_FILES_H
#define TL_CLI_SQL_FILES_H

#include "base/ctx.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdint.h>

/* Most bytes of one file, converted: what positions of 32 bits and the engine's memory bear. */
#define TL_SQL_FILE_MOST ((size_t)1 << 30)

struct tl_sql_path {
    const char *path; /* to open it; "-" is standard input */
    uint64_t bytes;   /* as the file system tells; 0: not told */
};
struct tl_sql_paths {
    TL_VEC(struct tl_sql_path) items;
};

/* Whether a name ends as SQL files do: .sql, .ddl, .hql, .psql, .pgsql; in any case. */
bool tl_sql_path_looks_so(const char *path);
/* Whether there is a folder there. */
bool tl_sql_path_is_folder(const char *path);

/*
 * Adds a file, "-", or each file below a folder that looks like SQL: by name, hidden ones not, links to folders not followed. TL_ENOTFOUND:
 * there is no such file, or none in the folder. Paths live in the context's arena.
 */
int tl_sql_paths_add(struct tl_sql_paths *out, const char *operand, struct tl_ctx *ctx);
void tl_sql_paths_release(struct tl_sql_paths *paths);

/*
 * Puts the file's text in place of what `out` held (the ceiling is set here): UTF-8 as it stands, its byte order mark taken away; UTF-16 with a
 * mark converted; other bytes as they are. TL_EINPUT: no text (an archive, a dump that is not plain, UTF-32, broken UTF-16), with what
 * to do about it; TL_ELIMIT: too large.
 */
int tl_sql_file_read(struct tl_str *out, const char *path, struct tl_ctx *ctx);

#endif
