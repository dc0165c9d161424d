/*
 * The main job: read the sources, decide their columns, log every step, say what changed.
 */
#include "cli/cmd.h"

#include "base/file.h"
#include "base/say.h"
#include "cli/pipeline.h"
#include "cli/sampling.h"
#include "cli/show.h"
#include "cli/table.h"

struct scan_options {
    struct tl_common common;
    const char *metrics;
    int fail_on; /* 0: nothing, FAIL_ON_VIOLATION, else 1 + enum tl_sensitivity */
    bool dry_run, resample;
};

enum { FAIL_ON_VIOLATION = 1 + TL_SPECIAL + 1 };

static const struct tl_option options[] = {
    { "dry_run", TL_KIND_FLAG, offsetof(struct scan_options, dry_run), NULL,
      "decide and show, log nothing", .letter = 'n' },
    { "metrics", TL_KIND_TEXT, offsetof(struct scan_options, metrics), NULL,
      "write figures of this run as Prometheus text", .argument = "FILE" },
    { "resample", TL_KIND_FLAG, offsetof(struct scan_options, resample), NULL,
      "read samples also of what its source says is unchanged" },
    { "fail_on", TL_KIND_CHOICE, offsetof(struct scan_options, fail_on), "none",
      "exit 1 when a new tag is at least this sensitive, or a binding policy is violated",
      .choices = "none|public|internal|personal|sensitive|special|violation" },
    { 0 },
};

/* What the log believes after the run, counted. */
struct tally {
    const struct tl_belief *belief;
    char run[33];
    size_t personal_columns, proposals, new_tags;
    const struct tl_belief_column *last;
    int most_sensitive_new; /* -1: none */
    struct tl_table *table;
    struct tl_ctx *ctx;
    size_t rows, rows_left_out, rows_not_personal;
};

enum { MOST_ROWS = 400 };

static bool is_of_this_run(const struct tally *tally, const struct tl_belief_tag *tag)
{
    const char *trace = tl_belief_text(tally->belief, tag->trace);

    return trace && strcmp(trace, tally->run) == 0;
}

static void count_tag(void *self, const struct tl_belief_hit *hit,
                      const struct tl_belief_tag *tag)
{
    struct tally *tally = self;
    bool is_live = tl_state_is_live(tag->state);

    if (is_live && tag->sensitivity >= TL_PERSONAL && hit->column != tally->last) {
        tally->personal_columns++;
        tally->last = hit->column;
    }
    if (tag->state == TL_PROPOSED || tag->state == TL_WITHDRAWN)
        tally->proposals++;
    if (is_live && is_of_this_run(tally, tag)) {
        tally->new_tags++;
        if ((int)tag->sensitivity > tally->most_sensitive_new)
            tally->most_sensitive_new = tag->sensitivity;
    }
}

static void show_tag(void *self, const struct tl_belief_hit *hit,
                     const struct tl_belief_tag *tag)
{
    struct tally *tally = self;

    if (!is_of_this_run(tally, tag))
        return;
    if (tag->sensitivity < TL_PERSONAL) {
        tally->rows_not_personal++;
        return;
    }
    if (tally->rows++ >= MOST_ROWS) {
        tally->rows_left_out++;
        return;
    }
    tl_table_row(tally->table);
    tl_table_cell(tally->table, tl_hit_short(tally->belief, hit, tally->ctx));
    tl_table_cell(tally->table, tl_belief_text(tally->belief, tag->info_type));
    tl_table_cell(tally->table, tl_belief_text(tally->belief, tag->category));
    tl_table_painted(tally->table, tl_sensitivity_word(tag->sensitivity),
                     tl_paint_of_sensitivity(tag->sensitivity));
    tl_table_cellf(tally->table, "%u%%", tl_percent(tag->confidence));
    tl_table_painted(tally->table, tl_state_word(tag->state),
                     tl_paint_of_state(tag->state));
}

