#include "connectors/warehouse/sqlite_demo.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "base/str.h"
#include "connectors/warehouse/sqlite_demo_parts.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <errno.h>
#include <unistd.h>

/* How many there are of what others refer to. */
enum {
    USERS = 2000,
    ADVERTISERS = 60,
    CAMPAIGNS = 240,
    CREATIVES = 700,
    PLACEMENTS = 150,
    REQUESTS = 12000,
    IMPRESSIONS = 12000
};

/* Streams of the generator: those that more than one table draws from, then one for each table. */
enum {
    OF_REQUEST_ID = 10, /* sqlite_demo_values.c has the first few */
    OF_IMPRESSION_ID,
    OF_DEVICE,
    OF_UID2,
    OF_CAMPAIGN,
    OF_TABLE = 100
};

/* One table being filled: its INSERT, the next parameter, this row's generator. */
struct sheet {
    sqlite3_stmt *insert;
    int at;
    int rc; /* the first failure of SQLite */
    uint64_t seed;
    struct tl_demo_rng rng;
};

static void keep_rc(struct sheet *s, int rc)
{
    if (s->rc == SQLITE_OK && rc != SQLITE_OK && rc != SQLITE_DONE)
        s->rc = rc;
}

/* NULL stands for SQL's. The text must stand until the row is written. */
static void put_text(struct sheet *s, const char *text)
{
    keep_rc(s, text ? sqlite3_bind_text(s->insert, ++s->at, text, -1, SQLITE_STATIC)
                    : sqlite3_bind_null(s->insert, ++s->at));
}

/* For texts made on the way: SQLite takes a copy. */
static void put_copy(struct sheet *s, const char *text)
{
    keep_rc(s, sqlite3_bind_text(s->insert, ++s->at, text, -1, SQLITE_TRANSIENT));
}

static void put_int(struct sheet *s, int64_t value)
{
    keep_rc(s, sqlite3_bind_int64(s->insert, ++s->at, value));
}

static void put_null(struct sheet *s)
{
    keep_rc(s, sqlite3_bind_null(s->insert, ++s->at));
}

/* One division of two exact integers is the same double everywhere. */
static void put_real(struct sheet *s, int64_t parts, int64_t of)
{
    keep_rc(s, sqlite3_bind_double(s->insert, ++s->at, (double)parts / (double)of));
}

static void put_uuid_of(struct sheet *s, uint64_t what, uint64_t i)
{
    struct tl_demo_rng rng = tl_demo_rng(s->seed, what, i);
    char text[37];

    put_copy(s, tl_demo_uuid(text, &rng));
}

static void put_hex(struct sheet *s, size_t n)
{
    char text[65];

    put_copy(s, tl_demo_hex(text, n, &s->rng));
}

static void put_person_id(struct sheet *s, uint32_t user)
{
    struct tl_demo_person person;

    tl_demo_person(&person, s->seed, user);
    put_copy(s, person.user_id);
}

/* A moment in the days that the warehouse covers, in seconds. */
static int64_t some_time(struct sheet *s)
{
    return TL_DEMO_BEGIN + tl_demo_below(&s->rng, TL_DEMO_DAYS * 86400);
}

static void put_ms(struct sheet *s)
{
    int64_t seconds = some_time(s);

    put_int(s, seconds * 1000 + tl_demo_below(&s->rng, 1000));
}

static void put_moment(struct sheet *s)
{
    char text[20];

    put_copy(s, tl_demo_moment(text, some_time(s)));
}

/* Few people cause most events. */
static uint32_t some_user(struct sheet *s)
{
    uint32_t a = tl_demo_below(&s->rng, USERS);
    uint32_t b = tl_demo_below(&s->rng, USERS);

    return a < b ? a : b;
}

/* ---- words ---- */

static const char *const companies[] = {
    "Acme",     "Globex",  "Initech",    "Umbrella", "Soylent", "Hooli",
    "Vandelay", "Wonka",   "Stark",      "Wayne",    "Tyrell",  "Cyberdyne",
    "Aperture", "Massive", "Pied Piper", NULL,
};
static const char *const company_kinds[] = { "Outdoor GmbH", "Foods Inc", "Motors AG",
                                             "Travel Ltd", NULL };
static const char *const industries[] = { "retail", "travel", "automotive", "finance",
                                          "gaming", "food",   NULL };
static const char *const products[] = {
    "Trail Runner 3", "Espresso Machine", "Rain Jacket", "Camping Stove",
    "City Bike",      "Headphones Pro",   "Yoga Mat",    "Desk Lamp",
    "Water Bottle",   "Winter Tyres",     NULL,
};
static const char *const seasons[] = { "Spring Sale", "Autumn Push", "Black Friday",
                                       "Brand Lift",  "Retargeting", "Launch",
                                       NULL };
