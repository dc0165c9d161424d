/*
 * Values that are built and picked apart. A constructor hands each of its fields on as a place of the value; where something is picked out
 * of it, only the field that is meant.
 */
#include "lineage/sql/resolve_shape.h"

#include "lineage/sql/resolve_call.h"

#include <string.h>

/* ---- picking ---- */

static bool is_one_of(const struct tl_rs *rs, uint32_t name, const char *const *words,
                      size_t n)
{
    const char *text = tl_rs_text(rs, name);

    for (size_t i = 0; i < n; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

struct tl_rs_flow tl_rs_into_index(struct tl_rs *rs, const struct tl_sql_node *index,
                                   struct tl_rs_flow flow)
{
    static const char *const places[] = { "offset", "safe_offset", "ordinal",
                                          "safe_ordinal" };
    static const char *const keys[] = { "key", "safe_key" };
    const struct tl_sql_node *at = tl_rs_node(rs, index->b);

    if (!index->b || index->c)
        return flow;
    if (at->kind == TL_N_CALL && is_one_of(rs, at->name, places, 4))
        return flow;
    if (at->kind == TL_N_CALL && is_one_of(rs, at->name, keys, 2))
        return tl_rs_into_key(rs, flow, at->a);
    return tl_rs_into_key(rs, flow, index->b);
}

/* -> and ->> take a key, or what can only be a path; #> and #>> a list of keys. */
struct tl_rs_flow tl_rs_into_operand(struct tl_rs *rs, const struct tl_sql_node *node,
                                     struct tl_rs_flow flow)
{
    flow = tl_rs_dressed(flow, TL_TRANSFORMATION, TL_KEEPS);
    if (rs->text[node->at] == '#' || tl_rs_starts_path(rs, node->b))
        return tl_rs_into_path(rs, flow, node->b);
    return tl_rs_into_key(rs, flow, node->b);
}

/* ---- rows ---- */

bool tl_rs_joins_objects(const struct tl_rs *rs, const struct tl_sql_node *node)
{
    return tl_rs_node(rs, node->a)->kind != TL_N_LITERAL &&
           tl_rs_node(rs, node->b)->kind != TL_N_LITERAL;
}

/* A list that is a row, with fields, and not an array. */
static bool is_row(const struct tl_rs *rs, const struct tl_sql_node *list)
{
    return strchr("(rRsS", rs->text[list->at]) != NULL;
}

/* Fields of a row without names: those of its type, or what the system calls them. */
static uint32_t name_of_field(struct tl_rs *rs, uint32_t type, unsigned i)
{
    uint32_t name = tl_rs_field_of_type(rs, type, i, NULL);

    if (name || !rs->traits->field.before)
        return name;
    return tl_rs_made_name(rs, &rs->traits->field, i);
}

void tl_rs_walk_row(struct tl_rs *rs, const struct tl_sql_node *list, uint32_t type,
                    struct tl_rs_flow flow)
{
    bool has_fields = is_row(rs, list) && (flow.way || !flow.is_mixed);
    uint32_t first = list->a;
    unsigned n = 0;

    if (!type)
        type = list->name;
    for (uint32_t i = first; i; i = tl_rs_node(rs, i)->next, n++) {
        const struct tl_sql_node *item = tl_rs_node(rs, i);
        struct tl_rs_flow own = flow;
        uint32_t name = 0;

        if (item->kind == TL_N_NAMED_ARGUMENT)
            name = item->name;
        else if (has_fields)
            name = name_of_field(rs, type, n);
        if (name && !tl_rs_as_field(rs, &own, name))
            continue;
        if (!name && (has_fields || rs->text[list->at] == '{'))
            own = tl_rs_mixed(rs, own);
        tl_rs_walk_argument(rs, i, own);
    }
}

/* ---- calls ---- */

/* json_extract_path_text(v, 'a', 'b'): every argument behind the first is a key. */
static struct tl_rs_flow into_keys(struct tl_rs *rs, uint32_t keys,
                                   struct tl_rs_flow flow)
{
    uint32_t ids[64], n = 0;

    for (; keys && n < 64; keys = tl_rs_node(rs, keys)->next)
        if (!(tl_rs_node(rs, keys)->kind == TL_N_LITERAL &&
              tl_rs_node(rs, keys)->op == TL_L_BOOLEAN)) /* null_if_invalid */
            ids[n++] = keys;
    if (keys)
        flow = tl_rs_into_any(rs, flow);
    while (n > 0)
        flow = tl_rs_into_key(rs, flow, ids[--n]);
    return flow;
}

static void walk_picking(struct tl_rs *rs, uint32_t first, uint8_t shape,
                         struct tl_rs_flow flow)
{
    uint32_t path = first ? tl_rs_node(rs, first)->next : 0;
    struct tl_rs_flow own = flow;

    if (!first)
        return;
    if (shape == TL_SHAPE_PICKS_KEYS)
        own = into_keys(rs, path, flow);
    else if (path && tl_rs_node(rs, path)->next &&
             tl_rs_literal_text(rs, tl_rs_node(rs, path)->next, (char[512]){ 0 }, 512))
        own = tl_rs_into_any(rs, flow); /* several paths: a list of what they find */
    else if (path)
        own = tl_rs_into_path(rs, flow, path);
    tl_rs_walk_argument(rs, first, own);
    for (uint32_t i = path; i; i = tl_rs_node(rs, i)->next)
        tl_rs_walk_argument(rs, i, tl_rs_mixed(rs, flow));
}

/* 'k', x, 'l', y. A key that is not constant may be any, and what stands under it anywhere. */
static void walk_pairs(struct tl_rs *rs, uint32_t first, struct tl_rs_flow flow)
{
    uint32_t value;

    for (uint32_t i = first; i; i = tl_rs_node(rs, value)->next) {
        uint32_t name = tl_rs_constant_name(rs, i);
        struct tl_rs_flow own = flow;

        value = i;
        if (tl_rs_node(rs, i)->kind == TL_N_STAR) {
            tl_rs_read_star(rs, i, flow);
            continue;
        }
        if (!name) {
            own = tl_rs_mixed(rs, flow);
            tl_rs_walk_argument(rs, i, own);
        }
        if (!tl_rs_node(rs, i)->next)
            return;
        value = tl_rs_node(rs, i)->next;
        if (!name || tl_rs_as_field(rs, &own, name))
            tl_rs_walk_argument(rs, value, own);
    }
}

/* struct(x as k, y), struct_pack(k := x): what has no name is called as a column of it would be. */
static void walk_named(struct tl_rs *rs, uint32_t first, struct tl_rs_flow flow)
{
    for (uint32_t i = first; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *item = tl_rs_node(rs, i);
        struct tl_rs_flow own = flow;
        uint32_t name = item->kind == TL_N_NAMED_ARGUMENT
                            ? item->name
                            : tl_rs_name_of_expression(rs, i);

        if (item->kind == TL_N_STAR) {
            tl_rs_read_star(rs, i, flow);
            continue;
        }
        if (!name)
            own = tl_rs_mixed(rs, own);
        else if (!tl_rs_as_field(rs, &own, name))
            continue;
        tl_rs_walk_argument(rs, i, own);
    }
}

/* map(array['k'], array[x]); map('k', x) */
static void walk_map(struct tl_rs *rs, uint32_t first, struct tl_rs_flow flow)
{
    const struct tl_sql_node *keys = tl_rs_node(rs, first);
    const struct tl_sql_node *values = tl_rs_node(rs, first ? keys->next : 0);
    uint32_t key = keys->a, value = values->a;

    if (keys->kind != TL_N_LIST || values->kind != TL_N_LIST || values->next) {
        bool are_pairs = first && tl_rs_constant_name(rs, first);

        if (are_pairs)
            walk_pairs(rs, first, flow);
        else
            for (uint32_t i = first; i; i = tl_rs_node(rs, i)->next)
                tl_rs_walk_argument(rs, i, tl_rs_mixed(rs, flow));
        return;
    }
    for (; value; value = tl_rs_node(rs, value)->next) {
        uint32_t name = key ? tl_rs_constant_name(rs, key) : 0;
        struct tl_rs_flow own = flow;

        if (!name) {
            own = tl_rs_mixed(rs, flow);
            tl_rs_walk(rs, key, own);
        }
        if (!name || tl_rs_as_field(rs, &own, name))
            tl_rs_walk_argument(rs, value, own);
        key = key ? tl_rs_node(rs, key)->next : 0;
    }
}

void tl_rs_walk_shape(struct tl_rs *rs, uint32_t id, uint8_t shape,
                      struct tl_rs_flow flow)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);

    if (call->flags & TL_F_STAR) {
        tl_rs_read_all(rs, call->at, flow);
        return;
    }
    switch ((enum tl_sql_shape)shape) {
    case TL_SHAPE_PAIRS:
        walk_pairs(rs, call->a, flow);
        break;
    case TL_SHAPE_NAMED:
        walk_named(rs, call->a, flow);
        break;
    case TL_SHAPE_MAP:
        walk_map(rs, call->a, flow);
        break;
    case TL_SHAPE_PICKS_PATH:
    case TL_SHAPE_PICKS_KEYS:
        walk_picking(rs, call->a, shape, flow);
        break;
    default:
        break;
    }
}

