/*
 * Rule packs: drafts to compiled rules, with the place of every mistake. Three passes: packs are put together (a later pack's type of the
 * same name replaces an earlier one), drafts are compiled in the order of their names, and what points at other types is
 * resolved. Last, every example must behave: a pack that contradicts itself is refused. Those of the built-in packs are run by the
 * tests, not at every start.
 */
#include "classifiers/draft.h"
#include "classifiers/import.h"
#include "classifiers/packs.h"
#include "classifiers/prefilter.h"
#include "classifiers/rules.h"

#include "base/ctx.h"
#include "base/digest.h"

#define PACKS_MOST 128

_Static_assert(TL_VALUE_MOST == TL_PACK_VALUE_MOST,
               "what a pack may say, a value may be");

/* A type that takes part: the last of its name. */
struct entry {
    const struct tl_draft *draft;
    bool is_off; /* switched off by the settings */
    const char
        *replaces; /* the earlier pack whose type of this name it took the place of */
    struct addition *additions; /* in reading order */
};

/* A draft that extends a type: beside it, so that each part's mistakes are told at their own place. */
struct addition {
    const struct tl_draft *draft;
    struct addition *next;
};

struct loader {
    struct tl_engine *engine;
    struct tl_ctx *ctx;
    const struct tl_pack_draft *packs[PACKS_MOST];
    size_t n_packs;
    TL_VEC(struct entry) entries;
    struct tl_map entry_of;  /* info type -> place in entries */
    struct tl_map family_of; /* word -> number */
    TL_VEC(struct tl_category) categories;
    TL_VEC(struct tl_vocabulary) vocabularies;
};

/* ---- first pass: what packs add to each other ---- */

static int add_words(struct loader *loader, const struct tl_pack_draft *pack)
{
    static const unsigned flags[TL_WORD_LISTS] = { TL_WORD_DENIES, TL_WORD_PEOPLE,
                                                   TL_WORD_TAIL, TL_WORD_THING };

    for (int k = 0; k < TL_WORD_LISTS; k++) {
        const struct tl_list *words = &pack->words[k];

        for (size_t i = 0; i < words->n; i++) {
            if (tl_names_word(&loader->engine->names, words->items[i], flags[k]) ==
                UINT32_MAX)
                return tl_yaml_fail(&pack->yaml,
                                    tl_draft_mark(pack, pack->yaml.root,
                                                  tl_word_list_key(k), i),
                                    loader->ctx, "'%s' is not one word", words->items[i]);
        }
    }
    return TL_OK;
}

static int add_vocabulary(struct loader *loader, const struct tl_pack_draft *pack,
                          const struct tl_vocabulary_draft *draft)
{
    struct tl_vocabulary vocabulary = { .name = draft->name };
    int rc = TL_OK;

    for (size_t i = 0; i < draft->words.n && !rc; i++) {
        const char *word = draft->words.items[i];
        struct tl_tokens tokens;

        tl_tokens_of_text(&tokens, word, strlen(word));
        if (tokens.n == 1)
            tl_map_put(&vocabulary.words,
                       tl_arena_dup(loader->engine->arena, tokens.text, tokens.length[0]),
                       tokens.length[0], 1);
        else
            rc = tl_yaml_fail(
                &pack->yaml,
                tl_draft_mark(pack, json_object_get(pack->yaml.root, "vocabularies"),
                              draft->name, i),
                loader->ctx, "'%s' is not one word", word);
    }
    tl_vec_push(&loader->vocabularies, vocabulary);
    return rc;
}

static int known_type(const struct loader *loader, const struct tl_draft *draft,
                      const char *key, size_t i, const char *word);

static int add_extension(struct loader *loader, const struct tl_draft *draft)
{
    uint32_t at;

    int rc = known_type(loader, draft, "info_type", 0, draft->info_type);
    if (rc)
        return rc;
    tl_map_get(&loader->entry_of, draft->info_type, strlen(draft->info_type), &at);
    struct addition **last = &loader->entries.items[at].additions;
    while (*last)
        last = &(*last)->next;
    *last = tl_arena_alloc(loader->engine->arena, 1, sizeof **last);
    (*last)->draft = draft;
    return TL_OK;
}

