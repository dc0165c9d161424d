/*
 * Places within values: what is picked out of one (v:a.b, v->'a', row.f, json_extract), and where what is found lands in a value that is
 * built (object_construct, struct, row_to_json). Costs nothing where neither is done. Private to resolve*.c.
 */
#ifndef TL_LINEAGE_SQL_RESOLVE_PATH_H
#define TL_LINEAGE_SQL_RESOLVE_PATH_H

#include "lineage/sql/resolve.h"

/* ---- flows, from the outside in ---- */

/* What has gone through this and keeps its shape: fields are still found where they were. */
static inline struct tl_rs_flow
tl_rs_dressed(struct tl_rs_flow flow, enum tl_edge_kind kind, enum tl_effect effect)
{
    if (!tl_edge_moves_values(flow.kind))
        return flow;
    if (kind > flow.kind)
        flow.kind = (uint8_t)kind;
    if (effect > flow.effect)
        flow.function = 0;
    flow.effect = (uint8_t)tl_effect_compose(effect, flow.effect);
    return flow;
}

/* The shape of what is read is lost: nothing can be picked out of it any more. */
struct tl_rs_flow tl_rs_mixed(const struct tl_rs *rs, struct tl_rs_flow flow);
/* Whether a part alone of what is walked is taken: a field. */
bool tl_rs_picks(const struct tl_rs *rs, struct tl_rs_flow flow);
/* Only the field `name` of what is read. */
struct tl_rs_flow tl_rs_into(struct tl_rs *rs, struct tl_rs_flow flow, uint32_t name);
/* Any one of the fields of what is read: which one is not known. */
struct tl_rs_flow tl_rs_into_any(const struct tl_rs *rs, struct tl_rs_flow flow);
/* What is read is the field `name` of a value that is built. False: another field is picked out of that. */
bool tl_rs_as_field(struct tl_rs *rs, struct tl_rs_flow *flow, uint32_t name);
/* The steps of `way` (of a ref), before those of the flow. */
struct tl_rs_flow tl_rs_along(struct tl_rs *rs, struct tl_rs_flow flow, uint32_t way);
/* The name that is picked first; 0: none is. */
uint32_t tl_rs_picked(const struct tl_rs *rs, struct tl_rs_flow flow);

/* Where the entry comes to lie that takes the way of `flow`; false: nothing of it arrives. */
bool tl_rs_arrive(struct tl_rs *rs, struct tl_rs_entry *entry, struct tl_rs_flow flow);

/* ---- paths that are written as constants ---- */

/* The flow into what a constant says: a key 'a' (a number is an element: all of them), a path '$.a.b[0]',
   'a.b', '{a,b}'. */
struct tl_rs_flow tl_rs_into_key(struct tl_rs *rs, struct tl_rs_flow flow,
                                 uint32_t expression);
struct tl_rs_flow tl_rs_into_path(struct tl_rs *rs, struct tl_rs_flow flow,
                                  uint32_t expression);
/* What is left when what a constant names is taken away: a key 'a', several ('{a,b}', array['a', 'b']), or the end of a path. What is no
   constant takes away nothing that is known. */
struct tl_rs_flow tl_rs_without_key(struct tl_rs *rs, struct tl_rs_flow flow,
                                    uint32_t expression);
struct tl_rs_flow tl_rs_without_keys(struct tl_rs *rs, struct tl_rs_flow flow,
                                     uint32_t expression);
struct tl_rs_flow tl_rs_without_path(struct tl_rs *rs, struct tl_rs_flow flow,
                                     uint32_t expression);
/* Whether a constant can be nothing but a path: '$.a', '/a'. */
bool tl_rs_starts_path(const struct tl_rs *rs, uint32_t expression);
/* The name that a constant text is; 0: it is no constant, or nothing that a name looks like. */
uint32_t tl_rs_constant_name(struct tl_rs *rs, uint32_t expression);
/* The text of a literal; false: it is none, or longer than the room. */
bool tl_rs_literal_text(const struct tl_rs *rs, uint32_t expression, char *out,
                        size_t room);

/* ---- types that have fields: row(a int), struct<a: int>, struct(a int) ---- */

/* The name of field `i` of a type as written (and its type); 0: it has none. */
uint32_t tl_rs_field_of_type(struct tl_rs *rs, uint32_t type, unsigned i, uint32_t *of);

/* "a.b"; NULL: all of it. */
const char *tl_rs_path_text(struct tl_rs *rs, uint32_t path);

void tl_rs_paths_reset(struct tl_rs *rs);
void tl_rs_paths_release(struct tl_rs *rs);

#endif
