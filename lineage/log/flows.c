/*
 * The rules, once, in words:
 * - Edges and problems into datasets of a source that was read are the entry's; all others stay as they are believed.
 * - A carried tag keeps its line while its source, effect, category, sensitivity and band of confidence are the same.
 * - It takes the place of a withdrawn tag of its type; a live one and a person's rejection keep it away.
 * - One that is carried no more is taken away, not withdrawn: nobody has to look at what only followed from something else.
 */
#include "lineage/log/flows.h"

#include "base/ctx.h"

#include <stdlib.h>

/* ---- what the entry tells ---- */

static int compare_texts(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static bool is_same_text(const char *a, const char *b)
{
    return compare_texts(a, b) == 0;
}

static int compare_problems(const struct tl_edge_problem *a,
                            const struct tl_edge_problem *b)
{
    int order = compare_texts(a->query, b->query);

    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    if (order == 0)
        order = (a->column > b->column) - (a->column < b->column);
    return order ? order : compare_texts(a->what, b->what);
}

static int by_target(const void *a, const void *b)
{
    const struct tl_edge_problem *left = a, *right = b;
    int order = compare_texts(left->target, right->target);

    return order ? order : compare_problems(left, right);
}

/* Sorted, and each once: the same star may be asked for twice. */
static void take_problems(struct tl_flows *flows, const struct tl_edges *edges)
{
    size_t n = 0;

    for (size_t i = 0; i < edges->problems.n; i++)
        tl_vec_push(&flows->problems, edges->problems.items[i]);
    if (flows->problems.n)
        qsort(flows->problems.items, flows->problems.n, sizeof *flows->problems.items,
              by_target);
    for (size_t i = 0; i < flows->problems.n; i++)
        if (n == 0 ||
            by_target(&flows->problems.items[n - 1], &flows->problems.items[i]) != 0)
            flows->problems.items[n++] = flows->problems.items[i];
    flows->problems.n = n;
    while (flows->n_loose < n && !flows->problems.items[flows->n_loose].target)
        flows->n_loose++;
}

/* The name of the source that a key's text begins with, when its edges are the entry's to tell; else NULL. */
static const char *told_source(const struct tl_flows *flows, const char *text,
                               struct tl_str *name)
{
    const struct tl_snapshot *snapshot = flows->entry->snapshot;
    uint32_t i;

    tl_str_clear(name);
    if (!tl_name_decode(name, text, strcspn(text, "/")) ||
        !tl_map_get(&flows->read, name->text, name->n, &i))
        return NULL;
    return tl_snapshot_text(snapshot, snapshot->sources.items[i].name);
}

static struct tl_flow_target *take_target(struct tl_flows *flows, const char *text,
                                          struct tl_str *name)
{
    struct tl_flow_target target = { .text = text };
    uint32_t i;

    if (tl_map_get(&flows->by_text, text, strlen(text), &i))
        return &flows->targets.items[i];
    target.source = told_source(flows, text, name);
    if (!target.source)
        return NULL;
    tl_map_put(&flows->by_text, text, strlen(text), (uint32_t)flows->targets.n);
    tl_vec_push(&flows->targets, target);
    return &flows->targets.items[flows->targets.n - 1];
}

static void take_targets(struct tl_flows *flows, const struct tl_edges *edges)
{
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);
    size_t i, end;

    for (i = 0; i < edges->items.n; i = end) {
        const struct tl_edge *first = &edges->items.items[i];
        for (end = i + 1; end < edges->items.n &&
                          strcmp(edges->items.items[end].target, first->target) == 0;)
            end++;
        struct tl_flow_target *target = take_target(flows, first->target, &name);
        if (target) {
            target->edges = first;
            target->n_edges = (uint32_t)(end - i);
        }
    }
    for (i = flows->n_loose; i < flows->problems.n; i = end) {
        const struct tl_edge_problem *first = &flows->problems.items[i];
        for (end = i + 1; end < flows->problems.n &&
                          strcmp(flows->problems.items[end].target, first->target) == 0;)
            end++;
        struct tl_flow_target *target = take_target(flows, first->target, &name);
        if (target) {
            target->problems = first;
            target->n_problems = (uint32_t)(end - i);
        }
    }
    tl_str_release(&name);
}

