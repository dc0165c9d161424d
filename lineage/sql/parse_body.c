/*
 * Bodies: blocks, branches, loops, variables. One grammar for all that have them (PL/pgSQL, Snowflake Scripting, BigQuery and Spark
 * scripts, Trino's routines, SQLite's triggers): their words do not collide. What stands in a body up to its semicolon, or up to
 * `then`, `loop`, `do`, is looked up first and shown to the rest of the parser as a whole statement: three tokens are made ends for that
 * long. So nothing else need know of bodies, and what is refused costs its own statement alone.
 */
#include "lineage/sql/parse.h"

#include <string.h>
#include <strings.h>

/* ---- words, and where things end ---- */

enum {
    BODY_LEVELS =
        3, /* of nesting that one of a block counts for: what it takes of the stack */
    MOST_BODIES = 20
};

bool tl_parse_says(const struct tl_sql_parser *p, const struct tl_sql_token *token,
                   const char *word)
{
    return token->kind == TL_T_WORD &&
           strcasecmp(tl_sql_name_text(p->names, token->value), word) == 0;
}

static bool says(const struct tl_sql_parser *p, const char *word)
{
    return tl_parse_says(p, p->now, word);
}

/* Goes on behind a semicolon that belongs to a block. */
static bool extend(struct tl_sql_parser *p)
{
    size_t i = (size_t)(p->now - p->tree->tokens);

    if (p->n_windows || !p->n_blocks || !tl_parse_is(p, TL_T_END) ||
        !tl_sql_lex_more(&p->lexer))
        return false;
    p->now = p->tree->tokens + i;
    return true;
}

enum until { UNTIL_SEMICOLON, UNTIL_THEN, UNTIL_LOOP, UNTIL_BEGIN };

static bool ends_here(const struct tl_sql_token *t, enum until until)
{
    switch (until) {
    case UNTIL_THEN:
        return t->word == TL_K_THEN;
    case UNTIL_LOOP:
        return t->word == TL_K_LOOP || t->word == TL_K_DO;
    case UNTIL_BEGIN:
        return t->word == TL_K_BEGIN;
    default:
        return false;
    }
}

/* `end` that closes a block whose last statement has no semicolon. */
static bool closes_block(const struct tl_sql_token *t)
{
    return t->word == TL_K_END && (t[1].kind == TL_T_SEMICOLON || t[1].kind == TL_T_END ||
                                   t[1].word == TL_K_IF || t[1].word == TL_K_LOOP ||
                                   t[1].word == TL_K_WHILE || t[1].word == TL_K_FOR);
}

/* The token, from the next one on, that ends a part of a statement; parentheses and `case ... end` are passed over. */
static uint32_t find_end(struct tl_sql_parser *p, enum until until)
{
    uint32_t i = (uint32_t)(p->now - p->tree->tokens);
    bool may_nest = tl_parse_is_word(p, TL_K_CREATE);
    uint32_t open = 0, cases = 0, blocks = 0;

    for (;; i++) {
        const struct tl_sql_token *t = &p->tree->tokens[i];

        if (t->kind == TL_T_END || (t->kind == TL_T_SEMICOLON && !blocks))
            return i;
        if (t->kind == TL_T_OPEN)
            open++;
        else if (t->kind == TL_T_CLOSE)
            open -= open > 0;
        else if (t->word == TL_K_CASE)
            cases++;
        else if (t->word == TL_K_END && cases)
            cases--;
        else if (may_nest && t->word == TL_K_BEGIN)
            blocks++;
        else if (blocks && t->word == TL_K_END && t[1].word != TL_K_IF &&
                 t[1].word != TL_K_LOOP && t[1].word != TL_K_FOR &&
                 t[1].word != TL_K_WHILE)
            blocks--;
        else if (!open && !cases && !blocks &&
                 (ends_here(t, until) || (until != UNTIL_BEGIN && closes_block(t))))
            return i;
    }
}

/* A part of the tokens as if it were all of a statement. */
struct window {
    uint32_t end, n_tokens, depth;
    struct tl_sql_token saved[3];
};

static struct window open_window(struct tl_sql_parser *p, uint32_t end)
{
    struct tl_sql_token *tokens = p->tree->tokens;
    struct window w = { .end = end, .n_tokens = p->tree->n_tokens, .depth = p->depth };

    memcpy(w.saved, tokens + end, sizeof w.saved);
    for (uint32_t i = end; i < end + 3; i++)
        tokens[i] = (struct tl_sql_token){ .at = w.saved[0].at,
                                           .value = w.saved[0].at,
                                           .kind = TL_T_END };
    p->tree->n_tokens = end + 3;
    p->n_windows++;
    return w;
}

static void close_window(struct tl_sql_parser *p, const struct window *w)
{
    memcpy(p->tree->tokens + w->end, w->saved, sizeof w->saved);
    p->tree->n_tokens = w->n_tokens;
    p->now = p->tree->tokens + w->end;
    p->depth = w->depth;
    p->n_windows--;
}

/* What `parse` makes of the tokens up to `end`, which is next then; 0 where it refuses them, and that was said. */
static uint32_t parse_before(struct tl_sql_parser *p, uint32_t end,
                             uint32_t (*parse)(struct tl_sql_parser *p),
                             const char *behind)
{
    uint32_t n_nodes = p->tree->n_nodes;
    struct window w = open_window(p, end);
    uint32_t node = parse(p);

    if (!p->failed && !tl_parse_is(p, TL_T_END))
        tl_parse_expected(p, behind);
    if (p->failed) {
        p->failed = false;
        p->tree->n_nodes = n_nodes;
        p->tree->nodes[0] = (struct tl_sql_node){ 0 };
        node = 0;
    }
    close_window(p, &w);
    return node;
}

static uint32_t parse_up_to(struct tl_sql_parser *p, uint32_t end,
                            uint32_t (*parse)(struct tl_sql_parser *p))
{
    return parse_before(p, end, parse, "the end of the statement");
}

