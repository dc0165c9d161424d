/*
 * Data uses: which ones there are, and which declared ones look like slips of the pen. Taxonomies of one's own exist, so nothing is refused.
 */
#include "policies/rule.h"

#include "base/ctx.h"

#include <string.h>

/* Column fides_key of ethyca/fideslang, data_files/data_uses.csv. personalize.profiling was replaced in 2.1.1 and still stands there. */
static const char *const fideslang[] = {
    "analytics",
    "analytics.reporting",
    "analytics.reporting.ad_performance",
    "analytics.reporting.campaign_insights",
    "analytics.reporting.content_performance",
    "analytics.reporting.system",
    "analytics.reporting.system.performance",
    "collect",
    "employment",
    "employment.recruitment",
    "essential",
    "essential.fraud_detection",
    "essential.legal_obligation",
    "essential.service",
    "essential.service.authentication",
    "essential.service.notifications",
    "essential.service.notifications.email",
    "essential.service.notifications.sms",
    "essential.service.operations",
    "essential.service.operations.improve",
    "essential.service.operations.support",
    "essential.service.payment_processing",
    "essential.service.security",
    "essential.service.upgrades",
    "finance",
    "functional",
    "functional.service",
    "functional.service.improve",
    "functional.storage",
    "functional.storage.privacy_preferences",
    "marketing",
    "marketing.advertising",
    "marketing.advertising.first_party",
    "marketing.advertising.first_party.contextual",
    "marketing.advertising.first_party.targeted",
    "marketing.advertising.frequency_capping",
    "marketing.advertising.negative_targeting",
    "marketing.advertising.profiling",
    "marketing.advertising.serving",
    "marketing.advertising.third_party",
    "marketing.advertising.third_party.targeted",
    "marketing.communications",
    "marketing.communications.email",
    "marketing.communications.sms",
    "operations",
    "personalize",
    "personalize.content",
    "personalize.content.limited",
    "personalize.content.profiled",
    "personalize.content.profiling",
    "personalize.profiling",
    "personalize.system",
    "sales",
    "third_party_sharing",
    "third_party_sharing.legal_obligation",
    "train_ai_system",
};
enum { N_FIDESLANG = sizeof fideslang / sizeof *fideslang };

struct known {
    const char **keys;
    size_t n;
    const char **words; /* room for as many: levels that stand below one key */
};

static void add_list(struct known *known, const struct tl_list *uses)
{
    for (size_t i = 0; i < uses->n; i++)
        known->keys[known->n++] = uses->items[i];
}

static void gather(struct known *known, const struct tl_policies *policies,
                   struct tl_ctx *ctx)
{
    size_t n = N_FIDESLANG;

    for (size_t l = 0; l < policies->n_laws; l++) {
        const struct tl_law *law = &policies->laws[l];

        n += law->needs.uses.n + law->needs.only_uses.n + law->needs.not_uses.n;
        for (uint32_t i = 0; i < law->n_excuses; i++)
            n += law->excuses[i].uses.n;
    }
    known->keys = tl_arena_alloc(ctx->arena, n, sizeof *known->keys);
    known->words = tl_arena_alloc(ctx->arena, n, sizeof *known->words);
    for (size_t i = 0; i < N_FIDESLANG; i++)
        known->keys[known->n++] = fideslang[i];
    for (size_t l = 0; l < policies->n_laws; l++) {
        const struct tl_law *law = &policies->laws[l];

        add_list(known, &law->needs.uses);
        add_list(known, &law->needs.only_uses);
        add_list(known, &law->needs.not_uses);
        for (uint32_t i = 0; i < law->n_excuses; i++)
            add_list(known, &law->excuses[i].uses);
    }
}

/* How many bytes of `use`, whole levels, are known: a key or above one. */
static size_t known_part(const struct known *known, const char *use)
{
    size_t most = 0;

    for (size_t i = 0; i < known->n; i++) {
        const char *key = known->keys[i];
        size_t n = 0;

        for (size_t k = 0;; k++) {
            if ((!key[k] || key[k] == '.') && (!use[k] || use[k] == '.'))
                n = k;
            if (!key[k] || key[k] != use[k])
                break;
        }
        most = n > most ? n : most;
    }
    return most;
}

/* The levels that stand directly below the first `n` bytes of `use`; n = 0: the first levels. */
static size_t levels_below(const struct known *known, const char *use, size_t n,
                           struct tl_ctx *ctx)
{
    size_t n_words = 0;

    for (size_t i = 0; i < known->n; i++) {
        const char *key = known->keys[i];

        if (strncmp(key, use, n) != 0 || (n && key[n] != '.'))
            continue;
        const char *level = key + n + (n > 0);
        known->words[n_words++] = tl_arena_dup(ctx->arena, level, strcspn(level, "."));
    }
    return n_words;
}

/* Whether the use is strange, and what was meant perhaps. */
static bool is_strange(const char **nearest, const struct known *known, const char *use,
                       struct tl_ctx *ctx)
{
    size_t n = known_part(known, use);

    *nearest = NULL;
    if (!use[n])
        return false;
    const char *level = use + n + (n > 0);
    size_t n_level = strcspn(level, ".");
    size_t n_words = levels_below(known, use, n, ctx);
    const char *meant =
        tl_nearest(tl_arena_dup(ctx->arena, level, n_level), known->words, n_words);
    if (meant) {
        const char *head =
            tl_arena_printf(ctx->arena, "%.*s%s%s", (int)n, use, n ? "." : "", meant);
        const char *whole = tl_arena_printf(ctx->arena, "%s%s", head, level + n_level);

        *nearest = whole[known_part(known, whole)] ? head : whole;
    } else if (n == 0) {
        *nearest = tl_nearest(use, known->keys, known->n);
    }
    return meant || n == 0;
}

size_t tl_policies_strange_uses(const struct tl_policy_use **out,
                                const struct tl_policies *policies,
                                const struct tl_declaration *declarations, size_t n,
                                struct tl_ctx *ctx)
{
    struct tl_map seen = TL_MAP_INIT;
    struct known known = { 0 };
    struct tl_policy_use *uses;
    size_t n_uses = 0;

    for (size_t i = 0; i < n; i++)
        n_uses += declarations[i].uses.n;
    *out = uses = tl_arena_alloc(ctx->arena, n_uses, sizeof *uses);
    n_uses = 0;
    gather(&known, policies, ctx);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < declarations[i].uses.n; k++) {
            const char *use = declarations[i].uses.items[k];
            struct tl_policy_use strange = { .use = use, .match = declarations[i].match };
            uint32_t unused;

            if (tl_map_get(&seen, use, strlen(use), &unused) ||
                !is_strange(&strange.nearest, &known, use, ctx))
                continue;
            tl_map_put(&seen, use, strlen(use), 1);
            uses[n_uses++] = strange;
        }
    tl_map_release(&seen);
    return n_uses;
}
