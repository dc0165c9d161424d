/*
 * One table of named checks. Each says where its rule comes from; the regex of the type has matched before it is asked,
 * but none relies on that: any bytes are safe.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/digits.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool word_is(const char *bytes, size_t n, const char *const *list)
{
    for (size_t i = 0; list[i]; i++) {
        if (strlen(list[i]) == n && !strncasecmp(list[i], bytes, n))
            return true;
    }
    return false;
}

/* RFC 5321 section 4.5.3.1 (lengths), RFC 5322 section 3.4.1 (dots); "hero@2x.png" is a picture, not a mailbox. */
static bool email_holds(const char *bytes, size_t n, bool is_named)
{
    static const char *const pictures[] = { "png",  "jpg", "jpeg", "gif",  "svg",
                                            "webp", "css", "js",   "html", "ico",
                                            "pdf",  "mp4", NULL };
    const char *at = memchr(bytes, '@', n);

    (void)is_named;
    if (!at || n > 254)
        return false;
    size_t local = (size_t)(at - bytes);
    if (!local || local > 64 || bytes[0] == '.' || bytes[local - 1] == '.')
        return false;
    for (size_t i = 1; i < local; i++) {
        if (bytes[i] == '.' && bytes[i - 1] == '.')
            return false;
    }
    const char *dot = memrchr(at, '.', n - local);
    if (!dot)
        return false;
    size_t top = n - (size_t)(dot + 1 - bytes);
    return top >= 2 && !word_is(dot + 1, top, pictures);
}

/* ITU-T E.164: 7 to 15 digits, none of them made of one digit only. */
static bool e164_holds(const char *bytes, size_t n, bool is_named)
{
    char digits[TL_DIGITS_MOST];
    size_t k = tl_digits_of(digits, bytes, n);

    (void)is_named;
    return k >= 7 && k <= 15 && digits[0] != '0' && !tl_digits_same(digits, k);
}

/* North American Numbering Plan (NANPA): area and exchange [2-9]XX, no N11 area. */
static bool nanp_holds(const char *bytes, size_t n, bool is_named)
{
    char digits[TL_DIGITS_MOST];
    size_t k = tl_digits_of(digits, bytes, n);
    const char *d = digits;

    (void)is_named;
    if (k == 11 && digits[0] == '1') {
        d++;
        k--;
    }
    if (k != 10 || tl_digits_same(d, k))
        return false;
    return d[0] >= '2' && d[3] >= '2' && !(d[1] == '1' && d[2] == '1');
}

/* USPS publication 28: ZIP codes run from 00501 to 99950. */
static bool us_zip_holds(const char *bytes, size_t n, bool is_named)
{
    (void)is_named;
    if (n < 5)
        return false;
    for (size_t i = 0; i < 5; i++) {
        if (!is_digit(bytes[i]))
            return false;
    }
    unsigned zip = tl_digits_number(bytes, 5);
    return zip >= 501 && zip <= 99950;
}

/* ISO 8601 calendar dates; constants that stand for "no date" are no birthday (facts: 1900-01-01, 1970-01-01, 9999-12-31). */
static bool iso_date_holds(const char *bytes, size_t n, bool is_named)
{
    (void)is_named;
    if (n < 10 || bytes[4] != '-' || bytes[7] != '-')
        return false;
    for (size_t i = 0; i < 10; i++) {
        if (i != 4 && i != 7 && !is_digit(bytes[i]))
            return false;
    }
    return tl_is_calendar_day(tl_digits_number(bytes, 4), tl_digits_number(bytes + 5, 2),
                              tl_digits_number(bytes + 8, 2));
}

/* Ages of people: 0 to 120. */
static bool age_holds(const char *bytes, size_t n, bool is_named)
{
    (void)is_named;
    if (!n || n > 3)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(bytes[i]))
            return false;
    }
    return tl_digits_number(bytes, n) <= 120;
}

