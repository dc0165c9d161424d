/*
 * How near one word is to another, as typing errors go. Which of several is meant is tl_nearest's to say (base/option.h).
 */
#ifndef TL_BASE_NEAR_H
#define TL_BASE_NEAR_H

#include <stddef.h>

/* No word has more bytes. */
#define TL_NEAR_MOST 64

/*
 * Insertions, deletions, replacements and swaps of neighbours that make `b` of `a`, each part of the word edited once (Damerau-Levenshtein), ASCII
 * letters of either case being the same. Neither may have more than TL_NEAR_MOST bytes.
 */
unsigned tl_near_edits(const char *a, size_t n_a, const char *b, size_t n_b);

#endif
