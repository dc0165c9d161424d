/*
 * One line of JSON lines as flat fields: no tree, no recursion into what a column cannot be. Knows nothing of datasets.
 * Used by jsonl.c and infoschema.c.
 *
 * Names: {"user": {"geo": {"lat": 1}}} has the field "user.geo.lat". An array gives its elements (of an array within it, those)
 * without an index: {"tags": ["a", "b"]} has two fields "tags", an array of objects the fields of its objects, "items.id",
 * as DataHub names them too. A row then has several values under one name. A dot inside a key cannot be told from a level.
 */
#ifndef TL_CONNECTORS_FILES_JSON_FLAT_H
#define TL_CONNECTORS_FILES_JSON_FLAT_H

#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>

struct tl_arena;

enum tl_flat_kind {
    TL_FLAT_NULL,
    TL_FLAT_BOOLEAN,
    TL_FLAT_INTEGER,
    TL_FLAT_REAL,
    TL_FLAT_TEXT,
};

struct tl_flat_field {
    const char *path;
    size_t n_path;
    enum tl_flat_kind kind; /* TL_FLAT_NULL: null, {} or [] */
    const char *value; /* text of strings, decoded; the rest as it stands in the line */
    size_t n;
    bool is_cut;
    bool is_element; /* stands in an array of scalars */
};

enum tl_flat_answer {
    TL_FLAT_READ,
    TL_FLAT_MALFORMED,
    TL_FLAT_NO_OBJECT,
    TL_FLAT_TOO_DEEP
};
/* For messages: "is not JSON" ... */
const char *tl_flat_words(enum tl_flat_answer answer);

#define TL_FLAT_DEPTH     64
#define TL_FLAT_PATH_MOST 2048 /* fields with longer names are left out and counted */
#define TL_FLAT_ELEMENTS  1024 /* scalars of one array; further ones are left out */

struct tl_flat {
    size_t value_bytes; /* decoded strings are cut behind so many */
    struct tl_arena *arena;
    TL_VEC(struct tl_flat_field)
    fields; /* in the order of the line; whole only after TL_FLAT_READ */
    size_t n_left_out;
};

void tl_flat_init(struct tl_flat *flat, size_t value_bytes);
void tl_flat_release(struct tl_flat *flat);

/*
 * Reads a line. Fields point into it or into the arena, until the next one. Bytes that are no UTF-8 stay as they are; half of a
 * surrogate pair becomes U+FFFD; control characters inside strings are let pass.
 */
enum tl_flat_answer tl_flat_read(struct tl_flat *flat, const char *line, size_t n);

#endif
