/*
 * Where SQL files hold people's data as literals: the type and the place are told, the text never is.
 */
#include "cli/literals.h"

#include "base/ctx.h"
#include "base/json.h"
#include "base/say.h"
#include "cli/verdict.h"
#include "lineage/sql/literals.h"

static void show(const struct tl_query *query, const struct tl_sql_text_literal *literal,
                 const struct tl_info_type *type, bool as_json, struct tl_ctx *ctx)
{
    if (!as_json) {
        tl_warn(ctx, "%s: a literal holds personal data: %s",
                tl_query_place(query->name, literal->line, literal->column, ctx),
                type->name);
        return;
    }
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);
    tl_json_put_int(json, "column", literal->column);
    tl_json_put_text(json, "finding", "literal");
    tl_json_put_text(json, "info_type", type->name);
    tl_json_put_int(json, "line", literal->line);
    tl_json_put_text(json, "query", query->name);
    tl_json_line_end(&line, ctx);
}

/* The file's own, else that of the source it runs in. */
static enum tl_sql_dialect dialect_of(const struct tl_query *query,
                                      const struct tl_belief *belief)
{
    int dialect = query->dialect;

    for (uint32_t i = 0; dialect < 0 && i < belief->n_datasets; i++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[i];
        const char *platform = tl_belief_text(belief, dataset->platform);

        if (platform &&
            strcmp(tl_belief_text(belief, dataset->source), query->source) == 0)
            dialect = tl_sql_dialect_of(platform);
    }
    return dialect < 0 ? TL_SQL_ANSI : (enum tl_sql_dialect)dialect;
}

size_t tl_show_literals(const struct tl_query *queries, size_t n,
                        const struct tl_belief *belief, const struct tl_engine *engine,
                        bool as_json, struct tl_ctx *ctx)
{
    struct tl_engine_scratch *scratch = tl_engine_scratch_open();
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        struct tl_sql_text_literals literals;

        tl_sql_literals(&literals, dialect_of(&queries[i], belief), queries[i].text,
                        queries[i].n);
        for (size_t l = 0; l < literals.items.n; l++) {
            const struct tl_sql_text_literal *literal = &literals.items.items[l];
            const struct tl_info_type *type =
                tl_engine_text_type(engine, literal->bytes, literal->n, scratch);

            if (!type)
                continue;
            show(&queries[i], literal, type, as_json, ctx);
            found++;
        }
        tl_vec_release(&literals.items);
    }
    tl_engine_scratch_close(scratch);
    return found;
}
