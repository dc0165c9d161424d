"""
bench_postgres.py BUILD: reading PostgreSQL beside psql and DataHub's own postgres source, on a server of tests/pg.py. A catalogue of
10,000 tables with 20 columns: the schema pull against psql asked for the same facts by joined catalogue queries, and the whole way
into a file of proposals against `datahub ingest`; 2,000 tables with rows: samples a second, near and a millisecond away. The peer
is in build/venv (tests/interop/requirements.txt); without it its column says so. Lines: "what | ours | peer | ratio".
"""
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import pg

BUILD = os.path.abspath(sys.argv[1])
TAGLINE = os.path.join(BUILD, "tagline")
BENCH = os.path.join(BUILD, "tests", "bench_postgres")
INGEST = os.environ.get("TAGLINE_PEER_INGEST") or os.path.normpath(os.path.join(HERE, "..", "..", "build", "venv", "bin", "datahub"))
SECRET = "bench"
TABLES, ROUNDS = 10000, 11

COLUMNS = ["email varchar(320)", "created_at timestamp not null", "campaign_id bigint", "amount numeric(18,4)", "status text not null",
           "ip_address inet", "impressions integer", "device_id uuid", "click_url text", "country char(2)", "phone varchar(32)",
           "bid_price double precision", "creative jsonb", "flag boolean", "last_name text", "segment text[]", "notes text",
           "zip varchar(10)", "score real"]

# What a pull reads, asked the way one writes it by hand, joined on the server; unsorted and with keys by their columns' numbers, which
# is the fastest that says it all.
OURS_ONLY = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'v', 'm', 'f', 'p')"
JOINED = f"""
select n.nspname, c.relname, c.relkind, c.reltuples, r.rolname, d.description,
       case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
  left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
 where {OURS_ONLY};
select n.nspname, c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, d.description
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = a.attnum
 where a.attnum > 0 and not a.attisdropped and {OURS_ONLY};
select n.nspname, c.relname, k.contype, k.conkey, fn.nspname, f.relname, k.confkey
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_class f on f.oid = k.confrelid left join pg_namespace fn on fn.oid = f.relnamespace
 where k.contype in ('p', 'u', 'f') and {OURS_ONLY};
"""


def line(what, ours, unit="s", peer=None, peer_is="-", less_is_better=True):
    def shown(number, word):
        digits = 0 if number >= 100 else 1 if number >= 10 else 2 if number >= 1 else 3
        return f"{number:,.{digits}f} {word}".strip()
    ratio = shown(peer / ours if less_is_better else ours / peer, "") if peer else "-"
    print(f"{what:<58} | {shown(ours, unit):>16} | {f'{shown(peer, unit)} ({peer_is})' if peer else peer_is:<36} | {ratio}", flush=True)


def run(words, **more):
    """(wall seconds, standard output)."""
    began = time.monotonic()
    done = subprocess.run(words, stdin=more.pop("stdin", subprocess.DEVNULL), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**pg.plain(), "NO_COLOR": "1", "PGSSLMODE": "disable", "PGGSSENCMODE": "disable", **more.pop("env", {})},
                          check=False, **more)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout.decode('utf-8', 'replace')[-1000:]}"
                 f"{done.stderr.decode('utf-8', 'replace')[-3000:]}")
    return time.monotonic() - began, done.stdout


# ---- a large catalogue ----

def catalogue():
    """SQL of the tables: keys, comments, every tenth with a foreign key, and a view on every hundredth."""
    for number in range(10):
        yield f"create schema s{number};"
    for t in range(TABLES):
        name = f"s{t % 10}.table_{t:05}"
        columns = ", ".join(column.replace(" ", f"_{t % 7} ", 1) if c % 5 == 4 else column for c, column in enumerate(COLUMNS))
        yield f"create table {name} (id bigint primary key, {columns});"
        yield f"comment on table {name} is 'made by job {t % 50}';"
        for column in ("email", "amount", "device_id"):
            yield f"comment on column {name}.{column} is 'as told by source {t % 9}, see the wiki';"
        if t >= 10 and t % 10 == 0:
            yield f"alter table {name} add foreign key (campaign_id) references s{t % 10}.table_{t - 10:05};"
        if t % 100 == 0:
            yield f"create view s{t % 10}.view_{t:05} as select id, lower(email) as mail, amount from {name} where flag;"
    yield "vacuum analyze;"


