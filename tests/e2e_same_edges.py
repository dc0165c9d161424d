"""
What may not change the edges of a query: wrapping it, naming it, how it is laid out, quoted and cased, what its aliases are called, in which
order its columns stand. TAGLINE_RANDOM_SEED asks for other queries, TAGLINE_SOAK=1 for many more.
"""
import os
import random
import re

import sql_random
from drive import SOAK, main, test

SEED = int(os.environ.get("TAGLINE_RANDOM_SEED", "1"))
WORD = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[a-z_][a-z_0-9]*|\s+|.", re.S)
NAMES = {n for table, columns in sql_random.TABLES.items() for n in (*table.split("."), *columns)}


def tokens(sql):
    return [t for t in WORD.findall(sql) if not t.isspace()]


def is_name(token):
    return token in NAMES or re.fullmatch(r"[a-z]\d+", token) is not None


def wrapped(sql, _):
    return f"select * from ({sql}) whole"


def in_a_with_query(sql, _):
    return f"with whole as ({sql}) select whole.* from whole"


def twice_in_a_with_query(sql, _):
    return f"with first_one as ({sql}), second_one as (select * from first_one) select * from second_one"


def in_parentheses(sql, _):
    return f"(({sql}))"


def in_upper_case(sql, _):
    return " ".join(t if t[0] in "'\"" else t.upper() for t in tokens(sql)).replace(" . ", ".").replace(": :", "::")


def quoted(sql, _):
    return re.sub(r" (\.) ", r"\1", " ".join(f'"{t}"' if is_name(t) else t for t in tokens(sql))).replace(": :", "::").replace("| |", "||")


def laid_out_otherwise(sql, chance):
    gaps = (" ", "\n", "\t", "\r\n", " -- it's \"nothing\"\n", " /* nor ' is */ ", " /* /* nested */ */ ")
    return re.sub(r"\s+", lambda _: chance.choice(gaps), sql)


def with_other_aliases(sql, _):
    """Tables' aliases alone (t1, s7, w3): what columns are called is seen."""
    return re.sub(r"\b([tsw])(\d+)\b", r"\1\2_of_another_name", sql)


def told_twice(sql, _):
    """The same from both sides of union all."""
    return f"select * from ({sql}) one union all select * from ({sql}) two"


WAYS = (wrapped, in_a_with_query, twice_in_a_with_query, in_parentheses, in_upper_case, quoted, laid_out_otherwise, with_other_aliases,
        told_twice)


def edges(house, queries):
    """Of each query: {(target column, source, source column, kind, effect)}; and the problems of all."""
    house.write("schema.sql", sql_random.SCHEMA)
    house.write("queries.sql", "".join(f"create view v{n} as\n{sql}\n;\n" for n, sql in enumerate(queries)))
    answer = house.run("lineage", "--json", "--dialect", "postgres", "--schema", "schema.sql", "queries.sql", code=None)
    found, problems = [set() for _ in queries], []
    for line in answer.lines():
        n = line["statement"] - 1
        if "problem" in line:
            problems.append(f"{line['problem']}: {queries[n]}")
        elif "kind" in line:
            found[n].add((line["target_column"], line["source"], line["source_column"], line["kind"], line["effect"]))
    return found, problems


@test
def what_changes_nothing_changes_no_edge(house):
    chance, wrong, compared = random.Random(SEED), [], 0
    for _ in range(20 if SOAK else 1):
        queries = [sql_random.Generator(chance).query(3)[0] for _ in range(400)]
        plain, problems = edges(house, queries)
        # what the generator made is not always right: such queries are not asked about
        wrong_ones = {text.split(": ", 1)[1] for text in problems}
        queries, plain = zip(*((q, e) for q, e in zip(queries, plain) if q not in wrong_ones))
        assert len(queries) > 300, problems[:5]
        for way in WAYS:
            others = [way(sql, chance) for sql in queries]
            found, problems = edges(house, others)
            wrong += [f"{way.__name__}: {text}" for text in problems]
            for sql, before, after in zip(others, plain, found):
                compared += 1
                if before != after:
                    wrong.append(f"{way.__name__}: lacks {sorted(before - after, key=str)}, has besides {sorted(after - before, key=str)}: {sql}")
    print(f"      {compared} pairs")
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:25])


@test
def columns_in_another_order_keep_their_edges(house):
    chance = random.Random(SEED + 1)
    made = [sql_random.Generator(chance).query(2) for _ in range(300)]
    asked, turned = [], []
    for sql, columns in made:
        names = [name for name, _ in columns]
        chance.shuffle(names)
        asked.append(f"select * from ({sql}) q")
        turned.append(f"select {', '.join(names)} from ({sql}) q")
    (plain, told), (other, told_other) = edges(house, asked), edges(house, turned)
    known = {text.split(" from (", 1)[1] for text in told + told_other}
    pairs = [(a, b, sql) for a, b, sql in zip(plain, other, asked) if sql.split(" from (", 1)[1] not in known]
    assert len(pairs) > 200, (told + told_other)[:5]
    wrong = [sql for a, b, sql in pairs if a != b]
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:10])


main()
