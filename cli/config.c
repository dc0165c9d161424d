#include "cli/config.h"

#include "base/ctx.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/yaml.h"
#include "classifiers/import.h"

#include <ctype.h>

struct root {
    const char *actor, *log;
};

static const struct tl_option root_options[] = {
    { "actor", TL_KIND_TEXT, offsetof(struct root, actor), NULL,
      "id of who is acting; TAGLINE_ACTOR goes before it" },
    { "log", TL_KIND_TEXT, offsetof(struct root, log), "tagline-log",
      "folder of the log" },
    { 0 },
};

static const struct tl_option scan_options[] = {
    { "sample_rows", TL_KIND_COUNT, offsetof(struct tl_scan_settings, sample_rows), "500",
      "most rows read of a dataset" },
    { "sample_share", TL_KIND_SHARE, offsetof(struct tl_scan_settings, sample_share),
      NULL,
      "in place of 'sample_rows': what so many of the rows hold is seen 95 times in "
      "100" },
    { "value_bytes", TL_KIND_COUNT, offsetof(struct tl_scan_settings, value_bytes), "4Ki",
      "a longer value is cut there" },
    { "seed", TL_KIND_COUNT, offsetof(struct tl_scan_settings, seed), "1",
      "chooses the rows, with the dataset's name" },
    { "first_rows", TL_KIND_COUNT, offsetof(struct tl_scan_settings, first_rows), "100",
      "rows read first; the rest of 'sample_rows' only where they leave doubt" },
    { "resample_after", TL_KIND_DURATION,
      offsetof(struct tl_scan_settings, resample_after), "7d",
      "a dataset that its source says is unchanged is not read again before" },
    { "threads", TL_KIND_COUNT, offsetof(struct tl_scan_settings, threads), "0",
      "workers; 0 takes one a core" },
    { "wait", TL_KIND_DURATION, offsetof(struct tl_scan_settings, wait), "60s",
      "how long to wait for another writer of the log" },
    { "carry_floor", TL_KIND_SHARE, offsetof(struct tl_scan_settings, carry_floor), "10%",
      "confidence below which a tag is not carried along lineage" },
    { 0 },
};

static const struct tl_option rule_options[] = {
    { "packs", TL_KIND_LIST, offsetof(struct tl_engine_settings, packs), NULL,
      "rule packs of your own, read after the built-in ones: files, folders, patterns; "
      "{path: FILE, format: datahub|presidio|csv} for what others made" },
    { "without", TL_KIND_LIST, offsetof(struct tl_engine_settings, without), NULL,
      "packs and info types that are off everywhere" },
    { "floor", TL_KIND_SHARE, offsetof(struct tl_engine_settings, floor), NULL,
      "confidence below which nothing is proposed" },
    { 0 },
};

/* Both under `rules:` and under a source's own `rules:`. */
static const struct tl_option switch_options[] = {
    { "only", TL_KIND_LIST, offsetof(struct tl_switches, only), NULL,
      "packs that are on; the others are off" },
    { "locales", TL_KIND_LIST, offsetof(struct tl_switches, locales), NULL,
      "countries, such as [de, us]: packs that are only about others are off" },
    { 0 },
};
static const struct tl_option without_options[] = {
    { "without", TL_KIND_LIST, offsetof(struct tl_switches, without), NULL,
      "packs and info types that are off here" },
    { 0 },
};

struct system_common {
    const char *name, *type;
    struct tl_scope scope;
    bool names_only;
    int64_t budget_rows;
};

static const struct tl_option source_options[] = {
    { "name", TL_KIND_TEXT, offsetof(struct system_common, name), NULL,
      "what keys and the log call it" },
    { "type", TL_KIND_TEXT, offsetof(struct system_common, type), NULL,
      "a connector, see 'tagline connectors'" },
    { "include", TL_KIND_LIST, offsetof(struct system_common, scope.include), NULL,
      "patterns of datasets to read: database/schema/dataset, * and ? allowed" },
    { "exclude", TL_KIND_LIST, offsetof(struct system_common, scope.exclude), NULL,
      "patterns of datasets to leave out" },
    { "include_columns", TL_KIND_LIST,
      offsetof(struct system_common, scope.include_columns), NULL,
      "patterns of columns to read: column, or dataset#column" },
    { "exclude_columns", TL_KIND_LIST,
      offsetof(struct system_common, scope.exclude_columns), NULL,
      "patterns of columns that are never asked for" },
    { "names_only", TL_KIND_FLAG, offsetof(struct system_common, names_only), NULL,
      "decide by names and types, never read a value" },
    { "budget_rows", TL_KIND_COUNT, offsetof(struct system_common, budget_rows), NULL,
      "most rows read in one scan: datasets never read come first, then those read "
      "longest ago; 0: no end" },
    { 0 },
};

