/*
 * Who tagged a column what, when, on which evidence: the deciding span, and the ones before it by their links. Of a carried tag also the
 * way it came, and below that what was decided where it set out.
 */
#include "cli/cmd.h"

#include "base/say.h"
#include "base/vec.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "cli/verdict.h"

struct blame_options {
    struct tl_common common;
    const char *type;
};

static const struct tl_option options[] = {
    { "type", TL_KIND_TEXT, offsetof(struct blame_options, type), NULL,
      "only the history of this info type", .argument = "INFO_TYPE" },
    { 0 },
};

static void json_step(const char *column, const struct tl_blame_step *step,
                      struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_text(json, "actor", step->actor);
    tl_json_put_text(json, "column", column);
    tl_json_put_text(json, "commit", step->commit);
    tl_json_key(json, "confidence");
    tl_json_real(json, step->confidence / 1000.0);
    tl_json_put_text(json, "info_type", step->info_type);
    tl_json_put_text(json, "kind", step->kind);
    tl_json_put_text(json, "origin", step->origin);
    if (step->n_path)
        tl_json_put_path(json, "path", step->path, step->n_path, ctx);
    tl_json_put_text(json, "rules", step->rules_digest);
    tl_json_put_text(json, "run", step->run);
    tl_json_put_text(json, "span", step->span);
    tl_json_put_text(json, "state", step->state);
    tl_json_put_time(json, "when", step->when);
    tl_json_put_text(json, "why", step->why);
    tl_json_line_end(&line, ctx);
}

static const char *by_whom(const char *origin)
{
    return strcmp(origin, "person") == 0 ? "a person"
           : strcmp(origin, "llm") == 0  ? "a model"
                                         : origin;
}

static void show_step(const struct tl_blame_step *step, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;
    bool is_persons = strcmp(step->origin, "person") == 0;
    char when[21], sure[16] = "";

    tl_time_text(when, step->when);
    /* A person's word is no share of a hundred. */
    if (!is_persons)
        snprintf(sure, sizeof sure, " %u%%", tl_percent(step->confidence));
    fprintf(out, "  %s%s%s  %s %s%s%s%s, by %s in a %s of %s\n", tl_paint(ctx, TL_YELLOW),
            when, tl_paint(ctx, TL_PLAIN), tl_shown(step->state, ctx),
            tl_paint(ctx, TL_BOLD), tl_shown(step->info_type, ctx),
            tl_paint(ctx, TL_PLAIN), sure, tl_shown(by_whom(step->origin), ctx),
            tl_shown(step->kind, ctx), tl_shown(step->actor, ctx));
    if (step->n_path)
        tl_show_path(step->path, step->n_path, ctx);
    else if (step->why && step->why[0])
        fprintf(out, "    %s\n", tl_shown(step->why, ctx));
    fprintf(out, "    %scommit %.12s  run %s  span %s  rules %.12s%s\n",
            tl_paint(ctx, TL_DIM), step->commit, step->run, step->span,
            tl_shown(step->rules_digest, ctx), tl_paint(ctx, TL_PLAIN));
}

/* The histories of all the column's tags: steps that several share (a type that took another's place) stand once. */
struct history {
    TL_VEC(struct tl_blame_step) steps;
};

static void add_step(struct history *history, const struct tl_blame_step *step)
{
    for (size_t i = 0; i < history->steps.n; i++)
        if (strcmp(history->steps.items[i].span, step->span) == 0)
            return;
    tl_vec_push(&history->steps, *step);
}

/* Newest first; within a run as they were found. */
static void sort_steps(struct history *history)
{
    struct tl_blame_step *steps = history->steps.items;

    for (size_t i = 1; i < history->steps.n; i++)
        for (size_t k = i; k > 0 && steps[k - 1].when < steps[k].when; k--) {
            struct tl_blame_step swap = steps[k];
            steps[k] = steps[k - 1];
            steps[k - 1] = swap;
        }
}

static int gather_history(struct history *history, const struct tl_belief *belief,
                          const struct tl_belief_hit *hit, const char *only,
                          struct tl_log *log, struct tl_ctx *ctx)
{
    for (uint32_t t = 0; t < hit->column->n_tags; t++) {
        const char *type =
            tl_belief_text(belief, belief->tags[hit->column->first_tag + t].info_type);
        struct tl_blame_step *steps;
        size_t n;
        if (only && strcmp(only, type) != 0)
            continue;
        int rc = tl_log_blame(&steps, &n, hit, type, log, ctx);
        if (rc < 0)
            return rc;
        for (size_t i = 0; i < n; i++)
            add_step(history, &steps[i]);
    }
    sort_steps(history);
    return TL_OK;
}

/* ---- where a carried tag set out ---- */

