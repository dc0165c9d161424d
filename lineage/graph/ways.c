/*
 * Ways along a walk that went up: from what was asked for back to where ways may begin. The riskiest is found in two rounds, because "leaves
 * most, then surest" in one would drop a way that is surer but leaves less too early: first how much can be left at all (the least of the
 * largest effects, a bucket an effect), then Dijkstra by confidence over the edges that leave at least that.
 */
#include "lineage/graph/walk.h"

#include "base/ctx.h"
#include "lineage/graph/inner.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEERS = TL_EFFECTS,      /* behind all effects: what only steers leaves nothing */
    NOT_REACHED = STEERS + 1, /* no effect at all */
    MOST_LOOKS = 1 << 21,     /* steps looked at before a search for all ways ends */
};

struct asking {
    const struct tl_walked *walk;
    const struct tl_graph *graph;
    const struct tl_way_origins *origins;
    uint8_t *is_from; /* by column; NULL: any with a tag */
    uint32_t
        *begin; /* by stop: the column that a way may begin with there; or TL_NO_NODE */
};

/* ---- where ways may begin ---- */

/* `place`: of which within the values of `node`; NULL: of them all. */
static bool has_own_tag(const struct tl_graph *graph, struct tl_node_id node,
                        const char *place, const char *info_type)
{
    for (uint32_t i = graph->tag_spans.starts[node.i];
         i < graph->tag_spans.starts[node.i + 1]; i++) {
        const struct tl_graph_tag *tag = &graph->tags[i];

        if ((tag->state == TL_PROPOSED || tag->state == TL_CONFIRMED) &&
            (!info_type || strcmp(tag->info_type, info_type) == 0) &&
            !tl_graph_is_apart(tag->inside, place))
            return true;
    }
    return false;
}

/* What of a record's path is left behind another's, or NULL where it is none of its places. */
static const char *place_in(const struct tl_graph *graph, struct tl_node_id record,
                            struct tl_node_id field)
{
    const struct tl_graph_column *columns = graph->columns.items;
    size_t n, n_field;
    const char *around = tl_text_get(graph->texts, columns[record.i].path, &n);
    const char *path = tl_text_get(graph->texts, columns[field.i].path, &n_field);

    return n_field > n + 1 && memcmp(path, around, n) == 0 && path[n] == '.'
               ? path + n + 1
               : NULL;
}

struct seeking {
    const struct asking *asking;
    struct tl_node_id read; /* what the way reads there */
    uint32_t found;
};

static void look_at(void *self, struct tl_node_id column)
{
    struct seeking *seeking = self;
    const struct asking *asking = seeking->asking;

    if (seeking->found == TL_NO_NODE &&
        (asking->is_from ? asking->is_from[column.i]
                         : has_own_tag(asking->graph, column,
                                       place_in(asking->graph, column, seeking->read),
                                       asking->origins->info_type)))
        seeking->found = column.i;
}

/* The stop itself, or what it stands for: the records around it, its fields, the columns of its row. */
static uint32_t find_begin(const struct asking *asking, const struct tl_walk_stop *stop)
{
    const struct tl_graph *graph = asking->graph;
    struct seeking seeking = { asking, stop->node, TL_NO_NODE };

    look_at(&seeking, stop->node);
    tl_graph_each_around(graph, stop->node, look_at, &seeking);
    if (graph->column_marks[stop->node.i] & TL_IS_STAR)
        for (uint32_t i = graph->dataset_columns.starts[stop->dataset];
             i < graph->dataset_columns.starts[stop->dataset + 1]; i++)
            look_at(&seeking, graph->column_order[i]);
    return seeking.found;
}

/* ---- of these, where the data originates ---- */

/* The steps of a walk the other way round: to whom each stop's values go. Only those that leave something of a person. */
struct downward {
    uint32_t *starts; /* by stop, into `stops` */
    uint32_t *stops;
    TL_VEC(uint32_t) queue;
};

static unsigned loss_of(const struct asking *asking, uint32_t edge)
{
    const struct tl_stored_edge *stored = &asking->graph->edges.items[edge];

    return !tl_edge_moves_values(stored->kind) ? STEERS
           : stored->effect < TL_EFFECTS       ? stored->effect
                                               : TL_EFFECTS - 1;
}

