/*
 * What a statement writes, and where. A temporary table keeps what its columns are made of: later statements of the text read through
 * it as through a with query.
 */
#include "lineage/sql/resolve_hint.h"
#include "lineage/sql/resolve_keys.h"
#include "lineage/sql/resolve_path.h"
#include "lineage/sql/resolve_program.h"

#include "base/rx.h"

#include <stdio.h>
#include <string.h>

void tl_rs_reset(struct tl_rs *rs, const char *text)
{
    rs->text = text;
    rs->n_texts++;
    rs->n_hints = 0;
    rs->leaves.n = rs->entries.n = rs->work.n = rs->columns.n = rs->building.n = 0;
    rs->relations.n = rs->probes.n = rs->sources.n = rs->merged.n = 0;
    rs->merged_refs.n = rs->joins.n = rs->ctes.n = rs->spine.n = rs->arms.n = 0;
    rs->passed.n = rs->candidates.n = rs->uncovered.n = rs->named.n = rs->pivoted.n = 0;
    rs->pending.n = rs->lambdas.n = rs->steers.n = rs->kept_steers.n = 0;
    rs->tables.n = rs->table_of.n = rs->edges.n = rs->outputs.n = 0;
    rs->reads.n = 0;
    rs->problems.n = rs->statements.n = rs->trails.n = rs->trail_of.n = 0;
    rs->via = 0;
    rs->work_base = 0;
    rs->is_wide = false;
    rs->depth = 0;
    rs->keeps = false;
    tl_rs_paths_reset(rs);
    rs->shared = TL_RS_NONE;
    rs->last_query = 0;
    tl_rs_session_reset(rs);
    rs->bodies.variables.n = rs->bodies.variable_of.n = rs->bodies.noted.n = 0;
    rs->bodies.routines.n = rs->bodies.routine_of.n = rs->bodies.controls.n = 0;
    rs->bodies.n_session = rs->bodies.n_shared = rs->bodies.first_visible = 0;
    rs->bodies.n_open = rs->bodies.way = rs->bodies.n_ways = 0;
    rs->bodies.returned = NULL;
}

void tl_rs_release(struct tl_rs *rs)
{
    tl_vec_release(&rs->leaves);
    tl_vec_release(&rs->trails);
    tl_vec_release(&rs->trail_of);
    tl_vec_release(&rs->entries);
    tl_vec_release(&rs->work);
    tl_free(rs->slots);
    tl_rs_paths_release(rs);
    tl_vec_release(&rs->columns);
    tl_vec_release(&rs->building);
    tl_vec_release(&rs->relations);
    tl_vec_release(&rs->uncovered);
    tl_rx_close(rs->rx);
    tl_free(rs->rx_pattern);
    tl_rx_scratch_close(rs->rx_scratch);
    tl_vec_release(&rs->passed);
    tl_vec_release(&rs->candidates);
    tl_vec_release(&rs->named);
    tl_vec_release(&rs->pivoted);
    tl_vec_release(&rs->probes);
    tl_vec_release(&rs->sources);
    tl_vec_release(&rs->merged);
    tl_vec_release(&rs->merged_refs);
    tl_vec_release(&rs->joins);
    tl_vec_release(&rs->ctes);
    tl_rs_keys_release(&rs->listed.keys);
    tl_vec_release(&rs->spine);
    tl_vec_release(&rs->arms);
    tl_vec_release(&rs->pending);
    tl_vec_release(&rs->lambdas);
    tl_vec_release(&rs->steers);
    tl_vec_release(&rs->kept_steers);
    tl_vec_release(&rs->tables);
    tl_vec_release(&rs->table_of);
    tl_vec_release(&rs->edges);
    tl_vec_release(&rs->outputs);
    tl_vec_release(&rs->problems);
    tl_vec_release(&rs->statements);
    tl_vec_release(&rs->reads);
    tl_vec_release(&rs->looked_at);
    tl_rs_session_release(rs);
    tl_vec_release(&rs->bodies.variables);
    tl_vec_release(&rs->bodies.variable_of);
    tl_vec_release(&rs->bodies.noted);
    tl_vec_release(&rs->bodies.routines);
    tl_vec_release(&rs->bodies.routine_of);
    tl_vec_release(&rs->bodies.controls);
}

/* ---- targets ---- */

uint32_t tl_rs_target(struct tl_rs *rs, uint32_t table)
{
    rs->target = tl_rs_show(rs, table);
    return table;
}

/* A table that a statement makes. It is not there while what it is made of is resolved. */
struct made {
    struct tl_schema_name name;
    uint32_t tag;
    uint32_t old;  /* the one of its name that was there; TL_SCHEMA_NONE */
    uint32_t gone; /* the one that was dropped before; TL_SCHEMA_NONE */
    bool is_temporary;
};

/* A table of that name was dropped: the new one goes on under its name as it was known. */
static void take_gone(struct tl_rs *rs, struct made *made)
{
    uint32_t gone = made->is_temporary ? TL_SCHEMA_NONE
                                       : tl_schema_find_gone(rs->schema, &made->name);

    made->gone = gone;
    if (gone != TL_SCHEMA_NONE) {
        made->name = rs->schema->tables.items[gone].name;
        made->tag = rs->schema->tables.items[gone].tag;
    } else if (!made->is_temporary) {
        tl_rs_qualify(rs, &made->name, true);
    }
}

