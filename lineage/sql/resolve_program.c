/*
 * Statements of bodies, one after the other, as they would run: variables are filled and read, ways that may not be taken leave what was
 * before as well, loops are gone through until nothing grows. What writes is resolved like a statement of its own.
 */
#include "lineage/sql/resolve_program.h"

#include <string.h>
#include <strings.h>

enum { MOST_PASSES = 100 };

/* ---- statements within ---- */

struct inner {
    uint32_t first_steer;
    size_t first_edge, n_outputs;
};

static struct inner begin_inner(struct tl_rs *rs)
{
    struct inner inner = { .first_steer = rs->first_steer,
                           .first_edge = rs->edges.n,
                           .n_outputs = rs->outputs.n };

    rs->first_steer = (uint32_t)rs->steers.n;
    rs->steer_epoch++;
    for (size_t i = 0; i < rs->bodies.controls.n; i++) {
        struct tl_rs_steer steer = rs->bodies.controls.items[i];
        struct tl_rs_flow flow = tl_rs_steering((enum tl_edge_kind)steer.kind);

        flow.confidence = steer.confidence;
        tl_rs_add_leaf(rs, steer.leaf, steer.at, flow);
    }
    return inner;
}

static void end_inner(struct tl_rs *rs, const struct inner *inner, bool keeps_outputs)
{
    bool is_may = tl_rs_is_may(rs);

    for (size_t i = inner->first_edge; is_may && i < rs->edges.n; i++)
        rs->edges.items[i].flags |= TL_SQL_MAY;
    if (rs->bodies.is_quiet)
        rs->edges.n = inner->first_edge;
    if (!keeps_outputs)
        rs->outputs.n = inner->n_outputs;
    rs->steers.n = rs->first_steer;
    rs->first_steer = inner->first_steer;
    rs->steer_epoch++;
}

static bool is_query(const struct tl_rs *rs, uint32_t id)
{
    switch (tl_rs_node(rs, id)->kind) {
    case TL_N_QUERY:
    case TL_N_SELECT:
    case TL_N_SET:
    case TL_N_VALUES:
        return true;
    default:
        return false;
    }
}

static bool is_change(const struct tl_rs *rs, uint32_t id)
{
    uint8_t kind = tl_rs_node(rs, id)->kind;

    return kind == TL_N_INSERT || kind == TL_N_UPDATE || kind == TL_N_DELETE;
}

static void run_sql(struct tl_rs *rs, uint32_t id)
{
    bool shows = rs->bodies.emits_rows && !rs->bodies.is_created;
    bool gives = shows && is_query(rs, id);

    if (rs->bodies.is_quiet)
        return;
    /* What may not happen hides no table. */
    if (tl_rs_node(rs, id)->kind == TL_N_DROP &&
        (rs->bodies.n_may || rs->bodies.is_created))
        return;
    struct inner inner = begin_inner(rs);
    uint32_t target = rs->target;
    rs->target = TL_SQL_NO_TABLE;
    tl_rs_by_kind(rs, id);
    if (!shows && (is_query(rs, id) || is_change(rs, id)))
        for (; rs->edges.n > inner.first_edge &&
               rs->edges.items[rs->edges.n - 1].target == TL_SQL_NO_TABLE;)
            rs->edges.n--;
    rs->target = target;
    end_inner(rs, &inner, gives);
}

/* ---- values ---- */

/* The set, with what steers its making since `first` in it. */
static struct tl_rs_set with_steers(struct tl_rs *rs, struct tl_rs_set set,
                                    uint32_t first)
{
    if (rs->steers.n == first)
        return set;
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_add_set(rs, set, tl_rs_value());
    for (size_t i = first; i < rs->steers.n; i++) {
        struct tl_rs_steer steer = rs->steers.items[i];
        struct tl_rs_flow flow = tl_rs_steering((enum tl_edge_kind)steer.kind);

        flow.confidence = steer.confidence;
        flow.is_named = true;
        tl_rs_add_leaf(rs, steer.leaf, steer.at, flow);
    }
    return tl_rs_end(rs, mark);
}

