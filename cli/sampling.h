/*
 * Which samples a scan reads: settled before the first is read, so that neither threads nor the order of answers change what comes of it.
 * What its source says has not changed waits; what a source's budget does not cover waits for its turn. Used by the pipeline.
 */
#ifndef TL_CLI_SAMPLING_H
#define TL_CLI_SAMPLING_H

#include "lineage/log/log.h"

struct tl_scan;

enum tl_reading {
    TL_READING_NOW,
    TL_READING_NEVER, /* names only */
    TL_READING_KEPT, /* not read: its rows are what they were, and the log's word stands */
    TL_READING_TURN, /* the budget went to others: the log's word stands until its turn */
    TL_READING_UNPAID, /* likewise, but the log has no word that still holds */
};

/* Most rows of one sample: a budget that is smaller is all one dataset's, and each has its turn. */
int64_t tl_sampling_rows(const struct tl_scan *scan, uint32_t source);

/* Fills scan->readings, by dataset. `belief` and `sampled` are the log's; NULL and 0: everything is read that a budget covers. */
void tl_sampling_plan(struct tl_scan *scan, const struct tl_belief *belief,
                      const struct tl_sampled *sampled, size_t n, struct tl_ctx *ctx);

/* Writes down what was read, once the log has it. `sampled` is what was known before. */
void tl_sampling_note(const struct tl_scan *scan, struct tl_log *log,
                      const struct tl_sampled *sampled, size_t n, struct tl_ctx *ctx);

#endif
