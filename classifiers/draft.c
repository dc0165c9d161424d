/*
 * YAML to drafts: keys, kinds of values, ranges. A table says which key is of what kind; whatever is more than that (a mapping within a
 * type) has a function of its own.
 */
#include "classifiers/draft.h"
#include "classifiers/engine.h"

#include "base/ctx.h"
#include "base/vec.h"

#include <ctype.h>
#include <stddef.h>

#define FORMAT     1
#define TYPES_MOST 4096 /* a pack */
#define CARRY_MOST 4096 /* likewise */

struct reader {
    struct tl_pack_draft *pack;
    struct tl_arena *into;
    struct tl_ctx *ctx;
};

enum kind { TEXT, TEXTS, FLAG, COUNT, SHARE, PRIOR, RANGE, SEARCH };

static const char *const kind_words[] = { "text",          "texts",      "true|false",
                                          "count",         "share 0..1", "share 0..1",
                                          "[least, most]", "true|regex" };

struct key {
    const char *name;
    enum kind kind;
    size_t offset;
    bool is_added; /* may stand beside `extends` */
    const char *help;
};

#define KEY(word, kind, help)                                                            \
    {                                                                                    \
#word, kind, offsetof(struct tl_draft, word), false, help                        \
    }
#define ADDED(word, kind, help)                                                          \
    {                                                                                    \
#word, kind, offsetof(struct tl_draft, word), true, help                         \
    }
static const struct key type_keys[] = {
    KEY(info_type, TEXT,
        "its name: lower case letters, digits and '_'; a later pack's type of the same "
        "name replaces it"),
    KEY(extends, FLAG,
        "true: adds names, words, sentinels and examples to the type that an earlier "
        "pack has"),
    KEY(summary, TEXT, "what it is, for people"),
    KEY(category, TEXT, "a key of tags.yaml, or of the pack's own 'categories'"),
    KEY(sensitivity, TEXT,
        "public, internal, personal, sensitive or special; the category's own where it "
        "is left out"),
    ADDED(names, TEXTS,
          "column names that speak for it: a whole name or its end, words joined by '_', "
          "in any language"),
    ADDED(weak_names, TEXTS, "the same, but values, table or siblings must help"),
    ADDED(lead_names, TEXTS,
          "the same as names, and speak where they stand first in a longer name too"),
    ADDED(known_names, TEXTS,
          "names that count only where the vocabulary knows the values"),
    ADDED(not_names, TEXTS, "single words of a column's name that rule it out"),
    KEY(value, TEXT, "PCRE of a whole value"),
    KEY(named_value, TEXT, "a weaker PCRE that is enough where the name speaks for it"),
    KEY(search, SEARCH,
        "true finds 'value' inside longer text; a PCRE of its own finds that"),
    KEY(validator, TEXT, "a check that no regex can do, of classifiers/validators/"),
    KEY(decoder, TEXT, "what counts facts in its values, of classifiers/decoders.h"),
    { "source", TEXT, offsetof(struct tl_draft, origin), false,
      "where its form is laid down" },
    KEY(quasi, FLAG,
        "a quasi-identifier: alone it singles nobody out, together with others it does"),
    KEY(prior, PRIOR,
        "share of random values of that shape that 'value' and the validator let pass; 1 "
        "where it is left out"),
    KEY(search_prior, PRIOR, "share of texts in which a find is accident"),
    KEY(length, RANGE, "bytes of a whole value"),
    KEY(needs, TEXT, "bytes that a value must hold, all of them"),
    KEY(only, TEXT, "bytes that a value may hold, as in a regex class: '0-9a-f-'"),
    KEY(search_needs, TEXT, "bytes without which a search finds nothing"),
    KEY(digits, COUNT, "fewest digits of a value"),
    KEY(logical, TEXTS, "column types it can live in; text where it is left out"),
    KEY(share, SHARE, "share of the values that must fit for the name to stand (0.6)"),
    KEY(distinct, COUNT,
        "fewest different values that must fit where values alone speak (2)"),
    KEY(needs_name, FLAG, "values alone never prove it"),
    KEY(needs_people, FLAG,
        "a name alone does not either: the table must be about people"),
    KEY(personal, FLAG,
        "false: it competes with the others, and a column it wins is nobody's"),
    KEY(family, TEXT, "types of one shape; one of them wins a column"),
    KEY(specialises, TEXT, "the type that it takes the place of where both hold"),
    KEY(letter_case, TEXT, "any, lower or upper: what its values are written in"),
    KEY(vocabulary, TEXT, "a list of words that its values hold"),
    KEY(vocabulary_share, SHARE, "share of the values that must hold a known word"),
    KEY(vocabulary_proves, SHARE, "the share that needs no name"),
    ADDED(sentinels, TEXTS, "values that are no evidence: opt-outs, digests of nothing"),
    ADDED(siblings, TEXTS, "info types whose column beside it supports it"),
    ADDED(tables, TEXTS, "words of a table's name that support it"),
    ADDED(not_tables, TEXTS, "words of a table's name that rule it out"),
};
/* Mappings, which have keys of their own. */
static const char *const type_mappings[] = { "law", "person", "thing", "coarse",
                                             "examples" };