/* Says that something else was expected, and stays where it is. */
static void complain(struct tl_sql_parser *p, const char *what)
{
    const struct tl_sql_token *now = p->now;

    tl_parse_expected(p, what);
    p->failed = false;
    p->now = now;
}

static void complain_of(struct tl_sql_parser *p, uint32_t at, const char *what)
{
    const struct tl_sql_token *now = p->now;

    tl_parse_refuse(p, at, what);
    p->failed = false;
    p->now = now;
}

/* Up to the semicolon and over it. */
static void end_statement(struct tl_sql_parser *p, bool is_whole)
{
    if (p->is_inline && !p->n_blocks)
        return;
    if (is_whole && !tl_parse_is(p, TL_T_SEMICOLON) && !tl_parse_is(p, TL_T_END) &&
        !closes_block(p->now))
        complain(p, "';'");
    p->now = p->tree->tokens + find_end(p, UNTIL_SEMICOLON);
    extend(p);
    tl_parse_accept(p, TL_T_SEMICOLON);
}

/* ---- values and targets ---- */

static uint32_t parse_execute(struct tl_sql_parser *p);

/* a, b, (select c) or one query, as they give a value */
static uint32_t parse_value(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at, query;

    if (tl_parse_is(p, TL_T_OPEN) && p->now[1].word == TL_K_EXECUTE) {
        p->now++;
        query = parse_execute(p);
        tl_parse_expect(p, TL_T_CLOSE, "')'");
    } else if (tl_parse_is_query(p)) {
        query = tl_parse_query(p);
    } else {
        return tl_parse_expression(p);
    }
    uint32_t node = tl_parse_node(p, TL_N_SUBQUERY, at);
    tl_parse_get(p, node)->a = query;
    return node;
}

static uint32_t name_of_parameter(struct tl_sql_parser *p, const struct tl_sql_token *t)
{
    const char *text = p->lexer.text + t->at;
    uint32_t n = t->value - t->at;

    while (n && (*text == ':' || *text == '@')) {
        text++;
        n--;
    }
    return tl_sql_name_add(p->names, text, n, false);
}

/* x, r.x, :x, @x, $1, x[1]: what a value is put into, as a TL_N_COLUMN; 0 and refused where there is none. */
static uint32_t parse_target(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t name, of = 0;

    tl_parse_accept(p, TL_T_COLON);
    if (tl_parse_is(p, TL_T_PARAMETER)) {
        name = name_of_parameter(p, p->now);
        p->now++;
    } else {
        name = tl_parse_label(p, "a variable");
    }
    while (tl_parse_accept(p, TL_T_DOT)) {
        of = name;
        name = tl_parse_label(p, "a name");
    }
    bool is_element = tl_parse_is(p, TL_T_OPEN_BRACKET);
    while (tl_parse_accept(p, TL_T_OPEN_BRACKET)) {
        tl_parse_expression(p);
        if (tl_parse_accept(p, TL_T_COLON))
            tl_parse_expression(p);
        tl_parse_expect(p, TL_T_CLOSE_BRACKET, "']'");
    }
    uint32_t node = tl_parse_node(p, TL_N_COLUMN, at);
    tl_parse_get(p, node)->flags = is_element ? TL_F_ALL : 0;
    tl_parse_get(p, node)->name = name;
    tl_parse_get(p, node)->b = of;
    return node;
}

