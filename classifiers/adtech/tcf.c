/*
 * TCF v2 consent strings: segments of base64url, parted by dots, of big-endian bit fields. Sets of vendors are not unfolded: a
 * question walks them where they stand, so that decoding takes no memory and no more time than the string is long.
 */
#include "classifiers/adtech/bits.h"
#include "classifiers/adtech/decode.h"

#include <string.h>

/* A longer segment is none: 65,535 vendors as bits, twice, and restrictions. */
#define SYMBOLS_MOST  65536

#define TENTHS_A_DAY  864000LL
#define GDPR_DAY      17676 /* 2018-05-25, as days since 1970 */
#define POLICY_4_DAY  19681 /* 2023-11-20, the end of the transition to TCF 2.2 */
#define DISCLOSED_DAY 20513 /* 2026-03-01, after the transition to TCF 2.3 */

enum segment_kind { CORE, DISCLOSED, ALLOWED, PUBLISHER };

static void say(struct tl_tcf *tcf, enum tl_tcf_defect defect)
{
    tcf->defects |= 1u << defect;
}

/* First on the wire is number 1: its bit becomes the lowest. */
static uint32_t take_flags(struct tl_bits *bits, unsigned n)
{
    uint32_t flags = 0;

    for (unsigned i = 0; i < n; i++)
        flags |= (uint32_t)tl_bits_take(bits, 1) << i;
    return flags;
}

static bool take_letters(char out[3], struct tl_bits *bits)
{
    unsigned first = (unsigned)tl_bits_take(bits, 6);
    unsigned second = (unsigned)tl_bits_take(bits, 6);
    bool are_letters = first < 26 && second < 26;

    if (are_letters) {
        out[0] = (char)('A' + first);
        out[1] = (char)('A' + second);
    }
    return are_letters;
}

/* One entry of a list of ranges. */
static void take_range(struct tl_bits *bits, uint32_t *first, uint32_t *last)
{
    bool is_range = tl_bits_take(bits, 1);

    *first = (uint32_t)tl_bits_take(bits, 16);
    *last = is_range ? (uint32_t)tl_bits_take(bits, 16) : *first;
}

/* Steps over `n` ranges; `most` 0: no greatest id. */
static void pass_ranges(struct tl_tcf *tcf, struct tl_bits *bits, uint32_t n,
                        uint32_t most)
{
    uint32_t before = 0;

    for (uint32_t i = 0; i < n && !bits->is_over; i++) {
        uint32_t first;
        uint32_t last;

        take_range(bits, &first, &last);
        if (!bits->is_over && (first <= before || last < first || (most && last > most)))
            say(tcf, TL_TCF_RANGES);
        before = last;
    }
}

static void take_vendors(struct tl_tcf_vendors *out, struct tl_tcf *tcf,
                         struct tl_bits *bits)
{
    out->text = bits->text;
    out->n = (uint32_t)bits->n;
    out->most = (uint16_t)tl_bits_take(bits, 16);
    out->is_range = tl_bits_take(bits, 1);
    out->n_ranges = out->is_range ? (uint16_t)tl_bits_take(bits, 12) : 0;
    out->at = (uint32_t)bits->at;
    if (out->is_range) {
        pass_ranges(tcf, bits, out->n_ranges, out->most);
    } else if (tl_bits_left(bits) < out->most) {
        bits->is_over = true;
    } else {
        bits->at += out->most;
    }
}

static void take_restrictions(struct tl_tcf *tcf, struct tl_bits *bits)
{
    struct tl_tcf_vendors *out = &tcf->restrictions;

    out->text = bits->text;
    out->n = (uint32_t)bits->n;
    out->n_ranges = (uint16_t)tl_bits_take(bits, 12);
    out->at = (uint32_t)bits->at;
    for (uint32_t i = 0; i < out->n_ranges && !bits->is_over; i++) {
        uint32_t purpose = (uint32_t)tl_bits_take(bits, 6);
        uint32_t type = (uint32_t)tl_bits_take(bits, 2);

        if (!bits->is_over && (!purpose || purpose > 24 || type == 3))
            say(tcf, TL_TCF_RESTRICTION);
        pass_ranges(tcf, bits, (uint32_t)tl_bits_take(bits, 12), 0);
    }
}

static void check_padding(struct tl_tcf *tcf, struct tl_bits *bits)
{
    bool is_clean = tl_bits_left(bits) < 32; /* encoders pad to 6, 8 or 24 bits */

    while (is_clean && tl_bits_left(bits))
        is_clean = !tl_bits_take(bits, 1);
    if (!is_clean)
        say(tcf, TL_TCF_PADDING);
}

