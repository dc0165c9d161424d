/*
 * Adding to the graph, laying it out, reading it. Names are interned, columns found by a table of their numbers, and what belongs to
 * a column or a dataset stands together in one array, so that a graph of millions takes a few allocations and no pointers to chase.
 */
#include "lineage/graph/inner.h"

#include "base/ctx.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- opening and closing ---- */

struct tl_graph *tl_graph_open(void)
{
    struct tl_graph *graph = tl_alloc(1, sizeof *graph);

    graph->texts = tl_texts_open();
    graph->star = tl_text_of(graph->texts, "*");
    return graph;
}

static void release_spans(struct tl_spans *spans)
{
    tl_free(spans->starts);
    tl_free(spans->items);
    *spans = (struct tl_spans){ 0 };
}

static void release_layout(struct tl_graph *graph)
{
    tl_free(graph->dataset_order);
    tl_free(graph->dataset_rank);
    tl_free(graph->column_order);
    tl_free(graph->column_rank);
    tl_free(graph->edge_starts);
    tl_free(graph->column_marks);
    tl_free(graph->stars);
    tl_free(graph->unknown);
    tl_free(graph->problems);
    tl_free(graph->tags);
    tl_free(graph->ways);
    tl_free(graph->way_of);
    release_spans(&graph->dataset_columns);
    release_spans(&graph->out);
    release_spans(&graph->problem_spans);
    release_spans(&graph->tag_spans);
    graph->ways = NULL;
    graph->way_of = NULL;
    graph->unknown = NULL;
}

void tl_graph_close(struct tl_graph *graph)
{
    if (!graph)
        return;
    release_layout(graph);
    tl_vec_release(&graph->datasets);
    tl_vec_release(&graph->columns);
    tl_vec_release(&graph->edges);
    tl_vec_release(&graph->added_tags);
    tl_vec_release(&graph->added_problems);
    tl_vec_release(&graph->added_unknown);
    tl_vec_release(&graph->facts);
    tl_map_release(&graph->fact_numbers);
    tl_map_release(&graph->dataset_numbers);
    tl_free(graph->slots);
    tl_texts_close(graph->texts);
    tl_free(graph);
}

/* ---- finding columns ---- */

/* FNV-1a over the path (a column's name is short), begun with the dataset's number; Murmur3's last steps spread it over all bits. */
static uint64_t column_hash(uint32_t dataset, const char *path, size_t n)
{
    uint64_t hash = (0xcbf29ce484222325u ^ dataset) * 0x100000001b3u;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)path[i]) * 0x100000001b3u;
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 33;
}

/* The slot that holds the column, or the empty one where it belongs. */
static uint32_t *column_slot(const struct tl_graph *graph, uint32_t dataset,
                             const char *path, size_t n)
{
    size_t mask = graph->n_slots - 1;

    for (size_t i = column_hash(dataset, path, n) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &graph->slots[i];

        if (!*slot)
            return slot;
        const struct tl_graph_column *column = &graph->columns.items[*slot - 1];
        if (column->dataset != dataset)
            continue;
        size_t known_n;
        const char *known = tl_text_get(graph->texts, column->path, &known_n);
        if (known_n == n && memcmp(known, path, n) == 0)
            return slot;
    }
}

static void grow_slots(struct tl_graph *graph)
{
    graph->n_slots = graph->n_slots ? graph->n_slots * 2 : 64;
    tl_free(graph->slots);
    graph->slots = tl_alloc(graph->n_slots, sizeof *graph->slots);
    for (size_t i = 0; i < graph->columns.n; i++) {
        const struct tl_graph_column *column = &graph->columns.items[i];
        size_t n;
        const char *path = tl_text_get(graph->texts, column->path, &n);
        *column_slot(graph, column->dataset, path, n) = (uint32_t)i + 1;
    }
}

