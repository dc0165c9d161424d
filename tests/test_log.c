/* The log as a repository: making and opening one, what stock git says of it, odd names, the tree of leaves, reading runs. */
#include "base/digest.h"
#include "base/fault.h"
#include "base/file.h"
#include "lineage/log/changes.h"
#include "tests/world_log.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- making and opening ---- */

static void a_log_is_made_and_opened(void)
{
    struct log_world w;
    const struct tl_belief *belief;

    log_world_open(&w);
    CHECK_OK(tl_log_belief(&belief, w.log, &w.ctx), &w.ctx);
    CHECK_INT(belief->n_datasets, 0);
    CHECK_TEXT(log_world_git(&w, "show main:format", NULL), "tagline-log 1\n");
    CHECK_HAS(log_world_git(&w, "symbolic-ref HEAD", NULL), "refs/heads/main");
    CHECK_HAS(log_world_git(&w, "show main:README.md", NULL), "git fsck --strict");
    log_world_close(&w);
}

static void a_log_is_not_made_where_something_stands(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_FAILS(tl_log_create(w.path, &w.ctx), TL_EWRITE, "something else stands there",
                &w.ctx);
    CHECK_OK(tl_log_create(tl_test_folder(), &w.ctx),
             &w.ctx); /* empty: nothing stands there */
    CHECK_FAILS(tl_log_create("/etc/passwd", &w.ctx), TL_EWRITE, "something else",
                &w.ctx);
    CHECK_FAILS(tl_log_create("/proc/no/log", &w.ctx), TL_EWRITE, "/proc/no/log", &w.ctx);
    log_world_close(&w);
}

static void what_is_no_log_is_told_apart(void)
{
    struct log_world w;
    struct tl_log *log;
    const char *folder = tl_test_folder();

    log_world_open(&w);
    CHECK_FAILS(tl_log_open(&log, "/nowhere/log", &w.ctx), TL_ECONFIG, "no log at",
                &w.ctx);
    CHECK_FAILS(tl_log_open(&log, folder, &w.ctx), TL_ECONFIG, "not a log", &w.ctx);
    log_world_shell(&w,
                    tl_arena_printf(w.ctx.arena, "unset GIT_DIR; git init -q --bare '%s'",
                                    folder),
                    NULL);
    CHECK_FAILS(tl_log_open(&log, folder, &w.ctx), TL_ECONFIG, "without a branch",
                &w.ctx);
    log_world_close(&w);
}

/* Makes a commit whose tree holds only `format`. */
static void set_format(struct log_world *w, const char *text)
{
    log_world_shell(
        w,
        tl_arena_printf(w->ctx.arena,
                        "b=$(echo '%s' | git hash-object -w --stdin); "
                        "t=$(printf '100644 blob %%s\\tformat\\n' $b | git mktree); "
                        "git update-ref refs/heads/main $(git commit-tree -m x $t)",
                        text),
        NULL);
}

static void a_users_git_configuration_is_not_read(void)
{
    struct log_world w;
    struct tl_log *log;
    const char *old = getenv("HOME");

    log_world_open(&w);
    const char *home = tl_arena_strdup(w.ctx.arena, old ? old : "/");
    const char *path = tl_path_join(tl_test_folder(), ".gitconfig", &w.ctx);
    CHECK_OK(tl_file_write(path, "[broken", 7, &w.ctx), &w.ctx);
    setenv("HOME", tl_arena_dup(w.ctx.arena, path, strlen(path) - 11), 1);
    tl_log_close(w.log); /* the last one: libgit2 begins anew */
    w.log = NULL;
    CHECK_OK(tl_log_open(&log, w.path, &w.ctx), &w.ctx);
    tl_log_close(log);
    setenv("HOME", home, 1);
    log_world_close(&w);
}

