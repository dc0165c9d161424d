/*
 * Create, alter and drop. Of tables and views all that tells where columns come from is read; options of storage are read over. What
 * else can be created moves nothing by itself, but for bodies: parse_routine.c has those.
 */
#include "lineage/sql/parse.h"

#include <string.h>
#include <strings.h>

/* ---- reading over ---- */

/* Whether "if [not] exists" stood there. */
static bool skip_if_exists(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_word(p, TL_K_IF))
        return false;
    tl_parse_accept_word(p, TL_K_NOT);
    tl_parse_expect_word(p, TL_K_EXISTS);
    return true;
}

/* Behind a query: with [cascaded | local] check option, with [no] data, with no schema binding */
static void skip_with_words(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_word(p, TL_K_WITH))
        return;
    while (tl_parse_is_word(p, TL_K_NO) || tl_parse_is_word(p, TL_K_DATA) ||
           tl_parse_is_word(p, TL_K_CASCADED) || tl_parse_is_word(p, TL_K_LOCAL) ||
           tl_parse_is_word(p, TL_K_CHECK) || tl_parse_is_word(p, TL_K_OPTION) ||
           tl_parse_is_word(p, TL_K_SCHEMA) || tl_parse_is_word(p, TL_K_BINDING) ||
           tl_parse_is_word(p, TL_K_READ) || tl_parse_is_word(p, TL_K_ONLY))
        p->now++;
    if ((p->forms & TL_SQL_COMMON_GROUND) &&
        (tl_parse_is_word(p, TL_K_PRIMARY) || tl_parse_is_word(p, TL_K_UNIQUE) ||
         tl_parse_are_words(p, TL_K_NO, TL_K_PRIMARY) || tl_parse_is_word(p, TL_K_ON)))
        tl_parse_go_to_end(p); /* Teradata: primary index (a) on commit preserve rows */
}

/* One token, or all of what stands in parentheses. */
static void skip_piece(struct tl_sql_parser *p)
{
    if (tl_parse_is(p, TL_T_OPEN))
        tl_parse_skip_parens(p);
    else
        tl_parse_step(p);
}

/* Up to a comma or a closing parenthesis of this level. */
static void skip_element(struct tl_sql_parser *p)
{
    while (!tl_parse_is(p, TL_T_COMMA) && !tl_parse_is(p, TL_T_CLOSE) &&
           !tl_parse_is(p, TL_T_END))
        skip_piece(p);
}

/* ---- columns ---- */

/* Behind a column's type, up to the end of its element: the expression it is generated from, or 0. */
static uint32_t parse_column_constraints(struct tl_sql_parser *p)
{
    uint32_t generated = 0;

    while (!tl_parse_is(p, TL_T_COMMA) && !tl_parse_is(p, TL_T_CLOSE) &&
           !tl_parse_is(p, TL_T_END)) {
        if (tl_parse_is_word(p, TL_K_AS) && p->now[1].kind == TL_T_OPEN) {
            p->now += 2;
            generated = tl_parse_expression(p);
            tl_parse_expect(p, TL_T_CLOSE, "')'");
        } else if (tl_parse_is_word(p, TL_K_AS) &&
                   (p->traits->writing & TL_SQL_LOOSE_TABLES) &&
                   p->now[1].kind == TL_T_WORD && p->now[1].word != TL_K_IDENTITY) {
            p->now++;
            generated = tl_parse_above(p, TL_POWER_COMPARE);
        } else {
            skip_piece(p);
        }
    }
    return generated;
}

/* Whether a type can be next, and no constraint. */
static bool is_type(const struct tl_sql_parser *p)
{
    if (tl_parse_is(p, TL_T_QUOTED))
        return true;
    if (!tl_parse_is(p, TL_T_WORD))
        return tl_parse_is(p, TL_T_TEXT) && (p->grammar & TL_SQL_LOOSE_TYPES);
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_AS:
    case TL_K_CHECK:
    case TL_K_COLLATE:
    case TL_K_CONSTRAINT:
    case TL_K_DEFAULT:
    case TL_K_NOT:
    case TL_K_NULL:
    case TL_K_PRIMARY:
    case TL_K_REFERENCES:
    case TL_K_UNIQUE:
    case TL_K_WITH:
    case TL_K_OPTIONS:
    case TL_K_COMMENT:
        return false;
    case TL_K_GENERATED:
        return p->now[1].word != TL_K_ALWAYS && p->now[1].word != TL_K_BY;
    default:
        return true;
    }
}

static uint32_t parse_column_definition(struct tl_sql_parser *p)
{
    uint32_t node = tl_parse_node(p, TL_N_COLUMN_DEFINITION, p->now->at);
    uint32_t name = tl_parse_name(p, "a column");
    uint32_t type = is_type(p) ? tl_parse_type(p) : 0;
    uint32_t generated = parse_column_constraints(p);
    struct tl_sql_node *definition = tl_parse_get(p, node);

    definition->name = name;
    definition->b = type;
    definition->a = generated;
    return node;
}

/* constraint c ..., primary key (...), exclude using ...: an element that is no column */
static bool is_table_constraint(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_CONSTRAINT:
        return next->kind == TL_T_WORD || next->kind == TL_T_QUOTED ||
               next->kind == TL_T_TEXT;
    case TL_K_PRIMARY:
    case TL_K_FOREIGN:
        return next->word == TL_K_KEY;
    case TL_K_UNIQUE:
    case TL_K_CHECK:
        return next->kind == TL_T_OPEN || next->kind == TL_T_WORD;
    case TL_K_EXCLUDE:
        return next->kind == TL_T_OPEN || next->word == TL_K_USING;
    case TL_K_NOT: /* PostgreSQL 18: not null a */
        return next->word == TL_K_NULL;
    case TL_K_PERIOD:
        return next->word == TL_K_FOR;
    default:
        return false;
    }
}