static const char *const sizes[] = { "300x250", "728x90",  "320x50", "160x600",
                                     "970x250", "300x600", NULL };
static const char *const currencies[] = { "USD", "USD", "USD", "EUR", "GBP", NULL };
static const char *const statuses[] = { "active", "active", "active",
                                        "paused", "closed", NULL };
static const char *const countries[] = { "US", "US", "US", "US", "DE", NULL };
static const char *const orientations[] = { "portrait", "portrait", "landscape", NULL };
static const char *const age_ranges[] = { "18-24", "25-34", "35-44", "45-54",
                                          "55-64", "65+",   NULL };
static const char *const sites[] = {
    "news.example.org",
    "weather.example.com",
    "recipes.example.net",
    "sport.example.org",
    "games.example.com",
    "maps.example.net",
    NULL,
};
static const char *const sections[] = { "world",   "science", "local", "culture",
                                        "weather", "recipes", NULL };

static void put_version(struct sheet *s)
{
    char text[24];

    snprintf(text, sizeof text, "%u.%u.%u", 1 + tl_demo_below(&s->rng, 6),
             tl_demo_below(&s->rng, 20), tl_demo_below(&s->rng, 10));
    put_copy(s, text);
}

static void put_campaign_name(struct sheet *s, uint32_t campaign)
{
    struct tl_demo_rng rng = tl_demo_rng(s->seed, OF_CAMPAIGN, campaign);
    const char *company = tl_demo_pick(&rng, companies);
    const char *season = tl_demo_pick(&rng, seasons);
    char text[64];

    snprintf(text, sizeof text, "%s %s Q%u %s", company, season,
             1 + tl_demo_below(&rng, 4), tl_demo_pick(&rng, sizes));
    put_copy(s, text);
}

/* ---- identifiers that several tables share ---- */

enum device_kind { ON_ANDROID, ON_IOS, ON_TV };
static enum device_kind device_kind(struct sheet *s, uint32_t device,
                                    struct tl_demo_rng *rng)
{
    *rng = tl_demo_rng(s->seed, OF_DEVICE, device);
    uint32_t of_ten = tl_demo_below(rng, 10);

    return of_ten < 6 ? ON_ANDROID : of_ten < 9 ? ON_IOS : ON_TV;
}

/* The advertising id as the system hands it out: lower case on Android, upper case on iOS, zeros where tracking is limited. */
static char *advertising_id(char out[37], enum device_kind kind, bool is_limited,
                            struct tl_demo_rng *rng)
{
    tl_demo_uuid(out, rng);
    for (unsigned i = 0; i < 36; i++) {
        if (out[i] == '-')
            continue;
        if (is_limited)
            out[i] = '0';
        else if (kind == ON_IOS && out[i] >= 'a')
            out[i] = (char)(out[i] - 'a' + 'A');
    }
    return out;
}

static void uid2_token(char out[200], uint64_t seed, uint32_t user)
{
    struct tl_demo_rng rng = tl_demo_rng(seed, OF_UID2, user);

    snprintf(out, 200, "A4AAAA");
    tl_demo_base64url(out + 6, 180, &rng);
}

static void eids(struct tl_str *out, struct sheet *s, uint32_t user)
{
    char token[200];
    char uuid[37];

    uid2_token(token, s->seed, user);
    tl_str_addf(out,
                "[{\"source\":\"uidapi.com\",\"uids\":[{\"id\":\"%s\",\"atype\":3}]},",
                token);
    tl_str_addf(out,
                "{\"source\":\"pubcid.org\",\"uids\":[{\"id\":\"%s\",\"atype\":1}]}]",
                tl_demo_uuid(uuid, &s->rng));
}

static void segments(struct tl_str *out, struct sheet *s)
{
    uint32_t n = 2 + tl_demo_below(&s->rng, 6);

    for (uint32_t i = 0; i < n; i++)
        tl_str_addf(out, "%s%u", i ? "," : "", 1 + tl_demo_below(&s->rng, 1600));
}

static void put_str(struct sheet *s, struct tl_str *text)
{
    put_copy(s, text->text);
    tl_str_release(text);
}

static void put_gclid(struct sheet *s, char out[64], bool is_there)
{
    static const char *const prefixes[] = { "Cj0KCQjw", "EAIaIQob", "CjwKCAjw", NULL };

    out[0] = '\0';
    if (!is_there)
        return;
    snprintf(out, 64, "%s", tl_demo_pick(&s->rng, prefixes));
    tl_demo_base64url(out + 8, 44, &s->rng);
}

static void put_ga(struct sheet *s)
{
    char text[40];

    snprintf(text, sizeof text, "GA1.%u.%u.%lld", 1 + tl_demo_below(&s->rng, 2),
             100000000 + tl_demo_below(&s->rng, 2000000000), (long long)some_time(s));
    put_copy(s, text);
}

