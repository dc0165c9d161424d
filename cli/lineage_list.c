/*
 * The listing of edges: a table for people, one JSON object a line for programs. The JSON lines are a contract.
 */
#include "cli/lineage.h"

#include "base/say.h"
#include "cli/show.h"
#include "cli/table.h"

#include <string.h>

struct cell_row {
    const char *target, *source, *place;
    uint16_t confidence;
    uint8_t kind, effect;
};

struct digest {
    const char *json; /* lines */
    size_t n_json;
    const struct cell_row *rows;
    size_t n_rows;
    const char **problems; /* for people */
    size_t n_problems;
};

/* ---- JSON ---- */

static void begin_line(struct tl_json *json, struct tl_str *text)
{
    tl_json_init(json, text);
    tl_json_object(json);
}

static void end_line(struct tl_json *json)
{
    tl_json_object_end(json);
    tl_str_add_char(json->out, '\n');
}

static const char *kind_of_table(const struct tl_sql_result *result, uint32_t table)
{
    return table != TL_SQL_NO_TABLE && result->tables[table].kind == TL_SQL_IS_FILES
               ? "files"
               : NULL;
}

static void json_edge(struct tl_str *out, const struct tl_lineage_file *file,
                      const struct tl_lineage *lineage, const struct tl_sql_edge *edge,
                      struct tl_sql_clauses *clauses, struct tl_arena *scratch)
{
    const struct tl_sql_result *result = file->result;
    const struct tl_sql_statement *statement = &result->statements[edge->statement - 1];
    struct tl_json json;

    begin_line(&json, out);
    if (edge->flags & TL_SQL_CANDIDATE)
        tl_json_put_bool(&json, "candidate", true);
    if (clauses)
        tl_lineage_put_clause(&json, clauses, file, edge);
    tl_json_put_int(&json, "column", edge->column);
    tl_json_key(&json, "confidence");
    tl_json_real(&json, edge->confidence / 1000.0);
    tl_json_put_text(&json, "effect", tl_effect_word(edge->effect));
    if (lineage->names_file)
        tl_json_put_text(&json, "file", file->path);
    tl_json_put_some(&json, "function", edge->function);
    tl_json_put_text(&json, "kind", tl_edge_kind_word(edge->kind));
    tl_json_put_int(&json, "line", edge->line);
    if (edge->flags & TL_SQL_MAY)
        tl_json_put_bool(&json, "may", true);
    if (statement->replaced_by)
        tl_json_put_int(&json, "replaced_by", statement->replaced_by);
    tl_json_put_text(&json, "source", tl_lineage_table(result, edge->source, scratch));
    tl_json_put_text(&json, "source_column", edge->source_column);
    tl_json_put_some(&json, "source_kind", kind_of_table(result, edge->source));
    tl_json_put_some(&json, "source_path", edge->source_path);
    tl_json_put_int(&json, "statement", edge->statement);
    tl_json_put_text(&json, "statement_kind", tl_sql_statement_word(statement->kind));
    tl_json_put_text(&json, "target", tl_lineage_table(result, edge->target, scratch));
    tl_json_put_text(&json, "target_column", edge->target_column);
    tl_json_put_some(&json, "target_kind", kind_of_table(result, edge->target));
    tl_json_put_some(&json, "target_path", edge->target_path);
    if (statement->is_undone)
        tl_json_put_bool(&json, "undone", true);
    end_line(&json);
}

static void json_problem(struct tl_str *out, const struct tl_lineage_file *file,
                         const struct tl_lineage *lineage,
                         const struct tl_sql_problem *problem)
{
    struct tl_json json;

    begin_line(&json, out);
    tl_json_put_int(&json, "column", problem->column);
    if (lineage->names_file)
        tl_json_put_text(&json, "file", file->path);
    tl_json_put_int(&json, "line", problem->line);
    tl_json_put_text(&json, "problem", problem->what);
    tl_json_put_int(&json, "statement", problem->statement);
    end_line(&json);
}

