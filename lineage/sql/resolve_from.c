/*
 * What from items bring into a scope, what joins make of their columns, and what a star stands for. Joins lean to the left and may be
 * thousands: their left sides are walked, not descended into.
 */
#include "lineage/sql/resolve_hint.h"
#include "lineage/sql/resolve_keys.h"
#include "lineage/sql/resolve_program.h"
#include "lineage/sql/resolve_shape.h"
#include "lineage/sql/resolve_trail.h"

#include <string.h>

/* ---- scopes ---- */

void tl_rs_scope_begin(struct tl_rs *rs, struct tl_rs_scope *scope,
                       struct tl_rs_scope *parent)
{
    *scope = (struct tl_rs_scope){
        .parent = parent,
        .before = rs->scope,
        .first_source = (uint32_t)rs->sources.n,
        .first_visible = (uint32_t)rs->sources.n,
        .first_merged = (uint32_t)rs->merged.n,
        .first_join = (uint32_t)rs->joins.n,
        .first_alias = (uint32_t)rs->building.n,
    };
    scope->state = scope->number = ++rs->n_states;
    rs->scope = scope;
}

void tl_rs_scope_end(struct tl_rs *rs, struct tl_rs_scope *scope)
{
    rs->sources.n = scope->first_source;
    rs->merged.n = scope->first_merged;
    rs->merged_refs.n = (size_t)scope->first_merged * 2;
    rs->joins.n = scope->first_join;
    rs->scope = scope->before;
}

uint32_t tl_rs_add_source(struct tl_rs *rs, struct tl_rs_scope *scope,
                          const struct tl_rs_source *source)
{
    const struct tl_rs_relation *relation = &rs->relations.items[source->relation];
    struct tl_schema_bits bits;

    memset(&bits, 0xff, sizeof bits);
    if (relation->kind == TL_RS_TABLE)
        bits = rs->schema->tables.items[relation->table].bits;
    else if (relation->kind == TL_RS_COLUMNS && relation->n_open == 0)
        bits = relation->bits;
    tl_vec_push(&rs->sources, *source);
    rs->sources.items[rs->sources.n - 1].bits = bits;
    scope->n_sources = (uint32_t)rs->sources.n - scope->first_source;
    scope->state = ++rs->n_states;
    return (uint32_t)rs->sources.n - 1;
}

/* ---- columns made on the spot ---- */

static struct tl_rs_set one_leaf(struct tl_rs *rs, uint32_t leaf, uint32_t at,
                                 uint16_t confidence)
{
    struct tl_rs_entry entry = { .leaf = leaf,
                                 .at = at,
                                 .confidence = confidence,
                                 .kind = TL_IDENTITY,
                                 .effect = TL_KEEPS };

    rs->work_done++;
    tl_vec_push(&rs->entries, entry);
    return (struct tl_rs_set){ (uint32_t)rs->entries.n - 1, 1 };
}

static struct tl_rs_column open_column(struct tl_rs *rs, struct tl_rs_set set)
{
    uint32_t name = tl_sql_name_exact(rs->names, "*", 1);

    return (struct tl_rs_column){
        .name = name, .key = tl_rs_key(rs, name), .set = set, .is_open = true
    };
}

/* All columns of a relation, one after the other, as a reference at `at` reads them. */
static bool next_column(struct tl_rs *rs, uint32_t relation_id, uint32_t i, uint32_t at,
                        struct tl_rs_column *out)
{
    struct tl_rs_relation relation = rs->relations.items[relation_id];

    if (relation.kind == TL_RS_TABLE) {
        const struct tl_schema_table *table = &rs->schema->tables.items[relation.table];
        if (i >= table->n)
            return false;
        struct tl_schema_column of = rs->schema->columns.items[table->first + i];
        *out = (struct tl_rs_column){ .name = of.name, .key = of.key, .type = of.type };
        out->set =
            one_leaf(rs, tl_rs_leaf_of(rs, relation.table, i), at, relation.confidence);
        return true;
    }
    if (relation.kind == TL_RS_NAMED && i == 0) {
        uint32_t leaf = tl_rs_leaf_of_star(rs, relation.table, TL_RS_STAR_BY_NAME);
        *out = open_column(rs, one_leaf(rs, leaf, at, TL_RS_QUALIFIED));
        return true;
    }
    if (relation.kind == TL_RS_OPAQUE && i == 0) {
        *out = open_column(rs, (struct tl_rs_set){ 0 });
        return true;
    }
    if (i >= relation.n || relation.kind == TL_RS_NAMED)
        return false;
    *out = rs->columns.items[relation.first + i];
    out->set = tl_rs_stepped(rs, out->set, at);
    return true;
}

/* ---- tables ---- */

struct tl_schema_name tl_rs_name_of(struct tl_rs *rs, uint32_t table_node)
{
    const struct tl_sql_node *node = tl_rs_node(rs, table_node);
    struct tl_schema_name name = { .name = node->name,
                                   .schema = node->b,
                                   .database = node->c };

    if (node->flags & TL_F_DYNAMIC)
        return tl_rs_dynamic_name(rs, node->b);
    if ((rs->traits->writing & TL_SQL_SESSION_SCHEMA) && name.schema &&
        strcasecmp(tl_rs_text(rs, name.schema), "_session") == 0)
        name.schema = name.database = 0;
    return name;
}

