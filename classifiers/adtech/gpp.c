/*
 * Global Privacy Platform: a header that names sections by id, then the sections, parted by '~'. Sections of the US are fixed rows of
 * two-bit answers, one layout a state and version; those from Maryland on are made of parts.
 */
#include "classifiers/adtech/bits.h"
#include "classifiers/adtech/decode.h"

#include <string.h>

/*
 * Zeckendorf's form, least significant first, closed by two ones: 1 is "11", 2 is "011". The Fibonacci numbers below 2^16 are enough:
 * section ids are small.
 */
static uint32_t take_fibonacci(struct tl_bits *bits)
{
    uint32_t value = 0;
    uint32_t small = 1;
    uint32_t great = 2;
    bool was_one = false;

    for (unsigned i = 0; i < 23; i++) {
        bool is_one = tl_bits_take(bits, 1);

        if (bits->is_over || (is_one && was_one))
            return bits->is_over ? 0 : value;
        if (is_one)
            value += small;
        was_one = is_one;
        uint32_t next = small + great;
        small = great;
        great = next;
    }
    bits->is_over = true; /* no such number */
    return 0;
}

/* Ids from a "Range (Fibonacci)": each item an offset from the last, single or as a group with its length. */
static bool take_ids(uint16_t *ids, size_t *n, size_t most, struct tl_bits *bits)
{
    uint32_t items = (uint32_t)tl_bits_take(bits, 12);
    uint32_t last = 0;

    *n = 0;
    for (uint32_t i = 0; i < items && !bits->is_over; i++) {
        bool is_group = tl_bits_take(bits, 1);
        uint32_t first = last + take_fibonacci(bits);

        uint32_t end = is_group ? first + take_fibonacci(bits) : first;
        if (bits->is_over || end - first >= most)
            return false;
        for (uint32_t id = first; id <= end; id++) {
            if (*n == most)
                return false;
            ids[(*n)++] = (uint16_t)id;
        }
        last = end;
    }
    return !bits->is_over;
}

bool tl_gpp_decode(struct tl_gpp *out, const char *bytes, size_t n)
{
    const char *tilde = n ? memchr(bytes, '~', n) : NULL;
    size_t header = tilde ? (size_t)(tilde - bytes) : n;
    struct tl_bits bits = { bytes, header, 0, false };
    size_t n_ids = 0;
    size_t n_sections = 0;

    memset(out, 0, sizeof *out);
    if (!tl_bits_are_symbols(bytes, header) || tl_bits_take(&bits, 6) != 3 ||
        tl_bits_take(&bits, 6) != 1) {
        out->defects = 1u << TL_GPP_NO_HEADER;
        return false;
    }
    if (!take_ids(out->ids, &n_ids, TL_GPP_SECTIONS_MOST, &bits) || !n_ids) {
        out->defects = 1u << TL_GPP_IDS;
        return false;
    }
    for (size_t at = header; at < n;) {
        size_t from = at + 1;
        const char *next = memchr(bytes + from, '~', n - from);

        at = next ? (size_t)(next - bytes) : n;
        if (n_sections < TL_GPP_SECTIONS_MOST) {
            out->sections[n_sections].text = bytes + from;
            out->sections[n_sections].n = (uint32_t)(at - from);
        }
        n_sections++;
    }
    if (n_sections != n_ids)
        out->defects |= 1u << TL_GPP_COUNT;
    out->n = (uint8_t)(n_sections < n_ids ? n_sections : n_ids);
    return true;
}

/* ---- sections of the US ---- */

enum opt_outs { SALE = 1, SHARING = 2, TARGETED = 4 };

/*
 * GPP repository, Sections/US-National and Sections/US-States: how many notices stand before the opt-outs, which opt-outs there are,
 * how many kinds of sensitive data and of children's consent, and whether consent to further processing stands behind.
 */
