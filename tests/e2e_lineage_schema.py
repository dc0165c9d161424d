"""tagline lineage --schema FILE.json: the shapes a schema may have, how its names are read, and what is said of one that is wrong."""
import json

from drive import main, test

SQL = "select email, amount from raw.users u join raw.orders o on o.user_id = u.id"


def edges(house, schema, sql=SQL, *words, code=0):
    house.write("schema.json", schema if isinstance(schema, str) else json.dumps(schema))
    house.write("a.sql", sql)
    return house.run("lineage", "--json", "--schema", "schema.json", "a.sql", *words, code=code).lines()


def sure(lines):
    return [(e["source"], e["source_column"]) for e in lines if e.get("confidence") == 1 and e["target_column"]]


@test
def all_shapes_say_the_same(house):
    users, orders = {"id": "int", "email": "text"}, {"user_id": "int", "amount": "numeric"}
    for schema in [
        {"raw": {"users": users, "orders": orders}},
        {"raw.users": users, "raw.orders": orders},
        {"raw": {"users": list(users), "orders": list(orders)}},
        {"raw": {"users": [{"name": c, "type": t} for c, t in users.items()], "orders": {c: {"type": t, "nullable": True} for c, t in orders.items()}}},
        {"tables": {"raw": {"users": users, "orders": orders}}},
        {"tables": [{"name": "raw.users", "columns": users}, {"name": "orders", "schema": "raw", "columns": list(orders)}]},
        {"version": 1, "tables": [{"table": "users", "schema": "raw", "columns": users}, {"table": "orders", "schema": "raw", "columns": orders}]},
        [{"name": "raw.users", "columns": users}, {"name": "raw.orders", "columns": list(orders)}],
        {"raw": {"users": {"columns": users}, "orders": {"columns": [{"name": c} for c in orders], "comment": "x"}}},
        {"raw": {"users": {"id": None, "email": None}, "orders": orders}},
    ]:
        assert sure(edges(house, schema)) == [("raw.users", "email"), ("raw.orders", "amount")], schema


@test
def three_levels_are_database_schema_and_name(house):
    schema = {"prod": {"raw": {"users": {"id": "int", "email": "text"}}}}
    assert sure(edges(house, schema, "select * from prod.raw.users")) == [("prod.raw.users", "id"), ("prod.raw.users", "email")]
    assert sure(edges(house, {"prod.raw": {"users": ["id"]}}, "select * from prod.raw.users")) == [("prod.raw.users", "id")]


@test
def names_are_read_as_sql_reads_them(house):
    schema = {"Users": {"Id": "int", '"E Mail"': "text", '"a""b"': "text"}}
    assert sure(edges(house, schema, 'select ID, "E Mail", "a""b" from USERS', "--dialect", "postgres")) == [("users", "id"), ("users", "E Mail"), ("users", 'a"b')]
    assert sure(edges(house, schema, 'select id, "E Mail" from users', "--dialect", "snowflake")) == [("USERS", "ID"), ("USERS", "E Mail")]
    assert sure(edges(house, {'"a.b"': ["x"]}, 'select x from "a.b"', "--dialect", "postgres")) == [("a.b", "x")]
    assert sure(edges(house, {"`d-1`.t": ["x"]}, "select x from `d-1`.t", "--dialect", "bigquery")) == [("d-1.t", "x")]


@test
def ddl_that_is_not_understood_is_told_where_it_is(house):
    house.write("a.sql", "select a from ok")
    for i, (ddl, place) in enumerate([("create tabel x (a int);\n", "1:8"), ("\ncreate or replace tabel if not exists s.x (a varchar(9));\n", "2:19"), ("creat table x (a int);\n", "1:1")]):
        house.write("s.sql", ddl + "create table ok (a int);")
        run = house.run("lineage", "--json", "--schema", "s.sql", "a.sql", code=3)
        assert f"s.sql:{place}: expected " in run.err, (i, run.err)
        assert sure(run.lines()) == [("ok", "a")], i


@test
def a_table_without_columns_is_one_whose_columns_are_not_known(house):
    (edge,) = edges(house, {"users": {}}, "select x from users")
    assert (edge["source"], edge["confidence"]) == ("users", 0.9), edge


@test
def several_schemas_add_up_ddl_and_json(house):
    house.write("ddl.sql", "create view raw.orders as select 1 user_id, 2 amount")
    house.write("a.sql", SQL)
    house.write("u.json", '\n {"raw": {"users": ["id", "email"]}}')
    lines = house.run("lineage", "--json", "--schema", "ddl.sql", "--schema", "u.json", "a.sql").lines()
    assert sure(lines) == [("raw.users", "email"), ("raw.orders", "amount")], lines


