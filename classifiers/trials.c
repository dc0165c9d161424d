/*
 * What became of every type that was tried on a column. settle.c says only what tells: the winners, the runner-up and names that were
 * overruled; the rest can be asked for, and is read from the candidates as settle.c left them.
 */
#include "classifiers/rules.h"

#include <stdlib.h>

const char *tl_fate_word(int fate)
{
    static const char *const words[TL_FATES] = { "settled", "not_personal", "runner_up",
                                                 "outdone", "weak",         "refuted",
                                                 "chance",  "impossible",   "no_match" };

    return fate >= 0 && fate < TL_FATES ? words[fate] : "no_match";
}

static bool has_tag(const struct tl_decision *decision,
                    const struct tl_engine_scratch *scratch, const char *info_type)
{
    for (uint32_t i = 0; i < decision->n_tags; i++)
        if (!strcmp(scratch->tags.items[decision->first_tag + i].info_type, info_type))
            return true;
    return false;
}

/* The winners, the runner-up and the overruled have a say; the latter are known by their confidence. */
static bool has_say(const struct tl_decision *decision,
                    const struct tl_engine_scratch *scratch, const char *info_type)
{
    for (uint32_t i = 0; i < decision->n_opinions; i++) {
        const struct tl_opinion *opinion =
            &scratch->opinions.items[decision->first_opinion + i];
        if (!strcmp(opinion->info_type, info_type))
            return true;
    }
    return false;
}

static enum tl_fate fate_of(const struct tl_candidate *candidate,
                            const struct tl_rule *rule,
                            const struct tl_decision *decision,
                            const struct tl_engine_scratch *scratch,
                            const struct tl_engine *engine)
{
    const char *info_type = rule->type->name;
    uint32_t whole = candidate->taken + candidate->named;

    if (has_tag(decision, scratch, info_type))
        return TL_FATE_SETTLED;
    if (decision->runner_up && !strcmp(decision->runner_up, info_type))
        return TL_FATE_RUNNER_UP;
    if (candidate->is_dead)
        return TL_FATE_IMPOSSIBLE;
    if (candidate->confidence >= engine->floor)
        return !rule->is_personal && has_say(decision, scratch, info_type)
                   ? TL_FATE_NOT_PERSONAL
                   : TL_FATE_OUTDONE;
    if (whole && !candidate->own)
        return TL_FATE_OUTDONE;
    if (candidate->confidence)
        return TL_FATE_WEAK;
    if (candidate->strength != TL_NAME_SILENT || candidate->is_commented)
        return TL_FATE_REFUTED;
    return whole || candidate->inside ? TL_FATE_CHANCE : TL_FATE_NO_MATCH;
}

/* What decided the fate: what rules it out, else the values where they were asked, else what spoke. */
static enum tl_evidence evidence_of(const struct tl_candidate *candidate,
                                    const struct tl_rule *rule,
                                    const struct tl_evidence_of *evidence)
{
    if (candidate->is_dead)
        return candidate->against;
    if (candidate->is_denied)
        return TL_FROM_NAME;
    if (evidence->sampled && (rule->value || rule->named_value || rule->search))
        return rule->validator && (candidate->taken || candidate->inside)
                   ? TL_FROM_VALIDATOR
                   : TL_FROM_VALUES;
    return candidate->strength == TL_NAME_SILENT && candidate->is_commented
               ? TL_FROM_COMMENT
               : TL_FROM_NAME;
}

static struct tl_trial trial_of(const struct tl_candidate *candidate,
                                const struct tl_decision *decision,
                                const struct tl_engine_scratch *scratch,
                                const struct tl_engine *engine)
{
    const struct tl_rule *rule = &engine->rules[candidate->rule];
    const struct tl_evidence_of *evidence = &scratch->evidence;
    uint32_t whole = candidate->taken + candidate->named;
    enum tl_evidence decisive = evidence_of(candidate, rule, evidence);
    struct tl_trial trial = {
        .info_type = rule->type->name,
        .rule = rule->opinions[decisive],
        .fate = (uint8_t)fate_of(candidate, rule, decision, scratch, engine),
        .evidence = (uint8_t)decisive,
        .is_spoken_for = candidate->strength != TL_NAME_SILENT || candidate->is_commented,
        .confidence = candidate->confidence,
        .least_share = rule->least_share,
        .least_distinct = rule->least_distinct,
        .prior_ppm = rule->type->prior_ppm,
    };

    if (candidate->is_dead ||
        (decisive != TL_FROM_VALUES && decisive != TL_FROM_VALIDATOR))
        return trial;
    trial.is_inside = candidate->inside > whole;
    trial.tried = evidence->sampled - candidate->sentinels;
    trial.sentinels = candidate->sentinels;
    trial.matched = trial.is_inside ? candidate->inside : whole;
    trial.distinct = trial.is_inside
                         ? candidate->inside_distinct
                         : candidate->taken_distinct + candidate->named_distinct;
    trial.own = trial.is_inside ? candidate->inside : candidate->own;
    trial.bound = (uint16_t)tl_wilson(trial.matched, trial.tried);
    return trial;
}

static int compare(const void *a, const void *b)
{
    const struct tl_trial *x = a, *y = b;

    if (x->fate != y->fate)
        return x->fate - y->fate;
    if (x->is_spoken_for != y->is_spoken_for)
        return y->is_spoken_for - x->is_spoken_for;
    if (x->confidence != y->confidence)
        return y->confidence - x->confidence;
    if (x->matched != y->matched)
        return x->matched < y->matched ? 1 : -1;
    return strcmp(x->info_type, y->info_type);
}

void tl_column_trials(struct tl_trials *out, const struct tl_decision *decision,
                      const struct tl_engine_scratch *scratch,
                      const struct tl_engine *engine, struct tl_arena *into)
{
    const struct tl_evidence_of *evidence = &scratch->evidence;

    out->n = (uint32_t)evidence->candidates.n;
    out->n_untried = engine->n_types - out->n;
    out->items = tl_arena_alloc(into, out->n, sizeof *out->items);
    for (uint32_t i = 0; i < out->n; i++)
        out->items[i] =
            trial_of(&evidence->candidates.items[i], decision, scratch, engine);
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, compare);
}
