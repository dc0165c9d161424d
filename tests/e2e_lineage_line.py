"""The longer line: edges of views and SQL files, tags carried along them, policies asked of what was settled, all in the log."""
import json

from drive import main, test

ZONES = """
datasets:
  - {match: export_*, zone: export}
  - {match: users, zone: core}
  - {match: orders, zone: core}
"""


def tags(house, key):
    """info type -> state of a column, as the log's state file has it."""
    dataset, column = key.split("#")
    state = json.loads(house.state(f"shop/main/{dataset}"))
    found = [c for c in state["columns"] if c["name"] == column]
    assert found, f"no column {key}: {state}"
    return {t["info_type"]: t["state"] for t in found[0].get("tags", [])}


def view(house, sql):
    with house.db() as db:
        db.execute(sql)


def shop(house, sql, rest=""):
    house.shop()
    view(house, sql)
    house.config(rest=rest)
    return house


@test
def a_tag_travels_to_a_view_whose_name_and_values_say_nothing(house):
    shop(house, "create view v as select substr(email, 1, 3) as a, email || '' as b from users where 1 = 0")
    house.run("scan")
    assert tags(house, "v#b") == {"email_address": "carried"}, tags(house, "v#b")
    assert tags(house, "v#a") == {"email_address": "carried"}


@test
def a_weaker_form_is_less_sure_than_a_copy(house):
    shop(house, "create view v as select substr(email, 1, 3) as a, email || '' as b from users where 1 = 0")
    house.run("scan")
    columns = {c["name"]: c["tags"][0]["confidence"] for c in json.loads(house.state("shop/main/v"))["columns"]}
    assert columns["a"] < columns["b"], columns


@test
def a_count_carries_nothing(house):
    shop(house, "create view v as select count(email) as n, count(distinct email) as m from users")
    house.run("scan")
    assert tags(house, "v#n") == {} and tags(house, "v#m") == {}


@test
def edges_stand_in_the_state_file_one_a_line(house):
    shop(house, "create view v as\nselect email as m from users where country = 'DE'")
    house.run("scan")
    text = house.state("shop/main/v")
    edges = json.loads(text)["edges"]
    value = [e for e in edges if e["kind"] == "identity"]
    assert [(e["source"], e["source_column"], e["target_column"], e["effect"]) for e in value] == [
        ("shop/main/users", "email", "m", "keeps")], edges
    assert value[0]["line"] == 2 and value[0]["column"] == 8, value
    assert [e["source_column"] for e in edges if e["kind"] == "filter"] == ["country"]
    assert sum('"source_column":' in line for line in text.splitlines()) == len(edges)


@test
def a_carried_tag_goes_with_the_view_that_brought_it(house):
    shop(house, "create view v as select email || '' as b from users where 1 = 0")
    house.run("scan")
    view(house, "drop view v")
    view(house, "create view v as select country || '' as b from users where 1 = 0")
    house.run("scan")
    assert "email_address" not in tags(house, "v#b"), tags(house, "v#b")


@test
def a_carried_tag_goes_when_a_person_rejects_its_source(house):
    shop(house, "create view v as select email || '' as b from users where 1 = 0")
    house.run("scan")
    house.run("review", "reject", "users#email", "--why", "test data")
    assert tags(house, "v#b") == {}, tags(house, "v#b")


@test
def a_person_can_keep_a_tag_from_being_carried_somewhere(house):
    shop(house, "create view v as select email || '' as b from users where 1 = 0")
    house.run("scan")
    house.run("review", "reject", "v#b", "--why", "never filled")
    house.run("scan")
    assert tags(house, "v#b") == {"email_address": "rejected"}


@test
def blame_tells_the_path(house):
    shop(house, "create view v as select email || '' as b from users where 1 = 0")
    view(house, "create view w as select b as c from v")
    house.run("scan")
    out = house.run("blame", "w#c").out
    places = [out.find(place) for place in ("users#email", "v#b", "w#c")]
    assert all(at >= 0 for at in places), out
    assert "carried" in out and "lineage" in out


