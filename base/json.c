/*
 * The canonical writer (RFC 8785) and getters over jansson's trees. jansson's own dump with sorted keys is not canonical:
 * it sorts by UTF-8 bytes, writes control characters in upper-case hex and numbers in Python's form.
 */
#include "base/json.h"

#include "base/clock.h"
#include "base/ctx.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

/* ---- strings ---- */

/* How characters beyond what must be escaped are written. */
enum text_form {
    FORM_BYTES, /* as they are; bytes that are no UTF-8, and U+EF00..U+EFFF, as U+EF00 + byte */
    FORM_ASCII, /* the same, as \uXXXX */
    FORM_TREE, /* what was decoded from JSON: U+EF00..U+EFFF stand there already and stay */
};

/* True where the byte goes out as it is: printable ASCII and DEL, less '"' and '\\'. */
static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* How many bytes from the beginning on are plain. Eight at a time: the high bits of `odd` show the first that is not. */
static size_t plain_run(const char *bytes, size_t n)
{
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        uint64_t quote = word ^ EACH('"');
        uint64_t slash = word ^ EACH('\\');
        uint64_t odd = word | (word - EACH(0x20)) | (quote - EACH(1)) | (slash - EACH(1));
        /* A borrow can only come from a lower byte that is odd itself, so a clean word is never called odd. */
        if (odd & EACH(0x80))
            break;
    }
    while (i < n && is_plain((unsigned char)bytes[i]))
        i++;
    return i;
}

/* Appends without a call when there is room: most appends are a few bytes. */
static inline void add(struct tl_str *out, const char *bytes, size_t n)
{
    if (!out->failed && n < out->room - out->n && out->room > out->n &&
        n <= out->ceiling - out->n) {
        memcpy(out->text + out->n, bytes, n);
        out->n += n;
        out->text[out->n] = '\0';
    } else {
        tl_str_add_bytes(out, bytes, n);
    }
}

static void add_unit(struct tl_str *out, unsigned unit)
{
    static const char digits[] = "0123456789abcdef";
    char text[6] = { '\\',
                     'u',
                     digits[unit >> 12 & 15],
                     digits[unit >> 8 & 15],
                     digits[unit >> 4 & 15],
                     digits[unit & 15] };

    add(out, text, sizeof text);
}

static uint32_t code_point(const char *bytes, size_t n)
{
    const unsigned char *b = (const unsigned char *)bytes;

    if (n == 1)
        return b[0];
    if (n == 2)
        return (b[0] & 0x1fu) << 6 | (b[1] & 0x3fu);
    if (n == 3)
        return (b[0] & 0x0fu) << 12 | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu);
    return (b[0] & 0x07u) << 18 | (b[1] & 0x3fu) << 12 | (b[2] & 0x3fu) << 6 |
           (b[3] & 0x3fu);
}

/* U+EF00..U+EFFF in UTF-8: EE, BC..BF, 80..BF. */
static bool is_kept_byte(const char *bytes)
{
    return (unsigned char)bytes[0] == 0xee && (unsigned char)bytes[1] >= 0xbc;
}

static void add_kept_byte(struct tl_str *out, unsigned char byte, enum text_form form)
{
    if (form == FORM_ASCII)
        add_unit(out, 0xef00u + byte);
    else
        add(out,
            (char[]){ (char)0xee, (char)(0xbc | byte >> 6),
                      (char)(0x80 | (byte & 0x3f)) },
            3);
}

static void add_control(struct tl_str *out, unsigned char c, enum text_form form)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
    };

    if (c == '"' || c == '\\')
        add(out, (char[]){ '\\', (char)c }, 2);
    else if (c < sizeof letters && letters[c])
        add(out, (char[]){ '\\', letters[c] }, 2);
    else if (c == 0 && form != FORM_TREE)
        add_kept_byte(out, c, form);
    else
        add_unit(out, c);
}

