/*
 * SQL to edges: any bytes, and SQL that a grammar makes of them, in the dialect that the first byte names. Edges point to tables that
 * there are and to places of the text, only values have effects, nothing leads to or from a temporary table, no literal leaves, and
 * the same text gives the same again, with blanks behind it, and while another thread reads it.
 */
#include "base/ctx.h"
#include "lineage/sql/sql.h"
#include "tests/fuzz/sql_grammar.h"
#include "tests/fuzz/sql_sound.h"

#include <pthread.h>

#define MUST(claim) ((claim) ? (void)0 : abort())

static struct tl_sql *open_engine(int dialect)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct tl_sql *sql = tl_sql_open((enum tl_sql_dialect)dialect);

    tl_ctx_init(&ctx, &run);
    MUST(tl_sql_learn(NULL, sql, grammar_ddl, strlen(grammar_ddl), &ctx) == TL_OK);
    tl_ctx_release(&ctx);
    return sql;
}

/* No literal leaves; of any bytes nobody can say what is one. */
static uint64_t read_text(struct tl_sql *sql, const char *text, size_t n,
                          bool may_name_secrets)
{
    struct tl_run run = { 0 };
    struct tl_sql_result result;
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    MUST(tl_sql_lineage(&result, sql, text, n, &ctx) == TL_OK);
    if (!may_name_secrets)
        sound_has_no(&result, "secret");
    uint64_t sum = sound_result(&result, text, n);
    tl_ctx_release(&ctx);
    return sum;
}

/* Whatever was read before. */
static void try_plain(struct tl_sql *sql)
{
    struct tl_run run = { 0 };
    struct tl_sql_result result;
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    MUST(tl_sql_lineage(&result, sql, "select a from t", 15, &ctx) == TL_OK);
    MUST(result.n_edges == 1 && result.edges[0].confidence == 1000);
    tl_ctx_release(&ctx);
}

struct beside {
    int dialect;
    const char *text;
    size_t n;
    uint64_t sum;
};

static void *read_beside(void *beside)
{
    struct beside *b = beside;
    struct tl_sql *sql = open_engine(b->dialect);

    b->sum = read_text(sql, b->text, b->n, true);
    tl_sql_close(sql);
    return NULL;
}

static void try_text(int dialect, const char *text, size_t n, bool may_name_secrets)
{
    static struct tl_sql *opened[TL_SQL_DIALECTS]; /* kept: no text may change them */
    struct beside beside = { dialect, text, n, 0 };
    pthread_t thread;
    bool has_thread = n % 64 == 63;

    if (!opened[dialect])
        opened[dialect] = open_engine(dialect);
    if (has_thread)
        MUST(pthread_create(&thread, NULL, read_beside, &beside) == 0);
    uint64_t sum = read_text(opened[dialect], text, n, may_name_secrets);
    MUST(read_text(opened[dialect], text, n, may_name_secrets) == sum);
    if (has_thread)
        MUST(pthread_join(thread, NULL) == 0 && beside.sum == sum);
    try_plain(opened[dialect]);
}

/* What follows the last statement says nothing of it. */
static void try_longer(int dialect, const char *text, size_t n, const char *more)
{
    struct tl_sql *sql = open_engine(dialect);
    size_t n_more = strlen(more);
    char *longer = tl_alloc(n + n_more, 1);

    memcpy(longer, text, n);
    memcpy(longer + n, more, n_more);
    uint64_t sum = read_text(sql, text, n, false);
    MUST(read_text(sql, longer, n + n_more, false) == sum);
    tl_free(longer);
    tl_sql_close(sql);
}

static void try_made(int dialect, const uint8_t *bytes, size_t n)
{
    static const char *const more[] = { " ", "\n", ";", "/* it's */", " -- it's\n" };
    struct tl_str made = TL_STR_INIT(1 << 20);

    grammar_make(&made, 'x', (enum tl_sql_dialect)dialect, bytes, n);
    char *exact = tl_alloc(made.n ? made.n : 1, 1);
    memcpy(exact, made.text, made.n);
    try_text(dialect, exact, made.n, false);
    if (n % 8 == 0)
        try_longer(dialect, exact, made.n, more[n / 8 % (sizeof more / sizeof *more)]);
    tl_free(exact);
    tl_str_release(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    int dialect = n ? bytes[0] % TL_SQL_DIALECTS : TL_SQL_POSTGRES;
    size_t skip = n && bytes[0] < TL_SQL_DIALECTS; /* a dialect's number is no text */

    try_text(dialect, (const char *)bytes + skip, n - skip, true);
    if (n > 1 && n < 4000)
        try_made(dialect, bytes + 1, n - 1);
    return 0;
}
