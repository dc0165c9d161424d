/*
 * Chooses rows. Each dataset is asked for in a transaction of its own (what stands between two syncs of libpq's pipeline), so that
 * one that is refused does not take others with it, and some are under way while the one before is being looked at.
 *
 * Of a table, the rows with the least hash of their place are taken: of all rows where there are few by the server's own estimate, else of
 * blocks that are drawn from it (TABLESAMPLE SYSTEM, which reads no others) and come to some hundred kilobytes. That choice depends on
 * nothing but the seed, the dataset's key and where rows lie, so that an unchanged table gives the same rows, and it costs the same
 * however large the table is. Rows as they come (a bare LIMIT) would be the oldest ones, all of one day; a table of no more rows than
 * are wanted is read like that, and views and foreign tables, which have no places.
 */
#include "connectors/warehouse/postgres_parts.h"
#include "connectors/warehouse/postgres_select.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "connectors/rows.h"

#include <arpa/inet.h>

enum {
    UNDER_WAY_MOST =
        16, /* requests; facts of 2026-11: more bring nothing, not even on a far connection */
    BYTES_MOST = 16 << 20, /* that answers not yet taken may come to, roughly */
};

/* From src/include/catalog/pg_type.dat. */
enum { OF_BOOL = 16, OF_BIT = 1560, OF_VARBIT = 1562 };

/* Where a row stands that may have to make room for one with a lesser hash. */
struct place {
    int64_t hash;
    uint32_t slot;
};

struct request {
    struct tl_dataset_id dataset;
    enum tl_pg_way way;
    bool is_ignored; /* announced, and not asked for after all */
    bool is_last;    /* no other way is tried any more */
    bool is_raw;     /* texts as they stand in the server, unconverted */
    bool was_kept;   /* its answer had to wait for us: a time-out says nothing */
    bool is_answered;
    bool has_more;    /* rows beyond those wanted */
    uint32_t n_heard; /* rows that came */
    int64_t size;     /* bytes of the table, where it is drawn from blocks */
    struct place *
        least; /* of hashed rows: a heap, the greatest hash on top; one for each slot of `rows` */
    struct tl_rows rows,
        before; /* of this answer; of an earlier one that brought some, but too few */
    int code;   /* of a refusal; TL_OK */
    char state[6];
    char *why, *hint;
    uint8_t *wanted; /* of a request for what is mostly NULL: as in struct tl_pg_select */
};

struct tl_pg_queue {
    const struct tl_snapshot *snapshot;
    struct tl_sample_spec spec;
    TL_VEC(struct tl_dataset_id) ahead; /* announced; sent up to `next` */
    size_t next;
    /* In the order in which they were sent, and so answered: the first `n_answered` have been. */
    TL_VEC(struct request *) requests;
    size_t n_answered;
    bool is_ready;   /* the connection is in pipeline mode */
    int64_t left_at; /* ticks: when the last sample was handed over */
};

/* ---- requests ---- */

static void forget_failure(struct request *r)
{
    tl_free(r->why);
    tl_free(r->hint);
    r->why = r->hint = NULL;
    r->code = TL_OK;
    r->state[0] = 0;
}

static void drop_request(struct tl_pg_queue *queue, size_t i)
{
    struct request *r = queue->requests.items[i];

    forget_failure(r);
    tl_rows_release(&r->rows);
    tl_rows_release(&r->before);
    tl_free(r->least);
    tl_free(r->wanted);
    tl_free(r);
    queue->n_answered -= i < queue->n_answered;
    queue->requests.n--;
    memmove(&queue->requests.items[i], &queue->requests.items[i + 1],
            (queue->requests.n - i) * sizeof *queue->requests.items);
}

static void forget_all(struct tl_pg_queue *queue)
{
    while (queue->requests.n)
        drop_request(queue, queue->requests.n - 1);
    queue->ahead.n = queue->next = 0;
    queue->is_ready = false;
}

void tl_pg_samples_release(struct tl_pg *conn)
{
    if (!conn->queue)
        return;
    forget_all(conn->queue);
    tl_vec_release(&conn->queue->ahead);
    tl_vec_release(&conn->queue->requests);
    tl_free(conn->queue);
    conn->queue = NULL;
}

