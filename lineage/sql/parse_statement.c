/*
 * Statements: those that change rows, and those that are told by their first word. What moves nothing between tables is read over
 * whole; what may move something and is not followed is refused by its name, never passed over.
 */
#include "lineage/sql/parse.h"

/* ---- changes: insert, update, delete ---- */

bool tl_parse_is_change(const struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_INSERT:
    case TL_K_UPDATE:
    case TL_K_DELETE:
    case TL_K_MERGE:
        return true;
    case TL_K_REPLACE:
        return p->now[1].word == TL_K_INTO;
    default:
        return false;
    }
}

/* with (old as a, new as b) items: those names are gone afterwards. */
static uint32_t parse_named_rows(struct tl_sql_parser *p)
{
    uint32_t rows[2] = { 0 }, names[2] = { 0 }, n = 0;

    p->now += 2;
    do {
        uint32_t row = tl_parse_label(p, "'old' or 'new'");

        tl_parse_expect_word(p, TL_K_AS);
        uint32_t name = tl_parse_name(p, "a name");
        if (n < 2) {
            rows[n] = row;
            names[n++] = name;
        }
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    uint32_t first = p->tree->n_nodes, items = tl_parse_items(p);
    for (uint32_t i = first; i < p->tree->n_nodes && !p->failed; i++) {
        struct tl_sql_node *node = tl_parse_get(p, i);

        for (uint32_t k = 0; k < n; k++)
            if ((node->kind == TL_N_COLUMN || node->kind == TL_N_STAR) && node->b &&
                node->b == names[k]) {
                node->b = rows[k];
                break;
            }
    }
    return items;
}

uint32_t tl_parse_returning(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_word(p, TL_K_RETURNING))
        return 0;
    if (tl_parse_is_word(p, TL_K_WITH) && p->now[1].kind == TL_T_OPEN)
        return parse_named_rows(p);
    return tl_parse_items(p);
}

static uint32_t parse_where(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_word(p, TL_K_WHERE))
        return 0;
    if (tl_parse_are_words(p, TL_K_CURRENT, TL_K_OF)) {
        uint32_t at = p->now->at;

        p->now += 2;
        tl_parse_label(p, "a cursor");
        return tl_parse_constant(p, at, TL_L_OTHER);
    }
    return tl_parse_expression(p);
}

/* The column that a change names into a node: t.a, a.b, a[1].b. What of it is the table's name is told when the table is known. */
static void parse_changed_column(struct tl_sql_parser *p, uint32_t node)
{
    struct tl_parse_list parts = { 0 };
    uint32_t name = tl_parse_name(p, "a column");

    tl_parse_get(p, node)->name = name;
    for (;;) {
        if (tl_parse_accept(p, TL_T_DOT)) {
            uint32_t part = tl_parse_node(p, TL_N_NAME, p->now->at);

            name = tl_parse_label(p, "a name");
            tl_parse_get(p, part)->name = name;
            tl_parse_append(p, &parts, part);
        } else if (tl_parse_accept(p, TL_T_OPEN_BRACKET)) {
            if (!tl_parse_is(p, TL_T_COLON))
                tl_parse_expression(p);
            if (tl_parse_accept(p, TL_T_COLON) && !tl_parse_is(p, TL_T_CLOSE_BRACKET))
                tl_parse_expression(p);
            tl_parse_expect(p, TL_T_CLOSE_BRACKET, "']'");
        } else {
            break;
        }
    }
    tl_parse_get(p, node)->c = parts.first;
}

