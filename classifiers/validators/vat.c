/*
 * VAT numbers as they are written across borders, with their country in front: one check a member state, behind two letters.
 * Structures: European Commission, VIES FAQ, question 11; check digits: each state's own rule, as collected in the appendix of
 * the Commission's "VAT number validation" (BMF, EMCS). What Great Britain and Northern Ireland (XI) use stands beside them.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

#include <stdint.h>
#include <string.h>

static unsigned digit(char c)
{
    return (unsigned)(c - '0');
}

/* Weights one after the other from `first`, down or up. */
static unsigned slope_sum(const char *d, size_t n, int first, int step)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (d[i] - '0') * (first + (int)i * step);
    return (unsigned)sum;
}

static uint64_t number_of(const char *d, size_t n)
{
    uint64_t value = 0;

    for (size_t i = 0; i < n; i++)
        value = value * 10 + digit(d[i]);
    return value;
}

/* ISO/IEC 7064 MOD 11,10. */
static bool mod_11_10_holds(const char *d, size_t n)
{
    unsigned product = 10;

    for (size_t i = 0; i + 1 < n; i++) {
        unsigned sum = (product + digit(d[i])) % 10;

        product = (sum ? sum : 10) * 2 % 11;
    }
    return (11 - product) % 10 == digit(d[n - 1]);
}

/* All below: `t` is what stands behind the country, `n` long, of capital letters and digits. */

static bool austria(const char *t, size_t n)
{
    unsigned sum = 0;

    if (n != 9 || t[0] != 'U' || !tl_are_digits(t + 1, 8))
        return false;
    for (size_t i = 1; i < 8; i++) {
        unsigned value = digit(t[i]) * (i & 1 ? 1 : 2);

        sum += value / 10 + value % 10;
    }
    return (106 - sum) % 10 == digit(t[8]);
}

static bool belgium(const char *t, size_t n)
{
    /* of those from before 2005 the leading zero is often left out */
    return (n == 9 || (n == 10 && t[0] <= '1')) && tl_are_digits(t, n) &&
           number_of(t, n) && (number_of(t, n - 2) + number_of(t + n - 2, 2)) % 97 == 0;
}

/* A person's number: YYMMDD, where other centuries add 20 or 40 to the month. */
static bool bulgarian_person(const char *t)
{
    static const unsigned char weights[] = { 2, 4, 8, 5, 10, 9, 7, 3, 6 };
    unsigned month = tl_digits_number(t + 2, 2);
    unsigned year = 1900 + tl_digits_number(t, 2);

    if (month > 40)
        year += 100, month -= 40;
    else if (month > 20)
        year -= 100, month -= 20;
    return tl_is_calendar_day(year, month, tl_digits_number(t + 4, 2)) &&
           tl_weighted_sum(t, weights, 9) % 11 % 10 == digit(t[9]);
}

static bool bulgaria(const char *t, size_t n)
{
    static const unsigned char foreigner[] = { 21, 19, 17, 13, 11, 9, 7, 3, 1 };
    static const unsigned char other[] = { 4, 3, 2, 7, 6, 5, 4, 3, 2 };

    if (!tl_are_digits(t, n) || (n != 9 && n != 10))
        return false;
    if (n == 9) {
        unsigned check = slope_sum(t, 8, 1, 1) % 11;

        if (check == 10)
            check = slope_sum(t, 8, 3, 1) % 11;
        return check % 10 == digit(t[8]);
    }
    return bulgarian_person(t) || tl_weighted_sum(t, foreigner, 9) % 10 == digit(t[9]) ||
           (11 - tl_weighted_sum(t, other, 9) % 11) % 11 == digit(t[9]);
}

static bool cyprus(const char *t, size_t n)
{
    static const unsigned char odd[] = { 1, 0, 5, 7, 9, 13, 15, 17, 19, 21 };
    unsigned sum = 0;

    if (n != 9 || !tl_are_digits(t, 8) || !memcmp(t, "12", 2))
        return false;
    for (size_t i = 0; i < 8; i++)
        sum += i & 1 ? digit(t[i]) : odd[digit(t[i])];
    return t[8] == (char)('A' + sum % 26);
}

