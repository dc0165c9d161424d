/*
 * The clause around a reference. The reference is marked in the text by braces, which are taken out; expected are its words, and the
 * reference itself behind a bar where it is more than what stands in the braces.
 */
#include "tests/check.h"

#include "base/str.h"
#include "lineage/sql/clause.h"

#include <string.h>

struct row {
    const char *text;
    const char *what, *clause, *reference; /* reference NULL: what stands in the braces */
};

static void check_row(const struct row *row, enum tl_sql_dialect dialect,
                      enum tl_edge_kind kind)
{
    struct tl_str text = TL_STR_INIT(1 << 20), got = TL_STR_INIT(1 << 20);
    const char *open = strchr(row->text, '{'), *close = strchr(row->text, '}');
    struct tl_sql_clauses *clauses = tl_sql_clauses_open(dialect);
    struct tl_sql_spot clause;

    tl_str_add_bytes(&text, row->text, (size_t)(open - row->text));
    tl_str_add_bytes(&text, open + 1, (size_t)(close - open - 1));
    tl_str_add(&text, close + 1);
    tl_sql_clauses_text(clauses, text.text, text.n);
    CHECK(tl_sql_spot_find(&clause, clauses, 0, (uint32_t)(open - row->text), kind));
    CHECK_TEXT(clause.what, row->what);
    tl_str_add_bytes(&got, text.text + clause.at, clause.n);
    CHECK_TEXT(got.text, row->clause);
    tl_str_clear(&got);
    tl_str_add_bytes(&got, text.text + clause.reference, clause.n_reference);
    tl_str_clear(&text);
    tl_str_add_bytes(&text, open + 1, (size_t)(close - open - 1));
    CHECK_TEXT(got.text, row->reference ? row->reference : text.text);
    tl_sql_clauses_close(clauses);
    tl_str_release(&text);
    tl_str_release(&got);
}

static void check_rows(const struct row *rows, size_t n, enum tl_sql_dialect dialect,
                       enum tl_edge_kind kind)
{
    for (size_t i = 0; i < n; i++)
        check_row(&rows[i], dialect, kind);
}
#define CHECK_ROWS(rows, dialect, kind)                                                  \
    check_rows(rows, sizeof(rows) / sizeof *(rows), dialect, kind)

static void a_value_stands_in_an_item(void)
{
    static const struct row rows[] = {
        { "select a, lower({email}) as m, b from t", "select item", "lower(email) as m" },
        { "select {t.email} from t", "select item", "t.email" },
        { "select distinct {a}, b from t", "select item", "a" },
        { "select distinct on (x, y) {a} b, c from t", "select item", "a b" },
        { "select x.{*} from t", "select item", "x.*" },
        { "select {x}.* from t", "select item", "x.*", "x.*" },
        { "select extract(year from {a}) y, b from t", "select item",
          "extract(year from a) y" },
        { "select {a} is distinct from b, c from t", "select item",
          "a is distinct from b" },
        { "select (select max({x}) from u) m, b from t", "select item", "max(x)" },
        { "with c as (select {a} b from t) select b from c", "select item", "a b" },
        { "insert into t (x, y) select {a}, b from u", "select item", "a" },
        { "select 1 union all select b + {a} from u", "select item", "b + a" },
        { "update t set x = 1, y = upper({z}) where id = 1", "set", "y = upper(z)" },
        { "insert into t values (1, 2), (3, {x})", "values", "(3, x)" },
        { "insert into t select 1 returning a, {b} c", "returning item", "b c" },
        { "select case when a then {b} end c, d from t", "select item",
          "case when a then b end c" },
        { "select left({a}, 3) x from t", "select item", "left(a, 3) x" },
        { "select t.order, {t.\"from\"} x from t", "select item", "t.\"from\" x" },
        { "select coalesce({a} , /* from */ 'from') from t", "select item",
          "coalesce(a , /* from */ 'from')" },
        { "select {a} -- from here\n , b from t", "select item", "a" },
        { "select 1; select 'x; from', {a} from t; select 2", "select item", "a" },
        { "create view v as select {a} from t", "select item", "a" },
        { "merge into t using s on t.i = s.i when matched and s.x then update set a = 1, "
          "b = {s.b} when not matched then insert (a) values (s.a)",
          "set", "b = s.b" },
        { "merge into t using s on t.i = s.i when not matched then insert (a) values "
          "(1, {s.a})",
          "values", "(1, s.a)" },
        { "insert into t values (1) on conflict (id) do update set a = {excluded.a}",
          "set", "a = excluded.a" },
    };
    CHECK_ROWS(rows, TL_SQL_POSTGRES, TL_IDENTITY);
}

