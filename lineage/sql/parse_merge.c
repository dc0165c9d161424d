/*
 * Merge, as the changes it makes: an update of the target from the source where they match, a delete, an insert of what the source has
 * and the target has not. The tree says it with the nodes of those statements, one outside and the others in its with clause, so that
 * whoever reads trees knows merge already:
 *
 *     merge into t using u on c when matched and d then update set a = u.x when not matched then insert (b) values (u.y)
 *     with (insert into t (b) select u.y from u where not exists (select from t where c)) update t set a = u.x from u where c and d
 *
 * Target, source and condition stand in each of them: they are read again from their tokens, so no node belongs to two.
 */
#include "lineage/sql/parse.h"

/* Each insert reads the source once more: a bound keeps the time in proportion to the text. */
enum { MOST_INSERTS = 8 };

struct merge {
    const struct tl_sql_token *target, *source, *on; /* where each begins */
    bool has_names; /* `on` is a list of columns that both have: using (a, b) */
    struct tl_parse_list sets;
    uint32_t when_updated, when_deleted; /* conditions */
    uint32_t when_left,
        when_left_out; /* of rows that match, and do not: what later branches do not get */
    bool updates, deletes;
    unsigned n_inserts;
    struct tl_parse_list inserts;
};

/* What stood at `token`, read once more. */
static uint32_t read_again(struct tl_sql_parser *p, const struct tl_sql_token *token,
                           uint32_t (*read)(struct tl_sql_parser *p))
{
    const struct tl_sql_token *now = p->now;

    if (p->failed)
        return 0;
    p->now = token;
    uint32_t node = read(p);
    if (!p->failed)
        p->now = now;
    return node;
}

/* What the rows of an item are called; 0: nothing. */
static uint32_t name_of_item(const struct tl_sql_parser *p, uint32_t item)
{
    const struct tl_sql_node *node = tl_parse_get(p, item);

    if (p->failed)
        return 0;
    if (node->kind != TL_N_JOIN && node->d &&
        tl_parse_get(p, node->d)->kind == TL_N_ALIAS && tl_parse_get(p, node->d)->name)
        return tl_parse_get(p, node->d)->name;
    return node->kind == TL_N_TABLE ? node->name : 0;
}

static uint32_t make_column(struct tl_sql_parser *p, uint32_t at, uint32_t table,
                            uint32_t name)
{
    uint32_t node = tl_parse_node(p, TL_N_COLUMN, at);

    tl_parse_get(p, node)->name = name;
    tl_parse_get(p, node)->b = table;
    return node;
}

/* using (a, b) is on t.a = u.a and t.b = u.b */
static uint32_t make_equal(struct tl_sql_parser *p, const struct merge *m)
{
    uint32_t target = name_of_item(p, read_again(p, m->target, tl_parse_target));
    uint32_t source = name_of_item(p, read_again(p, m->source, tl_parse_from_item));
    uint32_t condition = 0;

    for (uint32_t i = read_again(p, m->on, tl_parse_name_list); i;
         i = tl_parse_get(p, i)->next) {
        uint32_t at = tl_parse_get(p, i)->at, name = tl_parse_get(p, i)->name;
        uint32_t left = make_column(p, at, target, name);
        uint32_t right = make_column(p, at, source, name);
        uint32_t equal = tl_parse_node(p, TL_N_BINARY, at);

        tl_parse_get(p, equal)->op = TL_O_COMPARE;
        tl_parse_get(p, equal)->a = left;
        tl_parse_get(p, equal)->b = right;
        condition = tl_parse_both(p, condition, equal);
    }
    return condition;
}

static uint32_t read_condition(struct tl_sql_parser *p, const struct merge *m)
{
    return m->has_names ? make_equal(p, m) : read_again(p, m->on, tl_parse_expression);
}

/* not exists (select from target where on) */
static uint32_t make_unmatched(struct tl_sql_parser *p, const struct merge *m)
{
    uint32_t at = m->on->at;
    uint32_t target = read_again(p, m->target, tl_parse_target);
    uint32_t on = read_condition(p, m);
    uint32_t select = tl_parse_node(p, TL_N_SELECT, at);

    tl_parse_get(p, select)->b = target;
    tl_parse_get(p, select)->c = on;
    uint32_t query = tl_parse_node(p, TL_N_QUERY, at);
    tl_parse_get(p, query)->b = select;
    uint32_t exists = tl_parse_node(p, TL_N_EXISTS, at);
    tl_parse_get(p, exists)->a = query;
    uint32_t not = tl_parse_node(p, TL_N_UNARY, at);
    tl_parse_get(p, not )->op = TL_O_LOGIC;
    tl_parse_get(p, not )->a = exists;
    return not ;
}

