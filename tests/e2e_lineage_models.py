"""tagline lineage --models: a select in a file of its own is the table called as the file, in the schema that others read it from."""
import json

from drive import main, test


def dbt(house):
    files = {
        "staging/stg_customers.sql": 'with source as (select * from "raw"."shop"."customers")\nselect id as customer_id, lower(email) as email from source',
        "staging/stg_orders.sql": 'select id as order_id, customer_id, amount from "raw"."shop"."orders"',
        "marts/a_first.sql": 'select * from "dw"."dbt"."customers"',
        "marts/customers.sql": 'select c.*, o.amount from "dw"."dbt"."stg_customers" c join "dw"."dbt"."stg_orders" o using (customer_id)\n'
                               'where c.email not in (select k.email from "raw"."shop"."customers" k where k.id < 0)',
        "staging/schema.yml/not_null_email.sql": 'select email from "dw"."dbt"."stg_customers" where email is null',
    }
    for path, text in files.items():
        house.write("compiled/" + path, text)


def edges(house, *words, code=0):
    return {(f"{e['target']}.{e['target_column']}", f"{e['source']}.{e['source_column']}")
            for e in house.run("lineage", "--json", "--dialect", "postgres", *words, code=code).lines() if e.get("target_column")}


@test
def models_read_each_other_whatever_their_order(house):
    dbt(house)
    assert edges(house, "--models", "compiled") == {
        ("a_first.customer_id", "dw.dbt.customers.customer_id"), ("a_first.email", "dw.dbt.customers.email"), ("a_first.amount", "dw.dbt.customers.amount"),
        ("dw.dbt.customers.customer_id", "dw.dbt.stg_customers.customer_id"), ("dw.dbt.customers.email", "dw.dbt.stg_customers.email"),
        ("dw.dbt.customers.amount", "dw.dbt.stg_orders.amount"),
        ("dw.dbt.stg_customers.customer_id", "raw.shop.customers.id"), ("dw.dbt.stg_customers.email", "raw.shop.customers.email"),
        ("dw.dbt.stg_orders.order_id", "raw.shop.orders.id"), ("dw.dbt.stg_orders.customer_id", "raw.shop.orders.customer_id"),
        ("dw.dbt.stg_orders.amount", "raw.shop.orders.amount")}


@test
def a_schema_can_be_told_for_those_that_nobody_reads(house):
    dbt(house)
    targets = {target for target, _ in edges(house, "--models", "--model-schema", "dw.marts", "compiled")}
    assert "dw.marts.a_first.email" in targets and "dw.dbt.customers.email" in targets, targets
    house.fails(2, "lineage", "--model-schema", "dw", "compiled", says="'--model-schema' is for --models")


@test
def a_folder_of_selects_that_make_nothing_is_told_of_models(house):
    dbt(house)
    said = "5 of 5 files hold one select alone: with --models each is the table of its name"
    answer = house.run("lineage", "--dialect", "postgres", "compiled")
    assert said in answer.err and said not in answer.out, answer
    assert "--models" not in house.run("lineage", "--models", "--dialect", "postgres", "compiled").err
    assert "--models" not in house.run("lineage", "--summary", "--dialect", "postgres", "compiled").err
    assert "--models" not in house.run("lineage", "--dialect", "postgres", "compiled/marts/customers.sql", "compiled/staging/stg_orders.sql").err
    for n in range(5):
        house.write(f"compiled/v{n}.sql", f"create view v{n} as select id from t")
    assert "--models" not in house.run("lineage", "--dialect", "postgres", "compiled").err


@test
def a_long_chain_of_stars_is_resolved_in_any_order(house):
    for n in range(40):
        house.write(f"m/m{99 - n}.sql", f'select * from "d"."s"."m{98 - n}"')
    house.write("m/m59.sql", "select 1 as a, u.email from raw.u")
    found = edges(house, "--models", "m")
    assert ("m99.email", "d.s.m98.email") in found and ("d.s.m60.a", "d.s.m59.a") in found and len(found) == 2 * 40 + 1, len(found)


@test
def other_ways_of_showing_know_the_models_too(house):
    dbt(house)
    out = house.run("lineage", "--models", "--dialect", "postgres", "--openlineage", "compiled").out
    names = {o["name"] for line in out.splitlines() for o in json.loads(line)["outputs"]}
    assert names == {"a_first", "dw.dbt.customers", "dw.dbt.stg_customers", "dw.dbt.stg_orders"}, names
    assert house.run("lineage", "--models", "--dialect", "postgres", "--summary", "--json", "compiled").lines()[-1]["in_whole"] == 4
    assert "stg_customers" in house.run("lineage", "--models", "--dialect", "postgres", "--dot", "compiled").out
    assert "create view dw.dbt.customers" in house.run("lineage", "--models", "--dialect", "postgres", "--explain", "compiled").out


@test
def statements_that_make_their_own_table_are_left_as_they_are(house):
    house.write("m/load.sql", "create temp table x as select id from raw.t;\ninsert into d.y select id from x")
    house.write("m/two.sql", "select a from raw.t; select b from raw.t")
    house.write("m/broken.sql", "select a frm raw.t where")
    found = edges(house, "--models", "m", code=3)
    assert ("two.b", "raw.t.b") in found and ("None.a", "raw.t.a") in found and not any(t.startswith("load") for t, _ in found), found
    house.write("one.sql", "select a from raw.t")
    assert edges(house, "--models", "one.sql") == {("one.a", "raw.t.a")}


@test
def names_are_stored_as_the_dialect_stores_them(house):
    house.write("m/stg_a.sql", "select id, email from raw.a")
    house.write("m/b.sql", "select * from DW.dbt.STG_A")
    found = {(e["target"], e["source"]) for e in house.run("lineage", "--json", "--dialect", "snowflake", "--models", "m").lines() if "kind" in e}
    assert found == {("B", "DW.DBT.STG_A"), ("DW.DBT.STG_A", "RAW.A")}, found


main()