/* Decimal degrees within +-most; without the name's word only numbers with three decimals or more count. */
static bool degrees_hold(const char *bytes, size_t n, unsigned most, bool is_named)
{
    size_t i = n && (bytes[0] == '-' || bytes[0] == '+');
    size_t whole = i;
    size_t decimals = 0;

    while (i < n && is_digit(bytes[i]))
        i++;
    if (i == whole || i - whole > 3)
        return false;
    unsigned value = tl_digits_number(bytes + whole, i - whole);
    bool has_rest = false;
    if (i < n && bytes[i] == '.') {
        for (i++; i < n && is_digit(bytes[i]); i++, decimals++)
            has_rest |= bytes[i] != '0';
    }
    if (i < n || value > most || (value == most && has_rest))
        return false;
    return is_named || decimals >= 3;
}

static bool latitude_holds(const char *bytes, size_t n, bool is_named)
{
    return degrees_hold(bytes, n, 90, is_named);
}

static bool longitude_holds(const char *bytes, size_t n, bool is_named)
{
    return degrees_hold(bytes, n, 180, is_named);
}

/* Four octets, no leading zeros (RFC 6943 section 3.1.1 on why). */
static bool octets_of(unsigned out[4], const char *bytes, size_t n)
{
    size_t i = 0;

    for (unsigned k = 0; k < 4; k++) {
        size_t from = i;

        while (i < n && is_digit(bytes[i]))
            i++;
        if (i == from || i - from > 3 || (bytes[from] == '0' && i - from > 1))
            return false;
        out[k] = tl_digits_number(bytes + from, i - from);
        if (out[k] > 255)
            return false;
        if (k < 3 && (i == n || bytes[i++] != '.'))
            return false;
    }
    return i == n;
}

/* RFC 791. Where nothing names it an address, 10.2.3.4 with only small octets and Chrome's 120.0.0.0 are taken for versions. */
static bool ipv4_holds(const char *bytes, size_t n, bool is_named)
{
    unsigned octet[4];

    if (!octets_of(octet, bytes, n))
        return false;
    bool is_large = octet[0] >= 30 || octet[1] >= 30 || octet[2] >= 30 || octet[3] >= 30;
    return is_named || (octet[0] && (octet[1] || octet[2] || octet[3]) && is_large);
}

/* A /24 written as an address: the last octet is 0 (random addresses: 1 in 256). */
static bool ipv4_truncated_holds(const char *bytes, size_t n, bool is_named)
{
    unsigned octet[4];

    if (n > 3 && !memcmp(bytes + n - 3, "/24", 3))
        n -= 3;
    if (octets_of(octet, bytes, n))
        return octet[3] == 0 && ipv4_holds(bytes, n, is_named);
    /* 203.0.113.xxx, 203.0.113.x, 203.0.113.* */
    while (n && (bytes[n - 1] == 'x' || bytes[n - 1] == 'X' || bytes[n - 1] == '*'))
        n--;
    char whole[16];
    if (n < 6 || n > 12 || bytes[n - 1] != '.')
        return false;
    memcpy(whole, bytes, n);
    whole[n] = '1';
    return octets_of(octet, whole, n + 1);
}

/* RFC 4291 section 2.2: eight groups, or fewer with one "::"; the last two may be an IPv4 address. */
static bool ipv6_holds(const char *bytes, size_t n, bool is_named)
{
    size_t groups = 0;
    bool is_short = false;
    size_t i = 0;
    const char *zone = memchr(bytes, '%', n);

    (void)is_named;
    if (zone)
        n = (size_t)(zone - bytes);
    if (n < 2 || (bytes[0] == ':' && bytes[1] != ':'))
        return false;
    while (i < n) {
        if (bytes[i] == ':' && i + 1 < n && bytes[i + 1] == ':') {
            if (is_short)
                return false;
            is_short = true;
            i += 2;
            continue;
        }
        if (bytes[i] == ':' && (i == 0 || i + 1 == n))
            return false;
        if (bytes[i] == ':')
            i++;
        size_t from = i;
        while (i < n &&
               (is_digit(bytes[i]) || (is_letter(bytes[i]) && (bytes[i] | 0x20) <= 'f')))
            i++;
        if (i < n && bytes[i] == '.') {
            unsigned octet[4];

            groups += 2;
            if (!octets_of(octet, bytes + from, n - from))
                return false;
            break;
        }
        if (i == from || i - from > 4 || (i < n && bytes[i] != ':'))
            return false;
        groups++;
    }
    return is_short ? groups < 8 : groups == 8;
}

