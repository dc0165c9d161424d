/*
 * What a change of SQL would do, before it runs: its files against the last log entry. Two graphs are made, one of what is believed and
 * one as it would be, and what the second has and the first has not is what is shown. Nothing is written, no source is asked.
 */
#include "cli/cmd.h"

#include "base/file.h"
#include "base/say.h"
#include "cli/literals.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/verdict.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>

enum fail_on { FAIL_ON_NOTHING, FAIL_ON_VIOLATION, FAIL_ON_ADVISORY, FAIL_ON_FLOW };

struct check_options {
    struct tl_common common;
    const char *source;
    int dialect;    /* 0: the source's, else 1 + enum tl_sql_dialect */
    int fail_on;    /* enum fail_on */
    int on_unknown; /* 1: a gap fails */
};

static const struct tl_option options[] = {
    { "source", TL_KIND_TEXT, offsetof(struct check_options, source), NULL,
      "where the names of the files are looked up" },
    { "dialect", TL_KIND_CHOICE, offsetof(struct check_options, dialect), "source",
      "how to read the files; 'source' takes the source's own",
      .choices =
          "source|ansi|postgres|redshift|snowflake|trino|sqlite|duckdb|bigquery|spark" },
    { "fail_on", TL_KIND_CHOICE, offsetof(struct check_options, fail_on), "violation",
      "exit 1 on a new violation of a binding policy, of an advisory one too, or on any "
      "new flow of personal data, one in a literal of the SQL too",
      .choices = "none|violation|advisory|flow" },
    { "on_unknown", TL_KIND_CHOICE, offsetof(struct check_options, on_unknown), "pass",
      "whether a new gap of a policy, or a table that the log does not know, makes exit "
      "code 3",
      .choices = "pass|fail" },
    { 0 },
};

struct check {
    const struct check_options *options;
    const struct tl_config *config;
    const struct tl_belief *belief;
    struct tl_engine *engine;
    struct tl_policies *policies;
    struct tl_query *queries;
    size_t n_queries;
    struct tl_derived derived;
    struct tl_snapshot
        made; /* what the files make or change, with the columns it will have */
    struct tl_decisions *decisions; /* by its datasets: by name and type alone */
    struct tl_graph *before, *after;
    struct tl_verdicts was, will_be;
    size_t n_flows, n_columns, n_new[4]; /* new verdicts by outcome */
    size_t n_new_binding;
    size_t n_ended; /* violations that stand and would not any more */
};

/* ---- the files ---- */

/* A file as the configuration would name it: from its folder, when it lies below it. */
static const char *name_of(const char *path, const struct tl_config *config,
                           struct tl_ctx *ctx)
{
    char here[PATH_MAX], folder[PATH_MAX];

    if (strcmp(path, "-") == 0)
        return "<stdin>";
    if (!realpath(path, here) || !realpath(config->folder, folder))
        return path;
    size_t n = strlen(folder);
    if (strncmp(here, folder, n) == 0 && here[n] == '/')
        return tl_arena_strdup(ctx->arena, here + n + 1);
    return path;
}

/* What `queries:` says of a file of that name. */
static const struct tl_query_files *configured(const struct tl_config *config,
                                               const char *name)
{
    for (size_t q = 0; q < config->queries.n; q++)
        for (size_t f = 0; f < config->queries.items[q].files.n; f++)
            if (fnmatch(config->queries.items[q].files.items[f], name, FNM_PATHNAME) == 0)
                return &config->queries.items[q];
    return NULL;
}

/* The source that the log knows, when it is the only one. */
static const char *only_source(const struct tl_belief *belief)
{
    const char *only = NULL;

    for (uint32_t i = 0; i < belief->n_datasets; i++) {
        const char *name = tl_belief_text(belief, belief->datasets[i].source);
        if (only && strcmp(only, name) != 0)
            return NULL;
        only = name;
    }
    return only;
}

/* TL_ENOTFOUND, with those there are. Datasets are sorted by source. */
static int check_source(const struct tl_belief *belief, const char *name,
                        struct tl_ctx *ctx)
{
    struct tl_str known = TL_STR_INIT(256);
    const char *last = "";

    for (uint32_t i = 0; i < belief->n_datasets; i++) {
        const char *source = tl_belief_text(belief, belief->datasets[i].source);
        if (strcmp(source, last) == 0)
            continue;
        if (strcmp(source, name) == 0) {
            tl_str_release(&known);
            return TL_OK;
        }
        tl_str_addf(&known, "%s'%s'", *last ? ", " : "", source);
        last = source;
    }
    if (known.n)
        tl_hint(ctx, "it knows %s", known.text);
    tl_str_release(&known);
    return tl_fail(ctx, TL_ENOTFOUND, "the log knows no source '%s'", name);
}

