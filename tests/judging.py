"""What the two judges share: relations as DDL, views as PostgreSQL gives them back, our edges, and where they differ."""
import json


def ddl(server, database):
    """All relations of the database as create table statements: what a schema file would say."""
    return server.sql(
        "select format('create table %I.%I (%s);', n.nspname, c.relname, string_agg(format('%I %s', a.attname, "
        "format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.relkind in ('r', 'v', 'm', 'p', 'f') "
        "and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') group by n.nspname, c.relname", database)


def definitions(server, database):
    """{"schema.view": its SQL as PostgreSQL gives it back}."""
    rows = json.loads(server.sql(
        "select coalesce(json_object_agg(n.nspname || '.' || c.relname, pg_get_viewdef(c.oid)), '{}') from pg_class c "
        "join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') "
        "and n.nspname not in ('pg_catalog', 'information_schema')", database))
    return rows


def ours(house, schema, views, dialect="postgres"):
    """
    {view: {column: sources}} as `tagline lineage --json` says, and what it did not understand. Under None stands what each view uses
    anywhere, its values and what steers it.
    """
    house.write("schema.sql", schema)
    names = list(views)
    house.write("views.sql", "".join(f"create view {name} as\n{sql.rstrip().rstrip(';')}\n;\n" for name, sql in views.items()))
    answer = house.run("lineage", "--json", "--dialect", dialect, "--schema", "schema.sql", "views.sql", code=None)
    found, problems = {name: {None: set()} for name in names}, []
    for line in answer.lines():
        name = names[line["statement"] - 1]
        if "problem" in line:
            problems.append(f"{name}: {line['problem']} at {line['line']}:{line['column']}")
            continue
        if "kind" not in line:
            continue
        found[name][None].add((line["source"], line["source_column"]))
        if line["target_column"] is not None and line["kind"] in ("identity", "transformation", "aggregation", "conditional", "filter"):
            found[name].setdefault(line["target_column"], set()).add((line["source"], line["source_column"]))
    return found, problems


def differences(judged, found):
    for view, columns in judged.items():
        for column, sources in columns.items():
            mine = found[view].get(column, set())
            if mine != sources:
                yield f"{view}.{column}: lacks {sorted(sources - mine)}, has too many {sorted(mine - sources)}"
        for column in found[view].keys() - columns.keys() - {None}:
            yield f"{view}.{column}: there is no such column"


def misused(judge, found):
    """
    What a view uses: all that its values are made of and all that steers it, and nothing that PostgreSQL does not depend on for it. Between
    the two stand columns that an inner query gives and no outer one takes.
    """
    for view, columns in found.items():
        least = judge.steering[view].union(*judge.views[view].values())
        most = judge.used.get(view, set()).union(*judge.views[view].values())
        if not least <= columns[None] <= most:
            yield f"{view}.*: does not use {sorted(least - columns[None])}, uses besides {sorted(columns[None] - most)}"
