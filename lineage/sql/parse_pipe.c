/*
 * Pipes: from t |> where a |> aggregate sum(b) group by c. Each operator is a query over what stands before it; those that keep its
 * tables' names usable say so (TL_F_KEEPS_NAMES).
 */
#include "lineage/sql/parse.h"

/* What the next operator reads. */
struct pipe {
    uint32_t at;
    uint32_t from; /* list of from items */
    uint32_t where;
    uint32_t ctes;
    uint8_t flags; /* of those */
};

/* ---- wrapping ---- */

static uint32_t make_item(struct tl_sql_parser *p, uint32_t at, uint32_t value)
{
    uint32_t item = tl_parse_node(p, TL_N_ITEM, at);

    tl_parse_get(p, item)->a = value;
    return item;
}

static uint32_t make_star(struct tl_sql_parser *p, uint32_t at, uint32_t edits)
{
    uint32_t star = tl_parse_node(p, TL_N_STAR, at);

    tl_parse_get(p, star)->a = edits;
    return make_item(p, at, star);
}

static uint32_t make_derived(struct tl_sql_parser *p, uint32_t at, uint32_t query)
{
    uint32_t derived = tl_parse_node(p, TL_N_DERIVED, at);

    tl_parse_get(p, derived)->a = query;
    return derived;
}

/* The select of the pipe so far; where nothing is selected, all of it. */
static uint32_t take_select(struct tl_sql_parser *p, struct pipe *pipe,
                            struct tl_parse_select *s)
{
    s->from = pipe->from;
    s->where = pipe->where;
    pipe->where = 0;
    return tl_parse_make_select(p, pipe->at, s);
}

/* Puts a select of the pipe so far in its place. */
static void wrap(struct tl_sql_parser *p, struct pipe *pipe, struct tl_parse_select *s,
                 bool keeps_names)
{
    uint32_t select = take_select(p, pipe, s);

    pipe->from = make_derived(p, pipe->at, select);
    if (!keeps_names)
        return;
    tl_parse_get(p, select)->flags |= TL_F_KEEPS_NAMES;
    tl_parse_get(p, pipe->from)->flags |= TL_F_KEEPS_NAMES;
}

static void wrap_star(struct tl_sql_parser *p, struct pipe *pipe, uint32_t edits)
{
    struct tl_parse_select s = { .items = make_star(p, pipe->at, edits) };

    wrap(p, pipe, &s, true);
}

/* One from item: a list of several is joined. */
static uint32_t take_item(struct tl_sql_parser *p, struct pipe *pipe)
{
    if (pipe->where)
        wrap_star(p, pipe, 0);
    uint32_t left = pipe->from, next = tl_parse_get(p, left)->next;

    tl_parse_get(p, left)->next = 0;
    while (next) {
        uint32_t right = next, join = tl_parse_node(p, TL_N_JOIN, pipe->at);

        next = tl_parse_get(p, right)->next;
        tl_parse_get(p, right)->next = 0;
        tl_parse_get(p, join)->op = TL_J_CROSS;
        tl_parse_get(p, join)->a = left;
        tl_parse_get(p, join)->b = right;
        left = join;
    }
    return left;
}

/* ---- operators ---- */

static void parse_select(struct tl_sql_parser *p, struct pipe *pipe)
{
    struct tl_parse_select s = { 0 };

    p->now++;
    tl_parse_select_list(p, &s);
    if (tl_parse_accept_word(p, TL_K_WINDOW))
        s.windows = tl_parse_named_windows(p);
    wrap(p, pipe, &s, false);
}

/* extend a + 1 as b, window sum(a) over () as b: more columns behind the others */
static void parse_extend(struct tl_sql_parser *p, struct pipe *pipe)
{
    struct tl_parse_select s = { 0 };
    struct tl_parse_list items = { 0 };

    p->now++;
    tl_parse_append(p, &items, make_star(p, pipe->at, 0));
    tl_parse_append(p, &items, tl_parse_items(p));
    if (tl_parse_accept_word(p, TL_K_WINDOW))
        s.windows = tl_parse_named_windows(p);
    s.items = items.first;
    wrap(p, pipe, &s, true);
}

