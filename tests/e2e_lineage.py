"""tagline lineage: the listing as a contract, the table for people, schemas, dialects, exit codes, and what the configuration adds."""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios

from drive import PROGRAM, main, test

DDL = "create table raw.users (id int, email text, phone text);\ncreate table mart.people (id int, contact text);\n"
VIEW = "create view mart.v as\nselect lower(email) as m\nfrom raw.users where id > 3;\n"
FIELDS = {"statement", "statement_kind", "target", "target_column", "source", "source_column", "kind", "effect", "confidence", "line", "column"}


def given(house, text, *words, code=0):
    """The listing of a text on standard input."""
    done = subprocess.run([PROGRAM, "lineage", "--json", *words, "-"], cwd=house.path, input=text.encode(), capture_output=True, check=False)
    assert done.returncode == code, f"exit {done.returncode}: {done.stderr.decode()}"
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


@test
def the_listing_is_what_the_contract_says(house):
    house.write("ddl.sql", DDL)
    house.write("v.sql", VIEW)
    edges = house.run("lineage", "--json", "--dialect", "postgres", "--schema", "ddl.sql", "v.sql").lines()
    assert edges == [
        {"statement": 1, "statement_kind": "create_view", "target": "mart.v", "target_column": "m", "source": "raw.users", "source_column": "email",
         "kind": "transformation", "effect": "keeps", "confidence": 1.0, "line": 2, "column": 14},
        {"statement": 1, "statement_kind": "create_view", "target": "mart.v", "target_column": None, "source": "raw.users", "source_column": "id",
         "kind": "filter", "effect": None, "confidence": 1.0, "line": 3, "column": 22},
    ], edges


@test
def a_select_without_a_target_has_none(house):
    edges = given(house, "select email as m from users order by id")
    assert [(e["target"], e["target_column"], e["kind"]) for e in edges] == [(None, "m", "identity"), (None, None, "sort")], edges
    assert all(set(e) == FIELDS for e in edges), edges
    assert all(e["confidence"] == 0.9 for e in edges), edges


@test
def every_kind_and_effect_is_a_word_of_the_contract(house):
    sql = """select id, lower(email) a, max(phone) b, left(email, 3) c, regexp_replace(email, '.*', 'x') d, md5(email) e,
        md5(email || 'pepper') f, pgp_sym_encrypt(email, 'k') g, tokenise(email) h, sum(id) i, count(phone) j,
        row_number() over (order by phone) k, case when id > 3 then 1 end l, count(*) filter (where id > 3) m
        from raw.users u join mart.people p using (id) where p.contact > 'a' group by u.phone order by p.contact"""
    house.write("ddl.sql", DDL)
    edges = given(house, sql, "--dialect", "postgres", "--schema", "ddl.sql")
    assert {e["kind"] for e in edges} == {"identity", "transformation", "aggregation", "join", "filter", "group_by", "sort", "window", "conditional"}
    assert {e["effect"] for e in edges} == {"keeps", "partial", "masks", "hashes", "hashes_salted", "encrypts", "tokenises", "aggregates", "counts", None}
    assert all((e["effect"] is None) == (e["kind"] not in ("identity", "transformation", "aggregation")) for e in edges)


@test
def what_is_not_understood_has_its_place_and_the_rest_is_listed(house):
    answer = given(house, "select email from users;\nselect nothing from;\n\n  select x.y from users;\nselect id from users", code=3)
    problems = [line for line in answer if "problem" in line]
    assert [(p["statement"], p["line"]) for p in problems] == [(2, 2), (3, 4)], problems
    assert all(set(p) == {"statement", "problem", "line", "column"} for p in problems)
    assert [(e["statement"], e["source_column"]) for e in answer if "source" in e] == [(1, "email"), (4, "id")]