int tl_pg_samples_end(struct tl_pg *conn, struct tl_ctx *ctx)
{
    struct tl_pg_queue *queue = conn->queue;

    if (queue && conn->link.db && queue->is_ready &&
        (queue->n_answered < queue->requests.n || !PQexitPipelineMode(conn->link.db)))
        tl_pg_disconnect(&conn->link);
    if (queue)
        forget_all(queue);
    conn->link.slow_option = "statement_timeout";
    conn->link.slow_after = conn->config.statement_timeout;
    return tl_ctx_check(ctx);
}

/* ---- sending ---- */

static bool has_blocks(const struct tl_dataset *dataset)
{
    return dataset->kind == TL_TABLE || dataset->kind == TL_MATERIALIZED_VIEW;
}

static const struct tl_dataset *dataset_of(const struct tl_pg_queue *queue,
                                           const struct request *r)
{
    return &queue->snapshot->datasets.items[r->dataset.i];
}

/*
 * Sends a request behind those that are under way. In front of it goes what a function of somebody's may have changed for the
 * session: nothing is written, and nothing takes for ever. Names are looked up as for anybody of our role, for functions of views rely
 * on it; our own are qualified.
 */
static int send_request(struct tl_pg *conn, struct request *r, struct tl_ctx *ctx)
{
    enum { BINARY = 1 };
    struct tl_pg_queue *queue = conn->queue;
    PGconn *db = conn->link.db;
    struct tl_key key = tl_snapshot_key(queue->snapshot, r->dataset);
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    struct tl_pick pick;

    struct tl_sample_spec spec = queue->spec;

    if (r->wanted)
        spec.rows = spec.least_values * 4;
    tl_rows_release(&r->rows);
    tl_rows_init(&r->rows, dataset_of(queue, r)->n_columns, &spec);
    forget_failure(r);
    r->is_answered = r->has_more = r->was_kept = false;
    r->n_heard = 0;
    tl_pick_init(&pick, &queue->spec, &key);
    struct tl_pg_select select = { .way = r->way,
                                   .snapshot = queue->snapshot,
                                   .dataset = r->dataset,
                                   .seed = tl_pick_next(&pick),
                                   .rows = r->rows.most,
                                   .value_bytes = r->rows.value_bytes,
                                   .is_raw = r->is_raw,
                                   .wanted = r->wanted,
                                   .version = PQserverVersion(db) };
    tl_pg_select_write(&sql, &select);
    bool is_sent =
        !tl_fault("postgres.send") &&
        PQsendQueryPrepared(db, "tagline_guard", 0, NULL, NULL, NULL, BINARY) &&
        PQsendQueryParams(db, sql.text, 0, NULL, NULL, NULL, NULL, BINARY) &&
        PQpipelineSync(db);
    tl_str_release(&sql);
    tl_vec_push(&queue->requests, r);
    return is_sent ? TL_OK : tl_pg_fail_send(&conn->link, ctx);
}

static int ask(struct request **out, struct tl_pg *conn, struct tl_dataset_id id,
               struct tl_ctx *ctx)
{
    struct request *r = tl_alloc(1, sizeof *r);
    const struct tl_dataset *dataset = &conn->queue->snapshot->datasets.items[id.i];
    struct tl_rows rows;

    tl_rows_init(&rows, dataset->n_columns, &conn->queue->spec);
    *r = (struct request){ .dataset = id };
    if (has_blocks(dataset))
        r->way =
            tl_pg_select_way(dataset->rows, rows.most, PQserverVersion(conn->link.db));
    *out = r;
    return send_request(conn, r, ctx);
}

/* Roughly what the answer may take here. */
static size_t bytes_expected(const struct tl_pg_queue *queue, const struct request *r)
{
    uint32_t value = queue->spec.value_bytes < 64 ? queue->spec.value_bytes : 64;

    return (size_t)r->rows.most * (r->rows.n_columns + 1) * (value + 16);
}

/* Sends what was announced, as far as there is room. */
static int send_ahead(struct tl_pg *conn, struct tl_ctx *ctx)
{
    struct tl_pg_queue *queue = conn->queue;
    size_t bytes = 0;
    int rc = TL_OK;

    for (size_t i = 0; i < queue->requests.n; i++)
        bytes += bytes_expected(queue, queue->requests.items[i]);
    while (!rc && queue->next < queue->ahead.n && bytes < BYTES_MOST &&
           queue->requests.n - queue->n_answered < UNDER_WAY_MOST) {
        struct request *r;
        rc = ask(&r, conn, queue->ahead.items[queue->next++], ctx);
        bytes += bytes_expected(queue, r);
    }
    return rc ? rc : tl_pg_flush(&conn->link, ctx);
}

/* ---- hearing ---- */

