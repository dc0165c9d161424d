#include "connectors/rows.h"

#include "base/ctx.h"
#include "base/digest.h"

#include <assert.h>

/* ---- choosing ---- */

void tl_pick_init(struct tl_pick *pick, const struct tl_sample_spec *spec,
                  const struct tl_key *key)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_sha256 digest;

    /* What a configuration calls the source is not part of the choice: renaming it does not change a sample. */
    struct tl_key local = *key;
    local.source = NULL;
    tl_str_add_uint(&text, spec->seed);
    tl_str_add_char(&text, ' ');
    tl_key_add(&text, &local);
    tl_sha256_of(&digest, text.text, text.n);
    tl_str_release(&text);
    pick->state = 0;
    for (unsigned i = 0; i < 8; i++)
        pick->state = pick->state << 8 | digest.bytes[i];
}

uint64_t tl_pick_next(struct tl_pick *pick)
{
    uint64_t z = pick->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t tl_pick_below(struct tl_pick *pick, uint64_t n)
{
    assert(n > 0);
    /* Numbers of the last, incomplete round would favour small results. */
    uint64_t incomplete = (UINT64_MAX - n + 1) % n;
    uint64_t value;

    do
        value = tl_pick_next(pick);
    while (value < incomplete);
    return value % n;
}

/* ---- rows ---- */

struct cell {
    uint32_t at; /* in the row's bytes; ABSENT for NULL */
    uint32_t n;
    bool is_cut;
};
#define ABSENT UINT32_MAX

struct tl_row {
    char *bytes;
    size_t n, room;
    struct cell *cells;
};

void tl_rows_init(struct tl_rows *rows, uint32_t n_columns,
                  const struct tl_sample_spec *spec)
{
    uint32_t wide = n_columns ? n_columns : 1;

    *rows = (struct tl_rows){ .n_columns = n_columns, .most = spec->rows };
    if (rows->most > TL_ROWS_CELLS / wide)
        rows->most = TL_ROWS_CELLS / wide ? TL_ROWS_CELLS / wide : 1;
    uint32_t fair = TL_ROWS_BYTES / ((rows->most ? rows->most : 1) * wide);
    if (fair < 64)
        fair = 64;
    rows->value_bytes = spec->value_bytes < fair ? spec->value_bytes : fair;
}

void tl_rows_release(struct tl_rows *rows)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        tl_free(rows->slots[i].bytes);
        tl_free(rows->slots[i].cells);
    }
    tl_free(rows->slots);
    rows->slots = NULL;
    rows->row = NULL;
    rows->n = 0;
}

void tl_rows_begin(struct tl_rows *rows, uint32_t slot)
{
    assert(slot <= rows->n && slot < rows->most);
    if (slot == rows->n) {
        /* Powers of two: grown from nothing, so that a small table takes little. */
        if ((rows->n & (rows->n - 1)) == 0)
            rows->slots = tl_realloc(rows->slots, rows->n ? (size_t)rows->n * 2 : 1,
                                     sizeof *rows->slots);
        rows->slots[rows->n++] = (struct tl_row){
            .cells = tl_alloc(rows->n_columns ? rows->n_columns : 1, sizeof(struct cell)),
        };
    }
    rows->row = &rows->slots[slot];
    rows->row->n = 0;
    for (uint32_t i = 0; i < rows->n_columns; i++)
        rows->row->cells[i].at = ABSENT;
}

static size_t cut_at(const char *bytes, size_t most)
{
    size_t n = most;

    /* At most three continuation bytes: anything longer is no UTF-8 and may be cut anywhere. */
    for (unsigned i = 0; i < 3 && n > 0 && ((unsigned char)bytes[n] & 0xc0) == 0x80; i++)
        n--;
    return ((unsigned char)bytes[n] & 0xc0) == 0x80 ? most : n;
}

void tl_rows_put(struct tl_rows *rows, uint32_t column, const char *bytes, size_t n,
                 bool is_cut)
{
    struct tl_row *row = rows->row;

    assert(row && column < rows->n_columns);
    if (n > rows->value_bytes) {
        n = cut_at(bytes, rows->value_bytes);
        is_cut = true;
    }
    if (row->room - row->n < n) {
        row->room = (row->n + n) * 2;
        row->bytes = tl_realloc(row->bytes, row->room, 1);
    }
    if (n)
        memcpy(row->bytes + row->n, bytes, n);
    row->cells[column] = (struct cell){ (uint32_t)row->n, (uint32_t)n, is_cut };
    row->n += n;
}

uint32_t tl_rows_choose(const struct tl_rows *rows, struct tl_pick *pick, uint64_t i)
{
    if (i < rows->most)
        return (uint32_t)i;
    uint64_t slot = tl_pick_below(pick, i + 1);
    return slot < rows->most ? (uint32_t)slot : TL_ROWS_SKIP;
}

