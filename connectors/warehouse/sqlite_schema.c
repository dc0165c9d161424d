/*
 * Pulls tables, views and virtual tables: names from sqlite_schema, the rest by table-valued pragmas that are prepared once
 * and bound for each table, comments from the stored CREATE text.
 */
#include "connectors/warehouse/sqlite_parts.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "connectors/rows.h"
#include "connectors/warehouse/ddl_comments.h"

#include <strings.h>
#include <sys/stat.h>

/* Bound: ?1 the table, ?2 the database. */
enum question { COLUMNS, UNIQUES, FOREIGN_KEYS, PARENT_KEY, N_QUESTIONS };
static const char *const questions[N_QUESTIONS] = {
    [COLUMNS] = "select name, type, \"notnull\", pk, hidden from "
                "pragma_table_xinfo(?1, ?2) order by cid",
    /* Columns that are unique alone: one column, no partial index. */
    [UNIQUES] = "select max(ii.name) from pragma_index_list(?1, ?2) il, "
                "pragma_index_info(il.name, ?2) ii "
                "where il.\"unique\" and not il.partial and il.origin <> 'pk' group by "
                "il.name having count(*) = 1",
    /* SQLite numbers them from the last declared to the first. */
    [FOREIGN_KEYS] = "select id, \"table\", \"from\", \"to\" from "
                     "pragma_foreign_key_list(?1, ?2) order by id desc, seq",
    [PARENT_KEY] = "select name from pragma_table_info(?1, ?2) where pk > 0 order by pk",
};

struct pull {
    struct tl_snapshot *out;
    struct tl_sqlite *conn;
    const struct tl_scope *scope;
    const char *database;
    struct tl_key key; /* of the dataset that is being read */
    sqlite3_stmt *ask[N_QUESTIONS];
    struct tl_map counts;               /* table -> rows as ANALYZE counted them */
    int64_t rows_most;                  /* no table of this file holds more */
    uint64_t version;                   /* of the database, as in struct tl_dataset */
    struct tl_arena *lasting, *passing; /* for a database; for a dataset */
    const char *what;                   /* is being tried, for errors */
    struct tl_ctx *ctx;
};

static const char *text_at(sqlite3_stmt *statement, int i)
{
    const char *text = (const char *)sqlite3_column_text(statement, i);

    return text ? text : "";
}

static struct tl_dataset *dataset_of(const struct pull *pull)
{
    return &pull->out->datasets.items[pull->out->datasets.n - 1];
}

static const char *name_of(const struct pull *pull)
{
    return tl_snapshot_text(pull->out, dataset_of(pull)->name);
}

