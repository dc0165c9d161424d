/*
 * The strings of advertising, field by field: official samples of the IAB's documents, and what is wrong with strings that are not.
 */
#include "classifiers/adtech/decode.h"
#include "classifiers/decoders.h"
#include "classifiers/validators.h"
#include "tests/check.h"
#include "tests/world_columns.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

/* "Consent string and vendor list formats v2" (April 2025): the sample with disclosed vendors and publisher's purposes. */
#define SAMPLE_23                                                                        \
    "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA"
#define SAMPLE_22 "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"
#define DAY       (86400LL * 1000000000)

static bool tcf_of(struct tl_tcf *tcf, const char *text)
{
    return tl_tcf_decode(tcf, text, strlen(text), 0);
}

/* ---- a writer of bits, apart from the reader that is tested ---- */

struct bits {
    char text[512];
    unsigned n;
};

static void put(struct bits *b, uint64_t value, unsigned n)
{
    static const char symbols[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    for (unsigned i = n; i-- > 0; b->n++) {
        char *symbol = &b->text[b->n / 6];
        unsigned six = b->n % 6 ? (unsigned)(strchr(symbols, *symbol) - symbols) : 0;

        six |= (unsigned)(value >> i & 1) << (5 - b->n % 6);
        *symbol = symbols[six];
    }
}

/* Version to country: 213 bits, made on that day under that policy. */
static void put_head(struct bits *b, unsigned day, unsigned policy, uint32_t consent,
                     uint32_t interest)
{
    memset(b, 0, sizeof *b);
    put(b, 2, 6);
    put(b, day * 864000ull, 36);
    put(b, day * 864000ull, 36);
    put(b, 31, 12);
    put(b, 1, 12);
    put(b, 0, 6);
    put(b, 4 << 6 | 13, 12);
    put(b, 126, 12);
    put(b, policy, 6);
    put(b, 2, 2);
    put(b, 0, 12);
    for (unsigned i = 0; i < 24; i++)
        put(b, consent >> i & 1, 1);
    for (unsigned i = 0; i < 24; i++)
        put(b, interest >> i & 1, 1);
    put(b, 0, 1);
    put(b, 3 << 6 | 4, 12);
}

/* One vendor by a range of one. */
static void put_vendor(struct bits *b, unsigned vendor)
{
    put(b, vendor, 16);
    put(b, 1, 1);
    put(b, 1, 12);
    put(b, 0, 1);
    put(b, vendor, 16);
}

/* Vendor 755 in both sets, one restriction of `type` on purpose 2 (none: type 3). */
static void put_restricted(struct bits *b, unsigned type, uint32_t consent,
                           uint32_t interest)
{
    put_head(b, 20000, 4, consent, interest);
    put_vendor(b, 755);
    put_vendor(b, 755);
    put(b, type < 3, 12);
    if (type < 3) {
        put(b, 2, 6);
        put(b, type, 2);
        put(b, 1, 12);
        put(b, 1, 1);
        put(b, 700, 16);
        put(b, 800, 16);
    }
}

/* ---- TCF ---- */

static void the_official_sample_decodes_field_by_field(void)
{
    struct tl_tcf tcf;

    CHECK(tcf_of(&tcf, SAMPLE_23));
    CHECK_INT(tcf.created, 1748908800LL * 10); /* 2025-06-03 */
    CHECK_INT(tcf.updated, tcf.created);
    CHECK_INT(tcf.cmp_id, 880);
    CHECK_TEXT(tcf.language, "EN");
    CHECK_TEXT(tcf.country, "DE");
    CHECK_INT(tcf.vendor_list_version, 48);
    CHECK_INT(tcf.policy_version, 2);
    CHECK(tcf.is_service_specific && !tcf.uses_non_standard_texts);
    CHECK_INT(tcf.purposes_consent | tcf.purposes_li | tcf.special_features, 0);
    CHECK(tcf.has_publisher && !tcf.n_custom);
    CHECK_INT(tcf.defects, 1u << TL_TCF_POLICY);
}

static void vendors_are_found_in_bit_fields_and_ranges(void)
{
    static const unsigned disclosed[] = { 1, 2, 3, 4, 5, 100, 404 };
    struct tl_tcf tcf;
    unsigned n = 0;

    CHECK(tcf_of(&tcf, SAMPLE_23));
    CHECK_INT(tcf.consent.most, 4);
    CHECK(!tcf.consent.is_range && tcf.disclosed.is_range);
    for (unsigned v = 0; v <= 66000; v++) {
        CHECK(tl_tcf_has(&tcf.consent, v) == (v >= 1 && v <= 4));
        bool is_there = n < 7 && disclosed[n] == v;
        n += is_there;
        CHECK(tl_tcf_has(&tcf.disclosed, v) == is_there);
    }
    CHECK_INT(n, 7);
}

static void the_older_sample_decodes_too(void)
{
    struct tl_tcf tcf;

    CHECK(tcf_of(&tcf, SAMPLE_22));
    CHECK_INT(tcf.created, 1650492000LL * 10); /* 2022-04-20T22:00Z: no midnight */
    CHECK_INT(tcf.cmp_id, 31);
    CHECK_INT(tcf.vendor_list_version, 126);
    CHECK_TEXT(tcf.country, "DE");
    CHECK(!tcf.disclosed.text && !tcf.has_publisher);
    CHECK_INT(tcf.defects, 0);
}

static void a_core_that_is_cut_anywhere_is_truncated(void)
{
    struct tl_tcf tcf;

    for (size_t n = 1; n < strlen(SAMPLE_22); n++) {
        /* its own block, so that a byte read behind it is seen */
        char *cut = memcpy(tl_alloc(n, 1), SAMPLE_22, n);
        bool is_whole = n >= 44;

        CHECK(tl_tcf_decode(&tcf, cut, n, 0) == is_whole);
        CHECK_INT(tcf.defects, is_whole ? 0 : 1u << TL_TCF_TRUNCATED);
        tl_free(cut);
    }
    CHECK(!tl_tcf_decode(&tcf, "", 0, 0));
}

static void what_is_no_core_says_why(void)
{
    struct tl_tcf tcf;

    CHECK(!tcf_of(&tcf, "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA"));
    CHECK_INT(tcf.defects, 1u << TL_TCF_VERSION);
    CHECK(!tcf_of(&tcf, "CPXx RfA"));
    CHECK_INT(tcf.defects, 1u << TL_TCF_SYMBOLS);
    CHECK(!tcf_of(&tcf, "IDKQA4AAgAKAGQAygAAA"));
    CHECK_INT(tcf.defects, 1u << TL_TCF_NOT_CORE);
}

static uint32_t defects_of(struct bits *b, int64_t now)
{
    struct tl_tcf tcf;

    CHECK(tl_tcf_decode(&tcf, b->text, strlen(b->text), now));
    return tcf.defects;
}

static void put_nobody(struct bits *b)
{
    put(b, 0, 17);
    put(b, 0, 17);
    put(b, 0, 12);
}

static void each_defect_has_its_name(void)
{
    struct bits b;

    put_head(&b, 17000, 4, 0, 0);
    put_nobody(&b);
    CHECK_INT(defects_of(&b, 0), 1u << TL_TCF_DATES);
    put_head(&b, 20000, 4, 0, 0);
    put_nobody(&b);
    CHECK_INT(defects_of(&b, 0), 0);
    CHECK_INT(defects_of(&b, 19990 * DAY), 1u << TL_TCF_FUTURE);
    put_head(&b, 20513, 5, 0, 0);
    put_nobody(&b);
    CHECK_INT(defects_of(&b, 0), 1u << TL_TCF_DISCLOSED_MISSING);
    put_head(&b, 20000, 4, 0, 1);
    put_nobody(&b);
    CHECK_INT(defects_of(&b, 0), 1u << TL_TCF_LI);
    put_head(&b, 19000, 2, 0, 4);
    put_nobody(&b);
    CHECK_INT(defects_of(&b, 0), 0); /* purpose 3: before policy 4 that was allowed */
    put_head(&b, 20000, 4, 0, 4);
    put_nobody(&b);
    CHECK_INT(defects_of(&b, 0), 1u << TL_TCF_LI);
    put(&b, 1, 5);
    CHECK_INT(defects_of(&b, 0), 1u << TL_TCF_LI | 1u << TL_TCF_PADDING);
}

static void ranges_out_of_order_or_bounds_are_named(void)
{
    struct bits b;

    put_head(&b, 20000, 4, 0, 0);
    put(&b, 100, 16);
    put(&b, 1, 1);
    put(&b, 1, 12);
    put(&b, 1, 1);
    put(&b, 90, 16);
    put(&b, 80, 16); /* ends before it begins */
    put(&b, 0, 17);
    put(&b, 0, 12);
    CHECK_INT(defects_of(&b, 0), 1u << TL_TCF_RANGES);
    put_head(&b, 20000, 4, 0, 0);
    put(&b, 100, 16);
    put(&b, 1, 1);
    put(&b, 1, 12);
    put(&b, 0, 1);
    put(&b, 101, 16); /* beyond the greatest */
    put(&b, 0, 17);
    put(&b, 0, 12);
    CHECK_INT(defects_of(&b, 0), 1u << TL_TCF_RANGES);
}

static void broken_segments_leave_the_core_readable(void)
{
    struct tl_tcf tcf;

    CHECK(tcf_of(&tcf, SAMPLE_22 ".I"));
    CHECK_INT(tcf.defects, 1u << TL_TCF_SEGMENT);
    CHECK(!tcf.disclosed.text);
    CHECK(tcf_of(&tcf, SAMPLE_22 ".IDKQA4AAgAKAGQAygAAA.IDKQA4AAgAKAGQAygAAA"));
    CHECK_INT(tcf.defects, 1u << TL_TCF_SEGMENT); /* twice */
    CHECK(tcf_of(&tcf, SAMPLE_22 "."));
    CHECK_INT(tcf.defects, 1u << TL_TCF_SEGMENT);
    CHECK(tcf_of(&tcf, SAMPLE_22 ".gAAA")); /* kind 4 */
    CHECK_INT(tcf.defects, 1u << TL_TCF_SEGMENT);
}

static uint32_t permitted(unsigned type, uint32_t consent, uint32_t interest,
                          struct tl_consent_terms terms)
{
    struct bits b;
    struct tl_tcf tcf;

    put_restricted(&b, type, consent, interest);
    CHECK(tcf_of(&tcf, b.text));
    return tl_tcf_permitted(&tcf, &terms);
}

static void a_vendor_is_permitted_by_basis_and_restriction(void)
{
    struct tl_consent_terms any = { .vendor = 755 }, other = { .vendor = 756 };
    struct tl_consent_terms consent = { .vendor = 755, .consent = 2 };
    struct tl_consent_terms flexible = { .vendor = 755, .consent = 2, .flexible = 2 };

    CHECK_INT(permitted(3, 0x3, 0, any), 0x3);
    CHECK_INT(permitted(3, 0x3, 0, other), 0);   /* in no set */
    CHECK_INT(permitted(3, 0, 0x43, any), 0x42); /* purpose 1 never by interest */
    CHECK_INT(permitted(0, 0x3, 0x2, any), 0x1); /* not allowed */
    CHECK_INT(permitted(1, 0x0, 0x2, any), 0);   /* needs consent */
    CHECK_INT(permitted(1, 0x2, 0x2, any), 0x2);
    CHECK_INT(permitted(2, 0x2, 0x0, any), 0);   /* needs interest */
    CHECK_INT(permitted(3, 0, 0x2, consent), 0); /* the vendor did not declare interest */
    CHECK_INT(permitted(2, 0, 0x2, consent), 0);
    CHECK_INT(permitted(2, 0, 0x2, flexible), 0x2);
    CHECK_INT(permitted(2, 0x2, 0, flexible), 0);
}

/* ---- GPP ---- */

static const char *sections_of(const char *text)
{
    static char out[256];
    struct tl_gpp gpp;
    size_t n = 0;

    if (!tl_gpp_decode(&gpp, text, strlen(text)))
        return gpp.defects & 1u << TL_GPP_IDS ? "ids" : "no header";
    out[0] = 0;
    for (unsigned i = 0; i < gpp.n; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%u", i ? " " : "", gpp.ids[i]);
    if (gpp.defects)
        snprintf(out + n, sizeof out - n, " count");
    return out;
}

static void headers_of_the_specification_decode(void)
{
    CHECK_TEXT(sections_of("DBABM~" SAMPLE_22), "2");
    CHECK_TEXT(sections_of("DBACNY~" SAMPLE_22 "~1YNN"), "2 6");
    CHECK_TEXT(sections_of("DBABjw~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN"),
               "5 6");
    CHECK_TEXT(sections_of("DBABM"), " count");
    CHECK_TEXT(sections_of("DBABM~a~b"), "2 count");
    CHECK_TEXT(sections_of(SAMPLE_22), "no header");
    CHECK_TEXT(sections_of("DBA"), "ids");
    CHECK_TEXT(sections_of("DBAAAA~x"), "ids");
    CHECK_TEXT(sections_of(""), "no header");
}

/* Strings of the IAB's own encoder (@iabgpp/cmpapi 3.2.0). */
static void sections_of_states_tell_their_opt_outs(void)
{
    struct tl_us us;

    CHECK(tl_us_decode(&us, 7, "CAAQAAAAAABA.QA", 15)); /* national, version 2 */
    CHECK_INT(us.version, 2);
    CHECK_INT(us.sale, TL_US_YES);
    CHECK_INT(us.n_sensitive, 16);
    CHECK(us.has_gpc && !us.gpc);
    CHECK(tl_us_decode(&us, 8, "BAgAAABA.QA", 11)); /* California */
    CHECK_INT(us.sale, TL_US_NO);
    CHECK_INT(us.targeted, TL_US_ABSENT);
    CHECK(!tl_us_decode(&us, 8, "CAgAAABA", 8)); /* no such version */
    CHECK(!tl_us_decode(&us, 8, "BAgA", 4));     /* cut */
    CHECK(!tl_us_decode(&us, 8, "BD______", 8)); /* answers of 3 */
    CHECK(!tl_us_decode(&us, 60, "BAgAAABA", 8));
}

static void sections_that_are_cut_are_never_whole(void)
{
    static const char text[] = "DBAFz0awzA~1-Y-~CVVlWmiUmaGA.QA~BVmipJQA.QA~BVmEYUlA.QA"
                               "~BRWp.BkU~BRWa.Zqo";
    struct tl_gpp gpp;
    struct tl_us us;

    CHECK_TEXT(sections_of(text), "6 7 16 20 25 27");
    for (size_t n = 1; n + 1 < sizeof text; n++) {
        char *cut = memcpy(tl_alloc(n, 1), text, n);
        bool decodes = tl_gpp_decode(&gpp, cut, n);
        unsigned n_whole = 0;

        for (unsigned i = 0; i < gpp.n; i++)
            n_whole +=
                gpp.ids[i] > 6 &&
                tl_us_decode(&us, gpp.ids[i], gpp.sections[i].text, gpp.sections[i].n);
        CHECK(!decodes || gpp.defects || n_whole <= 5);
        CHECK(n_whole < 5 || n > sizeof text - 6); /* the last part may be missing */
        tl_free(cut);
    }
}

static void later_states_decode_with_and_without_their_header(void)
{
    struct tl_us bare;
    struct tl_us headed;

    CHECK(
        tl_us_decode(&bare, 26, "BRWl.iEY", 8)); /* Kentucky, as the encoder writes it */
    CHECK(tl_us_decode(&headed, 26, "aBAA.BRWl.iEY", 13)); /* as the specification says */
    CHECK_INT(memcmp(&bare, &headed, sizeof bare), 0);
    CHECK_INT(bare.sale, TL_US_NO);
    CHECK_INT(bare.targeted, TL_US_NO);
    CHECK_INT(bare.n_sensitive, 8);
    CHECK_INT(bare.sensitive[0], TL_US_NO);
    CHECK(!tl_us_decode(&headed, 26, "aBAA", 4));
    CHECK(!tl_us_decode(&headed, 26, "aCAA.BRWl", 9)); /* no such version */
}

/* ---- the rest ---- */

static void us_privacy_and_additional_consent_decode(void)
{
    struct tl_usp usp;
    struct tl_ac ac;

    CHECK(tl_usp_decode(&usp, "1YNY", 4) && usp.opt_out == 'N' && usp.lspa == 'Y');
    CHECK(!tl_usp_decode(&usp, "2YNN", 4) && !tl_usp_decode(&usp, "1yn-", 4));
    CHECK(tl_ac_decode(&ac, "1~1.35.41.101", 13) && ac.consented == 4);
    CHECK(tl_ac_decode(&ac, "2~1.35~dv.9.21.81", 17) && ac.consented == 2 &&
          ac.disclosed == 3);
    CHECK(tl_ac_decode(&ac, "2~~dv.", 6) && !ac.consented && !ac.disclosed);
    CHECK(tl_ac_decode(&ac, "1~", 2));
    CHECK(!tl_ac_decode(&ac, "1~1.", 4) && !tl_ac_decode(&ac, "1~1~dv.2", 8));
    CHECK(!tl_ac_decode(&ac, "3~1.35", 6) && !tl_ac_decode(&ac, "2~1~xx.1", 8));
}

static void digests_of_nothing_are_known_in_every_form(void)
{
    CHECK_INT(tl_hash_of("D41D8CD98F00B204E9800998ECF8427E", 32), TL_HASH_OF_EMPTY);
    CHECK_INT(tl_hash_of("dCNOmK/nSY+12vHzasLXiswzlGT5UHA7jAGYkvmCuQs=", 44),
              TL_HASH_OF_NULL);
    CHECK_INT(tl_hash_of("b602d594afd2b0b327e07a06f36ca6a7e42546d0", 40),
              TL_HASH_OF_ZERO_ID);
    CHECK_INT(tl_hash_of("b4c9a289323b21a01c3e940f150eb9b8", 32), TL_HASH_OF_SOMETHING);
    CHECK(tl_is_zero_id("00000000-0000-0000-0000-000000000000", 36));
    CHECK(!tl_is_zero_id("00000000-0000-0000-0000-000000000001", 36));
    CHECK(tl_is_zero_id("0000000000000000", 16) && !tl_is_zero_id("0", 1));
}

static bool is_cut(const char *text, bool *is_48)
{
    struct tl_ip ip;

    CHECK(tl_ip_decode(&ip, text, strlen(text)));
    *is_48 = ip.is_truncated_48;
    return ip.is_truncated;
}

static void truncated_addresses_are_seen(void)
{
    bool is_48;
    struct tl_ip ip;

    CHECK(is_cut("203.0.113.0", &is_48) && is_cut("203.0.113.xxx", &is_48));
    CHECK(is_cut("203.0.113.0/24", &is_48) && !is_cut("203.0.113.7", &is_48));
    CHECK(is_cut("2001:db8:1:2::", &is_48) && !is_48);
    CHECK(is_cut("2001:db8:1::", &is_48) && is_48);
    CHECK(is_cut("2001:db8:1:2:0:0:0:0", &is_48) && !is_48);
    CHECK(!is_cut("2001:db8::7", &is_48) && !is_cut("::1", &is_48));
    CHECK(!is_cut("1:2:3:4:5:6:7:8", &is_48) && !is_cut("::ffff:1.2.3.4", &is_48));
    CHECK(!tl_ip_decode(&ip, "1:2:3", 5) && !tl_ip_decode(&ip, "1::2::3", 7));
    CHECK(!tl_ip_decode(&ip, "1.2.3", 5) && !tl_ip_decode(&ip, "1.2.3.400", 9));
    CHECK(!tl_ip_decode(&ip, ":::", 3) && !tl_ip_decode(&ip, "1:2:3:4:5:6:7:8:9", 17));
}

static void eids_tell_source_and_agent_type(void)
{
    static const char text[] =
        "[{\"source\":\"uidapi.com\",\"uids\":[{\"id\":\"A4AA\",\"atype\":3}]},"
        "{\"inserter\":\"x\",\"source\":\"pubcid.org\",\"mm\":1,\"uids\":"
        "[{\"id\":\"p\"}]}, {\"source\":\"new.example\",\"uids\":[{\"id\":\"q\","
        "\"atype\":501,\"ext\":{\"id\":\"no\"}}]}]";
    struct tl_eids eids;

    CHECK(tl_eids_decode(&eids, text, sizeof text - 1));
    CHECK_INT(eids.n_sources, 3);
    CHECK_INT(eids.n_ids, 3);
    CHECK_INT(eids.sources, 1u << TL_EID_UID2 | 1u << TL_EID_PUBCID | 1u << TL_EID_OTHER);
    CHECK(eids.is_person && eids.is_browser && eids.is_other && !eids.is_device);
    CHECK(eids.has_match[1] && !eids.has_match[3]);
    for (size_t n = 0; n + 1 < sizeof text; n++)
        CHECK(!tl_eids_decode(&eids, text, n) && !eids.n_sources);
    CHECK(tl_eids_decode(&eids, "[]", 2) && !eids.n_ids);
    CHECK(!tl_eids_decode(&eids, "[{\"id\":1}]", 10));
}

static void a_bid_request_tells_what_it_holds(void)
{
    static const char text[] =
        "{\"id\":\"r\",\"device\":{\"ifa\":\"00000000-0000-0000-0000-000000000000\","
        "\"lmt\":1,\"ip\":\"203.0.113.0\",\"geo\":{\"lat\":48.85661,\"lon\":2.35}},"
        "\"user\":{\"id\":\"u1\",\"buyeruid\":null,\"yob\":1980,\"data\":[{\"segment\":"
        "[{\"id\":\"12\"}]}],\"ext\":{\"consent\":\"CP\",\"eids\":[{\"source\":"
        "\"euid.eu\",\"uids\":[{\"id\":\"t\"}]}]}},\"regs\":{\"coppa\":0}}";
    struct tl_openrtb rtb;

    CHECK(tl_openrtb_decode(&rtb, text, sizeof text - 1));
    CHECK(rtb.has_user_id && !rtb.has_buyeruid && rtb.has_yob && !rtb.has_gender);
    CHECK(rtb.has_consent && rtb.has_segments && rtb.has_eids && rtb.eids.is_person);
    CHECK(rtb.has_ifa && rtb.is_ifa_zero && rtb.has_lmt && rtb.is_lmt);
    CHECK(rtb.has_ip && rtb.has_geo && rtb.is_geo_precise);
    CHECK(rtb.has_coppa && !rtb.is_coppa && !rtb.has_dnt);
    for (size_t n = 0; n + 1 < sizeof text; n++)
        CHECK(!tl_openrtb_decode(&rtb, text, n));
    CHECK(!tl_openrtb_decode(&rtb, "{\"a\":1}", 7));
}

static void ignore(void *self, const struct tl_json_walk *walk)
{
    (void)walk;
    (*(unsigned *)self)++;
}

static void json_that_is_none_is_refused(void)
{
    static const char *const wrong[] = { "",         "{",        "[1,]",       "{\"a\"}",
                                         "{\"a\":}", "[1] 2",    "[1 2]",      "{a:1}",
                                         "\"a",      "[\"\\",    "{\"a\":1,}", "]",
                                         "[[1]",     "{\"a\":1]" };
    char deep[128];
    unsigned n = 0;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!tl_json_scan(wrong[i], strlen(wrong[i]), ignore, &n));
    memset(deep, '[', 64);
    memset(deep + 64, ']', 64);
    CHECK(!tl_json_scan(deep, 128, ignore, &n)); /* deeper than is looked */
    CHECK(tl_json_scan(deep + 64 - TL_JSON_DEPTH, 2 * TL_JSON_DEPTH, ignore, &n));
    static const char right[] = " {\"a\":[1,\"\\\"\",{}],\"b\":null} ";
    n = 0;
    CHECK(tl_json_scan(right, sizeof right - 1, ignore, &n));
    CHECK_INT(n, 3);
}

static void decoders_have_names_and_sources(void)
{
    const char *names[TL_DECODERS_MOST];
    size_t n = tl_decoder_names(names);

    CHECK(n >= 12);
    for (size_t i = 0; i < n; i++) {
        CHECK(!i || strcmp(names[i - 1], names[i]) < 0);
        CHECK(tl_decoder_find(names[i])->source[0] != 0);
    }
    CHECK(!tl_decoder_find("nothing"));
}

/* "tcf.purpose_7.consent" stands there as `tcf.purpose_N.consent`. */
static bool is_listed(const char *text, const char *name)
{
    char quoted[TL_FACT_NAME_MOST + 3];
    const char *digits = strpbrk(strstr(name, "purpose_") ? name : "", "0123456789");
    size_t head = digits ? (size_t)(digits - name) : strlen(name);
    const char *tail = digits ? digits + strspn(digits, "0123456789") : "";

    snprintf(quoted, sizeof quoted, "`%.*s%s%s`", (int)head, name, digits ? "N" : "",
             tail);
    return strstr(text, quoted) != NULL;
}

static void every_fact_is_listed_and_has_words(void)
{
    struct tl_str text = TL_STR_INIT(1 << 20);
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_file_read(&text, TL_FIXTURES "/../../classifiers/facts.md", &ctx), &ctx);
    for (int id = 0; id < TL_FACTS_ALL; id++) {
        const char *name = tl_fact_name(id);

        if (!CHECK(strlen(name) <= TL_FACT_NAME_MOST && is_listed(text.text, name)))
            printf("    '%s' is not in facts.md\n", name);
    }
    tl_str_release(&text);
    tl_test_ctx_release(&ctx);
}