static int add_type(struct loader *loader, const struct tl_draft *draft)
{
    size_t n = strlen(draft->info_type);
    uint32_t at;

    if (draft->extends)
        return add_extension(loader, draft);
    if (tl_map_get(&loader->entry_of, draft->info_type, n, &at)) {
        if (loader->entries.items[at].draft->pack == draft->pack)
            return tl_yaml_fail(&draft->pack->yaml,
                                tl_draft_mark(draft->pack, draft->object, "info_type", 0),
                                loader->ctx, "'%s' stands in this pack twice",
                                draft->info_type);
        loader->entries.items[at] =
            (struct entry){ .draft = draft,
                            .replaces = loader->entries.items[at].draft->pack->name };
        return TL_OK;
    }
    if (loader->entries.n == TL_RULES_MOST)
        return tl_fail(loader->ctx, TL_ELIMIT, "more than %d info types", TL_RULES_MOST);
    tl_map_put(&loader->entry_of, draft->info_type, n, (uint32_t)loader->entries.n);
    tl_vec_push(&loader->entries, ((struct entry){ .draft = draft }));
    return TL_OK;
}

static int add_pack(struct loader *loader, const struct tl_pack_draft *pack)
{
    int rc = add_words(loader, pack);

    loader->packs[loader->n_packs++] = pack;
    for (uint32_t i = 0; i < pack->n_vocabularies && !rc; i++)
        rc = add_vocabulary(loader, pack, &pack->vocabularies[i]);
    for (uint32_t i = 0; i < pack->n_categories && !rc; i++) {
        const struct tl_category_draft *draft = &pack->categories[i];
        struct tl_category category = { .key = draft->key,
                                        .summary = draft->summary,
                                        .sensitivity = draft->sensitivity,
                                        .gdpr = draft->law[0],
                                        .ccpa = draft->law[1],
                                        .tcf = draft->law[2] };

        tl_vec_push(&loader->categories, category);
    }
    for (uint32_t i = 0; i < pack->n_types && !rc; i++)
        rc = add_type(loader, &pack->types[i]);
    return rc;
}

/* ---- second pass: drafts to rules ---- */

static int draft_wrong(const struct loader *loader, const struct tl_draft *draft,
                       const char *key, size_t i, const char *what, const char *word,
                       const char *const *known, size_t n)
{
    return tl_draft_unknown(draft->pack,
                            tl_draft_mark(draft->pack, draft->object, key, i),
                            loader->ctx, what, word, known, n);
}

/* Patterns of constants are known to be right, and compiled when a value first needs them. */
static unsigned rx_flags(const struct tl_draft *draft, unsigned flags)
{
    return draft->object ? flags : flags | TL_RX_LATE;
}

static int compile_rx(struct tl_rx **out, struct tl_form *form, const char *pattern,
                      unsigned flags, const struct loader *loader,
                      const struct tl_draft *draft, const char *key)
{
    if (!pattern)
        return TL_OK;
    tl_form_of(form, pattern, loader->engine->arena);
    int rc = tl_rx_open(out, pattern, rx_flags(draft, flags), loader->ctx);
    if (!rc)
        return TL_OK;
    struct tl_mark at = tl_draft_mark(draft->pack, draft->object, key, 0);
    return tl_explain(loader->ctx, "%s:%u:%u: '%s' of '%s'", draft->pack->yaml.path,
                      at.line, at.column, key, draft->info_type);
}

static int compile_search(struct tl_rule *rule, const struct loader *loader,
                          const struct tl_draft *draft)
{
    const char *pattern = draft->search.pattern;

    if (!draft->search.is_on)
        return TL_OK;
    if (!pattern && !draft->value)
        return tl_yaml_fail(&draft->pack->yaml,
                            tl_draft_mark(draft->pack, draft->object, "search", 0),
                            loader->ctx, "'search: true' needs a 'value'");
    if (!pattern) /* a find must not begin or end inside a longer word */
        pattern =
            tl_arena_printf(loader->engine->arena,
                            "(?<![A-Za-z0-9_])(?:%s)(?![A-Za-z0-9_])", draft->value);
    return compile_rx(&rule->search, &rule->search_form, pattern, 0, loader, draft,
                      draft->search.pattern ? "search" : "value");
}

static int compile_patterns(struct tl_rule *rule, const struct loader *loader,
                            const struct tl_draft *draft)
{
    int rc = compile_rx(&rule->value, &rule->value_form, draft->value, TL_RX_WHOLE,
                        loader, draft, "value");

    if (!rc)
        rc = compile_rx(&rule->named_value, &rule->named_form, draft->named_value,
                        TL_RX_WHOLE, loader, draft, "named_value");
    if (!rc)
        rc = compile_search(rule, loader, draft);
    if (!rc && draft->validator) {
        rule->validator = tl_validator_find(draft->validator);
        if (!rule->validator) {
            const char *known[TL_VALIDATORS_MOST];
            size_t n = tl_validator_names(known);
            rc = draft_wrong(loader, draft, "validator", 0, "validator", draft->validator,
                             known, n);
        }
    }
    if (!rc && draft->decoder) {
        rule->decoder = tl_decoder_find(draft->decoder);
        if (!rule->decoder) {
            const char *known[TL_DECODERS_MOST];
            size_t n = tl_decoder_names(known);
            rc = draft_wrong(loader, draft, "decoder", 0, "decoder", draft->decoder,
                             known, n);
        }
    }
    return rc;
}

