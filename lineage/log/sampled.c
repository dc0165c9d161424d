/*
 * When each dataset's sample was last read: a line each, "version seconds key". Lives beside the index, outside git, for it would change at every
 * scan and tells nothing but where reading may be spared.
 */
#include "lineage/log/store.h"

#include "base/ctx.h"
#include "base/fault.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_MOST = 256 << 20 };

static const char *path_of(const struct tl_log *log, struct tl_ctx *ctx)
{
    return tl_arena_printf(ctx->arena, "%stagline/sampled", log->folder);
}

/* One line; false: it is none of ours. */
static bool read_line(struct tl_sampled *out, char *line)
{
    char *end;

    out->version = strtoull(line, &end, 16);
    if (*end != ' ')
        return false;
    out->at = strtoll(end + 1, &end, 10);
    if (*end != ' ' || !end[1] || out->at < 0 || out->at > INT64_MAX / 1000000000)
        return false;
    out->at *= 1000000000;
    out->key = end + 1;
    return true;
}

int tl_log_sampled(struct tl_sampled **out, size_t *n, struct tl_log *log,
                   struct tl_ctx *ctx)
{
    struct tl_str file = TL_STR_INIT(FILE_MOST);
    TL_VEC(struct tl_sampled) lines = { 0 };

    *out = NULL;
    *n = 0;
    if (tl_file_read(&file, path_of(log, ctx), ctx) < 0) {
        tl_error_clear(&ctx->error); /* nothing is known: everything is read */
        tl_str_release(&file);
        return tl_ctx_check(ctx);
    }
    char *text = tl_arena_dup(ctx->arena, file.text, file.n);
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        struct tl_sampled one;
        *end = '\0';
        if (!read_line(&one, line))
            break; /* not ours, or cut short: what is behind it is read again */
        tl_vec_push(&lines, one);
    }
    *n = lines.n;
    *out = tl_arena_alloc(ctx->arena, lines.n, sizeof **out);
    if (lines.n)
        memcpy(*out, lines.items, lines.n * sizeof **out);
    tl_vec_release(&lines);
    tl_str_release(&file);
    return TL_OK;
}

void tl_log_sampled_put(struct tl_log *log, const struct tl_sampled *items, size_t n,
                        struct tl_ctx *ctx)
{
    const char *path = path_of(log, ctx);
    const char *beside = tl_arena_printf(ctx->arena, "%s.%ld", path, (long)getpid());
    struct tl_str text = TL_STR_INIT(FILE_MOST);

    for (size_t i = 0; i < n; i++)
        tl_str_addf(&text, "%" PRIx64 " %" PRId64 " %s\n", items[i].version,
                    items[i].at / 1000000000, items[i].key);
    int fd = tl_fault("sampled.open")
                 ? -1
                 : open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_whole = fd >= 0 && !text.failed && tl_write_all(fd, text.text, text.n) == 0;
    if (fd >= 0)
        is_whole = close(fd) == 0 && is_whole;
    if (!is_whole || rename(beside, path) != 0)
        unlink(beside);
    tl_str_release(&text);
}