static void show_changes(struct tally *tally, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = {
        { "COLUMN", TL_LEFT },     { "INFO TYPE", TL_LEFT }, { "CATEGORY", TL_CUT },
        { "SENSITIVITY", TL_CUT }, { "SURE", TL_RIGHT },     { "STATE", TL_LEFT }
    };

    tally->table = tl_table_open(heads, 6, ctx);
    tl_each_tag(tally->belief, show_tag, tally);
    tl_table_close(tally->table);
    if (tally->rows_left_out)
        tl_note(ctx, "and %zu more: 'tagline review' lists what waits",
                tally->rows_left_out);
    if (tally->rows_not_personal)
        tl_note(ctx,
                "and %zu tag%s of what is not personal by itself, such as ids of records",
                tally->rows_not_personal, tally->rows_not_personal == 1 ? "" : "s");
}

static void json_tag(void *self, const struct tl_belief_hit *hit,
                     const struct tl_belief_tag *tag)
{
    struct tally *tally = self;
    struct tl_json_line line;

    if (!is_of_this_run(tally, tag))
        return;
    struct tl_json *json = tl_json_line_begin(&line);
    tl_json_put_tag(json, tally->belief, hit, tag, tally->ctx);
    tl_json_line_end(&line, tally->ctx);
}

enum { MOST_LOSSES = 20 };

static void show_losses(const struct tl_scan *scan, struct tl_ctx *ctx)
{
    for (size_t i = 0; i < scan->losses.n && i < MOST_LOSSES; i++)
        tl_warn(ctx, "gone since the last scan: '%s' (%s)", scan->losses.items[i].where,
                scan->losses.items[i].why);
    if (scan->losses.n > MOST_LOSSES)
        tl_warn(ctx, "and %zu more tagged columns are gone",
                scan->losses.n - MOST_LOSSES);
}

static void show_troubles(const struct tl_scan *scan, struct tl_ctx *ctx)
{
    for (size_t i = 0; i < scan->troubles.n; i++) {
        const struct tl_trouble *trouble = &scan->troubles.items[i];
        if (trouble->is_source)
            tl_warn(
                ctx,
                "source '%s' could not be read, its datasets keep their last belief: %s",
                trouble->where, trouble->why);
        else
            tl_warn(ctx, "could not tell about '%s': %s", trouble->where, trouble->why);
    }
}

enum { MOST_VIOLATIONS = 20 };

/* One line each; `tagline policy check` draws the paths. */
static void show_violations(const struct tl_scan *scan, struct tl_ctx *ctx)
{
    const struct tl_verdicts *verdicts = &scan->verdicts;
    size_t n = 0;

    for (size_t i = 0; i < verdicts->items.n; i++) {
        const struct tl_verdict *verdict = &verdicts->items.items[i];
        if (verdict->outcome == TL_VIOLATION && n++ < MOST_VIOLATIONS)
            tl_warn(ctx, "%s %s: %s",
                    verdict->is_advisory ? "against advice" : "violation of",
                    verdict->rule, verdict->why);
    }
    if (n > MOST_VIOLATIONS)
        tl_warn(ctx, "and %zu more violations", n - MOST_VIOLATIONS);
}

enum { MOST_CONTRADICTIONS = 20 };

struct contradictions {
    const struct tl_belief *belief;
    size_t n;
    struct tl_ctx *ctx;
};

static void warn_of_contradiction(void *self, const struct tl_belief_hit *hit,
                                  const struct tl_belief_tag *tag)
{
    struct contradictions *told = self;

    if (!tag->against.at || told->n++ >= MOST_CONTRADICTIONS)
        return;
    tl_warn(told->ctx, "a person decided otherwise on '%s': %s",
            tl_hit_text(told->belief, hit, told->ctx),
            tl_contradiction_text(told->belief, tag, told->ctx));
}

/* What a person said stands; that the rules would now decide otherwise is for a person to hear. */
static void show_contradictions(const struct tl_belief *belief, struct tl_ctx *ctx)
{
    struct contradictions told = { .belief = belief, .ctx = ctx };

    tl_each_tag(belief, warn_of_contradiction, &told);
    if (told.n > MOST_CONTRADICTIONS)
        tl_warn(ctx, "and on %zu more columns: 'tagline review' lists them",
                told.n - MOST_CONTRADICTIONS);
}

static size_t count_columns(const struct tl_scan *scan)
{
    return scan->snapshot.columns.n;
}

static size_t count_unscanned(const struct tl_scan *scan)
{
    size_t n = 0;

    for (size_t i = 0; i < scan->snapshot.datasets.n; i++)
        n += !scan->is_looked_at[i] || scan->datasets[i].sample_state == TL_SAMPLE_FAILED;
    return n;
}

