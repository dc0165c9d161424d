/*
 * Files: whole reads with a ceiling, writes that are there whole or not at all, folders, locks.
 */
#ifndef TL_BASE_FILE_H
#define TL_BASE_FILE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct tl_ctx;

/* Appends the file's bytes to `out` (its ceiling holds). "-" is standard input. */
int tl_file_read(struct tl_str *out, const char *path, struct tl_ctx *ctx);

/*
 * Writes a temporary file beside `path`, fsyncs it, renames it over `path`, fsyncs the folder. "-" is standard output.
 * Mode and symbolic link of a file that is replaced are kept; what is no regular file (/dev/null, a pipe) is written to.
 */
int tl_file_write(const char *path, const void *bytes, size_t n, struct tl_ctx *ctx);

/* Makes the folder and its parents (0777 less umask). One that exists is fine. */
int tl_dir_make(const char *path, struct tl_ctx *ctx);
int tl_dir_sync(const char *path, struct tl_ctx *ctx);
bool tl_path_exists(const char *path);
/* "a/b" + "c" = "a/b/c"; an absolute `name` stands for itself. From the context's arena. */
const char *tl_path_join(const char *folder, const char *name, struct tl_ctx *ctx);

/* A file mapped for reading; empty files map to n = 0. For files that only we write: one cut short while mapped raises SIGBUS. */
struct tl_mapping {
    const unsigned char *bytes;
    size_t n;
};
int tl_file_map(struct tl_mapping *out, const char *path, struct tl_ctx *ctx);
void tl_file_unmap(struct tl_mapping *mapping);

/* Writes all, restarting after interruptions; passes the seam "write". 0 or -1 with errno. */
int tl_write_all(int fd, const void *bytes, size_t n);

#endif
