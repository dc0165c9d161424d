/*
 * What turns a from item into another one: pivot, unpivot, match_recognize; DuckDB's pivot and unpivot as statements too.
 */
#include "lineage/sql/parse.h"

#include <strings.h>

/* ---- what is next ---- */

bool tl_parse_is_pivot(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_UNPIVOT:
        if (next->kind == TL_T_WORD && next[1].word == TL_K_NULLS)
            next += 2;
        return (p->grammar & TL_SQL_PIVOTS) && next->kind == TL_T_OPEN;
    case TL_K_PIVOT:
        return (p->grammar & TL_SQL_PIVOTS) && next->kind == TL_T_OPEN;
    case TL_K_MATCH_RECOGNIZE:
        return (p->clauses & TL_SQL_ROW_PATTERNS) && next->kind == TL_T_OPEN;
    default:
        return false;
    }
}

bool tl_parse_is_pivot_statement(const struct tl_sql_parser *p)
{
    if (!(p->clauses & TL_SQL_PIVOT_STATEMENTS))
        return false;
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_PIVOT:
    case TL_K_PIVOT_WIDER:
    case TL_K_PIVOT_LONGER:
    case TL_K_UNPIVOT:
        return tl_parse_is_name(p, p->now + 1) || p->now[1].kind == TL_T_TEXT ||
               p->now[1].kind == TL_T_OPEN;
    default:
        return false;
    }
}

/* ---- pieces ---- */

/* [as] a of what stands before `for`, `in`, ',' or ')': 0 where there is none. */
static uint32_t parse_short_alias(struct tl_sql_parser *p)
{
    if (tl_parse_accept_word(p, TL_K_AS)) {
        if (tl_parse_is(p, TL_T_TEXT) || tl_parse_is(p, TL_T_NUMBER)) {
            p->now++; /* of unpivot: what the column of names shows */
            return 0;
        }
        if (tl_parse_is(p, TL_T_OPEN)) {
            tl_parse_skip_parens(p);
            return 0;
        }
        return tl_parse_label(p, "a name");
    }
    if (tl_parse_is(p, TL_T_TEXT) || tl_parse_is(p, TL_T_NUMBER)) {
        p->now++;
        return 0;
    }
    if (tl_parse_is(p, TL_T_QUOTED) ||
        (tl_parse_is(p, TL_T_WORD) && tl_parse_is_name(p, p->now) &&
         !(tl_parse_limits(p, p->now->word) & TL_KW_NOT_LABEL) &&
         !tl_parse_is_word(p, TL_K_FOR) && !tl_parse_is_word(p, TL_K_IN)))
        return tl_parse_label(p, "a name");
    return 0;
}

static uint32_t parse_short_item(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t value = tl_parse_item_value(p);
    uint32_t end = tl_sql_token_end(&p->lexer, p->now - 1);
    uint32_t alias = parse_short_alias(p);
    uint32_t item = tl_parse_node(p, TL_N_ITEM, at);

    tl_parse_get(p, item)->a = value;
    tl_parse_get(p, item)->b = end;
    tl_parse_get(p, item)->name = alias;
    return item;
}

