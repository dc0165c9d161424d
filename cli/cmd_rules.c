/*
 * The info types that can be found and the rules that find them, from the packs in force here.
 */
#include "cli/cmd.h"

#include "base/file.h"
#include "base/say.h"
#include "cli/config.h"
#include "cli/show.h"
#include "cli/table.h"

struct rules_options {
    struct tl_common common;
};

static void put_list(struct tl_json *json, const char *key, const struct tl_list *list)
{
    tl_json_key(json, key);
    tl_json_array(json);
    for (size_t i = 0; i < list->n; i++)
        tl_json_text(json, list->items[i]);
    tl_json_array_end(json);
}

static void show_json(const struct tl_info_type *type, struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_text(json, "category", type->category);
    put_list(json, "ccpa", &type->ccpa);
    put_list(json, "gdpr", &type->gdpr);
    tl_json_put_text(json, "info_type", type->name);
    put_list(json, "names", &type->names);
    put_list(json, "not_names", &type->not_names);
    tl_json_put_text(json, "pack", type->pack);
    tl_json_put_int(json, "prior_ppm", type->prior_ppm);
    tl_json_put_text(json, "sensitivity", tl_sensitivity_word(type->sensitivity));
    tl_json_put_text(json, "summary", type->summary);
    put_list(json, "tcf", &type->tcf);
    tl_json_put_text(json, "validator", type->validator);
    tl_json_put_text(json, "value", type->value);
    tl_json_line_end(&line, ctx);
}

static void show_carry_json(const struct tl_carry_rule *rule, struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_text(json, "category", rule->category);
    tl_json_put_text(json, "effect", tl_effect_word(rule->effect));
    tl_json_put_text(json, "from", rule->from);
    tl_json_put_text(json, "function", rule->function);
    tl_json_put_text(json, "sensitivity",
                     rule->to ? tl_sensitivity_word(rule->sensitivity) : NULL);
    tl_json_key(json, "share");
    tl_json_real(json, rule->share / 1000.0);
    tl_json_put_text(json, "to", rule->to);
    tl_json_line_end(&line, ctx);
}

static void list_types(const struct tl_engine *engine, bool as_json, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "INFO TYPE", TL_LEFT },
                                            { "CATEGORY", TL_LEFT },
                                            { "SENSITIVITY", TL_LEFT },
                                            { "VALIDATOR", TL_LEFT },
                                            { "PACK", TL_LEFT } };
    const struct tl_info_type *types;
    const struct tl_pack *packs;
    size_t n = tl_engine_types(&types, engine);
    struct tl_table *table = as_json ? NULL : tl_table_open(heads, 5, ctx);

    for (size_t i = 0; i < n; i++) {
        if (!table) {
            show_json(&types[i], ctx);
            continue;
        }
        tl_table_row(table);
        tl_table_cell(table, types[i].name);
        tl_table_cell(table, types[i].category ? types[i].category : "-");
        tl_table_painted(table, tl_sensitivity_word(types[i].sensitivity),
                         tl_paint_of_sensitivity(types[i].sensitivity));
        tl_table_cell(table, types[i].validator ? types[i].validator : "-");
        tl_table_cell(table, types[i].pack);
    }
    if (!table)
        return;
    tl_table_close(table);
    fflush(ctx->say->results);
    n = tl_engine_packs(&packs, engine);
    for (size_t i = 0; i < n; i++)
        tl_note(ctx, "pack %s version %u (%s), sha256 %.12s", packs[i].name,
                packs[i].version, packs[i].path, packs[i].digest);
}

/* The most special rule counts; of equally special ones the first. */
static void list_carry(const struct tl_engine *engine, bool as_json, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "EFFECT", TL_LEFT },
                                            { "OF", TL_LEFT },
                                            { "FUNCTION", TL_LEFT },
                                            { "BECOMES", TL_LEFT },
                                            { "LEFT", TL_RIGHT } };
    const struct tl_carry_rule *rules;
    size_t n = tl_engine_carry_rules(&rules, engine);
    struct tl_table *table = as_json ? NULL : tl_table_open(heads, 5, ctx);

    for (size_t i = 0; i < n; i++) {
        const struct tl_carry_rule *rule = &rules[i];

        if (!table) {
            show_carry_json(rule, ctx);
            continue;
        }
        tl_table_row(table);
        tl_table_cell(table, tl_effect_word(rule->effect));
        tl_table_cell(table, rule->from ? rule->from : "any");
        tl_table_cell(table, rule->function ? rule->function : "any");
        tl_table_cell(table, !rule->share ? "nothing" : rule->to ? rule->to : "itself");
        tl_table_cellf(table, "%u%%", tl_percent(rule->share));
    }
    if (table)
        tl_table_close(table);
}

