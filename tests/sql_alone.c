/*
 * lineage/sql as a library of its own: what a program needs that links tl_lineage and tl_base and nothing else of ours. Prints the edges of
 * one statement; exits 1 when they are not what they should be.
 */
#include "base/ctx.h"
#include "lineage/sql/sql.h"

#include <stdio.h>
#include <string.h>

int main(void)
{
    static const char text[] =
        "create view mails as select id, lower(email) as mail from users where id > 3";
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct tl_sql_result result;
    size_t n = 0;

    tl_ctx_init(&ctx, &run);
    struct tl_sql *sql = tl_sql_open(TL_SQL_POSTGRES);
    tl_sql_add_table(sql, NULL, "public", "users", 0);
    tl_sql_add_column(sql, "id");
    tl_sql_add_column(sql, "email");
    if (tl_sql_lineage(&result, sql, text, strlen(text), &ctx) < 0) {
        fprintf(stderr, "%s\n", ctx.error.text);
        return 1;
    }
    for (uint32_t i = 0; i < result.n_edges; i++) {
        const struct tl_sql_edge *edge = &result.edges[i];

        printf("%s <- %s.%s (%s)\n", edge->target_column ? edge->target_column : "rows",
               result.tables[edge->source].name, edge->source_column,
               tl_edge_kind_word(edge->kind));
        n += edge->confidence == 1000;
    }
    tl_sql_close(sql);
    tl_ctx_release(&ctx);
    return n == 3 && result.n_problems == 0 ? 0 : 1;
}
