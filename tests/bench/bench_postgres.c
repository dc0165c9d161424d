/*
 * The postgres connector alone, its options read from a file (the mapping of a source in tagline.yaml): `bench_postgres FILE pull`
 * reads the schema; `bench_postgres FILE propose OUT` then writes it as proposals, deciding and logging nothing; `bench_postgres FILE
 * sample ROWS CONNECTIONS` samples every dataset instead, the way a scan does: a connection a thread, sixteen datasets announced
 * at a time. Prints one JSON object. bench_postgres.py makes the databases.
 */
#include "tests/check.h"
#include "tests/world_belief.h"

#include "base/file.h"
#include "base/pool.h"
#include "base/str.h"
#include "base/yaml.h"
#include "connectors/catalog/datahub.h"

#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 16 }; /* as in cli/pipeline.c */

struct bench {
    const struct tl_connector *connector;
    void *config;
    struct tl_snapshot snapshot;
    struct tl_sample_spec spec;
    atomic_size_t rows, failed;
};

static int read_config(struct bench *bench, const char *path, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(1 << 20);
    struct tl_yaml yaml = { 0 };

    bench->connector = tl_connector_find("postgres");
    if (!bench->connector)
        return tl_fail(ctx, TL_EINTERNAL, "there is no connector 'postgres'");
    bench->config = tl_arena_alloc(ctx->arena, 1, bench->connector->config_size);
    int rc = tl_file_read(&text, path, ctx);
    if (rc == TL_OK)
        rc = tl_option_defaults(bench->config, bench->connector->options, ctx);
    if (rc == TL_OK)
        rc = tl_yaml_parse(&yaml, text.text, text.n, path, ctx);
    if (rc == TL_OK)
        rc = tl_option_from_yaml(bench->config, bench->connector->options, &yaml,
                                 yaml.root, NULL, ctx);
    tl_yaml_release(&yaml);
    tl_str_release(&text);
    return rc;
}

static int pull(struct bench *bench, struct tl_ctx *ctx)
{
    struct tl_scope all = { 0 };
    void *conn = NULL;
    int rc = bench->connector->open(&conn, bench->config, ctx);

    tl_snapshot_add_source(&bench->snapshot, "bench", "postgres", "postgres");
    if (rc == TL_OK)
        rc = bench->connector->source->pull(&bench->snapshot, conn, &all, ctx);
    bench->connector->close(conn);
    return rc;
}

static int begin_worker(void **self, void *shared, struct tl_ctx *ctx)
{
    const struct bench *bench = shared;

    return bench->connector->open(self, bench->config, ctx);
}

static const struct bench *running; /* whose connections end_worker closes */

static void end_worker(void *self)
{
    running->connector->close(self);
}

static int sample_chunk(void *shared, void *self, size_t chunk, struct tl_ctx *ctx)
{
    struct bench *bench = shared;
    const struct tl_source_ops *source = bench->connector->source;
    struct tl_dataset_id ids[CHUNK];
    size_t from = chunk * CHUNK;
    size_t n = 0;
    int rc = TL_OK;

    for (size_t i = from; n < CHUNK && i < bench->snapshot.datasets.n; i++)
        ids[n++] = (struct tl_dataset_id){ (uint32_t)i };
    if (source->ahead)
        rc = source->ahead(self, &bench->snapshot, ids, n, &bench->spec, ctx);
    for (size_t i = 0; rc == TL_OK && i < n; i++) {
        struct tl_sample sample = { 0 };
        rc = source->sample(&sample, self, &bench->snapshot, ids[i], &bench->spec, ctx);
        atomic_fetch_add(&bench->rows, sample.n_rows);
        atomic_fetch_add(&bench->failed, sample.state == TL_SAMPLE_FAILED);
        tl_arena_reset(ctx->scratch);
    }
    return rc;
}

static int sample_all(struct bench *bench, unsigned connections, struct tl_ctx *ctx)
{
    struct tl_job job = {
        .work = sample_chunk, .begin = begin_worker, .end = end_worker, .shared = bench
    };

    running = bench;
    return tl_pool_run(&job, (bench->snapshot.datasets.n + CHUNK - 1) / CHUNK,
                       connections, ctx);
}

/* Of this program alone: what getrusage tells begins with the peak of the process that started it. */
static size_t peak_bytes(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    size_t kilobytes = 0;

    while (file && fgets(line, sizeof line, file) &&
           sscanf(line, "VmHWM: %zu", &kilobytes) != 1)
        ;
    if (file)
        fclose(file);
    return kilobytes * 1024;
}

/* What the snapshot itself takes, room for growth included. */
static size_t model_bytes(const struct tl_snapshot *s)
{
    return s->datasets.room * sizeof *s->datasets.items +
           s->columns.room * sizeof *s->columns.items +
           s->keys.room * sizeof *s->keys.items + tl_texts_size(s->texts);
}

/* ---- proposals ---- */

