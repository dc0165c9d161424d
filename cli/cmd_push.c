/*
 * Sends what the log believes to a catalogue, or writes it as a file; what the other side answered is logged as a run.
 */
#include "cli/cmd.h"

#include "base/file.h"
#include "base/say.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "cli/table.h"

struct push_options {
    struct tl_common common;
    const char *to;
    bool dry_run;
};

static const struct tl_option options[] = {
    { "to", TL_KIND_TEXT, offsetof(struct push_options, to), NULL,
      "write the proposals to a file instead ('-': standard output)",
      .argument = "FILE" },
    { "dry_run", TL_KIND_FLAG, offsetof(struct push_options, dry_run), NULL,
      "show what would change, send nothing", .letter = 'n' },
    { 0 },
};

enum { MOST_SHOWN = 40 };

/* ---- what would change ---- */

static void json_plan(const struct tl_plan *plan, struct tl_ctx *ctx)
{
    struct tl_json_line line;

    for (size_t i = 0; i < plan->items.n; i++) {
        const struct tl_plan_item *item = &plan->items.items[i];
        struct tl_json *json = tl_json_line_begin(&line);
        tl_json_put_text(json, "aspect", item->aspect);
        tl_json_put_text(json, "change", item->change);
        tl_json_put_text(json, "dataset", item->dataset);
        tl_json_put_text(json, "summary", item->summary);
        tl_json_put_text(json, "target", item->target);
        tl_json_line_end(&line, ctx);
    }
    for (size_t i = 0; i < plan->misses.n; i++) {
        const struct tl_plan_miss *miss = &plan->misses.items[i];
        struct tl_json *json = tl_json_line_begin(&line);
        tl_json_put_text(json, "column", miss->column);
        tl_json_put_text(json, "dataset", miss->dataset);
        tl_json_put_text(json, "missing", miss->why);
        tl_json_line_end(&line, ctx);
    }
}

/* What many targets get alike is one row; what one target gets besides is another. */
enum { ALIKE = 10 };

static size_t count_alike(const struct tl_plan *plan, const struct tl_plan_item *like,
                          bool *is_first)
{
    size_t n = 0;

    for (size_t i = 0; i < plan->items.n; i++) {
        const struct tl_plan_item *item = &plan->items.items[i];
        if (strcmp(item->aspect, like->aspect) != 0 ||
            strcmp(item->change, like->change) != 0 ||
            strcmp(item->summary, like->summary) != 0)
            continue;
        if (n++ == 0)
            *is_first = item == like;
    }
    return n;
}

/* Says a thing once, however many aspects say it. */
static void add_word(struct tl_str *out, const char *word)
{
    size_t n = strlen(word);

    if (out->n < n || strcmp(out->text + out->n - n, word) != 0)
        tl_str_addf(out, "%s%s", out->n ? ", " : "", word);
}

static void show_plan(const struct tl_plan *plan, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "TARGET", TL_CUT }, { "WHAT", TL_LEFT } };
    struct tl_table *table = tl_table_open(heads, 2, ctx);
    size_t n_rows = 0, n_left = 0;

    for (size_t i = 0, end; i < plan->items.n; i = end) {
        const char *target = plan->items.items[i].target;
        struct tl_str what = TL_STR_INIT(1 << 16);

        for (end = i;
             end < plan->items.n && strcmp(plan->items.items[end].target, target) == 0;
             end++) {
            const struct tl_plan_item *item = &plan->items.items[end];
            bool is_first = false;
            size_t n = plan->items.n < 5000 ? count_alike(plan, item, &is_first) : 1;
            if (n < ALIKE) {
                add_word(&what, item->summary);
            } else if (is_first) {
                tl_table_row(table);
                tl_table_cellf(table, "%zu targets", n);
                tl_table_cellf(table, "%s %s: %s", item->change, item->aspect,
                               item->summary);
            }
        }
        if (what.n && n_rows++ < MOST_SHOWN) {
            tl_table_row(table);
            tl_table_cell(table, target);
            tl_table_cell(table, what.text);
        } else {
            n_left += what.n > 0;
        }
        tl_str_release(&what);
    }
    tl_table_close(table);
    fflush(ctx->say->results);
    if (n_left)
        tl_note(ctx, "and %zu more targets: --json lists all", n_left);
}