/* Whose samples an earlier scan read: unchanged since, or left out by the budget. */
static size_t count_reading(const struct tl_scan *scan, enum tl_reading reading)
{
    size_t n = 0;

    for (size_t i = 0; i < scan->snapshot.datasets.n; i++)
        n += scan->readings[i] == reading;
    return n;
}

static size_t count_rows(const struct tl_scan *scan)
{
    size_t n = 0;

    for (size_t i = 0; i < scan->snapshot.datasets.n; i++)
        n += scan->datasets[i].sampled_rows;
    return n;
}

static size_t count_failed_sources(const struct tl_scan *scan)
{
    size_t n = 0;

    for (size_t i = 0; i < scan->snapshot.sources.n; i++)
        n += scan->snapshot.sources.items[i].state == TL_SOURCE_FAILED;
    return n;
}

static void add_metric(struct tl_str *out, const char *name, const char *help,
                       int64_t value)
{
    tl_str_addf(out, "# HELP tagline_%s %s\n# TYPE tagline_%s gauge\ntagline_%s %lld\n",
                name, help, name, name, (long long)value);
}

/* Prometheus' text format 0.0.4. Written whole or not at all, for node_exporter's textfile collector. */
static int write_metrics(const char *path, const struct tl_scan *scan,
                         const struct tl_appended *done, const struct tally *tally,
                         const struct tl_log *log, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(1 << 16);
    bool was_whole = scan->troubles.n == 0;

    if (was_whole)
        add_metric(&text, "last_success_timestamp_seconds",
                   "When a scan last read everything.", tl_now(ctx) / 1000000000);
    add_metric(&text, "last_run_timestamp_seconds", "When a scan last ended.",
               tl_now(ctx) / 1000000000);
    add_metric(&text, "sources_failed", "Sources that could not be read.",
               (int64_t)count_failed_sources(scan));
    add_metric(&text, "datasets_seen", "Datasets in the sources that were read.",
               (int64_t)scan->snapshot.datasets.n);
    add_metric(&text, "columns_seen", "Columns in the sources that were read.",
               (int64_t)count_columns(scan));
    add_metric(&text, "datasets_not_read",
               "Datasets whose samples were not read again: unchanged, or out of budget.",
               (int64_t)(count_reading(scan, TL_READING_KEPT) +
                         count_reading(scan, TL_READING_TURN)));
    add_metric(&text, "rows_sampled", "Rows of the samples that were read.",
               (int64_t)count_rows(scan));
    add_metric(&text, "datasets_unscanned",
               "Datasets whose schema or sample could not be read.",
               (int64_t)count_unscanned(scan));
    add_metric(&text, "columns_personal",
               "Columns that hold personal data, as far as is known.",
               (int64_t)tally->personal_columns);
    add_metric(&text, "proposals_waiting", "Tags that wait for a person.",
               (int64_t)tally->proposals);
    add_metric(&text, "tags_carried", "Tags that came along lineage.",
               (int64_t)done->n_carried_tags);
    add_metric(&text, "lineage_edges", "Edges between columns.", (int64_t)done->n_edges);
    add_metric(&text, "lineage_problems", "Places in SQL that were not understood.",
               (int64_t)done->n_problems);
    add_metric(&text, "policy_violations", "Violations of binding policies.",
               (int64_t)scan->verdicts.n_binding);
    add_metric(&text, "policy_advisory_violations", "Violations of advisory policies.",
               (int64_t)(scan->verdicts.counts[TL_VIOLATION] - scan->verdicts.n_binding));
    add_metric(&text, "policy_gaps", "Questions of policies that could not be told.",
               (int64_t)scan->verdicts.counts[TL_GAP]);
    add_metric(&text, "log_bytes", "Bytes of the log.", (int64_t)tl_log_size(log));
    int rc = tl_file_write(path, text.text, text.n, ctx);
    tl_str_release(&text);
    return rc;
}

