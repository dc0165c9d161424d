#include "tests/check.h"

#include "base/name.h"

#include <string.h>
#include <time.h>

static void check_encoded(const char *name, const char *want)
{
    struct tl_str out = TL_STR_INIT(4096);
    struct tl_str back = TL_STR_INIT(4096);

    tl_name_encode(&out, name);
    CHECK_TEXT(out.text, want);
    CHECK(tl_name_decode(&back, out.text, out.n));
    CHECK_TEXT(back.text, name);
    tl_str_release(&out);
    tl_str_release(&back);
}

static void odd_names_are_encoded_and_come_back(void)
{
    check_encoded("users", "users");
    check_encoded("Ad-Events_2", "Ad-Events_2");
    check_encoded("a.b.c", "a.b.c");
    check_encoded(".hidden", "%2Ehidden");
    check_encoded("end.", "end%2E");
    check_encoded(".", "%2E");
    check_encoded("..", "%2E%2E");
    check_encoded("", "%");
    check_encoded("%", "%25");
    check_encoded("a/b#c", "a%2Fb%23c");
    check_encoded("\"quoted\"\n", "%22quoted%22%0A");
    check_encoded("😀", "%F0%9F%98%80");
    check_encoded("\xff\x01", "%FF%01");
    check_encoded("name#2", "name%232");
}

static void every_byte_comes_back(void)
{
    char name[256];
    struct tl_str out = TL_STR_INIT(4096);
    struct tl_str back = TL_STR_INIT(4096);

    for (size_t i = 0; i < 255; i++)
        name[i] = (char)(i + 1);
    name[255] = '\0';
    tl_name_encode(&out, name);
    CHECK(tl_name_decode(&back, out.text, out.n));
    CHECK_TEXT(back.text, name);
    tl_str_release(&out);
    tl_str_release(&back);
}

static bool decodes(const char *text)
{
    struct tl_str out = TL_STR_INIT(64);
    bool good = tl_name_decode(&out, text, strlen(text));

    tl_str_release(&out);
    return good;
}

static void bad_escapes_are_refused(void)
{
    CHECK(decodes("a%2fb"));
    CHECK(!decodes("a%"));
    CHECK(!decodes("%2"));
    CHECK(!decodes("%zz"));
    CHECK(!decodes("%00"));
    CHECK(!decodes("%%"));
}

static void check_file(const char *name, size_t n, const char *end)
{
    struct tl_str out = TL_STR_INIT(4096);

    tl_name_encode_file(&out, name);
    CHECK_INT(out.n, n);
    CHECK_HAS(out.text, end);
    tl_str_release(&out);
}

/* The digest is sha256sum's. */
static void long_file_names_are_cut_with_a_digest(void)
{
    char name[202];

    memset(name, 'a', 201);
    name[201] = '\0';
    check_file(name, 197, "aaa~a92efd82109373e5");
    name[200] = '\0';
    check_file(name, 200, "aaa");
    name[67] = '\0';
    memset(name, '/', 67);
    check_file(name, 197, "%2F%2F~");
}

static void keys_are_written_level_by_level(void)
{
    struct tl_str out = TL_STR_INIT(4096);
    struct tl_key full = { "shop", "db", "main", "users", "contact.email" };
    struct tl_key part = { "my shop", NULL, NULL, "a/b", NULL };

    tl_key_add(&out, &full);
    CHECK_TEXT(out.text, "shop/db/main/users#contact.email");
    tl_str_clear(&out);
    tl_key_add(&out, &part);
    CHECK_TEXT(out.text, "my%20shop/a%2Fb");
    tl_str_release(&out);
}

static bool ends_in(const struct tl_key *key, const char *text, bool fold)
{
    struct tl_ctx ctx;
    struct tl_key_pattern pattern;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_key_parse(&pattern, text, &ctx), &ctx);
    bool does = tl_key_ends_in(key, &pattern, fold);
    tl_test_ctx_release(&ctx);
    return does;
}

static void any_end_of_a_key_names_it(void)
{
    struct tl_key key = { "shop", NULL, "main", "a/b", "name#2" };

    CHECK(ends_in(&key, "shop/main/a%2Fb#name%232", false));
    CHECK(ends_in(&key, "main/a%2Fb#name#2", false));
    CHECK(ends_in(&key, "a%2Fb#name#2", false));
    CHECK(ends_in(&key, "#name#2", false));
    CHECK(!ends_in(&key, "other/main/a%2Fb#name#2", false));
    CHECK(!ends_in(&key, "x/shop/main/a%2Fb#name#2", false));
    CHECK(!ends_in(&key, "a%2Fb", false));
    CHECK(!ends_in(&key, "b#name#2", false));
}

