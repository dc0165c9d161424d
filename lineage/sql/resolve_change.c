/*
 * Insert, update, delete and what is written as them: which columns of the target get what. A change may be a part of a merge, or stand
 * in a with clause and give rows itself.
 */
#include "lineage/sql/resolve_hint.h"
#include "lineage/sql/resolve_keys.h"
#include "lineage/sql/resolve_path.h"
#include "lineage/sql/resolve_program.h"

#include <stdio.h>
#include <string.h>

/* ---- written by changes ---- */

/* What a change writes into its target: columns being built from `first` on. */
struct change {
    uint32_t table; /* in the schema */
    uint32_t node;  /* its TL_N_TABLE */
    uint16_t confidence;
    size_t first;
    uint64_t number; /* of its own */
    bool is_top;     /* its columns are the statement's outputs */
    bool is_part;    /* of a merge: the outermost change writes what it wrote too */
    bool replaces;   /* all rows that were there are gone */
    uint32_t *
        places; /* names of the columns as the query gives them, where a partition changes that; NULL */
    uint32_t n_places;
};

/* The target's own spelling of a column; a known target that lacks it is a problem. */
static uint32_t column_of_target(struct tl_rs *rs, const struct change *change,
                                 uint32_t name, uint32_t at)
{
    const struct tl_schema_table *table = &rs->schema->tables.items[change->table];
    uint32_t i = tl_schema_column(rs->schema, change->table, tl_rs_key(rs, name));

    if (i != TL_SCHEMA_NONE)
        return rs->schema->columns.items[table->first + i].name;
    if (table->flags & TL_SCHEMA_KNOWN)
        tl_rs_problem(rs, at, "'%s' has no column '%s'%s",
                      tl_rs_text(rs, table->name.name), tl_rs_text(rs, name),
                      tl_rs_hint_of_table(rs, name, change->table));
    return name;
}

/* What a name in a change means: the column, and what lies within it. */
struct changed {
    uint32_t name, at;
    uint32_t within; /* list of TL_N_NAME */
};

static bool take_qualifier(const struct tl_rs *rs, struct changed *changed,
                           uint32_t qualifier)
{
    if (!changed->within || tl_rs_key(rs, changed->name) != tl_rs_key(rs, qualifier))
        return false;
    const struct tl_sql_node *next = tl_rs_node(rs, changed->within);

    changed->name = next->name;
    changed->at = next->at;
    changed->within = next->next;
    return true;
}

/* Of t.a, s.t.a, a.b: what stands before the column is the target's name, or its alias alone. */
static struct changed changed_column(const struct tl_rs *rs, const struct change *change,
                                     const struct tl_sql_node *node)
{
    struct changed plain = { node->name, node->at, node->c };
    const struct tl_sql_node *target = tl_rs_node(rs, change->node);
    uint32_t levels[] = { target->c, target->b, target->name };
    uint32_t alias = target->d ? tl_rs_node(rs, target->d)->name : 0;

    if (!plain.within || (rs->traits->writing & TL_SQL_COLUMN_FIRST))
        return plain;
    for (size_t from = alias ? 2 : 0; from < 3; from++) {
        struct changed changed = plain;
        size_t i = from;

        while (i < 3 && levels[i] &&
               take_qualifier(rs, &changed, alias ? alias : levels[i]))
            i++;
        if (i == 3)
            return changed;
    }
    return plain;
}

/* The set as it lies in the column: in the field that the name goes on to. */
static struct tl_rs_set lay_within(struct tl_rs *rs, uint32_t within,
                                   struct tl_rs_set set)
{
    struct tl_rs_flow flow = tl_rs_value();

    if (!within)
        return set;
    for (uint32_t i = within; i; i = tl_rs_node(rs, i)->next)
        tl_rs_as_field(rs, &flow, tl_rs_node(rs, i)->name);
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_add_set(rs, set, flow);
    return tl_rs_end(rs, mark);
}

/* A second value for the same column adds to the first. */
static void write_column(struct tl_rs *rs, const struct change *change, uint32_t name,
                         uint32_t type, struct tl_rs_set set)
{
    struct tl_rs_column column = {
        .name = name, .key = tl_rs_key(rs, name), .type = type, .set = set
    };

    uint32_t known =
        tl_rs_building_find(rs, change->number, (uint32_t)change->first,
                            (uint32_t)(rs->building.n - change->first), column.key);
    if (known != TL_RS_NONE) {
        struct tl_rs_mark mark = tl_rs_begin(rs);

        tl_rs_add_set(rs, rs->building.items[known].set, tl_rs_value());
        tl_rs_add_set(rs, set, tl_rs_value());
        rs->building.items[known].set = tl_rs_end(rs, mark);
        return;
    }
    if (rs->building.n - change->first < TL_RS_WIDTH)
        tl_vec_push(&rs->building, column);
    else
        tl_rs_too_wide(rs, tl_rs_node(rs, change->node)->at);
}