static uint32_t parse_targets(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    tl_parse_accept_word(p, TL_K_STRICT);
    do
        tl_parse_append(p, &list, parse_target(p));
    while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

/* Whether `t` is an `into` that is followed by variables. */
static bool is_into(const struct tl_sql_token *t, const struct tl_sql_token *first)
{
    if (t->word != TL_K_INTO)
        return false;
    if (t == first)
        return true;
    switch ((enum tl_sql_keyword)t[-1].word) {
    case TL_K_INSERT:
    case TL_K_MERGE:
    case TL_K_OVERWRITE:
    case TL_K_REPLACE:
    case TL_K_IGNORE:
    case TL_K_COPY:
        return false;
    default:
        return true;
    }
}

/*
 * Takes "into a, b" out of a statement's tokens: those before it move up to those behind it. The list of targets, or 0. On return the
 * statement begins at p->now.
 */
static uint32_t take_into(struct tl_sql_parser *p, uint32_t end)
{
    struct tl_sql_token *tokens = p->tree->tokens;
    uint32_t first = (uint32_t)(p->now - tokens), into = first;

    for (uint32_t open = 0; into < end; into++) {
        open += tokens[into].kind == TL_T_OPEN;
        open -= tokens[into].kind == TL_T_CLOSE && open;
        if (!open && is_into(&tokens[into], &tokens[first]))
            break;
    }
    if (into == end)
        return 0;
    struct window w = open_window(p, end);
    p->now = tokens + into + 1;
    uint32_t targets = parse_targets(p);
    bool failed = p->failed;
    uint32_t behind = (uint32_t)(p->now - tokens);
    close_window(p, &w);
    p->failed = false;
    if (failed)
        behind = end;
    memmove(tokens + first + (behind - into), tokens + first,
            (into - first) * sizeof *tokens);
    p->now = tokens + first + (behind - into);
    return failed ? 0 : targets;
}

static uint32_t make_into(struct tl_sql_parser *p, uint32_t at, uint32_t targets,
                          uint32_t statement)
{
    if (!targets || !statement)
        return statement;
    uint32_t node = tl_parse_node(p, TL_N_INTO, at);
    tl_parse_get(p, node)->a = targets;
    tl_parse_get(p, node)->b = statement;
    return node;
}

/* ---- dynamic statements ---- */

/* execute [immediate] text [into a, b] [using c, d], in either order; execute prepared [(a, b)] */
static uint32_t parse_execute(struct tl_sql_parser *p)
{
    uint32_t node = tl_parse_node(p, TL_N_EXECUTE, p->now->at);
    struct tl_parse_list using = { 0 };
    uint32_t text = 0, name = 0, targets = 0;

    p->now++;
    bool is_text =
        tl_parse_accept_word(p, TL_K_IMMEDIATE) || (p->n_bodies && !p->has_sql_body);
    if (tl_parse_is_word(p, TL_K_FROM)) {
        tl_parse_refuse(p, p->now->at, "what stands in a file is not read");
        return 0;
    }
    if (!is_text && (tl_parse_is(p, TL_T_WORD) || tl_parse_is(p, TL_T_QUOTED))) {
        name = tl_parse_label(p, "a name");
        if (tl_parse_is(p, TL_T_OPEN)) {
            p->now++;
            using.first = tl_parse_inside_parens(p);
        }
    } else {
        text = tl_parse_expression(p);
    }
    for (;;) {
        if (tl_parse_accept_word(p, TL_K_INTO)) {
            targets = parse_targets(p);
        } else if (tl_parse_accept_word(p, TL_K_USING)) {
            bool has_parens = tl_parse_accept(p, TL_T_OPEN);

            tl_parse_append(p, &using, tl_parse_items(p));
            if (has_parens)
                tl_parse_expect(p, TL_T_CLOSE, "')'");
        } else {
            break;
        }
    }
    struct tl_sql_node *execute = tl_parse_get(p, node);
    execute->a = text;
    execute->name = name;
    execute->b = targets;
    execute->c = using.first;
    return node;
}

/* ---- declarations ---- */

static uint32_t make_declare(struct tl_sql_parser *p, uint32_t at, uint32_t name,
                             enum tl_sql_declare what, uint32_t value)
{
    uint32_t node = tl_parse_node(p, TL_N_DECLARE, at);
    struct tl_sql_node *declare = tl_parse_get(p, node);

    declare->name = name;
    declare->op = (uint16_t)what;
    declare->a = value;
    return node;
}

/* The words of a type, up to what follows it: their text, interned. */
static uint32_t take_type(struct tl_sql_parser *p)
{
    const struct tl_sql_token *first = p->now;
    uint32_t open = 0;

    for (; !tl_parse_is(p, TL_T_END); p->now++) {
        if (!open &&
            (tl_parse_is(p, TL_T_ASSIGN) || tl_parse_is(p, TL_T_EQUAL) ||
             tl_parse_is_word(p, TL_K_DEFAULT) ||
             tl_parse_are_words(p, TL_K_NOT, TL_K_NULL) || tl_parse_is(p, TL_T_COMMA)))
            break;
        open += tl_parse_is(p, TL_T_OPEN);
        open -= tl_parse_is(p, TL_T_CLOSE) && open;
        if (tl_parse_skip_angles(p)) /* array<struct<a int64, b string>> */
            p->now--;
    }
    if (p->now == first)
        return 0;
    return tl_sql_name_exact(p->names, p->lexer.text + first->at,
                             tl_sql_token_end(&p->lexer, p->now - 1) - first->at);
}

/* (a int, b numeric(1, 2)): variables of the query. */
static void parse_cursor_parameters(struct tl_sql_parser *p, struct tl_parse_list *list)
{
    tl_parse_step(p);
    while (!tl_parse_is(p, TL_T_END) && !tl_parse_is(p, TL_T_CLOSE) && !p->failed) {
        uint32_t at = p->now->at;
        uint32_t name = tl_parse_label(p, "a parameter");

        tl_parse_append(p, list, make_declare(p, at, name, TL_D_VARIABLE, 0));
        while (!tl_parse_is(p, TL_T_END) && !tl_parse_is(p, TL_T_CLOSE) &&
               !tl_parse_is(p, TL_T_COMMA)) {
            if (tl_parse_is(p, TL_T_OPEN))
                tl_parse_skip_parens(p);
            else
                p->now++;
        }
        tl_parse_accept(p, TL_T_COMMA);
    }
    tl_parse_expect(p, TL_T_CLOSE, "')'");
}

/* [for | is] query or variable */
static uint32_t parse_cursor(struct tl_sql_parser *p, uint32_t at, uint32_t name)
{
    while (tl_parse_is(p, TL_T_WORD) && !tl_parse_is_word(p, TL_K_FOR) &&
           !tl_parse_is_word(p, TL_K_IS))
        p->now++; /* with hold, without return */
    tl_parse_step(p);
    if (tl_parse_is(p, TL_T_END))
        return make_declare(p, at, name, TL_D_CURSOR, 0);
    bool is_query = tl_parse_is_query(p) || tl_parse_is(p, TL_T_OPEN);
    uint32_t query = is_query ? tl_parse_query(p) : tl_parse_expression(p);
    return make_declare(p, at, name, TL_D_CURSOR, query);
}

/* name [constant] [type] [not null] [default | := | = value], a, b type ..., name cursor for query, name alias for $1 */
static uint32_t parse_declaration(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    tl_parse_accept_words(p, TL_K_OR, TL_K_REPLACE);
    if ((p->traits->scripting & TL_SQL_VARIABLE_WORD) &&
        tl_parse_is_name(p, p->now + 1) && says(p, "variable"))
        p->now++;
    do {
        uint32_t at = p->now->at;
        bool has_mark = tl_parse_is(p, TL_T_PARAMETER);
        uint32_t name = has_mark ? name_of_parameter(p, p->now) : 0;

        if (has_mark)
            p->now++;
        else
            name = tl_parse_label(p, "a variable");
        tl_parse_append(p, &list, make_declare(p, at, name, TL_D_VARIABLE, 0));
    } while (tl_parse_accept(p, TL_T_COMMA));
    uint32_t at = tl_parse_get(p, list.first)->at;
    uint32_t name = tl_parse_get(p, list.first)->name;
    if (says(p, "alias") && p->now[1].word == TL_K_FOR) {
        p->now += 2;
        return make_declare(p, at, name, TL_D_ALIAS, tl_parse_expression(p));
    }
    if (tl_parse_is_word(p, TL_K_NO) || says(p, "scroll"))
        p->now += tl_parse_is_word(p, TL_K_NO) ? 2 : 1;
    if (tl_parse_accept_word(p, TL_K_CURSOR)) {
        struct tl_parse_list cursor = { 0 };

        if (tl_parse_is(p, TL_T_OPEN))
            parse_cursor_parameters(p, &cursor);
        tl_parse_append(p, &cursor, parse_cursor(p, at, name));
        return cursor.first;
    }
    uint32_t type = take_type(p);
    uint32_t value = 0;
    tl_parse_accept_words(p, TL_K_NOT, TL_K_NULL);
    if (tl_parse_accept_word(p, TL_K_DEFAULT) || tl_parse_accept(p, TL_T_ASSIGN) ||
        tl_parse_accept(p, TL_T_EQUAL))
        value = parse_value(p);
    for (uint32_t i = list.first; i; i = tl_parse_get(p, i)->next) {
        tl_parse_get(p, i)->a = value;
        tl_parse_get(p, i)->b = type;
    }
    return list.first;
}

/* declare continue handler for sqlexception statement */
static bool is_handler(const struct tl_sql_parser *p)
{
    return tl_parse_says(p, p->now + 1, "handler");
}

static uint32_t make_branch(struct tl_sql_parser *p, uint32_t at, uint32_t condition,
                            uint32_t list, uint8_t flags)
{
    uint32_t node = tl_parse_node(p, TL_N_BRANCH, at);
    struct tl_sql_node *branch = tl_parse_get(p, node);

    branch->flags = flags;
    branch->a = condition;
    branch->b = list;
    return node;
}

static uint32_t parse_handler(struct tl_sql_parser *p, uint32_t at)
{
    while (!tl_parse_is(p, TL_T_END) && !tl_parse_is_word(p, TL_K_FOR))
        p->now++;
    tl_parse_step(p);
    do { /* sqlexception, not found, sqlstate '22012' */
        tl_parse_accept_word(p, TL_K_NOT);
        tl_parse_step(p);
        tl_parse_accept_word(p, TL_K_VALUE);
        if (tl_parse_is(p, TL_T_TEXT))
            p->now++;
    } while (tl_parse_accept(p, TL_T_COMMA));
    return make_branch(p, at, 0, tl_parse_body_statement(p), 0);
}

/* Behind `declare`: one, or all of a block's up to its `begin`. */
static uint32_t parse_declarations(struct tl_sql_parser *p, bool all)
{
    struct tl_parse_list list = { 0 };

    do {
        tl_parse_accept_word(p, TL_K_DECLARE); /* PL/pgSQL lets it stand again */
        if (tl_parse_is_word(p, TL_K_BEGIN))
            break;
        if (closes_block(p->now) || tl_parse_is(p, TL_T_END))
            break; /* its block never began */
        tl_parse_append(p, &list,
                        parse_up_to(p, find_end(p, UNTIL_SEMICOLON), parse_declaration));
        end_statement(p, false);
    } while (all && !tl_parse_is_word(p, TL_K_BEGIN));
    return list.first;
}

/*
 * Where both kinds are met: a `declare` inside of a block that is one statement, as SQL/PSM has it. In front of a block of its own another
 * declaration follows, without the word, or `begin`.
 */
static bool declares_alone(const struct tl_sql_parser *p)
{
    static const char *const verbs[] = { "open", "perform", "leave", "signal", "let" };
    const struct tl_sql_token *t = p->now;

    if (!(p->forms & TL_SQL_COMMON_GROUND) || p->n_blocks == 0)
        return false;
    while (t->kind != TL_T_SEMICOLON && t->kind != TL_T_END)
        t++;
    if (t->kind == TL_T_END || t[1].word)
        return t->kind == TL_T_END || t[1].word != TL_K_BEGIN;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (tl_parse_says(p, t + 1, verbs[i]))
            return true;
    return t[1].kind != TL_T_WORD || (t[2].kind != TL_T_WORD && t[2].kind != TL_T_QUOTED);
}

/* Whether `declare` is followed by a block: a semicolon's statements up to `begin` are declarations alone. */
static bool has_declare_section(const struct tl_sql_parser *p)
{
    return (p->traits->scripting & TL_SQL_DECLARE_SECTIONS) && !declares_alone(p);
}

/* ---- blocks, branches, loops ---- */

static bool is_branch_end(struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_END:
    case TL_K_ELSE:
    case TL_K_WHEN:
        return true;
    default:
        return says(p, "elsif") || says(p, "elseif") || says(p, "exception") ||
               says(p, "until");
    }
}

