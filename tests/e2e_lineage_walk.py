"""lineage COLUMN: what the log knows of where data goes and comes from, as trees, ways, JSON lines and pictures."""
import json
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree as ElementTree

import pg
from drive import Skip, main, test

SVG = "{http://www.w3.org/2000/svg}"


def warehouse(house):
    """Views over views, a hash, a place in JSON, odd names, two tables that feed each other by SQL files; one scan."""
    with house.db() as db:
        db.executescript("""
            create table raw_users (id integer, email text, phone text, country text, profile text, "<b>&""" + '""' + """" text);
            create table raw_orders (id integer, user_id integer, amount real);
            create table identity (hem text, best text);
            create table merged (email text);
            create table still (a text, b text);
            create table "Odd.Name" ("Col.One" text, "two words" text);
            create view users as select id as user_id, lower(email) as email, phone, country,
                json_extract(profile, '$.contact.email') as second, "<b>&""" + '""' + """" as odd from raw_users;
            create view customers as select u.email, substr(u.phone, 1, 3) as dial, sum(o.amount) as spent
                from users u join raw_orders o on o.user_id = u.user_id where u.country <> 'XX' group by 1, 2;
            create view contacts as select email from users union select second from users union select best from identity;
            create view odd as select "Col.One" as one from "Odd.Name";
        """)
        db.executemany("insert into raw_users values (?, ?, ?, 'DE', ?, ?)", [
            (i, f"person{i}@example.com", f"+4915112345{i:03}", json.dumps({"contact": {"email": f"p{i}@example.org"}}),
             f"q{i}@example.net") for i in range(80)])
        db.executemany("insert into raw_orders values (?, ?, ?)", [(i, i, i * 1.5) for i in range(80)])
    house.write("etl/feed.sql", "insert into identity select u.email || '', coalesce(m.email, u.email) "
                                "from users u left join merged m on 1 = 1;\ninsert into merged select best from identity;\n")
    house.config(rest="queries:\n  - files: etl/*.sql\n")
    house.run("scan")
    return house


def walk(house, *words, **more):
    return house.run("lineage", *words, **more).out


# ---- trees ----

@test
def a_column_stands_between_what_it_is_made_of_and_what_is_made_of_it(house):
    out = walk(warehouse(house), "users#email", env={"LC_ALL": "C.UTF-8"})
    lines = out.splitlines()
    assert re.fullmatch(r"users#email  email_address \d\d%", lines[0]), out
    assert re.fullmatch(r"├─ <- raw_users#email  email_address \d\d%  transformation, keeps", lines[1]), out
    assert re.search(r"^└─ -> \S", out, re.M), out
    assert len(re.findall(r"a cycle: shown above", out)) == 1, out
    assert len(re.findall(r"contacts#email .*\(shown (above|below)\)", out)) <= 1, out
    assert re.search(r"customers#email .*identity, keeps", out), out
    assert re.search(r"-> identity#best .*etl/feed\.sql#1:1:\d+", out), out


@test
def a_terminal_without_unicode_gets_ascii(house):
    out = walk(warehouse(house), "users#email", env={"LC_ALL": "C"})
    assert out.isascii() and "\n|- <- raw_users#email" in out and "\n`- -> " in out, out


@test
def up_and_down_go_one_way(house):
    warehouse(house)
    up, down = walk(house, "users#email", "--up"), walk(house, "users#email", "--down")
    assert "raw_users#email" in up and "contacts" not in up, up
    assert "contacts#email" in down and "raw_users" not in down, down
    both = walk(house, "users#email", "--up", "--down")
    assert "raw_users#email" in both and "contacts#email" in both, both


@test
def depth_ends_the_tree_and_says_where_it_goes_on(house):
    out = walk(warehouse(house), "raw_users#email", "--down", "--depth", "1")
    assert re.search(r"users#email .*\(goes on\)$", out, re.M) and len(out.splitlines()) == 2, out


@test
def what_steers_is_shown_when_asked_for(house):
    warehouse(house)
    assert "customers" not in walk(house, "users#country", "--down")
    out = walk(house, "users#country", "--down", "--steering")
    assert re.search(r"-> customers \(its rows\)  filter", out), out


