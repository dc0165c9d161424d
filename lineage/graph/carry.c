/*
 * Carrying tags: Dijkstra's algorithm over (column, info type). What is carried never gets better on its way - its effect leaves no more,
 * its confidence does not grow, its hops do - so the best that is still waiting can be settled for good, cycles end, and the answer
 * does not depend on the order of adding.
 */
#include "lineage/graph/inner.h"

#include "base/ctx.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

/* A rule whose texts are the graph's: equal texts are the same pointer. */
struct rule {
    const char *from, *function, *to, *category;
    uint32_t share;
    uint8_t sensitivity;
};

/* A tag on its way, the best known so far of its column and type. */
struct label {
    const char *type, *category, *from_type;
    struct tl_node_id node, from;
    struct tl_node_id previous_node;
    uint32_t previous; /* label there; NONE: an own tag, `previous_tag` */
    uint32_t previous_tag;
    uint32_t edge, hops;
    uint32_t next; /* label of the same column; NONE: the last */
    uint16_t confidence;
    uint8_t sensitivity, effect;
    bool is_settled;
};

struct waiting {
    uint64_t key; /* smaller is better */
    uint32_t label;
};

struct carrying {
    struct tl_graph *graph;
    struct rule *rules; /* by effect */
    size_t first_rule[TL_EFFECTS + 1];
    uint32_t *stars;        /* by dataset: its column "*", or NONE */
    uint32_t *first_labels; /* by column, or NONE */
    TL_VEC(struct label) labels;
    TL_VEC(struct waiting) heap;
    unsigned floor;
};

/* ---- rules ---- */

static void take_rules(struct carrying *carrying, const struct tl_carry_rule *rules,
                       size_t n)
{
    size_t at = 0;

    carrying->rules = tl_alloc(n + 1, sizeof *carrying->rules);
    for (unsigned effect = 0; effect < TL_EFFECTS; effect++) {
        carrying->first_rule[effect] = at;
        for (size_t i = 0; i < n; i++) {
            if (rules[i].effect != effect)
                continue;
            carrying->rules[at++] = (struct rule){
                .from = tl_graph_text(carrying->graph, rules[i].from),
                .function = tl_graph_text(carrying->graph, rules[i].function),
                .to = tl_graph_text(carrying->graph, rules[i].to),
                .category = tl_graph_text(carrying->graph, rules[i].category),
                .share = rules[i].share < 1000 ? rules[i].share : 1000,
                .sensitivity = rules[i].sensitivity,
            };
        }
    }
    carrying->first_rule[TL_EFFECTS] = at;
}

/* The most special that fits: type and function, type, function, neither; of equals the first. NULL: none. */
static const struct rule *rule_for(const struct carrying *carrying, const char *type,
                                   const struct tl_edge *edge)
{
    const struct rule *best = NULL;
    int best_score = -1;

    if (edge->effect >= TL_EFFECTS)
        return NULL;
    for (size_t i = carrying->first_rule[edge->effect];
         i < carrying->first_rule[edge->effect + 1]; i++) {
        const struct rule *rule = &carrying->rules[i];
        int score = (rule->from ? 2 : 0) + (rule->function ? 1 : 0);

        if ((rule->from && rule->from != type) ||
            (rule->function && rule->function != edge->function) || score <= best_score)
            continue;
        best = rule;
        best_score = score;
    }
    return best;
}

/* ---- the best that waits ---- */

static uint64_t key_of(const struct label *label)
{
    return (uint64_t)label->effect << 48 | (uint64_t)(1000 - label->confidence) << 32 |
           label->hops;
}

static void wait_in_line(struct carrying *carrying, uint32_t label)
{
    struct waiting added = { key_of(&carrying->labels.items[label]), label };

    tl_vec_push(&carrying->heap, added);
    struct waiting *heap = carrying->heap.items;
    size_t i = carrying->heap.n - 1;
    for (; i > 0 && heap[(i - 1) / 2].key > added.key; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = added;
}

static struct waiting take_best(struct carrying *carrying)
{
    struct waiting *heap = carrying->heap.items;
    struct waiting best = heap[0];
    size_t n = --carrying->heap.n;
    struct waiting last = heap[n];
    size_t i = 0;

    for (size_t child = 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && heap[child + 1].key < heap[child].key)
            child++;
        if (heap[child].key >= last.key)
            break;
        heap[i] = heap[child];
        i = child;
    }
    if (n)
        heap[i] = last;
    return best;
}

/* ---- one step along an edge ---- */

