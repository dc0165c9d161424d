/*
 * What the graph is made of, for its own files only. Columns, datasets and edges have numbers in the order of adding; laying
 * out puts them into an order that only their names decide. Nothing here is seen outside lineage/graph/.
 */
#ifndef TL_LINEAGE_GRAPH_INNER_H
#define TL_LINEAGE_GRAPH_INNER_H

#include "lineage/graph/graph.h"

struct tl_graph_column {
    uint32_t dataset; /* in the order of adding */
    struct tl_text path;
};
/* Half a cache line: there are millions, and a walk touches each that it passes. */
struct tl_stored_edge {
    struct tl_node_id source;
    uint32_t end; /* a column; where it is_whole a dataset, in the order of adding */
    struct tl_text query, function;
    uint32_t line, column;
    uint16_t confidence;
    uint8_t kind, effect;
    bool is_whole;
};
_Static_assert(sizeof(struct tl_stored_edge) == 32, "five million must stay small");
struct tl_added_tag {
    struct tl_graph_tag tag;
    struct tl_node_id node;
};
struct tl_added_problem {
    struct tl_edge_problem problem;
    uint32_t dataset;
};

/* What saves looking at a column's name when its edges are followed. */
enum tl_column_mark {
    TL_IS_FIELD = 1,   /* of a record that the graph has too */
    TL_HAS_FIELDS = 2, /* that the graph has */
    TL_IS_STAR = 4,    /* it is "*", the whole row */
};

/* Where the things of thing i stand: from starts[i] to starts[i + 1] of an array that is sorted by owner. */
struct tl_spans {
    uint32_t *starts;
    uint32_t *items; /* NULL where the things themselves are sorted */
};

/* A station of a way that tags were carried along, in carry.c's own words. */
struct tl_way {
    const char *info_type;
    struct tl_node_id node;
    struct tl_node_id
        before; /* the station before it, and which way led there; TL_NO_WAY: an own tag */
    const char *type_before;
    uint32_t way_before;
    uint32_t edge;
    uint16_t confidence;
};
#define TL_NO_WAY UINT32_MAX

struct tl_graph {
    struct tl_texts *texts;
    struct tl_text star;           /* "*" */
    struct tl_map dataset_numbers; /* key text -> number of adding */
    TL_VEC(struct tl_graph_dataset) datasets;
    TL_VEC(struct tl_graph_column) columns;
    uint32_t *slots; /* finds columns: number + 1, open addressing */
    size_t n_slots;
    /* as added; laid out: by target, then source and how */
    TL_VEC(struct tl_stored_edge) edges;
    TL_VEC(struct tl_added_tag) added_tags;
    TL_VEC(struct tl_added_problem) added_problems;
    struct tl_map fact_numbers; /* "dataset#path name" -> place in facts */
    TL_VEC(struct tl_fact) facts;
    TL_VEC(struct tl_graph_column) added_unknown; /* as named, whether there or not */
    bool is_laid_out;
    bool is_carried;

    /* what laying out makes */
    uint32_t *dataset_order, *dataset_rank; /* by key text, and back */
    struct tl_spans dataset_columns;        /* by dataset rank */
    struct tl_node_id *column_order;        /* by dataset and path */
    uint32_t *column_rank;                  /* and back */
    /* where the edges into column rank i begin, and behind all columns those that steer dataset rank i as a whole */
    uint32_t *edge_starts;
    uint8_t *unknown;      /* by column: 1 or 0; NULL: none is */
    uint8_t *column_marks; /* by column: enum tl_column_mark */
    uint32_t
        *stars; /* by dataset in the order of adding: its column "*", or TL_NO_NODE */
    struct tl_spans out;           /* numbers of edges, by column they come from */
    struct tl_spans problem_spans; /* by dataset rank */
    struct tl_edge_problem *problems;
    struct tl_spans tag_spans; /* by column */
    struct tl_graph_tag *tags;
    uint32_t n_tags;
    struct tl_way *ways;
    uint32_t *
        way_of; /* by tag: the last station of its way; TL_NO_WAY: it is the column's own */
};

/* Lays out what was added since the last time. Carried tags are not touched: nothing is added once they are made. */
void tl_graph_lay_out(struct tl_graph *graph);

/* The column, or TL_NO_NODE. `dataset` in the order of adding. */
struct tl_node_id tl_graph_column_find(const struct tl_graph *graph, uint32_t dataset,
                                       const char *path, size_t n);

/*
 * The columns whose values are also among those of this one, or the other way round, less itself: the records that it is a field of, and its fields.
 * Calls `each` with every one that the graph has; records from outside in, fields by name.
 */
void tl_graph_each_around(const struct tl_graph *graph, struct tl_node_id column,
                          void (*each)(void *self, struct tl_node_id column), void *self);

/* The edges into a column, and those that steer a dataset (of that rank) as a whole: from `*first` up to the answer. */
static inline uint32_t tl_graph_edges_into(uint32_t *first, const struct tl_graph *graph,
                                           uint32_t column)
{
    uint32_t owner = graph->column_rank[column];

    *first = graph->edge_starts[owner];
    return graph->edge_starts[owner + 1];
}
static inline uint32_t tl_graph_edges_steering(uint32_t *first,
                                               const struct tl_graph *graph,
                                               uint32_t dataset_rank)
{
    size_t owner = graph->columns.n + dataset_rank;

    *first = graph->edge_starts[owner];
    return graph->edge_starts[owner + 1];
}

/* Where what stands at `start` gets by an edge that leads to a column, though the edge may be that of a record or the row around it. */
struct tl_node_id tl_graph_end_of(const struct tl_graph *graph, struct tl_node_id start,
                                  const struct tl_stored_edge *edge);

/* The graph's own copy of a text: equal texts give the same pointer. NULL gives NULL. */
const char *tl_graph_text(struct tl_graph *graph, const char *text);

#endif