struct tl_node_id tl_graph_column_find(const struct tl_graph *graph, uint32_t dataset,
                                       const char *path, size_t n)
{
    uint32_t slot = graph->n_slots ? *column_slot(graph, dataset, path, n) : 0;

    return (struct tl_node_id){ slot ? slot - 1 : TL_NO_NODE };
}

static struct tl_node_id add_column(struct tl_graph *graph, uint32_t dataset,
                                    const char *path)
{
    size_t n = strlen(path);

    if (graph->columns.n >= graph->n_slots / 3 * 2)
        grow_slots(graph);
    uint32_t *slot = column_slot(graph, dataset, path, n);
    if (!*slot) {
        struct tl_graph_column column = { dataset, tl_text_add(graph->texts, path, n) };
        assert(graph->columns.n < TL_NO_NODE - 1);
        tl_vec_push(&graph->columns, column);
        *slot = (uint32_t)graph->columns.n;
    }
    return (struct tl_node_id){ *slot - 1 };
}

/* ---- adding ---- */

const char *tl_graph_text(struct tl_graph *graph, const char *text)
{
    return tl_text_get(graph->texts, tl_text_of(graph->texts, text), NULL);
}

static void begin_adding(struct tl_graph *graph)
{
    assert(!graph->is_carried);
    graph->is_laid_out = false;
}

static uint32_t dataset_named(struct tl_graph *graph, const char *key)
{
    size_t n = strlen(key);
    uint32_t number;

    if (tl_map_get(&graph->dataset_numbers, key, n, &number))
        return number;
    struct tl_graph_dataset dataset = { .key = tl_graph_text(graph, key) };
    number = (uint32_t)graph->datasets.n;
    tl_vec_push(&graph->datasets, dataset);
    tl_map_put(&graph->dataset_numbers, dataset.key, n, number);
    return number;
}

uint32_t tl_graph_add_dataset(struct tl_graph *graph,
                              const struct tl_graph_dataset *dataset)
{
    begin_adding(graph);
    uint32_t number = dataset_named(graph, dataset->key);
    struct tl_graph_dataset *known = &graph->datasets.items[number];
    const char *key = known->key;

    *known = *dataset;
    known->key = key;
    return number;
}

struct tl_node_id tl_graph_add(struct tl_graph *graph, const char *dataset,
                               const char *path)
{
    begin_adding(graph);
    return add_column(graph, dataset_named(graph, dataset), path);
}

struct tl_node_id tl_graph_find(const struct tl_graph *graph, const char *dataset,
                                const char *path)
{
    uint32_t number;

    if (!tl_map_get(&graph->dataset_numbers, dataset, strlen(dataset), &number))
        return (struct tl_node_id){ TL_NO_NODE };
    return tl_graph_column_find(graph, number, path, strlen(path));
}

void tl_graph_add_tag(struct tl_graph *graph, struct tl_node_id node,
                      const struct tl_graph_tag *tag)
{
    struct tl_added_tag added = { *tag, node };

    if (tag->state == TL_CARRIED)
        return;
    begin_adding(graph);
    added.tag.info_type = tl_graph_text(graph, tag->info_type);
    added.tag.category = tl_graph_text(graph, tag->category);
    added.tag.inside = tl_graph_text(graph, tag->inside);
    added.tag.from = (struct tl_node_id){ TL_NO_NODE };
    added.tag.from_type = NULL;
    added.tag.edge = 0;
    added.tag.hops = 0;
    added.tag.effect = TL_NO_EFFECT;
    tl_vec_push(&graph->added_tags, added);
}

void tl_graph_add_unknown(struct tl_graph *graph, const char *dataset, const char *path)
{
    begin_adding(graph);
    struct tl_graph_column column = { dataset_named(graph, dataset),
                                      tl_text_of(graph->texts, path) };

    tl_vec_push(&graph->added_unknown, column);
}

