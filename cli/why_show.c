/*
 * The answer: what it is, the tags, the sentence, every opinion with its weight, what was ruled out, how it was looked at, what would
 * change it. Names, types, rule ids and counts; a value never comes this far.
 */
#include "cli/why.h"

#include "base/ctx.h"
#include "classifiers/whatif.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/verdict.h"

/* ---- what both forms need ---- */

static const struct tl_decision *decision_of(const struct tl_why *why)
{
    return why->decisions ? &why->decisions->columns[why->column] : NULL;
}

static const struct tl_opinion *opinions_of(uint32_t *n, const struct tl_why *why)
{
    const struct tl_decision *decision = decision_of(why);

    *n = decision ? decision->n_opinions : 0;
    return *n ? &why->decisions->opinions[decision->first_opinion] : NULL;
}

static const char *sample_word(const struct tl_why *why)
{
    static const char *const words[] = { "none", "read", "whole", "failed" };

    return words[why->sample_state <= TL_SAMPLE_FAILED ? why->sample_state : 0];
}

static void add_silence(struct tl_str *out, const struct tl_why *why)
{
    if (why->sample_state == TL_SAMPLE_NONE)
        tl_str_add(out, "the name says nothing, and no values were looked at");
    else if (why->is_unknown && !why->sampled_rows)
        tl_str_add(out, "the name says nothing, and there was no row to look at");
    else if (why->is_unknown)
        tl_str_addf(out, "the name says nothing, and too few of %u row%s hold a value",
                    why->sampled_rows, why->sampled_rows == 1 ? "" : "s");
    else
        tl_str_addf(out, "neither the name nor the values in %u row%s say anything",
                    why->sampled_rows, why->sampled_rows == 1 ? "" : "s");
}

