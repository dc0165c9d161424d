/*
 * The straight line. Samples are read and decided dataset by dataset, on several threads: each worker has its own connections,
 * scratch and arena; results land at the dataset's index, so that nothing depends on which worker was faster.
 */
#include "cli/pipeline.h"
#include "cli/sampling.h"
#include "cli/verdict.h"

#include "base/ctx.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/say.h"
#include "classifiers/proof.h"
#include "classifiers/whatif.h"
#include "lineage/log/digest.h"
#include "lineage/sql/redact.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

int tl_pipeline_run(struct tl_scan *scan, struct tl_appended *appended,
                    struct tl_log *log, const struct tl_config *config,
                    struct tl_ctx *ctx)
{
    const struct tl_belief *belief;
    int rc;

    if ((rc = tl_scan_begin(scan, config, config->sources.items, config->sources.n,
                            ctx)) < 0 ||
        (rc = tl_log_belief(&belief, log, ctx)) < 0 ||
        (rc = tl_log_secret(scan->sample_key, sizeof scan->sample_key, log, ctx)) < 0 ||
        (rc = tl_log_sampled(&scan->sampled, &scan->n_sampled, log, ctx)) < 0 ||
        (rc = tl_scan_pull(scan, ctx)) < 0)
        return rc;
    scan->has_log = true;
    if ((rc = tl_scan_classify(scan, belief, ctx)) < 0 ||
        (rc = tl_scan_lineage(scan, belief, ctx)) < 0)
        return rc;
    if ((rc = tl_scan_log(appended, scan, log, ctx)) == TL_OK)
        tl_sampling_note(scan, log, scan->sampled, scan->n_sampled, ctx);
    return rc;
}

int tl_open_log(struct tl_log **out, const struct tl_config *config, bool may_make,
                struct tl_ctx *ctx)
{
    int rc;

    if (tl_log_is_missing(config->log)) {
        if (!may_make) {
            tl_hint(ctx, "'tagline scan' begins it");
            return tl_fail(ctx, TL_ECONFIG, "there is no log at '%s' yet", config->log);
        }
        rc = tl_log_create(config->log, ctx);
        /* Another first scan was faster: its log is as good, once it is sure to stay. */
        if (rc == TL_EWRITE && !tl_log_is_missing(config->log)) {
            tl_error_clear(&ctx->error);
            rc = tl_dir_sync(tl_path_join(config->log, "..", ctx), ctx);
        }
        if (rc < 0)
            return rc;
    }
    /* What will be written must be so before a warehouse is read for an hour. */
    if (may_make && access(config->log, W_OK) != 0) {
        tl_hint(ctx, "'tagline scan --dry-run' decides without a log");
        return tl_fail(ctx, TL_EWRITE, "the log '%s' cannot be written: %s", config->log,
                       strerror(errno));
    }
    return tl_log_open(out, config->log, ctx);
}

/* ---- stages ---- */

static void begin_stage(struct tl_scan *scan, const char *name, struct tl_ctx *ctx)
{
    scan->stages[scan->n_stages] =
        (struct tl_entry_stage){ .name = name, .began = tl_now(ctx) };
}

static void end_stage(struct tl_scan *scan, struct tl_ctx *ctx)
{
    scan->stages[scan->n_stages++].ended = tl_now(ctx);
}

static void add_trouble(struct tl_scan *scan, const char *where, const char *why,
                        bool is_source)
{
    tl_vec_push(&scan->troubles,
                ((struct tl_trouble){
                    .where = where, .why = why, .is_source = is_source }));
}

static int open_profiles(struct tl_scan *scan, struct tl_ctx *ctx)
{
    scan->profiles = tl_alloc(scan->n_systems + 1, sizeof *scan->profiles);
    for (size_t i = 0; i < scan->n_systems; i++) {
        struct tl_switches switches = tl_config_switches(scan->config, &scan->systems[i]);
        int rc = tl_profile_open(&scan->profiles[i], scan->engine, &switches, ctx);
        if (rc < 0)
            return tl_explain(ctx, "the rules of source '%s'", scan->systems[i].name);
    }
    return TL_OK;
}

int tl_scan_begin(struct tl_scan *scan, const struct tl_config *config,
                  const struct tl_system *systems, size_t n, struct tl_ctx *ctx)
{
    memset(scan, 0, sizeof *scan);
    scan->config = config;
    scan->systems = systems;
    scan->n_systems = n;
    scan->began = tl_now(ctx);
    tl_snapshot_init(&scan->snapshot);
    /* A mistake in what is configured is found before a warehouse is read for an hour. */
    int rc = tl_read_queries(&scan->queries, &scan->n_queries, config,
                             n == 1 ? systems[0].name : NULL, ctx);
    if (rc == TL_OK)
        rc = tl_engine_open(&scan->engine, &config->rules, ctx);
    if (rc == TL_OK)
        rc = open_profiles(scan, ctx);
    if (rc == TL_OK)
        rc = tl_policies_open(&scan->policies, &config->policies, ctx);
    return rc;
}

void tl_scan_release(struct tl_scan *scan)
{
    for (size_t i = 0; i < scan->n_arenas; i++)
        tl_arena_close(scan->arenas[i]);
    tl_free(scan->arenas);
    tl_free(scan->decisions);
    tl_free(scan->datasets);
    tl_free(scan->is_looked_at);
    tl_free(scan->trials);
    tl_vec_release(&scan->troubles);
    tl_vec_release(&scan->losses);
    tl_derived_release(&scan->derived);
    tl_verdicts_release(&scan->verdicts);
    tl_policies_close(scan->policies);
    for (size_t i = 0; scan->profiles && i < scan->n_systems; i++)
        tl_profile_close(scan->profiles[i]);
    tl_free(scan->profiles);
    tl_engine_close(scan->engine);
    if (scan->config)
        tl_snapshot_release(&scan->snapshot);
}

/* ---- pull ---- */

static int pull_one(struct tl_scan *scan, const struct tl_system *system,
                    struct tl_ctx *ctx)
{
    const struct tl_connector *connector = system->connector;
    void *conn = NULL;
    int rc = connector->open(&conn, system->settings, ctx);