/* ---- core ---- */

static void fill_advertiser(struct sheet *s, uint32_t i)
{
    struct tl_demo_person contact;
    char text[80];
    const char *company = companies[i % 15];

    tl_demo_person(&contact, s->seed, USERS + i);
    put_int(s, i + 1);
    snprintf(text, sizeof text, "%s %s", company, company_kinds[i / 15]);
    put_copy(s, text);
    put_text(s, tl_demo_pick(&s->rng, industries));
    snprintf(text, sizeof text, "www.advertiser%u.example.com", i + 1);
    put_copy(s, text);
    snprintf(text, sizeof text, "%s %s", contact.first, contact.last);
    put_copy(s, text);
    if (tl_demo_percent(&s->rng, 10))
        put_null(s);
    else
        put_copy(s, contact.email);
    put_copy(s, tl_demo_iban(text, &s->rng));
    put_text(s, tl_demo_pick(&s->rng, countries));
    put_text(s, tl_demo_pick(&s->rng, statuses));
}

static void fill_campaign(struct sheet *s, uint32_t i)
{
    int64_t first = some_time(s);
    char day[11];

    put_int(s, i + 1);
    put_int(s, 1 + tl_demo_below(&s->rng, ADVERTISERS));
    put_campaign_name(s, i);
    put_text(s, tl_demo_pick(&s->rng, statuses));
    put_int(s, (int64_t)(5 + tl_demo_below(&s->rng, 500)) * 1000000000);
    put_text(s, tl_demo_pick(&s->rng, currencies));
    put_copy(s, tl_demo_day(day, first));
    if (tl_demo_percent(&s->rng, 20))
        put_null(s);
    else
        put_copy(s, tl_demo_day(day, first + (7 + (int64_t)tl_demo_below(&s->rng, 60)) *
                                                 86400));
}

static void fill_creative(struct sheet *s, uint32_t i)
{
    static const char *const kinds[] = { "image/jpeg", "image/png", "video/mp4",
                                         "text/html", NULL };
    const char *product = tl_demo_pick(&s->rng, products);
    const char *size = tl_demo_pick(&s->rng, sizes);
    char text[64];

    put_int(s, i + 1);
    put_int(s, 1 + tl_demo_below(&s->rng, CAMPAIGNS));
    snprintf(text, sizeof text, "%s Banner %c", product, 'A' + (char)(i % 4));
    put_copy(s, text);
    put_text(s, size);
    put_text(s, tl_demo_pick(&s->rng, kinds));
    put_hex(s, 64);
    put_text(s, tl_demo_pick(&s->rng, orientations));
}

static void fill_placement(struct sheet *s, uint32_t i)
{
    static const char *const positions[] = { "Top Banner", "Sidebar", "In Feed", "Footer",
                                             NULL };
    const char *site = tl_demo_pick(&s->rng, sites);
    char text[64];

    put_int(s, i + 1);
    snprintf(text, sizeof text, "%.*s %s", (int)strcspn(site, "."), site,
             tl_demo_pick(&s->rng, positions));
    text[0] = (char)(text[0] - 'a' + 'A');
    put_copy(s, text);
    put_text(s, site);
    put_text(s, tl_demo_pick(&s->rng, sizes));
    put_int(s, 100000 + 10000 * (int64_t)tl_demo_below(&s->rng, 300));
    put_int(s, tl_demo_percent(&s->rng, 90));
}

static void fill_user(struct sheet *s, uint32_t i)
{
    struct tl_demo_person p;
    char text[65];
    char gender[2] = { 0 };

    tl_demo_person(&p, s->seed, i);
    gender[0] = p.gender;
    put_copy(s, p.user_id);
    put_copy(s, p.username);
    put_copy(s, p.email);
    put_copy(s, tl_demo_email_sha256(text, p.email));
    put_int(s, tl_demo_percent(&s->rng, 85));
    put_int(s, tl_demo_below(&s->rng, 6));
    put_copy(s, tl_demo_bcrypt(text, &s->rng));
    put_text(s, p.first);
    put_text(s, p.last);
    if (tl_demo_percent(&s->rng, 30))
        put_null(s);
    else
        put_copy(s, p.phone);
    if (tl_demo_percent(&s->rng, 12))
        put_null(s);
    else
        put_copy(s, p.born);
    if (tl_demo_percent(&s->rng, 8))
        put_null(s);
    else
        put_copy(s, gender);
    put_copy(s, p.street);
    put_text(s, p.city->name);
    put_copy(s, p.zip);
    put_text(s, p.city->country);
    put_copy(s, tl_demo_percent(&s->rng, 20) ? tl_demo_ipv6(text, &s->rng)
                                             : tl_demo_ipv4(text, &s->rng));
    put_moment(s);
}

