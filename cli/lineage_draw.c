/*
 * Pictures: a box a dataset with a row a column, an arrow from column to column, left to right as data flows. Written in Graphviz's language; as
 * SVG by libgraphviz itself, where the build has it. Names come from warehouses: none of them is ever markup, and ids are our own numbers.
 */
#include "cli/lineage.h"

#include "base/say.h"
#include "cli/show.h"

#include <stdlib.h>
#include <string.h>

#ifdef TAGLINE_SVG
#include <gvc.h>
#endif

/*
 * The fonts that libgraphviz has looked up, on a thread of its own, stay until the program ends: not ours to give back, and no news for the
 * leak check.
 */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define LEAKS_ARE_CHECKED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define LEAKS_ARE_CHECKED
#endif
#if defined(LEAKS_ARE_CHECKED) && defined(TAGLINE_SVG)
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libgvc\nleak:libpango\nleak:libglib\n";
}

const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

enum {
    MOST_ARROWS =
        250, /* from column to column: beyond that datasets alone are told apart */
    MOST_DRAWN = 4000,  /* arrows of any kind: beyond that laying out takes minutes */
    MOST_TYPES_TOLD = 4 /* of a dataset whose columns are not shown */
};

/* ---- text ---- */

/* As text between tags, and as a quoted value. Control characters become spaces: a box is one line. */
static void add_text(struct tl_str *out, const char *text)
{
    struct tl_str shown = TL_STR_INIT(1 << 20);

    tl_str_add_shown(&shown, text, strlen(text));
    for (size_t i = 0; i < shown.n; i++)
        switch (shown.text[i]) {
        case '&':
            tl_str_add(out, "&amp;");
            break;
        case '<':
            tl_str_add(out, "&lt;");
            break;
        case '>':
            tl_str_add(out, "&gt;");
            break;
        case '"':
            tl_str_add(out, "&quot;");
            break;
        case '\\':
            tl_str_add(out, "&#92;");
            break;
        case '[':
            tl_str_add(out, "&#91;");
            break;
        case ']':
            tl_str_add(out, "&#93;");
            break;
        default:
            tl_str_add_char(out, shown.text[i]);
        }
    tl_str_release(&shown);
}

/* Line by line. */
static void add_lines(struct tl_str *out, const char *text, struct tl_ctx *ctx)
{
    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = text + strcspn(text, "\n");
        add_text(out, tl_arena_dup(ctx->arena, text, (size_t)(end - text)));
        if (*end)
            tl_str_add(out, "<BR ALIGN=\"LEFT\"/>");
    }
}

/* ---- boxes ---- */

/* A dataset of the view, and its rows by number of node. */
struct box {
    const char *name;
    uint32_t first, n; /* in `rows` */
};
/* All that leads from one column to another, or where columns are not shown, from one dataset to another. */
struct arrow {
    uint32_t from, to; /* nodes, or boxes */
    const struct tl_view_edge *edge;
};
struct picture {
    const struct tl_view *view;
    TL_VEC(struct box) boxes;
    uint32_t *box_of; /* by node */
    uint32_t *rows;   /* nodes by box, in the order of names */
    struct arrow *arrows;
    size_t n_arrows; /* sorted; of the same ends one behind the other */
    bool is_folded;  /* columns are not shown */
    /* What each box and each arrow is called where the pointer rests: texts of XML, of boxes first. */
    TL_VEC(const char *) titles;
    struct tl_ctx *ctx;
};

static int by_column(const void *a, const void *b, void *view)
{
    const struct tl_view_node *nodes = ((const struct tl_view *)view)->nodes.items;
    const char *x = nodes[*(const uint32_t *)a].column;
    const char *y = nodes[*(const uint32_t *)b].column;

    if (!x || !y)
        return (x != NULL) - (y != NULL);
    return strcmp(x, y);
}

