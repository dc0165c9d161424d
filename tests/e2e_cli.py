"""The command line itself: help, colour, exit codes, listings, determinism, and the demo."""
import json
import os
import pty
import re
import resource
import select
import shutil
import signal
import subprocess

from drive import PROGRAM, main, test

COMMANDS = ["init", "scan", "classify", "review", "log", "blame", "push", "connectors", "rules", "demo", "help"]


def on_terminal(house, *words, **env):
    """What the program shows when results and words go to a terminal."""
    ours, theirs = pty.openpty()
    full = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen([PROGRAM, *words], cwd=house.path, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
                               env={**full, "TERM": "xterm-256color", **env})
    os.close(theirs)
    shown = b""
    while True:
        if not select.select([ours], [], [], 120)[0]:
            process.kill()
            raise AssertionError("no end")
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(ours)
    process.wait()
    return shown


@test
def help_lists_every_command_and_each_has_its_own(house):
    shown = house.run("help").out
    for command in COMMANDS:
        assert f"\n  {command} " in shown, command
        own = house.run("help", command).out
        assert own == house.run(command, "--help").out and "--json" in own, command
    for topic in ("config", "exit-codes", "environment"):
        assert len(house.run("help", topic).out) > 100, topic


@test
def no_words_at_all_is_usage_and_shows_help(house):
    assert "commands:" in house.run(code=2).out


@test
def the_version_is_one_line(house):
    assert house.run("--version").out.startswith("tagline ") and house.run("--version").out.count("\n") == 1


@test
def colour_is_for_terminals_and_can_be_refused(house):
    house.shop()
    assert b"\033[" in on_terminal(house, "scan")
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert b"\033[" not in on_terminal(house, "review", **env), env
    assert b"\033[" not in on_terminal(house, "review", "--no-color")
    assert "\033[" not in house.run("review", env={"NO_COLOR": ""}).out


@test
def results_and_words_go_separate_ways(house):
    answer = house.shop().run("scan", "--json")
    assert answer.lines() and answer.err, answer
    assert house.run("scan", "--json", "--quiet").err == ""


@test
def every_listing_has_a_json_form(house):
    house.shop().run("scan")
    for words in ("scan", "review", "log", "connectors list", "connectors check", "rules list", "rules carry", "blame users#email", "classify shop"):
        for line in house.run(*words.split(), "--json").lines():
            assert isinstance(line, dict), words


@test
def every_failure_ends_in_a_hint(house):
    house.shop()
    missing = []
    for words in (["scna"], ["scan", "--jsn"], ["scan", "-c", "no.yaml"], ["classify", "no.csv"], ["classify"], ["push", "--to", "x", "--dry-run"],
                  ["blame", "users#email"], ["review", "accept"], ["rules", "show", "no_such"], ["log", "show", "no_such"], ["push"],
                  ["connectors", "check", "no_such"], ["scan", "--metrics", "/no/such/folder/file"], ["demo", "/proc/no"]):
        answer = house.run(*words, code=None)
        if answer.code == 0 or not answer.err.rstrip("\n").rsplit("\n", 1)[-1].startswith("hint: "):
            missing.append(f"tagline {' '.join(words)}: exit {answer.code}, {answer.err.strip()}")
    for text in ("scan:\n  sample_rows: many\n", "log: [a]\n", "a: [b\n", "actor: \"\xff\n", "rules: {packs: [no.yaml]}\n"):
        house.write("tagline.yaml", text.encode("latin-1"))
        answer = house.run("scan", code=2)
        if not answer.err.rstrip("\n").rsplit("\n", 1)[-1].startswith("hint: "):
            missing.append(answer.err.strip())
    assert not missing, "no hint:\n" + "\n".join(missing)


@test
def names_that_fool_terminals_are_shown_escaped(house):
    house.config()
    with house.db() as db:
        db.execute('create table "\033[31mred" (email text)')
        db.executemany('insert into "\033[31mred" values (?)', [(f"p{i}@example.com",) for i in range(40)])
    for words in (["scan"], ["review"], ["classify", "shop"]):
        answer = house.run(*words)
        assert "\033" not in answer.out + answer.err, answer
    house.fails(2, "blame", "a\033[31mb#c")


@test
def a_crash_leaves_no_memory_image(house):
    def unlimited():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    process = subprocess.Popen([PROGRAM, "classify", "-"], cwd=house.path, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, preexec_fn=unlimited)
    process.stdin.write(b"email\ncanary@example.com\n")
    process.stdin.flush()
    while not re.search(r"Max core file size +0 +0 ", open(f"/proc/{process.pid}/limits", encoding="ascii").read()):
        assert process.poll() is None, "it ended by itself"
    process.send_signal(signal.SIGQUIT)
    _, status = os.waitpid(process.pid, 0)
    assert os.WIFSIGNALED(status) and not os.WCOREDUMP(status), status
    assert os.listdir(house.path) == [], os.listdir(house.path)


