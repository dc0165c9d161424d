/*
 * Pictures: a box a dataset with a row a column, an arrow from column to column, left to right as data flows. Written in Graphviz's language; as
 * SVG by libgraphviz itself, where the build has it. Names come from warehouses: none of them is ever markup, and ids are our own numbers.
 */
#include "cli/lineage.h"

#include "base/say.h"

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

/* Edges: beyond that nobody sees anything, and laying out takes minutes. */
enum { MOST_DRAWN = 4000 };

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

/* ---- boxes ---- */

/* A dataset of the view, and its rows by number of node. */
struct box {
    const char *name;
    uint32_t first, n; /* in `rows` */
    bool has_rest;     /* an edge is about its rows as a whole */
};
struct picture {
    const struct tl_view *view;
    TL_VEC(struct box) boxes;
    uint32_t *box_of; /* by node */
    uint32_t *rows;   /* nodes by box, in the order of names */
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

static void add_row(struct tl_str *out, const struct tl_view_node *node, uint32_t number)
{
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
        tl_str_add(out, "<BR/><FONT POINT-SIZE=\"9\" COLOR=\"#7A2E0E\">");
        add_text(out, node->note);
        tl_str_add(out, "</FONT>");
    }
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

static void add_box(struct tl_str *out, const struct picture *picture, uint32_t number,
                    struct tl_ctx *ctx)
{
    const struct box *box = &picture->boxes.items[number];

    tl_str_addf(out,
                "  d%u [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" "
                "CELLPADDING=\"5\" COLOR=\"#8A99A8\"><TR><TD BGCOLOR=\"#34475A\" "
                "ALIGN=\"LEFT\" BALIGN=\"LEFT\">",
                (unsigned)number);
    add_title(out, box->name, ctx);
    tl_str_add(out, "</TD></TR>");
    for (uint32_t i = box->first; i < box->first + box->n; i++)
        add_row(out, &picture->view->nodes.items[picture->rows[i]], picture->rows[i]);
    tl_str_add(out, "</TABLE>>];\n");
}

/* ---- arrows ---- */

/* How much of a person is still in it: red for all, amber for a part or what can be undone, green for little. */
static const char *colour_of(const struct tl_view_edge *edge)
{
    if (!tl_edge_moves_values(edge->kind))
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
    const struct tl_view_edge *x = *(const struct tl_view_edge *const *)a;
    const struct tl_view_edge *y = *(const struct tl_view_edge *const *)b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->effect != y->effect)
        return x->effect < y->effect ? -1 : 1;
    return strcmp(x->place ? x->place : "", y->place ? y->place : "");
}

/* One arrow between two columns, however many edges: drawn as the one that moves most, and all are told where the pointer rests. */
static void add_arrow(struct tl_str *out, const struct picture *picture,
                      const struct tl_view_edge *const *edges, size_t n)
{
    const struct tl_view_edge *most = edges[0];
    bool moves = tl_edge_moves_values(most->kind);

    for (size_t i = 1; i < n; i++)
        if (tl_edge_moves_values(edges[i]->kind) && edges[i]->effect < most->effect)
            most = edges[i];
    const char *word =
        moves && most->effect > TL_KEEPS ? tl_effect_word(most->effect) : NULL;
    tl_str_addf(out, "  d%u:c%u:e -> d%u:c%u:w [color=\"%s\"",
                (unsigned)picture->box_of[most->from], (unsigned)most->from,
                (unsigned)picture->box_of[most->to], (unsigned)most->to, colour_of(most));
    if (!moves)
        tl_str_add(out, ", style=\"dashed\", arrowhead=\"open\"");
    else if (most->kind == TL_IDENTITY)
        tl_str_add(out, ", penwidth=\"1.6\"");
    if (most->confidence < 900)
        tl_str_add(out, ", style=\"dotted\"");
    if (word || !moves)
        tl_str_addf(out, ", label=\"%s\"", word ? word : tl_edge_kind_word(most->kind));
    tl_str_add(out, ", tooltip=\"");
    for (size_t i = 0; i < n; i++) {
        const char *effect = tl_effect_word(edges[i]->effect);

        tl_str_addf(out, "%s%s%s%s", i ? "; " : "", tl_edge_kind_word(edges[i]->kind),
                    effect ? ", " : "", effect ? effect : "");
        if (edges[i]->place) {
            tl_str_add(out, ", ");
            add_text(out, edges[i]->place);
        }
    }
    tl_str_add(out, "\"];\n");
}

