/*
 * What is known before anything is asked. Rules look for kinds of tags, and of kinds there are few however many columns there are: each
 * kind is held against every rule once, and a column then costs one look-up a tag.
 */
#include "policies/check.h"

#include "base/ctx.h"

#include <stdlib.h>
#include <string.h>

/* ---- classes of tags ---- */

static void set_bit(uint64_t *words, uint32_t i)
{
    words[i / 64] |= (uint64_t)1 << i % 64;
}

static bool has_bit(const uint64_t *words, uint32_t i)
{
    return words[i / 64] >> i % 64 & 1;
}

static void match_class(const struct tl_asking *asking, uint64_t *bits,
                        const struct tl_graph_tag *tag)
{
    for (size_t l = 0; l < asking->policies->n_laws; l++) {
        const struct tl_law *law = &asking->policies->laws[l];

        for (uint32_t w = 0; w < law->n_what + law->needs.beside; w++) {
            const struct tl_policy_what *what =
                w < law->n_what ? &law->what[w] : &law->needs.beside_what;
            uint32_t selector = law->first_selector + w;

            if (!tl_policy_is_what(what, tag))
                continue;
            if (what->states & 1u << tag->state)
                set_bit(bits, selector);
            else if (tag->state == TL_WITHDRAWN)
                set_bit(bits + asking->n_words, selector);
        }
    }
}

uint32_t tl_asking_class(struct tl_asking *asking, const struct tl_graph_tag *tag)
{
    struct tl_str *key = &asking->class_key;
    uint32_t class;

    tl_str_clear(key);
    tl_str_add_char(key, (char)tag->state);
    tl_str_add_char(key, (char)tag->sensitivity);
    tl_str_add(key, tag->info_type);
    tl_str_add_char(key, 0);
    tl_str_add(key, tag->category ? tag->category : "");
    if (tl_map_get(&asking->classes, key->text, key->n, &class))
        return class;
    class = (uint32_t)asking->classes.n;
    tl_map_put(&asking->classes, tl_arena_dup(asking->ctx->arena, key->text, key->n),
               key->n, class);
    for (size_t i = 0; i < 2 * asking->n_words; i++)
        tl_vec_push(&asking->bits, 0);
    match_class(asking, asking->bits.items + class * 2 * asking->n_words, tag);
    return class;
}

enum tl_wanted tl_asking_wants(const struct tl_asking *asking, uint32_t class,
                               uint32_t selector)
{
    const uint64_t *bits = asking->bits.items + (size_t) class * 2 * asking->n_words;

    return has_bit(bits, selector)                     ? TL_WANTED_LIVE
           : has_bit(bits + asking->n_words, selector) ? TL_WANTED_WITHDRAWN
                                                       : TL_UNWANTED;
}

enum tl_wanted tl_asking_holds(const struct tl_asking *asking, uint32_t selector)
{
    return has_bit(asking->present, selector)                     ? TL_WANTED_LIVE
           : has_bit(asking->present + asking->n_words, selector) ? TL_WANTED_WITHDRAWN
                                                                  : TL_UNWANTED;
}

/* ---- texts ---- */

const char *tl_asking_keep(struct tl_asking *asking, const char *text)
{
    uint32_t at;

    if (!text)
        return NULL;
    size_t n = strlen(text);
    if (tl_map_get(&asking->kept, text, n, &at))
        return asking->kept_texts.items[at];
    const char *kept = tl_arena_dup(asking->ctx->arena, text, n);
    tl_map_put(&asking->kept, kept, n, (uint32_t)asking->kept_texts.n);
    tl_vec_push(&asking->kept_texts, kept);
    return kept;
}

/* ---- what flows between datasets ---- */

static bool is_flow(const struct tl_graph_edge *edge)
{
    return tl_edge_moves_values(edge->kind);
}

static uint32_t source_dataset(const struct tl_asking *asking,
                               const struct tl_graph_edge *edge)
{
    struct tl_graph_node node;

    tl_graph_node(&node, asking->graph, edge->source);
    return node.dataset_number;
}

/* Counting sort of the edges that move values, by the dataset they come from. */
static void lay_flows(struct tl_asking *asking)
{
    uint32_t n = tl_graph_edges(asking->graph);
    size_t n_datasets = tl_graph_datasets(asking->graph);
    uint32_t *starts = tl_alloc(n_datasets + 2, sizeof *starts);
    struct tl_graph_edge edge;

    for (uint32_t i = 0; i < n; i++) {
        tl_graph_edge(&edge, asking->graph, i);
        if (is_flow(&edge))
            starts[source_dataset(asking, &edge) + 2]++;
    }
    for (size_t i = 2; i < n_datasets + 2; i++)
        starts[i] += starts[i - 1];
    asking->flows = tl_alloc((size_t)starts[n_datasets + 1] + 1, sizeof *asking->flows);
    for (uint32_t i = 0; i < n; i++) {
        tl_graph_edge(&edge, asking->graph, i);
        if (is_flow(&edge))
            asking->flows[starts[source_dataset(asking, &edge) + 1]++] =
                edge.target_dataset;
    }
    asking->flow_starts = starts;
}

