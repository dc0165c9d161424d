/*
 * Expressions, from the outside in: each node adds what it does to the flow and hands it to its operands, so that a reference is added
 * once, with all that stands around it. Chains of operators lean to the left and may be as long as the text: they are a loop.
 */
#include "lineage/sql/resolve_call.h"
#include "lineage/sql/resolve_shape.h"
#include "lineage/sql/resolve_program.h"

#include <string.h>

static bool steers(struct tl_rs_flow flow)
{
    return !tl_edge_moves_values(flow.kind);
}

/* What an operand has gone through that is used like this: its shape is lost. */
static struct tl_rs_flow changed(const struct tl_rs *rs, struct tl_rs_flow flow,
                                 enum tl_edge_kind kind, enum tl_effect effect)
{
    flow = tl_rs_dressed(flow, kind, effect);
    flow.is_mixed = true;
    return flow.way ? tl_rs_mixed(rs, flow) : flow;
}

/*
 * What only chooses steers the column being built; within something that steers it does the same as that. But what a window or an order
 * within a condition is made of does not decide the condition as its operands do: it stays what it is.
 */
static struct tl_rs_flow choosing(const struct tl_rs *rs, struct tl_rs_flow flow,
                                  enum tl_edge_kind kind)
{
    if (flow.way)
        flow = tl_rs_mixed(rs, flow);
    if (steers(flow)) {
        if (flow.is_named && tl_rs_only_arranges((uint8_t)kind))
            flow.kind = (uint8_t)kind;
        return flow;
    }
    return (struct tl_rs_flow){ .confidence = flow.confidence,
                                .kind = (uint8_t)kind,
                                .is_named = true,
                                .is_mixed = true,
                                .way = flow.way };
}

static struct tl_rs_flow through_operator(const struct tl_rs *rs, struct tl_rs_flow flow,
                                          uint16_t op)
{
    return changed(rs, flow, TL_TRANSFORMATION,
                   op == TL_O_COMPARE ? TL_PARTIAL : TL_KEEPS);
}

void tl_rs_walk_list(struct tl_rs *rs, uint32_t list, struct tl_rs_flow flow)
{
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next)
        tl_rs_walk(rs, i, flow);
}

static void walk_case(struct tl_rs *rs, const struct tl_sql_node *node,
                      struct tl_rs_flow flow)
{
    struct tl_rs_flow chooses = choosing(rs, flow, TL_CONDITIONAL);
    struct tl_rs_flow result = tl_rs_dressed(flow, TL_TRANSFORMATION, TL_KEEPS);

    tl_rs_walk(rs, node->a, chooses);
    for (uint32_t i = node->b; i; i = tl_rs_node(rs, i)->next) {
        tl_rs_walk(rs, tl_rs_node(rs, i)->a, chooses);
        tl_rs_walk(rs, tl_rs_node(rs, i)->b, result);
    }
    tl_rs_walk(rs, node->c, result);
}

/* All columns of the query's result, or its first alone. */
static void walk_query(struct tl_rs *rs, uint32_t query, bool all, struct tl_rs_flow flow)
{
    uint32_t id = tl_rs_query(rs, query, rs->scope);
    struct tl_rs_relation relation = rs->relations.items[id];
    const struct tl_sql_node *body = tl_rs_node(rs, tl_rs_node(rs, query)->b);
    bool is_record = body->kind == TL_N_SELECT && (body->flags & TL_F_RECORD);
    uint32_t around = rs->via;

    if (rs->is_traced)
        rs->via = tl_rs_node(rs, query)->at + 1;
    for (uint32_t i = 0; i < relation.n && (all || i == 0 || is_record); i++) {
        struct tl_rs_column column = rs->columns.items[relation.first + i];
        struct tl_rs_flow own = flow;

        if (!is_record || column.is_open || tl_rs_as_field(rs, &own, column.name))
            tl_rs_add_set(rs, column.set, own);
    }
    rs->via = around;
}