const char *tl_why_sentence(const struct tl_why *why, struct tl_ctx *ctx)
{
    const struct tl_decision *decision = decision_of(why);
    struct tl_str text = TL_STR_INIT(1 << 16);

    if (!decision) {
        tl_str_add(&text, "no scan of the log has decided it");
    } else {
        if (why->sample_state == TL_SAMPLE_FAILED)
            tl_str_addf(&text, "its sample could not be read (%s)",
                        why->sample_why ? why->sample_why : "no reason was given");
        if (text.n && decision->n_opinions)
            tl_str_add(&text, "; ");
        if (decision->n_opinions || (!text.n && !why->is_silent))
            tl_engine_why(&text, why->decisions, why->column);
        else if (!text.n)
            add_silence(&text, why);
    }
    const char *kept = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

/* ---- what was ruled out ---- */

/* A type that is not settled: from a trial, or where only the log was asked, from its opinions. */
struct ruled_out {
    const char *info_type, *rule, *by, *why;
    const struct tl_trial *trial; /* NULL: from the log */
    unsigned confidence;
    bool is_runner_up;
};

struct rulings {
    TL_VEC(struct ruled_out) items;
    uint32_t n_no_match, n_impossible; /* of trials that are only counted */
};

static const char *story_of(const struct tl_why *why, const char *info_type,
                            struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(1 << 16);

    tl_engine_story(&text, why->decisions, why->column, info_type);
    const char *kept = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

static bool is_settled(const struct tl_why *why, const char *info_type)
{
    const struct tl_decision *decision = decision_of(why);

    for (uint32_t i = 0; i < decision->n_tags; i++)
        if (strcmp(why->decisions->tags[decision->first_tag + i].info_type, info_type) ==
            0)
            return true;
    return false;
}

static struct ruled_out *find_ruling(struct rulings *rulings, const char *info_type)
{
    for (size_t i = 0; i < rulings->items.n; i++)
        if (strcmp(rulings->items.items[i].info_type, info_type) == 0)
            return &rulings->items.items[i];
    return NULL;
}

/* The runner-up, and what has an opinion against it: its last word is the one that counted. */
static void rule_by_log(struct rulings *out, const struct tl_why *why, struct tl_ctx *ctx)
{
    const struct tl_decision *decision = decision_of(why);
    uint32_t n;
    const struct tl_opinion *opinions = opinions_of(&n, why);

    for (uint32_t i = 0; i < n; i++) {
        const struct tl_opinion *opinion = &opinions[i];
        bool is_second =
            decision->runner_up && strcmp(decision->runner_up, opinion->info_type) == 0;
        struct ruled_out *known = find_ruling(out, opinion->info_type);
        if (is_settled(why, opinion->info_type) ||
            (!known && !is_second && opinion->stance != TL_REFUTES))
            continue;
        if (!known) {
            tl_vec_push(&out->items,
                        ((struct ruled_out){
                            .info_type = opinion->info_type,
                            .is_runner_up = is_second,
                            .why = story_of(why, opinion->info_type, ctx) }));
            known = &out->items.items[out->items.n - 1];
        }
        known->rule = opinion->rule;
        known->by = tl_evidence_word(opinion->evidence);
        known->confidence = is_second ? decision->runner_up_confidence : 0;
    }
}

static const char *trial_text(const struct tl_trial *trial, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(4096);

    tl_trial_why(&text, trial);
    const char *kept = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

static bool is_unspoken(const struct tl_trial *trial)
{
    return !trial->is_named && !trial->is_commented && !trial->is_runner_up;
}

/* Many that nothing speaks for are counted; a single one that cannot be is named. */
static void rule_by_trials(struct rulings *out, const struct tl_why *why, bool all,
                           struct tl_ctx *ctx)
{
    uint32_t n_impossible = 0;

    for (uint32_t i = 0; i < why->trials->n; i++)
        n_impossible += is_unspoken(&why->trials->items[i]) &&
                        why->trials->items[i].fate == TL_FATE_IMPOSSIBLE;
    for (uint32_t i = 0; i < why->trials->n; i++) {
        const struct tl_trial *trial = &why->trials->items[i];
        bool is_plain = is_unspoken(trial) && !all;
        if (trial->fate == TL_FATE_SETTLED || trial->fate == TL_FATE_NOT_PERSONAL)
            continue;
        if (is_plain && trial->fate == TL_FATE_NO_MATCH)
            out->n_no_match++;
        else if (is_plain && trial->fate == TL_FATE_IMPOSSIBLE && n_impossible > 1)
            out->n_impossible++;
        else
            tl_vec_push(&out->items,
                        ((struct ruled_out){ .info_type = trial->info_type,
                                             .rule = trial->rule,
                                             .by = tl_evidence_word(trial->evidence),
                                             .why = trial_text(trial, ctx),
                                             .trial = trial,
                                             .confidence = trial->confidence,
                                             .is_runner_up = trial->is_runner_up }));
    }
}

static void gather_rulings(struct rulings *out, const struct tl_why *why, bool all,
                           struct tl_ctx *ctx)
{
    *out = (struct rulings){ .n_no_match = 0 };
    if (why->trials)
        rule_by_trials(out, why, all, ctx);
    else if (why->decisions)
        rule_by_log(out, why, ctx);
}

/* ---- for people ---- */

static void show_heading(const struct tl_why *why, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;
    char rows[27];

    fprintf(out, "%s%s%s", tl_paint(ctx, TL_BOLD), tl_shown(why->shown, ctx),
            tl_paint(ctx, TL_PLAIN));
    fprintf(out, "  %s%s%s%s%s", tl_paint(ctx, TL_DIM),
            why->native_type ? tl_shown(why->native_type, ctx) : "",
            why->nullable > 0    ? ", nullable"
            : why->nullable == 0 ? ", not null"
                                 : "",
            why->native_type || why->nullable >= 0 ? "; " : "", why->kind);
    if (why->rows >= 0)
        fprintf(out, " of %s%s row%s", why->is_magnitude ? "about " : "",
                tl_grouped(rows, why->rows), why->rows == 1 ? "" : "s");
    fprintf(out, "%s%s\n", why->is_gone ? "; gone from its source" : "",
            tl_paint(ctx, TL_PLAIN));
}

static void show_tag(const struct tl_why_tag *tag, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;
    bool is_persons = tag->origin == TL_BY_PERSON;
    char when[21], sure[16] = "";

    if (!is_persons)
        snprintf(sure, sizeof sure, " %u%%", tl_percent(tag->confidence));
    fprintf(out, "  %s%s%s%s", tl_paint(ctx, TL_BOLD), tl_shown(tag->info_type, ctx),
            tl_paint(ctx, TL_PLAIN), sure);
    if (tag->inside)
        fprintf(out, " inside the values%s%s", *tag->inside ? ", at " : "",
                *tag->inside ? tl_shown(tag->inside, ctx) : "");
    fprintf(out, ", %s%s%s (%s), %s%s%s",
            tl_paint(ctx, tl_paint_of_sensitivity(tag->sensitivity)),
            tl_sensitivity_word(tag->sensitivity), tl_paint(ctx, TL_PLAIN),
            tl_shown(tag->category, ctx), tl_paint(ctx, tl_paint_of_state(tag->state)),
            tl_state_word(tag->state), tl_paint(ctx, TL_PLAIN));
    if (is_persons && tag->actor)
        fprintf(out, " by %s", tl_shown(tag->actor, ctx));
    if (tag->since) {
        tl_time_text(when, tag->since);
        fprintf(out, " since %.10s", when);
    }
    if (tag->word)
        fprintf(out, ": %s", tl_shown(tag->word, ctx));
    fputc('\n', out);
    if (tag->against)
        fprintf(out, "    %sa scan decides otherwise:%s %s\n", tl_paint(ctx, TL_YELLOW),
                tl_paint(ctx, TL_PLAIN), tl_shown(tag->against, ctx));
    if (tag->n_path > 1)
        tl_show_path(tag->path, tag->n_path, ctx);
}

static void show_tags(const struct tl_why *why, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;
    bool is_spoken_of = false;

    for (uint32_t i = 0; i < why->n_tags; i++) {
        show_tag(&why->tags[i], ctx);
        is_spoken_of |=
            why->tags[i].origin == TL_BY_PERSON || why->tags[i].state == TL_CARRIED;
    }
    if (!why->n_tags)
        fprintf(out, "  %s%s%s\n", tl_paint(ctx, TL_BOLD),
                why->is_unknown  ? "unknown"
                : why->decisions ? "nothing personal"
                                 : "not decided",
                tl_paint(ctx, TL_PLAIN));
    fprintf(out, "    %s%s\n", is_spoken_of ? "the rules: " : "",
            tl_shown(tl_why_sentence(why, ctx), ctx));
}

static void show_opinions(const struct tl_why *why, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = {
        { "INFO TYPE", TL_LEFT }, { "EVIDENCE", TL_LEFT }, { "SAYS", TL_LEFT },
        { "WEIGHT", TL_RIGHT },   { "VALUES", TL_RIGHT },  { "DISTINCT", TL_RIGHT },
        { "RULE", TL_CUT },
    };
    uint32_t n;
    const struct tl_opinion *opinions = opinions_of(&n, why);

    if (!n)
        return;
    fputc('\n', ctx->say->results);
    struct tl_table *table = tl_table_open(heads, sizeof heads / sizeof *heads, ctx);
    for (uint32_t i = 0; i < n; i++) {
        const struct tl_opinion *opinion = &opinions[i];
        tl_table_row(table);
        tl_table_cell(table, opinion->info_type);
        tl_table_cell(table, tl_evidence_word(opinion->evidence));
        tl_table_painted(table, tl_stance_word(opinion->stance),
                         opinion->stance == TL_REFUTES ? TL_RED : TL_PLAIN);
        tl_table_cellf(table, "%+d", opinion->weight);
        if (opinion->tried)
            tl_table_cellf(table, "%u of %u", opinion->matched, opinion->tried);
        else
            tl_table_cell(table, "");
        if (opinion->distinct)
            tl_table_cellf(table, "%u", opinion->distinct);
        else
            tl_table_cell(table, "");
        tl_table_cell(table, opinion->rule);
    }
    tl_table_close(table);
}

/* What was tried and is not worth a line each. */
static void show_rest(const struct rulings *rulings, const struct tl_why *why,
                      struct tl_ctx *ctx)
{
    const struct {
        uint32_t n;
        const char *what;
    } rests[] = { { rulings->n_no_match, "tried, and no value fits" },
                  { rulings->n_impossible, "that cannot be here: name, table, type or "
                                           "values that are yes and no rule them out" },
                  { why->trials->n_untried,
                    "not tried: they need a name or a comment that speaks for them" } };

    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++)
        if (rests[i].n)
            fprintf(ctx->say->results, "%s%u type%s %s%s\n", tl_paint(ctx, TL_DIM),
                    rests[i].n, rests[i].n == 1 ? "" : "s", rests[i].what,
                    tl_paint(ctx, TL_PLAIN));
}

static void show_rulings(const struct tl_why *why, bool all, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "RULED OUT", TL_LEFT },
                                            { "SURE", TL_RIGHT },
                                            { "BY", TL_LEFT },
                                            { "WHY", TL_WRAP } };
    FILE *out = ctx->say->results;
    struct rulings rulings;

    gather_rulings(&rulings, why, all, ctx);
    if (rulings.items.n) {
        fputc('\n', out);
        struct tl_table *table = tl_table_open(heads, sizeof heads / sizeof *heads, ctx);
        for (size_t i = 0; i < rulings.items.n; i++) {
            const struct ruled_out *ruling = &rulings.items.items[i];
            tl_table_row(table);
            tl_table_cell(table, ruling->info_type);
            if (ruling->confidence)
                tl_table_cellf(table, "%u%%", tl_percent(ruling->confidence));
            else
                tl_table_cell(table, "");
            tl_table_cell(table, ruling->by);
            tl_table_cell(table,
                          ruling->is_runner_up
                              ? tl_arena_printf(ctx->arena,
                                                why->n_tags ? "second: %s"
                                                            : "not sure enough: %s",
                                                ruling->why)
                              : ruling->why);
        }
        tl_table_close(table);
    }
    if (why->trials)
        show_rest(&rulings, why, ctx);
    tl_vec_release(&rulings.items);
}

