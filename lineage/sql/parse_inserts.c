/*
 * One statement that inserts into several tables: insert all and insert first, which share one query, and Hive's and Spark's from ...
 * insert ... insert, which share one from clause. Each becomes inserts like any other; the conditions that guard one stand in its query.
 */
#include "lineage/sql/parse.h"

/* Conditions of insert first count for all behind them: a bound keeps the time in proportion to the text. */
enum { MOST_CONDITIONS = 256, MOST_SHARED = 1024 };

struct branches {
    struct tl_parse_list inserts;
    uint32_t condition; /* of the branch that is open */
    uint32_t earlier;   /* all conditions so far, one with the other */
    unsigned n;
    bool is_first;
};

/* A select from what the statement's query gives. */
static uint32_t make_query(struct tl_sql_parser *p, uint32_t at, uint32_t items,
                           uint32_t condition)
{
    uint32_t from = tl_parse_node(p, TL_N_DERIVED, at);
    uint32_t select = tl_parse_node(p, TL_N_SELECT, at);

    tl_parse_get(p, select)->a = items;
    tl_parse_get(p, select)->b = from;
    tl_parse_get(p, select)->c = condition;
    uint32_t query = tl_parse_node(p, TL_N_QUERY, at);
    tl_parse_get(p, query)->b = select;
    return query;
}

static uint32_t make_item(struct tl_sql_parser *p, uint32_t expression)
{
    uint32_t item = tl_parse_node(p, TL_N_ITEM, tl_parse_get(p, expression)->at);

    tl_parse_get(p, item)->a = expression;
    return item;
}

/* into t [(a, b)] [values (x, y)] */
static void parse_into(struct tl_sql_parser *p, struct branches *branches, uint8_t flags)
{
    uint32_t at = p->now->at;
    struct tl_parse_list items = { 0 };

    p->now++;
    uint32_t table = tl_parse_table_name(p);
    uint32_t columns = tl_parse_insert_columns(p);
    if (tl_parse_accept_word(p, TL_K_VALUES)) {
        tl_parse_expect(p, TL_T_OPEN, "'('");
        do
            tl_parse_append(p, &items, make_item(p, tl_parse_expression(p)));
        while (tl_parse_accept(p, TL_T_COMMA));
        tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    } else {
        uint32_t star = tl_parse_node(p, TL_N_STAR, at);

        tl_parse_append(p, &items, make_item(p, star));
    }
    uint32_t query = make_query(p, at, items.first, branches->condition);
    uint32_t insert = tl_parse_node(p, TL_N_INSERT, at);
    struct tl_sql_node *node = tl_parse_get(p, insert);
    node->flags = flags;
    node->a = table;
    node->b = columns;
    node->c = query;
    tl_parse_append(p, &branches->inserts, insert);
}

/* when a then, else: what is behind them is written where that holds, and of insert first where nothing before did. */
static void parse_guard(struct tl_sql_parser *p, struct branches *branches)
{
    if (tl_parse_accept_word(p, TL_K_ELSE)) {
        branches->condition = branches->earlier;
        return;
    }
    uint32_t at = p->now->at;
    p->now++;
    uint32_t condition = tl_parse_expression(p);
    tl_parse_expect_word(p, TL_K_THEN);
    if (p->failed)
        return;
    if (++branches->n > MOST_CONDITIONS)
        tl_parse_refuse(p, at, "an insert of more than 256 conditions is not understood");
    uint32_t all = tl_parse_both(p, branches->earlier, condition);
    branches->condition = branches->is_first ? all : condition;
    branches->earlier = all;
}

static uint32_t make_inserts(struct tl_sql_parser *p, uint32_t at, uint32_t inserts,
                             uint32_t ctes, uint32_t query, uint8_t flags)
{
    uint32_t node = tl_parse_node(p, TL_N_INSERTS, at);
    struct tl_sql_node *all = tl_parse_get(p, node);

    all->flags = flags;
    all->a = inserts;
    all->b = ctes;
    all->c = query;
    return node;
}

uint32_t tl_parse_insert_all(struct tl_sql_parser *p, uint32_t at, uint32_t ctes,
                             uint8_t flags)
{
    struct branches branches = { .is_first = tl_parse_is_word(p, TL_K_FIRST) };
    bool overwrites = p->now[-1].word == TL_K_OVERWRITE;

    p->now++;
    for (;;) {
        if (tl_parse_is_word(p, TL_K_INTO))
            parse_into(p, &branches, overwrites ? TL_F_OVERWRITE : 0);
        else if (tl_parse_is_word(p, TL_K_WHEN) || tl_parse_is_word(p, TL_K_ELSE))
            parse_guard(p, &branches);
        else
            break;
    }
    if (!branches.inserts.first)
        tl_parse_expected(p, "'into' or 'when'");
    uint32_t query = tl_parse_query(p);
    return make_inserts(p, at, branches.inserts.first, ctes, query, flags);
}

/* ---- from ... insert ... insert ---- */

/* Whether an insert stands behind the from clause that begins here, at its own level. */
bool tl_parse_is_from_insert(const struct tl_sql_parser *p)
{
    uint32_t open = 0;

    if (!tl_parse_is_word(p, TL_K_FROM) ||
        !(p->traits->clauses & TL_SQL_INSERT_BEHIND_FROM))
        return false;
    for (const struct tl_sql_token *t = p->now; t->kind != TL_T_END; t++) {
        if (t->kind == TL_T_OPEN)
            open++;
        else if (t->kind == TL_T_CLOSE)
            open -= open > 0;
        else if (!open && t->word == TL_K_INSERT &&
                 (t[1].word == TL_K_INTO || t[1].word == TL_K_OVERWRITE))
            return true;
        else if (!open && t->word == TL_K_SELECT)
            return false;
    }
    return false;
}

/* An insert whose select has no from clause of its own gets the one in front. */
static void give_from(struct tl_sql_parser *p, uint32_t insert, uint32_t from)
{
    const struct tl_sql_node *node = tl_parse_get(p, insert);

    if (p->failed || node->kind != TL_N_INSERT || !node->c)
        return;
    node = tl_parse_get(p, node->c);
    if (node->kind == TL_N_QUERY && tl_parse_get(p, node->b)->kind == TL_N_SELECT &&
        !tl_parse_get(p, node->b)->b)
        tl_parse_get(p, node->b)->b = from;
}

uint32_t tl_parse_from_insert(struct tl_sql_parser *p, uint32_t ctes, uint8_t flags)
{
    uint32_t at = p->now->at;
    struct tl_parse_list inserts = { 0 };
    unsigned n = 0;

    p->now++;
    uint32_t from = tl_parse_from_list(p);
    while (tl_parse_is_word(p, TL_K_INSERT)) {
        uint32_t began = p->now->at;
        uint32_t insert = tl_parse_change(p, 0, 0);

        if (++n > MOST_SHARED)
            tl_parse_refuse(p, began, "more than 1,024 inserts of one from clause");
        give_from(p, insert, from);
        tl_parse_append(p, &inserts, insert);
    }
    return make_inserts(p, at, inserts.first, ctes, 0, flags);
}