    if (rc == TL_OK)
        rc = connector->source->pull(&scan->snapshot, conn, &system->scope, ctx);
    connector->close(conn);
    return rc;
}

/* Patterns that take nothing are a mistake more often than a wish. */
static void warn_of_nothing(const struct tl_scan *scan, const struct tl_system *system,
                            struct tl_source_id id, struct tl_ctx *ctx)
{
    size_t n = scan->snapshot.datasets.n;
    bool has_any = n && scan->snapshot.datasets.items[n - 1].source.i == id.i;

    if (scan->snapshot.sources.items[id.i].state == TL_SOURCE_READ && !has_any)
        tl_warn(ctx,
                system->scope.include.n || system->scope.exclude.n
                    ? "source '%s': 'include' and 'exclude' leave nothing of it"
                    : "source '%s' has no dataset",
                system->name);
}

int tl_scan_pull(struct tl_scan *scan, struct tl_ctx *ctx)
{
    begin_stage(scan, "pull", ctx);
    for (size_t i = 0; i < scan->n_systems; i++) {
        const struct tl_system *system = &scan->systems[i];
        struct tl_ctx child;
        int64_t began = tl_now(ctx);
        struct tl_source_id id =
            tl_snapshot_add_source(&scan->snapshot, system->name, system->connector->name,
                                   system->connector->platform);

        tl_progress(ctx, "reading schemas", i, scan->n_systems);
        tl_ctx_child(&child, ctx);
        int rc = pull_one(scan, system, &child);
        bool is_final = rc == TL_ECANCEL || rc == TL_ECONFIG || rc == TL_EUSAGE;
        if (is_final) {
            tl_explain(&child, "source '%s'", system->name);
            tl_ctx_take_error(ctx, &child);
        } else if (rc < 0) {
            const char *why = tl_arena_strdup(ctx->arena, child.error.text);
            tl_snapshot_fail_source(&scan->snapshot, id, why);
            /* What to do about it is for who reads it now, not for the log. */
            if (child.error.hint[0])
                why = tl_arena_printf(ctx->arena, "%s (%s)", why, child.error.hint);
            add_trouble(scan, system->name, why, true);
        }
        struct tl_source *source = &scan->snapshot.sources.items[id.i];
        source->began = began;
        source->ended = tl_now(ctx);
        tl_ctx_release(&child);
        if (is_final)
            return rc;
        warn_of_nothing(scan, system, id, ctx);
    }
    tl_progress_end(ctx);
    end_stage(scan, ctx);
    return TL_OK;
}

/* ---- classify ---- */

/* Names that a view's double-quoted words may mean, by source; empty where the source has no views. */
struct names {
    const char **items;
    size_t n;
};

struct classify {
    struct tl_scan *scan;
    const struct tl_belief *belief;
    struct names *names;
    size_t chunk;    /* datasets a worker takes at once */
    uint32_t *order; /* datasets of this round */
    size_t n_order;
    bool is_first_round; /* what it leaves in doubt is read whole in a second one */
    uint8_t *in_doubt;   /* by dataset id */
    struct tl_proof_part **proofs; /* by dataset id; NULL: it proves nothing */
    pthread_mutex_t lock;          /* over what follows, and scan->arenas */
    size_t n_done;
};

struct worker {
    struct classify *job;
    void **conns; /* one a system, opened when first needed */
    const char *
        *refusals; /* one a system: why its connection is gone; it is not tried again */
    struct tl_engine_scratch *scratch;
    struct tl_arena *arena;
};

static int begin_worker(void **self, void *shared, struct tl_ctx *ctx)
{
    struct classify *job = shared;
    struct worker *worker = tl_alloc(1, sizeof *worker);

    (void)ctx;
    worker->job = job;
    worker->conns = tl_alloc(job->scan->n_systems + 1, sizeof *worker->conns);
    worker->refusals = tl_alloc(job->scan->n_systems + 1, sizeof *worker->refusals);
    worker->scratch = tl_engine_scratch_open();
    worker->arena = tl_arena_open();
    pthread_mutex_lock(&job->lock);
    struct tl_scan *scan = job->scan;
    scan->arenas = tl_realloc(scan->arenas, scan->n_arenas + 1, sizeof *scan->arenas);
    scan->arenas[scan->n_arenas++] = worker->arena;
    pthread_mutex_unlock(&job->lock);
    *self = worker;
    return TL_OK;
}

static void end_worker(void *self)
{
    struct worker *worker = self;

    for (size_t i = 0; i < worker->job->scan->n_systems; i++)
        worker->job->scan->systems[i].connector->close(worker->conns[i]);
    tl_free(worker->conns);
    tl_free(worker->refusals);
    tl_engine_scratch_close(worker->scratch);
    tl_free(worker);
}

/* Where reading costs a way to a far end and back, a first look may be enough; what is at hand is read at once. */
static bool is_read_in_parts(const struct tl_scan *scan, uint32_t s)
{
    int64_t first = scan->config->scan.first_rows;

    return first && first < tl_sampling_rows(scan, s) &&
           scan->systems[s].connector->source->ahead;
}

/* Of a column that is mostly NULL, so many values are looked for before its silence means anything. */
enum { LEAST_VALUES = 20 };

static struct tl_sample_spec spec_of(const struct classify *job, uint32_t s)
{
    const struct tl_scan_settings *settings = &job->scan->config->scan;
    bool is_first = job->is_first_round && is_read_in_parts(job->scan, s);

    return (struct tl_sample_spec){
        .rows =
            (uint32_t)(is_first ? settings->first_rows : tl_sampling_rows(job->scan, s)),
        .value_bytes = (uint32_t)settings->value_bytes,
        .seed = (uint64_t)settings->seed,
        .least_values = is_first ? 0 : LEAST_VALUES
    };
}

/*
 * Asks the system's connector: for the sample of `ids[0]`, or (`out` NULL) that it send its requests for all of them ahead. A
 * connection that failed once is closed and not tried again.
 */