static const char *said(const char *name, uint32_t count, uint32_t of)
{
    static struct tl_str text = TL_STR_INIT(4096);
    struct tl_fact fact = { name, count, of };

    tl_str_clear(&text);
    tl_fact_sentence(&text, &fact);
    return text.text;
}

static void facts_are_said_in_words(void)
{
    CHECK_TEXT(said("tcf.vendor.purpose_1", 412, 500),
               "412 of 500 permit purpose 1 to the vendor");
    CHECK_TEXT(said("tcf.oldest", 20000, 0), "the oldest was made on 2024-10-04");
    CHECK_TEXT(said("geo.decimals_p90", 2, 0),
               "2 decimals that 90 % of the coordinates keep within");
    CHECK_TEXT(said("x.unheard", 1, 2), "1 of 2 have x.unheard");
}

/* ---- through the engine ---- */

/* "412/500", "7" for a number, "-" where it was not counted. */
static const char *fact_of(struct tl_columns *w, uint32_t column, const char *name)
{
    static char text[32];
    const struct tl_decision *decision = &w->decisions.columns[column];

    for (uint32_t i = 0; i < decision->n_facts; i++) {
        const struct tl_fact *fact = &w->decisions.facts[decision->first_fact + i];

        if (strcmp(fact->name, name) != 0)
            continue;
        snprintf(text, sizeof text, fact->of ? "%u/%u" : "%u", fact->count, fact->of);
        return text;
    }
    return "-";
}

