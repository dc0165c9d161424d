/*
 * Carrying tags: Dijkstra's algorithm over (column, info type, effect of the way). What is carried never gets better on its way - its
 * effect leaves no more, its confidence does not grow, its hops do - so the best that is still waiting can be settled for good, cycles
 * end, and the answer does not depend on the order of adding. Of one column and type several ways may go on: one that leaves more but is
 * less sure than another can be the lesser of the two behind the next mask. Only the one that leaves most becomes the column's tag.
 */
#include "lineage/graph/inner.h"

#include "base/ctx.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NONE TL_NO_WAY

enum { THROUGH_UNKNOWN_FUNCTION = 700 }; /* an edge's confidence, by lineage/sql/sql.h */

/* A rule whose texts are the graph's: equal texts are the same pointer. */
struct rule {
    const char *from, *to, *category;
    struct tl_text function;
    uint32_t share;
    uint8_t sensitivity;
};

/* A tag on its way, the best known so far of its column, type and effect. */
struct label {
    const char *type, *category, *from_type;
    const char *previous_type;
    const char *inside; /* of an own tag that is about to leave, as tl_graph_tag.inside */
    struct tl_node_id node, from;
    struct tl_node_id previous_node;
    uint32_t previous; /* label there; NONE: an own tag */
    uint32_t edge, hops;
    uint32_t next; /* label of the same column; NONE: the last */
    uint16_t confidence;
    uint8_t sensitivity, effect;
    uint8_t state; /* enum standing */
};

enum standing {
    WAITS,
    SETTLED,   /* goes on */
    DOMINATED, /* another of its column and type leaves as much and is as sure */
};

struct waiting {
    uint64_t key; /* smaller is better */
    uint32_t label;
};

