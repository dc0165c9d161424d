/*
 * What flows where, told in spans: each carried tag of the run names its path, the edge it came by and what is left of it; each that
 * was taken away says why.
 */
#include "lineage/log/spans.h"

#include "base/ctx.h"

/* ---- paths ---- */

enum { MOST_STEPS = 64 }; /* of a path, in a span */

static const char *step_text(const struct tl_step *step, bool is_origin,
                             struct tl_arena *into)
{
    const char *effect = is_origin ? NULL : tl_effect_word(step->effect);
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, step->dataset);
    if (step->path) {
        tl_str_add_char(&text, '#');
        tl_name_encode(&text, step->path);
    }
    if (effect)
        tl_str_addf(&text, " %s", effect);
    const char *out = tl_arena_dup(into, text.text, text.n);
    tl_str_release(&text);
    return out;
}

void tl_spans_path(struct tl_span_line *line, const struct tl_step *steps, uint32_t n,
                   struct tl_arena *into)
{
    const char *texts[MOST_STEPS];
    uint32_t n_texts = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (n > MOST_STEPS && i == MOST_STEPS / 2) {
            i = n - MOST_STEPS / 2 + 1;
            texts[n_texts++] = "...";
        }
        texts[n_texts++] = step_text(&steps[i], i == 0, into);
    }
    if (n)
        tl_span_attr_texts(line, "tagline.path", texts, n_texts);
}

/* ---- carried tags ---- */

void tl_spans_flow_counts(struct tl_span_line *line, const struct tl_state_file *state,
                          const struct tl_flow_change *change)
{
    const struct {
        const char *key;
        uint32_t n;
    } counts[] = { { "tagline.carried_tags", change->n_carried },
                   { "tagline.changed_carried", change->n_changed_carried },
                   { "tagline.edges", state->n_edges },
                   { "tagline.gone_edges", change->n_gone_edges },
                   { "tagline.lost_carried", change->n_losses },
                   { "tagline.new_carried", change->n_new_carried },
                   { "tagline.new_edges", change->n_new_edges },
                   { "tagline.problems", state->n_problems } };

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i].n)
            tl_span_attr_int(line, counts[i].key, counts[i].n);
}

static void put_edge(struct tl_span_line *line, const struct tl_edge *edge)
{
    if (edge->column)
        tl_span_attr_int(line, "tagline.edge.column", edge->column);
    tl_span_attr_int(line, "tagline.edge.confidence", edge->confidence);
    tl_span_attr_text(line, "tagline.edge.effect", tl_effect_word(edge->effect));
    tl_span_attr_text(line, "tagline.edge.function", edge->function);
    tl_span_attr_text(line, "tagline.edge.kind", tl_edge_kind_word(edge->kind));
    if (edge->line)
        tl_span_attr_int(line, "tagline.edge.line", edge->line);
    tl_span_attr_text(line, "tagline.edge.query", edge->query);
}

struct telling {
    struct tl_span_line *line;
    const struct tl_merge *merge;
    const struct tl_flow_change *change;
    const char *text;      /* the dataset's key */
    struct tl_ctx passing; /* paths: one at a time */
};

static void tell_carried(struct telling *telling, const struct tl_state_column *column,
                         const struct tl_state_tag *tag, const struct tl_span_id *parent)
{
    const struct tl_graph *graph = telling->change->graph;
    struct tl_span span = tl_spans_begin(telling->merge, "carried");
    const struct tl_step *steps;
    uint32_t n;

    tl_unhex(span.id.bytes, sizeof span.id.bytes, tag->span);
    span.parent = *parent;
    if (column->span)
        tl_unhex(span.parent.bytes, sizeof span.parent.bytes, column->span);
    tl_spans_link(&span, tag);
    tl_graph_path(&steps, &n, graph, tl_graph_find(graph, telling->text, column->path),
                  tag->carried, &telling->passing);
    tl_span_begin(telling->line);
    tl_span_attr_text(telling->line, "tagline.column", column->path);
    if (tag->carried->edge < tl_graph_edges(graph)) {
        struct tl_edge edge;
        tl_graph_edge_told(&edge, graph, tag->carried->edge);
        put_edge(telling->line, &edge);
    }
    tl_span_attr_text(telling->line, "tagline.effect", tl_effect_word(tag->effect));
    tl_span_attr_text(telling->line, "tagline.from", tag->from);
    tl_span_attr_text(telling->line, "tagline.from_type", tag->from_type);
    tl_span_attr_int(telling->line, "tagline.hops", tag->carried->hops);
    tl_spans_path(telling->line, steps, n, telling->passing.arena);
    tl_spans_tag(telling->line, tag);
    tl_span_end(telling->line, &span);
    tl_arena_reset(telling->passing.arena);
}

