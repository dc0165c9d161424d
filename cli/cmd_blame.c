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
    if (step->from) {
        tl_json_put_text(json, "from", step->from);
        tl_json_put_text(json, "from_type", step->from_type);
    }
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

static bool is_loss(const struct tl_blame_step *step)
{
    return strcmp(step->state, "lost") == 0;
}

static void show_step(const struct tl_blame_step *step, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;
    bool is_persons = strcmp(step->origin, "person") == 0;
    char when[21], sure[16] = "";

    tl_time_text(when, step->when);
    /* A person's word is no share of a hundred, nor is an end. */
    if (!is_persons && !is_loss(step))
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
    fprintf(out, "    %scommit %.12s  run %s%s%s  rules %.12s%s\n", tl_paint(ctx, TL_DIM),
            step->commit, step->run, step->span[0] ? "  span " : "", step->span,
            tl_shown(step->rules_digest, ctx), tl_paint(ctx, TL_PLAIN));
}

/* ---- where a carried tag set out ---- */

/* The column that "key#field" names; NULL column where the belief does not have it. */
static struct tl_belief_hit find_origin(const struct tl_belief *belief, const char *from)
{
    struct tl_belief_hit hit = { 0 };
    struct tl_str text = TL_STR_INIT(TL_STR_MOST), field = TL_STR_INIT(TL_STR_MOST);
    size_t n = strcspn(from, "#");

    for (uint32_t d = 0; !hit.dataset && d < belief->n_datasets; d++) {
        struct tl_key key = tl_belief_key(belief, &belief->datasets[d]);
        tl_str_clear(&text);
        tl_key_add(&text, &key);
        if (text.n == n && memcmp(text.text, from, n) == 0)
            hit.dataset = &belief->datasets[d];
    }
    if (hit.dataset && from[n] &&
        tl_name_decode(&field, from + n + 1, strlen(from + n + 1)))
        hit.column = tl_belief_column(belief, hit.dataset, field.text);
    tl_str_release(&text);
    tl_str_release(&field);
    return hit;
}

/* Of what was decided there: what stands for a tag that does; for one that was lost, what the same run said or what stood then. */
static const struct tl_blame_step *choose_step(const struct tl_blame_step *steps,
                                               size_t n,
                                               const struct tl_blame_step *carried)
{
    for (size_t i = 0; is_loss(carried) && i < n; i++)
        if (strcmp(steps[i].run, carried->run) == 0)
            return &steps[i];
    for (size_t i = 0; i < n; i++)
        if (!is_loss(carried) || steps[i].when <= carried->when)
            return &steps[i];
    return NULL;
}

/* What the log knows of an origin: a tag that came and went a hundred times asks for the same one each time. */
struct origin {
    const char *from, *from_type;
    const char *column; /* for people; NULL: the belief does not have it */
    struct tl_blame_step *steps;
    size_t n;
};
struct telling {
    const struct tl_belief *belief;
    struct tl_log *log;
    bool as_json;
    TL_VEC(struct origin) origins;
    struct tl_ctx *ctx;
};

static int find_history(const struct origin **out, struct telling *telling,
                        const struct tl_blame_step *carried)
{
    struct origin origin = { .from = carried->from, .from_type = carried->from_type };

    for (size_t i = 0; i < telling->origins.n; i++) {
        *out = &telling->origins.items[i];
        if (strcmp((*out)->from, origin.from) == 0 &&
            strcmp((*out)->from_type, origin.from_type) == 0)
            return TL_OK;
    }
    struct tl_belief_hit hit = find_origin(telling->belief, origin.from);
    if (hit.column) {
        int rc = tl_log_history(&origin.steps, &origin.n, &hit, origin.from_type,
                                telling->log, telling->ctx);
        if (rc < 0)
            return rc;
        origin.column = tl_hit_text(telling->belief, &hit, telling->ctx);
    }
    tl_vec_push(&telling->origins, origin);
    *out = &telling->origins.items[telling->origins.n - 1];
    return TL_OK;
}

