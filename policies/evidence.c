/*
 * The way of a tag to its column. A carried tag has one: the graph's. A tag that a column has of its own (a view that was sampled, say)
 * still came from somewhere: its way is followed back through columns that hold the same thing.
 */
#include "policies/check.h"

#include "base/ctx.h"

#include <string.h>

/* Stations of a way that is followed back, at most: a chain of views is not that long. */
#define LINKS_MOST 64
/* Columns that are looked at for one that comes from given datasets, at most. */
#define LOOKED_MOST 100000

/* A column on the way, and the edge by which the one behind it in the list came here. */
struct link {
    struct tl_node_id node;
    const struct tl_graph_tag *tag;
    uint32_t edge;
    uint32_t behind; /* place of the link that it flows into */
};

/* The same type says more than the same category, and that more than nothing. */
static unsigned likeness(const struct tl_graph_tag *a, const struct tl_graph_tag *b)
{
    if (!tl_state_is_live(a->state))
        return 0;
    if (strcmp(a->info_type, b->info_type) == 0)
        return 2;
    return a->category && b->category && strcmp(a->category, b->category) == 0;
}

static const struct tl_graph_tag *most_alike(unsigned *alike,
                                             const struct tl_graph_node *node,
                                             const struct tl_graph_tag *tag)
{
    const struct tl_graph_tag *best = NULL;

    *alike = 0;
    for (uint32_t t = 0; t < node->n_tags; t++) {
        unsigned here = likeness(&node->tags[t], tag);

        if (here > *alike ||
            (best && here == *alike && node->tags[t].confidence > best->confidence)) {
            best = &node->tags[t];
            *alike = here;
        }
    }
    return best;
}

/* A way that is followed back, and the columns of the graph's own path, which it must not run into. */
struct way {
    struct link links[LINKS_MOST];
    uint32_t n;
    const struct tl_node_id *path;
    uint32_t n_path;
};

static bool stands_on(const struct way *way, struct tl_node_id node)
{
    for (uint32_t i = 0; i < way->n; i++)
        if (way->links[i].node.i == node.i)
            return true;
    for (uint32_t i = 0; i < way->n_path; i++)
        if (way->path[i].i == node.i)
            return true;
    return false;
}

/* To the column before the last link that is most like it: the first of the graph's order where several are. */
static bool step_back(struct way *way, const struct tl_graph *graph)
{
    const struct link *here = &way->links[way->n - 1];
    struct link *out = &way->links[way->n];
    struct tl_graph_node node;
    unsigned best = 0;

    tl_graph_node(&node, graph, here->node);
    for (uint32_t i = 0; i < node.n_in; i++) {
        struct tl_graph_edge edge;
        struct tl_graph_node source;
        unsigned alike;

        tl_graph_edge(&edge, graph, node.first_in + i);
        if (!tl_edge_carries(&edge) || stands_on(way, edge.source))
            continue;
        tl_graph_node(&source, graph, edge.source);
        const struct tl_graph_tag *tag = most_alike(&alike, &source, here->tag);
        if (alike > best ||
            (alike && alike == best && tag->confidence > out->tag->confidence)) {
            best = alike;
            *out = (struct link){ edge.source, tag, node.first_in + i, way->n - 1 };
        }
    }
    way->n += best > 0;
    return best > 0;
}

static struct tl_step step_of(struct tl_asking *asking, const struct link *link)
{
    struct tl_graph_node node;

    tl_graph_node(&node, asking->graph, link->node);
    return (struct tl_step){
        .dataset = tl_asking_keep(asking, node.dataset),
        .path = tl_asking_keep(asking, node.path),
        .info_type = tl_asking_keep(asking, link->tag->info_type),
        .confidence = link->tag->confidence,
    };
}

void tl_asking_way(struct tl_step *step, struct tl_asking *asking, uint32_t edge)
{
    struct tl_edge way;

    tl_graph_edge_told(&way, asking->graph, edge);
    step->kind = way.kind;
    step->effect = way.effect;
    step->query = tl_asking_keep(asking, way.query);
    step->line = way.line;
    step->column = way.column;
}

static uint8_t effect_of(const struct tl_step *steps, uint32_t n)
{
    uint8_t effect = TL_NO_EFFECT;

    for (uint32_t i = 1; i < n; i++)
        effect = (uint8_t)tl_effect_compose(effect, steps[i].effect);
    return effect;
}