/* Whether the table that is made is gone with the text: said so, or #t, or in BigQuery's _SESSION. */
static bool is_of_session(struct tl_rs *rs, uint32_t node, uint8_t flags)
{
    const struct tl_sql_node *table = tl_rs_node(rs, node);

    if (rs->learns)
        return false;
    if (flags & TL_F_TEMPORARY)
        return true;
    if (table->flags & TL_F_DYNAMIC)
        return false;
    if (table->b && !tl_rs_name_of(rs, node).schema)
        return true;
    return (rs->traits->lexical & TL_SQL_HASH_NAMES) &&
           tl_rs_text(rs, table->name)[0] == '#';
}

static struct made begin_making(struct tl_rs *rs, uint32_t node, bool is_temporary)
{
    struct made made = { .name = tl_rs_name_of(rs, node),
                         .tag = TL_SQL_NO_TABLE,
                         .old = TL_SCHEMA_NONE,
                         .gone = TL_SCHEMA_NONE,
                         .is_temporary = is_temporary };

    if (!is_temporary)
        made.old = tl_schema_find_made(rs->schema, &made.name);
    if (made.old != TL_SCHEMA_NONE &&
        (rs->schema->tables.items[made.old].flags & TL_SCHEMA_TEMPORARY))
        made.old = TL_SCHEMA_NONE;
    if (made.old != TL_SCHEMA_NONE) {
        made.name = rs->schema->tables.items[made.old].name;
        made.tag = rs->schema->tables.items[made.old].tag;
        tl_rs_target(rs, made.old);
        return made;
    }
    take_gone(rs, &made);
    struct tl_sql_table shown = {
        .database = tl_sql_name_text(rs->names, made.name.database),
        .schema = tl_sql_name_text(rs->names, made.name.schema),
        .name = tl_sql_name_text(rs->names, made.name.name),
        .tag = made.tag,
    };
    rs->target = (uint32_t)rs->tables.n;
    tl_vec_push(&rs->tables, shown);
    tl_vec_push(&rs->table_of, TL_RS_NONE);
    return made;
}

/* The new table takes the old one's number and place in the result. */
static uint32_t make_table(struct tl_rs *rs, const struct made *made, uint8_t flags)
{
    uint32_t id =
        tl_schema_add(rs->schema, &made->name,
                      (uint8_t)(flags | (made->is_temporary ? TL_SCHEMA_TEMPORARY : 0)));
    struct tl_schema_table *table = &rs->schema->tables.items[id];

    table->tag = made->tag;
    table->shown = rs->target;
    if (made->old != TL_SCHEMA_NONE)
        tl_rs_inherit(rs, made->old, id);
    else
        rs->replaces = rs->replaces || made->gone != TL_SCHEMA_NONE;
    rs->table_of.items[rs->target] = id;
    rs->tables.items[rs->target].is_known = (flags & TL_SCHEMA_KNOWN) != 0;
    rs->tables.items[rs->target].is_temporary = made->is_temporary;
    return id;
}

void tl_rs_output(struct tl_rs *rs, uint32_t name, uint32_t type)
{
    struct tl_sql_output output = { .name = tl_sql_name_text(rs->names, name),
                                    .type = tl_sql_name_text(rs->names, type) };

    tl_vec_push(&rs->outputs, output);
}

void tl_rs_keep_steers(struct tl_rs *rs, uint32_t table_id)
{
    struct tl_schema_table *table = &rs->schema->tables.items[table_id];
    uint32_t first = (uint32_t)rs->kept_steers.n;

    for (uint32_t i = 0; i < table->n_steers; i++)
        tl_vec_push(&rs->kept_steers, rs->kept_steers.items[table->first_steer + i]);
    for (size_t i = rs->first_steer; i < rs->steers.n; i++)
        tl_vec_push(&rs->kept_steers, rs->steers.items[i]);
    table->first_steer = first;
    table->n_steers = (uint32_t)rs->kept_steers.n - first;
    rs->keeps = true;
}

/* ---- made by a query ---- */

static void set_types(struct tl_rs *rs, uint32_t relation_id, uint32_t definitions)
{
    struct tl_rs_relation relation = rs->relations.items[relation_id];
    uint32_t definition = definitions;

    for (uint32_t i = 0; definition && i < relation.n;
         i++, definition = tl_rs_node(rs, definition)->next)
        if (tl_rs_node(rs, definition)->kind == TL_N_COLUMN_DEFINITION &&
            tl_rs_node(rs, definition)->b)
            rs->columns.items[relation.first + i].type = tl_rs_node(rs, definition)->b;
}

/* Whether a known column may be the one that the query gives at its place. */
static bool is_same_name(const struct tl_rs_column *column, uint32_t known_key)
{
    return column->is_unnamed || column->key == known_key;
}

/*
 * Where the table is known already and the query gives it the same columns, those without a name of their own have the known one, and
 * those that a star covers which could not be told apart are the known ones at their places.
 */
static uint32_t take_known_names(struct tl_rs *rs, uint32_t table_id,
                                 uint32_t relation_id)
{
    struct tl_schema_table table = rs->schema->tables.items[table_id];
    struct tl_rs_relation relation = rs->relations.items[relation_id];
    uint32_t first = (uint32_t)rs->building.n;
    uint32_t covered = table.n + 1 - relation.n;

    if (!(table.flags & TL_SCHEMA_KNOWN) || relation.n_open > 1 ||
        relation.kind == TL_RS_OPAQUE ||
        (relation.n_open ? table.n + 1 < relation.n : table.n != relation.n))
        return relation_id;
    for (uint32_t i = 0, place = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];

        for (uint32_t c = 0; c < (column.is_open ? covered : 1); c++, place++) {
            struct tl_schema_column known =
                rs->schema->columns.items[table.first + place];
            struct tl_rs_column named = column;

            if (!column.is_open && !is_same_name(&column, known.key)) {
                rs->building.n = first;
                return relation_id;
            }
            if (column.is_open) {
                struct tl_rs_mark mark = tl_rs_begin(rs);
                tl_rs_add_named(rs, column.set, known.name, tl_rs_value());
                named.set = tl_rs_end(rs, mark);
            }
            named.is_open = named.is_unnamed = false;
            named.name = known.name;
            named.key = known.key;
            tl_vec_push(&rs->building, named);
        }
    }
    return tl_rs_relation_of(rs, first);
}