/* Own tags speak first: one of the same type or category makes a carried one needless, and a rejected type is not wanted. */
static bool is_barred(const struct tl_graph *graph, const struct label *label)
{
    for (uint32_t i = graph->tag_spans.starts[label->node.i];
         i < graph->tag_spans.starts[label->node.i + 1]; i++) {
        const struct tl_graph_tag *tag = &graph->tags[i];
        bool is_live = tag->state == TL_PROPOSED || tag->state == TL_CONFIRMED;

        if (tag->info_type == label->type && (is_live || tag->state == TL_REJECTED))
            return true;
        if (is_live && label->category && tag->category == label->category)
            return true;
    }
    return false;
}

/* Of two labels of the same column and type. Ties are settled by names, never by the order of adding. */
static bool is_better(const struct carrying *carrying, const struct label *a,
                      const struct label *b)
{
    const uint32_t *rank = carrying->graph->column_rank;
    uint64_t key_a = key_of(a), key_b = key_of(b);

    if (key_a != key_b)
        return key_a < key_b;
    if (a->edge != b->edge)
        return a->edge < b->edge;
    if (a->previous_node.i != b->previous_node.i)
        return rank[a->previous_node.i] < rank[b->previous_node.i];
    if (a->from.i != b->from.i)
        return rank[a->from.i] < rank[b->from.i];
    return strcmp(a->from_type, b->from_type) < 0;
}

static void arrive(struct carrying *carrying, const struct label *arriving)
{
    uint32_t *first = &carrying->first_labels[arriving->node.i];
    uint32_t i = *first;

    while (i != NONE && carrying->labels.items[i].type != arriving->type)
        i = carrying->labels.items[i].next;
    if (i == NONE) {
        if (is_barred(carrying->graph, arriving))
            return;
        i = (uint32_t)carrying->labels.n;
        tl_vec_push(&carrying->labels, *arriving);
        carrying->labels.items[i].next = *first;
        *first = i;
        wait_in_line(carrying, i);
        return;
    }
    struct label *known = &carrying->labels.items[i];
    if (known->is_settled || !is_better(carrying, arriving, known))
        return;
    uint32_t next = known->next;
    bool has_new_place = key_of(arriving) != key_of(known);
    *known = *arriving;
    known->next = next;
    if (has_new_place)
        wait_in_line(carrying, i);
}

static bool is_star(const char *path)
{
    return strcmp(path, "*") == 0;
}

/* From all of one dataset to all of another ("select * from t") a column goes where its own name is, if it is met there. */
static struct tl_node_id end_of(const struct tl_graph *graph, const struct label *start,
                                const struct tl_graph_edge *way)
{
    const struct tl_edge *edge = way->edge;

    if (edge->kind != TL_IDENTITY || start->node.i == way->source.i ||
        !is_star(edge->target_column) || !is_star(edge->source_column))
        return way->target;
    size_t n;
    const char *path =
        tl_text_get(graph->texts, graph->columns.items[start->node.i].path, &n);
    uint32_t dataset = graph->columns.items[way->target.i].dataset;
    struct tl_node_id own = tl_graph_column_find(graph, dataset, path, n);
    return own.i != TL_NO_NODE ? own : way->target;
}

/* `start` is what stands at the column where the edge begins, already with itself as the previous station. */
static void go_along(struct carrying *carrying, const struct label *start,
                     uint32_t number)
{
    const struct tl_graph_edge *way = &carrying->graph->edges[number];
    const struct tl_edge *edge = way->edge;

    if (way->target.i == TL_NO_NODE || !tl_edge_moves_values(edge->kind))
        return;
    /* Without a rule a tag stays what it is: to lose it would be the graver mistake. */
    const struct rule *rule = rule_for(carrying, start->type, edge);
    uint64_t share = rule ? rule->share : 1000;
    uint64_t sure = edge->confidence < 1000 ? edge->confidence : 1000;
    struct label arriving = *start;

    arriving.confidence = (uint16_t)(start->confidence * sure * share / 1000000);
    if (arriving.confidence == 0 || arriving.confidence < carrying->floor)
        return;
    if (rule && rule->to) {
        arriving.type = rule->to;
        arriving.category = rule->category ? rule->category : start->category;
        arriving.sensitivity = rule->sensitivity;
    }
    arriving.effect = (uint8_t)tl_effect_compose(start->effect, edge->effect);
    arriving.node = end_of(carrying->graph, start, way);
    arriving.edge = number;
    arriving.hops = start->hops + 1;
    arrive(carrying, &arriving);
}

static void leave_by(struct carrying *carrying, const struct label *start,
                     uint32_t column)
{
    const struct tl_spans *out = &carrying->graph->out;

    for (uint32_t i = out->starts[column]; i < out->starts[column + 1]; i++)
        go_along(carrying, start, out->items[i]);
}

