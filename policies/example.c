/*
 * Examples of rules: small graphs written beside the rule, and what must come of them. Read with the rule, asked when somebody wants to
 * know whether the rules still say what they are meant to say (open-policy-agent/conftest: `conftest verify`).
 */
#include "policies/read.h"
#include "policies/rule.h"

#include "base/ctx.h"

#include <string.h>

/* ---- reading ---- */

static const char *const state_words[] = { "proposed", "confirmed", "rejected",
                                           "withdrawn" };
static const char *const kind_words[] = { "identity", "transformation", "aggregation",
                                          "join",     "filter",         "group_by",
                                          "sort",     "window",         "conditional" };
static const struct tl_policy_words states = TL_POLICY_WORDS(state_words, "state");
static const struct tl_policy_words kinds = TL_POLICY_WORDS(kind_words, "kind of edge");

static int read_tag(struct tl_policy_example_tag *out,
                    const struct tl_policy_reader *reader, const json_t *columns,
                    const char *column)
{
    static const char *const words[] = { "type", "category", "sensitivity", "confidence",
                                         "state" };
    static const struct tl_policy_words known = TL_POLICY_WORDS(words, "a tag");
    const json_t *value = json_object_get(columns, column);
    int sensitivity = TL_PERSONAL;
    int state = 0;
    int rc;

    *out = (struct tl_policy_example_tag){
        .column = tl_arena_strdup(reader->arena, column),
        .confidence = 900,
    };
    if (json_is_null(value))
        return TL_OK;
    struct tl_mark at = tl_yaml_at(&reader->yaml, columns, column);
    if ((rc = tl_policy_keys(reader, value, at, &known)) < 0 ||
        (rc = tl_policy_text(&out->info_type, reader, value, "type", TL_FORM_GLOB)) < 0 ||
        (rc = tl_policy_text(&out->category, reader, value, "category",
                             TL_FORM_CATEGORY)) < 0 ||
        (rc = tl_policy_choice(&sensitivity, reader, value, "sensitivity",
                               &tl_policy_sensitivities)) < 0 ||
        (rc = tl_policy_share(&out->confidence, reader, value, "confidence")) < 0 ||
        (rc = tl_policy_choice(&state, reader, value, "state", &states)) < 0)
        return rc;
    if (!out->info_type || !out->category)
        return tl_policy_wrong(reader, at, "a tag needs 'type' and 'category'");
    out->sensitivity = (uint8_t)sensitivity;
    out->state = (uint8_t)tl_state_of(state_words[state]);
    out->origin = state == 1 || state == 2 ? TL_BY_PERSON : TL_BY_RULE;
    return TL_OK;
}

static int read_columns(struct tl_policy_example_dataset *out,
                        const struct tl_policy_reader *reader, const json_t *object)
{
    const json_t *columns = json_object_get(object, "columns");
    const char *column;
    json_t *value;

    if (!columns)
        return TL_OK;
    if (!json_is_object(columns) || json_object_size(columns) > TL_POLICY_LIST_MOST)
        return tl_policy_wrong(reader, tl_yaml_at(&reader->yaml, object, "columns"),
                               "'columns' must be a mapping from names to tags");
    struct tl_policy_example_tag *tags =
        tl_arena_alloc(reader->arena, json_object_size(columns), sizeof *tags);
    json_object_foreach((json_t *)columns, column, value)
    {
        int rc = read_tag(&tags[out->n_tags++], reader, columns, column);

        if (rc < 0)
            return rc;
    }
    out->tags = tags;
    return TL_OK;
}