@test
def a_dataset_is_all_of_its_columns_but_still_ones_are_counted(house):
    answer = warehouse(house).run("lineage", "raw_users", "--down")
    assert "\nraw_users#phone" in answer.out and "raw_users#id" in answer.out, answer
    answer = house.run("lineage", "customers", "--down")
    assert answer.out == "" and "nothing that is known flows out of its columns" in answer.err, answer


@test
def what_nothing_flows_into_or_out_of_is_said_to_be_so(house):
    answer = warehouse(house).run("lineage", "still#a")
    assert answer.out == "" and "nothing that is known flows into 'still#a' or out of it" in answer.err, answer


@test
def a_place_in_json_is_a_column_with_the_tag_that_is_there(house):
    out = walk(warehouse(house), "users#second", "--up")
    assert re.search(r"<- raw_users#profile\.contact\.email  email_address \d\d% at contact\.email", out), out
    for name in ("raw_users#profile.contact.email", "raw_users#profile.contact", "raw_users#profile"):
        assert "-> users#second" in walk(house, name, "--down"), name


@test
def a_wide_tree_is_cut_with_a_count(house):
    with house.db() as db:
        db.execute("create table t (a text)")
        for i in range(60):
            db.execute(f"create view v{i:02} as select a from t")
    house.config()
    house.run("scan")
    out = walk(house, "t#a")
    assert len(out.splitlines()) == 42 and "... and 20 more" in out.splitlines()[-1], out
    assert len([line for line in house.run("lineage", "t#a", "--json", "--down").lines() if "depth" in line]) == 61


@test
def names_are_typed_as_a_key_or_as_sql_writes_them(house):
    warehouse(house)
    for name in ("users#email", "main/users#email", "shop/main/users#email", "users.email", "main.users.email", "USERS.Email",
                 '"users"."email"'):
        assert walk(house, name, "--up").startswith("users#email  "), name
    for name in ("Odd.Name#Col.One", '"Odd.Name"."Col.One"', "Odd.Name"):
        assert "-> odd#one" in walk(house, name), name
    assert "users#odd" in walk(house, 'raw_users#<b>&"')


# ---- ways ----

@test
def ways_from_one_to_another_come_riskiest_first(house):
    out = walk(warehouse(house), "users#email", "--to", "contacts#email")
    assert re.findall(r"^way (\d) of (\d): (\w+)", out, re.M) == [("1", "2", "keeps"), ("2", "2", "keeps")], out
    assert out.index("-> contacts#email") < out.index("-> identity#best"), out
    one = walk(house, "users#email", "--to", "contacts#email", "--riskiest")
    assert one.startswith("way 1 of 1: keeps") and "identity#" not in one, one
    lines = [json.loads(line) for line in walk(house, "users#email", "--to", "contacts#email", "--json").splitlines()]
    assert [len(line["steps"]) for line in lines] == [2, 3] and lines[0]["steps"][1]["edge"]["kind"] == "identity", lines


@test
def the_riskiest_way_into_a_column_begins_at_what_is_tagged(house):
    out = walk(warehouse(house), "customers", "--riskiest")
    assert out.startswith("way 1 of 1: keeps") and "-> customers#email" in out, out
    assert out.splitlines()[1].startswith("  raw_users#email  email_address"), out
    answer = house.run("lineage", "raw_users#id", "--riskiest")
    assert answer.out == "" and "no way leads from any other column" in answer.err, answer
    answer = house.run("lineage", "contacts#email", "--to", "users#email")
    assert "no way leads from 'contacts#email' to 'users#email'" in answer.err, answer


# ---- wrong uses ----

@test
def what_is_not_there_gets_the_nearest_name(house):
    warehouse(house)
    for words, says in (
            (["users#emial"], ["no column", "did you mean 'shop/main/users#email'"]),
            (["raw_user#email"], ["no column", "did you mean 'shop/main/raw_users#email'"]),
            (["nowhere#second"], ["no column", "did you mean 'shop/main/users#second'"]),
            (["user", "--up"], ["no dataset 'user'", "did you mean 'shop/main/users'"]),
            (["xyzzy"], ["there is no file and no dataset 'xyzzy'", "DATASET#FIELD"]),
            (["users#email", "--to", "contacts#emal"], ["no column 'contacts#emal'", "did you mean"]),
            (["#email"], ["may be any of", "write one of", "shop/main/users#email"])):
        house.fails(2, "lineage", *words, says=says)


