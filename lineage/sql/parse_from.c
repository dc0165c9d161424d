/*
 * From items: tables, derived tables, table functions, joins, and what may stand behind each.
 */
#include "lineage/sql/parse.h"

#include <string.h>

/* ---- aliases ---- */

/* Behind `sample`: (10), block (10), ... */
static bool is_sample(const struct tl_sql_token *next)
{
    return next->kind == TL_T_OPEN ||
           (next[1].kind == TL_T_OPEN &&
            (next->word == TL_K_ROW || next->word == TL_K_BLOCK ||
             next->word == TL_K_BERNOULLI || next->word == TL_K_SYSTEM));
}

/* Words that go on with the from clause in this dialect and are names elsewhere. */
static bool is_clause(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_SEMI:
    case TL_K_ANTI:
        return (p->grammar & TL_SQL_SEMI_JOINS) && next->word == TL_K_JOIN;
    case TL_K_ASOF:
        return (p->grammar & TL_SQL_ASOF_JOINS) &&
               (next->word == TL_K_JOIN || next->word == TL_K_LEFT);
    case TL_K_PIVOT:
    case TL_K_UNPIVOT:
    case TL_K_MATCH_RECOGNIZE:
        return tl_parse_is_pivot(p);
    case TL_K_MATCH_CONDITION:
        return next->kind == TL_T_OPEN;
    case TL_K_SAMPLE:
        return (p->clauses & TL_SQL_SOURCE_MARKS) && is_sample(next);
    case TL_K_AT:
    case TL_K_BEFORE:
    case TL_K_CHANGES:
        return (p->forms & TL_SQL_AT_VERSIONS) && next->kind == TL_T_OPEN &&
               next[1].kind == TL_T_WORD && next[2].kind == TL_T_NAMED;
    case TL_K_INSERT: /* Spark: from t insert into ... */
        return (p->clauses & TL_SQL_INSERT_BEHIND_FROM) &&
               (next->word == TL_K_INTO || next->word == TL_K_OVERWRITE);
    case TL_K_SET: /* update t set */
        return true;
    case TL_K_POSITIONAL:
        return next->word == TL_K_JOIN;
    case TL_K_USE:
    case TL_K_IGNORE:
    case TL_K_FORCE:
        return tl_parse_is_hint(p);
    case TL_K_PARTITION:
        return tl_parse_is_hint(p);
    case TL_K_LOCK:
    case TL_K_OPTION:
        return tl_parse_is_query_hint(p);
    case TL_K_STRAIGHT_JOIN:
        return (p->forms & TL_SQL_COMMON_GROUND) != 0;
    default:
        return tl_parse_is_clause(p);
    }
}

/* A column of an alias: its name, and its type where a table function needs one. */
static uint32_t parse_alias_column(struct tl_sql_parser *p)
{
    uint32_t column = tl_parse_node(p, TL_N_NAME, p->now->at);
    uint32_t name = tl_parse_name(p, "a column");
    uint32_t type = 0;

    if (!tl_parse_is(p, TL_T_COMMA) && !tl_parse_is(p, TL_T_CLOSE)) {
        type = tl_parse_type(p);
        if (tl_parse_accept_word(p, TL_K_COLLATE))
            tl_parse_label(p, "a collation");
    }
    tl_parse_get(p, column)->name = name;
    tl_parse_get(p, column)->b = type;
    return column;
}