static void add_to_temporary(struct tl_rs *rs, const struct change *change)
{
    struct tl_rs_relation relation =
        rs->relations.items[rs->schema->tables.items[change->table].relation];
    uint32_t first = (uint32_t)rs->building.n;

    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];
        struct tl_rs_mark mark = tl_rs_begin(rs);

        tl_rs_add_set(rs, column.set, tl_rs_value());
        for (size_t w = change->first; w < first; w++)
            if (rs->building.items[w].key == column.key)
                tl_rs_add_set(rs, rs->building.items[w].set, tl_rs_value());
        column.set = tl_rs_end(rs, mark);
        tl_vec_push(&rs->building, column);
    }
    uint32_t grown = tl_rs_relation_of(rs, first);
    tl_rs_changes(rs, change->table);
    rs->schema->tables.items[change->table].relation = grown;
    tl_rs_keep_steers(rs, change->table);
}

static void finish_change(struct tl_rs *rs, const struct change *change)
{
    bool is_temporary =
        rs->schema->tables.items[change->table].relation != TL_SCHEMA_NONE;

    if (change->is_part)
        return;
    if (change->replaces && !tl_rs_is_may(rs)) {
        if (is_temporary)
            tl_rs_empty(rs, change->table);
        else
            tl_rs_mark_gone(rs, change->table);
        rs->replaces = true;
    }
    if (rs->building.n > change->first)
        tl_rs_mark_written(rs, change->table);
    if (is_temporary)
        add_to_temporary(rs, change);
    for (size_t i = change->first; i < rs->building.n; i++) {
        struct tl_rs_column column = rs->building.items[i];

        if (change->is_top)
            tl_rs_output(rs, column.name, column.type);
        if (!is_temporary)
            tl_rs_emit(rs, rs->target, column.name, column.set);
    }
    if (!is_temporary)
        tl_rs_emit_steers(rs, rs->target);
    rs->building.n = change->first;
}

/* A row that is not there: its columns, with nothing in them. */
static uint32_t no_row(struct tl_rs *rs, uint32_t of)
{
    uint32_t first = (uint32_t)rs->building.n;
    uint32_t id = tl_rs_columns_of(rs, of, tl_rs_node(rs, 0)->at);
    struct tl_rs_relation relation = rs->relations.items[id]; /* they may have moved */

    if (relation.kind != TL_RS_COLUMNS)
        return tl_rs_relation_new(rs, TL_RS_OPAQUE);
    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];

        column.set = (struct tl_rs_set){ 0 };
        tl_vec_push(&rs->building, column);
    }
    return tl_rs_relation_of(rs, first);
}

/* The row before the change and the one behind it, for who names them so. */
static void add_old_and_new(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t before,
                            uint32_t after)
{
    uint32_t relations[2] = { before, after };
    static const char *const names[2] = { "old", "new" };

    for (unsigned i = 0; i < 2; i++) {
        uint32_t name = tl_sql_name_add(rs->names, names[i], 3, false);
        struct tl_rs_source source = { .alias = tl_rs_key(rs, name),
                                       .name = name,
                                       .needs_qualifier = true,
                                       .has_alias = true };

        source.relation = relations[i];
        tl_rs_add_source(rs, scope, &source);
    }
}

static uint32_t resolve_returning(struct tl_rs *rs, struct tl_rs_scope *scope,
                                  uint32_t items)
{
    uint32_t before = scope->first_alias;

    if (!items)
        return tl_rs_relation_of(rs, (uint32_t)rs->building.n);
    tl_rs_items(rs, scope, items);
    uint32_t relation = tl_rs_relation_of(rs, scope->first_alias);
    scope->first_alias = before;
    return relation;
}

/* ---- insert ---- */

/* The name of the n-th column an insert writes; 0: there is none, or it is not known. */
static uint32_t name_of_place(struct tl_rs *rs, const struct change *change,
                              uint32_t *list, uint32_t i, uint32_t *within)
{
    const struct tl_schema_table *table = &rs->schema->tables.items[change->table];

    *within = 0;
    if (change->places)
        return change->places[i];
    if (*list) {
        const struct tl_sql_node *node = tl_rs_node(rs, *list);

        struct changed changed = changed_column(rs, change, node);

        *list = node->next;
        *within = changed.within;
        return column_of_target(rs, change, changed.name, changed.at);
    }
    return i < table->n ? rs->schema->columns.items[table->first + i].name : 0;
}