static void json_read(struct tl_str *out, const struct tl_lineage_file *file,
                      const struct tl_lineage *lineage, const struct tl_sql_read *read,
                      struct tl_arena *scratch)
{
    const struct tl_sql_statement *s = &file->result->statements[read->statement - 1];
    struct tl_json json;

    begin_line(&json, out);
    if (lineage->names_file)
        tl_json_put_text(&json, "file", file->path);
    tl_json_put_int(&json, "line", s->line);
    tl_json_put_text(&json, "reads",
                     tl_lineage_table(file->result, read->table, scratch));
    tl_json_put_some(&json, "reads_kind", kind_of_table(file->result, read->table));
    tl_json_put_int(&json, "statement", read->statement);
    tl_json_put_text(&json, "statement_kind", tl_sql_statement_word(s->kind));
    end_line(&json);
}

/* Tables of which rows alone are looked at; `told` holds the last statement that had an edge from each. */
static void json_reads(struct tl_str *out, const struct tl_lineage_file *file,
                       const struct tl_lineage *lineage,
                       const struct tl_sql_statement *statement, uint32_t *told,
                       struct tl_arena *scratch)
{
    const struct tl_sql_result *result = file->result;
    uint32_t number = (uint32_t)(statement - result->statements) + 1;

    if (!statement->n_reads || lineage->n_columns)
        return;
    for (uint32_t i = 0; i < statement->n_edges; i++)
        told[result->edges[statement->first_edge + i].source] = number;
    for (uint32_t i = 0; i < statement->n_reads; i++) {
        const struct tl_sql_read *read = &result->reads[statement->first_read + i];

        if (told[read->table] != number)
            json_read(out, file, lineage, read, scratch);
    }
}

/* By statement: its edges, the tables of which nothing else is told, then what of it was not understood. */
static void *digest_json(const struct tl_lineage_file *file,
                         const struct tl_lineage *lineage, struct tl_arena *arena,
                         struct tl_ctx *ctx)
{
    struct digest *digest = tl_arena_alloc(arena, 1, sizeof *digest);
    const struct tl_sql_result *result = file->result;
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);
    struct tl_sql_clauses *clauses = NULL;
    uint32_t p = 0;
    uint32_t *told =
        tl_arena_alloc(arena, result ? result->n_tables + 1 : 1, sizeof *told);

    if (result && lineage->options->explain) {
        clauses = tl_sql_clauses_open(lineage->dialect);
        tl_sql_clauses_text(clauses, file->text, file->n);
    }
    if (!result) {
        const struct tl_sql_problem problem = { .what = file->why };
        json_problem(&out, file, lineage, &problem);
    }
    for (uint32_t s = 0; result && s < result->n_statements; s++) {
        const struct tl_sql_statement *statement = &result->statements[s];

        for (uint32_t i = 0; i < statement->n_edges; i++) {
            const struct tl_sql_edge *edge = &result->edges[statement->first_edge + i];

            if (tl_lineage_is_asked(lineage, result, edge, ctx->scratch))
                json_edge(&out, file, lineage, edge, clauses, ctx->scratch);
        }
        json_reads(&out, file, lineage, statement, told, ctx->scratch);
        for (; p < result->n_problems && result->problems[p].statement <= s + 1; p++)
            json_problem(&out, file, lineage, &result->problems[p]);
        tl_arena_reset(ctx->scratch);
    }
    for (; result && p < result->n_problems; p++)
        json_problem(&out, file, lineage, &result->problems[p]);
    tl_sql_clauses_close(clauses);
    digest->json = tl_arena_dup(arena, out.text, out.n);
    digest->n_json = out.n;
    tl_str_release(&out);
    return digest;
}

static int show_json(void *self, const void *of, struct tl_lineage *lineage,
                     struct tl_ctx *ctx)
{
    const struct digest *digest = of;

    (void)self;
    (void)lineage;
    fwrite(digest->json, 1, digest->n_json, ctx->say->results);
    return TL_OK;
}

/* ---- for people ---- */

/* "v", "v:a.b"; in the arena, as what is the engine's does not last. */
static const char *place_of(const char *column, const char *path, struct tl_arena *arena)
{
    return tl_arena_printf(arena, "%s%s%s", column, path ? ":" : "", path ? path : "");
}

