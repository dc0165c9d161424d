/*
 * The connection as the other files use it: statements, failures in our words, the progress handler, what kind of table a
 * name is.
 */
#include "connectors/warehouse/sqlite_parts.h"

#include "base/ctx.h"
#include "base/fault.h"

#include <strings.h>

void tl_sqlite_add_name(struct tl_str *out, const char *name)
{
    tl_str_add_char(out, '"');
    for (; *name; name++) {
        if (*name == '"')
            tl_str_add_char(out, '"');
        tl_str_add_char(out, *name);
    }
    tl_str_add_char(out, '"');
}

/* ---- failures ---- */

struct reason {
    int rc; /* SQLite's primary code */
    int code;
    const char *text;
    const char *hint; /* NULL: none */
};

/* Our words: SQLite's could hold values of the data (a failing CAST, a JSON path, a constraint). */
static const struct reason reasons[] = {
    { SQLITE_NOTADB, TL_ESOURCE, "it is not a SQLite database, or it is encrypted",
      "SQLCipher and SEE files must be decrypted into a plain copy first" },
    { SQLITE_CORRUPT, TL_ESOURCE, "the database is damaged or cut off",
      "look at it with: sqlite3 FILE 'pragma integrity_check'; copy a live database with "
      ".backup, not with cp" },
    { SQLITE_BUSY, TL_EREMOTE, "another program holds the database locked",
      "try again later, raise 'busy_timeout', or read a copy" },
    { SQLITE_LOCKED, TL_EREMOTE, "another connection holds the table locked", NULL },
    { SQLITE_PROTOCOL, TL_EREMOTE, "the lock could not be had", NULL },
    { SQLITE_IOERR, TL_EREMOTE, "the file could not be read", NULL },
    { SQLITE_CANTOPEN, TL_ESOURCE, "the file, or a journal beside it, cannot be opened",
      "a database in WAL mode needs a folder that can be written to; for a file that "
      "nobody changes set 'immutable: true'" },
    { SQLITE_READONLY, TL_ESOURCE, "it needs recovery, which a reader cannot do",
      "open it once with sqlite3 as its owner, or, when nobody changes it, set "
      "'immutable: true'" },
    { SQLITE_PERM, TL_ESOURCE, "access was refused", NULL },
    { SQLITE_AUTH, TL_EREFUSE, "access was refused", NULL },
    { SQLITE_TOOBIG, TL_ELIMIT, "a row is too large", NULL },
    { SQLITE_NOMEM, TL_ELIMIT, "it needs more memory than it may have", NULL },
    { SQLITE_FULL, TL_EREMOTE, "there is no room for a temporary file",
      "set SQLITE_TMPDIR to a folder with more room" },
    { SQLITE_FORMAT, TL_ESOURCE, "the file's format is not known", NULL },
    { SQLITE_SCHEMA, TL_EREMOTE, "the schema changed while it was being read", NULL },
    { SQLITE_ERROR, TL_ESOURCE, "SQLite could not run the query", NULL },
};

static const struct reason *reason_of(int rc)
{
    static const struct reason other = { 0, TL_ESOURCE, "SQLite refused", NULL };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].rc == (rc & 0xff))
            return &reasons[i];
    return &other;
}

int tl_sqlite_fail(struct tl_sqlite *conn, int rc, bool is_schema, const char *what,
                   struct tl_ctx *ctx)
{
    const struct reason *reason = reason_of(rc);