static const struct tl_option sink_options[] = {
    { "name", TL_KIND_TEXT, offsetof(struct system_common, name), NULL,
      "what 'tagline push' calls it" },
    { "type", TL_KIND_TEXT, offsetof(struct system_common, type), NULL,
      "a connector that takes tags, see 'tagline connectors'" },
    { 0 },
};

static const char *const root_sections[] = { "sources",   "sinks",    "scan",
                                             "rules",     "queries",  "datasets",
                                             "functions", "policies", "tcf",
                                             NULL };

/* The names of a table's options as a NULL-terminated list: those the other table of the same mapping must pass over. */
static const char *const *names_of(const struct tl_option *table, const char *one_more,
                                   struct tl_ctx *ctx)
{
    size_t n = 0;

    while (table[n].name)
        n++;
    const char **names = tl_arena_alloc(ctx->arena, n + 2, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = table[i].name;
    names[n] = one_more;
    return names;
}

const char *tl_config_resolve(const char *value, const char *folder, struct tl_ctx *ctx)
{
    bool is_here = strcmp(folder, ".") == 0;

    return value && !is_here && strcmp(value, "-") != 0 ? tl_path_join(folder, value, ctx)
                                                        : value;
}

/* Paths in the file are meant from the file's own folder. */
static void resolve_paths(const struct tl_connector *connector, void *settings,
                          const char *folder, struct tl_ctx *ctx)
{
    for (size_t p = 0; connector->paths && connector->paths[p]; p++) {
        for (const struct tl_option *o = connector->options; o->name; o++) {
            char *at = (char *)settings + o->offset;
            if (strcmp(o->name, connector->paths[p]) != 0)
                continue;
            if (o->kind == TL_KIND_TEXT)
                *(const char **)at = tl_config_resolve(*(const char **)at, folder, ctx);
            if (o->kind != TL_KIND_LIST)
                continue;
            struct tl_list *list = (struct tl_list *)at;
            for (size_t i = 0; i < list->n; i++)
                list->items[i] = tl_config_resolve(list->items[i], folder, ctx);
        }
    }
}

static int no_such_connector(const struct tl_yaml *yaml, struct tl_mark at,
                             const char *type, bool is_sink, struct tl_ctx *ctx)
{
    const char *known[64];
    size_t n = 0;

    for (size_t i = 0; tl_connectors[i] && n < 64; i++)
        if (is_sink ? tl_connectors[i]->sink != NULL : tl_connectors[i]->source != NULL)
            known[n++] = tl_connectors[i]->name;
    const char *nearest = tl_nearest(type, known, n);
    if (nearest)
        tl_hint(ctx, "did you mean '%s'? 'tagline connectors' lists them", nearest);
    else
        tl_hint(ctx, "'tagline connectors' lists them");
    return tl_yaml_fail(yaml, at, ctx, "no connector '%s' that is a %s", type,
                        is_sink ? "sink" : "source");
}

static bool is_good_name(const char *name)
{
    if (!name || !*name || strlen(name) > 100)
        return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_-.", *c))
            return false;
    return name[0] != '.';
}

/* `rules:` of a source. */
static int read_switches(struct tl_switches *out, const struct tl_yaml *yaml,
                         const json_t *source, struct tl_ctx *ctx)
{
    const json_t *object = json_object_get(source, "rules");
    int rc;

    if (!object)
        return TL_OK;
    if (!json_is_object(object))
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, source, "rules"), ctx,
                            "'rules' of a source is a mapping: only, without, locales");
    if (json_object_get(object, "packs")) {
        tl_hint(ctx, "packs are read under 'rules' at the top; 'only' names those that "
                     "are on for this source");
        return tl_yaml_fail(yaml, tl_yaml_key_at(yaml, object, "packs"), ctx,
                            "a source reads no packs of its own");
    }
    if ((rc = tl_option_from_yaml(out, switch_options, yaml, object,
                                  names_of(without_options, NULL, ctx), ctx)) < 0)
        return rc;
    return tl_option_from_yaml(out, without_options, yaml, object,
                               names_of(switch_options, NULL, ctx), ctx);
}

