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
/*
 * The same, but zeros in front that a column of integers has lost are put back: `lost` at most, and only where the text has nothing
 * but digits.
 */
bool tl_compact_padded(char out[TL_COMPACT_MOST], const char *bytes, size_t n,
                       const char *separators, size_t count, size_t lost);
/* Behind `country` (two letters), where the text begins with it: PL5126669844. `n` is what is left. */
const char *tl_without_country(const char *text, size_t *n, const char *country);
/* Whether all `n` are digits; true of none. */
bool tl_are_digits(const char *text, size_t n);

/* ---- what several states have in common; digits only, as many as `n` ---- */

/* ISO/IEC 7064 MOD 11,10: the last digit checks the others. */
bool tl_mod11_10_holds(const char *digits, size_t n);
/* The remainder of a long number. */
unsigned tl_digits_modulo(const char *digits, size_t n, unsigned modulus);
/* A day in a year of two digits whose century is not said: 1900 to 1999 or 2000 to 2049. */
bool tl_is_birthday_of(unsigned year, unsigned month, unsigned day);
/* A day on which somebody in a register may have been born: 1850 to 2049, so that no clock is asked. */
bool tl_is_birthday(unsigned year, unsigned month, unsigned day);

#endif