static void make_uuid(char out[256], unsigned i)
{
    uint64_t a = tl_columns_mix(i);
    uint64_t b = tl_columns_mix(i + 1000);

    snprintf(out, 256, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)a,
             (unsigned)(a >> 32) & 0xFFFF, (unsigned)(a >> 48) & 0xFFF,
             (unsigned)b & 0xFFF, (unsigned long long)(b >> 16));
}

static void make_place(char out[256], unsigned i)
{
    snprintf(out, 256, "48.%02u", i % 89 + 10);
}

static void make_segments(char out[256], unsigned i)
{
    snprintf(out, 256, "[{\"id\": \"%u\"}, {\"id\": \"7\"}]", 100 + i % 50);
}

static void a_column_of_nothing_but_zero_ids_is_told(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "bids", 100);
    tl_columns_add(&w, "ifa", "text", "00000000-0000-0000-0000-000000000000", TL_LAST);
    tl_columns_add(&w, "didmd5", "text", "D41D8CD98F00B204E9800998ECF8427E",
                   "b58996c504c5638798eb6b511e6f49af", TL_LAST);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_READ));
    CHECK_TEXT(fact_of(&w, 0, "ad_id.zero"), "100/100");
    CHECK_TEXT(fact_of(&w, 1, "hash.of_nothing"), "50/100");
    CHECK_TEXT(fact_of(&w, 1, "hash.upper_case"), "50/100");
    tl_columns_close(&w);
}