/* Body statements up to what ends their block, which is left: a list. */
static uint32_t parse_body_statements(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    for (;;) {
        while (tl_parse_is(p, TL_T_SEMICOLON) || (tl_parse_is(p, TL_T_END) && extend(p)))
            p->now++;
        if (tl_parse_is(p, TL_T_END) || is_branch_end(p))
            return list.first;
        tl_parse_append(p, &list, tl_parse_body_statement(p));
    }
}

/* end [if | loop | case ...] [label] */
static void accept_end(struct tl_sql_parser *p, enum tl_sql_keyword word)
{
    if (!tl_parse_accept_word(p, TL_K_END)) {
        complain(p, "'end'");
        return;
    }
    if (word && tl_parse_is_word(p, word))
        p->now++;
    if ((tl_parse_is(p, TL_T_WORD) || tl_parse_is(p, TL_T_QUOTED)) &&
        !(p->is_inline && p->n_blocks == 1))
        p->now++;
}

static uint32_t parse_condition(struct tl_sql_parser *p, enum until until,
                                const char *word)
{
    uint32_t n_problems = p->tree->n_problems;
    uint32_t condition = parse_before(p, find_end(p, until), parse_value, word);

    if (ends_here(p->now, until))
        p->now++;
    else if (p->tree->n_problems == n_problems)
        complain(p, word);
    return condition;
}

/* Ways of which one is taken, by their order: each is the other way of the one before. */
struct ways {
    uint32_t first, last;
};

