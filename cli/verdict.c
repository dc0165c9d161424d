#include "cli/verdict.h"

#include "base/name.h"

const char *tl_place_text(const char *dataset, const char *path, struct tl_ctx *ctx)
{
    const char *readable = dataset ? tl_key_text_readable(dataset, ctx) : "";
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_key column = { .field = path };

    tl_str_add(&text, readable);
    if (path)
        tl_key_add_readable(&text, &column); /* begins with its '#' */
    const char *place = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return place;
}

const char *tl_query_place(const char *query, unsigned line, unsigned column,
                           struct tl_ctx *ctx)
{
    size_t n = strlen(query), end = n;

    while (end > 0 && query[end - 1] >= '0' && query[end - 1] <= '9')
        end--;
    if (end > 1 && end < n && query[end - 1] == '#')
        n = end - 1;
    return tl_arena_printf(ctx->arena, "%.*s:%u:%u", (int)n, query, line, column);
}

/* "aggregation, keeps (etl/load.sql:3:12)" */
static void add_way(struct tl_str *out, const struct tl_step *step, struct tl_ctx *ctx)
{
    tl_str_addf(out, "%s", tl_edge_kind_word(step->kind));
    if (step->effect)
        tl_str_addf(out, ", %s", tl_effect_word(step->effect));
    if (step->query)
        tl_str_addf(out, " (%s)",
                    tl_query_place(step->query, step->line, step->column, ctx));
    else if (step->line)
        tl_str_addf(out, " (line %u, column %u of its SQL)", step->line, step->column);
}

/* Verdicts on a meeting have several paths, one after the other: nothing led to the beginning of one. */
static bool begins_path(const struct tl_step *steps, uint32_t i)
{
    return i == 0 || (tl_edge_moves_values(steps[i].kind) && !steps[i].effect);
}

void tl_show_path(const struct tl_step *steps, uint32_t n, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;

    for (uint32_t i = 0, deep = 0; i < n; i++, deep++) {
        struct tl_str way = TL_STR_INIT(1 << 16);
        const char *place = tl_place_text(steps[i].dataset, steps[i].path, ctx);
        if (begins_path(steps, i))
            deep = 0;
        else
            add_way(&way, &steps[i], ctx);
        fprintf(out, "    %*s%s%s", (int)(deep > 0 ? 3 * (deep - 1) : 0), "",
                deep > 0 ? "-> " : "", tl_shown(place, ctx));
        if (steps[i].info_type) /* of what could not be told there is none */
            fprintf(out, "  %s%s%s", tl_paint(ctx, TL_DIM), steps[i].info_type,
                    tl_paint(ctx, TL_PLAIN));
        if (way.n)
            fprintf(out, "  %s", tl_shown(way.text, ctx));
        fputc('\n', out);
        tl_str_release(&way);
    }
}

static enum tl_paint paint_of(const struct tl_verdict *verdict)
{
    if (verdict->outcome == TL_GAP || verdict->is_advisory)
        return TL_YELLOW;
    return verdict->outcome == TL_VIOLATION ? TL_RED : TL_GREEN;
}

static void show_outcome(const struct tl_verdict *verdict, struct tl_ctx *ctx)
{
    fprintf(ctx->say->results, "%s%s%s  ", tl_paint(ctx, paint_of(verdict)),
            tl_outcome_word(verdict->outcome), tl_paint(ctx, TL_PLAIN));
}

static void show_rest(const struct tl_verdict *verdict, const char *margin, bool with_fix,
                      struct tl_ctx *ctx)
{
    if (verdict->n_steps > 1)
        tl_show_path(verdict->steps, verdict->n_steps, ctx);
    if (verdict->fix && with_fix)
        fprintf(ctx->say->results, "%s%sfix:%s %s\n", margin, tl_paint(ctx, TL_DIM),
                tl_paint(ctx, TL_PLAIN), tl_shown(verdict->fix, ctx));
}

void tl_show_verdict(const struct tl_verdict *verdict, struct tl_ctx *ctx)
{
    show_outcome(verdict, ctx);
    fprintf(ctx->say->results, "%s%s\n  %s\n", verdict->rule,
            verdict->is_advisory ? " (advisory)" : "", tl_shown(verdict->why, ctx));
    show_rest(verdict, "  ", true, ctx);
}

void tl_show_verdict_below_rule(const struct tl_verdict *verdict, bool with_fix,
                                struct tl_ctx *ctx)
{
    fputs("  ", ctx->say->results);
    show_outcome(verdict, ctx);
    fprintf(ctx->say->results, "%s\n", tl_shown(verdict->why, ctx));
    show_rest(verdict, "    ", with_fix, ctx);
}

void tl_json_put_path(struct tl_json *json, const char *key, const struct tl_step *steps,
                      uint32_t n, struct tl_ctx *ctx)
{
    tl_json_key(json, key);
    tl_json_array(json);
    for (uint32_t i = 0; i < n; i++) {
        const struct tl_step *step = &steps[i];
        bool came = !begins_path(steps, i);
        tl_json_object(json);
        if (came && step->line)
            tl_json_put_int(json, "column", step->column);
        tl_json_put_int(json, "confidence", step->confidence);
        if (came && step->effect)
            tl_json_put_text(json, "effect", tl_effect_word(step->effect));
        tl_json_put_some(json, "info_type", step->info_type);
        tl_json_put_text(json, "key", tl_place_text(step->dataset, step->path, ctx));
        if (came)
            tl_json_put_text(json, "kind", tl_edge_kind_word(step->kind));
        if (came && step->line)
            tl_json_put_int(json, "line", step->line);
        tl_json_put_some(json, "query", step->query);
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
}

void tl_json_verdict(const struct tl_verdict *verdict, const char *finding, int is_new,
                     struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_bool(json, "advisory", verdict->is_advisory);
    tl_json_put_some(json, "finding", finding);
    tl_json_put_some(json, "fix", verdict->fix);
    if (verdict->dataset && *verdict->dataset)
        tl_json_put_text(json, "key",
                         tl_place_text(verdict->dataset, verdict->path, ctx));
    if (is_new >= 0)
        tl_json_put_bool(json, "new", is_new);
    tl_json_put_text(json, "outcome", tl_outcome_word(verdict->outcome));
    tl_json_put_path(json, "path", verdict->steps, verdict->n_steps, ctx);
    tl_json_put_text(json, "rule", verdict->rule);
    tl_json_put_text(json, "severity", verdict->severity);
    tl_json_put_text(json, "why", verdict->why);
    tl_json_line_end(&line, ctx);
}
