/*
 * Rule packs: YAML to compiled rules, with the place of every mistake. Three passes: all texts are parsed into drafts (a later
 * pack's type of the same name replaces an earlier one), drafts are compiled in the order of their names, and what points at
 * other types is resolved. Last, every example must behave: a pack that contradicts itself is refused.
 */
#include "classifiers/packs.h"
#include "classifiers/rules.h"

#include "base/ctx.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/yaml.h"

#include <ctype.h>

#define PACKS_MOST      64
#define PACK_BYTES_MOST ((size_t)4 << 20)
#define FORMAT          1

struct source {
    struct tl_yaml yaml;
    const char *name;
};

/* A type as written. */
struct draft {
    const char *info_type, *summary, *category, *sensitivity, *value, *named_value,
        *validator;
    const char *family, *specialises, *letter_case, *vocabulary, *needs, *only,
        *search_needs, *decoder, *origin;
    struct tl_list names, weak_names, lead_names, known_names, not_names, logical,
        sentinels, siblings, tables, not_tables;
    struct search {
        bool is_on;
        const char *pattern; /* NULL: made from `value` */
    } search;
    bool needs_name, needs_people, personal, quasi;
    double prior, search_prior; /* the latter 0: the former */
    int64_t share, distinct, digits, vocabulary_share, vocabulary_proves, length[2];
    const json_t *law, *person, *thing, *coarse, *examples;
    const json_t *object;
    const struct source *source;
    uint32_t order;
    bool is_off; /* switched off by the settings */
};

struct loader {
    struct tl_engine *engine;
    struct tl_ctx *ctx;
    struct source sources[PACKS_MOST];
    size_t n_sources;
    TL_VEC(struct draft) drafts;
    struct tl_map draft_of;  /* info type -> place in drafts */
    struct tl_map family_of; /* word -> number */
    TL_VEC(struct tl_category) categories;
    TL_VEC(struct tl_vocabulary) vocabularies;
};

enum kind { TEXT, TEXTS, FLAG, COUNT, SHARE, PRIOR, RANGE, MAPPING, SEARCH };

struct key {
    const char *name;
    enum kind kind;
    size_t offset;
};

#define KEY(word, kind)                                                                  \
    {                                                                                    \
#word, kind, offsetof(struct draft, word)                                        \
    }
static const struct key type_keys[] = {
    KEY(info_type, TEXT),
    KEY(summary, TEXT),
    KEY(category, TEXT),
    KEY(sensitivity, TEXT),
    KEY(law, MAPPING),
    KEY(names, TEXTS),
    KEY(weak_names, TEXTS),
    KEY(lead_names, TEXTS),
    KEY(known_names, TEXTS),
    KEY(not_names, TEXTS),
    KEY(value, TEXT),
    KEY(named_value, TEXT),
    KEY(search, SEARCH),
    KEY(validator, TEXT),
    KEY(decoder, TEXT),
    { "source", TEXT, offsetof(struct draft, origin) },
    KEY(quasi, FLAG),
    KEY(prior, PRIOR),
    KEY(search_prior, PRIOR),
    KEY(length, RANGE),
    KEY(needs, TEXT),
    KEY(only, TEXT),
    KEY(search_needs, TEXT),
    KEY(digits, COUNT),

    KEY(logical, TEXTS),
    KEY(share, SHARE),
    KEY(distinct, COUNT),
    KEY(needs_name, FLAG),
    KEY(needs_people, FLAG),
    KEY(personal, FLAG),
    KEY(family, TEXT),
    KEY(specialises, TEXT),
    KEY(letter_case, TEXT),
    KEY(vocabulary, TEXT),
    KEY(vocabulary_share, SHARE),
    KEY(vocabulary_proves, SHARE),
    KEY(sentinels, TEXTS),
    KEY(siblings, TEXTS),
    KEY(tables, TEXTS),
    KEY(not_tables, TEXTS),
    KEY(person, MAPPING),
    KEY(thing, MAPPING),
    KEY(coarse, MAPPING),
    KEY(examples, MAPPING),
};
#define N_TYPE_KEYS (sizeof type_keys / sizeof *type_keys)

/* ---- saying what is wrong, and where ---- */

static int wrong(const struct loader *loader, const struct source *source,
                 struct tl_mark at, const char *what)
{
    return tl_yaml_fail(&source->yaml, at, loader->ctx, "%s", what);
}

static int unknown_word(const struct loader *loader, const struct source *source,
                        struct tl_mark at, const char *what, const char *word,
                        const char *const *known, size_t n)
{
    const char *nearest = tl_nearest(word, known, n);

    if (nearest)
        tl_hint(loader->ctx, "did you mean '%s'?", nearest);
    return tl_yaml_fail(&source->yaml, at, loader->ctx, "unknown %s '%s'", what, word);
}