static const char *const mapping_helps[] = {
    "legal class, {gdpr: [], ccpa: [], tcf: []}; the category's own where it is left out",
    "category and sensitivity where name or table speak of people",
    "sensitivity in a table of places and organizations",
    "value, share and category of values that are less precise",
    "{match: [], no_match: []}: values it takes and refuses; checked when it is read",
};
#define N_TYPE_MAPPINGS (sizeof type_mappings / sizeof *type_mappings)
#define N_TYPE_KEYS     (sizeof type_keys / sizeof *type_keys)

/* ---- saying what is wrong, and where ---- */

struct tl_mark tl_draft_mark(const struct tl_pack_draft *pack, const json_t *object,
                             const char *key, size_t i)
{
    const json_t *value = json_object_get(object, key);

    return json_is_array(value) ? tl_yaml_item_at(&pack->yaml, value, i)
                                : tl_yaml_at(&pack->yaml, object, key);
}

int tl_draft_unknown(const struct tl_pack_draft *pack, struct tl_mark at,
                     struct tl_ctx *ctx, const char *what, const char *word,
                     const char *const *known, size_t n)
{
    const char *nearest = tl_nearest(word, known, n);

    if (nearest)
        tl_hint(ctx, "did you mean '%s'?", nearest);
    return tl_yaml_fail(&pack->yaml, at, ctx, "unknown %s '%s'", what, word);
}

int tl_draft_unknown_sensitivity(const struct tl_pack_draft *pack, struct tl_mark at,
                                 struct tl_ctx *ctx, const char *word)
{
    static const char *const known[] = { "public", "internal", "personal", "sensitive",
                                         "special" };

    return tl_draft_unknown(pack, at, ctx, "sensitivity", word, known, 5);
}

static struct tl_mark place_of(const struct reader *reader, const json_t *object,
                               const char *key)
{
    return tl_yaml_at(&reader->pack->yaml, object, key);
}

static int wrong(const struct reader *reader, struct tl_mark at, const char *what)
{
    return tl_yaml_fail(&reader->pack->yaml, at, reader->ctx, "%s", what);
}

/* Every key of `object` must be one of `known`. */
static int check_keys(const struct reader *reader, const json_t *object,
                      const char *const *known, size_t n)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        size_t i = 0;

        while (i < n && strcmp(known[i], key))
            i++;
        if (i == n)
            return tl_draft_unknown(reader->pack,
                                    tl_yaml_key_at(&reader->pack->yaml, object, key),
                                    reader->ctx, "key", key, known, n);
    }
    return TL_OK;
}

