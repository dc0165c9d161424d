"""The log when things go wrong around it: not a log, a newer one, no room, two writers, a source that fails."""
import fcntl
import os
import resource
import signal
import subprocess
import time

from drive import PROGRAM, Skip, main, test


def stranger(house, files):
    """A bare git repository at the log's place with `files` on main, made by stock git."""
    house.git_env = dict(os.environ, GIT_AUTHOR_NAME="x", GIT_AUTHOR_EMAIL="x@example.com", GIT_COMMITTER_NAME="x",
                         GIT_COMMITTER_EMAIL="x@example.com", GIT_CONFIG_GLOBAL="/dev/null")
    run = lambda *words, **more: subprocess.run(["git", *words], check=True, capture_output=True, env=house.git_env, **more)
    run("init", "-q", "-b", "main", house.at("work"))
    for name, text in files.items():
        house.write("work/" + name, text)
    run("-C", house.at("work"), "add", ".")
    run("-C", house.at("work"), "commit", "-q", "--allow-empty", "-m", "x")
    run("clone", "-q", "--bare", house.at("work"), house.at("log"))


def fingerprint(path):
    """Everything below a folder: names and contents."""
    found = {}
    for folder, _, names in os.walk(path):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                found[os.path.relpath(os.path.join(folder, name), path)] = f.read()
    return found


@test
def a_scan_writes_one_commit_and_stock_git_reads_it(house):
    house.shop().run("scan")
    house.log_is_whole()
    assert len(house.commits()) == 2, "one that made the log, one for the run"
    subprocess.run(["git", "clone", "-q", house.at("log"), house.at("clone")], check=True)
    assert os.path.exists(house.at("clone/state/shop/main/users.json"))


@test
def a_second_scan_of_an_unchanged_warehouse_is_one_small_commit(house):
    house.shop().run("scan")
    state = house.git("rev-parse", "main:state")
    house.run("scan")
    assert len(house.commits()) == 3
    assert house.git("rev-parse", "main:state") == state
    changed = house.git("diff-tree", "-r", "--name-only", "main~", "main").split()
    assert all(name.startswith(("runs/", "seal/")) for name in changed), changed


@test
def a_folder_that_is_no_log_is_left_alone(house):
    house.shop().write("log/letters.txt", "dear diary")
    before = fingerprint(house.at("log"))
    house.fails(2, "scan", says="log")
    assert fingerprint(house.at("log")) == before


@test
def a_file_at_the_logs_place_is_left_alone(house):
    house.shop().write("log", "dear diary")
    house.run("scan", code=None)
    assert open(house.at("log")).read() == "dear diary"


@test
def somebody_elses_repository_is_left_alone(house):
    stranger(house.shop(), {"README.md": "their project\n"})
    before = fingerprint(house.at("log"))
    house.fails(2, "scan", says="log")
    assert fingerprint(house.at("log")) == before


@test
def a_log_of_a_newer_format_is_left_alone_and_both_formats_are_named(house):
    stranger(house.shop(), {"format": "tagline-log 2\n"})
    before = fingerprint(house.at("log"))
    house.fails(2, "scan", says=["tagline-log 2", "tagline-log 1"])
    house.fails(2, "log", says="tagline-log 2")
    assert fingerprint(house.at("log")) == before


@test
def a_damaged_log_is_said_to_be_damaged(house):
    house.shop().run("scan")
    for name in os.listdir(house.at("log/objects/pack")):
        if name.endswith(".pack"):
            path = house.at("log/objects/pack", name)
            os.chmod(path, 0o644)
            with open(path, "r+b") as f:
                f.seek(20)
                f.write(b"\xff" * 200)
    for name in os.listdir(house.at("log")):
        if "belief" in name or "index" in name:
            os.unlink(house.at("log", name))
    answer = house.run("blame", "users#email", code=None)
    assert answer.code in (3, 4, 5), answer


@test
def a_commit_that_no_run_wrote_is_nobodys_belief(house):
    house.shop().run("scan")
    house.git("config", "receive.denyCurrentBranch", "ignore")
    clone = house.at("clone")
    house.git("clone", "-q", house.at("log"), clone)
    state = os.path.join(clone, "state/shop/main/users.json")
    text = open(state).read()
    assert '"email_address"' in text
    open(state, "w").write(text.replace('"email_address"', '"iban"'))
    done = subprocess.run("git -c user.name=x -c user.email=x@x commit -qam 'tidy up' && git push -q origin HEAD:main", shell=True,
                          cwd=clone, capture_output=True)
    assert done.returncode == 0, done.stderr
    for words in (["review"], ["blame", "users#email"], ["push", "--to", "o.json"], ["scan"]):
        house.fails(4, *words, says="not written by tagline")


