/*
 * Chooses rows of a table or view. Tables with rowids: short runs of consecutive rows behind random rowids, never the same
 * row twice, so that a sample costs some dozens of seeks however large the table is. Everything else cannot be entered
 * in the middle: its first rows are walked and kept with equal chance.
 */
#include "connectors/warehouse/sqlite_parts.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "base/say.h"
#include "connectors/rows.h"

#include <limits.h>

enum {
    RUNS = 32,    /* runs of rows a sample is made of */
    DRAWS = 1024, /* most places looked at, where rowids stand far apart */
    WALK =
        4, /* how many times the rows asked for are walked where nothing can be entered in the middle */
    WINDOW = 200000, /* rowids among which values of sparse columns are looked for */
    LARGE_ROWS =
        64, /* rows with huge values that are left out before a dataset is given up */
};

/* Positions (rowid - least rowid) that were looked at already, ends included, in ascending order. */
struct seen {
    uint64_t from, to;
};

struct sampling {
    struct tl_sqlite *conn;
    const struct tl_snapshot *snapshot;
    const struct tl_dataset *dataset;
    const char *database, *name, *rowid; /* rowid NULL: none */
    const char *what;
    struct tl_rows rows;
    struct tl_pick pick;
    TL_VEC(struct seen) seen;
    int64_t least;
    uint64_t span;     /* greatest rowid - least */
    sqlite3_stmt *run; /* rows with rowids ?1..?2, at most ?3 */
    unsigned left_out; /* rows too large to load */
    struct tl_ctx *ctx;
};

/* ---- statements ---- */

/*
 * Everything is asked of "q", the table's other name: a bare "name" that is no column (any more) would be taken for a text of
 * that wording, q."name" cannot be.
 */
static void add_table(struct tl_str *sql, const struct sampling *s)
{
    tl_sqlite_add_name(sql, s->database);
    tl_str_add_char(sql, '.');
    tl_sqlite_add_name(sql, s->name);
    tl_str_add(sql, " as q");
}

static const char *column_name(const struct sampling *s, uint32_t i)
{
    return tl_snapshot_text(
        s->snapshot, s->snapshot->columns.items[s->dataset->first_column + i].path);
}

static void add_column_name(struct tl_str *sql, const struct sampling *s, uint32_t i)
{
    tl_str_add(sql, "q.");
    tl_sqlite_add_name(sql, column_name(s, i));
}

/* select q.rowid,q."a",q."b" from "main"."t" as q */
static void add_select(struct tl_str *sql, const struct sampling *s)
{
    tl_str_add(sql, "select ");
    if (s->rowid)
        tl_str_addf(sql, "q.%s", s->rowid);
    for (uint32_t i = 0; i < s->dataset->n_columns; i++) {
        if (i || s->rowid)
            tl_str_add_char(sql, ',');
        add_column_name(sql, s, i);
    }
    tl_str_add(sql, " from ");
    add_table(sql, s);
}

static void put_value(struct sampling *s, uint32_t column, sqlite3_stmt *statement, int i)
{
    if (sqlite3_column_type(statement, i) == SQLITE_NULL)
        return;
    /* Numbers as text, as people see them; the order of these two calls is SQLite's wish. */
    bool is_blob = sqlite3_column_type(statement, i) == SQLITE_BLOB;
    const void *bytes =
        is_blob ? sqlite3_column_blob(statement, i) : sqlite3_column_text(statement, i);
    int n = sqlite3_column_bytes(statement, i);
    tl_rows_put(&s->rows, column, bytes ? bytes : "", (size_t)n, false);
}

static void put_row(struct sampling *s, sqlite3_stmt *statement, uint32_t slot)
{
    int first = s->rowid ? 1 : 0;

    tl_rows_begin(&s->rows, slot);
    for (uint32_t i = 0; i < s->dataset->n_columns; i++)
        put_value(s, i, statement, first + (int)i);
}

/* ---- rows that are too large to load ---- */

/*
 * The beginning of a value that SQLite would not load: read in place, as a blob is. Where that cannot be (a generated column)
 * or would look like nothing people write (UTF-16), the sample shows that something is there, and nothing of it.
 */