void tl_graph_add_edge(struct tl_graph *graph, const struct tl_edge *edge)
{
    if (!edge->target || !edge->source || !edge->source_column)
        return;
    begin_adding(graph);
    uint32_t target_dataset = dataset_named(graph, edge->target);
    uint32_t source_dataset = dataset_named(graph, edge->source);
    struct tl_stored_edge added = {
        .source = add_column(graph, source_dataset, edge->source_column),
        .end = target_dataset,
        .query = tl_text_of(graph->texts, edge->query),
        .function = tl_text_of(graph->texts, edge->function),
        .line = edge->line,
        .column = edge->column,
        .confidence = edge->confidence,
        .kind = edge->kind,
        .effect = edge->effect,
        .is_whole = !edge->target_column,
    };
    if (edge->target_column)
        added.end = add_column(graph, target_dataset, edge->target_column).i;
    assert(graph->edges.n < UINT32_MAX - 1);
    tl_vec_push(&graph->edges, added);
}

void tl_graph_add_problem(struct tl_graph *graph, const struct tl_edge_problem *problem)
{
    struct tl_added_problem added = { .problem = *problem };

    if (!problem->target)
        return;
    begin_adding(graph);
    added.dataset = dataset_named(graph, problem->target);
    added.problem.target = graph->datasets.items[added.dataset].key;
    added.problem.query = tl_graph_text(graph, problem->query);
    added.problem.what = tl_graph_text(graph, problem->what);
    tl_vec_push(&graph->added_problems, added);
}

/* ---- facts ---- */

static void fact_key(struct tl_str *out, const char *dataset, const char *path,
                     const char *name)
{
    tl_str_add(out, dataset);
    if (path) {
        tl_str_add_char(out, '#');
        tl_name_encode(out, path);
    }
    tl_str_add_char(out, ' '); /* stands in no key */
    tl_str_add(out, name);
}

void tl_graph_add_fact(struct tl_graph *graph, const char *dataset, const char *path,
                       const struct tl_fact *fact)
{
    struct tl_fact kept = { tl_graph_text(graph, fact->name), fact->count, fact->of };
    struct tl_str key = TL_STR_INIT(TL_STR_MOST);
    uint32_t i;

    fact_key(&key, dataset, path, fact->name);
    if (tl_map_get(&graph->fact_numbers, key.text, key.n, &i)) {
        graph->facts.items[i] = kept;
    } else {
        tl_map_put(&graph->fact_numbers, tl_graph_text(graph, key.text), key.n,
                   (uint32_t)graph->facts.n);
        tl_vec_push(&graph->facts, kept);
    }
    tl_str_release(&key);
}

bool tl_graph_fact(struct tl_fact *out, const struct tl_graph *graph, const char *dataset,
                   const char *path, const char *name)
{
    struct tl_str key = TL_STR_INIT(TL_STR_MOST);
    uint32_t i;

    fact_key(&key, dataset, path, name);
    bool is_known = tl_map_get(&graph->fact_numbers, key.text, key.n, &i);
    tl_str_release(&key);
    if (is_known)
        *out = graph->facts.items[i];
    return is_known;
}

/* ---- laying out: in the order of names ---- */

