"""Why: the logged evidence of a decision, and the same asked of the source, in one form; never a value."""
import json
import os
import shutil
import subprocess

from drive import PROGRAM, main, test

CANARY = "canary-7391-zebra"


def parts(answer):
    """--json lines by what they say: decision (one), opinions, rulings and tags (lists)."""
    out = {"decision": None, "opinion": [], "ruled_out": [], "what_if": [], "tag": []}
    for line in answer.lines():
        (what,) = set(line) - {"column"}
        if what == "decision":
            assert out[what] is None, answer
            out[what] = line[what]
        else:
            out[what].append(line[what])
    assert out["decision"], answer
    return out


def why(house, *words, **more):
    return parts(house.run("why", *words, "--json", **more))


def column_of(house, name, values, native="text"):
    with house.db() as db:
        db.execute(f'create table "{name}" (id integer, "{name}" {native})')
        db.executemany(f'insert into "{name}" values (?, ?)', enumerate(values))


@test
def every_opinion_is_told_with_its_weight_and_counts(house):
    house.shop()
    house.run("scan")
    said = why(house, "users#email")
    assert said["decision"]["source"] == "log" and said["decision"]["state"] == "proposed", said
    assert said["decision"]["sample"] == {"distinct": 50, "empty": 0, "rows": 50, "state": "whole", "values": 50}, said
    by = {o["evidence"]: o for o in said["opinion"]}
    assert by["name"]["rule"] == "core/email_address#name" and by["name"]["stance"] == "proposes", by
    assert by["validator"]["matched"] == by["validator"]["tried"] == by["validator"]["distinct"] == 50, by
    assert by["name"]["weight"] + by["validator"]["weight"] == round(said["tag"][0]["confidence"] * 1000), said
    text = house.run("why", "users#email").out
    for part in ("shop/main/users#email  TEXT, nullable; table of 50 rows", "email_address 9", "core/email_address#validator",
                 "50 of 50", "+750", "proposed from 55% on", house.commits()[0][:12]):
        assert part in text, (part, text)


@test
def the_logged_answer_needs_no_source(house):
    house.shop()
    house.run("scan")
    before = house.run("why", "users#email").out
    os.rename(house.at("shop.db"), house.at("away.db"))
    assert house.run("why", "users#email").out == before
    house.fails(3, "why", "users#email", "--now", says=["shop", "cannot read"])


@test
def span_run_and_rules_are_those_of_the_log(house):
    house.shop()
    house.run("scan")
    said = why(house, "users#email")
    step = house.run("blame", "users#email", "--json").lines()[0]
    decided = said["decision"]["decided"]
    assert (decided["run"], decided["commit"], said["decision"]["span"]) == (step["run"], step["commit"], step["span"]), (said, step)
    assert said["decision"]["rules"] == step["rules"] and decided["actor"] == "tester", said
    assert said["tag"][0]["span"] == step["span"], said


@test
def a_column_that_holds_nothing_is_answered_too(house):
    house.shop()
    house.run("scan")
    said = why(house, "users#country")
    assert said["decision"]["state"] == "none" and not said["tag"], said
    column_of(house, "zzq", ["x"] * 60)
    house.run("scan")
    said = why(house, "zzq#zzq")
    assert not said["opinion"] and "span" not in said["decision"], said
    assert "neither the name nor the values in 60 rows" in said["decision"]["why"], said
    assert "nothing personal" in house.run("why", "zzq#zzq").out


@test
def names_only_and_too_few_values_are_unknown_with_the_reason(house):
    house.shop()
    column_of(house, "zzq", ["x"])
    house.config([("shop", "sqlite", "path: shop.db"), ("blind", "sqlite", "path: shop.db\nnames_only: true")])
    house.run("scan")
    said = why(house, "shop/main/zzq#zzq")["decision"]
    assert said["state"] == "unknown" and "too few of 1 row" in said["why"] and said["to_change"] == "3 values to look at", said
    said = why(house, "blind/main/zzq#zzq")["decision"]
    assert said["state"] == "unknown" and "no values were looked at" in said["why"], said
    assert said["sample"]["state"] == "none" and "names_only" in said["to_change"], said