/* IEEE 802: all zero is none, all ones is broadcast. */
static bool mac_holds(const char *bytes, size_t n, bool is_named)
{
    bool all_zero = true;
    bool all_ones = true;
    size_t digits = 0;

    (void)is_named;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(bytes[i]) && !is_letter(bytes[i]))
            continue;
        digits++;
        all_zero &= bytes[i] == '0';
        all_ones &= (bytes[i] | 0x20) == 'f';
    }
    return digits == 12 && !all_zero && !all_ones;
}

/* 3GPP TS 23.003 section 6.2.1: TAC 8, serial 6, Luhn digit. */
static bool imei_holds(const char *bytes, size_t n, bool is_named)
{
    char digits[TL_DIGITS_MOST];
    size_t k = tl_digits_of(digits, bytes, n);

    (void)is_named;
    return k == 15 && !tl_digits_same(digits, k) && tl_luhn_holds(digits, k);
}

/* RFC 9562: version 1-8, variant 10. */
static bool uuid_holds(const char *bytes, size_t n, bool is_named)
{
    (void)is_named;
    if (n == 38 && bytes[0] == '{' && bytes[37] == '}') {
        bytes++;
        n -= 2;
    }
    if (n != 36)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = bytes[i];

        if (is_dash ? c != '-' : !(is_digit(c) || (is_letter(c) && (c | 0x20) <= 'f')))
            return false;
    }
    return bytes[14] >= '1' && bytes[14] <= '8' && strchr("89abAB", bytes[19]) != NULL;
}

/* Lengths by network (ISO/IEC 7812 ranges as the networks publish them); Luhn but for UnionPay. */
static bool card_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_DIGITS_MOST];
    size_t k = tl_digits_of(d, bytes, n);
    bool has_length;

    (void)is_named;
    if (k < 13 || k > 19 || tl_digits_same(d + 1, k - 1))
        return false;
    unsigned two = tl_digits_number(d, 2);
    unsigned four = tl_digits_number(d, 4);
    if (d[0] == '4')
        has_length = k == 13 || k == 16 || k == 19;
    else if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720))
        has_length = k == 16;
    else if (two == 34 || two == 37)
        has_length = k == 15;
    else if (two == 36 || two == 38 || two == 39 || (four >= 3000 && four <= 3059))
        has_length = k == 14;
    else if (four >= 3528 && four <= 3589)
        has_length = k == 16;
    else if (four == 6011 || two == 65 || (four >= 6440 && four <= 6499))
        has_length = k == 16 || k == 19;
    else
        has_length = two == 62 && k >= 16;
    return has_length && tl_luhn_holds(d, k);
}

/* ISO 13616 registry, release 101: two letters and the length. */
static const char iban_lengths[] =
    "NO15BE16DK18FI18FK18FO18GL18NL18SD18MK19SI19AT20BA20EE20KZ20LT20LU20MN20XK20CH21HR21"
    "LI21LV21"
    "BG22BH22CR22DE22GB22GE22IE22ME22RS22VA22AE23GI23IL23IQ23OM23SO23TL23AD24CZ24ES24MD24"
    "PK24RO24SA24"
    "SE24SK24TN24VG24LY25PT25ST25IS26TR26BI27DJ27FR27GR27IT27MC27MR27SM27AL28AZ28BY28CY28"
    "DO28GT28"
    "HN28HU28LB28NI28PL28SV28BR29EG29PS29QA29UA29JO30KW30MU30YE30MT31SC31LC32RU33";