static int ask(struct tl_sample *out, struct worker *worker, uint32_t s,
               const struct tl_dataset_id *ids, size_t n, struct tl_ctx *ctx)
{
    const struct tl_scan *scan = worker->job->scan;
    const struct tl_connector *connector = scan->systems[s].connector;
    struct tl_sample_spec spec = spec_of(worker->job, s);
    int rc = TL_OK;

    if (!worker->conns[s])
        rc = connector->open(&worker->conns[s], scan->systems[s].settings, ctx);
    if (rc == TL_OK)
        rc = out ? connector->source->sample(out, worker->conns[s], &scan->snapshot,
                                             ids[0], &spec, ctx)
                 : connector->source->ahead(worker->conns[s], &scan->snapshot, ids, n,
                                            &spec, ctx);
    if (rc < 0) {
        connector->close(worker->conns[s]);
        worker->conns[s] = NULL;
    }
    if (rc < 0 && rc != TL_ECANCEL) {
        worker->refusals[s] = tl_arena_strdup(worker->arena, ctx->error.text);
        tl_error_clear(&ctx->error);
    }
    return rc;
}

/* Reads the sample; whatever goes wrong with it is an answer, not an error: "could not tell". */
static int read_sample(struct tl_sample *out, struct worker *worker,
                       struct tl_dataset_id id, struct tl_ctx *ctx)
{
    const struct tl_scan *scan = worker->job->scan;
    const struct tl_dataset *dataset = &scan->snapshot.datasets.items[id.i];
    uint32_t s = dataset->source.i;

    *out = (struct tl_sample){ .n_columns = dataset->n_columns };
    if (scan->readings[id.i] == TL_READING_NEVER)
        return TL_OK;
    if (scan->readings[id.i] == TL_READING_UNPAID) {
        out->state = TL_SAMPLE_FAILED;
        out->why = "'budget_rows' of its source went to others: its turn comes with a "
                   "later scan";
        return TL_OK;
    }
    if (!worker->refusals[s]) {
        int rc = ask(out, worker, s, &id, 1, ctx);
        if (rc == TL_OK || rc == TL_ECANCEL)
            return rc;
    }
    *out = (struct tl_sample){ .n_columns = dataset->n_columns,
                               .state = TL_SAMPLE_FAILED,
                               .why = worker->refusals[s] };
    return TL_OK;
}

/* Comments and view SQL as the log may hold them. */
static void make_fit(struct tl_entry_dataset *entry, const struct worker *worker,
                     const struct tl_decisions *decisions)
{
    const struct tl_scan *scan = worker->job->scan;
    const struct tl_snapshot *snapshot = &scan->snapshot;
    const struct tl_dataset *dataset = &snapshot->datasets.items[entry->id.i];
    const char *comment = tl_snapshot_text(snapshot, dataset->comment);
    size_t n;
    const char *sql = tl_text_get(snapshot->texts, dataset->view_sql, &n);
    const char **comments = NULL;

    if (comment)
        entry->comment =
            tl_engine_fit(scan->engine, comment, worker->scratch, worker->arena);
    for (uint32_t c = 0; c < decisions->n_columns; c++) {
        const char *text =
            tl_snapshot_text(snapshot,
                             snapshot->columns.items[dataset->first_column + c].comment);
        if (!text)
            continue;
        if (!comments)
            comments =
                tl_arena_alloc(worker->arena, decisions->n_columns, sizeof *comments);
        comments[c] = tl_engine_fit(scan->engine, text, worker->scratch, worker->arena);
    }
    entry->column_comments = comments;
    if (sql) {
        const struct names *names = &worker->job->names[dataset->source.i];
        const char *platform =
            tl_snapshot_text(snapshot,
                             snapshot->sources.items[dataset->source.i].platform);
        const struct tl_sql_known known = { names->items, names->n,
                                            platform ? 1 + tl_sql_dialect_of(platform)
                                                     : 0 };
        struct tl_str redacted = TL_STR_INIT(TL_STR_MOST);
        tl_sql_redact(&redacted, sql, n, &known);
        entry->view_sql = tl_arena_dup(worker->arena, redacted.text, redacted.n);
        tl_str_release(&redacted);
    }
}

static bool is_as_believed(const struct tl_entry_dataset *entry,
                           const struct classify *job)
{
    struct tl_key key = tl_snapshot_key(&job->scan->snapshot, entry->id);
    const struct tl_belief *belief = job->belief;
    const struct tl_belief_dataset *old = belief ? tl_belief_find(belief, &key) : NULL;
    const char *sample = old ? tl_belief_text(belief, old->sample_digest) : NULL;

    return old && !old->is_absent && entry->sample_state != TL_SAMPLE_FAILED &&
           strcmp(tl_belief_text(belief, old->schema_digest), entry->schema_digest) ==
               0 &&
           strcmp(sample ? sample : "", entry->sample_digest) == 0 &&
           strcmp(tl_belief_text(belief, old->rules_digest), entry->rules_digest) == 0;
}

static void count_done(struct classify *job, struct tl_ctx *ctx)
{
    pthread_mutex_lock(&job->lock);
    tl_progress(ctx, "deciding datasets", ++job->n_done, job->scan->snapshot.datasets.n);
    pthread_mutex_unlock(&job->lock);
}

/* What was tried on the column that is asked for: the sample is gone when anybody could ask again. */
static int keep_trials(struct worker *worker, const struct tl_question *question,
                       struct tl_ctx *ctx)
{
    const struct tl_scan *scan = worker->job->scan;
    uint32_t d = question->dataset.i;
    const struct tl_dataset *dataset = &scan->snapshot.datasets.items[d];

    for (uint32_t c = 0; c < dataset->n_columns; c++) {
        const char *path = tl_snapshot_text(
            &scan->snapshot,
            scan->snapshot.columns.items[dataset->first_column + c].path);
        if (strcmp(path ? path : "", scan->asked) != 0)
            continue;
        int rc = tl_engine_trials(&scan->trials[d], scan->engine, question, c,
                                  worker->arena, ctx);
        return rc < 0 ? rc
                      : tl_engine_whatif(&scan->trials[d], scan->engine, question, c,
                                         worker->arena, ctx);
    }
    return TL_OK;
}