static int put_beginning(struct sampling *s, uint32_t column, int64_t rowid)
{
    int64_t is_utf8 = 1;
    int rc = tl_sqlite_numbers(&is_utf8, 1, s->conn,
                               "select encoding = 'UTF-8' from pragma_encoding", s->what,
                               s->ctx);

    if (rc)
        return rc;
    sqlite3_blob *blob = NULL;
    rc = tl_fault("sqlite.blob")
             ? SQLITE_IOERR
             : sqlite3_blob_open(s->conn->db, s->database, s->name,
                                 column_name(s, column), rowid, 0, &blob);
    if (!is_utf8 || (rc & 0xff) == SQLITE_ERROR) {
        tl_rows_put(&s->rows, column, "", 0, true);
        rc = SQLITE_OK;
    } else if (rc == SQLITE_OK) {
        /* One byte more than is kept shows where a character ends. */
        int most = (int)s->rows.value_bytes + 1;
        int n = sqlite3_blob_bytes(blob) < most ? sqlite3_blob_bytes(blob) : most;
        char *bytes = tl_alloc((size_t)n + 1, 1);
        rc = sqlite3_blob_read(blob, bytes, n, 0);
        if (rc == SQLITE_OK)
            tl_rows_put(&s->rows, column, bytes, (size_t)n, false);
        tl_free(bytes);
    }
    sqlite3_blob_close(blob);
    return rc ? tl_sqlite_fail(s->conn, rc, false, s->what, s->ctx) : TL_OK;
}

static int put_large_value(struct sampling *s, uint32_t column, int64_t rowid)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    sqlite3_stmt *statement;

    tl_str_add(&sql, "select ");
    add_column_name(&sql, s, column);
    tl_str_add(&sql, " from ");
    add_table(&sql, s);
    tl_str_addf(&sql, " where %s = %lld", s->rowid, (long long)rowid);
    int rc = tl_sqlite_prepare(&statement, s->conn, sql.text, s->what, s->ctx);
    tl_str_release(&sql);
    if (rc)
        return rc;
    rc = tl_fault("sqlite.step") ? SQLITE_IOERR : sqlite3_step(statement);
    bool too_big = rc == SQLITE_TOOBIG;
    if (rc == SQLITE_ROW)
        put_value(s, column, statement, 0);
    bool failed = rc != SQLITE_ROW && rc != SQLITE_DONE && !too_big;
    rc = failed ? tl_sqlite_fail(s->conn, rc, false, s->what, s->ctx) : TL_OK;
    sqlite3_finalize(statement);
    return too_big ? put_beginning(s, column, rowid) : rc;
}

/* Finds the row that a run could not load, and puts it value by value. 1, with its rowid; 0: there is none. */
static int put_large_row(struct sampling *s, int64_t from, int64_t to, int64_t *rowid)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    sqlite3_stmt *statement;

    tl_str_addf(&sql, "select %s from ", s->rowid);
    add_table(&sql, s);
    tl_str_addf(&sql, " where %s between %lld and %lld order by 1 limit 1", s->rowid,
                (long long)from, (long long)to);
    int rc = tl_sqlite_prepare(&statement, s->conn, sql.text, s->what, s->ctx);
    tl_str_release(&sql);
    if (!rc)
        rc = tl_sqlite_step(s->conn, statement, s->what, s->ctx);
    if (rc > 0)
        *rowid = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    if (rc <= 0)
        return rc;
    tl_rows_begin(&s->rows, s->rows.n);
    for (uint32_t i = 0; i < s->dataset->n_columns; i++)
        if ((rc = put_large_value(s, i, *rowid)))
            return rc;
    return 1;
}

/* ---- tables with rowids ---- */

static int prepare_run(struct sampling *s)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);

    add_select(&sql, s);
    tl_str_addf(&sql, " where %s between ?1 and ?2 order by 1 limit ?3", s->rowid);
    int rc = tl_sqlite_prepare(&s->run, s->conn, sql.text, s->what, s->ctx);
    tl_str_release(&sql);
    return rc;
}

