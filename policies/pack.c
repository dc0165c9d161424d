/*
 * One policy file: YAML to laws, with the place of every mistake. A group is a name for what several rules look for.
 */
#include "policies/read.h"
#include "policies/rule.h"

#include "base/ctx.h"

#include <string.h>

#define FORMAT 1

const char *const tl_policy_declared_words[TL_DECLARED_WORDS] = { "zone", "uses",
                                                                  "recipients", "owner",
                                                                  "retention" };

static const char *const steering_words[] = { "join", "filter", "group_by",
                                              "sort", "window", "conditional" };
static const char *const state_words[] = { "proposed", "confirmed", "carried" };
static const char *const severity_words[] = { "error", "warning", "note" };
static const char *const missing_words[] = { "gap", "violation" };

static const struct tl_policy_words steerings =
    TL_POLICY_WORDS(steering_words, "way of steering");
static const struct tl_policy_words states = TL_POLICY_WORDS(state_words, "state");
static const struct tl_policy_words severities =
    TL_POLICY_WORDS(severity_words, "severity");
static const struct tl_policy_words missings = TL_POLICY_WORDS(missing_words, "outcome");
static const struct tl_policy_words declareds = { tl_policy_declared_words,
                                                  TL_DECLARED_WORDS, "declaration" };

struct group {
    const char *name;
    struct tl_policy_what what;
};

struct pack_reader {
    struct tl_policy_reader in;
    struct tl_policy_loader *loader;
    struct tl_policy_pack *pack;
    bool is_advisory;
    TL_VEC(struct group) groups;
};

/* ---- what is looked for ---- */

/* Below it a tag is a guess: half of what can be sure. */
#define CONFIDENCE_ENOUGH 500

static const struct tl_policy_what nothing_said = {
    .states = 1u << TL_PROPOSED | 1u << TL_CONFIRMED | 1u << TL_CARRIED,
    .confidence = CONFIDENCE_ENOUGH,
};

static int find_group(struct tl_policy_what *out, const struct pack_reader *reader,
                      const char *name, struct tl_mark at)
{
    const char *known[TL_POLICY_LIST_MOST];
    struct tl_policy_words words = { known, 0, "group" };

    for (size_t i = 0; i < reader->groups.n; i++) {
        if (strcmp(reader->groups.items[i].name, name) == 0) {
            *out = reader->groups.items[i].what;
            return TL_OK;
        }
        known[words.n++] = reader->groups.items[i].name;
    }
    return tl_policy_unknown(&reader->in, at, name, &words);
}

static int read_states(unsigned *out, const struct pack_reader *reader,
                       const json_t *object)
{
    static const uint8_t bits[] = { TL_PROPOSED, TL_CONFIRMED, TL_CARRIED };
    unsigned said = 0;
    int rc = tl_policy_bits(&said, &reader->in, object, "states", &states);

    if (said)
        *out = 0;
    for (size_t i = 0; i < sizeof bits; i++)
        if (said & 1u << i)
            *out |= 1u << bits[i];
    return rc;
}

static int read_fact(struct tl_policy_fact *out, const struct pack_reader *reader,
                     const json_t *facts, const char *name)
{
    static const char *const words[] = { "below", "above" };
    static const struct tl_policy_words known = TL_POLICY_WORDS(words, "a fact");
    const struct tl_policy_reader *in = &reader->in;
    const json_t *value = json_object_get(facts, name);
    double *bounds[] = { &out->below, &out->above };
    int rc = tl_policy_keys(in, value, tl_yaml_at(&in->yaml, facts, name), &known);

    *out = (struct tl_policy_fact){ tl_arena_strdup(in->arena, name), -1, -1 };
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < 2; i++) {
        const json_t *bound = json_object_get(value, words[i]);
        if (!bound)
            continue;
        *bounds[i] = json_is_number(bound) ? json_number_value(bound) : -1;
        if (!(*bounds[i] >= 0))
            return tl_policy_wrong(in, tl_yaml_at(&in->yaml, value, words[i]),
                                   "'%s' must be a share from 0 to 1, or a number",
                                   words[i]);
    }
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.")] ||
        strlen(name) > TL_FACT_NAME_MOST || json_object_size(value) == 0)
        return tl_policy_wrong(in, tl_yaml_key_at(&in->yaml, facts, name),
                               "a fact has a name such as tcf.decodes, and 'below' or "
                               "'above'");
    return TL_OK;
}

