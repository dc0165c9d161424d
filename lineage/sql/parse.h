/*
 * What the parser's files share. Recursive descent with a Pratt parser for expressions; the first refusal of a statement moves `now`
 * to its end, so that everything unwinds by itself and nothing has to ask whether it failed. Private to parse*.c.
 */
#ifndef TL_LINEAGE_SQL_PARSE_H
#define TL_LINEAGE_SQL_PARSE_H

#include "lineage/sql/keywords.h"
#include "lineage/sql/lex.h"

/* Levels of nesting: expressions, queries and from items count. Each takes less than 1 KiB of stack, with sanitizers too. */
#define TL_PARSE_MOST_LEVELS 5000

struct tl_sql_parser {
    const struct tl_sql_token *now;
    struct tl_sql_tree *tree;
    struct tl_sql_names *names;
    const struct tl_sql_traits *traits;
    uint32_t grammar; /* of the traits */
    uint32_t clauses; /* likewise */
    uint32_t forms;
    uint32_t depth;
    bool failed;
    bool is_merging;
    uint32_t
        program_at; /* behind the first byte of the last statement taken for a program's; 0: none was */
    bool has_columns;  /* a columns(...) was read since it was last asked */
    bool reads_files;  /* a text is a table of files: inside copy into */
    uint8_t family;    /* whose keywords: for tl_parse_limits alone */
    uint8_t n_bodies;  /* texts within texts so far */
    uint32_t n_blocks; /* that are open around */
    bool
        is_inline; /* a routine in front of a statement: what follows its block is that */
    uint32_t
        n_windows; /* parts of statements that are shown as a whole: see parse_body.c */
    bool has_sql_body; /* "into" makes a table there, and fills no variable */
    struct tl_sql_lexer lexer;
};

/* ---- tokens ---- */

static inline bool tl_parse_is(const struct tl_sql_parser *p, enum tl_sql_token_kind kind)
{
    return p->now->kind == kind;
}

static inline bool tl_parse_is_word(const struct tl_sql_parser *p,
                                    enum tl_sql_keyword word)
{
    return p->now->word == word;
}

static inline bool tl_parse_are_words(const struct tl_sql_parser *p,
                                      enum tl_sql_keyword first,
                                      enum tl_sql_keyword second)
{
    return p->now->word == first && p->now[1].word == second;
}

/* Never steps behind the end. */
static inline void tl_parse_step(struct tl_sql_parser *p)
{
    if (p->now->kind != TL_T_END)
        p->now++;
}

static inline bool tl_parse_accept(struct tl_sql_parser *p, enum tl_sql_token_kind kind)
{
    if (p->now->kind != kind)
        return false;
    tl_parse_step(p);
    return true;
}

static inline bool tl_parse_accept_word(struct tl_sql_parser *p, enum tl_sql_keyword word)
{
    if (p->now->word != word)
        return false;
    p->now++;
    return true;
}

static inline bool tl_parse_accept_words(struct tl_sql_parser *p,
                                         enum tl_sql_keyword first,
                                         enum tl_sql_keyword second)
{
    if (!tl_parse_are_words(p, first, second))
        return false;
    p->now += 2;
    return true;
}

/* Limits (enum tl_sql_keyword_limit) of a word in this dialect. */
static inline unsigned tl_parse_limits(const struct tl_sql_parser *p, uint16_t word)
{
    return tl_sql_keywords[word].standing[p->family];
}

/* Whether the token can be a column, table or alias. */
static inline bool tl_parse_is_name(const struct tl_sql_parser *p,
                                    const struct tl_sql_token *token)
{
    if (token->kind == TL_T_WORD)
        return !(tl_parse_limits(p, token->word) & TL_KW_NOT_NAME);
    return token->kind == TL_T_QUOTED;
}

/* Records the statement's problem, if it is the first one, and goes to its end. */
void tl_parse_refuse(struct tl_sql_parser *p, uint32_t at, const char *what);
/* "expected <what>, found ..." at the token that is next. */
void tl_parse_expected(struct tl_sql_parser *p, const char *what);
bool tl_parse_expect(struct tl_sql_parser *p, enum tl_sql_token_kind kind,
                     const char *what);
