/*
 * Numbers that the states of the Americas give to people and companies. Each says where its rule comes from; the regex of
 * the type has matched before it is asked, but none relies on that: any bytes are safe.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

#include <stdint.h>
#include <string.h>

/* What is missing to a multiple of 11, as most of Latin America's tax offices compute it: 0 to 10. */
static unsigned missing_of_11(const char *digits, const unsigned char *weights, size_t n)
{
    return (11 - tl_weighted_sum(digits, weights, n) % 11) % 11;
}

static unsigned digit(char c)
{
    return (unsigned)(c - '0');
}

/* Two digits as one of a list of such, "010203". */
static bool starts_with_one_of(const char *text, const char *list, size_t width)
{
    for (const char *at = list; *at; at += width) {
        if (!memcmp(text, at, width))
            return true;
    }
    return false;
}

/* ---- United States ---- */

/* IRS publication 1915, IRM 3.21.263.5: 9xx, with these fourth and fifth digits. */
static bool us_itin_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 9) || d[0] != '9')
        return false;
    unsigned group = tl_digits_number(d + 3, 2);
    return (group >= 50 && group <= 65) || (group >= 70 && group != 89 && group != 93);
}

static bool us_atin_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 9) && d[0] == '9' && d[3] == '9' &&
           d[4] == '3';
}

/* The prefixes that no campus of the IRS gives out. */
static bool us_ein_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, "-", 9) &&
           !starts_with_one_of(d,
                               "00070809171819282949697078798996"
                               "97",
                               2);
}

/* 45 CFR 162.406: ISO/IEC 7812 with the issuer 80840 in front, which is not written. */
static bool us_npi_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    char whole[15] = "80840";

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 10) || (d[0] != '1' && d[0] != '2'))
        return false;
    memcpy(whole + 5, d, 10);
    return tl_luhn_holds(whole, 15);
}

/* A letter for what the registrant may do, one of his name (or 9), seven digits. */
static bool us_dea_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " -") != 9 || !strchr("ABCDEFGHJKLMPRSTUX", t[0]) ||
        !((t[1] >= 'A' && t[1] <= 'Z') || t[1] == '9') || !tl_are_digits(t + 2, 7))
        return false;
    const char *d = t + 2;
    unsigned sum = digit(d[0]) + digit(d[2]) + digit(d[4]) +
                   2 * (digit(d[1]) + digit(d[3]) + digit(d[5]));
    return sum % 10 == digit(d[6]);
}

/* ---- Canada ---- */

static bool ca_sin_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 9) && d[0] != '0' && d[0] != '8' &&
           tl_luhn_holds(d, 9);
}

/* Nine digits; then perhaps a program and its account, RT0001. */
static bool ca_bn_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");

    (void)is_named;
    if ((k != 9 && k != 15) || !tl_are_digits(t, 9) || !tl_luhn_holds(t, 9))
        return false;
    return k == 9 ||
           (starts_with_one_of(t + 9, "RCRMRPRT", 2) && tl_are_digits(t + 11, 4));
}

static bool ca_bc_phn_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 2, 4, 8, 5, 10, 9, 7, 3 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 10) && d[0] == '9' &&
           missing_of_11(d + 1, weights, 8) == digit(d[9]);
}

/* Ten digits, and since 1995 a version of one or two letters. */
static bool ca_ohip_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");

    (void)is_named;
    if (k < 10 || k > 12 || !tl_are_digits(t, 10) || t[0] == '0')
        return false;
    for (size_t i = 10; i < k; i++) {
        if (t[i] < 'A')
            return false;
    }
    return tl_luhn_holds(t, 10);
}

/* ---- Mexico ---- */

/* Place in 0-9 A-N Ñ O-Z; the tax office has & where the register has Ñ. */
static unsigned mexican_place(char c)
{
    if (c >= '0' && c <= '9')
        return digit(c);
    if (c == '&')
        return 24;
    return (unsigned)(c - 'A') + 10 + (c > 'N');
}

