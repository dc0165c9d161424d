"""Warehouses and files as they are found: broken, locked, oddly named, huge, empty."""
import os
import sqlite3
import subprocess

from drive import SOAK, Skip, main, test


def columns(answer, dataset=None):
    """--json lines by column name."""
    return {line["column"]: line for line in answer.lines() if dataset is None or line["dataset"].endswith(dataset)}


def breaks(house, how):
    """A good source and one that breaks: the good one is logged, the broken one is named, exit 3."""
    house.shop()
    house.config([("good", "sqlite", "path: shop.db"), ("bad", "sqlite", "path: bad.db")])
    how(house.at("bad.db"))
    answer = house.run("scan", code=3)
    assert "bad" in answer.err, answer
    assert "email" in house.state("good/main/users"), answer
    house.log_is_whole()
    return answer


def put(content):
    def how(path):
        with open(path, "wb") as f:
            f.write(content)
    return how


@test
def a_file_that_is_no_database_is_named(house):
    breaks(house, put(b"this is a letter, not a database\n" * 1000))


@test
def an_encrypted_database_is_named(house):
    breaks(house, put(os.urandom(8192)))


@test
def a_missing_database_is_named_and_not_made(house):
    breaks(house, lambda path: None)
    assert not os.path.exists(house.at("bad.db"))


@test
def a_folder_for_a_database_is_named(house):
    breaks(house, os.mkdir)


