/*
 * Numbers that the states of Asia, Oceania and Africa give to people and companies. Each says where its rule comes from;
 * the regex of the type has matched before it is asked, but none relies on that: any bytes are safe.
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

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* 0 to 9, A to Z: 0 to 35. */
static unsigned place_of(char c)
{
    return is_letter(c) ? (unsigned)(c - 'A') + 10 : digit(c);
}

static bool is_one_of(unsigned number, const unsigned char *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == number)
            return true;
    }
    return false;
}

/* ---- India ---- */

/* UIDAI: first digit 2 to 9, Verhoeff; what reads the same from behind is not given out. */
static bool uidai_holds(const char *d, size_t n)
{
    bool is_palindrome = true;

    for (size_t i = 0; i < n / 2; i++)
        is_palindrome &= d[i] == d[n - 1 - i];
    return d[0] >= '2' && !is_palindrome && tl_verhoeff_holds(d, n);
}

static bool in_aadhaar_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 12) && uidai_holds(d, 12);
}

static bool in_vid_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 16) && uidai_holds(d, 16);
}

/* Five letters (the fourth says what the holder is), four digits that are not all 0, a letter whose rule is not published. */
static bool pan_holds(const char *t)
{
    for (size_t i = 0; i < 10; i++) {
        if (is_letter(t[i]) != (i < 5 || i == 9))
            return false;
    }
    return strchr("ABCFGHJKLPT", t[3]) && memcmp(t + 5, "0000", 4) != 0;
}

static bool in_pan_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact(t, bytes, n, " -") == 10 && pan_holds(t);
}

/* GST Network: state, PAN, which of its registrations, Z, Luhn over 36 signs (ISO/IEC 7812 carried over). */
static bool in_gstin_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " -") != 15 || !tl_are_digits(t, 2) ||
        !pan_holds(t + 2) || t[12] == '0' || t[13] != 'Z')
        return false;
    unsigned state = tl_digits_number(t, 2);
    for (size_t i = 0; i < 15; i++) {
        unsigned value = place_of(t[14 - i]) * (1 + (i & 1));

        sum += value / 36 + value % 36;
    }
    return state >= 1 && state <= 38 && sum % 36 == 0;
}

/* ---- China, Hong Kong, Taiwan ---- */

/* GB 11643-1999: division, birth date, serial, ISO/IEC 7064 MOD 11-2. */
static bool cn_resident_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 7, 9, 10, 5,  8, 4, 2, 1, 6,
                                             3, 7, 9,  10, 5, 8, 4, 2 };
    static const unsigned char provinces[] = { 11, 12, 13, 14, 15, 21, 22, 23, 31,
                                               32, 33, 34, 35, 36, 37, 41, 42, 43,
                                               44, 45, 46, 50, 51, 52, 53, 54, 61,
                                               62, 63, 64, 65, 71, 81, 82, 83 };
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 18 || !tl_are_digits(t, 17))
        return false;
    if (!is_one_of(tl_digits_number(t, 2), provinces, sizeof provinces) ||
        !tl_is_calendar_day(tl_digits_number(t + 6, 4), tl_digits_number(t + 10, 2),
                            tl_digits_number(t + 12, 2)))
        return false;
    return t[17] == "10X98765432"[tl_weighted_sum(t, weights, 17) % 11];
}

/* GB 32100-2015: who registered it, division, GB 11714 code, one of 31 signs as a check. */
static bool cn_uscc_holds(const char *bytes, size_t n, bool is_named)
{
    static const char signs[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    static const unsigned char weights[] = { 1,  3,  9,  27, 19, 26, 16, 17, 20,
                                             29, 25, 13, 8,  24, 10, 30, 28 };
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " -") != 18 || !tl_are_digits(t, 8))
        return false;
    for (size_t i = 0; i < 18; i++) {
        const char *at = strchr(signs, t[i]);

        if (!at)
            return false;
        sum += (unsigned)(at - signs) * (i < 17 ? weights[i] : 1);
    }
    return sum % 31 == 0;
}

