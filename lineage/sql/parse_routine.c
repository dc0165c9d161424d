/*
 * What makes a body or runs one: create function, procedure, macro, trigger, rule, task; do, declare, execute, prepare. Options of a
 * routine may stand before its body or behind it; the language decides how the body is read.
 */
#include "lineage/sql/parse.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A TL_N_PROGRAM of a list; its nodes begin at `first`. */
static uint32_t make_program(struct tl_sql_parser *p, uint32_t at, uint32_t list,
                             uint32_t first, uint8_t flags)
{
    uint32_t node = tl_parse_node(p, TL_N_PROGRAM, at);
    struct tl_sql_node *program = tl_parse_get(p, node);

    program->flags = flags;
    program->a = list;
    program->b = node - first;
    return node;
}

/* ---- parameters ---- */

struct routine {
    uint32_t at, name, schema, parameters, columns, body;
    uint32_t language;        /* name; 0: not told */
    uint32_t language_at;     /* where it is told */
    struct tl_sql_token text; /* of a body that is read once the language is known */
    uint8_t op, flags;
    bool is_macro, has_text;
    bool is_inline; /* what follows its body is not its own */
};

static bool ends_parameter(const struct tl_sql_parser *p)
{
    return tl_parse_is(p, TL_T_COMMA) || tl_parse_is(p, TL_T_CLOSE) ||
           tl_parse_is(p, TL_T_ASSIGN) || tl_parse_is(p, TL_T_EQUAL) ||
           tl_parse_is(p, TL_T_NAMED) || tl_parse_is_word(p, TL_K_DEFAULT) ||
           tl_parse_is_word(p, TL_K_COMMENT) || tl_parse_is(p, TL_T_END);
}

static void skip_angles(struct tl_sql_parser *p)
{
    uint32_t open = 0;

    do {
        if (tl_parse_is(p, TL_T_COMPARE) || tl_parse_is(p, TL_T_OPERATOR))
            for (uint32_t i = p->now->at; i < p->now->value; i++) {
                open += p->lexer.text[i] == '<';
                open -= p->lexer.text[i] == '>' && open;
            }
        tl_parse_step(p);
    } while (open && !tl_parse_is(p, TL_T_END));
}

/* A type of any kind: its text, interned. */
static uint32_t take_type(struct tl_sql_parser *p)
{
    const struct tl_sql_token *first = p->now;

    while (!ends_parameter(p)) {
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        else if (tl_parse_is(p, TL_T_COMPARE) && p->lexer.text[p->now->at] == '<')
            skip_angles(p);
        else
            p->now++;
    }
    if (p->now == first || p->failed)
        return 0;
    return tl_sql_name_exact(p->names, p->lexer.text + first->at,
                             tl_sql_token_end(&p->lexer, p->now - 1) - first->at);
}

/* in, out, inout, variadic: enum tl_sql_declare */
static uint16_t accept_mode(struct tl_sql_parser *p)
{
    uint16_t mode = TL_D_IN;

    if (tl_parse_accept_word(p, TL_K_IN))
        mode = TL_D_IN;
    else if (tl_parse_says(p, p->now, "out") && p->now[1].kind != TL_T_COMMA &&
             p->now[1].kind != TL_T_CLOSE)
        mode = TL_D_OUT;
    else if (tl_parse_says(p, p->now, "inout") && p->now[1].kind != TL_T_COMMA)
        mode = TL_D_BOTH;
    else if (!tl_parse_is_word(p, TL_K_VARIADIC))
        return mode;
    if (mode == TL_D_OUT || mode == TL_D_BOTH || tl_parse_is_word(p, TL_K_VARIADIC))
        p->now++;
    if (mode == TL_D_IN && tl_parse_says(p, p->now, "out")) {
        p->now++;
        mode = TL_D_BOTH;
    }
    return mode;
}

