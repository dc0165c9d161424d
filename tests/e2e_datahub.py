"""The DataHub sink against a strict GMS: it finds what is there, tags beside others, takes back only its own, and says what failed."""
import json
import os

from drive import main, test
from fake_gms import FakeGms

OURS = "urn:li:dataHubAction:tagline"
EMAIL = "urn:li:tag:tagline.email_address"
HUMAN = "urn:li:tag:ask-before-use"
TOKEN = "sesame-8417-secret"
ENV = {"HUB_TOKEN": TOKEN}


def urn(name):
    return f"urn:li:dataset:(urn:li:dataPlatform:sqlite,{name},PROD)"


def schema(*paths):
    return {"schemaMetadata": {"schemaName": "x", "platform": "urn:li:dataPlatform:sqlite", "version": 0, "hash": "",
                               "platformSchema": {"com.linkedin.schema.Schemaless": {}},
                               "fields": [{"fieldPath": p, "nativeDataType": "TEXT",
                                           "type": {"type": {"com.linkedin.schema.StringType": {}}}} for p in paths]}}


def edited(path, *tags):
    return {"editableSchemaMetadata": {"editableSchemaFieldInfo": [
        {"fieldPath": path, "description": "as people say", "globalTags": {"tags": list(tags)}}]}}


# What an ingestion would have made of house.shop(), with its own ideas of spelling.
INGESTED = {urn("MAIN.Users"): schema("ID", "EMail", "Country", "Note"), urn("main.orders"): schema("id", "user_id", "amount"),
            urn("main.mails"): schema("[version=2.0].[type=string].contact_email")}


def scanned(house, gms, more=""):
    house.shop().run("scan")
    return sink(house, gms, more)


def sink(house, gms, more=""):
    with open(house.at("tagline.yaml"), "a", encoding="utf-8") as f:
        f.write(f"sinks:\n  - name: hub\n    type: datahub\n    server: {gms.url}\n    token: ${{HUB_TOKEN}}\n{more}")
    return house


def push(house, *words, code=0):
    answer = house.run("push", *words, code=code, env=ENV, seconds=120)
    assert TOKEN not in answer.out + answer.err, answer
    return answer


def writes(gms):
    return [r for r in gms.requests if r["path"].startswith("/aspects?")]


@test
def tags_land_on_what_is_there_in_its_own_spelling(house):
    with FakeGms(INGESTED, TOKEN) as gms:
        push(scanned(house, gms))
        assert gms.tags(urn("MAIN.Users"), "EMail") == {EMAIL: OURS}
        assert gms.tags(urn("main.mails"), "[version=2.0].[type=string].contact_email") == {EMAIL: OURS}
        assert {u for u in gms.dump() if "dataset" in u} == set(INGESTED), "it made a dataset"
        assert gms.value(EMAIL, "tagProperties")["name"] == "tagline.email_address"
        assert gms.dump()[urn("MAIN.Users")]["schemaMetadata"] == INGESTED[urn("MAIN.Users")]["schemaMetadata"]


@test
def a_tag_says_who_put_it_there_and_why(house):
    with FakeGms(INGESTED, TOKEN) as gms:
        push(scanned(house, gms))
        info, = [i for i in gms.value(urn("MAIN.Users"), "editableSchemaMetadata")["editableSchemaFieldInfo"]
                 if i["fieldPath"] == "EMail"]
        attribution = info["globalTags"]["tags"][0]["attribution"]
        detail = attribution["sourceDetail"]
        assert attribution["actor"] == "urn:li:corpuser:tagline"
        assert detail["state"] == "proposed" and 0 < float(detail["confidence"]) <= 1
        assert len(detail["trace"]) == 32 and len(detail["span"]) == 16
        assert detail["category"].startswith("user.contact.email")


@test
def a_second_push_sends_nothing(house):
    with FakeGms(INGESTED, TOKEN) as gms:
        push(scanned(house, gms))
        n, held = len(writes(gms)), gms.dump()
        again = push(house)
        assert "nothing to send" in again.err and len(writes(gms)) == n and gms.dump() == held, again


@test
def servers_before_the_key_was_put_back_take_it_too(house):
    with FakeGms(INGESTED, TOKEN, is_old=True) as gms:
        push(scanned(house, gms))
        assert gms.tags(urn("MAIN.Users"), "EMail") == {EMAIL: OURS}


@test
def work_of_people_stays(house):
    person = {"tag": EMAIL, "context": "ticket 7"}
    seed = {**INGESTED, urn("MAIN.Users"): {**INGESTED[urn("MAIN.Users")], **edited("EMail", person, {"tag": HUMAN})},
            EMAIL: {"tagProperties": {"name": "E-mail", "colorHex": "#ff0000"}}}
    with FakeGms(seed, TOKEN) as gms:
        push(scanned(house, gms))
        info, = [i for i in gms.value(urn("MAIN.Users"), "editableSchemaMetadata")["editableSchemaFieldInfo"]
                 if i["fieldPath"] == "EMail"]
        assert info["globalTags"]["tags"] == [person, {"tag": HUMAN}] and info["description"] == "as people say"
        assert gms.value(EMAIL, "tagProperties") == {"name": "E-mail", "colorHex": "#ff0000"}