@test
def a_name_that_was_overruled_is_ruled_out_by_its_values(house):
    column_of(house, "phone", [f"batch {i}" for i in range(60)])
    house.config()
    house.run("scan")
    said = why(house, "phone#phone")
    assert not said["tag"] and said["decision"]["state"] == "none", said
    ruled = {r["info_type"]: r for r in said["ruled_out"]}
    assert ruled["phone_e164"]["by"] == "values" and "0 of 60 values fit" in ruled["phone_e164"]["why"], said
    now = {r["info_type"]: r for r in why(house, "phone#phone", "--now")["ruled_out"]}["phone_e164"]
    assert (now["fate"], now["tried"], now["matched"], now["least_share"]) == ("refuted", 60, 0, 0.1), now


@test
def found_unchanged_is_told_with_its_run(house):
    house.shop()
    house.run("scan")
    first = house.commits()[0]
    house.run("scan")
    house.run("scan")
    said = why(house, "users#email")["decision"]
    assert said["decided"]["commit"] == first and said["unchanged"]["commit"] == house.commits()[0], said
    with house.db() as db:
        db.execute("insert into users values (1000, 'late@example.com', 'DE', '')")
    house.run("scan")
    said = why(house, "users#email")["decision"]
    assert said["decided"]["commit"] == house.commits()[0] and "unchanged" not in said, said


@test
def a_source_that_was_down_since_is_told(house):
    house.shop()
    house.run("scan")
    os.rename(house.at("shop.db"), house.at("away.db"))
    house.run("scan", code=3)
    said = why(house, "users#email")["decision"]
    assert said["not_seen"]["commit"] == house.commits()[0] and said["not_seen"]["why"], said
    assert "not seen" in house.run("why", "users#email").out


@test
def a_persons_word_stands_beside_what_the_rules_say(house):
    house.shop()
    house.run("scan")
    house.run("review", "reject", "users#email", "--why", "a test list")
    said = why(house, "users#email")
    assert (said["tag"][0]["state"], said["tag"][0]["actor"], said["tag"][0]["why"]) == ("rejected", "tester", "a test list"), said
    assert said["opinion"] and said["decision"]["why"].startswith("name says email address"), said
    text = house.run("why", "users#email").out
    now = why(house, "users#email", "--now")["tag"]
    assert [(t["state"], t.get("actor")) for t in now] == [("proposed", None), ("rejected", "tester")], now
    assert "rejected by tester" in text and "the rules: name says" in text and "review accept" in text, text


@test
def what_is_gone_is_told_as_it_was(house):
    house.shop()
    house.run("scan")
    house.run("review", "accept", "users#email", "--why", "sure")
    with house.db() as db:
        db.execute("drop view mails")
        db.execute("alter table users drop column email")
    house.run("scan")
    said = why(house, "users#email")
    assert said["decision"]["gone"] and said["opinion"], said
    house.fails(2, "why", "users#email", "--now", says="users#email")


@test
def asked_now_all_that_was_tried_is_told(house):
    house.shop()
    house.run("scan")
    said = why(house, "users#email", "--now")
    assert said["decision"]["source"] == "now" and "differs" not in said["decision"], said
    assert said["decision"]["as_logged"]["commit"] == house.commits()[0], said
    assert said["decision"]["tried"] > 20 and said["decision"]["not_tried"] > 20, said
    everything = why(house, "users#email", "--now", "--all")["ruled_out"]
    assert len(everything) == said["decision"]["tried"] - 1, len(everything)
    assert len(everything) > len(said["ruled_out"]), said
    assert [look["look"] for look in said["decision"]["looks"]] == ["*#@*.*"], said
    assert len(house.commits()) == 2, "asking logs nothing"


@test
def what_the_log_has_otherwise_is_told(house):
    house.shop()
    house.run("scan")
    with house.db() as db:
        db.execute("update users set note = 'write to x' || id || '@example.org'")
    said = why(house, "users#note", "--now")["decision"]
    assert said["differs"].startswith("the log has nothing personal, now it is email_address"), said
    assert "differs" in house.run("why", "users#note", "--now").out
    house.run("scan")
    assert "differs" not in why(house, "users#note", "--now")["decision"]