/* (t).email where t is of the from clause; (t).*; else a field of whatever it is. */
static void walk_field(struct tl_rs *rs, const struct tl_sql_node *node,
                       struct tl_rs_flow flow)
{
    const struct tl_sql_node *of = tl_rs_node(rs, node->a);
    uint32_t source = TL_RS_NONE;

    /* v:a.b reads the column v, whatever the tables are called. */
    if (of->kind == TL_N_COLUMN && !of->c && !(rs->traits->lexical & TL_SQL_COLON_PATHS))
        source = tl_rs_qualifier(rs, of->name, of->b, 0);
    if (source == TL_RS_NONE) {
        flow = tl_rs_dressed(flow, TL_TRANSFORMATION, TL_KEEPS);
        if (node->name)
            flow = tl_rs_into(rs, flow, node->b ? node->b : node->name);
        tl_rs_walk(rs, node->a, flow);
        return;
    }
    if (!node->name) {
        tl_rs_read_row(rs, source, of->at, flow);
        return;
    }
    struct tl_rs_ref ref = tl_rs_lookup_field(rs, node->name, source, of->at);
    tl_rs_read(rs, ref, of->at, flow);
}

static void walk_lambda(struct tl_rs *rs, const struct tl_sql_node *node,
                        struct tl_rs_flow flow)
{
    size_t n = rs->lambdas.n;

    for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next)
        tl_vec_push(&rs->lambdas, ((struct tl_rs_lambda){
                                      .key = tl_rs_key(rs, tl_rs_node(rs, i)->name) }));
    tl_rs_walk(rs, node->b, flow);
    rs->lambdas.n = n;
}

/* A window that builds on another one has all of that one's clauses too. */
static void walk_window(struct tl_rs *rs, uint32_t id, struct tl_rs_flow flow)
{
    for (unsigned hops = 0; id && hops < 100; hops++) {
        const struct tl_sql_node *node = tl_rs_node(rs, id);
        uint32_t base = tl_rs_key(rs, node->name);

        tl_rs_walk_list(rs, node->a, flow);
        for (uint32_t i = node->b; i; i = tl_rs_node(rs, i)->next)
            tl_rs_walk(rs, tl_rs_node(rs, i)->a, flow);
        tl_rs_walk_list(rs, node->c, flow);
        if (!node->name)
            return;
        id = 0;
        for (uint32_t i = rs->scope ? rs->scope->windows : 0; i;
             i = tl_rs_node(rs, i)->next)
            if (tl_rs_key(rs, tl_rs_node(rs, i)->name) == base)
                id = tl_rs_node(rs, i)->a;
        if (!id)
            tl_rs_problem(rs, node->at, "there is no window '%s' in this query",
                          tl_rs_text(rs, node->name));
    }
}

/* ---- calls ---- */

void tl_rs_walk_argument(struct tl_rs *rs, uint32_t id, struct tl_rs_flow flow)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (node->kind == TL_N_NAMED_ARGUMENT)
        tl_rs_walk(rs, node->a, flow);
    else if (node->kind == TL_N_STAR)
        tl_rs_read_star(rs, id, flow);
    else
        tl_rs_walk(rs, id, flow);
}

static bool argument_chooses(const struct tl_rs *rs, const struct tl_rs_call *call,
                             uint32_t id, unsigned i)
{
    if (i < call->n_conditions)
        return true;
    if (!call->is_decode)
        return false;
    /* What is looked for stands at odd places; the last of an even number is what comes out otherwise. */
    return i == 0 || (i % 2 == 1 && tl_rs_node(rs, id)->next);
}