@test
def the_belief_index_may_vanish_or_rot(house):
    house.shop().run("scan")
    whole = fingerprint(house.at("log"))
    shown = house.run("blame", "users#email").out
    extra = [name for name in whole if not name.startswith(("objects/", "refs/", "info/", "hooks/")) and
             name not in ("HEAD", "config", "description", "packed-refs")]
    for spoil in (lambda p: os.unlink(p), lambda p: os.truncate(p, 10), lambda p: open(p, "wb").write(os.urandom(5000))):
        for name in extra:
            if os.path.exists(house.at("log", name)):
                spoil(house.at("log", name))
        assert house.run("blame", "users#email").out == shown
    house.run("scan")
    house.log_is_whole()


@test
def no_room_for_the_log_leaves_it_as_it_was(house):
    house.shop().run("scan")
    before = house.commits()
    with house.db() as db:
        db.execute("create table more (id integer, phone text)")
        db.executemany("insert into more values (?, ?)", [(i, f"+4930901820{i % 100:02}") for i in range(500)])

    for most in (0, 100, 1000, 3000):
        def small_files(most=most):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        house.fails(5, "scan", before=small_files)
        assert house.commits() == before, most
        house.log_is_whole()
    house.run("scan")
    assert len(house.commits()) == len(before) + 1
    house.log_is_whole()


@test
def a_file_size_limit_that_kills_leaves_the_log_whole(house):
    house.shop().run("scan")
    before = house.commits()
    with house.db() as db:
        db.execute("alter table orders add column iban text")
    process = house.start("scan", before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700)))
    process.communicate(timeout=120)
    assert process.returncode != 0
    assert house.commits() == before
    house.log_is_whole()
    house.run("scan")
    house.log_is_whole()


@test
def a_full_disk_leaves_the_log_as_it_was(house):
    os.mkdir(house.at("disk"))
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", house.at("disk")], capture_output=True).returncode:
        raise Skip("mounting a small file system takes root")
    try:
        house.shop().config()
        text = open(house.at("tagline.yaml")).read().replace("log: log", "log: disk/log")
        house.write("tagline.yaml", text)
        os.symlink(house.at("disk/log"), house.at("log"))
        house.run("scan")
        before = house.commits()
        room = os.statvfs(house.at("disk"))
        with open(house.at("disk/filler"), "wb") as f:
            f.write(os.urandom(max(0, (room.f_bavail - 2) * room.f_frsize)))
        with house.db() as db:
            for i in range(40):
                db.execute(f"create table t{i} (id integer, email text, phone_number text, iban text)")
        house.fails(5, "scan")
        assert house.commits() == before
        house.log_is_whole()
        os.unlink(house.at("disk/filler"))
        house.run("scan", code=None)
        house.log_is_whole()
    finally:
        subprocess.run(["umount", house.at("disk")], check=False)


@test
def results_that_cannot_be_printed_are_no_success(house):
    house.shop()
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, "classify", "--json", "shop"], cwd=house.path, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 5, (done.returncode, done.stderr)


@test
def a_reader_that_leaves_early_is_no_crash(house):
    house.shop()
    done = subprocess.run(f"'{PROGRAM}' classify --json shop | head -n 1", shell=True, cwd=house.path, capture_output=True)
    assert done.stdout.count(b"\n") == 1 and b"Sanitizer" not in done.stderr, done


@test
def an_empty_folder_is_where_a_log_may_begin(house):
    house.shop()
    os.mkdir(house.at("log"))
    house.fails(2, "log", says=["there is no log", "'tagline scan' begins it"])
    house.run("scan")
    house.log_is_whole()


@test
def first_scans_at_once_all_end_up_in_one_log(house):
    house.shop()
    for number in range(5):
        all_of_them = [house.start("scan") for _ in range(3)]
        for process in all_of_them:
            _, err = process.communicate(timeout=300)
            assert process.returncode == 0, err
        assert len(house.commits()) == 1 + 3
        house.log_is_whole()
        os.rename(house.at("log"), house.at(f"log{number}"))
    assert not [name for name in os.listdir(house.path) if "making" in name]