/* Every key of `object` must be one of `known`. */
static int check_keys(const struct loader *loader, const struct source *source,
                      const json_t *object, const char *const *known, size_t n)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        size_t i = 0;

        while (i < n && strcmp(known[i], key))
            i++;
        if (i == n)
            return unknown_word(loader, source,
                                tl_yaml_key_at(&source->yaml, object, key), "key", key,
                                known, n);
    }
    return TL_OK;
}

/* ---- reading values ---- */

static const char *keep(const struct loader *loader, const char *text)
{
    return tl_arena_strdup(loader->engine->arena, text);
}

static int read_text(const char **out, const struct loader *loader,
                     const struct source *source, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return TL_OK;
    if (!json_is_string(value) ||
        strlen(json_string_value(value)) != json_string_length(value))
        return tl_yaml_fail(&source->yaml, tl_yaml_at(&source->yaml, object, key),
                            loader->ctx, "'%s' must be text (quote it)", key);
    *out = keep(loader, json_string_value(value));
    return TL_OK;
}

/* A sequence of texts, or one text. */
static int read_texts(struct tl_list *out, const struct loader *loader,
                      const struct source *source, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return TL_OK;
    bool is_one = json_is_string(value);
    if (!is_one && !json_is_array(value))
        return tl_yaml_fail(&source->yaml, tl_yaml_at(&source->yaml, object, key),
                            loader->ctx, "'%s' must be a list of texts", key);
    size_t n = is_one ? 1 : json_array_size(value);
    const char **items = tl_arena_alloc(loader->engine->arena, n, sizeof *items);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = is_one ? value : json_array_get(value, i);

        if (!json_is_string(item))
            return tl_yaml_fail(&source->yaml, tl_yaml_item_at(&source->yaml, value, i),
                                loader->ctx, "'%s' must hold texts (quote it)", key);
        items[i] = keep(loader, json_string_value(item));
    }
    *out = (struct tl_list){ items, n };
    return TL_OK;
}

static struct tl_mark item_mark(const struct source *source, const json_t *object,
                                const char *key, size_t i)
{
    const json_t *value = json_object_get(object, key);

    return json_is_array(value) ? tl_yaml_item_at(&source->yaml, value, i)
                                : tl_yaml_at(&source->yaml, object, key);
}

static int read_number(double *out, double least, double most,
                       const struct loader *loader, const struct source *source,
                       const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return TL_OK;
    double number = json_is_number(value) ? json_number_value(value) : least - 1;
    if (!(number >= least && number <= most))
        return tl_yaml_fail(&source->yaml, tl_yaml_at(&source->yaml, object, key),
                            loader->ctx, "'%s' must be a number from %g to %g", key,
                            least, most);
    *out = number;
    return TL_OK;
}

static int read_range(int64_t out[2], const struct loader *loader,
                      const struct source *source, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return TL_OK;
    int64_t least = json_integer_value(json_array_get(value, 0));
    int64_t most = json_integer_value(json_array_get(value, 1));
    if (json_array_size(value) != 2 || least < 0 || most < least || most > TL_VALUE_MOST)
        return tl_yaml_fail(&source->yaml, tl_yaml_at(&source->yaml, object, key),
                            loader->ctx,
                            "'%s' must be two counts of bytes, [least, most]", key);
    out[0] = least;
    out[1] = most;
    return TL_OK;
}

static int read_mapping(const json_t **out, const struct loader *loader,
                        const struct source *source, const json_t *object,
                        const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value && !json_is_object(value))
        return tl_yaml_fail(&source->yaml, tl_yaml_at(&source->yaml, object, key),
                            loader->ctx, "'%s' must be a mapping", key);
    *out = value;
    return TL_OK;
}

static int read_flag(bool *out, const struct loader *loader, const struct source *source,
                     const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value && !json_is_boolean(value))
        return tl_yaml_fail(&source->yaml, tl_yaml_at(&source->yaml, object, key),
                            loader->ctx, "'%s' must be true or false", key);
    if (value)
        *out = json_is_true(value);
    return TL_OK;
}