/* The column of a path's first step; NULL column where the belief no longer has it. */
static struct tl_belief_hit find_origin(const struct tl_belief *belief,
                                        const struct tl_step *origin)
{
    struct tl_belief_hit hit = { 0 };
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (uint32_t d = 0; !hit.dataset && d < belief->n_datasets; d++) {
        struct tl_key key = tl_belief_key(belief, &belief->datasets[d]);
        tl_str_clear(&text);
        tl_key_add(&text, &key);
        if (strcmp(text.text, origin->dataset) == 0)
            hit.dataset = &belief->datasets[d];
    }
    if (hit.dataset)
        hit.column = tl_belief_column(belief, hit.dataset, origin->path);
    tl_str_release(&text);
    return hit;
}

/* What was decided there last: the evidence that everything behind it rests on. */
static int show_origin(const struct tl_step *origin, const struct tl_belief *belief,
                       bool as_json, struct tl_log *log, struct tl_ctx *ctx)
{
    const char *column = tl_place_text(origin->dataset, origin->path, ctx);
    struct tl_belief_hit hit = find_origin(belief, origin);
    struct tl_blame_step *steps;
    size_t n;

    if (!hit.column || !origin->info_type)
        return TL_OK;
    int rc = tl_log_blame(&steps, &n, &hit, origin->info_type, log, ctx);
    if (rc < 0 || n == 0)
        return rc;
    if (as_json) {
        json_step(column, &steps[0], ctx);
    } else {
        fprintf(ctx->say->results, "  %swhere it set out:%s %s\n", tl_paint(ctx, TL_DIM),
                tl_paint(ctx, TL_PLAIN), column);
        show_step(&steps[0], ctx);
    }
    return TL_OK;
}

static int show_history(const struct history *history, const struct tl_belief *belief,
                        const struct tl_belief_hit *hit, bool as_json, struct tl_log *log,
                        struct tl_ctx *ctx)
{
    const char *column = tl_hit_text(belief, hit, ctx);
    bool is_gone = hit->column->is_absent || hit->dataset->is_absent;
    int rc = TL_OK;

    if (!as_json)
        fprintf(ctx->say->results, "%s%s%s%s\n", tl_paint(ctx, TL_BOLD), column,
                tl_paint(ctx, TL_PLAIN), is_gone ? "  (gone from its source)" : "");
    for (size_t i = 0; rc == TL_OK && i < history->steps.n; i++) {
        const struct tl_blame_step *step = &history->steps.items[i];
        if (as_json)
            json_step(column, step, ctx);
        else
            show_step(step, ctx);
        if (step->n_path)
            rc = show_origin(&step->path[0], belief, as_json, log, ctx);
    }
    return rc;
}

static int blame_column(const struct tl_call *call, const struct tl_belief *belief,
                        struct tl_log *log, struct tl_ctx *ctx)
{
    const struct blame_options *o = call->options;
    struct history history = { 0 };
    struct tl_belief_hit hit;
    int rc = tl_find_column(&hit, belief, call->operands[0], ctx);

    if (rc < 0)
        return rc;
    rc = gather_history(&history, belief, &hit, o->type, log, ctx);
    if (rc == TL_OK && o->type && history.steps.n == 0) {
        tl_hint(ctx, "'tagline blame %s' shows the tags it has", call->operands[0]);
        rc = tl_fail(ctx, TL_ENOTFOUND, "'%s' has no tag '%s'", call->operands[0],
                     o->type);
    }
    if (rc == TL_OK)
        rc = show_history(&history, belief, &hit, o->common.json, log, ctx);
    if (rc == TL_OK && history.steps.n == 0)
        tl_note(ctx, hit.column->is_unknown
                         ? "no tag: its sample could not be read or was too small to tell"
                         : "no tag: nothing was found in it");
    tl_vec_release(&history.steps);
    return rc;
}

static int run_blame(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct blame_options *o = call->options;
    const struct tl_belief *belief;
    struct tl_config config = { 0 };
    struct tl_log *log = NULL;
    int rc;

    if (call->n_operands != 1) {
        tl_hint(ctx, "usage: tagline blame COLUMN, for instance users#email");
        return tl_fail(ctx, TL_EUSAGE, "'blame' needs a column");
    }
    if ((rc = tl_config_load(&config, o->common.config, 0, ctx)) == TL_OK &&
        (rc = tl_open_log(&log, &config, false, ctx)) == TL_OK &&
        (rc = tl_log_belief(&belief, log, ctx)) == TL_OK)
        rc = blame_column(call, belief, log, ctx);
    tl_log_close(log);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_blame = {
    .name = "blame",
    .summary = "who tagged a column what, when and on which evidence",
    .operands = "COLUMN",
    .text = "Follows a column's tags back through the log, newest decision first; of a "
            "carried tag also the way\n"
            "it came, and what was decided where it set out. A COLUMN is written\n"
            "source/database/schema/dataset#field, or any unambiguous end of that, such "
            "as users#email.",
    .examples =
        "  $ tagline blame users#email\n  $ tagline blame users#email --json | jq .why\n",
    .options = options,
    .options_size = sizeof(struct blame_options),
    .most_operands = 1,
    .run = run_blame,
};
