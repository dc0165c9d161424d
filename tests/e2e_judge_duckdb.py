"""
DuckDB as a judge of its own dialect, where PyPI's duckdb is (build/venv-duckdb, or any that this Python finds): what changes an output
when it is changed must be among what that output is made of or steered by; fields of structs and of JSON are changed one by one. And
its names of outputs are ours. TAGLINE_RANDOM_SEED asks for other data and queries, TAGLINE_SOAK=1 for more of them.
"""
import glob
import json
import os
import random
import re
import sys

from drive import SOAK, Skip, main, test

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = int(os.environ.get("TAGLINE_RANDOM_SEED", "1"))
ROWS = 10
# As many rows may come of other ones: these are judged as a whole.
MULTIPLIES = re.compile("unpivot|unnest|generate_series|json_each|json_tree")
TEXTS = ["a", "b", "ab", "x", "ca@b", "A", "3"]
KINDS = {
    "integer": lambda c: c.randint(0, 6), "varchar": lambda c: c.choice(TEXTS), "decimal": lambda c: c.choice([0.5, 1.5, 2, 3, 7]),
    "boolean": lambda c: c.random() < 0.5, "date": lambda c: f"20{c.randint(19, 21)}-0{c.randint(1, 9)}-01",
    "timestamp": lambda c: f"20{c.randint(19, 21)}-01-0{c.randint(1, 9)} 0{c.randint(1, 9)}:00:00",
    "tags": lambda c: [c.choice(TEXTS) for _ in range(c.randint(1, 3))], "props": lambda c: {k: c.randint(0, 6) for k in "ab"},
}
# Of each table its columns, and of a column with fields those: {"path": kind}.
TABLES = {
    "users": {"id": "integer", "email": "varchar", "name": "varchar", "country": "varchar", "age": "integer", "born": "date"},
    "orders": {"id": "integer", "user_id": "integer", "amount": "decimal", "placed": "timestamp", "note": "varchar", "country": "varchar"},
    "items": {"order_id": "integer", "sku": "varchar", "amount": "decimal", "gift": "boolean"},
    "pairs": {"id": "integer", "email": "varchar", "other": "integer"},
    "events": {"id": "integer", "body": {"user.email": "varchar", "kind": "varchar", "n": "integer"}, "tags": "tags",
               "who": {"name": "varchar", "address.city": "varchar", "address.zip": "integer"}, "props": "props", "seen": "timestamp"},
    "months": {"id": "integer", "jan": "integer", "feb": "integer", "mar": "integer"},
}


def library():
    sys.path += glob.glob(os.path.join(HERE, "..", "build", "venv-duckdb", "lib", "python3*", "site-packages"))
    try:
        import duckdb
    except ImportError:
        raise Skip("no duckdb (python3 -m venv build/venv-duckdb; build/venv-duckdb/bin/pip install duckdb)") from None
    return duckdb


def fixture(name):
    with open(os.path.join(HERE, "fixtures", "judge", name), encoding="utf-8") as f:
        return f.read()


def put(value, path, leaf):
    head, _, rest = path.partition(".")
    if rest:
        put(value.setdefault(head, {}), rest, leaf)
    else:
        value[head] = leaf