static int add_operand(struct check *check, const char *path, const char *source,
                       struct tl_ctx *ctx)
{
    const struct check_options *o = check->options;
    struct tl_query *query = &check->queries[check->n_queries++];
    const char *name = name_of(path, check->config, ctx);
    const struct tl_query_files *known = configured(check->config, name);

    query->dialect = o->dialect ? o->dialect - 1 : known ? known->dialect : -1;
    query->source = o->source                ? o->source
                    : known && known->source ? known->source
                                             : source;
    if (!query->source) {
        tl_hint(ctx, "say it with --source, or once and for all under 'queries:' in %s",
                check->config->path);
        return tl_fail(ctx, TL_EUSAGE,
                       "the log knows several sources: in which does "
                       "'%s' run",
                       path);
    }
    return tl_query_read(query, path, name, ctx);
}

static int read_files(struct check *check, const struct tl_call *call, struct tl_ctx *ctx)
{
    const struct check_options *o = check->options;
    const char *source = o->source ? o->source : only_source(check->belief);
    int rc = TL_OK;

    if (o->source && (rc = check_source(check->belief, o->source, ctx)) < 0)
        return rc;
    if (call->n_operands == 0) {
        if (check->config->queries.n == 0) {
            tl_hint(ctx,
                    "name them: tagline check change.sql; or list them under "
                    "'queries:' in %s",
                    check->config->path);
            return tl_fail(ctx, TL_EUSAGE, "there are no SQL files to check");
        }
        rc = tl_read_queries(&check->queries, &check->n_queries, check->config, source,
                             ctx);
        for (size_t i = 0; i < check->n_queries; i++) {
            struct tl_query *query = &check->queries[i];
            query->source = o->source ? o->source : query->source;
            query->dialect = o->dialect ? o->dialect - 1 : query->dialect;
        }
        return rc;
    }
    check->queries =
        tl_arena_alloc(ctx->arena, (size_t)call->n_operands, sizeof *check->queries);
    for (int i = 0; rc == TL_OK && i < call->n_operands; i++)
        rc = add_operand(check, call->operands[i], source, ctx);
    return rc;
}

/* ---- what the files make ---- */

static const char *dataset_text(const struct tl_key *key, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_key_add(&text, key);
    const char *copy = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return copy;
}

static bool makes_columns(const struct tl_made *made)
{
    return made->kind == TL_SQL_CREATE_VIEW || made->kind == TL_SQL_CREATE_TABLE ||
           made->kind == TL_SQL_CREATE_TABLE_AS || made->kind == TL_SQL_ALTER_TABLE;
}