/* A character that is not plain. Returns its length. */
static size_t add_odd(struct tl_str *out, const char *bytes, size_t n,
                      enum text_form form)
{
    if ((unsigned char)bytes[0] < 0x80) {
        add_control(out, (unsigned char)bytes[0], form);
        return 1;
    }
    size_t step = tl_utf8_step(bytes, n);
    if (step == 0 || (step == 3 && is_kept_byte(bytes) && form != FORM_TREE)) {
        if (step == 0)
            step = 1;
        for (size_t i = 0; i < step; i++)
            add_kept_byte(out, (unsigned char)bytes[i], form);
    } else if (form != FORM_ASCII) {
        add(out, bytes, step);
    } else {
        uint32_t point = code_point(bytes, step);
        if (point > 0xffff) {
            add_unit(out, 0xd800 + ((point - 0x10000) >> 10));
            point = 0xdc00 + ((point - 0x10000) & 0x3ff);
        }
        add_unit(out, point);
    }
    return step;
}

static void add_string(struct tl_str *out, const char *bytes, size_t n,
                       enum text_form form)
{
    size_t run = plain_run(bytes, n);

    if (run == n && !out->failed && out->room > out->n && n + 2 < out->room - out->n &&
        n + 2 <= out->ceiling - out->n) {
        char *at = out->text + out->n;
        *at = '"';
        memcpy(at + 1, bytes, n);
        at[n + 1] = '"';
        at[n + 2] = '\0';
        out->n += n + 2;
        return;
    }
    add(out, "\"", 1);
    for (size_t i = 0; i < n;) {
        if (run > 0)
            add(out, bytes + i, run);
        i += run;
        if (i < n)
            i += add_odd(out, bytes + i, n - i, form);
        run = plain_run(bytes + i, n - i);
    }
    add(out, "\"", 1);
}

void tl_json_add_text(struct tl_str *out, const char *bytes, size_t n)
{
    add_string(out, bytes, n, FORM_BYTES);
}

void tl_json_add_ascii(struct tl_str *out, const char *bytes, size_t n)
{
    add_string(out, bytes, n, FORM_ASCII);
}

void tl_json_unescape_bytes(struct tl_str *out, const char *text, size_t n)
{
    size_t begin = 0;

    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] != 0xee || n - i < 3 || !is_kept_byte(text + i))
            continue;
        tl_str_add_bytes(out, text + begin, i - begin);
        tl_str_add_char(out, (char)code_point(text + i, 3));
        begin = i + 3;
        i += 2;
    }
    tl_str_add_bytes(out, text + begin, n - begin);
}

/* ---- numbers ---- */

struct decimal {
    char digits[20]; /* significant digits, none of them a closing zero */
    int n;
    int point; /* value = 0.digits * 10^point */
};

/* Reads printf's "%e" form, whatever the locale's decimal point is. */
static void read_exponential(struct decimal *out, const char *text)
{
    const char *exponent = strchr(text, 'e');

    out->n = 0;
    for (const char *c = text; c < exponent; c++)
        if (*c >= '0' && *c <= '9')
            out->digits[out->n++] = *c;
    while (out->n > 1 && out->digits[out->n - 1] == '0')
        out->n--;
    out->point = (int)strtol(exponent + 1, NULL, 10) + 1;
}

/* Rounds to `precision` digits. Whether reading them gives the value again. */
static bool try_precision(struct decimal *out, double value, int precision)
{
    char text[40];

    snprintf(text, sizeof text, "%.*e", precision - 1, value);
    read_exponential(out, text);
    return strtod(text, NULL) == value;
}

/*
 * Below a power of two doubles lie twice as dense as above: the nearest 16-digit decimal may lie below and miss, while the
 * next one above still reads as the value.
 */
static bool try_next_above(struct decimal *out, double value)
{
    char text[40];
    int last = 16; /* "d.ddddddddddddddd" */

    snprintf(text, sizeof text, "%.15e", value);
    if (text[last] == '9') /* no power of two that a double holds needs the carry */
        return false;
    text[last]++;
    read_exponential(out, text);
    return strtod(text, NULL) == value;
}

/* The shortest digits that read back as `value` (> 0), nearest to it. */
static void shortest(struct decimal *out, double value)
{
    int exponent;
    /* 15 digits always survive the way through a normal double; a subnormal may need no more than one. */
    int precision = fpclassify(value) == FP_SUBNORMAL ? 1 : 15;

    while (precision < 17) {
        if (try_precision(out, value, precision))
            return;
        if (precision == 16 && frexp(value, &exponent) == 0.5 &&
            try_next_above(out, value))
            return;
        precision++;
    }
    try_precision(out, value, 17);
}