bool tl_parse_expect_word(struct tl_sql_parser *p, enum tl_sql_keyword word);
bool tl_parse_refuse_depth(struct tl_sql_parser *p); /* false */
/* Enters a level; false, and refused, where there are too many. Left by p->depth--. */
static inline bool tl_parse_enter(struct tl_sql_parser *p)
{
    if (p->depth >= TL_PARSE_MOST_LEVELS)
        return tl_parse_refuse_depth(p);
    p->depth++;
    return true;
}
void tl_parse_go_to_end(struct tl_sql_parser *p);

/* From an opening parenthesis behind its closing one, whatever is inside. */
void tl_parse_skip_parens(struct tl_sql_parser *p);

/* ---- names ---- */

/* A name as a column, table or alias has it; 0 and refused where there is none. */
uint32_t tl_parse_name(struct tl_sql_parser *p, const char *what);
/* Any word, reserved or not. */
uint32_t tl_parse_label(struct tl_sql_parser *p, const char *what);
/* (a, b): a list of TL_N_NAME */
uint32_t tl_parse_name_list(struct tl_sql_parser *p);
/* [database.][schema.]name: TL_N_TABLE */
uint32_t tl_parse_table_name(struct tl_sql_parser *p);
/* identifier(x), table(x): the word is next. */
uint32_t tl_parse_dynamic_name(struct tl_sql_parser *p);
/* A type; its text, interned. */
uint32_t tl_parse_type(struct tl_sql_parser *p);
/* The parameters of a type between angle brackets, where the dialect has them and one is next. */
bool tl_parse_skip_angles(struct tl_sql_parser *p);

/* ---- nodes ---- */

/* Doubles the room. */
void tl_parse_more_nodes(struct tl_sql_tree *tree);

static inline uint32_t tl_parse_node(struct tl_sql_parser *p, enum tl_sql_node_kind kind,
                                     uint32_t at)
{
    struct tl_sql_tree *tree = p->tree;

    if (tree->n_nodes == tree->room)
        tl_parse_more_nodes(tree);
    tree->nodes[tree->n_nodes] = (struct tl_sql_node){ .kind = (uint8_t)kind, .at = at };
    return tree->n_nodes++;
}

/* Until the next node is made. */
static inline struct tl_sql_node *tl_parse_get(const struct tl_sql_parser *p,
                                               uint32_t node)
{
    return &p->tree->nodes[node];
}

struct tl_parse_list {
    uint32_t first, last;
};

/* A node or a whole chain; 0 adds nothing. */
static inline void tl_parse_append(struct tl_sql_parser *p, struct tl_parse_list *list,
                                   uint32_t node)
{
    if (!node)
        return;
    if (list->last)
        p->tree->nodes[list->last].next = node;
    else
        list->first = node;
    while (p->tree->nodes[node].next)
        node = p->tree->nodes[node].next;
    list->last = node;
}

/* ---- expressions (parse_expression.c, parse_call.c) ---- */

/* How tightly an operator holds its operands; an operand is parsed above the power of the operator before it. */
enum tl_parse_power {
    TL_POWER_NONE,
    TL_POWER_OR,
    TL_POWER_AND,
    TL_POWER_NOT,
    TL_POWER_IS,
    TL_POWER_COMPARE,
    TL_POWER_IN, /* between, in, like */
    TL_POWER_OPERATOR,
    TL_POWER_ADD,
    TL_POWER_MULTIPLY,
    TL_POWER_CARET,
    TL_POWER_TIGHT, /* || where it binds tighter than arithmetic */
    TL_POWER_AT,
    TL_POWER_COLLATE,
    TL_POWER_SIGN,
    TL_POWER_POSTFIX
};

uint32_t tl_parse_expression(struct tl_sql_parser *p);
uint32_t tl_parse_above(struct tl_sql_parser *p, unsigned power);
/* a, b, c */
uint32_t tl_parse_expressions(struct tl_sql_parser *p);
/* Behind an opening parenthesis, to the closing one: one TL_N_SUBQUERY, or a list (0: nothing was inside). */
uint32_t tl_parse_inside_parens(struct tl_sql_parser *p);
/* The arguments and what follows them, the parenthesis being next. */
uint32_t tl_parse_call(struct tl_sql_parser *p, uint32_t at, uint32_t name,
                       uint32_t schema, uint16_t word);
