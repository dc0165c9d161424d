/*
 * Numbers that southern European states give to people and companies: Spain, Portugal, Italy, Greece, Cyprus, Andorra.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

#include <string.h>

static unsigned two(const char *d, size_t at)
{
    return tl_digits_number(d + at, 2);
}

/* ---- Spain ---- */

static char dni_letter(const char *digits, size_t n)
{
    return "TRWAGMYFPDXBNJZSQVHLCKE"[tl_digits_modulo(digits, n, 23)];
}

/* Eight digits and their letter; K, L and M before seven digits: children, Spaniards abroad, foreigners without another number. */
static bool es_dni_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " -.") != 9 || !tl_are_digits(t + 1, 7))
        return false;
    size_t first = t[0] && strchr("KLM", t[0]) ? 1 : 0;
    return tl_are_digits(t + first, 8 - first) &&
           t[8] == dni_letter(t + first, 8 - first);
}

/* X, Y and Z count as 0, 1 and 2. */
static bool es_nie_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " -.") != 9 || t[0] < 'X' || t[0] > 'Z')
        return false;
    t[0] = (char)(t[0] - 'X' + '0');
    return tl_are_digits(t, 8) && t[8] == dni_letter(t, 8);
}

/* Kind of organization, seven digits, and Luhn's digit of these, which some kinds write as a letter. */
static bool es_cif_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " -.") != 9 || !strchr("ABCDEFGHJNPQRSUVW", t[0]) ||
        !tl_are_digits(t + 1, 7))
        return false;
    bool is_letter = t[8] >= 'A';
    if (is_letter ? t[8] > 'J' : strchr("PQRSNW", t[0]) != NULL)
        return false;
    if (is_letter && strchr("ABEH", t[0]))
        return false;
    if (is_letter)
        t[8] = t[8] == 'J' ? '0' : (char)(t[8] - 'A' + '1');
    return tl_luhn_holds(t + 1, 8);
}

/* Province, eight digits, and their rest of 97; a serial below ten million is put behind the province without its zero. */
static bool es_nuss_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    if (!tl_compact_padded(d, bytes, n, " -/", 12, is_named ? 1 : 0) || !two(d, 0) ||
        two(d, 0) > 66)
        return false;
    unsigned check = two(d, 10);
    if (d[2] == '0') {
        memmove(d + 2, d + 3, 7);
        return tl_digits_modulo(d, 9, 97) == check;
    }
    return tl_digits_modulo(d, 10, 97) == check;
}

/* ---- Portugal ---- */

/* The first digit says of whom: 1 to 3 people, 5 and 6 bodies, 8 traders of old, 9 and 4 (with 5: not residents) the rest. */
static bool pt_nif_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 9, 8, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -.");
    const char *d = tl_without_country(t, &k, "PT");

    (void)is_named;
    if (k != 9 || !tl_are_digits(d, 9) || !strchr("12345689", d[0]) ||
        (d[0] == '4' && d[1] != '5'))
        return false;
    return (11 - tl_weighted_sum(d, weights, 8) % 11) % 11 % 10 == (unsigned)(d[8] - '0');
}

/* Eight digits with their check, two of the version, and Luhn's digit with letters from A = 10 on. */
static bool pt_cc_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " -") != 12 || !tl_are_digits(t, 9) || t[11] > '9')
        return false;
    for (size_t i = 0; i < 12; i++) {
        unsigned value =
            t[i] <= '9' ? (unsigned)(t[i] - '0') : (unsigned)(t[i] - 'A') + 10;

        if (i % 2 == 0) {
            value *= 2;
            value -= value > 9 ? 9 : 0;
        }
        sum += value;
    }
    return sum % 10 == 0;
}

/* ---- Italy ---- */

/* A digit, or the letter that stands for it where two people's codes would be equal; 10: neither. */
static unsigned omocodia(char c)
{
    static const char letters[] = "LMNPQRSTUV";
    const char *at = c >= 'A' ? strchr(letters, c) : NULL;

    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    return at ? (unsigned)(at - letters) : 10;
}