static void show_list(const char *what, const struct tl_list *list, struct tl_ctx *ctx)
{
    if (!list->n)
        return;
    fprintf(ctx->say->results, "%-12s", what);
    for (size_t i = 0; i < list->n; i++)
        fprintf(ctx->say->results, " %s%s", list->items[i], i + 1 < list->n ? "," : "");
    fputc('\n', ctx->say->results);
}

static void show_line(const char *what, const char *text, struct tl_ctx *ctx)
{
    if (text)
        fprintf(ctx->say->results, "%-12s %s\n", what, text);
}

static void show_type(const struct tl_info_type *type, struct tl_ctx *ctx)
{
    char prior[64];

    fprintf(ctx->say->results, "%s%s%s\n", tl_paint(ctx, TL_BOLD), type->name,
            tl_paint(ctx, TL_PLAIN));
    show_line("is", type->summary, ctx);
    show_line("category", type->category, ctx);
    show_line("sensitivity", tl_sensitivity_word(type->sensitivity), ctx);
    show_list("GDPR", &type->gdpr, ctx);
    show_list("CCPA", &type->ccpa, ctx);
    show_list("TCF", &type->tcf, ctx);
    show_list("names", &type->names, ctx);
    show_list("but not", &type->not_names, ctx);
    show_line("value", type->value, ctx);
    show_line("validator", type->validator, ctx);
    snprintf(prior, sizeof prior,
             "%u in a million random values of that shape would pass", type->prior_ppm);
    show_line("by chance", type->value ? prior : NULL, ctx);
    show_list("accepts", &type->match, ctx);
    show_list("refuses", &type->no_match, ctx);
    show_line("pack", type->pack, ctx);
}

static int show(struct tl_call *call, const struct tl_engine *engine, struct tl_ctx *ctx)
{
    const struct rules_options *o = call->options;
    const char *name = call->n_operands > 1 ? call->operands[1] : NULL;
    const struct tl_info_type *type = name ? tl_engine_type(engine, name) : NULL;

    if (type) {
        if (o->common.json)
            show_json(type, ctx);
        else
            show_type(type, ctx);
        return TL_OK;
    }
    if (!name) {
        tl_hint(ctx, "usage: tagline rules show INFO_TYPE");
        return tl_fail(ctx, TL_EUSAGE, "'rules show' needs an info type");
    }
    return tl_no_such_type(engine, name, ctx);
}

static int run_rules(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct rules_options *o = call->options;
    const char *verb = call->n_operands ? call->operands[0] : "list";
    struct tl_config config = { 0 };
    struct tl_engine *engine = NULL;
    bool has_config =
        o->common.config || getenv("TAGLINE_CONFIG") || tl_path_exists("tagline.yaml");
    int rc = has_config ? tl_config_load(&config, o->common.config, 0, ctx)
                        : tl_config_defaults(&config, ctx);

    if (rc == TL_OK)
        rc = tl_engine_open(&engine, &config.rules, ctx);
    if (rc == TL_OK) {
        if (strcmp(verb, "show") == 0) {
            rc = show(call, engine, ctx);
        } else if (strcmp(verb, "list") == 0 && call->n_operands < 2) {
            list_types(engine, o->common.json, ctx);
        } else if (strcmp(verb, "carry") == 0 && call->n_operands < 2) {
            list_carry(engine, o->common.json, ctx);
        } else {
            tl_hint(ctx, "usage: tagline rules [list | show INFO_TYPE | carry]");
            rc = tl_fail(ctx, TL_EUSAGE, "'rules' does not know what '%s' is",
                         call->operands[call->n_operands - 1]);
        }
    }
    tl_engine_close(engine);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_rules = {
    .name = "rules",
    .summary = "which info types can be found, and how",
    .operands = "[list | show INFO_TYPE | carry]",
    .text = "Lists the info types of the built-in packs and of those that tagline.yaml "
            "adds; 'show' prints one\n"
            "with the names, the value pattern and the validator that speak for it. "
            "'carry' lists what tags become\n"
            "on their way through SQL: behind a hash, a mask, a part, a figure.",
    .examples = "  $ tagline rules\n"
                "  $ tagline rules show email_address\n"
                "  $ tagline rules carry\n",
    .options_size = sizeof(struct rules_options),
    .most_operands = 2,
    .run = run_rules,
};
