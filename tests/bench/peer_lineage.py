"""
peer_lineage.py CORPUS QUERIES: column lineage of a corpus (a line with the schema, then lines with "sql") by others, as one JSON object of
queries a CPU second: openlineage-sql (Rust) without a catalogue, all queries many times; sqlglot with one (parse, qualify, lineage of all
columns in one call a column), the first QUERIES of them.
"""
import itertools
import json
import sys
import time


def corpus(path):
    with open(path, encoding="utf-8") as f:
        lines = [json.loads(line) for line in f]
    return [line["sql"] for line in lines if "sql" in line], next(line["tables"] for line in lines if "tables" in line)


def openlineage(queries):
    from openlineage_sql import parse

    times = max(1, 400 // len(queries))
    began = time.process_time()
    for query in itertools.chain.from_iterable(itertools.repeat(queries, times)):
        parse([query], dialect="postgres")
    return len(queries) * times / (time.process_time() - began)


def sqlglot_lineage(queries, tables):
    import sqlglot
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify

    began = time.process_time()
    for query in queries:
        tree = qualify(sqlglot.parse_one(query, read="postgres"), schema=tables, dialect="postgres")
        for name in dict.fromkeys(tree.named_selects):
            lineage(name, tree, schema=tables, dialect="postgres")
    return len(queries) / (time.process_time() - began)


def main():
    queries, tables = corpus(sys.argv[1])
    figures = {}
    for name, run in (("openlineage", lambda: openlineage(queries)),
                      ("sqlglot", lambda: sqlglot_lineage(queries[:int(sys.argv[2])], tables))):
        try:
            figures[name] = run()
        except ImportError:
            figures[name] = None
    json.dump(figures, sys.stdout)


main()
