#include "tests/check.h"

#include "lineage/sql/literals.h"

#include "base/str.h"

/* "statement@line:column bytes", a line each */
static const char *found(struct tl_str *out, const char *dialect, const char *sql)
{
    struct tl_sql_text_literals literals;

    tl_str_clear(out);
    tl_sql_literals(&literals, (enum tl_sql_dialect)tl_sql_dialect_of(dialect), sql,
                    strlen(sql));
    for (size_t i = 0; i < literals.items.n; i++) {
        const struct tl_sql_text_literal *literal = &literals.items.items[i];
        tl_str_addf(out, "%u@%u:%u %.*s\n", literal->statement, literal->line,
                    literal->column, (int)literal->n, literal->bytes);
    }
    tl_vec_release(&literals.items);
    return out->text;
}

static void literals_are_found_with_their_places(void)
{
    struct tl_str out = TL_STR_INIT(1 << 16);

    CHECK_TEXT(found(&out, "postgres",
                     "select 'a', \"b\" -- 'c'\nfrom t where x = 'd''e';"
                     " select E'f\\n', 7, /* 'g' */ ''"),
               "1@1:8 a\n1@2:18 d''e\n2@2:33 f\\n\n2@2:54 \n");
    tl_str_release(&out);
}

static void quotes_are_the_dialects(void)
{
    struct tl_str out = TL_STR_INIT(1 << 16);

    CHECK_TEXT(found(&out, "bigquery", "select \"a\", '''b'c''', `d`"),
               "1@1:8 a\n1@1:13 b'c\n");
    CHECK_TEXT(found(&out, "snowflake", "select 'it\\'s', \"b\""), "1@1:8 it\\'s\n");
    CHECK_TEXT(found(&out, "spark", "select \"a\""), "1@1:8 a\n");
    tl_str_release(&out);
}

static void bodies_are_looked_into_and_data_is_not(void)
{
    struct tl_str out = TL_STR_INIT(1 << 16);

    CHECK_TEXT(
        found(&out, "postgres",
              "do $x$ begin\ninsert into t values ('a', $$ select 'b' $$); end $x$;"),
        "1@2:23 a\n1@2:28  select 'b' \n");
    CHECK_TEXT(found(&out, "postgres",
                     "copy t (a) from stdin;\nit's 'data'\n\\.\nselect 'after'"),
               "2@4:8 after\n");
    tl_str_release(&out);
}

static void a_value_in_dollars_is_a_literal_and_a_program_is_none(void)
{
    struct tl_str out = TL_STR_INIT(1 << 16);

    CHECK_TEXT(found(&out, "postgres", "select $q$it's jane$q$, $$$$"),
               "1@1:8 it's jane\n1@1:25 \n");
    CHECK_TEXT(found(&out, "snowflake", "create table t (a text) comment = $$jane$$"),
               "1@1:35 jane\n");
    CHECK_TEXT(found(&out, "snowflake", "execute immediate $$ select 'a' $$"),
               "1@1:29 a\n");
    CHECK_TEXT(found(&out, "postgres",
                     "do language plpgsql $$ begin perform 'a'; end $$"),
               "1@1:38 a\n");
    CHECK_TEXT(
        found(&out, "postgres",
              "create function f() returns text language sql as $a$ select $b$x$b$ $a$"),
        "1@1:61 x\n");
    tl_str_release(&out);
}

static void what_does_not_end_is_no_crash(void)
{
    struct tl_str out = TL_STR_INIT(1 << 16);

    CHECK_TEXT(found(&out, "postgres", "select 'a', 'b"), "1@1:8 a\n");
    CHECK_TEXT(found(&out, "postgres", "$"), "");
    CHECK_TEXT(found(&out, "postgres", "$$"), "");
    CHECK_TEXT(found(&out, "postgres", ""), "");
    tl_str_release(&out);
}

TL_TESTS("literals", TEST(literals_are_found_with_their_places),
         TEST(quotes_are_the_dialects), TEST(bodies_are_looked_into_and_data_is_not),
         TEST(a_value_in_dollars_is_a_literal_and_a_program_is_none),
         TEST(what_does_not_end_is_no_crash))