static int read_system(struct tl_system *out, const struct tl_yaml *yaml,
                       const json_t *object, struct tl_mark at, bool is_sink,
                       const char *folder, struct tl_ctx *ctx)
{
    const struct tl_option *table = is_sink ? sink_options : source_options;
    struct system_common common = { 0 };
    const char *type = json_string_value(json_object_get(object, "type"));
    int rc;

    if (!json_is_object(object))
        return tl_yaml_fail(yaml, at, ctx, "expected a mapping with 'name' and 'type'");
    if (!type) {
        tl_hint(ctx, "'tagline connectors' lists what 'type' may be");
        return tl_yaml_fail(yaml, at, ctx, "a %s needs a 'type'",
                            is_sink ? "sink" : "source");
    }
    out->connector = tl_connector_find(type);
    if (!out->connector || (is_sink ? !out->connector->sink : !out->connector->source))
        return no_such_connector(yaml, tl_yaml_at(yaml, object, "type"), type, is_sink,
                                 ctx);
    out->settings = tl_arena_alloc(ctx->arena, 1, out->connector->config_size);
    if ((rc = tl_option_defaults(out->settings, out->connector->options, ctx)) < 0 ||
        (rc = tl_option_from_yaml(&common, table, yaml, object,
                                  names_of(out->connector->options,
                                           is_sink ? NULL : "rules", ctx),
                                  ctx)) < 0 ||
        (rc = tl_option_from_yaml(out->settings, out->connector->options, yaml, object,
                                  names_of(table, is_sink ? NULL : "rules", ctx), ctx)) <
            0 ||
        (!is_sink && (rc = read_switches(&out->rules, yaml, object, ctx)) < 0))
        return rc;
    if (!common.name)
        common.name = type;
    if (!is_good_name(common.name)) {
        tl_hint(ctx, "use letters, digits, '_', '-' and '.'");
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, object, "name"), ctx,
                            "'%s' cannot be a name", common.name);
    }
    out->name = common.name;
    out->scope = common.scope;
    out->names_only = common.names_only;
    out->budget_rows = common.budget_rows;
    resolve_paths(out->connector, out->settings, folder, ctx);
    return TL_OK;
}

/* What is on in which source, for whoever asks no source: nothing else of it is read, no secret is missed. */
static int read_names_and_switches(struct tl_config *out, const struct tl_yaml *yaml,
                                   struct tl_ctx *ctx)
{
    const json_t *list = json_object_get(yaml->root, "sources");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(object, "name"));
        const char *type = json_string_value(json_object_get(object, "type"));
        struct tl_system system = { 0 };
        int rc = read_switches(&system.rules, yaml, object, ctx);

        if (rc < 0)
            return rc;
        name = name ? name : type ? type : "unnamed";
        system.name = tl_arena_strdup(ctx->arena, name);
        tl_vec_push(&out->sources, system);
    }
    return TL_OK;
}

/* `sources:` or `sinks:`. */
static int read_systems(struct tl_config *out, const struct tl_yaml *yaml, bool is_sink,
                        struct tl_ctx *ctx)
{
    const char *section = is_sink ? "sinks" : "sources";
    const json_t *list = json_object_get(yaml->root, section);

    if (!list || json_is_null(list))
        return TL_OK;
    if (!json_is_array(list))
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, yaml->root, section), ctx,
                            "'%s' is a list: a '-' before each", section);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tl_mark at = tl_yaml_item_at(yaml, list, i);
        struct tl_system system = { 0 };
        int rc = read_system(&system, yaml, json_array_get(list, i), at, is_sink,
                             out->folder, ctx);

        if (rc < 0)
            return rc;
        size_t n = is_sink ? out->sinks.n : out->sources.n;
        struct tl_system *others = is_sink ? out->sinks.items : out->sources.items;
        for (size_t k = 0; k < n; k++)
            if (strcmp(others[k].name, system.name) == 0) {
                tl_hint(ctx, "give each a 'name' of its own");
                return tl_yaml_fail(yaml, at, ctx, "a second entry of '%s' is named '%s'",
                                    section, system.name);
            }
        if (is_sink)
            tl_vec_push(&out->sinks, system);
        else
            tl_vec_push(&out->sources, system);
    }
    return TL_OK;
}

