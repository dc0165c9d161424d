/*
 * What a change of SQL does to lineage. Edges of both sides are laid side by side by what they lead into and come from, whatever the
 * statements' numbers; of several between the same columns the strongest stands for all, as for the engine within a statement.
 */
#include "cli/lineage.h"

#include "base/file.h"
#include "base/say.h"
#include "cli/show.h"

#include <stdlib.h>
#include <string.h>

struct side_edge {
    const char *target, *target_column, *target_path;
    const char *source, *source_column, *source_path;
    const char *file;
    uint32_t line, column;
    uint16_t confidence;
    uint8_t kind, effect, flags;
};

struct side {
    const char *operand;
    size_t cut; /* bytes of a path before its name in the folder */
    TL_VEC(struct side_edge) edges;
    struct tl_arena *arena;
};

enum change { LOST, GAINED, CHANGED };

struct diff {
    struct tl_lineage *lineage;
    const struct side_edge *last; /* the heading that was shown */
    size_t n[3];                  /* by enum change */
    size_t n_columns;             /* that have any */
    size_t n_personal;            /* gained ones from columns that are */
    struct tl_ctx *ctx;
};

/* ---- one side ---- */

struct digest {
    struct side_edge *edges;
    size_t n;
    const char **problems;
    size_t n_problems;
};

static const char *copy(struct tl_arena *arena, const char *text)
{
    return text ? tl_arena_strdup(arena, text) : NULL;
}

static void *digest_edges(const struct tl_lineage_file *file,
                          const struct tl_lineage *lineage, struct tl_arena *arena,
                          struct tl_ctx *ctx)
{
    struct digest *digest = tl_arena_alloc(arena, 1, sizeof *digest);
    const struct tl_sql_result *result = file->result;

    (void)lineage;
    (void)ctx;
    digest->problems = tl_lineage_problems(&digest->n_problems, file, arena);
    if (!result)
        return digest;
    digest->edges = tl_arena_alloc(arena, result->n_edges, sizeof *digest->edges);
    for (uint32_t i = 0; i < result->n_edges; i++) {
        const struct tl_sql_edge *edge = &result->edges[i];

        if (result->statements[edge->statement - 1].is_undone)
            continue;
        digest->edges[digest->n++] = (struct side_edge){
            .target = tl_lineage_table(result, edge->target, arena),
            .target_column = copy(arena, edge->target_column),
            .target_path = copy(arena, edge->target_path),
            .source = tl_lineage_table(result, edge->source, arena),
            .source_column = copy(arena, edge->source_column),
            .source_path = copy(arena, edge->source_path),
            .file = tl_arena_strdup(arena, file->path),
            .line = edge->line,
            .column = edge->column,
            .confidence = edge->confidence,
            .kind = edge->kind,
            .effect = edge->effect,
            .flags = edge->flags,
        };
    }
    return digest;
}

/* What leads into no table belongs to its file: selects of one file are compared with those of its namesake. */
static const char *target_of(const struct side *side, const struct side_edge *edge)
{
    if (edge->target)
        return copy(side->arena, edge->target);
    return side->cut
               ? tl_arena_printf(side->arena, "(select in %s)", edge->file + side->cut)
               : "(select)";
}

static int take_edges(void *self, const void *of, struct tl_lineage *lineage,
                      struct tl_ctx *ctx)
{
    const struct digest *digest = of;
    struct side *side = self;

    (void)lineage;
    for (size_t i = 0; i < digest->n; i++) {
        struct side_edge edge = digest->edges[i];

        edge.target = target_of(side, &edge);
        edge.target_column = copy(side->arena, edge.target_column);
        edge.target_path = copy(side->arena, edge.target_path);
        edge.source = copy(side->arena, edge.source);
        edge.source_column = copy(side->arena, edge.source_column);
        edge.source_path = copy(side->arena, edge.source_path);
        edge.file = copy(side->arena, edge.file);
        tl_vec_push(&side->edges, edge);
    }
    for (size_t i = 0; i < digest->n_problems; i++)
        tl_warn(ctx, "%s", digest->problems[i]);
    return TL_OK;
}