@test
def what_makes_no_sense_is_refused(house):
    warehouse(house)
    for words, says in (
            (["--depth", "0"], ["--depth"]), (["--depth", "-1"], ["--depth", "-1"]),
            (["--up", "--to", "contacts#email"], ["--to", "--up"]), (["--riskiest", "--down"], ["--riskiest", "--down"]),
            (["--svg", "--to", "contacts#email"], ["--svg"]), (["--svg", "--dot"], ["--dot", "--svg"]),
            (["--svg", "--json"], ["--svg", "--json"]), (["--summary"], ["--summary", "files"]),
            (["--explain"], ["--explain", "files"]), (["--openlineage"], ["--openlineage", "files"]),
            (["--dialect", "ansi"], ["--dialect", "files"]), (["users#phone"], ["one COLUMN at a time"]),
            (["--at", "yesterday"], ["yesterday"]), (["--at", "1999-12-31"], ["1999-12-31", "begins at"])):
        house.fails(2, "lineage", "users#email", *words, says=says)
    for flag in ("--up", "--down", "--steering", "--riskiest"):
        house.fails(2, "lineage", "etl", flag, says=[flag, "COLUMN of the log"])
    house.fails(2, "lineage", "etl", "--depth", "3", says=["--depth"])


@test
def without_a_log_there_is_nothing_to_walk(house):
    house.shop()
    house.fails(2, "lineage", "users#email", says=["no log", "tagline scan"])
    house.fails(2, "lineage", "users", "--up", says=["no log", "tagline scan"])
    house.fails(2, "lineage", "users", says=["there is no file 'users'"])


# ---- at a time ----

@test
def the_log_is_walked_as_it_was(house):
    warehouse(house)
    first = house.run("log", "--json").lines()[0]
    with house.db() as db:
        db.execute("drop view contacts")
        db.execute("create view letters as select email from users")
    house.run("scan")
    now = walk(house, "users#email", "--down")
    assert "contacts" not in now and "letters#email" in now, now
    second = house.run("log", "--json").lines()[0]
    times = [first["when"]] if first["when"] != second["when"] else []  # two scans of one second are told apart by name alone
    for at in (first["run"], first["commit"][:8], *times):
        answer = house.run("lineage", "users#email", "--down", "--at", at)
        assert "contacts#email" in answer.out and "letters" not in answer.out, answer
        assert "as the log had it at" in answer.err and first["commit"][:12] in answer.err, answer
    assert walk(house, "users#email", "--down", "--at", time.strftime("%Y-%m-%d", time.gmtime())) == now
    assert walk(house, "users#email", "--down") == now  # the tip's own index is as it was


@test
def a_tag_goes_where_its_source_went(house):
    warehouse(house)
    with house.db() as db:
        db.execute("drop view contacts")
        db.execute("create view contacts as select 'x' || email as letter from users where 1 = 0")  # too small to tell: carried
    house.run("scan")
    assert re.search(r"contacts#letter  email_address \d\d% carried", walk(house, "users#email", "--down"))
    house.run("review", "reject", "users#email", "--type", "email_address", "--why", "made up")
    out = walk(house, "users#email", "--down")
    assert re.search(r"contacts#letter  transformation", out), out


# ---- pictures ----

def titles(svg):
    return {title.text for title in ElementTree.fromstring(svg).iter(SVG + "title")}


@test
def a_picture_is_whole_and_the_same_each_time(house):
    warehouse(house)
    for words in (["users"], ["users#email", "--down"], ["raw_users", "--steering"]):
        svg = house.run("lineage", *words, "--svg", code=None)
        if svg.code == 2 and "no libgraphviz" in svg.err:
            raise Skip("this build draws no SVG")
        assert svg.raw == house.run("lineage", *words, "--svg").raw
        found = titles(svg.raw)
        assert "users" in found, found
    found = titles(house.run("lineage", "raw_users", "--svg").raw)
    assert 'raw_users#<b>&"' + " -> users#odd: identity, keeps" in found, found
    assert "raw_users#email -> users#email: transformation, keeps" in found, found
    text = [t.text for t in ElementTree.fromstring(house.run("lineage", "raw_users", "--svg").raw).iter(SVG + "text")]
    assert '<b>&"' in text and "users" in text, text