static int check_edges(const struct tl_edges *edges, struct tl_ctx *ctx)
{
    for (size_t i = 0; i < edges->items.n; i++) {
        const struct tl_edge *edge = &edges->items.items[i];
        if (!edge->target || !edge->source || (i && tl_edge_compare(edge - 1, edge) >= 0))
            return tl_fail(ctx, TL_EINTERNAL, "edges are out of order");
    }
    return TL_OK;
}

int tl_flows_init(struct tl_flows *flows, const struct tl_entry *entry,
                  struct tl_ctx *ctx)
{
    const struct tl_snapshot *snapshot = entry->snapshot;

    *flows = (struct tl_flows){ .entry = entry };
    if (!entry->edges || !snapshot)
        return TL_OK;
    for (uint32_t i = 0; i < snapshot->sources.n; i++) {
        const struct tl_source *source = &snapshot->sources.items[i];
        const char *name = tl_snapshot_text(snapshot, source->name);
        if (source->state == TL_SOURCE_READ)
            tl_map_put(&flows->read, name, strlen(name), i);
    }
    int rc = check_edges(entry->edges, ctx);
    if (rc < 0)
        return rc;
    take_problems(flows, entry->edges);
    take_targets(flows, entry->edges);
    return TL_OK;
}

void tl_flows_release(struct tl_flows *flows)
{
    tl_map_release(&flows->read);
    tl_map_release(&flows->by_text);
    tl_map_release(&flows->carried);
    tl_vec_release(&flows->targets);
    tl_vec_release(&flows->problems);
}

static bool is_carried(const struct tl_graph_tag *tag)
{
    return tag->from.i != TL_NO_NODE;
}

void tl_flows_carry(struct tl_flows *flows, const struct tl_graph *graph)
{
    struct tl_graph_node node;

    flows->graph = graph;
    for (uint32_t i = 0; i < tl_graph_nodes(graph); i++) {
        tl_graph_node(&node, graph, (struct tl_node_id){ i });
        for (uint32_t t = 0; t < node.n_tags; t++)
            if (is_carried(&node.tags[t])) {
                tl_map_put(&flows->carried, node.dataset, strlen(node.dataset), 0);
                break;
            }
    }
}

bool tl_flows_tells(const struct tl_flows *flows, const char *source)
{
    uint32_t i;

    return flows->read.n && tl_map_get(&flows->read, source, strlen(source), &i);
}

struct tl_flow_target *tl_flows_find(const struct tl_flows *flows, const char *text)
{
    uint32_t i;

    return tl_map_get(&flows->by_text, text, strlen(text), &i) ? &flows->targets.items[i]
                                                               : NULL;
}

bool tl_flows_name(const struct tl_flows *flows, const char *text)
{
    const struct tl_flow_target *target = tl_flows_find(flows, text);

    return target && !target->is_in_snapshot;
}

/* ---- edges and problems ---- */

/* A state's edges have no target of their own, an entry's do. */
static int compare_edges(const struct tl_edge *a, const struct tl_edge *b)
{
    struct tl_edge left = *a, right = *b;

    left.target = right.target = NULL;
    return tl_edge_compare(&left, &right);
}

static bool is_same_line(const struct tl_edge *a, const struct tl_edge *b)
{
    return a->line == b->line && a->column == b->column && a->confidence == b->confidence;
}

struct edge_list {
    const struct tl_edge *items;
    uint32_t n;
};

static void diff_edges(struct tl_flow_change *out, struct edge_list old,
                       struct edge_list now)
{
    for (uint32_t i = 0, k = 0; i < old.n || k < now.n;) {
        int order = i == old.n   ? 1
                    : k == now.n ? -1
                                 : compare_edges(&old.items[i], &now.items[k]);
        out->n_gone_edges += order < 0;
        out->n_new_edges += order > 0;
        out->is_any = out->is_any || order || !is_same_line(&old.items[i], &now.items[k]);
        i += order <= 0;
        k += order >= 0;
    }
}

