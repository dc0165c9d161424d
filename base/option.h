/*
 * Option tables: one description of a setting feeds the YAML reader, the command line, the checks and the help text.
 * A table ends with an entry without a name. Values go into a struct at the entry's offset.
 */
#ifndef TL_BASE_OPTION_H
#define TL_BASE_OPTION_H

#include "base/str.h"
#include "base/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tl_ctx;

/* A list of texts, from a YAML sequence (or one scalar) or a repeated flag. */
struct tl_list {
    const char **items;
    size_t n;
};

enum tl_kind {
    TL_KIND_FLAG, /* bool */
    TL_KIND_TEXT, /* const char *; NULL when not given and without default */
    /* int64_t, at least 0; may end in k, M, G (powers of 1000) or Ki, Mi, Gi */
    TL_KIND_COUNT,
    TL_KIND_SHARE,    /* unsigned per mille, written 0..1 or 0%..100% */
    TL_KIND_DURATION, /* int64_t nanoseconds, written 500ms, 30s, 5m, 2h, 7d */
    /* int: position of the word in `choices`; a YAML boolean is the word true or false */
    TL_KIND_CHOICE,
    TL_KIND_LIST, /* struct tl_list */
    /* const char *: in YAML only as ${NAME} or {file: path} (relative to the YAML); never a flag, never printed */
    TL_KIND_SECRET,
};

struct tl_option {
    /* as in YAML, words joined by _ ; the flag is --name with - for _ */
    const char *name;
    enum tl_kind kind;
    size_t offset;
    const char *fallback; /* default, as it would be written; NULL: zero or nothing */
    const char *help;     /* lower case, no full stop */
    const char *choices;  /* TL_KIND_CHOICE: "enrich|own" */
    /* word for the value in help: FILE, N, WORD; NULL takes the kind's usual one */
    const char *argument;
    char letter; /* short flag; 0: none */
};

/* Fills the defaults. The struct was zeroed by the caller. */
int tl_option_defaults(void *into, const struct tl_option *table, struct tl_ctx *ctx);

/*
 * Reads the mapping `object`. Keys in `except` (NULL-terminated; may be NULL) are someone else's. An unknown key, a wrong
 * kind of value or an unknown choice: file:line:column, what was found, what was expected, the nearest known word.
 * ${NAME} in any text value is the environment's; one that is not set is an error.
 */
int tl_option_from_yaml(void *into, const struct tl_option *table,
                        const struct tl_yaml *yaml, const json_t *object,
                        const char *const *except, struct tl_ctx *ctx);

/*
 * Reads flags with getopt_long (argv[0] is the command's name; flags and operands may mix). `*operands` gets the index in
 * argv, permuted, of the first operand. TL_EUSAGE with the nearest flag for one that is unknown.
 */
int tl_option_from_args(void *into, const struct tl_option *table, int argc, char **argv,
                        int *operands, struct tl_ctx *ctx);

/* Help lines, aligned, wrapped at `width`: as flags ("  -n, --count N   ...") or as YAML keys. Defaults shown. */
void tl_option_help(struct tl_str *out, const struct tl_option *table, bool as_flags,
                    unsigned width);

/* The known word nearest to `word` by Damerau-Levenshtein (distance at most a third of its length, at least 1), or NULL. */
const char *tl_nearest(const char *word, const char *const *known, size_t n);

#endif
