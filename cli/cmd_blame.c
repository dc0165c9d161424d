/*
 * Who tagged a column what, when, on which evidence: the deciding span, and the ones before it by their links.
 */
#include "cli/cmd.h"

#include "base/say.h"
#include "cli/pipeline.h"
#include "cli/show.h"

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
    char when[21];

    tl_time_text(when, step->when);
    fprintf(out, "  %s%s%s  %s %s%s%s %u%%, by %s in a %s of %s\n",
            tl_paint(ctx, TL_YELLOW), when, tl_paint(ctx, TL_PLAIN),
            tl_shown(step->state, ctx), tl_paint(ctx, TL_BOLD),
            tl_shown(step->info_type, ctx), tl_paint(ctx, TL_PLAIN),
            step->confidence / 10, tl_shown(by_whom(step->origin), ctx),
            tl_shown(step->kind, ctx), tl_shown(step->actor, ctx));
    if (step->why && step->why[0])
        fprintf(out, "    %s\n", tl_shown(step->why, ctx));
    fprintf(out, "    %scommit %.12s  run %s  span %s  rules %.12s%s\n",
            tl_paint(ctx, TL_DIM), step->commit, step->run, step->span,
            tl_shown(step->rules_digest, ctx), tl_paint(ctx, TL_PLAIN));
}

static int blame_tag(const struct tl_belief *belief, const struct tl_belief_hit *hit,
                     const char *info_type, bool as_json, struct tl_log *log,
                     struct tl_ctx *ctx)
{
    const char *column = tl_hit_text(belief, hit, ctx);
    struct tl_blame_step *steps;
    size_t n;
    int rc = tl_log_blame(&steps, &n, hit, info_type, log, ctx);

    for (size_t i = 0; rc == TL_OK && i < n; i++) {
        if (as_json)
            json_step(column, &steps[i], ctx);
        else
            show_step(&steps[i], ctx);
    }
    return rc;
}

static int blame_column(const struct tl_call *call, const struct tl_belief *belief,
                        struct tl_log *log, struct tl_ctx *ctx)
{
    const struct blame_options *o = call->options;
    struct tl_belief_hit hit;
    size_t n = 0;
    int rc = tl_find_column(&hit, belief, call->operands[0], ctx);

    if (rc < 0)
        return rc;
    if (!o->common.json) {
        bool is_gone = hit.column->is_absent || hit.dataset->is_absent;
        fprintf(ctx->say->results, "%s%s%s%s\n", tl_paint(ctx, TL_BOLD),
                tl_hit_text(belief, &hit, ctx), tl_paint(ctx, TL_PLAIN),
                is_gone ? "  (gone from its source)" : "");
    }
    for (uint32_t t = 0; t < hit.column->n_tags; t++) {
        const char *type =
            tl_belief_text(belief, belief->tags[hit.column->first_tag + t].info_type);
        if (o->type && strcmp(o->type, type) != 0)
            continue;
        n++;
        if ((rc = blame_tag(belief, &hit, type, o->common.json, log, ctx)) < 0)
            return rc;
    }
    if (n == 0 && o->type) {
        tl_hint(ctx, "'tagline blame %s' shows the tags it has", call->operands[0]);
        return tl_fail(ctx, TL_ENOTFOUND, "'%s' has no tag '%s'", call->operands[0],
                       o->type);
    }
    if (n == 0)
        tl_note(ctx, hit.column->is_unknown
                         ? "no tag: its sample could not be read or was too small to tell"
                         : "no tag: nothing was found in it");
    return TL_OK;
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
    .text = "Follows a column's tags back through the log, newest decision first. A "
            "COLUMN is written\n"
            "source/database/schema/dataset#field, or any unambiguous end of that, such "
            "as users#email.",
    .examples =
        "  $ tagline blame users#email\n  $ tagline blame users#email --json | jq .why\n",
    .options = options,
    .options_size = sizeof(struct blame_options),
    .most_operands = 1,
    .run = run_blame,
};
