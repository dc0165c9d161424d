#!/usr/bin/env python3
"""
scores.py TAGLINE [--record] [--wrong] [SET ...]: how good the decisions are, on the labelled columns of tests/fixtures/columns and on
GitTables' (../shared, where it is). Each set's weighted and macro F1, precision and recall of "is it personal", false alarms, and
which columns came out otherwise than the last record (tests/fixtures/columns/scores.json) says.

A column is right when every personal tag of confidence 0.5 or more is one of its labels and there is one (or "none" is a label).
F1 is taken as for GitTables: over the labels, "none" left out of the average but counted as a false alarm. --record writes the
record anew; --wrong prints all that is wrong instead of what changed.
"""
import collections
import hashlib
import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = os.path.join(HERE, "..", "fixtures", "columns")
RECORD = os.path.join(COLUMNS, "scores.json")
SHARED = os.path.join(HERE, "..", "..", "..", "shared")
PERSONAL = ("personal", "sensitive", "special")
SURE = 0.5


def groups():
    """Type -> the label it counts as."""
    of = {}
    with open(os.path.join(COLUMNS, "groups.txt"), encoding="utf-8") as f:
        for line in f:
            head, colon, members = line.partition(":")
            if colon and not line.startswith("#"):
                of.update((member, head.strip()) for member in members.split())
    return of


def sets():
    return sorted(name[:-5] for name in os.listdir(COLUMNS) if name.endswith(".json") and name not in ("scores.json", "floors.json"))


def read(stem):
    with open(os.path.join(COLUMNS, stem + ".json"), encoding="utf-8") as f:
        return json.load(f)["tables"]


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def as_database(tables, path):
    """Each table with its columns' native types, so that they are seen as a warehouse would show them."""
    db = sqlite3.connect(path)
    for table in tables:
        columns = table["columns"]
        db.execute(f"create table {quoted(table['table'])} (" + ", ".join(f"{quoted(c['name'])} {c['type']}" for c in columns) + ")")
        db.executemany(f"insert into {quoted(table['table'])} values ({','.join('?' * len(columns))})", zip(*(c["values"] for c in columns)))
    db.commit()
    db.close()


