/*
 * The policies in force: which they are, whether they are kept by what the log believes, and whether they still say what their own examples
 * say they do.
 */
#include "cli/cmd.h"

#include "base/file.h"
#include "base/say.h"
#include "cli/config.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/verdict.h"

struct policy_options {
    struct tl_common common;
    int on_unknown; /* 1: a gap fails */
};

static const struct tl_option options[] = {
    { "on_unknown", TL_KIND_CHOICE, offsetof(struct policy_options, on_unknown), "pass",
      "whether a gap makes 'check' exit with 3", .choices = "pass|fail" },
    { 0 },
};

/* One run of the command. */
struct policy_run {
    struct tl_call *call;
    const struct policy_options *options;
    struct tl_config config;
    struct tl_engine *engine;
    struct tl_policies *policies;
    const struct tl_policy_rule *rules;
    size_t n_rules;
};

static const char *standing_of(const struct tl_policy_rule *rule)
{
    return rule->is_advisory ? "advisory" : "binding";
}

static const char *path_of(const struct policy_run *run,
                           const struct tl_policy_rule *rule)
{
    const struct tl_policy_pack *packs;
    size_t n = tl_policies_packs(&packs, run->policies);

    for (size_t i = 0; i < n; i++)
        if (strcmp(packs[i].name, rule->pack) == 0)
            return packs[i].path;
    return "";
}

/* ---- list and show ---- */

static void json_rule(const struct policy_run *run, const struct tl_policy_rule *rule,
                      struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_bool(json, "advisory", rule->is_advisory);
    tl_json_put_int(json, "examples", rule->n_examples);
    tl_json_put_some(json, "help", rule->help);
    tl_json_put_int(json, "line", rule->line);
    tl_json_put_text(json, "pack", rule->pack);
    tl_json_put_text(json, "path", path_of(run, rule));
    tl_json_put_text(json, "rule", rule->name);
    tl_json_put_text(json, "severity", rule->severity);
    tl_json_put_text(json, "summary", rule->summary);
    tl_json_line_end(&line, ctx);
}

static void note_no_rules(struct tl_ctx *ctx)
{
    tl_note(ctx,
            "no rule is in force: 'policies:' in tagline.yaml leaves out the built-in "
            "ones and names no file with others");
}

static int run_list(struct policy_run *run, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "RULE", TL_LEFT },
                                            { "SEVERITY", TL_LEFT },
                                            { "STANDING", TL_LEFT },
                                            { "SUMMARY", TL_CUT } };
    bool as_json = run->options->common.json;
    struct tl_table *table = as_json ? NULL : tl_table_open(heads, 4, ctx);
    const struct tl_policy_pack *packs;

    for (size_t i = 0; i < run->n_rules; i++) {
        const struct tl_policy_rule *rule = &run->rules[i];

        if (as_json) {
            json_rule(run, rule, ctx);
            continue;
        }
        tl_table_row(table);
        tl_table_cell(table, rule->name);
        tl_table_cell(table, rule->severity);
        tl_table_painted(table, standing_of(rule),
                         rule->is_advisory ? TL_PLAIN : TL_BOLD);
        tl_table_cell(table, rule->summary);
    }
    if (!run->n_rules)
        note_no_rules(ctx);
    if (!table)
        return TL_OK;
    tl_table_close(table);
    fflush(ctx->say->results);
    size_t n = tl_policies_packs(&packs, run->policies);
    for (size_t i = 0; i < n; i++)
        tl_note(ctx, "pack %s (%s), sha256 %.12s", packs[i].name, packs[i].path,
                packs[i].digest);
    return TL_OK;
}

/* By its whole name, or by its id where no other pack has a rule of that id. */
static const struct tl_policy_rule *find_rule(const struct policy_run *run,
                                              const char *name)
{
    const struct tl_policy_rule *found = NULL;
    size_t n = 0;

    for (size_t i = 0; i < run->n_rules; i++) {
        const char *id = strchr(run->rules[i].name, '/') + 1;

        if (strcmp(run->rules[i].name, name) == 0)
            return &run->rules[i];
        if (strcmp(id, name) == 0) {
            found = &run->rules[i];
            n++;
        }
    }
    return n == 1 ? found : NULL;
}

static int no_such_rule(const struct policy_run *run, const char *name,
                        struct tl_ctx *ctx)
{
    const char **known = tl_arena_alloc(ctx->arena, 2 * run->n_rules, sizeof *known);
    size_t n = 0;