int tl_config_section(void *into, const struct tl_option *table,
                      const struct tl_yaml *yaml, const char *section, struct tl_ctx *ctx)
{
    const json_t *object = json_object_get(yaml->root, section);

    if (!object || json_is_null(object))
        return TL_OK;
    if (!json_is_object(object))
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, yaml->root, section), ctx,
                            "'%s' is a mapping of settings", section);
    return tl_option_from_yaml(into, table, yaml, object, NULL, ctx);
}

/* One of `rules: packs:`: a text, or {path, format} for what another program reads as well. */
static int read_pack_place(const char **out, const struct tl_yaml *yaml,
                           const json_t *item, struct tl_mark at, const char *folder,
                           struct tl_ctx *ctx)
{
    static const struct tl_option table[] = {
        { "path", TL_KIND_TEXT, 0, NULL, "a file" },
        { "format", TL_KIND_CHOICE, sizeof(char *), NULL, "what it is",
          .choices = TL_PACK_FORMATS },
        { 0 },
    };
    struct {
        const char *path;
        int format;
    } place = { NULL, TL_PACK_BY_LOOK };
    int rc;

    if (json_is_object(item)) {
        if ((rc = tl_option_from_yaml(&place, table, yaml, item, NULL, ctx)) < 0)
            return rc;
    } else {
        place.path = json_string_value(item);
    }
    if (!place.path || !*place.path)
        return tl_yaml_fail(yaml, at, ctx,
                            "a pack is a path, or a mapping with 'path' and 'format'");
    *out = tl_pack_place(place.path, (enum tl_pack_format)place.format, folder, ctx);
    return TL_OK;
}

static int read_pack_places(struct tl_config *out, const struct tl_yaml *yaml,
                            const json_t *rules, struct tl_ctx *ctx)
{
    const json_t *list = json_object_get(rules, "packs");
    bool is_one = json_is_string(list) || json_is_object(list);
    size_t n = is_one ? 1 : json_array_size(list);
    const char **items = tl_arena_alloc(ctx->arena, n + 1, sizeof *items);
    int rc = TL_OK;

    if (list && !is_one && !json_is_array(list))
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, rules, "packs"), ctx,
                            "'packs' is a list of paths");
    for (size_t i = 0; i < n && rc == TL_OK; i++)
        rc = read_pack_place(&items[i], yaml, is_one ? list : json_array_get(list, i),
                             is_one ? tl_yaml_at(yaml, rules, "packs")
                                    : tl_yaml_item_at(yaml, list, i),
                             out->folder, ctx);
    out->rules.packs = (struct tl_list){ items, n };
    return rc;
}

static int read_rules(struct tl_config *out, const struct tl_yaml *yaml,
                      struct tl_ctx *ctx)
{
    static const char *const beside_rules[] = { "packs", "only", "locales", NULL };
    const json_t *object = json_object_get(yaml->root, "rules");
    int rc;

    if (!object || json_is_null(object))
        return TL_OK;
    if (!json_is_object(object))
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, yaml->root, "rules"), ctx,
                            "'rules' is a mapping of settings");
    if ((rc = tl_option_from_yaml(&out->rules, rule_options + 1, yaml, object,
                                  beside_rules, ctx)) < 0 ||
        (rc = tl_option_from_yaml(&out->switches, switch_options, yaml, object,
                                  names_of(rule_options, NULL, ctx), ctx)) < 0)
        return rc;
    return read_pack_places(out, yaml, object, ctx);
}

struct tl_switches tl_config_switches(const struct tl_config *config,
                                      const struct tl_system *system)
{
    struct tl_switches switches = system->rules;

    if (!switches.only.n)
        switches.only = config->switches.only;
    if (!switches.locales.n)
        switches.locales = config->switches.locales;
    return switches;
}

