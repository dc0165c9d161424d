/*
 * bench_graph [COLUMNS [EDGES [DUMP]]]: a synthetic warehouse (1,000,000 columns, 5,000,000 edges): ten layers of tables of 25 columns, each
 * column made of a few of the layer before, steered by a few more; some columns feed thousands, some views read from a later layer. Prints
 * one JSON line: memory, and the time to add, to lay out, to carry, and to walk from a column. DUMP gets the same graph and questions, for
 * peers: 32-bit numbers: columns, edges, questions; then source and target of each edge that moves values; then each column that was asked.
 */
#include "base/ctx.h"
#include "lineage/graph/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { WIDE = 25, LAYERS = 10, TABLES_READ = 3 };

struct warehouse {
    struct tl_graph *graph;
    size_t n_tables, n_edges;
    uint64_t random;
};

/* Of this process alone: what else the machine does is not measured. */
static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The same numbers in every run: Marsaglia's xorshift. */
static uint32_t below(struct warehouse *warehouse, size_t n)
{
    uint64_t *state = &warehouse->random;

    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state % n);
}

static void name_table(char out[64], size_t i, size_t n)
{
    snprintf(out, 64, "warehouse/analytics/layer_%zu/table_%06zu", i * LAYERS / n, i);
}

static void name_column(char out[24], size_t i)
{
    snprintf(out, 24, "column_name_%zu", i);
}

static void add_edge(struct warehouse *warehouse, size_t target, const char *column,
                     size_t source, size_t source_column, int kind)
{
    char to[64], from[64], from_column[24], query[48];

    name_table(to, target, warehouse->n_tables);
    name_table(from, source, warehouse->n_tables);
    name_column(from_column, source_column);
    snprintf(query, sizeof query, "models/table_%06zu.sql", target);
    const struct tl_edge edge = {
        .target = to,
        .target_column = column,
        .source = from,
        .source_column = from_column,
        .query = query,
        .line = 1 + (uint32_t)source_column,
        .column = 9,
        .confidence = below(warehouse, 20) ? 1000 : 900,
        .kind = (uint8_t)kind,
        .effect = tl_edge_moves_values(kind) ? kind == TL_IDENTITY      ? TL_KEEPS
                                               : kind == TL_AGGREGATION ? TL_AGGREGATES
                                                                        : TL_PARTIAL
                                             : TL_NO_EFFECT,
    };
    tl_graph_add_edge(warehouse->graph, &edge);
    warehouse->n_edges++;
}

/* The few tables that a table is made of: neighbours by domain; now and then a hub that thousands read, or one of a later layer. */
static void choose_sources(struct warehouse *warehouse, size_t out[TABLES_READ],
                           size_t table)
{
    size_t layer = warehouse->n_tables / LAYERS;

    for (size_t i = 0; i < TABLES_READ; i++) {
        size_t near = table - layer + below(warehouse, 64);

        out[i] = below(warehouse, 50) == 0 ? below(warehouse, layer / 200 + 1) : near;
        if (below(warehouse, 2000) == 0)
            out[i] = table + below(warehouse, warehouse->n_tables - table);
    }
}

static void add_table(struct warehouse *warehouse, size_t table, size_t edges_a_column)
{
    char key[64], column[24];
    size_t sources[TABLES_READ];

    name_table(key, table, warehouse->n_tables);
    for (size_t c = 0; c < WIDE; c++) {
        name_column(column, c);
        struct tl_node_id node = tl_graph_add(warehouse->graph, key, column);
        if (table < warehouse->n_tables / LAYERS && below(warehouse, 10) == 0)
            tl_graph_add_tag(warehouse->graph, node,
                             &(const struct tl_graph_tag){ .info_type = "email_address",
                                                           .category =
                                                               "user.contact.email",
                                                           .confidence = 900,
                                                           .sensitivity = TL_PERSONAL,
                                                           .state = TL_PROPOSED });
    }
    if (table < warehouse->n_tables / LAYERS)
        return;
    choose_sources(warehouse, sources, table);
    for (size_t c = 0; c < WIDE; c++) {
        name_column(column, c);
        add_edge(warehouse, table, column, sources[c % TABLES_READ], c, TL_IDENTITY);
        for (size_t e = 1; e < edges_a_column; e++) {
            bool steers = below(warehouse, 2) == 0;

            add_edge(warehouse, table, column, sources[below(warehouse, TABLES_READ)],
                     below(warehouse, WIDE),
                     steers                     ? TL_CONDITIONAL
                     : below(warehouse, 4) == 0 ? TL_AGGREGATION
                                                : TL_TRANSFORMATION);
        }
    }
    for (size_t e = 0; e < WIDE / 2; e++)
        add_edge(warehouse, table, NULL, sources[e % TABLES_READ], below(warehouse, WIDE),
                 e % 3 ? TL_FILTER : TL_JOIN);
}

static double resident_mb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

