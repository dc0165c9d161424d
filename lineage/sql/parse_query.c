/*
 * Queries: select, set operations, order and limit. A set operation binds as the standard says: intersect before union and
 * except, each from left to right (in SQLite all are alike); a chain of any length is a loop.
 */
#include "lineage/sql/parse.h"

#include <strings.h>

/* ---- what is next ---- */

static bool is_values(const struct tl_sql_parser *p)
{
    uint8_t next = p->now[1].kind;

    return tl_parse_is_word(p, TL_K_VALUES) &&
           (next == TL_T_OPEN ||
            (p->now[1].word == TL_K_ROW && p->now[2].kind == TL_T_OPEN &&
             (p->forms & TL_SQL_COMMON_GROUND)) ||
            ((p->clauses & TL_SQL_BARE_VALUES) &&
             (next == TL_T_NUMBER || next == TL_T_TEXT || next == TL_T_MINUS ||
              p->now[1].word == TL_K_NULL)));
}

/* `table t` as a query; not a table function, which stands before a parenthesis. */
static bool is_table_query(const struct tl_sql_parser *p)
{
    return tl_parse_is_word(p, TL_K_TABLE) && !(p->forms & TL_SQL_PLAIN_SOURCES) &&
           (p->now[1].kind == TL_T_QUOTED || p->now[1].word == TL_K_ONLY ||
            tl_parse_is_name(p, p->now + 1));
}

static bool is_from_first(const struct tl_sql_parser *p)
{
    return (p->grammar & TL_SQL_FROM_FIRST) || (p->clauses & TL_SQL_PIPES);
}

bool tl_parse_is_query(const struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_SELECT:
        return true;
    case TL_K_WITH:
        return p->now[1].kind == TL_T_WORD || p->now[1].kind == TL_T_QUOTED ||
               p->now[1].kind == TL_T_TEXT;
    case TL_K_VALUES:
        return is_values(p);
    case TL_K_TABLE:
        return is_table_query(p);
    case TL_K_FROM:
        return is_from_first(p);
    case TL_K_PIVOT:
    case TL_K_PIVOT_LONGER:
    case TL_K_PIVOT_WIDER:
    case TL_K_UNPIVOT:
        return tl_parse_is_pivot_statement(p);
    default:
        return false;
    }
}

/* `minus` is a name too: what it takes away is a query. */
static bool is_minus_set(const struct tl_sql_parser *p, const struct tl_sql_token *token)
{
    if (!(p->grammar & TL_SQL_MINUS_SET))
        return false;
    switch ((enum tl_sql_keyword)token[1].word) {
    case TL_K_ALL:
    case TL_K_BY:
    case TL_K_DISTINCT:
    case TL_K_FROM:
    case TL_K_SELECT:
    case TL_K_TABLE:
    case TL_K_VALUES:
    case TL_K_WITH:
        return true;
    default:
        return token[1].kind == TL_T_OPEN;
    }
}

static int set_of(const struct tl_sql_parser *p, const struct tl_sql_token *token)
{
    switch ((enum tl_sql_keyword)token->word) {
    case TL_K_UNION:
        return TL_S_UNION;
    case TL_K_INTERSECT:
        return TL_S_INTERSECT;
    case TL_K_EXCEPT:
        return TL_S_EXCEPT;
    case TL_K_MINUS:
        return is_minus_set(p, token) ? TL_S_EXCEPT : -1;
    default:
        return -1;
    }
}

/* The set operation that is next, or -1: union; left outer union, inner union where those are known. */
static int next_set(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now;

    switch ((enum tl_sql_keyword)t->word) {
    case TL_K_LEFT:
    case TL_K_FULL:
    case TL_K_INNER:
        if (!(p->clauses & TL_SQL_SET_MODES))
            return -1;
        t += t[1].word == TL_K_OUTER ? 2 : 1;
        return set_of(p, t);
    default:
        return set_of(p, t);
    }
}

/* Spark: sort by, distribute by, cluster by */
static bool is_spread(const struct tl_sql_parser *p)
{
    return (p->grammar & TL_SQL_LATERAL_VIEWS) && p->now[1].word == TL_K_BY &&
           (tl_parse_is_word(p, TL_K_SORT) || tl_parse_is_word(p, TL_K_DISTRIBUTE) ||
            tl_parse_is_word(p, TL_K_CLUSTER));
}

static bool is_pipe(const struct tl_sql_parser *p)
{
    return tl_parse_is(p, TL_T_PIPE) && (p->clauses & TL_SQL_PIPES);
}

static bool is_end_clause(const struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_ORDER:
    case TL_K_LIMIT:
    case TL_K_OFFSET:
    case TL_K_FETCH:
        return true;
    case TL_K_FOR:
        return p->now[1].word == TL_K_UPDATE || p->now[1].word == TL_K_SHARE ||
               p->now[1].word == TL_K_NO || p->now[1].word == TL_K_KEY ||
               p->now[1].word == TL_K_READ || tl_parse_is_query_hint(p);
    case TL_K_WITH:
    case TL_K_LOCK:
    case TL_K_OPTION:
        return tl_parse_is_query_hint(p);
    case TL_K_USING: /* DuckDB: using sample 10% */
        return (p->grammar & TL_SQL_FROM_FIRST) && p->now[1].word == TL_K_SAMPLE;
    default:
        return is_spread(p);
    }
}

bool tl_parse_is_more_query(const struct tl_sql_parser *p)
{
    return next_set(p) >= 0 || is_end_clause(p) || is_pipe(p);
}

bool tl_parse_is_set(const struct tl_sql_parser *p)
{
    return next_set(p) >= 0;
}

/* ---- select ---- */

