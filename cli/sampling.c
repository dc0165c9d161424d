/*
 * A budget is rows, not seconds: seconds would make the same input give other output. It goes to datasets that were never read first,
 * then to those that were read longest ago, so that every dataset has its turn.
 */
#include "cli/sampling.h"

#include "base/ctx.h"
#include "classifiers/engine.h"
#include "cli/pipeline.h"
#include "lineage/log/digest.h"

#include <stdlib.h>

struct planning {
    struct tl_scan *scan;
    const struct tl_belief *belief;
    const struct tl_sampled *sampled;
    struct tl_map known; /* key text -> place in `sampled` */
    struct tl_str key;
    int64_t now;
};

static const char *key_text(struct tl_str *key, const struct tl_scan *scan, size_t i)
{
    struct tl_key of =
        tl_snapshot_key(&scan->snapshot, (struct tl_dataset_id){ (uint32_t)i });

    tl_str_clear(key);
    tl_key_add(key, &of);
    return key->text;
}

static const struct tl_sampled *last_read(struct planning *plan, size_t i)
{
    uint32_t at;

    key_text(&plan->key, plan->scan, i);
    return tl_map_get(&plan->known, plan->key.text, plan->key.n, &at) ? &plan->sampled[at]
                                                                      : NULL;
}

/* Whether what the log holds of it was decided from a sample, by today's rules, of columns that are still these. */
static bool is_still_believed(const struct planning *plan, size_t i)
{
    struct tl_dataset_id id = { (uint32_t)i };
    struct tl_key key = tl_snapshot_key(&plan->scan->snapshot, id);
    const struct tl_belief_dataset *old =
        plan->belief ? tl_belief_find(plan->belief, &key) : NULL;
    const char *sample = old ? tl_belief_text(plan->belief, old->sample_digest) : NULL;
    uint32_t source = plan->scan->snapshot.datasets.items[i].source.i;
    char digest[65];

    if (!old || old->is_absent || !sample || !*sample)
        return false;
    tl_log_schema_digest(digest, &plan->scan->snapshot, id);
    return strcmp(tl_belief_text(plan->belief, old->schema_digest), digest) == 0 &&
           strcmp(tl_belief_text(plan->belief, old->rules_digest),
                  tl_profile_digest(plan->scan->profiles[source])) == 0;
}

static bool is_sampled_at_all(const struct tl_scan *scan, uint32_t source)
{
    const struct tl_system *system = &scan->systems[source];

    return !system->names_only && scan->config->scan.sample_rows &&
           (system->connector->source->gives & TL_GIVES_SAMPLES);
}

static enum tl_reading reading_of(struct planning *plan, size_t i)
{
    const struct tl_dataset *dataset = &plan->scan->snapshot.datasets.items[i];
    int64_t rest = plan->scan->config->scan.resample_after;

    if (!is_sampled_at_all(plan->scan, dataset->source.i))
        return TL_READING_NEVER;
    if (!rest || !dataset->version || dataset->broken.i)
        return TL_READING_NOW;
    const struct tl_sampled *last = last_read(plan, i);
    bool is_fresh = last && last->version == dataset->version && last->at <= plan->now &&
                    plan->now - last->at < rest;
    return is_fresh && is_still_believed(plan, i) ? TL_READING_KEPT : TL_READING_NOW;
}

/* ---- the budget ---- */

struct claim {
    int64_t last; /* when it was read; -1: never */
    size_t dataset;
};

static int by_turn(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;

    if (x->last != y->last)
        return x->last < y->last ? -1 : 1;
    return (x->dataset > y->dataset) - (x->dataset < y->dataset);
}

int64_t tl_sampling_rows(const struct tl_scan *scan, uint32_t source)
{
    int64_t rows = scan->config->scan.sample_rows;
    int64_t budget = scan->systems[source].budget_rows;

    return budget && budget < rows ? budget : rows;
}

static int64_t cost_of(const struct tl_scan *scan, size_t i)
{
    const struct tl_dataset *dataset = &scan->snapshot.datasets.items[i];
    int64_t most = tl_sampling_rows(scan, dataset->source.i);

    return dataset->rows >= 0 && dataset->rows < most ? dataset->rows : most;
}

