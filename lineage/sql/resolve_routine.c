/*
 * Routines whose bodies are known. A call reads the body with its parameters holding what the arguments are made of; what a body of
 * several statements gives is what its returns give on all their ways. A routine that calls itself is not followed into itself, and all
 * calls of a statement together read no more than a ceiling.
 */
#include "lineage/sql/resolve_program.h"

#include "lineage/sql/effects.h"

#include <stdio.h>
#include <string.h>

enum { MOST_CALLS = 64, MOST_WORK = 4 << 20, CALL_WORK = 16, PREPARED = UINT32_MAX - 1 };

/* ---- the table of them ---- */

void tl_rs_learn_routine(struct tl_rs *rs, uint32_t id, uint32_t size)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct tl_rs_routine routine = {
        .node = id, .name = tl_rs_key(rs, node->name), .older = TL_RS_NONE, .size = size
    };

    if (node->kind == TL_N_PREPARE) {
        routine.schema = PREPARED;
    } else {
        routine.schema = tl_rs_key(rs, node->b);
        for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next) {
            if (tl_rs_node(rs, i)->op == TL_D_OUT && !(node->flags & TL_F_PROCEDURE))
                continue;
            routine.n_parameters++;
            routine.n_needed +=
                !tl_rs_node(rs, i)->a && tl_rs_node(rs, i)->op != TL_D_OUT;
        }
    }
    while (rs->bodies.routine_of.n <= routine.name)
        tl_vec_push(&rs->bodies.routine_of, TL_RS_NONE);
    routine.older = rs->bodies.routine_of.items[routine.name];
    rs->bodies.routine_of.items[routine.name] = (uint32_t)rs->bodies.routines.n;
    tl_vec_push(&rs->bodies.routines, routine);
}

static uint32_t count_arguments(const struct tl_rs *rs, uint32_t list)
{
    uint32_t n = 0;

    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next)
        n++;
    return n;
}

/* The newest of the name that takes so many arguments; TL_RS_NONE. */
static uint32_t find(const struct tl_rs *rs, uint32_t name, uint32_t schema,
                     uint32_t n_arguments)
{
    uint32_t key = tl_rs_key(rs, name), schema_key = tl_rs_key(rs, schema);
    uint32_t i =
        key < rs->bodies.routine_of.n ? rs->bodies.routine_of.items[key] : TL_RS_NONE;

    for (; i != TL_RS_NONE; i = rs->bodies.routines.items[i].older) {
        const struct tl_rs_routine *routine = &rs->bodies.routines.items[i];

        if (routine->schema != PREPARED &&
            (!schema_key || !routine->schema || routine->schema == schema_key) &&
            n_arguments >= routine->n_needed && n_arguments <= routine->n_parameters)
            return i;
    }
    return TL_RS_NONE;
}

uint32_t tl_rs_prepared(const struct tl_rs *rs, uint32_t name)
{
    uint32_t key = tl_rs_key(rs, name);
    uint32_t i =
        key < rs->bodies.routine_of.n ? rs->bodies.routine_of.items[key] : TL_RS_NONE;

    while (i != TL_RS_NONE && rs->bodies.routines.items[i].schema != PREPARED)
        i = rs->bodies.routines.items[i].older;
    return i == TL_RS_NONE ? 0 : tl_rs_node(rs, rs->bodies.routines.items[i].node)->a;
}

/* The routine that a call means, if it can be followed. What it cannot is said. */
static uint32_t routine_of(struct tl_rs *rs, uint32_t call)
{
    const struct tl_sql_node *node = tl_rs_node(rs, call);
    uint32_t n = 0, id;

    if (node->kind != TL_N_CALL || !node->name)
        return TL_RS_NONE;
    n = count_arguments(rs, node->a);
    id = find(rs, node->name, node->c, n);
    if (id == TL_RS_NONE)
        return id;
    if (tl_schema_function(rs->schema, tl_rs_key(rs, node->c),
                           tl_rs_key(rs, node->name)) != TL_NO_EFFECT)
        return TL_RS_NONE; /* what the user says of it counts */
    struct tl_rs_routine *routine = &rs->bodies.routines.items[id];
    if (tl_rs_node(rs, routine->node)->op == TL_B_OPAQUE)
        return TL_RS_NONE;
    if (routine->is_active) {
        tl_rs_problem(rs, node->at, "'%s' calls itself: what comes back is not followed",
                      tl_rs_text(rs, node->name));
        return TL_RS_NONE;
    }
    rs->bodies.work += routine->size + CALL_WORK;
    if (rs->bodies.n_inlined >= MOST_CALLS || rs->bodies.work > MOST_WORK) {
        tl_rs_problem(rs, node->at,
                      "'%s' is called deeper or more often than is followed",
                      tl_rs_text(rs, node->name));
        return TL_RS_NONE;
    }
    return id;
}

