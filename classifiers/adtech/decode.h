/*
 * Reads the strings of advertising: consent (TCF, GPP, US privacy, additional consent), identity (tokens, digests, zero ids), places
 * (addresses, coordinates) and JSON of bid requests. Any bytes are safe, nothing is allocated, results borrow from the value.
 * What is wrong with a string is named, not a bare no. For the decoders (decoders.h) and their tests.
 */
#ifndef TL_CLASSIFIERS_ADTECH_DECODE_H
#define TL_CLASSIFIERS_ADTECH_DECODE_H

#include "classifiers/engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- TCF v2 ---- */

/*
 * IAB Tech Lab, "Consent string and vendor list formats v2" (v2.3, April 2025), validity by the TCF policies. The first four keep a
 * string from being decoded; the others are said of one that was.
 */
enum tl_tcf_defect {
    TL_TCF_SYMBOLS,   /* not base64url */
    TL_TCF_VERSION,   /* the first six bits are not 2 */
    TL_TCF_TRUNCATED, /* ends within the core */
    TL_TCF_NOT_CORE,  /* another segment stands first */
    TL_TCF_DATES, /* created before 2018-05-25 (GDPR), or changed before it was created */
    TL_TCF_FUTURE,       /* created after `now` and a day */
    TL_TCF_DATES_DIFFER, /* from policy 4 on both dates are equal */
    TL_TCF_LANGUAGE,     /* no two letters */
    TL_TCF_COUNTRY,
    TL_TCF_CMP,          /* ids 0 and 1 are given to nobody */
    TL_TCF_VENDOR_LIST,  /* 0 */
    TL_TCF_POLICY,       /* below 4 in a string made after 2023-11-20 */
    TL_TCF_GLOBAL_SCOPE, /* not service specific: gone with the policies of 2021 */
    TL_TCF_LI, /* legitimate interest for purpose 1, or from policy 4 on for 3 to 6 */
    TL_TCF_RANGES, /* a range ends before it begins, is out of order or beyond the greatest id */
    TL_TCF_RESTRICTION, /* purpose 0 or type 3 */
    TL_TCF_PADDING,     /* set bits behind the last field, or 32 and more */
    TL_TCF_SEGMENT,     /* one is broken, of an unknown kind, or there twice */
    TL_TCF_DISCLOSED_MISSING, /* made on 2026-03-01 or later without the segment that 2.3 demands */
    TL_TCF_DEFECTS
};
#define TL_TCF_BROKEN                                                                    \
    (1u << TL_TCF_SYMBOLS | 1u << TL_TCF_VERSION | 1u << TL_TCF_TRUNCATED |              \
     1u << TL_TCF_NOT_CORE)

/* A set of vendors, where it stands in the string. */
struct tl_tcf_vendors {
    const char *text;  /* of its segment; NULL: the section is not there */
    uint32_t n;        /* symbols of that segment */
    uint32_t at;       /* bit of its first entry */
    uint16_t n_ranges; /* where it is ranges */
    uint16_t most;     /* greatest id */
    bool is_range;
};

struct tl_tcf {
    int64_t created, updated; /* tenths of a second since 1970 */
    uint16_t cmp_id, cmp_version, vendor_list_version;
    uint8_t consent_screen, policy_version;
    char language[3], country[3]; /* "EN", "DE"; "" where they are none */
    bool is_service_specific, uses_non_standard_texts, purpose_one_treatment;
    uint32_t special_features, purposes_consent, purposes_li; /* bit i - 1 is number i */
    struct tl_tcf_vendors consent, legitimate_interest, disclosed, allowed;
    struct tl_tcf_vendors restrictions; /* `n_ranges` of them from `at` on */
    /* the publisher's own purposes, where it said any */
    bool has_publisher;
    uint32_t publisher_consent, publisher_li;
    uint8_t n_custom;
    uint32_t defects; /* bit by enum tl_tcf_defect */
};