uint32_t tl_rs_table(struct tl_rs *rs, uint32_t node, uint16_t *confidence)
{
    struct tl_schema_name name = tl_rs_name_of(rs, node);

    if (tl_rs_node(rs, node)->flags & TL_F_FILES) {
        *confidence = 1000;
        return tl_schema_files(rs->schema, name.name);
    }
    uint32_t table = tl_schema_find(confidence, rs->schema, &name);
    if (table != TL_SCHEMA_NONE)
        return table;
    *confidence = 1000;
    tl_rs_qualify(rs, &name, false);
    if ((table = tl_schema_exact(rs->schema, &name)) != TL_SCHEMA_NONE)
        return table;
    return tl_schema_add(rs->schema, &name, TL_SCHEMA_NAMED | TL_SCHEMA_MENTIONED);
}

/* An alias that names columns makes them a relation of their own. */
void tl_rs_apply_alias(struct tl_rs *rs, struct tl_rs_source *source, uint32_t alias)
{
    if (!alias)
        return;
    const struct tl_sql_node *node = tl_rs_node(rs, alias);
    if (node->name) {
        source->alias = tl_rs_key(rs, node->name);
        source->name = node->name;
        source->has_alias = true;
    }
    if (!node->a)
        return;
    struct tl_rs_column column;
    uint32_t first = (uint32_t)rs->building.n;
    for (uint32_t i = 0; next_column(rs, source->relation, i, source->at, &column); i++)
        tl_vec_push(&rs->building, column);
    uint32_t relation = tl_rs_relation_of(rs, first);
    source->relation = tl_rs_rename(rs, relation, node->a, source->name);
}

/* What steered the making of a temporary table steers whatever reads it. */
static void add_kept_steers(struct tl_rs *rs, const struct tl_schema_table *table)
{
    uint32_t first = table->first_steer, n = table->n_steers;

    for (uint32_t i = 0; i < n; i++) {
        struct tl_rs_steer steer = rs->kept_steers.items[first + i];
        struct tl_rs_flow flow = tl_rs_steering((enum tl_edge_kind)steer.kind);

        flow.confidence = steer.confidence;
        tl_rs_add_leaf(rs, steer.leaf, steer.at, flow);
    }
}

uint32_t tl_rs_add_table(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id,
                         uint32_t table_id, uint16_t confidence)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    const struct tl_schema_table *table = &rs->schema->tables.items[table_id];
    struct tl_rs_source source = {
        .alias = tl_rs_key(rs, node->name),
        .schema = tl_rs_key(rs, node->b),
        .database = tl_rs_key(rs, node->c),
        .known_schema = table->key.schema,
        .name = node->name,
        .at = node->at,
        .relation = table->relation,
    };

    if (table->relation != TL_SCHEMA_NONE) {
        add_kept_steers(rs, table);
    } else {
        source.relation =
            tl_rs_relation_new(rs, table->flags & TL_SCHEMA_KNOWN ? TL_RS_TABLE
                                                                  : TL_RS_NAMED);
        rs->relations.items[source.relation].table = table_id;
        rs->relations.items[source.relation].confidence = confidence;
    }
    tl_rs_apply_alias(rs, &source, node->d);
    return tl_rs_add_source(rs, scope, &source);
}

static void add_table_item(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    uint32_t cte = node->b ? TL_RS_NONE : tl_rs_cte_find(rs, tl_rs_key(rs, node->name));
    uint16_t confidence;

    if (cte != TL_RS_NONE) {
        struct tl_rs_source source = { .alias = tl_rs_key(rs, node->name),
                                       .name = node->name,
                                       .at = node->at,
                                       .relation = tl_rs_cte_read(rs, cte) };
        tl_rs_apply_alias(rs, &source, node->d);
        tl_rs_add_source(rs, scope, &source);
        return;
    }
    if (tl_rs_add_nested(rs, scope, id))
        return;
    uint32_t table = tl_rs_table(rs, id, &confidence);
    tl_rs_mark_read(rs, table);
    tl_vec_push(&rs->looked_at, table);
    tl_rs_add_table(rs, scope, id, table, confidence);
}

/* ---- joins ---- */

static void add_item(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id);

static void add_derived(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    bool sees_siblings =
        (node->flags & TL_F_LATERAL) || (rs->traits->meaning & TL_SQL_ALL_LATERAL);
    struct tl_rs_source source = { .at = node->at };

    source.relation =
        node->a || rs->shared == TL_RS_NONE
            ? tl_rs_query(rs, node->a, sees_siblings ? scope : scope->parent)
            : rs->shared;
    tl_rs_apply_alias(rs, &source, tl_rs_node(rs, id)->d);
    tl_rs_add_source(rs, scope, &source);
    if (tl_rs_node(rs, id)->flags & TL_F_KEEPS_NAMES) {
        for (size_t i = 0; i < rs->passed.n; i++)
            tl_rs_add_source(rs, scope, &rs->passed.items[i]);
        rs->passed.n = 0;
    }
}