uint32_t tl_parse_alias_columns(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    p->now++;
    do
        tl_parse_append(p, &list, parse_alias_column(p));
    while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

static bool is_alias(const struct tl_sql_parser *p)
{
    if (tl_parse_is(p, TL_T_WORD))
        return p->now->word == 0 ||
               (!(tl_parse_limits(p, p->now->word) & TL_KW_NOT_ALIAS) && !is_clause(p));
    return tl_parse_is(p, TL_T_QUOTED) ||
           (tl_parse_is(p, TL_T_TEXT) && (p->grammar & TL_SQL_TEXT_ALIASES));
}

uint32_t tl_parse_alias(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t name = 0;

    if (tl_parse_accept_word(p, TL_K_AS)) {
        if (!tl_parse_is(p, TL_T_OPEN)) /* as (a int, b text): columns alone */
            name = tl_parse_name(p, "a name");
    } else if (is_alias(p)) {
        name = tl_parse_name(p, "a name");
    } else {
        return 0;
    }
    uint32_t columns = tl_parse_is(p, TL_T_OPEN) && !(p->forms & TL_SQL_PLAIN_SOURCES) &&
                               !tl_parse_is_hint(p)
                           ? tl_parse_alias_columns(p)
                           : 0;
    uint32_t alias = tl_parse_node(p, TL_N_ALIAS, at);
    tl_parse_get(p, alias)->name = name;
    tl_parse_get(p, alias)->a = columns;
    return alias;
}

/* ---- behind an item ---- */

/* tablesample bernoulli (10) repeatable (1), sample (10 rows), using sample 10% */
static bool skip_sample(struct tl_sql_parser *p)
{
    if (!tl_parse_is_word(p, TL_K_TABLESAMPLE) &&
        !(tl_parse_is_word(p, TL_K_SAMPLE) && is_clause(p)))
        return false;
    p->now++;
    while (tl_parse_is(p, TL_T_WORD) || tl_parse_is(p, TL_T_DOT))
        p->now++;
    if (tl_parse_is(p, TL_T_NUMBER) && (p->grammar & TL_SQL_FROM_FIRST))
        p->now += p->now[1].kind == TL_T_SLASH ? 2 : 1; /* 10% */
    else
        tl_parse_skip_parens(p);
    if (tl_parse_accept_word(p, TL_K_REPEATABLE) ||
        (p->now->kind == TL_T_WORD && p->now[1].kind == TL_T_OPEN &&
         tl_parse_accept_word(p, TL_K_SEED)))
        tl_parse_skip_parens(p);
    return true;
}

/* for system_time all, between x and y, from x to y, contained in (x, y) */
static bool skip_times(struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now + 2;
    enum tl_sql_keyword until = t->word == TL_K_BETWEEN ? TL_K_AND : TL_K_TO;

    if (!tl_parse_is_text(p, p->now + 1, "system_time"))
        return false;
    if (t->word == TL_K_ALL) {
        p->now = t + 1;
    } else if (t->word == TL_K_BETWEEN || t->word == TL_K_FROM) {
        p->now = t + 1;
        tl_parse_above(p, TL_POWER_IN);
        tl_parse_expect_word(p, until);
        tl_parse_above(p, TL_POWER_IN);
    } else if (tl_parse_is_text(p, t, "contained") && t[2].kind == TL_T_OPEN) {
        p->now = t + 2;
        tl_parse_skip_parens(p);
    } else {
        return false;
    }
    return true;
}

/* Time travel: at (...), before (...), for system_time as of x, version as of x. */
static bool skip_time_travel(struct tl_sql_parser *p)
{
    if ((tl_parse_is_word(p, TL_K_AT) || tl_parse_is_word(p, TL_K_BEFORE) ||
         tl_parse_is_word(p, TL_K_CHANGES)) &&
        is_clause(p)) {
        p->now++;
        tl_parse_skip_parens(p);
        if (tl_parse_is_word(p, TL_K_END) && p->now[1].kind == TL_T_OPEN) {
            p->now++;
            tl_parse_skip_parens(p);
        }
        return true;
    }
    const struct tl_sql_token *t = p->now;
    if ((p->forms & TL_SQL_COMMON_GROUND) && t->word == TL_K_AS && t[1].word == TL_K_OF &&
        t[2].kind == TL_T_WORD) { /* Oracle: as of timestamp x, as of scn x */
        p->now = t + 3;
        tl_parse_expression(p);
        return true;
    }
    if (t->word == TL_K_FOR && (p->forms & TL_SQL_COMMON_GROUND) && skip_times(p))
        return true;
    if (t->word == TL_K_FOR && t[1].word == TL_K_SYSTEM && t[2].word == TL_K_TIME)
        t += 2;
    else if (t->word == TL_K_FOR && t[1].kind == TL_T_WORD && t[2].word == TL_K_AS)
        t++;
    if (!(p->clauses & TL_SQL_SOURCE_MARKS) || t->kind != TL_T_WORD ||
        t[1].word != TL_K_AS || t[2].word != TL_K_OF || t[2].kind == TL_T_END)
        return false;
    p->now = t + 3;
    tl_parse_expression(p);
    return true;
}

/* SQLite: indexed by i, not indexed */
void tl_parse_skip_index(struct tl_sql_parser *p)
{
    if (tl_parse_accept_words(p, TL_K_INDEXED, TL_K_BY))
        tl_parse_name(p, "an index");
    else
        tl_parse_accept_words(p, TL_K_NOT, TL_K_INDEXED);
}

/* Redshift: from t, t.items i at n: a column that counts them */
static void parse_place(struct tl_sql_parser *p, uint32_t alias)
{
    if (!(p->forms & TL_SQL_PLACES_OF_ITEMS) || !alias || !tl_parse_is_word(p, TL_K_AT) ||
        !tl_parse_is_name(p, p->now + 1))
        return;
    uint32_t place = tl_parse_node(p, TL_N_NAME, p->now->at);
    p->now++;
    uint32_t name = tl_parse_name(p, "a name");
    tl_parse_get(p, place)->name = name;
    tl_parse_get(p, alias)->a = place;
}

/* Databricks: watermark ts delay of interval 5 minutes, of a stream */
static void skip_watermark(struct tl_sql_parser *p)
{
    if (!(p->forms & TL_SQL_TABLE_STREAMS) || p->now[1].kind != TL_T_WORD ||
        !tl_parse_is_text(p, p->now, "watermark"))
        return;
    p->now++;
    tl_parse_expression(p);
    if (tl_parse_accept_word(p, TL_K_AS))
        tl_parse_name(p, "a name");
    if (tl_parse_is_text(p, p->now, "delay") && p->now[1].word == TL_K_OF) {
        p->now += 2;
        tl_parse_expression(p);
    } else {
        tl_parse_expected(p, "'delay of'");
    }
}

/* What stands behind an item, its alias too. */
static void parse_item_tail(struct tl_sql_parser *p, uint32_t item)
{
    while (p->now->word && (skip_time_travel(p) || skip_sample(p)))
        ;
    skip_watermark(p);
    if (p->forms & TL_SQL_COMMON_GROUND && tl_parse_get(p, item)->kind == TL_N_TABLE)
        tl_parse_skip_hints(p);
    uint32_t alias = tl_parse_alias(p);
    if (p->now->word) {
        if (p->clauses & TL_SQL_INDEX_HINTS)
            tl_parse_skip_index(p);
        skip_sample(p);
        parse_place(p, alias);
    }
    if (p->forms & TL_SQL_COMMON_GROUND && tl_parse_get(p, item)->kind == TL_N_TABLE)
        tl_parse_skip_hints(p);
    tl_parse_get(p, item)->d = alias;
}

/* An item may be pivoted, unpivoted and matched again and again, each time with an alias of its own. */
static uint32_t parse_item_end(struct tl_sql_parser *p, uint32_t item)
{
    parse_item_tail(p, item);
    while (p->now->word && tl_parse_is_pivot(p)) {
        item = tl_parse_pivot(p, item);
        parse_item_tail(p, item);
    }
    return item;
}

/* ---- items ---- */

/* with ordinality; with offset [as o] */
static void parse_ordinality(struct tl_sql_parser *p, uint32_t function)
{
    if (tl_parse_accept_words(p, TL_K_WITH, TL_K_ORDINALITY))
        tl_parse_get(p, function)->flags |= TL_F_ORDINALITY;
}

/* BigQuery: unnest(x) [as] a with offset [as o]: a second column, beside the element's, whose name is the alias. */
static void parse_offset(struct tl_sql_parser *p, uint32_t function)
{
    if (!tl_parse_are_words(p, TL_K_WITH, TL_K_OFFSET))
        return;
    uint32_t alias = tl_parse_get(p, function)->d;
    uint32_t at = p->now[1].at;
    uint32_t name = p->now[1].value;
    struct tl_parse_list columns = { 0 };
    p->now += 2;
    if (tl_parse_accept_word(p, TL_K_AS) || is_alias(p))
        name = tl_parse_name(p, "a name");
    tl_parse_get(p, function)->flags |= TL_F_ORDINALITY;
    if (!alias) {
        alias = tl_parse_node(p, TL_N_ALIAS, at);
        tl_parse_get(p, function)->d = alias;
    }
    uint32_t element = tl_parse_node(p, TL_N_NAME, at);
    tl_parse_get(p, element)->name = tl_parse_get(p, alias)->name;
    tl_parse_append(p, &columns, element);
    uint32_t offset = tl_parse_node(p, TL_N_NAME, at);
    tl_parse_get(p, offset)->name = name;
    tl_parse_append(p, &columns, offset);
    tl_parse_get(p, alias)->a = columns.first;
}

static uint32_t make_function(struct tl_sql_parser *p, uint32_t at, uint32_t calls)
{
    uint32_t function = tl_parse_node(p, TL_N_FUNCTION, at);

    tl_parse_get(p, function)->a = calls;
    parse_ordinality(p, function);
    uint32_t item = parse_item_end(p, function);
    parse_offset(p, function);
    return item;
}

/* DuckDB: read_csv('x', header = true) names its arguments so. */
static void name_arguments(struct tl_sql_parser *p, uint32_t call)
{
    for (uint32_t i = tl_parse_get(p, call)->a; i; i = tl_parse_get(p, i)->next) {
        struct tl_sql_node *argument = tl_parse_get(p, i);

        if (argument->kind != TL_N_BINARY || p->lexer.text[argument->at] != '=')
            continue;
        const struct tl_sql_node *left = tl_parse_get(p, argument->a);
        if (left->kind != TL_N_COLUMN || left->b)
            continue;
        argument->kind = TL_N_NAMED_ARGUMENT;
        argument->op = 0;
        argument->name = left->name;
        argument->at = left->at;
        argument->a = argument->b;
        argument->b = 0;
    }
}

/* A call as a from item; its columns may be written behind it: f(x) as (a int). */
static uint32_t parse_call_item(struct tl_sql_parser *p, uint32_t at, uint32_t name,
                                uint32_t schema)
{
    uint32_t key = tl_sql_name_key(p->names, name);

    if (key == TL_K_XMLTABLE || key == TL_K_JSON_TABLE)
        return tl_parse_table_call(p, at, name);
    uint32_t call = tl_parse_call(p, at, name, schema, 0);
    if (p->grammar & TL_SQL_FILE_TABLES)
        name_arguments(p, call);
    tl_parse_take_whole_queries(p, call);
    return call;
}

/* rows from (f(x) as (a int), g(y)) */
static uint32_t parse_rows_from(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    struct tl_parse_list calls = { 0 };

    p->now += 2;
    tl_parse_expect(p, TL_T_OPEN, "'('");
    do {
        uint32_t began = p->now->at;
        uint32_t table = tl_parse_table_name(p);
        uint32_t name = tl_parse_get(p, table)->name;
        uint32_t schema = tl_parse_get(p, table)->b;

        if (!tl_parse_is(p, TL_T_OPEN)) {
            tl_parse_expect(p, TL_T_OPEN, "'('");
            break;
        }
        uint32_t call = parse_call_item(p, began, name, schema);
        if (tl_parse_accept_word(p, TL_K_AS) && tl_parse_is(p, TL_T_OPEN)) {
            uint32_t tail = tl_parse_get(p, call)->d;

            if (!tail)
                tail = tl_parse_node(p, TL_N_CALL_TAIL, p->now->at);
            tl_parse_get(p, call)->d = tail;
            uint32_t columns = tl_parse_alias_columns(p);
            tl_parse_get(p, tail)->c = columns;
        }
        tl_parse_append(p, &calls, call);
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return make_function(p, at, calls.first);
}

/* table(f(x)), table(f(x) over ...) */
static uint32_t parse_table_of(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    const struct tl_sql_token *inside = p->now + 2;

    if (inside->kind == TL_T_PARAMETER || inside->kind == TL_T_COLON ||
        inside->kind == TL_T_TEXT)
        return parse_item_end(p, tl_parse_dynamic_name(p));
    p->now += 2;
    uint32_t call = tl_parse_expression(p);
    if (tl_parse_get(p, call)->kind == TL_N_CALL)
        tl_parse_take_whole_queries(p, call);
    else if (!p->failed)
        tl_parse_refuse(p, at,
                        "a table of something other than a function is not understood");
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    return make_function(p, at, call);
}

static uint32_t make_derived(struct tl_sql_parser *p, uint32_t at, uint32_t query)
{
    uint32_t derived = tl_parse_node(p, TL_N_DERIVED, at);

    tl_parse_get(p, derived)->a = query;
    return derived;
}

/* Redshift: unpivot t.object as value [at key]: a row for each of its pairs, as each(t.object) gives them. */
static uint32_t parse_unpivoted_object(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    struct tl_parse_list columns = { 0 };

    p->now++;
    uint32_t object = tl_parse_above(p, TL_POWER_POSTFIX - 1);
    uint32_t call = tl_parse_node(p, TL_N_CALL, at);
    tl_parse_get(p, call)->name = tl_sql_name_exact(p->names, "each", 4);
    tl_parse_get(p, call)->a = object;
    tl_parse_accept_word(p, TL_K_AS);
    uint32_t value = tl_parse_node(p, TL_N_NAME, p->now->at);
    uint32_t value_name = tl_parse_name(p, "a name");
    tl_parse_get(p, value)->name = value_name;
    uint32_t key = tl_parse_node(p, TL_N_NAME, at);
    uint32_t key_name = tl_sql_name_exact(p->names, "key", 3);
    if (tl_parse_accept_word(p, TL_K_AT))
        key_name = tl_parse_name(p, "a name");
    tl_parse_get(p, key)->name = key_name;
    tl_parse_append(p, &columns, key);
    tl_parse_append(p, &columns, value);
    uint32_t alias = tl_parse_node(p, TL_N_ALIAS, at);
    tl_parse_get(p, alias)->a = columns.first;
    uint32_t function = tl_parse_node(p, TL_N_FUNCTION, at);
    tl_parse_get(p, function)->a = call;
    tl_parse_get(p, function)->d = alias;
    tl_parse_get(p, function)->flags = TL_F_LATERAL;
    return function;
}

/* `from t only`, ONLY (t) and t * */
static uint32_t parse_table(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    bool is_only = tl_parse_is_word(p, TL_K_ONLY) && !(p->forms & TL_SQL_PLAIN_SOURCES) &&
                   (p->now[1].kind == TL_T_OPEN || tl_parse_is_name(p, p->now + 1));
    bool has_parens = false;

    if (is_only) {
        p->now++;
        has_parens = tl_parse_accept(p, TL_T_OPEN);
    }
    uint32_t table = tl_parse_table_name(p);
    if (has_parens)
        tl_parse_expect(p, TL_T_CLOSE, "')'");
    if (tl_parse_is(p, TL_T_OPEN) && !is_only && !tl_parse_is_hint(p)) {
        uint32_t name = tl_parse_get(p, table)->name;
        uint32_t schema = tl_parse_get(p, table)->b;

        if ((p->traits->writing & TL_SQL_STAGES) &&
            tl_parse_is_text(p, p->now - 1, "semantic_view"))
            return parse_item_end(p, tl_parse_semantic_view(p, at));
        if ((p->forms & TL_SQL_COMMON_GROUND) &&
            tl_parse_is_text(p, p->now - 1, "graph_table"))
            return parse_item_end(p, tl_parse_graph_table(p, at));
        uint32_t call = parse_call_item(p, at, name, schema);
        uint32_t files = p->grammar & TL_SQL_FILE_TABLES && !p->failed
                             ? tl_parse_files_of_call(p, call)
                             : 0;
        return files ? parse_item_end(p, files) : make_function(p, at, call);
    }
    tl_parse_accept(p, TL_T_STAR);
    if (tl_parse_is(p, TL_T_PARAMETER) && p->lexer.text[p->now->at] == '@' &&
        (p->forms & TL_SQL_TABLE_STREAMS))
        p->now++; /* t@v12 */
    tl_parse_get(p, table)->flags |= is_only ? TL_F_ONLY : 0;
    return parse_item_end(p, table);
}

/* (select ...), (a join b ...), and parentheses around either */
/* Whether (summarize t), (describe t) is next, behind its parenthesis. */
static bool is_report(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    return (p->now->word == TL_K_SUMMARIZE || p->now->word == TL_K_DESCRIBE) &&
           (p->grammar & TL_SQL_FROM_FIRST) &&
           (next->kind == TL_T_QUOTED || next->kind == TL_T_TEXT ||
            next->kind == TL_T_OPEN ||
            (next->kind == TL_T_WORD &&
             (tl_parse_is_name(p, next) || next->word == TL_K_SELECT ||
              next->word == TL_K_FROM)));
}

/* A column of a report: what the function gives of all columns, or where NULL a constant. */
static uint32_t make_report_item(struct tl_sql_parser *p, uint32_t at, const char *name,
                                 const char *function)
{
    uint32_t value = 0;

    if (function) { /* of their texts: no place in a row is kept */
        uint32_t star = tl_parse_node(p, TL_N_STAR, at);
        uint32_t text = tl_parse_node(p, TL_N_CALL, at);
        tl_parse_get(p, text)->a = star;
        tl_parse_get(p, text)->name = tl_sql_name_exact(p->names, "concat", 6);
        value = tl_parse_node(p, TL_N_CALL, at);
        tl_parse_get(p, value)->a = text;
        tl_parse_get(p, value)->name =
            tl_sql_name_exact(p->names, function, (uint32_t)strlen(function));
    } else {
        value = tl_parse_constant(p, at, TL_L_OTHER);
    }
    uint32_t item = tl_parse_node(p, TL_N_ITEM, at);
    tl_parse_get(p, item)->a = value;
    tl_parse_get(p, item)->name =
        tl_sql_name_exact(p->names, name, (uint32_t)strlen(name));
    return item;
}

/* DuckDB: what it says of a table or a query, a row for each column. */
static uint32_t parse_report(struct tl_sql_parser *p)
{
    static const char *const summary[][2] = {
        { "column_name", NULL },
        { "column_type", NULL },
        { "min", "min" },
        { "max", "max" },
        { "approx_unique", "approx_count_distinct" },
        { "avg", "avg" },
        { "std", "stddev" },
        { "q25", "median" },
        { "q50", "median" },
        { "q75", "median" },
        { "count", NULL },
        { "null_percentage", NULL },
    };
    static const char *const description[][2] = {
        { "column_name", NULL }, { "column_type", NULL }, { "null", NULL },
        { "key", NULL },         { "default", NULL },     { "extra", NULL },
    };
    bool sums = tl_parse_is_word(p, TL_K_SUMMARIZE);
    size_t n = sums ? sizeof summary / sizeof *summary
                    : sizeof description / sizeof *description;
    struct tl_parse_list items = { 0 };
    uint32_t at = p->now->at;

    p->now++;
    uint32_t from = tl_parse_is_query(p) ? make_derived(p, at, tl_parse_query(p))
                                         : tl_parse_from_item(p);
    for (size_t i = 0; i < n; i++) {
        const char *const *column = sums ? summary[i] : description[i];

        tl_parse_append(p, &items, make_report_item(p, at, column[0], column[1]));
    }
    struct tl_parse_select s = { .items = items.first, .from = from };
    return tl_parse_make_select(p, at, &s);
}

static uint32_t parse_parens(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t item;

    p->now++;
    if (is_report(p)) {
        item = make_derived(p, at, parse_report(p));
        tl_parse_expect(p, TL_T_CLOSE, "')'");
        return parse_item_end(p, item);
    }
    if (tl_parse_is_query(p)) {
        uint32_t query = tl_parse_query(p);

        tl_parse_expect(p, TL_T_CLOSE, "')'");
        return parse_item_end(p, make_derived(p, at, query));
    }
    bool is_parens = tl_parse_is(p, TL_T_OPEN);
    item = tl_parse_from_item(p);
    if (p->forms & TL_SQL_LEFT_TO_RIGHT)
        while (tl_parse_accept(p, TL_T_COMMA)) { /* (a, b) is (a cross join b) */
            uint32_t right = tl_parse_from_item(p);
            uint32_t join = tl_parse_node(p, TL_N_JOIN, at);

            tl_parse_get(p, join)->op = TL_J_CROSS;
            tl_parse_get(p, join)->a = item;
            tl_parse_get(p, join)->b = right;
            item = join;
        }
    const struct tl_sql_node *node = tl_parse_get(p, item);
    bool is_bare = is_parens && node->kind == TL_N_DERIVED && !node->d;
    if (is_bare && tl_parse_is_more_query(p)) {
        uint32_t query = tl_parse_query_behind(p, node->a);

        tl_parse_get(p, item)->a = query;
    }
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    if (is_bare)
        return parse_item_end(p, item);
    if (p->now->word && tl_parse_is_pivot(p)) {
        item = tl_parse_pivot(p, item);
        return parse_item_end(p, item);
    }
    /* an alias of a join hides the names inside, as a derived table of all its columns does */
    uint32_t alias = tl_parse_alias(p);
    if (!alias)
        return item;
    item = make_derived(p, at, tl_parse_query_of(p, at, item));
    tl_parse_get(p, item)->d = alias;
    return item;
}

/* A file's name as a table, or a stage; how it is read may stand in parentheses. */
static uint32_t parse_files(struct tl_sql_parser *p)
{
    uint32_t files = tl_parse_files(p);

    if (tl_parse_is(p, TL_T_OPEN) && (p->clauses & TL_SQL_SOURCE_MARKS))
        tl_parse_skip_parens(p);
    return parse_item_end(p, files);
}

static uint32_t parse_primary(struct tl_sql_parser *p)
{
    if ((p->forms & TL_SQL_PLACES_OF_ITEMS) && tl_parse_is_word(p, TL_K_UNPIVOT) &&
        (p->now[1].kind == TL_T_WORD || p->now[1].kind == TL_T_QUOTED))
        return parse_unpivoted_object(p);
    if ((p->forms & TL_SQL_TABLE_STREAMS) && tl_parse_is_stream(p)) {
        p->now++; /* stream f(x), stream (t): what is read is the same */
        if (tl_parse_is(p, TL_T_OPEN) && tl_parse_is_name(p, p->now + 1)) {
            p->now++;
            uint32_t table = tl_parse_table_name(p);

            tl_parse_expect(p, TL_T_CLOSE, "')'");
            return parse_item_end(p, table);
        }
    }
    if (tl_parse_is_word(p, TL_K_LATERAL) && p->now[1].word != TL_K_LATERAL &&
        !(p->forms & TL_SQL_PLAIN_SOURCES) &&
        (p->now[1].kind == TL_T_OPEN || p->now[1].kind == TL_T_WORD ||
         p->now[1].kind == TL_T_QUOTED)) {
        p->now++;
        uint32_t item = parse_primary(p);

        if (tl_parse_get(p, item)->kind == TL_N_DERIVED ||
            tl_parse_get(p, item)->kind == TL_N_FUNCTION)
            tl_parse_get(p, item)->flags |= TL_F_LATERAL;
        return item;
    }
    if (tl_parse_is(p, TL_T_OPEN))
        return parse_parens(p);
    if (tl_parse_are_words(p, TL_K_ROWS, TL_K_FROM) && p->now[2].kind == TL_T_OPEN)
        return parse_rows_from(p);
    if (tl_parse_is_word(p, TL_K_TABLE) && p->now[1].kind == TL_T_OPEN)
        return parse_table_of(p);
    if (tl_parse_is_word(p, TL_K_VALUES) && (p->clauses & TL_SQL_BARE_VALUES) &&
        (p->now[1].kind == TL_T_OPEN || p->now[1].kind == TL_T_NUMBER ||
         p->now[1].kind == TL_T_TEXT)) {
        uint32_t at = p->now->at;
        uint32_t query = tl_parse_query(p);

        return parse_item_end(p, make_derived(p, at, query));
    }
    if (tl_parse_is(p, TL_T_TEXT) ? (p->grammar & TL_SQL_FILE_TABLES) || p->reads_files
                                  : p->now->kind > TL_T_TEXT && tl_parse_is_files(p))
        return parse_files(p);
    if (tl_parse_is_path_name(p))
        return parse_item_end(p, tl_parse_path_name(p));
    if (tl_parse_is_word(p, TL_K_CURRENT_DATE) ||
        tl_parse_is_word(p, TL_K_CURRENT_USER) ||
        tl_parse_is_word(p, TL_K_CURRENT_TIMESTAMP) ||
        tl_parse_is_word(p, TL_K_CURRENT_TIME) ||
        tl_parse_is_word(p, TL_K_SESSION_USER) ||
        tl_parse_is_word(p, TL_K_CURRENT_SCHEMA) ||
        tl_parse_is_word(p, TL_K_CURRENT_CATALOG) ||
        tl_parse_is_word(p, TL_K_CURRENT_ROLE) ||
        tl_parse_is_word(p,
                         TL_K_CAST)) { /* PostgreSQL takes them as functions of one row */
        uint32_t at = p->now->at;

        return make_function(p, at, tl_parse_above(p, TL_POWER_POSTFIX));
    }
    return parse_table(p);
}

/* ---- joins ---- */

struct join {
    uint32_t at;
    uint8_t op;    /* enum tl_sql_join */
    uint8_t flags; /* TL_F_NATURAL */
    bool has_no_condition;
    bool is_lateral; /* apply */
};

/* The join's words; false, and nothing read, where none is next. */
static bool parse_join_words(struct tl_sql_parser *p, struct join *join)
{
    const struct tl_sql_token *began = p->now;

    *join = (struct join){ .at = began->at, .op = TL_J_INNER };
    if (p->now[1].word == TL_K_APPLY) {
        bool is_outer;

        join->is_lateral = join->has_no_condition = tl_parse_accept_apply(p, &is_outer);
        join->op = is_outer ? TL_J_LEFT : TL_J_CROSS;
        return join->is_lateral;
    }
    if (tl_parse_accept_word(p, TL_K_STRAIGHT_JOIN))
        return true;
    if (tl_parse_accept_word(p, TL_K_NATURAL)) {
        join->flags = TL_F_NATURAL;
        join->has_no_condition = true;
    }
    if (is_clause(p) && tl_parse_accept_word(p, TL_K_ASOF))
        join->op = TL_J_ASOF;
    if (tl_parse_is_word(p, TL_K_POSITIONAL) && is_clause(p)) {
        p->now++;
        join->op = TL_J_CROSS;
        join->has_no_condition = true;
    } else if (tl_parse_accept_word(p, TL_K_CROSS)) {
        join->op = TL_J_CROSS;
        join->has_no_condition = true;
    } else if (!tl_parse_accept_word(p, TL_K_INNER)) {
        bool is_asof = join->op == TL_J_ASOF;

        if (tl_parse_accept_word(p, TL_K_LEFT))
            join->op = TL_J_LEFT;
        else if (tl_parse_accept_word(p, TL_K_RIGHT))
            join->op = TL_J_RIGHT;
        else if (tl_parse_accept_word(p, TL_K_FULL))
            join->op = TL_J_FULL;
        tl_parse_accept_word(p, TL_K_OUTER);
        if (is_asof)
            join->op = TL_J_ASOF;
        if (is_clause(p) && tl_parse_accept_word(p, TL_K_SEMI))
            join->op = TL_J_SEMI;
        else if (is_clause(p) && tl_parse_accept_word(p, TL_K_ANTI))
            join->op = TL_J_ANTI;
    }
    if ((p->forms & TL_SQL_COMMON_GROUND) && p->now != began)
        tl_parse_skip_join_hint(p);
    if (tl_parse_accept_word(p, TL_K_JOIN))
        return true;
    p->now = began;
    return false;
}

bool tl_parse_is_join(const struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_JOIN:
    case TL_K_INNER:
    case TL_K_LEFT:
    case TL_K_RIGHT:
    case TL_K_FULL:
    case TL_K_CROSS:
    case TL_K_NATURAL:
    case TL_K_OUTER:
        return true;
    case TL_K_SEMI:
    case TL_K_ANTI:
    case TL_K_ASOF:
    case TL_K_POSITIONAL:
    case TL_K_STRAIGHT_JOIN:
        return is_clause(p);
    default:
        return false;
    }
}

/* on ..., using (...) [as a] */
static void parse_join_condition(struct tl_sql_parser *p, uint32_t node)
{
    if (tl_parse_is_word(p, TL_K_MATCH_CONDITION)) {
        p->now++;
        uint32_t condition = tl_parse_expression(p);

        tl_parse_get(p, node)->c = condition;
    }
    if (tl_parse_accept_word(p, TL_K_ON)) {
        uint32_t condition = tl_parse_expression(p);
        uint32_t matched = tl_parse_get(p, node)->c;

        if (matched) {
            uint32_t both = tl_parse_node(p, TL_N_BINARY, tl_parse_get(p, node)->at);

            tl_parse_get(p, both)->op = TL_O_LOGIC;
            tl_parse_get(p, both)->a = matched;
            tl_parse_get(p, both)->b = condition;
            condition = both;
        }
        tl_parse_get(p, node)->c = condition;
    } else if (tl_parse_is_word(p, TL_K_USING) && p->now[1].kind == TL_T_OPEN) {
        p->now++;
        uint32_t columns = tl_parse_name_list(p);

        tl_parse_get(p, node)->d = columns;
        if ((p->clauses & TL_SQL_USING_ALIASES) && tl_parse_accept_word(p, TL_K_AS)) {
            uint32_t name = tl_parse_name(p, "a name");

            tl_parse_get(p, node)->name = name;
        }
    }
}

static uint32_t parse_join(struct tl_sql_parser *p, const struct join *join,
                           uint32_t left)
{
    uint32_t right = parse_primary(p);
    bool must_have_condition =
        !join->has_no_condition && (p->clauses & TL_SQL_NEEDED_CONDITIONS);

    if (join->is_lateral && (tl_parse_get(p, right)->kind == TL_N_DERIVED ||
                             tl_parse_get(p, right)->kind == TL_N_FUNCTION))
        tl_parse_get(p, right)->flags |= TL_F_LATERAL;

    /* a join b join c on x on y: the inner pair first */
    if (!join->has_no_condition && !(p->forms & TL_SQL_LEFT_TO_RIGHT) &&
        tl_parse_is_join(p))
        right = tl_parse_joins(p, right);
    uint32_t node = tl_parse_node(p, TL_N_JOIN, join->at);
    struct tl_sql_node *made = tl_parse_get(p, node);
    made->op = join->op;
    made->flags = join->flags;
    made->a = left;
    made->b = right;
    if (!join->has_no_condition || (p->forms & TL_SQL_LEFT_TO_RIGHT))
        parse_join_condition(p, node);
    made = tl_parse_get(p, node);
    if (must_have_condition && !made->c && !made->d && join->op != TL_J_ASOF)
        tl_parse_expected(p, "'on' or 'using'");
    return node;
}

/* Spark: lateral view [outer] explode(a) [t] [as x, y]: a cross join with a table function */
static uint32_t parse_lateral_view(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;
    struct tl_parse_list columns = { 0 };
    uint32_t name = 0;

    p->now += 2;
    tl_parse_accept_word(p, TL_K_OUTER);
    uint32_t call = tl_parse_above(p, TL_POWER_POSTFIX);
    if (!tl_parse_is_word(p, TL_K_AS) && is_alias(p))
        name = tl_parse_name(p, "a name");
    if (tl_parse_accept_word(p, TL_K_AS))
        do {
            uint32_t column = tl_parse_node(p, TL_N_NAME, p->now->at);
            uint32_t id = tl_parse_name(p, "a column");

            tl_parse_get(p, column)->name = id;
            tl_parse_append(p, &columns, column);
        } while (tl_parse_accept(p, TL_T_COMMA));
    uint32_t alias = tl_parse_node(p, TL_N_ALIAS, at);
    tl_parse_get(p, alias)->name = name;
    tl_parse_get(p, alias)->a = columns.first;
    uint32_t function = tl_parse_node(p, TL_N_FUNCTION, at);
    tl_parse_get(p, function)->a = call;
    tl_parse_get(p, function)->d = alias;
    tl_parse_get(p, function)->flags = TL_F_LATERAL;
    uint32_t join = tl_parse_node(p, TL_N_JOIN, at);
    tl_parse_get(p, join)->op = TL_J_CROSS;
    tl_parse_get(p, join)->a = left;
    tl_parse_get(p, join)->b = function;
    return join;
}

uint32_t tl_parse_joins(struct tl_sql_parser *p, uint32_t left)
{
    struct join join;

    if (!tl_parse_enter(p))
        return left;
    for (;;) {
        if (p->now->word == 0)
            break;
        if ((p->grammar & TL_SQL_LATERAL_VIEWS) &&
            tl_parse_are_words(p, TL_K_LATERAL, TL_K_VIEW))
            left = parse_lateral_view(p, left);
        else if (tl_parse_is_join(p) && parse_join_words(p, &join))
            left = parse_join(p, &join, left);
        else if (tl_parse_is_pivot(p)) /* of all that is joined */
            left = parse_item_end(p, tl_parse_pivot(p, left));
        else
            break;
    }
    p->depth--;
    return left;
}

/* DuckDB: a: t is t as a */
static uint32_t parse_aliased_primary(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t name = p->now->value;

    p->now += 2;
    uint32_t item = parse_primary(p);
    struct tl_sql_node *node = tl_parse_get(p, item);
    if (p->failed || node->d || node->kind == TL_N_JOIN)
        return item;
    uint32_t alias = tl_parse_node(p, TL_N_ALIAS, at);
    tl_parse_get(p, alias)->name = name;
    tl_parse_get(p, item)->d = alias;
    return item;
}

uint32_t tl_parse_from_item(struct tl_sql_parser *p)
{
    if (!tl_parse_enter(p))
        return 0;
    uint32_t item = (p->forms & TL_SQL_ALIAS_FIRST) && p->now[1].kind == TL_T_COLON &&
                            tl_parse_is_name(p, p->now)
                        ? parse_aliased_primary(p)
                        : parse_primary(p);
    if (p->now->word)
        item = tl_parse_joins(p, item);
    p->depth--;
    return item;
}

uint32_t tl_parse_from_list(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    do {
        if (list.first && (p->grammar & TL_SQL_TRAILING_COMMA) &&
            (tl_parse_is(p, TL_T_END) || tl_parse_is(p, TL_T_CLOSE) ||
             tl_parse_is_word(p, TL_K_WHERE)))
            break;
        tl_parse_append(p, &list, tl_parse_from_item(p));
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}
