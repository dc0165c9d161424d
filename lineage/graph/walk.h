/*
 * Walking the graph: from columns up to what they are made of, or down to what is made of them; and of the ways between, the riskiest or all.
 * Reads the graph and changes nothing. Values go as tl_graph_carry has them go: by a column's own edges, those of the records around it,
 * of its fields, and of the whole row. Used by commands.
 */
#ifndef TL_LINEAGE_GRAPH_WALK_H
#define TL_LINEAGE_GRAPH_WALK_H

#include "base/vec.h"
#include "lineage/graph/graph.h"

struct tl_walk_question {
    const struct tl_node_id *from;
    uint32_t n_from;
    uint32_t depth; /* most edges from there; 0: any number */
    bool is_up;
    bool with_steering; /* also along edges that steer */
};

/* An edge, and the stop that it leads to: its source on the way up, what it fills on the way down. */
struct tl_walk_step {
    uint32_t edge;
    uint32_t stop;
};
struct tl_walk_stop {
    struct tl_node_id
        node;         /* TL_NO_NODE: the rows of the dataset, which a column steers */
    uint32_t dataset; /* in tl_graph_datasets */
    uint32_t depth;   /* of the shortest way there */
    uint32_t first_step, n_steps; /* that lead on from it; at the last depth none */
    bool goes_on;                 /* beyond the depth that was asked for */
};

/*
 * Every column that can be reached, once, the nearest first, and of one depth in an order that only names decide; all edges between them. Those
 * that were asked for stand first, in their order. A step may lead back: cycles end because a stop is met once. On the way up the source
 * of a record's edge stands for its fields, and "*" for all columns of its dataset.
 */
struct tl_walked {
    TL_VEC(struct tl_walk_stop) stops;
    TL_VEC(struct tl_walk_step) steps;
    uint32_t n_asked; /* stops that were asked for: `from` without repetitions */
};
/* Fails only when cancelled. Release with tl_walked_release, also then. */
int tl_graph_walk(struct tl_walked *out, const struct tl_graph *graph,
                  const struct tl_walk_question *question, struct tl_ctx *ctx);
void tl_walked_release(struct tl_walked *walk);

/* A way between columns: its origin first, then what each edge led to. No column twice. */
struct tl_way_stop {
    struct tl_node_id node;
    uint32_t edge; /* that led here; of the origin TL_NO_NODE */
};
struct tl_way_found {
    const struct tl_way_stop *stops;
    uint32_t n_stops;    /* one: origin and end are the same */
    uint16_t confidence; /* per mille: the product along the way */
    uint8_t effect;      /* of the whole way, enum tl_effect */
    bool is_steering;    /* some edge of it only steers */
};

/*
 * Where ways may begin: these columns, or `from` NULL: any with a live tag of its own of that type (`info_type` NULL: of any type) that no
 * other such column flows into, but for figures over rows: where the data originates.
 */
struct tl_way_origins {
    const struct tl_node_id *from;
    uint32_t n_from;
    const char *info_type;
};

/*
 * Of all ways from an origin to what `walk` asked for, the one that leaves most of the data, then the surest, then the shortest. False: there is
 * none. `walk` went up. Of an origin that is asked for itself, no way of no length. In the context's arena.
 */
bool tl_walked_riskiest(struct tl_way_found *out, const struct tl_walked *walk,
                        const struct tl_graph *graph,
                        const struct tl_way_origins *origins, struct tl_ctx *ctx);

/*
 * All ways likewise, the riskiest first; at most `most`, and the search ends where it takes too long: then `*is_cut`. Ways differ by their
 * columns: of several edges between two of them the one stands for all that loses no more than the whole way must, and of those the surest.
 */
uint32_t tl_walked_ways(struct tl_way_found **out, bool *is_cut, uint32_t most,
                        const struct tl_walked *walk, const struct tl_graph *graph,
                        const struct tl_way_origins *origins, struct tl_ctx *ctx);

#endif
