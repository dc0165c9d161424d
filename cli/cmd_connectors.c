/*
 * Which systems can be read and written, and whether the configured ones answer.
 */
#include "cli/cmd.h"

#include "base/say.h"
#include "cli/config.h"
#include "cli/show.h"
#include "cli/table.h"

struct connectors_options {
    struct tl_common common;
};

static const char *faces_of(const struct tl_connector *connector)
{
    if (connector->source && connector->sink)
        return "source, sink";
    if (connector->sink)
        return "sink";
    return connector->source->gives & TL_GIVES_SAMPLES ? "source" : "source, names only";
}

static void list_all(const struct tl_common *common, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "TYPE", TL_LEFT },
                                            { "IS A", TL_LEFT },
                                            { "WHAT IT DOES", TL_CUT } };
    struct tl_table *table = common->json ? NULL : tl_table_open(heads, 3, ctx);

    for (size_t i = 0; tl_connectors[i]; i++) {
        if (table) {
            tl_table_row(table);
            tl_table_cell(table, tl_connectors[i]->name);
            tl_table_cell(table, faces_of(tl_connectors[i]));
            tl_table_cell(table, tl_connectors[i]->summary);
            continue;
        }
        struct tl_json_line line;
        struct tl_json *json = tl_json_line_begin(&line);
        tl_json_put_text(json, "is_a", faces_of(tl_connectors[i]));
        tl_json_put_text(json, "summary", tl_connectors[i]->summary);
        tl_json_put_text(json, "type", tl_connectors[i]->name);
        tl_json_line_end(&line, ctx);
    }
    if (table)
        tl_table_close(table);
}

static bool check_one(const struct tl_system *system, const char *face, bool as_json,
                      struct tl_ctx *ctx)
{
    struct tl_ctx child;
    void *conn = NULL;

    tl_ctx_child(&child, ctx);
    int rc = system->connector->open(&conn, system->settings, &child);
    if (rc == TL_OK)
        rc = system->connector->check(conn, &child);
    system->connector->close(conn);
    if (as_json) {
        struct tl_json_line line;
        struct tl_json *json = tl_json_line_begin(&line);
        tl_json_put_text(json, "error", rc < 0 ? child.error.text : NULL);
        tl_json_put_text(json, "face", face);
        tl_json_put_text(json, "name", system->name);
        tl_json_put_bool(json, "ok", rc == TL_OK);
        tl_json_put_text(json, "type", system->connector->name);
        tl_json_line_end(&line, ctx);
    } else {
        fprintf(ctx->say->results, "%s%-6s%s %s '%s' (%s)\n",
                tl_paint(ctx, rc == TL_OK ? TL_GREEN : TL_RED),
                rc == TL_OK ? "ok" : "failed", tl_paint(ctx, TL_PLAIN), face,
                system->name, system->connector->name);
        fflush(ctx->say->results);
        if (rc < 0)
            tl_say_error(ctx, &child.error);
    }
    tl_ctx_release(&child);
    return rc == TL_OK;
}

struct checking {
    const char *only; /* NULL: all */
    bool as_json;
    size_t n, n_failed;
};

static void check_systems(struct checking *checking, const struct tl_system *systems,
                          size_t n, const char *face, struct tl_ctx *ctx)
{
    for (size_t i = 0; i < n; i++) {
        if (checking->only && strcmp(checking->only, systems[i].name) != 0)
            continue;
        checking->n++;
        checking->n_failed += !check_one(&systems[i], face, checking->as_json, ctx);
    }
}

/* Sources, then sinks: a mistake in one part (a token that is not set) must not hide how the other does. */
static int check_part(struct checking *checking, unsigned part, const char *path,
                      struct tl_ctx *ctx)
{
    struct tl_config config = { 0 };
    struct tl_ctx child;

    tl_ctx_child(&child, ctx);
    int rc = tl_config_load(&config, path, part, &child);
    if (rc == TL_OK) {
        check_systems(checking, config.sources.items, config.sources.n, "source", &child);
        check_systems(checking, config.sinks.items, config.sinks.n, "sink", &child);
    }
    rc = tl_ctx_take_error(ctx, &child);
    tl_config_release(&config);
    tl_ctx_release(&child);
    return rc;
}

static int check(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct connectors_options *o = call->options;
    struct checking checking = { .only = call->n_operands > 1 ? call->operands[1] : NULL,
                                 .as_json = o->common.json };

    check_part(&checking, TL_CONFIG_SOURCES, o->common.config, ctx);
    int rc = check_part(&checking, TL_CONFIG_SINKS, o->common.config, ctx);
    if (rc == TL_OK && checking.only && checking.n == 0)
        rc = tl_fail(ctx, TL_ENOTFOUND, "no source or sink is named '%s'", checking.only);
    else if (rc == TL_OK && checking.n == 0)
        tl_note(ctx, "no source and no sink is configured");
    call->exit = checking.n_failed ? 3 : 0;
    return rc;
}

static int run_connectors(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct connectors_options *o = call->options;
    const char *verb = call->n_operands ? call->operands[0] : "list";

    if (strcmp(verb, "check") == 0)
        return check(call, ctx);
    if (strcmp(verb, "list") != 0 || call->n_operands > 1) {
        tl_hint(ctx, "usage: tagline connectors [list | check [NAME]]");
        return tl_fail(ctx, TL_EUSAGE, "'connectors' does not know what '%s' is",
                       call->operands[call->n_operands - 1]);
    }
    list_all(&o->common, ctx);
    return TL_OK;
}

const struct tl_cmd tl_cmd_connectors = {
    .name = "connectors",
    .summary = "which systems can be read and written; do ours answer",
    .operands = "[list | check [NAME]]",
    .text = "Lists the types a source or sink of tagline.yaml may have; 'check' tries "
            "the configured ones with\n"
            "the cheapest request that proves access. 'tagline help config' lists their "
            "settings.",
    .examples = "  $ tagline connectors\n  $ tagline connectors check\n",
    .options_size = sizeof(struct connectors_options),
    .most_operands = 2,
    .run = run_connectors,
};