/* What is not read stays as the log has it. */
static void keep_believed(struct tl_entry_dataset *entry, const struct classify *job)
{
    struct tl_key key = tl_snapshot_key(&job->scan->snapshot, entry->id);
    const struct tl_belief_dataset *old = tl_belief_find(job->belief, &key);

    snprintf(entry->sample_digest, sizeof entry->sample_digest, "%s",
             tl_belief_text(job->belief, old->sample_digest));
    entry->is_unchanged = true;
}

static int decide(struct worker *worker, const struct tl_sample *sample,
                  struct tl_entry_dataset *entry, struct tl_ctx *ctx)
{
    struct tl_scan *scan = worker->job->scan;
    uint32_t i = entry->id.i;
    struct tl_question question = {
        .snapshot = &scan->snapshot,
        .dataset = entry->id,
        .sample = sample,
        .scratch = worker->scratch,
        .now = scan->began,
        .profile = scan->profiles[scan->snapshot.datasets.items[i].source.i],
    };
    int rc = tl_engine_decide(&scan->decisions[i], scan->engine, &question, worker->arena,
                              ctx);

    if (rc < 0)
        return rc;
    worker->job->in_doubt[i] =
        worker->job->is_first_round && sample->state == TL_SAMPLE_READ &&
        is_read_in_parts(scan, scan->snapshot.datasets.items[i].source.i) &&
        !tl_decisions_are_firm(&scan->decisions[i], &scan->snapshot, entry->id);
    if (worker->job->in_doubt[i])
        return TL_OK;
    entry->decisions = &scan->decisions[i];
    worker->job->proofs[i] = tl_proof_gather(&question, entry->decisions,
                                             tl_proof_share(scan->snapshot.datasets.n));
    make_fit(entry, worker, entry->decisions);
    return scan->asked ? keep_trials(worker, &question, ctx) : TL_OK;
}

static int classify_one(struct worker *worker, size_t i, struct tl_ctx *ctx)
{
    struct classify *job = worker->job;
    struct tl_scan *scan = job->scan;
    struct tl_entry_dataset *entry = &scan->datasets[i];
    struct tl_sample sample;
    int rc;

    *entry = (struct tl_entry_dataset){ .id = { (uint32_t)i } };
    if (scan->snapshot.datasets.items[i].broken.i)
        return TL_OK;
    entry->began = tl_now(ctx);
    tl_log_schema_digest(entry->schema_digest, &scan->snapshot, entry->id);
    entry->rules_digest =
        tl_profile_digest(scan->profiles[scan->snapshot.datasets.items[i].source.i]);
    if (scan->readings[i] == TL_READING_KEPT || scan->readings[i] == TL_READING_TURN) {
        keep_believed(entry, job);
    } else {
        if ((rc = read_sample(&sample, worker, entry->id, ctx)) < 0)
            return rc;
        entry->sample_state = (uint8_t)sample.state;
        entry->sampled_rows = sample.n_rows;
        entry->sample_why =
            sample.why ? tl_arena_strdup(worker->arena, sample.why) : NULL;
        if ((sample.state == TL_SAMPLE_READ || sample.state == TL_SAMPLE_WHOLE) &&
            scan->has_log)
            tl_sample_digest(entry->sample_digest, &sample, scan->sample_key);
        entry->is_unchanged = is_as_believed(entry, job);
        rc = entry->is_unchanged ? TL_OK : decide(worker, &sample, entry, ctx);
        if (rc < 0 || job->in_doubt[i])
            return rc;
    }
    entry->ended = tl_now(ctx);
    scan->is_looked_at[i] = 1;
    count_done(job, ctx);
    return TL_OK;
}

/* Most datasets that a worker takes at once: so many requests may be on their way to the far end. */
enum { CHUNK = 16 };

/* Tells the connection which datasets of its source it will be asked for next. */
static int announce(struct worker *worker, size_t from, size_t to, struct tl_ctx *ctx)
{
    const struct classify *job = worker->job;
    const struct tl_scan *scan = job->scan;
    const struct tl_dataset *datasets = scan->snapshot.datasets.items;
    uint32_t s = datasets[job->order[from]].source.i;
    struct tl_dataset_id ids[CHUNK];
    size_t n = 0;

    if (worker->refusals[s] || !scan->systems[s].connector->source->ahead)
        return TL_OK;
    for (size_t k = from; k < to && datasets[job->order[k]].source.i == s; k++)
        if (!datasets[job->order[k]].broken.i &&
            scan->readings[job->order[k]] == TL_READING_NOW)
            ids[n++] = (struct tl_dataset_id){ job->order[k] };
    int rc = n > 1 ? ask(NULL, worker, s, ids, n, ctx) : TL_OK;
    return rc == TL_ECANCEL ? rc : TL_OK;
}

static int classify_chunk(void *shared, void *self, size_t chunk, struct tl_ctx *ctx)
{
    const struct classify *job = shared;
    const struct tl_scan *scan = job->scan;
    const struct tl_dataset *datasets = scan->snapshot.datasets.items;
    size_t from = chunk * job->chunk, to = from + job->chunk;
    int rc = TL_OK;

    if (to > job->n_order)
        to = job->n_order;
    for (size_t k = from; rc == TL_OK && k < to; k++) {
        uint32_t i = job->order[k];
        if (k == from || datasets[i].source.i != datasets[job->order[k - 1]].source.i)
            rc = announce(self, k, to, ctx);
        if (rc == TL_OK)
            rc = classify_one(self, i, ctx);
        tl_arena_reset(ctx->scratch);
        if (rc == TL_OK && k + 1 < to)
            rc = tl_ctx_check(ctx);
    }
    return rc;
}