    for (size_t i = 0; i < run->n_rules; i++) {
        known[n++] = run->rules[i].name;
        known[n++] = strchr(run->rules[i].name, '/') + 1;
    }
    const char *nearest = tl_nearest(name, known, n);
    if (nearest)
        tl_hint(ctx, "did you mean '%s'?", nearest);
    else
        tl_hint(ctx, "'tagline policy list' lists them");
    return tl_fail(ctx, TL_ENOTFOUND, "no policy rule is named '%s'", name);
}

static int run_show(struct policy_run *run, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;

    if (run->call->n_operands != 2) {
        tl_hint(ctx, "usage: tagline policy show RULE");
        return tl_fail(ctx, TL_EUSAGE, "'policy show' needs a rule");
    }
    const struct tl_policy_rule *rule = find_rule(run, run->call->operands[1]);
    if (!rule)
        return no_such_rule(run, run->call->operands[1], ctx);
    if (run->options->common.json) {
        json_rule(run, rule, ctx);
        return TL_OK;
    }
    fprintf(out, "%s%s%s\n%s\n\n", tl_paint(ctx, TL_BOLD), rule->name,
            tl_paint(ctx, TL_PLAIN), rule->summary);
    if (rule->help)
        fprintf(out, "%s\n", rule->help);
    fprintf(out, "%s, %s; %s, line %u:\n\n%.*s", rule->severity, standing_of(rule),
            tl_shown(path_of(run, rule), ctx), rule->line, (int)rule->n_text, rule->text);
    if (rule->n_text && rule->text[rule->n_text - 1] != '\n')
        fputc('\n', out);
    return TL_OK;
}

/* ---- check: what the log believes now ---- */

static const char *counted(size_t n, const char *thing, struct tl_ctx *ctx)
{
    char digits[27];

    return tl_arena_printf(ctx->arena, "%s %s%s", tl_grouped(digits, (long long)n), thing,
                           n == 1 ? "" : "s");
}

static const struct tl_policy_rule *rule_of(const struct policy_run *run,
                                            const struct tl_verdict *verdict)
{
    for (size_t i = 0; i < run->n_rules; i++)
        if (strcmp(run->rules[i].name, verdict->rule) == 0)
            return &run->rules[i];
    return NULL;
}

static void show_rule_head(const struct tl_policy_rule *rule, bool is_first,
                           struct tl_ctx *ctx)
{
    fprintf(ctx->say->results, "%s%s%s%s (%s, %s): %s\n", is_first ? "" : "\n",
            tl_paint(ctx, TL_BOLD), rule->name, tl_paint(ctx, TL_PLAIN), rule->severity,
            standing_of(rule), rule->summary);
}

/* Binding violations, advisory ones, gaps: what has to be dealt with stands first. */
static int urgency(const struct tl_verdict *verdict)
{
    return verdict->outcome != TL_VIOLATION ? 2 : verdict->is_advisory;
}

static int by_urgency(const void *a, const void *b)
{
    const struct tl_verdict *x = *(const struct tl_verdict *const *)a;
    const struct tl_verdict *y = *(const struct tl_verdict *const *)b;
    int order = urgency(x) - urgency(y);

    return order ? order : (x > y) - (x < y); /* as they stand: by rule and place */
}

static const struct tl_verdict **sort_findings(const struct tl_verdicts *verdicts,
                                               struct tl_ctx *ctx)
{
    size_t n = verdicts->items.n;
    const struct tl_verdict **sorted = tl_arena_alloc(ctx->arena, n + 1, sizeof *sorted);

    for (size_t i = 0; i < n; i++)
        sorted[i] = &verdicts->items.items[i];
    qsort(sorted, n, sizeof *sorted, by_urgency);
    return sorted;
}

/* Verdicts of one rule stand together; what to do is said once where it is the same for several. */
static void show_findings(const struct policy_run *run,
                          const struct tl_verdict *const *items, size_t n,
                          struct tl_ctx *ctx)
{
    for (size_t i = 0; i < n; i++) {
        bool begins = i == 0 || strcmp(items[i]->rule, items[i - 1]->rule) != 0;
        bool goes_on = i + 1 < n && strcmp(items[i]->rule, items[i + 1]->rule) == 0 &&
                       items[i]->fix && items[i + 1]->fix &&
                       strcmp(items[i]->fix, items[i + 1]->fix) == 0;

        if (begins)
            show_rule_head(rule_of(run, items[i]), i == 0, ctx);
        tl_show_verdict_below_rule(items[i], !goes_on, ctx);
    }
}

