/*
 * bench_log [DATASETS [COLUMNS [FOLDER]]]: a synthetic catalogue (50,000 x 20) goes into a log: the first entry, a re-scan in which nothing
 * changed, one in which ten datasets did, and building the index of the belief anew. Then the same files go through git fast-import.
 * Prints one line a measure; memory is what is used beyond what the caller holds.
 */
#include "base/digest.h"
#include "base/file.h"
#include "lineage/log/digest.h"
#include "lineage/log/log.h"

#include "base/ctx.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct bench {
    struct tl_ctx ctx;
    struct tl_run run;
    const char *folder, *path;
    struct tl_snapshot snapshot;
    struct tl_entry_dataset *datasets;
    struct tl_decisions decisions; /* of all columns, cut by dataset */
    struct tl_decisions *per_dataset;
    size_t n_datasets, n_columns;
};

static const struct {
    const char *name, *type, *info_type, *category;
} words[] = {
    { "id", "BIGINT", NULL, NULL },
    { "created_at", "TIMESTAMP", NULL, NULL },
    { "email", "VARCHAR(320)", "email_address", "user.contact.email" },
    { "campaign_id", "BIGINT", NULL, NULL },
    { "amount", "DECIMAL(18,4)", NULL, NULL },
    { "status", "VARCHAR(16)", NULL, NULL },
    { "ip_address", "VARCHAR(45)", "ip_address", "user.device.ip_address" },
    { "impressions", "BIGINT", NULL, NULL },
    { "device_id", "VARCHAR(64)", "device_id", "user.device.device_id" },
    { "click_url", "TEXT", NULL, NULL },
    { "country", "CHAR(2)", NULL, NULL },
    { "phone", "VARCHAR(32)", "phone_number", "user.contact.phone_number" },
    { "bid_price", "DOUBLE", NULL, NULL },
    { "creative", "JSON", NULL, NULL },
    { "flag", "BOOLEAN", NULL, NULL },
    { "last_name", "VARCHAR(80)", "last_name", "user.name.last" },
};
enum { N_WORDS = sizeof words / sizeof *words };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    size_t total = 0, pages = 0;

    if (file) {
        if (fscanf(file, "%zu %zu", &total, &pages) != 2)
            pages = 0;
        fclose(file);
    }
    return pages * (size_t)getpagesize();
}

/* Since the last reset: the kernel counts the peak, and forgets it when asked. */
static size_t peak(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    size_t kib = 0;

    while (file && fgets(line, sizeof line, file))
        sscanf(line, "VmHWM: %zu", &kib);
    if (file)
        fclose(file);
    return kib * 1024;
}

static void reset_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (file) {
        fputs("5", file);
        fclose(file);
    }
}

static void add_column(struct bench *bench, size_t d, size_t c, uint64_t *random)
{
    char name[64];
    size_t i = bench->decisions.n_columns++;
    struct tl_decision *decision = &bench->decisions.columns[i];

    *random = *random * 6364136223846793005u + 1442695040888963407u;
    size_t w = (*random >> 33) % N_WORDS;
    snprintf(name, sizeof name, "%s_%zu", words[w].name, c + (d % 7 == 0));
    tl_snapshot_add_column(&bench->snapshot, name, strlen(name), words[w].type);
    decision->first_opinion = bench->decisions.n_opinions;
    decision->first_tag = bench->decisions.n_tags;
    if (!words[w].info_type)
        return;
    decision->state = TL_PROPOSED;
    decision->n_opinions = decision->n_tags = 1;
    bench->decisions.opinions[bench->decisions.n_opinions++] =
        (struct tl_opinion){ .rule = "core/type#name",
                             .info_type = words[w].info_type,
                             .stance = TL_PROPOSES,
                             .weight = (int16_t)(600 + (*random >> 40) % 300) };
    bench->decisions.tags[bench->decisions.n_tags++] =
        (struct tl_tag){ .info_type = words[w].info_type,
                         .category = words[w].category,
                         .confidence = (uint16_t)(600 + (*random >> 40) % 300),
                         .share = 1000,
                         .sensitivity = TL_PERSONAL,
                         .state = TL_PROPOSED };
}

static void fill(struct bench *bench)
{
    size_t n = bench->n_datasets * bench->n_columns;
    uint64_t random = 42;
    char schema[32], name[64];

    tl_snapshot_init(&bench->snapshot);
    tl_snapshot_add_source(&bench->snapshot, "warehouse", "bench", "snowflake");
    bench->datasets = tl_alloc(bench->n_datasets, sizeof *bench->datasets);
    bench->per_dataset = tl_alloc(bench->n_datasets, sizeof *bench->per_dataset);
    bench->decisions.columns = tl_alloc(n, sizeof *bench->decisions.columns);
    bench->decisions.opinions = tl_alloc(n, sizeof *bench->decisions.opinions);
    bench->decisions.tags = tl_alloc(n, sizeof *bench->decisions.tags);
    for (size_t d = 0; d < bench->n_datasets; d++) {
        snprintf(schema, sizeof schema, "schema_%03zu", d / 1000);
        snprintf(name, sizeof name, "table_%05zu_%s", d, words[d % N_WORDS].name);
        tl_snapshot_add_dataset(&bench->snapshot, "analytics", schema, name, TL_TABLE)
            ->rows = 1000;
        bench->per_dataset[d] = bench->decisions;
        bench->per_dataset[d].columns += d * bench->n_columns;
        bench->per_dataset[d].n_columns = (uint32_t)bench->n_columns;
        for (size_t c = 0; c < bench->n_columns; c++)
            add_column(bench, d, c, &random);
        bench->datasets[d].id.i = (uint32_t)d;
        bench->datasets[d].decisions = &bench->per_dataset[d];
        tl_log_schema_digest(bench->datasets[d].schema_digest, &bench->snapshot,
                             bench->datasets[d].id);
    }
}

