/*
 * Records of CSV. Any bytes: read in pieces of any size they are the same; stepped over they are as many; every cell is
 * within its ceiling; and what is thought of header and encoding does not hang on pieces either.
 */
#include "connectors/files/csv_read.h"
#include "connectors/files/encoding.h"
#include "connectors/files/header.h"

#include "base/ctx.h"
#include "base/str.h"

#include <assert.h>

enum { CELL_BYTES = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static size_t read_records(struct tl_str *out, const uint8_t *bytes, size_t n,
                           size_t piece, struct tl_ctx *ctx)
{
    struct tl_csv csv = { 0 };
    size_t n_records = 0;

    tl_reader_of_memory(&csv.in, (const char *)bytes, n, piece);
    int rc = tl_csv_begin(&csv, 0, CELL_BYTES, ctx);
    for (; !rc && (rc = tl_csv_next(&csv, true, ctx)) > 0; n_records++, rc = 0) {
        assert(csv.cells.n >= 1 && csv.cells.n <= csv.n_cells);
        for (size_t i = 0; i < csv.cells.n; i++) {
            assert(csv.cells.items[i].n <= CELL_BYTES);
            tl_str_add_bytes(out, tl_csv_cell(&csv, i), csv.cells.items[i].n);
            tl_str_add_char(out, csv.cells.items[i].is_cut ? 1 : 2);
        }
        tl_str_addf(out, "%llu\n", (unsigned long long)csv.record_line);
    }
    tl_str_addf(out, "%llu %llu", (unsigned long long)csv.line,
                (unsigned long long)csv.unclosed_line);
    assert(rc == 0);
    tl_csv_release(&csv);
    return n_records;
}

/* Which records are stepped over follows from the bytes. */
static size_t count_records(const uint8_t *bytes, size_t n, size_t piece,
                            struct tl_ctx *ctx)
{
    struct tl_csv csv = { 0 };
    size_t n_records = 0;

    tl_reader_of_memory(&csv.in, (const char *)bytes, n, piece);
    int rc = tl_csv_begin(&csv, 0, CELL_BYTES, ctx);
    while (!rc && (rc = tl_csv_next(&csv, bytes[n_records % n] & 1, ctx)) > 0) {
        n_records++;
        rc = 0;
    }
    tl_csv_release(&csv);
    return n_records;
}

/* Why the first record is a row. Leaves the reader where it was. */
static struct tl_header look(const uint8_t *bytes, size_t n, size_t piece,
                             struct tl_ctx *ctx)
{
    struct tl_csv csv = { 0 };
    struct tl_header header = { 0 };
    uint64_t line;

    tl_reader_of_memory(&csv.in, (const char *)bytes, n, piece);
    int rc = tl_encoding_look(&line, &csv.in, (int64_t)n, ctx);
    assert(rc == 0 && (line == 0) == tl_utf8_is_valid((const char *)bytes, n));
    rc = tl_csv_begin(&csv, 0, CELL_BYTES, ctx);
    assert(rc == 0 && tl_reader_tell(&csv.in) == 0);
    rc = tl_header_look(&header, &csv, ctx);
    assert(rc == 0 && tl_reader_tell(&csv.in) == 0 && csv.cell_bytes == CELL_BYTES);
    tl_csv_release(&csv);
    return header;
}

static void check_decoding(const uint8_t *bytes, size_t n)
{
    struct tl_str held = TL_STR_INIT(TL_STR_MOST);
    size_t length = n;

    const char *text =
        tl_encoding_decode(&held, TL_ENCODING_AUTO, (const char *)bytes, &length, false);
    assert(tl_utf8_is_valid(text, length));
    tl_str_release(&held);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct tl_str whole = TL_STR_INIT(TL_STR_MOST);
    struct tl_str parts = TL_STR_INIT(TL_STR_MOST);
    struct tl_run run = { 0 };
    struct tl_ctx ctx;

    if (n == 0)
        return 0;
    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    size_t n_whole = read_records(&whole, bytes, n, n, &ctx);
    size_t n_parts = read_records(&parts, bytes, n, 1 + bytes[n - 1] % 32, &ctx);
    assert(n_whole == n_parts && whole.n == parts.n &&
           memcmp(whole.text, parts.text, whole.n) == 0);
    struct tl_header header = look(bytes, n, n, &ctx);
    struct tl_header again = look(bytes, n, 1 + bytes[n / 2] % 32, &ctx);
    assert(header.words == again.words && header.cell == again.cell);
    check_decoding(bytes, n);
    assert(count_records(bytes, n, 1 + bytes[0] % 32, &ctx) == n_whole);
    tl_str_release(&whole);
    tl_str_release(&parts);
    tl_ctx_release(&ctx);
    return 0;
}