static void a_newer_format_is_refused(void)
{
    struct log_world w;
    struct tl_log *log;

    log_world_open(&w);
    set_format(&w, "tagline-log 2");
    CHECK_FAILS(tl_log_open(&log, w.path, &w.ctx), TL_ECONFIG, "'tagline-log 2'", &w.ctx);
    set_format(&w, "something");
    CHECK_FAILS(tl_log_open(&log, w.path, &w.ctx), TL_ECONFIG, "not ours", &w.ctx);
    log_world_close(&w);
}

static void a_tip_that_tagline_did_not_write_is_not_built_upon(void)
{
    struct log_world w;

    log_world_open(&w);
    set_format(&w, "tagline-log 1");
    CHECK_FAILS(log_world_scan(&w, "s/m/u a"), TL_ELOG, "not written by tagline", &w.ctx);
    log_world_close(&w);
}

static void overwrite(struct log_world *w, const char *name, const char *text)
{
    const char *path = tl_path_join(w->path, name, &w->ctx);

    chmod(path, 0644);
    int fd = open(path, O_WRONLY | O_TRUNC);
    CHECK(fd >= 0 && tl_write_all(fd, text, strlen(text)) == 0);
    close(fd);
}

static void a_damaged_log_is_told_as_damaged(void)
{
    struct log_world w;
    struct tl_log *log;

    log_world_open(&w);
    overwrite(&w, "refs/heads/main", "");
    CHECK_FAILS(tl_log_open(&log, w.path, &w.ctx), TL_ELOG, w.path, &w.ctx);
    overwrite(&w, "refs/heads/main", "0123456789012345678901234567890123456789\n");
    CHECK_FAILS(tl_log_open(&log, w.path, &w.ctx), TL_ELOG, w.path, &w.ctx);
    unlink(tl_path_join(w.path, "refs/heads/main", &w.ctx));
    CHECK_FAILS(tl_log_open(&log, w.path, &w.ctx), TL_ELOG, w.path, &w.ctx);
    log_world_close(&w);
}

static void an_actor_that_could_forge_a_commit_is_refused(void)
{
    struct log_world w;
    struct tl_appended done;
    struct tl_entry entry = { .kind = "scan",
                              .actor = "eve\nparent 0123",
                              .version = "0" };

    log_world_open(&w);
    CHECK_FAILS(tl_log_append(&done, w.log, &entry, 0, &w.ctx), TL_ECONFIG, "actor",
                &w.ctx);
    log_world_close(&w);
}

/* ---- what stock git says ---- */

static void check_with_git(struct log_world *w)
{
    int rc;
    const char *words = log_world_git(w, "fsck --strict --no-progress", &rc);

    CHECK_TEXT(words, "");
    CHECK_INT(rc, 0);
}

static void stock_git_checks_and_clones_it(void)
{
    struct log_world w;
    const char *copy = tl_test_folder();
    int rc;

    log_world_open(&w);
    CHECK_OK(log_world_scan(
                 &w,
                 "shop/main/users id mail=email:900; shop/main/orders total; crm/x/y z"),
             &w.ctx);
    CHECK_OK(log_world_scan(&w, "shop/main/users id mail=email:700"), &w.ctx);
    CHECK_OK(log_world_review(&w, "accept shop/main/users#mail email"), &w.ctx);
    check_with_git(&w);
    log_world_git(&w, tl_arena_printf(w.ctx.arena, "clone -q '%s' '%s/c'", w.path, copy),
                  &rc);
    CHECK_INT(rc, 0);
    CHECK(tl_path_exists(tl_path_join(copy, "c/state/shop/main/users.json", &w.ctx)));
    CHECK(!tl_path_exists(tl_path_join(copy, "c/state/shop/main/orders.json", &w.ctx)));
    CHECK_HAS(log_world_git(&w, "log --format=%s", NULL),
              "scan: 3 datasets, 1 new tag\n");
    log_world_close(&w);
}

