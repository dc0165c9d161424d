/*
 * A walk as an indented tree. What leads on from a column is shown once, where the walk is nearest to what was asked for; elsewhere a word says
 * where. Very wide ones are cut with a count: which columns are shown is found out before anything is, so that no word points to what was cut.
 */
#include "cli/lineage_walk.h"

#include "base/say.h"
#include "cli/show.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_BELOW = 40,     /* columns below one; --json has all */
    MOST_EDGES_TOLD = 3, /* between two columns */
    LEAST_WIDTH = 24,    /* of what is told behind a name, however narrow the terminal */
};

/* ---- what will be shown ---- */

/* A column that a stop's steps lead to, however many edges do. */
struct child {
    uint32_t stop, step; /* and the first of the steps */
};
struct tree {
    const struct tl_showing *showing;
    const struct tl_walked *walk; /* NULL: this direction was not asked for */
    bool is_up;
    struct child *children;
    uint32_t *first; /* by stop: its children; the next stop's begin where they end */
    uint32_t *
        home; /* by stop: the child below which what leads on from it is shown; TL_NO_NODE: a root, or nowhere */
    uint8_t *is_shown, *is_on_way; /* by stop */
};

static void find_children(struct tree *tree)
{
    const struct tl_walked *walk = tree->walk;
    uint32_t *told_by = tl_alloc(walk->stops.n + 1, sizeof *told_by); /* stop + 1 */
    uint32_t n = 0;

    for (uint32_t i = 0; i < walk->stops.n; i++) {
        const struct tl_walk_stop *stop = &walk->stops.items[i];

        tree->first[i] = n;
        for (uint32_t s = stop->first_step; s < stop->first_step + stop->n_steps; s++) {
            uint32_t to = walk->steps.items[s].stop;

            if (told_by[to] == i + 1)
                continue;
            told_by[to] = i + 1;
            tree->children[n++] = (struct child){ to, s };
        }
    }
    tree->first[walk->stops.n] = n;
    tl_free(told_by);
}

/* One more than the most is shown itself: a line that says so would be as long. */
static uint32_t shown_children(const struct tree *tree, uint32_t stop)
{
    uint32_t n = tree->first[stop + 1] - tree->first[stop];

    return n <= MOST_BELOW + 1 ? n : MOST_BELOW;
}

/* Breadth first over what is shown. */
static void find_homes(struct tree *tree)
{
    const struct tl_walked *walk = tree->walk;
    uint32_t *queue = tl_alloc(walk->stops.n + 1, sizeof *queue);
    uint32_t n = walk->n_asked;

    for (uint32_t i = 0; i < walk->stops.n; i++)
        tree->home[i] = TL_NO_NODE;
    for (uint32_t i = 0; i < n; i++)
        queue[i] = i;
    for (uint32_t at = 0; at < n; at++) {
        uint32_t first = tree->first[queue[at]];

        for (uint32_t c = first; c < first + shown_children(tree, queue[at]); c++) {
            uint32_t stop = tree->children[c].stop;

            if (stop < walk->n_asked || tree->home[stop] != TL_NO_NODE)
                continue;
            tree->home[stop] = c;
            queue[n++] = stop;
        }
    }
    tl_free(queue);
}

static void open_tree(struct tree *tree, const struct tl_showing *showing,
                      const struct tl_walked *walk, bool is_up)
{
    *tree = (struct tree){ .showing = showing, .walk = walk, .is_up = is_up };
    if (!walk)
        return;
    tree->children = tl_alloc(walk->steps.n + 1, sizeof *tree->children);
    tree->first = tl_alloc(walk->stops.n + 1, sizeof *tree->first);
    tree->home = tl_alloc(walk->stops.n + 1, sizeof *tree->home);
    tree->is_shown = tl_alloc(walk->stops.n + 1, 1);
    tree->is_on_way = tl_alloc(walk->stops.n + 1, 1);
    find_children(tree);
    find_homes(tree);
}

static void close_tree(struct tree *tree)
{
    tl_free(tree->children);
    tl_free(tree->first);
    tl_free(tree->home);
    tl_free(tree->is_shown);
    tl_free(tree->is_on_way);
}

/* ---- lines ---- */

struct glyphs {
    const char *branch, *last, *bar;
};

/* Who says that the terminal has no more than ASCII is believed. */
static const struct glyphs *choose_glyphs(void)
{
    static const struct glyphs plain = { "|- ", "`- ", "|  " };
    static const struct glyphs drawn = { "\u251c\u2500 ", "\u2514\u2500 ", "\u2502  " };
    const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *locale = getenv(names[i]);

        if (!locale || !*locale)
            continue;
        if (strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
            return &plain;
        break;
    }
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? &drawn : &plain;
}