static void show_summary(const struct tl_scan *scan, const struct tl_appended *done,
                         const struct tally *tally, struct tl_ctx *ctx)
{
    char datasets[27], columns[27], tagged[27], edges[27];
    char kept[40] = "", turn[48] = "";
    size_t n_kept = count_reading(scan, TL_READING_KEPT);
    size_t n_turn = count_reading(scan, TL_READING_TURN);
    size_t n_columns = count_columns(scan);

    if (n_kept)
        snprintf(kept, sizeof kept, " (%zu not read again)", n_kept);
    if (n_turn)
        snprintf(turn, sizeof turn, " (%zu left out by the budget)", n_turn);
    tl_note(ctx, "%s dataset%s with %s column%s: %zu decided anew, %zu unchanged%s%s%s",
            tl_grouped(datasets, (long long)scan->snapshot.datasets.n),
            scan->snapshot.datasets.n == 1 ? "" : "s",
            tl_grouped(columns, (long long)n_columns), n_columns == 1 ? "" : "s",
            done->n_decided, done->n_unchanged, kept, turn,
            done->n_gone ? ", some gone" : "");
    tl_note(ctx,
            "%s columns hold personal data: %zu tags new, %zu changed, %zu withdrawn; "
            "%zu wait for review",
            tl_grouped(tagged, (long long)tally->personal_columns), done->n_new_tags,
            done->n_changed_tags, done->n_withdrawn_tags, tally->proposals);
    if (done->n_edges)
        tl_note(ctx, "%s edge%s between columns carry %zu tag%s: %zu new, %zu gone",
                tl_grouped(edges, (long long)done->n_edges),
                done->n_edges == 1 ? "" : "s", done->n_carried_tags,
                done->n_carried_tags == 1 ? "" : "s", done->n_new_carried,
                done->n_gone_carried - done->n_owned_carried);
    const struct tl_verdicts *verdicts = &scan->verdicts;
    if (verdicts->counts[TL_VIOLATION] || verdicts->counts[TL_GAP])
        tl_note(
            ctx,
            "policies: %zu passed, %zu violated (%zu binding), %zu could not be told; "
            "'tagline policy check' shows the paths",
            verdicts->counts[TL_PASS], verdicts->counts[TL_VIOLATION],
            verdicts->n_binding, verdicts->counts[TL_GAP]);
    tl_note(ctx, "logged as %.12s in %s", done->commit, scan->config->log);
}

static bool is_configured(const char *source, const struct tl_config *config)
{
    for (size_t i = 0; i < config->sources.n; i++)
        if (strcmp(config->sources.items[i].name, source) == 0)
            return true;
    return false;
}

/* What nobody reads any more is still believed, asked of policies and pushed: that must not go unsaid. */
static void warn_of_orphans(const struct tl_belief *belief,
                            const struct tl_config *config, struct tl_ctx *ctx)
{
    for (uint32_t d = 0; d < belief->n_datasets;) {
        const char *source = tl_belief_key(belief, &belief->datasets[d]).source;
        size_t n = 0;

        for (; d < belief->n_datasets; d++, n++)
            if (strcmp(tl_belief_key(belief, &belief->datasets[d]).source, source) != 0)
                break;
        if (!is_configured(source, config))
            tl_warn(ctx,
                    "the log still believes %zu dataset%s of '%s', a source that the "
                    "configuration does not name; named there with exclude: ['**'], a "
                    "scan lets go of them",
                    n, n == 1 ? "" : "s", source);
    }
}

static int begin_tally(struct tally *tally, struct tl_log *log,
                       const struct tl_appended *done, struct tl_ctx *ctx)
{
    struct tl_log_run run;
    json_t *body;
    int rc;

    memset(tally, 0, sizeof *tally);
    tally->most_sensitive_new = -1;
    tally->ctx = ctx;
    if ((rc = tl_log_belief(&tally->belief, log, ctx)) < 0 ||
        (rc = tl_log_run(&body, &run, done->commit, log, ctx)) < 0)
        return rc;
    json_decref(body);
    memcpy(tally->run, run.run, sizeof tally->run);
    tl_each_tag(tally->belief, count_tag, tally);
    return TL_OK;
}