/* Instructivo normativo para la asignación de la CURP: name, birth date, sex, state, consonants, one for the century, check. */
static bool mx_curp_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " -_") != 18 || !tl_are_digits(t + 4, 6) || t[17] > '9' ||
        (t[10] != 'H' && t[10] != 'M') ||
        !starts_with_one_of(t + 11,
                            "ASBCBSCCCHCLCMCSDFDGGRGTHGJCMCMNMSNENLNTOCPLQRQTSLSPSRTCTLTS"
                            "VZYNZS",
                            2))
        return false;
    for (size_t i = 0; i < 16; i++) {
        if (t[i] < 'A' && (i < 4 || i >= 10))
            return false;
    }
    unsigned century = t[16] < 'A' ? 1900 : 2000;
    if (!tl_is_calendar_day(century + tl_digits_number(t + 4, 2),
                            tl_digits_number(t + 6, 2), tl_digits_number(t + 8, 2)))
        return false;
    for (unsigned i = 0; i < 17; i++)
        sum += mexican_place(t[i]) * (18 - i);
    return (10 - sum % 10) % 10 == digit(t[17]);
}

/* Capital letters, digits, & and Ñ (as '\1'); 0 when there is anything else. */
static size_t rfc_text(char out[TL_COMPACT_MOST], const char *bytes, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];

        if (c == ' ' || c == '-' || c == '_')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c & ~0x20);
        if (c == '\xc3' && i + 1 < n &&
            (bytes[i + 1] == '\x91' || bytes[i + 1] == '\xb1'))
            c = '\1', i++;
        else if (!(c == '&' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
            return 0;
        if (k == TL_COMPACT_MOST)
            return 0;
        out[k++] = c;
    }
    return k;
}

/*
 * Servicio de Administración Tributaria: three letters of a company or four of a person, a date, two signs against
 * doubles, a check. Many that are in use fail the check, so a name that speaks for the type makes up for it.
 */
static bool mx_rfc_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = rfc_text(t, bytes, n);
    unsigned sum = 0;

    if (k != 12 && k != 13)
        return false;
    size_t letters = k - 9;
    for (size_t i = 0; i < k; i++) {
        bool is_digit = t[i] >= '0' && t[i] <= '9';

        if (i < letters + 6 ? (i < letters) == is_digit : t[i] == '&' || t[i] == '\1')
            return false;
    }
    if (!tl_is_short_day(t + letters))
        return false;
    if (is_named)
        return true;
    if (k == 12)
        sum = 37 * 13; /* a blank where a person has a fourth letter */
    for (size_t i = 0; i + 1 < k; i++)
        sum += (t[i] == '\1' ? 38 : mexican_place(t[i])) * (unsigned)(k - i);
    unsigned check = (11 - sum % 11) % 11;
    return t[k - 1] == (check == 10 ? 'A' : (char)('0' + check));
}

/* Instituto Mexicano del Seguro Social: office, year of registration, year of birth, serial, Luhn. */
static bool mx_nss_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 11) && !tl_digits_same(d, 11) &&
           tl_luhn_holds(d, 11);
}

/* ---- Brazil ---- */

/* Receita Federal: two digits of modulo 11. Eleven times the same passes them and is never given out. */
static bool br_cpf_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 11, 10, 9, 8, 7, 6, 5, 4, 3, 2 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -.", 11) || tl_digits_same(d, 11))
        return false;
    return missing_of_11(d, weights + 1, 9) % 10 == digit(d[9]) &&
           missing_of_11(d, weights, 10) % 10 == digit(d[10]);
}

/* Receita Federal, Instrução Normativa 2.229 (2024): letters count as their ASCII code less 48, from July 2026. */
static bool br_cnpj_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];
    unsigned first = 0;
    unsigned second = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " -./") != 14 || !tl_are_digits(t + 12, 2) ||
        !memcmp(t, "000000000000", 12))
        return false;
    for (size_t i = 0; i < 12; i++) {
        first += digit(t[i]) * weights[i + 1];
        second += digit(t[i]) * weights[i];
    }
    second += digit(t[12]) * weights[12];
    return (11 - first % 11) % 11 % 10 == digit(t[12]) &&
           (11 - second % 11) % 11 % 10 == digit(t[13]);
}