static void drop_steers(struct tl_rs *rs, uint32_t first)
{
    if (rs->steers.n == first)
        return;
    rs->steers.n = first;
    rs->steer_epoch++;
}

static struct tl_rs_value value_of_rows(struct tl_rs *rs, uint32_t id,
                                        uint32_t first_steer)
{
    struct tl_rs_value value = tl_rs_no_value();
    struct tl_rs_relation relation = rs->relations.items[id];
    uint32_t first = (uint32_t)rs->building.n;

    value.is_unset = false;
    for (uint32_t i = 0; i < relation.n; i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];

        column.set = with_steers(rs, column.set, first_steer);
        if (i == 0)
            value.set = column.set;
        tl_vec_push(&rs->building, column);
    }
    value.relation = tl_rs_relation_of(rs, first);
    if (relation.kind == TL_RS_OPAQUE)
        rs->relations.items[value.relation].kind = TL_RS_OPAQUE;
    drop_steers(rs, first_steer);
    return value;
}

/* The variable that the node is; TL_RS_NONE: it is something else. */
static uint32_t variable_of(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (node->kind == TL_N_PARAMETER)
        return tl_rs_variable_of_parameter(rs, id);
    if ((node->kind == TL_N_COLUMN && !node->b) || (node->kind == TL_N_CALL && !node->c))
        return tl_rs_variable(rs, node->name);
    return TL_RS_NONE;
}

/* What a cursor that is not open yet goes through. */
static struct tl_rs_value opened(struct tl_rs *rs, struct tl_rs_value value)
{
    return value.query && value.relation == TL_RS_NONE ? tl_rs_evaluate(rs, value.query)
                                                       : value;
}

/* select as struct: what it gives is a record, be it of one field. */
static bool gives_record(const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    while (node->kind == TL_N_QUERY)
        node = tl_rs_node(rs, node->b);
    return node->kind == TL_N_SELECT && (node->flags & TL_F_RECORD);
}

struct tl_rs_value tl_rs_evaluate(struct tl_rs *rs, uint32_t id)
{
    struct tl_rs_value value = tl_rs_no_value();
    uint32_t first = (uint32_t)rs->steers.n;
    uint32_t query =
        tl_rs_node(rs, id)->kind == TL_N_SUBQUERY ? tl_rs_node(rs, id)->a : id;
    uint32_t variable;

    if (!id)
        return value;
    value.is_unset = false;
    rs->steer_epoch++;
    if (tl_rs_node(rs, query)->kind == TL_N_EXECUTE)
        return tl_rs_execute(rs, query, true);
    if (is_query(rs, query)) {
        value = value_of_rows(rs, tl_rs_query(rs, query, NULL), first);
        value.is_record = gives_record(rs, query);
        return value;
    }
    if (is_change(rs, query)) {
        struct inner inner = begin_inner(rs);
        uint32_t target = rs->target;
        uint32_t relation = tl_rs_change(rs, query, false);

        rs->target = target;
        end_inner(rs, &inner, false);
        return value_of_rows(rs, relation, first);
    }
    if (tl_rs_node(rs, id)->kind != TL_N_CALL &&
        (variable = variable_of(rs, id)) != TL_RS_NONE)
        return rs->bodies.variables.items[variable].value;
    value.set = with_steers(rs, tl_rs_expression(rs, id), first);
    drop_steers(rs, first);
    struct tl_rs_value constant;
    if (tl_rs_fold(rs, id, &constant)) {
        value.text = constant.text;
        value.n_text = constant.n_text;
        value.text_at = constant.text_at;
        value.text_is_exact = constant.text_is_exact;
    } else {
        tl_rs_fold_in_part(rs, id, &value);
    }
    return value;
}

/* ---- assigning ---- */

/* A column of a row that is being written: new.x in a trigger. */
static void write_row(struct tl_rs *rs, uint32_t variable, uint32_t name,
                      struct tl_rs_set set)
{
    uint32_t table = rs->bodies.variables.items[variable].table;
    uint32_t column;

