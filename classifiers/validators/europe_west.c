/*
 * Numbers that western and central European states give to people and companies: the United Kingdom, Ireland, France, the
 * Benelux, Germany, Austria, Switzerland. Each says where its rule comes from; the regex of the type has matched before it
 * is asked, but none relies on that: any bytes are safe.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

/* ---- United Kingdom, Ireland ---- */

/* Weights 10 to 2; what is missing to a multiple of 11 is the last digit, and 10 is never given out. */
static bool nhs_check_holds(const char digits[10])
{
    static const unsigned char weights[] = { 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 };

    return tl_weighted_sum(digits, weights, 10) % 11 == 0;
}

static bool uk_nhs_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];

    (void)is_named;
    return tl_compact_digits(d, bytes, n, " -", 10) && nhs_check_holds(d);
}

/* ---- Benelux ---- */

/* The eleven test, with -1 for the last digit: 10 of modulo 11. Eight digits have lost their zero in a column of integers. */
static bool nl_bsn_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 9, 8, 7, 6, 5, 4, 3, 2, 10 };
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(d, bytes, n, " -.");

    (void)is_named;
    return (k == 8 || k == 9) && tl_are_digits(d, k) && tl_digits_number(d, k) &&
           tl_weighted_sum(d, weights + 9 - k, k) % 11 == 0;
}

const struct tl_validator tl_validators_europe_west[] = {
    { "nl_bsn", nl_bsn_holds, "Rijksdienst voor Identiteitsgegevens, BSN: elfproef" },
    { "uk_nhs", uk_nhs_holds, "NHS Data Dictionary, NHS number: modulus 11" },
    { 0 },
};
