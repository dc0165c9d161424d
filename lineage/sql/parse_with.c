/*
 * With clauses, and which of their queries nobody reads: such a one is not run, so that nothing of it decides what comes out.
 */
#include "lineage/sql/parse.h"

#include "lineage/sql/names.h"

/* by a, b; what Oracle may say behind each is read over */
static uint32_t parse_bases(struct tl_sql_parser *p)
{
    struct tl_parse_list bases = { 0 };

    do {
        uint32_t base = tl_parse_node(p, TL_N_NAME, p->now->at);
        uint32_t name = tl_parse_name(p, "a column");

        tl_parse_get(p, base)->name = name;
        tl_parse_append(p, &bases, base);
        while (!tl_parse_is(p, TL_T_END) && !tl_parse_is(p, TL_T_COMMA) &&
               !tl_parse_is_word(p, TL_K_SET))
            p->now++;
    } while (!p->failed && tl_parse_accept(p, TL_T_COMMA));
    return bases.first;
}

/* One list belongs to one node. */
static uint32_t copy_bases(struct tl_sql_parser *p, uint32_t bases)
{
    struct tl_parse_list copies = { 0 };

    for (uint32_t i = bases; i; i = tl_parse_get(p, i)->next) {
        uint32_t copy = tl_parse_node(p, TL_N_NAME, tl_parse_get(p, i)->at);

        tl_parse_get(p, copy)->name = tl_parse_get(p, i)->name;
        tl_parse_append(p, &copies, copy);
    }
    return copies.first;
}

/* search depth first by a, b set c; cycle a set b [to 1 default 0] using c: what they add to the query's columns */
static void parse_search_and_cycle(struct tl_sql_parser *p, struct tl_parse_list *added)
{
    while (tl_parse_is_word(p, TL_K_SEARCH) || tl_parse_is_word(p, TL_K_CYCLE)) {
        bool is_mark = tl_parse_is_word(p, TL_K_CYCLE);

        p->now++;
        while (!is_mark && !tl_parse_is(p, TL_T_END) && !tl_parse_is_word(p, TL_K_SET) &&
               !tl_parse_accept_word(p, TL_K_BY))
            p->now++;
        uint32_t bases = parse_bases(p);
        bool is_more = tl_parse_expect_word(p, TL_K_SET);
        while (is_more) {
            uint32_t column = tl_parse_node(p, TL_N_NAME, p->now->at);
            uint32_t name = tl_parse_name(p, "a column");

            tl_parse_get(p, column)->name = name;
            tl_parse_get(p, column)->c = bases;
            tl_parse_get(p, column)->op = is_mark;
            tl_parse_append(p, added, column);
            if (tl_parse_accept_word(p, TL_K_TO)) {
                tl_parse_above(p, TL_POWER_POSTFIX - 1);
                tl_parse_expect_word(p, TL_K_DEFAULT);
                tl_parse_above(p, TL_POWER_POSTFIX - 1);
            }
            is_more = tl_parse_accept_word(p, TL_K_USING);
            is_mark = false;
            if (is_more)
                bases = copy_bases(p, bases);
        }
    }
}

/* The body of a common table expression: a query, or a change wrapped as one. */
static uint32_t parse_cte_body(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    if (!(p->grammar & TL_SQL_MODIFYING_CTES))
        return tl_parse_query(p);
    uint8_t flags = 0;
    uint32_t ctes = 0;
    if (tl_parse_is_word(p, TL_K_WITH))
        ctes = tl_parse_with(p, &flags);
    if (!tl_parse_is_change(p))
        return tl_parse_marked(p, ctes, tl_parse_query_with(p, at, ctes, flags));
    uint32_t change = tl_parse_marked(p, ctes, tl_parse_change(p, ctes, flags));
    uint32_t query = tl_parse_node(p, TL_N_QUERY, at);
    tl_parse_get(p, query)->b = change;
    return query;
}