static void apply_edges(struct tl_flow_change *out, struct tl_state_file *state,
                        const struct tl_flow_target *target)
{
    static const struct tl_flow_target nothing;

    if (!target)
        target = &nothing;
    diff_edges(out, (struct edge_list){ state->edges, state->n_edges },
               (struct edge_list){ target->edges, target->n_edges });
    out->is_any = out->is_any || state->n_problems != target->n_problems;
    for (uint32_t i = 0; !out->is_any && i < state->n_problems; i++)
        out->is_any = compare_problems(&state->problems[i], &target->problems[i]) != 0;
    state->edges = target->edges;
    state->n_edges = target->n_edges;
    state->problems = target->problems;
    state->n_problems = target->n_problems;
}

/* ---- carried tags ---- */

struct laying {
    const struct tl_flows *flows;
    const struct tl_merge *merge;
    const char *text; /* the dataset's key */
    struct tl_flow_change *change;
    TL_VEC(struct tl_flow_loss) losses;
};

static const char *column_text(const struct laying *laying, const char *dataset,
                               const char *path)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, dataset);
    tl_str_add_char(&text, '#');
    tl_name_encode(&text, path);
    const char *out = tl_arena_dup(laying->merge->into, text.text, text.n);
    tl_str_release(&text);
    return out;
}

/* The span of a step about a column: "<key>#<column> carried <type>". */
static const char *name_span(const struct laying *laying, const char *path,
                             const char *step, const char *info_type)
{
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);
    char span[17];

    if (laying->merge->is_trial)
        return "";
    tl_str_add(&name, laying->text);
    tl_str_add_char(&name, '#');
    tl_name_encode(&name, path);
    tl_str_addf(&name, " %s %s", step, info_type);
    tl_merge_span_of(span, laying->merge, name.text, name.n);
    tl_str_release(&name);
    return tl_arena_dup(laying->merge->into, span, sizeof span - 1);
}

static struct tl_state_tag *find_tag(const struct tl_state_column *column,
                                     const char *info_type)
{
    for (uint32_t i = 0; i < column->n_tags; i++)
        if (strcmp(column->tags[i].info_type, info_type) == 0)
            return &column->tags[i];
    return NULL;
}

static bool says_the_same(const struct tl_state_tag *old, const struct tl_state_tag *now)
{
    return old->state == TL_CARRIED && old->sensitivity == now->sensitivity &&
           old->effect == now->effect && is_same_text(old->category, now->category) &&
           is_same_text(old->from, now->from) &&
           is_same_text(old->from_type, now->from_type) &&
           old->confidence / TL_CONFIDENCE_BAND == now->confidence / TL_CONFIDENCE_BAND;
}

/* What a new carried tag links to. What this run itself withdrew was never written: what stood before it was. */
static struct tl_state_tag displaced(const struct laying *laying,
                                     const struct tl_state_tag *old)
{
    struct tl_state_tag out = *old;

    if (old->is_changed) {
        out.span = old->before_span;
        out.trace = old->before_trace;
        out.since = old->before_since;
        laying->merge->counts->n_withdrawn_tags -= old->state == TL_WITHDRAWN;
    }
    return out;
}