/* Exactly one source for each leaf of the from clause: stars count on it. */
static void add_leaf_item(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct tl_rs_source source = { .at = node->at };

    switch (node->kind) {
    case TL_N_TABLE:
        add_table_item(rs, scope, id);
        return;
    case TL_N_DERIVED:
        add_derived(rs, scope, id);
        return;
    case TL_N_FUNCTION:
        tl_rs_add_function(rs, scope, id);
        return;
    case TL_N_PIVOT:
    case TL_N_UNPIVOT:
    case TL_N_MATCH:
        tl_rs_add_pivot(rs, scope, id);
        return;
    case TL_N_QUERY:
    case TL_N_SELECT:
    case TL_N_SET:
    case TL_N_VALUES:
        source.relation = tl_rs_query(rs, id, scope->parent);
        break;
    default:
        tl_rs_problem(rs, node->at, "this part of a from clause is not understood");
        source.relation = tl_rs_relation_new(rs, TL_RS_OPAQUE);
        break;
    }
    tl_rs_add_source(rs, scope, &source);
}

static bool all_are_known(struct tl_rs *rs, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i < last; i++) {
        const struct tl_rs_relation *relation =
            &rs->relations.items[rs->sources.items[i].relation];
        if (relation->kind == TL_RS_NAMED || relation->kind == TL_RS_OPAQUE ||
            relation->n_open)
            return false;
    }
    return true;
}

static uint32_t name_of_column(const struct tl_rs *rs, uint32_t source, uint32_t i)
{
    const struct tl_rs_relation *relation =
        &rs->relations.items[rs->sources.items[source].relation];

    if (relation->kind == TL_RS_TABLE) {
        const struct tl_schema_table *table = &rs->schema->tables.items[relation->table];
        return i < table->n ? rs->schema->columns.items[table->first + i].name : 0;
    }
    return i < relation->n ? rs->columns.items[relation->first + i].name : 0;
}

static bool has_name(struct tl_rs *rs, uint32_t name, uint32_t first, uint32_t last)
{
    uint32_t key = tl_rs_key(rs, name);

    for (uint32_t i = first; i < last; i++) {
        const struct tl_rs_source *source = &rs->sources.items[i];
        const struct tl_rs_relation *relation = &rs->relations.items[source->relation];
        bool many = false;

        if (source->is_hidden || source->needs_qualifier)
            continue;
        if (relation->kind == TL_RS_TABLE
                ? tl_schema_column(rs->schema, relation->table, key) != TL_SCHEMA_NONE
                : tl_rs_relation_find(rs, source->relation, key, &many) != TL_RS_NONE)
            return true;
    }
    return false;
}

/* Where a comma is a join like any other, the leftmost item that has the name is joined with. */
static void before_commas(struct tl_rs *rs, uint32_t name, uint32_t *first,
                          uint32_t *last)
{
    for (uint32_t i = rs->scope->first_source; i < *first; i++) {
        if (has_name(rs, name, i, i + 1)) {
            *first = i;
            *last = i + 1;
            return;
        }
    }
}

static void merge(struct tl_rs *rs, uint32_t name, uint32_t first, uint32_t middle,
                  const struct tl_sql_node *join, uint32_t at)
{
    uint32_t last = (uint32_t)rs->sources.n;
    uint32_t left_last = middle;

    if (rs->traits->meaning & TL_SQL_COMMA_JOINS)
        before_commas(rs, name, &first, &left_last);
    struct tl_rs_ref left = tl_rs_lookup_within(rs, name, first, left_last, at);
    struct tl_rs_ref right = tl_rs_lookup_within(rs, name, middle, last, at);

    tl_rs_read(rs, left, at, tl_rs_steering(TL_JOIN));
    tl_rs_read(rs, right, at, tl_rs_steering(TL_JOIN));
    struct tl_rs_merged merged = { .key = tl_rs_key(rs, name),
                                   .name = name,
                                   .first = first,
                                   .last = last,
                                   .left = (uint32_t)rs->merged_refs.n,
                                   .right = (uint32_t)rs->merged_refs.n + 1,
                                   .join = (uint8_t)join->op };
    tl_vec_push(&rs->merged_refs, left);
    tl_vec_push(&rs->merged_refs, right);
    tl_vec_push(&rs->merged, merged);
}

static bool is_merged_by(const struct tl_rs *rs, uint32_t key, uint32_t first_merged)
{
    for (size_t i = first_merged; i < rs->merged.n; i++)
        if (rs->merged.items[i].key == key)
            return true;
    return false;
}

/* All names that both sides have, in the order of the left one. */
static void merge_common(struct tl_rs *rs, uint32_t first, uint32_t middle,
                         const struct tl_sql_node *join)
{
    uint32_t first_merged = (uint32_t)rs->merged.n;
    uint32_t last = (uint32_t)rs->sources.n;

    if (rs->traits->meaning & TL_SQL_COMMA_JOINS)
        first = rs->scope->first_source;
    if (!all_are_known(rs, first, last)) {
        tl_rs_problem(
            rs, join->at,
            "cannot tell by which columns a natural join joins: not all columns "
            "are known");
        return;
    }
    for (uint32_t source = first; source < middle; source++) {
        uint32_t name;

        if (rs->sources.items[source].is_hidden ||
            rs->sources.items[source].needs_qualifier)
            continue;
        for (uint32_t i = 0; (name = name_of_column(rs, source, i)) != 0; i++)
            if (has_name(rs, name, middle, last) &&
                !is_merged_by(rs, tl_rs_key(rs, name), first_merged))
                merge(rs, name, first, middle, join, join->at);
    }
}

