/*
 * The decoders that packs name: each turns what one value says into counts, and knows nothing of how it is read.
 */
#include "classifiers/decoders.h"

#include "classifiers/adtech/decode.h"

#include <string.h>
#include <strings.h>

static void share(struct tl_decoding *decoding, int id, bool holds, uint32_t rows)
{
    tl_tally_share(&decoding->tally, id, holds, rows);
}

/* ---- TCF ---- */

/* By enum tl_tcf_defect. */
static const int tcf_defects[TL_TCF_DEFECTS] = {
    TL_FACT_TCF_DEFECT_SYMBOLS,      TL_FACT_TCF_DEFECT_VERSION,
    TL_FACT_TCF_DEFECT_TRUNCATED,    TL_FACT_TCF_DEFECT_NOT_CORE,
    TL_FACT_TCF_DEFECT_DATES,        TL_FACT_TCF_DEFECT_FUTURE,
    TL_FACT_TCF_DEFECT_DATES_DIFFER, TL_FACT_TCF_DEFECT_LANGUAGE,
    TL_FACT_TCF_DEFECT_COUNTRY,      TL_FACT_TCF_DEFECT_CMP,
    TL_FACT_TCF_DEFECT_LIST,         TL_FACT_TCF_DEFECT_POLICY,
    TL_FACT_TCF_DEFECT_GLOBAL,       TL_FACT_TCF_DEFECT_LI,
    TL_FACT_TCF_DEFECT_RANGES,       TL_FACT_TCF_DEFECT_RESTRICTION,
    TL_FACT_TCF_DEFECT_PADDING,      TL_FACT_TCF_DEFECT_SEGMENT,
    TL_FACT_TCF_DEFECT_DISCLOSED,
};

/* CNIL, guidelines on cookies (2020): consent is asked for again after six months, at most 13. In days. */
#define THIRTEEN_MONTHS 396

static void add_age(struct tl_decoding *decoding, const struct tl_tcf *tcf, uint32_t rows)
{
    int64_t day = tcf->created / 864000;

    if (tcf->defects & (1u << TL_TCF_DATES | 1u << TL_TCF_FUTURE))
        return;
    tl_tally_number(&decoding->tally, TL_FACT_TCF_OLDEST, (uint32_t)day);
    if (decoding->now)
        share(decoding, TL_FACT_TCF_OLD,
              decoding->now / 1000000000 / 86400 - day > THIRTEEN_MONTHS, rows);
}

static void add_vendor(struct tl_decoding *decoding, const struct tl_tcf *tcf,
                       uint32_t rows)
{
    uint32_t permitted = tl_tcf_permitted(tcf, &decoding->terms);

    for (unsigned p = 0; p < TL_FACT_PURPOSES; p++)
        share(decoding, TL_FACT_TCF_VENDOR_1 + (int)p, permitted >> p & 1, rows);
    if (tcf->disclosed.text)
        share(decoding, TL_FACT_TCF_VENDOR_DISCLOSED,
              tl_tcf_has(&tcf->disclosed, decoding->terms.vendor), rows);
}

static void tcf_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                    uint32_t rows)
{
    struct tl_tcf tcf;
    bool decodes = tl_tcf_decode(&tcf, bytes, n, decoding->now);
    bool is_first = n && bytes[0] == 'B' && (tcf.defects & 1u << TL_TCF_VERSION);

    share(decoding, TL_FACT_TCF_DECODES, decodes, rows);
    share(decoding, TL_FACT_TCF_VERSION_1, is_first, rows);
    for (int d = 0; d < TL_TCF_DEFECTS; d++)
        share(decoding, tcf_defects[d], tcf.defects >> d & 1, rows);
    if (!decodes)
        return;
    for (unsigned p = 0; p < TL_FACT_PURPOSES; p++) {
        share(decoding, TL_FACT_TCF_CONSENT_1 + (int)p, tcf.purposes_consent >> p & 1,
              rows);
        share(decoding, TL_FACT_TCF_LI_1 + (int)p, tcf.purposes_li >> p & 1, rows);
    }
    share(decoding, TL_FACT_TCF_FEATURE_1, tcf.special_features & 1, rows);
    share(decoding, TL_FACT_TCF_FEATURE_2, tcf.special_features & 2, rows);
    share(decoding, TL_FACT_TCF_RESTRICTIONS, tcf.restrictions.n_ranges > 0, rows);
    add_age(decoding, &tcf, rows);
    if (decoding->terms.vendor)
        add_vendor(decoding, &tcf, rows);
}

