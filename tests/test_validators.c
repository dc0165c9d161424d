/*
 * Validators one by one: values that hold and values that do not, from the published rules; and all of them over odd bytes.
 */
#include "tests/check.h"
#include "tests/world_columns.h"

#include "classifiers/validators.h"

struct value {
    const char *validator, *text;
    bool holds;
};

static const struct value values[] = {
    { "email", "ana.silva+ads@example.com", true },
    { "email", "hero@2x.png", false },
    { "email", "a..b@example.com", false },
    { "email", ".a@example.com", false },
    { "email", "a@b", false },
    { "e164", "+14155550132", true },
    { "e164", "+11111111111", false },
    { "e164", "+0123456789", false },
    { "e164", "+1415", false },
    { "nanp", "(415) 555-0132", true },
    { "nanp", "1-415-555-0132", true },
    { "nanp", "(123) 456-7890", false },
    { "nanp", "911-555-0132", false },
    { "us_zip", "94107", true },
    { "us_zip", "00012", false },
    { "iso_date", "1984-02-29", true },
    { "iso_date", "1985-02-29", false },
    { "iso_date", "1984-13-01", false },
    { "age", "120", true },
    { "age", "121", false },
    { "latitude", "90.000", true },
    { "latitude", "90.001", false },
    { "latitude", "-23.55", true },
    { "longitude", "-180", true },
    { "longitude", "181.5", false },
    { "ipv4", "203.0.113.77", true },
    { "ipv4", "256.1.1.1", false },
    { "ipv4", "10.01.2.3", false },
    { "ipv4_truncated", "203.0.113.0", true },
    { "ipv4_truncated", "203.0.113.0/24", true },
    { "ipv4_truncated", "203.0.113.xxx", true },
    { "ipv4_truncated", "203.0.113.7", false },
    { "ipv6", "2001:db8::8a2e:370:7334", true },
    { "ipv6", "fe80::1%eth0", true },
    { "ipv6", "::ffff:203.0.113.9", true },
    { "ipv6", "::", true },
    { "ipv6", "2001:db8::1::2", false },
    { "ipv6", "12:34:56", false },
    { "ipv6", "1:2:3:4:5:6:7:8:9", false },
    { "ipv6", ":1:2:3:4:5:6:7", false },
    { "mac", "3c:22:fb:9a:01:7e", true },
    { "mac", "00:00:00:00:00:00", false },
    { "mac", "ff:ff:ff:ff:ff:ff", false },
    { "imei", "352415920661125", true },
    { "imei", "352415920661120", false },
    { "imei", "000000000000000", false },
    { "uuid", "f47ac10b-58cc-4372-a567-0e02b2c3d479", true },
    { "uuid", "{F47AC10B-58CC-4372-A567-0E02B2C3D479}", true },
    { "uuid", "7d444840-9dc0-01d1-b245-5ffdce74fad2", false },
    { "uuid", "7d444840-9dc0-41d1-7245-5ffdce74fad2", false },
    { "payment_card", "4539 1488 0343 6467", true },
    { "payment_card", "2221000000000009", true },
    { "payment_card", "378282246310005", true },
    { "payment_card", "4539148803436468", false },
    { "payment_card", "1607635102009600", false },
    { "payment_card", "45391488034364", false },
    { "iban", "DE89 3704 0044 0532 0130 00", true },
    { "iban", "gb29nwbk60161331926819", true },
    { "iban", "DE89 3704 0044 0532 0130 01", false },
    { "iban", "GB29NWBK6016133192681", false },
    { "iban", "XX89370400440532013000", false },
    { "us_ssn", "536-22-8714", true },
    { "us_ssn", "666-12-3456", false },
    { "us_ssn", "900-12-3456", false },
    { "us_ssn", "078-05-1120", false },
    { "us_ssn", "536-00-8714", false },
    { "digest", "d41d8cd98f00b204e9800998ecf8427e", true },
    { "digest", "1698771234567890", false },
    { "digest", "deadbeefdeadbeef", false },
    { "base64_32", "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=", true },
    { "base64_32", "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRR=", false },
    { "tcf_v2", "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", true },
    { "tcf_v2", "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", false },
    { "tcf_v2", "CAAAAAAAAAAAAAAAAAENB-CgAAAAAAAAAAYgAAAAAAAA", false },
    { "gpp", "DBABM~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", true },
    { "gpp", "ABC~1YNN", false },
    { "cookie_header", "a=1; b=2;", true },
    { "cookie_header", "a=1", false },
    { "street", "742 Evergreen Terrace Dr", true },
    { "street", "Hauptstraße 5", true },
    { "street", "300x250 Banner", false },
};