static void turn_round(struct downward *down, const struct asking *asking)
{
    const struct tl_walked *walk = asking->walk;
    uint32_t n = (uint32_t)walk->stops.n;

    down->starts = tl_alloc((size_t)n + 2, sizeof *down->starts);
    down->stops = tl_alloc(walk->steps.n + 1, sizeof *down->stops);
    for (size_t i = 0; i < walk->steps.n; i++)
        if (loss_of(asking, walk->steps.items[i].edge) < TL_AGGREGATES)
            down->starts[walk->steps.items[i].stop + 2]++;
    for (size_t i = 2; i < (size_t)n + 2; i++)
        down->starts[i] += down->starts[i - 1];
    for (uint32_t i = 0; i < n; i++) {
        const struct tl_walk_stop *stop = &walk->stops.items[i];

        for (uint32_t s = stop->first_step; s < stop->first_step + stop->n_steps; s++) {
            const struct tl_walk_step *step = &walk->steps.items[s];

            if (loss_of(asking, step->edge) < TL_AGGREGATES)
                down->stops[down->starts[step->stop + 1]++] = i;
        }
    }
}

/* Marks what the stops in the queue flow into; those themselves only where they flow back. */
static void mark_below(uint8_t *is_below, struct downward *down)
{
    for (size_t at = 0; at < down->queue.n; at++) {
        uint32_t here = down->queue.items[at];

        for (uint32_t i = down->starts[here]; i < down->starts[here + 1]; i++)
            if (!is_below[down->stops[i]]) {
                is_below[down->stops[i]] = 1;
                tl_vec_push(&down->queue, down->stops[i]);
            }
    }
    down->queue.n = 0;
}

/*
 * A tagged column that another tagged one flows into is a station, no beginning. Of tagged columns that flow into each other, and that nothing
 * else does, the one furthest from what was asked for begins.
 */
static void keep_originals(struct asking *asking)
{
    struct downward down = { 0 };
    uint32_t n = (uint32_t)asking->walk->stops.n;
    uint8_t *is_below = tl_alloc((size_t)n + 1, 1);
    uint8_t *is_told = tl_alloc((size_t)n + 1, 1); /* it is or has a beginning */

    turn_round(&down, asking);
    for (uint32_t i = 0; i < n; i++)
        if (asking->begin[i] != TL_NO_NODE)
            tl_vec_push(&down.queue, i);
    mark_below(is_below, &down);
    for (uint32_t i = 0; i < n; i++)
        if (asking->begin[i] != TL_NO_NODE && !is_below[i])
            tl_vec_push(&down.queue, i);
    mark_below(is_told, &down);
    for (uint32_t i = n; i-- > 0;) {
        if (asking->begin[i] == TL_NO_NODE || !is_below[i])
            continue;
        if (is_told[i]) {
            asking->begin[i] = TL_NO_NODE;
            continue;
        }
        tl_vec_push(&down.queue, i);
        mark_below(is_told, &down);
    }
    tl_vec_release(&down.queue);
    tl_free(down.starts);
    tl_free(down.stops);
    tl_free(is_below);
    tl_free(is_told);
}

static void begin_asking(struct asking *asking)
{
    const struct tl_way_origins *origins = asking->origins;
    const struct tl_walked *walk = asking->walk;

    if (origins->from) {
        asking->is_from = tl_alloc(asking->graph->columns.n + 1, 1);
        for (uint32_t i = 0; i < origins->n_from; i++)
            asking->is_from[origins->from[i].i] = 1;
    }
    asking->begin = tl_alloc(walk->stops.n + 1, sizeof *asking->begin);
    for (uint32_t i = 0; i < walk->stops.n; i++)
        asking->begin[i] =
            i < walk->n_asked ? TL_NO_NODE : find_begin(asking, &walk->stops.items[i]);
    if (!origins->from)
        keep_originals(asking);
}

static void end_asking(struct asking *asking)
{
    tl_free(asking->is_from);
    tl_free(asking->begin);
}

/* ---- what a way leaves ---- */

static unsigned sure_of(const struct asking *asking, uint32_t edge)
{
    unsigned confidence = asking->graph->edges.items[edge].confidence;

    return confidence < 1000 ? confidence : 1000;
}

struct reached {
    TL_VEC(uint32_t) stops;
};