/* What is in memory now, not what was at most. */
static double in_memory_mb(void)
{
    unsigned long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (!file || fscanf(file, "%lu %lu", &pages, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

enum { ASKED = 1000, LEAST_COLUMNS = 10 };

struct figures {
    double ms[ASKED];
    size_t columns[ASKED], n_columns;
    uint32_t from[ASKED];
};

static int by_ms(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static int by_number(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* Full walks from columns at random, but those that hardly lead anywhere: such would make any figure small. */
static void walk(struct figures *out, struct warehouse *warehouse, bool is_up,
                 struct tl_ctx *ctx)
{
    size_t n = tl_graph_nodes(warehouse->graph);

    *out = (struct figures){ 0 };
    for (size_t i = 0; i < ASKED;) {
        struct tl_node_id from = { below(warehouse, n) };
        struct tl_walk_question question = { &from, 1, 0, is_up, false };
        struct tl_walked found;
        double begun = now();

        tl_graph_walk(&found, warehouse->graph, &question, ctx);
        double ms = (now() - begun) * 1000;
        if (found.stops.n > LEAST_COLUMNS) {
            out->ms[i] = ms;
            out->from[i] = from.i;
            out->n_columns += found.stops.n - 1;
            out->columns[i++] = found.stops.n - 1;
        }
        tl_walked_release(&found);
    }
    qsort(out->ms, ASKED, sizeof *out->ms, by_ms);
    qsort(out->columns, ASKED, sizeof *out->columns, by_number);
}

static void say_walk(const char *word, const struct figures *figures)
{
    printf(",\"%s_ms\":%.3f,\"%s_p99_ms\":%.3f,\"%s_worst_ms\":%.3f,\"%s_columns\":%zu,"
           "\"%s_most_columns\":%zu,\"%s_all_columns\":%zu",
           word, figures->ms[ASKED / 2], word, figures->ms[ASKED * 99 / 100], word,
           figures->ms[ASKED - 1], word, figures->columns[ASKED / 2], word,
           figures->columns[ASKED - 1], word, figures->n_columns);
}

static void put(FILE *file, uint32_t number)
{
    fwrite(&number, sizeof number, 1, file);
}

static void dump(const char *path, const struct warehouse *warehouse,
                 const struct figures *asked)
{
    FILE *file = fopen(path, "wb");
    uint32_t n = tl_graph_edges(warehouse->graph), n_moving = 0;
    struct tl_graph_edge edge;

    if (!file)
        return;
    for (uint32_t i = 0; i < n; i++) {
        tl_graph_edge(&edge, warehouse->graph, i);
        n_moving += tl_edge_moves_values(edge.kind);
    }
    put(file, (uint32_t)tl_graph_nodes(warehouse->graph));
    put(file, n_moving);
    put(file, ASKED);
    for (uint32_t i = 0; i < n; i++) {
        tl_graph_edge(&edge, warehouse->graph, i);
        if (!tl_edge_moves_values(edge.kind))
            continue;
        put(file, edge.source.i);
        put(file, edge.target.i);
    }
    for (uint32_t i = 0; i < ASKED; i++)
        put(file, asked->from[i]);
    fclose(file);
}

/* The riskiest way from any tagged column, the walk up included. */
static double riskiest_ms(struct warehouse *warehouse, struct tl_ctx *ctx)
{
    size_t n = tl_graph_nodes(warehouse->graph);
    struct tl_way_origins any = { 0 };
    double begun = now();

    for (size_t i = 0; i < ASKED; i++) {
        struct tl_node_id from = { (uint32_t)(n / 2 + below(warehouse, n / 2)) };
        struct tl_walk_question question = { &from, 1, 0, true, false };
        struct tl_walked found;
        struct tl_way_found way;

        tl_graph_walk(&found, warehouse->graph, &question, ctx);
        tl_walked_riskiest(&way, &found, warehouse->graph, &any, ctx);
        tl_walked_release(&found);
        tl_arena_reset(ctx->arena);
    }
    return (now() - begun) * 1000 / ASKED;
}

int main(int argc, char **argv)
{
    size_t n_columns = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    size_t n_edges = argc > 2 ? strtoul(argv[2], NULL, 10) : 5 * n_columns;
    struct warehouse warehouse = { .graph = tl_graph_open(),
                                   .n_tables = n_columns / WIDE,
                                   .random = 88172645463325252u };
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    double begun = now();

    tl_ctx_init(&ctx, &run);
    for (size_t i = 0; i < warehouse.n_tables; i++)
        add_table(&warehouse, i, n_edges / n_columns + 1);
    double added = now();
    size_t n = tl_graph_edges(warehouse.graph);
    double laid = now();
    double laid_mb = resident_mb();
    int rc = tl_graph_carry(warehouse.graph, NULL, 0, 100, &ctx);
    double carried = now();
    printf("{\"columns\":%zu,\"added_edges\":%zu,\"edges\":%zu,\"add_s\":%.3f,"
           "\"lay_out_s\":%.3f,\"laid_out_mb\":%.0f,\"carry_s\":%.3f,\"peak_mb\":%.0f",
           tl_graph_nodes(warehouse.graph), warehouse.n_edges, n, added - begun,
           laid - added, laid_mb, carried - laid, resident_mb());
    printf(",\"resident_mb\":%.0f", in_memory_mb());
    static struct figures up, down;
    walk(&up, &warehouse, true, &ctx);
    walk(&down, &warehouse, false, &ctx);
    say_walk("up", &up);
    say_walk("down", &down);
    if (argc > 3)
        dump(argv[3], &warehouse, &up);
    printf(",\"riskiest_ms\":%.3f}\n", riskiest_ms(&warehouse, &ctx));
    tl_graph_close(warehouse.graph);
    tl_ctx_release(&ctx);
    return rc < 0;
}