static void spend_budget(struct planning *plan, uint32_t source, struct claim *claims)
{
    struct tl_scan *scan = plan->scan;
    int64_t budget = scan->systems[source].budget_rows;
    size_t n = 0;

    for (size_t i = 0; i < scan->snapshot.datasets.n; i++) {
        if (scan->snapshot.datasets.items[i].source.i != source ||
            scan->readings[i] != TL_READING_NOW)
            continue;
        const struct tl_sampled *last = last_read(plan, i);
        claims[n++] = (struct claim){ last ? last->at : -1, i };
    }
    if (n)
        qsort(claims, n, sizeof *claims, by_turn);
    for (size_t k = 0; k < n; k++) {
        size_t i = claims[k].dataset;
        budget -= cost_of(scan, i);
        if (budget < 0)
            scan->readings[i] =
                is_still_believed(plan, i) ? TL_READING_TURN : TL_READING_UNPAID;
    }
}

/* ---- the plan ---- */

void tl_sampling_plan(struct tl_scan *scan, const struct tl_belief *belief,
                      const struct tl_sampled *sampled, size_t n, struct tl_ctx *ctx)
{
    struct planning plan = { .scan = scan,
                             .belief = belief,
                             .sampled = sampled,
                             .key = TL_STR_INIT(TL_STR_MOST),
                             .now = tl_now(ctx) };
    size_t n_datasets = scan->snapshot.datasets.n;

    for (size_t i = 0; i < n; i++)
        tl_map_put(&plan.known, sampled[i].key, strlen(sampled[i].key), (uint32_t)i);
    scan->readings = tl_arena_alloc(ctx->arena, n_datasets, sizeof *scan->readings);
    for (size_t i = 0; i < n_datasets; i++)
        scan->readings[i] = (uint8_t)reading_of(&plan, i);
    struct claim *claims = tl_alloc(n_datasets, sizeof *claims);
    for (uint32_t s = 0; s < scan->snapshot.sources.n; s++)
        if (scan->systems[s].budget_rows)
            spend_budget(&plan, s, claims);
    tl_free(claims);
    tl_map_release(&plan.known);
    tl_str_release(&plan.key);
}

/* ---- after it ---- */

/* What nobody read for a year is gone, or as good as new. */
#define FORGOTTEN_AFTER (INT64_C(366) * 24 * 3600 * 1000000000)

static bool was_read(const struct tl_scan *scan, size_t i)
{
    return scan->datasets[i].sample_state == TL_SAMPLE_READ ||
           scan->datasets[i].sample_state == TL_SAMPLE_WHOLE;
}

void tl_sampling_note(const struct tl_scan *scan, struct tl_log *log,
                      const struct tl_sampled *sampled, size_t n, struct tl_ctx *ctx)
{
    struct tl_str key = TL_STR_INIT(TL_STR_MOST);
    TL_VEC(struct tl_sampled) all = { 0 };
    struct tl_map read = TL_MAP_INIT; /* by this run */
    uint32_t ignored;

    for (size_t i = 0; i < scan->snapshot.datasets.n; i++) {
        if (!was_read(scan, i))
            continue;
        key_text(&key, scan, i);
        const char *text = tl_arena_dup(ctx->arena, key.text, key.n);
        tl_map_put(&read, text, key.n, 1);
        tl_vec_push(&all,
                    ((struct tl_sampled){ text, scan->snapshot.datasets.items[i].version,
                                          scan->datasets[i].began }));
    }
    size_t n_read = all.n;
    for (size_t i = 0; i < n; i++)
        if (!tl_map_get(&read, sampled[i].key, strlen(sampled[i].key), &ignored) &&
            tl_now(ctx) - sampled[i].at < FORGOTTEN_AFTER)
            tl_vec_push(&all, sampled[i]);
    if (n_read)
        tl_log_sampled_put(log, all.items, all.n, ctx);
    tl_vec_release(&all);
    tl_map_release(&read);
    tl_str_release(&key);
}