static void add_way(struct tl_sql_parser *p, struct ways *ways, uint32_t branch)
{
    if (ways->last)
        tl_parse_get(p, ways->last)->c = branch;
    else
        ways->first = branch;
    ways->last = branch;
}

/* if c then ... elsif c then ... else ... end if */
static uint32_t parse_if(struct tl_sql_parser *p)
{
    struct ways ways = { 0 };
    uint32_t at = p->now->at;

    do {
        p->now++;
        uint32_t condition = parse_condition(p, UNTIL_THEN, "'then'");
        uint32_t list = parse_body_statements(p);

        add_way(p, &ways, make_branch(p, at, condition, list, 0));
        at = p->now->at;
    } while (says(p, "elsif") || says(p, "elseif"));
    if (tl_parse_accept_word(p, TL_K_ELSE))
        add_way(p, &ways, make_branch(p, at, 0, parse_body_statements(p), 0));
    accept_end(p, TL_K_IF);
    return ways.first;
}

/* case [x] when a then ... else ... end case */
static uint32_t parse_case(struct tl_sql_parser *p)
{
    struct ways ways = { 0 };
    uint32_t at = p->now->at;
    uint32_t operand = 0;

    p->now++;
    if (!tl_parse_is_word(p, TL_K_WHEN)) {
        uint32_t end = (uint32_t)(p->now - p->tree->tokens);

        while (p->tree->tokens[end].kind != TL_T_END &&
               p->tree->tokens[end].word != TL_K_WHEN)
            end++;
        operand = parse_up_to(p, end, parse_value);
        if (operand)
            add_way(p, &ways, make_branch(p, at, operand, 0, 0));
    }
    while (tl_parse_is_word(p, TL_K_WHEN)) {
        at = p->now->at;
        p->now++;
        uint32_t condition =
            parse_up_to(p, find_end(p, UNTIL_THEN), tl_parse_expressions);
        if (!tl_parse_accept_word(p, TL_K_THEN))
            complain(p, "'then'");
        uint32_t list = parse_body_statements(p);
        add_way(p, &ways, make_branch(p, at, condition, list, 0));
    }
    if (tl_parse_accept_word(p, TL_K_ELSE))
        add_way(p, &ways, make_branch(p, at, 0, parse_body_statements(p), 0));
    accept_end(p, TL_K_CASE);
    return ways.first;
}

static uint32_t parse_loop(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at, condition = 0, list;
    enum tl_sql_keyword word = (enum tl_sql_keyword)p->now->word;

    p->now++;
    if (word == TL_K_WHILE)
        condition = parse_condition(p, UNTIL_LOOP, "'loop' or 'do'");
    list = parse_body_statements(p);
    if (word == TL_K_REPEAT && says(p, "until")) {
        uint32_t end;

        p->now++;
        for (end = (uint32_t)(p->now - p->tree->tokens);
             p->tree->tokens[end].kind != TL_T_END &&
             p->tree->tokens[end].kind != TL_T_SEMICOLON &&
             !(p->tree->tokens[end].word == TL_K_END &&
               p->tree->tokens[end + 1].word == TL_K_REPEAT);)
            end++;
        condition = parse_up_to(p, end, parse_value);
    }
    accept_end(p, p->now[1].word == TL_K_LOOP ? TL_K_LOOP : word);
    return make_branch(p, at, condition, list, TL_F_LOOP);
}

/* 1 .. 10, 1 to 10: where the second one begins, and where the first one ends; 0: no such range */
static uint32_t find_range(const struct tl_sql_parser *p, uint32_t *behind)
{
    uint32_t i = (uint32_t)(p->now - p->tree->tokens);

    for (const struct tl_sql_token *t = p->now; t->kind != TL_T_END; t++, i++) {
        if (t->word == TL_K_TO) {
            *behind = i + 1;
            return i;
        }
        if (t->kind == TL_T_DOT && (t[1].kind == TL_T_DOT ||
                                    (t[1].kind == TL_T_NUMBER && t[1].at == t->at + 1))) {
            *behind = i + 2;
            return i;
        }
    }
    return 0;
}

/* What a loop goes through, all of the window being it. */
static uint32_t parse_range(struct tl_sql_parser *p)
{
    uint32_t behind, node, second = 0;

    if (says(p, "reverse"))
        p->now++;
    if (tl_parse_is_word(p, TL_K_EXECUTE))
        return parse_execute(p);
    if (tl_parse_is_query(p) || tl_parse_is_change(p) ||
        (tl_parse_is(p, TL_T_OPEN) &&
         (p->now[1].word == TL_K_SELECT || p->now[1].word == TL_K_WITH))) {
        if (tl_parse_is_change(p))
            return tl_parse_change(p, 0, 0);
        return tl_parse_query(p);
    }
    uint32_t end = find_range(p, &behind);
    if (!end)
        return tl_parse_expression(p);
    node = parse_up_to(p, end, tl_parse_expression);
    p->now = p->tree->tokens + behind;
    if (!tl_parse_is(p, TL_T_END) && !tl_parse_is_word(p, TL_K_BY))
        second = tl_parse_expression(p);
    if (tl_parse_accept_word(p, TL_K_BY))
        tl_parse_expression(p);
    uint32_t both = tl_parse_node(p, TL_N_LIST, p->now->at);
    if (node && second)
        tl_parse_get(p, node)->next = second;
    tl_parse_get(p, both)->a = node ? node : second;
    return both;
}

