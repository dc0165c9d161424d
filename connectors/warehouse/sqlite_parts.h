/*
 * What the files of the SQLite connector share: the connection, statements that report like everything else, and names as
 * SQL. sqlite.c opens and ends in the table; sqlite_link.c holds these; sqlite_schema.c pulls; sqlite_sample.c samples.
 */
#ifndef TL_CONNECTORS_WAREHOUSE_SQLITE_PARTS_H
#define TL_CONNECTORS_WAREHOUSE_SQLITE_PARTS_H

#include "base/map.h"
#include "base/vec.h"
#include "connectors/connector.h"

#include <sqlite3.h>

struct tl_sqlite_config {
    const char *path;
    bool immutable;
    struct tl_list attach;
    int64_t busy_timeout;
    int64_t sample_timeout;
};

/* What the schema says of a table's nature; bits. */
enum tl_sqlite_nature {
    TL_SQLITE_VIRTUAL = 1,
    TL_SQLITE_SHADOW = 2, /* a virtual table's own storage */
    TL_SQLITE_WITHOUT_ROWID = 4,
};

struct tl_sqlite {
    sqlite3 *db;
    struct tl_sqlite_config config;
    struct tl_arena *
        arena; /* goes with the connection: texts the config and the names below point at */
    TL_VEC(const char *)
    databases;             /* "main" and what was attached, in the order of their bytes */
    struct tl_map natures; /* "database\0name" -> bits; filled by the first who asks */
    bool natures_known;
    struct tl_ctx
        *ctx; /* of the call that is under way: the progress handler looks at it */
    int64_t deadline; /* ticks; 0: none */
    bool timed_out;
    int failed_rc; /* SQLite's primary code of the last failure */
};

/* A row beyond this are never loaded whole: SQLite refuses (SQLITE_TOOBIG), and their beginning is read as a blob. */
#define TL_SQLITE_VALUE_MOST (8 << 20)

/* `name` as an SQL identifier: in double quotes, inner ones doubled. Any bytes. */
void tl_sqlite_add_name(struct tl_str *out, const char *name);

/*
 * Records why SQLite refused and returns our code. `what` is what was tried. SQLite's own message is used only where it can
 * speak of nothing but the schema: `rc` SQLITE_ERROR of a statement that was being prepared (`is_schema`).
 */
int tl_sqlite_fail(struct tl_sqlite *conn, int rc, bool is_schema, const char *what,
                   struct tl_ctx *ctx);

/* Prepares; passes the seam "sqlite.prepare". `what` names it in errors. */
int tl_sqlite_prepare(sqlite3_stmt **out, struct tl_sqlite *conn, const char *sql,
                      const char *what, struct tl_ctx *ctx);
/* Steps; passes the seam "sqlite.step". 1 a row, 0 the end, negative a failure (recorded). */
int tl_sqlite_step(struct tl_sqlite *conn, sqlite3_stmt *statement, const char *what,
                   struct tl_ctx *ctx);
/* Runs a statement without results. */
int tl_sqlite_run(struct tl_sqlite *conn, const char *sql, const char *what,
                  struct tl_ctx *ctx);
/* The first row's `n` columns as numbers; those that are NULL, or all where there is no row, leave `out` as it was. */
int tl_sqlite_numbers(int64_t *out, int n, struct tl_sqlite *conn, const char *sql,
                      const char *what, struct tl_ctx *ctx);

/* Lets a cancelled run and the deadline stop every statement of the connection. */
void tl_sqlite_watch(struct tl_sqlite *conn);
/* Whose call is under way, until `tl_sqlite_leave`; `ceiling` in ns, 0: none. All reads in between see one state. */
int tl_sqlite_enter(struct tl_sqlite *conn, int64_t ceiling, struct tl_ctx *ctx);
void tl_sqlite_leave(struct tl_sqlite *conn);

/* Whether the last failure concerns the file as a whole, so that going on with the next table makes no sense. */
bool tl_sqlite_is_lost(const struct tl_sqlite *conn);
/* Whether it was a lock that somebody else holds. */
bool tl_sqlite_is_locked(const struct tl_sqlite *conn);

/* Bits of enum tl_sqlite_nature. */
int tl_sqlite_nature(unsigned *out, struct tl_sqlite *conn, const char *database,
                     const char *name, struct tl_ctx *ctx);

/* The first of rowid, _rowid_, oid that no column hides, be it one that is left out; NULL where all are taken. */
const char *tl_sqlite_rowid(const struct tl_sqlite *conn,
                            const struct tl_snapshot *snapshot,
                            const struct tl_dataset *dataset);

int tl_sqlite_pull(struct tl_snapshot *out, void *conn, const struct tl_scope *scope,
                   struct tl_ctx *ctx);
int tl_sqlite_sample(struct tl_sample *out, void *conn,
                     const struct tl_snapshot *snapshot, struct tl_dataset_id dataset,
                     const struct tl_sample_spec *spec, struct tl_ctx *ctx);

#endif