static void tell_loss(struct telling *telling, const struct tl_flow_loss *loss,
                      const struct tl_span_id *parent)
{
    struct tl_span span = tl_spans_begin(telling->merge, "lost");
    char when[21];

    tl_unhex(span.id.bytes, sizeof span.id.bytes, loss->span);
    span.parent = *parent;
    span.link.trace_hex = loss->tag->trace;
    span.link.span_hex = loss->tag->span;
    tl_time_text(when, loss->tag->since);
    tl_span_begin(telling->line);
    tl_span_attr_text(telling->line, "tagline.column", loss->column);
    tl_span_attr_text(telling->line, "tagline.from", loss->tag->from);
    tl_span_attr_text(telling->line, "tagline.from_type", loss->tag->from_type);
    tl_span_attr_text(telling->line, "tagline.info_type", loss->tag->info_type);
    tl_span_attr_text(telling->line, "tagline.replaces", when);
    tl_span_attr_text(telling->line, "tagline.why", loss->why);
    tl_span_end(telling->line, &span);
}

void tl_spans_carried(struct tl_span_line *line, const struct tl_merge *merge,
                      const char *text, const struct tl_state_file *state,
                      const struct tl_flow_change *change,
                      const struct tl_span_id *parent, struct tl_ctx *ctx)
{
    struct telling telling = {
        .line = line, .merge = merge, .change = change, .text = text
    };

    if (!change->n_new_carried && !change->n_changed_carried && !change->n_losses)
        return;
    tl_ctx_child(&telling.passing, ctx);
    for (uint32_t i = 0; i < state->n_columns; i++) {
        const struct tl_state_column *column = &state->columns[i];
        for (uint32_t t = 0; t < column->n_tags; t++)
            if (column->tags[t].is_changed && column->tags[t].state == TL_CARRIED)
                tell_carried(&telling, column, &column->tags[t], parent);
    }
    for (uint32_t i = 0; i < change->n_losses; i++)
        tell_loss(&telling, &change->losses[i], parent);
    tl_ctx_release(&telling.passing);
}

/* ---- lines of their own ---- */

int tl_spans_reroute(struct tl_trail *trail, const struct tl_merge *merge,
                     const char *text, const struct tl_state_file *state,
                     const struct tl_flow_change *change, struct tl_ctx *ctx)
{
    struct tl_span span = tl_spans_begin(merge, "lineage");
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);
    struct tl_span_line line;

    tl_str_addf(&name, "%s lineage", text);
    tl_span_id_of(&span.id, &span.trace, name.text, name.n);
    tl_str_release(&name);
    tl_spans_name(&span.parent, merge, "run", NULL);
    tl_span_line_begin(&line, &trail->lines);
    tl_span_begin(&line);
    tl_span_attr_text(&line, "tagline.dataset", text);
    tl_spans_flow_counts(&line, state, change);
    tl_span_end(&line, &span);
    tl_spans_carried(&line, merge, text, state, change, &span.id, ctx);
    tl_span_line_end(&line);
    return tl_trail_line(trail, ctx);
}

static void tell_problem(struct tl_span_line *line, const struct tl_merge *merge,
                         const struct tl_edge_problem *problem, size_t i)
{
    struct tl_span span = tl_spans_begin(merge, "problem");
    char number[32];

    snprintf(number, sizeof number, "problem %zu", i);
    tl_spans_name(&span.id, merge, number, NULL);
    tl_spans_name(&span.parent, merge, "run", NULL);
    span.status = TL_SPAN_ERROR;
    tl_span_begin(line);
    if (problem->column)
        tl_span_attr_int(line, "tagline.column_number", problem->column);
    if (problem->line)
        tl_span_attr_int(line, "tagline.line", problem->line);
    tl_span_attr_text(line, "tagline.query", problem->query);
    tl_span_attr_text(line, "tagline.what", problem->what);
    tl_span_end(line, &span);
}

enum { A_LINE = 100 }; /* spans; no line is enormous */

int tl_spans_loose(struct tl_trail *trail, const struct tl_merge *merge,
                   const struct tl_edge_problem *problems, size_t n, struct tl_ctx *ctx)
{
    int rc = TL_OK;

    for (size_t i = 0; rc == TL_OK && i < n;) {
        struct tl_span_line line;
        tl_span_line_begin(&line, &trail->lines);
        for (size_t end = i + A_LINE; i < n && i < end; i++)
            tell_problem(&line, merge, &problems[i], i);
        tl_span_line_end(&line);
        rc = tl_trail_line(trail, ctx);
    }
    return rc;
}