uint32_t *tl_asking_reach(const struct tl_asking *asking, const uint8_t *seeds)
{
    size_t n = tl_graph_datasets(asking->graph);
    uint32_t *by = tl_alloc(n + 1, sizeof *by);
    uint32_t *queue = tl_alloc(n + 1, sizeof *queue);
    size_t end = 0;

    for (size_t i = 0; i < n; i++) {
        by[i] = seeds[i] ? (uint32_t)i : TL_NO_DATASET;
        if (seeds[i])
            queue[end++] = (uint32_t)i;
    }
    for (size_t at = 0; at < end; at++) {
        uint32_t from = queue[at];

        for (uint32_t k = asking->flow_starts[from]; k < asking->flow_starts[from + 1];
             k++) {
            uint32_t to = asking->flows[k];
            if (by[to] != TL_NO_DATASET)
                continue;
            by[to] = from;
            queue[end++] = to;
        }
    }
    tl_free(queue);
    return by;
}

/* Marks by dataset what something fills and what something is filled from: 1 and 2. */
static uint8_t *mark_flows(const struct tl_asking *asking)
{
    uint32_t n = tl_graph_edges(asking->graph);
    uint8_t *marks = tl_alloc(tl_graph_datasets(asking->graph) + 1, sizeof *marks);

    for (uint32_t i = 0; i < n; i++) {
        struct tl_graph_edge edge;

        tl_graph_edge(&edge, asking->graph, i);
        if (!is_flow(&edge))
            continue;
        marks[edge.target_dataset] |= 1;
        marks[source_dataset(asking, &edge)] |= 2;
    }
    return marks;
}

static bool holds_tags(const struct tl_asking *asking,
                       const struct tl_graph_dataset_view *view)
{
    for (uint32_t c = 0; c < view->n_columns; c++) {
        struct tl_graph_node node;

        tl_graph_node(&node, asking->graph, view->columns[c]);
        if (node.n_tags)
            return true;
    }
    return false;
}

/*
 * Whatever is filled from a dataset of which too little is known: a statement that fills it was not understood, or only SQL names it,
 * none fills it, and nobody tagged it.
 */
static void find_troubled(struct tl_asking *asking)
{
    size_t n = tl_graph_datasets(asking->graph);
    uint8_t *seeds = tl_alloc(n + 1, sizeof *seeds);
    uint8_t *marks = mark_flows(asking);
    bool any = false;

    for (uint32_t i = 0; i < n; i++) {
        struct tl_graph_dataset_view view;

        tl_graph_dataset(&view, asking->graph, i);
        seeds[i] = view.n_problems > 0 || (!view.dataset.is_known && marks[i] == 2 &&
                                           !holds_tags(asking, &view));
        any = any || seeds[i];
    }
    if (any) {
        if (!asking->flows)
            lay_flows(asking);
        asking->troubled_by = tl_asking_reach(asking, seeds);
    }
    tl_free(marks);
    tl_free(seeds);
}

/* ---- what steers ---- */

/* Whether one of the laws that are about steering looks for what the edge comes from. */
static bool is_wanted(struct tl_asking *asking, const struct tl_graph_edge *edge,
                      const struct tl_law *const *laws, size_t n_laws)
{
    struct tl_graph_node source;

    tl_graph_node(&source, asking->graph, edge->source);
    for (uint32_t t = 0; t < source.n_tags; t++) {
        uint32_t class = tl_asking_class(asking, &source.tags[t]);

        for (size_t l = 0; l < n_laws; l++)
            if (laws[l]->steering & 1u << edge->kind &&
                tl_asking_wants(asking, class, laws[l]->first_selector))
                return true;
    }
    return false;
}

static int by_dataset(const void *a, const void *b)
{
    const struct tl_steer *x = a;
    const struct tl_steer *y = b;

    if (x->dataset != y->dataset)
        return x->dataset < y->dataset ? -1 : 1;
    return (x->edge > y->edge) - (x->edge < y->edge);
}

/* Rows that were chosen by something stay so chosen, in whatever is made of them. */
static void follow_rows(struct tl_asking *asking, const struct tl_law *law)
{
    uint8_t *seeds = tl_alloc(tl_graph_datasets(asking->graph) + 1, sizeof *seeds);

    for (size_t i = 0; i < asking->steers.n; i++) {
        struct tl_graph_edge edge;

        tl_graph_edge(&edge, asking->graph, asking->steers.items[i].edge);
        if (edge.target.i == TL_NO_NODE && law->steering & 1u << edge.kind &&
            is_wanted(asking, &edge, &law, 1))
            seeds[edge.target_dataset] = 1;
    }
    if (!asking->steered_by)
        asking->steered_by =
            tl_alloc(asking->policies->n_laws + 1, sizeof *asking->steered_by);
    asking->steered_by[law - asking->policies->laws] = tl_asking_reach(asking, seeds);
    tl_free(seeds);
}

