/*
 * The statements that samples are asked for with: which rows, and how much of each value. Only text; postgres_sample.c sends it and
 * hears the answer.
 */
#ifndef TL_CONNECTORS_WAREHOUSE_POSTGRES_SELECT_H
#define TL_CONNECTORS_WAREHOUSE_POSTGRES_SELECT_H

#include "base/model.h"

/*
 * Each gives, of the rows it looks at, those with the least hash of their place (but for the first, which takes what comes). The place
 * and the seed are all that the hash is made of, so that the same rows are chosen whichever way is taken to a small table.
 */
enum tl_pg_way {
    TL_PG_FIRST,  /* rows as they come */
    TL_PG_HASHED, /* looks at all; the estimate says how small a hash must be. In front of the values: the hash */
    TL_PG_BLOCKS, /* looks at blocks drawn from the table. In front: the table's bytes, and NULL where there is no row */
    TL_PG_MORE_BLOCKS,
    TL_PG_SPARSE, /* as many blocks as TL_PG_MORE_BLOCKS, and of them rows in which one of `wanted` is not NULL */
    TL_PG_ALL_BLOCKS, /* sized by the table and all that inherit from it: a partitioned table has no blocks of its own */
};

struct tl_pg_select {
    enum tl_pg_way way;
    const struct tl_snapshot *snapshot;
    struct tl_dataset_id dataset;
    uint64_t seed;        /* of this dataset */
    uint32_t rows;        /* that are wanted */
    uint32_t value_bytes; /* a value is cut one character behind */
    bool is_raw;          /* texts as they stand in the server, as bytea */
    const uint8_t
        *wanted; /* by column: 1 or 0, what is not wanted comes as NULL; NULL: all are */
    int version; /* 150018 */
};

/* Result columns in front of the values. */
int tl_pg_select_lead(enum tl_pg_way way);
/* Rows that come at most. */
uint32_t tl_pg_select_limit(enum tl_pg_way way, uint32_t rows);
/* Bytes that blocks are drawn for; a table of no more is looked at as a whole. */
int64_t tl_pg_select_bytes(enum tl_pg_way way, uint32_t rows);
/* The way to a table of so many rows (-1: unknown). */
enum tl_pg_way tl_pg_select_way(int64_t estimate, uint32_t rows, int version);

/* Columns whose fields follow come as a boolean: whether there is anything. */
void tl_pg_select_write(struct tl_str *sql, const struct tl_pg_select *select);

#endif