static uint32_t count(const struct tl_rs *rs, uint32_t list)
{
    uint32_t n = 0;

    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next)
        n++;
    return n;
}

/* Whether the query itself names the column, and no other of its columns before so. */
static bool has_own_name(struct tl_rs *rs, const struct change *change,
                         const struct tl_rs_column *column)
{
    return !column->is_open && !column->is_unnamed && column->name &&
           tl_rs_building_find(rs, change->number, (uint32_t)change->first,
                               (uint32_t)(rs->building.n - change->first),
                               column->key) == TL_RS_NONE;
}

/*
 * The target's columns are not known and not told. By custom they have the names that the query gives its own: less certain than all that
 * is resolved, and said so. What has no name goes somewhere into it.
 */
static void write_somewhere(struct tl_rs *rs, const struct change *change,
                            uint32_t relation_id, uint32_t at)
{
    struct tl_rs_relation relation = rs->relations.items[relation_id];
    uint32_t star = tl_sql_name_exact(rs->names, "*", 1);
    struct tl_rs_flow flow = tl_rs_value();
    bool has_values = false;

    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];
        struct tl_rs_mark mark = tl_rs_begin(rs);
        bool is_named = has_own_name(rs, change, &column);

        flow.confidence = is_named ? TL_RS_BY_CUSTOM : tl_rs_value().confidence;
        tl_rs_add_set(rs, column.set, flow);
        struct tl_rs_set set = tl_rs_end(rs, mark);
        has_values = has_values || set.n;
        write_column(rs, change, is_named ? column.name : star,
                     is_named ? column.type : 0, set);
    }
    if (!has_values)
        return;
    if (relation.n != 1 || !rs->columns.items[relation.first].is_open)
        tl_rs_problem(
            rs, at,
            TL_SQL_UNKNOWN_COLUMNS " are written: those of '%s' are "
                                   "not known%s",
            tl_rs_text(rs, rs->schema->tables.items[change->table].name.name),
            tl_rs_hint_of_tables(rs, rs->schema->tables.items[change->table].name.name));
}

static void write_by_name(struct tl_rs *rs, const struct change *change,
                          uint32_t relation_id, uint32_t at)
{
    struct tl_rs_relation relation = rs->relations.items[relation_id];

    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];
        uint32_t name =
            column.is_open ? column.name : column_of_target(rs, change, column.name, at);

        write_column(rs, change, name, column.type, column.set);
    }
}

/* By name, and only what both have: each of the target's columns, where they are known. */
static void write_matching(struct tl_rs *rs, const struct change *change,
                           const struct tl_rs_column *columns, size_t n)
{
    struct tl_schema_table table = rs->schema->tables.items[change->table];
    bool is_known = (table.flags & TL_SCHEMA_KNOWN) != 0;

    for (size_t i = 0; i < n; i++) {
        struct tl_rs_column column = columns[i];
        uint32_t own = tl_schema_column(rs->schema, change->table, column.key);

        if (column.is_open && is_known) {
            for (uint32_t c = 0; c < table.n; c++) {
                uint32_t name = rs->schema->columns.items[table.first + c].name;
                struct tl_rs_mark mark = tl_rs_begin(rs);

                tl_rs_add_named(rs, column.set, name, tl_rs_value());
                write_column(rs, change, name, 0, tl_rs_end(rs, mark));
            }
        } else if (!is_known) {
            write_column(rs, change, column.name, column.type, column.set);
        } else if (own != TL_SCHEMA_NONE) {
            write_column(rs, change, rs->schema->columns.items[table.first + own].name,
                         column.type, column.set);
        }
    }
}

static void write_matching_of(struct tl_rs *rs, const struct change *change,
                              uint32_t relation_id)
{
    struct tl_rs_relation relation = rs->relations.items[relation_id];
    struct tl_rs_column *columns = tl_alloc(relation.n + 1, sizeof *columns);

    if (relation.n)
        memcpy(columns, rs->columns.items + relation.first, relation.n * sizeof *columns);
    write_matching(rs, change, columns, relation.n);
    tl_free(columns);
}