/* Actor ids stand in commits and file names of many systems: keep them plain. */
static bool is_good_actor(const char *actor)
{
    size_t n =
        strspn(actor,
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    return n > 0 && n <= 64 && actor[n] == 0;
}

static int choose_actor(struct tl_config *out, const char *from_file, struct tl_ctx *ctx)
{
    const char *actor = getenv("TAGLINE_ACTOR");

    if (!actor || !*actor)
        actor = from_file;
    if (actor && !is_good_actor(actor)) {
        tl_hint(ctx, "use up to 64 letters, digits, '.', '_' and '-'; the name behind "
                     "the id stays "
                     "out of the log");
        return tl_fail(ctx, TL_ECONFIG, "'%s' cannot be an actor's id", actor);
    }
    out->actor = actor;
    return TL_OK;
}

static const char *folder_of(const char *path, struct tl_ctx *ctx)
{
    const char *slash = strrchr(path, '/');

    return slash
               ? tl_arena_dup(ctx->arena, path, (size_t)(slash - path) + (slash == path))
               : ".";
}

static void digest_file(struct tl_config *out, const char *text, size_t n)
{
    struct tl_sha256 digest;

    tl_sha256_of(&digest, text, n);
    tl_hex(out->digest, digest.bytes, sizeof digest.bytes);
}

int tl_config_defaults(struct tl_config *out, struct tl_ctx *ctx)
{
    int rc;

    memset(out, 0, sizeof *out);
    out->folder = ".";
    out->log = "tagline-log";
    if ((rc = tl_option_defaults(&out->scan, scan_options, ctx)) < 0 ||
        (rc = tl_option_defaults(&out->rules, rule_options, ctx)) < 0)
        return rc;
    return choose_actor(out, NULL, ctx);
}

/* Rows of which one in twenty samples at most holds nothing of what such a share of all rows hold: (1 - share)^n <= 1/20. */
static int64_t rows_for(unsigned share)
{
    double missed = 1;
    int64_t n = 0;

    for (; missed > 0.05; n++)
        missed *= 1 - share / 1000.0;
    return n;
}

/* What a sample may cost is bounded: it is held in memory, once a worker. */
static int check_ceilings(const struct tl_config *config, const struct tl_yaml *yaml,
                          struct tl_ctx *ctx)
{
    const struct {
        const char *key;
        int64_t value, most;
    } limits[] = { { "sample_rows", config->scan.sample_rows, TL_SAMPLE_ROWS_MOST },
                   { "value_bytes", config->scan.value_bytes, 16 << 20 },
                   { "threads", config->scan.threads, 1024 } };
    const json_t *scan = json_object_get(yaml->root, "scan");

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i].value > limits[i].most)
            return tl_yaml_fail(yaml, tl_yaml_at(yaml, scan, limits[i].key), ctx,
                                "'%s' is %lld, expected at most %lld", limits[i].key,
                                (long long)limits[i].value, (long long)limits[i].most);
    return TL_OK;
}

static int read_all(struct tl_config *out, const struct tl_yaml *yaml, unsigned parts,
                    struct tl_ctx *ctx)
{
    struct root root = { 0 };
    int rc;

    if (yaml->root && !json_is_object(yaml->root))
        return tl_yaml_fail(yaml, (struct tl_mark){ 1, 1 }, ctx,
                            "expected a mapping of settings");
    if ((rc = tl_option_defaults(&root, root_options, ctx)) < 0)
        return rc;
    if (yaml->root &&
        ((rc = tl_option_from_yaml(&root, root_options, yaml, yaml->root, root_sections,
                                   ctx)) < 0 ||
         (rc = tl_config_section(&out->scan, scan_options, yaml, "scan", ctx)) < 0 ||
         (rc = check_ceilings(out, yaml, ctx)) < 0 ||
         (rc = read_rules(out, yaml, ctx)) < 0 ||
         (rc = tl_config_consent(out, yaml, ctx)) < 0 ||
         (rc = tl_config_known(out, yaml, ctx)) < 0 ||
         ((parts & TL_CONFIG_SWITCHES) &&
          (rc = read_names_and_switches(out, yaml, ctx)) < 0) ||
         ((parts & TL_CONFIG_SOURCES) &&
          (rc = read_systems(out, yaml, false, ctx)) < 0) ||
         ((parts & TL_CONFIG_SINKS) && (rc = read_systems(out, yaml, true, ctx)) < 0)))
        return rc;
    if (out->scan.sample_share)
        out->scan.sample_rows = rows_for(out->scan.sample_share);
    out->log = tl_config_resolve(root.log, out->folder, ctx);
    return choose_actor(out, root.actor, ctx);
}