static void show_summary(const struct policy_run *run, const struct tl_verdicts *verdicts,
                         const struct tl_policy_tally *tallies, size_t n_datasets,
                         struct tl_ctx *ctx)
{
    struct tl_str idle = TL_STR_INIT(1 << 20);
    size_t n_idle = 0;

    fprintf(ctx->say->results, "%s%s, %s: %s (%zu binding), %s, %s\n",
            verdicts->items.n ? "\n" : "", counted(run->n_rules, "rule", ctx),
            counted(n_datasets, "dataset", ctx),
            counted(verdicts->counts[TL_VIOLATION], "violation", ctx),
            verdicts->n_binding, counted(verdicts->counts[TL_GAP], "gap", ctx),
            verdicts->counts[TL_PASS] == 1
                ? "1 pass"
                : tl_arena_printf(ctx->arena, "%zu passes", verdicts->counts[TL_PASS]));
    fflush(ctx->say->results);
    for (size_t i = 0; i < run->n_rules; i++)
        if (!tallies[i].n_asked && !tallies[i].n_untold)
            tl_str_addf(&idle, "%s%s", n_idle++ ? ", " : "", run->rules[i].name);
    if (n_idle && n_datasets)
        tl_note(ctx, "asked of no dataset, because none is where they look: %s",
                idle.text);
    tl_str_release(&idle);
}

/* An entry of `datasets:` that covers nothing is a slip of the pen, and what it declares is missing elsewhere. */
static void note_idle_entries(const struct policy_run *run,
                              const struct tl_belief *belief, struct tl_ctx *ctx)
{
    for (size_t i = 0; belief->n_datasets && i < run->config.declarations.n; i++) {
        const char *match = run->config.declarations.items[i].match;
        bool is_idle = true;

        for (uint32_t d = 0; is_idle && d < belief->n_datasets; d++) {
            struct tl_key key = tl_belief_key(belief, &belief->datasets[d]);
            is_idle = !tl_key_matches(&key, match);
        }
        if (is_idle)
            tl_warn(ctx, "no dataset matches '%s' under 'datasets:' in %s", match,
                    run->config.path);
    }
}

/* What is declared for a use that nobody knows is declared for nothing that a rule could mean. */
static void warn_of_strange_uses(const struct policy_run *run, struct tl_ctx *ctx)
{
    const struct tl_policy_use *uses;
    size_t n =
        tl_policies_strange_uses(&uses, run->policies, run->config.declarations.items,
                                 run->config.declarations.n, ctx);

    for (size_t i = 0; i < n; i++)
        if (uses[i].nearest)
            tl_warn(ctx,
                    "use '%s' of '%s' in %s is no data use of fideslang: did you mean "
                    "'%s'?",
                    uses[i].use, uses[i].match, run->config.path, uses[i].nearest);
        else
            tl_warn(ctx,
                    "use '%s' of '%s' in %s is no data use of fideslang, and no rule "
                    "names it",
                    uses[i].use, uses[i].match, run->config.path);
}

static int ask(struct policy_run *run, const struct tl_graph *graph, struct tl_ctx *ctx)
{
    struct tl_policy_tally *tallies =
        tl_arena_alloc(ctx->arena, run->n_rules, sizeof *tallies);
    const struct tl_policy_question question = {
        .graph = graph,
        .declarations = run->config.declarations.items,
        .n_declarations = run->config.declarations.n,
        .tallies = tallies,
    };
    struct tl_verdicts verdicts = { 0 };
    int rc = tl_policies_ask(&verdicts, run->policies, &question, ctx);

    if (rc < 0)
        return rc;
    const struct tl_verdict **sorted = sort_findings(&verdicts, ctx);
    if (run->options->common.json) {
        for (size_t i = 0; i < verdicts.items.n; i++)
            tl_json_verdict(sorted[i], NULL, -1, ctx);
    } else {
        show_findings(run, sorted, verdicts.items.n, ctx);
        show_summary(run, &verdicts, tallies, tl_graph_datasets(graph), ctx);
    }
    if (verdicts.n_binding)
        run->call->exit = 1;
    else if (verdicts.counts[TL_GAP] && run->options->on_unknown)
        run->call->exit = 3;
    tl_verdicts_release(&verdicts);
    return TL_OK;
}

