"""
Two more judges, on SQLite's dialect. Its authorizer says every column that a query reads while it is prepared, and its column metadata
where a bare output column comes from. And the data itself: what changes an output when it is changed must be among what we say is used.
TAGLINE_RANDOM_SEED asks for other queries, TAGLINE_SOAK=1 for many more.
"""
import ctypes
import ctypes.util
import os
import random
import sqlite3

import sql_random
from drive import SOAK, Skip, main, test
from judging import ours

SEED = int(os.environ.get("TAGLINE_RANDOM_SEED", "1"))
TABLES = {name: columns for name, columns in sql_random.TABLES.items() if "." not in name}
SCHEMA = "".join(f"create table {table} ({', '.join(f'{c} {t}' for c, t in columns.items())});\n" for table, columns in TABLES.items())
ROWS, MOST_STEPS = 12, 400_000


class Generator(sql_random.Generator):
    """The same, of what SQLite has: no laterals, no lists of columns behind aliases, functions of its own."""
    TABLES = TABLES
    LITERALS = {"int": "7", "text": "'x'", "numeric": "1.5", "date": "'2020-01-01'", "timestamp": "'2020-01-01'", "boolean": "1"}

    def leaf(self, kind, scope):
        found = scope.columns(kind, self.chance)
        return self.chance.choice(found)[0] if found and self.chance.random() < 0.9 else self.LITERALS[kind]

    def expression(self, kind, scope, depth):
        if depth <= 0 or self.chance.random() < 0.3:
            return self.leaf(kind, scope)
        again = lambda k=kind: self.expression(k, scope, depth - 1)  # noqa: E731
        if self.chance.random() < 0.25:
            return self.pick(
                lambda: f"case when {self.condition(scope, depth - 1)} then {again()} else {again()} end",
                lambda: f"case {again('text')} when 'a' then {again()} when {again('text')} then {again()} end",
                lambda: f"coalesce({again()}, {again()})", lambda: f"nullif({again()}, {again()})", lambda: f"max({again()}, {again()})",
                lambda: f"iif({self.condition(scope, depth - 1)}, {again()}, {again()})",
                lambda: f"({self.scalar(kind, scope, depth - 1)})")()
        return {
            "text": lambda: self.pick(
                lambda: f"upper({again()})", lambda: f"{again()} || '-' || {again()}", lambda: f"substr({again()}, 1, 3)",
                lambda: f"cast({again('int')} as text)", lambda: f"hex({again()})", lambda: f"trim({again()})",
                lambda: f"replace({again()}, 'a', {again()})", lambda: f"strftime('%Y', {again('date')})")(),
            "int": lambda: self.pick(
                lambda: f"({again()} + {again()})", lambda: f"length({again('text')})", lambda: f"abs({again()})",
                lambda: f"({again()} % 7)", lambda: f"-({again()})", lambda: f"instr({again('text')}, 'a')")(),
            "numeric": lambda: self.pick(lambda: f"({again()} * {again('int')})", lambda: f"round({again()}, 1)")(),
            "date": lambda: f"date({again()}, '+1 day')", "timestamp": lambda: f"datetime({again()}, '+1 hour')",
            "boolean": lambda: f"({self.condition(scope, depth - 1)})",
        }[kind]()

    def condition(self, scope, depth):
        kind = self.pick("int", "text", "numeric", "date")
        one = lambda k=kind: self.expression(k, scope, depth - 1)  # noqa: E731
        return self.pick(
            lambda: f"{one()} = {one()}", lambda: f"{one()} > {one()}", lambda: f"{one()} is null", lambda: f"{one('text')} like '%a%'",
            lambda: f"{one()} between {one()} and {one()}", lambda: f"{one()} in ({one()}, {one()})", lambda: f"{one()} is not {one()}",
            lambda: f"not ({self.condition(scope, depth - 1)})" if depth > 0 else "true",
            lambda: f"{one()} in ({self.scalar(kind, scope, depth - 1)})" if depth > 0 else "true",
            lambda: f"exists ({self.scalar(kind, scope, depth - 1)})" if depth > 0 else "true")()

    def aggregated(self, scope):
        """
        Its own columns. An aggregate of nothing but columns around it belongs to the query around, and then SQLite takes that query's
        other columns from the row that has the maximum, even where nobody takes the maximum.
        """
        alone = sql_random.Scope()
        alone.items = scope.items
        return alone

    def relation(self, scope, depth):
        alias, way = self.name("t"), self.chance.random()
        if self.ctes and way < 0.25:
            name, columns = self.chance.choice(self.ctes)
            return f"{name} {alias}", alias, columns
        if way < 0.7 or depth <= 0:
            table = self.chance.choice(list(TABLES))
            return f"{table} {alias}", alias, list(TABLES[table].items())
        sql, columns = self.query(depth - 1)
        return f"({sql}) {alias}", alias, columns

    def aggregate(self, kind, argument, scope):
        return {"int": self.pick(f"count({argument})", f"max({argument})", f"sum({argument})"),
                "text": self.pick(f"min({argument})", f"group_concat({argument}, ',')"),
                "numeric": self.pick(f"avg({argument})", f"sum({argument}) filter (where {self.condition(scope, 1)})")}.get(kind, f"max({argument})")