static bool has_column(const struct tl_rs *rs, uint32_t first, uint32_t n, uint32_t key)
{
    for (uint32_t i = 0; i < n; i++)
        if (rs->columns.items[first + i].key == key)
            return true;
    return false;
}

/* SQLite's way to tell columns of one name apart: id, id:1, id:2 (sqlite3ColumnsFromExprList in src/select.c). */
static void tell_apart(struct tl_rs *rs, uint32_t relation_id)
{
    enum { MOST_COLUMNS = 2000 }; /* SQLITE_MAX_COLUMN */
    struct tl_rs_relation relation = rs->relations.items[relation_id];

    if (!(rs->traits->naming & TL_SQL_REPEATS_NUMBERED) || relation.n > MOST_COLUMNS)
        return;
    for (uint32_t i = 1; i < relation.n; i++) {
        struct tl_rs_column *column = &rs->columns.items[relation.first + i];
        const char *text = tl_rs_text(rs, column->name);
        char other[256];

        for (unsigned n = 1;
             !column->is_open && has_column(rs, relation.first, i, column->key); n++) {
            int length = snprintf(other, sizeof other, "%s:%u", text, n);

            if (length >= (int)sizeof other)
                break;
            column->name = tl_sql_name_exact(rs->names, other, (uint32_t)length);
            column->key = tl_rs_key(rs, column->name);
            tl_schema_may_have_too(&rs->relations.items[relation_id].bits, column->key);
        }
    }
}

static void make_of_query(struct tl_rs *rs, const struct made *made, uint32_t relation_id)
{
    tell_apart(rs, relation_id);
    if (made->old != TL_SCHEMA_NONE)
        relation_id = take_known_names(rs, made->old, relation_id);
    struct tl_rs_relation relation = rs->relations.items[relation_id];
    bool is_known = !relation.n_open && relation.kind == TL_RS_COLUMNS;
    uint32_t id = make_table(rs, made, is_known ? TL_SCHEMA_KNOWN : TL_SCHEMA_NAMED);

    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];

        tl_rs_output(rs, column.name, column.type);
        if (!column.is_open)
            tl_schema_add_column(rs->schema, id, column.name, column.type);
        if (!made->is_temporary)
            tl_rs_emit(rs, rs->target, column.name, column.set);
    }
    if (made->is_temporary) {
        rs->schema->tables.items[id].relation = relation_id;
        tl_rs_keep_steers(rs, id);
    } else {
        tl_rs_emit_steers(rs, rs->target);
    }
}

/* The `into` of a query's first select. */
static uint32_t find_into(const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    while (node->kind == TL_N_QUERY || node->kind == TL_N_SET)
        node = tl_rs_node(rs, node->kind == TL_N_QUERY ? node->b : node->a);
    if (node->kind != TL_N_SELECT || !node->d || !tl_rs_node(rs, node->d)->d)
        return 0;
    return tl_rs_node(rs, node->d)->d;
}

static uint8_t resolve_query(struct tl_rs *rs, uint32_t id)
{
    uint32_t more = find_into(rs, id);
    uint32_t into = more ? tl_rs_node(rs, more)->c : 0;

    if (into) {
        bool is_temporary = is_of_session(rs, into, tl_rs_node(rs, more)->flags);
        struct made made = begin_making(rs, into, is_temporary);

        make_of_query(rs, &made, tl_rs_query(rs, id, NULL));
        return TL_SQL_CREATE_TABLE_AS;
    }
    uint32_t result = tl_rs_query(rs, id, NULL);
    struct tl_rs_relation relation = rs->relations.items[result];
    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];

        tl_rs_output(rs, column.name, column.type);
        tl_rs_emit(rs, TL_SQL_NO_TABLE, column.name, column.set);
    }
    tl_rs_emit_steers(rs, TL_SQL_NO_TABLE);
    return TL_SQL_SELECT;
}

/* What it writes, and then what it returns to whoever runs it: that goes to no table. */
static void resolve_change(struct tl_rs *rs, uint32_t id)
{
    uint32_t returned = tl_rs_change(rs, id, true);
    struct tl_rs_relation relation = rs->relations.items[returned];

    if (!relation.n)
        return;
    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];

        tl_rs_emit(rs, TL_SQL_NO_TABLE, column.name, column.set);
    }
    tl_rs_emit_steers(rs, TL_SQL_NO_TABLE);
}

/* A view reads its tables whenever it is read; what it was before is gone. */
static void note_made(struct tl_rs *rs, const struct made *made,
                      const struct tl_sql_node *node, uint32_t first_base)
{
    uint32_t id = rs->table_of.items[rs->target];
    struct tl_schema_table *table = &rs->schema->tables.items[id];

    if (made->is_temporary)
        return;
    if (table->text != rs->n_texts) { /* new, and not followed yet */
        table->text = rs->n_texts;
        table->read_at = 0;
        table->last_write = TL_SCHEMA_NONE;
    }
    table->first_base = first_base;
    table->n_bases = (uint32_t)rs->bases.n - first_base;
    if (node->flags & TL_F_REPLACE)
        tl_rs_mark_gone(rs, id);
    rs->replaces = rs->replaces || (node->flags & TL_F_REPLACE);
    if (made->gone != TL_SCHEMA_NONE)
        rs->schema->tables.items[id].is_empty = true;
    if (node->c)
        tl_rs_mark_written(rs, id);
}