struct carrying {
    struct tl_graph *graph;
    struct rule *rules; /* by effect */
    size_t first_rule[TL_EFFECTS + 1];
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
                .function = tl_text_of(carrying->graph->texts, rules[i].function),
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
                                   const struct tl_stored_edge *edge)
{
    const struct rule *best = NULL;
    int best_score = -1;

    if (edge->effect >= TL_EFFECTS)
        return NULL;
    for (size_t i = carrying->first_rule[edge->effect];
         i < carrying->first_rule[edge->effect + 1]; i++) {
        const struct rule *rule = &carrying->rules[i];
        int score = (rule->from ? 2 : 0) + (rule->function.i ? 1 : 0);

        if ((rule->from && rule->from != type) ||
            (rule->function.i && rule->function.i != edge->function.i) ||
            score <= best_score)
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

/*
 * Whether a hash makes `to` of `from`. That a column holds hashed addresses says nothing against plain ones being written into it: only a
 * function that is not known may have hashed them on this way.
 */
static bool is_laid_bare(const struct carrying *carrying, const struct label *label,
                         const char *own_type)
{
    const struct tl_stored_edge *edge = &carrying->graph->edges.items[label->edge];

    if (label->effect != TL_KEEPS || edge->confidence <= THROUGH_UNKNOWN_FUNCTION)
        return false;
    for (size_t i = carrying->first_rule[TL_HASHES];
         i < carrying->first_rule[TL_HASHES + 1]; i++)
        if (carrying->rules[i].from == label->type && carrying->rules[i].to == own_type)
            return true;
    return false;
}

/* Own tags speak first: one of the same type or category makes a carried one needless, and a rejected type is not wanted. */
static bool is_barred(const struct carrying *carrying, const struct label *label)
{
    const struct tl_graph *graph = carrying->graph;
    bool is_needless = false;

    for (uint32_t i = graph->tag_spans.starts[label->node.i];
         i < graph->tag_spans.starts[label->node.i + 1]; i++) {
        const struct tl_graph_tag *tag = &graph->tags[i];
        bool is_live = tag->state == TL_PROPOSED || tag->state == TL_CONFIRMED;

        if (tag->info_type == label->type && (is_live || tag->state == TL_REJECTED))
            return true;
        is_needless |= is_live && label->category && tag->category == label->category &&
                       !is_laid_bare(carrying, label, tag->info_type);
    }
    return is_needless;
}

/* Of two labels of the same column, type and effect. Ties are settled by names, never by the order of adding. */
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

/*
 * The label of the same column, type and effect, or NONE. `is_dominated`: another one that is settled, and so leaves no less, is as sure;
 * `is_first`: the column has none of the type yet.
 */
static uint32_t find_label(bool *is_dominated, bool *is_first,
                           const struct carrying *carrying, const struct label *label)
{
    uint32_t found = NONE;

    *is_dominated = false;
    *is_first = true;
    for (uint32_t i = carrying->first_labels[label->node.i]; i != NONE;
         i = carrying->labels.items[i].next) {
        const struct label *known = &carrying->labels.items[i];

        if (known->type != label->type)
            continue;
        *is_first = false;
        if (known->effect == label->effect)
            found = i;
        if (known->state == SETTLED && known != label &&
            known->confidence >= label->confidence)
            *is_dominated = true;
    }
    return found;
}

static void arrive(struct carrying *carrying, const struct label *arriving)
{
    uint32_t *first = &carrying->first_labels[arriving->node.i];
    bool is_dominated, is_first;
    uint32_t i = find_label(&is_dominated, &is_first, carrying, arriving);

    if (is_dominated || (is_first && is_barred(carrying, arriving)))
        return;
    if (i == NONE) {
        i = (uint32_t)carrying->labels.n;
        tl_vec_push(&carrying->labels, *arriving);
        carrying->labels.items[i].next = *first;
        *first = i;
        wait_in_line(carrying, i);
        return;
    }
    struct label *known = &carrying->labels.items[i];
    if (known->state != WAITS || !is_better(carrying, arriving, known))
        return;
    uint32_t next = known->next;
    bool has_new_place = key_of(arriving) != key_of(known);
    *known = *arriving;
    known->next = next;
    if (has_new_place)
        wait_in_line(carrying, i);
}

/* From all of one dataset to all of another ("select * from t") a column goes where its own name is, if it is met there. */
struct tl_node_id tl_graph_end_of(const struct tl_graph *graph, struct tl_node_id start,
                                  const struct tl_stored_edge *edge)
{
    const struct tl_graph_column *columns = graph->columns.items;
    struct tl_node_id target = { edge->end };

    if (edge->kind != TL_IDENTITY || start.i == edge->source.i ||
        columns[edge->end].path.i != graph->star.i ||
        columns[edge->source.i].path.i != graph->star.i)
        return target;
    size_t n;
    const char *path = tl_text_get(graph->texts, columns[start.i].path, &n);
    struct tl_node_id own =
        tl_graph_column_find(graph, columns[edge->end].dataset, path, n);
    return own.i != TL_NO_NODE ? own : target;
}

/* ---- places within values ---- */

/* The step of "users[].email" that begins here, without the brackets of a list; `*at` gets to the next one. */
static size_t step_of(const char **at)
{
    const char *step = *at;
    size_t n = strcspn(step, "."), bare = strcspn(step, ".[?#/");

    *at = step + n + (step[n] == '.');
    return bare;
}

/* `inside` may hold steps of lists alone ("[].email"). */
bool tl_graph_is_apart(const char *inside, const char *place)
{
    const char *a = inside, *b = place;

    if (!a || *a == '?' || !b)
        return false;
    while (*a && *b) {
        const char *left = a, *right = b;
        size_t n_left = step_of(&a), n_right = step_of(&b);

        if (n_left == 0) /* a list of lists */
            b = right;
        else if (n_left != n_right || strncasecmp(left, right, n_left) != 0)
            return true;
    }
    return false;
}

/* The edge reads another place of the column than the one that the tag is at. */
static bool reads_elsewhere(const struct tl_graph *graph, const struct label *start,
                            const struct tl_stored_edge *edge)
{
    const char *inside = start->inside;
    size_t n, n_read;

    if (!inside || edge->source.i == start->node.i)
        return false;
    const char *own =
        tl_text_get(graph->texts, graph->columns.items[start->node.i].path, &n);
    const char *read =
        tl_text_get(graph->texts, graph->columns.items[edge->source.i].path, &n_read);
    return n_read > n + 1 && memcmp(read, own, n) == 0 && read[n] == '.' &&
           tl_graph_is_apart(inside, read + n + 1);
}

/* `start` is what stands at the column where the edge begins, already with itself as the previous station. */
static void go_along(struct carrying *carrying, const struct label *start,
                     uint32_t number)
{
    const struct tl_stored_edge *edge = &carrying->graph->edges.items[number];

    if (edge->is_whole || !tl_edge_moves_values(edge->kind) ||
        reads_elsewhere(carrying->graph, start, edge))
        return;
    /* Without a rule a tag stays what it is: to lose it would be the graver mistake. */
    const struct rule *rule = rule_for(carrying, start->type, edge);
    uint64_t share = rule ? rule->share : 1000;
    uint64_t sure = edge->confidence < 1000 ? edge->confidence : 1000;
    struct label arriving = *start;

    arriving.inside = NULL;
    arriving.confidence = (uint16_t)(start->confidence * sure * share / 1000000);
    if (arriving.confidence == 0 || arriving.confidence < carrying->floor)
        return;
    if (rule && rule->to) {
        arriving.type = rule->to;
        arriving.category = rule->category ? rule->category : start->category;
        arriving.sensitivity = rule->sensitivity;
    }
    arriving.effect = (uint8_t)tl_effect_compose(start->effect, edge->effect);
    arriving.node = tl_graph_end_of(carrying->graph, start->node, edge);
    arriving.edge = number;
    arriving.hops = start->hops + 1;
    arrive(carrying, &arriving);
}

/* One that leaves, and by whose edges. */
struct leaving {
    struct carrying *carrying;
    const struct label *start;
};

static void leave_by(void *self, struct tl_node_id column)
{
    const struct leaving *leaving = self;
    const struct tl_spans *out = &leaving->carrying->graph->out;

    for (uint32_t i = out->starts[column.i]; i < out->starts[column.i + 1]; i++)
        go_along(leaving->carrying, leaving->start, out->items[i]);
}

/*
 * A column's values leave by its own edges, by those of the record that it is a field of ("address" takes "address.street" along), by those
 * of its fields (who reads "address.street" reads some of "address"), and by those of the whole row, which is written as the column "*".
 */
static void leave(struct carrying *carrying, const struct label *start)
{
    const struct tl_graph *graph = carrying->graph;
    unsigned marks = graph->column_marks[start->node.i];
    struct tl_node_id star = {
        graph->stars[graph->columns.items[start->node.i].dataset]
    };
    struct leaving leaving = { carrying, start };

    leave_by(&leaving, start->node);
    if (marks & (TL_IS_FIELD | TL_HAS_FIELDS))
        tl_graph_each_around(graph, start->node, leave_by, &leaving);
    if (star.i != NONE && !(marks & TL_IS_STAR))
        leave_by(&leaving, star);
}

/* ---- the whole way ---- */

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
                .previous_type = tag->info_type,
                .previous = NONE,
                .confidence = tag->confidence < 1000 ? tag->confidence : 1000,
                .sensitivity = tag->sensitivity,
                .inside = tag->inside,
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
        if (label->state != WAITS || key_of(label) != best.key)
            continue;
        bool is_dominated, is_first;
        find_label(&is_dominated, &is_first, carrying, label);
        label->state = is_dominated ? DOMINATED : SETTLED;
        if (is_dominated)
            continue;
        struct label start = *label;
        start.state = WAITS;
        start.previous = best.label;
        start.previous_node = label->node;
        start.previous_type = label->type;
        leave(carrying, &start);
        if (++steps % STEPS_BETWEEN_CHECKS == 0)
            rc = tl_ctx_check(ctx);
    }
    return rc;
}

