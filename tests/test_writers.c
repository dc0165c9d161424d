/*
 * Writing when things go wrong: kills, faults at every seam, a full disk, a second writer. After each the log is exactly as before or
 * exactly as after, holds nothing that nobody refers to, and takes the next entry. TAGLINE_SOAK_KILLS sets how many kills (200).
 */
#include "base/fault.h"
#include "base/file.h"
#include "tests/world_log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* From each table's e-mail into the next one, half of the time through what only SQL names. */
static void add_flows(char *out, size_t room, char which)
{
    const char *how = which == 'A' ? "keeps" : "hashes:md5 etl";

    for (unsigned d = 1, n = 0; d < 100; d++) {
        n += (unsigned)snprintf(out + n, room - n, "; > s/m%u/d%u#mail s/m%u/%c%u#x%c %s",
                                (d - 1) % 5, d - 1, d % 5, d % 2 ? 'd' : 't', d, which,
                                how);
        if (d % 2 == 0)
            n += (unsigned)snprintf(out + n, room - n,
                                    "; > s/m%u/t%u#x%c s/m%u/d%u#x%c keeps", d % 5, d,
                                    which, d % 5, d, which);
    }
}

/* Big enough that a kill finds every part of writing; A and B differ in every file. */
static const char *content(char which)
{
    static char text[2][60000];
    char *out = text[which == 'B'];
    unsigned n = 0;

    if (out[0])
        return out;
    for (unsigned d = 0; d < 100; d++)
        n += (unsigned)snprintf(out + n, sizeof text[0] - n,
                                "%ss/m%u/d%u id mail=email:%u x%c y=phone:%u+name:%u",
                                d ? "; " : "", d % 5, d, which == 'A' ? 900 : 400, which,
                                which == 'A' ? 300 : 700, which == 'A' ? 800 : 350);
    add_flows(out + n, sizeof text[0] - n, which);
    return out;
}

/* Tags and flows of the tip. */
static const char *all_of(struct log_world *w)
{
    return tl_arena_printf(w->ctx.arena, "%s\n%s", log_world_belief(w),
                           log_world_flows(w));
}

static const char *belief_of(char which)
{
    static const char *beliefs[2];

    if (!beliefs[which == 'B']) {
        struct log_world w;
        log_world_open(&w);
        CHECK_OK(log_world_scan(&w, content(which)), &w.ctx);
        CHECK_INT(w.done.n_carried_tags, 99);
        beliefs[which == 'B'] = tl_strdup(all_of(&w));
        log_world_close(&w);
    }
    return beliefs[which == 'B'];
}

/* A column that changed its name withdraws nothing; types that changed bands keep one tag each: A over B equals A. */
static char which_stands(struct log_world *w)
{
    const char *belief = all_of(w);

    return strcmp(belief, belief_of('A')) == 0   ? 'A'
           : strcmp(belief, belief_of('B')) == 0 ? 'B'
           : belief[0] == '\n'                   ? '0'
                                                 : '?';
}

static unsigned count_files(struct log_world *w, const char *folder, const char *begin,
                            const char *end)
{
    DIR *dir = opendir(tl_path_join(w->path, folder, &w->ctx));
    unsigned n = 0;

    if (!dir)
        return 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name), n_end = strlen(end);
        n += length >= n_end && strncmp(entry->d_name, begin, strlen(begin)) == 0 &&
             strcmp(entry->d_name + length - n_end, end) == 0;
    }
    closedir(dir);
    return n;
}

static size_t count_runs(struct log_world *w)
{
    struct tl_log_run *runs;
    size_t n = 0;

    CHECK_OK(tl_log_runs(&runs, &n, SIZE_MAX, w->log, &w->ctx), &w->ctx);
    return n;
}

/* One pack a commit and no litter. */
static void check_tidy(struct log_world *w)
{
    CHECK_INT(count_files(w, "objects/pack", "pack-", ".pack"), count_runs(w));
    CHECK_INT(count_files(w, "objects/pack", "pack-", ".idx"), count_runs(w));
    CHECK_INT(count_files(w, "objects/pack", "tmp_", ""), 0);
    CHECK_INT(count_files(w, "tagline", "belief.tmp", ""), 0);
    CHECK_INT(count_files(w, "refs/heads", "", ".lock"), 0);
}

static void check_fsck(struct log_world *w)
{
    CHECK_TEXT(log_world_git(w, "fsck --strict --no-progress", NULL), "");
}

/* ---- faults ---- */

