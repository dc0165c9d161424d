#include "cli/rules.h"

#include "base/json.h"
#include "base/say.h"
#include "cli/show.h"
#include "cli/table.h"

const char *tl_rules_sources(const struct tl_rules *rules, const char *info_type,
                             bool has, struct tl_ctx *ctx)
{
    struct tl_str out = TL_STR_INIT(1 << 16);

    for (size_t i = 0; i < rules->config.sources.n; i++) {
        if (tl_profile_has(rules->profiles[i], info_type) == has)
            tl_str_addf(&out, "%s%s", out.n ? ", " : "",
                        rules->config.sources.items[i].name);
    }
    const char *text = tl_arena_dup(ctx->arena, out.text, out.n);
    tl_str_release(&out);
    return text;
}

static void put_list(struct tl_json *json, const char *key, const struct tl_list *list)
{
    tl_json_key(json, key);
    tl_json_array(json);
    for (size_t i = 0; i < list->n; i++)
        tl_json_text(json, list->items[i]);
    tl_json_array_end(json);
}

static void put_sources(struct tl_json *json, const struct tl_rules *rules,
                        const char *info_type)
{
    tl_json_key(json, "off_in");
    tl_json_array(json);
    for (size_t i = 0; i < rules->config.sources.n; i++) {
        if (!tl_profile_has(rules->profiles[i], info_type))
            tl_json_text(json, rules->config.sources.items[i].name);
    }
    tl_json_array_end(json);
    tl_json_key(json, "on");
    tl_json_bool(json, tl_profile_has(rules->everywhere, info_type));
}

void tl_rules_type_json(const struct tl_rules *rules, const struct tl_info_type *type,
                        struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_text(json, "category", type->category);
    put_list(json, "ccpa", &type->ccpa);
    tl_json_put_text(json, "decoder", type->decoder);
    put_list(json, "extended_by", &type->extended_by);
    tl_json_put_text(json, "family", type->family);
    put_list(json, "gdpr", &type->gdpr);
    tl_json_put_text(json, "info_type", type->name);
    put_list(json, "known_names", &type->known_names);
    put_list(json, "lead_names", &type->lead_names);
    put_list(json, "match", &type->match);
    tl_json_put_text(json, "named_value", type->named_value);
    put_list(json, "names", &type->names);
    tl_json_key(json, "needs_name");
    tl_json_bool(json, type->needs_name);
    put_list(json, "no_match", &type->no_match);
    put_list(json, "not_names", &type->not_names);
    put_sources(json, rules, type->name);
    tl_json_put_text(json, "pack", type->pack);
    tl_json_put_int(json, "prior_ppm", type->prior_ppm);
    tl_json_key(json, "quasi");
    tl_json_bool(json, type->is_quasi);
    tl_json_put_text(json, "replaces", type->replaces);
    tl_json_put_text(json, "search", type->search);
    tl_json_put_text(json, "sensitivity", tl_sensitivity_word(type->sensitivity));
    tl_json_put_text(json, "source", type->source);
    tl_json_put_text(json, "specialises", type->specialises);
    tl_json_put_text(json, "summary", type->summary);
    put_list(json, "tcf", &type->tcf);
    tl_json_put_text(json, "validator", type->validator);
    tl_json_put_text(json, "value", type->value);
    put_list(json, "weak_names", &type->weak_names);
    tl_json_line_end(&line, ctx);
}

/* ---- which types ---- */

static const struct tl_pack *pack_of(const struct tl_engine *engine, const char *name)
{
    const struct tl_pack *packs;
    size_t n = tl_engine_packs(&packs, engine);

    for (size_t i = 0; i < n; i++) {
        if (!strcmp(packs[i].name, name))
            return &packs[i];
    }
    return NULL;
}

static bool is_below(const char *category, const char *wanted)
{
    size_t n = strlen(wanted);

    return !strncmp(category, wanted, n) && (!category[n] || category[n] == '.');
}

static bool is_wanted(const struct tl_rules *rules, const struct tl_info_type *type)
{
    const struct tl_rules_options *o = rules->options;
    const struct tl_pack *pack = pack_of(rules->engine, type->pack);
    bool is_there = !o->locale;

    for (size_t i = 0; o->locale && pack && i < pack->locales.n; i++)
        is_there |= !strcasecmp(pack->locales.items[i], o->locale);
    return is_there && (!o->pack || !strcmp(o->pack, type->pack)) &&
           (!o->category || is_below(type->category, o->category)) &&
           (!o->sensitivity || type->sensitivity == o->sensitivity - 1) &&
           (!o->validator || (type->validator && !strcmp(o->validator, type->validator)));
}

