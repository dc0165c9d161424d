/*
 * SQLite: reads files, never writes them. The file may come from anywhere, so it is opened as SQLite's "Defense Against the
 * Dark Arts" (https://www.sqlite.org/security.html) asks for untrusted databases: defensive, no trusted schema,
 * no extensions, lowered limits, a progress handler.
 */
#include "connectors/warehouse/sqlite_parts.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "base/say.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* What SQLite may take in all; a view that needs more cannot be sampled. */
#define HEAP_MOST ((sqlite3_int64)1 << 30)

/* ---- opening ---- */

/* Paths travel as URIs, so that none of their bytes means anything: not '?', not '%', not ":memory:". */
static void add_uri(struct tl_str *out, const char *path, bool immutable)
{
    tl_str_add(out, *path == '/' ? "file:" : "file:./");
    for (; *path; path++) {
        char c = *path;
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-' ||
                        c == '_';
        if (is_plain)
            tl_str_add_char(out, c);
        else
            tl_str_addf(out, "%%%02x", (unsigned char)c);
    }
    tl_str_add(out, immutable ? "?mode=ro&immutable=1" : "?mode=ro");
}

/* Says what SQLite would only call "unable to open". */
static int look_at_file(const char *path, struct tl_ctx *ctx)
{
    struct stat st;
    int fd = tl_fault("sqlite.open")
                 ? -1
                 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &st)) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        if (error == ENOENT)
            tl_hint(ctx,
                    "a relative path counts from the folder of the configuration file");
        return tl_fail(ctx, TL_ESOURCE, "cannot open '%s': %s", path, strerror(error));
    }
    close(fd);
    if (S_ISDIR(st.st_mode))
        return tl_fail(ctx, TL_ESOURCE, "cannot open '%s': it is a folder", path);
    if (!S_ISREG(st.st_mode))
        return tl_fail(ctx, TL_ESOURCE, "cannot open '%s': it is no regular file", path);
    if (st.st_size == 0) {
        tl_hint(ctx, "SQLite makes an empty file when a database is opened that is not "
                     "there: is the path right?");
        return tl_fail(ctx, TL_ESOURCE, "cannot read '%s': the file is empty", path);
    }
    return TL_OK;
}

/*
 * Views may use only functions that can do no harm. SQLite 3.40.1 (Debian 12, looked at 2026-11-20) forgot to say so of its JSON
 * functions, and a warehouse's views are full of them: there the schema is trusted. That lets through nothing else of
 * SQLite's own, we add none that does more than answer, and load_extension stays out of reach of views in any case.
 */
static int distrust_schema(struct tl_sqlite *conn, const char *what, struct tl_ctx *ctx)
{
    static const char ask[] = "select flags & 0x200000 from pragma_function_list where "
                              "name = 'json_extract' and builtin";
    int64_t json_is_innocuous = 1;
    int rc = tl_sqlite_numbers(&json_is_innocuous, 1, conn, ask, what, ctx);

    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, json_is_innocuous ? 0 : 1,
                      NULL);
    return rc;
}

/* The heap of SQLite is the process's: a ceiling that somebody set already stays. */
static void bound_heap(void)
{
    if (sqlite3_hard_heap_limit64(-1) == 0)
        sqlite3_hard_heap_limit64(HEAP_MOST);
}

/* Where `part` begins in `whole`: 1-based, in characters of text or in bytes of two blobs; 0: nowhere. */
static sqlite3_int64 place_of(const unsigned char *whole, int n_whole,
                              const unsigned char *part, int n_part, bool in_characters)
{
    if (n_part == 0)
        return 1;
    const unsigned char *at =
        n_whole ? memmem(whole, (size_t)n_whole, part, (size_t)n_part) : NULL;
    sqlite3_int64 place = 1;

    if (!at)
        return 0;
    for (; whole < at; whole++)
        place += !in_characters || (*whole & 0xC0) != 0x80;
    return place;
}

/*
 * SQLite's instr compares at every place and in one step of its machine: a view may keep it busy for hours where no
 * progress handler is asked (3.40.1, looked at 2026-11-20). This one answers the same and is linear.
 */
