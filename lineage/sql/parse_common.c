/*
 * What MySQL, T-SQL and Oracle write and no dialect here does, taken where the text's dialect is not told (TL_SQL_COMMON_GROUND): changes
 * of one of several joined tables, tables lent to a function (apply), hints. Asked for only where the common forms end.
 */
#include "lineage/sql/parse.h"

/* ---- update a join b set ..., delete a from t a join b ---- */

static bool is_same_name(const struct tl_sql_parser *p, uint32_t a, uint32_t b)
{
    return tl_sql_name_key(p->names, a) == tl_sql_name_key(p->names, b);
}

/* The table of these from items that goes by a name; 0: none. */
static uint32_t find_table(const struct tl_sql_parser *p, uint32_t items, uint32_t name)
{
    for (uint32_t i = items; i; i = tl_parse_get(p, i)->next) {
        const struct tl_sql_node *node = tl_parse_get(p, i);
        uint32_t left = i;

        /* joins lean to the left: only their right sides nest */
        for (; node->kind == TL_N_JOIN; node = tl_parse_get(p, left)) {
            uint32_t found = find_table(p, node->b, name);

            if (found)
                return found;
            left = node->a;
        }
        if (node->kind != TL_N_TABLE)
            continue;
        uint32_t alias = node->d ? tl_parse_get(p, node->d)->name : 0;
        if (is_same_name(p, alias ? alias : node->name, name))
            return left;
    }
    return 0;
}

/* A second node for the same table: the first one stays in its list. */
static uint32_t copy_table(struct tl_sql_parser *p, uint32_t table)
{
    uint32_t copy = tl_parse_node(p, TL_N_TABLE, tl_parse_get(p, table)->at);
    uint32_t alias = tl_parse_get(p, table)->d;

    *tl_parse_get(p, copy) = *tl_parse_get(p, table);
    tl_parse_get(p, copy)->next = 0;
    tl_parse_get(p, copy)->d = 0;
    if (!alias)
        return copy;
    uint32_t name = tl_parse_node(p, TL_N_ALIAS, tl_parse_get(p, alias)->at);
    tl_parse_get(p, name)->name = tl_parse_get(p, alias)->name;
    tl_parse_get(p, copy)->d = name;
    return copy;
}

/* update a set ... from t a join b: the target is one of what it is joined with, if it goes by that name there. 0: it does not. */
uint32_t tl_parse_joined_target(struct tl_sql_parser *p, uint32_t table, uint32_t from)
{
    const struct tl_sql_node *node = tl_parse_get(p, table);

    if (!(p->forms & TL_SQL_COMMON_GROUND) || p->failed || !from || node->d)
        return 0;
    uint32_t found = find_table(p, from, node->name);
    if (!found)
        return 0;
    const struct tl_sql_node *other = tl_parse_get(p, found);
    bool is_alias = other->d && tl_parse_get(p, other->d)->name;
    if (is_alias ? node->b != 0 : (node->b && !is_same_name(p, node->b, other->b)))
        return 0;
    return copy_table(p, found);
}

/* The first of several tables that are changed: the others are joined with it. `next` is a join or a comma. */
uint32_t tl_parse_several_targets(struct tl_sql_parser *p, uint32_t table)
{
    struct tl_parse_list list = { 0 };

    tl_parse_append(p, &list, tl_parse_joins(p, table));
    while (tl_parse_accept(p, TL_T_COMMA))
        tl_parse_append(p, &list, tl_parse_from_item(p));
    return list.first;
}

/* The one whose column is set first, `set` being read: the first of all where it does not say. */
uint32_t tl_parse_set_target(struct tl_sql_parser *p, uint32_t table, uint32_t from)
{
    const struct tl_sql_token *t = p->now;
    uint32_t found = 0;

    while (t[1].kind == TL_T_DOT && t[3].kind == TL_T_DOT)
        t += 2; /* schema.table.column */
    if (t[1].kind == TL_T_DOT && (t->kind == TL_T_WORD || t->kind == TL_T_QUOTED))
        found = find_table(p, from, t->value);
    return copy_table(p, found ? found : table);
}

/* ---- apply ---- */

