"""Which rows a scan reads, and when it reads none: unchanged tables wait, budgets take turns, a first look may be enough."""
import os
import re
import sqlite3
import time

import pg
from drive import Skip, main, test


def scan(house, *words, code=0):
    """Scans; the figures of the run by name."""
    house.run("scan", "--metrics", "figures", *words, code=code)
    with open(house.at("figures"), encoding="utf-8") as f:
        return {name: int(value) for name, value in re.findall(r"^tagline_(\w+) (\d+)$", f.read(), re.M)}


def tables(house, names, rows=50):
    """Tables of e-mails in shop.db."""
    with house.db() as db:
        for name in names:
            db.execute(f"create table {name} (id integer primary key, email text)")
            db.executemany(f"insert into {name} values (?, ?)", [(i, f"p{i}@example.com") for i in range(rows)])


@test
def what_has_not_changed_is_not_read_again(house):
    house.shop()
    first = scan(house)
    assert first["datasets_not_read"] == 0 and first["rows_sampled"] == 150, first
    commits = house.commits()
    again = scan(house)
    assert again["datasets_not_read"] == 3 and again["rows_sampled"] == 0, again
    assert again["columns_personal"] == first["columns_personal"] and again["proposals_waiting"] == first["proposals_waiting"]
    assert len(house.commits()) >= len(commits)
    house.log_is_whole()


@test
def what_has_changed_is_read_again(house):
    house.shop()
    scan(house)
    with house.db() as db:
        db.execute("insert into orders values (1000, 1, 2.5)")
    again = scan(house)
    assert again["datasets_not_read"] == 0 and again["rows_sampled"] == 151, again


@test
def what_is_only_in_the_write_ahead_log_has_changed_too(house):
    house.shop()
    db = sqlite3.connect(house.at("shop.db"))
    db.execute("pragma journal_mode = wal")
    db.commit()
    scan(house)
    assert scan(house)["rows_sampled"] == 0
    db.execute("update users set note = 'ann@example.com'")
    db.commit()
    assert scan(house)["rows_sampled"] == 150
    assert '"name":"note"' in house.state("shop/main/users")
    db.close()


@test
def other_rules_read_again_what_has_not_changed(house):
    house.shop()
    scan(house)
    house.config(rest="rules: {without: [iban]}\n")
    assert scan(house)["rows_sampled"] == 150


@test
def reading_again_can_be_asked_for(house):
    house.shop()
    scan(house)
    assert scan(house, "--resample")["rows_sampled"] == 150
    house.config(rest="scan: {resample_after: 0}\n")
    assert scan(house)["rows_sampled"] == 150


@test
def who_loses_the_note_of_what_was_read_reads_again(house):
    house.shop()
    scan(house)
    (note,) = [os.path.join(folder, "sampled") for folder, _, names in os.walk(house.at("log")) if "sampled" in names]
    for broken in (b"", b"\0\xff" * 100, b"12 z shop/main/users\n", b"f" * 70000):
        with open(note, "wb") as f:
            f.write(broken)
        assert scan(house)["rows_sampled"] == 150, broken
    assert scan(house)["rows_sampled"] == 0
    os.unlink(note)
    assert scan(house)["rows_sampled"] == 150


@test
def a_budget_takes_turns(house):
    tables(house, [f"t{i}" for i in range(5)])
    house.config([("shop", "sqlite", "path: shop.db\nbudget_rows: 100")], "scan: {sample_rows: 50}\n")
    for turn, unread in enumerate((3, 1, 0)):
        figures = scan(house, "--resample", code=3 if unread else 0)
        assert figures["rows_sampled"] == 100 and figures["datasets_unscanned"] == unread, (turn, figures)
    for i in range(5):
        assert "email_address" in house.state(f"shop/main/t{i}")
    answer = house.run("scan", "--resample")
    assert "5 unchanged (3 left out by the budget)" in answer.err, answer
    assert "email_address" not in answer.err and "withdrawn; " in answer.err and "0 withdrawn" in answer.err, answer


@test
def a_budget_below_one_sample_still_gives_each_its_turn(house):
    tables(house, ["a", "b"])
    house.config([("shop", "sqlite", "path: shop.db\nbudget_rows: 30")], "scan: {sample_rows: 50}\n")
    for unread in (1, 0):
        figures = scan(house, "--resample", code=3 if unread else 0)
        assert figures["rows_sampled"] == 30 and figures["datasets_unscanned"] == unread, figures
    for name in ("a", "b"):
        assert "email_address" in house.state(f"shop/main/{name}")


