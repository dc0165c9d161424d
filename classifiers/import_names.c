/*
 * Patterns of other programs as words and patterns of ours.
 */
#include "classifiers/import_inner.h"
#include "classifiers/names.h"
#include "classifiers/pattern.h"

#include "base/ctx.h"
#include "base/rx.h"

#include <ctype.h>

/* ---- patterns ---- */

/* Python's inline flags that PCRE2 lacks: a, L and u say which alphabet, which ours is anyway. */
static size_t copy_flags(struct tl_str *out, const char *at)
{
    size_t n = strspn(at, "aiLmsux-");

    if (!n || (at[n] != ')' && at[n] != ':'))
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (!strchr("aLu", at[i]))
            tl_str_add_char(out, at[i]);
    }
    return n;
}

static bool is_hex(const char *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isxdigit((unsigned char)at[i]))
            return false;
    }
    return true;
}

/* One step behind a backslash; returns the bytes read, the backslash included. */
static size_t copy_escape(struct tl_str *out, const char *at)
{
    size_t digits = at[1] == 'u' ? 4 : at[1] == 'U' ? 8 : 0;

    if (digits && strlen(at + 2) >= digits && is_hex(at + 2, digits)) {
        tl_str_addf(out, "\\x{%.*s}", (int)digits, at + 2);
        return digits + 2;
    }
    if (at[1] == 'Z') {
        tl_str_add(out, "\\z");
        return 2;
    }
    tl_str_add_bytes(out, at, at[1] ? 2 : 1);
    return at[1] ? 2 : 1;
}

const char *tl_import_pattern(struct tl_importer *importer, const char *pattern,
                              struct tl_mark at)
{
    struct tl_ctx *ctx = importer->ctx;
    struct tl_str text = TL_STR_INIT(64 << 10);
    struct tl_run run = { 0 };
    struct tl_ctx trial;
    struct tl_rx *rx = NULL;
    const char *out = NULL;

    for (const char *c = pattern; *c;) {
        if (*c == '\\') {
            c += copy_escape(&text, c);
        } else if (c[0] == '(' && c[1] == '?') {
            tl_str_add(&text, "(?");
            c += 2 + copy_flags(&text, c + 2);
        } else {
            tl_str_add_char(&text, *c++);
        }
    }
    tl_ctx_init(&trial, &run);
    if (text.failed || !*pattern)
        tl_import_note(importer, at, "a pattern that is %s is left out",
                       text.failed ? "too long" : "empty");
    else if (tl_rx_open(&rx, text.text, TL_RX_WHOLE, &trial) < 0)
        tl_import_note(importer, at,
                       "PCRE2 does not take this pattern, it is left out: %s",
                       trial.error.text);
    else
        out = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_rx_close(rx);
    tl_ctx_release(&trial);
    tl_str_release(&text);
    return out;
}

/* ---- names ---- */

/* Most names that one pattern may stand for. */
#define WORDS_MOST 64
#define WORD_BYTES 64

struct words {
    char items[WORDS_MOST][WORD_BYTES];
    size_t n;
    bool is_lost;
};

static void add_byte(struct words *words, char byte)
{
    for (size_t i = 0; i < words->n; i++) {
        size_t n = strlen(words->items[i]);

        if (byte == '_' && (!n || words->items[i][n - 1] == '_'))
            continue;
        if (n + 1 >= WORD_BYTES) {
            words->is_lost = true;
            return;
        }
        words->items[i][n] = byte;
        words->items[i][n + 1] = '\0';
    }
}

static void expand(struct words *words, const struct tl_pattern_node *node);

/* Each of the alternatives behind each of the words so far; `node` NULL: nothing. */
static void expand_any(struct words *words, const struct tl_pattern_node *const *nodes,
                       size_t n)
{
    struct words *before = tl_alloc(1, sizeof *before);
    struct words *part = tl_alloc(1, sizeof *part);

    *before = *words;
    words->n = 0;
    for (size_t i = 0; i < n && !words->is_lost; i++) {
        *part = *before;
        if (nodes[i])
            expand(part, nodes[i]);
        words->is_lost |= part->is_lost || words->n + part->n > WORDS_MOST;
        for (size_t k = 0; k < part->n && !words->is_lost; k++)
            memcpy(words->items[words->n++], part->items[k], WORD_BYTES);
    }
    tl_free(before);
    tl_free(part);
}

