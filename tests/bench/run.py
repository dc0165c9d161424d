"""
run.py BUILD: all benchmarks, one after the other, as lines "what | ours | peer | ratio". Figures are medians of several runs;
a ratio above 1 says how many times better ours is, measured in the same run on the same work. Peers come from pip into
build/venv-peers; without them their lines say so.
"""
import json
import os
import random
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


def main():
    print(f"{'what':<58} | {'ours':>16} | {'peer':<36} | ratio")
    with tempfile.TemporaryDirectory(prefix="tagline-bench-") as folder:
        classification(folder)
        demo(folder)


main()
