#include "connectors/warehouse/sqlite_demo_parts.h"

#include "base/digest.h"

#include <ctype.h>

/* ---- the generator ---- */

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

struct tl_demo_rng tl_demo_rng(uint64_t seed, uint64_t what, uint64_t i)
{
    return (struct tl_demo_rng){ mix(mix(seed ^ mix(what + 1)) + i) };
}

uint64_t tl_demo_next(struct tl_demo_rng *rng)
{
    rng->state += UINT64_C(0x9e3779b97f4a7c15);
    return mix(rng->state);
}

uint32_t tl_demo_below(struct tl_demo_rng *rng, uint32_t n)
{
    return (uint32_t)(((tl_demo_next(rng) >> 32) * n) >> 32);
}

bool tl_demo_percent(struct tl_demo_rng *rng, uint32_t percent)
{
    return tl_demo_below(rng, 100) < percent;
}

const char *tl_demo_pick(struct tl_demo_rng *rng, const char *const *words)
{
    uint32_t n = 0;

    while (words[n])
        n++;
    return words[tl_demo_below(rng, n)];
}

/* ---- people ---- */

/* Twenty usual for women, then twenty usual for men. */
static const char *const first_names[40] = {
    "Maria",   "Aisha",  "Ingrid", "Chloe", "Priya", "Hannah", "Sofia",  "Mei",
    "Olivia",  "Fatima", "Elena",  "Grace", "Yuki",  "Amara",  "Clara",  "Nadia",
    "Ruth",    "Zoe",    "Leila",  "Emma",  "James", "Mateo",  "Ahmed",  "Liam",
    "Hiroshi", "Lukas",  "Rajesh", "Peter", "Kwame", "Diego",  "Thomas", "Viktor",
    "Antonio", "Noah",   "Stefan", "Omar",  "Felix", "Ethan",  "Jonas",  "Marcus",
};
static const char *const last_names[40] = {
    "Kowalski", "Garcia",   "Nguyen",   "Smith",     "Müller",    "Okafor",   "Tanaka",
    "Rossi",    "Johnson",  "Schmidt",  "Patel",     "Martinez",  "Andersen", "Brown",
    "Fischer",  "Haddad",   "Williams", "Silva",     "Novak",     "Jones",    "O'Brien",
    "Yamamoto", "Weber",    "Davis",    "Hernandez", "Lindqvist", "Wilson",   "Khan",
    "Moreau",   "Taylor",   "Becker",   "Mensah",    "Anderson",  "Ferreira", "Thompson",
    "Kim",      "Hoffmann", "Walker",   "Ibrahim",   "Clark",
};
static const char *const mail_domains[] = {
    "example.com", "example.com",      "example.com",      "example.org",
    "example.net", "mail.example.com", "post.example.net", NULL,
};
static const char *const streets[] = {
    "Oak",        "Maple",    "Cedar",  "Elm",    "Lake View", "Hillcrest",
    "Washington", "Park",     "Sunset", "River",  "Meadow",    "Chestnut",
    "Franklin",   "Highland", "Spring", "Church", NULL,
};
static const char *const street_kinds[] = { "St",    "Ave",   "Rd",  "Blvd", "Lane",
                                            "Drive", "Court", "Way", NULL };
static const char *const german_streets[] = {
    "Hauptstrasse", "Gartenweg", "Bahnhofstrasse", "Lindenallee", "Schulstrasse",
    "Am Markt",     NULL,
};