/* [mode] [name] type [default v]; of a macro the name alone and perhaps a default */
static uint32_t parse_parameter(struct tl_sql_parser *p, bool is_macro)
{
    uint32_t node = tl_parse_node(p, TL_N_DECLARE, p->now->at);
    uint16_t mode = is_macro ? TL_D_IN : accept_mode(p);
    const struct tl_sql_token *first = p->now;
    uint32_t name = tl_parse_label(p, "a parameter"), type = 0, value = 0;

    if (ends_parameter(p) && !is_macro && (p->traits->scripting & TL_SQL_TEXT_ROUTINES)) {
        p->now = first; /* a type alone */
        name = 0;
    }
    if (!ends_parameter(p))
        type = take_type(p);
    if (tl_parse_accept_word(p, TL_K_COMMENT))
        tl_parse_step(p);
    if (!tl_parse_is(p, TL_T_COMMA) && !tl_parse_is(p, TL_T_CLOSE)) {
        tl_parse_step(p);
        value = tl_parse_expression(p);
    }
    if (tl_parse_accept_word(p, TL_K_COMMENT)) /* behind the default too */
        tl_parse_step(p);
    struct tl_sql_node *parameter = tl_parse_get(p, node);
    parameter->name = name;
    parameter->op = mode;
    parameter->a = value;
    parameter->b = type;
    return node;
}

static uint32_t parse_parameters(struct tl_sql_parser *p, bool is_macro)
{
    struct tl_parse_list list = { 0 };

    tl_parse_expect(p, TL_T_OPEN, "'('");
    if (tl_parse_accept(p, TL_T_CLOSE))
        return 0;
    do
        tl_parse_append(p, &list, parse_parameter(p, is_macro));
    while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

/* Behind `returns table`: (a int, b text) or <a int64, b string>: a list of TL_N_NAME. */
static uint32_t parse_row_columns(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };
    bool has_angles = tl_parse_is(p, TL_T_COMPARE);

    if (!has_angles && !tl_parse_is(p, TL_T_OPEN))
        return 0;
    p->now++;
    if (tl_parse_accept(p, TL_T_CLOSE))
        return 0;
    do {
        uint32_t node = tl_parse_node(p, TL_N_NAME, p->now->at);
        uint32_t name = tl_parse_label(p, "a column");

        tl_parse_get(p, node)->name = name;
        tl_parse_append(p, &list, node);
        while (!tl_parse_is(p, TL_T_COMMA) && !tl_parse_is(p, TL_T_CLOSE) &&
               !tl_parse_is(p, TL_T_END) &&
               !(has_angles &&
                 (tl_parse_is(p, TL_T_COMPARE) || tl_parse_is(p, TL_T_OPERATOR)) &&
                 p->lexer.text[p->now->at] == '>')) {
            if (tl_parse_is(p, TL_T_OPEN))
                tl_parse_skip_parens(p);
            else if (tl_parse_is(p, TL_T_COMPARE))
                skip_angles(p);
            else
                p->now++;
        }
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_step(p);
    return list.first;
}

/* ---- bodies of routines ---- */

static bool is_block_word(const struct tl_sql_parser *p)
{
    return tl_parse_is_word(p, TL_K_BEGIN) || tl_parse_is_word(p, TL_K_DECLARE) ||
           (tl_parse_is(p, TL_T_OPERATOR) && p->lexer.text[p->now->at] == '<');
}

/* A text whose language was not told: an expression, a query, statements, or a block. */
static uint32_t parse_any_text(struct tl_sql_parser *p)
{
    if (is_block_word(p) || tl_parse_is_query(p) || tl_parse_is_change(p))
        return tl_parse_text_statements(p);
    uint32_t value = tl_parse_expression(p);

    if (!p->failed && tl_parse_is(p, TL_T_SEMICOLON))
        p->now++;
    if (!p->failed && !tl_parse_is(p, TL_T_END))
        tl_parse_expected(p, "the end of the body");
    return p->failed ? 0 : value;
}

/* Whether the list is of statements and not an expression. */
static uint8_t kind_of_body(const struct tl_sql_parser *p, uint32_t body)
{
    bool is_block = false;

    if (!body)
        return TL_B_QUERY;
    for (uint32_t i = body; i; i = tl_parse_get(p, i)->next) {
        uint8_t kind = tl_parse_get(p, i)->kind;

        if (kind < TL_N_QUERY)
            return TL_B_EXPRESSION;
        is_block = is_block || (kind >= TL_N_BLOCK && kind <= TL_N_FETCH);
    }
    return is_block ? TL_B_BLOCK : TL_B_QUERY;
}

static bool is_language(const char *language, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(language, *words) == 0)
            return true;
    return false;
}

