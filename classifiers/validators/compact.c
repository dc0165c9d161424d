/*
 * A number as people write it, without what they put between its digits.
 */
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

#include <string.h>

size_t tl_compact(char out[TL_COMPACT_MOST], const char *bytes, size_t n,
                  const char *separators)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];

        if (c && strchr(separators, c))
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) ||
            k == TL_COMPACT_MOST - 1)
            return 0;
        out[k++] = c;
    }
    out[k] = '\0';
    return k;
}

bool tl_are_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    return true;
}

bool tl_compact_digits(char out[TL_COMPACT_MOST], const char *bytes, size_t n,
                       const char *separators, size_t count)
{
    size_t k = tl_compact(out, bytes, n, separators);

    return k == count && tl_are_digits(out, k);
}

bool tl_compact_padded(char out[TL_COMPACT_MOST], const char *bytes, size_t n,
                       const char *separators, size_t count, size_t lost)
{
    if (n >= count || n + lost < count || !n || *bytes == '0' || !tl_are_digits(bytes, n))
        return tl_compact_digits(out, bytes, n, separators, count);
    memset(out, '0', count - n);
    memcpy(out + count - n, bytes, n);
    out[count] = '\0';
    return true;
}

const char *tl_without_country(const char *text, size_t *n, const char *country)
{
    if (*n <= 2 || memcmp(text, country, 2))
        return text;
    *n -= 2;
    return text + 2;
}

bool tl_mod11_10_holds(const char *digits, size_t n)
{
    unsigned product = 10;

    for (size_t i = 0; i + 1 < n; i++) {
        unsigned sum = ((unsigned)(digits[i] - '0') + product) % 10;

        product = (sum ? sum : 10) * 2 % 11;
    }
    return n > 1 && (product + (unsigned)(digits[n - 1] - '0')) % 10 == 1;
}

unsigned tl_digits_modulo(const char *digits, size_t n, unsigned modulus)
{
    unsigned rest = 0;

    for (size_t i = 0; i < n; i++)
        rest = (rest * 10 + (unsigned)(digits[i] - '0')) % modulus;
    return rest;
}

bool tl_is_birthday(unsigned year, unsigned month, unsigned day)
{
    return year >= 1850 && year <= 2049 && tl_is_calendar_day(year, month, day);
}

bool tl_is_birthday_of(unsigned year, unsigned month, unsigned day)
{
    return tl_is_calendar_day(1900 + year, month, day) ||
           (year < 50 && tl_is_calendar_day(2000 + year, month, day));
}
