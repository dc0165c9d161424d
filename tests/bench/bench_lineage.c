/*
 * SQL to edges: `bench_lineage CORPUS.jsonl` reads a corpus (a line with the schema, then lines with "sql"), and times each query with
 * a catalogue: ours from text to edges, and libpg_query's raw parse alone, interleaved, CPU time, medians of rounds. Beside the queries as
 * they stand, variants of them (white space, case of keywords, numbers, local names) that no branch predictor has seen. Prints one JSON
 * object; "peer" is null where libpg_query is not built in.
 */
#include "base/ctx.h"
#include "base/file.h"
#include "base/json.h"
#include "lineage/sql/sql.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef TL_PG_QUERY
#include <pg_query.h>

/* pg_query/pg_query_internal.h of 15-4.0.0 as far as it is called here: it includes PostgreSQL's own headers, which no package has. */
struct pg_parsed {
    void *tree;
    char *stderr_buffer;
    PgQueryError *error;
};
struct pg_parsed pg_query_raw_parse(const char *input);
void pg_query_free_error(PgQueryError *error);
void *pg_query_enter_memory_context(void);
void pg_query_exit_memory_context(void *context);
#endif

enum { ROUNDS = 7, VARIANTS = 50 };

struct corpus {
    TL_VEC(struct tl_slice) queries; /* in `text` */
    struct tl_str text;
};

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void add_query(struct corpus *corpus, const char *sql, size_t n)
{
    struct tl_slice slice = { (uint32_t)corpus->text.n, (uint32_t)n };

    tl_str_add_bytes(&corpus->text, sql, n);
    tl_str_add_char(&corpus->text, '\0');
    tl_vec_push(&corpus->queries, slice);
}

static void add_tables(struct tl_sql *sql, const json_t *tables)
{
    const char *table, *column;
    const json_t *columns, *type;
    uint32_t tag = 0;

    json_object_foreach((json_t *)(uintptr_t)tables, table, columns)
    {
        tl_sql_add_table(sql, NULL, NULL, table, tag++);
        json_object_foreach((json_t *)(uintptr_t)columns, column, type)
            tl_sql_add_column(sql, column);
    }
}

static int load(struct corpus *corpus, struct tl_sql *sql, const char *path,
                struct tl_ctx *ctx)
{
    struct tl_str file = TL_STR_INIT(TL_STR_MOST);
    int rc = tl_file_read(&file, path, ctx);

    for (char *at = file.text; rc == TL_OK && *at;) {
        char *end = strchrnul(at, '\n');
        json_t *line;
        if ((rc = tl_json_parse(&line, at, (size_t)(end - at), path, ctx)) < 0)
            break;
        const char *query = tl_json_text_at(line, "sql", NULL);
        if (query)
            add_query(corpus, query, strlen(query));
        else
            add_tables(sql, tl_json_at(line, "tables"));
        json_decref(line);
        at = end + (*end != 0);
    }
    tl_str_release(&file);
    return rc;
}

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* White space is stretched, letters outside quotes change their case, digits behind a blank change. */
static void add_variant(struct corpus *out, const char *sql, size_t n, uint32_t seed)
{
    struct tl_str text = TL_STR_INIT(1 << 20);
    bool upper = next(&seed) & 1;
    char quote = 0;

    for (size_t i = 0; i < n; i++) {
        char c = sql[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == ' ' || c == '\n') {
            for (uint32_t k = next(&seed) % 3; k > 0; k--)
                tl_str_add_char(&text, next(&seed) % 4 ? ' ' : '\n');
            upper = next(&seed) & 1;
        } else if (upper) {
            c = (char)toupper((unsigned char)c);
        }
        tl_str_add_char(&text, c);
    }
    add_query(out, text.text, text.n);
    tl_str_release(&text);
}

struct figures {
    double ours, peer;
    size_t edges, problems, refused;
};

