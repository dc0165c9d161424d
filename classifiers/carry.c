/*
 * The `carry:` section of a rule pack: what a tag becomes behind each effect. Added once all types are known, later packs first, so that
 * of two equally special rules the later pack's counts.
 */
#include "classifiers/draft.h"
#include "classifiers/rules.h"

#include "base/ctx.h"

#define CARRY_MOST 4096 /* rules over all packs */

struct adder {
    struct tl_engine *engine;
    const struct tl_pack_draft *pack;
    const struct tl_carry_draft *entry; /* the one that is added */
    const struct tl_map *types; /* every info type that a pack has, switched off or not */
    struct tl_ctx *ctx;
};

static int check_type(const struct adder *adder, const char *key, size_t i,
                      const char *word)
{
    const struct tl_engine *engine = adder->engine;
    uint32_t place;

    if (tl_map_get(adder->types, word, strlen(word), &place))
        return TL_OK;
    const char **known = tl_arena_alloc(engine->arena, engine->n_types, sizeof *known);
    for (uint32_t k = 0; k < engine->n_types; k++)
        known[k] = engine->types[k].name;
    return tl_draft_unknown(adder->pack,
                            tl_draft_mark(adder->pack, adder->entry->object, key, i),
                            adder->ctx, "info type", word, known, engine->n_types);
}

/* What the tag becomes. `is_off`: a type that is switched off, so that the rule is as if it were not there. */
static int set_target(struct tl_carry_rule *out, bool *is_off, const struct adder *adder)
{
    const struct tl_carry_draft *entry = adder->entry;
    int rc = entry->to ? check_type(adder, "to", 0, entry->to) : TL_OK;

    if (rc || !entry->to)
        return rc;
    const struct tl_info_type *type = tl_engine_type(adder->engine, entry->to);
    *is_off = !type;
    if (type) {
        out->to = type->name;
        out->category = type->category;
        out->sensitivity = type->sensitivity;
    }
    if (!entry->sensitivity)
        return TL_OK;
    int found = tl_sensitivity_of(entry->sensitivity);
    if (found < 0)
        return tl_draft_unknown_sensitivity(adder->pack,
                                            tl_draft_mark(adder->pack, entry->object,
                                                          "sensitivity", 0),
                                            adder->ctx, entry->sensitivity);
    out->sensitivity = (uint8_t)found;
    return TL_OK;
}

/* A rule for each type and function that the entry names. */
static int add_rules(const struct adder *adder, const struct tl_carry_rule *like)
{
    struct tl_engine *engine = adder->engine;
    const struct tl_list *from = &adder->entry->from;
    const struct tl_list *functions = &adder->entry->functions;
    size_t n_from = from->n ? from->n : 1;
    size_t n_functions = functions->n ? functions->n : 1;

    for (size_t i = 0; i < n_from * n_functions; i++) {
        struct tl_carry_rule rule = *like;

        rule.from = from->n ? from->items[i / n_functions] : NULL;
        rule.function = functions->n ? functions->items[i % n_functions] : NULL;
        int rc =
            rule.from ? check_type(adder, "from", i / n_functions, rule.from) : TL_OK;
        if (rc)
            return rc;
        if (engine->carry.n == CARRY_MOST)
            return tl_fail(adder->ctx, TL_ELIMIT, "more than %d rules for carrying tags",
                           CARRY_MOST);
        tl_vec_push(&engine->carry, rule);
    }
    return TL_OK;
}

int tl_carry_add(struct tl_engine *engine, const struct tl_pack_draft *pack,
                 const struct tl_map *types, struct tl_ctx *ctx)
{
    struct adder adder = { engine, pack, .types = types, .ctx = ctx };

    for (uint32_t i = 0; i < pack->n_carry; i++) {
        struct tl_carry_rule rule = { .effect = pack->carry[i].effect,
                                      .share = pack->carry[i].share };
        bool is_off = false;

        adder.entry = &pack->carry[i];
        int rc = set_target(&rule, &is_off, &adder);
        if (!rc && !is_off)
            rc = add_rules(&adder, &rule);
        if (rc)
            return rc;
    }
    return TL_OK;
}

size_t tl_engine_carry_rules(const struct tl_carry_rule **out,
                             const struct tl_engine *engine)
{
    *out = engine->carry.items;
    return engine->carry.n;
}