/* NULL stands last: what steers the rows follows the columns. */
static int compare_texts(const char *a, const char *b)
{
    if (!a || !b)
        return (a == NULL) - (b == NULL);
    return strcmp(a, b);
}

/* What an edge is between. Ways to carry a value are one; each way to steer is its own. */
static int compare_places(const struct side_edge *a, const struct side_edge *b)
{
    int a_steers = tl_edge_moves_values(a->kind) ? -1 : a->kind;
    int b_steers = tl_edge_moves_values(b->kind) ? -1 : b->kind;
    int order = compare_texts(a->target, b->target);

    if (order == 0)
        order = compare_texts(a->target_column, b->target_column);
    if (order == 0)
        order = compare_texts(a->target_path, b->target_path);
    if (order == 0)
        order = a_steers - b_steers;
    if (order == 0)
        order = compare_texts(a->source, b->source);
    if (order == 0)
        order = compare_texts(a->source_column, b->source_column);
    return order ? order : compare_texts(a->source_path, b->source_path);
}

static int compare_edges(const void *a, const void *b)
{
    const struct side_edge *left = a, *right = b;
    int order = compare_places(left, right);

    if (order == 0)
        order = compare_texts(left->file, right->file);
    if (order == 0)
        order = left->line < right->line ? -1 : left->line > right->line;
    if (order == 0)
        order = left->column < right->column ? -1 : left->column > right->column;
    return order;
}

/* Sorts, and makes one of several between the same places. */
static void settle(struct side *side)
{
    struct side_edge *edges = side->edges.items;
    size_t kept = 0;

    if (side->edges.n)
        qsort(edges, side->edges.n, sizeof *edges, compare_edges);
    for (size_t i = 0; i < side->edges.n; i++) {
        if (kept == 0 || compare_places(&edges[kept - 1], &edges[i]) != 0) {
            edges[kept++] = edges[i];
            continue;
        }
        struct side_edge *one = &edges[kept - 1];
        if (edges[i].kind > one->kind)
            one->kind = edges[i].kind;
        one->effect = (uint8_t)tl_effect_join((enum tl_effect)one->effect,
                                              (enum tl_effect)edges[i].effect);
        if (edges[i].confidence > one->confidence)
            one->confidence = edges[i].confidence;
        one->flags &= edges[i].flags;
    }
    side->edges.n = kept;
}

static int read_side(struct side *side, struct tl_lineage *lineage, struct tl_ctx *ctx)
{
    const struct tl_lineage_shower shower = { .digest = digest_edges,
                                              .show = take_edges,
                                              .self = side };
    struct tl_sql_paths paths = { 0 };
    int rc;

    if (tl_sql_path_is_folder(side->operand)) {
        side->cut = strlen(side->operand);
        while (side->cut > 1 && side->operand[side->cut - 1] == '/')
            side->cut--;
        side->cut++; /* the slash between */
    }
    rc = tl_sql_paths_add(&paths, side->operand, ctx);
    if (rc == TL_OK)
        rc = tl_lineage_read(lineage, &paths, &shower, ctx);
    tl_sql_paths_release(&paths);
    settle(side);
    return rc;
}

/* ---- showing ---- */

static bool is_equal(const struct side_edge *a, const struct side_edge *b)
{
    return a->kind == b->kind && a->effect == b->effect &&
           a->confidence == b->confidence && a->flags == b->flags;
}

/* The most sensitive thing that is believed of the edge's source; NULL: nothing. */
static const struct tl_belief_tag *tag_of(const struct diff *diff,
                                          const struct side_edge *edge)
{
    const struct tl_belief *belief = diff->lineage->belief;
    const struct tl_belief_column *column =
        tl_lineage_known_column(diff->lineage, edge->source, edge->source_column);
    const struct tl_belief_tag *worst = NULL;

    for (uint32_t t = 0; column && t < column->n_tags; t++) {
        const struct tl_belief_tag *tag = &belief->tags[column->first_tag + t];
        if (tl_state_is_live(tag->state) &&
            (!worst || tag->sensitivity > worst->sensitivity))
            worst = tag;
    }
    return worst;
}

