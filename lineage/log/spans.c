/*
 * Span ids are made from the trace and a name (tl_span_id_of), so that nobody has to look them up: "run", "stage pull",
 * "source shop", a dataset's or column's key, and a step behind a space (a space never stands in a key).
 */
#include "lineage/log/spans.h"

#include "base/ctx.h"

struct tl_span tl_spans_begin(const struct tl_merge *merge, const char *name)
{
    return (struct tl_span){ .trace = merge->entry->trace,
                             .name = name,
                             .start = merge->entry->began,
                             .end = merge->entry->ended,
                             .status = TL_SPAN_DONE };
}

void tl_spans_name(struct tl_span_id *id, const struct tl_merge *merge, const char *kind,
                   const char *name)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, kind);
    if (name)
        tl_name_encode(&text, name);
    tl_span_id_of(id, &merge->entry->trace, text.text, text.n);
    tl_str_release(&text);
}

void tl_spans_link(struct tl_span *span, const struct tl_state_tag *tag)
{
    span->link.trace_hex = tag->before_trace;
    span->link.span_hex = tag->before_span;
}

static void put_before(struct tl_span_line *line, const struct tl_state_tag *tag)
{
    char when[21];

    if (!tag->before_span)
        return;
    tl_time_text(when, tag->before_since);
    tl_span_attr_text(line, "tagline.replaces", when);
}

void tl_spans_tag(struct tl_span_line *line, const struct tl_state_tag *tag)
{
    tl_span_attr_text(line, "tagline.actor", tag->actor);
    tl_span_attr_text(line, "tagline.category", tag->category);
    tl_span_attr_int(line, "tagline.confidence", tag->confidence);
    tl_span_attr_text(line, "tagline.info_type", tag->info_type);
    if (tag->is_inside)
        tl_span_attr_text(line, "tagline.inside", tag->path ? tag->path : "*");
    tl_span_attr_text(line, "tagline.origin", tl_origin_word(tag->origin));
    put_before(line, tag);
    tl_span_attr_text(line, "tagline.state", tl_state_word(tag->state));
}

/* ---- a dataset ---- */

struct telling {
    struct tl_span_line line;
    const struct tl_merge *merge;
    const struct tl_entry_dataset *seen;
    struct tl_span_id dataset;
    struct tl_str name; /* "<key>#" and what is behind it */
};

static struct tl_span child_span(const struct telling *telling, const char *name,
                                 const struct tl_span_id *parent)
{
    struct tl_span span = tl_spans_begin(telling->merge, name);

    span.parent = *parent;
    span.start = telling->seen->began;
    span.end = telling->seen->ended;
    return span;
}

static void tell_opinion(struct telling *telling, const struct tl_opinion *opinion,
                         uint32_t i, const struct tl_span_id *column)
{
    struct tl_span_line *line = &telling->line;
    struct tl_span span = child_span(telling, "rule", column);
    size_t n = telling->name.n;

    tl_str_addf(&telling->name, " rule %u", (unsigned)i);
    tl_span_id_of(&span.id, &span.trace, telling->name.text, telling->name.n);
    telling->name.n = n;
    tl_span_begin(line);
    if (opinion->tried) {
        tl_span_attr_int(line, "tagline.distinct", opinion->distinct);
        tl_span_attr_int(line, "tagline.matched", opinion->matched);
        tl_span_attr_int(line, "tagline.tried", opinion->tried);
    }
    tl_span_attr_text(line, "tagline.evidence", tl_evidence_word(opinion->evidence));
    tl_span_attr_text(line, "tagline.info_type", opinion->info_type);
    tl_span_attr_text(line, "tagline.rule", opinion->rule);
    tl_span_attr_text(line, "tagline.stance", tl_stance_word(opinion->stance));
    tl_span_attr_int(line, "tagline.weight", opinion->weight);
    tl_span_end(line, &span);
}

/* A tag that changed and is not the column's dominant one: its own link in its own chain. */
static void tell_tag(struct telling *telling, const struct tl_state_tag *tag,
                     const struct tl_span_id *column)
{
    struct tl_span span = child_span(telling, "tag", column);

    tl_unhex(span.id.bytes, sizeof span.id.bytes, tag->span);
    tl_spans_link(&span, tag);
    tl_span_begin(&telling->line);
    tl_spans_tag(&telling->line, tag);
    tl_span_end(&telling->line, &span);
}

