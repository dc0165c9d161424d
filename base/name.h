/*
 * Keys: the lasting name of a column is (source, database, schema, dataset, field path), exact bytes. This is the one place
 * where a key is written, read, encoded for the log, compared and matched by pattern.
 */
#ifndef TL_BASE_NAME_H
#define TL_BASE_NAME_H

#include "base/str.h"

#include <stdbool.h>

struct tl_ctx;

/* Any level may be NULL: absent. Texts are borrowed. */
struct tl_key {
    const char *source, *database, *schema, *dataset, *field;
};

/* One level, percent-encoded but for letters, digits, '_', '-' and inner dots (not first, not last). Empty is "%". */
void tl_name_encode(struct tl_str *out, const char *name);
/* As a file name: encoded, and when over 200 bytes cut to 180 and closed by "~" and 16 hex digits of its SHA-256. */
void tl_name_encode_file(struct tl_str *out, const char *name);
/* Undoes tl_name_encode. False on a bad escape. */
bool tl_name_decode(struct tl_str *out, const char *text, size_t n);

/* source/database/schema/dataset#field, absent levels left out. Without a field: no '#'. */
void tl_key_add(struct tl_str *out, const struct tl_key *key);

/* The same for people's eyes, and fit to be typed again: only what would not read as one word of the key is encoded. */
void tl_key_add_readable(struct tl_str *out, const struct tl_key *key);

/* A key's text, as tl_key_add wrote it, in the readable form. From the context's arena. */
const char *tl_key_text_readable(const char *text, struct tl_ctx *ctx);

/* What a person typed: levels from the right, decoded. "users#email" has dataset and field; "users" only a dataset. */
struct tl_key_pattern {
    /* dataset, then what stands before it, innermost first; NULL: not given */
    const char *levels[4];
    unsigned n_levels;
    const char *field; /* NULL: none given */
};
/* TL_EUSAGE with a hint for an empty level, a bad escape or a fifth level. "#email" has only a field. From the context's arena. */
int tl_key_parse(struct tl_key_pattern *out, const char *text, struct tl_ctx *ctx);
/* Whether the key ends in the pattern. Exact bytes first; `fold` compares ASCII letters without case. */
bool tl_key_ends_in(const struct tl_key *key, const struct tl_key_pattern *pattern,
                    bool fold);

/*
 * Shell-like over "source/database/schema/dataset" or any end of it: *, ?, [..], [!..] and \ stay within a level, a level "**"
 * stands for any number of levels. Levels are matched as they are and, where the glob holds a '%', as tl_key_add writes them.
 */
bool tl_key_matches(const struct tl_key *key, const char *glob);

/* Level by level, absent first, bytes. */
int tl_key_compare(const struct tl_key *a, const struct tl_key *b);

#endif