/* A word with a syntax of its own before a parenthesis: 0 where it has none. */
uint32_t tl_parse_special_call(struct tl_sql_parser *p);
/* collation for (a) */
uint32_t tl_parse_collation_for(struct tl_sql_parser *p);
/* xmltable, json_table: the parenthesis is next. */
uint32_t tl_parse_table_call(struct tl_sql_parser *p, uint32_t at, uint32_t name);
/* A TL_N_LITERAL of no bytes, standing for a word that was understood as a constant. */
uint32_t tl_parse_constant(struct tl_sql_parser *p, uint32_t at,
                           enum tl_sql_literal literal);

/* ---- rarer forms (parse_forms.c) ---- */

/* with (x as a, y as x + 1, x + y): a query of what it gives; 0: the dialect has none. */
uint32_t tl_parse_with_expression(struct tl_sql_parser *p);
/* Whether the token is this word, which is no keyword, in any case. */
bool tl_parse_is_text(const struct tl_sql_parser *p, const struct tl_sql_token *token,
                      const char *word);
/* Whether a statement that moves nothing begins here with a word that is no keyword. */
bool tl_parse_is_command(const struct tl_sql_parser *p);
bool tl_parse_has_angles(const struct tl_sql_parser *p);
/* Where a template puts a value: 0 where there is none. */
uint32_t tl_parse_template_place(struct tl_sql_parser *p);
uint32_t tl_parse_word_lambda(struct tl_sql_parser *p);
/* Behind `[body`, `for` being next; the bracket is not read. */
uint32_t tl_parse_comprehension(struct tl_sql_parser *p, uint32_t at, uint32_t body);
bool tl_parse_is_stream(const struct tl_sql_parser *p);
bool tl_parse_is_method(const struct tl_sql_parser *p, uint32_t schema);
uint32_t tl_parse_method(struct tl_sql_parser *p, uint32_t at, uint32_t name,
                         uint32_t first);
uint32_t tl_parse_table_argument(struct tl_sql_parser *p);
/* Queries among the arguments of a table function: all of their columns count, not the first alone. */
void tl_parse_take_whole_queries(struct tl_sql_parser *p, uint32_t call);
/* Trino: descriptor (a, b) names columns and reads none. 0: it is not next. */
uint32_t tl_parse_descriptor(struct tl_sql_parser *p);
uint32_t tl_parse_model_argument(struct tl_sql_parser *p);

/* ---- what systems without a row of their own write (parse_common.c) ---- */

/* What the target of a change is among the items it is joined with; 0: it is none of them. */
uint32_t tl_parse_joined_target(struct tl_sql_parser *p, uint32_t table, uint32_t from);
/* update a join b on ... set: all that stands before `set`, `table` being read. */
uint32_t tl_parse_several_targets(struct tl_sql_parser *p, uint32_t table);
/* Behind that `set`: which of them is changed. */
uint32_t tl_parse_set_target(struct tl_sql_parser *p, uint32_t table, uint32_t from);
bool tl_parse_accept_apply(struct tl_sql_parser *p, bool *is_outer);
bool tl_parse_is_hint(const struct tl_sql_parser *p);
void tl_parse_skip_hints(struct tl_sql_parser *p);
void tl_parse_skip_join_hint(struct tl_sql_parser *p);
/* Behind a query: option (...), for xml ..., with ur. */
bool tl_parse_is_query_hint(const struct tl_sql_parser *p);
void tl_parse_skip_query_hint(struct tl_sql_parser *p);
/* rename table a to b, c to d: `rename` is next. */
uint32_t tl_parse_rename_tables(struct tl_sql_parser *p);
/* apply changes into a from b ...: `apply` is next. */
uint32_t tl_parse_apply_changes(struct tl_sql_parser *p);
/* row format ... of a transform */
void tl_parse_skip_row_format(struct tl_sql_parser *p);
/* output inserted.a, deleted.b: what a change shows; where it is put elsewhere it is not read. */
void tl_parse_skip_output(struct tl_sql_parser *p);
/* `top` is next. */
void tl_parse_skip_top(struct tl_sql_parser *p);

/* ---- with clauses (parse_with.c) ---- */

