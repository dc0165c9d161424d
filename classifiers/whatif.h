/*
 * What would change a decision: the column is decided again under the smallest changes of what is known of it, and those that turn the
 * answer are kept. Nothing is guessed, and nothing of a value is told. Beside trials.c; used by `tagline why`.
 */
#ifndef TL_CLASSIFIERS_WHATIF_H
#define TL_CLASSIFIERS_WHATIF_H

#include "classifiers/engine.h"

enum tl_whatif_kind {
    /* what takes a settled type away */
    TL_WITHOUT_NAME,   /* a name that says nothing */
    TL_WITHOUT_VALUES, /* no look at the values */
    TL_WITHOUT_COMMENT,
    TL_WITHOUT_TABLE, /* a table whose name says nothing; of a type that the table rules out: what brings it */
    TL_WITHOUT_SIBLING,  /* `what` not beside it */
    TL_WITHOUT_SIBLINGS, /* none of the columns beside it */
    TL_WITH_MISFITS,     /* `n` more values that do not fit */
    /* what would bring a type that is not settled */
    TL_WITH_NAME,       /* a name such as `what` */
    TL_WITH_FITS,       /* `n` more values that fit */
    TL_WITHOUT_MISFITS, /* `n` of the values that do not fit left out, of `of` */
    TL_WHATIFS
};
/* "without_name", "without_values", ... */
const char *tl_whatif_word(int kind);

struct tl_whatif {
    uint8_t kind; /* enum tl_whatif_kind */
    bool
        is_lost; /* `info_type` is settled now and would not be; else the other way round */
    const char *info_type;
    const char *instead; /* of a lost one: what would be settled; NULL: nothing */
    const char *what;    /* a column's name */
    uint32_t n, of;
    uint16_t confidence; /* per mille, of what would be settled */
};

/*
 * Fills `trials->changes` of column `column`, which tl_engine_trials was asked of with the same question. At most TL_WHATIFS_MOST; the
 * same question gives the same answer. Decides the column up to some hundred times: for one that a person asks about, not for a scan.
 */
#define TL_WHATIFS_MOST 8
int tl_engine_whatif(struct tl_trials *trials, const struct tl_engine *engine,
                     const struct tl_question *question, uint32_t column,
                     struct tl_arena *into, struct tl_ctx *ctx);

/* One sentence, for people. */
void tl_whatif_why(struct tl_str *out, const struct tl_whatif *whatif);

#endif