/* The least of the largest losses on the ways from what was asked for to any origin; NOT_REACHED: there is no way. */
static unsigned least_loss(const struct asking *asking)
{
    const struct tl_walked *walk = asking->walk;
    struct reached buckets[NOT_REACHED] = { 0 };
    uint8_t *loss = tl_alloc(walk->stops.n + 1, 1);
    unsigned least = NOT_REACHED;

    memset(loss, NOT_REACHED, walk->stops.n);
    for (uint32_t i = 0; i < walk->n_asked; i++) {
        loss[i] = 0;
        tl_vec_push(&buckets[0].stops, i);
    }
    for (unsigned level = 0; level < NOT_REACHED && least == NOT_REACHED; level++) {
        struct reached *bucket = &buckets[level];

        for (size_t i = 0; i < bucket->stops.n && least == NOT_REACHED; i++) {
            uint32_t at = bucket->stops.items[i];
            const struct tl_walk_stop *stop = &walk->stops.items[at];

            if (loss[at] != level)
                continue;
            if (asking->begin[at] != TL_NO_NODE)
                least = level;
            for (uint32_t s = 0; s < stop->n_steps; s++) {
                const struct tl_walk_step *step =
                    &walk->steps.items[stop->first_step + s];
                unsigned there = loss_of(asking, step->edge);

                there = there > level ? there : level;
                if (there >= loss[step->stop])
                    continue;
                loss[step->stop] = (uint8_t)there;
                tl_vec_push(&buckets[there].stops, step->stop);
            }
        }
    }
    for (unsigned level = 0; level < NOT_REACHED; level++)
        tl_vec_release(&buckets[level].stops);
    tl_free(loss);
    return least;
}

/* ---- the surest of those that leave as much ---- */

struct best {
    double sure;
    uint32_t hops;
    uint32_t behind, edge; /* the stop nearer to what was asked for, and the edge to it */
    bool is_settled;
};
struct waiting {
    double sure;
    uint32_t hops, stop;
};
struct line {
    TL_VEC(struct waiting) heap;
};

static bool goes_first(const struct waiting *a, const struct waiting *b)
{
    if (a->sure > b->sure || a->sure < b->sure)
        return a->sure > b->sure;
    return a->hops != b->hops ? a->hops < b->hops : a->stop < b->stop;
}