static void add_zeros(struct tl_str *out, int n)
{
    for (int i = 0; i < n; i++)
        tl_str_add_char(out, '0');
}

/* ECMA-262, Number::toString, radix 10. */
static void add_decimal(struct tl_str *out, const struct decimal *d)
{
    if (d->n <= d->point && d->point <= 21) {
        add(out, d->digits, (size_t)d->n);
        add_zeros(out, d->point - d->n);
    } else if (0 < d->point && d->point <= 21) {
        add(out, d->digits, (size_t)d->point);
        add(out, ".", 1);
        add(out, d->digits + d->point, (size_t)(d->n - d->point));
    } else if (-6 < d->point && d->point <= 0) {
        add(out, "0.", 2);
        add_zeros(out, -d->point);
        add(out, d->digits, (size_t)d->n);
    } else {
        add(out, d->digits, 1);
        if (d->n > 1) {
            add(out, ".", 1);
            add(out, d->digits + 1, (size_t)(d->n - 1));
        }
        tl_str_addf(out, "e%+d", d->point - 1);
    }
}

void tl_json_add_real(struct tl_str *out, double value)
{
    struct decimal decimal;

    if (!isfinite(value)) {
        out->failed = true;
        return;
    }
    if (fabs(value) < 9007199254740992.0 && value == (double)(int64_t)value) {
        tl_str_add_int(out, (int64_t)value); /* -0 becomes 0 here */
        return;
    }
    if (value < 0)
        add(out, "-", 1);
    shortest(&decimal, fabs(value));
    add_decimal(out, &decimal);
}

/* ---- the writer ---- */

/* Order of UTF-16 code units: characters beyond U+FFFF (lead bytes F0..F4) stand before U+E000..U+FFFF (EE, EF). */
static int compare_utf16(const char *a, const char *b)
{
    const unsigned char *x = (const unsigned char *)a;
    const unsigned char *y = (const unsigned char *)b;

    while (*x && *x == *y) {
        x++;
        y++;
    }
    if (*x >= 0xee && *y >= 0xee) {
        int left = *x < 0xf0 ? *x + 0x10 : *x;
        int right = *y < 0xf0 ? *y + 0x10 : *y;
        return left - right;
    }
    return *x - *y;
}

void tl_json_init(struct tl_json *json, struct tl_str *out)
{
    json->out = out;
    json->depth = 0;
    json->ascii = false;
    json->begun[0] = false;
    json->last_key[0] = NULL;
}

/* A comma where something stands in this level already. tl_json_key takes `begun` back for the value that follows it. */
static inline void begin_value(struct tl_json *json)
{
    if (json->begun[json->depth])
        add(json->out, ",", 1);
    json->begun[json->depth] = true;
}

static void open_level(struct tl_json *json, const char *bracket)
{
    begin_value(json);
    add(json->out, bracket, 1);
    assert(json->depth + 1 < TL_JSON_DEPTH);
    if (json->depth + 1 == TL_JSON_DEPTH) {
        json->out->failed = true;
        return;
    }
    json->depth++;
    json->begun[json->depth] = false;
    json->last_key[json->depth] = NULL;
}

static void close_level(struct tl_json *json, const char *bracket)
{
    assert(json->depth > 0);
    if (json->depth > 0)
        json->depth--;
    add(json->out, bracket, 1);
}

void tl_json_object(struct tl_json *json)
{
    open_level(json, "{");
}

void tl_json_object_end(struct tl_json *json)
{
    close_level(json, "}");
}

void tl_json_array(struct tl_json *json)
{
    open_level(json, "[");
}

void tl_json_array_end(struct tl_json *json)
{
    close_level(json, "]");
}

static void write_text(struct tl_json *json, const char *bytes, size_t n)
{
    add_string(json->out, bytes, n, json->ascii ? FORM_ASCII : FORM_BYTES);
}

void tl_json_key(struct tl_json *json, const char *key)
{
    assert(!json->last_key[json->depth] ||
           compare_utf16(json->last_key[json->depth], key) < 0);
    begin_value(json);
    write_text(json, key, strlen(key));
    add(json->out, ":", 1);
    json->begun[json->depth] = false;
    json->last_key[json->depth] = key;
}

void tl_json_text(struct tl_json *json, const char *text)
{
    begin_value(json);
    if (text)
        write_text(json, text, strlen(text));
    else
        add(json->out, "null", 4);
}