static void the_id_of_a_cookie_is_a_persons(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "visits", 100);
    tl_columns_make(&w, "cookie_id", "text", make_uuid);
    tl_columns_make(&w, "user.data.segment", "text", make_segments);
    tl_columns_make(&w, "lat", "text", make_place);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_READ));
    CHECK_TEXT(tl_columns_types(&w, 0), "browser_cookie_id");
    CHECK_TEXT(tl_columns_tag(&w, 0)->category, "user.device.cookie_id");
    CHECK_INT(tl_columns_tag(&w, 0)->sensitivity, TL_PERSONAL);
    CHECK_TEXT(fact_of(&w, 1, "segments.distinct"), "51");
    CHECK_TEXT(fact_of(&w, 1, "segments.mean"), "2");
    CHECK_TEXT(tl_columns_tag(&w, 2)->category, "user.location.imprecise");
    CHECK_TEXT(fact_of(&w, 2, "geo.decimals_p90"), "2");
    CHECK_TEXT(fact_of(&w, 2, "geo.precise"), "0/100");
    tl_columns_close(&w);
}

static void make_cut_address(char out[256], unsigned i)
{
    snprintf(out, 256, "203.%u.%u.0", 30 + i % 200, i % 250);
}

static void make_cut_address_6(char out[256], unsigned i)
{
    snprintf(out, 256, "2001:db8:%x:%x::", 1 + i % 7, i + 1);
}