/* Equal texts of the graph are the same pointer; absent ones come first. */
static int compare_texts(const char *a, const char *b)
{
    if (a == b)
        return 0;
    if (!a || !b)
        return a ? 1 : -1;
    return strcmp(a, b);
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int by_key(const void *a, const void *b, void *graph)
{
    const struct tl_graph_dataset *datasets = ((struct tl_graph *)graph)->datasets.items;

    return strcmp(datasets[*(const uint32_t *)a].key, datasets[*(const uint32_t *)b].key);
}

static void lay_datasets(struct tl_graph *graph)
{
    size_t n = graph->datasets.n;

    graph->dataset_order = tl_alloc(n + 1, sizeof *graph->dataset_order);
    graph->dataset_rank = tl_alloc(n + 1, sizeof *graph->dataset_rank);
    for (size_t i = 0; i < n; i++)
        graph->dataset_order[i] = (uint32_t)i;
    qsort_r(graph->dataset_order, n, sizeof *graph->dataset_order, by_key, graph);
    for (size_t i = 0; i < n; i++)
        graph->dataset_rank[graph->dataset_order[i]] = (uint32_t)i;
}

/*
 * A counting sort's two halves: count the things of each owner, then turn counts into starts. The things are then dealt out with `starts`
 * as cursors, which leaves starts[i] where starts[i + 1] was; close_spans moves them back.
 */
static void open_spans(struct tl_spans *spans, size_t n_owners)
{
    spans->starts = tl_alloc(n_owners + 2, sizeof *spans->starts);
}

static void sum_spans(struct tl_spans *spans, size_t n_owners)
{
    uint32_t sum = 0;

    for (size_t i = 0; i <= n_owners; i++) {
        uint32_t n = spans->starts[i];
        spans->starts[i] = sum;
        sum += n;
    }
}

static void close_spans(struct tl_spans *spans, size_t n_owners)
{
    memmove(spans->starts + 1, spans->starts, n_owners * sizeof *spans->starts);
    spans->starts[0] = 0;
}

static int by_path(const void *a, const void *b, void *self)
{
    const struct tl_graph *graph = self;
    const struct tl_graph_column *columns = graph->columns.items;

    return strcmp(tl_text_get(graph->texts, columns[*(const uint32_t *)a].path, NULL),
                  tl_text_get(graph->texts, columns[*(const uint32_t *)b].path, NULL));
}

static void lay_columns(struct tl_graph *graph)
{
    size_t n = graph->columns.n, n_datasets = graph->datasets.n;
    struct tl_spans *spans = &graph->dataset_columns;

    graph->column_order = tl_alloc(n + 1, sizeof *graph->column_order);
    graph->column_rank = tl_alloc(n + 1, sizeof *graph->column_rank);
    open_spans(spans, n_datasets);
    for (size_t i = 0; i < n; i++)
        spans->starts[graph->dataset_rank[graph->columns.items[i].dataset]]++;
    sum_spans(spans, n_datasets);
    for (size_t i = 0; i < n; i++) {
        uint32_t owner = graph->dataset_rank[graph->columns.items[i].dataset];
        graph->column_order[spans->starts[owner]++].i = (uint32_t)i;
    }
    close_spans(spans, n_datasets);
    for (size_t i = 0; i < n_datasets; i++)
        qsort_r(graph->column_order + spans->starts[i],
                spans->starts[i + 1] - spans->starts[i], sizeof *graph->column_order,
                by_path, graph);
    for (size_t i = 0; i < n; i++)
        graph->column_rank[graph->column_order[i].i] = (uint32_t)i;
}

/* The first column of the dataset whose path begins with `prefix`, in the order of names; all that do stand behind one another. */
static uint32_t first_below(const struct tl_graph *graph, uint32_t rank,
                            const char *prefix, size_t n)
{
    uint32_t low = graph->dataset_columns.starts[rank];
    uint32_t high = graph->dataset_columns.starts[rank + 1];

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct tl_text path = graph->columns.items[graph->column_order[middle].i].path;

        if (strncmp(tl_text_get(graph->texts, path, NULL), prefix, n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void each_field(const struct tl_graph *graph, struct tl_node_id record,
                       void (*each)(void *self, struct tl_node_id column), void *self)
{
    const struct tl_graph_column *columns = graph->columns.items;
    uint32_t rank = graph->dataset_rank[columns[record.i].dataset];
    struct tl_str prefix = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&prefix, tl_text_get(graph->texts, columns[record.i].path, NULL));
    tl_str_add_char(&prefix, '.');
    for (uint32_t i = first_below(graph, rank, prefix.text, prefix.n);
         i < graph->dataset_columns.starts[rank + 1]; i++) {
        struct tl_node_id field = graph->column_order[i];

        if (strncmp(tl_text_get(graph->texts, columns[field.i].path, NULL), prefix.text,
                    prefix.n) != 0)
            break;
        each(self, field);
    }
    tl_str_release(&prefix);
}

void tl_graph_each_around(const struct tl_graph *graph, struct tl_node_id column,
                          void (*each)(void *self, struct tl_node_id column), void *self)
{
    const struct tl_graph_column *here = &graph->columns.items[column.i];
    unsigned marks = graph->column_marks[column.i];
    size_t n;

    if (marks & TL_IS_FIELD) {
        const char *path = tl_text_get(graph->texts, here->path, &n);
        for (const char *dot = memchr(path, '.', n); dot;
             dot = memchr(dot + 1, '.', n - (size_t)(dot + 1 - path))) {
            struct tl_node_id record =
                tl_graph_column_find(graph, here->dataset, path, (size_t)(dot - path));
            if (record.i != TL_NO_NODE)
                each(self, record);
        }
    }
    if (marks & TL_HAS_FIELDS)
        each_field(graph, column, each, self);
}

static void mark_records(struct tl_graph *graph, uint32_t column)
{
    const struct tl_graph_column *here = &graph->columns.items[column];
    size_t n;
    const char *path = tl_text_get(graph->texts, here->path, &n);

    for (const char *dot = memchr(path, '.', n); dot;
         dot = memchr(dot + 1, '.', n - (size_t)(dot + 1 - path))) {
        struct tl_node_id record =
            tl_graph_column_find(graph, here->dataset, path, (size_t)(dot - path));
        if (record.i == TL_NO_NODE)
            continue;
        graph->column_marks[record.i] |= TL_HAS_FIELDS;
        graph->column_marks[column] |= TL_IS_FIELD;
    }
}

static void lay_marks(struct tl_graph *graph)
{
    graph->column_marks = tl_alloc(graph->columns.n + 1, sizeof *graph->column_marks);
    graph->stars = tl_alloc(graph->datasets.n + 1, sizeof *graph->stars);
    memset(graph->stars, 0xff, graph->datasets.n * sizeof *graph->stars);
    for (uint32_t i = 0; i < graph->columns.n; i++) {
        const struct tl_graph_column *column = &graph->columns.items[i];

        mark_records(graph, i);
        if (column->path.i == graph->star.i) {
            graph->column_marks[i] |= TL_IS_STAR;
            graph->stars[column->dataset] = i;
        }
    }
}

static int compare_text_ids(const struct tl_graph *graph, struct tl_text a,
                            struct tl_text b)
{
    return a.i == b.i ? 0
                      : compare_texts(tl_text_get(graph->texts, a, NULL),
                                      tl_text_get(graph->texts, b, NULL));
}

/* Of two edges into the same column, or into the same dataset as a whole. */
static int by_source_and_way(const void *a, const void *b, void *self)
{
    const struct tl_graph *graph = self;
    const struct tl_stored_edge *x = a, *y = b;
    int order =
        compare_numbers(graph->column_rank[x->source.i], graph->column_rank[y->source.i]);

    if (order == 0)
        order = compare_numbers(x->kind, y->kind);
    if (order == 0)
        order = compare_text_ids(graph, x->query, y->query);
    if (order == 0)
        order = compare_text_ids(graph, x->function, y->function);
    if (order == 0)
        order = compare_numbers(x->effect, y->effect);
    if (order == 0)
        order = compare_numbers(y->confidence, x->confidence);
    if (order == 0)
        order = compare_numbers(x->line, y->line);
    return order ? order : compare_numbers(x->column, y->column);
}

/* Where edges say the same twice, as tl_edges_sort has it, the surest stays. */
static uint32_t drop_repeated(struct tl_stored_edge *edges, uint32_t from, uint32_t to,
                              uint32_t at)
{
    uint32_t first = at;

    for (uint32_t i = from; i < to; i++) {
        const struct tl_stored_edge *last = at > first ? &edges[at - 1] : NULL;
        const struct tl_stored_edge *edge = &edges[i];
        if (last && last->source.i == edge->source.i && last->kind == edge->kind &&
            last->query.i == edge->query.i && last->function.i == edge->function.i &&
            last->effect == edge->effect)
            continue;
        edges[at++] = edges[i];
    }
    return at;
}

/* Those into columns stand first, by the column; behind them those that steer a dataset. */
static size_t edge_owner(const struct tl_graph *graph, const struct tl_stored_edge *edge)
{
    return edge->is_whole ? graph->columns.n + graph->dataset_rank[edge->end]
                          : graph->column_rank[edge->end];
}

/* The edges as they were added are dealt out into a second array, which takes their place: there are never more than the two. */
static void lay_edges(struct tl_graph *graph)
{
    size_t n = graph->edges.n;
    size_t n_owners = graph->columns.n + graph->datasets.n;
    const struct tl_stored_edge *added = graph->edges.items;
    struct tl_stored_edge *edges = tl_alloc(n + 1, sizeof *edges);
    struct tl_spans spans = { 0 };
    uint32_t from = 0, at = 0;

    open_spans(&spans, n_owners);
    for (size_t i = 0; i < n; i++)
        spans.starts[edge_owner(graph, &added[i])]++;
    sum_spans(&spans, n_owners);
    for (size_t i = 0; i < n; i++)
        edges[spans.starts[edge_owner(graph, &added[i])]++] = added[i];
    close_spans(&spans, n_owners);
    tl_vec_release(&graph->edges);
    for (size_t i = 0; i < n_owners; i++) {
        uint32_t to = spans.starts[i + 1];
        if (to - from > 1)
            qsort_r(edges + from, to - from, sizeof *edges, by_source_and_way, graph);
        spans.starts[i] = at;
        at = drop_repeated(edges, from, to, at);
        from = to;
    }
    spans.starts[n_owners] = at;
    graph->edge_starts = spans.starts;
    graph->edges.items = edges;
    graph->edges.n = at;
    graph->edges.room = n + 1;
}

/* Numbers of edges by the column they come from; of one column's in the order of the edges. */
static void lay_out_ends(struct tl_graph *graph)
{
    size_t n_owners = graph->columns.n;
    uint32_t n = (uint32_t)graph->edges.n;
    const struct tl_stored_edge *edges = graph->edges.items;
    struct tl_spans *spans = &graph->out;

    open_spans(spans, n_owners);
    spans->items = tl_alloc((size_t)n + 1, sizeof *spans->items);
    for (uint32_t i = 0; i < n; i++)
        spans->starts[edges[i].source.i]++;
    sum_spans(spans, n_owners);
    for (uint32_t i = 0; i < n; i++)
        spans->items[spans->starts[edges[i].source.i]++] = i;
    close_spans(spans, n_owners);
}

static int by_type(const void *a, const void *b)
{
    const struct tl_graph_tag *left = a, *right = b;
    int order = compare_texts(left->info_type, right->info_type);

    if (order == 0)
        order = compare_numbers(left->state, right->state);
    if (order == 0)
        order = compare_texts(left->category, right->category);
    if (order == 0)
        order = compare_numbers(right->confidence, left->confidence);
    return order ? order : compare_numbers(left->origin, right->origin);
}

static void lay_tags(struct tl_graph *graph)
{
    size_t n = graph->added_tags.n, n_owners = graph->columns.n;
    struct tl_spans *spans = &graph->tag_spans;

    graph->tags = tl_alloc(n + 1, sizeof *graph->tags);
    graph->n_tags = (uint32_t)n;
    open_spans(spans, n_owners);
    for (size_t i = 0; i < n; i++)
        spans->starts[graph->added_tags.items[i].node.i]++;
    sum_spans(spans, n_owners);
    for (size_t i = 0; i < n; i++) {
        const struct tl_added_tag *added = &graph->added_tags.items[i];
        graph->tags[spans->starts[added->node.i]++] = added->tag;
    }
    close_spans(spans, n_owners);
    for (size_t i = 0; i < n_owners; i++) {
        uint32_t from = spans->starts[i], to = spans->starts[i + 1];
        if (to - from > 1)
            qsort(graph->tags + from, to - from, sizeof *graph->tags, by_type);
    }
}

static int by_query_and_place(const void *a, const void *b)
{
    const struct tl_edge_problem *left = a, *right = b;
    int order = compare_texts(left->query, right->query);

    if (order == 0)
        order = compare_numbers(left->line, right->line);
    if (order == 0)
        order = compare_numbers(left->column, right->column);
    return order ? order : compare_texts(left->what, right->what);
}

static void lay_problems(struct tl_graph *graph)
{
    size_t n = graph->added_problems.n, n_owners = graph->datasets.n;
    struct tl_spans *spans = &graph->problem_spans;

    graph->problems = tl_alloc(n + 1, sizeof *graph->problems);
    open_spans(spans, n_owners);
    for (size_t i = 0; i < n; i++)
        spans->starts[graph->dataset_rank[graph->added_problems.items[i].dataset]]++;
    sum_spans(spans, n_owners);
    for (size_t i = 0; i < n; i++) {
        const struct tl_added_problem *added = &graph->added_problems.items[i];
        uint32_t owner = graph->dataset_rank[added->dataset];
        graph->problems[spans->starts[owner]++] = added->problem;
    }
    close_spans(spans, n_owners);
    for (size_t i = 0; i < n_owners; i++) {
        uint32_t from = spans->starts[i], to = spans->starts[i + 1];
        if (to - from > 1)
            qsort(graph->problems + from, to - from, sizeof *graph->problems,
                  by_query_and_place);
    }
}

/* The column itself, the nearest record around it that something names, or the whole row. */
static struct tl_node_id column_or_around(const struct tl_graph *graph,
                                          const struct tl_graph_column *column)
{
    size_t n;
    const char *path = tl_text_get(graph->texts, column->path, &n);
    struct tl_node_id node = tl_graph_column_find(graph, column->dataset, path, n);

    while (node.i == TL_NO_NODE && n > 0)
        if (path[--n] == '.')
            node = tl_graph_column_find(graph, column->dataset, path, n);
    return node.i != TL_NO_NODE ? node
                                : tl_graph_column_find(graph, column->dataset, "*", 1);
}

static void lay_unknown(struct tl_graph *graph)
{
    if (!graph->added_unknown.n)
        return;
    graph->unknown = tl_alloc(graph->columns.n + 1, sizeof *graph->unknown);
    for (size_t i = 0; i < graph->added_unknown.n; i++) {
        struct tl_node_id node = column_or_around(graph, &graph->added_unknown.items[i]);

        if (node.i != TL_NO_NODE)
            graph->unknown[node.i] = 1;
    }
}

void tl_graph_lay_out(struct tl_graph *graph)
{
    if (graph->is_laid_out)
        return;
    release_layout(graph);
    lay_datasets(graph);
    lay_columns(graph);
    lay_marks(graph);
    lay_edges(graph);
    lay_out_ends(graph);
    lay_tags(graph);
    lay_problems(graph);
    lay_unknown(graph);
    graph->is_laid_out = true;
}

/* ---- reading ---- */

/* Laying out changes nothing that a reader could have seen: graphs come from tl_graph_open, none is const itself. */
static void make_readable(const struct tl_graph *graph)
{
    tl_graph_lay_out((struct tl_graph *)graph);
}

size_t tl_graph_nodes(const struct tl_graph *graph)
{
    return graph->columns.n;
}

void tl_graph_node(struct tl_graph_node *out, const struct tl_graph *graph,
                   struct tl_node_id node)
{
    assert(node.i < graph->columns.n);
    make_readable(graph);
    const struct tl_graph_column *column = &graph->columns.items[node.i];
    uint32_t first_tag = graph->tag_spans.starts[node.i];
    uint32_t first_in;
    uint32_t behind_in = tl_graph_edges_into(&first_in, graph, node.i);
    uint32_t first_out = graph->out.starts[node.i];

    *out = (struct tl_graph_node){
        .dataset = graph->datasets.items[column->dataset].key,
        .path = tl_text_get(graph->texts, column->path, NULL),
        .dataset_number = graph->dataset_rank[column->dataset],
        .tags = graph->tags + first_tag,
        .n_tags = graph->tag_spans.starts[node.i + 1] - first_tag,
        .first_in = first_in,
        .out = graph->out.items + first_out,
        .n_in = behind_in - first_in,
        .n_out = graph->out.starts[node.i + 1] - first_out,
        .is_unknown = graph->unknown && graph->unknown[node.i],
    };
}

uint32_t tl_graph_edges(const struct tl_graph *graph)
{
    make_readable(graph);
    return (uint32_t)graph->edges.n;
}

void tl_graph_edge(struct tl_graph_edge *out, const struct tl_graph *graph, uint32_t edge)
{
    assert(edge < graph->edges.n);
    make_readable(graph);
    const struct tl_stored_edge *stored = &graph->edges.items[edge];

    *out = (struct tl_graph_edge){
        .source = stored->source,
        .target = { stored->is_whole ? TL_NO_NODE : stored->end },
        .target_dataset =
            graph->dataset_rank[stored->is_whole
                                    ? stored->end
                                    : graph->columns.items[stored->end].dataset],
        .line = stored->line,
        .column = stored->column,
        .confidence = stored->confidence,
        .kind = stored->kind,
        .effect = stored->effect,
    };
}

void tl_graph_edge_told(struct tl_edge *out, const struct tl_graph *graph, uint32_t edge)
{
    assert(edge < graph->edges.n);
    make_readable(graph);
    const struct tl_stored_edge *stored = &graph->edges.items[edge];
    const struct tl_graph_column *columns = graph->columns.items;
    const struct tl_graph_column *target =
        stored->is_whole ? NULL : &columns[stored->end];

    *out = (struct tl_edge){
        .target = graph->datasets.items[target ? target->dataset : stored->end].key,
        .target_column = target ? tl_text_get(graph->texts, target->path, NULL) : NULL,
        .source = graph->datasets.items[columns[stored->source.i].dataset].key,
        .source_column = tl_text_get(graph->texts, columns[stored->source.i].path, NULL),
        .query = tl_text_get(graph->texts, stored->query, NULL),
        .function = tl_text_get(graph->texts, stored->function, NULL),
        .line = stored->line,
        .column = stored->column,
        .confidence = stored->confidence,
        .kind = stored->kind,
        .effect = stored->effect,
    };
}

size_t tl_graph_datasets(const struct tl_graph *graph)
{
    return graph->datasets.n;
}

void tl_graph_dataset(struct tl_graph_dataset_view *out, const struct tl_graph *graph,
                      uint32_t i)
{
    assert(i < graph->datasets.n);
    make_readable(graph);
    uint32_t first = graph->dataset_columns.starts[i];
    uint32_t first_problem = graph->problem_spans.starts[i];

    *out = (struct tl_graph_dataset_view){
        .dataset = graph->datasets.items[graph->dataset_order[i]],
        .columns = graph->column_order + first,
        .n_columns = graph->dataset_columns.starts[i + 1] - first,
        .problems = graph->problems + first_problem,
        .n_problems = graph->problem_spans.starts[i + 1] - first_problem,
    };
}
