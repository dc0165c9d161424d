"""Texts that are no proper SQL, or a lot of it: what is wrong is told with its place, and the other statements lose nothing by it."""
import os

from drive import SOAK, main, test


def asked(house, text, dialect="postgres"):
    """Columns that edges lead into, and (line, column, problem) of each problem."""
    house.write("a.sql", text)
    lines = house.run("lineage", "--json", "--dialect", dialect, "a.sql", code=None).lines()
    return ({line["target_column"] for line in lines if "kind" in line},
            [(line["line"], line["column"], line["problem"]) for line in lines if "problem" in line])


@test
def what_has_no_end_is_told_where_it_begins_and_what_stands_before_it_stays(house):
    for tail in ("select 'x from t", 'select "x from t', "/* select", "/* a /* b */ select", "select $a$ x $b$"):
        columns, problems = asked(house, f"select email from t;\n\n  {tail}\n")
        assert columns == {"email"}, (tail, columns)
        begins = 3 + min(i for i in (tail.find(sign) for sign in "'\"/$") if i >= 0)
        assert [(line, column) for line, column, _ in problems] == [(3, begins)], (tail, problems)


@test
def a_statement_that_is_wrong_costs_itself_alone(house):
    columns, problems = asked(house, "select a from t;\r\nselect from from;\r\nselect b from t;\r\n")
    assert columns == {"a", "b"} and [p[0] for p in problems] == [2], (columns, problems)


@test
def data_of_a_dump_is_no_sql(house):
    n = (100 if SOAK else 10) << 20
    row = "17\tperson'17@example.com\tselect; $$ /* \" \\N\n" * 1000
    with open(house.at("dump.sql"), "w", encoding="utf-8") as f:
        f.write("create table t (id int, email text, note text);\ncopy t (id, email, note) from stdin;\n")
        for _ in range(n // len(row)):
            f.write(row)
        f.write("\\.\nselect email from t;\n")
    size = os.path.getsize(house.at("dump.sql"))
    answer = house.run("lineage", "--json", "--dialect", "postgres", "dump.sql")
    assert [(x["source"], x["source_column"]) for x in answer.lines() if "kind" in x] == [("t", "email")], answer
    assert "example.com" not in answer.out + answer.err
    idle = house.peak("--version")
    assert house.peak("lineage", "--json", "--dialect", "postgres", "dump.sql") - idle < 4 * size + 100e6


@test
def much_of_anything_is_read_or_told(house):
    many = 100_000 if SOAK else 20_000
    for text, wants in (
            ("select a from t;\n" * many, 0), ("select " + ", ".join(f"c{i}" for i in range(10_000)) + " from t", 0),
            ("select " + "(" * 4900 + "a" + ")" * 4900 + " as a from t", 0), ("select " + "(" * 6000 + "a from t", 1),
            ("with a0 as (select a from t)" + "".join(f", a{i + 1} as (select a from a{i})" for i in range(1000)) + " select a from a1000", 0),
            ("select a as x, '" + "x" * (1 << 20) + "' as y from t", 0)):
        columns, problems = asked(house, text)
        assert len(problems) == wants and (columns or wants), (text[:60], problems[:3])


main()