/* Registration of Persons Ordinance (Cap. 177): weights 9 to 2, a missing first letter counts 36; 10 is written A. */
static bool hk_id_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " ()");
    unsigned sum = k == 8 ? 36 * 9 : 0;

    (void)is_named;
    if ((k != 8 && k != 9) || !is_letter(t[0]) || !tl_are_digits(t + k - 7, 6) ||
        (k == 9 && !is_letter(t[1])) || (t[k - 1] > '9' && t[k - 1] != 'A'))
        return false;
    for (size_t i = 0; i < k; i++)
        sum += place_of(t[i]) * (unsigned)(k - i);
    return sum % 11 == 0;
}

/* Ministry of the Interior: the letter is a number of two digits, weights 1 9 8 7 6 5 4 3 2 1 1. Residents' have 8 or 9, the
   oldest a second letter, of which the last digit counts. */
static bool tw_id_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char letters[] = { 10, 11, 12, 13, 14, 15, 16, 17, 34,
                                             18, 19, 20, 21, 22, 35, 23, 24, 25,
                                             26, 27, 28, 29, 32, 30, 31, 33 };
    static const unsigned char weights[] = { 8, 7, 6, 5, 4, 3, 2, 1, 1 };
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 10 || !is_letter(t[0]) ||
        !strchr("1289ABCD", t[1]))
        return false;
    unsigned first = letters[t[0] - 'A'];
    if (is_letter(t[1]))
        t[1] = (char)('0' + letters[t[1] - 'A'] % 10);
    return tl_are_digits(t + 2, 8) &&
           (first / 10 + first % 10 * 9 + tl_weighted_sum(t + 1, weights, 9)) % 10 == 0;
}

/* Fiscal Information Agency: digit sums of the products; a 7 in the seventh place may count 9 less. Since 2023 by fives. */
static bool tw_ubn_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 1, 2, 1, 2, 1, 2, 4, 1 };
    char d[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 8))
        return false;
    for (size_t i = 0; i < 8; i++) {
        unsigned product = digit(d[i]) * weights[i];

        sum += product / 10 + product % 10;
    }
    return sum % 5 == 0 || (d[6] == '7' && sum % 5 == 4);
}

/* ---- Japan, Korea ---- */

/* Ordinance 85 of 2014 of the Ministry of Internal Affairs, article 5. */
static bool jp_my_number_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 12) || tl_digits_same(d, 12))
        return false;
    unsigned rest = tl_weighted_sum(d, weights, 11) % 11;
    return (rest < 2 ? 0 : 11 - rest) == digit(d[11]);
}

/* Ordinance 70 of 2014 of the Ministry of Finance: the check stands first, 9 less the sum modulo 9. */
static bool jp_corporate_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 13) &&
           9 - tl_weighted_sum(d + 1, weights, 12) % 9 == digit(d[0]);
}

static unsigned korean_sum(const char *d)
{
    static const unsigned char weights[] = { 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5 };

    return tl_weighted_sum(d, weights, 12) % 11;
}

/* The seventh digit says the century and the sex: 9 and 0, 1 and 2, 3 and 4; of foreigners 5 to 8. */
static bool is_korean_day(const char *d)
{
    unsigned century = strchr("1256", d[6]) ? 1900 : strchr("3478", d[6]) ? 2000 : 1800;

    return tl_is_calendar_day(century + tl_digits_number(d, 2),
                              tl_digits_number(d + 2, 2), tl_digits_number(d + 4, 2));
}

/* Resident Registration Act, enforcement rules. Who was born since October 2020 has a random number, which checks nothing: there a
   name has to speak for it. */
static bool kr_rrn_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    if (!tl_compact_digits(d, bytes, n, "-", 13) || !strchr("123490", d[6]) ||
        !is_korean_day(d))
        return false;
    bool is_random = (d[6] == '3' || d[6] == '4') && tl_digits_number(d, 4) >= 2010;
    return (is_named && is_random) || (11 - korean_sum(d)) % 10 == digit(d[12]);
}