    if (table == TL_RS_NONE || rs->bodies.is_quiet)
        return;
    column = tl_schema_column(rs->schema, table, tl_rs_key(rs, name));
    if (column != TL_SCHEMA_NONE)
        name = rs->schema->columns.items[rs->schema->tables.items[table].first + column]
                   .name;
    struct inner inner = begin_inner(rs);
    uint32_t target = tl_rs_show(rs, table);
    tl_rs_emit(rs, target, name, set);
    tl_rs_emit_steers(rs, target);
    end_inner(rs, &inner, false);
}

static void assign_field(struct tl_rs *rs, uint32_t id, const struct tl_sql_node *target,
                         struct tl_rs_value value)
{
    struct tl_rs_value record = rs->bodies.variables.items[id].value;
    uint32_t first = (uint32_t)rs->building.n;
    uint32_t key = tl_rs_key(rs, target->name), name = target->name;
    bool is_found = false;

    write_row(rs, id, name, value.set);
    if (record.relation != TL_RS_NONE) {
        uint32_t columns = tl_rs_columns_of(rs, record.relation, target->at);
        struct tl_rs_relation relation = rs->relations.items[columns];

        if (relation.kind == TL_RS_NAMED)
            return; /* a row of a table that is not known: it keeps its names */
        for (uint32_t i = 0; i < relation.n; i++) {
            struct tl_rs_column column = rs->columns.items[relation.first + i];

            if (column.key == key) {
                column.set = value.set;
                is_found = true;
            }
            tl_vec_push(&rs->building, column);
        }
    }
    struct tl_rs_column added = { .name = name, .key = key, .set = value.set };
    if (!is_found)
        tl_vec_push(&rs->building, added);
    record.relation = tl_rs_relation_of(rs, first);
    record.text = NULL;
    tl_rs_put(rs, id, record);
}

static void assign_one(struct tl_rs *rs, uint32_t target_id, struct tl_rs_value value)
{
    const struct tl_sql_node *target = tl_rs_node(rs, target_id);
    uint32_t id = tl_rs_variable(rs, target->b ? target->b : target->name);

    if (id == TL_RS_NONE && target->b)
        id = tl_rs_variable_of(rs, target->b, target->name);
    else if (id != TL_RS_NONE && target->b) {
        assign_field(rs, id, target, value);
        return;
    }
    if (id == TL_RS_NONE && !rs->bodies.n_open) {
        id = tl_rs_declare(rs, target->name, tl_rs_no_value());
        rs->bodies.n_session++;
    }
    if (id == TL_RS_NONE) {
        tl_rs_problem(rs, target->at, "there is no variable '%s'",
                      tl_rs_text(rs, target->name));
        return;
    }
    if (target->flags & TL_F_ALL) { /* an element of it */
        value = tl_rs_join_values(rs, rs->bodies.variables.items[id].value, value);
        value.text = NULL;
    }
    tl_rs_put(rs, id, value);
}

static void assign(struct tl_rs *rs, uint32_t targets, struct tl_rs_value value)
{
    uint32_t place = 0;

    if (!targets)
        return;
    if (!tl_rs_node(rs, targets)->next) {
        assign_one(rs, targets, value);
        return;
    }
    for (uint32_t i = targets; i; i = tl_rs_node(rs, i)->next) {
        struct tl_rs_value one = tl_rs_no_value();

        one.is_unset = false;
        one.set = value.set;
        if (value.relation != TL_RS_NONE) {
            struct tl_rs_relation relation = rs->relations.items[value.relation];
            struct tl_rs_column column = { 0 };

            if (place < relation.n)
                column = rs->columns.items[relation.first + place];
            one.set = column.set;
            place += !column.is_open;
        }
        assign_one(rs, i, one);
    }
}

/* (a, b) = (x, y): each its own */
static void run_assign(struct tl_rs *rs, const struct tl_sql_node *node)
{
    const struct tl_sql_node *value = tl_rs_node(rs, node->b);
    uint32_t target = node->a;

    if (!node->b || !tl_rs_node(rs, target)->next || value->kind != TL_N_LIST) {
        assign(rs, target, tl_rs_evaluate(rs, node->b));
        return;
    }
    for (uint32_t i = value->a; i && target; i = tl_rs_node(rs, i)->next) {
        assign_one(rs, target, tl_rs_evaluate(rs, i));
        target = tl_rs_node(rs, target)->next;
    }
}

