/*
 * Why a column was decided as it was: every opinion with its weight and counts, and what was ruled out. From the log, or with --now by asking
 * the source again; of a file always by reading it. Logs nothing.
 */
#include "cli/cmd.h"

#include "base/file.h"
#include "base/say.h"
#include "cli/input.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "cli/why.h"

struct why_options {
    struct tl_common common;
    bool now, all;
    int format;
    int64_t rows;
    struct tl_list packs;
};

static const struct tl_option options[] = {
    { "now", TL_KIND_FLAG, offsetof(struct why_options, now), NULL,
      "ask the source now, and say what was ruled out and whether the log has it "
      "otherwise" },
    { "all", TL_KIND_FLAG, offsetof(struct why_options, all), NULL,
      "also the types of which no value fits" },
    { "format", TL_KIND_CHOICE, offsetof(struct why_options, format), "auto",
      "what a file is", .choices = TL_INPUT_FORMATS },
    { "rows", TL_KIND_COUNT, offsetof(struct why_options, rows), NULL,
      "most rows read now" },
    { "packs", TL_KIND_LIST, offsetof(struct why_options, packs), NULL,
      "a rule pack of your own, for what is read now", .argument = "FILE" },
    { 0 },
};

static int show(const struct tl_why *why, struct tl_call *call, struct tl_ctx *ctx)
{
    const struct why_options *o = call->options;

    if (o->common.json)
        tl_why_json(why, o->all, ctx);
    else
        tl_why_show(why, o->all, ctx);
    fflush(ctx->say->results);
    if (why->trials && why->sample_state == TL_SAMPLE_FAILED) {
        tl_warn(ctx, "could not tell about '%s': %s", why->shown,
                why->sample_why ? why->sample_why : "its sample could not be read");
        call->exit = 3;
    }
    return TL_OK;
}

/* ---- a file ---- */

/* "users.csv:email": what stands before the last ':' behind which a file ends. False: no such file. */
static bool split_file(const char **file, const char **column, const char *operand,
                       struct tl_ctx *ctx)
{
    for (size_t n = strlen(operand); n-- > 0;) {
        if (operand[n] != ':')
            continue;
        *file = tl_arena_dup(ctx->arena, operand, n);
        *column = operand + n + 1;
        if (tl_path_exists(*file))
            return true;
    }
    return false;
}

static int apply_flags(struct tl_config *config, const struct why_options *o,
                       struct tl_ctx *ctx)
{
    if (o->rows > TL_SAMPLE_ROWS_MOST)
        return tl_fail(ctx, TL_EUSAGE, "--rows takes at most %d", TL_SAMPLE_ROWS_MOST);
    if (o->rows)
        config->scan.sample_rows = o->rows;
    if (o->packs.n)
        config->rules.packs = o->packs;
    return TL_OK;
}

static int why_file(const char *file, const char *column, struct tl_call *call,
                    struct tl_ctx *ctx)
{
    const struct why_options *o = call->options;
    struct tl_config config = { 0 };
    struct tl_system system;
    struct tl_why why = { 0 };
    int rc;

    if (!*column) {
        tl_hint(ctx, "'tagline classify %s' lists its columns", file);
        return tl_fail(ctx, TL_EUSAGE, "'%s' names no column", call->operands[0]);
    }
    rc = o->common.config
             ? tl_config_load(&config, o->common.config, TL_CONFIG_SWITCHES, ctx)
             : tl_config_defaults(&config, ctx);
    if (rc == TL_OK && (rc = apply_flags(&config, o, ctx)) == TL_OK &&
        (rc = tl_input_system(&system, file, o->format, false, ctx)) == TL_OK)
        rc = tl_why_asked(&why,
                          &(struct tl_why_question){ .config = &config,
                                                     .systems = &system,
                                                     .n_systems = 1,
                                                     .text = column,
                                                     .is_plain = true },
                          ctx);
    if (rc == TL_OK) {
        why.shown = why.key = call->operands[0]; /* what people know it by */
        why.is_file = true;
        rc = show(&why, call, ctx);
    }
    tl_why_release(&why);
    tl_config_release(&config);
    return rc;
}

/* ---- a column of a source ---- */

/* What the log has; `has_hit` false where there is no log, or it does not know the column and the source may. */
struct logged {
    struct tl_log *log;
    const struct tl_belief *belief;
    struct tl_belief_hit hit;
    bool has_hit;
    struct tl_why why;
};