static void make_address(char out[256], unsigned i)
{
    snprintf(out, 256, "203.0.113.%u", i % 256);
}

static void a_name_does_not_hide_that_addresses_are_cut(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "bids", 200);
    tl_columns_make(&w, "ip", "text", make_cut_address);
    tl_columns_make(&w, "ipv6", "text", make_cut_address_6);
    tl_columns_make(&w, "client_ip", "text", make_address);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_READ));
    CHECK_TEXT(tl_columns_types(&w, 0), "ip_truncated_24");
    CHECK_TEXT(tl_columns_types(&w, 1), "ip_truncated_24");
    CHECK_TEXT(tl_columns_types(&w, 2), "ipv4_address");
    CHECK_TEXT(fact_of(&w, 0, "ip.truncated"), "200/200");
    CHECK_TEXT(fact_of(&w, 2, "ip.truncated"), "1/200");
    tl_columns_close(&w);
}

static bool holds(const char *name, const char *text, bool is_named)
{
    return tl_validator_find(name)->holds(text, strlen(text), is_named);
}

static void checks_of_one_value_hold_what_they_should(void)
{
    CHECK(holds("ip_truncated", "203.0.113.0", false));
    CHECK(!holds("ip_truncated", "120.0.0.0", false)); /* a browser's version */
    CHECK(!holds("ip_truncated", "10.2.3.0", false));
    CHECK(holds("ip_truncated", "10.2.3.0", true));
    CHECK(holds("ip_truncated", "2001:db8:1:2::/64", false));
    CHECK(!holds("ip_truncated", "::", true) && !holds("ip_truncated", "::1", true));
    CHECK(holds("tcf_v1", "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", false));
    CHECK(!holds("tcf_v1", SAMPLE_22, false) && !holds("tcf_v1", "BOEF", false));
    CHECK(!holds("tcf_v1", "BaseSixtyFourOfSomethingElseEntirely", false));
    CHECK(holds("topics", "[57, 265, 308]", false) && holds("topics", "629", false));
    CHECK(!holds("topics", "630", false) && !holds("topics", "0", false));
    CHECK(!holds("topics", "1,2,3,4,5,6", false) && !holds("topics", "", false));
    CHECK(holds("openrtb", "{\"yob\":1980}", false));
    CHECK(!holds("openrtb", "{\"id\":\"1\"}", false));
}