/* A type of values, and of no records or rows. */
static bool is_scalar_type(const char *type)
{
    static const char *const others[] = { "record", "resultset", "refcursor", "cursor",
                                          "row",    "object",    "variant" };
    size_t n = strlen(type);

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncasecmp(type, others[i], strlen(others[i])) == 0)
            return false;
    return n <= 8 || strcasecmp(type + n - 8, "%rowtype") != 0;
}

static void run_declare(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct tl_rs_value value = tl_rs_no_value();
    uint32_t name = node->name, type = node->b;

    if (node->op == TL_D_CURSOR && node->a && !is_query(rs, node->a)) {
        value = tl_rs_evaluate(rs, node->a); /* of a result set */
    } else if (node->op == TL_D_CURSOR) {
        value.query = node->a;
        value.is_unset = false;
    } else if (node->a) {
        value = tl_rs_evaluate(rs, node->a);
    }
    uint32_t top = rs->bodies.n_open;
    if (!top) {
        uint32_t known = tl_rs_variable(rs, name);

        if (known != TL_RS_NONE) { /* declared again */
            tl_rs_put(rs, known, value);
            return;
        }
        rs->bodies.n_session++;
    }
    uint32_t declared = tl_rs_declare(rs, name, tl_rs_no_value());
    rs->bodies.variables.items[declared].is_scalar =
        type && is_scalar_type(tl_rs_text(rs, type));
    if (!value.is_unset)
        tl_rs_put(rs, declared, value);
}

/* ---- ways ---- */

/* Conditions steer all that is done where they hold. */
static void add_control(struct tl_rs *rs, uint32_t condition)
{
    uint32_t first = (uint32_t)rs->steers.n, outer = rs->first_steer;

    if (!condition)
        return;
    rs->steer_epoch++;
    rs->first_steer = first;
    for (uint32_t i = condition; i; i = tl_rs_node(rs, i)->next)
        tl_rs_walk(rs, i, tl_rs_steering(TL_CONDITIONAL));
    for (size_t i = first; i < rs->steers.n; i++)
        tl_vec_push(&rs->bodies.controls, rs->steers.items[i]);
    rs->first_steer = outer;
    drop_steers(rs, first);
}

/* What is said and found on a way that is gone only to see what variables come to hold. */
struct trial {
    size_t edges, problems, outputs, controls;
    bool was_quiet;
};

static struct trial begin_trial(struct tl_rs *rs)
{
    struct trial trial = { .edges = rs->edges.n,
                           .problems = rs->problems.n,
                           .outputs = rs->outputs.n,
                           .was_quiet = rs->bodies.is_quiet };

    rs->bodies.is_quiet = true;
    return trial;
}

static void end_trial(struct tl_rs *rs, const struct trial *trial)
{
    rs->bodies.is_quiet = trial->was_quiet;
    rs->edges.n = trial->edges;
    rs->problems.n = trial->problems;
    rs->outputs.n = trial->outputs;
}

/* One time through a loop. */
struct loop {
    uint32_t targets, through; /* of a TL_N_FOR */
    uint32_t condition, list;
};

static struct tl_rs_value value_of_range(struct tl_rs *rs, uint32_t id)
{
    uint32_t variable = id ? variable_of(rs, id) : TL_RS_NONE;

    if (variable != TL_RS_NONE)
        return opened(rs, rs->bodies.variables.items[variable].value);
    return tl_rs_evaluate(rs, id);
}

static bool go_through(struct tl_rs *rs, const struct loop *loop)
{
    size_t n_controls = rs->bodies.controls.n;

    if (loop->through)
        assign(rs, loop->targets, value_of_range(rs, loop->through));
    add_control(rs, loop->condition);
    struct tl_rs_turn way = tl_rs_turn_begin(rs);
    tl_rs_run_list(rs, loop->list);
    bool grew = tl_rs_turn_end(rs, way);
    rs->bodies.controls.n = n_controls;
    return grew;
}

