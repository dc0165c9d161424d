/*
 * A regular file in large pieces. Not mapped: a mapped file that somebody cuts off meanwhile kills the reader (SIGBUS).
 */
#ifndef TL_CONNECTORS_FILES_READER_H
#define TL_CONNECTORS_FILES_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tl_ctx;

struct tl_reader {
    const char *path; /* borrowed */
    int fd;           /* -1: none, or memory */
    const char *memory;
    size_t piece; /* most bytes of the buffer */
    char *buffer;
    size_t at, n;  /* next byte of the buffer; bytes in it */
    int64_t begin; /* where in the file the buffer begins */
    int64_t size; /* of the file when it was opened; what is appended later is not read */
};

/*
 * Opens; passes "file.open". TL_ESOURCE for a file that is not there, cannot be read, is a folder, a pipe, holds
 * nothing but blanks, or begins as what is no text (UTF-16, compressed, an archive, a database, NULs). Steps over a UTF-8 mark. Close with tl_reader_close in any case.
 */
int tl_reader_open(struct tl_reader *out, const char *path, struct tl_ctx *ctx);
/* Reads bytes in memory instead, which stay the caller's, `piece` at a time: any split must give the same. */
void tl_reader_of_memory(struct tl_reader *out, const char *bytes, size_t n,
                         size_t piece);
void tl_reader_close(struct tl_reader *reader);

/* Replaces the used-up buffer by the next piece; passes "file.read". 1: there is one; 0: the end; negative: failed, cancelled. */
int tl_reader_fill(struct tl_reader *reader, struct tl_ctx *ctx);
/* Goes to a place in the file; reads nothing yet where it is in the buffer. */
void tl_reader_seek(struct tl_reader *reader, int64_t offset);
static inline int64_t tl_reader_tell(const struct tl_reader *reader)
{
    return reader->begin + (int64_t)reader->at;
}

#endif