static int read_facts(struct tl_policy_what *out, const struct pack_reader *reader,
                      const json_t *value)
{
    const struct tl_policy_reader *in = &reader->in;
    const json_t *facts = json_object_get(value, "facts");
    size_t n = json_object_size(facts);
    const char *name;
    json_t *bounds;

    if (!facts)
        return TL_OK;
    if (!json_is_object(facts) || n == 0 || n > TL_POLICY_FACTS_MOST)
        return tl_policy_wrong(in, tl_yaml_at(&in->yaml, value, "facts"),
                               "'facts' must be a mapping from at most %d names to "
                               "bounds, such as {tcf.decodes: {below: 0.9}}",
                               TL_POLICY_FACTS_MOST);
    struct tl_policy_fact *items = tl_arena_alloc(in->arena, n, sizeof *items);
    out->n_facts = 0;
    json_object_foreach((json_t *)facts, name, bounds)
    {
        int rc = read_fact(&items[out->n_facts++], reader, facts, name);
        if (rc < 0)
            return rc;
    }
    out->facts = items;
    return TL_OK;
}

/* A mapping, or the name of a group. */
static int read_what(struct tl_policy_what *out, const struct pack_reader *reader,
                     const json_t *value, struct tl_mark at)
{
    static const char *const words[] = { "group",      "info_types",     "not_info_types",
                                         "categories", "not_categories", "sensitivity",
                                         "states",     "confidence",     "facts" };
    static const struct tl_policy_words known =
        TL_POLICY_WORDS(words, "what is looked for");
    const struct tl_policy_reader *in = &reader->in;
    const char *group = NULL;
    int sensitivity = -1;
    int rc;

    *out = nothing_said;
    if (json_is_string(value))
        return find_group(out, reader, json_string_value(value), at);
    if ((rc = tl_policy_keys(in, value, at, &known)) < 0 ||
        (rc = tl_policy_text(&group, in, value, "group", TL_FORM_ID)) < 0)
        return rc;
    if (json_object_size(value) == 0)
        return tl_policy_wrong(in, at, "this would be every tag: say which");
    if (group &&
        (rc = find_group(out, reader, group, tl_yaml_at(&in->yaml, value, "group"))) < 0)
        return rc;
    struct tl_policy_what said = { .confidence = out->confidence };
    if ((rc = tl_policy_texts(&said.info_types, in, value, "info_types", TL_FORM_GLOB)) <
            0 ||
        (rc = tl_policy_texts(&said.not_info_types, in, value, "not_info_types",
                              TL_FORM_GLOB)) < 0 ||
        (rc = tl_policy_texts(&said.categories, in, value, "categories",
                              TL_FORM_CATEGORY)) < 0 ||
        (rc = tl_policy_texts(&said.not_categories, in, value, "not_categories",
                              TL_FORM_CATEGORY)) < 0 ||
        (rc = tl_policy_choice(&sensitivity, in, value, "sensitivity",
                               &tl_policy_sensitivities)) < 0 ||
        (rc = read_states(&out->states, reader, value)) < 0 ||
        (rc = tl_policy_share(&out->confidence, in, value, "confidence")) < 0 ||
        (rc = read_facts(out, reader, value)) < 0)
        return rc;
    out->info_types = said.info_types.n ? said.info_types : out->info_types;
    out->not_info_types =
        said.not_info_types.n ? said.not_info_types : out->not_info_types;
    out->categories = said.categories.n ? said.categories : out->categories;
    out->not_categories =
        said.not_categories.n ? said.not_categories : out->not_categories;
    if (sensitivity >= 0)
        out->sensitivity = (uint8_t)sensitivity;
    return TL_OK;
}

static int read_looks_for(struct tl_law *law, const struct pack_reader *reader,
                          const json_t *object)
{
    const struct tl_policy_reader *in = &reader->in;
    const json_t *value;
    size_t n;
    int rc = tl_policy_list(&value, &n, in, object, "looks_for");

    if (rc == TL_OK && n > TL_POLICY_TOGETHER_MOST)
        rc = tl_policy_wrong(in, tl_yaml_at(&in->yaml, object, "looks_for"),
                             "more than %d things that may not meet",
                             TL_POLICY_TOGETHER_MOST);
    for (size_t i = 0; rc == TL_OK && i < n; i++)
        rc = read_what(&law->what[law->n_what++], reader,
                       tl_policy_item(object, "looks_for", i),
                       tl_policy_item_at(in, object, "looks_for", i));
    return rc;
}