struct standing {
    uint32_t stop, next; /* its next child */
    bool is_last;        /* nothing comes below it on its level */
};
struct branch {
    const struct glyphs *glyphs;
    TL_VEC(struct standing) items;
};

/* What is before a name `depth` levels below a root. The answer is its width. */
static size_t show_indent(const struct branch *branch, bool is_last, FILE *out)
{
    for (size_t i = 1; i < branch->items.n; i++)
        fputs(branch->items.items[i].is_last ? "   " : branch->glyphs->bar, out);
    fputs(is_last ? branch->glyphs->last : branch->glyphs->branch, out);
    return 3 * branch->items.n;
}

static const char *stop_name(const struct tree *tree, uint32_t number)
{
    const struct tl_walk_stop *stop = &tree->walk->stops.items[number];
    struct tl_graph_dataset_view view;

    if (stop->node.i != TL_NO_NODE)
        return tl_walk_node_name(tree->showing, stop->node);
    tl_graph_dataset(&view, tree->showing->graph, stop->dataset);
    return tl_arena_printf(tree->showing->ctx->arena, "%s (its rows)",
                           tl_walk_name(tree->showing, view.dataset.key, NULL));
}

/* All edges from the parent to the child, in one line, on a terminal no longer than it is wide. */
static void show_edges(const struct tree *tree, uint32_t parent,
                       const struct child *child, size_t width_before)
{
    const struct tl_walk_stop *stop = &tree->walk->stops.items[parent];
    const struct tl_walk_step *steps = tree->walk->steps.items;
    const struct tl_ctx *ctx = tree->showing->ctx;
    struct tl_str text = TL_STR_INIT(1 << 16);
    unsigned n = 0;
    size_t room = SIZE_MAX;

    for (uint32_t i = child->step; i < stop->first_step + stop->n_steps; i++) {
        if (steps[i].stop != child->stop)
            continue;
        if (n < MOST_EDGES_TOLD) {
            tl_str_add(&text, n ? "; " : "");
            tl_str_add(&text, stop->node.i == TL_NO_NODE ? "steers " : "");
            tl_walk_add_edge(&text, tree->showing, steps[i].edge);
        }
        n++;
    }
    if (n > MOST_EDGES_TOLD)
        tl_str_addf(&text, "; and %u more", n - MOST_EDGES_TOLD);
    if (ctx->say->width)
        room = (size_t)ctx->say->width > width_before + 2 + LEAST_WIDTH
                   ? (size_t)ctx->say->width - width_before - 2
                   : LEAST_WIDTH;
    fprintf(ctx->say->results, "  %s", tl_paint(ctx, TL_DIM));
    if (tl_utf8_width(text.text, text.n) <= room) {
        fputs(text.text, ctx->say->results);
    } else {
        size_t end = 0, step;

        while ((step = tl_utf8_step(text.text + end, text.n - end)) > 0 &&
               tl_utf8_width(text.text, end + step) + 3 <= room)
            end += step;
        fprintf(ctx->say->results, "%.*s...", (int)end, text.text);
    }
    fputs(tl_paint(ctx, TL_PLAIN), ctx->say->results);
    tl_str_release(&text);
}

/* Why what leads on from a child is not shown below it; NULL: it is, or there is nothing. */
static const char *why_not(const struct tree *tree, uint32_t child)
{
    uint32_t number = tree->children[child].stop;
    const struct tl_walk_stop *stop = &tree->walk->stops.items[number];

    if (tree->is_on_way[number])
        return "a cycle: shown above";
    if (stop->goes_on)
        return "goes on";
    if (!stop->n_steps || tree->home[number] == child)
        return NULL;
    return tree->is_shown[number] ? "shown above" : "shown below";
}

/* Shows the child; true where what leads on from it comes next. */
static bool show_child(struct tree *tree, const struct branch *branch, uint32_t child,
                       bool is_last)
{
    const struct child *shown = &tree->children[child];
    const struct tl_ctx *ctx = tree->showing->ctx;
    FILE *out = ctx->say->results;
    const char *why = why_not(tree, child), *name = stop_name(tree, shown->stop);
    size_t width = show_indent(branch, is_last, out);

    fprintf(out, "%s %s", tree->is_up ? "<-" : "->", name);
    width += 3 + tl_utf8_width(name, strlen(name)) +
             tl_walk_show_tags(tree->showing, tree->walk->stops.items[shown->stop].node) +
             (why ? strlen(why) + 4 : 0);
    show_edges(tree, branch->items.items[branch->items.n - 1].stop, shown, width);
    if (why)
        fprintf(out, "  %s(%s)%s", tl_paint(ctx, TL_CYAN), why, tl_paint(ctx, TL_PLAIN));
    fputc('\n', out);
    return !why && tree->walk->stops.items[shown->stop].n_steps;
}