@test
def values_that_may_be_chance_are_told_with_what_it_takes(house):
    column_of(house, "zzq", ["one@example.com" if i == 7 else f"batch {i}" for i in range(100)])
    house.config()
    said = why(house, "zzq#zzq", "--now")
    ruled = {r["info_type"]: r for r in said["ruled_out"]}["email_address"]
    assert ruled["fate"] == "chance" and (ruled["matched"], ruled["tried"]) == (1, 100), ruled
    assert "without a name it takes" in ruled["why"], ruled


@test
def what_would_change_it_is_tried_and_told(house):
    column_of(house, "zzq", ["one@example.com" if i == 7 else f"batch {CANARY} {i}" for i in range(100)])
    house.shop()
    told = {w["kind"]: w for w in why(house, "zzq#zzq", "--now")["what_if"]}
    assert not told["with_fits"]["lost"], told
    more = told["with_fits"]["n"]
    assert told["with_fits"]["info_type"] == "email_address" and 0 < more < 100, told
    shown = house.run("why", "zzq#zzq", "--now")
    assert f"with {more} more value" in shown.out and "it would be email_address" in shown.out and CANARY not in shown.out, shown
    with house.db() as db:
        db.executemany("insert into zzq values (?, ?)", [(200 + i, f"p{i}@example.org") for i in range(more)])
    assert why(house, "zzq#zzq", "--now")["tag"][0]["info_type"] == "email_address"
    house.write("t.csv", "email\n" + "".join(f"p{i}@example.org\n" for i in range(40)))
    assert all(w["lost"] for w in why(house, "t.csv:email")["what_if"])


@test
def now_needs_no_log(house):
    house.shop()
    said = why(house, "users#email", "--now")
    assert said["tag"][0]["info_type"] == "email_address", said
    assert not os.path.exists(house.at("log")), "asking makes no log"
    house.fails(2, "why", "users#email", says="no log")
    house.fails(2, "why", "id", "--now", says="names no column")
    house.fails(2, "why", "#id", "--now", says=["2 columns", "users#id", "orders#id"])
    house.fails(2, "why", "users#emial", "--now", says=["emial", "shop/main/users#email"])
    house.fails(2, "why", "zzq#note", "--now", says=["zzq#note", "shop/main/users#note"])


@test
def now_answers_as_the_next_scan_would(house):
    house.shop()
    asked = {column: why(house, column, "--now") for column in ("users#email", "users#note", "orders#user_id", "mails#contact_email")}
    house.run("scan")
    for column, now in asked.items():
        logged = why(house, column)
        assert now["opinion"] == logged["opinion"], column
        assert now["decision"]["state"] == logged["decision"]["state"], column
        assert not now["opinion"] or now["decision"]["why"] == logged["decision"]["why"], column
        assert [t["confidence"] for t in now["tag"]] == [t["confidence"] for t in logged["tag"]], column


@test
def what_is_left_out_is_not_read_whoever_asks(house):
    house.shop()
    house.run("scan")
    house.config([("shop", "sqlite", "path: shop.db\nexclude: ['**/users']")])
    house.fails(2, "why", "users#email", "--now", says="left out")
    house.config([("other", "sqlite", "path: shop.db")])
    house.fails(2, "why", "users#email", "--now", says="'shop' is no source")


@test
def an_ambiguous_column_lists_its_candidates_as_blame_does(house):
    house.shop()
    house.run("scan")
    asked = house.fails(2, "why", "#id", says=["users#id", "orders#id"])
    blamed = house.fails(2, "blame", "#id", says=["users#id", "orders#id"])
    assert asked.err == blamed.err
    house.fails(2, "why", "users#emial", says=["emial", "users#email"])
    house.fails(2, "why", says="needs a column")
    house.fails(2, "why", "users#email", "users#id", says="users#id")
    house.fails(2, "why", "users#email", "--rows", "10", says=["--rows", "--now"])