/* What the scan itself settled, whatever a person said before: the dominant type, or nothing. */
static void put_decision(struct tl_span_line *line, const struct tl_decision *decision,
                         const struct tl_tag *settled)
{
    if (settled) {
        tl_span_attr_text(line, "tagline.category", settled->category);
        tl_span_attr_int(line, "tagline.confidence", settled->confidence);
    }
    if (decision->sampled || decision->nulls) {
        tl_span_attr_int(line, "tagline.distinct", decision->distinct);
        tl_span_attr_int(line, "tagline.nulls", decision->nulls);
        tl_span_attr_int(line, "tagline.sampled", decision->sampled);
    }
    if (settled) {
        tl_span_attr_text(line, "tagline.info_type", settled->info_type);
        if (settled->is_inside)
            tl_span_attr_text(line, "tagline.inside",
                              settled->path ? settled->path : "*");
        tl_span_attr_int(line, "tagline.matched", settled->matched);
        tl_span_attr_text(line, "tagline.origin", tl_origin_word(settled->origin));
        tl_span_attr_int(line, "tagline.share", settled->share);
    }
    if (decision->runner_up) {
        tl_span_attr_text(line, "tagline.runner_up", decision->runner_up);
        tl_span_attr_int(line, "tagline.runner_up_confidence",
                         decision->runner_up_confidence);
    }
    tl_span_attr_text(line, "tagline.state",
                      tl_state_word(settled && settled->state ? settled->state
                                                              : decision->state));
}

/* A column of several types: all that were settled, the dominant one last. */
static void put_types(struct tl_span_line *line, const struct tl_decisions *decisions,
                      const struct tl_decision *decision)
{
    const char *types[8];
    size_t n = 0;

    for (uint32_t i = 0; i < decision->n_tags && n < 8; i++)
        types[n++] = decisions->tags[decision->first_tag + i].info_type;
    tl_span_attr_texts(line, "tagline.info_types", types, n);
}

/* "tcf.decodes 412/500", so that one span tells all that was counted. */
static void put_facts(struct tl_span_line *line, const struct tl_fact *facts, uint32_t n,
                      struct tl_arena *into)
{
    if (!n)
        return;
    const char **texts = tl_arena_alloc(into, n, sizeof *texts);
    for (uint32_t i = 0; i < n; i++)
        texts[i] = tl_arena_printf(into, facts[i].of ? "%s %u/%u" : "%s %u",
                                   facts[i].name, facts[i].count, facts[i].of);
    tl_span_attr_texts(line, "tagline.facts", texts, n);
}

/* "email_address rejected": the person's word that the scan is at odds with. */
static void put_against(struct tl_span_line *line, const struct tl_state_column *column,
                        struct tl_arena *into)
{
    for (uint32_t i = 0; i < column->n_tags; i++)
        if (column->tags[i].against) {
            tl_span_attr_text(line, "tagline.against",
                              tl_arena_printf(into, "%s %s", column->tags[i].info_type,
                                              tl_state_word(column->tags[i].state)));
            return;
        }
}

