/*
 * Breadth first over stops. What the edges of a column are is told by marks that were laid out with the graph, so that a step costs a look at
 * the edge and a look at whether its other end was met: the names are left alone.
 */
#include "lineage/graph/walk.h"

#include "base/ctx.h"
#include "lineage/graph/inner.h"

#include <stdlib.h>
#include <string.h>

enum { STOPS_BETWEEN_CHECKS = 4096 };

struct walking {
    struct tl_walked *walk;
    const struct tl_graph *graph;
    const struct tl_walk_question *question;
    uint32_t *met; /* by column, then by dataset rank: stop + 1 */
    uint32_t at;   /* the stop that is left */
    bool is_last;  /* at the last depth: only whether it goes on is asked */
    bool
        steers; /* which edges are followed now: those that steer, or those that move values */
};

static uint32_t stop_at(struct walking *walking, struct tl_node_id node, uint32_t dataset)
{
    const struct tl_graph *graph = walking->graph;
    uint32_t *met = node.i != TL_NO_NODE ? &walking->met[node.i]
                                         : &walking->met[graph->columns.n + dataset];

    if (!*met) {
        struct tl_walk_stop stop = { .node = node, .dataset = dataset };

        if (node.i != TL_NO_NODE)
            stop.dataset = graph->dataset_rank[graph->columns.items[node.i].dataset];
        if (walking->walk->stops.n > walking->at)
            stop.depth = walking->walk->stops.items[walking->at].depth + 1;
        tl_vec_push(&walking->walk->stops, stop);
        *met = (uint32_t)walking->walk->stops.n;
    }
    return *met - 1;
}

static bool is_followed(const struct walking *walking, const struct tl_stored_edge *edge)
{
    return tl_edge_moves_values(edge->kind) != walking->steers;
}

/* To `node`, or where that is TL_NO_NODE, to the rows of the dataset. */
static void go(struct walking *walking, uint32_t edge, struct tl_node_id node,
               uint32_t dataset)
{
    if (walking->is_last) {
        walking->walk->stops.items[walking->at].goes_on = true;
        return;
    }
    struct tl_walk_step step = { edge, stop_at(walking, node, dataset) };
    tl_vec_push(&walking->walk->steps, step);
}

/* ---- up ---- */

static void go_up(struct walking *walking, uint32_t from, uint32_t to)
{
    const struct tl_stored_edge *edges = walking->graph->edges.items;

    for (uint32_t i = from; i < to; i++)
        if (is_followed(walking, &edges[i]))
            go(walking, i, edges[i].source, 0);
}

static void go_up_from(void *self, struct tl_node_id column)
{
    struct walking *walking = self;
    uint32_t first;
    uint32_t behind = tl_graph_edges_into(&first, walking->graph, column.i);

    go_up(walking, first, behind);
}

/* What all of another dataset was copied from ("select * from t"): its column of the same name, where that is met, or all of it. */
static void go_up_by_name(struct walking *walking, struct tl_node_id column,
                          uint32_t star)
{
    const struct tl_graph *graph = walking->graph;
    const struct tl_graph_column *columns = graph->columns.items;
    uint32_t first;
    uint32_t behind = tl_graph_edges_into(&first, graph, star);
    size_t n;

    for (uint32_t i = first; i < behind; i++) {
        const struct tl_stored_edge *edge = &graph->edges.items[i];

        if (edge->kind != TL_IDENTITY || !is_followed(walking, edge) ||
            !(graph->column_marks[edge->source.i] & TL_IS_STAR))
            continue;
        const char *path = tl_text_get(graph->texts, columns[column.i].path, &n);
        struct tl_node_id own =
            tl_graph_column_find(graph, columns[edge->source.i].dataset, path, n);
        go(walking, i, own.i != TL_NO_NODE ? own : edge->source, 0);
    }
}

static void leave_up(struct walking *walking, struct tl_node_id node, uint32_t dataset)
{
    const struct tl_graph *graph = walking->graph;
    unsigned marks = graph->column_marks[node.i];
    uint32_t star = graph->stars[graph->dataset_order[dataset]];
    uint32_t first;

    go_up_from(walking, node);
    if (marks & (TL_IS_FIELD | TL_HAS_FIELDS))
        tl_graph_each_around(graph, node, go_up_from, walking);
    if (marks & TL_IS_STAR) {
        const struct tl_spans *columns = &graph->dataset_columns;
        for (uint32_t i = columns->starts[dataset]; i < columns->starts[dataset + 1]; i++)
            if (graph->column_order[i].i != node.i)
                go_up_from(walking, graph->column_order[i]);
    } else if (star != TL_NO_NODE) {
        go_up_by_name(walking, node, star);
    }
    if (walking->steers) {
        uint32_t behind = tl_graph_edges_steering(&first, graph, dataset);
        go_up(walking, first, behind);
    }
}

