"""tagline lineage --explain: the clause of each edge is underlined, what is personal in the SQL does not leave, and a column can be asked for."""
import re
import unicodedata

from drive import main, test

SQL = """-- jane@example.com asked for this
create view mart.v as
select lower(email) || '@' || phone\tas "Gr\u00f6\u00dfe", -- jane@example.com
       case when u.country = 'DE' then md5(u.id) end as k
from raw.users u
where id > 30765
  and exists (select 1 from raw.orders o where o.user_id = u.id);
"""
DDL = "create table raw.users (id int, email text, phone text, country text); create table raw.orders (user_id int);"


def explained(house, sql, *words, ddl=DDL, code=0):
    house.write("ddl.sql", ddl)
    house.write("v.sql", sql)
    return house.run("lineage", "--explain", "--dialect", "postgres", "--schema", "ddl.sql", "v.sql", *words, code=code).out


@test
def each_edge_stands_above_its_clause(house):
    assert explained(house, SQL) == """v.sql:2:1  create view mart.v
  Gr\u00f6\u00dfe <- raw.users.email  transformation, keeps
  Gr\u00f6\u00dfe <- raw.users.phone  transformation, keeps
     3 | select lower(email) || '?' || phone    as "Gr\u00f6\u00dfe",
       |        ~~~~~~^^^^^~~~~~~~~~~~~^^^^^~~~~~~~~~~~~~~
  k <- raw.users.id  transformation, hashes (md5)
     4 |        case when u.country = '?' then md5(u.id) end as k
       |        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~^^^^~~~~~~~~~~
  k <- raw.users.country  conditional
     4 |        case when u.country = '?' then md5(u.id) end as k
       |             ~~~~~^^^^^^^^^~~~~~~
  (the rows) <- raw.users.id  filter
     6 | where id > ?
       | ~~~~~~^^~~~~
     7 |   and exists (select ? from raw.orders o where o.user_id = u.id)
       | ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
  (the rows) <- raw.orders.user_id  filter
     7 |   and exists (select ? from raw.orders o where o.user_id = u.id)
       |                                          ~~~~~~^^^^^^^^^~~~~~~~
"""


@test
def what_an_edge_passes_through_is_told_from_the_outside_in(house):
    assert explained(house, """with c as (select * from raw.users),
d as (select id as user_id, lower(email) as email, phone from c)
select *
from d where phone is not null""") == """v.sql:1:1  select
  user_id <- raw.users.id  identity, keeps
       = through * (3:8)
     2 | d as (select id as user_id, lower(email) as email, phone from c)
       |              ^^~~~~~~~~~~~
       = through * (1:19)
  email <- raw.users.email  transformation, keeps
       = through * (3:8)
     2 | d as (select id as user_id, lower(email) as email, phone from c)
       |                             ~~~~~~^^^^^~~~~~~~~~~
       = through * (1:19)
  phone <- raw.users.phone  identity, keeps
       = through * (3:8)
     2 | d as (select id as user_id, lower(email) as email, phone from c)
       |                                                    ^^^^^
       = through * (1:19)
  (the rows) <- raw.users.phone  filter
     4 | from d where phone is not null
       |        ~~~~~~^^^^^~~~~~~~~~~~~
       = through phone (2:52), * (1:19)
"""
    out = explained(house, "select upper(c.email) as e from (select * from raw.users) c")
    assert out.splitlines()[2:] == ["     1 | select upper(c.email) as e from (select * from raw.users) c",
                                    "       |        ~~~~~~^^^^^^^~~~~~~", "       = through * (1:41)"], out
    out = explained(house, "create temp table x as select lower(email) m from raw.users;\ninsert into raw.orders (user_id)\nselect md5(m) from x")
    assert out.splitlines()[2:] == ["     3 | select md5(m) from x", "       |        ~~~~^~",
                                     "     1 | create temp table x as select lower(email) m from raw.users",
                                     "       |                               ~~~~~~^^^^^~~~"], out


@test
def a_way_of_any_length_is_cut_in_its_middle(house):
    chain = ",\n".join(f"c{n} as (select * from c{n - 1})" for n in range(1, 60))
    out = explained(house, f"with c0 as (select md5(email) as e from raw.users),\n{chain}\nselect * from c59")
    places = out[out.index("= through"):]
    assert " (61:8)" in places and "..., *" in places and places.count(" (") < 30 and "md5(email) as e" in out, out
    assert max(map(len, out.splitlines())) <= 122, out


@test
def json_says_the_clause_too(house):
    house.write("a.sql", "select lower(a)  ||\n 'jane@x.com' /* c */ as b from t where c = 4711")
    edges = house.run("lineage", "--explain", "--json", "a.sql").lines()
    assert [(e["clause"], e["clause_sql"]) for e in edges] == [("select item", "lower(a) || '?' as b"), ("where", "where c = ?")], edges


@test
def one_column_can_be_asked_for(house):
    for column in ("k", "v.k", "mart.v.K", "shop/mart/v#k"):
        out = explained(house, SQL, column)
        assert re.findall(r"(\w+) <- ([\w.]+)", out) == [("k", "raw.users.id"), ("k", "raw.users.country")], (column, out)
    house.fails(2, "lineage", "--explain", "v.sql", "nowhere.x", says="nothing in these files leads into 'nowhere.x'")
    edges = house.run("lineage", "--json", "--schema", "ddl.sql", "v.sql", "mart.v.k").lines()
    assert {e["target_column"] for e in edges} == {"k"} and len(edges) == 2, edges
    assert len(house.run("lineage", "--schema", "ddl.sql", "v.sql", "mart.v.k").out.splitlines()) == 3


