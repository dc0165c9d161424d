"""
What writes, judged by the data: scripts of inserts, updates, deletes, merges and tables made of queries run in SQLite and in PostgreSQL
on a dense database. What is changed in a table beforehand and then is seen in a column that the script writes must be told of it, along
all statements of the script. TAGLINE_RANDOM_SEED asks for other data, TAGLINE_SOAK=1 for more of them.
"""
import json
import os
import random
import sqlite3

import pg
from drive import SOAK, Skip, main, test

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = int(os.environ.get("TAGLINE_RANDOM_SEED", "1"))
ROWS = 8
# Primary keys keep the rows apart that an upsert meets.
TABLES = {
    "t": {"id": "integer", "email": "text", "name": "text", "age": "integer"},
    "u": {"id": "integer", "email": "text", "city": "text", "n": "integer"},
    "w": {"id": "integer", "a": "text", "b": "text", "c": "integer"},
    "k": {"id": "integer primary key", "a": "text", "b": "text", "c": "integer"},
    "log": {"id": "integer", "what": "text"},
}
SCHEMA = "".join(f"create table {t} ({', '.join(f'{c} {k}' for c, k in columns.items())});\n" for t, columns in TABLES.items())


def scripts(dialect):
    """(tables that it writes, SQL) of each of that dialect; the first line tells both: "-- sqlite postgres: w k"."""
    with open(os.path.join(HERE, "fixtures", "judge", "writes.sql"), encoding="utf-8") as f:
        for block in f.read().split("\n\n"):
            head, _, sql = block.strip().partition("\n")
            dialects, _, tables = head.removeprefix("-- ").partition(":")
            if dialect in dialects.split():
                yield tables.split(), sql


def values(chance, table, column):
    kind = TABLES[table][column]
    if "key" in kind:
        return None
    return chance.randint(0, 6) if kind == "integer" else chance.choice("a b ab x A".split())


def rows_of(chance, table):
    return [[i + 1 if "key" in k else values(chance, table, c) for c, k in TABLES[table].items()] for i in range(ROWS)]


def literal(value):
    return "null" if value is None else str(value) if isinstance(value, int) else f"'{value}'"


def filling(rows):
    return "".join(f"insert into {t} values {', '.join('(' + ', '.join(map(literal, row)) + ')' for row in of)};\n" for t, of in rows.items())


class InSqlite:
    def run(self, rows, sql, tables):
        """{table: {column: values, sorted}} behind the script; None where it fails on these data."""
        database = sqlite3.connect(":memory:", isolation_level=None)
        try:
            database.executescript(SCHEMA + filling(rows) + sql)
            found = {}
            for table in tables:
                cursor = database.execute(f"select * from {table}")
                of = cursor.fetchall()
                found[table] = {d[0]: sorted(repr(r[i]) for r in of) for i, d in enumerate(cursor.description)}
            return found
        except sqlite3.IntegrityError:
            return None
        finally:
            database.close()


class InPostgres:
    """All scripts of a round in one session, each rolled back."""

    def __init__(self, server):
        self.server = server
        self.database = server.database(SCHEMA)

    def run_all(self, asked):
        text = "\\set ON_ERROR_STOP 0\n"
        for n, (rows, sql, tables) in enumerate(asked):
            look = " || ".join(f"jsonb_build_object('{t}', (select jsonb_agg(to_jsonb(x)) from {t} x))" for t in tables)
            text += f"begin;\n{filling(rows)}{sql.rstrip().rstrip(';')};\nselect '#{n} ' || ({look})::text;\nrollback;\n"
        found = {}
        for line in self.server.sql(text, self.database).splitlines():
            if line.startswith("#"):
                n, _, told = line[1:].partition(" ")
                found[int(n)] = {t: {c: sorted(repr(r[c]) for r in of) for c in of[0]} if of else {} for t, of in json.loads(told).items()}
        return found


class Ours:
    """What flows into the columns of each table that a script leaves, along all of its statements."""

    def __init__(self, house, sql, dialect):
        house.write("schema.sql", SCHEMA)
        house.write("script.sql", sql)
        answer = house.run("lineage", "--json", "--dialect", dialect, "--schema", "schema.sql", "script.sql", code=None)
        self.edges, self.problems = [], []
        for line in answer.lines():
            if "problem" in line:
                self.problems.append(f"{line['problem']}: {sql}")
            elif "kind" in line:
                self.edges.append(line)

    def knows(self, target, column, source, of):
        """Whether that column of a table may have come to what the target's holds."""
        reached, grew = {(target, column), (target, None)}, True
        while grew:
            grew = False
            for e in self.edges:
                into = [(e["target"], e["target_column"])] if e["target_column"] else [r for r in reached if r[0] == e["target"]]
                if any(r in reached or (r[0], "*") in reached for r in into):
                    for new in ((e["source"], e["source_column"]), (e["source"], None)):
                        if new not in reached:
                            reached.add(new)
                            grew = True
        return (source, of) in reached or (source, "*") in reached


def compare(house, dialect, asked, told):
    """`asked`: (script, tables, changed place or None) in order, `told` the answers by number: the first of a script is unchanged."""
    wrong, influences, before, ours = [], 0, None, {}
    for n, (sql, tables, place) in enumerate(asked):
        after = told.get(n)
        if place is None:
            before = after
            continue
        if before is None or after is None:
            continue
        if sql not in ours:
            ours[sql] = Ours(house, sql, dialect)
            wrong += ours[sql].problems
        for table in tables:
            for column, found in after[table].items():
                was = before[table].get(column)
                # Its own column as it was is no flow.
                if found == was or place == (table, column):
                    continue
                influences += 1
                if not ours[sql].knows(table, column, *place):
                    wrong.append(f"{'.'.join(place)} changes {table}.{column} and is not told: {sql}")
    return wrong, influences


def changed(chance, of):
    """Each place of the tables, and rows of which half have another value there."""
    for table, columns in TABLES.items():
        for i, column in enumerate(columns):
            if "key" not in columns[column]:
                rows = {t: [list(r) for r in rs] for t, rs in of.items()}
                for row in rows[table]:
                    if chance.random() < 0.6:
                        row[i] = values(chance, table, column)
                yield (table, column), rows


def judged(house, dialect, run_all):
    chance, wrong, influences = random.Random(SEED), [], 0
    mine = list(scripts(dialect))
    for _ in range(10 if SOAK else 2):
        asked, runs = [], []
        of = {t: rows_of(chance, t) for t in TABLES}
        for tables, sql in mine:
            asked.append((sql, tables, None))
            runs.append((of, sql, tables))
            for place, rows in changed(chance, of):
                asked.append((sql, tables, place))
                runs.append((rows, sql, tables))
        told = run_all(runs)
        assert len(told) > 0.7 * len(runs), f"only {len(told)} of {len(runs)} ran"
        more, n = compare(house, dialect, asked, told)
        wrong += more
        influences += n
    print(f"      {len(mine)} scripts, {influences} influences")
    assert influences > 100
    assert not wrong, f"{len(set(wrong))} differences:\n" + "\n".join(sorted(set(wrong))[:40])


@test
def what_changes_a_written_column_in_sqlite_is_told(house):
    judge = InSqlite()
    judged(house, "sqlite", lambda runs: {n: found for n, run in enumerate(runs) if (found := judge.run(*run)) is not None})


@test
def what_changes_a_written_column_in_postgresql_is_told(house):
    try:
        server = pg.Server()
    except pg.Missing as why:
        raise Skip(why) from None
    with server:
        judged(house, "postgres", InPostgres(server).run_all)


main()