/* ---- binding ---- */

static struct tl_rs_value argument_value(struct tl_rs *rs, uint32_t argument)
{
    struct tl_rs_value value = tl_rs_no_value();

    if (tl_rs_node(rs, argument)->kind == TL_N_NAMED_ARGUMENT)
        argument = tl_rs_node(rs, argument)->a;
    value.is_unset = false;
    value.set = tl_rs_expression(rs, argument);
    struct tl_rs_value constant;
    if (tl_rs_fold(rs, argument, &constant)) {
        constant.set = value.set;
        return constant;
    }
    return value;
}

static uint32_t argument_of(const struct tl_rs *rs, uint32_t list, uint32_t name,
                            uint32_t place)
{
    uint32_t i = list, n = 0;

    for (; i; i = tl_rs_node(rs, i)->next, n++) {
        const struct tl_sql_node *argument = tl_rs_node(rs, i);

        if (argument->kind == TL_N_NAMED_ARGUMENT
                ? tl_rs_key(rs, argument->name) == tl_rs_key(rs, name)
                : n == place)
            return i;
    }
    return 0;
}

/* $1 and its like stand for a parameter too. */
static void declare_by_number(struct tl_rs *rs, uint32_t number, struct tl_rs_value value)
{
    char text[12];
    int n = snprintf(text, sizeof text, "%u", (unsigned)number);

    tl_rs_declare(rs, tl_sql_name_exact(rs->names, text, (uint32_t)n), value);
}

/* Parameters as variables; `call` 0: nothing is known of what they hold. */
static void bind(struct tl_rs *rs, uint32_t routine_node, uint32_t call)
{
    const struct tl_sql_node *routine = tl_rs_node(rs, routine_node);
    size_t first = rs->bodies.variables.n;
    uint32_t arguments = call ? tl_rs_node(rs, call)->a : 0, place = 0;
    uint32_t visible = rs->bodies.first_visible;
    uint32_t n_parameters = count_arguments(rs, routine->a), n = 0;
    struct tl_rs_value *values = tl_alloc(n_parameters + 1, sizeof *values);
    uint32_t *names = tl_alloc(n_parameters + 1, sizeof *names);

    /* All arguments are read before the first parameter may hide what they name. */
    for (uint32_t i = routine->a; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *parameter = tl_rs_node(rs, i);
        uint32_t argument = 0;

        values[n] = tl_rs_no_value();
        names[n] = parameter->name;
        if (parameter->op != TL_D_OUT)
            argument = argument_of(rs, arguments, parameter->name, place);
        place += parameter->op != TL_D_OUT || (routine->flags & TL_F_PROCEDURE);
        if (argument)
            values[n] = argument_value(rs, argument);
        else if (parameter->a && parameter->op != TL_D_OUT)
            values[n] = argument_value(rs, parameter->a);
        n++;
    }
    rs->bodies.first_visible = (uint32_t)first;
    rs->bodies.running = routine_node;
    if (!(routine->flags & TL_F_MACRO)) { /* f.x is its x */
        uint32_t label = tl_rs_declare(rs, routine->name, tl_rs_no_value());

        rs->bodies.variables.items[label].is_label = true;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (names[i]) {
            uint32_t id = tl_rs_declare(rs, names[i], values[i]);

            rs->bodies.variables.items[id].wins = (routine->flags & TL_F_MACRO) != 0;
        }
    }
    for (uint32_t i = 0; i < n && !(routine->flags & TL_F_MACRO); i++)
        declare_by_number(rs, i + 1, values[i]);
    for (uint32_t i = routine->d; i && routine->op == TL_B_BLOCK;
         i = tl_rs_node(rs, i)->next)
        tl_rs_declare(rs, tl_rs_node(rs, i)->name, tl_rs_no_value());
    if (routine->flags & TL_F_MACRO)
        rs->bodies.first_visible = visible;
    tl_free(values);
    tl_free(names);
}