/*
 * A column's values leave by its own edges, by those of the record that it is a field of ("address" takes "address.street" along), and
 * by those of the whole row, which is written as the column "*".
 */
static void leave(struct carrying *carrying, const struct label *start)
{
    const struct tl_graph *graph = carrying->graph;
    const struct tl_graph_column *column = &graph->columns.items[start->node.i];
    uint32_t star = carrying->stars[column->dataset];
    size_t n;
    const char *path = tl_text_get(graph->texts, column->path, &n);

    leave_by(carrying, start, start->node.i);
    for (const char *dot = memchr(path, '.', n); dot;
         dot = memchr(dot + 1, '.', n - (size_t)(dot + 1 - path))) {
        struct tl_node_id record =
            tl_graph_column_find(graph, column->dataset, path, (size_t)(dot - path));
        if (record.i != TL_NO_NODE)
            leave_by(carrying, start, record.i);
    }
    if (star != NONE && star != start->node.i)
        leave_by(carrying, start, star);
}

/* ---- the whole way ---- */

static void find_stars(struct carrying *carrying)
{
    const struct tl_graph *graph = carrying->graph;

    carrying->stars = tl_alloc(graph->datasets.n + 1, sizeof *carrying->stars);
    for (uint32_t i = 0; i < graph->datasets.n; i++)
        carrying->stars[i] = tl_graph_column_find(graph, i, "*", 1).i;
}

static void set_out(struct carrying *carrying)
{
    const struct tl_graph *graph = carrying->graph;

    for (uint32_t node = 0; node < graph->columns.n; node++) {
        for (uint32_t i = graph->tag_spans.starts[node];
             i < graph->tag_spans.starts[node + 1]; i++) {
            const struct tl_graph_tag *tag = &graph->tags[i];
            struct label start = {
                .type = tag->info_type,
                .category = tag->category,
                .from_type = tag->info_type,
                .node = { node },
                .from = { node },
                .previous_node = { node },
                .previous = NONE,
                .previous_tag = i,
                .confidence = tag->confidence < 1000 ? tag->confidence : 1000,
                .sensitivity = tag->sensitivity,
            };
            if (tag->state == TL_PROPOSED || tag->state == TL_CONFIRMED)
                leave(carrying, &start);
        }
    }
}

#define STEPS_BETWEEN_CHECKS 65536

static int go_on(struct carrying *carrying, struct tl_ctx *ctx)
{
    size_t steps = 0;
    int rc = TL_OK;

    while (carrying->heap.n && !rc) {
        struct waiting best = take_best(carrying);
        struct label *label = &carrying->labels.items[best.label];

        /* It was found by a better way meanwhile, and waits there. */
        if (label->is_settled || key_of(label) != best.key)
            continue;
        label->is_settled = true;
        struct label start = *label;
        start.is_settled = false;
        start.previous = best.label;
        start.previous_node = label->node;
        leave(carrying, &start);
        if (++steps % STEPS_BETWEEN_CHECKS == 0)
            rc = tl_ctx_check(ctx);
    }
    return rc;
}

/* ---- what came of it ---- */

static int by_type(const void *a, const void *b, void *labels)
{
    return strcmp(((struct label *)labels)[*(const uint32_t *)a].type,
                  ((struct label *)labels)[*(const uint32_t *)b].type);
}

static struct tl_graph_tag tag_of(const struct label *label)
{
    return (struct tl_graph_tag){
        .info_type = label->type,
        .category = label->category,
        .from = label->from,
        .from_type = label->from_type,
        .edge = label->edge,
        .hops = label->hops,
        .confidence = label->confidence,
        .sensitivity = label->sensitivity,
        .state = TL_CARRIED,
        .origin = TL_BY_LINEAGE,
        .effect = label->effect,
    };
}

