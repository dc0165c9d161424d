"""
Our edges against PostgreSQL's own analysis of the same views (pg_rewrite.ev_action), column by column: the demo's views, the views
of tests/fixtures/judge, and TPC-H and TPC-DS where ../shared has them. Every view goes in as it was written and as pg_get_viewdef gives it.
"""
import json
import os

import pg
import pg_demo
import pg_rewrite
from drive import Skip, main, test
from judging import ddl, definitions, differences, misused, ours

HERE = os.path.dirname(os.path.abspath(__file__))
CORPORA = os.path.join(HERE, "..", "..", "shared", "data", "sql")
# The corpora have dates as strings, and PostgreSQL does not compare text with dates.
DATES = {"d_date", "o_orderdate", "l_shipdate", "l_commitdate", "l_receiptdate"}
TYPES = {"string": "text", "double": "numeric", "bool": "boolean"}


def served(version=None):
    try:
        return pg.Server(version)
    except pg.Missing as why:
        raise Skip(why) from None


def agrees(house, server, database, written):
    """`written`: {"schema.view": SQL as it was typed}, for those where that is known. Views compared, columns compared."""
    judge = pg_rewrite.Judge(server, database)
    judged = judge.views
    schema = ddl(server, database)
    wrong = []
    for how, views in (("as given back", definitions(server, database)), ("as written", written)):
        if not views:
            continue
        found, problems = ours(house, schema, views)
        wrong += [f"{how}: {text}" for text in problems]
        wrong += [f"{how}: {text}" for text in differences({v: judged[v] for v in views}, found)]
        wrong += [f"{how}: {text}" for text in misused(judge, found)]
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:40])
    return len(judged), sum(map(len, judged.values()))


@test
def the_demo_is_read_as_postgresql_reads_it(house):
    house.run("demo", "shown")
    with served() as server:
        database = pg_demo.load(server, house.at("shown", "adshop.db"))
        views, columns = agrees(house, server, database, {})
    assert views >= 5 and columns >= 20, (views, columns)


def reads_the_fixtures(house, version):
    folder = os.path.join(HERE, "fixtures", "judge")
    with open(os.path.join(folder, "schema.sql"), encoding="utf-8") as f:
        schema = f.read()
    with open(os.path.join(folder, "queries.sql"), encoding="utf-8") as f:
        queries = [q.strip() for q in f.read().split(";\n") if q.strip()]
    with served(version) as server:
        database = server.database(schema)
        written = {}
        for n, query in enumerate(queries, 1):
            server.sql(f"create view public.q{n:03} as\n{query}", database)
            written[f"public.q{n:03}"] = query
        views, _ = agrees(house, server, database, written)
    assert views == len(queries) + 1  # the schema has one of its own


@test
def the_fixtures_are_read_as_postgresql_reads_them(house):
    reads_the_fixtures(house, None)


@test
def postgresql_16_gives_views_back_in_words_of_its_own(house):
    reads_the_fixtures(house, 16)


@test
def postgresql_17_gives_views_back_in_words_of_its_own(house):
    reads_the_fixtures(house, 17)


@test
def postgresql_18_gives_views_back_in_words_of_its_own(house):
    reads_the_fixtures(house, 18)


def corpus(name):
    path = os.path.join(CORPORA, f"{name}.jsonl")
    if not os.path.exists(path):
        raise Skip(f"no {path}")
    with open(path, encoding="utf-8") as f:
        lines = [json.loads(line) for line in f]
    tables = "".join(
        f"create table {table} ({', '.join(column + ' ' + ('date' if column in DATES else TYPES.get(kind, kind)) for column, kind in columns.items())});\n"
        for table, columns in lines[0]["tables"].items())
    return tables, {line["n"]: line["sql"] for line in lines[1:]}


def reads_a_corpus(house, name, at_least):
    tables, queries = corpus(name)
    with served() as server:
        database = server.database(tables)
        written, refused = {}, {}
        for n, query in queries.items():
            try:
                server.sql(f"create view public.q{n} as {query}", database)
            except RuntimeError as why:  # what PostgreSQL itself refuses it cannot judge
                refused[n] = next((line.split("ERROR:")[1].strip() for line in str(why).splitlines() if "ERROR:" in line), str(why))
                continue
            written[f"public.q{n}"] = query
        print(f"      {len(written)} of {len(queries)} views" + "".join(f"; q{n} is refused: {why}" for n, why in refused.items()))
        assert len(written) >= at_least * len(queries), f"PostgreSQL takes only {len(written)} of {len(queries)}"
        agrees(house, server, database, written)


@test
def tpc_h_is_read_as_postgresql_reads_it(house):
    reads_a_corpus(house, "tpch", 0.9)


@test
def tpc_ds_is_read_as_postgresql_reads_it(house):
    reads_a_corpus(house, "tpcds", 0.9)


main()
