/*
 * Queries: with, select, set operations, values. Each with query is resolved once, whoever asks first. Set operations lean to the left
 * and may have thousands of arms: they are resolved one after the other and added up column by column.
 */
#include "lineage/sql/resolve.h"
#include "lineage/sql/resolve_shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Records within records whose fields are told one by one. */
#define MOST_NESTED 8

enum {
    QUERY_LEVELS = 12
}; /* of the depth that expressions are counted by: what a query takes of the stack */

static uint32_t resolve(struct tl_rs *rs, uint32_t id, struct tl_rs_scope *outer,
                        uint32_t seed);

/* ---- with ---- */

uint32_t tl_rs_cte_find(const struct tl_rs *rs, uint32_t key)
{
    for (uint32_t i = rs->cte; i != TL_RS_NONE; i = rs->ctes.items[i].outer) {
        const struct tl_rs_cte *cte = &rs->ctes.items[i];

        if (cte->key == key && (cte->state != TL_RS_RESOLVING || cte->must_repeat))
            return i;
    }
    return TL_RS_NONE;
}

/* What a query that is not run decides: nothing. */
static void take_back_steers(struct tl_rs *rs, uint32_t first)
{
    for (uint32_t i = first; i < rs->steers.n; i++) {
        const struct tl_rs_steer *steer = &rs->steers.items[i];

        rs->leaves.items[steer->leaf].steers &= (uint16_t) ~(1u << steer->kind);
    }
    rs->steers.n = first;
}

static bool is_unused(const struct tl_rs *rs, uint32_t cte)
{
    return tl_rs_node(rs, rs->ctes.items[cte].node)->flags & TL_F_UNUSED;
}

static void resolve_cte(struct tl_rs *rs, uint32_t cte)
{
    uint32_t n_steers = (uint32_t)rs->steers.n;

    tl_rs_cte_relation(rs, cte);
    if (is_unused(rs, cte))
        take_back_steers(rs, n_steers);
    rs->ctes.items[cte].n_steers = (uint32_t)rs->steers.n;
}

uint32_t tl_rs_with(struct tl_rs *rs, uint32_t list, bool is_recursive,
                    struct tl_rs_scope *outer)
{
    uint32_t before = rs->cte;
    uint32_t first = (uint32_t)rs->ctes.n;
    bool sees_all = is_recursive || (rs->traits->meaning & TL_SQL_WITH_SEES_LATER);

    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        uint32_t self = (uint32_t)rs->ctes.n;
        struct tl_rs_cte cte = {
            .node = i,
            .key = tl_rs_key(rs, tl_rs_node(rs, i)->name),
            .outer = self == first ? before : self - 1,
            .environment = self == first ? before : self - 1,
            .parent = outer,
            .may_repeat = is_recursive || (rs->traits->meaning & TL_SQL_BARE_RECURSION),
            .must_repeat = is_recursive,
        };
        if (cte.may_repeat)
            cte.environment = self;
        if (self > TL_RS_WIDTH) {
            tl_rs_too_wide(rs, tl_rs_node(rs, i)->at);
            break;
        }
        tl_vec_push(&rs->ctes, cte);
    }
    uint32_t last = (uint32_t)rs->ctes.n;
    for (uint32_t i = first; sees_all && i < last; i++)
        rs->ctes.items[i].environment = last - 1;
    /* Those that count first, where one that does not may name them. */
    for (uint32_t i = first; i < last; i++)
        if (!sees_all || !is_unused(rs, i))
            resolve_cte(rs, i);
    for (uint32_t i = first; sees_all && i < last; i++)
        resolve_cte(rs, i);
    if (last > first)
        rs->cte = last - 1;
    return before;
}

uint32_t tl_rs_rename(struct tl_rs *rs, uint32_t id, uint32_t names, uint32_t of)
{
    struct tl_rs_relation relation = rs->relations.items[id];
    uint32_t first = (uint32_t)rs->building.n, name = names;

    if (relation.kind == TL_RS_OPAQUE)
        return id;
    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];
        bool is_last = !name || !tl_rs_node(rs, name)->next;

        if (name && column.is_open) {
            /* Each of the names is one of all those columns. */
            struct tl_rs_mark mark = tl_rs_begin(rs);
            tl_rs_add_placed(rs, column.set, tl_rs_value());
            column.set = tl_rs_end(rs, mark);
            column.is_open = false;
            i -= !is_last;
        }
        if (name) {
            column.name = tl_rs_node(rs, name)->name;
            column.key = tl_rs_key(rs, column.name);
            column.is_unnamed = false;
            name = tl_rs_node(rs, name)->next;
        }
        tl_vec_push(&rs->building, column);
    }
    if (name) {
        unsigned n = 0;

        for (uint32_t i = names; i; i = tl_rs_node(rs, i)->next)
            n++;
        tl_rs_problem(rs, tl_rs_node(rs, name)->at, "'%s' has %u column%s, and %u names",
                      tl_rs_text(rs, of), (unsigned)relation.n,
                      relation.n == 1 ? "" : "s", n);
    }
    return tl_rs_relation_of(rs, first);
}