@test
def tables_of_which_rows_alone_count_have_a_line(house):
    text = "create table n as\nselect count(*) c from users cross join raw.log l where l.x > 1;\ndelete from n where exists (select 1 from users)"
    lines = given(house, text, "--dialect", "postgres")
    assert [line for line in lines if "reads" in line] == [
        {"statement": 1, "statement_kind": "create_table_as", "reads": "users", "line": 1},
        {"statement": 2, "statement_kind": "delete", "reads": "users", "line": 3}], lines
    house.write("a.sql", "copy into t from @stage/a.csv; select count(*) from @stage/b.csv")
    (line,) = [line for line in house.run("lineage", "--json", "--dialect", "snowflake", "a.sql").lines() if "reads" in line]
    assert (line["reads"], line["reads_kind"]) == ("@stage/b.csv", "files"), line
    house.write("b.sql", "create table v as select a, (select count(*) from w) n from t")
    assert ["reads" in line for line in house.run("lineage", "--json", "b.sql", "v.a").lines()] == [False]


@test
def people_get_a_table_and_problems_by_file_line_and_column(house):
    house.write("a.sql", "select email as m from users;\nselect x.y from users;\n")
    answer = house.run("lineage", "a.sql", code=3)
    head, row = answer.out.splitlines()
    assert head.split() == ["TARGET", "SOURCE", "KIND", "EFFECT", "SURE", "PLACE"]
    assert row.split() == ["m", "users.email", "identity", "keeps", "90%", "a.sql:1:8"], row
    assert "a.sql:2:8: there is no table 'x' in this query" in answer.err, answer


@test
def several_files_say_which_they_are(house):
    house.write("a.sql", "select a from t")
    house.write("b.sql", "select b from t; select c from")
    lines = house.run("lineage", "--json", "a.sql", "b.sql", code=3).lines()
    assert [(e["file"], e["statement"], "problem" in e) for e in lines] == [("a.sql", 1, False), ("b.sql", 1, False), ("b.sql", 2, True)]
    assert "file" not in house.run("lineage", "--json", "a.sql").lines()[0]


@test
def a_folder_is_all_its_sql_by_name(house):
    house.write("etl/b/2.SQL", "select b from t")
    house.write("etl/a.ddl", "select a from t")
    house.write("etl/.hidden/x.sql", "select x from t")
    house.write("etl/.x.sql", "select x from t")
    house.write("etl/notes.md", "select x from t")
    house.write("etl/b/1.sql", "select c from t")
    lines = house.run("lineage", "--json", "etl/").lines()
    assert [(e["file"], e["source_column"]) for e in lines] == [("etl/a.ddl", "a"), ("etl/b/1.sql", "c"), ("etl/b/2.SQL", "b")], lines
    house.write("empty/notes.md", "")
    house.fails(2, "lineage", "empty", says=["no SQL file in 'empty'", ".sql"])


@test
def files_know_one_anothers_tables_in_any_order(house):
    house.write("a.sql", "create view v as select * from t")
    house.write("b.sql", "create table t (id int, email text)")
    for words in (["a.sql", "b.sql"], ["b.sql", "a.sql"]):
        edges = house.run("lineage", "--json", *words).lines()
        assert [(e["file"], e["target_column"], e["confidence"]) for e in edges] == [("a.sql", "id", 1.0), ("a.sql", "email", 1.0)], edges


@test
def definitions_may_rest_on_later_files_many_times(house):
    n = 9
    for i in range(n):
        house.write(f"etl/{i}.sql", f"create view v{i} as select * from v{i + 1}")
    house.write(f"etl/{n}.sql", f"create table v{n} (id int, email text)")
    edges = house.run("lineage", "--json", "etl").lines()
    assert [(e["target"], e["target_column"], e["confidence"]) for e in edges] == [(f"v{i}", c, 1) for i in range(n) for c in ("id", "email")], edges


@test
def many_files_are_shown_in_their_order(house):
    for n in range(700):
        house.write(f"etl/{n:03}.sql", f"insert into t{n} (a) select a from s{n};" * (1 + n % 7 * 50))
    one = house.run("lineage", "--json", "etl")
    assert [e["file"] for e in one.lines()] == sorted(e["file"] for e in one.lines())
    assert house.run("lineage", "--json", "etl").raw == one.raw