static void fill_profile(struct sheet *s, uint32_t i)
{
    struct tl_demo_person p;
    struct tl_str list = TL_STR_INIT(256);
    char text[64];

    tl_demo_person(&p, s->seed, i);
    uint32_t age = 2025u - p.birth_year;
    put_copy(s, p.user_id);
    put_copy(s, p.household);
    snprintf(text, sizeof text, "%s %s", p.first, p.last);
    put_copy(s, text);
    if (tl_demo_percent(&s->rng, 15))
        put_null(s);
    else
        put_int(s, p.birth_year);
    put_text(s, age_ranges[age < 25 ? 0 : age >= 65 ? 5 : (age - 15) / 10]);
    segments(&list, s);
    put_str(s, &list);
    put_real(s, tl_demo_below(&s->rng, 1000), 1000);
    put_version(s);
}

static void fill_device(struct sheet *s, uint32_t i)
{
    static const char *const words[] = { "android", "ios", "tvos" };
    static const char *const forms[] = { "phone", "phone", "phone", "tablet", NULL };
    struct tl_demo_rng rng;
    enum device_kind kind = device_kind(s, i, &rng);
    bool is_limited = tl_demo_percent(&rng, 12);
    char id[37];
    char text[16];

    put_int(s, 100000 + i);
    put_person_id(s, i % USERS);
    advertising_id(id, kind, is_limited, &rng);
    put_copy(s, id);
    if (kind != ON_ANDROID)
        keep_rc(s, sqlite3_bind_null(s->insert, s->at));
    put_copy(s, id);
    if (kind != ON_IOS)
        keep_rc(s, sqlite3_bind_null(s->insert, s->at));
    put_copy(s, advertising_id(id, ON_IOS, false, &rng));
    if (kind != ON_IOS)
        keep_rc(s, sqlite3_bind_null(s->insert, s->at));
    put_text(s, kind == ON_TV ? "tv" : tl_demo_pick(&s->rng, forms));
    put_text(s, words[kind]);
    snprintf(text, sizeof text, "%u.%u", 12 + tl_demo_below(&s->rng, 6),
             tl_demo_below(&s->rng, 5));
    put_copy(s, text);
    put_int(s, is_limited);
}

static void fill_consent(struct sheet *s, uint32_t i)
{
    static const unsigned in_europe[] = { 2 };
    static const unsigned at_home[] = { 6 };
    static const unsigned both[] = { 2, 6 };
    struct tl_demo_person p;
    char tcf[200];
    char header[16];
    char text[256];
    const char *us = tl_demo_us_privacy(&s->rng);

    tl_demo_person(&p, s->seed, i);
    bool is_covered = p.is_european || tl_demo_percent(&s->rng, 55);
    tl_demo_tcf(tcf, &s->rng, p.is_european);
    put_copy(s, p.user_id);
    if (is_covered)
        put_copy(s, tcf);
    else
        put_null(s);
    if (p.is_european)
        snprintf(text, sizeof text, "%s~%s", tl_demo_gpp_header(header, in_europe, 1),
                 tcf);
    else if (is_covered)
        snprintf(text, sizeof text, "%s~%s~%s", tl_demo_gpp_header(header, both, 2), tcf,
                 us);
    else
        snprintf(text, sizeof text, "%s~%s", tl_demo_gpp_header(header, at_home, 1), us);
    put_copy(s, text);
    put_text(s, p.is_european ? NULL : us);
    put_version(s);
    put_moment(s);
}

static void fill_identity(struct sheet *s, uint32_t i)
{
    struct tl_demo_person p;
    struct tl_str json = TL_STR_INIT(1024);
    char text[200];

    tl_demo_person(&p, s->seed, i);
    put_copy(s, p.user_id);
    put_copy(s, p.household);
    put_copy(s, tl_demo_email_sha256(text, p.email));
    put_copy(s, tl_demo_email_md5(text, p.email));
    uid2_token(text, s->seed, i);
    if (tl_demo_percent(&s->rng, 25))
        put_null(s);
    else
        put_copy(s, text);
    eids(&json, s, i);
    put_str(s, &json);
    put_int(s, 500 + tl_demo_below(&s->rng, 501));
}

static void fill_payment(struct sheet *s, uint32_t i)
{
    struct tl_demo_person p;
    char text[64];

    tl_demo_person(&p, s->seed, i * 3);
    put_int(s, 7000 + i);
    put_copy(s, p.user_id);
    snprintf(text, sizeof text, "%s %s", p.first, p.last);
    put_copy(s, text);
    tl_demo_card(text, &s->rng);
    bool is_visa = text[0] == '4';
    put_copy(s, text);
    snprintf(text, sizeof text, "%02u/%02u", 1 + tl_demo_below(&s->rng, 12),
             26 + tl_demo_below(&s->rng, 5));
    put_copy(s, text);
    put_text(s, is_visa ? "visa" : "mastercard");
    put_copy(s, p.zip);
}