/* What a recursive query's body sees of it: the first arm's columns, made of themselves. */
static void seed_cte(struct tl_rs *rs, uint32_t cte, uint32_t first_arm)
{
    struct tl_rs_relation relation = rs->relations.items[first_arm];
    uint32_t first = (uint32_t)rs->building.n;
    struct tl_rs_cte *self = &rs->ctes.items[cte];

    self->state = TL_RS_SEEDED;
    self->first_leaf = (uint32_t)rs->leaves.n;
    if (relation.kind == TL_RS_OPAQUE || relation.n_open) {
        self->relation = first_arm;
    } else {
        for (uint32_t i = 0; i < relation.n; i++) {
            struct tl_rs_column column = rs->columns.items[relation.first + i];
            struct tl_rs_entry entry = { .leaf = tl_rs_repeated_leaf(rs),
                                         .confidence = 1000,
                                         .kind = TL_IDENTITY,
                                         .effect = TL_KEEPS };

            column.set = (struct tl_rs_set){ (uint32_t)rs->entries.n, 1 };
            tl_vec_push(&rs->entries, entry);
            tl_vec_push(&rs->building, column);
        }
        self->n_leaves = relation.n;
        self->relation = tl_rs_relation_of(rs, first);
    }
    uint32_t names = tl_rs_node(rs, rs->ctes.items[cte].node)->a;
    if (names) {
        uint32_t renamed = tl_rs_rename(rs, rs->ctes.items[cte].relation, names,
                                        tl_rs_node(rs, rs->ctes.items[cte].node)->name);
        rs->ctes.items[cte].relation = renamed;
    }
}

/* The values that rows were come by, in a row of their own: of these columns, which only decide where it says that one came again. */
static struct tl_rs_set set_of_way(struct tl_rs *rs, struct tl_rs_relation relation,
                                   const struct tl_sql_node *added, uint32_t of)
{
    struct tl_rs_mark mark = tl_rs_begin(rs);
    struct tl_rs_flow flow = tl_rs_value();

    flow.kind = TL_TRANSFORMATION;
    flow.is_mixed = true;
    if (added->op) {
        flow = tl_rs_steering(TL_WINDOW);
        flow.is_named = true;
    }
    for (uint32_t base = added->c; base; base = tl_rs_node(rs, base)->next) {
        uint32_t name = tl_rs_node(rs, base)->name, key = tl_rs_key(rs, name);
        bool is_found = relation.kind == TL_RS_OPAQUE;

        for (uint32_t i = 0; i < relation.n; i++) {
            struct tl_rs_column column = rs->columns.items[relation.first + i];

            if (column.is_open)
                tl_rs_add_named(rs, column.set, name, flow);
            else if (column.key == key)
                tl_rs_add_set(rs, column.set, flow);
            is_found = is_found || column.is_open || column.key == key;
        }
        if (!is_found)
            tl_rs_problem(rs, tl_rs_node(rs, base)->at, "'%s' has no column '%s'",
                          tl_rs_text(rs, of), tl_rs_text(rs, name));
    }
    return tl_rs_end(rs, mark);
}

/* What "search" and "cycle" add: made of the columns they name. */
static uint32_t with_added(struct tl_rs *rs, uint32_t id, uint32_t names, uint32_t of)
{
    struct tl_rs_relation relation = rs->relations.items[id];
    uint32_t first = (uint32_t)rs->building.n;

    for (uint32_t i = 0; i < relation.n; i++)
        tl_vec_push(&rs->building, rs->columns.items[relation.first + i]);
    for (uint32_t i = names; i; i = tl_rs_node(rs, i)->next) {
        struct tl_rs_column column = { .name = tl_rs_node(rs, i)->name };

        column.key = tl_rs_key(rs, column.name);
        column.set = set_of_way(rs, relation, tl_rs_node(rs, i), of);
        tl_vec_push(&rs->building, column);
    }
    return tl_rs_relation_of(rs, first);
}

uint32_t tl_rs_cte_relation(struct tl_rs *rs, uint32_t i)
{
    struct tl_rs_cte cte = rs->ctes.items[i];
    const struct tl_sql_node *node = tl_rs_node(rs, cte.node);
    uint32_t before = rs->cte;

    if (cte.state == TL_RS_RESOLVED || cte.state == TL_RS_SEEDED)
        return cte.relation;
    if (cte.state == TL_RS_RESOLVING) {
        tl_rs_problem(rs, node->at, "'%s' is made of itself before its first part ends",
                      tl_rs_text(rs, node->name));
        return tl_rs_relation_new(rs, TL_RS_OPAQUE);
    }
    rs->ctes.items[i].state = TL_RS_RESOLVING;
    rs->cte = cte.environment;
    uint32_t relation = resolve(rs, node->b, cte.parent, cte.may_repeat ? i : TL_RS_NONE);
    rs->cte = before;
    if (node->a)
        relation = tl_rs_rename(rs, relation, node->a, node->name);
    cte = rs->ctes.items[i];
    if (cte.state == TL_RS_SEEDED && cte.n_leaves &&
        rs->relations.items[relation].n >= cte.n_leaves)
        tl_rs_solve(rs, relation, cte.first_leaf, cte.n_leaves);
    if (node->c)
        relation = with_added(rs, relation, node->c, node->name);
    rs->ctes.items[i].relation = relation;
    rs->ctes.items[i].state = TL_RS_RESOLVED;
    return relation;
}

uint32_t tl_rs_cte_read(struct tl_rs *rs, uint32_t cte)
{
    uint32_t last = rs->ctes.items[cte].n_steers;

    if (last > rs->last_before)
        last = rs->last_before;
    for (; rs->first_before < last; rs->first_before++) {
        struct tl_rs_steer steer = rs->steers.items[rs->first_before];

        tl_rs_put_steer(rs, steer);
    }
    return tl_rs_cte_relation(rs, cte);
}

/* ---- select ---- */

/* SQLite calls such a column as it is written, Snowflake in capitals. What holds a text, or a number that may be somebody's, is not repeated. */
static uint32_t name_of_text(struct tl_rs *rs, const struct tl_sql_node *item)
{
    uint32_t n = item->b > item->at ? item->b - item->at : 0;
    uint32_t digits = 0;

    for (uint32_t i = 0; i < n; i++) {
        char c = rs->text[item->at + i];

        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        if (c == '\'' || c == '"' || c == '\n' || digits > 4)
            return 0;
    }
    return n && n <= 200 ? tl_sql_name_add(rs->names, rs->text + item->at, n, false) : 0;
}

/* Others give a function's column the function's name, or one made of its text, which it begins. */
static bool only_columns_have_names(const struct tl_rs *rs)
{
    return rs->traits->naming & TL_SQL_NAMED_BY_COLUMNS;
}

