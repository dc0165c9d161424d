/*
 * Any bytes as edges of a small graph, four a piece (source, target, how, sure), and what to ask of it: what is reached is reached once and by
 * edges that are there, depths never leap, and every way holds together from its origin to its end.
 */
#include "base/ctx.h"
#include "lineage/graph/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define MUST(claim) ((claim) ? (void)0 : abort())

enum { MOST_WAYS = 16, MOST_EDGES = 4096 };

/* Records, their fields, whole rows and odd names. */
static const char *const columns[] = { "a", "b", "r", "r.f", "r.g", "r.f.x", "*", "" };
static const char *const datasets[] = { "s/t", "s/u", "s/v", "s/w" };

static void add_edge(struct tl_graph *graph, const uint8_t *at)
{
    uint8_t kind = at[2] % TL_EDGE_KINDS;
    struct tl_edge edge = { .source = datasets[at[0] >> 6],
                            .source_column = columns[at[0] & 7],
                            .target = datasets[at[1] >> 6],
                            .target_column = columns[at[1] & 7],
                            .confidence = (uint16_t)(at[3] * 4),
                            .kind = kind };

    if (tl_edge_moves_values(kind))
        edge.effect = (uint8_t)((at[2] >> 4) % TL_EFFECTS);
    else if (at[1] & 8)
        edge.target_column = NULL;
    tl_graph_add_edge(graph, &edge);
    if (at[3] % 5 == 0)
        tl_graph_add_tag(graph, tl_graph_add(graph, edge.source, edge.source_column),
                         &(struct tl_graph_tag){ .info_type = "email_address",
                                                 .category = "user.contact.email",
                                                 .confidence = 900,
                                                 .state = TL_PROPOSED,
                                                 .inside = at[3] & 1 ? "f.x" : NULL });
}

static void must_be_sound(const struct tl_walked *walk, const struct tl_graph *graph,
                          const struct tl_walk_question *question)
{
    uint32_t n_edges = tl_graph_edges(graph);

    for (size_t i = 0; i < walk->stops.n; i++) {
        const struct tl_walk_stop *stop = &walk->stops.items[i];

        MUST(stop->dataset < tl_graph_datasets(graph));
        MUST(i == 0 || stop->depth == stop[-1].depth ||
             stop->depth == stop[-1].depth + 1);
        MUST(!question->depth || stop->depth <= question->depth);
        MUST((stop->depth == 0) == (i < walk->n_asked));
        MUST(!stop->goes_on || !stop->n_steps);
        MUST(stop->node.i != TL_NO_NODE || question->with_steering);
        for (size_t j = 0; j < i; j++)
            MUST(walk->stops.items[j].node.i != stop->node.i ||
                 walk->stops.items[j].dataset != stop->dataset);
        for (uint32_t s = 0; s < stop->n_steps; s++) {
            const struct tl_walk_step *step = &walk->steps.items[stop->first_step + s];

            MUST(step->edge < n_edges && step->stop < walk->stops.n);
            MUST(walk->stops.items[step->stop].depth <= stop->depth + 1);
        }
    }
}

static void must_hold(const struct tl_way_found *way, const struct tl_walked *walk)
{
    MUST(way->n_stops > 1 && way->confidence <= 1000);
    MUST(way->stops[0].edge == TL_NO_NODE);
    bool is_asked = false;
    for (uint32_t i = 0; i < walk->n_asked; i++)
        is_asked |= walk->stops.items[i].node.i == way->stops[way->n_stops - 1].node.i;
    MUST(is_asked);
}

static void ask(struct tl_graph *graph, struct tl_node_id from,
                const struct tl_way_origins *origins, uint8_t how, struct tl_ctx *ctx)
{
    struct tl_walk_question question = { &from, 1, how >> 4, how & 1, how & 2 };
    struct tl_way_found *ways, riskiest;
    struct tl_walked walk;
    bool is_cut;

    MUST(tl_graph_walk(&walk, graph, &question, ctx) == TL_OK);
    must_be_sound(&walk, graph, &question);
    if (question.is_up) {
        uint32_t n =
            tl_walked_ways(&ways, &is_cut, MOST_WAYS, &walk, graph, origins, ctx);
        bool is_there = tl_walked_riskiest(&riskiest, &walk, graph, origins, ctx);

        MUST(is_there == (n > 0) && n <= MOST_WAYS);
        for (uint32_t i = 0; i < n; i++)
            must_hold(&ways[i], &walk);
        if (is_there)
            must_hold(&riskiest, &walk);
    }
    tl_walked_release(&walk);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct tl_graph *graph = tl_graph_open();
    struct tl_run run = { 0 };
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    for (size_t i = 4; i + 4 <= n && i / 4 <= MOST_EDGES; i += 4)
        add_edge(graph, bytes + i);
    size_t n_nodes = tl_graph_nodes(graph);
    if (n >= 4 && n_nodes) {
        struct tl_node_id from = { bytes[0] % (uint32_t)n_nodes },
                          origin = { bytes[1] % (uint32_t)n_nodes };
        struct tl_way_origins origins = { &origin, bytes[2] & 1, NULL };

        if (!origins.n_from)
            origins.from = NULL;
        ask(graph, from, &origins, bytes[3], &ctx);
    }
    tl_graph_close(graph);
    tl_ctx_release(&ctx);
    return 0;
}