/* ---- where it is asked, what is needed, what excuses ---- */

static int read_scope(struct tl_policy_scope *out, bool *is_there,
                      const struct pack_reader *reader, const json_t *object,
                      const char *key)
{
    static const char *const words[] = { "zones", "not_zones", "datasets", "not_datasets",
                                         "kinds" };
    static const struct tl_policy_words known =
        TL_POLICY_WORDS(words, "where a rule is asked");
    const struct tl_policy_reader *in = &reader->in;
    const json_t *value = json_object_get(object, key);
    int rc;

    *is_there = value != NULL;
    if (!value)
        return TL_OK;
    rc = tl_policy_keys(in, value, tl_yaml_at(&in->yaml, object, key), &known);
    if (rc == TL_OK && json_object_size(value) == 0)
        rc = tl_policy_wrong(in, tl_yaml_at(&in->yaml, object, key),
                             "'%s' says nothing: leave it out", key);
    if (rc < 0 ||
        (rc = tl_policy_texts(&out->zones, in, value, "zones", TL_FORM_GLOB)) < 0 ||
        (rc = tl_policy_texts(&out->not_zones, in, value, "not_zones", TL_FORM_GLOB)) <
            0 ||
        (rc = tl_policy_texts(&out->datasets, in, value, "datasets", TL_FORM_PATH)) < 0 ||
        (rc = tl_policy_texts(&out->not_datasets, in, value, "not_datasets",
                              TL_FORM_PATH)) < 0 ||
        (rc = tl_policy_bits(&out->kinds, in, value, "kinds", &tl_policy_kinds)) < 0)
        return rc;
    return TL_OK;
}

static int read_needs(struct tl_policy_needs *out, const struct pack_reader *reader,
                      const json_t *object)
{
    static const char *const words[] = { "uses",       "only_uses", "not_uses",
                                         "recipients", "declared",  "missing",
                                         "beside" };
    static const struct tl_policy_words known = TL_POLICY_WORDS(words, "'needs'");
    const struct tl_policy_reader *in = &reader->in;
    const json_t *value = json_object_get(object, "needs");
    struct tl_mark at = tl_yaml_at(&in->yaml, object, "needs");
    int missing = 0;
    int rc;

    if (!value)
        return TL_OK;
    if ((rc = tl_policy_keys(in, value, at, &known)) < 0 ||
        (rc = tl_policy_texts(&out->uses, in, value, "uses", TL_FORM_CATEGORY)) < 0 ||
        (rc = tl_policy_texts(&out->only_uses, in, value, "only_uses",
                              TL_FORM_CATEGORY)) < 0 ||
        (rc = tl_policy_texts(&out->not_uses, in, value, "not_uses", TL_FORM_CATEGORY)) <
            0 ||
        (rc = tl_policy_texts(&out->recipients, in, value, "recipients", TL_FORM_GLOB)) <
            0 ||
        (rc = tl_policy_bits(&out->declared, in, value, "declared", &declareds)) < 0 ||
        (rc = tl_policy_choice(&missing, in, value, "missing", &missings)) < 0)
        return rc;
    out->missing_is_violation = missing == 1;
    const json_t *beside = json_object_get(value, "beside");
    out->beside = beside != NULL;
    if (beside && (rc = read_what(&out->beside_what, reader, beside,
                                  tl_yaml_at(&in->yaml, value, "beside"))) < 0)
        return rc;
    if (out->beside_what.n_facts)
        return tl_policy_wrong(in, tl_yaml_at(&in->yaml, value, "beside"),
                               "'facts' are asked of what is looked for, not of what "
                               "stands beside it");
    if (json_object_get(value, "missing") && !out->declared)
        return tl_policy_wrong(in, tl_yaml_key_at(&in->yaml, value, "missing"),
                               "'missing' is about 'declared', which is not there");
    out->is_asked = out->uses.n || out->only_uses.n || out->not_uses.n ||
                    out->recipients.n || out->declared || out->beside;
    return out->is_asked ? TL_OK
                         : tl_policy_wrong(in, at, "'needs' says nothing: leave it out");
}