struct table {
    uint32_t at, name, columns, query, files;
    struct tl_parse_list like;
    uint8_t flags;
};

/* like t [including all] inside the list: its columns, at their place */
static void parse_like_element(struct tl_sql_parser *p, struct table *table,
                               uint16_t n_before)
{
    p->now++;
    uint32_t like = tl_parse_table_name(p);
    tl_parse_get(p, like)->op = n_before;
    tl_parse_append(p, &table->like, like);
    skip_element(p);
}

static void parse_elements(struct tl_sql_parser *p, struct table *table)
{
    struct tl_parse_list columns = { 0 };
    uint16_t n_columns = 0;

    p->now++;
    while (!tl_parse_is(p, TL_T_CLOSE) && !tl_parse_is(p, TL_T_END)) {
        if (tl_parse_is_word(p, TL_K_LIKE) && !(p->forms & TL_SQL_PLAIN_SOURCES))
            parse_like_element(p, table, n_columns);
        else if (is_table_constraint(p))
            skip_element(p);
        else {
            tl_parse_append(p, &columns, parse_column_definition(p));
            n_columns += n_columns < UINT16_MAX;
        }
        /* SQLite takes constraints of the table without commas between them; they are read over already */
        if (!tl_parse_accept(p, TL_T_COMMA))
            break;
    }
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    table->columns = columns.first;
}

/* ---- create table ---- */

/* Tables named one after the other, added to those whose columns the table gets. */
static void parse_parents(struct tl_sql_parser *p, struct table *table)
{
    do
        tl_parse_append(p, &table->like, tl_parse_table_name(p));
    while (tl_parse_accept(p, TL_T_COMMA));
}

/* The query of a table, and what may follow it; anything else is not read over: it might belong to the query. */
static void parse_table_query(struct tl_sql_parser *p, struct table *table)
{
    if (tl_parse_is_word(p, TL_K_EXECUTE)) {
        table->query = tl_parse_node(p, TL_N_EXECUTE, p->now->at);
        p->now++;
        uint32_t name = tl_parse_label(p, "a name");
        tl_parse_get(p, table->query)->name = name;
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        skip_with_words(p);
        return;
    }
    table->query = tl_parse_query(p);
    skip_with_words(p);
}

/* clone t [at (...)] [copy grants], copy t [options (...)]: all of its rows come too. */
static void parse_clone(struct tl_sql_parser *p, struct table *table)
{
    uint32_t at = p->now[1].at;

    p->now++;
    table->query = tl_parse_query_of(p, at, tl_parse_table_name(p));
    while (!tl_parse_is(p, TL_T_END) && !p->failed)
        skip_piece(p);
}