/* ---- US privacy, additional consent ---- */

static void usp_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                    uint32_t rows)
{
    struct tl_usp usp;
    bool decodes = tl_usp_decode(&usp, bytes, n);

    share(decoding, TL_FACT_USP_DECODES, decodes, rows);
    if (!decodes)
        return;
    share(decoding, TL_FACT_USP_OPT_OUT, usp.opt_out == 'Y', rows);
    share(decoding, TL_FACT_USP_NOT_APPLICABLE,
          usp.notice == '-' && usp.opt_out == '-' && usp.lspa == '-', rows);
    share(decoding, TL_FACT_USP_NO_NOTICE, usp.notice == 'N', rows);
}

static void ac_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                   uint32_t rows)
{
    struct tl_ac ac;
    bool decodes = tl_ac_decode(&ac, bytes, n);

    share(decoding, TL_FACT_AC_DECODES, decodes, rows);
    if (decodes)
        tl_tally_number(&decoding->tally, TL_FACT_AC_PROVIDERS, ac.consented);
}

/* ---- GPP ---- */

/* What the sections of one string say together: an opt-out of any counts. */
struct gpp_sum {
    bool has_us, has_national, has_state, has_usp, has_tcf, has_canada, has_other;
    bool is_broken;
    bool sale, sharing, targeted, sensitive, child, has_gpc, gpc;
};

static void sum_us(struct gpp_sum *sum, unsigned id, const char *text, size_t n)
{
    struct tl_us us;

    sum->has_national |= id == TL_GPP_US_NATIONAL;
    sum->has_state |= id != TL_GPP_US_NATIONAL;
    if (!tl_us_decode(&us, id, text, n)) {
        sum->is_broken = true;
        return;
    }
    sum->has_us = true;
    sum->sale |= us.sale == TL_US_YES;
    sum->sharing |= us.sharing == TL_US_YES;
    sum->targeted |= us.targeted == TL_US_YES;
    for (unsigned i = 0; i < us.n_sensitive; i++)
        sum->sensitive |= us.sensitive[i] == TL_US_YES;
    for (unsigned i = 0; i < us.n_child; i++)
        sum->child |= us.child[i] == TL_US_YES;
    sum->has_gpc |= us.has_gpc;
    sum->gpc |= us.gpc;
}

static void sum_section(struct gpp_sum *sum, struct tl_decoding *decoding, unsigned id,
                        const char *text, size_t n, uint32_t rows)
{
    struct tl_usp usp;

    if (id >= TL_GPP_US_NATIONAL && id <= TL_GPP_US_LAST_STATE) {
        sum_us(sum, id, text, n);
    } else if (id == TL_GPP_TCF_EU_2) {
        sum->has_tcf = true;
        tcf_add(decoding, text, n, rows);
    } else if (id == TL_GPP_USP) {
        sum->has_usp = true;
        usp_add(decoding, text, n, rows);
        if (tl_usp_decode(&usp, text, n))
            sum->sale |= usp.opt_out == 'Y';
        else
            sum->is_broken = true;
    } else if (id == TL_GPP_TCF_CA) {
        sum->has_canada = true;
    } else {
        sum->has_other = true;
    }
}

