#include "cli/why.h"

#include "base/ctx.h"
#include "cli/show.h"

/* What the belief has of a tag, and where it has no more than a hint (a person's reason, a path), its last step. */
static int take_tag(struct tl_why_tag *out, const struct tl_belief_hit *hit,
                    const struct tl_belief_tag *tag, const struct tl_belief *belief,
                    struct tl_log *log, struct tl_ctx *ctx)
{
    struct tl_blame_step *steps;
    size_t n = 0;

    *out = (struct tl_why_tag){ .info_type = tl_belief_text(belief, tag->info_type),
                                .category = tl_belief_text(belief, tag->category),
                                .actor = tl_belief_text(belief, tag->actor),
                                .run = tl_belief_text(belief, tag->trace),
                                .span = tl_belief_text(belief, tag->span),
                                .since = tag->since,
                                .confidence = tag->confidence,
                                .sensitivity = tag->sensitivity,
                                .state = tag->state,
                                .origin = tag->origin };
    if (tag->is_inside)
        out->inside = tag->path.at ? tl_belief_text(belief, tag->path) : "";
    if (tag->against.at)
        out->against = tl_contradiction_text(belief, tag, ctx);
    if (tag->origin != TL_BY_PERSON && tag->state != TL_CARRIED)
        return TL_OK;
    int rc = tl_log_blame(&steps, &n, hit, out->info_type, log, ctx);
    if (rc < 0 || n == 0)
        return rc;
    if (tag->origin == TL_BY_PERSON)
        out->word = steps->why;
    out->path = steps->path;
    out->n_path = steps->n_path;
    return TL_OK;
}

static const struct tl_belief_tag *find_tag(const struct tl_belief *belief,
                                            const struct tl_belief_hit *hit,
                                            const char *info_type)
{
    for (uint32_t i = 0; i < hit->column->n_tags; i++) {
        const struct tl_belief_tag *tag = &belief->tags[hit->column->first_tag + i];
        if (strcmp(tl_belief_text(belief, tag->info_type), info_type) == 0)
            return tag;
    }
    return NULL;
}

/* The spans of a decision leave out what the state has: sensitivities, and the figures of further types. */
static void complete_tags(struct tl_decisions *decisions, const struct tl_belief *belief,
                          const struct tl_belief_hit *hit)
{
    for (uint32_t i = 0; i < decisions->n_tags; i++) {
        struct tl_tag *tag = &decisions->tags[i];
        const struct tl_belief_tag *found = find_tag(belief, hit, tag->info_type);
        if (!found)
            continue;
        tag->sensitivity = found->sensitivity;
        if (!tag->confidence && found->origin != TL_BY_PERSON)
            tag->confidence = found->confidence;
    }
}

static int take_tags(struct tl_why *out, const struct tl_belief_hit *hit,
                     const struct tl_belief *belief, struct tl_log *log,
                     struct tl_ctx *ctx)
{
    uint32_t n = hit->column->n_tags;
    int rc = TL_OK;

    out->tags = tl_arena_alloc(ctx->arena, n, sizeof *out->tags);
    /* The one that counts most is last in the belief. */
    for (uint32_t i = n; rc == TL_OK && i-- > 0;)
        rc = take_tag(&out->tags[out->n_tags++], hit,
                      &belief->tags[hit->column->first_tag + i], belief, log, ctx);
    return rc;
}

/* tagline.yaml set no floor: it was the built-in one, which another decision version may not share. */
static unsigned floor_of(const struct tl_evidence_run *run)
{
    if (run->floor || run->decision_version != TL_DECISION_VERSION)
        return run->floor;
    return TL_BUILT_IN_FLOOR;
}

int tl_why_logged(struct tl_why *out, const struct tl_belief_hit *hit,
                  const struct tl_belief *belief, struct tl_log *log, struct tl_ctx *ctx)
{
    struct tl_log_evidence *evidence = tl_arena_alloc(ctx->arena, 1, sizeof *evidence);
    const struct tl_belief_column *column = hit->column;
    struct tl_key key = tl_belief_key(belief, hit->dataset);
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    int rc = tl_log_evidence(evidence, hit, log, ctx);

    if (rc == TL_OK)
        rc = take_tags(out, hit, belief, log, ctx);
    if (rc < 0)
        return rc;
    complete_tags(&evidence->decisions, belief, hit);
    key.field = tl_belief_text(belief, column->path);
    tl_key_add(&text, &key);
    out->shown = tl_hit_text(belief, hit, ctx);
    out->key = tl_arena_dup(ctx->arena, text.text, text.n);
    out->kind = tl_dataset_kind_word(hit->dataset->kind);
    out->native_type = tl_belief_text(belief, column->native_type);
    out->rows = hit->dataset->rows;
    out->is_magnitude = hit->dataset->rows > 0;
    out->nullable = column->nullable;
    out->is_gone = column->is_absent || hit->dataset->is_absent;
    out->is_unknown = column->is_unknown;
    out->evidence = evidence;
    if (evidence->decided.run.run[0]) {
        out->is_silent = !evidence->span[0];
        out->decisions = &evidence->decisions;
        out->sample_state = evidence->sample_state;
        out->sampled_rows = evidence->sampled_rows;
        out->sample_why = evidence->sample_why;
        if (evidence->rows >= 0) {
            out->rows = evidence->rows;
            out->is_magnitude = false;
        }
        out->floor = floor_of(&evidence->decided);
        out->rules_digest = evidence->decided.rules_digest;
    }
    tl_str_release(&text);
    return TL_OK;
}
