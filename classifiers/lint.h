/*
 * What can be said of rules without data: patterns that backtrack badly, types that get in each other's way, priors that are not what they
 * claim. Looks at an engine that is open; changes nothing. Used by `rules lint`, and by imports for the priors of foreign patterns.
 */
#ifndef TL_CLASSIFIERS_LINT_H
#define TL_CLASSIFIERS_LINT_H

#include "classifiers/engine.h"

#include "base/vec.h"

enum tl_gravity {
    TL_GRAVE_NOTE,    /* worth knowing */
    TL_GRAVE_WARNING, /* most likely a mistake */
    TL_GRAVE_ERROR,   /* will go wrong */
};
/* "note", "warning", "error" */
const char *tl_gravity_word(int gravity);

struct tl_finding {
    uint8_t gravity;       /* enum tl_gravity */
    const char *check;     /* "backtracking", "overlap" ...: a word that stays the same */
    const char *path;      /* the pack's */
    unsigned line, column; /* 1-based; 0 where nothing is known */
    const char *info_type, *pack;
    const char *text, *hint; /* lower case, no full stop */
};
struct tl_findings {
    TL_VEC(struct tl_finding) items; /* by pack, then place, then check */
    struct tl_arena *arena;          /* keeps the texts */
};

/* Looks at the types of one pack (of all: NULL). Release afterwards. The same packs give the same findings. */
int tl_lint(struct tl_findings *out, const struct tl_engine *engine, const char *pack,
            struct tl_ctx *ctx);
void tl_findings_release(struct tl_findings *findings);

/* ---- how often chance fits ---- */

/* Smaller shares cannot be told from none by so many tries. */
#define TL_CHANCE_TRIES 2000
#define TL_CHANCE_LEAST 0.002
struct tl_chance {
    unsigned n; /* random values tried; 0: none could be made */
    /* share that fits: of values with the same signs between other letters and digits; of letters and digits throughout */
    double most, least;
};
/* Of a pattern of whole values alone. */
void tl_chance_of_pattern(struct tl_chance *out, const char *pattern);

/*
 * Whether a match of `pattern` reaches base/rx.h's limits on a string that is made to: how many bytes it takes, up to the longest value
 * that is ever matched; 0: none was found. `is_find`: searched for, else matched whole.
 */
size_t tl_backtracking_of(const char *pattern, bool is_find);

#endif