    conn->failed_rc = rc & 0xff;
    if ((rc & 0xff) == SQLITE_INTERRUPT && conn->timed_out) {
        tl_hint(ctx, "raise 'sample_timeout', or leave it out with 'exclude'");
        return tl_fail(ctx, TL_ELIMIT, "%s: it took longer than %lld ms", what,
                       (long long)(conn->config.sample_timeout / 1000000));
    }
    if ((rc & 0xff) == SQLITE_INTERRUPT) {
        int cancelled = tl_ctx_check(ctx);
        return cancelled ? cancelled : tl_fail(ctx, TL_ECANCEL, "%s: interrupted", what);
    }
    if (reason->hint)
        tl_hint(ctx, "%s", reason->hint);
    if (is_schema && (rc & 0xff) == SQLITE_ERROR)
        return tl_fail(ctx, reason->code, "%s: %s", what, sqlite3_errmsg(conn->db));
    return tl_fail(ctx, reason->code, "%s: %s (code %d)", what, reason->text, rc);
}

bool tl_sqlite_is_lost(const struct tl_sqlite *conn)
{
    switch (conn->failed_rc) {
    case SQLITE_NOTADB:
    case SQLITE_BUSY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return true;
    default:
        return false;
    }
}

bool tl_sqlite_is_locked(const struct tl_sqlite *conn)
{
    return conn->failed_rc == SQLITE_BUSY;
}

/* ---- statements ---- */

int tl_sqlite_prepare(sqlite3_stmt **out, struct tl_sqlite *conn, const char *sql,
                      const char *what, struct tl_ctx *ctx)
{
    *out = NULL;
    int rc = tl_fault("sqlite.prepare")
                 ? SQLITE_IOERR
                 : sqlite3_prepare_v2(conn->db, sql, -1, out, NULL);
    return rc ? tl_sqlite_fail(conn, rc, true, what, ctx) : TL_OK;
}

int tl_sqlite_step(struct tl_sqlite *conn, sqlite3_stmt *statement, const char *what,
                   struct tl_ctx *ctx)
{
    int rc = tl_fault("sqlite.step") ? SQLITE_IOERR : sqlite3_step(statement);

    if (rc == SQLITE_ROW)
        return 1;
    return rc == SQLITE_DONE ? 0 : tl_sqlite_fail(conn, rc, false, what, ctx);
}

int tl_sqlite_run(struct tl_sqlite *conn, const char *sql, const char *what,
                  struct tl_ctx *ctx)
{
    return tl_sqlite_numbers(NULL, 0, conn, sql, what, ctx);
}

int tl_sqlite_numbers(int64_t *out, int n, struct tl_sqlite *conn, const char *sql,
                      const char *what, struct tl_ctx *ctx)
{
    sqlite3_stmt *statement;
    int rc = tl_sqlite_prepare(&statement, conn, sql, what, ctx);

    if (!rc)
        rc = tl_sqlite_step(conn, statement, what, ctx);
    for (int i = 0; rc > 0 && i < n; i++)
        if (sqlite3_column_type(statement, i) != SQLITE_NULL)
            out[i] = sqlite3_column_int64(statement, i);
    sqlite3_finalize(statement);
    return rc < 0 ? rc : TL_OK;
}

/* ---- stopping ---- */

static int should_stop(void *self)
{
    struct tl_sqlite *conn = self;

    if (!conn->ctx)
        return 0;
    if (atomic_load(&conn->ctx->run->cancelled))
        return 1;
    conn->timed_out = conn->deadline && tl_ticks(conn->ctx) > conn->deadline;
    return conn->timed_out;
}

void tl_sqlite_watch(struct tl_sqlite *conn)
{
    /* Every thousand steps of SQLite's machine: some ten microseconds. */
    sqlite3_progress_handler(conn->db, 1000, should_stop, conn);
}

int tl_sqlite_enter(struct tl_sqlite *conn, int64_t ceiling, struct tl_ctx *ctx)
{
    conn->ctx = ctx;
    conn->timed_out = false;
    conn->failed_rc = SQLITE_OK;
    conn->deadline = ceiling ? tl_ticks(ctx) + ceiling : 0;
    int rc = tl_ctx_check(ctx);
    if (!rc)
        rc = tl_sqlite_run(conn, "begin", "cannot begin to read", ctx);
    if (rc)
        tl_sqlite_leave(conn);
    return rc;
}

