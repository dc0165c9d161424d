"""
run.py BUILD [PART ...]: all benchmarks or some, one after the other, as lines "what | ours | peer | ratio". Figures are medians of
several runs; a ratio above 1 says how many times better ours is, measured in the same run on the same work. Peers come from pip
into build/venv-*; without them their lines say so.
"""
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

BUILD = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
TAGLINE = os.path.join(BUILD, "tagline")
PEERS = os.path.join(HERE, "..", "..", "build", "venv-peers", "bin", "python3")
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


def engine_alone():
    """bench_classify: deciding without reading files."""
    runs = []
    for _ in range(3):
        said = timed([os.path.join(BUILD, "tests", "bench_classify")], "/tmp")[2].decode()
        names = re.search(r"names only: .* s, (\d+) a second", said)
        values = re.search(r"made-up values: .* s: (\d+) values a second, ([\d.]+) MB/s", said)
        runs.append([float(text) for text in (names[1], *values.groups())])
    names, values, speed = median(runs)
    line("the engine alone, one thread: columns by name", names, "/s")
    line("the engine alone, one thread: values", values, "/s")
    line("the engine alone, one thread: values", speed, "MB/s")


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


def lineage():
    """bench_lineage: from SQL text to edges with a catalogue, beside libpg_query's raw parse of the same text."""
    corpora = os.path.join(HERE, "..", "..", "..", "shared", "data", "sql")
    for word, name in (("TPC-H", "tpch"), ("TPC-DS", "tpcds")):
        path = os.path.join(corpora, f"{name}.jsonl")
        if not os.path.exists(path):
            print(f"{word}: {path} is not here, nothing to measure")
            continue
        said = json.loads(timed([os.path.join(BUILD, "tests", "bench_lineage"), path], "/tmp")[2])
        for kind, words in (("plain", "queries as they stand"), ("variants", "50 spellings of each")):
            peer = said[kind]["peer"]
            line(f"{word}, {words}: from SQL to edges", said[kind]["ours"], "queries/CPU s", peer,
                 "libpg_query, raw parse" if peer else "libpg-query-dev is not installed", less_is_better=False)
            if said[kind]["problems"]:
                print(f"  {said[kind]['problems']} places were not understood")


def policies():
    """bench_policies: the built-in rules asked of a graph of a million columns; no peer asks policies of lineage."""
    for text in timed([os.path.join(BUILD, "tests", "bench_policies")], "/tmp")[2].decode().splitlines():
        said = json.loads(text)
        line(f"policies, 1,000,000 columns, {said['what']}: time", said["ask_s"], "s")


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
    "classify": in_folder(classification, lambda _: engine_alone()), "demo": in_folder(demo), "lineage": lineage,
    "catalogue": in_folder(large), "log": log_alone, "policies": policies, "push": pushing, "postgres": postgres,
}


def main():
    unknown = set(sys.argv[2:]) - set(SECTIONS)
    if unknown:
        sys.exit(f"run.py: no such part: {' '.join(sorted(unknown))}; there are {' '.join(SECTIONS)}")
    print(f"{'what':<58} | {'ours':>16} | {'peer':<36} | ratio", flush=True)
    for name in sys.argv[2:] or SECTIONS:
        SECTIONS[name]()


main()
