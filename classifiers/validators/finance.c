/*
 * Cards, accounts and securities. Each says where its rule comes from; the regex of the type has matched before it is
 * asked, but none relies on that: any bytes are safe.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

#include <string.h>

/* ISO 3166-1 alpha-2, with Kosovo's XK. */
static const char countries[] = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBN"
                                "BOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICK"
                                "CLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFM"
                                "FOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGS"
                                "GTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKI"
                                "KMKNKPKRKWKYKZLALBLCLILKLRLSLTLULV"
                                "LYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENF"
                                "NGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPM"
                                "PNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSS"
                                "STSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTR"
                                "TTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

static bool is_pair_of(const char *list, const char *pair)
{
    for (; *list; list += 2) {
        if (list[0] == pair[0] && list[1] == pair[1])
            return true;
    }
    return false;
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static unsigned place_of(char c)
{
    return is_letter(c) ? (unsigned)(c - 'A') + 10 : (unsigned)(c - '0');
}

/* ISO/IEC 7813: the number ends at '^' on track 1 and at '=' on track 2; Luhn. */
static bool card_track_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    size_t begin = n && bytes[0] == '%';

    (void)is_named;
    if (begin >= n || (bytes[begin] != 'B' && bytes[begin] != ';'))
        return false;
    const char *end = memchr(bytes, bytes[begin++] == 'B' ? '^' : '=', n);
    if (!end || end < bytes + begin)
        return false;
    size_t k = tl_compact(d, bytes + begin, (size_t)(end - bytes) - begin, " ");
    return k >= 13 && k <= 19 && tl_are_digits(d, k) && tl_luhn_holds(d, k);
}

/* ISO 9362: four letters of a party, its country, two signs of a place (the last no O), perhaps three of a branch. */
static bool bic_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");

    (void)is_named;
    if (k != 8 && k != 11)
        return false;
    for (size_t i = 0; i < 6; i++) {
        if (!is_letter(t[i]))
            return false;
    }
    return is_pair_of(countries, t + 4);
}

/* American Bankers Association: the Federal Reserve district in two digits, weights 3 7 1. */
static bool aba_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 7, 1, 3, 7, 1, 3, 7, 1 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 9) || tl_digits_same(d, 9))
        return false;
    unsigned district = tl_digits_number(d, 2);
    bool is_district = district <= 12 || (district >= 21 && district <= 32) ||
                       (district >= 61 && district <= 72) || district == 80;
    return is_district && tl_weighted_sum(d, weights, 9) % 10 == 0;
}

/* Asociación de Bancos de México: bank, place, account, a check of products modulo 10 with weights 3 7 1. */
static bool clabe_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 7, 1 };
    char d[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 18) || tl_digits_same(d, 18))
        return false;
    for (size_t i = 0; i < 17; i++)
        sum += (unsigned)(d[i] - '0') * weights[i % 3] % 10;
    return (10 - sum % 10) % 10 == (unsigned)(d[17] - '0');
}

/* Luhn over signs that count 0 to 35, written as decimal digits one after the other. */
static bool luhn_of_signs_holds(const char *t, size_t n)
{
    char digits[2 * TL_COMPACT_MOST];
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned value = place_of(t[i]);

        if (value >= 10)
            digits[k++] = (char)('0' + value / 10);
        digits[k++] = (char)('0' + value % 10);
    }
    return tl_luhn_holds(digits, k);
}

/* ISO 6166: a country, or one of the prefixes for what has none (XS: Euroclear and Clearstream), nine signs, a check. */
static bool isin_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact(t, bytes, n, " ") == 12 && tl_are_digits(t + 11, 1) &&
           (is_pair_of(countries, t) || is_pair_of("ANCSEUQSQTXAXBXCXDXFXS", t)) &&
           luhn_of_signs_holds(t, 12);
}

/* ANSI X9.6: every second value is doubled, the digits of all are added. '*', '@' and '#' count 36 to 38. */
static bool cusip_holds(const char *bytes, size_t n, bool is_named)
{
    unsigned sum = 0;

    (void)is_named;
    if (n != 9 || bytes[8] < '0' || bytes[8] > '9' || tl_digits_same(bytes, 9))
        return false;
    for (size_t i = 0; i < 8; i++) {
        static const char signs[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#";
        char c = bytes[i] >= 'a' && bytes[i] <= 'z' ? (char)(bytes[i] & ~0x20) : bytes[i];
        const char *at = c ? strchr(signs, c) : NULL;

        if (!at)
            return false;
        unsigned value = (unsigned)(at - signs) * (1 + (i & 1));
        sum += value / 10 + value % 10;
    }
    return (10 - sum % 10) % 10 == (unsigned)(bytes[8] - '0');
}

/* London Stock Exchange: no vowels, weights 1 3 1 7 3 9; those given out before 2004 are digits only. */
static bool sedol_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 1, 3, 1, 7, 3, 9, 1 };
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 7 || !tl_are_digits(t + 6, 1) ||
        (!is_letter(t[0]) && !tl_are_digits(t, 7)))
        return false;
    for (size_t i = 0; i < 7; i++) {
        if (strchr("AEIOU", t[i]))
            return false;
        sum += place_of(t[i]) * weights[i];
    }
    return sum % 10 == 0;
}

/* ISO 17442: ISO/IEC 7064 MOD 97-10 over all of it. */
static bool lei_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact(t, bytes, n, " -") == 20 && tl_are_digits(t + 18, 2) &&
           tl_mod97_holds(t, 20);
}

const struct tl_validator tl_validators_finance[] = {
    { "card_track", card_track_holds, "ISO/IEC 7813, tracks 1 and 2" },
    { "cusip", cusip_holds, "ANSI X9.6" },
    { "isin", isin_holds, "ISO 6166" },
    { "lei", lei_holds, "ISO 17442-1, ISO/IEC 7064 MOD 97-10" },
    { "mx_clabe", clabe_holds, "Asociación de Bancos de México, CLABE" },
    { "sedol", sedol_holds, "London Stock Exchange, SEDOL Masterfile" },
    { "swift_bic", bic_holds, "ISO 9362, ISO 3166-1" },
    { "us_aba", aba_holds, "American Bankers Association, routing number policy" },
    { 0 },
};
