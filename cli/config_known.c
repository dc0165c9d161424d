/*
 * What people know and write into tagline.yaml: the SQL beside the views, what datasets are for, what their own functions do to personal
 * data, and which policies they hold to.
 */
#include "cli/config.h"

#include "base/ctx.h"
#include "base/json.h"

static const struct tl_option query_options[] = {
    { "files", TL_KIND_LIST, offsetof(struct tl_query_files, files), NULL,
      "patterns of SQL files: etl/*.sql" },
    { "source", TL_KIND_TEXT, offsetof(struct tl_query_files, source), NULL,
      "the source they run in; not needed where there is only one" },
    { "dialect", TL_KIND_CHOICE, offsetof(struct tl_query_files, dialect), "source",
      "how to read them; 'source' takes the source's own",
      .choices =
          "source|ansi|postgres|redshift|snowflake|trino|sqlite|duckdb|bigquery|spark" },
    { 0 },
};

static const struct tl_option declaration_options[] = {
    { "match", TL_KIND_TEXT, offsetof(struct tl_declaration, match), NULL,
      "pattern of datasets: export_*, mart/*, **; of entries that match the same, "
      "the later goes before" },
    { "zone", TL_KIND_TEXT, offsetof(struct tl_declaration, zone), NULL,
      "a word of yours: raw, core, mart, export ..." },
    { "uses", TL_KIND_LIST, offsetof(struct tl_declaration, uses), NULL,
      "data uses it is declared for, as fideslang names them" },
    { "recipients", TL_KIND_LIST, offsetof(struct tl_declaration, recipients), NULL,
      "who gets it" },
    { "owner", TL_KIND_TEXT, offsetof(struct tl_declaration, owner), NULL,
      "who answers for it" },
    { "retention", TL_KIND_TEXT, offsetof(struct tl_declaration, retention), NULL,
      "how long it is kept: 30d, 13 months" },
    { 0 },
};

struct function {
    const char *name;
    int effect; /* enum tl_effect - 1 */
};
static const struct tl_option function_options[] = {
    { "name", TL_KIND_TEXT, offsetof(struct function, name), NULL,
      "as SQL calls it, with its schema if you like" },
    /* in the order of enum tl_effect */
    { "effect", TL_KIND_CHOICE, offsetof(struct function, effect), "keeps",
      "what it does to personal data",
      .choices = "keeps|partial|masks|encrypts|tokenises|hashes|hashes_salted|aggregates|"
                 "counts|adds_noise" },
    { 0 },
};

static const struct tl_option policy_options[] = {
    { "packs", TL_KIND_LIST, offsetof(struct tl_policy_settings, packs), NULL,
      "built-in packs to ask, or the word none (all unless told)" },
    { "files", TL_KIND_LIST, offsetof(struct tl_policy_settings, files), NULL,
      "policy files of your own" },
    { "binding", TL_KIND_LIST, offsetof(struct tl_policy_settings, binding), NULL,
      "packs or pack/rule whose violations make exit code 1" },
    { "without", TL_KIND_LIST, offsetof(struct tl_policy_settings, without), NULL,
      "packs or pack/rule that are switched off" },
    { 0 },
};

/* A list of mappings: each is read into `item`, and taken over by `take`. */
struct list {
    const char *section;
    const struct tl_option *options;
    size_t size;
    const char *needs; /* key that must be there */
    void (*take)(struct tl_config *out, const void *item);
};

static void take_query(struct tl_config *out, const void *item)
{
    struct tl_query_files query = *(const struct tl_query_files *)item;

    query.dialect--; /* "source" comes first */
    tl_vec_push(&out->queries, query);
}

static void take_declaration(struct tl_config *out, const void *item)
{
    tl_vec_push(&out->declarations, *(const struct tl_declaration *)item);
}

static void take_function(struct tl_config *out, const void *item)
{
    const struct function *function = item;

    tl_vec_push(&out->functions,
                ((struct tl_declared_function){
                    .name = function->name, .effect = (uint8_t)(function->effect + 1) }));
}

static const struct list lists[] = {
    { "queries", query_options, sizeof(struct tl_query_files), "files", take_query },
    { "datasets", declaration_options, sizeof(struct tl_declaration), "match",
      take_declaration },
    { "functions", function_options, sizeof(struct function), "name", take_function },
};