static uint32_t parse_star_edit(struct tl_sql_parser *p, enum tl_sql_star_edit op)
{
    uint32_t at = p->now->at;
    uint32_t value = 0;
    uint32_t name;
    uint32_t other = 0, of = 0;

    if (op == TL_E_REPLACE) {
        value = tl_parse_expression(p);
        tl_parse_accept_word(p, TL_K_AS);
        name = tl_parse_name(p, "a column");
        while (tl_parse_accept(p, TL_T_DOT))
            name = tl_parse_label(p, "a column");
    } else {
        name = tl_parse_name(p, "a column");
        while (tl_parse_accept(p, TL_T_DOT)) { /* t.a: of t alone */
            of = name;
            name = tl_parse_label(p, "a column");
        }
        if (op == TL_E_RENAME) {
            tl_parse_expect_word(p, TL_K_AS);
            other = tl_parse_name(p, "a name");
        }
    }
    uint32_t node = tl_parse_node(p, TL_N_STAR_EDIT, at);
    struct tl_sql_node *edit = tl_parse_get(p, node);
    edit->op = (uint16_t)op;
    edit->name = name;
    edit->a = value;
    edit->b = other;
    edit->c = of;
    return node;
}

/* The edit that begins here, or -1. */
static int next_star_edit(const struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_EXCLUDE:
        return (p->grammar & TL_SQL_STAR_EXCLUDE) && !(p->clauses & TL_SQL_LATE_EXCLUDE)
                   ? TL_E_EXCLUDE
                   : -1;
    case TL_K_EXCEPT:
        return (p->grammar & TL_SQL_STAR_EXCLUDE) && p->now[1].kind == TL_T_OPEN &&
                       p->now[2].word != TL_K_SELECT && p->now[2].kind != TL_T_OPEN
                   ? TL_E_EXCLUDE
                   : -1;
    case TL_K_REPLACE:
        return p->grammar & TL_SQL_STAR_REPLACE ? TL_E_REPLACE : -1;
    case TL_K_RENAME:
        return p->grammar & TL_SQL_STAR_RENAME ? TL_E_RENAME : -1;
    case TL_K_ILIKE:
        return (p->grammar & TL_SQL_STAR_ILIKE) || (p->clauses & TL_SQL_STAR_LIKE)
                   ? TL_E_ILIKE
                   : -1;
    case TL_K_LIKE:
    case TL_K_SIMILAR:
    case TL_K_GLOB:
    case TL_K_NOT:
        return p->clauses & TL_SQL_STAR_LIKE ? TL_E_ILIKE : -1;
    default:
        return -1;
    }
}

/* ilike 'a%', not like 'a%', similar to 'a': which columns it leaves is known where they are */
static uint32_t parse_star_pattern(struct tl_sql_parser *p)
{
    bool is_not = tl_parse_accept_word(p, TL_K_NOT);
    uint32_t edit = tl_parse_node(p, TL_N_STAR_EDIT, p->now->at);

    tl_parse_get(p, edit)->op = TL_E_ILIKE;
    tl_parse_get(p, edit)->flags = is_not ? TL_F_NOT : 0;
    p->now++;
    if (p->now[-1].word == TL_K_SIMILAR)
        tl_parse_expect_word(p, TL_K_TO);
    uint32_t pattern = tl_parse_above(p, TL_POWER_POSTFIX);
    tl_parse_get(p, edit)->a = pattern;
    return edit;
}

/* exclude a, b or exclude (a, b) behind the whole list: of each star in it, and of each column (Redshift) */
static void parse_late_exclude(struct tl_sql_parser *p, uint32_t items)
{
    uint32_t first_name = 0;

    p->now++;
    const struct tl_sql_token *began = p->now;
    for (uint32_t i = items; i; i = tl_parse_get(p, i)->next) {
        uint32_t star = tl_parse_get(p, i)->a;
        struct tl_parse_list list = { 0 };

        if (tl_parse_get(p, star)->kind != TL_N_STAR)
            continue;
        p->now = began;
        bool has_parens = tl_parse_accept(p, TL_T_OPEN);
        do {
            uint32_t edit = parse_star_edit(p, TL_E_EXCLUDE);

            tl_parse_get(p, edit)->flags = tl_parse_get(p, items)->next
                                               ? TL_F_ALL
                                               : 0; /* another item may have it */
            tl_parse_append(p, &list, edit);
        } while (tl_parse_accept(p, TL_T_COMMA));
        if (has_parens)
            tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
        tl_parse_get(p, star)->a = list.first;
        first_name = list.first;
    }
    if (!first_name)
        tl_parse_expected(p, "a star before it");
}

static void parse_star_edits(struct tl_sql_parser *p, uint32_t star)
{
    struct tl_parse_list list = { 0 };
    int op;

    while (p->now->word && (op = next_star_edit(p)) >= 0) {
        if (op == TL_E_ILIKE) {
            tl_parse_append(p, &list, parse_star_pattern(p));
            continue;
        }
        p->now++;
        bool has_parens = tl_parse_accept(p, TL_T_OPEN);
        do {
            if (list.first && tl_parse_is(p, TL_T_CLOSE))
                break;
            tl_parse_append(p, &list, parse_star_edit(p, (enum tl_sql_star_edit)op));
        } while (has_parens && tl_parse_accept(p, TL_T_COMMA));
        if (has_parens)
            tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    }
    if (list.first)
        tl_parse_get(p, star)->a = list.first;
}

