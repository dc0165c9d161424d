/*
 * Pivot, unpivot and row patterns: from items that make columns of their own. A pivot is read as what it stands for: a group by of all
 * columns that it does not name, with an aggregate of a case for every value.
 */
#include "lineage/sql/resolve.h"

#include <stdio.h>
#include <string.h>

/* ---- which columns are named ---- */

/* Bits of the fields a to d that hold nodes; what is not here holds none that a column of the item could stand in. */
static const uint8_t children[TL_N_KINDS] = {
    [TL_N_CALL] = 1 | 8,       [TL_N_CALL_TAIL] = 1 | 2,
    [TL_N_NAMED_ARGUMENT] = 1, [TL_N_UNARY] = 1,
    [TL_N_BINARY] = 1 | 2,     [TL_N_CAST] = 1,
    [TL_N_CASE] = 1 | 2 | 4,   [TL_N_WHEN] = 1 | 2,
    [TL_N_IN] = 1 | 2,         [TL_N_BETWEEN] = 1 | 2 | 4,
    [TL_N_LIST] = 1,           [TL_N_INDEX] = 1 | 2 | 4,
    [TL_N_FIELD] = 1,          [TL_N_LAMBDA] = 2,
    [TL_N_ORDER] = 1,          [TL_N_ITEM] = 1,
    [TL_N_PIVOT_KEY] = 1,
};

/* Keys of all columns in a list of nodes, each once, behind what `named` holds. */
static void name_columns(struct tl_rs *rs, uint32_t list)
{
    if (++rs->depth > TL_RS_DEPTH) {
        tl_rs_too_deep(rs, tl_rs_node(rs, list)->at);
        rs->depth--;
        return;
    }
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *node = tl_rs_node(rs, i);
        uint8_t fields = children[node->kind];

        if (node->kind == TL_N_COLUMN)
            tl_vec_push(&rs->named, tl_rs_key(rs, node->name));
        if (fields & 1)
            name_columns(rs, node->a);
        if (fields & 2)
            name_columns(rs, node->b);
        if (fields & 4)
            name_columns(rs, node->c);
        if (fields & 8)
            name_columns(rs, node->d);
    }
    rs->depth--;
}

uint32_t tl_rs_find(struct tl_rs *rs, uint32_t id, enum tl_sql_node_kind kind)
{
    uint32_t found = 0;

    if (!id || rs->depth + 1 > TL_RS_DEPTH)
        return 0;
    rs->depth++;
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    const uint32_t fields[] = { node->a, node->b, node->c, node->d };
    if (node->kind == kind)
        found = id;
    for (unsigned f = 0; f < 4 && !found; f++)
        for (uint32_t i = children[node->kind] >> f & 1 ? fields[f] : 0; i && !found;
             i = tl_rs_node(rs, i)->next)
            found = tl_rs_find(rs, i, kind);
    rs->depth--;
    return found;
}

static bool is_named(const struct tl_rs *rs, size_t first, uint32_t key)
{
    for (size_t i = first; i < rs->named.n; i++)
        if (rs->named.items[i] == key)
            return true;
    return false;
}

/* All columns of the scope but those named: appended to what is being built. */
static void put_others(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t at,
                       size_t first_named)
{
    struct tl_sql_node star = { .kind = TL_N_STAR, .at = at };
    size_t first = rs->building.n, kept = first;

    tl_rs_star(rs, scope, &star);
    for (size_t i = first; i < rs->building.n; i++) {
        struct tl_rs_column column = rs->building.items[i];

        if (!column.is_open && is_named(rs, first_named, column.key))
            continue;
        for (size_t n = first_named; column.is_open && n < rs->named.n; n++)
            column.uncovered = tl_rs_uncover(rs, column.uncovered, rs->named.items[n], 0);
        rs->building.items[kept++] = column;
    }
    rs->building.n = kept;
}

static void put_column(struct tl_rs *rs, uint32_t name, struct tl_rs_set set)
{
    struct tl_rs_column column = { .name = name, .key = tl_rs_key(rs, name), .set = set };

    if (rs->building.n > TL_RS_WIDTH)
        rs->is_too_wide = true;
    else
        tl_vec_push(&rs->building, column);
}

/* ---- pivot ---- */