static void linear_instr(sqlite3_context *context, int argc, sqlite3_value **argv)
{
    (void)argc;
    if (sqlite3_value_type(argv[0]) == SQLITE_NULL ||
        sqlite3_value_type(argv[1]) == SQLITE_NULL)
        return;
    bool are_blobs = sqlite3_value_type(argv[0]) == SQLITE_BLOB &&
                     sqlite3_value_type(argv[1]) == SQLITE_BLOB;
    const unsigned char *whole =
        are_blobs ? sqlite3_value_blob(argv[0]) : sqlite3_value_text(argv[0]);
    const unsigned char *part =
        are_blobs ? sqlite3_value_blob(argv[1]) : sqlite3_value_text(argv[1]);
    sqlite3_result_int64(context, place_of(whole, sqlite3_value_bytes(argv[0]), part,
                                           sqlite3_value_bytes(argv[1]), !are_blobs));
}

static int protect(struct tl_sqlite *conn, struct tl_ctx *ctx)
{
    static const char what[] = "cannot set up the connection";

    sqlite3_extended_result_codes(conn->db, 1);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_limit(conn->db, SQLITE_LIMIT_LENGTH, TL_SQLITE_VALUE_MOST);
    int64_t wait = conn->config.busy_timeout / 1000000;
    sqlite3_busy_timeout(conn->db, wait > INT_MAX ? INT_MAX : (int)wait);
    sqlite3_create_function_v2(conn->db, "instr", 2,
                               SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                               NULL, linear_instr, NULL, NULL, NULL);
    tl_sqlite_watch(conn);
    int rc = tl_sqlite_run(conn, "pragma query_only = on", what, ctx);
    /* Rows of people do not belong in temporary files: what a view sorts stays in memory, up to the ceiling. */
    bound_heap();
    if (!rc)
        rc = tl_sqlite_run(conn, "pragma temp_store = memory", what, ctx);
    return rc ? rc : distrust_schema(conn, what, ctx);
}

/* Read as immutable, a file is all there is: what stands in a log beside it is not seen. */
static void warn_of_logs(const char *path, struct tl_ctx *ctx)
{
    static const char *const ends[] = { "-wal", "-journal" };

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct stat st;
        const char *log = tl_arena_printf(ctx->scratch, "%s%s", path, ends[i]);
        if (stat(log, &st) == 0 && st.st_size > 0)
            tl_warn(ctx,
                    "'%s' is not read, for 'immutable' is set: the latest changes may be "
                    "missed",
                    log);
    }
}

static int attach(struct tl_sqlite *conn, const char *name, const char *path,
                  struct tl_ctx *ctx)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    struct tl_str uri = TL_STR_INIT(TL_STR_MOST);
    sqlite3_stmt *statement;
    const char *what = tl_arena_printf(conn->arena, "cannot read '%s'", path);
    int rc = look_at_file(path, ctx);

    if (rc)
        return rc;
    tl_str_add(&sql, "attach ?1 as ");
    tl_sqlite_add_name(&sql, name);
    add_uri(&uri, path, conn->config.immutable);
    if (conn->config.immutable)
        warn_of_logs(path, ctx);
    rc = tl_sqlite_prepare(&statement, conn, sql.text, what, ctx);
    if (!rc) {
        sqlite3_bind_text(statement, 1, uri.text, (int)uri.n, SQLITE_STATIC);
        rc = tl_sqlite_step(conn, statement, what, ctx);
    }
    sqlite3_finalize(statement);
    tl_str_release(&sql);
    tl_str_release(&uri);
    return rc;
}