static uint32_t parse_cte(struct tl_sql_parser *p)
{
    uint32_t cte = tl_parse_node(p, TL_N_CTE, p->now->at);
    uint32_t name = tl_parse_name(p, "a name");
    struct tl_parse_list added = { 0 };
    uint32_t columns = 0;

    tl_parse_get(p, cte)->name = name;
    if (tl_parse_is(p, TL_T_OPEN))
        columns = tl_parse_name_list(p);
    if (!(p->forms & TL_SQL_PLAIN_SOURCES) &&
        tl_parse_accept_words(p, TL_K_USING, TL_K_KEY))
        tl_parse_skip_parens(p);
    if (!tl_parse_is_word(p, TL_K_AS) && tl_parse_is_text(p, p->now, "max") &&
        tl_parse_is_text(p, p->now + 1, "recursion"))
        for (int i = 0; i < 4; i++)
            tl_parse_step(p); /* Databricks: max recursion level 200 */
    tl_parse_expect_word(p, TL_K_AS);
    tl_parse_accept_word(p, TL_K_NOT);
    tl_parse_accept_word(p, TL_K_MATERIALIZED);
    if (tl_parse_is_word(p, TL_K_PROCEDURE) && (p->forms & TL_SQL_INLINE_ROUTINES)) {
        tl_parse_inline_procedure(p, name);
        return 0;
    }
    tl_parse_expect(p, TL_T_OPEN, "'('");
    uint32_t query = parse_cte_body(p);
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    parse_search_and_cycle(p, &added);
    struct tl_sql_node *node = tl_parse_get(p, cte);
    node->a = columns;
    node->b = query;
    node->c = added.first;
    node->d = p->tree->n_nodes;
    return cte;
}

uint32_t tl_parse_with(struct tl_sql_parser *p, uint8_t *flags)
{
    struct tl_parse_list list = { 0 };

    if (!tl_parse_enter(p))
        return 0;
    p->now++;
    if (tl_parse_is_word(p, TL_K_RECURSIVE) && p->now[1].kind != TL_T_OPEN &&
        p->now[1].word != TL_K_AS) {
        p->now++;
        *flags |= TL_F_RECURSIVE;
    }
    if (p->now[1].word != TL_K_AS && p->now[1].kind != TL_T_OPEN && tl_parse_inline(p)) {
        p->depth--;
        return 0;
    }
    do {
        if (list.first && (p->grammar & TL_SQL_TRAILING_COMMA) &&
            tl_parse_is_word(p, TL_K_SELECT))
            break;
        tl_parse_append(p, &list, parse_cte(p));
    } while (tl_parse_accept(p, TL_T_COMMA));
    p->depth--;
    return list.first;
}

/* ---- which are not used ---- */

/* With queries of one clause: more are rare, and all taken as used. */
enum { MOST_WITH = 64 };

struct with {
    uint32_t nodes[MOST_WITH], keys[MOST_WITH];
    unsigned n;
};

/* Bits of those that are named among the nodes first .. last - 1. The names of another clause within count too: that is the safe side. */
static uint64_t named_among(const struct tl_sql_parser *p, const struct with *with,
                            uint32_t first, uint32_t last)
{
    uint64_t named = 0;

    for (uint32_t i = first; i < last; i++) {
        const struct tl_sql_node *node = tl_parse_get(p, i);

        if (node->kind != TL_N_TABLE || node->b)
            continue;
        if (node->flags & TL_F_DYNAMIC)
            return UINT64_MAX;
        uint32_t key = tl_name_key(p->names, node->name);
        for (unsigned k = 0; k < with->n; k++)
            if (with->keys[k] == key)
                named |= UINT64_C(1) << k;
    }
    return named;
}

static bool is_of_change(const struct tl_sql_parser *p, uint32_t cte)
{
    const struct tl_sql_node *query = tl_parse_get(p, tl_parse_get(p, cte)->b);
    uint8_t kind = query->kind == TL_N_QUERY ? tl_parse_get(p, query->b)->kind : 0;

    return kind == TL_N_INSERT || kind == TL_N_UPDATE || kind == TL_N_DELETE;
}

uint32_t tl_parse_marked(struct tl_sql_parser *p, uint32_t list, uint32_t node)
{
    struct with with = { .n = 0 };
    uint64_t used = 0, seen = 0, before;

    for (uint32_t i = list; i && tl_parse_get(p, i)->d; i = tl_parse_get(p, i)->next) {
        if (p->failed || with.n == MOST_WITH)
            return node;
        used |= (uint64_t)is_of_change(p, i) << with.n;
        with.keys[with.n] = tl_name_key(p->names, tl_parse_get(p, i)->name);
        with.nodes[with.n++] = i;
    }
    if (!with.n)
        return node;
    used |= named_among(p, &with, tl_parse_get(p, with.nodes[with.n - 1])->d,
                        p->tree->n_nodes);
    /* What is used uses what it names: mostly those before it. */
    do {
        before = used;
        for (unsigned k = with.n; k-- > 0;) {
            uint64_t bit = UINT64_C(1) << k;

            if ((used & bit) && !(seen & bit))
                used |= named_among(p, &with, with.nodes[k],
                                    tl_parse_get(p, with.nodes[k])->d);
            seen |= used & bit;
        }
    } while (used != before);
    for (unsigned k = 0; k < with.n; k++)
        if (!(used >> k & 1))
            tl_parse_get(p, with.nodes[k])->flags |= TL_F_UNUSED;
    return node;
}
