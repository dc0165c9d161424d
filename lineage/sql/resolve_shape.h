/*
 * What builds values and what picks from inside of them: constructors, subscripts, operators and functions of paths. Private to resolve*.c.
 */
#ifndef TL_LINEAGE_SQL_RESOLVE_SHAPE_H
#define TL_LINEAGE_SQL_RESOLVE_SHAPE_H

#include "lineage/sql/effects.h"
#include "lineage/sql/resolve_path.h"

/* The flow into what a TL_N_INDEX picks, and into the left operand of -> and its like. */
struct tl_rs_flow tl_rs_into_index(struct tl_rs *rs, const struct tl_sql_node *index,
                                   struct tl_rs_flow flow);
struct tl_rs_flow tl_rs_into_operand(struct tl_rs *rs, const struct tl_sql_node *node,
                                     struct tl_rs_flow flow);
/* Whether a || b may put lists or objects together: neither side is a text. */
bool tl_rs_joins_objects(const struct tl_rs *rs, const struct tl_sql_node *node);
/* Whether a - 'k', a - array['k'] or a #- '{k,l}' may take keys out of an object: nothing else is taken from a text. */
bool tl_rs_takes_keys(struct tl_rs *rs, const struct tl_sql_node *node);
/* A TL_N_LIST: array[a, b], row(a, b), {'k': a}; `type`: the one it is cast to, or 0. */
void tl_rs_walk_row(struct tl_rs *rs, const struct tl_sql_node *list, uint32_t type,
                    struct tl_rs_flow flow);
/* The arguments of a call of that shape (enum tl_sql_shape). */
void tl_rs_walk_shape(struct tl_rs *rs, uint32_t call, uint8_t shape,
                      struct tl_rs_flow flow);
/* The name of field `i` of what a constructor builds; 0: it has no such, or no name. */
uint32_t tl_rs_field_of_made(struct tl_rs *rs, uint32_t node, unsigned i);
/*
 * The constructor, or the reference to a row, behind what hands a value on as it is: elements of lists, aggregates that pick or collect,
 * scalar queries. Else the node itself.
 */
uint32_t tl_rs_maker_of(const struct tl_rs *rs, uint32_t node);
/* One more than the relation whose row such a value is, of which the set is; 0: not told. */
uint32_t tl_rs_row_of_value(struct tl_rs *rs, uint32_t expression, struct tl_rs_set set);
/* What the field of that name is made of, of what a value is made of. */
struct tl_rs_set tl_rs_field_set(struct tl_rs *rs, struct tl_rs_set set, uint32_t name);
/* resolve_expression.c: an argument of a call, whatever it is. */
void tl_rs_walk_argument(struct tl_rs *rs, uint32_t id, struct tl_rs_flow flow);

#endif