/* Reads the body by its language; what cannot be read is said, but for what is no text of a program at all. */
static void read_text(struct tl_sql_parser *p, struct routine *routine)
{
    static const char *const block[] = { "plpgsql", "plsql", "edbspl", "plvsql", NULL };
    static const char *const sql[] = { "sql", NULL };
    static const char *const none[] = { "c", "internal", NULL };
    const char *language =
        routine->language ? tl_sql_name_text(p->names, routine->language) : NULL;
    char message[120];

    if (language && is_language(language, none))
        return;
    if (language && !is_language(language, block) && !is_language(language, sql)) {
        const struct tl_sql_token *now = p->now;

        snprintf(message, sizeof message, "a body in %.40s is not read", language);
        tl_parse_refuse(p, routine->language_at, message);
        p->failed = false;
        p->now = now;
        return;
    }
    bool has_sql_texts = p->traits->scripting & TL_SQL_TEXT_ROUTINES;
    bool is_sql = language ? is_language(language, sql) : has_sql_texts;
    if (language && !is_sql)
        routine->body = tl_parse_text(p, &routine->text, false, tl_parse_text_statements);
    else
        routine->body =
            tl_parse_text(p, &routine->text, is_sql && has_sql_texts, parse_any_text);
    routine->op = language && !is_sql ? TL_B_BLOCK : kind_of_body(p, routine->body);
}

/* Behind `as` or `return`: a query, an expression; in parentheses or not. */
static void parse_open_body(struct tl_sql_parser *p, struct routine *routine)
{
    bool is_query = tl_parse_is_query(p) ||
                    (tl_parse_is(p, TL_T_OPEN) &&
                     (p->now[1].word == TL_K_SELECT || p->now[1].word == TL_K_WITH ||
                      p->now[1].word == TL_K_FROM));

    if (tl_parse_is(p, TL_T_OPEN) && is_query && !(routine->flags & TL_F_ROWS)) {
        /* a scalar query, or an expression that begins with one */
        routine->body = tl_parse_expression(p);
        routine->op = TL_B_EXPRESSION;
        return;
    }
    routine->body = is_query ? tl_parse_query(p) : tl_parse_expression(p);
    routine->op = is_query ? TL_B_QUERY : TL_B_EXPRESSION;
}

/* A block without quotes; its semicolons are met as it is read. */
static void parse_bare_block(struct tl_sql_parser *p, struct routine *routine)
{
    routine->body = tl_parse_body_statement(p);
    routine->op = TL_B_BLOCK;
}

/* Behind `as`. */
static void parse_as(struct tl_sql_parser *p, struct routine *routine)
{
    if (tl_parse_is(p, TL_T_TEXT) && !routine->is_macro) {
        routine->text = *p->now;
        routine->has_text = true;
        p->now++;
        if (tl_parse_accept(p, TL_T_COMMA)) /* an object file and its symbol */
            tl_parse_step(p);
        return;
    }
    if (is_block_word(p)) {
        parse_bare_block(p, routine);
        return;
    }
    if (routine->is_macro && tl_parse_is_word(p, TL_K_TABLE) &&
        p->now[1].kind != TL_T_DOT) {
        p->now++;
        routine->flags |= TL_F_ROWS;
    }
    parse_open_body(p, routine);
}