/* German numbers come from the ranges that the regulator keeps free for films. */
static const struct tl_demo_city cities[40] = {
    { "New York", "NY", "US", "100", NULL, 40712776, -74005974, 212, 501 },
    { "Los Angeles", "CA", "US", "900", NULL, 34052235, -118243683, 213, 803 },
    { "Chicago", "IL", "US", "606", NULL, 41878113, -87629799, 312, 602 },
    { "Houston", "TX", "US", "770", NULL, 29760427, -95369803, 713, 618 },
    { "Phoenix", "AZ", "US", "850", NULL, 33448376, -112074036, 602, 753 },
    { "Philadelphia", "PA", "US", "191", NULL, 39952583, -75165222, 215, 504 },
    { "San Antonio", "TX", "US", "782", NULL, 29424122, -98493629, 210, 641 },
    { "San Diego", "CA", "US", "921", NULL, 32715736, -117161087, 619, 825 },
    { "Dallas", "TX", "US", "752", NULL, 32776665, -96796989, 214, 623 },
    { "Austin", "TX", "US", "787", NULL, 30267153, -97743057, 512, 635 },
    { "Jacksonville", "FL", "US", "322", NULL, 30332184, -81655651, 904, 561 },
    { "Columbus", "OH", "US", "432", NULL, 39961178, -82998795, 614, 535 },
    { "Charlotte", "NC", "US", "282", NULL, 35227085, -80843124, 704, 517 },
    { "Indianapolis", "IN", "US", "462", NULL, 39768403, -86158068, 317, 527 },
    { "Seattle", "WA", "US", "981", NULL, 47606209, -122332069, 206, 819 },
    { "Denver", "CO", "US", "802", NULL, 39739236, -104990251, 303, 751 },
    { "Boston", "MA", "US", "021", NULL, 42360081, -71058884, 617, 506 },
    { "Nashville", "TN", "US", "372", NULL, 36162663, -86781601, 615, 659 },
    { "Detroit", "MI", "US", "482", NULL, 42331429, -83045753, 313, 505 },
    { "Portland", "OR", "US", "972", NULL, 45515232, -122678385, 503, 820 },
    { "Memphis", "TN", "US", "381", NULL, 35149532, -90048981, 901, 640 },
    { "Louisville", "KY", "US", "402", NULL, 38252666, -85758453, 502, 529 },
    { "Milwaukee", "WI", "US", "532", NULL, 43038902, -87906471, 414, 617 },
    { "Albuquerque", "NM", "US", "871", NULL, 35084385, -106650421, 505, 790 },
    { "Tucson", "AZ", "US", "857", NULL, 32222607, -110974709, 520, 789 },
    { "Fresno", "CA", "US", "937", NULL, 36737797, -119787125, 559, 866 },
    { "Sacramento", "CA", "US", "958", NULL, 38581573, -121494400, 916, 862 },
    { "Kansas City", "MO", "US", "641", NULL, 39099728, -94578568, 816, 616 },
    { "Atlanta", "GA", "US", "303", NULL, 33748997, -84387985, 404, 524 },
    { "Omaha", "NE", "US", "681", NULL, 41256538, -95934502, 402, 652 },
    { "Miami", "FL", "US", "331", NULL, 25761681, -80191788, 305, 528 },
    { "Minneapolis", "MN", "US", "554", NULL, 44977753, -93265015, 612, 613 },
    { "Tampa", "FL", "US", "336", NULL, 27950575, -82457176, 813, 539 },
    { "New Orleans", "LA", "US", "701", NULL, 29951065, -90071533, 504, 622 },
    { "Cleveland", "OH", "US", "441", NULL, 41499321, -81694359, 216, 510 },
    { "Berlin", "BE", "DE", "101", "+493023125", 52520008, 13404954, 0, 0 },
    { "Hamburg", "HH", "DE", "200", "+494066969", 53551086, 9993682, 0, 0 },
    { "München", "BY", "DE", "803", "+498999998", 48135124, 11581981, 0, 0 },
    { "Köln", "NW", "DE", "506", "+492214710", 50937531, 6960279, 0, 0 },
    { "Frankfurt", "HE", "DE", "603", "+496990009", 50110924, 8682127, 0, 0 },
};

/* A mail address or a login keeps the ASCII letters of a name: "O'Brien" is "obrien", "Müller" is "mller". */
static void plain(char *out, size_t room, const char *name)
{
    size_t n = 0;

    for (; *name && n + 1 < room; name++)
        if (isalpha((unsigned char)*name) && (unsigned char)*name < 0x80)
            out[n++] = (char)tolower((unsigned char)*name);
    out[n] = '\0';
}

