/*
 * The log: a bare git repository with one commit a run, readable by stock git.
 * Written under one lock, one pack of new objects at a time, then the ref by compare-and-swap: after kill -9 at any moment it is
 * exactly before or exactly after. Used by cli/; sinks and reports read its belief.
 */
#ifndef TL_LINEAGE_LOG_H
#define TL_LINEAGE_LOG_H

#include "base/model.h"
#include "base/span.h"
#include "lineage/graph/graph.h"

struct tl_ctx;
struct tl_log;

/* Makes an empty log (format, README.md, signers/) with a first commit. TL_EWRITE where something else stands at `path`. */
int tl_log_create(const char *path, struct tl_ctx *ctx);

/* Whether nothing but perhaps an empty folder stands at `path`: there tl_log_create can make one. */
bool tl_log_is_missing(const char *path);

/*
 * Opens. A folder that is no log: TL_ECONFIG. A newer format: TL_ECONFIG, names both. Damaged: TL_ELOG. What a killed
 * run left behind is swept when the next append holds the lock. Close with tl_log_close.
 */
int tl_log_open(struct tl_log **out, const char *path, struct tl_ctx *ctx);
void tl_log_close(struct tl_log *log); /* NULL is fine */

/* The belief at the tip. Read from the disposable index, which is rebuilt when it does not fit the tip. Borrowed. */
int tl_log_belief(const struct tl_belief **out, struct tl_log *log, struct tl_ctx *ctx);

/*
 * The log's secret: bytes that stay in its folder (tagline/secret, mode 0600), outside git, so that no clone has them. Made when
 * first asked for. Who loses it loses nothing but that samples are not known again and their datasets are decided anew.
 */
int tl_log_secret(unsigned char *out, size_t n, struct tl_log *log, struct tl_ctx *ctx);

/* What a source said a dataset's content was at when its sample was last read, and when that was (ns, whole seconds). */
struct tl_sampled {
    const char *key; /* as tl_key_add writes it */
    uint64_t version;
    int64_t at;
};
/* From a disposable file in the log's folder, outside git: who loses it has samples read once more. Array and texts in the context's arena. */
int tl_log_sampled(struct tl_sampled **out, size_t *n, struct tl_log *log,
                   struct tl_ctx *ctx);
/* Replaces all of it, or nothing: what cannot be written is not worth failing for. */
void tl_log_sampled_put(struct tl_log *log, const struct tl_sampled *items, size_t n,
                        struct tl_ctx *ctx);

/* One dataset that was looked at in this run. */
struct tl_entry_dataset {
    struct tl_dataset_id id;
    bool is_unchanged; /* same three digests as the belief: only the manifest names it */
    const struct tl_decisions *decisions; /* NULL when unchanged */
    char schema_digest[65], sample_digest[65];
    uint8_t sample_state; /* enum tl_sample_state */
    uint32_t sampled_rows;
    const char *sample_why; /* of a failed sample */
    const char *comment;    /* fit to be logged; NULL: none */
    const char *const
        *column_comments; /* fit to be logged, one a column; NULL: no column has one */
    const char *view_sql; /* literals replaced; NULL: none */
    int64_t began, ended; /* ns, wall */
    const char *rules_digest; /* of what decided it; NULL: the entry's */
};

struct tl_entry_stage {
    const char *name; /* "pull", "classify" */
    int64_t began, ended;
};
struct tl_entry_rule {
    char digest[65];
    const char *name; /* "core" */
    const char *text; /* stored as rules/<digest>.yaml */
    size_t n;
};

/* What one run adds. Everything is borrowed. Unused parts are empty. */
struct tl_entry {
    const char *kind;         /* "scan", "review", "push" */
    struct tl_trace_id trace; /* the run's id */
    struct tl_span_id parent; /* from TRACEPARENT; all zero: a root */
    int64_t began, ended;
    const char *actor;   /* actor id: [A-Za-z0-9._-]{1,64} */
    const char *version; /* of the program */
    unsigned decision_version;
    const char *rules_digest;  /* tl_engine_digest */
    const char *config_digest; /* SHA-256 of tagline.yaml, hex; NULL: none */
    uint64_t seed;
    const struct tl_snapshot *snapshot; /* scan */
    const struct tl_entry_dataset *
        datasets; /* in snapshot order; a dataset of the snapshot that is not here was left out by a failure */
    size_t n_datasets;
    const struct tl_entry_stage *stages;
    size_t n_stages;
    const struct tl_entry_rule *rules;
    size_t n_rules;
    const struct tl_word *words; /* review */
    size_t n_words;
    /*
     * scan: every edge and problem into datasets of the sources that were read, by tl_edge_compare. NULL: lineage was not looked at, edges
     * stay as they are believed. A dataset that the snapshot lacks and only SQL names is kept as an absent one, with its edges
     * and without columns: tags travel along them in later entries too.
     */
    const struct tl_edges *edges;
    const struct tl_carry_rule *
        carry; /* how tags change on the way; used by every kind of entry. NULL: carried tags stay as they are believed */
    size_t n_carry;
    unsigned carry_floor;             /* per mille */
    const struct tl_receipt *receipt; /* push; NULL otherwise */
    const struct tl_plan *plan;       /* push: what was asked for */
};