/* Reads rows with rowids from..to, at most `most`. `*n`: how many; `*last`: the rowid of the last one. */
static int read_run(struct sampling *s, int64_t from, int64_t to, uint32_t most,
                    uint32_t *n, int64_t *last)
{
    *n = 0;
    for (;;) {
        sqlite3_reset(s->run);
        sqlite3_bind_int64(s->run, 1, from);
        sqlite3_bind_int64(s->run, 2, to);
        sqlite3_bind_int64(s->run, 3, most - *n);
        int stepped;
        while ((stepped = tl_fault("sqlite.step") ? SQLITE_IOERR
                                                  : sqlite3_step(s->run)) == SQLITE_ROW) {
            *last = sqlite3_column_int64(s->run, 0);
            put_row(s, s->run, s->rows.n);
            ++*n;
            from = *last == INT64_MAX ? *last : *last + 1;
        }
        sqlite3_reset(s->run);
        if (stepped == SQLITE_DONE)
            return TL_OK;
        if (stepped != SQLITE_TOOBIG)
            return tl_sqlite_fail(s->conn, stepped, false, s->what, s->ctx);
        int put = put_large_row(s, from, to, last);
        if (put <= 0)
            return put;
        if (++*n == most || *last == to)
            return TL_OK;
        from = *last + 1;
    }
}

static void see(struct sampling *s, uint64_t from, uint64_t to)
{
    size_t i = 0;

    while (i < s->seen.n && s->seen.items[i].from < from)
        i++;
    tl_vec_push(&s->seen, ((struct seen){ 0 }));
    memmove(&s->seen.items[i + 1], &s->seen.items[i],
            (s->seen.n - 1 - i) * sizeof *s->seen.items);
    s->seen.items[i] = (struct seen){ from, to };
}

/* How many positions are unseen. */
static uint64_t count_unseen(const struct sampling *s)
{
    uint64_t n = s->span + 1;

    for (size_t i = 0; i < s->seen.n; i++)
        n -= s->seen.items[i].to - s->seen.items[i].from + 1;
    return n;
}

/* The kth unseen position; `*to`: the last one of the unseen positions that follow it without a break. */
static uint64_t find_unseen(const struct sampling *s, uint64_t k, uint64_t *to)
{
    for (size_t i = 0; i < s->seen.n; i++) {
        if (k < s->seen.items[i].from) {
            *to = s->seen.items[i].from - 1;
            return k;
        }
        k += s->seen.items[i].to - s->seen.items[i].from + 1;
    }
    *to = s->span;
    return k;
}

/*
 * Draws places among the unseen. A run that begins in a gap shows where the gap ends, and that part is not drawn again:
 * rowids that stand in clusters far apart are found as bisection finds them.
 */
static int draw_runs(struct sampling *s)
{
    uint32_t length = (s->rows.most + RUNS - 1) / RUNS;

    for (unsigned draw = 0; draw < DRAWS && s->rows.n < s->rows.most; draw++) {
        uint64_t left = count_unseen(s);
        if (!left)
            break;
        uint64_t to;
        uint64_t at = find_unseen(s, tl_pick_below(&s->pick, left), &to);
        uint32_t wanted = s->rows.most - s->rows.n;
        uint32_t most = wanted < length ? wanted : length;
        uint32_t n;
        int64_t last = 0;
        int rc = read_run(s, (int64_t)((uint64_t)s->least + at),
                          (int64_t)((uint64_t)s->least + to), most, &n, &last);
        if (rc)
            return rc;
        see(s, at, n == most ? (uint64_t)last - (uint64_t)s->least : to);
    }
    return TL_OK;
}

/* How many rows there are, as far as it matters, and where they lie: one look at both ends of the table. */
static int measure(struct sampling *s, int64_t *count, int64_t *last)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    int64_t numbers[3] = { 0 };

    tl_str_add(&sql, "select (select count(*) from (select 1 from ");
    add_table(&sql, s);
    tl_str_addf(&sql, " limit %u)), (select min(%s) from ", s->rows.most + 1, s->rowid);
    add_table(&sql, s);
    tl_str_addf(&sql, "), (select max(%s) from ", s->rowid);
    add_table(&sql, s);
    tl_str_add_char(&sql, ')');
    int rc = tl_sqlite_numbers(numbers, 3, s->conn, sql.text, s->what, s->ctx);
    tl_str_release(&sql);
    *count = numbers[0];
    s->least = numbers[1];
    *last = numbers[2];
    return rc;
}