static void write_address(struct tl_demo_person *p, struct tl_demo_rng *rng)
{
    uint32_t number = 1 + tl_demo_below(rng, 1999);

    if (p->is_european)
        snprintf(p->street, sizeof p->street, "%s %u", tl_demo_pick(rng, german_streets),
                 number % 180 + 1);
    else
        snprintf(p->street, sizeof p->street, "%u %s %s", number,
                 tl_demo_pick(rng, streets), tl_demo_pick(rng, street_kinds));
    snprintf(p->zip, sizeof p->zip, "%s%02u", p->city->zip, 1 + tl_demo_below(rng, 98));
    if (p->city->telephone)
        snprintf(p->phone, sizeof p->phone, "%s%03u", p->city->telephone,
                 tl_demo_below(rng, 1000));
    else
        snprintf(p->phone, sizeof p->phone, "+1%u55501%02u", p->city->area,
                 tl_demo_below(rng, 100));
    p->latitude = p->city->latitude + (int32_t)tl_demo_below(rng, 90000) - 45000;
    p->longitude = p->city->longitude + (int32_t)tl_demo_below(rng, 90000) - 45000;
}

static void write_accounts(struct tl_demo_person *p, struct tl_demo_rng *rng, uint32_t i)
{
    char first[32];
    char last[32];
    const char *domain = tl_demo_pick(rng, mail_domains);

    plain(first, sizeof first, p->first);
    plain(last, sizeof last, p->last);
    switch (i % 4) {
    case 0:
        snprintf(p->email, sizeof p->email, "%s.%s%u@%s", first, last, i, domain);
        break;
    case 1:
        snprintf(p->email, sizeof p->email, "%c%s%u@%s", first[0], last, i, domain);
        break;
    case 2:
        snprintf(p->email, sizeof p->email, "%s_%s%u@%s", first, last, i, domain);
        break;
    default:
        /* as some people type it: the digests of it are those of the lower-case form */
        snprintf(p->email, sizeof p->email, "%s%u@%s", p->first, i, domain);
        break;
    }
    snprintf(p->username, sizeof p->username, "%c%s%u", first[0], last, 10 + i);
}

void tl_demo_person(struct tl_demo_person *out, uint64_t seed, uint32_t i)
{
    struct tl_demo_rng rng = tl_demo_rng(seed, 1, i);
    uint32_t name = tl_demo_below(&rng, 40);

    *out = (struct tl_demo_person){ .first = first_names[name] };
    out->last = last_names[tl_demo_below(&rng, 40)];
    out->city = &cities[tl_demo_below(&rng, 40)];
    out->is_european = out->city->telephone != NULL;
    out->gender = name < 20 ? 'F' : 'M';
    if (tl_demo_percent(&rng, 3))
        out->gender = 'X';
    out->birth_year =
        (uint16_t)(1945 + (tl_demo_below(&rng, 31) + tl_demo_below(&rng, 31)));
    snprintf(out->born, sizeof out->born, "%04u-%02u-%02u", (unsigned)out->birth_year,
             1 + tl_demo_below(&rng, 12), 1 + tl_demo_below(&rng, 28));
    snprintf(out->user_id, sizeof out->user_id, "u-%016llx",
             (unsigned long long)tl_demo_next(&rng));
    /* two or three people to a household */
    struct tl_demo_rng home = tl_demo_rng(seed, 2, i * 2 / 5);
    snprintf(out->household, sizeof out->household, "HH-%010u",
             tl_demo_below(&home, 2000000000));
    write_address(out, &rng);
    write_accounts(out, &rng, i);
}

/* ---- identifiers ---- */

static const char base64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *tl_demo_hex(char *out, size_t n, struct tl_demo_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        out[i] = "0123456789abcdef"[tl_demo_below(rng, 16)];
    out[n] = '\0';
    return out;
}

char *tl_demo_base64url(char *out, size_t n, struct tl_demo_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        out[i] = base64url[tl_demo_below(rng, 64)];
    out[n] = '\0';
    return out;
}

char *tl_demo_uuid(char out[37], struct tl_demo_rng *rng)
{
    uint64_t high = tl_demo_next(rng);
    uint64_t low = tl_demo_next(rng);
    unsigned char bytes[16];
    char *p = out;

    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(high >> (56 - 8 * i));
        bytes[8 + i] = (unsigned char)(low >> (56 - 8 * i));
    }
    bytes[6] = (unsigned char)(0x40 | (bytes[6] & 0x0f));
    bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f));
    for (unsigned i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = "0123456789abcdef"[bytes[i] >> 4];
        *p++ = "0123456789abcdef"[bytes[i] & 15];
    }
    *p = '\0';
    return out;
}