/* Texts of the graph's path are the graph's. */
static void keep_texts(struct tl_asking *asking, struct tl_step *steps, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        steps[i].dataset = tl_asking_keep(asking, steps[i].dataset);
        steps[i].path = tl_asking_keep(asking, steps[i].path);
        steps[i].info_type = tl_asking_keep(asking, steps[i].info_type);
        steps[i].query = tl_asking_keep(asking, steps[i].query);
    }
}

/* The tag that a carried one began as. */
static const struct tl_graph_tag *origin_of(const struct tl_graph *graph,
                                            const struct tl_graph_tag *tag)
{
    struct tl_graph_node node;

    if (tag->state != TL_CARRIED || tag->from.i == TL_NO_NODE || !tag->from_type)
        return NULL;
    tl_graph_node(&node, graph, tag->from);
    for (uint32_t t = 0; t < node.n_tags; t++)
        if (tl_state_is_live(node.tags[t].state) &&
            strcmp(node.tags[t].info_type, tag->from_type) == 0)
            return &node.tags[t];
    return NULL;
}

/* The last link is the origin; the path's stations follow the first link, which is the first of them. */
static void lay_steps(struct tl_trace *out, struct tl_asking *asking,
                      const struct way *way, const struct tl_step *behind)
{
    uint32_t n = way->n - 1;
    struct tl_step *steps =
        tl_arena_alloc(asking->ctx->arena, n + way->n_path, sizeof *steps);

    for (uint32_t i = 0; i < n; i++) {
        steps[i] = step_of(asking, &way->links[n - i]);
        if (i > 0)
            tl_asking_way(&steps[i], asking, way->links[n - i + 1].edge);
    }
    memcpy(steps + n, behind, way->n_path * sizeof *steps);
    if (n > 0)
        tl_asking_way(&steps[n], asking, way->links[1].edge);
    *out = (struct tl_trace){ steps, n + way->n_path, n + way->n_path - 1, TL_NO_EFFECT };
    out->effect = effect_of(steps, out->n);
}

static void show_ends(struct tl_trace *out, struct tl_asking *asking,
                      struct tl_node_id node, const struct tl_graph_tag *tag,
                      const struct tl_graph_tag *origin)
{
    struct tl_step *steps = tl_arena_alloc(asking->ctx->arena, 2, sizeof *steps);

    steps[0] = step_of(asking, &(struct link){ .node = tag->from, .tag = origin });
    steps[1] = step_of(asking, &(struct link){ .node = node, .tag = tag });
    tl_asking_way(&steps[1], asking, tag->edge);
    steps[1].effect = tag->effect;
    *out = (struct tl_trace){ steps, 2, tag->hops, tag->effect };
}

void tl_asking_trace(struct tl_trace *out, struct tl_asking *asking,
                     struct tl_node_id node, const struct tl_graph_tag *tag)
{
    const struct tl_graph *graph = asking->graph;
    const struct tl_graph_tag *origin = origin_of(graph, tag);
    const struct tl_step *path;
    struct way way = { .n = 1 };

    if (origin && tag->hops > TL_HOPS_MOST) {
        show_ends(out, asking, node, tag, origin);
        return;
    }
    tl_graph_path(&path, &way.n_path, graph, node, tag, asking->ctx);
    struct tl_step *behind =
        tl_arena_alloc(asking->ctx->arena, way.n_path, sizeof *behind);
    struct tl_node_id *nodes =
        tl_arena_alloc(asking->ctx->arena, way.n_path, sizeof *nodes);
    memcpy(behind, path, way.n_path * sizeof *behind);
    for (uint32_t i = 0; i < way.n_path; i++)
        nodes[i] = tl_graph_find(graph, path[i].dataset, path[i].path);
    way.path = nodes;
    way.links[0] =
        (struct link){ origin ? tag->from : node, origin ? origin : tag, 0, 0 };
    if (origin || tag->state != TL_CARRIED)
        while (way.n < LINKS_MOST && step_back(&way, graph))
            continue;
    keep_texts(asking, behind, way.n_path);
    /* how it came to its first station is what the links say */
    behind[0].kind = TL_IDENTITY;
    behind[0].effect = TL_NO_EFFECT;
    behind[0].query = NULL;
    behind[0].line = behind[0].column = 0;
    lay_steps(out, asking, &way, behind);
}

/* ---- ways that come by certain datasets ---- */

enum tl_in_scope tl_asking_in(struct tl_asking *asking, const char *dataset,
                              const struct tl_policy_scope *scope)
{
    tl_place_set(&asking->other, dataset, asking->question->declarations,
                 asking->question->n_declarations);
    return tl_policy_in_scope(scope, &asking->other);
}