/* partitioned by (a string, b int): columns behind the others, where they have types; else they are there already. */
static void parse_partitions(struct tl_sql_parser *p, struct table *table)
{
    struct tl_parse_list columns = { .first = table->columns };

    p->now++;
    while (!tl_parse_is(p, TL_T_OPEN) && !tl_parse_is(p, TL_T_END))
        p->now++;
    if (!table->columns ||
        (p->now[1].kind != TL_T_WORD && p->now[1].kind != TL_T_QUOTED) ||
        p->now[2].kind != TL_T_WORD || p->now[2].word == TL_K_COMMENT) {
        tl_parse_skip_parens(p);
        return;
    }
    for (columns.last = columns.first; tl_parse_get(p, columns.last)->next;)
        columns.last = tl_parse_get(p, columns.last)->next;
    p->now++;
    do {
        uint32_t column = parse_column_definition(p);

        tl_parse_get(p, column)->flags = TL_F_PARTITION;
        tl_parse_append(p, &columns, column);
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
}

/* location [=] 's3://...' | @stage/path: where the rows of an external table are. */
static void parse_location(struct tl_sql_parser *p, struct table *table)
{
    p->now++;
    tl_parse_accept(p, TL_T_EQUAL);
    if (tl_parse_is_files(p))
        table->files = tl_parse_files(p);
}

/* Everything behind the column list, to the query or the end. */
static void parse_table_options(struct tl_sql_parser *p, struct table *table)
{
    while (!tl_parse_is(p, TL_T_END) && !table->query) {
        if (tl_parse_accept_word(p, TL_K_INHERITS)) {
            tl_parse_expect(p, TL_T_OPEN, "'('");
            if (!tl_parse_is(p, TL_T_CLOSE))
                parse_parents(p, table);
            tl_parse_expect(p, TL_T_CLOSE, "')'");
        } else if (tl_parse_is_word(p, TL_K_LIKE) &&
                   (p->traits->writing & TL_SQL_TABLE_COPIES) && !table->columns &&
                   !table->like.first) {
            p->now++;
            parse_parents(p, table);
        } else if (tl_parse_accept_words(p, TL_K_COPY, TL_K_GRANTS)) {
            continue; /* of the table it replaces: no rows */
        } else if ((tl_parse_is_word(p, TL_K_CLONE) || tl_parse_is_word(p, TL_K_COPY)) &&
                   (p->traits->writing & TL_SQL_TABLE_COPIES) && !table->columns) {
            parse_clone(p, table);
        } else if (tl_parse_is(p, TL_T_WORD) && p->now[1].word == TL_K_AS &&
                   p->now[2].kind == TL_T_TEXT) { /* null defined as 'x' */
            p->now += 3;
        } else if (tl_parse_are_words(p, TL_K_USING, TL_K_TEMPLATE)) {
            tl_parse_refuse(p, p->now->at, "the columns of a template are not known");
        } else if (tl_parse_is_word(p, TL_K_PARTITIONED)) {
            parse_partitions(p, table);
        } else if (tl_parse_is_word(p, TL_K_LOCATION) && (table->flags & TL_F_EXTERNAL)) {
            parse_location(p, table);
        } else if (tl_parse_is_word(p, TL_K_OPTIONS) && p->now[1].kind == TL_T_OPEN &&
                   (table->flags & TL_F_EXTERNAL)) {
            p->now++;
            const struct tl_sql_token *open = p->now;
            table->files = tl_parse_uri(p);
            p->now = open;
            tl_parse_skip_parens(p);
        } else if (tl_parse_accept_words(p, TL_K_STORED, TL_K_AS)) {
            tl_parse_label(p, "a format");
        } else if (tl_parse_accept_word(p, TL_K_AS)) {
            parse_table_query(p, table);
        } else if ((p->traits->writing & TL_SQL_LOOSE_TABLES) && tl_parse_is_query(p) &&
                   !tl_parse_is_word(p, TL_K_WITH) && !tl_parse_is_word(p, TL_K_TABLE)) {
            parse_table_query(p, table); /* Spark: no `as` */
        } else {
            skip_piece(p);
        }
    }
}

/* Whether the statement speaks of a format whose files name their columns. */
static bool names_columns(const struct tl_sql_parser *p)
{
    static const char *const formats[] = { "parquet", "orc",     "avro", "json",
                                           "delta",   "iceberg", NULL };

    for (const struct tl_sql_token *t = p->tree->tokens; t->kind != TL_T_END; t++)
        for (size_t i = 0; formats[i] && t->kind == TL_T_WORD; i++)
            if (strcasecmp(tl_sql_name_text(p->names, t->value), formats[i]) == 0)
                return true;
    return false;
}

static uint32_t make_table(struct tl_sql_parser *p, const struct table *table)
{
    uint32_t node = tl_parse_node(p, TL_N_CREATE_TABLE, table->at);
    struct tl_sql_node *create = tl_parse_get(p, node);

    create->flags = table->flags;
    create->a = table->name;
    create->b = table->columns;
    create->c = table->query;
    create->d = table->like.first;
    if (table->files && !table->query && !table->like.first) {
        create->d = table->files;
        if (names_columns(p))
            tl_parse_get(p, table->files)->flags |= TL_F_BY_NAME;
    }
    return node;
}

static uint32_t parse_create_table(struct tl_sql_parser *p, uint32_t at, uint8_t flags)
{
    struct table table = { .at = at, .flags = flags };

    if (skip_if_exists(p))
        table.flags |= TL_F_IF_NOT_EXISTS;
    table.name = tl_parse_table_name(p);
    if (tl_parse_accept_words(p, TL_K_PARTITION, TL_K_OF)) {
        parse_parents(p, &table);
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p); /* options of columns that the parent has */
    } else if (tl_parse_is_word(p, TL_K_OF) && (p->clauses & TL_SQL_HEIRS)) {
        tl_parse_refuse(p, p->now->at, "the columns of a type are not known");
    } else if (tl_parse_is(p, TL_T_OPEN)) {
        if (p->now[1].word == TL_K_SELECT || p->now[1].word == TL_K_WITH)
            table.query = tl_parse_query(p);
        else
            parse_elements(p, &table);
    }
    parse_table_options(p, &table);
    return make_table(p, &table);
}

/* Modules of SQLite whose arguments name columns, but for those with a '='. */
static bool has_named_columns(const struct tl_sql_parser *p)
{
    static const char *const modules[] = { "fts3",  "fts4",      "fts5",
                                           "rtree", "rtree_i32", "geopoly" };

    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (tl_parse_is_text(p, p->now, modules[i]))
            return true;
    return false;
}

