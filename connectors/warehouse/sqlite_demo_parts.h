/*
 * What the demo warehouse is made of: its DDL, and invented people, identifiers and consent strings. Integer arithmetic over a
 * counter-seeded generator, so that a value depends on (seed, what, number) alone. Private to sqlite_demo*.c and their test.
 */
#ifndef TL_CONNECTORS_WAREHOUSE_SQLITE_DEMO_PARTS_H
#define TL_CONNECTORS_WAREHOUSE_SQLITE_DEMO_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One statement each, in an order in which they can be run. NULL-terminated. */
extern const char *const tl_demo_ddl[];

/* Midnight of 2025-10-01 UTC, in seconds; events fall into the DEMO_DAYS after it. */
#define TL_DEMO_BEGIN INT64_C(1759276800)
#define TL_DEMO_DAYS  90

/* splitmix64: a counter and a mixer; any state is a good one. */
struct tl_demo_rng {
    uint64_t state;
};
/* A stream of its own for (seed, what, i). */
struct tl_demo_rng tl_demo_rng(uint64_t seed, uint64_t what, uint64_t i);
uint64_t tl_demo_next(struct tl_demo_rng *rng);
uint32_t tl_demo_below(struct tl_demo_rng *rng, uint32_t n); /* 0 .. n-1 */
bool tl_demo_percent(struct tl_demo_rng *rng, uint32_t percent);

/* One word of a NULL-terminated list. */
const char *tl_demo_pick(struct tl_demo_rng *rng, const char *const *words);

struct tl_demo_city {
    const char *name, *state, *country, *zip; /* zip: its first three digits */
    const char *
        telephone; /* "+4930" and so on where a fictional range exists; NULL: +1 area code below */
    int32_t latitude, longitude; /* millionths of a degree */
    uint16_t area, dma;
};

/* Everything about user number i. */
struct tl_demo_person {
    const struct tl_demo_city *city;
    const char *first, *last;
    char user_id[24], username[32], email[64], phone[20], street[48], zip[8], born[12],
        household[16];
    int32_t latitude, longitude; /* home, millionths of a degree */
    uint16_t birth_year;
    char gender; /* 'F', 'M', or 'X' */
    bool is_european;
};
void tl_demo_person(struct tl_demo_person *out, uint64_t seed, uint32_t i);

/* Each fills the whole of its buffer's contract and returns it. */
char *tl_demo_uuid(char out[37], struct tl_demo_rng *rng); /* version 4, lower case */
char *tl_demo_hex(char *out, size_t n, struct tl_demo_rng *rng);
char *tl_demo_base64url(char *out, size_t n,
                        struct tl_demo_rng *rng); /* n symbols and a NUL */
char *tl_demo_ipv4(char out[16], struct tl_demo_rng *rng);
char *tl_demo_ipv6(char out[40], struct tl_demo_rng *rng);
char *tl_demo_user_agent(char out[256], struct tl_demo_rng *rng);
char *tl_demo_bcrypt(char out[61], struct tl_demo_rng *rng);
char *tl_demo_card(char out[20], struct tl_demo_rng *rng);
char *tl_demo_iban(char out[23], struct tl_demo_rng *rng);
/* Digest of the address as vendors ask for it: trimmed, lower case, then hashed; hex. */
char *tl_demo_email_sha256(char out[65], const char *email);
char *tl_demo_email_md5(char out[33], const char *email);
char *tl_demo_phone_sha256(char out[65], const char *phone);
/* "2025-10-07" and "2025-10-07 13:05:59" of seconds since 1970. */
char *tl_demo_day(char out[11], int64_t seconds);
char *tl_demo_moment(char out[20], int64_t seconds);
/* A TCF v2 string: core segment, for some with disclosed vendors. At most 200 characters. */
char *tl_demo_tcf(char out[200], struct tl_demo_rng *rng, bool is_german);
/* Header for one or two section ids, ascending: "DBABM" for 2. */
char *tl_demo_gpp_header(char out[16], const unsigned *sections, size_t n);
const char *tl_demo_us_privacy(struct tl_demo_rng *rng);

#endif