static void lay_boxes(struct picture *picture)
{
    const struct tl_view *view = picture->view;
    struct tl_map by_name = TL_MAP_INIT;
    size_t n = view->nodes.n;

    picture->box_of = tl_alloc(n + 1, sizeof *picture->box_of);
    picture->rows = tl_alloc(n + 1, sizeof *picture->rows);
    for (uint32_t i = 0; i < n; i++) {
        const char *name = view->nodes.items[i].dataset;
        uint32_t *box = &picture->box_of[i];

        if (!tl_map_get(&by_name, name, strlen(name), box)) {
            *box = (uint32_t)picture->boxes.n;
            tl_vec_push(&picture->boxes, ((struct box){ .name = name }));
            tl_map_put(&by_name, name, strlen(name), *box);
        }
        picture->boxes.items[*box].n++;
    }
    for (uint32_t i = 0, at = 0; i < picture->boxes.n; i++) {
        picture->boxes.items[i].first = at;
        at += picture->boxes.items[i].n;
        picture->boxes.items[i].n = 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct box *box = &picture->boxes.items[picture->box_of[i]];
        picture->rows[box->first + box->n++] = i;
    }
    for (uint32_t i = 0; i < picture->boxes.n; i++)
        qsort_r(picture->rows + picture->boxes.items[i].first, picture->boxes.items[i].n,
                sizeof *picture->rows, by_column, (void *)(uintptr_t)view);
    tl_map_release(&by_name);
}

static const char *fill_of(const struct tl_view_node *node)
{
    if (!node->note)
        return node->is_asked ? "#EEF2F6" : "#FFFFFF";
    return node->sensitivity >= TL_SENSITIVE  ? "#FBD5D0"
           : node->sensitivity == TL_PERSONAL ? "#FDEBC8"
                                              : "#E3F1E3";
}

static void add_note(struct tl_str *out, const char *note, struct tl_ctx *ctx)
{
    tl_str_add(out, "<FONT POINT-SIZE=\"9\" COLOR=\"#7A2E0E\">");
    add_lines(out, note, ctx);
    tl_str_add(out, "</FONT>");
}

static void add_row(struct tl_str *out, const struct picture *picture, uint32_t number)
{
    const struct tl_view_node *node = &picture->view->nodes.items[number];

    tl_str_addf(out,
                "<TR><TD PORT=\"c%u\" ALIGN=\"LEFT\" BALIGN=\"LEFT\" BGCOLOR=\"%s\">",
                (unsigned)number, fill_of(node));
    tl_str_add(out, node->is_asked ? "<B>" : "");
    if (node->column)
        add_text(out, *node->column ? node->column : " ");
    else
        tl_str_add(out, "<I>its rows</I>");
    tl_str_add(out, node->is_asked ? "</B>" : "");
    if (node->note) {
        tl_str_add(out, "<BR ALIGN=\"LEFT\"/>");
        add_note(out, node->note, picture->ctx);
    }
    tl_str_add(out, "</TD></TR>");
}

/* How many columns there are, and what is personal in them: the gravest gives the colour. */
static void add_folded_row(struct tl_str *out, const struct picture *picture,
                           const struct box *box)
{
    struct tl_view_node gravest = { .sensitivity = 0 };
    const char *told[MOST_TYPES_TOLD];
    unsigned n_columns = 0, n_tagged = 0, n_told = 0;

    for (uint32_t i = box->first; i < box->first + box->n; i++) {
        const struct tl_view_node *node = &picture->view->nodes.items[picture->rows[i]];
        size_t n = node->note ? strcspn(node->note, " \n") : 0;
        bool is_new = n > 0 && n_told < MOST_TYPES_TOLD;

        n_columns += node->column != NULL;
        n_tagged += node->note != NULL;
        gravest.is_asked |= node->is_asked;
        if (node->note && (!gravest.note || node->sensitivity > gravest.sensitivity)) {
            gravest.note = node->note;
            gravest.sensitivity = node->sensitivity;
        }
        for (unsigned t = 0; is_new && t < n_told; t++)
            is_new = strncmp(told[t], node->note, n) != 0 || told[t][n];
        if (is_new)
            told[n_told++] = tl_arena_dup(picture->ctx->arena, node->note, n);
    }
    tl_str_addf(out, "<TR><TD ALIGN=\"LEFT\" BALIGN=\"LEFT\" BGCOLOR=\"%s\">%u column%s",
                fill_of(&gravest), n_columns, n_columns == 1 ? "" : "s");
    for (unsigned t = 0; t < n_told; t++) {
        tl_str_add(out, "<BR ALIGN=\"LEFT\"/>");
        add_note(out, told[t], picture->ctx);
    }
    if (n_told == MOST_TYPES_TOLD && n_tagged > n_told)
        tl_str_add(out, "<BR ALIGN=\"LEFT\"/>...");
    tl_str_add(out, "</TD></TR>");
}

