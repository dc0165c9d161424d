/*
 * What the files of the PostgreSQL connector share. postgres.c opens and ends in the table; postgres_session.c says how
 * a connection behaves, postgres_link.h is the wire; postgres_catalog.h holds what the catalogue says, of which postgres_schema.c makes
 * datasets; postgres_sample.c chooses rows.
 */
#ifndef TL_CONNECTORS_WAREHOUSE_POSTGRES_PARTS_H
#define TL_CONNECTORS_WAREHOUSE_POSTGRES_PARTS_H

#include "connectors/connector.h"
#include "connectors/warehouse/postgres_link.h"

struct tl_pg_config {
    const char *service, *host, *user, *password, *passfile, *database;
    const char *sslmode, *sslrootcert, *sslcert, *sslkey;
    const char *conninfo, *application_name;
    int64_t port; /* 0: libpq's */
    int64_t connect_timeout, statement_timeout, sample_timeout, lock_timeout; /* ns */
};

struct tl_pg_queue; /* samples asked for and not yet taken: postgres_sample.c */

struct tl_pg {
    struct tl_pg_config config;    /* texts in `arena` */
    struct tl_arena *arena;        /* goes with the connection */
    TL_VEC(const char *) keywords; /* of libpq, closed by NULL; beside them the values */
    TL_VEC(const char *) values;
    struct tl_pg_link link;
    struct tl_pg_queue *queue;
    bool has_guard; /* this connection has the statement that goes in front of samples */
};

/* Connects where there is no connection yet, and tells the server how to write values and when to give up. */
int tl_pg_enter(struct tl_pg *conn, struct tl_ctx *ctx);
/* Nanoseconds as the server's settings have them: whole milliseconds, rounded up, for 0 is no limit. */
int tl_pg_ms(int64_t ns);

/*
 * Datasets: tables, views, materialized views, foreign tables of the one database that is connected, in schemas that are not the server's
 * own. A partitioned table is one dataset with all its rows; a partition holds no columns and no data of its own beside it, and is
 * a dataset only where the scope takes it and neither takes nor excludes the table at the top. Fields of composite types stand
 * behind their column as "address.city"; of an array of them likewise.
 */
int tl_pg_pull(struct tl_snapshot *out, void *conn, const struct tl_scope *scope,
               struct tl_ctx *ctx);

/* A struct tl_source_ops' sample and ahead. Views and foreign tables give their first rows; of tables, rows are chosen. */
int tl_pg_sample(struct tl_sample *out, void *conn, const struct tl_snapshot *snapshot,
                 struct tl_dataset_id dataset, const struct tl_sample_spec *spec,
                 struct tl_ctx *ctx);
int tl_pg_ahead(void *conn, const struct tl_snapshot *snapshot,
                const struct tl_dataset_id *datasets, size_t n,
                const struct tl_sample_spec *spec, struct tl_ctx *ctx);
/* Hears out what is under way, so that other things can be asked. */
int tl_pg_samples_end(struct tl_pg *conn, struct tl_ctx *ctx);
void tl_pg_samples_release(struct tl_pg *conn);

/* A table may have 1,600 columns (MaxHeapAttributeNumber), a select 1,664: fields of composite types stop there too. */
#define TL_PG_COLUMNS_MOST 1600u
/* Composite types in composite types: deeper ones are one column. */
#define TL_PG_DEPTH_MOST 8u

#endif
