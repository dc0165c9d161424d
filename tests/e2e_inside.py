"""What stands inside values, digests that are proved, small groups: from the source into the log, without a value on the way."""
import hashlib
import json
import os
import shutil
import subprocess
import urllib.parse

from drive import PROGRAM, main, test

CANARY = "canary-5512-okapi"


def table(house, name, columns, rows):
    with house.db() as db:
        db.execute(f"create table {name} ({columns})")
        db.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)


def tags(house):
    """(column, info type) -> line of classify --json."""
    return {(line["dataset"].split("/")[-1] + "." + line["column"], line["info_type"]): line
            for line in house.run("classify", "--json", "shop").lines()}


def everything(house):
    """All bytes of the log's objects."""
    names = subprocess.run(["git", "-C", house.at("log"), "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"],
                           capture_output=True, check=True).stdout
    return subprocess.run(["git", "-C", house.at("log"), "cat-file", "--batch"], input=names, capture_output=True, check=True).stdout


@test
def a_field_inside_is_told_with_its_path_and_share(house):
    house.config()
    table(house, "events", "id integer, payload text, page_url text", [
        (i, json.dumps({"kind": "view", "user": {"email": f"a{i}@example.com"}} if i % 2 else {"kind": "ping"}),
         "https://shop.example.com/thanks?" + urllib.parse.urlencode({"step": i % 4, "mail": f"a{i}@example.com"}))
        for i in range(80)])
    found = tags(house)
    inside = found["events.payload", "email_address"]
    assert (inside["path"], inside["inside"], inside["share"]) == ("user.email", True, 0.5), inside
    assert found["events.page_url", "email_address"]["path"] == "?mail", found
    assert found["events.page_url", "url"]["inside"] is False, found
    assert "at 'user.email'" in inside["why"], inside


@test
def keys_that_are_data_reach_nothing(house):
    house.config()
    table(house, "state", "id integer, seen text, link text", [
        (i, json.dumps({"by": {f"{CANARY}{i}@example.com": {"visits": i}, f"{CANARY.title()} Smith": 1}}),
         f"https://x.example/?{CANARY}{i}@example.com=1&{CANARY}{i}=2") for i in range(60)])
    answer = house.run("classify", "--json", "shop")
    found = tags(house)
    assert found["state.seen", "email_address"]["path"] == "by.*", found
    house.run("scan")
    for text in (answer.raw, answer.err.encode(), everything(house), house.run("why", "state#seen").raw,
                 house.run("why", "state#seen", "--now", "--json").raw):
        assert b"canary-5512" not in text.lower() and b"okapi" not in text.lower(), text[:2000]


def digests(house, how):
    house.config()
    table(house, "people", "id integer, email text", [(i, f"Ana.B{i}@Example.com") for i in range(60)])
    table(house, "audience", "id integer, k text, build text", [
        (i, how(f"Ana.B{i}@Example.com" if i < 40 else f"other{i}@example.com"), hashlib.sha256(b"build %d" % i).hexdigest())
        for i in range(80)])


@test
def digests_of_addresses_of_another_table_are_proved(house):
    digests(house, lambda address: hashlib.sha256(address.lower().encode()).hexdigest())
    found = tags(house)
    proved = found["audience.k", "hashed_email_sha256_hex"]
    assert proved["confidence"] == 0.99 and "40 of 80 distinct digests" in proved["why"], proved
    assert ("audience.build", "hashed_email_sha256_hex") not in found, found
    house.run("scan")
    log = everything(house).lower()
    assert b"proof.matched" in log and b"proof.variant.lower" in log, log[-3000:]
    assert b"ana.b" not in log and hashlib.sha256(b"ana.b1@example.com").hexdigest().encode() not in log


@test
def a_proof_stands_while_the_addresses_are_not_read_again(house):
    digests(house, lambda address: hashlib.sha256(address.lower().encode()).hexdigest())
    house.run("scan")
    with house.db() as db:
        db.execute("insert into audience values (900, ?, 'x')", (hashlib.sha256(b"new").hexdigest(),))
    again = house.run("scan")
    said = house.run("why", "audience#k").out
    assert "hashed_email_sha256_hex" in said and "withdrawn" not in said, said
    assert "0 tags new, 0 changed, 0 withdrawn" in again.out + again.err, again.out + again.err
    assert "hashed_email_sha256_hex" not in house.run("why", "audience#build").out


@test
def a_proof_falls_when_its_addresses_were_read_and_match_no_more(house):
    digests(house, lambda address: hashlib.sha256(address.lower().encode()).hexdigest())
    table(house, "parts", "id integer, weight integer", [(i, i * 3) for i in range(40)])
    house.run("scan")
    with house.db() as db:
        db.execute("update people set email = 'z' || id || '@example.net'")
        db.execute("insert into audience values (900, ?, 'x')", (hashlib.sha256(b"new").hexdigest(),))
    said = house.run("scan")
    assert "0 tags new, 0 changed, 1 withdrawn" in said.out + said.err, said.out + said.err
    assert "proof_kept" not in house.run("why", "audience#k").out


@test
def small_groups_are_facts_of_the_table(house):
    house.config()
    table(house, "customers", "id integer, gender text, birth_year integer, zip text", [
        (i, "FM"[i % 2], 1960 + i % 3, f"9410{i % 2}") for i in range(240)] + [(240, "F", 1931, "10001")])
    house.run("scan")
    text = everything(house).decode("utf-8", "replace")
    assert "k_anonymity.smallest_group" in text and "k_anonymity.rows_below_5" in text, text[-3000:]


@test
def the_demo_is_decided_equally_by_any_number_of_threads(house):
    house.run("demo", "--quiet")
    shutil.copytree(house.at("tagline-demo"), house.at("d"))
    with open(house.at("d/tagline.yaml"), encoding="utf-8") as f:
        text = f.read()
    said = set()
    for threads in (1, 2, 8):
        name = house.write(f"d/t{threads}.yaml", text + f"\nscan:\n  threads: {threads}\n" if "\nscan:" not in text
                           else text.replace("\nscan:", f"\nscan:\n  threads: {threads}"))
        done = subprocess.run([PROGRAM, "scan", "--dry-run", "--json", "-c", os.path.basename(name)], cwd=house.at("d"), capture_output=True,
                              check=True)
        assert done.stdout, done.stderr
        said.add(done.stdout)
    assert len(said) == 1


@test
def a_tag_inside_leaves_by_its_own_place_from_the_first_scan_on(house):
    house.config()
    table(house, "events", "id integer, payload text", [
        (i, json.dumps({"user": {"email": f"a{i}@example.com"}, "ip": f"10.1.2.{i}"})) for i in range(80)])
    with house.db() as db:
        db.execute("create view split as select json_extract(payload, '$.user.email') as mail, "
                   "json_extract(payload, '$.ip') as ip, payload from events")
    for why in ("all is new", "all is known", "a table is decided anew"):
        if why == "a table is decided anew":
            with house.db() as db:
                db.execute("alter table events add column more text")
        house.run("scan")
        found = tags(house)
        assert ("split.mail", "email_address") in found and ("split.ip", "ipv4_address") in found, (why, found)
        assert ("split.mail", "ipv4_address") not in found and ("split.ip", "email_address") not in found, (why, found)
        assert {kind for column, kind in found if column == "split.payload"} >= {"email_address", "ipv4_address"}, (why, found)


main()
