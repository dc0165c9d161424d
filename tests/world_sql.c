#include "tests/world_sql.h"

static void add_table(struct tl_str *out, const struct tl_sql_result *result,
                      uint32_t table)
{
    if (table == TL_SQL_NO_TABLE)
        return;
    const struct tl_sql_table *of = &result->tables[table];
    if (of->database)
        tl_str_addf(out, "%s.", of->database);
    if (of->schema)
        tl_str_addf(out, "%s.", of->schema);
    tl_str_add(out, of->name);
}

static void add_statement(struct tl_str *out, uint32_t statement)
{
    if (statement > 1)
        tl_str_addf(out, "%u: ", (unsigned)statement);
}

static void add_edge(struct tl_str *out, const struct tl_sql_result *result,
                     const struct tl_sql_edge *edge)
{
    add_statement(out, edge->statement);
    add_table(out, result, edge->target);
    if (edge->target_column)
        tl_str_addf(out, "%s%s", edge->target == TL_SQL_NO_TABLE ? "" : ".",
                    edge->target_column);
    else if (edge->target == TL_SQL_NO_TABLE)
        tl_str_add(out, "*");
    if (edge->target_path)
        tl_str_addf(out, ":%s", edge->target_path);
    tl_str_add(out, " <- ");
    add_table(out, result, edge->source);
    tl_str_addf(out, ".%s", edge->source_column);
    if (edge->source_path)
        tl_str_addf(out, ":%s", edge->source_path);
    tl_str_addf(out, " %s", tl_edge_kind_word(edge->kind));
    if (edge->effect)
        tl_str_addf(out, " %s", tl_effect_word(edge->effect));
    if (edge->function)
        tl_str_addf(out, "(%s)", edge->function);
    if (edge->confidence != 1000)
        tl_str_addf(out, " %u", (unsigned)edge->confidence);
    if (edge->flags & TL_SQL_MAY)
        tl_str_add(out, " may");
    tl_str_addf(out, " @%u:%u", (unsigned)edge->line, (unsigned)edge->column);
    tl_str_add(out, edge->flags & TL_SQL_CANDIDATE ? " candidate\n" : "\n");
}

/* What became of the statement, where that is anything. */
static void add_fate(struct tl_str *out, const struct tl_sql_statement *statement,
                     uint32_t number)
{
    if (!statement->is_undone && !statement->replaced_by)
        return;
    add_statement(out, number);
    if (statement->is_undone)
        tl_str_add(out, "undone\n");
    else
        tl_str_addf(out, "replaced by %u\n", (unsigned)statement->replaced_by);
}

void world_sql_render(struct tl_str *out, const struct tl_sql_result *result)
{
    uint32_t p = 0;

    for (uint32_t s = 0; s < result->n_statements; s++) {
        const struct tl_sql_statement *statement = &result->statements[s];

        add_fate(out, statement, s + 1);
        for (uint32_t i = 0; i < statement->n_edges; i++)
            add_edge(out, result, &result->edges[statement->first_edge + i]);
        for (; p < result->n_problems && result->problems[p].statement == s + 1; p++) {
            add_statement(out, s + 1);
            tl_str_addf(out, "! %s @%u:%u\n", result->problems[p].what,
                        (unsigned)result->problems[p].line,
                        (unsigned)result->problems[p].column);
        }
    }
}