void tl_json_bytes(struct tl_json *json, const char *bytes, size_t n)
{
    begin_value(json);
    write_text(json, bytes, n);
}

void tl_json_int(struct tl_json *json, int64_t value)
{
    begin_value(json);
    tl_str_add_int(json->out, value);
}

void tl_json_real(struct tl_json *json, double value)
{
    begin_value(json);
    tl_json_add_real(json->out, value);
}

void tl_json_bool(struct tl_json *json, bool value)
{
    begin_value(json);
    if (value)
        add(json->out, "true", 4);
    else
        add(json->out, "false", 5);
}

void tl_json_null(struct tl_json *json)
{
    begin_value(json);
    add(json->out, "null", 4);
}

void tl_json_raw(struct tl_json *json, const char *ready, size_t n)
{
    begin_value(json);
    add(json->out, ready, n);
}

void tl_json_put_text(struct tl_json *json, const char *key, const char *text)
{
    tl_json_key(json, key);
    tl_json_text(json, text);
}

void tl_json_put_int(struct tl_json *json, const char *key, int64_t value)
{
    tl_json_key(json, key);
    tl_json_int(json, value);
}

void tl_json_put_bool(struct tl_json *json, const char *key, bool value)
{
    tl_json_key(json, key);
    tl_json_bool(json, value);
}

void tl_json_put_null(struct tl_json *json, const char *key)
{
    tl_json_key(json, key);
    tl_json_null(json);
}

void tl_json_put_some(struct tl_json *json, const char *key, const char *text)
{
    if (text)
        tl_json_put_text(json, key, text);
}

void tl_json_put_time(struct tl_json *json, const char *key, int64_t ns)
{
    char text[21];

    tl_time_text(text, ns);
    tl_json_put_text(json, key, text);
}

/* ---- trees ---- */

#define TREE_DEPTH  256
#define PARSE_DEPTH 64

static void add_tree(struct tl_str *out, const json_t *tree, unsigned depth);

static int compare_keys(const void *a, const void *b)
{
    return compare_utf16(*(const char *const *)a, *(const char *const *)b);
}

static void add_object(struct tl_str *out, const json_t *tree, unsigned depth)
{
    json_t *object = (json_t *)(uintptr_t)
        tree; /* jansson's iterators want it writable; nothing is written */
    size_t n = json_object_size(tree);
    const char **keys = tl_alloc(n ? n : 1, sizeof *keys);
    size_t i = 0;

    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
        keys[i++] = json_object_iter_key(at);
    qsort(keys, n, sizeof *keys, compare_keys);
    add(out, "{", 1);
    for (i = 0; i < n; i++) {
        if (i > 0)
            add(out, ",", 1);
        add_string(out, keys[i], strlen(keys[i]), FORM_TREE);
        add(out, ":", 1);
        add_tree(out, json_object_get(tree, keys[i]), depth + 1);
    }
    add(out, "}", 1);
    tl_free(keys);
}

static void add_array(struct tl_str *out, const json_t *tree, unsigned depth)
{
    size_t n = json_array_size(tree);

    add(out, "[", 1);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            add(out, ",", 1);
        add_tree(out, json_array_get(tree, i), depth + 1);
    }
    add(out, "]", 1);
}

static void add_tree(struct tl_str *out, const json_t *tree, unsigned depth)
{
    if (!tree || depth > TREE_DEPTH) {
        out->failed = true;
        return;
    }
    switch (json_typeof(tree)) {
    case JSON_OBJECT:
        add_object(out, tree, depth);
        break;
    case JSON_ARRAY:
        add_array(out, tree, depth);
        break;
    case JSON_STRING:
        add_string(out, json_string_value(tree), json_string_length(tree), FORM_TREE);
        break;
    case JSON_INTEGER:
        tl_str_add_int(out, json_integer_value(tree));
        break;
    case JSON_REAL:
        tl_json_add_real(out, json_real_value(tree));
        break;
    case JSON_TRUE:
        add(out, "true", 4);
        break;
    case JSON_FALSE:
        add(out, "false", 5);
        break;
    case JSON_NULL:
        add(out, "null", 4);
        break;
    }
}

void tl_json_add_tree(struct tl_str *out, const json_t *tree)
{
    add_tree(out, tree, 0);
}