static bool kr_frn_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, "-", 13) && strchr("5678", d[6]) &&
           is_korean_day(d) && (13 - korean_sum(d)) % 10 == digit(d[12]);
}

/* National Tax Service: the tens of the ninth product count as well. */
static bool kr_brn_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 1, 3, 7, 1, 3, 7, 1, 3, 5 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 10) || tl_digits_same(d, 10))
        return false;
    unsigned sum = tl_weighted_sum(d, weights, 9) + digit(d[8]) * 5 / 10;
    return (10 - sum % 10) % 10 == digit(d[9]);
}

/* ---- South East Asia ---- */

/* Weights 2 7 6 5 4 3 2; 4 more for those of this century, 3 for M; a letter by who it is. */
static bool sg_nric_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 2, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 9 || !tl_are_digits(t + 1, 7))
        return false;
    unsigned rest = tl_weighted_sum(t + 1, weights, 7);
    switch (t[0]) {
    case 'S':
        return t[8] == "JZIHGFEDCBA"[rest % 11];
    case 'T':
        return t[8] == "JZIHGFEDCBA"[(rest + 4) % 11];
    case 'F':
        return t[8] == "XWUTRQPNMLK"[rest % 11];
    case 'G':
        return t[8] == "XWUTRQPNMLK"[(rest + 4) % 11];
    case 'M':
        return t[8] == "XWUTRQPNJLK"[(rest + 3) % 11];
    default:
        return false;
    }
}

/* A company: a year and five digits, or one of the others: T or S or R, year, what it is, serial. */
static bool sg_uen_new(const char *t)
{
    static const unsigned char company[] = { 10, 8, 6, 4, 9, 7, 5, 3, 1 };
    static const unsigned char other[] = { 4, 3, 5, 3, 10, 2, 2, 5, 7 };
    static const char signs[] = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
    unsigned sum = 0;

    if (tl_are_digits(t, 9))
        return tl_digits_number(t, 4) >= 1800 && tl_digits_number(t, 4) <= 2100 &&
               t[9] == "ZKCMDNERGWH"[tl_weighted_sum(t, company, 9) % 11];
    if (!strchr("RST", t[0]) || !tl_are_digits(t + 1, 2) || !is_letter(t[3]) ||
        !is_letter(t[4]) || !tl_are_digits(t + 5, 4))
        return false;
    for (size_t i = 0; i < 9; i++) {
        const char *at = strchr(signs, t[i]);

        if (!at)
            return false;
        sum += (unsigned)(at - signs) * other[i];
    }
    return t[9] == signs[(sum + 11 - 5) % 11];
}

/* Accounting and Corporate Regulatory Authority: businesses of old have eight digits and a letter. */
static bool sg_uen_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char business[] = { 10, 4, 9, 3, 8, 2, 7, 1 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " ");

    (void)is_named;
    if (k == 9)
        return tl_are_digits(t, 8) &&
               t[8] == "XMKECAWLJDB"[tl_weighted_sum(t, business, 8) % 11];
    return k == 10 && sg_uen_new(t);
}

/* Jabatan Pendaftaran Negara: YYMMDD, place of birth, serial. There is no check; 00, 17 to 20, 69, 70, 73, 80, 81 and 94 to 97
   are no places. */
static bool my_nric_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char none[] = { 0,  17, 18, 19, 20, 69, 70,
                                          73, 80, 81, 94, 95, 96, 97 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 12) && tl_is_short_day(d) &&
           !is_one_of(tl_digits_number(d + 6, 2), none, sizeof none);
}

/* Kemendagri: province, city, district, DDMMYY with 40 more on the day of women, serial. */
static bool id_nik_check(const char *d)
{
    static const unsigned char provinces[] = { 11, 12, 13, 14, 15, 16, 17, 18, 19, 21,
                                               31, 32, 33, 34, 35, 36, 51, 52, 53, 61,
                                               62, 63, 64, 65, 71, 72, 73, 74, 75, 76,
                                               81, 82, 91, 92, 93, 94, 95, 96, 97 };
    unsigned day = tl_digits_number(d + 6, 2);

    return is_one_of(tl_digits_number(d, 2), provinces, sizeof provinces) &&
           tl_is_calendar_day(2000 + tl_digits_number(d + 10, 2),
                              tl_digits_number(d + 8, 2), day > 40 ? day - 40 : day);
}

