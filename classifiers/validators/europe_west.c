/*
 * Numbers that western and central European states give to people and companies: the United Kingdom, Ireland, France, the
 * Benelux, Germany, Austria, Switzerland. Each says where its rule comes from; the regex of the type has matched before it
 * is asked, but none relies on that: any bytes are safe.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

#include <string.h>

/* Two digits of `d` at `at`, as a number. */
static unsigned two(const char *d, size_t at)
{
    return tl_digits_number(d + at, 2);
}

/* ---- United Kingdom ---- */

/* Weights 10 to 2; what is missing to a multiple of 11 is the last digit, and 10 is never given out. */
static bool nhs_check_holds(const char digits[10])
{
    static const unsigned char weights[] = { 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 };

    return tl_weighted_sum(digits, weights, 10) % 11 == 0;
}

/* One digit ten times over passes the check, and is what forms are filled in with. */
static bool uk_nhs_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 10) && !tl_digits_same(d, 10) &&
           nhs_check_holds(d);
}

/* Scotland's: the day of birth, then two digits, sex and the check of the NHS number. */
static bool uk_chi_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    return tl_compact_padded(d, bytes, n, " -", 10, is_named ? 1 : 0) &&
           tl_is_birthday_of(two(d, 4), two(d, 2), two(d, 0)) && nhs_check_holds(d);
}

/* The first digit checks the nine others. */
static bool uk_utr_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 6, 7, 8, 9, 10, 5, 4, 3, 2 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    while (n && (*bytes == 'K' || *bytes == 'k' || *bytes == ' ')) {
        bytes++;
        n--;
    }
    return tl_compact_digits(d, bytes, n, " ", 10) &&
           d[0] == "21987654321"[tl_weighted_sum(d + 1, weights, 9) % 11];
}

/* Five letters of the family name (9 where it is shorter), decade, month (+50: a woman), day, year, initials, three more. */
static bool uk_driving_licence_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t letters = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 16 || !tl_are_digits(t + 5, 6))
        return false;
    while (letters < 5 && t[letters] >= 'A')
        letters++;
    for (size_t i = letters; i < 5; i++) {
        if (t[i] != '9')
            return false;
    }
    unsigned month = two(t, 6) > 50 ? two(t, 6) - 50 : two(t, 6);
    unsigned year = (unsigned)(t[5] - '0') * 10 + (unsigned)(t[10] - '0');
    return letters && tl_is_birthday_of(year, month, two(t, 8)) &&
           (t[11] >= 'A' || (t[11] == '9' && t[12] == '9')) &&
           (t[12] >= 'A' || t[12] == '9');
}

/* A pupil's: a letter that checks authority (3), school (4), year (2), serial (3, the last of which may be a letter). */
static bool uk_upn_holds(const char *bytes, size_t n, bool is_named)
{
    static const char alphabet[] = "ABCDEFGHJKLMNPQRTUVWXYZ0123456789";
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 13 || !tl_are_digits(t + 1, 11))
        return false;
    for (size_t i = 1; i < 13; i++) {
        const char *at = strchr(alphabet, t[i]);

        if (!at)
            return false;
        sum += (unsigned)(i + 1) * (unsigned)(at - alphabet);
    }
    unsigned authority = tl_digits_number(t + 1, 3);
    return authority >= 201 && authority <= 999 && t[0] == alphabet[sum % 23];
}

/* ---- Ireland ---- */

/* The second letter counts ninefold; W, T and X, once a married woman's or a trust's, count nothing. */
static bool ie_pps_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 8, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");

    (void)is_named;
    if ((k != 8 && k != 9) || !tl_are_digits(t, 7) || t[7] < 'A')
        return false;
    unsigned sum = tl_weighted_sum(t, weights, 7);
    if (k == 9 && t[8] >= 'A' && t[8] <= 'I')
        sum += 9 * (unsigned)(t[8] - 'A' + 1);
    else if (k == 9 && !strchr("WTX", t[8]))
        return false;
    return t[7] == "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23];
}