static void show_misses(const struct tl_plan *plan, struct tl_ctx *ctx)
{
    for (size_t i = 0; i < plan->misses.n && i < MOST_SHOWN; i++) {
        const struct tl_plan_miss *miss = &plan->misses.items[i];
        tl_warn(ctx, "no match for '%s%s%s': %s", miss->dataset, miss->column ? "#" : "",
                miss->column ? miss->column : "", miss->why);
    }
    if (plan->misses.n > MOST_SHOWN)
        tl_warn(ctx, "and %zu more without a match: --dry-run --json lists all",
                plan->misses.n - MOST_SHOWN);
}

/* ---- sending ---- */

static int log_receipt(const struct tl_receipt *receipt, const struct tl_plan *plan,
                       const struct tl_config *config, int64_t began, struct tl_log *log,
                       struct tl_ctx *ctx)
{
    struct tl_appended done;
    struct tl_entry entry;

    tl_entry_begin(&entry, "push", config, ctx);
    entry.began = began;
    entry.receipt = receipt;
    entry.plan = plan;
    entry.ended = tl_now(ctx);
    int rc = tl_log_append(&done, log, &entry, config->scan.wait, ctx);
    if (rc == TL_OK)
        tl_note(ctx, "receipt logged as %.12s", done.commit);
    return rc;
}

static int send_plan(struct tl_call *call, void *conn, const struct tl_system *sink,
                     const struct tl_plan *plan, const struct tl_config *config,
                     struct tl_log *log, struct tl_ctx *ctx)
{
    struct tl_receipt receipt = { .sink = sink->name };
    int64_t began = tl_now(ctx);
    struct tl_ctx child;

    tl_ctx_child(&child, ctx);
    int sent = sink->connector->sink->push(&receipt, conn, plan, &child);
    receipt.sink = sink->name; /* as the configuration calls it */
    int rc = TL_OK;
    /* What went through before the other side fell silent was still done: its receipt is logged first. */
    if (receipt.n_sent)
        rc = log_receipt(&receipt, plan, config, began, log, ctx);
    for (size_t i = 0; i < receipt.refusals.n && i < MOST_SHOWN; i++) {
        const struct tl_refusal *refusal = &receipt.refusals.items[i];
        tl_warn(ctx, "refused: %s of %s: %s", refusal->aspect, refusal->target,
                refusal->why);
    }
    tl_note(ctx, "%zu sent, %zu accepted, %zu refused", receipt.n_sent,
            receipt.n_accepted, receipt.refusals.n);
    if (receipt.refusals.n)
        call->exit = 3;
    if (sent < 0 && rc == TL_OK)
        rc = tl_ctx_take_error(ctx, &child);
    tl_vec_release(&receipt.refusals);
    tl_ctx_release(&child);
    return rc;
}

static int write_plan(const char *to, const struct tl_system *sink,
                      const struct tl_plan *plan, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    int rc = sink->connector->sink->write(&text, plan, ctx);

    if (rc == TL_OK)
        rc = tl_file_write(to, text.text, text.n, ctx);
    if (rc == TL_OK)
        tl_note(ctx, "wrote %zu proposals to %s", plan->items.n,
                strcmp(to, "-") == 0 ? "standard output" : to);
    tl_str_release(&text);
    return rc;
}

static int push_with(struct tl_call *call, void *conn, const struct tl_system *sink,
                     const struct tl_config *config, struct tl_log *log,
                     struct tl_ctx *ctx)
{
    const struct push_options *o = call->options;
    const struct tl_belief *belief;
    struct tl_plan plan = { 0 };
    int rc = tl_log_belief(&belief, log, ctx);

