/*
 * Advertising: consent strings and identity tokens, as checks of one value. Each says where its rule comes from; the regex of the
 * type has matched before it is asked, but none relies on that: any bytes are safe.
 */
#include "classifiers/validators.h"

#include "classifiers/adtech/bits.h"
#include "classifiers/adtech/decode.h"

#include <string.h>

/*
 * An address cut to its network: IPv4 to 24 bits (the last octet is 0, x or *; random ones: 1 in 256), IPv6 to 64 or 48. Where no name
 * speaks of addresses, 120.0.0.0 and 10.2.3.0 are taken for versions, as they are of whole addresses.
 */
static bool ip_truncated_holds(const char *bytes, size_t n, bool is_named)
{
    struct tl_ip ip;

    if (!tl_ip_decode(&ip, bytes, n) || !ip.is_truncated)
        return false;
    if (ip.is_6 || is_named)
        return !ip.is_6 || n > 4; /* not "::" */
    unsigned most = 0;
    unsigned octets = 0;
    for (size_t i = 0; i < n && octets < 3; octets++) {
        unsigned octet = 0;

        for (; i < n && bytes[i] >= '0' && bytes[i] <= '9'; i++)
            octet = octet * 10 + (unsigned)(bytes[i] - '0');
        if (!octets && !octet)
            return false;
        most = octet > most ? octet : most;
        i++;
    }
    return most >= 30 && !memmem(bytes, n, ".0.0.", 5);
}

/* One of its objects with a field that only OpenRTB has; JSON from end to end. */
static bool openrtb_holds(const char *bytes, size_t n, bool is_named)
{
    struct tl_openrtb rtb;

    (void)is_named;
    return tl_openrtb_decode(&rtb, bytes, n);
}

/*
 * TCF 1 ("Consent string and vendor list format v1.1"): 6-bit version 1, two 36-bit dates from its first draft to its end, CMP id and
 * version, screen, language of two letters.
 */
static bool tcf_v1_holds(const char *bytes, size_t n, bool is_named)
{
    const uint64_t first = 15094944000u; /* 2017-11-01, in tenths of a second */
    const uint64_t last = 16094592000u;  /* 2021-01-01 */
    struct tl_bits bits = { bytes, n, 0, false };

    (void)is_named;
    if (!tl_bits_are_symbols(bytes, n) || tl_bits_take(&bits, 6) != 1)
        return false;
    uint64_t created = tl_bits_take(&bits, 36);
    uint64_t updated = tl_bits_take(&bits, 36);
    tl_bits_take(&bits, 30);
    bool are_letters = tl_bits_take(&bits, 6) < 26;
    are_letters &= tl_bits_take(&bits, 6) < 26;
    return !bits.is_over && are_letters && created >= first && created < last &&
           updated >= created && updated < last;
}

struct topics {
    bool are_topics;
};

static void see_topic(void *self, const char *bytes, size_t n)
{
    struct topics *topics = self;
    unsigned id = 0;

    for (size_t i = 0; i < n && i < 4; i++) {
        unsigned digit = (unsigned)bytes[i] - '0';

        id = digit < 10 ? id * 10 + digit : 1000;
    }
    topics->are_topics &= n <= 3 && id >= 1 && id <= 629;
}

/* Ids of the taxonomy, at most five. */
static bool topics_holds(const char *bytes, size_t n, bool is_named)
{
    struct topics topics = { true };
    uint32_t items = tl_list_items(bytes, n, see_topic, &topics);

    (void)is_named;
    return topics.are_topics && items >= 1 && items <= 5;
}

const struct tl_validator tl_validators_adtech[] = {
    { "ip_truncated", ip_truncated_holds, "Prebid, redactor: IPv4 to /24, IPv6 to /64" },
    { "openrtb", openrtb_holds, "OpenRTB 2.6 sections 3.2.1, 3.2.18, 3.2.20" },
    { "tcf_v1", tcf_v1_holds, "IAB Europe, Consent string and vendor list format v1.1" },
    { "topics", topics_holds, "Topics API, taxonomy v1 and v2" },
    { 0 },
};
