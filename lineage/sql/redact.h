/*
 * SQL text fit to be logged: every literal becomes a placeholder, every comment goes, layout and names stay. Understands the
 * quoting of all our dialects well enough never to let a literal through; where it is in doubt it replaces. Not a parser.
 */
#ifndef TL_LINEAGE_SQL_REDACT_H
#define TL_LINEAGE_SQL_REDACT_H

#include "base/str.h"

/* What is known of the text; all zero: nothing. */
struct tl_sql_known {
    const char *const *items; /* of columns and tables in it */
    size_t n;
    int dialect; /* 1 + enum tl_sql_dialect; 0: any, the one that tells least */
};

/*
 * Strings ('..', E'..', $tag$..$tag$, N'..', x'..', r'..'; an unclosed one to the end) become '?', numbers become ?, comments (-- .. and
 * nested block ones) become one space. Quoted identifiers (`..`, [..], "..") stay; "..." becomes '?' where the dialect takes it for a string
 * (BigQuery, Spark), and where it may (SQLite, or none was told) in a value position, unless it is one of the known names.
 */
void tl_sql_redact(struct tl_str *out, const char *sql, size_t n,
                   const struct tl_sql_known *known);

#endif
