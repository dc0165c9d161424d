/*
 * A span line as evidence: apart from the log it stands in, so that any bytes can be tried. Private to lineage/log and its tests.
 */
#ifndef TL_LINEAGE_LOG_EVIDENCE_READ_H
#define TL_LINEAGE_LOG_EVIDENCE_READ_H

#include "lineage/log/evidence.h"
#include "lineage/log/lines.h"

/*
 * What the line says of the column whose span is `out->span`, in the dataset whose span is `out->dataset_span`. `*is_decided` false: the line
 * decides nothing of that dataset. `out->span` becomes "" where nothing spoke of the column. Negative: the line is no JSON.
 */
int tl_evidence_read(struct tl_log_evidence *out, bool *is_decided,
                     const struct tl_line *line, struct tl_ctx *ctx);

/* A text of a span in the context's arena, its escaped bytes undone. NULL gives NULL. */
const char *tl_evidence_text(const char *text, struct tl_ctx *ctx);

#endif