static void run_loop(struct tl_rs *rs, const struct loop *loop)
{
    struct trial trial = begin_trial(rs);
    unsigned passes = 0;

    /* Within another one's trial once is enough: that one goes on until nothing grows. */
    while (go_through(rs, loop) && !trial.was_quiet && ++passes < MOST_PASSES)
        ;
    end_trial(rs, &trial);
    if (passes == MOST_PASSES)
        tl_rs_problem(rs, tl_rs_node(rs, loop->list)->at,
                      "what its variables hold could not be followed to the end");
    if (!rs->bodies.is_quiet)
        go_through(rs, loop);
}

static void run_branches(struct tl_rs *rs, uint32_t id)
{
    size_t n_controls = rs->bodies.controls.n;

    for (uint32_t i = id; i;
         i = tl_rs_node(rs, i)->c) { /* what kept it from the ways before counts too */
        add_control(rs, tl_rs_node(rs, i)->a);
        struct tl_rs_turn way = tl_rs_turn_begin(rs);
        tl_rs_run_list(rs, tl_rs_node(rs, i)->b);
        tl_rs_turn_end(rs, way);
    }
    rs->bodies.controls.n = n_controls;
}

/* Variables of its own, where there are none of that name. */
static void run_for(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node node = *tl_rs_node(rs, id);
    size_t first = rs->bodies.variables.n;
    struct loop loop = { .targets = node.a, .through = node.b, .list = node.c };

    for (uint32_t i = node.a; i; i = tl_rs_node(rs, i)->next)
        if (!tl_rs_node(rs, i)->b &&
            tl_rs_variable(rs, tl_rs_node(rs, i)->name) == TL_RS_NONE)
            tl_rs_declare(rs, tl_rs_node(rs, i)->name, tl_rs_no_value());
    rs->bodies.n_open++;
    run_loop(rs, &loop);
    rs->bodies.n_open--;
    tl_rs_forget(rs, first);
}

static void run_block(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node node = *tl_rs_node(rs, id);
    size_t first = rs->bodies.variables.n;

    rs->bodies.n_open++;
    if (node.name) {
        uint32_t label = tl_rs_declare(rs, node.name, tl_rs_no_value());

        rs->bodies.variables.items[label].is_label = true;
    }
    for (uint32_t i = node.a; i; i = tl_rs_node(rs, i)->next)
        tl_rs_run(rs, i);
    tl_rs_run_list(rs, node.b);
    for (uint32_t i = node.c; i; i = tl_rs_node(rs, i)->next)
        run_branches(rs, i);
    rs->bodies.n_open--;
    tl_rs_forget(rs, first);
}

/* ---- calls, results ---- */

static struct tl_rs_value run_call(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct tl_rs_value value = tl_rs_no_value();

    if (node->kind == TL_N_CALL && tl_rs_run_call(rs, id, &value))
        return value;
    if (rs->bodies.is_quiet)
        return value;
    if (node->kind == TL_N_CALL &&
        strncasecmp(tl_rs_text(rs, node->name), "system$", 7) != 0)
        tl_rs_problem(rs, node->at, "what '%s' does is not known: it is made elsewhere",
                      tl_rs_text(rs, node->name));
    return value;
}

/* perform f(x): what it calls; perform x from t: what is in its list */
static void run_performed(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct tl_rs_value value;

    if (!is_query(rs, id)) {
        run_call(rs, id);
        return;
    }
    while (node->kind == TL_N_QUERY)
        node = tl_rs_node(rs, node->b);
    if (node->kind == TL_N_SELECT && !node->b)
        for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next)
            if (tl_rs_node(rs, tl_rs_node(rs, i)->a)->kind == TL_N_CALL)
                tl_rs_run_call(rs, tl_rs_node(rs, i)->a, &value);
}