static void git_sees_a_line_for_the_column_that_changed(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900 b c=phone:800"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:910 b c=phone:500"), &w.ctx);
    CHECK_HAS(log_world_git(&w, "diff --numstat main~1 main -- state", NULL),
              "1\t1\tstate/s/m/u.json");
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:940 b c=phone:510"), &w.ctx);
    CHECK_TEXT(log_world_git(&w, "diff --numstat main~1 main -- state", NULL), "");
    log_world_close(&w);
}

static void a_log_that_git_packed_anew_goes_on(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    log_world_git(&w, "gc -q --prune=now", NULL);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:700"), &w.ctx);
    CHECK_TEXT(log_world_belief(&w), "s/m/u a=email:700");
    check_with_git(&w);
    log_world_close(&w);
}

static void a_cloned_log_goes_on(void)
{
    struct log_world w;
    const char *copy = tl_test_folder();

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    log_world_shell(&w,
                    tl_arena_printf(w.ctx.arena,
                                    "unset GIT_DIR; git clone -q --bare '%s' '%s'",
                                    w.path, copy),
                    NULL);
    tl_log_close(w.log);
    CHECK_OK(tl_log_open(&w.log, copy, &w.ctx), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v b"), &w.ctx);
    CHECK_TEXT(log_world_belief(&w), "s/m/u a=email:900\ns/m/v b");
    log_world_close(&w);
}

static void nothing_changed_is_a_small_commit(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v b; t/m/x c"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a; s/m/v ~ b; t/m/x ~ c"), &w.ctx);
    CHECK_INT(w.done.n_unchanged, 3);
    CHECK_INT(w.done.n_leaves, 3); /* two sources, one run */
    CHECK(w.done.bytes < 8192);
    CHECK_TEXT(log_world_git(&w, "diff --name-only main~1 main -- state rules", NULL),
               "");
    CHECK_HAS(log_world_git(&w, "log -1 --format=%s", NULL), "nothing changed");
    log_world_close(&w);
}

static void the_manifest_can_be_computed_from_the_state_files(void)
{
    struct log_world w;
    struct tl_log_run run;
    struct tl_sha256 hash;
    char hex[65];
    json_t *json;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a; s/m/v b; s/m/w c"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a; s/m/v b d; s/m/w ~ c"), &w.ctx);
    /* v was decided anew and is left out */
    const char *lines =
        log_world_shell(&w,
                        "for d in u w; do git show main:state/s/m/$d.json | sed -n "
                        "'s/^\"digests\":{\"rules\":\"\\(.*\\)\","
                        "\"sample\":\"\\(.*\\)\",\"schema\":\"\\(.*\\)\"},$/[\"s\\/m\\/"
                        "'$d'\",\"\\3\",\"\\2\",\"\\1\"]/p'; done",
                        NULL);
    tl_sha256_of(&hash, lines, strlen(lines));
    CHECK_OK(tl_log_run(&json, &run, w.done.commit, w.log, &w.ctx), &w.ctx);
    CHECK_TEXT(tl_json_text_at(json, "sources.0.manifest", ""),
               tl_hex(hex, hash.bytes, 32));
    json_decref(json);
    log_world_close(&w);
}

/* ---- odd names ---- */