/* Birth number: 50 more on the month of women, 20 more since 2004 where the day's numbers ran out; nine digits before 1954. */
static bool birth_number(const char *t, size_t n)
{
    unsigned year = 1900 + tl_digits_number(t, 2);
    unsigned month = tl_digits_number(t + 2, 2) % 50;

    if (n == 9 && year >= 1980)
        year -= 100;
    if (n == 9 && year > 1953)
        return false;
    if (n == 10 && year < 1954)
        year += 100;
    if (month > 20 && year >= 2004)
        month -= 20;
    return tl_is_calendar_day(year, month, tl_digits_number(t + 4, 2)) &&
           (n == 9 || number_of(t, 9) % 11 % 10 == digit(t[9]));
}

static bool czechia(const char *t, size_t n)
{
    if (n < 8 || n > 10 || !tl_are_digits(t, n))
        return false;
    if (n == 8) {
        unsigned check = (11 - slope_sum(t, 7, 8, -1) % 11) % 11;

        return t[0] != '9' && (check ? check : 1) % 10 == digit(t[7]);
    }
    if (n == 9 && t[0] == '6') {
        /* of those who have no birth number */
        unsigned rest = slope_sum(t + 1, 7, 8, -1) % 11;

        return (8 + 10 - (10 + 11 - rest) % 11) % 10 == digit(t[8]);
    }
    return birth_number(t, n);
}

static bool germany(const char *t, size_t n)
{
    return n == 9 && tl_are_digits(t, n) && t[0] != '0' && mod_11_10_holds(t, n);
}

static bool denmark(const char *t, size_t n)
{
    static const unsigned char weights[] = { 2, 7, 6, 5, 4, 3, 2, 1 };

    return n == 8 && tl_are_digits(t, n) && t[0] != '0' &&
           tl_weighted_sum(t, weights, 8) % 11 == 0;
}

static bool estonia(const char *t, size_t n)
{
    static const unsigned char weights[] = { 3, 7, 1, 3, 7, 1, 3, 7, 1 };

    return n == 9 && tl_are_digits(t, n) && tl_weighted_sum(t, weights, 9) % 10 == 0;
}

static bool greece(const char *t, size_t n)
{
    static const unsigned short weights[] = { 256, 128, 64, 32, 16, 8, 4, 2 };
    unsigned sum = 0;

    if (n != 9 || !tl_are_digits(t, n))
        return false;
    for (size_t i = 0; i < 8; i++)
        sum += digit(t[i]) * weights[i];
    return sum % 11 % 10 == digit(t[8]);
}

/* A company: Luhn as a digit or as one of ten letters. */
static bool spanish_company(const char *t)
{
    unsigned sum = 0;

    for (size_t i = 1; i < 8; i++) {
        unsigned value = digit(t[i]) * (i & 1 ? 2 : 1);

        sum += value / 10 + value % 10;
    }
    unsigned check = (10 - sum % 10) % 10;
    return strchr("ABCDEFGHJNPQRSUVW", t[0]) &&
           (t[8] == (char)('0' + check) || t[8] == "JABCDEFGHI"[check]);
}

static bool spain(const char *t, size_t n)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";

    if (n != 9 || !tl_are_digits(t + 1, 7))
        return false;
    if (strchr("KLM", t[0]))
        return t[8] == letters[number_of(t + 1, 7) % 23];
    if (tl_are_digits(t, 1))
        return t[8] == letters[number_of(t, 8) % 23];
    if (t[0] >= 'X')
        return t[8] ==
               letters[((uint64_t)(t[0] - 'X') * 10000000 + number_of(t + 1, 7)) % 23];
    return spanish_company(t);
}

static bool finland(const char *t, size_t n)
{
    static const unsigned char weights[] = { 7, 9, 10, 5, 8, 4, 2, 1 };

    return n == 8 && tl_are_digits(t, n) && tl_weighted_sum(t, weights, 8) % 11 == 0;
}

