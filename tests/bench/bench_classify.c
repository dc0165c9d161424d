/*
 * bench_classify [FILE.csv ...]: how fast columns are decided. Without files: a names-only catalogue of 50,000 datasets of 20 columns; 40
 * columns of 2,500 values of the kinds a warehouse holds, on one thread and on two; and the same values against the patterns alone, each
 * and prefiltered, which must agree. With files: their values (a simple reader: quotes, no newlines in cells). Prints one line a measure; seconds
 * are the processor's but where two threads are compared.
 * bench_classify --write FILE.csv ROWS: those columns as a file, for peers.
 */
#include "base/ctx.h"
#include "base/file.h"
#include "classifiers/prefilter.h"

#include <pthread.h>

#define ROUNDS   5
#define DATASETS 50000u
#define COLUMNS  20u

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

static double seconds_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of this thread's processor: what one thread does is told the same on a busy machine. */
static double now(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
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

static void table_open(struct table *t, struct bench *b, const char *name,
                       uint32_t columns, uint32_t rows)
{
    memset(t, 0, sizeof *t);
    tl_snapshot_init(&t->snapshot);
    tl_snapshot_add_source(&t->snapshot, "bench", "csv", "file");
    tl_snapshot_add_dataset(&t->snapshot, NULL, NULL, name, TL_TABLE);
    t->sample = (struct tl_sample){ .state = TL_SAMPLE_READ,
                                    .n_columns = columns,
                                    .n_rows = rows,
                                    .values = tl_arena_alloc(b->ctx.arena,
                                                             (size_t)columns * rows + 1,
                                                             sizeof *t->sample.values) };
}

static void set_value(struct table *t, struct bench *b, uint32_t column, uint32_t row,
                      const char *text, size_t n)
{
    t->sample.values[(size_t)column * t->sample.n_rows + row] =
        (struct tl_value){ tl_arena_dup(b->ctx.arena, text, n), (uint32_t)n, false };
    t->n_values++;
    t->n_bytes += n;
}

static double decide_once(const struct bench *b, const struct table *t,
                          struct tl_engine_scratch *scratch, struct tl_ctx *ctx,
                          unsigned *tags)
{
    struct tl_question question = { .snapshot = &t->snapshot,
                                    .sample = &t->sample,
                                    .scratch = scratch };
    struct tl_decisions decisions;
    double began = now();

    if (tl_engine_decide(&decisions, b->engine, &question, ctx->scratch, ctx))
        die(ctx);
    double took = now() - began;
    *tags = decisions.n_tags;
    tl_arena_reset(ctx->scratch);
    return took;
}

static void measure(struct bench *b, struct table *t, const char *what)
{
    double seconds[ROUNDS];
    unsigned tags = 0;

    for (unsigned i = 0; i < ROUNDS; i++)
        seconds[i] = decide_once(b, t, b->scratch, &b->ctx, &tags);
    qsort(seconds, ROUNDS, sizeof *seconds, by_size);
    double s = seconds[ROUNDS / 2];
    printf("%s: %u columns, %zu values, mean %.1f bytes in %.4f s: %.3f us a value, %.0f "
           "values "
           "a second, %.1f MB/s, %u tags\n",
           what, t->sample.n_columns, t->n_values,
           (double)t->n_bytes / (double)t->n_values, s, s * 1e6 / (double)t->n_values,
           (double)t->n_values / s, (double)t->n_bytes / 1e6 / s, tags);
}

/* The kinds of columns that an advertiser's warehouse holds, mostly distinct values, a mean of about 20 bytes. */
static const char *const corpus_names[] = {
    "id",      "contact",  "full_name", "first",      "surname", "town",    "address",
    "zip",     "phone",    "callback",  "ip",         "addr",    "device",  "em_md5",
    "em_sha",  "order_no", "price",     "created_at", "seen",    "day",     "state",
    "country", "landing",  "agent",     "note",       "props",   "consent", "ga",
    "click",   "campaign", "sku",       "account",    "card",    "lat",     "lon",
    "flag",    "share",    "line",      "hw",         "host",
};
#define CORPUS_COLUMNS 40u
#define CORPUS_ROWS    2500u

static int make_person(char out[256], unsigned column, uint64_t r)
{
    static const char *const given[] = { "Anna",   "Björn",  "Chloé", "Dmitri", "Eve",
                                         "Fatima", "George", "Hana",  "Ivan",   "Julia" };
    static const char *const family[] = {
        "Smith",  "Müller", "García", "Rossi",  "Novak",
        "Jensen", "Dubois", "Okafor", "Tanaka", "Silva"
    };
    static const char *const towns[] = { "Berlin", "São Paulo", "New York", "Lyon",
                                         "Osaka",  "Lagos",     "Kraków",   "Leeds",
                                         "Pune",   "Quito" };
    static const char *const streets[] = { "Main St", "Hauptstraße", "Rue de Lyon",
                                           "High Street", "Park Avenue" };
    const char *one = given[r % 10];
    const char *two = family[r / 10 % 10];
    unsigned a = (unsigned)(r >> 20 & 0xFFFFFF);

    switch (column) {
    case 1:
        return snprintf(out, 256, "u%u@mail%u.example.com", a, a % 50);
    case 2:
        return snprintf(out, 256, "%s %c. %s", one, 'A' + (int)(a % 26), two);
    case 3:
        return snprintf(out, 256, "%s", one);
    case 4:
        return snprintf(out, 256, "%s%s", two, a % 7 ? "" : "-Meier");
    case 5:
        return snprintf(out, 256, "%s", towns[r / 100 % 10]);
    case 6:
        return snprintf(out, 256, "%u %s", a % 900, streets[r % 5]);
    case 7:
        return snprintf(out, 256, "%05u", a % 100000);
    case 8:
        return snprintf(out, 256, "+4930%07u", a % 10000000);
    default:
        return snprintf(out, 256, "(%u) 555-%04u", 201 + a % 700, a % 10000);
    }
}

static int make_id(char out[256], unsigned column, uint64_t r)
{
    unsigned a = (unsigned)(r & 0xFFFFFF);
    unsigned long long x = r;
    unsigned long long y = mix(r);

    switch (column) {
    case 10:
        return snprintf(out, 256, "%u.%u.%u.%u", 11 + (a & 127), a >> 8 & 255,
                        a >> 16 & 255, a & 255);
    case 11:
        return snprintf(out, 256, "2001:db8:%x:%x::%x", a & 0xFFFF, a >> 8,
                        a >> 4 & 0xFFF);
    case 12:
        return snprintf(out, 256, "%08x-%04x-4%03x-9%03x-%012llx", a, a & 0xFFFF,
                        a >> 4 & 0xFFF, a >> 8 & 0xFFF, x >> 16);
    case 13:
        return snprintf(out, 256, "%016llx%016llx", x, y);
    case 14:
        return snprintf(out, 256, "%016llx%016llx%016llx%016llx", x, y,
                        (unsigned long long)mix(y), (unsigned long long)mix(x + y));
    case 27:
        return snprintf(out, 256, "GA1.2.%u.17%08u", a * 7 + 1000, a);
    case 28:
        return snprintf(out, 256, "Cj0KCQjw%012llx_%06x", x >> 16, a);
    case 30:
        return snprintf(out, 256, "SKU-%c%c-%05u", 'A' + (int)(a % 26),
                        'A' + (int)(a / 26 % 26), a % 100000);
    case 31:
        return snprintf(out, 256, "DE%02u%010u%08u", 10 + a % 89, a * 97, a);
    case 32:
        return snprintf(out, 256, "4%03u %04u %04u %04u", a % 1000, a >> 3 & 1023,
                        a >> 5 & 1023, a >> 7 & 1023);
    case 38:
        return snprintf(out, 256, "%02x:%02x:%02x:%02x:%02x:%02x", a & 255, a >> 8 & 255,
                        a >> 16 & 255, (a * 3) & 255, (a * 5) & 255, (a * 7) & 255);
    default:
        return snprintf(out, 256, "host-%u.eu-west.example.net", a % 4096);
    }
}

static int make_value(char out[256], unsigned column, unsigned row)
{
    static const char *const countries[] = { "DE", "US", "FR", "GB", "JP", "BR", "PL" };
    uint64_t r = mix(column * 100003u + row);
    unsigned a = (unsigned)(r & 0xFFFFFF);

    switch (column) {
    case 0:
    case 37:
        return snprintf(out, 256, "%u", 1000 + row * 3);
    case 15:
        return snprintf(out, 256, "%u-%06u", 2020 + a % 7, a % 1000000);
    case 16:
        return snprintf(out, 256, "%u.%02u", a % 500, a % 100);
    case 17:
        return snprintf(out, 256, "2026-%02u-%02u 12:%02u:%02u", 1 + a % 12, 1 + a % 28,
                        a % 60, a / 60 % 60);
    case 18:
        return snprintf(out, 256, "%u", 1700000000u + a);
    case 19:
        return snprintf(out, 256, "20%02u-%02u-%02u", a % 27, 1 + a % 12, 1 + a % 28);
    case 20:
        return snprintf(out, 256, "%s", a & 1 ? "delivered" : "pending");
    case 21:
        return snprintf(out, 256, "%s", countries[a % 7]);
    case 22:
        return snprintf(out, 256, "https://shop.example.com/p/%u?utm_source=mail", a);
    case 23:
        return snprintf(out, 256, "Mozilla/5.0 (Linux; Android %u; Pixel %u)", a % 14,
                        a % 999);
    case 24:
        return snprintf(out, 256, "asked about order %u, call back on day %u", a, a % 31);
    case 25:
        return snprintf(out, 256, "{\"k\":%u,\"v\":\"x%u\"}", a % 100, a);
    case 26:
        return snprintf(out, 256, "1%c%c%c", "YN-"[a % 3], "YN-"[a / 3 % 3],
                        "YN-"[a / 9 % 3]);
    case 29:
        return snprintf(out, 256, "Spring %u retargeting", a % 5000);
    case 33:
        return snprintf(out, 256, "%d.%06u", (int)(a % 170) - 85, a % 1000000);
    case 34:
        return snprintf(out, 256, "%d.%06u", (int)(a % 340) - 170, a % 1000000);
    case 35:
        return snprintf(out, 256, "%s", a & 1 ? "true" : "false");
    case 36:
        return snprintf(out, 256, "0.%04u", a % 10000);
    default:
        return column < 10 ? make_person(out, column, r) : make_id(out, column, r);
    }
}

static void make_corpus(struct table *t, struct bench *b)
{
    table_open(t, b, "events", CORPUS_COLUMNS, CORPUS_ROWS);
    for (uint32_t c = 0; c < CORPUS_COLUMNS; c++) {
        char text[256];

        tl_snapshot_add_column(&t->snapshot, corpus_names[c], strlen(corpus_names[c]),
                               "TEXT");
        for (uint32_t r = 0; r < CORPUS_ROWS; r++) {
            int length = make_value(text, c, r);

            set_value(t, b, c, r, text, (size_t)length);
        }
    }
}

/* ---- the same on several threads ---- */

struct worker {
    const struct bench *b;
    const struct table *t;
    pthread_t thread;
};

static void *work(void *given)
{
    const struct worker *worker = given;
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    unsigned tags;

    tl_clock_init(&run.clock);
    tl_ctx_init(&ctx, &run);
    struct tl_engine_scratch *scratch = tl_engine_scratch_open();
    for (unsigned i = 0; i < ROUNDS; i++)
        decide_once(worker->b, worker->t, scratch, &ctx, &tags);
    tl_engine_scratch_close(scratch);
    tl_ctx_release(&ctx);
    return NULL;
}

static double with_threads(const struct bench *b, const struct table *t, unsigned n)
{
    struct worker workers[2];
    double began = seconds_of(CLOCK_MONOTONIC);

    for (unsigned i = 0; i < n; i++) {
        workers[i] = (struct worker){ .b = b, .t = t };
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
            abort();
    }
    for (unsigned i = 0; i < n; i++)
        pthread_join(workers[i].thread, NULL);
    return (double)t->n_values * ROUNDS * n / (seconds_of(CLOCK_MONOTONIC) - began);
}

static void measure_threads(const struct bench *b, const struct table *t)
{
    double one = with_threads(b, t, 1);
    double two = with_threads(b, t, 2);

    printf("threads, by the clock on the wall: %.0f values a second on one, %.0f on two, "
           "%.2f times\n",
           one, two, two / one);
}

/* ---- patterns alone: the loop that everything is held against ---- */

enum loop { ALL, UNNAMED, PREFILTERED };

/* Runs whole-value patterns on every value: of all types, of those that need no name, or what the prefilter leaves of the latter. */
static double match_all(const struct bench *b, const struct table *t, enum loop loop,
                        size_t *runs, size_t *matches)
{
    const struct tl_prefilter *filter = b->engine->prefilter;
    struct tl_rx_scratch *rx = tl_rx_scratch_open();
    struct tl_bits active;
    double began = now();

    *runs = *matches = 0;
    memset(&active, 0xFF, sizeof active);
    for (size_t v = 0; v < t->n_values; v++) {
        const struct tl_value *value = &t->sample.values[v];
        struct tl_bits left = active;
        struct tl_shape shape;

        if (loop == PREFILTERED)
            tl_prefilter_look(&left, &shape, filter, &active, value->bytes, value->n,
                              false);
        for (uint32_t i = 0; i < b->engine->n_types; i++) {
            const struct tl_rule *rule = &b->engine->rules[i];
            unsigned bit = filter->value_bit[i];

            if (!rule->value ||
                (loop != ALL && (bit == UINT16_MAX || !tl_bits_has(&left, bit))))
                continue;
            ++*runs;
            *matches +=
                loop == PREFILTERED && rule->value_form.n_ways &&
                        !(shape.present.words[2] | shape.present.words[3])
                    ? tl_form_takes(&rule->value_form, value->bytes, value->n)
                    : tl_rx_match(rule->value, value->bytes, value->n, rx) == TL_RX_YES;
        }
    }
    double took = now() - began;
    tl_rx_scratch_close(rx);
    return took;
}

/* Values on which the prefilter and the exact forms say otherwise than the pattern, with what packs say beside it. */
static size_t disagreements(const struct bench *b, const struct table *t)
{
    const struct tl_prefilter *filter = b->engine->prefilter;
    struct tl_rx_scratch *rx = tl_rx_scratch_open();
    struct tl_bits active;
    size_t n = 0;

    memset(&active, 0xFF, sizeof active);
    for (size_t v = 0; v < t->n_values; v++) {
        const struct tl_value *value = &t->sample.values[v];
        struct tl_bits left;
        struct tl_shape shape;

        tl_prefilter_look(&left, &shape, filter, &active, value->bytes, value->n, false);
        for (uint32_t i = 0; i < b->engine->n_types; i++) {
            const struct tl_rule *rule = &b->engine->rules[i];
            struct tl_rule bare = { .value = rule->value, /* no form, no hint, no check */
                                    .most_length = rule->most_length,
                                    .least_length = rule->least_length,
                                    .needs = rule->needs,
                                    .only = rule->only,
                                    .least_digits = rule->least_digits };
            unsigned bit = filter->value_bit[i];

            bare.value_form.most = UINT32_MAX;
            memset(&bare.value_form.allowed, 0xFF, sizeof bare.value_form.allowed);
            bare.value_form.first = bare.value_form.last = bare.value_form.allowed;
            bool takes = tl_rule_takes(&bare, value->bytes, &shape, true, rx);
            bare.validator = rule->validator;
            bool is_valid = takes && tl_rule_takes(&bare, value->bytes, &shape, true, rx);
            n += tl_rule_takes(rule, value->bytes, &shape, true, rx) != is_valid;
            n += takes && bit != UINT16_MAX && !tl_bits_has(&left, bit);
        }
    }
    tl_rx_scratch_close(rx);
    return n;
}

static void patterns_alone(const struct bench *b, const struct table *t)
{
    size_t runs[3], matches[3];
    double seconds[3];
    double n = (double)t->n_values;

    for (int round = 0; round < 2;
         round++) { /* patterns are compiled when first needed */
        for (int loop = ALL; loop <= PREFILTERED; loop++)
            seconds[loop] =
                match_all(b, t, (enum loop)loop, &runs[loop], &matches[loop]) * 1e6 / n;
    }
    printf(
        "patterns alone: all %.0f %.3f us a value; the %.0f that need no name %.3f us, "
        "prefiltered %.3f us with %.1f run and %.1f matches; verdicts that differ: %zu\n",
        (double)runs[ALL] / n, seconds[ALL], (double)runs[UNNAMED] / n, seconds[UNNAMED],
        seconds[PREFILTERED], (double)runs[PREFILTERED] / n,
        (double)matches[PREFILTERED] / n, disagreements(b, t));
}

static void values_as_in_a_warehouse(struct bench *b)
{
    struct table t;

    make_corpus(&t, b);
    measure(b, &t, "warehouse columns");
    patterns_alone(b, &t);
    measure_threads(b, &t);
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
    struct table t;
    uint32_t rows = 0;
    uint32_t row = 0;
    size_t n_columns = 0;

    if (tl_file_read(&text, path, &b->ctx))
        die(&b->ctx);
    for (size_t i = 0; i < text.n; i++)
        rows += text.text[i] == '\n';
    char *rest = text.text;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"), row++) {
        size_t n = split(line, cells, 4096);

        if (!row) {
            n_columns = n;
            table_open(&t, b, path, (uint32_t)n, rows);
            for (size_t c = 0; c < n; c++)
                tl_snapshot_add_column(&t.snapshot, cells[c], strlen(cells[c]), NULL);
        }
        for (size_t c = 0; row && c < n && c < n_columns && row <= rows; c++)
            if (*cells[c])
                set_value(&t, b, (uint32_t)c, row - 1, cells[c], strlen(cells[c]));
    }
    measure(b, &t, path);
    tl_snapshot_release(&t.snapshot);
    tl_str_release(&text);
}

