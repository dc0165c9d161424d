/*
 * What a column's values are as a whole, whatever type some of them fit: running numbers, instants, a constant. Where that
 * speaks against a type its candidate is vetoed, and the veto can be told. Engine only.
 */
#ifndef TL_CLASSIFIERS_NATURE_H
#define TL_CLASSIFIERS_NATURE_H

struct tl_candidate;
struct tl_evidence_of;
struct tl_rule;

enum tl_nature {
    TL_NATURE_KNOWN = 1, /* it was looked at */
    TL_NATURE_RUNNING =
        2, /* different whole numbers, next to each other: 1001, 1002, 1004 */
    TL_NATURE_EPOCH =
        4, /* seconds, milli- or microseconds since 1970, from 2001 to 2033 */
    TL_NATURE_TIMES = 8,      /* dates with as many times of day */
    TL_NATURE_RECENT = 16,    /* dates, all since 2015 */
    TL_NATURE_CONSTANT = 32,  /* one value in twenty rows or more */
    TL_NATURE_UNIQUE = 64,    /* hardly two rows alike, in fifty or more */
    TL_NATURE_LONG_AGO = 256, /* days of thirty years or more, from 1915 to 2012 */
    TL_NATURE_NUMBERS = 128,  /* whole numbers, more different ones than codes have */
};
#define TL_NATURE_BIRTHS_LEAST 20 /* distinct days, to be called LONG_AGO */
/* Bits of enum tl_nature; KNOWN is one of them. Cheap to ask again. */
unsigned tl_nature_of(struct tl_evidence_of *evidence);

/* The rule ("engine/running_numbers#values") by which the values cannot be of the candidate's type; NULL: none. */
const char *tl_nature_veto(const struct tl_candidate *candidate,
                           const struct tl_rule *rule, struct tl_evidence_of *evidence);
/* For people: "the values are running numbers"; NULL: no such rule. */
const char *tl_nature_words(const char *rule);

#endif
