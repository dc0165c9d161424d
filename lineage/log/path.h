/*
 * The way of a carried tag as it stands, found over the edges of the belief. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_PATH_H
#define TL_LINEAGE_LOG_PATH_H

#include "base/model.h"

struct tl_arena;
struct tl_ctx;

/*
 * From the column where the tag set out to this one, one step a column: the shortest way that leaves of the data what the tag says is
 * left. `*n` is 0 where the belief knows none. In the context's arena.
 */
void tl_path_find(const struct tl_step **out, uint32_t *n, const struct tl_belief *belief,
                  const struct tl_belief_hit *column, const struct tl_belief_tag *tag,
                  struct tl_ctx *ctx);

/* The dataset whose key tl_key_add wrote as `text`, or NULL. */
const struct tl_belief_dataset *tl_path_dataset(const struct tl_belief *belief,
                                                const char *text, struct tl_arena *into);

/*
 * Takes a key's text apart. Absent levels leave no trace in it: of three the one in the middle is the schema, or with `has_databases`
 * the database. False where it is no dataset's key. Texts from `into`.
 */
bool tl_path_split(struct tl_key *out, const char *text, bool has_databases,
                   struct tl_arena *into);

#endif
