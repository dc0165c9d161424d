/*
 * Bytes of a text file as UTF-8: what is UTF-8 stays, what is Windows-1252 (Latin-1 with Microsoft's additions, what a Western
 * Excel writes) is converted. Knows nothing of records. Used by csv.c and reader.c.
 */
#ifndef TL_CONNECTORS_FILES_ENCODING_H
#define TL_CONNECTORS_FILES_ENCODING_H

#include "base/str.h"

struct tl_ctx;
struct tl_reader;

enum tl_encoding {
    TL_ENCODING_AUTO, /* UTF-8, and Windows-1252 where a text is none */
    TL_ENCODING_UTF8, /* bytes that are none stay as they are */
    TL_ENCODING_1252,
};

/* Whether the bytes are UTF-8. Of a text that was cut, the last character may lack its end. */
bool tl_encoding_is_utf8(const char *bytes, size_t n, bool is_cut);

/*
 * The text as UTF-8: itself, or a conversion in `held`, good until the next call; `*n` becomes its length. A byte that Windows-1252
 * does not define becomes the control character of the same number.
 */
const char *tl_encoding_decode(struct tl_str *held, enum tl_encoding encoding,
                               const char *bytes, size_t *n, bool is_cut);

/*
 * The line, from 1, of the first byte that is no UTF-8 in the next `most` bytes of the file; 0 when there is none. The reader
 * stands where it stood. Negative: failed.
 */
int tl_encoding_look(uint64_t *line, struct tl_reader *in, int64_t most,
                     struct tl_ctx *ctx);

#endif