/* The values of an insert as the items of a select. */
static uint32_t make_items(struct tl_sql_parser *p, uint32_t values)
{
    struct tl_parse_list items = { 0 };

    while (values) {
        uint32_t next = tl_parse_get(p, values)->next;
        uint32_t item = tl_parse_node(p, TL_N_ITEM, tl_parse_get(p, values)->at);

        tl_parse_get(p, values)->next = 0;
        tl_parse_get(p, item)->a = values;
        tl_parse_append(p, &items, item);
        values = next;
    }
    return items.first;
}

/* All columns of the source, by its name. */
static uint32_t make_source_star(struct tl_sql_parser *p, const struct merge *m,
                                 uint32_t at)
{
    uint32_t name = name_of_item(p, read_again(p, m->source, tl_parse_from_item));
    uint32_t star = tl_parse_node(p, TL_N_STAR, at);
    tl_parse_get(p, star)->b = name;
    return star;
}

/* *, all by name: the columns that both have; true, and read, where that is next. */
static bool accept_all(struct tl_sql_parser *p)
{
    if (tl_parse_accept(p, TL_T_STAR))
        return true;
    if (!tl_parse_is_word(p, TL_K_ALL) || p->now[1].word != TL_K_BY ||
        p->now[2].word != TL_K_NAME)
        return false;
    p->now += 3;
    return true;
}

static bool accept_by_name(struct tl_sql_parser *p)
{
    return tl_parse_accept_words(p, TL_K_BY, TL_K_NAME);
}

static bool accept_by_position(struct tl_sql_parser *p)
{
    return tl_parse_accept_words(p, TL_K_BY, TL_K_POSITION);
}

static bool ends_branch(const struct tl_sql_parser *p)
{
    return tl_parse_is(p, TL_T_END) || tl_parse_is_word(p, TL_K_WHEN) ||
           tl_parse_is_word(p, TL_K_RETURNING);
}

/* Values, or all of the source: BigQuery's row by place, others by name. */
static uint32_t parse_insert_items(struct tl_sql_parser *p, uint8_t *flags)
{
    uint32_t at = ends_branch(p) ? p->now[-1].at : p->now->at;
    bool is_all = accept_all(p);

    if (!is_all && (p->grammar & TL_SQL_FROM_FIRST)) {
        is_all = accept_by_name(p);
        if (!is_all && (accept_by_position(p) || ends_branch(p)))
            return make_items(p, tl_parse_node(p, TL_N_STAR, at));
    }
    if (is_all)
        *flags = TL_F_BY_NAME | TL_F_MATCHING;
    if (is_all || tl_parse_accept_word(p, TL_K_ROW))
        return make_items(p, tl_parse_node(p, TL_N_STAR, at));
    tl_parse_expect_word(p, TL_K_VALUES);
    if (!tl_parse_expect(p, TL_T_OPEN, "'('"))
        return 0;
    return make_items(p, tl_parse_inside_parens(p));
}

/* An insert of these items of what the source has and the target has not. */
static void add_insert(struct tl_sql_parser *p, struct merge *m, uint32_t at,
                       uint32_t columns, uint32_t items, uint32_t condition)
{
    uint32_t source = read_again(p, m->source, tl_parse_from_item);
    uint32_t target = read_again(p, m->target, tl_parse_target);
    uint32_t where = tl_parse_both(p, make_unmatched(p, m), condition);
    uint32_t select = tl_parse_node(p, TL_N_SELECT, at);

    tl_parse_get(p, select)->a = items;
    tl_parse_get(p, select)->b = source;
    tl_parse_get(p, select)->c = where;
    uint32_t query = tl_parse_node(p, TL_N_QUERY, at);
    tl_parse_get(p, query)->b = select;
    uint32_t insert = tl_parse_node(p, TL_N_INSERT, at);
    tl_parse_get(p, insert)->a = target;
    tl_parse_get(p, insert)->b = columns;
    tl_parse_get(p, insert)->c = query;
    tl_parse_append(p, &m->inserts, insert);
}

static void parse_insert(struct tl_sql_parser *p, struct merge *m, uint32_t condition)
{
    uint32_t at = p->now->at, where = 0;
    uint8_t flags = 0;

    p->now++;
    if (++m->n_inserts > MOST_INSERTS) {
        tl_parse_refuse(p, at, "a merge of more than 8 inserts is not understood");
        return;
    }
    uint32_t columns = tl_parse_insert_columns(p);
    tl_parse_skip_overriding(p);
    if (tl_parse_accept_words(p, TL_K_DEFAULT, TL_K_VALUES))
        return;
    uint32_t items = parse_insert_items(p, &flags);
    if (tl_parse_accept_word(p, TL_K_WHERE))
        where = tl_parse_expression(p);
    condition = tl_parse_both(p, m->when_left_out, condition);
    m->when_left_out = 0; /* it steers the merge: once is enough */
    add_insert(p, m, at, columns, items, tl_parse_both(p, condition, where));
    if (!p->failed)
        tl_parse_get(p, m->inserts.last)->flags |= flags;
}