/* with [recursive] a as (...), ...; flags gets TL_F_RECURSIVE. */
uint32_t tl_parse_with(struct tl_sql_parser *p, uint8_t *flags);
/* Gives `node` back, which is the last one that may name queries of the list, and marks those that nothing names as TL_F_UNUSED. */
uint32_t tl_parse_marked(struct tl_sql_parser *p, uint32_t list, uint32_t node);

/* ---- queries (parse_query.c) ---- */

/* What a select is made of: nodes and lists, 0 where it has none. */
struct tl_parse_select {
    uint32_t items, from, where;
    uint32_t groups, having, windows, qualify, distinct_on, into;
    uint8_t flags, tail_flags, more_flags;
};
/* A TL_N_SELECT of it. */
uint32_t tl_parse_make_select(struct tl_sql_parser *p, uint32_t at,
                              const struct tl_parse_select *s);
/* [distinct] items, behind `select` */
void tl_parse_select_list(struct tl_sql_parser *p, struct tl_parse_select *s);
/* a as (...), b as (...): a list of TL_N_NAMED_WINDOW, behind `window` */
uint32_t tl_parse_named_windows(struct tl_sql_parser *p);
/* rollup (...), cube (...), grouping sets (...): 0 where none is next. */
uint32_t tl_parse_grouping(struct tl_sql_parser *p);
/* An item's alias; 0: none. */
uint32_t tl_parse_item_alias(struct tl_sql_parser *p);
/* Whether the words of a set operation are next. */
bool tl_parse_is_set(const struct tl_sql_parser *p);
/* They, and one query or several: a TL_N_SET whose left side is given. */
uint32_t tl_parse_set_of_pipe(struct tl_sql_parser *p, uint32_t left);
/* |> ... |> ... behind a query: one query (parse_pipe.c). */
uint32_t tl_parse_pipes(struct tl_sql_parser *p, uint32_t query);
/* Behind the query of a statement: |> insert into t, |> create table t, |> export data; where none is next, the query. */
uint32_t tl_parse_pipe_end(struct tl_sql_parser *p, uint32_t query);
/* Whether a query begins here: select, with, values, table, from where it may come first; not a parenthesis. */
bool tl_parse_is_query(const struct tl_sql_parser *p);
/* Whether a query in parentheses goes on here: union, order by, limit ... */
bool tl_parse_is_more_query(const struct tl_sql_parser *p);
/* Whether a word that is a name elsewhere begins the next clause here: qualify, minus, window, sort by. */
bool tl_parse_is_clause(const struct tl_sql_parser *p);
uint32_t tl_parse_query(struct tl_sql_parser *p);
/* The rest of a query whose with clause is read. */
uint32_t tl_parse_query_with(struct tl_sql_parser *p, uint32_t at, uint32_t ctes,
                             uint8_t flags);
/* The rest of a query of which `left`, in parentheses, is the first part. */
uint32_t tl_parse_query_behind(struct tl_sql_parser *p, uint32_t left);
/* Select items up to what is none; `returning` too. */
uint32_t tl_parse_items(struct tl_sql_parser *p);
/* An item without its alias: a star with its edits, or an expression. */
uint32_t tl_parse_item_value(struct tl_sql_parser *p);
/* order by is read: a list of TL_N_ORDER. */
uint32_t tl_parse_order_list(struct tl_sql_parser *p);
/* (partition by ... order by ... rows ...): TL_N_WINDOW */
uint32_t tl_parse_window(struct tl_sql_parser *p);
/* A query of all of a table: TL_N_QUERY over a from item. */
uint32_t tl_parse_query_of(struct tl_sql_parser *p, uint32_t at, uint32_t from_item);
/* order by, limit, offset, fetch, for update, in any order: the list of limits; `order` gets the TL_N_ORDER. */
uint32_t tl_parse_limits_of_query(struct tl_sql_parser *p, struct tl_parse_list *order);

/* ---- around a statement (parse_around.c) ---- */