static void tell_sum(struct tl_decoding *decoding, const struct gpp_sum *sum,
                     uint32_t rows)
{
    share(decoding, TL_FACT_GPP_HAS_NATIONAL, sum->has_national, rows);
    share(decoding, TL_FACT_GPP_HAS_STATE, sum->has_state, rows);
    share(decoding, TL_FACT_GPP_HAS_USP, sum->has_usp, rows);
    share(decoding, TL_FACT_GPP_HAS_TCF, sum->has_tcf, rows);
    share(decoding, TL_FACT_GPP_HAS_CANADA, sum->has_canada, rows);
    share(decoding, TL_FACT_GPP_HAS_OTHER, sum->has_other, rows);
    share(decoding, TL_FACT_GPP_DEFECT_SECTION, sum->is_broken, rows);
    if (sum->has_us || sum->has_usp) {
        share(decoding, TL_FACT_GPP_OPT_OUT, sum->sale || sum->sharing || sum->targeted,
              rows);
        share(decoding, TL_FACT_GPP_OPT_OUT_SALE, sum->sale, rows);
    }
    if (sum->has_us) {
        share(decoding, TL_FACT_GPP_OPT_OUT_SHARING, sum->sharing, rows);
        share(decoding, TL_FACT_GPP_OPT_OUT_TARGETED, sum->targeted, rows);
        share(decoding, TL_FACT_GPP_SENSITIVE, sum->sensitive, rows);
        share(decoding, TL_FACT_GPP_CHILD, sum->child, rows);
    }
    if (sum->has_gpc)
        share(decoding, TL_FACT_GPP_GPC, sum->gpc, rows);
}

static void gpp_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                    uint32_t rows)
{
    static const int defects[TL_GPP_DEFECTS] = { TL_FACT_GPP_DEFECT_HEADER,
                                                 TL_FACT_GPP_DEFECT_IDS,
                                                 TL_FACT_GPP_DEFECT_COUNT };
    struct gpp_sum sum = { 0 };
    struct tl_gpp gpp;
    bool decodes = tl_gpp_decode(&gpp, bytes, n);

    share(decoding, TL_FACT_GPP_DECODES, decodes, rows);
    for (int d = 0; d < TL_GPP_DEFECTS; d++)
        share(decoding, defects[d], gpp.defects >> d & 1, rows);
    if (!decodes)
        return;
    for (unsigned i = 0; i < gpp.n; i++)
        sum_section(&sum, decoding, gpp.ids[i], gpp.sections[i].text, gpp.sections[i].n,
                    rows);
    tell_sum(decoding, &sum, rows);
}

/* ---- identity ---- */

static void ad_id_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                      uint32_t rows)
{
    share(decoding, TL_FACT_AD_ID_ZERO, tl_is_zero_id(bytes, n), rows);
}

static void hash_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                     uint32_t rows)
{
    enum tl_hash_of of = tl_hash_of(bytes, n);
    bool has_upper = false;

    share(decoding, TL_FACT_HASH_NOTHING, of != TL_HASH_OF_SOMETHING, rows);
    share(decoding, TL_FACT_HASH_EMPTY, of == TL_HASH_OF_EMPTY, rows);
    share(decoding, TL_FACT_HASH_NULL, of == TL_HASH_OF_NULL, rows);
    share(decoding, TL_FACT_HASH_ZERO_ID, of == TL_HASH_OF_ZERO_ID, rows);
    for (size_t i = 0; i < n && n != 44; i++)
        has_upper |= bytes[i] >= 'A' && bytes[i] <= 'F';
    share(decoding, TL_FACT_HASH_UPPER, has_upper, rows);
}

/* An ID5 of "0" says that nobody was asked. */
static void token_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                      uint32_t rows)
{
    share(decoding, TL_FACT_TOKEN_DECODES, tl_token_of(bytes, n) != TL_TOKEN_NONE, rows);
    share(decoding, TL_FACT_TOKEN_ABSENT, n == 1 && bytes[0] == '0', rows);
}

static void tell_eids(struct tl_decoding *decoding, const struct tl_eids *eids,
                      uint32_t rows)
{
    static const int found[TL_EID_SOURCES] = { TL_FACT_EIDS_UID2,   TL_FACT_EIDS_EUID,
                                               TL_FACT_EIDS_ID5,    TL_FACT_EIDS_LIVERAMP,
                                               TL_FACT_EIDS_PUBCID, TL_FACT_EIDS_TTD,
                                               TL_FACT_EIDS_OTHER };

    for (int s = 0; s < TL_EID_SOURCES; s++)
        share(decoding, found[s], eids->sources >> s & 1, rows);
    share(decoding, TL_FACT_EIDS_EMPTY, !eids->n_ids, rows);
    share(decoding, TL_FACT_ATYPE_BROWSER, eids->is_browser, rows);
    share(decoding, TL_FACT_ATYPE_DEVICE, eids->is_device, rows);
    share(decoding, TL_FACT_ATYPE_PERSON, eids->is_person, rows);
    share(decoding, TL_FACT_ATYPE_OTHER, eids->is_other, rows);
    tl_tally_number(&decoding->tally, TL_FACT_EIDS_SOURCES, eids->n_sources);
}

