/*
 * What the engine is told of tables: schemas as JSON, rows and DDL, of any bytes; none breaks what is asked next. And a script that a grammar
 * makes says the same as its statements one by one, when what each makes is learned before the next.
 */
#include "base/ctx.h"
#include "cli/lineage.h"
#include "tests/fuzz/sql_grammar.h"
#include "tests/fuzz/sql_sound.h"

static const char asked[] = "select * from t, s.u, w";

static uint64_t ask(struct tl_sql *sql, struct tl_ctx *ctx)
{
    struct tl_sql_result result;

    SOUND(tl_sql_lineage(&result, sql, asked, sizeof asked - 1, ctx) == TL_OK);
    return sound_result(&result, asked, sizeof asked - 1);
}

static void try_told(int dialect, const char *text, size_t n)
{
    struct tl_sql *sql = tl_sql_open((enum tl_sql_dialect)dialect);
    struct tl_lineage_schema *schema = NULL;
    struct tl_run run = { 0 };
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    if (tl_lineage_schema_read(&schema, "schema", text, n, &ctx) == TL_OK)
        for (int again = 0; again < 2; again++)
            tl_lineage_schema_add(sql, schema, &ctx);
    else
        SOUND(ctx.error.code < 0);
    tl_lineage_schema_close(schema);
    SOUND(ask(sql, &ctx) == ask(sql, &ctx));
    tl_ctx_release(&ctx);
    tl_sql_close(sql);
}

static void try_ddl(int dialect, const char *text, size_t n)
{
    struct tl_sql *sql = tl_sql_open((enum tl_sql_dialect)dialect);
    struct tl_run run = { 0 };
    struct tl_sql_result result;
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    SOUND(tl_sql_learn(&result, sql, text, n, &ctx) == TL_OK);
    sound_result(&result, text, n);
    SOUND(ask(sql, &ctx) == ask(sql, &ctx));
    SOUND(tl_sql_learn(NULL, sql, text, n, &ctx) == TL_OK);
    SOUND(ask(sql, &ctx) == ask(sql, &ctx));
    tl_ctx_release(&ctx);
    tl_sql_close(sql);
}

/* ---- statements one by one ---- */

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same_table(const struct tl_sql_result *a, uint32_t in_a,
                          const struct tl_sql_result *b, uint32_t in_b)
{
    if (in_a == TL_SQL_NO_TABLE || in_b == TL_SQL_NO_TABLE)
        return in_a == in_b;
    return is_same_text(a->tables[in_a].name, b->tables[in_b].name) &&
           is_same_text(a->tables[in_a].schema, b->tables[in_b].schema) &&
           is_same_text(a->tables[in_a].database, b->tables[in_b].database);
}

static void check_same_edge(const struct tl_sql_result *whole,
                            const struct tl_sql_edge *of_whole,
                            const struct tl_sql_result *one,
                            const struct tl_sql_edge *of_one)
{
    SOUND(is_same_table(whole, of_whole->source, one, of_one->source));
    SOUND(is_same_table(whole, of_whole->target, one, of_one->target));
    SOUND(is_same_text(of_whole->source_column, of_one->source_column));
    SOUND(is_same_text(of_whole->target_column, of_one->target_column));
    SOUND(is_same_text(of_whole->source_path, of_one->source_path));
    SOUND(is_same_text(of_whole->target_path, of_one->target_path));
    SOUND(is_same_text(of_whole->function, of_one->function));
    SOUND(of_whole->kind == of_one->kind && of_whole->effect == of_one->effect);
    SOUND(of_whole->confidence == of_one->confidence);
    SOUND(of_whole->flags == of_one->flags);
}

static void try_apart(int dialect, const char *text, size_t n)
{
    struct tl_sql *sqls[] = { tl_sql_open((enum tl_sql_dialect)dialect),
                              tl_sql_open((enum tl_sql_dialect)dialect) };
    struct tl_run run = { 0 };
    struct tl_sql_result whole, one;
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    for (int i = 0; i < 2; i++)
        SOUND(tl_sql_learn(NULL, sqls[i], grammar_ddl, strlen(grammar_ddl), &ctx) ==
              TL_OK);
    SOUND(tl_sql_lineage(&whole, sqls[0], text, n, &ctx) == TL_OK);
    /* Of what is understood in part, a schema is not told. */
    for (uint32_t s = 0; s < whole.n_statements && !whole.n_problems; s++) {
        const struct tl_sql_statement *statement = &whole.statements[s];
        char *exact = tl_alloc(statement->n ? statement->n : 1, 1);

        memcpy(exact, text + statement->at, statement->n);
        SOUND(tl_sql_lineage(&one, sqls[1], exact, statement->n, &ctx) == TL_OK);
        SOUND(one.n_edges == statement->n_edges);
        for (uint32_t i = 0; i < one.n_edges; i++)
            check_same_edge(&whole, &whole.edges[statement->first_edge + i], &one,
                            &one.edges[i]);
        SOUND(tl_sql_learn(NULL, sqls[1], exact, statement->n, &ctx) == TL_OK);
        tl_free(exact);
    }
    tl_ctx_release(&ctx);
    tl_sql_close(sqls[0]);
    tl_sql_close(sqls[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    int dialect = n ? bytes[0] % TL_SQL_DIALECTS : TL_SQL_POSTGRES;
    size_t skip = n && bytes[0] < TL_SQL_DIALECTS; /* a dialect's number is no text */
    const char *text = (const char *)bytes + skip;
    struct tl_str made = TL_STR_INIT(1 << 20);

    if (tl_lineage_is_no_ddl(text, n - skip))
        try_told(dialect, text, n - skip);
    else
        try_ddl(dialect, text, n - skip);
    if (n > 1 && n < 2000) {
        grammar_make(&made, 'X', (enum tl_sql_dialect)dialect, bytes + 1, n - 1);
        try_apart(dialect, made.text, made.n);
    }
    tl_str_release(&made);
    return 0;
}