static bool id_nik_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -.", 16) && id_nik_check(d);
}

/* Direktorat Jenderal Pajak: nine digits by Luhn, office, branch; since 2024 16 digits, people's being their NIK. */
static bool id_npwp_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(d, bytes, n, " -.");

    (void)is_named;
    if (!tl_are_digits(d, k))
        return false;
    if (k == 16)
        return d[0] == '0' ? tl_luhn_holds(d, 10) : id_nik_check(d);
    return k == 15 && tl_luhn_holds(d, 9);
}

/* Department of Provincial Administration: weights 13 to 2. First digit 0: a company's. */
static bool th_check_holds(const char *d)
{
    static const unsigned char weights[] = { 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2 };

    return (11 - tl_weighted_sum(d, weights, 12) % 11) % 10 == digit(d[12]);
}

static bool th_id_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 13) && d[0] != '0' && d[0] != '9' &&
           th_check_holds(d);
}

static bool th_company_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 13) && d[0] == '0' && th_check_holds(d);
}

/* General Department of Taxation: ten digits, of a branch three more. */
static bool vn_mst_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 31, 29, 23, 19, 17, 13, 7, 5, 3 };
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(d, bytes, n, " -.");

    (void)is_named;
    if ((k != 10 && k != 13) || !tl_are_digits(d, k) || !memcmp(d + 2, "0000000", 7) ||
        (k == 13 && !memcmp(d + 10, "000", 3)))
        return false;
    return 10 - tl_weighted_sum(d, weights, 9) % 11 == digit(d[9]);
}

/* Circular 59/2021/TT-BCA: province or country of birth, one for century and sex, year, serial. */
static bool vn_cccd_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " ", 12) || d[3] > '3')
        return false;
    unsigned province = tl_digits_number(d, 3);
    return province >= 1 && province <= 96;
}

/* ---- Oceania ---- */

static bool au_tfn_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 1, 4, 3, 7, 5, 8, 6, 9, 10 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 9) && !tl_digits_same(d, 9) &&
           tl_weighted_sum(d, weights, 9) % 11 == 0;
}

static bool au_abn_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " ", 11) || tl_digits_number(d, 2) < 11)
        return false; /* the two check digits run from 11 to 99 */
    d[0]--;
    return tl_weighted_sum(d, weights, 11) % 89 == 0;
}

static bool au_acn_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 8, 7, 6, 5, 4, 3, 2, 1 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " ", 9) &&
           (10 - tl_weighted_sum(d, weights, 8) % 10) % 10 == digit(d[8]);
}

/* Services Australia: eight digits, their check, which issue of the card, and perhaps which of the family. */
static bool au_medicare_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 1, 3, 7, 9, 1, 3, 7, 9 };
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(d, bytes, n, " -/");

    (void)is_named;
    return (k == 10 || k == 11) && tl_are_digits(d, k) && d[0] >= '2' && d[0] <= '6' &&
           tl_weighted_sum(d, weights, 8) % 10 == digit(d[8]) && d[9] != '0';
}

/* Healthcare Identifiers Act 2010: ISO/IEC 7812 with the issuer 800360. */
static bool au_ihi_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 16) && !memcmp(d, "800360", 6) &&
           tl_luhn_holds(d, 16);
}