/* The first of the derived edges into a column, as they are sorted: by target, then its column. */
static size_t first_into(const struct tl_edges *edges, const char *dataset,
                         const char *column)
{
    size_t low = 0, high = edges->items.n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct tl_edge *edge = &edges->items.items[middle];
        int order = strcmp(edge->target, dataset);
        if (order == 0)
            order = edge->target_column ? strcmp(edge->target_column, column) : -1;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The type of a column that only passes another one on is that one's. */
static const char *passed_type(const struct check *check, const struct tl_map *by_key,
                               const char *dataset, const char *column)
{
    const struct tl_edges *edges = &check->derived.edges;

    for (size_t i = first_into(edges, dataset, column); i < edges->items.n; i++) {
        const struct tl_edge *edge = &edges->items.items[i];
        uint32_t at;
        if (strcmp(edge->target, dataset) != 0 ||
            strcmp(edge->target_column, column) != 0)
            break;
        if (edge->kind != TL_IDENTITY ||
            !tl_map_get(by_key, edge->source, strlen(edge->source), &at))
            continue;
        const struct tl_belief_column *source =
            tl_belief_column(check->belief, &check->belief->datasets[at],
                             edge->source_column);
        return source ? tl_belief_text(check->belief, source->native_type) : NULL;
    }
    return NULL;
}

/* Puts what a statement makes into the snapshot: the columns that the log does not know. */
static void add_made(struct check *check, const struct tl_map *by_key,
                     const struct tl_made *made, struct tl_ctx *ctx)
{
    const struct tl_belief_dataset *known = tl_belief_find(check->belief, &made->key);
    const char *dataset = dataset_text(&made->key, ctx);
    bool is_view = made->kind == TL_SQL_CREATE_VIEW;

    if (!makes_columns(made))
        return;
    tl_snapshot_add_dataset(&check->made, made->key.database, made->key.schema,
                            made->key.dataset, is_view ? TL_VIEW : TL_TABLE);
    for (uint32_t c = 0; c < made->n_columns; c++) {
        const struct tl_made_column *column = &made->columns[c];
        if (known && tl_belief_column(check->belief, known, column->name))
            continue;
        const char *type = column->type
                               ? column->type
                               : passed_type(check, by_key, dataset, column->name);
        struct tl_column *to = tl_snapshot_add_column(&check->made, column->name,
                                                      strlen(column->name), type);
        to->logical = (uint8_t)(type ? tl_logical_of(type) : TL_LOGICAL_UNKNOWN);
        to->nullable = -1;
    }
}

/* What is on where a source's datasets are decided; a source that the configuration does not have is decided as it says for all. */
static int open_profile(struct tl_profile **out, const struct check *check,
                        const char *source, struct tl_ctx *ctx)
{
    static const struct tl_system nowhere;
    const struct tl_system *system = &nowhere;

    for (size_t i = 0; i < check->config->sources.n; i++) {
        if (strcmp(check->config->sources.items[i].name, source) == 0)
            system = &check->config->sources.items[i];
    }
    struct tl_switches switches = tl_config_switches(check->config, system);
    int rc = tl_profile_open(out, check->engine, &switches, ctx);
    return rc < 0 ? tl_explain(ctx, "the rules of source '%s'", source) : rc;
}

static int decide_one(struct check *check, uint32_t d, struct tl_engine_scratch *scratch,
                      struct tl_ctx *ctx)
{
    const struct tl_dataset *dataset = &check->made.datasets.items[d];
    struct tl_sample none = { .n_columns = dataset->n_columns };
    struct tl_key key = tl_snapshot_key(&check->made, (struct tl_dataset_id){ d });
    struct tl_profile *profile = NULL;

    int rc = open_profile(&profile, check, key.source, ctx);
    struct tl_question question = { .snapshot = &check->made,
                                    .dataset = { d },
                                    .sample = &none,
                                    .scratch = scratch,
                                    .profile = profile };
    if (rc == TL_OK)
        rc = tl_engine_decide(&check->decisions[d], check->engine, &question, ctx->arena,
                              ctx);
    tl_profile_close(profile);
    return rc;
}

/* Datasets of one source stand together. */
static int decide_made(struct check *check, struct tl_ctx *ctx)
{
    struct tl_map by_key = TL_MAP_INIT, seen = TL_MAP_INIT;
    struct tl_engine_scratch *scratch = tl_engine_scratch_open();
    const struct tl_derived *derived = &check->derived;
    int rc = TL_OK;

    for (uint32_t d = 0; d < check->belief->n_datasets; d++) {
        struct tl_key key = tl_belief_key(check->belief, &check->belief->datasets[d]);
        const char *text = dataset_text(&key, ctx);
        tl_map_put(&by_key, text, strlen(text), d);
    }
    for (size_t i = 0; i < derived->made.n; i++) {
        const char *source = derived->made.items[i].key.source;
        uint32_t unused;
        if (tl_map_get(&seen, source, strlen(source), &unused))
            continue;
        tl_map_put(&seen, source, strlen(source), 0);
        tl_snapshot_add_source(&check->made, source, "sql", "sql");
        for (size_t k = i; k < derived->made.n; k++)
            if (strcmp(derived->made.items[k].key.source, source) == 0)
                add_made(check, &by_key, &derived->made.items[k], ctx);
    }
    check->decisions =
        tl_arena_alloc(ctx->arena, check->made.datasets.n + 1, sizeof *check->decisions);
    for (uint32_t d = 0; rc == TL_OK && d < check->made.datasets.n; d++)
        rc = decide_one(check, d, scratch, ctx);
    tl_engine_scratch_close(scratch);
    tl_map_release(&by_key);
    tl_map_release(&seen);
    return rc;
}

/* ---- the two graphs ---- */

static int carry(struct tl_graph *graph, const struct check *check, struct tl_ctx *ctx)
{
    const struct tl_carry_rule *rules;
    size_t n = tl_engine_carry_rules(&rules, check->engine);

    return tl_graph_carry(graph, rules, n, check->config->scan.carry_floor, ctx);
}

static void add_own_tags(struct check *check, struct tl_ctx *ctx)
{
    for (uint32_t d = 0; d < check->made.datasets.n; d++) {
        const struct tl_dataset *dataset = &check->made.datasets.items[d];
        const struct tl_decisions *decisions = &check->decisions[d];
        struct tl_key key = tl_snapshot_key(&check->made, (struct tl_dataset_id){ d });
        const char *text = dataset_text(&key, ctx);
        struct tl_graph_dataset known = { .key = text,
                                          .kind = dataset->kind,
                                          .is_known = true,
                                          .n_columns = dataset->n_columns };
        const struct tl_belief_dataset *old = tl_belief_find(check->belief, &key);

        if (old)
            known.n_columns += old->n_columns;
        tl_graph_add_dataset(check->after, &known);
        for (uint32_t c = 0; c < dataset->n_columns; c++) {
            const struct tl_column *column =
                &check->made.columns.items[dataset->first_column + c];
            struct tl_node_id node =
                tl_graph_add(check->after, text,
                             tl_snapshot_text(&check->made, column->path));
            const struct tl_decision *decision = &decisions->columns[c];
            for (uint32_t t = 0; t < decision->n_tags; t++) {
                const struct tl_tag *tag = &decisions->tags[decision->first_tag + t];
                struct tl_graph_tag own = { .info_type = tag->info_type,
                                            .category = tag->category,
                                            .confidence = tag->confidence,
                                            .sensitivity = tag->sensitivity,
                                            .state = TL_PROPOSED,
                                            .origin = tag->origin };
                tl_graph_add_tag(check->after, node, &own);
            }
        }
    }
}

/*
 * What the files replace: themselves, the SQL of views they make anew, and datasets they drop. One that is dropped and made again keeps what
 * is believed of its columns, as the log will: it is the same name.
 */
static void fill_without(struct tl_map *datasets, struct tl_map *edges,
                         struct tl_map *queries, const struct check *check,
                         struct tl_ctx *ctx)
{
    struct tl_map settled = TL_MAP_INIT;

    for (size_t i = 0; i < check->n_queries; i++)
        tl_map_put(queries, check->queries[i].name, strlen(check->queries[i].name), 1);
    for (size_t i = check->derived.made.n; i-- > 0;) {
        const struct tl_made *made = &check->derived.made.items[i];
        const char *text = dataset_text(&made->key, ctx);
        size_t n = strlen(text);
        uint32_t unused;
        bool is_dropped = made->kind == TL_SQL_DROP;
        bool is_made = makes_columns(made) && made->kind != TL_SQL_ALTER_TABLE;
        if (is_made || is_dropped)
            tl_map_put(edges, text, n, 1);
        if ((is_made || is_dropped) && !tl_map_get(&settled, text, n, &unused)) {
            tl_map_put(&settled, text, n, 1); /* the last word on it */
            if (is_dropped)
                tl_map_put(datasets, text, n, 1);
        }
    }
    tl_map_release(&settled);
}

static int make_graphs(struct check *check, struct tl_ctx *ctx)
{
    struct tl_map datasets = TL_MAP_INIT, edges = TL_MAP_INIT, queries = TL_MAP_INIT;
    struct tl_graph_without without = { &datasets, &edges, &queries };
    const struct tl_edges *derived = &check->derived.edges;

    check->before = tl_graph_open();
    check->after = tl_graph_open();
    tl_graph_add_belief(check->before, check->belief, NULL);
    fill_without(&datasets, &edges, &queries, check, ctx);
    tl_graph_add_belief(check->after, check->belief, &without);
    add_own_tags(check, ctx);
    for (size_t i = 0; i < derived->items.n; i++)
        if (derived->items.items[i].query)
            tl_graph_add_edge(check->after, &derived->items.items[i]);
    for (size_t i = 0; i < derived->problems.n; i++)
        if (derived->problems.items[i].query)
            tl_graph_add_problem(check->after, &derived->problems.items[i]);
    int rc = carry(check->before, check, ctx);
    if (rc == TL_OK)
        rc = carry(check->after, check, ctx);
    tl_map_release(&datasets);
    tl_map_release(&edges);
    tl_map_release(&queries);
    return rc;
}

static int judge(struct check *check, struct tl_ctx *ctx)
{
    const struct tl_config *config = check->config;
    int rc = tl_policies_check(&check->was, check->policies, check->before,
                               config->declarations.items, config->declarations.n, ctx);

    if (rc == TL_OK)
        rc = tl_policies_check(&check->will_be, check->policies, check->after,
                               config->declarations.items, config->declarations.n, ctx);
    return rc;
}

/* ---- what is new ---- */

/* The live personal tag of a column that is most sensitive; NULL: none. */
static const struct tl_graph_tag *personal_tag(const struct tl_graph *graph,
                                               struct tl_node_id node)
{
    const struct tl_graph_tag *most = NULL;
    struct tl_graph_node view;

    if (node.i == TL_NO_NODE)
        return NULL;
    tl_graph_node(&view, graph, node);
    for (uint32_t i = 0; i < view.n_tags; i++) {
        const struct tl_graph_tag *tag = &view.tags[i];
        if (tl_state_is_live(tag->state) && tag->sensitivity >= TL_PERSONAL &&
            (!most || tag->sensitivity > most->sensitivity ||
             (tag->sensitivity == most->sensitivity &&
              tag->confidence > most->confidence)))
            most = tag;
    }
    return most;
}

/* Whether edge `number` of the graph says the same, by whatever query. */
static bool is_same(const struct tl_graph *graph, uint32_t number,
                    const struct tl_edge *edge)
{
    struct tl_edge now = *edge, old;

    tl_graph_edge_told(&old, graph, number);
    now.query = old.query = NULL;
    return tl_edge_compare(&old, &now) == 0;
}

/* Whether the same flow was there before, by whatever query. Of its two ends the one with fewer edges is asked. */
static bool was_there(const struct check *check, const struct tl_edge *edge)
{
    struct tl_graph_node source, target;
    struct tl_node_id from =
        tl_graph_find(check->before, edge->source, edge->source_column);
    struct tl_node_id to =
        tl_graph_find(check->before, edge->target, edge->target_column);
    bool is_there = false;

    if (from.i == TL_NO_NODE || to.i == TL_NO_NODE)
        return false;
    tl_graph_node(&source, check->before, from);
    tl_graph_node(&target, check->before, to);
    if (source.n_out < target.n_in) {
        for (uint32_t i = 0; i < source.n_out && !is_there; i++)
            is_there = is_same(check->before, source.out[i], edge);
        return is_there;
    }
    for (uint32_t i = 0; i < target.n_in && !is_there; i++)
        is_there = is_same(check->before, target.first_in + i, edge);
    return is_there;
}

static void json_flow(const struct tl_edge *edge, const struct tl_graph_tag *tag,
                      struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_int(json, "column", edge->column);
    tl_json_put_int(json, "confidence", edge->confidence);
    tl_json_put_text(json, "effect", tl_effect_word(edge->effect));
    tl_json_put_text(json, "finding", "flow");
    tl_json_put_some(json, "info_type", tag ? tag->info_type : NULL);
    tl_json_put_text(json, "kind", tl_edge_kind_word(edge->kind));
    tl_json_put_int(json, "line", edge->line);
    tl_json_put_text(json, "query", edge->query);
    tl_json_put_some(json, "sensitivity",
                     tag ? tl_sensitivity_word(tag->sensitivity) : NULL);
    tl_json_put_text(json, "source",
                     tl_place_text(edge->source, edge->source_column, ctx));
    tl_json_put_text(json, "target",
                     tl_place_text(edge->target, edge->target_column, ctx));
    tl_json_line_end(&line, ctx);
}

static const char *short_place(const struct check *check, const char *dataset,
                               const char *path, struct tl_ctx *ctx)
{
    return tl_place_short(check->belief, tl_place_text(dataset, path, ctx), ctx);
}

static void flow_row(struct tl_table *table, const struct check *check,
                     const struct tl_edge *edge, const struct tl_graph_tag *tag,
                     struct tl_ctx *ctx)
{
    tl_table_row(table);
    tl_table_cell(table, short_place(check, edge->source, edge->source_column, ctx));
    tl_table_cell(table, short_place(check, edge->target, edge->target_column, ctx));
    tl_table_painted(table, tag->info_type, tl_paint_of_sensitivity(tag->sensitivity));
    tl_table_cell(table, tl_effect_word(edge->effect));
    tl_table_cell(table, tl_query_place(edge->query, edge->line, edge->column, ctx));
}

/* Flows of personal data that were not there before; with --json all new flows. */
static void show_flows(struct check *check, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "FROM", TL_LEFT },
                                            { "TO", TL_LEFT },
                                            { "INFO TYPE", TL_LEFT },
                                            { "EFFECT", TL_LEFT },
                                            { "AT", TL_LEFT } };
    const struct tl_edges *edges = &check->derived.edges;
    bool as_json = check->options->common.json;
    struct tl_table *table = NULL;

    for (size_t i = 0; i < edges->items.n; i++) {
        const struct tl_edge *edge = &edges->items.items[i];
        if (!edge->query || !tl_edge_moves_values(edge->kind) || !edge->target_column ||
            was_there(check, edge))
            continue;
        struct tl_node_id source =
            tl_graph_find(check->after, edge->source, edge->source_column);
        /* A sum or a count of people's data is nobody's. */
        const struct tl_graph_tag *tag =
            edge->effect < TL_AGGREGATES ? personal_tag(check->after, source) : NULL;
        check->n_flows += tag != NULL;
        if (as_json)
            json_flow(edge, tag, ctx);
        else if (tag) {
            if (!table) {
                fputs("New flows of personal data:\n", ctx->say->results);
                table = tl_table_open(heads, 5, ctx);
            }
            flow_row(table, check, edge, tag, ctx);
        }
    }
    if (table) {
        tl_table_close(table);
        fputc('\n', ctx->say->results);
    }
}