static int take_attachment(struct tl_sqlite *conn, const char *item, struct tl_ctx *ctx)
{
    const char *equals = strchr(item, '=');

    if (!equals || equals == item || !equals[1])
        return tl_fail(ctx, TL_ECONFIG,
                       "'attach' holds '%s', which is not of the form name=path", item);
    const char *name = tl_arena_dup(conn->arena, item, (size_t)(equals - item));
    bool is_taken = strcasecmp(name, "temp") == 0;
    for (size_t i = 0; i < conn->databases.n; i++)
        is_taken |= strcasecmp(name, conn->databases.items[i]) == 0;
    if (is_taken)
        return tl_fail(ctx, TL_ECONFIG, "'attach' names '%s', which is taken", name);
    const char *path = equals + 1;
    const char *slash = strrchr(conn->config.path, '/');
    if (*path != '/' && slash)
        path = tl_arena_printf(conn->arena, "%.*s/%s", (int)(slash - conn->config.path),
                               conn->config.path, path);
    tl_vec_push(&conn->databases, name);
    return attach(conn, name, path, ctx);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int open_all(struct tl_sqlite *conn, struct tl_ctx *ctx)
{
    struct tl_str uri = TL_STR_INIT(TL_STR_MOST);
    const char *path = conn->config.path;
    int rc = look_at_file(path, ctx);

    if (rc)
        return rc;
    add_uri(&uri, path, conn->config.immutable);
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_EXRESCODE;
    int opened = sqlite3_open_v2(uri.text, &conn->db, flags, NULL);
    tl_str_release(&uri);
    if (opened)
        return tl_sqlite_fail(conn, opened, false,
                              tl_arena_printf(conn->arena, "cannot read '%s'", path),
                              ctx);
    tl_vec_push(&conn->databases, "main");
    if (conn->config.immutable)
        warn_of_logs(path, ctx);
    rc = protect(conn, ctx);
    for (size_t i = 0; i < conn->config.attach.n && !rc; i++)
        rc = take_attachment(conn, conn->config.attach.items[i], ctx);
    qsort(conn->databases.items, conn->databases.n, sizeof *conn->databases.items,
          compare_names);
    return rc;
}

static void sqlite_close(void *self)
{
    struct tl_sqlite *conn = self;

    if (!conn)
        return;
    sqlite3_close_v2(conn->db);
    tl_map_release(&conn->natures);
    tl_vec_release(&conn->databases);
    tl_arena_close(conn->arena);
    tl_free(conn);
}

static int sqlite_open(void **out, const void *config, struct tl_ctx *ctx)
{
    const struct tl_sqlite_config *given = config;

    *out = NULL;
    if (!given->path || !*given->path) {
        tl_hint(ctx, "add a line: path: FILE");
        return tl_fail(ctx, TL_ECONFIG, "a sqlite source needs 'path'");
    }
    struct tl_sqlite *conn = tl_alloc(1, sizeof *conn);
    conn->config = *given;
    conn->arena = tl_arena_open();
    conn->config.path = tl_arena_strdup(conn->arena, given->path);
    int rc = open_all(conn, ctx);
    conn->config.attach = (struct tl_list){ 0 }; /* the caller's memory */
    if (rc)
        sqlite_close(conn);
    else
        *out = conn;
    return rc;
}

/* Reads the first page and the schema of each database. */
static int sqlite_check(void *self, struct tl_ctx *ctx)
{
    struct tl_sqlite *conn = self;
    const char *what =
        tl_arena_printf(ctx->scratch, "cannot read '%s'", conn->config.path);
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    int rc = tl_sqlite_enter(conn, 0, ctx);

    for (size_t i = 0; i < conn->databases.n && !rc; i++) {
        tl_str_clear(&sql);
        tl_str_add(&sql, "select 1 from ");
        tl_sqlite_add_name(&sql, conn->databases.items[i]);
        tl_str_add(&sql, ".sqlite_schema limit 1");
        rc = tl_sqlite_run(conn, sql.text, what, ctx);
    }
    tl_sqlite_leave(conn);
    tl_str_release(&sql);
    return rc;
}

static const struct tl_option sqlite_options[] = {
    { "path", TL_KIND_TEXT, offsetof(struct tl_sqlite_config, path), NULL,
      "the database file", NULL, "FILE", 0 },
    { "attach", TL_KIND_LIST, offsetof(struct tl_sqlite_config, attach), NULL,
      "further files as name=path, paths relative to the folder of 'path'", NULL,
      "NAME=FILE", 0 },
    { "immutable", TL_KIND_FLAG, offsetof(struct tl_sqlite_config, immutable), NULL,
      "nobody changes the files: read them without locks", NULL, NULL, 0 },
    { "busy_timeout", TL_KIND_DURATION, offsetof(struct tl_sqlite_config, busy_timeout),
      "5s", "how long to wait for a lock", NULL, NULL, 0 },
    { "sample_timeout", TL_KIND_DURATION,
      offsetof(struct tl_sqlite_config, sample_timeout), "10s",
      "how long sampling one table or view may take; 0s for no limit", NULL, NULL, 0 },
    { 0 },
};

static const char *const sqlite_paths[] = { "path", NULL };

static const struct tl_source_ops sqlite_source = {
    .gives = TL_GIVES_SCHEMA | TL_GIVES_SAMPLES,
    .pull = tl_sqlite_pull,
    .sample = tl_sqlite_sample,
};

const struct tl_connector tl_connector_sqlite = {
    .name = "sqlite",
    .summary = "reads schemas, view SQL and samples from SQLite files",
    .platform = "sqlite",
    .options = sqlite_options,
    .config_size = sizeof(struct tl_sqlite_config),
    .paths = sqlite_paths,
    .open = sqlite_open,
    .check = sqlite_check,
    .close = sqlite_close,
    .source = &sqlite_source,
};