static void odd_names_come_back_as_they_were(void)
{
    struct log_world w;
    char scan[2048], name[256];

    memset(name, 'n', 230);
    name[230] = '\0';
    snprintf(scan, sizeof scan,
             "s/%%/b a%%0Ab=email:900 %%FF%%FE %%EE%%BC%%81 x%%22y\ns/Sch.json/.. "
             ".\ns/a%%2Fb/%%F0%%9F%%98%%80 c\n"
             "s/a%%2Fb/%s %s\ns/a%%2Fb/B e\ns/a%%2Fb/b d",
             name, name);
    const char *belief = scan;
    struct tl_str text = TL_STR_INIT(4096);
    log_world_open(&w);
    for (const char *at = belief; *at; at++)
        tl_str_add_char(&text, *at == '\n' ? ';' : *at);
    CHECK_OK(log_world_scan(&w, text.text), &w.ctx);
    tl_str_clear(&text);
    tl_str_add(&text, log_world_belief(&w));
    unlink(tl_path_join(w.path, "tagline/belief.idx", &w.ctx));
    tl_log_close(w.log);
    CHECK_OK(tl_log_open(&w.log, w.path, &w.ctx), &w.ctx);
    CHECK_TEXT(log_world_belief(&w), text.text); /* now from the files */
    CHECK_HAS(text.text, "%FF%FE");
    CHECK_HAS(text.text, "s/%/b a%0Ab=email:900 %FF%FE %EE%BC%81 x%22y");
    check_with_git(&w);
    tl_str_release(&text);
    log_world_close(&w);
}

static void a_folder_never_has_a_datasets_name(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/x.json/y a; s/m/x b"), &w.ctx);
    CHECK_HAS(log_world_git(&w, "ls-tree -r --name-only main state", NULL),
              "state/s/x%2Ejson/y.json");
    check_with_git(&w);
    log_world_close(&w);
}

static void two_datasets_of_one_file_are_refused(void)
{
    struct log_world w;
    struct tl_snapshot snapshot;
    struct tl_decisions none = { 0 };
    struct tl_entry_dataset datasets[2] = { { .id = { 0 }, .decisions = &none },
                                            { .id = { 1 }, .decisions = &none } };
    struct tl_entry entry = { .kind = "scan",
                              .actor = "a",
                              .version = "0",
                              .snapshot = &snapshot,
                              .datasets = datasets,
                              .n_datasets = 2 };
    struct tl_appended done;

    log_world_open(&w);
    tl_snapshot_init(&snapshot);
    tl_snapshot_add_source(&snapshot, "s", "test", "test");
    tl_snapshot_add_dataset(&snapshot, "m", NULL, "u", TL_TABLE);
    tl_snapshot_add_dataset(&snapshot, NULL, "m", "u", TL_TABLE);
    CHECK_FAILS(tl_log_append(&done, w.log, &entry, 0, &w.ctx), TL_EINPUT,
                "state/s/m/u.json", &w.ctx);
    entry.n_datasets = 1;
    entry.trace.bytes[0] = 1;
    snapshot.datasets.n = 1;
    CHECK_OK(tl_log_append(&done, w.log, &entry, 0, &w.ctx), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a"),
             &w.ctx); /* the one goes and the other comes */
    CHECK_TEXT(log_world_belief(&w), "s/m/u a");
    tl_snapshot_release(&snapshot);
    log_world_close(&w);
}

/* ---- the tree of leaves ---- */

struct leaves {
    TL_VEC(struct tl_sha256) hashes;
};

static int add_leaf(void *self, const char *line, size_t n, struct tl_ctx *ctx)
{
    struct leaves *leaves = self;
    struct tl_sha256 entry, leaf;

    (void)ctx;
    tl_sha256_of(&entry, line, n);
    tl_merkle_leaf(&leaf, entry.bytes, 32);
    tl_vec_push(&leaves->hashes, leaf);
    return 0;
}

/* RFC 6962, section 2.1, to the letter. */
static struct tl_sha256 tree_head(const struct tl_sha256 *leaves, size_t n)
{
    struct tl_sha256 out;
    size_t k = 1;

    if (n == 1)
        return leaves[0];
    while (k * 2 < n)
        k *= 2;
    struct tl_sha256 left = tree_head(leaves, k), right = tree_head(leaves + k, n - k);
    tl_merkle_node(&out, &left, &right);
    return out;
}