static void json_column(const struct tl_graph_node *node, const struct tl_graph_tag *tag,
                        struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_some(json, "category", tag->category);
    tl_json_put_int(json, "confidence", tag->confidence);
    tl_json_put_text(json, "finding", "column");
    tl_json_put_text(json, "info_type", tag->info_type);
    tl_json_put_text(json, "key", tl_place_text(node->dataset, node->path, ctx));
    tl_json_put_text(json, "origin", tl_origin_word(tag->origin));
    tl_json_put_text(json, "sensitivity", tl_sensitivity_word(tag->sensitivity));
    tl_json_put_text(json, "state", tl_state_word(tag->state));
    tl_json_line_end(&line, ctx);
}

static void column_row(struct tl_table *table, const struct check *check,
                       const struct tl_graph_node *node, const struct tl_graph_tag *tag,
                       struct tl_ctx *ctx)
{
    tl_table_row(table);
    tl_table_cell(table, short_place(check, node->dataset, node->path, ctx));
    tl_table_cell(table, tag->info_type);
    tl_table_painted(table, tl_sensitivity_word(tag->sensitivity),
                     tl_paint_of_sensitivity(tag->sensitivity));
    tl_table_cellf(table, "%u%%", tl_percent(tag->confidence));
    tl_table_cell(table, tag->state == TL_CARRIED ? "lineage" : "name and type");
}