/* ---- down ---- */

static void go_down_by(void *self, struct tl_node_id column)
{
    struct walking *walking = self;
    const struct tl_graph *graph = walking->graph;
    struct tl_node_id start = walking->walk->stops.items[walking->at].node;
    const struct tl_spans *out = &graph->out;

    if (start.i == TL_NO_NODE)
        start = column;
    for (uint32_t i = out->starts[column.i]; i < out->starts[column.i + 1]; i++) {
        uint32_t number = out->items[i];
        const struct tl_stored_edge *edge = &graph->edges.items[number];

        if (!is_followed(walking, edge))
            continue;
        if (edge->is_whole)
            go(walking, number, (struct tl_node_id){ TL_NO_NODE },
               graph->dataset_rank[edge->end]);
        else
            go(walking, number, tl_graph_end_of(graph, start, edge), 0);
    }
}

static void leave_down(struct walking *walking, struct tl_node_id node, uint32_t dataset)
{
    const struct tl_graph *graph = walking->graph;
    unsigned marks = graph->column_marks[node.i];
    struct tl_node_id star = { graph->stars[graph->dataset_order[dataset]] };

    go_down_by(walking, node);
    if (marks & (TL_IS_FIELD | TL_HAS_FIELDS))
        tl_graph_each_around(graph, node, go_down_by, walking);
    if (star.i != TL_NO_NODE && !(marks & TL_IS_STAR))
        go_down_by(walking, star);
}

/* What steers the rows of a dataset steers all that is made of any of its columns. */
static void leave_rows(struct walking *walking, uint32_t dataset)
{
    const struct tl_graph *graph = walking->graph;

    for (uint32_t i = graph->dataset_columns.starts[dataset];
         i < graph->dataset_columns.starts[dataset + 1]; i++)
        go_down_by(walking, graph->column_order[i]);
}

/* ---- the whole walk ---- */

static void leave(struct walking *walking)
{
    struct tl_walk_stop stop = walking->walk->stops.items[walking->at];

    if (stop.node.i == TL_NO_NODE)
        leave_rows(walking, stop.dataset);
    else if (walking->question->is_up)
        leave_up(walking, stop.node, stop.dataset);
    else
        leave_down(walking, stop.node, stop.dataset);
}

int tl_graph_walk(struct tl_walked *out, const struct tl_graph *graph,
                  const struct tl_walk_question *question, struct tl_ctx *ctx)
{
    struct walking walking = { .walk = out, .graph = graph, .question = question };
    int rc = TL_OK;

    memset(out, 0, sizeof *out);
    tl_graph_edges(graph); /* lays out what was added */
    walking.met = tl_alloc(graph->columns.n + graph->datasets.n + 1, sizeof *walking.met);
    walking.at = UINT32_MAX;
    for (uint32_t i = 0; i < question->n_from; i++)
        stop_at(&walking, question->from[i], 0);
    out->n_asked = (uint32_t)out->stops.n;
    for (uint32_t i = 0; i < out->stops.n && !rc; i++) {
        struct tl_walk_stop *stop = &out->stops.items[i];

        walking.at = i;
        walking.is_last = question->depth && stop->depth >= question->depth;
        stop->first_step = (uint32_t)out->steps.n;
        for (int pass = 0; pass <= (question->with_steering ? 1 : 0); pass++) {
            walking.steers = pass == 1;
            leave(&walking);
        }
        out->stops.items[i].n_steps =
            (uint32_t)out->steps.n - out->stops.items[i].first_step;
        if (i % STOPS_BETWEEN_CHECKS == STOPS_BETWEEN_CHECKS - 1)
            rc = tl_ctx_check(ctx);
    }
    tl_free(walking.met);
    return rc;
}

void tl_walked_release(struct tl_walked *walk)
{
    tl_vec_release(&walk->stops);
    tl_vec_release(&walk->steps);
}