/* Caixa Econômica Federal: one digit of modulo 11, of which 10 becomes 0. */
static bool br_pis_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 2, 9, 8, 7, 6, 5, 4, 3, 2 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -.", 11) && !tl_digits_same(d, 11) &&
           missing_of_11(d, weights, 10) % 10 == digit(d[10]);
}

/* ---- Argentina, Chile, Uruguay, Paraguay ---- */

static const unsigned char cuit_weights[] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };

/* AFIP: who it is in two digits, ten digits of modulo 11; 10 is written 9. */
static bool ar_cuit_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 11) ||
        !starts_with_one_of(d, "20232427303334505155", 2))
        return false;
    unsigned check = missing_of_11(d, cuit_weights, 10);
    return (check == 10 ? 9 : check) == digit(d[10]);
}

/* Banco Central, communication A 2559: bank and branch with their digit, account with its own; weights 3 1 7 9 from the right. */
static bool ar_cbu_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 22) || tl_digits_same(d, 22))
        return false;
    return (10 - tl_weighted_sum(d, weights + 2, 7) % 10) % 10 == digit(d[7]) &&
           (10 - tl_weighted_sum(d + 8, weights, 13) % 10) % 10 == digit(d[21]);
}

/* Weights 2 to 7 from the right, and again; 10 is written K. */
static bool cl_rut_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 2, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -.");

    (void)is_named;
    if ((k != 8 && k != 9) || !tl_are_digits(t, k - 1) || tl_digits_same(t, k))
        return false;
    unsigned check = missing_of_11(t, weights + (9 - k), k - 1);
    return t[k - 1] == (check == 10 ? 'K' : (char)('0' + check));
}

/* Dirección Nacional de Identificación Civil: weights 2 9 8 7 6 3 4; the oldest have a digit less. */
static bool uy_ci_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 2, 9, 8, 7, 6, 3, 4 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -.");

    (void)is_named;
    if ((k != 7 && k != 8) || !tl_are_digits(t, k) || tl_digits_same(t, k))
        return false;
    return (10 - tl_weighted_sum(t, weights + (8 - k), k - 1) % 10) % 10 ==
           digit(t[k - 1]);
}

/* Dirección General Impositiva: office 01 to 22, number, 001, check. */
static bool uy_rut_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 12))
        return false;
    unsigned office = tl_digits_number(d, 2);
    return office >= 1 && office <= 22 && memcmp(d + 2, "000000", 6) &&
           !memcmp(d + 8, "001", 3) && missing_of_11(d, weights, 11) == digit(d[11]);
}

/* Weights 2, 3, 4 and on from the right. */
static bool py_ruc_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 9, 8, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");

    (void)is_named;
    return k >= 5 && k <= 9 && tl_are_digits(t, k) &&
           missing_of_11(t, weights + (9 - k), k - 1) % 10 == digit(t[k - 1]);
}

/* ---- Colombia, Venezuela, Ecuador, Peru ---- */

/* DIAN, orden administrativa 4 (1989): primes from the right. */
static bool co_nit_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 71, 67, 59, 53, 47, 43, 41, 37,
                                             29, 23, 19, 17, 13, 7,  3 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -.,");

    (void)is_named;
    if (k < 8 || k > 16 || !tl_are_digits(t, k))
        return false;
    unsigned rest = tl_weighted_sum(t, weights + (16 - k), k - 1) % 11;
    return (rest < 2 ? rest : 11 - rest) == digit(t[k - 1]);
}