@test
def a_file_is_read_without_a_log(house):
    house.write("leads.csv", "id,e:mail,phone\n" + "".join(f"{i},p{i}@example.com,+1415555{i:04d}\n" for i in range(60)))
    said = why(house, "leads.csv:e:mail")
    assert said["tag"][0]["info_type"] == "email_address" and said["decision"]["rows"] == 60, said
    assert said["decision"]["kind"] == "file", said
    assert "leads.csv:phone" in house.run("why", "leads.csv:phone").out
    house.fails(2, "why", "leads.csv:phon", says=["phon", "leads.csv:phone"])
    house.fails(2, "why", "nothing.csv:phone", says="no file")
    house.fails(2, "why", "leads.csv:", says="names no column")
    assert sorted(os.listdir(house.path)) == ["leads.csv"]


@test
def a_table_of_a_sqlite_file_is_named_before_its_column(house):
    house.shop()
    os.remove(house.at("tagline.yaml"))
    assert why(house, "shop.db:users#email")["tag"], "one of several tables"
    house.fails(2, "why", "shop.db:id", says=["2 columns", "shop.db:main/orders#id", "shop.db:main/users#id"])
    assert why(house, "shop.db:main/orders#id")["decision"]["rows"] == 50


@test
def a_pack_of_ones_own_decides_what_is_read_now(house):
    house.write("own.yaml", "pack: own\nversion: 1\ntypes:\n  - info_type: crew_number\n    category: user.unique_id\n"
                            "    summary: number of the crew\n    names: [zzq]\n    value: 'CR-\\d{4}'\n    prior: 0.0001\n"
                            "    examples: {match: [CR-1234], no_match: [x]}\n")
    house.write("crew.csv", "zzq\n" + "".join(f"CR-{i:04d}\n" for i in range(60)))
    answer = house.run("why", "crew.csv:zzq", "--packs", "own.yaml", "--json", code=None)
    assert answer.code == 0, answer
    assert parts(answer)["tag"][0]["info_type"] == "crew_number", answer


@test
def no_value_is_ever_told(house):
    house.shop()
    with house.db() as db:
        db.execute(f"update users set email = email || '{CANARY}', note = '{CANARY} x' || id || '@{CANARY}.example'")
        db.execute(f"create table zzq (phone text, zzq text)")
        db.executemany("insert into zzq values (?, ?)", [(f"{CANARY}{i}", f"{CANARY} {i}") for i in range(60)])
    house.run("scan")
    house.write("leak.csv", "phone,zzq\n" + "".join(f"{CANARY}{i},{CANARY}\n" for i in range(40)))
    for words in (["users#email"], ["users#note"], ["zzq#phone"], ["zzq#zzq"], ["leak.csv:phone"], ["leak.csv:zzq"]):
        for more in ([], ["--json"], ["--now", "--all"], ["--now", "--all", "--json"]):
            answer = house.run("why", *words, *more)
            assert CANARY not in answer.out + answer.err, answer


@test
def names_of_any_bytes_are_told_and_typed_back(house):
    house.config()
    with house.db() as db:
        db.execute('create table "Kunden: Daten" ("Straße#E-Mail\x1b[31m" text)')
        db.executemany('insert into "Kunden: Daten" values (?)', [(f"k{i}@example.de",) for i in range(60)])
    house.run("scan")
    key = house.run("review", "--json").lines()[0]["key"]
    said = house.run("why", key)
    assert "\x1b" not in said.out and "email_address" in said.out, said
    assert why(house, key)["tag"] == why(house, said.out.split("  ")[0])["tag"]
    assert why(house, key, "--now")["tag"][0]["info_type"] == "email_address"