static void what_steers_stands_in_a_clause(void)
{
    static const struct row rows[] = {
        { "select a from t where {x} > 1 and y group by a", "where",
          "where x > 1 and y" },
        { "select a from t where b in (select c from u where {d})", "where", "where d" },
        { "select a from t join u on t.i = {u.i} and a where b", "on",
          "on t.i = u.i and a" },
        { "select a from t left join u on {t.i} = u.i cross join w", "on",
          "on t.i = u.i" },
        { "select a from t join u using (x, {i}) where b", "using", "using (x, i)" },
        { "select a from (t join u on {t.i} = u.i) join w on true", "on",
          "on t.i = u.i" },
        { "select a from t group by b, {c} having d", "group by", "group by b, c" },
        { "select a from t group by b having max({c}) > 1 order by 1", "having",
          "having max(c) > 1" },
        { "select a from t order by lower({b}) desc limit 1", "order by",
          "order by lower(b) desc" },
        { "select sum(a) over (partition by x, {y} order by z) s, b from t",
          "partition by", "partition by x, y" },
        { "select sum(a) over (partition by x order by {z} desc) s from t", "order by",
          "order by z desc" },
        { "select sum(a) filter (where {x} > 1) from t", "where", "where x > 1" },
        { "select string_agg(a, ',' order by {b}) from t", "order by", "order by b" },
        { "select percentile_cont(0.5) within group (order by {b}) from t", "order by",
          "order by b" },
        { "select sum(a) over w from t window w as (order by {b})", "order by",
          "order by b" },
        { "delete from t using u where t.i = {u.i}", "where", "where t.i = u.i" },
        { "merge into t using s on t.i = {s.i} when matched then delete", "on",
          "on t.i = s.i" },
        { "merge into t using s on t.i = s.i when matched and {s.x} then delete", "when",
          "when matched and s.x" },
        { "select a from t, unnest({t.x}) u where b", "from", "unnest(t.x) u" },
        { "select a from t limit {x}", "limit", "limit x" },
        { "select a from t where case when {x} then 1 end = 2", "where",
          "where case when x then 1 end = 2" },
    };
    CHECK_ROWS(rows, TL_SQL_POSTGRES, TL_FILTER);
}

static void a_condition_is_the_clause_of_what_it_steers(void)
{
    static const struct row rows[] = {
        { "select case when {x} > 1 then a else b end c from t", "when", "when x > 1" },
        { "select case when a then b when y or {x} then c end from t", "when",
          "when y or x" },
        { "select case {x} when 1 then a end from t", "case", "case x" },
        { "select case when a then case when {x} then 1 end end from t", "when",
          "when x" },
        { "select case when case when y then {x} end then 1 end from t", "when",
          "when case when y then x end" },
        { "select case when f(g({x}), 1) then 1 end from t", "when", "when f(g(x), 1)" },
        { "select if({x}, 1, 2) y from t", "select item", "if(x, 1, 2) y" },
    };
    CHECK_ROWS(rows, TL_SQL_POSTGRES, TL_CONDITIONAL);
}

static void a_dialects_own_clauses_are_known(void)
{
    static const struct row snowflake[] = {
        { "select a from t qualify row_number() over (order by {b}) = 1", "order by",
          "order by b" },
        { "select a from t qualify {n} = 1 order by a", "qualify", "qualify n = 1" },
        { "select a from t start with {x} = 1 connect by prior y = z", "start with",
          "start with x = 1" },
        { "select a from t start with x = 1 connect by prior {y} = z", "connect by",
          "connect by prior y = z" },
        { "select * exclude (a), {b} from t", "select item", "b" },
        { "execute immediate $$ begin insert into t select a, {b} c from u; end $$",
          "select item", "b c" },
    };
    static const struct row bigquery[] = {
        { "select * except (a), {`b`} from t", "select item", "`b`" },
        { "from t |> where {x} > 1 |> select a", "where", "where x > 1" },
        { "select [{a}, b] x from t", "select item", "[a, b] x" },
    };
    static const struct row trino[] = {
        { "select a from t join u on t.i = {u.i} left join w on true", "on",
          "on t.i = u.i" },
        { "select a from t except select {b} from u", "select item", "b" },
    };
    CHECK_ROWS(snowflake, TL_SQL_SNOWFLAKE, TL_IDENTITY);
    CHECK_ROWS(bigquery, TL_SQL_BIGQUERY, TL_IDENTITY);
    CHECK_ROWS(trino, TL_SQL_TRINO, TL_IDENTITY);
}

static void a_body_is_looked_into(void)
{
    static const struct row rows[] = {
        { "select 1; create function f() returns void as $b$ begin\n"
          "  insert into t select {x} y, 'it''s' from u;\nend $b$ language plpgsql",
          "select item", "x y" },
        { "create function f() returns int as 'select {x} y from u' language sql",
          "select item", "x y" },
    };
    CHECK_ROWS(rows, TL_SQL_POSTGRES, TL_IDENTITY);
}