/* ---- the ways out ---- */

/* Into a table of `n_rows` rows, from `first` on. */
static void give_values(struct tl_value *values, uint32_t n_rows, uint32_t first,
                        const struct tl_rows *rows, struct tl_ctx *ctx)
{
    for (uint32_t r = 0; r < rows->n; r++) {
        const struct tl_row *row = &rows->slots[r];
        for (uint32_t c = 0; c < rows->n_columns; c++) {
            const struct cell *cell = &row->cells[c];
            if (cell->at == ABSENT)
                continue;
            values[(size_t)c * n_rows + first + r] = (struct tl_value){
                .bytes = tl_arena_dup(ctx->scratch, cell->n ? row->bytes + cell->at : "",
                                      cell->n),
                .n = cell->n,
                .is_cut = cell->is_cut,
            };
        }
    }
}

void tl_rows_give(struct tl_sample *out, struct tl_rows *rows, enum tl_sample_state state,
                  struct tl_ctx *ctx)
{
    struct tl_value *values =
        tl_arena_alloc(ctx->scratch, (size_t)rows->n * rows->n_columns, sizeof *values);

    give_values(values, rows->n, 0, rows, ctx);
    *out = (struct tl_sample){
        .state = state,
        .n_columns = rows->n_columns,
        .n_rows = rows->n,
        .values = values,
    };
    tl_rows_release(rows);
}

static bool may_hold_text(uint8_t logical)
{
    return logical == TL_LOGICAL_TEXT || logical == TL_LOGICAL_JSON ||
           logical == TL_LOGICAL_ARRAY || logical == TL_LOGICAL_UNKNOWN ||
           logical == TL_LOGICAL_INET || logical == TL_LOGICAL_UUID;
}

const uint8_t *tl_rows_sparse(const struct tl_rows *rows,
                              const struct tl_snapshot *snapshot,
                              const struct tl_dataset *dataset, uint32_t least,
                              struct tl_ctx *ctx)
{
    uint8_t *sparse = tl_arena_alloc(ctx->scratch, rows->n_columns, 1);
    bool is_any = false;

    for (uint32_t c = 0; c < rows->n_columns; c++) {
        uint8_t logical = snapshot->columns.items[dataset->first_column + c].logical;
        uint32_t n = 0;
        for (uint32_t r = 0; r < rows->n; r++)
            n += rows->slots[r].cells[c].at != ABSENT;
        sparse[c] = n < least && n < rows->n && may_hold_text(logical);
        is_any |= sparse[c];
    }
    return is_any ? sparse : NULL;
}

void tl_rows_give_extra(struct tl_sample *sample, struct tl_rows *extra,
                        struct tl_ctx *ctx)
{
    uint32_t n = sample->n_rows + extra->n;
    struct tl_value *values =
        tl_arena_alloc(ctx->scratch, (size_t)n * sample->n_columns, sizeof *values);

    for (uint32_t c = 0; c < sample->n_columns && sample->n_rows; c++)
        memcpy(&values[(size_t)c * n], &sample->values[(size_t)c * sample->n_rows],
               sample->n_rows * sizeof *values);
    give_values(values, n, sample->n_rows, extra, ctx);
    sample->values = values;
    sample->n_rows = n;
    sample->n_extra = extra->n;
    tl_rows_release(extra);
}

int tl_sample_refused(struct tl_sample *out, uint32_t n_columns, int rc,
                      struct tl_ctx *ctx)
{
    *out = (struct tl_sample){ .state = TL_SAMPLE_FAILED, .n_columns = n_columns };
    if (rc == TL_ECANCEL)
        return rc;
    out->why = tl_arena_strdup(ctx->scratch, ctx->error.text);
    tl_error_clear(&ctx->error);
    return TL_OK;
}

bool tl_sample_of_broken(struct tl_sample *out, const struct tl_snapshot *snapshot,
                         const struct tl_dataset *dataset)
{
    *out = (struct tl_sample){
        .state = TL_SAMPLE_FAILED,
        .why = tl_snapshot_text(snapshot, dataset->broken),
        .n_columns = dataset->n_columns,
    };
    return dataset->broken.i != 0;
}

int tl_dataset_broken(struct tl_snapshot *snapshot, const char *why, int rc,
                      struct tl_ctx *ctx)
{
    struct tl_dataset *dataset = &snapshot->datasets.items[snapshot->datasets.n - 1];

    if (rc == TL_ECANCEL)
        return rc;
    snapshot->columns.n -= dataset->n_columns;
    snapshot->keys.n -= dataset->n_keys;
    dataset->n_columns = 0;
    dataset->n_keys = 0;
    dataset->broken = tl_text_of(snapshot->texts, why ? why : ctx->error.text);
    tl_error_clear(&ctx->error);
    return TL_OK;
}