static int read_excuse(struct tl_policy_excuse *out, const struct pack_reader *reader,
                       const json_t *value, struct tl_mark at)
{
    static const char *const words[] = { "effects", "uses", "recipients", "datasets",
                                         "columns" };
    static const struct tl_policy_words known = TL_POLICY_WORDS(words, "an excuse");
    const struct tl_policy_reader *in = &reader->in;
    int rc;

    if ((rc = tl_policy_keys(in, value, at, &known)) < 0 ||
        (rc = tl_policy_bits(&out->effects, in, value, "effects", &tl_policy_effects)) <
            0 ||
        (rc = tl_policy_texts(&out->uses, in, value, "uses", TL_FORM_CATEGORY)) < 0 ||
        (rc = tl_policy_texts(&out->recipients, in, value, "recipients", TL_FORM_GLOB)) <
            0 ||
        (rc = tl_policy_texts(&out->datasets, in, value, "datasets", TL_FORM_PATH)) < 0 ||
        (rc = tl_policy_texts(&out->columns, in, value, "columns", TL_FORM_GLOB)) < 0)
        return rc;
    out->effects <<= 1; /* TL_NO_EFFECT has no word */
    return json_object_size(value)
               ? TL_OK
               : tl_policy_wrong(in, at, "an excuse that says nothing excuses all");
}

static int read_unless(struct tl_law *law, const struct pack_reader *reader,
                       const json_t *object)
{
    const struct tl_policy_reader *in = &reader->in;
    const json_t *value;
    size_t n;
    int rc = tl_policy_list(&value, &n, in, object, "unless");

    if (rc < 0 || !value)
        return rc;
    struct tl_policy_excuse *excuses = tl_arena_alloc(in->arena, n, sizeof *excuses);
    for (size_t i = 0; rc == TL_OK && i < n; i++)
        rc = read_excuse(&excuses[law->n_excuses++], reader,
                         tl_policy_item(object, "unless", i),
                         tl_policy_item_at(in, object, "unless", i));
    law->excuses = excuses;
    return rc;
}

/* ---- rules ---- */

static const char *const rule_keys[] = { "id",       "summary", "help",   "severity",
                                         "advisory", "in",      "from",   "looks_for",
                                         "steering", "needs",   "unless", "message",
                                         "fix",      "tests" };
static const struct tl_policy_words rule_words = TL_POLICY_WORDS(rule_keys, "a rule");

static int read_words(struct tl_law *law, const struct pack_reader *reader,
                      const json_t *object)
{
    const struct tl_policy_reader *in = &reader->in;
    int severity = 0;
    int rc;

    if ((rc = tl_policy_text(&law->id, in, object, "id", TL_FORM_ID)) < 0 ||
        (rc = tl_policy_text(&law->summary, in, object, "summary", TL_FORM_LINE)) < 0 ||
        (rc = tl_policy_text(&law->help, in, object, "help", TL_FORM_FREE)) < 0 ||
        (rc = tl_policy_text(&law->message, in, object, "message", TL_FORM_LINE)) < 0 ||
        (rc = tl_policy_text(&law->fix, in, object, "fix", TL_FORM_LINE)) < 0 ||
        (rc = tl_policy_choice(&severity, in, object, "severity", &severities)) < 0 ||
        (rc = tl_policy_flag(&law->is_advisory, in, object, "advisory")) < 0)
        return rc;
    law->severity = severity_words[severity];
    return TL_OK;
}

static int read_parts(struct tl_law *law, const struct pack_reader *reader,
                      const json_t *object)
{
    const struct tl_policy_reader *in = &reader->in;
    unsigned steering = 0;
    bool has_scope;
    int rc;

    if ((rc = read_scope(&law->in, &has_scope, reader, object, "in")) < 0 ||
        (rc = read_scope(&law->from, &law->asks_from, reader, object, "from")) < 0 ||
        (rc = read_looks_for(law, reader, object)) < 0 ||
        (rc = tl_policy_bits(&steering, in, object, "steering", &steerings)) < 0 ||
        (rc = read_needs(&law->needs, reader, object)) < 0 ||
        (rc = read_unless(law, reader, object)) < 0)
        return rc;
    law->steering = steering << TL_JOIN;
    return TL_OK;
}