static void wait_in_line(struct line *line, struct waiting added)
{
    tl_vec_push(&line->heap, added);
    struct waiting *heap = line->heap.items;
    size_t i = line->heap.n - 1;

    for (; i > 0 && goes_first(&added, &heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = added;
}

static struct waiting take_first(struct line *line)
{
    struct waiting *heap = line->heap.items;
    struct waiting first = heap[0];
    size_t n = --line->heap.n;
    struct waiting last = heap[n];
    size_t i = 0;

    for (size_t child = 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && goes_first(&heap[child + 1], &heap[child]))
            child++;
        if (!goes_first(&heap[child], &last))
            break;
        heap[i] = heap[child];
        i = child;
    }
    if (n)
        heap[i] = last;
    return first;
}

static void try_steps(struct line *line, struct best *best, const struct asking *asking,
                      const struct waiting *here, unsigned most_loss)
{
    const struct tl_walked *walk = asking->walk;
    const struct tl_walk_stop *stop = &walk->stops.items[here->stop];

    for (uint32_t s = 0; s < stop->n_steps; s++) {
        const struct tl_walk_step *step = &walk->steps.items[stop->first_step + s];
        struct best *there = &best[step->stop];
        struct waiting next = { here->sure * sure_of(asking, step->edge) / 1000.0,
                                here->hops + 1, step->stop };

        if (loss_of(asking, step->edge) > most_loss || there->is_settled ||
            next.sure < there->sure ||
            (next.sure <= there->sure && next.hops >= there->hops))
            continue;
        *there = (struct best){ next.sure, next.hops, here->stop, step->edge, false };
        wait_in_line(line, next);
    }
}

/* The stop where the surest way begins. */
static uint32_t find_surest(struct best *best, const struct asking *asking,
                            unsigned most_loss)
{
    struct line line = { 0 };
    uint32_t found = UINT32_MAX;

    for (uint32_t i = 0; i < asking->walk->stops.n; i++)
        best[i] = (struct best){ .sure = -1, .behind = UINT32_MAX };
    for (uint32_t i = 0; i < asking->walk->n_asked; i++) {
        best[i].sure = 1;
        wait_in_line(&line, (struct waiting){ 1, 0, i });
    }
    while (line.heap.n && found == UINT32_MAX) {
        struct waiting here = take_first(&line);

        if (best[here.stop].is_settled)
            continue;
        best[here.stop].is_settled = true;
        if (asking->begin[here.stop] != TL_NO_NODE)
            found = here.stop;
        else
            try_steps(&line, best, asking, &here, most_loss);
    }
    tl_vec_release(&line.heap);
    return found;
}

/* ---- telling a way ---- */

/* Effect and confidence of a way whose stops are laid. */
static void add_up(struct tl_way_found *way, const struct asking *asking)
{
    double sure = 1;

    way->effect = TL_NO_EFFECT;
    way->is_steering = false;
    for (uint32_t i = 1; i < way->n_stops; i++) {
        uint32_t edge = way->stops[i].edge;
        unsigned loss = loss_of(asking, edge);

        sure = sure * sure_of(asking, edge) / 1000.0;
        if (loss == STEERS)
            way->is_steering = true;
        else
            way->effect = (uint8_t)tl_effect_compose(way->effect, (enum tl_effect)loss);
    }
    way->confidence = (uint16_t)(sure * 1000 + 0.5);
}

static void lay_riskiest(struct tl_way_found *out, const struct best *best,
                         uint32_t begin, const struct asking *asking, struct tl_ctx *ctx)
{
    uint32_t n = best[begin].hops + 1;
    struct tl_way_stop *stops = tl_arena_alloc(ctx->arena, n, sizeof *stops);

    stops[0] = (struct tl_way_stop){ { asking->begin[begin] }, TL_NO_NODE };
    for (uint32_t i = 1, at = begin; i < n; i++, at = best[at].behind)
        stops[i] = (struct tl_way_stop){ asking->walk->stops.items[best[at].behind].node,
                                         best[at].edge };
    *out = (struct tl_way_found){ .stops = stops, .n_stops = n };
    add_up(out, asking);
}

static bool find_riskiest(struct tl_way_found *out, const struct asking *asking,
                          struct tl_ctx *ctx)
{
    unsigned loss = least_loss(asking);

    if (loss == NOT_REACHED)
        return false;
    struct best *best = tl_alloc(asking->walk->stops.n + 1, sizeof *best);
    uint32_t begin = find_surest(best, asking, loss);
    if (begin != UINT32_MAX)
        lay_riskiest(out, best, begin, asking, ctx);
    tl_free(best);
    return begin != UINT32_MAX;
}

bool tl_walked_riskiest(struct tl_way_found *out, const struct tl_walked *walk,
                        const struct tl_graph *graph,
                        const struct tl_way_origins *origins, struct tl_ctx *ctx)
{
    struct asking asking = { .walk = walk, .graph = graph, .origins = origins };

    begin_asking(&asking);
    bool is_found = find_riskiest(out, &asking, ctx);
    end_asking(&asking);
    return is_found;
}

/* ---- all ways ---- */

/* Marks the stops from which an origin can still be reached: the search goes nowhere else. */
static uint8_t *mark_leading(const struct asking *asking)
{
    const struct tl_walked *walk = asking->walk;
    size_t n = walk->stops.n;
    uint8_t *leads = tl_alloc(n + 1, 1);
    uint32_t *starts = tl_alloc(n + 2, sizeof *starts);
    uint32_t *behind = tl_alloc(walk->steps.n + 1, sizeof *behind);
    TL_VEC(uint32_t) queue = { 0 };

    for (size_t i = 0; i < walk->steps.n; i++)
        starts[walk->steps.items[i].stop + 2]++;
    for (size_t i = 2; i < n + 2; i++)
        starts[i] += starts[i - 1];
    for (uint32_t i = 0; i < n; i++) {
        const struct tl_walk_stop *stop = &walk->stops.items[i];
        for (uint32_t s = 0; s < stop->n_steps; s++)
            behind[starts[walk->steps.items[stop->first_step + s].stop + 1]++] = i;
        if (asking->begin[i] != TL_NO_NODE) {
            leads[i] = 1;
            tl_vec_push(&queue, i);
        }
    }
    for (size_t at = 0; at < queue.n; at++) {
        uint32_t here = queue.items[at];
        for (uint32_t i = starts[here]; i < starts[here + 1]; i++)
            if (!leads[behind[i]]) {
                leads[behind[i]] = 1;
                tl_vec_push(&queue, behind[i]);
            }
    }
    tl_vec_release(&queue);
    tl_free(starts);
    tl_free(behind);
    return leads;
}

/* Of several edges between two stops only the riskiest is gone along. */
static uint8_t *mark_riskiest_steps(const struct asking *asking)
{
    const struct tl_walked *walk = asking->walk;
    uint8_t *is_wanted = tl_alloc(walk->steps.n + 1, 1);
    uint32_t *chosen = tl_alloc(walk->stops.n + 1, sizeof *chosen); /* step + 1 */

    for (uint32_t i = 0; i < walk->stops.n; i++) {
        const struct tl_walk_stop *stop = &walk->stops.items[i];
        uint32_t end = stop->first_step + stop->n_steps;

        for (uint32_t s = stop->first_step; s < end; s++) {
            const struct tl_walk_step *step = &walk->steps.items[s];
            uint32_t *known = &chosen[step->stop];

            /* of an earlier stop: its steps stand before this one's */
            bool is_first = *known <= stop->first_step;
            uint32_t edge = is_first ? 0 : walk->steps.items[*known - 1].edge;
            if (is_first || loss_of(asking, step->edge) < loss_of(asking, edge) ||
                (loss_of(asking, step->edge) == loss_of(asking, edge) &&
                 sure_of(asking, step->edge) > sure_of(asking, edge))) {
                if (!is_first)
                    is_wanted[*known - 1] = 0;
                is_wanted[s] = 1;
                *known = s + 1;
            }
        }
    }
    tl_free(chosen);
    return is_wanted;
}

struct standing {
    uint32_t stop, next; /* step to be tried next */
    uint32_t edge;       /* by which it was come to */
};
struct collecting {
    struct asking asking;
    const uint8_t *leads, *is_wanted;
    uint8_t *is_on_way;
    TL_VEC(struct standing) way;
    TL_VEC(struct tl_way_found) found;
    uint32_t most, n_looks;
    bool is_cut;
    struct tl_ctx *ctx;
};

/* By its columns: which of several edges between two of them is told makes no other way. */
static bool is_known(const struct collecting *collecting, const struct tl_way_found *way)
{
    const struct tl_way_found *riskiest = collecting->found.items;
    bool is_same = collecting->found.n && riskiest->n_stops == way->n_stops;

    for (uint32_t i = 0; is_same && i < way->n_stops; i++)
        is_same = riskiest->stops[i].node.i == way->stops[i].node.i;
    return is_same;
}

/* Of the edges from one stop to another that lose no more than the whole way does anyhow, the surest. */
static uint32_t surest_edge(const struct asking *asking, uint32_t from, uint32_t to,
                            unsigned most_loss)
{
    const struct tl_walk_stop *stop = &asking->walk->stops.items[from];
    uint32_t found = TL_NO_NODE;

    for (uint32_t s = stop->first_step; s < stop->first_step + stop->n_steps; s++) {
        const struct tl_walk_step *step = &asking->walk->steps.items[s];

        if (step->stop == to && loss_of(asking, step->edge) <= most_loss &&
            (found == TL_NO_NODE || sure_of(asking, step->edge) > sure_of(asking, found)))
            found = step->edge;
    }
    return found;
}

static void collect(struct collecting *collecting)
{
    const struct asking *asking = &collecting->asking;
    uint32_t n = (uint32_t)collecting->way.n;
    const struct standing *way = collecting->way.items;
    struct tl_way_stop *stops = tl_arena_alloc(collecting->ctx->arena, n, sizeof *stops);
    unsigned most_loss = 0;

    for (uint32_t i = 1; i < n; i++)
        if (loss_of(asking, way[i].edge) > most_loss)
            most_loss = loss_of(asking, way[i].edge);
    stops[0] = (struct tl_way_stop){ { asking->begin[way[n - 1].stop] }, TL_NO_NODE };
    for (uint32_t i = 1; i < n; i++)
        stops[i] =
            (struct tl_way_stop){ asking->walk->stops.items[way[n - 1 - i].stop].node,
                                  surest_edge(asking, way[n - 1 - i].stop,
                                              way[n - i].stop, most_loss) };
    struct tl_way_found found = { .stops = stops, .n_stops = n };
    if (is_known(collecting, &found))
        return;
    if (collecting->found.n >= collecting->most) {
        collecting->is_cut = true;
        return;
    }
    add_up(&found, asking);
    tl_vec_push(&collecting->found, found);
}

static void stand_on(struct collecting *collecting, uint32_t stop, uint32_t edge)
{
    struct standing standing = { stop, 0, edge };

    collecting->is_on_way[stop] = 1;
    tl_vec_push(&collecting->way, standing);
    if (collecting->asking.begin[stop] != TL_NO_NODE)
        collect(collecting);
}

static void search_from(struct collecting *collecting, uint32_t asked)
{
    const struct tl_walked *walk = collecting->asking.walk;

    stand_on(collecting, asked, TL_NO_NODE);
    while (collecting->way.n && !collecting->is_cut) {
        struct standing *here = &collecting->way.items[collecting->way.n - 1];
        const struct tl_walk_stop *stop = &walk->stops.items[here->stop];

        if (here->next == stop->n_steps) {
            collecting->is_on_way[here->stop] = 0;
            collecting->way.n--;
            continue;
        }
        uint32_t number = stop->first_step + here->next++;
        const struct tl_walk_step *step = &walk->steps.items[number];
        if (++collecting->n_looks > MOST_LOOKS)
            collecting->is_cut = true;
        else if (collecting->is_wanted[number] && collecting->leads[step->stop] &&
                 !collecting->is_on_way[step->stop])
            stand_on(collecting, step->stop, step->edge);
    }
    for (size_t i = 0; i < collecting->way.n; i++)
        collecting->is_on_way[collecting->way.items[i].stop] = 0;
    collecting->way.n = 0;
}

static int by_risk(const void *a, const void *b)
{
    const struct tl_way_found *x = a, *y = b;

    if (x->is_steering != y->is_steering)
        return x->is_steering ? 1 : -1;
    if (x->effect != y->effect)
        return x->effect < y->effect ? -1 : 1;
    if (x->confidence != y->confidence)
        return x->confidence > y->confidence ? -1 : 1;
    if (x->n_stops != y->n_stops)
        return x->n_stops < y->n_stops ? -1 : 1;
    return memcmp(x->stops, y->stops, x->n_stops * sizeof *x->stops);
}

uint32_t tl_walked_ways(struct tl_way_found **out, bool *is_cut, uint32_t most,
                        const struct tl_walked *walk, const struct tl_graph *graph,
                        const struct tl_way_origins *origins, struct tl_ctx *ctx)
{
    struct collecting collecting = { .asking = { walk, graph, origins, NULL, NULL },
                                     .most = most,
                                     .ctx = ctx };
    struct tl_way_found riskiest;

    begin_asking(&collecting.asking);
    uint8_t *leads = mark_leading(&collecting.asking);
    uint8_t *is_wanted = mark_riskiest_steps(&collecting.asking);
    collecting.leads = leads;
    collecting.is_wanted = is_wanted;
    collecting.is_on_way = tl_alloc(walk->stops.n + 1, 1);
    /* It is among them even where the search ends early. */
    if (most && find_riskiest(&riskiest, &collecting.asking, ctx))
        tl_vec_push(&collecting.found, riskiest);
    for (uint32_t i = 0; i < walk->n_asked && !collecting.is_cut; i++)
        if (leads[i])
            search_from(&collecting, i);
    size_t n = collecting.found.n;
    *out = tl_arena_alloc(ctx->arena, n, sizeof **out);
    if (n)
        memcpy(*out, collecting.found.items, n * sizeof **out);
    if (n > 1)
        qsort(*out, n, sizeof **out, by_risk);
    *is_cut = collecting.is_cut;
    tl_vec_release(&collecting.found);
    tl_vec_release(&collecting.way);
    tl_free(collecting.is_on_way);
    tl_free(leads);
    tl_free(is_wanted);
    end_asking(&collecting.asking);
    return (uint32_t)n;
}