void tl_sqlite_leave(struct tl_sqlite *conn)
{
    conn->ctx = NULL;
    conn->deadline = 0;
    if (!sqlite3_get_autocommit(conn->db))
        sqlite3_exec(conn->db, "rollback", NULL, NULL, NULL);
}

/* ---- what tables are ---- */

static void add_nature_key(struct tl_str *key, const char *database, const char *name)
{
    tl_str_clear(key);
    tl_str_add(key, database);
    tl_str_add_char(key, 0);
    tl_str_add(key, name);
}

/* One pass over all databases: `pragma table_list` of one table still walks all of them. */
static int read_natures(struct tl_sqlite *conn, struct tl_ctx *ctx)
{
    static const char what[] = "cannot list the tables";
    struct tl_str key = TL_STR_INIT(TL_STR_MOST);
    sqlite3_stmt *statement;
    int rc = tl_sqlite_prepare(&statement, conn,
                               "select schema, name, type, wr from pragma_table_list",
                               what, ctx);

    if (rc)
        return rc;
    while ((rc = tl_sqlite_step(conn, statement, what, ctx)) > 0) {
        const char *type = (const char *)sqlite3_column_text(statement, 2);
        unsigned bits = sqlite3_column_int(statement, 3) ? TL_SQLITE_WITHOUT_ROWID : 0;
        bits |= strcmp(type, "virtual") == 0 ? TL_SQLITE_VIRTUAL : 0;
        bits |= strcmp(type, "shadow") == 0 ? TL_SQLITE_SHADOW : 0;
        if (!bits)
            continue;
        add_nature_key(&key, (const char *)sqlite3_column_text(statement, 0),
                       (const char *)sqlite3_column_text(statement, 1));
        tl_map_put(&conn->natures, tl_arena_dup(conn->arena, key.text, key.n), key.n,
                   bits);
    }
    sqlite3_finalize(statement);
    tl_str_release(&key);
    conn->natures_known = rc == 0;
    return rc;
}

int tl_sqlite_nature(unsigned *out, struct tl_sqlite *conn, const char *database,
                     const char *name, struct tl_ctx *ctx)
{
    int rc = conn->natures_known ? 0 : read_natures(conn, ctx);

    if (rc)
        return rc;
    struct tl_str key = TL_STR_INIT(TL_STR_MOST);
    uint32_t bits = 0;
    add_nature_key(&key, database, name);
    tl_map_get(&conn->natures, key.text, key.n, &bits);
    tl_str_release(&key);
    *out = bits;
    return TL_OK;
}

/* Without a column of that name, SQLite describes the rowid itself: an integer, the primary key. */
static bool is_hidden(const struct tl_sqlite *conn, const struct tl_snapshot *snapshot,
                      const struct tl_dataset *dataset, const char *name)
{
    const char *type = NULL;
    int is_key = 0;

    sqlite3_table_column_metadata(conn->db, tl_snapshot_text(snapshot, dataset->database),
                                  tl_snapshot_text(snapshot, dataset->name), name, &type,
                                  NULL, NULL, &is_key, NULL);
    return !is_key || !type || strcasecmp(type, "INTEGER") != 0;
}

const char *tl_sqlite_rowid(const struct tl_sqlite *conn,
                            const struct tl_snapshot *snapshot,
                            const struct tl_dataset *dataset)
{
    static const char *const names[] = { "rowid", "_rowid_", "oid" };

    for (size_t i = 0; i < 3; i++) {
        bool taken = is_hidden(conn, snapshot, dataset, names[i]);
        for (uint32_t c = 0; c < dataset->n_columns && !taken; c++) {
            const struct tl_column *column =
                &snapshot->columns.items[dataset->first_column + c];
            taken = strcasecmp(tl_snapshot_text(snapshot, column->path), names[i]) == 0;
        }
        if (!taken)
            return names[i];
    }
    return NULL;
}