static void add_arrows(struct tl_str *out, const struct picture *picture)
{
    const struct tl_view *view = picture->view;
    size_t n = view->edges.n;
    const struct tl_view_edge **edges = tl_alloc(n + 1, sizeof *edges);

    for (size_t i = 0; i < n; i++)
        edges[i] = &view->edges.items[i];
    if (n)
        qsort(edges, n, sizeof *edges, by_ends);
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;

        while (end < n && edges[end]->from == edges[i]->from &&
               edges[end]->to == edges[i]->to)
            end++;
        add_arrow(out, picture, edges + i, end - i);
        i = end;
    }
    tl_free(edges);
}

/* ---- all of it ---- */

static void add_legend(struct tl_str *out)
{
    tl_str_add(
        out,
        "  legend [label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"4\" "
        "CELLPADDING=\"2\"><TR><TD ALIGN=\"LEFT\"><FONT POINT-SIZE=\"9\" "
        "COLOR=\"#52606D\">"
        "<FONT COLOR=\"#B42318\">&#8594; all of the value</FONT>   "
        "<FONT COLOR=\"#C26A09\">&#8594; a part, or a form that can be undone</FONT>   "
        "<FONT COLOR=\"#2E7D32\">&#8594; masked, salted or added up</FONT>   "
        "<FONT COLOR=\"#7B8794\">&#8674; only steers</FONT>"
        "</FONT></TD></TR></TABLE>>];\n");
}

static void write_dot(struct tl_str *out, const struct tl_view *view, struct tl_ctx *ctx)
{
    struct picture picture = { .view = view };

    lay_boxes(&picture);
    tl_str_add(out, "digraph lineage {\n"
                    "  graph [rankdir=\"LR\", ranksep=\"1.1\", nodesep=\"0.3\", "
                    "fontname=\"Helvetica,Arial,sans-serif\", bgcolor=\"#FFFFFF\", "
                    "pad=\"0.3\"];\n"
                    "  node [shape=\"plain\", fontname=\"Helvetica,Arial,sans-serif\", "
                    "fontsize=\"11\", fontcolor=\"#1F2933\"];\n"
                    "  edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=\"9\", "
                    "fontcolor=\"#52606D\", arrowsize=\"0.7\"];\n");
    for (uint32_t i = 0; i < picture.boxes.n; i++)
        add_box(out, &picture, i, ctx);
    add_arrows(out, &picture);
    add_legend(out);
    tl_str_add(out, "}\n");
    tl_vec_release(&picture.boxes);
    tl_free(picture.box_of);
    tl_free(picture.rows);
}

#ifdef TAGLINE_SVG
static int write_svg(const char *dot, struct tl_ctx *ctx)
{
    GVC_t *gvc = gvContext();
    Agraph_t *graph = agmemread(dot);
    char *svg = NULL;
    unsigned n = 0;
    int rc = TL_OK;

    if (!graph || gvLayout(gvc, graph, "dot") != 0 ||
        gvRenderData(gvc, graph, "svg", &svg, &n) != 0)
        rc = tl_fail(ctx, TL_EINTERNAL, "libgraphviz could not draw it");
    else
        fwrite(svg, 1, n, ctx->say->results);
    gvFreeRenderData(svg);
    if (graph) {
        gvFreeLayout(gvc, graph);
        agclose(graph);
    }
    gvFreeContext(gvc);
    return rc;
}
#else
static int write_svg(const char *dot, struct tl_ctx *ctx)
{
    (void)dot;
    tl_hint(ctx, "with Graphviz's own program: --dot | dot -Tsvg");
    return tl_fail(ctx, TL_EUSAGE, "this build has no libgraphviz, so it draws no SVG");
}
#endif

