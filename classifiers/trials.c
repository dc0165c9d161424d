/*
 * What became of every type that was tried on a column. settle.c says only what tells: the winners, the runner-up and names that were
 * overruled; the rest can be asked for, and is read from the candidates as settle.c left them.
 */
#include "classifiers/rules.h"

#include "base/str.h"

#include <stdlib.h>

const char *tl_fate_word(int fate)
{
    static const char *const words[TL_FATES] = { "settled",    "not_personal", "outdone",
                                                 "weak",       "refuted",      "chance",
                                                 "impossible", "no_match" };

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

static bool is_runner_up(const struct tl_decision *decision, const struct tl_rule *rule)
{
    return decision->runner_up && !strcmp(decision->runner_up, rule->type->name);
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
    if (candidate->is_dead)
        return TL_FATE_IMPOSSIBLE;
    if (candidate->confidence >= engine->floor)
        return !rule->is_personal && !is_runner_up(decision, rule) &&
                       has_say(decision, scratch, info_type)
                   ? TL_FATE_NOT_PERSONAL
                   : TL_FATE_OUTDONE;
    if (whole && !candidate->own)
        return TL_FATE_OUTDONE;
    bool is_spoken_for = candidate->strength != TL_NAME_SILENT ||
                         candidate->is_commented || candidate->guess;
    if (candidate->confidence && (is_spoken_for || candidate->is_proven))
        return TL_FATE_WEAK;
    if (is_spoken_for)
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

/* As settle.c asks: of a type that is spoken for a share of the values, of any other some distinct ones as well. */
static void set_least(struct tl_trial *trial, const struct tl_candidate *candidate,
                      const struct tl_rule *rule)
{
    bool is_named = candidate->strength != TL_NAME_SILENT && !candidate->is_denied;

    if (!is_named) {
        trial->least_share = trial->is_inside ? 0 : TL_REAL_SHARE;
        trial->least_distinct = trial->is_inside ? 2 : rule->least_distinct;
    } else if (candidate->is_weak) {
        trial->least_share = rule->least_share;
    } else if (candidate->strength == TL_NAME_CONTAINS) {
        trial->least_share = rule->prior < 0.9 ? rule->least_share : 0;
    } else {
        trial->least_share =
            rule->least_share < TL_NAMED_SHARE ? rule->least_share : TL_NAMED_SHARE;
    }
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
        .rule = candidate->veto ? candidate->veto : rule->opinions[decisive],
        .fate = (uint8_t)fate_of(candidate, rule, decision, scratch, engine),
        .evidence = (uint8_t)decisive,
        .is_runner_up = is_runner_up(decision, rule),
        .place = candidate->place,
        .is_named = candidate->strength != TL_NAME_SILENT,
        .is_commented = candidate->is_commented,
        .confidence = candidate->confidence,
        .prior_ppm = rule->type->prior_ppm,
    };

    if (candidate->is_dead ||
        (decisive != TL_FROM_VALUES && decisive != TL_FROM_VALIDATOR))
        return trial;
    trial.is_inside = candidate->is_stray || candidate->inside > whole;
    trial.tried = evidence->sampled - candidate->sentinels;
    trial.sentinels = candidate->sentinels;
    trial.matched = trial.is_inside ? candidate->strays : whole;
    trial.distinct = trial.is_inside
                         ? candidate->strays_distinct
                         : candidate->taken_distinct + candidate->named_distinct;
    trial.own = trial.is_inside ? candidate->strays : candidate->own;
    trial.bound = (uint16_t)tl_wilson(trial.matched, trial.tried);
    set_least(&trial, candidate, rule);
    return trial;
}

/* ---- in words ---- */

static void add_counts(struct tl_str *out, const struct tl_trial *trial)
{
    const char *fit = trial->is_inside ? (trial->tried == 1 ? " holds one" : " hold one")
                                       : (trial->tried == 1 ? " fits" : " fit");

    tl_str_addf(out, "%u of %u value%s%s", trial->matched, trial->tried,
                trial->tried == 1 ? "" : "s", fit);
}

static void add_refuted(struct tl_str *out, const struct tl_trial *trial)
{
    if (trial->evidence == TL_FROM_NAME) {
        tl_str_add(out, "the name mentions it, but another word in it says it is only "
                        "about one");
        return;
    }
    tl_str_add(out, !trial->is_commented ? "the name speaks for it, but "
                    : !trial->is_named   ? "the comment speaks for it, but "
                                         : "name and comment speak for it, but ");
    if (!trial->tried) {
        tl_str_add(out, "what speaks against it weighs more");
        return;
    }
    tl_str_add(out, trial->matched ? "only " : "");
    add_counts(out, trial);
    if (trial->least_share)
        tl_str_addf(out, ": at least %u%% must", (trial->least_share + 9u) / 10);
}

static void add_chance(struct tl_str *out, const struct tl_trial *trial)
{
    uint64_t share = trial->tried ? trial->matched * (uint64_t)1000 / trial->tried : 0;

    add_counts(out, trial);
    if (trial->distinct < trial->least_distinct)
        tl_str_addf(out, ", %u distinct: without a name it takes %u", trial->distinct,
                    trial->least_distinct);
    else if (share < trial->least_share)
        tl_str_addf(out, ": without a name it takes %u%%", trial->least_share / 10);
    else if (trial->is_inside)
        tl_str_add(out, ", which may be chance");
    else
        tl_str_addf(out, ", which may be chance: %.3g%% of any such text would",
                    trial->prior_ppm / 10000.0);
}

static void add_outdone(struct tl_str *out, const struct tl_trial *trial)
{
    if (!trial->matched) {
        tl_str_add(out, "what was settled says more");
        return;
    }
    add_counts(out, trial);
    tl_str_add(out, trial->own ? ", but what was settled explains them"
                               : ", all of them better as another type of that shape");
}

static void add_impossible(struct tl_str *out, const struct tl_trial *trial)
{
    const char *words = tl_nature_words(trial->rule);

    tl_str_add(out, words                             ? words
                    : trial->evidence == TL_FROM_NAME ? "a word in the name rules it out"
                    : trial->evidence == TL_FROM_TABLE
                        ? "the table is about something else"
                    : trial->evidence == TL_FROM_TYPE ? "the column's type cannot hold it"
                                                      : "the values are yes and no");
}

void tl_trial_why(struct tl_str *out, const struct tl_trial *trial)
{
    switch (trial->fate) {
    case TL_FATE_OUTDONE:
        add_outdone(out, trial);
        break;
    case TL_FATE_REFUTED:
        add_refuted(out, trial);
        break;
    case TL_FATE_CHANCE:
        add_chance(out, trial);
        break;
    case TL_FATE_IMPOSSIBLE:
        add_impossible(out, trial);
        break;
    case TL_FATE_NO_MATCH:
        tl_str_add(out, "no value fits");
        break;
    default: /* settled or too weak */
        if (trial->tried)
            add_counts(out, trial);
        else
            tl_str_add(out, "only words speak for it");
        if (trial->fate == TL_FATE_WEAK)
            tl_str_add(out, ", which is not enough");
        break;
    }
}

/* ---- all of them ---- */

static bool is_spoken_for(const struct tl_trial *trial)
{
    return trial->is_named || trial->is_commented;
}

static int compare(const void *a, const void *b)
{
    const struct tl_trial *x = a, *y = b;

    if (x->fate != y->fate)
        return x->fate - y->fate;
    if (is_spoken_for(x) != is_spoken_for(y))
        return is_spoken_for(y) - is_spoken_for(x);
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
    tl_column_looks(out, evidence, into);
}