static void eids_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                     uint32_t rows)
{
    struct tl_eids eids;
    bool decodes = tl_eids_decode(&eids, bytes, n);

    share(decoding, TL_FACT_EIDS_DECODES, decodes, rows);
    if (decodes)
        tell_eids(decoding, &eids, rows);
}

static void openrtb_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                        uint32_t rows)
{
    struct tl_openrtb rtb;
    bool decodes = tl_openrtb_decode(&rtb, bytes, n);

    share(decoding, TL_FACT_OPENRTB_DECODES, decodes, rows);
    if (!decodes)
        return;
    share(decoding, TL_FACT_OPENRTB_USER_ID, rtb.has_user_id, rows);
    share(decoding, TL_FACT_OPENRTB_BUYERUID, rtb.has_buyeruid, rows);
    share(decoding, TL_FACT_OPENRTB_YOB, rtb.has_yob, rows);
    share(decoding, TL_FACT_OPENRTB_GENDER, rtb.has_gender, rows);
    share(decoding, TL_FACT_OPENRTB_EIDS, rtb.has_eids, rows);
    share(decoding, TL_FACT_OPENRTB_CONSENT, rtb.has_consent, rows);
    share(decoding, TL_FACT_OPENRTB_SEGMENTS, rtb.has_segments, rows);
    share(decoding, TL_FACT_OPENRTB_IFA, rtb.has_ifa && !rtb.is_ifa_zero, rows);
    share(decoding, TL_FACT_OPENRTB_IP, rtb.has_ip, rows);
    share(decoding, TL_FACT_OPENRTB_GEO, rtb.has_geo, rows);
    share(decoding, TL_FACT_OPENRTB_GEO_PRECISE, rtb.is_geo_precise, rows);
    if (rtb.has_ifa)
        share(decoding, TL_FACT_AD_ID_ZERO, rtb.is_ifa_zero, rows);
    if (rtb.has_lmt)
        share(decoding, TL_FACT_LMT, rtb.is_lmt, rows);
    if (rtb.has_dnt)
        share(decoding, TL_FACT_DNT, rtb.is_dnt, rows);
    if (rtb.has_coppa)
        share(decoding, TL_FACT_COPPA, rtb.is_coppa, rows);
    if (rtb.has_eids)
        tell_eids(decoding, &rtb.eids, rows);
}

/* ---- flags ---- */

static bool is_word(const char *bytes, size_t n, const char *word)
{
    return strlen(word) == n && !strncasecmp(word, bytes, n);
}

/* Which flag a column holds, by its name. -1: none that is known. */
static int flag_of(const char *column)
{
    static const struct {
        const char *word;
        int fact;
    } flags[] = {
        { " att ", TL_FACT_ATT_DENIED },
        { " coppa ", TL_FACT_COPPA },
        { " gpc ", TL_FACT_GPC },
        { " global privacy control ", TL_FACT_GPC },
        { " dnt ", TL_FACT_DNT },
        { " do not track ", TL_FACT_DNT },
        { " lmt ", TL_FACT_LMT },
        { " lat ", TL_FACT_LMT },
        { " limit ad tracking ", TL_FACT_LMT },
        { " gdpr ", TL_FACT_GDPR },
        { " opt out ", TL_FACT_OPT_OUT },
        { " optout ", TL_FACT_OPT_OUT },
        { " do not sell ", TL_FACT_OPT_OUT },
    };

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (strstr(column, flags[i].word))
            return flags[i].fact;
    }
    return -1;
}

/*
 * ATTrackingManager.AuthorizationStatus: 0 not determined, 1 restricted, 2 denied, 3 authorized. A yes or no under that name may mean
 * either, so only words and the numbers 2 and 3 are counted.
 */
