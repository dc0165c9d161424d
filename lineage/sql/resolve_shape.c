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

/* Whether the value may be a list of what has fields: taking a key from that takes an element, and no field. */
static bool may_be_list(struct tl_rs *rs, uint32_t id)
{
    enum { MOST_STEPS = 32 };
    bool is_within = false;

    for (int n = 0; id && n < MOST_STEPS; n++) {
        const struct tl_sql_node *node = tl_rs_node(rs, id);
        const char *name = node->kind == TL_N_CALL ? tl_rs_text(rs, node->name) : "";

        switch (node->kind) {
        case TL_N_CAST:
        case TL_N_BINARY:
        case TL_N_NAMED_ARGUMENT:
            id = node->a;
            break;
        case TL_N_CALL:
            if ((strcasestr(name, "agg") && !strcasestr(name, "object")) ||
                strcasestr(name, "array"))
                return true;
            if (tl_rs_call_of(rs, id).shape != TL_SHAPE_SAME)
                return false;
            id = node->a;
            break;
        case TL_N_COLUMN:
            if (is_within) /* what it means is told in another scope */
                return false;
            is_within = true;
            id = tl_rs_made_of(rs, tl_rs_lookup(rs, id));
            break;
        case TL_N_SUBQUERY:
        case TL_N_ARRAY_QUERY:
        case TL_N_CASE:
            return true;
        default:
            return node->kind == TL_N_LIST && strchr("aA[", rs->text[node->at]);
        }
    }
    return id != 0;
}

