/*
 * One thing against one pattern: tags, datasets, declared uses.
 */
#include "policies/rule.h"

#include "base/ctx.h"

#include <string.h>

/* A text without levels is matched as the one level of a key: the same globs everywhere, and no pattern that takes for ever. */
bool tl_policy_glob(const struct tl_list *globs, const char *text)
{
    const struct tl_key key = { .dataset = text };

    for (size_t i = 0; i < globs->n; i++)
        if (tl_key_matches(&key, globs->items[i]))
            return true;
    return false;
}

/* fideslang keys: the parent is what stands before a dot, never part of a word. */
bool tl_policy_is_below(const char *key, const char *parent)
{
    size_t n = strlen(parent);

    return strncmp(key, parent, n) == 0 && (key[n] == 0 || key[n] == '.');
}

bool tl_policy_below(const struct tl_list *keys, const char *key)
{
    for (size_t i = 0; i < keys->n; i++)
        if (tl_policy_is_below(key, keys->items[i]))
            return true;
    return false;
}

bool tl_policy_is_what(const struct tl_policy_what *what, const struct tl_graph_tag *tag)
{
    const char *category = tag->category ? tag->category : "";

    return tag->sensitivity >= what->sensitivity &&
           (!what->categories.n || tl_policy_below(&what->categories, category)) &&
           !tl_policy_below(&what->not_categories, category) &&
           (!what->info_types.n || tl_policy_glob(&what->info_types, tag->info_type)) &&
           !tl_policy_glob(&what->not_info_types, tag->info_type);
}

/* ---- what is declared of a dataset ---- */

void tl_place_init(struct tl_place *place)
{
    *place = (struct tl_place){ 0 };
    for (size_t i = 0; i < 4; i++)
        tl_str_init(&place->levels[i], TL_STR_MOST);
}

void tl_place_release(struct tl_place *place)
{
    for (size_t i = 0; i < 4; i++)
        tl_str_release(&place->levels[i]);
}

/*
 * The levels of a key's text, from the right. Which of the absent levels are absent is not told by the text and does not matter here:
 * patterns count levels from the right too.
 */
static void read_key(struct tl_place *place, const char *text)
{
    const char **levels[] = { &place->key.dataset, &place->key.schema,
                              &place->key.database, &place->key.source };
    const char *end = text + strlen(text);

    place->key = (struct tl_key){ 0 };
    for (size_t i = 0; i < 4; i++) {
        const char *begin = end;
        while (begin > text && begin[-1] != '/')
            begin--;
        tl_str_clear(&place->levels[i]);
        if (!memchr(begin, '%', (size_t)(end - begin)) ||
            !tl_name_decode(&place->levels[i], begin, (size_t)(end - begin))) {
            tl_str_clear(&place->levels[i]);
            tl_str_add_bytes(&place->levels[i], begin, (size_t)(end - begin));
        }
        *levels[i] = place->levels[i].text;
        if (begin == text)
            break;
        end = begin - 1;
    }
}

void tl_place_set(struct tl_place *place, const char *key,
                  const struct tl_declaration *declarations, size_t n)
{
    static const struct tl_list nothing;

    read_key(place, key);
    place->zone = place->owner = place->retention = NULL;
    place->uses = place->recipients = &nothing;
    for (size_t i = 0; i < n; i++) {
        const struct tl_declaration *said = &declarations[i];

        if (!tl_key_matches(&place->key, said->match))
            continue;
        place->zone = said->zone ? said->zone : place->zone;
        place->owner = said->owner ? said->owner : place->owner;
        place->retention = said->retention ? said->retention : place->retention;
        place->uses = said->uses.n ? &said->uses : place->uses;
        place->recipients = said->recipients.n ? &said->recipients : place->recipients;
    }
}

static unsigned said(const char *zone, const struct tl_list *uses,
                     const struct tl_list *recipients, const char *owner,
                     const char *retention)
{
    return (zone != NULL) << TL_DECLARED_ZONE | (uses->n > 0) << TL_DECLARED_USES |
           (recipients->n > 0) << TL_DECLARED_RECIPIENTS |
           (owner != NULL) << TL_DECLARED_OWNER |
           (retention != NULL) << TL_DECLARED_RETENTION;
}

unsigned tl_policy_says(const struct tl_declaration *declaration)
{
    return said(declaration->zone, &declaration->uses, &declaration->recipients,
                declaration->owner, declaration->retention);
}

unsigned tl_place_says(const struct tl_place *place)
{
    return said(place->zone, place->uses, place->recipients, place->owner,
                place->retention);
}

static bool matches_any(const struct tl_list *globs, const struct tl_key *key)
{
    for (size_t i = 0; i < globs->n; i++)
        if (tl_key_matches(key, globs->items[i]))
            return true;
    return false;
}

enum tl_in_scope tl_policy_in_scope(const struct tl_policy_scope *scope,
                                    const struct tl_place *place)
{
    if ((scope->kinds && !(scope->kinds & 1u << place->kind)) ||
        (scope->datasets.n && !matches_any(&scope->datasets, &place->key)) ||
        matches_any(&scope->not_datasets, &place->key))
        return TL_OUT_OF_SCOPE;
    if (!scope->zones.n && !scope->not_zones.n)
        return TL_IN_SCOPE;
    if (!place->zone)
        return TL_UNTOLD_SCOPE;
    return (!scope->zones.n || tl_policy_glob(&scope->zones, place->zone)) &&
                   !tl_policy_glob(&scope->not_zones, place->zone)
               ? TL_IN_SCOPE
               : TL_OUT_OF_SCOPE;
}

/* ---- what rules look for, in words ---- */

size_t tl_policies_patterns(const struct tl_policy_pattern **out,
                            const struct tl_policies *policies, struct tl_ctx *ctx)
{
    struct tl_policy_pattern *patterns;
    size_t n = 0;

    for (size_t l = 0; l < policies->n_laws; l++)
        for (uint32_t w = 0; w < policies->laws[l].n_what; w++)
            n += policies->laws[l].what[w].info_types.n +
                 policies->laws[l].what[w].categories.n +
                 policies->laws[l].what[w].n_facts;
    *out = patterns = tl_arena_alloc(ctx->arena, n, sizeof *patterns);
    for (size_t l = 0; l < policies->n_laws; l++) {
        const struct tl_law *law = &policies->laws[l];

        for (uint32_t w = 0; w < law->n_what; w++) {
            const struct tl_list *lists[] = { &law->what[w].info_types,
                                              &law->what[w].categories };
            for (size_t k = 0; k < 2; k++)
                for (size_t i = 0; i < lists[k]->n; i++)
                    *patterns++ = (struct tl_policy_pattern){
                        tl_arena_strdup(ctx->arena, law->name),
                        tl_arena_strdup(ctx->arena, lists[k]->items[i]), k == 1, false
                    };
            for (uint32_t i = 0; i < law->what[w].n_facts; i++)
                *patterns++ = (struct tl_policy_pattern){
                    tl_arena_strdup(ctx->arena, law->name),
                    tl_arena_strdup(ctx->arena, law->what[w].facts[i].name), false, true
                };
        }
    }
    return n;
}

bool tl_policy_pattern_fits(const struct tl_policy_pattern *pattern,
                            const char *info_type, const char *category)
{
    const char *text = pattern->text;
    const struct tl_list glob = { &text, 1 };

    return pattern->is_category ? category && tl_policy_is_below(category, text)
                                : tl_policy_glob(&glob, info_type);
}