static int read_by_rowid(struct sampling *s, enum tl_sample_state *state)
{
    int64_t count;
    int64_t last;
    uint32_t n;
    int rc = measure(s, &count, &last);

    if (!rc)
        rc = prepare_run(s);
    if (rc)
        return rc;
    s->span = (uint64_t)last - (uint64_t)s->least;
    /* All 2^64 positions at once cannot be counted in 64 bits; the last one is not missed. */
    s->span -= s->span == UINT64_MAX;
    *state = count <= (int64_t)s->rows.most ? TL_SAMPLE_WHOLE : TL_SAMPLE_READ;
    if (*state == TL_SAMPLE_WHOLE)
        return read_run(s, s->least, last, s->rows.most, &n, &last);
    return draw_runs(s);
}

/* ---- columns that are mostly NULL ---- */

/* select 1, q."a", null from "main"."t" as q where q.rowid between ?1 and ?2 and (q."a" is not null) limit ?3 */
static int prepare_sparse(sqlite3_stmt **out, struct sampling *s, const uint8_t *sparse)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    const char *between = " and (";

    tl_str_addf(&sql, "select q.%s", s->rowid);
    for (uint32_t i = 0; i < s->dataset->n_columns; i++) {
        tl_str_add_char(&sql, ',');
        if (sparse[i])
            add_column_name(&sql, s, i);
        else
            tl_str_add(&sql, "null");
    }
    tl_str_add(&sql, " from ");
    add_table(&sql, s);
    tl_str_addf(&sql, " where %s between ?1 and ?2", s->rowid);
    for (uint32_t i = 0; i < s->dataset->n_columns; i++) {
        if (!sparse[i])
            continue;
        tl_str_add(&sql, between);
        add_column_name(&sql, s, i);
        tl_str_add(&sql, " is not null");
        between = " or ";
    }
    tl_str_addf(&sql, ") limit %u", s->rows.most);
    int rc = tl_sqlite_prepare(out, s->conn, sql.text, s->what, s->ctx);
    tl_str_release(&sql);
    return rc;
}

/* Looks through one window of the table. A row too large to load ends it: what was found so far is enough. */
static int read_sparse(struct tl_sample *out, struct sampling *s, const uint8_t *sparse,
                       const struct tl_sample_spec *spec)
{
    struct tl_sample_spec few = *spec;
    sqlite3_stmt *statement;
    uint64_t from = s->span > WINDOW ? tl_pick_below(&s->pick, s->span - WINDOW) : 0;
    uint64_t to = s->span > WINDOW ? from + WINDOW : s->span;
    int stepped = SQLITE_DONE;

    few.rows = spec->least_values * 4;
    tl_rows_init(&s->rows, s->dataset->n_columns, &few);
    int rc = prepare_sparse(&statement, s, sparse);
    if (rc)
        return rc;
    sqlite3_bind_int64(statement, 1, (int64_t)((uint64_t)s->least + from));
    sqlite3_bind_int64(statement, 2, (int64_t)((uint64_t)s->least + to));
    while ((stepped = tl_fault("sqlite.step") ? SQLITE_IOERR : sqlite3_step(statement)) ==
           SQLITE_ROW)
        put_row(s, statement, s->rows.n);
    if (stepped != SQLITE_DONE && stepped != SQLITE_TOOBIG)
        rc = tl_sqlite_fail(s->conn, stepped, false, s->what, s->ctx);
    sqlite3_finalize(statement);
    if (!rc)
        tl_rows_give_extra(out, &s->rows, s->ctx);
    return rc;
}

/* ---- everything else ---- */

static int prepare_walk(sqlite3_stmt **out, struct sampling *s, uint64_t offset)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);

    add_select(&sql, s);
    tl_str_addf(&sql, " limit -1 offset %llu", (unsigned long long)offset);
    int rc = tl_sqlite_prepare(out, s->conn, sql.text, s->what, s->ctx);
    tl_str_release(&sql);
    return rc;
}

