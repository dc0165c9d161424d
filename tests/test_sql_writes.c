/*
 * What is told of statements beside their edges: where they stand, what they do, whether they replace what was there.
 */
#include "tests/check.h"

#include "base/str.h"
#include "lineage/sql/sql.h"

struct world {
    struct tl_ctx ctx;
    struct tl_sql *sql;
    struct tl_sql_result result;
    const char *text;
};

static struct world world_of(const char *dialect, const char *text)
{
    static const char ddl[] = "create table t (id int, email text); "
                              "create table u (id int, email text)";
    struct world w = { .text = text };

    tl_test_ctx_init(&w.ctx);
    w.sql = tl_sql_open((enum tl_sql_dialect)tl_sql_dialect_of(dialect));
    CHECK_OK(tl_sql_learn(NULL, w.sql, ddl, strlen(ddl), &w.ctx), &w.ctx);
    CHECK_OK(tl_sql_lineage(&w.result, w.sql, text, strlen(text), &w.ctx), &w.ctx);
    return w;
}

static void world_close(struct world *w)
{
    tl_sql_close(w->sql);
    tl_test_ctx_release(&w->ctx);
}

static const struct tl_sql_statement *statement(const struct world *w, uint32_t number)
{
    static const struct tl_sql_statement none;

    CHECK(number <= w->result.n_statements);
    return number <= w->result.n_statements ? &w->result.statements[number - 1] : &none;
}

static void check_text(const struct world *w, uint32_t number, const char *want)
{
    const struct tl_sql_statement *of = statement(w, number);

    CHECK_INT(of->n, strlen(want));
    CHECK(strncmp(w->text + of->at, want, strlen(want)) == 0);
}

static void a_statement_has_its_bytes(void)
{
    struct world w = world_of("snowflake", " select id from t ; -- x\n"
                                           "insert into t select * from u\n;;\n"
                                           "select 'a;b' -- the end\n");

    CHECK_INT(w.result.n_statements, 3);
    check_text(&w, 1, "select id from t");
    check_text(&w, 2, "insert into t select * from u");
    check_text(&w, 3, "select 'a;b'");
    world_close(&w);
}

static void a_statement_with_a_query_in_a_text_has_all_its_bytes(void)
{
    struct world w =
        world_of("redshift", "unload ('select id from t') to 's3://b/' csv; select 1");

    check_text(&w, 1, "unload ('select id from t') to 's3://b/' csv");
    check_text(&w, 2, "select 1");
    world_close(&w);
}

static void a_statement_that_is_not_understood_has_its_bytes(void)
{
    struct world w = world_of("postgres", "select from where; select 1; select 'x");

    check_text(&w, 1, "select from where");
    check_text(&w, 2, "select 1");
    CHECK_INT(statement(&w, 3)->kind, TL_SQL_NOT_UNDERSTOOD);
    check_text(&w, 3, "select 'x");
    world_close(&w);
}

static void files_are_told_from_tables(void)
{
    struct world w =
        world_of("snowflake", "copy into t from @stg/x; copy into @out from u");

    CHECK_INT(statement(&w, 1)->kind, TL_SQL_COPY);
    CHECK_INT(w.result.tables[statement(&w, 1)->target].kind, TL_SQL_IS_TABLE);
    CHECK_INT(w.result.tables[w.result.edges[0].source].kind, TL_SQL_IS_FILES);
    CHECK_TEXT(w.result.tables[w.result.edges[0].source].name, "@stg/x");
    CHECK(w.result.tables[w.result.edges[0].source].database == NULL);
    CHECK_INT(w.result.tables[statement(&w, 2)->target].kind, TL_SQL_IS_FILES);
    world_close(&w);
}

static void an_address_is_cut(void)
{
    char text[700] = "select a from 's3://b/";
    size_t n = strlen(text);

    memset(text + n, 'x', 500);
    snprintf(text + n + 500, sizeof text - n - 500, "'");
    struct world w = world_of("duckdb", text);
    CHECK_INT(strlen(w.result.tables[w.result.edges[0].source].name), 300);
    world_close(&w);
}

static void check_replacing(const char *dialect, const char *text, uint32_t number,
                            bool is_replacing)
{
    struct world w = world_of(dialect, text);

    if (!CHECK_INT(statement(&w, number)->is_replacing, is_replacing))
        printf("    %s\n", text);
    world_close(&w);
}