@test
def a_rejected_tag_is_taken_off_where_it_is_ours_and_only_there(house):
    seed = {**INGESTED, urn("main.mails"): {**INGESTED[urn("main.mails")], **edited(
        "[version=2.0].[type=string].contact_email", {"tag": EMAIL})}}
    with FakeGms(seed, TOKEN) as gms:
        push(scanned(house, gms))
        for column in ("users#email", "mails#contact_email"):
            house.run("review", "reject", column, "--why", "not a mailbox of a person", env=ENV)
        push(house)
        assert gms.tags(urn("MAIN.Users"), "EMail") == {}
        assert gms.tags(urn("main.mails"), "[version=2.0].[type=string].contact_email") == {EMAIL: None}
        house.run("scan", env=ENV)
        again = push(house)
        assert "nothing to send" in again.err, again


@test
def what_has_no_match_is_told_and_is_exit_3(house):
    seed = {urn("eu.main.users"): schema("email"), urn("main.mails"): schema("other")}
    with FakeGms(seed, TOKEN) as gms:
        told = push(scanned(house, gms), code=3)
        assert "shop/main/users" in told.err and "'eu.main.users' ends alike" in told.err, told
        assert "shop/main/mails#contact_email" in told.err, told
        assert not writes(gms) and gms.dump().keys() == seed.keys()


@test
def a_dry_run_shows_and_sends_nothing(house):
    with FakeGms(INGESTED, TOKEN) as gms:
        shown = push(scanned(house, gms), "--dry-run", "--json")
        lines = shown.lines()
        assert {"PATCH", "CREATE"} == {l["change"] for l in lines} and not writes(gms), shown


@test
def own_makes_what_is_missing_and_leaves_what_others_made(house):
    seed = {urn("MAIN.Users"): INGESTED[urn("MAIN.Users")]}
    with FakeGms(seed, TOKEN) as gms:
        push(scanned(house, gms, "    mode: own\n"))
        assert gms.value(urn("MAIN.Users"), "schemaMetadata") == seed[urn("MAIN.Users")]["schemaMetadata"]
        assert gms.value(urn("main.users"), "schemaMetadata") is None
        made = gms.value(urn("main.mails"), "schemaMetadata")
        assert [f["fieldPath"] for f in made["fields"]] == ["contact_email"]
        assert gms.tags(urn("main.mails"), "contact_email") == {EMAIL: OURS}
        assert "?" not in gms.value(urn("main.mails"), "viewProperties")["viewLogic"]
        held = gms.value(gms.value(urn("main.orders"), "container")["container"], "containerProperties")
        assert held["name"] == "main" and held["customProperties"]["platform"] == "sqlite"
        n = len(writes(gms))
        assert "nothing to send" in push(house).err and len(writes(gms)) == n
        with house.db() as db:
            db.execute("alter table orders add column ship_to_email text")
            db.execute("update orders set ship_to_email = 'p' || id || '@example.net'")
        house.run("scan", env=ENV)
        push(house)
        assert "ship_to_email" in [f["fieldPath"] for f in gms.value(urn("main.orders"), "schemaMetadata")["fields"]]
        assert gms.tags(urn("main.orders"), "ship_to_email") == {EMAIL: OURS}


@test
def a_thousand_ugly_columns_go_through_in_batches(house):
    with house.shop().db() as db:
        for i in range(60):
            columns = ", ".join(f'"e-mail {c} 😀/~(é,{i})" text' for c in range(20))
            db.execute(f'create table "t {i} (ä), x" ({columns})')
            db.execute(f'insert into "t {i} (ä), x" values ({", ".join("?" * 20)})', [f"p{i}@example.com"] * 20)
    house.run("scan")
    with FakeGms(token=TOKEN) as gms:
        push(sink(house, gms, "    mode: own\n    batch: 50\n"))
        assert len(writes(gms)) > 5 and all(r["status"] == 200 for r in gms.requests), gms.requests[-3:]
        one = urn("main.t 7 %28ä%29%2C x")
        assert len(gms.value(one, "schemaMetadata")["fields"]) == 20
        assert gms.tags(one, "e-mail 3 😀/~(é,7)").get(EMAIL) == OURS, gms.value(one, "editableSchemaMetadata")


@test
def no_value_of_the_warehouse_is_sent(house):
    with house.shop().db() as db:
        db.execute("create table birds (email text, note text, phone text)")
        db.executemany("insert into birds values (?, ?, ?)", [
            (f"kanarie{i}@example.com", f"kanarie{i} was here", f"+4917073{i:06}") for i in range(200)])
        db.execute("create view found as select email from birds where note <> 'kanarie in sql'")
    house.run("scan")
    with FakeGms(token=TOKEN) as gms:
        push(sink(house, gms, "    mode: own\n"))
        sent = b"".join(gms.bodies)
        assert b"birds" in sent and b"kanarie" not in sent and b"+4917073" not in sent


