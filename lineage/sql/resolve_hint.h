/*
 * What a name that means nothing may have been meant as: the nearest of those that were possible. Asked when a problem is told, and then for the
 * first few of a text alone. Private to lineage/sql.
 */
#ifndef TL_LINEAGE_SQL_RESOLVE_HINT_H
#define TL_LINEAGE_SQL_RESOLVE_HINT_H

#include "lineage/sql/resolve.h"

/* Each gives "; did you mean 'email'?", or "" where no name is near. Valid as long as the text's result. */

/* Columns of the sources first .. last - 1. */
const char *tl_rs_hint_of_sources(struct tl_rs *rs, uint32_t name, uint32_t first,
                                  uint32_t last);
/* Columns of the sources of all scopes. */
const char *tl_rs_hint_here(struct tl_rs *rs, uint32_t name);
/* Columns of a table of the schema. */
const char *tl_rs_hint_of_table(struct tl_rs *rs, uint32_t name, uint32_t table);
/* What tables are called in all scopes. */
const char *tl_rs_hint_of_qualifiers(struct tl_rs *rs, uint32_t name);
/* Tables whose columns are known. */
const char *tl_rs_hint_of_tables(struct tl_rs *rs, uint32_t name);

#endif