/* The 139 routing keys of Eircode, which are asked for where no name says that the column holds any. */
static bool ie_eircode_holds(const char *bytes, size_t n, bool is_named)
{
    static const char keys[] =
        "A41A42A45A63A67A75A81A82A83A84A85A86A91A92A94A96A98C15D01D02D03D04D05D06D07D08"
        "D09D10D11D12D13D14D15D16D17D18D20D22D24D6WE21E25E32E34E41E45E53E91F12F23F26F28"
        "F31F35F42F45F52F56F91F92F93F94H12H14H16H18H23H53H54H62H65H71H91K32K34K36K45K56"
        "K67K78N37N39N41N91P12P14P17P24P25P31P32P36P43P47P51P56P61P67P72P75P81P85R14R21"
        "R32R35R42R45R51R56R93R95T12T23T34T45T56V14V15V23V31V35V42V92V93V94V95W12W23W34"
        "W91X35X42X91Y14Y21Y25Y34Y35";
    char t[TL_COMPACT_MOST];

    if (tl_compact(t, bytes, n, " -") != 7)
        return false;
    for (size_t i = 3; i < 7; i++) {
        if (!strchr("0123456789ACDEFHKNPRTVWXY", t[i]))
            return false;
    }
    for (size_t i = 0; keys[i]; i += 3) {
        if (!memcmp(keys + i, t, 3))
            return true;
    }
    return is_named;
}

/* ---- France ---- */

/* Sex, year, month (or a stand-in from 20 on), department, commune, serial; 97 less the rest of these is the key. */
static bool fr_nir_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " .-") != 15)
        return false;
    /* the two departments of Corsica stand for 19 and 18 */
    if (t[5] == '2' && (t[6] == 'A' || t[6] == 'B')) {
        t[5] = '1';
        t[6] = t[6] == 'A' ? '9' : '8';
    }
    if (!tl_are_digits(t, 15) || !strchr("123478", t[0]))
        return false;
    unsigned month = two(t, 3);
    if (!month || (month > 12 && month < 20))
        return false;
    return 97 - tl_digits_modulo(t, 13, 97) == two(t, 13);
}

/* The last three are the rest of the first ten divided by 511. */
static bool fr_spi_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    return tl_compact_padded(d, bytes, n, " ", 13, is_named ? 1 : 0) && d[0] <= '3' &&
           tl_digits_modulo(d, 10, 511) == tl_digits_number(d + 10, 3);
}

static bool fr_siren_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " .", 9) && !tl_digits_same(d, 9) &&
           tl_luhn_holds(d, 9);
}

/* A company's number, then five of the place; those of the Post's places, but for its seat, add up to a multiple of 5. */
static bool fr_siret_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    unsigned sum = 0;

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " .", 14) || tl_digits_same(d, 9) ||
        !tl_luhn_holds(d, 9))
        return false;
    if (memcmp(d, "356000000", 9) || !strcmp(d, "35600000000048"))
        return tl_luhn_holds(d, 14);
    for (size_t i = 0; i < 14; i++)
        sum += (unsigned)(d[i] - '0');
    return sum % 5 == 0;
}

/* ---- Benelux ---- */

/*
 * Day of birth, serial, 97 less the rest of the nine; from 2000 on with a 2 before them. Month +20 or +40: a foreigner's (bis).
 * Month 0 and days that no month has stand for unknown ones.
 */
static bool be_national_number_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    if (!tl_compact_padded(d, bytes, n, " -.", 11, is_named ? 2 : 0))
        return false;
    unsigned month = two(d, 2);
    if (month > 52 || month % 20 > 12)
        return false;
    unsigned rest = tl_digits_modulo(d, 9, 97);
    if (97 - rest == two(d, 9))
        return true;
    /* 2,000,000,000 leaves 65 */
    return two(d, 0) < 50 && 97 - (rest + 2000000000u % 97) % 97 == two(d, 9);
}

/* Card and chip: ten digits, then their rest of 97, where 97 stands for 0. */
static bool be_eid_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -./", 12))
        return false;
    unsigned rest = tl_digits_modulo(d, 10, 97);
    return (rest ? rest : 97) == two(d, 10);
}

/* A company's: 97 less the rest of the eight, after a 0 or a 1. */
static bool be_enterprise_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST + 1] = "0";
    size_t k;

    (void)is_named;
    k = tl_compact(t + 1, bytes, n, " -./");
    char *d = t + 1;
    if (tl_without_country(d, &k, "BE") != d)
        d += 2;
    if (k == 9) { /* as they were written until 2005 */
        *--d = '0';
        k++;
    }
    if (k != 10 || !tl_are_digits(d, 10) || d[0] > '1' || !tl_digits_number(d, 8))
        return false;
    return (tl_digits_modulo(d, 8, 97) + two(d, 8)) % 97 == 0;
}

/* The eleven test, with -1 for the last digit: 10 of modulo 11. */
static unsigned eleven_test(const char *digits, size_t n)
{
    static const unsigned char weights[] = { 9, 8, 7, 6, 5, 4, 3, 2, 10 };

    return tl_weighted_sum(digits, weights + (9 - n), n) % 11;
}

/* Eight digits have lost their zero in a column of integers. */
static bool nl_bsn_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(d, bytes, n, " -.");

    (void)is_named;
    return (k == 8 || k == 9) && tl_are_digits(d, k) && tl_digits_number(d, k) &&
           eleven_test(d, k) == 0;
}

