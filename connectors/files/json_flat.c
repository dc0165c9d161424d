#include "connectors/files/json_flat.h"

#include "base/mem.h"

#include <string.h>

struct scan {
    struct tl_flat *flat;
    const char *at, *end;
    unsigned depth;
    enum tl_flat_answer answer;
    size_t n_path;
    char path[TL_FLAT_PATH_MOST];
    bool path_is_too_long;
};

const char *tl_flat_words(enum tl_flat_answer answer)
{
    switch (answer) {
    case TL_FLAT_READ:
        return "is fine";
    case TL_FLAT_MALFORMED:
        return "is not JSON";
    case TL_FLAT_NO_OBJECT:
        return "is not a JSON object";
    case TL_FLAT_TOO_DEEP:
        return "is nested deeper than 64 levels";
    }
    return "";
}

void tl_flat_init(struct tl_flat *flat, size_t value_bytes)
{
    *flat = (struct tl_flat){ .value_bytes = value_bytes, .arena = tl_arena_open() };
}

void tl_flat_release(struct tl_flat *flat)
{
    tl_vec_release(&flat->fields);
    tl_arena_close(flat->arena);
    flat->arena = NULL;
}

static bool fail(struct scan *scan, enum tl_flat_answer answer)
{
    if (scan->answer == TL_FLAT_READ)
        scan->answer = answer;
    return false;
}

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t' ||
                                    *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