/* set a = b, c = d; drop a, b; rename a as b: edits of the star */
static uint32_t parse_edit(struct tl_sql_parser *p, enum tl_sql_star_edit op)
{
    uint32_t edit = tl_parse_node(p, TL_N_STAR_EDIT, p->now->at);
    uint32_t name = tl_parse_label(p, "a column"), value = 0, other = 0;

    if (op == TL_E_REPLACE) {
        tl_parse_expect(p, TL_T_EQUAL, "'='");
        value = tl_parse_expression(p);
    } else if (op == TL_E_RENAME) {
        tl_parse_accept_word(p, TL_K_AS);
        other = tl_parse_label(p, "a name");
    }
    struct tl_sql_node *node = tl_parse_get(p, edit);
    node->op = (uint16_t)op;
    node->name = name;
    node->a = value;
    node->b = other;
    return edit;
}

static void parse_edits(struct tl_sql_parser *p, struct pipe *pipe,
                        enum tl_sql_star_edit op)
{
    struct tl_parse_list edits = { 0 };

    p->now++;
    do {
        if (edits.first && (tl_parse_is(p, TL_T_PIPE) || tl_parse_is(p, TL_T_END)))
            break;
        tl_parse_append(p, &edits, parse_edit(p, op));
    } while (tl_parse_accept(p, TL_T_COMMA));
    wrap_star(p, pipe, edits.first);
}

static void parse_as(struct tl_sql_parser *p, struct pipe *pipe)
{
    struct tl_parse_select s = { .items = make_star(p, pipe->at, 0) };

    wrap(p, pipe, &s, false);
    uint32_t alias = tl_parse_alias(p);
    tl_parse_get(p, pipe->from)->d = alias;
}

/* Here asc, desc and nulls are no names. */
static uint32_t parse_alias(struct tl_sql_parser *p)
{
    if (tl_parse_is_word(p, TL_K_ASC) || tl_parse_is_word(p, TL_K_DESC) ||
        tl_parse_are_words(p, TL_K_NULLS, TL_K_FIRST) ||
        tl_parse_are_words(p, TL_K_NULLS, TL_K_LAST))
        return 0;
    return tl_parse_item_alias(p);
}

/* Items of what is grouped by: of rollup and its like each part. */
static void add_group_items(struct tl_sql_parser *p, struct tl_parse_list *items,
                            uint32_t group, uint32_t alias)
{
    const struct tl_sql_node *node = tl_parse_get(p, group);

    if (node->kind == TL_N_GROUPING || node->kind == TL_N_LIST) {
        if (!tl_parse_enter(p))
            return;
        for (uint32_t i = node->a; i; i = tl_parse_get(p, i)->next)
            add_group_items(p, items, i, 0);
        p->depth--;
        return;
    }
    uint32_t item = make_item(p, node->at, group);
    tl_parse_get(p, item)->name = alias;
    tl_parse_append(p, items, item);
}

/* asc nulls last: the column is sorted by */
static void parse_sorting(struct tl_sql_parser *p, struct tl_parse_list *order,
                          uint32_t value, bool is_sorted)
{
    bool has_word =
        tl_parse_accept_word(p, TL_K_ASC) || tl_parse_accept_word(p, TL_K_DESC);

    if (tl_parse_is_word(p, TL_K_NULLS) &&
        (p->now[1].word == TL_K_FIRST || p->now[1].word == TL_K_LAST)) {
        p->now += 2;
        has_word = true;
    }
    if (!has_word && !is_sorted)
        return;
    uint32_t node = tl_parse_node(p, TL_N_ORDER, p->now->at);
    tl_parse_get(p, node)->a = value;
    tl_parse_append(p, order, node);
}

static void parse_groups(struct tl_sql_parser *p, struct tl_parse_select *s,
                         struct tl_parse_list *items, struct tl_parse_list *order)
{
    struct tl_parse_list groups = { 0 };
    bool is_sorted = tl_parse_accept_words(p, TL_K_AND, TL_K_ORDER);

