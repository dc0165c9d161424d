/*
 * SQL to edges: `bench_lineage CORPUS.jsonl` reads a corpus (a line with the schema, then lines with "sql"), and times each query with
 * a catalogue: ours from text to edges, and libpg_query's raw parse alone, interleaved, CPU time, medians of rounds. Beside the queries as
 * they stand, variants of them (white space, case, numbers, local names) that no branch predictor has seen; those again with a catalogue
 * of 100,000 columns more, and by two threads against one, wall time. Prints one JSON object; "peer" is null where libpg_query is not
 * built in. `bench_lineage --odd` prints the bytes a second of texts that are long in one way only.
 */
#include "base/ctx.h"
#include "base/file.h"
#include "base/json.h"
#include "base/pool.h"
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

/* A word of one letter and digits, or of fewer than four letters, is no column of these corpora: it may get another name. */
static bool is_local_name(const char *word, size_t n)
{
    static const char *const kept[] = { "as",  "by",  "on",  "or",  "in",  "is",  "and",
                                        "not", "asc", "sum", "avg", "min", "max", "end",
                                        "all", "day", "row", "int", "abs", "dec" };

    if (n > 3 || isdigit((unsigned char)word[0]))
        return false;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strncasecmp(kept[i], word, n) == 0 && kept[i][n] == '\0')
            return false;
    return true;
}

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The whole word at `from`: local names get a number behind them that is the variant's own, numbers their last digit changed. */
static size_t add_word(struct tl_str *out, const char *from, uint32_t seed, bool upper)
{
    size_t n = 0;

    while (is_of_word(from[n]))
        n++;
    for (size_t i = 0; i < n; i++) {
        char c = from[i];
        if (i > 0 && i + 1 == n && isdigit((unsigned char)from[0]) &&
            isdigit((unsigned char)c))
            c = (char)('0' + (c - '0' + seed % 10) % 10);
        tl_str_add_char(out, upper ? (char)toupper((unsigned char)c) : c);
    }
    if (is_local_name(from, n))
        tl_str_addf(out, "_%u", seed % 1000);
    return n;
}