@test
def a_column_asked_for_that_is_misspelt_gets_the_nearest(house):
    house.write("v.sql", SQL)
    house.write("w.sql", "create view mart.v_users as select id as hem, id as hemline, email as user_email from raw.users")
    for asked, meant in [("mart.v_users.hme", "mart.v_users.hem"), ("v_usres.user_emial", "v_users.user_email"), ("HMELINE", "hemline"), ("shop/mart/v_user#hem", "mart.v_users.hem"), ("shop.mart.w_usr.hem", None),
                         ("mart.v_users.street", None), ("mart.orders.hem", None), ("nowhere.x", None)]:
        house.fails(2, "lineage", "--dialect", "postgres", "v.sql", "w.sql", asked,
                    says=[f"leads into '{asked.replace('/', '.').replace('#', '.')}'", f"did you mean '{meant}'?" if meant else "without it, all edges"])
    assert "did you mean" not in house.run("lineage", "--dialect", "postgres", "v.sql", "w.sql", "hem").err


@test
def where_a_statement_writes_several_tables_each_is_named(house):
    out = explained(house, "with d as (update mart.dim_user m set name = u.email from raw.users u where u.id = m.id returning m.id)\n"
                           "insert into mart.audit (user_id) select id from d",
                    ddl=DDL + "create table mart.dim_user (id int, name text); create table mart.audit (user_id int);")
    heads = [line for line in out.splitlines() if " <- " in line or line.startswith("v.sql")]
    assert heads[0] == "v.sql:1:1  insert mart.audit", out
    assert "  mart.dim_user.name <- raw.users.email  identity, keeps" in heads, out
    assert "  user_id <- mart.dim_user.id  identity, keeps" in heads, out
    assert "  (the rows of mart.dim_user) <- raw.users.id  filter" in heads or "  (the rows of mart.dim_user) <- raw.users.id  join" in heads, out
    assert "mart.dim_user" not in explained(house, "select id from raw.users where id > 1"), out


@test
def literals_and_comments_do_not_leave(house):
    for dialect, sql in [
        ("postgres", "select a /* jane@x.com */, 'jane@x.com' || b, $q$jane@x.com$q$ || c, E'jane@x.com' || d, 4711 + e from t where a = 'jane@x.com'"),
        ("sqlite", "create table t (a, b, c, d); select a, \"jane@x.com\" || b from t where c = \"jane@x.com\" and d = 4711"),
        ("bigquery", "select a, \"jane@x.com\" || b, r'jane@x.com' || c from t -- jane@x.com"),
        ("snowflake", "select a, $$jane@x.com$$ || b from t // jane@x.com\n where c > 4711"),
        ("postgres", "select a, b || 'jane\n@x.com\n4711' || c from t where d = 'jane"),
    ]:
        house.write("a.sql", sql)
        answer = house.run("lineage", "--explain", "--dialect", dialect, "a.sql", code=None)
        assert "<- t.a" in answer.out.lower() or answer.code == 3, answer
        assert "jane" not in answer.out + answer.err and "4711" not in answer.out + answer.err and "x.com" not in answer.out, answer


@test
def why_an_edge_is_not_certain_is_said(house):
    house.write("a.sql", "select x.a, b, f(x.c) from s.x")
    out = house.run("lineage", "--explain", "a.sql").out
    assert "95%: the columns of its table are not known" in out and "90%: no other table can be meant" in out and "70%: through a function that is not known" in out, out


@test
def long_lines_are_cut_around_the_clause_and_long_clauses_between(house):
    items = ", ".join(f"column_number_{n}" for n in range(300))
    out = explained(house, f"select {items} from t where column_number_7 = 1", ddl="", code=0)
    lines = out.splitlines()
    assert max(len(line) for line in lines if " | " in line) <= 122
    shown = [(a, b) for a, b in zip(lines, lines[1:]) if b.startswith("       | ")]
    assert len(shown) == 301
    for above, below in shown:
        word = "".join(a for a, b in zip(above[9:], below[9:]) if b == "^")
        assert word.startswith("column_number_"), (above, below)
    out = explained(house, "select a from t where " + "\n and ".join(f"x{n} = 1" for n in range(50)), ddl="")
    assert out.count("\n     ...\n") == 1 and "x49 = ?" in out or out.count(" | ") > 50, out


@test
def wide_characters_and_tabs_are_counted_as_shown(house):
    out = explained(house, 'select "\u6771\u4eac" || a\t|| b x from t where \tc', ddl="")
    above, below = out.splitlines()[-2:]
    wide = sum(unicodedata.east_asian_width(c) == "W" for c in above)
    assert wide == 2 and above.rindex("c") + wide == below.index("^"), out
    first = [line for line in out.splitlines() if "\u6771" in line and " | " in line][0]
    under = out.splitlines()[out.splitlines().index(first) + 1]
    assert under.count("^") == 4 + 2 + 1 + 1, out


@test
def bodies_and_several_statements_are_found_in(house):
    out = explained(house, "select 1;\r\nselect b\r\nfrom t;\r\n/* x */ select\r\n  c from u", ddl="")
    assert [line for line in out.splitlines() if " | " in line] == ["     2 | select b", "       |        ^", "     5 |   c from u", "       |   ^"], out


@test
def odd_texts_do_no_harm(house):
    for n, text in enumerate([b"", b";;", b"select \xff, a from t", b"select a from t where b = 'open", b"select a, \x01b from t", b"select (((a from t",
                              b"select a" + b" + a" * 5000 + b" from t"]):
        house.write("a.sql", text)
        answer = house.run("lineage", "--explain", "a.sql", code=None)
        assert "\x01" not in answer.out and answer.code in (0, 3), answer


main()
