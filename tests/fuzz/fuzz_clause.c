/*
 * Where in a text its edges are made, and its literals. Any bytes, and SQL that a grammar makes of them: a clause lies in the text and around
 * its reference, its pieces stand in their order, and what is a literal is no piece that may be shown; each literal is found, at its place.
 */
#include "base/ctx.h"
#include "lineage/sql/clause.h"
#include "lineage/sql/literals.h"
#include "tests/fuzz/sql_grammar.h"
#include "tests/fuzz/sql_sound.h"

static void check_pieces(const struct tl_sql_clauses *clauses, const char *text, size_t n,
                         bool may_show_secrets)
{
    const struct tl_sql_piece *pieces;
    size_t n_pieces = tl_sql_clauses_pieces(&pieces, clauses);
    uint32_t end = 0;

    for (size_t i = 0; i < n_pieces; i++) {
        const struct tl_sql_piece *piece = &pieces[i];

        SOUND(piece->n && piece->at >= end && piece->at < n && piece->n <= n - piece->at);
        end = piece->at + piece->n;
        SOUND(may_show_secrets || piece->kind != TL_SQL_SHOWN ||
              !memmem(text + piece->at, piece->n, "secret", 6));
    }
}

static void check_clauses(const struct tl_sql_result *result, int dialect,
                          const char *text, size_t n, bool may_show_secrets)
{
    struct tl_sql_clauses *clauses = tl_sql_clauses_open((enum tl_sql_dialect)dialect);
    struct sound_lines lines = sound_lines_of(text, n);

    tl_sql_clauses_text(clauses, text, n);
    for (uint32_t i = 0; i < result->n_edges && i < 300; i++) {
        const struct tl_sql_edge *edge = &result->edges[i];
        uint32_t at = tl_sql_clauses_byte(clauses, edge->line, edge->column);
        struct tl_sql_line line = tl_sql_clauses_line(clauses, at);
        struct tl_sql_spot spot;

        SOUND(at == sound_byte(&lines, edge->line, edge->column));
        SOUND(line.number == edge->line && at >= line.at && at <= line.at + line.n);
        if (!tl_sql_spot_find(&spot, clauses, result->statements[edge->statement - 1].at,
                              at, (enum tl_edge_kind)edge->kind))
            continue;
        SOUND(spot.what && spot.at <= n && spot.n <= n - spot.at);
        SOUND(spot.reference >= spot.at && spot.n_reference);
        SOUND(spot.reference + spot.n_reference <= spot.at + spot.n);
        SOUND(at >= spot.reference && at < spot.reference + spot.n_reference);
        check_pieces(clauses, text, n, may_show_secrets);
    }
    tl_free(lines.at);
    tl_sql_clauses_close(clauses);
}

static void check_literals(int dialect, const char *text, size_t n)
{
    struct tl_sql_text_literals literals;
    struct sound_lines lines = sound_lines_of(text, n);
    uint32_t statement = 1;
    size_t end = 0;

    tl_sql_literals(&literals, (enum tl_sql_dialect)dialect, text, n);
    for (size_t i = 0; i < literals.items.n; i++) {
        const struct tl_sql_text_literal *literal = &literals.items.items[i];
        size_t at = (size_t)(literal->bytes - text);

        SOUND(literal->bytes >= text && at >= end && literal->n <= n - at);
        SOUND(literal->statement >= statement);
        SOUND(literal->line <= lines.n &&
              sound_byte(&lines, literal->line, literal->column) <= at);
        statement = literal->statement;
        end = at + literal->n;
    }
    tl_vec_release(&literals.items);
    tl_free(lines.at);
}

static void try_text(int dialect, const char *text, size_t n, bool may_show_secrets)
{
    struct tl_sql *sql = tl_sql_open((enum tl_sql_dialect)dialect);
    struct tl_run run = { 0 };
    struct tl_sql_result result;
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    SOUND(tl_sql_learn(NULL, sql, grammar_ddl, strlen(grammar_ddl), &ctx) == TL_OK);
    SOUND(tl_sql_lineage(&result, sql, text, n, &ctx) == TL_OK);
    check_clauses(&result, dialect, text, n, may_show_secrets);
    check_literals(dialect, text, n);
    tl_ctx_release(&ctx);
    tl_sql_close(sql);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    int dialect = n ? bytes[0] % TL_SQL_DIALECTS : TL_SQL_POSTGRES;
    size_t skip = n && bytes[0] < TL_SQL_DIALECTS; /* a dialect's number is no text */
    struct tl_str made = TL_STR_INIT(1 << 20);

    try_text(dialect, (const char *)bytes + skip, n - skip, true);
    if (n > 1 && n < 4000) {
        grammar_make(&made, 'x', (enum tl_sql_dialect)dialect, bytes + 1, n - 1);
        char *exact = tl_alloc(made.n ? made.n : 1, 1);
        memcpy(exact, made.text, made.n);
        try_text(dialect, exact, made.n, false);
        tl_free(exact);
    }
    tl_str_release(&made);
    return 0;
}