/* Walks the first rows. A row that cannot be loaded is passed over, and the walk begins anew behind it. */
static int walk(struct sampling *s, enum tl_sample_state *state)
{
    uint64_t most = (uint64_t)s->rows.most * WALK;
    uint64_t passed = 0; /* rows behind us, large ones too */
    uint64_t i = 0;      /* rows loaded */
    int stepped = SQLITE_TOOBIG;

    *state = TL_SAMPLE_READ;
    while (stepped == SQLITE_TOOBIG && s->left_out <= LARGE_ROWS) {
        sqlite3_stmt *statement;
        int rc = prepare_walk(&statement, s, passed);
        if (rc)
            return rc;
        while (i < most && (stepped = tl_fault("sqlite.step")
                                          ? SQLITE_IOERR
                                          : sqlite3_step(statement)) == SQLITE_ROW) {
            uint32_t slot = tl_rows_choose(&s->rows, &s->pick, i++);
            if (slot != TL_ROWS_SKIP)
                put_row(s, statement, slot);
            passed++;
        }
        s->left_out += stepped == SQLITE_TOOBIG;
        passed++;
        if (stepped != SQLITE_ROW && stepped != SQLITE_DONE && stepped != SQLITE_TOOBIG)
            rc = tl_sqlite_fail(s->conn, stepped, false, s->what, s->ctx);
        sqlite3_finalize(statement);
        if (rc)
            return rc;
    }
    if (stepped == SQLITE_TOOBIG)
        return tl_sqlite_fail(s->conn, stepped, false, s->what, s->ctx);
    if (s->left_out)
        tl_warn(s->ctx, "%u rows of '%s' hold more than 8 MiB and are not in its sample",
                s->left_out, s->name);
    if (stepped == SQLITE_DONE && i <= s->rows.most && !s->left_out)
        *state = TL_SAMPLE_WHOLE;
    return TL_OK;
}

/* ---- the way in ---- */

static int read_sample(struct sampling *s, enum tl_sample_state *state)
{
    unsigned nature = 0;
    int rc = tl_sqlite_nature(&nature, s->conn, s->database, s->name, s->ctx);
    uint32_t most_columns = (uint32_t)sqlite3_limit(s->conn->db, SQLITE_LIMIT_COLUMN, -1);

    if (rc)
        return rc;
    if (s->dataset->kind == TL_TABLE &&
        !(nature & (TL_SQLITE_VIRTUAL | TL_SQLITE_WITHOUT_ROWID)) &&
        s->dataset->n_columns < most_columns)
        s->rowid = tl_sqlite_rowid(s->conn, s->snapshot, s->dataset);
    return s->rowid ? read_by_rowid(s, state) : walk(s, state);
}

int tl_sqlite_sample(struct tl_sample *out, void *self,
                     const struct tl_snapshot *snapshot, struct tl_dataset_id id,
                     const struct tl_sample_spec *spec, struct tl_ctx *ctx)
{
    const struct tl_dataset *dataset = &snapshot->datasets.items[id.i];
    struct tl_key key = tl_snapshot_key(snapshot, id);
    struct sampling s = {
        .conn = self,
        .snapshot = snapshot,
        .dataset = dataset,
        .database = key.database,
        .name = key.dataset,
        .what = tl_arena_printf(ctx->scratch, "cannot sample '%s'", key.dataset),
        .ctx = ctx,
    };
    enum tl_sample_state state = TL_SAMPLE_READ;

    if (tl_sample_of_broken(out, snapshot, dataset))
        return TL_OK;
    if (!dataset->n_columns) { /* all of them are left out */
        *out = (struct tl_sample){ .state = TL_SAMPLE_READ };
        return tl_ctx_check(ctx);
    }
    tl_rows_init(&s.rows, dataset->n_columns, spec);
    tl_pick_init(&s.pick, spec, &key);
    int rc = tl_sqlite_enter(s.conn, s.conn->config.sample_timeout, ctx);
    if (!rc)
        rc = read_sample(&s, &state);
    if (!rc) {
        const uint8_t *sparse = NULL;
        if (state == TL_SAMPLE_READ && s.rowid && spec->least_values)
            sparse = tl_rows_sparse(&s.rows, snapshot, dataset, spec->least_values, ctx);
        tl_rows_give(out, &s.rows, state, ctx);
        rc = sparse ? read_sparse(out, &s, sparse, spec) : TL_OK;
    }
    sqlite3_finalize(s.run);
    tl_sqlite_leave(s.conn);
    tl_vec_release(&s.seen);
    if (!rc)
        return TL_OK;
    tl_rows_release(&s.rows);
    /* Locked for this table is locked for all: waiting out every one of them would take hours. */
    return tl_sqlite_is_locked(s.conn)
               ? rc
               : tl_sample_refused(out, dataset->n_columns, rc, ctx);
}