@test
def two_scans_at_once_both_end_up_in_the_log(house):
    house.shop().run("scan")
    before = len(house.commits())
    both = [house.start("scan") for _ in range(4)]
    for process in both:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    assert len(house.commits()) == before + 4
    assert "2" not in {str(line.count(" ")) for line in house.git("rev-list", "--parents", "main").split("\n")}, "no merges"
    house.log_is_whole()


@test
def a_lock_that_is_held_is_waited_for_and_its_holder_named(house):
    house.shop().run("scan")
    house.config(rest="scan:\n  wait: 200ms\n")
    with open(house.at("log/tagline/lock"), "r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with house.db() as db:
            db.execute("create table more (email text)")
        began = time.monotonic()
        house.fails(5, "scan", says="process")
        assert time.monotonic() - began >= 0.2
    house.run("scan")
    house.log_is_whole()


@test
def a_source_that_fails_keeps_what_was_believed_of_it(house):
    house.shop().run("scan")
    users = house.state("shop/main/users")
    os.rename(house.at("shop.db"), house.at("gone.db"))
    answer = house.run("scan", code=3)
    assert "shop" in answer.err, answer
    assert house.state("shop/main/users") == users
    assert "email_address" in house.run("blame", "users#email").out
    house.log_is_whole()


@test
def a_table_that_is_gone_leaves_the_belief_and_stays_in_history(house):
    house.shop().run("scan")
    with house.db() as db:
        db.execute("drop view mails")
        db.execute("drop table users")
    house.run("scan")
    house.fails(2, "blame", "users#email", says="users#email")
    assert "email_address" in house.git("log", "-p", "--format=%H", "main", "--", "state/shop/main/users.json")
    house.log_is_whole()


@test
def a_table_that_is_gone_and_that_a_person_spoke_of_waits_for_a_person(house):
    house.shop().run("scan")
    house.run("review", "accept", "users#email", "--why", "seen")
    with house.db() as db:
        db.execute("drop view mails")
        db.execute("drop table users")
    house.run("scan")
    assert "seen" in house.run("blame", "users#email").out
    house.log_is_whole()


@test
def a_persons_word_stands_in_every_later_scan(house):
    house.shop().run("scan")
    house.run("review", "reject", "users#email", "--why", "test accounts only")
    with house.db() as db:
        db.execute("alter table users add column phone_number text")
    house.run("scan")
    shown = house.run("blame", "users#email").out
    assert "rejected" in shown and "tester" in shown and "test accounts only" in shown, shown
    house.log_is_whole()


def carried(house):
    """A device id that a person finds, and that a chain of views carries to what is exported."""
    house.shop()
    with house.db() as db:
        db.execute("create table crm_users (id integer, device_id text)")
        db.executemany("insert into crm_users values (?, ?)", [(i, f"x{i}") for i in range(40)])
        db.execute("create view core_users as select id, device_id as d0 from crm_users")
        db.execute("create view export_geo as select d0 as d from core_users")
    house.run("scan")
    house.run("review", "set", "crm_users#device_id", "device_gaid_aaid", "--why", "the app's own")
    return house


@test
def a_carried_tag_that_went_is_blamed_on_who_took_its_origin_away(house):
    carried(house).run("review", "reject", "crm_users#device_id", "--why", "a serial number")
    for _ in range(2):
        shown = house.run("blame", "export_geo#d")
        for part in ("lost device_gaid_aaid, by lineage in a review of tester", "the column it came from is not tagged so any more",
                     "where it had set out: shop/main/crm_users#device_id", "a serial number", "carried device_gaid_aaid",
                     "crm_users#device_id -> shop/main/core_users#d0 keeps -> shop/main/export_geo#d keeps"):
            assert part in shown.out, (part, shown)
        assert "no tag now" in shown.err, shown
        assert house.run("blame", "export_geo#d", "--type", "device_gaid_aaid").out == shown.out
        house.run("scan")
    house.fails(2, "blame", "export_geo#d", "--type", "iban", says="no tag 'iban'")


@test
def a_tag_that_was_carried_lost_and_carried_again_tells_all_three(house):
    carried(house).run("review", "reject", "crm_users#device_id", "--why", "a serial number")
    house.run("review", "set", "crm_users#device_id", "device_gaid_aaid", "--why", "an id after all")
    steps = [step for step in house.run("blame", "export_geo#d", "--json").lines() if step["column"].endswith("export_geo#d")]
    assert [step["state"] for step in steps] == ["carried", "lost", "carried"], steps
    assert all(step["from"] == "shop/main/crm_users#device_id" and step["from_type"] == "device_gaid_aaid" for step in steps), steps
    assert len({step["span"] for step in steps}) == 3 and steps[0]["path"] and "path" not in steps[1], steps


def page(house, back=0):
    """A run as people read it: the newest, or one before it."""
    return house.run("log", "show", house.commits()[back])


@test
def a_run_is_a_page_that_names_what_it_did(house):
    carried(house).run("review", "reject", "crm_users#device_id", "--why", "a serial number")
    rejected, said, scan = page(house).out, page(house, 1).out, page(house, 2).out
    for part in ("who    tester, with tagline", "looked at\n  shop: ", "found  shop/main/users#email  email_address",
                 "new  shop/main/export_geo#d  from shop/main/core_users#d0  identity, keeps", "info types  adtech", "policies    adtech",
                 "settings", "proof  "):
        assert part in scan, (part, scan)
    for part in ("said\n  set  shop/main/crm_users#device_id device_gaid_aaid\n    the app's own", "carried tags  2 now: 2 new, 0 changed, 0 gone",
                 "new  shop/main/export_geo#d  device_gaid_aaid 100%  from shop/main/crm_users#device_id, keeps"):
        assert part in said, (part, said)
    for part in ("said  shop/main/crm_users#device_id  device_gaid_aaid rejected, was confirmed", "0 now: 0 new, 0 changed, 2 gone",
                 "the column it came from is not tagged so any more"):
        assert part in rejected, (part, rejected)
    assert "tree edge" not in scan + said + rejected


@test
def a_runs_json_keeps_its_form_and_tells_what_a_pack_is(house):
    house.shop().run("scan")
    run = house.run("log", "show", house.commits()[0], "--json").lines()[0]
    assert {"actor", "began", "counts", "ended", "kind", "rules", "run", "sources", "tree", "verdicts", "version"} <= set(run), run
    kinds = {(pack["kind"], pack["name"]) for pack in run["rules"]["packs"]}
    assert {("info types", "adtech"), ("policies", "adtech"), ("taxonomy", "tags"), ("settings", "settings")} <= kinds, kinds


@test
def a_page_of_many_changes_is_cut_and_says_how_many_more(house):
    house.shop()
    with house.db() as db:
        for i in range(30):
            db.execute(f"create table t{i:02} (email text)")
    house.run("scan")
    shown = page(house).out
    assert "and 2" in shown and " more\n" in shown and shown.count("found  ") == 10, shown
    assert len(shown.splitlines()) < 120, shown


@test
def the_commit_that_made_the_log_has_a_page_too(house):
    house.shop().run("scan")
    shown = page(house, -1).out
    assert "log: begins" in shown and "tags" not in shown, shown


@test
def a_word_without_an_actor_is_refused(house):
    house.shop().run("scan")
    text = open(house.at("tagline.yaml")).read().replace("actor: tester\n", "")
    house.write("tagline.yaml", text)
    house.fails(2, "review", "accept", "users#email", "--why", "seen", env={"TAGLINE_ACTOR": ""}, says="acting")


@test
def an_ambiguous_column_lists_what_it_may_mean(house):
    house.shop()
    with house.db() as db:
        db.execute("create table clients (email text)")
        db.executemany("insert into clients values (?)", [(f"c{i}@example.com",) for i in range(40)])
    house.run("scan")
    house.fails(2, "blame", "#email", says=["users#email", "clients#email"])
    house.fails(2, "blame", "users#emial", says="users#emial")


@test
def metrics_are_written_for_prometheus(house):
    house.shop().run("scan", "--metrics", "tagline.prom")
    text = open(house.at("tagline.prom")).read()
    for line in text.splitlines():
        assert line.startswith("#") or len(line.rsplit(" ", 1)) == 2 and float(line.rsplit(" ", 1)[1]) >= 0, line
    assert text.count("# TYPE tagline_") >= 5, text


main()