static void each_holds_where_its_rule_says_so(void)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const struct tl_validator *validator = tl_validator_find(values[i].validator);

        if (!CHECK(validator != NULL))
            continue;
        bool holds = validator->holds(values[i].text, strlen(values[i].text), true);
        if (!CHECK_INT(holds, values[i].holds))
            printf("    %s of '%s'\n", values[i].validator, values[i].text);
    }
}

static void small_octets_need_a_name(void)
{
    const struct tl_validator *ipv4 = tl_validator_find("ipv4");

    CHECK(ipv4->holds("10.2.3.4", 8, true));
    CHECK(!ipv4->holds("10.2.3.4", 8, false));
    CHECK(!ipv4->holds("120.0.0.0", 9, false));
    CHECK(ipv4->holds("10.2.3.40", 9, false));
}

/* Every byte string of 0 to 70 bytes from a few alphabets, also without a closing NUL: ASan watches. */
static void none_reads_beyond_the_value(void)
{
    static const char *const alphabets[] = { "0123456789", ":.-@0a", "A-Za/+=_",
                                             "\xff\x80\x00 " };

    const char *names[TL_VALIDATORS_MOST];
    size_t n_names = tl_validator_names(names);

    for (unsigned round = 0; round < 4000; round++) {
        const char *alphabet = alphabets[round % 4];
        size_t n = tl_columns_mix(round) % 71;
        char *bytes = tl_alloc(n + 1, 1);
        char *exact = tl_realloc(bytes, n ? n : 1, 1);

        for (size_t i = 0; i < n; i++)
            exact[i] = alphabet[tl_columns_mix(round * 71 + i) % 4];
        for (size_t v = 0; v < n_names; v++)
            tl_validator_find(names[v])->holds(exact, n, round & 1);
        tl_free(exact);
    }
    CHECK(true);
}

static void every_validator_is_in_the_table_once(void)
{
    const char *names[TL_VALIDATORS_MOST];
    size_t n = tl_validator_names(names);

    for (size_t i = 0; i < n; i++) {
        CHECK(tl_validator_find(names[i])->source != NULL);
        for (size_t k = 0; k < i; k++)
            CHECK(strcmp(names[i], names[k]) != 0);
    }
    CHECK(tl_validator_find("nonsense") == NULL);
}

/* What the table of random acceptance says of Luhn and prefixes (one in 34) is near what the code does. */
static void the_prior_of_cards_is_what_chance_gives(void)
{
    const struct tl_validator *card = tl_validator_find("payment_card");
    unsigned accepted = 0;

    for (unsigned i = 0; i < 20000; i++) {
        char text[32];

        snprintf(text, sizeof text, "4%015llu",
                 (unsigned long long)(tl_columns_mix(i) % 1000000000000000ull));
        accepted += card->holds(text, 16, false);
    }
    CHECK(accepted > 1800 &&
          accepted < 2200); /* prefix 4 and 16 digits given, Luhn alone: a tenth */
}

TL_TESTS("validators", TEST(each_holds_where_its_rule_says_so),
         TEST(small_octets_need_a_name), TEST(none_reads_beyond_the_value),
         TEST(every_validator_is_in_the_table_once),
         TEST(the_prior_of_cards_is_what_chance_gives))