/* ---- reading values ---- */

static const char *keep(const struct reader *reader, const char *text)
{
    return tl_arena_strdup(reader->into, text);
}

static int read_text(const char **out, const struct reader *reader, const json_t *object,
                     const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return TL_OK;
    if (!json_is_string(value) ||
        strlen(json_string_value(value)) != json_string_length(value))
        return tl_yaml_fail(&reader->pack->yaml,
                            tl_yaml_at(&reader->pack->yaml, object, key), reader->ctx,
                            "'%s' must be text (quote it)", key);
    *out = keep(reader, json_string_value(value));
    return TL_OK;
}

/* A sequence of texts, or one text. */
static int read_texts(struct tl_list *out, const struct reader *reader,
                      const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return TL_OK;
    bool is_one = json_is_string(value);
    if (!is_one && !json_is_array(value))
        return tl_yaml_fail(&reader->pack->yaml,
                            tl_yaml_at(&reader->pack->yaml, object, key), reader->ctx,
                            "'%s' must be a list of texts", key);
    size_t n = is_one ? 1 : json_array_size(value);
    const char **items = tl_arena_alloc(reader->into, n, sizeof *items);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = is_one ? value : json_array_get(value, i);

        if (!json_is_string(item))
            return tl_yaml_fail(&reader->pack->yaml,
                                tl_yaml_item_at(&reader->pack->yaml, value, i),
                                reader->ctx, "'%s' must hold texts (quote it)", key);
        items[i] = keep(reader, json_string_value(item));
    }
    *out = (struct tl_list){ items, n };
    return TL_OK;
}

static int read_number(double *out, double least, double most,
                       const struct reader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return TL_OK;
    double number = json_is_number(value) ? json_number_value(value) : least - 1;
    if (!(number >= least && number <= most))
        return tl_yaml_fail(&reader->pack->yaml,
                            tl_yaml_at(&reader->pack->yaml, object, key), reader->ctx,
                            "'%s' must be a number from %g to %g", key, least, most);
    *out = number;
    return TL_OK;
}

static int read_range(int64_t out[2], const struct reader *reader, const json_t *object,
                      const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return TL_OK;
    const json_t *first = json_array_get(value, 0), *second = json_array_get(value, 1);
    int64_t least = json_integer_value(first), most = json_integer_value(second);
    if (json_array_size(value) != 2 || !json_is_integer(first) ||
        !json_is_integer(second) || least < 0 || most < least ||
        most > TL_PACK_VALUE_MOST)
        return tl_yaml_fail(&reader->pack->yaml,
                            tl_yaml_at(&reader->pack->yaml, object, key), reader->ctx,
                            "'%s' must be two counts of bytes, [least, most]", key);
    out[0] = least;
    out[1] = most;
    return TL_OK;
}

static int read_mapping(const json_t **out, const struct reader *reader,
                        const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value && !json_is_object(value))
        return tl_yaml_fail(&reader->pack->yaml,
                            tl_yaml_at(&reader->pack->yaml, object, key), reader->ctx,
                            "'%s' must be a mapping", key);
    *out = value;
    return TL_OK;
}

static int read_flag(bool *out, const struct reader *reader, const json_t *object,
                     const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value && !json_is_boolean(value))
        return tl_yaml_fail(&reader->pack->yaml,
                            tl_yaml_at(&reader->pack->yaml, object, key), reader->ctx,
                            "'%s' must be true or false", key);
    if (value)
        *out = json_is_true(value);
    return TL_OK;
}