uint32_t tl_rs_made_name(struct tl_rs *rs, const struct tl_sql_made_name *how,
                         uint32_t place)
{
    char made[48];
    int n = how->behind ? snprintf(made, sizeof made, "%s%u%s", how->before,
                                   (unsigned)(place + how->first), how->behind)
                        : snprintf(made, sizeof made, "%s", how->before);

    return tl_sql_name_exact(rs->names, made, (uint32_t)n);
}

static void name_column(struct tl_rs *rs, struct tl_rs_scope *scope,
                        struct tl_rs_column *column, const struct tl_sql_node *item)
{
    uint8_t kind = tl_rs_node(rs, item->a)->kind;
    bool is_a_column = kind == TL_N_COLUMN || kind == TL_N_FIELD;
    bool has_title =
        (kind != TL_N_COLUMN && (rs->traits->naming & TL_SQL_NAMED_LIKE_PLANS)) ||
        (!is_a_column && (rs->traits->naming & TL_SQL_NAMED_LIKE_CODE));

    column->name = item->name;
    if (!column->name && !is_a_column && (rs->traits->naming & TL_SQL_NAMED_BY_TEXT))
        column->name = name_of_text(rs, item);
    if (!column->name && has_title)
        column->name = tl_rs_title(rs, item->a);
    if (!column->name && (!only_columns_have_names(rs) || is_a_column))
        column->name = tl_rs_name_of_expression(rs, item->a);
    if (!column->name) {
        uint32_t place = (uint32_t)rs->building.n - scope->first_alias;

        if (rs->traits->naming & TL_SQL_NAMELESS_COUNT)
            place = scope->n_nameless++;
        column->name = tl_rs_made_name(rs, &rs->traits->nameless, place);
        column->is_unnamed = true;
    } else if (!item->name && !is_a_column) {
        column->is_unnamed = true;
    }
    column->key = tl_rs_key(rs, column->name);
}

/* (t).* of a from item, else of a record that an expression gives. */
static void add_record(struct tl_rs *rs, struct tl_rs_scope *scope,
                       const struct tl_sql_node *field)
{
    const struct tl_sql_node *of = tl_rs_node(rs, field->a);
    struct tl_sql_node star = { .kind = TL_N_STAR, .at = of->at };

    if (of->kind == TL_N_COLUMN &&
        tl_rs_qualifier(rs, of->name, of->b, of->c) != TL_RS_NONE) {
        star.b = of->name;
        star.c = of->b;
        star.d = of->c;
        tl_rs_star(rs, scope, &star);
        return;
    }
    struct tl_rs_column value = { .set = tl_rs_expression(rs, field->a),
                                  .type = tl_rs_type_of_expression(rs, field->a),
                                  .made = field->a };
    if (of->kind == TL_N_COLUMN) {
        struct tl_rs_ref ref = tl_rs_lookup(rs, field->a);

        value.type = tl_rs_type_of(rs, ref);
        value.made = tl_rs_made_of(rs, ref);
        value.row = tl_rs_row_of(rs, ref);
    } else {
        value.row = tl_rs_row_of_value(rs, field->a, value.set);
    }
    tl_rs_star_of_value(rs, scope, &star, &value);
}

static bool is_list_type(const struct tl_rs *rs, uint32_t type)
{
    const char *text = tl_rs_text(rs, type);
    size_t n = strlen(text);

    return n > 2 && text[n - 1] == ']';
}

/* The i-th field of a record by its type, else by what made it; 0: there is none, or it is not known to be a record. */
static uint32_t field_of(struct tl_rs *rs, const struct tl_rs_column *record, unsigned i,
                         struct tl_rs_column *field)
{
    uint32_t name = 0;

    *field = (struct tl_rs_column){ 0 };
    if (record->type && !is_list_type(rs, record->type))
        name = tl_rs_field_of_type(rs, record->type, i, &field->type);
    if (!name && record->made)
        name = tl_rs_field_of_made(rs, record->made, i);
    if (name) {
        field->name = name;
        field->key = tl_rs_key(rs, name);
        field->set = tl_rs_field_set(rs, record->set, name);
    }
    return name;
}

/* Of a list its elements, by its type or by the first that is written. */
static bool step_into_list(struct tl_rs *rs, struct tl_rs_column *value)
{
    const struct tl_sql_node *made = value->made ? tl_rs_node(rs, value->made) : NULL;
    bool is_list = value->type && is_list_type(rs, value->type);

    if (is_list) {
        const char *text = tl_rs_text(rs, value->type);
        value->type =
            tl_sql_name_exact(rs->names, text, (uint32_t)(strrchr(text, '[') - text));
    }
    if (made && made->kind == TL_N_LIST && made->a &&
        !tl_rs_field_of_made(rs, value->made, 0)) {
        value->made = made->a;
        return true;
    }
    return is_list;
}

static void put_fields(struct tl_rs *rs, struct tl_rs_column value, bool is_recursive,
                       unsigned depth)
{
    struct tl_rs_column field;

    while (is_recursive && step_into_list(rs, &value))
        ;
    if (depth >= MOST_NESTED || !field_of(rs, &value, 0, &field)) {
        tl_vec_push(&rs->building, value);
        return;
    }
    for (unsigned i = 0; i < TL_RS_WIDTH && field_of(rs, &value, i, &field); i++) {
        if (is_recursive)
            put_fields(rs, field, true, depth + 1);
        else
            tl_vec_push(&rs->building, field);
    }
}