struct layout {
    uint8_t section, version, notices, opt_outs, sensitive, children, further;
};
static const struct layout layouts[] = {
    { 7, 1, 6, SALE | SHARING | TARGETED, 12, 2, 1 },
    { 7, 2, 6, SALE | SHARING | TARGETED, 16, 3, 1 },
    { 8, 1, 3, SALE | SHARING, 9, 2, 1 },    /* California */
    { 9, 1, 3, SALE | TARGETED, 8, 1, 0 },   /* Virginia */
    { 10, 1, 3, SALE | TARGETED, 7, 1, 0 },  /* Colorado */
    { 11, 1, 4, SALE | TARGETED, 8, 1, 0 },  /* Utah */
    { 12, 1, 3, SALE | TARGETED, 8, 3, 0 },  /* Connecticut */
    { 13, 1, 3, SALE | TARGETED, 8, 3, 1 },  /* Florida */
    { 14, 1, 3, SALE | TARGETED, 8, 3, 1 },  /* Montana */
    { 15, 1, 3, SALE | TARGETED, 11, 3, 1 }, /* Oregon */
    { 16, 1, 3, SALE | TARGETED, 8, 1, 1 },  /* Texas */
    { 17, 1, 3, SALE | TARGETED, 9, 5, 1 },  /* Delaware */
    { 18, 1, 4, SALE | TARGETED, 8, 1, 0 },  /* Iowa */
    { 19, 1, 3, SALE | TARGETED, 8, 1, 1 },  /* Nebraska */
    { 20, 1, 3, SALE | TARGETED, 8, 3, 1 },  /* New Hampshire */
    { 21, 1, 3, SALE | TARGETED, 10, 5, 1 }, /* New Jersey */
    { 22, 1, 3, SALE | TARGETED, 8, 1, 1 },  /* Tennessee */
    { 23, 1, 3, SALE | TARGETED, 8, 1, 1 },  /* Minnesota */
    { 24, 1, 3, SALE | TARGETED, 0, 0, 1 },  /* Maryland */
    { 25, 1, 3, SALE | TARGETED, 8, 1, 1 },  /* Indiana */
    { 26, 1, 3, SALE | TARGETED, 8, 1, 1 },  /* Kentucky */
    { 27, 1, 3, SALE | TARGETED, 8, 1, 1 },  /* Rhode Island */
};
#define FIRST_OF_PARTS 24

static const struct layout *layout_of(unsigned section, unsigned version)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        if (layouts[i].section == section && layouts[i].version == version)
            return &layouts[i];
    }
    return NULL;
}

static uint8_t take_answer(struct tl_bits *bits, bool *is_wrong)
{
    uint8_t answer = (uint8_t)tl_bits_take(bits, 2);

    *is_wrong |= answer == 3;
    return answer;
}

static void take_opt_outs(struct tl_us *out, const struct layout *layout,
                          struct tl_bits *bits, bool *is_wrong)
{
    for (unsigned i = 0; i < layout->notices; i++)
        take_answer(bits, is_wrong);
    out->sale = take_answer(bits, is_wrong);
    if (layout->opt_outs & SHARING)
        out->sharing = take_answer(bits, is_wrong);
    if (layout->opt_outs & TARGETED)
        out->targeted = take_answer(bits, is_wrong);
}

static void take_sensitive(struct tl_us *out, const struct layout *layout,
                           struct tl_bits *bits, bool *is_wrong)
{
    out->n_sensitive = layout->sensitive;
    for (unsigned i = 0; i < layout->sensitive; i++)
        out->sensitive[i] = take_answer(bits, is_wrong);
}

static void take_children(struct tl_us *out, const struct layout *layout,
                          struct tl_bits *bits, bool *is_wrong)
{
    out->n_child = layout->children;
    for (unsigned i = 0; i < layout->children; i++)
        out->child[i] = take_answer(bits, is_wrong);
}

static void take_gpc(struct tl_us *out, const char *text, size_t n)
{
    struct tl_bits bits = { text, n, 0, false };

    if (tl_bits_are_symbols(text, n) && tl_bits_take(&bits, 2) == 1) {
        out->gpc = tl_bits_take(&bits, 1);
        out->has_gpc = !bits.is_over;
    }
}