static int read_dataset(struct tl_policy_example_dataset *out,
                        const struct tl_policy_reader *reader, const json_t *datasets,
                        const char *key)
{
    static const char *const words[] = { "zone",      "uses", "recipients", "owner",
                                         "retention", "kind", "unknown",    "columns" };
    static const struct tl_policy_words known = TL_POLICY_WORDS(words, "a dataset");
    const json_t *object = json_object_get(datasets, key);
    struct tl_mark at = tl_yaml_at(&reader->yaml, datasets, key);
    struct tl_declaration *said = &out->declared;
    int kind = TL_TABLE;
    int rc;

    *out =
        (struct tl_policy_example_dataset){ .key = tl_arena_strdup(reader->arena, key) };
    said->match = out->key;
    if (key[strcspn(key, "#*?[\\")] || !*key)
        return tl_policy_wrong(reader, tl_yaml_key_at(&reader->yaml, datasets, key),
                               "'%.100s' is no name of a dataset such as shop/users",
                               key);
    if ((rc = tl_policy_keys(reader, object, at, &known)) < 0 ||
        (rc = tl_policy_text(&said->zone, reader, object, "zone", TL_FORM_GLOB)) < 0 ||
        (rc = tl_policy_texts(&said->uses, reader, object, "uses", TL_FORM_CATEGORY)) <
            0 ||
        (rc = tl_policy_texts(&said->recipients, reader, object, "recipients",
                              TL_FORM_GLOB)) < 0 ||
        (rc = tl_policy_text(&said->owner, reader, object, "owner", TL_FORM_LINE)) < 0 ||
        (rc = tl_policy_text(&said->retention, reader, object, "retention",
                             TL_FORM_LINE)) < 0 ||
        (rc = tl_policy_choice(&kind, reader, object, "kind", &tl_policy_kinds)) < 0 ||
        (rc = tl_policy_flag(&out->is_unknown, reader, object, "unknown")) < 0)
        return rc;
    out->kind = (uint8_t)kind;
    return read_columns(out, reader, object);
}

static int read_datasets(struct tl_policy_example *out,
                         const struct tl_policy_reader *reader, const json_t *object)
{
    const json_t *datasets = json_object_get(object, "datasets");
    const char *key;
    json_t *value;

    if (!json_is_object(datasets) || json_object_size(datasets) == 0 ||
        json_object_size(datasets) > TL_POLICY_LIST_MOST)
        return tl_policy_wrong(reader, tl_yaml_at(&reader->yaml, object, "datasets"),
                               "an example needs 'datasets', a mapping from names");
    struct tl_policy_example_dataset *items =
        tl_arena_alloc(reader->arena, json_object_size(datasets), sizeof *items);
    json_object_foreach((json_t *)datasets, key, value)
    {
        int rc = read_dataset(&items[out->n_datasets++], reader, datasets, key);

        if (rc < 0)
            return rc;
    }
    out->datasets = items;
    return TL_OK;
}

/* "shop/users#email": the dataset's key, and the field path; NULL without a '#'. */
static void split_place(const char **dataset, const char **path, const char *text,
                        struct tl_arena *arena)
{
    size_t n = strcspn(text, "#");
    struct tl_str decoded = TL_STR_INIT(TL_STR_MOST);

    *dataset = tl_arena_dup(arena, text, n);
    *path = NULL;
    if (text[n]) {
        const char *field = text + n + 1;
        *path = tl_name_decode(&decoded, field, strlen(field))
                    ? tl_arena_dup(arena, decoded.text, decoded.n)
                    : field;
    }
    tl_str_release(&decoded);
}

static int read_edge(struct tl_edge *out, const struct tl_policy_reader *reader,
                     const json_t *object, struct tl_mark at)
{
    static const char *const words[] = { "from",     "to",         "kind",  "effect",
                                         "function", "confidence", "query", "line" };
    static const struct tl_policy_words known = TL_POLICY_WORDS(words, "an edge");
    const char *from = NULL;
    const char *to = NULL;
    int64_t line = 1;
    int kind = TL_IDENTITY;
    int effect = -1;
    int rc;

    *out = (struct tl_edge){ .confidence = 1000, .column = 1 };
    if ((rc = tl_policy_keys(reader, object, at, &known)) < 0 ||
        (rc = tl_policy_text(&from, reader, object, "from", TL_FORM_PATH)) < 0 ||
        (rc = tl_policy_text(&to, reader, object, "to", TL_FORM_PATH)) < 0 ||
        (rc = tl_policy_text(&out->function, reader, object, "function", TL_FORM_LINE)) <
            0 ||
        (rc = tl_policy_text(&out->query, reader, object, "query", TL_FORM_LINE)) < 0 ||
        (rc = tl_policy_choice(&kind, reader, object, "kind", &kinds)) < 0 ||
        (rc = tl_policy_choice(&effect, reader, object, "effect", &tl_policy_effects)) <
            0 ||
        (rc = tl_policy_share(&out->confidence, reader, object, "confidence")) < 0 ||
        (rc = tl_policy_count(&line, reader, object, "line", 1000000)) < 0)
        return rc;
    if (!from || !to || !strchr(from, '#'))
        return tl_policy_wrong(reader, at,
                               "an edge goes 'from' a column such as shop/users#email "
                               "'to' a column or a dataset");
    if (tl_edge_moves_values(kind) ? !strchr(to, '#') : effect >= 0)
        return tl_policy_wrong(reader, at,
                               tl_edge_moves_values(kind)
                                   ? "values flow 'to' a column such as shop/out#mail"
                                   : "an edge that only steers has no effect on values");
    split_place(&out->source, &out->source_column, from, reader->arena);
    split_place(&out->target, &out->target_column, to, reader->arena);
    out->line = (uint32_t)line;
    out->kind = (uint8_t)kind;
    if (tl_edge_moves_values(kind))
        out->effect = (uint8_t)(effect < 0 ? TL_KEEPS : effect + 1);
    return TL_OK;
}