/* What does not go together, although each part is sound. */
static int check_rule(const struct tl_law *law, const struct pack_reader *reader,
                      const json_t *object, struct tl_mark at)
{
    const struct tl_policy_reader *in = &reader->in;

    if (!law->id || !law->summary || !law->n_what)
        return tl_policy_wrong(in, at, "a rule needs 'id', 'summary' and 'looks_for'");
    if (law->steering && law->n_what > 1)
        return tl_policy_wrong(in, tl_yaml_key_at(&in->yaml, object, "steering"),
                               "'steering' is about one thing, not about a meeting");
    for (size_t i = 0; i < reader->loader->laws.n; i++)
        if (strcmp(reader->loader->laws.items[i].name, law->name) == 0)
            return tl_policy_wrong(in, tl_yaml_at(&in->yaml, object, "id"),
                                   "rule '%s' stands in this pack twice", law->id);
    return TL_OK;
}

static int read_rule(struct pack_reader *reader, const json_t *rules, size_t i)
{
    const struct tl_policy_reader *in = &reader->in;
    const json_t *object = json_array_get(rules, i);
    struct tl_mark at = tl_yaml_item_at(&in->yaml, rules, i);
    struct tl_law law = { .pack = reader->pack->name,
                          .is_advisory = reader->is_advisory };
    int rc = tl_policy_keys(in, object, at, &rule_words);

    if (rc < 0 || (rc = read_words(&law, reader, object)) < 0)
        return rc;
    law.name = tl_arena_printf(in->arena, "%s/%s", law.pack, law.id ? law.id : "");
    law.line = at.line;
    if ((rc = read_parts(&law, reader, object)) < 0 ||
        (rc = check_rule(&law, reader, object, at)) < 0 ||
        (rc = tl_policy_read_examples(&law, in, object)) < 0)
        return rc;
    tl_vec_push(&reader->loader->laws, law);
    return TL_OK;
}

/* ---- a rule as it was written ---- */

static const char *line_start(const char *text, unsigned line)
{
    for (unsigned i = 1; i < line; i++) {
        const char *end = strchr(text, '\n');

        if (!end)
            return text + strlen(text);
        text = end + 1;
    }
    return text;
}

static bool is_blank_or_comment(const char *line, const char *end)
{
    while (line < end && (*line == ' ' || *line == '\n' || *line == '\r'))
        line++;
    return line == end || *line == '#';
}

/* From its first line to the next rule or key of the pack, without the comments and empty lines that stand before that. */
static void note_text(struct tl_law *law, const struct pack_reader *reader, unsigned next)
{
    const char *begin = line_start(reader->pack->text, law->line);
    const char *end = line_start(begin, next > law->line ? next - law->line + 1 : 1);

    if (next == 0)
        end = begin + strlen(begin);
    while (end > begin) {
        const char *last = end - 1;
        while (last > begin && last[-1] != '\n')
            last--;
        if (!is_blank_or_comment(last, end))
            break;
        end = last;
    }
    law->text = begin;
    law->n_text = (size_t)(end - begin);
}

static void note_texts(const struct pack_reader *reader, size_t first)
{
    const struct tl_yaml *yaml = &reader->in.yaml;
    struct tl_policy_loader *loader = reader->loader;
    const char *key;
    json_t *value;

    for (size_t i = first; i < loader->laws.n; i++) {
        struct tl_law *law = &loader->laws.items[i];
        unsigned next = i + 1 < loader->laws.n ? loader->laws.items[i + 1].line : 0;

        json_object_foreach(yaml->root, key, value)
        {
            unsigned line = tl_yaml_key_at(yaml, yaml->root, key).line;
            if (line > law->line && (!next || line < next))
                next = line;
        }
        note_text(law, reader, next);
    }
}

/* ---- the pack ---- */

static int read_groups(struct pack_reader *reader, const json_t *root)
{
    const struct tl_policy_reader *in = &reader->in;
    const json_t *groups = json_object_get(root, "groups");
    const char *name;
    json_t *value;

    if (groups && !json_is_object(groups))
        return tl_policy_wrong(in, tl_yaml_at(&in->yaml, root, "groups"),
                               "'groups' must be a mapping");
    if (json_object_size(groups) > TL_POLICY_LIST_MOST)
        return tl_policy_wrong(in, tl_yaml_at(&in->yaml, root, "groups"),
                               "more than %d groups", TL_POLICY_LIST_MOST);
    json_object_foreach((json_t *)groups, name, value)
    {
        struct group group = { .name = tl_arena_strdup(in->arena, name) };
        int rc =
            read_what(&group.what, reader, value, tl_yaml_at(&in->yaml, groups, name));

        if (rc < 0)
            return rc;
        tl_vec_push(&reader->groups, group);
    }
    return TL_OK;
}

