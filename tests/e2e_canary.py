"""
Sampled values stay inside: canaries are planted in every column of a copy of the demo warehouse, in comments and in view
SQL; then everything that tagline writes, prints or sends is searched for them, in plain and under the usual disguises.
"""
import base64
import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import urllib.parse

from catalog import Catalog
from drive import main, test


BIRD = re.compile(rb"kanarie\d{7}q|739\d{7}17|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}")


class Birds:
    """The canaries: each says where it was planted."""

    def __init__(self):
        self.planted = {}

    def word(self, where):
        bird = f"kanarie{len(self.planted):07}q"
        self.planted[bird] = where
        return bird

    def number(self, where):
        bird = f"739{len(self.planted):07}17"
        self.planted[bird] = where
        return bird

    def digests(self, value, where):
        """A value's unsalted digests give it away as well."""
        for kind in ("md5", "sha1", "sha256"):
            self.planted[getattr(hashlib, kind)(value.encode()).hexdigest()] = f"{where}, {kind} of a value"

    def found_in(self, name, content):
        """Sentences about what sings where it should not. Looks at bytes, in lower case, and under common encodings."""
        low = content.lower()
        unescaped = urllib.parse.unquote_to_bytes(low)
        texts = {low, unescaped, low.replace(b"\\u00", b""), low.replace(b"-", b"").replace(b" ", b"")}
        for run in re.findall(rb"[A-Za-z0-9+/]{16,}={0,2}", content):
            try:
                texts.add(base64.b64decode(run + b"=" * (-len(run) % 4)).lower())
            except ValueError:
                pass
        everything = b"\0".join(texts)
        for match in set(BIRD.findall(everything)) | set(re.findall(rb"739\d{7}17", everything)):
            bird = match.decode()
            if bird in self.planted:
                at = everything.find(match)
                yield f"{name}: {bird} of {self.planted[bird]}: ...{everything[max(0, at - 80):at + 60]!r}"


def demo(house):
    """The demo's warehouse, as `tagline demo` makes it."""
    house.run("demo", "shown")
    folder = house.at("shown")
    for name in os.listdir(folder):
        if name.endswith((".db", ".sqlite")):
            shutil.copy(os.path.join(folder, name), house.at("shop.db"))
            shutil.rmtree(folder)
            return
    raise AssertionError(os.listdir(folder))


def spoil(birds, where, old, row):
    """A value like the old one that holds a canary."""
    if isinstance(old, int):
        return int(birds.number(where)) if row % 2 == 0 else old
    if isinstance(old, float):
        return float("52." + birds.number(where)) if row % 2 == 0 else old
    if isinstance(old, bytes):
        return birds.word(where).encode()
    text = old or ""
    if "@" in text:
        value = f"{birds.word(where)}@canary.example"
    elif re.fullmatch(r"\+?[\d\s()-]{7,}", text):
        value = "+49" + birds.number(where)
    elif text.startswith(("{", "[")):
        try:
            value = json.dumps({"was": json.loads(text), "email": birds.word(where) + "@canary.example", "note": birds.word(where)})
        except ValueError:
            value = birds.word(where)
    elif text.startswith("http"):
        value = text + "?email=" + birds.word(where) + "%40canary.example"
    elif " " in text:
        value = f"{text} {birds.word(where)}, call +49{birds.number(where)}"
    else:
        value = birds.word(where)
    birds.digests(value, where)
    return value


