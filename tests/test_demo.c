/* The demo warehouse: the same everywhere, of the promised size, and true to what its columns claim to hold. */
#include "tests/check.h"

#include "base/digest.h"
#include "base/fault.h"
#include "base/file.h"
#include "connectors/warehouse/sqlite_demo.h"
#include "connectors/warehouse/sqlite_demo_parts.h"

#include <sqlite3.h>
#include <unistd.h>

/* Of all rows of all tables, for TL_SQLITE_DEMO_SEED. Changes when the generator is changed, and only then. */
#define DEMO_DIGEST "aa2b4bfc76a4a81c636ba04fe24abb51323048fbf978c64ec0088e3aa888d75c"

struct demo {
    struct tl_ctx ctx;
    sqlite3 *db;
};

static const char *fresh_path(struct tl_ctx *ctx)
{
    return tl_path_join(tl_test_folder(), "demo.db", ctx);
}

static void make(const char *path, uint64_t seed, struct demo *d)
{
    CHECK_OK(tl_sqlite_demo_make(path, seed, &d->ctx), &d->ctx);
    CHECK_INT(sqlite3_open_v2(path, &d->db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
}

static void demo_open_anew(struct demo *d, uint64_t seed)
{
    tl_test_ctx_init(&d->ctx);
    make(fresh_path(&d->ctx), seed, d);
}

/* The one with the usual seed, made once for all tests that only read it. */
static void demo_open(struct demo *d)
{
    static char path[128];

    tl_test_ctx_init(&d->ctx);
    if (*path) {
        CHECK_INT(sqlite3_open_v2(path, &d->db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
        return;
    }
    snprintf(path, sizeof path, "%s", fresh_path(&d->ctx));
    make(path, TL_SQLITE_DEMO_SEED, d);
}

static void demo_close(struct demo *d)
{
    sqlite3_close(d->db);
    tl_test_ctx_release(&d->ctx);
}

static sqlite3_stmt *ask(struct demo *d, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (!CHECK_INT(sqlite3_prepare_v2(d->db, sql, -1, &statement, NULL), SQLITE_OK))
        printf("    %s: %s\n", sql, sqlite3_errmsg(d->db));
    return statement;
}

static int64_t number(struct demo *d, const char *sql)
{
    sqlite3_stmt *statement = ask(d, sql);
    int64_t value =
        sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;

    sqlite3_finalize(statement);
    return value;
}

static const char *text(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

static void add_table(struct tl_digest *digest, struct demo *d, const char *table)
{
    sqlite3_stmt *rows =
        ask(d, tl_arena_printf(d->ctx.arena, "select * from %s order by rowid", table));

    tl_digest_add_text(digest, table);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            int type = sqlite3_column_type(rows, i);
            double real = sqlite3_column_double(rows, i);
            uint64_t bits;

            tl_digest_add_uint(digest, (uint64_t)type);
            memcpy(&bits, &real, sizeof bits);
            if (type ==
                SQLITE_FLOAT) /* not as text: how that is rounded changed between versions of SQLite */
                tl_digest_add_uint(digest, bits);
            else
                tl_digest_add_text(digest, text(rows, i) ? text(rows, i) : "");
        }
    }
    sqlite3_finalize(rows);
}

static const char *digest_of(struct demo *d)
{
    unsigned char bytes[32];
    char *hex = tl_arena_alloc(d->ctx.arena, 65, 1);
    struct tl_digest digest = { 0 };
    sqlite3_stmt *tables =
        ask(d, "select name from sqlite_schema where type = 'table' order by name");

    tl_digest_begin(&digest, TL_DIGEST_SHA256);
    while (sqlite3_step(tables) == SQLITE_ROW)
        add_table(&digest, d, text(tables, 0));
    sqlite3_finalize(tables);
    tl_digest_end(&digest, bytes);
    tl_digest_release(&digest);
    return tl_hex(hex, bytes, sizeof bytes);
}

static void the_same_seed_gives_the_same_contents_on_every_machine(void)
{
    struct demo a;
    struct demo b;

    demo_open(&a);
    demo_open_anew(&b, TL_SQLITE_DEMO_SEED);
    CHECK_TEXT(digest_of(&a), digest_of(&b));
    CHECK_TEXT(digest_of(&a), DEMO_DIGEST);
    demo_close(&a);
    demo_close(&b);
}

static void another_seed_gives_other_contents(void)
{
    struct demo d;

    demo_open_anew(&d, 7);
    CHECK(strcmp(digest_of(&d), DEMO_DIGEST) != 0);
    CHECK_INT(number(&d, "select count(*) from core_users"), 2000);
    demo_close(&d);
}

static void there_are_27_datasets_205_columns_and_100000_rows(void)
{
    struct demo d;
    int64_t rows = 0;

    demo_open(&d);
    CHECK_INT(number(&d, "select count(*) from sqlite_schema where type = 'table'"), 22);
    CHECK_INT(number(&d, "select count(*) from sqlite_schema where type = 'view'"), 5);
    CHECK_INT(
        number(&d,
               "select count(*) from sqlite_schema s, pragma_table_info(s.name) where "
               "s.type in ('table', 'view')"),
        206);
    sqlite3_stmt *tables =
        ask(&d, "select 'select count(*) from ' || name from sqlite_schema where "
                "type = 'table'");
    while (sqlite3_step(tables) == SQLITE_ROW)
        rows += number(&d, text(tables, 0));
    sqlite3_finalize(tables);
    CHECK_INT(rows, 100000);
    demo_close(&d);
}

static void every_foreign_key_and_every_view_holds(void)
{
    struct demo d;

    demo_open(&d);
    sqlite3_stmt *broken = ask(&d, "pragma foreign_key_check");
    CHECK_INT(sqlite3_step(broken), SQLITE_DONE);
    sqlite3_finalize(broken);
    sqlite3_stmt *views =
        ask(&d, "select 'select count(*) from ' || name from sqlite_schema where "
                "type = 'view'");
    while (sqlite3_step(views) == SQLITE_ROW)
        CHECK(number(&d, text(views, 0)) > 100);
    sqlite3_finalize(views);
    demo_close(&d);
}

/* ---- what the columns claim to hold ---- */

static void a_hashed_address_is_that_of_its_user(void)
{
    struct demo d;
    unsigned n = 0;

    demo_open(&d);
    sqlite3_stmt *rows =
        ask(&d,
            "select lower(trim(u.email)), g.email_sha256, g.email_md5 from core_users u "
            "join core_identity_graph g on g.user_id = u.user_id");
    for (; sqlite3_step(rows) == SQLITE_ROW; n++) {
        struct tl_sha256 sha256;
        struct tl_md5 md5;
        char hex[65];

        tl_sha256_of(&sha256, text(rows, 0), strlen(text(rows, 0)));
        tl_md5_of(&md5, text(rows, 0), strlen(text(rows, 0)));
        if (!CHECK_TEXT(text(rows, 1), tl_hex(hex, sha256.bytes, 32)) ||
            !CHECK_TEXT(text(rows, 2), tl_hex(hex, md5.bytes, 16)))
            break;
    }
    sqlite3_finalize(rows);
    CHECK_INT(n, 2000);
    CHECK(number(&d, "select count(*) from core_users where email <> lower(email)") >
          100);
    demo_close(&d);
}

/* An own reading of the bits, so that a mistake of the writer is not repeated. */
static uint64_t take_bits(const char *symbols, size_t *at, unsigned n)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint64_t value = 0;

    for (; n; n--, ++*at) {
        const char *symbol = strchr(alphabet, symbols[*at / 6]);
        unsigned six = symbol && *symbol ? (unsigned)(symbol - alphabet) : 0;

        value = value << 1 | (six >> (5 - *at % 6) & 1);
    }
    return value;
}

static bool skip_vendors(const char *core, size_t *at)
{
    uint64_t most = take_bits(core, at, 16);

    if (take_bits(core, at, 1) == 0) {
        *at += most;
        return most > 0;
    }
    uint64_t before = 0;
    for (uint64_t n = take_bits(core, at, 12); n; n--) {
        bool is_range = take_bits(core, at, 1);
        uint64_t first = take_bits(core, at, 16);
        uint64_t last = is_range ? take_bits(core, at, 16) : first;

        if (first <= before || last < first || last > most)
            return false;
        before = last;
    }
    return before == most;
}

static bool tcf_holds(const char *tcf)
{
    char core[200];
    size_t at = 0;

    snprintf(core, sizeof core, "%.*s", (int)strcspn(tcf, "."), tcf);
    bool is_second = take_bits(core, &at, 6) == 2;
    uint64_t created = take_bits(core, &at, 36);
    bool is_day = take_bits(core, &at, 36) == created && created % 864000 == 0;
    bool is_past =
        created / 10 >= 1527206400 && created / 10 < TL_DEMO_BEGIN + TL_DEMO_DAYS * 86400;
    uint64_t manager = take_bits(core, &at, 12);
    at += 12 + 6;
    bool is_spoken = take_bits(core, &at, 6) < 26 && take_bits(core, &at, 6) < 26;
    at += 12;
    bool is_policy = take_bits(core, &at, 6) >= 4;
    bool is_specific = take_bits(core, &at, 1) == 1;
    at += 1 + 12;
    bool has_purposes = take_bits(core, &at, 24) != 0;
    bool may_balance = (take_bits(core, &at, 24) >> 18 & 0xf) == 0; /* purposes 3 to 6 */
    at += 1 + 12;
    bool has_vendors = skip_vendors(core, &at) && skip_vendors(core, &at);
    at += 12;
    bool is_whole = (at + 5) / 6 == strlen(core);
    return is_second && is_day && is_past && manager > 1 && is_spoken && is_policy &&
           is_specific && has_purposes && may_balance && has_vendors && is_whole;
}

static void every_consent_string_decodes(void)
{
    struct demo d;
    unsigned n = 0;
    unsigned n_segments = 0;

    CHECK(tcf_holds("CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA") ==
          false); /* no purposes, no vendors */
    demo_open(&d);
    sqlite3_stmt *rows =
        ask(&d, "select tc_string from core_consents where tc_string is not null");
    for (; sqlite3_step(rows) == SQLITE_ROW; n++) {
        const char *segment = strchr(text(rows, 0), '.');

        if (!CHECK(tcf_holds(text(rows, 0))))
            break;
        n_segments += segment && segment[1] == 'I'; /* disclosed vendors */
    }
    sqlite3_finalize(rows);
    CHECK(n > 1000);
    CHECK(n_segments > n / 4);
    CHECK_INT(
        number(&d,
               "select count(distinct substr(tc_string, 2, 6)) > 300 from core_consents"),
        1);
    demo_close(&d);
}

static void a_gpp_header_is_as_the_specification_s_examples(void)
{
    char header[16];

    CHECK_TEXT(tl_demo_gpp_header(header, (const unsigned[]){ 2 }, 1), "DBABM");
    CHECK_TEXT(tl_demo_gpp_header(header, (const unsigned[]){ 2, 6 }, 2), "DBACNY");
}

static unsigned luhn_rest(const char *digits)
{
    unsigned sum = 0;

    for (size_t n = strlen(digits), i = 0; i < n; i++) {
        unsigned digit = (unsigned)(digits[n - 1 - i] - '0') << (i % 2);
        sum += digit / 10 + digit % 10;
    }
    return sum % 10;
}

static unsigned iban_rest(const char *iban)
{
    unsigned rest = 0;

    for (size_t n = strlen(iban), i = 0; i < n; i++) {
        char c = iban[(i + 4) % n];
        unsigned value = c >= 'A' ? (unsigned)(c - 'A') + 10 : (unsigned)(c - '0');
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest;
}

static void cards_and_accounts_hold_their_check_digits(void)
{
    struct demo d;

    demo_open(&d);
    sqlite3_stmt *cards = ask(&d, "select card_number from core_payment_methods");
    while (sqlite3_step(cards) == SQLITE_ROW)
        CHECK_INT(luhn_rest(text(cards, 0)), 0);
    sqlite3_finalize(cards);
    sqlite3_stmt *accounts = ask(&d, "select iban from core_advertisers");
    while (sqlite3_step(accounts) == SQLITE_ROW)
        CHECK_INT(iban_rest(text(accounts, 0)), 1);
    sqlite3_finalize(accounts);
    demo_close(&d);
}

static void nobody_in_it_can_be_reached(void)
{
    struct demo d;

    demo_open(&d);
    CHECK_INT(number(&d, "select count(*) from core_users where email not like "
                         "'%example.com' and email not "
                         "like '%example.org' and email not like '%example.net'"),
              0);
    CHECK_INT(
        number(
            &d,
            "select count(*) from core_users where phone like '+1%' and phone not like "
            "'+1___55501__'"),
        0);
    CHECK_INT(number(&d, "select count(distinct email) from core_users"), 2000);
    demo_close(&d);
}

static void some_devices_are_opted_out_and_some_tickets_name_people(void)
{
    struct demo d;

    demo_open(&d);
    int64_t zeros =
        number(&d, "select count(*) from core_devices where gaid like '00000000-%'");
    CHECK(zeros > 50 && zeros < 500);
    CHECK_INT(
        number(&d,
               "select count(*) from core_devices where idfa <> upper(idfa) or gaid <> "
               "lower(gaid)"),
        0);
    int64_t named =
        number(&d, "select count(*) from raw_support_tickets where notes like '%@%' or "
                   "notes like '%+%'");
    CHECK(named >= 40 && named <= 50);
    CHECK(number(&d, "select count(*) from export_audience_acme where hem is not null "
                     "and device_id is "
                     "not null") > 500);
    demo_close(&d);
}

/* ---- the key, and failures ---- */

static void the_answer_key_names_every_column_once(void)
{
    struct demo d;
    struct tl_str key = TL_STR_INIT(TL_STR_MOST);
    unsigned n_lines = 0;

    demo_open(&d);
    CHECK_OK(tl_file_read(&key, TL_FIXTURES "/demo/answers.csv", &d.ctx), &d.ctx);
    sqlite3_stmt *columns =
        ask(&d, "select char(10) || s.name || ',' || c.name || ',' from sqlite_schema s, "
                "pragma_table_info(s.name) c where s.type in ('table', 'view')");
    while (sqlite3_step(columns) == SQLITE_ROW)
        CHECK_HAS(key.text, text(columns, 0));
    sqlite3_finalize(columns);
    for (const char *p = key.text; *p; p++)
        n_lines += *p == '\n';
    CHECK_INT(n_lines, 1 + 206);
    tl_str_release(&key);
    demo_close(&d);
}

static void what_stands_there_is_left_alone(void)
{
    struct tl_ctx ctx;
    struct tl_str left = TL_STR_INIT(64);

    tl_test_ctx_init(&ctx);
    const char *path = fresh_path(&ctx);
    CHECK_OK(tl_file_write(path, "mine", 4, &ctx), &ctx);
    CHECK_FAILS(tl_sqlite_demo_make(path, 1, &ctx), TL_EWRITE, "cannot make", &ctx);
    CHECK_OK(tl_file_read(&left, path, &ctx), &ctx);
    CHECK_TEXT(left.text, "mine");
    tl_str_release(&left);
    tl_test_ctx_release(&ctx);
}

static void a_failure_anywhere_leaves_no_file_behind(void)
{
    struct tl_ctx ctx;
    unsigned nth = 1;

    tl_test_ctx_init(&ctx);
    const char *path = fresh_path(&ctx);
    for (;; nth += 17) {
        tl_fault_arm(nth);
        int rc = tl_sqlite_demo_make(path, 1, &ctx);
        if (!tl_fault_disarm())
            break;
        CHECK_FAILS(rc, TL_EWRITE, "cannot", &ctx);
        CHECK(!tl_path_exists(path));
    }
    CHECK(nth > 50);
    tl_test_ctx_release(&ctx);
}

TL_TESTS("demo", TEST(the_same_seed_gives_the_same_contents_on_every_machine),
         TEST(another_seed_gives_other_contents),
         TEST(there_are_27_datasets_205_columns_and_100000_rows),
         TEST(every_foreign_key_and_every_view_holds),
         TEST(a_hashed_address_is_that_of_its_user), TEST(every_consent_string_decodes),
         TEST(a_gpp_header_is_as_the_specification_s_examples),
         TEST(cards_and_accounts_hold_their_check_digits),
         TEST(nobody_in_it_can_be_reached),
         TEST(some_devices_are_opted_out_and_some_tickets_name_people),
         TEST(the_answer_key_names_every_column_once),
         TEST(what_stands_there_is_left_alone),
         TEST(a_failure_anywhere_leaves_no_file_behind))
