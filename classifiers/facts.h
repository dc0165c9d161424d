/*
 * The closed set of facts that are counted in a column's values, beside its types, and the tally they are counted in. Names and
 * meanings are listed in classifiers/README.md. For classifiers/ only; whoever reads decisions sees struct tl_fact.
 */
#ifndef TL_CLASSIFIERS_FACTS_H
#define TL_CLASSIFIERS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tl_fact_kind {
    TL_FACT_SHARE,   /* rows for which it holds, of those that could tell */
    TL_FACT_FOUND,   /* the same, and not told where it holds for none */
    TL_FACT_NUMBER,  /* `count` is it */
    TL_FACT_DAY,     /* days since 1970-01-01; the earliest */
    TL_FACT_GREATEST /* a number; the greatest */
};

/* TCF purposes that exist (TCF policies, appendix A); the string has room for 24. */
#define TL_FACT_PURPOSES 11

/* X(id, name, kind, what it says of those rows, or of the number) */
#define TL_FACTS(X)                                                                      \
    X(AC_DECODES, "ac.decodes", TL_FACT_SHARE, "decode as additional consent")           \
    X(AC_PROVIDERS, "ac.providers", TL_FACT_GREATEST,                                    \
      "most providers with consent in one string")                                       \
    X(AD_ID_ZERO, "ad_id.zero", TL_FACT_SHARE, "are zeros: tracking was refused")        \
    X(ATT_DENIED, "att.denied", TL_FACT_SHARE, "deny tracking")                          \
    X(ATYPE_BROWSER, "atype.browser", TL_FACT_SHARE,                                     \
      "hold an id of a browser or device")                                               \
    X(ATYPE_DEVICE, "atype.device", TL_FACT_SHARE,                                       \
      "hold an id that apps of a device share")                                          \
    X(ATYPE_OTHER, "atype.other", TL_FACT_FOUND, "hold an id of a vendor's own kind")    \
    X(ATYPE_PERSON, "atype.person", TL_FACT_SHARE, "hold an id of a person")             \
    X(COPPA, "coppa", TL_FACT_SHARE, "are of children")                                  \
    X(DNT, "dnt", TL_FACT_SHARE, "object to tracking")                                   \
    X(EIDS_DECODES, "eids.decodes", TL_FACT_SHARE, "decode as extended ids")             \
    X(EIDS_EMPTY, "eids.empty", TL_FACT_FOUND, "hold no id")                             \
    X(EIDS_EUID, "eids.source.euid", TL_FACT_FOUND, "hold an id of euid.eu")             \
    X(EIDS_ID5, "eids.source.id5", TL_FACT_FOUND, "hold an id of id5-sync.com")          \
    X(EIDS_LIVERAMP, "eids.source.liveramp", TL_FACT_FOUND,                              \
      "hold an id of liveramp.com")                                                      \
    X(EIDS_OTHER, "eids.source.other", TL_FACT_FOUND, "hold an id of another source")    \
    X(EIDS_PUBCID, "eids.source.pubcid", TL_FACT_FOUND, "hold an id of pubcid.org")      \
    X(EIDS_TTD, "eids.source.thetradedesk", TL_FACT_FOUND, "hold an id of adserver.org") \
    X(EIDS_UID2, "eids.source.uid2", TL_FACT_FOUND, "hold an id of uidapi.com")          \
    X(EIDS_SOURCES, "eids.sources", TL_FACT_GREATEST, "most sources in one value")       \
    X(GDPR, "gdpr.applies", TL_FACT_SHARE, "are said to be within the GDPR")             \
    X(GEO_DECIMALS, "geo.decimals_p90", TL_FACT_NUMBER,                                  \
      "decimals that 90 % of the coordinates keep within")                               \
    X(GEO_PRECISE, "geo.precise", TL_FACT_SHARE,                                         \
      "are precise: three decimals or more, or a cell of less than a kilometre")         \
    X(GEO_ZERO, "geo.zero", TL_FACT_FOUND, "are 0: no place")                            \
    X(GPC, "gpc", TL_FACT_SHARE, "carry Global Privacy Control")                         \
    X(GPP_CHILD, "gpp.child_without_consent", TL_FACT_FOUND,                             \
      "are of a known child without consent")                                            \
    X(GPP_DECODES, "gpp.decodes", TL_FACT_SHARE, "decode as GPP")                        \
    X(GPP_DEFECT_COUNT, "gpp.defect.count", TL_FACT_FOUND,                               \
      "have more or fewer sections than their header names")                             \
    X(GPP_DEFECT_HEADER, "gpp.defect.header", TL_FACT_FOUND, "have no GPP header")       \
    X(GPP_DEFECT_IDS, "gpp.defect.ids", TL_FACT_FOUND, "have a broken list of sections") \
    X(GPP_DEFECT_SECTION, "gpp.defect.section", TL_FACT_FOUND,                           \
      "have a section that does not decode")                                             \
    X(GPP_GPC, "gpp.gpc", TL_FACT_SHARE, "carry Global Privacy Control in a section")    \
    X(GPP_OPT_OUT, "gpp.opt_out", TL_FACT_SHARE,                                         \
      "opt out of sale, sharing or targeted advertising")                                \
    X(GPP_OPT_OUT_SALE, "gpp.opt_out_of_sale", TL_FACT_SHARE, "opt out of sale")         \
    X(GPP_OPT_OUT_SHARING, "gpp.opt_out_of_sharing", TL_FACT_SHARE,                      \
      "opt out of sharing")                                                              \
    X(GPP_OPT_OUT_TARGETED, "gpp.opt_out_of_targeted_advertising", TL_FACT_SHARE,        \
      "opt out of targeted advertising")                                                 \
    X(GPP_HAS_CANADA, "gpp.section.tcfca", TL_FACT_FOUND, "have a Canadian section")     \
    X(GPP_HAS_OTHER, "gpp.section.other", TL_FACT_FOUND,                                 \
      "have a section we cannot read")                                                   \
    X(GPP_HAS_TCF, "gpp.section.tcfeu", TL_FACT_FOUND, "have a TCF section")             \
    X(GPP_HAS_NATIONAL, "gpp.section.us_national", TL_FACT_FOUND,                        \
      "have the national section of the US")                                             \
    X(GPP_HAS_STATE, "gpp.section.us_state", TL_FACT_FOUND,                              \
      "have a section of a US state")                                                    \
    X(GPP_HAS_USP, "gpp.section.usp", TL_FACT_FOUND, "have a US privacy section")        \
    X(GPP_SENSITIVE, "gpp.sensitive_refused", TL_FACT_SHARE,                             \
      "refuse the use of some sensitive data")                                           \
    X(HASH_EMPTY, "hash.of_empty", TL_FACT_FOUND, "are the digest of the empty text")    \
    X(HASH_NOTHING, "hash.of_nothing", TL_FACT_SHARE,                                    \
      "are the digest of nothing: empty, \"null\" or a zero id")                         \
    X(HASH_NULL, "hash.of_null", TL_FACT_FOUND, "are the digest of \"null\"")            \
    X(HASH_ZERO_ID, "hash.of_zero_id", TL_FACT_FOUND, "are the digest of a zero id")     \
    X(HASH_UPPER, "hash.upper_case", TL_FACT_FOUND,                                      \
      "are in upper case: they join with no lower case digest")                          \
    X(IP_PRIVATE, "ip.private", TL_FACT_FOUND, "are of a private network")               \
    X(IP_TRUNCATED, "ip.truncated", TL_FACT_SHARE, "are cut to their network")           \
    X(IP_TRUNCATED_48, "ip.truncated_48", TL_FACT_FOUND, "are IPv6 cut to 48 bits")      \
    X(LMT, "lmt", TL_FACT_SHARE, "limit ad tracking")                                    \
    X(OPENRTB_BUYERUID, "openrtb.buyeruid", TL_FACT_SHARE, "hold a buyer's user id")     \
    X(OPENRTB_CONSENT, "openrtb.consent", TL_FACT_SHARE, "hold a consent string")        \
    X(OPENRTB_DECODES, "openrtb.decodes", TL_FACT_SHARE, "decode as OpenRTB")            \
    X(OPENRTB_EIDS, "openrtb.eids", TL_FACT_SHARE, "hold extended ids")                  \
    X(OPENRTB_GENDER, "openrtb.gender", TL_FACT_SHARE, "hold a gender")                  \
    X(OPENRTB_GEO, "openrtb.geo", TL_FACT_SHARE, "hold coordinates")                     \
    X(OPENRTB_GEO_PRECISE, "openrtb.geo_precise", TL_FACT_SHARE,                         \
      "hold coordinates of three decimals or more")                                      \
    X(OPENRTB_IFA, "openrtb.ifa", TL_FACT_SHARE, "hold an advertising id")               \
    X(OPENRTB_IP, "openrtb.ip", TL_FACT_SHARE, "hold an IP address")                     \
    X(OPENRTB_SEGMENTS, "openrtb.segments", TL_FACT_SHARE, "hold audience segments")     \
    X(OPENRTB_USER_ID, "openrtb.user_id", TL_FACT_SHARE, "hold an exchange's user id")   \
    X(OPENRTB_YOB, "openrtb.yob", TL_FACT_SHARE, "hold a year of birth")                 \
    X(OPT_OUT, "opt_out", TL_FACT_SHARE, "opt out")                                      \
    X(SEGMENTS_DISTINCT, "segments.distinct", TL_FACT_NUMBER,                            \
      "different segments (4,096 stands for that and more)")                             \
    X(SEGMENTS_MEAN, "segments.mean", TL_FACT_NUMBER, "segments a row, rounded")         \
    X(SEGMENTS_MOST, "segments.most", TL_FACT_GREATEST, "most segments in one row")      \
    X(TCF_DECODES, "tcf.decodes", TL_FACT_SHARE, "decode as TCF 2")                      \
    X(TCF_DEFECT_CMP, "tcf.defect.cmp", TL_FACT_FOUND, "name no consent manager")        \
    X(TCF_DEFECT_COUNTRY, "tcf.defect.country", TL_FACT_FOUND, "name no country")        \
    X(TCF_DEFECT_DATES, "tcf.defect.dates", TL_FACT_FOUND,                               \
      "have dates that cannot be: before TCF, or changed before they were made")         \
    X(TCF_DEFECT_DATES_DIFFER, "tcf.defect.dates_differ", TL_FACT_FOUND,                 \
      "have two dates that differ, against policy 4")                                    \
    X(TCF_DEFECT_DISCLOSED, "tcf.defect.disclosed_missing", TL_FACT_FOUND,               \
      "lack the disclosed vendors, which TCF 2.3 demands")                               \
    X(TCF_DEFECT_FUTURE, "tcf.defect.future", TL_FACT_FOUND, "are dated in the future")  \
    X(TCF_DEFECT_GLOBAL, "tcf.defect.global_scope", TL_FACT_FOUND,                       \
      "claim global scope, which is gone")                                               \
    X(TCF_DEFECT_LANGUAGE, "tcf.defect.language", TL_FACT_FOUND, "name no language")     \
    X(TCF_DEFECT_LI, "tcf.defect.legitimate_interest", TL_FACT_FOUND,                    \
      "claim legitimate interest where it cannot be")                                    \
    X(TCF_DEFECT_LIST, "tcf.defect.vendor_list", TL_FACT_FOUND, "name no vendor list")   \
    X(TCF_DEFECT_NOT_CORE, "tcf.defect.not_core", TL_FACT_FOUND,                         \
      "begin with another segment than the core")                                        \
    X(TCF_DEFECT_PADDING, "tcf.defect.padding", TL_FACT_FOUND,                           \
      "hold something behind their last field")                                          \
    X(TCF_DEFECT_POLICY, "tcf.defect.policy_outdated", TL_FACT_FOUND,                    \
      "follow a policy that was outdated when they were made")                           \
    X(TCF_DEFECT_RANGES, "tcf.defect.ranges", TL_FACT_FOUND,                             \
      "have vendor ranges out of order or bounds")                                       \
    X(TCF_DEFECT_RESTRICTION, "tcf.defect.restriction", TL_FACT_FOUND,                   \
      "restrict in a way that is not defined")                                           \
    X(TCF_DEFECT_SEGMENT, "tcf.defect.segment", TL_FACT_FOUND,                           \
      "have a segment that is broken, unknown or twice there")                           \
    X(TCF_DEFECT_SYMBOLS, "tcf.defect.symbols", TL_FACT_FOUND, "are no base64url")       \
    X(TCF_DEFECT_TRUNCATED, "tcf.defect.truncated", TL_FACT_FOUND, "are cut off")        \
    X(TCF_DEFECT_VERSION, "tcf.defect.version", TL_FACT_FOUND, "are of another version") \
    X(TCF_FEATURE_1, "tcf.feature_1", TL_FACT_SHARE,                                     \
      "opt in to precise geolocation (special feature 1)")                               \
    X(TCF_FEATURE_2, "tcf.feature_2", TL_FACT_SHARE,                                     \
      "opt in to active scanning of the device (special feature 2)")                     \
    X(TCF_OLD, "tcf.older_than_13_months", TL_FACT_SHARE, "are older than 13 months")    \
    X(TCF_OLDEST, "tcf.oldest", TL_FACT_DAY, "the oldest was made on")                   \
    TL_FACTS_OF_PURPOSES(X, CONSENT, ".consent", "consent to purpose ", "")              \
    TL_FACTS_OF_PURPOSES(X, LI, ".legitimate_interest", "permit purpose ",               \
                         " by legitimate interest")                                      \
    X(TCF_RESTRICTIONS, "tcf.restrictions", TL_FACT_SHARE,                               \
      "carry restrictions of the publisher")                                             \
    X(TCF_VENDOR_DISCLOSED, "tcf.vendor.disclosed", TL_FACT_SHARE,                       \
      "disclosed the vendor to the user")                                                \
    TL_FACTS_OF_VENDOR(X)                                                                \
    X(TCF_VERSION_1, "tcf.version_1", TL_FACT_FOUND,                                     \
      "are of TCF 1, which ended in 2020")                                               \
    X(TOKEN_ABSENT, "token.no_consent", TL_FACT_FOUND, "say that there was no consent")  \
    X(TOKEN_DECODES, "token.decodes", TL_FACT_SHARE, "have the form of the token")       \
    X(USP_DECODES, "usp.decodes", TL_FACT_SHARE, "decode as US privacy string")          \
    X(USP_NOT_APPLICABLE, "usp.not_applicable", TL_FACT_SHARE,                           \
      "say that it does not apply")                                                      \
    X(USP_NO_NOTICE, "usp.no_notice", TL_FACT_FOUND, "were given no notice")             \
    X(USP_OPT_OUT, "usp.opt_out_of_sale", TL_FACT_SHARE, "opt out of sale")

