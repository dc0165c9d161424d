#include "tests/check.h"

#include "base/fault.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

struct place {
    struct tl_ctx ctx;
    const char *folder;
    const char *path; /* a file that does not exist yet */
};

static struct place place_open(void)
{
    struct place p;

    tl_test_ctx_init(&p.ctx);
    p.folder = tl_test_folder();
    p.path = tl_path_join(p.folder, "file", &p.ctx);
    return p;
}

static void place_close(struct place *p)
{
    tl_test_ctx_release(&p->ctx);
}

static void check_content(struct place *p, const char *want)
{
    struct tl_str got = TL_STR_INIT(1000);

    CHECK_OK(tl_file_read(&got, p->path, &p->ctx), &p->ctx);
    CHECK_TEXT(got.text, want);
    tl_str_release(&got);
}

static unsigned count_files(const char *folder)
{
    DIR *dir = opendir(folder);
    unsigned n = 0;

    while (dir && readdir(dir))
        n++;
    closedir(dir);
    return n - 2; /* "." and ".." */
}

static void what_is_written_is_read_again(void)
{
    struct place p = place_open();

    CHECK_OK(tl_file_write(p.path, "text", 4, &p.ctx), &p.ctx);
    check_content(&p, "text");
    CHECK_OK(tl_file_write(p.path, NULL, 0, &p.ctx), &p.ctx);
    check_content(&p, "");
    CHECK_INT(count_files(p.folder), 1);
    place_close(&p);
}

static void a_fault_at_any_seam_leaves_old_or_new_whole(void)
{
    struct place p = place_open();
    unsigned nth = 1;
    bool was_hit = true;

    for (; was_hit && nth < 20; nth++) {
        CHECK_OK(tl_file_write(p.path, "old", 3, &p.ctx), &p.ctx);
        tl_fault_arm(nth);
        int rc = tl_file_write(p.path, "new text", 8, &p.ctx);
        was_hit = tl_fault_disarm();
        CHECK((rc == TL_EWRITE) == was_hit);
        tl_error_clear(&p.ctx.error);
        /* open, write, fsync, rename; then the folder's open and fsync */
        check_content(&p, nth <= 4 ? "old" : "new text");
        CHECK_INT(count_files(p.folder), 1);
    }
    CHECK_INT(nth - 1, 7);
    place_close(&p);
}

static void each_seam_can_be_made_to_fail_by_name(void)
{
    static const char *const seams[] = { "open", "write", "fsync", "rename" };
    struct place p = place_open();

    for (size_t i = 0; i < sizeof seams / sizeof *seams; i++) {
        tl_fault_arm_seam(seams[i], 1);
        CHECK_FAILS(tl_file_write(p.path, "x", 1, &p.ctx), TL_EWRITE, strerror(EIO),
                    &p.ctx);
        CHECK(tl_fault_disarm());
        CHECK_INT(count_files(p.folder), 0);
    }
    place_close(&p);
}

static void a_fault_is_met_once_and_not_when_disarmed(void)
{
    tl_fault_arm_seam("query", 2);
    CHECK(!tl_fault("open"));
    CHECK(!tl_fault("query"));
    errno = 0;
    CHECK(tl_fault("query"));
    CHECK_INT(errno, EIO);
    CHECK(!tl_fault("query"));
    CHECK(tl_fault_disarm());
    CHECK(!tl_fault_disarm());
    CHECK(!tl_fault("query"));
}

static void reading_fails_at_its_seams(void)
{
    struct place p = place_open();
    struct tl_str got = TL_STR_INIT(1000);

    tl_file_write(p.path, "text", 4, &p.ctx);
    for (unsigned nth = 1; nth <= 2; nth++) {
        tl_fault_arm(nth);
        CHECK_FAILS(tl_file_read(&got, p.path, &p.ctx), TL_ESOURCE, "cannot read",
                    &p.ctx);
        CHECK(tl_fault_disarm());
    }
    tl_str_release(&got);
    place_close(&p);
}

static void a_missing_file_is_named(void)
{
    struct place p = place_open();
    struct tl_str got = TL_STR_INIT(1000);

    CHECK_FAILS(tl_file_read(&got, p.path, &p.ctx), TL_ENOTFOUND, p.path, &p.ctx);
    CHECK_FAILS(tl_file_read(&got, p.folder, &p.ctx), TL_ESOURCE, "cannot read", &p.ctx);
    CHECK(!tl_path_exists(p.path));
    CHECK(tl_path_exists(p.folder));
    place_close(&p);
}