static void flags_are_counted_by_what_their_name_says(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "bids", 100);
    tl_columns_add(&w, "lmt", "integer", "0", "1", "1", "1", TL_LAST);
    tl_columns_add(&w, "att_status", "integer", "0", "1", "2", "3", TL_LAST);
    tl_columns_add(&w, "gpc", "text", "true", "false", TL_LAST);
    tl_columns_add(&w, "att_status", "integer", "0", "1", TL_LAST);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_READ));
    CHECK_TEXT(fact_of(&w, 0, "lmt"), "75/100");
    CHECK_TEXT(fact_of(&w, 1, "att.denied"), "25/50");
    CHECK_TEXT(fact_of(&w, 2, "gpc"), "50/100");
    CHECK_TEXT(fact_of(&w, 3, "att.denied"), "-"); /* 1 may be either */
    tl_columns_close(&w);
}

static void age_is_counted_only_from_a_given_now(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "leads", 20);
    tl_columns_add(&w, "tc_string", "text", SAMPLE_22, SAMPLE_23, TL_LAST);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_READ));
    CHECK_TEXT(fact_of(&w, 0, "tcf.older_than_13_months"), "-");
    CHECK_TEXT(fact_of(&w, 0, "tcf.oldest"), "19102"); /* 2022-04-20 */
    CHECK_TEXT(fact_of(&w, 0, "tcf.decodes"), "20/20");
    CHECK_TEXT(fact_of(&w, 0, "tcf.defect.policy_outdated"), "10/20");
    CHECK_TEXT(fact_of(&w, 0, "tcf.vendor.purpose_1"), "-");
    tl_columns_close(&w);
}

