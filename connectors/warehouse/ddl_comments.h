/*
 * Comments that people wrote inside a stored CREATE statement: which column, or the table itself, each of them speaks of. A
 * tokenizer with a rule of thumb, not a parser of SQL. Used where a system has no COMMENT ON: SQLite.
 */
#ifndef TL_CONNECTORS_WAREHOUSE_DDL_COMMENTS_H
#define TL_CONNECTORS_WAREHOUSE_DDL_COMMENTS_H

#include "base/vec.h"

#include <stddef.h>

struct tl_arena;

/* Longer comments are cut there. */
#define TL_DDL_COMMENT_MOST 4096

struct tl_ddl_comment {
    const char *column; /* as declared, quotes taken off; exact bytes */
    size_t n_column;
    const char *text; /* "--" and stars taken off, blanks and line ends as one space */
};

struct tl_ddl_comments {
    const char *table;                     /* NULL: none */
    TL_VEC(struct tl_ddl_comment) columns; /* only those with a comment, in order */
};

/*
 * Reads any bytes. Texts come from `arena`; the vector is released with tl_vec_release(&out->columns).
 * The table's: what stands before the first column and its line, or before a view's query. A column's: what stands on lines
 * of its own before it, behind it up to its comma, and behind its comma on the same line.
 */
void tl_ddl_comments_read(struct tl_ddl_comments *out, const char *sql, size_t n,
                          struct tl_arena *arena);

#endif
