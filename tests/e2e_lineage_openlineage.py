"""tagline lineage --openlineage: a JobEvent a statement; names of datasets, jobs and files; what is value and what steers; no literal."""
from drive import main, test

CLOCK = {"TAGLINE_CLOCK": "1782777600"}


def events(house, sql, *words, code=0):
    house.write("etl/a.sql", sql)
    return house.run("lineage", "--openlineage", "--dialect", "snowflake", *words, "etl/a.sql", code=code, env=CLOCK).lines()


@test
def a_statement_that_writes_is_a_job_with_column_lineage(house):
    (event,) = events(house, "insert into x.t (m) select sha2(email) from s.u where country = 'jane'", "--namespace", "snowflake://o-a", "--job-namespace", "etl")
    assert event["schemaURL"] == "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent" and event["producer"].startswith("urn:tagline:")
    assert event["eventTime"].startswith("2026-06-30T") and event["eventTime"].endswith("Z"), event["eventTime"]
    assert (event["job"]["namespace"], event["job"]["name"]) == ("etl", "etl/a.sql")
    assert event["job"]["facets"]["sql"]["query"] == "insert into x.t (m) select sha2(email) from s.u where country = '?'"
    (given,), (made,) = event["inputs"], event["outputs"]
    assert (given["namespace"], given["name"]) == ("snowflake://o-a", "S.U") and (made["namespace"], made["name"]) == ("snowflake://o-a", "X.T")
    assert [f["name"] for f in given["facets"]["schema"]["fields"]] == ["EMAIL", "COUNTRY"] and [f["name"] for f in made["facets"]["schema"]["fields"]] == ["M"]
    facet = made["facets"]["columnLineage"]
    assert facet["_schemaURL"].startswith("https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json")
    place = {"namespace": "snowflake://o-a", "name": "S.U"}
    assert facet["fields"] == {"M": {"inputFields": [{**place, "field": "EMAIL", "transformations": [
        {"type": "DIRECT", "subtype": "TRANSFORMATION", "description": "hashes (sha256)", "masking": True}]}]}}, facet["fields"]
    assert facet["dataset"] == [{**place, "field": "COUNTRY", "transformations": [{"type": "INDIRECT", "subtype": "FILTER", "masking": False}]}]


@test
def what_steers_one_column_stands_with_it(house):
    (event,) = events(house, "create table t as select case when a > 1 then a end x, sum(b) over (order by b) y from u")
    fields = event["outputs"][0]["facets"]["columnLineage"]["fields"]
    assert [(f["field"], [t["subtype"] for t in f["transformations"]]) for f in fields["X"]["inputFields"]] == [("A", ["TRANSFORMATION", "CONDITIONAL"])] or \
        [(f["field"], [t["subtype"] for t in f["transformations"]]) for f in fields["X"]["inputFields"]] == [("A", ["IDENTITY", "CONDITIONAL"])], fields
    assert {t["subtype"] for f in fields["Y"]["inputFields"] for t in f["transformations"]} == {"AGGREGATION", "WINDOW"}, fields


@test
def statements_are_numbered_and_those_without_data_left_out(house):
    out = events(house, "set x = 1; select a from t; create table n (a int, b varchar); drop table n; select 1; select b from t")
    assert [(e["job"]["name"], len(e["inputs"]), len(e["outputs"])) for e in out] == [
        ("etl/a.sql#2", 1, 0), ("etl/a.sql#3", 0, 1), ("etl/a.sql#6", 1, 0)], out
    assert [(f["name"], f.get("type")) for f in out[1]["outputs"][0]["facets"]["schema"]["fields"]] == [("A", "int"), ("B", "varchar")], out[1]
    assert out[0]["inputs"][0]["namespace"] == "snowflake"


@test
def a_table_is_an_input_though_only_its_rows_count(house):
    (event,) = events(house, "insert into x.t (n) select count(*) from s.u cross join s.v")
    assert [i["name"] for i in event["inputs"]] == ["S.U", "S.V"], event["inputs"]