/* Behind `with`: the routines and settings that stand there; whether that was all, and no query of the with clause follows. */
bool tl_parse_inline(struct tl_sql_parser *p);
/* a as procedure (...) ...: the procedure is next. */
void tl_parse_inline_procedure(struct tl_sql_parser *p, uint32_t name);
/* function f (...) ..., or what stands behind `name as`: a TL_N_PROGRAM of the routine (parse_routine.c). */
uint32_t tl_parse_inline_routine(struct tl_sql_parser *p, uint32_t name);
uint32_t tl_parse_using_functions(struct tl_sql_parser *p);
/* identifier('a.b')(...): a call of a procedure that a constant names; whether it is next, and the call. */
bool tl_parse_is_named_call(const struct tl_sql_parser *p);
uint32_t tl_parse_named_call(struct tl_sql_parser *p);
/* semantic_view (v dimensions a.b metrics c.d where ...), its parenthesis being next: a TL_N_DERIVED. */
uint32_t tl_parse_semantic_view(struct tl_sql_parser *p, uint32_t at);
/* graph_table (g match ... columns (...)), the same: what its columns name are properties of the graph. */
uint32_t tl_parse_graph_table(struct tl_sql_parser *p, uint32_t at);
/* Whether ->> is next, and the statements behind `statement`: a list. */
bool tl_parse_is_flow(const struct tl_sql_parser *p);
uint32_t tl_parse_flow(struct tl_sql_parser *p, uint32_t statement);
/* Behind which byte the next statement of the text ends. */
void tl_parse_put_end(struct tl_sql_tree *tree, uint32_t end);

/* ---- from items (parse_from.c) ---- */

uint32_t tl_parse_from_list(struct tl_sql_parser *p);
/* (a int, b text) of an alias, the parenthesis being next: a list of TL_N_NAME */
uint32_t tl_parse_alias_columns(struct tl_sql_parser *p);
/* One of them, with its joins. */
uint32_t tl_parse_from_item(struct tl_sql_parser *p);
bool tl_parse_is_join(const struct tl_sql_parser *p);
/* The joins that follow an item: it, or what they make of it. */
uint32_t tl_parse_joins(struct tl_sql_parser *p, uint32_t left);
/* Whether a pivot, an unpivot or a row pattern of the item before is next (parse_pivot.c). */
bool tl_parse_is_pivot(const struct tl_sql_parser *p);
/* It, without what stands behind it: a TL_N_PIVOT, TL_N_UNPIVOT or TL_N_MATCH of the item. */
uint32_t tl_parse_pivot(struct tl_sql_parser *p, uint32_t item);
/* pivot t on a using sum(b) group by c; unpivot t on a, b into name n value v: a from item */
bool tl_parse_is_pivot_statement(const struct tl_sql_parser *p);
uint32_t tl_parse_pivot_statement(struct tl_sql_parser *p);
/* [as] a [(b, c)]: TL_N_ALIAS or 0 */
uint32_t tl_parse_alias(struct tl_sql_parser *p);
/* [indexed by i | not indexed], where the dialect has it: that is the caller's to ask. */
void tl_parse_skip_index(struct tl_sql_parser *p);

/* ---- files (parse_copy.c) ---- */

/* Whether an address is next: a text, or a stage where the dialect has them. */
bool tl_parse_is_files(const struct tl_sql_parser *p);
/* It, as a TL_N_TABLE. */
uint32_t tl_parse_files(struct tl_sql_parser *p);
/* parquet.`path`: whether it is next, and the same. */
bool tl_parse_is_path_name(const struct tl_sql_parser *p);
uint32_t tl_parse_path_name(struct tl_sql_parser *p);
/* read_csv('x'): the TL_N_TABLE that the call stands for, or 0. */
uint32_t tl_parse_files_of_call(struct tl_sql_parser *p, uint32_t call);
/* uri = 'x', uris = ['x', ...] up to the next closing parenthesis: the first address, as a TL_N_TABLE; 0: there is none. */
uint32_t tl_parse_uri(struct tl_sql_parser *p);
uint32_t tl_parse_copy(struct tl_sql_parser *p);
uint32_t tl_parse_unload(struct tl_sql_parser *p);
uint32_t tl_parse_load(struct tl_sql_parser *p);
/* `query`: what is exported, 0: it stands behind `as`. */
uint32_t tl_parse_export(struct tl_sql_parser *p, uint32_t query);
/* insert overwrite, behind those words: [local] directory ... */
uint32_t tl_parse_directory(struct tl_sql_parser *p, uint32_t at);