/* False: nothing but `defects` is set. `now` in ns since 1970, 0: nothing is in the future. */
bool tl_tcf_decode(struct tl_tcf *out, const char *bytes, size_t n, int64_t now);
bool tl_tcf_has(const struct tl_tcf_vendors *vendors, uint32_t vendor);
/* What the publisher says of the vendor, by purpose (index purpose - 1): 0 not allowed, 1 needs consent, 2 needs legitimate interest, 3 nothing. */
void tl_tcf_restricted(uint8_t out[24], const struct tl_tcf *tcf, uint32_t vendor);
/* Purposes (bit p - 1) that the vendor may follow, on either basis that it declared, after restrictions. */
uint32_t tl_tcf_permitted(const struct tl_tcf *tcf, const struct tl_consent_terms *terms);

/* ---- Global Privacy Platform ---- */

/* IAB Tech Lab, GPP "Consent String Specification" and "Section Information". */
enum tl_gpp_section {
    TL_GPP_TCF_EU_1 = 1,
    TL_GPP_TCF_EU_2 = 2,
    TL_GPP_HEADER = 3,
    TL_GPP_INTEGRITY = 4,
    TL_GPP_TCF_CA = 5,
    TL_GPP_USP = 6,
    TL_GPP_US_NATIONAL = 7,
    TL_GPP_US_FIRST_STATE = 8, /* California */
    TL_GPP_US_LAST_STATE = 27
};
#define TL_GPP_SECTIONS_MOST 32

enum tl_gpp_defect {
    TL_GPP_NO_HEADER, /* not base64url, not type 3, not version 1 */
    TL_GPP_IDS, /* the Fibonacci list of section ids is broken, or longer than we keep */
    TL_GPP_COUNT, /* as many sections as ids it has not */
    TL_GPP_DEFECTS
};
struct tl_gpp {
    uint8_t n; /* sections that are both named and there */
    uint16_t ids[TL_GPP_SECTIONS_MOST];
    struct {
        const char *text;
        uint32_t n;
    } sections[TL_GPP_SECTIONS_MOST];
    uint32_t defects;
};
/* False: there is no header or no list of ids. */
bool tl_gpp_decode(struct tl_gpp *out, const char *bytes, size_t n);

/* Two bits of the US sections: 0 not applicable, 1 yes (opted out; no consent), 2 no (did not; consent). */
enum tl_us_answer { TL_US_NOT_APPLICABLE, TL_US_YES, TL_US_NO, TL_US_ABSENT };
#define TL_US_SENSITIVE_MOST 16
struct tl_us {
    uint8_t version;
    uint8_t sale, sharing, targeted; /* opt-outs, enum tl_us_answer */
    uint8_t n_sensitive, sensitive[TL_US_SENSITIVE_MOST];
    uint8_t n_child, child[5];
    uint8_t personal_data; /* consent to further processing */
    uint8_t covered;       /* by the Multi-State Privacy Agreement */
    bool has_gpc, gpc;
};
/* A section of the US, national or of a state. False: an unknown id or version, or the text is too short, or has an answer of 3. */
bool tl_us_decode(struct tl_us *out, unsigned section, const char *text, size_t n);

/* ---- US privacy string, additional consent ---- */

/* IAB CCPA framework, "US Privacy String": version 1, then Y, N or '-' each. */
struct tl_usp {
    char notice, opt_out, lspa;
};
bool tl_usp_decode(struct tl_usp *out, const char *bytes, size_t n);

/* Google Ad Manager help 9681920: "1~1.35.41" or "2~1.35.41.101~dv.9.21". */
struct tl_ac {
    uint8_t version;
    uint32_t consented, disclosed; /* how many providers */
};
bool tl_ac_decode(struct tl_ac *out, const char *bytes, size_t n);

/* ---- identity ---- */

/* UUID, 32 or 16 zeros: Android's AdvertisingIdClient under "delete advertising id", iOS without permission to track. */
bool tl_is_zero_id(const char *bytes, size_t n);