static int scan_and_log(struct tl_scan *scan, struct tl_call *call,
                        const struct tl_config *config, struct tl_ctx *ctx)
{
    const struct scan_options *o = call->options;
    struct tl_appended done;
    struct tl_log *log = NULL;
    struct tally tally;
    int rc;

    if ((rc = tl_open_log(&log, config, true, ctx)) < 0 ||
        (rc = tl_pipeline_run(scan, &done, log, config, ctx)) < 0 ||
        (rc = begin_tally(&tally, log, &done, ctx)) < 0)
        goto done;
    if (o->common.json)
        tl_each_tag(tally.belief, json_tag, &tally);
    else if (tally.new_tags || done.n_withdrawn_tags)
        show_changes(&tally, ctx);
    fflush(ctx->say->results);
    show_losses(scan, ctx);
    show_troubles(scan, ctx);
    warn_of_orphans(tally.belief, config, ctx);
    show_contradictions(tally.belief, ctx);
    show_violations(scan, ctx);
    show_summary(scan, &done, &tally, ctx);
    /* A finding that was asked for is certain; what could not be told stands in the words. */
    bool has_found = o->fail_on == FAIL_ON_VIOLATION
                         ? scan->verdicts.n_binding > 0
                         : o->fail_on && tally.most_sensitive_new >= o->fail_on - 1;
    if (has_found)
        call->exit = 1;
    else if (scan->troubles.n)
        call->exit = 3;
    if (o->metrics)
        rc = write_metrics(o->metrics, scan, &done, &tally, log, ctx);
done:
    tl_log_close(log);
    return rc;
}

/* Everything but the log; shows what would be proposed, without looking at what people said before. */
static int scan_dry(struct tl_scan *scan, struct tl_call *call,
                    const struct tl_config *config, struct tl_ctx *ctx)
{
    struct tl_graph *graph = NULL;
    size_t n_tagged = 0;
    int rc;

    if ((rc = tl_scan_begin(scan, config, config->sources.items, config->sources.n,
                            ctx)) < 0 ||
        (rc = tl_scan_pull(scan, ctx)) < 0 ||
        (rc = tl_scan_classify(scan, NULL, ctx)) < 0 ||
        (rc = tl_scan_lineage(scan, NULL, ctx)) < 0 ||
        (rc = tl_scan_foresee(&graph, scan, ctx)) < 0)
        return rc;
    tl_graph_close(graph);
    tl_scan_show(scan, ((const struct tl_common *)call->options)->json, false, NULL, ctx);
    fflush(ctx->say->results);
    for (size_t d = 0; d < scan->snapshot.datasets.n; d++)
        for (uint32_t c = 0; c < scan->decisions[d].n_columns; c++)
            n_tagged += scan->decisions[d].columns[c].n_tags > 0;
    show_troubles(scan, ctx);
    show_violations(scan, ctx);
    tl_note(ctx, "%zu datasets, %zu columns with tags; nothing was logged",
            scan->snapshot.datasets.n, n_tagged);
    if (scan->troubles.n)
        call->exit = 3;
    return TL_OK;
}

static int run_scan(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct scan_options *o = call->options;
    struct tl_config config;
    struct tl_scan scan = { 0 };
    int rc;

    if (o->dry_run && (o->metrics || o->fail_on))
        return tl_fail(ctx, TL_EUSAGE, "--dry-run logs nothing for %s to look at",
                       o->metrics ? "--metrics" : "--fail-on");
    rc = tl_config_load(&config, o->common.config, TL_CONFIG_SOURCES, ctx);

    if (rc == TL_OK && config.sources.n == 0) {
        tl_hint(ctx, "add one under 'sources:' in %s", config.path);
        rc = tl_fail(ctx, TL_ECONFIG, "there is no source to scan");
    }
    if (o->resample)
        config.scan.resample_after = 0;
    if (rc == TL_OK)
        rc = o->dry_run ? scan_dry(&scan, call, &config, ctx)
                        : scan_and_log(&scan, call, &config, ctx);
    tl_scan_release(&scan);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_scan = {
    .name = "scan",
    .summary = "read the sources, decide their columns, log every step",
    .operands = "",
    .text =
        "Reads schemas and samples of all sources in tagline.yaml, decides which columns "
        "hold personal\n"
        "data and why, and adds one commit to the log. Shows the tags that are new or "
        "changed. A source\n"
        "or table that cannot be read keeps its last belief and makes the exit code 3.",
    .examples = "  $ tagline scan\n  $ tagline scan --json --fail-on sensitive\n"
                "  $ tagline scan --metrics /var/lib/node_exporter/tagline.prom\n",
    .options = options,
    .options_size = sizeof(struct scan_options),
    .most_operands = 0,
    .run = run_scan,
};
