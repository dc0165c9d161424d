/*
 * One writer at a time, by flock on a file of our own: the kernel lets go of it when its holder dies, however it dies. What the
 * holder was about to do stands in the file, so that the next one can tell a finished run from an unfinished one.
 */
#include "lineage/log/store.h"

#include "base/ctx.h"
#include "base/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

enum { TRY_EVERY = 20 * 1000 * 1000 }; /* ns */

static int lock_failed(const char *path, struct tl_ctx *ctx)
{
    return tl_fail(ctx, TL_EWRITE, "cannot lock '%s': %s", path, strerror(errno));
}

static void read_note(char *out, size_t room, int fd)
{
    ssize_t n = pread(fd, out, room - 1, 0);

    out[n > 0 ? n : 0] = '\0';
}

/* The word behind `key` at the start of a line, or "". */
static void note_word(char *out, size_t room, const char *note, const char *key)
{
    const char *at = strstr(note, key);

    out[0] = '\0';
    if (at && (at == note || at[-1] == '\n'))
        snprintf(out, room, "%.*s", (int)strcspn(at + strlen(key), "\n"),
                 at + strlen(key));
}

static int busy(const struct tl_log *log, int fd, struct tl_ctx *ctx)
{
    char note[512];
    char pid[32];

    read_note(note, sizeof note, fd);
    note_word(pid, sizeof pid, note, "pid ");
    if (pid[0])
        tl_hint(ctx, "wait for it to end, or look what it does: ps -p %s", pid);
    else
        tl_hint(ctx, "wait for it to end, or find it: fuser '%stagline/lock'",
                log->folder);
    return tl_fail(ctx, TL_EBUSY, "the log '%s' is being written by %s%s", log->path,
                   pid[0] ? "process " : "another process", pid);
}

static int wait_for_lock(int fd, const struct tl_log *log, int64_t wait_ns,
                         const char *path, struct tl_ctx *ctx)
{
    int64_t until = tl_ticks(ctx) + wait_ns;

    while (tl_fault("log.lock") || flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return lock_failed(path, ctx);
        if (tl_ticks(ctx) >= until)
            return busy(log, fd, ctx);
        int rc = tl_ctx_check(ctx);
        if (rc < 0)
            return rc;
        tl_pause(ctx, TRY_EVERY);
    }
    return TL_OK;
}

/* ---- the sweep ---- */

static void sweep_folder(const char *folder, const char *prefix)
{
    DIR *dir = opendir(folder);

    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
}

/*
 * Whether main holds the commit. When that cannot be found out, it counts as held: nothing is removed on a doubt. A commit that is not
 * there at all is told apart first: libgit2 1.5 answers a plain error for it, as for a disk that cannot be read.
 */
static bool main_holds(const struct tl_log *log, const char *commit)
{
    git_oid tip, id;
    git_odb *odb = NULL;

    if (git_oid_fromstr(&id, commit) < 0 ||
        git_reference_name_to_id(&tip, log->repo, TL_LOG_BRANCH) < 0 ||
        git_oid_equal(&tip, &id) || git_repository_odb(&odb, log->repo) < 0)
        return true;
    bool is_missing = git_odb_exists(odb, &tip) == 1 && git_odb_exists(odb, &id) == 0;
    git_odb_free(odb);
    return !is_missing && git_graph_descendant_of(log->repo, &tip, &id) != 0;
}

static void sweep_pack(const struct tl_log *log, const char *pack, const char *commit)
{
    char path[4352];

    if (strncmp(pack, "pack-", 5) != 0 || strchr(pack, '/') || main_holds(log, commit))
        return;
    snprintf(path, sizeof path, "%sobjects/pack/%s.idx", log->folder, pack);
    unlink(path);
    snprintf(path, sizeof path, "%sobjects/pack/%s.pack", log->folder, pack);
    unlink(path);
}

/*
 * Temporary files of ours can only be a dead writer's: we hold the lock. refs/heads/main.lock could be stock git's, so it goes only
 * when the lock's last holder did not end well.
 */
static void sweep(const struct tl_log *log, const char *note)
{
    char path[4352], pack[128], commit[64];

    snprintf(path, sizeof path, "%sobjects/pack", log->folder);
    sweep_folder(path, TL_PACK_TEMPORARY);
    snprintf(path, sizeof path, "%stagline", log->folder);
    sweep_folder(path, "belief.tmp");
    if (note[0] == '\0')
        return;
    snprintf(path, sizeof path, "%s" TL_LOG_BRANCH ".lock", log->folder);
    unlink(path);
    note_word(pack, sizeof pack, note, "pack ");
    note_word(commit, sizeof commit, note, "commit ");
    if (pack[0] && commit[0])
        sweep_pack(log, pack, commit);
}

/* ---- */

static int write_note(int fd, const char *note, struct tl_ctx *ctx)
{
    size_t n = strlen(note);

    if (tl_fault("log.note") || ftruncate(fd, 0) < 0 ||
        pwrite(fd, note, n, 0) != (ssize_t)n)
        return tl_fail(ctx, TL_EWRITE, "cannot write to the log's lock: %s",
                       strerror(errno));
    return TL_OK;
}

int tl_log_lock(int *fd, struct tl_log *log, int64_t wait_ns, struct tl_ctx *ctx)
{
    char path[4352], note[512], own[32];

    snprintf(path, sizeof path, "%stagline", log->folder);
    int rc = tl_dir_make(path, ctx);
    if (rc < 0)
        return rc;
    snprintf(path, sizeof path, "%stagline/lock", log->folder);
    int lock = tl_fault("log.lock") ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock < 0)
        return lock_failed(path, ctx);
    rc = wait_for_lock(lock, log, wait_ns, path, ctx);
    if (rc == TL_OK) {
        read_note(note, sizeof note, lock);
        sweep(log, note);
        snprintf(own, sizeof own, "pid %ld\n", (long)getpid());
        rc = write_note(lock, own, ctx);
    }
    if (rc < 0) {
        close(lock);
        return rc;
    }
    *fd = lock;
    return TL_OK;
}

int tl_log_lock_note(int fd, const char *pack, const struct tl_sha1 *commit,
                     struct tl_ctx *ctx)
{
    char note[256], hex[41];

    snprintf(note, sizeof note, "pid %ld\npack %s\ncommit %s\n", (long)getpid(), pack,
             tl_hex(hex, commit, sizeof *commit));
    int rc = write_note(fd, note, ctx);
    if (rc == TL_OK && (tl_fault("log.note") || fsync(fd) < 0))
        rc = tl_fail(ctx, TL_EWRITE, "cannot write to the log's lock: %s",
                     strerror(errno));
    return rc;
}

/* An empty file says that all went well; closing it lets go of the lock. */
void tl_log_unlock(int fd)
{
    if (fd < 0)
        return;
    if (ftruncate(fd, 0) < 0)
        errno = 0; /* the next one then sweeps in vain */
    close(fd);
}