/* Items up to what is none. */
static uint32_t parse_short_items(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    do {
        if (list.first && (tl_parse_is(p, TL_T_CLOSE) || tl_parse_is_word(p, TL_K_FOR)))
            break; /* behind the last comma */
        tl_parse_append(p, &list, parse_short_item(p));
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

static uint32_t parse_one_name(struct tl_sql_parser *p)
{
    uint32_t node = tl_parse_node(p, TL_N_NAME, p->now->at);
    uint32_t name = tl_parse_label(p, "a column");

    tl_parse_get(p, node)->name = name;
    return node;
}

static uint32_t make_item(struct tl_sql_parser *p, enum tl_sql_node_kind kind,
                          uint32_t at, uint32_t item, uint32_t spec)
{
    uint32_t node = tl_parse_node(p, kind, at);

    tl_parse_get(p, node)->a = item;
    tl_parse_get(p, node)->b = spec;
    return node;
}

/* ---- pivot ---- */

/* (any [order by ...]), (select ...), ('a' as x, 'b'): behind `in` */
static void parse_pivot_values(struct tl_sql_parser *p, uint32_t key)
{
    if (!tl_parse_is(p, TL_T_OPEN)) { /* DuckDB: in the values of a type */
        tl_parse_name(p, "'('");
        return;
    }
    p->now++;
    if (tl_parse_is_word(p, TL_K_ANY) &&
        (p->now[1].kind == TL_T_CLOSE || p->now[1].word == TL_K_ORDER)) {
        p->now++;
        if (tl_parse_accept_words(p, TL_K_ORDER, TL_K_BY))
            tl_parse_order_list(p);
    } else if (tl_parse_is_query(p)) {
        uint32_t query = tl_parse_query(p);

        tl_parse_get(p, key)->c = query;
    } else {
        uint32_t values = parse_short_items(p);

        tl_parse_get(p, key)->b = values;
    }
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
}

/* a in ('x', 'y'), (a, b) in (('x', 1) as z); `in` may be missing where `is_loose` */
static uint32_t parse_pivot_key(struct tl_sql_parser *p, bool is_loose)
{
    uint32_t key = tl_parse_node(p, TL_N_PIVOT_KEY, p->now->at);
    uint32_t of = tl_parse_above(p, TL_POWER_IN);

    tl_parse_get(p, key)->a = of;
    if (tl_parse_accept_word(p, TL_K_IN))
        parse_pivot_values(p, key);
    else if (!is_loose)
        tl_parse_expect_word(p, TL_K_IN);
    return key;
}

/* pivot (sum(a) as s, max(b) for c in (...) [d in (...)] [default on null (0)] [group by e]) */
static uint32_t parse_pivot(struct tl_sql_parser *p, uint32_t item)
{
    uint32_t at = p->now->at;
    uint32_t spec = tl_parse_node(p, TL_N_PIVOT_SPEC, at);
    struct tl_parse_list keys = { 0 };
    uint32_t groups = 0, otherwise = 0;

    p->now += 2;
    uint32_t aggregates = parse_short_items(p);
    tl_parse_expect_word(p, TL_K_FOR);
    do
        tl_parse_append(p, &keys, parse_pivot_key(p, false));
    while (!tl_parse_is(p, TL_T_CLOSE) && !tl_parse_is(p, TL_T_END) &&
           !tl_parse_is_word(p, TL_K_DEFAULT) && !tl_parse_is_word(p, TL_K_GROUP));
    if (tl_parse_accept_words(p, TL_K_DEFAULT, TL_K_ON)) {
        tl_parse_expect_word(p, TL_K_NULL);
        otherwise = tl_parse_expression(p);
    }
    if (tl_parse_accept_words(p, TL_K_GROUP, TL_K_BY))
        groups = tl_parse_expressions(p);
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    struct tl_sql_node *node = tl_parse_get(p, spec);
    node->a = aggregates;
    node->b = keys.first;
    node->c = groups;
    node->d = otherwise;
    node->flags = groups ? TL_F_ALL : 0;
    return make_item(p, TL_N_PIVOT, at, item, spec);
}

/* ---- unpivot ---- */

/* a, (a, b), each with the text that stands for it */
static uint32_t parse_unpivot_names(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    if (!tl_parse_accept(p, TL_T_OPEN))
        return parse_one_name(p);
    do
        tl_parse_append(p, &list, parse_one_name(p));
    while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

static void skip_nulls(struct tl_sql_parser *p)
{
    if (tl_parse_is(p, TL_T_WORD) && p->now[1].word == TL_K_NULLS)
        p->now += 2;
}

/* unpivot [include nulls] (v for n in (a as 'x', b)), ((v, w) for n in ((a, b), (c, d))) */
static uint32_t parse_unpivot(struct tl_sql_parser *p, uint32_t item)
{
    uint32_t at = p->now->at;
    uint32_t spec = tl_parse_node(p, TL_N_UNPIVOT_SPEC, at);

    p->now++;
    skip_nulls(p);
    tl_parse_expect(p, TL_T_OPEN, "'('");
    uint32_t values = parse_unpivot_names(p);
    tl_parse_expect_word(p, TL_K_FOR);
    uint32_t name = parse_one_name(p);
    tl_parse_expect_word(p, TL_K_IN);
    tl_parse_expect(p, TL_T_OPEN, "'('");
    uint32_t columns = parse_short_items(p);
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    struct tl_sql_node *node = tl_parse_get(p, spec);
    node->a = values;
    node->b = name;
    node->c = columns;
    return make_item(p, TL_N_UNPIVOT, at, item, spec);
}

/* ---- row patterns ---- */

/* Behind `pattern`: its variables, whatever stands between them. */
static uint32_t parse_pattern(struct tl_sql_parser *p)
{
    const struct tl_sql_token *began = p->now;
    struct tl_parse_list list = { 0 };

    if (!tl_parse_is(p, TL_T_OPEN)) {
        tl_parse_expect(p, TL_T_OPEN, "'('");
        return 0;
    }
    tl_parse_skip_parens(p);
    for (const struct tl_sql_token *t = began; t < p->now && !p->failed; t++) {
        if ((t->kind != TL_T_WORD && t->kind != TL_T_QUOTED) ||
            (t[1].kind == TL_T_OPEN && t->kind == TL_T_WORD &&
             strcasecmp(tl_sql_name_text(p->names, t->value), "permute") == 0))
            continue;
        uint32_t node = tl_parse_node(p, TL_N_NAME, t->at);

        tl_parse_get(p, node)->name = t->value;
        tl_parse_append(p, &list, node);
    }
    return list.first;
}

/* subset u = (a, b): one more variable */
static uint32_t parse_subsets(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    do {
        tl_parse_append(p, &list, parse_one_name(p));
        tl_parse_expect(p, TL_T_EQUAL, "'='");
        tl_parse_skip_parens(p);
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

/* define a as b > 1: items whose name is the variable's */
static uint32_t parse_definitions(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    do {
        uint32_t item = tl_parse_node(p, TL_N_ITEM, p->now->at);
        uint32_t name = tl_parse_label(p, "a variable");

        tl_parse_expect_word(p, TL_K_AS);
        uint32_t condition = tl_parse_expression(p);
        tl_parse_get(p, item)->name = name;
        tl_parse_get(p, item)->a = condition;
        tl_parse_append(p, &list, item);
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

/* one row per match, all rows per match with unmatched rows, after match skip to next row */
static bool skip_match_words(struct tl_sql_parser *p)
{
    bool is_all = tl_parse_is_word(p, TL_K_ALL);

    if (p->now[1].word == TL_K_ROW || p->now[1].word == TL_K_ROWS)
        while (tl_parse_is(p, TL_T_WORD) && !tl_parse_is_word(p, TL_K_PATTERN) &&
               !tl_parse_is_word(p, TL_K_AFTER))
            p->now++;
    if (tl_parse_accept_word(p, TL_K_AFTER))
        while ((tl_parse_is(p, TL_T_WORD) || tl_parse_is(p, TL_T_QUOTED)) &&
               !(tl_parse_is_word(p, TL_K_PATTERN) && p->now[1].kind == TL_T_OPEN))
            p->now++;
    return is_all;
}

static uint32_t parse_rows_matched(struct tl_sql_parser *p)
{
    uint32_t window = tl_parse_node(p, TL_N_WINDOW, p->now->at);

    if (tl_parse_accept_words(p, TL_K_PARTITION, TL_K_BY)) {
        uint32_t partition = tl_parse_expressions(p);

        tl_parse_get(p, window)->a = partition;
    }
    if (tl_parse_accept_words(p, TL_K_ORDER, TL_K_BY)) {
        uint32_t order = tl_parse_order_list(p);

        tl_parse_get(p, window)->b = order;
    }
    return window;
}

static uint32_t parse_match(struct tl_sql_parser *p, uint32_t item)
{
    uint32_t at = p->now->at;
    uint32_t spec = tl_parse_node(p, TL_N_MATCH_SPEC, at);
    uint32_t measures = 0, definitions = 0;
    struct tl_parse_list variables = { 0 };

    p->now += 2;
    uint32_t window = parse_rows_matched(p);
    if (tl_parse_accept_word(p, TL_K_MEASURES))
        measures = parse_short_items(p);
    bool is_all = skip_match_words(p);
    if (tl_parse_expect_word(p, TL_K_PATTERN))
        tl_parse_append(p, &variables, parse_pattern(p));
    if (tl_parse_is(p, TL_T_WORD) && p->now[1].kind == TL_T_NUMBER)
        p->now += 2; /* within a time */
    if (tl_parse_accept_word(p, TL_K_SUBSET))
        tl_parse_append(p, &variables, parse_subsets(p));
    if (tl_parse_accept_word(p, TL_K_DEFINE))
        definitions = parse_definitions(p);
    if (tl_parse_is_word(p, TL_K_WITH) || tl_parse_is_word(p, TL_K_OPTIONS))
        while (!tl_parse_is(p, TL_T_CLOSE) && !tl_parse_is(p, TL_T_END)) {
            if (tl_parse_is(p, TL_T_OPEN))
                tl_parse_skip_parens(p);
            else
                p->now++;
        }
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    struct tl_sql_node *node = tl_parse_get(p, spec);
    node->a = window;
    node->b = measures;
    node->c = variables.first;
    node->d = definitions;
    uint32_t match = make_item(p, TL_N_MATCH, at, item, spec);
    tl_parse_get(p, match)->flags = is_all ? TL_F_ALL : 0;
    return match;
}

uint32_t tl_parse_pivot(struct tl_sql_parser *p, uint32_t item)
{
    if (!tl_parse_enter(p))
        return item;
    if (tl_parse_is_word(p, TL_K_PIVOT))
        item = parse_pivot(p, item);
    else if (tl_parse_is_word(p, TL_K_UNPIVOT))
        item = parse_unpivot(p, item);
    else
        item = parse_match(p, item);
    p->depth--;
    return item;
}

/* ---- statements ---- */

static uint32_t parse_pivot_statement(struct tl_sql_parser *p, uint32_t at, uint32_t item)
{
    uint32_t spec = tl_parse_node(p, TL_N_PIVOT_SPEC, at);
    struct tl_parse_list keys = { 0 };
    uint32_t aggregates = 0, groups = 0;

    if (tl_parse_accept_word(p, TL_K_ON))
        do
            tl_parse_append(p, &keys, parse_pivot_key(p, true));
        while (tl_parse_accept(p, TL_T_COMMA));
    if (tl_parse_accept_word(p, TL_K_USING))
        aggregates = parse_short_items(p);
    if (tl_parse_accept_words(p, TL_K_GROUP, TL_K_BY))
        groups = tl_parse_expressions(p);
    struct tl_sql_node *node = tl_parse_get(p, spec);
    node->a = aggregates;
    node->b = keys.first;
    node->c = groups;
    node->flags = groups ? TL_F_ALL : 0;
    return make_item(p, TL_N_PIVOT, at, item, spec);
}

static uint32_t parse_unpivot_statement(struct tl_sql_parser *p, uint32_t at,
                                        uint32_t item)
{
    uint32_t spec = tl_parse_node(p, TL_N_UNPIVOT_SPEC, at);
    struct tl_parse_list values = { 0 };
    uint32_t name = 0;

    skip_nulls(p);
    tl_parse_expect_word(p, TL_K_ON);
    uint32_t columns = parse_short_items(p);
    if (tl_parse_accept_word(p, TL_K_INTO)) {
        tl_parse_expect_word(p, TL_K_NAME);
        name = parse_one_name(p);
        tl_parse_expect_word(p, TL_K_VALUE);
        do
            tl_parse_append(p, &values, parse_one_name(p));
        while (tl_parse_accept(p, TL_T_COMMA));
    }
    struct tl_sql_node *node = tl_parse_get(p, spec);
    node->a = values.first;
    node->b = name;
    node->c = columns;
    return make_item(p, TL_N_UNPIVOT, at, item, spec);
}

uint32_t tl_parse_pivot_statement(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    bool is_pivot =
        tl_parse_is_word(p, TL_K_PIVOT) || tl_parse_is_word(p, TL_K_PIVOT_WIDER);

    p->now++;
    if (!tl_parse_enter(p))
        return 0;
    uint32_t item = tl_parse_from_item(p);
    item = is_pivot ? parse_pivot_statement(p, at, item)
                    : parse_unpivot_statement(p, at, item);
    p->depth--;
    return item;
}
