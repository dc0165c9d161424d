/*
 * Takes one value apart: JSON (RFC 8259, and what stands for it: Python's quotes, PostgreSQL's arrays), URLs (RFC 3986, with
 * the ";key=value" that ad servers put into paths), lists of pairs, cookies. Each reader takes what it understands and
 * goes on behind the rest; nothing is ever refused for its end being cut off.
 */
#include "classifiers/nested.h"

#include "base/str.h"

struct reader {
    struct tl_nested *nested;
    const char *at, *end;
    unsigned level;
    bool is_cut;
    struct tl_str text; /* of the string that was read last */
};

static bool read_below(struct tl_nested *nested, uint32_t node, const char *bytes,
                       size_t n, bool is_cut, unsigned level);

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A value that may hold others: those first, then itself. */
static bool take(struct tl_nested *nested, uint32_t node, const char *bytes, size_t n,
                 bool is_cut, unsigned level)
{
    read_below(nested, node, bytes, n, is_cut, level);
    return tl_nested_add(nested, node, bytes, n, is_cut);
}

/* ---- JSON ---- */

static void skip_spaces(struct reader *r)
{
    while (r->at < r->end && is_space(*r->at))
        r->at++;
}

static unsigned hex4(const char *text)
{
    unsigned code = 0;

    for (int i = 0; i < 4; i++) {
        int digit = hex_of(text[i]);
        if (digit < 0)
            return 0xFFFD;
        code = code << 4 | (unsigned)digit;
    }
    return code;
}

static void add_code(struct tl_str *out, unsigned code)
{
    char bytes[4];
    size_t n = 0;

    if (code < 0x80) {
        bytes[n++] = (char)code;
    } else if (code < 0x800) {
        bytes[n++] = (char)(0xC0 | code >> 6);
        bytes[n++] = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        bytes[n++] = (char)(0xE0 | code >> 12);
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[n++] = (char)(0x80 | (code & 0x3F));
    } else {
        bytes[n++] = (char)(0xF0 | code >> 18);
        bytes[n++] = (char)(0x80 | (code >> 12 & 0x3F));
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[n++] = (char)(0x80 | (code & 0x3F));
    }
    tl_str_add_bytes(out, bytes, n);
}

/* Behind a backslash. */
static void add_escape(struct reader *r)
{
    static const char from[] = "nrtbf";
    static const char to[] = "\n\r\t\b\f";
    char c = *r->at++;
    const char *known = c ? strchr(from, c) : NULL;

    if (c != 'u' || r->end - r->at < 4) {
        tl_str_add_char(&r->text, known ? to[known - from] : c);
        return;
    }
    unsigned code = hex4(r->at);
    r->at += 4;
    if (code >= 0xD800 && code < 0xDC00 && r->end - r->at >= 6 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        unsigned low = hex4(r->at + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            r->at += 6;
        }
    }
    if (code >= 0xD800 && code < 0xE000)
        code = 0xFFFD;
    add_code(&r->text, code);
}

/* At its opening quote. False where it does not close. */
static bool read_string(struct reader *r)
{
    char quote = *r->at++;

    tl_str_clear(&r->text);
    while (r->at < r->end) {
        const char *from = r->at;

        while (r->at < r->end && *r->at != quote && *r->at != '\\')
            r->at++;
        tl_str_add_bytes(&r->text, from, (size_t)(r->at - from));
        if (r->at == r->end)
            return false;
        if (*r->at++ == quote)
            return true;
        if (r->at < r->end)
            add_escape(r);
    }
    return false;
}

/* Over what lies too deep, brackets and strings in step. */
static void skip_balanced(struct reader *r)
{
    size_t open = 0;

    do {
        char c = *r->at;

        if (c == '"') {
            for (r->at++; r->at < r->end && *r->at != '"'; r->at++)
                r->at += *r->at == '\\' && r->end - r->at > 1;
        } else if (c == '{' || c == '[') {
            open++;
        } else if (c == '}' || c == ']') {
            open--;
        }
        if (r->at < r->end)
            r->at++;
    } while (open && r->at < r->end);
}

