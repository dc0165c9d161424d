/*
 * A belief made by hand, for tests and benchmarks of what reads one. Datasets come in the order they are added; whoever calls
 * adds them sorted by key, as a log would.
 */
#ifndef TL_TESTS_WORLD_BELIEF_H
#define TL_TESTS_WORLD_BELIEF_H

#include "base/model.h"
#include "base/str.h"

struct tl_draft {
    TL_VEC(struct tl_belief_dataset) datasets;
    TL_VEC(struct tl_belief_column) columns;
    TL_VEC(struct tl_belief_tag) tags;
    struct tl_str text;
    struct tl_belief belief;
};
void tl_draft_init(struct tl_draft *draft);
void tl_draft_release(struct tl_draft *draft);

struct tl_slice tl_draft_text(struct tl_draft *draft,
                              const char *text); /* NULL: absent */

/* Of the source "shop"; NULL levels are absent. The pointer holds until the next one. */
struct tl_belief_dataset *tl_draft_dataset(struct tl_draft *draft, const char *platform,
                                           const char *database, const char *schema,
                                           const char *name);
/* To the last dataset; the logical type is the native one's. */
struct tl_belief_column *tl_draft_column(struct tl_draft *draft, const char *path,
                                         const char *native);
/* To the last column: user.contact.<info type>, personal, 970 per mille, by rule, since 2026-01-01T00:00:00Z. */
struct tl_belief_tag *tl_draft_tag(struct tl_draft *draft, const char *info_type,
                                   enum tl_state state);

/* The belief so far. Valid until more is added. */
const struct tl_belief *tl_draft_belief(struct tl_draft *draft);

#endif