/* ---- running one ---- */

/* What stands around a call and is not the body's. */
struct around {
    struct tl_rs_scope *scope;
    struct tl_rs_value *returned;
    size_t n_variables;
    uint32_t cte, first_visible, n_open, running;
    bool may_be_left, is_created, emits_rows, is_quiet;
};

static struct around leave(struct tl_rs *rs)
{
    return (struct around){
        .scope = rs->scope,
        .returned = rs->bodies.returned,
        .n_variables = rs->bodies.variables.n,
        .cte = rs->cte,
        .first_visible = rs->bodies.first_visible,
        .n_open = rs->bodies.n_open,
        .running = rs->bodies.running,
        .may_be_left = rs->bodies.may_be_left,
        .is_created = rs->bodies.is_created,
        .emits_rows = rs->bodies.emits_rows,
        .is_quiet = rs->bodies.is_quiet,
    };
}

static void come_back(struct tl_rs *rs, const struct around *around)
{
    rs->scope = around->scope;
    rs->cte = around->cte;
    tl_rs_forget(rs, around->n_variables);
    rs->bodies.returned = around->returned;
    rs->bodies.first_visible = around->first_visible;
    rs->bodies.n_open = around->n_open;
    rs->bodies.running = around->running;
    rs->bodies.may_be_left = around->may_be_left;
    rs->bodies.is_created = around->is_created;
    rs->bodies.emits_rows = around->emits_rows;
    rs->bodies.is_quiet = around->is_quiet;
}

/* Out parameters and columns of the result, as they are at the end: a row. */
static struct tl_rs_value row_of_names(struct tl_rs *rs,
                                       const struct tl_sql_node *routine)
{
    struct tl_rs_value value = tl_rs_no_value();
    uint32_t first = (uint32_t)rs->building.n;

    for (uint32_t list = 0; list < 2; list++)
        for (uint32_t i = list ? routine->d : routine->a; i;
             i = tl_rs_node(rs, i)->next) {
            uint32_t name = tl_rs_node(rs, i)->name;
            uint32_t id = tl_rs_variable(rs, name);

            if ((!list && tl_rs_node(rs, i)->op != TL_D_OUT &&
                 tl_rs_node(rs, i)->op != TL_D_BOTH) ||
                id == TL_RS_NONE)
                continue;
            struct tl_rs_column column = {
                .name = name,
                .key = tl_rs_key(rs, name),
                .set = rs->bodies.variables.items[id].value.set,
            };
            if (rs->building.n == first)
                value.set = column.set;
            tl_vec_push(&rs->building, column);
        }
    if (rs->building.n == first)
        return value;
    value.is_unset = false;
    value.relation = tl_rs_relation_of(rs, first);
    return value;
}

/* The rows under the names that the routine gives them. */
static struct tl_rs_value renamed(struct tl_rs *rs, const struct tl_sql_node *routine,
                                  struct tl_rs_value value)
{
    uint32_t first = (uint32_t)rs->building.n, name = routine->d;

    if (!name || value.relation == TL_RS_NONE)
        return value;
    struct tl_rs_relation relation = rs->relations.items[value.relation];
    if (relation.n_open || relation.kind != TL_RS_COLUMNS)
        return value;
    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];

        if (name) {
            column.name = tl_rs_node(rs, name)->name;
            column.key = tl_rs_key(rs, column.name);
            column.is_unnamed = false;
            name = tl_rs_node(rs, name)->next;
        }
        tl_vec_push(&rs->building, column);
    }
    value.relation = tl_rs_relation_of(rs, first);
    return value;
}