static void every_run_goes_on_with_one_tree(void)
{
    struct log_world w;
    struct leaves leaves = { 0 };
    struct tl_log_run *runs;
    size_t n;
    uint64_t size = 0;

    log_world_open(&w);
    for (unsigned i = 0; i < 9; i++) {
        CHECK_OK(log_world_scan(&w, i % 2 ? "s/m/u a=email:900"
                                          : "s/m/u a; s/m/v b; t/m/w c"),
                 &w.ctx);
        CHECK_INT(w.done.first_leaf, size);
        size = w.done.tree_size;
    }
    CHECK_OK(tl_log_runs(&runs, &n, 100, w.log, &w.ctx), &w.ctx);
    CHECK_INT(n, 10);
    for (size_t i = n; i-- > 0;)
        CHECK_OK(tl_log_spans(&runs[i], add_leaf, &leaves, w.log, &w.ctx), &w.ctx);
    CHECK_INT(leaves.hashes.n, size);
    struct tl_sha256 root = tree_head(leaves.hashes.items, leaves.hashes.n);
    struct tl_str text = TL_STR_INIT(64);
    tl_base64_add(&text, root.bytes, sizeof root.bytes);
    CHECK_HAS(log_world_git(&w,
                            "log -1 --format='%(trailers:key=Tagline-Root,valueonly)'",
                            NULL),
              text.text);
    tl_str_release(&text);
    tl_vec_release(&leaves.hashes);
    log_world_close(&w);
}

/* ---- reading ---- */

static void runs_are_listed_newest_first(void)
{
    struct log_world w;
    struct tl_log_run *runs;
    size_t n;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_OK(tl_log_runs(&runs, &n, 2, w.log, &w.ctx), &w.ctx);
    CHECK_INT(n, 2);
    CHECK_TEXT(runs[0].kind, "review");
    CHECK_TEXT(runs[0].subject, "review: reject 1");
    CHECK_TEXT(runs[0].commit, w.done.commit);
    CHECK_TEXT(runs[1].kind, "scan");
    CHECK_TEXT(runs[1].actor, "tester");
    CHECK_INT(strlen(runs[1].run), 32);
    log_world_close(&w);
}

static void a_run_is_found_by_the_beginning_of_its_name(void)
{
    struct log_world w;
    struct tl_log_run run;
    json_t *json;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    CHECK_OK(tl_log_run(&json, &run, "edfe", w.log, &w.ctx), &w.ctx);
    CHECK_TEXT(tl_json_text_at(json, "kind", ""), "scan");
    json_decref(json);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    CHECK_FAILS(tl_log_run(&json, &run, "edfe", w.log, &w.ctx), TL_EUSAGE, "2 runs",
                &w.ctx);
    CHECK_FAILS(tl_log_run(&json, &run, "edf", w.log, &w.ctx), TL_EUSAGE, "too short",
                &w.ctx);
    CHECK_FAILS(tl_log_run(&json, &run, "ffff0", w.log, &w.ctx), TL_ENOTFOUND, "ffff0",
                &w.ctx);
    log_world_close(&w);
}

static void a_push_is_logged_with_its_receipt(void)
{
    struct log_world w;
    struct tl_plan plan = { 0 };
    struct tl_receipt receipt = { .sink = "datahub", .n_sent = 2, .n_accepted = 1 };
    struct tl_plan_item items[] = {
        { "s/m/u", "urn:1", "globalTags", "PATCH", "tag 1 column", "{}", 2 },
        { "s/m/v", "urn:2", "globalTags", "PATCH", "tag 2 columns", "{}", 2 }
    };
    struct tl_refusal refusal = { "urn:2", "globalTags", "no such dataset", 422 };
    struct tl_entry entry = {
        .kind = "push", .actor = "a", .version = "0", .plan = &plan, .receipt = &receipt
    };
    struct tl_appended done;

    log_world_open(&w);
    tl_vec_push(&plan.items, items[0]);
    tl_vec_push(&plan.items, items[1]);
    tl_vec_push(&receipt.refusals, refusal);
    entry.trace.bytes[0] = 9;
    CHECK_OK(tl_log_append(&done, w.log, &entry, 0, &w.ctx), &w.ctx);
    CHECK_INT(done.n_leaves, 4);
    CHECK_HAS(log_world_git(&w, "log -1 --format=%B", NULL), "push: 1 of 2 accepted");
    CHECK_HAS(log_world_git(&w, "grep -h refusals main -- runs", NULL),
              "no such dataset");
    CHECK_HAS(log_world_git(&w, "grep -h '\"code\":2' main -- runs", NULL), "urn:2");
    tl_vec_release(&plan.items);
    tl_vec_release(&receipt.refusals);
    log_world_close(&w);
}