class Ordered(Generator):
    """Without what depends on the order in which rows are found: the same rows in another order are the same answer."""

    def window(self, argument, over):
        return self.pick(f"max({argument}) {over}", f"min({argument}) {over}", f"count({argument}) {over}", f"rank() {over}")

    def aggregate(self, kind, argument, scope):
        return f"min({argument})" if kind == "text" else super().aggregate(kind, argument, scope)

    def scalar(self, kind, scope, depth):
        inner = sql_random.Scope(scope)
        source = self.sources(inner, depth - 1)
        where = f" where {self.condition(inner, depth - 1)}" if self.chance.random() < 0.6 else ""
        return f"select max({self.expression(kind, self.aggregated(inner), depth - 1)}) from {source}{where}"


def queries(n, seed, generator=Generator):
    chance = random.Random(seed)
    return [generator(chance).query(2)[0] for _ in range(n)]


def dense(chance):
    """A database in which most conditions hold for some rows and not for others."""
    values = {"int": lambda: chance.randint(0, 9), "text": lambda: chance.choice(["a", "b", "ab", "x", "ca@b", "A"]),
              "numeric": lambda: chance.choice([0.5, 1.5, 2, 3, 7]), "boolean": lambda: chance.randint(0, 1),
              "date": lambda: f"20{chance.randint(19, 21)}-0{chance.randint(1, 9)}-01",
              "timestamp": lambda: f"2020-01-0{chance.randint(1, 9)} 0{chance.randint(1, 9)}:00:00"}
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.executescript(SCHEMA)
    for table, columns in TABLES.items():
        rows = [[values[t]() if chance.random() > 0.1 else None for t in columns.values()] for _ in range(ROWS)]
        database.executemany(f"insert into {table} values ({', '.join('?' * len(columns))})", rows)
    return database, values


def reads(database, sql):
    """What the authorizer is asked for."""
    found = set()

    def asked(action, table, column, _schema, _view):
        if action == sqlite3.SQLITE_READ and column:
            found.add((table, column))
        return sqlite3.SQLITE_OK

    database.set_authorizer(asked)
    try:
        database.execute("explain " + sql).close()
    finally:
        database.set_authorizer(None)
    return found