/* ---- raw ---- */

static void put_user_json(struct sheet *s, const struct tl_demo_person *p, uint32_t user)
{
    struct tl_str json = TL_STR_INIT(4096);
    char text[200];

    tl_str_addf(&json, "{\"id\":\"%s\",\"buyeruid\":\"%s\",", p->user_id,
                tl_demo_hex(text, 24, &s->rng));
    tl_str_addf(&json, "\"yob\":%u,\"gender\":\"%c\",", (unsigned)p->birth_year,
                p->gender == 'X' ? 'O' : p->gender);
    tl_str_addf(&json, "\"geo\":{\"country\":\"%s\",\"city\":\"%s\",\"zip\":\"%s\"},",
                p->city->country[0] == 'U' ? "USA" : "DEU", p->city->name, p->zip);
    tl_str_add(&json, "\"data\":[{\"id\":\"dmp.example.net\",\"segment\":[");
    for (uint32_t i = 0; i < 3; i++)
        tl_str_addf(&json, "%s{\"id\":\"%u\"}", i ? "," : "",
                    1 + tl_demo_below(&s->rng, 1600));
    tl_str_addf(&json, "]}],\"consent\":\"%s\",\"ext\":{\"eids\":",
                tl_demo_tcf(text, &s->rng, p->is_european));
    eids(&json, s, user);
    tl_str_add(&json, "}}");
    put_str(s, &json);
}

static void fill_request(struct sheet *s, uint32_t i)
{
    struct tl_demo_person p;
    struct tl_demo_rng of_device;
    uint32_t user = some_user(s);
    char text[256];

    tl_demo_person(&p, s->seed, user);
    enum device_kind kind = device_kind(s, user, &of_device);
    bool is_limited = tl_demo_percent(&of_device, 12);
    put_uuid_of(s, OF_REQUEST_ID, i);
    put_ms(s);
    bool has_six = tl_demo_percent(&s->rng, 25);
    put_copy(s, tl_demo_ipv4(text, &s->rng));
    if (has_six)
        put_copy(s, tl_demo_ipv6(text, &s->rng));
    else
        put_null(s);
    put_copy(s, tl_demo_user_agent(text, &s->rng));
    put_copy(s, advertising_id(text, kind, is_limited, &of_device));
    put_int(s, is_limited);
    if (tl_demo_percent(&s->rng, 60)) {
        put_real(s, p.latitude + (int32_t)tl_demo_below(&s->rng, 2000), 1000000);
        put_real(s, p.longitude + (int32_t)tl_demo_below(&s->rng, 2000), 1000000);
    } else {
        put_null(s);
        put_null(s);
    }
    put_text(s, p.city->country);
    snprintf(text, sizeof text, "https://%s/%s/%u", tl_demo_pick(&s->rng, sites),
             tl_demo_pick(&s->rng, sections), 10000 + tl_demo_below(&s->rng, 90000));
    put_copy(s, text);
    put_text(s, p.is_european ? NULL : tl_demo_us_privacy(&s->rng));
    if (i % 4 == 0)
        put_user_json(s, &p, user);
    else
        put_null(s);
    put_int(s, 80 + 20 * (int64_t)tl_demo_below(&s->rng, 8));
}

static void fill_sync(struct sheet *s, uint32_t i)
{
    static const char *const partners[] = { "dsp-one.example.com", "dsp-two.example.net",
                                            "dmp.example.org", NULL };
    char text[64];

    put_person_id(s, i % USERS);
    put_text(s, tl_demo_pick(&s->rng, partners));
    put_copy(s, tl_demo_base64url(text, 26, &s->rng));
    put_ga(s);
    if (tl_demo_percent(&s->rng, 35)) {
        put_null(s);
    } else {
        snprintf(text, sizeof text, "fb.1.%lld.%u",
                 (long long)(some_time(s) * 1000 + tl_demo_below(&s->rng, 1000)),
                 100000000 + tl_demo_below(&s->rng, 2000000000));
        put_copy(s, text);
    }
    put_ms(s);
}

static void fill_lookup(struct sheet *s, uint32_t i)
{
    char text[24];

    put_uuid_of(s, OF_REQUEST_ID, i % REQUESTS);
    put_int(s, 1 + tl_demo_below(&s->rng, PLACEMENTS));
    put_text(s, tl_demo_pick(&s->rng, sizes));
    if (tl_demo_percent(&s->rng, 70)) {
        put_null(s);
    } else {
        snprintf(text, sizeof text, "DEAL-%05u", tl_demo_below(&s->rng, 400));
        put_copy(s, text);
    }
    put_int(s, 100000 + 10000 * (int64_t)tl_demo_below(&s->rng, 300));
    put_int(s, tl_demo_below(&s->rng, 40));
    put_int(s, 200 + tl_demo_below(&s->rng, 9000));
}