static void measure(struct bench *bench, struct tl_log *log, const char *what)
{
    struct tl_entry entry = { .kind = "scan",
                              .actor = "bench",
                              .version = "0",
                              .rules_digest = "f00d",
                              .snapshot = &bench->snapshot,
                              .datasets = bench->datasets,
                              .n_datasets = bench->n_datasets };
    struct tl_appended done;

    tl_trace_id_new(&entry.trace);
    entry.began = entry.ended = tl_now(&bench->ctx);
    reset_peak();
    size_t before = resident();
    double began = now();
    if (tl_log_append(&done, log, &entry, 0, &bench->ctx) < 0) {
        fprintf(stderr, "%s\n", bench->ctx.error.text);
        exit(1);
    }
    double seconds = now() - began;
    printf("%-28s %7.3f s %9.1f MB written %6.1f bytes/column beyond the caller's\n",
           what, seconds, (double)done.bytes / 1e6,
           (double)(peak() - before) / (double)(bench->n_datasets * bench->n_columns));
    fflush(stdout);
}

static void measure_index(struct bench *bench)
{
    char path[4096];
    struct tl_log *log;
    const struct tl_belief *belief;

    snprintf(path, sizeof path, "%s/tagline/belief.idx", bench->path);
    for (int again = 0; again < 2; again++) {
        reset_peak();
        size_t before = resident();
        double began = now();
        if (tl_log_open(&log, bench->path, &bench->ctx) < 0 ||
            tl_log_belief(&belief, log, &bench->ctx) < 0)
            exit(1);
        printf("%-28s %7.3f s %36.1f bytes/column\n",
               again ? "index built anew" : "index opened", now() - began,
               (double)(peak() - before) /
                   (double)(bench->n_datasets * bench->n_columns));
        tl_log_close(log);
        unlink(path);
    }
}

/* Runs `command`, with the two paths in $A and $B. */
static double timed(const char *command, const char *a, const char *b)
{
    setenv("A", a, 1);
    setenv("B", b, 1);
    double began = now();

    if (system(command) != 0) /* NOLINT: a bench drives git by its command line */
        printf("failed: %s\n", command);
    return now() - began;
}

/* The first entry's files as git fast-export writes them, into an empty repository. */
static void measure_fast_import(struct bench *bench)
{
    const char *stream = tl_path_join(bench->folder, "stream", &bench->ctx);
    const char *other = tl_path_join(bench->folder, "imported", &bench->ctx);

    timed("git --git-dir=\"$A\" branch first main~3 && git --git-dir=\"$A\" fast-export "
          "first > \"$B\"",
          bench->path, stream);
    timed("git init -q --bare \"$A\"", other, "");
    double seconds =
        timed("git --git-dir=\"$A\" fast-import --quiet < \"$B\"", other, stream);
    printf("%-28s %7.3f s, bytes:\n", "git fast-import", seconds);
    fflush(stdout);
    timed("du -cb \"$A\"/objects/pack/*.pack \"$A\"/objects/pack/*.idx | tail -1", other,
          "");
    seconds = timed("git --git-dir=\"$A\" fsck --strict", bench->path, "");
    printf("%-28s %7.3f s\n", "git fsck --strict", seconds);
}

int main(int argc, char **argv)
{
    struct bench bench = { .n_datasets = argc > 1 ? strtoul(argv[1], NULL, 10) : 50000,
                           .n_columns = argc > 2 ? strtoul(argv[2], NULL, 10) : 20,
                           .folder = argc > 3 ? argv[3] : "/tmp" };
    struct tl_log *log;

    tl_clock_init(&bench.run.clock);
    tl_ctx_init(&bench.ctx, &bench.run);
    bench.folder = tl_path_join(bench.folder, "bench-log-XXXXXX", &bench.ctx);
    if (!mkdtemp((char *)(uintptr_t)bench.folder))
        return 1;
    bench.path = tl_path_join(bench.folder, "log", &bench.ctx);
    fill(&bench);
    if (tl_log_create(bench.path, &bench.ctx) < 0 ||
        tl_log_open(&log, bench.path, &bench.ctx) < 0)
        return 1;
    measure(&bench, log, "first entry");
    for (size_t d = 0; d < bench.n_datasets; d++)
        bench.datasets[d].is_unchanged = true;
    measure(&bench, log, "nothing changed");
    for (size_t d = 0; d < 10 && d < bench.n_datasets; d++) {
        bench.datasets[d * (bench.n_datasets / 10)].is_unchanged = false;
        bench.datasets[d * (bench.n_datasets / 10)].sample_digest[0] = 'a';
    }
    measure(&bench, log, "ten datasets changed");
    for (size_t d = 0; d < bench.n_datasets; d++)
        bench.datasets[d].is_unchanged = false;
    measure(&bench, log, "all decided again, the same");
    tl_log_close(log);
    measure_index(&bench);
    measure_fast_import(&bench);
    timed("rm -rf \"$A\"", bench.folder, "");
    return 0;
}