static void nothing_stands_where_no_token_is(void)
{
    struct tl_sql_clauses *clauses = tl_sql_clauses_open(TL_SQL_ANSI);
    struct tl_sql_spot clause;

    tl_sql_clauses_text(clauses, "select a\r\n  from t", 18);
    CHECK(!tl_sql_spot_find(&clause, clauses, 0, 6, TL_IDENTITY));
    CHECK(!tl_sql_spot_find(&clause, clauses, 0, 18, TL_IDENTITY));
    CHECK(!tl_sql_spot_find(&clause, clauses, 5, 2, TL_IDENTITY));
    CHECK_INT(tl_sql_clauses_byte(clauses, 2, 3), 12);
    CHECK_INT(tl_sql_clauses_byte(clauses, 9, 3), 18);
    struct tl_sql_line line = tl_sql_clauses_line(clauses, 7);
    CHECK_INT(line.n, 8);
    line = tl_sql_clauses_line(clauses, 12);
    CHECK_INT(line.number, 2);
    CHECK_INT(line.at, 10);
    CHECK_INT(line.n, 8);
    tl_sql_clauses_text(clauses, "", 0);
    CHECK(!tl_sql_spot_find(&clause, clauses, 0, 0, TL_IDENTITY));
    tl_sql_clauses_close(clauses);
    tl_sql_clauses_close(NULL);
}

static void odd_text_is_no_danger(void)
{
    static const char *const texts[] = { "select 'open",
                                         "select $a$ open",
                                         "((((",
                                         "))))",
                                         "case case case when when",
                                         "select a from",
                                         "/* open",
                                         "select \"open",
                                         "[[{{((]]",
                                         "$$",
                                         "''",
                                         "$a$$a$ x",
                                         "select case",
                                         "on on using ," };
    struct tl_sql_clauses *clauses = tl_sql_clauses_open(TL_SQL_POSTGRES);
    struct tl_sql_spot clause;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t n = strlen(texts[i]);

        tl_sql_clauses_text(clauses, texts[i], n);
        for (uint32_t at = 0; at <= n; at++)
            for (int kind = 0; kind < TL_EDGE_KINDS; kind++)
                if (tl_sql_spot_find(&clause, clauses, 0, at, (enum tl_edge_kind)kind))
                    CHECK(clause.at + clause.n <= n &&
                          clause.reference + clause.n_reference <= n && clause.n > 0);
    }
    tl_sql_clauses_close(clauses);
}

static void literals_of_a_body_in_quotes_are_literals(void)
{
    static const char *const texts[] = {
        "unload ('select a from t where b = ''secret'' and {c} > 1') to 'x'",
        "unload ('select a from t where b = ''it''''s ; secret -- '' and {c} > 1') to "
        "'x'",
        "execute immediate 'execute immediate ''select a from t where b = ''''secret'''' "
        "and {c} > 1'''",
        "do $$ begin execute 'select a from t where b = ''secret'' and {c} > 1'; end $$",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tl_str text = TL_STR_INIT(1 << 10), shown = TL_STR_INIT(1 << 10);
        struct tl_sql_clauses *clauses = tl_sql_clauses_open(TL_SQL_POSTGRES);
        uint32_t at = (uint32_t)(strchr(texts[i], '{') - texts[i]);
        const struct tl_sql_piece *pieces;
        struct tl_sql_spot clause;

        tl_str_add_bytes(&text, texts[i], at);
        tl_str_add_char(&text, 'c');
        tl_str_add(&text, texts[i] + at + 3);
        tl_sql_clauses_text(clauses, text.text, text.n);
        CHECK(tl_sql_spot_find(&clause, clauses, 0, at, TL_FILTER));
        CHECK_TEXT(clause.what, "where");
        CHECK_INT(clause.reference, at);
        size_t n = tl_sql_clauses_pieces(&pieces, clauses);
        for (size_t k = 0; k < n; k++)
            if (pieces[k].kind == TL_SQL_SHOWN)
                tl_str_add_bytes(&shown, text.text + pieces[k].at, pieces[k].n);
        CHECK_TEXT(shown.text, "selectafromtwhereb=andc>");
        tl_sql_clauses_close(clauses);
        tl_str_release(&text);
        tl_str_release(&shown);
    }
}

TL_TESTS("clause", TEST(a_value_stands_in_an_item), TEST(what_steers_stands_in_a_clause),
         TEST(a_condition_is_the_clause_of_what_it_steers),
         TEST(a_dialects_own_clauses_are_known), TEST(a_body_is_looked_into),
         TEST(literals_of_a_body_in_quotes_are_literals),
         TEST(nothing_stands_where_no_token_is), TEST(odd_text_is_no_danger))