/* DuckDB: unnest(r) of a record stands for its fields; "recursive" goes down to what is no record. */
static bool add_unnested(struct tl_rs *rs, const struct tl_sql_node *item)
{
    const struct tl_sql_node *call = tl_rs_node(rs, item->a);
    uint32_t of = call->a;
    struct tl_rs_column value = { .made = of }, field;
    bool is_recursive = false;

    if (strcasecmp(tl_rs_text(rs, call->name), "unnest") != 0 || !of)
        return false;
    for (uint32_t i = tl_rs_node(rs, of)->next; i; i = tl_rs_node(rs, i)->next)
        is_recursive |=
            tl_rs_node(rs, i)->kind == TL_N_NAMED_ARGUMENT &&
            strcasecmp(tl_rs_text(rs, tl_rs_node(rs, i)->name), "recursive") == 0;
    if (tl_rs_node(rs, of)->kind == TL_N_COLUMN) {
        struct tl_rs_ref ref = tl_rs_lookup(rs, of);
        value.type = tl_rs_type_of(rs, ref);
        value.made = tl_rs_made_of(rs, ref);
    } else {
        value.type = tl_rs_type_of_expression(rs, of);
    }
    struct tl_rs_column inner = value;
    while (is_recursive && step_into_list(rs, &inner))
        ;
    if (!field_of(rs, &inner, 0, &field))
        return false;
    value.set = tl_rs_expression(rs, item->a);
    put_fields(rs, value, is_recursive, 0);
    return true;
}

/* `number`: of those that share its expression, from 0. */
static void add_item(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id,
                     unsigned number)
{
    const struct tl_sql_node *item = tl_rs_node(rs, id);
    const struct tl_sql_node *value = tl_rs_node(rs, item->a);
    struct tl_rs_column column = { 0 };

    if (value->kind == TL_N_STAR) {
        tl_rs_star(rs, scope, value);
        return;
    }
    if ((item->flags & TL_F_STAR) && tl_rs_columns_item(rs, scope, item))
        return;
    if (value->kind == TL_N_FIELD && !value->name) {
        add_record(rs, scope, value);
        return;
    }
    if (value->kind == TL_N_CALL && (rs->traits->meaning & TL_SQL_UNNEST_FIELDS) &&
        add_unnested(rs, item))
        return;
    if (value->kind == TL_N_CALL && (rs->traits->forms & TL_SQL_SEVERAL_ALIASES) &&
        tl_rs_add_generator(rs, item->a, id, number))
        return;
    if (value->kind == TL_N_COLUMN) {
        struct tl_rs_ref ref = tl_rs_lookup(rs, item->a);
        column.set = tl_rs_set_of(rs, ref, value->at);
        column.type = tl_rs_type_of(rs, ref);
        column.made = tl_rs_made_of(rs, ref);
        column.row = tl_rs_row_of(rs, ref);
    } else {
        uint32_t n_aggregates = scope->n_aggregates;

        column.set = tl_rs_expression(rs, item->a);
        column.type = tl_rs_type_of_expression(rs, item->a);
        column.made = item->a;
        column.row = tl_rs_row_of_value(rs, item->a, column.set);
        if (scope->n_aggregates != n_aggregates)
            column.aggregated_in = (uint32_t)scope->number;
    }
    name_column(rs, scope, &column, item);
    tl_vec_push(&rs->building, column);
}

void tl_rs_items(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t list)
{
    scope->has_aliases = (rs->traits->grammar & TL_SQL_LATERAL_ALIASES) != 0;
    scope->first_alias = (uint32_t)rs->building.n;
    scope->n_aliases = scope->n_nameless = 0;
    scope->number = ++rs->n_states;
    unsigned number = 0;
    uint32_t before = 0;
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        if (scope->n_aliases > TL_RS_WIDTH) {
            tl_rs_too_wide(rs, tl_rs_node(rs, i)->at);
            return;
        }
        number = tl_rs_node(rs, i)->a == before ? number + 1 : 0;
        before = tl_rs_node(rs, i)->a;
        add_item(rs, scope, i, number);
        scope->n_aliases = (uint32_t)rs->building.n - scope->first_alias;
    }
}

/* 2 of "group by 2", from 1; 0: it is no such thing. */
static uint32_t ordinal(const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    char text[12];

    if (node->kind != TL_N_LITERAL || node->op != TL_L_NUMBER ||
        node->end - node->at >= sizeof text)
        return 0;
    memcpy(text, rs->text + node->at, node->end - node->at);
    text[node->end - node->at] = '\0';
    return strspn(text, "0123456789") == strlen(text) ? (uint32_t)strtoul(text, NULL, 10)
                                                      : 0;
}

static bool walk_ordinal(struct tl_rs *rs, const struct tl_rs_scope *scope, uint32_t id,
                         enum tl_edge_kind kind)
{
    uint32_t place = ordinal(rs, id);

    if (!place)
        return false;
    if (place > scope->n_aliases)
        tl_rs_problem(rs, tl_rs_node(rs, id)->at, "there is no output column %u",
                      (unsigned)place);
    else
        tl_rs_add_set(rs, rs->building.items[scope->first_alias + place - 1].set,
                      tl_rs_steering(kind));
    return true;
}

static void walk_groups(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t list)
{
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *node = tl_rs_node(rs, i);

        if (node->kind == TL_N_GROUPING || node->kind == TL_N_LIST) {
            if (++rs->depth > TL_RS_DEPTH)
                tl_rs_too_deep(rs, node->at);
            else
                walk_groups(rs, scope, node->a);
            rs->depth--;
        } else if (!walk_ordinal(rs, scope, i, TL_GROUP_BY)) {
            tl_rs_walk(rs, i, tl_rs_steering(TL_GROUP_BY));
        }
    }
}

/* group by all: by every output that no aggregate is in. */
static void walk_group_by_all(struct tl_rs *rs, const struct tl_rs_scope *scope)
{
    for (uint32_t i = 0; i < scope->n_aliases; i++) {
        const struct tl_rs_column *column = &rs->building.items[scope->first_alias + i];

        if (column->aggregated_in != (uint32_t)scope->number)
            tl_rs_add_set(rs, column->set, tl_rs_steering(TL_GROUP_BY));
    }
}