/* for a, b in ... loop ... end loop; foreach x slice 1 in array a loop */
static uint32_t parse_for(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    bool is_each = says(p, "foreach");
    uint32_t end = find_end(p, UNTIL_LOOP);
    struct window w = open_window(p, end);

    p->now++;
    uint32_t targets = parse_targets(p);
    if (says(p, "slice"))
        p->now += 2;
    bool failed = p->failed;
    if (!failed && !tl_parse_accept_word(p, TL_K_IN) && !tl_parse_accept_word(p, TL_K_AS))
        complain(p, "'in'");
    if (is_each)
        tl_parse_accept_word(p, TL_K_ARRAY);
    const struct tl_sql_token *range = p->now;
    close_window(p, &w);
    p->failed = false;
    p->now = range;
    uint32_t through = failed ? 0 : parse_up_to(p, end, parse_range);
    p->now = p->tree->tokens + end;
    if (!tl_parse_accept_word(p, TL_K_LOOP) && !tl_parse_accept_word(p, TL_K_DO))
        complain(p, "'loop' or 'do'");
    uint32_t list = parse_body_statements(p);
    accept_end(p, p->now[1].word == TL_K_FOR ? TL_K_FOR : TL_K_LOOP);
    uint32_t node = tl_parse_node(p, TL_N_FOR, at);
    struct tl_sql_node *loop = tl_parse_get(p, node);
    loop->a = targets;
    loop->b = through;
    loop->c = list;
    return node;
}

/* exception when a or b then ... when others then ... */
static uint32_t parse_handlers(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    p->now++;
    while (tl_parse_is_word(p, TL_K_WHEN)) {
        uint32_t at = p->now->at;

        p->now = p->tree->tokens + find_end(p, UNTIL_THEN);
        if (!tl_parse_accept_word(p, TL_K_THEN))
            complain(p, "'then'");
        tl_parse_append(p, &list, make_branch(p, at, 0, parse_body_statements(p), 0));
    }
    return list.first;
}

/* [declare ...] begin ... [exception ...] end */
static uint32_t parse_block(struct tl_sql_parser *p, uint32_t label)
{
    uint32_t at = p->now->at;
    uint32_t declared = 0, handlers = 0;

    if (tl_parse_accept_word(p, TL_K_DECLARE))
        declared = parse_declarations(p, true);
    if (!tl_parse_accept_word(p, TL_K_BEGIN))
        complain(p, "'begin'");
    tl_parse_accept_word(p, TL_K_NOT);
    tl_parse_accept_word(p, TL_K_ATOMIC);
    uint32_t list = parse_body_statements(p);
    if (says(p, "exception"))
        handlers = parse_handlers(p);
    accept_end(p, TL_K_NONE);
    uint32_t node = tl_parse_node(p, TL_N_BLOCK, at);
    struct tl_sql_node *block = tl_parse_get(p, node);
    block->name = label;
    block->a = declared;
    block->b = list;
    block->c = handlers;
    return node;
}

/* ---- simple statements: all of a window ---- */

static uint32_t make_assign(struct tl_sql_parser *p, uint32_t at, uint32_t targets,
                            uint32_t value)
{
    uint32_t node = tl_parse_node(p, TL_N_ASSIGN, at);

    tl_parse_get(p, node)->a = targets;
    tl_parse_get(p, node)->b = value;
    return node;
}

/* x := v, r.x = v */
static uint32_t parse_assignment(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t target = parse_target(p);

    if (!tl_parse_accept(p, TL_T_ASSIGN))
        tl_parse_expect(p, TL_T_EQUAL, "':='");
    uint32_t value = parse_value(p);
    return make_assign(p, at, target, value);
}

/* set [variable] x = v, y = w; set (x, y) = (v, w) or (select v, w) */
static uint32_t parse_set(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    p->now++;
    if (says(p, "var") || says(p, "variable"))
        p->now++;
    do {
        uint32_t at = p->now->at, targets;

        if (tl_parse_accept(p, TL_T_OPEN)) {
            targets = parse_targets(p);
            tl_parse_expect(p, TL_T_CLOSE, "')'");
        } else {
            targets = parse_target(p);
        }
        tl_parse_expect(p, TL_T_EQUAL, "'='");
        uint32_t value = parse_value(p);
        tl_parse_append(p, &list, make_assign(p, at, targets, value));
    } while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}

/* let x [type] := v, let c cursor for q, let r resultset := (q) */
static uint32_t parse_let(struct tl_sql_parser *p)
{
    p->now++;
    return parse_declaration(p);
}

static uint32_t parse_return(struct tl_sql_parser *p)
{
    uint32_t node = tl_parse_node(p, TL_N_RETURN, p->now->at);
    uint32_t value = 0;

    p->now++;
    if (tl_parse_is_word(p, TL_K_NEXT) || tl_parse_is_word(p, TL_K_QUERY))
        tl_parse_get(p, node)->flags = TL_F_GOES_ON;
    if (tl_parse_accept_word(p, TL_K_NEXT)) {
        value = tl_parse_is(p, TL_T_END) ? 0 : tl_parse_expression(p);
    } else if (tl_parse_accept_words(p, TL_K_QUERY, TL_K_EXECUTE)) {
        p->now--;
        value = parse_execute(p);
    } else if (tl_parse_accept_word(p, TL_K_QUERY)) {
        value = tl_parse_is_change(p) ? tl_parse_change(p, 0, 0) : tl_parse_query(p);
    } else if (tl_parse_is_word(p, TL_K_TABLE) && p->now[1].kind == TL_T_OPEN) {
        p->now += 2;
        value = tl_parse_is_query(p) ? tl_parse_query(p) : tl_parse_expression(p);
        tl_parse_expect(p, TL_T_CLOSE, "')'");
    } else if (tl_parse_is_query(p)) {
        value = tl_parse_query(p);
    } else if (!tl_parse_is(p, TL_T_END)) {
        value = tl_parse_expression(p);
    }
    tl_parse_get(p, node)->a = value;
    return node;
}

/* open c [(a)] [for query | for execute text | using ...] */
static uint32_t parse_open(struct tl_sql_parser *p)
{
    uint32_t node = tl_parse_node(p, TL_N_OPEN, p->now->at);
    uint32_t query = 0;

    p->now++;
    uint32_t name = tl_parse_label(p, "a cursor");
    if (tl_parse_is(p, TL_T_OPEN))
        tl_parse_skip_parens(p);
    if (tl_parse_is_word(p, TL_K_NO) || says(p, "scroll"))
        p->now += tl_parse_is_word(p, TL_K_NO) ? 2 : 1;
    if (tl_parse_accept_word(p, TL_K_FOR))
        query = tl_parse_is_word(p, TL_K_EXECUTE) ? parse_execute(p) : tl_parse_query(p);
    else if (tl_parse_accept_word(p, TL_K_USING))
        tl_parse_items(p);
    tl_parse_get(p, node)->name = name;
    tl_parse_get(p, node)->a = query;
    return node;
}