/* By place; what a star that could not be told apart covers is made of all of it. */
static void write_by_place(struct tl_rs *rs, const struct change *change, uint32_t list,
                           uint32_t relation_id, uint32_t at)
{
    struct tl_rs_relation relation = rs->relations.items[relation_id];
    uint32_t n = change->places ? change->n_places
                 : list         ? count(rs, list)
                                : rs->schema->tables.items[change->table].n;
    uint32_t covered = relation.n_open && n >= relation.n ? n - relation.n + 1 : 1;

    if (relation.kind == TL_RS_OPAQUE)
        return;
    bool fits = list ? n == relation.n : n >= relation.n;
    if (relation.n_open)
        fits = relation.n_open == 1 && n + 1 >= relation.n;
    if (!fits)
        tl_rs_problem(rs, at, "%u column%s cannot be written into %u",
                      (unsigned)relation.n, relation.n == 1 ? "" : "s", (unsigned)n);
    for (uint32_t i = 0, place = 0; i < relation.n && place < n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];

        for (uint32_t c = 0; c < (column.is_open ? covered : 1) && place < n; c++) {
            uint32_t within;
            uint32_t name = name_of_place(rs, change, &list, place++, &within);
            struct tl_rs_mark mark = tl_rs_begin(rs);

            tl_rs_add_placed(rs, column.set, tl_rs_value());
            struct tl_rs_set set = lay_within(rs, within, tl_rs_end(rs, mark));
            write_column(rs, change, name, within ? 0 : column.type, set);
        }
    }
}

/* The target's other columns: they are there too, with nothing of any column in them. */
static void add_unwritten(struct tl_rs *rs, const struct change *change, size_t end)
{
    struct tl_schema_table table = rs->schema->tables.items[change->table];
    uint32_t star = tl_sql_name_exact(rs->names, "*", 1);
    struct tl_rs_column open = { .name = star,
                                 .key = tl_rs_key(rs, star),
                                 .is_open = true };

    for (uint32_t c = 0; c < table.n; c++) {
        struct tl_schema_column of = rs->schema->columns.items[table.first + c];
        struct tl_rs_column column = { .name = of.name, .key = of.key, .type = of.type };
        size_t i = change->first;

        while (i < end && rs->building.items[i].key != of.key)
            i++;
        if (i == end)
            tl_vec_push(&rs->building, column);
    }
    if (!(table.flags & TL_SCHEMA_KNOWN))
        tl_vec_push(&rs->building, open);
}

/* "excluded": the row that an insert would have written. */
static void add_excluded(struct tl_rs *rs, struct tl_rs_scope *scope,
                         const struct change *change)
{
    uint32_t first = (uint32_t)rs->building.n;
    uint32_t name = tl_sql_name_add(rs->names, "excluded", 8, false);
    struct tl_rs_source source = { .alias = tl_rs_key(rs, name),
                                   .name = name,
                                   .needs_qualifier = true,
                                   .has_alias = true };

    for (size_t i = change->first; i < first; i++)
        tl_vec_push(&rs->building, rs->building.items[i]);
    add_unwritten(rs, change, first);
    source.relation = tl_rs_relation_of(rs, first);
    tl_rs_add_source(rs, scope, &source);
}

static void add_steer(struct tl_rs *rs, const struct tl_rs_steer *steer)
{
    struct tl_rs_flow flow = tl_rs_steering((enum tl_edge_kind)steer->kind);

    flow.confidence = steer->confidence;
    tl_rs_add_leaf(rs, steer->leaf, steer->at, flow);
}

/* set * of a merge: what a star stands for, by name. */
static void write_star(struct tl_rs *rs, const struct change *change, uint32_t star)
{
    size_t first = rs->building.n;

    tl_rs_star(rs, rs->scope, tl_rs_node(rs, star));
    size_t n = rs->building.n - first;
    struct tl_rs_column *columns = tl_alloc(n + 1, sizeof *columns);
    if (n)
        memcpy(columns, rs->building.items + first, n * sizeof *columns);
    rs->building.n = first;
    write_matching(rs, change, columns, n);
    tl_free(columns);
}

static void write_settings(struct tl_rs *rs, const struct change *change, uint32_t list)
{
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *node = tl_rs_node(rs, i);

        if (!node->name) {
            write_star(rs, change, node->a);
            continue;
        }
        struct changed changed = changed_column(rs, change, node);
        uint32_t name = column_of_target(rs, change, changed.name, changed.at);
        const struct tl_sql_node *value = tl_rs_node(rs, node->a);
        struct tl_rs_set set = { 0 };

        if (node->b) { /* one of several columns of a query */
            uint32_t id = tl_rs_query(rs, value->a, rs->scope);
            struct tl_rs_relation relation = rs->relations.items[id];

            if (node->b <= relation.n)
                set = rs->columns.items[relation.first + node->b - 1].set;
        } else {
            set = tl_rs_expression(rs, node->a);
        }
        write_column(rs, change, name,
                     changed.within ? 0 : tl_rs_type_of_expression(rs, node->a),
                     lay_within(rs, changed.within, set));
    }
}