class Data:
    """Rows of all tables in DuckDB, each value one of few, so that most conditions hold for some and not for others."""

    def __init__(self, duckdb, schema, chance):
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute(schema)
        self.chance, self.error = chance, duckdb.Error
        self.rows = {t: [{c: self.value(kind) for c, kind in columns.items()} for _ in range(ROWS)] for t, columns in TABLES.items()}
        for table in TABLES:
            self.store(table, self.rows[table])

    def value(self, kind):
        if isinstance(kind, dict):
            made = {}
            for path, leaf in kind.items():
                put(made, path, self.value(leaf))
            return made
        return KINDS[kind](self.chance) if self.chance.random() > 0.07 else None

    def store(self, table, rows):
        self.connection.execute(f"delete from {table}")
        kinds = {"body": "json", "who": "struct(name varchar, address struct(city varchar, zip integer))", "props": "map(varchar, integer)"}
        places = ", ".join(f"cast(cast(? as json) as {kinds[c]})" if c in kinds else "?" for c in TABLES[table])
        for row in rows:
            self.connection.execute(f"insert into {table} values ({places})",
                                    [json.dumps(v) if isinstance(v, dict) else v for v in row.values()])

    def changes(self):
        """Each place of the schema: (table, column, path), with half of its rows changed while it is looked at."""
        for table, columns in TABLES.items():
            for column, kind in columns.items():
                for path in kind if isinstance(kind, dict) else (None,):
                    rows = json.loads(json.dumps(self.rows[table]))
                    for row in rows:
                        if self.chance.random() < 0.6:
                            if path:
                                put(row[column] or row, path, self.value(kind[path]))
                            else:
                                row[column] = self.value(kind)
                    self.store(table, rows)
                    yield table, column, path
            self.store(table, self.rows[table])

    def answer(self, sql):
        """Its outputs' names and of each the values, sorted; None where these data do not fit."""
        try:
            names = [d[0] for d in self.connection.execute(sql).description]
            rows = self.connection.fetchall()
        except self.error:
            return None
        return names, [sorted(map(repr, column)) for column in zip(*rows)] if rows else [[] for _ in names]

    def names(self, sql):
        """Its outputs' names; None where DuckDB does not take it."""
        try:
            return [d[0] for d in self.connection.execute(sql).description]
        except self.error:
            return None


class Ours:
    """What we say of each query: what each output takes, what steers it, what was not understood."""

    def __init__(self, house, schema, asked):
        house.write("schema.sql", schema)
        text, self.names, self.numbers = "", list(asked), {}
        n = 0
        for name, (sql, outputs) in asked.items():
            one = ", ".join('"' + o.replace('"', '""') + '"' for o in outputs)
            text += f"create table {name} as\n{sql}\n;\n"
            self.numbers[n + 1] = (name, False)
            n += 1
            # Asking for the outputs by name tells those that we do not have, also such as no column flows into.
            if len({o.lower() for o in outputs}) == len(outputs):
                text += f"select {one} from {name};\n"
                self.numbers[n + 1] = (name, True)
                n += 1
        house.write("queries.sql", text)
        answer = house.run("lineage", "--json", "--dialect", "duckdb", "--schema", "schema.sql", "queries.sql", code=None)
        self.edges, self.problems = {name: [] for name in asked}, []
        for line in answer.lines():
            name, is_asking = self.numbers[line["statement"]]
            if "problem" in line:
                self.problems.append(f"{line['problem']}{' (asked for by name)' if is_asking else ''}: {asked[name][0]}")
            elif not is_asking and "kind" in line:
                self.edges[name].append(line)

    def knows(self, name, output, place):
        """Whether a change of that place may change that output; None: the query."""
        table, column, path = place
        for e in self.edges[name]:
            if e["target_column"] is not None and output is not None and e["target_column"].lower() not in (output.lower(), "*"):
                continue
            if (e["source"].lower(), e["source_column"].lower()) not in ((table, column), (table, "*")):
                continue
            told = e.get("source_path")
            if path is None or told is None or (path + ".").startswith(told + ".") or (told + ".").startswith(path + "."):
                return True
        return False


def judged(house, texts, rounds):
    """Differences, and how many queries and influences there were."""
    duckdb = library()
    schema = fixture("duckdb_schema.sql")
    chance = random.Random(SEED)
    data = Data(duckdb, schema, chance)
    asked = {}
    for i, sql in enumerate(texts, 1):
        outputs = data.names(sql)
        if outputs is not None:
            asked[f"q{i:04}"] = (sql, outputs)
    ours = Ours(house, schema, asked)
    wrong, influences = list(ours.problems), 0
    for name, (sql, outputs) in asked.items():
        told = {e["target_column"] for e in ours.edges[name]} - {None, "*"}
        for extra in {t.lower() for t in told} - {o.lower() for o in outputs}:
            wrong.append(f"there is no output {extra} (but {outputs}): {sql}")
    seen = set()
    for n in range(rounds):
        data = Data(duckdb, schema, chance) if n else data
        before = {name: data.answer(sql) for name, (sql, _) in asked.items()}
        for place in data.changes():
            for name, (sql, outputs) in asked.items():
                if before[name] is None:
                    continue
                after = data.answer(sql)
                if after is None or after == before[name]:
                    continue
                (names, was), (names_now, now) = before[name], after
                # Where there are other rows, or the data name the outputs (a pivot), it is the query that changes.
                is_same = names == names_now and list(map(len, was)) == list(map(len, now)) and not MULTIPLIES.search(sql)
                for output in [o for o, a, b in zip(names, was, now) if a != b] if is_same else [None]:
                    influences += (name, place, output) not in seen
                    if (name, place, output) not in seen and not ours.knows(name, output, place):
                        wrong.append(f"{'.'.join(filter(None, place))} changes {output} and is not told: {sql}")
                    seen.add((name, place, output))
    return asked, influences, wrong