/* Inland Revenue, non-resident withholding tax specification, section on IRD numbers: a second set of weights where the first gives 10. */
static bool nz_ird_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[2][8] = { { 3, 2, 7, 6, 5, 4, 3, 2 },
                                                 { 7, 4, 3, 2, 5, 2, 7, 6 } };
    char t[TL_COMPACT_MOST];
    char d[9] = "000000000";
    size_t k = tl_compact(t, bytes, n, " -");

    (void)is_named;
    if ((k != 8 && k != 9) || !tl_are_digits(t, k))
        return false;
    memcpy(d + 9 - k, t, k);
    unsigned number = tl_digits_number(d, 9);
    unsigned check = (11 - tl_weighted_sum(d, weights[0], 8) % 11) % 11;
    if (check == 10)
        check = (11 - tl_weighted_sum(d, weights[1], 8) % 11) % 11;
    return number > 10000000 && number < 150000000 && check == digit(d[8]);
}

/* HISO 10046: three letters (neither I nor O), three digits, a check of modulo 11; 0 is never one. */
static bool nz_nhi_holds(const char *bytes, size_t n, bool is_named)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 7 || !tl_are_digits(t + 3, 4))
        return false;
    for (size_t i = 0; i < 6; i++) {
        const char *at = i < 3 ? strchr(letters, t[i]) : NULL;

        if (i < 3 && !at)
            return false;
        sum += (at ? (unsigned)(at - letters) + 1 : digit(t[i])) * (unsigned)(7 - i);
    }
    return sum % 11 && (11 - sum % 11) % 10 == digit(t[6]);
}

/* ---- Middle East and western Asia ---- */

/* Nüfus ve Vatandaşlık İşleri: seven times the odd places less the even ones, then the sum of all, both modulo 10. */
static bool tr_kimlik_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 7, 9, 7, 9, 7, 9, 7, 9, 7 }; /* 9 is -1 */
    static const unsigned char ones[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, "", 11) && d[0] != '0' &&
           tl_weighted_sum(d, weights, 9) % 10 == digit(d[9]) &&
           tl_weighted_sum(d, ones, 10) % 10 == digit(d[10]);
}

/* Gelir İdaresi Başkanlığı: each digit is moved by its place and multiplied by a power of 2 modulo 9. */
static bool tr_vkn_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, "", 10))
        return false;
    for (unsigned i = 0; i < 9; i++) {
        unsigned moved = (digit(d[i]) + 9 - i) % 10;

        if (moved)
            sum += moved == 9 ? 9 : (moved << (9 - i)) % 9;
    }
    return (10 - sum % 10) % 10 == digit(d[9]);
}

/* Population Registry: Luhn; integers have lost their leading zeros. */
static bool il_id_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(d, bytes, n, " -");

    (void)is_named;
    return k >= 8 && k <= 9 && tl_are_digits(d, k) && !tl_digits_same(d, k) &&
           tl_luhn_holds(d, k);
}

static bool ae_id_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 15) && !memcmp(d, "784", 3) &&
           tl_luhn_holds(d, 15);
}

/* National Information Center: 1 a citizen, 2 a resident; Luhn. */
static bool sa_id_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 10) && (d[0] == '1' || d[0] == '2') &&
           tl_luhn_holds(d, 10);
}

/* Public Authority for Civil Information: century, YYMMDD, serial; a check of 10 or 11 is never given out. */
static bool kw_civil_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " ", 12) || d[0] < '1' || d[0] > '3')
        return false;
    return tl_is_calendar_day(1700 + 100 * digit(d[0]) + tl_digits_number(d + 1, 2),
                              tl_digits_number(d + 3, 2), tl_digits_number(d + 5, 2)) &&
           11 - tl_weighted_sum(d, weights, 11) % 11 == digit(d[11]);
}

/* Civil registration of Iran: weights 10 to 2, modulo 11; ten times the same is never given out. */
static bool ir_melli_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 10, 9, 8, 7, 6, 5, 4, 3, 2 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 10) || tl_digits_same(d, 10))
        return false;
    unsigned rest = tl_weighted_sum(d, weights, 9) % 11;
    return (rest < 2 ? rest : 11 - rest) == digit(d[9]);
}