/* The query, and of an execute what was prepared under its name. */
static uint32_t query_made_of(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (node->kind != TL_N_EXECUTE)
        return id;
    uint32_t prepared = tl_rs_prepared(rs, node->name);
    if (prepared && tl_rs_node(rs, prepared)->kind == TL_N_QUERY)
        return prepared;
    tl_rs_problem(rs, node->at, "what '%s' runs is not known: it is prepared elsewhere",
                  tl_rs_text(rs, node->name));
    return 0;
}

static void create_as(struct tl_rs *rs, const struct tl_sql_node *node)
{
    bool is_temporary = is_of_session(rs, node->a, node->flags);
    uint32_t first_base = (uint32_t)rs->bases.n;
    struct made made = begin_making(rs, node->a, is_temporary);

    rs->is_viewing = node->kind == TL_N_CREATE_VIEW &&
                     !(node->flags & (TL_F_MATERIALIZED | TL_F_TEMPORARY));
    uint32_t query = query_made_of(rs, node->c);
    uint32_t relation =
        query ? tl_rs_query(rs, query, NULL) : tl_rs_relation_new(rs, TL_RS_OPAQUE);
    rs->is_viewing = false;
    if (node->b) {
        relation = tl_rs_rename(rs, relation, node->b, made.name.name);
        set_types(rs, relation, node->b);
    }
    make_of_query(rs, &made, relation);
    note_made(rs, &made, node, first_base);
}

/* ---- made of definitions ---- */

/* `old`: the table that is there under its name; a table like itself is like that one. */
static void add_columns_of(struct tl_rs *rs, uint32_t made, uint32_t old, uint32_t like,
                           bool *is_whole)
{
    uint16_t confidence;
    uint32_t table = tl_rs_table(rs, like, &confidence);

    if (table == made && old != TL_SCHEMA_NONE)
        table = old;
    uint32_t n = rs->schema->tables.items[table].n;

    if (!(rs->schema->tables.items[table].flags & TL_SCHEMA_KNOWN))
        *is_whole = false; /* itself too, which is not whole before it is made */
    if (table == made)
        return;
    if (n + rs->schema->tables.items[made].n > TL_RS_WIDTH) {
        tl_rs_too_wide(rs, tl_rs_node(rs, like)->at);
        *is_whole = false;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct tl_schema_column column =
            rs->schema->columns.items[rs->schema->tables.items[table].first + i];

        tl_schema_add_column(rs->schema, made, column.name, column.type);
        tl_rs_output(rs, column.name, column.type);
    }
}

/* Columns that are computed of others of the same row: from the list of definitions or of changes. Those of files come from there. */
static void emit_generated(struct tl_rs *rs, uint32_t made, uint32_t table_node,
                           uint32_t list, uint32_t files)
{
    struct tl_rs_scope scope;
    uint32_t place = 0, of_files = TL_SCHEMA_NONE;
    uint16_t confidence;

    tl_rs_scope_begin(rs, &scope, NULL);
    tl_rs_add_table(rs, &scope, table_node, made, 1000);
    if (files) {
        of_files = tl_rs_table(rs, files, &confidence);
        tl_rs_add_table(rs, &scope, files, of_files, 1000);
    }
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *column = tl_rs_node(rs, i);

        place++;
        if (column->kind == TL_N_ALTER && column->op != TL_A_ADD)
            continue;
        if (column->a)
            tl_rs_emit(rs, rs->target, tl_rs_node(rs, i)->name,
                       tl_rs_expression(rs, column->a));
        else if (files && !(column->flags & TL_F_PARTITION))
            tl_rs_emit(rs, rs->target, column->name,
                       tl_rs_of_files(rs, files, of_files,
                                      tl_rs_node(rs, files)->flags & TL_F_BY_NAME
                                          ? column->name
                                          : 0,
                                      place));
    }
    tl_rs_scope_end(rs, &scope);
}

/* A temporary table that nothing was put into yet. */
void tl_rs_empty(struct tl_rs *rs, uint32_t made)
{
    const struct tl_schema_table *table = &rs->schema->tables.items[made];
    uint32_t first = (uint32_t)rs->building.n;

    tl_rs_changes(rs, made);
    for (uint32_t i = 0; i < table->n; i++) {
        struct tl_schema_column column = rs->schema->columns.items[table->first + i];
        struct tl_rs_column empty = { .name = column.name,
                                      .key = column.key,
                                      .type = column.type };
        tl_vec_push(&rs->building, empty);
    }
    uint32_t relation = tl_rs_relation_of(rs, first);
    rs->schema->tables.items[made].relation = relation;
    rs->schema->tables.items[made].n_steers = 0;
    rs->keeps = true;
}

/* A table of files that tells no columns has theirs. */
static void emit_files(struct tl_rs *rs, uint32_t node)
{
    uint16_t confidence;
    uint32_t files = tl_rs_table(rs, node, &confidence);
    uint32_t star = tl_sql_name_exact(rs->names, "*", 1);
    struct tl_rs_flow flow = tl_rs_value();
    struct tl_rs_mark mark = tl_rs_begin(rs);

    flow.confidence = TL_RS_QUALIFIED;
    tl_rs_add_leaf(rs, tl_rs_leaf_of_star(rs, files, TL_RS_STAR_BY_NAME),
                   tl_rs_node(rs, node)->at, flow);
    tl_rs_output(rs, star, 0);
    tl_rs_emit(rs, rs->target, star, tl_rs_end(rs, mark));
}