static bool take(struct scan *scan, char c)
{
    skip_blanks(scan);
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

/* ---- fields ---- */

static void add_field(struct scan *scan, enum tl_flat_kind kind, const char *value,
                      size_t n, bool is_cut)
{
    if (scan->path_is_too_long) {
        scan->flat->n_left_out++;
        return;
    }
    const struct tl_flat_field *last =
        scan->flat->fields.n ? &scan->flat->fields.items[scan->flat->fields.n - 1] : NULL;
    /* Elements of an array share one name. */
    bool is_same = last && last->n_path == scan->n_path &&
                   memcmp(last->path, scan->path, scan->n_path) == 0;
    struct tl_flat_field field = {
        .path = is_same ? last->path
                        : tl_arena_dup(scan->flat->arena, scan->path, scan->n_path),
        .n_path = scan->n_path,
        .kind = kind,
        .value = value,
        .n = n,
        .is_cut = is_cut,
    };
    tl_vec_push(&scan->flat->fields, field);
}

static void add_slice(struct scan *scan, enum tl_flat_kind kind, const char *from)
{
    size_t n = (size_t)(scan->at - from);

    add_field(scan, kind, from, n, false);
}

/* ---- strings ---- */

struct text {
    const char *bytes;
    size_t n;
    bool is_cut;
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_hex(struct scan *scan, unsigned *out)
{
    *out = 0;
    if (scan->end - scan->at < 4)
        return fail(scan, TL_FLAT_MALFORMED);
    for (unsigned i = 0; i < 4; i++) {
        int digit = hex_digit(*scan->at++);
        if (digit < 0)
            return fail(scan, TL_FLAT_MALFORMED);
        *out = *out << 4 | (unsigned)digit;
    }
    return true;
}

static size_t encode_utf8(char out[4], unsigned c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Behind "\u". */
static bool read_unicode(struct scan *scan, char out[4], size_t *n)
{
    unsigned c;

    if (!read_hex(scan, &c))
        return false;
    bool is_high = c >= 0xd800 && c < 0xdc00;
    if (is_high && scan->end - scan->at >= 6 && scan->at[0] == '\\' &&
        scan->at[1] == 'u') {
        const char *before = scan->at;
        unsigned low;
        scan->at += 2;
        if (!read_hex(scan, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000)
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        else
            scan->at = before;
    }
    *n = encode_utf8(out, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
    return true;
}

static bool read_escape(struct scan *scan, char out[4], size_t *n)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";

    if (scan->at == scan->end)
        return fail(scan, TL_FLAT_MALFORMED);
    char c = *scan->at++;
    if (c == 'u')
        return read_unicode(scan, out, n);
    const char *which = c ? strchr(names, c) : NULL;
    if (!which)
        return fail(scan, TL_FLAT_MALFORMED);
    out[0] = meant[which - names];
    *n = 1;
    return true;
}

static const char *plain_end(const char *p, const char *end)
{
    while (p < end && *p != '"' && *p != '\\')
        p++;
    return p;
}

/* Bytes up to the closing quote, or to the end of the line. */
static size_t raw_length(const struct scan *scan)
{
    const char *p = scan->at;

    while ((p = plain_end(p, scan->end)) < scan->end && *p == '\\')
        p += scan->end - p < 2 ? 1 : 2;
    return (size_t)(p - scan->at);
}

/* Behind the opening quote, up to and over the closing one. Decodes at most `most` bytes. */
static bool read_string(struct text *out, struct scan *scan, size_t most)
{
    const char *from = scan->at;
    const char *end = plain_end(scan->at, scan->end);

    if (end < scan->end && *end == '"') {
        *out = (struct text){ from, (size_t)(end - from), false };
        scan->at = end + 1;
        return true;
    }
    /* Decoded it only gets shorter: its own length bounds it, and so the line's length bounds what a line takes. */
    size_t length = raw_length(scan);
    size_t room = length < most ? length : most;
    char *text = tl_arena_alloc(scan->flat->arena, room + 1, 1);
    *out = (struct text){ text, 0, false };
    for (;;) {
        char decoded[4];
        const char *bytes = scan->at;
        size_t n;
        end = plain_end(scan->at, scan->end);
        if (end == scan->end)
            return fail(scan, TL_FLAT_MALFORMED);
        n = (size_t)(end - scan->at);
        scan->at = end + 1;
        bool is_escape = n == 0 && *end == '\\';
        if (is_escape) {
            bytes = decoded;
            if (!read_escape(scan, decoded, &n))
                return false;
        } else if (*end == '\\') {
            scan->at = end;
        }
        out->is_cut |= n > room - out->n;
        n = n > room - out->n ? room - out->n : n;
        memcpy(text + out->n, bytes, n);
        out->n += n;
        if (!is_escape && *end == '"')
            return true;
    }
}

/* ---- values ---- */

static bool read_value(struct scan *scan);

static bool read_digits(struct scan *scan)
{
    const char *from = scan->at;

    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return scan->at > from ? true : fail(scan, TL_FLAT_MALFORMED);
}

static bool read_number(struct scan *scan)
{
    const char *from = scan->at;
    enum tl_flat_kind kind = TL_FLAT_INTEGER;

    scan->at += *scan->at == '-';
    const char *digits = scan->at;
    if (!read_digits(scan))
        return false;
    if (*digits == '0' && scan->at - digits > 1)
        return fail(scan, TL_FLAT_MALFORMED);
    if (scan->at < scan->end && *scan->at == '.') {
        kind = TL_FLAT_REAL;
        scan->at++;
        if (!read_digits(scan))
            return false;
    }
    if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E')) {
        kind = TL_FLAT_REAL;
        scan->at++;
        if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
            scan->at++;
        if (!read_digits(scan))
            return false;
    }
    add_slice(scan, kind, from);
    return true;
}

static bool read_word(struct scan *scan, const char *word, enum tl_flat_kind kind)
{
    const char *from = scan->at;
    size_t n = strlen(word);

    if ((size_t)(scan->end - from) < n || memcmp(from, word, n) != 0)
        return fail(scan, TL_FLAT_MALFORMED);
    scan->at += n;
    add_slice(scan, kind, from);
    return true;
}

static bool read_member(struct scan *scan)
{
    struct text key;
    size_t n_path = scan->n_path;
    bool was_too_long = scan->path_is_too_long;

    if (!take(scan, '"') || !read_string(&key, scan, TL_FLAT_PATH_MOST) ||
        !take(scan, ':'))
        return fail(scan, TL_FLAT_MALFORMED);
    size_t dot = n_path > 0;
    if (key.is_cut || key.n + dot > TL_FLAT_PATH_MOST - n_path) {
        scan->path_is_too_long = true;
    } else {
        if (dot)
            scan->path[scan->n_path++] = '.';
        memcpy(scan->path + scan->n_path, key.bytes, key.n);
        scan->n_path += key.n;
    }
    bool holds = read_value(scan);
    scan->n_path = n_path;
    scan->path_is_too_long = was_too_long;
    return holds;
}

static bool read_object(struct scan *scan)
{
    scan->at++;
    if (take(scan, '}')) {
        if (scan->depth > 1)
            add_field(scan, TL_FLAT_NULL, NULL, 0, false);
        return true;
    }
    do {
        if (!read_member(scan))
            return false;
    } while (take(scan, ','));
    return take(scan, '}') ? true : fail(scan, TL_FLAT_MALFORMED);
}

/* What the fields from `first` on are, that have the array's own name. */
static void mark_elements(struct scan *scan, size_t first)
{
    for (size_t i = first; i < scan->flat->fields.n; i++)
        if (scan->flat->fields.items[i].n_path == scan->n_path)
            scan->flat->fields.items[i].is_element = true;
}

static bool read_array(struct scan *scan)
{
    struct tl_flat *flat = scan->flat;

    scan->at++;
    if (take(scan, ']')) {
        add_field(scan, TL_FLAT_NULL, NULL, 0, false);
        return true;
    }
    size_t first = flat->fields.n;
    size_t n = 0;
    do {
        skip_blanks(scan);
        bool is_scalar = scan->at < scan->end && *scan->at != '{' && *scan->at != '[';
        if (!read_value(scan))
            return false;
        n += is_scalar;
        if (n > TL_FLAT_ELEMENTS && is_scalar && flat->fields.n > first)
            flat->fields.n--;
    } while (take(scan, ','));
    mark_elements(scan, first);
    return take(scan, ']') ? true : fail(scan, TL_FLAT_MALFORMED);
}

static bool read_nested(struct scan *scan)
{
    if (scan->depth == TL_FLAT_DEPTH)
        return fail(scan, TL_FLAT_TOO_DEEP);
    scan->depth++;
    bool holds = *scan->at == '{' ? read_object(scan) : read_array(scan);
    scan->depth--;
    return holds;
}

static bool read_value(struct scan *scan)
{
    struct text text;

    skip_blanks(scan);
    if (scan->at == scan->end)
        return fail(scan, TL_FLAT_MALFORMED);
    switch (*scan->at) {
    case '{':
    case '[':
        return read_nested(scan);
    case '"':
        scan->at++;
        if (!read_string(&text, scan, scan->flat->value_bytes))
            return false;
        add_field(scan, TL_FLAT_TEXT, text.bytes, text.n, text.is_cut);
        return true;
    case 't':
        return read_word(scan, "true", TL_FLAT_BOOLEAN);
    case 'f':
        return read_word(scan, "false", TL_FLAT_BOOLEAN);
    case 'n':
        return read_word(scan, "null", TL_FLAT_NULL);
    default:
        return read_number(scan);
    }
}

enum tl_flat_answer tl_flat_read(struct tl_flat *flat, const char *line, size_t n)
{
    struct scan scan;

    /* Not zeroed: the path is two kilobytes, and a line often a tenth of that. */
    scan.flat = flat;
    scan.at = line;
    scan.end = line + n;
    scan.depth = 0;
    scan.answer = TL_FLAT_READ;
    scan.n_path = 0;
    scan.path_is_too_long = false;
    tl_arena_reset(flat->arena);
    flat->fields.n = 0;
    skip_blanks(&scan);
    if (scan.at == scan.end || *scan.at != '{') {
        /* A line of anything else may be JSON, but it has no fields. */
        return TL_FLAT_NO_OBJECT;
    }
    if (!read_value(&scan))
        return scan.answer == TL_FLAT_READ ? TL_FLAT_MALFORMED : scan.answer;
    skip_blanks(&scan);
    return scan.at == scan.end ? TL_FLAT_READ : TL_FLAT_MALFORMED;
}
