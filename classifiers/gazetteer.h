/*
 * Word lists that are in the binary: given names, family names, cities. Made at build time of classifiers/gazetteers/<name>.txt into
 * read-only tables, so that a list costs nothing at start-up, however long it is. Used by vocabularies; lists that users bring stand in packs.
 */
#ifndef TL_CLASSIFIERS_GAZETTEER_H
#define TL_CLASSIFIERS_GAZETTEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Open addressing: a slot is 0 or the place of an entry in `text` shifted left by 8, with a byte of its hash. An entry is its length in
 * one byte, then its bytes.
 */
struct tl_gazetteer {
    const char *name; /* of the file, without .txt; NULL closes the table of all */
    const uint32_t *slots;
    uint32_t n_slots; /* a power of two */
    uint32_t n;       /* entries */
    const char *text;
    const char *digest; /* SHA-256 of the file, hex */
};
extern const struct tl_gazetteer tl_gazetteers[];

/* NULL: there is no list of that name. */
const struct tl_gazetteer *tl_gazetteer_find(const char *name);
/* Whether the text, folded by tl_fold_text, is an entry. */
bool tl_gazetteer_has(const struct tl_gazetteer *list, const char *folded, size_t n);

/* ---- shared with the program that makes the tables ---- */

#define TL_GAZETTEER_ENTRY_MOST 255 /* bytes */

/* The lower bits choose the slot, the topmost byte is kept in it. */
static inline uint64_t tl_gazetteer_hash(const char *folded, size_t n)
{
    uint64_t hash = 0x9E3779B97F4A7C15u ^ n;

    while (n) {
        uint64_t word = 0;
        size_t step = n < 8 ? n : 8;

        memcpy(&word, folded, step);
        hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 32;
        folded += step;
        n -= step;
    }
    return hash * 0xA0761D6478BD642Fu;
}

#endif
