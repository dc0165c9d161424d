#include "cli/sql_files.h"

#include "base/file.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Where a NUL says that it is no text: as far as git looks. One behind it is the parser's to tell the place of. */
enum { LOOK_BYTES = 8000 };

/* ---- which files ---- */

bool tl_sql_path_looks_so(const char *path)
{
    static const char *const endings[] = { ".sql", ".ddl", ".hql", ".psql", ".pgsql" };
    const char *name = strrchr(path, '/');
    const char *dot = strrchr(name ? name + 1 : path, '.');

    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

bool tl_sql_path_is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void add_path(struct tl_sql_paths *out, const char *path, int64_t bytes,
                     struct tl_ctx *ctx)
{
    struct tl_sql_path added = { .path = tl_arena_strdup(ctx->arena, path),
                                 .bytes = bytes < 0 ? 0 : (uint64_t)bytes };

    tl_vec_push(&out->items, added);
}

static int compare_entries(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void add_entry(struct tl_sql_paths *out, const FTSENT *entry, struct tl_ctx *ctx)
{
    struct stat st;

    if (entry->fts_level > 0 && entry->fts_name[0] == '.')
        return;
    if (!tl_sql_path_looks_so(entry->fts_path))
        return;
    if (entry->fts_info == FTS_F)
        add_path(out, entry->fts_path, entry->fts_statp->st_size, ctx);
    else if (entry->fts_info == FTS_SL && stat(entry->fts_accpath, &st) == 0 &&
             S_ISREG(st.st_mode))
        add_path(out, entry->fts_path, st.st_size, ctx);
}

static int add_folder(struct tl_sql_paths *out, const char *folder, struct tl_ctx *ctx)
{
    char *copy = tl_arena_strdup(ctx->arena, folder);
    size_t n = strlen(copy), before = out->items.n;
    int rc = TL_OK;

    while (n > 1 && copy[n - 1] == '/')
        copy[--n] = 0;
    char *const roots[] = { copy, NULL };
    FTS *walk =
        fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, compare_entries);
    if (!walk)
        return tl_fail(ctx, TL_ESOURCE, "cannot look into '%s': %s", folder,
                       strerror(errno));
    for (const FTSENT *entry; rc == TL_OK && (entry = fts_read(walk)) != NULL;) {
        if (entry->fts_info == FTS_D && entry->fts_level > 0 && entry->fts_name[0] == '.')
            fts_set(walk, (FTSENT *)entry, FTS_SKIP);
        else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
            rc = tl_fail(ctx, TL_ESOURCE, "cannot look into '%s': %s", entry->fts_path,
                         strerror(entry->fts_errno));
        else
            add_entry(out, entry, ctx);
    }
    fts_close(walk);
    if (rc == TL_OK && out->items.n == before) {
        tl_hint(ctx, "files that end in .sql, .ddl, .hql, .psql or .pgsql are read; "
                     "others must be named");
        rc = tl_fail(ctx, TL_ENOTFOUND, "there is no SQL file in '%s'", folder);
    }
    return rc;
}

int tl_sql_paths_add(struct tl_sql_paths *out, const char *operand, struct tl_ctx *ctx)
{
    struct stat st;

    if (strcmp(operand, "-") == 0) {
        add_path(out, operand, 0, ctx);
        return TL_OK;
    }
    if (stat(operand, &st) < 0)
        return tl_fail(ctx, TL_ENOTFOUND, "there is no file '%s'", operand);
    if (S_ISDIR(st.st_mode))
        return add_folder(out, operand, ctx);
    add_path(out, operand, st.st_size, ctx);
    return TL_OK;
}

void tl_sql_paths_release(struct tl_sql_paths *paths)
{
    tl_vec_release(&paths->items);
}

/* ---- what is no text ---- */

/* What people give by mistake, told by its first bytes. */
static const struct {
    const char *magic;
    unsigned n;
    const char *what, *hint;
} strangers[] = {
    { "PGDMP", 5, "a dump in pg_dump's own format",
      "make SQL of it: pg_restore -f - FILE | tagline lineage -" },
    { "\x1f\x8b", 2, "gzip data", "unpack it: gzip -dc FILE | tagline lineage -" },
    { "BZh", 3, "bzip2 data", "unpack it: bzip2 -dc FILE | tagline lineage -" },
    { "\xfd"
      "7zXZ",
      5, "xz data", "unpack it: xz -dc FILE | tagline lineage -" },
    { "\x28\xb5\x2f\xfd", 4, "zstd data",
      "unpack it: zstd -dc FILE | tagline lineage -" },
    { "PK\x03\x04", 4, "a zip archive", "unpack it: unzip -p FILE | tagline lineage -" },
    { "SQLite format 3", 16, "a SQLite database",
      "its schema as SQL: sqlite3 FILE .schema | tagline lineage --dialect sqlite -" },
    { "PAR1", 4, "a Parquet file", NULL },
    { "\x7f"
      "ELF",
      4, "a program", NULL },
    { "%PDF", 4, "a PDF", NULL },
    { "\xff\xfe\0\0", 4, "UTF-32", "convert it: iconv -f UTF-32 -t UTF-8 FILE" },
    { "\0\0\xfe\xff", 4, "UTF-32", "convert it: iconv -f UTF-32 -t UTF-8 FILE" },
};

static const char *shown_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static int refuse_stranger(const struct tl_str *text, const char *path,
                           struct tl_ctx *ctx)
{
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        if (text->n < strangers[i].n ||
            memcmp(text->text, strangers[i].magic, strangers[i].n) != 0)
            continue;
        if (strangers[i].hint)
            tl_hint(ctx, "%s", strangers[i].hint);
        return tl_fail(ctx, TL_EINPUT, "'%s' is %s, no SQL text", shown_name(path),
                       strangers[i].what);
    }
    return TL_OK;
}