/* Consonants of the names, year, month's letter, day (+40: a woman's), place, and a letter that checks all. */
static bool it_codice_fiscale_holds(const char *bytes, size_t n, bool is_named)
{
    static const char months[] = "ABCDEHLMPRST";
    static const unsigned char odd[] = {
        1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
        20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
    };
    static const unsigned char digits[] = { 6, 7, 9, 10, 12, 13, 14 };
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " -:") != 16)
        return false;
    for (size_t i = 0; i < 6; i++) {
        if (t[i] < 'A')
            return false;
    }
    for (size_t i = 0; i < sizeof digits; i++) {
        if (omocodia(t[digits[i]]) > 9)
            return false;
    }
    const char *month = strchr(months, t[8]);
    if (!month || t[11] < 'A' || t[15] < 'A')
        return false;
    unsigned day = omocodia(t[9]) * 10 + omocodia(t[10]);
    unsigned year = omocodia(t[6]) * 10 + omocodia(t[7]);
    if (!tl_is_birthday_of(year, (unsigned)(month - months) + 1,
                           day > 40 ? day - 40 : day))
        return false;
    for (size_t i = 0; i < 15; i++) {
        unsigned value = t[i] <= '9' ? (unsigned)(t[i] - '0') : (unsigned)(t[i] - 'A');

        sum += i % 2 ? value : odd[value];
    }
    return t[15] == (char)('A' + sum % 26);
}

/* Serial of seven, office, and Luhn's digit. */
static bool it_partita_iva_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -:");
    const char *rest = tl_without_country(t, &k, "IT");

    if (!tl_compact_padded(d, rest, k, "", 11, is_named && rest == t ? 3 : 0) ||
        !tl_digits_number(d, 7))
        return false;
    unsigned office = tl_digits_number(d + 7, 3);
    bool is_office = (office >= 1 && office <= 100) || office == 120 || office == 121 ||
                     office == 888 || office == 999;
    return is_office && tl_luhn_holds(d, 11);
}

/* ---- Greece, Cyprus ---- */

/* DDMMYY, serial, Luhn's digit. */
static bool gr_amka_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    return tl_compact_padded(d, bytes, n, " -", 11, is_named ? 1 : 0) &&
           tl_is_birthday_of(two(d, 4), two(d, 2), two(d, 0)) && tl_luhn_holds(d, 11);
}

/* Powers of two; eight digits are those of old, or have lost their zero. */
static bool gr_afm_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 128, 64, 32, 16, 8, 4, 2 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -./:");
    const char *d = tl_without_country(t, &k, "EL");

    (void)is_named;
    if (d == t)
        d = tl_without_country(t, &k, "GR");
    if ((k != 8 && k != 9) || !tl_are_digits(d, k) || !tl_digits_number(d, k))
        return false;
    unsigned sum = k == 9 ? (unsigned)(d[0] - '0') * 256 : 0;
    sum += tl_weighted_sum(d + k - 8, weights, 7);
    return sum % 11 % 10 == (unsigned)(d[k - 1] - '0');
}

/* Eight digits and a letter: those at odd places go through the table that Italy uses. */
static bool cy_tic_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char odd[] = { 1, 0, 5, 7, 9, 13, 15, 17, 19, 21 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");
    const char *d = tl_without_country(t, &k, "CY");
    unsigned sum = 0;

    (void)is_named;
    if (k != 9 || !tl_are_digits(d, 8) || !memcmp(d, "12", 2))
        return false;
    for (size_t i = 0; i < 8; i++)
        sum += i % 2 ? (unsigned)(d[i] - '0') : odd[d[i] - '0'];
    return d[8] == (char)('A' + sum % 26);
}

const struct tl_validator tl_validators_europe_south[] = {
    { "cy_tic", cy_tic_holds, "Τμήμα Φορολογίας (CY), tax identification code" },
    { "es_cif", es_cif_holds, "Agencia Tributaria, Orden EHA/451/2008" },
    { "es_dni", es_dni_holds,
      "Real Decreto 1553/2005; Real Decreto 1065/2007 article 19" },
    { "es_nie", es_nie_holds, "Orden INT/2058/2008; Real Decreto 1065/2007 article 20" },
    { "es_nuss", es_nuss_holds, "Tesorería General de la Seguridad Social: modulo 97" },
    { "gr_afm", gr_afm_holds, "ΑΑΔΕ, Αριθμός Φορολογικού Μητρώου: modulo 11" },
    { "gr_amka", gr_amka_holds, "ΗΔΙΚΑ, ΑΜΚΑ: day and Luhn" },
    { "it_codice_fiscale", it_codice_fiscale_holds,
      "Decreto Ministeriale 23 dicembre 1976 n. 13813" },
    { "it_partita_iva", it_partita_iva_holds,
      "Agenzia delle Entrate, DPR 633/1972 article 35: Luhn" },
    { "pt_cc", pt_cc_holds, "Cartão de Cidadão, Validação de número de documento" },
    { "pt_nif", pt_nif_holds, "Decreto-Lei 14/2013 article 9: modulo 11" },
    { 0 },
};