static void a_file_beyond_the_ceiling_is_refused(void)
{
    struct place p = place_open();
    struct tl_str got = TL_STR_INIT(4);

    tl_file_write(p.path, "12345", 5, &p.ctx);
    CHECK_FAILS(tl_file_read(&got, p.path, &p.ctx), TL_ELIMIT, "larger than 4 bytes",
                &p.ctx);
    tl_file_write(p.path, "1234", 4, &p.ctx);
    tl_str_clear(&got);
    CHECK_OK(tl_file_read(&got, p.path, &p.ctx), &p.ctx);
    tl_str_release(&got);
    place_close(&p);
}

static void replacing_keeps_the_mode_and_the_link(void)
{
    struct place p = place_open();
    const char *link = tl_path_join(p.folder, "link", &p.ctx);
    struct stat st;

    tl_file_write(p.path, "old", 3, &p.ctx);
    CHECK_INT(chmod(p.path, 0600), 0);
    CHECK_INT(symlink(p.path, link), 0);
    CHECK_OK(tl_file_write(link, "new", 3, &p.ctx), &p.ctx);
    check_content(&p, "new");
    CHECK(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(stat(p.path, &st) == 0 && (st.st_mode & 07777) == 0600);
    place_close(&p);
}

static void what_is_no_file_is_written_to_not_replaced(void)
{
    struct place p = place_open();
    struct stat st;

    CHECK_OK(tl_file_write("/dev/null", "text", 4, &p.ctx), &p.ctx);
    CHECK(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    CHECK_FAILS(tl_file_write(p.folder, "x", 1, &p.ctx), TL_EWRITE, p.folder, &p.ctx);
    CHECK_FAILS(tl_file_write("/nowhere/at/all", "x", 1, &p.ctx), TL_EWRITE,
                "/nowhere/at/all", &p.ctx);
    place_close(&p);
}

static void a_full_disk_is_an_error(void)
{
    struct place p = place_open();

    CHECK_FAILS(tl_file_write("/dev/full", "x", 1, &p.ctx), TL_EWRITE, strerror(ENOSPC),
                &p.ctx);
    place_close(&p);
}

static void folders_are_made_with_their_parents(void)
{
    struct place p = place_open();
    const char *deep = tl_path_join(p.folder, "a//b/c/", &p.ctx);

    CHECK_OK(tl_dir_make(deep, &p.ctx), &p.ctx);
    CHECK_OK(tl_dir_make(deep, &p.ctx), &p.ctx);
    CHECK(tl_path_exists(tl_path_join(p.folder, "a/b/c", &p.ctx)));
    CHECK_OK(tl_dir_make("/", &p.ctx), &p.ctx);
    CHECK_OK(tl_dir_sync(deep, &p.ctx), &p.ctx);
    tl_file_write(p.path, "x", 1, &p.ctx);
    CHECK_FAILS(tl_dir_make(p.path, &p.ctx), TL_EWRITE, p.path, &p.ctx);
    CHECK_FAILS(tl_dir_make(tl_path_join(p.path, "x", &p.ctx), &p.ctx), TL_EWRITE, "file",
                &p.ctx);
    place_close(&p);
}

static void paths_are_joined_with_one_slash(void)
{
    struct place p = place_open();

    CHECK_TEXT(tl_path_join("a/b", "c", &p.ctx), "a/b/c");
    CHECK_TEXT(tl_path_join("a/b/", "c", &p.ctx), "a/b/c");
    CHECK_TEXT(tl_path_join("/", "c", &p.ctx), "/c");
    CHECK_TEXT(tl_path_join("", "c", &p.ctx), "c");
    CHECK_TEXT(tl_path_join("a", "/c", &p.ctx), "/c");
    place_close(&p);
}

static void a_mapped_file_shows_its_bytes(void)
{
    struct place p = place_open();
    struct tl_mapping map;

    tl_file_write(p.path, "a\0b", 3, &p.ctx);
    CHECK_OK(tl_file_map(&map, p.path, &p.ctx), &p.ctx);
    CHECK(map.n == 3 && memcmp(map.bytes, "a\0b", 3) == 0);
    tl_file_unmap(&map);
    tl_file_write(p.path, "", 0, &p.ctx);
    CHECK_OK(tl_file_map(&map, p.path, &p.ctx), &p.ctx);
    CHECK_INT(map.n, 0);
    tl_file_unmap(&map);
    CHECK_FAILS(tl_file_map(&map, p.folder, &p.ctx), TL_EINPUT, "is not a file", &p.ctx);
    CHECK_FAILS(tl_file_map(&map, "/nowhere", &p.ctx), TL_ENOTFOUND, "/nowhere", &p.ctx);
    place_close(&p);
}

enum { PIPED = 1 << 20 };

static void *write_to_pipe(void *of)
{
    const int *end = of;
    char *bytes = tl_alloc(PIPED, 1);

    memset(bytes, 'x', PIPED);
    int rc = tl_write_all(*end, bytes, PIPED);
    tl_free(bytes);
    close(*end);
    return rc == 0 ? of : NULL;
}

static void all_is_written_to_a_pipe_that_takes_little_at_a_time(void)
{
    int ends[2];
    pthread_t writer;
    void *went_well;
    char got[1000];
    size_t n = 0;

    CHECK_INT(pipe2(ends, O_NONBLOCK), 0);
    CHECK_INT(fcntl(ends[0], F_SETFL, 0), 0);
    CHECK_INT(pthread_create(&writer, NULL, write_to_pipe, &ends[1]), 0);
    for (ssize_t piece; (piece = read(ends[0], got, sizeof got)) > 0;)
        n += (size_t)piece;
    pthread_join(writer, &went_well);
    CHECK(went_well != NULL);
    CHECK_INT(n, PIPED);
    close(ends[0]);
}

static void writing_fails_with_the_systems_reason(void)
{
    errno = 0;
    CHECK_INT(tl_write_all(-1, "x", 1), -1);
    CHECK_INT(errno, EBADF);
    tl_fault_arm_seam("write", 1);
    CHECK_INT(tl_write_all(-1, "x", 1), -1);
    CHECK_INT(errno, EIO);
    CHECK(tl_fault_disarm());
}

static struct tl_run *run_to_stop;

static void stop_run(int signal_number)
{
    (void)signal_number;
    atomic_store(&run_to_stop->cancelled, true);
}

/* Reads a pipe in which nothing comes, or writes to one that nobody reads, with a signal every 5 ms. */
static int wait_while_stopped(struct place *p, bool is_write)
{
    static const char much[1 << 20];
    struct sigaction old, action = { .sa_handler = stop_run };
    struct itimerval ticks = { { 0, 5000 }, { 0, 5000 } };
    struct tl_str got = TL_STR_INIT(1000);

    run_to_stop = p->ctx.run;
    sigaction(SIGALRM, &action, &old);
    setitimer(ITIMER_REAL, &ticks, NULL);
    int rc = is_write ? tl_file_write(p->path, much, sizeof much, &p->ctx)
                      : tl_file_read(&got, p->path, &p->ctx);
    setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
    sigaction(SIGALRM, &old, NULL);
    tl_str_release(&got);
    return rc;
}

static void a_signal_ends_the_wait_for_a_pipe(void)
{
    struct place p = place_open();

    CHECK_INT(mkfifo(p.path, 0600), 0);
    CHECK_FAILS(wait_while_stopped(&p, false), TL_ECANCEL, "stopped", &p.ctx);
    atomic_store(&p.ctx.run->cancelled, false);
    int other_end = open(p.path, O_RDWR | O_CLOEXEC);
    CHECK_FAILS(wait_while_stopped(&p, false), TL_ECANCEL, "stopped", &p.ctx);
    atomic_store(&p.ctx.run->cancelled, false);
    CHECK_FAILS(wait_while_stopped(&p, true), TL_ECANCEL, "stopped", &p.ctx);
    close(other_end);
    place_close(&p);
}

TL_TESTS("file", TEST(a_signal_ends_the_wait_for_a_pipe),
         TEST(what_is_written_is_read_again),
         TEST(a_fault_at_any_seam_leaves_old_or_new_whole),
         TEST(each_seam_can_be_made_to_fail_by_name),
         TEST(a_fault_is_met_once_and_not_when_disarmed),
         TEST(reading_fails_at_its_seams), TEST(a_missing_file_is_named),
         TEST(a_file_beyond_the_ceiling_is_refused),
         TEST(replacing_keeps_the_mode_and_the_link),
         TEST(what_is_no_file_is_written_to_not_replaced), TEST(a_full_disk_is_an_error),
         TEST(folders_are_made_with_their_parents), TEST(paths_are_joined_with_one_slash),
         TEST(a_mapped_file_shows_its_bytes),
         TEST(all_is_written_to_a_pipe_that_takes_little_at_a_time),
         TEST(writing_fails_with_the_systems_reason))
