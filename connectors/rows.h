/*
 * What connectors share when they sample: a choice of rows that can be repeated, the rows while they are being chosen,
 * and the ways out into a struct tl_sample. Not for anybody outside connectors/ (and its tests).
 */
#ifndef TL_CONNECTORS_ROWS_H
#define TL_CONNECTORS_ROWS_H

#include "base/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tl_ctx;

/* Numbers that follow from the spec's seed and the dataset's key alone: the same on every machine (splitmix64). */
struct tl_pick {
    uint64_t state;
};
void tl_pick_init(struct tl_pick *pick, const struct tl_sample_spec *spec,
                  const struct tl_key *key);
uint64_t tl_pick_next(struct tl_pick *pick);
/* 0 .. n-1, each as likely; n is at least 1. */
uint64_t tl_pick_below(struct tl_pick *pick, uint64_t n);

/*
 * Rows by slot, in memory of their own. Two ceilings hold whatever a dataset brings: TL_ROWS_CELLS values in all (a very wide
 * dataset gives fewer rows than asked for) and TL_ROWS_BYTES of text (values are cut shorter, never below 64 bytes).
 */
#define TL_ROWS_CELLS (2u << 20)
#define TL_ROWS_BYTES (128u << 20)

struct tl_row;
struct tl_rows {
    struct tl_row *slots;
    uint32_t n, most; /* rows held; most rows */
    uint32_t n_columns;
    uint32_t value_bytes;
    struct tl_row *row; /* the one being filled */
};

void tl_rows_init(struct tl_rows *rows, uint32_t n_columns,
                  const struct tl_sample_spec *spec);
void tl_rows_release(struct tl_rows *rows);
/* Empties a slot (at most `n`: the next new one) and fills it from now on. Cells not put are NULL. */
void tl_rows_begin(struct tl_rows *rows, uint32_t slot);
/* Puts a value, cut at `value_bytes` before a UTF-8 character that would not fit. `is_cut`: it was longer to begin with. */
void tl_rows_put(struct tl_rows *rows, uint32_t column, const char *bytes, size_t n,
                 bool is_cut);
/*
 * The slot for row `i` (from 0) of a stream whose end is not known, so that each row is kept as likely as any other
 * (algorithm R, Vitter 1985); TL_ROWS_SKIP when it is not kept. Ask once for every i, in order.
 */
#define TL_ROWS_SKIP UINT32_MAX
uint32_t tl_rows_choose(const struct tl_rows *rows, struct tl_pick *pick, uint64_t i);

/* Hands the rows over as columns in ctx->scratch and releases them. */
void tl_rows_give(struct tl_sample *out, struct tl_rows *rows, enum tl_sample_state state,
                  struct tl_ctx *ctx);

/* Texts and documents that have fewer than `least` values in `rows`, by column (1 or 0, in ctx->scratch); NULL: none has. */
const uint8_t *tl_rows_sparse(const struct tl_rows *rows,
                              const struct tl_snapshot *snapshot,
                              const struct tl_dataset *dataset, uint32_t least,
                              struct tl_ctx *ctx);
/* Puts them behind the sample's rows, as its extra ones, and releases them. */
void tl_rows_give_extra(struct tl_sample *sample, struct tl_rows *extra,
                        struct tl_ctx *ctx);

/*
 * A sample that was refused: the recorded failure becomes its `why`, and TL_OK is returned, for the rest goes on.
 * A cancelled run stays a failure.
 */
int tl_sample_refused(struct tl_sample *out, uint32_t n_columns, int rc,
                      struct tl_ctx *ctx);

/* True when the dataset could not be read when the schema was pulled: the sample is refused with that reason. */
bool tl_sample_of_broken(struct tl_sample *out, const struct tl_snapshot *snapshot,
                         const struct tl_dataset *dataset);

/*
 * Gives the last dataset up: its columns and keys so far go, the recorded failure (or `why`, where not NULL) becomes its
 * `broken`, and TL_OK is returned. A cancelled run stays a failure.
 */
int tl_dataset_broken(struct tl_snapshot *snapshot, const char *why, int rc,
                      struct tl_ctx *ctx);

#endif