static int look_in_log(struct logged *out, const struct tl_config *config,
                       const struct tl_call *call, struct tl_ctx *ctx)
{
    const struct why_options *o = call->options;
    int rc;

    if (o->now && tl_log_is_missing(config->log))
        return TL_OK;
    if ((rc = tl_open_log(&out->log, config, false, ctx)) < 0 ||
        (rc = tl_log_belief(&out->belief, out->log, ctx)) < 0)
        return rc;
    rc = tl_find_column(&out->hit, out->belief, call->operands[0], ctx);
    if (rc == TL_ENOTFOUND && o->now) {
        tl_error_clear(&ctx->error);
        return TL_OK;
    }
    if (rc < 0)
        return rc;
    out->has_hit = true;
    return tl_why_logged(&out->why, &out->hit, out->belief, out->log, ctx);
}

static int why_now(const struct tl_config *config, const struct logged *logged,
                   struct tl_call *call, struct tl_ctx *ctx)
{
    struct tl_why why = { 0 };
    struct tl_why_question question = { .config = config,
                                        .systems = config->sources.items,
                                        .n_systems = config->sources.n,
                                        .text = call->operands[0],
                                        .hit = logged->has_hit ? &logged->hit : NULL,
                                        .belief = logged->belief };
    int rc = tl_why_asked(&why, &question, ctx);

    if (rc == TL_OK && logged->has_hit)
        tl_why_compare(&why, &logged->why, ctx);
    if (rc == TL_OK)
        rc = show(&why, call, ctx);
    tl_why_release(&why);
    return rc;
}

static int why_column(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct why_options *o = call->options;
    struct tl_config config = { 0 };
    struct logged logged = { .log = NULL };
    int rc;

    if (!o->now && (o->rows || o->packs.n || o->format)) {
        tl_hint(ctx, "add --now, which asks the source");
        return tl_fail(ctx, TL_EUSAGE, "'%s' is for what is read now",
                       o->rows      ? "--rows"
                       : o->packs.n ? "--packs"
                                    : "--format");
    }
    if ((rc = tl_config_load(&config, o->common.config, o->now ? TL_CONFIG_SOURCES : 0,
                             ctx)) == TL_OK &&
        (rc = apply_flags(&config, o, ctx)) == TL_OK &&
        (rc = look_in_log(&logged, &config, call, ctx)) == TL_OK)
        rc = o->now ? why_now(&config, &logged, call, ctx) : show(&logged.why, call, ctx);
    tl_log_close(logged.log);
    tl_config_release(&config);
    return rc;
}

static int run_why(struct tl_call *call, struct tl_ctx *ctx)
{
    const char *file, *column;

    if (call->n_operands != 1) {
        tl_hint(ctx,
                "usage: tagline why COLUMN, for instance users#email or users.csv:email");
        return tl_fail(ctx, TL_EUSAGE, "'why' needs a column");
    }
    const char *operand = call->operands[0];
    if (split_file(&file, &column, operand, ctx))
        return why_file(file, column, call, ctx);
    if (strchr(operand, ':') && !strchr(operand, '#')) {
        tl_hint(ctx, "a column is written FILE:COLUMN or DATASET#FIELD");
        return tl_fail(ctx, TL_ENOTFOUND, "there is no file before the ':' of '%s'",
                       operand);
    }
    return why_column(call, ctx);
}

const struct tl_cmd tl_cmd_why = {
    .name = "why",
    .summary = "why a column was decided so, and what was ruled out",
    .operands = "COLUMN|FILE:COLUMN",
    .text =
        "Shows what was decided of a column, every opinion with its weight and its "
        "counts, what was ruled\n"
        "out, how it was looked at and under which rules. The answer comes from the "
        "log, so it is the\n"
        "evidence as it stands there; --now asks the source again, tells all that was "
        "tried, and says\n"
        "where the log has it otherwise. Nothing is logged. A COLUMN is written\n"
        "source/database/schema/dataset#field, or any unambiguous end of that; of a "
        "file FILE:COLUMN,\n"
        "of a SQLite file FILE:table#column, of standard input /dev/stdin:COLUMN. "
        "With --json\n"
        "a line each for the decision, the opinions, what was ruled out, and the tags "
        "as they stand.",
    .examples = "  $ tagline why users#email\n"
                "  $ tagline why users#email --now\n"
                "  $ tagline why leads.csv:phone --all\n"
                "  $ tagline why users#email --json | jq -c 'select(.opinion).opinion'\n",
    .options = options,
    .options_size = sizeof(struct why_options),
    .most_operands = 1,
    .run = run_why,
};
