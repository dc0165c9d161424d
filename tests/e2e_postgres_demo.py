"""The demo warehouse in PostgreSQL, 15 to 18: `tagline scan` decides there what the answer key says, column by column."""
import csv
import os

import pg
import pg_demo
from drive import Skip, main, test

KEY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "demo", "answers.csv")
HARMLESS = {None, "public", "internal"}


def key():
    """{(dataset, column): the types that are right}, as tests/fixtures/demo/README.md says."""
    with open(KEY, encoding="utf-8", newline="") as f:
        return {(line["dataset"], line["column"]): line["info_type"].split("|") for line in csv.DictReader(f)}


def plain_name(dataset):
    """`core_users` of shop/db1/core/users and of shop/db1/public/core_users."""
    schema, name = dataset.split("/")[-2:]
    return name if schema == "public" else f"{schema}_{name}"


def wrong(lines):
    """Sentences about what the key does not bear out. A type that is not personal by itself is never one too many."""
    right = key()
    told = {}
    for line in lines:
        told.setdefault((plain_name(line["dataset"]), line["column"]), []).append(line)
    for column in sorted(right.keys() ^ told.keys()):
        yield f"{column}: only in the {'key' if column in right else 'scan'}"
    for column in sorted(right.keys() & told.keys()):
        found = {line["info_type"] for line in told[column]}
        # what stands at a path inside the values is beyond what the key says of a column that is somebody's
        whole = [line for line in told[column] if "not_personal" in right[column] or not line.get("path")]
        extra = {line["info_type"] for line in whole if line["sensitivity"] not in HARMLESS} - set(right[column])
        if extra or not ("not_personal" in right[column] or found & set(right[column])):
            yield f"{column}: {found}, not {right[column]}: {told[column][0]['why']}"


def agrees(house, server, layered):
    house.run("demo", "shown")
    database = pg_demo.load(server, house.at("shown", "adshop.db"), layered)
    house.config([server.source(database)])
    house.run("scan")
    house.log_is_whole()
    disagreements = list(wrong(house.run("classify", "--json", "shop").lines()))
    assert not disagreements, "\n".join(disagreements)
    return database


def served(version):
    try:
        return pg.Server(version)
    except pg.Missing as why:
        raise Skip(why) from None


@test
def the_answer_key_holds_on_the_usual_version(house):
    with served(None) as server:
        agrees(house, server, layered=True)


@test
def the_answer_key_holds_where_all_stands_in_one_schema(house):
    with served(None) as server:
        agrees(house, server, layered=False)


@test
def the_answer_key_holds_on_16(house):
    with served(16) as server:
        agrees(house, server, layered=True)


@test
def the_answer_key_holds_on_17(house):
    with served(17) as server:
        agrees(house, server, layered=True)


@test
def the_answer_key_holds_on_18(house):
    with served(18) as server:
        agrees(house, server, layered=True)


@test
def what_stands_in_the_log_is_what_postgres_holds(house):
    """Names, comments, keys and view SQL of the demo, and the types as PostgreSQL calls them."""
    with served(None) as server:
        database = agrees(house, server, layered=True)
        users = house.state(f"shop/{database}/core/users")
        for part in ("registered people; the only table with direct identifiers", "computed by the sign-up service",
                     "character varying(320)", "timestamp without time zone", '"user_id"'):
            assert part in users, users
        assert '"keys":[{"columns":"user_id","target":"core.users","target_columns":"user_id"}]' in house.state(f"shop/{database}/core/profiles")
        value = house.state(f"shop/{database}/mart/customer_value")
        assert "revenue per customer, for the sales team" in value and "GROUP BY" in value, value
        assert "qa.robot" not in value and "Testerson" not in value, value


@test
def a_second_scan_of_the_same_rows_changes_nothing(house):
    with served(None) as server:
        agrees(house, server, layered=True)
        before = house.git("rev-parse", "main:state")
        house.run("scan")
        assert house.git("rev-parse", "main:state") == before


main()