/* Columns that hold personal data and did not before, or were not there. */
static void show_columns(struct check *check, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "COLUMN", TL_LEFT },
                                            { "INFO TYPE", TL_LEFT },
                                            { "SENSITIVITY", TL_LEFT },
                                            { "SURE", TL_RIGHT },
                                            { "BY", TL_LEFT } };
    size_t n = tl_graph_nodes(check->after);
    struct tl_table *table = NULL;

    for (uint32_t i = 0; i < n; i++) {
        struct tl_graph_node node;
        const struct tl_graph_tag *tag =
            personal_tag(check->after, (struct tl_node_id){ i });
        if (!tag)
            continue;
        tl_graph_node(&node, check->after, (struct tl_node_id){ i });
        struct tl_node_id old = tl_graph_find(check->before, node.dataset, node.path);
        if (personal_tag(check->before, old))
            continue;
        check->n_columns++;
        if (check->options->common.json) {
            json_column(&node, tag, ctx);
            continue;
        }
        if (!table) {
            fputs("New columns with personal data:\n", ctx->say->results);
            table = tl_table_open(heads, 5, ctx);
        }
        column_row(table, check, &node, tag, ctx);
    }
    if (table) {
        tl_table_close(table);
        fputc('\n', ctx->say->results);
    }
}