/* using (...) as j: the columns it made, for who names them so. */
static void name_merged(struct tl_rs *rs, struct tl_rs_scope *scope,
                        const struct tl_sql_node *join, const struct tl_rs_join *record)
{
    struct tl_rs_source source = { .alias = tl_rs_key(rs, join->name),
                                   .name = join->name,
                                   .at = join->at,
                                   .merged = record->first + 1,
                                   .needs_qualifier = true,
                                   .has_alias = true };
    uint32_t first = (uint32_t)rs->building.n;

    for (uint32_t i = record->first; i < record->first + record->n; i++) {
        struct tl_rs_ref ref = { .column = i,
                                 .confidence = 1000,
                                 .kind = TL_RS_OF_MERGED };
        struct tl_rs_column column = { .name = rs->merged.items[i].name,
                                       .key = rs->merged.items[i].key,
                                       .type = tl_rs_type_of(rs, ref),
                                       .set = tl_rs_set_of(rs, ref, join->at) };

        tl_vec_push(&rs->building, column);
    }
    source.relation = tl_rs_relation_of(rs, first);
    tl_rs_add_source(rs, scope, &source);
}

static void join_sides(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id,
                       uint32_t first, uint32_t middle)
{
    const struct tl_sql_node *join = tl_rs_node(rs, id);
    struct tl_rs_join record = { .node = id, .first = (uint32_t)rs->merged.n };

    if (join->flags & TL_F_NATURAL)
        merge_common(rs, first, middle, join);
    for (uint32_t i = join->d; i; i = tl_rs_node(rs, i)->next)
        merge(rs, tl_rs_node(rs, i)->name, first, middle, join, tl_rs_node(rs, i)->at);
    record.n = (uint32_t)rs->merged.n - record.first;
    scope->state = ++rs->n_states;
    if (record.n) {
        tl_vec_push(&rs->joins, record);
        scope->n_joins++;
        scope->n_merged += record.n;
        if (join->name)
            name_merged(rs, scope, join, &record);
    }
    if (join->c) {
        struct tl_rs_scope before = *scope;

        before.n_sources = first - scope->first_source;
        if (rs->traits->meaning & TL_SQL_ALL_LATERAL)
            scope->parent = &before;
        if (!(rs->traits->meaning & TL_SQL_COMMA_JOINS))
            scope->first_visible = first;
        tl_rs_walk(rs, join->c, tl_rs_steering(TL_JOIN));
        scope->first_visible = before.first_visible;
        scope->parent = before.parent;
        scope->state = ++rs->n_states;
    }
    if (join->op == TL_J_SEMI || join->op == TL_J_ANTI)
        for (size_t i = middle; i < rs->sources.n; i++)
            rs->sources.items[i].is_hidden = true;
    scope->state = ++rs->n_states;
}

static void add_item(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id)
{
    size_t base = rs->spine.n;
    uint32_t first = (uint32_t)rs->sources.n;

    if (scope->n_sources > TL_RS_WIDTH / 4) {
        tl_rs_too_wide(rs, tl_rs_node(rs, id)->at);
        return;
    }
    if (++rs->depth > TL_RS_DEPTH) {
        tl_rs_too_deep(rs, tl_rs_node(rs, id)->at);
        rs->depth--;
        return;
    }
    while (tl_rs_node(rs, id)->kind == TL_N_JOIN) {
        tl_vec_push(&rs->spine, id);
        id = tl_rs_node(rs, id)->a;
    }
    add_leaf_item(rs, scope, id);
    while (rs->spine.n > base) {
        uint32_t join = rs->spine.items[--rs->spine.n];
        uint32_t middle = (uint32_t)rs->sources.n;

        add_item(rs, scope, tl_rs_node(rs, join)->b);
        join_sides(rs, scope, join, first, middle);
    }
    rs->depth--;
}

void tl_rs_from(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t list)
{
    scope->from = list;
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next)
        add_item(rs, scope, i);
}

/* ---- stars ---- */

struct star {
    struct tl_rs_scope *scope;
    const struct tl_sql_node *node;
    uint32_t cursor; /* the next source */
    uint32_t alias;  /* the key of the source whose columns come now; 0: of several */
    struct tl_rs_keys
        edits; /* of many, where none goes by a pattern: by the column's key */
};

static void note_edits(const struct tl_rs *rs, struct star *star)
{
    uint32_t n = 0;

    for (uint32_t i = star->node->a; i; i = tl_rs_node(rs, i)->next, n++)
        if (tl_rs_node(rs, i)->op == TL_E_ILIKE)
            return;
    for (uint32_t i = star->node->a; i && n > TL_RS_LONG; i = tl_rs_node(rs, i)->next)
        tl_rs_keys_add(&star->edits, tl_rs_key(rs, tl_rs_node(rs, i)->name), i);
}

static bool is_unlike(struct tl_rs *rs, uint32_t edit, uint32_t name)
{
    return tl_rs_is_left(rs, edit, name) == TL_RS_NO;
}

uint32_t tl_rs_uncover(struct tl_rs *rs, uint32_t list, uint32_t key, uint32_t edit)
{
    struct tl_rs_uncovered none = { 0 }, one = { .key = key, .edit = edit, .next = list };

    if (!rs->uncovered.n)
        tl_vec_push(&rs->uncovered, none);
    tl_vec_push(&rs->uncovered, one);
    return (uint32_t)rs->uncovered.n - 1;
}

