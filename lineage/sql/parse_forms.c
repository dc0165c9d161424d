/*
 * Forms that few dialects have, and that are asked for only where the common ones have failed: places of templates, lambdas with a
 * word in front, list comprehensions, tables and models as arguments, methods, and first words of statements that move nothing.
 */
#include "lineage/sql/parse.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- words that are no keywords ---- */

bool tl_parse_is_text(const struct tl_sql_parser *p, const struct tl_sql_token *token,
                      const char *word)
{
    return token->kind == TL_T_WORD &&
           strcasecmp(tl_sql_name_text(p->names, token->value), word) == 0;
}

/* ---- commands ---- */

/* Where the dialect is not told (ANSI), any of them counts. */
#define IN(dialect) (TL_SQL_IN(dialect) | TL_SQL_IN(ANSI))

/* Statements that move no rows and begin with a word that is no keyword; `second` NULL: whatever follows. */
static const struct command {
    const char *first, *second;
    uint32_t dialects;
} commands[] = {
    { "add", "archive", IN(SPARK) },
    { "add", "file", IN(SPARK) },
    { "add", "files", IN(SPARK) },
    { "add", "jar", IN(SPARK) },
    { "add", "jars", IN(SPARK) },
    { "assert", NULL, IN(BIGQUERY) },
    { "call", "bq", IN(BIGQUERY) },
    { "cancel", NULL, IN(REDSHIFT) },
    { "clear", "cache", IN(SPARK) },
    { "convert", "to", IN(SPARK) },
    { "deny", NULL, IN(SPARK) | TL_SQL_IN(TRINO) },
    { "execute", "alert", IN(SNOWFLAKE) },
    { "execute", "task", IN(SNOWFLAKE) },
    { "force", "checkpoint", IN(DUCKDB) },
    { "force", "install", IN(DUCKDB) },
    { "fsck", "repair", IN(SPARK) },
    { "generate", NULL, IN(SPARK) },
    { "allocate", NULL, IN(ANSI) },
    { "collect", "stats", IN(ANSI) },
    { "compute", "stats", IN(ANSI) },
    { "compute", "incremental", IN(ANSI) },
    { "connect", "to", IN(ANSI) },
    { "disconnect", NULL, IN(ANSI) },
    { "free", "locator", IN(ANSI) },
    { "go", NULL, IN(ANSI) },
    { "hold", "locator", IN(ANSI) },
    { "help", NULL, IN(ANSI) },
    { "invalidate", "metadata", IN(ANSI) },
    { "kill", NULL, IN(ANSI) },
    { "open", NULL, IN(ANSI) },
    { "print", NULL, IN(ANSI) },
    { "signal", NULL, IN(ANSI) },
    { "unlock", NULL, IN(SPARK) },
    { "collect", "statistics", IN(ANSI) },
    { "ls", NULL, IN(SNOWFLAKE) },
    { "remove", NULL, IN(SNOWFLAKE) | TL_SQL_IN(SPARK) },
    { "reorg", "table", IN(SPARK) },
    { "repair", "table", IN(SPARK) },
    { "restore", NULL, IN(SPARK) },
    { "rm", NULL, IN(SNOWFLAKE) },
    { "sync", NULL, IN(SPARK) },
    { "unset", NULL, IN(SNOWFLAKE) },
};

bool tl_parse_is_command(const struct tl_sql_parser *p)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const struct command *c = &commands[i];

        if (tl_sql_is_in(p->traits, c->dialects) &&
            tl_parse_is_text(p, p->now, c->first) &&
            (!c->second || tl_parse_is_text(p, p->now + 1, c->second)))
            return true;
    }
    return false;
}

/* ---- types in angle brackets ---- */

/* array<struct<a int>>[ and struct<a int>( construct; array < b compares. Types are short: no further than MOST_OF_TYPE. */
bool tl_parse_has_angles(const struct tl_sql_parser *p)
{
    enum { MOST_OF_TYPE = 400 };
    const struct tl_sql_token *t = p->now + 1;
    uint32_t open = 0;

    for (int i = 0; i < MOST_OF_TYPE; i++, t++) {
        switch ((enum tl_sql_token_kind)t->kind) {
        case TL_T_COMPARE:
        case TL_T_OPERATOR:
            for (uint32_t k = t->at; k < t->value; k++) {
                open += p->lexer.text[k] == '<';
                open -= p->lexer.text[k] == '>' && open;
            }
            if (open == 0)
                return t[1].kind == TL_T_OPEN_BRACKET || t[1].kind == TL_T_OPEN;
            break;
        case TL_T_WORD:
        case TL_T_QUOTED:
        case TL_T_NUMBER:
        case TL_T_COMMA:
        case TL_T_COLON:
        case TL_T_DOT:
        case TL_T_OPEN:
        case TL_T_CLOSE:
            break;
        default:
            return false;
        }
    }
    return false;
}

/* ---- places of templates ---- */