/* fetch [next from | from | in] c into a, b */
static uint32_t parse_fetch(struct tl_sql_parser *p)
{
    uint32_t node = tl_parse_node(p, TL_N_FETCH, p->now->at);
    uint32_t targets = 0;

    for (p->now++; !tl_parse_is(p, TL_T_END) && p->now[1].word != TL_K_INTO &&
                   p->now[1].kind != TL_T_END;)
        p->now++;
    uint32_t name = tl_parse_label(p, "a cursor");
    if (tl_parse_accept_word(p, TL_K_INTO))
        targets = parse_targets(p);
    tl_parse_get(p, node)->name = name;
    tl_parse_get(p, node)->a = targets;
    return node;
}

/* perform and call: for what is run */
static uint32_t parse_run(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at, value, targets = 0;

    if (tl_parse_is_word(p, TL_K_CALL)) {
        p->now++;
        value =
            tl_parse_is_named_call(p) ? tl_parse_named_call(p) : tl_parse_expression(p);
        if (tl_parse_accept_word(p, TL_K_INTO))
            targets = parse_targets(p);
    } else {
        p->tree->tokens[p->now - p->tree->tokens].word = TL_K_SELECT;
        value = tl_parse_query(p);
    }
    uint32_t node = tl_parse_node(p, TL_N_RUN, at);
    tl_parse_get(p, node)->a = value;
    return make_into(p, at, targets, node);
}

/* A statement that moves nothing here: null, raise, commit, get diagnostics, exit when ... */
static uint32_t parse_nothing(struct tl_sql_parser *p)
{
    while (!tl_parse_is(p, TL_T_END))
        p->now++;
    return 0;
}

static bool is_target(const struct tl_sql_token *t)
{
    return t->kind == TL_T_WORD || t->kind == TL_T_QUOTED || t->kind == TL_T_PARAMETER;
}

/* x :=, r.x =, a[1] := and their like */
static bool is_assignment(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now + tl_parse_is(p, TL_T_COLON);
    uint32_t open = 0;

    if (!is_target(t))
        return false;
    for (t++; t->kind == TL_T_DOT && is_target(t + 1);)
        t += 2;
    if (t->kind == TL_T_OPEN_BRACKET)
        for (; t->kind != TL_T_END && t->kind != TL_T_SEMICOLON; t++) {
            open += t->kind == TL_T_OPEN_BRACKET;
            open -= t->kind == TL_T_CLOSE_BRACKET;
            if (!open && t[1].kind != TL_T_OPEN_BRACKET) {
                t++;
                break;
            }
        }
    return t->kind == TL_T_ASSIGN || t->kind == TL_T_EQUAL;
}

static bool moves_nothing(const struct tl_sql_parser *p)
{
    static const char *const words[] = { "raise",    "assert",  "exit",  "continue",
                                         "leave",    "iterate", "break", "signal",
                                         "resignal", "async",   "await", "cancel",
                                         NULL };

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_NULL:
    case TL_K_GET:
    case TL_K_CLOSE:
    case TL_K_MOVE:
        return true;
    default:
        for (size_t i = 0; words[i]; i++)
            if (says(p, words[i]))
                return true;
        return false;
    }
}

/* What parses a statement that is no block, branch or loop. */
static uint32_t (*parse_of(const struct tl_sql_parser *p))(struct tl_sql_parser *)
{
    if (is_assignment(p))
        return parse_assignment;
    if (moves_nothing(p))
        return parse_nothing;
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_SET:
        return (p->traits->scripting & TL_SQL_SET_CONFIGURES) ? parse_nothing : parse_set;
    case TL_K_FETCH:
        return parse_fetch;
    case TL_K_CALL:
        return tl_parse_is_command(p) ? parse_nothing : parse_run;
    case TL_K_EXECUTE:
        return parse_execute;
    case TL_K_BEGIN: /* of a transaction */
        return parse_nothing;
    default:
        if (says(p, "return"))
            return parse_return;
        if (says(p, "perform"))
            return parse_run;
        if (says(p, "open"))
            return parse_open;
        if (says(p, "let"))
            return parse_let;
        return tl_parse_statement;
    }
}

static uint32_t parse_simple(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at, end = find_end(p, UNTIL_SEMICOLON), targets = 0;
    uint32_t (*parse)(struct tl_sql_parser *) = parse_of(p);

    if (parse == tl_parse_statement && !p->has_sql_body &&
        !tl_parse_is_word(p, TL_K_CREATE) && !tl_parse_is_word(p, TL_K_COPY))
        targets = take_into(p, end);
    else if (parse == parse_run && !tl_parse_is_word(p, TL_K_CALL))
        targets = take_into(p, end);
    uint32_t node = make_into(p, at, targets, parse_up_to(p, end, parse));
    end_statement(p, true);
    return node;
}

/* ---- all of them ---- */

/* <<label>> and label: */
static uint32_t accept_label(struct tl_sql_parser *p)
{
    uint32_t label = 0;

    if (tl_parse_is(p, TL_T_OPERATOR) && is_target(p->now + 1) &&
        p->now[2].kind == TL_T_OPERATOR && p->lexer.text[p->now->at] == '<') {
        label = p->now[1].value;
        p->now += 3;
    } else if (tl_parse_is(p, TL_T_WORD) && p->now[1].kind == TL_T_COLON &&
               (p->now[2].word == TL_K_BEGIN || p->now[2].word == TL_K_LOOP ||
                p->now[2].word == TL_K_WHILE || p->now[2].word == TL_K_REPEAT ||
                p->now[2].word == TL_K_FOR)) {
        label = p->now->value;
        p->now += 2;
    }
    return label;
}