/* On a terminal the end of a long path is what tells, and what must not be cut is the line behind it. */
static const char *path_for(const char *path, const struct tl_ctx *ctx,
                            struct tl_arena *arena)
{
    size_t most = ctx->say->width > 0 ? (size_t)ctx->say->width / 5 : 0, n = strlen(path);

    if (most < 8 || n <= most)
        return path;
    const char *end = path + (n - most + 3);
    while (((unsigned char)*end & 0xc0) == 0x80)
        end++;
    return tl_arena_printf(arena, "...%s", end);
}

static struct cell_row row_of(const struct tl_lineage_file *file, const char *path,
                              const struct tl_sql_edge *edge, struct tl_arena *arena)
{
    const char *target = tl_lineage_table(file->result, edge->target, arena);
    const char *source = tl_lineage_table(file->result, edge->source, arena);
    const char *column = edge->target_column
                             ? place_of(edge->target_column, edge->target_path, arena)
                             : NULL;
    struct cell_row row = { .kind = edge->kind,
                            .effect = edge->effect,
                            .confidence = edge->confidence };

    row.target = target && column ? tl_arena_printf(arena, "%s.%s", target, column)
                 : target         ? target
                 : column         ? column
                                  : "(the rows)";
    row.source = tl_arena_printf(arena, "%s.%s", source,
                                 place_of(edge->source_column, edge->source_path, arena));
    row.place = tl_arena_printf(arena, "%s:%u:%u", path, (unsigned)edge->line,
                                (unsigned)edge->column);
    return row;
}

static void *digest_rows(const struct tl_lineage_file *file,
                         const struct tl_lineage *lineage, struct tl_arena *arena,
                         struct tl_ctx *ctx)
{
    struct digest *digest = tl_arena_alloc(arena, 1, sizeof *digest);
    const struct tl_sql_result *result = file->result;

    const char *path = path_for(file->path, ctx, arena);
    digest->problems = tl_lineage_problems(&digest->n_problems, file, arena);
    if (!result)
        return digest;
    struct cell_row *rows = tl_arena_alloc(arena, result->n_edges, sizeof *rows);
    for (uint32_t i = 0; i < result->n_edges; i++)
        if (tl_lineage_is_asked(lineage, result, &result->edges[i], arena))
            rows[digest->n_rows++] = row_of(file, path, &result->edges[i], arena);
    digest->rows = rows;
    return digest;
}

static int show_rows(void *self, const void *of, struct tl_lineage *lineage,
                     struct tl_ctx *ctx)
{
    const struct digest *digest = of;
    struct tl_table *table = self;

    (void)lineage;
    for (size_t i = 0; i < digest->n_rows; i++) {
        const struct cell_row *row = &digest->rows[i];

        tl_table_row(table);
        tl_table_cell(table, row->target);
        tl_table_cell(table, row->source);
        tl_table_cell(table, tl_edge_kind_word(row->kind));
        tl_table_cell(table, row->effect ? tl_effect_word(row->effect) : "-");
        tl_table_cellf(table, "%u%%", tl_percent(row->confidence));
        tl_table_cell(table, row->place);
    }
    for (size_t i = 0; i < digest->n_problems; i++)
        tl_warn(ctx, "%s", digest->problems[i]);
    return TL_OK;
}

int tl_lineage_list(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                    struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "TARGET", TL_WRAP }, { "SOURCE", TL_WRAP },
                                            { "KIND", TL_LEFT },   { "EFFECT", TL_LEFT },
                                            { "SURE", TL_RIGHT },  { "PLACE", TL_LEFT } };
    struct tl_lineage_shower shower = { digest_json, show_json, NULL };

    if (lineage->options->common.json)
        return tl_lineage_read(lineage, paths, &shower, ctx);
    struct tl_table *table = tl_table_open(heads, sizeof heads / sizeof *heads, ctx);
    shower = (struct tl_lineage_shower){ digest_rows, show_rows, table };
    int rc = tl_lineage_read(lineage, paths, &shower, ctx);
    tl_table_close(table);
    return rc;
}
