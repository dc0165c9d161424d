/*
 * Where an entry was referred to on its way outward, for those who want it shown: each reference through which a set is read puts one more step
 * in front. A place in `at` of an entry is a byte, or with TL_RS_TRAIL the number of a trail; only a traced text has any.
 * Private to lineage/sql.
 */
#ifndef TL_LINEAGE_SQL_RESOLVE_TRAIL_H
#define TL_LINEAGE_SQL_RESOLVE_TRAIL_H

#include "lineage/sql/resolve.h"

#define TL_RS_TRAIL (UINT32_C(1) << 31) /* texts are shorter than that */

/* The byte of the innermost reference. */
static inline uint32_t tl_rs_byte(const struct tl_rs *rs, uint32_t at)
{
    return at & TL_RS_TRAIL ? rs->trails.items[at & ~TL_RS_TRAIL].innermost : at;
}

/* `at` as what is read through rs->via has it. */
uint32_t tl_rs_step(struct tl_rs *rs, uint32_t at);
/* The set as a reference at that byte reads it: itself, but in a traced text. */
struct tl_rs_set tl_rs_stepped(struct tl_rs *rs, struct tl_rs_set set, uint32_t at);
/* Notes the way of the edge that is about to be pushed. */
void tl_rs_note_trail(struct tl_rs *rs, uint32_t at);

#endif