static void create_table(struct tl_rs *rs, const struct tl_sql_node *node)
{
    bool is_temporary = is_of_session(rs, node->a, node->flags);
    bool is_whole = true;
    struct made made = begin_making(rs, node->a, is_temporary);
    uint32_t id = make_table(rs, &made, TL_SCHEMA_NAMED);

    uint32_t like = node->d, files = 0;
    unsigned place = 0;
    if (like && (tl_rs_node(rs, like)->flags & TL_F_FILES)) {
        files = like;
        like = 0;
    }
    for (uint32_t i = node->b; i; i = tl_rs_node(rs, i)->next, place++) {
        const struct tl_sql_node *column = tl_rs_node(rs, i);

        for (; like && tl_rs_node(rs, like)->op <= place;
             like = tl_rs_node(rs, like)->next)
            add_columns_of(rs, id, made.old, like, &is_whole);
        tl_schema_add_column(rs->schema, id, column->name, column->b);
        tl_rs_output(rs, column->name, column->b);
    }
    for (; like; like = tl_rs_node(rs, like)->next)
        add_columns_of(rs, id, made.old, like, &is_whole);
    if (files && !node->b)
        emit_files(rs, files);
    if (is_whole && rs->schema->tables.items[id].n) {
        rs->schema->tables.items[id].flags ^= TL_SCHEMA_NAMED | TL_SCHEMA_KNOWN;
        rs->tables.items[rs->target].is_known = true;
    }
    if (is_temporary)
        tl_rs_empty(rs, id);
    else
        emit_generated(rs, id, node->a, node->b, files);
    note_made(rs, &made, node, (uint32_t)rs->bases.n);
}

/* ---- alter and drop ---- */

static uint32_t find_change(const struct tl_rs *rs, uint32_t list, uint32_t op,
                            uint32_t key)
{
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next)
        if (tl_rs_node(rs, i)->op == op && tl_rs_key(rs, tl_rs_node(rs, i)->name) == key)
            return i;
    return 0;
}

/* The columns as they were, less those dropped, under their new names. */
static void copy_columns(struct tl_rs *rs, uint32_t from, uint32_t to, uint32_t changes)
{
    for (uint32_t i = 0; i < rs->schema->tables.items[from].n; i++) {
        struct tl_schema_column column =
            rs->schema->columns.items[rs->schema->tables.items[from].first + i];
        uint32_t renamed = find_change(rs, changes, TL_A_RENAME, column.key);

        if (find_change(rs, changes, TL_A_DROP, column.key))
            continue;
        tl_schema_add_column(rs->schema, to,
                             renamed ? tl_rs_node(rs, renamed)->b : column.name,
                             column.type);
    }
}

/* The same of what a temporary table's columns are made of. */
static void copy_relation(struct tl_rs *rs, uint32_t from, uint32_t to, uint32_t changes)
{
    struct tl_rs_relation relation =
        rs->relations.items[rs->schema->tables.items[from].relation];
    uint32_t first = (uint32_t)rs->building.n;

    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];
        uint32_t renamed = find_change(rs, changes, TL_A_RENAME, column.key);

        if (find_change(rs, changes, TL_A_DROP, column.key))
            continue;
        if (renamed) {
            column.name = tl_rs_node(rs, renamed)->b;
            column.key = tl_rs_key(rs, column.name);
        }
        tl_vec_push(&rs->building, column);
    }
    for (uint32_t i = changes; i; i = tl_rs_node(rs, i)->next) {
        struct tl_rs_column column = { .name = tl_rs_node(rs, i)->name,
                                       .key = tl_rs_key(rs, tl_rs_node(rs, i)->name),
                                       .type = tl_rs_node(rs, i)->b };
        if (tl_rs_node(rs, i)->op == TL_A_ADD)
            tl_vec_push(&rs->building, column);
    }
    uint32_t copy = tl_rs_relation_of(rs, first);
    rs->schema->tables.items[to].relation = copy;
    rs->keeps = true;
}

static void hide(struct tl_rs *rs, uint32_t table)
{
    struct tl_schema_name name = rs->schema->tables.items[table].name;
    uint8_t temporary = rs->schema->tables.items[table].flags & TL_SCHEMA_TEMPORARY;

    uint32_t tag = rs->schema->tables.items[table].tag;

    uint32_t gone = tl_schema_add(rs->schema, &name, TL_SCHEMA_DROPPED | temporary);
    rs->schema->tables.items[gone].tag = tag;
}

/* A column that gets another name, here or with its table, flows from the old into the new one. */
static void emit_moved(struct tl_rs *rs, uint32_t table, uint32_t column, uint32_t name,
                       uint32_t at, uint16_t confidence)
{
    struct tl_schema_column old =
        rs->schema->columns.items[rs->schema->tables.items[table].first + column];
    struct tl_rs_mark mark = tl_rs_begin(rs);
    struct tl_rs_flow flow = tl_rs_value();

    flow.confidence = confidence;
    tl_rs_output(rs, name, old.type);
    tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, table, column), at, flow);
    tl_rs_emit(rs, rs->target, name, tl_rs_end(rs, mark));
}

/* The number of a column in its table, which is added where only statements speak of the table. */
static uint32_t old_column(struct tl_rs *rs, uint32_t table,
                           const struct tl_sql_node *change)
{
    const struct tl_schema_table *of = &rs->schema->tables.items[table];
    uint32_t column = tl_schema_column(rs->schema, table, tl_rs_key(rs, change->name));

    if (column == TL_SCHEMA_NONE && (of->flags & TL_SCHEMA_NAMED))
        return tl_schema_add_column(rs->schema, table, change->name, 0);
    if (column == TL_SCHEMA_NONE)
        tl_rs_problem(rs, change->at, "'%s' has no column '%s'%s",
                      tl_rs_text(rs, of->name.name), tl_rs_text(rs, change->name),
                      tl_rs_hint_of_table(rs, change->name, table));
    return column;
}

