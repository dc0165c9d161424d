/*
 * What stands around a statement and is none of its own clauses: routines and settings in front of it that hold for it alone, and
 * chains of statements in which each reads what the ones before gave.
 */
#include "lineage/sql/parse.h"

#include <stdio.h>
#include <string.h>

/* ---- in front ---- */

/* Behind `with`: function f (...) ..., session a = b. A query of such a name has `as` or its columns there. */
static bool is_inline(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    return (p->forms & TL_SQL_INLINE_ROUTINES) &&
           (next->kind == TL_T_WORD || next->kind == TL_T_QUOTED) &&
           next->word != TL_K_AS &&
           (tl_parse_is_word(p, TL_K_FUNCTION) || tl_parse_is_word(p, TL_K_SESSION));
}

/* a.b = x, c = y */
static void skip_settings(struct tl_sql_parser *p)
{
    p->now++;
    do {
        tl_parse_table_name(p);
        tl_parse_expect(p, TL_T_EQUAL, "'='");
        tl_parse_expression(p);
    } while (tl_parse_accept(p, TL_T_COMMA));
}

static void keep_routine(struct tl_sql_parser *p, uint32_t program)
{
    struct tl_sql_tree *tree = p->tree;

    if (p->failed)
        return;
    if (tree->last_inline)
        tl_parse_get(p, tree->last_inline)->next = program;
    else
        tree->first_inline = program;
    tree->last_inline = program;
}

bool tl_parse_inline(struct tl_sql_parser *p)
{
    bool is_more = is_inline(p);

    while (is_more && !p->failed) {
        if (tl_parse_is_word(p, TL_K_SESSION)) {
            skip_settings(p);
        } else {
            do
                keep_routine(p, tl_parse_inline_routine(p, 0));
            while (!p->failed && tl_parse_accept(p, TL_T_COMMA));
        }
        is_more = tl_parse_is_word(p, TL_K_WITH);
        if (!is_more)
            return true;
        p->now++;
        is_more = is_inline(p);
    }
    return false;
}

void tl_parse_inline_procedure(struct tl_sql_parser *p, uint32_t name)
{
    keep_routine(p, tl_parse_inline_routine(p, name));
}

/* using external function f (a varchar) returns varchar lambda 'x', ... select: what they do is not known. */
uint32_t tl_parse_using_functions(struct tl_sql_parser *p)
{
    while (!tl_parse_is(p, TL_T_END) && !tl_parse_is_query(p)) {
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        else
            p->now++;
    }
    return tl_parse_statement(p);
}

/* ---- names in texts ---- */

bool tl_parse_is_named_call(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now;

    return t[1].kind == TL_T_OPEN && t[2].kind == TL_T_TEXT && t[3].kind == TL_T_CLOSE &&
           t[4].kind == TL_T_OPEN && tl_parse_is_text(p, t, "identifier");
}

uint32_t tl_parse_named_call(struct tl_sql_parser *p)
{
    const struct tl_sql_token *text = p->now + 2;
    const char *bytes = p->lexer.text + text->at + 1;
    uint32_t n = text->value - text->at > 2 ? text->value - text->at - 2 : 0;
    const char *dot = n ? memrchr(bytes, '.', n) : NULL;
    uint32_t schema = 0;

    if (dot) {
        const char *first = memrchr(bytes, '.', (size_t)(dot - bytes));

        first = first ? first + 1 : bytes;
        schema = tl_sql_name_add(p->names, first, (uint32_t)(dot - first), false);
        n -= (uint32_t)(dot + 1 - bytes);
        bytes = dot + 1;
    }
    uint32_t name = tl_sql_name_add(p->names, bytes, n, false);
    p->now += 4;
    return tl_parse_call(p, text->at, name, schema, 0);
}

/* ---- views of metrics and dimensions ---- */

/* a.b of the view's own tables: the columns between those nodes are the view's under their last name. */
static void take_last_names(struct tl_sql_parser *p, uint32_t first)
{
    for (uint32_t i = first; i < p->tree->n_nodes; i++) {
        struct tl_sql_node *node = tl_parse_get(p, i);

        if (node->kind == TL_N_COLUMN || node->kind == TL_N_STAR)
            node->b = node->c = node->d = 0;
    }
}

static uint32_t make_view_of(struct tl_sql_parser *p, uint32_t at, uint32_t first,
                             struct tl_parse_select *s, uint32_t items)
{
    take_last_names(p, first);
    s->items = items;
    uint32_t select = tl_parse_make_select(p, at, s);
    uint32_t query = tl_parse_node(p, TL_N_QUERY, at);
    tl_parse_get(p, query)->b = select;
    uint32_t derived = tl_parse_node(p, TL_N_DERIVED, at);
    tl_parse_get(p, derived)->a = query;
    return derived;
}

uint32_t tl_parse_semantic_view(struct tl_sql_parser *p, uint32_t at)
{
    static const char *const lists[] = { "dimensions", "metrics", "facts" };
    struct tl_parse_select s = { 0 };
    struct tl_parse_list items = { 0 };
    uint32_t first = p->tree->n_nodes;

    p->now++;
    s.from = tl_parse_table_name(p);
    while (!tl_parse_is(p, TL_T_CLOSE) && !p->failed) {
        bool is_list = false;

        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
            is_list = is_list || tl_parse_is_text(p, p->now, lists[i]);
        if (is_list) {
            p->now++;
            tl_parse_append(p, &items, tl_parse_items(p));
        } else if (tl_parse_accept_word(p, TL_K_WHERE)) {
            s.where = tl_parse_expression(p);
        } else {
            tl_parse_expected(p, "'dimensions', 'metrics', 'facts', 'where' or ')'");
        }
    }
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    if (p->failed)
        return 0;
    return make_view_of(p, at, first, &s, items.first);
}