void tl_rs_return(struct tl_rs *rs, struct tl_rs_value value, bool has_value,
                  bool goes_on)
{
    if (!has_value && (!goes_on || !rs->bodies.running))
        return;
    if (!has_value)
        value = row_of_names(rs, tl_rs_node(rs, rs->bodies.running));
    if (rs->bodies.running)
        value = renamed(rs, tl_rs_node(rs, rs->bodies.running), value);
    *rs->bodies.returned = tl_rs_join_values(rs, *rs->bodies.returned, value);
}

/* The body's statements but the last, whose rows come out: all of a list of SQL. */
static struct tl_rs_value run_queries(struct tl_rs *rs, uint32_t list)
{
    struct tl_rs_value value = tl_rs_no_value();

    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *node = tl_rs_node(rs, i);

        if (node->next || (node->kind > TL_N_VALUES && node->kind != TL_N_INSERT &&
                           node->kind != TL_N_UPDATE && node->kind != TL_N_DELETE))
            tl_rs_run(rs, i);
        else
            value = tl_rs_evaluate(rs, i);
    }
    return value;
}

/* The rows of a query in a call's place: what steers them steers what is around. */
static struct tl_rs_value value_of_query(struct tl_rs *rs, uint32_t list)
{
    struct tl_rs_value value = tl_rs_no_value();
    uint32_t last = list;

    while (last && tl_rs_node(rs, last)->next)
        last = tl_rs_node(rs, last)->next;
    if (!last || tl_rs_node(rs, last)->kind < TL_N_QUERY ||
        tl_rs_node(rs, last)->kind > TL_N_VALUES)
        return value;
    value.relation = tl_rs_query(rs, last, NULL);
    value.is_unset = false;
    struct tl_rs_relation relation = rs->relations.items[value.relation];
    if (relation.n)
        value.set = rs->columns.items[relation.first].set;
    return value;
}

/* Adds anew what steered the statement before a body was run: each once. */
static void steer_again(struct tl_rs *rs, struct tl_rs_steer *all, size_t n)
{
    rs->steer_epoch++;
    for (size_t i = 0; i < n; i++) {
        struct tl_rs_flow flow = tl_rs_steering((enum tl_edge_kind)all[i].kind);

        flow.confidence = all[i].confidence;
        tl_rs_add_leaf(rs, all[i].leaf, all[i].at, flow);
    }
}

/* What a block gives; run for that alone. */
static struct tl_rs_value value_of_block(struct tl_rs *rs,
                                         const struct tl_sql_node *routine)
{
    struct tl_rs_value value = tl_rs_no_value();
    size_t first = rs->first_steer, n = rs->steers.n - first;
    struct tl_rs_steer *all = tl_alloc(n + 1, sizeof *all);

    memcpy(all, rs->steers.items + first, n * sizeof *all);
    rs->bodies.returned = &value;
    rs->bodies.is_quiet = true;
    rs->bodies.n_open++;
    tl_rs_run_list(rs, routine->c);
    if (value.relation == TL_RS_NONE && !value.set.n)
        value = row_of_names(rs, routine);
    rs->steers.n = first;
    steer_again(rs, all, n);
    tl_free(all);
    return value;
}

/* What a call gives. */
static struct tl_rs_value value_of_call(struct tl_rs *rs, uint32_t id, uint32_t call)
{
    const struct tl_sql_node routine =
        *tl_rs_node(rs, rs->bodies.routines.items[id].node);
    struct around around = leave(rs);
    struct tl_rs_value value = tl_rs_no_value();

    rs->bodies.routines.items[id].is_active = true;
    rs->bodies.n_inlined++;
    bind(rs, rs->bodies.routines.items[id].node, call);
    if (!(routine.flags & TL_F_MACRO)) {
        rs->scope = NULL;
        rs->cte = TL_RS_NONE;
    }
    if (routine.op == TL_B_EXPRESSION)
        value.set = tl_rs_expression(rs, routine.c);
    else if (routine.op == TL_B_QUERY)
        value = value_of_query(rs, routine.c);
    else
        value = value_of_block(rs, &routine);
    value = renamed(rs, &routine, value);
    come_back(rs, &around);
    rs->bodies.n_inlined--;
    rs->bodies.routines.items[id].is_active = false;
    return value;
}