/* A number or a bare word, up to what closes it. */
static const char *bare_end(const struct reader *r, const char *closers)
{
    const char *end = r->at;

    while (end < r->end && !strchr(closers, *end))
        end++;
    while (end > r->at && is_space(end[-1]))
        end--;
    return end;
}

static bool is_null(const char *bytes, size_t n)
{
    return (n == 4 && (!memcmp(bytes, "null", 4) || !memcmp(bytes, "None", 4) ||
                       !memcmp(bytes, "NULL", 4)));
}

static bool read_json(struct reader *r, uint32_t node);

/* A key, in quotes or bare, and its colon. False where there is none. */
static bool read_key(struct reader *r)
{
    if (*r->at == '"' || *r->at == '\'') {
        if (!read_string(r))
            return false;
    } else {
        const char *end = bare_end(r, ":,{}[]");
        tl_str_clear(&r->text);
        tl_str_add_bytes(&r->text, r->at, (size_t)(end - r->at));
        r->at = end;
    }
    skip_spaces(r);
    if (r->at == r->end || *r->at != ':')
        return false;
    r->at++;
    return true;
}

static bool read_object(struct reader *r, uint32_t node)
{
    r->at++;
    for (;;) {
        skip_spaces(r);
        if (r->at == r->end)
            return false;
        if (*r->at == '}') {
            r->at++;
            return true;
        }
        if (*r->at == ',') {
            r->at++;
            continue;
        }
        const char *before = r->at;
        if (!read_key(r)) {
            if (r->at == before || r->at == r->end)
                return false;
            continue;
        }
        if (!read_json(r, tl_nested_child(r->nested, node, TL_NESTED_KEY, r->text.text,
                                          r->text.n)))
            return false;
    }
}

/* "[-73.9, 40.7]": two numbers are one thing, as GeoJSON writes a place (RFC 7946, 3.1.1). */
static bool is_pair_of_numbers(const char *bytes, size_t n)
{
    size_t commas = 0;

    for (size_t i = 0; i < n; i++) {
        commas += bytes[i] == ',';
        if ((bytes[i] < '0' || bytes[i] > '9') && !strchr("+-., ", bytes[i]))
            return false;
    }
    return commas == 1;
}

static bool read_list(struct reader *r, uint32_t node)
{
    const char *from = ++r->at;
    unsigned items = 0;

    for (;;) {
        skip_spaces(r);
        if (r->at == r->end)
            return false;
        if (*r->at == ']' || *r->at == '}') {
            size_t n = (size_t)(r->at++ - from);
            return items != 2 || !is_pair_of_numbers(from, n) ||
                   tl_nested_add(r->nested, node, from, n, false);
        }
        if (*r->at == ',') {
            r->at++;
            continue;
        }
        items++;
        if (!read_json(r, tl_nested_child(r->nested, node, TL_NESTED_ITEM, "", 0)))
            return false;
    }
}

/* PostgreSQL prints an array in braces: what opens an object has a key and a colon, which opens no "//". */
static bool is_object(const struct reader *r)
{
    struct reader look = { .at = r->at + 1, .end = r->end };
    const char *end;

    skip_spaces(&look);
    if (look.at == look.end || *look.at == '}')
        return true;
    if (*look.at == '"' || *look.at == '\'') {
        char quote = *look.at;
        for (end = look.at + 1; end < look.end && *end != quote; end++)
            end += *end == '\\' && look.end - end > 1;
        if (end >= look.end)
            return true;
        look.at = end + 1;
        skip_spaces(&look);
        return look.at == look.end || *look.at == ':';
    }
    end = bare_end(&look, ":,{}[]");
    return end < look.end && *end == ':' && !(look.end - end > 1 && end[1] == '/');
}