static void parse_update(struct tl_sql_parser *p, struct merge *m, uint32_t condition)
{
    uint32_t at = p->now->at;

    p->now++;
    if (!ends_branch(p))
        at = p->now->at;
    bool is_all = accept_all(p);
    if (!is_all && (p->grammar & TL_SQL_FROM_FIRST)) /* DuckDB: it may stand alone */
        is_all = accept_by_name(p) || ends_branch(p);
    if (!is_all) {
        tl_parse_expect_word(p, TL_K_SET);
        at = p->now->at;
        is_all = tl_parse_is(p, TL_T_STAR) && accept_all(p);
    }
    if (is_all) {
        uint32_t set = tl_parse_node(p, TL_N_SET_COLUMN, at);
        uint32_t star = make_source_star(p, m, at);

        tl_parse_get(p, set)->a = star;
        tl_parse_append(p, &m->sets, set);
    } else {
        tl_parse_append(p, &m->sets, tl_parse_set_list(p));
    }
    m->when_updated = tl_parse_both(p, m->when_updated, condition);
    if (tl_parse_accept_word(p, TL_K_WHERE))
        m->when_updated = tl_parse_both(p, m->when_updated, tl_parse_expression(p));
    if ((p->forms & TL_SQL_COMMON_GROUND) &&
        tl_parse_accept_words(p, TL_K_DELETE, TL_K_WHERE)) { /* Oracle */
        m->when_deleted = tl_parse_both(p, m->when_deleted, tl_parse_expression(p));
        m->deletes = true;
    }
    m->updates = true;
}

/* when [not] matched [by target | by source] [and ...] then ... */
static void parse_when(struct tl_sql_parser *p, struct merge *m)
{
    uint32_t condition = 0;

    p->now++;
    bool is_unmatched = tl_parse_accept_word(p, TL_K_NOT);
    tl_parse_expect_word(p, TL_K_MATCHED);
    if (tl_parse_accept_word(p, TL_K_BY))
        tl_parse_label(p, "'source' or 'target'");
    if (tl_parse_accept_word(p, TL_K_AND))
        condition = tl_parse_expression(p);
    tl_parse_expect_word(p, TL_K_THEN);
    if (tl_parse_is_word(p, TL_K_INSERT)) {
        parse_insert(p, m, condition);
    } else if (tl_parse_is_word(p, TL_K_UPDATE)) {
        parse_update(p, m, condition);
    } else if (tl_parse_accept_word(p, TL_K_DELETE)) {
        m->when_deleted = tl_parse_both(p, m->when_deleted, condition);
        m->deletes = true;
    } else if (tl_parse_accept_words(p, TL_K_DO, TL_K_NOTHING) ||
               tl_parse_accept_word(p, TL_K_ERROR)) {
        if (p->now[-1].word == TL_K_ERROR && !ends_branch(p))
            tl_parse_expression(p); /* DuckDB: what it says */
        uint32_t *left = is_unmatched ? &m->when_left_out : &m->when_left;
        *left = tl_parse_both(p, *left, condition);
    } else {
        tl_parse_expected(p, "'insert', 'update', 'delete' or 'do nothing'");
    }
}

/* The update or the delete: what there is to do where both match. */
static uint32_t make_matched(struct tl_sql_parser *p, const struct merge *m, uint32_t at,
                             enum tl_sql_node_kind kind)
{
    uint32_t target = read_again(p, m->target, tl_parse_target);
    uint32_t source = read_again(p, m->source, tl_parse_from_item);
    uint32_t on = read_condition(p, m);
    uint32_t where =
        tl_parse_both(p, on, kind == TL_N_UPDATE ? m->when_updated : m->when_deleted);
    uint32_t tail = tl_parse_node(p, TL_N_UPDATE_TAIL, at);

    tl_parse_get(p, tail)->a = where;
    uint32_t node = tl_parse_node(p, kind, at);
    struct tl_sql_node *change = tl_parse_get(p, node);
    change->a = target;
    change->b = kind == TL_N_UPDATE ? m->sets.first : 0;
    change->c = source;
    change->d = tail;
    return node;
}