/* "0-9a-f-" as in a regex class: ranges, a '-' first or last is itself. */
static void byte_set_of(struct tl_byte_set *out, const char *class)
{
    for (const unsigned char *c = (const unsigned char *)class; *c; c++) {
        unsigned from = *c;
        unsigned to = from;

        if (c[1] == '-' && c[2] >= from) {
            to = c[2];
            c += 2;
        }
        for (unsigned b = from; b <= to; b++)
            out->words[b >> 6] |= (uint64_t)1 << (b & 63);
    }
}

static int compile_logicals(struct tl_rule *rule, const struct loader *loader,
                            const struct tl_draft *draft)
{
    const char *known[TL_LOGICAL_INET + 1];

    for (int i = 0; i <= TL_LOGICAL_INET; i++)
        known[i] = tl_logical_word(i);
    rule->logicals = 1u << TL_LOGICAL_UNKNOWN;
    if (!draft->logical.n)
        rule->logicals |= 1u << TL_LOGICAL_TEXT;
    for (size_t i = 0; i < draft->logical.n; i++) {
        int k = 0;

        while (k <= TL_LOGICAL_INET && strcmp(known[k], draft->logical.items[i]))
            k++;
        if (k > TL_LOGICAL_INET)
            return draft_wrong(loader, draft, "logical", i, "logical type",
                               draft->logical.items[i], known, TL_LOGICAL_INET + 1);
        rule->logicals |= 1u << k;
    }
    return TL_OK;
}

static int compile_words(const uint32_t **out, uint32_t *n_out,
                         const struct loader *loader, const struct tl_draft *draft,
                         const char *key, const struct tl_list *list)
{
    uint32_t n = *n_out;
    uint32_t *ids = tl_arena_alloc(loader->engine->arena, n + list->n, sizeof *ids);

    if (n)
        memcpy(ids, *out, n * sizeof *ids);
    for (size_t i = 0; i < list->n; i++) {
        ids[n + i] = tl_names_word(&loader->engine->names, list->items[i], 0);
        if (ids[n + i] == UINT32_MAX)
            return tl_yaml_fail(&draft->pack->yaml,
                                tl_draft_mark(draft->pack, draft->object, key, i),
                                loader->ctx, "'%s' is not one word", list->items[i]);
    }
    *out = ids;
    *n_out = n + (uint32_t)list->n;
    return TL_OK;
}

static int compile_names(struct tl_rule *rule, uint16_t index,
                         const struct loader *loader, const struct tl_draft *draft)
{
    static const char *const keys[] = { "names", "weak_names", "lead_names",
                                        "known_names" };
    const struct tl_list *lists[] = { &draft->names, &draft->weak_names,
                                      &draft->lead_names, &draft->known_names };

    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < lists[k]->n; i++) {
            if (!tl_names_add(&loader->engine->names, lists[k]->items[i], index,
                              (enum tl_name_kind)k))
                return tl_yaml_fail(&draft->pack->yaml,
                                    tl_draft_mark(draft->pack, draft->object, keys[k], i),
                                    loader->ctx, "'%s' holds no word, or more than eight",
                                    lists[k]->items[i]);
        }
    }
    int rc = compile_words(&rule->against, &rule->n_against, loader, draft, "not_names",
                           &draft->not_names);
    if (!rc)
        rc = compile_words(&rule->tables, &rule->n_tables, loader, draft, "tables",
                           &draft->tables);
    if (!rc)
        rc = compile_words(&rule->not_tables, &rule->n_not_tables, loader, draft,
                           "not_tables", &draft->not_tables);
    return rc;
}

static int category_at(const struct tl_category **out, const struct loader *loader,
                       const struct tl_draft *draft, const json_t *object,
                       const char *word)
{
    const struct tl_engine *engine = loader->engine;
    int i = tl_category_find(engine, word);

    if (i < 0) {
        const char **known =
            tl_arena_alloc(engine->arena, engine->n_categories, sizeof *known);

        for (uint32_t k = 0; k < engine->n_categories; k++)
            known[k] = engine->categories[k].key;
        return tl_draft_unknown(draft->pack,
                                tl_draft_mark(draft->pack, object, "category", 0),
                                loader->ctx, "category", word, known,
                                engine->n_categories);
    }
    *out = &engine->categories[i];
    return TL_OK;
}

