/*
 * Tokens that say of themselves what they are. No key is tried and no signature checked.
 */
#include "classifiers/validators.h"

#include <string.h>

#define HEADER_MOST 600 /* bytes of a decoded header that are looked at */

/* RFC 4648 section 5: base64url without padding. Returns the bytes, 0 of anything else. */
static size_t base64url_bytes(char *out, size_t most, const char *text, size_t n)
{
    static const char signs[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned held = 0;
    unsigned bits = 0;
    size_t k = 0;

    for (size_t i = 0; i < n && k < most; i++) {
        const char *at = text[i] ? strchr(signs, text[i]) : NULL;

        if (!at)
            return 0;
        held = held << 6 | (unsigned)(at - signs);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[k++] = (char)(held >> bits & 0xFF);
        }
    }
    return k;
}

/* RFC 7515 section 4.1.1: the header is an object that names an algorithm. */
static bool json_web_token_holds(const char *bytes, size_t n, bool is_named)
{
    char header[HEADER_MOST];
    const char *dot = n ? memchr(bytes, '.', n) : NULL;

    (void)is_named;
    if (!dot)
        return false;
    size_t k = base64url_bytes(header, sizeof header, bytes, (size_t)(dot - bytes));
    return k > 0 && header[0] == '{' && memmem(header, k, "\"alg\"", 5);
}

const struct tl_validator tl_validators_secret[] = {
    { "json_web_token", json_web_token_holds, "RFC 7519, RFC 7515 section 4.1.1" },
    { 0 },
};