/* A bare name is an output column before it is one of the tables'. */
static void walk_order(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t list,
                       enum tl_edge_kind kind)
{
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        uint32_t value = tl_rs_node(rs, i)->kind == TL_N_ORDER ? tl_rs_node(rs, i)->a : i;
        const struct tl_sql_node *node = tl_rs_node(rs, value);
        uint32_t alias = TL_RS_NONE;

        if (!value) {
            for (uint32_t c = 0; c < scope->n_aliases; c++)
                tl_rs_add_set(rs, rs->building.items[scope->first_alias + c].set,
                              tl_rs_steering(kind));
            continue;
        }
        if (walk_ordinal(rs, scope, value, kind))
            continue;
        if (node->kind == TL_N_COLUMN && !node->b)
            alias = tl_rs_alias(rs, scope, tl_rs_key(rs, node->name));
        if (alias != TL_RS_NONE)
            tl_rs_add_set(rs, rs->building.items[alias].set, tl_rs_steering(kind));
        else
            tl_rs_walk(rs, value, tl_rs_steering(kind));
    }
}

static void walk_clauses(struct tl_rs *rs, struct tl_rs_scope *scope,
                         const struct tl_sql_node *select)
{
    const struct tl_sql_node *tail = tl_rs_node(rs, select->d);
    uint32_t grammar = rs->traits->grammar;

    scope->has_aliases = (grammar & TL_SQL_ALIAS_IN_WHERE) != 0;
    tl_rs_walk(rs, select->c, tl_rs_steering(TL_FILTER));
    if (!select->d)
        return;
    scope->has_aliases = (grammar & TL_SQL_ALIAS_IN_GROUP) != 0;
    if (tail->flags & TL_F_ALL)
        walk_group_by_all(rs, scope);
    walk_groups(rs, scope, tail->a);
    scope->has_aliases = (grammar & TL_SQL_ALIAS_IN_HAVING) != 0;
    tl_rs_walk(rs, tail->b, tl_rs_steering(TL_FILTER));
    if (!tail->d)
        return;
    scope->has_aliases = true;
    tl_rs_walk(rs, tl_rs_node(rs, tail->d)->a, tl_rs_steering(TL_FILTER));
    walk_order(rs, scope, tl_rs_node(rs, tail->d)->b, TL_GROUP_BY);
}

/* In a pipe what a table is called stays good. */
static void pass_sources(struct tl_rs *rs, const struct tl_rs_scope *scope)
{
    rs->passed.n = 0;
    for (uint32_t i = 0; i < scope->n_sources; i++) {
        struct tl_rs_source source = rs->sources.items[scope->first_source + i];

        source.needs_qualifier = true;
        if (source.alias && !source.is_hidden)
            tl_vec_push(&rs->passed, source);
    }
}

/* Where rows are compared as wholes, every column decides which of them come out, whether or not somebody takes it. */
static void compare_rows(struct tl_rs *rs, size_t first_column, enum tl_edge_kind kind)
{
    for (size_t i = first_column; i < rs->building.n; i++)
        tl_rs_add_set(rs, rs->building.items[i].set, tl_rs_steering(kind));
}

static bool is_distinct_on(const struct tl_rs *rs, const struct tl_sql_node *select)
{
    const struct tl_sql_node *tail = tl_rs_node(rs, select->d);

    return select->d && tail->d && tl_rs_node(rs, tail->d)->b;
}

/* `query`: the TL_N_QUERY whose order and limit belong to it, or 0. */
static uint32_t resolve_select(struct tl_rs *rs, uint32_t id, uint32_t query,
                               struct tl_rs_scope *outer)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    bool adds_noise = rs->adds_noise;
    struct tl_rs_scope scope;

    tl_rs_scope_begin(rs, &scope, outer);
    if (node->d)
        scope.windows = tl_rs_node(rs, node->d)->c;
    rs->adds_noise = node->flags & TL_F_NOISE;
    tl_rs_from(rs, &scope, node->b);
    tl_rs_items(rs, &scope, node->a);
    rs->adds_noise = adds_noise;
    walk_clauses(rs, &scope, node);
    if ((node->flags & TL_F_DISTINCT) && !is_distinct_on(rs, node))
        compare_rows(rs, scope.first_alias, TL_GROUP_BY);
    if (query) {
        scope.has_aliases = true;
        walk_order(rs, &scope, tl_rs_node(rs, query)->c, TL_SORT);
        tl_rs_walk_list(rs, tl_rs_node(rs, query)->d, tl_rs_steering(TL_FILTER));
    }
    uint32_t relation = tl_rs_relation_of(rs, scope.first_alias);
    if (node->flags & TL_F_KEEPS_NAMES)
        pass_sources(rs, &scope);
    tl_rs_scope_end(rs, &scope);
    return relation;
}

/* ---- set operations ---- */

static struct tl_rs_flow flow_of_arm(const struct tl_rs_arm *arm)
{
    struct tl_rs_flow flow = tl_rs_value();

    /* Nothing of the right side of except comes out: it takes rows away. */
    if (arm->op == TL_S_EXCEPT) {
        flow = tl_rs_steering(TL_FILTER);
        flow.is_named = true;
    }
    return flow;
}

static void resolve_arms(struct tl_rs *rs, uint32_t id, struct tl_rs_scope *outer,
                         uint32_t seed)
{
    size_t base = rs->spine.n;

    while (tl_rs_node(rs, id)->kind == TL_N_SET) {
        tl_vec_push(&rs->spine, id);
        id = tl_rs_node(rs, id)->a;
    }
    struct tl_rs_arm arm = { .relation = resolve(rs, id, outer, TL_RS_NONE),
                             .at = tl_rs_node(rs, id)->at };
    tl_vec_push(&rs->arms, arm);
    if (seed != TL_RS_NONE)
        seed_cte(rs, seed, arm.relation);
    while (rs->spine.n > base) {
        uint32_t id_of_set = rs->spine.items[--rs->spine.n];
        const struct tl_sql_node *set = tl_rs_node(rs, id_of_set);
        struct tl_rs_arm right = { .set = id_of_set,
                                   .relation = resolve(rs, set->b, outer, TL_RS_NONE),
                                   .at = set->at,
                                   .op = (uint8_t)set->op,
                                   .flags = set->flags };
        tl_vec_push(&rs->arms, right);
    }
}