static int check_name(const struct pack_reader *reader, const json_t *root)
{
    const struct tl_policies *policies = reader->loader->policies;

    for (size_t i = 0; i < policies->n_packs; i++) {
        if (strcmp(policies->packs[i].name, reader->pack->name) != 0)
            continue;
        tl_hint(reader->in.ctx, "give each pack a name of its own; 'policies.without' "
                                "switches packs and rules off");
        return tl_policy_wrong(&reader->in, tl_yaml_at(&reader->in.yaml, root, "pack"),
                               "the policy pack '%s' (%s) is there already",
                               policies->packs[i].name, policies->packs[i].path);
    }
    return TL_OK;
}

static int read_head(struct pack_reader *reader, const json_t *root)
{
    static const char *const words[] = { "pack",     "version", "format", "summary",
                                         "advisory", "groups",  "rules" };
    static const struct tl_policy_words known = TL_POLICY_WORDS(words, "a policy file");
    const struct tl_policy_reader *in = &reader->in;
    const char *name = NULL;
    const char *summary = NULL;
    int64_t version = 0;
    int64_t format = 0;
    int rc;

    if ((rc = tl_policy_keys(in, root, (struct tl_mark){ 1, 1 }, &known)) < 0 ||
        (rc = tl_policy_text(&name, in, root, "pack", TL_FORM_ID)) < 0 ||
        (rc = tl_policy_text(&summary, in, root, "summary", TL_FORM_LINE)) < 0 ||
        (rc = tl_policy_count(&version, in, root, "version", 1000000)) < 0 ||
        (rc = tl_policy_count(&format, in, root, "format", 1000000)) < 0 ||
        (rc = tl_policy_flag(&reader->is_advisory, in, root, "advisory")) < 0)
        return rc;
    if (!name || !version || !format)
        return tl_policy_wrong(in, (struct tl_mark){ 1, 1 },
                               "a policy file needs 'pack', 'version' and 'format'");
    if (format > FORMAT)
        return tl_policy_wrong(in, tl_yaml_at(&in->yaml, root, "format"),
                               "format %lld is newer than %d, which this program reads",
                               (long long)format, FORMAT);
    reader->pack->name = name;
    return check_name(reader, root);
}

static int read_rules(struct pack_reader *reader, const json_t *root)
{
    const struct tl_policy_reader *in = &reader->in;
    const json_t *rules = json_object_get(root, "rules");
    size_t first = reader->loader->laws.n;
    int rc = TL_OK;

    if (!rules)
        return tl_policy_wrong(in, (struct tl_mark){ 1, 1 },
                               "a policy file needs 'rules'");
    if (!json_is_array(rules))
        return tl_policy_wrong(in, tl_yaml_at(&in->yaml, root, "rules"),
                               "'rules' must be a list: a '-' before each");
    for (size_t i = 0; rc == TL_OK && i < json_array_size(rules); i++) {
        if (reader->loader->laws.n == TL_POLICY_RULES_MOST)
            return tl_fail(in->ctx, TL_ELIMIT, "more than %d policy rules",
                           TL_POLICY_RULES_MOST);
        rc = read_rule(reader, rules, i);
    }
    note_texts(reader, first);
    return rc;
}

int tl_policy_read_pack(struct tl_policy_loader *loader, struct tl_policy_pack *pack,
                        struct tl_ctx *ctx)
{
    struct pack_reader reader = {
        .in = { .arena = loader->policies->arena, .ctx = ctx },
        .loader = loader,
        .pack = pack,
    };
    int rc = tl_yaml_parse(&reader.in.yaml, pack->text, pack->n, pack->path, ctx);
    const json_t *root = reader.in.yaml.root;

    pack->name = "";
    if (rc == TL_OK && !root)
        rc = tl_policy_wrong(&reader.in, (struct tl_mark){ 1, 1 },
                             "a policy file needs 'pack', 'version', 'format' and "
                             "'rules'");
    if (rc == TL_OK)
        rc = read_head(&reader, root);
    if (rc == TL_OK)
        rc = read_groups(&reader, root);
    if (rc == TL_OK)
        rc = read_rules(&reader, root);
    tl_vec_release(&reader.groups);
    tl_yaml_release(&reader.in.yaml);
    return rc;
}