static int sensitivity_at(uint8_t *out, const struct loader *loader,
                          const struct tl_draft *draft, const json_t *object,
                          const char *word)
{
    int sensitivity = tl_sensitivity_of(word);

    if (sensitivity < 0)
        return tl_draft_unknown_sensitivity(draft->pack,
                                            tl_draft_mark(draft->pack, object,
                                                          "sensitivity", 0),
                                            loader->ctx, word);
    *out = (uint8_t)sensitivity;
    return TL_OK;
}

/* What the type is in a column that is a person's. */
static int compile_person(struct tl_rule *rule, const struct tl_category *category,
                          const struct loader *loader, const struct tl_draft *draft)
{
    const json_t *object = json_object_get(draft->object, "person");
    int rc = TL_OK;

    if (!draft->person.is_on)
        return TL_OK;
    if (draft->person.category)
        rc = category_at(&category, loader, draft, object, draft->person.category);
    rule->person_category = category->key;
    rule->person_sensitivity = category->sensitivity;
    if (!rc && draft->person.sensitivity)
        rc = sensitivity_at(&rule->person_sensitivity, loader, draft, object,
                            draft->person.sensitivity);
    return rc;
}

static int compile_class(struct tl_info_type *type, struct tl_rule *rule,
                         const struct loader *loader, const struct tl_draft *draft)
{
    const struct tl_category *category = NULL;

    if (!draft->category)
        return tl_yaml_fail(&draft->pack->yaml,
                            tl_draft_mark(draft->pack, draft->object, "info_type", 0),
                            loader->ctx, "'%s' needs a 'category'", draft->info_type);
    int rc = category_at(&category, loader, draft, draft->object, draft->category);
    if (rc)
        return rc;
    type->category = category->key;
    type->sensitivity = category->sensitivity;
    if (draft->sensitivity)
        rc = sensitivity_at(&type->sensitivity, loader, draft, draft->object,
                            draft->sensitivity);
    type->gdpr = draft->law[0].items ? draft->law[0] : category->gdpr;
    type->ccpa = draft->law[1].items ? draft->law[1] : category->ccpa;
    type->tcf = draft->law[2].items ? draft->law[2] : category->tcf;
    return rc ? rc : compile_person(rule, category, loader, draft);
}

static int compile_thing(struct tl_rule *rule, const struct loader *loader,
                         const struct tl_draft *draft)
{
    uint8_t sensitivity = 0;

    rule->thing_sensitivity = -1;
    if (!draft->thing_sensitivity)
        return TL_OK;
    int rc =
        sensitivity_at(&sensitivity, loader, draft,
                       json_object_get(draft->object, "thing"), draft->thing_sensitivity);
    rule->thing_sensitivity = (int8_t)sensitivity;
    return rc;
}

/* The category and sensitivity of values that are less precise than the type's own. */
static int compile_coarse(struct tl_rule *rule, const struct loader *loader,
                          const struct tl_draft *draft)
{
    const json_t *object = json_object_get(draft->object, "coarse");
    const struct tl_category *category = NULL;

    if (!draft->coarse.value)
        return TL_OK;
    int rc = category_at(&category, loader, draft, object, draft->coarse.category);
    if (rc)
        return rc;
    rule->coarse_category = category->key;
    rule->coarse_sensitivity = category->sensitivity;
    rule->coarse_share = (uint16_t)(draft->coarse.share * 1000 + 0.5);
    rc = tl_rx_open(&rule->coarse, draft->coarse.value, rx_flags(draft, TL_RX_WHOLE),
                    loader->ctx);
    if (!rc)
        return TL_OK;
    struct tl_mark at = tl_draft_mark(draft->pack, object, "value", 0);
    return tl_explain(loader->ctx, "%s:%u:%u: 'value' of 'coarse'",
                      draft->pack->yaml.path, at.line, at.column);
}

static void add_sentinels(struct tl_rule *rule, const struct tl_draft *draft)
{
    for (size_t i = 0; i < draft->sentinels.n; i++)
        tl_map_put(&rule->sentinels, draft->sentinels.items[i],
                   strlen(draft->sentinels.items[i]), 1);
}