    tl_parse_expect_word(p, TL_K_BY);
    if (tl_parse_is_word(p, TL_K_ALL) && p->now[1].kind != TL_T_OPEN) {
        p->now++;
        s->tail_flags |= TL_F_ALL;
        return;
    }
    do {
        if (groups.first && (tl_parse_is(p, TL_T_PIPE) || tl_parse_is(p, TL_T_END)))
            break;
        uint32_t group = tl_parse_grouping(p);

        if (!group)
            group = tl_parse_expression(p);
        uint32_t alias = parse_alias(p);
        add_group_items(p, items, group, alias);
        tl_parse_append(p, &groups, group);
        parse_sorting(p, order, group, is_sorted);
    } while (tl_parse_accept(p, TL_T_COMMA));
    s->groups = groups.first;
}

/* aggregate sum(a) as b group [and order] by c as d: the columns grouped by stand first */
static void parse_aggregate(struct tl_sql_parser *p, struct pipe *pipe)
{
    struct tl_parse_select s = { 0 };
    struct tl_parse_list items = { 0 }, aggregates = { 0 }, order = { 0 };

    p->now++;
    if (!tl_parse_is_word(p, TL_K_GROUP))
        do {
            if (aggregates.first &&
                (tl_parse_is_word(p, TL_K_GROUP) || tl_parse_is(p, TL_T_PIPE)))
                break;
            uint32_t item = make_item(p, p->now->at, 0);
            uint32_t value = tl_parse_expression(p);
            uint32_t alias = parse_alias(p);

            tl_parse_get(p, item)->a = value;
            tl_parse_get(p, item)->name = alias;
            tl_parse_append(p, &aggregates, item);
            parse_sorting(p, &order, value, false);
        } while (tl_parse_accept(p, TL_T_COMMA));
    if (tl_parse_accept_word(p, TL_K_GROUP))
        parse_groups(p, &s, &items, &order);
    tl_parse_append(p, &items, aggregates.first);
    s.items = items.first;
    uint32_t select = take_select(p, pipe, &s);
    if (order.first) {
        uint32_t query = tl_parse_node(p, TL_N_QUERY, pipe->at);

        tl_parse_get(p, query)->b = select;
        tl_parse_get(p, query)->c = order.first;
        select = query;
    }
    pipe->from = make_derived(p, pipe->at, select);
}

/* order by, limit, offset */
static void parse_end(struct tl_sql_parser *p, struct pipe *pipe)
{
    struct tl_parse_select s = { .items = make_star(p, pipe->at, 0) };
    struct tl_parse_list order = { 0 };
    uint32_t limits = tl_parse_limits_of_query(p, &order);
    uint32_t select = take_select(p, pipe, &s);
    uint32_t query = tl_parse_node(p, TL_N_QUERY, pipe->at);

    tl_parse_get(p, select)->flags |= TL_F_KEEPS_NAMES;
    tl_parse_get(p, query)->b = select;
    tl_parse_get(p, query)->c = order.first;
    tl_parse_get(p, query)->d = limits;
    pipe->from = make_derived(p, pipe->at, query);
    tl_parse_get(p, pipe->from)->flags |= TL_F_KEEPS_NAMES;
}

static void parse_distinct(struct tl_sql_parser *p, struct pipe *pipe)
{
    struct tl_parse_select s = { .items = make_star(p, pipe->at, 0),
                                 .flags = TL_F_DISTINCT };

    p->now++;
    wrap(p, pipe, &s, true);
}

static void parse_set(struct tl_sql_parser *p, struct pipe *pipe)
{
    struct tl_parse_select s = { .items = make_star(p, pipe->at, 0) };
    uint32_t left = take_select(p, pipe, &s);

    pipe->from = make_derived(p, pipe->at, tl_parse_set_of_pipe(p, left));
}

