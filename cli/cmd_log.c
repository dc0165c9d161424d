/*
 * The log as people read it: its runs, and one run whole.
 */
#include "cli/cmd.h"

#include "base/say.h"
#include "cli/log_show.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "cli/table.h"

struct log_options {
    struct tl_common common;
    int64_t n;
    bool spans;
};

static const struct tl_option options[] = {
    { "n", TL_KIND_COUNT, offsetof(struct log_options, n), "20", "most runs listed",
      .letter = 'n' },
    { "spans", TL_KIND_FLAG, offsetof(struct log_options, spans), NULL,
      "with show: the span lines, OTLP/JSON as logged" },
    { 0 },
};

static int list_runs(const struct log_options *o, struct tl_log *log, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = {
        { "COMMIT", TL_LEFT }, { "WHEN", TL_LEFT }, { "KIND", TL_LEFT },
        { "ACTOR", TL_LEFT },  { "RUN", TL_LEFT },  { "SUBJECT", TL_CUT }
    };
    struct tl_log_run *runs;
    size_t n;
    int rc = tl_log_runs(&runs, &n, (size_t)o->n, log, ctx);

    if (rc < 0)
        return rc;
    struct tl_table *table = o->common.json ? NULL : tl_table_open(heads, 6, ctx);
    for (size_t i = 0; i < n; i++) {
        char when[21];

        tl_time_text(when, runs[i].when);
        if (!table) {
            struct tl_json_line line;
            struct tl_json *json = tl_json_line_begin(&line);
            tl_json_put_text(json, "actor", runs[i].actor);
            tl_json_put_text(json, "commit", runs[i].commit);
            tl_json_put_text(json, "kind", runs[i].kind);
            tl_json_put_text(json, "run", runs[i].run);
            tl_json_put_text(json, "subject", runs[i].subject);
            tl_json_put_time(json, "when", runs[i].when);
            tl_json_line_end(&line, ctx);
            continue;
        }
        tl_table_row(table);
        tl_table_cellf(table, "%.12s", runs[i].commit);
        tl_table_cell(table, when);
        tl_table_cell(table, runs[i].kind);
        tl_table_cell(table, runs[i].actor);
        tl_table_cellf(table, "%.12s", runs[i].run);
        tl_table_cell(table, runs[i].subject);
    }
    if (table)
        tl_table_close(table);
    return TL_OK;
}

static int print_span(void *self, const char *line, size_t n, struct tl_ctx *ctx)
{
    (void)self;
    fwrite(line, 1, n, ctx->say->results);
    fputc('\n', ctx->say->results);
    return ferror(ctx->say->results)
               ? tl_fail(ctx, TL_EWRITE, "could not write the results")
               : TL_OK;
}

/* run.json as it is, and what each rule pack is: two of different kinds may have one name. */
static void print_run(json_t *body, const struct tl_log_run *run, struct tl_log *log,
                      struct tl_ctx *ctx)
{
    const json_t *packs = tl_json_at(body, "rules.packs");
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (size_t i = 0; i < json_array_size(packs); i++) {
        json_t *pack = json_array_get(packs, i);
        const char *kind =
            tl_rule_kind(tl_json_text_at(pack, "digest", ""), run, log, ctx);
        json_object_set_new(pack, "kind", json_string(kind));
    }
    tl_json_add_tree(&text, body);
    fprintf(ctx->say->results, "%s\n", text.text);
    tl_str_release(&text);
}

static int show_run(const struct tl_call *call, struct tl_log *log, struct tl_ctx *ctx)
{
    const struct log_options *o = call->options;
    struct tl_log_run run;
    json_t *body = NULL;

    if (call->n_operands < 2) {
        tl_hint(ctx,
                "'tagline log' lists them; a few digits of the commit or run are enough");
        return tl_fail(ctx, TL_EUSAGE, "'log show' needs a run");
    }
    int rc = tl_log_run(&body, &run, call->operands[1], log, ctx);
    if (rc < 0)
        return rc;
    if (o->spans) {
        rc = tl_log_spans(&run, print_span, NULL, log, ctx);
    } else if (o->common.json) {
        print_run(body, &run, log, ctx);
    } else {
        rc = tl_show_run(body, &run, log, ctx);
    }
    json_decref(body);
    return rc;
}

static int run_log(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct log_options *o = call->options;
    struct tl_config config = { 0 };
    struct tl_log *log = NULL;
    bool is_show = call->n_operands && strcmp(call->operands[0], "show") == 0;
    int rc;

    if (call->n_operands && !is_show) {
        tl_hint(ctx, "usage: tagline log [show RUN]");
        return tl_fail(ctx, TL_EUSAGE, "'log' does not know what '%s' is",
                       call->operands[0]);
    }
    if ((rc = tl_config_load(&config, o->common.config, 0, ctx)) == TL_OK &&
        (rc = tl_open_log(&log, &config, false, ctx)) == TL_OK)
        rc = is_show ? show_run(call, log, ctx) : list_runs(o, log, ctx);
    tl_log_close(log);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_log = {
    .name = "log",
    .summary = "the runs that were logged, or one of them whole",
    .operands = "[show RUN]",
    .text =
        "Lists the runs, newest first; 'show' prints one: who and when, what was "
        "looked at, which tags are new,\n"
        "changed, carried along or gone, what flows where, what policies said, and by "
        "which rules. Long lists are\n"
        "cut; --spans prints everything. The log is a bare git repository: git clone, "
        "git log and git blame read\n"
        "it too.",
    .examples = "  $ tagline log\n  $ tagline log show 3f2a1c9\n  $ tagline log show "
                "3f2a1c9 --spans | head -1 | jq .\n",
    .options = options,
    .options_size = sizeof(struct log_options),
    .most_operands = 2,
    .run = run_log,
};