/* From links[at] back to links[0], the column itself. */
static void lay_found(struct tl_trace *out, struct tl_asking *asking,
                      const struct link *links, uint32_t at)
{
    uint32_t n = 1;

    for (uint32_t i = at; i != 0; i = links[i].behind)
        n++;
    struct tl_step *steps = tl_arena_alloc(asking->ctx->arena, n, sizeof *steps);
    for (uint32_t i = at, k = 0, came = 0;; came = i, i = links[i].behind, k++) {
        steps[k] = step_of(asking, &links[i]);
        if (k > 0)
            tl_asking_way(&steps[k], asking, links[came].edge);
        if (i == 0)
            break;
    }
    *out = (struct tl_trace){ steps, n, n - 1, effect_of(steps, n) };
}

/* Breadth first, so that the shortest way is found. What is beyond the columns that are looked at may be in scope: nobody can tell. */
static enum tl_in_scope search(struct tl_trace *out, struct tl_asking *asking,
                               const struct tl_policy_scope *scope,
                               const struct link *begin)
{
    TL_VEC(struct link) links = { 0 };
    struct tl_map seen = TL_MAP_INIT;
    enum tl_in_scope answer = TL_OUT_OF_SCOPE;

    tl_vec_push(&links, *begin);
    for (uint32_t at = 0; at < links.n && answer != TL_IN_SCOPE; at++) {
        struct tl_graph_node node;

        tl_graph_node(&node, asking->graph, links.items[at].node);
        if (at > 0) {
            enum tl_in_scope here = tl_asking_in(asking, node.dataset, scope);
            if (here == TL_IN_SCOPE)
                lay_found(out, asking, links.items, at);
            answer = here == TL_OUT_OF_SCOPE ? answer : here;
        }
        for (uint32_t i = 0; i < node.n_in && !out->is_cut; i++) {
            struct tl_graph_edge edge;
            struct tl_graph_node source;
            unsigned alike;
            uint32_t known;

            tl_graph_edge(&edge, asking->graph, node.first_in + i);
            if (!tl_edge_carries(&edge) ||
                tl_map_get(&seen, &edge.source.i, sizeof edge.source.i, &known))
                continue;
            tl_graph_node(&source, asking->graph, edge.source);
            const struct tl_graph_tag *tag =
                most_alike(&alike, &source, links.items[at].tag);
            if (!tag)
                continue;
            out->is_cut = links.n >= LOOKED_MOST;
            if (out->is_cut)
                break;
            tl_map_put(&seen, &edge.source.i, sizeof edge.source.i, 1);
            tl_vec_push(&links,
                        ((struct link){ edge.source, tag, node.first_in + i, at }));
        }
    }
    tl_map_release(&seen);
    tl_vec_release(&links);
    return answer == TL_OUT_OF_SCOPE && out->is_cut ? TL_UNTOLD_SCOPE : answer;
}

enum tl_in_scope tl_asking_trace_from(struct tl_trace *out, struct tl_asking *asking,
                                      const struct tl_policy_scope *scope,
                                      struct tl_node_id node,
                                      const struct tl_graph_tag *tag)
{
    const struct link begin = { node, tag, 0, 0 };
    enum tl_in_scope answer = TL_OUT_OF_SCOPE;

    tl_asking_trace(out, asking, node, tag);
    for (uint32_t i = 0; i + 1 < out->n; i++) {
        enum tl_in_scope here = tl_asking_in(asking, out->steps[i].dataset, scope);

        if (here == TL_IN_SCOPE)
            return here;
        answer = here == TL_OUT_OF_SCOPE ? answer : here;
    }
    enum tl_in_scope found = search(out, asking, scope, &begin);
    return found == TL_OUT_OF_SCOPE ? answer : found;
}

/* ---- putting traces together ---- */

void tl_trace_add(struct tl_trace *trace, const struct tl_step *step, struct tl_ctx *ctx)
{
    const struct tl_trace other = { step, 1, 0, TL_NO_EFFECT };

    tl_trace_join(trace, &other, ctx);
}

void tl_trace_join(struct tl_trace *trace, const struct tl_trace *other,
                   struct tl_ctx *ctx)
{
    struct tl_step *steps =
        tl_arena_alloc(ctx->arena, trace->n + other->n, sizeof *steps);

    if (trace->n)
        memcpy(steps, trace->steps, trace->n * sizeof *steps);
    if (other->n)
        memcpy(steps + trace->n, other->steps, other->n * sizeof *steps);
    trace->steps = steps;
    trace->n += other->n;
}
