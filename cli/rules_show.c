#include "cli/rules.h"

#include "base/say.h"
#include "cli/show.h"

static void show_line(const char *what, const char *text, struct tl_ctx *ctx)
{
    if (text && *text)
        fprintf(ctx->say->results, "%-12s %s\n", what, tl_shown(text, ctx));
}

static void show_list(const char *what, const struct tl_list *list, struct tl_ctx *ctx)
{
    if (!list->n)
        return;
    fprintf(ctx->say->results, "%-12s", what);
    for (size_t i = 0; i < list->n; i++)
        fprintf(ctx->say->results, " %s%s", tl_shown(list->items[i], ctx),
                i + 1 < list->n ? "," : "");
    fputc('\n', ctx->say->results);
}

static void show_title(const char *name, struct tl_ctx *ctx)
{
    fprintf(ctx->say->results, "%s%s%s\n", tl_paint(ctx, TL_BOLD), name,
            tl_paint(ctx, TL_PLAIN));
}

static void show_switches(const struct tl_rules *rules, const struct tl_info_type *type,
                          struct tl_ctx *ctx)
{
    if (!rules->config.sources.n) {
        show_line("is", tl_profile_has(rules->everywhere, type->name) ? "on" : "off",
                  ctx);
        return;
    }
    show_line("on in", tl_rules_sources(rules, type->name, true, ctx), ctx);
    show_line("off in", tl_rules_sources(rules, type->name, false, ctx), ctx);
}

static void show_values(const struct tl_info_type *type, struct tl_ctx *ctx)
{
    char prior[64];
    bool is_same =
        type->value && type->named_value && strcmp(type->value, type->named_value) == 0;

    if (!is_same)
        show_line("value", type->value, ctx);
    show_line(is_same ? "value" : "or, named", type->named_value, ctx);
    show_line("in text", type->search, ctx);
    show_line("validator", type->validator, ctx);
    show_line("decoder", type->decoder, ctx);
    show_line("laid down in", type->source, ctx);
    snprintf(prior, sizeof prior,
             "%u in a million random values of that shape would pass", type->prior_ppm);
    show_line("by chance", type->value ? prior : NULL, ctx);
    show_line("needs", type->needs_name ? "a name: values alone never prove it" : NULL,
              ctx);
    show_line("family", type->family, ctx);
    show_line("specialises", type->specialises, ctx);
    show_list("accepts", &type->match, ctx);
    show_list("refuses", &type->no_match, ctx);
}

static void show_type(const struct tl_rules *rules, const struct tl_info_type *type,
                      struct tl_ctx *ctx)
{
    show_title(type->name, ctx);
    show_line("is", type->summary, ctx);
    show_line("category", type->category, ctx);
    show_line("sensitivity", tl_sensitivity_word(type->sensitivity), ctx);
    show_line("quasi",
              type->is_quasi ? "together with others it singles people out" : NULL, ctx);
    show_list("GDPR", &type->gdpr, ctx);
    show_list("CCPA", &type->ccpa, ctx);
    show_list("TCF", &type->tcf, ctx);
    show_list("names", &type->names, ctx);
    show_list("also first", &type->lead_names, ctx);
    show_list("with help", &type->weak_names, ctx);
    show_list("if known", &type->known_names, ctx);
    show_list("but not", &type->not_names, ctx);
    show_values(type, ctx);
    show_line("pack", type->pack, ctx);
    show_line("replaces", type->replaces, ctx);
    show_list("extended by", &type->extended_by, ctx);
    show_switches(rules, type, ctx);
}

static void show_pack(const struct tl_rules *rules, const struct tl_pack *pack,
                      struct tl_ctx *ctx)
{
    const struct tl_info_type *types;
    size_t n = tl_engine_types(&types, rules->engine);
    char version[16];

    show_title(pack->name, ctx);
    snprintf(version, sizeof version, "%u", pack->version);
    show_line("version", version, ctx);
    show_line("from", pack->path, ctx);
    show_line("sha256", pack->digest, ctx);
    show_list("countries", &pack->locales, ctx);
    for (size_t i = 0; i < n; i++) {
        if (types[i].pack != pack->name)
            continue;
        const char *off = tl_rules_sources(rules, types[i].name, false, ctx);
        bool is_off =
            !rules->config.sources.n && !tl_profile_has(rules->everywhere, types[i].name);
        fprintf(ctx->say->results, "  %-32s %s%s%s\n", types[i].name, types[i].summary,
                *off     ? "; off in "
                : is_off ? "; off"
                         : "",
                off);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < types[i].extended_by.n; k++) {
            if (types[i].extended_by.items[k] == pack->name)
                fprintf(ctx->say->results, "  %-32s extends that of %s\n", types[i].name,
                        types[i].pack);
        }
    }
}

int tl_rules_show(struct tl_rules *rules, const char *name, struct tl_ctx *ctx)
{
    const struct tl_info_type *types;
    const struct tl_pack *packs;
    size_t n_types = tl_engine_types(&types, rules->engine);
    size_t n = tl_engine_packs(&packs, rules->engine);
    bool is_json = rules->options->common.json;

    if (!name) {
        tl_hint(ctx, "usage: tagline rules show INFO_TYPE|PACK");
        return tl_fail(ctx, TL_EUSAGE, "'rules show' needs an info type or a pack");
    }
    const struct tl_info_type *type = tl_engine_type(rules->engine, name);
    if (type && is_json)
        tl_rules_type_json(rules, type, ctx);
    else if (type)
        show_type(rules, type, ctx);
    if (type)
        return TL_OK;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(packs[i].name, name) != 0)
            continue;
        for (size_t k = 0; is_json && k < n_types; k++) {
            if (types[k].pack == packs[i].name)
                tl_rules_type_json(rules, &types[k], ctx);
        }
        if (!is_json)
            show_pack(rules, &packs[i], ctx);
        return TL_OK;
    }
    return tl_no_such_type(rules->engine, name, ctx);
}