@test
def graphviz_reads_what_dot_writes(house):
    if not shutil.which("dot"):
        raise Skip("no dot")
    warehouse(house)
    dot = house.run("lineage", "users#email", "--dot").raw
    plain = subprocess.run(["dot", "-Tplain"], input=dot, capture_output=True, check=True).stdout.decode()
    lines = [line.split() for line in plain.splitlines()]
    n_edges = len({tuple(line[1:3]) for line in lines if line[0] == "edge"})
    tree = house.run("lineage", "users#email", "--json").lines()
    pairs = {(e["source"], e["target"]) for e in tree if "kind" in e}
    datasets = {end for pair in pairs for end in pair}
    assert sum(line[0] == "node" for line in lines) == len(datasets) and n_edges == len(pairs), plain


@test
def files_are_drawn_too(house):
    house.write("s.sql", "create table t (id int, email text);")
    house.write("q.sql", "create view v as select email as m, id from t;\ncreate view \"<i>&\" as select md5(m) as h from v;")
    svg = house.run("lineage", "--svg", "--schema", "s.sql", "q.sql", code=None)
    if svg.code == 2 and "no libgraphviz" in svg.err:
        raise Skip("this build draws no SVG")
    found = titles(svg.raw)
    assert {"t", "v", "<i>&", "t#email -> v#m: identity, keeps, q.sql:1:25"} <= found, found
    assert any(title.startswith("v#m -> <i>&#h: transformation, hashes") for title in found), found
    one = titles(house.run("lineage", "--svg", "--schema", "s.sql", "q.sql", "v.id").raw)
    assert "t#id -> v#id: identity, keeps, q.sql:1:37" in one and len(one) == 4, one
    house.write("bad.sql", "select from from;")
    answer = house.run("lineage", "--dot", "bad.sql", code=3)
    assert answer.out.startswith("digraph") and "bad.sql:1:" in answer.err, answer
    for other in ("--json", "--summary", "--explain", "--openlineage"):
        house.fails(2, "lineage", "--svg", other, "q.sql", says=["--svg", other])


@test
def a_hundred_tables_are_drawn_as_tables(house):
    text = "create table v0 (" + ", ".join(f"c{c} text" for c in range(20)) + ");\n"
    text += "".join(f"create view v{i} as select * from v{i // 2};\n" for i in range(1, 100))
    house.write("q.sql", text)
    dot = house.run("lineage", "--dot", "q.sql").out
    assert dot.count("[id=\"d") == 100 and dot.count("20 columns<") == 100 and dot.count(" -> d") == 99, dot[:3000]
    assert "2000 columns of 100 datasets" in dot, dot[-600:]


# ---- a real warehouse ----

@test
def a_warehouse_in_postgresql_is_walked(house):
    try:
        server = pg.Server()
    except pg.Missing as why:
        raise Skip(why) from None
    with server:
        database = server.database("""
            create schema raw; create schema core; create schema mart;
            create table raw.users (id int, email text, profile jsonb, "Odd.Name" text);
            create table raw.events (payload jsonb);
            create view core.users as select id, lower(email) as email, profile->'contact'->>'email' as second,
                profile->>'birthday' as birthday, "Odd.Name" from raw.users;
            create view mart.contacts as select email from core.users union select second from core.users;
            create materialized view mart.hashes as select md5(email) as hem from mart.contacts;
            insert into raw.users select i, 'person' || i || '@example.com', json_build_object('contact',
                json_build_object('email', 'p' || i || '@example.org'), 'birthday', '1980-01-01')::jsonb, 'x' from generate_series(1, 80) i;
        """)
        house.config([server.source(database)])
        house.run("scan")
    up = walk(house, "hashes#hem", "--up", env={"LC_ALL": "C.UTF-8"})
    assert re.search(r"^└─ <- mart/contacts#email  email_address \d\d%  transformation, hashes \(md5\)$", up, re.M), up
    assert re.search(r"<- raw/users#profile\.contact\.email  email_address \d\d% at contact\.email  transformation, keeps", up), up
    assert "birthday" not in up and "date_of_birth" not in up, up
    assert walk(house, "core.users.birthday", "--up").count("\n") == 2
    assert 'raw/users#Odd.Name' in walk(house, 'core.users."Odd.Name"', "--up")
    house.fails(2, "lineage", "users#email", says=["any of 2 columns", "core/users#email", "raw/users#email"])


main()