@test
def a_carried_tag_shows_the_way_it_came(house):
    house.shop()
    with house.db() as db:
        db.execute("create view far as select email as zzq from users")
    house.config([("shop", "sqlite", "path: shop.db\nnames_only: true")])
    house.run("scan")
    said = why(house, "far#zzq")
    tag = said["tag"][0]
    assert (tag["state"], tag["origin"], tag["info_type"]) == ("carried", "lineage", "email_address"), said
    assert [step["key"] for step in tag["path"]] == ["shop/main/users#email", "shop/main/far#zzq"], tag
    assert not said["opinion"] and "no values were looked at" in said["decision"]["why"], said
    assert said["decision"]["to_change"].endswith("tagline why shop/main/users#email"), said
    text = house.run("why", "far#zzq").out
    assert why(house, "far#zzq", "--now")["tag"][0]["path"] == tag["path"]
    assert "carried since" in text and "-> shop/main/far#zzq" in text and "the rules: " in text, text


@test
def what_is_to_be_typed_is_safe_to_type(house):
    house.config()
    with house.db() as db:
        db.execute("""create table "it's `id`; x" ("$(id)'; email" text)""")
        db.executemany("""insert into "it's `id`; x" values (?)""", [(f"k{i}@example.de",) for i in range(60)])
    house.run("scan")
    key = house.run("review", "--json").lines()[0]["key"]
    change = why(house, key)["decision"]["to_change"]
    command = change.split(": ", 1)[1].replace(" (or reject)", "")
    assert not set(command.replace('--why "..."', "")) & set("'`;$()|&<>\\"), command
    os.symlink(PROGRAM, house.at("tagline"))
    subprocess.run(["sh", "-c", command], cwd=house.path, check=True, capture_output=True,
                   env=dict(os.environ, PATH=house.path + ":" + os.environ["PATH"]))
    assert why(house, key)["tag"][0]["state"] == "confirmed"


@test
def a_refused_sample_is_could_not_tell(house):
    house.shop()
    with house.db() as db:
        db.execute("create view odd as select abs(-9223372036854775808 + (id * 0)) as zzq from users")
    house.run("scan", code=None)
    said = why(house, "odd#zzq")["decision"]
    assert said["state"] == "unknown" and said["sample"]["state"] == "failed" and said["sample"]["why"], said
    answer = house.run("why", "odd#zzq", "--now", code=3)
    assert "could not tell" in answer.err, answer


@test
def a_log_that_is_damaged_is_told_as_such(house):
    house.shop()
    house.run("scan")
    shutil.rmtree(house.at("log", "objects", "pack"))
    answer = house.run("why", "users#email", code=None)
    assert answer.code == 4, answer


@test
def help_shows_examples_and_lists_the_command(house):
    text = house.run("why", "--help").out
    assert "tagline why users#email --now" in text and "jq" in text, text
    listed = [line.split()[0] for line in house.run("help").out.split("commands:")[1].splitlines() if line.startswith("  ")]
    assert listed.index("classify") < listed.index("why") < listed.index("review") < listed.index("log"), listed


@test
def a_column_of_a_table_that_only_sql_names_is_said_to_be_that(house):
    house.shop()
    house.write("load.sql", "insert into far (a) select email from users;")
    house.config(rest="queries:\n  - files: load.sql\n")
    house.run("scan")
    house.fails(2, "why", "far#a", says=["the log knows no column 'far#a'", "only SQL names 'far'"])
    house.fails(2, "blame", "far#a", says="only SQL names 'far'")


@test
def how_small_the_groups_of_a_table_are_is_told(house):
    with house.db() as db:
        db.execute("create table customers (id integer primary key, first_name text, gender text, birth_year integer)")
        db.executemany("insert into customers values (?, ?, ?, ?)",
                       [(i, "Anna", "fm"[i % 2], 1950 + i % 40) for i in range(400)] + [(400, "Otto", "m", 1990)])
    house.config()
    house.run("scan")
    wanted = "over 2 quasi-identifiers of its table the smallest group has 1 row; 1 of 401 rows stand in groups of fewer than 5"
    for words in (("why", "customers#gender"), ("why", "customers#gender", "--now")):
        answer = house.run(*words)
        assert wanted in answer.out and "estimated" not in answer.out, answer
    lines = house.run("why", "customers#gender", "--json").lines()
    assert lines[0]["decision"]["dataset_facts"]["k_anonymity.smallest_group"] == [1, 0], lines


main()