/* UTF-16 that bears no mark has a NUL beside nearly every letter. */
static bool looks_like_utf16(const char *bytes, size_t n)
{
    size_t odd = 0, even = 0;

    for (size_t i = 0; i + 1 < n; i += 2) {
        even += bytes[i] == 0;
        odd += bytes[i + 1] == 0;
    }
    return n >= 8 && (even + odd) * 2 >= n / 2 && (even == 0 || odd == 0);
}

static int refuse_binary(const struct tl_str *text, const char *path, struct tl_ctx *ctx)
{
    size_t n = text->n < LOOK_BYTES ? text->n : LOOK_BYTES;
    const char *nul = memchr(text->text, 0, n);
    unsigned line = 1, column = 1;

    if (!nul)
        return TL_OK;
    if (looks_like_utf16(text->text, n)) {
        tl_hint(ctx, "convert it: iconv -f UTF-16LE -t UTF-8 FILE");
        return tl_fail(ctx, TL_EINPUT, "'%s' looks like UTF-16, but bears no mark of it",
                       shown_name(path));
    }
    for (const char *at = text->text; at < nul; at++, column++)
        if (*at == '\n') {
            line++;
            column = 0;
        }
    tl_hint(ctx, "SQL as text is read: UTF-8, or UTF-16 with a byte order mark");
    return tl_fail(ctx, TL_EINPUT, "'%s' is no SQL text: %u:%u is a zero byte",
                   shown_name(path), line, column);
}

/* ---- UTF-16 ---- */

static unsigned unit_at(const unsigned char *bytes, bool is_big)
{
    return is_big ? (unsigned)bytes[0] << 8 | bytes[1]
                  : (unsigned)bytes[1] << 8 | bytes[0];
}

static void add_utf8(struct tl_str *out, unsigned c)
{
    char bytes[4];
    size_t n = 0;

    if (c < 0x80) {
        bytes[n++] = (char)c;
    } else if (c < 0x800) {
        bytes[n++] = (char)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        bytes[n++] = (char)(0xe0 | c >> 12);
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    } else {
        bytes[n++] = (char)(0xf0 | c >> 18);
        bytes[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    if (c >= 0x80)
        bytes[n++] = (char)(0x80 | (c & 0x3f));
    tl_str_add_bytes(out, bytes, n);
}

/* The byte where it is broken; 0: it is not, for there stands the mark. */
static size_t convert_utf16(struct tl_str *out, const unsigned char *bytes, size_t n,
                            bool is_big)
{
    size_t i = 2;

    for (; i + 1 < n; i += 2) {
        unsigned c = unit_at(bytes + i, is_big);

        if (c >= 0xd800 && c < 0xdc00 && i + 3 < n) {
            unsigned low = unit_at(bytes + i + 2, is_big);
            if (low < 0xdc00 || low > 0xdfff)
                return i;
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        } else if (c >= 0xd800 && c < 0xe000) {
            return i;
        }
        add_utf8(out, c);
    }
    return i < n ? i : 0;
}

static int decode_utf16(struct tl_str *text, const char *path, bool is_big,
                        struct tl_ctx *ctx)
{
    struct tl_str converted = TL_STR_INIT(TL_SQL_FILE_MOST);
    size_t broken =
        convert_utf16(&converted, (const unsigned char *)text->text, text->n, is_big);
    bool is_too_large = converted.failed;

    tl_str_release(text);
    *text = converted;
    if (is_too_large)
        return tl_fail(ctx, TL_ELIMIT, "'%s' is larger than %zu bytes in UTF-8",
                       shown_name(path), TL_SQL_FILE_MOST);
    if (broken)
        return tl_fail(ctx, TL_EINPUT, "'%s' is broken UTF-16 at byte %zu",
                       shown_name(path), broken);
    return TL_OK;
}

/* One that is too large is not read before that is said. */
static int read_bytes(struct tl_str *out, const char *path, struct tl_ctx *ctx)
{
    struct stat st;
    int rc;

    tl_str_clear(out);
    out->ceiling = TL_SQL_FILE_MOST;
    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
        (uint64_t)st.st_size > TL_SQL_FILE_MOST)
        rc = tl_fail(ctx, TL_ELIMIT, "'%s' is larger than %zu bytes", path,
                     TL_SQL_FILE_MOST);
    else
        rc = tl_file_read(out, path, ctx);
    if (rc == TL_ELIMIT)
        tl_hint(ctx, "split it into several files");
    return rc;
}

int tl_sql_file_read(struct tl_str *out, const char *path, struct tl_ctx *ctx)
{
    int rc = read_bytes(out, path, ctx);

    if (rc < 0)
        return rc;
    if ((rc = refuse_stranger(out, path, ctx)) < 0)
        return rc;
    if (out->n >= 2 &&
        (memcmp(out->text, "\xff\xfe", 2) == 0 || memcmp(out->text, "\xfe\xff", 2) == 0))
        return decode_utf16(out, path, out->text[0] == '\xfe', ctx);
    if (out->n >= 3 && memcmp(out->text, "\xef\xbb\xbf", 3) == 0) {
        memmove(out->text, out->text + 3, out->n - 3 + 1);
        out->n -= 3;
    }
    return refuse_binary(out, path, ctx);
}
