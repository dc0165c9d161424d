#!/usr/bin/env python3
"""
seeds.py FIXTURES FOLDER: cuts the texts of tests/fixtures/{lineage,same,sql} into seeds of the targets that read SQL, a file each: the number
of the dialect as its first byte, then the text. Files that are no longer made are taken away.
"""
import hashlib
import os
import re
import sys

DIALECTS = "ansi postgres redshift snowflake trino sqlite duckdb bigquery spark".split()


def named(words):
    return DIALECTS if words.strip() == "all" else [w for w in words.split() if w in DIALECTS]


def texts(fixtures):
    """(dialects, text) of every fixture."""
    for folder in ("lineage", "same", "sql"):
        for name in sorted(os.listdir(os.path.join(fixtures, folder))):
            with open(os.path.join(fixtures, folder, name), encoding="utf-8") as f:
                text = f.read()
            first = re.match("[a-z]*", name)[0]
            if folder == "lineage":
                for head, sql in re.findall(r"^=== .* \| (.*)\n((?:(?!---\n).*\n)*)---\n", text, re.M):
                    yield named(head), sql
            elif folder == "same":
                for head, sql in re.findall(r"^--- (.*)\n((?:(?!---|===).*\n)*)", text, re.M):
                    yield named(head), sql
            elif name.endswith((".accepted", ".accepts", ".refused")) and first in DIALECTS:
                for sql in text.split("\n\n"):
                    yield [first], sql
            elif name.endswith(".sql") and first in DIALECTS:
                yield [first], text


def main():
    fixtures, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    made = set()
    for dialects, sql in texts(fixtures):
        # One dialect of several: which, the text decides, so that all come about.
        chance = hashlib.sha1(sql.encode()).digest()[0]
        for dialect in dialects[chance % len(dialects):][:1]:
            seed = bytes([DIALECTS.index(dialect)]) + sql.strip("\n").encode()
            name = f"{dialect}-{hashlib.sha1(seed).hexdigest()[:12]}"
            made.add(name)
            with open(os.path.join(folder, name), "wb") as f:
                f.write(seed)
    for name in set(os.listdir(folder)) - made:
        os.remove(os.path.join(folder, name))
    assert len(made) >= 1000, len(made)


if __name__ == "__main__":
    main()