static double time_ours(struct figures *figures, struct tl_sql *sql,
                        const struct corpus *corpus, struct tl_ctx *ctx)
{
    double began = cpu_seconds();

    figures->edges = figures->problems = 0;
    for (size_t i = 0; i < corpus->queries.n; i++) {
        struct tl_slice query = corpus->queries.items[i];
        struct tl_sql_result result;
        if (tl_sql_lineage(&result, sql, corpus->text.text + query.at, query.n, ctx) < 0)
            abort();
        figures->edges += result.n_edges;
        figures->problems += result.n_problems;
    }
    return cpu_seconds() - began;
}

static double time_peer(struct figures *figures, const struct corpus *corpus)
{
#ifdef TL_PG_QUERY
    double began = cpu_seconds();

    figures->refused = 0;
    for (size_t i = 0; i < corpus->queries.n; i++) {
        struct tl_slice query = corpus->queries.items[i];
        void *context = pg_query_enter_memory_context();
        struct pg_parsed parsed = pg_query_raw_parse(corpus->text.text + query.at);
        figures->refused += parsed.error != NULL;
        free(parsed.stderr_buffer);
        if (parsed.error)
            pg_query_free_error(parsed.error);
        pg_query_exit_memory_context(context);
    }
    return cpu_seconds() - began;
#else
    (void)figures;
    (void)corpus;
    return 0;
#endif
}

static int by_size(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static void measure(struct figures *out, struct tl_sql *sql, const struct corpus *corpus,
                    int times, struct tl_ctx *ctx)
{
    double ours[ROUNDS], peer[ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        ours[round] = peer[round] = 0;
        for (int i = 0; i < times; i++) {
            ours[round] += time_ours(out, sql, corpus, ctx);
            peer[round] += time_peer(out, corpus);
        }
    }
    qsort(ours, ROUNDS, sizeof *ours, by_size);
    qsort(peer, ROUNDS, sizeof *peer, by_size);
    out->ours = ours[ROUNDS / 2] / times;
    out->peer = peer[ROUNDS / 2] / times;
}

static void print(const char *what, const struct figures *figures,
                  const struct corpus *corpus)
{
    double n = (double)corpus->queries.n;

    printf("\"%s\": {\"queries\": %zu, \"edges\": %zu, \"problems\": %zu, "
           "\"refused_by_peer\": %zu, \"ours\": %.0f, \"peer\": ",
           what, corpus->queries.n, figures->edges, figures->problems, figures->refused,
           n / figures->ours);
    if (figures->peer > 0)
        printf("%.0f}", n / figures->peer);
    else
        printf("null}");
}

int main(int argc, char **argv)
{
    struct corpus corpus = { .text = TL_STR_INIT(TL_STR_MOST) };
    struct corpus variants = { .text = TL_STR_INIT(TL_STR_MOST) };
    struct tl_sql *sql = tl_sql_open(TL_SQL_POSTGRES);
    struct figures plain = { 0 }, varied = { 0 };
    struct tl_run run = { 0 };
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    if (argc < 2 || load(&corpus, sql, argv[1], &ctx) < 0) {
        fprintf(stderr, "bench_lineage CORPUS.jsonl: %s\n", ctx.error.text);
        return 2;
    }
    for (uint32_t v = 0; v < VARIANTS; v++)
        for (size_t i = 0; i < corpus.queries.n; i++)
            add_variant(&variants, corpus.text.text + corpus.queries.items[i].at,
                        corpus.queries.items[i].n, v * 7919u + (uint32_t)i);
    measure(&plain, sql, &corpus, 20, &ctx);
    measure(&varied, sql, &variants, 1, &ctx);
    printf("{");
    print("plain", &plain, &corpus);
    printf(", ");
    print("variants", &varied, &variants);
    printf("}\n");
    tl_sql_close(sql);
    tl_vec_release(&corpus.queries);
    tl_vec_release(&variants.queries);
    tl_str_release(&corpus.text);
    tl_str_release(&variants.text);
    tl_ctx_release(&ctx);
    return 0;
}
