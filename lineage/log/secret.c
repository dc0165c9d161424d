/*
 * The log's secret file. Two first runs at once both try to make it: one wins, the other reads what the winner wrote.
 */
#include "lineage/log/store.h"

#include "base/ctx.h"
#include "base/digest.h"
#include "base/fault.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

/* 0, or -1 with errno; ENOENT where there is none, EINVAL where it is cut short. */
static int read_secret(const char *path, unsigned char *out, size_t n)
{
    int fd = tl_fault("open") ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    size_t got = 0;
    int why = EINVAL; /* it ends too soon */

    if (fd < 0)
        return -1;
    while (got < n) {
        ssize_t step = tl_fault("read") ? -1 : read(fd, out + got, n - got);
        if (step < 0 && errno == EINTR)
            continue;
        if (step < 0)
            why = errno;
        if (step <= 0)
            break;
        got += (size_t)step;
    }
    close(fd);
    errno = why;
    return got < n ? -1 : 0;
}

/* Whole or not at all: written beside, then linked to its name unless somebody was faster. */
static int make_secret(const char *path, const unsigned char *bytes, size_t n)
{
    char beside[PATH_MAX + 64];

    snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
    unlink(beside);
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    int rc = tl_write_all(fd, bytes, n);
    if (rc == 0 && fsync(fd) != 0)
        rc = -1;
    if (close(fd) != 0)
        rc = -1;
    if (rc == 0 && link(beside, path) != 0 && errno != EEXIST)
        rc = -1;
    int why = errno;
    unlink(beside);
    errno = why;
    return rc;
}

int tl_log_secret(unsigned char *out, size_t n, struct tl_log *log, struct tl_ctx *ctx)
{
    const char *folder = tl_arena_printf(ctx->arena, "%stagline", log->folder);
    const char *path = tl_arena_printf(ctx->arena, "%s/secret", folder);
    int rc;

    if (read_secret(path, out, n) == 0)
        return TL_OK;
    if (errno == EINVAL)
        unlink(path); /* too short to be one of ours */
    else if (errno != ENOENT)
        return tl_fail(ctx, TL_EWRITE, "cannot read the log's secret '%s': %s", path,
                       strerror(errno));
    if ((rc = tl_dir_make(folder, ctx)) < 0)
        return rc;
    tl_random(out, n);
    if (make_secret(path, out, n) == 0 && read_secret(path, out, n) == 0)
        return TL_OK;
    return tl_fail(ctx, TL_EWRITE, "cannot make the log's secret '%s': %s", path,
                   strerror(errno));
}