static bool is_simple(const struct tl_rs *rs, size_t first)
{
    for (size_t i = first; i < rs->arms.n; i++) {
        const struct tl_rs_arm *arm = &rs->arms.items[i];
        const struct tl_rs_relation *relation = &rs->relations.items[arm->relation];

        if ((arm->flags & TL_F_BY_NAME) || relation->n_open ||
            relation->kind == TL_RS_OPAQUE)
            return false;
    }
    return true;
}

/* All arms at once, column by column. */
static void add_up_columns(struct tl_rs *rs, size_t first)
{
    struct tl_rs_relation head = rs->relations.items[rs->arms.items[first].relation];

    for (size_t i = first + 1; i < rs->arms.n; i++) {
        const struct tl_rs_arm *arm = &rs->arms.items[i];
        uint32_t n = rs->relations.items[arm->relation].n;
        if (n != head.n)
            tl_rs_problem(rs, arm->at,
                          "the sides of a set operation have %u and %u columns",
                          (unsigned)head.n, (unsigned)n);
    }
    for (uint32_t c = 0; c < head.n; c++) {
        struct tl_rs_column column = rs->columns.items[head.first + c];
        struct tl_rs_mark mark = tl_rs_begin(rs);

        for (size_t i = first; i < rs->arms.n; i++) {
            struct tl_rs_arm arm = rs->arms.items[i];
            struct tl_rs_relation relation = rs->relations.items[arm.relation];
            if (c < relation.n)
                tl_rs_add_set(rs, rs->columns.items[relation.first + c].set,
                              i == first ? tl_rs_value() : flow_of_arm(&arm));
        }
        column.set = tl_rs_end(rs, mark);
        tl_vec_push(&rs->building, column);
    }
}

/* Adds a set to a column of the accumulated ones. */
static void add_to(struct tl_rs *rs, size_t at, struct tl_rs_set set, bool is_placed,
                   const struct tl_rs_arm *arm)
{
    struct tl_rs_mark mark = tl_rs_begin(rs);

    tl_rs_add_set(rs, rs->building.items[at].set, tl_rs_value());
    if (is_placed)
        tl_rs_add_placed(rs, set, flow_of_arm(arm));
    else
        tl_rs_add_set(rs, set, flow_of_arm(arm));
    rs->building.items[at].set = tl_rs_end(rs, mark);
}

/* ---- by name ---- */

/* Adds what a star that could not be told apart has of the column's name. */
static void add_of_star(struct tl_rs *rs, size_t at, struct tl_rs_set star,
                        const struct tl_rs_arm *arm)
{
    struct tl_rs_mark mark = tl_rs_begin(rs);

    tl_rs_add_set(rs, rs->building.items[at].set, tl_rs_value());
    tl_rs_add_named(rs, star, rs->building.items[at].name, flow_of_arm(arm));
    rs->building.items[at].set = tl_rs_end(rs, mark);
}

/* The open column among those being built that covers a name; TL_RS_NONE: none. */
static uint32_t open_over(struct tl_rs *rs, size_t from, size_t to, uint32_t name)
{
    for (size_t i = from; i < to; i++)
        if (rs->building.items[i].is_open &&
            tl_rs_covers(rs, &rs->building.items[i], name))
            return (uint32_t)i;
    return TL_RS_NONE;
}

static void tell_difference(struct tl_rs *rs, const struct tl_rs_arm *arm, uint32_t name)
{
    tl_rs_problem(rs, arm->at,
                  "only one side of a set operation by name has a column '%s'",
                  tl_rs_text(rs, name));
}

/* One more column of the right side that no named one of the left meets. */
static void add_right_column(struct tl_rs *rs, size_t base, size_t n, uint32_t mode,
                             const struct tl_rs_arm *arm, struct tl_rs_column column)
{
    uint32_t open = open_over(rs, base, n, column.name);

    if (open == TL_RS_NONE) {
        if (mode == TL_M_STRICT)
            tell_difference(rs, arm, column.name);
        if (mode == TL_M_LEFT || mode == TL_M_INNER)
            return;
        tl_vec_push(&rs->building, column);
        if (arm->op == TL_S_EXCEPT)
            rs->building.items[rs->building.n - 1].set = (struct tl_rs_set){ 0 };
        return;
    }
    struct tl_rs_column left = column;
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_add_named(rs, rs->building.items[open].set, column.name, tl_rs_value());
    tl_rs_add_set(rs, column.set, flow_of_arm(arm));
    left.set = tl_rs_end(rs, mark);
    rs->building.items[open].uncovered =
        tl_rs_uncover(rs, rs->building.items[open].uncovered, column.key, 0);
    tl_vec_push(&rs->building, left);
}

/* A star of the right side: it may have each name of the left one, and more of its own. */
static void add_right_star(struct tl_rs *rs, size_t base, size_t n, uint32_t mode,
                           const struct tl_rs_arm *arm, struct tl_rs_column star)
{
    size_t open = base;

    while (open < n && !rs->building.items[open].is_open)
        open++;
    if (open < n) {
        add_to(rs, open, star.set, false, arm);
        return;
    }
    if (mode == TL_M_LEFT || mode == TL_M_INNER || arm->op == TL_S_EXCEPT)
        return;
    for (size_t i = base; i < n; i++)
        star.uncovered = tl_rs_uncover(rs, star.uncovered, rs->building.items[i].key, 0);
    tl_vec_push(&rs->building, star);
}

