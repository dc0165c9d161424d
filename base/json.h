/*
 * JSON twice: getters over jansson trees for what is small or read, and a writer without a tree for what is written in
 * bulk. The writer's output is canonical (RFC 8785) when keys are given in its order; debug builds assert that order.
 */
#ifndef TL_BASE_JSON_H
#define TL_BASE_JSON_H

#include "base/str.h"

#include <jansson.h>

struct tl_ctx;

/*
 * Text of any bytes as a JSON string. RFC 8785 section 3.2.2.2 escapes. A NUL, a byte that is no part of valid UTF-8, and
 * each byte of a character U+EF00..U+EFFF become the character U+EF00 + byte: the one documented way in which
 * bytes that are no UTF-8 are kept, and it can be undone.
 */
void tl_json_add_text(struct tl_str *out, const char *bytes, size_t n);
/* Same, pure ASCII: other characters as \uXXXX, beyond U+FFFF as surrogate pairs (DataHub's aspect.value). */
void tl_json_add_ascii(struct tl_str *out, const char *bytes, size_t n);
/* Undoes the U+EF00 escapes of a decoded JSON string. */
void tl_json_unescape_bytes(struct tl_str *out, const char *text, size_t n);

/* ECMAScript's number form (RFC 8785 section 3.2.2.3). NaN and infinities fail the string. */
void tl_json_add_real(struct tl_str *out, double value);

#define TL_JSON_DEPTH 32
struct tl_json {
    struct tl_str *out;
    unsigned depth;
    bool ascii;                /* write strings with tl_json_add_ascii */
    bool begun[TL_JSON_DEPTH]; /* something stands in this level already */
    /* debug builds: keys must ascend in UTF-16 order */
    const char *last_key[TL_JSON_DEPTH];
};

void tl_json_init(struct tl_json *json, struct tl_str *out);
void tl_json_object(struct tl_json *json);
void tl_json_object_end(struct tl_json *json);
void tl_json_array(struct tl_json *json);
void tl_json_array_end(struct tl_json *json);
/* `key` outlives the object: a literal */
void tl_json_key(struct tl_json *json, const char *key);
void tl_json_text(struct tl_json *json, const char *text); /* NULL writes null */
void tl_json_bytes(struct tl_json *json, const char *bytes, size_t n);
void tl_json_int(struct tl_json *json, int64_t value);
void tl_json_real(struct tl_json *json, double value);
void tl_json_bool(struct tl_json *json, bool value);
void tl_json_null(struct tl_json *json);
/* a value that is JSON already */
void tl_json_raw(struct tl_json *json, const char *ready, size_t n);
/* key and value in one */
void tl_json_put_text(struct tl_json *json, const char *key, const char *text);
void tl_json_put_int(struct tl_json *json, const char *key, int64_t value);
void tl_json_put_bool(struct tl_json *json, const char *key, bool value);
void tl_json_put_null(struct tl_json *json, const char *key);
/* nothing at all where `text` is NULL */
void tl_json_put_some(struct tl_json *json, const char *key, const char *text);
/* RFC 3339 in UTC, whole seconds, of ns since 1970 */
void tl_json_put_time(struct tl_json *json, const char *key, int64_t ns);

/* A whole tree in canonical form, keys sorted by UTF-16 code units. U+EF00..U+EFFF stay: they stand for bytes already. */
void tl_json_add_tree(struct tl_str *out, const json_t *tree);

/*
 * Parses with a depth ceiling of 64, duplicate keys refused. TL_EINPUT (TL_ELIMIT: too deep) says name, line and column and never
 * quotes the text. json_decref it.
 */
int tl_json_parse(json_t **out, const char *text, size_t n, const char *name,
                  struct tl_ctx *ctx);

/* Value at "a.b.0.c", or NULL. Borrowed. */
const json_t *tl_json_at(const json_t *tree, const char *path);
/* Text (or fallback), number (or fallback) at a path. Borrowed. */
const char *tl_json_text_at(const json_t *tree, const char *path, const char *fallback);
int64_t tl_json_int_at(const json_t *tree, const char *path, int64_t fallback);

#endif
