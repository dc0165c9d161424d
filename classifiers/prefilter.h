/*
 * For each value, in one pass over its bytes, the rules that can take it or find something in it: a superset of those that do, read of the
 * patterns' forms (form.h) and the packs' hints. Used by column.c for the rules that values alone can prove; where a name
 * speaks for a rule, it is tried anyway.
 *
 * One bit for each rule's `value` and one for its `search`. What remains is an intersection: of what the length allows, the first byte,
 * the last, every byte, and what each class of bytes that the value lacks leaves over.
 */
#ifndef TL_CLASSIFIERS_PREFILTER_H
#define TL_CLASSIFIERS_PREFILTER_H

#include "classifiers/rules.h"

#define TL_PREFILTER_WORDS   4
#define TL_PREFILTER_BITS    (TL_PREFILTER_WORDS * 64)
#define TL_PREFILTER_CLASSES 32
#define TL_PREFILTER_LENGTHS 130 /* longer values are as if of the last */

struct tl_bits {
    uint64_t words[TL_PREFILTER_WORDS];
};

struct tl_prefilter {
    /* what a byte leaves, and the byte as a set: beside each other, because each byte of a value asks for both */
    struct {
        struct tl_bits allows;
        struct tl_byte_set itself;
    } bytes[256];
    struct tl_bits first[256], last[256], lengths[TL_PREFILTER_LENGTHS];
    uint32_t classes_of[256];
    /* by eight classes at a time: what is left where these of them occur */
    struct tl_bits occurring[TL_PREFILTER_CLASSES / 8][256];
    struct tl_bits searches; /* the bits that are searches */
    const uint16_t *unnamed; /* rules that values alone can prove, ascending */
    uint32_t n_unnamed;
    uint16_t rule_of[TL_PREFILTER_BITS];
    /* by rule; UINT16_MAX: none, the rule is to be tried on every value */
    uint16_t *value_bit, *search_bit;
    unsigned n_bits;
};

/* Makes engine->prefilter, once its rules are compiled; freed with it. */
void tl_prefilter_build(struct tl_engine *engine);

/*
 * What of `active` is left for a value of n >= 1 bytes, and its shape. `is_cut`: its end is missing, so that only searches are left.
 */
void tl_prefilter_look(struct tl_bits *out, struct tl_shape *shape,
                       const struct tl_prefilter *filter, const struct tl_bits *active,
                       const char *bytes, size_t n, bool is_cut);

static inline void tl_bits_add(struct tl_bits *bits, unsigned bit)
{
    bits->words[bit >> 6] |= (uint64_t)1 << (bit & 63);
}

static inline bool tl_bits_has(const struct tl_bits *bits, unsigned bit)
{
    return bits->words[bit >> 6] >> (bit & 63) & 1;
}

#endif
