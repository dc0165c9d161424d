/*
 * Numbers that the Nordic and Baltic states give to people and companies. Most hold the day of birth, and what comes after it says
 * the century.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

#include <string.h>

static unsigned two(const char *d, size_t at)
{
    return tl_digits_number(d + at, 2);
}

/* ---- Denmark ---- */

/* DDMMYY and four, the first of which says the century. The modulo 11 of old is not asked for: since 2007 it does not hold for all. */
static bool dk_cpr_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    if (!tl_compact_padded(d, bytes, n, " -", 10, is_named ? 1 : 0))
        return false;
    unsigned year = two(d, 4);
    char seventh = d[6];
    if (seventh >= '5' && seventh <= '8' && year >= 58)
        year += 1800;
    else if (seventh <= '3' || ((seventh == '4' || seventh == '9') && year >= 37))
        year += 1900;
    else
        year += 2000;
    return tl_is_calendar_day(year, two(d, 2), two(d, 0));
}

static bool dk_cvr_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 2, 7, 6, 5, 4, 3, 2, 1 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -.");
    const char *d = tl_without_country(t, &k, "DK");

    (void)is_named;
    return k == 8 && tl_are_digits(d, 8) && d[0] != '0' &&
           tl_weighted_sum(d, weights, 8) % 11 == 0;
}

/* ---- Sweden ---- */

/* Luhn over the last ten. Day +60: a samordningsnummer, of people who are not registered; "+" is written from the age of 100 on. */
static bool se_personnummer_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    bool is_short =
        tl_compact_padded(d, bytes, n, " -+:", 10, is_named ? 3 : 0); /* 000101... */

    if (!is_short && !tl_compact_digits(d, bytes, n, " -+:", 12))
        return false;
    const char *last = is_short ? d : d + 2;
    unsigned day = two(last, 4) > 60 ? two(last, 4) - 60 : two(last, 4);
    bool is_day = is_short ? tl_is_birthday_of(two(last, 0), two(last, 2), day)
                           : tl_is_birthday(tl_digits_number(d, 4), two(last, 2), day);
    return is_day && tl_luhn_holds(last, 10);
}

/* The third digit is 2 at least, so that it is no month; 16 may stand in front, where people have their century. */
static bool se_orgnr_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(d, bytes, n, " -.");

    (void)is_named;
    if (!tl_are_digits(d, k) || (k != 10 && (k != 12 || memcmp(d, "16", 2))))
        return false;
    const char *last = d + k - 10;
    return last[0] != '0' && last[2] >= '2' && tl_luhn_holds(last, 10);
}

/* ---- Norway ---- */

/*
 * DDMMYY, three that say the century, two check digits. Day +40: a D number, of people who are not residents; month +40: an H number, of
 * hospitals. FH numbers (from 80 on) hold no day.
 */
static bool no_fodselsnummer_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char first[] = { 3, 7, 6, 1, 8, 9, 4, 5, 2, 1 };
    static const unsigned char second[] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 };
    char d[TL_COMPACT_MOST];

    if (!tl_compact_padded(d, bytes, n, " -:", 11, is_named ? 1 : 0) ||
        tl_weighted_sum(d, first, 10) % 11 || tl_weighted_sum(d, second, 11) % 11)
        return false;
    unsigned day = two(d, 0) > 40 ? two(d, 0) - 40 : two(d, 0);
    unsigned month = two(d, 2) > 40 ? two(d, 2) - 40 : two(d, 2);
    unsigned year = two(d, 4);
    unsigned serial = tl_digits_number(d + 6, 3);
    if (serial < 500)
        year += 1900;
    else if (serial < 750 && year >= 54)
        year += 1800;
    else if (year < 40)
        year += 2000;
    else if (serial >= 900)
        year += 1900;
    else
        return false;
    return tl_is_calendar_day(year, month, day);
}

/* Those who pay VAT write MVA behind it. */
static bool no_orgnr_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 2, 7, 6, 5, 4, 3, 2, 1 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " ");
    const char *d = tl_without_country(t, &k, "NO");

    (void)is_named;
    if (k == 12 && !memcmp(d + 9, "MVA", 3))
        k = 9;
    return k == 9 && tl_are_digits(d, 9) && (d[0] == '8' || d[0] == '9') &&
           tl_weighted_sum(d, weights, 9) % 11 == 0;
}

/* ---- Finland ---- */

/*
 * DDMMYY, a sign of the century (more of them since 2023), three, a check of modulo 31. 900 to 999 are given for a time only, in hospitals;
 * they are of people too.
 */