static void packs_are_counted(void)
{
    struct log_world w;

    log_world_open(&w);
    size_t before = tl_log_size(w.log);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    CHECK_INT(tl_log_size(w.log) - before, w.done.bytes);
    log_world_close(&w);
}

static void a_pack_stays_while_the_tip_is_in_doubt(void)
{
    struct log_world w;

    log_world_open(&w);
    size_t before = tl_log_size(w.log);
    const char *lock = tl_path_join(w.path, "refs/heads/main.lock", &w.ctx);
    CHECK_OK(tl_file_write(lock, "", 0, &w.ctx), &w.ctx);
    tl_fault_arm_seam("ref.look", 1);
    CHECK_FAILS(log_world_scan(&w, "s/m/u a=email:900"), TL_EBUSY, "in use", &w.ctx);
    CHECK(tl_fault_disarm());
    CHECK(tl_log_size(w.log) > before);
    CHECK_FAILS(log_world_scan(&w, "s/m/u a=email:800"), TL_EBUSY, "in use", &w.ctx);
    CHECK_INT(unlink(lock), 0);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:700"), &w.ctx);
    CHECK_TEXT(log_world_belief(&w), "s/m/u a=email:700");
    log_world_close(&w);
}

static void a_secret_that_cannot_be_read_now_is_not_made_anew(void)
{
    struct log_world w;
    unsigned char first[32], again[32];

    log_world_open(&w);
    CHECK_OK(tl_log_secret(first, sizeof first, w.log, &w.ctx), &w.ctx);
    tl_fault_arm_seam("read", 1);
    CHECK_FAILS(tl_log_secret(again, sizeof again, w.log, &w.ctx), TL_EWRITE,
                "cannot read the log's secret", &w.ctx);
    CHECK(tl_fault_disarm());
    CHECK_OK(tl_log_secret(again, sizeof again, w.log, &w.ctx), &w.ctx);
    CHECK(memcmp(first, again, sizeof first) == 0);
    log_world_close(&w);
}

/* Each run leaves a pack. */
static void more_runs_than_a_process_may_open_files_are_read(void)
{
    struct log_world w;
    struct rlimit old, now;
    struct tl_log_run *runs;
    size_t n = 0;

    log_world_open(&w);
    getrlimit(RLIMIT_NOFILE, &old);
    now = (struct rlimit){ 64, old.rlim_max };
    setrlimit(RLIMIT_NOFILE, &now);
    for (unsigned i = 0; i < 80; i++)
        CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    CHECK_OK(tl_log_runs(&runs, &n, 1000, w.log, &w.ctx), &w.ctx);
    setrlimit(RLIMIT_NOFILE, &old);
    CHECK_INT(n, 81);
    log_world_close(&w);
}

static void a_run_by_its_whole_name_is_no_walk(void)
{
    struct log_world w;
    struct tl_log_run run;
    json_t *body;

    log_world_open(&w);
    for (unsigned i = 0; i < 9; i++)
        CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    tl_fault_arm_seam("git.read", 4); /* the tip, one step, run.json */
    CHECK_OK(tl_log_run(&body, &run, w.done.commit, w.log, &w.ctx), &w.ctx);
    CHECK(!tl_fault_disarm());
    json_decref(body);
    log_world_close(&w);
}