def said_of(program, path):
    """(table, column) -> tags of confidence enough, the most telling first."""
    done = subprocess.run([program, "classify", "--json", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1):
        sys.exit(f"{program} classify {path}: exit {done.returncode}\n{done.stderr.decode('utf-8', 'replace')}")
    said = collections.defaultdict(list)
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        key = urllib.parse.unquote(tag["dataset"].split("/")[-1]), tag["column"]
        said[key] += [tag] if tag["info_type"] and tag["confidence"] >= SURE else []
    return said


class Score:
    """Of one set."""

    def __init__(self):
        self.n = self.nobody = self.alarms = self.right = 0
        self.hit, self.wrong, self.missed = (collections.Counter() for _ in range(3))
        self.found = self.too_many = self.lost = 0
        self.mistakes = {}  # "table.column" -> what was said

    def add(self, key, labels, tags, of, known_miss=False):
        accepted = {of.get(label, label) for label in labels}
        personal = [of.get(tag["info_type"], tag["info_type"]) for tag in tags if tag["sensitivity"] in PERSONAL]
        all_types = [of.get(tag["info_type"], tag["info_type"]) for tag in tags]
        extra = [kind for kind in personal if kind not in accepted]
        hits = [kind for kind in all_types if kind in accepted]
        is_right = not extra and (bool(hits) or "none" in accepted)
        truth = (hits[0] if hits else of.get(labels[0], labels[0])) if labels[0] != "none" else hits[0] if hits and extra == [] else "none"
        guess = extra[0] if extra else truth if is_right else "none"
        self.n += 1
        self.right += is_right
        self.nobody += "none" in accepted
        self.alarms += "none" in accepted and bool(extra)
        is_personal = "none" not in accepted
        self.found += is_personal and bool(personal)
        self.lost += is_personal and not personal and not hits
        self.too_many += not is_personal and bool(extra)
        if guess == truth:
            self.hit[truth] += 1
        else:
            self.missed[truth] += 1
            self.wrong[guess] += 1
        if not is_right:
            self.mistakes[key] = ("known: " if known_miss else "") + f"{' '.join(labels)} -> {', '.join(t['info_type'] for t in tags) or 'nothing'}"

    def f1(self):
        labels = sorted((set(self.hit) | set(self.missed)) - {"none"})
        of = {}
        for label in labels:
            p = self.hit[label] / (self.hit[label] + self.wrong[label]) if self.hit[label] + self.wrong[label] else 0
            r = self.hit[label] / (self.hit[label] + self.missed[label]) if self.hit[label] + self.missed[label] else 0
            of[label] = 2 * p * r / (p + r) if p + r else 0
        n = {label: self.hit[label] + self.missed[label] for label in labels}
        return of, n

    def figures(self):
        of, n = self.f1()
        return {"columns": self.n, "right": self.right,
                "weighted_f1": round(sum(of[label] * n[label] for label in of) / max(1, sum(n.values())), 3),
                "macro_f1": round(sum(of.values()) / max(1, len(of)), 3),
                "precision": round(self.found / max(1, self.found + self.too_many), 3),
                "recall": round(self.found / max(1, self.found + self.lost), 3),
                "nobodys": self.nobody, "false_alarms": self.alarms}


def score(program, stem, of):
    tables = read(stem)
    with tempfile.TemporaryDirectory(prefix="tagline-scores-") as folder:
        path = os.path.join(folder, stem + ".db")
        as_database(tables, path)
        said = said_of(program, path)
    result = Score()
    for table in tables:
        for column in table["columns"]:
            result.add(f"{table['table']}.{column['name']}", column["is"], said[table["table"], column["name"]], of, column.get("known_miss"))
    return result


def gittables(program):
    """GitTables' labelled columns, and the same by halves: tables whose name's SHA-256 has an even or odd second byte. None without the data."""
    data = os.path.join(SHARED, "data", "columns", "gittables-dev.json")
    tool = os.path.join(SHARED, "tools", "score_columns.py")
    if not os.path.exists(data) or not os.path.exists(tool):
        return None
    spec = importlib.util.spec_from_file_location("score_columns", tool)
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    with open(data, encoding="utf-8") as f:
        tables = json.load(f)
    with tempfile.TemporaryDirectory(prefix="tagline-scores-") as folder:
        theirs.emit(tables, folder)
        done = subprocess.run([program, "classify", "--json"] + sorted(os.listdir(folder)), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = {}
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        said[tag["dataset"], tag["column"]] = tag["info_type"]  # the last line of a column is its dominant type's
    whole, even, odd = Score(), Score(), Score()
    for table, body in tables.items():
        half = even if hashlib.sha256(table.encode()).digest()[1] % 2 == 0 else odd
        for name, column in body["columns"].items():
            kind = said.get((theirs.csv_name(table), name))
            guess = theirs.LABEL_OF.get(kind, "none")
            truth = column["pii_gt"] if column["pii_gt"] != "None" else "none"
            for result in (whole, half):
                result.add(f"{table}.{name}", [truth], [] if guess == "none" else [{"info_type": guess, "sensitivity": "personal"}], {})
    return {"gittables": whole, "gittables_even": even, "gittables_odd": odd}


def scores(program, only=()):
    of = groups()
    results = {stem: score(program, stem, of) for stem in sets() if not only or stem in only}
    if not only or "gittables" in only:
        results.update(gittables(program) or {})
    return results


def record():
    if not os.path.exists(RECORD):
        return {}
    with open(RECORD, encoding="utf-8") as f:
        return json.load(f)


def changes(stem, result, last):
    """What a set's record did not have, both ways."""
    before = last.get(stem, {}).get("wrong", {})
    for key in sorted(set(before) - set(result.mistakes)):
        yield f"  + {key}: {before[key]} is right now"
    for key in sorted(set(result.mistakes) - set(before)):
        yield f"  - {key}: {result.mistakes[key]}"
    for key in sorted(set(before) & set(result.mistakes)):
        if before[key] != result.mistakes[key]:
            yield f"  ~ {key}: {before[key]} is now {result.mistakes[key].split(' -> ')[-1]}"


def show(results, last, all_wrong=False):
    print(f"{'set':<16} {'columns':>7} {'right':>6} {'weighted':>8} {'macro':>6} {'P':>6} {'R':>6} {'alarms':>12}")
    for stem, result in results.items():
        f = result.figures()
        print(f"{stem:<16} {f['columns']:>7} {f['right']:>6} {f['weighted_f1']:>8.3f} {f['macro_f1']:>6.3f} {f['precision']:>6.3f} {f['recall']:>6.3f} "
              f"{f['false_alarms']:>5} of {f['nobodys']}")
        for line in changes(stem, result, {} if all_wrong else last):
            print(line)


def write_record(results, last):
    for stem, result in results.items():
        last[stem] = {**result.figures(), "wrong": dict(sorted(result.mistakes.items()))}
        if stem.startswith("gittables"):
            del last[stem]["wrong"]  # the data are not ours to carry
    with open(RECORD, "w", encoding="utf-8") as f:
        json.dump(dict(sorted(last.items())), f, ensure_ascii=False, indent=1)
        f.write("\n")


def by_label(results):
    """F1 of each label over our own sets together."""
    whole = Score()
    for stem, result in results.items():
        if not stem.startswith("gittables"):
            whole.hit.update(result.hit)
            whole.wrong.update(result.wrong)
            whole.missed.update(result.missed)
    of, n = whole.f1()
    print("by label: " + ", ".join(f"{label} {of[label]:.2f} ({n[label]})" for label in sorted(of, key=lambda l: (of[l], l)) if n[label] > 2))


if __name__ == "__main__":
    words = sys.argv[1:]
    flags = [word for word in words if word.startswith("--")]
    rest = [word for word in words if not word.startswith("--")]
    if not rest:
        sys.exit(__doc__)
    found = scores(os.path.abspath(rest[0]), rest[1:])
    show(found, record(), "--wrong" in flags)
    by_label(found)
    if "gittables" not in found:
        print("GitTables: no ../shared/data/columns/gittables-dev.json here, so it is not measured")
    if "--record" in flags:
        write_record(found, record())