/* What stands before the last level is small: the table's own name is looked for. */
static void add_title(struct tl_str *out, const char *name, struct tl_ctx *ctx)
{
    const char *slash = strrchr(name, '/');
    const char *dot = slash ? NULL : strrchr(name, '.');
    const char *last = slash ? slash : dot;

    if (last && last > name && last[1]) {
        tl_str_add(out, "<FONT POINT-SIZE=\"9\" COLOR=\"#D5DDE6\">");
        add_text(out, tl_arena_dup(ctx->arena, name, (size_t)(last - name)));
        tl_str_add(out, "</FONT><BR ALIGN=\"LEFT\"/>");
        name = last + 1;
    }
    tl_str_add(out, "<FONT COLOR=\"#FFFFFF\"><B>");
    add_text(out, *name ? name : " ");
    tl_str_add(out, "</B></FONT>");
}

static void keep_title(struct picture *picture, struct tl_str *text)
{
    tl_vec_push(&picture->titles, tl_arena_dup(picture->ctx->arena, text->text, text->n));
    tl_str_release(text);
}

static void add_box(struct tl_str *out, struct picture *picture, uint32_t number)
{
    const struct box *box = &picture->boxes.items[number];
    struct tl_str title = TL_STR_INIT(1 << 20);

    tl_str_addf(out,
                "  d%u [id=\"d%u\", label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" "
                "CELLSPACING=\"0\" CELLPADDING=\"5\" COLOR=\"#8A99A8\"><TR><TD "
                "BGCOLOR=\"#34475A\" ALIGN=\"LEFT\" BALIGN=\"LEFT\">",
                (unsigned)number, (unsigned)number);
    add_title(out, box->name, picture->ctx);
    tl_str_add(out, "</TD></TR>");
    if (picture->is_folded)
        add_folded_row(out, picture, box);
    for (uint32_t i = box->first; !picture->is_folded && i < box->first + box->n; i++)
        add_row(out, picture, picture->rows[i]);
    tl_str_add(out, "</TABLE>>];\n");
    add_text(&title, box->name);
    keep_title(picture, &title);
}

/* ---- arrows ---- */

static bool moves_values(const struct tl_view_edge *edge)
{
    return tl_edge_moves_values(edge->kind) && !edge->is_steered;
}

/* How much of a person is still in it: red for all, amber for a part or what can be undone, green for little. */
static const char *colour_of(const struct tl_view_edge *edge)
{
    if (!moves_values(edge))
        return "#9AA5B1";
    switch (edge->effect) {
    case TL_NO_EFFECT:
    case TL_KEEPS:
        return "#B42318";
    case TL_PARTIAL:
    case TL_ENCRYPTS:
    case TL_TOKENISES:
    case TL_HASHES:
        return "#C26A09";
    default:
        return "#2E7D32";
    }
}

static int by_ends(const void *a, const void *b)
{
    const struct arrow *left = a, *right = b;
    const struct tl_view_edge *x = left->edge, *y = right->edge;

    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    if (left->to != right->to)
        return left->to < right->to ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->effect != y->effect)
        return x->effect < y->effect ? -1 : 1;
    return strcmp(x->place ? x->place : "", y->place ? y->place : "");
}

static size_t end_of_arrow(const struct picture *picture, size_t first)
{
    const struct arrow *arrows = picture->arrows;
    size_t end = first + 1;

    while (end < picture->n_arrows && arrows[end].from == arrows[first].from &&
           arrows[end].to == arrows[first].to)
        end++;
    return end;
}

/* How many arrows there are, once all have their ends and are sorted. */
static size_t lay_arrows(struct picture *picture)
{
    const struct tl_view *view = picture->view;
    size_t n = 0;

    picture->n_arrows = view->edges.n;
    for (size_t i = 0; i < view->edges.n; i++) {
        const struct tl_view_edge *edge = &view->edges.items[i];

        picture->arrows[i] =
            (struct arrow){ picture->is_folded ? picture->box_of[edge->from] : edge->from,
                            picture->is_folded ? picture->box_of[edge->to] : edge->to,
                            edge };
    }
    if (view->edges.n)
        qsort(picture->arrows, view->edges.n, sizeof *picture->arrows, by_ends);
    for (size_t i = 0; i < picture->n_arrows; i = end_of_arrow(picture, i))
        n++;
    return n;
}

static void add_end(struct tl_str *out, const struct picture *picture, uint32_t node)
{
    const struct tl_view_node *end = &picture->view->nodes.items[node];

    add_text(out, end->dataset);
    if (end->column && !picture->is_folded) {
        tl_str_add_char(out, '#');
        add_text(out, end->column);
    }
}