static void parse_returns(struct tl_sql_parser *p, struct routine *routine)
{
    p->now++;
    if (tl_parse_accept_words(p, TL_K_NULL, TL_K_ON)) { /* null input */
        p->now += 2;
        return;
    }
    if (tl_parse_accept_word(p, TL_K_TABLE)) {
        routine->flags |= TL_F_ROWS;
        routine->columns = parse_row_columns(p);
        return;
    }
    if (tl_parse_is_word(p, TL_K_SETOF))
        routine->flags |= TL_F_ROWS;
    if (tl_parse_is_word(p, TL_K_TRIGGER))
        routine->flags |= TL_F_TRIGGER;
    if (tl_parse_is(p, TL_T_WORD) || tl_parse_is(p, TL_T_QUOTED))
        p->now++;
}

static void parse_language(struct tl_sql_parser *p, struct routine *routine)
{
    p->now++;
    routine->language_at = p->now->at;
    if (tl_parse_is(p, TL_T_WORD) || tl_parse_is(p, TL_T_QUOTED)) {
        routine->language = p->now->value;
    } else if (tl_parse_is(p, TL_T_TEXT)) {
        routine->language = tl_sql_name_exact(p->names, p->lexer.text + p->now->at + 1,
                                              p->now->value - p->now->at - 2);
    }
    tl_parse_step(p);
}

/* Everything behind the parameters. */
static void parse_options(struct tl_sql_parser *p, struct routine *routine)
{
    while (!tl_parse_is(p, TL_T_END) && !p->failed &&
           !(routine->is_inline && (routine->body || routine->has_text))) {
        if (tl_parse_says(p, p->now, "returns")) {
            parse_returns(p, routine);
        } else if (tl_parse_says(p, p->now, "language")) {
            parse_language(p, routine);
        } else if (tl_parse_is_word(p, TL_K_EXECUTE) && p->now[1].word == TL_K_AS) {
            p->now += 3;
        } else if (tl_parse_accept_word(p, TL_K_AS)) {
            parse_as(p, routine);
        } else if (tl_parse_says(p, p->now, "return") && !routine->body) {
            p->now++;
            parse_open_body(p, routine);
        } else if (tl_parse_is_word(p, TL_K_BEGIN) && !routine->body) {
            bool is_sql = p->now[1].word == TL_K_ATOMIC;

            parse_bare_block(p, routine);
            if (is_sql) /* its statements alone */
                routine->body = tl_parse_get(p, routine->body)->b;
            routine->op = is_sql ? TL_B_QUERY : TL_B_BLOCK;
        } else if (tl_parse_is(p, TL_T_OPEN)) {
            tl_parse_skip_parens(p);
        } else {
            p->now++;
        }
    }
    if (routine->has_text && !p->failed)
        read_text(p, routine);
    else if (routine->language && !routine->body && !p->failed)
        read_text(p, routine);
}

static uint32_t make_routine(struct tl_sql_parser *p, const struct routine *routine)
{
    uint32_t node = tl_parse_node(p, TL_N_ROUTINE, routine->at);
    struct tl_sql_node *made = tl_parse_get(p, node);

    made->op = routine->op;
    made->flags = routine->flags;
    made->name = routine->name;
    made->a = routine->parameters;
    made->b = routine->schema;
    made->c = routine->body;
    made->d = routine->columns;
    return node;
}

static void skip_if_not_exists(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_word(p, TL_K_IF))
        return;
    tl_parse_accept_word(p, TL_K_NOT);
    tl_parse_expect_word(p, TL_K_EXISTS);
}