/* The target's columns in the order of the query: those of the partition that have no value of their own come last. */
static void order_by_partition(struct tl_rs *rs, struct change *change,
                               uint32_t partition)
{
    struct tl_schema_table table = rs->schema->tables.items[change->table];
    uint32_t n = count(rs, partition);

    if (!(table.flags & TL_SCHEMA_KNOWN))
        return;
    change->places = tl_alloc(table.n + n + 1, sizeof *change->places);
    for (uint32_t c = 0; c < table.n; c++) {
        struct tl_schema_column column = rs->schema->columns.items[table.first + c];
        uint32_t i = partition;

        while (i && tl_rs_key(rs, tl_rs_node(rs, i)->name) != column.key)
            i = tl_rs_node(rs, i)->next;
        if (!i)
            change->places[change->n_places++] = column.name;
    }
    for (uint32_t i = partition; i; i = tl_rs_node(rs, i)->next)
        if (tl_rs_node(rs, i)->op == 0)
            change->places[change->n_places++] =
                column_of_target(rs, change, tl_rs_node(rs, i)->name,
                                 tl_rs_node(rs, i)->at);
}

/* ---- files ---- */

struct tl_rs_set tl_rs_of_files(struct tl_rs *rs, uint32_t node, uint32_t files,
                                uint32_t name, uint32_t place)
{
    struct tl_rs_flow flow = tl_rs_value();
    char made[16];

    if (name) {
        flow.confidence = TL_RS_QUALIFIED;
    } else {
        int n = snprintf(made, sizeof made, "$%u", (unsigned)place);
        name = tl_sql_name_exact(rs->names, made, (uint32_t)n);
    }
    uint32_t column = tl_schema_column(rs->schema, files, tl_rs_key(rs, name));
    if (column == TL_SCHEMA_NONE)
        column = tl_schema_add_column(rs->schema, files, name, 0);
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, files, column), tl_rs_node(rs, node)->at, flow);
    return tl_rs_end(rs, mark);
}

/* A load without a query: column by column, or all of it where the target's are not known. */
static void write_files(struct tl_rs *rs, const struct change *change,
                        const struct tl_sql_node *insert)
{
    uint16_t confidence;
    uint32_t files = tl_rs_table(rs, insert->c, &confidence);
    const struct tl_schema_table *table = &rs->schema->tables.items[change->table];
    uint32_t list = insert->b, place = 0, name;
    bool is_known = (table->flags & TL_SCHEMA_KNOWN) != 0;

    if (!list && !is_known) {
        struct tl_rs_mark mark = tl_rs_begin(rs);
        struct tl_rs_flow flow = tl_rs_value();

        flow.confidence = TL_RS_QUALIFIED;
        tl_rs_add_leaf(rs, tl_rs_leaf_of_star(rs, files, TL_RS_STAR_BY_NAME),
                       tl_rs_node(rs, insert->c)->at, flow);
        write_column(rs, change, tl_sql_name_exact(rs->names, "*", 1), 0,
                     tl_rs_end(rs, mark));
        return;
    }
    bool has_list = list != 0;
    uint32_t within;
    while ((!has_list || list) &&
           (name = name_of_place(rs, change, &list, place++, &within)) != 0)
        write_column(rs, change, name, 0,
                     lay_within(rs, within,
                                tl_rs_of_files(rs, insert->c, files,
                                               insert->flags & TL_F_BY_NAME ? name : 0,
                                               place)));
}

/* ---- what comes back ---- */

/* What the target's own column holds: of a temporary table what it is made of. */
static struct tl_rs_set own_column(struct tl_rs *rs, const struct change *change,
                                   uint32_t i, uint32_t at)
{
    uint32_t relation = rs->schema->tables.items[change->table].relation;
    struct tl_rs_flow flow = tl_rs_value();

    if (relation != TL_SCHEMA_NONE && i < rs->relations.items[relation].n)
        return rs->columns.items[rs->relations.items[relation].first + i].set;
    struct tl_rs_mark mark = tl_rs_begin(rs);
    flow.confidence = change->confidence;
    tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, change->table, i), at, flow);
    return tl_rs_end(rs, mark);
}

enum share { NOTHING, A_PART, ALL };

/* How much of the column is set: of a part the rest is what it held. */
static enum share share_set(const struct tl_rs *rs, const struct change *change,
                            uint32_t list, uint32_t key)
{
    enum share share = NOTHING;

    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        struct changed changed = changed_column(rs, change, tl_rs_node(rs, i));

        if (tl_rs_key(rs, changed.name) == key && share != ALL)
            share = changed.within ? A_PART : ALL;
    }
    return share;
}

