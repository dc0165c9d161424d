/*
 * A table of columns with values, decided by the engine: what the classifier's tests are written with. Not for connectors.
 */
#ifndef TL_TESTS_WORLD_COLUMNS_H
#define TL_TESTS_WORLD_COLUMNS_H

#include "base/ctx.h"
#include "classifiers/engine.h"

struct tl_columns {
    struct tl_ctx ctx;
    struct tl_engine *engine;
    struct tl_engine_scratch *scratch;
    struct tl_snapshot snapshot;
    TL_VEC(struct tl_value *) values; /* by column, `rows` each */
    uint32_t rows;
    struct tl_sample sample;
    struct tl_decisions decisions;
    struct tl_str why;
};

/* Opens the engine with the built-in packs and an empty table of that name and so many rows. */
void tl_columns_open(struct tl_columns *w, const char *table, uint32_t rows);
void tl_columns_close(struct tl_columns *w);
/* A column of the given texts, repeated down the rows; a NULL among them is SQL NULL. Ends in TL_LAST. */
#define TL_LAST ((const char *)-1)
void tl_columns_add(struct tl_columns *w, const char *name, const char *native, ...);
/* A column made by `make`, which writes the text of row i. */
void tl_columns_make(struct tl_columns *w, const char *name, const char *native,
                     void (*make)(char out[256], unsigned i));
/* Decides the table with all its rows read; false when that failed. */
bool tl_columns_decide(struct tl_columns *w, enum tl_sample_state state);
/* "email_address", or "ipv6_address ipv4_address" (dominant last), or "-" */
const char *tl_columns_types(struct tl_columns *w, uint32_t column);
const struct tl_tag *tl_columns_tag(struct tl_columns *w,
                                    uint32_t column); /* the dominant one, or NULL */
const char *tl_columns_why(struct tl_columns *w, uint32_t column);
/* A number that looks random and is the same everywhere. */
uint64_t tl_columns_mix(uint64_t i);

#endif