int tl_config_load(struct tl_config *out, const char *path, unsigned parts,
                   struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT((size_t)16 << 20);
    struct tl_yaml yaml = { 0 };
    int rc = tl_config_defaults(out, ctx);

    if (rc < 0)
        return rc;
    if (!path)
        path = getenv("TAGLINE_CONFIG");
    if (!path || !*path)
        path = "tagline.yaml";
    if (strcmp(path, "-") != 0 && !tl_path_exists(path)) {
        tl_hint(ctx, "'tagline init' writes one; --config names another");
        return tl_fail(ctx, TL_ECONFIG, "no configuration at '%s'", path);
    }
    out->path = path;
    out->folder = folder_of(path, ctx);
    if ((rc = tl_file_read(&text, path, ctx)) < 0)
        goto done;
    digest_file(out, text.text, text.n);
    if ((rc = tl_yaml_parse(&yaml, text.text, text.n, path, ctx)) == TL_OK)
        rc = read_all(out, &yaml, parts, ctx);
    tl_yaml_release(&yaml);
done:
    tl_str_release(&text);
    return rc;
}

void tl_config_release(struct tl_config *config)
{
    tl_vec_release(&config->sources);
    tl_vec_release(&config->sinks);
    tl_vec_release(&config->queries);
    tl_vec_release(&config->declarations);
    tl_vec_release(&config->functions);
}

int tl_config_need_actor(const struct tl_config *config, struct tl_ctx *ctx)
{
    if (config->actor)
        return TL_OK;
    tl_hint(ctx, "set 'actor' in %s, or TAGLINE_ACTOR, to an id that stands for you",
            config->path);
    return tl_fail(ctx, TL_ECONFIG, "a person's word needs to know who is acting");
}

static int find_system(const struct tl_system **out, const struct tl_system *systems,
                       size_t n, const char *what, const char *name, struct tl_ctx *ctx)
{
    const char **names = tl_arena_alloc(ctx->arena, n + 1, sizeof *names);

    for (size_t i = 0; i < n; i++) {
        names[i] = systems[i].name;
        if (strcmp(systems[i].name, name) == 0) {
            *out = &systems[i];
            return TL_OK;
        }
    }
    const char *nearest = tl_nearest(name, names, n);
    if (nearest)
        tl_hint(ctx, "did you mean '%s'?", nearest);
    return tl_fail(ctx, TL_ENOTFOUND, "no %s is named '%s'", what, name);
}

int tl_config_source(const struct tl_system **out, const struct tl_config *config,
                     const char *name, struct tl_ctx *ctx)
{
    return find_system(out, config->sources.items, config->sources.n, "source", name,
                       ctx);
}

int tl_config_sink(const struct tl_system **out, const struct tl_config *config,
                   const char *name, struct tl_ctx *ctx)
{
    return find_system(out, config->sinks.items, config->sinks.n, "sink", name, ctx);
}

void tl_config_help(struct tl_str *out)
{
    tl_str_add(out, "tagline.yaml:\n\n");
    tl_option_help(out, root_options, false, 78);
    tl_str_add(out, "\nscan:\n");
    tl_option_help(out, scan_options, false, 78);
    tl_str_add(out, "\nrules:\n");
    tl_option_help(out, rule_options, false, 78);
    tl_option_help(out, switch_options, false, 78);
    tl_config_consent_help(out);
    tl_config_known_help(out);
    tl_str_add(out, "\nsources: a list; each has\n");
    tl_option_help(out, source_options, false, 78);
    tl_str_add(out, "\nrules: of a source, beside those of the top\n");
    tl_option_help(out, switch_options, false, 78);
    tl_option_help(out, without_options, false, 78);
    tl_str_add(out, "\nsinks: a list; each has\n");
    tl_option_help(out, sink_options, false, 78);
    tl_str_add(out, "\nand the keys of its type:\n");
    for (size_t i = 0; tl_connectors[i]; i++) {
        tl_str_addf(out, "\ntype: %s (%s)\n", tl_connectors[i]->name,
                    tl_connectors[i]->summary);
        tl_option_help(out, tl_connectors[i]->options, false, 78);
    }
}
