#include "lineage/sql/literals.h"

#include "lineage/sql/keywords.h"
#include "lineage/sql/lex.h"

#include <string.h>

enum { MOST_BYTES = 1 << 30, MOST_BODIES = 8 /* one within the other */ };

struct finder {
    struct tl_sql_text_literals *out;
    const struct tl_sql_traits *traits;
    struct tl_sql_names *names;
    const char *text;
    uint32_t statement;
    /* places are counted on from the last one */
    uint32_t at, line, line_at;
};

static void move_to(struct finder *finder, uint32_t at)
{
    const char *end;

    while (finder->at < at &&
           (end = memchr(finder->text + finder->at, '\n', at - finder->at)) != NULL) {
        finder->line++;
        finder->at = finder->line_at = (uint32_t)(end - finder->text) + 1;
    }
    finder->at = at;
}

static void look_into(struct finder *finder, uint32_t from, uint32_t to, unsigned depth);

/* $tag$ ... $tag$ */
static bool is_in_dollars(const char *text, uint32_t at, uint32_t end, uint32_t *tag)
{
    const char *close = text[at] == '$' ? memchr(text + at + 1, '$', end - at - 1) : NULL;

    *tag = close ? (uint32_t)(close - (text + at)) + 1 : 0;
    return close && end - at >= 2 * *tag;
}

/* Where a text is a program: as $$ .. $$, do $$ .. $$, do language plpgsql $$ .. $$, execute immediate $$ .. $$. Elsewhere it is a value. */
static bool is_program(const struct tl_sql_tree *tree, const struct tl_sql_token *token)
{
    if (token == tree->tokens)
        return false;
    const struct tl_sql_token *before = token - 1;

    return before->word == TL_K_AS || before->word == TL_K_DO ||
           before->word == TL_K_EXECUTE || before->word == TL_K_IMMEDIATE ||
           (before > tree->tokens && before[-1].word == TL_K_LANGUAGE);
}

static void add(struct finder *finder, uint32_t at, uint32_t end, uint32_t tag)
{
    const char *text = finder->text;
    uint32_t begin = at + tag, last = end - tag;

    while (!tag && begin < end && text[begin] != '\'' && text[begin] != '"')
        begin++;
    if (begin == end)
        return;
    char quote = text[begin];
    while (!tag && begin < end && text[begin] == quote)
        begin++;
    while (!tag && last > begin && text[last - 1] == quote)
        last--;
    move_to(finder, at);
    struct tl_sql_text_literal literal = { .bytes = text + begin,
                                           .n = last - begin,
                                           .statement = finder->statement,
                                           .line = finder->line,
                                           .column = at - finder->line_at + 1 };
    tl_vec_push(&finder->out->items, literal);
}

static void look_into(struct finder *finder, uint32_t from, uint32_t to, unsigned depth)
{
    struct tl_sql_tree tree;
    struct tl_sql_lexer lexer =
        tl_sql_lexer_of(finder->traits, finder->names, &tree, finder->text, from, to);

    tl_sql_tree_init(&tree);
    while (tl_sql_lex(&lexer)) {
        bool has_copy = tree.tokens[0].word == TL_K_COPY, has_data = false;

        finder->statement += depth == 0 && tree.tokens[0].kind != TL_T_END;
        for (const struct tl_sql_token *t = tree.tokens; t->kind != TL_T_END; t++) {
            has_data |= has_copy && t->word == TL_K_STDIN;
            if (t->kind != TL_T_TEXT)
                continue;
            uint32_t end = tl_sql_token_end(&lexer, t), tag;
            if (!is_in_dollars(finder->text, t->at, end, &tag))
                add(finder, t->at, end, 0);
            else if (!is_program(&tree, t))
                add(finder, t->at, end, tag);
            else if (depth < MOST_BODIES)
                look_into(finder, t->at + tag, end - tag, depth + 1);
        }
        if (has_data)
            tl_sql_lex_skip_data(&lexer);
    }
    tl_sql_tree_release(&tree);
}

void tl_sql_literals(struct tl_sql_text_literals *out, enum tl_sql_dialect dialect,
                     const char *text, size_t n)
{
    struct finder finder = {
        .out = out, .traits = &tl_sql_traits[dialect], .text = text, .line = 1
    };

    *out = (struct tl_sql_text_literals){ 0 };
    if (n > MOST_BYTES)
        return;
    finder.names = tl_sql_names_open(finder.traits);
    look_into(&finder, 0, (uint32_t)n, 0);
    tl_sql_names_close(finder.names);
}