static void show_cut(const struct branch *branch, const struct tl_ctx *ctx, uint32_t n,
                     bool is_last)
{
    show_indent(branch, is_last, ctx->say->results);
    fprintf(ctx->say->results, "%s... and %u more%s\n", tl_paint(ctx, TL_CYAN), n,
            tl_paint(ctx, TL_PLAIN));
}

/* All below a root; `is_last`: the other direction has nothing to be shown behind it. */
static void show_below(struct tree *tree, uint32_t root, bool is_last)
{
    struct branch branch = { .glyphs = choose_glyphs() };
    struct standing begin = { root, 0, true };

    tree->is_shown[root] = tree->is_on_way[root] = 1;
    tl_vec_push(&branch.items, begin);
    while (branch.items.n) {
        struct standing *here = &branch.items.items[branch.items.n - 1];
        uint32_t first = tree->first[here->stop], n = shown_children(tree, here->stop);
        uint32_t all = tree->first[here->stop + 1] - first;

        if (here->next == n) {
            if (n < all)
                show_cut(&branch, tree->showing->ctx, all - n,
                         branch.items.n > 1 || is_last);
            tree->is_on_way[here->stop] = 0;
            branch.items.n--;
            continue;
        }
        uint32_t child = first + here->next++;
        bool ends = here->next == n && n == all && (branch.items.n > 1 || is_last);
        if (!show_child(tree, &branch, child, ends))
            continue;
        uint32_t number = tree->children[child].stop;
        struct standing next = { number, 0, ends };
        tree->is_shown[number] = tree->is_on_way[number] = 1;
        tl_vec_push(&branch.items, next);
    }
    tl_vec_release(&branch.items);
}

/* ---- all of it ---- */

static bool has_below(const struct tree *tree, uint32_t root)
{
    return tree->walk && tree->first[root + 1] > tree->first[root];
}

static void show_root(struct tree *up, struct tree *down, uint32_t root)
{
    struct tree *any = up->walk ? up : down;
    struct tl_ctx *ctx = up->showing->ctx;

    fprintf(ctx->say->results, "%s%s%s", tl_paint(ctx, TL_BOLD), stop_name(any, root),
            tl_paint(ctx, TL_PLAIN));
    tl_walk_show_tags(up->showing, any->walk->stops.items[root].node);
    fputc('\n', ctx->say->results);
    if (has_below(up, root))
        show_below(up, root, !has_below(down, root));
    if (has_below(down, root))
        show_below(down, root, true);
}

static void note_still(const struct tree *up, const struct tree *down, uint32_t n,
                       uint32_t n_asked)
{
    const char *what = !down->walk ? "flows into"
                       : !up->walk ? "flows out of"
                                   : "flows into or out of";
    const struct tl_ctx *ctx = up->showing->ctx;

    if (!n)
        return;
    if (n_asked == 1)
        tl_note(ctx, "nothing that is known %s it", what);
    else if (n == n_asked)
        tl_note(ctx, "nothing that is known %s its columns", what);
    else
        tl_note(ctx, "%u more column%s: nothing that is known %s %s", n,
                n == 1 ? "" : "s", what, n == 1 ? "it" : "them");
}

void tl_walk_tree(const struct tl_showing *showing, const struct tl_walked *up,
                  const struct tl_walked *down)
{
    uint32_t n_asked = (up ? up : down)->n_asked, n_still = 0;
    struct tree trees[2];

    open_tree(&trees[0], showing, up, true);
    open_tree(&trees[1], showing, down, false);
    for (uint32_t i = 0; i < n_asked; i++) {
        bool is_still = !has_below(&trees[0], i) && !has_below(&trees[1], i);

        n_still += is_still;
        if (!is_still || n_asked == 1)
            show_root(&trees[0], &trees[1], i);
    }
    fflush(showing->ctx->say->results);
    note_still(&trees[0], &trees[1], n_still, n_asked);
    close_tree(&trees[0]);
    close_tree(&trees[1]);
}