/* Of pupils without a BSN: 10 in front, and the eleven test leaves 5. */
static bool nl_onderwijsnummer_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -.", 9) && d[0] == '1' && d[1] == '0' &&
           eleven_test(d, 9) == 5;
}

/* Day of birth in full, serial of three, and two checks of those eleven: Luhn's and Verhoeff's. */
static bool lu_matricule_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -.", 13) ||
        !tl_is_birthday(tl_digits_number(d, 4), two(d, 4), two(d, 6)) ||
        !tl_luhn_holds(d, 12))
        return false;
    d[11] = d[12];
    return tl_verhoeff_holds(d, 12);
}

/* ---- Germany ---- */

/* ISO/IEC 7064 MOD 11,10; of the first ten digits exactly one stands there more than once: two or three times. */
static bool de_steuer_id_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    unsigned count[10] = { 0 };
    unsigned repeated = 0;
    unsigned most = 0;

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " -./,", 11) || d[0] == '0')
        return false;
    for (size_t i = 0; i < 10; i++)
        count[d[i] - '0']++;
    for (size_t i = 0; i < 10; i++) {
        repeated += count[i] > 1;
        most = count[i] > most ? count[i] : most;
    }
    return repeated == 1 && most <= 3 && tl_mod11_10_holds(d, 11);
}

static unsigned letter_or_digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A') + 10;
}

/* ICAO Doc 9303 part 3 section 4.9: weights 7 3 1, letters from A = 10 on. */
static unsigned icao_check(const char *text, size_t n)
{
    static const unsigned char weights[] = { 7, 3, 1 };
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += weights[i % 3] * letter_or_digit(text[i]);
    return sum % 10;
}

/* Letters that may not be taken for others: no vowels, no B, D, Q, S. The check digit is printed beside the nine. */
static bool de_personalausweis_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " ");

    if ((k != 9 && k != 10) || !strchr("CFGHJKLMNPRTVWXYZ", t[0]))
        return false;
    for (size_t i = 1; i < 9; i++) {
        if (!strchr("0123456789CFGHJKLMNPRTVWXYZ", t[i]))
            return false;
    }
    if (k == 9)
        return is_named;
    return t[9] <= '9' && icao_check(t, 9) == (unsigned)(t[9] - '0');
}

/* The digits of digits times weights: 14 counts as 1 + 4. */
static unsigned crossed(const unsigned char *digits, const unsigned char *weights,
                        size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned product = (unsigned)digits[i] * weights[i];

        sum += product / 10 + product % 10;
    }
    return sum;
}

/* The letter as two digits, then eight; weights 1 and 2 in turn. */
static bool de_kvnr_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 };
    unsigned char digits[10];
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " ") != 10 || t[0] < 'A' || !tl_are_digits(t + 1, 9))
        return false;
    unsigned letter = (unsigned)(t[0] - 'A') + 1;
    digits[0] = (unsigned char)(letter / 10);
    digits[1] = (unsigned char)(letter % 10);
    for (size_t i = 0; i < 8; i++)
        digits[i + 2] = (unsigned char)(t[i + 1] - '0');
    return crossed(digits, weights, 10) % 10 == (unsigned)(t[9] - '0');
}

/* Area, day of birth (+50 where a day has run out of serials), first letter of the name of birth, serial. */
static bool de_rvnr_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1 };
    unsigned char digits[12];
    char t[TL_COMPACT_MOST];

    (void)is_named;
    if (tl_compact(t, bytes, n, " -") != 12 || !tl_are_digits(t, 8) || t[8] < 'A' ||
        !tl_are_digits(t + 9, 3))
        return false;
    unsigned day = two(t, 2) > 50 ? two(t, 2) - 50 : two(t, 2);
    if (!tl_is_birthday_of(two(t, 6), two(t, 4), day))
        return false;
    for (size_t i = 0; i < 8; i++)
        digits[i] = (unsigned char)(t[i] - '0');
    unsigned letter = (unsigned)(t[8] - 'A') + 1;
    digits[8] = (unsigned char)(letter / 10);
    digits[9] = (unsigned char)(letter % 10);
    digits[10] = (unsigned char)(t[9] - '0');
    digits[11] = (unsigned char)(t[10] - '0');
    return crossed(digits, weights, 12) % 10 == (unsigned)(t[11] - '0');
}

/* ---- Austria, Switzerland ---- */