static void tell_column(struct telling *telling, const struct tl_state_column *column)
{
    const struct tl_decisions *decisions = telling->seen->decisions;
    const struct tl_decision *decision = column->decision;
    struct tl_span_line *line = &telling->line;
    struct tl_span span = child_span(telling, "column", &telling->dataset);
    const struct tl_tag *settled =
        decision->n_tags ? &decisions->tags[decision->first_tag + decision->n_tags - 1]
                         : NULL;
    const struct tl_state_tag *lead = NULL;
    size_t n = telling->name.n;

    for (uint32_t i = 0; settled && i < column->n_tags; i++)
        if (strcmp(column->tags[i].info_type, settled->info_type) == 0)
            lead = &column->tags[i];
    tl_unhex(span.id.bytes, sizeof span.id.bytes, column->span);
    if (lead && lead->is_changed)
        tl_spans_link(&span, lead);
    tl_span_begin(line);
    put_against(line, column, telling->merge->into);
    tl_span_attr_text(line, "tagline.column", column->path);
    if (lead && lead->is_changed)
        put_before(line, lead);
    put_facts(line, decisions->n_facts ? &decisions->facts[decision->first_fact] : NULL,
              decision->n_facts, telling->merge->into);
    put_decision(line, decision, settled);
    if (decision->n_tags > 1)
        put_types(line, decisions, decision);
    tl_span_end(line, &span);

    tl_name_encode(&telling->name, column->path);
    for (uint32_t i = 0; i < decision->n_opinions; i++)
        tell_opinion(telling, &decisions->opinions[decision->first_opinion + i], i,
                     &span.id);
    telling->name.n = n;
    for (uint32_t i = 0; i < column->n_tags; i++)
        if (column->tags[i].is_changed && column->tags[i].state != TL_CARRIED &&
            strcmp(column->tags[i].span, column->span) != 0)
            tell_tag(telling, &column->tags[i], &span.id);
}

static const char *sample_word(unsigned state)
{
    static const char *const words[] = { "none", "read", "whole", "failed" };

    return state < sizeof words / sizeof *words ? words[state] : "none";
}

static void put_dataset(struct telling *telling, const struct tl_state_file *state,
                        const struct tl_flow_change *change)
{
    struct tl_span_line *line = &telling->line;
    const struct tl_entry_dataset *seen = telling->seen;
    const struct tl_snapshot *snapshot = telling->merge->entry->snapshot;
    const struct tl_dataset *dataset = &snapshot->datasets.items[seen->id.i];
    uint32_t silent = 0, unknown = 0;

    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        silent += !state->columns[i].span;
        unknown += state->columns[i].is_unknown;
    }
    tl_span_attr_int(line, "tagline.columns", dataset->n_columns);
    tl_span_attr_text(line, "tagline.dataset",
                      tl_arena_dup(telling->merge->into, telling->name.text,
                                   telling->name.n));
    put_facts(line, seen->decisions->dataset_facts, seen->decisions->n_dataset_facts,
              telling->merge->into);
    tl_span_attr_text(line, "tagline.kind", tl_dataset_kind_word(dataset->kind));
    if (dataset->rows >= 0)
        tl_span_attr_int(line, "tagline.rows", dataset->rows);
    tl_span_attr_text(line, "tagline.rules_digest", state->rules_digest);
    tl_span_attr_text(line, "tagline.sample", sample_word(seen->sample_state));
    if (seen->sample_digest[0])
        tl_span_attr_text(line, "tagline.sample_digest", seen->sample_digest);
    if (seen->sampled_rows)
        tl_span_attr_int(line, "tagline.sampled_rows", seen->sampled_rows);
    tl_span_attr_text(line, "tagline.schema_digest", seen->schema_digest);
    tl_span_attr_int(line, "tagline.silent_columns", silent);
    tl_span_attr_int(line, "tagline.unknown_columns", unknown);
    tl_spans_flow_counts(line, state, change);
}

int tl_spans_dataset(struct tl_trail *trail, const struct tl_merge *merge,
                     const struct tl_entry_dataset *seen,
                     const struct tl_state_file *state,
                     const struct tl_flow_change *change, struct tl_ctx *ctx)
{
    struct telling telling = { .merge = merge,
                               .seen = seen,
                               .name = TL_STR_INIT(TL_STR_MOST) };
    struct tl_span span = child_span(&telling, "dataset", &(struct tl_span_id){ { 0 } });

    tl_key_add(&telling.name, &state->key);
    tl_span_id_of(&span.id, &span.trace, telling.name.text, telling.name.n);
    tl_spans_name(&span.parent, merge, "source ", state->key.source);
    telling.dataset = span.id;
    if (seen->sample_state == TL_SAMPLE_FAILED) {
        span.status = TL_SPAN_ERROR;
        span.status_message = seen->sample_why;
    }
    tl_span_line_begin(&telling.line, &trail->lines);
    tl_span_begin(&telling.line);
    put_dataset(&telling, state, change);
    tl_span_end(&telling.line, &span);
    tl_spans_carried(&telling.line, merge, telling.name.text, state, change, &span.id,
                     ctx);
    tl_str_add_char(&telling.name, '#');
    for (uint32_t i = 0; i < state->n_columns; i++)
        if (state->columns[i].span)
            tell_column(&telling, &state->columns[i]);
    tl_span_line_end(&telling.line);
    tl_str_release(&telling.name);
    return tl_trail_line(trail, ctx);
}