/* Up to Minnesota: the core, then perhaps Global Privacy Control. */
static bool decode_plain(struct tl_us *out, unsigned section, const char *text,
                         size_t n_core, const char *rest, size_t n_rest)
{
    struct tl_bits bits = { text, n_core, 0, false };
    bool is_wrong = false;

    out->version = (uint8_t)tl_bits_take(&bits, 6);
    const struct layout *layout = layout_of(section, out->version);
    if (!layout)
        return false;
    take_opt_outs(out, layout, &bits, &is_wrong);
    take_sensitive(out, layout, &bits, &is_wrong);
    take_children(out, layout, &bits, &is_wrong);
    if (layout->further)
        out->personal_data = take_answer(&bits, &is_wrong);
    out->covered = take_answer(&bits, &is_wrong);
    take_answer(&bits, &is_wrong); /* mode of opting out, mode of service providers */
    take_answer(&bits, &is_wrong);
    if (rest)
        take_gpc(out, rest, n_rest);
    return !bits.is_over && !is_wrong;
}

/* The parts of a section from Maryland on: the core, then perhaps sensitive data or, for Maryland, Global Privacy Control. */
static bool decode_core_and_part(struct tl_us *out, const struct layout *layout,
                                 const char *text, size_t n)
{
    const char *dot = memchr(text, '.', n);
    size_t n_core = dot ? (size_t)(dot - text) : n;
    struct tl_bits bits = { text, n_core, 0, false };
    bool is_wrong = false;

    if (!tl_bits_are_symbols(text, n_core))
        return false;
    tl_bits_take(&bits, 6); /* version of the agreement */
    out->covered = take_answer(&bits, &is_wrong);
    take_answer(&bits, &is_wrong); /* its mode */
    take_opt_outs(out, layout, &bits, &is_wrong);
    take_children(out, layout, &bits, &is_wrong);
    out->personal_data = take_answer(&bits, &is_wrong);
    if (dot && layout->sensitive) {
        size_t n_part = n - n_core - 1;
        struct tl_bits part = { dot + 1, n_part, 0, false };

        if (!tl_bits_are_symbols(dot + 1, n_part))
            return false;
        take_sensitive(out, layout, &part, &is_wrong);
        is_wrong |= part.is_over;
    } else if (dot) {
        take_gpc(out, dot + 1, n - n_core - 1);
    }
    return !bits.is_over && !is_wrong;
}

/*
 * From Maryland on: the specification (October 2025) puts a header of the section's id, its version and its parts before the core; the
 * IAB's own encoder (@iabgpp/cmpapi 3.2.0) writes none. The id tells: no agreement has a version that high.
 */
static bool decode_parts(struct tl_us *out, unsigned section, const char *text,
                         size_t n_first, const char *rest, size_t n_rest)
{
    struct tl_bits header = { text, n_first, 0, false };
    bool has_header = tl_bits_take(&header, 6) == section;

    out->version = has_header ? (uint8_t)tl_bits_take(&header, 6) : 1;
    const struct layout *layout = layout_of(section, out->version);
    if (!layout || (has_header && !rest))
        return false;
    if (has_header)
        return decode_core_and_part(out, layout, rest, n_rest);
    return decode_core_and_part(out, layout, text, rest ? n_first + 1 + n_rest : n_first);
}

bool tl_us_decode(struct tl_us *out, unsigned section, const char *text, size_t n)
{
    const char *dot = n ? memchr(text, '.', n) : NULL;
    size_t n_first = dot ? (size_t)(dot - text) : n;
    const char *rest = dot ? dot + 1 : NULL;
    size_t n_rest = dot ? n - n_first - 1 : 0;

    memset(out, 0, sizeof *out);
    out->sale = out->sharing = out->targeted = TL_US_ABSENT;
    if (!tl_bits_are_symbols(text, n_first))
        return false;
    return section < FIRST_OF_PARTS
               ? decode_plain(out, section, text, n_first, rest, n_rest)
               : decode_parts(out, section, text, n_first, rest, n_rest);
}
