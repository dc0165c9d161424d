#include "connectors/files/lines.h"

#include "base/ctx.h"

static void hold(struct tl_lines *lines, const char *bytes, size_t n)
{
    if (lines->held.room - lines->held.n < n) {
        lines->held.room = (lines->held.n + n) * 2;
        lines->held.items = tl_realloc(lines->held.items, lines->held.room, 1);
    }
    memcpy(lines->held.items + lines->held.n, bytes, n);
    lines->held.n += n;
}

static void settle(struct tl_lines *lines, const char *line, size_t n)
{
    if (n && line && line[n - 1] == '\r')
        n--;
    lines->line = line;
    lines->n = n;
    lines->number++;
}

int tl_lines_next(struct tl_lines *lines, bool keep, struct tl_ctx *ctx)
{
    struct tl_reader *in = &lines->in;
    size_t n = 0; /* of the pieces before this one */

    lines->held.n = 0;
    lines->is_too_long = false;
    for (;;) {
        size_t left = in->n - in->at;
        const char *p = left ? in->buffer + in->at : NULL;
        const char *end = left ? memchr(p, '\n', left) : NULL;
        size_t here = end ? (size_t)(end - p) : left;
        in->at += here + (end != NULL);
        if (end && n == 0) {
            /* The usual case: the line lies within one piece. */
            settle(lines, p, here);
            return 1;
        }
        n += here;
        lines->is_too_long |= n > TL_LINE_MOST;
        if (keep && !lines->is_too_long && here)
            hold(lines, p, here);
        int rc = end ? 0 : tl_reader_fill(in, ctx);
        if (rc < 0)
            return rc;
        if (rc > 0)
            continue;
        if (!end && n == 0)
            return 0;
        bool is_here = keep && !lines->is_too_long;
        settle(lines, is_here ? lines->held.items : NULL, n);
        return 1;
    }
}

int tl_lines_seek(struct tl_lines *lines, int64_t offset, struct tl_ctx *ctx)
{
    struct tl_reader *in = &lines->in;

    tl_reader_seek(in, offset);
    lines->number = 0;
    while (tl_reader_tell(in) - offset < TL_LINE_MOST) {
        size_t left = in->n - in->at;
        const char *p = left ? in->buffer + in->at : NULL;
        const char *end = left ? memchr(p, '\n', left) : NULL;
        in->at += end ? (size_t)(end + 1 - p) : left;
        if (end)
            return 1;
        int rc = tl_reader_fill(in, ctx);
        if (rc <= 0)
            return rc;
    }
    return 0;
}

void tl_lines_release(struct tl_lines *lines)
{
    tl_reader_close(&lines->in);
    tl_vec_release(&lines->held);
}