@test
def what_duckdb_is_asked_is_told_whole_and_by_its_names(house):
    texts = [q.strip() for q in fixture("duckdb.sql").split(";\n") if q.strip()]
    asked, influences, wrong = judged(house, texts, 10 if SOAK else 2)
    print(f"      {len(asked)} of {len(texts)} queries, {influences} influences")
    if len(asked) < 0.9 * len(texts):  # a library of another year
        raise Skip(f"this duckdb takes {len(asked)} of {len(texts)} queries only")
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:200])


def wrapped(chance, data, texts):
    """Queries over those queries: what a star, an edit of one, a name, a union by name says of them."""
    known = [(sql, names) for sql in texts if (names := data.names(sql)) and len({n.lower() for n in names}) == len(names)
             and all(re.fullmatch("[a-z_]\\w*", n) for n in names) and not sql.startswith(("pivot", "unpivot", "with recursive"))]
    while True:
        sql, names = chance.choice(known)
        other, others = chance.choice(known)
        one, two = (chance.choice(of) for of in (names, others))
        if MULTIPLIES.search(sql + other):
            continue  # how many rows there are, its own fixture tells
        yield chance.choice((
            f"select * from ({sql}) x", f"with c as ({sql}) from c", f"with c as materialized ({sql}) select c.* from c",
            f"from ({sql})", f'select x."{one}" as "It" from ({sql}) x', f"select * rename ({one} as other_name) from ({sql})",
            f"select * exclude ({one}) from (select 1 as one_more, * from ({sql}))", f"select * replace ([{one}] as {one}) from ({sql}) x",
            f"select columns('(?i)^{one}$') from ({sql})", f"select count(columns(*)) from ({sql})", f"select columns(*) is null from ({sql})",
            f"select {{'v': x.{one}}} as s, s.v as v from ({sql}) x", f"select x from ({sql}) x", f"select x.{one} from (select x from ({sql}) x)",
            f"(select * from ({sql})) union all by name (select {two} from ({other}))",
            f"select a.{one} as o, b.{two} as t from ({sql}) a cross join ({other}) b",
            f"select a.{one} as o, (select count(b.{two}) from ({other}) b) as t from ({sql}) a",
            f"select {one}, count(*) as how_many from ({sql}) group by all", f"select {one} as k, k is null as n from ({sql}) where k is not null",
            f"select {one} from ({sql}) where exists (from ({other}) where {two} is null)",
            f"select max({one}) over (partition by {names[-1]}) as m from ({sql})", f"from ({sql}) x positional join ({other}) y select x.{one} as o",
            f"select list(x.{one} order by x.{one}) as l from ({sql}) x", f"select distinct {one} as d from ({sql}) x where x is not null"))


@test
def queries_over_those_are_told_whole_and_by_their_names(house):
    duckdb = library()
    chance = random.Random(SEED)
    data = Data(duckdb, fixture("duckdb_schema.sql"), chance)
    texts = [q.strip() for q in fixture("duckdb.sql").split(";\n") if q.strip()]
    made = wrapped(chance, data, texts)
    asked, influences, wrong = judged(house, [next(made) for _ in range(4000 if SOAK else 350)], 1)
    print(f"      {len(asked)} queries, {influences} influences")
    assert influences > 500
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:60])


if __name__ == "__main__":
    main()