/* White space is stretched, words outside quotes change their case, numbers change, local names are others. */
static void add_variant(struct corpus *out, const char *sql, size_t n, uint32_t seed)
{
    struct tl_str text = TL_STR_INIT(1 << 20);
    uint32_t own = seed;
    bool upper = next(&seed) & 1;
    char quote = 0;

    for (size_t i = 0; i < n; i++) {
        char c = sql[i];
        if (!quote && is_of_word(c)) {
            i += add_word(&text, sql + i, own, upper) - 1;
            continue;
        }
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == ' ' || c == '\n') {
            for (uint32_t k = next(&seed) % 3; k > 0; k--)
                tl_str_add_char(&text, next(&seed) % 4 ? ' ' : '\n');
            upper = next(&seed) & 1;
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

/* ---- a large catalogue ---- */

static void add_many_tables(struct tl_sql *sql)
{
    char name[64];

    for (unsigned t = 0; t < 5000; t++) {
        snprintf(name, sizeof name, "other_table_%u", t);
        tl_sql_add_table(sql, NULL, NULL, name, 1000 + t);
        for (unsigned c = 0; c < 20; c++) {
            snprintf(name, sizeof name, "c%u_%u", c, t % 977);
            tl_sql_add_column(sql, name);
        }
    }
}

/* ---- threads ---- */

struct shared {
    const char *path;
    const struct corpus *corpus;
};

static int begin_worker(void **self, void *shared, struct tl_ctx *ctx)
{
    struct tl_sql *sql = tl_sql_open(TL_SQL_POSTGRES);
    struct corpus unused = { .text = TL_STR_INIT(TL_STR_MOST) };

    *self = sql;
    int rc = load(&unused, sql, ((struct shared *)shared)->path, ctx);
    add_many_tables(sql);
    tl_vec_release(&unused.queries);
    tl_str_release(&unused.text);
    return rc;
}

static void end_worker(void *self)
{
    tl_sql_close(self);
}

enum { QUERIES_AN_ITEM = 50, TIMES_OVER = 20 };

static int work(void *shared, void *self, size_t i, struct tl_ctx *ctx)
{
    const struct corpus *corpus = ((struct shared *)shared)->corpus;
    struct tl_sql_result result;
    int rc = 0;

    for (size_t k = 0; k < QUERIES_AN_ITEM && rc == 0; k++) {
        struct tl_slice query =
            corpus->queries.items[(i * QUERIES_AN_ITEM + k) % corpus->queries.n];
        rc = tl_sql_lineage(&result, self, corpus->text.text + query.at, query.n, ctx);
    }
    return rc;
}

/* Queries a second of wall time, what opening the engines takes included. */
static double with_threads(struct shared *shared, unsigned threads, struct tl_ctx *ctx)
{
    size_t items = shared->corpus->queries.n * TIMES_OVER / QUERIES_AN_ITEM;
    struct tl_job job = {
        .work = work, .begin = begin_worker, .end = end_worker, .shared = shared
    };
    struct timespec began, ended;

    clock_gettime(CLOCK_MONOTONIC, &began);
    if (tl_pool_run(&job, items, threads, ctx) < 0)
        abort();
    clock_gettime(CLOCK_MONOTONIC, &ended);
    return (double)items * QUERIES_AN_ITEM /
           ((double)(ended.tv_sec - began.tv_sec) +
            (double)(ended.tv_nsec - began.tv_nsec) * 1e-9);
}

/* ---- texts that are long in one way ---- */

struct odd {
    const char *name, *begin, *each, *end;
    unsigned n;
};

static const struct odd odds[] = {
    { "4,900 nested parentheses", "select ", "(", "1", 4900 },
    { "5,000-term sum", "select a", " + b", " as s from t", 5000 },
    { "20,000 rows of values", "insert into t values (1, 'a', null)",
      ", (2, 'some text', 3.5)", "", 20000 },
    { "IN list of 100,000", "select a from t where b in (1", ", 12345", ")", 100000 },
    { "3,000 arms of a union", "select a, b from t", " union all select c, d from u", "",
      3000 },
    { "1,000 joins", "select t0.a from t t0", " join u on u.a = t0.b", "", 1000 },
    { "case of 5,000 branches", "select case when a = 1 then b", " when c = 2 then d",
      " end from t", 5000 },
    { "a comment of 1 MB", "select a /* ", "some words of no use ", "*/ from t", 50000 },
    { "1 MB refused at its end", "select a from t where b = 1", " and c = 123", " )",
      80000 },
};

static void print_odd(struct tl_ctx *ctx)
{
    for (size_t i = 0; i < sizeof odds / sizeof *odds; i++) {
        const struct odd *odd = &odds[i];
        struct tl_str text = TL_STR_INIT(TL_STR_MOST);
        struct tl_sql *sql = tl_sql_open(TL_SQL_POSTGRES);
        struct tl_sql_result result;
        double took[ROUNDS];

        tl_str_add(&text, odd->begin);
        for (unsigned k = 0; k < odd->n; k++)
            tl_str_add(&text, odd->each);
        tl_str_add(&text, odd->end);
        for (unsigned k = 0; odd->each[0] == '(' && k < odd->n; k++)
            tl_str_add_char(&text, ')');
        for (int round = 0; round < ROUNDS; round++) {
            double began = cpu_seconds();
            if (tl_sql_lineage(&result, sql, text.text, text.n, ctx) < 0)
                abort();
            took[round] = cpu_seconds() - began;
        }
        qsort(took, ROUNDS, sizeof *took, by_size);
        printf("%s{\"what\": \"%s\", \"bytes\": %zu, \"edges\": %u, \"problems\": %u, "
               "\"bytes_per_s\": %.0f}",
               i ? ", " : "[", odd->name, text.n, result.n_edges, result.n_problems,
               (double)text.n / took[ROUNDS / 2]);
        tl_sql_close(sql);
        tl_str_release(&text);
    }
    printf("]\n");
}

int main(int argc, char **argv)
{
    struct corpus corpus = { .text = TL_STR_INIT(TL_STR_MOST) };
    struct corpus variants = { .text = TL_STR_INIT(TL_STR_MOST) };
    struct tl_sql *sql = tl_sql_open(TL_SQL_POSTGRES);
    struct figures plain = { 0 }, varied = { 0 }, large = { 0 };
    struct tl_run run = { 0 };
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    if (argc == 2 && strcmp(argv[1], "--odd") == 0) {
        print_odd(&ctx);
        goto done;
    }
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
    add_many_tables(sql);
    measure(&large, sql, &variants, 1, &ctx);
    printf("{");
    print("plain", &plain, &corpus);
    printf(", ");
    print("variants", &varied, &variants);
    printf(", ");
    print("large", &large, &variants);
    struct shared shared = { argv[1], &variants };
    double one = with_threads(&shared, 1, &ctx), two = with_threads(&shared, 2, &ctx);
    printf(", \"threads\": {\"queries\": %zu, \"one\": %.0f, \"two\": %.0f}}\n",
           variants.queries.n * TIMES_OVER, one, two);
done:
    tl_sql_close(sql);
    tl_vec_release(&corpus.queries);
    tl_vec_release(&variants.queries);
    tl_str_release(&corpus.text);
    tl_str_release(&variants.text);
    tl_ctx_release(&ctx);
    return 0;
}