static void check_dates(struct tl_tcf *tcf, int64_t now)
{
    int64_t day = tcf->created / TENTHS_A_DAY;

    if (day < GDPR_DAY || tcf->updated < tcf->created)
        say(tcf, TL_TCF_DATES);
    if (now && tcf->created > now / 100000000 + TENTHS_A_DAY)
        say(tcf, TL_TCF_FUTURE);
    if (tcf->policy_version >= 4 && tcf->updated != tcf->created)
        say(tcf, TL_TCF_DATES_DIFFER);
    if (tcf->policy_version < 4 && day >= POLICY_4_DAY)
        say(tcf, TL_TCF_POLICY);
    if (day >= DISCLOSED_DAY && !tcf->disclosed.text)
        say(tcf, TL_TCF_DISCLOSED_MISSING);
}

static void check_legitimate_interest(struct tl_tcf *tcf)
{
    uint32_t never =
        1u; /* purpose 1 asks for consent: ePrivacy directive, article 5(3) */

    if (tcf->policy_version >= 4)
        never |= 0x3Cu; /* purposes 3 to 6 */
    if (tcf->purposes_li & never)
        say(tcf, TL_TCF_LI);
}

/* The core: a fixed part of 213 bits, two sets of vendors, restrictions. */
static bool decode_core(struct tl_tcf *tcf, struct tl_bits *bits)
{
    if (tl_bits_take(bits, 6) != 2) {
        say(tcf, bits->n && bits->text[0] >= 'I' ? TL_TCF_NOT_CORE : TL_TCF_VERSION);
        return false;
    }
    tcf->created = (int64_t)tl_bits_take(bits, 36);
    tcf->updated = (int64_t)tl_bits_take(bits, 36);
    tcf->cmp_id = (uint16_t)tl_bits_take(bits, 12);
    tcf->cmp_version = (uint16_t)tl_bits_take(bits, 12);
    tcf->consent_screen = (uint8_t)tl_bits_take(bits, 6);
    bool has_language = take_letters(tcf->language, bits);
    tcf->vendor_list_version = (uint16_t)tl_bits_take(bits, 12);
    tcf->policy_version = (uint8_t)tl_bits_take(bits, 6);
    tcf->is_service_specific = tl_bits_take(bits, 1);
    tcf->uses_non_standard_texts = tl_bits_take(bits, 1);
    tcf->special_features = take_flags(bits, 12);
    tcf->purposes_consent = take_flags(bits, 24);
    tcf->purposes_li = take_flags(bits, 24);
    tcf->purpose_one_treatment = tl_bits_take(bits, 1);
    bool has_country = take_letters(tcf->country, bits);
    take_vendors(&tcf->consent, tcf, bits);
    take_vendors(&tcf->legitimate_interest, tcf, bits);
    take_restrictions(tcf, bits);
    if (bits->is_over) {
        say(tcf, TL_TCF_TRUNCATED);
        return false;
    }
    if (!has_language)
        say(tcf, TL_TCF_LANGUAGE);
    if (!has_country)
        say(tcf, TL_TCF_COUNTRY);
    check_padding(tcf, bits);
    return true;
}

static void decode_publisher(struct tl_tcf *tcf, struct tl_bits *bits)
{
    tcf->has_publisher = true;
    tcf->publisher_consent = take_flags(bits, 24);
    tcf->publisher_li = take_flags(bits, 24);
    tcf->n_custom = (uint8_t)tl_bits_take(bits, 6);
    tl_bits_take(bits, tcf->n_custom);
    tl_bits_take(bits, tcf->n_custom);
}

static void decode_segment(struct tl_tcf *tcf, const char *text, size_t n, unsigned *seen)
{
    struct tl_bits bits = { text, n, 0, false };

    if (n > SYMBOLS_MOST || !tl_bits_are_symbols(text, n)) {
        say(tcf, TL_TCF_SEGMENT);
        return;
    }
    unsigned kind = (unsigned)tl_bits_take(&bits, 3);
    if (kind == CORE || kind > PUBLISHER || (*seen >> kind & 1)) {
        say(tcf, TL_TCF_SEGMENT);
        return;
    }
    *seen |= 1u << kind;
    if (kind == PUBLISHER)
        decode_publisher(tcf, &bits);
    else
        take_vendors(kind == DISCLOSED ? &tcf->disclosed : &tcf->allowed, tcf, &bits);
    if (!bits.is_over) {
        check_padding(tcf, &bits);
        return;
    }
    say(tcf, TL_TCF_SEGMENT);
    if (kind == DISCLOSED)
        tcf->disclosed.text = NULL;
    else if (kind == ALLOWED)
        tcf->allowed.text = NULL;
    else
        tcf->has_publisher = false;
}

