#include "base/file.h"

#include "base/ctx.h"
#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_PIECE = 64 * 1024, NAME_TRIES = 100, PATH_CEILING = 64 * 1024 };

static int fail_read(struct tl_ctx *ctx, const char *path)
{
    int cause = errno;

    if (cause == EINTR && tl_ctx_check(ctx) < 0)
        return ctx->error.code;
    errno = cause;
    int code = errno == ENOENT || errno == ENOTDIR ? TL_ENOTFOUND : TL_ESOURCE;

    return tl_fail(ctx, code, "cannot read '%s': %s", path, strerror(errno));
}

static int fail_write(struct tl_ctx *ctx, const char *path)
{
    int cause = errno;

    if (cause == EINTR && tl_ctx_check(ctx) < 0)
        return ctx->error.code;
    errno = cause;
    return tl_fail(ctx, TL_EWRITE, "cannot write '%s': %s", path, strerror(errno));
}

/* A pipe can keep us for ever: a signal that ends the run ends the wait, any other does not. */
static bool is_to_go_on(const struct tl_ctx *ctx)
{
    return errno == EINTR && !(ctx->run && atomic_load(&ctx->run->cancelled));
}

static int open_file(const char *path, int flags, mode_t mode, const struct tl_ctx *ctx)
{
    int fd;

    if (tl_fault("open"))
        return -1;
    do
        fd = open(path, flags | O_CLOEXEC, mode);
    while (fd < 0 && is_to_go_on(ctx));
    return fd;
}

static ssize_t read_piece(int fd, void *out, size_t n, const struct tl_ctx *ctx)
{
    ssize_t got;

    if (tl_fault("read"))
        return -1;
    do
        got = read(fd, out, n);
    while (got < 0 && is_to_go_on(ctx));
    return got;
}

static int sync_file(int fd)
{
    if (tl_fault("fsync"))
        return -1;
    return fsync(fd);
}

int tl_file_read(struct tl_str *out, const char *path, struct tl_ctx *ctx)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open_file(path, O_RDONLY, 0, ctx);
    char piece[READ_PIECE];
    ssize_t n;

    if (fd < 0)
        return fail_read(ctx, path);
    while ((n = read_piece(fd, piece, sizeof piece, ctx)) > 0 && !out->failed)
        tl_str_add_bytes(out, piece, (size_t)n);
    int rc = n < 0 ? fail_read(ctx, is_stdin ? "standard input" : path) : TL_OK;
    if (!is_stdin)
        close(fd);
    if (!rc && out->failed)
        rc = tl_fail(ctx, TL_ELIMIT, "'%s' is larger than %zu bytes",
                     is_stdin ? "standard input" : path, out->ceiling);
    return rc;
}

/* With a context, a signal that ends the run ends the wait for a reader: EINTR. */
static int write_all(int fd, const void *bytes, size_t n, const struct tl_ctx *ctx)
{
    const char *at = bytes;

    if (tl_fault("write"))
        return -1;
    while (n > 0) {
        ssize_t written = write(fd, at, n);
        if (written < 0 && errno == EAGAIN) {
            struct pollfd ready = { .fd = fd, .events = POLLOUT };
            if (poll(&ready, 1, -1) < 0 && ctx && errno == EINTR && !is_to_go_on(ctx))
                return -1;
            continue;
        }
        if (written < 0 && errno == EINTR && (!ctx || is_to_go_on(ctx)))
            continue;
        if (written < 0)
            return -1;
        at += written;
        n -= (size_t)written;
    }
    return 0;
}

int tl_write_all(int fd, const void *bytes, size_t n)
{
    return write_all(fd, bytes, n, NULL);
}

/* What is no regular file (a pipe, /dev/null) cannot be replaced, only written to. */
static int write_through(const char *path, const void *bytes, size_t n,
                         struct tl_ctx *ctx)
{
    int fd = open_file(path, O_WRONLY, 0, ctx);

    if (fd < 0)
        return fail_write(ctx, path);
    int rc = write_all(fd, bytes, n, ctx) ? fail_write(ctx, path) : TL_OK;
    if (close(fd) != 0 && !rc)
        rc = fail_write(ctx, path);
    return rc;
}

/* A new file beside `path`; its name goes to `name`. The process id keeps two writers apart, the count two threads. */
static int open_beside(struct tl_str *name, const char *path, const struct tl_ctx *ctx)
{
    static atomic_uint count;
    int fd = -1;

    for (int i = 0; i < NAME_TRIES; i++) {
        tl_str_clear(name);
        tl_str_addf(name, "%s.tmp-%ld-%u", path, (long)getpid(),
                    atomic_fetch_add(&count, 1));
        if (name->failed) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = open_file(name->text, O_WRONLY | O_CREAT | O_EXCL, 0666, ctx);
        /* left behind by a killed process of the same id */
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    return fd;
}

static int sync_folder_of(const char *path, struct tl_ctx *ctx)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return tl_dir_sync(".", ctx);
    if (slash == path)
        return tl_dir_sync("/", ctx);
    return tl_dir_sync(tl_arena_dup(ctx->scratch, path, (size_t)(slash - path)), ctx);
}

