/*
 * Addresses on block chains. Four bytes of a double SHA-256, a BCH code or a hash in the letters' case: chance passes them
 * hardly ever, so one value is near proof.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/keccak.h"

#include "base/digest.h"

#include <string.h>

static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/*
 * A number of base 58 as the last of `out`'s bytes, the leading '1' each one byte of zero (the rule of Bitcoin's base58.cpp).
 * Returns how many bytes, 0 where it is none or longer than `most`.
 */
static size_t base58_bytes(unsigned char *out, size_t most, const char *text, size_t n)
{
    size_t used = 0;
    size_t zeros = 0;

    while (zeros < n && text[zeros] == '1')
        zeros++;
    memset(out, 0, most);
    for (size_t i = zeros; i < n; i++) {
        const char *at = text[i] ? strchr(base58, text[i]) : NULL;
        unsigned carry = at ? (unsigned)(at - base58) : 0;

        if (!at)
            return 0;
        for (size_t k = 0; k < used || carry; k++) {
            if (k == most)
                return 0;
            carry += 58u * out[most - 1 - k];
            out[most - 1 - k] = (unsigned char)carry;
            carry >>= 8;
            used = k < used ? used : k + 1;
        }
    }
    return used + zeros <= most ? used + zeros : 0;
}

/* Base58Check of 20 bytes: a version, the hash of a key or script, four bytes of SHA-256 of SHA-256. */
static bool base58check_version(unsigned *version, const char *text, size_t n)
{
    unsigned char bytes[25];
    struct tl_sha256 once;
    struct tl_sha256 twice;

    if (n < 25 || n > 36 || base58_bytes(bytes, sizeof bytes, text, n) != sizeof bytes)
        return false;
    tl_sha256_of(&once, bytes, 21);
    tl_sha256_of(&twice, once.bytes, sizeof once.bytes);
    *version = bytes[0];
    return !memcmp(twice.bytes, bytes + 21, 4);
}

/* BIP 173: the code's generator. */
static unsigned bech32_step(unsigned state, unsigned value)
{
    static const unsigned generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                          0x2a1462b3 };
    unsigned top = state >> 25;

    state = (state & 0x1ffffff) << 5 ^ value;
    for (unsigned i = 0; i < 5; i++)
        state ^= top >> i & 1 ? generator[i] : 0;
    return state;
}

/* A witness program has 2 to 40 bytes, of version 0 20 or 32; what fills up its last group of five is less than five bits, all 0. */
static bool is_program(unsigned version, unsigned last, size_t groups)
{
    size_t bytes = groups * 5 / 8;
    size_t rest = groups * 5 % 8;

    if (version > 16 || rest > 4 || (last & ((1u << rest) - 1)) || bytes < 2 ||
        bytes > 40)
        return false;
    return version || bytes == 20 || bytes == 32;
}

/* BIP 173 (constant 1, version 0) and BIP 350 (0x2bc830a3, versions 1 to 16); all of one case. */
static bool segwit_holds(const char *text, size_t n)
{
    static const char signs[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    unsigned state = 1;
    unsigned version = 0;
    unsigned last = 0;
    bool has_small = false;
    bool has_capital = false;

    if (n < 14 || n > 90 || strncasecmp(text, "bc1", 3) != 0)
        return false;
    /* the human-readable part: high bits of 'b' and 'c', 0, their low bits */
    for (size_t i = 0; i < 5; i++)
        state = bech32_step(state, (unsigned[]){ 3, 3, 0, 2, 3 }[i]);
    for (size_t i = 0; i < n; i++) {
        has_small |= text[i] >= 'a' && text[i] <= 'z';
        has_capital |= text[i] >= 'A' && text[i] <= 'Z';
    }
    for (size_t i = 3; i < n; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20) : text[i];
        const char *at = c ? strchr(signs, c) : NULL;

        if (!at)
            return false;
        unsigned value = (unsigned)(at - signs);
        state = bech32_step(state, value);
        if (i == 3)
            version = value;
        if (i == n - 7)
            last = value;
    }
    return !(has_small && has_capital) && state == (version ? 0x2bc830a3u : 1u) &&
           is_program(version, last, n - 10);
}

static bool bitcoin_holds(const char *bytes, size_t n, bool is_named)
{
    unsigned version;

    (void)is_named;
    if (n && (bytes[0] == 'b' || bytes[0] == 'B'))
        return segwit_holds(bytes, n);
    return base58check_version(&version, bytes, n) && (version == 0 || version == 5);
}

/* TRON: Base58Check with version 0x41, which makes a 'T' of the first sign. */
static bool tron_holds(const char *bytes, size_t n, bool is_named)
{
    unsigned version;

    (void)is_named;
    return base58check_version(&version, bytes, n) && version == 0x41;
}

static bool is_hex(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = (char)(text[i] | 0x20);

        if (!((text[i] >= '0' && text[i] <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

/* ERC-55: a letter is a capital where the Keccak-256 of the small ones has a digit of 8 or more there. Of one case: not checked. */
static bool ethereum_holds(const char *bytes, size_t n, bool is_named)
{
    char small[40];
    unsigned char hash[32];
    bool has_small = false;
    bool has_capital = false;
    bool agrees = true;

    (void)is_named;
    if (n != 42 || bytes[0] != '0' || bytes[1] != 'x' || !is_hex(bytes + 2, 40))
        return false;
    for (size_t i = 0; i < 40; i++) {
        char c = bytes[i + 2];

        has_small |= c >= 'a';
        has_capital |= c >= 'A' && c <= 'F';
        small[i] = (char)(c | 0x20); /* a digit has that bit already */
    }
    if (!has_small || !has_capital)
        return memcmp(small, "0000000000000000000000000000000000000000", 40) != 0;
    tl_keccak_256(hash, small, sizeof small);
    for (size_t i = 0; i < 40; i++) {
        char c = bytes[i + 2];
        unsigned half = i & 1 ? hash[i / 2] & 15u : hash[i / 2] >> 4;

        if (c >= 'A')
            agrees &= (half >= 8) == (c <= 'F');
    }
    return agrees;
}

const struct tl_validator tl_validators_crypto[] = {
    { "bitcoin_address", bitcoin_holds, "Bitcoin base58.cpp, BIP 173, BIP 350" },
    { "ethereum_address", ethereum_holds,
      "ERC-55, mixed-case checksum address encoding" },
    { "tron_address", tron_holds, "TRON protocol, address format: Base58Check, 0x41" },
    { 0 },
};