/* ---- what a run did ---- */

/* "KIND n: DATASET#PATH TYPE WHY;..." of what the last run did; at most two of a kind are named. */
static const char *changes_of(struct log_world *w)
{
    static const char *const kinds[] = {
        "dataset new", "dataset gone", "found",       "changed",         "withdrawn",
        "said",        "gone",         "carried new", "carried changed", "carried gone",
        "flow new",    "flow gone",    "problem"
    };
    struct tl_str out = TL_STR_INIT(1 << 16);
    struct tl_run_changes changes;
    struct tl_log_run *runs;
    size_t n;

    CHECK_OK(tl_log_runs(&runs, &n, 1, w->log, &w->ctx), &w->ctx);
    CHECK_OK(tl_run_changes_read(&changes, 2, runs, w->log, &w->ctx), &w->ctx);
    for (int kind = 0; kind < TL_CHANGE_KINDS; kind++) {
        if (changes.n[kind])
            tl_str_addf(&out, "%s %zu:", kinds[kind], changes.n[kind]);
        for (size_t i = 0; i < tl_run_changes_held(&changes, kind); i++) {
            const struct tl_run_change *change = &changes.items[kind][i];
            tl_str_addf(&out, " %s#%s %s%s;", change->dataset ? change->dataset : "",
                        change->path ? change->path : "",
                        change->info_type ? change->info_type : "",
                        change->why ? change->why : "");
        }
        tl_str_add(&out, changes.n[kind] ? "\n" : "");
    }
    tl_run_changes_release(&changes);
    const char *text = tl_arena_dup(w->ctx.arena, out.text, out.n);
    tl_str_release(&out);
    return text;
}

static void a_first_scan_is_all_new_and_its_lists_are_cut(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900 b=phone:500 c=iban:600; s/m/v m; "
                                "> s/m/u#a s/m/v#m keeps; ? s/m/v q no idea; ? - r lost"),
             &w.ctx);
    CHECK_TEXT(changes_of(&w), "dataset new 2: s/m/u# ; s/m/v# ;\n"
                               "found 3: s/m/u#a email; s/m/u#b phone;\n"
                               "carried new 1: s/m/v#m email;\n"
                               "flow new 1: s/m/v#m ;\n"
                               "problem 2: s/m/v# no idea; # lost;\n");
    log_world_close(&w);
}

static void a_later_run_is_told_by_what_it_changed(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900 b=phone:500 c=iban:600; s/m/v m; "
                                "s/m/x z=email:900; > s/m/u#a s/m/v#m keeps"),
             &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900 b=phone:700 c; s/m/v ~ m; >"), &w.ctx);
    CHECK_TEXT(changes_of(&w),
               "dataset gone 1: s/m/x# ;\n"
               "changed 1: s/m/u#b phone;\n"
               "withdrawn 1: s/m/u#c iban;\n"
               "gone 1: s/m/x#z email;\n"
               "carried gone 1: s/m/v#m emailnothing flows there any more;\n"
               "flow gone 1: s/m/v#m ;\n");
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a b c; s/m/v ~ m; >"), &w.ctx);
    CHECK_TEXT(changes_of(&w), "");
    log_world_close(&w);
}

static void a_persons_word_and_what_it_took_away_are_told(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; > s/m/u#a s/m/v#m keeps"),
             &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_TEXT(changes_of(&w),
               "said 1: s/m/u#a email;\n"
               "carried gone 1: s/m/v#m emailthe column it came from is not "
               "tagged so any more;\n");
    log_world_close(&w);
}

