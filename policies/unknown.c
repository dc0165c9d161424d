/*
 * Where values of columns go that could not be told: breadth first along the edges that move values, once for each effect that a way may
 * have, so that an excuse by effect excuses only the ways that have it. Leaves columns as tl_graph_carry does. It ends at a column that
 * says itself what it is, and where only figures over rows are left.
 */
#include "policies/check.h"

#include "base/ctx.h"

#include <string.h>

static bool is_view(int kind)
{
    return kind == TL_VIEW || kind == TL_MATERIALIZED_VIEW;
}

/* Whether a classifier or a person said what it is; with `carried`: or what comes into it did. */
static bool is_told(const struct tl_graph_node *node, bool carried)
{
    for (uint32_t t = 0; t < node->n_tags; t++) {
        int state = node->tags[t].state;

        if (state == TL_PROPOSED || state == TL_CONFIRMED || state == TL_REJECTED ||
            (carried && state == TL_CARRIED))
            return true;
    }
    return false;
}

static bool has_ways_in(const struct tl_asking *asking, const struct tl_graph_node *node)
{
    for (uint32_t i = 0; i < node->n_in; i++) {
        struct tl_graph_edge edge;

        tl_graph_edge(&edge, asking->graph, node->first_in + i);
        if (tl_edge_moves_values(edge.kind))
            return true;
    }
    return false;
}

static void add(struct tl_asking *asking, const struct tl_unseen *unseen)
{
    uint32_t *first = &asking->first_unseen[unseen->node.i];

    tl_vec_push(&asking->unseen, *unseen);
    asking->unseen.items[asking->unseen.n - 1].next = *first;
    *first = (uint32_t)asking->unseen.n - 1;
}

/* What fills a view is all in its edges: it is as well known as what it is made of. */
static void add_seeds(struct tl_asking *asking)
{
    size_t n = tl_graph_datasets(asking->graph);

    for (uint32_t i = 0; i < n; i++) {
        struct tl_graph_dataset_view view;

        tl_graph_dataset(&view, asking->graph, i);
        for (uint32_t c = 0; c < view.n_columns; c++) {
            struct tl_graph_node node;

            tl_graph_node(&node, asking->graph, view.columns[c]);
            if (!node.is_unknown || is_told(&node, true) ||
                (is_view(view.dataset.kind) && has_ways_in(asking, &node)))
                continue;
            add(asking, &(const struct tl_unseen){ .node = view.columns[c],
                                                   .origin = view.columns[c],
                                                   .effect = TL_NO_EFFECT });
        }
    }
}

/* The one of the same column and effect, or NULL. */
static struct tl_unseen *find(const struct tl_asking *asking, struct tl_node_id node,
                              int effect)
{
    for (uint32_t i = asking->first_unseen[node.i]; i != TL_NO_UNSEEN;
         i = asking->unseen.items[i].next)
        if (asking->unseen.items[i].effect == effect)
            return &asking->unseen.items[i];
    return NULL;
}

/* From all of one dataset to all of another a column goes where its own name is, if it is met there. */
static struct tl_node_id end_of(const struct tl_asking *asking,
                                const struct tl_graph_node *begin,
                                const struct tl_graph_edge *way)
{
    struct tl_graph_node source, target;

    if (way->kind != TL_IDENTITY)
        return way->target;
    tl_graph_node(&source, asking->graph, way->source);
    tl_graph_node(&target, asking->graph, way->target);
    if (strcmp(source.path, "*") != 0 || strcmp(target.path, "*") != 0)
        return way->target;
    struct tl_node_id own = tl_graph_find(asking->graph, target.dataset, begin->path);
    return own.i != TL_NO_NODE ? own : way->target;
}