/* Own tags first, then carried ones by type. `places` gets where each label's tag stands. */
static void lay_tags(struct carrying *carrying, uint32_t *places)
{
    struct tl_graph *graph = carrying->graph;
    size_t n = graph->n_tags + carrying->labels.n;
    struct tl_graph_tag *tags = tl_alloc(n + 1, sizeof *tags);
    uint32_t *starts = tl_alloc(graph->columns.n + 2, sizeof *starts);
    uint32_t at = 0;
    TL_VEC(uint32_t) labels = { 0 };

    for (uint32_t node = 0; node < graph->columns.n; node++) {
        uint32_t first = graph->tag_spans.starts[node];
        uint32_t n_own = graph->tag_spans.starts[node + 1] - first;

        starts[node] = at;
        memcpy(tags + at, graph->tags + first, n_own * sizeof *tags);
        at += n_own;
        labels.n = 0;
        for (uint32_t i = carrying->first_labels[node]; i != NONE;
             i = carrying->labels.items[i].next)
            tl_vec_push(&labels, i);
        if (labels.n > 1)
            qsort_r(labels.items, labels.n, sizeof *labels.items, by_type,
                    carrying->labels.items);
        for (size_t i = 0; i < labels.n; i++) {
            places[labels.items[i]] = at;
            tags[at++] = tag_of(&carrying->labels.items[labels.items[i]]);
        }
    }
    starts[graph->columns.n] = at;
    graph->ways = tl_alloc(n + 1, sizeof *graph->ways);
    for (size_t i = 0; i < carrying->labels.n; i++) {
        const struct label *label = &carrying->labels.items[i];
        uint32_t node = label->previous_node.i;
        uint32_t tag = label->previous != NONE ? places[label->previous]
                                               : starts[node] + label->previous_tag -
                                                     graph->tag_spans.starts[node];
        graph->ways[places[i]] = (struct tl_way){ tag, label->previous_node };
    }
    tl_vec_release(&labels);
    tl_free(graph->tags);
    tl_free(graph->tag_spans.starts);
    graph->tags = tags;
    graph->tag_spans.starts = starts;
    graph->n_tags = (uint32_t)n;
}

int tl_graph_carry(struct tl_graph *graph, const struct tl_carry_rule *rules, size_t n,
                   unsigned floor, struct tl_ctx *ctx)
{
    struct carrying carrying = { .graph = graph, .floor = floor };

    assert(!graph->is_carried);
    tl_graph_lay_out(graph);
    graph->is_carried = true;
    take_rules(&carrying, rules, n);
    find_stars(&carrying);
    carrying.first_labels = tl_alloc(graph->columns.n + 1, sizeof *carrying.first_labels);
    memset(carrying.first_labels, 0xff, graph->columns.n * sizeof *carrying.first_labels);
    set_out(&carrying);
    int rc = go_on(&carrying, ctx);
    if (!rc && carrying.labels.n) {
        uint32_t *places = tl_alloc(carrying.labels.n, sizeof *places);
        lay_tags(&carrying, places);
        tl_free(places);
    }
    tl_vec_release(&carrying.labels);
    tl_vec_release(&carrying.heap);
    tl_free(carrying.first_labels);
    tl_free(carrying.stars);
    tl_free(carrying.rules);
    return rc;
}

/* ---- the way back ---- */

/* Where the tag stands among all; also of a copy of it. */
static uint32_t place_of(const struct tl_graph *graph, struct tl_node_id node,
                         const struct tl_graph_tag *tag)
{
    for (uint32_t i = graph->tag_spans.starts[node.i];
         i < graph->tag_spans.starts[node.i + 1]; i++)
        if (&graph->tags[i] == tag ||
            (graph->tags[i].state == tag->state &&
             strcmp(graph->tags[i].info_type, tag->info_type) == 0))
            return i;
    return NONE;
}

static struct tl_step step_at(const struct tl_graph *graph, struct tl_node_id node,
                              const struct tl_graph_tag *tag)
{
    const struct tl_graph_column *column = &graph->columns.items[node.i];
    struct tl_step step = {
        .dataset = graph->datasets.items[column->dataset].key,
        .path = tl_text_get(graph->texts, column->path, NULL),
        .info_type = tag->info_type,
        .confidence = tag->confidence,
    };

    if (tag->hops) {
        const struct tl_edge *edge = graph->edges[tag->edge].edge;
        step.query = edge->query;
        step.line = edge->line;
        step.column = edge->column;
        step.kind = edge->kind;
        step.effect = edge->effect;
    }
    return step;
}

void tl_graph_path(const struct tl_step **out, uint32_t *n, const struct tl_graph *graph,
                   struct tl_node_id node, const struct tl_graph_tag *tag,
                   struct tl_ctx *ctx)
{
    uint32_t place = graph->is_laid_out ? place_of(graph, node, tag) : NONE;
    uint32_t n_steps = place == NONE ? 1 : tag->hops + 1;
    struct tl_step *steps = tl_arena_alloc(ctx->arena, n_steps, sizeof *steps);

    for (uint32_t i = n_steps; i-- > 0;) {
        steps[i] = step_at(graph, node, place == NONE ? tag : &graph->tags[place]);
        if (i > 0) {
            node = graph->ways[place].node;
            place = graph->ways[place].tag;
        }
    }
    *out = steps;
    *n = n_steps;
}