/* All that a table holds, where its columns are not known. */
static void emit_all_moved(struct tl_rs *rs, uint32_t table, uint32_t at)
{
    struct tl_rs_mark mark = tl_rs_begin(rs);
    struct tl_rs_flow flow = tl_rs_value();

    flow.confidence = TL_RS_QUALIFIED;
    tl_rs_add_leaf(rs, tl_rs_leaf_of_star(rs, table, TL_RS_STAR_BY_NAME), at, flow);
    tl_rs_emit(rs, rs->target, tl_sql_name_exact(rs->names, "*", 1), tl_rs_end(rs, mark));
}

/* Of a table that is no temporary one: those are looked through. `is_new`: the table itself gets another name. */
static void emit_renames(struct tl_rs *rs, uint32_t old, bool is_new,
                         const struct tl_sql_node *node, uint16_t confidence)
{
    uint32_t n = rs->schema->tables.items[old].n;

    for (uint32_t i = 0; is_new && i < n; i++)
        emit_moved(
            rs, old, i,
            rs->schema->columns.items[rs->schema->tables.items[old].first + i].name,
            node->at, confidence);
    if (is_new && !(rs->schema->tables.items[old].flags & TL_SCHEMA_KNOWN))
        emit_all_moved(rs, old, node->at);
    for (uint32_t i = node->b; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *change = tl_rs_node(rs, i);
        uint32_t column =
            change->op == TL_A_RENAME ? old_column(rs, old, change) : TL_SCHEMA_NONE;
        if (column != TL_SCHEMA_NONE)
            emit_moved(rs, old, column, change->b, change->at, confidence);
    }
}

/* ---- rows of one table that another one has afterwards ---- */

/* All columns of a table, as reading it whole gives them: a relation. */
static uint32_t content_of(struct tl_rs *rs, uint32_t id, uint32_t at,
                           uint16_t confidence)
{
    struct tl_schema_table table = rs->schema->tables.items[id];
    uint32_t first = (uint32_t)rs->building.n;
    struct tl_rs_flow flow = tl_rs_value();

    if (table.relation != TL_SCHEMA_NONE)
        return table.relation;
    flow.confidence = confidence;
    for (uint32_t i = 0; (table.flags & TL_SCHEMA_KNOWN) && i < table.n; i++) {
        struct tl_schema_column of = rs->schema->columns.items[table.first + i];
        struct tl_rs_column column = { .name = of.name, .key = of.key, .type = of.type };
        struct tl_rs_mark mark = tl_rs_begin(rs);

        tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, id, i), at, flow);
        column.set = tl_rs_end(rs, mark);
        tl_vec_push(&rs->building, column);
    }
    if (!(table.flags & TL_SCHEMA_KNOWN)) {
        struct tl_rs_column open = { .name = tl_sql_name_exact(rs->names, "*", 1),
                                     .is_open = true };
        struct tl_rs_mark mark = tl_rs_begin(rs);

        flow.confidence = TL_RS_QUALIFIED;
        tl_rs_add_leaf(rs, tl_rs_leaf_of_star(rs, id, TL_RS_STAR_BY_NAME), at, flow);
        open.set = tl_rs_end(rs, mark);
        open.key = tl_rs_key(rs, open.name);
        tl_vec_push(&rs->building, open);
    }
    return tl_rs_relation_of(rs, first);
}

/* Of these columns those that the table `of` has too, or all: they are the target's. */
static void emit_relation(struct tl_rs *rs, uint32_t relation_id, uint32_t of,
                          bool is_told)
{
    struct tl_rs_relation relation = rs->relations.items[relation_id];

    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];

        if (of != TL_SCHEMA_NONE && !column.is_open &&
            tl_schema_column(rs->schema, of, column.key) == TL_SCHEMA_NONE)
            continue;
        if (is_told)
            tl_rs_output(rs, column.name, column.type);
        tl_rs_emit(rs, rs->target, column.name, column.set);
    }
}

/* The name of `old` with what `of` held. */
static uint32_t make_swapped(struct tl_rs *rs, uint32_t old, uint32_t of,
                             uint32_t relation)
{
    struct tl_schema_table before = rs->schema->tables.items[old];
    struct tl_schema_table holds = rs->schema->tables.items[of];
    uint8_t flags = (uint8_t)((holds.flags & (TL_SCHEMA_KNOWN | TL_SCHEMA_NAMED)) |
                              (before.flags & TL_SCHEMA_TEMPORARY));
    uint32_t id = tl_schema_add(rs->schema, &before.name, flags);

    rs->schema->tables.items[id].tag = before.tag;
    for (uint32_t i = 0; i < holds.n; i++) {
        struct tl_schema_column column =
            rs->schema->columns.items[rs->schema->tables.items[of].first + i];
        tl_schema_add_column(rs->schema, id, column.name, column.type);
    }
    if (flags & TL_SCHEMA_TEMPORARY) {
        rs->schema->tables.items[id].relation = relation;
        rs->keeps = true;
    }
    return id;
}