/* One value. False where there is nothing more to be had. */
static bool read_json(struct reader *r, uint32_t node)
{
    skip_spaces(r);
    if (r->at == r->end)
        return false;
    if (*r->at == '{' || *r->at == '[') {
        if (r->level + 1 >= TL_NESTED_LEVELS) {
            skip_balanced(r);
            return r->at < r->end;
        }
        r->level++;
        bool is_whole =
            *r->at == '{' && is_object(r) ? read_object(r, node) : read_list(r, node);
        r->level--;
        return is_whole;
    }
    if (*r->at == '"' || *r->at == '\'') {
        bool is_whole = read_string(r);

        return take(r->nested, node, r->text.text ? r->text.text : "", r->text.n,
                    !is_whole, r->level + 1) &&
               is_whole;
    }
    const char *end = bare_end(r, ",]}");
    size_t n = (size_t)(end - r->at);
    bool is_cut = r->is_cut && end == r->end;
    if (n && !is_null(r->at, n) && !tl_nested_add(r->nested, node, r->at, n, is_cut))
        return false;
    r->at = end;
    return r->at < r->end && n;
}

/* ---- pairs and URLs ---- */

/* '%' and, in forms, '+' for a blank; but not before a telephone number, nor in an address. */
static void decode(struct tl_str *out, const char *bytes, size_t n, bool is_form)
{
    bool keeps_plus = !is_form || memchr(bytes, '@', n) || memmem(bytes, n, "%40", 3) ||
                      (n > 1 && bytes[0] == '+' && hex_of(bytes[1]) >= 0);

    tl_str_clear(out);
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '%' && n - i > 2 && hex_of(bytes[i + 1]) >= 0 &&
            hex_of(bytes[i + 2]) >= 0) {
            tl_str_add_char(out,
                            (char)(hex_of(bytes[i + 1]) << 4 | hex_of(bytes[i + 2])));
            i += 2;
        } else {
            tl_str_add_char(out, bytes[i] == '+' && !keeps_plus ? ' ' : bytes[i]);
        }
    }
}

/* What one list of pairs is made of. */
struct pairs {
    struct tl_nested *nested;
    uint32_t node;
    enum tl_nested_kind kind;
    const char *separators;
    bool is_coded, is_cut;
    unsigned level;
};

static void strip_quotes(const char **bytes, size_t *n)
{
    while (*n && is_space(**bytes)) {
        ++*bytes;
        --*n;
    }
    while (*n && is_space((*bytes)[*n - 1]))
        --*n;
    if (*n > 1 && (**bytes == '"' || **bytes == '\'') && (*bytes)[*n - 1] == **bytes) {
        ++*bytes;
        *n -= 2;
    }
}

static bool read_pair(const struct pairs *pairs, const char *bytes, size_t n, bool is_cut)
{
    const char *sign = memchr(bytes, '=', n);
    size_t n_key = sign ? (size_t)(sign - bytes) : 0;
    const char *key = bytes;
    const char *value = sign ? sign + 1 : bytes;
    struct tl_str text = TL_STR_INIT(TL_NESTED_BYTES);
    bool has_room = true;

    if (sign && n > n_key + 1 && *value == '>') /* hstore's "a"=>"b" */
        value++;
    size_t n_value = n - (size_t)(value - bytes);
    strip_quotes(&key, &n_key);
    strip_quotes(&value, &n_value);
    if (n_value) {
        uint32_t node =
            tl_nested_child(pairs->nested, pairs->node, pairs->kind, key, n_key);
        if (pairs->is_coded) {
            decode(&text, value, n_value, true);
            value = text.text ? text.text : "";
            n_value = text.n;
        }
        has_room = take(pairs->nested, node, value, n_value, is_cut, pairs->level + 1);
    }
    tl_str_release(&text);
    return has_room;
}

static void read_pairs(const struct pairs *pairs, const char *bytes, size_t n)
{
    const char *end = bytes + n;

    while (bytes < end) {
        const char *to = bytes;

        while (to < end && !strchr(pairs->separators, *to))
            to++;
        if (to > bytes &&
            !read_pair(pairs, bytes, (size_t)(to - bytes), pairs->is_cut && to == end))
            return;
        bytes = to + 1;
    }
}

