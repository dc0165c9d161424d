/*
 * A real PostgreSQL server for C tests, kept by `python3 tests/pg.py serve`: it ends with the test program, however that ends.
 * One server a program is enough (pg_shared); a test takes a fresh database. Returned texts live as long as the process.
 */
#ifndef TL_TESTS_PG_H
#define TL_TESTS_PG_H

struct pg;
struct pg_held;

/*
 * `options` as of `pg.py serve`, by spaces: "--version 17 --tls --local scram-sha-256"; NULL: the usual version (15),
 * by its socket, trusted.
 * NULL where there is no such server, after a line "SKIP: why". A server that cannot start fails the test.
 */
struct pg *pg_start(const char *options);
void pg_stop(struct pg *pg);
/* A plain one, started by the first call and stopped at exit. */
struct pg *pg_shared(void);
/* Leaves the program with 77 (ctest: skipped) where there is no server. */
struct pg *pg_shared_or_skip(void);

/* Takes it down and up again, its databases kept. */
void pg_down(struct pg *pg);
void pg_up(struct pg *pg);

/* Folder of the socket, of ca.crt (--tls) and of server.log. */
const char *pg_folder(const struct pg *pg);
unsigned pg_port(const struct pg *pg);

/* A fresh database in which `sql` (may be NULL) was run, as the superuser `owner`; its name. */
const char *pg_database(struct pg *pg, const char *sql);
/* Runs statements as `owner`. An error fails the test. */
void pg_sql(struct pg *pg, const char *database, const char *sql);
/* Rows of the last statement: "a|b\n" each, NULL as nothing. */
const char *pg_ask(struct pg *pg, const char *database, const char *sql);
/* "host: ...\nport: ...\nuser: owner\ndatabase: ...\n" for the connector. */
const char *pg_yaml(const struct pg *pg, const char *database);

/* A connection that stays in a transaction in which `sql` was run, until it is let go: to hold locks. */
struct pg_held *pg_hold(struct pg *pg, const char *database, const char *sql);
void pg_let_go(struct pg_held *held);

#endif
