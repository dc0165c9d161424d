/*
 * Lines of a file, each whole in memory up to a ceiling. LF or CRLF. Used by jsonl.c and infoschema.c.
 */
#ifndef TL_CONNECTORS_FILES_LINES_H
#define TL_CONNECTORS_FILES_LINES_H

#include "base/vec.h"
#include "connectors/files/reader.h"

#define TL_LINE_MOST (16 << 20)

struct tl_lines {
    struct tl_reader in;
    const char *line; /* without its end; until the next call */
    size_t n;
    bool is_too_long; /* `line` holds nothing: it was stepped over */
    uint64_t number;  /* of the line, from 1; from the last seek */
    TL_VEC(char) held;
};

/* 1, 0 at the end, negative. Where `keep` is false the line is stepped over: only `n` says something, 0 for an empty line. */
int tl_lines_next(struct tl_lines *lines, bool keep, struct tl_ctx *ctx);
/* To the first line that begins behind `offset`: 1; 0 where none begins within TL_LINE_MOST. */
int tl_lines_seek(struct tl_lines *lines, int64_t offset, struct tl_ctx *ctx);
/* Closes the reader too. */
void tl_lines_release(struct tl_lines *lines);

#endif