static void parse_pivots(struct tl_sql_parser *p, struct pipe *pipe)
{
    pipe->from = tl_parse_pivot(p, take_item(p, pipe));
    uint32_t alias = tl_parse_alias(p);
    tl_parse_get(p, pipe->from)->d = alias;
}

/* call f(a) [as b]: a table function of all rows so far */
static void parse_call(struct tl_sql_parser *p, struct pipe *pipe)
{
    uint32_t at = p->now->at;
    struct tl_parse_list arguments = { 0 }, list = { 0 };
    struct tl_parse_select s = { 0 };

    p->now++;
    uint32_t call = tl_parse_above(p, TL_POWER_POSTFIX);
    if (p->failed || tl_parse_get(p, call)->kind != TL_N_CALL) {
        tl_parse_expected(p, "a call");
        return;
    }
    tl_parse_append(p, &arguments, tl_parse_node(p, TL_N_STAR, at));
    tl_parse_append(p, &arguments, tl_parse_get(p, call)->a);
    tl_parse_get(p, call)->a = arguments.first;
    uint32_t function = tl_parse_node(p, TL_N_FUNCTION, at);
    tl_parse_get(p, function)->a = call;
    uint32_t alias = tl_parse_alias(p);
    tl_parse_get(p, function)->d = alias;
    uint32_t name = alias ? tl_parse_get(p, alias)->name : tl_parse_get(p, call)->name;
    tl_parse_append(p, &list, take_item(p, pipe));
    tl_parse_append(p, &list, function);
    pipe->from = list.first;
    s.items = make_star(p, at, 0);
    tl_parse_get(p, tl_parse_get(p, s.items)->a)->b = name;
    wrap(p, pipe, &s, false);
    if (alias) {
        uint32_t same = tl_parse_node(p, TL_N_ALIAS, at);

        tl_parse_get(p, same)->name = name;
        tl_parse_get(p, pipe->from)->d = same;
    }
}

/* tablesample system (10 percent) */
static void skip_sample(struct tl_sql_parser *p)
{
    while (tl_parse_is(p, TL_T_WORD))
        p->now++;
    tl_parse_skip_parens(p);
}

static void parse_with(struct tl_sql_parser *p, struct pipe *pipe)
{
    struct tl_parse_list ctes = { 0 };

    tl_parse_append(p, &ctes, pipe->ctes);
    tl_parse_append(p, &ctes, tl_parse_with(p, &pipe->flags));
    pipe->ctes = ctes.first;
}

static void parse_operator(struct tl_sql_parser *p, struct pipe *pipe)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_WHERE:
        p->now++;
        pipe->where = tl_parse_both(p, pipe->where, tl_parse_expression(p));
        return;
    case TL_K_SELECT:
        parse_select(p, pipe);
        return;
    case TL_K_EXTEND:
    case TL_K_WINDOW:
        parse_extend(p, pipe);
        return;
    case TL_K_SET:
        parse_edits(p, pipe, TL_E_REPLACE);
        return;
    case TL_K_DROP:
        parse_edits(p, pipe, TL_E_EXCLUDE);
        return;
    case TL_K_RENAME:
        parse_edits(p, pipe, TL_E_RENAME);
        return;
    case TL_K_AS:
        parse_as(p, pipe);
        return;
    case TL_K_AGGREGATE:
        parse_aggregate(p, pipe);
        return;
    case TL_K_DISTINCT:
        parse_distinct(p, pipe);
        return;
    case TL_K_PIVOT:
    case TL_K_UNPIVOT:
    case TL_K_MATCH_RECOGNIZE:
        parse_pivots(p, pipe);
        return;
    case TL_K_CALL:
        parse_call(p, pipe);
        return;
    case TL_K_TABLESAMPLE:
        skip_sample(p);
        return;
    case TL_K_WITH:
        parse_with(p, pipe);
        return;
    case TL_K_ASSERT: /* says what is so, and changes nothing */
        p->now++;
        tl_parse_expressions(p);
        return;
    case TL_K_STATIC_DESCRIBE:
        p->now++;
        return;
    default:
        break;
    }
    if (tl_parse_is_set(p)) {
        parse_set(p, pipe);
    } else if (tl_parse_is_more_query(p)) {
        parse_end(p, pipe);
    } else if (tl_parse_is_join(p)) {
        uint32_t left = take_item(p, pipe);

        pipe->from = tl_parse_joins(p, left);
        if (pipe->from == left)
            tl_parse_expected(p, "'join'");
    } else {
        tl_parse_expected(p, "an operator of a pipe");
    }
}