static int run_check(struct policy_run *run, struct tl_ctx *ctx)
{
    const struct tl_carry_rule *carry;
    const struct tl_belief *belief;
    struct tl_log *log = NULL;
    int rc = tl_open_log(&log, &run->config, false, ctx);

    if (rc == TL_OK)
        rc = tl_log_belief(&belief, log, ctx);
    if (rc == TL_OK) {
        struct tl_graph *graph = tl_graph_open();
        size_t n = tl_engine_carry_rules(&carry, run->engine);

        tl_graph_add_belief(graph, belief, NULL);
        rc = tl_graph_carry(graph, carry, n, run->config.scan.carry_floor, ctx);
        if (rc == TL_OK)
            rc = ask(run, graph, ctx);
        if (rc == TL_OK)
            note_idle_entries(run, belief, ctx);
        if (rc == TL_OK)
            warn_of_strange_uses(run, ctx);
        if (rc == TL_OK && !run->n_rules)
            note_no_rules(ctx);
        tl_graph_close(graph);
    }
    tl_log_close(log);
    return rc;
}

/* ---- test: rules against their own examples ---- */

static void json_trial(const struct tl_policy_trial *trial, struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_text(json, "example", trial->example);
    tl_json_put_bool(json, "holds", trial->holds);
    tl_json_put_int(json, "line", trial->line);
    tl_json_put_text(json, "path", trial->path);
    tl_json_put_text(json, "rule", trial->rule);
    tl_json_put_some(json, "why", trial->why);
    tl_json_line_end(&line, ctx);
}

static void show_trials(const struct policy_run *run,
                        const struct tl_policy_trials *trials, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;
    size_t n_bare = 0;

    for (size_t i = 0; i < trials->items.n; i++) {
        const struct tl_policy_trial *trial = &trials->items.items[i];

        if (trial->holds)
            continue;
        fprintf(out, "%sfails%s  %s:%u  %s: %s\n  %s\n", tl_paint(ctx, TL_RED),
                tl_paint(ctx, TL_PLAIN), tl_shown(trial->path, ctx), trial->line,
                trial->rule, tl_shown(trial->example, ctx), tl_shown(trial->why, ctx));
    }
    fprintf(out, "%s of %s, %zu failed\n", counted(trials->items.n, "example", ctx),
            counted(run->n_rules, "rule", ctx), trials->n_failed);
    fflush(out);
    for (size_t i = 0; i < run->n_rules; i++)
        if (!run->rules[i].n_examples && n_bare++ < 10)
            tl_note(ctx, "%s has no example", run->rules[i].name);
}

static int try_rules(struct policy_run *run, struct tl_policy_trials *trials,
                     struct tl_ctx *ctx)
{
    struct tl_policy_carrying carrying = { .floor = run->config.scan.carry_floor };

    carrying.n = tl_engine_carry_rules(&carrying.rules, run->engine);
    return tl_policies_try(trials, run->policies, &carrying, ctx);
}

static int run_test(struct policy_run *run, struct tl_ctx *ctx)
{
    struct tl_policy_trials trials;
    int rc = try_rules(run, &trials, ctx);

    if (rc == TL_OK && run->options->common.json) {
        for (size_t i = 0; i < trials.items.n; i++)
            json_trial(&trials.items.items[i], ctx);
    } else if (rc == TL_OK) {
        show_trials(run, &trials, ctx);
    }
    if (trials.n_failed)
        run->call->exit = 1;
    tl_policy_trials_release(&trials);
    return rc;
}

/* ---- lint: what is well-formed and still means nothing ---- */

struct lint {
    const struct policy_run *run;
    size_t n_findings;
};

static void find(struct lint *lint, const char *rule, const char *what, const char *hint,
                 struct tl_ctx *ctx)
{
    lint->n_findings++;
    if (lint->run->options->common.json) {
        struct tl_json_line line;
        struct tl_json *json = tl_json_line_begin(&line);

        tl_json_put_text(json, "finding", what);
        tl_json_put_some(json, "nearest", hint);
        tl_json_put_text(json, "rule", rule);
        tl_json_line_end(&line, ctx);
        return;
    }
    fprintf(ctx->say->results, "%s: %s", rule, tl_shown(what, ctx));
    if (hint)
        fprintf(ctx->say->results, " (did you mean '%s'?)", hint);
    fputc('\n', ctx->say->results);
}

