/*
 * Any bytes as the SQL of a view and of a file: edges name both ends, stand in their order, and tags can be carried along them and
 * followed back.
 */
#include "base/ctx.h"
#include "lineage/graph/derive.h"
#include "lineage/graph/graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define MUST(claim) ((claim) ? (void)0 : abort())

static void add_table(struct tl_snapshot *snapshot, const char *name, const char *sql,
                      size_t n)
{
    struct tl_dataset *dataset =
        tl_snapshot_add_dataset(snapshot, "db", "public", name, sql ? TL_VIEW : TL_TABLE);

    if (sql)
        dataset->view_sql = tl_text_add(snapshot->texts, sql, n);
    tl_snapshot_add_column(snapshot, "id", 2, "int");
    tl_snapshot_add_column(snapshot, "email", 5, "text");
}

static void follow_back(const struct tl_graph *graph, struct tl_ctx *ctx)
{
    for (uint32_t i = 0; i < tl_graph_nodes(graph); i++) {
        struct tl_node_id id = { i };
        struct tl_graph_node node;

        tl_graph_node(&node, graph, id);
        for (uint32_t t = 0; t < node.n_tags; t++) {
            const struct tl_step *steps;
            uint32_t n;

            tl_graph_path(&steps, &n, graph, id, &node.tags[t], ctx);
            MUST(n == node.tags[t].hops + 1);
            MUST(strcmp(steps[n - 1].path, node.path) == 0);
            MUST(strcmp(steps[0].path, "email") == 0);
        }
    }
}

static void carry(const struct tl_derived *derived, struct tl_ctx *ctx)
{
    static const struct tl_carry_rule rule = { .effect = TL_COUNTS };
    struct tl_graph *graph = tl_graph_open();
    struct tl_node_id email = tl_graph_add(graph, "s/db/public/users", "email");
    struct tl_graph_tag tag = { .info_type = "email_address",
                                .category = "user.contact.email",
                                .confidence = 900,
                                .state = TL_CONFIRMED };

    tl_graph_add_tag(graph, email, &tag);
    for (size_t i = 0; i < derived->edges.items.n; i++) {
        const struct tl_edge *edge = &derived->edges.items.items[i];

        MUST(edge->target && edge->source && edge->source_column);
        MUST(edge->target_column || !tl_edge_moves_values(edge->kind));
        MUST(i == 0 || tl_edge_compare(edge - 1, edge) < 0);
        tl_graph_add_edge(graph, edge);
    }
    for (size_t i = 0; i < derived->edges.problems.n; i++)
        tl_graph_add_problem(graph, &derived->edges.problems.items[i]);
    MUST(tl_graph_carry(graph, &rule, 1, 100, ctx) == TL_OK);
    follow_back(graph, ctx);
    tl_graph_close(graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct tl_snapshot snapshot;
    struct tl_derived derived;
    const char *text = (const char *)bytes;
    struct tl_query query = { "a.sql", "s", text, n, n ? *bytes % TL_SQL_DIALECTS : -1 };
    struct tl_derive what = { .snapshot = &snapshot, .queries = &query, .n_queries = 1 };

    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    tl_snapshot_init(&snapshot);
    tl_snapshot_add_source(&snapshot, "s", "postgres", "postgres");
    add_table(&snapshot, "users", NULL, 0);
    add_table(&snapshot, "v", text, n);
    MUST(tl_derive(&derived, &what, &ctx) == TL_OK);
    carry(&derived, &ctx);
    tl_derived_release(&derived);
    tl_snapshot_release(&snapshot);
    tl_ctx_release(&ctx);
    return 0;
}