static struct tl_state_tag carry_tag(struct laying *laying, const char *path,
                                     const struct tl_graph_tag *carried,
                                     const struct tl_state_tag *old)
{
    struct tl_graph_node from;
    struct tl_state_tag tag = { .info_type = carried->info_type,
                                .category = carried->category,
                                .from_type = carried->from_type,
                                .confidence = carried->confidence,
                                .sensitivity = carried->sensitivity,
                                .state = TL_CARRIED,
                                .origin = TL_BY_LINEAGE,
                                .effect = carried->effect,
                                .carried = carried };

    tl_graph_node(&from, laying->flows->graph, carried->from);
    tag.from = column_text(laying, from.dataset, from.path);
    laying->change->n_carried++;
    if (old && says_the_same(old, &tag)) {
        tag = *old;
        tag.carried = carried;
        return tag;
    }
    laying->change->is_any = true;
    laying->change->n_changed_carried += old && old->state == TL_CARRIED;
    laying->change->n_new_carried += !old || old->state != TL_CARRIED;
    if (old) {
        struct tl_state_tag before = displaced(laying, old);
        tl_merge_mark(&tag, before.span ? &before : NULL, laying->merge);
    } else {
        tl_merge_mark(&tag, NULL, laying->merge);
    }
    tag.span = name_span(laying, path, "carried", tag.info_type);
    return tag;
}

/* ---- carried no more ---- */

/* Whether the column has a live tag of its own, of that type (NULL: any). */
static bool has_own(const struct tl_graph_node *node, const char *info_type)
{
    for (uint32_t i = 0; i < node->n_tags; i++)
        if ((!info_type || strcmp(node->tags[i].info_type, info_type) == 0) &&
            (node->tags[i].state == TL_PROPOSED || node->tags[i].state == TL_CONFIRMED))
            return true;
    return false;
}

/* The column of the graph that "key#field" names, or TL_NO_NODE. */
static struct tl_node_id find_node(const struct tl_graph *graph, const char *text)
{
    struct tl_str dataset = TL_STR_INIT(TL_STR_MOST), path = TL_STR_INIT(TL_STR_MOST);
    struct tl_node_id node = { TL_NO_NODE };
    const char *field = text ? strchr(text, '#') : NULL;

    if (field && tl_name_decode(&path, field + 1, strlen(field + 1))) {
        tl_str_add_bytes(&dataset, text, (size_t)(field - text));
        node = tl_graph_find(graph, dataset.text, path.text);
    }
    tl_str_release(&dataset);
    tl_str_release(&path);
    return node;
}

static const char *why_lost(const struct laying *laying, struct tl_node_id node,
                            const struct tl_state_tag *tag)
{
    const struct tl_graph *graph = laying->flows->graph;
    struct tl_node_id source = find_node(graph, tag->from);
    struct tl_graph_node here = { 0 }, from = { 0 };

    if (node.i != TL_NO_NODE)
        tl_graph_node(&here, graph, node);
    if (source.i != TL_NO_NODE)
        tl_graph_node(&from, graph, source);
    if (!here.n_in)
        return "nothing flows there any more";
    if (!has_own(&from, tag->from_type))
        return "the column it came from is not tagged so any more";
    if (has_own(&here, NULL))
        return "the column has a tag of its own";
    return "no way leads there from it any more, or too little is left on it";
}

static void lose_tag(struct laying *laying, const char *path, struct tl_node_id node,
                     const struct tl_state_tag *tag)
{
    struct tl_flow_loss loss = { .column = path, .tag = tag };

    laying->change->is_any = true;
    laying->change->n_losses++;
    if (laying->merge->is_trial)
        return;
    loss.why = why_lost(laying, node, tag);
    loss.span = name_span(laying, path, "lost", tag->info_type);
    tl_vec_push(&laying->losses, loss);
}

/* ---- a column ---- */

