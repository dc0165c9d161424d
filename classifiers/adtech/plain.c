/*
 * The strings that need no bits: US privacy, additional consent, zero ids, digests of nothing, identity tokens, lists.
 */
#include "classifiers/adtech/bits.h"
#include "classifiers/adtech/decode.h"

#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* ---- US privacy string ---- */

bool tl_usp_decode(struct tl_usp *out, const char *bytes, size_t n)
{
    memset(out, 0, sizeof *out);
    if (n != 4 || bytes[0] != '1')
        return false;
    for (size_t i = 1; i < 4; i++) {
        if (bytes[i] != 'Y' && bytes[i] != 'N' && bytes[i] != '-')
            return false;
    }
    *out = (struct tl_usp){ bytes[1], bytes[2], bytes[3] };
    return true;
}

/* ---- additional consent ---- */

/* Numbers parted by dots, from `at` to the end or the next '~'. An empty list is one. */
static bool count_numbers(uint32_t *out, const char *bytes, size_t n, size_t *at)
{
    bool is_open = true; /* a number is due */

    *out = 0;
    if (*at == n || bytes[*at] == '~')
        return true;
    for (; *at < n && bytes[*at] != '~'; (*at)++) {
        if (is_digit(bytes[*at])) {
            *out += is_open;
            is_open = false;
        } else if (bytes[*at] == '.' && !is_open) {
            is_open = true;
        } else {
            return false;
        }
    }
    return !is_open;
}

bool tl_ac_decode(struct tl_ac *out, const char *bytes, size_t n)
{
    size_t at = 2;

    memset(out, 0, sizeof *out);
    if (n < 2 || (bytes[0] != '1' && bytes[0] != '2') || bytes[1] != '~' ||
        !count_numbers(&out->consented, bytes, n, &at))
        return false;
    out->version = (uint8_t)(bytes[0] - '0');
    if (at == n)
        return true;
    if (out->version != 2 || n - at < 4 || memcmp(bytes + at, "~dv.", 4) != 0)
        return false;
    at += 4;
    return count_numbers(&out->disclosed, bytes, n, &at) && at == n;
}

/* ---- identity ---- */

bool tl_is_zero_id(const char *bytes, size_t n)
{
    if (n != 36 && n != 32 && n != 16)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool is_dash = n == 36 && (i == 8 || i == 13 || i == 18 || i == 23);

        if (bytes[i] != (is_dash ? '-' : '0'))
            return false;
    }
    return true;
}

enum tl_hash_of tl_hash_of(const char *bytes, size_t n)
{
    static const struct {
        const char *text;
        enum tl_hash_of of;
    } known[] = {
        { "d41d8cd98f00b204e9800998ecf8427e", TL_HASH_OF_EMPTY },
        { "da39a3ee5e6b4b0d3255bfef95601890afd80709", TL_HASH_OF_EMPTY },
        { "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          TL_HASH_OF_EMPTY },
        { "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", TL_HASH_OF_EMPTY },
        { "37a6259cc0c1dae299a7866489dff0bd", TL_HASH_OF_NULL },
        { "2be88ca4242c76e8253ac62474851065032d6833", TL_HASH_OF_NULL },
        { "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
          TL_HASH_OF_NULL },
        { "dCNOmK/nSY+12vHzasLXiswzlGT5UHA7jAGYkvmCuQs=", TL_HASH_OF_NULL },
        { "9f89c84a559f573636a47ff8daed0d33", TL_HASH_OF_ZERO_ID },
        { "b602d594afd2b0b327e07a06f36ca6a7e42546d0", TL_HASH_OF_ZERO_ID },
        { "12b9377cbe7e5c94e8a70d9d23929523d14afa954793130f8a3959c7b849aca8",
          TL_HASH_OF_ZERO_ID },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].text) != n)
            continue;
        bool is_base64 = n == 44;
        if (is_base64 ? !memcmp(known[i].text, bytes, n)
                      : !strncasecmp(known[i].text, bytes, n))
            return known[i].of;
    }
    return TL_HASH_OF_SOMETHING;
}

static bool are_base64(const char *bytes, size_t n)
{
    while (n && bytes[n - 1] == '=')
        n--;
    for (size_t i = 0; i < n; i++) {
        if (tl_bits_symbol(bytes[i]) == 64 && bytes[i] != '+' && bytes[i] != '/')
            return false;
    }
    return n > 0;
}

/* 32 bytes: 43 symbols and '=', the last of them with two zero bits. */
static bool is_base64_of_32(const char *bytes, size_t n)
{
    return n == 44 && bytes[43] == '=' && are_base64(bytes, n) && bytes[42] != '=' &&
           !(tl_bits_symbol(bytes[42]) & 3) && bytes[42] != '+' && bytes[42] != '/';
}

enum tl_token tl_token_of(const char *bytes, size_t n)
{
    if (n >= 44 && !memcmp(bytes, "ID5*", 4) && tl_bits_are_symbols(bytes + 4, n - 4))
        return TL_TOKEN_ID5;
    if (n >= 38 && !memcmp(bytes, "ID5-ZHMO", 8))
        return TL_TOKEN_ID5;
    if (is_base64_of_32(bytes, n))
        return TL_TOKEN_UID2_RAW;
    if ((n == 49 || n == 70) && bytes[0] == 'X' &&
        (bytes[1] == 'Y' || bytes[1] == 'i' || bytes[1] == 'f') &&
        tl_bits_are_symbols(bytes, n))
        return TL_TOKEN_RAMPID;
    if (n >= 124 && bytes[0] == 'A' &&
        (bytes[1] == '3' || bytes[1] == '4' || bytes[1] == 'E') && are_base64(bytes, n))
        return TL_TOKEN_UID2;
    if (n >= 61 && bytes[0] == 'A' && are_base64(bytes, n))
        return TL_TOKEN_RAMP_ENVELOPE;
    return TL_TOKEN_NONE;
}