static int read_key(struct tl_draft *draft, const struct key *key,
                    const struct reader *reader)
{
    void *at = (char *)draft + key->offset;
    double number = 0;
    int rc;

    switch (key->kind) {
    case TEXT:
        return read_text(at, reader, draft->object, key->name);
    case TEXTS:
        return read_texts(at, reader, draft->object, key->name);
    case FLAG:
        return read_flag(at, reader, draft->object, key->name);
    case PRIOR:
        return read_number(at, 1e-9, 1, reader, draft->object, key->name);
    case RANGE:
        return read_range(at, reader, draft->object, key->name);
    case SEARCH: {
        struct tl_draft_search *search = at;

        if (!json_is_string(json_object_get(draft->object, key->name)))
            return read_flag(&search->is_on, reader, draft->object, key->name);
        search->is_on = true;
        return read_text(&search->pattern, reader, draft->object, key->name);
    }
    case COUNT:
    case SHARE:
        number = (double)*(int64_t *)at / (key->kind == SHARE ? 1000 : 1);
        rc = read_number(&number, 0, key->kind == SHARE ? 1 : 1000000, reader,
                         draft->object, key->name);
        *(int64_t *)at = (int64_t)(number * (key->kind == SHARE ? 1000 : 1) + 0.5);
        return rc;
    }
    return TL_OK;
}

/* ---- a type ---- */

static int read_law(struct tl_list out[3], const struct reader *reader, const json_t *law)
{
    static const char *const known[] = { "gdpr", "ccpa", "tcf" };

    int rc = check_keys(reader, law, known, 3);
    for (size_t i = 0; i < 3 && !rc; i++)
        rc = read_texts(&out[i], reader, law, known[i]);
    return rc;
}

/* What `person` makes of the class. */
static int read_person(struct tl_draft *draft, const struct reader *reader)
{
    static const char *const known[] = { "category", "sensitivity" };
    const json_t *person = NULL;

    int rc = read_mapping(&person, reader, draft->object, "person");
    if (rc || !person)
        return rc;
    draft->person.is_on = true;
    rc = check_keys(reader, person, known, 2);
    if (!rc)
        rc = read_text(&draft->person.category, reader, person, "category");
    if (!rc)
        rc = read_text(&draft->person.sensitivity, reader, person, "sensitivity");
    return rc;
}

static int read_thing(struct tl_draft *draft, const struct reader *reader)
{
    static const char *const known[] = { "sensitivity" };
    const json_t *thing = NULL;

    int rc = read_mapping(&thing, reader, draft->object, "thing");
    if (!rc && thing)
        rc = check_keys(reader, thing, known, 1);
    if (!rc && thing)
        rc = read_text(&draft->thing_sensitivity, reader, thing, "sensitivity");
    return rc;
}

/* Values that are less precise than the type's own. */
static int read_coarse(struct tl_draft *draft, const struct reader *reader)
{
    static const char *const known[] = { "value", "share", "category" };
    const json_t *coarse = NULL;

    int rc = read_mapping(&coarse, reader, draft->object, "coarse");
    if (rc || !coarse)
        return rc;
    draft->coarse.share = 0.9;
    rc = check_keys(reader, coarse, known, 3);
    if (!rc)
        rc = read_text(&draft->coarse.value, reader, coarse, "value");
    if (!rc)
        rc = read_text(&draft->coarse.category, reader, coarse, "category");
    if (!rc)
        rc = read_number(&draft->coarse.share, 0, 1, reader, coarse, "share");
    if (!rc && (!draft->coarse.value || !draft->coarse.category))
        rc = wrong(reader, place_of(reader, draft->object, "coarse"),
                   "'coarse' needs 'value' and 'category'");
    return rc;
}

static int read_examples(struct tl_draft *draft, const struct reader *reader)
{
    static const char *const known[] = { "match", "no_match" };
    const json_t *examples = NULL;

    int rc = read_mapping(&examples, reader, draft->object, "examples");
    if (rc || !examples)
        return rc;
    rc = check_keys(reader, examples, known, 2);
    if (!rc)
        rc = read_texts(&draft->match, reader, examples, "match");
    if (!rc)
        rc = read_texts(&draft->no_match, reader, examples, "no_match");
    return rc;
}