static int read_key(struct draft *draft, const struct key *key,
                    const struct loader *loader)
{
    void *at = (char *)draft + key->offset;
    const struct source *source = draft->source;
    double number = 0;
    int rc;

    switch (key->kind) {
    case TEXT:
        return read_text(at, loader, source, draft->object, key->name);
    case TEXTS:
        return read_texts(at, loader, source, draft->object, key->name);
    case FLAG:
        return read_flag(at, loader, source, draft->object, key->name);
    case PRIOR:
        return read_number(at, 1e-9, 1, loader, source, draft->object, key->name);
    case RANGE:
        return read_range(at, loader, source, draft->object, key->name);
    case MAPPING:
        return read_mapping(at, loader, source, draft->object, key->name);
    case SEARCH: {
        struct search *search = at;

        if (!json_is_string(json_object_get(draft->object, key->name)))
            return read_flag(&search->is_on, loader, source, draft->object, key->name);
        search->is_on = true;
        return read_text(&search->pattern, loader, source, draft->object, key->name);
    }
    case COUNT:
    case SHARE:
        number = (double)*(int64_t *)at / (key->kind == SHARE ? 1000 : 1);
        rc = read_number(&number, 0, key->kind == SHARE ? 1 : 1000000, loader, source,
                         draft->object, key->name);
        *(int64_t *)at = (int64_t)(number * (key->kind == SHARE ? 1000 : 1) + 0.5);
        return rc;
    }
    return TL_OK;
}

/* ---- first pass: texts to drafts ---- */

static int read_draft(struct loader *loader, const struct source *source,
                      const json_t *types, size_t i)
{
    const char *known[N_TYPE_KEYS];
    struct draft draft = { .personal = true,
                           .prior = 1,
                           .share = 600,
                           .distinct = 2,
                           .vocabulary_share = 300,
                           .length = { 1, TL_VALUE_MOST },
                           .source = source,
                           .object = json_array_get(types, i),
                           .order = (uint32_t)i };
    struct tl_mark mark = tl_yaml_item_at(&source->yaml, types, i);
    uint32_t at;

    for (size_t k = 0; k < N_TYPE_KEYS; k++)
        known[k] = type_keys[k].name;
    if (!json_is_object(draft.object))
        return wrong(loader, source, mark, "a type must be a mapping");
    int rc = check_keys(loader, source, draft.object, known, N_TYPE_KEYS);
    for (size_t k = 0; k < N_TYPE_KEYS && !rc; k++)
        rc = read_key(&draft, &type_keys[k], loader);
    if (rc)
        return rc;
    if (!draft.info_type)
        return wrong(loader, source, mark, "a type needs 'info_type'");
    for (const char *c = draft.info_type; *c; c++) {
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
            return wrong(loader, source,
                         tl_yaml_at(&source->yaml, draft.object, "info_type"),
                         "an info type is written in lower case letters, digits and '_'");
    }
    if (tl_map_get(&loader->draft_of, draft.info_type, strlen(draft.info_type), &at)) {
        if (loader->drafts.items[at].source == source)
            return tl_yaml_fail(&source->yaml,
                                tl_yaml_at(&source->yaml, draft.object, "info_type"),
                                loader->ctx, "'%s' stands in this pack twice",
                                draft.info_type);
        loader->drafts.items[at] = draft;
        return TL_OK;
    }
    if (loader->drafts.n == TL_RULES_MOST)
        return tl_fail(loader->ctx, TL_ELIMIT, "more than %d info types", TL_RULES_MOST);
    tl_map_put(&loader->draft_of, draft.info_type, strlen(draft.info_type),
               (uint32_t)loader->drafts.n);
    tl_vec_push(&loader->drafts, draft);
    return TL_OK;
}

static int read_law(struct tl_list out[3], const struct loader *loader,
                    const struct source *source, const json_t *law)
{
    static const char *const known[] = { "gdpr", "ccpa", "tcf" };

    int rc = check_keys(loader, source, law, known, 3);
    for (size_t i = 0; i < 3 && !rc; i++)
        rc = read_texts(&out[i], loader, source, law, known[i]);
    return rc;
}

static int sensitivity_at(uint8_t *out, const struct loader *loader,
                          const struct source *source, const json_t *object,
                          const char *word)
{
    static const char *const known[] = { "public", "internal", "personal", "sensitive",
                                         "special" };
    int sensitivity = tl_sensitivity_of(word);

    if (sensitivity < 0)
        return unknown_word(loader, source,
                            tl_yaml_at(&source->yaml, object, "sensitivity"),
                            "sensitivity", word, known, 5);
    *out = (uint8_t)sensitivity;
    return TL_OK;
}