@test
def what_is_wrong_is_said_with_its_place(house):
    house.write("a.sql", "select 1")
    for text, says in [
        ('{"t": {"a": "int",}}', "schema.json:1:"),
        ('{"t":\n', ["schema.json:2:1: the text ends too early: expected a value", "is the file whole?"]),
        ('{"t": {"a": "int"}', ["schema.json:1:", "the text ends too early: expected '}'"]),
        ('{"t": {"a": "jane@x', ["schema.json:1:", "expected the string's end"]),
        ('{"t": {"a": "int"},\n "u": 7}', ["schema.json:2:7", "found a number", '{"table": {"column": "type"}}']),
        ('{"s": {"t": {"a": "int"},\n  "u": ["x", 3]}}', ["schema.json:2:14", "a column's name, found a number"]),
        ('{"a": {"b": {"c": {"d": {"x": "int"}}}}}', ["schema.json:1:", "three levels"]),
        ('[{"columns": ["x"]}]', ["schema.json:1:", "no name"]),
        ('["t"]', ["schema.json:1:", "found a text"]),
        ('{"tables": [{"name": "t", "columns": {"a": [1]}}]}', ["schema.json:1:", "a type, found a list"]),
        ("{" * 100, "schema.json:1:"),
        ('{"t": {"a": "int"}, "t": {"b": "int"}}', "schema.json:1:"),
        ('{"a":' * 20 + "7" + "}" * 20, ["schema.json:1:", "deep"]),
    ]:
        house.write("schema.json", text)
        house.fails(3, "lineage", "--schema", "schema.json", "a.sql", says=says)


CATALOG = """{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"},
 "nodes": {"model.shop.Stg": {"metadata": {"type": "VIEW", "schema": "DBT", "name": "STG", "database": "DW", "comment": null},
   "columns": {"EMAIL": {"type": "TEXT", "index": 2, "name": "EMAIL"}, "ID": {"type": "INT", "index": 1, "name": "ID"}}, "stats": {"has_stats": {"id": "x"}}}},
 "sources": {"source.shop.raw.c": {"metadata": {"schema": "RAW", "name": "C.1", "database": null}, "columns": {"x \\"y": {"index": 1, "name": "x \\"y"}}}}, "errors": null}"""


def names(house, sql, *words):
    house.write("q.sql", sql)
    return [(e["target_column"], e["source"], e["source_column"]) for e in house.run("lineage", "--json", *words, "q.sql").lines()]


@test
def dbts_catalog_tells_tables_as_they_are_stored(house):
    house.write("catalog.json", CATALOG)
    assert names(house, 'select * from dw.dbt.stg; select * from raw."C.1"', "--dialect", "snowflake", "--schema", "catalog.json") == [
        ("ID", "DW.DBT.STG", "ID"), ("EMAIL", "DW.DBT.STG", "EMAIL"), ('x "y', "RAW.C.1", 'x "y')]
    house.write("manifest.json", '{"metadata": {"dbt_schema_version": "x/manifest/v12.json"}, "nodes": {}, "sources": {}, "macros": {}}')
    house.fails(3, "lineage", "--schema", "manifest.json", "catalog.json", says="target/catalog.json")


@test
def rows_of_the_information_schema_are_a_schema(house):
    want = [("id", "db.s.t", "id"), ("Full, Name", "db.s.t", "Full, Name"), ("a", "db.s.u", "a")]
    for name, text in [
        ("plain.csv", "table_catalog,table_schema,table_name,column_name,ordinal_position\ndb,s,t,\"Full, Name\",2\ndb,s,u,a,1\ndb,s,t,id,1\n"),
        ("upper.tsv", "COLUMN_NAME\tTABLE_NAME\tTABLE_SCHEMA\tTABLE_CATALOG\r\nid\tt\ts\tdb\r\nFull, Name\tt\ts\tdb\r\na\tu\ts\tdb\r\n"),
        ("psql.txt", " table_catalog | table_schema | table_name | column_name \n---------------+--------------+------------+-------------\n"
                     " db | s | t | id\n db | s | t | Full, Name\n db | s | u | a\n(3 rows)\n\n"),
    ]:
        house.write(name, text)
        assert names(house, "select * from db.s.t; select * from db.s.u", "--dialect", "postgres", "--schema", name) == want, name
    house.write("bad.csv", "table_name,column_name\nt,id\nt\n")
    house.fails(3, "lineage", "--schema", "bad.csv", "plain.csv", says="bad.csv:3:1: the row names no column")


main()