/* %s and %(name)s, as drivers of Python take them; ${name} of Spark, Hive and shells. 0: there is none. */
uint32_t tl_parse_template_place(struct tl_sql_parser *p)
{
    const char *text = p->lexer.text;
    const struct tl_sql_token *t = p->now;

    if (t->kind == TL_T_END || text[t->at] != '%' || t->value != t->at + 1)
        return 0;
    uint32_t at = t->at;
    if (t[1].kind == TL_T_OPEN && t[1].at == at + 1 && t[2].kind == TL_T_WORD &&
        t[3].kind == TL_T_CLOSE)
        t += 3;
    if (!tl_parse_is_text(p, t + 1, "s") || t[1].at != t->value)
        return 0;
    p->now = t + 2;
    return tl_parse_node(p, TL_N_PARAMETER, at);
}

/* ---- names inside an expression ---- */

static uint32_t make_subquery(struct tl_sql_parser *p, uint32_t at, uint32_t query)
{
    uint32_t node = tl_parse_node(p, TL_N_SUBQUERY, at);

    tl_parse_get(p, node)->a = query;
    return node;
}

/* (select e as x), which what stands behind it may read */
static uint32_t make_named_value(struct tl_sql_parser *p, uint32_t at, uint32_t name,
                                 uint32_t value)
{
    uint32_t item = tl_parse_node(p, TL_N_ITEM, at);
    tl_parse_get(p, item)->a = value;
    tl_parse_get(p, item)->name = name;
    struct tl_parse_select s = { .items = item };
    uint32_t select = tl_parse_make_select(p, at, &s);
    uint32_t derived = tl_parse_node(p, TL_N_DERIVED, at);
    tl_parse_get(p, derived)->a = select;
    tl_parse_get(p, derived)->flags = TL_F_LATERAL;
    return derived;
}

/* (select result from lateral (select a as x), lateral (select x + 1 as y)) */
uint32_t tl_parse_with_expression(struct tl_sql_parser *p)
{
    struct tl_parse_select s = { 0 };
    struct tl_parse_list from = { 0 };
    uint32_t at = p->now->at;

    if (!(p->forms & TL_SQL_WITH_EXPRESSIONS))
        return 0;
    p->now += 2;
    while (tl_parse_is_name(p, p->now) && p->now[1].word == TL_K_AS) {
        uint32_t began = p->now->at, name = p->now->value;

        p->now += 2;
        uint32_t value = tl_parse_expression(p);
        tl_parse_append(p, &from, make_named_value(p, began, name, value));
        tl_parse_expect(p, TL_T_COMMA, "','");
    }
    uint32_t item = tl_parse_node(p, TL_N_ITEM, p->now->at);
    uint32_t result = tl_parse_expression(p);
    tl_parse_get(p, item)->a = result;
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    s.items = item;
    s.from = from.first;
    return make_subquery(p, at, tl_parse_make_select(p, at, &s));
}

/* ---- lambdas and comprehensions ---- */

static uint32_t parse_lambda_names(struct tl_sql_parser *p)
{
    struct tl_parse_list names = { 0 };

    do {
        uint32_t name = tl_parse_node(p, TL_N_NAME, p->now->at);
        uint32_t id = tl_parse_name(p, "a name");

        tl_parse_get(p, name)->name = id;
        tl_parse_append(p, &names, name);
    } while (tl_parse_accept(p, TL_T_COMMA));
    return names.first;
}

static uint32_t make_lambda(struct tl_sql_parser *p, uint32_t at, uint32_t names,
                            uint32_t body)
{
    uint32_t node = tl_parse_node(p, TL_N_LAMBDA, at);

    tl_parse_get(p, node)->a = names;
    tl_parse_get(p, node)->b = body;
    return node;
}

/* lambda x, y: ... */
uint32_t tl_parse_word_lambda(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    p->now++;
    uint32_t names = parse_lambda_names(p);
    tl_parse_expect(p, TL_T_COLON, "':'");
    return make_lambda(p, at, names, tl_parse_expression(p));
}

static uint32_t copy_names(struct tl_sql_parser *p, uint32_t names)
{
    struct tl_parse_list copied = { 0 };

    for (uint32_t i = names; i; i = tl_parse_get(p, i)->next) {
        uint32_t copy = tl_parse_node(p, TL_N_NAME, tl_parse_get(p, i)->at);

        tl_parse_get(p, copy)->name = tl_parse_get(p, i)->name;
        tl_parse_append(p, &copied, copy);
    }
    return copied.first;
}

/* [body for x in list if condition], `for` being next: list_transform(list, x -> body, x -> condition) */
uint32_t tl_parse_comprehension(struct tl_sql_parser *p, uint32_t at, uint32_t body)
{
    struct tl_parse_list arguments = { 0 };

    p->now++;
    uint32_t names = parse_lambda_names(p);
    tl_parse_expect_word(p, TL_K_IN);
    tl_parse_append(p, &arguments, tl_parse_expression(p));
    tl_parse_append(p, &arguments, make_lambda(p, at, names, body));
    if (tl_parse_accept_word(p, TL_K_IF)) {
        uint32_t condition = tl_parse_expression(p);

        tl_parse_append(p, &arguments,
                        make_lambda(p, at, copy_names(p, names), condition));
    }
    uint32_t call = tl_parse_node(p, TL_N_CALL, at);
    tl_parse_get(p, call)->name = tl_sql_name_exact(p->names, "list_transform", 14);
    tl_parse_get(p, call)->a = arguments.first;
    return call;
}