static void fill_bid(struct sheet *s, uint32_t i)
{
    static const char *const outcomes[] = { "won",     "lost",        "lost", "lost",
                                            "timeout", "below_floor", NULL };
    static const char *const seats[] = { "seat-101", "seat-204", "seat-307", "seat-511",
                                         NULL };
    char text[24];

    put_hex(s, 24);
    put_uuid_of(s, OF_REQUEST_ID, i * 2 / 3);
    snprintf(text, sizeof text, "imp-%u", 1 + i % 3);
    put_copy(s, text);
    put_text(s, tl_demo_pick(&s->rng, seats));
    put_int(s, 1 + tl_demo_below(&s->rng, CREATIVES));
    put_int(s, 150000 + tl_demo_below(&s->rng, 4000000));
    put_text(s, tl_demo_pick(&s->rng, currencies));
    put_text(s, tl_demo_pick(&s->rng, outcomes));
}

static void fill_impression(struct sheet *s, uint32_t i)
{
    struct tl_demo_person p;
    char text[24];

    tl_demo_person(&p, s->seed, some_user(s));
    put_uuid_of(s, OF_IMPRESSION_ID, i);
    put_uuid_of(s, OF_REQUEST_ID, tl_demo_below(&s->rng, REQUESTS));
    if (tl_demo_percent(&s->rng, 10))
        put_null(s);
    else
        put_copy(s, p.user_id);
    snprintf(text, sizeof text, "%u.%u.%u.0", 20 + tl_demo_below(&s->rng, 80),
             tl_demo_below(&s->rng, 256), tl_demo_below(&s->rng, 256));
    put_copy(s, text);
    put_real(s, p.latitude / 10000, 100);
    put_real(s, p.longitude / 10000, 100);
    put_text(s, tl_demo_pick(&s->rng, orientations));
    put_int(s, tl_demo_below(&s->rng, 30000));
    put_version(s);
    put_ms(s);
}

static void fill_click(struct sheet *s, uint32_t i)
{
    char gclid[64];
    char fbclid[64] = "";
    char text[256];
    bool from_google = i % 3 != 0;

    put_uuid_of(s, OF_IMPRESSION_ID, tl_demo_below(&s->rng, IMPRESSIONS));
    if (tl_demo_percent(&s->rng, 10))
        put_null(s);
    else
        put_person_id(s, some_user(s));
    put_gclid(s, gclid, from_google);
    if (!from_google) {
        snprintf(fbclid, sizeof fbclid, "IwAR");
        tl_demo_base64url(fbclid + 4, 40, &s->rng);
    }
    snprintf(text, sizeof text, "https://shop.example.com/p/%u?utm_source=%s&%s=%s",
             1000 + tl_demo_below(&s->rng, 9000), from_google ? "google" : "facebook",
             from_google ? "gclid" : "fbclid", from_google ? gclid : fbclid);
    put_copy(s, text);
    if (from_google)
        put_copy(s, gclid);
    else
        put_null(s);
    if (from_google)
        put_null(s);
    else
        put_copy(s, fbclid);
    put_copy(s, tl_demo_ipv4(text, &s->rng));
    put_ms(s);
}

static void fill_web_event(struct sheet *s, uint32_t i)
{
    static const char *const events[] = { "page_view",     "page_view",   "scroll",
                                          "session_start", "add_to_cart", NULL };
    static const char *const properties[] = { "G-7XK2P9QLM4", "G-4HT8W1ZRB6",
                                              "GTM-NK5C8Q2", NULL };
    char text[256];

    (void)i;
    put_hex(s, 32);
    put_text(s, tl_demo_pick(&s->rng, events));
    put_text(s, tl_demo_pick(&s->rng, properties));
    put_ga(s);
    put_copy(s, tl_demo_user_agent(text, &s->rng));
    put_int(s, tl_demo_below(&s->rng, 60000));
    put_moment(s);
}

static void fill_conversion(struct sheet *s, uint32_t i)
{
    struct tl_demo_person p;
    char text[65];

    tl_demo_person(&p, s->seed, some_user(s));
    snprintf(text, sizeof text, "ORD-2025-%06u", 1 + i);
    put_copy(s, text);
    put_copy(s, p.user_id);
    put_copy(s, tl_demo_email_sha256(text, p.email));
    put_copy(s, tl_demo_phone_sha256(text, p.phone));
    if (tl_demo_percent(&s->rng, 40))
        keep_rc(s, sqlite3_bind_null(s->insert, s->at));
    put_text(s, tl_demo_pick(&s->rng, products));
    put_int(s, 9990000 + (int64_t)tl_demo_below(&s->rng, 200) * 1000000);
    put_text(s, tl_demo_pick(&s->rng, currencies));
    if (tl_demo_percent(&s->rng, 75)) {
        put_null(s);
    } else {
        snprintf(text, sizeof text, "SAVE%u", 5 * (1 + tl_demo_below(&s->rng, 6)));
        put_copy(s, text);
    }
    put_moment(s);
}

