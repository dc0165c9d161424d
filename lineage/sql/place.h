/*
 * From bytes of a text to lines and columns, for thousands of them: the text is looked through once. Used
 * by sql.c.
 */
#ifndef TL_LINEAGE_SQL_PLACE_H
#define TL_LINEAGE_SQL_PLACE_H

#include "base/vec.h"

#include <stdint.h>

/* Bytes of a text are told in blocks of so many, as bits of one word: no branch depends on where lines end. */
#define TL_PLACE_BLOCK 64

struct tl_sql_block {
    uint64_t feeds; /* bit i: byte i is a line feed */
    uint32_t line;  /* from 0: that the first byte is on */
    uint32_t begin; /* of that line */
};
struct tl_sql_places {
    TL_VEC(struct tl_sql_block) blocks;
};

/* How many bits are set (Hacker's Delight, 5-1). The processor's own instruction is not on every amd64. */
static inline uint32_t tl_sql_count_bits(uint64_t bits)
{
    bits -= bits >> 1 & UINT64_C(0x5555555555555555);
    bits = (bits & UINT64_C(0x3333333333333333)) +
           (bits >> 2 & UINT64_C(0x3333333333333333));
    bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(bits * UINT64_C(0x0101010101010101) >> 56);
}

/* Takes on a text of n bytes, n < 4 GiB - 1. */
void tl_sql_places_of(struct tl_sql_places *places, const char *text, uint32_t n);
void tl_sql_places_release(struct tl_sql_places *places);

/* `*line` holds a byte of the text, or the one behind its last; gets its line, and `*column` its column: from 1, bytes. */
static inline void tl_sql_place(const struct tl_sql_places *places, uint32_t *line,
                                uint32_t *column)
{
    uint32_t at = *line;
    uint32_t i = at / TL_PLACE_BLOCK;
    const struct tl_sql_block *block =
        &places->blocks.items[i < places->blocks.n ? i : places->blocks.n - 1];
    uint64_t before =
        block->feeds & ((UINT64_C(1) << at % TL_PLACE_BLOCK) - 1); /* what is passed */
    uint32_t begin =
        at / TL_PLACE_BLOCK * TL_PLACE_BLOCK + 64 - (uint32_t)__builtin_clzll(before | 1);

    *line = block->line + tl_sql_count_bits(before) + 1;
    *column = at - (before ? begin : block->begin) + 1;
}

#endif