static void att_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                    uint32_t rows)
{
    bool is_denied = is_word(bytes, n, "2") || is_word(bytes, n, "denied") ||
                     is_word(bytes, n, "restricted");
    bool is_told = is_denied || is_word(bytes, n, "3") || is_word(bytes, n, "authorized");

    if (is_told)
        share(decoding, TL_FACT_ATT_DENIED, is_denied, rows);
}

static void flag_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                     uint32_t rows)
{
    static const char *const yes[] = { "1", "true", "t", "yes", "y" };
    static const char *const no[] = { "0", "false", "f", "no", "n" };
    int fact = flag_of(decoding->column);
    bool is_yes = false;
    bool is_no = false;

    if (fact == TL_FACT_ATT_DENIED)
        att_add(decoding, bytes, n, rows);
    if (fact < 0 || fact == TL_FACT_ATT_DENIED)
        return;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        is_yes |= is_word(bytes, n, yes[i]);
        is_no |= is_word(bytes, n, no[i]);
    }
    if (is_yes || is_no)
        share(decoding, fact, is_yes, rows);
}

/* ---- places ---- */

static void ip_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                   uint32_t rows)
{
    struct tl_ip ip;

    if (!tl_ip_decode(&ip, bytes, n))
        return;
    share(decoding, TL_FACT_IP_TRUNCATED, ip.is_truncated, rows);
    share(decoding, TL_FACT_IP_TRUNCATED_48, ip.is_truncated_48, rows);
    share(decoding, TL_FACT_IP_PRIVATE, ip.is_private, rows);
}

/*
 * Cells of the world: geohash (geohash.org), of which seven signs are 153 m and six 1.2 km; H3, "8", resolution, 13 more digits, of which
 * resolution 8 has an edge of 0.5 km. 1: precise, 0: coarse, -1: neither.
 */
static int cell_precision(const char *bytes, size_t n)
{
    bool is_hash = n >= 3 && n <= 12;
    bool is_h3 = n == 15 && bytes[0] == '8' && bytes[1] != 'f';

    for (size_t i = 0; i < n; i++) {
        is_hash &= bytes[i] && strchr("0123456789bcdefghjkmnpqrstuvwxyz", bytes[i]);
        is_h3 &= bytes[i] && strchr("0123456789abcdef", bytes[i]);
    }
    if (is_h3)
        return bytes[1] >= '8';
    return is_hash ? n >= 7 : -1;
}

/* One coordinate, or two parted by a comma, a blank or a semicolon; or a cell. */
static void geo_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                    uint32_t rows)
{
    int most = -1;
    bool is_zero = true;

    for (size_t at = 0; at < n;) {
        static const char marks[] = ",; \t()";
        while (at < n && memchr(marks, bytes[at], sizeof marks - 1))
            at++;
        size_t from = at;
        while (at < n && !memchr(marks, bytes[at], sizeof marks - 1))
            at++;
        bool is_naught = true;
        int decimals = tl_decimals_of(bytes + from, at - from, &is_naught);
        if (decimals < 0)
            continue;
        most = decimals > most ? decimals : most;
        is_zero &= is_naught;
    }
    int cell = most < 0 ? cell_precision(bytes, n) : -1;
    if (cell >= 0)
        share(decoding, TL_FACT_GEO_PRECISE, cell, rows);
    if (most < 0)
        return;
    decoding->decimals[most < TL_DECIMALS_MOST ? most : TL_DECIMALS_MOST - 1] += rows;
    share(decoding, TL_FACT_GEO_PRECISE, most >= 3, rows);
    share(decoding, TL_FACT_GEO_ZERO, is_zero, rows);
}

/* Floats drop closing zeros, so that single values say too little and the greatest too much: the 90th percentile decides. */
static void geo_end(struct tl_decoding *decoding)
{
    uint64_t all = 0;
    uint64_t below = 0;

    for (unsigned d = 0; d < TL_DECIMALS_MOST; d++)
        all += decoding->decimals[d];
    for (unsigned d = 0; d < TL_DECIMALS_MOST && all; d++) {
        below += decoding->decimals[d];
        if (below * 10 >= all * 9) {
            tl_tally_number(&decoding->tally, TL_FACT_GEO_DECIMALS, d);
            return;
        }
    }
}

/* ---- segments ---- */