/* By rule, place and what was found there: another thing in the same place is another matter. */
static const char *verdict_name(const struct tl_verdict *verdict, struct tl_ctx *ctx)
{
    const char *what =
        verdict->n_steps ? verdict->steps[verdict->n_steps - 1].info_type : NULL;

    return tl_arena_printf(ctx->arena, "%d %s %s %s", verdict->outcome, verdict->rule,
                           tl_place_text(verdict->dataset, verdict->path, ctx),
                           what && verdict->path ? what : "");
}

/* Which verdicts there were already. */
static void note_verdicts(struct tl_map *known, const struct tl_verdicts *verdicts,
                          struct tl_ctx *ctx)
{
    for (size_t i = 0; i < verdicts->items.n; i++) {
        const struct tl_verdict *verdict = &verdicts->items.items[i];
        const char *name = verdict_name(verdict, ctx);
        tl_map_put(known, name, strlen(name), 0);
    }
}

static void show_verdicts(struct check *check, struct tl_ctx *ctx)
{
    struct tl_map known = TL_MAP_INIT;

    note_verdicts(&known, &check->was, ctx);
    for (size_t i = 0; i < check->will_be.items.n; i++) {
        const struct tl_verdict *verdict = &check->will_be.items.items[i];
        const char *name = verdict_name(verdict, ctx);
        uint32_t unused;
        bool is_new = !tl_map_get(&known, name, strlen(name), &unused);
        check->n_new[verdict->outcome] += is_new;
        check->n_new_binding +=
            is_new && verdict->outcome == TL_VIOLATION && !verdict->is_advisory;
        if (check->options->common.json)
            tl_json_verdict(verdict, "verdict", is_new, ctx);
        else if (is_new)
            tl_show_verdict(verdict, ctx);
    }
    tl_map_release(&known);
}