/* ---- what came of it ---- */

/* By type, then what leaves most. */
static int by_type(const void *a, const void *b, void *labels)
{
    const struct label *left = &((struct label *)labels)[*(const uint32_t *)a];
    const struct label *right = &((struct label *)labels)[*(const uint32_t *)b];
    int order = strcmp(left->type, right->type);

    return order ? order
                 : (left->effect > right->effect) - (left->effect < right->effect);
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

struct columns_labels {
    TL_VEC(uint32_t) items;
};

/* The labels that become the column's tags: of each type the one that leaves most. */
static void choose_labels(struct columns_labels *out, const struct carrying *carrying,
                          uint32_t node)
{
    struct label *labels = carrying->labels.items;
    size_t n = 0;

    out->items.n = 0;
    for (uint32_t i = carrying->first_labels[node]; i != NONE; i = labels[i].next)
        if (labels[i].state == SETTLED)
            tl_vec_push(&out->items, i);
    if (out->items.n > 1)
        qsort_r(out->items.items, out->items.n, sizeof *out->items.items, by_type,
                labels);
    for (size_t i = 0; i < out->items.n; i++)
        if (n == 0 ||
            labels[out->items.items[n - 1]].type != labels[out->items.items[i]].type)
            out->items.items[n++] = out->items.items[i];
    out->items.n = n;
}

/* Own tags first, then carried ones by type. */
static void lay_tags(struct carrying *carrying)
{
    struct tl_graph *graph = carrying->graph;
    size_t n = graph->n_tags + carrying->labels.n;
    struct tl_graph_tag *tags = tl_alloc(n + 1, sizeof *tags);
    uint32_t *way_of = tl_alloc(n + 1, sizeof *way_of);
    uint32_t *starts = tl_alloc(graph->columns.n + 2, sizeof *starts);
    struct columns_labels chosen = { 0 };
    uint32_t at = 0;

    for (uint32_t node = 0; node < graph->columns.n; node++) {
        starts[node] = at;
        for (uint32_t i = graph->tag_spans.starts[node];
             i < graph->tag_spans.starts[node + 1]; i++) {
            tags[at] = graph->tags[i];
            way_of[at++] = TL_NO_WAY;
        }
        choose_labels(&chosen, carrying, node);
        for (size_t i = 0; i < chosen.items.n; i++) {
            tags[at] = tag_of(&carrying->labels.items[chosen.items.items[i]]);
            way_of[at++] = chosen.items.items[i];
        }
    }
    starts[graph->columns.n] = at;
    tl_vec_release(&chosen.items);
    tl_free(graph->tags);
    tl_free(graph->tag_spans.starts);
    graph->tags = tags;
    graph->way_of = way_of;
    graph->tag_spans.starts = starts;
    graph->n_tags = at;
}

/* What is needed of the labels to go back along them. */
static void keep_ways(const struct carrying *carrying)
{
    struct tl_way *ways = tl_alloc(carrying->labels.n + 1, sizeof *ways);

    for (size_t i = 0; i < carrying->labels.n; i++) {
        const struct label *label = &carrying->labels.items[i];

        ways[i] = (struct tl_way){
            .info_type = label->type,
            .node = label->node,
            .before = label->previous_node,
            .type_before = label->previous_type,
            .way_before = label->previous,
            .edge = label->edge,
            .confidence = label->confidence,
        };
    }
    carrying->graph->ways = ways;
}

int tl_graph_carry(struct tl_graph *graph, const struct tl_carry_rule *rules, size_t n,
                   unsigned floor, struct tl_ctx *ctx)
{
    struct carrying carrying = { .graph = graph, .floor = floor };

    assert(!graph->is_carried);
    tl_graph_lay_out(graph);
    graph->is_carried = true;
    take_rules(&carrying, rules, n);
    carrying.first_labels = tl_alloc(graph->columns.n + 1, sizeof *carrying.first_labels);
    memset(carrying.first_labels, 0xff, graph->columns.n * sizeof *carrying.first_labels);
    set_out(&carrying);
    int rc = go_on(&carrying, ctx);
    if (!rc && carrying.labels.n) {
        lay_tags(&carrying);
        keep_ways(&carrying);
    }
    tl_vec_release(&carrying.labels);
    tl_vec_release(&carrying.heap);
    tl_free(carrying.first_labels);
    tl_free(carrying.rules);
    return rc;
}

/* ---- the way back ---- */

/* Where the tag stands among all; also of a copy of it. NONE: it is none of the graph's. */
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
                              const char *info_type, unsigned confidence)
{
    const struct tl_graph_column *column = &graph->columns.items[node.i];

    return (struct tl_step){
        .dataset = graph->datasets.items[column->dataset].key,
        .path = tl_text_get(graph->texts, column->path, NULL),
        .info_type = info_type,
        .confidence = (uint16_t)confidence,
    };
}