/* Two digits from the SIREN; or, in the new style, two signs of which one is a letter. Monaco's have 000 and no SIREN. */
static bool france(const char *t, size_t n)
{
    static const char signs[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    if (n != 11 || !tl_are_digits(t + 2, 9) || !strchr(signs, t[0]) ||
        !strchr(signs, t[1]))
        return false;
    if (memcmp(t + 2, "000", 3) != 0 && !tl_luhn_holds(t + 2, 9))
        return false;
    uint64_t siren = number_of(t + 2, 9);
    if (tl_are_digits(t, 2))
        return number_of(t, 2) == (siren * 100 + 12) % 97;
    int first = (int)(strchr(signs, t[0]) - signs);
    int second = (int)(strchr(signs, t[1]) - signs);
    int check = first < 10 ? first * 24 + second - 10 : first * 34 + second - 100;
    return check >= 0 && (siren + 1 + (unsigned)check / 11) % 11 == (unsigned)check % 11;
}

/* Nine digits, three more of a branch; GD and HA of the government and of hospitals are left out. */
static bool britain(const char *t, size_t n)
{
    static const unsigned char weights[] = { 8, 7, 6, 5, 4, 3, 2, 10, 1 };

    if ((n != 9 && n != 12) || !tl_are_digits(t, n) || !number_of(t, n))
        return false;
    unsigned rest = tl_weighted_sum(t, weights, 9) % 97;
    return rest == 0 || (tl_digits_number(t, 3) >= 100 && (rest == 42 || rest == 55));
}

static bool croatia(const char *t, size_t n)
{
    return n == 11 && tl_are_digits(t, n) && mod_11_10_holds(t, n);
}

static bool hungary(const char *t, size_t n)
{
    static const unsigned char weights[] = { 9, 7, 3, 1, 9, 7, 3, 1 };

    return n == 8 && tl_are_digits(t, n) && tl_weighted_sum(t, weights, 8) % 10 == 0;
}

/* Seven digits, a check, perhaps a letter that counts; before 2013 a letter or sign in second place. */
static bool ireland(const char *t, size_t n)
{
    static const char letters[] = "WABCDEFGHIJKLMNOPQRSTUV";
    bool is_old = n == 8 && t[1] > '9' && tl_are_digits(t, 1) && tl_are_digits(t + 2, 5);

    if ((n != 8 && n != 9) || (!is_old && !tl_are_digits(t, 7)))
        return false;
    const char *last = n == 9 ? strchr(letters, t[8]) : letters;
    if (!last)
        return false;
    unsigned sum = is_old ? slope_sum(t + 2, 5, 7, -1) + 2 * digit(t[0])
                          : slope_sum(t, 7, 8, -1) + 9 * (unsigned)(last - letters);
    return t[7] == letters[sum % 23];
}

/* Seven digits, the province's office, Luhn. */
static bool italy(const char *t, size_t n)
{
    if (n != 11 || !tl_are_digits(t, n) || !number_of(t, 7) || !tl_luhn_holds(t, n))
        return false;
    unsigned office = tl_digits_number(t + 7, 3);
    return (office >= 1 && office <= 100) || office == 120 || office == 121 ||
           office == 888 || office == 999;
}

static bool lithuania(const char *t, size_t n)
{
    unsigned check = 0;
    unsigned second = 0;

    if ((n != 9 && n != 12) || !tl_are_digits(t, n) || t[n - 2] != '1')
        return false;
    for (size_t i = 0; i + 1 < n; i++) {
        check += digit(t[i]) * (unsigned)(1 + i % 9);
        second += digit(t[i]) * (unsigned)(1 + (i + 2) % 9);
    }
    if (check % 11 == 10)
        check = second;
    return check % 11 % 10 == digit(t[n - 1]);
}

static bool luxembourg(const char *t, size_t n)
{
    return n == 8 && tl_are_digits(t, n) && number_of(t, 6) % 89 == number_of(t + 6, 2);
}

/* A company from 4 on; a person by DDMMYY and a century, or since 2017 by 32 and nothing. */
static bool latvia(const char *t, size_t n)
{
    static const unsigned char company[] = { 9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1 };
    static const unsigned char person[] = { 10, 5, 8, 4, 2, 1, 6, 3, 7, 9 };

    if (n != 11 || !tl_are_digits(t, n))
        return false;
    if (t[0] > '3')
        return tl_weighted_sum(t, company, 11) % 11 == 3;
    bool is_dated = memcmp(t, "32", 2) != 0;
    if (is_dated &&
        !tl_is_calendar_day(1800 + 100 * digit(t[6]) + tl_digits_number(t + 4, 2),
                            tl_digits_number(t + 2, 2), tl_digits_number(t, 2)))
        return false;
    return (1 + tl_weighted_sum(t, person, 10)) % 11 % 10 == digit(t[10]);
}

static bool malta(const char *t, size_t n)
{
    static const unsigned char weights[] = { 3, 4, 6, 7, 8, 9, 10, 1 };

    return n == 8 && tl_are_digits(t, n) && t[0] != '0' &&
           tl_weighted_sum(t, weights, 8) % 37 == 0;
}

/* A company's nine digits by the eleven test; sole traders' since 2020 by MOD 97-10 over all of it. */
static bool netherlands(const char *t, size_t n)
{
    static const unsigned char weights[] = { 9, 8, 7, 6, 5, 4, 3, 2, 10 };
    char whole[15] = "NL";

    if (n != 12 || !tl_are_digits(t, 9) || t[9] != 'B' || !tl_are_digits(t + 10, 2) ||
        !number_of(t, 9) || !number_of(t + 10, 2))
        return false;
    memcpy(whole + 2, t, 12);
    return tl_weighted_sum(t, weights, 9) % 11 == 0 || tl_mod97_holds(whole, 14);
}

static bool poland(const char *t, size_t n)
{
    static const unsigned char weights[] = { 6, 5, 7, 2, 3, 4, 5, 6, 7 };

    return n == 10 && tl_are_digits(t, n) &&
           tl_weighted_sum(t, weights, 9) % 11 == digit(t[9]);
}

static bool portugal(const char *t, size_t n)
{
    return n == 9 && tl_are_digits(t, n) && t[0] != '0' &&
           (11 - slope_sum(t, 8, 9, -1) % 11) % 11 % 10 == digit(t[8]);
}

/* Two to ten digits, weights from the right. A person's CNP stands for itself elsewhere. */
static bool romania(const char *t, size_t n)
{
    static const unsigned char weights[] = { 7, 5, 3, 2, 1, 7, 5, 3, 2 };

    return n >= 2 && n <= 10 && tl_are_digits(t, n) && t[0] != '0' &&
           10 * tl_weighted_sum(t, weights + (10 - n), n - 1) % 11 % 10 ==
               digit(t[n - 1]);
}

static bool sweden(const char *t, size_t n)
{
    return n == 12 && tl_are_digits(t, n) && !memcmp(t + 10, "01", 2) &&
           tl_luhn_holds(t, 10);
}

static bool slovenia(const char *t, size_t n)
{
    if (n != 8 || !tl_are_digits(t, n) || t[0] == '0')
        return false;
    unsigned check = 11 - slope_sum(t, 7, 8, -1) % 11;
    return (check == 10 ? 0 : check) == digit(t[7]);
}

/* Divisible by 11; a person's is the birth number. */
static bool slovakia(const char *t, size_t n)
{
    if (n != 10 || !tl_are_digits(t, n))
        return false;
    return birth_number(t, n) ||
           (t[0] != '0' && strchr("234789", t[2]) && number_of(t, 10) % 11 == 0);
}

static const struct state {
    char code[3];
    bool (*holds)(const char *t, size_t n);
} states[] = {
    { "AT", austria },  { "BE", belgium }, { "BG", bulgaria },    { "CY", cyprus },
    { "CZ", czechia },  { "DE", germany }, { "DK", denmark },     { "EE", estonia },
    { "EL", greece },   { "GR", greece },  { "ES", spain },       { "FI", finland },
    { "FR", france },   { "GB", britain }, { "HR", croatia },     { "HU", hungary },
    { "IE", ireland },  { "IT", italy },   { "LT", lithuania },   { "LU", luxembourg },
    { "LV", latvia },   { "MT", malta },   { "NL", netherlands }, { "PL", poland },
    { "PT", portugal }, { "RO", romania }, { "SE", sweden },      { "SI", slovenia },
    { "SK", slovakia }, { "XI", britain },
};

static bool eu_vat_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -./");

    (void)is_named;
    if (k < 4)
        return false;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (!memcmp(states[i].code, t, 2))
            return states[i].holds(t + 2, k - 2);
    }
    return false;
}

const struct tl_validator tl_validators_vat[] = {
    { "eu_vat", eu_vat_holds, "VIES FAQ question 11; each member state's check digit" },
    { 0 },
};