/* A filter that takes nothing is a mistake more often than a wish. */
static int check_filters(const struct tl_rules *rules, size_t n_shown, struct tl_ctx *ctx)
{
    const struct tl_rules_options *o = rules->options;
    const struct tl_info_type *types;
    const struct tl_pack *packs;
    size_t n_types = tl_engine_types(&types, rules->engine);
    size_t n_packs = tl_engine_packs(&packs, rules->engine);
    const char **words = tl_arena_alloc(ctx->arena, n_types + n_packs + 1, sizeof *words);
    size_t n = 0;
    const char *wanted = o->pack ? o->pack : o->category ? o->category : o->validator;

    if (n_shown || !wanted)
        return TL_OK;
    for (size_t i = 0; o->pack && i < n_packs; i++)
        words[n++] = packs[i].name;
    for (size_t i = 0; !o->pack && i < n_types; i++) {
        const char *word = o->category ? types[i].category : types[i].validator;
        if (word)
            words[n++] = word;
    }
    const char *nearest = tl_nearest(wanted, words, n);
    if (nearest)
        tl_hint(ctx, "did you mean '%s'?", nearest);
    return tl_fail(ctx, TL_ENOTFOUND, "no info type has %s '%s'",
                   o->pack       ? "the pack"
                   : o->category ? "the category"
                                 : "the validator",
                   wanted);
}

/* ---- the listings ---- */

static size_t types_of(const struct tl_engine *engine, const struct tl_pack *pack)
{
    const struct tl_info_type *types;
    size_t n = tl_engine_types(&types, engine);
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += types[i].pack == pack->name;
    return count;
}

/* "all", "none", or the sources where some of its types are off. */
static const char *where_on(const struct tl_rules *rules, const struct tl_pack *pack,
                            struct tl_ctx *ctx)
{
    const struct tl_info_type *types;
    size_t n = tl_engine_types(&types, rules->engine);
    size_t n_types = types_of(rules->engine, pack);
    struct tl_str out = TL_STR_INIT(1 << 16);

    if (!n_types)
        return "on";
    for (size_t s = 0; s <= rules->config.sources.n; s++) {
        bool is_general = s == rules->config.sources.n;
        const struct tl_profile *profile =
            is_general ? rules->everywhere : rules->profiles[s];
        size_t n_on = 0;

        if (is_general && rules->config.sources.n)
            break;
        for (size_t i = 0; i < n; i++)
            n_on += types[i].pack == pack->name && tl_profile_has(profile, types[i].name);
        if (n_on == n_types)
            continue;
        if (out.n)
            tl_str_add(&out, ", ");
        if (n_on)
            tl_str_addf(&out, "%zu of %zu", n_on, n_types);
        else
            tl_str_add(&out, "off");
        if (!is_general)
            tl_str_addf(&out, " in %s", rules->config.sources.items[s].name);
    }
    const char *text = out.n ? tl_arena_dup(ctx->arena, out.text, out.n) : "on";
    tl_str_release(&out);
    return text;
}

static const char *locales_text(const struct tl_pack *pack, struct tl_ctx *ctx)
{
    struct tl_str out = TL_STR_INIT(1 << 12);

    for (size_t i = 0; i < pack->locales.n; i++)
        tl_str_addf(&out, "%s%s", i ? " " : "", pack->locales.items[i]);
    const char *text = out.n ? tl_arena_dup(ctx->arena, out.text, out.n) : "all";
    tl_str_release(&out);
    return text;
}

static void list_packs(const struct tl_rules *rules, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = {
        { "PACK", TL_LEFT },     { "VERSION", TL_RIGHT }, { "TYPES", TL_RIGHT },
        { "COUNTRIES", TL_CUT }, { "FROM", TL_LEFT },     { "IS", TL_LEFT },
        { "SHA-256", TL_LEFT }
    };
    const struct tl_pack *packs;
    size_t n = tl_engine_packs(&packs, rules->engine);
    struct tl_table *table = tl_table_open(heads, 7, ctx);

    for (size_t i = 0; i < n; i++) {
        tl_table_row(table);
        tl_table_cell(table, packs[i].name);
        tl_table_cellf(table, "%u", packs[i].version);
        tl_table_cellf(table, "%zu", types_of(rules->engine, &packs[i]));
        tl_table_cell(table, locales_text(&packs[i], ctx));
        tl_table_cell(table, packs[i].path);
        tl_table_cell(table, where_on(rules, &packs[i], ctx));
        tl_table_cellf(table, "%.12s", packs[i].digest);
    }
    tl_table_close(table);
    fputc('\n', ctx->say->results);
}

/* What is not as the built-in packs have it. */
static void list_changes(const struct tl_rules *rules, struct tl_ctx *ctx)
{
    const struct tl_info_type *types;
    size_t n = tl_engine_types(&types, rules->engine);
    FILE *out = ctx->say->results;
    bool has_any = false;

    for (size_t i = 0; i < n; i++) {
        if (!types[i].replaces && !types[i].extended_by.n)
            continue;
        if (!has_any)
            fputc('\n', out);
        has_any = true;
        if (types[i].replaces)
            fprintf(out, "%s of %s replaces that of %s\n", types[i].name, types[i].pack,
                    types[i].replaces);
        for (size_t k = 0; k < types[i].extended_by.n; k++)
            fprintf(out, "%s of %s is extended by %s\n", types[i].name, types[i].pack,
                    types[i].extended_by.items[k]);
    }
}