/* The evidence that a carried tag rests on, or the reason why it went. */
static int show_origin(struct telling *telling, const struct tl_blame_step *carried)
{
    struct tl_ctx *ctx = telling->ctx;
    const struct origin *origin;
    int rc = find_history(&origin, telling, carried);

    if (rc < 0 || !origin->column)
        return rc;
    const struct tl_blame_step *step = choose_step(origin->steps, origin->n, carried);
    if (step && telling->as_json) {
        json_step(origin->column, step, ctx);
    } else if (step) {
        fprintf(ctx->say->results, "  %swhere it %sset out:%s %s\n",
                tl_paint(ctx, TL_DIM), is_loss(carried) ? "had " : "",
                tl_paint(ctx, TL_PLAIN), origin->column);
        show_step(step, ctx);
    }
    return TL_OK;
}

static int show_history(struct telling *telling, const struct tl_blame_step *steps,
                        size_t n, const struct tl_belief_hit *hit)
{
    struct tl_ctx *ctx = telling->ctx;
    const char *column = tl_hit_text(telling->belief, hit, ctx);
    bool is_gone = hit->column->is_absent || hit->dataset->is_absent;
    int rc = TL_OK;

    if (!telling->as_json)
        fprintf(ctx->say->results, "%s%s%s%s\n", tl_paint(ctx, TL_BOLD), column,
                tl_paint(ctx, TL_PLAIN), is_gone ? "  (gone from its source)" : "");
    for (size_t i = 0; rc == TL_OK && i < n; i++) {
        const struct tl_blame_step *step = &steps[i];
        if (telling->as_json)
            json_step(column, step, ctx);
        else
            show_step(step, ctx);
        if (step->from && step->from_type && (step->n_path || is_loss(step)))
            rc = show_origin(telling, step);
    }
    return rc;
}

static void note_nothing(const struct tl_belief_hit *hit, size_t n_steps,
                         struct tl_ctx *ctx)
{
    if (n_steps)
        tl_note(ctx, "no tag now: what it had is gone");
    else
        tl_note(ctx, hit->column->is_unknown
                         ? "no tag: its sample could not be read or was too small to tell"
                         : "no tag: nothing was found in it");
}

static int blame_column(const struct tl_call *call, const struct tl_belief *belief,
                        struct tl_log *log, struct tl_ctx *ctx)
{
    const struct blame_options *o = call->options;
    struct telling telling = {
        .belief = belief, .log = log, .as_json = o->common.json, .ctx = ctx
    };
    struct tl_blame_step *steps = NULL;
    struct tl_belief_hit hit;
    size_t n = 0;
    int rc = tl_find_column(&hit, belief, call->operands[0], ctx);

    if (rc == TL_OK)
        rc = tl_log_history(&steps, &n, &hit, o->type, log, ctx);
    if (rc < 0)
        return rc;
    if (o->type && n == 0) {
        tl_hint(ctx, "'tagline blame %s' shows the tags it has", call->operands[0]);
        return tl_fail(ctx, TL_ENOTFOUND, "'%s' has no tag '%s'", call->operands[0],
                       o->type);
    }
    rc = show_history(&telling, steps, n, &hit);
    tl_vec_release(&telling.origins);
    if (rc == TL_OK && (n == 0 || hit.column->n_tags == 0))
        note_nothing(&hit, n, ctx);
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
    .text =
        "Follows a column's tags back through the log, newest decision first; of a "
        "carried tag also the way\n"
        "it came, and what was decided where it set out. What the column had and has "
        "lost is told as well, with\n"
        "the reason. A COLUMN is written source/database/schema/dataset#field, or any "
        "unambiguous end of that,\n"
        "such as users#email.",
    .examples =
        "  $ tagline blame users#email\n  $ tagline blame users#email --json | jq .why\n",
    .options = options,
    .options_size = sizeof(struct blame_options),
    .most_operands = 1,
    .run = run_blame,
};