class Metadata:
    """sqlite3_column_table_name and sqlite3_column_origin_name (built with SQLITE_ENABLE_COLUMN_METADATA) of a query's outputs."""

    def __init__(self):
        name = ctypes.util.find_library("sqlite3")
        self.lib = ctypes.CDLL(name) if name else None
        if not self.lib or not hasattr(self.lib, "sqlite3_column_origin_name"):
            raise Skip("this SQLite has no column metadata")
        for f in ("sqlite3_column_table_name", "sqlite3_column_origin_name", "sqlite3_column_name"):
            getattr(self.lib, f).restype = ctypes.c_char_p
        self.database = ctypes.c_void_p()
        self.lib.sqlite3_open(b":memory:", ctypes.byref(self.database))
        self.lib.sqlite3_exec(self.database, SCHEMA.encode(), None, None, None)

    def origins(self, sql):
        """{output: (table, column)} of those that are a column as it is."""
        statement, found = ctypes.c_void_p(), {}
        if self.lib.sqlite3_prepare_v2(self.database, sql.encode(), -1, ctypes.byref(statement), None):
            return found
        for i in range(self.lib.sqlite3_column_count(statement)):
            table, column, name = (getattr(self.lib, f)(statement, i) for f in
                                   ("sqlite3_column_table_name", "sqlite3_column_origin_name", "sqlite3_column_name"))
            if table and column:
                found[name.decode()] = (table.decode(), column.decode())
        self.lib.sqlite3_finalize(statement)
        return found


def accepted(texts):
    database = sqlite3.connect(":memory:")
    database.executescript(SCHEMA)
    taken = {}
    for i, sql in enumerate(texts):
        try:
            taken[f"q{i}"] = (sql, reads(database, sql))
        except sqlite3.Error:
            continue
    return taken


@test
def the_authorizer_reads_what_we_say_is_used(house):
    metadata, wrong = Metadata(), []
    taken = accepted(queries(20000 if SOAK else 2000, SEED))
    found, problems = ours(house, SCHEMA, {name: sql for name, (sql, _) in taken.items()}, "sqlite")
    n_origins = 0
    for name, (sql, read) in taken.items():
        besides = found[name][None] - read
        # Of "using" SQLite reports the left column alone, and a with query that nobody reads it does not even look at.
        if besides and " using " not in sql and "with " not in sql:
            wrong.append(f"uses besides {sorted(besides)}: {sql}")
        for output, origin in metadata.origins(sql).items():
            n_origins += 1
            if origin not in found[name].get(output, set()) and " union " not in sql:
                wrong.append(f"{output} is not made of {origin}: {sql}")
    print(f"      {len(taken)} queries, {n_origins} origins")
    assert len(taken) > 1000 and n_origins > 300, (len(taken), n_origins)
    assert not problems and not wrong, "\n".join((problems + wrong)[:25])


def answer(database, sql):
    """Each output column's values, sorted; None where the query takes too long or fails on these data."""
    steps = [0]

    def stop():
        steps[0] += 1
        return steps[0] > MOST_STEPS // 1000

    database.set_progress_handler(stop, 1000)
    try:
        cursor = database.execute(sql)
        rows = cursor.fetchall()
        return [sorted(map(repr, column)) for column in zip(*rows)] if rows else []
    except sqlite3.Error:
        return None
    finally:
        database.set_progress_handler(None, 0)


@test
def what_changes_an_output_is_among_what_it_uses(house):
    chance = random.Random(SEED)
    taken = accepted([sql for sql in queries(6000 if SOAK else 700, SEED + 7, Ordered) if " limit " not in sql])
    found, problems = ours(house, SCHEMA, {name: sql for name, (sql, _) in taken.items()}, "sqlite")
    database, values = dense(chance)
    wrong, moved, silent = [], 0, 0
    before = {name: answer(database, sql) for name, (sql, _) in taken.items()}
    for table, columns in TABLES.items():
        for column, kind in columns.items():
            database.execute("begin")
            for row in range(1, ROWS + 1):
                if row % 2:
                    database.execute(f"update {table} set {column} = ? where rowid = ?", (values[kind](), row))
            for name, (sql, _) in taken.items():
                after = answer(database, sql) if before[name] is not None else None
                if after is None or after == before[name]:
                    continue
                if (table, column) not in found[name][None]:
                    wrong.append(f"{table}.{column} changes it and is not used: {sql}")
                moved += 1
            database.execute("rollback")
    silent = sum(1 for a in before.values() if a is None)
    print(f"      {len(taken)} queries ({silent} too slow), {moved} influences")
    assert moved > 500, moved
    assert not problems and not wrong, "\n".join((problems + wrong)[:25])


main()