/* "a#x -> b#y: transformation, hashes, etl/load.sql:3:9; join"; of datasets how many edges there are. */
static void add_tip(struct tl_str *out, const struct picture *picture,
                    const struct arrow *arrows, size_t n)
{
    add_end(out, picture, arrows->edge->from);
    tl_str_add(out, " -&gt; ");
    add_end(out, picture, arrows->edge->to);
    if (picture->is_folded) {
        tl_str_addf(out, ": %zu edge%s", n, n == 1 ? "" : "s");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct tl_view_edge *edge = arrows[i].edge;
        const char *effect = tl_effect_word(edge->effect);

        tl_str_addf(out, "%s%s%s%s%s", i ? "; " : ": ", edge->is_steered ? "steers " : "",
                    tl_edge_kind_word(edge->kind), effect ? ", " : "",
                    effect ? effect : "");
        if (edge->confidence < 1000)
            tl_str_addf(out, ", %u%% sure", tl_percent(edge->confidence));
        if (edge->place) {
            tl_str_add(out, ", ");
            add_text(out, edge->place);
        }
    }
}

/* One arrow between two columns, however many edges: drawn as the one that moves most, and all are told where the pointer rests. */
static void add_arrow(struct tl_str *out, struct picture *picture,
                      const struct arrow *arrows, size_t n)
{
    const struct tl_view_edge *most = arrows->edge;
    unsigned number = (unsigned)(picture->titles.n - picture->boxes.n);
    struct tl_str tip = TL_STR_INIT(1 << 20);

    for (size_t i = 1; i < n; i++) {
        const struct tl_view_edge *edge = arrows[i].edge;

        if (moves_values(edge) && (!moves_values(most) || edge->effect < most->effect))
            most = edge;
    }
    bool moves = moves_values(most);
    const char *word =
        moves && most->effect > TL_KEEPS ? tl_effect_word(most->effect) : NULL;
    if (picture->is_folded)
        tl_str_addf(out, "  d%u -> d%u", (unsigned)arrows->from, (unsigned)arrows->to);
    else
        tl_str_addf(out, "  d%u:c%u:e -> d%u:c%u:w",
                    (unsigned)picture->box_of[arrows->from], (unsigned)arrows->from,
                    (unsigned)picture->box_of[arrows->to], (unsigned)arrows->to);
    tl_str_addf(out, " [id=\"e%u\", color=\"%s\"", number, colour_of(most));
    if (!moves)
        tl_str_add(out, ", style=\"dashed\", arrowhead=\"open\"");
    else if (most->confidence < 900)
        tl_str_add(out, ", style=\"dotted\"");
    if (moves && most->kind == TL_IDENTITY)
        tl_str_add(out, ", penwidth=\"1.6\"");
    if (!picture->is_folded && (word || (!moves && !most->is_steered)))
        tl_str_addf(out, ", label=\"%s\"", word ? word : tl_edge_kind_word(most->kind));
    add_tip(&tip, picture, arrows, n);
    tl_str_addf(out, ", tooltip=\"%s\"];\n", tip.text);
    keep_title(picture, &tip);
}

/* ---- all of it ---- */

static void add_legend(struct tl_str *out, const struct picture *picture)
{
    tl_str_add(
        out,
        "  labelloc=\"b\"; labeljust=\"l\";\n  label=<<FONT POINT-SIZE=\"9\" "
        "COLOR=\"#52606D\">"
        "<FONT COLOR=\"#B42318\">&#8594; all of the value</FONT>   "
        "<FONT COLOR=\"#C26A09\">&#8594; a part, or a form that can be undone</FONT>   "
        "<FONT COLOR=\"#2E7D32\">&#8594; masked, salted or added up</FONT>   "
        "<FONT COLOR=\"#7B8794\">&#8674; only steers</FONT>   "
        "<FONT COLOR=\"#7B8794\">dotted: less than 90% sure</FONT>");
    if (picture->is_folded)
        tl_str_addf(out,
                    "<BR ALIGN=\"LEFT\"/>%zu columns of %zu datasets: too many to be "
                    "shown one by one",
                    picture->view->nodes.n, picture->boxes.n);
    tl_str_add(out, "<BR ALIGN=\"LEFT\"/></FONT>>;\n");
}