static void add_text(char *out, size_t room, const char *text, size_t n)
{
    size_t used = strlen(out);

    if (used + n + 1 > room)
        n = room - used - 1;
    memcpy(out + used, text, n);
    out[used + n] = '\0';
}

/* 'it''s' without what only quotes it. */
static void add_unquoted(char *out, size_t room, const char *text, size_t n)
{
    char quote = text[0];

    for (size_t i = 1; i + 1 < n; i++) {
        add_text(out, room, text + i, 1);
        if (text[i] == quote && text[i + 1] == quote)
            i++;
    }
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"';
}

static void add_value_text(const struct tl_rs *rs, char *out, size_t room, uint32_t id)
{
    uint32_t naming = rs->traits->naming;
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (node->kind == TL_N_CAST)
        node = tl_rs_node(rs, node->a);
    if (node->kind == TL_N_LIST) {
        add_text(out, room, naming & TL_SQL_PIVOT_ROWS ? "(" : "{", 1);
        for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next) {
            add_value_text(rs, out, room, i);
            if (tl_rs_node(rs, i)->next)
                add_text(out, room, ", ", 2);
        }
        add_text(out, room, naming & TL_SQL_PIVOT_ROWS ? ")" : "}", 1);
        return;
    }
    if (node->kind == TL_N_COLUMN) { /* DuckDB: in (a) is in ('a') */
        add_text(out, room, tl_rs_text(rs, node->name),
                 strlen(tl_rs_text(rs, node->name)));
        return;
    }
    if (node->kind != TL_N_LITERAL || node->end <= node->at)
        return;
    const char *text = rs->text + node->at;
    size_t n = node->end - node->at;
    if (is_quote(text[0]) && !(naming & TL_SQL_PIVOT_QUOTES)) {
        add_unquoted(out, room, text, n);
    } else {
        if (node->op == TL_L_NUMBER && (naming & TL_SQL_PIVOT_NUMBERS))
            add_text(out, room, "_", 1);
        add_text(out, room, text, n);
    }
}

static void add_item_text(const struct tl_rs *rs, char *out, size_t room, uint32_t item)
{
    const struct tl_sql_node *node = tl_rs_node(rs, item);

    if (node->name)
        add_text(out, room, tl_rs_text(rs, node->name),
                 strlen(tl_rs_text(rs, node->name)));
    else
        add_value_text(rs, out, room, node->a);
}

enum { MOST_KEYS = 16, LONGEST_NAME = 400 };

struct pivot {
    const struct tl_sql_node *spec;
    uint32_t values[MOST_KEYS]; /* the items of the combination at hand */
    unsigned n_keys, n_aggregates;
    size_t first_set; /* of the aggregates, in `columns` being built: see below */
    bool is_open;     /* the values are not told */
};

static uint32_t name_of_pivoted(struct tl_rs *rs, const struct pivot *pivot,
                                uint32_t aggregate)
{
    uint32_t naming = rs->traits->naming;
    const struct tl_sql_node *item = tl_rs_node(rs, aggregate);
    char values[LONGEST_NAME] = "", of[LONGEST_NAME] = "", whole[2 * LONGEST_NAME + 2];

    for (unsigned i = 0; i < pivot->n_keys; i++) {
        if (i)
            add_text(values, sizeof values, "_", 1);
        add_item_text(rs, values, sizeof values, pivot->values[i]);
    }
    bool counts = aggregate &&
                  (item->name ? pivot->n_aggregates > 1 || !(naming & TL_SQL_PIVOT_ALONE)
                              : pivot->n_aggregates > 1);
    if (counts && item->name)
        add_text(of, sizeof of, tl_rs_text(rs, item->name),
                 strlen(tl_rs_text(rs, item->name)));
    else if (counts && item->b > item->at)
        add_text(of, sizeof of, rs->text + item->at, item->b - item->at);
    int n = !counts ? snprintf(whole, sizeof whole, "%s", values)
            : (naming & TL_SQL_PIVOT_BEHIND)
                ? snprintf(whole, sizeof whole, "%s_%s", of, values)
                : snprintf(whole, sizeof whole, "%s_%s", values, of);
    /* A name that quotes nothing is folded where even quoted names are. */
    return tl_sql_name_add(rs->names, whole, (uint32_t)n, true);
}

