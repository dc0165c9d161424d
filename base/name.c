/*
 * Keys as text. The encoding is one-to-one, so that a path in the log names exactly one dataset.
 */
#include "base/name.h"

#include "base/ctx.h"
#include "base/digest.h"

#include <stdint.h>

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-';
}

static void encode_byte(struct tl_str *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    tl_str_add_bytes(out, (char[]){ '%', digits[c >> 4], digits[c & 15] }, 3);
}

void tl_name_encode(struct tl_str *out, const char *name)
{
    size_t n = strlen(name);

    if (n == 0)
        tl_str_add_char(out, '%');
    for (size_t i = 0; i < n;) {
        size_t run = i;
        while (run < n &&
               (is_plain(name[run]) || (name[run] == '.' && run > 0 && run + 1 < n)))
            run++;
        tl_str_add_bytes(out, name + i, run - i);
        i = run;
        if (i < n)
            encode_byte(out, (unsigned char)name[i++]);
    }
}

#define FILE_NAME_MOST 200
#define FILE_NAME_CUT  180

void tl_name_encode_file(struct tl_str *out, const char *name)
{
    struct tl_str whole;

    tl_str_init(&whole, TL_STR_MOST);
    tl_name_encode(&whole, name);
    if (whole.failed) {
        out->failed = true;
    } else if (whole.n <= FILE_NAME_MOST) {
        tl_str_add_bytes(out, whole.text, whole.n);
    } else {
        /* No encoded name holds a '~': a cut one is never another one's whole. */
        struct tl_sha256 digest;
        char hex[17];
        tl_sha256_of(&digest, name, strlen(name));
        tl_str_add_bytes(out, whole.text, FILE_NAME_CUT);
        tl_str_add_char(out, '~');
        tl_str_add(out, tl_hex(hex, digest.bytes, 8));
    }
    tl_str_release(&whole);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool tl_name_decode(struct tl_str *out, const char *text, size_t n)
{
    if (n == 1 && text[0] == '%')
        return true;
    for (size_t i = 0; i < n;) {
        const char *escape = memchr(text + i, '%', n - i);
        size_t run = escape ? (size_t)(escape - text) : n;
        tl_str_add_bytes(out, text + i, run - i);
        if (!escape)
            break;
        if (run + 3 > n)
            return false;
        int high = hex_digit(text[run + 1]);
        int low = hex_digit(text[run + 2]);
        /* No name holds a NUL: where one is written somebody means to cut the name short. */
        if (high < 0 || low < 0 || (high == 0 && low == 0))
            return false;
        tl_str_add_char(out, (char)(high * 16 + low));
        i = run + 3;
    }
    return true;
}

/* Whether a terminal shows the character as itself, and a key does not read it as punctuation. */
static bool reads_as_itself(const char *name, size_t step)
{
    struct tl_str shown = TL_STR_INIT(64);

    if (step == 1)
        return name[0] >= ' ' && name[0] != 0x7f && !strchr("/#%", name[0]);
    tl_str_add_shown(&shown, name, step);
    bool is_same = shown.n == step && memcmp(shown.text, name, step) == 0;
    tl_str_release(&shown);
    return is_same;
}

static void add_readable(struct tl_str *out, const char *name)
{
    size_t n = strlen(name);

    if (n == 0)
        tl_str_add_char(out, '%');
    for (size_t i = 0, step; i < n; i += step) {
        bool is_edge = name[i] == ' ' && (i == 0 || i + 1 == n);
        step = tl_utf8_step(name + i, n - i);
        if (step && !is_edge && reads_as_itself(name + i, step)) {
            tl_str_add_bytes(out, name + i, step);
            continue;
        }
        step = step ? step : 1;
        for (size_t k = 0; k < step; k++)
            encode_byte(out, (unsigned char)name[i + k]);
    }
}

static void add_levels(struct tl_str *out, const struct tl_key *key,
                       void (*add)(struct tl_str *out, const char *name))
{
    const char *levels[] = { key->source, key->database, key->schema, key->dataset };
    bool begun = false;

    for (size_t i = 0; i < 4; i++) {
        if (!levels[i])
            continue;
        if (begun)
            tl_str_add_char(out, '/');
        add(out, levels[i]);
        begun = true;
    }
    if (key->field) {
        tl_str_add_char(out, '#');
        add(out, key->field);
    }
}

void tl_key_add(struct tl_str *out, const struct tl_key *key)
{
    add_levels(out, key, tl_name_encode);
}

void tl_key_add_readable(struct tl_str *out, const struct tl_key *key)
{
    add_levels(out, key, add_readable);
}

const char *tl_key_text_readable(const char *text, struct tl_ctx *ctx)
{
    struct tl_str out = TL_STR_INIT(TL_STR_MOST), level = TL_STR_INIT(TL_STR_MOST);

    for (const char *at = text;;) {
        size_t n = strcspn(at, "/#");
        tl_str_clear(&level);
        if (tl_name_decode(&level, at, n))
            add_readable(&out, level.text);
        else
            tl_str_add_bytes(&out, at, n);
        if (!at[n])
            break;
        tl_str_add_char(&out, at[n]);
        at += n + 1;
    }
    const char *readable = tl_arena_dup(ctx->arena, out.text, out.n);
    tl_str_release(&out);
    tl_str_release(&level);
    return readable;
}

static int decode_level(const char **out, const char *text, size_t n, struct tl_ctx *ctx)
{
    struct tl_str name;
    bool is_good;

    tl_str_init(&name, TL_STR_MOST);
    is_good = n > 0 && tl_name_decode(&name, text, n);
    *out = tl_arena_dup(ctx->arena, name.text, name.n);
    tl_str_release(&name);
    if (is_good)
        return TL_OK;
    tl_hint(ctx,
            "write source/database/schema/dataset#field or the end of it; inside a name "
            "write '/' as %%2F, '#' as %%23, '%%' as %%25, and an empty name as %%");
    if (n == 0)
        return tl_fail(ctx, TL_EUSAGE, "a name is empty");
    return tl_fail(ctx, TL_EUSAGE, "'%%' is not followed by two hexadecimal digits");
}

int tl_key_parse(struct tl_key_pattern *out, const char *text, struct tl_ctx *ctx)
{
    const char *hash = strchr(text, '#');
    size_t end = hash ? (size_t)(hash - text) : strlen(text);
    int rc = 0;

    *out = (struct tl_key_pattern){ 0 };
    if (hash)
        rc = decode_level(&out->field, hash + 1, strlen(hash + 1), ctx);
    /* "#email" is an end of a key too: a column of that name in any dataset. */
    bool has_levels = end > 0 || !hash;
    while (rc == 0 && has_levels) {
        size_t begin = end;
        while (begin > 0 && text[begin - 1] != '/')
            begin--;
        if (out->n_levels == 4) {
            tl_hint(ctx, "inside a name write '/' as %%2F");
            rc = tl_fail(
                ctx, TL_EUSAGE,
                "there are more levels than source, database, schema and dataset");
            break;
        }
        rc = decode_level(&out->levels[out->n_levels], text + begin, end - begin, ctx);
        out->n_levels++;
        has_levels = begin > 0;
        end = begin > 0 ? begin - 1 : 0;
    }
    return rc ? tl_explain(ctx, "cannot read the name '%s'", text) : TL_OK;
}

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_same(const char *a, const char *b, bool fold)
{
    if (!fold)
        return strcmp(a, b) == 0;
    while (*a && folded(*a) == folded(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

/* The levels that are there, innermost first. Returns how many. */
static unsigned key_levels(const char *levels[4], const struct tl_key *key)
{
    const char *all[] = { key->dataset, key->schema, key->database, key->source };
    unsigned n = 0;

    for (size_t i = 0; i < 4; i++)
        if (all[i])
            levels[n++] = all[i];
    return n;
}

bool tl_key_ends_in(const struct tl_key *key, const struct tl_key_pattern *pattern,
                    bool fold)
{
    const char *levels[4];
    unsigned n = key_levels(levels, key);

    if (!pattern->field != !key->field || pattern->n_levels > n)
        return false;
    if (pattern->field && !is_same(key->field, pattern->field, fold))
        return false;
    for (unsigned i = 0; i < pattern->n_levels; i++)
        if (!is_same(levels[i], pattern->levels[i], fold))
            return false;
    return true;
}

/*
 * A bracket expression at glob[0] == '['. Sets `*matched`; returns its length, or 0 when nothing closes it: then
 * the '[' stands for itself.
 */
static size_t bracket(const char *glob, size_t n, unsigned char c, bool *matched)
{
    size_t i = 1;
    bool is_negated = i < n && (glob[i] == '!' || glob[i] == '^');
    bool found = false;

    if (is_negated)
        i++;
    for (size_t first = i; i < n && (glob[i] != ']' || i == first); i++) {
        unsigned char low = (unsigned char)glob[i];
        unsigned char high = low;
        if (i + 2 < n && glob[i + 1] == '-' && glob[i + 2] != ']') {
            high = (unsigned char)glob[i + 2];
            i += 2;
        }
        found = found || (low <= c && c <= high);
    }
    if (i >= n)
        return 0;
    *matched = found != is_negated;
    return i + 1;
}

/* One glob element against one character of text. Returns the element's length, or 0 when it does not match. */
static size_t element(const char *glob, size_t n, const char *text, size_t left,
                      size_t *step)
{
    bool matched = false;

    *step = 1;
    if (glob[0] == '?') {
        size_t wide = tl_utf8_step(text, left);
        *step = wide ? wide : 1;
        return 1;
    }
    if (glob[0] == '[') {
        size_t length = bracket(glob, n, (unsigned char)text[0], &matched);
        if (length > 0)
            return matched ? length : 0;
    }
    if (glob[0] == '\\' && n > 1)
        return glob[1] == text[0] ? 2 : 0;
    return glob[0] == text[0] ? 1 : 0;
}

/*
 * Kirk Krauss' way with wildcards: only the last '*' is ever gone back to, because an earlier one could gain nothing
 * that the last cannot. At most length of glob times length of text, whatever the pattern.
 */
static bool level_matches(const char *glob, size_t n_glob, const char *text)
{
    size_t n = strlen(text);
    size_t g = 0;
    size_t t = 0;
    size_t star = SIZE_MAX;
    size_t star_text = 0;

    while (t < n) {
        size_t step;
        size_t length;
        if (g < n_glob && glob[g] == '*') {
            star = ++g;
            star_text = t;
            continue;
        }
        length = g < n_glob ? element(glob + g, n_glob - g, text + t, n - t, &step) : 0;
        if (length > 0) {
            g += length;
            t += step;
            continue;
        }
        if (star == SIZE_MAX)
            return false;
        g = star;
        t = ++star_text;
    }
    while (g < n_glob && glob[g] == '*')
        g++;
    return g == n_glob;
}

/* Levels are matched as they are, and, where the glob holds a '%', as listings write them. */
static bool level_matches_either(const char *glob, size_t n_glob, const char *level)
{
    struct tl_str encoded;
    bool matches = level_matches(glob, n_glob, level);

    if (matches || !memchr(glob, '%', n_glob))
        return matches;
    tl_str_init(&encoded, TL_STR_MOST);
    tl_name_encode(&encoded, level);
    matches = !encoded.failed && level_matches(glob, n_glob, encoded.text);
    tl_str_release(&encoded);
    return matches;
}

/* From the right: levels[0] is the innermost. A level that is "**" stands for any number of levels, none too. */
static bool levels_match(const char *glob, size_t n_glob, const char *const *levels,
                         unsigned n)
{
    size_t begin = n_glob;

    while (begin > 0 && glob[begin - 1] != '/')
        begin--;
    size_t length = n_glob - begin;
    bool is_last = begin == 0;
    if (length == 2 && memcmp(glob + begin, "**", 2) == 0) {
        while (begin >= 3 && memcmp(glob + begin - 3, "**/", 3) == 0 &&
               (begin == 3 || glob[begin - 4] == '/'))
            begin -=
                3; /* a row of them says no more than one, and would be tried in every split */
        if (begin == 0)
            return true;
        for (unsigned skip = 0; skip <= n; skip++)
            if (levels_match(glob, begin - 1, levels + skip, n - skip))
                return true;
        return false;
    }
    if (n == 0 || !level_matches_either(glob + begin, length, levels[0]))
        return false;
    return is_last || levels_match(glob, begin - 1, levels + 1, n - 1);
}

bool tl_key_matches(const struct tl_key *key, const char *glob)
{
    const char *levels[4];
    unsigned n = key_levels(levels, key);

    return levels_match(glob, strlen(glob), levels, n);
}

static int compare_level(const char *a, const char *b)
{
    if (!a || !b)
        return !!a - !!b;
    return strcmp(a, b);
}

int tl_key_compare(const struct tl_key *a, const struct tl_key *b)
{
    int order = compare_level(a->source, b->source);

    if (order == 0)
        order = compare_level(a->database, b->database);
    if (order == 0)
        order = compare_level(a->schema, b->schema);
    if (order == 0)
        order = compare_level(a->dataset, b->dataset);
    if (order == 0)
        order = compare_level(a->field, b->field);
    return order;
}