char *tl_demo_ipv4(char out[16], struct tl_demo_rng *rng)
{
    static const char *const documentation[] = { "203.0.113", "198.51.100", "192.0.2",
                                                 NULL };
    unsigned last = 1 + tl_demo_below(rng, 254);

    if (tl_demo_percent(rng, 15))
        snprintf(out, 16, "%s.%u", tl_demo_pick(rng, documentation), last);
    else
        snprintf(out, 16, "%u.%u.%u.%u", 20 + tl_demo_below(rng, 80),
                 tl_demo_below(rng, 256), tl_demo_below(rng, 256), last);
    return out;
}

char *tl_demo_ipv6(char out[40], struct tl_demo_rng *rng)
{
    snprintf(out, 40, "2001:db8:%x:%x::%x:%x", tl_demo_below(rng, 65536),
             tl_demo_below(rng, 65536), 1 + tl_demo_below(rng, 65535),
             1 + tl_demo_below(rng, 65535));
    return out;
}

char *tl_demo_user_agent(char out[256], struct tl_demo_rng *rng)
{
    static const char *const phones[] = { "Pixel 8",  "Pixel 7a", "SM-S918B",
                                          "SM-A546E", "moto g84", NULL };
    unsigned chrome = 118 + tl_demo_below(rng, 24);

    switch (tl_demo_below(rng, 5)) {
    case 0:
        snprintf(
            out, 256,
            "Mozilla/5.0 (Linux; Android %u; %s) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/%u.0.%u.%u Mobile Safari/537.36",
            12 + tl_demo_below(rng, 5), tl_demo_pick(rng, phones), chrome, 5900 + chrome,
            tl_demo_below(rng, 200));
        break;
    case 1:
        snprintf(out, 256,
                 "Mozilla/5.0 (iPhone; CPU iPhone OS 17_%u like Mac OS X) "
                 "AppleWebKit/605.1.15 "
                 "(KHTML, like Gecko) Version/17.%u Mobile/15E148 Safari/604.1",
                 tl_demo_below(rng, 7), tl_demo_below(rng, 7));
        break;
    case 2:
        snprintf(
            out, 256,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
            "Gecko) Chrome/%u.0.0.0 Safari/537.36",
            chrome);
        break;
    case 3:
        snprintf(out, 256,
                 "Mozilla/5.0 (X11; Linux x86_64; rv:%u.0) Gecko/20100101 Firefox/%u.0",
                 chrome, chrome);
        break;
    default:
        snprintf(out, 256, "Dalvik/2.1.0 (Linux; U; Android %u; %s Build/UP1A.%06u)",
                 12 + tl_demo_below(rng, 5), tl_demo_pick(rng, phones),
                 tl_demo_below(rng, 1000000));
        break;
    }
    return out;
}

char *tl_demo_bcrypt(char out[61], struct tl_demo_rng *rng)
{
    static const char symbols[] =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t n = (size_t)snprintf(out, 61, "$2b$12$");

    while (n < 60)
        out[n++] = symbols[tl_demo_below(rng, 64)];
    out[60] = '\0';
    return out;
}

/* Luhn: from the right, every second digit doubled, digit sums. */
static char luhn_digit(const char *digits, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned)(digits[n - 1 - i] - '0');

        if (i % 2 == 0)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

/* Prefixes that processors keep for tests. */
char *tl_demo_card(char out[20], struct tl_demo_rng *rng)
{
    static const char *const prefixes[] = { "400000", "424242", "411111",
                                            "555555", "222300", NULL };
    size_t n = (size_t)snprintf(out, 20, "%s", tl_demo_pick(rng, prefixes));

    while (n < 15)
        out[n++] = (char)('0' + tl_demo_below(rng, 10));
    out[15] = luhn_digit(out, 15);
    out[16] = '\0';
    return out;
}