/* bit and bit varying come as their length in bits and then the bits; people write them as 0 and 1. */
static void put_bits(struct tl_rows *rows, uint32_t column, const char *bytes, int n)
{
    uint32_t length = 0;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    if (n >= 4)
        memcpy(&length, bytes, sizeof length);
    length = ntohl(length);
    for (uint32_t i = 0; i < length && i / 8 < (uint32_t)n - 4; i++)
        tl_str_add_char(&text, bytes[4 + i / 8] & 0x80 >> i % 8 ? '1' : '0');
    tl_rows_put(rows, column, text.text, text.n, false);
    tl_str_release(&text);
}

static void put_row(struct request *r, uint32_t slot, const PGresult *row)
{
    int lead = tl_pg_select_lead(r->way);

    tl_rows_begin(&r->rows, slot);
    for (uint32_t i = 0; i < r->rows.n_columns; i++) {
        int at = lead + (int)i;
        Oid type = PQftype(row, at);
        const char *bytes = PQgetvalue(row, 0, at);
        if (PQgetisnull(row, 0, at) || (type == OF_BOOL && !*bytes))
            continue;
        if (type == OF_BOOL)
            tl_rows_put(&r->rows, i, "", 0, true);
        else if (type == OF_BIT || type == OF_VARBIT)
            put_bits(&r->rows, i, bytes, PQgetlength(row, 0, at));
        else
            tl_rows_put(&r->rows, i, bytes, (size_t)PQgetlength(row, 0, at), false);
    }
}