/* A pattern that no type can be: the rule would be kept whatever happens. */
static void lint_pattern(struct lint *lint, const struct tl_policy_pattern *pattern,
                         struct tl_ctx *ctx)
{
    const struct tl_info_type *types;
    size_t n = tl_engine_types(&types, lint->run->engine);
    const char **known = tl_arena_alloc(ctx->arena, n, sizeof *known);

    for (size_t i = 0; i < n; i++) {
        known[i] =
            pattern->is_category && types[i].category ? types[i].category : types[i].name;
        if (tl_policy_pattern_fits(pattern, types[i].name, types[i].category))
            return;
    }
    find(lint, pattern->rule,
         tl_arena_printf(ctx->arena, "no info type has %s '%s'",
                         pattern->is_category ? "the category" : "a name like",
                         pattern->text),
         tl_nearest(pattern->text, known, n), ctx);
}

/* A fact that nobody counts: the rule could never be told. */
static void lint_fact(struct lint *lint, const struct tl_policy_pattern *pattern,
                      struct tl_ctx *ctx)
{
    const char *const *known;
    size_t n = tl_fact_names(&known, ctx->arena);

    for (size_t i = 0; i < n; i++)
        if (!strcmp(known[i], pattern->text))
            return;
    find(lint, pattern->rule,
         tl_arena_printf(ctx->arena, "no fact is called '%s'", pattern->text),
         tl_nearest(pattern->text, known, n), ctx);
}

static int run_lint(struct policy_run *run, struct tl_ctx *ctx)
{
    struct lint lint = { .run = run };
    const struct tl_policy_pattern *patterns;
    struct tl_policy_trials trials;
    size_t n = tl_policies_patterns(&patterns, run->policies, ctx);

    for (size_t i = 0; i < n; i++)
        (patterns[i].is_fact ? lint_fact : lint_pattern)(&lint, &patterns[i], ctx);
    for (size_t i = 0; i < run->n_rules; i++)
        if (!run->rules[i].n_examples)
            find(&lint, run->rules[i].name, "has no example", NULL, ctx);
    int rc = try_rules(run, &trials, ctx);
    for (size_t i = 0; rc == TL_OK && i < trials.items.n; i++)
        if (!trials.items.items[i].holds)
            find(&lint, trials.items.items[i].rule,
                 tl_arena_printf(ctx->arena, "its example '%s' fails: %s",
                                 trials.items.items[i].example,
                                 trials.items.items[i].why),
                 NULL, ctx);
    tl_policy_trials_release(&trials);
    if (rc == TL_OK && !run->options->common.json)
        fprintf(ctx->say->results, "%s, %s\n", counted(run->n_rules, "rule", ctx),
                counted(lint.n_findings, "finding", ctx));
    if (lint.n_findings)
        run->call->exit = 1;
    return rc;
}

/* ---- the command ---- */

static const struct verb {
    const char *name;
    const char *operands;
    int most_operands; /* beside the verb */
    bool takes_files;
    int (*run)(struct policy_run *run, struct tl_ctx *ctx);
} verbs[] = {
    { "list", "", 0, false, run_list },
    { "show", "RULE", 1, false, run_show },
    { "check", "", 0, false, run_check },
    { "test", "[FILE...]", 64, true, run_test },
    { "lint", "[FILE...]", 64, true, run_lint },
};

static int find_verb(const struct verb **out, const struct tl_call *call,
                     struct tl_ctx *ctx)
{
    enum { N = sizeof verbs / sizeof *verbs };
    const char *word = call->n_operands ? call->operands[0] : "list";
    const char *known[N];

    for (size_t i = 0; i < N; i++) {
        known[i] = verbs[i].name;
        if (strcmp(word, verbs[i].name) != 0)
            continue;
        *out = &verbs[i];
        if (call->n_operands - 1 <= verbs[i].most_operands)
            return TL_OK;
        tl_hint(ctx, "usage: tagline policy %s%s%s", verbs[i].name,
                *verbs[i].operands ? " " : "", verbs[i].operands);
        return tl_fail(ctx, TL_EUSAGE, "'policy %s' does not know what to do with '%s'",
                       verbs[i].name, call->operands[1 + verbs[i].most_operands]);
    }
    const char *nearest = tl_nearest(word, known, N);
    if (nearest)
        tl_hint(ctx, "did you mean 'tagline policy %s'?", nearest);
    else
        tl_hint(ctx, "usage: tagline policy [list | show RULE | check | test [FILE...] | "
                     "lint [FILE...]]");
    return tl_fail(ctx, TL_EUSAGE, "'policy' does not know what '%s' is", word);
}

