/*
 * From bytes of a text to lines and columns, for thousands of them: the text is looked through once. Used
 * by sql.c.
 */
#ifndef TL_LINEAGE_SQL_PLACE_H
#define TL_LINEAGE_SQL_PLACE_H

#include "base/vec.h"

#include <stdint.h>

/* Bytes of a text are told in blocks of so many, as bits of one word. */
#define TL_PLACE_BLOCK 64

struct tl_sql_places {
    TL_VEC(uint32_t) lines;  /* where each begins; behind the last one UINT32_MAX */
    TL_VEC(uint32_t) blocks; /* the line, from 0, that the first byte of each is on */
};

/* Takes on a text of n bytes, n < 4 GiB - 1. */
void tl_sql_places_of(struct tl_sql_places *places, const char *text, uint32_t n);
void tl_sql_places_release(struct tl_sql_places *places);

/* `*line` holds a byte of the text, or the one behind its last; gets its line, and `*column` its column: from 1, bytes. */
static inline void tl_sql_place(const struct tl_sql_places *places, uint32_t *line,
                                uint32_t *column)
{
    const uint32_t *lines = places->lines.items;
    uint32_t at = *line;
    uint32_t block = at / TL_PLACE_BLOCK;
    uint32_t i =
        places->blocks.items[block < places->blocks.n ? block : places->blocks.n - 1];

    while (lines[i + 1] <= at)
        i++;
    *line = i + 1;
    *column = at - lines[i] + 1;
}

#endif
