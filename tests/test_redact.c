#include "tests/check.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "lineage/sql/redact.h"
#include "lineage/sql/sql.h"

#include <glob.h>

static const char *const names[] = { "email", "First Name" };

static void redact(struct tl_str *out, const char *sql, size_t n)
{
    tl_str_clear(out);
    tl_sql_redact(out, sql, n,
                  &(struct tl_sql_known){ names, sizeof names / sizeof *names, 0 });
}

static void each_text_is_redacted_as_its_pair_says(void)
{
    struct tl_ctx ctx;
    glob_t pairs;

    tl_test_ctx_init(&ctx);
    CHECK_INT(glob(TL_FIXTURES "/redact/*.sql", 0, NULL, &pairs), 0);
    CHECK(pairs.gl_pathc >= 20);
    for (size_t i = 0; i < pairs.gl_pathc; i++) {
        struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
        struct tl_str want = TL_STR_INIT(TL_STR_MOST);
        struct tl_str got = TL_STR_INIT(TL_STR_MOST);
        const char *path = pairs.gl_pathv[i];

        CHECK_OK(tl_file_read(&sql, path, &ctx), &ctx);
        CHECK_OK(tl_file_read(&want,
                              tl_arena_printf(ctx.arena, "%.*s.want",
                                              (int)strlen(path) - 4, path),
                              &ctx),
                 &ctx);
        redact(&got, sql.text, sql.n);
        if (!CHECK_TEXT(got.text, want.text))
            printf("    in %s\n", path);
        tl_str_release(&sql);
        tl_str_release(&want);
        tl_str_release(&got);
    }
    globfree(&pairs);
    tl_test_ctx_release(&ctx);
}

static void what_was_redacted_once_stays_as_it_is(void)
{
    glob_t pairs;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_str again = TL_STR_INIT(TL_STR_MOST);
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_INT(glob(TL_FIXTURES "/redact/*.want", 0, NULL, &pairs), 0);
    for (size_t i = 0; i < pairs.gl_pathc; i++) {
        tl_str_clear(&text);
        CHECK_OK(tl_file_read(&text, pairs.gl_pathv[i], &ctx), &ctx);
        redact(&again, text.text, text.n);
        CHECK_TEXT(again.text, text.text);
    }
    globfree(&pairs);
    tl_str_release(&text);
    tl_str_release(&again);
    tl_test_ctx_release(&ctx);
}

static void zeros_and_bytes_that_are_no_text_pass_through(void)
{
    struct tl_str got = TL_STR_INIT(TL_STR_MOST);

    redact(&got, "a\0b\xff\xfe = '\0jane\xff'", 17);
    CHECK_INT(got.n, 12);
    CHECK(memcmp(got.text, "a\0b\xff\xfe = '?'", 11) == 0);
    redact(&got, "", 0);
    CHECK_TEXT(got.text, "");
    tl_str_release(&got);
}

static void a_result_that_does_not_fit_says_so(void)
{
    struct tl_str small = TL_STR_INIT(16);

    redact(&small, "select a, b, c from a_long_name_of_a_table", 42);
    CHECK(small.failed);
    tl_str_release(&small);
}

/* Ten times the text may not take much more than ten times as long: a hundredfold would show. */
static void the_worst_texts_take_linear_time(void)
{
    static const char *const worst[] = { "'",   "\"",  "/*",           "*/",   "$a$",
                                         "$a",  "(",   "escape '\\' ", "#'\n", "[a",
                                         "q'[", "1e",  "'''",          "`",    "--",
                                         "\\'", "e'\\" };
    struct tl_clock clock;

    tl_clock_init(&clock);
    for (size_t i = 0; i < sizeof worst / sizeof *worst; i++) {
        struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
        struct tl_str got = TL_STR_INIT(TL_STR_MOST);

        while (sql.n < 4000000)
            tl_str_add(&sql, worst[i]);
        int64_t began = clock.monotonic(&clock);
        redact(&got, sql.text, sql.n);
        if (!CHECK(clock.monotonic(&clock) - began < INT64_C(5000000000)))
            printf("    with many %s\n", worst[i]);
        tl_str_release(&sql);
        tl_str_release(&got);
    }
}

static void what_stands_in_double_quotes_is_what_the_dialect_says(void)
{
    static const char sql[] =
        "select \"jane\" as \"n\", 'x' from \"t\" where a = \"email\"";
    static const char name[] =
        "select \"jane\" as \"n\", '?' from \"t\" where a = \"email\"";
    static const char text[] = "select '?' as '?', '?' from '?' where a = '?'";
    static const char maybe[] = "select '?' as \"n\", '?' from \"t\" where a = \"email\"";
    static const struct {
        const char *dialect, *want;
    } pairs[] = { { "none", maybe },    { "postgres", name }, { "snowflake", name },
                  { "sqlite", maybe },  { "bigquery", text }, { "spark", text },
                  { "redshift", name }, { "trino", name },    { "duckdb", name } };
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct tl_sql_known known = { names, sizeof names / sizeof *names,
                                            1 + tl_sql_dialect_of(pairs[i].dialect) };

        tl_str_clear(&out);
        tl_sql_redact(&out, sql, strlen(sql), &known);
        CHECK_TEXT(out.text, pairs[i].want);
    }
    tl_str_release(&out);
}

TL_TESTS("redact", TEST(each_text_is_redacted_as_its_pair_says),
         TEST(what_stands_in_double_quotes_is_what_the_dialect_says),
         TEST(what_was_redacted_once_stays_as_it_is),
         TEST(zeros_and_bytes_that_are_no_text_pass_through),
         TEST(a_result_that_does_not_fit_says_so), TEST(the_worst_texts_take_linear_time))