static bool fault_once(struct log_world *w, unsigned nth, char *stands)
{
    char next = *stands == 'A' ? 'B' : 'A';
    size_t runs = count_runs(w);

    tl_fault_arm(nth);
    int rc = log_world_scan(w, content(next));
    bool reached = tl_fault_disarm();
    if (rc < 0) {
        CHECK(w->ctx.error.code == rc && w->ctx.error.text[0]);
        tl_error_clear(&w->ctx.error);
    } else {
        *stands = next;
    }
    tl_log_close(w->log); /* the next one finds what this one left */
    CHECK_OK(tl_log_open(&w->log, w->path, &w->ctx), &w->ctx);
    CHECK_INT(which_stands(w), *stands);
    CHECK_INT(count_runs(w), runs + (rc == 0));
    check_tidy(w);
    return reached;
}

static void a_fault_at_any_seam_leaves_it_before_or_after(void)
{
    static const struct tl_verdicts none;
    struct log_world w;
    char stands = '0';
    unsigned nth = 1;

    log_world_open(&w);
    w.verdicts = &none; /* settled, asked, written */
    while (fault_once(&w, nth, &stands))
        nth++;
    CHECK(nth > 20);
    check_fsck(&w);
    log_world_close(&w);
}

static void a_fault_in_a_review_leaves_it_before_or_after(void)
{
    struct log_world w;
    bool reached = true;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; > s/m/u#a s/m/v#m keeps"),
             &w.ctx);
    for (unsigned nth = 1; reached; nth++) {
        const char *before = log_world_belief(&w);
        tl_fault_arm(nth);
        int rc = log_world_review(&w, nth % 2 ? "accept s/m/u#a email"
                                              : "reject s/m/u#a email");
        reached = tl_fault_disarm();
        tl_error_clear(&w.ctx.error);
        CHECK_TEXT(log_world_belief(&w), rc < 0 ? before
                                         : nth % 2
                                             ? "s/m/u a=email:900+\ns/m/v m=email:900c"
                                             : "s/m/u a=email:900-\ns/m/v m");
        check_tidy(&w);
    }
    log_world_close(&w);
}

static void a_fault_in_making_leaves_nothing(void)
{
    struct tl_ctx ctx;
    struct tl_log *log;
    bool reached = true;

    tl_test_ctx_init(&ctx);
    for (unsigned nth = 1; reached; nth++) {
        const char *path = tl_path_join(tl_test_folder(), "log", &ctx);
        tl_fault_arm(nth);
        int rc = tl_log_create(path, &ctx);
        reached = tl_fault_disarm();
        CHECK(rc < 0 || !reached || nth > 10);
        tl_error_clear(&ctx.error);
        if (tl_path_exists(path)) {
            CHECK_OK(tl_log_open(&log, path, &ctx), &ctx);
            tl_log_close(log);
        } else {
            CHECK(rc < 0);
        }
    }
    tl_test_ctx_release(&ctx);
}

static void a_fault_in_opening_is_only_a_failure(void)
{
    struct log_world w;
    struct tl_log *log;
    bool reached = true;

    log_world_open(&w);
    for (unsigned nth = 1; reached; nth++) {
        tl_fault_arm(nth);
        int rc = tl_log_open(&log, w.path, &w.ctx);
        reached = tl_fault_disarm();
        CHECK(reached ? rc < 0 : rc == 0);
        tl_error_clear(&w.ctx.error);
        if (rc == 0)
            tl_log_close(log);
    }
    log_world_close(&w);
}

static void a_cancelled_run_writes_nothing(void)
{
    struct log_world w;

    log_world_open(&w);
    w.ctx.run->cancelled = true;
    CHECK_FAILS(log_world_scan(&w, content('A')), TL_ECANCEL, NULL, &w.ctx);
    w.ctx.run->cancelled = false;
    CHECK_INT(which_stands(&w), '0');
    check_tidy(&w);
    log_world_close(&w);
}

/* ---- a full disk ---- */

static void a_full_disk_leaves_it_as_it_was(void)
{
    struct log_world w;
    struct rlimit old, now;
    unsigned failures = 0;

    log_world_open(&w);
    getrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t most = 1; most < 200000 && which_stands(&w) == '0';
         most += most / 2 + 1) {
        now = (struct rlimit){ most, old.rlim_max };
        setrlimit(RLIMIT_FSIZE, &now);
        int rc = log_world_scan(&w, content('A'));
        setrlimit(RLIMIT_FSIZE, &old);
        failures += rc < 0;
        if (rc < 0)
            CHECK_FAILS(rc, TL_EWRITE, NULL, &w.ctx);
        check_tidy(&w);
    }
    CHECK_INT(which_stands(&w), 'A');
    CHECK(failures > 10);
    check_fsck(&w);
    log_world_close(&w);
}