/* What each held has the other name now. */
static void swap(struct tl_rs *rs, uint32_t left, const struct tl_sql_node *change,
                 uint16_t confidence)
{
    uint16_t other;
    uint32_t right = tl_rs_table(rs, change->a, &other);
    uint32_t at = tl_rs_node(rs, change->a)->at;
    uint32_t of_left = content_of(rs, left, change->at, confidence);
    uint32_t of_right = content_of(rs, right, at, other);
    bool is_left_temporary = rs->schema->tables.items[left].relation != TL_SCHEMA_NONE;
    bool is_right_temporary = rs->schema->tables.items[right].relation != TL_SCHEMA_NONE;

    tl_rs_mark_read(rs, left);
    tl_rs_mark_read(rs, right);
    uint32_t new_left = make_swapped(rs, left, right, of_right);
    uint32_t new_right = make_swapped(rs, right, left, of_left);
    if (!is_left_temporary) {
        tl_rs_target(rs, left);
        emit_relation(rs, of_right, TL_SCHEMA_NONE, true);
        tl_rs_mark_written(rs, new_left);
    }
    if (!is_right_temporary) {
        tl_rs_target(rs, right);
        emit_relation(rs, of_left, TL_SCHEMA_NONE, false);
        tl_rs_mark_written(rs, new_right);
    }
    tl_rs_target(rs, left);
}

/* The other table's rows are moved here, column by column of one name. */
static void append(struct tl_rs *rs, uint32_t to, const struct tl_sql_node *change)
{
    uint16_t confidence;
    uint32_t from = tl_rs_table(rs, change->a, &confidence);

    tl_rs_mark_read(rs, from);
    uint32_t relation = content_of(rs, from, tl_rs_node(rs, change->a)->at, confidence);
    emit_relation(rs, relation,
                  rs->schema->tables.items[to].flags & TL_SCHEMA_KNOWN ? to
                                                                       : TL_SCHEMA_NONE,
                  true);
    tl_rs_mark_written(rs, to);
    tl_rs_mark_gone(rs, from);
}

/* Whether it is one of those; they stand alone. */
static bool moves_rows(struct tl_rs *rs, uint32_t table, const struct tl_sql_node *node,
                       uint16_t confidence)
{
    const struct tl_sql_node *change = node->b ? tl_rs_node(rs, node->b) : NULL;

    if (!change || (change->op != TL_A_SWAP && change->op != TL_A_APPEND))
        return false;
    if (change->op == TL_A_SWAP)
        swap(rs, table, change, confidence);
    else
        append(rs, table, change);
    return true;
}

/* Under its new name a table holds what it held: that is read, and written anew. */
static void note_altered(struct tl_rs *rs, uint32_t old, uint32_t id, bool is_renamed)
{
    if (!is_renamed) {
        tl_rs_inherit(rs, old, id);
        return;
    }
    tl_rs_mark_read(rs, old);
    tl_rs_mark_written(rs, id);
}

/* Into another schema, where the new name says so. */
static void move_to(const struct tl_rs *rs, struct tl_schema_name *name, uint32_t table)
{
    if (!table)
        return;
    name->schema = tl_rs_node(rs, table)->b;
    if (tl_rs_node(rs, table)->c)
        name->database = tl_rs_node(rs, table)->c;
}

static void alter_table(struct tl_rs *rs, const struct tl_sql_node *node)
{
    uint16_t confidence;
    uint32_t old = tl_rs_target(rs, tl_rs_table(rs, node->a, &confidence));
    struct tl_schema_table before = rs->schema->tables.items[old];

    if (moves_rows(rs, old, node, confidence))
        return;
    struct made made = { .name = before.name,
                         .tag = before.tag,
                         .is_temporary = (before.flags & TL_SCHEMA_TEMPORARY) != 0 };
    uint8_t flags = before.flags & (TL_SCHEMA_KNOWN | TL_SCHEMA_NAMED);
    uint32_t renamed = 0, id;

    for (uint32_t i = node->b; i; i = tl_rs_node(rs, i)->next)
        if (tl_rs_node(rs, i)->op == TL_A_RENAME_TABLE) {
            renamed = tl_rs_node(rs, i)->b;
            move_to(rs, &made.name, tl_rs_node(rs, i)->a);
        }
    if (renamed || made.is_temporary)
        hide(rs, old);
    if (renamed) {
        made.name.name = renamed;
        id = tl_schema_add(rs->schema, &made.name,
                           flags | (before.flags & TL_SCHEMA_TEMPORARY));
        rs->schema->tables.items[id].tag =
            made.is_temporary ? before.tag : TL_SQL_NO_TABLE;
        if (!made.is_temporary)
            tl_rs_target(rs, id);
    } else {
        id = make_table(rs, &made, flags);
    }
    note_altered(rs, old, id, renamed != 0);
    rs->schema->tables.items[id].first_steer = before.first_steer;
    rs->schema->tables.items[id].n_steers = before.n_steers;
    copy_columns(rs, old, id, node->b);
    for (uint32_t i = node->b; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *added = tl_rs_node(rs, i);

        if (added->op != TL_A_ADD)
            continue;
        tl_schema_add_column(rs->schema, id, added->name, added->b);
        tl_rs_output(rs, added->name, added->b);
    }
    if (before.relation != TL_SCHEMA_NONE)
        copy_relation(rs, old, id, node->b);
    else
        emit_generated(rs, id, node->a, node->b, 0);
    if (!made.is_temporary)
        emit_renames(rs, old, renamed != 0, node, confidence);
}

static void drop(struct tl_rs *rs, const struct tl_sql_node *node)
{
    for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next) {
        struct tl_schema_name name = tl_rs_name_of(rs, i);
        uint32_t table = tl_schema_find_made(rs->schema, &name);

        if (table == TL_SCHEMA_NONE)
            table = tl_schema_add(rs->schema, &name, TL_SCHEMA_NAMED);
        if (rs->target == TL_SQL_NO_TABLE)
            tl_rs_target(rs, table);
        tl_rs_mark_gone(rs, table);
        hide(rs, table);
    }
}

/* ---- all of them ---- */

