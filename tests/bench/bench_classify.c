/*
 * bench_classify [FILE.csv ...]: how fast columns are decided, on one thread. Without files: a names-only catalogue of 50,000
 * datasets of 20 columns, then made-up columns of 1,000 values of the kinds a warehouse holds. With files: their values (a simple
 * reader: quotes, no newlines in cells). Prints one line a measure.
 */
#include "base/ctx.h"
#include "base/file.h"
#include "classifiers/engine.h"

#include <sys/resource.h>

#define ROUNDS   5
#define DATASETS 50000u
#define COLUMNS  20u
#define ROWS     1000u

static const char *const words[] = {
    "id",
    "created_at",
    "email",
    "campaign_id",
    "amount",
    "status",
    "ip_address",
    "impressions",
    "device_id",
    "click_url",
    "country",
    "phone",
    "bid_price",
    "creative",
    "is_active",
    "last_name",
    "utm_source",
    "userAgent",
    "gdpr_consent",
    "line_item_id",
    "order_total",
    "first_seen_ts",
    "customer_segment",
    "billing_zip",
    "floor_price_micros",
    "placement",
    "email_verified",
    "latency_ms",
    "page_views",
    "zip_code_prefix",
    "os_version",
    "advertiser_name",
    "lat",
    "lon",
    "score",
};
#define N_WORDS (sizeof words / sizeof *words)

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t mix(uint64_t i)
{
    uint64_t z = (i + 1) * 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

struct bench {
    struct tl_ctx ctx;
    struct tl_run run;
    struct tl_engine *engine;
    struct tl_engine_scratch *scratch;
};

static void die(struct tl_ctx *ctx)
{
    fprintf(stderr, "%s\n%s\n", ctx->error.text, ctx->error.hint);
    exit(1);
}

static double names_once(struct bench *b, const struct tl_snapshot *snapshot,
                         size_t *tags)
{
    double began = now();

    *tags = 0;
    for (uint32_t d = 0; d < snapshot->datasets.n; d++) {
        struct tl_question question = { .snapshot = snapshot,
                                        .dataset = { d },
                                        .scratch = b->scratch };
        struct tl_decisions decisions;

        if (tl_engine_decide(&decisions, b->engine, &question, b->ctx.scratch, &b->ctx))
            die(&b->ctx);
        *tags += decisions.n_tags;
        if (d % 1000 == 999)
            tl_arena_reset(b->ctx.scratch);
    }
    return now() - began;
}

static void names_only(struct bench *b)
{
    struct tl_snapshot snapshot;
    double seconds[ROUNDS];
    size_t tags = 0;

    tl_snapshot_init(&snapshot);
    tl_snapshot_add_source(&snapshot, "bench", "sqlite", "sqlite");
    for (uint32_t d = 0; d < DATASETS; d++) {
        char name[64];

        snprintf(name, sizeof name, "%s_%u", d % 3 ? "fact_events" : "dim_users", d);
        tl_snapshot_add_dataset(&snapshot, "db", "s", name, TL_TABLE);
        for (uint32_t c = 0; c < COLUMNS; c++) {
            uint64_t r = mix(d * COLUMNS + c);

            snprintf(name, sizeof name, r % 5 ? "%s" : "%s_%s", words[r % N_WORDS],
                     words[(r >> 20) % N_WORDS]);
            tl_snapshot_add_column(&snapshot, name, strlen(name),
                                   r & 1024 ? "VARCHAR(64)" : NULL);
        }
    }
    for (unsigned i = 0; i < ROUNDS; i++)
        seconds[i] = names_once(b, &snapshot, &tags);
    qsort(seconds, ROUNDS, sizeof *seconds, by_size);
    printf("names only: %zu columns in %.3f s, %.0f a second, %zu tags\n",
           snapshot.columns.n, seconds[ROUNDS / 2],
           (double)snapshot.columns.n / seconds[ROUNDS / 2], tags);
    tl_snapshot_release(&snapshot);
}

/* ---- values ---- */

struct table {
    struct tl_snapshot snapshot;
    struct tl_sample sample;
    size_t n_values, n_bytes;
};

static void measure(struct bench *b, struct table *t, const char *what)
{
    double seconds[ROUNDS];
    struct tl_question question = { .snapshot = &t->snapshot,
                                    .sample = &t->sample,
                                    .scratch = b->scratch };
    struct tl_decisions decisions;

    for (unsigned i = 0; i < ROUNDS; i++) {
        double began = now();

        if (tl_engine_decide(&decisions, b->engine, &question, b->ctx.scratch, &b->ctx))
            die(&b->ctx);
        seconds[i] = now() - began;
    }
    qsort(seconds, ROUNDS, sizeof *seconds, by_size);
    double s = seconds[ROUNDS / 2];
    printf("%s: %u columns, %zu values, %.1f MB in %.4f s: %.0f values a second, %.1f "
           "MB/s, %u tags\n",
           what, t->sample.n_columns, t->n_values, (double)t->n_bytes / 1e6, s,
           (double)t->n_values / s, (double)t->n_bytes / 1e6 / s, decisions.n_tags);
    tl_arena_reset(b->ctx.scratch);
}

static int make_value(char out[256], unsigned column, unsigned row)
{
    uint64_t r = mix(column * 100003u + row);
    unsigned a = (unsigned)(r & 0xFFFFFF);

    switch (column % 12) {
    case 0:
        return snprintf(out, 256, "user.%u@example.com", a);
    case 1:
        return snprintf(out, 256, "%u.%u.%u.%u", 90 + (a & 63), a >> 8 & 255,
                        a >> 16 & 255, a & 255);
    case 2:
        return snprintf(out, 256, "%08x-%04x-4%03x-9%03x-%012llx", a, a & 0xFFFF,
                        a >> 4 & 0xFFF, a >> 8 & 0xFFF, (unsigned long long)(r >> 16));
    case 3:
        return snprintf(out, 256, "%u", 1700000000u + a);
    case 4:
        return snprintf(out, 256, "%u.%02u", a % 500, a % 100);
    case 5:
        return snprintf(
            out, 256,
            "https://shop.example.com/p/%u?utm_source=mail&gclid=Cj0KCQjw%012llx", a,
            (unsigned long long)(r >> 16));
    case 6:
        return snprintf(out, 256,
                        "Mozilla/5.0 (Linux; Android %u; Pixel %u) AppleWebKit/537.36",
                        a % 14, a % 9);
    case 7:
        return snprintf(out, 256, "%s", a & 1 ? "delivered" : "pending");
    case 8:
        return snprintf(out, 256,
                        "asked about order %u, wants a call back before the weekend", a);
    case 9:
        return snprintf(out, 256, "%016llx%016llx", (unsigned long long)r,
                        (unsigned long long)mix(r));
    case 10:
        return snprintf(out, 256, "2026-%02u-%02u 12:%02u:00", 1 + a % 12, 1 + a % 28,
                        a % 60);
    default:
        return snprintf(out, 256, "Campaign %u spring", a % 5000);
    }
}

static void values_made_up(struct bench *b)
{
    struct table t = { 0 };
    unsigned n = 60;

    tl_snapshot_init(&t.snapshot);
    tl_snapshot_add_source(&t.snapshot, "bench", "csv", "file");
    tl_snapshot_add_dataset(&t.snapshot, NULL, NULL, "events", TL_TABLE);
    t.sample = (struct tl_sample){ .state = TL_SAMPLE_READ,
                                   .n_columns = n,
                                   .n_rows = ROWS,
                                   .values = tl_arena_alloc(b->ctx.arena, n * ROWS,
                                                            sizeof *t.sample.values) };
    for (unsigned c = 0; c < n; c++) {
        char text[256];

        snprintf(text, sizeof text, "%s_%u", c % 2 ? words[c % N_WORDS] : "col", c);
        tl_snapshot_add_column(&t.snapshot, text, strlen(text), "TEXT");
        for (unsigned r = 0; r < ROWS; r++) {
            int length = make_value(text, c, r);

            t.sample.values[c * ROWS + r] =
                (struct tl_value){ tl_arena_dup(b->ctx.arena, text, (size_t)length),
                                   (uint32_t)length, false };
            t.n_values++;
            t.n_bytes += (size_t)length;
        }
    }
    measure(b, &t, "made-up values");
    tl_snapshot_release(&t.snapshot);
}

/* Cells of one line into `cells`; the text is changed in place. */
static size_t split(char *line, char **cells, size_t most)
{
    size_t n = 0;

    for (char *at = line; n < most; n++) {
        char *to = at;
        bool is_quoted = *at == '"';

        cells[n] = at;
        at += is_quoted;
        while (*at && (is_quoted || *at != ',')) {
            if (is_quoted && *at == '"' && *++at != '"')
                is_quoted = false;
            else
                *to++ = *at++;
        }
        bool is_last = !*at;
        at += !is_last;
        *to = '\0';
        if (is_last)
            return n + 1;
    }
    return n;
}

static void values_of(struct bench *b, const char *path)
{
    static char *cells[4096];
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct table t = { 0 };
    uint32_t rows = 0;

    if (tl_file_read(&text, path, &b->ctx))
        die(&b->ctx);
    for (size_t i = 0; i < text.n; i++)
        rows += text.text[i] == '\n';
    tl_snapshot_init(&t.snapshot);
    tl_snapshot_add_source(&t.snapshot, "bench", "csv", "file");
    tl_snapshot_add_dataset(&t.snapshot, NULL, NULL, path, TL_FILE);
    uint32_t row = 0;
    for (char *line = strtok_r(text.text, "\n", &cells[0]), *rest = cells[0]; line;
         row++) {
        size_t n = split(line, cells, 4096);

        for (size_t c = 0; !row && c < n; c++)
            tl_snapshot_add_column(&t.snapshot, cells[c], strlen(cells[c]), NULL);
        if (!row)
            t.sample =
                (struct tl_sample){ .state = TL_SAMPLE_READ,
                                    .n_columns = (uint32_t)n,
                                    .n_rows = rows,
                                    .values = tl_arena_alloc(b->ctx.arena, n * rows + 1,
                                                             sizeof *t.sample.values) };
        for (size_t c = 0; row && c < n && c < t.sample.n_columns && row <= rows; c++) {
            t.sample.values[c * rows + row - 1] =
                (struct tl_value){ cells[c], (uint32_t)strlen(cells[c]), false };
            t.n_values++;
            t.n_bytes += strlen(cells[c]);
        }
        line = strtok_r(NULL, "\n", &rest);
    }
    measure(b, &t, path);
    tl_snapshot_release(&t.snapshot);
    tl_str_release(&text);
}

int main(int argc, char **argv)
{
    struct bench b = { 0 };

    tl_clock_init(&b.run.clock);
    tl_ctx_init(&b.ctx, &b.run);
    double began = now();
    if (tl_engine_open(&b.engine, NULL, &b.ctx))
        die(&b.ctx);
    printf("open: %.1f ms\n", (now() - began) * 1000);
    b.scratch = tl_engine_scratch_open();
    for (int i = 1; i < argc; i++)
        values_of(&b, argv[i]);
    if (argc == 1) {
        names_only(&b);
        values_made_up(&b);
    }
    tl_engine_scratch_close(b.scratch);
    tl_engine_close(b.engine);
    tl_ctx_release(&b.ctx);
    return 0;
}