static void table_type(struct tl_table *table, const struct tl_rules *rules,
                       const struct tl_info_type *type, struct tl_ctx *ctx)
{
    const char *off = tl_rules_sources(rules, type->name, false, ctx);

    tl_table_row(table);
    tl_table_cell(table, type->name);
    tl_table_cell(table, type->category ? type->category : "-");
    tl_table_painted(table, tl_sensitivity_word(type->sensitivity),
                     tl_paint_of_sensitivity(type->sensitivity));
    tl_table_cell(table, type->validator ? type->validator : "-");
    tl_table_cell(table, type->pack);
    if (*off)
        tl_table_cellf(table, "off in %s", off);
    else
        tl_table_cell(table, rules->config.sources.n ||
                                     tl_profile_has(rules->everywhere, type->name)
                                 ? ""
                                 : "off");
}

int tl_rules_list(struct tl_rules *rules, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = {
        { "INFO TYPE", TL_LEFT }, { "CATEGORY", TL_LEFT }, { "SENSITIVITY", TL_LEFT },
        { "VALIDATOR", TL_LEFT }, { "PACK", TL_LEFT },     { "", TL_LEFT }
    };
    const struct tl_rules_options *o = rules->options;
    bool as_json = o->common.json;
    bool has_filter =
        o->pack || o->category || o->sensitivity || o->locale || o->validator;
    const struct tl_info_type *types;
    size_t n = tl_engine_types(&types, rules->engine);
    size_t n_shown = 0;

    for (size_t i = 0; i < n; i++)
        n_shown += is_wanted(rules, &types[i]);
    int rc = check_filters(rules, n_shown, ctx);
    if (rc < 0)
        return rc;
    if (!as_json && !has_filter)
        list_packs(rules, ctx);
    struct tl_table *table = as_json ? NULL : tl_table_open(heads, 6, ctx);
    for (size_t i = 0; i < n; i++) {
        if (!is_wanted(rules, &types[i]))
            continue;
        if (table)
            table_type(table, rules, &types[i], ctx);
        else
            tl_rules_type_json(rules, &types[i], ctx);
    }
    if (!table)
        return TL_OK;
    tl_table_close(table);
    if (!has_filter)
        list_changes(rules, ctx);
    fflush(ctx->say->results);
    if (has_filter)
        tl_note(ctx, "%zu of %zu info types", n_shown, n);
    else
        tl_note(ctx, "%zu info types", n);
    return TL_OK;
}

/* ---- what tags become ---- */

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

/* The most special rule counts; of equally special ones the first. */
int tl_rules_carry(struct tl_rules *rules, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "EFFECT", TL_LEFT },
                                            { "OF", TL_LEFT },
                                            { "FUNCTION", TL_LEFT },
                                            { "BECOMES", TL_LEFT },
                                            { "LEFT", TL_RIGHT } };
    const struct tl_carry_rule *list;
    size_t n = tl_engine_carry_rules(&list, rules->engine);
    struct tl_table *table =
        rules->options->common.json ? NULL : tl_table_open(heads, 5, ctx);

    for (size_t i = 0; i < n; i++) {
        const struct tl_carry_rule *rule = &list[i];

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
    return TL_OK;
}

/* ---- what may stand in a pack ---- */

static void list_keys(const char *of, bool of_types, bool as_json, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "KEY", TL_LEFT },
                                            { "TAKES", TL_LEFT },
                                            { "MEANS", TL_WRAP } };
    struct tl_pack_key keys[128];
    size_t n = tl_pack_keys(keys, sizeof keys / sizeof *keys, of_types);
    struct tl_table *table = as_json ? NULL : tl_table_open(heads, 3, ctx);

    if (table)
        fprintf(ctx->say->results, "%s:\n", of);
    for (size_t i = 0; i < n; i++) {
        if (table) {
            tl_table_row(table);
            tl_table_cell(table, keys[i].name);
            tl_table_cell(table, keys[i].takes);
            tl_table_cell(table, keys[i].help);
            continue;
        }
        struct tl_json_line line;
        struct tl_json *json = tl_json_line_begin(&line);
        tl_json_put_text(json, "key", keys[i].name);
        tl_json_put_text(json, "means", keys[i].help);
        tl_json_put_text(json, "of", of);
        tl_json_put_text(json, "takes", keys[i].takes);
        tl_json_line_end(&line, ctx);
    }
    if (table)
        tl_table_close(table);
}

int tl_rules_keys(struct tl_rules *rules, struct tl_ctx *ctx)
{
    bool as_json = rules->options->common.json;

    list_keys("a pack", false, as_json, ctx);
    if (!as_json)
        fputc('\n', ctx->say->results);
    list_keys("a type", true, as_json, ctx);
    return TL_OK;
}
