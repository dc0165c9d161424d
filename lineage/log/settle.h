/*
 * An entry laid over a belief before anything is written: which dataset becomes what, what flows where, and the graph of it all with
 * its carried tags. Reads and writes no files. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_SETTLE_H
#define TL_LINEAGE_LOG_SETTLE_H

#include "lineage/log/walk.h"

struct tl_settling {
    const struct tl_entry *entry;
    const struct tl_belief *belief;
    struct tl_arena *lasting; /* keys */
    struct tl_flows flows;
    struct tl_walk walk;
    struct tl_graph *graph; /* NULL: nobody needs one */
};

/* Borrows both. `needs_graph`: somebody will ask it; else it is made only where tags may be carried. Release it, also after a failure. */
int tl_settle(struct tl_settling *settling, const struct tl_entry *entry,
              const struct tl_belief *belief, bool needs_graph, struct tl_ctx *ctx);
void tl_settle_release(struct tl_settling *settling);

/* Whether what is written of an entry could be written: names, digests, numbers that fit. */
int tl_entry_check(const struct tl_entry *entry, struct tl_ctx *ctx);

/* People's words on the visited dataset. `trail` NULL: they are only tried. */
struct tl_trail;
int tl_words_apply(struct tl_state_file *state, const struct tl_visit *visit,
                   const struct tl_merge *merge, struct tl_trail *trail,
                   struct tl_ctx *ctx);

#endif