int tl_view_draw(const struct tl_view *view, bool as_svg, struct tl_ctx *ctx)
{
    struct tl_str dot = TL_STR_INIT(TL_STR_MOST);
    int rc = TL_OK;

    if (view->edges.n > MOST_DRAWN) {
        tl_hint(ctx, "draw less of it: fewer files, or one column with --depth");
        return tl_fail(ctx, TL_ELIMIT, "%zu edges are too many for one picture",
                       view->edges.n);
    }
    write_dot(&dot, view, ctx);
    if (dot.failed)
        rc = tl_fail(ctx, TL_ELIMIT, "the picture is too large");
    else if (as_svg)
        rc = write_svg(dot.text, ctx);
    else
        fwrite(dot.text, 1, dot.n, ctx->say->results);
    tl_str_release(&dot);
    return rc;
}

/* ---- of SQL files ---- */

struct end {
    const char *dataset, *column;
};
struct drawn {
    struct end from, to;
    struct tl_view_edge edge;
};
struct digest {
    struct drawn *items;
    size_t n;
    const char **problems;
    size_t n_problems;
};

/* "v:a.b" for a path in a value. */
static const char *column_of(const char *column, const char *path, struct tl_arena *arena)
{
    return !column ? NULL
           : path  ? tl_arena_printf(arena, "%s:%s", column, path)
                   : tl_arena_strdup(arena, column);
}

static void *digest_file(const struct tl_lineage_file *file,
                         const struct tl_lineage *lineage, struct tl_arena *arena,
                         struct tl_ctx *ctx)
{
    struct digest *digest = tl_arena_alloc(arena, 1, sizeof *digest);
    const struct tl_sql_result *result = file->result;

    (void)lineage;
    (void)ctx;
    if (!result) {
        digest->problems = tl_arena_alloc(arena, 1, sizeof *digest->problems);
        digest->problems[digest->n_problems++] = tl_arena_strdup(arena, file->why);
        return digest;
    }
    digest->items = tl_arena_alloc(arena, result->n_edges, sizeof *digest->items);
    for (uint32_t i = 0; i < result->n_edges; i++) {
        const struct tl_sql_edge *edge = &result->edges[i];
        const char *target = tl_lineage_table(result, edge->target, arena);

        digest->items[digest->n++] = (struct drawn){
            .from = { tl_lineage_table(result, edge->source, arena),
                      column_of(edge->source_column, edge->source_path, arena) },
            .to = { target
                        ? target
                        : tl_arena_printf(arena, "result %u", (unsigned)edge->statement),
                    column_of(edge->target_column, edge->target_path, arena) },
            .edge = { .place =
                          tl_arena_printf(arena, "%s:%u:%u", file->path,
                                          (unsigned)edge->line, (unsigned)edge->column),
                      .confidence = edge->confidence,
                      .kind = edge->kind,
                      .effect = edge->effect,
                      .flags = edge->flags },
        };
    }
    digest->problems =
        tl_arena_alloc(arena, result->n_problems, sizeof *digest->problems);
    for (; digest->n_problems < result->n_problems; digest->n_problems++) {
        const struct tl_sql_problem *problem = &result->problems[digest->n_problems];

        digest->problems[digest->n_problems] =
            tl_arena_printf(arena, "%s:%u:%u: %s", file->path, (unsigned)problem->line,
                            (unsigned)problem->column, problem->what);
    }
    return digest;
}

static int show_file(void *self, const void *of, struct tl_lineage *lineage,
                     struct tl_ctx *ctx)
{
    const struct digest *digest = of;
    struct tl_view *view = self;

    (void)lineage;
    for (size_t i = 0; i < digest->n; i++) {
        const struct drawn *drawn = &digest->items[i];
        struct tl_view_edge edge = drawn->edge;

        edge.from = tl_view_node(view, drawn->from.dataset, drawn->from.column);
        edge.to = tl_view_node(view, drawn->to.dataset, drawn->to.column);
        tl_view_add_edge(view, &edge);
    }
    for (size_t i = 0; i < digest->n_problems; i++)
        tl_warn(ctx, "%s", digest->problems[i]);
    return TL_OK;
}

int tl_lineage_draw(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                    struct tl_ctx *ctx)
{
    struct tl_view view;
    struct tl_lineage_shower shower = { digest_file, show_file, &view, false };

    tl_view_init(&view);
    int rc = tl_lineage_read(lineage, paths, &shower, ctx);
    if (rc == TL_OK)
        rc = tl_view_draw(&view, lineage->options->walk.svg, ctx);
    tl_view_release(&view);
    return rc;
}