static struct tl_step step_along(const struct tl_graph *graph, const struct tl_way *way)
{
    const struct tl_stored_edge *edge = &graph->edges.items[way->edge];
    struct tl_step step = step_at(graph, way->node, way->info_type, way->confidence);

    step.query = tl_text_get(graph->texts, edge->query, NULL);
    step.line = edge->line;
    step.column = edge->column;
    step.kind = edge->kind;
    step.effect = edge->effect;
    return step;
}

/* How sure the own tag is that a way begins with. */
static unsigned own_confidence(const struct tl_graph *graph, struct tl_node_id node,
                               const char *type)
{
    for (uint32_t i = graph->tag_spans.starts[node.i];
         i < graph->tag_spans.starts[node.i + 1]; i++)
        if (graph->tags[i].info_type == type &&
            (graph->tags[i].state == TL_PROPOSED || graph->tags[i].state == TL_CONFIRMED))
            return graph->tags[i].confidence;
    return 0;
}

void tl_graph_path(const struct tl_step **out, uint32_t *n, const struct tl_graph *graph,
                   struct tl_node_id node, const struct tl_graph_tag *tag,
                   struct tl_ctx *ctx)
{
    uint32_t place = graph->way_of ? place_of(graph, node, tag) : NONE;
    uint32_t way = place != NONE ? graph->way_of[place] : TL_NO_WAY;
    uint32_t n_steps = way != TL_NO_WAY ? graph->tags[place].hops + 1 : 1;
    struct tl_step *steps = tl_arena_alloc(ctx->arena, n_steps, sizeof *steps);

    *out = steps;
    *n = n_steps;
    if (way == TL_NO_WAY) {
        steps[0] = step_at(graph, node, tag->info_type, tag->confidence);
        return;
    }
    for (uint32_t i = n_steps - 1; i > 0; i--) {
        const struct tl_way *station = &graph->ways[way];

        steps[i] = step_along(graph, station);
        if (station->way_before == TL_NO_WAY)
            steps[0] =
                step_at(graph, station->before, station->type_before,
                        own_confidence(graph, station->before, station->type_before));
        way = station->way_before;
    }
}