/* SENIAT: whose it is counts as 4 (V), 8 (E), 12 (J), 16 (P) or 20 (G). */
static bool ve_rif_holds(const char *bytes, size_t n, bool is_named)
{
    static const char whose[] = "VEJPG";
    static const unsigned char weights[] = { 3, 2, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " -") != 10 || !tl_are_digits(t + 1, 9))
        return false;
    const char *at = strchr(whose, t[0]);
    if (!at)
        return false;
    unsigned sum = 4 * (unsigned)(at - whose + 1) + tl_weighted_sum(t + 1, weights, 8);
    unsigned rest = sum % 11;
    return (rest < 2 ? 0 : 11 - rest) == digit(t[9]);
}

static bool is_ecuadorian(const char *d)
{
    unsigned province = tl_digits_number(d, 2);

    return (province >= 1 && province <= 24) || province == 30 || province == 50;
}

/* Registro Civil: province, a third digit up to 6, Luhn. */
static bool ec_cedula_check(const char *d)
{
    return is_ecuadorian(d) && d[2] <= '6' && tl_luhn_holds(d, 10);
}

static bool ec_cedula_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 10) && ec_cedula_check(d);
}

/* SRI: a person's is his cédula and a branch; third digit 6 the state's, 9 a company's. */
static bool ec_ruc_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char state[] = { 3, 2, 7, 6, 5, 4, 3, 2, 1 };
    static const unsigned char company[] = { 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 13) || !is_ecuadorian(d))
        return false;
    bool has_branch = memcmp(d + 10, "000", 3) != 0;
    bool is_state =
        memcmp(d + 9, "0000", 4) != 0 && tl_weighted_sum(d, state, 9) % 11 == 0;
    if (d[2] <= '5')
        return has_branch && ec_cedula_check(d);
    if (d[2] == '6')
        return is_state || (has_branch && ec_cedula_check(d));
    return d[2] == '9' &&
           (is_state || (has_branch && tl_weighted_sum(d, company, 10) % 11 == 0));
}

/* RENIEC: eight digits; a check, as a digit or a letter, is on the card and seldom in tables. */
static bool pe_cui_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 2, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");

    (void)is_named;
    if ((k != 8 && k != 9) || !tl_are_digits(t, 8))
        return false;
    unsigned rest = tl_weighted_sum(t, weights, 8) % 11;
    return k == 8 || t[8] == "65432110987"[rest] || t[8] == "KJIHGFEDCBA"[rest];
}

/* SUNAT: 10, 15 and 17 are people, 20 companies. */
static bool pe_ruc_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " ", 11) &&
           starts_with_one_of(d, "10151720", 2) &&
           (11 - tl_weighted_sum(d, cuit_weights, 10) % 11) % 10 == digit(d[10]);
}

/* ---- Central America and the Caribbean ---- */

/* Junta Central Electoral; some hundred cards that were given out do not hold. */
static bool do_cedula_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 11) && !tl_digits_same(d, 11) &&
           tl_luhn_holds(d, 11);
}

static bool do_rnc_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 7, 9, 8, 6, 5, 4, 3, 2 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 9))
        return false;
    unsigned rest = tl_weighted_sum(d, weights, 8) % 11;
    return (rest == 0 ? 2 : rest == 1 ? 1 : 11 - rest) == digit(d[8]);
}

/* YYMMDD, one for the century, three of the register (the last odd for women), one more that nothing checks. */
static bool cu_ni_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " ", 11))
        return false;
    unsigned century = d[6] == '9' ? 1800 : d[6] <= '5' ? 1900 : 2000;
    return tl_is_calendar_day(century + tl_digits_number(d, 2),
                              tl_digits_number(d + 2, 2), tl_digits_number(d + 4, 2));
}

/* SAT: weights 2, 3, 4 and on from the right; 10 is written K. */
static bool gt_nit_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");
    unsigned sum = 0;

    (void)is_named;
    if (k < 2 || k > 12 || !tl_are_digits(t, k - 1))
        return false;
    for (size_t i = 0; i + 1 < k; i++)
        sum += digit(t[i]) * (unsigned)(k - i);
    unsigned check = (11 - sum % 11) % 11;
    return t[k - 1] == (check == 10 ? 'K' : (char)('0' + check));
}