static void show_fact(const char *name, const char *text, struct tl_ctx *ctx)
{
    fprintf(ctx->say->results, "%s%-10s%s %s\n", tl_paint(ctx, TL_DIM), name,
            tl_paint(ctx, TL_PLAIN), tl_shown(text, ctx));
}

static void show_sample(const struct tl_why *why, struct tl_ctx *ctx)
{
    const struct tl_decision *decision = decision_of(why);
    struct tl_str text = TL_STR_INIT(1 << 16);

    if (why->sample_state == TL_SAMPLE_FAILED)
        tl_str_addf(&text, "refused: %s",
                    why->sample_why ? why->sample_why : "no reason");
    else if (why->sample_state == TL_SAMPLE_NONE)
        tl_str_add(&text, "none: decided by names and types alone");
    else
        tl_str_addf(&text, "%u row%s%s", why->sampled_rows,
                    why->sampled_rows == 1 ? "" : "s",
                    why->sample_state == TL_SAMPLE_WHOLE ? ", all there are" : "");
    if (!why->is_silent && (decision->sampled || decision->nulls))
        tl_str_addf(&text, "; here %u value%s, %u distinct, %u empty", decision->sampled,
                    decision->sampled == 1 ? "" : "s", decision->distinct,
                    decision->nulls);
    show_fact("sample", text.text, ctx);
    tl_str_release(&text);
}