static int read_edges(struct tl_policy_example *out,
                      const struct tl_policy_reader *reader, const json_t *object)
{
    const json_t *value;
    size_t n;
    int rc = tl_policy_list(&value, &n, reader, object, "edges");

    if (rc < 0 || !value)
        return rc;
    struct tl_edge *edges = tl_arena_alloc(reader->arena, n, sizeof *edges);
    for (size_t i = 0; rc == TL_OK && i < n; i++)
        rc = read_edge(&edges[out->n_edges++], reader, tl_policy_item(object, "edges", i),
                       tl_policy_item_at(reader, object, "edges", i));
    out->edges = edges;
    return rc;
}

static bool is_count(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           json_integer_value(value) <= UINT32_MAX;
}

/* "shop/bids#tc: {tcf.decodes: [9, 10]}", and the number alone where it is of nothing. */
static int read_facts_of(struct tl_policy_example *out,
                         struct tl_policy_example_fact *into,
                         const struct tl_policy_reader *reader, const json_t *places,
                         const char *place)
{
    json_t *facts = json_object_get(places, place);
    const char *name;
    json_t *value;

    json_object_foreach(facts, name, value)
    {
        const json_t *count = json_is_array(value) ? json_array_get(value, 0) : value;
        const json_t *of = json_array_get(value, 1);
        struct tl_policy_example_fact *fact = &into[out->n_facts++];

        if (!is_count(count) || (json_is_array(value) && !is_count(of)))
            return tl_policy_wrong(reader, tl_yaml_at(&reader->yaml, facts, name),
                                   "a fact is a count and of how many: [9, 10]");
        split_place(&fact->dataset, &fact->column, place, reader->arena);
        fact->fact = (struct tl_fact){ tl_arena_strdup(reader->arena, name),
                                       (uint32_t)json_integer_value(count),
                                       (uint32_t)json_integer_value(of) };
    }
    return TL_OK;
}

static int read_facts(struct tl_policy_example *out,
                      const struct tl_policy_reader *reader, const json_t *object)
{
    const json_t *places = json_object_get(object, "facts");
    const char *place;
    json_t *facts;
    size_t n = 0;

    if (!places)
        return TL_OK;
    json_object_foreach((json_t *)places, place, facts) n += json_object_size(facts);
    if (!n || n > TL_POLICY_LIST_MOST)
        return tl_policy_wrong(reader, tl_yaml_at(&reader->yaml, object, "facts"),
                               "'facts' must be a mapping from columns to counts");
    struct tl_policy_example_fact *into = tl_arena_alloc(reader->arena, n, sizeof *into);
    json_object_foreach((json_t *)places, place, facts)
    {
        int rc = read_facts_of(out, into, reader, places, place);
        if (rc < 0)
            return rc;
    }
    out->facts = into;
    return TL_OK;
}

static int read_example(struct tl_policy_example *out,
                        const struct tl_policy_reader *reader, const json_t *object,
                        struct tl_mark at)
{
    static const char *const words[] = { "name",       "datasets", "edges", "problems",
                                         "violations", "gaps",     "path",  "facts" };
    static const struct tl_policy_words known = TL_POLICY_WORDS(words, "an example");
    int rc;

    *out = (struct tl_policy_example){ .line = at.line };
    if ((rc = tl_policy_keys(reader, object, at, &known)) < 0 ||
        (rc = tl_policy_text(&out->name, reader, object, "name", TL_FORM_LINE)) < 0)
        return rc;
    if (!out->name || !json_object_get(object, "datasets"))
        return tl_policy_wrong(reader, at, "an example needs 'name' and 'datasets'");
    if ((rc = read_datasets(out, reader, object)) < 0 ||
        (rc = read_edges(out, reader, object)) < 0 ||
        (rc = read_facts(out, reader, object)) < 0 ||
        (rc = tl_policy_texts(&out->problems, reader, object, "problems", TL_FORM_PATH)) <
            0 ||
        (rc = tl_policy_texts(&out->violations, reader, object, "violations",
                              TL_FORM_PATH)) < 0 ||
        (rc = tl_policy_texts(&out->gaps, reader, object, "gaps", TL_FORM_PATH)) < 0 ||
        (rc = tl_policy_texts(&out->path, reader, object, "path", TL_FORM_PATH)) < 0)
        return rc;
    return TL_OK;
}

