/*
 * The `carry:` section of a rule pack: what a tag becomes behind each effect. Read once all types are known, later packs first, so that
 * of two equally special rules the later pack's counts.
 */
#include "classifiers/rules.h"

#include "base/ctx.h"
#include "base/yaml.h"

#include <ctype.h>

#define CARRY_MOST 4096 /* rules over all packs */

struct reader {
    struct tl_engine *engine;
    const struct tl_yaml *yaml;
    const struct tl_map *types; /* every info type that a pack has, switched off or not */
    const json_t *object;       /* the entry that is read */
    struct tl_mark at;
    struct tl_ctx *ctx;
};

/* One or several texts under a key; n = 0: the key is absent. */
struct texts {
    const json_t *value;
    size_t n;
};

static const char *text_at(const struct texts *texts, size_t i)
{
    return json_string_value(json_is_array(texts->value) ? json_array_get(texts->value, i)
                                                         : texts->value);
}

static struct tl_mark mark_of(const struct reader *reader, const char *key, size_t i)
{
    const json_t *value = json_object_get(reader->object, key);

    return json_is_array(value) ? tl_yaml_item_at(reader->yaml, value, i)
                                : tl_yaml_at(reader->yaml, reader->object, key);
}

static int unknown_word(const struct reader *reader, struct tl_mark at, const char *what,
                        const char *word, const char *const *known, size_t n)
{
    const char *nearest = tl_nearest(word, known, n);

    if (nearest)
        tl_hint(reader->ctx, "did you mean '%s'?", nearest);
    return tl_yaml_fail(reader->yaml, at, reader->ctx, "unknown %s '%s'", what, word);
}

static int check_keys(const struct reader *reader)
{
    static const char *const known[] = { "effect", "from",  "function",
                                         "to",     "share", "sensitivity" };
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)reader->object, key, value)
    {
        size_t i = 0;

        while (i < 6 && strcmp(known[i], key))
            i++;
        if (i == 6)
            return unknown_word(reader, tl_yaml_key_at(reader->yaml, reader->object, key),
                                "key", key, known, 6);
    }
    return TL_OK;
}

static int read_texts(struct texts *out, const struct reader *reader, const char *key)
{
    const json_t *value = json_object_get(reader->object, key);

    *out = (struct texts){ value, json_is_array(value) ? json_array_size(value) : 1 };
    if (!value) {
        out->n = 0;
        return TL_OK;
    }
    for (size_t i = 0; i < out->n; i++) {
        const char *text = text_at(out, i);

        if (!text || !*text)
            return tl_yaml_fail(reader->yaml, mark_of(reader, key, i), reader->ctx,
                                "'%s' must be text or a list of texts", key);
    }
    if (!out->n)
        return tl_yaml_fail(reader->yaml, mark_of(reader, key, 0), reader->ctx,
                            "'%s' is empty; leave it out to mean any", key);
    return TL_OK;
}

/* At most one text. */
static int read_text(const char **out, const struct reader *reader, const char *key)
{
    struct texts texts;
    int rc = read_texts(&texts, reader, key);

    if (!rc && json_is_array(texts.value))
        rc = tl_yaml_fail(reader->yaml, mark_of(reader, key, 0), reader->ctx,
                          "'%s' must be one text", key);
    *out = !rc && texts.n ? text_at(&texts, 0) : NULL;
    return rc;
}

static int read_effect(uint8_t *out, const struct reader *reader)
{
    const char *known[TL_EFFECTS];
    const char *word;
    int rc = read_text(&word, reader, "effect");

    if (rc)
        return rc;
    if (!word)
        return tl_yaml_fail(reader->yaml, reader->at, reader->ctx,
                            "a rule for carrying needs 'effect'");
    int effect = tl_effect_of(word);
    for (int i = TL_KEEPS; i < TL_EFFECTS; i++)
        known[i - TL_KEEPS] = tl_effect_word(i);
    if (effect < 0)
        return unknown_word(reader, mark_of(reader, "effect", 0), "effect", word, known,
                            TL_EFFECTS - TL_KEEPS);
    *out = (uint8_t)effect;
    return TL_OK;
}

/* From 0 to 1, as other shares; held per mille. */
static int read_share(uint16_t *out, const struct reader *reader)
{
    const json_t *value = json_object_get(reader->object, "share");
    double share = value ? json_number_value(value) : 1;

    if (value && (!json_is_number(value) || !(share >= 0 && share <= 1)))
        return tl_yaml_fail(reader->yaml, mark_of(reader, "share", 0), reader->ctx,
                            "'share' must be a number from 0 to 1");
    *out = (uint16_t)(share * 1000 + 0.5);
    return TL_OK;
}

