"""Random queries: our edges are PostgreSQL's. TAGLINE_SOAK=1 asks for many more; TAGLINE_RANDOM_SEED for others."""
import os
import random

import pg
import pg_rewrite
import sql_random
import sql_wide
from drive import SOAK, Skip, main, test
from judging import ddl, definitions, differences, misused, ours

SEED = int(os.environ.get("TAGLINE_RANDOM_SEED", "1"))


def load(server, queries):
    """The views that PostgreSQL takes: {name: SQL}."""
    database = server.database(sql_wide.SCHEMA)
    text = "".join(f"create view public.q{n:05} as\n{query}\n;\n" for n, query in enumerate(queries, 1))
    server.sql("\\set ON_ERROR_STOP 0\n" + text, database)
    taken = set(server.sql("select viewname from pg_views where schemaname = 'public'", database).split())
    return database, {f"public.q{n:05}": query for n, query in enumerate(queries, 1) if f"q{n:05}" in taken}


@test
def random_queries_are_read_as_postgresql_reads_them(house):
    compared, wrong = 0, []
    try:
        server = pg.Server()
    except pg.Missing as why:
        raise Skip(why) from None
    with server:
        for batch in range(50 if SOAK else 1):
            chance = random.Random(SEED * 1000 + batch)
            queries = [(sql_wide.Wide if n % 2 else sql_random.Generator)(chance).query(3)[0] for n in range(3000)]
            database, written = load(server, queries)
            judge = pg_rewrite.Judge(server, database)
            judged = judge.views
            schema = ddl(server, database)
            for how, views in (("as given back", definitions(server, database)), ("as written", written)):
                found, problems = ours(house, schema, views)
                wrong += [f"{how}: {text}" for text in problems]
                for text in (*differences({v: judged[v] for v in views}, found), *misused(judge, found)):
                    view = text.split(":")[0].rsplit(".", 1)[0]
                    wrong.append(f"{how}: {text}\n    {' '.join(views.get(view, '').split())}")
            compared += len(written)
            server.sql(f"drop database {database}")
    print(f"      {compared} queries compared")
    assert compared >= (100000 if SOAK else 2000), f"PostgreSQL took only {compared}"
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(sorted(wrong, key=len)[:25])


main()