bool tl_rs_inline(struct tl_rs *rs, uint32_t call, struct tl_rs_flow flow)
{
    uint32_t id = routine_of(rs, call);

    if (id == TL_RS_NONE)
        return false;
    struct tl_rs_value value = value_of_call(rs, id, call);
    if (value.relation == TL_RS_NONE) {
        tl_rs_add_set(rs, value.set, flow);
        return true;
    }
    struct tl_rs_relation relation = rs->relations.items[value.relation];
    for (uint32_t i = 0; i < relation.n; i++)
        tl_rs_add_set(rs, rs->columns.items[relation.first + i].set, flow);
    return true;
}

bool tl_rs_inline_rows(struct tl_rs *rs, uint32_t call)
{
    uint32_t id = routine_of(rs, call);
    struct tl_rs_column column = { .name = tl_rs_node(rs, call)->name };

    if (id == TL_RS_NONE)
        return false;
    struct tl_rs_value value = value_of_call(rs, id, call);
    if (value.relation == TL_RS_NONE) {
        column.key = tl_rs_key(rs, column.name);
        column.set = value.set;
        tl_vec_push(&rs->building, column);
        return true;
    }
    struct tl_rs_relation relation = rs->relations.items[value.relation];
    for (uint32_t i = 0; i < relation.n; i++) {
        column = rs->columns.items[relation.first + i];
        tl_vec_push(&rs->building, column);
    }
    return true;
}

bool tl_rs_run_call(struct tl_rs *rs, uint32_t call, struct tl_rs_value *out)
{
    uint32_t id = routine_of(rs, call), place = 0;

    *out = tl_rs_no_value();
    if (id == TL_RS_NONE)
        return false;
    const struct tl_sql_node routine =
        *tl_rs_node(rs, rs->bodies.routines.items[id].node);
    struct around around = leave(rs);
    rs->bodies.routines.items[id].is_active = true;
    rs->bodies.n_inlined++;
    bind(rs, rs->bodies.routines.items[id].node, call);
    rs->bodies.returned = out;
    rs->bodies.n_open++;
    rs->bodies.emits_rows = false;
    if (routine.op == TL_B_BLOCK)
        tl_rs_run_list(rs, routine.c);
    else if (routine.op == TL_B_QUERY)
        *out = run_queries(rs, routine.c);
    struct tl_rs_value row = row_of_names(rs, &routine);
    come_back(rs, &around);
    rs->bodies.n_inlined--;
    rs->bodies.routines.items[id].is_active = false;
    if (row.relation == TL_RS_NONE)
        return true;
    /* What it leaves in its out parameters is put into the variables that were given for them. */
    struct tl_rs_relation relation = rs->relations.items[row.relation];
    uint32_t argument = tl_rs_node(rs, call)->a;
    for (uint32_t i = routine.a; i && argument;
         i = tl_rs_node(rs, i)->next, argument = tl_rs_node(rs, argument)->next) {
        uint16_t mode = tl_rs_node(rs, i)->op;

        if (mode != TL_D_OUT && mode != TL_D_BOTH)
            continue;
        struct tl_rs_value one = tl_rs_no_value();
        if (place < relation.n)
            one.set = rs->columns.items[relation.first + place++].set;
        if (tl_rs_node(rs, argument)->kind == TL_N_COLUMN &&
            tl_rs_is_variable(rs, tl_rs_node(rs, argument)->name)) {
            struct tl_sql_node target = *tl_rs_node(rs, argument);

            if (!target.b)
                tl_rs_put(rs, tl_rs_variable(rs, target.name), one);
        }
    }
    if (out->relation == TL_RS_NONE && !out->set.n)
        *out = row;
    return true;
}

/* ---- made ---- */

/* Temporary tables that a body makes are not there for what comes behind it. */
static void hide_temporaries(struct tl_rs *rs, size_t first)
{
    size_t n = rs->schema->tables.n;

    for (size_t i = first; i < n; i++) {
        struct tl_schema_table *table = &rs->schema->tables.items[i];
        struct tl_schema_name name = table->name;

        if ((table->flags & TL_SCHEMA_TEMPORARY) && !(table->flags & TL_SCHEMA_DROPPED))
            tl_schema_add(rs->schema, &name, TL_SCHEMA_DROPPED | TL_SCHEMA_TEMPORARY);
    }
}

