/*
 * What the structure of a regular expression says of the texts it can match: lengths, first and last bytes, which bytes may occur and
 * which must; for plain ones, all there is to know. Read of the pattern itself, never of samples. What the reader does not understand
 * it says nothing of: a form never rules out what the pattern takes. Used by the prefilter and by the rules.
 */
#ifndef TL_CLASSIFIERS_FORM_H
#define TL_CLASSIFIERS_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tl_arena;

struct tl_byte_set {
    uint64_t words[4];
};

#define TL_FORM_WANTS 8
#define TL_FORM_WAYS  8
#define TL_FORM_RUNS  32 /* over all ways */

/* `least` to `most` bytes of an ASCII set. */
struct tl_form_run {
    uint64_t set[2];
    uint16_t least, most;
};

struct tl_form {
    uint32_t least, most; /* bytes of a match; UINT32_MAX: no limit is known */
    struct tl_byte_set first, last, allowed;
    const struct tl_byte_set *wants; /* of each set a byte must occur in the subject */
    uint8_t n_wants;
    /*
     * Where n_ways > 0: an ASCII text is matched as a whole exactly where it is one of the ways, each a row of runs that never leave a
     * choice: n_runs[0] runs, then n_runs[1] ...
     */
    uint8_t n_ways;
    uint8_t n_runs[TL_FORM_WAYS];
    const struct tl_form_run *runs;
};

/*
 * Reads a PCRE pattern as base/rx.h takes it. `allowed`, `first`, `last` and `most` speak of a match; where the pattern is searched
 * instead of having to match the whole subject, only `least` and `wants` say something of the subject.
 */
void tl_form_of(struct tl_form *out, const char *pattern, struct tl_arena *into);

/* Whether an ASCII text of less than UINT16_MAX bytes is one of the ways. Only where there are any. */
bool tl_form_takes(const struct tl_form *form, const char *bytes, size_t n);

static inline bool tl_byte_set_has(const struct tl_byte_set *set, unsigned char byte)
{
    return set->words[byte >> 6] >> (byte & 63) & 1;
}

static inline bool tl_byte_sets_meet(const struct tl_byte_set *a,
                                     const struct tl_byte_set *b)
{
    return (a->words[0] & b->words[0]) | (a->words[1] & b->words[1]) |
           (a->words[2] & b->words[2]) | (a->words[3] & b->words[3]);
}

#endif