@test
def a_finding_at_the_asked_level_is_exit_1(house):
    house.shop().run("scan", "--dry-run", code=0)
    assert not os.path.exists(house.at("log")), "a dry run logs nothing"
    house.run("scan", "--fail-on", "special", code=0)
    with house.db() as db:
        db.execute("create table clients (email text)")
        db.executemany("insert into clients values (?)", [(f"c{i}@example.com",) for i in range(40)])
    house.run("scan", "--fail-on", "personal", code=1)
    house.run("scan", "--fail-on", "personal", code=0)
    house.fails(2, "scan", "--fail-on", "persnal", says="personal")


@test
def init_writes_what_scan_reads(house):
    house.shop()
    os.unlink(house.at("tagline.yaml"))
    house.run("init", "shop.db")
    house.fails(5, "init", "shop.db", says="tagline.yaml")
    house.run("scan")
    assert "email_address" in house.run("review").out


@test
def init_quotes_odd_paths(house):
    name = "it's: a #\\ {shop}.db"
    with house.db(name) as db:
        db.execute("create table users (email text)")
        db.executemany("insert into users values (?)", [(f"p{i}@example.com",) for i in range(40)])
    house.run("init", name)
    house.run("scan")
    assert "email_address" in house.run("review").out


@test
def standard_input_is_classified(house):
    text = "colour,mail\n" + "".join(f"{'red green blue'.split()[i % 3]},p{i}@example.com\n" for i in range(50))
    done = subprocess.run([PROGRAM, "classify", "--json", "-"], input=text.encode(), cwd=house.path, capture_output=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["info_type"] for line in found] == [None, "email_address"], found


@test
def thread_count_and_repetition_change_nothing(house):
    house.shop()
    with house.db() as db:
        for i in range(25):
            db.execute(f"create table t{i} (id integer, email text, phone text, iban text, note text)")
            db.executemany(f"insert into t{i} values (?, ?, ?, ?, ?)", [
                (k, f"p{k}@example.com", f"+4930901820{k % 100:02}", "DE89370400440532013000", "x") for k in range(700)])
    found = set()
    for threads in (1, 2, 7, 1):
        house.config(rest=f"scan:\n  threads: {threads}\n")
        found.add(house.run("classify", "--json", "shop").out)
        shutil.rmtree(house.at("log"), ignore_errors=True)
        house.run("scan", env={"TAGLINE_SEED": "7", "TAGLINE_CLOCK": "1767323045"})
        found.add(house.git("rev-parse", "main:state"))
    assert len(found) == 2, found


@test
def the_demo_runs_and_runs_again(house):
    first = house.run("demo").out
    for part in ("$ tagline scan", "$ tagline log", "$ tagline blame", "$ tagline push --dry-run", "core_users#email"):
        assert part in first, part
    second = house.run("demo")
    assert "$ tagline scan" in second.out
    os.rename(house.at("tagline-demo/tagline-log"), house.at("log"))
    house.log_is_whole()


@test
def the_demo_clears_no_folder_that_is_not_its_own(house):
    house.write("mine/letters.txt", "dear diary")
    house.fails(5, "demo", "mine", says="mine")
    assert os.listdir(house.at("mine")) == ["letters.txt"]


@test
def the_commands_that_the_demo_names_work(house):
    shown = house.run("demo").out
    lines = [line.strip()[2:].split("  ")[0] for line in shown[shown.rindex("Now you"):].splitlines() if line.strip().startswith("$ ")]
    assert len(lines) >= 4, shown
    os.symlink(PROGRAM, house.at("tagline"))
    script = "set -e\n" + "\n".join(line for line in lines if "init shop.db" not in line)
    done = subprocess.run(["sh", "-c", script], cwd=house.path, capture_output=True,
                          env=dict(os.environ, PATH=house.path + ":" + os.environ["PATH"]))
    assert done.returncode == 0, (script, done.stdout[-2000:], done.stderr[-2000:])


@test
def a_source_that_cannot_be_read_comes_with_what_to_do(house):
    house.config([("shop", "sqlite", "path: nowhere.db")])
    answer = house.run("scan", code=3)
    assert "nowhere.db" in answer.err and "counts from the folder of the configuration file" in answer.err, answer


main()