def plant_values(birds, db):
    """In every third row of every table, in each column that takes it; every column takes it somewhere."""
    bare = []
    for (table,) in db.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'").fetchall():
        names = [row[1] for row in db.execute(f'pragma table_info("{table}")')]
        for number, (rowid, *old) in enumerate(db.execute(f'select rowid, * from "{table}" order by rowid').fetchall()):
            if number % 3:
                continue
            new = [spoil(birds, f"{table}.{name}", value, number // 3) for name, value in zip(names, old)]
            try:
                db.execute(f'update "{table}" set ' + ", ".join(f'"{name}" = ?' for name in names) + " where rowid = ?", (*new, rowid))
            except sqlite3.IntegrityError:
                for name, value in zip(names, new):
                    with contextlib.suppress(sqlite3.IntegrityError):
                        db.execute(f'update "{table}" set "{name}" = ? where rowid = ?', (value, rowid))
        for name in names:
            kept = [str(row[0]).lower() for row in db.execute(f'select "{name}" from "{table}"')]
            if kept and not any("kanarie" in value or "739" in value for value in kept):
                bare.append(f"{table}.{name}")
    assert not bare, f"no canary sits in {bare}"


def plant_texts(birds, db):
    """Comments that hold personal literals, and views whose SQL does."""
    def mail(where):
        return birds.word(where) + "@canary.example"

    def phone(where):
        return "+49" + birds.number(where)
    db.execute(f"""create table noted ( -- ask {mail('table comment')} or {phone('table comment')}
        id integer, -- owner: {mail('column comment')}
        contact_email text, /* e.g. {mail('block comment')}, phone {phone('block comment')} */
        iban text, -- like DE89 3704 0044 0532 0130 00 of {mail('iban comment')}
        plain text -- see https://wiki.example/?user={birds.word('url comment')}%40canary.example
    )""")
    db.executemany("insert into noted values (?, ?, ?, ?)", [
        (i, mail("noted"), "DE89370400440532013000", "words") for i in range(40)])
    db.execute(f"""create view chosen as -- written by {mail('view comment')}
        select contact_email, '{birds.word("view literal")}' as marked, {birds.number("view number")} as number,
            case when contact_email = '{mail("view case")}' then 1 else 0 end as is_it -- {phone('view line comment')}
        from noted /* until {mail('view block comment')} leaves */
        where contact_email <> '{mail("view where")}' and plain not like '%{birds.word("view like")}%'
            and id not in ({birds.number("view in")}, {birds.number("view in")}) and iban <> x'{birds.word("view blob").encode().hex()}'
            and 'it''s {birds.word("view quote")}' <> plain""")
    db.execute(f'create view "named" as select "contact_email" as "a", "{birds.word("misquoted")}" as "b" from noted')


def plant_queries(birds, house):
    """SQL files: one that is understood, and one that is not, broken at several literals."""
    def word(where):
        return birds.word(where)
    house.write("noted.sql", "create table noted (id integer, contact_email text, iban text, plain text);")
    house.write("etl/load.sql", f"""-- for {word('query comment')}@canary.example
        insert into noted (contact_email, plain)
        select contact_email || '{word("query literal")}', case when iban = '{word("query case")}' then plain else '{word("query else")}' end
        from noted where contact_email like '{word("query like")}%' and id = {birds.number("query number")};
        create view export_noted as select md5(contact_email || '{word("query salt")}') as h, contact_email as mail, "{word("query misquoted")}" as m
        from noted /* {word("query block")} */;""")
    house.write("etl/broken.sql", f"""select '{word("broken 1")}' '{word("broken 2")}' from where;
        create view x as select {birds.number("broken 3")} {birds.number("broken 4")} from noted;
        insert into noted values ('{word("broken 5")}' '{word("broken 6")}' frm;
        select no_such_column, '{word("broken 7")}' from noted;
        select x from noted where '{word("broken 8")}""")


def everything(house, answers, temp, catalog):
    """(name, bytes) of all that came out."""
    for answer in answers:
        yield " ".join(answer.words) + " stdout", answer.raw
        yield " ".join(answer.words) + " stderr", answer.err.encode()
    objects = house.git("cat-file", "--batch-all-objects", "--batch", "--buffer", raw=True)
    assert objects.count(b"\n") > 50
    yield "log objects", objects
    for top in (house.path, temp):
        for folder, _, names in os.walk(top):
            for name in names:
                if name != "shop.db" and not name.endswith(".sql"):
                    with open(os.path.join(folder, name), "rb") as f:
                        yield os.path.relpath(os.path.join(folder, name), top), f.read()
    for i, (method, path, headers, body) in enumerate(catalog.heard):
        yield f"request {i} to the catalog", f"{method} {path}\n{headers}\n".encode() + body


@test
def planted_values_comments_and_sql_appear_in_nothing_that_leaves(house):
    birds = Birds()
    demo(house)
    with house.db() as db:
        plant_values(birds, db)
        plant_texts(birds, db)
    with open(house.at("shop.db"), "rb") as f:
        assert len({bird.decode() for bird in BIRD.findall(f.read())} & set(birds.planted)) > 10000

    plant_queries(birds, house)
    catalog = Catalog()
    temp = tempfile.mkdtemp(prefix="tagline-e2e-temp-")
    house.config()
    with open(house.at("tagline.yaml"), "a") as f:
        f.write("queries:\n  - files: etl/*.sql\ndatasets:\n  - {match: export_*, zone: export}\n")
        f.write(f"sinks:\n  - name: hub\n    type: datahub\n    server: {catalog.url}\n    mode: own\n")
    try:
        def run(*words, code=None):
            answers.append(house.run(*words, code=code, env={"TMPDIR": temp}))
            return answers[-1]
        answers = []
        run("scan", "--metrics", "tagline.prom", code=3)  # broken.sql is not understood
        for words in ("scan --json", "scan --dry-run", "scan --dry-run --json", "classify shop", "classify --json shop", "review",
                      "log", "rules list", "connectors check", "push --dry-run", "push", "push --to out.json", "check etl/load.sql etl/broken.sql", "check --json",
                      "lineage --dialect sqlite --schema noted.sql etl/load.sql etl/broken.sql",
                      "lineage --dialect sqlite --schema noted.sql --json etl/load.sql",
                      "lineage --dialect sqlite --schema noted.sql --json etl/broken.sql",
                      "policy check", "policy check --json", "why noted#contact_email", "why --now noted#contact_email",
                      "why --json noted#plain", "blame export_suppression_list#address"):
            run(*words.split())
        runs = [line["run"] for line in run("log", "--json", code=0).lines() if line.get("run")]
        run("log", "show", runs[-1], code=0)
        run("log", "show", "--spans", runs[-1], code=0)
        tagged = [line["key"] for line in run("review", "--json", code=0).lines()]
        assert len(tagged) > 20, tagged
        for column in tagged[:10]:
            run("blame", column, code=0)
        run("review", "set", tagged[0], "email_address", "--why", "seen", code=0)
        assert catalog.heard, "nothing was sent"
        assert os.path.getsize(house.at("out.json")) > 10000
        out = list(everything(house, answers, temp, catalog))
        songs = [song for name, content in out for song in birds.found_in(name, content)]
        print(f"      {len(birds.planted)} canaries and digests, {len(out)} outputs of {sum(len(c) for _, c in out)} bytes")
        assert not songs, f"{len(songs)} canaries sing\n" + "\n".join(songs[:30])
    finally:
        catalog.close()
        shutil.rmtree(temp, ignore_errors=True)


@test
def an_address_in_the_quotes_of_a_name_is_not_logged(house):
    birds = Birds()
    house.shop()
    house.config(rest="queries:\n  - {files: load.sql, dialect: postgres}\n")
    house.write("load.sql", f'insert into orders (id) select "{birds.word("misquoted")}@canary.example" from users')
    said = house.run("scan", code=None)
    assert "no table here has a column 'aaa" in said.err, said.err
    log = subprocess.run(["git", "-C", house.at("log"), "log", "-p", "--all"], capture_output=True, check=True).stdout
    assert b"no table here has a column" in log
    songs = [song for content in (log, said.out.encode(), said.err.encode()) for song in birds.found_in("log", content)]
    assert not songs, songs


@test
def the_search_itself_finds_what_is_planted(house):
    birds = Birds()
    bird, number = birds.word("x"), birds.number("y")
    birds.digests("some value", "z")
    for content in (bird, bird.upper(), urllib.parse.quote(f"a@{bird}"), f"{bird}@canary.example", number, f"+49 {number}",
                    hashlib.sha256(b"some value").hexdigest(), base64.b64encode(f'{{"v":"{bird}"}}'.encode()).decode()):
        assert list(birds.found_in("here", content.encode())), content
    assert not list(birds.found_in("here", b"nothing of the kind, 739 and kanarie"))


main()