/* What an aggregate gives for a value; the keys decide which rows it sees. */
static struct tl_rs_set set_of_aggregate(struct tl_rs *rs, const struct pivot *pivot,
                                         uint32_t value)
{
    struct tl_rs_flow decides = tl_rs_steering(TL_CONDITIONAL);
    struct tl_rs_mark mark = tl_rs_begin(rs);

    decides.is_named = true;
    if (value)
        tl_rs_walk(rs, value, tl_rs_value());
    for (uint32_t key = pivot->spec->b; key; key = tl_rs_node(rs, key)->next) {
        const struct tl_sql_node *node = tl_rs_node(rs, key);

        tl_rs_walk(rs, node->a, decides);
        if (node->c) {
            uint32_t query = tl_rs_query(rs, node->c, rs->scope); /* relations move */
            struct tl_rs_relation of = rs->relations.items[query];

            for (uint32_t i = 0; i < of.n; i++)
                tl_rs_add_set(rs, rs->columns.items[of.first + i].set, decides);
        }
    }
    tl_rs_walk(rs, pivot->spec->d, tl_rs_value());
    return tl_rs_end(rs, mark);
}

/* One column for each aggregate of each combination of values: the first key's change slowest. */
static void put_pivoted(struct tl_rs *rs, struct pivot *pivot, uint32_t key)
{
    if (key) {
        for (uint32_t v = tl_rs_node(rs, key)->b; v && !rs->is_too_wide;
             v = tl_rs_node(rs, v)->next) {
            if (pivot->n_keys == MOST_KEYS) {
                tl_rs_too_wide(rs, tl_rs_node(rs, v)->at);
                return;
            }
            pivot->values[pivot->n_keys++] = v;
            put_pivoted(rs, pivot, tl_rs_node(rs, key)->next);
            pivot->n_keys--;
        }
        return;
    }
    size_t at = pivot->first_set;
    uint32_t aggregate = pivot->spec->a;
    do {
        put_column(rs, name_of_pivoted(rs, pivot, aggregate), rs->pivoted.items[at++]);
        aggregate = aggregate ? tl_rs_node(rs, aggregate)->next : 0;
    } while (aggregate);
}

/* Columns for values that are not told: any number of them, of any name. */
static void put_any(struct tl_rs *rs, const struct pivot *pivot)
{
    struct tl_rs_mark mark = tl_rs_begin(rs);

    for (size_t i = pivot->first_set; i < rs->pivoted.n; i++)
        tl_rs_add_set(rs, rs->pivoted.items[i], tl_rs_value());
    uint32_t name = tl_sql_name_exact(rs->names, "*", 1);
    put_column(rs, name, tl_rs_end(rs, mark));
    rs->building.items[rs->building.n - 1].is_open = true;
}

static void put_groups(struct tl_rs *rs, struct tl_rs_scope *scope,
                       const struct tl_sql_node *spec, uint32_t at)
{
    size_t first = rs->building.n, first_named = rs->named.n;

    if (spec->flags & TL_F_ALL) {
        for (uint32_t i = spec->c; i; i = tl_rs_node(rs, i)->next)
            put_column(rs, tl_rs_name_of_expression(rs, i), tl_rs_expression(rs, i));
    } else {
        name_columns(rs, spec->a);
        name_columns(rs, spec->b);
        put_others(rs, scope, at, first_named);
        rs->named.n = first_named;
    }
    for (size_t i = first; i < rs->building.n; i++)
        tl_rs_add_set(rs, rs->building.items[i].set, tl_rs_steering(TL_GROUP_BY));
}

static void put_pivot(struct tl_rs *rs, struct tl_rs_scope *scope,
                      const struct tl_sql_node *node)
{
    struct pivot pivot = { .spec = tl_rs_node(rs, node->b), .first_set = rs->pivoted.n };
    uint32_t aggregate = pivot.spec->a;

    put_groups(rs, scope, pivot.spec, node->at);
    do {
        struct tl_rs_set set =
            set_of_aggregate(rs, &pivot, aggregate ? tl_rs_node(rs, aggregate)->a : 0);

        tl_vec_push(&rs->pivoted, set);
        pivot.n_aggregates++;
        aggregate = aggregate ? tl_rs_node(rs, aggregate)->next : 0;
    } while (aggregate);
    for (uint32_t key = pivot.spec->b; key; key = tl_rs_node(rs, key)->next)
        pivot.is_open = pivot.is_open || !tl_rs_node(rs, key)->b;
    if (!pivot.spec->b) { /* nothing to compare: a plain group by */
        for (uint32_t i = pivot.spec->a, n = 0; i; i = tl_rs_node(rs, i)->next, n++) {
            uint32_t name = tl_rs_node(rs, i)->name;

            put_column(rs,
                       name ? name : tl_rs_name_of_expression(rs, tl_rs_node(rs, i)->a),
                       rs->pivoted.items[pivot.first_set + n]);
        }
    } else if (pivot.is_open) {
        put_any(rs, &pivot);
    } else {
        put_pivoted(rs, &pivot, pivot.spec->b);
    }
    rs->pivoted.n = pivot.first_set;
}