@test
def a_second_scan_of_the_same_changes_nothing(house):
    shop(house, "create view v as select email || '' as b from users where 1 = 0", ZONES)
    house.run("scan")
    before = house.git("rev-parse", "main:state")
    answer = house.run("scan")
    assert house.git("rev-parse", "main:state") == before
    assert "0 new, 0 gone" in answer.err, answer


@test
def sql_files_carry_tags_into_tables_that_stand_in_the_warehouse(house):
    house.shop()
    with house.db() as db:
        db.execute("create table mart_mail (x1 text, n integer)")
    house.write("etl/load.sql", "-- nightly\ninsert into mart_mail (n, x1)\nselect 1, lower(email) from users;\n")
    house.config(rest="queries:\n  - files: etl/*.sql\n")
    house.run("scan")
    assert tags(house, "mart_mail#x1") == {"email_address": "carried"}
    edges = json.loads(house.state("shop/main/mart_mail"))["edges"]
    assert [(e["query"], e["line"], e["column"]) for e in edges] == [("etl/load.sql", 3, 17)], edges


@test
def sql_that_is_not_understood_is_named_with_its_place_and_the_rest_goes_on(house):
    house.shop()
    house.write("etl/a.sql", "create table mart_a as select email from users;\n\nthis is no sql;\n")
    house.config(rest="queries:\n  - files: etl/*.sql\n")
    answer = house.run("scan", code=3)
    assert "etl/a.sql:3:1" in answer.err, answer
    assert tags(house, "users#email") == {"email_address": "proposed"}


@test
def a_pattern_without_files_is_a_warning(house):
    house.shop().config(rest="queries:\n  - files: nothing/*.sql\n")
    answer = house.run("scan")
    assert "nothing/*.sql" in answer.err


@test
def a_function_of_ones_own_does_what_one_says_it_does(house):
    house.shop()
    with house.db() as db:
        db.execute("create table mart_a (x text, y text)")
    house.write("etl/a.sql", "insert into mart_a select scramble(email), other(email) from users;\n")
    house.config(rest="queries:\n  - files: etl/*.sql\nfunctions:\n  - {name: scramble, effect: counts}\n")
    house.run("scan")
    assert tags(house, "mart_a#x") == {}, tags(house, "mart_a#x")
    assert tags(house, "mart_a#y") == {"email_address": "carried"}


@test
def a_direct_identifier_in_an_export_is_a_violation_with_its_path(house):
    shop(house, "create view export_mail as select lower(trim(email)) as address from users", ZONES)
    answer = house.run("scan")
    assert "export_mail#address" in answer.err and "against advice" in answer.err, answer
    found = [v for v in house.run("policy", "check", "--json").lines() if v["outcome"] == "violation"]
    assert any(v["key"].endswith("export_mail#address") for v in found), found
    path = [v for v in found if v["key"].endswith("export_mail#address")][0]["path"]
    assert path[0]["key"].endswith("users#email"), path


@test
def a_binding_violation_fails_a_scan_that_is_asked_to(house):
    sql = "create view export_mail as select lower(trim(email)) as address from users"
    shop(house, sql, ZONES + "policies: {binding: [privacy, adtech]}\n")
    house.run("scan")
    house.run("scan", "--fail-on", "violation", code=1)
    house.run("policy", "check", code=1)


@test
def a_dry_run_tells_of_violations_and_writes_nothing(house):
    shop(house, "create view export_mail as select lower(trim(email)) as address from users", ZONES)
    answer = house.run("scan", "--dry-run")
    assert "export_mail#address" in answer.err, answer
    import os
    assert not os.path.exists(house.at("log"))


@test
def verdicts_are_spans_of_the_run(house):
    shop(house, "create view export_mail as select lower(trim(email)) as address from users", ZONES)
    house.run("scan")
    files = [f for f in house.git("ls-tree", "-r", "--name-only", "main").split() if "/spans" in f]
    text = "".join(house.git("show", f"main:{f}") for f in files)
    assert "tagline.policy.rule" in text and "violation" in text


main()