static int check_type(const struct reader *reader, const char *key, size_t i,
                      const char *word)
{
    const struct tl_engine *engine = reader->engine;
    uint32_t place;

    if (tl_map_get(reader->types, word, strlen(word), &place))
        return TL_OK;
    const char **known = tl_arena_alloc(engine->arena, engine->n_types, sizeof *known);
    for (uint32_t k = 0; k < engine->n_types; k++)
        known[k] = engine->types[k].name;
    return unknown_word(reader, mark_of(reader, key, i), "info type", word, known,
                        engine->n_types);
}

/* What the tag becomes. `is_off`: a type that is switched off, so that the rule is as if it were not there. */
static int read_to(struct tl_carry_rule *out, bool *is_off, const struct reader *reader)
{
    const char *to, *sensitivity;
    int rc = read_text(&to, reader, "to");

    if (!rc && to)
        rc = check_type(reader, "to", 0, to);
    if (!rc)
        rc = read_text(&sensitivity, reader, "sensitivity");
    if (rc)
        return rc;
    const struct tl_info_type *type = to ? tl_engine_type(reader->engine, to) : NULL;
    *is_off = to && !type;
    if (type) {
        out->to = type->name;
        out->category = type->category;
        out->sensitivity = type->sensitivity;
    }
    if (!sensitivity)
        return TL_OK;
    if (!to)
        return tl_yaml_fail(reader->yaml, mark_of(reader, "sensitivity", 0), reader->ctx,
                            "'sensitivity' is that of the type in 'to'");
    int found = tl_sensitivity_of(sensitivity);
    if (found < 0) {
        static const char *const known[] = { "public", "internal", "personal",
                                             "sensitive", "special" };
        return unknown_word(reader, mark_of(reader, "sensitivity", 0), "sensitivity",
                            sensitivity, known, 5);
    }
    out->sensitivity = (uint8_t)found;
    return TL_OK;
}

static int check_functions(const struct reader *reader, const struct texts *functions)
{
    for (size_t i = 0; i < functions->n; i++)
        for (const char *c = text_at(functions, i); *c; c++)
            if (isupper((unsigned char)*c))
                return tl_yaml_fail(reader->yaml, mark_of(reader, "function", i),
                                    reader->ctx,
                                    "a function's name is written in lower case");
    return TL_OK;
}

/* A rule for each type and function that the entry names. */
static int add_rules(const struct reader *reader, const struct tl_carry_rule *like,
                     const struct texts *from, const struct texts *functions)
{
    struct tl_engine *engine = reader->engine;
    size_t n_from = from->n ? from->n : 1;
    size_t n_functions = functions->n ? functions->n : 1;

    for (size_t i = 0; i < n_from * n_functions; i++) {
        struct tl_carry_rule rule = *like;
        const char *type = from->n ? text_at(from, i / n_functions) : NULL;
        const char *function = functions->n ? text_at(functions, i % n_functions) : NULL;

        int rc = type ? check_type(reader, "from", i / n_functions, type) : TL_OK;
        if (rc)
            return rc;
        if (engine->carry.n == CARRY_MOST)
            return tl_fail(reader->ctx, TL_ELIMIT, "more than %d rules for carrying tags",
                           CARRY_MOST);
        rule.from = type ? tl_arena_strdup(engine->arena, type) : NULL;
        rule.function = function ? tl_arena_strdup(engine->arena, function) : NULL;
        tl_vec_push(&engine->carry, rule);
    }
    return TL_OK;
}

static int read_entry(const struct reader *reader)
{
    struct tl_carry_rule rule = { 0 };
    struct texts from = { 0 }, functions = { 0 };
    bool is_off = false;

    if (!json_is_object(reader->object))
        return tl_yaml_fail(reader->yaml, reader->at, reader->ctx,
                            "a rule for carrying must be a mapping");
    int rc = check_keys(reader);
    if (!rc)
        rc = read_effect(&rule.effect, reader);
    if (!rc)
        rc = read_share(&rule.share, reader);
    if (!rc)
        rc = read_to(&rule, &is_off, reader);
    if (!rc)
        rc = read_texts(&from, reader, "from");
    if (!rc)
        rc = read_texts(&functions, reader, "function");
    if (!rc)
        rc = check_functions(reader, &functions);
    return rc || is_off ? rc : add_rules(reader, &rule, &from, &functions);
}

int tl_carry_read(struct tl_engine *engine, const struct tl_yaml *yaml,
                  const struct tl_map *types, struct tl_ctx *ctx)
{
    const json_t *list = json_object_get(yaml->root, "carry");
    struct reader reader = { engine, yaml, types, .ctx = ctx };

    if (list && !json_is_array(list))
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, yaml->root, "carry"), ctx,
                            "'carry' must be a list");
    for (size_t i = 0; i < json_array_size(list); i++) {
        reader.object = json_array_get(list, i);
        reader.at = tl_yaml_item_at(yaml, list, i);
        int rc = read_entry(&reader);
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