/* f (a, b := 1) as expression | as table query, more of them behind commas */
static uint32_t parse_macros(struct tl_sql_parser *p, const struct routine *first)
{
    struct tl_parse_list list = { 0 };

    do {
        struct routine routine = *first;

        routine.at = p->now->at;
        routine.parameters = parse_parameters(p, true);
        tl_parse_expect_word(p, TL_K_AS);
        parse_as(p, &routine);
        tl_parse_append(p, &list, make_routine(p, &routine));
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

static uint32_t parse_function(struct tl_sql_parser *p, uint32_t at)
{
    struct routine routine = { .at = at };
    uint32_t first = p->tree->n_nodes, list;

    routine.is_macro = tl_parse_is_word(p, TL_K_MACRO) ||
                       (p->traits->scripting & TL_SQL_FUNCTIONS_ARE_MACROS);
    if (tl_parse_is_word(p, TL_K_PROCEDURE))
        routine.flags |= TL_F_PROCEDURE;
    if (p->now[-1].word == TL_K_TABLE) /* BigQuery's create table function */
        routine.flags |= TL_F_ROWS;
    if (routine.is_macro)
        routine.flags |= TL_F_MACRO;
    p->now++;
    skip_if_not_exists(p);
    uint32_t table = tl_parse_table_name(p);
    routine.name = tl_parse_get(p, table)->name;
    routine.schema = tl_parse_get(p, table)->b;
    if (tl_parse_is_word(p, TL_K_AS) && p->now[1].kind == TL_T_TEXT)
        return tl_parse_other(p, at); /* Spark: a class */
    if (routine.is_macro) {
        list = parse_macros(p, &routine);
    } else {
        routine.parameters = parse_parameters(p, false);
        parse_options(p, &routine);
        list = make_routine(p, &routine);
    }
    return p->failed ? 0 : make_program(p, at, list, first, TL_F_CREATED);
}

uint32_t tl_parse_inline_routine(struct tl_sql_parser *p, uint32_t name)
{
    struct routine routine = { .at = p->now->at, .is_inline = true, .name = name };
    uint32_t first = p->tree->n_nodes;

    if (tl_parse_is_word(p, TL_K_PROCEDURE))
        routine.flags |= TL_F_PROCEDURE;
    p->now++;
    if (!name) {
        uint32_t table = tl_parse_table_name(p);

        routine.name = tl_parse_get(p, table)->name;
        routine.schema = tl_parse_get(p, table)->b;
    }
    routine.parameters = parse_parameters(p, false);
    bool was_inline = p->is_inline;
    p->is_inline = true;
    parse_options(p, &routine);
    p->is_inline = was_inline;
    if (!routine.body && !routine.has_text && !routine.language)
        tl_parse_expected(p, "a body");
    if (p->failed)
        return 0;
    uint32_t list = make_routine(p, &routine);
    return make_program(p, routine.at, list, first, TL_F_CREATED);
}

/* ---- triggers, rules, tasks ---- */

static uint32_t column_of_new(struct tl_sql_parser *p, const struct tl_sql_token *text)
{
    uint32_t column = tl_parse_node(p, TL_N_COLUMN, text->at);
    uint32_t name = tl_sql_name_add(p->names, p->lexer.text + text->at + 1,
                                    text->value - text->at - 2, false);

    tl_parse_get(p, column)->name = name;
    tl_parse_get(p, column)->b = tl_sql_name_exact(p->names, "new", 3);
    return column;
}

/*
 * Functions for triggers that the system brings, the parenthesis being next. tsvector_update_trigger('a', 'english', 'b', 'c') is
 * new.a := to_tsvector(new.b, new.c); the other one writes nothing.
 */
static bool is_system_trigger(struct tl_sql_parser *p, uint32_t *body)
{
    const struct tl_sql_token *t = p->now + 1;
    struct tl_parse_list columns = { 0 };

    if (tl_parse_says(p, p->now - 1, "suppress_redundant_updates_trigger"))
        return true;
    if ((!tl_parse_says(p, p->now - 1, "tsvector_update_trigger") &&
         !tl_parse_says(p, p->now - 1, "tsvector_update_trigger_column")) ||
        t->kind != TL_T_TEXT)
        return false;
    uint32_t target = column_of_new(p, t);
    uint32_t call = tl_parse_node(p, TL_N_CALL, t->at);
    for (t += 4; t[-1].kind == TL_T_COMMA && t->kind == TL_T_TEXT; t += 2)
        tl_parse_append(p, &columns, column_of_new(p, t));
    tl_parse_get(p, call)->name = tl_sql_name_exact(p->names, "to_tsvector", 11);
    tl_parse_get(p, call)->a = columns.first;
    *body = tl_parse_node(p, TL_N_ASSIGN, target);
    tl_parse_get(p, *body)->at = tl_parse_get(p, target)->at;
    tl_parse_get(p, *body)->a = target;
    tl_parse_get(p, *body)->b = call;
    return true;
}

/* The standard's triggers may be one statement. */
static bool begins_trigger(const struct tl_sql_parser *p)
{
    return (p->forms & TL_SQL_COMMON_GROUND) &&
           (tl_parse_is_change(p) || tl_parse_is_word(p, TL_K_SET) ||
            tl_parse_is_word(p, TL_K_CALL) || tl_parse_is_word(p, TL_K_IF));
}

/* referencing old row as o new as n: other names of the rows; `rows` gets those of old and new. */
static bool take_row_name(struct tl_sql_parser *p, uint32_t rows[2])
{
    bool is_new = tl_parse_says(p, p->now, "new");
    const struct tl_sql_token *t = p->now + 1;

    if (!(p->forms & TL_SQL_COMMON_GROUND) ||
        (!is_new && !tl_parse_says(p, p->now, "old")))
        return false;
    t += t->word == TL_K_ROW;
    t += t->word == TL_K_AS;
    if ((t->kind != TL_T_WORD && t->kind != TL_T_QUOTED) || t->word == TL_K_FOR)
        return false;
    rows[is_new] = t->value;
    p->now = t + 1;
    return true;
}

static void rename_rows(struct tl_sql_parser *p, uint32_t first, const uint32_t rows[2])
{
    static const char *const names[2] = { "old", "new" };

    for (uint32_t i = first; i < p->tree->n_nodes && (rows[0] || rows[1]); i++) {
        struct tl_sql_node *node = tl_parse_get(p, i);

        for (unsigned k = 0; k < 2; k++)
            if ((node->kind == TL_N_COLUMN || node->kind == TL_N_STAR) && rows[k] &&
                tl_sql_name_key(p->names, node->b) == tl_sql_name_key(p->names, rows[k]))
                node->b = tl_sql_name_exact(p->names, names[k], 3);
    }
}

/* ... on t [referencing ...] [for each row] [when (...)] execute function f(...) | begin ... end */
static uint32_t parse_trigger(struct tl_sql_parser *p, uint32_t at)
{
    uint32_t first = p->tree->n_nodes, function = 0, body = 0;

    while (!tl_parse_is(p, TL_T_END) && !tl_parse_is_word(p, TL_K_ON))
        p->now++;
    tl_parse_expect_word(p, TL_K_ON);
    uint32_t table = tl_parse_table_name(p);
    uint32_t rows[2] = { 0 };
    while (!tl_parse_is(p, TL_T_END) && !tl_parse_is_word(p, TL_K_EXECUTE) &&
           !tl_parse_is_word(p, TL_K_BEGIN) && !begins_trigger(p)) {
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        else if (!take_row_name(p, rows))
            p->now++;
    }
    if (tl_parse_accept_word(p, TL_K_EXECUTE)) {
        tl_parse_step(p); /* function or procedure */
        uint32_t named = tl_parse_table_name(p);
        function = tl_parse_get(p, named)->name;
        if ((p->traits->scripting & TL_SQL_TEXT_ROUTINES) && is_system_trigger(p, &body))
            function = 0;
        tl_parse_skip_parens(p);
    } else {
        uint32_t began = p->tree->n_nodes;

        body = tl_parse_body_statement(p);
        rename_rows(p, began, rows);
    }
    uint32_t node = tl_parse_node(p, TL_N_TRIGGER, at);
    struct tl_sql_node *trigger = tl_parse_get(p, node);
    trigger->name = function;
    trigger->a = table;
    trigger->b = body;
    if (!p->failed) {
        trigger->d = p->tree->triggers;
        p->tree->triggers = node;
    }
    return make_program(p, at, node, first, TL_F_CREATED);
}

/* create rule r as on insert to t [where ...] do [also | instead] nothing | statement | (statements) */
static uint32_t parse_rule(struct tl_sql_parser *p, uint32_t at)
{
    uint32_t first = p->tree->n_nodes;
    struct tl_parse_list body = { 0 };

    while (!tl_parse_is(p, TL_T_END) && !tl_parse_is_word(p, TL_K_TO))
        p->now++;
    bool is_view = p->now[-1].word == TL_K_SELECT;
    tl_parse_expect_word(p, TL_K_TO);
    uint32_t table = tl_parse_table_name(p);
    while (!tl_parse_is(p, TL_T_END) && !tl_parse_is_word(p, TL_K_DO))
        p->now++;
    tl_parse_expect_word(p, TL_K_DO);
    if (!tl_parse_accept_word(p, TL_K_INSTEAD) && tl_parse_says(p, p->now, "also"))
        p->now++;
    if (is_view) { /* a view by another name */
        uint32_t query = tl_parse_query(p);
        uint32_t view = tl_parse_node(p, TL_N_CREATE_VIEW, at);

        tl_parse_get(p, view)->a = table;
        tl_parse_get(p, view)->c = query;
        return view;
    }
    if (tl_parse_accept_word(p, TL_K_NOTHING))
        return tl_parse_other(p, at);
    bool has_parens = tl_parse_accept(p, TL_T_OPEN);
    while (!tl_parse_is(p, TL_T_END)) {
        size_t i;

        tl_parse_append(p, &body, tl_parse_statement(p));
        if (!has_parens || p->failed || tl_parse_is(p, TL_T_CLOSE))
            break;
        i = (size_t)(p->now - p->tree->tokens);
        if (tl_parse_is(p, TL_T_END) && tl_sql_lex_more(&p->lexer))
            p->now = p->tree->tokens + i;
        while (tl_parse_accept(p, TL_T_SEMICOLON))
            ;
        if (tl_parse_is(p, TL_T_CLOSE))
            break;
    }
    if (has_parens)
        tl_parse_expect(p, TL_T_CLOSE, "')'");
    uint32_t node = tl_parse_node(p, TL_N_TRIGGER, at);
    tl_parse_get(p, node)->a = table;
    tl_parse_get(p, node)->b = body.first;
    return make_program(p, at, node, first, TL_F_CREATED);
}

/* create task t ... as statement or block; create pipe p ... as copy into ... */
static uint32_t parse_task(struct tl_sql_parser *p, uint32_t at)
{
    uint32_t first = p->tree->n_nodes;

    while (!tl_parse_is(p, TL_T_END) &&
           !(tl_parse_is_word(p, TL_K_AS) && p->now[-1].word != TL_K_EXECUTE)) {
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        else
            p->now++;
    }
    tl_parse_expect_word(p, TL_K_AS);
    if (p->failed)
        return 0;
    bool is_body = is_block_word(p) || tl_parse_is_word(p, TL_K_CALL) ||
                   tl_parse_is_word(p, TL_K_EXECUTE);
    if (!is_body && !tl_parse_is(p, TL_T_TEXT)) /* it is what it runs */
        return tl_parse_statement(p);
    uint32_t list;
    if (is_body) {
        list = tl_parse_body_statement(p);
    } else {
        list = tl_parse_text(p, p->now, false, tl_parse_text_statements);
        p->now++;
    }
    return p->failed ? 0 : make_program(p, at, list, first, TL_F_CREATED);
}

uint32_t tl_parse_routine(struct tl_sql_parser *p, uint32_t at)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_TRIGGER:
        return parse_trigger(p, at);
    case TL_K_RULE:
        return parse_rule(p, at);
    case TL_K_TASK:
    case TL_K_PIPE:
        return parse_task(p, at);
    default:
        return parse_function(p, at);
    }
}