TL_TESTS("adtech", TEST(the_official_sample_decodes_field_by_field),
         TEST(vendors_are_found_in_bit_fields_and_ranges),
         TEST(the_older_sample_decodes_too),
         TEST(a_core_that_is_cut_anywhere_is_truncated), TEST(what_is_no_core_says_why),
         TEST(each_defect_has_its_name), TEST(ranges_out_of_order_or_bounds_are_named),
         TEST(broken_segments_leave_the_core_readable),
         TEST(a_vendor_is_permitted_by_basis_and_restriction),
         TEST(headers_of_the_specification_decode),
         TEST(sections_of_states_tell_their_opt_outs),
         TEST(sections_that_are_cut_are_never_whole),
         TEST(later_states_decode_with_and_without_their_header),
         TEST(us_privacy_and_additional_consent_decode),
         TEST(digests_of_nothing_are_known_in_every_form),
         TEST(truncated_addresses_are_seen), TEST(eids_tell_source_and_agent_type),
         TEST(a_bid_request_tells_what_it_holds), TEST(json_that_is_none_is_refused),
         TEST(decoders_have_names_and_sources), TEST(every_fact_is_listed_and_has_words),
         TEST(facts_are_said_in_words), TEST(a_column_of_nothing_but_zero_ids_is_told),
         TEST(the_id_of_a_cookie_is_a_persons),
         TEST(a_name_does_not_hide_that_addresses_are_cut),
         TEST(checks_of_one_value_hold_what_they_should),
         TEST(flags_are_counted_by_what_their_name_says),
         TEST(age_is_counted_only_from_a_given_now))