static sqlite3_stmt *ask(const struct pull *pull, enum question question,
                         const char *table)
{
    sqlite3_stmt *statement = pull->ask[question];

    sqlite3_reset(statement);
    sqlite3_bind_text(statement, 1, table, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(statement, 2, pull->database, -1, SQLITE_STATIC);
    return statement;
}

/* ---- columns and keys ---- */

static int next_column(struct pull *pull, sqlite3_stmt *statement)
{
    int rc = tl_fault("sqlite.step") ? SQLITE_IOERR : sqlite3_step(statement);

    if (rc == SQLITE_ROW)
        return 1;
    /* A view that does not compile shows itself here, in words that speak of its text alone. */
    return rc == SQLITE_DONE
               ? 0
               : tl_sqlite_fail(pull->conn, rc, true, pull->what, pull->ctx);
}

static bool takes_column(const struct pull *pull, const char *table, const char *name)
{
    struct tl_key key = pull->key;

    if (!pull->scope->include_columns.n && !pull->scope->exclude_columns.n)
        return true;
    key.dataset = table;
    key.field = name;
    return tl_scope_takes_column(pull->scope, &key);
}

static int read_columns(struct pull *pull, unsigned nature)
{
    enum { PLAIN, HIDDEN };
    bool is_view = dataset_of(pull)->kind == TL_VIEW;
    bool has_rowid =
        !is_view && !(nature & (TL_SQLITE_WITHOUT_ROWID | TL_SQLITE_VIRTUAL));
    unsigned n_keys = 0;
    uint32_t alias = UINT32_MAX; /* the column that may be the rowid itself */
    sqlite3_stmt *statement = ask(pull, COLUMNS, name_of(pull));
    int rc;

    while ((rc = next_column(pull, statement)) > 0) {
        if (sqlite3_column_int(statement, 4) == HIDDEN)
            continue;
        const char *name = text_at(statement, 0);
        const char *type = text_at(statement, 1);
        bool is_key = sqlite3_column_int(statement, 3) > 0;
        bool is_bound = sqlite3_column_int(statement, 2) ||
                        (is_key && nature & TL_SQLITE_WITHOUT_ROWID);
        n_keys += is_key;
        if (!takes_column(pull, pull->key.dataset, name))
            continue;
        struct tl_column *column =
            tl_snapshot_add_column(pull->out, name, strlen(name), *type ? type : NULL);
        column->nullable = (int8_t)(is_view ? -1 : !is_bound);
        column->roles = is_key ? TL_KEY_PRIMARY : 0;
        if (is_key && has_rowid && strcasecmp(type, "integer") == 0)
            alias = (uint32_t)(pull->out->columns.n - 1);
    }
    sqlite3_reset(statement);
    /* Other than the standard says, a primary key may hold NULL; not so one that is the rowid. */
    if (n_keys == 1 && alias != UINT32_MAX)
        pull->out->columns.items[alias].nullable = 0;
    return rc;
}

static struct tl_column *find_column(const struct pull *pull, const char *name)
{
    const struct tl_dataset *dataset = dataset_of(pull);

    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        struct tl_column *column = &pull->out->columns.items[dataset->first_column + i];
        if (strcasecmp(tl_snapshot_text(pull->out, column->path), name) == 0)
            return column;
    }
    return NULL;
}

static int read_uniques(struct pull *pull)
{
    sqlite3_stmt *statement = ask(pull, UNIQUES, name_of(pull));
    int rc;

    while ((rc = tl_sqlite_step(pull->conn, statement, pull->what, pull->ctx)) > 0) {
        /* Without a name: the rowid or an expression. */
        bool has_name = sqlite3_column_type(statement, 0) != SQLITE_NULL;
        struct tl_column *column =
            has_name ? find_column(pull, text_at(statement, 0)) : NULL;
        if (column)
            column->roles |= TL_KEY_UNIQUE;
    }
    sqlite3_reset(statement);
    return rc;
}

/* `references parent` without columns means the parent's primary key. */
static int add_parent_key(struct tl_str *out, bool *is_known, struct pull *pull,
                          const char *parent)
{
    sqlite3_stmt *statement = ask(pull, PARENT_KEY, parent);
    int rc;

    while ((rc = tl_sqlite_step(pull->conn, statement, pull->what, pull->ctx)) > 0) {
        const char *name = text_at(statement, 0);
        if (out->n)
            tl_str_add_char(out, ',');
        tl_str_add(out, name);
        *is_known &= takes_column(pull, parent, name);
    }
    sqlite3_reset(statement);
    return rc;
}

struct foreign {
    int id;
    struct tl_str from, to, parent;
    bool has_to;
    bool is_left_out, is_unknown; /* a column of it is; one of the parent's is */
};

static int end_foreign(struct pull *pull, struct foreign *key)
{
    int rc = TL_OK;

    if (key->id < 0)
        return rc;
    bool is_known = !key->is_unknown;
    if (!key->has_to)
        rc = add_parent_key(&key->to, &is_known, pull, key->parent.text);
    if (!rc && !key->is_left_out)
        tl_snapshot_add_foreign_key(pull->out, key->from.text, key->parent.text,
                                    key->to.n && is_known ? key->to.text : NULL);
    tl_str_clear(&key->from);
    tl_str_clear(&key->to);
    tl_str_clear(&key->parent);
    key->has_to = key->is_left_out = key->is_unknown = false;
    return rc;
}

