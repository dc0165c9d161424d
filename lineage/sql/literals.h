/*
 * The texts that stand in SQL as literals: data, and maybe somebody's. Knows how the dialect quotes, not what a value is; who asks lets none
 * of them out. Used by the commands that tell where a script holds personal data.
 */
#ifndef TL_LINEAGE_SQL_LITERALS_H
#define TL_LINEAGE_SQL_LITERALS_H

#include "base/vec.h"
#include "lineage/sql/sql.h"

/* What stands between the quotes, as written: a quote inside is still doubled or escaped. */
struct tl_sql_text_literal {
    const char *bytes; /* in the text that was given */
    uint32_t n;
    uint32_t statement; /* from 1 */
    uint32_t line,
        column; /* of the opening quote: 1-based line, 1-based byte of the line */
};
struct tl_sql_text_literals {
    TL_VEC(struct tl_sql_text_literal) items; /* in the order of the text */
};

/* All of a text; of a program in dollar quotes those inside, any other text in them is one itself; of data behind a copy none. A text beyond 1 GiB has none. Release with tl_vec_release(&out->items). */
void tl_sql_literals(struct tl_sql_text_literals *out, enum tl_sql_dialect dialect,
                     const char *text, size_t n);

#endif
