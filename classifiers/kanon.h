/*
 * How far a table's rows can be told apart by what singles nobody out alone: gender, year of birth, postal code. Counts groups of
 * equal rows over those columns in the sample. Used by the engine; keeps no values.
 *
 * Facts of the dataset: k_anonymity.columns (how many), k_anonymity.smallest_group (rows; k of the sample),
 * k_anonymity.rows_below_5 (of the sample's rows), and k_anonymity.is_estimate (1) where the sample is a part of the table. A part
 * with small groups in it that may be large in all of the table tells neither of the two: whether anybody is alone is unknown.
 */
#ifndef TL_CLASSIFIERS_KANON_H
#define TL_CLASSIFIERS_KANON_H

#include "classifiers/engine.h"

#define TL_KANON_ROWS_LEAST 100 /* fewer rows say nothing of how rare one is */
#define TL_KANON_SMALL      5   /* rows: smaller groups count as small */

/* Adds the facts where the decisions have such columns and the sample allows it. */
void tl_kanon_count(struct tl_decisions *decisions, const struct tl_engine *engine,
                    const struct tl_question *question, struct tl_arena *into);

/*
 * Expected rows of the sample whose group has fewer than TL_KANON_SMALL rows in the whole table. by_size[s]: groups of s rows, s up to
 * `most`; the sample is `rows` of `all`. With all rows it is a plain count.
 */
double tl_kanon_small_rows(const uint32_t *by_size, uint32_t most, uint64_t rows,
                           uint64_t all);

/* Whether a sample of `rows` of `all` shows that some group has fewer than TL_KANON_SMALL rows in the whole table. */
bool tl_kanon_has_small(const uint32_t *by_size, uint64_t rows, uint64_t all);

#endif
