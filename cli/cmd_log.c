/*
 * The log as people read it: its runs, and one run whole.
 */
#include "cli/cmd.h"

#include "base/say.h"
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

static void show_member(const char *key, const json_t *value, unsigned depth,
                        struct tl_ctx *ctx);

static void show_members(const json_t *object, unsigned depth, struct tl_ctx *ctx)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value) show_member(key, value, depth, ctx);
}

/* As indented "key  value" lines; lists of objects one after another. */
static void show_member(const char *key, const json_t *value, unsigned depth,
                        struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;
    struct tl_str shown = TL_STR_INIT(1 << 16);

    fprintf(out, "%*s%s%s%s", (int)depth * 2, "", tl_paint(ctx, TL_DIM), key,
            tl_paint(ctx, TL_PLAIN));
    if (json_is_object(value)) {
        fputc('\n', out);
        show_members(value, depth + 1, ctx);
    } else if (json_is_array(value) && json_is_object(json_array_get(value, 0))) {
        fputc('\n', out);
        for (size_t i = 0; i < json_array_size(value); i++) {
            show_members(json_array_get(value, i), depth + 1, ctx);
            if (i + 1 < json_array_size(value))
                fputc('\n', out);
        }
    } else {
        if (json_is_string(value))
            tl_str_add_shown(&shown, json_string_value(value), json_string_length(value));
        else
            tl_json_add_tree(&shown, value);
        fprintf(out, "  %s\n", shown.text);
    }
    tl_str_release(&shown);
}

static int show_run(const struct tl_call *call, struct tl_log *log, struct tl_ctx *ctx)
{
    const struct log_options *o = call->options;
    struct tl_log_run run;
    json_t *body = NULL;
    char when[21];

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
        struct tl_str text = TL_STR_INIT(TL_STR_MOST);
        tl_json_add_tree(&text, body);
        fprintf(ctx->say->results, "%s\n", text.text);
        tl_str_release(&text);
    } else {
        tl_time_text(when, run.when);
        fprintf(ctx->say->results, "%scommit %s%s\nwhen   %s\n       %s\n\n",
                tl_paint(ctx, TL_YELLOW), run.commit, tl_paint(ctx, TL_PLAIN), when,
                tl_shown(run.subject, ctx));
        show_members(body, 0, ctx);
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
    .text = "Lists the runs, newest first; 'show' prints one: what was read and decided, "
            "what flows where, which\n"
            "tags were carried along, what policies said, and by which rules. The log\n"
            "is a bare git repository: git clone, git log and git blame read it too.",
    .examples = "  $ tagline log\n  $ tagline log show 3f2a1c9\n  $ tagline log show "
                "3f2a1c9 --spans | head -1 | jq .\n",
    .options = options,
    .options_size = sizeof(struct log_options),
    .most_operands = 2,
    .run = run_log,
};