static int read_list(struct tl_config *out, const struct list *list,
                     const struct tl_yaml *yaml, struct tl_ctx *ctx)
{
    const json_t *items = json_object_get(yaml->root, list->section);

    if (!items || json_is_null(items))
        return TL_OK;
    if (!json_is_array(items))
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, yaml->root, list->section), ctx,
                            "'%s' is a list: a '-' before each", list->section);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *object = json_array_get(items, i);
        struct tl_mark at = tl_yaml_item_at(yaml, items, i);
        void *item = tl_arena_alloc(ctx->arena, 1, list->size);
        int rc;

        if (!json_is_object(object))
            return tl_yaml_fail(yaml, at, ctx, "expected a mapping with '%s'",
                                list->needs);
        if ((rc = tl_option_defaults(item, list->options, ctx)) < 0 ||
            (rc = tl_option_from_yaml(item, list->options, yaml, object, NULL, ctx)) < 0)
            return rc;
        if (!json_object_get(object, list->needs))
            return tl_yaml_fail(yaml, at, ctx, "an entry of '%s' needs '%s'",
                                list->section, list->needs);
        list->take(out, item);
    }
    return TL_OK;
}

int tl_config_known(struct tl_config *out, const struct tl_yaml *yaml, struct tl_ctx *ctx)
{
    int rc = TL_OK;

    for (size_t i = 0; rc == TL_OK && i < sizeof lists / sizeof *lists; i++)
        rc = read_list(out, &lists[i], yaml, ctx);
    if (rc == TL_OK)
        rc = tl_config_section(&out->policies, policy_options, yaml, "policies", ctx);
    for (size_t i = 0; i < out->policies.files.n; i++)
        out->policies.files.items[i] =
            tl_config_resolve(out->policies.files.items[i], out->folder, ctx);
    return rc;
}

void tl_config_known_help(struct tl_str *out)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        tl_str_addf(out, "\n%s: a list; each has\n", lists[i].section);
        tl_option_help(out, lists[i].options, false, 78);
    }
    tl_str_add(out, "\npolicies:\n");
    tl_option_help(out, policy_options, false, 78);
}

/* ---- as it goes into the log ---- */

static void add_text(struct tl_str *out, const char *key, const char *value)
{
    if (!value)
        return;
    tl_str_addf(out, "    %s: ", key);
    tl_json_add_text(out, value, strlen(value)); /* a JSON string is a YAML scalar */
    tl_str_add_char(out, '\n');
}

static void add_list(struct tl_str *out, const char *indent, const char *key,
                     const struct tl_list *list)
{
    if (!list->n)
        return;
    tl_str_addf(out, "%s%s: [", indent, key);
    for (size_t i = 0; i < list->n; i++) {
        tl_str_add(out, i ? ", " : "");
        tl_json_add_text(out, list->items[i], strlen(list->items[i]));
    }
    tl_str_add(out, "]\n");
}

void tl_config_known_text(struct tl_str *out, const struct tl_config *config)
{
    tl_str_addf(out, "carry_floor: %u # per mille\n", config->scan.carry_floor);
    tl_str_add(out, config->declarations.n ? "datasets:\n" : "datasets: []\n");
    for (size_t i = 0; i < config->declarations.n; i++) {
        const struct tl_declaration *known = &config->declarations.items[i];
        tl_str_add(out, "  -\n");
        add_text(out, "match", known->match);
        add_text(out, "zone", known->zone);
        add_list(out, "    ", "uses", &known->uses);
        add_list(out, "    ", "recipients", &known->recipients);
        /* who that is the log does not name */
        add_text(out, "owner", known->owner ? "declared" : NULL);
        add_text(out, "retention", known->retention);
    }
    tl_str_add(out, config->functions.n ? "functions:\n" : "functions: []\n");
    for (size_t i = 0; i < config->functions.n; i++) {
        tl_str_add(out, "  -\n");
        add_text(out, "name", config->functions.items[i].name);
        add_text(out, "effect", tl_effect_word(config->functions.items[i].effect));
    }
    tl_str_add(out, "policies:\n");
    tl_str_addf(out, "  files: %zu # each stands in rules/ by its own digest\n",
                config->policies.files.n);
    add_list(out, "  ", "packs", &config->policies.packs);
    add_list(out, "  ", "binding", &config->policies.binding);
    add_list(out, "  ", "without", &config->policies.without);
}