/* The columns written, those of the table itself behind them. */
struct row {
    const struct change *change;
    size_t end;      /* of what was written, in `building` */
    uint32_t sets;   /* list of TL_N_SET_COLUMN that change a row that was there */
    bool may_be_old; /* the row may be one that was there */
    uint32_t at;
};

static void add_row_column(struct tl_rs *rs, const struct row *row, uint32_t c)
{
    const struct tl_schema_table *table = &rs->schema->tables.items[row->change->table];
    struct tl_schema_column of = rs->schema->columns.items[table->first + c];
    struct tl_rs_column column = { .name = of.name, .key = of.key, .type = of.type };
    size_t i = row->change->first;

    while (i < row->end && rs->building.items[i].key != of.key)
        i++;
    if (i < row->end)
        column.set = rs->building.items[i].set;
    enum share share =
        i < row->end ? share_set(rs, row->change, row->sets, of.key) : NOTHING;
    if (i == row->end || share == A_PART || (row->may_be_old && share == NOTHING)) {
        struct tl_rs_set own = own_column(rs, row->change, c, row->at);
        struct tl_rs_mark mark = tl_rs_begin(rs);

        tl_rs_add_set(rs, column.set, tl_rs_value());
        tl_rs_add_set(rs, own, tl_rs_value());
        column.set = tl_rs_end(rs, mark);
    }
    tl_vec_push(&rs->building, column);
}

/*
 * The row as "returning" sees it: what was written into a column comes out of it, and what was not written is the column's own, its
 * default too.
 */
static uint32_t row_written(struct tl_rs *rs, const struct row *row)
{
    struct tl_schema_table table = rs->schema->tables.items[row->change->table];
    uint32_t first = (uint32_t)rs->building.n;

    for (uint32_t c = 0; c < table.n; c++)
        add_row_column(rs, row, c);
    for (size_t i = row->change->first; i < row->end; i++)
        if (tl_schema_column(rs->schema, row->change->table, rs->building.items[i].key) ==
            TL_SCHEMA_NONE)
            tl_vec_push(&rs->building, rs->building.items[i]);
    if (!(table.flags & TL_SCHEMA_KNOWN) && table.relation == TL_SCHEMA_NONE) {
        uint32_t star = tl_sql_name_exact(rs->names, "*", 1);
        struct tl_rs_column open = { .name = star,
                                     .key = tl_rs_key(rs, star),
                                     .is_open = true };
        struct tl_rs_mark mark = tl_rs_begin(rs);
        struct tl_rs_flow flow = tl_rs_value();

        flow.confidence = TL_RS_QUALIFIED;
        tl_rs_add_leaf(rs, tl_rs_leaf_of_star(rs, row->change->table, TL_RS_STAR_BY_NAME),
                       row->at, flow);
        open.set = tl_rs_end(rs, mark);
        tl_vec_push(&rs->building, open);
    }
    return tl_rs_relation_of(rs, first);
}

/* ---- insert ---- */

static void write_query(struct tl_rs *rs, struct change *change,
                        const struct tl_sql_node *node, uint32_t at)
{
    if (tl_rs_node(rs, node->c)->kind == TL_N_TABLE) {
        write_files(rs, change, node);
        return;
    }
    uint32_t relation = tl_rs_query(rs, node->c, NULL);
    uint8_t flags = rs->schema->tables.items[change->table].flags;

    if (node->flags & TL_F_MATCHING)
        write_matching_of(rs, change, relation);
    else if ((node->flags & TL_F_BY_NAME) || (flags & TL_SCHEMA_FILES))
        write_by_name(rs, change, relation, at);
    else if (node->b || change->places || (flags & TL_SCHEMA_KNOWN))
        write_by_place(rs, change, node->b, relation, at);
    else
        write_somewhere(rs, change, relation, at);
}

static uint32_t resolve_insert(struct tl_rs *rs, const struct tl_sql_node *node,
                               struct change *change)
{
    const struct tl_sql_node *tail = node->d ? tl_rs_node(rs, node->d) : NULL;
    uint32_t at = tl_rs_node(rs, node->c ? node->c : node->a)->at;
    uint32_t partition = tail && !node->b ? tail->d : 0;
    struct tl_rs_scope scope;
    uint32_t returned = TL_RS_NONE;