/* ---- sessions (parse_session.c) ---- */

/* truncate, begin, commit, rollback, savepoint, use, set search_path ...: 0 and nothing read where it is another statement. */
uint32_t tl_parse_session(struct tl_sql_parser *p);

/* ---- several inserts (parse_inserts.c) ---- */

/* Behind insert [overwrite]: all | first ... */
uint32_t tl_parse_insert_all(struct tl_sql_parser *p, uint32_t at, uint32_t ctes,
                             uint8_t flags);
/* from t insert into a select ... insert into b select ...; whether that is next, and the same. */
bool tl_parse_is_from_insert(const struct tl_sql_parser *p);
uint32_t tl_parse_from_insert(struct tl_sql_parser *p, uint32_t ctes, uint8_t flags);

/* ---- statements (parse_statement.c, parse_merge.c, parse_table.c) ---- */

/* A statement up to its end; 0 where it is refused. */
uint32_t tl_parse_statement(struct tl_sql_parser *p);

/* insert, update, delete behind a with clause (0: none), for a statement or a common table expression. */
uint32_t tl_parse_change(struct tl_sql_parser *p, uint32_t ctes, uint8_t flags);
bool tl_parse_is_change(const struct tl_sql_parser *p);
uint32_t tl_parse_merge(struct tl_sql_parser *p, uint32_t ctes, uint8_t flags);
/* Their parts. [only] t [*] [[as] a]: TL_N_TABLE */
uint32_t tl_parse_target(struct tl_sql_parser *p);
/* (a, b): a list of TL_N_NAME; 0 where a query in parentheses or nothing like it is next. */
uint32_t tl_parse_insert_columns(struct tl_sql_parser *p);
void tl_parse_skip_overriding(struct tl_sql_parser *p);
/* a = x, (b, c) = (y, z): a list of TL_N_SET_COLUMN */
uint32_t tl_parse_set_list(struct tl_sql_parser *p);
/* returning [with (old as o, new as n)] a, b: a list of TL_N_ITEM, or 0 */
uint32_t tl_parse_returning(struct tl_sql_parser *p);
/* Two conditions that both count; either may be 0. */
uint32_t tl_parse_both(struct tl_sql_parser *p, uint32_t a, uint32_t b);
/* create, alter, drop: a statement node. */
uint32_t tl_parse_create(struct tl_sql_parser *p);
uint32_t tl_parse_alter(struct tl_sql_parser *p);
uint32_t tl_parse_drop(struct tl_sql_parser *p);
uint32_t tl_parse_cache(struct tl_sql_parser *p);

/* ---- bodies (parse_body.c, parse_routine.c) ---- */

/* Whether the word is this one, which is no keyword. */
bool tl_parse_says(const struct tl_sql_parser *p, const struct tl_sql_token *token,
                   const char *word);
/* One of them, and its semicolon; 0: an empty one, or one that was refused. */
uint32_t tl_parse_body_statement(struct tl_sql_parser *p);
/* A text token that holds a body: `parse` reads what is in it. 0 where it is nested too deep. */
uint32_t tl_parse_text(struct tl_sql_parser *p, const struct tl_sql_token *token,
                       bool is_sql, uint32_t (*parse)(struct tl_sql_parser *p));
/* Statements up to the end of a text; what is refused leaves its problem. */
uint32_t tl_parse_text_statements(struct tl_sql_parser *p);
/* create function, procedure, macro, trigger, rule, task, pipe: that word is next. */
uint32_t tl_parse_routine(struct tl_sql_parser *p, uint32_t at);
/* A statement of its own that is one of a body's: begin ... end, if, loop, declare, set, execute, call, do ... */
uint32_t tl_parse_program(struct tl_sql_parser *p);
uint32_t tl_parse_do(struct tl_sql_parser *p);
uint32_t tl_parse_prepare(struct tl_sql_parser *p);
/* Of a refused statement: where the text of a template is in it, that is its problem. */
void tl_parse_blame_template(struct tl_sql_parser *p);
/* A statement that moves nothing, up to its end. */
uint32_t tl_parse_other(struct tl_sql_parser *p, uint32_t at);

#endif