int tl_policy_read_examples(struct tl_law *law, const struct tl_policy_reader *reader,
                            const json_t *object)
{
    const json_t *value;
    size_t n;
    int rc = tl_policy_list(&value, &n, reader, object, "tests");

    if (rc < 0 || !value)
        return rc;
    struct tl_policy_example *examples =
        tl_arena_alloc(reader->arena, n, sizeof *examples);
    for (size_t i = 0; rc == TL_OK && i < n; i++)
        rc = read_example(&examples[law->n_examples++], reader,
                          tl_policy_item(object, "tests", i),
                          tl_policy_item_at(reader, object, "tests", i));
    law->examples = examples;
    return rc;
}

/* ---- asking ---- */

static struct tl_graph *make_graph(const struct tl_policy_example *example)
{
    struct tl_graph *graph = tl_graph_open();

    for (uint32_t i = 0; i < example->n_datasets; i++) {
        const struct tl_policy_example_dataset *dataset = &example->datasets[i];
        const struct tl_graph_dataset known = {
            .key = dataset->key,
            .kind = dataset->kind,
            .is_known = true,
            .is_unknown = dataset->is_unknown,
            .n_columns = dataset->n_tags,
        };

        tl_graph_add_dataset(graph, &known);
        for (uint32_t t = 0; t < dataset->n_tags; t++) {
            const struct tl_policy_example_tag *tag = &dataset->tags[t];
            struct tl_node_id node = tl_graph_add(graph, dataset->key, tag->column);
            const struct tl_graph_tag own = {
                .info_type = tag->info_type,
                .category = tag->category,
                .confidence = tag->confidence,
                .sensitivity = tag->sensitivity,
                .state = tag->state,
                .origin = tag->origin,
            };

            if (tag->info_type)
                tl_graph_add_tag(graph, node, &own);
            else if (dataset->is_unknown)
                tl_graph_add_unknown(graph, dataset->key, tag->column);
        }
    }
    for (uint32_t i = 0; i < example->n_facts; i++)
        tl_graph_add_fact(graph, example->facts[i].dataset, example->facts[i].column,
                          &example->facts[i].fact);
    for (uint32_t i = 0; i < example->n_edges; i++)
        tl_graph_add_edge(graph, &example->edges[i]);
    for (size_t i = 0; i < example->problems.n; i++)
        tl_graph_add_problem(graph, &(const struct tl_edge_problem){
                                        .target = example->problems.items[i],
                                        .what = "not understood",
                                        .line = 1,
                                        .column = 1 });
    return graph;
}

/* As the examples write it: "*" is all datasets. */
static const char *place_text(const char *dataset, const char *path, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, *dataset ? dataset : "*");
    if (path) {
        tl_str_add_char(&text, '#');
        tl_name_encode(&text, path);
    }
    const char *kept = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

static const struct tl_verdict *find_verdict(const struct tl_verdicts *verdicts,
                                             int outcome, const char *place,
                                             struct tl_ctx *ctx)
{
    for (size_t i = 0; i < verdicts->items.n; i++) {
        const struct tl_verdict *verdict = &verdicts->items.items[i];

        if (verdict->outcome == outcome &&
            strcmp(place_text(verdict->dataset, verdict->path, ctx), place) == 0)
            return verdict;
    }
    return NULL;
}

