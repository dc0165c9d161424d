/*
 * Big-endian bits of base64url text, six a symbol, never beyond its end. For the decoders of consent strings.
 */
#ifndef TL_CLASSIFIERS_ADTECH_BITS_H
#define TL_CLASSIFIERS_ADTECH_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tl_bits {
    const char *text;
    size_t n;     /* symbols */
    size_t at;    /* bit */
    bool is_over; /* more was asked for than is there; what was given is 0 */
};

/* Six bits; 64: not a symbol of RFC 4648 section 5. */
static inline unsigned tl_bits_symbol(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    return c == '-' ? 62 : c == '_' ? 63 : 64;
}

static inline size_t tl_bits_left(const struct tl_bits *bits)
{
    return bits->n * 6 - bits->at;
}

/* At most 64. */
static inline uint64_t tl_bits_take(struct tl_bits *bits, unsigned n)
{
    uint64_t value = 0;

    if (tl_bits_left(bits) < n) {
        bits->at = bits->n * 6;
        bits->is_over = true;
        return 0;
    }
    while (n) {
        unsigned within = (unsigned)(bits->at % 6);
        unsigned take = 6 - within < n ? 6 - within : n;
        unsigned symbol = tl_bits_symbol(bits->text[bits->at / 6]) & 63;

        value = value << take | (symbol >> (6 - within - take) & ((1u << take) - 1));
        bits->at += take;
        n -= take;
    }
    return value;
}

static inline bool tl_bits_are_symbols(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (tl_bits_symbol(text[i]) == 64)
            return false;
    }
    return n > 0;
}

#endif
