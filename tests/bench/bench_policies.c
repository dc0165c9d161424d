/*
 * bench_policies [DATASETS [COLUMNS]]: a synthetic stack of four layers (50,000 x 20), a tenth of its columns tagged, three edges in four
 * columns; the built-in policies are asked of it. Once where little is wrong, once where most is. Prints one JSON line a measure.
 */
#include "base/ctx.h"
#include "policies/policy.h"

static const char *const layers[] = { "raw", "core", "mart", "export" };
static const char *const harmless[][2] = { { "gender", "user.demographic.gender" },
                                           { "age", "user.demographic.age_range" } };
static const char *const grave[][2] = { { "email_address", "user.contact.email" },
                                        { "device_gaid_aaid", "user.device.device_id" },
                                        { "hashed_email_md5", "user.contact.email" },
                                        { "geo_latitude", "user.location.precise" },
                                        { "gender", "user.demographic.gender" } };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The same numbers in every run: Marsaglia's xorshift. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void name_dataset(char out[64], size_t i, size_t n)
{
    snprintf(out, 64, "shop/main/%s_%05zu", layers[i * 4 / n], i);
}

/* Every tenth column has a tag; all but those of the first layer are filled from the layer before. */
static void add_column(struct tl_graph *graph, size_t dataset, size_t n_datasets,
                       size_t column, bool is_grave, uint64_t *random)
{
    char key[64];
    char path[16];
    char source[64];
    uint64_t r = next(random);

    name_dataset(key, dataset, n_datasets);
    snprintf(path, sizeof path, "c%zu", column);
    struct tl_node_id node = tl_graph_add(graph, key, path);
    if (column % 10 == 0) {
        const char *const *type = is_grave ? grave[r % 5] : harmless[r % 2];
        const struct tl_graph_tag tag = { .info_type = type[0],
                                          .category = type[1],
                                          .confidence = 900,
                                          .sensitivity = TL_PERSONAL,
                                          .state = TL_PROPOSED };
        tl_graph_add_tag(graph, node, &tag);
    }
    if (dataset * 4 / n_datasets == 0)
        return;
    name_dataset(source, dataset - n_datasets / 4, n_datasets);
    const struct tl_edge edge = { .target = key,
                                  .target_column = path,
                                  .source = source,
                                  .source_column = path,
                                  .confidence = 1000,
                                  .kind = TL_IDENTITY,
                                  .effect = TL_KEEPS,
                                  .line = 1,
                                  .column = 1 };
    tl_graph_add_edge(graph, &edge);
}

static void measure(const char *what, size_t n_datasets, size_t n_columns, bool is_grave)
{
    static const char *acme[] = { "acme" };
    static const struct tl_declaration declared[] = {
        { .match = "**", .owner = "team", .retention = "30 days" },
        { .match = "raw_*", .zone = "raw" },
        { .match = "core_*", .zone = "core" },
        { .match = "mart_*", .zone = "mart" },
        { .match = "export_*", .zone = "export", .recipients = { acme, 1 } },
    };
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct tl_graph *graph = tl_graph_open();
    struct tl_policies *policies = NULL;
    struct tl_verdicts verdicts = { 0 };
    uint64_t random = 88172645463325252u;

    tl_ctx_init(&ctx, &run);
    for (size_t d = 0; d < n_datasets; d++)
        for (size_t c = 0; c < n_columns; c++)
            add_column(graph, d, n_datasets, c, is_grave, &random);
    double begun = now();
    int rc = tl_graph_carry(graph, NULL, 0, 100, &ctx);
    double carried = now();
    if (rc == TL_OK)
        rc = tl_policies_open(&policies, NULL, &ctx);
    size_t before = tl_arena_size(ctx.arena);
    double opened = now();
    if (rc == TL_OK)
        rc = tl_policies_check(&verdicts, policies, graph, declared,
                               sizeof declared / sizeof *declared, &ctx);
    double asked = now();
    if (rc < 0)
        printf("%s\n", ctx.error.text);
    printf("{\"what\":\"%s\",\"columns\":%zu,\"carry_s\":%.3f,\"ask_s\":%.3f,"
           "\"violations\":%zu,\"gaps\":%zu,\"passes\":%zu,\"verdicts_mb\":%.1f}\n",
           what, n_datasets * n_columns, carried - begun, asked - opened,
           verdicts.counts[TL_VIOLATION], verdicts.counts[TL_GAP],
           verdicts.counts[TL_PASS],
           (double)(tl_arena_size(ctx.arena) - before) / (1 << 20));
    tl_verdicts_release(&verdicts);
    tl_policies_close(policies);
    tl_graph_close(graph);
    tl_ctx_release(&ctx);
}

int main(int argc, char **argv)
{
    size_t n_datasets = argc > 1 ? strtoul(argv[1], NULL, 10) : 50000;
    size_t n_columns = argc > 2 ? strtoul(argv[2], NULL, 10) : 20;

    measure("little is wrong", n_datasets, n_columns, false);
    measure("most is wrong", n_datasets, n_columns, true);
    return 0;
}