static void draft_dataset(struct tl_draft *draft, const struct tl_snapshot *s, uint32_t i)
{
    const struct tl_dataset *from = &s->datasets.items[i];
    struct tl_key key = tl_snapshot_key(s, (struct tl_dataset_id){ i });
    struct tl_belief_dataset *dataset =
        tl_draft_dataset(draft, "postgres", key.database, key.schema, key.dataset);

    dataset->kind = from->kind;
    dataset->comment = tl_draft_text(draft, tl_snapshot_text(s, from->comment));
    dataset->view_sql = tl_draft_text(draft, tl_snapshot_text(s, from->view_sql));
    for (uint32_t c = from->first_column; c < from->first_column + from->n_columns; c++) {
        const struct tl_column *at = &s->columns.items[c];
        struct tl_belief_column *column =
            tl_draft_column(draft, tl_snapshot_text(s, at->path),
                            tl_snapshot_text(s, at->native_type));
        column->comment = tl_draft_text(draft, tl_snapshot_text(s, at->comment));
        column->roles = at->roles;
        column->nullable = at->nullable;
        column->logical = at->logical;
    }
}

static int propose(const struct bench *bench, const char *path, struct tl_ctx *ctx)
{
    struct tl_datahub_config config = { 0 };
    struct tl_draft draft;
    struct tl_plan plan = { 0 };
    struct tl_str text = TL_STR_INIT((size_t)4 << 30);
    void *sink = NULL;
    int rc = tl_option_defaults(&config, tl_connector_datahub.options, ctx);

    tl_draft_init(&draft);
    for (uint32_t i = 0; i < bench->snapshot.datasets.n; i++)
        draft_dataset(&draft, &bench->snapshot, i);
    config.mode = TL_DATAHUB_OWN;
    if (rc == TL_OK)
        rc = tl_connector_datahub.open(&sink, &config, ctx);
    if (rc == TL_OK)
        rc = tl_connector_datahub.sink->plan(&plan, sink, tl_draft_belief(&draft), ctx);
    if (rc == TL_OK)
        rc = tl_connector_datahub.sink->write(&text, &plan, ctx);
    if (rc == TL_OK)
        rc = tl_file_write(path, text.text, text.n, ctx);
    tl_str_release(&text);
    tl_vec_release(&plan.items);
    tl_vec_release(&plan.misses);
    tl_connector_datahub.close(sink);
    tl_draft_release(&draft);
    return rc;
}

static int measure(struct bench *bench, char **argv, struct tl_ctx *ctx)
{
    size_t idle = peak_bytes();
    int64_t began = tl_ticks(ctx);
    int rc = pull(bench, ctx);
    int64_t pulled = tl_ticks(ctx);
    size_t peak = peak_bytes();

    if (rc == TL_OK && strcmp(argv[2], "sample") == 0) {
        bench->spec = (struct tl_sample_spec){
            .rows = (uint32_t)strtoul(argv[3], NULL, 10), .value_bytes = 4096, .seed = 1
        };
        rc = sample_all(bench, (unsigned)strtoul(argv[4], NULL, 10), ctx);
    }
    if (rc == TL_OK && strcmp(argv[2], "propose") == 0)
        rc = propose(bench, argv[3], ctx);
    int64_t ended = tl_ticks(ctx);
    if (rc == TL_OK)
        printf("{\"datasets\": %zu, \"columns\": %zu, \"pull_s\": %.6f, \"idle\": %zu, "
               "\"peak\": %zu, \"model\": %zu, \"rest_s\": %.6f, \"rows\": %zu, "
               "\"failed\": %zu}\n",
               bench->snapshot.datasets.n, bench->snapshot.columns.n,
               (double)(pulled - began) / 1e9, idle, peak, model_bytes(&bench->snapshot),
               (double)(ended - pulled) / 1e9, (size_t)bench->rows,
               (size_t)bench->failed);
    return rc;
}

int main(int argc, char **argv)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct bench bench = { 0 };

    bool is_known = (argc == 3 && strcmp(argv[2], "pull") == 0) ||
                    (argc == 4 && strcmp(argv[2], "propose") == 0) ||
                    (argc == 5 && strcmp(argv[2], "sample") == 0);

    if (!is_known) {
        fprintf(
            stderr,
            "usage: bench_postgres FILE pull | propose OUT | sample ROWS CONNECTIONS\n");
        return 2;
    }
    tl_clock_init(&run.clock);
    tl_ctx_init(&ctx, &run);
    tl_snapshot_init(&bench.snapshot);
    int rc = read_config(&bench, argv[1], &ctx);
    if (rc == TL_OK)
        rc = measure(&bench, argv, &ctx);
    if (rc)
        fprintf(stderr, "%s\n%s\n", ctx.error.text, ctx.error.hint);
    tl_snapshot_release(&bench.snapshot);
    tl_ctx_release(&ctx);
    return rc ? 1 : 0;
}