struct segment_count {
    struct tl_decoding *decoding;
    uint32_t items;
};

static void see_segment(void *self, const char *bytes, size_t n)
{
    struct tl_decoding *decoding = self;
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    hash += !hash;
    if (decoding->n_segments == TL_SEGMENTS_MOST)
        return;
    /* values that were made to fall together are counted short, and quickly */
    for (uint64_t i = 0; i < 64; i++) {
        uint64_t *slot =
            &decoding->segments[((hash ^ hash >> 32) + i) & (TL_SEGMENTS_SLOTS - 1)];

        if (*slot == hash)
            return;
        if (!*slot) {
            *slot = hash;
            decoding->n_segments++;
            return;
        }
    }
}

static void see_segment_object(void *self, const struct tl_json_walk *walk)
{
    struct segment_count *count = self;

    if (!tl_json_stands(walk, "id", false))
        return;
    count->items++;
    see_segment(count->decoding, walk->bytes, walk->n);
}

static void segments_add(struct tl_decoding *decoding, const char *bytes, size_t n,
                         uint32_t rows)
{
    struct segment_count count = { .decoding = decoding };
    bool are_objects = n && memchr(bytes, '{', n); /* OpenRTB's: [{"id": "88"}] */

    if (are_objects && !tl_json_scan(bytes, n, see_segment_object, &count))
        return;
    if (!are_objects)
        count.items = tl_list_items(bytes, n, see_segment, decoding);
    tl_tally_number(&decoding->tally, TL_FACT_SEGMENTS_MOST, count.items);
    decoding->segment_rows += rows;
    decoding->segment_sum += (uint64_t)count.items * rows;
}

static void segments_end(struct tl_decoding *decoding)
{
    uint64_t rows = decoding->segment_rows;

    if (!rows)
        return;
    tl_tally_number(&decoding->tally, TL_FACT_SEGMENTS_DISTINCT, decoding->n_segments);
    tl_tally_number(&decoding->tally, TL_FACT_SEGMENTS_MEAN,
                    (uint32_t)((decoding->segment_sum + rows / 2) / rows));
}

/* ---- the table ---- */

const struct tl_decoder tl_decoders[] = {
    { "ad_id", NULL, ad_id_add, NULL, "AdvertisingIdClient, ASIdentifierManager: zeros" },
    { "additional_consent", NULL, ac_add, NULL, "Google Ad Manager help 9681920" },
    { "eids", NULL, eids_add, NULL, "OpenRTB 2.6 section 3.2.27, AdCOM 1.0 agent types" },
    { "geo", NULL, geo_add, geo_end, "decimals of degrees; NAI precise location" },
    { "gpp", NULL, gpp_add, NULL, "IAB Tech Lab, GPP consent string specification" },
    { "hash", NULL, hash_add, NULL, "digests of empty text, \"null\" and zero ids" },
    { "ip", NULL, ip_add, NULL, "Prebid, redactor: IPv4 to /24, IPv6 to /64" },
    { "openrtb", NULL, openrtb_add, NULL, "OpenRTB 2.6 sections 3.2.18, 3.2.20" },
    { "privacy_flag", NULL, flag_add, NULL, "OpenRTB 2.6: lmt, dnt, coppa; GPC; ATT" },
    { "segments", NULL, segments_add, segments_end, "OpenRTB 2.6 section 3.2.22" },
    { "tcf", NULL, tcf_add, NULL, "IAB Tech Lab, consent string formats v2" },
    { "token", NULL, token_add, NULL, "UID2, EUID, ID5, LiveRamp" },
    { "us_privacy", NULL, usp_add, NULL, "IAB CCPA framework, US privacy string" },
    { 0 },
};

const struct tl_decoder *tl_decoder_find(const char *name)
{
    for (const struct tl_decoder *d = tl_decoders; d->name; d++) {
        if (!strcmp(d->name, name))
            return d;
    }
    return NULL;
}

size_t tl_decoder_names(const char *out[TL_DECODERS_MOST])
{
    size_t n = 0;

    for (const struct tl_decoder *d = tl_decoders; d->name && n < TL_DECODERS_MOST; d++)
        out[n++] = d->name;
    return n;
}