@test
def one_file_that_cannot_be_read_does_not_keep_the_others(house):
    house.write("a.sql", "select a from t")
    house.write("b.sql", b"\x1f\x8b\x08\x00 rest")
    house.write("c.sql", "select c from t")
    lines = house.run("lineage", "--json", "a.sql", "b.sql", "c.sql", code=3).lines()
    assert [e.get("source_column", e.get("problem")) for e in lines] == ["a", "'b.sql' is gzip data, no SQL text", "c"], lines
    answer = house.run("lineage", "a.sql", "b.sql", "c.sql", code=3)
    assert "'b.sql' is gzip data" in answer.err and "t.c" in answer.out, answer


@test
def utf16_is_converted_and_places_count_there(house):
    sql = "\ufeffselect 'h\u00e4\U0001f600', a from t;\r\nselect b from"
    for code in ("utf-16-le", "utf-16-be", "utf-8"):
        house.write("a.sql", sql.encode(code))
        edge, problem = house.run("lineage", "--json", "a.sql", code=3).lines()
        assert (edge["source_column"], edge["line"], edge["column"]) == ("a", 1, 19), (code, edge)
        assert (problem["line"], problem["statement"]) == (2, 2), (code, problem)


@test
def what_is_no_text_is_named(house):
    for text, says in [
        (b"PGDMP\x01\x0e", ["pg_dump's own format", "pg_restore"]), (b"\x1f\x8b\x08", ["gzip", "gzip -dc"]), (b"PK\x03\x04x", ["zip", "unzip"]),
        (b"SQLite format 3\0xx", ["SQLite database", ".schema"]), ("select 1".encode("utf-32"), ["UTF-32", "iconv"]),
        ("select a from t".encode("utf-16-le"), ["UTF-16", "mark", "iconv"]), (b"\xff\xfes\0\x00\xdc\x00\xdc", "broken UTF-16 at byte 4"),
        (b"\xff\xfes\0e", "broken UTF-16 at byte 4"), (b"select 1;\nselect \0 from t", ["zero byte", "2:8"]), (b"\x7fELF\x02", "a program"),
    ]:
        house.write("a.sql", text)
        house.fails(3, "lineage", "a.sql", says=says)
        house.run("lineage", "--schema", "a.sql", "-", code=3)


@test
def schemas_add_up_and_later_ones_know_the_earlier(house):
    house.write("one.sql", DDL)
    house.write("two.sql", "create view mart.mails as select id, email from raw.users;")
    edges = given(house, "select id, email from mart.mails, mart.people", "--schema", "one.sql", "--schema", "two.sql", code=3)
    assert {e["source"] for e in edges if e.get("source_column") == "email"} == {"mart.mails"}, edges
    assert "'id' is ambiguous" in edges[-1]["problem"], edges


@test
def a_schema_that_is_not_understood_is_said(house):
    house.write("ddl.sql", DDL + "create table broken (id int,;\n")
    house.write("v.sql", VIEW)
    answer = house.run("lineage", "--json", "--schema", "ddl.sql", "v.sql", code=3)
    assert "ddl.sql:3:" in answer.err and len(answer.lines()) == 2, answer


@test
def names_are_the_schemas_where_it_is_known_and_as_written_elsewhere(house):
    house.write("ddl.sql", 'create table public.users (id int, "E Mail" text);')
    known = given(house, 'select U."E Mail", x.Y from USERS u, Other.X', "--dialect", "postgres", "--schema", "ddl.sql")
    assert [(e["source"], e["source_column"], e["confidence"]) for e in known] == [("public.users", "E Mail", 1.0), ("other.x", "y", 0.95)], known
    written = given(house, "select Y from Other.X")
    assert [(e["source"], e["source_column"]) for e in written] == [("Other.X", "Y")], written