static void declare_row(struct tl_rs *rs, const char *word, uint32_t table,
                        bool is_written)
{
    uint32_t name = tl_sql_name_add(rs->names, word, (uint32_t)strlen(word), false);
    struct tl_rs_value value = tl_rs_no_value();

    if (table == TL_RS_NONE) {
        value.relation = tl_rs_relation_new(rs, TL_RS_OPAQUE);
    } else {
        bool is_known = rs->schema->tables.items[table].flags & TL_SCHEMA_KNOWN;

        value.relation = tl_rs_relation_new(rs, is_known ? TL_RS_TABLE : TL_RS_NAMED);
        rs->relations.items[value.relation].table = table;
    }
    value.is_unset = false;
    uint32_t id = tl_rs_declare(rs, name, value);
    if (is_written)
        rs->bodies.variables.items[id].table = table;
}

static void run_body(struct tl_rs *rs, uint32_t routine_node)
{
    const struct tl_sql_node routine = *tl_rs_node(rs, routine_node);
    struct tl_rs_value given = tl_rs_no_value();

    rs->bodies.returned = &given;
    rs->bodies.n_open++;
    if (routine.op == TL_B_BLOCK)
        tl_rs_run_list(rs, routine.c);
    else if (routine.op == TL_B_QUERY)
        run_queries(rs, routine.c);
    else if (routine.op == TL_B_EXPRESSION && !(routine.flags & TL_F_MACRO))
        tl_rs_evaluate(rs, routine.c);
}

/* Whether a trigger of this text runs the function: then its body is read there, where its rows are known. */
static bool has_trigger(const struct tl_rs *rs, const struct tl_sql_node *routine)
{
    for (uint32_t i = rs->tree->triggers; i; i = tl_rs_node(rs, i)->d)
        if (tl_rs_key(rs, tl_rs_node(rs, i)->name) == tl_rs_key(rs, routine->name))
            return true;
    return false;
}

void tl_rs_run_created(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *routine = tl_rs_node(rs, id);
    struct around around = leave(rs);
    size_t n_tables = rs->schema->tables.n;

    if ((routine->flags & TL_F_MACRO) ||
        ((routine->flags & TL_F_TRIGGER) && has_trigger(rs, routine)))
        return;
    bind(rs, id, 0);
    if (routine->flags & TL_F_TRIGGER) {
        declare_row(rs, "new", TL_RS_NONE, false);
        declare_row(rs, "old", TL_RS_NONE, false);
        tl_rs_problem(rs, routine->at,
                      "no trigger here runs '%s': which table 'new' and 'old' are of is "
                      "not known",
                      tl_rs_text(rs, routine->name));
    }
    run_body(rs, id);
    come_back(rs, &around);
    hide_temporaries(rs, n_tables);
}

void tl_rs_run_trigger(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node trigger = *tl_rs_node(rs, id);
    struct around around = leave(rs);
    size_t n_tables = rs->schema->tables.n;
    uint16_t confidence;
    uint32_t routine = TL_RS_NONE;
    uint32_t table = tl_rs_table(rs, trigger.a, &confidence);

    if (trigger.name)
        routine = find(rs, trigger.name, 0, 0);
    if (trigger.name && routine == TL_RS_NONE) {
        tl_rs_problem(rs, trigger.at, "what '%s' does is not known: it is made elsewhere",
                      tl_rs_text(rs, trigger.name));
        return;
    }
    rs->bodies.first_visible = (uint32_t)rs->bodies.variables.n;
    declare_row(rs, "new", table, true);
    declare_row(rs, "old", table, false);
    if (routine == TL_RS_NONE) {
        rs->bodies.n_open++;
        tl_rs_run_list(rs, trigger.b);
    } else {
        run_body(rs, rs->bodies.routines.items[routine].node);
    }
    come_back(rs, &around);
    hide_temporaries(rs, n_tables);
}
