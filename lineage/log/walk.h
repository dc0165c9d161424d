/*
 * The datasets that an entry brings and those of the belief, side by side in the order of their keys, each with what becomes of it.
 * Walked twice: for the graph, then for writing. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_WALK_H
#define TL_LINEAGE_LOG_WALK_H

#include "lineage/log/flows.h"

enum tl_fate {
    TL_FATE_DECIDED,   /* looked at, and decided anew */
    TL_FATE_UNCHANGED, /* looked at, and found as it is believed */
    TL_FATE_LEFT_OUT,  /* in the snapshot, but a failure kept it from being decided */
    TL_FATE_FAILED,    /* its source could not be read */
    TL_FATE_GONE,      /* its source no longer has it */
    TL_FATE_ABSENT,    /* it was gone before */
    TL_FATE_NAMED,     /* only SQL names it, and the belief does not know it yet */
    TL_FATE_SPOKEN,    /* people spoke of it */
    TL_FATE_ASIDE      /* nobody looked at it */
};

struct tl_visit {
    enum tl_fate fate;
    struct tl_key key;
    const char *text;                    /* the key's; holds during the visit */
    const struct tl_belief_dataset *old; /* NULL: the belief does not know it */
    uint32_t place;                      /* of `old`, or of the one it stands before */
    const struct tl_entry_dataset *seen; /* NULL: none */
    uint32_t dataset, source;            /* of the snapshot; UINT32_MAX: none */
    const size_t *words; /* numbers of the entry's words on it, in their order */
    size_t n_words;
};

struct tl_walk {
    const struct tl_entry *entry;
    const struct tl_belief *belief;
    const struct tl_entry_dataset **seen; /* by dataset of the snapshot; NULL: left out */
    struct tl_walk_row *rows;             /* by key */
    size_t n_rows;
    size_t *words;         /* by dataset spoken of */
    struct tl_map sources; /* name -> number in the snapshot */
    struct tl_str text;
};

/* TL_ENOTFOUND for a word on a dataset that the belief does not know. Release it, also after a failure. */
int tl_walk_init(struct tl_walk *walk, const struct tl_belief *belief,
                 const struct tl_flows *flows, struct tl_arena *lasting,
                 struct tl_ctx *ctx);
void tl_walk_release(struct tl_walk *walk);
/* Stops at the first failure, and when the run is cancelled. */
int tl_walk_each(struct tl_walk *walk,
                 int (*each)(void *self, const struct tl_visit *visit,
                             struct tl_ctx *ctx),
                 void *self, struct tl_ctx *ctx);

#endif