bool tl_rs_covers(struct tl_rs *rs, const struct tl_rs_column *column, uint32_t name)
{
    uint32_t key = tl_rs_key(rs, name);

    for (uint32_t i = column->uncovered; i; i = rs->uncovered.items[i].next) {
        struct tl_rs_uncovered of = rs->uncovered.items[i];

        if (of.key ? of.key == key : is_unlike(rs, of.edit, name))
            return false;
    }
    return true;
}

/* exclude t.a: where the columns of another table come */
static bool is_of_another(const struct tl_rs *rs, const struct star *star,
                          const struct tl_sql_node *edit)
{
    return edit->c && star->alias && tl_rs_key(rs, edit->c) != star->alias;
}

/* The edits in the text's order, each of what the ones before it left. */
static void put_star_column(struct tl_rs *rs, const struct star *star,
                            struct tl_rs_column column)
{
    uint32_t key = column.key, first = star->node->a, left = UINT32_MAX;

    if (star->edits.slots) {
        const struct tl_rs_key *own = tl_rs_keys_find(&star->edits, key);

        first = own ? own->place : 0;
        left = own ? own->n : 0;
    }
    for (uint32_t i = first; i && left; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *edit = tl_rs_node(rs, i);

        rs->work_done++;
        if (edit->op == TL_E_ILIKE) {
            if (is_unlike(rs, i, column.name))
                return;
            continue;
        }
        if (tl_rs_key(rs, edit->name) != key)
            continue;
        left--;
        if (is_of_another(rs, star, edit))
            continue;
        if (edit->op == TL_E_EXCLUDE)
            return;
        if (edit->op == TL_E_REPLACE) {
            column.set = tl_rs_expression(rs, edit->a);
            column.type = tl_rs_type_of_expression(rs, edit->a);
        } else if (edit->op == TL_E_RENAME) {
            column.name = edit->b;
            column.key = tl_rs_key(rs, edit->b);
        }
    }
    tl_vec_push(&rs->building, column);
}

/* What the edits before this one replaced the column by; else what the star has of that name. */
static struct tl_rs_set set_behind(struct tl_rs *rs, const struct star *star,
                                   uint32_t until, struct tl_rs_set open)
{
    const struct tl_sql_node *edit = tl_rs_node(rs, until);
    uint32_t key = tl_rs_key(rs, edit->name);

    for (uint32_t i = star->node->a; i && i != until; i = tl_rs_node(rs, i)->next)
        if (tl_rs_node(rs, i)->op == TL_E_REPLACE &&
            tl_rs_key(rs, tl_rs_node(rs, i)->name) == key)
            return tl_rs_expression(rs, tl_rs_node(rs, i)->a);
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_add_named(rs, open, edit->name, tl_rs_value());
    return tl_rs_end(rs, mark);
}

/* Whether a later edit gives the column that this one replaces another name. */
static bool is_renamed(const struct tl_rs *rs, uint32_t edit)
{
    uint32_t key = tl_rs_key(rs, tl_rs_node(rs, edit)->name);

    for (uint32_t i = tl_rs_node(rs, edit)->next; i; i = tl_rs_node(rs, i)->next)
        if (tl_rs_node(rs, i)->op == TL_E_RENAME &&
            tl_rs_key(rs, tl_rs_node(rs, i)->name) == key)
            return true;
    return false;
}

/*
 * A star over columns that are not known: what its edits take away stays taken away, and what they replace or call otherwise are columns
 * of their own.
 */
static void put_open_column(struct tl_rs *rs, const struct star *star,
                            struct tl_rs_column open)
{
    size_t at = rs->building.n;
    struct tl_rs_column before = open;

    tl_vec_push(&rs->building, open);
    for (uint32_t i = star->node->a; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *edit = tl_rs_node(rs, i);
        struct tl_rs_column column = { 0 };

        if (edit->op == TL_E_ILIKE) {
            open.uncovered = tl_rs_uncover(rs, open.uncovered, 0, i);
            continue;
        }
        if (is_of_another(rs, star, edit) || !tl_rs_covers(rs, &before, edit->name))
            continue;
        open.uncovered = tl_rs_uncover(rs, open.uncovered, tl_rs_key(rs, edit->name), 0);
        if (edit->op == TL_E_EXCLUDE || (edit->op == TL_E_REPLACE && is_renamed(rs, i)))
            continue;
        if (edit->op == TL_E_REPLACE) {
            column.name = edit->name;
            column.set = tl_rs_expression(rs, edit->a);
        } else {
            column.name = edit->b;
            column.set = set_behind(rs, star, i, open.set);
            open.uncovered = tl_rs_uncover(rs, open.uncovered, tl_rs_key(rs, edit->b), 0);
        }
        column.key = tl_rs_key(rs, column.name);
        tl_vec_push(&rs->building, column);
    }
    rs->building.items[at] = open;
}

/* The outermost name of the place within the value that the entry is at; 0: it is all of it, or steers alone. */
static uint32_t field_of_entry(const struct tl_rs *rs, const struct tl_rs_entry *entry)
{
    uint32_t path = rs->leaves.items[entry->leaf].inside;

    if (!tl_edge_moves_values(entry->kind))
        return 0;
    while (path && rs->paths.items[path].before)
        path = rs->paths.items[path].before;
    return path ? rs->paths.items[path].name : 0;
}