/* Everything, then once more and with more rows what the first look left in doubt. */
static int classify_rounds(struct classify *job, struct tl_ctx *ctx)
{
    struct tl_scan *scan = job->scan;
    size_t n = scan->snapshot.datasets.n;
    unsigned threads = (unsigned)scan->config->scan.threads;
    struct tl_job work = {
        .work = classify_chunk, .begin = begin_worker, .end = end_worker, .shared = job
    };
    int rc = TL_OK;

    job->order = tl_alloc(n + 1, sizeof *job->order);
    job->in_doubt = tl_alloc(n + 1, 1);
    for (size_t i = 0; i < n; i++)
        job->order[job->n_order++] = (uint32_t)i;
    job->is_first_round = true;
    while (rc == TL_OK && job->n_order) {
        size_t share = job->n_order / (4 * (threads ? threads : tl_pool_cores())) + 1;
        job->chunk = share < CHUNK ? share : CHUNK;
        rc = tl_pool_run(&work, (job->n_order + job->chunk - 1) / job->chunk, threads,
                         ctx);
        job->n_order = 0;
        for (size_t i = 0; i < n; i++)
            if (job->in_doubt[i])
                job->order[job->n_order++] = (uint32_t)i;
        memset(job->in_doubt, 0, n + 1);
        job->is_first_round = false;
    }
    tl_free(job->order);
    tl_free(job->in_doubt);
    return rc;
}

/* Every name of a source that has views, once. */
static void gather_names(struct names *out, const struct tl_snapshot *snapshot,
                         uint32_t source, struct tl_ctx *ctx)
{
    struct tl_map seen = TL_MAP_INIT;
    TL_VEC(const char *) names = { 0 };
    bool has_views = false;

    for (size_t d = 0; d < snapshot->datasets.n; d++)
        has_views |= snapshot->datasets.items[d].source.i == source &&
                     snapshot->datasets.items[d].view_sql.i;
    for (size_t d = 0; has_views && d < snapshot->datasets.n; d++) {
        const struct tl_dataset *dataset = &snapshot->datasets.items[d];
        if (dataset->source.i != source)
            continue;
        for (uint32_t c = 0; c <= dataset->n_columns; c++) {
            struct tl_text text =
                c < dataset->n_columns
                    ? snapshot->columns.items[dataset->first_column + c].path
                    : dataset->name;
            size_t n;
            const char *name = tl_text_get(snapshot->texts, text, &n);
            uint32_t unused;
            if (tl_map_get(&seen, name, n, &unused))
                continue;
            tl_map_put(&seen, name, n, 1);
            tl_vec_push(&names, name);
        }
    }
    out->n = names.n;
    out->items = tl_arena_alloc(ctx->arena, names.n, sizeof *out->items);
    for (size_t i = 0; i < names.n; i++)
        out->items[i] = names.items[i];
    tl_vec_release(&names);
    tl_map_release(&seen);
}

static void report_troubles(struct tl_scan *scan, struct tl_ctx *ctx)
{
    for (size_t i = 0; i < scan->snapshot.datasets.n; i++) {
        const char *broken =
            tl_snapshot_text(&scan->snapshot, scan->snapshot.datasets.items[i].broken);
        const char *why = broken ? broken : scan->datasets[i].sample_why;
        struct tl_key key =
            tl_snapshot_key(&scan->snapshot, (struct tl_dataset_id){ (uint32_t)i });
        struct tl_str name = TL_STR_INIT(1 << 16);

        if (!why)
            continue;
        /* A file given by its name is a source of one dataset of that name. */
        if (strcmp(key.source, key.dataset) == 0)
            key.source = NULL;
        tl_key_add_readable(&name, &key);
        add_trouble(scan, tl_arena_dup(ctx->arena, name.text, name.n), why, false);
        tl_str_release(&name);
    }
}

/* Patterns that backtrack without end: what they were tried on is not known, and each is named once. */
static void report_give_ups(struct tl_scan *scan, struct tl_ctx *ctx)
{
    struct tl_give_up *items;
    size_t n = tl_engine_give_ups(&items, scan->engine, ctx->arena);

    for (size_t i = 0; i < n; i++)
        add_trouble(scan,
                    tl_arena_printf(ctx->arena, "%s/%s", items[i].pack,
                                    items[i].info_type),
                    tl_arena_printf(ctx->arena,
                                    "its '%s' backtracks beyond every limit on some "
                                    "values; see: tagline rules lint",
                                    items[i].key),
                    false);
}

/* Says what a column was tagged as before it went. */
static void add_loss(struct tl_scan *scan, const struct tl_belief *belief,
                     const struct tl_belief_dataset *dataset,
                     const struct tl_belief_column *column, struct tl_ctx *ctx)
{
    struct tl_key key = tl_belief_key(belief, dataset);
    struct tl_str name = TL_STR_INIT(1 << 16), tags = TL_STR_INIT(1 << 12);

    for (uint32_t t = 0; t < column->n_tags; t++) {
        const struct tl_belief_tag *tag = &belief->tags[column->first_tag + t];
        if (tag->state != TL_REJECTED)
            tl_str_addf(&tags, "%s%s, %s", tags.n ? "; " : "",
                        tl_belief_text(belief, tag->info_type),
                        tl_state_word(tag->state));
    }
    key.field = tl_belief_text(belief, column->path);
    tl_key_add_readable(&name, &key);
    if (tags.n)
        tl_vec_push(&scan->losses,
                    ((struct tl_trouble){
                        .where = tl_arena_dup(ctx->arena, name.text, name.n),
                        .why = tl_arena_dup(ctx->arena, tags.text, tags.n) }));
    tl_str_release(&name);
    tl_str_release(&tags);
}