/* Purpose 10 comes behind purpose 9. */
static int by_fact_name(const void *a, const void *b)
{
    const struct tl_fact *const *x = a, *const *y = b;

    return strverscmp((*x)->name, (*y)->name);
}

/* What its values were counted for. Of a share that holds for none only a vendor's own is worth a line; --json has all. */
static void show_counted(const struct tl_why *why, struct tl_ctx *ctx)
{
    const struct tl_decision *decision = decision_of(why);
    const struct tl_fact **facts =
        tl_arena_alloc(ctx->arena, decision->n_facts, sizeof *facts);

    for (uint32_t i = 0; i < decision->n_facts; i++)
        facts[i] = &why->decisions->facts[decision->first_fact + i];
    if (decision->n_facts)
        qsort(facts, decision->n_facts, sizeof *facts, by_fact_name);
    for (uint32_t i = 0; i < decision->n_facts; i++) {
        struct tl_str text = TL_STR_INIT(1 << 12);

        if (facts[i]->of && !facts[i]->count &&
            strncmp(facts[i]->name, "tcf.vendor.", 11) != 0)
            continue;
        tl_fact_sentence(&text, facts[i]);
        show_fact("counted", text.text, ctx);
        tl_str_release(&text);
    }
}

static const struct tl_fact *dataset_fact(const struct tl_decisions *decisions,
                                          const char *name)
{
    for (uint32_t i = 0; i < decisions->n_dataset_facts; i++)
        if (strcmp(decisions->dataset_facts[i].name, name) == 0)
            return &decisions->dataset_facts[i];
    return NULL;
}