/* The corpus as a CSV file, for peers. */
static void write_corpus(const char *path, unsigned rows)
{
    FILE *out = fopen(path, "w");

    if (!out)
        abort();
    for (unsigned c = 0; c < CORPUS_COLUMNS; c++)
        fprintf(out, "%s%s", c ? "," : "", corpus_names[c]);
    for (unsigned r = 0; r < rows; r++) {
        for (unsigned c = 0; c < CORPUS_COLUMNS; c++) {
            char text[256];

            make_value(text, c, r);
            fputs(c ? ",\"" : "\n\"", out);
            for (const char *at = text; *at; at++) {
                if (*at == '"')
                    fputc('"', out);
                fputc(*at, out);
            }
            fputc('"', out);
        }
    }
    fputc('\n', out);
    fclose(out);
}

int main(int argc, char **argv)
{
    struct bench b = { 0 };

    if (argc == 4 && !strcmp(argv[1], "--write")) {
        write_corpus(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
        return 0;
    }
    tl_clock_init(&b.run.clock);
    tl_ctx_init(&b.ctx, &b.run);
    double began = now();
    if (tl_engine_open(&b.engine, NULL, &b.ctx))
        die(&b.ctx);
    printf("open: %.1f ms, %u types\n", (now() - began) * 1000, b.engine->n_types);
    b.scratch = tl_engine_scratch_open();
    for (int i = 1; i < argc; i++)
        values_of(&b, argv[i]);
    if (argc == 1) {
        names_only(&b);
        values_as_in_a_warehouse(&b);
    }
    tl_engine_scratch_close(b.scratch);
    tl_engine_close(b.engine);
    tl_ctx_release(&b.ctx);
    return 0;
}
