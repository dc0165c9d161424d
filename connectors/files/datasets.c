#include "connectors/files/datasets.h"

#include "base/ctx.h"
#include "connectors/files/reader.h"

enum {
    RUNS = 32, /* places of a large file that are read */
    TRIES = 4, /* records looked at for each one that is wanted, where they do not fit */
};

/* ---- datasets ---- */

int tl_files_pull(struct tl_snapshot *out, const struct tl_files *files,
                  const struct tl_scope *scope, const struct tl_files_reader *reader,
                  struct tl_ctx *ctx)
{
    struct tl_error first = { 0 };
    size_t n_read = 0;

    for (size_t i = 0; i < files->items.n; i++) {
        const struct tl_file *file = &files->items.items[i];
        struct tl_key key = {
            .source = tl_snapshot_text(out, out->sources.items[out->sources.n - 1].name),
            .dataset = file->name,
        };
        int rc = tl_ctx_check(ctx);
        if (rc)
            return rc;
        if (!tl_scope_takes(scope, &key))
            continue;
        tl_snapshot_add_dataset(out, NULL, NULL, file->name, TL_FILE);
        rc = reader->read(out, file, reader->self, ctx);
        n_read += rc == 0;
        if (rc && !first.code)
            first = ctx->error;
        if (rc && (rc = tl_dataset_broken(out, NULL, rc, ctx)))
            return rc;
    }
    if (n_read || !first.code)
        return TL_OK;
    ctx->error = first;
    return first.code;
}

int tl_files_check(const struct tl_files *files, struct tl_ctx *ctx)
{
    int rc = TL_OK;

    for (size_t i = 0; i < files->items.n && !rc; i++) {
        struct tl_reader reader;
        rc = tl_reader_open(&reader, files->items.items[i].path, ctx);
        tl_reader_close(&reader);
    }
    return rc;
}

/* ---- rows ---- */

static int choose_from_all(struct tl_rows *rows, enum tl_sample_state *state,
                           struct tl_records *records, struct tl_pick *pick,
                           struct tl_ctx *ctx)
{
    uint64_t i = 0;
    int rc;

    for (;; i++) {
        uint32_t slot = tl_rows_choose(rows, pick, i);
        rc = records->next(records->self, slot != TL_ROWS_SKIP, ctx);
        if (rc <= 0)
            break;
        if (slot == TL_ROWS_SKIP)
            continue;
        tl_rows_begin(rows, slot);
        records->put(records->self, rows);
    }
    *state = i <= rows->most ? TL_SAMPLE_WHOLE : TL_SAMPLE_READ;
    return rc;
}

static int read_run(struct tl_rows *rows, struct tl_records *records, uint32_t most,
                    struct tl_ctx *ctx)
{
    int rc = TL_OK;

    for (uint32_t tries = most * TRIES; most && tries; tries--) {
        rc = records->next(records->self, true, ctx);
        if (rc <= 0)
            return rc;
        if (!records->fits(records->self))
            continue;
        tl_rows_begin(rows, rows->n);
        records->put(records->self, rows);
        most--;
    }
    return TL_OK;
}

static int compare_offsets(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

static int choose_by_place(struct tl_rows *rows, struct tl_records *records,
                           struct tl_pick *pick, struct tl_ctx *ctx)
{
    int64_t places[RUNS];
    int64_t reached = records->begin;
    uint32_t length = (rows->most + RUNS - 1) / RUNS;

    for (size_t i = 0; i < RUNS; i++)
        places[i] =
            records->begin +
            (int64_t)tl_pick_below(pick, (uint64_t)(records->end - records->begin));
    /* In the order of the file no row is read twice. */
    qsort(places, RUNS, sizeof *places, compare_offsets);
    for (size_t i = 0; i < RUNS && rows->n < rows->most; i++) {
        uint32_t wanted = rows->most - rows->n;
        int rc = records->seek(records->self,
                               places[i] < reached ? reached - 1 : places[i], ctx);
        if (rc > 0)
            rc = read_run(rows, records, wanted < length ? wanted : length, ctx);
        if (rc < 0)
            return rc;
        reached = records->tell(records->self);
    }
    if (rows->n || !rows->most)
        return TL_OK;
    /* Nothing looks like a record there: what stands at the beginning will have to do. */
    int rc = records->seek(records->self, records->begin, ctx);
    return rc > 0 ? read_run(rows, records, rows->most, ctx) : rc;
}

int tl_records_choose(struct tl_rows *rows, enum tl_sample_state *state,
                      struct tl_records *records, struct tl_pick *pick,
                      int64_t whole_below, struct tl_ctx *ctx)
{
    if (records->end <= whole_below)
        return choose_from_all(rows, state, records, pick, ctx);
    *state = TL_SAMPLE_READ;
    return choose_by_place(rows, records, pick, ctx);
}