static int compile_rest(struct tl_rule *rule, struct loader *loader,
                        const struct tl_draft *draft)
{
    static const char *const cases[] = { "any", "lower", "upper" };
    struct tl_engine *engine = loader->engine;

    if (draft->letter_case) {
        while (rule->letter_case < 3 &&
               strcmp(cases[rule->letter_case], draft->letter_case))
            rule->letter_case++;
        if (rule->letter_case == 3)
            return draft_wrong(loader, draft, "letter_case", 0, "letter case",
                               draft->letter_case, cases, 3);
    }
    if (draft->family) {
        uint32_t family;

        if (!tl_map_get(&loader->family_of, draft->family, strlen(draft->family),
                        &family)) {
            family = (uint32_t)loader->family_of.n + 1;
            tl_map_put(&loader->family_of, draft->family, strlen(draft->family), family);
        }
        rule->family = (uint16_t)family;
    }
    if (draft->vocabulary) {
        for (uint32_t i = 0; i < engine->n_vocabularies; i++) {
            if (!strcmp(engine->vocabularies[i].name, draft->vocabulary))
                rule->vocabulary = &engine->vocabularies[i];
        }
        const struct tl_gazetteer *list = tl_gazetteer_find(draft->vocabulary);
        if (!rule->vocabulary && list) {
            struct tl_vocabulary *built_in =
                &engine->vocabularies[engine->n_vocabularies++];

            *built_in = (struct tl_vocabulary){ .name = list->name, .list = list };
            rule->vocabulary = built_in;
        }
        if (!rule->vocabulary)
            return draft_wrong(loader, draft, "vocabulary", 0, "vocabulary",
                               draft->vocabulary, NULL, 0);
    }
    add_sentinels(rule, draft);
    byte_set_of(&rule->needs, draft->needs ? draft->needs : "");
    if (draft->search_needs)
        byte_set_of(&rule->search_needs, draft->search_needs);
    else if (!draft->search
                  .pattern) /* made from `value`: what that needs, a find needs */
        rule->search_needs = rule->needs;
    rule->least_digits = (uint32_t)draft->digits;
    if (draft->only)
        byte_set_of(&rule->only, draft->only);
    else
        memset(&rule->only, 0xFF, sizeof rule->only);
    return TL_OK;
}

/* "core/email_address#name": thousands at every start, and printf would be most of the time. */
static void name_opinions(struct tl_rule *rule, struct tl_arena *into)
{
    size_t n_pack = strlen(rule->type->pack);
    size_t n_name = strlen(rule->type->name);

    for (int i = 0; i <= TL_FROM_VALIDATOR; i++) {
        const char *word = tl_evidence_word(i);
        size_t n_word = strlen(word);
        char *text = tl_arena_alloc(into, n_pack + n_name + n_word + 3, 1);

        memcpy(text, rule->type->pack, n_pack);
        text[n_pack] = '/';
        memcpy(text + n_pack + 1, rule->type->name, n_name);
        text[n_pack + 1 + n_name] = '#';
        memcpy(text + n_pack + n_name + 2, word, n_word + 1);
        rule->opinions[i] = text;
    }
}

static int compile(struct loader *loader, uint16_t index, const struct tl_draft *draft)
{
    struct tl_engine *engine = loader->engine;
    struct tl_info_type *type = &engine->types[index];
    struct tl_rule *rule = &engine->rules[index];

    type->name = draft->info_type;
    type->summary = draft->summary ? draft->summary : "";
    type->pack = draft->pack->name;
    type->names = draft->names;
    type->weak_names = draft->weak_names;
    type->lead_names = draft->lead_names;
    type->known_names = draft->known_names;
    type->not_names = draft->not_names;
    type->value = draft->value ? draft->value : draft->named_value;
    type->named_value = draft->named_value;
    type->search = draft->search.pattern;
    type->family = draft->family;
    type->specialises = draft->specialises;
    type->validator = draft->validator;
    type->decoder = draft->decoder;
    type->source = draft->origin;
    type->is_quasi = draft->quasi;
    type->match = draft->match;
    type->no_match = draft->no_match;
    type->prior_ppm = draft->prior * 1e6 < 1 ? 1 : (unsigned)(draft->prior * 1e6 + 0.5);
    rule->type = type;
    rule->order = draft->order;
    rule->prior = draft->prior;
    rule->search_prior = draft->search_prior > 0 ? draft->search_prior : draft->prior;
    rule->least_length = (uint32_t)draft->length[0];
    rule->most_length = (uint32_t)draft->length[1];
    rule->least_share = (uint16_t)draft->share;
    rule->least_distinct =
        (uint16_t)(draft->distinct < UINT16_MAX ? draft->distinct : UINT16_MAX);
    rule->vocabulary_share = (uint16_t)draft->vocabulary_share;
    rule->vocabulary_proves = (uint16_t)draft->vocabulary_proves;
    rule->is_personal = draft->personal;
    rule->needs_name = draft->needs_name || !draft->value || draft->prior >= 1;
    type->needs_name = rule->needs_name;
    rule->needs_people = draft->needs_people;
    rule->specialises = -1;
    name_opinions(rule, engine->arena);
    int rc = compile_class(type, rule, loader, draft);
    if (!rc)
        rc = compile_thing(rule, loader, draft);
    if (!rc)
        rc = compile_coarse(rule, loader, draft);
    if (!rc)
        rc = compile_patterns(rule, loader, draft);
    if (!rc)
        rc = compile_logicals(rule, loader, draft);
    if (!rc)
        rc = compile_names(rule, index, loader, draft);
    if (!rc)
        rc = compile_rest(rule, loader, draft);
    return rc;
}

