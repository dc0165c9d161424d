/*
 * Numbers that eastern European states give to people and companies: from Poland, Czechia and Hungary through the Balkans to Ukraine,
 * Moldova, Belarus and Russia.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

#include <string.h>

static unsigned two(const char *d, size_t at)
{
    return tl_digits_number(d + at, 2);
}

static unsigned digit(char c)
{
    return (unsigned)(c - '0');
}

/* ---- Poland ---- */

/* YYMMDD with the century in the month: 1800s +80, 2000s +20. */
static bool pl_pesel_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1 };
    static const unsigned short centuries[] = { 1900, 2000, 0, 0, 1800 };
    char d[TL_COMPACT_MOST];

    if (!tl_compact_padded(d, bytes, n, " -", 11, is_named ? 2 : 0))
        return false;
    unsigned century = centuries[two(d, 2) / 20];
    return century &&
           tl_is_calendar_day(century + two(d, 0), two(d, 2) % 20, two(d, 4)) &&
           tl_weighted_sum(d, weights, 11) % 10 == 0;
}

static bool pl_nip_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 6, 5, 7, 2, 3, 4, 5, 6, 7, 10 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");
    const char *d = tl_without_country(t, &k, "PL");

    (void)is_named;
    return k == 10 && tl_are_digits(d, 10) && !tl_digits_same(d, 10) &&
           tl_weighted_sum(d, weights, 10) % 11 == 0;
}

/* Nine digits of a company, or fourteen of one of its places. */
static bool pl_regon_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char nine[] = { 8, 9, 2, 3, 4, 5, 6, 7 };
    static const unsigned char fourteen[] = { 2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8 };
    char d[TL_COMPACT_MOST];
    bool is_short = tl_compact_padded(d, bytes, n, " -", 9, is_named ? 2 : 0);

    if (!is_short && !tl_compact_padded(d, bytes, n, " -", 14, is_named ? 1 : 0))
        return false;
    if (tl_digits_same(d, 9) || tl_weighted_sum(d, nine, 8) % 11 % 10 != digit(d[8]))
        return false;
    return is_short || tl_weighted_sum(d, fourteen, 13) % 11 % 10 == digit(d[13]);
}

/* Three letters (A = 10), a check digit, five digits. */
static bool pl_dowod_osobisty_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 7, 3, 1, 9, 7, 3, 1, 7, 3 };
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " -") != 9 || !tl_are_digits(t + 3, 6))
        return false;
    for (size_t i = 0; i < 9; i++) {
        if (i < 3 && t[i] < 'A')
            return false;
        sum += weights[i] * (i < 3 ? (unsigned)(t[i] - 'A') + 10 : digit(t[i]));
    }
    return sum % 10 == 0;
}

/* ---- Czechia, Slovakia, Hungary ---- */

/* YYMMDD, month +50 for women and +20 where serials ran out (since 2004); nine digits until 1953, then a tenth as check. */
static bool cz_sk_rodne_cislo_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(d, bytes, n, " /");

    (void)is_named;
    if ((k != 9 && k != 10) || !tl_are_digits(d, k))
        return false;
    unsigned year = two(d, 0) + 1900;
    if (k == 9 && year >= 1980)
        year -= 100;
    else if (k == 9 && year > 1953)
        return false;
    else if (k == 10 && year < 1954)
        year += 100;
    unsigned month = two(d, 2) % 50;
    if (month > 20 && year >= 2004)
        month -= 20;
    return tl_is_calendar_day(year, month, two(d, 4)) &&
           (k == 9 || tl_digits_modulo(d, 9, 11) % 10 == digit(d[9]));
}

static bool hu_taj_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 7, 3, 7, 3, 7, 3, 7 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 9) && !tl_digits_same(d, 9) &&
           tl_weighted_sum(d, weights, 8) % 10 == digit(d[8]);
}

/* 8, days of birth since 1867, serial; weights 1 to 9 leave the tenth, and 10 is never given out. */
static bool hu_adoazonosito_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 10) && d[0] == '8' &&
           tl_digits_number(d + 1, 5) < 67000 && /* the year 2050 */
           tl_weighted_sum(d, weights, 9) % 11 == digit(d[9]);
}