static int read_foreign_keys(struct pull *pull)
{
    struct foreign key = { -1,
                           TL_STR_INIT(TL_STR_MOST),
                           TL_STR_INIT(TL_STR_MOST),
                           TL_STR_INIT(TL_STR_MOST),
                           false,
                           false,
                           false };
    sqlite3_stmt *statement = ask(pull, FOREIGN_KEYS, name_of(pull));
    int rc;

    while ((rc = tl_sqlite_step(pull->conn, statement, pull->what, pull->ctx)) > 0) {
        if (sqlite3_column_int(statement, 0) != key.id && (rc = end_foreign(pull, &key)))
            break;
        key.id = sqlite3_column_int(statement, 0);
        if (!key.parent.n)
            tl_str_add(&key.parent, text_at(statement, 1));
        const char *from = text_at(statement, 2);
        struct tl_column *column = find_column(pull, from);
        if (column)
            column->roles |= TL_KEY_FOREIGN;
        key.is_left_out |= !takes_column(pull, pull->key.dataset, from);
        if (key.from.n)
            tl_str_add_char(&key.from, ',');
        tl_str_add(&key.from, from);
        if (sqlite3_column_type(statement, 3) == SQLITE_NULL)
            continue;
        if (key.has_to)
            tl_str_add_char(&key.to, ',');
        tl_str_add(&key.to, text_at(statement, 3));
        key.is_unknown |= !takes_column(pull, key.parent.text, text_at(statement, 3));
        key.has_to = true;
    }
    if (!rc)
        rc = end_foreign(pull, &key);
    sqlite3_reset(statement);
    tl_str_release(&key.from);
    tl_str_release(&key.to);
    tl_str_release(&key.parent);
    return rc;
}

/* ---- comments, rows ---- */

static void read_comments(struct pull *pull, const char *sql, size_t n)
{
    struct tl_ddl_comments comments;

    /* Most tables have none. */
    if (!memmem(sql, n, "--", 2) && !memmem(sql, n, "/*", 2))
        return;
    tl_ddl_comments_read(&comments, sql, n, pull->passing);
    dataset_of(pull)->comment = tl_text_of(pull->out->texts, comments.table);
    for (size_t i = 0; i < comments.columns.n; i++) {
        struct tl_column *column = find_column(pull, comments.columns.items[i].column);
        if (column)
            column->comment =
                tl_text_of(pull->out->texts, comments.columns.items[i].text);
    }
    tl_vec_release(&comments.columns);
}

/* What ANALYZE counted, else the span of the rowids: both cost a look at one or two pages. */
static int estimate_rows(struct pull *pull, unsigned nature)
{
    struct tl_dataset *dataset = dataset_of(pull);
    const char *name = name_of(pull);
    uint32_t counted;

    if (dataset->kind != TL_TABLE || nature & TL_SQLITE_VIRTUAL)
        return TL_OK;
    if (tl_map_get(&pull->counts, name, strlen(name), &counted)) {
        dataset->rows = counted;
        return TL_OK;
    }
    const char *rowid = tl_sqlite_rowid(pull->conn, pull->out, dataset);
    if (nature & TL_SQLITE_WITHOUT_ROWID || !rowid)
        return TL_OK;
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    int64_t bounds[2] = { 0, -1 };
    for (int i = 0; i < 2; i++) {
        tl_str_addf(&sql, "%s(%s) from ", i ? "), (select max" : "select (select min",
                    rowid);
        tl_sqlite_add_name(&sql, pull->database);
        tl_str_add_char(&sql, '.');
        tl_sqlite_add_name(&sql, name);
    }
    tl_str_add_char(&sql, ')');
    int rc = tl_sqlite_numbers(bounds, 2, pull->conn, sql.text, pull->what, pull->ctx);
    tl_str_release(&sql);
    if (rc)
        return rc;
    /* An empty table has no bounds: -1 - 0 + 1 is none. */
    uint64_t span = (uint64_t)bounds[1] - (uint64_t)bounds[0];
    dataset->rows =
        span < (uint64_t)pull->rows_most ? (int64_t)span + 1 : pull->rows_most;
    if (bounds[1] == -1 && bounds[0] == 0)
        dataset->rows = 0;
    return TL_OK;
}