/* max({a, b}).b: which one it is of, all of the record decides. */
static bool compares_records(const struct tl_rs *rs, uint32_t id, struct tl_rs_flow flow)
{
    static const char *const names[] = { "max", "min", "greatest", "least", "mode" };
    const char *name = tl_rs_text(rs, tl_rs_node(rs, id)->name);

    if (!tl_rs_picks(rs, flow))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static void walk_arguments(struct tl_rs *rs, uint32_t id, const struct tl_rs_call *call,
                           struct tl_rs_flow flow)
{
    struct tl_rs_flow value = call->shape
                                  ? tl_rs_dressed(flow, (enum tl_edge_kind)call->kind,
                                                  (enum tl_effect)call->effect)
                                  : changed(rs, flow, (enum tl_edge_kind)call->kind,
                                            (enum tl_effect)call->effect);
    struct tl_rs_flow part = changed(rs, flow, (enum tl_edge_kind)call->kind, TL_PARTIAL);
    unsigned n = 0;

    if (!steers(flow) && call->function && value.effect == call->effect)
        value.function =
            flow.function && flow.effect == call->effect && call->effect != TL_PARTIAL
                ? flow.function
                : call->function;
    if (call->confidence < value.confidence)
        value.confidence = part.confidence = call->confidence;
    value.opens = flow.opens || call->opens;
    if (call->gives_nothing && !steers(flow))
        return;
    if (call->shape > TL_SHAPE_SAME) {
        tl_rs_walk_shape(rs, id, call->shape, value);
        return;
    }
    for (uint32_t i = tl_rs_node(rs, id)->a; i; i = tl_rs_node(rs, i)->next, n++) {
        bool is_value = !call->values || n >= 8 || (call->values >> n & 1);

        if (tl_rs_is_unit(rs, id, i, n))
            continue;
        if (argument_chooses(rs, call, i, n))
            tl_rs_walk_argument(rs, i, choosing(rs, flow, TL_CONDITIONAL));
        else if (call->has_order && n == 1)
            tl_rs_walk_argument(rs, i, choosing(rs, flow, TL_SORT));
        else
            tl_rs_walk_argument(rs, i, is_value ? value : part);
    }
    if (flow.way && compares_records(rs, id, flow))
        tl_rs_walk_list(rs, tl_rs_node(rs, id)->a, choosing(rs, flow, TL_CONDITIONAL));
}

/*
 * What encrypts or tokenises is undone by what decrypts around it, as far as nothing else stands between.
 */
static struct tl_rs_call undone(struct tl_rs_call call, struct tl_rs_flow flow)
{
    if (flow.opens && (call.effect == TL_ENCRYPTS || call.effect == TL_TOKENISES))
        call.effect = TL_KEEPS;
    return call;
}

static void walk_call(struct tl_rs *rs, uint32_t id, struct tl_rs_flow flow)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (rs->bodies.routines.n && tl_rs_inline(rs, id, flow))
        return;
    struct tl_rs_call call = undone(tl_rs_call_of(rs, id), flow);
    uint32_t window = node->b, tail = node->d;

    if (call.kind == TL_AGGREGATION && !window && rs->scope)
        rs->scope->n_aggregates++;
    walk_arguments(rs, id, &call, flow);
    if (tail) {
        struct tl_rs_flow order = call.takes_order
                                      ? changed(rs, flow, (enum tl_edge_kind)call.kind,
                                                (enum tl_effect)call.effect)
                                      : choosing(rs, flow, TL_SORT);

        tl_rs_walk(rs, tl_rs_node(rs, tail)->a, choosing(rs, flow, TL_FILTER));
        for (uint32_t i = tl_rs_node(rs, tail)->b; i; i = tl_rs_node(rs, i)->next)
            tl_rs_walk(rs, tl_rs_node(rs, i)->a, order);
    }
    if (window)
        walk_window(rs, window, choosing(rs, flow, TL_WINDOW));
}

/* ---- all of them ---- */

static void walk_right_of_in(struct tl_rs *rs, const struct tl_sql_node *node,
                             struct tl_rs_flow compared)
{
    const struct tl_sql_node *right = tl_rs_node(rs, node->b);