/* ---- Romania, Bulgaria, Moldova ---- */

/* Sex and century (7 and 8: foreigners), YYMMDD, county, serial, check. */
static bool ro_cnp_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9 };
    static const unsigned short centuries[] = { 1900, 1900, 1800, 1800, 2000,
                                                2000, 1900, 1900, 1900 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 13) || d[0] == '0')
        return false;
    unsigned county = two(d, 7);
    bool is_county = (county >= 1 && county <= 48) || county == 51 || county == 52 ||
                     county == 70 || (county >= 80 && county <= 83);
    unsigned check = tl_weighted_sum(d, weights, 12) % 11;
    return is_county &&
           tl_is_calendar_day(centuries[digit(d[0]) - 1] + two(d, 1), two(d, 3),
                              two(d, 5)) &&
           (check == 10 ? 1 : check) == digit(d[12]);
}

/* YYMMDD, month +20 in the 1800s and +40 in the 2000s. */
static bool bg_egn_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 2, 4, 8, 5, 10, 9, 7, 3, 6 };
    char d[TL_COMPACT_MOST];

    if (!tl_compact_padded(d, bytes, n, " -.", 10, is_named ? 2 : 0))
        return false;
    unsigned month = two(d, 2);
    unsigned century = month > 40 ? 2000 : month > 20 ? 1800 : 1900;
    month -= month > 40 ? 40 : month > 20 ? 20 : 0;
    return tl_is_calendar_day(century + two(d, 0), month, two(d, 4)) &&
           tl_weighted_sum(d, weights, 9) % 11 % 10 == digit(d[9]);
}

/* A foreigner's. */
static bool bg_pnf_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 21, 19, 17, 13, 11, 9, 7, 3, 1 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -.", 10) && !tl_digits_same(d, 10) &&
           tl_weighted_sum(d, weights, 9) % 10 == digit(d[9]);
}

/* People's begin with 2 or 0, companies' with 1. */
static bool md_idnp_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " ", 13) && d[0] <= '2' &&
           !tl_digits_same(d, 13) && tl_weighted_sum(d, weights, 12) % 10 == digit(d[12]);
}

/* ---- Croatia and what was Yugoslavia ---- */

static bool hr_oib_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");
    const char *rest = tl_without_country(t, &k, "HR");

    return tl_compact_padded(d, rest, k, "", 11, is_named && rest == t ? 2 : 0) &&
           tl_mod11_10_holds(d, 11);
}

/* DDMMYYY, region, serial, check; Slovenia, Serbia, Bosnia, Montenegro and North Macedonia go on with it. */
static bool si_rs_jmbg_emso_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };
    char d[TL_COMPACT_MOST];

    if (!tl_compact_padded(d, bytes, n, " ", 13, is_named ? 1 : 0))
        return false;
    unsigned year = tl_digits_number(d + 4, 3);
    return tl_is_birthday(year + (year < 800 ? 2000 : 1000), two(d, 2), two(d, 0)) &&
           (11 - tl_weighted_sum(d, weights, 12) % 11) % 11 % 10 == digit(d[12]);
}

/* A Slovenian's and a Slovenian company's alike. */
static bool si_davcna_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 8, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");
    const char *d = tl_without_country(t, &k, "SI");

    (void)is_named;
    if (k != 8 || !tl_are_digits(d, 8) || d[0] == '0')
        return false;
    unsigned check = 11 - tl_weighted_sum(d, weights, 7) % 11;
    return check < 11 && check % 10 == digit(d[7]);
}

/* ---- Ukraine, Belarus, Russia ---- */

/* Days of birth since the end of 1899, serial, check. */
static bool ua_rntrc_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 10, 5, 7, 9, 4, 6, 10, 5, 7 };
    char d[TL_COMPACT_MOST];

    return tl_compact_padded(d, bytes, n, " ", 10, is_named ? 1 : 0) &&
           !tl_digits_same(d, 10) && tl_digits_number(d, 5) < 55000 && /* the year 2050 */
           tl_weighted_sum(d, weights, 9) % 11 % 10 == digit(d[9]);
}