/* ---- a source ---- */

int tl_spans_source(struct tl_trail *trail, const struct tl_merge *merge,
                    const struct tl_source_account *account, struct tl_ctx *ctx)
{
    const struct tl_snapshot *snapshot = merge->entry->snapshot;
    const struct tl_source *source = account->source;
    const char *name = tl_snapshot_text(snapshot, source->name);
    bool failed = source->state == TL_SOURCE_FAILED;
    struct tl_span span = tl_spans_begin(merge, "source");
    struct tl_span_line line;

    tl_spans_name(&span.id, merge, "source ", name);
    tl_spans_name(&span.parent, merge, "run", NULL);
    span.start = source->began;
    span.end = source->ended;
    span.status = failed ? TL_SPAN_ERROR : TL_SPAN_DONE;
    span.status_message = failed ? tl_snapshot_text(snapshot, source->why) : NULL;
    tl_span_line_begin(&line, &trail->lines);
    tl_span_begin(&line);
    tl_span_attr_text(&line, "tagline.connector",
                      tl_snapshot_text(snapshot, source->connector));
    tl_span_attr_int(&line, "tagline.decided", (int64_t)account->n_decided);
    tl_span_attr_int(&line, "tagline.gone", (int64_t)account->n_gone);
    if (account->gone.n)
        tl_span_attr_texts(&line, "tagline.gone_datasets", account->gone.items,
                           account->gone.n);
    tl_span_attr_int(&line, "tagline.kept", (int64_t)account->n_kept);
    if (account->left_out.n)
        tl_span_attr_texts(&line, "tagline.left_out", account->left_out.items,
                           account->left_out.n);
    if (account->manifest_hex[0])
        tl_span_attr_text(&line, "tagline.manifest", account->manifest_hex);
    tl_span_attr_text(&line, "tagline.platform",
                      tl_snapshot_text(snapshot, source->platform));
    tl_span_attr_text(&line, "tagline.signed_in_as",
                      tl_snapshot_text(snapshot, source->actor));
    tl_span_attr_text(&line, "tagline.source", name);
    tl_span_attr_text(&line, "tagline.source_state", failed ? "failed" : "read");
    tl_span_attr_int(&line, "tagline.unchanged", (int64_t)account->n_unchanged);
    tl_span_end(&line, &span);
    tl_span_line_end(&line);
    return tl_trail_line(trail, ctx);
}

/* ---- a person's word ---- */

static const char *word_word(unsigned kind)
{
    static const char *const words[] = { "accept", "reject", "set" };

    return kind < sizeof words / sizeof *words ? words[kind] : "set";
}

int tl_spans_word(struct tl_trail *trail, const struct tl_merge *merge,
                  const struct tl_word *word, const struct tl_state_tag *said,
                  struct tl_ctx *ctx)
{
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);
    struct tl_span span = tl_spans_begin(merge, "word");
    struct tl_span_line line;

    tl_key_add(&name, &(struct tl_key){ word->key.source, word->key.database,
                                        word->key.schema, word->key.dataset, NULL });
    tl_unhex(span.id.bytes, sizeof span.id.bytes, said->span);
    tl_spans_name(&span.parent, merge, "run", NULL);
    tl_spans_link(&span, said);
    tl_span_line_begin(&line, &trail->lines);
    tl_span_begin(&line);
    tl_span_attr_text(&line, "tagline.column", word->key.field);
    tl_span_attr_text(&line, "tagline.dataset", name.text);
    tl_spans_tag(&line, said);
    tl_span_attr_text(&line, "tagline.why", word->why);
    tl_span_attr_text(&line, "tagline.word", word_word(word->kind));
    tl_span_end(&line, &span);
    tl_span_line_end(&line);
    tl_str_release(&name);
    return tl_trail_line(trail, ctx);
}