/* ---- third pass: what points at other types; examples ---- */

static int known_type(const struct loader *loader, const struct tl_draft *draft,
                      const char *key, size_t i, const char *word)
{
    uint32_t at;

    if (tl_map_get(&loader->entry_of, word, strlen(word), &at))
        return TL_OK;
    const char **known =
        tl_arena_alloc(loader->engine->arena, loader->entries.n, sizeof *known);
    for (size_t k = 0; k < loader->entries.n; k++)
        known[k] = loader->entries.items[k].draft->info_type;
    return draft_wrong(loader, draft, key, i, "info type", word, known,
                       loader->entries.n);
}

static int resolve_siblings(struct tl_rule *rule, const struct loader *loader,
                            const struct tl_draft *draft)
{
    uint32_t n = rule->n_siblings;
    uint16_t *siblings =
        tl_arena_alloc(loader->engine->arena, n + draft->siblings.n, sizeof *siblings);
    int rc = TL_OK;

    if (n)
        memcpy(siblings, rule->siblings, n * sizeof *siblings);
    for (size_t i = 0; i < draft->siblings.n && !rc; i++) {
        rc = known_type(loader, draft, "siblings", i, draft->siblings.items[i]);
        int sibling = tl_rule_find(loader->engine, draft->siblings.items[i]);
        if (sibling >= 0)
            siblings[n++] = (uint16_t)sibling;
    }
    rule->siblings = siblings;
    rule->n_siblings = n;
    return rc;
}

static int resolve(const struct loader *loader, uint16_t index,
                   const struct tl_draft *draft)
{
    struct tl_rule *rule = &loader->engine->rules[index];
    int rc = TL_OK;

    if (draft->specialises) {
        rc = known_type(loader, draft, "specialises", 0, draft->specialises);
        rule->specialises = tl_rule_find(loader->engine, draft->specialises);
    }
    return rc ? rc : resolve_siblings(rule, loader, draft);
}

/* An example that is to match must be taken by 'value' or 'named_value'; one that is not, by neither. */
static bool example_matches(const struct tl_rule *rule, const char *text,
                            struct tl_rx_scratch *rx)
{
    struct tl_shape shape;

    tl_shape_of(&shape, text, strlen(text), false);
    return !tl_rule_is_sentinel(rule, text, shape.n) &&
           (tl_rule_takes(rule, text, &shape, true, rx) ||
            tl_rule_takes_named(rule, text, &shape, rx));
}

static int check_examples(const struct loader *loader, uint16_t index,
                          const struct tl_draft *draft, struct tl_rx_scratch *rx)
{
    static const char *const keys[] = { "match", "no_match" };
    const struct tl_list *lists[] = { &draft->match, &draft->no_match };
    const json_t *object = json_object_get(draft->object, "examples");

    if (!draft->object)
        return TL_OK; /* a constant */
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < lists[k]->n; i++) {
            if (example_matches(&loader->engine->rules[index], lists[k]->items[i], rx) !=
                (k == 0))
                return tl_yaml_fail(&draft->pack->yaml,
                                    tl_draft_mark(draft->pack, object, keys[k], i),
                                    loader->ctx, "this example of '%s' %s",
                                    draft->info_type,
                                    k ? "matches and should not" : "does not match");
        }
    }
    return TL_OK;
}

/* ---- what later packs add to a type ---- */

static void append(struct tl_list *to, const struct tl_list *more,
                   const struct loader *loader)
{
    const char **items =
        tl_arena_alloc(loader->engine->arena, to->n + more->n, sizeof *items);

    if (to->n)
        memcpy(items, to->items, to->n * sizeof *items);
    if (more->n)
        memcpy(items + to->n, more->items, more->n * sizeof *items);
    *to = (struct tl_list){ items, to->n + more->n };
}

static int compile_addition(const struct loader *loader, uint16_t index,
                            const struct tl_draft *add, struct tl_rx_scratch *rx)
{
    struct tl_info_type *type = &loader->engine->types[index];
    struct tl_rule *rule = &loader->engine->rules[index];
    struct tl_list pack = { (const char **)&add->pack->name, 1 };

    append(&type->names, &add->names, loader);
    append(&type->weak_names, &add->weak_names, loader);
    append(&type->lead_names, &add->lead_names, loader);
    append(&type->known_names, &add->known_names, loader);
    append(&type->not_names, &add->not_names, loader);
    append(&type->match, &add->match, loader);
    append(&type->no_match, &add->no_match, loader);
    append(&type->extended_by, &pack, loader);
    add_sentinels(rule, add);
    int rc = compile_names(rule, index, loader, add);
    if (!rc)
        rc = resolve_siblings(rule, loader, add);
    return rc ? rc : check_examples(loader, index, add, rx);
}