/* What stands between words: anything but one or few letters. */
static bool is_gap(const struct tl_pattern_node *node)
{
    unsigned letters = 0;

    while ((node->kind == TL_PATTERN_SEQUENCE || node->kind == TL_PATTERN_REPEAT) &&
           node->child && !node->child->next)
        node = node->child;
    if (node->kind != TL_PATTERN_SET)
        return false;
    for (unsigned b = 0; b < 128; b++)
        letters += isalnum((int)b) && (node->set[b >> 6] >> (b & 63) & 1);
    return letters > 8 || !letters;
}

static void expand_set(struct words *words, const struct tl_pattern_node *node)
{
    struct tl_pattern_node single[8] = { 0 };
    const struct tl_pattern_node *nodes[8];
    size_t n = 0;

    if (is_gap(node)) {
        add_byte(words, '_');
        return;
    }
    for (unsigned b = 0; b < 128 && n < 8; b++) {
        unsigned lower = (unsigned)tolower((int)b);
        if (!(node->set[b >> 6] >> (b & 63) & 1) ||
            (b != lower && (node->set[lower >> 6] >> (lower & 63) & 1)))
            continue;
        single[n].kind = TL_PATTERN_SET;
        single[n].set[b >> 6] = (uint64_t)1 << (b & 63);
        nodes[n] = &single[n];
        n++;
    }
    if (n == 1) {
        for (unsigned b = 0; b < 128; b++) {
            if (single[0].set[b >> 6] >> (b & 63) & 1)
                add_byte(words, isalnum((int)b) ? (char)tolower((int)b) : '_');
        }
        return;
    }
    expand_any(words, nodes, n);
}

static void expand(struct words *words, const struct tl_pattern_node *node)
{
    const struct tl_pattern_node *nodes[WORDS_MOST];
    size_t n = 0;

    if (words->is_lost)
        return;
    switch (node->kind) {
    case TL_PATTERN_SET:
        expand_set(words, node);
        break;
    case TL_PATTERN_SEQUENCE:
        for (const struct tl_pattern_node *c = node->child; c; c = c->next)
            expand(words, c);
        break;
    case TL_PATTERN_CHOICE:
        for (const struct tl_pattern_node *c = node->child; c; c = c->next) {
            if (n < WORDS_MOST)
                nodes[n++] = c;
            else
                words->is_lost = true;
        }
        expand_any(words, nodes, n);
        break;
    case TL_PATTERN_REPEAT:
        if (is_gap(node)) {
            add_byte(words, '_');
        } else if (node->least == 0 && node->most == 1) {
            nodes[0] = NULL;
            nodes[1] = node->child;
            expand_any(words, nodes, 2);
        } else if (node->least == node->most && node->most <= 8) {
            for (uint32_t i = 0; i < node->most; i++)
                expand(words, node->child);
        } else {
            words->is_lost = true;
        }
        break;
    case TL_PATTERN_REFERENCE:
        words->is_lost = true;
        break;
    default:
        break;
    }
}

static void add_name(struct tl_importer *importer, struct tl_import_type *type,
                     char *word)
{
    struct tl_tokens tokens;
    size_t n = strlen(word);

    while (n && word[n - 1] == '_')
        word[--n] = '\0';
    word += *word == '_';
    tl_tokens_of_text(&tokens, word, strlen(word));
    if (!tokens.n || tokens.n > 8)
        return;
    for (size_t i = 0; i < type->names.n; i++) {
        if (!strcmp(type->names.items[i], word))
            return;
    }
    tl_vec_push(&type->names, tl_arena_strdup(importer->ctx->arena, word));
}

void tl_import_names(struct tl_importer *importer, struct tl_import_type *type,
                     const char *pattern, struct tl_mark at)
{
    struct tl_arena *arena = tl_arena_open();
    struct words *words = tl_alloc(1, sizeof *words);
    struct tl_pattern tree;
    size_t before = type->names.n;

    words->n = 1;
    if (tl_pattern_parse(&tree, pattern, arena))
        expand(words, tree.root);
    else
        words->is_lost = true;
    for (size_t i = 0; i < words->n && !words->is_lost; i++)
        add_name(importer, type, words->items[i]);
    if (words->is_lost ||
        (type->names.n == before && words->n == 1 && !words->items[0][0]))
        tl_import_note(importer, at,
                       "this pattern of names is no list of words and is left out: write "
                       "the names of '%s' under 'names'",
                       type->name);
    tl_free(words);
    tl_arena_close(arena);
}
