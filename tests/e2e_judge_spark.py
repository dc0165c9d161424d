"""
Spark's analyzer as the judge of its dialect, where PyPI's pyspark and a Java are (build/venv-spark, or any that this Python finds): of
each output its name, the columns it is made of, and what the query uses. TAGLINE_SOAK=1 asks for many more random queries,
TAGLINE_RANDOM_SEED for others.
"""
import glob
import json
import os
import random
import re
import shutil
import sys
import tempfile

import spark_plan
import sql_random
from drive import SOAK, Skip, main, test

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = int(os.environ.get("TAGLINE_RANDOM_SEED", "1"))
VALUES = ("identity", "transformation", "aggregation")


def fixture(name):
    with open(os.path.join(HERE, "fixtures", "judge", name), encoding="utf-8") as f:
        return f.read()


class Spark:
    """One session with the tables of the schema; closes with its folder."""

    def __init__(self, schema):
        sys.path += glob.glob(os.path.join(HERE, "..", "build", "venv-spark", "lib", "python3*", "site-packages"))
        if not shutil.which("java"):
            raise Skip("no java for Spark")
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise Skip("no pyspark (python3 -m venv build/venv-spark; build/venv-spark/bin/pip install pyspark==3.5.3)") from None
        self.folder = tempfile.mkdtemp(prefix="tagline-spark-")
        self.session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config(
            "spark.sql.warehouse.dir", self.folder).config("spark.driver.bindAddress", "127.0.0.1").config(
            "spark.driver.host", "127.0.0.1").config("spark.sql.maxPlanStringLength", "100").getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")
        for statement in schema.split(";\n"):
            if statement.strip():
                self.session.sql(statement + (" using parquet" if "create table" in statement else ""))

    def close(self):
        self.session.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def plan(self, sql):
        """What it says of a query; None where it does not take it."""
        try:
            frame = self.session.sql(sql)
        except Exception as why:  # pylint: disable=broad-exception-caught
            self.why = str(why).split("\n")[0]
            return None
        return spark_plan.Plan(json.loads(frame._jdf.queryExecution().analyzed().toJSON()), frame.columns)


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def ours(house, schema, asked):
    """{name: its edges}, and the problems: every output is asked for by its name, so that a name we do not have is one."""
    house.write("schema.sql", schema)
    text, numbers = "", {}
    for name, (sql, plan) in asked.items():
        names = [output[0] for output in plan.outputs]
        text += f"create table {name} as\n{sql}\n;\n"
        numbers[len(numbers) + 1] = (name, False)
        if len({n.lower() for n in names}) == len(names):
            text += f"select {', '.join(map(quoted, names))} from {name};\n"
            numbers[len(numbers) + 1] = (name, True)
    house.write("queries.sql", text)
    answer = house.run("lineage", "--json", "--dialect", "spark", "--schema", "schema.sql", "queries.sql", code=None)
    edges, problems = {name: [] for name in asked}, []
    for line in answer.lines():
        name, is_asking = numbers[line["statement"]]
        if "problem" in line:
            problems.append(f"{line['problem']}{' (asked for by name)' if is_asking else ''}: {' '.join(asked[name][0].split())}")
        elif not is_asking and "kind" in line:
            edges[name].append(line)
    return edges, problems


def is_fuller(sql):
    """Whether Spark's plan says more than flows: fields of records it builds, values a pivot compares with."""
    return re.search(r"struct\(|stack\(|pivot", sql)


def differences(sql, plan, edges):
    values, conditions, used = {}, {}, set()
    for e in edges:
        source = (e["source"].lower().removeprefix("spark_catalog.").removeprefix("default."), e["source_column"].lower())
        used.add(source)
        if e["target_column"] is not None:
            into = values if e["kind"] in VALUES else conditions
            into.setdefault(e["target_column"].lower(), set()).add(source)
    told = {}
    for name, least, deciding in plan.outputs:
        mine = told.setdefault(name.lower(), (set(), set()))
        mine[0].update(least)
        mine[1].update(deciding)
    for name, (least, deciding) in told.items():
        mine = values.get(name, set())
        around = mine | conditions.get(name, set())
        if is_fuller(sql) and (mine or "stack(" in sql) and mine <= least | deciding:
            continue
        if not least <= around or not mine <= least | deciding:
            yield f"{name}: lacks {sorted(least - around)}, has too many {sorted(mine - least - deciding)}"
        elif not deciding <= around:
            yield f"{name}: is decided by {sorted(deciding - around)}"
        elif not least <= mine:
            yield f"{name}: is made of {sorted(least - mine)}"
    for name in (values.keys() | conditions.keys()) - told.keys():
        yield f"{name}: there is no such column"
    if not is_fuller(sql) and not plan.least <= used or not used <= plan.most:
        yield f"does not use {sorted(plan.least - used)}, uses besides {sorted(used - plan.most)}"


def compared(house, spark, schema, texts):
    """(how many, differences)"""
    asked = {}
    for n, sql in enumerate(texts, 1):
        plan = spark.plan(sql)
        if plan:
            asked[f"q{n:05}"] = (sql, plan)
        elif os.environ.get("TAGLINE_SAY"):
            print("refused:", spark.why, sql)
    edges, wrong = ours(house, schema, asked)
    for name, (sql, plan) in asked.items():
        wrong += [f"{text}\n    {' '.join(sql.split())}" for text in differences(sql, plan, edges[name])]
    return len(asked), wrong


def with_casts(sql):
    """x::type as cast(x as type)."""
    while (at := sql.find("::")) >= 0:
        begin, depth = at, 0
        while begin and (depth or re.match("[\\w.)]", sql[begin - 1])):
            begin -= 1
            depth += (sql[begin] == ")") - (sql[begin] == "(")
            if depth < 0:
                begin, depth = begin + 1, 0
                break
        kind = re.match(r"\w+(\(\d+, ?\d+\))?", sql[at + 2:]).group()
        sql = f"{sql[:begin]}cast({sql[begin:at]} as {kind}){sql[at + 2 + len(kind):]}"
    return sql


class Generator(sql_random.Generator):
    """The queries as Spark spells them."""

    def query(self, depth, outer=None):
        sql, columns = super().query(depth, outer)
        for pattern, instead in ((r"\(array\[", "(array("), (r"\]\)\[1\]", "))[0]"), (r" collate \"C\"", ""), (r"materialized \(", "("),
                                 (r"to_char\((.*?), 'YYYY'\)", r"date_format(\1, 'yyyy')"), (r"::text", "::string"), (r" as text\)", " as string)"),
                                 (r"::numeric", "::decimal(12,2)"), (r"= any \(select", "in (select"), (r"string_agg\((.*?), ','\)", r"max(\1)"), ("recursive ", "")):
            sql = re.sub(pattern, instead, sql)
        return with_casts(sql), columns


@test
def spark_reads_queries_as_we_do(house):
    schema = fixture("spark_schema.sql")
    spark = Spark(schema)
    try:
        texts = [q.strip() for q in fixture("spark.sql").split(";\n") if q.strip()]
        n, wrong = compared(house, spark, schema, texts)
        print(f"      {n} of {len(texts)} queries compared")
        assert n >= 0.95 * len(texts), f"Spark took {n}"
        chance = random.Random(SEED)
        m, more = compared(house, spark, schema, [Generator(chance).query(2)[0] for _ in range(5000 if SOAK else 200)])
        print(f"      {m} random queries compared")
        wrong += more
        assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(sorted(wrong, key=len)[:150])
    finally:
        spark.close()


main()
