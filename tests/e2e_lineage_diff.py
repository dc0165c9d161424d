"""tagline lineage diff: edges gained, lost and changed between two files or folders, matched by what they lead into, with what the log knows."""
from drive import main, test

DDL = "create table users (id int, email text, country text, phone text);\n"
OLD = "create view v as select lower(u.email) m, u.id, u.country c from users u where u.country = 'DE';\n"
NEW = "-- moved\nselect 1;\ncreate view v as select md5(u.email) m, u.id, u.phone p from users u\nwhere u.country = 'DE' order by u.id;\n"


def given(house, old, new, *words, code=1):
    house.write("ddl.sql", DDL)
    house.write("old.sql", old)
    house.write("new.sql", new)
    return house.run("lineage", "diff", "old.sql", "new.sql", "--schema", "ddl.sql", "--dialect", "postgres", *words, code=code)


@test
def edges_are_matched_by_what_they_lead_into(house):
    answer = given(house, OLD, NEW)
    assert answer.out == """v.c
  - users.country  identity, keeps  old.sql:1:49
v.m
  ~ users.email  transformation, keeps -> transformation, hashes  new.sql:3:29
v.p
  + users.phone  identity, keeps  new.sql:3:47
v (the rows)
  + users.id  sort  new.sql:4:33

2 edges gained, 1 lost, 1 changed, into 4 places
""", answer


@test
def json_says_all_of_it(house):
    lines = given(house, OLD, NEW, "--json").lines()
    assert [(e["change"], e["target_column"], e["source_column"]) for e in lines] == [
        ("lost", "c", "country"), ("changed", "m", "email"), ("gained", "p", "phone"), ("gained", None, "id")], lines
    assert lines[1]["was"] == {"kind": "transformation", "effect": "keeps", "confidence": 1, "file": "old.sql", "line": 1, "column": 31}, lines[1]
    assert lines[2] == {"change": "gained", "target": "v", "target_column": "p", "source": "users", "source_column": "phone", "kind": "identity",
                        "effect": "keeps", "confidence": 1, "file": "new.sql", "line": 3, "column": 47}, lines[2]


@test
def what_only_looks_different_is_the_same(house):
    old = "create view v as select email m from users; insert into t (a) select id from users;"
    new = "/* x */ insert into t (a)\nselect u.ID from users as u;\ncreate or replace view V as\nselect\n  email as m\nfrom users"
    answer = given(house, old, new, code=0)
    assert answer.out == "" and "the same edges on both sides" in answer.err, answer
    assert given(house, old, new, "--json", code=0).out == ""


@test
def kind_effect_and_confidence_are_changes(house):
    (line,) = given(house, "create view v as select email m from users", "create view v as select email || 'x' m from users", "--json").lines()
    assert (line["change"], line["was"]["kind"], line["kind"]) == ("changed", "identity", "transformation"), line
    answer = given(house, "create view v as select u.x m from s.u", "create view v as select f(u.x) m from s.u")
    assert "~ s.u.x  identity, keeps, 95% -> transformation, keeps, 70%" in answer.out, answer


@test
def folders_are_compared_whole(house):
    house.write("ddl.sql", DDL)
    house.write("old/a.sql", "create view v as select email m from users; select id from users")
    house.write("old/sub/b.sql", "select id from users")
    house.write("new/moved.sql", "create view v as select email m from users")
    house.write("new/a.sql", "select id from users")
    house.write("new/sub/b.sql", "select country from users")
    lines = house.run("lineage", "diff", "old", "new/", "--schema", "ddl.sql", "--json", code=1).lines()
    assert [(e["change"], e["file"], e["target"], e["target_column"]) for e in lines] == [
        ("gained", "new/sub/b.sql", None, "country"), ("lost", "old/sub/b.sql", None, "id")], lines


@test
def a_file_that_begins_or_ends_is_compared_with_nothing(house):
    house.write("a.sql", "create view v as select email m from users")
    answer = house.run("lineage", "diff", "/dev/null", "a.sql", code=1)
    assert "1 edge gained, 0 lost, 0 changed, into 1 place\n" in answer.out, answer
    assert "0 edges gained, 1 lost" in house.run("lineage", "diff", "a.sql", "/dev/null", code=1).out


@test
def new_personal_data_is_named_where_a_log_knows(house):
    house.shop()
    house.run("scan")
    house.write("old.sql", "create view v as select id from users;")
    house.write("new.sql", "create view v as select id, email as e from users;")
    answer = house.run("lineage", "diff", "old.sql", "new.sql", code=1)
    assert "+ main.users.email  identity, keeps  email_address, personal  new.sql:1:29" in answer.out, answer
    assert answer.out.endswith("1 edge gained, 0 lost, 0 changed, into 1 place; 1 gained brings personal data\n"), answer
    (line,) = house.run("lineage", "diff", "--json", "old.sql", "new.sql", code=1).lines()
    assert (line["tag"], line["sensitivity"]) == ("email_address", "personal"), line


@test
def what_is_not_understood_is_not_called_equal(house):
    house.write("a.sql", "select from;")
    answer = house.run("lineage", "diff", "a.sql", "a.sql", code=3)
    assert answer.err.count("a.sql:1:8: ") == 2 and "as far as they are understood" in answer.err, answer


@test
def what_cannot_be_compared_is_said(house):
    house.write("a.sql", "select 1")
    house.fails(2, "lineage", "diff", "a.sql", says=["compares two", "diff OLD NEW"])
    house.fails(2, "lineage", "diff", "a.sql", "b.sql", "c.sql", says="compares two")
    house.fails(2, "lineage", "diff", "a.sql", "absent.sql", says="absent.sql")
    house.write("z.sql", b"\x1f\x8b\x08")
    house.fails(3, "lineage", "diff", "a.sql", "z.sql", says="gzip")
    house.write("folder/a.sql", "select 1")
    house.fails(2, "lineage", "diff", "a.sql", "folder", says=["'folder' is a folder, 'a.sql' is none", "two files or two folders"])
    house.fails(2, "lineage", "diff", "folder", "-", says="'-' is none")
    house.fails(2, "lineage", "diff", "-", "-", says=["standard input cannot be both sides", "diff - load.sql"])


@test
def ways_of_showing_do_not_go_together(house):
    house.write("a.sql", "select 1")
    for way in ("--summary", "--explain", "--openlineage"):
        house.fails(2, "lineage", "diff", "a.sql", "a.sql", way, says=[f"'lineage diff' and '{way}' do not go together", "--json"])
    house.fails(2, "lineage", "--summary", "--explain", "a.sql", says=["'--summary' and '--explain'", "one of them at a time"])
    house.fails(2, "lineage", "--openlineage", "--summary", "a.sql", says="'--summary' and '--openlineage'")
    house.fails(2, "lineage", "--openlineage", "--explain", "a.sql", says="'--explain' and '--openlineage'")


main()