/* sqlite_stat1.stat begins with the number of rows (a partial index: of fewer; the largest is the table's). */
static int read_counts(struct pull *pull)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    sqlite3_stmt *statement = NULL;

    tl_str_add(&sql, "select tbl, max(cast(stat as integer)) from ");
    tl_sqlite_add_name(&sql, pull->database);
    tl_str_add(&sql, ".sqlite_stat1 group by tbl");
    /* Nobody has to have run ANALYZE. */
    int prepared = sqlite3_prepare_v2(pull->conn->db, sql.text, -1, &statement, NULL);
    tl_str_release(&sql);
    if (prepared)
        return TL_OK;
    int rc;
    while ((rc = tl_sqlite_step(pull->conn, statement, pull->what, pull->ctx)) > 0) {
        const char *name = text_at(statement, 0);
        int64_t n = sqlite3_column_int64(statement, 1);
        if (n >= 0 && n <= UINT32_MAX)
            tl_map_put(&pull->counts, tl_arena_strdup(pull->lasting, name), strlen(name),
                       (uint32_t)n);
    }
    sqlite3_finalize(statement);
    return rc;
}

/* A row takes at least two bytes of a page, and one more for where it stands. */
static int read_size(struct pull *pull)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    static const char *const parts[] = { "page_count", "page_size" };
    int64_t values[2] = { 0 };
    int rc = TL_OK;

    for (size_t i = 0; i < 2 && !rc; i++) {
        tl_str_clear(&sql);
        tl_str_add(&sql, "pragma ");
        tl_sqlite_add_name(&sql, pull->database);
        tl_str_addf(&sql, ".%s", parts[i]);
        rc = tl_sqlite_numbers(&values[i], 1, pull->conn, sql.text,
                               "cannot read the size", pull->ctx);
    }
    tl_str_release(&sql);
    pull->rows_most = rc ? 0 : values[0] * (values[1] / 4);
    return rc;
}

static uint64_t add_number(uint64_t hash, uint64_t number)
{
    for (int i = 0; i < 8; i++) /* FNV-1a */
        hash = (hash ^ (number >> (8 * i) & 0xff)) * 0x100000001b3u;
    return hash;
}

static uint64_t add_file(uint64_t hash, const char *path)
{
    struct stat st;

    if (!path || stat(path, &st) < 0)
        return add_number(hash, 0);
    hash = add_number(hash, (uint64_t)st.st_ino);
    hash = add_number(hash, (uint64_t)st.st_size);
    hash = add_number(hash, (uint64_t)st.st_mtim.tv_sec);
    return add_number(hash, (uint64_t)st.st_mtim.tv_nsec);
}

/*
 * Every commit writes to the file or to its write-ahead log. (`pragma data_version` says the same, but only to a connection that was there
 * before: https://sqlite.org/pragma.html#pragma_data_version.) Both files are looked at before anything is read.
 */
static uint64_t read_version(const struct pull *pull)
{
    const char *path = sqlite3_db_filename(pull->conn->db, pull->database);

    if (!path || !*path)
        return 0;
    uint64_t hash = add_file(0xcbf29ce484222325u, path);
    return add_file(hash, sqlite3_filename_wal(path)) | 1;
}

/* ---- tables of a database ---- */

static int read_dataset(struct pull *pull, unsigned nature, const char *sql, size_t n_sql)
{
    bool is_view = dataset_of(pull)->kind == TL_VIEW;
    int rc = read_columns(pull, nature);

    if (!rc && !is_view)
        rc = read_uniques(pull);
    if (!rc && !is_view)
        rc = read_foreign_keys(pull);
    if (!rc)
        rc = estimate_rows(pull, nature);
    if (!rc && !(nature & TL_SQLITE_VIRTUAL))
        read_comments(pull, sql, n_sql);
    return rc;
}