static void count_ended(struct check *check, struct tl_ctx *ctx)
{
    struct tl_map standing = TL_MAP_INIT;

    note_verdicts(&standing, &check->will_be, ctx);
    for (size_t i = 0; i < check->was.items.n; i++) {
        const struct tl_verdict *verdict = &check->was.items.items[i];
        const char *name = verdict_name(verdict, ctx);
        uint32_t unused;
        check->n_ended += verdict->outcome == TL_VIOLATION &&
                          !tl_map_get(&standing, name, strlen(name), &unused);
    }
    tl_map_release(&standing);
}

static size_t show_problems(const struct check *check, struct tl_ctx *ctx)
{
    const struct tl_edges *edges = &check->derived.edges;
    size_t n = 0;

    for (size_t i = 0; i < edges->problems.n; i++) {
        const struct tl_edge_problem *problem = &edges->problems.items[i];
        if (!problem->query)
            continue;
        n++;
        if (!check->options->common.json) {
            tl_warn(ctx, "%s: %s",
                    tl_query_place(problem->query, problem->line, problem->column, ctx),
                    problem->what);
            continue;
        }
        struct tl_json_line line;
        struct tl_json *json = tl_json_line_begin(&line);
        tl_json_put_int(json, "column", problem->column);
        tl_json_put_text(json, "finding", "problem");
        tl_json_put_int(json, "line", problem->line);
        tl_json_put_text(json, "problem", problem->what);
        tl_json_put_text(json, "query", problem->query);
        tl_json_line_end(&line, ctx);
    }
    return n;
}

/* The system's own tables: no log has them, and nobody's data is in them. */
static bool is_of_the_system(const char *dataset)
{
    const char *name = strrchr(dataset, '/');
    size_t n = name ? (size_t)(name - dataset) : 0;

    name = name ? name + 1 : dataset;
    return strncmp(name, "pg_", 3) == 0 || strncmp(name, "sqlite_", 7) == 0 ||
           (n >= 11 && strncmp(dataset + n - 11, "/pg_catalog", 11) == 0) ||
           (n >= 19 && strncmp(dataset + n - 19, "/information_schema", 19) == 0);
}

/* A dataset that the files read, neither the log knows nor they make: nothing can be told of what flows out of it. */
static bool is_unheard_of(const struct check *check, const struct tl_edge *edge,
                          const struct tl_map *made)
{
    struct tl_node_id id = tl_graph_find(check->after, edge->source, edge->source_column);
    struct tl_graph_dataset_view view;
    struct tl_graph_node node;
    uint32_t unused;

    if (id.i == TL_NO_NODE || is_of_the_system(edge->source) ||
        tl_map_get(made, edge->source, strlen(edge->source), &unused))
        return false;
    tl_graph_node(&node, check->after, id);
    tl_graph_dataset(&view, check->after, node.dataset_number);
    return !view.dataset.is_known;
}

static void show_unknown(const struct check *check, const struct tl_edge *edge,
                         struct tl_ctx *ctx)
{
    const char *name = tl_place_text(edge->source, NULL, ctx);

    if (!check->options->common.json) {
        tl_warn(ctx, "%s: the log knows no '%s': what flows out of it cannot be told",
                tl_query_place(edge->query, edge->line, edge->column, ctx), name);
        return;
    }
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);
    tl_json_put_int(json, "column", edge->column);
    tl_json_put_text(json, "finding", "unknown");
    tl_json_put_text(json, "key", name);
    tl_json_put_int(json, "line", edge->line);
    tl_json_put_text(json, "query", edge->query);
    tl_json_line_end(&line, ctx);
}

/* Each once. What a statement fills it makes, a temporary table too. */
static size_t show_unknowns(const struct check *check, struct tl_ctx *ctx)
{
    const struct tl_edges *edges = &check->derived.edges;
    struct tl_map made = TL_MAP_INIT;
    size_t n = 0;

    for (size_t i = 0; i < edges->items.n; i++)
        if (edges->items.items[i].query)
            tl_map_put(&made, edges->items.items[i].target,
                       strlen(edges->items.items[i].target), 1);
    for (size_t i = 0; i < edges->items.n; i++) {
        const struct tl_edge *edge = &edges->items.items[i];
        if (!edge->query || !edge->source || !is_unheard_of(check, edge, &made))
            continue;
        tl_map_put(&made, edge->source, strlen(edge->source), 1);
        show_unknown(check, edge, ctx);
        n++;
    }
    tl_map_release(&made);
    return n;
}