    if (rc == TL_OK)
        rc = sink->connector->sink->plan(&plan, conn, belief, ctx);
    if (rc == TL_OK) {
        if (o->common.json)
            json_plan(&plan, ctx);
        else if (o->dry_run && plan.items.n)
            show_plan(&plan, ctx);
        show_misses(&plan, ctx);
        if (plan.n_unchanged)
            tl_note(ctx, "%zu tags stand there already", plan.n_unchanged);
        if (o->dry_run)
            tl_note(ctx, "%zu proposals would be sent; nothing was", plan.items.n);
        else if (o->to)
            rc = write_plan(o->to, sink, &plan, ctx);
        else if (plan.items.n == 0)
            tl_note(ctx, "nothing to send");
        else
            rc = send_plan(call, conn, sink, &plan, config, log, ctx);
        if (rc == TL_OK && plan.misses.n && !call->exit)
            call->exit = 3;
    }
    tl_vec_release(&plan.items);
    tl_vec_release(&plan.misses);
    return rc;
}

/* The sink that is meant: the named one, the only one, or, for a file, DataHub's form with the defaults. */
static int choose_sink(const struct tl_system **out, struct tl_system *spare,
                       const struct tl_call *call, const struct tl_config *config,
                       struct tl_ctx *ctx)
{
    const struct push_options *o = call->options;
    int rc;

    if (call->n_operands)
        return tl_config_sink(out, config, call->operands[0], ctx);
    if (config->sinks.n == 1) {
        *out = &config->sinks.items[0];
        return TL_OK;
    }
    if (config->sinks.n > 1) {
        tl_hint(ctx, "name one: tagline push %s", config->sinks.items[0].name);
        return tl_fail(ctx, TL_EUSAGE, "there are %zu sinks", config->sinks.n);
    }
    if (!o->to && !o->dry_run) {
        tl_hint(ctx, "add one under 'sinks:' in %s, or write a file with --to FILE",
                config->path);
        return tl_fail(ctx, TL_ECONFIG, "there is no sink to push to");
    }
    memset(spare, 0, sizeof *spare);
    spare->name = "datahub";
    spare->connector = tl_connector_find("datahub");
    spare->settings = tl_arena_alloc(ctx->arena, 1, spare->connector->config_size);
    if ((rc = tl_option_defaults(spare->settings, spare->connector->options, ctx)) < 0)
        return rc;
    *out = spare;
    return TL_OK;
}

static int run_push(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct push_options *o = call->options;
    const struct tl_system *sink;
    struct tl_system spare;
    struct tl_config config = { 0 };
    struct tl_log *log = NULL;
    void *conn = NULL;
    int rc;

    if (o->to && o->dry_run)
        return tl_fail(ctx, TL_EUSAGE, "--to and --dry-run exclude each other");
    if ((rc = tl_config_load(&config, o->common.config, TL_CONFIG_SINKS, ctx)) == TL_OK &&
        (rc = choose_sink(&sink, &spare, call, &config, ctx)) == TL_OK &&
        (rc = tl_open_log(&log, &config, false, ctx)) == TL_OK &&
        (rc = sink->connector->open(&conn, sink->settings, ctx)) == TL_OK) {
        rc = push_with(call, conn, sink, &config, log, ctx);
        sink->connector->close(conn);
    }
    tl_log_close(log);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_push = {
    .name = "push",
    .summary = "send what the log believes to a catalogue",
    .operands = "[SINK]",
    .text = "Brings the tags that the log believes to a sink of tagline.yaml and logs "
            "the receipt. DataHub's\n"
            "default mode, enrich, only adds column tags to datasets it knows already, "
            "and never touches the\n"
            "work of others; what has no match there is listed, and makes the exit code "
            "3. Where the sink has\n"
            "no 'server', nothing can be looked up: --to FILE then holds all of what "
            "mode own would write,\n"
            "schemas and containers too.",
    .examples = "  $ tagline push --dry-run\n  $ tagline push\n  $ tagline push --to "
                "proposals.json\n",
    .options = options,
    .options_size = sizeof(struct push_options),
    .most_operands = 1,
    .run = run_push,
};