/* cross apply f(a.x) b, outer apply (select ...) b: false, and nothing read, where none is next. */
bool tl_parse_accept_apply(struct tl_sql_parser *p, bool *is_outer)
{
    *is_outer = tl_parse_is_word(p, TL_K_OUTER);
    return (p->forms & TL_SQL_COMMON_GROUND) &&
           (tl_parse_accept_words(p, TL_K_OUTER, TL_K_APPLY) ||
            tl_parse_accept_words(p, TL_K_CROSS, TL_K_APPLY));
}

/* ---- hints ---- */

/* use index (i), force key for join (i, j), ignore index () */
static bool is_index_hint(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    return (next->word == TL_K_INDEX || next->word == TL_K_KEY) &&
           (next[1].kind == TL_T_OPEN || next[1].word == TL_K_FOR) &&
           (tl_parse_is_word(p, TL_K_USE) || tl_parse_is_word(p, TL_K_IGNORE) ||
            tl_parse_is_word(p, TL_K_FORCE));
}

/* with (nolock), (nolock) */
static bool is_lock_hint(const struct tl_sql_parser *p)
{
    return tl_parse_is(p, TL_T_OPEN) && (tl_parse_is_text(p, p->now + 1, "nolock") ||
                                         tl_parse_is_text(p, p->now + 1, "readpast") ||
                                         tl_parse_is_text(p, p->now + 1, "holdlock"));
}

bool tl_parse_is_hint(const struct tl_sql_parser *p)
{
    if (!(p->forms & TL_SQL_COMMON_GROUND))
        return false;
    return is_lock_hint(p) || is_index_hint(p) ||
           (tl_parse_is_word(p, TL_K_PARTITION) && p->now[1].kind == TL_T_OPEN) ||
           (tl_parse_is_word(p, TL_K_WITH) && p->now[1].kind == TL_T_OPEN);
}

/* How a table is to be read, behind it or its alias. */
void tl_parse_skip_hints(struct tl_sql_parser *p)
{
    while (tl_parse_is_hint(p)) {
        while (!tl_parse_is(p, TL_T_OPEN) && !tl_parse_is(p, TL_T_END))
            p->now++;
        tl_parse_skip_parens(p);
        if (is_index_hint(p) || p->now[-1].kind != TL_T_CLOSE)
            continue;
        if (tl_parse_is(p, TL_T_COMMA) && p->now[1].word == TL_K_FORCE)
            p->now++; /* use index (i), force index (j) */
    }
}

