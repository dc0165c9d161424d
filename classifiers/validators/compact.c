/*
 * A number as people write it, without what they put between its digits.
 */
#include "classifiers/validators/compact.h"

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