    change->replaces = (node->flags & TL_F_OVERWRITE) && !partition;
    if (partition)
        order_by_partition(rs, change, partition);
    if (node->c)
        write_query(rs, change, node, at);
    tl_free(change->places);
    change->places = NULL;
    tl_rs_scope_begin(rs, &scope, NULL);
    if (tail && (tail->a || tail->b || tail->c)) {
        uint32_t source =
            tl_rs_add_table(rs, &scope, change->node, change->table, change->confidence);
        if (tail->a) {
            add_excluded(rs, &scope, change);
            write_settings(rs, change, tail->a);
        }
        tl_rs_walk(rs, tail->b, tl_rs_steering(TL_FILTER));
        struct row row = { .change = change,
                           .end = rs->building.n,
                           .sets = tail->a,
                           .may_be_old =
                               tail->a || (node->flags & TL_F_MERGE) || change->is_part,
                           .at = at };
        if (tail->c) {
            uint32_t old = rs->sources.items[source].relation;
            uint32_t new = row_written(rs, &row);

            rs->sources.items[source].relation = new;
            if (rs->traits->meaning & TL_SQL_OLD_AND_NEW)
                add_old_and_new(rs, &scope, row.may_be_old ? old : no_row(rs, old), new);
        }
    }
    returned = resolve_returning(rs, &scope, tail ? tail->c : 0);
    tl_rs_scope_end(rs, &scope);
    finish_change(rs, change);
    return returned;
}

/* All inserts into the table of the first of them, as one change of it; `is_done` gets them. */
static void insert_into_one(struct tl_rs *rs, uint32_t list, bool *is_done, bool is_top)
{
    const struct tl_sql_node *node = tl_rs_node(rs, list);
    struct change change = { .node = node->a,
                             .first = rs->building.n,
                             .is_top = is_top,
                             .replaces = (node->flags & TL_F_OVERWRITE) &&
                                         !(node->d && tl_rs_node(rs, node->d)->d) };
    struct tl_rs_merge outer = rs->merge;
    uint16_t confidence;

    change.table = tl_rs_table(rs, node->a, &change.confidence);
    rs->merge = (struct tl_rs_merge){ .table = change.table, .first = rs->building.n };
    for (uint32_t i = list, n = 0; i; i = tl_rs_node(rs, i)->next, n++) {
        if (is_done[n] ||
            tl_rs_table(rs, tl_rs_node(rs, i)->a, &confidence) != change.table)
            continue;
        is_done[n] = true;
        tl_rs_change(rs, i, false);
    }
    rs->merge = outer;
    tl_rs_target(rs, change.table);
    finish_change(rs, &change);
}

/* Each table gets what steers the statement, and the conditions of its own inserts. */
void tl_rs_inserts(struct tl_rs *rs, const struct tl_sql_node *node)
{
    uint32_t before = tl_rs_with(rs, node->b, (node->flags & TL_F_RECURSIVE) != 0, NULL);
    uint32_t target = TL_SQL_NO_TABLE;
    bool *is_done = tl_alloc(count(rs, node->a) + 1, sizeof *is_done);

    rs->shared = node->c ? tl_rs_query(rs, node->c, NULL) : TL_RS_NONE;
    uint32_t n = (uint32_t)rs->steers.n;
    struct tl_rs_steer *steers = tl_alloc((size_t)n + 1, sizeof *steers);
    memcpy(steers, rs->steers.items, n * sizeof *steers);
    uint32_t number = 0;
    for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next, number++) {
        if (is_done[number])
            continue;
        rs->steers.n = 0;
        rs->steer_epoch++;
        for (uint32_t s = 0; s < n; s++)
            add_steer(rs, &steers[s]);
        insert_into_one(rs, i, is_done + number, i == node->a);
        target = target == TL_SQL_NO_TABLE ? rs->target : target;
    }
    tl_free(steers);
    tl_free(is_done);
    rs->target = target;
    rs->shared = TL_RS_NONE;
    rs->cte = before;
}

/* ---- update and delete ---- */

/* No condition, or one that is true for each row. */
static bool always(const struct tl_rs *rs, uint32_t condition)
{
    const struct tl_sql_node *node = tl_rs_node(rs, condition);

    return !condition || (node->kind == TL_N_LITERAL && node->op == TL_L_BOOLEAN &&
                          strncasecmp(rs->text + node->at, "true", 4) == 0);
}

/* delete without a condition */
static void empty_target(struct tl_rs *rs, const struct change *change)
{
    if (tl_rs_is_may(rs))
        return;
    if (rs->schema->tables.items[change->table].relation != TL_SCHEMA_NONE)
        tl_rs_empty(rs, change->table);
    else
        tl_rs_mark_gone(rs, change->table);
}

static uint32_t resolve_update(struct tl_rs *rs, const struct tl_sql_node *node,
                               struct change *change)
{
    const struct tl_sql_node *tail = node->d ? tl_rs_node(rs, node->d) : NULL;
    uint32_t before = tl_rs_with(rs, tail ? tail->c : 0,
                                 tail && (tail->flags & TL_F_RECURSIVE) != 0, NULL);
    struct tl_rs_scope scope;

