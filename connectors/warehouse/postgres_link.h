/*
 * A connection to a server that speaks PostgreSQL's protocol: libpq, never blocking. Every wait looks at the run, so that a cancelled one
 * ends within moments; failures are in our words, for a server's words may hold values. Knows no catalogue and no setting by
 * name: what is PostgreSQL's alone stands in postgres*.c beside it.
 */
#ifndef TL_CONNECTORS_WAREHOUSE_POSTGRES_LINK_H
#define TL_CONNECTORS_WAREHOUSE_POSTGRES_LINK_H

#include "base/str.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct tl_ctx;
struct tl_arena;

struct tl_pg_link {
    PGconn *db;             /* NULL: not connected, or no more */
    struct tl_arena *arena; /* the owner's; holds `where` */
    const char *where;      /* "localhost:5432/shop", for messages */
    /* the time-out the server was told of and the setting it comes from; 0: none. Silence of much longer ends the connection. */
    const char *slow_option;
    int64_t slow_after; /* ns */
    char state[6];      /* SQLSTATE of the last failure; "" where there was none */
    unsigned n_results; /* heard so far: now and then the run is looked at */
};

/*
 * Connects with libpq's keywords (NULL-terminated). TL_EREMOTE: nobody is there or ready, TL_EAUTH: we are not let in, TL_EREFUSE: TLS
 * as asked for cannot be had, TL_ENOTFOUND: no such database, TL_ECONFIG: libpq does not take the settings. Looking up a host's name
 * blocks as long as the resolver does.
 */
int tl_pg_connect(struct tl_pg_link *link, const char *const *keywords,
                  const char *const *values, int64_t timeout, struct tl_ctx *ctx);
/* Closes at once; what the server is busy with, it is asked to cancel. */
void tl_pg_disconnect(struct tl_pg_link *link);

/*
 * Sends one statement with `n` text parameters; its rows come in binary form. Outside of a pipeline they come one by one. Passes the seam
 * "postgres.send". Negative: the connection is gone.
 */
int tl_pg_send(struct tl_pg_link *link, const char *sql, const char *const *parameters,
               int n, struct tl_ctx *ctx);
/* Records that libpq did not take what was to be sent. `link->db` is gone afterwards. */
int tl_pg_fail_send(struct tl_pg_link *link, struct tl_ctx *ctx);
/* Hands on what stands to be sent, as far as that goes without waiting. */
int tl_pg_flush(struct tl_pg_link *link, struct tl_ctx *ctx);

/*
 * The next result; NULL at the end of a statement. To be cleared by the caller. Negative: the run was cancelled or the connection is gone
 * (`link->db` is NULL then). What the server refused is no failure here: look at the result.
 */
int tl_pg_next(PGresult **out, struct tl_pg_link *link, struct tl_ctx *ctx);
/* Runs statements without parameters and throws rows away. `what` is what was tried, for errors. */
int tl_pg_run(struct tl_pg_link *link, const char *sql, const char *what,
              struct tl_ctx *ctx);
/* Prepares a statement without parameters. */
int tl_pg_prepare(struct tl_pg_link *link, const char *name, const char *sql,
                  struct tl_ctx *ctx);

/*
 * Records why the server refused and returns our code; sets `link->state`. The server's words are used only where they cannot hold values:
 * class 42 about a place of our statement or a missing right; of a statement that reads nothing but the catalogue (`is_catalogue`)
 * also other ones of class 42, and class XX.
 */
int tl_pg_refused(struct tl_pg_link *link, const PGresult *result, bool is_catalogue,
                  const char *what, struct tl_ctx *ctx);
/* Whether the last failure was of this SQLSTATE; or was a text that has no form in UTF-8. */
bool tl_pg_failed_of(const struct tl_pg_link *link, const char *state);
bool tl_pg_failed_to_convert(const struct tl_pg_link *link);

/* `name` as an SQL identifier, in double quotes; `text` as a literal. Any bytes. */
void tl_pg_add_name(struct tl_str *out, const char *name);
void tl_pg_add_literal(struct tl_str *out, const char *text);

/* Values of row 0 in binary form. NULL and what is of another length count as 0. */
uint32_t tl_pg_u32(const PGresult *result, int column);
int16_t tl_pg_i16(const PGresult *result, int column);
int64_t tl_pg_i64(const PGresult *result, int column);
bool tl_pg_bool(const PGresult *result, int column);
char tl_pg_char(const PGresult *result, int column);
float tl_pg_float(const PGresult *result, int column);
/* int2[] or int2vector: at most `most` of it; how many there are of them. */
unsigned tl_pg_numbers(int16_t *out, unsigned most, const PGresult *result, int column);

#endif