static bool fi_hetu_holds(const char *bytes, size_t n, bool is_named)
{
    static const char letters[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    char t[12];

    (void)is_named;
    if (n != 11)
        return false;
    for (size_t i = 0; i < 11; i++)
        t[i] =
            bytes[i] >= 'a' && bytes[i] <= 'z' ? (char)(bytes[i] - 'a' + 'A') : bytes[i];
    unsigned century = t[6] == '+'                      ? 1800
                       : t[6] && strchr("-YXWVU", t[6]) ? 1900
                       : t[6] >= 'A' && t[6] <= 'F'     ? 2000
                                                        : 0;
    if (!century || !tl_are_digits(t, 6) || !tl_are_digits(t + 7, 3) ||
        tl_digits_number(t + 7, 3) < 2 ||
        !tl_is_calendar_day(century + two(t, 4), two(t, 2), two(t, 0)))
        return false;
    char sign = t[10];
    memmove(t + 6, t + 7, 3);
    return sign == letters[tl_digits_number(t, 9) % 31];
}

static bool fi_ytunnus_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 7, 9, 10, 5, 8, 4, 2, 1 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 8) && !tl_digits_same(d, 8) &&
           tl_weighted_sum(d, weights, 8) % 11 == 0;
}

/* ---- Iceland ---- */

/* DDMMYY (day +40: an organization's), two, a check, and 9 or 0 for the century. */
static bool is_kennitala_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 2, 7, 6, 5, 4, 3, 2, 1, 0 };
    char d[TL_COMPACT_MOST];

    if (!tl_compact_padded(d, bytes, n, " -", 10, is_named ? 1 : 0) ||
        (d[9] != '9' && d[9] != '0'))
        return false;
    unsigned day = two(d, 0) > 40 ? two(d, 0) - 40 : two(d, 0);
    unsigned year = (d[9] == '9' ? 1900 : 2000) + two(d, 4);
    return tl_is_calendar_day(year, two(d, 2), day) &&
           tl_weighted_sum(d, weights, 10) % 11 == 0;
}

/* ---- Estonia, Lithuania, Latvia ---- */

/* Weights 1 to 9 and 1 again; where they leave 10, the same from 3 on; where that does too, 0. */
static bool baltic_check_holds(const char digits[11])
{
    static const unsigned char first[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 1 };
    static const unsigned char second[] = { 3, 4, 5, 6, 7, 8, 9, 1, 2, 3 };
    unsigned check = tl_weighted_sum(digits, first, 10) % 11;

    if (check == 10)
        check = tl_weighted_sum(digits, second, 10) % 11 % 10;
    return check == (unsigned)(digits[10] - '0');
}

/* Century and sex in one digit, YYMMDD, serial, check. */
static bool ee_lt_isikukood_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 11) || d[0] < '1' || d[0] > '6')
        return false;
    unsigned century = 1800 + (unsigned)(d[0] - '1') / 2 * 100;
    return tl_is_calendar_day(century + two(d, 1), two(d, 3), two(d, 5)) &&
           baltic_check_holds(d);
}

/* DDMMYY, century, serial, check; those given since July 2017 begin with 32 and hold neither a day nor a check. */
static bool lv_personas_kods_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 10, 5, 8, 4, 2, 1, 6, 3, 7, 9 };
    char d[TL_COMPACT_MOST];

    if (!tl_compact_padded(d, bytes, n, " -", 11, is_named ? 1 : 0))
        return false;
    if (!memcmp(d, "32", 2))
        return is_named;
    if (d[6] > '2')
        return false;
    unsigned century = 1800 + (unsigned)(d[6] - '0') * 100;
    return tl_is_calendar_day(century + two(d, 4), two(d, 2), two(d, 0)) &&
           (1 + tl_weighted_sum(d, weights, 10)) % 11 % 10 == (unsigned)(d[10] - '0');
}

const struct tl_validator tl_validators_europe_north[] = {
    { "dk_cpr", dk_cpr_holds, "CPR-kontoret, Personnummeret i CPR: day and century" },
    { "dk_cvr", dk_cvr_holds, "Erhvervsstyrelsen, CVR-nummer: modulo 11" },
    { "ee_lt_isikukood", ee_lt_isikukood_holds,
      "EVS 585:2007; Lietuvos gyventojų registro įstatymas, asmens kodas" },
    { "fi_hetu", fi_hetu_holds,
      "Digital and Population Data Services Agency, personal identity code; Decree "
      "690/2022" },
    { "fi_ytunnus", fi_ytunnus_holds, "Patentti- ja rekisterihallitus, Y-tunnus" },
    { "is_kennitala", is_kennitala_holds, "Þjóðskrá Íslands, kennitala: modulo 11" },
    { "lv_personas_kods", lv_personas_kods_holds,
      "Iedzīvotāju reģistra likums; from 1 July 2017 without a day" },
    { "no_fodselsnummer", no_fodselsnummer_holds,
      "Skatteetaten, Forskrift om folkeregistrering section 2-2-3" },
    { "no_orgnr", no_orgnr_holds, "Brønnøysundregistrene, organisasjonsnummer" },
    { "se_orgnr", se_orgnr_holds, "Skatteverket SKV 709; lag (1974:174)" },
    { "se_personnummer", se_personnummer_holds, "Skatteverket SKV 704 and SKV 707" },
    { 0 },
};