/* A row as a value: its fields are where what it is made of lies. False: that is not told of all. */
static bool put_places(struct tl_rs *rs, const struct star *star, struct tl_rs_set set)
{
    enum { MOST_NAMES = 1024 };
    uint32_t names[MOST_NAMES], n = 0;

    for (uint32_t i = 0; i < set.n; i++) {
        const struct tl_rs_entry *entry = &rs->entries.items[set.first + i];
        uint32_t name = field_of_entry(rs, entry), known = 0;

        if (!tl_edge_moves_values(entry->kind))
            continue;
        while (known < n && names[known] != name)
            known++;
        if (!name || n == MOST_NAMES)
            return false;
        if (known == n)
            names[n++] = name;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct tl_rs_column column = { .name = names[i], .key = tl_rs_key(rs, names[i]) };

        column.set = tl_rs_field_set(rs, set, names[i]);
        if (strcmp(tl_rs_text(rs, names[i]), "*") == 0)
            put_open_column(rs, star, open_column(rs, column.set));
        else
            put_star_column(rs, star, column);
    }
    return n > 0;
}

/* The fields of a row of a relation, those that are made of nothing too. */
static bool put_row(struct tl_rs *rs, const struct star *star,
                    const struct tl_rs_column *value)
{
    struct tl_rs_column column;
    uint32_t i = 0;

    if (!value->row)
        return false;
    for (; next_column(rs, value->row - 1, i, star->node->at, &column); i++) {
        if (column.is_hidden)
            continue;
        column.set = tl_rs_field_set(rs, value->set, column.name);
        if (column.is_open)
            put_open_column(rs, star, column);
        else
            put_star_column(rs, star, column);
    }
    return i > 0;
}

/* The fields of a value, in the place of a star over it. */
static void put_fields(struct tl_rs *rs, const struct star *star,
                       const struct tl_rs_column *value)
{
    uint32_t made = value->made ? tl_rs_maker_of(rs, value->made) : 0;
    uint32_t name, type = 0;
    unsigned n = 0;

    for (; n < TL_RS_WIDTH; n++) {
        struct tl_rs_column column = { 0 };

        type = 0;
        name = tl_rs_field_of_type(rs, value->type, n, &type);
        if (!name && made)
            name = tl_rs_field_of_made(rs, made, n);
        if (!name)
            break;
        column.name = name;
        column.key = tl_rs_key(rs, name);
        column.type = type;
        column.set = tl_rs_field_set(rs, value->set, name);
        put_star_column(rs, star, column);
    }
    if (n || put_row(rs, star, value) ||
        (made && tl_rs_node(rs, made)->kind == TL_N_COLUMN &&
         put_places(rs, star, value->set)))
        return;
    struct tl_rs_mark mark = tl_rs_begin(rs);
    struct tl_rs_flow flow = tl_rs_value();
    flow.kind = TL_TRANSFORMATION;
    tl_rs_add_set(rs, value->set, flow);
    struct tl_rs_column open = open_column(rs, tl_rs_end(rs, mark));
    open.is_record = true;
    put_open_column(rs, star, open);
}

static void put_merged(struct tl_rs *rs, const struct star *star, uint32_t i)
{
    struct tl_rs_ref ref = { .column = i, .confidence = 1000, .kind = TL_RS_OF_MERGED };
    struct tl_rs_column column = {
        .name = rs->merged.items[i].name,
        .key = rs->merged.items[i].key,
        .type = tl_rs_type_of(rs, ref),
        .set = tl_rs_set_of(rs, ref, star->node->at),
    };
    struct star both = *star;

    both.alias = 0;
    put_star_column(rs, &both, column);
}

static uint32_t outermost(const struct tl_rs *rs, const struct tl_rs_scope *scope,
                          uint32_t key, uint32_t source)
{
    for (uint32_t i = scope->first_merged + scope->n_merged; i-- > scope->first_merged;) {
        const struct tl_rs_merged *merged = &rs->merged.items[i];
        if (merged->key == key && source >= merged->first && source < merged->last)
            return i;
    }
    return TL_RS_NONE;
}

/* SQL:2016 7.10 puts merged columns in front of the join's others. */
static bool leaves_merged_in_place(const struct tl_rs *rs)
{
    return rs->traits->naming & TL_SQL_MERGED_IN_PLACE;
}

static void show_merged(struct tl_rs *rs, const struct star *star, uint32_t merged)
{
    if (rs->merged.items[merged].shown == rs->n_stars)
        return;
    rs->merged.items[merged].shown = rs->n_stars;
    put_merged(rs, star, merged);
}

/* Columns that are joined by come out once, and not of a source whose columns are not known. */
static uint32_t uncover_merged(struct tl_rs *rs, const struct star *star, uint32_t source,
                               uint32_t list)
{
    const struct tl_rs_scope *scope = star->scope;

    for (uint32_t i = scope->first_merged; i < scope->first_merged + scope->n_merged;
         i++) {
        const struct tl_rs_merged *merged = &rs->merged.items[i];

        if (source < merged->first || source >= merged->last)
            continue;
        list = tl_rs_uncover(rs, list, merged->key, 0);
        if (leaves_merged_in_place(rs))
            show_merged(rs, star, outermost(rs, scope, rs->merged.items[i].key, source));
    }
    return list;
}

