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

static enum tl_sql_dialect dialect_of(const struct tl_query *query,
                                      const struct tl_config *config)
{
    for (size_t i = 0; query->dialect < 0 && i < config->sources.n; i++) {
        const struct tl_system *source = &config->sources.items[i];
        const char *platform = source->connector->platform;
        int dialect = platform ? tl_sql_dialect_of(platform) : -1;

        if (dialect >= 0 && strcmp(source->name, query->source) == 0)
            return (enum tl_sql_dialect)dialect;
    }
    return query->dialect < 0 ? TL_SQL_ANSI : (enum tl_sql_dialect)query->dialect;
}

size_t tl_show_literals(const struct tl_query *queries, size_t n,
                        const struct tl_config *config, const struct tl_engine *engine,
                        bool as_json, struct tl_ctx *ctx)
{
    struct tl_engine_scratch *scratch = tl_engine_scratch_open();
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        struct tl_sql_text_literals literals;

        tl_sql_literals(&literals, dialect_of(&queries[i], config), queries[i].text,
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
