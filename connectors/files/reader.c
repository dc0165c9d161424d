#include "connectors/files/reader.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "connectors/files/encoding.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 256 << 10,
    LOOKED_AT = 4096, /* bytes that show whether a file is text */
};

static int open_regular(struct tl_reader *reader, struct tl_ctx *ctx)
{
    struct stat st;

    reader->fd = tl_fault("file.open")
                     ? -1
                     : open(reader->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (reader->fd < 0 || fstat(reader->fd, &st)) {
        int error = errno;
        if (error == ENOENT)
            tl_hint(ctx, "look at the path; in a configuration it counts from the folder "
                         "of that file");
        return tl_fail(ctx, TL_ESOURCE, "cannot open '%s': %s", reader->path,
                       strerror(error));
    }
    if (S_ISDIR(st.st_mode)) {
        tl_hint(ctx, "name the files in it with a glob: '%s/*'", reader->path);
        return tl_fail(ctx, TL_ESOURCE, "cannot open '%s': it is a folder", reader->path);
    }
    if (!S_ISREG(st.st_mode))
        return tl_fail(ctx, TL_ESOURCE, "cannot open '%s': it is no regular file",
                       reader->path);
    reader->size = st.st_size;
    return TL_OK;
}

/* Kinds of files that people take for text, by what they begin with. */
static const struct mark {
    const char *bytes;
    size_t n;
    const char *words;
    const char *hint;
} marks[] = {
    { "\xff\xfe", 2, "it is UTF-16 or UTF-32, not UTF-8",
      "convert it: iconv -f UTF-16 -t UTF-8 FILE > COPY" },
    { "\xfe\xff", 2, "it is UTF-16, not UTF-8",
      "convert it: iconv -f UTF-16 -t UTF-8 FILE > COPY" },
    { "\x1f\x8b", 2, "it is compressed by gzip", "unpack it: gunzip -k FILE" },
    { "\x28\xb5\x2f\xfd", 4, "it is compressed by zstd", "unpack it: unzstd FILE" },
    { "\xfd"
      "7zXZ",
      5, "it is compressed by xz", "unpack it: unxz -k FILE" },
    { "PK\x03\x04", 4, "it is a ZIP archive or a spreadsheet",
      "unpack it, or save it as CSV" },
    { "PAR1", 4, "it is a Parquet file", "write it as CSV or JSON lines first" },
    { "SQLite format 3", 16, "it is a SQLite database",
      "read it with a source of type sqlite" },
};

static int look_at_mark(struct tl_reader *reader, struct tl_ctx *ctx)
{
    if (reader->n >= 3 && memcmp(reader->buffer, "\xef\xbb\xbf", 3) == 0)
        reader->at = 3;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (reader->n < marks[i].n ||
            memcmp(reader->buffer, marks[i].bytes, marks[i].n) != 0)
            continue;
        tl_hint(ctx, "%s", marks[i].hint);
        return tl_fail(ctx, TL_ESOURCE, "cannot read '%s': %s", reader->path,
                       marks[i].words);
    }
    return TL_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Text has no NUL at its beginning and few control characters. The commonest one does not count: it may stand between cells (Hive's
 * \x01). Text that is no UTF-8 has hardly any, so that a short piece of something binary is known too.
 */
static bool is_text(const char *bytes, size_t n)
{
    size_t counts[256] = { 0 };
    size_t n_controls = 0;
    size_t commonest = 0;

    for (size_t i = 0; i < n; i++)
        counts[(unsigned char)bytes[i]]++;
    for (int c = 0; c < 0x80; c = c == 0x1f ? 0x7f : c + 1) {
        if (is_blank((char)c))
            continue;
        n_controls += counts[c];
        commonest = counts[c] > commonest ? counts[c] : commonest;
    }
    size_t share = tl_encoding_is_utf8(bytes, n, true) ? 10 : 50;
    return !counts[0] && (n_controls - commonest) * share <= n;
}

static int look_at_text(struct tl_reader *reader, struct tl_ctx *ctx)
{
    int64_t begin = tl_reader_tell(reader);
    size_t n = reader->n - reader->at;
    int rc = 1;

    if (!is_text(reader->buffer + reader->at, n < LOOKED_AT ? n : LOOKED_AT)) {
        tl_hint(ctx, "take it out of 'path', or write it as CSV or JSON lines");
        return tl_fail(ctx, TL_ESOURCE, "'%s' is no text", reader->path);
    }
    while (rc > 0) {
        while (reader->at < reader->n && is_blank(reader->buffer[reader->at]))
            reader->at++;
        if (reader->at < reader->n)
            break;
        rc = tl_reader_fill(reader, ctx);
    }
    tl_reader_seek(reader, begin);
    if (rc)
        return rc < 0 ? rc : TL_OK;
    tl_hint(ctx, "an export that failed leaves such a file; where that is right, take it "
                 "out of 'path'");
    return tl_fail(ctx, TL_ESOURCE, "'%s' is empty: nothing to tell", reader->path);
}

int tl_reader_open(struct tl_reader *out, const char *path, struct tl_ctx *ctx)
{
    *out = (struct tl_reader){ .path = path, .fd = -1, .piece = PIECE };
    int rc = open_regular(out, ctx);
    if (rc)
        return rc;
    out->buffer = tl_alloc(out->piece, 1);
    rc = tl_reader_fill(out, ctx);
    if (rc >= 0)
        rc = look_at_mark(out, ctx);
    return rc ? rc : look_at_text(out, ctx);
}

void tl_reader_of_memory(struct tl_reader *out, const char *bytes, size_t n, size_t piece)
{
    *out = (struct tl_reader){
        .path = "memory",
        .fd = -1,
        .memory = bytes,
        .buffer = (char *)bytes,
        .piece = piece ? piece : 1,
        .size = (int64_t)n,
    };
}

void tl_reader_close(struct tl_reader *reader)
{
    if (reader->fd < 0)
        return;
    close(reader->fd);
    tl_free(reader->buffer);
    *reader = (struct tl_reader){ .fd = -1 };
}

int tl_reader_fill(struct tl_reader *reader, struct tl_ctx *ctx)
{
    int64_t from = reader->begin + (int64_t)reader->n;
    int64_t left = reader->size - from;
    size_t most = left < (int64_t)reader->piece ? (size_t)left : reader->piece;
    int rc = tl_ctx_check(ctx);

    if (rc || left <= 0)
        return rc;
    ssize_t n = (ssize_t)most;
    if (reader->memory)
        reader->buffer = (char *)reader->memory + from;
    else
        do
            n = tl_fault("file.read") ? -1
                                      : pread(reader->fd, reader->buffer, most, from);
        while (n < 0 && errno == EINTR);
    if (n < 0)
        return tl_fail(ctx, TL_ESOURCE, "cannot read '%s': %s", reader->path,
                       strerror(errno));
    reader->begin = from;
    reader->at = 0;
    reader->n = (size_t)n;
    /* Cut off by somebody while it is being read: what is there now is what there is. */
    return n > 0;
}

void tl_reader_seek(struct tl_reader *reader, int64_t offset)
{
    if (offset >= reader->begin && offset <= reader->begin + (int64_t)reader->n) {
        reader->at = (size_t)(offset - reader->begin);
        return;
    }
    reader->begin = offset;
    reader->at = 0;
    reader->n = 0;
}
