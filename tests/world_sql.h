/*
 * Lineage as text, a line an edge: what the fixtures of tests/fixtures/lineage are compared with.
 */
#ifndef TL_TESTS_WORLD_SQL_H
#define TL_TESTS_WORLD_SQL_H

#include "base/str.h"
#include "lineage/sql/sql.h"

/*
 * "v.m <- t.email transformation hashes(md5) @1:8"; the target alone (a query's own: "*") where an edge steers all of it; the
 * confidence in per mille behind it where that is not 1000, and "may" where it flows on some ways alone; "2: " in front of what is of the second statement; "! words @1:8" for
 * problems, behind the edges of their statement. In front of them "undone" or "replaced by 3".
 */
void world_sql_render(struct tl_str *out, const struct tl_sql_result *result);

#endif