/* Sex and century, DDMMYY, region's letter, serial, citizenship, digit. */
static bool by_personal_number_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 14 || !tl_are_digits(t, 7) || t[0] < '1' ||
        t[0] > '6' || !strchr("ABCHKEM", t[7]) || !tl_are_digits(t + 8, 3) || t[13] > '9')
        return false;
    unsigned century = 1800 + (digit(t[0]) - 1) / 2 * 100;
    return tl_is_calendar_day(century + two(t, 5), two(t, 3), two(t, 1)) &&
           (!memcmp(t + 11, "PB", 2) || !memcmp(t + 11, "BA", 2) ||
            !memcmp(t + 11, "BI", 2));
}

/* Ten digits with one check of a company, twelve with two of a person. */
static bool ru_inn_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8 };
    char d[TL_COMPACT_MOST];
    size_t lost = is_named ? 1 : 0;

    if (tl_compact_padded(d, bytes, n, " ", 10, lost))
        return !tl_digits_same(d, 10) &&
               tl_weighted_sum(d, weights + 2, 9) % 11 % 10 == digit(d[9]);
    return tl_compact_padded(d, bytes, n, " ", 12, lost) && !tl_digits_same(d, 12) &&
           tl_weighted_sum(d, weights + 1, 10) % 11 % 10 == digit(d[10]) &&
           tl_weighted_sum(d, weights, 11) % 11 % 10 == digit(d[11]);
}

/* Nine digits, weights 9 to 1, modulo 101, where 100 is written 00. Numbers up to 001-001-998 had no check. */
static bool ru_snils_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 9, 8, 7, 6, 5, 4, 3, 2, 1 };
    char d[TL_COMPACT_MOST];

    return tl_compact_padded(d, bytes, n, " -", 11, is_named ? 2 : 0) &&
           tl_digits_number(d, 9) > 1001998 &&
           tl_weighted_sum(d, weights, 9) % 101 % 100 == two(d, 9);
}

const struct tl_validator tl_validators_europe_east[] = {
    { "bg_egn", bg_egn_holds, "ГРАО, Единен граждански номер: modulo 11" },
    { "bg_pnf", bg_pnf_holds, "МВР, Личен номер на чужденец: modulo 10" },
    { "by_personal_number", by_personal_number_holds,
      "МВД (BY), идентификационный номер: day, region, citizenship" },
    { "cz_sk_rodne_cislo", cz_sk_rodne_cislo_holds,
      "Zákon č. 133/2000 Sb. section 13; zákon č. 301/1995 Z. z." },
    { "hr_oib", hr_oib_holds, "Porezna uprava, OIB; ISO/IEC 7064 MOD 11,10" },
    { "hu_adoazonosito", hu_adoazonosito_holds, "1996. évi XX. törvény annex 2" },
    { "hu_taj", hu_taj_holds, "1996. évi XX. törvény annex 3" },
    { "md_idnp", md_idnp_holds, "Agenția Servicii Publice, IDNP: weights 7 3 1" },
    { "pl_dowod_osobisty", pl_dowod_osobisty_holds,
      "MSWiA, dowód osobisty: 7 3 1 9 7 3 1 7 3" },
    { "pl_nip", pl_nip_holds, "Ustawa z 13 października 1995: modulo 11" },
    { "pl_pesel", pl_pesel_holds, "Ustawa o ewidencji ludności article 15" },
    { "pl_regon", pl_regon_holds, "Główny Urząd Statystyczny, REGON: modulo 11" },
    { "ro_cnp", ro_cnp_holds, "DEPABD, cod numeric personal; Legea 105/1996" },
    { "ru_inn", ru_inn_holds, "ФНС, ИНН, приказ ММВ-7-6/435@: modulo 11" },
    { "ru_snils", ru_snils_holds, "ПФР, СНИЛС, постановление 192п: modulo 101" },
    { "si_davcna", si_davcna_holds, "FURS, davčna številka: modulo 11" },
    { "si_rs_jmbg_emso", si_rs_jmbg_emso_holds,
      "Zakon o jedinstvenom matičnom broju građana (1976): modulo 11" },
    { "ua_rntrc", ua_rntrc_holds, "ДПС України, РНОКПП: modulo 11" },
    { 0 },
};