/* `mode` is that of the file it replaces, or -1. */
static int replace_file(const char *path, const void *bytes, size_t n, int mode,
                        struct tl_ctx *ctx)
{
    struct tl_str name = TL_STR_INIT(PATH_CEILING);
    int rc = TL_OK;
    int fd = open_beside(&name, path, ctx);

    if (fd < 0) {
        rc = fail_write(ctx, path);
        goto done;
    }
    bool failed = tl_write_all(fd, bytes, n) != 0 ||
                  (mode >= 0 && fchmod(fd, (mode_t)mode) != 0) || sync_file(fd) != 0;
    int cause = errno;
    if (close(fd) != 0 && !failed) {
        failed = true;
        cause = errno;
    }
    if (!failed && (tl_fault("rename") || rename(name.text, path) != 0)) {
        failed = true;
        cause = errno;
    }
    if (failed) {
        unlink(name.text);
        errno = cause;
        rc = fail_write(ctx, path);
        goto done;
    }
    rc = sync_folder_of(path, ctx);
done:
    tl_str_release(&name);
    return rc;
}

int tl_file_write(const char *path, const void *bytes, size_t n, struct tl_ctx *ctx)
{
    struct stat st;

    if (strcmp(path, "-") == 0) {
        fflush(stdout);
        return write_all(STDOUT_FILENO, bytes, n, ctx)
                   ? fail_write(ctx, "standard output")
                   : TL_OK;
    }
    if (stat(path, &st) != 0)
        return replace_file(path, bytes, n, -1, ctx);
    if (!S_ISREG(st.st_mode))
        return write_through(path, bytes, n, ctx);
    /* A link stays a link: what it leads to is replaced. */
    char *target = realpath(path, NULL);
    if (!target)
        return fail_write(ctx, path);
    int rc = replace_file(target, bytes, n, (int)(st.st_mode & 07777), ctx);
    free(target);
    return rc;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int make_one(const char *path, struct tl_ctx *ctx)
{
    if (!tl_fault("mkdir") && mkdir(path, 0777) == 0)
        return TL_OK;
    int cause = errno;
    /* Also where another process was faster. */
    if (cause == EEXIST && is_folder(path))
        return TL_OK;
    return tl_fail(ctx, TL_EWRITE, "cannot make the folder '%s': %s", path,
                   strerror(cause));
}

int tl_dir_make(const char *path, struct tl_ctx *ctx)
{
    char *part = tl_strdup(path);
    int rc = TL_OK;

    for (char *at = part; *at && !rc;) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        char after = *at;
        *at = '\0';
        if (!is_folder(part))
            rc = make_one(part, ctx);
        *at = after;
    }
    tl_free(part);
    return rc;
}

int tl_dir_sync(const char *path, struct tl_ctx *ctx)
{
    int fd = open_file(path, O_RDONLY | O_DIRECTORY, 0, ctx);

    if (fd < 0)
        return fail_write(ctx, path);
    /* Some file systems cannot sync a folder and say EINVAL; there is nothing more to be had from them. */
    int rc = sync_file(fd) != 0 && errno != EINVAL ? fail_write(ctx, path) : TL_OK;
    close(fd);
    return rc;
}

bool tl_path_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

const char *tl_path_join(const char *folder, const char *name, struct tl_ctx *ctx)
{
    size_t n = strlen(folder);

    if (name[0] == '/' || n == 0)
        return tl_arena_strdup(ctx->arena, name);
    return tl_arena_printf(ctx->arena, "%s%s%s", folder, folder[n - 1] == '/' ? "" : "/",
                           name);
}

int tl_file_map(struct tl_mapping *out, const char *path, struct tl_ctx *ctx)
{
    struct stat st;
    int rc = TL_OK;

    *out = (struct tl_mapping){ 0 };
    int fd = open_file(path, O_RDONLY, 0, ctx);
    if (fd < 0)
        return fail_read(ctx, path);
    if (fstat(fd, &st) != 0) {
        rc = fail_read(ctx, path);
    } else if (!S_ISREG(st.st_mode)) {
        rc = tl_fail(ctx, TL_EINPUT, "'%s' is not a file", path);
    } else if (st.st_size > 0) {
        void *bytes = MAP_FAILED;
        if (!tl_fault("read"))
            bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED)
            rc = fail_read(ctx, path);
        else
            *out = (struct tl_mapping){ .bytes = bytes, .n = (size_t)st.st_size };
    }
    close(fd);
    return rc;
}

void tl_file_unmap(struct tl_mapping *mapping)
{
    if (mapping->n)
        munmap((void *)(uintptr_t)mapping->bytes, mapping->n);
    *mapping = (struct tl_mapping){ 0 };
}