/* A change that stands in the with clause of another one. */
static uint32_t make_cte(struct tl_sql_parser *p, uint32_t change)
{
    uint32_t at = tl_parse_get(p, change)->at;
    uint32_t query = tl_parse_node(p, TL_N_QUERY, at);

    tl_parse_get(p, query)->b = change;
    uint32_t cte = tl_parse_node(p, TL_N_CTE, at);
    tl_parse_get(p, cte)->b = query;
    return cte;
}

/* What the outermost change keeps beside itself. */
static void finish(struct tl_sql_parser *p, uint32_t outer, uint32_t ctes, uint8_t flags,
                   uint32_t returning)
{
    struct tl_sql_node *change = tl_parse_get(p, outer);

    if (change->kind != TL_N_INSERT) {
        struct tl_sql_node *tail = tl_parse_get(p, change->d);

        tail->b = returning;
        tail->c = ctes;
        tail->flags = flags;
        return;
    }
    struct tl_sql_node *query = tl_parse_get(p, change->c);
    query->a = ctes;
    query->flags = flags;
    if (!returning)
        return;
    uint32_t tail = tl_parse_node(p, TL_N_INSERT_TAIL, change->at);
    tl_parse_get(p, tail)->c = returning;
    tl_parse_get(p, outer)->d = tail;
}

static uint32_t make_changes(struct tl_sql_parser *p, struct merge *m, uint32_t at,
                             uint32_t ctes, uint8_t flags)
{
    struct tl_parse_list changes = { 0 };
    struct tl_parse_list all = { 0 };
    uint32_t *when = m->updates ? &m->when_updated : &m->when_deleted;

    *when = tl_parse_both(p, *when, m->when_left);

    if (m->updates)
        tl_parse_append(p, &changes, make_matched(p, m, at, TL_N_UPDATE));
    if (m->deletes)
        tl_parse_append(p, &changes, make_matched(p, m, at, TL_N_DELETE));
    tl_parse_append(p, &changes, m->inserts.first);
    uint32_t returning = tl_parse_returning(p);
    uint32_t outer = changes.first;
    if (!outer || p->failed) /* do nothing, or refused */
        return tl_parse_node(p, TL_N_OTHER, at);
    uint32_t rest = tl_parse_get(p, outer)->next;
    tl_parse_get(p, outer)->next = 0;
    tl_parse_append(p, &all, ctes);
    while (rest) {
        uint32_t next = tl_parse_get(p, rest)->next;

        tl_parse_get(p, rest)->next = 0;
        tl_parse_append(p, &all, make_cte(p, rest));
        rest = next;
    }
    finish(p, outer, all.first, flags, returning);
    tl_parse_get(p, outer)->at = at;
    tl_parse_get(p, outer)->flags |= TL_F_MERGE;
    return outer;
}

uint32_t tl_parse_merge(struct tl_sql_parser *p, uint32_t ctes, uint8_t flags)
{
    uint32_t at = p->now->at;
    struct merge m = { 0 };

    if (p->is_merging) { /* each would be read again by each around it */
        tl_parse_refuse(p, at, "a merge inside a merge is not understood");
        return 0;
    }
    p->is_merging = true;
    p->now++;
    if (tl_parse_are_words(p, TL_K_WITH, TL_K_SCHEMA)) {
        p->now += 2;
        tl_parse_expect_word(p, TL_K_EVOLUTION);
    }
    if (p->traits->writing & TL_SQL_LOOSE_WRITES)
        tl_parse_accept_word(p, TL_K_INTO);
    else
        tl_parse_expect_word(p, TL_K_INTO);
    m.target = p->now;
    tl_parse_target(p);
    tl_parse_expect_word(p, TL_K_USING);
    m.source = p->now;
    tl_parse_from_item(p);
    m.has_names = (p->grammar & TL_SQL_FROM_FIRST) && tl_parse_is_word(p, TL_K_USING);
    if (m.has_names)
        p->now++;
    else
        tl_parse_expect_word(p, TL_K_ON);
    m.on = p->now;
    if (m.has_names)
        tl_parse_name_list(p);
    else
        tl_parse_expression(p);
    if (tl_parse_accept_words(p, TL_K_REMOVE, TL_K_DUPLICATES)) {
        uint32_t star = tl_parse_node(p, TL_N_STAR, at);

        m.deletes = true;
        add_insert(p, &m, at, 0, make_items(p, star), 0);
    } else if (!tl_parse_is_word(p, TL_K_WHEN)) {
        tl_parse_expected(p, "'when'");
    }
    while (tl_parse_is_word(p, TL_K_WHEN))
        parse_when(p, &m);
    tl_parse_skip_output(p);
    uint32_t changes = make_changes(p, &m, at, ctes, flags);
    p->is_merging = false;
    return changes;
}