/* What a digest (hex or base64 of MD5, SHA-1, SHA-256) is of; digests measured. */
enum tl_hash_of {
    TL_HASH_OF_SOMETHING,
    TL_HASH_OF_EMPTY,
    TL_HASH_OF_NULL,
    TL_HASH_OF_ZERO_ID
};
enum tl_hash_of tl_hash_of(const char *bytes, size_t n);

/* The forms of identity tokens; all are opaque, so that length and alphabet are all there is. */
enum tl_token {
    TL_TOKEN_NONE,
    TL_TOKEN_UID2,
    TL_TOKEN_UID2_RAW,
    TL_TOKEN_ID5,
    TL_TOKEN_RAMP_ENVELOPE,
    TL_TOKEN_RAMPID
};
/* TL_TOKEN_UID2 stands for EUID as well: only its name tells. */
enum tl_token tl_token_of(const char *bytes, size_t n);

/* ---- places ---- */

struct tl_ip {
    bool is_6, is_private;
    bool
        is_truncated; /* IPv4: the last octet is 0, x or *; IPv6: the last 64 bits are 0 */
    bool is_truncated_48; /* IPv6: the last 80 are */
};
bool tl_ip_decode(struct tl_ip *out, const char *bytes, size_t n);

/* Decimals of a number as written; -1: none. `is_zero`: it is 0. */
int tl_decimals_of(const char *bytes, size_t n, bool *is_zero);

/* ---- JSON ---- */

#define TL_JSON_DEPTH 24
/* Where a scalar stands: keys from the outside in; NULL of an array's item. */
struct tl_json_walk {
    unsigned depth;
    struct {
        const char *key;
        uint32_t n;
        uint32_t index; /* of an array's item, from 0 */
    } at[TL_JSON_DEPTH];
    const char *bytes; /* of the scalar; a text without its quotes, escapes as written */
    size_t n;
    bool is_text;
};
/* Calls `scalar` for each; false where the bytes are no JSON value from end to end, or nest too deep. */
bool tl_json_scan(const char *bytes, size_t n,
                  void (*scalar)(void *self, const struct tl_json_walk *walk),
                  void *self);
/* Whether it stands at "user.eids[].source": from the outermost on (`is_whole`), or as the end of its place. */
bool tl_json_stands(const struct tl_json_walk *walk, const char *path, bool is_whole);

/* OpenRTB 2.6 section 3.2.27 and AdCOM "Agent types". */
enum tl_eid_source {
    TL_EID_UID2,
    TL_EID_EUID,
    TL_EID_ID5,
    TL_EID_LIVERAMP,
    TL_EID_PUBCID,
    TL_EID_TTD,
    TL_EID_OTHER,
    TL_EID_SOURCES
};
struct tl_eids {
    uint16_t n_sources, n_ids;
    uint8_t sources; /* bit by enum tl_eid_source */
    bool is_browser, is_device, is_person,
        is_other;      /* atype 1, 2, 3, 500 and more; by the source where none is told */
    bool has_match[6]; /* mm 0 to 5 */
};
/* A JSON array of {source, uids: [{id, atype}]}, or an object that holds one under "eids". */
bool tl_eids_decode(struct tl_eids *out, const char *bytes, size_t n);

/* What of a user, device or bid request is there. */
struct tl_openrtb {
    bool has_user_id, has_buyeruid, has_yob, has_gender, has_eids, has_consent,
        has_segments;
    bool has_ifa, is_ifa_zero, has_ip, has_geo, is_geo_precise, has_ua;
    bool has_lmt, is_lmt, has_dnt, is_dnt, has_coppa, is_coppa;
    struct tl_eids eids;
};
/* A JSON object in which at least one field of a user or device of OpenRTB stands. */
bool tl_openrtb_decode(struct tl_openrtb *out, const char *bytes, size_t n);

/* How many items a list has: JSON array, or separated by comma, bar, semicolon or blank. `item` is called for each; may be NULL. */
uint32_t tl_list_items(const char *bytes, size_t n,
                       void (*item)(void *self, const char *bytes, size_t n), void *self);

#endif