static int read_category(struct loader *loader, const struct source *source,
                         const json_t *list, size_t i)
{
    static const char *const known[] = { "key", "summary", "sensitivity", "law" };
    const json_t *object = json_array_get(list, i);
    struct tl_category category = { 0 };
    struct tl_list laws[3] = { { 0 } };
    const char *sensitivity = NULL;
    const json_t *law = NULL;

    if (!json_is_object(object))
        return wrong(loader, source, tl_yaml_item_at(&source->yaml, list, i),
                     "a category must be a mapping");
    int rc = check_keys(loader, source, object, known, 4);
    if (!rc)
        rc = read_text(&category.key, loader, source, object, "key");
    if (!rc)
        rc = read_text(&category.summary, loader, source, object, "summary");
    if (!rc)
        rc = read_text(&sensitivity, loader, source, object, "sensitivity");
    if (!rc)
        rc = read_mapping(&law, loader, source, object, "law");
    if (!rc && law)
        rc = read_law(laws, loader, source, law);
    if (!rc && (!category.key || !sensitivity))
        return wrong(loader, source, tl_yaml_item_at(&source->yaml, list, i),
                     "a category needs 'key' and 'sensitivity'");
    if (!rc)
        rc = sensitivity_at(&category.sensitivity, loader, source, object, sensitivity);
    category.gdpr = laws[0];
    category.ccpa = laws[1];
    category.tcf = laws[2];
    if (!rc)
        tl_vec_push(&loader->categories, category);
    return rc;
}

/* Words of one flag: what denies, who people are, what says nothing at the end of a name. */
static int read_words(struct loader *loader, const struct source *source, const char *key,
                      unsigned flag)
{
    struct tl_list words = { 0 };

    int rc = read_texts(&words, loader, source, source->yaml.root, key);
    for (size_t i = 0; i < words.n && !rc; i++) {
        if (tl_names_word(&loader->engine->names, words.items[i], flag) == UINT32_MAX)
            rc = tl_yaml_fail(&source->yaml, item_mark(source, source->yaml.root, key, i),
                              loader->ctx, "'%s' is not one word", words.items[i]);
    }
    return rc;
}

static int read_vocabularies(struct loader *loader, const struct source *source)
{
    const json_t *all = NULL;
    const char *name;
    json_t *list;

    int rc = read_mapping(&all, loader, source, source->yaml.root, "vocabularies");
    if (rc || !all)
        return rc;
    json_object_foreach((json_t *)all, name, list)
    {
        struct tl_vocabulary vocabulary = { .name = keep(loader, name) };
        struct tl_list words = { 0 };

        rc = read_texts(&words, loader, source, all, name);
        for (size_t i = 0; i < words.n; i++) {
            struct tl_tokens tokens;

            tl_tokens_of_text(&tokens, words.items[i], strlen(words.items[i]));
            if (tokens.n == 1)
                tl_map_put(&vocabulary.words,
                           tl_arena_dup(loader->engine->arena, tokens.text,
                                        tokens.length[0]),
                           tokens.length[0], 1);
            else if (!rc)
                rc = tl_yaml_fail(&source->yaml, item_mark(source, all, name, i),
                                  loader->ctx, "'%s' is not one word", words.items[i]);
        }
        tl_vec_push(&loader->vocabularies, vocabulary);
        if (rc)
            return rc;
    }
    return TL_OK;
}

static int
read_list_of(struct loader *loader, const struct source *source, const char *key,
             int (*read)(struct loader *, const struct source *, const json_t *, size_t))
{
    const json_t *list = json_object_get(source->yaml.root, key);

    if (list && !json_is_array(list))
        return tl_yaml_fail(&source->yaml,
                            tl_yaml_at(&source->yaml, source->yaml.root, key),
                            loader->ctx, "'%s' must be a list", key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        int rc = read(loader, source, list, i);

        if (rc)
            return rc;
    }
    return TL_OK;
}

static int read_head(struct loader *loader, struct source *source, struct tl_pack *pack)
{
    static const char *const known[] = {
        "pack",         "version",    "format",       "summary",     "taxonomy",
        "categories",   "deny_words", "people_words", "thing_words", "tail_words",
        "vocabularies", "types",      "carry",        "locales",
    };
    static const struct tl_mark top = { 1, 1 };
    const json_t *root = source->yaml.root;
    double version = 0;
    double format = FORMAT;

    if (!json_is_object(root))
        return wrong(loader, source, top,
                     "a pack must be a mapping with 'pack', 'version' and 'types'");
    int rc = check_keys(loader, source, root, known, sizeof known / sizeof *known);
    if (!rc)
        rc = read_text(&source->name, loader, source, root, "pack");
    if (!rc)
        rc = read_number(&version, 1, 1000000, loader, source, root, "version");
    if (!rc)
        rc = read_number(&format, 1, 1000000, loader, source, root, "format");
    if (!rc)
        rc = read_texts(&pack->locales, loader, source, root, "locales");
    if (!rc && !source->name)
        rc = wrong(loader, source, top, "a pack needs 'pack', its name");
    if (!rc && version < 1)
        rc = wrong(loader, source, top, "a pack needs 'version', a number from 1 on");
    if (!rc && format > FORMAT)
        rc = tl_yaml_fail(&source->yaml, tl_yaml_at(&source->yaml, root, "format"),
                          loader->ctx,
                          "this pack has format %g, this program reads up to %d", format,
                          FORMAT);
    pack->name = source->name;
    pack->version = (unsigned)version;
    return rc;
}

