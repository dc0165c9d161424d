/*
 * Check digits and dates: what national numbers, cards and accounts have in common. For the validators only.
 */
#ifndef TL_CLASSIFIERS_VALIDATORS_DIGITS_H
#define TL_CLASSIFIERS_VALIDATORS_DIGITS_H

#include <stdbool.h>
#include <stddef.h>

#define TL_DIGITS_MOST 64

/* The digits of a value without its separators; SIZE_MAX when there are more than fit. Whatever is no digit is passed over. */
size_t tl_digits_of(char out[TL_DIGITS_MOST], const char *bytes, size_t n);
/* At most nine of them as a number. */
unsigned tl_digits_number(const char *digits, size_t n);
bool tl_digits_same(const char *digits, size_t n); /* 111111; false of none */

/* The last digit checks the others. All below take digits only ('0' to '9'), as many as `n`. */
bool tl_luhn_holds(const char *digits, size_t n); /* ISO/IEC 7812-1 annex B */
/* J. Verhoeff, "Error detecting decimal codes" (1969): the group and its permutations. */
bool tl_verhoeff_holds(const char *digits, size_t n);
/* ISO/IEC 7064 MOD 97-10 over digits and capital letters; any other byte fails. */
bool tl_mod97_holds(const char *text, size_t n);
unsigned tl_weighted_sum(const char *digits, const unsigned char *weights, size_t n);

/* YYMMDD, whatever the century: 29 February of 00 counts, as one of 2000. Six digits. */
bool tl_is_short_day(const char *digits);
/* The Gregorian calendar; `year` in full. */
bool tl_is_calendar_day(unsigned year, unsigned month, unsigned day);

#endif