/* NADRA: province 1 to 7, seven digits of a family, an odd last one for men and an even one for women. */
static bool pk_cnic_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, "-", 13) && d[0] >= '1' && d[0] <= '7' &&
           d[12] != '0' && !tl_digits_same(d, 13);
}

/* Department for Registration of Persons: year, day of the year (500 more for women), serial; of old YY first and V or X last. */
static bool lk_nic_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " ");
    bool is_old = k == 10 && tl_are_digits(t, 9) && (t[9] == 'V' || t[9] == 'X');

    (void)is_named;
    if (!is_old && (k != 12 || !tl_are_digits(t, 12)))
        return false;
    unsigned year = is_old ? 1900 : tl_digits_number(t, 4);
    unsigned day = tl_digits_number(t + (is_old ? 2 : 4), 3);
    if (day > 500)
        day -= 500;
    return year >= 1900 && year <= 2099 && day >= 1 && day <= 366;
}

/* ---- Africa ---- */

static bool za_id_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " ", 13) && tl_is_short_day(d) &&
           d[10] <= '1' && tl_luhn_holds(d, 13);
}

/* South African Revenue Service: first digit by what the payer is. */
static bool za_tin_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -/", 10) && strchr("01239", d[0]) &&
           tl_luhn_holds(d, 10);
}

static bool ng_nin_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 11) && !tl_digits_same(d, 11) &&
           tl_verhoeff_holds(d, 11);
}

/* Civil Status Organization: century, YYMMDD, governorate, serial, a check whose rule is not published. */
static bool eg_id_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char governorates[] = { 1,  2,  3,  4,  11, 12, 13, 14, 15, 16,
                                                  17, 18, 19, 21, 22, 23, 24, 25, 26, 27,
                                                  28, 29, 31, 32, 33, 34, 35, 88 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " ", 14) || (d[0] != '2' && d[0] != '3'))
        return false;
    return tl_is_calendar_day(1700 + 100 * digit(d[0]) + tl_digits_number(d + 1, 2),
                              tl_digits_number(d + 3, 2), tl_digits_number(d + 5, 2)) &&
           is_one_of(tl_digits_number(d + 7, 2), governorates, sizeof governorates);
}

/* Ghana Revenue Authority: P a person, C a company and others; 00, a serial, modulo 11. */
static bool gh_tin_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 11 || !strchr("PCGQV", t[0]) ||
        memcmp(t + 1, "00", 2) != 0 || !tl_are_digits(t + 1, 9))
        return false;
    for (unsigned i = 1; i < 10; i++)
        sum += digit(t[i]) * i;
    return t[10] == "0123456789X"[sum % 11];
}

/* National Identity Card Act of Mauritius: first letter of the name, DDMMYY, serial, a check of modulo 17. */
static bool mu_nid_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 14 || !is_letter(t[0]) ||
        !tl_are_digits(t + 1, 12))
        return false;
    for (unsigned i = 0; i < 13; i++)
        sum += place_of(t[i]) * (14 - i);
    return tl_is_calendar_day(2000 + tl_digits_number(t + 5, 2),
                              tl_digits_number(t + 3, 2), tl_digits_number(t + 1, 2)) &&
           place_of(t[13]) == (17 - sum % 17) % 17;
}

/* Identifiant commun de l'entreprise: nine digits, four of an establishment, MOD 97 to 0. */
static bool ma_ice_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    unsigned rest = 0;

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " ", 15) || tl_digits_same(d, 15))
        return false;
    for (size_t i = 0; i < 15; i++)
        rest = (rest * 10 + digit(d[i])) % 97;
    return rest == 0;
}