static size_t scheme_of(const char *bytes, size_t n)
{
    size_t i = 0;

    while (i < n && i < 24 && (is_alnum(bytes[i]) || strchr("+-.", bytes[i])))
        i++;
    return i > 1 && n - i > 3 && !memcmp(bytes + i, "://", 3) ? i + 3 : 0;
}

/* user:password@host */
static void read_authority(struct tl_nested *nested, uint32_t node, const char *bytes,
                           size_t n)
{
    const char *at = memrchr(bytes, '@', n);
    struct tl_str text = TL_STR_INIT(TL_NESTED_BYTES);

    if (!at)
        return;
    const char *colon = memchr(bytes, ':', (size_t)(at - bytes));
    const char *user_end = colon ? colon : at;
    if (user_end > bytes) {
        decode(&text, bytes, (size_t)(user_end - bytes), false);
        tl_nested_add(nested, tl_nested_child(nested, node, TL_NESTED_USER, "user", 4),
                      text.text, text.n, false);
    }
    if (colon && at - colon > 1) {
        decode(&text, colon + 1, (size_t)(at - colon - 1), false);
        tl_nested_add(nested,
                      tl_nested_child(nested, node, TL_NESTED_USER, "password", 8),
                      text.text, text.n, false);
    }
    tl_str_release(&text);
}

enum { SEGMENT_LEAST = 32 }; /* bytes: a digest, a token */

/* Words of a path are the site's, not a person's: only an address or what is as long as a digest is looked at. */
static void read_path(const struct pairs *pairs, const char *bytes, size_t n)
{
    const char *end = bytes + n;
    struct tl_str text = TL_STR_INIT(TL_NESTED_BYTES);

    while (bytes < end) {
        const char *to = memchr(bytes, '/', (size_t)(end - bytes));
        bool is_cut = pairs->is_cut && !to;

        to = to ? to : end;
        const char *pair = memchr(bytes, ';', (size_t)(to - bytes));
        if (pair && memchr(pair, '=', (size_t)(to - pair)))
            read_pairs(pairs, pair, (size_t)(to - pair));
        else
            pair = to;
        decode(&text, bytes, (size_t)(pair - bytes), false);
        if (text.n && (memchr(text.text, '@', text.n) || text.n >= SEGMENT_LEAST))
            tl_nested_add(pairs->nested,
                          tl_nested_child(pairs->nested, pairs->node, TL_NESTED_SEGMENT,
                                          "", 0),
                          text.text, text.n, is_cut);
        bytes = to + 1;
    }
    tl_str_release(&text);
}

static void read_url(struct tl_nested *nested, uint32_t node, const char *bytes, size_t n,
                     bool is_cut, unsigned level)
{
    const char *end = bytes + n;
    size_t scheme = scheme_of(bytes, n);
    const char *hash = memchr(bytes, '#', n);
    struct pairs pairs = { .nested = nested,
                           .node = node,
                           .kind = TL_NESTED_QUERY,
                           .separators = "&;",
                           .is_coded = true,
                           .level = level };

    bytes += scheme;
    if (scheme) {
        const char *authority = bytes;
        while (bytes < end && !strchr("/?#", *bytes))
            bytes++;
        read_authority(nested, node, authority, (size_t)(bytes - authority));
    }
    const char *stop = hash ? hash : end;
    const char *query = memchr(bytes, '?', (size_t)(stop - bytes));
    pairs.is_cut = is_cut && !query && !hash;
    read_path(&pairs, bytes, (size_t)((query ? query : stop) - bytes));
    pairs.is_cut = is_cut && !hash;
    if (query)
        read_pairs(&pairs, query + 1, (size_t)(stop - query - 1));
    pairs.kind = TL_NESTED_FRAGMENT;
    pairs.is_cut = is_cut;
    if (hash && memchr(hash, '=', (size_t)(end - hash)))
        read_pairs(&pairs, hash + 1, (size_t)(end - hash - 1));
}

/* ---- which form ---- */

enum { KEY_MOST = 64, LOOK_MOST = 4096 };