@test
def all_dialects_are_known_and_others_refused(house):
    for dialect in "ansi postgres redshift snowflake trino sqlite duckdb bigquery spark".split():
        edges = given(house, "select a as b from t", "--dialect", dialect)
        assert [(e["source_column"].lower(), e["kind"]) for e in edges] == [("a", "identity")], dialect
    house.write("a.sql", "select 1")
    house.fails(2, "lineage", "--dialect", "postgrex", "a.sql", says=["postgrex", "postgres"])


@test
def without_a_dialect_the_sources_decide(house):
    sql = 'select "no such column", email from users'
    house.write("ddl.sql", "create table users (email text);")
    assert "problem" in given(house, sql, "--schema", "ddl.sql", code=3)[1]
    house.shop()
    assert len(given(house, sql, "--schema", "ddl.sql")) == 1  # SQLite reads it as a text


@test
def who_names_the_dialect_needs_no_secrets(house):
    house.shop()
    house.config(sources=[("shop", "postgres", "host: ${SHOP_HOST}\ndatabase: x")])
    assert given(house, "select a from t", "--dialect", "ansi")
    house.write("a.sql", "select a from t")
    house.fails(2, "lineage", "a.sql", says="SHOP_HOST")


@test
def the_logs_tables_are_known(house):
    house.shop()
    before = given(house, "select email, amount from users, orders", code=3)
    assert all(e["confidence"] < 1 for e in before if "source_column" in e), before
    house.run("scan")
    assert "problem" in given(house, "select contact_email from users", code=3)[-1]
    edges = given(house, "select email, amount from users, orders")
    assert [(e["source"], e["source_column"], e["confidence"]) for e in edges] == [("main.users", "email", 1), ("main.orders", "amount", 1)], edges
    assert given(house, "select email from users", "--source", "shop")[0]["confidence"] == 1
    house.write("a.sql", "select 1")
    house.fails(2, "lineage", "--source", "nowhere", "a.sql", says="no source 'nowhere'")
    house.write("ddl.sql", "create table main.users (email text, other text)")
    assert given(house, "select other from users", "--schema", "ddl.sql")[0]["confidence"] == 1


@test
def a_source_needs_a_log(house):
    house.write("a.sql", "select 1")
    house.fails(2, "lineage", "--source", "shop", "a.sql", says=["no log", "shop", "tagline scan"])


@test
def functions_of_the_configuration_are_known(house):
    house.shop()
    house.config(rest="functions:\n  - {name: scramble, effect: masks}\n")
    (edge,) = given(house, "select scramble(email) as e from users")
    assert (edge["effect"], edge["confidence"]) == ("masks", 0.9), edge


@test
def a_function_of_the_configuration_may_be_named_with_its_schema(house):
    house.config(rest="functions:\n  - {name: crypto.scramble, effect: tokenises}\n  - {name: hide, effect: masks}\n")
    effects = [(e["target_column"], e["effect"]) for e in given(house, "select crypto.scramble(email) as a, CRYPTO.Scramble(email) as b, other.scramble(email) as c, hide(email) as d from users")]
    assert effects == [("a", "tokenises"), ("b", "tokenises"), ("c", "keeps"), ("d", "masks")], effects
    house.write("b.sql", "select crypto.scramble(email) as d from users")
    assert "tokenises" in house.run("lineage", "b.sql").out


@test
def an_effect_that_is_none_is_said_with_its_place_and_those_there_are(house):
    house.write("tagline.yaml", "functions:\n  - {name: hide, effect: mask}\n")
    house.write("a.sql", "select hide(email) from users")
    house.fails(2, "lineage", "a.sql", says=["tagline.yaml:2:26", "'mask'", "keeps, partial, masks, encrypts", "did you mean 'masks'"])


