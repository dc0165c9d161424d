/*
 * What the log holds of the decision on one column, read back as the engine handed it out: the opinions with their counts, the sample,
 * the rules, who and when; and whether it was looked at since. Works offline; not the history of its tags, which is blame's. Used by cli/.
 */
#ifndef TL_LINEAGE_LOG_EVIDENCE_H
#define TL_LINEAGE_LOG_EVIDENCE_H

#include "lineage/log/log.h"

/* Texts and arrays live in the context's arena. */
struct tl_evidence_run {
    struct tl_log_run run; /* run.run "": there is none */
    const char *version;   /* of the program */
    const char *rules_digest;
    unsigned decision_version;
    unsigned
        floor; /* per mille, as tagline.yaml set it; 0: the built-in one, or not told */
};

struct tl_log_evidence {
    /* the run that decided the column's dataset last; run.run "": the log has none (a person named the column first) */
    struct tl_evidence_run decided;
    char dataset_span[17];
    char span[17]; /* the column's; "": nothing spoke, so it has none */
    /* of the dataset */
    const char *kind;     /* a word: "table" */
    int64_t rows;         /* estimate; -1: not told */
    uint8_t sample_state; /* enum tl_sample_state */
    uint32_t sampled_rows;
    const char *sample_why; /* of a failed sample */
    /*
     * The column as the engine decided it: decisions.columns[0], sensitivities left out. Where `span` is "", state is TL_NOTHING and the
     * counts of values are not told.
     */
    struct tl_decisions decisions;
    /* the newest run after that which found the dataset unchanged */
    struct tl_evidence_run confirmed;
    /* the newest run of all that looked at its source, where it did not see the dataset; `missed_why`: the reason, NULL: not told */
    struct tl_evidence_run missed;
    const char *missed_why;
};

int tl_log_evidence(struct tl_log_evidence *out, const struct tl_belief_hit *column,
                    struct tl_log *log, struct tl_ctx *ctx);

#endif