static int by_name(const void *a, const void *b)
{
    const struct entry *const *x = a;
    const struct entry *const *y = b;

    return strcmp((*x)->draft->info_type, (*y)->draft->info_type);
}

static int compile_all(struct loader *loader)
{
    struct tl_engine *engine = loader->engine;
    const struct entry **order =
        tl_arena_alloc(engine->arena, loader->entries.n, sizeof *order);
    struct tl_rx_scratch *rx = tl_rx_scratch_open();
    uint32_t n = 0;
    int rc = TL_OK;

    for (size_t i = 0; i < loader->entries.n; i++) {
        if (!loader->entries.items[i].is_off)
            order[n++] = &loader->entries.items[i];
    }
    qsort(order, n, sizeof *order, by_name);
    engine->types = tl_arena_alloc(engine->arena, n, sizeof *engine->types);
    engine->rules = tl_arena_alloc(engine->arena, n, sizeof *engine->rules);
    engine->n_types = n;
    size_t n_names = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct tl_draft *draft = order[i]->draft;

        n_names += draft->names.n + draft->weak_names.n + draft->lead_names.n +
                   draft->known_names.n;
    }
    tl_names_reserve(&engine->names, n_names);
    for (uint32_t i = 0; i < n && !rc; i++) {
        rc = compile(loader, (uint16_t)i, order[i]->draft);
        engine->types[i].replaces = order[i]->replaces;
    }
    for (uint32_t i = 0; i < n && !rc; i++)
        rc = resolve(loader, (uint16_t)i, order[i]->draft);
    for (uint32_t i = 0; i < n && !rc; i++)
        rc = check_examples(loader, (uint16_t)i, order[i]->draft, rx);
    for (uint32_t i = 0; i < n && !rc; i++) {
        for (const struct addition *add = order[i]->additions; add && !rc;
             add = add->next)
            rc = compile_addition(loader, (uint16_t)i, add->draft, rx);
    }
    tl_rx_scratch_close(rx);
    return rc;
}

static int cannot_switch_off(const struct loader *loader, const char *word)
{
    size_t n = loader->entries.n;
    const char **known =
        tl_arena_alloc(loader->engine->arena, n + loader->n_packs, sizeof *known);

    for (size_t k = 0; k < n; k++)
        known[k] = loader->entries.items[k].draft->info_type;
    for (size_t k = 0; k < loader->n_packs; k++)
        known[n + k] = loader->packs[k]->name;
    const char *nearest = tl_nearest(word, known, n + loader->n_packs);
    if (nearest)
        tl_hint(loader->ctx, "did you mean '%s'?", nearest);
    return tl_fail(loader->ctx, TL_ECONFIG,
                   "cannot switch off '%s': no pack is named so or has that info type",
                   word);
}

static int switch_off(struct loader *loader, const struct tl_list *without)
{
    for (size_t i = 0; without && i < without->n; i++) {
        const char *word = without->items[i];
        bool is_pack = false;
        uint32_t at;

        for (size_t k = 0; k < loader->n_packs; k++)
            is_pack |= !strcmp(loader->packs[k]->name, word);
        for (size_t k = 0; is_pack && k < loader->entries.n; k++)
            loader->entries.items[k].is_off |=
                !strcmp(loader->entries.items[k].draft->pack->name, word);
        if (tl_map_get(&loader->entry_of, word, strlen(word), &at))
            loader->entries.items[at].is_off = true;
        else if (!is_pack)
            return cannot_switch_off(loader, word);
    }
    return TL_OK;
}

static void move_lists(struct loader *loader)
{
    struct tl_engine *engine = loader->engine;

    engine->n_categories = (uint32_t)loader->categories.n;
    engine->categories =
        tl_arena_alloc(engine->arena, loader->categories.n, sizeof *engine->categories);
    if (loader->categories.n)
        memcpy(engine->categories, loader->categories.items,
               loader->categories.n * sizeof *engine->categories);
    engine->n_vocabularies = (uint32_t)loader->vocabularies.n;
    /* room for the built-in lists, which come in as types ask for them */
    size_t n_lists = 0;
    while (tl_gazetteers[n_lists].name)
        n_lists++;
    engine->vocabularies = tl_arena_alloc(engine->arena, loader->vocabularies.n + n_lists,
                                          sizeof *engine->vocabularies);
    if (loader->vocabularies.n)
        memcpy(engine->vocabularies, loader->vocabularies.items,
               loader->vocabularies.n * sizeof *engine->vocabularies);
}