/* ---- a push ---- */

static const struct tl_refusal *find_refusal(const struct tl_receipt *receipt,
                                             const struct tl_map *by_target,
                                             const struct tl_plan_item *item)
{
    uint32_t i;

    if (!tl_map_get(by_target, item->target, strlen(item->target), &i))
        return NULL;
    for (; i < receipt->refusals.n; i++)
        if (strcmp(receipt->refusals.items[i].target, item->target) == 0 &&
            (!receipt->refusals.items[i].aspect || !item->aspect ||
             strcmp(receipt->refusals.items[i].aspect, item->aspect) == 0))
            return &receipt->refusals.items[i];
    return NULL;
}

static void tell_item(struct tl_span_line *line, const struct tl_merge *merge,
                      const struct tl_plan_item *item, size_t i,
                      const struct tl_refusal *refusal)
{
    struct tl_span span = tl_spans_begin(merge, "item");
    struct tl_sha256 body;
    char hex[65];
    char number[32];

    snprintf(number, sizeof number, "item %zu", i);
    tl_spans_name(&span.id, merge, number, NULL);
    tl_spans_name(&span.parent, merge, "push", NULL);
    tl_sha256_of(&body, item->body ? item->body : "", item->n_body);
    if (refusal) {
        span.status = TL_SPAN_ERROR;
        span.status_message = refusal->why;
    }
    tl_span_begin(line);
    tl_span_attr_text(line, "tagline.aspect", item->aspect);
    tl_span_attr_text(line, "tagline.body_digest",
                      tl_hex(hex, body.bytes, sizeof body.bytes));
    tl_span_attr_text(line, "tagline.change", item->change);
    tl_span_attr_text(line, "tagline.dataset", item->dataset);
    if (refusal && refusal->status)
        tl_span_attr_int(line, "http.response.status_code", refusal->status);
    tl_span_attr_text(line, "tagline.summary", item->summary);
    tl_span_attr_text(line, "tagline.target", item->target);
    tl_span_end(line, &span);
}

static int tell_items(struct tl_trail *trail, const struct tl_merge *merge,
                      const struct tl_map *refused, struct tl_ctx *ctx)
{
    const struct tl_plan *plan = merge->entry->plan;
    int rc = TL_OK;

    for (size_t i = 0; rc == TL_OK && plan && i < plan->items.n;) {
        const char *dataset = plan->items.items[i].dataset;
        struct tl_span_line line;
        tl_span_line_begin(&line, &trail->lines);
        do {
            const struct tl_plan_item *item = &plan->items.items[i];
            tell_item(&line, merge, item, i,
                      find_refusal(merge->entry->receipt, refused, item));
            i++;
        } while (i < plan->items.n && dataset && plan->items.items[i].dataset &&
                 strcmp(plan->items.items[i].dataset, dataset) == 0);
        tl_span_line_end(&line);
        rc = tl_trail_line(trail, ctx);
    }
    return rc;
}

int tl_spans_push(struct tl_trail *trail, const struct tl_merge *merge,
                  struct tl_ctx *ctx)
{
    const struct tl_receipt *receipt = merge->entry->receipt;
    struct tl_map refused = TL_MAP_INIT;
    struct tl_span span = tl_spans_begin(merge, "push");
    struct tl_span_line line;

    for (size_t i = receipt->refusals.n; i-- > 0;) {
        const char *target = receipt->refusals.items[i].target;
        tl_map_put(&refused, target, strlen(target), (uint32_t)i);
    }
    int rc = tell_items(trail, merge, &refused, ctx);
    tl_map_release(&refused);
    if (rc < 0)
        return rc;
    tl_spans_name(&span.id, merge, "push", NULL);
    tl_spans_name(&span.parent, merge, "run", NULL);
    if (receipt->refusals.n)
        span.status = TL_SPAN_ERROR;
    tl_span_line_begin(&line, &trail->lines);
    tl_span_begin(&line);
    tl_span_attr_int(&line, "tagline.accepted", (int64_t)receipt->n_accepted);
    tl_span_attr_int(&line, "tagline.refused", (int64_t)receipt->refusals.n);
    tl_span_attr_int(&line, "tagline.sent", (int64_t)receipt->n_sent);
    tl_span_attr_text(&line, "tagline.sink", receipt->sink);
    tl_span_end(&line, &span);
    tl_span_line_end(&line);
    return tl_trail_line(trail, ctx);
}

