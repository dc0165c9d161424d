/*
 * Pictures of what SQL files do: their edges as a view to be drawn. What is asked for by column is drawn alone, as in the listing.
 */
#include "cli/lineage.h"

#include "base/say.h"

struct end {
    const char *dataset, *column;
};
struct drawn {
    struct end from, to;
    struct tl_view_edge edge;
};
struct digest {
    struct drawn *items;
    size_t n;
    const char *const *problems;
    size_t n_problems;
};

/* "v:a.b" for a path in a value. */
static const char *column_of(const char *column, const char *path, struct tl_arena *arena)
{
    return !column ? NULL
           : path  ? tl_arena_printf(arena, "%s:%s", column, path)
                   : tl_arena_strdup(arena, column);
}

/* What is returned and goes nowhere. */
static const char *result_of(const struct tl_lineage_file *file,
                             const struct tl_sql_edge *edge,
                             const struct tl_lineage *lineage, struct tl_arena *arena)
{
    return tl_arena_printf(arena, "%s%sresult %u", lineage->names_file ? file->path : "",
                           lineage->names_file ? ": " : "", (unsigned)edge->statement);
}

static void *digest_file(const struct tl_lineage_file *file,
                         const struct tl_lineage *lineage, struct tl_arena *arena,
                         struct tl_ctx *ctx)
{
    struct digest *digest = tl_arena_alloc(arena, 1, sizeof *digest);
    const struct tl_sql_result *result = file->result;

    (void)ctx;
    digest->problems = tl_lineage_problems(&digest->n_problems, file, arena);
    if (!result)
        return digest;
    digest->items = tl_arena_alloc(arena, result->n_edges, sizeof *digest->items);
    for (uint32_t i = 0; i < result->n_edges; i++) {
        const struct tl_sql_edge *edge = &result->edges[i];
        const char *target = tl_lineage_table(result, edge->target, arena);

        if (!tl_lineage_is_asked(lineage, result, edge, arena))
            continue;
        digest->items[digest->n++] = (struct drawn){
            .from = { tl_lineage_table(result, edge->source, arena),
                      column_of(edge->source_column, edge->source_path, arena) },
            .to = { target ? target : result_of(file, edge, lineage, arena),
                    column_of(edge->target_column, edge->target_path, arena) },
            .edge = { .place =
                          tl_arena_printf(arena, "%s:%u:%u", file->path,
                                          (unsigned)edge->line, (unsigned)edge->column),
                      .confidence = edge->confidence,
                      .kind = edge->kind,
                      .effect = edge->effect,
                      .flags = edge->flags },
        };
    }
    return digest;
}

static int show_file(void *self, const void *of, struct tl_lineage *lineage,
                     struct tl_ctx *ctx)
{
    const struct digest *digest = of;
    struct tl_view *view = self;

    (void)lineage;
    for (size_t i = 0; i < digest->n; i++) {
        const struct drawn *drawn = &digest->items[i];
        struct tl_view_edge edge = drawn->edge;

        edge.from = tl_view_node(view, drawn->from.dataset, drawn->from.column);
        edge.to = tl_view_node(view, drawn->to.dataset, drawn->to.column);
        tl_view_add_edge(view, &edge);
    }
    for (size_t i = 0; i < digest->n_problems; i++)
        tl_warn(ctx, "%s", digest->problems[i]);
    return TL_OK;
}

int tl_lineage_draw(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                    struct tl_ctx *ctx)
{
    struct tl_view view;
    struct tl_lineage_shower shower = { digest_file, show_file, &view, false };

    tl_view_init(&view);
    int rc = tl_lineage_read(lineage, paths, &shower, ctx);
    if (rc == TL_OK)
        rc = tl_view_draw(&view, lineage->options->walk.svg, ctx);
    tl_view_release(&view);
    return rc;
}