/* The fourth digit checks serial and day of birth; months 13 to 15 are opened where a day has run out of serials. */
static bool at_svnr_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 3, 7, 9, 0, 5, 8, 4, 2, 1, 6 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    if (!tl_compact_digits(d, bytes, n, " ", 10) || d[0] == '0')
        return false;
    unsigned day = two(d, 4);
    unsigned month = two(d, 6);
    bool is_day = month > 12 ? month <= 15 && day && day <= 31
                             : tl_is_birthday_of(two(d, 8), month, day);
    return is_day && tl_weighted_sum(d, weights, 10) % 11 == (unsigned)(d[3] - '0');
}

/* Two digits of the tax office, six, and a check: every second one is doubled, with its digits added. */
static bool at_steuernummer_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -./,", 9) && !tl_digits_same(d, 9) &&
           tl_luhn_holds(d, 9);
}

/* An EAN-13 of a country that has no bar codes: 756 is ISO 3166's number of Switzerland. */
static bool ch_ahv_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1 };
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " .-", 13) && !memcmp(d, "756", 3) &&
           tl_weighted_sum(d, weights, 13) % 10 == 0;
}

/* A company's; the letters may be left out, and what it is entered for may stand behind it. */
static bool ch_uid_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 5, 4, 3, 2, 7, 6, 5, 4, 1 };
    static const char *const tails[] = { "MWST", "TVA", "IVA", "HR", "RC" };
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -.");
    const char *d = t;

    (void)is_named;
    if (k >= 12 && !memcmp(t, "CHE", 3)) {
        d += 3;
        k -= 3;
    }
    for (size_t i = 0; i < sizeof tails / sizeof *tails && k > 9; i++) {
        if (!strcmp(d + 9, tails[i]))
            k = 9;
    }
    return k == 9 && tl_are_digits(d, 9) && tl_weighted_sum(d, weights, 9) % 11 == 0;
}

const struct tl_validator tl_validators_europe_west[] = {
    { "at_steuernummer", at_steuernummer_holds,
      "Bundesministerium für Finanzen (AT), Abgabenkontonummer: check digit" },
    { "at_svnr", at_svnr_holds,
      "Dachverband der Sozialversicherungsträger, Versicherungsnummer" },
    { "be_eid", be_eid_holds, "FOD Binnenlandse Zaken, card number: modulo 97" },
    { "be_enterprise", be_enterprise_holds,
      "Kruispuntbank van Ondernemingen, number: modulo 97" },
    { "be_national_number", be_national_number_holds,
      "Rijksregister, Royal Decree of 3 April 1984; bis: Decree of 8 February 1991" },
    { "ch_ahv", ch_ahv_holds, "ZAS/CdC, AHVN13: GS1 check digit" },
    { "ch_uid", ch_uid_holds, "Bundesamt für Statistik, UID: modulo 11" },
    { "de_krankenversichertennr", de_kvnr_holds, "SGB V section 290, ITSG guideline" },
    { "de_personalausweis", de_personalausweis_holds,
      "PAuswV annex 1; ICAO Doc 9303 part 3 section 4.9" },
    { "de_rentenversicherung", de_rvnr_holds, "VKVV section 2 to 4" },
    { "de_steuer_id", de_steuer_id_holds, "AO section 139b; ISO/IEC 7064 MOD 11,10" },
    { "fr_nir", fr_nir_holds, "INSEE, Décret n° 82-103, key of control" },
    { "fr_siren", fr_siren_holds, "INSEE, répertoire Sirene; ISO/IEC 7812-1" },
    { "fr_siret", fr_siret_holds, "INSEE, répertoire Sirene; La Poste's exception" },
    { "fr_spi_tax_id", fr_spi_holds, "DGFiP, numéro fiscal: modulo 511" },
    { "ie_eircode", ie_eircode_holds, "Eircode, 139 routing keys" },
    { "ie_pps", ie_pps_holds, "Department of Social Protection, PPS number: modulo 23" },
    { "lu_matricule", lu_matricule_holds,
      "Centre des technologies de l'information de l'État, matricule of 13 digits" },
    { "nl_bsn", nl_bsn_holds, "Rijksdienst voor Identiteitsgegevens, BSN: elfproef" },
    { "nl_onderwijsnummer", nl_onderwijsnummer_holds,
      "Dienst Uitvoering Onderwijs: elfproef with 5" },
    { "uk_chi_number", uk_chi_holds, "Public Health Scotland, CHI number" },
    { "uk_driving_licence", uk_driving_licence_holds, "DVLA, driver number" },
    { "uk_nhs_number", uk_nhs_holds, "NHS Data Dictionary, NHS number: modulus 11" },
    { "uk_upn", uk_upn_holds, "Department for Education, UPN guide: modulo 23" },
    { "uk_utr", uk_utr_holds, "HMRC, UTR: weights 6 7 8 9 10 5 4 3 2 modulo 11" },
    { 0 },
};