static void write_dot(struct tl_str *out, struct picture *picture)
{
    tl_str_add(out, "digraph lineage {\n"
                    "  graph [rankdir=\"LR\", ranksep=\"1.1\", nodesep=\"0.3\", "
                    "fontname=\"Helvetica,Arial,sans-serif\", bgcolor=\"#FFFFFF\", "
                    "pad=\"0.3\"];\n"
                    "  node [shape=\"plain\", fontname=\"Helvetica,Arial,sans-serif\", "
                    "fontsize=\"11\", fontcolor=\"#1F2933\"];\n"
                    "  edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=\"9\", "
                    "fontcolor=\"#52606D\", arrowsize=\"0.7\"];\n");
    for (uint32_t i = 0; i < picture->boxes.n; i++)
        add_box(out, picture, i);
    for (size_t i = 0, end; i < picture->n_arrows; i = end) {
        end = end_of_arrow(picture, i);
        add_arrow(out, picture, picture->arrows + i, end - i);
    }
    add_legend(out, picture);
    tl_str_add(out, "}\n");
}

#ifdef TAGLINE_SVG
/*
 * As libgraphviz writes it, but what it calls "d0" is called by its name: a screen reader and a resting pointer tell that. Its elements have
 * the ids that were given to them, and the title comes next.
 */
static void show_svg(const char *svg, size_t n, const struct picture *picture)
{
    static const char title[] = "<title>";
    FILE *out = picture->ctx->say->results;
    const char *end = svg + n, *shown = svg;
    uint32_t number = UINT32_MAX;

    for (const char *at = svg; at < end; at++) {
        if (strncmp(at, "<g id=\"d", 8) == 0 || strncmp(at, "<g id=\"e", 8) == 0) {
            number = (uint32_t)strtoul(at + 8, NULL, 10);
            number += at[7] == 'e' ? (uint32_t)picture->boxes.n : 0;
        } else if (number < picture->titles.n &&
                   strncmp(at, title, sizeof title - 1) == 0) {
            fwrite(shown, 1, (size_t)(at - shown) + sizeof title - 1, out);
            fputs(picture->titles.items[number], out);
            shown = strstr(at, "</title>");
            shown = shown ? shown : end;
            at = shown;
            number = UINT32_MAX;
        }
    }
    fwrite(shown, 1, (size_t)(end - shown), out);
}

static int write_svg(const char *dot, const struct picture *picture)
{
    struct tl_ctx *ctx = picture->ctx;
    GVC_t *gvc = gvContext();
    Agraph_t *graph = agmemread(dot);
    char *svg = NULL;
    unsigned n = 0;
    int rc = TL_OK;

    if (!graph || gvLayout(gvc, graph, "dot") != 0 ||
        gvRenderData(gvc, graph, "svg", &svg, &n) != 0)
        rc = tl_fail(ctx, TL_EINTERNAL, "libgraphviz could not draw it");
    else
        show_svg(svg, n, picture);
    gvFreeRenderData(svg);
    if (graph) {
        gvFreeLayout(gvc, graph);
        agclose(graph);
    }
    gvFreeContext(gvc);
    return rc;
}
#else
static int write_svg(const char *dot, const struct picture *picture)
{
    struct tl_ctx *ctx = picture->ctx;

    (void)dot;
    tl_hint(ctx, "with Graphviz's own program: --dot | dot -Tsvg");
    return tl_fail(ctx, TL_EUSAGE, "this build has no libgraphviz, so it draws no SVG");
}
#endif

static int draw(struct picture *picture, bool as_svg)
{
    struct tl_str dot = TL_STR_INIT(TL_STR_MOST);
    struct tl_ctx *ctx = picture->ctx;
    size_t n = lay_arrows(picture);
    int rc = TL_OK;

    if (n > MOST_ARROWS) {
        picture->is_folded = true;
        n = lay_arrows(picture);
    }
    if (n > MOST_DRAWN) {
        tl_hint(ctx, "draw less of it: fewer files, or one column with --depth");
        return tl_fail(ctx, TL_ELIMIT, "%zu arrows are too many for one picture", n);
    }
    write_dot(&dot, picture);
    if (dot.failed)
        rc = tl_fail(ctx, TL_ELIMIT, "the picture is too large");
    else if (as_svg)
        rc = write_svg(dot.text, picture);
    else
        fwrite(dot.text, 1, dot.n, ctx->say->results);
    tl_str_release(&dot);
    return rc;
}

int tl_view_draw(const struct tl_view *view, bool as_svg, struct tl_ctx *ctx)
{
    struct picture picture = { .view = view, .ctx = ctx };

    lay_boxes(&picture);
    picture.arrows = tl_alloc(view->edges.n + 1, sizeof *picture.arrows);
    int rc = draw(&picture, as_svg);
    tl_vec_release(&picture.boxes);
    tl_vec_release(&picture.titles);
    tl_free(picture.arrows);
    tl_free(picture.box_of);
    tl_free(picture.rows);
    return rc;
}
