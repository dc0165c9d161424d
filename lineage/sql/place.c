#include "lineage/sql/place.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Bit i: byte i is a line feed. */
static uint64_t line_feeds(const char *block)
{
    uint64_t bits = 0;

#ifdef __SSE2__
    for (unsigned i = 0; i < TL_PLACE_BLOCK; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + i));
        unsigned mask =
            (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));

        bits |= (uint64_t)mask << i;
    }
#else
    for (unsigned i = 0; i < TL_PLACE_BLOCK; i++)
        bits |= (uint64_t)(block[i] == '\n') << i;
#endif
    return bits;
}

static void make_room(struct tl_sql_places *places, uint32_t n)
{
    size_t blocks = n / TL_PLACE_BLOCK + 1;

    if (places->blocks.room < blocks) {
        places->blocks.room = blocks * 2;
        places->blocks.items = tl_realloc(places->blocks.items, places->blocks.room,
                                          sizeof *places->blocks.items);
    }
    places->blocks.n = blocks;
}

void tl_sql_places_of(struct tl_sql_places *places, const char *text, uint32_t n)
{
    uint32_t line = 0, begin = 0;

    make_room(places, n);
    for (uint32_t i = 0; i < places->blocks.n; i++) {
        uint32_t at = i * TL_PLACE_BLOCK;
        char last[TL_PLACE_BLOCK];
        const char *block = text + at;

        if (n - at < TL_PLACE_BLOCK) {
            memset(last, 0, sizeof last);
            memcpy(last, block, n - at);
            block = last;
        }
        uint64_t feeds = line_feeds(block);
        places->blocks.items[i] =
            (struct tl_sql_block){ .feeds = feeds, .line = line, .begin = begin };
        line += tl_sql_count_bits(feeds);
        begin = feeds ? at + 64 - (uint32_t)__builtin_clzll(feeds | 1) : begin;
    }
}

void tl_sql_places_release(struct tl_sql_places *places)
{
    tl_vec_release(&places->blocks);
}
