"""A person's word, from the command line: recorded, asked for, kept, and never lost to another writer."""
import json

from drive import main, test


def two_tables(house):
    house.shop()
    with house.db() as db:
        db.execute("create table leads (phone text, mail text)")
        db.executemany("insert into leads values (?, ?)", [(f"+1415555{i:04d}", f"l{i}@example.org") for i in range(60)])
    house.run("scan")


@test
def two_words_at_the_same_time_both_stand(house):
    two_tables(house)
    for round_ in range(6):
        first = house.start("review", "accept", "leads#mail", "--why", f"round {round_}")
        second = house.start("review", "accept", "leads#phone", "--why", f"round {round_}")
        for process in (first, second):
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, (process.returncode, out, err)
    house.log_is_whole()
    assert len(house.commits()) == 2 + 12


@test
def a_word_needs_a_column_a_reason_and_an_actor(house):
    two_tables(house)
    house.fails(2, "review", "accept", says="needs a column")
    house.fails(2, "review", "accept", "leads#mial", "--why", "x", says=["leads#mial", "leads#mail"])
    house.fails(2, "review", "accept", "leads#mail", says="reason")
    house.fails(2, "review", "accept", "leads#mail", "leads#phone", "--why", "x", says="leads#phone")
    house.fails(2, "review", "set", "leads#mail", "emial_address", "--why", "x", says="email_address")
    house.write("tagline.yaml", open(house.at("tagline.yaml")).read().replace("actor: tester\n", ""))
    house.fails(2, "review", "accept", "leads#mail", "--why", "x", says="who is acting")
    assert len(house.commits()) == 2


@test
def a_word_is_in_the_log_with_who_and_why(house):
    two_tables(house)
    house.run("review", "reject", "leads#phone", "--why", "these are order numbers")
    steps = house.run("blame", "leads#phone", "--json").lines()
    assert [s["state"] for s in steps] == ["rejected", "proposed"], steps
    assert steps[0]["actor"] == "tester" and steps[0]["origin"] == "person", steps
    assert "these are order numbers" in steps[0]["why"], steps
    assert "these are order numbers" in house.git("log", "-1", "--format=%B")


@test
def a_rejected_tag_does_not_come_back(house):
    two_tables(house)
    house.run("review", "reject", "leads#phone", "--why", "no")
    with house.db() as db:
        db.execute("alter table leads add column more text")
    house.run("scan")
    waiting = {line["column"] for line in house.run("review", "--json").lines()}
    assert "phone" not in waiting and "mail" in waiting, waiting


@test
def what_was_tagged_and_went_is_said_by_name(house):
    two_tables(house)
    house.run("review", "accept", "leads#mail", "--why", "sure")
    with house.db() as db:
        db.execute("alter table leads add column more text")
        db.execute("alter table leads drop column phone")
        db.execute("alter table leads drop column mail")
    answer = house.run("scan")
    assert "gone since the last scan: 'shop/main/leads#phone' (phone" in answer.err, answer
    assert "'shop/main/leads#mail' (email_address, confirmed)" in answer.err, answer
    assert "gone" in house.run("blame", "leads#mail").out
    listed = house.run("review", "--all", "--json").lines()
    assert [line["gone"] for line in listed if line["column"] == "mail"] == [True], listed


@test
def a_set_type_replaces_another_and_blame_tells_both(house):
    two_tables(house)
    house.run("review", "set", "leads#mail", "household_id", "--why", "billing joins on it")
    house.run("review", "set", "leads#mail", "username_handle", "--why", "it is a login")
    steps = house.run("blame", "leads#mail", "--json").lines()
    assert [s["info_type"] for s in steps][:2] == ["username_handle", "household_id"], steps
    assert "billing joins on it" in json.dumps(steps), steps


@test
def a_key_as_shown_can_be_typed_back(house):
    house.config()
    with house.db() as db:
        db.execute('create table "Kunden Daten" ("Straße & Nr/E-Mail" text)')
        db.executemany('insert into "Kunden Daten" values (?)', [(f"k{i}@example.de",) for i in range(60)])
    house.run("scan")
    shown = [line.split("  ")[0] for line in house.run("review").out.splitlines() if "Kunden" in line][0]
    assert "Kunden Daten#Straße & Nr%2FE-Mail" in shown, shown
    key = house.run("review", "--json").lines()[0]["key"]
    for column in (shown, key):
        assert house.run("blame", column, "--json").lines()[0]["info_type"] == "email_address"


@test
def a_set_that_is_taken_back_brings_back_what_it_displaced(house):
    two_tables(house)
    answer = house.run("review", "set", "leads#mail", "household_id", "--why", "wrong column")
    assert "takes the place of email_address" in answer.err, answer
    house.run("review", "reject", "leads#mail", "--why", "undo my typo")
    house.run("scan")
    states = {line["info_type"]: line["state"] for line in house.run("review", "--all", "--json").lines() if line["column"] == "mail"}
    assert states == {"email_address": "proposed", "household_id": "rejected"}, states
    house.fails(2, "review", "reject", "leads#mail", "--type", "nothing", "--why", "x")
    house.run("review", "reject", "leads#mail", "--why", "no address")
    house.fails(2, "review", "reject", "leads#mail", "--why", "x", says="rejected already")


@test
def the_rules_of_a_decision_are_in_the_log_with_their_settings(house):
    two_tables(house)
    house.write("tagline.yaml", open(house.at("tagline.yaml")).read() + "rules: {without: [phone_e164], floor: 0.5}\n")
    house.run("scan")
    run = house.run("log", "show", house.commits()[0], "--json").lines()[0]
    digest = next(pack["digest"] for pack in run["rules"]["packs"] if pack["name"] == "settings")
    text = house.git("show", f"main:rules/{digest}.yaml")
    assert "- phone_e164" in text and "floor: 500" in text, text


@test
def a_reader_that_has_enough_is_no_failure(house):
    two_tables(house)
    import subprocess
    from drive import PROGRAM
    done = subprocess.run(["bash", "-o", "pipefail", "-c", f"'{PROGRAM}' log show {house.commits()[0]} --spans | head -c 10"],
                          cwd=house.path, capture_output=True)
    assert done.returncode == 0 and done.stderr == b"", done


@test
def a_word_says_what_it_does_downstream(house):
    house.shop()
    with house.db() as db:
        db.execute("create view notes as select note as memo, upper(country) as place from users")
    house.run("scan")
    assert "1 new, 0 changed, 0 gone" in house.run("review", "set", "users#note", "household_id", "--why", "x").err
    assert "carried along" not in house.run("review", "accept", "notes#memo", "--why", "x").err  # its own: nothing elsewhere
    assert "1 new, 0 changed, 0 gone" in house.run("review", "set", "users#country", "household_id", "--why", "x").err
    assert "0 new, 0 changed, 1 gone" in house.run("review", "reject", "users#country", "--why", "x").err


@test
def a_set_type_takes_the_place_only_of_what_does_not_stay(house):
    house.shop()
    with house.db() as db:
        db.execute("create view places as select upper(note) as memo from users")
    house.run("scan")
    house.run("review", "set", "users#note", "household_id", "--why", "x")
    said = house.run("review", "set", "places#memo", "gender", "--why", "x")
    assert "takes the place" not in said.err, said
    types = {line["tag"]["info_type"] for line in house.run("why", "places#memo", "--json").lines() if "tag" in line}
    assert types == {"gender", "household_id"}, types
    said = house.run("review", "set", "users#note", "gender", "--why", "x")
    assert "it takes the place of household_id" in said.err, said


main()
