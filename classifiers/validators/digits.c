/*
 * Check digits and dates: what national numbers, cards and accounts have in common.
 */
#include "classifiers/validators/digits.h"

#include <stdint.h>

/* The digits of a value without its separators; SIZE_MAX when there are more than fit. */
size_t tl_digits_of(char out[TL_DIGITS_MOST], const char *bytes, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        if (bytes[i] < '0' || bytes[i] > '9')
            continue;
        if (k == TL_DIGITS_MOST)
            return SIZE_MAX;
        out[k++] = bytes[i];
    }
    return k;
}

unsigned tl_digits_number(const char *digits, size_t n)
{
    unsigned value = 0;

    for (size_t i = 0; i < n; i++)
        value = value * 10 + (unsigned)(digits[i] - '0');
    return value;
}

bool tl_digits_same(const char *digits, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (digits[i] != digits[0])
            return false;
    }
    return n > 0;
}

/* ISO/IEC 7812-1 annex B. */
bool tl_luhn_holds(const char *digits, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0');

        if (i & 1)
            d = d < 5 ? d * 2 : d * 2 - 9;
        sum += d;
    }
    return n > 0 && sum % 10 == 0;
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned char days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        return 29;
    return days[month - 1];
}

bool tl_is_calendar_day(unsigned year, unsigned month, unsigned day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
}

bool tl_mod97_holds(const char *text, size_t n)
{
    unsigned rest = 0;

    for (size_t i = 0; i < n; i++) {
        char c = text[i];

        if (c >= '0' && c <= '9')
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (c >= 'A' && c <= 'Z')
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
        else
            return false;
    }
    return n > 2 && rest == 1;
}

unsigned tl_weighted_sum(const char *digits, const unsigned char *weights, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (unsigned)(digits[i] - '0') * weights[i];
    return sum;
}

bool tl_verhoeff_holds(const char *digits, size_t n)
{
    static const unsigned char turn[8][10] = {
        { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, { 1, 5, 7, 6, 2, 8, 3, 0, 9, 4 },
        { 5, 8, 0, 3, 7, 9, 6, 1, 4, 2 }, { 8, 9, 1, 6, 0, 4, 3, 5, 2, 7 },
        { 9, 4, 5, 3, 1, 2, 6, 8, 7, 0 }, { 4, 2, 8, 6, 5, 7, 3, 9, 0, 1 },
        { 2, 7, 9, 3, 8, 0, 6, 4, 1, 5 }, { 7, 0, 4, 6, 9, 1, 3, 2, 5, 8 },
    };
    unsigned state = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned next = turn[i % 8][digits[n - 1 - i] - '0'];

        /* the dihedral group of the pentagon: turns are 0 to 4, reflections 5 to 9 */
        if (state < 5)
            state = next < 5 ? (state + next) % 5 : 5 + (state + next - 5) % 5;
        else
            state = next < 5 ? 5 + (state - next) % 5 : (state + 5 - next) % 5;
    }
    return n > 0 && state == 0;
}

bool tl_is_short_day(const char *digits)
{
    return tl_is_calendar_day(2000 + tl_digits_number(digits, 2),
                              tl_digits_number(digits + 2, 2),
                              tl_digits_number(digits + 4, 2));
}