static int read_source(struct loader *loader, const struct tl_pack_text *text)
{
    struct tl_engine *engine = loader->engine;
    struct source *source = &loader->sources[loader->n_sources];
    struct tl_pack *pack = &engine->packs[engine->n_packs];
    struct tl_sha256 digest;

    int rc = tl_yaml_parse(&source->yaml, text->text, text->n, text->path, loader->ctx);
    if (rc)
        return rc;
    loader->n_sources++;
    pack->path = keep(loader, text->path);
    pack->text = tl_arena_dup(engine->arena, text->text, text->n);
    pack->n = text->n;
    tl_sha256_of(&digest, text->text, text->n);
    tl_hex(pack->digest, digest.bytes, sizeof digest.bytes);
    engine->n_packs++;
    rc = read_head(loader, source, pack);
    if (!rc)
        rc = read_words(loader, source, "deny_words", TL_WORD_DENIES);
    if (!rc)
        rc = read_words(loader, source, "people_words", TL_WORD_PEOPLE);
    if (!rc)
        rc = read_words(loader, source, "tail_words", TL_WORD_TAIL);
    if (!rc)
        rc = read_words(loader, source, "thing_words", TL_WORD_THING);
    if (!rc)
        rc = read_vocabularies(loader, source);
    if (!rc)
        rc = read_list_of(loader, source, "categories", read_category);
    if (!rc)
        rc = read_list_of(loader, source, "types", read_draft);
    return rc;
}

/* ---- second pass: drafts to rules ---- */

static int draft_wrong(const struct loader *loader, const struct draft *draft,
                       const char *key, size_t i, const char *what, const char *word,
                       const char *const *known, size_t n)
{
    return unknown_word(loader, draft->source,
                        item_mark(draft->source, draft->object, key, i), what, word,
                        known, n);
}

static int compile_rx(struct tl_rx **out, const char *pattern, unsigned flags,
                      const struct loader *loader, const struct draft *draft,
                      const char *key)
{
    if (!pattern)
        return TL_OK;
    int rc = tl_rx_open(out, pattern, flags, loader->ctx);
    if (!rc)
        return TL_OK;
    struct tl_mark at = tl_yaml_at(&draft->source->yaml, draft->object, key);
    return tl_explain(loader->ctx, "%s:%u:%u: '%s' of '%s'", draft->source->yaml.path,
                      at.line, at.column, key, draft->info_type);
}

static int compile_patterns(struct tl_rule *rule, const struct loader *loader,
                            const struct draft *draft)
{
    int rc = compile_rx(&rule->value, draft->value, TL_RX_WHOLE, loader, draft, "value");

    if (!rc)
        rc = compile_rx(&rule->named_value, draft->named_value, TL_RX_WHOLE, loader,
                        draft, "named_value");
    if (!rc && draft->search.is_on && !draft->search.pattern && !draft->value)
        rc = wrong(loader, draft->source,
                   tl_yaml_at(&draft->source->yaml, draft->object, "search"),
                   "'search: true' needs a 'value'");
    if (!rc && draft->search.pattern)
        rc = compile_rx(&rule->search, draft->search.pattern, 0, loader, draft, "search");
    else if (!rc && draft->search.is_on)
        /* a find must not begin or end inside a longer word */
        rc = compile_rx(&rule->search,
                        tl_arena_printf(loader->engine->arena,
                                        "(?<![A-Za-z0-9_])(?:%s)(?![A-Za-z0-9_])",
                                        draft->value),
                        0, loader, draft, "value");
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
                            const struct draft *draft)
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
                         const struct loader *loader, const struct draft *draft,
                         const char *key, const struct tl_list *list)
{
    uint32_t *ids = tl_arena_alloc(loader->engine->arena, list->n, sizeof *ids);

    for (size_t i = 0; i < list->n; i++) {
        ids[i] = tl_names_word(&loader->engine->names, list->items[i], 0);
        if (ids[i] == UINT32_MAX)
            return tl_yaml_fail(&draft->source->yaml,
                                item_mark(draft->source, draft->object, key, i),
                                loader->ctx, "'%s' is not one word", list->items[i]);
    }
    *out = ids;
    *n_out = (uint32_t)list->n;
    return TL_OK;
}