    if (node->b && right->kind == TL_N_SUBQUERY && !right->next)
        walk_query(rs, right->a, true, compared);
    else
        tl_rs_walk_list(rs, node->b, compared);
}

/* One node: what is left to walk (0: nothing), and in what flow. */
static uint32_t walk_one(struct tl_rs *rs, uint32_t id, struct tl_rs_flow *flow)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    switch (node->kind) {
    case TL_N_COLUMN:
        tl_rs_read(rs, tl_rs_lookup(rs, id), node->at, *flow);
        return 0;
    case TL_N_STAR:
        tl_rs_read_star(rs, id, *flow);
        return 0;
    case TL_N_COLUMNS:
        tl_rs_walk_columns(rs, id, *flow);
        return 0;
    case TL_N_CALL:
        walk_call(rs, id, *flow);
        return 0;
    case TL_N_UNARY:
        *flow = through_operator(rs, *flow, node->op);
        if (node->flags & TL_F_NULL && flow->effect == TL_PARTIAL)
            flow->function = tl_rs_presence(rs);
        return node->a;
    case TL_N_CAST:
        *flow = tl_rs_dressed(*flow, TL_TRANSFORMATION, TL_KEEPS);
        if (tl_rs_node(rs, node->a)->kind != TL_N_LIST)
            return node->a;
        tl_rs_walk_row(rs, tl_rs_node(rs, node->a), node->name, *flow);
        return 0;
    case TL_N_CASE:
        walk_case(rs, node, *flow);
        return 0;
    case TL_N_IN:
    case TL_N_QUANTIFIED:
        *flow = changed(rs, *flow, TL_TRANSFORMATION, TL_PARTIAL);
        walk_right_of_in(rs, node, *flow);
        return node->a;
    case TL_N_BETWEEN:
        *flow = changed(rs, *flow, TL_TRANSFORMATION, TL_PARTIAL);
        tl_rs_walk(rs, node->b, *flow);
        tl_rs_walk(rs, node->c, *flow);
        return node->a;
    case TL_N_EXISTS:
        tl_rs_query(rs, node->a, rs->scope);
        return 0;
    case TL_N_SUBQUERY:
        walk_query(rs, node->a, node->flags & TL_F_STAR, *flow);
        return 0;
    case TL_N_ARRAY_QUERY:
        walk_query(rs, node->a, false, tl_rs_dressed(*flow, TL_TRANSFORMATION, TL_KEEPS));
        return 0;
    case TL_N_LIST:
        tl_rs_walk_row(rs, node, 0, tl_rs_dressed(*flow, TL_TRANSFORMATION, TL_KEEPS));
        return 0;
    case TL_N_GROUPING:
        tl_rs_walk_list(rs, node->a, changed(rs, *flow, TL_TRANSFORMATION, TL_KEEPS));
        return 0;
    case TL_N_INDEX:
        *flow = tl_rs_dressed(*flow, TL_TRANSFORMATION, TL_KEEPS);
        tl_rs_walk_list(rs, node->b, changed(rs, *flow, TL_TRANSFORMATION, TL_PARTIAL));
        tl_rs_walk_list(rs, node->c, changed(rs, *flow, TL_TRANSFORMATION, TL_PARTIAL));
        *flow = tl_rs_into_index(rs, node, *flow);
        return node->a;
    case TL_N_FIELD:
        walk_field(rs, node, *flow);
        return 0;
    case TL_N_LAMBDA:
        walk_lambda(rs, node, *flow);
        return 0;
    case TL_N_NAMED_ARGUMENT:
        return node->a;
    case TL_N_PARAMETER:
        if (rs->bodies.variables.n)
            tl_rs_read_parameter(rs, id, *flow);
        return 0;
    case TL_N_WINDOW:
        walk_window(rs, id, *flow);
        return 0;
    default:
        return 0; /* literals, parameters, names */
    }
}