/* Tagged columns of one believed dataset that the snapshot (NULL: it is gone as a whole) no longer has. */
static void find_lost_columns(struct tl_scan *scan, const struct tl_belief *belief,
                              const struct tl_belief_dataset *old,
                              const struct tl_dataset *now, struct tl_ctx *ctx)
{
    struct tl_map there = TL_MAP_INIT;
    uint32_t i;

    for (i = 0; now && i < now->n_columns; i++) {
        const char *path =
            tl_snapshot_text(&scan->snapshot,
                             scan->snapshot.columns.items[now->first_column + i].path);
        tl_map_put(&there, path, strlen(path), i);
    }
    for (uint32_t c = 0; c < old->n_columns; c++) {
        const struct tl_belief_column *column = &belief->columns[old->first_column + c];
        const char *path = tl_belief_text(belief, column->path);
        if (column->n_tags && !column->is_absent &&
            !tl_map_get(&there, path, strlen(path), &i))
            add_loss(scan, belief, old, column, ctx);
    }
    tl_map_release(&there);
}

static bool was_read(const struct tl_scan *scan, const char *source)
{
    for (size_t i = 0; i < scan->snapshot.sources.n; i++)
        if (strcmp(tl_snapshot_text(&scan->snapshot,
                                    scan->snapshot.sources.items[i].name),
                   source) == 0)
            return scan->snapshot.sources.items[i].state == TL_SOURCE_READ;
    return false;
}

/* What had tags at the last scan and is gone: a column that is renamed or dropped must not go without a word. */
static void report_losses(struct tl_scan *scan, const struct tl_belief *belief,
                          struct tl_ctx *ctx)
{
    uint8_t *is_seen = tl_alloc(belief->n_datasets + 1, 1);

    for (uint32_t d = 0; d < scan->snapshot.datasets.n; d++) {
        struct tl_key key = tl_snapshot_key(&scan->snapshot, (struct tl_dataset_id){ d });
        const struct tl_belief_dataset *old = tl_belief_find(belief, &key);
        const struct tl_dataset *now = &scan->snapshot.datasets.items[d];
        if (!old)
            continue;
        is_seen[old - belief->datasets] = 1;
        if (!scan->datasets[d].is_unchanged && !now->broken.i)
            find_lost_columns(scan, belief, old, now, ctx);
    }
    for (uint32_t d = 0; d < belief->n_datasets; d++) {
        const struct tl_belief_dataset *old = &belief->datasets[d];
        if (!is_seen[d] && !old->is_absent &&
            was_read(scan, tl_belief_text(belief, old->source)))
            find_lost_columns(scan, belief, old, NULL, ctx);
    }
    tl_free(is_seen);
}

/* What the belief says was proved of one column of `old`; false: nothing. */
static bool find_kept(struct tl_proof_kept *out, const struct tl_belief *belief,
                      const struct tl_belief_dataset *old, const char *path)
{
    *out = (struct tl_proof_kept){ .spelling = NULL };
    for (uint32_t f = old->first_fact; f < old->first_fact + old->n_facts; f++) {
        const struct tl_belief_fact *fact = &belief->facts[f];
        const char *column = tl_belief_text(belief, fact->column);
        const char *name = tl_belief_text(belief, fact->name);

        if (!column || strcmp(column, path) != 0)
            continue;
        if (strcmp(name, "proof.matched") == 0) {
            out->matched = fact->count;
            out->of = fact->of;
        } else if (strncmp(name, "proof.variant.", 14) == 0) {
            out->spelling = name;
            out->by_spelling = fact->count;
        }
    }
    return out->matched && out->spelling;
}

/* Where the addresses of a source were not read again, what they proved before stands. */
static void keep_proofs(struct classify *job, size_t d, struct tl_ctx *ctx)
{
    const struct tl_scan *scan = job->scan;
    const struct tl_snapshot *snapshot = &scan->snapshot;
    struct tl_key key = tl_snapshot_key(snapshot, (struct tl_dataset_id){ (uint32_t)d });
    const struct tl_belief_dataset *old = tl_belief_find(job->belief, &key);
    struct tl_decisions *decisions = &scan->decisions[d];

    for (uint32_t c = 0; old && c < decisions->n_columns; c++) {
        const struct tl_column *column =
            &snapshot->columns.items[snapshot->datasets.items[d].first_column + c];
        struct tl_proof_kept kept;

        if (!find_kept(&kept, job->belief, old, tl_snapshot_text(snapshot, column->path)))
            continue;
        const struct tl_belief_column *was = NULL;
        for (uint32_t i = 0; i < old->n_columns && !was; i++)
            if (strcmp(tl_belief_text(job->belief,
                                      job->belief->columns[old->first_column + i].path),
                       tl_snapshot_text(snapshot, column->path)) == 0)
                was = &job->belief->columns[old->first_column + i];
        for (uint32_t t = 0; was && t < was->n_tags; t++)
            kept.is_phone |=
                strcmp(tl_belief_text(job->belief,
                                      job->belief->tags[was->first_tag + t].info_type),
                       "hashed_phone") == 0;
        tl_proof_keep(decisions, job->proofs[d], c, &kept, scan->engine, ctx->arena);
    }
}

static bool holds_addresses(const struct tl_belief *belief,
                            const struct tl_belief_dataset *dataset)
{
    for (uint32_t c = 0; c < dataset->n_columns; c++) {
        const struct tl_belief_column *column =
            &belief->columns[dataset->first_column + c];
        for (uint32_t t = 0; t < column->n_tags && !column->is_absent; t++) {
            const struct tl_belief_tag *tag = &belief->tags[column->first_tag + t];
            if (tag->state != TL_REJECTED && !tag->is_inside &&
                tl_proof_is_address(tl_belief_text(belief, tag->info_type)))
                return true;
        }
    }
    return false;
}

/* Whether some dataset of a source, as believed, holds addresses that this run did not read: nothing speaks against a proof by them. */
static bool has_unread_addresses(const struct classify *job, size_t from, size_t to)
{
    const struct tl_scan *scan = job->scan;

    for (size_t d = from; d < to; d++) {
        const struct tl_entry_dataset *entry = &scan->datasets[d];
        struct tl_key key =
            tl_snapshot_key(&scan->snapshot, (struct tl_dataset_id){ (uint32_t)d });
        const struct tl_belief_dataset *old = tl_belief_find(job->belief, &key);
        bool is_read = !entry->is_unchanged && (entry->sample_state == TL_SAMPLE_READ ||
                                                entry->sample_state == TL_SAMPLE_WHOLE);

        if (!is_read && old && holds_addresses(job->belief, old))
            return true;
    }
    return false;
}

