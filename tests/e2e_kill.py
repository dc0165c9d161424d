"""Stopped at any moment: the log is exactly before or exactly after, and the next run needs no hand."""
import os
import random
import signal
import time

from drive import generator, main, test

KILLS = int(os.environ.get("TAGLINE_SOAK_KILLS", "100"))


def bigger(house, again=False):
    """Enough to write that there are moments to be killed at."""
    if not again:
        house.shop()
    with house.db() as db:
        for i in range(30):
            db.execute(f"create table t{i} (id integer, email text, phone_number text, note text)")
            db.executemany(f"insert into t{i} values (?, ?, ?, ?)", [
                (k, f"p{k}@example.com", f"+4930901820{k % 100:02}", "words") for k in range(40)])
            db.execute(f"create view v{i} as select email || '' as a, substr(phone_number, 1, 4) as b, id from t{i} where 1 = 0")
    house.config(rest="scan:\n  sample_rows: 40\ndatasets:\n  - {match: 'v*', zone: export}\n")
    return house


def change(house, number):
    """Something new for the next scan to write."""
    with house.db() as db:
        for i in range(5):
            db.execute(f"alter table t{(number * 5 + i) % 30} add column extra{number}_{i} text")


def seen(house):
    """What the log looks like from outside, to notice that a write has begun."""
    found = []
    for folder in ("log", "log/objects", "log/objects/pack"):
        try:
            found.append(sorted(os.listdir(house.at(folder))))
        except FileNotFoundError:
            found.append(None)
    return found


def unharmed(house):
    """(seconds that a scan takes, seconds of them from its first trace in the log on)."""
    began = time.monotonic()
    before = seen(house)
    process = house.start("scan")
    while process.poll() is None and seen(house) == before:
        pass
    writing = time.monotonic()
    process.communicate()
    assert process.returncode == 0
    return time.monotonic() - began, time.monotonic() - writing


def stop(house, chance, how, lengths):
    """Starts a scan and stops it: any time in its life, or any time while it writes."""
    process = house.start("scan")
    if chance.random() < 0.3:
        time.sleep(chance.random() * lengths[0])
    else:
        before = seen(house)
        while process.poll() is None and seen(house) == before:
            pass
        time.sleep(chance.random() * lengths[1])
    process.send_signal(how)
    out, err = process.communicate(timeout=120)
    assert b"Sanitizer" not in err and b"runtime error" not in err, err.decode("utf-8", "replace")
    return process.returncode, err.decode("utf-8", "replace")


def before_or_after(house, tips, number):
    """The tip is the old one or one commit further, and a tree that git can read whole."""
    half = [name for name in os.listdir(house.at("log/objects/pack")) if name.startswith("tmp_") and name.endswith((".idx", ".pack"))]
    assert not half, f"git takes for packs: {half}"
    now = house.commits()
    assert now[-len(tips):] == tips and len(now) - len(tips) <= 1, (now[:3], tips[:3])
    if number % 10 == 0:
        house.log_is_whole()
    else:
        house.git("rev-list", "--objects", "-n", "1", "main")
    return now


@test
def kill_9_at_any_moment_leaves_the_log_before_or_after(house):
    chance = generator(9)
    bigger(house).run("scan")
    change(house, 0)
    lengths = unharmed(house)
    tips, killed, too_late, number = house.commits(), 0, 0, 0
    while killed < KILLS and number < 5 * KILLS:
        number += 1
        change(house, number)
        code, _ = stop(house, chance, signal.SIGKILL, lengths)
        now = before_or_after(house, tips, number)
        killed += code == -signal.SIGKILL
        too_late += code == -signal.SIGKILL and len(now) > len(tips)
        tips = now
        if number % 25 == 0:
            house.run("scan")
            tips = house.commits()
        if number % 300 == 0: # columns pile up
            with house.db() as db:
                for table in [row[0] for row in db.execute("select name from sqlite_master where name glob 't[0-9]*'")]:
                    db.execute(f"drop table {table}")
            bigger(house, again=True)
    house.run("scan")
    house.log_is_whole()
    leftovers = [n for n in os.listdir(house.at("log/objects/pack")) if not n.endswith((".pack", ".idx", ".rev"))]
    assert not leftovers, leftovers
    print(f"      {number} scans, {killed} killed, {killed - too_late} of them before their commit")
    assert killed >= KILLS and 0 < too_late < killed


@test
def kill_9_while_the_log_is_made_needs_no_hand(house):
    chance = generator(10)
    bigger(house)
    for number in range(max(20, KILLS // 10)):
        process = house.start("scan")
        while process.poll() is None and not os.path.exists(house.at("log")):
            pass
        time.sleep(chance.random() * 0.02)
        process.kill()
        process.communicate()
        if number % 5 == 0:
            house.run("scan")
            house.log_is_whole()
            os.rename(house.at("log"), house.at(f"log{number}"))
    house.run("scan")
    house.log_is_whole()


def ends_by(house, how):
    chance = generator(11)
    bigger(house).run("scan")
    change(house, 0)
    lengths = unharmed(house)
    tips = house.commits()
    stopped = 0
    for number in range(1, 13):
        change(house, number)
        code, err = stop(house, chance, how, lengths)
        assert code in (0, -how), (code, err)
        stopped += code == -how
        tips = before_or_after(house, tips, number)
    house.run("scan")
    house.log_is_whole()
    assert stopped, "none was stopped in time"


@test
def sigint_ends_a_scan_by_that_signal(house):
    ends_by(house, signal.SIGINT)


@test
def sigterm_ends_a_scan_by_that_signal(house):
    ends_by(house, signal.SIGTERM)


@test
def temporary_files_do_not_pile_up(house):
    bigger(house).run("scan")
    chance = random.Random(12)
    before = set(os.listdir("/tmp"))
    for number in range(10):
        change(house, number)
        stop(house, chance, signal.SIGTERM, (0.5, 0.05))
    mine = [name for name in set(os.listdir("/tmp")) - before if "tagline" in name and "e2e" not in name and "test" not in name]
    assert not mine, mine


main()