/* left hash join, inner loop join, full merge join */
void tl_parse_skip_join_hint(struct tl_sql_parser *p)
{
    static const char *const words[] = { "hash", "loop", "merge", "remote" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (p->now[1].word == TL_K_JOIN && tl_parse_is_text(p, p->now, words[i]))
            p->now++;
}

/* top 10, top (10) percent, top 5 with ties */
void tl_parse_skip_top(struct tl_sql_parser *p)
{
    p->now++;
    if (tl_parse_is(p, TL_T_OPEN))
        tl_parse_skip_parens(p);
    else
        p->now++;
    if (!(p->forms & TL_SQL_COMMON_GROUND))
        return;
    if (tl_parse_is_word(p, TL_K_PERCENT) && p->now[1].kind != TL_T_COMMA &&
        p->now[1].word != TL_K_FROM)
        p->now++;
    tl_parse_accept_words(p, TL_K_WITH, TL_K_TIES);
}

/* ---- behind a query ---- */

bool tl_parse_is_query_hint(const struct tl_sql_parser *p)
{
    static const char *const levels[] = { "ur", "cs", "rs", "rr", "nc" };
    const struct tl_sql_token *next = p->now + 1;

    if (!(p->forms & TL_SQL_COMMON_GROUND))
        return false;
    if (tl_parse_is_word(p, TL_K_FOR))
        return next->word == TL_K_XML || next->word == TL_K_JSON;
    if (tl_parse_is_word(p, TL_K_LOCK))
        return next->word == TL_K_IN;
    if (tl_parse_is_word(p, TL_K_OPTION))
        return next->kind == TL_T_OPEN;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (tl_parse_is_word(p, TL_K_WITH) && tl_parse_is_text(p, next, levels[i]))
            return next[1].kind == TL_T_END || next[1].kind == TL_T_CLOSE;
    return false;
}

/* option (...); with ur; for xml path (''), type: to the end, or to the parenthesis around it */
void tl_parse_skip_query_hint(struct tl_sql_parser *p)
{
    bool is_for = tl_parse_is_word(p, TL_K_FOR);

    do {
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        else
            tl_parse_step(p);
    } while (!tl_parse_is(p, TL_T_END) && !tl_parse_is(p, TL_T_CLOSE) &&
             (is_for || p->now[-1].kind != TL_T_CLOSE));
}

/* ---- statements ---- */

/* rename table a to b: as alter table a rename to b */
static uint32_t parse_rename_pair(struct tl_sql_parser *p, uint32_t at)
{
    uint32_t table = tl_parse_table_name(p);
    uint32_t moved = 0, name;

    tl_parse_expect_word(p, TL_K_TO);
    uint32_t to = p->now->at;
    if (p->now[1].kind == TL_T_DOT) {
        moved = tl_parse_table_name(p);
        name = tl_parse_get(p, moved)->name;
    } else {
        name = tl_parse_name(p, "a name");
    }
    uint32_t alter = tl_parse_node(p, TL_N_ALTER, to);
    tl_parse_get(p, alter)->op = TL_A_RENAME_TABLE;
    tl_parse_get(p, alter)->b = name;
    tl_parse_get(p, alter)->a = moved;
    uint32_t node = tl_parse_node(p, TL_N_ALTER_TABLE, at);
    tl_parse_get(p, node)->a = table;
    tl_parse_get(p, node)->b = alter;
    return node;
}

uint32_t tl_parse_rename_tables(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    struct tl_parse_list list = { 0 };
    uint32_t first = p->tree->n_nodes;

    p->now++;
    tl_parse_expect_word(p, TL_K_TABLE);
    do
        tl_parse_append(p, &list, parse_rename_pair(p, p->now->at));
    while (tl_parse_accept(p, TL_T_COMMA));
    if (p->failed || list.first == list.last)
        return list.first;
    uint32_t program = tl_parse_node(p, TL_N_PROGRAM, at);
    tl_parse_get(p, program)->a = list.first;
    tl_parse_get(p, program)->b = p->tree->n_nodes - first;
    return program;
}

/* Databricks: apply changes into t from s keys (a) sequence by b ...: columns of s go to those of t of the same name. */
uint32_t tl_parse_apply_changes(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    p->now += 2;
    tl_parse_expect_word(p, TL_K_INTO);
    uint32_t table = tl_parse_table_name(p);
    tl_parse_expect_word(p, TL_K_FROM);
    if (tl_parse_is_stream(p))
        p->now++;
    bool has_parens = tl_parse_accept(p, TL_T_OPEN);
    uint32_t began = p->now->at;
    uint32_t query = tl_parse_query_of(p, began, tl_parse_table_name(p));
    if (has_parens)
        tl_parse_expect(p, TL_T_CLOSE, "')'");
    if (!p->failed)
        tl_parse_go_to_end(p);
    uint32_t node = tl_parse_node(p, TL_N_INSERT, at);
    tl_parse_get(p, node)->a = table;
    tl_parse_get(p, node)->c = query;
    tl_parse_get(p, node)->flags = TL_F_BY_NAME | TL_F_MATCHING;
    return node;
}

/* ---- parts of others ---- */

void tl_parse_skip_row_format(struct tl_sql_parser *p)
{
    while (!tl_parse_is(p, TL_T_END) && !tl_parse_is(p, TL_T_CLOSE) &&
           !tl_parse_is_word(p, TL_K_FROM) && !tl_parse_is_word(p, TL_K_USING)) {
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        else
            p->now++;
    }
}

void tl_parse_skip_output(struct tl_sql_parser *p)
{
    const struct tl_sql_token *began = p->now;

    if (!(p->forms & TL_SQL_COMMON_GROUND) || !tl_parse_is_text(p, began, "output"))
        return;
    while (!tl_parse_is(p, TL_T_END) && !tl_parse_is_word(p, TL_K_FROM) &&
           !tl_parse_is_word(p, TL_K_WHERE) && !tl_parse_is_query(p)) {
        if (tl_parse_is_word(p, TL_K_INTO)) {
            p->now = began; /* into a table: refused there */
            return;
        }
        p->now++;
    }
}