static int read_mappings(struct tl_draft *draft, const struct reader *reader)
{
    const json_t *law = NULL;

    int rc = read_mapping(&law, reader, draft->object, "law");
    if (!rc && law)
        rc = read_law(draft->law, reader, law);
    if (!rc)
        rc = read_person(draft, reader);
    if (!rc)
        rc = read_thing(draft, reader);
    if (!rc)
        rc = read_coarse(draft, reader);
    if (!rc)
        rc = read_examples(draft, reader);
    return rc;
}

/* What adds to a type says only what can be added. */
static int check_extension(const struct tl_draft *draft, const struct reader *reader)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)draft->object, key, value)
    {
        bool is_added = !strcmp(key, "info_type") || !strcmp(key, "extends") ||
                        !strcmp(key, "examples");

        for (size_t k = 0; k < N_TYPE_KEYS && !is_added; k++)
            is_added = type_keys[k].is_added && !strcmp(type_keys[k].name, key);
        if (is_added)
            continue;
        tl_hint(reader->ctx, "leave 'extends' out to replace the type as a whole");
        return tl_yaml_fail(&reader->pack->yaml,
                            tl_yaml_key_at(&reader->pack->yaml, draft->object, key),
                            reader->ctx, "'%s' cannot be added to a type", key);
    }
    return TL_OK;
}

static int read_type(struct tl_draft *out, const struct reader *reader,
                     const json_t *types, size_t i)
{
    const char *known[N_TYPE_KEYS + N_TYPE_MAPPINGS];
    struct tl_mark mark = tl_yaml_item_at(&reader->pack->yaml, types, i);

    *out = (struct tl_draft){ .personal = true,
                              .prior = 1,
                              .share = 600,
                              .distinct = 2,
                              .vocabulary_share = 300,
                              .length = { 1, TL_PACK_VALUE_MOST },
                              .pack = reader->pack,
                              .object = json_array_get(types, i),
                              .order = (uint32_t)i };
    for (size_t k = 0; k < N_TYPE_KEYS; k++)
        known[k] = type_keys[k].name;
    memcpy(known + N_TYPE_KEYS, type_mappings, sizeof type_mappings);
    if (!json_is_object(out->object))
        return wrong(reader, mark, "a type must be a mapping");
    int rc = check_keys(reader, out->object, known, N_TYPE_KEYS + N_TYPE_MAPPINGS);
    for (size_t k = 0; k < N_TYPE_KEYS && !rc; k++)
        rc = read_key(out, &type_keys[k], reader);
    if (!rc)
        rc = read_mappings(out, reader);
    if (rc)
        return rc;
    if (!out->info_type)
        return wrong(reader, mark, "a type needs 'info_type'");
    for (const char *c = out->info_type; *c; c++) {
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
            return wrong(reader, place_of(reader, out->object, "info_type"),
                         "an info type is written in lower case letters, digits and '_'");
    }
    return out->extends ? check_extension(out, reader) : TL_OK;
}

/* ---- what tags become along lineage ---- */

static int read_effect(uint8_t *out, const struct reader *reader,
                       const struct tl_carry_draft *entry)
{
    const char *known[TL_EFFECTS];
    const char *word = NULL;
    int rc = read_text(&word, reader, entry->object, "effect");

    if (rc)
        return rc;
    if (!word)
        return wrong(reader, entry->at, "a rule for carrying needs 'effect'");
    int effect = tl_effect_of(word);
    for (int i = TL_KEEPS; i < TL_EFFECTS; i++)
        known[i - TL_KEEPS] = tl_effect_word(i);
    if (effect < 0)
        return tl_draft_unknown(reader->pack, place_of(reader, entry->object, "effect"),
                                reader->ctx, "effect", word, known,
                                TL_EFFECTS - TL_KEEPS);
    *out = (uint8_t)effect;
    return TL_OK;
}

