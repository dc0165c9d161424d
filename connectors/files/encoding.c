#include "connectors/files/encoding.h"

#include "connectors/files/reader.h"

#include <string.h>

/* 0x80 .. 0x9f; the rest of Windows-1252 is Latin-1. https://encoding.spec.whatwg.org/index-windows-1252.txt */
static const uint16_t microsoft[32] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
    0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

/* Bytes at the end that begin a character and do not end it: 0-3. */
static size_t open_tail(const char *bytes, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        unsigned char c = (unsigned char)bytes[n - back];
        if ((c & 0xc0) == 0x80)
            continue;
        size_t whole = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        return whole > back ? back : 0;
    }
    return 0;
}

bool tl_encoding_is_utf8(const char *bytes, size_t n, bool is_cut)
{
    return tl_utf8_is_valid(bytes, is_cut ? n - open_tail(bytes, n) : n);
}

const char *tl_encoding_decode(struct tl_str *held, enum tl_encoding encoding,
                               const char *bytes, size_t *n, bool is_cut)
{
    if (encoding == TL_ENCODING_UTF8 ||
        (encoding == TL_ENCODING_AUTO && tl_encoding_is_utf8(bytes, *n, is_cut)))
        return bytes;
    tl_str_clear(held);
    for (size_t i = 0; i < *n; i++) {
        unsigned c = (unsigned char)bytes[i];
        if (c >= 0x80 && c < 0xa0)
            c = microsoft[c - 0x80];
        if (c >= 0x800)
            tl_str_add_char(held, (char)(0xe0 | c >> 12));
        if (c >= 0x80)
            tl_str_add_char(held, c >= 0x800 ? (char)(0x80 | (c >> 6 & 0x3f))
                                             : (char)(0xc0 | c >> 6));
        tl_str_add_char(held, c >= 0x80 ? (char)(0x80 | (c & 0x3f)) : (char)c);
    }
    *n = held->n;
    return held->text;
}

/* ---- a look at a file ---- */

/* A character that lies across pieces. */
struct carry {
    char bytes[4];
    size_t n;
};

/* Takes the rest of the carried character off the piece. False: it is none. */
static bool end_carry(struct carry *carry, const char **p, const char *end)
{
    while (carry->n && *p < end) {
        carry->bytes[carry->n++] = *(*p)++;
        if (tl_utf8_step(carry->bytes, carry->n))
            carry->n = 0;
        else if (carry->n == sizeof carry->bytes)
            return false;
    }
    return true;
}

static uint64_t count_lines(const char *p, const char *end)
{
    uint64_t n = 0;

    for (; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        n++;
    return n;
}

static const char *first_bad(const char *p, const char *end)
{
    for (size_t step; p < end; p += step) {
        step = tl_utf8_step(p, (size_t)(end - p));
        if (!step)
            return p;
    }
    return end;
}

/* True when the piece holds a bad byte; `*line` is then its line. */
static bool is_bad_piece(uint64_t *line, struct carry *carry, const char *p,
                         const char *end)
{
    if (!end_carry(carry, &p, end))
        return true;
    size_t tail = open_tail(p, (size_t)(end - p));
    const char *whole = end - tail;
    bool is_bad = !tl_utf8_is_valid(p, (size_t)(whole - p));
    *line += count_lines(p, is_bad ? first_bad(p, whole) : whole);
    if (tail) {
        memcpy(carry->bytes, whole, tail);
        carry->n = tail;
    }
    return is_bad;
}

int tl_encoding_look(uint64_t *line, struct tl_reader *in, int64_t most,
                     struct tl_ctx *ctx)
{
    int64_t begin = tl_reader_tell(in);
    struct carry carry = { .n = 0 };
    uint64_t at = 1;
    bool is_bad = false;
    int rc = 1;

    while (rc > 0 && !is_bad && tl_reader_tell(in) - begin < most) {
        if (in->at < in->n)
            is_bad = is_bad_piece(&at, &carry, in->buffer + in->at, in->buffer + in->n);
        in->at = in->n;
        if (!is_bad)
            rc = tl_reader_fill(in, ctx);
    }
    /* At the end of the file nothing completes it any more. */
    is_bad |= rc == 0 && carry.n;
    *line = is_bad ? at : 0;
    tl_reader_seek(in, begin);
    return rc < 0 ? rc : 0;
}