/* How small the groups of rows are that the table's quasi-identifiers leave. */
static void show_groups(const struct tl_decisions *decisions, struct tl_ctx *ctx)
{
    const struct tl_fact *columns = dataset_fact(decisions, "k_anonymity.columns");
    const struct tl_fact *small = dataset_fact(decisions, "k_anonymity.rows_below_5");
    const struct tl_fact *least = dataset_fact(decisions, "k_anonymity.smallest_group");
    struct tl_str text = TL_STR_INIT(1 << 12);

    if (!columns)
        return;
    tl_str_addf(&text, "over %u quasi-identifier%s of its table ", columns->count,
                columns->count == 1 ? "" : "s");
    if (least && small)
        tl_str_addf(&text,
                    "the smallest group has %u row%s; %u of %u rows stand in groups of "
                    "fewer than 5",
                    least->count, least->count == 1 ? "" : "s", small->count, small->of);
    else
        tl_str_add(&text, "it cannot be told from this sample how small groups are");
    if (least && dataset_fact(decisions, "k_anonymity.is_estimate"))
        tl_str_add(&text, " (estimated from a sample)");
    show_fact("groups", text.text, ctx);
    tl_str_release(&text);
}

static void show_looks(const struct tl_trials *trials, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(1 << 12);

    for (uint32_t i = 0; i < trials->n_looks; i++)
        tl_str_addf(&text, "%s'%s' in %u row%s", i ? "; " : "", trials->looks[i].text,
                    trials->looks[i].rows, trials->looks[i].rows == 1 ? "" : "s");
    if (trials->n_looks) {
        tl_str_add(&text, " (* letters, # digits)");
        show_fact("looks like", text.text, ctx);
    }
    tl_str_release(&text);
}

static void show_run(const char *name, const struct tl_evidence_run *run,
                     const char *more, struct tl_ctx *ctx)
{
    char when[21];

    tl_time_text(when, run->run.when);
    show_fact(name,
              tl_arena_printf(ctx->arena, "%s by %s in run %s, commit %.12s%s%s", when,
                              run->run.actor, run->run.run, run->run.commit,
                              more ? ": " : "", more ? more : ""),
              ctx);
}

static void show_rules(const struct tl_why *why, struct tl_ctx *ctx)
{
    const struct tl_log_evidence *evidence = why->trials ? NULL : why->evidence;
    unsigned version =
        evidence ? evidence->decided.decision_version : TL_DECISION_VERSION;
    struct tl_str text = TL_STR_INIT(1 << 16);

    tl_str_addf(&text, "%.12s, decision version %u",
                why->rules_digest ? why->rules_digest : "-", version);
    if (evidence && evidence->decided.version)
        tl_str_addf(&text, ", tagline %s", evidence->decided.version);
    if (why->floor)
        tl_str_addf(&text, "; proposed from %u%% on", tl_percent(why->floor));
    show_fact("rules", text.text, ctx);
    tl_str_release(&text);
}

static void show_facts(const struct tl_why *why, struct tl_ctx *ctx)
{
    const struct tl_log_evidence *evidence = why->evidence;

    fputc('\n', ctx->say->results);
    if (why->decisions) {
        show_sample(why, ctx);
        show_counted(why, ctx);
        show_groups(why->decisions, ctx);
        if (why->trials)
            show_looks(why->trials, ctx);
        show_rules(why, ctx);
    }
    if (evidence && evidence->decided.run.run[0] && !why->trials)
        show_run("decided", &evidence->decided, NULL, ctx);
    if (evidence && evidence->span[0] && !why->trials)
        show_fact("span", evidence->span, ctx);
    if (evidence && evidence->confirmed.run.run[0] && !why->trials)
        show_run("unchanged", &evidence->confirmed, NULL, ctx);
    if (evidence && evidence->missed.run.run[0] && !why->trials)
        show_run("not seen", &evidence->missed,
                 evidence->missed_why ? evidence->missed_why : "it could not be read",
                 ctx);
    if (why->trials && why->difference)
        show_fact("differs", why->difference, ctx);
    else if (why->trials && evidence && evidence->decided.run.run[0])
        show_run("as logged", &evidence->decided, NULL, ctx);
    else if (why->trials && !why->is_file)
        show_fact("log", "has nothing on it", ctx);
}

/* ---- what would change it ---- */

enum { VALUES_OF_WHOLE = 3, VALUES_OF_SAMPLE = 10 };

static const char *change_of_unknown(const struct tl_why *why, struct tl_ctx *ctx)
{
    if (why->sample_state == TL_SAMPLE_FAILED)
        return "a sample that can be read";
    if (why->sample_state == TL_SAMPLE_NONE)
        return "a look at its values ('names_only' and 'sample_rows' say whether they "
               "may be read)";
    return tl_arena_printf(ctx->arena, "%d values to look at",
                           why->sample_state == TL_SAMPLE_WHOLE ? VALUES_OF_WHOLE
                                                                : VALUES_OF_SAMPLE);
}