static void what_replaces_says_so(void)
{
    check_replacing("snowflake", "create or replace table t as select * from u", 1, true);
    check_replacing("snowflake", "create or replace view v as select * from u", 1, true);
    check_replacing("snowflake", "insert overwrite into t select * from u", 1, true);
    check_replacing("snowflake", "insert overwrite all into t select * from u", 1, true);
    check_replacing("spark", "insert overwrite table t select * from u", 1, true);
    check_replacing("spark", "insert overwrite directory '/x' select * from u", 1, true);
    check_replacing("bigquery", "load data overwrite t from files (uris = ['x'])", 1,
                    true);
    check_replacing("postgres", "truncate t; insert into t select * from u", 2, true);
    check_replacing("postgres", "delete from t; insert into t select * from u", 2, true);
    check_replacing("postgres", "drop table t; create table t as select 1 as id", 2,
                    true);
    check_replacing(
        "postgres",
        "drop table t; create table t (id int); insert into t select id from u", 3, true);
}

static void what_adds_does_not_replace(void)
{
    check_replacing("postgres", "insert into t select * from u", 1, false);
    check_replacing("postgres", "create table x as select * from u", 1, false);
    check_replacing("postgres",
                    "delete from t where id > 1; insert into t select * from u", 2,
                    false);
    check_replacing("postgres",
                    "truncate t; insert into t select * from u; insert into t values (1)",
                    3, false);
    check_replacing("spark",
                    "insert overwrite table t partition (id = 1) select email from u", 1,
                    false);
    check_replacing("postgres", "begin; truncate t; rollback; insert into t values (1)",
                    4, false);
}

static void a_text_forgets_the_path_of_the_one_before(void)
{
    struct world w = world_of("postgres", "set search_path = a; select x from y");
    static const char next[] = "select x from y";

    CHECK_TEXT(w.result.tables[w.result.edges[0].source].schema, "a");
    CHECK_OK(tl_sql_lineage(&w.result, w.sql, next, strlen(next), &w.ctx), &w.ctx);
    CHECK(w.result.tables[w.result.edges[0].source].schema == NULL);
    world_close(&w);
}

static void a_text_forgets_what_the_one_before_wrote(void)
{
    static const char text[] = "insert into t select * from u; update t set email = id; "
                               "truncate t; begin; insert into t select * from u";
    struct world w = world_of("postgres", text);

    for (int i = 0; i < 3; i++) {
        CHECK_OK(tl_sql_lineage(&w.result, w.sql, text, strlen(text), &w.ctx), &w.ctx);
        CHECK_INT(statement(&w, 1)->replaced_by, 0);
        CHECK_INT(statement(&w, 1)->is_replacing, false);
        CHECK_INT(statement(&w, 2)->replaced_by, 3);
        CHECK_INT(statement(&w, 5)->is_replacing, true);
    }
    world_close(&w);
}

/* A table that is known without its columns: those that a text names are of that text alone. */
static void a_text_forgets_columns_that_the_one_before_named(void)
{
    enum { N = 60 };
    struct tl_str first = TL_STR_INIT(10000), next = TL_STR_INIT(10000);
    struct world w = world_of("postgres", "select 1");

    tl_str_add(&first, "select 1");
    tl_str_add(&next, "with c as (select 1");
    for (int i = 1; i <= N; i++) {
        tl_str_addf(&first, ", o.c%d", i);
        tl_str_addf(&next, ", 1 as x%d", i);
    }
    tl_str_add(&first, ", o.c1 from o");
    tl_str_add(&next, ") select 1");
    for (int i = N; i > 0; i--)
        tl_str_addf(&next, ", p.x%d", i);
    tl_str_add(&next, ", o.x1, o.x2 from p, o");
    tl_sql_add_table(w.sql, NULL, NULL, "o", 1);
    for (int i = 0; i < 2; i++) {
        CHECK_OK(tl_sql_lineage(&w.result, w.sql, first.text, first.n, &w.ctx), &w.ctx);
        CHECK_INT(w.result.n_edges, N + 1);
        CHECK_OK(tl_sql_lineage(&w.result, w.sql, next.text, next.n, &w.ctx), &w.ctx);
        CHECK_INT(w.result.n_edges, N + 2);
        CHECK_TEXT(w.result.edges[N].source_column, "x1");
        CHECK_TEXT(w.result.edges[N + 1].source_column, "x2");
    }
    tl_str_release(&first);
    tl_str_release(&next);
    world_close(&w);
}

TL_TESTS("sql_writes", TEST(a_statement_has_its_bytes),
         TEST(a_statement_with_a_query_in_a_text_has_all_its_bytes),
         TEST(a_statement_that_is_not_understood_has_its_bytes),
         TEST(files_are_told_from_tables), TEST(an_address_is_cut),
         TEST(what_replaces_says_so), TEST(what_adds_does_not_replace),
         TEST(a_text_forgets_the_path_of_the_one_before),
         TEST(a_text_forgets_what_the_one_before_wrote),
         TEST(a_text_forgets_columns_that_the_one_before_named))