/* Digests are held against the addresses of their source, once all of it was decided: the order of work shows nowhere. */
static int prove(struct classify *job, struct tl_ctx *ctx)
{
    const struct tl_scan *scan = job->scan;
    const struct tl_dataset *datasets = scan->snapshot.datasets.items;
    size_t n = scan->snapshot.datasets.n;

    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && datasets[to].source.i == datasets[from].source.i;)
            to++;
        int rc = tl_proof_settle(scan->decisions + from, job->proofs + from, to - from,
                                 scan->engine, ctx->arena, ctx);
        if (rc < 0)
            return rc;
        if (!job->belief || !has_unread_addresses(job, from, to))
            continue;
        for (size_t d = from; d < to; d++)
            if (job->proofs[d])
                keep_proofs(job, d, ctx);
    }
    return TL_OK;
}

int tl_scan_classify(struct tl_scan *scan, const struct tl_belief *belief,
                     struct tl_ctx *ctx)
{
    size_t n = scan->snapshot.datasets.n;
    struct classify job = { .scan = scan, .belief = belief };

    begin_stage(scan, "classify", ctx);
    tl_sampling_plan(scan, belief, scan->sampled, scan->n_sampled, ctx);
    scan->decisions = tl_alloc(n + 1, sizeof *scan->decisions);
    scan->datasets = tl_alloc(n + 1, sizeof *scan->datasets);
    scan->is_looked_at = tl_alloc(n + 1, 1);
    scan->trials = scan->asked ? tl_alloc(n + 1, sizeof *scan->trials) : NULL;
    job.names = tl_arena_alloc(ctx->arena, scan->n_systems + 1, sizeof *job.names);
    for (uint32_t s = 0; s < scan->snapshot.sources.n; s++)
        gather_names(&job.names[s], &scan->snapshot, s, ctx);
    pthread_mutex_init(&job.lock, NULL);
    job.proofs = tl_alloc(n + 1, sizeof(struct tl_proof_part *));
    int rc = classify_rounds(&job, ctx);
    if (rc == TL_OK)
        rc = prove(&job, ctx);
    for (size_t i = 0; i < n; i++)
        tl_proof_drop(job.proofs[i]);
    tl_free(job.proofs);
    pthread_mutex_destroy(&job.lock);
    tl_progress_end(ctx);
    if (rc < 0)
        return rc;
    report_troubles(scan, ctx);
    report_give_ups(scan, ctx);
    if (belief)
        report_losses(scan, belief, ctx);
    end_stage(scan, ctx);
    return TL_OK;
}

/* ---- lineage ---- */

/* "etl/load.sql:3:12", or "shop/main/v" and behind it the place in its SQL. */
static void add_problem(struct tl_scan *scan, const struct tl_edge_problem *problem,
                        struct tl_ctx *ctx)
{
    const char *where =
        problem->target ? tl_key_text_readable(problem->target, ctx) : "a view";

    if (problem->query)
        add_trouble(scan,
                    tl_query_place(problem->query, problem->line, problem->column, ctx),
                    problem->what, false);
    else
        add_trouble(scan, where,
                    tl_arena_printf(ctx->arena, "line %u, column %u of its SQL: %s",
                                    problem->line, problem->column, problem->what),
                    false);
}

/* A problem names what is not known, which may be a value in the wrong quotes: "bob@example.com". It is logged. */
static void fit_problems(struct tl_scan *scan, struct tl_ctx *ctx)
{
    struct tl_engine_scratch *scratch = tl_engine_scratch_open();

    for (size_t i = 0; i < scan->derived.edges.problems.n; i++) {
        struct tl_edge_problem *problem = &scan->derived.edges.problems.items[i];

        if (problem->what)
            problem->what =
                tl_engine_fit(scan->engine, problem->what, scratch, ctx->arena);
    }
    tl_engine_scratch_close(scratch);
}

int tl_scan_lineage(struct tl_scan *scan, const struct tl_belief *belief,
                    struct tl_ctx *ctx)
{
    struct tl_derive what = { .snapshot = &scan->snapshot,
                              .belief = belief,
                              .queries = scan->queries,
                              .n_queries = scan->n_queries,
                              .functions = scan->config->functions.items,
                              .n_functions = scan->config->functions.n };

    begin_stage(scan, "lineage", ctx);
    int rc = tl_derive(&scan->derived, &what, ctx);
    if (rc < 0)
        return rc;
    fit_problems(scan, ctx);
    for (size_t i = 0; i < scan->derived.edges.problems.n; i++)
        add_problem(scan, &scan->derived.edges.problems.items[i], ctx);
    end_stage(scan, ctx);
    return TL_OK;
}

/* ---- log ---- */

void tl_entry_begin(struct tl_entry *entry, const char *kind,
                    const struct tl_config *config, struct tl_ctx *ctx)
{
    memset(entry, 0, sizeof *entry);
    entry->kind = kind;
    tl_trace_id_new(&entry->trace);
    entry->began = tl_now(ctx);
    entry->actor = config->actor ? config->actor : "unnamed";
    entry->version = TAGLINE_VERSION;
    entry->decision_version = TL_DECISION_VERSION;
    entry->config_digest = config->digest[0] ? config->digest : NULL;
    entry->seed = (uint64_t)config->scan.seed;
}

static struct tl_entry_rule rule_of_text(const char *name, struct tl_str *text,
                                         struct tl_ctx *ctx)
{
    struct tl_entry_rule rule = { .name = name, .n = text->n };
    struct tl_sha256 digest;

    tl_sha256_of(&digest, text->text, text->n);
    tl_hex(rule.digest, digest.bytes, sizeof digest.bytes);
    rule.text = tl_arena_dup(ctx->arena, text->text, text->n);
    tl_str_release(text);
    return rule;
}