static void apply_column(struct laying *laying, struct tl_state_column *column,
                         bool is_absent)
{
    const struct tl_graph *graph = laying->flows->graph;
    struct tl_graph_node node = { .n_tags = 0 };
    struct tl_node_id id = { TL_NO_NODE };
    struct tl_state_column was = *column;
    uint32_t n_old = 0;

    if (!is_absent && !column->is_absent)
        id = tl_graph_find(graph, laying->text, column->path);
    if (id.i != TL_NO_NODE)
        tl_graph_node(&node, graph, id);
    for (uint32_t i = 0; i < was.n_tags; i++)
        n_old += was.tags[i].state == TL_CARRIED;
    if (!n_old && !node.n_tags)
        return;
    column->tags = tl_arena_alloc(laying->merge->into, was.n_tags + node.n_tags,
                                  sizeof *column->tags);
    column->n_tags = 0;
    for (uint32_t i = 0; i < was.n_tags; i++)
        if (was.tags[i].state != TL_CARRIED)
            column->tags[column->n_tags++] = was.tags[i];
    for (uint32_t t = 0; t < node.n_tags; t++) {
        if (!is_carried(&node.tags[t]))
            continue;
        const struct tl_state_tag *old = find_tag(&was, node.tags[t].info_type);
        struct tl_state_tag *own = find_tag(column, node.tags[t].info_type);
        if (own && own->state != TL_WITHDRAWN)
            continue;
        struct tl_state_tag tag = carry_tag(laying, column->path, &node.tags[t], old);
        if (own)
            *own = tag;
        else
            column->tags[column->n_tags++] = tag;
    }
    for (uint32_t i = 0; i < was.n_tags; i++)
        if (was.tags[i].state == TL_CARRIED && !find_tag(column, was.tags[i].info_type))
            lose_tag(laying, column->path, id, &was.tags[i]);
    tl_merge_sort(column);
}

/* ---- a dataset ---- */

static void count(const struct tl_flow_change *change, const struct tl_state_file *state,
                  struct tl_appended *counts)
{
    counts->n_edges += state->n_edges;
    counts->n_problems += state->n_problems;
    counts->n_new_edges += change->n_new_edges;
    counts->n_gone_edges += change->n_gone_edges;
    counts->n_carried_tags += change->n_carried;
    counts->n_new_carried += change->n_new_carried;
    counts->n_changed_carried += change->n_changed_carried;
    counts->n_gone_carried += change->n_losses;
}

void tl_flows_apply(struct tl_flow_change *out, struct tl_state_file *state,
                    const char *text, const struct tl_flows *flows,
                    const struct tl_merge *merge)
{
    struct laying laying = {
        .flows = flows, .merge = merge, .text = text, .change = out
    };

    *out = (struct tl_flow_change){ .graph = flows->graph };
    if (tl_flows_tells(flows, state->key.source))
        apply_edges(out, state, tl_flows_find(flows, text));
    for (uint32_t i = 0; flows->graph && i < state->n_columns; i++)
        apply_column(&laying, &state->columns[i], state->is_absent);
    if (!flows->graph)
        for (uint32_t i = 0; i < state->n_columns; i++)
            for (uint32_t t = 0; t < state->columns[i].n_tags; t++)
                out->n_carried += state->columns[i].tags[t].state == TL_CARRIED;
    struct tl_flow_loss *losses =
        tl_arena_alloc(merge->into, laying.losses.n, sizeof *losses);
    if (laying.losses.n)
        memcpy(losses, laying.losses.items, laying.losses.n * sizeof *losses);
    out->losses = losses;
    tl_vec_release(&laying.losses);
    count(out, state, merge->counts);
}

uint32_t tl_flows_carried(const struct tl_belief *belief,
                          const struct tl_belief_dataset *old)
{
    uint32_t n = 0;

    for (uint32_t c = 0; c < old->n_columns; c++) {
        const struct tl_belief_column *column = &belief->columns[old->first_column + c];
        for (uint32_t t = 0; t < column->n_tags; t++)
            n += belief->tags[column->first_tag + t].state == TL_CARRIED;
    }
    return n;
}

bool tl_flows_may_change(const struct tl_flows *flows, const struct tl_belief *belief,
                         const struct tl_belief_dataset *old, const char *text)
{
    const char *source = tl_belief_text(belief, old->source);
    uint32_t i;

    if (tl_flows_tells(flows, source) &&
        (old->n_edges || old->n_problems || tl_flows_find(flows, text)))
        return true;
    return flows->graph && (tl_map_get(&flows->carried, text, strlen(text), &i) ||
                            tl_flows_carried(belief, old));
}