    tl_rs_scope_begin(rs, &scope, NULL);
    uint32_t source = node->flags & TL_F_IN_FROM
                          ? TL_RS_NONE
                          : tl_rs_add_table(rs, &scope, change->node, change->table,
                                            change->confidence);
    uint32_t old = source == TL_RS_NONE ? 0 : rs->sources.items[source].relation;
    tl_rs_from(rs, &scope, node->c);
    if (node->kind == TL_N_UPDATE)
        write_settings(rs, change, node->b);
    tl_rs_walk(rs, tail ? tail->a : 0, tl_rs_steering(TL_FILTER));
    struct row row = { .change = change,
                       .end = rs->building.n,
                       .sets = node->kind == TL_N_UPDATE ? node->b : 0,
                       .may_be_old = (node->flags & TL_F_MERGE) || change->is_part,
                       .at = tl_rs_node(rs, change->node)->at };
    if (tail && tail->b && source != TL_RS_NONE &&
        (node->kind == TL_N_UPDATE || row.may_be_old))
        rs->sources.items[source].relation = row_written(rs, &row);
    if (tail && tail->b && source != TL_RS_NONE &&
        (rs->traits->meaning & TL_SQL_OLD_AND_NEW))
        add_old_and_new(rs, &scope, old,
                        node->kind == TL_N_DELETE && !row.may_be_old
                            ? no_row(rs, old)
                            : rs->sources.items[source].relation);
    bool is_all = node->kind == TL_N_DELETE && !node->c && (!tail || always(rs, tail->a));
    if (!is_all || (tail && tail->b))
        tl_rs_mark_read(rs, change->table);
    if (is_all && !(node->flags & TL_F_MERGE) && !change->is_part)
        empty_target(rs, change);
    uint32_t n_sources = scope.n_sources;
    if ((rs->traits->meaning & TL_SQL_RETURNS_TARGET) && source != TL_RS_NONE)
        scope.n_sources = source - scope.first_source + 1;
    uint32_t returned = resolve_returning(rs, &scope, tail ? tail->b : 0);
    scope.n_sources = n_sources;
    tl_rs_scope_end(rs, &scope);
    finish_change(rs, change);
    rs->cte = before;
    return returned;
}

/* The parser writes the other changes of a merge into the with clause of the outermost. */
static bool is_part_of_merge(struct tl_rs *rs, const struct tl_sql_node *node)
{
    uint16_t confidence;

    return rs->merge.table != TL_RS_NONE && !(node->flags & TL_F_MERGE) &&
           tl_rs_table(rs, node->a, &confidence) == rs->merge.table;
}

/* A part of a merge writes where the outermost change does; its columns wait among those being built. */
uint32_t tl_rs_change(struct tl_rs *rs, uint32_t id, bool is_top)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct tl_rs_merge outer = rs->merge;
    struct change change = { .node = node->a,
                             .first = rs->building.n,
                             .number = ++rs->n_states,
                             .is_top = is_top };

    change.table = tl_rs_target(rs, tl_rs_table(rs, node->a, &change.confidence));
    if (node->flags & TL_F_MERGE) {
        rs->merge = (struct tl_rs_merge){ .table = change.table, .first = change.first };
    } else if (is_part_of_merge(rs, node)) {
        change.first = outer.first;
        change.is_part = true;
    }
    uint32_t returned = node->kind == TL_N_INSERT ? resolve_insert(rs, node, &change)
                                                  : resolve_update(rs, node, &change);
    rs->merge = outer;
    return returned;
}

uint32_t tl_rs_modifying(struct tl_rs *rs, uint32_t id)
{
    uint32_t target = rs->target, first = rs->first_steer;
    uint32_t inner = (uint32_t)rs->steers.n;

    if (is_part_of_merge(rs, tl_rs_node(rs, id)))
        return tl_rs_change(rs, id, false);
    rs->first_steer = inner;
    rs->steer_epoch++;
    rs->first_before = first;
    rs->last_before = inner;
    uint32_t relation = tl_rs_change(rs, id, false);
    rs->first_before = rs->last_before = 0;
    uint32_t n = (uint32_t)rs->steers.n - first; /* counted in 32 bits, as its first is */
    struct tl_rs_steer *all = tl_alloc((size_t)n + 1, sizeof *all);
    memcpy(all, rs->steers.items + first, n * sizeof *all);
    rs->target = target;
    rs->first_steer = first;
    rs->steer_epoch++;
    rs->steers.n = first;
    /* What steered the change steers what it returns: all is added anew, each once. */
    for (uint32_t i = 0; i < n; i++)
        add_steer(rs, &all[i]);
    tl_free(all);
    return relation;
}