/* ---- unpivot ---- */

/* What one item of the list gives as the n-th value (from 0); `any` of a star: each of its columns. */
static void add_unpivoted(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t item,
                          unsigned n)
{
    const struct tl_sql_node *value = tl_rs_node(rs, tl_rs_node(rs, item)->a);
    uint32_t of = tl_rs_node(rs, item)->a;

    if (value->kind == TL_N_COLUMNS) {
        tl_rs_walk_columns(rs, of, tl_rs_value());
        return;
    }
    if (value->kind == TL_N_STAR) {
        size_t first = rs->building.n;

        tl_rs_star(rs, scope, value);
        for (size_t i = first; i < rs->building.n; i++)
            tl_rs_add_set(rs, rs->building.items[i].set, tl_rs_value());
        rs->building.n = first;
        return;
    }
    if (value->kind == TL_N_LIST) {
        of = value->a;
        for (unsigned i = 0; of && i < n; i++)
            of = tl_rs_node(rs, of)->next;
    }
    tl_rs_walk(rs, of, tl_rs_value());
}

static void name_unpivoted(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t items)
{
    for (uint32_t i = items; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *value = tl_rs_node(rs, tl_rs_node(rs, i)->a);
        size_t first = rs->building.n;

        if (value->kind == TL_N_COLUMNS)
            tl_rs_columns_item(rs, scope, tl_rs_node(rs, i));
        else if (value->kind == TL_N_STAR)
            tl_rs_star(rs, scope, value);
        for (size_t c = first; c < rs->building.n; c++)
            tl_vec_push(&rs->named, rs->building.items[c].key);
        rs->building.n = first;
    }
    name_columns(rs, items);
}

static uint32_t as_name(struct tl_rs *rs, const char *text)
{
    return tl_sql_name_add(rs->names, text, (uint32_t)strlen(text), false);
}

static void put_unpivot(struct tl_rs *rs, struct tl_rs_scope *scope,
                        const struct tl_sql_node *node)
{
    const struct tl_sql_node *spec = tl_rs_node(rs, node->b);
    size_t first_named = rs->named.n;
    bool values_first = rs->traits->naming & TL_SQL_UNPIVOT_VALUES_FIRST;
    uint32_t name = spec->b ? tl_rs_node(rs, spec->b)->name : as_name(rs, "name");
    uint32_t value = spec->a;
    unsigned n = 0;

    name_unpivoted(rs, scope, spec->c);
    put_others(rs, scope, node->at, first_named);
    rs->named.n = first_named;
    if (!values_first)
        put_column(rs, name, (struct tl_rs_set){ 0 });
    do {
        struct tl_rs_mark mark = tl_rs_begin(rs);

        for (uint32_t i = spec->c; i; i = tl_rs_node(rs, i)->next)
            add_unpivoted(rs, scope, i, n);
        struct tl_rs_set set = tl_rs_end(rs, mark);
        put_column(rs, value ? tl_rs_node(rs, value)->name : as_name(rs, "value"), set);
        value = value ? tl_rs_node(rs, value)->next : 0;
        n++;
    } while (value);
    if (values_first)
        put_column(rs, name, (struct tl_rs_set){ 0 });
}

/* ---- row patterns ---- */

