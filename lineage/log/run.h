/*
 * run.json: what went into a run and what came out, and where its leaves stand in the tree. The next run goes on from it.
 * Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_RUN_H
#define TL_LINEAGE_LOG_RUN_H

#include "lineage/log/merge.h"
#include "lineage/log/spans.h"
#include "lineage/log/store.h"
#include "lineage/log/trail.h"

/* Appends run.json. `accounts`: one a source of the snapshot; NULL without one. */
void tl_run_write(struct tl_str *out, const struct tl_merge *merge,
                  const struct tl_trail *trail, const struct tl_source_account *accounts);

/*
 * The tree as the tip left it: from its run.json, held against its trailers. Empty for the commit that made the log. TL_ELOG where
 * they do not agree or the tip was not written by tagline.
 */
int tl_run_edge(struct tl_merkle_edge *edge, const struct tl_tip *tip,
                struct tl_ctx *ctx);

/* "scan: 25 datasets, 12 new tags" and, line by line, what else is worth saying. */
void tl_run_subject(struct tl_str *out, const struct tl_merge *merge);
void tl_run_body(struct tl_str *out, const struct tl_merge *merge,
                 const struct tl_source_account *accounts);
void tl_run_trailers(struct tl_str *out, const struct tl_merge *merge,
                     const struct tl_trail *trail);

#endif