/* ---- all of it ---- */

/* A query that is nothing but "from ..." keeps its tables; any other is a table without a name. */
static void begin(struct tl_sql_parser *p, struct pipe *pipe, uint32_t query)
{
    const struct tl_sql_node *node = tl_parse_get(p, query);
    const struct tl_sql_node *body =
        node->kind == TL_N_QUERY ? tl_parse_get(p, node->b) : node;
    const struct tl_sql_node *item = tl_parse_get(p, body->a);
    bool is_from = body->kind == TL_N_SELECT && body->b && !body->d && !body->flags &&
                   body->a && !item->next && item->at == body->at &&
                   tl_parse_get(p, item->a)->kind == TL_N_STAR &&
                   tl_parse_get(p, item->a)->at == body->at;

    pipe->at = node->at;
    if (node->kind == TL_N_QUERY && (node->c || node->d))
        is_from = false;
    if (is_from && node->kind == TL_N_QUERY) {
        pipe->ctes = node->a;
        pipe->flags = node->flags;
    }
    if (is_from) {
        pipe->from = body->b;
        pipe->where = body->c;
    } else {
        pipe->from = make_derived(p, node->at, query);
    }
}

/* insert, create, export: what is next in the pipe writes its rows, and nothing follows. */
static bool ends_pipe(const struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now[1].word) {
    case TL_K_INSERT:
    case TL_K_CREATE:
    case TL_K_EXPORT:
        return true;
    default:
        return false;
    }
}

uint32_t tl_parse_pipe_end(struct tl_sql_parser *p, uint32_t query)
{
    uint32_t at = tl_parse_get(p, query)->at;

    if (p->failed || !tl_parse_is(p, TL_T_PIPE))
        return query;
    p->now++;
    if (tl_parse_is_word(p, TL_K_EXPORT))
        return tl_parse_export(p, query);
    if (tl_parse_is_word(p, TL_K_CREATE)) {
        uint32_t created = tl_parse_create(p);
        struct tl_sql_node *node = tl_parse_get(p, created);

        if (p->failed)
            return 0;
        if (node->kind != TL_N_CREATE_TABLE || node->c) {
            tl_parse_expected(p, "a table without a query");
            return 0;
        }
        node->at = at;
        node->c = query;
        return created;
    }
    p->now++;
    tl_parse_accept_word(p, TL_K_INTO);
    uint32_t table = tl_parse_table_name(p);
    uint32_t columns = tl_parse_insert_columns(p);
    uint32_t insert = tl_parse_node(p, TL_N_INSERT, at);
    struct tl_sql_node *node = tl_parse_get(p, insert);
    node->a = table;
    node->b = columns;
    node->c = query;
    return insert;
}

uint32_t tl_parse_pipes(struct tl_sql_parser *p, uint32_t query)
{
    struct pipe pipe = { 0 };

    begin(p, &pipe, query);
    while (tl_parse_is(p, TL_T_PIPE) && !ends_pipe(p)) {
        p->now++;
        parse_operator(p, &pipe);
        if (p->failed)
            return query;
    }
    struct tl_parse_select s = { .items = make_star(p, pipe.at, 0) };
    uint32_t select = take_select(p, &pipe, &s);
    uint32_t whole = tl_parse_node(p, TL_N_QUERY, pipe.at);
    struct tl_sql_node *node = tl_parse_get(p, whole);
    node->a = pipe.ctes;
    node->b = select;
    node->flags = pipe.flags;
    return whole;
}
