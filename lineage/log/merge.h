/*
 * What a run found, laid over what the log believes: the rules by which a person's word stands, what vanished is withdrawn and
 * what did not change keeps its bytes. Pure: reads and writes no files. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_MERGE_H
#define TL_LINEAGE_LOG_MERGE_H

#include "lineage/log/log.h"
#include "lineage/log/state.h"

/* A change of confidence within a band of so many per mille is none. */
#define TL_CONFIDENCE_BAND 50
/* A type that was rejected speaks up again where it is so many per mille surer than when it was. */
#define TL_MUCH_SURER 100
/* Counts of one fact whose shares differ by less, in per mille, are the same: samples move at every scan. */
#define TL_FACT_BAND 20

struct tl_merge {
    const struct tl_entry *entry;
    const struct tl_belief *belief;
    const char *trace;     /* the run, hex */
    int64_t since;         /* of tags that change: the end of the run, whole seconds */
    struct tl_arena *into; /* for one dataset */
    struct tl_appended *counts;         /* n_new_tags and its like are counted up */
    const struct tl_verdicts *verdicts; /* of the run; NULL: policies were not asked */
    bool is_trial;                      /* nothing will be written: spans are not named */
};

/* One dataset that was decided anew. `old` is the belief's; NULL: it is new. Edges, problems and carried tags are the old ones still. */
void tl_merge_dataset(struct tl_state_file *out, const struct tl_merge *merge,
                      const struct tl_entry_dataset *seen,
                      const struct tl_belief_dataset *old);

/* Whether a person spoke of any column. */
bool tl_merge_is_spoken_of(const struct tl_belief *belief,
                           const struct tl_belief_dataset *old);
/* A dataset that its source no longer has: what a person spoke of stays, as absent; the rest goes. */
void tl_merge_gone(struct tl_state_file *state, const struct tl_merge *merge);

/*
 * A person's word on a column of `state`. `span` (hex) is the word's. `*said` gets the tag that came of it, which links
 * to what it replaced. TL_ENOTFOUND where there is no such column, or no such tag to accept.
 */
int tl_merge_word(struct tl_state_tag **said, struct tl_state_file *state,
                  const struct tl_word *word, const char *span,
                  const struct tl_merge *merge, struct tl_ctx *ctx);

/* The tag is this run's, and replaces `old` (NULL: nothing); its span is named by the caller. */
void tl_merge_mark(struct tl_state_tag *tag, const struct tl_state_tag *old,
                   const struct tl_merge *merge);
/* Rejected and withdrawn ones first, then carried ones, then proposals with the dominant one last, then what a person confirmed. */
void tl_merge_sort(struct tl_state_column *column);

/* "source/database/schema/dataset#field": what a column's span id is made from; a step is appended behind a space. */
void tl_merge_span_of(char out[17], const struct tl_merge *merge, const char *name,
                      size_t n);

#endif
