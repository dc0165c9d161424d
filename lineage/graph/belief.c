/*
 * A belief as a graph: what the log holds of datasets, own tags, edges and problems, less what the caller is about to say anew.
 */
#include "lineage/graph/inner.h"

#include <string.h>

struct adding {
    struct tl_graph *graph;
    const struct tl_belief *belief;
    const struct tl_graph_without *without;
    struct tl_str key; /* of the dataset that is being added */
};

static bool holds(const struct tl_map *map, const char *text, size_t n)
{
    uint32_t value;

    return map && tl_map_get(map, text, n, &value);
}

/* "etl/load.sql" stands for "etl/load.sql#2" too; a file may have a '#' in its name. */
static bool query_is_left_out(const struct tl_map *queries, const char *query)
{
    size_t n = strlen(query);
    size_t digits = 0;

    if (holds(queries, query, n))
        return true;
    while (digits < n && query[n - 1 - digits] >= '0' && query[n - 1 - digits] <= '9')
        digits++;
    return digits > 0 && digits < n && query[n - 1 - digits] == '#' &&
           holds(queries, query, n - 1 - digits);
}

static bool is_left_out(const struct adding *adding, const char *query)
{
    const struct tl_graph_without *without = adding->without;

    if (!without)
        return false;
    return query ? query_is_left_out(without->queries, query)
                 : holds(without->edges, adding->key.text, adding->key.n);
}

static void add_column(struct adding *adding, const struct tl_belief_column *column)
{
    const struct tl_belief *belief = adding->belief;
    struct tl_node_id node = { TL_NO_NODE };

    for (uint32_t i = 0; i < column->n_tags; i++) {
        const struct tl_belief_tag *known = &belief->tags[column->first_tag + i];
        struct tl_graph_tag tag = {
            .info_type = tl_belief_text(belief, known->info_type),
            .category = tl_belief_text(belief, known->category),
            .confidence = known->confidence,
            .sensitivity = known->sensitivity,
            .state = known->state,
            .origin = known->origin,
            .inside = tl_belief_text(belief, known->path),
        };
        if (known->state == TL_CARRIED)
            continue;
        if (node.i == TL_NO_NODE)
            node = tl_graph_add(adding->graph, adding->key.text,
                                tl_belief_text(belief, column->path));
        tl_graph_add_tag(adding->graph, node, &tag);
    }
}

static void add_edges(struct adding *adding, const struct tl_belief_dataset *dataset)
{
    const struct tl_belief *belief = adding->belief;

    for (uint32_t i = 0; i < dataset->n_edges; i++) {
        const struct tl_belief_edge *known = &belief->edges[dataset->first_edge + i];
        struct tl_edge edge = {
            .target = adding->key.text,
            .target_column = tl_belief_text(belief, known->target_column),
            .source = tl_belief_text(belief, known->source),
            .source_column = tl_belief_text(belief, known->source_column),
            .query = tl_belief_text(belief, known->query),
            .function = tl_belief_text(belief, known->function),
            .line = known->line,
            .column = known->column,
            .confidence = known->confidence,
            .kind = known->kind,
            .effect = known->effect,
        };
        if (!is_left_out(adding, edge.query))
            tl_graph_add_edge(adding->graph, &edge);
    }
}

static void add_problems(struct adding *adding, const struct tl_belief_dataset *dataset)
{
    const struct tl_belief *belief = adding->belief;

    for (uint32_t i = 0; i < dataset->n_problems; i++) {
        const struct tl_belief_problem *known =
            &belief->problems[dataset->first_problem + i];
        struct tl_edge_problem problem = {
            .target = adding->key.text,
            .query = tl_belief_text(belief, known->query),
            .what = tl_belief_text(belief, known->what),
            .line = known->line,
            .column = known->column,
        };
        if (!is_left_out(adding, problem.query))
            tl_graph_add_problem(adding->graph, &problem);
    }
}

static void add_facts(struct adding *adding, const struct tl_belief_dataset *dataset)
{
    const struct tl_belief *belief = adding->belief;

    for (uint32_t i = 0; i < dataset->n_facts; i++) {
        const struct tl_belief_fact *known = &belief->facts[dataset->first_fact + i];
        struct tl_fact fact = { tl_belief_text(belief, known->name), known->count,
                                known->of };
        tl_graph_add_fact(adding->graph, adding->key.text,
                          tl_belief_text(belief, known->column), &fact);
    }
}

static void add_dataset(struct adding *adding, const struct tl_belief_dataset *dataset)
{
    struct tl_key key = tl_belief_key(adding->belief, dataset);
    struct tl_graph_dataset known = { .kind = dataset->kind,
                                      .is_known = !dataset->is_absent };

    tl_str_clear(&adding->key);
    tl_key_add(&adding->key, &key);
    if (adding->without &&
        holds(adding->without->datasets, adding->key.text, adding->key.n))
        return;
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const struct tl_belief_column *column =
            &adding->belief->columns[dataset->first_column + i];
        known.n_columns += !column->is_absent;
        known.is_unknown |= !column->is_absent && column->is_unknown;
    }
    known.key = adding->key.text;
    tl_graph_add_dataset(adding->graph, &known);
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const struct tl_belief_column *column =
            &adding->belief->columns[dataset->first_column + i];

        if (column->is_absent)
            continue;
        add_column(adding, column);
        const char *path = tl_belief_text(adding->belief, column->path);
        if (column->is_unknown)
            tl_graph_add_unknown(adding->graph, adding->key.text, path ? path : "");
    }
    add_facts(adding, dataset);
    add_edges(adding, dataset);
    add_problems(adding, dataset);
}

void tl_graph_add_belief(struct tl_graph *graph, const struct tl_belief *belief,
                         const struct tl_graph_without *without)
{
    struct adding adding = {
        .graph = graph,
        .belief = belief,
        .without = without,
        .key = TL_STR_INIT(TL_STR_MOST),
    };

    for (uint32_t i = 0; i < belief->n_datasets; i++)
        add_dataset(&adding, &belief->datasets[i]);
    tl_str_release(&adding.key);
}