static void case_is_overlooked_only_when_folded(void)
{
    struct tl_key key = { "Shop", NULL, NULL, "Users", "Email" };

    CHECK(!ends_in(&key, "users#email", false));
    CHECK(ends_in(&key, "users#email", true));
    CHECK(ends_in(&key, "SHOP/USERS#EMAIL", true));
    CHECK(!ends_in(&key, "users#emails", true));
    CHECK(!ends_in(&key, "users#emai", true));
}

static void what_cannot_be_a_key_is_refused(void)
{
    static const char *const texts[] = { "",       "/users", "users/",    "a//b",
                                         "users#", "a%",     "a/b/c/d/e", "#%0" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tl_ctx ctx;
        struct tl_key_pattern pattern;
        tl_test_ctx_init(&ctx);
        CHECK(tl_key_parse(&pattern, texts[i], &ctx) == TL_EUSAGE);
        CHECK_HAS(ctx.error.text, "cannot read the name");
        CHECK(ctx.error.hint[0] != '\0');
        tl_test_ctx_release(&ctx);
    }
}

static void globs_match_levels_from_the_right(void)
{
    struct tl_key key = { "shop", "db", "raw", "ad_events", NULL };

    CHECK(tl_key_matches(&key, "ad_events"));
    CHECK(tl_key_matches(&key, "raw/*"));
    CHECK(tl_key_matches(&key, "*/raw/ad_?vents"));
    CHECK(tl_key_matches(&key, "shop/db/raw/ad_[a-f]*"));
    CHECK(tl_key_matches(&key, "shop/**"));
    CHECK(tl_key_matches(&key, "shop/**/ad_events"));
    CHECK(tl_key_matches(&key, "**/**/shop/**/**/*"));
    CHECK(!tl_key_matches(&key, "shop/*"));
    CHECK(!tl_key_matches(&key, "raw*"));
    CHECK(!tl_key_matches(&key, "events"));
    CHECK(!tl_key_matches(&key, "ad_[!a-f]*"));
    CHECK(!tl_key_matches(&key, "x/shop/db/raw/ad_events"));
    CHECK(!tl_key_matches(&key, ""));
}

static void globs_know_odd_characters(void)
{
    struct tl_key key = { "s", NULL, NULL, "a/b]*é", NULL };

    CHECK(tl_key_matches(&key, "s/a%2Fb%5D%2A%C3%A9"));
    CHECK(tl_key_matches(&key, "a?b[]]\\*?"));
    CHECK(tl_key_matches(&key, "a*"));
    CHECK(!tl_key_matches(&key, "a/b*"));
    CHECK(!tl_key_matches(&key, "a?b[]]\\**x"));
    key.dataset = "[x";
    CHECK(tl_key_matches(&key, "[x"));
    key.dataset = "a-b";
    CHECK(tl_key_matches(&key, "a[b-]b"));
}

/* Backtracking over each star would need 10^20 steps here. */
static void a_nasty_glob_costs_no_time(void)
{
    char name[5001];
    char glob[201];
    struct tl_key key = { "s", NULL, NULL, name, NULL };

    memset(name, 'a', 5000);
    name[5000] = '\0';
    for (size_t i = 0; i < 200; i += 2)
        memcpy(glob + i, "*a", 2);
    glob[199] = 'b';
    glob[200] = '\0';
    clock_t began = clock();
    CHECK(!tl_key_matches(&key, glob));
    CHECK(clock() - began < CLOCKS_PER_SEC);
}

static int order(struct tl_key a, struct tl_key b)
{
    int forth = tl_key_compare(&a, &b);
    int back = tl_key_compare(&b, &a);

    CHECK((forth < 0) == (back > 0) && (forth == 0) == (back == 0));
    return forth;
}

static void keys_are_ordered_level_by_level_absent_first(void)
{
    struct tl_key key = { "s", "d", "m", "t", "f" };

    CHECK(order(key, key) == 0);
    CHECK(order((struct tl_key){ "s", NULL, "z", "t", NULL },
                (struct tl_key){ "s", "", "a", "t", NULL }) < 0);
    CHECK(order((struct tl_key){ "s", "d", "m", "t", NULL }, key) < 0);
    CHECK(order((struct tl_key){ "\xff", 0 }, (struct tl_key){ "a", 0 }) > 0);
    CHECK(order((struct tl_key){ "a", "b", 0 }, (struct tl_key){ "a-", "a", 0 }) < 0);
}

TL_TESTS("name", TEST(odd_names_are_encoded_and_come_back), TEST(every_byte_comes_back),
         TEST(bad_escapes_are_refused), TEST(long_file_names_are_cut_with_a_digest),
         TEST(keys_are_written_level_by_level), TEST(any_end_of_a_key_names_it),
         TEST(case_is_overlooked_only_when_folded), TEST(what_cannot_be_a_key_is_refused),
         TEST(globs_match_levels_from_the_right), TEST(globs_know_odd_characters),
         TEST(a_nasty_glob_costs_no_time),
         TEST(keys_are_ordered_level_by_level_absent_first))
