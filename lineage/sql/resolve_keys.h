/*
 * Where keys stand in a long list: what is short is searched from end to end, and stays so. Private to resolve*.c.
 */
#ifndef TL_LINEAGE_SQL_RESOLVE_KEYS_H
#define TL_LINEAGE_SQL_RESOLVE_KEYS_H

#include "lineage/sql/resolve.h"

/* A list of more than these is worth a table. */
#define TL_RS_LONG 32

/* Empty: all zeros. */
void tl_rs_keys_add(struct tl_rs_keys *keys, uint32_t key, uint32_t place);
/* The first place of a key, and at how many it is; NULL: nowhere. */
const struct tl_rs_key *tl_rs_keys_find(const struct tl_rs_keys *keys, uint32_t key);
void tl_rs_keys_release(struct tl_rs_keys *keys);

/*
 * The first column of that key, not an open one, among `n` columns being built from `first` on; TL_RS_NONE. `list`: a number of that list's
 * own (of rs->n_states): in a list of one number and one beginning, columns are only appended.
 */
uint32_t tl_rs_building_find(struct tl_rs *rs, uint64_t list, uint32_t first, uint32_t n,
                             uint32_t key);

#endif