/* create virtual table t using fts5(a, b unindexed, content = 'x') */
static uint32_t parse_virtual_table(struct tl_sql_parser *p, uint32_t at)
{
    struct table table = { .at = at };
    struct tl_parse_list columns = { 0 };

    tl_parse_step(p);
    if (!tl_parse_accept_word(p, TL_K_TABLE))
        return tl_parse_other(p, at);
    if (skip_if_exists(p))
        table.flags |= TL_F_IF_NOT_EXISTS;
    table.name = tl_parse_table_name(p);
    tl_parse_expect_word(p, TL_K_USING);
    if (p->failed || !has_named_columns(p) || p->now[1].kind != TL_T_OPEN)
        return tl_parse_other(p, at);
    p->now++;
    do {
        p->now++;
        if (tl_parse_is(p, TL_T_PLUS)) /* rtree: stored, and not looked up by */
            p->now++;
        if (tl_parse_is_name(p, p->now) && p->now[1].kind != TL_T_EQUAL) {
            uint32_t column = tl_parse_node(p, TL_N_COLUMN_DEFINITION, p->now->at);

            tl_parse_get(p, column)->name = p->now->value;
            tl_parse_append(p, &columns, column);
        }
        skip_element(p);
    } while (tl_parse_is(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    table.columns = columns.first;
    return make_table(p, &table);
}

/* ---- create view ---- */

/* (a, b comment 'x', c options (...)) */
static uint32_t parse_view_columns(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    p->now++;
    do {
        if (tl_parse_is_word(p, TL_K_CONSTRAINT) && is_table_constraint(p)) {
            skip_element(p); /* Databricks: constraint c expect (a > 0) */
            continue;
        }
        uint32_t node = tl_parse_node(p, TL_N_NAME, p->now->at);
        uint32_t name = tl_parse_name(p, "a column");

        tl_parse_get(p, node)->name = name;
        tl_parse_append(p, &list, node);
        skip_element(p);
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

/* create recursive view v (a, b) as q is create view v (a, b) as with recursive v (a, b) as (q) select * from v */
static uint32_t wrap_recursive(struct tl_sql_parser *p, uint32_t view, uint32_t columns,
                               uint32_t query)
{
    uint32_t at = tl_parse_get(p, query)->at;
    uint32_t name = tl_parse_get(p, view)->name;
    uint32_t cte = tl_parse_node(p, TL_N_CTE, at);
    struct tl_parse_list copied = { 0 };

    for (uint32_t i = columns; i; i = tl_parse_get(p, i)->next) {
        uint32_t copy = tl_parse_node(p, TL_N_NAME, tl_parse_get(p, i)->at);

        tl_parse_get(p, copy)->name = tl_parse_get(p, i)->name;
        tl_parse_append(p, &copied, copy);
    }
    tl_parse_get(p, cte)->name = name;
    tl_parse_get(p, cte)->a = copied.first;
    tl_parse_get(p, cte)->b = query;
    uint32_t table = tl_parse_node(p, TL_N_TABLE, at);
    tl_parse_get(p, table)->name = name;
    uint32_t outer = tl_parse_query_of(p, at, table);
    tl_parse_get(p, outer)->a = cte;
    tl_parse_get(p, outer)->flags = TL_F_RECURSIVE;
    return outer;
}

/* Whether something is made from a query: `as select`, `as (select`, `as with`. */
static bool is_made_from_query(const struct tl_sql_parser *p)
{
    for (const struct tl_sql_token *t = p->now; t->kind != TL_T_END; t++) {
        if (t->word != TL_K_AS)
            continue;
        t += t[1].kind == TL_T_OPEN;
        if (t[1].word == TL_K_SELECT || t[1].word == TL_K_WITH ||
            (t->kind == TL_T_OPEN && t[2].word == TL_K_AS && t[3].kind == TL_T_OPEN))
            return true;
    }
    return false;
}

/* create tabel t (a int): what has columns with types is a table, whatever it is called; but for what only looks so. */
static bool has_columns(const struct tl_sql_parser *p)
{
    static const char *const others[] = {
        "aggregate", "cluster",  "collation", "connection", "index", "model", "operator",
        "secret",    "sequence", "server",    "statistics", "tag",   "type"
    };
    const struct tl_sql_token *t = p->now + 1;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (tl_parse_is_text(p, p->now, others[i]))
            return false;
    if (t->word == TL_K_IF && t[1].word == TL_K_NOT && t[2].word == TL_K_EXISTS)
        t += 3;
    while (tl_parse_is_name(p, t) && t[1].kind == TL_T_DOT)
        t += 2;
    return tl_parse_is_name(p, t) && t[1].kind == TL_T_OPEN &&
           tl_parse_is_name(p, t + 2) && t[3].kind == TL_T_WORD;
}

/* using json options (path 'x') */
static uint32_t parse_view_of_files(struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now;

    while (t->kind != TL_T_END && t->word != TL_K_PATH)
        t++;
    while (t->kind != TL_T_END && t->kind != TL_T_TEXT)
        t++;
    if (t->kind == TL_T_END) { /* of another system's table */
        tl_parse_refuse(p, p->now->at,
                        "what a view of another source reads is not known");
        return 0;
    }
    p->now = t;
    uint32_t query = tl_parse_query_of(p, t->at, tl_parse_files(p));
    tl_parse_go_to_end(p);
    return query;
}

/* (training_data as (select ...), custom_holiday as (select ...)): what a model is made of */
static uint32_t parse_named_queries(struct tl_sql_parser *p)
{
    struct tl_parse_list from = { 0 };
    uint32_t at = p->now->at;
    uint8_t flags = 0;
    uint32_t ctes = tl_parse_with(p, &flags);

    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    for (uint32_t i = ctes; i; i = tl_parse_get(p, i)->next) {
        uint32_t table = tl_parse_node(p, TL_N_TABLE, tl_parse_get(p, i)->at);

        tl_parse_get(p, table)->name = tl_parse_get(p, i)->name;
        tl_parse_append(p, &from, table);
    }
    uint32_t query = tl_parse_query_of(p, at, from.first);
    tl_parse_get(p, query)->a = ctes;
    return query;
}

/* Behind `as`: replica of t, all of it; else a query, or several with names. */
static uint32_t parse_view_query(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    if (tl_parse_is(p, TL_T_OPEN) && p->now[2].word == TL_K_AS &&
        p->now[3].kind == TL_T_OPEN && tl_parse_is_name(p, p->now + 1))
        return parse_named_queries(p);
    if (tl_parse_is(p, TL_T_TEXT)) { /* Databricks: a view of metrics is a text */
        tl_parse_refuse(p, at, "what a view that is no query reads is not known");
        return 0;
    }
    if (p->now[1].word != TL_K_OF || !tl_parse_is_text(p, p->now, "replica"))
        return tl_parse_query(p);
    p->now += 2;
    return tl_parse_query_of(p, at, tl_parse_table_name(p));
}

static uint32_t parse_create_view(struct tl_sql_parser *p, uint32_t at, uint8_t flags)
{
    bool is_recursive = tl_parse_accept_word(p, TL_K_RECURSIVE);
    uint32_t columns = 0;

    tl_parse_step(p); /* view, or its like */
    skip_if_exists(p);
    uint32_t view = tl_parse_table_name(p);
    skip_if_exists(p);
    if (tl_parse_is(p, TL_T_OPEN))
        columns = parse_view_columns(p);
    bool is_of_files = tl_parse_is_word(p, TL_K_USING) &&
                       (p->traits->writing & TL_SQL_LOOSE_TABLES) &&
                       !is_made_from_query(p);
    while (!is_of_files && !tl_parse_is_word(p, TL_K_AS) && !tl_parse_is(p, TL_T_END))
        skip_piece(p);
    if (!is_of_files)
        tl_parse_expect_word(p, TL_K_AS);
    uint32_t query = is_of_files ? parse_view_of_files(p) : parse_view_query(p);
    skip_with_words(p);
    if (is_recursive)
        query = wrap_recursive(p, view, columns, query);
    uint32_t node = tl_parse_node(p, TL_N_CREATE_VIEW, at);
    struct tl_sql_node *create = tl_parse_get(p, node);
    create->flags = flags;
    create->a = view;
    create->b = columns;
    create->c = query;
    return node;
}

/* create stream s [copy grants] on table t ...: what changed in t, and how. */
static uint32_t parse_create_stream(struct tl_sql_parser *p, uint32_t at, uint8_t flags)
{
    static const char *const added[] = { "METADATA$ACTION", "METADATA$ISUPDATE",
                                         "METADATA$ROW_ID" };
    struct tl_parse_list items = { 0 };

    p->now++;
    skip_if_exists(p);
    uint32_t stream = tl_parse_table_name(p);
    while (!tl_parse_is_word(p, TL_K_ON) && !tl_parse_is(p, TL_T_END))
        skip_piece(p);
    tl_parse_expect_word(p, TL_K_ON);
    if (!tl_parse_is_word(p, TL_K_TABLE) && !tl_parse_is_word(p, TL_K_VIEW))
        return p->failed ? 0
                         : tl_parse_other(p, at); /* of a stage, of files: no columns */
    p->now++;
    uint32_t from = p->now->at;
    uint32_t query = tl_parse_query_of(p, from, tl_parse_table_name(p));
    while (!tl_parse_is(p, TL_T_END) && !p->failed)
        skip_piece(p);
    if (p->failed)
        return 0;
    tl_parse_append(p, &items, tl_parse_get(p, tl_parse_get(p, query)->b)->a);
    for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
        uint32_t value = tl_parse_constant(p, from, TL_L_OTHER);
        uint32_t item = tl_parse_node(p, TL_N_ITEM, from);
        uint32_t name =
            tl_sql_name_add(p->names, added[i], (uint32_t)strlen(added[i]), false);

        tl_parse_get(p, item)->a = value;
        tl_parse_get(p, item)->name = name;
        tl_parse_append(p, &items, item);
    }
    tl_parse_get(p, tl_parse_get(p, query)->b)->a = items.first;
    uint32_t view = tl_parse_node(p, TL_N_CREATE_VIEW, at);
    struct tl_sql_node *create = tl_parse_get(p, view);
    create->flags = flags & TL_F_REPLACE;
    create->a = stream;
    create->c = query;
    return view;
}

/* cache [lazy] table x [options (...)] [as] select ...: a view of the session. */
uint32_t tl_parse_cache(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    while (!tl_parse_is_word(p, TL_K_TABLE) && !tl_parse_is(p, TL_T_END))
        p->now++;
    if (!tl_parse_is_word(p, TL_K_TABLE))
        return tl_parse_other(p, at);
    p->now++;
    uint32_t table = tl_parse_table_name(p);
    while (!tl_parse_is_word(p, TL_K_AS) && !tl_parse_is_query(p) &&
           !tl_parse_is(p, TL_T_END))
        skip_piece(p);
    if (tl_parse_is(p, TL_T_END))
        return tl_parse_other(p, at);
    tl_parse_accept_word(p, TL_K_AS);
    uint32_t query = tl_parse_query(p);
    uint32_t view = tl_parse_node(p, TL_N_CREATE_VIEW, at);
    struct tl_sql_node *create = tl_parse_get(p, view);
    create->flags = TL_F_TEMPORARY;
    create->a = table;
    create->c = query;
    return view;
}

/* ---- create ---- */

/* Words of MySQL, Oracle and Teradata that stand there; up to the last token of one. */
static bool skip_create_word(struct tl_sql_parser *p)
{
    static const char *const words[] = { "multiset",    "force",          "noforce",
                                         "editionable", "noneditionable", "editioning" };
    static const char *const options[] = { "algorithm", "definer" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tl_parse_is_text(p, p->now, words[i]))
            return true;
    if (tl_parse_is_word(p, TL_K_SET) && p->now[1].word == TL_K_TABLE)
        return true;
    if (tl_parse_is_word(p, TL_K_SQL) && p->now[1].word == TL_K_SECURITY) {
        p->now += 2;
        return true;
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (tl_parse_is_text(p, p->now, options[i]) && p->now[1].kind == TL_T_EQUAL) {
            p->now +=
                2; /* definer = root@localhost, definer = `root`@`localhost`, current_user() */
            if (p->now[1].kind == TL_T_PARAMETER) {
                p->now++;
                if (p->now[1].kind == TL_T_QUOTED)
                    p->now++;
            } else if (p->now[1].kind == TL_T_OPEN)
                p->now += 2;
            else if (p->now[1].kind != TL_T_WORD && p->now[2].kind == TL_T_QUOTED)
                p->now += 2;
            return true;
        }
    return false;
}

/* Words between `create` and what is created that say nothing of where data goes, but for these flags. */
static void skip_create_words(struct tl_sql_parser *p, uint8_t *flags)
{
    for (;; p->now++) {
        switch ((enum tl_sql_keyword)p->now->word) {
        case TL_K_TEMP:
        case TL_K_TEMPORARY:
        case TL_K_VOLATILE:
            *flags |= TL_F_TEMPORARY;
            break;
        case TL_K_MATERIALIZED:
            *flags |= TL_F_MATERIALIZED;
            break;
        case TL_K_EXTERNAL:
        case TL_K_FOREIGN:
            *flags |= TL_F_EXTERNAL;
            break;
        case TL_K_OR:
            p->now++;
            if ((p->traits->writing & TL_SQL_LOOSE_TABLES) &&
                tl_parse_is_word(p, TL_K_ALTER))
                break; /* Snowflake: create or alter: what it says is what there is */
            if (!tl_parse_is_word(p, TL_K_REPLACE) &&
                !((p->forms & TL_SQL_TABLE_STREAMS) && tl_parse_is_word(p, TL_K_REFRESH)))
                return;
            *flags |= TL_F_REPLACE;
            break;
        case TL_K_GLOBAL:
        case TL_K_LOCAL:
        case TL_K_UNLOGGED:
        case TL_K_TRANSIENT:
        case TL_K_SECURE:
        case TL_K_DYNAMIC:
        case TL_K_ICEBERG:
        case TL_K_HYBRID:
        case TL_K_SNAPSHOT:
        case TL_K_CONSTRAINT:
        case TL_K_FORCE:
            break;
        default:
            if ((*flags & TL_F_EXTERNAL) && tl_parse_is_text(p, p->now, "protected"))
                break;
            if ((p->forms & TL_SQL_COMMON_GROUND) && skip_create_word(p))
                break;
            if (!(p->forms & TL_SQL_TABLE_STREAMS) ||
                (!tl_parse_is_text(p, p->now, "streaming") &&
                 !tl_parse_is_text(p, p->now, "live")))
                return;
            break;
        }
    }
}

uint32_t tl_parse_create(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint8_t flags = tl_parse_is_word(p, TL_K_REPLACE) ? TL_F_REPLACE : 0;

    p->now++;
    skip_create_words(p, &flags);
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_TABLE:
        if (p->now[1].word == TL_K_FUNCTION && p->now[2].kind != TL_T_OPEN &&
            p->now[2].kind != TL_T_DOT) {
            p->now++;
            return tl_parse_routine(p, at);
        }
        /* the flag means something else at a table */
        flags &= (uint8_t) ~(p->now[-1].word == TL_K_DYNAMIC ? 0 : TL_F_MATERIALIZED);
        p->now++;
        return parse_create_table(p, at, flags);
    case TL_K_VIEW:
    case TL_K_RECURSIVE:
        return parse_create_view(p, at,
                                 flags &
                                     (TL_F_TEMPORARY | TL_F_MATERIALIZED | TL_F_REPLACE));
    case TL_K_FUNCTION:
    case TL_K_PROCEDURE:
    case TL_K_TRIGGER:
    case TL_K_RULE:
    case TL_K_MACRO:
    case TL_K_TASK:
    case TL_K_PIPE:
        return flags & TL_F_EXTERNAL ? tl_parse_other(p, at) : tl_parse_routine(p, at);
    case TL_K_STREAM:
        return parse_create_stream(p, at, flags);
    case TL_K_VIRTUAL:
        return parse_virtual_table(p, at);
    case TL_K_SCHEMA: /* its elements would be tables and views */
        while (!tl_parse_is(p, TL_T_END) &&
               (p->now->word != TL_K_CREATE || p->now[1].word == TL_K_EXTERNAL))
            p->now++;
        if (tl_parse_is_word(p, TL_K_CREATE)) {
            tl_parse_refuse(p, p->now->at,
                            "what is created inside 'create schema' is not understood");
            return 0;
        }
        return tl_parse_other(p, at);
    default:
        if (tl_parse_is_text(p, p->now, "cortex") &&
            tl_parse_is_text(p, p->now + 1, "search")) {
            p->now += 2; /* `service` is where `view` would be */
            return parse_create_view(p, at, TL_F_MATERIALIZED);
        }
        if (tl_parse_is_text(p, p->now, "model") && is_made_from_query(p) &&
            (p->forms & TL_SQL_MODELS)) /* what it is trained on goes into it */
            return parse_create_view(p, at, TL_F_MATERIALIZED);
        if (tl_parse_is(p, TL_T_WORD) && !is_made_from_query(p) && !has_columns(p))
            return tl_parse_other(p, at);
        tl_parse_expected(p, "a table, a view or what moves nothing");
        return 0;
    }
}

/* ---- alter ---- */

static uint32_t make_alter(struct tl_sql_parser *p, uint32_t at, enum tl_sql_alter op,
                           uint32_t name, uint32_t b)
{
    uint32_t node = tl_parse_node(p, TL_N_ALTER, at);
    struct tl_sql_node *alter = tl_parse_get(p, node);

    alter->op = (uint16_t)op;
    alter->name = name;
    alter->b = b;
    return node;
}

/* One column that `add` brings; its constraints are read over. */
static uint32_t parse_added_column(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t name = tl_parse_name(p, "a column");
    if (tl_parse_is(p, TL_T_DOT)) { /* a.b int: within a column that is there */
        skip_element(p);
        return make_alter(p, at, TL_A_OTHER, 0, 0);
    }
    uint32_t type = is_type(p) ? tl_parse_type(p) : 0;
    uint32_t generated = parse_column_constraints(p);
    uint32_t node = make_alter(p, at, TL_A_ADD, name, type);

    tl_parse_get(p, node)->a = generated;
    return node;
}

/* add column a int, b int: whether one more column follows and no other alteration; then the comma is read, and what may stand before it. */
static bool take_another_column(struct tl_sql_parser *p)
{
    static const char *const others[] = {
        "add",    "alter", "change", "cluster", "drop",
        "modify", "set",   "unset",  "rename",  "with"
    };
    const struct tl_sql_token *next = p->now + 1;

    if (!(p->traits->writing & TL_SQL_LOOSE_TABLES) || !tl_parse_is(p, TL_T_COMMA) ||
        !tl_parse_is_name(p, next))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (tl_parse_is_text(p, next, others[i]))
            return false;
    p->now++;
    if (p->now[1].kind == TL_T_WORD)
        tl_parse_accept_word(p, TL_K_COLUMN);
    if (tl_parse_is_word(p, TL_K_IF) && p->now[1].kind == TL_T_WORD)
        skip_if_exists(p);
    return true;
}

/* What `add` and `drop` without `column` may name too, each with a second word. */
static bool is_no_column(const struct tl_sql_parser *p)
{
    static const char *const pairs[][2] = {
        { "aggregation", "policy" },  { "all", "row" },           { "clustering", "key" },
        { "data", "metric" },         { "join", "policy" },       { "masking", "policy" },
        { "projection", "policy" },   { "row", "access" },        { "row", "filter" },
        { "search", "optimization" }, { "storage", "lifecycle" }, { "tag", "policy" },
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (tl_parse_is_text(p, p->now, pairs[i][0]) &&
            tl_parse_is_text(p, p->now + 1, pairs[i][1]))
            return true;
    return false;
}

static uint32_t parse_add(struct tl_sql_parser *p, uint32_t at)
{
    struct tl_parse_list list = { 0 };

    p->now++;
    bool is_column = tl_parse_accept_word(p, TL_K_COLUMN);
    if (!is_column && tl_parse_is_word(p, TL_K_COLUMNS)) { /* Spark */
        p->now++;
        is_column = true;
    }
    skip_if_exists(p);
    if (!is_column && (is_table_constraint(p) || tl_parse_is_word(p, TL_K_PARTITION) ||
                       is_no_column(p))) {
        skip_element(p);
        return make_alter(p, at, TL_A_OTHER, 0, 0);
    }
    if (!tl_parse_is(p, TL_T_OPEN)) {
        do
            tl_parse_append(p, &list, parse_added_column(p));
        while (take_another_column(p));
        return list.first;
    }
    p->now++;
    do
        tl_parse_append(p, &list, parse_added_column(p));
    while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

static uint32_t parse_dropped_column(struct tl_sql_parser *p, uint32_t at)
{
    uint32_t name = tl_parse_name(p, "a column");
    bool is_within = tl_parse_is(p, TL_T_DOT); /* a.b: the column stays */

    skip_element(p);
    return is_within ? make_alter(p, at, TL_A_OTHER, 0, 0)
                     : make_alter(p, at, TL_A_DROP, name, 0);
}

static uint32_t parse_drop_column(struct tl_sql_parser *p, uint32_t at)
{
    struct tl_parse_list list = { 0 };

    p->now++;
    bool is_column = tl_parse_accept_word(p, TL_K_COLUMN);
    if (!is_column &&
        (tl_parse_is_word(p, TL_K_CONSTRAINT) || tl_parse_is_word(p, TL_K_PRIMARY) ||
         tl_parse_is_word(p, TL_K_PARTITION) || tl_parse_is_word(p, TL_K_FOREIGN) ||
         tl_parse_is_word(p, TL_K_UNIQUE) || is_no_column(p))) {
        skip_element(p);
        return make_alter(p, at, TL_A_OTHER, 0, 0);
    }
    if (!is_column && tl_parse_is_word(p, TL_K_COLUMNS) && p->now[1].kind != TL_T_COMMA &&
        p->now[1].kind != TL_T_END)
        p->now++; /* Spark: drop columns (a, b) */
    skip_if_exists(p);
    bool has_parens = tl_parse_accept(p, TL_T_OPEN);
    do
        tl_parse_append(p, &list, parse_dropped_column(p, at));
    while (has_parens ? tl_parse_accept(p, TL_T_COMMA) : take_another_column(p));
    if (has_parens)
        tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

static uint32_t parse_rename(struct tl_sql_parser *p, uint32_t at)
{
    p->now++;
    if (tl_parse_accept_word(p, TL_K_TO)) {
        uint32_t table = 0, name;

        if (p->now[1].kind == TL_T_DOT) /* with its schema */
            table = tl_parse_table_name(p);
        name = table ? tl_parse_get(p, table)->name : tl_parse_label(p, "a name");
        uint32_t alter = make_alter(p, at, TL_A_RENAME_TABLE, 0, name);
        tl_parse_get(p, alter)->a = table;
        return alter;
    }
    if ((tl_parse_is_word(p, TL_K_CONSTRAINT) && p->now[1].word != TL_K_TO) ||
        (tl_parse_is_word(p, TL_K_PARTITION) && p->now[1].kind == TL_T_OPEN)) {
        skip_element(p);
        return make_alter(p, at, TL_A_OTHER, 0, 0);
    }
    bool is_column = tl_parse_accept_word(p, TL_K_COLUMN);
    skip_if_exists(p);
    if (!is_column && (p->forms & TL_SQL_COMMON_GROUND)) {
        tl_parse_accept_word(p, TL_K_AS); /* MySQL: rename [as] b */
        if (p->now[1].kind == TL_T_END)
            return make_alter(p, at, TL_A_RENAME_TABLE, 0, tl_parse_label(p, "a name"));
    }
    uint32_t old = tl_parse_name(p, "a column");
    if (tl_parse_is(p, TL_T_DOT)) { /* a.b: within a column, whose name stays */
        skip_element(p);
        return make_alter(p, at, TL_A_OTHER, 0, 0);
    }
    tl_parse_expect_word(p, TL_K_TO);
    uint32_t new = tl_parse_label(p, "a column");
    return make_alter(p, at, TL_A_RENAME, old, new);
}

/* The table that rows come from, or that the other one is exchanged with. */
static uint32_t parse_other_table(struct tl_sql_parser *p, uint32_t at,
                                  enum tl_sql_alter op)
{
    uint32_t table = tl_parse_table_name(p);
    uint32_t alter = make_alter(p, at, op, 0, 0);

    tl_parse_get(p, alter)->a = table;
    while (tl_parse_is(p, TL_T_WORD)) /* fillextra, including all, without validation */
        p->now++;
    return alter;
}

static uint32_t parse_alteration(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_ADD:
        return parse_add(p, at);
    case TL_K_DROP:
        return parse_drop_column(p, at);
    case TL_K_RENAME:
        return parse_rename(p, at);
    case TL_K_SWAP:
        p->now++;
        tl_parse_expect_word(p, TL_K_WITH);
        return parse_other_table(p, at, TL_A_SWAP);
    case TL_K_APPEND:
        p->now++;
        tl_parse_expect_word(p, TL_K_FROM);
        return parse_other_table(p, at, TL_A_APPEND);
    case TL_K_EXCHANGE:
        while (!tl_parse_is_word(p, TL_K_WITH) && !tl_parse_is(p, TL_T_END))
            p->now++;
        tl_parse_expect_word(p, TL_K_WITH);
        tl_parse_expect_word(p, TL_K_TABLE);
        return parse_other_table(p, at, TL_A_APPEND);
    default:
        skip_element(p);
        return make_alter(p, at, TL_A_OTHER, 0, 0);
    }
}

/* alter view v as select ... */
static uint32_t make_altered_view(struct tl_sql_parser *p, uint32_t at, uint32_t table)
{
    uint32_t query = tl_parse_query(p);
    uint32_t view = tl_parse_node(p, TL_N_CREATE_VIEW, at);

    tl_parse_get(p, view)->a = table;
    tl_parse_get(p, view)->c = query;
    return view;
}

uint32_t tl_parse_alter(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    struct tl_parse_list list = { 0 };

    p->now++;
    if (!tl_parse_accept_word(p, TL_K_MATERIALIZED) &&
        !tl_parse_accept_word(p, TL_K_FOREIGN))
        tl_parse_accept_word(p, TL_K_EXTERNAL);
    if (!tl_parse_accept_word(p, TL_K_TABLE) && !tl_parse_accept_word(p, TL_K_VIEW))
        return tl_parse_other(p, at);
    if (tl_parse_is_word(p, TL_K_ALL)) /* all in tablespace */
        return tl_parse_other(p, at);
    skip_if_exists(p);
    if (tl_parse_is_word(p, TL_K_ONLY) && tl_parse_is_name(p, p->now + 1))
        p->now++;
    uint32_t table = tl_parse_table_name(p);
    tl_parse_accept(p, TL_T_STAR);
    if (tl_parse_accept_word(p, TL_K_AS)) /* it is what it would be created as */
        return make_altered_view(p, at, table);
    while (!tl_parse_is(p, TL_T_END)) {
        tl_parse_append(p, &list, parse_alteration(p));
        if (!tl_parse_accept(p, TL_T_COMMA))
            break;
    }
    uint32_t node = tl_parse_node(p, TL_N_ALTER_TABLE, at);
    tl_parse_get(p, node)->a = table;
    tl_parse_get(p, node)->b = list.first;
    return node;
}

/* ---- drop ---- */

uint32_t tl_parse_drop(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    struct tl_parse_list list = { 0 };

    if (tl_parse_is_word(p, TL_K_UNDROP))
        return tl_parse_other(p, at);
    p->now++;
    while (tl_parse_is_word(p, TL_K_MATERIALIZED) || tl_parse_is_word(p, TL_K_FOREIGN) ||
           tl_parse_is_word(p, TL_K_EXTERNAL) || tl_parse_is_word(p, TL_K_TEMPORARY) ||
           tl_parse_is_word(p, TL_K_DYNAMIC))
        p->now++;
    if (!tl_parse_accept_word(p, TL_K_TABLE) && !tl_parse_accept_word(p, TL_K_VIEW))
        return tl_parse_other(p, at);
    if (tl_parse_is_word(p, TL_K_FUNCTION) && p->now[1].kind == TL_T_WORD)
        return tl_parse_other(p, at); /* drop table function f */
    skip_if_exists(p);
    do
        tl_parse_append(p, &list, tl_parse_table_name(p));
    while (tl_parse_accept(p, TL_T_COMMA));
    while (tl_parse_is(p, TL_T_WORD)) /* cascade, restrict, purge, cascade constraints */
        p->now++;
    uint32_t node = tl_parse_node(p, TL_N_DROP, at);
    tl_parse_get(p, node)->a = list.first;
    return node;
}