/* How long the key is that opens a list of pairs; 0: none does. */
static size_t key_of_pair(const char *bytes, size_t n)
{
    size_t i = n && (bytes[0] == '"' || bytes[0] == '?');
    size_t from = i;

    while (i < n && i < KEY_MOST && (is_alnum(bytes[i]) || strchr("_-.[]$", bytes[i])))
        i++;
    if (i == from || (bytes[from] >= '0' && bytes[from] <= '9'))
        return 0;
    i += i < n && bytes[i] == '"';
    return i < n && bytes[i] == '=' ? i : 0;
}

/* The sign between pairs: each of its pieces must be one. NULL: what looks like a pair is something else (base64 closes in '='). */
static const char *separators_of(const char *bytes, size_t n)
{
    static const char *const signs[] = { "&", ";", "|", ",", "\n", " " };
    size_t key = key_of_pair(bytes, n);

    n = n < LOOK_MOST ? n : LOOK_MOST;
    if (!key || n < key + 2 || bytes[key + 1] == '=' || (bytes[key + 1] == '&'))
        return NULL;
    for (size_t s = 0; s < sizeof signs / sizeof *signs; s++) {
        const char *at = memchr(bytes, *signs[s], n);
        size_t pieces = 1;
        size_t pairs = 1;

        for (; at; at = memchr(at, *signs[s], n - (size_t)(at - bytes))) {
            for (at++; at < bytes + n && is_space(*at);)
                at++;
            if (at == bytes + n)
                break;
            pieces++;
            pairs += key_of_pair(at, n - (size_t)(at - bytes)) > 0;
        }
        if (pieces > 1 && pairs * 4 >= pieces * 3)
            return signs[s];
    }
    return memchr(bytes, ' ', n) ? NULL : "&";
}

enum tl_nested_form tl_nested_form_of(const char *bytes, size_t n)
{
    if (n < 3)
        return TL_NESTED_PLAIN;
    if (bytes[0] == '{' || bytes[0] == '[') {
        size_t i = 1;
        while (i < n && is_space(bytes[i]))
            i++;
        if (i == n)
            return TL_NESTED_PLAIN;
        bool is_open = bytes[0] == '{'
                           ? strchr("\"'}", bytes[i]) || is_alnum(bytes[i])
                           : strchr("\"'{[]-", bytes[i]) || is_alnum(bytes[i]);
        return is_open ? TL_NESTED_JSON : TL_NESTED_PLAIN;
    }
    if (scheme_of(bytes, n))
        return TL_NESTED_URL;
    if (bytes[0] == '/' || bytes[0] == '?')
        return memchr(bytes, '=', n) ? TL_NESTED_URL : TL_NESTED_PLAIN;
    return separators_of(bytes, n) ? TL_NESTED_PAIRS : TL_NESTED_PLAIN;
}

static bool read_below(struct tl_nested *nested, uint32_t node, const char *bytes,
                       size_t n, bool is_cut, unsigned level)
{
    enum tl_nested_form form =
        level < TL_NESTED_LEVELS ? tl_nested_form_of(bytes, n) : TL_NESTED_PLAIN;

    if (form == TL_NESTED_JSON) {
        struct reader reader = { .nested = nested,
                                 .at = bytes,
                                 .end = bytes + n,
                                 .level = level,
                                 .is_cut = is_cut,
                                 .text = TL_STR_INIT(TL_NESTED_BYTES) };
        read_json(&reader, node);
        tl_str_release(&reader.text);
    } else if (form == TL_NESTED_URL) {
        read_url(nested, node, bytes, n, is_cut, level);
    } else if (form == TL_NESTED_PAIRS) {
        const char *separators = separators_of(bytes, n);
        struct pairs pairs = { .nested = nested,
                               .node = node,
                               .kind = TL_NESTED_KEY,
                               .separators = separators,
                               .is_coded = *separators == '&' || *separators == ';',
                               .is_cut = is_cut,
                               .level = level };
        read_pairs(&pairs, bytes, n);
    }
    return form != TL_NESTED_PLAIN;
}

bool tl_nested_read(struct tl_nested *nested, uint32_t node, const char *bytes, size_t n,
                    bool is_cut)
{
    return read_below(nested, node, bytes, n, is_cut, 0);
}
