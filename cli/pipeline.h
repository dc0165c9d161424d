/*
 * The straight line: sources -> snapshot -> decisions -> edges -> settled and carried tags -> verdicts -> log entry. The only file
 * that knows all stages; each takes the earlier results as const and fills its own part of struct tl_scan.
 */
#ifndef TL_CLI_PIPELINE_H
#define TL_CLI_PIPELINE_H

#include "cli/config.h"
#include "lineage/log/log.h"

/* Why a dataset or source could not be told; for people. */
struct tl_trouble {
    const char *where; /* "shop" or "shop/main/orders" */
    const char *why;
    bool is_source; /* all of it: its datasets keep their last belief */
};

struct tl_scan {
    const struct tl_config *config;
    const struct tl_system
        *systems; /* what is scanned: one a source of the snapshot, same order */
    size_t n_systems;
    struct tl_engine *engine;
    struct tl_profile **profiles; /* one a system: which types are on there */
    struct tl_snapshot snapshot;
    struct tl_decisions *decisions; /* by dataset id; n_columns 0 where none was made */
    struct tl_entry_dataset *datasets; /* by dataset id */
    uint8_t *is_looked_at;             /* by dataset id */
    uint8_t *readings;                 /* by dataset id: enum tl_reading */
    struct tl_sampled *sampled; /* what the log's folder knows of earlier samples */
    size_t n_sampled;
    TL_VEC(struct tl_trouble) troubles;
    TL_VEC(struct tl_trouble)
    losses;                   /* what had tags and is gone; `why` lists its tags */
    struct tl_query *queries; /* the SQL files that `queries:` names */
    size_t n_queries;
    struct tl_derived derived;   /* edges of views and query files */
    struct tl_verdicts verdicts; /* of what was settled */
    struct tl_policies *policies;
    struct tl_entry_stage stages[4];
    size_t n_stages;
    int64_t began;
    unsigned char sample_key
        [TL_SAMPLE_KEY_BYTES]; /* the log's; without a log no sample is known again */
    bool has_log;
    const char *asked;        /* field path whose trials are kept; NULL: none */
    struct tl_trials *trials; /* by dataset id; n 0 where it has no such column */
    struct tl_arena **arenas; /* one a worker: decisions live there */
    size_t n_arenas;
};

/* Opens the engine. `systems` are borrowed. Release after use, whatever begin answered. */
int tl_scan_begin(struct tl_scan *scan, const struct tl_config *config,
                  const struct tl_system *systems, size_t n, struct tl_ctx *ctx);
/* Reads schemas. A source that fails is a trouble, not an error. */
int tl_scan_pull(struct tl_scan *scan, struct tl_ctx *ctx);
/* Reads samples and decides, on several threads. Datasets that stand in `belief` with the same digests are unchanged (NULL: none). */
int tl_scan_classify(struct tl_scan *scan, const struct tl_belief *belief,
                     struct tl_ctx *ctx);
/* Derives edges from the views, and from the configuration's query files. What is not understood is a trouble, not an error. */
int tl_scan_lineage(struct tl_scan *scan, const struct tl_belief *belief,
                    struct tl_ctx *ctx);
/* The same without a log: settles, carries and asks the policies; nothing is written. Close the graph with tl_graph_close. */
int tl_scan_foresee(struct tl_graph **out, struct tl_scan *scan, struct tl_ctx *ctx);
/* Settles what was found with the log's belief, carries tags, asks the policies, and adds it all to the log. */
int tl_scan_log(struct tl_appended *out, struct tl_scan *scan, struct tl_log *log,
                struct tl_ctx *ctx);
void tl_scan_release(struct tl_scan *scan);

/*
 * Shows the columns (`all`: the untagged too) of a scan that was not logged: a table, or the JSON lines that are the contract of `classify --json`.
 * A file goes by its operand (one a system), anything else by its key; `operands` may be NULL.
 */
void tl_scan_show(const struct tl_scan *scan, bool as_json, bool all,
                  const char *const *operands, struct tl_ctx *ctx);

/* All of it, for the configuration's sources, into its log (made where there is none). */
int tl_pipeline_run(struct tl_scan *scan, struct tl_appended *appended,
                    struct tl_log *log, const struct tl_config *config,
                    struct tl_ctx *ctx);

/* The SQL files that `queries:` names, read: in the order of the configuration, then of their names. A pattern without files is a
 * warning. `source`: where the names of those are looked up that name none; NULL: that is an error. queries.c. */
int tl_read_queries(struct tl_query **out, size_t *n, const struct tl_config *config,
                    const char *source, struct tl_ctx *ctx);
/* One of them; "-" is standard input. Fills name, text and length. */
int tl_query_read(struct tl_query *out, const char *path, const char *name,
                  struct tl_ctx *ctx);
/* What every entry says of how tags are carried. */
void tl_entry_carry(struct tl_entry *entry, const struct tl_engine *engine,
                    const struct tl_config *config);

/* An entry of `kind` with who, when and by what filled in; the rest empty. */
void tl_entry_begin(struct tl_entry *entry, const char *kind,
                    const struct tl_config *config, struct tl_ctx *ctx);

/* Opens the configuration's log; `may_make`: makes it where there is none. */
int tl_open_log(struct tl_log **out, const struct tl_config *config, bool may_make,
                struct tl_ctx *ctx);

#endif