/* One or several texts; none, or an empty one, would say less than its writer means. */
static int read_some(struct tl_list *out, const struct reader *reader,
                     const struct tl_carry_draft *entry, const char *key)
{
    int rc = read_texts(out, reader, entry->object, key);

    if (rc || !out->items)
        return rc;
    if (!out->n)
        return tl_yaml_fail(&reader->pack->yaml, place_of(reader, entry->object, key),
                            reader->ctx, "'%s' is empty; leave it out to mean any", key);
    for (size_t i = 0; i < out->n; i++) {
        if (!*out->items[i])
            return tl_yaml_fail(&reader->pack->yaml,
                                tl_draft_mark(reader->pack, entry->object, key, i),
                                reader->ctx, "'%s' must be text or a list of texts", key);
    }
    return TL_OK;
}

static int check_functions(const struct reader *reader,
                           const struct tl_carry_draft *entry)
{
    for (size_t i = 0; i < entry->functions.n; i++) {
        for (const char *c = entry->functions.items[i]; *c; c++) {
            if (isupper((unsigned char)*c))
                return wrong(reader,
                             tl_draft_mark(reader->pack, entry->object, "function", i),
                             "a function's name is written in lower case");
        }
    }
    return TL_OK;
}

static int read_carry(struct tl_carry_draft *out, const struct reader *reader,
                      const json_t *list, size_t i)
{
    static const char *const known[] = { "effect", "from",  "function",
                                         "to",     "share", "sensitivity" };
    double share = 1;

    *out = (struct tl_carry_draft){ .object = json_array_get(list, i),
                                    .at = tl_yaml_item_at(&reader->pack->yaml, list, i) };
    if (!json_is_object(out->object))
        return wrong(reader, out->at, "a rule for carrying must be a mapping");
    int rc = check_keys(reader, out->object, known, 6);
    if (!rc)
        rc = read_effect(&out->effect, reader, out);
    if (!rc)
        rc = read_number(&share, 0, 1, reader, out->object, "share");
    out->share = (uint16_t)(share * 1000 + 0.5);
    if (!rc)
        rc = read_text(&out->to, reader, out->object, "to");
    if (!rc)
        rc = read_text(&out->sensitivity, reader, out->object, "sensitivity");
    if (!rc && out->sensitivity && !out->to)
        rc = wrong(reader, place_of(reader, out->object, "sensitivity"),
                   "'sensitivity' is that of the type in 'to'");
    if (!rc)
        rc = read_some(&out->from, reader, out, "from");
    if (!rc)
        rc = read_some(&out->functions, reader, out, "function");
    return rc ? rc : check_functions(reader, out);
}

/* ---- what else a pack has ---- */

static int read_category(struct tl_category_draft *out, const struct reader *reader,
                         const json_t *list, size_t i)
{
    static const char *const known[] = { "key", "summary", "sensitivity", "law" };
    const json_t *object = json_array_get(list, i);
    const char *sensitivity = NULL;
    const json_t *law = NULL;

    *out = (struct tl_category_draft){ 0 };
    if (!json_is_object(object))
        return wrong(reader, tl_yaml_item_at(&reader->pack->yaml, list, i),
                     "a category must be a mapping");
    int rc = check_keys(reader, object, known, 4);
    if (!rc)
        rc = read_text(&out->key, reader, object, "key");
    if (!rc)
        rc = read_text(&out->summary, reader, object, "summary");
    if (!rc)
        rc = read_text(&sensitivity, reader, object, "sensitivity");
    if (!rc)
        rc = read_mapping(&law, reader, object, "law");
    if (!rc && law)
        rc = read_law(out->law, reader, law);
    if (!rc && (!out->key || !sensitivity))
        rc = wrong(reader, tl_yaml_item_at(&reader->pack->yaml, list, i),
                   "a category needs 'key' and 'sensitivity'");
    if (rc)
        return rc;
    int found = tl_sensitivity_of(sensitivity);
    if (found < 0)
        return tl_draft_unknown_sensitivity(reader->pack,
                                            place_of(reader, object, "sensitivity"),
                                            reader->ctx, sensitivity);
    out->sensitivity = (uint8_t)found;
    return TL_OK;
}