/* Ministerio de Hacienda: municipality, date, serial, check; serials up to 100 are checked the old way. */
static bool sv_nit_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char old[] = { 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2 };
    static const unsigned char new[] = { 2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -", 14) ||
        (d[0] != '0' && d[0] != '1' && d[0] != '9'))
        return false;
    unsigned check = memcmp(d + 10, "100", 3) <= 0 ? tl_weighted_sum(d, old, 13) % 11 % 10
                                                   : missing_of_11(d, new, 13) % 10;
    return check == digit(d[13]);
}

const struct tl_validator tl_validators_america[] = {
    { "ar_cbu", ar_cbu_holds, "Banco Central de la República Argentina, A 2559" },
    { "ar_cuit", ar_cuit_holds, "AFIP, CUIT/CUIL: módulo 11" },
    { "br_cnpj", br_cnpj_holds, "Receita Federal, Instrução Normativa RFB 2.229 (2024)" },
    { "br_cpf", br_cpf_holds, "Receita Federal, CPF: módulo 11" },
    { "br_pis", br_pis_holds, "Caixa Econômica Federal, PIS: módulo 11" },
    { "ca_bc_phn", ca_bc_phn_holds, "British Columbia, Personal Health Number: mod 11" },
    { "ca_bn", ca_bn_holds, "Canada Revenue Agency, business number" },
    { "ca_ohip", ca_ohip_holds, "Ontario Ministry of Health, health number: mod 10" },
    { "ca_sin", ca_sin_holds, "Service Canada, Social Insurance Number: Luhn" },
    { "cl_rut", cl_rut_holds, "Servicio de Impuestos Internos, RUT: módulo 11" },
    { "co_nit", co_nit_holds, "DIAN, orden administrativa 4 (1989)" },
    { "cu_ni", cu_ni_holds, "Dirección de Identificación, Resolución 231 (2020)" },
    { "do_cedula", do_cedula_holds, "Junta Central Electoral, cédula: Luhn" },
    { "do_rnc", do_rnc_holds, "DGII, Registro Nacional del Contribuyente" },
    { "ec_cedula", ec_cedula_holds, "Registro Civil del Ecuador, cédula" },
    { "ec_ruc", ec_ruc_holds, "Servicio de Rentas Internas, RUC" },
    { "gt_nit", gt_nit_holds, "SAT Guatemala, NIT: módulo 11" },
    { "mx_curp", mx_curp_holds, "RENAPO, Instructivo normativo de la CURP" },
    { "mx_nss", mx_nss_holds, "Instituto Mexicano del Seguro Social, NSS: Luhn" },
    { "mx_rfc", mx_rfc_holds, "Servicio de Administración Tributaria, RFC" },
    { "pe_cui", pe_cui_holds, "RENIEC, código único de identificación" },
    { "pe_ruc", pe_ruc_holds, "SUNAT, RUC: módulo 11" },
    { "py_ruc", py_ruc_holds, "SET Paraguay, RUC: módulo 11" },
    { "sv_nit", sv_nit_holds, "Ministerio de Hacienda de El Salvador, NIT" },
    { "us_atin", us_atin_holds, "IRS, adoption taxpayer identification: group 93" },
    { "us_dea", us_dea_holds, "DEA Office of Diversion Control, registration number" },
    { "us_ein", us_ein_holds, "IRS, valid EIN prefixes" },
    { "us_itin", us_itin_holds, "IRS publication 1915; IRM 3.21.263" },
    { "us_npi", us_npi_holds, "45 CFR 162.406, NPI: Luhn with 80840" },
    { "uy_ci", uy_ci_holds, "Dirección Nacional de Identificación Civil" },
    { "uy_rut", uy_rut_holds, "Dirección General Impositiva, RUT" },
    { "ve_rif", ve_rif_holds, "SENIAT, RIF: módulo 11" },
    { 0 },
};
