#include "tests/check.h"
#include "tests/world_sql.h"

#include "base/ctx.h"

/*
 * How the engine's steps grow with a text: four times as much of anything takes about four times the steps. What is counted is
 * tl_sql_work, never time.
 */

/* A text is put together of sections: what stands once, then what is repeated, '#' being the number from 1. */
struct section {
    const char *once, *each;
};
struct shape {
    const char *name, *dialect;
    struct section sections[6];
    unsigned n;
};

static const struct shape shapes[] = {
    { "group and order by aliases",
      "postgres",
      { { "create table t (a int); select a", ", a + # as c#" },
        { " from t group by a", ", c#" },
        { " order by a", ", c#" } },
      1000 },
    { "aliases made of aliases",
      "snowflake",
      { { "create table t (a int); select a as c0", ", c0 + # as c#" },
        { " from t where a > 1", " and c# > 1" } },
      1000 },
    { "insert with a list of columns",
      "postgres",
      { { "create table t (a int", ", c# int" },
        { "); insert into t (a", ", c#" },
        { ") select a", ", c#" },
        { " from t", "" } },
      1000 },
    { "update of many columns",
      "postgres",
      { { "create table t (a int", ", c# int" },
        { "); update t set a = 1", ", c# = t.a" },
        { " where a > 1", "" } },
      1000 },
    { "merge of many columns",
      "snowflake",
      { { "create table t (a int", ", c# int" },
        { "); create table s (a int", ", c# int" },
        { "); merge into t using s on t.a = s.a when matched then update set a = s.a",
          ", c# = s.c#" },
        { " when not matched then insert (a", ", c#" },
        { ") values (s.a", ", s.c#" },
        { ")", "" } },
      500 },
    { "a star without many columns",
      "duckdb",
      { { "create table t (a int", ", c# int, d# int" },
        { "); select * exclude (a", ", c#" },
        { ") from t", "" } },
      1000 },
    { "a star with many columns replaced",
      "duckdb",
      { { "create table t (a int", ", c# int, d# int" },
        { "); select * replace (a as a", ", c# + a as c#" },
        { ") from t", "" } },
      1000 },
    { "case with many branches",
      "postgres",
      { { "create table t (a int", ", c# int" },
        { "); select case when a = 0 then a", " when a = # then c#" },
        { " end as x from t", "" } },
      1000 },
    { "conditions",
      "postgres",
      { { "create table t (a int); select a from t where a = 0",
          " and a = # or a > #" } },
      2000 },
    { "an in list of names",
      "postgres",
      { { "create table t (a int", ", c# int" },
        { "); select a from t where a in (a", ", c#" },
        { ")", "" } },
      1000 },
    { "statements",
      "postgres",
      { { "create table t (a int);", " select a as c# from t;" } },
      1000 },
};

static void add_section(struct tl_str *out, const struct section *section, unsigned n)
{
    tl_str_add(out, section->once);
    for (unsigned i = 1; section->each[0] && i <= n; i++)
        for (const char *c = section->each; *c; c++)
            if (*c == '#')
                tl_str_addf(out, "%u", i);
            else
                tl_str_add_char(out, *c);
}

static uint64_t steps(const struct shape *shape, unsigned n)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_sql *sql =
        tl_sql_open((enum tl_sql_dialect)tl_sql_dialect_of(shape->dialect));
    struct tl_sql_result result;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    for (size_t i = 0; i < sizeof shape->sections / sizeof *shape->sections; i++)
        if (shape->sections[i].once)
            add_section(&text, &shape->sections[i], n);
    CHECK_OK(tl_sql_lineage(&result, sql, text.text, text.n, &ctx), &ctx);
    if (!CHECK_INT(result.n_problems, 0))
        printf("    %s: %s\n", shape->name, result.problems[0].what);
    uint64_t work = tl_sql_work(sql);
    tl_sql_close(sql);
    tl_str_release(&text);
    tl_test_ctx_release(&ctx);
    return work;
}

static void four_times_as_much_takes_four_times_the_steps(void)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const struct shape *shape = &shapes[i];
        uint64_t few = steps(shape, shape->n), many = steps(shape, 4 * shape->n);

        CHECK(few >= shape->n);
        if (!CHECK(many <= 5 * few))
            printf("    %s: %llu steps, then %llu\n", shape->name,
                   (unsigned long long)few, (unsigned long long)many);
    }
}

/* Each column ends up made of all: that many entries there are, and a few rounds find them. */
static void a_recursion_that_turns_columns_takes_a_few_rounds(void)
{
    static const unsigned n = 200;
    static const struct shape turning = { "recursion",
                                          "postgres",
                                          { { "create table t (a int", ", c# int" },
                                            { "); with recursive r as (select a",
                                              ", c#" },
                                            { " from t union all select ", "c#, " },
                                            { "a from r) select a from r", "" } },
                                          0 };

    CHECK(steps(&turning, n) <= (uint64_t)12 * n * n);
}

static void check_ceiling(const char *open, unsigned n, const char *what)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_sql *sql = tl_sql_open(TL_SQL_POSTGRES);
    struct tl_sql_result result;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_str_add(&text, "select 1;\nselect\n");
    for (unsigned i = 0; i < n; i++)
        tl_str_add(&text, open);
    tl_str_add(&text, " 1 as x from t");
    CHECK_OK(tl_sql_lineage(&result, sql, text.text, text.n, &ctx), &ctx);
    if (CHECK_INT(result.n_problems, 1)) {
        CHECK_TEXT(result.problems[0].what, what);
        CHECK_INT(result.problems[0].statement, 2);
        CHECK_INT(result.problems[0].line, 3);
        CHECK(result.problems[0].column > 1);
    }
    tl_sql_close(sql);
    tl_str_release(&text);
    tl_test_ctx_release(&ctx);
}

static void what_is_beyond_a_ceiling_is_told_where_it_is_met(void)
{
    check_ceiling("a, ", 40000, "it has more columns or tables than are followed");
    check_ceiling("a + (", 20000, "nested more than 5,000 levels deep");
}

TL_TESTS("sql_growth", TEST(four_times_as_much_takes_four_times_the_steps),
         TEST(a_recursion_that_turns_columns_takes_a_few_rounds),
         TEST(what_is_beyond_a_ceiling_is_told_where_it_is_met))