bool tl_parse_is_clause(const struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_QUALIFY:
        return p->grammar & TL_SQL_QUALIFY;
    case TL_K_MINUS:
        return is_minus_set(p, p->now);
    case TL_K_WINDOW: /* SQLite takes it for a name but here */
        return p->now[2].word == TL_K_AS && tl_parse_is_name(p, p->now + 1);
    case TL_K_SORT:
    case TL_K_DISTRIBUTE:
    case TL_K_CLUSTER:
        return is_spread(p);
    case TL_K_START:
        return (p->forms & TL_SQL_HIERARCHIES) && p->now[1].word == TL_K_WITH;
    case TL_K_INSERT: /* from t insert into a ... insert into b */
        return (p->traits->clauses & TL_SQL_INSERT_BEHIND_FROM) &&
               (p->now[1].word == TL_K_INTO || p->now[1].word == TL_K_OVERWRITE);
    case TL_K_CONNECT:
        return (p->forms & TL_SQL_HIERARCHIES) && p->now[1].word == TL_K_BY;
    default:
        return false;
    }
}

/* An item's alias; 0: none. */
uint32_t tl_parse_item_alias(struct tl_sql_parser *p)
{
    if (tl_parse_accept_word(p, TL_K_AS)) {
        if (tl_parse_is(p, TL_T_TEXT) && (p->clauses & TL_SQL_COLUMN_LAMBDAS)) {
            uint32_t at = p->now->at + 1, n = p->now->value - at - 1;

            p->now++;
            return tl_sql_name_exact(p->names, p->lexer.text + at, n);
        }
        return tl_parse_label(p, "a name");
    }
    if (tl_parse_is(p, TL_T_QUOTED) ||
        (tl_parse_is(p, TL_T_TEXT) && (p->grammar & TL_SQL_TEXT_ALIASES)))
        return tl_parse_label(p, "a name");
    if (!tl_parse_is(p, TL_T_WORD))
        return 0;
    if (p->now->word &&
        ((tl_parse_limits(p, p->now->word) & TL_KW_NOT_LABEL) || tl_parse_is_clause(p) ||
         (tl_parse_is_word(p, TL_K_EXCLUDE) &&
          ((p->clauses & TL_SQL_LATE_EXCLUDE) || next_star_edit(p) >= 0))))
        return 0;
    uint32_t name = p->now->value;
    p->now++;
    return name;
}

/* explode(m) as (k, v): each name is a column of what comes out. They share the expression. */
static uint32_t parse_several_aliases(struct tl_sql_parser *p, uint32_t at,
                                      uint32_t value, uint32_t end)
{
    struct tl_parse_list items = { 0 };

    p->now++;
    uint32_t names = tl_parse_alias_columns(p);
    if (tl_parse_is_word(p, TL_K_ROW) && p->now[1].word == TL_K_FORMAT)
        tl_parse_skip_row_format(p);
    if (tl_parse_get(p, value)->kind == TL_N_STAR) {
        tl_parse_refuse(p, at, "new names for a star's columns are not understood");
        return 0;
    }
    for (uint32_t i = names; i && !p->failed; i = tl_parse_get(p, i)->next) {
        uint32_t item = tl_parse_node(p, TL_N_ITEM, at);

        tl_parse_get(p, item)->a = value;
        tl_parse_get(p, item)->b = end;
        tl_parse_get(p, item)->name = tl_parse_get(p, i)->name;
        tl_parse_append(p, &items, item);
    }
    return items.first;
}

/* t.* like 'a%' was read as a comparison. */
static uint32_t star_of_pattern(struct tl_sql_parser *p, uint32_t value)
{
    const struct tl_sql_node compares = *tl_parse_get(p, value);
    const char *text = p->lexer.text;
    uint32_t at = compares.at;

    if (compares.op != TL_O_COMPARE || tl_parse_get(p, compares.a)->kind != TL_N_STAR)
        return value;
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\n'))
        at--;
    uint32_t edit = tl_parse_node(p, TL_N_STAR_EDIT, compares.at);
    struct tl_sql_node *node = tl_parse_get(p, edit);
    node->op = TL_E_ILIKE;
    node->a = compares.b;
    node->flags = at > 3 && strncasecmp(text + at - 3, "not", 3) == 0 ? TL_F_NOT : 0;
    tl_parse_get(p, compares.a)->a = edit;
    return compares.a;
}

uint32_t tl_parse_item_value(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t value;

    if (tl_parse_is(p, TL_T_STAR)) {
        p->now++;
        value = tl_parse_node(p, TL_N_STAR, at);
    } else {
        value = tl_parse_expression(p);
    }
    if (tl_parse_get(p, value)->kind == TL_N_STAR)
        parse_star_edits(p, value);
    else if ((p->clauses & TL_SQL_STAR_LIKE) &&
             tl_parse_get(p, value)->kind == TL_N_BINARY)
        value = star_of_pattern(p, value);
    return value;
}

static uint32_t parse_item(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t alias = 0;

    if ((p->forms & TL_SQL_ALIAS_FIRST) && p->now[1].kind == TL_T_COLON &&
        tl_parse_is_name(p, p->now)) { /* a: x */
        alias = p->now->value;
        p->now += 2;
    }
    p->has_columns = false;
    uint32_t value = tl_parse_item_value(p);
    uint8_t flags = p->has_columns ? TL_F_STAR : 0;
    uint32_t end = tl_sql_token_end(&p->lexer, p->now - 1);
    if (tl_parse_is_word(p, TL_K_AS) && p->now[1].kind == TL_T_OPEN &&
        (p->forms & TL_SQL_SEVERAL_ALIASES))
        return parse_several_aliases(p, at, value, end);
    if (!alias)
        alias = tl_parse_item_alias(p);
    uint32_t item = tl_parse_node(p, TL_N_ITEM, at);
    tl_parse_get(p, item)->a = value;
    tl_parse_get(p, item)->b = end;
    tl_parse_get(p, item)->name = alias;
    tl_parse_get(p, item)->flags = flags;
    return item;
}

