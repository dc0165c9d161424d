/*
 * Columns, the tags they have and the edges between them: what tags are carried along and policies are asked of. Holds only columns that
 * a tag or an edge names. Made by the log when it settles a run, or from a belief; read by policies and commands.
 */
#ifndef TL_LINEAGE_GRAPH_H
#define TL_LINEAGE_GRAPH_H

#include "base/model.h"

struct tl_ctx;
struct tl_graph;

#define TL_NO_NODE UINT32_MAX
struct tl_node_id {
    uint32_t i;
};

/* Texts that are handed in are copied. */
struct tl_graph *tl_graph_open(void);
void tl_graph_close(struct tl_graph *graph); /* NULL is fine */

/* ---- making ---- */

/*
 * What is known of a dataset beside its columns; adding twice overwrites. `key` as tl_key_add writes it. The answer numbers datasets
 * as they are added; those who read have them by key.
 */
struct tl_graph_dataset {
    const char *key;
    uint8_t kind;  /* enum tl_dataset_kind */
    bool is_known; /* the catalogue has it; not only named in SQL */
    bool
        is_unknown; /* a column of it could not be told: its sample failed or was too small */
    uint32_t n_columns; /* that the catalogue has; 0: not told */
};
uint32_t tl_graph_add_dataset(struct tl_graph *graph,
                              const struct tl_graph_dataset *dataset);

/* A tag of a column. Carried ones are made by tl_graph_carry alone. */
struct tl_graph_tag {
    const char *info_type, *category;
    /* where it came from and what it is tagged as there; from.i TL_NO_NODE: it is the column's own */
    struct tl_node_id from;
    const char *from_type;
    uint32_t edge; /* the number of the edge it came by; of carried ones */
    uint32_t hops; /* to its origin */
    uint16_t confidence;
    uint8_t sensitivity, state, origin;
    uint8_t effect; /* of the whole path */
    /* of own tags: where in the values, as tl_tag.path; it leaves by edges of that place and of all around it. NULL: anywhere */
    const char *inside;
};
/* The column's number, adding it where it is new. Finds without adding: tl_graph_find, which gives TL_NO_NODE. */
struct tl_node_id tl_graph_add(struct tl_graph *graph, const char *dataset,
                               const char *path);
struct tl_node_id tl_graph_find(const struct tl_graph *graph, const char *dataset,
                                const char *path);
/* Own tags: every state is taken, rejected ones keep the same type from being carried there. `from` is ignored. */
void tl_graph_add_tag(struct tl_graph *graph, struct tl_node_id node,
                      const struct tl_graph_tag *tag);
/*
 * The column could not be told: its sample failed or was too small, and nothing else spoke. Adds no column: what no tag and no edge names is
 * not missed. Where edges name only the record that it is a field of, or the whole row ("*"), that is what could not be told.
 */
void tl_graph_add_unknown(struct tl_graph *graph, const char *dataset, const char *path);
/* What was counted on a column (as named, whether there or not), or on the dataset (`path` NULL); a later one of that name replaces it. */
void tl_graph_add_fact(struct tl_graph *graph, const char *dataset, const char *path,
                       const struct tl_fact *fact);
void tl_graph_add_edge(struct tl_graph *graph, const struct tl_edge *edge);
void tl_graph_add_problem(struct tl_graph *graph, const struct tl_edge_problem *problem);

/*
 * All that a belief holds: datasets, own tags, facts, edges, problems; carried tags not, they are made anew. Left out: everything of the datasets
 * whose key text is in `without_datasets`, the edges and problems into datasets in `without_edges` that their own view SQL made, and those
 * that a query named in `without_queries` made ("etl/load.sql" stands for all its statements). Maps may be NULL; values are not looked at.
 */
struct tl_graph_without {
    const struct tl_map *datasets, *edges, *queries;
};
void tl_graph_add_belief(struct tl_graph *graph, const struct tl_belief *belief,
                         const struct tl_graph_without *without);

/*
 * Carries tags along the edges that move values until nothing changes. A tag that is proposed, confirmed or carried travels; on the
 * way the rules say what it becomes, and where none fits it stays what it is. At a column that has a live tag of its own of the same type
 * or category nothing is added, nor where a person rejected that type; but what arrives unchanged by functions that are known is added
 * beside a hash of it. One tag a type: of several ways the one that leaves most, then the
 * surest, the shortest, the first by names. A column leaves by its own edges, those of the record it is a field of, and those of the
 * whole row ("*"); a record leaves by those of its fields too. `floor`: confidence in per mille below which it stops. Cycles end. The same graph gives the same tags, whatever the
 * order of adding. Once, after all adding.
 */
int tl_graph_carry(struct tl_graph *graph, const struct tl_carry_rule *rules, size_t n,
                   unsigned floor, struct tl_ctx *ctx);

/* ---- reading; arrays are the graph's ---- */

struct tl_graph_node {
    const char *dataset, *path;
    uint32_t dataset_number; /* in tl_graph_datasets */
    const struct tl_graph_tag *tags;
    uint32_t n_tags;
    /* numbers of edges into it (one behind the other) and out of it; those that steer a whole dataset are with their source only */
    uint32_t first_in, n_in;
    const uint32_t *out;
    uint32_t n_out;
    bool is_unknown; /* it, or something of it, could not be told */
};
size_t tl_graph_nodes(const struct tl_graph *graph);
void tl_graph_node(struct tl_graph_node *out, const struct tl_graph *graph,
                   struct tl_node_id node);

/* An edge without its texts: what is asked of millions. */
struct tl_graph_edge {
    struct tl_node_id source;
    struct tl_node_id target; /* TL_NO_NODE: the dataset as a whole */
    uint32_t target_dataset;  /* in tl_graph_datasets */
    uint32_t line, column;    /* from here on as in struct tl_edge */
    uint16_t confidence;
    uint8_t kind, effect;
};
/*
 * Whether what stands at `inside` of a column's values (tl_graph_tag.inside) is none of `place` ("user.email"): the two part before either ends.
 * What may be anywhere (NULL) or in a URL is apart from nothing.
 */
bool tl_graph_is_apart(const char *inside, const char *place);

/* How many; they are numbered from 0, by target, source and how. */
uint32_t tl_graph_edges(const struct tl_graph *graph);
void tl_graph_edge(struct tl_graph_edge *out, const struct tl_graph *graph,
                   uint32_t edge);
/* As it was added; texts are the graph's. */
void tl_graph_edge_told(struct tl_edge *out, const struct tl_graph *graph, uint32_t edge);

/* By key. With the numbers of the columns, in no order that means anything but always the same, and the problems. */
struct tl_graph_dataset_view {
    struct tl_graph_dataset dataset;
    const struct tl_node_id *columns;
    uint32_t n_columns;
    const struct tl_edge_problem *problems;
    uint32_t n_problems;
};
size_t tl_graph_datasets(const struct tl_graph *graph);
void tl_graph_dataset(struct tl_graph_dataset_view *out, const struct tl_graph *graph,
                      uint32_t i);

/* False where nothing of that name was counted. `out->name` is the graph's. */
bool tl_graph_fact(struct tl_fact *out, const struct tl_graph *graph, const char *dataset,
                   const char *path, const char *name);

/* From a tag's origin to it, one step a column; of an own tag one step. In the context's arena. */
void tl_graph_path(const struct tl_step **out, uint32_t *n, const struct tl_graph *graph,
                   struct tl_node_id node, const struct tl_graph_tag *tag,
                   struct tl_ctx *ctx);

#endif