/* ---- other writers ---- */

static void real_world(struct log_world *w, const char *path)
{
    memset(w, 0, sizeof *w);
    tl_test_ctx_init(&w->ctx);
    tl_clock_init(&w->ctx.run->clock); /* other processes do not share a fixed one */
    w->path = path;
    w->real_ids = true;
    w->wait = INT64_C(60) * 1000000000;
    CHECK_OK(tl_log_open(&w->log, path, &w->ctx), &w->ctx);
}

static void write_in_turn(const char *path, char source, int times)
{
    struct log_world w;
    int failures = 0;

    real_world(&w, path);
    for (int i = 0; i < times; i++)
        failures +=
            log_world_scan(
                &w, tl_arena_printf(w.ctx.arena,
                                    "%c/m/u a=email:%d b; > a/m/u#a %c/m/u#b keeps",
                                    source, i % 2 ? 300 : 800, source)) < 0;
    log_world_close(&w);
    _exit(failures != 0);
}

static void several_writers_all_land(void)
{
    struct log_world w;
    int status;

    log_world_open(&w);
    for (char source = 'a'; source < 'd'; source++)
        if (fork() == 0)
            write_in_turn(w.path, source, 10);
    while (wait(&status) > 0)
        CHECK_INT(status, 0);
    CHECK_INT(count_runs(&w), 31);
    CHECK_TEXT(log_world_belief(&w), "a/m/u a=email:300 b=email:300c\n"
                                     "b/m/u a=email:300 b=email:300c\n"
                                     "c/m/u a=email:300 b=email:300c");
    check_tidy(&w);
    check_fsck(&w);
    log_world_close(&w);
}

static void who_writes_is_named_to_who_does_not_wait(void)
{
    struct log_world w;
    int ready[2], done[2];
    char byte = 0;

    log_world_open(&w);
    CHECK(pipe(ready) == 0 && pipe(done) == 0);
    pid_t child = fork();
    if (child == 0) {
        const char *command =
            "echo pid 4711 >\"$L\"; exec flock \"$L\" sh -c 'echo >&$R; read x <&$D'";
        char number[16];
        setenv("L", tl_path_join(w.path, "tagline/lock", &w.ctx), 1);
        snprintf(number, sizeof number, "%d", ready[1]);
        setenv("R", number, 1);
        snprintf(number, sizeof number, "%d", done[0]);
        setenv("D", number, 1);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(1);
    }
    CHECK_INT(read(ready[0], &byte, 1), 1);
    w.wait = 1000000000; /* of a clock that steps: no time passes */
    CHECK_FAILS(log_world_scan(&w, "s/m/u a"), TL_EBUSY, "process 4711", &w.ctx);
    CHECK_INT(write(done[1], "\n", 1), 1);
    waitpid(child, NULL, 0);
    CHECK_OK(log_world_scan(&w, "s/m/u a"), &w.ctx);
    log_world_close(&w);
}

/* ---- kills ---- */

/* As a writer leaves it that died with a pack at its name: `files` of "pack-<4711...>", and the note that names it. */
static void leave_behind(struct log_world *w, const char *files, const char *commit)
{
    log_world_shell(
        w,
        tl_arena_printf(
            w->ctx.arena,
            "cd \"$GIT_DIR\"; p=pack-4711471147114711471147114711471147114711; "
            "for e in %s; do echo x > objects/pack/$p.$e; done; "
            "printf 'pid 1\\npack %%s\\ncommit %%s\\n' $p %s > tagline/lock; "
            "touch refs/heads/main.lock objects/pack/tmp_tagline_1_pack "
            "tagline/belief.tmp-1",
            files, commit),
        NULL);
}

static void what_a_dead_writer_left_is_swept(void)
{
    static const char *const files[] = { "pack", "pack idx", "idx" };
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    for (size_t i = 0; i < 3; i++) {
        leave_behind(&w, files[i], "0123456789012345678901234567890123456789");
        CHECK_OK(log_world_scan(&w, i % 2 ? "s/m/u a=email:900" : "s/m/u a=email:300"),
                 &w.ctx);
        check_tidy(&w);
    }
    check_fsck(&w);
    log_world_close(&w);
}