static int compile_names(struct tl_rule *rule, uint16_t index,
                         const struct loader *loader, const struct draft *draft)
{
    static const char *const keys[] = { "names", "weak_names", "lead_names",
                                        "known_names" };
    const struct tl_list *lists[] = { &draft->names, &draft->weak_names,
                                      &draft->lead_names, &draft->known_names };

    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < lists[k]->n; i++) {
            if (!tl_names_add(&loader->engine->names, lists[k]->items[i], index,
                              (enum tl_name_kind)k))
                return tl_yaml_fail(&draft->source->yaml,
                                    item_mark(draft->source, draft->object, keys[k], i),
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
                       const struct source *source, const json_t *object,
                       const char *word)
{
    const struct tl_engine *engine = loader->engine;
    int i = tl_category_find(engine, word);

    if (i < 0) {
        const char **known =
            tl_arena_alloc(engine->arena, engine->n_categories, sizeof *known);

        for (uint32_t k = 0; k < engine->n_categories; k++)
            known[k] = engine->categories[k].key;
        return unknown_word(loader, source, tl_yaml_at(&source->yaml, object, "category"),
                            "category", word, known, engine->n_categories);
    }
    *out = &engine->categories[i];
    return TL_OK;
}

static int compile_class(struct tl_info_type *type, struct tl_rule *rule,
                         const struct loader *loader, const struct draft *draft)
{
    static const char *const person_keys[] = { "category", "sensitivity" };
    const struct tl_category *category = NULL;
    const char *words[2] = { NULL, NULL };

    if (!draft->category)
        return tl_yaml_fail(&draft->source->yaml,
                            tl_yaml_at(&draft->source->yaml, draft->object, "info_type"),
                            loader->ctx, "'%s' needs a 'category'", draft->info_type);
    int rc =
        category_at(&category, loader, draft->source, draft->object, draft->category);
    if (rc)
        return rc;
    struct tl_list laws[3] = { category->gdpr, category->ccpa, category->tcf };
    type->category = category->key;
    type->sensitivity = category->sensitivity;
    if (draft->sensitivity)
        rc = sensitivity_at(&type->sensitivity, loader, draft->source, draft->object,
                            draft->sensitivity);
    if (!rc && draft->law)
        rc = read_law(laws, loader, draft->source, draft->law);
    type->gdpr = laws[0];
    type->ccpa = laws[1];
    type->tcf = laws[2];
    if (rc || !draft->person)
        return rc;
    rc = check_keys(loader, draft->source, draft->person, person_keys, 2);
    for (size_t i = 0; i < 2 && !rc; i++)
        rc = read_text(&words[i], loader, draft->source, draft->person, person_keys[i]);
    if (!rc && words[0])
        rc = category_at(&category, loader, draft->source, draft->person, words[0]);
    rule->person_category = category->key;
    rule->person_sensitivity = category->sensitivity;
    if (!rc && words[1])
        rc = sensitivity_at(&rule->person_sensitivity, loader, draft->source,
                            draft->person, words[1]);
    return rc;
}

static int compile_thing(struct tl_rule *rule, const struct loader *loader,
                         const struct draft *draft)
{
    static const char *const keys[] = { "sensitivity" };
    const char *word = NULL;
    uint8_t sensitivity = 0;

    rule->thing_sensitivity = -1;
    if (!draft->thing)
        return TL_OK;
    int rc = check_keys(loader, draft->source, draft->thing, keys, 1);
    if (!rc)
        rc = read_text(&word, loader, draft->source, draft->thing, "sensitivity");
    if (!rc && word)
        rc = sensitivity_at(&sensitivity, loader, draft->source, draft->thing, word);
    if (!rc && word)
        rule->thing_sensitivity = (int8_t)sensitivity;
    return rc;
}

/* The category and sensitivity of values that are less precise than the type's own. */
static int compile_coarse(struct tl_rule *rule, const struct loader *loader,
                          const struct draft *draft)
{
    static const char *const keys[] = { "value", "share", "category" };
    const struct tl_category *category = NULL;
    const char *words[3] = { NULL, NULL, NULL };
    double share = 0.9;

    if (!draft->coarse)
        return TL_OK;
    int rc = check_keys(loader, draft->source, draft->coarse, keys, 3);
    for (size_t i = 0; i < 3 && !rc; i += 2)
        rc = read_text(&words[i], loader, draft->source, draft->coarse, keys[i]);
    if (!rc)
        rc = read_number(&share, 0, 1, loader, draft->source, draft->coarse, "share");
    if (!rc && (!words[0] || !words[2]))
        return wrong(loader, draft->source,
                     tl_yaml_at(&draft->source->yaml, draft->object, "coarse"),
                     "'coarse' needs 'value' and 'category'");
    if (!rc)
        rc = category_at(&category, loader, draft->source, draft->coarse, words[2]);
    if (rc)
        return rc;
    rule->coarse_category = category->key;
    rule->coarse_sensitivity = category->sensitivity;
    rule->coarse_share = (uint16_t)(share * 1000 + 0.5);
    rc = tl_rx_open(&rule->coarse, words[0], TL_RX_WHOLE, loader->ctx);
    if (!rc)
        return TL_OK;
    struct tl_mark at = tl_yaml_at(&draft->source->yaml, draft->coarse, "value");
    return tl_explain(loader->ctx, "%s:%u:%u: 'value' of 'coarse'",
                      draft->source->yaml.path, at.line, at.column);
}

static int compile_rest(struct tl_rule *rule, struct loader *loader,
                        const struct draft *draft)
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
    for (size_t i = 0; i < draft->sentinels.n; i++)
        tl_map_put(&rule->sentinels, draft->sentinels.items[i],
                   strlen(draft->sentinels.items[i]), 1);
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

static int compile(struct loader *loader, uint16_t index, const struct draft *draft)
{
    struct tl_engine *engine = loader->engine;
    struct tl_info_type *type = &engine->types[index];
    struct tl_rule *rule = &engine->rules[index];

    type->name = draft->info_type;
    type->summary = draft->summary ? draft->summary : "";
    type->pack = draft->source->name;
    type->names = draft->names;
    type->not_names = draft->not_names;
    type->value = draft->value ? draft->value : draft->named_value;
    type->validator = draft->validator;
    type->decoder = draft->decoder;
    type->source = draft->origin;
    type->is_quasi = draft->quasi;
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
    rule->needs_people = draft->needs_people;
    rule->specialises = -1;
    for (int i = 0; i <= TL_FROM_VALIDATOR; i++)
        rule->opinions[i] = tl_arena_printf(engine->arena, "%s/%s#%s", type->pack,
                                            type->name, tl_evidence_word(i));
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

static int known_type(const struct loader *loader, const struct draft *draft,
                      const char *key, size_t i, const char *word)
{
    uint32_t at;

    if (tl_map_get(&loader->draft_of, word, strlen(word), &at))
        return TL_OK;
    const char **known =
        tl_arena_alloc(loader->engine->arena, loader->drafts.n, sizeof *known);
    for (size_t k = 0; k < loader->drafts.n; k++)
        known[k] = loader->drafts.items[k].info_type;
    return draft_wrong(loader, draft, key, i, "info type", word, known, loader->drafts.n);
}

static int resolve(const struct loader *loader, uint16_t index, const struct draft *draft)
{
    struct tl_rule *rule = &loader->engine->rules[index];
    int rc = TL_OK;

    if (draft->specialises) {
        rc = known_type(loader, draft, "specialises", 0, draft->specialises);
        rule->specialises = tl_rule_find(loader->engine, draft->specialises);
    }
    uint16_t *siblings =
        tl_arena_alloc(loader->engine->arena, draft->siblings.n, sizeof *siblings);
    for (size_t i = 0; i < draft->siblings.n && !rc; i++) {
        rc = known_type(loader, draft, "siblings", i, draft->siblings.items[i]);
        int sibling = tl_rule_find(loader->engine, draft->siblings.items[i]);
        if (sibling >= 0)
            siblings[rule->n_siblings++] = (uint16_t)sibling;
    }
    rule->siblings = siblings;
    return rc;
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
                          const struct draft *draft, struct tl_rx_scratch *rx)
{
    static const char *const known[] = { "match", "no_match" };
    struct tl_info_type *type = &loader->engine->types[index];
    struct tl_list *lists[] = { &type->match, &type->no_match };

    if (!draft->examples)
        return TL_OK;
    int rc = check_keys(loader, draft->source, draft->examples, known, 2);
    for (size_t k = 0; k < 2 && !rc; k++) {
        rc = read_texts(lists[k], loader, draft->source, draft->examples, known[k]);
        for (size_t i = 0; i < lists[k]->n && !rc; i++) {
            if (example_matches(&loader->engine->rules[index], lists[k]->items[i], rx) !=
                (k == 0))
                rc =
                    tl_yaml_fail(&draft->source->yaml,
                                 item_mark(draft->source, draft->examples, known[k], i),
                                 loader->ctx, "this example of '%s' %s", draft->info_type,
                                 k ? "matches and should not" : "does not match");
        }
    }
    return rc;
}

static int by_name(const void *a, const void *b)
{
    const struct draft *const *x = a;
    const struct draft *const *y = b;

    return strcmp((*x)->info_type, (*y)->info_type);
}

static int compile_all(struct loader *loader)
{
    struct tl_engine *engine = loader->engine;
    const struct draft **order =
        tl_arena_alloc(engine->arena, loader->drafts.n, sizeof *order);
    struct tl_rx_scratch *rx = tl_rx_scratch_open();
    uint32_t n = 0;
    int rc = TL_OK;

    for (size_t i = 0; i < loader->drafts.n; i++) {
        if (!loader->drafts.items[i].is_off)
            order[n++] = &loader->drafts.items[i];
    }
    qsort(order, n, sizeof *order, by_name);
    engine->types = tl_arena_alloc(engine->arena, n, sizeof *engine->types);
    engine->rules = tl_arena_alloc(engine->arena, n, sizeof *engine->rules);
    engine->n_types = n;
    for (uint32_t i = 0; i < n && !rc; i++)
        rc = compile(loader, (uint16_t)i, order[i]);
    for (uint32_t i = 0; i < n && !rc; i++)
        rc = resolve(loader, (uint16_t)i, order[i]);
    for (uint32_t i = 0; i < n && !rc; i++)
        rc = check_examples(loader, (uint16_t)i, order[i], rx);
    tl_rx_scratch_close(rx);
    return rc;
}

static int switch_off(struct loader *loader, const struct tl_list *without)
{
    for (size_t i = 0; without && i < without->n; i++) {
        const char *word = without->items[i];
        uint32_t at;

        if (!tl_map_get(&loader->draft_of, word, strlen(word), &at)) {
            const char **known =
                tl_arena_alloc(loader->engine->arena, loader->drafts.n, sizeof *known);

            for (size_t k = 0; k < loader->drafts.n; k++)
                known[k] = loader->drafts.items[k].info_type;
            const char *nearest = tl_nearest(word, known, loader->drafts.n);
            if (nearest)
                tl_hint(loader->ctx, "did you mean '%s'?", nearest);
            return tl_fail(loader->ctx, TL_ECONFIG,
                           "cannot switch off '%s': no pack has that info type", word);
        }
        loader->drafts.items[at].is_off = true;
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
    engine->vocabularies = tl_arena_alloc(
        engine->arena, loader->vocabularies.n + n_lists, sizeof *engine->vocabularies);
    if (loader->vocabularies.n)
        memcpy(engine->vocabularies, loader->vocabularies.items,
               loader->vocabularies.n * sizeof *engine->vocabularies);
}

int tl_packs_compile(struct tl_engine *engine, const struct tl_pack_text *texts, size_t n,
                     const struct tl_list *without, struct tl_ctx *ctx)
{
    struct loader *loader = tl_alloc(1, sizeof *loader);
    int rc = TL_OK;

    loader->engine = engine;
    loader->ctx = ctx;
    engine->packs = tl_arena_alloc(engine->arena, n, sizeof *engine->packs);
    if (n > PACKS_MOST)
        rc = tl_fail(ctx, TL_ELIMIT, "more than %d rule packs", PACKS_MOST);
    for (size_t i = 0; i < n && !rc; i++)
        rc = read_source(loader, &texts[i]);
    move_lists(loader);
    if (!rc)
        rc = switch_off(loader, without);
    if (!rc)
        rc = compile_all(loader);
    for (size_t i = loader->n_sources; i-- > 0 && !rc;)
        rc = tl_carry_read(engine, &loader->sources[i].yaml, &loader->draft_of, ctx);
    for (size_t i = 0; i < loader->n_sources; i++)
        tl_yaml_release(&loader->sources[i].yaml);
    tl_vec_release(&loader->drafts);
    tl_vec_release(&loader->categories);
    tl_vec_release(&loader->vocabularies);
    tl_map_release(&loader->draft_of);
    tl_map_release(&loader->family_of);
    tl_free(loader);
    return rc;
}

int tl_packs_load(struct tl_engine *engine, const struct tl_engine_settings *settings,
                  struct tl_ctx *ctx)
{
    struct tl_pack_text texts[PACKS_MOST];
    struct tl_str files[PACKS_MOST];
    size_t n = 0;
    size_t n_files = 0;
    int rc = TL_OK;

    for (const struct tl_built_in_pack *pack = tl_built_in_packs; pack->name; pack++)
        texts[n++] =
            (struct tl_pack_text){ tl_arena_printf(engine->arena, "built-in %s.yaml",
                                                   pack->name),
                                   pack->text, pack->n };
    size_t n_built_in = n;
    if (settings->packs.n > PACKS_MOST - n)
        return tl_fail(ctx, TL_ELIMIT, "more than %zu rule packs", PACKS_MOST - n);
    for (size_t i = 0; i < settings->packs.n && !rc; i++) {
        struct tl_str *file = &files[n_files++];

        tl_str_init(file, PACK_BYTES_MOST);
        rc = tl_file_read(file, settings->packs.items[i], ctx);
        texts[n++] =
            (struct tl_pack_text){ settings->packs.items[i], file->text, file->n };
    }
    if (!rc)
        rc = tl_packs_compile(engine, texts, n, &settings->without, ctx);
    for (size_t i = 0; i < n_built_in && i < engine->n_packs; i++)
        engine->packs[i].path = "built in";
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
