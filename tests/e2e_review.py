"""A person's word, from the command line: recorded, asked for, kept, and never lost to another writer."""
import csv
import io
import json
import os
import pty
import subprocess
import time

from drive import PROGRAM, SOAK, generator, main, test


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


def forty_tables(house, n=40):
    """One decision would settle most of it."""
    house.config()
    with house.db() as db:
        for t in range(n):
            db.execute(f"create table t{t:03} (id integer primary key, {'eMail' if t % 2 else 'e_mail'} text, note text)")
            db.executemany(f"insert into t{t:03} values (?, ?, ?)", [(i, f"p{i}@example{t}.org", f"n{i}") for i in range(30)])
        db.execute("create table cards (pan text, phone text)")
        db.executemany("insert into cards values (?, ?)", [("4111111111111111", f"+1415555{i:04d}") for i in range(40)])
    house.run("scan")


def groups(house):
    """Names of the listing's groups and their ids."""
    rows = [line.split("  ") for line in house.run("review").out.splitlines()]
    return {row[0]: row[-1].strip() for row in rows if " in " in row[0]}


def sheet(house, *words):
    return list(csv.DictReader(io.StringIO(house.run("review", "--csv", *words).out, newline="")))


def fill(house, rows, name="review.csv", **form):
    """Writes a spreadsheet as somebody else would."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), **form)
    writer.writeheader()
    writer.writerows(rows)
    return house.write(name, text.getvalue())


@test
def what_one_decision_settles_is_one_line(house):
    forty_tables(house)
    group = groups(house)["e_mail in 40 tables"]
    assert house.run("review").out.count("email_address") == 1
    assert house.run("review", "--each").out.count("email_address") == 40
    lines = house.run("review", "--json").lines()
    assert {line["together"] for line in lines if line["info_type"] == "email_address"} == {group}, lines[0]
    house.fails(2, "review", "reject", group, "--why", "test data", says=["40 words at once", "--yes"])
    before = len(house.commits())
    said = house.run("review", "reject", group, "--why", "test data", "--yes")
    assert "40 rejected" in said.err and len(house.commits()) == before + 1, said
    assert "e_mail in 40 tables" not in groups(house)
    assert "reject 40" in house.git("log", "-1", "--format=%s")
    house.log_is_whole()


@test
def a_listing_is_narrowed(house):
    forty_tables(house, 4)
    def keys(*words):
        return sorted(line["key"] for line in house.run("review", "--json", *words).lines())
    every = keys()
    assert keys("--type", "email_address") == [f"shop/main/t{t:03}#{'eMail' if t % 2 else 'e_mail'}" for t in range(4)]
    assert keys("--dataset", "*/t00[01]", "--type", "email_address") == keys("--type", "email_address")[:2]
    assert keys("--category", "user.contact") == [k for k in every if "mail" in k.lower() or "phone" in k]
    assert keys("--category", "user.cont") == [] and keys("--source", "shop") == every and keys("--source", "sho") == []
    assert keys("--sensitivity", "special") == []
    sure = {line["key"]: line["confidence"] for line in house.run("review", "--json").lines()}
    for word, holds in (("--above", lambda c: c >= .9), ("--below", lambda c: c < .9)):
        assert keys(word, "90%") == sorted(key for key, c in sure.items() if holds(c))
    assert len(keys("--limit", "2")) == 2
    answer = house.run("review", "--each", "--limit", "1")
    assert len(answer.out.splitlines()) == 2 and "more lines" in answer.err, answer


@test
def a_pattern_settles_all_that_is_like_it_at_once(house):
    forty_tables(house, 4)
    before = len(house.commits())
    answer = house.run("review", "accept", "shop/*/t*#*", "--type", "email_address", "--why", "all from the CRM", "--dry-run")
    assert "would be recorded: 4 accepted" in answer.err and len(house.commits()) == before, answer
    house.fails(2, "review", "accept", "shop/*/t*#*", "--why", "x", says="yes")
    house.run("review", "accept", "shop/*/t*#*", "--type", "email_address", "--why", "all from the CRM", "--yes")
    assert len(house.commits()) == before + 1
    steps = house.run("blame", "t003#eMail", "--json").lines()
    assert (steps[0]["state"], steps[0]["why"], steps[0]["actor"]) == ("confirmed", "all from the CRM", "tester"), steps
    house.fails(2, "review", "accept", "shop/*/t*#*mail*", "--why", "x", "--yes", says="nothing that waits")
    house.fails(2, "review", "accept", "shop/*/t*#*", "--type", "email_address", "--why", "x", "--yes", says="nothing that waits")
    house.run("review", "set", "t*#note", "household_id", "--why", "x", "--yes")
    again = house.run("review", "set", "t*#note", "household_id", "--why", "x", "--yes")
    assert "4 are decided so already" in again.err and len(house.commits()) == before + 2, again
    house.run("review", "reject", "--dataset", "cards", "--why", "invented", "--yes")
    assert house.run("review", "--json", "--dataset", "cards").lines() == []


@test
def a_sheet_goes_out_and_comes_back(house):
    forty_tables(house, 4)
    rows = sheet(house)
    assert [*rows[0]] == ["column", "info_type", "category", "sensitivity", "confidence", "state", "why", "decision", "reason", "who", "span"]
    assert all("core/email_address" in row["why"] for row in rows if row["info_type"] == "email_address"), rows
    said = {"t000#e_mail": "accept", "t001#eMail": "Reject ", "t002#e_mail": "set household_id"}
    for row in rows:
        row["decision"] = said.get(row["column"].removeprefix("shop/main/"), "")
        row["reason"] = "=looked, twice;\nand again" if row["decision"] else ""
    house_rows = [{k: row[k] for k in ("span", "decision", "reason", "info_type", "column")} for row in reversed(rows)]
    text = open(fill(house, house_rows, delimiter=";", lineterminator="\r\n"), newline="").read()
    house.write("review.csv", b"\xef\xbb\xbf" + text.encode())
    before = len(house.commits())
    answer = house.run("review", "import", "review.csv")
    assert "1 accepted, 1 rejected, 1 set" in answer.err and len(house.commits()) == before + 1, answer
    step = house.run("blame", "t000#e_mail", "--json").lines()[0]
    assert step["why"] == "=looked, twice;\nand again" and step["actor"] == "tester", step
    again = house.run("review", "import", "review.csv")
    assert "3 are decided so already" in again.err and len(house.commits()) == before + 1, again


@test
def what_others_decided_meanwhile_is_named_and_left_out(house):
    forty_tables(house, 4)
    rows = [row for row in sheet(house) if row["info_type"] == "email_address"]
    for row in rows:
        row.update(decision="accept", reason="seen")
    fill(house, rows)
    house.run("review", "reject", "t002#e_mail", "--why", "no")
    with house.db() as db:
        db.execute("drop table t003")
    house.run("scan")
    answer = house.run("review", "import", "review.csv", code=3)
    assert "2 accepted" in answer.err, answer
    assert "'shop/main/t002#e_mail' was decided anew meanwhile: email_address rejected by tester" in answer.err, answer
    assert "'shop/main/t003#eMail' has no such tag any more" in answer.err, answer
    assert house.run("blame", "t002#e_mail", "--json").lines()[0]["state"] == "rejected"


@test
def a_sheet_with_a_wrong_row_changes_nothing(house):
    forty_tables(house, 2)
    head = "column,info_type,decision,reason\n"
    good = "t000#e_mail,email_address,accept,seen\n"
    before = len(house.commits())
    for text, says in ((good + "t001#eMail,email_address,acept,x\n", "bad.csv:3:26: there is no decision 'acept'"),
                       (good + "t001#eMail,email_address,accept,\n", "bad.csv:3:33: a person's word needs a reason"),
                       (good + "t009#nope,email_address,accept,x\n", "bad.csv:3:1: the log knows no column"),
                       (good + "t001#eMail,,set emial_address,x\n", "email_address"),
                       (good + "t001#eMail,phone_e164,accept,x\n", "has no tag phone_e164"),
                       (good + "t000#e_mail,email_address,reject,x\n", "line 2 decides otherwise"),
                       (good + "t000#e_mail,,set household_id,x\n", "line 2 decides otherwise"),
                       ('a,"b\n', "bad.csv:1:3: nothing closes this quote"),
                       ("t000#e_mail,accept\n", "there is no column 'column'")):
        house.write("bad.csv", text if text[0] == "a" or text == "t000#e_mail,accept\n" else head + text)
        house.fails(2, "review", "import", "bad.csv", says=says)
    house.write("bad.csv", (head + good).encode("utf-16"))
    house.fails(2, "review", "import", "bad.csv", says="UTF-16")
    house.write("bad.csv", (head + good.replace("seen", "gepr\u00fcft")).encode("latin-1"))
    house.fails(2, "review", "import", "bad.csv", says=["bad.csv:2:38: this is no UTF-8", "CSV UTF-8"])
    house.write("bad.csv", (head + good).encode() + b"\x00")
    house.fails(2, "review", "import", "bad.csv", says="bad.csv:3:1: there is a NUL")
    assert len(house.commits()) == before
    house.fails(2, "review", "--type", "emial_address", says=["no info type 'emial_address'", "email_address"])
    assert not house.run("review", "--type", "us_ssn").out


@test
def decisions_come_as_yaml_and_as_json_lines_too(house):
    forty_tables(house, 4)
    house.write("d.yaml", "- {column: t000#e_mail, decision: accept, type: email_address, why: seen}\n"
                          "- column: t001#eMail\n  decision: set household_id\n")
    said = house.run("review", "import", "d.yaml", "--why", "as agreed")
    assert "1 accepted, 1 set" in said.err, said
    assert house.run("blame", "t001#eMail", "--json").lines()[0]["why"] == "as agreed"
    lines = [dict(line, decision="reject", reason="no") for line in house.run("review", "--json", "--type", "email_address").lines()]
    house.write("d.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert "2 rejected" in house.run("review", "import", "d.jsonl").err
    house.write("d.yaml", "- {column: t000#e_mail, decision: maybe, why: x}\n")
    house.fails(2, "review", "import", "d.yaml", says="d.yaml:1:35: there is no decision 'maybe'")


@test
def a_name_that_a_spreadsheet_would_calculate_is_no_formula(house):
    house.config()
    with house.db() as db:
        db.execute('create table "=cmd|calc" ("@email" text, "-e mail, \u202e""x""" text)')
        db.executemany('insert into "=cmd|calc" values (?, ?)', [(f"k{i}@example.de", f"l{i}@example.de") for i in range(60)])
    house.run("scan")
    rows = sheet(house)
    assert len(rows) == 2 and not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell), rows
    for row in rows:
        row.update(decision="accept", reason="-5 is no formula; @me neither")
    fill(house, rows)
    assert "2 accepted" in house.run("review", "import", "review.csv").err