static void sift_up(struct place *heap, uint32_t at, struct place place)
{
    for (; at && heap[(at - 1) / 2].hash < place.hash; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = place;
}

static void sift_down(struct place *heap, uint32_t n, struct place place)
{
    uint32_t at = 0;

    for (uint32_t child; (child = at * 2 + 1) < n; at = child) {
        child += child + 1 < n && heap[child + 1].hash > heap[child].hash;
        if (heap[child].hash <= place.hash)
            break;
        heap[at] = heap[child];
    }
    heap[at] = place;
}

/* Keeps the rows with the least hashes: what the server would do where sorting is worth its while. */
static void take_hashed_row(struct request *r, const PGresult *row)
{
    struct place place = { tl_pg_i64(row, 0), r->rows.n };

    if (!r->least)
        r->least = tl_alloc(r->rows.most, sizeof *r->least);
    if (r->rows.n < r->rows.most) {
        sift_up(r->least, r->rows.n, place);
    } else if (place.hash < r->least[0].hash) {
        place.slot = r->least[0].slot;
        sift_down(r->least, r->rows.n, place);
    } else {
        return;
    }
    put_row(r, place.slot, row);
}

static void take_row(struct request *r, const PGresult *row)
{
    int lead = tl_pg_select_lead(r->way);
    bool is_full = r->rows.n == r->rows.most;

    if (r->way != TL_PG_FIRST && r->way != TL_PG_HASHED)
        r->size = tl_pg_i64(row, 0);
    if (lead == 2 && PQgetisnull(row, 0, 1))
        return;
    r->n_heard++;
    r->has_more |= is_full;
    if (r->way == TL_PG_HASHED)
        take_hashed_row(r, row);
    else if (!is_full)
        put_row(r, r->rows.n, row);
}

/* The failure belongs to its request, which may not be the one that is waited for. */
static void keep_failure(struct tl_pg *conn, struct request *r, const PGresult *result,
                         struct tl_ctx *ctx)
{
    struct tl_str what = TL_STR_INIT(512);
    struct tl_key key = tl_snapshot_key(conn->queue->snapshot, r->dataset);

    if (r->code)
        return;
    tl_str_addf(&what, "cannot read '%s.%s'", key.schema ? key.schema : "", key.dataset);
    r->code = tl_pg_refused(&conn->link, result, false, what.text, ctx);
    r->why = tl_strdup(ctx->error.text);
    r->hint = tl_strdup(ctx->error.hint);
    memcpy(r->state, conn->link.state, sizeof r->state);
    tl_error_clear(&ctx->error);
    tl_str_release(&what);
}

/* Hears the answer of the request that was sent first of those under way. */
static int hear(struct tl_pg *conn, struct tl_ctx *ctx)
{
    struct tl_pg_queue *queue = conn->queue;
    struct request *r = queue->requests.items[queue->n_answered];

    while (!r->is_answered) {
        PGresult *result;
        int rc = tl_pg_next(&result, &conn->link, ctx);
        if (rc)
            return rc;
        ExecStatusType status = PQresultStatus(result);
        /* An end: what comes next is the sample, by rows. */
        if (!result)
            PQsetSingleRowMode(conn->link.db);
        else if (status == PGRES_SINGLE_TUPLE && !r->is_ignored)
            take_row(r, result);
        else if (status == PGRES_FATAL_ERROR)
            keep_failure(conn, r, result, ctx);
        r->is_answered = status == PGRES_PIPELINE_SYNC && result;
        PQclear(result);
    }
    queue->n_answered++;
    if (r->is_ignored)
        drop_request(queue, queue->n_answered - 1);
    return TL_OK;
}

static size_t place_of(const struct tl_pg_queue *queue, const struct request *r)
{
    size_t i = 0;

    while (queue->requests.items[i] != r)
        i++;
    return i;
}

/* Hears until this one is answered; what is announced goes out meanwhile. */
static int hear_of(struct request *r, struct tl_pg *conn, struct tl_ctx *ctx)
{
    int rc = TL_OK;

    while (!rc && !r->is_answered) {
        rc = send_ahead(conn, ctx);
        if (!rc)
            rc = hear(conn, ctx);
    }
    return rc;
}

/* ---- ways ---- */

static bool is_complete(const struct request *r)
{
    return !r->has_more && r->way != TL_PG_HASHED &&
           (r->way == TL_PG_FIRST || r->size <= tl_pg_select_bytes(r->way, r->rows.most));
}

/* After a refusal: a table gives its first rows where choosing them took too long, or needs a right that reading does not. */
static bool find_way_around(struct request *r)
{
    bool is_slow = strcmp(r->state, "57014") == 0;
    /* Where a row lies is only told to those who may read all columns; those asked for may be fewer. */
    bool is_denied = strcmp(r->state, "42501") == 0;
    bool may_help = r->way != TL_PG_FIRST && (is_slow || is_denied);

    r->is_last = true;
    r->way = TL_PG_FIRST;
    return may_help;
}

/* After an answer: an estimate was wrong, or blocks held too few rows. */
static bool find_better_way(struct request *r)
{
    uint32_t most = r->rows.most;
    bool has_heirs = !r->size && r->way == TL_PG_BLOCKS;

    if (r->way == TL_PG_FIRST || r->way == TL_PG_HASHED) {
        bool is_wrong = r->way == TL_PG_FIRST
                            ? r->has_more
                            : r->n_heard == tl_pg_select_limit(r->way, most) ||
                                  r->rows.n < most - most / 4;
        r->way = is_wrong ? TL_PG_BLOCKS : r->way;
        return is_wrong;
    }
    if (r->has_more || r->rows.n == most || (!has_heirs && is_complete(r)))
        return false;
    r->is_last = r->way != TL_PG_BLOCKS;
    r->way = r->is_last ? TL_PG_FIRST : has_heirs ? TL_PG_ALL_BLOCKS : TL_PG_MORE_BLOCKS;
    return true;
}

/* Whether the answer calls for another question; `r` says which. */
static bool find_other_way(struct request *r, const struct tl_dataset *dataset)
{
    bool is_of_text = strcmp(r->state, "22P05") == 0 || strcmp(r->state, "22021") == 0;

    if (is_of_text && !r->is_raw)
        return r->is_raw = true;
    if (r->was_kept && strcmp(r->state, "57014") == 0)
        return true;
    if (r->is_last || !has_blocks(dataset))
        return false;
    return r->code ? find_way_around(r) : find_better_way(r);
}

/* Sends it once more, behind the others. */
static int ask_again(struct request *r, struct tl_pg *conn, struct tl_ctx *ctx)
{
    struct tl_pg_queue *queue = conn->queue;
    size_t i = place_of(queue, r);

    queue->n_answered--;
    queue->requests.n--;
    memmove(&queue->requests.items[i], &queue->requests.items[i + 1],
            (queue->requests.n - i) * sizeof *queue->requests.items);
    if (!r->code && r->rows.n > r->before.n) {
        tl_rows_release(&r->before);
        r->before = r->rows;
        r->rows = (struct tl_rows){ 0 };
    }
    int rc = send_request(conn, r, ctx);
    return rc ? rc : hear_of(r, conn, ctx);
}

static int give(struct tl_sample *out, struct request *r, struct tl_ctx *ctx)
{
    static const char as_is[] =
        "not all of its texts can be converted to UTF-8: they are "
        "taken as they stand in the server";
    bool is_better = !r->code && r->rows.n >= r->before.n;

    if (r->code && !r->before.n) {
        tl_hint(ctx, "%s", r->hint);
        return tl_sample_refused(out, r->rows.n_columns,
                                 tl_fail(ctx, r->code, "%s", r->why), ctx);
    }
    tl_rows_give(out, is_better ? &r->rows : &r->before,
                 is_better && is_complete(r) ? TL_SAMPLE_WHOLE : TL_SAMPLE_READ, ctx);
    if (r->is_raw)
        out->why = as_is;
    return TL_OK;
}

/* ---- columns that are mostly NULL ---- */

/* Fields of composite columns are left alone: whether their whole is there says nothing of them. */
static bool is_flat(const struct tl_snapshot *snapshot, const struct tl_dataset *dataset)
{
    for (uint32_t i = 0; i < dataset->n_columns; i++)
        if (snapshot->columns.items[dataset->first_column + i].logical ==
            TL_LOGICAL_RECORD)
            return false;
    return true;
}

/* What the rows that were chosen say too little of; NULL: nothing, or it cannot be looked for. */
static const uint8_t *find_sparse(const struct request *r, const struct tl_pg *conn,
                                  struct tl_ctx *ctx)
{
    const struct tl_pg_queue *queue = conn->queue;
    const struct tl_dataset *dataset = dataset_of(queue, r);

    if (!queue->spec.least_values || r->code || is_complete(r) || !r->rows.n ||
        !has_blocks(dataset) || !is_flat(queue->snapshot, dataset))
        return NULL;
    return tl_rows_sparse(&r->rows, queue->snapshot, dataset, queue->spec.least_values,
                          ctx);
}

/* Looks for more rows that hold something there. That none can be had is no failure: what there is stands. */
static int add_sparse(struct tl_sample *out, struct tl_pg *conn, struct tl_dataset_id id,
                      const uint8_t *sparse, bool is_raw, struct tl_ctx *ctx)
{
    struct tl_pg_queue *queue = conn->queue;
    struct request *r = tl_alloc(1, sizeof *r);

    *r = (struct request){ .dataset = id, .way = TL_PG_SPARSE, .is_raw = is_raw };
    r->wanted = tl_alloc(out->n_columns, 1);
    memcpy(r->wanted, sparse, out->n_columns);
    int rc = send_request(conn, r, ctx);
    if (!rc)
        rc = hear_of(r, conn, ctx);
    if (rc)
        return rc;
    if (!r->code)
        tl_rows_give_extra(out, &r->rows, ctx);
    drop_request(queue, place_of(queue, r));
    return TL_OK;
}

/* ---- calls ---- */

/* What goes in front of every request: see send_request. */
static int prepare_guard(struct tl_pg *conn, struct tl_ctx *ctx)
{
    if (conn->has_guard)
        return TL_OK;
    const char *sql = tl_arena_printf(
        ctx->scratch,
        "select pg_catalog.set_config('transaction_read_only', 'on', true), "
        "pg_catalog.set_config('lock_timeout', '%d', true), "
        "pg_catalog.set_config('statement_timeout', '%d', true)",
        tl_pg_ms(conn->config.lock_timeout), tl_pg_ms(conn->config.sample_timeout));
    int rc = tl_pg_prepare(&conn->link, "tagline_guard", sql, ctx);

    conn->has_guard = !rc;
    return rc;
}

/* Connected, in pipeline mode, and with a queue for this snapshot and spec. */
static int begin(struct tl_pg *conn, const struct tl_snapshot *snapshot,
                 const struct tl_sample_spec *spec, struct tl_ctx *ctx)
{
    if (!conn->queue)
        conn->queue = tl_alloc(1, sizeof *conn->queue);
    struct tl_pg_queue *queue = conn->queue;
    if (!conn->link.db)
        forget_all(queue);
    bool is_other = queue->snapshot != snapshot || queue->spec.rows != spec->rows ||
                    queue->spec.value_bytes != spec->value_bytes ||
                    queue->spec.least_values != spec->least_values ||
                    queue->spec.seed != spec->seed;
    int rc = is_other && queue->snapshot ? tl_pg_samples_end(conn, ctx) : TL_OK;
    if (!rc)
        rc = tl_pg_enter(conn, ctx);
    queue->snapshot = snapshot;
    queue->spec = *spec;
    if (rc || queue->is_ready)
        return rc;
    conn->link.slow_option = "sample_timeout";
    conn->link.slow_after = conn->config.sample_timeout;
    rc = prepare_guard(conn, ctx);
    if (rc)
        return rc;
    queue->is_ready = PQenterPipelineMode(conn->link.db);
    return queue->is_ready ? TL_OK : tl_pg_fail_send(&conn->link, ctx);
}

/* The request for a dataset, where one is under way or answered; NULL. What was announced before it and not asked for goes. */
static struct request *find_request(struct tl_pg_queue *queue, struct tl_dataset_id id)
{
    for (size_t i = 0; i < queue->requests.n; i++) {
        struct request *r = queue->requests.items[i];
        if (r->dataset.i != id.i || r->is_ignored)
            continue;
        for (size_t earlier = i; earlier-- > 0;)
            queue->requests.items[earlier]->is_ignored = true;
        return r;
    }
    for (size_t k = queue->next; k < queue->ahead.n; k++)
        if (queue->ahead.items[k].i == id.i) {
            for (size_t i = 0; i < queue->requests.n; i++)
                queue->requests.items[i]->is_ignored = true;
            queue->next = k + 1;
            break;
        }
    return NULL;
}

static void drop_ignored(struct tl_pg_queue *queue)
{
    for (size_t i = queue->n_answered; i-- > 0;)
        if (queue->requests.items[i]->is_ignored)
            drop_request(queue, i);
}

/* While nobody asked, the server may have had to wait with an answer, and its clock ran on. */
static void note_absence(struct tl_pg *conn, const struct tl_ctx *ctx)
{
    struct tl_pg_queue *queue = conn->queue;
    int64_t away = tl_ticks(ctx) - queue->left_at;

    if (!conn->config.sample_timeout || away < conn->config.sample_timeout / 2)
        return;
    for (size_t i = queue->n_answered; i < queue->requests.n; i++)
        queue->requests.items[i]->was_kept = true;
}

int tl_pg_ahead(void *self, const struct tl_snapshot *snapshot,
                const struct tl_dataset_id *datasets, size_t n,
                const struct tl_sample_spec *spec, struct tl_ctx *ctx)
{
    struct tl_pg *conn = self;
    int rc = begin(conn, snapshot, spec, ctx);

    if (rc)
        return rc;
    struct tl_pg_queue *queue = conn->queue;
    for (size_t i = 0; i < queue->requests.n; i++)
        queue->requests.items[i]->is_ignored = true;
    drop_ignored(queue);
    queue->ahead.n = queue->next = 0;
    for (size_t i = 0; i < n; i++) {
        const struct tl_dataset *dataset = &snapshot->datasets.items[datasets[i].i];
        if (dataset->n_columns && !dataset->broken.i)
            tl_vec_push(&queue->ahead, datasets[i]);
    }
    rc = send_ahead(conn, ctx);
    queue->left_at = tl_ticks(ctx);
    return rc;
}

int tl_pg_sample(struct tl_sample *out, void *self, const struct tl_snapshot *snapshot,
                 struct tl_dataset_id id, const struct tl_sample_spec *spec,
                 struct tl_ctx *ctx)
{
    struct tl_pg *conn = self;
    const struct tl_dataset *dataset = &snapshot->datasets.items[id.i];
    int rc = tl_ctx_check(ctx);

    if (rc || tl_sample_of_broken(out, snapshot, dataset))
        return rc;
    *out = (struct tl_sample){ .state = TL_SAMPLE_READ, .n_columns = dataset->n_columns };
    if (!dataset->n_columns || !spec->rows)
        return TL_OK;
    rc = begin(conn, snapshot, spec, ctx);
    if (rc)
        return rc;
    struct tl_pg_queue *queue = conn->queue;
    note_absence(conn, ctx);
    struct request *r = find_request(queue, id);
    drop_ignored(queue);
    if (!r)
        rc = ask(&r, conn, id, ctx);
    if (!rc)
        rc = hear_of(r, conn, ctx);
    while (!rc && find_other_way(r, dataset))
        rc = ask_again(r, conn, ctx);
    if (rc)
        return rc;
    const uint8_t *sparse = find_sparse(r, conn, ctx);
    bool is_raw = r->is_raw;
    rc = give(out, r, ctx);
    drop_request(queue, place_of(queue, r));
    if (!rc && sparse)
        rc = add_sparse(out, conn, id, sparse, is_raw, ctx);
    if (!rc)
        rc = send_ahead(conn, ctx);
    queue->left_at = tl_ticks(ctx);
    return rc;
}