@test
def a_truncated_database_is_named(house):
    def cut(path):
        conn = sqlite3.connect(path)
        conn.execute("create table clients (id integer, email text)")
        conn.executemany("insert into clients values (?, ?)", [(i, f"c{i}@example.com") for i in range(20000)])
        conn.commit()
        conn.close()
        os.truncate(path, os.path.getsize(path) // 3)
    breaks(house, cut)


@test
def a_database_whose_first_page_is_cut_is_named(house):
    def cut(path):
        conn = sqlite3.connect(path)
        conn.execute("create table clients (id integer, email text)")
        conn.commit()
        conn.close()
        os.truncate(path, 300)
    breaks(house, cut)


@test
def a_locked_database_is_named(house):
    holders = []

    def lock(path):
        conn = sqlite3.connect(path, isolation_level=None)
        conn.execute("create table clients (id integer, email text)")
        conn.execute("begin exclusive")
        holders.append(conn)
    answer = breaks(house, lock)
    assert "lock" in answer.err or "busy" in answer.err, answer
    holders[0].execute("commit")
    house.run("scan")
    assert "email" in house.state("bad/main/clients")


@test
def a_database_in_use_by_a_writer_is_read(house):
    house.shop()
    with house.db() as db:
        db.execute("pragma journal_mode = wal")
        db.execute("insert into users values (900, 'late@example.com', 'DE', null)")
        house.run("scan")
    assert "email" in house.state("shop/main/users")


@test
def the_warehouse_is_left_as_it_was(house):
    house.shop()
    before = open(house.at("shop.db"), "rb").read()
    house.run("scan")
    assert open(house.at("shop.db"), "rb").read() == before
    assert sorted(os.listdir(house.path)) == ["log", "shop.db", "tagline.yaml"]


@test
def a_view_that_no_longer_compiles_leaves_the_others_scanned(house):
    house.shop()
    with house.db() as db:
        db.execute("create table old (a integer, b text)")
        db.execute("create view broken as select a, b from old")
        db.execute("pragma legacy_alter_table = on")
        db.execute("drop table old")
    answer = house.run("scan", code=3)
    assert "broken" in answer.err, answer
    assert "email" in house.state("shop/main/users")
    assert "contact_email" in house.state("shop/main/mails")
    house.log_is_whole()


ODD_NAMES = [
    'a "quoted" name', "it's", "back`tick", "[brackets]", "new\nline", "tab\there", "a/b/../c", "..", ".", "-rf", "per%20cent",
    "back\\slash", "semi;colon -- drop", "emoji \U0001f600\u200d\U0001f525", "e\u0301 and \u00e9", "\u202eright to left", "x" * 200,
    "y" * 300, "\u4e2d\u6587" * 50, "MixedCase", "select", "a#b", "a.b.c", "con", "trailing space ", " ", "NULL", "{json}", "a=b",
]


@test
def odd_names_pass_through_scan_and_log(house):
    house.config()
    with house.db() as db:
        for i, name in enumerate(ODD_NAMES):
            quoted = '"' + name.replace('"', '""') + '"'
            db.execute(f"create table {quoted} (id integer, {quoted} text, email text)")
            db.executemany(f"insert into {quoted} values (?, ?, ?)", [
                (k, "plain words", f"p{k}@example.com") for k in range(30)])
    house.run("scan")
    house.log_is_whole()
    found = house.run("classify", "--json", "shop").lines()
    names = {line["dataset"].encode("utf-8", "surrogatepass") for line in found}
    assert len(names) == len(ODD_NAMES), (len(names), sorted(names))
    mails = [line for line in found if line["column"] == "email"]
    assert len(mails) == len(ODD_NAMES) and all(line["info_type"] == "email_address" for line in mails)
    files = house.git("ls-tree", "-r", "--name-only", "-z", "main:state").split("\0")
    assert len([name for name in files if name]) == len(ODD_NAMES), files
    for name in files:
        for part in name.split("/"):
            assert part not in (".", "..") and len(part) <= 255 and all(33 <= ord(c) < 127 for c in part), name
    assert house.run("scan").code == 0
    house.log_is_whole()


@test
def names_that_are_no_utf8_pass_through_scan_and_log(house):
    house.config()
    sql = b'create table "caf\xe9" (id integer, "nom\xff" text, email text);\n'
    sql += b"".join(b'insert into "caf\xe9" values (%d, \'x\', \'p%d@example.com\');\n' % (i, i) for i in range(30))
    try:
        subprocess.run(["sqlite3", house.at("shop.db")], input=sql, check=True, capture_output=True)
    except FileNotFoundError:
        raise Skip("no sqlite3 program") from None
    house.run("scan")
    house.log_is_whole()
    found = columns(house.run("classify", "--json", "shop"))
    assert len(found) == 3 and found["email"]["info_type"] == "email_address", found
    assert house.run("scan").code == 0


@test
def names_that_differ_by_case_stay_apart(house):
    for name in ("Users.csv", "users.csv", "USERS.csv"):
        house.write(f"in/{name}", "Email,email,EMAIL\n" + "a@example.com,x,b@example.com\n" * 30)
    house.config([("drop", "csv", "paths: [in/Users.csv, in/users.csv, in/USERS.csv]")])
    house.run("scan")
    house.log_is_whole()
    found = house.run("classify", "--json", *(house.at("in", n) for n in sorted(os.listdir(house.at("in"))))).lines()
    assert sorted(line["column"] for line in found) == ["EMAIL"] * 3 + ["Email"] * 3 + ["email"] * 3, found
    assert len({line["dataset"] for line in found}) == 3, found


@test
def nothing_in_a_table_is_unknown_and_not_clean(house):
    house.config()
    with house.db() as db:
        db.execute("create table empty (a text, zz text)")
        db.execute("create table nulls (a text, zz text)")
        db.executemany("insert into nulls values (?, ?)", [(None, None)] * 100)
    found = house.run("classify", "--json", "shop").lines()
    assert len(found) == 4 and {line["state"] for line in found} == {"unknown"}, found
    house.run("scan")
    house.log_is_whole()


@test
def a_database_without_tables_is_fine(house):
    house.config()
    with house.db() as db:
        db.execute("create table t (a)")
        db.execute("drop table t")
    house.run("scan")
    assert house.run("classify", "--json", "shop").lines() == []


@test
def nuls_in_values_hide_nothing(house):
    house.config()
    with house.db() as db:
        db.execute("create table t (a text, email text, b blob)")
        db.executemany("insert into t values (?, ?, ?)", [
            ("x\0y", f"p{i}@example.com", b"\0\xff\x80" * 10) for i in range(60)])
    assert columns(house.run("classify", "--json", "shop"))["email"]["info_type"] == "email_address"


@test
def huge_values_are_read_by_their_beginning_only(house):
    house.config()
    huge = 999_999_000 if SOAK else 200_000_000
    with house.db() as db:
        db.execute("create table t (id integer, blob blob, email text)")
        db.execute("insert into t values (1, zeroblob(?), 'p@example.com')", (huge,))
        db.executemany("insert into t values (?, null, ?)", [(i, f"p{i}@example.com") for i in range(40)])
    answer = house.run("classify", "--json", "shop")
    assert columns(answer)["email"]["info_type"] == "email_address", answer
    assert house.peak("classify", "--json", "shop") < 150_000_000
    house.run("scan")
    assert os.path.getsize(house.at("log")) < 1 << 20


@test
def a_table_of_two_thousand_columns_is_read(house):
    house.config()
    with house.db() as db:
        db.execute("create table wide (" + ", ".join(f"c{i} text" for i in range(1999)) + ", email text)")
        db.execute("insert into wide (email) values ('p@example.com')")
    assert len(house.run("classify", "--json", "shop").lines()) == 2000
    house.run("scan")
    house.log_is_whole()


# ---- CSV and JSONL ----

def classify(house, content, name="leads.csv"):
    house.write(name, content)
    return house.run("classify", "--json", name).lines()


MAILS = [f"p{i}@example.com" for i in range(60)]


@test
def every_column_of_a_csv_gets_a_line_of_the_contract(house):
    found = classify(house, "id,Email Addr,colour\n" + "".join(f"{i},{m},red\n" for i, m in enumerate(MAILS)))
    keys = {"dataset", "column", "info_type", "category", "sensitivity", "confidence", "state", "origin", "runner_up",
            "sampled", "matched", "why"}
    assert [line["column"] for line in found] == ["id", "Email Addr", "colour"]
    for line in found:
        assert keys <= set(line), line
        assert line["dataset"] == "leads.csv" and line["why"], line
        assert 0 <= line["confidence"] <= 1 and line["sampled"] >= line["matched"] >= 0, line
        assert line["info_type"] or line["category"] is None and line["sensitivity"] is None, line
    assert found[1]["info_type"] == "email_address" and found[1]["category"] == "user.contact.email", found[1]
    assert found[1]["state"] == "proposed" and found[1]["sensitivity"] == "personal", found[1]
    assert found[2]["info_type"] is None and found[2]["state"] == "none", found[2]


@test
def a_byte_order_mark_is_no_part_of_the_first_name(house):
    found = classify(house, b"\xef\xbb\xbf" + ("email,x\r\n" + "".join(f"{m},1\r\n" for m in MAILS)).encode())
    assert [line["column"] for line in found] == ["email", "x"] and found[0]["info_type"] == "email_address", found


@test
def quotes_may_hold_commas_newlines_and_quotes(house):
    rows = "".join(f'"{m}","a, ""b""\r\nc",{i}\r\n' for i, m in enumerate(MAILS))
    found = classify(house, '"e-mail","free ""text""",n\r\n' + rows)
    assert [line["column"] for line in found] == ["e-mail", 'free "text"', "n"], found
    assert found[0]["info_type"] == "email_address" and found[0]["sampled"] == 60, found


@test
def ragged_rows_lose_no_column(house):
    shapes = ["%s\n", "%s,1,2,3,4\n", "%s,1\n", "%s,1,2\n\n"]
    rows = "".join(shapes[i % 4] % m for i, m in enumerate(MAILS))
    found = classify(house, "email,a,b\n" + rows)
    assert [line["column"] for line in found][:3] == ["email", "a", "b"], found
    assert found[0]["info_type"] == "email_address", found


@test
def a_repeated_header_is_numbered(house):
    found = classify(house, "email,email,email\n" + "".join(f"{m},1,2\n" for m in MAILS))
    assert [line["column"] for line in found] == ["email", "email#2", "email#3"], found


@test
def ten_thousand_columns_get_ten_thousand_lines(house):
    head = ",".join(f"c{i}" for i in range(9999)) + ",email\n"
    found = classify(house, head + (",".join(["1"] * 9999) + ",p@example.com\n") * 20)
    assert len(found) == 10000 and found[-1]["column"] == "email"


@test
def a_file_that_is_nearly_nothing_is_fine(house):
    for content in (b"", b"\n", b"email", b"email\n", b"\xef\xbb\xbf", b'"', b'"open quote\n' + b"x\n" * 10, b",\n,\n", b"\0\0\0\n\0"):
        house.run("classify", "--json", house.write("odd.csv", content), code=None)


@test
def bytes_that_are_no_utf8_are_read(house):
    found = classify(house, b"na\xefve,email\n" + b"".join(b"caf\xe9,%s\n" % m.encode() for m in MAILS))
    assert len(found) == 2 and found[1]["info_type"] == "email_address", found


@test
def nested_columns_get_a_line_each(house):
    rows = "".join('{"user": {"contact": {"email": "%s"}, "age": %d}, "tags": ["a", "b"]}\n' % (m, i) for i, m in enumerate(MAILS))
    found = {line["column"]: line for line in classify(house, rows, "events.jsonl")}
    assert found["user.contact.email"]["info_type"] == "email_address", found
    assert "user.age" in found, found


@test
def lines_that_are_no_json_are_said_or_passed_over(house):
    rows = "".join('{"email": "%s"}\n' % m for m in MAILS)
    for odd in ("{", "[1]\n", "null\n", '"text"\n', "\xff\n", "[" * 100000 + "\n", '{"email": ' * 50000 + "\n", '{"a":1}{"b":2}\n'):
        house.run("classify", "--json", house.write("odd.jsonl", rows + odd), code=None)


@test
def a_file_that_tells_nothing_is_not_clean(house):
    rows = "".join('{"email": "%s"}\n' % m for m in MAILS)
    for name, content, says in (("a.csv", b"", "is empty"), ("b.csv", b"\xef\xbb\xbf\n", "is empty"), ("c.csv", bytes(range(256)), "is no text"),
                                ("d.jsonl", rows + '{"email":\n', "line 61 is not JSON"), ("e.csv", 'a,b\n1,2\n1,"2\n', "line 3: a quote")):
        answer = house.run("classify", "--json", house.write(name, content), code=3)
        assert answer.err.count(says) == 1, answer


@test
def a_row_in_the_place_of_the_header_is_nowhere_in_the_log(house):
    house.write("leads.csv", "".join(f"Zerlina{i},{m},+49 30 12345{i:02}\n" for i, m in enumerate(MAILS)))
    house.config([("drop", "csv", "path: leads.csv")])
    answer = house.run("scan")
    assert "looks like values" in answer.err and "Zerlina0" not in answer.err, answer
    state = house.state("drop/leads.csv")
    assert "column_2" in state and "email_address" in state and "Zerlina0" not in state, state


@test
def windows_1252_is_read_as_such(house):
    found = classify(house, b"Stra\xdfe,email\n" + b"".join(b"M\xfcllerstr. 5,%s\n" % m.encode() for m in MAILS))
    assert found[0]["column"] == "Stra\u00dfe" and found[0]["info_type"] == "street_address", found


@test
def a_file_that_is_not_there_is_named(house):
    house.fails(2, "classify", "--json", "nowhere.csv", says="nowhere.csv")


@test
def a_folder_for_a_file_is_named(house):
    os.mkdir(house.at("folder.csv"))
    house.run("classify", "--json", "folder.csv", code=3)


@test
def a_source_that_left_the_configuration_is_named_until_it_is_let_go(house):
    house.shop()
    house.run("scan")
    house.config(sources=(("store", "sqlite", "path: shop.db"),))
    said = house.run("scan").err
    assert "still believes 3 datasets of 'shop'" in said and "of 'store'" not in said, said
    house.config(sources=(("store", "sqlite", "path: shop.db"), ("shop", "sqlite", "path: shop.db\nexclude: ['**']")))
    house.run("scan")
    house.config(sources=(("store", "sqlite", "path: shop.db"),))
    assert "still believes" not in house.run("scan").err


main()