static int read_vocabularies(const struct reader *reader)
{
    struct tl_pack_draft *pack = reader->pack;
    const json_t *all = NULL;
    const char *name;
    json_t *list;

    int rc = read_mapping(&all, reader, pack->yaml.root, "vocabularies");
    if (rc || !all)
        return rc;
    struct tl_vocabulary_draft *items =
        tl_arena_alloc(reader->into, json_object_size(all), sizeof *items);
    pack->vocabularies = items;
    json_object_foreach((json_t *)all, name, list)
    {
        struct tl_vocabulary_draft *vocabulary = &items[pack->n_vocabularies++];

        vocabulary->name = tl_arena_strdup(reader->into, name);
        rc = read_texts(&vocabulary->words, reader, all, name);
        if (rc)
            return rc;
    }
    return TL_OK;
}

/* The list under a key of the pack; how many items it has. */
static int list_at(const json_t **out, uint32_t *n, const struct reader *reader,
                   const char *key, size_t most)
{
    const json_t *list = json_object_get(reader->pack->yaml.root, key);

    *n = 0;
    *out = list;
    if (list && !json_is_array(list))
        return tl_yaml_fail(&reader->pack->yaml,
                            place_of(reader, reader->pack->yaml.root, key), reader->ctx,
                            "'%s' must be a list", key);
    if (json_array_size(list) > most)
        return tl_fail(reader->ctx, TL_ELIMIT, "'%s' of '%s' has more than %zu entries",
                       key, reader->pack->yaml.path, most);
    *n = (uint32_t)json_array_size(list);
    return TL_OK;
}

static int read_lists(const struct reader *reader)
{
    struct tl_pack_draft *pack = reader->pack;
    const json_t *list;

    int rc = list_at(&list, &pack->n_categories, reader, "categories", TYPES_MOST);
    if (rc)
        return rc;
    struct tl_category_draft *categories =
        tl_arena_alloc(reader->into, pack->n_categories, sizeof *categories);
    pack->categories = categories;
    for (uint32_t i = 0; i < pack->n_categories && !rc; i++)
        rc = read_category(&categories[i], reader, list, i);
    if (!rc)
        rc = list_at(&list, &pack->n_types, reader, "types", TYPES_MOST);
    if (rc)
        return rc;
    struct tl_draft *types = tl_arena_alloc(reader->into, pack->n_types, sizeof *types);
    pack->types = types;
    for (uint32_t i = 0; i < pack->n_types && !rc; i++)
        rc = read_type(&types[i], reader, list, i);
    if (!rc)
        rc = list_at(&list, &pack->n_carry, reader, "carry", CARRY_MOST);
    if (rc)
        return rc;
    struct tl_carry_draft *carry =
        tl_arena_alloc(reader->into, pack->n_carry, sizeof *carry);
    pack->carry = carry;
    for (uint32_t i = 0; i < pack->n_carry && !rc; i++)
        rc = read_carry(&carry[i], reader, list, i);
    return rc;
}