/* ---- streams ---- */

/* Databricks: stream (t), stream f(x); not a table of that name. */
bool tl_parse_is_stream(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    return (next->kind == TL_T_OPEN ||
            (next->kind == TL_T_WORD && next[1].kind == TL_T_OPEN &&
             tl_parse_is_name(p, next))) &&
           tl_parse_is_text(p, p->now, "stream");
}

/* ---- methods ---- */

/* DuckDB: a.f(b) is f(a, b), where a is no schema that functions are in. */
bool tl_parse_is_method(const struct tl_sql_parser *p, uint32_t schema)
{
    static const char *const schemas[] = { "main", "pg_catalog", "system", "temp",
                                           "information_schema" };
    const char *text = tl_sql_name_text(p->names, schema);

    if (!(p->forms & TL_SQL_METHODS) || !text)
        return false;
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++)
        if (strcasecmp(text, schemas[i]) == 0)
            return false;
    return true;
}

/* The call whose parenthesis is next, with `first` in front of its arguments. */
uint32_t tl_parse_method(struct tl_sql_parser *p, uint32_t at, uint32_t name,
                         uint32_t first)
{
    uint32_t call = tl_parse_call(p, at, name, 0, 0);

    tl_parse_get(p, first)->next = tl_parse_get(p, call)->a;
    tl_parse_get(p, call)->a = first;
    return call;
}

/* ---- tables and models as arguments ---- */

/* [partition by a] [order by b] [copartition (x, y)] behind a table, as of a window; what they name is not followed. */
static void skip_table_argument_end(struct tl_sql_parser *p)
{
    static const char *const words[] = { "partition", "order",       "prune",
                                         "keep",      "copartition", "with" };

    if (tl_parse_is_word(p, TL_K_AS)) {
        p->now++;
        tl_parse_name(p, "a name");
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_name_list(p);
    }
    for (bool is_more = true; is_more && !tl_parse_is(p, TL_T_END);) {
        is_more = false;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            is_more = is_more || tl_parse_is_text(p, p->now, words[i]);
        while (is_more && !tl_parse_is(p, TL_T_COMMA) && !tl_parse_is(p, TL_T_CLOSE) &&
               !tl_parse_is(p, TL_T_END)) {
            if (tl_parse_is(p, TL_T_OPEN))
                tl_parse_skip_parens(p);
            else
                p->now++;
        }
    }
}

/* table (select ...), table (t), table t: a query as an argument. 0: none of these is next. */
uint32_t tl_parse_table_argument(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    const struct tl_sql_token *next = p->now + 1;
    uint32_t query;

    if (p->forms & TL_SQL_PLAIN_SOURCES)
        return 0;
    if (next->kind == TL_T_OPEN) {
        p->now += 2;
        if (tl_parse_is_query(p))
            query = tl_parse_query(p);
        else
            query = tl_parse_query_of(p, at, tl_parse_from_item(p));
        tl_parse_expect(p, TL_T_CLOSE, "')'");
    } else if (tl_parse_is_name(p, next)) {
        p->now++;
        query = tl_parse_query_of(p, at, tl_parse_table_name(p));
    } else {
        return 0;
    }
    uint32_t node = make_subquery(p, at, query);
    skip_table_argument_end(p);
    return node;
}

void tl_parse_take_whole_queries(struct tl_sql_parser *p, uint32_t call)
{
    for (uint32_t i = tl_parse_get(p, call)->a; i; i = tl_parse_get(p, i)->next) {
        struct tl_sql_node *argument = tl_parse_get(p, i);

        if (argument->kind == TL_N_NAMED_ARGUMENT)
            argument = tl_parse_get(p, argument->a);
        if (argument->kind == TL_N_SUBQUERY)
            argument->flags |= TL_F_STAR;
    }
}

uint32_t tl_parse_descriptor(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    if (!tl_parse_is_text(p, p->now, "descriptor") || p->now[1].kind != TL_T_OPEN)
        return 0;
    p->now++;
    tl_parse_skip_parens(p);
    return tl_parse_constant(p, at, TL_L_OTHER);
}

/* BigQuery: model `a.b.c` as an argument, which is no data. 0: none is next. */
uint32_t tl_parse_model_argument(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    if ((p->now[1].kind != TL_T_WORD && p->now[1].kind != TL_T_QUOTED) ||
        !tl_parse_is_name(p, p->now + 1) || !tl_parse_is_text(p, p->now, "model"))
        return 0;
    p->now++;
    tl_parse_table_name(p);
    return tl_parse_constant(p, at, TL_L_OTHER);
}