/* Columns of the left side, each with what the right one has of its name; `met` gets which those are. */
static void meet_left(struct tl_rs *rs, size_t base, uint32_t mode,
                      const struct tl_rs_arm *arm, size_t met)
{
    struct tl_rs_relation right = rs->relations.items[arm->relation];
    size_t n = rs->building.n, kept = base;

    for (size_t i = base; i < n; i++) {
        struct tl_rs_column column = rs->building.items[i];
        bool many, is_there = column.is_open && right.n_open;
        uint32_t at = column.is_open
                          ? TL_RS_NONE
                          : tl_rs_relation_find(rs, arm->relation, column.key, &many);

        if (at != TL_RS_NONE) {
            rs->named.items[met + at] = 1;
            add_to(rs, i, rs->columns.items[right.first + at].set, false, arm);
            is_there = true;
        }
        for (uint32_t r = 0; !is_there && !column.is_open && right.n_open && r < right.n;
             r++) {
            struct tl_rs_column star = rs->columns.items[right.first + r];

            if (star.is_open && tl_rs_covers(rs, &star, column.name)) {
                add_of_star(rs, i, star.set, arm);
                is_there = true;
            }
        }
        if (!is_there && mode == TL_M_STRICT && !column.is_open)
            tell_difference(rs, arm, column.name);
        if (is_there || column.is_open || mode != TL_M_INNER)
            rs->building.items[kept++] = rs->building.items[i];
    }
    rs->building.n = kept;
}

/* "on (a, b)": these columns alone, in this order. */
static void choose_columns(struct tl_rs *rs, size_t base, uint32_t names)
{
    size_t n = rs->building.n, kept = base;

    for (uint32_t i = names; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *node = tl_rs_node(rs, i);
        uint32_t key = tl_rs_key(rs, node->name);
        struct tl_rs_column column = { .name = node->name, .key = key };
        size_t at = base;

        while (at < n &&
               (rs->building.items[at].is_open || rs->building.items[at].key != key))
            at++;
        uint32_t open = at < n ? TL_RS_NONE : open_over(rs, base, n, node->name);
        if (at < n) {
            column = rs->building.items[at];
        } else if (open != TL_RS_NONE) {
            struct tl_rs_mark mark = tl_rs_begin(rs);

            tl_rs_add_named(rs, rs->building.items[open].set, node->name, tl_rs_value());
            column.set = tl_rs_end(rs, mark);
        } else {
            tl_rs_problem(rs, node->at,
                          "both sides of a set operation need a column '%s'",
                          tl_rs_text(rs, node->name));
            continue;
        }
        tl_vec_push(&rs->building, column);
    }
    for (size_t i = n; i < rs->building.n; i++)
        rs->building.items[kept++] = rs->building.items[i];
    rs->building.n = kept;
}

static void add_arm_by_name(struct tl_rs *rs, size_t base, struct tl_rs_arm arm)
{
    struct tl_rs_relation right = rs->relations.items[arm.relation];
    const struct tl_sql_node *set = tl_rs_node(rs, arm.set);
    size_t met = rs->named.n;

    if (right.kind == TL_RS_OPAQUE)
        return;
    for (uint32_t i = 0; i < right.n; i++)
        tl_vec_push(&rs->named, 0);
    meet_left(rs, base, set->d, &arm, met);
    size_t n = rs->building.n;
    for (uint32_t i = 0; i < right.n; i++) {
        struct tl_rs_column column = rs->columns.items[right.first + i];

        if (column.is_open)
            add_right_star(rs, base, n, set->d, &arm, column);
        else if (!rs->named.items[met + i])
            add_right_column(rs, base, n, set->d, &arm, column);
    }
    rs->named.n = met;
    if (set->c)
        choose_columns(rs, base, set->c);
}

/* ---- by place, with stars ---- */

static size_t place_of_open(const struct tl_rs_column *columns, size_t n)
{
    size_t i = 0;

    while (i < n && !columns[i].is_open)
        i++;
    return i;
}

/*
 * By place, where some side has a star that could not be told apart. The columns before and behind it are certain; those it covers are
 * each made of all of it.
 */
static void add_arm_by_place(struct tl_rs *rs, size_t base, struct tl_rs_arm arm)
{
    struct tl_rs_relation right = rs->relations.items[arm.relation];
    size_t n = rs->building.n - base;
    size_t open = place_of_open(rs->building.items + base, n);
    size_t right_open = place_of_open(rs->columns.items + right.first, right.n);
    size_t behind = right.n - right_open - (right_open < right.n);
    bool fits = right.n_open <= 1 && right.kind != TL_RS_OPAQUE;

    if (open < n) /* both have one: at the same place, or nothing is certain */
        fits = fits && right.n == n && open == right_open;
    else
        fits = fits && (right_open < right.n ? right_open + behind <= n : right.n == n);
    if (!fits) {
        if (right.kind != TL_RS_OPAQUE)
            tl_rs_problem(rs, arm.at,
                          TL_SQL_UNKNOWN_COLUMNS " of a set operation meet: not all "
                                                 "columns are known");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = i < right_open ? i : i >= n - behind ? right.n - (n - i) : right_open;
        bool is_placed = rs->columns.items[right.first + at].is_open;

        add_to(rs, base + i, rs->columns.items[right.first + at].set, is_placed, &arm);
    }
}

/* All but union all do; what is on both sides, or is not, is chosen as by a filter. */
static void compare_arms(struct tl_rs *rs, size_t first_arm, size_t first_column)
{
    bool is_compared = false, is_chosen = false;

    for (size_t i = first_arm + 1; i < rs->arms.n; i++) {
        const struct tl_rs_arm *arm = &rs->arms.items[i];

        is_chosen |= arm->op != TL_S_UNION;
        is_compared |= !(arm->flags & TL_F_ALL);
    }
    if (is_compared || is_chosen)
        compare_rows(rs, first_column, is_chosen ? TL_FILTER : TL_GROUP_BY);
}