static bool begins_transaction(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    return tl_parse_is_word(p, TL_K_BEGIN) &&
           (next->word == TL_K_TRANSACTION || next->word == TL_K_WORK ||
            next->word == TL_K_NAME || next->kind == TL_T_SEMICOLON ||
            next->kind == TL_T_END);
}

static uint32_t parse_structure(struct tl_sql_parser *p, uint32_t label, bool is_alone)
{
    uint32_t at = p->now->at;

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_BEGIN:
        return parse_block(p, label);
    case TL_K_DECLARE:
        if (!is_alone)
            return parse_block(p, label);
        p->now++;
        return is_handler(p) ? parse_handler(p, at) : parse_declarations(p, false);
    case TL_K_IF:
        return parse_if(p);
    case TL_K_CASE:
        return parse_case(p);
    case TL_K_LOOP:
    case TL_K_WHILE:
    case TL_K_REPEAT:
        return parse_loop(p);
    default:
        return parse_for(p);
    }
}

static bool is_structure(const struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_BEGIN:
        return !begins_transaction(p);
    case TL_K_DECLARE:
    case TL_K_IF:
    case TL_K_CASE:
    case TL_K_LOOP:
    case TL_K_WHILE:
    case TL_K_REPEAT:
    case TL_K_FOR:
        return !is_assignment(p);
    default:
        return says(p, "foreach") && !is_assignment(p);
    }
}

uint32_t tl_parse_body_statement(struct tl_sql_parser *p)
{
    uint32_t label = accept_label(p);

    if (!is_structure(p))
        return parse_simple(p);
    if (p->depth + BODY_LEVELS > TL_PARSE_MOST_LEVELS) {
        complain_of(p, p->now->at, "nested more than 5,000 levels deep");
        end_statement(p, false);
        return 0;
    }
    bool ends_itself = tl_parse_is_word(p, TL_K_DECLARE) && !has_declare_section(p);
    p->depth += BODY_LEVELS;
    p->n_blocks += !ends_itself;
    uint32_t node = parse_structure(p, label, ends_itself);
    p->n_blocks -= !ends_itself;
    p->depth -= BODY_LEVELS;
    if (!ends_itself)
        end_statement(p, true);
    return node;
}

/* ---- texts ---- */

uint32_t tl_parse_text_statements(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    while (!tl_parse_is(p, TL_T_END)) {
        const struct tl_sql_token *began = p->now;

        tl_parse_append(p, &list, parse_body_statements(p));
        if (!tl_parse_is(p, TL_T_END)) { /* an `end` or `else` too many */
            complain(p, "a statement");
            p->now++;
            end_statement(p, false);
        }
        if (p->now == began)
            break;
    }
    if (p->lexer.problem)
        complain_of(p, p->lexer.problem_at, p->lexer.problem);
    return list.first;
}

/* Where the text's own bytes begin: behind its quote; and how many there are. False: they must be freed of their quotes first. */
static bool is_plain(const struct tl_sql_parser *p, const struct tl_sql_token *token,
                     uint32_t *at, uint32_t *n)
{
    const char *text = p->lexer.text;
    uint32_t i = token->at;

    if (text[i] == '$') {
        const char *tag = memchr(text + i + 1, '$', token->value - i - 1);
        uint32_t length = (uint32_t)(tag - (text + i)) + 1;

        *at = i + length;
        *n = token->value - i - 2 * length;
        return true;
    }
    *at = i + 1;
    *n = token->value - i - 2;
    return text[i] == '\'' && !memchr(text + *at, '\'', *n) &&
           (!(p->lexer.lexical & TL_SQL_BACKSLASH) || !memchr(text + *at, '\\', *n));
}

/* A quoted text's bytes, behind the text proper, or where it stands. */
static bool place_text(struct tl_sql_parser *p, const struct tl_sql_token *token,
                       uint32_t *at, uint32_t *n)
{
    if (is_plain(p, token, at, n))
        return true;
    char *bytes = tl_alloc(token->value - token->at + 1, 1);
    uint32_t length = tl_sql_unquote(bytes, p->lexer.text + token->at,
                                     token->value - token->at, p->traits->lexical);
    *at = tl_sql_tree_add(p->tree, bytes, length, token->at, false);
    *n = length;
    tl_free(bytes);
    p->lexer.text = p->tree->text;
    return *at != 0 || length == 0;
}

uint32_t tl_parse_text(struct tl_sql_parser *p, const struct tl_sql_token *token,
                       bool is_sql, uint32_t (*parse)(struct tl_sql_parser *p))
{
    struct tl_sql_tree *tree = p->tree;
    struct tl_sql_token *tokens = tree->tokens;
    uint32_t n_tokens = tree->n_tokens, room = tree->token_room, node = 0, at, n;

    if (p->n_bodies >= MOST_BODIES || !place_text(p, token, &at, &n)) {
        complain_of(p, token->at, "bodies within bodies go too deep to be followed");
        return 0;
    }
    struct tl_sql_parser inner = *p;
    inner.lexer.at = at;
    inner.lexer.n = at + n;
    inner.lexer.text = tree->text;
    inner.lexer.lexical &= ~(uint32_t)TL_SQL_SHELL_LINES;
    inner.lexer.problem = NULL;
    inner.n_bodies++;
    inner.n_windows = 0;
    inner.is_inline = false;
    inner.failed = false;
    inner.has_sql_body = is_sql;
    tree->tokens = NULL;
    tree->n_tokens = tree->token_room = 0;
    if (tl_sql_lex(&inner.lexer)) {
        while (tl_sql_lex_more(&inner.lexer))
            ;
        inner.now = tree->tokens;
        node = parse(&inner);
    }
    tl_free(tree->tokens);
    tree->tokens = tokens;
    tree->n_tokens = n_tokens;
    tree->token_room = room;
    p->lexer.text = tree->text;
    return node;
}