def pulling(server, database, folder):
    config = os.path.join(folder, "catalogue.yaml")
    with open(config, "w", encoding="utf-8") as f:
        f.write(server.source(database)[2])
    joined = os.path.join(folder, "joined.sql")
    with open(joined, "w", encoding="utf-8") as f:
        f.write(JOINED)
    ours, theirs, said = [], [], None
    for _ in range(ROUNDS):
        wall, out = run([BENCH, config, "pull"])
        said = json.loads(out)
        ours.append(wall)
        theirs.append(run(server.psql(database, "-At", "-o", "/dev/null", "-f", joined))[0])
    line(f"schema of {said['datasets']:,} tables, {said['columns']:,} columns", statistics.median(ours), "s",
         statistics.median(theirs), "psql, 3 joined queries")
    line("  peak memory beyond the model and an idle start", (said["peak"] - said["idle"] - said["model"]) / 1e6, "MB", None, "at most 20")
    line("  the model itself", said["model"] / 1e6, "MB")


def ingesting(server, database, folder):
    """Seconds of `datahub ingest` without profiling, or None and why not."""
    if not os.path.exists(INGEST):
        return None, f"nothing in {os.path.relpath(os.path.dirname(INGEST))}"
    recipe = {"source": {"type": "postgres", "config": {
        "host_port": f"127.0.0.1:{server.port}", "database": database, "username": "bench", "password": SECRET,
        "include_views": True, "include_tables": True, "profiling": {"enabled": False}}},
        "sink": {"type": "file", "config": {"filename": os.path.join(folder, "ingested.json")}}}
    with open(os.path.join(folder, "recipe.json"), "w", encoding="utf-8") as f:
        json.dump(recipe, f)
    seconds, _ = run([INGEST, "ingest", "-c", os.path.join(folder, "recipe.json")], cwd=folder, env={
        "DATAHUB_TELEMETRY_ENABLED": "false", "HOME": folder})
    assert os.path.getsize(os.path.join(folder, "ingested.json")) > 10 << 20
    return seconds, "datahub ingest"


def into_proposals(server, database, folder):
    """Schema into a file of proposals: the same work alone, and on the whole way of `tagline scan` (by names and types) and push."""
    address = f"host: 127.0.0.1\n    port: {server.port}\n    user: bench\n    password: ${{BENCH_PASSWORD}}\n    database: {database}\n    sslmode: disable\n"
    with open(os.path.join(folder, "tagline.yaml"), "w", encoding="utf-8") as f:
        f.write(f"actor: bench\nlog: log\nsources:\n  - name: shop\n    type: postgres\n    names_only: true\n    {address}"
                "sinks:\n  - name: hub\n    type: datahub\n    mode: own\n")
    with open(os.path.join(folder, "proposed.yaml"), "w", encoding="utf-8") as f:
        f.write(f"host: 127.0.0.1\nport: {server.port}\nuser: bench\npassword: ${{BENCH_PASSWORD}}\ndatabase: {database}\nsslmode: disable\n")
    password = {"BENCH_PASSWORD": SECRET}
    alone, whole = [], []
    for _ in range(3):
        alone.append(run([BENCH, "proposed.yaml", "propose", "proposed.json"], cwd=folder, env=password)[0])
        shutil.rmtree(os.path.join(folder, "log"), ignore_errors=True)
        began = time.monotonic()
        run([TAGLINE, "scan", "--quiet"], cwd=folder, env=password)
        run([TAGLINE, "push", "--quiet", "--to", "proposals.json"], cwd=folder)
        whole.append(time.monotonic() - began)
    for name in ("proposed.json", "proposals.json"):
        assert os.path.getsize(os.path.join(folder, name)) > 10 << 20, name
    theirs, why = ingesting(server, database, folder)
    line("schema into a file of proposals", statistics.median(alone), "s", theirs, why)
    line("the same by scan and push: decided, followed, logged", statistics.median(whole), "s", theirs, why)