/* ---- templates ---- */

void tl_parse_blame_template(struct tl_sql_parser *p)
{
    struct tl_sql_parse_problem *problem = &p->tree->problems[p->tree->n_problems - 1];
    const char *text = p->lexer.text;

    for (const struct tl_sql_token *t = p->tree->tokens; t->kind != TL_T_END; t++) {
        char next = t->at + 1 < p->lexer.n ? text[t->at + 1] : '\0';
        bool is_jinja = t->kind == TL_T_OPEN_BRACE && next && strchr("{%#", next);
        bool is_macro = t->kind == TL_T_PARAMETER && text[t->at] == '@' &&
                        t[1].kind == TL_T_OPEN && t[1].at == t->value;

        if (!is_jinja && !is_macro && !(text[t->at] == '$' && next == '{') &&
            !(text[t->at] == '<' && next == '%'))
            continue;
        problem->at = t->at;
        snprintf(problem->what, sizeof problem->what, "%s",
                 is_jinja ? "a template that was not compiled: 'dbt compile' leaves the "
                            "SQL in target/compiled"
                          : "a template that was not compiled: its SQL is what comes out "
                            "of it");
        return;
    }
}

/* ---- run where they stand ---- */

uint32_t tl_parse_program(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at, first = p->tree->n_nodes;

    /* What is no statement of a body either would lead here again. */
    if (p->program_at == at + 1) {
        tl_parse_expected(p, "a statement");
        return 0;
    }
    p->program_at = at + 1;
    uint32_t list = tl_parse_body_statement(p);

    return make_program(p, at, list, first, 0);
}

