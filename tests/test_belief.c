/* The index of the belief: always what the state files say, whatever way it came about, and never trusted when it is not. */
#include "base/fault.h"
#include "base/file.h"
#include "tests/world_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *index_path(struct log_world *w)
{
    return tl_path_join(w->path, "tagline/belief.idx", &w->ctx);
}

static void reopen(struct log_world *w)
{
    tl_log_close(w->log);
    CHECK_OK(tl_log_open(&w->log, w->path, &w->ctx), &w->ctx);
}

/* The index as it stands, and as it is when made from the files alone. */
static void check_index(struct log_world *w)
{
    struct tl_str kept = TL_STR_INIT(TL_STR_MOST);
    struct tl_str built = TL_STR_INIT(TL_STR_MOST);

    log_world_belief(w);
    CHECK_OK(tl_file_read(&kept, index_path(w), &w->ctx), &w->ctx);
    unlink(index_path(w));
    reopen(w);
    log_world_belief(w);
    CHECK_OK(tl_file_read(&built, index_path(w), &w->ctx), &w->ctx);
    CHECK_INT(kept.n, built.n);
    CHECK(kept.n == built.n && memcmp(kept.text, built.text, kept.n) == 0);
    tl_str_release(&kept);
    tl_str_release(&built);
}

static void an_index_patched_by_entries_equals_one_built_anew(void)
{
    static const char *const scans[] = {
        "s/m/b x=email:900 y; s/m/d z=phone:700+name:800; t/a/a q",
        "s/m/a n; s/m/b x=email:900 y; s/m/c o?; s/m/d z=phone:300; t/a/a ~ q",
        "s/m/c o=email:400; t/a/b r; t/a/a ~ q",
        "s/m/c ~ o=email:400; t/a/b ~ r; t/a/a ~ q",
        "s; t/a/zz last=email:900",
    };
    struct log_world w;

    log_world_open(&w);
    for (size_t i = 0; i < sizeof scans / sizeof *scans; i++) {
        CHECK_OK(log_world_scan(&w, scans[i]), &w.ctx);
        check_index(&w);
    }
    log_world_close(&w);
}

static void reviews_patch_the_index_too(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w,
                            "s/m/a x=email:900; s/m/b y=phone:700 k; s/m/c z=name:500"),
             &w.ctx);
    CHECK_OK(log_world_review(
                 &w, "set s/m/c#z email; accept s/m/a#x email; reject s/m/c#z phone"),
             &w.ctx);
    check_index(&w);
    CHECK_OK(log_world_scan(&w, "s/m/b y=phone:700"), &w.ctx);
    check_index(&w);
    CHECK_TEXT(log_world_belief(&w),
               "s/m/a(gone) x=email:900+(gone)\ns/m/b y=phone:700\ns/m/c(gone) "
               "z=phone:0-,email:1000+(gone)");
    log_world_close(&w);
}

static void random_histories_give_the_same_index(void)
{
    struct log_world w;
    uint64_t random = 20260102;

    log_world_open(&w);
    for (unsigned run = 0; run < 30; run++) {
        struct tl_str scan = TL_STR_INIT(65536);
        for (unsigned d = 0; d < 12; d++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            if (random >> 62 == 0)
                continue;
            tl_str_addf(&scan, ";s%u/m/d%u", d % 3, d);
            for (unsigned c = 0; c < (random >> 40) % 5; c++)
                tl_str_addf(&scan, " c%u%s", c,
                            (random >> (44 + c)) & 1 ? "=email:800" : "");
        }
        CHECK_OK(log_world_scan(&w, scan.text), &w.ctx);
        tl_str_release(&scan);
        check_index(&w);
    }
    log_world_close(&w);
}

static unsigned pick(uint64_t *random, unsigned n)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*random >> 33) % n;
}

/* Tables of three sources, one of which may be down; edges between them, and some that lead through what only SQL names. */
static void add_flowing_scan(struct tl_str *scan, uint64_t *random)
{
    static const char *const hows[] = { "keeps", "keeps q%231", "hashes:md5", "partial",
                                        "filter" };
    unsigned failed = pick(random, 8);

    for (unsigned d = 0; d < 12; d++) {
        if (d % 3 == failed || pick(random, 8) == 0)
            continue;
        tl_str_addf(scan, ";s%u/m/d%u%s", d % 3, d, pick(random, 9) ? "" : " -");
        for (unsigned c = 0; c < 4; c++)
            tl_str_addf(scan, " c%u%s", c,
                        pick(random, 4)   ? ""
                        : pick(random, 2) ? "=email:800"
                                          : "=email:500");
    }
    if (failed < 3)
        tl_str_addf(scan, ";!s%u", failed);
    for (unsigned e = pick(random, 4) ? pick(random, 160) : 0; e > 0; e--) {
        unsigned from = pick(random, 14), to = pick(random, 14);
        tl_str_addf(scan, ";> s%u/m/d%u#c%u s%u/m/d%u#c%u %s", from % 3, from,
                    pick(random, 4), to % 3, to, pick(random, 4),
                    hows[pick(random, sizeof hows / sizeof *hows)]);
    }
    tl_str_addf(scan, "%s", pick(random, 4) ? ";? s0/m/d3 q odd" : "");
}

static void random_flows_give_the_same_index(void)
{
    struct log_world w;
    uint64_t random = 4711;

    log_world_open(&w);
    for (unsigned run = 0; run < 40; run++) {
        struct tl_str scan = TL_STR_INIT(65536);
        add_flowing_scan(&scan, &random);
        CHECK_OK(log_world_scan(&w, scan.text), &w.ctx);
        tl_str_release(&scan);
        check_index(&w);
    }
    log_world_close(&w);
}