bool tl_rs_takes_keys(struct tl_rs *rs, const struct tl_sql_node *node)
{
    const char *text = rs->text + node->at;
    const struct tl_sql_node *right = tl_rs_node(rs, node->b);

    if (text[0] == '#')
        return text[1] == '-' && !may_be_list(rs, node->a);
    while (right->kind == TL_N_CAST)
        right = tl_rs_node(rs, right->a);
    return text[0] == '-' &&
           ((right->kind == TL_N_LITERAL && right->op == TL_L_TEXT) ||
            right->kind == TL_N_LIST) &&
           !may_be_list(rs, node->a);
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

/* (a, b), whose fields have no names of their own */
static bool is_plain_row(const struct tl_rs *rs, const struct tl_sql_node *item)
{
    return item->kind == TL_N_LIST && rs->text[item->at] == '(' && !item->name;
}

/* Of a list that has such rows its first element, where that one tells the names of all; 0: it does not. */
static uint32_t first_told(struct tl_rs *rs, const struct tl_sql_node *list)
{
    const struct tl_sql_node *first = tl_rs_node(rs, list->a);

    if (!list->a || !first->next || !is_plain_row(rs, tl_rs_node(rs, first->next)))
        return 0;
    return tl_rs_field_of_made(rs, list->a, 0) ? list->a : 0;
}

/* Of array<x>: x; 0: it is another type. */
static uint32_t type_of_elements(struct tl_rs *rs, uint32_t type)
{
    const char *text = type ? tl_rs_text(rs, type) : "";
    size_t n = strlen(text);

    return n > 7 && strncasecmp(text, "array<", 6) == 0
               ? tl_sql_name_exact(rs->names, text + 6, (uint32_t)n - 7)
               : 0;
}

static void walk_like(struct tl_rs *rs, const struct tl_sql_node *row, uint32_t like,
                      struct tl_rs_flow flow)
{
    unsigned n = 0;

    for (uint32_t i = row->a; i; i = tl_rs_node(rs, i)->next, n++) {
        uint32_t name = tl_rs_field_of_made(rs, like, n);
        struct tl_rs_flow own = flow;

        if (!name)
            own = tl_rs_mixed(rs, own);
        else if (!tl_rs_as_field(rs, &own, name))
            continue;
        tl_rs_walk_argument(rs, i, own);
    }
}

void tl_rs_walk_row(struct tl_rs *rs, const struct tl_sql_node *list, uint32_t type,
                    struct tl_rs_flow flow)
{
    bool has_fields = is_row(rs, list) && (flow.way || !flow.is_mixed);
    uint32_t first = list->a;
    uint32_t tells = has_fields ? 0 : first_told(rs, list);
    uint32_t element = has_fields ? 0 : type_of_elements(rs, type ? type : list->name);
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
        if (!has_fields && (tells || element) && is_plain_row(rs, item)) {
            if (element)
                tl_rs_walk_row(rs, item, element, own);
            else
                walk_like(rs, item, tells, own);
            continue;
        }
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

/* object_insert(o, 'k', x): what was under that key before may be there still, where it is not to be replaced. */
static void walk_insert(struct tl_rs *rs, uint32_t first, struct tl_rs_flow flow)
{
    uint32_t key = first ? tl_rs_node(rs, first)->next : 0;
    uint32_t value = key ? tl_rs_node(rs, key)->next : 0;
    uint32_t name = key ? tl_rs_constant_name(rs, key) : 0;
    struct tl_rs_flow own = name ? flow : tl_rs_mixed(rs, flow);

    tl_rs_walk_argument(rs, first, flow);
    if (!name)
        tl_rs_walk_argument(rs, key, own);
    if (!name || tl_rs_as_field(rs, &own, name))
        tl_rs_walk_argument(rs, value, own);
}

/* object_delete(o, 'k', 'l'), json_remove(o, '$.k.l') */
static void walk_left(struct tl_rs *rs, uint32_t first, struct tl_rs_flow flow)
{
    struct tl_rs_flow own = flow;

    for (uint32_t i = first ? tl_rs_node(rs, first)->next : 0; i;
         i = tl_rs_node(rs, i)->next) {
        own = tl_rs_starts_path(rs, i) ? tl_rs_without_path(rs, own, i)
                                       : tl_rs_without_key(rs, own, i);
        tl_rs_walk_argument(rs, i, tl_rs_mixed(rs, flow));
    }
    tl_rs_walk_argument(rs, first, own);
}

/* object_pick(o, 'k', 'l') */
static void walk_kept(struct tl_rs *rs, uint32_t first, struct tl_rs_flow flow)
{
    for (uint32_t i = first ? tl_rs_node(rs, first)->next : 0; i;
         i = tl_rs_node(rs, i)->next) {
        uint32_t name = tl_rs_constant_name(rs, i);
        struct tl_rs_flow own = flow;

        if (!name)
            tl_rs_walk_argument(rs, first, flow);
        else if (tl_rs_as_field(rs, &own, name))
            tl_rs_walk_argument(rs, first, tl_rs_into(rs, own, name));
    }
}

/* ---- lambdas over lists ---- */

enum { MOST_LISTS = 8 };

/* What a lambda's parameters stand for, in their order; the first `n_free` of them for nothing that is known. */
static void bind_parameters(struct tl_rs *rs, uint32_t lambda,
                            const struct tl_rs_set *lists, unsigned n_lists,
                            unsigned n_free)
{
    unsigned n = 0;

    for (uint32_t i = tl_rs_node(rs, lambda)->a; i; i = tl_rs_node(rs, i)->next, n++) {
        struct tl_rs_lambda bound = { .key = tl_rs_key(rs, tl_rs_node(rs, i)->name) };

        if (n >= n_free && n - n_free < n_lists) {
            bound.set = lists[n - n_free];
            bound.has_set = true;
        }
        tl_vec_push(&rs->lambdas, bound);
    }
}

/* The lists are what the lambdas make of them; of one that none of them reads its length alone. */
static void walk_lambdas(struct tl_rs *rs, uint32_t first, bool folds,
                         struct tl_rs_flow flow)
{
    struct tl_rs_set lists[MOST_LISTS];
    uint32_t ids[MOST_LISTS];
    bool are_read[MOST_LISTS] = { false };
    unsigned n_lists = 0, n_lambdas = 0, place = 0;

    for (uint32_t i = first; i; i = tl_rs_node(rs, i)->next, place++) {
        bool is_lambda = tl_rs_node(rs, i)->kind == TL_N_LAMBDA;
        size_t n = rs->lambdas.n;

        if (!is_lambda && ((folds && place) || n_lists == MOST_LISTS)) {
            tl_rs_walk_argument(rs, i, flow);
        } else if (!is_lambda) {
            ids[n_lists] = i;
            lists[n_lists++] = tl_rs_expression(rs, i);
        } else {
            /* what was made so far is made of what is told here; the one that ends it reads nothing else */
            unsigned n_free = folds ? n_lambdas || place > 1 : 0;
            bool is_end = folds && n_lambdas;

            if (folds && place == 1 && n_lists == 1) /* both are elements */
                lists[1] = lists[0];
            bind_parameters(rs, i, lists,
                            is_end                                ? 0
                            : folds && place == 1 && n_lists == 1 ? 2
                                                                  : n_lists,
                            n_free);
            tl_rs_walk(rs, tl_rs_node(rs, i)->b, flow);
            for (size_t k = n + n_free; k < rs->lambdas.n && k - n - n_free < n_lists;
                 k++)
                are_read[k - n - n_free] |= rs->lambdas.items[k].is_read;
            if (folds && place == 1 && rs->lambdas.n > n + 1)
                are_read[0] |= rs->lambdas.items[n + 1].is_read;
            rs->lambdas.n = n;
            n_lambdas++;
        }
    }
    for (unsigned i = 0; i < n_lists; i++)
        if (!are_read[i])
            tl_rs_walk_argument(rs, ids[i],
                                tl_rs_dressed(tl_rs_mixed(rs, flow), TL_TRANSFORMATION,
                                              TL_PARTIAL));
}

static bool has_lambda(const struct tl_rs *rs, uint32_t list)
{
    while (list && tl_rs_node(rs, list)->kind != TL_N_LAMBDA)
        list = tl_rs_node(rs, list)->next;
    return list != 0;
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
    case TL_SHAPE_INSERTS:
        walk_insert(rs, call->a, flow);
        break;
    case TL_SHAPE_DROPS_KEYS:
        walk_left(rs, call->a, flow);
        break;
    case TL_SHAPE_KEEPS_KEYS:
        walk_kept(rs, call->a, flow);
        break;
    case TL_SHAPE_EACH:
    case TL_SHAPE_FOLDS:
        if (shape == TL_SHAPE_FOLDS || !has_lambda(rs, call->a))
            flow = tl_rs_mixed(rs, flow);
        if (has_lambda(rs, call->a))
            walk_lambdas(rs, call->a, shape == TL_SHAPE_FOLDS, flow);
        else
            for (uint32_t i = call->a; i; i = tl_rs_node(rs, i)->next)
                tl_rs_walk_argument(rs, i, flow);
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

/* Aggregates whose value is their first argument's, or a list of such. */
static bool hands_on(const char *function)
{
    static const char *const names[] = {
        "any_value",    "arg_max",     "arg_min", "array_agg",   "array",
        "collect_list", "collect_set", "first",   "first_value", "lag",
        "last",         "last_value",  "lead",    "list",        "max",
        "max_by",       "min",         "min_by",  "nth_value",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(function, names[i]) == 0)
            return true;
    return false;
}

/* The select of a query that is nothing but one; 0: it is more. */
static uint32_t select_of(const struct tl_rs *rs, uint32_t query)
{
    const struct tl_sql_node *node = tl_rs_node(rs, query);

    if (node->kind == TL_N_QUERY) {
        query = node->b;
        node = tl_rs_node(rs, query);
    }
    return node->kind == TL_N_SELECT && node->a ? query : 0;
}

enum { MOST_HANDS = 32 };

/* What the node hands on: an element, the argument of a call; 0: it hands nothing on. */
static uint32_t handed_on(const struct tl_rs *rs, const struct tl_sql_node *node)
{
    if (node->kind == TL_N_INDEX ||
        (node->kind == TL_N_LIST && !is_row(rs, node) && node->a &&
         tl_rs_node(rs, node->a)->kind != TL_N_NAMED_ARGUMENT) ||
        (node->kind == TL_N_CALL && hands_on(tl_rs_text(rs, node->name))))
        return node->a;
    return 0;
}

uint32_t tl_rs_maker_of(const struct tl_rs *rs, uint32_t id)
{
    for (int n = 0; n < MOST_HANDS; n++) {
        const struct tl_sql_node *node = tl_rs_node(rs, id);
        uint32_t inner = handed_on(rs, node);

        if (node->kind == TL_N_SUBQUERY || node->kind == TL_N_ARRAY_QUERY) {
            inner = select_of(rs, node->a);
            if (inner && !(tl_rs_node(rs, inner)->flags & TL_F_RECORD))
                inner = tl_rs_node(rs, tl_rs_node(rs, inner)->a)->a;
        }
        if (!inner)
            break;
        id = inner;
    }
    return id;
}

uint32_t tl_rs_row_of_value(struct tl_rs *rs, uint32_t id, struct tl_rs_set set)
{
    uint32_t inner, i = 0;

    while (i < set.n && !rs->leaves.items[rs->entries.items[set.first + i].leaf].inside)
        i++;
    if (i == set.n) /* no value of fields, as nearly all are */
        return 0;
    for (int n = 0; n < MOST_HANDS && (inner = handed_on(rs, tl_rs_node(rs, id))) != 0;
         n++)
        id = inner;
    return tl_rs_node(rs, id)->kind == TL_N_COLUMN
               ? tl_rs_row_of(rs, tl_rs_lookup(rs, id))
               : 0;
}

/* The i-th column of select as struct; 0: there is none, or a star is among them. */
static uint32_t field_of_select(struct tl_rs *rs, const struct tl_sql_node *select,
                                unsigned i)
{
    for (uint32_t item = select->a; item; item = tl_rs_node(rs, item)->next)
        if (tl_rs_node(rs, tl_rs_node(rs, item)->a)->kind == TL_N_STAR)
            return 0;
    uint32_t item = nth(rs, select->a, i);
    if (!item)
        return 0;
    uint32_t name = tl_rs_node(rs, item)->name;
    return name ? name : tl_rs_name_of_expression(rs, tl_rs_node(rs, item)->a);
}

uint32_t tl_rs_field_of_made(struct tl_rs *rs, uint32_t id, unsigned i)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    uint32_t item = nth(rs, node->a, i);

    if (node->kind == TL_N_SELECT)
        return field_of_select(rs, node, i);

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