static void a_pack_that_main_holds_is_not_swept(void)
{
    static const char *const commits[] = { "$(git rev-parse main)",
                                           "$(git rev-parse main~1)" };
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    for (size_t i = 0; i < 2; i++) {
        leave_behind(&w, "keep", commits[i]);
        log_world_shell(&w,
                        "cd \"$GIT_DIR\"/objects/pack; mv pack-4711*.keep $(echo "
                        "pack-4711*.keep | sed s/keep$/pack/)",
                        NULL);
        CHECK_OK(log_world_scan(&w, i % 2 ? "s/m/u a=email:900" : "s/m/u a=email:300"),
                 &w.ctx);
        CHECK_INT(count_files(&w, "objects/pack", "pack-4711", ".pack"), 1);
    }
    log_world_close(&w);
}

/* Writes in turns and says so in one byte, until it is killed. */
static void write_until_killed(const char *path, char stands, int told)
{
    struct log_world w;

    real_world(&w, path);
    for (int i = 0; i < 50; i++) {
        char next = stands == 'A' ? 'B' : 'A';
        if (log_world_scan(&w, content(next)) < 0)
            _exit(1);
        stands = next;
        if (write(told, &stands, 1) != 1)
            _exit(1);
    }
    _exit(0);
}

/* Waits for that many microseconds at most, or until the child has written twice. Returns what it told. */
static size_t let_it_write(int told, char *stands, unsigned microseconds)
{
    struct timespec step = { .tv_nsec = (long)microseconds * 1000 };
    char bytes[64];

    nanosleep(&step, NULL); /* the moment of the kill is what is tried here */
    ssize_t n = read(told, bytes, sizeof bytes);
    if (n > 0)
        *stands = bytes[n - 1];
    return n > 0 ? (size_t)n : 0;
}

static void kill_one(struct log_world *w, char *stands, unsigned microseconds)
{
    int pipes[2];
    size_t runs = count_runs(w);
    char next;

    CHECK(pipe2(pipes, O_NONBLOCK) == 0);
    pid_t child = fork();
    if (child == 0)
        write_until_killed(w->path, *stands, pipes[1]);
    size_t told = let_it_write(pipes[0], stands, microseconds);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    told += let_it_write(pipes[0], stands, 0);
    close(pipes[0]);
    close(pipes[1]);
    next = *stands == 'A' ? 'B' : 'A';

    tl_log_close(w->log);
    CHECK_OK(tl_log_open(&w->log, w->path, &w->ctx), &w->ctx);
    char now = which_stands(w);
    size_t n = count_runs(w);
    CHECK(n == runs + told || n == runs + told + 1);
    CHECK_INT(now, n == runs + told ? *stands : next);
    *stands = now == 'A' ? 'B' : 'A';
    CHECK_OK(log_world_scan(w, content(*stands)), &w->ctx);
    CHECK_INT(which_stands(w), *stands);
    check_tidy(w);
}

static void a_kill_at_any_moment_leaves_it_before_or_after(void)
{
    const char *wanted = getenv("TAGLINE_SOAK_KILLS");
    long kills = wanted ? strtol(wanted, NULL, 10) : 200;
    struct log_world w;
    char stands = '0';
    uint64_t random = 4711;

    log_world_open(&w);
    w.real_ids = true;
    for (long i = 0; i < kills; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        kill_one(&w, &stands, (unsigned)((random >> 33) % 40000));
        if (i % 25 == 24)
            check_fsck(&w);
        if (i % 100 == 99) { /* many packs make opening slow; a user would run git gc */
            log_world_close(&w);
            log_world_open(&w);
            w.real_ids = true;
            stands = '0';
        }
    }
    log_world_close(&w);
}

TL_TESTS("writers", TEST(a_fault_at_any_seam_leaves_it_before_or_after),
         TEST(a_fault_in_a_review_leaves_it_before_or_after),
         TEST(a_fault_in_making_leaves_nothing),
         TEST(a_fault_in_opening_is_only_a_failure), TEST(a_cancelled_run_writes_nothing),
         TEST(a_full_disk_leaves_it_as_it_was), TEST(several_writers_all_land),
         TEST(who_writes_is_named_to_who_does_not_wait),
         TEST(what_a_dead_writer_left_is_swept),
         TEST(a_pack_that_main_holds_is_not_swept),
         TEST(a_kill_at_any_moment_leaves_it_before_or_after))
