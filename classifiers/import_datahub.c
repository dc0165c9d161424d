/*
 * DataHub's former info_types_config, as acryl-datahub-classify 0.0.11 reads it (datahub_classify/helper_classes.py) and as a recipe
 * writes it (classification.classifiers[].config.info_types_config, keys in lower case). Names there are matched whole or inside, values whole
 * and in lower case.
 */
#include "classifiers/import_inner.h"

#include "base/ctx.h"

/* Its default (minimum_confidence of infotype_predictor): what a column must reach. */
#define CONFIDENCE 0.68

/* Whatever the letter case: a recipe writes name, the library Name. */
static const json_t *get(const char **key, const json_t *object, const char *name)
{
    const char *found;
    json_t *value;

    *key = name;
    json_object_foreach((json_t *)object, found, value)
    {
        if (!strcasecmp(found, name)) {
            *key = found;
            return value;
        }
    }
    return NULL;
}

struct config {
    struct tl_importer *importer;
    const struct tl_yaml *yaml;
    const char *name;
    const json_t *object;
    struct tl_import_type *type;
};

static double weight(const struct config *config, const char *factor)
{
    const char *key;
    const json_t *weights = get(&key, config->object, "Prediction_Factors_and_Weights");

    return json_number_value(get(&key, weights, factor));
}

/* The texts under `key` of `section`, or under `section` itself where `key` is NULL; one text counts as a list of one. */
static void each_text(const struct config *config, const char *section, const char *key,
                      void (*take)(const struct config *config, const char *text,
                                   struct tl_mark at))
{
    const char *written;
    const json_t *parent = config->object;
    const json_t *list = get(&written, parent, section);

    if (key) {
        parent = list;
        list = get(&written, parent, key);
    }
    if (json_is_string(list))
        take(config, json_string_value(list), tl_yaml_at(config->yaml, parent, written));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        struct tl_mark at = tl_yaml_item_at(config->yaml, list, i);
        if (text)
            take(config, text, at);
        else
            tl_import_note(config->importer, at, "'%s' of '%s' holds no text here",
                           key ? key : section, config->name);
    }
}

static void take_name(const struct config *config, const char *text, struct tl_mark at)
{
    tl_import_names(config->importer, config->type, text, at);
}

static void take_pattern(const struct config *config, const char *text, struct tl_mark at)
{
    const char *pattern = tl_import_pattern(config->importer, text, at);

    if (pattern)
        tl_vec_push(&config->type->patterns, pattern);
}

static void take_library(const struct config *config, const char *text, struct tl_mark at)
{
    tl_import_note(
        config->importer, at,
        "'%s' decides values by the library '%s', which is a program: left out",
        config->name, text);
}

static void take_excluded(const struct config *config, const char *text,
                          struct tl_mark at)
{
    tl_import_note(
        config->importer, at,
        "'%s' excludes the column '%s': reject it once with 'tagline review', or "
        "add its word to 'not_names'",
        config->name, text);
}

static void note_weight(const struct config *config, const char *factor, const char *why)
{
    const char *key;

    if (weight(config, factor) > 0 && get(&key, config->object, factor))
        tl_import_note(config->importer,
                       tl_yaml_key_at(config->yaml, config->object, key),
                       "'%s' of '%s' is left out: %s", factor, config->name, why);
}

static void read_type(struct config *config, struct tl_mark at)
{
    const char *key;
    const json_t *values = get(&key, config->object, "Values");
    const char *how = json_string_value(get(&key, values, "prediction_type"));

    config->type = tl_import_add(config->importer, config->name, at);
    if (!config->type)
        return;
    config->type->ignores_case = true;
    config->type->needs_name = weight(config, "Values") < CONFIDENCE;
    if (weight(config, "Name") > 0)
        each_text(config, "Name", "regex", take_name);
    if (weight(config, "Values") > 0) {
        if (!how || !strcasecmp(how, "regex"))
            each_text(config, "Values", "regex", take_pattern);
        else
            each_text(config, "Values", "library", take_library);
    }
    each_text(config, "ExcludeName", NULL, take_excluded);
    each_text(config, "exclude_name", NULL, take_excluded);
    note_weight(config, "Description",
                "comments are read by the names of the type, not by patterns");
    note_weight(config, "Datatype", "write it as 'logical' if it matters");
}

/* The mapping of types, wherever in a recipe it stands. */
static const json_t *find_types(const json_t *value, unsigned depth)
{
    const char *key;
    json_t *child;
    size_t i;

    if (depth > 64)
        return NULL;
    if (json_is_array(value)) {
        json_array_foreach(value, i, child)
        {
            const json_t *found = find_types(child, depth + 1);
            if (found)
                return found;
        }
        return NULL;
    }
    json_object_foreach((json_t *)value, key, child)
    {
        const char *written;
        if (!strcasecmp(key, "info_types_config") && json_is_object(child))
            return child;
        if (get(&written, child, "Prediction_Factors_and_Weights"))
            return value;
        const json_t *found = find_types(child, depth + 1);
        if (found)
            return found;
    }
    return NULL;
}

int tl_import_datahub(struct tl_importer *importer, const char *text, size_t n)
{
    struct tl_yaml yaml;
    const char *key;
    json_t *object;

    int rc = tl_yaml_parse(&yaml, text, n, importer->path, importer->ctx);
    if (rc)
        return rc;
    const json_t *types = find_types(yaml.root, 0);
    if (!types) {
        tl_hint(importer->ctx, "it has a mapping 'info_types_config' of types with "
                               "'Prediction_Factors_and_Weights'");
        rc = tl_yaml_fail(&yaml, (struct tl_mark){ 1, 1 }, importer->ctx,
                          "this is no configuration of DataHub's info types");
    }
    json_object_foreach((json_t *)types, key, object)
    {
        struct config config = { importer, &yaml, key, object, NULL };
        struct tl_mark at = tl_yaml_key_at(&yaml, types, key);

        if (json_is_object(object))
            read_type(&config, at);
        else
            tl_import_note(importer, at, "'%s' is left out: it is no mapping", key);
    }
    tl_yaml_release(&yaml);
    return rc;
}
