#include "connectors/warehouse/ddl_comments.h"
#include "tests/check.h"

#include "base/str.h"

/* "table|column=text|..." */
static void check_comments(const char *sql, const char *want)
{
    struct tl_arena *arena = tl_arena_open();
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_ddl_comments comments;

    tl_ddl_comments_read(&comments, sql, strlen(sql), arena);
    tl_str_add(&text, comments.table ? comments.table : "-");
    for (size_t i = 0; i < comments.columns.n; i++) {
        tl_str_add_char(&text, '|');
        tl_str_add_bytes(&text, comments.columns.items[i].column,
                         comments.columns.items[i].n_column);
        tl_str_addf(&text, "=%s", comments.columns.items[i].text);
    }
    CHECK_TEXT(text.text, want);
    tl_vec_release(&comments.columns);
    tl_str_release(&text);
    tl_arena_close(arena);
}

static void comments_behind_a_column_are_its_own(void)
{
    check_comments(
        "CREATE TABLE t(\n  a int, -- of a\n  b int, /* of b */\n  c int -- of c\n)",
        "-|a=of a|b=of b|c=of c");
    check_comments("CREATE TABLE t(a int /* of a */, b int /* of b */)",
                   "-|a=of a|b=of b");
}

static void comments_on_lines_of_their_own_belong_to_what_follows(void)
{
    check_comments("CREATE TABLE t(\n  -- of a,\n  -- both lines\n  a int,\n\n  /* of b "
                   "*/\n  b int\n  -- of nothing\n)",
                   "-|a=of a, both lines|b=of b");
    check_comments(
        "CREATE TABLE t(\n    a int -- of a\n  -- of b\n  , b int -- of b too\n)",
        "-|a=of a|b=of b of b too");
    check_comments(
        "CREATE TABLE t(\n  a int\n  -- a must be there\n  not null,\n  b int)",
        "-|a=a must be there");
}

static void what_stands_before_the_columns_is_the_tables(void)
{
    check_comments("CREATE TABLE t -- people\n(\n  a int)", "people");
    check_comments("CREATE TABLE t( -- people\n  a int) -- in all", "people in all");
    check_comments("CREATE TABLE t /* people */ ( /* who came */ a int)",
                   "people who came");
    check_comments(
        "CREATE VIEW v -- people\nAS\n-- who came\nSELECT a, -- not this\n  b FROM t",
        "people who came");
    check_comments("CREATE VIEW v(a, -- first\n b -- second\n) AS SELECT x, y FROM t",
                   "-|a=first|b=second");
}

static void constraints_are_no_columns(void)
{
    check_comments("CREATE TABLE t(a int, -- of a\n  primary key(a), -- the key\n  CHECK "
                   "(a > 0) -- sane\n, constraint c unique(a) -- once\n)",
                   "-|a=of a");
    check_comments("CREATE TABLE t(\"check\" int -- quoted\n)", "-|check=quoted");
}

static void marks_inside_quotes_are_no_comments(void)
{
    check_comments("CREATE TABLE t(a text default '-- no', -- yes\n  \"b -- c\" int, -- "
                   "of b\n  [d /* e] int, -- of d\n  `f``g` int -- of f\n)",
                   "-|a=yes|b -- c=of b|d /* e=of d|f`g=of f");
    check_comments("CREATE TABLE t(\"a\"\"b\" int -- of it\n)", "-|a\"b=of it");
    check_comments("CREATE TABLE t(a text default 'it''s -- no' -- yes\n)", "-|a=yes");
}

static void commas_inside_parentheses_end_no_column(void)
{
    check_comments("CREATE TABLE t(a decimal(10, -- digits\n 2), -- of a\n  b int check "
                   "(b in (1, 2)) -- of b\n)",
                   "-|a=digits of a|b=of b");
}

static void borders_and_blanks_are_taken_off(void)
{
    check_comments("CREATE TABLE t(\n  ---------- of a ---\n  a int,\n  /**\n   * of "
                   "b,\n   *   more\n   **/\n  b int, --\n c int)",
                   "-|a=of a ---|b=of b, more");
}

static void statements_that_end_anywhere_are_read(void)
{
    static const char sql[] = "CREATE TABLE \"t\"( -- people\n  a int, -- of a\n  /* of "
                              "b */ [b] text default 'x', -- more\n  check(b > '') )";
    struct tl_arena *arena = tl_arena_open();

    for (size_t n = 0; n <= sizeof sql - 1; n++) {
        struct tl_ddl_comments comments;
        char *exact = tl_alloc(n ? n : 1, 1);
        memcpy(exact, sql, n);
        tl_ddl_comments_read(&comments, exact, n, arena);
        CHECK(comments.columns.n <= 2);
        tl_vec_release(&comments.columns);
        tl_free(exact);
    }
    tl_arena_close(arena);
}

TL_TESTS("ddl_comments", TEST(comments_behind_a_column_are_its_own),
         TEST(comments_on_lines_of_their_own_belong_to_what_follows),
         TEST(what_stands_before_the_columns_is_the_tables),
         TEST(constraints_are_no_columns), TEST(marks_inside_quotes_are_no_comments),
         TEST(commas_inside_parentheses_end_no_column),
         TEST(borders_and_blanks_are_taken_off),
         TEST(statements_that_end_anywhere_are_read))
