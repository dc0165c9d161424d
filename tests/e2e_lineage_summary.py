"""tagline lineage --summary: what is counted a file and in all, as a table and as JSON lines, and that nothing stops it."""
from drive import main, test

FIELDS = {"file", "statements", "in_whole", "in_part", "not_at_all", "edges", "steering", "problems", "seconds"}


@test
def a_file_is_counted_by_how_much_is_understood(house):
    house.write("a.sql", "select email from t where id = 1;\nselect a, x.y from t;\nselect from where;\ncreate index i on t (a);\n")
    (line,) = house.run("lineage", "--summary", "--json", "a.sql", code=3).lines()
    assert set(line) == FIELDS and line.pop("seconds") >= 0, line
    assert line == {"file": "a.sql", "statements": 4, "in_whole": 2, "in_part": 1, "not_at_all": 1, "edges": 2, "steering": 1, "problems": 2}, line


@test
def several_files_have_a_total_at_the_end(house):
    house.write("etl/a.sql", "select a from t; select b from t")
    house.write("etl/b.sql", "select from")
    a, b, total = house.run("lineage", "--summary", "--json", "etl", code=3).lines()
    assert (a["file"], b["file"]) == ("etl/a.sql", "etl/b.sql")
    assert set(total) == FIELDS - {"file"} | {"files"} and total["files"] == 2, total
    for key in FIELDS - {"file", "seconds"}:
        assert total[key] == a[key] + b[key], key
    assert len(house.run("lineage", "--summary", "etl/a.sql").out.splitlines()) == 2


@test
def nothing_else_is_printed(house):
    house.write("a.sql", "select from; select x.y from t")
    house.write("b.sql", "select a from t")
    answer = house.run("lineage", "--summary", "a.sql", "b.sql", code=3)
    head, a, b, total = answer.out.splitlines()
    assert head.split() == ["STATEMENTS", "IN", "WHOLE", "IN", "PART", "NOT", "AT", "ALL", "EDGES", "STEERING", "PROBLEMS", "SECONDS", "FILE"]
    assert a.split()[:7] == ["2", "0", "1", "1", "0", "0", "2"] and a.endswith("  a.sql"), a
    assert b.split()[:7] == ["1", "1", "0", "0", "1", "0", "0"] and b.endswith("  b.sql"), b
    assert total.split()[:7] == ["3", "1", "1", "1", "1", "0", "2"] and total.endswith("  in all"), total
    assert answer.err == "", answer


@test
def what_cannot_be_read_is_a_line_even_alone(house):
    house.write("a.sql", b"\x1f\x8b\x08\x00")
    (line,) = house.run("lineage", "--summary", "--json", "a.sql", code=3).lines()
    assert line["unread"] == "'a.sql' is gzip data, no SQL text" and line["problems"] == 1 and line["statements"] == 0, line
    assert house.run("lineage", "--summary", "a.sql", code=3).out.splitlines()[1].split()[:3] == ["-", "-", "-"]
    house.fails(2, "lineage", "--summary", "absent.sql", says="absent.sql")


@test
def files_of_a_summary_stand_alone_unless_asked(house):
    house.write("a.sql", "select a from t")
    house.write("b.sql", "create table t (x int)")
    assert house.run("lineage", "--summary", "--json", "a.sql", "b.sql").lines()[0]["in_whole"] == 1
    assert house.run("lineage", "--summary", "--json", "--tables", "shared", "a.sql", "b.sql", code=3).lines()[0]["in_whole"] == 0
    assert len(house.run("lineage", "--json", "--tables", "apart", "a.sql", "b.sql").lines()) == 1
    assert "problem" in house.run("lineage", "--json", "a.sql", "b.sql", code=3).lines()[-1]


@test
def odd_files_are_counted_too(house):
    for n, text in enumerate([b"", b";;;", b"-- nothing\n", b"/* open", b"select 'open", b"select $a$ open", b"\xff\xfe", b"\xef\xbb\xbf",
                              b"(" * 20000, b"select " + b"1+" * 20000 + b"1", bytes(range(1, 256)), b"copy t from stdin;\n1\t2\n", b"\\.\n\\q\n"]):
        house.write(f"odd/{n:02}.sql", text)
    lines = house.run("lineage", "--summary", "--json", "odd", code=None).lines()
    assert len(lines) == 14 and lines[-1]["files"] == 13
    assert [line["statements"] for line in lines[:3]] == [0, 0, 0]


main()