/* What came of it, for people and metrics. */
struct tl_appended {
    char commit[65];
    uint64_t first_leaf, n_leaves, tree_size;
    size_t n_decided, n_unchanged, n_gone,
        n_kept; /* datasets; kept: of sources that failed */
    size_t n_new_tags, n_changed_tags, n_withdrawn_tags;
    size_t n_carried_tags; /* as they stand now: before, and new, less gone */
    size_t n_new_carried, n_changed_carried, n_gone_carried;
    size_t
        n_owned_carried; /* of the gone: those that are the column's own now, by a person's word or by what was found in it */
    size_t n_edges, n_new_edges, n_gone_edges,
        n_problems; /* n_edges, n_problems: as they stand now */
    size_t
        n_rerouted; /* datasets not decided anew of which edges, problems or carried tags changed */
    size_t bytes; /* of the new pack and its index */
};

/*
 * An entry that is about to be written: the lock is held, the decisions are merged with the belief at the tip, tags are carried. Ask
 * policies of its graph, then write or abandon it: the entry is borrowed until then, and the belief stays as it is.
 */
struct tl_settled;
int tl_log_settle(struct tl_settled **out, struct tl_log *log,
                  const struct tl_entry *entry, int64_t wait_ns, struct tl_ctx *ctx);
const struct tl_graph *tl_settled_graph(const struct tl_settled *settled);
/* Writes it with the verdicts (NULL: none were asked for), fsyncs, moves the ref; closes `settled` whatever comes of it. */
int tl_log_write(struct tl_appended *out, struct tl_settled *settled,
                 const struct tl_verdicts *verdicts, struct tl_ctx *ctx);
void tl_log_abandon(struct tl_settled *settled); /* NULL is fine */

/* What the graph would be, without a log or a lock: for --dry-run. `belief` NULL: none. Close it with tl_graph_close. */
int tl_log_foresee(struct tl_graph **out, const struct tl_entry *entry,
                   const struct tl_belief *belief, struct tl_ctx *ctx);

/*
 * Settles and writes, without verdicts.
 * Adds the entry to whatever the tip is now: waits up to `wait_ns` for another writer (TL_EBUSY names its process), merges the
 * decisions with the belief at the tip (a person's word stands; what vanished is withdrawn; datasets of failed sources stay),
 * writes, fsyncs, moves the ref. On any failure the log is as before.
 */
int tl_log_append(struct tl_appended *out, struct tl_log *log,
                  const struct tl_entry *entry, int64_t wait_ns, struct tl_ctx *ctx);

/* ---- reading ---- */

struct tl_log_run {
    char commit[65],
        run[33]; /* run: trace id, hex; "" for the commit that made the log */
    const char *kind, *actor, *subject;
    int64_t when; /* ns */
};
/* Newest first, at most `most`. Results in the context's arena. */
int tl_log_runs(struct tl_log_run **out, size_t *n, size_t most, struct tl_log *log,
                struct tl_ctx *ctx);

/* run.json of a run named by its id, its commit, or an unambiguous prefix (4 characters at least) of either. json_decref it. */
int tl_log_run(json_t **out, struct tl_log_run *run, const char *name, struct tl_log *log,
               struct tl_ctx *ctx);

/*
 * The belief as it stood: `at` is a time ("2026-11-20T18:04:05Z", or a day: its end), for the last run until then, or names a run as tl_log_run
 * takes it. `run` gets the one that it is the belief of. Borrowed, in place of what tl_log_belief gave; TL_ENOTFOUND where the log began later.
 */
int tl_log_belief_at(const struct tl_belief **out, struct tl_log_run *run, const char *at,
                     struct tl_log *log, struct tl_ctx *ctx);

/* Calls `each` with every span line of a run, without the newline. Stops at the first negative answer. */
int tl_log_spans(const struct tl_log_run *run,
                 int (*each)(void *self, const char *line, size_t n, struct tl_ctx *ctx),
                 void *self, struct tl_log *log, struct tl_ctx *ctx);

/* One step in the history of a tag: the newest first. Texts in the context's arena. */
struct tl_blame_step {
    char commit[65], run[33], span[17];
    int64_t when;
    const char *actor, *kind; /* run's */
    const char *info_type, *state, *origin;
    unsigned confidence;
    const char *
        why; /* a person's reason, the rules that spoke with counts, or of a carried tag the path, origin first */
    const struct tl_step *
        path; /* of a carried tag as it stands: from its origin to here; n_path 0 otherwise */
    uint32_t n_path;
    const char *rules_digest;
    /* of a carried tag and of a lost one: the column where it set out (key text with field) and what it was tagged as there; else NULL */
    const char *from, *from_type;
};
/* Follows a tag's deciding spans back through their links. */
int tl_log_blame(struct tl_blame_step **out, size_t *n,
                 const struct tl_belief_hit *column, const char *info_type,
                 struct tl_log *log, struct tl_ctx *ctx);

/*
 * All that was ever decided on a column, newest first: of the tags that it has, and of those that it had and that the belief has forgotten. The
 * state of a carried tag that went is "lost", and `why` says why; its `span` is "" where no span tells of it, because the column itself
 * had gone. `info_type` NULL: of any type. `*n` is 0 where there is nothing. Reads the tips of all runs (lineage/log/history.h has the bound).
 */
int tl_log_history(struct tl_blame_step **out, size_t *n,
                   const struct tl_belief_hit *column, const char *info_type,
                   struct tl_log *log, struct tl_ctx *ctx);

/* Bytes of all packs, for metrics. */
size_t tl_log_size(const struct tl_log *log);

#endif