static void fill_lead(struct sheet *s, uint32_t i)
{
    struct tl_demo_person p;
    char text[64];

    tl_demo_person(&p, s->seed, 5000 + i);
    put_int(s, i + 1);
    snprintf(text, sizeof text, "%s %s", p.first, p.last);
    put_copy(s, text);
    put_copy(s, p.email);
    put_copy(s, p.phone);
    put_text(s, tl_demo_pick(&s->rng, products));
    put_copy(s, p.street);
    put_campaign_name(s, tl_demo_below(&s->rng, CAMPAIGNS));
}

static void fill_ticket(struct sheet *s, uint32_t i)
{
    static const char *const subjects[] = { "Invoice question", "Ad does not show",
                                            "Login problem", "Refund", NULL };
    static const char *const notes[] = {
        "Customer says the banner is cut off on small screens.",
        "Asked for last month's report again.",
        "Resolved by clearing the cache.",
        "Waiting for the advertiser's answer.",
        "Budget was raised twice this week.",
        "Wants to pause the campaign until Monday.",
        "Video ad plays without sound, ticket passed on.",
        "No reply after two reminders, closed.",
        NULL,
    };
    static const char *const priorities[] = { "low", "normal", "normal", "high", NULL };
    static const char *const states[] = { "open", "waiting", "closed", "closed", NULL };
    struct tl_demo_person p;
    char text[160];
    const char *note = tl_demo_pick(&s->rng, notes);

    tl_demo_person(&p, s->seed, some_user(s));
    put_int(s, 40000 + i);
    if (tl_demo_percent(&s->rng, 30))
        put_null(s);
    else
        put_copy(s, p.user_id);
    put_text(s, tl_demo_pick(&s->rng, subjects));
    /* three in a hundred hold what somebody typed without thinking */
    if (i % 67 == 11)
        snprintf(text, sizeof text, "%s Please answer to %s, not to the office.", note,
                 p.email);
    else if (i % 67 == 40)
        snprintf(text, sizeof text, "%s Call back on %s after five.", note, p.phone);
    else
        snprintf(text, sizeof text, "%s", note);
    put_copy(s, text);
    put_text(s, tl_demo_pick(&s->rng, priorities));
    put_text(s, tl_demo_pick(&s->rng, states));
    put_moment(s);
}

/* ---- mart ---- */

static void fill_campaign_day(struct sheet *s, uint32_t i)
{
    static const char *const regions[] = { "North", "South", "East", "West", NULL };
    char day[11];
    uint32_t campaign = i % CAMPAIGNS;
    uint32_t shown = 1000 + tl_demo_below(&s->rng, 90000);

    put_copy(s, tl_demo_day(day, TL_DEMO_BEGIN + (int64_t)(i / CAMPAIGNS) * 86400));
    put_int(s, campaign + 1);
    put_campaign_name(s, campaign);
    put_text(s, regions[campaign % 4]);
    put_int(s, shown);
    put_int(s, tl_demo_below(&s->rng, shown / 50));
    put_int(s, shown / 2 + tl_demo_below(&s->rng, shown / 3));
    put_int(s, (int64_t)shown * (500 + tl_demo_below(&s->rng, 4000)));
    put_real(s, 200 + tl_demo_below(&s->rng, 900), 10);
}

static void fill_job_run(struct sheet *s, uint32_t i)
{
    static const char *const jobs[] = { "load_bids", "load_events", "build_marts",
                                        "export_audiences", NULL };
    static const char *const states[] = { "succeeded", "succeeded", "succeeded",
                                          "failed",    "skipped",   NULL };

    put_hex(s, 32);
    put_text(s, tl_demo_pick(&s->rng, jobs));
    put_text(s, tl_demo_pick(&s->rng, states));
    put_int(s, TL_DEMO_BEGIN + (int64_t)i * 21600 + tl_demo_below(&s->rng, 600));
    put_int(s, tl_demo_below(&s->rng, 200000));
    put_version(s);
}

/* ---- the whole ---- */

