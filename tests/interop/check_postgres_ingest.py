"""
Tags must land on what DataHub's own ingestion made: `datahub ingest` with its postgres source and `tagline scan` and `push` read
the same database, the demo's and some odd tables beside it. Both must name the same datasets, columns, containers, types and keys.
"""
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

if not importlib.util.find_spec("psycopg2") or not importlib.util.find_spec("datahub"):
    print(f"SKIP: acryl-datahub[postgres] is not installed for {sys.executable}")
    sys.exit(77)
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import pg
import pg_demo

PROGRAM = os.path.abspath(sys.argv[1])
DATAHUB = os.path.join(os.path.dirname(sys.executable), "datahub")
SECRET = "interop"

# Names whose urns need care, and types whose DataHub class is not plain. Upper case is kept by both.
MORE = """
create schema "Odd, (schema)";
create table "Odd, (schema)"."Mails (old), n\u00e4ch/%" ("E-Mail" text, "a.b c~d" text, id int primary key);
create table kinds (id bigint primary key, small smallint, exact numeric(10, 2), near real, far double precision, is_it boolean,
    day date, at timestamp, at_zone timestamptz, clock time, took interval, place inet, word char(3), words text[], doc json, docb jsonb,
    raw bytea, one uuid, bits bit(3));
create materialized view counted as select count(*) as n from kinds;
create table parent (a int, b int, primary key (a, b));
create table child (x int, y int, foreign key (x, y) references parent (a, b));
"""


def run(words, folder, **env):
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env={**pg.plain(), "NO_COLOR": "1", "DATAHUB_TELEMETRY_ENABLED": "false", **env})
    if done.returncode:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout.decode('utf-8', 'replace')[-5000:]}")


def ingested(server, database, folder):
    recipe = {"source": {"type": "postgres", "config": {
        "host_port": f"127.0.0.1:{server.port}", "database": database, "username": "interop", "password": SECRET}},
        "sink": {"type": "file", "config": {"filename": os.path.join(folder, "ingested.json")}}}
    with open(os.path.join(folder, "recipe.json"), "w", encoding="utf-8") as f:
        json.dump(recipe, f)
    run([DATAHUB, "ingest", "-c", "recipe.json"], folder, HOME=folder)
    with open(os.path.join(folder, "ingested.json"), encoding="utf-8") as f:
        return json.load(f)


def proposed(server, database, folder):
    with open(os.path.join(folder, "tagline.yaml"), "w", encoding="utf-8") as f:
        f.write(f"actor: tester\nlog: log\nsources:\n  - name: shop\n    type: postgres\n    host: 127.0.0.1\n    port: {server.port}\n"
                f"    user: interop\n    password: ${{SECRET}}\n    database: {database}\n"
                "sinks:\n  - name: hub\n    type: datahub\n    mode: own\n")
    run([PROGRAM, "scan"], folder, SECRET=SECRET)
    run([PROGRAM, "push", "--to", "proposals.json"], folder)
    with open(os.path.join(folder, "proposals.json"), encoding="utf-8") as f:
        return json.load(f)


def short(name):
    """com.linkedin.pegasus2avro.schema.NumberType and com.linkedin.schema.NumberType are one."""
    return name.rsplit(".", 1)[-1]


def facts_of_schema(schema):
    """{column: (class of its type, may be null, belongs to the key)}"""
    return {field["fieldPath"]: (short(next(iter(field["type"]["type"]))), field.get("nullable"), field.get("isPartOfKey") or False)
            for field in schema["fields"]}


def facts(proposals):
    """(schemas by dataset, descriptions by dataset, container by dataset) of either kind of proposal."""
    schemas, descriptions, containers = {}, {}, {}
    for one in proposals:
        snapshot = next(iter(one.get("proposedSnapshot", {}).values()), None)
        if snapshot:
            urn, aspects = snapshot["urn"], {short(name): value for a in snapshot["aspects"] for name, value in a.items()}
        else:
            urn, name = one["entityUrn"], one["aspectName"]
            value = one["aspect"].get("json", one["aspect"].get("value"))
            aspects = {name[:1].upper() + name[1:]: json.loads(value) if isinstance(value, str) else value}
        if not urn.startswith("urn:li:dataset:"):
            continue
        if "SchemaMetadata" in aspects:
            schemas[urn] = facts_of_schema(aspects["SchemaMetadata"])
        if isinstance(aspects.get("DatasetProperties"), dict) and aspects["DatasetProperties"].get("description"):
            descriptions[urn] = masked(aspects["DatasetProperties"]["description"])
        if isinstance(aspects.get("Container"), dict) and "container" in aspects["Container"]:
            containers[urn] = aspects["Container"]["container"]
    return schemas, descriptions, containers


def masked(text):
    """Comments leave us with personal literals masked: letters as a, digits as 9."""
    return re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", text))


def differences(what, theirs, ours):
    for urn in sorted(theirs.keys() | ours.keys()):
        if theirs.get(urn) != ours.get(urn):
            a, b = theirs.get(urn), ours.get(urn)
            if isinstance(a, dict) and isinstance(b, dict):
                a, b = ({k: v for k, v in x.items() if y.get(k) != v} for x, y in ((a, b), (b, a)))
            yield f"{what} of {urn}:\n  DataHub: {a}\n  tagline: {b}"


def compare(folder):
    with pg.Server(tcp=True) as server:
        run([PROGRAM, "demo", "shown"], folder)
        database = pg_demo.load(server, os.path.join(folder, "shown", "adshop.db"))
        server.sql(MORE + f"create role interop superuser login password '{SECRET}';", database)
        theirs = facts(ingested(server, database, folder))
        ours = facts(proposed(server, database, folder))
    assert len(theirs[0]) >= 27 + 5, sorted(theirs[0])
    found = [line for what, a, b in zip(("columns", "description", "container"), theirs, ours) for line in differences(what, a, b)]
    print("\n".join(found))
    print(f"{len(theirs[0])} datasets, {sum(map(len, theirs[0].values()))} columns: {len(found)} differences")
    return len(found)


def main():
    folder = tempfile.mkdtemp(prefix="tagline-interop-")
    try:
        sys.exit(1 if compare(folder) else 0)
    except pg.Missing as why:
        print(f"SKIP: {why}")
        sys.exit(77)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
