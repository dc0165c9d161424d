/*
 * What steers a whole statement: conditions, groups, orders. Most references of most queries stand there, and hardly anything that is
 * around one changes what it does. So they are walked without a flow, which costs more to hand on than all else; what does need one is
 * left to tl_rs_walk's general way. Operands that wait stand in `spine`, so that chains that lean to either side are a loop.
 */
#include "lineage/sql/resolve_program.h"
#include "lineage/sql/resolve_shape.h"

static void steer_by_entry(struct tl_rs *rs, const struct tl_rs_entry *entry,
                           uint16_t confidence, enum tl_edge_kind kind)
{
    struct tl_rs_steer steer = { .leaf = entry->leaf,
                                 .at = entry->at,
                                 .confidence = entry->confidence,
                                 .kind = (uint8_t)kind };

    if (confidence < steer.confidence)
        steer.confidence = confidence;
    tl_rs_put_steer(rs, steer);
}

static void steer_by_set(struct tl_rs *rs, struct tl_rs_set set, uint16_t confidence,
                         enum tl_edge_kind kind)
{
    for (uint32_t i = 0; i < set.n; i++) {
        struct tl_rs_set one = { set.first + i, 1 };
        const struct tl_rs_entry *entry = &rs->entries.items[one.first];
        const struct tl_rs_leaf *leaf = &rs->leaves.items[entry->leaf];
        struct tl_rs_flow flow = tl_rs_steering(kind);

        if (!leaf->is_solved && !leaf->inside) {
            steer_by_entry(rs, entry, confidence, kind);
            continue;
        }
        flow.confidence = confidence;
        tl_rs_add_set(rs, one, flow);
    }
}

static void steer_by_column(struct tl_rs *rs, uint32_t id, enum tl_edge_kind kind)
{
    uint32_t at = tl_rs_node(rs, id)->at;
    struct tl_rs_ref ref = tl_rs_lookup(rs, id);

    if (ref.kind != TL_RS_OF_SOURCE || ref.way || rs->is_traced) {
        tl_rs_read(rs, ref, at, tl_rs_steering(kind));
        return;
    }
    const struct tl_rs_relation *relation =
        &rs->relations.items[rs->sources.items[ref.source].relation];
    uint16_t confidence =
        ref.confidence < relation->confidence ? ref.confidence : relation->confidence;
    if (relation->kind == TL_RS_TABLE) {
        struct tl_rs_steer steer = { .at = at,
                                     .confidence = confidence,
                                     .kind = (uint8_t)kind };

        steer.leaf = tl_rs_leaf_of(rs, relation->table, ref.column);
        tl_rs_put_steer(rs, steer);
        return;
    }
    steer_by_set(rs, rs->columns.items[relation->first + ref.column].set, confidence,
                 kind);
}

static bool is_constant(const struct tl_rs *rs, const struct tl_sql_node *node)
{
    return node->kind == TL_N_LITERAL ||
           (node->kind == TL_N_PARAMETER && !rs->bodies.variables.n);
}

/* An operator of which either side is read as it stands. */
static bool is_plain(const struct tl_sql_node *node)
{
    return node->kind == TL_N_BINARY && node->op != TL_O_PATH && node->op != TL_O_CONCAT;
}

/* (1, 2, 3) */
static bool is_plain_list(const struct tl_rs *rs, uint32_t list)
{
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next)
        if (!is_constant(rs, tl_rs_node(rs, i)))
            return false;
    return true;
}

/* One node: what is to be walked next; 0: what waits. What is compared with comes before what is compared. */
static uint32_t steer_by_one(struct tl_rs *rs, uint32_t id, enum tl_edge_kind kind)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    switch (node->kind) {
    case TL_N_COLUMN:
        steer_by_column(rs, id, kind);
        return 0;
    case TL_N_PARAMETER:
        if (rs->bodies.variables.n)
            tl_rs_read_parameter(rs, id, tl_rs_steering(kind));
        return 0;
    case TL_N_LITERAL:
        return 0;
    case TL_N_UNARY:
        return node->a;
    case TL_N_BETWEEN:
        tl_vec_push(&rs->spine, node->a);
        tl_vec_push(&rs->spine, node->c);
        return node->b;
    case TL_N_CAST:
        if (tl_rs_node(rs, node->a)->kind == TL_N_LIST)
            break;
        return node->a;
    case TL_N_IN:
        if (!is_plain_list(rs, node->b))
            break;
        return node->a;
    default:
        break;
    }
    tl_rs_walk_any(rs, id, tl_rs_steering(kind));
    return 0;
}

void tl_rs_walk_steering(struct tl_rs *rs, uint32_t id, enum tl_edge_kind kind)
{
    size_t base = rs->spine.n;

    for (;;) {
        while (id) {
            const struct tl_sql_node *node = tl_rs_node(rs, id);

            if (is_plain(node)) {
                tl_vec_push(&rs->spine, node->b);
                id = node->a;
            } else {
                id = steer_by_one(rs, id, kind);
            }
        }
        if (rs->spine.n == base)
            break;
        id = rs->spine.items[--rs->spine.n];
    }
}