static void put_edge_facts(struct tl_json *json, const struct side_edge *edge)
{
    tl_json_put_int(json, "column", edge->column);
    tl_json_key(json, "confidence");
    tl_json_real(json, edge->confidence / 1000.0);
    tl_json_put_text(json, "effect", tl_effect_word(edge->effect));
    tl_json_put_text(json, "file", edge->file);
    tl_json_put_text(json, "kind", tl_edge_kind_word(edge->kind));
    tl_json_put_int(json, "line", edge->line);
}

static void show_json(const struct diff *diff, enum change change,
                      const struct side_edge *edge, const struct side_edge *was)
{
    static const char *const words[] = { "lost", "gained", "changed" };
    const struct tl_belief_tag *tag = tag_of(diff, edge);
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);
    bool has_target = edge->target[0] != '(';

    tl_json_put_text(json, "change", words[change]);
    put_edge_facts(json, edge);
    if (tag) {
        tl_json_put_text(json, "sensitivity", tl_sensitivity_word(tag->sensitivity));
    }
    tl_json_put_text(json, "source", edge->source);
    tl_json_put_text(json, "source_column", edge->source_column);
    tl_json_put_some(json, "source_path", edge->source_path);
    if (tag)
        tl_json_put_text(json, "tag",
                         tl_belief_text(diff->lineage->belief, tag->info_type));
    tl_json_put_text(json, "target", has_target ? edge->target : NULL);
    tl_json_put_text(json, "target_column", edge->target_column);
    tl_json_put_some(json, "target_path", edge->target_path);
    if (was) {
        tl_json_key(json, "was");
        tl_json_object(json);
        put_edge_facts(json, was);
        tl_json_object_end(json);
    }
    tl_json_line_end(&line, diff->ctx);
}

static void add_shown(struct tl_str *out, const char *text)
{
    tl_str_add_shown(out, text, strlen(text));
}

static void add_facts(struct tl_str *out, const struct side_edge *edge,
                      bool says_confidence)
{
    tl_str_addf(out, "%s", tl_edge_kind_word(edge->kind));
    if (edge->effect)
        tl_str_addf(out, ", %s", tl_effect_word(edge->effect));
    if (says_confidence)
        tl_str_addf(out, ", %u%%", tl_percent(edge->confidence));
    if (edge->flags & TL_SQL_MAY)
        tl_str_add(out, ", may");
    if (edge->flags & TL_SQL_CANDIDATE)
        tl_str_add(out, ", candidate");
}

static bool is_same_column(const struct side_edge *a, const struct side_edge *b)
{
    return a && strcmp(a->target, b->target) == 0 &&
           compare_texts(a->target_column, b->target_column) == 0;
}

static void show_heading(const struct diff *diff, const struct side_edge *edge)
{
    struct tl_str text = TL_STR_INIT(1 << 20);

    add_shown(&text, edge->target);
    tl_str_add(&text, edge->target_column ? "." : " (the rows)");
    if (edge->target_column)
        add_shown(&text, edge->target_column);
    fprintf(diff->ctx->say->results, "%s%s%s\n", tl_paint(diff->ctx, TL_BOLD), text.text,
            tl_paint(diff->ctx, TL_PLAIN));
    tl_str_release(&text);
}