static const struct {
    const char *table;
    unsigned columns;
    uint32_t rows;
    void (*fill)(struct sheet *s, uint32_t i);
} plan[] = {
    { "core_advertisers", 9, ADVERTISERS, fill_advertiser },
    { "core_campaigns", 8, CAMPAIGNS, fill_campaign },
    { "core_creatives", 7, CREATIVES, fill_creative },
    { "core_placements", 6, PLACEMENTS, fill_placement },
    { "core_users", 18, USERS, fill_user },
    { "core_profiles", 8, USERS, fill_profile },
    { "core_devices", 9, 3000, fill_device },
    { "core_consents", 6, USERS, fill_consent },
    { "core_identity_graph", 7, USERS, fill_identity },
    { "core_payment_methods", 7, 600, fill_payment },
    { "raw_bid_requests", 14, REQUESTS, fill_request },
    { "raw_user_sync", 6, 6000, fill_sync },
    { "raw_inventory_lookups", 7, 12000, fill_lookup },
    { "raw_bids", 8, 18000, fill_bid },
    { "raw_impressions", 10, IMPRESSIONS, fill_impression },
    { "raw_clicks", 7, 3000, fill_click },
    { "raw_web_events", 7, 9000, fill_web_event },
    { "raw_conversions", 9, 2500, fill_conversion },
    { "raw_lead_forms", 7, 1400, fill_lead },
    { "raw_support_tickets", 7, 1500, fill_ticket },
    { "mart_campaign_daily", 9, 9600, fill_campaign_day },
    { "mart_job_runs", 6, 250, fill_job_run },
};

/* The database's words without values: its constraint messages name columns only. */
static int fail(sqlite3 *db, struct tl_ctx *ctx)
{
    return tl_fail(ctx, TL_EWRITE, "cannot write the demo warehouse: %s",
                   db ? sqlite3_errmsg(db) : "out of memory");
}

static int run(sqlite3 *db, const char *sql, struct tl_ctx *ctx)
{
    if (tl_fault("query"))
        return tl_fail(ctx, TL_EWRITE, "cannot write the demo warehouse: %s",
                       strerror(EIO));
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, ctx);
    return TL_OK;
}

static int fill_table(sqlite3 *db, size_t which, uint64_t seed, struct tl_ctx *ctx)
{
    struct sheet s = { .seed = seed };
    char sql[160];
    size_t n =
        (size_t)snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(", plan[which].table);

    for (unsigned i = 0; i < plan[which].columns; i++)
        n += (size_t)snprintf(sql + n, sizeof sql - n, i ? ",?" : "?");
    snprintf(sql + n, sizeof sql - n, ")");
    if (tl_fault("query"))
        return tl_fail(ctx, TL_EWRITE, "cannot write the demo warehouse: %s",
                       strerror(EIO));
    if (sqlite3_prepare_v2(db, sql, -1, &s.insert, NULL) != SQLITE_OK)
        return fail(db, ctx);
    for (uint32_t i = 0; i < plan[which].rows && s.rc == SQLITE_OK; i++) {
        s.at = 0;
        s.rng = tl_demo_rng(seed, OF_TABLE + which, i);
        plan[which].fill(&s, i);
        keep_rc(&s, sqlite3_step(s.insert));
        keep_rc(&s, sqlite3_reset(s.insert));
    }
    sqlite3_finalize(s.insert);
    return s.rc == SQLITE_OK ? TL_OK : fail(db, ctx);
}

static int fill_all(sqlite3 *db, uint64_t seed, struct tl_ctx *ctx)
{
    /* Nobody reads a half-made file: it is removed. So there is nothing to recover and no need to wait for the disk. */
    int rc = run(db,
                 "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA "
                 "locking_mode = EXCLUSIVE; BEGIN",
                 ctx);

    for (size_t i = 0; rc == TL_OK && tl_demo_ddl[i]; i++)
        rc = run(db, tl_demo_ddl[i], ctx);
    for (size_t i = 0; rc == TL_OK && i < sizeof plan / sizeof *plan; i++) {
        rc = tl_ctx_check(ctx);
        if (rc == TL_OK)
            rc = fill_table(db, i, seed, ctx);
    }
    if (rc == TL_OK)
        rc = run(db, "COMMIT", ctx);
    return rc;
}

int tl_sqlite_demo_make(const char *path, uint64_t seed, struct tl_ctx *ctx)
{
    sqlite3 *db = NULL;
    /* SQLite would open what stands there already; the empty file is ours from here on */
    int fd =
        tl_fault("open") ? -1 : open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    int rc = TL_OK;

    if (fd < 0) {
        if (errno == EEXIST)
            tl_hint(ctx, "choose another place, or remove the file that stands there");
        return tl_fail(ctx, TL_EWRITE, "cannot make '%s': %s", path, strerror(errno));
    }
    close(fd);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        rc = fail(db, ctx);
    if (rc == TL_OK)
        rc = fill_all(db, seed, ctx);
    if (sqlite3_close(db) != SQLITE_OK && rc == TL_OK)
        rc = tl_fail(ctx, TL_EWRITE, "cannot close '%s'", path);
    if (rc != TL_OK)
        unlink(path);
    return rc;
}