/* What a scan carried must follow from what it wrote: else every review would take tags away and every scan bring them back. */
static void an_entry_that_brings_nothing_carries_the_same(void)
{
    struct log_world w;
    uint64_t random = 20260730;
    size_t n_carried = 0;

    log_world_open(&w);
    for (unsigned run = 0; run < 60; run++) {
        struct tl_str scan = TL_STR_INIT(65536);
        add_flowing_scan(&scan, &random);
        CHECK_OK(log_world_scan(&w, scan.text), &w.ctx);
        tl_str_release(&scan);
        const char *flows = log_world_flows(&w), *belief = log_world_belief(&w);
        struct tl_appended scanned = w.done;
        CHECK_OK(log_world_review(&w, ""), &w.ctx);
        CHECK_TEXT(log_world_flows(&w), flows);
        CHECK_TEXT(log_world_belief(&w), belief);
        CHECK_INT(w.done.n_rerouted, 0);
        CHECK_INT(w.done.n_edges, scanned.n_edges);
        CHECK_INT(w.done.n_carried_tags, scanned.n_carried_tags);
        n_carried += scanned.n_carried_tags;
    }
    CHECK(n_carried > 200);
    log_world_close(&w);
}

static void damage(struct log_world *w, off_t at, const char *bytes, size_t n)
{
    int fd = open(index_path(w), O_WRONLY);

    CHECK(fd >= 0 && pwrite(fd, bytes, n, at) == (ssize_t)n);
    close(fd);
    reopen(w);
}

static void an_index_that_is_damaged_is_built_anew(void)
{
    struct log_world w;
    struct stat st;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/a x=email:900; s/m/b y; > s/m/a#x s/m/b#y keeps; "
                                "? s/m/b q odd"),
             &w.ctx);
    const char *flows = log_world_flows(&w);
    stat(index_path(&w), &st);
    for (off_t at = 0; at < st.st_size; at += 7) {
        damage(&w, at, "\x5a", 1);
        CHECK_TEXT(log_world_belief(&w), "s/m/a x=email:900\ns/m/b y=email:900c");
        CHECK_TEXT(log_world_flows(&w), flows);
    }
    CHECK(truncate(index_path(&w), st.st_size - 1) == 0);
    reopen(&w);
    CHECK_TEXT(log_world_belief(&w), "s/m/a x=email:900\ns/m/b y=email:900c");
    log_world_close(&w);
}

static void an_index_of_another_state_is_not_taken(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/a x=email:900"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/a x=email:500"), &w.ctx);
    log_world_git(&w, "update-ref refs/heads/main main~1", NULL);
    CHECK_TEXT(log_world_belief(&w), "s/m/a x=email:900");
    log_world_close(&w);
}

static void a_log_on_a_disk_that_cannot_be_written_is_read(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/a x=email:900"), &w.ctx);
    unlink(index_path(&w));
    reopen(&w);
    tl_fault_arm_seam("index.open",
                      3); /* before it: the look for one, a file without a name */
    CHECK_TEXT(log_world_belief(&w), "s/m/a x=email:900");
    CHECK(tl_fault_disarm());
    CHECK(!tl_path_exists(index_path(&w)));
    log_world_close(&w);
}

static void a_stopped_run_does_not_build_the_index(void)
{
    struct log_world w;
    const struct tl_belief *belief;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/a x=email:900; s/m/b y"), &w.ctx);
    unlink(index_path(&w));
    reopen(&w);
    atomic_store(&w.ctx.run->cancelled, true);
    CHECK_FAILS(tl_log_belief(&belief, w.log, &w.ctx), TL_ECANCEL, "stopped", &w.ctx);
    atomic_store(&w.ctx.run->cancelled, false);
    CHECK_TEXT(log_world_belief(&w), "s/m/a x=email:900\ns/m/b y");
    log_world_close(&w);
}

static void state_files_that_are_none_are_told(void)
{
    static const char *const texts[] = {
        "{}", "[]", "", "{\"columns\":[]}",
        "{\"columns\":[{}],\"dataset\":{\"name\":\"u\"}}"
    };
    struct log_world w;
    const struct tl_belief *belief;

    log_world_open(&w);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        log_world_shell(
            &w,
            tl_arena_printf(
                w.ctx.arena,
                "b=$(printf '%%s' '%s' | git hash-object -w --stdin); "
                "d=$(printf '100644 blob %%s\\tu.json\\n' $b | git mktree); "
                "t=$( (git ls-tree main | grep -v state; printf '040000 tree "
                "%%s\\tstate\\n' $d) | git mktree); "
                "git update-ref refs/heads/main $(git log -1 --format=%%B main | git "
                "stripspace | "
                "git commit-tree $t)", /* it passes for the last run's commit */
                texts[i]),
            NULL);
        CHECK_FAILS(tl_log_belief(&belief, w.log, &w.ctx), TL_ELOG, "u.json", &w.ctx);
    }
    log_world_close(&w);
}

TL_TESTS("belief", TEST(an_index_patched_by_entries_equals_one_built_anew),
         TEST(reviews_patch_the_index_too), TEST(random_histories_give_the_same_index),
         TEST(random_flows_give_the_same_index),
         TEST(an_entry_that_brings_nothing_carries_the_same),
         TEST(an_index_that_is_damaged_is_built_anew),
         TEST(an_index_of_another_state_is_not_taken),
         TEST(a_log_on_a_disk_that_cannot_be_written_is_read),
         TEST(a_stopped_run_does_not_build_the_index),
         TEST(state_files_that_are_none_are_told))