/* Files that are named stand for themselves: no built-in pack, no setting. */
static int open_policies(struct policy_run *run, const struct verb *verb,
                         struct tl_ctx *ctx)
{
    static const char *none[] = { "none" };
    struct tl_policy_settings settings = run->config.policies;
    size_t n = (size_t)(run->call->n_operands > 0 ? run->call->n_operands - 1 : 0);

    if (verb->takes_files && n) {
        settings = (struct tl_policy_settings){ .packs = { none, 1 } };
        settings.files.items = tl_arena_alloc(ctx->arena, n, sizeof *none);
        settings.files.n = n;
        for (size_t i = 0; i < n; i++)
            settings.files.items[i] = run->call->operands[1 + i];
    }
    int rc = tl_policies_open(&run->policies, &settings, ctx);
    if (rc == TL_OK)
        run->n_rules = tl_policies_rules(&run->rules, run->policies);
    return rc;
}

static int run_policy(struct tl_call *call, struct tl_ctx *ctx)
{
    struct policy_run run = { .call = call, .options = call->options };
    const char *path = run.options->common.config;
    const struct verb *verb = NULL;
    int rc = find_verb(&verb, call, ctx);

    if (rc < 0)
        return rc;
    bool has_config = path || getenv("TAGLINE_CONFIG") || tl_path_exists("tagline.yaml");
    rc = has_config || verb->run == run_check ? tl_config_load(&run.config, path, 0, ctx)
                                              : tl_config_defaults(&run.config, ctx);
    if (rc == TL_OK)
        rc = tl_engine_open(&run.engine, &run.config.rules, ctx);
    if (rc == TL_OK)
        rc = open_policies(&run, verb, ctx);
    if (rc == TL_OK)
        rc = verb->run(&run, ctx);
    tl_policies_close(run.policies);
    tl_engine_close(run.engine);
    tl_config_release(&run.config);
    return rc;
}

const struct tl_cmd tl_cmd_policy = {
    .name = "policy",
    .summary = "which policies are in force, and whether they are kept",
    .operands = "[list | show RULE | check | test [FILE...] | lint [FILE...]]",
    .text =
        "'check' asks every rule of what the log believes now: its tags, its lineage and "
        "the zones, uses and\n"
        "recipients that tagline.yaml declares. A violation comes with the path the data "
        "took; a gap is what\n"
        "could not be told. Exit code 1 when a binding rule is violated (the built-in "
        "ones "
        "are advisory until\n"
        "'policies: {binding: [...]}' names them), 3 on a gap with --on-unknown fail.\n"
        "'test' asks rules of their own examples, 'lint' also finds what no column can "
        "ever be.\n"
        "\n"
        "Rules of your own go into files under 'policies: {files: [...]}':\n"
        "\n"
        "  pack: ours\n"
        "  version: 1\n"
        "  format: 1\n"
        "  rules:\n"
        "    - id: no-hash-for-sales\n"
        "      summary: what is for sales holds no hashed address\n"
        "      in: {zones: [mart]}                      # also datasets, kinds, not_...\n"
        "      looks_for: {info_types: [hashed_email*]} # categories, sensitivity ...\n"
        "      needs: {not_uses: [sales]}               # without it: must not be there\n"
        "\n"
        "Several things in looks_for may not meet; 'unless' excuses, 'steering' is about "
        "filters and joins,\n"
        "'from' about where it comes from. 'policy show' prints the built-in ones as "
        "they "
        "are written.",
    .examples =
        "  $ tagline policy check\n"
        "  $ tagline policy show no-direct-identifier-in-export\n"
        "  $ tagline policy check --json | jq 'select(.outcome == \"violation\")'\n"
        "  $ tagline policy test policies/ours.yaml\n",
    .options = options,
    .options_size = sizeof(struct policy_options),
    .most_operands = -1,
    .run = run_policy,
};