/* The ways of `by`, which is the column at `from`, a record around it or the whole row. */
static void leave_by(struct tl_asking *asking, uint32_t from,
                     const struct tl_graph_node *begin, struct tl_node_id by)
{
    const struct tl_unseen here = asking->unseen.items[from];
    struct tl_graph_node node;

    tl_graph_node(&node, asking->graph, by);
    for (uint32_t i = 0; i < node.n_out; i++) {
        struct tl_graph_edge way;
        struct tl_graph_node target;

        tl_graph_edge(&way, asking->graph, node.out[i]);
        if (way.target.i == TL_NO_NODE || !tl_edge_carries(&way))
            continue;
        struct tl_unseen there = here;
        there.node = end_of(asking, begin, &way);
        there.edge = node.out[i];
        there.before = from;
        there.hops++;
        there.effect = (uint8_t)tl_effect_compose(here.effect, way.effect);
        struct tl_unseen *known = find(asking, there.node, there.effect);
        if (known) {
            known->is_joined = true;
            continue;
        }
        tl_graph_node(&target, asking->graph, there.node);
        if (!is_told(&target, false))
            add(asking, &there);
    }
}

static void leave(struct tl_asking *asking, uint32_t from, struct tl_str *record)
{
    struct tl_node_id id = asking->unseen.items[from].node;
    struct tl_graph_node node;

    tl_graph_node(&node, asking->graph, id);
    leave_by(asking, from, &node, id);
    for (const char *dot = strchr(node.path, '.'); dot; dot = strchr(dot + 1, '.')) {
        tl_str_clear(record);
        tl_str_add_bytes(record, node.path, (size_t)(dot - node.path));
        struct tl_node_id around =
            tl_graph_find(asking->graph, node.dataset, record->text);
        if (around.i != TL_NO_NODE)
            leave_by(asking, from, &node, around);
    }
    struct tl_node_id star = tl_graph_find(asking->graph, node.dataset, "*");
    if (star.i != TL_NO_NODE && star.i != id.i)
        leave_by(asking, from, &node, star);
}

void tl_asking_follow_unknown(struct tl_asking *asking)
{
    size_t n = tl_graph_nodes(asking->graph);
    struct tl_str record = TL_STR_INIT(TL_STR_MOST);

    asking->first_unseen = tl_alloc(n + 1, sizeof *asking->first_unseen);
    for (size_t i = 0; i < n; i++)
        asking->first_unseen[i] = TL_NO_UNSEEN;
    add_seeds(asking);
    for (uint32_t at = 0; at < asking->unseen.n; at++)
        leave(asking, at, &record);
    tl_str_release(&record);
}

const struct tl_unseen *tl_asking_unseen(const struct tl_asking *asking,
                                         struct tl_node_id node,
                                         const struct tl_unseen *last)
{
    uint32_t i = last ? last->next : asking->first_unseen[node.i];

    while (i != TL_NO_UNSEEN && asking->unseen.items[i].hops == 0)
        i = asking->unseen.items[i].next;
    return i == TL_NO_UNSEEN ? NULL : &asking->unseen.items[i];
}

/* Where another way joined this one, or it is very long, nobody looks at all of them: it may. */
bool tl_asking_unseen_from(struct tl_asking *asking, const struct tl_unseen *unseen,
                           const struct tl_policy_scope *scope)
{
    const struct tl_unseen *at = unseen;

    if (at->hops > TL_HOPS_MOST)
        return true;
    while (at->hops > 0) {
        struct tl_graph_node node;

        if (at->is_joined)
            return true;
        at = &asking->unseen.items[at->before];
        tl_graph_node(&node, asking->graph, at->node);
        if (tl_asking_in(asking, node.dataset, scope) != TL_OUT_OF_SCOPE)
            return true;
    }
    return false;
}

void tl_asking_trace_unseen(struct tl_trace *out, struct tl_asking *asking,
                            const struct tl_unseen *unseen)
{
    bool is_long = unseen->hops > TL_HOPS_MOST;
    uint32_t n = is_long ? 2 : unseen->hops + 1;
    struct tl_step *steps = tl_arena_alloc(asking->ctx->arena, n, sizeof *steps);
    const struct tl_unseen *at = unseen;

    for (uint32_t k = n; k-- > 0;) {
        struct tl_graph_node node;

        tl_graph_node(&node, asking->graph, is_long && k == 0 ? at->origin : at->node);
        steps[k] = (struct tl_step){ .dataset = tl_asking_keep(asking, node.dataset),
                                     .path = tl_asking_keep(asking, node.path) };
        if (k > 0)
            tl_asking_way(&steps[k], asking, at->edge);
        if (k > 0 && !is_long)
            at = &asking->unseen.items[at->before];
    }
    *out = (struct tl_trace){ steps, n, unseen->hops, unseen->effect };
}