const struct tl_validator tl_validators_world[] = {
    { "ae_id", ae_id_holds, "Federal Authority for Identity, card number: Luhn" },
    { "au_abn", au_abn_holds, "Australian Business Register, format of the ABN" },
    { "au_acn", au_acn_holds, "ASIC, Australian Company Number digit check" },
    { "au_ihi", au_ihi_holds, "Australian Digital Health Agency, IHI: Luhn" },
    { "au_medicare", au_medicare_holds, "Services Australia, Medicare card number" },
    { "au_tfn", au_tfn_holds, "Australian Taxation Office, TFN: modulus 11" },
    { "cn_resident", cn_resident_holds, "GB 11643-1999, ISO/IEC 7064 MOD 11-2" },
    { "cn_uscc", cn_uscc_holds, "GB 32100-2015" },
    { "eg_id", eg_id_holds, "Egypt, law 143 (1994) on civil status" },
    { "gh_tin", gh_tin_holds, "Ghana Revenue Authority, TIN" },
    { "hk_id", hk_id_holds, "Hong Kong, Registration of Persons, Cap. 177" },
    { "id_nik", id_nik_holds, "Kemendagri, Permendagri 118 (2017), NIK" },
    { "id_npwp", id_npwp_holds, "Direktorat Jenderal Pajak, PMK 112 (2022)" },
    { "il_id", il_id_holds, "Population and Immigration Authority: Luhn" },
    { "in_aadhaar", in_aadhaar_holds, "UIDAI, UID numbering scheme: Verhoeff" },
    { "in_gstin", in_gstin_holds, "GST Network, GSTIN" },
    { "in_pan", in_pan_holds, "Income Tax Department, structure of PAN" },
    { "in_vid", in_vid_holds, "UIDAI, virtual ID: Verhoeff" },
    { "ir_melli", ir_melli_holds,
      "National Organization for Civil Registration: mod 11" },
    { "jp_corporate", jp_corporate_holds, "Ministry of Finance ordinance 70 (2014)" },
    { "jp_my_number", jp_my_number_holds,
      "Ministry of Internal Affairs ordinance 85 (2014)" },
    { "kr_brn", kr_brn_holds, "National Tax Service, business registration number" },
    { "kr_frn", kr_frn_holds, "Immigration Act, alien registration number" },
    { "kr_rrn", kr_rrn_holds, "Resident Registration Act, enforcement rules" },
    { "kw_civil", kw_civil_holds, "Public Authority for Civil Information" },
    { "lk_nic", lk_nic_holds, "Department for Registration of Persons, NIC" },
    { "ma_ice", ma_ice_holds, "Direction générale des impôts, ICE: MOD 97" },
    { "mu_nid", mu_nid_holds, "Mauritius, National Identity Card Act" },
    { "my_nric", my_nric_holds, "Jabatan Pendaftaran Negara, place codes" },
    { "ng_nin", ng_nin_holds, "National Identity Management Commission: Verhoeff" },
    { "nz_ird", nz_ird_holds, "Inland Revenue, IRD number validation" },
    { "nz_nhi", nz_nhi_holds, "HISO 10046, National Health Index" },
    { "pk_cnic", pk_cnic_holds, "NADRA, CNIC" },
    { "sa_id", sa_id_holds, "National Information Center, national ID: Luhn" },
    { "sg_nric", sg_nric_holds, "Immigration and Checkpoints Authority, NRIC" },
    { "sg_uen", sg_uen_holds, "ACRA, Unique Entity Number" },
    { "th_company", th_company_holds, "Department of Business Development: modulus 11" },
    { "th_id", th_id_holds, "Department of Provincial Administration: modulus 11" },
    { "tr_kimlik", tr_kimlik_holds, "Nüfus ve Vatandaşlık İşleri, T.C. kimlik" },
    { "tr_vkn", tr_vkn_holds, "Gelir İdaresi Başkanlığı, vergi kimlik numarası" },
    { "tw_id", tw_id_holds, "Ministry of the Interior, identification number" },
    { "tw_ubn", tw_ubn_holds, "Fiscal Information Agency, unified business number" },
    { "vn_cccd", vn_cccd_holds, "Circular 59/2021/TT-BCA" },
    { "vn_mst", vn_mst_holds, "General Department of Taxation, tax code" },
    { "za_id", za_id_holds, "Department of Home Affairs, identity number: Luhn" },
    { "za_tin", za_tin_holds, "South African Revenue Service: Luhn" },
    { 0 },
};