@test
def what_a_statement_returns_is_no_column_of_a_dataset(house):
    (event,) = events(house, "update s.u set a = b returning a, c as d", "--dialect", "postgres")
    (made,) = event["outputs"]
    assert made["name"] == "s.u" and list(made["facets"]["columnLineage"]["fields"]) == ["a"], made
    assert [f["name"] for f in event["inputs"][0]["facets"]["schema"]["fields"]] == ["b", "c"], event["inputs"]


@test
def each_table_that_a_statement_writes_has_its_own_columns(house):
    (event,) = events(house, "insert all into x.t (m) values (a) into x.w (n) values (b) select a, b from s.u where c = 1")
    assert [(o["name"], {k: [i["field"] for i in v["inputFields"]] for k, v in o["facets"]["columnLineage"]["fields"].items()}) for o in event["outputs"]] == [
        ("X.T", {"M": ["A"]}), ("X.W", {"N": ["B"]})], event["outputs"]
    assert [[i["field"] for i in o["facets"]["columnLineage"]["dataset"]] for o in event["outputs"]] == [["C"], ["C"]]


@test
def what_is_not_understood_is_said_beside(house):
    house.write("a.sql", "select a from t; select from")
    answer = house.run("lineage", "--openlineage", "a.sql", code=3)
    assert len(answer.lines()) == 1 and "a.sql:1:" in answer.err, answer


@test
def odd_names_are_json_all_the_same(house):
    house.write("a.sql", b'create table "\xff\xe4" as select "q""\x01\xc3\xa4" from "t.x"')
    (event,) = house.run("lineage", "--openlineage", "--dialect", "postgres", "a.sql").lines()
    assert event["outputs"][0]["name"] and event["inputs"][0]["facets"]["schema"]["fields"], event


@test
def names_leave_and_literals_do_not(house):
    for words, sql, query, fields in [
        (("--dialect", "postgres"), 'create table t as select a as "Full Name", "weird col" from u where c = \'jane@x.com\'',
         'create table t as select a as "Full Name", "weird col" from u where c = \'?\'', ["Full Name", "weird col"]),
        (("--dialect", "bigquery"), 'create table t as select a, "jane@x.com" as b from u where c = "jane@x.com"',
         "create table t as select a, '?' as b from u where c = '?'", ["a", "b"]),
        ((), 'create table t as select a as "Full Name" from u where c = "Jane Doe"', 'create table t as select a as "Full Name" from u where c = \'?\'', ["Full Name"]),
    ]:
        house.write("a.sql", sql)
        (event,) = house.run("lineage", "--openlineage", *words, "a.sql").lines()
        assert event["job"]["facets"]["sql"]["query"] == query, event["job"]["facets"]["sql"]["query"]
        assert [f["name"] for f in event["outputs"][0]["facets"]["schema"]["fields"]] == fields, event


@test
def a_name_that_is_somebodys_is_masked_everywhere_and_said(house):
    house.write("a.sql", 'create table t as select 1 as x;\ncreate table "t" as\nselect a as "bob@example.com", q."ann@example.com" from (select b as "ann@example.com", a from u) q')
    for dialect in ("postgres", "snowflake", "duckdb"):
        answer = house.run("lineage", "--openlineage", "--dialect", dialect, "a.sql")
        assert "bob@" not in answer.out + answer.err and "ann@" not in answer.out + answer.err, answer
        assert "a.sql:2:1: a name holds personal data: " in answer.err and answer.err.count("personal") == 1, answer
        event = answer.lines()[-1]
        names = [f["name"] for f in event["outputs"][0]["facets"]["schema"]["fields"]]
        assert set(names) == set(event["outputs"][0]["facets"]["columnLineage"]["fields"]) and len(set(names)) == 2, event
        assert all(f'"{name}"' in event["job"]["facets"]["sql"]["query"] for name in names), event


main()