/* What leans to the left of operators, each waiting with its right operand until the left one is walked: read in the text's order. */
static uint32_t descend(struct tl_rs *rs, uint32_t id, struct tl_rs_flow *flow)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    while (node->kind == TL_N_BINARY) {
        struct tl_rs_flow around = *flow;
        *flow = through_operator(rs, *flow, node->op);
        struct tl_rs_pending right = { .node = node->b, .flow = *flow };
        if (node->op == TL_O_COLLATE || node->op == TL_O_PATH)
            right.flow = changed(rs, *flow, TL_TRANSFORMATION, TL_PARTIAL);
        if (node->op == TL_O_PATH) {
            *flow = tl_rs_into_operand(rs, node, around);
        } else if (node->op == TL_O_CONCAT && tl_rs_joins_objects(rs, node)) {
            *flow = tl_rs_dressed(around, TL_TRANSFORMATION, TL_KEEPS);
            right.flow = *flow;
        } else if (tl_rs_takes_keys(rs, node)) {
            *flow = tl_rs_dressed(around, TL_TRANSFORMATION, TL_KEEPS);
            *flow = rs->text[node->at] == '#' ? tl_rs_without_path(rs, *flow, node->b)
                                              : tl_rs_without_keys(rs, *flow, node->b);
        }
        tl_vec_push(&rs->pending, right);
        id = node->a;
        node = tl_rs_node(rs, id);
    }
    return id;
}

void tl_rs_walk_any(struct tl_rs *rs, uint32_t id, struct tl_rs_flow flow)
{
    size_t base = rs->pending.n;

    if (++rs->depth > TL_RS_DEPTH) {
        tl_rs_too_deep(rs, tl_rs_node(rs, id)->at);
        rs->depth--;
        return;
    }
    for (;;) {
        while (id && (id = descend(rs, id, &flow)) != 0)
            id = walk_one(rs, id, &flow);
        if (rs->pending.n == base)
            break;
        struct tl_rs_pending next = rs->pending.items[--rs->pending.n];
        id = next.node;
        flow = next.flow;
    }
    rs->depth--;
}

void tl_rs_walk(struct tl_rs *rs, uint32_t id, struct tl_rs_flow flow)
{
    if (!id)
        return;
    if (steers(flow) && !flow.is_named && flow.confidence == 1000 && !flow.way &&
        !flow.opens)
        tl_rs_walk_steering(rs, id, (enum tl_edge_kind)flow.kind);
    else
        tl_rs_walk_any(rs, id, flow);
}

struct tl_rs_set tl_rs_expression(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (node->kind == TL_N_COLUMN)
        return tl_rs_set_of(rs, tl_rs_lookup(rs, id), node->at);
    if (node->kind == TL_N_LITERAL)
        return (struct tl_rs_set){ 0 };
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_walk(rs, id, tl_rs_value());
    return tl_rs_end(rs, mark);
}

/* ---- names and types of columns without alias ---- */

static uint32_t as_name(struct tl_rs *rs, const char *text, size_t n)
{
    return tl_sql_name_exact(rs->names, text, (uint32_t)n);
}

/* PostgreSQL's own names of types (manual, table 8.1, and pg_type.typname). */
static uint32_t name_of_type(struct tl_rs *rs, uint32_t type)
{
    static const struct {
        const char *written, *name;
    } names[] = {
        { "int", "int4" },
        { "integer", "int4" },
        { "bigint", "int8" },
        { "smallint", "int2" },
        { "real", "float4" },
        { "float", "float8" },
        { "double precision", "float8" },
        { "decimal", "numeric" },
        { "dec", "numeric" },
        { "boolean", "bool" },
        { "char", "bpchar" },
        { "character", "bpchar" },
        { "character varying", "varchar" },
        { "bit varying", "varbit" },
        { "time with time zone", "timetz" },
        { "timestamp with time zone", "timestamptz" },
        { "timestamp without time zone", "timestamp" },
        { "time without time zone", "time" },
    };
    const char *text = tl_rs_text(rs, type);
    size_t n = strcspn(text, "([");

    while (n && text[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].written) == n && strncasecmp(names[i].written, text, n) == 0)
            return as_name(rs, names[i].name, strlen(names[i].name));
    const char *dot = memrchr(text, '.', n);
    if (dot) {
        n -= (size_t)(dot + 1 - text);
        text = dot + 1;
    }
    return tl_sql_name_add(rs->names, text, (uint32_t)n, false);
}