/* ISO 13616 and ISO/IEC 7064 MOD 97-10: first four to the end, letters as 10..35, remainder 1. */
static bool iban_holds(const char *bytes, size_t n, bool is_named)
{
    char text[40];
    size_t k = 0;
    unsigned rest = 0;
    bool has_length = false;

    (void)is_named;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == ' ')
            continue;
        if (k == sizeof text - 1 || (!is_digit(bytes[i]) && !is_letter(bytes[i])))
            return false;
        text[k++] = is_letter(bytes[i]) ? (char)(bytes[i] & ~0x20) : bytes[i];
    }
    if (k < 15)
        return false;
    for (const char *at = iban_lengths; *at; at += 4)
        has_length |=
            at[0] == text[0] && at[1] == text[1] && tl_digits_number(at + 2, 2) == k;
    if (!has_length)
        return false;
    for (size_t i = 0; i < k; i++) {
        char c = text[(i + 4) % k];

        rest = is_digit(c) ? (rest * 10 + (unsigned)(c - '0')) % 97
                           : (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return rest == 1;
}

/* Social Security Administration, randomisation of 2011: area not 000, 666, 9xx; group not 00; serial not 0000; and numbers
   that were printed in advertisements. */
static bool ssn_holds(const char *bytes, size_t n, bool is_named)
{
    static const char *const printed[] = { "078051120", "219099999", "457555462",
                                           "123456789" };
    char d[TL_DIGITS_MOST];

    (void)is_named;
    if (tl_digits_of(d, bytes, n) != 9 || tl_digits_same(d, 9))
        return false;
    unsigned area = tl_digits_number(d, 3);
    if (area == 0 || area == 666 || area >= 900 || tl_digits_number(d + 3, 2) == 0 ||
        tl_digits_number(d + 5, 4) == 0)
        return false;
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        if (!memcmp(d, printed[i], 9))
            return false;
    }
    return true;
}

/* base64url or base64 symbol as six bits; 64: none. */
static unsigned six_bits(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (is_digit(c))
        return (unsigned)(c - '0') + 52;
    if (c == '-' || c == '+')
        return 62;
    return c == '_' || c == '/' ? 63 : 64;
}

static uint64_t bits_of(const char *text, unsigned at, unsigned n)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < n; i++) {
        unsigned symbol = six_bits(text[(at + i) / 6]);

        value = value << 1 | (symbol >> (5 - (at + i) % 6) & 1);
    }
    return value;
}

/*
 * IAB TCF v2 core segment ("Consent string and vendor list formats v2"): 6-bit version 2, two 36-bit dates in deciseconds since
 * 1970 (not before 2018, the second not before the first), CMP id and version, screen, language of two letters, list version.
 */
static bool tcf_v2_holds(const char *bytes, size_t n, bool is_named)
{
    size_t core = 0;

    (void)is_named;
    while (core < n && bytes[core] != '.') {
        if (six_bits(bytes[core]) == 64)
            return false;
        core++;
    }
    if (core < 36) /* 213 bits stand before the vendor section */
        return false;
    uint64_t created = bits_of(bytes, 6, 36);
    uint64_t updated = bits_of(bytes, 42, 36);
    return bits_of(bytes, 0, 6) == 2 && created >= 15146784000u && updated >= created &&
           updated < 41024448000u && bits_of(bytes, 108, 6) < 26 &&
           bits_of(bytes, 114, 6) < 26;
}

/* IAB GPP header: type 3, version 1, which is "DB" in base64url; then one section an id. */
static bool gpp_holds(const char *bytes, size_t n, bool is_named)
{
    (void)is_named;
    const char *tilde = memchr(bytes, '~', n);
    return n > 5 && bytes[0] == 'D' && bytes[1] == 'B' && tilde && tilde - bytes >= 4 &&
           (size_t)(tilde - bytes) < n - 1;
}

/* Two pairs at least of name=value (RFC 6265 section 4.2.1). */
static bool cookie_header_holds(const char *bytes, size_t n, bool is_named)
{
    size_t pairs = 0;
    size_t from = 0;

    (void)is_named;
    while (from < n) {
        const char *end = memchr(bytes + from, ';', n - from);
        size_t to = end ? (size_t)(end - bytes) : n;
        const char *equals = memchr(bytes + from, '=', to - from);

        pairs += equals && equals > bytes + from;
        from = to + 1;
    }
    return pairs >= 2;
}

/* Hex of one case with letters and digits both: a decimal number or a word is no digest. */
static bool digest_holds(const char *bytes, size_t n, bool is_named)
{
    bool has_digit = false;
    bool has_letter = false;

    (void)is_named;
    for (size_t i = 0; i < n; i++) {
        has_digit |= is_digit(bytes[i]);
        has_letter |= is_letter(bytes[i]);
    }
    return has_digit && has_letter && !tl_digits_same(bytes, n);
}