uint8_t tl_rs_by_kind(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    switch (node->kind) {
    case TL_N_QUERY:
        if (!node->a && tl_rs_node(rs, node->b)->kind >= TL_N_CREATE_VIEW)
            return tl_rs_by_kind(rs, node->b);
        return resolve_query(rs, id);
    case TL_N_SELECT:
    case TL_N_SET:
    case TL_N_VALUES:
        return resolve_query(rs, id);
    case TL_N_CREATE_VIEW:
        tl_rs_ddl(rs);
        create_as(rs, node);
        return TL_SQL_CREATE_VIEW;
    case TL_N_CREATE_TABLE:
        tl_rs_ddl(rs);
        if (node->c) {
            create_as(rs, node);
            return TL_SQL_CREATE_TABLE_AS;
        }
        create_table(rs, node);
        return TL_SQL_CREATE_TABLE;
    case TL_N_INSERTS:
        tl_rs_inserts(rs, node);
        return TL_SQL_INSERT;
    case TL_N_TRUNCATE:
        tl_rs_truncate(rs, node);
        return TL_SQL_DELETE;
    case TL_N_TRANSACTION:
        tl_rs_transaction(rs, node);
        return TL_SQL_OTHER;
    case TL_N_PATH:
        tl_rs_path(rs, node);
        return TL_SQL_OTHER;
    case TL_N_INSERT:
        resolve_change(rs, id);
        if (node->flags & TL_F_COPY)
            return TL_SQL_COPY;
        return node->flags & TL_F_MERGE ? TL_SQL_MERGE : TL_SQL_INSERT;
    case TL_N_UPDATE:
        resolve_change(rs, id);
        return node->flags & TL_F_MERGE ? TL_SQL_MERGE : TL_SQL_UPDATE;
    case TL_N_DELETE:
        resolve_change(rs, id);
        return node->flags & TL_F_MERGE ? TL_SQL_MERGE : TL_SQL_DELETE;
    case TL_N_ALTER_TABLE:
        tl_rs_ddl(rs);
        alter_table(rs, node);
        return TL_SQL_ALTER_TABLE;
    case TL_N_DROP:
        tl_rs_ddl(rs);
        drop(rs, node);
        return TL_SQL_DROP;
    case TL_N_PROGRAM:
    case TL_N_PREPARE:
        return tl_rs_program(rs, id);
    case TL_N_NOT_UNDERSTOOD:
        return TL_SQL_NOT_UNDERSTOOD;
    default:
        return TL_SQL_OTHER;
    }
}

static void begin_statement(struct tl_rs *rs)
{
    rs->statement = (uint32_t)rs->statements.n + 1;
    rs->target = TL_SQL_NO_TABLE;
    rs->ctes.n = 0;
    rs->cte = TL_RS_NONE;
    rs->scope = NULL;
    rs->steers.n = 0;
    rs->first_steer = 0;
    rs->steer_epoch++;
    rs->merge.table = TL_RS_NONE;
    rs->shared = TL_RS_NONE;
    rs->is_viewing = rs->replaces = false;
    rs->n_written = 0;
    rs->is_too_deep = rs->is_too_wide = false;
    rs->depth = 0;
}

/* What was looked at, each table once; a name that was not known when the text was put together is none. */
static void tell_reads(struct tl_rs *rs, struct tl_sql_statement *statement)
{
    rs->n_told++;
    statement->first_read = (uint32_t)rs->reads.n;
    for (size_t i = 0; i < rs->looked_at.n && !rs->bodies.has_hole; i++) {
        uint32_t id = rs->looked_at.items[i];
        struct tl_schema_table *table = &rs->schema->tables.items[id];

        if (table->told == rs->n_told || (table->flags & TL_SCHEMA_TEMPORARY))
            continue;
        table->told = rs->n_told;
        struct tl_sql_read read = { .statement = rs->statement,
                                    .table = tl_rs_show(rs, id) };
        tl_vec_push(&rs->reads, read);
    }
    statement->n_reads = (uint32_t)rs->reads.n - statement->first_read;
}

void tl_rs_statement(struct tl_rs *rs, uint32_t id)
{
    struct tl_sql_statement statement = { .first_output = (uint32_t)rs->outputs.n,
                                          .first_edge = (uint32_t)rs->edges.n,
                                          .line = tl_rs_node(rs, id)->at };

    begin_statement(rs);
    rs->looked_at.n = 0;
    rs->ceiling_at = statement.line;
    if (!rs->keeps) { /* nothing of the statements before is needed any more */
        rs->leaves.n = rs->entries.n = rs->columns.n = rs->relations.n = rs->probes.n = 0;
        tl_rs_paths_reset(rs);
    }
    statement.kind = tl_rs_by_kind(rs, id);
    rs->last_query = statement.kind == TL_SQL_SELECT ? id : 0;
    tell_reads(rs, &statement);
    if (rs->bodies.has_hole)
        tl_rs_drop_holes(rs, statement.first_edge);
    rs->bodies.has_hole = false;
    if (rs->is_too_deep)
        tl_rs_problem(rs, rs->ceiling_at, "it nests too deeply to be followed");
    if (rs->is_too_wide)
        tl_rs_problem(rs, rs->ceiling_at,
                      "it has more columns or tables than are followed");
    statement.target = rs->target;
    statement.n_outputs = (uint32_t)rs->outputs.n - statement.first_output;
    statement.n_edges = (uint32_t)rs->edges.n - statement.first_edge;
    statement.is_replacing = rs->replaces;
    tl_vec_push(&rs->statements, statement);
    struct tl_rs_written written = { .n = rs->n_written };
    tl_vec_push(&rs->written, written);
}
