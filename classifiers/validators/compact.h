/*
 * A number as people write it, without what they put between its digits. For the validators only.
 */
#ifndef TL_CLASSIFIERS_VALIDATORS_COMPACT_H
#define TL_CLASSIFIERS_VALIDATORS_COMPACT_H

#include <stdbool.h>
#include <stddef.h>

#define TL_COMPACT_MOST 32

/*
 * Digits and letters (in capitals) without the separators, closed by a NUL. Returns how many; 0 when there are TL_COMPACT_MOST or
 * more, or anything else stands between them.
 */
size_t tl_compact(char out[TL_COMPACT_MOST], const char *bytes, size_t n,
                  const char *separators);
/* The same; true where `count` digits are left, and nothing else. */
bool tl_compact_digits(char out[TL_COMPACT_MOST], const char *bytes, size_t n,
                       const char *separators, size_t count);
/* Whether all `n` are digits; true of none. */
bool tl_are_digits(const char *text, size_t n);

#endif
