#include "lineage/sql/resolve_trail.h"

/* A way is kept so long; of a longer one the innermost steps. */
enum { STEPS_MOST = 256 };

uint32_t tl_rs_step(struct tl_rs *rs, uint32_t at)
{
    struct tl_rs_trail trail = { .at = rs->via - 1, .inner = at, .innermost = at };

    if (at & TL_RS_TRAIL) {
        const struct tl_rs_trail *inner = &rs->trails.items[at & ~TL_RS_TRAIL];

        if (inner->at == trail.at || inner->n >= STEPS_MOST)
            return at; /* of what several columns were merged into, each reads once more at the same place */
        trail.innermost = inner->innermost;
        trail.n = inner->n;
    } else if (at == trail.at) {
        return at;
    }
    trail.n++;
    if (rs->trails.n >= TL_RS_TRAIL - 1)
        return at;
    tl_vec_push(&rs->trails, trail);
    return ((uint32_t)rs->trails.n - 1) | TL_RS_TRAIL;
}

struct tl_rs_set tl_rs_stepped(struct tl_rs *rs, struct tl_rs_set set, uint32_t at)
{
    struct tl_rs_set out = { (uint32_t)rs->entries.n, set.n };
    uint32_t around = rs->via;

    if (!rs->is_traced)
        return set;
    rs->via = at + 1;
    for (uint32_t i = 0; i < set.n; i++) {
        struct tl_rs_entry entry = rs->entries.items[set.first + i];

        entry.at = tl_rs_step(rs, entry.at);
        tl_vec_push(&rs->entries, entry);
    }
    rs->via = around;
    return out;
}

void tl_rs_note_trail(struct tl_rs *rs, uint32_t at)
{
    rs->trail_of.n = rs->edges.n; /* edges may have been taken back */
    tl_vec_push(&rs->trail_of, at);
}