/* A pack from its text, or as the build has read it. */
static int take_source(struct loader *loader, struct tl_pack_draft *read,
                       const struct tl_pack_text *source)
{
    struct tl_engine *engine = loader->engine;
    const struct tl_pack_draft *draft = source->draft;
    struct tl_pack *pack = &engine->packs[engine->n_packs];
    int rc = TL_OK;

    pack->path = tl_arena_strdup(engine->arena, source->path);
    pack->n = source->n;
    if (draft) {
        pack->text = source->text;
        memcpy(pack->digest, source->digest, sizeof pack->digest);
    } else {
        struct tl_sha256 digest;

        rc = tl_draft_read(read, source->text, source->n, pack->path, engine->arena,
                           loader->ctx);
        draft = read;
        pack->text = tl_arena_dup(engine->arena, source->text, source->n);
        tl_sha256_of(&digest, source->text, source->n);
        tl_hex(pack->digest, digest.bytes, sizeof digest.bytes);
    }
    if (rc)
        return rc;
    pack->name = draft->name;
    pack->version = draft->version;
    pack->locales = draft->locales;
    engine->n_packs++;
    return add_pack(loader, draft);
}

int tl_packs_compile(struct tl_engine *engine, const struct tl_pack_text *texts, size_t n,
                     const struct tl_list *without, struct tl_ctx *ctx)
{
    struct loader *loader = tl_alloc(1, sizeof *loader);
    struct tl_pack_draft *read = tl_alloc(n, sizeof *read);
    int rc = TL_OK;

    loader->engine = engine;
    loader->ctx = ctx;
    engine->packs = tl_arena_alloc(engine->arena, n, sizeof *engine->packs);
    if (n > PACKS_MOST)
        rc = tl_fail(ctx, TL_ELIMIT, "more than %d rule packs", PACKS_MOST);
    for (size_t i = 0; i < n && !rc; i++)
        rc = take_source(loader, &read[i], &texts[i]);
    move_lists(loader);
    if (!rc)
        rc = switch_off(loader, without);
    if (!rc)
        rc = compile_all(loader);
    for (size_t i = loader->n_packs; i-- > 0 && !rc;)
        rc = tl_carry_add(engine, loader->packs[i], &loader->entry_of, ctx);
    if (!rc)
        tl_prefilter_build(engine);
    for (size_t i = 0; i < n; i++)
        tl_yaml_release(&read[i].yaml);
    tl_free(read);
    tl_vec_release(&loader->entries);
    tl_vec_release(&loader->categories);
    tl_vec_release(&loader->vocabularies);
    tl_map_release(&loader->entry_of);
    tl_map_release(&loader->family_of);
    tl_free(loader);
    return rc;
}

int tl_packs_load(struct tl_engine *engine, const struct tl_engine_settings *settings,
                  struct tl_ctx *ctx)
{
    struct tl_pack_text texts[PACKS_MOST];
    struct tl_str files[PACKS_MOST];
    const char *places[PACKS_MOST];
    size_t n = 0;
    size_t n_files = 0;
    size_t n_places = 0;
    int rc = TL_OK;

    for (const struct tl_built_in_pack *pack = tl_built_in_packs; pack->name; pack++)
        texts[n++] = (struct tl_pack_text){ .path = "built in",
                                            .text = pack->text,
                                            .n = pack->n,
                                            .digest = pack->digest,
                                            .draft = pack->draft };
    rc = tl_pack_files(places, &n_places, PACKS_MOST - n, settings->packs.items,
                       settings->packs.n, ctx);
    for (size_t i = 0; i < n_places && !rc; i++) {
        struct tl_str *file = &files[n_files++];
        const char *path = places[i];

        tl_str_init(file, TL_PACK_BYTES_MOST);
        rc = tl_pack_read(&path, file, places[i], ctx);
        texts[n++] =
            (struct tl_pack_text){ .path = path, .text = file->text, .n = file->n };
    }
    if (!rc)
        rc = tl_packs_compile(engine, texts, n, &settings->without, ctx);
    for (size_t i = 0; i < n_files; i++)
        tl_str_release(&files[i]);
    return rc;
}

void tl_packs_release(struct tl_engine *engine)
{
    for (uint32_t i = 0; i < engine->n_types; i++) {
        tl_rx_close(engine->rules[i].value);
        tl_rx_close(engine->rules[i].named_value);
        tl_rx_close(engine->rules[i].search);
        tl_rx_close(engine->rules[i].coarse);
        tl_map_release(&engine->rules[i].sentinels);
    }
    for (uint32_t i = 0; i < engine->n_vocabularies; i++)
        tl_map_release(&engine->vocabularies[i].words);
    tl_vec_release(&engine->carry);
}