static void put_source(struct tl_rs *rs, struct star *star, uint32_t source,
                       bool is_qualified)
{
    struct tl_rs_column column;

    if (source >= rs->sources.n)
        return; /* what is too deep or too wide brought none */
    uint32_t relation = rs->sources.items[source].relation;
    if (rs->sources.items[source].is_hidden ||
        (rs->sources.items[source].needs_qualifier && !is_qualified))
        return;
    star->alias = rs->sources.items[source].alias;
    if (rs->sources.items[source].merged) {
        uint32_t first = rs->sources.items[source].merged - 1;

        for (uint32_t i = 0; i < rs->relations.items[relation].n; i++)
            put_merged(rs, star, first + i);
        return;
    }
    for (uint32_t i = 0; next_column(rs, relation, i, star->node->at, &column); i++) {
        if (column.is_hidden)
            continue;
        if (column.is_element && (rs->traits->meaning & TL_SQL_ELEMENT_FIELDS) &&
            (is_qualified || tl_rs_field_of_type(rs, column.type, 0, NULL) ||
             (column.made &&
              tl_rs_field_of_made(rs, tl_rs_maker_of(rs, column.made), 0)))) {
            put_fields(rs, star, &column);
            continue;
        }
        if (column.is_open && !is_qualified && star->scope->n_merged)
            column.uncovered = uncover_merged(rs, star, source, column.uncovered);
        uint32_t merged = is_qualified || !star->scope->n_merged
                              ? TL_RS_NONE
                              : outermost(rs, star->scope, column.key, source);
        if (merged == TL_RS_NONE) {
            if (column.is_open && star->node->a)
                put_open_column(rs, star, column);
            else
                put_star_column(rs, star, column);
        } else if (leaves_merged_in_place(rs)) {
            show_merged(rs, star, merged);
        }
    }
}

static void put_merged_of(struct tl_rs *rs, const struct star *star, uint32_t node)
{
    const struct tl_rs_scope *scope = star->scope;

    for (uint32_t j = scope->first_join; j < scope->first_join + scope->n_joins; j++) {
        struct tl_rs_join join = rs->joins.items[j];

        if (join.node != node)
            continue;
        for (uint32_t i = join.first; i < join.first + join.n; i++)
            if (outermost(rs, scope, rs->merged.items[i].key,
                          rs->merged.items[i].first) == i)
                put_merged(rs, star, i);
    }
}

static void put_tree(struct tl_rs *rs, struct star *star, uint32_t id)
{
    size_t base = rs->spine.n;

    while (tl_rs_node(rs, id)->kind == TL_N_JOIN) {
        if (!leaves_merged_in_place(rs))
            put_merged_of(rs, star, id);
        tl_vec_push(&rs->spine, id);
        id = tl_rs_node(rs, id)->a;
    }
    put_source(rs, star, star->cursor++, false);
    while (
        star->cursor < rs->sources.n &&
        rs->sources.items[star->cursor].needs_qualifier) /* passed out of a pipe's part */
        star->cursor++;
    while (rs->spine.n > base) {
        uint32_t join = rs->spine.items[--rs->spine.n];
        put_tree(rs, star, tl_rs_node(rs, join)->b);
    }
}

void tl_rs_star_of_value(struct tl_rs *rs, struct tl_rs_scope *scope,
                         const struct tl_sql_node *node, const struct tl_rs_column *value)
{
    struct star star = { .scope = scope, .node = node, .cursor = scope->first_source };

    put_fields(rs, &star, value);
}

/* s.* where s is a column. False: no column is called so either. */
static bool put_record(struct tl_rs *rs, const struct star *star)
{
    struct tl_rs_ref ref;

    if (tl_rs_qualifier(rs, star->node->b, star->node->c, star->node->d) != TL_RS_NONE ||
        !tl_rs_find_record(rs, star->node, &ref))
        return false;
    struct tl_rs_column value = { .set = tl_rs_set_of(rs, ref, star->node->at),
                                  .type = tl_rs_type_of(rs, ref),
                                  .made = tl_rs_made_of(rs, ref),
                                  .row = tl_rs_row_of(rs, ref) };
    put_fields(rs, star, &value);
    return true;
}

static uint32_t source_of_star(struct tl_rs *rs, const struct tl_sql_node *node)
{
    uint32_t source = tl_rs_qualifier(rs, node->b, node->c, node->d);

    if (source == TL_RS_NONE)
        tl_rs_problem(rs, node->at, "there is no table '%s' in this query%s",
                      tl_rs_text(rs, node->b), tl_rs_hint_of_qualifiers(rs, node->b));
    return source;
}

/* Whether the source may bring the column of that edit into the star: what is not known may. */
static bool may_have(struct tl_rs *rs, const struct star *star, uint32_t id,
                     const struct tl_sql_node *edit)
{
    const struct tl_rs_source *source = &rs->sources.items[id];
    const struct tl_rs_relation *relation = &rs->relations.items[source->relation];
    uint32_t key = tl_rs_key(rs, edit->name);
    bool many;

    if (source->is_hidden || (source->needs_qualifier && !star->node->b))
        return false;
    if (edit->c && source->alias && tl_rs_key(rs, edit->c) != source->alias)
        return false;
    if (relation->kind == TL_RS_TABLE)
        return tl_schema_column(rs->schema, relation->table, key) != TL_SCHEMA_NONE;
    if (relation->kind == TL_RS_NAMED || relation->kind == TL_RS_OPAQUE ||
        relation->n_open)
        return true;
    for (uint32_t i = 0; i < relation->n && (rs->traits->meaning & TL_SQL_ELEMENT_FIELDS);
         i++)
        if (rs->columns.items[relation->first + i].is_element)
            return true;
    return tl_rs_relation_find(rs, source->relation, key, &many) != TL_RS_NONE || many;
}