static void show_all(struct check *check, struct tl_call *call, struct tl_ctx *ctx)
{
    const struct check_options *o = check->options;
    size_t n_problems = show_problems(check, ctx);
    size_t n_unknown = show_unknowns(check, ctx);
    size_t n_literals = tl_show_literals(check->queries, check->n_queries, check->belief,
                                         check->engine, o->common.json, ctx);

    show_flows(check, ctx);
    show_columns(check, ctx);
    show_verdicts(check, ctx);
    count_ended(check, ctx);
    fflush(ctx->say->results);
    tl_note(
        ctx,
        "%zu file%s, %zu statement%s: %zu new flow%s of personal data, %zu new column%s "
        "with it, %zu literal%s",
        check->n_queries, check->n_queries == 1 ? "" : "s", check->derived.n_statements,
        check->derived.n_statements == 1 ? "" : "s", check->n_flows,
        check->n_flows == 1 ? "" : "s", check->n_columns,
        check->n_columns == 1 ? "" : "s", n_literals, n_literals == 1 ? "" : "s");
    tl_note(
        ctx,
        "policies: %zu new violation%s (%zu binding), %zu new gap%s; %zu stood before, "
        "%zu would end",
        check->n_new[TL_VIOLATION], check->n_new[TL_VIOLATION] == 1 ? "" : "s",
        check->n_new_binding, check->n_new[TL_GAP], check->n_new[TL_GAP] == 1 ? "" : "s",
        check->will_be.items.n - check->n_new[TL_VIOLATION] - check->n_new[TL_GAP] -
            check->n_new[TL_WAIVED],
        check->n_ended);
    bool has_found = (o->fail_on >= FAIL_ON_VIOLATION && check->n_new_binding) ||
                     (o->fail_on >= FAIL_ON_ADVISORY && check->n_new[TL_VIOLATION]) ||
                     (o->fail_on >= FAIL_ON_FLOW &&
                      (check->n_flows || check->n_columns || n_literals));
    if (has_found)
        call->exit = 1;
    else if (n_problems || n_unknown || (o->on_unknown && check->n_new[TL_GAP]))
        call->exit = 3;
}

/* ---- command ---- */

static int run_on(struct check *check, struct tl_call *call, struct tl_ctx *ctx)
{
    struct tl_derive what = { .belief = check->belief };
    int rc;

    if ((rc = read_files(check, call, ctx)) < 0 ||
        (rc = tl_engine_open(&check->engine, &check->config->rules, ctx)) < 0 ||
        (rc = tl_policies_open(&check->policies, &check->config->policies, ctx)) < 0)
        return rc;
    what.queries = check->queries;
    what.n_queries = check->n_queries;
    what.functions = check->config->functions.items;
    what.n_functions = check->config->functions.n;
    if ((rc = tl_derive(&check->derived, &what, ctx)) < 0 ||
        (rc = decide_made(check, ctx)) < 0 || (rc = make_graphs(check, ctx)) < 0 ||
        (rc = judge(check, ctx)) < 0)
        return rc;
    show_all(check, call, ctx);
    return TL_OK;
}

static int run_check(struct tl_call *call, struct tl_ctx *ctx)
{
    struct check check = { .options = call->options };
    struct tl_config config;
    struct tl_log *log = NULL;
    int rc;

    tl_snapshot_init(&check.made);
    check.config = &config;
    if ((rc = tl_config_load(&config, check.options->common.config, TL_CONFIG_SWITCHES,
                             ctx)) == TL_OK &&
        (rc = tl_open_log(&log, &config, false, ctx)) == TL_OK &&
        (rc = tl_log_belief(&check.belief, log, ctx)) == TL_OK)
        rc = run_on(&check, call, ctx);
    tl_verdicts_release(&check.was);
    tl_verdicts_release(&check.will_be);
    tl_graph_close(check.before);
    tl_graph_close(check.after);
    tl_derived_release(&check.derived);
    tl_policies_close(check.policies);
    tl_engine_close(check.engine);
    tl_snapshot_release(&check.made);
    tl_log_close(log);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_check = {
    .name = "check",
    .summary = "see what a change of SQL would do to personal data",
    .operands = "[FILE.sql ...|-]",
    .text =
        "Reads SQL files (those of 'queries:' in tagline.yaml when none is named) "
        "against "
        "the last log\n"
        "entry, asks no warehouse and writes nothing. Shows the flows of personal data "
        "that would be new,\n"
        "the columns that would hold it by name, type or lineage, and what the policies "
        "would say. Exit\n"
        "code 1 for a finding (see --fail-on), 3 when SQL was not understood.",
    .examples = "  $ tagline check etl/new_export.sql\n"
                "  $ git diff --name-only main -- '*.sql' | xargs tagline check --json\n"
                "  $ tagline check --fail-on flow --source shop change.sql\n",
    .options = options,
    .options_size = sizeof(struct check_options),
    .most_operands = -1,
    .run = run_check,
};
