/*
 * Where a pattern can be made to try the same bytes over and over (J. Kirrage, A. Rathnayake, H. Thielecke, "Static Analysis for Regular
 * Expression Denial-of-Service Attacks", NSS 2013): repeats that may take the same bytes in several ways. The tree says where to look; whether it
 * matters is measured, with the limits that a scan has, on strings that run a repeat up and then fail.
 */
#include "classifiers/lint_inner.h"
#include "classifiers/pattern.h"

#include "base/ctx.h"
#include "base/rx.h"

/* A repeat of fewer is as good as none. */
#define LONG_REPEAT 16
/* Repeats of one pattern that are run up. */
#define REPEATS_MOST 64
/* Different strings for each: of alternatives one may be hostile and another not. */
#define PUMPS 9

struct search {
    const struct tl_pattern_node *repeats[REPEATS_MOST];
    size_t n;
};

static bool is_long(const struct tl_pattern_node *node)
{
    return node->kind == TL_PATTERN_REPEAT && node->most >= LONG_REPEAT && !node->is_firm;
}

static void gather(struct search *search, const struct tl_pattern_node *node)
{
    if (is_long(node) && search->n < REPEATS_MOST)
        search->repeats[search->n++] = node;
    for (const struct tl_pattern_node *c = node->child; c; c = c->next)
        gather(search, c);
}

static bool holds_node(const struct tl_pattern_node *in,
                       const struct tl_pattern_node *node)
{
    if (in == node)
        return true;
    for (const struct tl_pattern_node *c = in->child; c; c = c->next) {
        if (holds_node(c, node))
            return true;
    }
    return false;
}

/* What must stand before `to` is reached. */
static void write_until(struct tl_str *out, const struct tl_pattern_node *node,
                        const struct tl_pattern_node *to, uint64_t *random)
{
    if (node == to)
        return;
    for (const struct tl_pattern_node *c = node->child; c; c = c->next) {
        if (holds_node(c, to)) {
            write_until(out, c, to, random);
            return;
        }
        if (node->kind == TL_PATTERN_SEQUENCE)
            tl_pattern_write(out, c, 0, random);
    }
}

/* A string of some `n` bytes that runs the repeat up and then fails. */
static void pump(struct tl_str *out, const struct tl_pattern_node *root,
                 const struct tl_pattern_node *repeat, size_t n, unsigned way)
{
    uint64_t random = way * 1000003u;
    struct tl_str once = TL_STR_INIT(8192);

    tl_str_clear(out);
    write_until(out, root, repeat, &random);
    tl_pattern_write(&once, repeat->child, way % 2, &random);
    while (once.n && !out->failed && out->n + once.n + 1 <= n)
        tl_str_add_bytes(out, once.text, once.n);
    /* what fits next to nothing that anybody writes, not even '.', or stands where nothing may */
    if (way % 3 != 2)
        tl_str_add_char(out, way % 3 ? '\n' : '\1');
    /* PCRE2 looks for the characters that a match must hold before it begins: let it find them */
    tl_pattern_write(out, root, 1, &random);
    if (way % 3 == 2)
        tl_str_add_char(out, '\1');
    tl_str_release(&once);
}

static size_t measure(const struct tl_rx *rx, bool is_find,
                      const struct tl_pattern_node *root,
                      const struct tl_pattern_node *repeat, struct tl_rx_scratch *scratch)
{
    static const size_t whole[] = { 24, 40, 100, 400, 1000, TL_VALUE_MOST };
    static const size_t found[] = { 24, 40, 100, 400, 1000, TL_VALUE_MOST, 16384 };
    const size_t *lengths = is_find ? found : whole;
    size_t n_lengths =
        is_find ? sizeof found / sizeof *found : sizeof whole / sizeof *whole;
    struct tl_str text = TL_STR_INIT(TL_SEARCH_MOST);
    size_t reached = 0;

    for (size_t i = 0; i < n_lengths && !reached; i++) {
        for (unsigned way = 0; way < PUMPS && !reached; way++) {
            size_t begin;
            size_t end;

            pump(&text, root, repeat, lengths[i], way);
            enum tl_rx_answer answer =
                is_find ? tl_rx_find(rx, text.text, text.n, 0, &begin, &end, scratch)
                        : tl_rx_match(rx, text.text, text.n, scratch);
            if (answer == TL_RX_UNKNOWN)
                reached = text.n;
        }
    }
    tl_str_release(&text);
    return reached;
}

/* Whether the repeat's part can end as it begins, with a repeat of its own at either end: then each byte has two owners. */
static bool is_nested(const struct tl_pattern_node *repeat)
{
    uint64_t first[4];
    uint64_t last[4];
    struct search inner = { 0 };

    gather(&inner, repeat->child);
    tl_pattern_first(first, repeat->child);
    tl_pattern_last(last, repeat->child);
    for (size_t i = 0; i < inner.n; i++) {
        uint64_t set[4];

        tl_pattern_first(set, inner.repeats[i]->child);
        if (inner.repeats[i]->most == TL_PATTERN_ENDLESS &&
            tl_pattern_sets_meet(set, first) && tl_pattern_sets_meet(set, last) &&
            tl_pattern_sets_meet(first, last))
            return true;
    }
    return false;
}

static bool has_alike_choice(const struct tl_pattern_node *node)
{
    if (node->kind == TL_PATTERN_CHOICE) {
        for (const struct tl_pattern_node *a = node->child; a; a = a->next) {
            for (const struct tl_pattern_node *b = a->next; b; b = b->next) {
                uint64_t first[4];
                uint64_t other[4];

                tl_pattern_first(first, a);
                tl_pattern_first(other, b);
                if (tl_pattern_sets_meet(first, other))
                    return true;
            }
        }
    }
    for (const struct tl_pattern_node *c = node->child; c; c = c->next) {
        if (has_alike_choice(c))
            return true;
    }
    return false;
}

void tl_backtrack_look(struct tl_backtrack *out, const char *pattern, bool is_find)
{
    struct tl_arena *arena = tl_arena_open();
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct tl_pattern tree;
    struct tl_rx *rx = NULL;
    struct search search = { 0 };

    *out = (struct tl_backtrack){ 0 };
    tl_ctx_init(&ctx, &run);
    out->is_understood = tl_pattern_parse(&tree, pattern, arena);
    if (out->is_understood &&
        tl_rx_open(&rx, pattern, is_find ? 0 : TL_RX_WHOLE, &ctx) == TL_OK) {
        struct tl_rx_scratch *scratch = tl_rx_scratch_open();

        gather(&search, tree.root);
        for (size_t i = 0; i < search.n && !out->bytes; i++) {
            const struct tl_pattern_node *repeat = search.repeats[i];
            bool is_suspect = repeat->most == TL_PATTERN_ENDLESS && is_nested(repeat);

            out->bytes = measure(rx, is_find, tree.root, repeat, scratch);
            if (!out->bytes && (!is_suspect || out->why))
                continue;
            out->at = repeat->at;
            out->why = is_nested(repeat) ? "a repeat within a repeat takes the same bytes"
                       : has_alike_choice(repeat->child)
                           ? "alternatives that begin alike are repeated"
                           : "repeats that follow each other take the same bytes";
        }
        tl_rx_scratch_close(scratch);
    }
    tl_rx_close(rx);
    tl_ctx_release(&ctx);
    tl_arena_close(arena);
}

size_t tl_backtracking_of(const char *pattern, bool is_find)
{
    struct tl_backtrack found;

    tl_backtrack_look(&found, pattern, is_find);
    return found.bytes;
}