/* (a, b) = (x, y), (a, b) = row (x, y), (a, b) = (select x, y): a pair for each column */
static uint32_t parse_set_several(struct tl_sql_parser *p)
{
    struct tl_parse_list columns = { 0 };
    uint32_t n = 0;

    p->now++;
    do {
        uint32_t node = tl_parse_node(p, TL_N_SET_COLUMN, p->now->at);

        parse_changed_column(p, node);
        tl_parse_append(p, &columns, node);
        n++;
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    tl_parse_expect(p, TL_T_EQUAL, "'='");
    const struct tl_sql_token *began = p->now;
    uint32_t value = tl_parse_expression(p);
    if (p->failed)
        return columns.first;
    uint8_t kind = tl_parse_get(p, value)->kind;
    bool is_row = kind == TL_N_LIST;
    uint32_t part = is_row ? tl_parse_get(p, value)->a : value;
    uint32_t number = 1;
    for (uint32_t i = columns.first; i; i = tl_parse_get(p, i)->next, number++) {
        tl_parse_get(p, i)->a = part;
        if (kind == TL_N_SUBQUERY && n > 1)
            tl_parse_get(p, i)->b = number;
        if (is_row && part) {
            uint32_t next = tl_parse_get(p, part)->next;

            tl_parse_get(p, part)->next = 0; /* each is its column's own now */
            part = next;
        }
        if ((is_row && !tl_parse_get(p, i)->a) ||
            (!is_row && kind != TL_N_SUBQUERY && n > 1)) {
            p->now = began;
            tl_parse_expected(p, "a value for each column");
            return columns.first;
        }
    }
    return columns.first;
}

uint32_t tl_parse_set_list(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    do {
        if (tl_parse_is(p, TL_T_OPEN)) {
            tl_parse_append(p, &list, parse_set_several(p));
            continue;
        }
        uint32_t node = tl_parse_node(p, TL_N_SET_COLUMN, p->now->at);

        parse_changed_column(p, node);
        tl_parse_expect(p, TL_T_EQUAL, "'='");
        uint32_t value = tl_parse_expression(p);
        tl_parse_get(p, node)->a = value;
        tl_parse_append(p, &list, node);
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

uint32_t tl_parse_both(struct tl_sql_parser *p, uint32_t a, uint32_t b)
{
    if (!a || !b)
        return a ? a : b;
    uint32_t node = tl_parse_node(p, TL_N_BINARY, tl_parse_get(p, b)->at);
    struct tl_sql_node *both = tl_parse_get(p, node);
    both->op = TL_O_LOGIC;
    both->a = a;
    both->b = b;
    return node;
}

/* on conflict [(a) [where ...] | on constraint c] do nothing | do update set ... [where ...] */
static void parse_conflict(struct tl_sql_parser *p, struct tl_parse_list *set,
                           uint32_t *where)
{
    p->now += 2;
    if (tl_parse_accept_words(p, TL_K_ON, TL_K_CONSTRAINT)) {
        tl_parse_name(p, "a constraint");
    } else if (tl_parse_is(p, TL_T_OPEN)) {
        tl_parse_skip_parens(p);
        parse_where(p);
    }
    tl_parse_expect_word(p, TL_K_DO);
    if (tl_parse_accept_word(p, TL_K_NOTHING))
        return;
    tl_parse_expect_word(p, TL_K_UPDATE);
    tl_parse_expect_word(p, TL_K_SET);
    tl_parse_append(p, set, tl_parse_set_list(p));
    *where = tl_parse_both(p, *where, parse_where(p));
}

/* What stands around the target of an insert, beside its columns. */
struct target {
    uint32_t partition; /* list of TL_N_NAME */
    uint32_t where;     /* rows that are replaced */
    uint8_t flags;
};

static uint32_t parse_insert_tail(struct tl_sql_parser *p, const struct target *target)
{
    uint32_t at = p->now->at;
    struct tl_parse_list set = { 0 };
    uint32_t where = 0;

    while (tl_parse_are_words(p, TL_K_ON, TL_K_CONFLICT))
        parse_conflict(p, &set, &where);
    if (tl_parse_are_words(p, TL_K_ON, TL_K_DUPLICATE)) {
        p->now += 2;
        tl_parse_expect_word(p, TL_K_KEY);
        tl_parse_expect_word(p, TL_K_UPDATE);
        tl_parse_append(p, &set, tl_parse_set_list(p));
    }
    uint32_t returning = tl_parse_returning(p);
    where = tl_parse_both(p, target->where, where);
    if (!set.first && !where && !returning && !target->partition)
        return 0;
    uint32_t node = tl_parse_node(p, TL_N_INSERT_TAIL, at);
    struct tl_sql_node *tail = tl_parse_get(p, node);
    tail->a = set.first;
    tail->b = where;
    tail->c = returning;
    tail->d = target->partition;
    return node;
}

uint32_t tl_parse_insert_columns(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    if (!tl_parse_is(p, TL_T_OPEN) || p->now[1].kind == TL_T_OPEN ||
        p->now[1].word == TL_K_SELECT || p->now[1].word == TL_K_WITH ||
        (p->now[1].word == TL_K_VALUES && p->now[2].kind == TL_T_OPEN) ||
        (p->now[1].word == TL_K_TABLE && !tl_parse_is_name(p, p->now + 1) &&
         !(p->forms & TL_SQL_PLAIN_SOURCES)))
        return 0;
    p->now++;
    do {
        uint32_t node = tl_parse_node(p, TL_N_NAME, p->now->at);

        parse_changed_column(p, node);
        tl_parse_append(p, &list, node);
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

/* The with clause in front of an insert belongs to its query; what that query defines itself comes later and wins. */
static void give_ctes(struct tl_sql_parser *p, uint32_t query, uint32_t ctes,
                      uint8_t flags)
{
    struct tl_parse_list list = { 0 };

    if (!ctes || !query)
        return;
    tl_parse_append(p, &list, ctes);
    tl_parse_append(p, &list, tl_parse_get(p, query)->a);
    tl_parse_get(p, query)->a = list.first;
    tl_parse_get(p, query)->flags |= flags;
}

/* [as a] behind the target of an insert, where no alias may stand without `as` */
static void parse_target_alias(struct tl_sql_parser *p, uint32_t table)
{
    if (!tl_parse_is_word(p, TL_K_AS))
        return;
    uint32_t alias = tl_parse_node(p, TL_N_ALIAS, p->now->at);
    p->now++;
    uint32_t name = tl_parse_name(p, "a name");
    tl_parse_get(p, alias)->name = name;
    tl_parse_get(p, table)->d = alias;
}

/* partition (a, b = 'x'): those without a value come last in the query. */
static uint32_t parse_partition(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    p->now += 2;
    do {
        uint32_t node = tl_parse_node(p, TL_N_NAME, p->now->at);
        uint32_t name = tl_parse_name(p, "a column");

        tl_parse_get(p, node)->name = name;
        if (tl_parse_accept(p, TL_T_EQUAL)) {
            tl_parse_get(p, node)->op = 1;
            tl_parse_above(p, TL_POWER_COMPARE);
        }
        tl_parse_append(p, &list, node);
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

/* What stands around the columns of an insert's target: partition (...), by name, replace where ... */
static void parse_insert_words(struct tl_sql_parser *p, struct target *target)
{
    if (tl_parse_is_word(p, TL_K_PARTITION) && p->now[1].kind == TL_T_OPEN) {
        target->partition = parse_partition(p);
        if (tl_parse_accept_word(p, TL_K_IF)) {
            tl_parse_expect_word(p, TL_K_NOT);
            tl_parse_expect_word(p, TL_K_EXISTS);
        }
    }
    if (tl_parse_is_word(p, TL_K_BY) && p->now[1].word == TL_K_NAME) {
        p->now += 2;
        target->flags |= TL_F_BY_NAME;
    } else if (tl_parse_is_word(p, TL_K_BY) && p->now[1].word == TL_K_POSITION) {
        p->now += 2;
    }
    if (tl_parse_are_words(p, TL_K_REPLACE, TL_K_WHERE) ||
        tl_parse_are_words(p, TL_K_REPLACE, TL_K_ON)) {
        p->now += 2;
        target->where = tl_parse_expression(p);
    } else if (tl_parse_are_words(p, TL_K_REPLACE, TL_K_USING)) {
        p->now += 2;
        tl_parse_skip_parens(p);
    }
}

void tl_parse_skip_overriding(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_word(p, TL_K_OVERRIDING))
        return;
    tl_parse_label(p, "'system' or 'user'");
    tl_parse_expect_word(p, TL_K_VALUE);
}

/* update top (10) t, delete top (10) from t */
static void skip_target_top(struct tl_sql_parser *p)
{
    if (tl_parse_is_word(p, TL_K_TOP) && (p->forms & TL_SQL_COMMON_GROUND) &&
        p->now[1].kind == TL_T_OPEN)
        tl_parse_skip_top(p);
}

/* insert ignore, insert low_priority, insert top (10), insert delayed */
static void skip_insert_words(struct tl_sql_parser *p)
{
    skip_target_top(p);
    while (tl_parse_is_word(p, TL_K_IGNORE) ||
           tl_parse_is_text(p, p->now, "low_priority") ||
           tl_parse_is_text(p, p->now, "high_priority") ||
           tl_parse_is_text(p, p->now, "delayed"))
        p->now++;
}

/* insert overwrite [into], insert into, insert: up to the target; false: that was another kind of insert, or is refused. */
static bool parse_insert_into(struct tl_sql_parser *p, struct target *target)
{
    if (p->forms & TL_SQL_COMMON_GROUND)
        skip_insert_words(p);
    if (tl_parse_accept_words(p, TL_K_WITH, TL_K_SCHEMA))
        tl_parse_expect_word(p, TL_K_EVOLUTION);
    if (tl_parse_accept_word(p, TL_K_OVERWRITE)) {
        target->flags |= TL_F_OVERWRITE;
        if (tl_parse_is_word(p, TL_K_DIRECTORY) ||
            tl_parse_are_words(p, TL_K_LOCAL, TL_K_DIRECTORY))
            return false;
        tl_parse_accept_word(p, TL_K_INTO);
    } else if (p->traits->writing & TL_SQL_LOOSE_WRITES) {
        tl_parse_accept_word(p, TL_K_INTO);
    } else {
        tl_parse_expect_word(p, TL_K_INTO);
    }
    if ((p->traits->writing & TL_SQL_LOOSE_WRITES) && tl_parse_is_word(p, TL_K_TABLE))
        p->now++;
    return true;
}

/* insert [overwrite] all | first */
static bool is_insert_all(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now + (p->now->word == TL_K_OVERWRITE);

    return (p->traits->writing & TL_SQL_LOOSE_WRITES) &&
           (t->word == TL_K_ALL || t->word == TL_K_FIRST) &&
           (t[1].word == TL_K_INTO || t[1].word == TL_K_WHEN);
}

static uint32_t parse_insert(struct tl_sql_parser *p, uint32_t ctes, uint8_t cte_flags)
{
    uint32_t at = p->now->at;
    struct target target = { 0 };
    uint32_t query = 0;

    p->now++;
    if (tl_parse_accept_word(p, TL_K_OR))
        tl_parse_label(p, "'replace' or 'ignore'");
    if (is_insert_all(p)) {
        tl_parse_accept_word(p, TL_K_OVERWRITE);
        return tl_parse_insert_all(p, at, ctes, cte_flags);
    }
    if (!parse_insert_into(p, &target)) {
        uint32_t insert = tl_parse_directory(p, at);

        if (!p->failed)
            give_ctes(p, tl_parse_get(p, insert)->c, ctes, cte_flags);
        return insert;
    }
    uint32_t table =
        tl_parse_is_path_name(p) ? tl_parse_path_name(p) : tl_parse_table_name(p);
    if (tl_parse_is_word(p, TL_K_WITH))
        tl_parse_skip_hints(p);
    if (tl_parse_is(p, TL_T_PARAMETER) && p->lexer.text[p->now->at] == '@') {
        p->now++; /* t @ branch */
        if (p->now[-1].value == p->now[-1].at + 1)
            tl_parse_label(p, "a branch");
    }
    parse_target_alias(p, table);
    parse_insert_words(p, &target);
    uint32_t columns = tl_parse_insert_columns(p);
    parse_insert_words(p, &target);
    tl_parse_skip_overriding(p);
    tl_parse_skip_output(p);
    if (!tl_parse_accept_words(p, TL_K_DEFAULT, TL_K_VALUES))
        query = tl_parse_query(p);
    give_ctes(p, query, ctes, cte_flags);
    uint32_t tail = parse_insert_tail(p, &target);
    uint32_t node = tl_parse_node(p, TL_N_INSERT, at);
    struct tl_sql_node *insert = tl_parse_get(p, node);
    insert->flags = target.flags;
    insert->a = table;
    insert->b = columns;
    insert->c = query;
    insert->d = tail;
    return node;
}

uint32_t tl_parse_target(struct tl_sql_parser *p)
{
    bool is_only = tl_parse_is_word(p, TL_K_ONLY) && (p->clauses & TL_SQL_HEIRS) &&
                   tl_parse_accept_word(p, TL_K_ONLY);
    bool has_parens = is_only && tl_parse_accept(p, TL_T_OPEN);
    uint32_t table = tl_parse_table_name(p);

    if (has_parens)
        tl_parse_expect(p, TL_T_CLOSE, "')'");
    tl_parse_accept(p, TL_T_STAR);
    tl_parse_skip_hints(p);
    uint32_t alias = tl_parse_alias(p);
    tl_parse_skip_hints(p);
    tl_parse_get(p, table)->d = alias;
    tl_parse_get(p, table)->flags |= is_only ? TL_F_ONLY : 0;
    if (p->clauses & TL_SQL_INDEX_HINTS)
        tl_parse_skip_index(p);
    return table;
}

/* where, returning, and SQLite's order by and limit */
static uint32_t parse_update_tail(struct tl_sql_parser *p, uint32_t ctes, uint8_t flags)
{
    uint32_t at = p->now->at;
    struct tl_parse_list order = { 0 };
    uint32_t where = parse_where(p);
    uint32_t returning = tl_parse_returning(p);

    tl_parse_limits_of_query(p, &order);
    if (!returning)
        returning = tl_parse_returning(p);
    if (!where && !returning && !ctes)
        return 0;
    uint32_t node = tl_parse_node(p, TL_N_UPDATE_TAIL, at);
    struct tl_sql_node *tail = tl_parse_get(p, node);
    tail->a = where;
    tail->b = returning;
    tail->c = ctes;
    tail->flags = flags;
    return node;
}

static uint32_t parse_update(struct tl_sql_parser *p, uint32_t ctes, uint8_t flags)
{
    uint32_t at = p->now->at;
    uint32_t from = 0;

    p->now++;
    if (tl_parse_accept_word(p, TL_K_OR))
        tl_parse_label(p, "'replace' or 'ignore'");
    skip_target_top(p);
    uint32_t table = tl_parse_target(p);
    if ((p->forms & TL_SQL_COMMON_GROUND) &&
        (tl_parse_is(p, TL_T_COMMA) || tl_parse_is_join(p)))
        from = tl_parse_several_targets(p, table);
    tl_parse_expect_word(p, TL_K_SET);
    uint32_t target = from ? tl_parse_set_target(p, table, from) : 0;
    uint32_t set = tl_parse_set_list(p);
    tl_parse_skip_output(p);
    if (!from && tl_parse_accept_word(p, TL_K_FROM)) {
        from = tl_parse_from_list(p);
        target = tl_parse_joined_target(p, table, from);
    }
    uint32_t tail = parse_update_tail(p, ctes, flags);
    uint32_t node = tl_parse_node(p, TL_N_UPDATE, at);
    struct tl_sql_node *update = tl_parse_get(p, node);
    update->a = target ? target : table;
    update->flags = target ? TL_F_IN_FROM : 0;
    update->b = set;
    update->c = from;
    update->d = tail;
    return node;
}

static uint32_t parse_delete(struct tl_sql_parser *p, uint32_t ctes, uint8_t flags)
{
    uint32_t at = p->now->at;
    uint32_t from = 0;

    p->now++;
    skip_target_top(p);
    if (p->forms & TL_SQL_BARE_DELETE)
        tl_parse_accept_word(p, TL_K_FROM);
    else
        tl_parse_expect_word(p, TL_K_FROM);
    uint32_t table = tl_parse_target(p);
    if (p->forms & TL_SQL_COMMON_GROUND)
        while (tl_parse_accept(p, TL_T_COMMA)) /* rows of several go */
            tl_parse_target(p);
    if (tl_parse_accept_word(p, TL_K_USING) ||
        ((p->forms & TL_SQL_COMMON_GROUND) && tl_parse_accept_word(p, TL_K_FROM)))
        from = tl_parse_from_list(p);
    uint32_t target = tl_parse_joined_target(p, table, from);
    uint32_t tail = parse_update_tail(p, ctes, flags);
    uint32_t node = tl_parse_node(p, TL_N_DELETE, at);
    struct tl_sql_node *deleted = tl_parse_get(p, node);
    deleted->a = target ? target : table;
    deleted->flags = target ? TL_F_IN_FROM : 0;
    deleted->c = from;
    deleted->d = tail;
    return node;
}

uint32_t tl_parse_change(struct tl_sql_parser *p, uint32_t ctes, uint8_t flags)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_INSERT:
    case TL_K_REPLACE:
        return parse_insert(p, ctes, flags);
    case TL_K_UPDATE:
        return parse_update(p, ctes, flags);
    case TL_K_DELETE:
        return parse_delete(p, ctes, flags);
    default:
        return tl_parse_merge(p, ctes, flags);
    }
}

/* ---- explain ---- */

/* explain analyze runs what it explains */
static uint32_t parse_explain(struct tl_sql_parser *p, uint32_t at)
{
    bool runs = false;

    p->now++;
    if (tl_parse_is(p, TL_T_OPEN) && p->now[1].kind == TL_T_WORD &&
        p->now[1].word != TL_K_SELECT && p->now[1].word != TL_K_WITH) {
        for (const struct tl_sql_token *t = p->now;
             t->kind != TL_T_CLOSE && t->kind != TL_T_END; t++)
            runs = runs || t->word == TL_K_ANALYZE || t->word == TL_K_ANALYSE;
        tl_parse_skip_parens(p);
    }
    while (tl_parse_is_word(p, TL_K_ANALYZE) || tl_parse_is_word(p, TL_K_ANALYSE) ||
           tl_parse_is_word(p, TL_K_VERBOSE)) {
        runs = runs || p->now->word != TL_K_VERBOSE;
        p->now++;
    }
    if (!runs)
        return tl_parse_other(p, at);
    if (tl_parse_is_word(p, TL_K_EXPLAIN)) {
        tl_parse_expected(p, "a statement");
        return 0;
    }
    return tl_parse_statement(p);
}

/* Behind `begin`: the words of a transaction, which moves nothing; else it is a block, and its first statement is next. */
static uint32_t parse_begin(struct tl_sql_parser *p, uint32_t at)
{
    const struct tl_sql_token *began = p->now++;

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_DEFERRABLE:
    case TL_K_DEFERRED:
    case TL_K_EXCLUSIVE:
    case TL_K_IMMEDIATE:
    case TL_K_ISOLATION:
    case TL_K_NAME:
    case TL_K_NOT:
    case TL_K_READ:
    case TL_K_TRAN:
    case TL_K_TRANSACTION:
    case TL_K_WORK:
        return tl_parse_other(p, at);
    case TL_K_BEGIN:
        if (!(p->traits->scripting & TL_SQL_TOP_BLOCKS)) {
            tl_parse_expected(p, "a statement");
            return 0;
        }
        p->now = began;
        return tl_parse_program(p);
    default:
        if (tl_parse_is(p, TL_T_END))
            return tl_parse_other(p, at);
        if (!(p->traits->scripting & TL_SQL_TOP_BLOCKS))
            return tl_parse_statement(p);
        p->now = began;
        return tl_parse_program(p);
    }
}

/* Whether it is a variable that is set, and no option. */
static bool sets_variable(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    if (tl_parse_says(p, next, "var") || tl_parse_says(p, next, "variable"))
        return next[1].kind != TL_T_EQUAL;
    return (p->traits->scripting & TL_SQL_SET_ASSIGNS) &&
           (next->kind == TL_T_OPEN || next[1].kind == TL_T_EQUAL);
}

/* What only programs have elsewhere, where it is a statement of its own too. */
static uint32_t parse_top(struct tl_sql_parser *p, uint32_t at)
{
    bool has_blocks = p->traits->scripting & TL_SQL_TOP_BLOCKS;

    if (p->n_windows) { /* a body's own statements were tried already */
        tl_parse_expected(p, "a statement");
        return 0;
    }
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_SET:
        return sets_variable(p) ? tl_parse_program(p) : tl_parse_other(p, at);
    case TL_K_DECLARE:
        if ((p->forms & TL_SQL_COMMON_GROUND) && p->now[1].kind == TL_T_PARAMETER)
            return tl_parse_other(p, at); /* T-SQL: declare @a int = 1 */
        return has_blocks ? tl_parse_program(p) : tl_parse_other(p, at);
    case TL_K_CALL:
    case TL_K_EXECUTE:
        return tl_parse_is_command(p) ? tl_parse_other(p, at) : tl_parse_program(p);
    case TL_K_IF:
    case TL_K_CASE:
    case TL_K_FOR:
    case TL_K_LOOP:
    case TL_K_WHILE:
    case TL_K_REPEAT:
        if (has_blocks)
            return tl_parse_program(p);
        break;
    default:
        if (has_blocks && p->now[1].kind == TL_T_COLON) /* a label */
            return tl_parse_program(p);
        if (has_blocks &&
            (tl_parse_says(p, p->now, "return") || tl_parse_says(p, p->now, "raise")))
            return tl_parse_program(p);
        break;
    }
    tl_parse_expected(p, "a statement");
    return 0;
}

/* ---- by the first word ---- */

static uint32_t refuse_command(struct tl_sql_parser *p, const char *before,
                               const char *behind)
{
    char message[120];

    snprintf(message, sizeof message, "%s'%s' %s", before,
             tl_sql_keywords[p->now->word].text, behind);
    tl_parse_refuse(p, p->now->at, message);
    return 0;
}

static uint32_t parse_command(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_CREATE:
        return tl_parse_create(p);
    case TL_K_REPLACE: /* replace table t: create or replace */
        return (p->forms & TL_SQL_TABLE_STREAMS) && p->now[1].word == TL_K_TABLE
                   ? tl_parse_create(p)
                   : parse_top(p, at);
    case TL_K_ALTER:
        return tl_parse_alter(p);
    case TL_K_DROP:
    case TL_K_UNDROP:
        return tl_parse_drop(p);
    case TL_K_BEGIN:
        return parse_begin(p, at);
    case TL_K_COPY:
        return tl_parse_copy(p);
    case TL_K_EXPLAIN:
        return parse_explain(p, at);
    case TL_K_DO:
        return tl_parse_do(p);
    case TL_K_PREPARE:
        return tl_parse_prepare(p);
    case TL_K_UNLOAD:
        return tl_parse_unload(p);
    case TL_K_CACHE:
        return tl_parse_cache(p);
    case TL_K_RENAME:
        if ((p->forms & TL_SQL_COMMON_GROUND) && p->now[1].word == TL_K_TABLE)
            return tl_parse_rename_tables(p);
        return parse_top(p, at);
    case TL_K_APPLY:
        if ((p->forms & TL_SQL_TABLE_STREAMS) &&
            tl_parse_is_text(p, p->now + 1, "changes"))
            return tl_parse_apply_changes(p);
        return parse_top(p, at);
    case TL_K_USING:
        if (p->now[1].word == TL_K_EXTERNAL && (p->forms & TL_SQL_INLINE_ROUTINES))
            return tl_parse_using_functions(p);
        return parse_top(p, at);
    case TL_K_EXPORT:
        return tl_parse_export(p, 0);
    case TL_K_LOAD:
        return tl_parse_load(p);
    case TL_K_PIVOT:
    case TL_K_UNPIVOT:
        return refuse_command(p, "", "is not understood");
    case TL_K_ABORT:
    case TL_K_ANALYSE:
    case TL_K_ANALYZE:
    case TL_K_ATTACH:
    case TL_K_CHECKPOINT:
    case TL_K_CLOSE:
    case TL_K_CLUSTER:
    case TL_K_COMMENT:
    case TL_K_COMMIT:
    case TL_K_DEALLOCATE:
    case TL_K_DESC:
    case TL_K_DESCRIBE:
    case TL_K_DETACH:
    case TL_K_DISCARD:
    case TL_K_END:
    case TL_K_FETCH:
    case TL_K_GET:
    case TL_K_GRANT:
    case TL_K_IMPORT:
    case TL_K_INSTALL:
    case TL_K_LIST:
    case TL_K_LISTEN:
    case TL_K_LOCK:
    case TL_K_MOVE:
    case TL_K_MSCK:
    case TL_K_NOTIFY:
    case TL_K_OPTIMIZE:
    case TL_K_PRAGMA:
    case TL_K_PUT:
    case TL_K_REASSIGN:
    case TL_K_REFRESH:
    case TL_K_REINDEX:
    case TL_K_RELEASE:
    case TL_K_RESET:
    case TL_K_REVOKE:
    case TL_K_ROLLBACK:
    case TL_K_SAVEPOINT:
    case TL_K_SECURITY:
    case TL_K_SHOW:
    case TL_K_START:
    case TL_K_SUMMARIZE:
    case TL_K_TRUNCATE:
    case TL_K_UNCACHE:
    case TL_K_UNLISTEN:
    case TL_K_USE:
    case TL_K_VACUUM:
    case TL_K_WAIT:
        return tl_parse_other(p, at);
    default:
        if (tl_parse_is_command(p))
            return tl_parse_other(p, at);
        return parse_top(p, at);
    }
}

/* A query, or a change behind its with clause. */
static uint32_t parse_with_statement(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint8_t flags = 0;

    if (!tl_parse_is_word(p, TL_K_WITH))
        return tl_parse_is_change(p) ? tl_parse_change(p, 0, 0)
                                     : tl_parse_pipe_end(p, tl_parse_query(p));
    uint32_t ctes = tl_parse_with(p, &flags);
    if (tl_parse_is_from_insert(p))
        return tl_parse_from_insert(p, ctes, flags);
    if (tl_parse_is_word(p, TL_K_CALL) && (p->forms & TL_SQL_INLINE_ROUTINES))
        return p->failed ? 0 : tl_parse_program(p);
    if (!tl_parse_is_change(p))
        return tl_parse_marked(p, ctes,
                               tl_parse_pipe_end(p, tl_parse_query_with(p, at, ctes,
                                                                        flags)));
    uint32_t change = tl_parse_marked(p, ctes, tl_parse_change(p, ctes, flags));
    tl_parse_get(p, change)->at = at;
    return change;
}

uint32_t tl_parse_statement(struct tl_sql_parser *p)
{
    uint32_t session = 0;

    if (p->now->kind == TL_T_WORD && p->now[1].kind != TL_T_OPEN)
        session = tl_parse_session(p);
    if (session || p->failed)
        return session;
    if (tl_parse_is_from_insert(p))
        return tl_parse_from_insert(p, 0, 0);
    if (tl_parse_is(p, TL_T_OPEN) || tl_parse_is_query(p) || tl_parse_is_change(p))
        return parse_with_statement(p);
    return parse_command(p);
}