static bool is_named_by_types(const struct tl_rs *rs)
{
    return rs->traits->naming & TL_SQL_NAMED_BY_TYPES;
}

static uint32_t name_of_query(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    while (node->kind == TL_N_QUERY || node->kind == TL_N_SET)
        node = tl_rs_node(rs, node->kind == TL_N_QUERY ? node->b : node->a);
    if (node->kind != TL_N_SELECT || !node->a)
        return 0;
    const struct tl_sql_node *item = tl_rs_node(rs, node->a);
    if (item->name)
        return item->name;
    /* One level: a query within a query within a query has no name worth descending for. */
    const struct tl_sql_node *value = tl_rs_node(rs, item->a);
    return value->kind == TL_N_COLUMN || value->kind == TL_N_CALL ? value->name : 0;
}

static uint32_t name_of_call(struct tl_rs *rs, const struct tl_sql_node *node)
{
    if (is_named_by_types(rs) && strcasecmp(tl_rs_text(rs, node->name), "trim") == 0)
        return as_name(rs, "btrim", 5); /* what the parser of PostgreSQL makes of it */
    return node->name;
}

/* FigureColname of PostgreSQL (src/backend/parser/parse_target.c), which others are close to. */
uint32_t tl_rs_name_of_expression(struct tl_rs *rs, uint32_t id)
{
    uint32_t fallback = 0; /* what an outer node is called if nothing inside has a name */

    while (id) {
        const struct tl_sql_node *node = tl_rs_node(rs, id);

        switch (node->kind) {
        case TL_N_COLUMN:
            return node->name;
        case TL_N_CALL:
            return name_of_call(rs, node);
        case TL_N_FIELD:
            if (node->name)
                return node->name;
            return fallback;
        case TL_N_INDEX:
            id = node->a;
            break;
        case TL_N_CAST:
            if (!fallback && is_named_by_types(rs))
                fallback = name_of_type(rs, node->name);
            id = node->a;
            break;
        case TL_N_UNARY:
        case TL_N_BINARY:
            if (node->op != TL_O_COLLATE)
                return fallback;
            if (node->kind == TL_N_BINARY)
                return as_name(rs, "timezone", 8);
            id = node->a;
            break;
        case TL_N_CASE:
            if (!fallback)
                fallback = as_name(rs, "case", 4);
            id = node->c;
            break;
        case TL_N_SUBQUERY: {
            uint32_t name = name_of_query(rs, node->a);
            return name ? name : fallback;
        }
        case TL_N_EXISTS:
            return as_name(rs, "exists", 6);
        case TL_N_ARRAY_QUERY:
            return as_name(rs, "array", 5);
        case TL_N_LIST:
            if (rs->text[node->at] == 'a' || rs->text[node->at] == 'A' ||
                rs->text[node->at] == '[')
                return as_name(rs, "array", 5);
            return as_name(rs, "row", 3);
        case TL_N_LITERAL:
            if (node->op == TL_L_BOOLEAN && is_named_by_types(rs))
                return as_name(rs, "bool", 4);
            return fallback;
        default:
            return fallback;
        }
    }
    return fallback;
}

uint32_t tl_rs_type_of_expression(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    return node->kind == TL_N_CAST || node->kind == TL_N_LIST ? node->name : 0;
}
