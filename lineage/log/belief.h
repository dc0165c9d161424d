/*
 * The disposable index of the belief: the arrays of struct tl_belief over their text, in one file that is mapped. Keyed by its layout
 * and the id of the state/ tree it was made from; rebuilt from the state files when it does not fit. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_BELIEF_H
#define TL_LINEAGE_LOG_BELIEF_H

#include "lineage/log/state.h"
#include "lineage/log/store.h"

/* Maps the index that fits the tip into log->belief, building it where there is none. Keeps what fits already. */
int tl_belief_load(struct tl_log *log, const struct tl_tip *tip, struct tl_ctx *ctx);
/* The same of a commit that is not the tip: its index gets no name, so that the tip's stays. */
int tl_belief_load_past(struct tl_log *log, const struct tl_tip *tip, struct tl_ctx *ctx);
/* Lets go of the mapping. Whatever was borrowed from it is gone. */
void tl_belief_unmap(struct tl_log *log);

/*
 * Writes an index. Datasets come in the order of tl_key_compare, as new ones or as runs of an old belief. A failure of the disk is
 * remembered and makes tl_index_end do nothing: an index is never worth failing for.
 */
struct tl_index;
struct tl_index *tl_index_open(const struct tl_log *log);
void tl_index_add(struct tl_index *index, const struct tl_state_file *state);
/* Datasets `from` to `to` (not included) of `belief`, as they are. */
void tl_index_copy(struct tl_index *index, const struct tl_belief *belief, uint32_t from,
                   uint32_t to);
/* The index becomes <git directory>/tagline/belief.idx, for the tree of that id. Takes and closes `index`; NULL is fine. */
void tl_index_end_take(struct tl_index *index, const struct tl_sha1 *tree);
void tl_index_close(struct tl_index *index); /* NULL is fine */

#endif