/* except (s.b) where s is no table: the field of a column, which stays but for it */
static bool is_of_a_field(struct tl_rs *rs, const struct tl_sql_node *edit,
                          uint32_t first, uint32_t last)
{
    if (!edit->c || !(rs->traits->meaning & TL_SQL_DOT_FIELDS))
        return false;
    for (uint32_t i = first; i < last; i++)
        if (rs->sources.items[i].alias == tl_rs_key(rs, edit->c))
            return false;
    return true;
}

/* What an edit names and no source has: the database refuses it. */
static void blame_edits(struct tl_rs *rs, const struct star *star, uint32_t first,
                        uint32_t last)
{
    static const char *const verbs[] = {
        [TL_E_EXCLUDE] = "exclude", [TL_E_REPLACE] = "replace", [TL_E_RENAME] = "rename"
    };

    if (last > rs->sources.n)
        return; /* what is too deep or too wide brought none */
    for (uint32_t i = star->node->a; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *edit = tl_rs_node(rs, i);
        const char *name = tl_rs_text(rs, edit->name);
        uint32_t source = first;

        if (edit->op == TL_E_ILIKE || (edit->flags & TL_F_ALL) ||
            strncasecmp(name, "metadata$", 9) == 0 || /* a stream's, where one stands */
            is_of_a_field(rs, edit, first, last))
            continue;
        while (source < last && !may_have(rs, star, source, edit))
            source++;
        if (source == last)
            tl_rs_problem(rs, edit->at, "there is no column '%s' to %s%s", name,
                          verbs[edit->op],
                          tl_rs_hint_of_sources(rs, edit->name, first, last));
    }
}

void tl_rs_star(struct tl_rs *rs, struct tl_rs_scope *scope,
                const struct tl_sql_node *node)
{
    struct star star = { .scope = scope, .node = node, .cursor = scope->first_source };
    uint32_t last = scope->first_source + scope->n_sources;

    rs->n_stars++;
    note_edits(rs, &star);
    if (star.node->b) {
        if (put_record(rs, &star)) {
            tl_rs_keys_release(&star.edits);
            return;
        }
        uint32_t source = source_of_star(rs, star.node);
        if (source != TL_RS_NONE) {
            put_source(rs, &star, source, true);
            blame_edits(rs, &star, source, source + 1);
        }
        tl_rs_keys_release(&star.edits);
        return;
    }
    if (scope->n_merged) {
        for (uint32_t i = scope->from; i; i = tl_rs_node(rs, i)->next)
            put_tree(rs, &star, i);
    } else {
        for (uint32_t i = scope->first_source; i < last; i++)
            put_source(rs, &star, i, false);
    }
    if (scope->n_sources)
        blame_edits(rs, &star, scope->first_source, last);
    tl_rs_keys_release(&star.edits);
}

void tl_rs_read_all(struct tl_rs *rs, uint32_t at, struct tl_rs_flow flow)
{
    struct tl_rs_scope *scope = rs->scope;

    for (uint32_t i = 0; scope && i < scope->n_sources; i++)
        if (!rs->sources.items[scope->first_source + i].is_hidden &&
            !rs->sources.items[scope->first_source + i].needs_qualifier)
            tl_rs_read_row(rs, scope->first_source + i, at, flow);
}

/* f(* exclude a): each column that is left, under its name. */
static void read_edited_star(struct tl_rs *rs, const struct tl_sql_node *node,
                             struct tl_rs_flow flow)
{
    size_t first = rs->building.n;

    if (flow.kind == TL_IDENTITY)
        flow.kind = TL_TRANSFORMATION;
    tl_rs_star(rs, rs->scope, node);
    for (size_t i = first; i < rs->building.n; i++) {
        struct tl_rs_column column = rs->building.items[i];
        struct tl_rs_flow own = flow;

        if (column.is_open || tl_rs_as_field(rs, &own, column.name))
            tl_rs_add_set(rs, column.set, own);
    }
    rs->building.n = first;
}

void tl_rs_read_star(struct tl_rs *rs, uint32_t id, struct tl_rs_flow flow)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    uint32_t source = TL_RS_NONE;

    if (node->a && rs->scope) {
        read_edited_star(rs, node, flow);
        return;
    }
    if (node->b) {
        struct tl_rs_ref ref;

        source = tl_rs_qualifier(rs, node->b, node->c, node->d);
        if (source == TL_RS_NONE && tl_rs_find_record(rs, node, &ref))
            tl_rs_read(rs, ref, node->at, flow);
        else if ((source = source_of_star(rs, node)) != TL_RS_NONE)
            tl_rs_read_row(rs, source, node->at, flow);
        return;
    }
    tl_rs_read_all(rs, node->at, flow);
}