/* Germany: DE, two check digits, 18 digits of bank and account. 98 minus the rest modulo 97 with "DE00" moved behind. */
char *tl_demo_iban(char out[23], struct tl_demo_rng *rng)
{
    char account[19];
    unsigned rest = 0;

    account[0] = (char)('1' + tl_demo_below(rng, 8));
    for (unsigned i = 1; i < 18; i++)
        account[i] = (char)('0' + tl_demo_below(rng, 10));
    account[18] = '\0';
    for (const char *p = account; *p; p++)
        rest = (rest * 10 + (unsigned)(*p - '0')) % 97;
    for (const char *p = "131400"; *p; p++)
        rest = (rest * 10 + (unsigned)(*p - '0')) % 97;
    snprintf(out, 23, "DE%02u%s", 98 - rest, account);
    return out;
}

static size_t normalise(char *out, size_t room, const char *email)
{
    size_t n = 0;

    while (*email == ' ')
        email++;
    for (; *email && *email != ' ' && n + 1 < room; email++)
        out[n++] = (char)tolower((unsigned char)*email);
    out[n] = '\0';
    return n;
}

char *tl_demo_email_sha256(char out[65], const char *email)
{
    char text[80];
    struct tl_sha256 digest;

    tl_sha256_of(&digest, text, normalise(text, sizeof text, email));
    return tl_hex(out, digest.bytes, sizeof digest.bytes);
}

char *tl_demo_email_md5(char out[33], const char *email)
{
    char text[80];
    struct tl_md5 digest;

    tl_md5_of(&digest, text, normalise(text, sizeof text, email));
    return tl_hex(out, digest.bytes, sizeof digest.bytes);
}

char *tl_demo_phone_sha256(char out[65], const char *phone)
{
    struct tl_sha256 digest;

    tl_sha256_of(&digest, phone, strlen(phone));
    return tl_hex(out, digest.bytes, sizeof digest.bytes);
}

/* ---- time ---- */

/* Howard Hinnant's civil_from_days, for days since 1970 that are not negative. */
char *tl_demo_day(char out[11], int64_t seconds)
{
    uint32_t z = (uint32_t)(seconds / 86400) + 719468;
    uint32_t era = z / 146097;
    uint32_t doe = z - era * 146097;
    uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    uint32_t mp = (5 * doy + 2) / 153;
    uint32_t month = mp < 10 ? mp + 3 : mp - 9;

    snprintf(out, 11, "%04u-%02u-%02u", (yoe + era * 400 + (month <= 2)) % 10000,
             month % 100, (doy - (153 * mp + 2) / 5 + 1) % 100);
    return out;
}

char *tl_demo_moment(char out[20], int64_t seconds)
{
    unsigned rest = (unsigned)(seconds % 86400);

    tl_demo_day(out, seconds);
    snprintf(out + 10, 10, " %02u:%02u:%02u", rest / 3600, rest / 60 % 60, rest % 60);
    return out;
}

/* ---- consent strings ---- */

/* Bits, most significant first, read back six at a time. */
struct bits {
    unsigned char bytes[160];
    size_t n;
};

static void put_bits(struct bits *b, unsigned width, uint64_t value)
{
    for (unsigned i = width; i-- > 0; b->n++)
        if ((value >> i) & 1)
            b->bytes[b->n / 8] |= (unsigned char)(0x80 >> (b->n % 8));
}

static size_t write_bits(char *out, const struct bits *b)
{
    size_t n = 0;

    for (size_t at = 0; at < b->n; at += 6) {
        unsigned six = 0;

        for (size_t i = at; i < at + 6; i++)
            six = six << 1 | (i < b->n && (b->bytes[i / 8] >> (7 - i % 8) & 1));
        out[n++] = base64url[six];
    }
    out[n] = '\0';
    return n;
}