static void emit_rows(struct tl_rs *rs, struct tl_rs_value value, uint32_t name)
{
    struct inner inner = begin_inner(rs);

    if (!name)
        name = tl_sql_name_add(rs->names, "return", 6, false);
    if (value.relation == TL_RS_NONE) {
        tl_rs_output(rs, name, 0);
        tl_rs_emit(rs, TL_SQL_NO_TABLE, name, value.set);
    } else {
        struct tl_rs_relation relation = rs->relations.items[value.relation];

        for (uint32_t i = 0; i < relation.n; i++) {
            struct tl_rs_column column = rs->columns.items[relation.first + i];

            tl_rs_output(rs, column.name, column.type);
            tl_rs_emit(rs, TL_SQL_NO_TABLE, column.name, column.set);
        }
    }
    tl_rs_emit_steers(rs, TL_SQL_NO_TABLE);
    end_inner(rs, &inner, true);
}

static void run_return(struct tl_rs *rs, uint32_t id)
{
    uint32_t value_id = tl_rs_node(rs, id)->a;
    struct tl_rs_value value = tl_rs_evaluate(rs, value_id);

    value = opened(rs, value);
    bool goes_on = tl_rs_node(rs, id)->flags & TL_F_GOES_ON;
    if (rs->bodies.n_may && !goes_on)
        rs->bodies.may_be_left = true;
    if (rs->bodies.returned)
        tl_rs_return(rs, value, value_id != 0, goes_on);
    else if (value_id && rs->bodies.emits_rows && !rs->bodies.is_quiet &&
             !rs->bodies.is_created)
        emit_rows(rs, value, tl_rs_name_of_expression(rs, value_id));
}

static void run_open(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    uint32_t variable = tl_rs_variable(rs, node->name);

    if (variable == TL_RS_NONE)
        return;
    struct tl_rs_value value =
        node->a ? tl_rs_evaluate(rs, node->a)
                : opened(rs, rs->bodies.variables.items[variable].value);
    tl_rs_put(rs, variable, value);
}

static void run_fetch(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    uint32_t variable = tl_rs_variable(rs, node->name), targets = node->a;

    if (variable != TL_RS_NONE)
        assign(rs, targets, opened(rs, rs->bodies.variables.items[variable].value));
}

static void run_into(struct tl_rs *rs, uint32_t id)
{
    uint32_t targets = tl_rs_node(rs, id)->a, statement = tl_rs_node(rs, id)->b;

    if (tl_rs_node(rs, statement)->kind == TL_N_RUN &&
        tl_rs_node(rs, tl_rs_node(rs, statement)->a)->kind == TL_N_CALL)
        assign(rs, targets, run_call(rs, tl_rs_node(rs, statement)->a));
    else if (is_query(rs, statement) || is_change(rs, statement))
        assign(rs, targets, tl_rs_evaluate(rs, statement));
    else
        tl_rs_run(rs, statement);
}

/* ---- all of them ---- */

void tl_rs_run(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    uint32_t targets = node->b;

    switch (node->kind) {
    case TL_N_PROGRAM:
        tl_rs_run_list(rs, node->a);
        break;
    case TL_N_BLOCK:
        run_block(rs, id);
        break;
    case TL_N_DECLARE:
        run_declare(rs, id);
        break;
    case TL_N_ASSIGN:
        run_assign(rs, node);
        break;
    case TL_N_INTO:
        run_into(rs, id);
        break;
    case TL_N_BRANCH:
        if (node->flags & TL_F_LOOP) {
            struct loop loop = { .condition = node->a, .list = node->b };

            run_loop(rs, &loop);
        } else {
            run_branches(rs, id);
        }
        break;
    case TL_N_FOR:
        run_for(rs, id);
        break;
    case TL_N_RETURN:
        run_return(rs, id);
        break;
    case TL_N_EXECUTE:
        assign(rs, targets, tl_rs_execute(rs, id, targets != 0));
        break;
    case TL_N_RUN:
        run_performed(rs, node->a);
        break;
    case TL_N_OPEN:
        run_open(rs, id);
        break;
    case TL_N_FETCH:
        run_fetch(rs, id);
        break;
    default:
        run_sql(rs, id);
        break;
    }
}

