/*
 * Which types are on for one source: one bit a type. Off is as if no pack had the type: no name, no value and no vote speaks for it.
 */
#include "classifiers/rules.h"

#include "base/ctx.h"
#include "base/digest.h"

#include <ctype.h>

static bool is_among(const char *word, const struct tl_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (!strcasecmp(word, list->items[i]))
            return true;
    }
    return false;
}

static const struct tl_pack *pack_of(const struct tl_engine *engine,
                                     const struct tl_info_type *type)
{
    /* the loader keeps one text a pack: two packs of one name are told apart */
    for (size_t i = 0; i < engine->n_packs; i++) {
        if (engine->packs[i].name == type->pack)
            return &engine->packs[i];
    }
    return NULL;
}

static bool is_about(const struct tl_pack *pack, const struct tl_list *locales)
{
    for (size_t i = 0; i < pack->locales.n; i++) {
        if (is_among(pack->locales.items[i], locales))
            return true;
    }
    return !locales->n || !pack->locales.n;
}

/* ---- words that name nothing ---- */

struct known {
    TL_VEC(const char *) words;
};

static int no_such(struct known *known, const char *key, const char *word,
                   const char *what, struct tl_ctx *ctx)
{
    const char *nearest = tl_nearest(word, known->words.items, known->words.n);

    if (nearest && strlen(word) > 2)
        tl_hint(ctx, "did you mean '%s'? 'tagline rules list' shows all", nearest);
    else
        tl_hint(ctx, "'tagline rules list' shows them");
    tl_vec_release(&known->words);
    return tl_fail(ctx, TL_ECONFIG, "'%s' holds '%s': no pack %s", key, word, what);
}

static void know_packs(struct known *known, const struct tl_engine *engine)
{
    for (size_t i = 0; i < engine->n_packs; i++)
        tl_vec_push(&known->words, engine->packs[i].name);
}

static int check_words(const struct tl_engine *engine, const struct tl_switches *switches,
                       struct tl_ctx *ctx)
{
    struct known known = { 0 };

    know_packs(&known, engine);
    for (size_t i = 0; i < switches->only.n; i++) {
        struct tl_list packs = { known.words.items, known.words.n };
        if (!is_among(switches->only.items[i], &packs))
            return no_such(&known, "only", switches->only.items[i], "is named so", ctx);
    }
    for (uint32_t i = 0; i < engine->n_types; i++)
        tl_vec_push(&known.words, engine->types[i].name);
    for (size_t i = 0; i < switches->without.n; i++) {
        struct tl_list all = { known.words.items, known.words.n };
        if (!is_among(switches->without.items[i], &all))
            return no_such(&known, "without", switches->without.items[i],
                           "is named so or has such an info type", ctx);
    }
    known.words.n = 0;
    for (size_t i = 0; i < engine->n_packs; i++) {
        for (size_t k = 0; k < engine->packs[i].locales.n; k++)
            tl_vec_push(&known.words, engine->packs[i].locales.items[k]);
    }
    for (size_t i = 0; i < switches->locales.n; i++) {
        struct tl_list all = { known.words.items, known.words.n };
        if (!is_among(switches->locales.items[i], &all))
            return no_such(&known, "locales", switches->locales.items[i],
                           "is about that country", ctx);
    }
    tl_vec_release(&known.words);
    return TL_OK;
}

/* ---- the profile ---- */

static void digest_profile(struct tl_profile *profile, const struct tl_engine *engine)
{
    struct tl_digest digest = { 0 };
    unsigned char bytes[32];

    tl_digest_begin(&digest, TL_DIGEST_SHA256);
    tl_digest_add_text(&digest, engine->digest);
    for (uint32_t i = 0; i < engine->n_types; i++) {
        if (!tl_rule_is_on(profile, i))
            tl_digest_add_text(&digest, engine->types[i].name);
    }
    tl_digest_end(&digest, bytes);
    tl_digest_release(&digest);
    tl_hex(profile->digest, bytes, sizeof bytes);
}

int tl_profile_open(struct tl_profile **out, const struct tl_engine *engine,
                    const struct tl_switches *switches, struct tl_ctx *ctx)
{
    int rc = check_words(engine, switches, ctx);

    if (rc)
        return rc;
    struct tl_profile *profile = tl_alloc(1, sizeof *profile);
    profile->engine = engine;
    for (uint32_t i = 0; i < engine->n_types; i++) {
        const struct tl_info_type *type = &engine->types[i];
        const struct tl_pack *pack = pack_of(engine, type);
        bool is_on = (!switches->only.n || is_among(type->pack, &switches->only)) &&
                     !is_among(type->pack, &switches->without) &&
                     !is_among(type->name, &switches->without) &&
                     (!pack || is_about(pack, &switches->locales));

        if (is_on)
            profile->on[i >> 6] |= (uint64_t)1 << (i & 63);
        profile->n_on += is_on;
    }
    /* whoever switches nothing off decides as one who says nothing: a scan must not begin anew for it */
    if (profile->n_on == engine->n_types)
        memcpy(profile->digest, engine->digest, sizeof profile->digest);
    else
        digest_profile(profile, engine);
    *out = profile;
    return TL_OK;
}

void tl_profile_close(struct tl_profile *profile)
{
    tl_free(profile);
}

bool tl_profile_has(const struct tl_profile *profile, const char *info_type)
{
    int i = profile ? tl_rule_find(profile->engine, info_type) : -1;

    return !profile || (i >= 0 && tl_rule_is_on(profile, (uint32_t)i));
}

const char *tl_profile_digest(const struct tl_profile *profile)
{
    return profile->digest;
}