static int take_dataset(struct pull *pull, sqlite3_stmt *list)
{
    const char *name = text_at(list, 1);
    bool is_view = strcmp(text_at(list, 0), "view") == 0;
    struct tl_key key = {
        .source =
            tl_snapshot_text(pull->out,
                             pull->out->sources.items[pull->out->sources.n - 1].name),
        .database = pull->database,
        .dataset = name,
    };
    unsigned nature = 0;
    int rc = tl_ctx_check(pull->ctx);

    if (!rc)
        rc = tl_sqlite_nature(&nature, pull->conn, pull->database, name, pull->ctx);
    if (rc || nature & TL_SQLITE_SHADOW || !tl_scope_takes(pull->scope, &key))
        return rc;
    struct tl_dataset *dataset =
        tl_snapshot_add_dataset(pull->out, pull->database, NULL, name,
                                is_view ? TL_VIEW : TL_TABLE);
    dataset->rows = -1;
    dataset->version = nature & TL_SQLITE_VIRTUAL ? 0 : pull->version;
    pull->key = key;
    tl_arena_reset(pull->passing);
    pull->what = tl_arena_printf(pull->passing, "cannot read '%s'", name);
    const char *sql = text_at(list, 2);
    size_t n_sql = strlen(sql);
    if (is_view)
        dataset->view_sql = tl_text_add(pull->out->texts, sql, n_sql);
    rc = read_dataset(pull, nature, sql, n_sql);
    if (rc && !tl_sqlite_is_lost(pull->conn))
        rc = tl_dataset_broken(pull->out, NULL, rc, pull->ctx);
    return rc;
}

static int pull_database(struct pull *pull)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    const char *what =
        tl_arena_printf(pull->lasting, "cannot read '%s'", pull->conn->config.path);
    sqlite3_stmt *list = NULL;

    pull->what = what;
    pull->version = read_version(pull);
    int rc = read_size(pull);
    if (!rc)
        rc = read_counts(pull);
    for (size_t i = 0; i < N_QUESTIONS && !rc; i++)
        rc = tl_sqlite_prepare(&pull->ask[i], pull->conn, questions[i], what, pull->ctx);
    tl_str_add(&sql, "select type, name, sql from ");
    tl_sqlite_add_name(&sql, pull->database);
    tl_str_add(&sql, ".sqlite_schema where type in ('table', 'view') and name not like "
                     "'sqlite\\_%' escape '\\' "
                     "order by name collate binary");
    if (!rc)
        rc = tl_sqlite_prepare(&list, pull->conn, sql.text, what, pull->ctx);
    while (!rc && (rc = tl_sqlite_step(pull->conn, list, what, pull->ctx)) > 0)
        rc = take_dataset(pull, list);
    sqlite3_finalize(list);
    for (size_t i = 0; i < N_QUESTIONS; i++)
        sqlite3_finalize(pull->ask[i]);
    tl_map_release(&pull->counts);
    tl_str_release(&sql);
    return rc;
}

int tl_sqlite_pull(struct tl_snapshot *out, void *self, const struct tl_scope *scope,
                   struct tl_ctx *ctx)
{
    struct tl_sqlite *conn = self;
    int rc = tl_sqlite_enter(conn, 0, ctx);

    if (rc)
        return rc;
    tl_map_release(&conn->natures);
    conn->natures_known = false;
    for (size_t i = 0; i < conn->databases.n && !rc; i++) {
        struct pull pull = {
            .out = out,
            .conn = conn,
            .scope = scope,
            .database = conn->databases.items[i],
            .lasting = tl_arena_open(),
            .passing = tl_arena_open(),
            .ctx = ctx,
        };
        rc = pull_database(&pull);
        tl_arena_close(pull.lasting);
        tl_arena_close(pull.passing);
    }
    tl_sqlite_leave(conn);
    return rc;
}