/* do [language l] text [language l] */
uint32_t tl_parse_do(struct tl_sql_parser *p)
{
    struct routine routine = { .at = p->now->at };
    uint32_t first = p->tree->n_nodes;

    p->now++;
    routine.language = tl_sql_name_exact(p->names, "plpgsql", 7);
    while (!tl_parse_is(p, TL_T_END) && !p->failed) {
        if (tl_parse_says(p, p->now, "language")) {
            parse_language(p, &routine);
        } else if (tl_parse_is(p, TL_T_TEXT) && !routine.has_text) {
            routine.text = *p->now;
            routine.has_text = true;
            p->now++;
        } else {
            tl_parse_expected(p, "the text of a program");
        }
    }
    if (!routine.has_text)
        tl_parse_expected(p, "the text of a program");
    if (p->failed)
        return 0;
    read_text(p, &routine);
    return make_program(p, routine.at, routine.body, first, 0);
}

/* prepare p [(int, text)] as statement; prepare p from statement or text */
uint32_t tl_parse_prepare(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    if (p->now[1].word == TL_K_TRANSACTION)
        return tl_parse_other(p, at);
    p->now++;
    uint32_t name = tl_parse_label(p, "a name");
    if (tl_parse_is(p, TL_T_OPEN))
        tl_parse_skip_parens(p);
    if (!tl_parse_accept_word(p, TL_K_AS))
        tl_parse_expect_word(p, TL_K_FROM);
    bool is_statement = tl_parse_is(p, TL_T_OPEN) || tl_parse_is_query(p) ||
                        tl_parse_is_change(p) || tl_parse_is_word(p, TL_K_CREATE);
    uint32_t body = is_statement ? tl_parse_statement(p) : tl_parse_expression(p);
    uint32_t node = tl_parse_node(p, TL_N_PREPARE, at);
    tl_parse_get(p, node)->name = name;
    tl_parse_get(p, node)->a = body;
    return node;
}
