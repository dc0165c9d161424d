"""
run.py BUILD [PART ...]: all benchmarks or some, one after the other, as lines "what | ours | peer | ratio". Figures are medians of
several runs; a ratio above 1 says how many times better ours is, measured in the same run on the same work. Peers come from pip
into build/venv-*; without them their lines say so.
"""
import csv
import itertools
import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import scores

BUILD = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
TAGLINE = os.path.join(BUILD, "tagline")
PEERS = os.path.join(HERE, "..", "..", "build", "venv-peers", "bin", "python3")
PRESIDIO = os.path.join(HERE, "..", "..", "build", "venv-presidio", "bin", "python3")
RUNS = 5


def shown(number, unit):
    if number is None:
        return "-"
    digits = 0 if number >= 100 else 1 if number >= 10 else 2 if number >= 1 else 3
    return f"{number:,.{digits}f} {unit}".strip()


def line(what, ours, unit, peer=None, peer_is="", less_is_better=True):
    ratio = None
    if peer:
        ratio = peer / ours if less_is_better else ours / peer
    beside = f"{shown(peer, unit)} ({peer_is})" if peer else peer_is or "-"
    print(f"{what:<58} | {shown(ours, unit):>16} | {beside:<36} | {shown(ratio, '')}", flush=True)


def timed(words, folder, **more):
    """(wall seconds, CPU seconds, standard output) of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(words)}: exit {done.returncode}\n{done.stderr.decode('utf-8', 'replace')}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def median(runs):
    """Column by column, of tuples of numbers."""
    return [statistics.median(column) for column in zip(*runs)]


# ---- classification ----

def leads(path, rows):
    """A CSV file as it comes from a landing page: ten columns, some personal."""
    chance = random.Random(1)
    names = ["Ann", "Björn", "Chloé", "Dmitri", "Eve", "Fatima", "George", "Hana"]
    size = 0
    with open(path, "w", encoding="utf-8") as f:
        f.write("id,contact,phone,addr,name,city,device,note,amount,seen_at\n")
        for i in range(rows):
            f.write(f"{i},{chance.choice(names).lower()}.{chance.randrange(10**6)}@example.com,+4930{chance.randrange(10**7):07},"
                    f"{chance.randrange(1, 223)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)},"
                    f"{chance.choice(names)} {chance.choice(names)}sen,Berlin,{chance.randrange(16**12):012x},"
                    f"called on day {i % 31} about order {chance.randrange(10**5)},{chance.random() * 100:.2f},"
                    f"2026-01-{chance.randrange(1, 29):02}T10:00:00Z\n")
        size = f.tell()
    return size


def classification(folder):
    rows = 200000
    size = leads(os.path.join(folder, "leads.csv"), rows)
    words = [TAGLINE, "classify", "--json", "--rows", str(rows), "leads.csv"]
    wall, cpu = median([timed(words, folder)[:2] for _ in range(RUNS)])
    values = rows * 10
    peer, why = None, "no build/venv-peers"
    if os.path.exists(PEERS):
        runs = [json.loads(timed([PEERS, os.path.join(HERE, "peer_classify.py"), "leads.csv", "2000"], folder)[2]) for _ in range(3)]
        peer, why = statistics.median(run["values"] / run["cpu_s"] for run in runs), "DataHub's classifier"
    line("classify CSV, every value: values a CPU second", values / cpu, "/s", peer, why, less_is_better=False)
    line("classify CSV, every value: wall", size / wall / 1e6, "MB/s")


def said_by(program, pattern):
    """The numbers that the groups of the pattern find in what the program says."""
    return [float(text) for text in re.search(pattern, program).groups()]


def gittables(folder):
    """Values of real tables, where the folder of reference data stands beside the repository: pooled by label, a column each."""
    source = os.path.join(HERE, "..", "..", "..", "shared", "data", "columns", "gittables-dev.json")
    if not os.path.exists(source):
        return None
    pools = {}
    with open(source, encoding="utf-8") as f:
        for table in json.load(f).values():
            for column in table["columns"].values():
                pools.setdefault(column["pii_gt"], []).extend(" ".join(str(v).split()) for v in column["records"] if v)
    path = os.path.join(folder, "gittables.csv")
    with open(path, "w", encoding="utf-8", newline="") as f:
        rows = csv.writer(f, lineterminator="\n")
        rows.writerow(f"c{i}" for i in range(len(pools)))
        rows.writerows(itertools.zip_longest(*pools.values(), fillvalue=""))
    return path


def peer_on(python, script, path, rows, why_not):
    """(values a CPU second, what it is) of a peer on the first rows of a file."""
    if not os.path.exists(python):
        return None, why_not
    runs = [json.loads(timed([python, os.path.join(HERE, script), path, str(rows)], "/tmp")[2]) for _ in range(3)]
    return statistics.median(run["values"] / run["cpu_s"] for run in runs), script.removeprefix("peer_").removesuffix(".py")


def engine_alone(folder):
    """bench_classify: deciding without reading files, all types on; peers on the same values in the same run."""
    bench = os.path.join(BUILD, "tests", "bench_classify")
    runs, threads, alone = [], [], []
    for _ in range(3):
        said = timed([bench], "/tmp")[2].decode()
        runs.append(said_by(said, r"open: ([\d.]+) ms, (\d+) types") + said_by(said, r"names only: .* s, (\d+) a second") +
                    said_by(said, r"warehouse columns: .*: ([\d.]+) us a value, (\d+) values a second, ([\d.]+) MB/s"))
        alone.append(said_by(said, r"all (\d+) ([\d.]+) us a value; the (\d+) that need no name ([\d.]+) us, "
                                   r"prefiltered ([\d.]+) us .* differ: (\d+)"))
        threads.append(said_by(said, r"(\d+) values a second on one, (\d+) on two"))
    opened, types, names, each, values, speed = median(runs)
    n_all, bare, n_some, bare_some, left, _ = median(alone)
    differ = max(run[-1] for run in alone)
    one, two = median(threads)
    corpus = os.path.join(folder, "corpus.csv")
    timed([bench, "--write", corpus, "2500"], folder)
    presidio, is_presidio = peer_on(PRESIDIO, "peer_presidio.py", corpus, 50, "no build/venv-presidio")
    datahub, is_datahub = peer_on(PEERS, "peer_classify.py", corpus, 500, "no build/venv-peers")
    is_datahub = datahub and "DataHub's classifier" or is_datahub
    line(f"the engine alone, one thread, {types:.0f} types: a value", each, "us", presidio and 1e6 / presidio, is_presidio)
    line("the same: values a CPU second", values, "/s", datahub, is_datahub, less_is_better=False)
    line("the same", speed, "MB/s")
    line(f"patterns alone, {n_some:.0f} of {n_all:.0f}, prefiltered: a value", left, "us", bare_some, "each pattern, JIT")
    line(f"all {n_all:.0f} patterns, JIT: a value", bare, "us")
    line("verdicts in which the prefilter and each pattern differ", differ, "")
    line("the engine alone: values a second, one thread, two", one, "/s", two, "two threads", less_is_better=False)
    line("the engine alone, one thread: columns by name", names, "/s")
    path = gittables(folder)
    if path:
        said = timed([bench, path], "/tmp")[2].decode()
        line("GitTables' values, one thread: a value", said_by(said, r"([\d.]+) us a value")[0], "us")
    line("opening the engine", opened, "ms")
    with open(os.path.join(folder, "empty.csv"), "w", encoding="utf-8") as f:
        f.write("a,b\n")
    words = [TAGLINE, "classify", "empty.csv"]
    wall, cpu = median([timed(words, folder)[:2] for _ in range(20)])
    line("start to end of 'tagline classify' of an empty file: wall", wall * 1e3, "ms")
    line("the same: processor", cpu * 1e3, "ms")


def quality(_folder):
    """How well columns are decided, on the labelled sets; what came out otherwise than recorded is said by scores.py alone."""
    for stem, result in scores.scores(TAGLINE).items():
        of = result.figures()
        print(f"{'columns of ' + stem:<58} | F1 {of['weighted_f1']:.3f} weighted, {of['macro_f1']:.3f} macro, {of['right']} of {of['columns']} right, "
              f"{of['false_alarms']} of {of['nobodys']} falsely alarmed", flush=True)


# ---- the demo's warehouse ----

def demo(folder):
    timed([TAGLINE, "demo", "shown"], folder)
    shop = os.path.join(folder, "shown")
    runs = []
    for _ in range(RUNS):
        shutil.rmtree(os.path.join(shop, "tagline-log"))
        runs.append(timed([TAGLINE, "scan"], shop)[:2])
    line("scan of the demo's warehouse, first: wall", median(runs)[0], "s")
    line("scan of the demo's warehouse, again: wall", median([timed([TAGLINE, "scan"], shop)[:2] for _ in range(RUNS)])[0], "s")


# ---- a large catalogue ----

COLUMN_NAMES = ["id", "created_at", "email", "campaign_id", "amount", "status", "ip_address", "impressions", "device_id",
                "click_url", "country", "phone", "bid_price", "creative", "flag", "last_name", "segment", "notes", "zip", "score"]
COLUMN_TYPES = ["bigint", "timestamp", "varchar(320)", "decimal(18,4)", "text", "boolean", "double"]


def catalogue(path):
    """INFORMATION_SCHEMA.COLUMNS of 50,000 tables with 20 columns each. Returns the bytes of its distinct texts."""
    texts = set(COLUMN_TYPES)
    with open(path, "w", encoding="utf-8") as f:
        f.write("table_catalog,table_schema,table_name,column_name,ordinal_position,is_nullable,data_type\n")
        for t in range(50000):
            table, schema = f"table_{t:05}_{COLUMN_NAMES[t % 16]}", f"schema_{t // 1000:03}"
            texts |= {table, schema}
            for c, name in enumerate(COLUMN_NAMES):
                name = f"{name}_{t % 7}" if c % 5 == 4 else name
                texts.add(name)
                f.write(f"warehouse,{schema},{table},{name},{c + 1},YES,{COLUMN_TYPES[(c + t) % 7]}\n")
    return sum(len(text) + 1 for text in texts)


def peak(words, folder):
    """(wall seconds, most resident bytes, what it said) of one run."""
    began = time.monotonic()
    with open(os.path.join(folder, "words"), "wb") as words_file:
        process = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words_file)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(words)}: exit {process.returncode}\n{open(os.path.join(folder, 'words')).read()}")
    return time.monotonic() - began, usage.ru_maxrss * 1024


def packs(folder):
    """Bytes of all packs of the log and their indexes."""
    at = os.path.join(folder, "log", "objects", "pack")
    return sum(os.path.getsize(os.path.join(at, name)) for name in os.listdir(at))


def large(folder):
    texts = catalogue(os.path.join(folder, "columns.csv"))
    with open(os.path.join(folder, "tagline.yaml"), "w", encoding="utf-8") as f:
        f.write("actor: bench\nlog: log\nsources:\n  - name: big\n    type: files\n    platform: snowflake\n    path: columns.csv\n")
    first, again = [], []
    for _ in range(3):
        shutil.rmtree(os.path.join(folder, "log"), ignore_errors=True)
        first.append(peak([TAGLINE, "scan", "--quiet"], folder))
    idle = peak([TAGLINE, "rules"], folder)[1]
    for _ in range(RUNS):
        before = packs(folder)
        again.append((*peak([TAGLINE, "scan", "--quiet"], folder), packs(folder) - before))
    wall, most = median(first)
    line("1,000,000 columns, names only: first scan", wall, "s")
    line("  peak memory beyond the interned text and an idle start", (most - idle - texts) / 1e6, "B/column", None, "at most 400")
    wall, most, size = median(again)
    line("1,000,000 columns, nothing changed: scan", wall, "s", None, "at most 2")
    line("  written to the log", size / 1e3, "kB")


def log_alone():
    """bench_log: one entry of the same size beside git fast-import of the same files."""
    runs = []
    for _ in range(3):
        said = timed([os.path.join(BUILD, "tests", "bench_log")], "/tmp")[2].decode()
        ours = re.search(r"first entry +([\d.]+) s +([\d.]+) MB written +([\d.]+) bytes/column", said)
        again = re.search(r"nothing changed +([\d.]+) s", said)
        git = re.search(r"git fast-import +([\d.]+) s, bytes:\n(\d+)", said)
        runs.append([float(text) for text in (*ours.groups(), again[1], *git.groups())])
    seconds, size, memory, again, git_seconds, git_size = median(runs)
    line("one log entry of 1,000,000 columns: time", seconds, "s", git_seconds, "git fast-import")
    line("one log entry of 1,000,000 columns: pack and index", size, "MB", git_size / 1e6, "git fast-import")
    line("one log entry of 1,000,000 columns: memory of its own", memory, "B/column")
    line("one log entry, nothing changed: time", again, "s")


def pushing():
    done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "bench_push.py"), BUILD], check=False)
    if done.returncode:
        print(f"bench_push.py: exit {done.returncode}")


def lineage_peers(path):
    """Queries a CPU second of others, or None and why."""
    if not os.path.exists(PEERS):
        return {}, "no build/venv-peers"
    runs = [json.loads(timed([PEERS, os.path.join(HERE, "peer_lineage.py"), path, "8"], "/tmp")[2]) for _ in range(3)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0] if runs[0][name]}, "not in build/venv-peers"


def lineage_of(word, path):
    said = json.loads(timed([os.path.join(BUILD, "tests", "bench_lineage"), path], "/tmp")[2])
    for kind, words in (("plain", "queries as they stand"), ("variants", "50 spellings of each"),
                        ("large", "the same, 100,000 more columns known")):
        peer = said[kind]["peer"]
        line(f"{word}, {words}: from SQL to edges", said[kind]["ours"], "queries/CPU s", peer,
             "libpg_query, raw parse" if peer else "libpg-query-dev is not installed", less_is_better=False)
        if said[kind]["problems"]:
            print(f"  {said[kind]['problems']} places were not understood")
    others, why_not = lineage_peers(path)
    for name, what in (("openlineage", "openlineage-sql, no catalogue"), ("sqlglot", "sqlglot, all columns")):
        line(f"{word}, queries as they stand: from SQL to edges", said["plain"]["ours"], "queries/CPU s", others.get(name),
             what if name in others else f"{what}: {why_not}", less_is_better=False)
    line(f"{word}, variants by two threads: from SQL to edges", said["threads"]["two"], "queries/s", said["threads"]["one"],
         "one thread", less_is_better=False)


def lineage():
    """bench_lineage: from SQL text to edges with a catalogue, beside others on the same queries in the same run."""
    corpora = os.path.join(HERE, "..", "..", "..", "shared", "data", "sql")
    for word, name in (("TPC-H", "tpch"), ("TPC-DS", "tpcds")):
        path = os.path.abspath(os.path.join(corpora, f"{name}.jsonl"))
        if os.path.exists(path):
            lineage_of(word, path)
        else:
            print(f"{word}: {path} is not here, nothing to measure")
    for said in json.loads(timed([os.path.join(BUILD, "tests", "bench_lineage"), "--odd"], "/tmp")[2]):
        line(f"{said['what']}: from SQL to edges", said["bytes_per_s"] / 1e6, "MB/CPU s")


def policies():
    """bench_policies: the built-in rules asked of a graph of a million columns; no peer asks policies of lineage."""
    for text in timed([os.path.join(BUILD, "tests", "bench_policies")], "/tmp")[2].decode().splitlines():
        said = json.loads(text)
        line(f"policies, 1,000,000 columns, {said['what']}: time", said["ask_s"], "s")


def graph():
    """bench_graph: a million columns and five million edges in memory; rustworkx has the edges that move values alone, and no names."""
    with tempfile.TemporaryDirectory(prefix="tagline-bench-") as folder:
        dumped = os.path.join(folder, "graph")
        said = json.loads(timed([os.path.join(BUILD, "tests", "bench_graph"), "1000000", "5000000", dumped], folder)[2])
        peer = {}
        if os.path.exists(PEERS):
            peer = json.loads(timed([PEERS, "-B", os.path.join(HERE, "peer_graph.py"), dumped], folder)[2])
    is_same = not peer or peer["columns"] == said["up_all_columns"]
    name = "rustworkx" if is_same else f"rustworkx, which finds {peer['columns']:,} columns, not {said['up_all_columns']:,}"
    what = f"graph, {said['columns']:,} columns, {said['edges']:,} edges"
    line(f"{what}: in memory", said["resident_mb"], "MB", peer.get("mb"), name)
    line(f"{what}: adding, laying out", said["add_s"] + said["lay_out_s"], "CPU s", peer.get("add_s"), name)
    line(f"{what}: carrying all tags", said["carry_s"], "CPU s")
    line(f"all of a column's upstream, {said['up_columns']:,} columns: median", said["up_ms"], "CPU ms", peer.get("ms"), name)
    line(f"all of a column's upstream, up to {said['up_most_columns']:,}: 99 of 100", said["up_p99_ms"], "CPU ms", peer.get("p99_ms"), name)
    line(f"all of a column's downstream, {said['down_columns']:,} columns: median", said["down_ms"], "CPU ms")
    line(f"all of a column's downstream, up to {said['down_most_columns']:,}: 99 of 100", said["down_p99_ms"], "CPU ms")
    line("the riskiest way into a column, the walk included: mean", said["riskiest_ms"], "CPU ms")


def postgres():
    """bench_postgres.py prints as it goes: its catalogue takes minutes under the peer."""
    done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "bench_postgres.py"), BUILD], check=False)
    if done.returncode:
        print(f"bench_postgres.py: exit {done.returncode}")


def in_folder(*sections):
    def run_them():
        with tempfile.TemporaryDirectory(prefix="tagline-bench-") as folder:
            for section in sections:
                section(folder)
    return run_them


SECTIONS = {
    "classify": in_folder(classification, engine_alone, quality), "demo": in_folder(demo), "lineage": lineage,
    "catalogue": in_folder(large), "graph": graph, "log": log_alone, "policies": policies, "push": pushing, "postgres": postgres,
}


def main():
    unknown = set(sys.argv[2:]) - set(SECTIONS)
    if unknown:
        sys.exit(f"run.py: no such part: {' '.join(sorted(unknown))}; there are {' '.join(SECTIONS)}")
    print(f"{'what':<58} | {'ours':>16} | {'peer':<36} | ratio", flush=True)
    for name in sys.argv[2:] or SECTIONS:
        SECTIONS[name]()


main()