static void show_text(struct diff *diff, enum change change, const struct side_edge *edge,
                      const struct side_edge *was)
{
    static const struct {
        char sign;
        enum tl_paint paint;
    } looks[] = { { '-', TL_RED }, { '+', TL_GREEN }, { '~', TL_YELLOW } };
    const struct tl_belief_tag *tag = tag_of(diff, edge);
    struct tl_ctx *ctx = diff->ctx;
    struct tl_str text = TL_STR_INIT(1 << 20);
    bool says_confidence =
        was ? was->confidence != edge->confidence : edge->confidence < 1000;

    if (!is_same_column(diff->last, edge))
        show_heading(diff, edge);
    tl_str_addf(&text, "  %s%c ", tl_paint(ctx, looks[change].paint), looks[change].sign);
    add_shown(&text, edge->source);
    tl_str_add_char(&text, '.');
    add_shown(&text, edge->source_column);
    if (edge->source_path) {
        tl_str_add_char(&text, ':');
        add_shown(&text, edge->source_path);
    }
    tl_str_addf(&text, "%s  ", tl_paint(ctx, TL_PLAIN));
    if (was) {
        add_facts(&text, was, says_confidence);
        tl_str_add(&text, " -> ");
    }
    add_facts(&text, edge, says_confidence);
    if (tag)
        tl_str_addf(&text, "  %s%s, %s%s",
                    tl_paint(ctx, tl_paint_of_sensitivity(tag->sensitivity)),
                    tl_belief_text(diff->lineage->belief, tag->info_type),
                    tl_sensitivity_word(tag->sensitivity), tl_paint(ctx, TL_PLAIN));
    tl_str_addf(&text, "  %s", tl_paint(ctx, TL_DIM));
    add_shown(&text, edge->file);
    tl_str_addf(&text, ":%u:%u%s\n", (unsigned)edge->line, (unsigned)edge->column,
                tl_paint(ctx, TL_PLAIN));
    fwrite(text.text, 1, text.n, ctx->say->results);
    tl_str_release(&text);
}

static void show_change(struct diff *diff, enum change change,
                        const struct side_edge *edge, const struct side_edge *was)
{
    const struct tl_belief_tag *tag = change == GAINED ? tag_of(diff, edge) : NULL;

    if (diff->lineage->options->common.json)
        show_json(diff, change, edge, was);
    else
        show_text(diff, change, edge, was);
    diff->n[change]++;
    diff->n_columns += !is_same_column(diff->last, edge);
    diff->n_personal += tag && tag->sensitivity >= TL_PERSONAL;
    diff->last = edge;
}

static void compare_sides(struct diff *diff, const struct side *old,
                          const struct side *new)
{
    size_t o = 0, n = 0;

    while (o < old->edges.n || n < new->edges.n) {
        const struct side_edge *was = o < old->edges.n ? &old->edges.items[o] : NULL;
        const struct side_edge *is = n < new->edges.n ? &new->edges.items[n] : NULL;
        int order = !was ? 1 : !is ? -1 : compare_places(was, is);

        if (order < 0)
            show_change(diff, LOST, was, NULL);
        else if (order > 0)
            show_change(diff, GAINED, is, NULL);
        else if (!is_equal(was, is))
            show_change(diff, CHANGED, is, was);
        o += order <= 0;
        n += order >= 0;
    }
}

static void sum_up(const struct diff *diff)
{
    FILE *out = diff->ctx->say->results;

    if (diff->lineage->options->common.json)
        return;
    if (diff->n_columns == 0) {
        tl_note(diff->ctx, "the same edges on both sides%s",
                diff->lineage->n_problems ? ", as far as they are understood" : "");
        return;
    }
    fprintf(out, "\n%zu edge%s gained, %zu lost, %zu changed, into %zu place%s",
            diff->n[GAINED], diff->n[GAINED] == 1 ? "" : "s", diff->n[LOST],
            diff->n[CHANGED], diff->n_columns, diff->n_columns == 1 ? "" : "s");
    if (diff->n_personal)
        fprintf(out, "; %s%zu gained bring%s personal data%s",
                tl_paint(diff->ctx, TL_RED), diff->n_personal,
                diff->n_personal == 1 ? "s" : "", tl_paint(diff->ctx, TL_PLAIN));
    fputc('\n', out);
}

int tl_lineage_diff(bool *differs, struct tl_lineage *lineage, const char *old,
                    const char *new, struct tl_ctx *ctx)
{
    struct side sides[2] = { { .operand = old, .arena = tl_arena_open() },
                             { .operand = new, .arena = tl_arena_open() } };
    struct diff diff = { .lineage = lineage, .ctx = ctx };
    int rc = read_side(&sides[0], lineage, ctx);

    if (rc == TL_OK)
        rc = read_side(&sides[1], lineage, ctx);
    if (rc == TL_OK) {
        compare_sides(&diff, &sides[0], &sides[1]);
        sum_up(&diff);
    }
    *differs = diff.n_columns > 0;
    for (size_t i = 0; i < 2; i++) {
        tl_vec_release(&sides[i].edges);
        tl_arena_close(sides[i].arena);
    }
    return rc;
}