static uint32_t resolve_set(struct tl_rs *rs, uint32_t id, struct tl_rs_scope *outer,
                            uint32_t seed)
{
    size_t first = rs->arms.n, base;

    resolve_arms(rs, id, outer, seed);
    base = rs->building.n;
    if (is_simple(rs, first)) {
        add_up_columns(rs, first);
    } else {
        struct tl_rs_relation head = rs->relations.items[rs->arms.items[first].relation];

        if (head.kind == TL_RS_OPAQUE) {
            rs->arms.n = first;
            return tl_rs_relation_new(rs, TL_RS_OPAQUE);
        }
        for (uint32_t i = 0; i < head.n; i++)
            tl_vec_push(&rs->building, rs->columns.items[head.first + i]);
        for (size_t i = first + 1; i < rs->arms.n; i++) {
            if (rs->arms.items[i].flags & TL_F_BY_NAME)
                add_arm_by_name(rs, base, rs->arms.items[i]);
            else
                add_arm_by_place(rs, base, rs->arms.items[i]);
        }
    }
    compare_arms(rs, first, base);
    rs->arms.n = first;
    return tl_rs_relation_of(rs, (uint32_t)base);
}

/* ---- values ---- */

static uint32_t resolve_values(struct tl_rs *rs, uint32_t id, struct tl_rs_scope *outer)
{
    struct tl_rs_scope *before = rs->scope;
    size_t base = rs->building.n;

    rs->scope = outer;
    for (uint32_t row = tl_rs_node(rs, id)->a; row; row = tl_rs_node(rs, row)->next) {
        size_t at = base;

        for (uint32_t i = tl_rs_node(rs, row)->a; i; i = tl_rs_node(rs, i)->next, at++) {
            struct tl_rs_set set = tl_rs_expression(rs, i);
            struct tl_rs_arm arm = { .op = TL_S_UNION };

            if (at == rs->building.n) {
                struct tl_rs_column column = {
                    .name =
                        tl_rs_made_name(rs, &rs->traits->place, (uint32_t)(at - base)),
                    .type = tl_rs_type_of_expression(rs, i),
                    .set = set,
                    .is_unnamed = true,
                };
                column.key = tl_rs_key(rs, column.name);
                tl_vec_push(&rs->building, column);
            } else if (set.n) {
                add_to(rs, at, set, false, &arm);
            }
        }
    }
    rs->scope = before;
    return tl_rs_relation_of(rs, (uint32_t)base);
}

/* ---- all of them ---- */

/* Order and limit of what is no single select: of its output columns. */
static void walk_query_end(struct tl_rs *rs, const struct tl_sql_node *query,
                           uint32_t relation, struct tl_rs_scope *outer)
{
    struct tl_rs_relation of = rs->relations.items[relation];
    struct tl_rs_source source = { .relation = relation, .at = query->at };
    struct tl_rs_scope scope;

    if (!query->c && !query->d)
        return;
    tl_rs_scope_begin(rs, &scope, outer);
    tl_rs_add_source(rs, &scope, &source);
    for (uint32_t i = 0; i < of.n; i++)
        tl_vec_push(&rs->building, rs->columns.items[of.first + i]);
    scope.n_aliases = of.n;
    walk_order(rs, &scope, query->c, TL_SORT);
    tl_rs_walk_list(rs, query->d, tl_rs_steering(TL_FILTER));
    rs->building.n = scope.first_alias;
    tl_rs_scope_end(rs, &scope);
}

static uint32_t resolve_query(struct tl_rs *rs, uint32_t id, struct tl_rs_scope *outer,
                              uint32_t seed)
{
    const struct tl_sql_node *query = tl_rs_node(rs, id);
    uint32_t before =
        tl_rs_with(rs, query->a, (query->flags & TL_F_RECURSIVE) != 0, outer);
    uint32_t relation;

    if (tl_rs_node(rs, query->b)->kind == TL_N_SELECT) {
        relation = resolve_select(rs, query->b, id, outer);
    } else {
        relation = resolve(rs, query->b, outer, seed);
        walk_query_end(rs, query, relation, outer);
    }
    rs->cte = before;
    return relation;
}

static uint32_t resolve_by_kind(struct tl_rs *rs, uint32_t id, struct tl_rs_scope *outer,
                                uint32_t seed)
{
    switch (tl_rs_node(rs, id)->kind) {
    case TL_N_QUERY:
        return resolve_query(rs, id, outer, seed);
    case TL_N_SELECT:
        return resolve_select(rs, id, 0, outer);
    case TL_N_SET:
        return resolve_set(rs, id, outer, seed);
    case TL_N_VALUES:
        return resolve_values(rs, id, outer);
    case TL_N_INSERT:
    case TL_N_UPDATE:
    case TL_N_DELETE:
        return tl_rs_modifying(rs, id);
    default:
        tl_rs_problem(rs, tl_rs_node(rs, id)->at, "this query is not understood");
        return tl_rs_relation_new(rs, TL_RS_OPAQUE);
    }
}

static uint32_t resolve(struct tl_rs *rs, uint32_t id, struct tl_rs_scope *outer,
                        uint32_t seed)
{
    uint32_t relation;

    if (rs->depth + QUERY_LEVELS > TL_RS_DEPTH) {
        tl_rs_too_deep(rs, tl_rs_node(rs, id)->at);
        return tl_rs_relation_new(rs, TL_RS_OPAQUE);
    }
    rs->depth += QUERY_LEVELS;
    relation = resolve_by_kind(rs, id, outer, seed);
    rs->depth -= QUERY_LEVELS;
    return relation;
}

uint32_t tl_rs_query(struct tl_rs *rs, uint32_t id, struct tl_rs_scope *outer)
{
    return resolve(rs, id, outer, TL_RS_NONE);
}
