/*
 * What a column was tagged as in every version of its dataset's file, by git's own history of it: finds what the belief has forgotten. Reads
 * no spans. Private to lineage/log, used by blame.
 */
#ifndef TL_LINEAGE_LOG_HISTORY_H
#define TL_LINEAGE_LOG_HISTORY_H

#include "base/vec.h"
#include "lineage/log/state.h"
#include "lineage/log/store.h"

/* A decision that stood in the file once, or the run that took a carried tag out of it. */
struct tl_history_head {
    git_oid commit; /* a run in which the decision stood; of a loss the run that did it */
    char trace[33], span[17]; /* hex; of a loss the span that would tell of it */
    int64_t since;            /* names the folder of the span's run */
    struct tl_state_tag tag;  /* of a loss: what was lost */
    bool is_loss;
    bool is_column_gone; /* of a loss: the column went, and its tag with it */
};
struct tl_history {
    TL_VEC(struct tl_history_head)
    heads; /* newest first: a loss, then what was lost; the same decision as often as the file changed */
};

/*
 * Walks main from the tip. `info_type` NULL: all. A run costs a look at its commit and root tree; where state/ changed also at the folders
 * down to the file, and where that changed its text is read. Texts live in the context's arena. Release it, also after a failure.
 */
int tl_history_read(struct tl_history *out, const struct tl_belief_hit *column,
                    const char *info_type, struct tl_log *log, struct tl_ctx *ctx);
void tl_history_release(struct tl_history *history);

#endif