# ---- samples ----

def rows(tables=2000):
    """10 text columns, 17 bytes each: a hundred rows are 17 kB. Three times as many stand there."""
    names = ", ".join(f"c{i} text" for i in range(10))
    values = ", ".join(f"substr(md5(t * 1000 + i + {i} || 'x'), 1, 17)" for i in range(10))
    for first in range(1, tables + 1, 500):
        yield f"""do $$ begin for t in {first}..{first + 499} loop
            execute format('create table rows_%s ({names})', t);
            execute format('insert into rows_%s select {values.replace("'", "''")} from generate_series(1, 300) i, (values (%s)) v (t)', t, t);
            end loop; end $$;"""
    yield "vacuum analyze;"


@contextlib.contextmanager
def far(server, microseconds):
    """Port of a proxy that hands everything on so much later, each way."""
    proxy = subprocess.Popen([os.path.join(BUILD, "tests", "bench_delay"), os.path.join(server.folder, f".s.PGSQL.{server.port}"),
                              str(microseconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield int(proxy.stdout.readline())
    finally:
        proxy.stdin.close()
        proxy.wait()


def sampling(host, port, database, folder, where):
    """100 chosen rows of each table, cut on the server, over one connection and over some; psql takes the first as they are, in turn."""
    config = os.path.join(folder, "rows.yaml")
    with open(config, "w", encoding="utf-8") as f:
        f.write(f"host: {host}\nport: {port}\nuser: {pg.OWNER}\ndatabase: {database}\nsslmode: disable\n")
    asked = os.path.join(folder, "rows.sql")
    with open(asked, "w", encoding="utf-8") as f:
        f.writelines(f"select * from rows_{t} limit 100;\n" for t in range(1, 2001))
    psql = ["psql", "-X", "-q", "-At", "-h", str(host), "-p", str(port), "-U", pg.OWNER, "-d", database, "-o", "/dev/null", "-f", asked]
    seconds = {1: [], 2: [], 4: []}
    theirs = []
    for _ in range(5):
        for connections, runs in seconds.items():
            said = json.loads(run([BENCH, config, "sample", "100", str(connections)])[1])
            assert said["rows"] == 200000 and said["failed"] == 0, said
            runs.append(said["rest_s"])
        theirs.append(run(psql)[0])
    peer = 2000 / statistics.median(theirs)
    for connections, runs in seconds.items():
        line(f"100 rows a table, {where}, {connections} connection{'s' * (connections > 1)}: tables", 2000 / statistics.median(runs), "/s",
             peer, "psql, the first rows, one by one", less_is_better=False)


def main():
    try:
        server = pg.Server(tcp=True, shared_buffers="512MB", max_locks_per_transaction="1024", max_wal_size="4GB", work_mem="16MB")
    except pg.Missing as why:
        print(f"PostgreSQL: {why}")
        return
    with server, tempfile.TemporaryDirectory(prefix="tagline-bench-") as folder:
        server.sql(f"create role bench superuser login password '{SECRET}'")
        database = server.database("\n".join(catalogue()))
        pulling(server, database, folder)
        into_proposals(server, database, folder)
        server.sql(f"drop database {database}")
        database = server.database("\n".join(rows()))
        sampling(server.folder, server.port, database, folder, "on a socket")
        with far(server, 500) as port:
            sampling("127.0.0.1", port, database, folder, "1 ms away")


main()