#define TL_FACTS_OF_PURPOSES(X, word, tail, before, after)                               \
    X(TCF_##word##_1, "tcf.purpose_1" tail, TL_FACT_SHARE, before "1" after)             \
    X(TCF_##word##_2, "tcf.purpose_2" tail, TL_FACT_SHARE, before "2" after)             \
    X(TCF_##word##_3, "tcf.purpose_3" tail, TL_FACT_SHARE, before "3" after)             \
    X(TCF_##word##_4, "tcf.purpose_4" tail, TL_FACT_SHARE, before "4" after)             \
    X(TCF_##word##_5, "tcf.purpose_5" tail, TL_FACT_SHARE, before "5" after)             \
    X(TCF_##word##_6, "tcf.purpose_6" tail, TL_FACT_SHARE, before "6" after)             \
    X(TCF_##word##_7, "tcf.purpose_7" tail, TL_FACT_SHARE, before "7" after)             \
    X(TCF_##word##_8, "tcf.purpose_8" tail, TL_FACT_SHARE, before "8" after)             \
    X(TCF_##word##_9, "tcf.purpose_9" tail, TL_FACT_SHARE, before "9" after)             \
    X(TCF_##word##_10, "tcf.purpose_10" tail, TL_FACT_SHARE, before "10" after)          \
    X(TCF_##word##_11, "tcf.purpose_11" tail, TL_FACT_SHARE, before "11" after)
#define TL_FACTS_OF_VENDOR(X)                                                            \
    X(TCF_VENDOR_1, "tcf.vendor.purpose_1", TL_FACT_SHARE,                               \
      "permit purpose 1 to the vendor")                                                  \
    X(TCF_VENDOR_2, "tcf.vendor.purpose_2", TL_FACT_SHARE,                               \
      "permit purpose 2 to the vendor")                                                  \
    X(TCF_VENDOR_3, "tcf.vendor.purpose_3", TL_FACT_SHARE,                               \
      "permit purpose 3 to the vendor")                                                  \
    X(TCF_VENDOR_4, "tcf.vendor.purpose_4", TL_FACT_SHARE,                               \
      "permit purpose 4 to the vendor")                                                  \
    X(TCF_VENDOR_5, "tcf.vendor.purpose_5", TL_FACT_SHARE,                               \
      "permit purpose 5 to the vendor")                                                  \
    X(TCF_VENDOR_6, "tcf.vendor.purpose_6", TL_FACT_SHARE,                               \
      "permit purpose 6 to the vendor")                                                  \
    X(TCF_VENDOR_7, "tcf.vendor.purpose_7", TL_FACT_SHARE,                               \
      "permit purpose 7 to the vendor")                                                  \
    X(TCF_VENDOR_8, "tcf.vendor.purpose_8", TL_FACT_SHARE,                               \
      "permit purpose 8 to the vendor")                                                  \
    X(TCF_VENDOR_9, "tcf.vendor.purpose_9", TL_FACT_SHARE,                               \
      "permit purpose 9 to the vendor")                                                  \
    X(TCF_VENDOR_10, "tcf.vendor.purpose_10", TL_FACT_SHARE,                             \
      "permit purpose 10 to the vendor")                                                 \
    X(TCF_VENDOR_11, "tcf.vendor.purpose_11", TL_FACT_SHARE,                             \
      "permit purpose 11 to the vendor")

enum tl_fact_id {
#define TL_FACT_ID(id, name, kind, says) TL_FACT_##id,
    TL_FACTS(TL_FACT_ID)
#undef TL_FACT_ID
        TL_FACTS_ALL
};

struct tl_tally {
    uint32_t count[TL_FACTS_ALL], of[TL_FACTS_ALL];
    bool is_told[TL_FACTS_ALL];
};

/* One value that stands in `rows` rows could tell; `holds`: it does. */
void tl_tally_share(struct tl_tally *tally, int id, bool holds, uint32_t rows);
/* A number: replaces, keeps the smaller (a day) or keeps the greater one, by the fact's kind. */
void tl_tally_number(struct tl_tally *tally, int id, uint32_t number);

const char *tl_fact_name(int id);

#endif
