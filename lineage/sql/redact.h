/*
 * SQL text fit to be logged: every literal becomes a placeholder, every comment goes, layout and names stay. Understands the
 * quoting of all our dialects well enough never to let a literal through; where it is in doubt it replaces. Not a parser.
 */
#ifndef TL_LINEAGE_SQL_REDACT_H
#define TL_LINEAGE_SQL_REDACT_H

#include "base/str.h"

/*
 * Strings ('..', E'..', $tag$..$tag$, N'..', x'..', r'..'; an unclosed one to the end) become '?', numbers become ?, comments (-- .. and
 * nested block ones) become one space. Quoted identifiers ("..", `..`, [..]) stay, unless the dialect could read "..." as a
 * string where SQLite does (a value position): those stay too when `names` holds them, else become '?'.
 */
void tl_sql_redact(struct tl_str *out, const char *sql, size_t n,
                   const char *const *names, size_t n_names);

#endif