/* ---- the fields of what is built ---- */

static uint32_t nth(const struct tl_rs *rs, uint32_t list, unsigned n)
{
    while (list && n--)
        list = tl_rs_node(rs, list)->next;
    return list;
}

uint32_t tl_rs_field_of_made(struct tl_rs *rs, uint32_t id, unsigned i)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    uint32_t item = nth(rs, node->a, i);

    if (node->kind == TL_N_LIST && item)
        return tl_rs_node(rs, item)->kind == TL_N_NAMED_ARGUMENT
                   ? tl_rs_node(rs, item)->name
               : is_row(rs, node) ? name_of_field(rs, node->name, i)
                                  : 0;
    if (node->kind != TL_N_CALL || (node->flags & TL_F_STAR))
        return 0;
    uint8_t shape = tl_rs_call_of(rs, id).shape;
    if (shape == TL_SHAPE_PAIRS) {
        item = nth(rs, node->a, 2 * i);
        return item ? tl_rs_constant_name(rs, item) : 0;
    }
    if (shape != TL_SHAPE_NAMED || !item || tl_rs_node(rs, item)->kind == TL_N_STAR)
        return 0;
    return tl_rs_node(rs, item)->kind == TL_N_NAMED_ARGUMENT
               ? tl_rs_node(rs, item)->name
               : tl_rs_name_of_expression(rs, item);
}

struct tl_rs_set tl_rs_field_set(struct tl_rs *rs, struct tl_rs_set set, uint32_t name)
{
    struct tl_rs_mark mark = tl_rs_begin(rs);
    struct tl_rs_flow flow = tl_rs_value();

    flow.kind = TL_TRANSFORMATION;
    tl_rs_add_set(rs, set, tl_rs_into(rs, flow, name));
    return tl_rs_end(rs, mark);
}