/* Base64 of 32 bytes (RFC 4648): 43 symbols and '=', the last symbol with two zero bits; and not of one kind of letter only. */
static bool base64_32_holds(const char *bytes, size_t n, bool is_named)
{
    bool has_upper = false;
    bool has_lower = false;

    (void)is_named;
    if (n != 44 || bytes[43] != '=' || (six_bits(bytes[42]) & 3))
        return false;
    for (size_t i = 0; i < 43; i++) {
        if (six_bits(bytes[i]) == 64)
            return false;
        has_upper |= bytes[i] >= 'A' && bytes[i] <= 'Z';
        has_lower |= bytes[i] >= 'a' && bytes[i] <= 'z';
    }
    return has_upper && has_lower;
}

/* A street has a house number and a word for it; the words of the languages that advertisers' forms are seen in. */
static bool street_holds(const char *bytes, size_t n, bool is_named)
{
    static const char *const words[] = {
        "st",     "str",     "street",    "ave",     "avenue",   "av",      "rd",
        "road",   "blvd",    "boulevard", "ln",      "lane",     "dr",      "drive",
        "ct",     "court",   "way",       "pl",      "place",    "sq",      "square",
        "ter",    "terrace", "hwy",       "highway", "pkwy",     "parkway", "cir",
        "circle", "alley",   "rue",       "calle",   "via",      "viale",   "piazza",
        "rua",    "avenida", "ulica",     "ul",      "plaza",    "platz",   "weg",
        "allee",  "gasse",   "chemin",    "quai",    "camino",   "paseo",   "laan",
        "straat", "trail",   "point",     "loop",    "crossing", NULL
    };
    bool has_digit = false;
    bool has_word = false;

    (void)is_named;
    for (size_t i = 0; i < n;) {
        size_t from = i;

        while (i < n && (is_letter(bytes[i]) || (bytes[i] & 0x80)))
            i++;
        if (i > from) {
            has_word |= word_is(bytes + from, i - from, words);
            /* Hauptstrasse, Kerkstraat */
            has_word |= i - from > 6 && !strncasecmp(bytes + i - 6, "strass", 6);
            has_word |= i - from > 7 && (!strncasecmp(bytes + i - 7, "strasse", 7) ||
                                         !strncasecmp(bytes + i - 7,
                                                      "stra\xc3\x9f"
                                                      "e",
                                                      7));
            has_word |= i - from > 6 && !strncasecmp(bytes + i - 6, "straat", 6);
        } else {
            has_digit |= is_digit(bytes[i++]);
        }
    }
    return has_digit && has_word;
}

const struct tl_validator tl_validators_common[] = {
    { "age", age_holds, "ages of living people: 0 to 120" },
    { "base64_32", base64_32_holds, "RFC 4648 section 4, 32 bytes" },
    { "cookie_header", cookie_header_holds, "RFC 6265 section 4.2.1" },
    { "digest", digest_holds, "hexadecimal digests; constants of nothing" },
    { "e164", e164_holds, "ITU-T E.164 section 6" },
    { "email", email_holds, "RFC 5321 section 4.5.3.1, RFC 5322 section 3.4.1" },
    { "gpp", gpp_holds,
      "IAB Tech Lab, Global Privacy Platform, Consent String Specification" },
    { "iban", iban_holds, "ISO 13616-1, SWIFT IBAN registry" },
    { "imei", imei_holds, "3GPP TS 23.003 section 6.2.1" },
    { "ipv4", ipv4_holds, "RFC 791, RFC 3986 section 3.2.2" },
    { "ipv4_truncated", ipv4_truncated_holds, "Prebid, redactor: IPv4 to /24" },
    { "ipv6", ipv6_holds, "RFC 4291 section 2.2" },
    { "iso_date", iso_date_holds, "ISO 8601 section 4.1.2" },
    { "latitude", latitude_holds, "ISO 6709" },
    { "longitude", longitude_holds, "ISO 6709" },
    { "mac", mac_holds, "IEEE 802 section 8" },
    { "nanp", nanp_holds, "North American Numbering Plan, ATIS-0300051" },
    { "payment_card", card_holds, "ISO/IEC 7812-1 annex B" },
    { "street", street_holds, "a number and a word for a way" },
    { "tcf_v2", tcf_v2_holds, "IAB Tech Lab, Consent string and vendor list formats v2" },
    { "us_ssn", ssn_holds, "Social Security Administration, SSN randomization (2011)" },
    { "us_zip", us_zip_holds, "US Postal Service, ZIP codes 00501 to 99950" },
    { "uuid", uuid_holds, "RFC 9562 section 4" },
    { 0 },
};