def on_a_terminal(house, answer, *words):
    """What is said where standard input and words are a terminal, and somebody types `answer`."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([PROGRAM, *words], cwd=house.path, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    os.write(ours, answer.encode())
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    return process.wait(timeout=60), said.decode()


@test
def on_a_terminal_many_words_are_asked_for(house):
    forty_tables(house, 4)
    before = len(house.commits())
    words = ("review", "accept", "*#*", "--type", "email_address", "--why", "seen")
    for answer in ("n\n", "\n", "yes please\n"):
        code, said = on_a_terminal(house, answer, *words)
        assert code == 2 and "record that? [y/N]" in said and "nothing was recorded" in said, said
    assert len(house.commits()) == before
    code, said = on_a_terminal(house, "yes\n", *words)
    assert code == 0 and "4 accepted" in said and len(house.commits()) == before + 1, said


@test
def a_reason_in_a_file_is_masked_as_any(house):
    forty_tables(house, 2)
    house.write("d.csv", "column,decision,reason\nt000#e_mail,accept,Ann said so: ann.other@example.net\n")
    assert "what looks personal in 1 reason is masked" in house.run("review", "import", "d.csv").err
    assert "ann.other" not in house.git("log", "-p", "--all") and "Ann said so" in house.git("log", "-1", "--format=%B")


@test
def what_stands_inside_values_says_where(house):
    house.config()
    with house.db() as db:
        db.execute("create table events (id integer, payload text)")
        db.executemany("insert into events values (?, ?)", [(i, json.dumps({"user": {"email": f"p{i}@example.org"}, "n": i})) for i in range(60)])
    house.run("scan")
    assert "email_address at user.email" in house.run("review").out
    line, = [line for line in house.run("review", "--json").lines() if line["info_type"] == "email_address"]
    assert line["inside"] == "user.email", line
    for words in ((), ("--now",)):
        assert "inside the values, at user.email" in house.run("why", "events#payload", *words).out, words


@test
def ten_thousand_rows_are_one_commit(house):
    house.config()
    with house.db() as db:
        for t in range(20):
            db.execute(f"create table t{t} (" + ", ".join(f"email_{c} text" for c in range(500)) + ")")
            db.execute(f"insert into t{t} values (" + ", ".join(f"'a{c}@example.org'" for c in range(500)) + ")")
    house.run("scan")
    rows = sheet(house)
    assert len(rows) == 10000, len(rows)
    for row in rows:
        row.update(decision="reject", reason="invented")
    fill(house, rows)
    before = len(house.commits())
    assert "10000 rejected" in house.run("review", "import", "review.csv").err
    assert "10000 are decided so already" in house.run("review", "import", "review.csv").err
    assert len(house.commits()) == before + 1 and house.run("review", "--json").lines() == []


@test
def killed_while_it_writes_a_thousand_words_it_wrote_all_or_none(house):
    forty_tables(house, 100)
    with house.db() as db:
        for t in range(9):
            db.execute(f"create table w{t} (" + ", ".join(f"email_{c} text" for c in range(100)) + ")")
            db.execute(f"insert into w{t} values (" + ", ".join(f"'a{c}@example.org'" for c in range(100)) + ")")
    house.run("scan")
    verdicts, chance = set(), generator(5)
    for round_ in range(40 if SOAK else 8):
        verb, state = (("reject", "rejected"), ("accept", "confirmed"))[round_ % 2]
        process = house.start("review", verb, "*#e*", "--type", "email_address", "--all", "--yes", "--why", f"round {round_}")
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
        process.communicate()
        states = {line["state"] for line in house.run("review", "--all", "--json", "--type", "email_address").lines()}
        assert len(states) == 1, states
        verdicts |= states
        house.log_is_whole()
    house.run("review", "reject", "*#e*", "--type", "email_address", "--all", "--yes", "--why", "last")
    assert len(house.run("review", "--all", "--json", "--type", "email_address").lines()) == 1000


@test
def a_scan_that_decides_otherwise_than_a_person_says_so(house):
    two_tables(house)
    house.run("review", "accept", "leads#mail", "--why", "sure")
    assert "otherwise" not in house.run("scan").err
    with house.db() as db:
        db.execute("update leads set mail = '+1415555' || (1000 + rowid)")
    answer = house.run("scan")
    assert "a person decided otherwise on 'shop/main/leads#mail': email_address confirmed by tester" in answer.err, answer
    assert "email_address confirmed by tester, " in house.run("review").out
    line, = [line for line in house.run("review", "--json").lines() if line["column"] == "mail"]
    assert line["state"] == "confirmed" and line["against"] != "email_address", line
    assert "a scan decides otherwise" in house.run("why", "leads#mail").out
    assert "tagline.against" in house.run("log", "show", house.commits()[0], "--spans").out
    row, = [row for row in sheet(house) if row["column"].endswith("#mail")]
    assert "confirmed by tester" in row["why"], row
    row.update(decision="accept", reason="looked again")
    fill(house, [row])
    assert "leads#mail: accepted email_address" in house.run("review", "import", "review.csv").err
    assert "otherwise" not in house.run("review").out
    with house.db() as db:
        db.execute("alter table leads add column more text")
    assert "otherwise" not in house.run("scan").err


main()