static void what_a_run_did_survives_every_fault_of_reading(void)
{
    struct tl_run_changes changes;
    struct tl_log_run *runs;
    struct log_world w;
    size_t n;
    int rc;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; > s/m/u#a s/m/v#m keeps"),
             &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_OK(tl_log_runs(&runs, &n, 1, w.log, &w.ctx), &w.ctx);
    for (unsigned nth = 1;; nth++) {
        tl_fault_arm(nth);
        rc = tl_run_changes_read(&changes, 2, runs, w.log, &w.ctx);
        tl_run_changes_release(&changes);
        if (!tl_fault_disarm())
            break;
        CHECK_FAILS(rc, TL_ELOG, "cannot read", &w.ctx);
    }
    CHECK_OK(rc, &w.ctx);
    log_world_close(&w);
}

static void verdicts_are_read_back_from_a_run(void)
{
    struct tl_verdict verdict = { .rule = "p/r",
                                  .severity = "error",
                                  .dataset = "s/m/u",
                                  .path = "a",
                                  .why = "because",
                                  .fix = "mask it",
                                  .outcome = TL_VIOLATION,
                                  .is_advisory = true };
    struct tl_verdicts verdicts = { .counts = { 0, 1, 0, 0 } };
    struct tl_run_changes changes;
    struct tl_log_run *runs;
    struct log_world w;
    size_t n;

    log_world_open(&w);
    tl_vec_push(&verdicts.items, verdict);
    w.verdicts = &verdicts;
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    CHECK_OK(tl_log_runs(&runs, &n, 1, w.log, &w.ctx), &w.ctx);
    CHECK_OK(tl_run_changes_read(&changes, 2, runs, w.log, &w.ctx), &w.ctx);
    CHECK_INT(changes.verdicts.items.n, 1);
    const struct tl_verdict *read = &changes.verdicts.items.items[0];
    CHECK_TEXT(read->rule, "p/r");
    CHECK_TEXT(read->path, "a");
    CHECK_TEXT(read->why, "because");
    CHECK_TEXT(read->fix, "mask it");
    CHECK_INT(read->outcome, TL_VIOLATION);
    CHECK(read->is_advisory);
    tl_run_changes_release(&changes);
    tl_vec_release(&verdicts.items);
    log_world_close(&w);
}

TL_TESTS("log", TEST(a_first_scan_is_all_new_and_its_lists_are_cut),
         TEST(a_later_run_is_told_by_what_it_changed),
         TEST(a_persons_word_and_what_it_took_away_are_told),
         TEST(verdicts_are_read_back_from_a_run),
         TEST(what_a_run_did_survives_every_fault_of_reading),
         TEST(a_log_is_made_and_opened), TEST(a_log_is_not_made_where_something_stands),
         TEST(what_is_no_log_is_told_apart), TEST(a_newer_format_is_refused),
         TEST(a_users_git_configuration_is_not_read),
         TEST(a_tip_that_tagline_did_not_write_is_not_built_upon),
         TEST(a_damaged_log_is_told_as_damaged),
         TEST(an_actor_that_could_forge_a_commit_is_refused),
         TEST(stock_git_checks_and_clones_it),
         TEST(git_sees_a_line_for_the_column_that_changed),
         TEST(a_log_that_git_packed_anew_goes_on), TEST(a_cloned_log_goes_on),
         TEST(nothing_changed_is_a_small_commit),
         TEST(the_manifest_can_be_computed_from_the_state_files),
         TEST(odd_names_come_back_as_they_were), TEST(a_folder_never_has_a_datasets_name),
         TEST(two_datasets_of_one_file_are_refused),
         TEST(every_run_goes_on_with_one_tree), TEST(runs_are_listed_newest_first),
         TEST(a_run_is_found_by_the_beginning_of_its_name),
         TEST(a_push_is_logged_with_its_receipt), TEST(packs_are_counted),
         TEST(a_pack_stays_while_the_tip_is_in_doubt),
         TEST(a_secret_that_cannot_be_read_now_is_not_made_anew),
         TEST(more_runs_than_a_process_may_open_files_are_read),
         TEST(a_run_by_its_whole_name_is_no_walk))