@test
def what_cannot_be_read_is_usage_or_input(house):
    house.fails(2, "lineage", says="no SQL to read")
    house.fails(2, "lineage", "absent.sql", says="absent.sql")
    house.write("a.sql", "select 1")
    house.fails(2, "lineage", "--schema", "absent.sql", "a.sql", says="absent.sql")
    house.fails(2, "lineage", "--config", "absent.yaml", "a.sql")


@test
def a_text_beyond_the_ceiling_is_refused(house):
    with open(house.at("big.sql"), "wb") as f:
        f.truncate((1 << 30) + 1)
    house.fails(3, "lineage", "big.sql", says="big.sql")


@test
def a_mistake_behind_the_lists_of_the_configuration_is_said(house):
    house.write("tagline.yaml", "functions:\n  - {name: f, effect: masks}\npolicies: {nonsense: 1}\n")
    house.write("a.sql", "select 1;\n")
    house.fails(2, "lineage", "a.sql", says=["tagline.yaml:3:12", "nonsense"])


@test
def any_bytes_are_a_text(house):
    for n, text in enumerate([b"", b"\0", b"\xff\xfe\x00s\x00e\x00l", b"select \xff\xfe from t\0; select 1", b"\xef\xbb\xbfselect a from t", b"\r\n;\r\n"]):
        house.write(f"{n}.sql", text)
        house.run("lineage", "--json", f"{n}.sql", code=None)


@test
def literals_do_not_leave(house):
    sql = "select 'jane@example.com' x, y.z, 'jane@example.com' || email from users where phone = 'jane@example.com' and 'jane@example.com'"
    house.write("a.sql", sql + ";\n" + sql + " jane@example.com;\nselect from 'jane@example.com'")
    for words in (["--json"], []):
        answer = house.run("lineage", *words, "a.sql", code=3)
        assert "jane" not in answer.out + answer.err.replace("a.sql", ""), answer


@test
def control_characters_in_names_do_not_reach_a_terminal(house):
    house.write("a.sql", 'select "e\x1b[31mvil" from "t\x07x"; select "q\x1b[31m"."x" from t')
    answer = house.run("lineage", "--dialect", "postgres", "a.sql", code=3)
    assert "\x1b" not in answer.out + answer.err and "\x07" not in answer.out + answer.err


@test
def a_narrow_terminal_shows_the_end_of_each_place(house):
    path = "models/marts/core/customers_incremental_load.sql"
    house.write(path, "create view analytics.customers as\nselect lower(u.email_address) as contact_email\nfrom raw_shop.web_users u;\n")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    child = subprocess.Popen([PROGRAM, "lineage", path], cwd=house.path, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # so says a terminal that nobody holds any longer
        pass
    child.wait()
    os.close(ours)
    lines = re.sub("\033\\[[0-9;]*m", "", shown.decode()).splitlines()
    assert max(map(len, lines)) <= 80, lines
    assert any(line.rstrip().endswith("...ntal_load.sql:2:14") for line in lines), lines


@test
def what_would_have_helped_is_told_once(house):
    house.write("a.sql", "insert into t select a, b + 1 from s; insert into u select a, b + 1 from s;")
    house.write("b.sql", "select from;")
    answer = house.run("lineage", "a.sql", "b.sql", code=3)
    assert answer.err.count("cannot tell which columns are written") == 2, answer
    assert answer.err.count("read as ansi: --dialect says otherwise") == answer.err.count("--schema FILE tells") == 1, answer
    assert "--dialect" not in house.run("lineage", "--dialect", "ansi", "b.sql", code=3).err
    assert "--schema" not in house.run("lineage", "b.sql", code=3).err
    house.write("ok.sql", "select a from t")
    assert house.run("lineage", "ok.sql").err == ""


@test
def help_knows_the_verbs_of_a_command(house):
    assert house.run("help", "lineage", "diff").out == house.run("help", "lineage").out
    house.fails(2, "help", "lineage", "dif", says=["no help on 'lineage dif'", "lists commands"])
    house.fails(2, "help", "config", "diff", says="no help on 'config diff'")


main()