/* What tagline.yaml says of the rules decides as well: it is kept as a pack is, so that "under which rules" can be shown. */
static void add_words(struct tl_str *text, const char *indent, const char *key,
                      const struct tl_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        tl_str_addf(text, "%s%s%s%s%s", i ? "" : indent, i ? "" : key, i ? ", " : ": [",
                    list->items[i], i + 1 < list->n ? "" : "]\n");
}

/* Which packs and types are on, for all and by source. */
static void add_switches(struct tl_str *text, const struct tl_config *config)
{
    add_words(text, "", "only", &config->switches.only);
    add_words(text, "", "locales", &config->switches.locales);
    for (size_t i = 0; i < config->sources.n; i++) {
        const struct tl_system *system = &config->sources.items[i];
        const struct tl_switches *own = &system->rules;

        if (!own->only.n && !own->without.n && !own->locales.n)
            continue;
        tl_str_addf(text, "%s:\n", system->name);
        add_words(text, "  ", "only", &own->only);
        add_words(text, "  ", "without", &own->without);
        add_words(text, "  ", "locales", &own->locales);
    }
}

static struct tl_entry_rule settings_rule(const struct tl_config *config,
                                          struct tl_ctx *ctx)
{
    const struct tl_engine_settings *settings = &config->rules;
    struct tl_str text = TL_STR_INIT(1 << 20);

    tl_str_addf(
        &text,
        "decision_version: %d\nfloor: %u # per mille; 0: the built-in one\nwithout:%s\n",
        TL_DECISION_VERSION, settings->floor, settings->without.n ? "" : " []");
    for (size_t i = 0; i < settings->without.n; i++)
        tl_str_addf(&text, "  - %s\n", settings->without.items[i]);
    add_switches(&text, config);
    tl_config_consent_text(&text, config);
    return rule_of_text("settings", &text, ctx);
}

/* So does what it says of datasets, functions and policies. */
static struct tl_entry_rule known_rule(const struct tl_config *config, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_config_known_text(&text, config);
    return rule_of_text("known", &text, ctx);
}

static void name_rules(struct tl_entry *entry, const struct tl_scan *scan,
                       struct tl_ctx *ctx)
{
    const struct tl_pack *packs;
    const struct tl_policy_pack *policies;
    size_t n = tl_engine_packs(&packs, scan->engine);
    size_t n_policies = tl_policies_packs(&policies, scan->policies);
    struct tl_entry_rule *rules =
        tl_arena_alloc(ctx->arena, n + n_policies + 2, sizeof *rules);

    for (size_t i = 0; i < n; i++) {
        rules[i] = (struct tl_entry_rule){ .name = packs[i].name,
                                           .text = packs[i].text,
                                           .n = packs[i].n };
        memcpy(rules[i].digest, packs[i].digest, sizeof rules[i].digest);
    }
    rules[n] = settings_rule(scan->config, ctx);
    rules[n + 1] = known_rule(scan->config, ctx);
    for (size_t i = 0; i < n_policies; i++) {
        struct tl_entry_rule *rule = &rules[n + 2 + i];
        *rule = (struct tl_entry_rule){ .name = policies[i].name,
                                        .text = policies[i].text,
                                        .n = policies[i].n };
        memcpy(rule->digest, policies[i].digest, sizeof rule->digest);
    }
    entry->rules = rules;
    entry->n_rules = n + 2 + n_policies;
    entry->rules_digest = tl_engine_digest(scan->engine);
}

void tl_entry_carry(struct tl_entry *entry, const struct tl_engine *engine,
                    const struct tl_config *config)
{
    entry->n_carry = tl_engine_carry_rules(&entry->carry, engine);
    entry->carry_floor = config->scan.carry_floor;
}

/* The entry of a scan; `looked` has room for every dataset. */
static void make_entry(struct tl_entry *entry, struct tl_entry_dataset *looked,
                       const struct tl_scan *scan, struct tl_ctx *ctx)
{
    tl_entry_begin(entry, "scan", scan->config, ctx);
    for (size_t i = 0; i < scan->snapshot.datasets.n; i++)
        if (scan->is_looked_at[i])
            looked[entry->n_datasets++] = scan->datasets[i];
    entry->began = scan->began;
    name_rules(entry, scan, ctx);
    tl_entry_carry(entry, scan->engine, scan->config);
    entry->snapshot = &scan->snapshot;
    entry->datasets = looked;
    entry->edges = &scan->derived.edges;
    entry->stages = scan->stages;
    entry->n_stages = scan->n_stages;
    entry->ended = tl_now(ctx);
}

static int ask_policies(struct tl_scan *scan, const struct tl_graph *graph,
                        struct tl_ctx *ctx)
{
    return tl_policies_check(&scan->verdicts, scan->policies, graph,
                             scan->config->declarations.items,
                             scan->config->declarations.n, ctx);
}

int tl_scan_log(struct tl_appended *out, struct tl_scan *scan, struct tl_log *log,
                struct tl_ctx *ctx)
{
    struct tl_entry_dataset *looked =
        tl_alloc(scan->snapshot.datasets.n + 1, sizeof *looked);
    struct tl_settled *settled = NULL;
    struct tl_entry entry;

    make_entry(&entry, looked, scan, ctx);
    int rc = tl_log_settle(&settled, log, &entry, scan->config->scan.wait, ctx);
    if (rc == TL_OK)
        rc = ask_policies(scan, tl_settled_graph(settled), ctx);
    if (rc == TL_OK)
        rc = tl_log_write(out, settled, &scan->verdicts, ctx);
    else
        tl_log_abandon(settled);
    tl_free(looked);
    return rc;
}

int tl_scan_foresee(struct tl_graph **out, struct tl_scan *scan, struct tl_ctx *ctx)
{
    struct tl_entry_dataset *looked =
        tl_alloc(scan->snapshot.datasets.n + 1, sizeof *looked);
    struct tl_entry entry;

    make_entry(&entry, looked, scan, ctx);
    int rc = tl_log_foresee(out, &entry, NULL, ctx);
    if (rc == TL_OK)
        rc = ask_policies(scan, *out, ctx);
    tl_free(looked);
    return rc;
}
