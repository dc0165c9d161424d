/*
 * What a run says in spans: one line for each dataset decided anew, each source, each word, each thing pushed, and last the run
 * with its stages. Names, counts, types and rule ids; never a value. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_SPANS_H
#define TL_LINEAGE_LOG_SPANS_H

#include "lineage/log/flows.h"
#include "lineage/log/trail.h"

/* What came of one source. */
struct tl_source_account {
    const struct tl_source *source;
    struct tl_digest manifest; /* over its unchanged datasets; see README.md of the log */
    char manifest_hex[65];     /* "" where none was unchanged */
    size_t n_decided, n_unchanged, n_kept, n_gone;
    TL_VEC(const char *)
    left_out; /* key texts of datasets that are in the snapshot but were not decided */
    TL_VEC(const char *) gone;
};

int tl_spans_dataset(struct tl_trail *trail, const struct tl_merge *merge,
                     const struct tl_entry_dataset *seen,
                     const struct tl_state_file *state,
                     const struct tl_flow_change *change, struct tl_ctx *ctx);
/* A dataset that was not decided anew, but something else flows into it now. */
int tl_spans_reroute(struct tl_trail *trail, const struct tl_merge *merge,
                     const char *text, const struct tl_state_file *state,
                     const struct tl_flow_change *change, struct tl_ctx *ctx);
/* What was not understood of SQL whose target is not even known. */
int tl_spans_loose(struct tl_trail *trail, const struct tl_merge *merge,
                   const struct tl_edge_problem *problems, size_t n, struct tl_ctx *ctx);
int tl_spans_source(struct tl_trail *trail, const struct tl_merge *merge,
                    const struct tl_source_account *account, struct tl_ctx *ctx);
int tl_spans_word(struct tl_trail *trail, const struct tl_merge *merge,
                  const struct tl_word *word, const struct tl_state_tag *said,
                  struct tl_ctx *ctx);
/* What was pushed, a line for the items of one dataset, with what was refused. */
int tl_spans_push(struct tl_trail *trail, const struct tl_merge *merge,
                  struct tl_ctx *ctx);
/* What policies say: a span with the counts, and one for each verdict below it. */
int tl_spans_policy(struct tl_trail *trail, const struct tl_merge *merge,
                    const struct tl_verdicts *verdicts, struct tl_ctx *ctx);
int tl_spans_run(struct tl_trail *trail, const struct tl_merge *merge,
                 struct tl_ctx *ctx);

/* ---- what the files that tell of a run share: spans.c, spans_flow.c, spans_policy.c ---- */

/* Of the run, done, as long as the run. */
struct tl_span tl_spans_begin(const struct tl_merge *merge, const char *name);
/* The id of what `kind` and a name (NULL: none; encoded) say together. */
void tl_spans_name(struct tl_span_id *id, const struct tl_merge *merge, const char *kind,
                   const char *name);
/* A link names trace and span; the day of the run, which names its folder, stands beside it. */
void tl_spans_link(struct tl_span *span, const struct tl_state_tag *tag);
void tl_spans_tag(struct tl_span_line *line, const struct tl_state_tag *tag);
/* How many edges, problems and carried tags the state has, and what of them is this run's. */
void tl_spans_flow_counts(struct tl_span_line *line, const struct tl_state_file *state,
                          const struct tl_flow_change *change);
/* A span for each carried tag that is this run's and each that is lost. `text` is the dataset's key, `parent` its span. */
void tl_spans_carried(struct tl_span_line *line, const struct tl_merge *merge,
                      const char *text, const struct tl_state_file *state,
                      const struct tl_flow_change *change,
                      const struct tl_span_id *parent, struct tl_ctx *ctx);
/* "tagline.path": the origin first, "key#field", then "key#field effect". A long one loses its middle. */
void tl_spans_path(struct tl_span_line *line, const struct tl_step *steps, uint32_t n,
                   struct tl_arena *into);

#endif
