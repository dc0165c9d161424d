/*
 * One pass over the tokens. The state is the item (what stands between two commas of the outermost parentheses) being read,
 * and the comment that waits for its owner: one on a line of its own belongs to what follows it, any other to
 * what stands before it.
 */
#include "connectors/warehouse/ddl_comments.h"

#include "base/str.h"

#include <stdbool.h>
#include <strings.h>

enum token_kind { END, WORD, QUOTED, LITERAL, COMMENT, PUNCTUATION };

struct token {
    enum token_kind kind;
    const char *text; /* within the statement; quotes and comment marks included */
    size_t n;
};

struct scan {
    const char *at, *end;
    bool line_began; /* a line end was passed since the last token that is no comment */
};

static size_t closed_by(const char *at, const char *end, char close)
{
    const char *p = at + 1;

    for (; p < end; p++) {
        if (*p != close)
            continue;
        /* A doubled quote stands for itself; brackets have no such form. */
        if (close == ']' || p + 1 >= end || p[1] != close)
            return (size_t)(p + 1 - at);
        p++;
    }
    return (size_t)(end - at);
}

static size_t comment_length(const char *at, const char *end)
{
    if (*at == '-') {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        return (size_t)((line_end ? line_end : end) - at);
    }
    for (const char *p = at + 2; p + 1 < end; p++)
        if (p[0] == '*' && p[1] == '/')
            return (size_t)(p + 2 - at);
    return (size_t)(end - at);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static struct token next_token(struct scan *scan)
{
    struct token token = { END, scan->at, 0 };

    while (scan->at < scan->end && is_blank(*scan->at)) {
        scan->line_began |= *scan->at == '\n';
        scan->at++;
    }
    const char *at = scan->at;
    const char *end = scan->end;
    token.text = at;
    if (at == end)
        return token;
    token.kind = PUNCTUATION;
    token.n = 1;
    if (end - at > 1 &&
        ((at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*'))) {
        token.kind = COMMENT;
        token.n = comment_length(at, end);
    } else if (*at == '"' || *at == '`' || *at == '[') {
        token.kind = QUOTED;
        token.n = closed_by(at, end, *at == '[' ? ']' : *at);
    } else if (*at == '\'') {
        token.kind = LITERAL;
        token.n = closed_by(at, end, '\'');
    } else if (is_word(*at)) {
        token.kind = WORD;
        while (at + token.n < end && is_word(at[token.n]))
            token.n++;
    }
    scan->at += token.n;
    return token;
}

static bool is_keyword(const struct token *token, const char *word)
{
    return token->kind == WORD && token->n == strlen(word) &&
           strncasecmp(token->text, word, token->n) == 0;
}

static bool opens_constraint(const struct token *token)
{
    return is_keyword(token, "constraint") || is_keyword(token, "primary") ||
           is_keyword(token, "unique") || is_keyword(token, "check") ||
           is_keyword(token, "foreign");
}

/* ---- the text of a comment ---- */

static void add_comment(struct tl_str *out, const struct token *token)
{
    const char *p = token->text + 2;
    const char *end = token->text + token->n;
    bool is_block = token->text[0] == '/';
    bool at_line_begin = true;

    if (is_block && token->n >= 4 && end[-2] == '*' && end[-1] == '/')
        end -= 2;
    for (; p < end; p++) {
        if (is_blank(*p)) {
            at_line_begin |= *p == '\n';
            if (out->n && out->text[out->n - 1] != ' ')
                tl_str_add_char(out, ' ');
            continue;
        }
        /* Rulers and borders: "----- name", " * name". */
        if (at_line_begin && *p == (is_block ? '*' : '-'))
            continue;
        at_line_begin = false;
        tl_str_add_char(out, *p);
    }
    if (out->n && out->text[out->n - 1] != ' ')
        tl_str_add_char(out, ' ');
}

static const char *take_text(struct tl_str *text, struct tl_arena *arena)
{
    size_t n = text->n;

    while (n && text->text[n - 1] == ' ')
        n--;
    const char *taken = n ? tl_arena_dup(arena, text->text, n) : NULL;
    tl_str_clear(text);
    return taken;
}

static const char *unquoted(const struct token *token, size_t *n, struct tl_arena *arena)
{
    if (token->kind == WORD) {
        *n = token->n;
        return tl_arena_dup(arena, token->text, token->n);
    }
    char close = token->text[0] == '[' ? ']' : token->text[0];
    char *name = tl_arena_alloc(arena, token->n + 1, 1);
    size_t end = token->n - (token->n > 1 && token->text[token->n - 1] == close);

    *n = 0;
    for (size_t i = 1; i < end; i++) {
        name[(*n)++] = token->text[i];
        if (close != ']' && token->text[i] == close)
            i++;
    }
    return name;
}

/* ---- the walk ---- */

struct reading {
    struct tl_ddl_comments *out;
    struct tl_arena *arena;
    struct tl_str table;    /* what was said of the table */
    struct tl_str item;     /* what was said of the item being read */
    struct tl_str waiting;  /* stood on lines of its own: belongs to what comes */
    struct tl_str previous; /* of the item before, open until its line ends */
    const char *name, *previous_name;
    size_t n_name, n_previous_name;
    bool item_began;
    bool has_previous;
    unsigned depth;
};

static void add_to_waiting(struct tl_str *to, struct tl_str *waiting)
{
    tl_str_add_bytes(to, waiting->text, waiting->n);
    tl_str_clear(waiting);
}

/* The line behind the comma is over: nothing more can be said of the item before. */
static void settle_previous(struct reading *r)
{
    const char *text = take_text(&r->previous, r->arena);

    if (r->has_previous && r->previous_name && text)
        tl_vec_push(&r->out->columns, ((struct tl_ddl_comment){
                                          r->previous_name, r->n_previous_name, text }));
    r->has_previous = false;
}

static void end_item(struct reading *r)
{
    settle_previous(r);
    r->previous_name = r->name;
    r->n_previous_name = r->n_name;
    r->has_previous = true;
    add_to_waiting(&r->previous, &r->item);
    r->name = NULL;
    r->item_began = false;
}

static void see_comment(struct reading *r, const struct token *token, bool stands_alone)
{
    if (r->depth == 0)
        add_comment(&r->table, token);
    else if (r->item_began)
        add_comment(stands_alone ? &r->waiting : &r->item, token);
    else if (stands_alone)
        add_comment(&r->waiting, token);
    else
        add_comment(r->has_previous ? &r->previous : &r->table, token);
}

static void see_token(struct reading *r, const struct token *token)
{
    char c = token->kind == PUNCTUATION ? *token->text : 0;

    if (r->depth == 1 && (c == ',' || c == ')')) {
        end_item(r);
        if (c == ',')
            return;
        r->depth = 0;
        return;
    }
    if (r->depth == 1) {
        if (!r->item_began) {
            settle_previous(r);
            bool is_column = token->kind == QUOTED ||
                             (token->kind == WORD && !opens_constraint(token));
            if (is_column)
                r->name = unquoted(token, &r->n_name, r->arena);
            r->item_began = true;
        }
        add_to_waiting(&r->item, &r->waiting);
    }
    if (c == '(')
        r->depth++;
    else if (c == ')' && r->depth > 0)
        r->depth--;
}

void tl_ddl_comments_read(struct tl_ddl_comments *out, const char *sql, size_t n,
                          struct tl_arena *arena)
{
    struct scan scan = { sql, sql + n, false };
    struct reading r = { .out = out, .arena = arena };

    *out = (struct tl_ddl_comments){ 0 };
    tl_str_init(&r.table, TL_DDL_COMMENT_MOST);
    tl_str_init(&r.item, TL_DDL_COMMENT_MOST);
    tl_str_init(&r.waiting, TL_DDL_COMMENT_MOST);
    tl_str_init(&r.previous, TL_DDL_COMMENT_MOST);
    for (struct token token = next_token(&scan); token.kind != END;
         token = next_token(&scan)) {
        if (token.kind == COMMENT) {
            see_comment(&r, &token, scan.line_began);
            continue;
        }
        scan.line_began = false;
        /* A view's query begins: its comments speak of the query's lines, not of the view. */
        if (r.depth == 0 && (is_keyword(&token, "select") || is_keyword(&token, "with") ||
                             is_keyword(&token, "values")))
            break;
        see_token(&r, &token);
    }
    settle_previous(&r);
    out->table = take_text(&r.table, arena);
    tl_str_release(&r.table);
    tl_str_release(&r.item);
    tl_str_release(&r.waiting);
    tl_str_release(&r.previous);
}