/* Where the text first goes deeper than the ceiling; `n` when it never does. jansson's own ceiling is 2048. */
static size_t too_deep_at(const char *text, size_t n)
{
    unsigned depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > PARSE_DEPTH)
                return i;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return n;
}

/* jansson's own words quote the text ("near 'jane@...'"), which may be somebody's data. */
static const char *parse_words(enum json_error_code code)
{
    switch (code) {
    case json_error_premature_end_of_input:
        return "the text ends too early";
    case json_error_end_of_input_expected:
        return "something stands after the end";
    case json_error_invalid_utf8:
        return "bytes that are no UTF-8";
    case json_error_duplicate_key:
        return "a key that stands there twice";
    case json_error_numeric_overflow:
        return "a number that is too large";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a NUL character";
    case json_error_stack_overflow:
        return "too deeply nested";
    default:
        return "this is not JSON";
    }
}

/* What jansson waited for at the end, where it quotes nothing of the text. NULL: it does not tell. */
static const char *wanted_at_end(const json_error_t *error, struct tl_ctx *ctx)
{
    static const char end[] = " expected near end of file";
    size_t n = strlen(error->text), m = sizeof end - 1;

    if (json_error_code(error) != json_error_premature_end_of_input)
        return NULL;
    if (n > m && strcmp(error->text + n - m, end) == 0)
        return tl_arena_dup(ctx->arena, error->text, n - m);
    if (strcmp(error->text, "unexpected token near end of file") == 0)
        return "a value";
    return strncmp(error->text, "premature end of input", 22) == 0 ? "the string's end"
                                                                   : NULL;
}

static int fail_parse(const json_error_t *error, const char *name, struct tl_ctx *ctx)
{
    const char *wanted = wanted_at_end(error, ctx);

    /* jansson counts columns from 0 where a line holds nothing. */
    return tl_fail(ctx, TL_EINPUT, "%s:%d:%d: %s%s%s", name,
                   error->line > 0 ? error->line : 1,
                   error->column > 0 ? error->column : 1,
                   parse_words(json_error_code(error)), wanted ? ": expected " : "",
                   wanted ? wanted : "");
}

int tl_json_parse(json_t **out, const char *text, size_t n, const char *name,
                  struct tl_ctx *ctx)
{
    json_error_t error;
    size_t deep = too_deep_at(text, n);

    *out = NULL;
    if (deep < n) {
        unsigned line = 1;
        size_t begin = 0;
        for (size_t i = 0; i < deep; i++)
            if (text[i] == '\n') {
                line++;
                begin = i + 1;
            }
        return tl_fail(ctx, TL_ELIMIT, "%s:%u:%zu: more than %d levels deep", name, line,
                       deep - begin + 1, PARSE_DEPTH);
    }
    *out = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL,
                      &error);
    if (*out)
        return TL_OK;
    return fail_parse(&error, name, ctx);
}

static const json_t *step_into(const json_t *tree, const char *name, size_t n)
{
    char key[256];
    char *end;

    if (n >= sizeof key)
        return NULL;
    memcpy(key, name, n);
    key[n] = '\0';
    if (json_is_object(tree))
        return json_object_get(tree, key);
    if (!json_is_array(tree) || key[0] < '0' || key[0] > '9')
        return NULL;
    unsigned long i = strtoul(key, &end, 10);
    return *end ? NULL : json_array_get(tree, i);
}

const json_t *tl_json_at(const json_t *tree, const char *path)
{
    while (tree && *path) {
        size_t n = strcspn(path, ".");
        tree = step_into(tree, path, n);
        path += n + (path[n] == '.');
    }
    return tree;
}

const char *tl_json_text_at(const json_t *tree, const char *path, const char *fallback)
{
    const json_t *value = tl_json_at(tree, path);

    return json_is_string(value) ? json_string_value(value) : fallback;
}

int64_t tl_json_int_at(const json_t *tree, const char *path, int64_t fallback)
{
    const json_t *value = tl_json_at(tree, path);

    if (json_is_integer(value))
        return json_integer_value(value);
    if (json_is_real(value)) {
        double real = json_real_value(value);
        if (fabs(real) < 9007199254740992.0 && real == (double)(int64_t)real)
            return (int64_t)real;
    }
    return fallback;
}