static bool ends_items(const struct tl_sql_parser *p)
{
    return tl_parse_is(p, TL_T_END) || tl_parse_is(p, TL_T_CLOSE) ||
           tl_parse_is_word(p, TL_K_FROM) || tl_parse_is_word(p, TL_K_INTO) ||
           tl_parse_is_word(p, TL_K_WHERE);
}

uint32_t tl_parse_items(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    do {
        if (list.first && (p->grammar & TL_SQL_TRAILING_COMMA) && ends_items(p))
            break;
        tl_parse_append(p, &list, parse_item(p));
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

/* rollup (...), cube (...), grouping sets (...): 0 where none is next. */
uint32_t tl_parse_grouping(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    struct tl_parse_list list = { 0 };

    if (tl_parse_are_words(p, TL_K_GROUPING, TL_K_SETS))
        p->now += 2;
    else if ((tl_parse_is_word(p, TL_K_ROLLUP) || tl_parse_is_word(p, TL_K_CUBE)) &&
             p->now[1].kind == TL_T_OPEN)
        p->now++;
    else
        return 0;
    tl_parse_expect(p, TL_T_OPEN, "'('");
    if (!tl_parse_enter(p))
        return 0;
    do {
        uint32_t inner = tl_parse_grouping(p);

        tl_parse_append(p, &list, inner ? inner : tl_parse_expression(p));
    } while (tl_parse_accept(p, TL_T_COMMA));
    p->depth--;
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    uint32_t node = tl_parse_node(p, TL_N_GROUPING, at);
    tl_parse_get(p, node)->a = list.first;
    return node;
}

static uint32_t parse_group_by(struct tl_sql_parser *p, uint8_t *flags)
{
    struct tl_parse_list list = { 0 };

    tl_parse_expect_word(p, TL_K_BY);
    if (tl_parse_is_word(p, TL_K_ALL) && (p->grammar & TL_SQL_GROUP_BY_ALL) &&
        p->now[1].kind != TL_T_OPEN && p->now[1].kind != TL_T_NUMBER &&
        p->now[1].kind != TL_T_QUOTED &&
        (p->now[1].kind != TL_T_WORD || p->now[1].word)) { /* no: group by all a */
        p->now++;
        *flags |= TL_F_ALL;
        return 0;
    }
    if (!tl_parse_accept_word(p, TL_K_DISTINCT))
        tl_parse_accept_word(p, TL_K_ALL);
    do {
        uint32_t grouping = tl_parse_grouping(p);

        if (list.first && (p->grammar & TL_SQL_TRAILING_COMMA) && ends_items(p))
            break;
        tl_parse_append(p, &list, grouping ? grouping : tl_parse_expression(p));
    } while (tl_parse_accept(p, TL_T_COMMA));
    if ((p->clauses & TL_SQL_GROUPINGS_BEHIND) &&
        tl_parse_are_words(p, TL_K_GROUPING, TL_K_SETS)) /* Hive: behind the list */
        tl_parse_append(p, &list, tl_parse_grouping(p));
    if ((p->clauses & TL_SQL_GROUPINGS_BEHIND) && tl_parse_is_word(p, TL_K_WITH) &&
        (p->now[1].word == TL_K_ROLLUP || p->now[1].word == TL_K_CUBE))
        p->now += 2;
    return list.first;
}

/* BigQuery: window a as b */
static uint32_t parse_window_name(struct tl_sql_parser *p)
{
    uint32_t window = tl_parse_node(p, TL_N_WINDOW, p->now->at);
    uint32_t name = tl_parse_name(p, "a window");

    tl_parse_get(p, window)->name = name;
    return window;
}

uint32_t tl_parse_named_windows(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    do {
        uint32_t named = tl_parse_node(p, TL_N_NAMED_WINDOW, p->now->at);
        uint32_t name = tl_parse_name(p, "a window");

        tl_parse_expect_word(p, TL_K_AS);
        uint32_t window = (p->clauses & TL_SQL_SELECT_AS) && !tl_parse_is(p, TL_T_OPEN)
                              ? parse_window_name(p)
                              : tl_parse_window(p);
        tl_parse_get(p, named)->name = name;
        tl_parse_get(p, named)->a = window;
        tl_parse_append(p, &list, named);
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

/* into [temporary | unlogged] [table] t */
static uint32_t parse_into(struct tl_sql_parser *p, uint8_t *flags)
{
    p->now++;
    if (!(p->grammar & TL_SQL_SELECT_INTO)) {
        tl_parse_refuse(p, p->now[-1].at,
                        "what 'into' a variable means is not understood");
        return 0;
    }
    tl_parse_accept_word(p, TL_K_LOCAL);
    tl_parse_accept_word(p, TL_K_GLOBAL);
    if (tl_parse_accept_word(p, TL_K_TEMP) || tl_parse_accept_word(p, TL_K_TEMPORARY))
        *flags |= TL_F_TEMPORARY;
    else
        tl_parse_accept_word(p, TL_K_UNLOGGED);
    if (tl_parse_is_word(p, TL_K_TABLE))
        p->now++;
    return tl_parse_table_name(p);
}

/* with differential_privacy options (...): what aggregates give has noise in it (BigQuery) */
static void parse_privacy(struct tl_sql_parser *p, struct tl_parse_select *s)
{
    uint16_t word = p->now[1].word;

    if (word != TL_K_DIFFERENTIAL_PRIVACY && word != TL_K_ANONYMIZATION &&
        word != TL_K_AGGREGATION_THRESHOLD)
        return;
    p->now += 2;
    s->flags |= word == TL_K_AGGREGATION_THRESHOLD ? 0 : TL_F_NOISE;
    if (tl_parse_accept_word(p, TL_K_OPTIONS))
        tl_parse_skip_parens(p);
}

void tl_parse_select_list(struct tl_sql_parser *p, struct tl_parse_select *s)
{
    if (tl_parse_is_word(p, TL_K_WITH))
        parse_privacy(p, s);
    if (tl_parse_accept_word(p, TL_K_DISTINCT)) {
        s->flags |= TL_F_DISTINCT;
        if (tl_parse_is_word(p, TL_K_ON) && (p->grammar & TL_SQL_DISTINCT_ON)) {
            p->now++;
            tl_parse_expect(p, TL_T_OPEN, "'('");
            s->distinct_on = tl_parse_expressions(p);
            tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
        }
    } else {
        tl_parse_accept_word(p, TL_K_ALL);
    }
    if (tl_parse_is_word(p, TL_K_TOP) && !(p->forms & TL_SQL_PLAIN_SOURCES) &&
        (p->now[1].kind == TL_T_NUMBER ||
         (p->now[1].kind == TL_T_OPEN && (p->forms & TL_SQL_COMMON_GROUND))))
        tl_parse_skip_top(p);
    if ((p->clauses & TL_SQL_SELECT_AS) && tl_parse_is_word(p, TL_K_AS) &&
        (p->now[1].word == TL_K_STRUCT || p->now[1].word == TL_K_VALUE)) {
        s->flags |= p->now[1].word == TL_K_STRUCT ? TL_F_RECORD : 0;
        p->now += 2;
    }
    if (!ends_items(p) && next_set(p) < 0) {
        s->items = tl_parse_items(p);
        if (tl_parse_is_word(p, TL_K_EXCLUDE) && (p->clauses & TL_SQL_LATE_EXCLUDE))
            parse_late_exclude(p, s->items);
    } else if (!(p->clauses & TL_SQL_EMPTY_LISTS))
        tl_parse_expected(p, "an expression");
}

/* start with ... connect by [nocycle] ...: both steer which rows there are, as the where clause does */
static void parse_hierarchy(struct tl_sql_parser *p, struct tl_parse_select *s)
{
    for (;;) {
        if (tl_parse_accept_words(p, TL_K_CONNECT, TL_K_BY))
            tl_parse_accept_word(p, TL_K_NOCYCLE);
        else if (!tl_parse_accept_words(p, TL_K_START, TL_K_WITH))
            return;
        do
            s->where = tl_parse_both(p, s->where, tl_parse_expression(p));
        while (tl_parse_accept(p, TL_T_COMMA));
    }
}

static void parse_select_clauses(struct tl_sql_parser *p, struct tl_parse_select *s)
{
    if (tl_parse_is_word(p, TL_K_INTO))
        s->into = parse_into(p, &s->more_flags);
    if (!s->from && tl_parse_accept_word(p, TL_K_FROM))
        s->from = tl_parse_from_list(p);
    if (tl_parse_is_word(p, TL_K_INTO) && !s->into)
        s->into = parse_into(p, &s->more_flags);
    if (tl_parse_accept_word(p, TL_K_WHERE))
        s->where = tl_parse_expression(p);
    if (p->forms & TL_SQL_HIERARCHIES)
        parse_hierarchy(p, s);
    if (tl_parse_accept_word(p, TL_K_GROUP))
        s->groups = parse_group_by(p, &s->tail_flags);
    if (tl_parse_accept_word(p, TL_K_HAVING))
        s->having = tl_parse_expression(p);
    if (tl_parse_is_word(p, TL_K_WINDOW) && tl_parse_is_clause(p)) {
        p->now++;
        s->windows = tl_parse_named_windows(p);
    }
    if ((p->grammar & TL_SQL_QUALIFY) && tl_parse_accept_word(p, TL_K_QUALIFY))
        s->qualify = tl_parse_expression(p);
    if (!s->windows && s->qualify && tl_parse_accept_word(p, TL_K_WINDOW))
        s->windows = tl_parse_named_windows(p);
}

uint32_t tl_parse_make_select(struct tl_sql_parser *p, uint32_t at,
                              const struct tl_parse_select *s)
{
    uint32_t more = 0;
    uint32_t tail = 0;

    if (s->qualify || s->distinct_on || s->into) {
        more = tl_parse_node(p, TL_N_SELECT_MORE, at);
        struct tl_sql_node *node = tl_parse_get(p, more);

        node->a = s->qualify;
        node->b = s->distinct_on;
        node->c = s->into;
        node->flags = s->more_flags;
    }
    if (more || s->groups || s->having || s->windows || s->tail_flags) {
        tail = tl_parse_node(p, TL_N_SELECT_TAIL, at);
        struct tl_sql_node *node = tl_parse_get(p, tail);

        node->a = s->groups;
        node->b = s->having;
        node->c = s->windows;
        node->d = more;
        node->flags = s->tail_flags;
    }
    uint32_t select = tl_parse_node(p, TL_N_SELECT, at);
    struct tl_sql_node *node = tl_parse_get(p, select);
    node->a = s->items;
    node->b = s->from;
    node->c = s->where;
    node->d = tail;
    node->flags = s->flags;
    return select;
}

static uint32_t make_star_item(struct tl_sql_parser *p, uint32_t at)
{
    uint32_t star = tl_parse_node(p, TL_N_STAR, at);
    uint32_t item = tl_parse_node(p, TL_N_ITEM, at);

    tl_parse_get(p, item)->a = star;
    return item;
}

static uint32_t parse_select(struct tl_sql_parser *p)
{
    struct tl_parse_select s = { 0 };
    uint32_t at = p->now->at;

    if (tl_parse_accept_word(p, TL_K_FROM)) { /* from t [select ...] */
        s.from = tl_parse_from_list(p);
        if (!tl_parse_is_word(p, TL_K_SELECT))
            s.items = make_star_item(p, at);
    }
    if (tl_parse_accept_word(p, TL_K_SELECT))
        tl_parse_select_list(p, &s);
    parse_select_clauses(p, &s);
    return tl_parse_make_select(p, at, &s);
}

uint32_t tl_parse_query_of(struct tl_sql_parser *p, uint32_t at, uint32_t from_item)
{
    struct tl_parse_select s = { .from = from_item, .items = make_star_item(p, at) };
    uint32_t select = tl_parse_make_select(p, at, &s);
    uint32_t query = tl_parse_node(p, TL_N_QUERY, at);

    tl_parse_get(p, query)->b = select;
    return query;
}

static uint32_t parse_table_query(struct tl_sql_parser *p)
{
    struct tl_parse_select s = { 0 };
    uint32_t at = p->now->at;

    p->now++;
    bool is_only = tl_parse_accept_word(p, TL_K_ONLY);
    s.from = tl_parse_table_name(p);
    if (is_only)
        tl_parse_get(p, s.from)->flags |= TL_F_ONLY;
    tl_parse_accept(p, TL_T_STAR);
    s.items = make_star_item(p, at);
    return tl_parse_make_select(p, at, &s);
}

static uint32_t parse_values(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    struct tl_parse_list rows = { 0 };

    p->now++;
    do {
        uint32_t row_at = p->now->at;
        uint32_t inside;

        if (rows.first && (p->grammar & TL_SQL_TRAILING_COMMA) &&
            !tl_parse_is(p, TL_T_OPEN) && !tl_parse_is(p, TL_T_NUMBER) &&
            !tl_parse_is(p, TL_T_TEXT) && !tl_parse_is_word(p, TL_K_NULL) &&
            !tl_parse_is_word(p, TL_K_ROW))
            break;
        if ((p->forms & TL_SQL_COMMON_GROUND) && p->now[1].kind == TL_T_OPEN)
            tl_parse_accept_word(p, TL_K_ROW); /* MySQL: values row (1, 2) */
        if (tl_parse_accept(p, TL_T_OPEN))
            inside = tl_parse_inside_parens(p);
        else if (p->clauses & TL_SQL_BARE_VALUES)
            inside = tl_parse_expression(p);
        else {
            tl_parse_expect(p, TL_T_OPEN, "'('");
            break;
        }
        uint32_t row = tl_parse_node(p, TL_N_LIST, row_at);
        tl_parse_get(p, row)->a = inside;
        tl_parse_append(p, &rows, row);
    } while (tl_parse_accept(p, TL_T_COMMA));
    uint32_t node = tl_parse_node(p, TL_N_VALUES, at);
    tl_parse_get(p, node)->a = rows.first;
    return node;
}

/* ---- set operations ---- */

/* A query without anything of its own is its body. */
static uint32_t body_of(const struct tl_sql_parser *p, uint32_t query)
{
    const struct tl_sql_node *node = tl_parse_get(p, query);

    return node->kind == TL_N_QUERY && !node->a && !node->c && !node->d ? node->b : query;
}

static uint32_t parse_part(struct tl_sql_parser *p)
{
    if (tl_parse_is(p, TL_T_OPEN)) {
        p->now++;
        uint32_t query = tl_parse_query(p);

        tl_parse_expect(p, TL_T_CLOSE, "')'");
        return body_of(p, query);
    }
    if (tl_parse_is_word(p, TL_K_SELECT) ||
        (tl_parse_is_word(p, TL_K_FROM) && is_from_first(p)))
        return parse_select(p);
    if (tl_parse_is_word(p, TL_K_VALUES))
        return parse_values(p);
    if (is_table_query(p))
        return parse_table_query(p);
    if (tl_parse_is_pivot_statement(p)) {
        struct tl_parse_select s = { .items = make_star_item(p, p->now->at) };
        uint32_t at = p->now->at;

        s.from = tl_parse_pivot_statement(p);
        return tl_parse_make_select(p, at, &s);
    }
    tl_parse_expected(p, "a query");
    return 0;
}

struct set {
    uint32_t names;
    uint8_t flags, mode;
};

/* by name [on (a, b)], [strict] corresponding [by (a, b)] */
static void parse_set_names(struct tl_sql_parser *p, struct set *set, bool has_mode)
{
    bool is_strict =
        tl_parse_are_words(p, TL_K_STRICT, TL_K_CORRESPONDING) && (p->now++, true);
    bool has_list = false;

    if (tl_parse_accept_word(p, TL_K_CORRESPONDING)) {
        if (!has_mode)
            set->mode = is_strict ? TL_M_STRICT : TL_M_INNER;
        has_list = tl_parse_accept_word(p, TL_K_BY);
    } else if ((p->grammar & TL_SQL_BY_NAME) &&
               tl_parse_accept_words(p, TL_K_BY, TL_K_NAME)) {
        if (!has_mode && (p->clauses & TL_SQL_SET_MODES))
            set->mode = TL_M_STRICT;
        has_list = tl_parse_is_word(p, TL_K_ON) && tl_parse_accept_word(p, TL_K_ON);
    } else {
        return;
    }
    set->flags |= TL_F_BY_NAME;
    if (has_list) {
        if (set->mode == TL_M_STRICT)
            set->mode = TL_M_INNER;
        set->names = tl_parse_name_list(p);
    }
}

/* The words of a set operation, up to its right side. */
static struct set parse_set_words(struct tl_sql_parser *p)
{
    struct set set = { .mode = TL_M_FULL };
    bool has_mode = true;

    if (tl_parse_accept_word(p, TL_K_LEFT))
        set.mode = TL_M_LEFT;
    else if (tl_parse_accept_word(p, TL_K_INNER))
        set.mode = TL_M_INNER;
    else
        has_mode = tl_parse_accept_word(p, TL_K_FULL);
    tl_parse_accept_word(p, TL_K_OUTER);
    p->now++;
    if (tl_parse_accept_word(p, TL_K_ALL))
        set.flags |= TL_F_ALL;
    else
        tl_parse_accept_word(p, TL_K_DISTINCT);
    if (tl_parse_is(p, TL_T_WORD))
        parse_set_names(p, &set, has_mode);
    return set;
}

static uint32_t make_set(struct tl_sql_parser *p, uint32_t at, int op,
                         const struct set *words, uint32_t left, uint32_t right)
{
    uint32_t node = tl_parse_node(p, TL_N_SET, at);
    struct tl_sql_node *set = tl_parse_get(p, node);

    set->op = (uint16_t)op;
    set->flags = words->flags;
    set->a = left;
    set->b = right;
    set->c = words->names;
    set->d = words->flags & TL_F_BY_NAME ? words->mode : 0;
    return node;
}

/* The set operations that follow `left`; only intersections where `intersects`. */
static uint32_t parse_sets(struct tl_sql_parser *p, uint32_t left, bool intersects)
{
    int op;

    while (p->now->word && (op = next_set(p)) >= 0) {
        uint32_t at = p->now->at;

        if (intersects && op != TL_S_INTERSECT)
            break;
        struct set words = parse_set_words(p);
        uint32_t right = parse_part(p);
        if (op != TL_S_INTERSECT && !(p->forms & TL_SQL_LEFT_TO_RIGHT))
            right = parse_sets(p, right, true);
        left = make_set(p, at, op, &words, left, right);
    }
    return left;
}

uint32_t tl_parse_set_of_pipe(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;
    int op = next_set(p);
    struct set words = parse_set_words(p);

    do {
        left = make_set(p, at, op, &words, left, parse_part(p));
    } while (tl_parse_accept(p, TL_T_COMMA));
    return left;
}

/* ---- order and limit ---- */

/* asc, desc, nulls first */
static void skip_direction(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_word(p, TL_K_ASC))
        tl_parse_accept_word(p, TL_K_DESC);
    if (tl_parse_is_word(p, TL_K_NULLS) &&
        (p->now[1].word == TL_K_FIRST || p->now[1].word == TL_K_LAST))
        p->now += 2;
}

uint32_t tl_parse_order_list(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    do {
        uint32_t at = p->now->at;
        uint32_t value = tl_parse_expression(p);
        uint32_t order = tl_parse_node(p, TL_N_ORDER, at);

        tl_parse_get(p, order)->a = value;
        if (tl_parse_accept_word(p, TL_K_USING)) {
            if (tl_parse_accept_word(p, TL_K_OPERATOR))
                tl_parse_skip_parens(p);
            else
                tl_parse_step(p);
        }
        skip_direction(p);
        tl_parse_append(p, &list, order);
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

static void skip_row_word(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_word(p, TL_K_ROW))
        tl_parse_accept_word(p, TL_K_ROWS);
}

/* fetch first 5 rows only, fetch next row with ties */
static void parse_fetch(struct tl_sql_parser *p, struct tl_parse_list *limits)
{
    if (!tl_parse_accept_word(p, TL_K_FIRST))
        tl_parse_accept_word(p, TL_K_NEXT);
    if (!tl_parse_is_word(p, TL_K_ROW) && !tl_parse_is_word(p, TL_K_ROWS))
        tl_parse_append(p, limits, tl_parse_expression(p));
    tl_parse_accept_word(p, TL_K_PERCENT);
    skip_row_word(p);
    if (tl_parse_accept_words(p, TL_K_WITH, TL_K_TIES))
        return;
    tl_parse_accept_word(p, TL_K_ONLY);
}

static void parse_limit(struct tl_sql_parser *p, struct tl_parse_list *limits)
{
    if (tl_parse_accept_word(p, TL_K_ALL))
        return;
    if (tl_parse_is(p, TL_T_NUMBER) && p->now[1].kind == TL_T_SLASH &&
        (p->now[2].kind == TL_T_END || p->now[2].kind == TL_T_CLOSE ||
         p->now[2].word == TL_K_OFFSET)) { /* 10% */
        p->now += 2;
        return;
    }
    tl_parse_append(p, limits, tl_parse_expression(p));
    if (tl_parse_accept_word(p, TL_K_PERCENT))
        return;
    if (tl_parse_accept(p, TL_T_COMMA))
        tl_parse_append(p, limits, tl_parse_expression(p));
}

/* for update of t skip locked */
static void skip_locking(struct tl_sql_parser *p)
{
    p->now += 2;
    while (tl_parse_is(p, TL_T_WORD) || tl_parse_is(p, TL_T_QUOTED) ||
           tl_parse_is(p, TL_T_COMMA) || tl_parse_is(p, TL_T_DOT)) {
        if (is_end_clause(p) || next_set(p) >= 0)
            return;
        p->now++;
    }
}

/* 10%, 10 percent (bernoulli), reservoir(50 rows) repeatable (100) */
static void skip_sample(struct tl_sql_parser *p)
{
    while (tl_parse_is(p, TL_T_NUMBER) || tl_parse_is(p, TL_T_SLASH) ||
           tl_parse_is(p, TL_T_OPEN) ||
           (tl_parse_is(p, TL_T_WORD) && !is_end_clause(p))) {
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        else
            p->now++;
    }
}

uint32_t tl_parse_limits_of_query(struct tl_sql_parser *p, struct tl_parse_list *order)
{
    struct tl_parse_list limits = { 0 };

    while (p->now->word && is_end_clause(p)) {
        if (is_spread(p)) {
            p->now += 2;
            tl_parse_append(p, order, tl_parse_order_list(p));
        } else if (tl_parse_accept_word(p, TL_K_ORDER)) {
            if ((p->forms & TL_SQL_HIERARCHIES) &&
                tl_parse_is_text(p, p->now, "siblings"))
                p->now++;
            tl_parse_expect_word(p, TL_K_BY);
            if (tl_parse_is_word(p, TL_K_ALL) && (p->grammar & TL_SQL_GROUP_BY_ALL)) {
                uint32_t all = tl_parse_node(p, TL_N_ORDER, p->now->at);

                p->now++;
                skip_direction(p);
                tl_parse_append(p, order, all);
            } else
                tl_parse_append(p, order, tl_parse_order_list(p));
        } else if (tl_parse_accept_word(p, TL_K_LIMIT)) {
            parse_limit(p, &limits);
        } else if (tl_parse_accept_word(p, TL_K_OFFSET)) {
            tl_parse_append(p, &limits, tl_parse_expression(p));
            skip_row_word(p);
        } else if (tl_parse_accept_word(p, TL_K_FETCH)) {
            parse_fetch(p, &limits);
        } else if (tl_parse_accept_words(p, TL_K_USING, TL_K_SAMPLE)) {
            skip_sample(p);
        } else if (tl_parse_is_query_hint(p)) {
            tl_parse_skip_query_hint(p);
        } else {
            skip_locking(p);
        }
    }
    return limits.first;
}

static uint32_t parse_query_end(struct tl_sql_parser *p, uint32_t at, uint32_t ctes,
                                uint8_t flags, uint32_t body)
{
    struct tl_parse_list order = { 0 };
    uint32_t limits = tl_parse_limits_of_query(p, &order);

    if (!ctes && !order.first && !limits && body &&
        tl_parse_get(p, body)->kind == TL_N_QUERY)
        return body;
    uint32_t node = tl_parse_node(p, TL_N_QUERY, at);
    struct tl_sql_node *query = tl_parse_get(p, node);
    query->flags = flags;
    query->a = ctes;
    query->b = body;
    query->c = order.first;
    query->d = limits;
    return node;
}

uint32_t tl_parse_query_with(struct tl_sql_parser *p, uint32_t at, uint32_t ctes,
                             uint8_t flags)
{
    if (!tl_parse_enter(p))
        return 0;
    uint32_t body = parse_sets(p, parse_part(p), false);
    p->depth--;
    uint32_t query = parse_query_end(p, at, ctes, flags, body);
    return is_pipe(p) ? tl_parse_pipes(p, query) : query;
}

uint32_t tl_parse_query_behind(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = tl_parse_get(p, left)->at;
    uint32_t body = parse_sets(p, parse_sets(p, body_of(p, left), true), false);

    uint32_t query = parse_query_end(p, at, 0, 0, body);
    return is_pipe(p) ? tl_parse_pipes(p, query) : query;
}

uint32_t tl_parse_query(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t ctes = 0;
    uint8_t flags = 0;

    if (tl_parse_is_word(p, TL_K_WITH))
        ctes = tl_parse_with(p, &flags);
    uint32_t query = tl_parse_query_with(p, at, ctes, flags);
    return ctes ? tl_parse_marked(p, ctes, query) : query;
}

/* ---- windows ---- */

static void parse_frame_bound(struct tl_sql_parser *p, struct tl_parse_list *bounds)
{
    if (tl_parse_accept_words(p, TL_K_CURRENT, TL_K_ROW))
        return;
    if (!tl_parse_accept_word(p, TL_K_UNBOUNDED))
        tl_parse_append(p, bounds, tl_parse_above(p, TL_POWER_IN));
    if (!tl_parse_accept_word(p, TL_K_PRECEDING))
        tl_parse_expect_word(p, TL_K_FOLLOWING);
}

static uint32_t parse_frame(struct tl_sql_parser *p)
{
    struct tl_parse_list bounds = { 0 };

    p->now++;
    if (tl_parse_accept_word(p, TL_K_BETWEEN)) {
        parse_frame_bound(p, &bounds);
        tl_parse_expect_word(p, TL_K_AND);
    }
    parse_frame_bound(p, &bounds);
    if (tl_parse_accept_word(p, TL_K_EXCLUDE)) {
        if (!tl_parse_accept_words(p, TL_K_CURRENT, TL_K_ROW) &&
            !tl_parse_accept_words(p, TL_K_NO, TL_K_OTHERS) &&
            !tl_parse_accept_word(p, TL_K_GROUP))
            tl_parse_expect_word(p, TL_K_TIES);
    }
    return bounds.first;
}

static bool is_frame(const struct tl_sql_parser *p)
{
    return tl_parse_is_word(p, TL_K_ROWS) || tl_parse_is_word(p, TL_K_RANGE) ||
           tl_parse_is_word(p, TL_K_GROUPS);
}

uint32_t tl_parse_window(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t base = 0;
    uint32_t partition = 0;
    uint32_t order = 0;
    uint32_t bounds = 0;

    tl_parse_expect(p, TL_T_OPEN, "'('");
    if (tl_parse_is_name(p, p->now) && p->now->word != TL_K_PARTITION &&
        p->now->word != TL_K_ORDER && !is_frame(p) && !is_spread(p))
        base = tl_parse_name(p, "a window");
    if (tl_parse_accept_word(p, TL_K_PARTITION) ||
        (!tl_parse_is_word(p, TL_K_SORT) && is_spread(p) && p->now++)) {
        tl_parse_expect_word(p, TL_K_BY);
        partition = tl_parse_expressions(p);
    }
    if (tl_parse_accept_word(p, TL_K_ORDER) || (is_spread(p) && p->now++)) {
        tl_parse_expect_word(p, TL_K_BY);
        order = tl_parse_order_list(p);
    }
    if (is_frame(p))
        bounds = parse_frame(p);
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    uint32_t node = tl_parse_node(p, TL_N_WINDOW, at);
    struct tl_sql_node *window = tl_parse_get(p, node);
    window->name = base;
    window->a = partition;
    window->b = order;
    window->c = bounds;
    return node;
}