@test
def a_budget_names_what_it_leaves_out(house):
    tables(house, ["a", "b"])
    house.config([("shop", "sqlite", "path: shop.db\nbudget_rows: 60")], "scan: {sample_rows: 50}\n")
    answer = house.run("scan", code=3)
    assert "shop/main/b" in answer.err and "budget_rows" in answer.err, answer
    assert '"unknown":true' in house.state("shop/main/b").replace(" ", "") or "email_address" in house.state("shop/main/b")


@test
def a_column_that_is_mostly_null_is_looked_at_where_it_is_not(house):
    with house.db() as db:
        db.execute("create table visits (id integer primary key, page text, x2 text)")
        db.executemany("insert into visits values (?, ?, ?)", [
            (i, "home", f"p{i}@example.com" if i % 400 == 0 else None) for i in range(40000)])
    house.config()
    figures = scan(house)
    assert figures["rows_sampled"] == 500 + 80, figures
    state = house.state("shop/main/visits")
    assert "email_address" in state and '"unknown"' not in state, state


@test
def a_sample_is_as_large_as_the_share_that_is_not_to_be_missed_needs(house):
    tables(house, ["t"], rows=5000)
    for share, rows in (("1%", 299), ("5%", 59), ("0.1%", 2995)):
        house.config(rest=f"scan: {{sample_share: {share}}}\n")
        assert scan(house, "--resample")["rows_sampled"] == rows, share


# ---- PostgreSQL ----

def postgres():
    try:
        return pg.Server()
    except pg.Missing as why:
        raise Skip(why) from None


@test
def a_server_tells_what_has_changed(house):
    with postgres() as server:
        database = server.database(
            "create table a (id int, email text); create table b (id int, email text); create view v as select * from a;\n"
            "insert into a select i, 'p' || i || '@example.com' from generate_series(1, 60) i;\n"
            "insert into b select i, 'p' || i || '@example.com' from generate_series(1, 60) i;\n")
        house.config(rest="scan: {first_rows: 0}\n")
        with open(house.at("tagline.yaml"), "w", encoding="utf-8") as f:
            f.write("actor: tester\nlog: log\nsources:\n")
            name, kind, more = server.source(database, name="wh")
            f.write(f"  - name: {name}\n    type: {kind}\n" + "".join(f"    {line}\n" for line in more.splitlines()))
        assert scan(house)["rows_sampled"] == 180
        assert scan(house)["rows_sampled"] == 60  # the view
        server.sql("insert into a values (99, 'late@example.com')", database)
        assert scan(house)["rows_sampled"] == 61 + 61
        server.sql("truncate b", database)
        assert scan(house)["rows_sampled"] == 61
        server.sql("select pg_stat_reset()", database)
        assert scan(house)["rows_sampled"] == 61 + 61


@test
def a_first_look_is_enough_where_nothing_is_in_doubt(house):
    with postgres() as server:
        database = server.database(
            "create table plain (id int, email text, at timestamp);\n"
            "insert into plain select i, 'p' || i || '@example.com', now() from generate_series(1, 5000) i;\n"
            "create table notes (id int, note text);\n"
            "insert into notes select i, case when i % 40 = 0 then 'mail p' || i || '@example.com' else 'called on day ' || i end"
            " from generate_series(1, 5000) i;\nanalyze;\n")
        house.config([server.source(database, name="wh")])
        figures = scan(house)
        assert figures["rows_sampled"] == 100 + 500, figures
        assert "email_address" in house.state("wh/" + database + "/public/notes")
        house.config([server.source(database, name="wh")], "scan: {first_rows: 0}\n")
        assert scan(house, "--resample")["rows_sampled"] == 1000


@test
def a_small_partition_and_a_sparse_column_are_seen(house):
    with postgres() as server:
        parts = "".join(f"create table events_{i} partition of events for values in ({i});\n" for i in range(40))
        database = server.database(
            "create table events (day int, note text) partition by list (day);\n" + parts +
            "insert into events select i % 39, 'called on day ' || i from generate_series(1, 78000) i;\n"
            "insert into events select 39, 'mail p' || i || '@example.com' from generate_series(1, 30) i;\n"
            "create table visits (id int, page text, x2 text);\n"
            "insert into visits select i, 'home', case when i % 400 = 0 then 'p' || i || '@example.com' end"
            " from generate_series(1, 40000) i;\nanalyze;\n")
        house.config([server.source(database, name="wh")])
        figures = scan(house)
        assert figures["rows_sampled"] == 500 + 500 + 80, figures
        assert "email_address" in house.state(f"wh/{database}/public/events")
        assert "email_address" in house.state(f"wh/{database}/public/visits")


main()