/* A vendor section: the highest id, then either one bit a vendor or ranges. */
static void put_vendors(struct bits *b, struct tl_demo_rng *rng, bool as_ranges)
{
    unsigned most = 8 + tl_demo_below(rng, 80);

    put_bits(b, 16, most);
    put_bits(b, 1, as_ranges);
    if (!as_ranges) {
        for (unsigned id = 1; id < most; id++)
            put_bits(b, 1, tl_demo_below(rng, 3) > 0);
        put_bits(b, 1, 1);
        return;
    }
    put_bits(b, 12, 2);
    put_bits(b, 1, 1);
    put_bits(b, 16, 1);
    put_bits(b, 16, 1 + tl_demo_below(rng, 5));
    put_bits(b, 1, 0);
    put_bits(b, 16, most);
}

char *tl_demo_tcf(char out[200], struct tl_demo_rng *rng, bool is_german)
{
    static const unsigned consent_managers[] = { 10, 28, 31, 76, 221, 300, 401 };
    struct bits core = { 0 };
    /* midnight of a day in the year before the last events, in tenths of seconds */
    uint64_t day = (uint64_t)(TL_DEMO_BEGIN / 86400) - 300 + tl_demo_below(rng, 380);
    uint64_t created = day * 864000;
    unsigned purposes =
        tl_demo_below(rng, 1 << 10) | 1 << 9; /* purpose 1 is the leftmost of ten */

    put_bits(&core, 6, 2);
    put_bits(&core, 36, created);
    put_bits(&core, 36, created);
    put_bits(&core, 12, consent_managers[tl_demo_below(rng, 7)]);
    put_bits(&core, 12, 1 + tl_demo_below(rng, 40));
    put_bits(&core, 6, 1 + tl_demo_below(rng, 3));
    put_bits(&core, 6, is_german ? 'D' - 'A' : 'E' - 'A');
    put_bits(&core, 6, is_german ? 'E' - 'A' : 'N' - 'A');
    put_bits(&core, 12, 80 + tl_demo_below(rng, 50));
    put_bits(&core, 6, 5);
    put_bits(&core, 1, 1);
    put_bits(&core, 1, 0);
    put_bits(&core, 12,
             (uint64_t)tl_demo_below(rng, 4) << 10); /* special features 1 and 2 */
    put_bits(&core, 24, (uint64_t)purposes << 14);
    put_bits(&core, 24,
             (uint64_t)(purposes & 0x10f)
                 << 14); /* 3 to 6 never by legitimate interest, nor 1 */
    put_bits(&core, 1, 0);
    put_bits(&core, 6, 'D' - 'A');
    put_bits(&core, 6, 'E' - 'A');
    put_vendors(&core, rng, false);
    put_vendors(&core, rng, true);
    put_bits(&core, 12, 0);
    size_t n = write_bits(out, &core);
    if (tl_demo_percent(rng, 40)) {
        struct bits disclosed = { 0 };

        put_bits(&disclosed, 3, 1);
        put_vendors(&disclosed, rng, true);
        out[n++] = '.';
        write_bits(out + n, &disclosed);
    }
    return out;
}

/* A Fibonacci code: the sum's terms from the smallest on, closed by one more 1. */
static void put_fibonacci(struct bits *b, unsigned value)
{
    static const unsigned terms[] = { 1, 2, 3, 5, 8, 13, 21, 34, 55 };
    unsigned used = 0;
    unsigned top = 0;

    for (unsigned i = 9; i-- > 0;) {
        if (terms[i] > value)
            continue;
        value -= terms[i];
        used |= 1u << i;
        top = i > top ? i : top;
    }
    for (unsigned i = 0; i <= top; i++)
        put_bits(b, 1, used >> i & 1);
    put_bits(b, 1, 1);
}

char *tl_demo_gpp_header(char out[16], const unsigned *sections, size_t n)
{
    struct bits header = { 0 };
    unsigned before = 0;

    put_bits(&header, 6, 3);
    put_bits(&header, 6, 1);
    put_bits(&header, 12, n);
    for (size_t i = 0; i < n; i++) {
        put_bits(&header, 1, 0);
        put_fibonacci(&header, sections[i] - before);
        before = sections[i];
    }
    write_bits(out, &header);
    return out;
}

const char *tl_demo_us_privacy(struct tl_demo_rng *rng)
{
    static const char *const strings[] = { "1YNN", "1YNN", "1YNY", "1YYN",
                                           "1YYY", "1NNN", "1---", NULL };

    return tl_demo_pick(rng, strings);
}