static void find_steers(struct tl_asking *asking)
{
    uint32_t n = tl_graph_edges(asking->graph);
    const struct tl_law **laws = tl_alloc(asking->policies->n_laws + 1, sizeof *laws);
    size_t n_laws = 0;
    unsigned kinds = 0;

    for (size_t l = 0; l < asking->policies->n_laws; l++) {
        if (asking->policies->laws[l].steering)
            laws[n_laws++] = &asking->policies->laws[l];
        kinds |= asking->policies->laws[l].steering;
    }
    for (uint32_t i = 0; kinds && i < n; i++) {
        struct tl_graph_edge edge;

        tl_graph_edge(&edge, asking->graph, i);
        if (kinds & 1u << edge.kind && is_wanted(asking, &edge, laws, n_laws))
            tl_vec_push(&asking->steers, ((struct tl_steer){ edge.target_dataset, i }));
    }
    if (asking->steers.n) {
        qsort(asking->steers.items, asking->steers.n, sizeof *asking->steers.items,
              by_dataset);
        if (!asking->flows)
            lay_flows(asking);
        for (size_t l = 0; l < n_laws; l++)
            follow_rows(asking, laws[l]);
    }
    tl_free(laws);
}

const struct tl_steer *tl_asking_steers(size_t *n, const struct tl_asking *asking,
                                        uint32_t number)
{
    const struct tl_steer *steers = asking->steers.items;
    size_t low = 0;
    size_t high = asking->steers.n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (steers[middle].dataset < number)
            low = middle + 1;
        else
            high = middle;
    }
    *n = 0;
    while (low + *n < asking->steers.n && steers[low + *n].dataset == number)
        (*n)++;
    return *n ? steers + low : NULL;
}

/* ---- the dataset at hand ---- */

static void take_column(struct tl_asking *asking, struct tl_node_id id)
{
    struct tl_graph_node node;

    tl_graph_node(&node, asking->graph, id);
    asking->has_unseen |= tl_asking_unseen(asking, id, NULL) != NULL;
    for (uint32_t t = 0; t < node.n_tags; t++) {
        uint32_t class = tl_asking_class(asking, &node.tags[t]);
        const uint64_t *bits = asking->bits.items + (size_t) class * 2 * asking->n_words;
        uint64_t any = 0;

        for (size_t w = 0; w < 2 * asking->n_words; w++) {
            asking->present[w] |= bits[w];
            any |= bits[w];
        }
        if (any)
            tl_vec_push(&asking->hits,
                        ((struct tl_hit){ id, node.path, &node.tags[t], class }));
    }
}

void tl_asking_take(struct tl_asking *asking, uint32_t number)
{
    const struct tl_policy_question *question = asking->question;

    asking->number = number;
    tl_graph_dataset(&asking->view, asking->graph, number);
    tl_place_set(&asking->place, asking->view.dataset.key, question->declarations,
                 question->n_declarations);
    asking->place.kind = asking->view.dataset.kind;
    asking->readable = NULL;
    asking->hits.n = 0;
    asking->has_unseen = false;
    memset(asking->present, 0, 2 * asking->n_words * sizeof *asking->present);
    for (uint32_t i = 0; i < asking->view.n_columns; i++)
        take_column(asking, asking->view.columns[i]);
    tl_asking_steers(&asking->n_here, asking, number);
}

void tl_asking_prepare(struct tl_asking *asking)
{
    const struct tl_policy_question *question = asking->question;

    asking->n_words = (asking->policies->n_selectors + 63) / 64 + 1;
    tl_str_init(&asking->class_key, TL_STR_MOST);
    asking->present = tl_alloc(2 * asking->n_words, sizeof *asking->present);
    tl_place_init(&asking->place);
    tl_place_init(&asking->other);
    for (size_t i = 0; i < question->n_declarations; i++)
        asking->any_declared |= tl_policy_says(&question->declarations[i]);
    asking->bare = tl_alloc(asking->policies->n_laws + 1, sizeof *asking->bare);
    find_troubled(asking);
    find_steers(asking);
    tl_asking_follow_unknown(asking);
}

void tl_asking_release(struct tl_asking *asking)
{
    tl_map_release(&asking->classes);
    tl_vec_release(&asking->bits);
    tl_str_release(&asking->class_key);
    tl_map_release(&asking->kept);
    tl_vec_release(&asking->kept_texts);
    tl_vec_release(&asking->steers);
    tl_vec_release(&asking->hits);
    tl_free(asking->flow_starts);
    tl_free(asking->flows);
    tl_free(asking->troubled_by);
    tl_free(asking->first_unseen);
    tl_vec_release(&asking->unseen);
    for (size_t l = 0; asking->steered_by && l < asking->policies->n_laws; l++)
        tl_free(asking->steered_by[l]);
    tl_free(asking->steered_by);
    tl_free(asking->present);
    tl_free(asking->bare);
    tl_place_release(&asking->place);
    tl_place_release(&asking->other);
}