/* Keys are encoded here: what is to be typed into a shell must not come from a warehouse as it is. */
static const char *origin_of(const struct tl_why_tag *tag, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_addf(&text, "%s#", tag->path->dataset);
    tl_name_encode(&text, tag->path->path);
    const char *kept = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

static const char *change_of_tag(const struct tl_why *why, struct tl_ctx *ctx)
{
    const struct tl_why_tag *tag = why->tags;
    bool is_rejected = tag->state == TL_REJECTED;
    bool is_open = !is_rejected && tag->state != TL_CONFIRMED;
    bool is_carried = tag->state == TL_CARRIED;

    if (!why->evidence || why->trials || (is_carried && tag->n_path < 2))
        return NULL;
    if (is_carried)
        return tl_arena_printf(ctx->arena, "what becomes of its origin: tagline why %s",
                               origin_of(tag, ctx));
    return tl_arena_printf(
        ctx->arena, "a word of yours: tagline review %s %s --type %s --why \"...\"%s",
        is_open || is_rejected ? "accept" : "reject", why->key, tag->info_type,
        is_open ? " (or reject)" : "");
}

/* A person's word; of a file there is none. */
static const char *set_hint(const struct tl_why *why, const char *type,
                            struct tl_ctx *ctx)
{
    return why->is_file ? ""
                        : tl_arena_printf(ctx->arena,
                                          "; or a word of yours: tagline review set %s "
                                          "%s --why \"...\"",
                                          why->key, type);
}

/* Only what follows from the rules as they stand. */
static const char *change_of(const struct tl_why *why, struct tl_ctx *ctx)
{
    const struct tl_decision *decision = decision_of(why);

    if (why->n_tags)
        return change_of_tag(why, ctx);
    if (!decision)
        return NULL;
    if (why->is_unknown)
        return change_of_unknown(why, ctx);
    if (decision->runner_up && why->floor &&
        decision->runner_up_confidence < why->floor && !decision->n_tags)
        return tl_arena_printf(ctx->arena,
                               "a floor of %u%% or less (rules: floor) proposes %s: "
                               "it is %u points below%s",
                               decision->runner_up_confidence / 10, decision->runner_up,
                               tl_percent(why->floor) -
                                   tl_percent(decision->runner_up_confidence),
                               set_hint(why, decision->runner_up, ctx));
    return NULL;
}

static const char *whatif_text(const struct tl_whatif *whatif, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(1 << 16);

    tl_whatif_why(&text, whatif);
    const char *kept = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

/* What was tried, then what can be typed. */
static void show_changes(const struct tl_why *why, struct tl_ctx *ctx)
{
    const char *change = change_of(why, ctx);
    const char *name = "to change";

    for (uint32_t i = 0; why->trials && i < why->trials->n_changes; i++) {
        show_fact(name, whatif_text(&why->trials->changes[i], ctx), ctx);
        name = "";
    }
    if (change)
        show_fact(name, change, ctx);
}

void tl_why_show(const struct tl_why *why, bool all, struct tl_ctx *ctx)
{
    show_heading(why, ctx);
    show_tags(why, ctx);
    show_opinions(why, ctx);
    show_rulings(why, all, ctx);
    show_facts(why, ctx);
    show_changes(why, ctx);
}

/* ---- as JSON lines: {"column": ..., "decision": ...}, then "opinion", "ruled_out", "what_if" and "tag" ---- */

static struct tl_json *begin_line(struct tl_json_line *line, const struct tl_why *why,
                                  const char *what)
{
    struct tl_json *json = tl_json_line_begin(line);

    tl_json_put_text(json, "column", why->key);
    tl_json_key(json, what);
    tl_json_object(json);
    return json;
}

static void end_line(struct tl_json_line *line, struct tl_ctx *ctx)
{
    tl_json_object_end(&line->json);
    tl_json_line_end(line, ctx);
}

static void put_share(struct tl_json *json, const char *key, unsigned per_mille)
{
    tl_json_key(json, key);
    tl_json_real(json, per_mille / 1000.0);
}

static void put_run(struct tl_json *json, const char *key,
                    const struct tl_evidence_run *run, const char *why)
{
    if (!run || !run->run.run[0])
        return;
    tl_json_key(json, key);
    tl_json_object(json);
    tl_json_put_text(json, "actor", run->run.actor);
    tl_json_put_text(json, "commit", run->run.commit);
    tl_json_put_text(json, "run", run->run.run);
    tl_json_put_some(json, "version", run->version);
    tl_json_put_time(json, "when", run->run.when);
    tl_json_put_some(json, "why", why);
    tl_json_object_end(json);
}

static void put_counts(struct tl_json *json, const struct tl_why *why)
{
    const struct tl_decision *decision = decision_of(why);

    tl_json_key(json, "sample");
    tl_json_object(json);
    if (!why->is_silent) {
        tl_json_put_int(json, "distinct", decision->distinct);
        tl_json_put_int(json, "empty", decision->nulls);
    }
    tl_json_put_int(json, "rows", why->sampled_rows);
    tl_json_put_text(json, "state", sample_word(why));
    if (!why->is_silent)
        tl_json_put_int(json, "values", decision->sampled);
    tl_json_put_some(json, "why", why->sample_why);
    tl_json_object_end(json);
}

static void put_looks(struct tl_json *json, const struct tl_trials *trials)
{
    tl_json_key(json, "looks");
    tl_json_array(json);
    for (uint32_t i = 0; i < trials->n_looks; i++) {
        tl_json_object(json);
        tl_json_put_int(json, "distinct", trials->looks[i].distinct);
        tl_json_put_text(json, "look", trials->looks[i].text);
        tl_json_put_int(json, "rows", trials->looks[i].rows);
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
}

static void json_decision(const struct tl_why *why, struct tl_ctx *ctx)
{
    const struct tl_decision *decision = decision_of(why);
    const struct tl_log_evidence *evidence = why->evidence;
    const struct tl_evidence_run *decided = evidence ? &evidence->decided : NULL;
    struct tl_json_line line;
    struct tl_json *json = begin_line(&line, why, "decision");

    if (why->trials)
        put_run(json, "as_logged", decided, NULL);
    if (why->decisions && why->decisions->n_dataset_facts)
        tl_json_put_facts(json, "dataset_facts", why->decisions->dataset_facts,
                          why->decisions->n_dataset_facts);
    if (!why->trials)
        put_run(json, "decided", decided, NULL);
    tl_json_put_some(json, "differs", why->difference);
    if (decision && decision->n_facts)
        tl_json_put_facts(json, "facts", &why->decisions->facts[decision->first_fact],
                          decision->n_facts);
    if (why->floor)
        put_share(json, "floor", why->floor);
    tl_json_put_bool(json, "gone", why->is_gone);
    tl_json_put_text(json, "kind", why->kind);
    if (why->trials)
        put_looks(json, why->trials);
    if (evidence && !why->trials)
        put_run(json, "not_seen", &evidence->missed, evidence->missed_why);
    if (why->trials)
        tl_json_put_int(json, "not_tried", why->trials->n_untried);
    if (why->nullable >= 0)
        tl_json_put_bool(json, "nullable", why->nullable > 0);
    if (why->rows >= 0)
        tl_json_put_int(json, "rows", why->rows);
    tl_json_put_some(json, "rules", why->rules_digest);
    if (decision && decision->runner_up) {
        tl_json_put_text(json, "runner_up", decision->runner_up);
        put_share(json, "runner_up_confidence", decision->runner_up_confidence);
    }
    if (decision)
        put_counts(json, why);
    tl_json_put_text(json, "source", why->trials ? "now" : "log");
    if (evidence && !why->trials && evidence->span[0])
        tl_json_put_text(json, "span", evidence->span);
    tl_json_put_text(json, "state",
                     tl_state_word(why->is_unknown ? TL_UNKNOWN
                                   : decision      ? decision->state
                                                   : TL_NOTHING));
    tl_json_put_some(json, "to_change", change_of(why, ctx));
    if (why->trials)
        tl_json_put_int(json, "tried", why->trials->n);
    tl_json_put_some(json, "type", why->native_type);
    if (evidence && !why->trials)
        put_run(json, "unchanged", &evidence->confirmed, NULL);
    tl_json_put_text(json, "why", tl_why_sentence(why, ctx));
    end_line(&line, ctx);
}

static void json_opinion(const struct tl_why *why, const struct tl_opinion *opinion,
                         struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = begin_line(&line, why, "opinion");

    tl_json_put_int(json, "distinct", opinion->distinct);
    tl_json_put_text(json, "evidence", tl_evidence_word(opinion->evidence));
    tl_json_put_text(json, "info_type", opinion->info_type);
    tl_json_put_int(json, "matched", opinion->matched);
    tl_json_put_text(json, "rule", opinion->rule);
    tl_json_put_text(json, "stance", tl_stance_word(opinion->stance));
    tl_json_put_int(json, "tried", opinion->tried);
    tl_json_put_int(json, "weight", opinion->weight);
    end_line(&line, ctx);
}

static void json_ruling(const struct tl_why *why, const struct ruled_out *ruling,
                        struct tl_ctx *ctx)
{
    const struct tl_trial *trial = ruling->trial;
    struct tl_json_line line;
    struct tl_json *json = begin_line(&line, why, "ruled_out");

    if (trial && trial->tried)
        put_share(json, "bound", trial->bound);
    tl_json_put_text(json, "by", ruling->by);
    put_share(json, "confidence", ruling->confidence);
    if (trial) {
        tl_json_put_int(json, "distinct", trial->distinct);
        tl_json_put_text(json, "fate", tl_fate_word(trial->fate));
    }
    tl_json_put_text(json, "info_type", ruling->info_type);
    if (trial && trial->least_distinct)
        tl_json_put_int(json, "least_distinct", trial->least_distinct);
    if (trial && trial->least_share)
        put_share(json, "least_share", trial->least_share);
    if (trial)
        tl_json_put_int(json, "matched", trial->matched);
    tl_json_put_text(json, "rule", ruling->rule);
    tl_json_put_bool(json, "runner_up", ruling->is_runner_up);
    if (trial)
        tl_json_put_int(json, "tried", trial->tried);
    tl_json_put_text(json, "why", ruling->why);
    end_line(&line, ctx);
}

static void json_change(const struct tl_why *why, const struct tl_whatif *whatif,
                        struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = begin_line(&line, why, "what_if");

    put_share(json, "confidence", whatif->confidence);
    tl_json_put_text(json, "info_type", whatif->info_type);
    tl_json_put_some(json, "instead", whatif->instead);
    tl_json_put_text(json, "kind", tl_whatif_word(whatif->kind));
    tl_json_put_bool(json, "lost", whatif->is_lost);
    if (whatif->n)
        tl_json_put_int(json, "n", whatif->n);
    if (whatif->of)
        tl_json_put_int(json, "of", whatif->of);
    tl_json_put_some(json, "what", whatif->what);
    tl_json_put_text(json, "why", whatif_text(whatif, ctx));
    end_line(&line, ctx);
}

static void json_tag(const struct tl_why *why, const struct tl_why_tag *tag,
                     struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = begin_line(&line, why, "tag");

    tl_json_put_some(json, "actor", tag->actor);
    tl_json_put_some(json, "against", tag->against);
    tl_json_put_text(json, "category", tag->category);
    put_share(json, "confidence", tag->confidence);
    tl_json_put_text(json, "info_type", tag->info_type);
    tl_json_put_some(json, "inside", tag->inside);
    tl_json_put_text(json, "origin", tl_origin_word(tag->origin));
    if (tag->n_path > 1)
        tl_json_put_path(json, "path", tag->path, tag->n_path, ctx);
    tl_json_put_some(json, "run", tag->run);
    tl_json_put_text(json, "sensitivity", tl_sensitivity_word(tag->sensitivity));
    if (tag->since)
        tl_json_put_time(json, "since", tag->since);
    tl_json_put_some(json, "span", tag->span);
    tl_json_put_text(json, "state", tl_state_word(tag->state));
    tl_json_put_some(json, "why", tag->word);
    end_line(&line, ctx);
}

void tl_why_json(const struct tl_why *why, bool all, struct tl_ctx *ctx)
{
    struct rulings rulings;
    uint32_t n;
    const struct tl_opinion *opinions = opinions_of(&n, why);

    json_decision(why, ctx);
    for (uint32_t i = 0; i < n; i++)
        json_opinion(why, &opinions[i], ctx);
    gather_rulings(&rulings, why, all, ctx);
    for (size_t i = 0; i < rulings.items.n; i++)
        json_ruling(why, &rulings.items.items[i], ctx);
    tl_vec_release(&rulings.items);
    for (uint32_t i = 0; why->trials && i < why->trials->n_changes; i++)
        json_change(why, &why->trials->changes[i], ctx);
    for (uint32_t i = 0; i < why->n_tags; i++)
        json_tag(why, &why->tags[i], ctx);
}