uint32_t tl_parse_graph_table(struct tl_sql_parser *p, uint32_t at)
{
    struct tl_parse_select s = { 0 };
    uint32_t first = p->tree->n_nodes, items = 0;

    p->now++;
    s.from = tl_parse_table_name(p);
    if (!tl_parse_is_text(p, p->now, "match"))
        tl_parse_expected(p, "'match'");
    while (!tl_parse_is(p, TL_T_END) &&
           !(tl_parse_is_word(p, TL_K_COLUMNS) && p->now[1].kind == TL_T_OPEN)) {
        if (tl_parse_accept_word(p, TL_K_WHERE))
            s.where = tl_parse_both(p, s.where, tl_parse_expression(p));
        else
            p->now++;
    }
    if (tl_parse_expect_word(p, TL_K_COLUMNS) && tl_parse_expect(p, TL_T_OPEN, "'('"))
        items = tl_parse_items(p);
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    if (p->failed)
        return 0;
    return make_view_of(p, at, first, &s, items);
}

/* ---- chains ---- */

/* Each may read all that came before: twice as much with each. */
enum { MOST_STEPS = 12 };

bool tl_parse_is_flow(const struct tl_sql_parser *p)
{
    return (p->forms & TL_SQL_FLOWS) && p->now->kind >= TL_T_ARROW &&
           tl_sql_token_end(&p->lexer, p->now) == p->now->at + 3 &&
           p->lexer.text[p->now->at + 1] == '>' && p->lexer.text[p->now->at + 2] == '>';
}

/* Where the with clause of a statement is; NULL: it reads nothing. */
static uint32_t *ctes_of(struct tl_sql_parser *p, uint32_t statement)
{
    struct tl_sql_node *node = tl_parse_get(p, statement);

    switch ((enum tl_sql_node_kind)node->kind) {
    case TL_N_QUERY:
        return &node->a;
    case TL_N_INSERTS:
        return &node->b;
    case TL_N_INSERT:
    case TL_N_CREATE_TABLE:
    case TL_N_CREATE_VIEW:
        return node->c && tl_parse_get(p, node->c)->kind == TL_N_QUERY
                   ? &tl_parse_get(p, node->c)->a
                   : NULL;
    default:
        return NULL;
    }
}

/* What a statement that is no query shows is not known. */
static uint32_t unknown_rows(struct tl_sql_parser *p, uint32_t at)
{
    uint32_t call = tl_parse_node(p, TL_N_CALL, at);
    tl_parse_get(p, call)->name = tl_sql_name_exact(p->names, "result_scan", 11);
    uint32_t function = tl_parse_node(p, TL_N_FUNCTION, at);

    tl_parse_get(p, function)->a = call;
    return tl_parse_query_of(p, at, function);
}

/* Gives it the results of those steps before it that it names: $1 is the last one. */
static void give_results(struct tl_sql_parser *p, uint32_t statement,
                         const struct tl_sql_token *began, const uint32_t *steps,
                         uint32_t n)
{
    struct tl_parse_list list = { 0 };

    for (uint32_t k = 1; k <= n && !p->failed; k++) {
        const struct tl_sql_token *t = began;
        char text[12];
        int length = snprintf(text, sizeof text, "$%u", (unsigned)k);
        uint32_t name = tl_sql_name_exact(p->names, text, (uint32_t)length);

        while (t < p->now && (t->kind != TL_T_QUOTED || t->value != name ||
                              (t[-1].word != TL_K_FROM && t[-1].word != TL_K_JOIN &&
                               t[-1].kind != TL_T_COMMA)))
            t++;
        if (t == p->now)
            continue;
        uint32_t query = steps[n - k];
        if (tl_parse_get(p, query)->kind != TL_N_QUERY)
            query = unknown_rows(p, t->at);
        uint32_t cte = tl_parse_node(p, TL_N_CTE, t->at);
        tl_parse_get(p, cte)->name = name;
        tl_parse_get(p, cte)->b = query;
        tl_parse_append(p, &list, cte);
    }
    uint32_t *ctes = ctes_of(p, statement);
    if (!list.first || p->failed)
        return;
    if (!ctes) {
        tl_parse_refuse(p, tl_parse_get(p, statement)->at,
                        "what comes out of another statement is not followed into this");
        return;
    }
    tl_parse_append(p, &list, *ctes);
    *ctes_of(p, statement) = list.first;
}

uint32_t tl_parse_flow(struct tl_sql_parser *p, uint32_t statement)
{
    uint32_t steps[MOST_STEPS] = { statement }, n = 1;
    struct tl_parse_list list = { 0 };

    while (tl_parse_is_flow(p) && !p->failed) {
        if (n == MOST_STEPS) {
            tl_parse_refuse(p, p->now->at, "a chain of more than 12 is not understood");
            return 0;
        }
        uint32_t before = steps[n - 1];
        if (tl_parse_get(p, before)->kind != TL_N_QUERY) { /* it does something itself */
            tl_parse_append(p, &list, before);
            tl_parse_put_end(p->tree, tl_sql_token_end(&p->lexer, p->now - 1));
        }
        const struct tl_sql_token *began = ++p->now;
        uint32_t next = tl_parse_statement(p);
        if (!p->failed && next)
            give_results(p, next, began, steps, n);
        steps[n++] = next;
    }
    tl_parse_append(p, &list, steps[n - 1]);
    return list.first;
}
