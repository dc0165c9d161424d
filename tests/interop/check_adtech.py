"""
Our decoders of consent strings against the IAB's own libraries (npm: @iabtcf/core, @iabgpp/cmpapi): strings that their encoders make
from a fixed seed, and each field as their decoders read it. Then the same strings cut and changed at random: ours must answer, and
must not take a cut core for a whole one.

    check_adtech.py TAGLINE [COUNT]

The program that prints what ours read, decode_lines, stands in the same build folder. The packages are put into build/npm.
"""
import os
import random
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(HERE, "..", "..", "build", "npm")
PACKAGES = ["@iabtcf/core@1.5.6", "@iabgpp/cmpapi@3.2.0"]
SHOWN = 5


def skip(why):
    print(f"SKIP: {why}")
    sys.exit(77)


def packages():
    """NODE_PATH's folder."""
    if not shutil.which("node") or not shutil.which("npm"):
        skip("node and npm are not here, and the IAB's encoders are written for them")
    folder = os.path.join(BUILD, "node_modules")
    if not all(os.path.isdir(os.path.join(folder, p.rsplit("@", 1)[0])) for p in PACKAGES):
        os.makedirs(BUILD, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", BUILD, *PACKAGES]
        try:
            subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except (OSError, subprocess.SubprocessError):
            skip("npm cannot reach its registry for the IAB's encoders")
    return folder


def encode(folder, what, count):
    env = dict(os.environ, NODE_PATH=folder)
    command = ["node", os.path.join(HERE, "encode_consent.js"), what, str(count), "7"]
    lines = subprocess.run(command, check=True, env=env, capture_output=True, text=True).stdout.splitlines()
    return [line.split("\t", 1) for line in lines]


def decode(program, what, strings):
    out = subprocess.run([program, what], input="\n".join(strings) + "\n", check=True, capture_output=True, text=True).stdout
    return out.splitlines()


def mutated(text, rng):
    kind = rng.randrange(3)
    at = rng.randrange(len(text))
    if kind == 0:
        return text[:at] or "C"
    if kind == 1:
        return text[:at] + rng.choice("ABCDabcd0123-_.~") + text[at + 1:]
    return text[:at] + text[at:][::-1]


def main():
    program = os.path.join(os.path.dirname(os.path.abspath(sys.argv[1])), "tests", "decode_lines")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    folder = packages()
    rng = random.Random(7)
    wrong = 0
    for what in ("tcf", "gpp"):
        pairs = encode(folder, what, count)
        read = decode(program, what, [text for text, _ in pairs])
        differ = [(text, want, got) for (text, want), got in zip(pairs, read) if want != got]
        for text, want, got in differ[:SHOWN]:
            print(f"{what} {text}\n  theirs {want}\n  ours   {got}")
        assert len(read) == len(pairs)
        changed = [mutated(text, rng) for text, _ in pairs for _ in range(4)]
        answers = decode(program, what, changed)
        assert len(answers) == len(changed)
        if what == "tcf":
            cut = [text.split(".")[0][:-8] for text, _ in pairs]
            wrong += sum(not answer.startswith("defects") for answer in decode(program, what, cut))
        print(f"{what}: {len(pairs)} strings, {len(differ)} differ; {len(changed)} changed ones were answered")
        wrong += len(differ)
    sys.exit(1 if wrong else 0)


main()