/* ---- places ---- */

/* Reads up to three digits; -1: none, or above 255. */
static int take_octet(const char *bytes, size_t n, size_t *at)
{
    unsigned value = 0;
    size_t from = *at;

    while (*at < n && is_digit(bytes[*at]) && *at - from < 3)
        value = value * 10 + (unsigned)(bytes[(*at)++] - '0');
    return *at == from || value > 255 ? -1 : (int)value;
}

static bool decode_4(struct tl_ip *out, const char *bytes, size_t n)
{
    unsigned octets[4] = { 0 };
    size_t at = 0;

    for (unsigned i = 0; i < 4; i++) {
        if (i && (at == n || bytes[at++] != '.'))
            return false;
        size_t left = n - at;
        if (i == 3 && ((left == 1 && strchr("xX*", bytes[at])) ||
                       (left == 3 && !strncasecmp(bytes + at, "xxx", 3)))) {
            out->is_truncated = true;
            at = n;
            break;
        }
        int octet = take_octet(bytes, n, &at);
        if (octet < 0)
            return false;
        octets[i] = (unsigned)octet;
    }
    bool has_mask = at < n && bytes[at] == '/';
    if (at < n && !has_mask)
        return false;
    out->is_truncated |= !octets[3];
    out->is_private = octets[0] == 10 || (octets[0] == 192 && octets[1] == 168) ||
                      (octets[0] == 172 && octets[1] >= 16 && octets[1] < 32) ||
                      octets[0] == 127;
    return true;
}

/* RFC 4291 section 2.2: eight groups, one run of zeros left out. Forms with an IPv4 tail are whole addresses: not truncated. */
static bool decode_6(struct tl_ip *out, const char *bytes, size_t n)
{
    unsigned groups[8] = { 0 };
    size_t n_groups = 0;
    size_t gap = 9;

    out->is_6 = true;
    if (memchr(bytes, '.', n))
        return n <= 45;
    for (size_t at = 0; at < n && bytes[at] != '/' && bytes[at] != '%';) {
        if (bytes[at] == ':' && at + 1 < n && bytes[at + 1] == ':' && gap == 9) {
            gap = n_groups;
            at += 2;
            continue;
        }
        if (bytes[at] == ':' && at && bytes[at - 1] != ':')
            at++;
        size_t from = at;
        unsigned value = 0;
        for (; at < n && is_hex(bytes[at]) && at - from < 4; at++)
            value = value * 16 + (unsigned)(is_digit(bytes[at])
                                                ? bytes[at] - '0'
                                                : (bytes[at] | 0x20) - 'a' + 10);
        if (at == from || n_groups == 8)
            return false;
        groups[n_groups++] = value;
    }
    if (gap == 9 ? n_groups != 8 : n_groups > 7)
        return false;
    if (gap < 9) { /* what stands behind the gap moves to the end */
        size_t behind = n_groups - gap;

        memmove(groups + 8 - behind, groups + gap, behind * sizeof *groups);
        memset(groups + gap, 0, (8 - n_groups) * sizeof *groups);
    }
    out->is_truncated = !(groups[4] | groups[5] | groups[6] | groups[7]);
    out->is_truncated_48 = out->is_truncated && !groups[3];
    out->is_private = (groups[0] & 0xFE00) == 0xFC00 || (groups[0] & 0xFFC0) == 0xFE80;
    return true;
}

bool tl_ip_decode(struct tl_ip *out, const char *bytes, size_t n)
{
    memset(out, 0, sizeof *out);
    if (n < 2 || n > 60)
        return false;
    return memchr(bytes, ':', n) ? decode_6(out, bytes, n) : decode_4(out, bytes, n);
}

int tl_decimals_of(const char *bytes, size_t n, bool *is_zero)
{
    size_t at = n && (bytes[0] == '-' || bytes[0] == '+');
    size_t from = at;
    int decimals = -1;

    *is_zero = true;
    for (; at < n; at++) {
        if (is_digit(bytes[at])) {
            *is_zero &= bytes[at] == '0';
            if (decimals >= 0)
                decimals++;
        } else if (bytes[at] == '.' && decimals < 0 && at > from) {
            decimals = 0;
        } else {
            return -1;
        }
    }
    if (at == from)
        return -1;
    return decimals < 0 ? 0 : decimals;
}

/* ---- lists ---- */

uint32_t tl_list_items(const char *bytes, size_t n,
                       void (*item)(void *self, const char *bytes, size_t n), void *self)
{
    static const char marks[] = ",|; \t[]\"'{}";
    uint32_t items = 0;

    for (size_t at = 0; at < n;) {
        while (at < n && memchr(marks, bytes[at], sizeof marks - 1))
            at++;
        size_t from = at;
        while (at < n && !memchr(marks, bytes[at], sizeof marks - 1))
            at++;
        if (at > from) {
            items++;
            if (item)
                item(self, bytes + from, at - from);
        }
    }
    return items;
}
