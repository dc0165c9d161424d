/*
 * Presidio's recognizers in YAML, as presidio-analyzer 2.2 reads them (recognizer_registry/recognizer_registry_provider.py,
 * input_validation/): patterns with scores, context words, deny lists. Patterns there are searched in text; here a column's value is one.
 */
#include "classifiers/import_inner.h"

#include "base/ctx.h"

#include <ctype.h>

/* A pattern of a lower score needs context there; here, a name. */
#define SURE_SCORE 0.5
/* Python's re.IGNORECASE within global_regex_flags, which are 26 (DOTALL, MULTILINE, IGNORECASE) where nothing is said. */
#define IGNORECASE    2
#define DEFAULT_FLAGS 26

struct recognizer {
    struct tl_importer *importer;
    const struct tl_yaml *yaml;
    const json_t *object;
    const char *name;
    struct tl_mark at;
    bool ignores_case;
};

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* "CreditCardRecognizer" recognizes a credit card. */
static const char *entity_of_class(const char *name, struct tl_ctx *ctx)
{
    static const char ending[] = "Recognizer";
    size_t n = strlen(name);
    size_t n_ending = sizeof ending - 1;

    return n > n_ending && !strcmp(name + n - n_ending, ending)
               ? tl_arena_dup(ctx->arena, name, n - n_ending)
               : name;
}

/* Words that stand near a find in text are no column names by themselves: they help where the values fit. */
static void take_context(struct tl_import_type *type, const struct recognizer *r,
                         const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        bool is_word = word && *word && strlen(word) < 64;
        bool is_known = false;

        for (const char *c = word; is_word && *c; c++)
            is_word = isalnum((unsigned char)*c) || strchr(" _-", *c) ||
                      (unsigned char)*c >= 128;
        for (size_t k = 0; is_word && k < type->weak_names.n; k++)
            is_known |= strcasecmp(type->weak_names.items[k], word) == 0;
        if (is_known)
            continue;
        if (is_word)
            tl_vec_push(&type->weak_names,
                        tl_arena_strdup(r->importer->ctx->arena, word));
        else
            tl_import_note(r->importer, tl_yaml_item_at(r->yaml, list, i),
                           "a context of '%s' is no word and is left out", r->name);
    }
}

static void take_contexts(struct tl_import_type *type, const struct recognizer *r)
{
    const json_t *languages = json_object_get(r->object, "supported_languages");

    take_context(type, r, json_object_get(r->object, "context"));
    for (size_t i = 0; i < json_array_size(languages); i++)
        take_context(type, r, json_object_get(json_array_get(languages, i), "context"));
}

static void take_patterns(struct tl_import_type *type, const struct recognizer *r)
{
    const json_t *list = json_object_get(r->object, "patterns");
    double best = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *regex = text_of(item, "regex");
        double score = json_number_value(json_object_get(item, "score"));

        if (!regex) {
            tl_import_note(r->importer, tl_yaml_item_at(r->yaml, list, i),
                           "a pattern of '%s' has no 'regex' and is left out", r->name);
            continue;
        }
        const char *pattern =
            tl_import_pattern(r->importer, regex, tl_yaml_at(r->yaml, item, "regex"));
        if (pattern)
            tl_vec_push(&type->patterns, pattern);
        if (pattern && score > best)
            best = score;
    }
    type->needs_name = type->patterns.n && best < SURE_SCORE;
}

static void take_values(struct tl_import_type *type, const struct recognizer *r)
{
    const json_t *list = json_object_get(r->object, "deny_list");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text && *text)
            tl_vec_push(&type->values, tl_arena_strdup(r->importer->ctx->arena, text));
        else
            tl_import_note(r->importer, tl_yaml_item_at(r->yaml, list, i),
                           "a word of the list of '%s' is no text and is left out",
                           r->name);
    }
}

static void read_entity(const struct recognizer *r, const char *entity, bool is_program)
{
    static const char *const left_out[] = { "score_thresholds", "config_path",
                                            "model_name", "deny_list_score" };
    struct tl_import_type *type = tl_import_add(r->importer, entity, r->at);

    if (!type)
        return;
    type->ignores_case = r->ignores_case;
    type->is_program = is_program;
    if (!type->summary && strcmp(r->name, entity))
        type->summary = tl_arena_strdup(r->importer->ctx->arena, r->name);
    take_patterns(type, r);
    take_values(type, r);
    take_contexts(type, r);
    if (type->patterns.n || type->values.n)
        tl_vec_push(&type->names, type->name);
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        if (json_object_get(r->object, left_out[i]))
            tl_import_note(r->importer, tl_yaml_key_at(r->yaml, r->object, left_out[i]),
                           "'%s' of '%s' is left out: confidence is counted here",
                           left_out[i], r->name);
    }
}

static void read_recognizer(const struct recognizer *r)
{
    const char *entity = text_of(r->object, "supported_entity");
    const json_t *entities = json_object_get(r->object, "supported_entities");
    bool has_rules =
        json_object_get(r->object, "patterns") || json_object_get(r->object, "deny_list");

    if (json_is_false(json_object_get(r->object, "enabled"))) {
        tl_import_note(r->importer, r->at, "'%s' is left out: it is switched off",
                       r->name);
        return;
    }
    if (!entity)
        entity = json_string_value(json_array_get(entities, 0));
    if (json_array_size(entities) > 1)
        tl_import_note(r->importer, r->at,
                       "'%s' finds several entities: only '%s' is carried over", r->name,
                       entity ? entity : "none");
    if (!has_rules && !entity)
        entity = entity_of_class(r->name, r->importer->ctx);
    if (!entity) {
        tl_import_note(r->importer, r->at, "'%s' is left out: it names no entity",
                       r->name);
        return;
    }
    read_entity(r, entity, !has_rules);
}

int tl_import_presidio(struct tl_importer *importer, const char *text, size_t n)
{
    struct tl_yaml yaml;
    int64_t flags = DEFAULT_FLAGS;

    int rc = tl_yaml_parse(&yaml, text, n, importer->path, importer->ctx);
    if (rc)
        return rc;
    const json_t *list = json_object_get(yaml.root, "recognizers");
    if (json_is_array(yaml.root))
        list = yaml.root;
    if (!json_is_array(list)) {
        tl_hint(importer->ctx, "it has a list 'recognizers'");
        rc = tl_yaml_fail(&yaml, (struct tl_mark){ 1, 1 }, importer->ctx,
                          "this is no list of Presidio's recognizers");
    }
    if (json_is_integer(json_object_get(yaml.root, "global_regex_flags")))
        flags = json_integer_value(json_object_get(yaml.root, "global_regex_flags"));
    for (size_t i = 0; !rc && i < json_array_size(list); i++) {
        struct recognizer r = { .importer = importer,
                                .yaml = &yaml,
                                .object = json_array_get(list, i),
                                .at = tl_yaml_item_at(&yaml, list, i),
                                .ignores_case = flags & IGNORECASE };

        r.name = json_is_string(r.object) ? json_string_value(r.object)
                                          : text_of(r.object, "name");
        if (!r.name)
            r.name = text_of(r.object, "supported_entity");
        if (r.name)
            read_recognizer(&r);
        else
            tl_import_note(importer, r.at, "a recognizer without a name is left out");
    }
    tl_yaml_release(&yaml);
    return rc;
}