/* The item as one source, and each variable of the pattern as its rows again. */
static void add_variables(struct tl_rs *rs, struct tl_rs_scope *scope,
                          const struct tl_rs_source *of, uint32_t variables)
{
    tl_rs_add_source(rs, scope, of);
    for (uint32_t i = variables; i; i = tl_rs_node(rs, i)->next) {
        struct tl_rs_source source = *of;
        uint32_t key = tl_rs_key(rs, tl_rs_node(rs, i)->name);
        bool is_known = false;

        for (uint32_t s = 1; s < scope->n_sources; s++)
            is_known |= rs->sources.items[scope->first_source + s].alias == key;
        if (is_known || scope->n_sources > TL_RS_WIDTH / 4)
            continue;
        source.alias = key;
        source.name = tl_rs_node(rs, i)->name;
        source.has_alias = true;
        source.needs_qualifier = true;
        tl_rs_add_source(rs, scope, &source);
    }
}

static void put_match(struct tl_rs *rs, struct tl_rs_scope *scope,
                      const struct tl_sql_node *node)
{
    const struct tl_sql_node *spec = tl_rs_node(rs, node->b);
    const struct tl_sql_node *window = tl_rs_node(rs, spec->a);
    struct tl_sql_node star = { .kind = TL_N_STAR, .at = node->at };

    for (uint32_t i = window->a; i; i = tl_rs_node(rs, i)->next)
        tl_rs_walk(rs, i, tl_rs_steering(TL_WINDOW));
    for (uint32_t i = window->b; i; i = tl_rs_node(rs, i)->next)
        tl_rs_walk(rs, tl_rs_node(rs, i)->a, tl_rs_steering(TL_WINDOW));
    for (uint32_t i = spec->d; i; i = tl_rs_node(rs, i)->next)
        tl_rs_walk(rs, tl_rs_node(rs, i)->a, tl_rs_steering(TL_FILTER));
    if (node->flags & TL_F_ALL)
        tl_rs_star(rs, scope, &star);
    else
        for (uint32_t i = window->a; i; i = tl_rs_node(rs, i)->next)
            put_column(rs, tl_rs_name_of_expression(rs, i), tl_rs_expression(rs, i));
    for (uint32_t i = spec->b; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *item = tl_rs_node(rs, i);
        uint32_t name = item->name ? item->name : tl_rs_name_of_expression(rs, item->a);

        put_column(rs, name, tl_rs_expression(rs, item->a));
    }
}

static void match(struct tl_rs *rs, struct tl_rs_scope *outer,
                  const struct tl_sql_node *node)
{
    struct tl_sql_node star = { .kind = TL_N_STAR, .at = node->at };
    struct tl_rs_scope inner, scope;
    struct tl_rs_source of;

    tl_rs_scope_begin(rs, &inner, outer->parent);
    tl_rs_from(rs, &inner, node->a);
    if (inner.n_sources == 1) {
        of = rs->sources.items[inner.first_source];
    } else {
        uint32_t first = (uint32_t)rs->building.n;

        tl_rs_star(rs, &inner, &star);
        of = (struct tl_rs_source){ .at = node->at,
                                    .relation = tl_rs_relation_of(rs, first) };
    }
    tl_rs_scope_end(rs, &inner);
    tl_rs_scope_begin(rs, &scope, outer->parent);
    add_variables(rs, &scope, &of, tl_rs_node(rs, node->b)->c);
    put_match(rs, &scope, node);
    tl_rs_scope_end(rs, &scope);
}

/* ---- all of them ---- */

void tl_rs_add_pivot(struct tl_rs *rs, struct tl_rs_scope *outer, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct tl_rs_source source = { .at = node->at };
    uint32_t first = (uint32_t)rs->building.n;
    struct tl_rs_scope scope;

    if (node->kind == TL_N_MATCH) {
        match(rs, outer, node);
    } else {
        tl_rs_scope_begin(rs, &scope, outer->parent);
        tl_rs_from(rs, &scope, node->a);
        if (scope.n_sources ==
            1) { /* without an alias of its own it goes by the item's */
            source.alias = rs->sources.items[scope.first_source].alias;
            source.name = rs->sources.items[scope.first_source].name;
        }
        if (node->kind == TL_N_PIVOT)
            put_pivot(rs, &scope, node);
        else
            put_unpivot(rs, &scope, node);
        tl_rs_scope_end(rs, &scope);
    }
    source.relation = tl_rs_relation_of(rs, first);
    tl_rs_apply_alias(rs, &source, node->d);
    tl_rs_add_source(rs, outer, &source);
}
