"""The same query as each dialect spells it has the same edges: tests/fixtures/same/queries.txt holds them by groups."""
import os
import re

from drive import main, test

HERE = os.path.dirname(os.path.abspath(__file__))
ALL = ["ansi", "postgres", "redshift", "snowflake", "trino", "sqlite", "duckdb", "bigquery", "spark"]
SCHEMA = """
create table t (id integer, email varchar(100), name varchar(100), v varchar(100), ts timestamp, arr varchar(100));
create table u (id integer, email varchar(100), city varchar(100));
create table u2 (id integer, email varchar(100), v integer);
create table w (a integer, b varchar(100));
"""


def groups():
    with open(os.path.join(HERE, "fixtures", "same", "queries.txt"), encoding="utf-8") as f:
        for block in re.split(r"^=== ", f.read(), flags=re.M)[1:]:
            name, *spellings = re.split(r"^--- ", block, flags=re.M)
            yield name.strip(), [(s.split("\n", 1)[0].split(), s.split("\n", 1)[1].strip()) for s in spellings]


def edges(house, dialect, queries):
    """Of each: its edges without places, names in lower case; or what was not understood."""
    house.write("schema.sql", SCHEMA)
    house.write("queries.sql", "".join(f"{sql};\n" for sql in queries))
    answer = house.run("lineage", "--json", "--dialect", dialect, "--schema", "schema.sql", "queries.sql", code=None)
    found = [set() for _ in queries]
    for line in answer.lines():
        if "problem" in line:
            found[line["statement"] - 1].add(line["problem"])
            continue
        named = [line.get(k) for k in ("target", "target_column", "source", "source_column", "source_path", "kind", "effect", "confidence", "reads")]
        found[line["statement"] - 1].add(tuple(x.lower() if isinstance(x, str) else x for x in named))
    return found


@test
def each_group_has_the_same_edges_in_every_dialect(house):
    spelled = {}
    for name, spellings in groups():
        for dialects, sql in spellings:
            for dialect in ALL if dialects == ["all"] else dialects:
                spelled.setdefault(dialect, []).append((name, sql))
    assert set(spelled) == set(ALL)
    by_group = {}
    for dialect, asked in spelled.items():
        for (name, sql), found in zip(asked, edges(house, dialect, [sql for _, sql in asked])):
            by_group.setdefault(name, []).append((dialect, sql, found))
    wrong = []
    for name, told in by_group.items():
        assert len(told) > 1 and told[0][2], told
        wrong += [f"{name}: {dialect}: {sql}\n    lacks {sorted(told[0][2] - found, key=str)}, has besides {sorted(found - told[0][2], key=str)}"
                  for dialect, sql, found in told if found != told[0][2]]
    print(f"      {len(by_group)} groups, {sum(map(len, by_group.values()))} spellings")
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong)


main()