static int read_head(const struct reader *reader)
{
    static const char *const known[] = {
        "pack",         "version",    "format",       "summary",     "taxonomy",
        "categories",   "deny_words", "people_words", "thing_words", "tail_words",
        "vocabularies", "types",      "carry",        "locales",     "columns",
    };
    static const struct tl_mark top = { 1, 1 };
    struct tl_pack_draft *pack = reader->pack;
    const json_t *root = pack->yaml.root;
    double version = 0;
    double format = FORMAT;

    if (!json_is_object(root))
        return wrong(reader, top,
                     "a pack must be a mapping with 'pack', 'version' and 'types'");
    int rc = check_keys(reader, root, known, sizeof known / sizeof *known);
    if (!rc)
        rc = read_text(&pack->name, reader, root, "pack");
    if (!rc)
        rc = read_number(&version, 1, 1000000, reader, root, "version");
    if (!rc)
        rc = read_number(&format, 1, 1000000, reader, root, "format");
    if (!rc)
        rc = read_texts(&pack->locales, reader, root, "locales");
    if (!rc && !pack->name)
        rc = wrong(reader, top, "a pack needs 'pack', its name");
    if (!rc && version < 1)
        rc = wrong(reader, top, "a pack needs 'version', a number from 1 on");
    if (!rc && format > FORMAT)
        rc = tl_yaml_fail(&pack->yaml, place_of(reader, root, "format"), reader->ctx,
                          "this pack has format %g, this program reads up to %d", format,
                          FORMAT);
    pack->version = (unsigned)version;
    return rc;
}

static const struct tl_pack_key head_keys[] = {
    { "pack", "text", "its name; what 'only' and 'without' call it" },
    { "version", "number", "from 1 on; goes into the log with the pack's digest" },
    { "format", "number", "1: the form of the file itself" },
    { "summary", "text", "what it is about, for people" },
    { "locales", "texts",
      "countries it is about (ISO 3166-1 alpha-2, lower case); all where it is left "
      "out" },
    { "types", "list", "the info types; their keys follow" },
    { "columns", "list",
      "small columns that 'tagline rules test' decides: name, table, beside, type, "
      "comment, values, expect (an info type or none)" },
    { "categories", "list", "categories of its own: key, summary, sensitivity, law" },
    { "taxonomy", "text", "what the categories are keys of" },
    { "vocabularies", "mapping", "lists of words, for a type's 'vocabulary'" },
    { "deny_words", "texts",
      "words that say that a column is about the thing, not the thing: verified, count" },
    { "people_words", "texts", "words for whom a table or a column is about" },
    { "thing_words", "texts", "words for places and organizations" },
    { "tail_words", "texts",
      "words that say nothing at the end of a name: old, primary" },
    { "carry", "list",
      "what tags become along lineage: effect, from, function, to, share, sensitivity" },
};

size_t tl_pack_keys(struct tl_pack_key *out, size_t most, bool of_types)
{
    size_t n = 0;

    for (size_t i = 0; !of_types && i < sizeof head_keys / sizeof *head_keys; i++) {
        if (n < most)
            out[n++] = head_keys[i];
    }
    for (size_t i = 0; of_types && i < N_TYPE_KEYS; i++) {
        const struct key *key = &type_keys[i];
        if (n < most)
            out[n++] =
                (struct tl_pack_key){ key->name, kind_words[key->kind], key->help };
    }
    for (size_t i = 0; of_types && i < N_TYPE_MAPPINGS; i++) {
        if (n < most)
            out[n++] =
                (struct tl_pack_key){ type_mappings[i], "mapping", mapping_helps[i] };
    }
    return n;
}

const char *tl_word_list_key(int list)
{
    static const char *const keys[TL_WORD_LISTS] = { "deny_words", "people_words",
                                                     "tail_words", "thing_words" };

    return keys[list];
}

int tl_draft_read(struct tl_pack_draft *out, const char *text, size_t n, const char *path,
                  struct tl_arena *into, struct tl_ctx *ctx)
{
    struct reader reader = { out, into, ctx };

    *out = (struct tl_pack_draft){ 0 };
    int rc = tl_yaml_parse(&out->yaml, text, n, path, ctx);
    if (!rc)
        rc = read_head(&reader);
    for (int i = 0; i < TL_WORD_LISTS && !rc; i++)
        rc = read_texts(&out->words[i], &reader, out->yaml.root, tl_word_list_key(i));
    if (!rc)
        rc = read_vocabularies(&reader);
    if (!rc)
        rc = read_lists(&reader);
    return rc;
}