void tl_rs_run_list(struct tl_rs *rs, uint32_t list)
{
    if (++rs->depth > TL_RS_DEPTH) {
        tl_rs_too_deep(rs, tl_rs_node(rs, list)->at);
        rs->depth--;
        return;
    }
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next)
        tl_rs_run(rs, i);
    rs->depth--;
}

/* What every body of such a system can read. */
static void declare_system_variables(struct tl_rs *rs)
{
    static const char *const names[] = { "found",         "sqlerrm",    "sqlstate",
                                         "sqlcode",       "tg_op",      "tg_name",
                                         "tg_table_name", "tg_relid",   "tg_table_schema",
                                         "tg_argv",       "tg_nargs",   "tg_when",
                                         "tg_level",      "tg_relname", "sqlrowcount",
                                         "sqlfound",      "sqlnotfound" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint32_t name =
            tl_sql_name_add(rs->names, names[i], (uint32_t)strlen(names[i]), false);

        tl_rs_declare(rs, name, tl_rs_no_value());
    }
}

/* The one table that all of the statement's edges go to. */
static uint32_t target_of(const struct tl_rs *rs, size_t first_edge)
{
    uint32_t target = TL_SQL_NO_TABLE;

    for (size_t i = first_edge; i < rs->edges.n; i++) {
        if (i > first_edge && rs->edges.items[i].target != target)
            return TL_SQL_NO_TABLE;
        target = rs->edges.items[i].target;
    }
    return target;
}

static void run_created(struct tl_rs *rs, uint32_t list, uint32_t size)
{
    rs->bodies.is_created = true;
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        if (tl_rs_node(rs, i)->kind == TL_N_ROUTINE) {
            tl_rs_learn_routine(rs, i, size);
            tl_rs_run_created(rs, i);
        } else if (tl_rs_node(rs, i)->kind == TL_N_TRIGGER) {
            tl_rs_run_trigger(rs, i);
        } else {
            tl_rs_run(rs, i);
        }
    }
    rs->bodies.is_created = false;
}

uint8_t tl_rs_program(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node node = *tl_rs_node(rs, id);
    const struct tl_sql_node first = *tl_rs_node(rs, node.a);
    bool is_plain = node.kind == TL_N_PREPARE || first.kind == TL_N_ASSIGN ||
                    first.kind == TL_N_DECLARE;
    bool has_system = !is_plain && (rs->traits->scripting & TL_SQL_DECLARE_SECTIONS);
    size_t first_edge = rs->edges.n, n_session = rs->bodies.n_session;

    rs->bodies.n_may = rs->bodies.n_inlined = 0;
    rs->bodies.may_be_left = rs->bodies.is_quiet = false;
    rs->bodies.work = 0;
    rs->bodies.controls.n = 0;
    rs->bodies.emits_rows = (rs->traits->scripting & TL_SQL_TOP_BLOCKS) != 0;
    if (node.kind == TL_N_PREPARE) {
        tl_rs_learn_routine(rs, id, 0);
        return TL_SQL_OTHER;
    }
    rs->bodies.n_open = !is_plain;
    if (has_system)
        declare_system_variables(rs);
    rs->bodies.n_shared = (uint32_t)rs->bodies.variables.n;
    if (node.flags & TL_F_CREATED)
        run_created(rs, node.a, node.b);
    else
        tl_rs_run_list(rs, node.a);
    rs->bodies.n_open = 0;
    tl_rs_forget(rs, rs->bodies.n_session);
    rs->bodies.n_shared = rs->bodies.n_session;
    if (rs->bodies.n_session > 0 || n_session > 0)
        rs->keeps = true; /* what they hold */
    rs->target = target_of(rs, first_edge);
    rs->bodies.n_may = 0;
    rs->bodies.may_be_left = false;
    if (node.flags & TL_F_CREATED)
        rs->replaces = false;
    return is_plain ? TL_SQL_OTHER : TL_SQL_PROGRAM;
}