# ---- what may go wrong ----

def meets(house, faults, code=0, says=(), more="", seed=INGESTED):
    """A push through these faults ends with this code and says so; the log is whole. The service is given back for a look."""
    with FakeGms(seed, TOKEN) as gms:
        scanned(house, gms, more)
        gms.faults = faults
        told = push(house, code=code)
        for part in says:
            assert part in told.err, f"does not say {part!r}\n{told}"
        assert code == 0 or "hint: " in told.err, told
        house.log_is_whole()
        return gms


@test
def a_service_that_is_down_is_exit_3(house):
    meets(house, [{"kind": "down", "path": "/"}], 3, ["tagline: "], "    retries: 0\n")


@test
def a_connection_that_closes_while_pushing_is_exit_3(house):
    meets(house, [{"kind": "down"}], 3, ["tagline: "], "    retries: 1\n")


@test
def one_cut_connection_is_got_over(house):
    gms = meets(house, [{"kind": "cut", "times": 1}])
    assert gms.tags(urn("MAIN.Users"), "EMail") == {EMAIL: OURS}


@test
def a_token_that_is_not_taken_is_exit_3(house):
    with FakeGms(INGESTED, "another") as gms:
        scanned(house, gms)
        told = push(house, code=3)
        assert "cannot sign in" in told.err and "hint: " in told.err, told


@test
def a_push_that_is_forbidden_is_exit_3(house):
    meets(house, [{"kind": "status", "status": 403, "message": "User urn:li:corpuser:x is unauthorized to modify entity"}],
          3, ["unauthorized to modify", "privileges"])


@test
def a_token_that_is_echoed_is_not_shown(house):
    meets(house, [{"kind": "status", "status": 403, "message": f"no rights for {TOKEN}"}], 3, ["no rights for ***"])


@test
def a_proxy_with_a_small_mouth_is_fed_in_parts(house):
    gms = meets(house, [{"kind": "too_large", "bytes": 5000}], more="    mode: own\n", seed={})
    assert gms.tags(urn("main.users"), "email") == {EMAIL: OURS}
    assert all(r["status"] == (200 if r["n_body"] <= 5000 else 413) for r in writes(gms))
    assert 413 in {r["status"] for r in writes(gms)}


@test
def one_refused_dataset_does_not_hold_up_the_rest(house):
    with FakeGms(INGESTED, TOKEN) as gms:
        scanned(house, gms)
        gms.faults = [{"kind": "marked", "urn": "MAIN.Users", "message": "Failed to validate, tags are closed"}]
        told = push(house, code=3)
        assert "refused" in told.err and "tags are closed" in told.err, told
        assert gms.tags(urn("main.mails"), "[version=2.0].[type=string].contact_email") == {EMAIL: OURS}
        assert gms.tags(urn("MAIN.Users"), "EMail") == {}
        gms.faults = []
        push(house)
        assert gms.tags(urn("MAIN.Users"), "EMail") == {EMAIL: OURS}


@test
def a_service_that_asks_to_wait_is_waited_for(house):
    gms = meets(house, [{"kind": "status", "status": 429, "retry_after": 1, "times": 1}])
    assert [r["status"] for r in writes(gms)][:2] == [429, 200]


@test
def a_passing_failure_is_got_over(house):
    gms = meets(house, [{"kind": "status", "status": 500, "times": 1}, {"kind": "status", "status": 503, "times": 1}])
    assert [r["status"] for r in writes(gms)][:3] == [500, 503, 200]


@test
def a_lasting_failure_is_exit_3(house):
    meets(house, [{"kind": "status", "status": 500, "message": "no disk"}], 3, ["500", "no disk"], "    retries: 1\n")


@test
def a_page_for_people_is_exit_3(house):
    meets(house, [{"kind": "html"}], 3, ["does not speak JSON"])


@test
def the_frontend_is_told_from_the_service(house):
    meets(house, [{"kind": "html", "path": "/config"}], 3, ["does not speak JSON", "/api/gms"])


@test
def a_service_that_is_too_slow_is_exit_3(house):
    meets(house, [{"kind": "slow", "seconds": 3}], 3, ["tagline: "], "    timeout: 300ms\n    retries: 0\n")


@test
def what_was_accepted_before_the_end_is_in_the_log(house):
    with FakeGms(token=TOKEN) as gms:
        scanned(house, gms, "    mode: own\n    batch: 4\n    retries: 0\n")
        gms.faults = [{"kind": "slow", "seconds": 0, "times": 2}, {"kind": "down"}]
        push(house, code=3)
        run = json.dumps(house.git("show", "main"))
        assert "push" in house.git("log", "-1", "--format=%B", "main"), run
        gms.faults = []
        push(house)
        assert gms.tags(urn("main.users"), "email") == {EMAIL: OURS}


main()
