/*
 * Whether the first record of a CSV file names its columns, or is a row already. A row that is taken for names puts its values
 * into names, and names are written down: where it is not clear, it is a row. Used by csv.c.
 */
#ifndef TL_CONNECTORS_FILES_HEADER_H
#define TL_CONNECTORS_FILES_HEADER_H

#include "connectors/files/csv_read.h"

struct tl_header {
    const char
        *words;  /* why it is a row: "is like an e-mail address"; NULL: it is names */
    size_t cell; /* of which cell, from 1; 0: of the record */
};

/* Looks at the record that comes next and some behind it; stands before it again afterwards. Negative: failed. */
int tl_header_look(struct tl_header *out, struct tl_csv *csv, struct tl_ctx *ctx);

/* What a cell is like that no name is like ("an e-mail address"), or NULL. */
const char *tl_header_value_words(const char *text, size_t n);

#endif