static bool list_has(const struct tl_list *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

/* NULL where the verdicts are those expected. */
static const char *compare_verdicts(const struct tl_policy_example *example,
                                    const struct tl_verdicts *verdicts,
                                    struct tl_ctx *ctx)
{
    const struct {
        const struct tl_list *list;
        int outcome;
    } expected[] = { { &example->violations, TL_VIOLATION }, { &example->gaps, TL_GAP } };

    for (size_t e = 0; e < 2; e++)
        for (size_t i = 0; i < expected[e].list->n; i++)
            if (!find_verdict(verdicts, expected[e].outcome, expected[e].list->items[i],
                              ctx))
                return tl_arena_printf(ctx->arena, "no %s of '%s' came, expected one",
                                       tl_outcome_word(expected[e].outcome),
                                       expected[e].list->items[i]);
    for (size_t i = 0; i < verdicts->items.n; i++) {
        const struct tl_verdict *verdict = &verdicts->items.items[i];
        const char *place = place_text(verdict->dataset, verdict->path, ctx);
        const struct tl_list *list =
            verdict->outcome == TL_VIOLATION ? &example->violations : &example->gaps;

        if (!list_has(list, place))
            return tl_arena_printf(ctx->arena, "a %s of '%s' came, expected none: %s",
                                   tl_outcome_word(verdict->outcome), place,
                                   verdict->why);
    }
    return NULL;
}

static const char *compare_path(const struct tl_policy_example *example,
                                const struct tl_verdicts *verdicts, struct tl_ctx *ctx)
{
    const struct tl_list *want = &example->path;
    const struct tl_verdict *verdict = verdicts->items.n ? verdicts->items.items : NULL;
    uint32_t n = verdict ? verdict->n_steps : 0;

    for (uint32_t i = 0; want->n && (i < n || i < want->n); i++) {
        const char *got =
            i < n ? place_text(verdict->steps[i].dataset, verdict->steps[i].path, ctx)
                  : "its end";
        const char *wanted = i < want->n ? want->items[i] : "its end";

        if (strcmp(got, wanted) != 0)
            return tl_arena_printf(ctx->arena,
                                   "station %u of the path is '%s', expected '%s'", i + 1,
                                   got, wanted);
    }
    return NULL;
}

static int try_example(struct tl_policy_trial *out, const struct tl_law *law,
                       const struct tl_policy_example *example,
                       const struct tl_policy_carrying *carrying, struct tl_ctx *ctx)
{
    struct tl_law alone = *law;
    const struct tl_policies one = { .laws = &alone,
                                     .n_laws = 1,
                                     .n_selectors = law->n_what + 1 };
    struct tl_declaration *declared =
        tl_arena_alloc(ctx->arena, example->n_datasets, sizeof *declared);
    struct tl_graph *graph = make_graph(example);
    struct tl_verdicts verdicts = { 0 };

    alone.first_selector = 0;
    for (uint32_t i = 0; i < example->n_datasets; i++)
        declared[i] = example->datasets[i].declared;
    int rc = tl_graph_carry(graph, carrying->rules, carrying->n, carrying->floor, ctx);
    if (rc == TL_OK)
        rc =
            tl_policies_check(&verdicts, &one, graph, declared, example->n_datasets, ctx);
    if (rc == TL_OK) {
        out->why = compare_verdicts(example, &verdicts, ctx);
        if (!out->why)
            out->why = compare_path(example, &verdicts, ctx);
        out->holds = !out->why;
    }
    tl_verdicts_release(&verdicts);
    tl_graph_close(graph);
    return rc;
}

static const char *path_of(const struct tl_policies *policies, const struct tl_law *law)
{
    for (size_t i = 0; i < policies->n_packs; i++)
        if (strcmp(policies->packs[i].name, law->pack) == 0)
            return policies->packs[i].path;
    return "";
}

int tl_policies_try(struct tl_policy_trials *out, const struct tl_policies *policies,
                    const struct tl_policy_carrying *carrying, struct tl_ctx *ctx)
{
    int rc = TL_OK;

    *out = (struct tl_policy_trials){ 0 };
    for (size_t l = 0; l < policies->n_laws; l++) {
        const struct tl_law *law = &policies->laws[l];

        for (uint32_t i = 0; rc == TL_OK && i < law->n_examples; i++) {
            const struct tl_policy_example *example = &law->examples[i];
            struct tl_policy_trial trial = {
                .rule = tl_arena_strdup(ctx->arena, law->name),
                .example = tl_arena_strdup(ctx->arena, example->name),
                .path = tl_arena_strdup(ctx->arena, path_of(policies, law)),
                .line = example->line,
            };

            rc = try_example(&trial, law, example, carrying, ctx);
            out->n_failed += !trial.holds;
            tl_vec_push(&out->items, trial);
        }
    }
    return rc;
}

void tl_policy_trials_release(struct tl_policy_trials *trials)
{
    tl_vec_release(&trials->items);
    *trials = (struct tl_policy_trials){ 0 };
}