static void check_fields(struct tl_tcf *tcf, int64_t now)
{
    check_dates(tcf, now);
    check_legitimate_interest(tcf);
    if (tcf->cmp_id < 2)
        say(tcf, TL_TCF_CMP);
    if (!tcf->vendor_list_version)
        say(tcf, TL_TCF_VENDOR_LIST);
    if (!tcf->is_service_specific)
        say(tcf, TL_TCF_GLOBAL_SCOPE);
}

bool tl_tcf_decode(struct tl_tcf *out, const char *bytes, size_t n, int64_t now)
{
    const char *dot = n ? memchr(bytes, '.', n) : NULL;
    size_t core = dot ? (size_t)(dot - bytes) : n;
    struct tl_bits bits = { bytes, core, 0, false };
    unsigned seen = 0;

    memset(out, 0, sizeof *out);
    if (core > SYMBOLS_MOST || !tl_bits_are_symbols(bytes, core))
        say(out, TL_TCF_SYMBOLS);
    if (out->defects || !decode_core(out, &bits)) {
        uint32_t defects = out->defects & TL_TCF_BROKEN;

        memset(out, 0, sizeof *out);
        out->defects = defects;
        return false;
    }
    for (size_t at = core; at < n;) {
        size_t from = at + 1;
        const char *next = memchr(bytes + from, '.', n - from);

        at = next ? (size_t)(next - bytes) : n;
        decode_segment(out, bytes + from, at - from, &seen);
    }
    check_fields(out, now);
    return true;
}

/* ---- questions ---- */

bool tl_tcf_has(const struct tl_tcf_vendors *vendors, uint32_t vendor)
{
    struct tl_bits bits = { vendors->text, vendors->n, vendors->at, false };

    if (!vendors->text || !vendor || vendor > vendors->most)
        return false;
    if (!vendors->is_range) {
        bits.at += vendor - 1;
        return tl_bits_take(&bits, 1);
    }
    for (uint32_t i = 0; i < vendors->n_ranges && !bits.is_over; i++) {
        uint32_t first;
        uint32_t last;

        take_range(&bits, &first, &last);
        if (!bits.is_over && vendor >= first && vendor <= last)
            return true;
    }
    return false;
}

/* Of two restrictions of one purpose the stricter counts: 0 before 1 before 2, as the numbers are. */
void tl_tcf_restricted(uint8_t out[24], const struct tl_tcf *tcf, uint32_t vendor)
{
    const struct tl_tcf_vendors *all = &tcf->restrictions;
    struct tl_bits bits = { all->text, all->n, all->at, false };

    memset(out, 3, 24);
    for (uint32_t i = 0; all->text && i < all->n_ranges && !bits.is_over; i++) {
        uint32_t purpose = (uint32_t)tl_bits_take(&bits, 6);
        uint32_t type = (uint32_t)tl_bits_take(&bits, 2);
        uint32_t n = (uint32_t)tl_bits_take(&bits, 12);

        for (uint32_t k = 0; k < n && !bits.is_over; k++) {
            uint32_t first;
            uint32_t last;

            take_range(&bits, &first, &last);
            if (!bits.is_over && vendor >= first && vendor <= last && purpose >= 1 &&
                purpose <= 24 && type < out[purpose - 1])
                out[purpose - 1] = (uint8_t)type;
        }
    }
}

uint32_t tl_tcf_permitted(const struct tl_tcf *tcf, const struct tl_consent_terms *terms)
{
    uint8_t restricted[24];
    uint32_t permitted = 0;
    bool has_consent = tl_tcf_has(&tcf->consent, terms->vendor);
    bool has_interest = tl_tcf_has(&tcf->legitimate_interest, terms->vendor);
    uint32_t never = tcf->policy_version >= 4 ? 0x3Du : 1u;

    tl_tcf_restricted(restricted, tcf, terms->vendor);
    for (unsigned p = 0; p < 24; p++) {
        uint32_t bit = 1u << p;
        bool by_consent = terms->consent & bit;
        bool by_interest = terms->legitimate_interest & bit;

        if (!by_consent && !by_interest)
            by_consent = by_interest = true;
        if (terms->flexible & bit && restricted[p] == 1)
            by_consent = !(by_interest = false);
        if (terms->flexible & bit && restricted[p] == 2)
            by_interest = !(by_consent = false);
        by_consent &= has_consent && (tcf->purposes_consent & bit) &&
                      restricted[p] != 0 && restricted[p] != 2;
        by_interest &= has_interest && (tcf->purposes_li & bit) && !(never & bit) &&
                       restricted[p] != 0 && restricted[p] != 1;
        if (by_consent || by_interest)
            permitted |= bit;
    }
    return permitted;
}
