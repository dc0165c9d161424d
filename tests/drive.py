"""
What the end-to-end tests are written with: a house of its own for each test (warehouse, tagline.yaml, log), the program
run in it, and claims about what it said. A test is a function whose name is a sentence. Standard library only.
"""
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

PROGRAM = os.path.abspath(sys.argv[1])
SOAK = os.environ.get("TAGLINE_SOAK") == "1"
tests = []


class Skip(Exception):
    """Raised with the reason by a test that cannot run here."""


def test(body):
    tests.append(body)
    return body


class Answer:
    """What one run of the program said."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.raw, self.err = words, code, out, err
        self.out = out.decode("utf-8", "replace")

    def lines(self):
        """--json: one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self):
        return f"tagline {' '.join(self.words)}\n-- exit {self.code}, out:\n{self.out[-3000:]}\n-- err:\n{self.err[-3000:]}"


class House:
    """A folder with a warehouse, a configuration and what came of them."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="tagline-e2e-")

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def at(self, *names):
        return os.path.join(self.path, *names)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.at(name)), exist_ok=True)
        with open(self.at(name), "wb") as f:
            f.write(content.encode() if isinstance(content, str) else content)
        return self.at(name)

    def config(self, sources=(("shop", "sqlite", "path: shop.db"),), rest=""):
        text = "actor: tester\nlog: log\n" + rest + "sources:\n"
        for name, kind, more in sources:
            text += f"  - name: {name}\n    type: {kind}\n"
            text += "".join(f"    {line}\n" for line in more.splitlines())
        return self.write("tagline.yaml", text)

    @contextlib.contextmanager
    def db(self, name="shop.db"):
        conn = sqlite3.connect(self.at(name))
        yield conn
        conn.commit()
        conn.close()

    def shop(self, rows=50):
        """A small warehouse that holds something to find, and its configuration."""
        with self.db() as db:
            db.execute("create table users (id integer primary key, email text, country text, note text)")
            db.executemany("insert into users values (?, ?, ?, ?)", [
                (i, f"person{i}@example.com", "DE", f"called on day {i}") for i in range(rows)])
            db.execute("create table orders (id integer primary key, user_id integer, amount real)")
            db.executemany("insert into orders values (?, ?, ?)", [(i, i, i * 1.5) for i in range(rows)])
            db.execute("create view mails as select email as contact_email from users")
        self.config()
        return self

    def start(self, *words, env=None, before=None):
        full = {**os.environ, "NO_COLOR": "1", **(env or {})}
        return subprocess.Popen([PROGRAM, *words], cwd=self.path, env=full, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=before)

    def run(self, *words, code=0, env=None, before=None, seconds=300):
        """Runs the program and holds its exit code against `code` (None: any that is no crash)."""
        process = self.start(*words, env=env, before=before)
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError(f"tagline {' '.join(words)}: no end after {seconds} s") from None
        answer = Answer(words, process.returncode, out, err.decode("utf-8", "replace"))
        sound(answer)
        if code is not None:
            assert answer.code == code, f"expected exit {code}\n{answer}"
        return answer

    def peak(self, *words):
        """Most bytes the program had in memory. Asked by a small process: a child begins with its parent's peak."""
        ask = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)")
        return int(subprocess.run([sys.executable, "-c", ask, PROGRAM, *words], cwd=self.path, stdout=subprocess.PIPE, check=True).stdout)

    def fails(self, code, *words, says=(), **more):
        """The program fails with `code`, says why in its form, and the words contain each of `says`."""
        answer = self.run(*words, code=code, **more)
        assert answer.err.startswith("tagline: ") or "\ntagline: " in answer.err, f"no 'tagline: why' line\n{answer}"
        for part in [says] if isinstance(says, str) else says:
            assert part in answer.err, f"does not say {part!r}\n{answer}"
        return answer

    def git(self, *words, code=0, raw=False):
        done = subprocess.run(["git", "-C", self.at("log"), *words], capture_output=True, env=dict(
            os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null"))
        assert done.returncode == code, f"git {' '.join(words)}: {done.stderr.decode('utf-8', 'replace')}"
        return done.stdout if raw else done.stdout.decode("utf-8", "replace").rstrip("\n")

    def commits(self):
        """Ids on main, newest first."""
        return self.git("rev-list", "main").split()

    def log_is_whole(self):
        """Stock git finds nothing wrong, and a tree holds what its format says."""
        self.git("fsck", "--strict", "--full", "--no-dangling")
        assert self.git("show", "main:format").strip() == "tagline-log 1"

    def state(self, path):
        return self.git("show", f"main:state/{path}.json")


def sound(answer):
    """No sanitizer spoke, no assertion failed, nothing died of a fault of its own."""
    for word in ("AddressSanitizer", "LeakSanitizer", "runtime error:", "Assertion"):
        assert word not in answer.err, f"{answer}"
    own = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGFPE, -signal.SIGILL, -signal.SIGPIPE, 99}
    assert answer.code not in own, f"{answer}"


def main():
    failed = 0
    words = sys.argv[2:]
    for body in tests:
        name = body.__name__.replace("_", " ")
        if words and not any(word in body.__name__ for word in words):
            continue
        house = House()
        began = time.monotonic()
        try:
            body(house)
            print(f"ok    {name} ({time.monotonic() - began:.1f} s)", flush=True)
        except Skip as why:
            print(f"SKIP: {name}: {why}", flush=True)
        except Exception:
            failed += 1
            print(f"FAIL  {name}", flush=True)
            traceback.print_exc(file=sys.stdout)
        finally:
            house.close()
    sys.exit(1 if failed else 0)


def generator(seed):
    """Chance that a soak run varies and a test run repeats."""
    return random.Random(time.time_ns() if SOAK else seed)