/* ---- the run ---- */

static void tell_stage(struct tl_span_line *line, const struct tl_merge *merge,
                       const struct tl_entry_stage *stage, const struct tl_span_id *run)
{
    struct tl_span span = tl_spans_begin(merge, "stage");

    tl_spans_name(&span.id, merge, "stage ", stage->name);
    span.parent = *run;
    span.start = stage->began;
    span.end = stage->ended;
    tl_span_begin(line);
    tl_span_attr_text(line, "tagline.stage", stage->name);
    tl_span_end(line, &span);
}

static void put_flows(struct tl_span_line *line, const struct tl_appended *counts)
{
    tl_span_attr_int(line, "tagline.carried_tags", (int64_t)counts->n_carried_tags);
    tl_span_attr_int(line, "tagline.changed_carried", (int64_t)counts->n_changed_carried);
    tl_span_attr_int(line, "tagline.edges", (int64_t)counts->n_edges);
    tl_span_attr_int(line, "tagline.gone_carried", (int64_t)counts->n_gone_carried);
    tl_span_attr_int(line, "tagline.gone_edges", (int64_t)counts->n_gone_edges);
    tl_span_attr_int(line, "tagline.new_carried", (int64_t)counts->n_new_carried);
    tl_span_attr_int(line, "tagline.new_edges", (int64_t)counts->n_new_edges);
    tl_span_attr_int(line, "tagline.owned_carried", (int64_t)counts->n_owned_carried);
    tl_span_attr_int(line, "tagline.problems", (int64_t)counts->n_problems);
    tl_span_attr_int(line, "tagline.rerouted", (int64_t)counts->n_rerouted);
}

int tl_spans_run(struct tl_trail *trail, const struct tl_merge *merge, struct tl_ctx *ctx)
{
    const struct tl_entry *entry = merge->entry;
    const struct tl_appended *counts = merge->counts;
    struct tl_span span = tl_spans_begin(merge, entry->kind);
    struct tl_span_line line;
    char seed[24];

    tl_spans_name(&span.id, merge, "run", NULL);
    span.parent = entry->parent;
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)entry->seed);
    tl_span_line_begin(&line, &trail->lines);
    tl_span_begin(&line);
    tl_span_attr_text(&line, "tagline.actor", entry->actor);
    put_flows(&line, counts);
    tl_span_attr_int(&line, "tagline.changed_tags", (int64_t)counts->n_changed_tags);
    tl_span_attr_text(&line, "tagline.config_digest", entry->config_digest);
    tl_span_attr_int(&line, "tagline.decided", (int64_t)counts->n_decided);
    tl_span_attr_int(&line, "tagline.decision_version", entry->decision_version);
    tl_span_attr_int(&line, "tagline.gone", (int64_t)counts->n_gone);
    tl_span_attr_int(&line, "tagline.kept", (int64_t)counts->n_kept);
    tl_span_attr_text(&line, "tagline.kind", entry->kind);
    tl_span_attr_int(&line, "tagline.new_tags", (int64_t)counts->n_new_tags);
    tl_span_attr_text(&line, "tagline.rules_digest", entry->rules_digest);
    tl_span_attr_text(&line, "tagline.seed", seed);
    tl_span_attr_int(&line, "tagline.unchanged", (int64_t)counts->n_unchanged);
    tl_span_attr_text(&line, "tagline.version", entry->version);
    tl_span_attr_int(&line, "tagline.withdrawn_tags", (int64_t)counts->n_withdrawn_tags);
    tl_span_end(&line, &span);
    for (size_t i = 0; i < entry->n_stages; i++)
        tell_stage(&line, merge, &entry->stages[i], &span.id);
    tl_span_line_end(&line);
    return tl_trail_line(trail, ctx);
}
