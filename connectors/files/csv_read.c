/*
 * A state machine over the pieces of a file. Records that are stepped over go a faster way: as long as no quote stands
 * in a line, its end is the record's end, and two memchr find both.
 */
#include "connectors/files/csv_read.h"

#include "base/ctx.h"

enum {
    SNIFF_BYTES = 64 << 10,
    SNIFF_RECORDS = 100,
};

enum state {
    CELL_BEGINS,
    BLANKS, /* behind a delimiter: a quote may follow */
    PLAIN,
    QUOTED,
    QUOTE_SEEN, /* inside quotes: the end, or half of a doubled quote */
};

/* What one record needs while it is being read. */
struct scan {
    enum state state;
    struct tl_csv_cell cell;
    bool keep;
    bool is_literal; /* quotes are plain in this record */
    bool ends_in_cr; /* the last byte was a CR outside quotes */
    uint64_t quote_line;
};

static void begin_cell(struct tl_csv *csv, struct scan *scan)
{
    scan->cell = (struct tl_csv_cell){ .at = csv->text.n };
    scan->state = CELL_BEGINS;
    scan->ends_in_cr = false;
}

static void add_bytes(struct tl_csv *csv, struct scan *scan, const char *bytes, size_t n)
{
    if (!scan->keep || scan->cell.is_cut)
        return;
    size_t room = csv->cell_bytes - scan->cell.n;
    if (n > room) {
        n = room;
        scan->cell.is_cut = true;
    }
    if (csv->text.room - csv->text.n < n) {
        csv->text.room = (csv->text.n + n) * 2;
        csv->text.items = tl_realloc(csv->text.items, csv->text.room, 1);
    }
    if (n)
        memcpy(csv->text.items + csv->text.n, bytes, n);
    csv->text.n += n;
    scan->cell.n += n;
}

static void end_cell(struct tl_csv *csv, struct scan *scan)
{
    csv->n_cells++;
    if (scan->keep && csv->cells.n < csv->cells_most)
        tl_vec_push(&csv->cells, scan->cell);
    else
        csv->text.n = scan->cell.at;
    begin_cell(csv, scan);
}

static bool is_empty(const struct tl_csv *csv, const struct scan *scan)
{
    return csv->n_cells == 0 && scan->cell.n == 0 && !scan->cell.is_quoted &&
           !scan->cell.is_cut;
}

/* The CR of a CRLF was taken for text: it is the last byte of the cell, unless that was cut before. */
static void drop_cr(struct tl_csv *csv, struct scan *scan)
{
    if (scan->ends_in_cr && scan->cell.n && !scan->cell.is_cut) {
        csv->text.n--;
        scan->cell.n--;
    }
    scan->ends_in_cr = false;
}

/* ---- the bytes of one piece ---- */

/* Length of the run of bytes that mean nothing outside quotes. */
static size_t plain_run(const struct tl_csv *csv, const char *p, const char *end)
{
    const char *at = p;

    while (at < end && *at != csv->delimiter && *at != '\n' && *at != '\r')
        at++;
    return (size_t)(at - p);
}

static size_t quoted_run(struct tl_csv *csv, const char *p, const char *end)
{
    const char *quote = memchr(p, '"', (size_t)(end - p));
    const char *stop = quote ? quote : end;
    char line_end = csv->ends_in_cr ? '\r' : '\n';

    for (const char *at = p; (at = memchr(at, line_end, (size_t)(stop - at))); at++)
        csv->line++;
    return (size_t)(stop - p);
}

/* True when the byte ends the record. */
static bool take_plain(struct tl_csv *csv, struct scan *scan, const char *p,
                       const char *end, size_t *used)
{
    char c = *p;

    *used = 1;
    if (c == csv->delimiter) {
        end_cell(csv, scan);
        return false;
    }
    if (c == '\n' || (c == '\r' && csv->ends_in_cr)) {
        csv->line++;
        if (c == '\n')
            drop_cr(csv, scan);
        return true;
    }
    if (c == '\r') {
        add_bytes(csv, scan, p, 1);
        scan->ends_in_cr = true;
        scan->state = PLAIN;
        return false;
    }
    scan->ends_in_cr = false;
    if (scan->state != PLAIN && c == '"' && !scan->is_literal) {
        /* Blanks before it are no part of the cell. */
        csv->text.n = scan->cell.at;
        scan->cell = (struct tl_csv_cell){ .at = scan->cell.at, .is_quoted = true };
        scan->state = QUOTED;
        scan->quote_line = csv->line;
        return false;
    }
    if (scan->state != PLAIN && c == ' ' && csv->n_cells > 0) {
        add_bytes(csv, scan, p, 1);
        scan->state = BLANKS;
        return false;
    }
    *used = plain_run(csv, p, end);
    add_bytes(csv, scan, p, *used);
    scan->state = PLAIN;
    return false;
}

/* Takes what it can of [p, end); `*ended` when the record is over. */
static const char *take_bytes(struct tl_csv *csv, struct scan *scan, const char *p,
                              const char *end, bool *ended)
{
    size_t used;

    while (p < end && !*ended) {
        if (scan->state == QUOTED) {
            used = quoted_run(csv, p, end);
            add_bytes(csv, scan, p, used);
            p += used;
            if (p < end) {
                scan->state = QUOTE_SEEN;
                p++;
            }
        } else if (scan->state == QUOTE_SEEN && *p == '"') {
            add_bytes(csv, scan, p++, 1);
            scan->state = QUOTED;
        } else {
            /* Behind the closing quote nothing but a delimiter should come; what comes is kept. */
            if (scan->state == QUOTE_SEEN)
                scan->state = PLAIN;
            *ended = take_plain(csv, scan, p, end, &used);
            p += used;
        }
    }
    return p;
}

/* ---- records ---- */

/* 1 a record (or an empty line), 0 the end, 2 a quote was open at the end. */
static int read_record(struct tl_csv *csv, struct scan *scan, struct tl_ctx *ctx)
{
    bool any = false;
    bool ended = false;

    csv->text.n = 0;
    csv->cells.n = 0;
    csv->n_cells = 0;
    csv->record_line = csv->line;
    csv->record_at = tl_reader_tell(&csv->in);
    begin_cell(csv, scan);
    while (!ended) {
        if (csv->in.at == csv->in.n) {
            int rc = tl_reader_fill(&csv->in, ctx);
            if (rc < 0)
                return rc;
            if (rc == 0)
                break;
            if (csv->record_most && csv->in.begin - csv->record_at > csv->record_most)
                return 0;
        }
        const char *p = csv->in.buffer + csv->in.at;
        p = take_bytes(csv, scan, p, csv->in.buffer + csv->in.n, &ended);
        csv->in.at = (size_t)(p - csv->in.buffer);
        any = true;
    }
    if (!any)
        return 0;
    return !ended && scan->state == QUOTED ? 2 : 1;
}

/* Steps over one line within the buffer when it holds no quote. False: the long way. */
static bool step_over_line(struct tl_csv *csv, bool *was_empty)
{
    const char *p = csv->in.buffer + csv->in.at;
    size_t left = csv->in.n - csv->in.at;
    const char *end = left && !csv->ends_in_cr ? memchr(p, '\n', left) : NULL;

    if (!end || memchr(p, '"', (size_t)(end - p)))
        return false;
    csv->record_line = csv->line++;
    csv->record_at = tl_reader_tell(&csv->in);
    csv->in.at += (size_t)(end + 1 - p);
    *was_empty = end == p || (end == p + 1 && *p == '\r');
    return true;
}

int tl_csv_next(struct tl_csv *csv, bool keep, struct tl_ctx *ctx)
{
    bool is_literal = false;

    for (;;) {
        bool was_empty;
        csv->cells.n = csv->text.n = csv->n_cells = 0;
        if (!keep && !is_literal && step_over_line(csv, &was_empty)) {
            if (was_empty)
                continue;
            return 1;
        }
        /* Whether a line is empty shows in its text: the long way always keeps it. */
        struct scan scan = { .keep = true, .is_literal = is_literal };
        int rc = read_record(csv, &scan, ctx);
        if (rc <= 0)
            return rc;
        if (rc == 2) {
            /*
             * Back to where it began, once more without quotes. This happens once in a reading: behind a quote that is never
             * closed all quotes stand in pairs, and pairs always close.
             */
            csv->unclosed_line = scan.quote_line;
            is_literal = true;
            csv->line = csv->record_line;
            tl_reader_seek(&csv->in, csv->record_at);
            continue;
        }
        is_literal = false;
        drop_cr(csv, &scan);
        if (is_empty(csv, &scan))
            continue;
        end_cell(csv, &scan);
        return 1;
    }
}

void tl_csv_return(struct tl_csv *csv, int64_t offset)
{
    tl_reader_seek(&csv->in, offset);
    csv->line = 1;
}

int tl_csv_seek(struct tl_csv *csv, int64_t offset, struct tl_ctx *ctx)
{
    char line_end = csv->ends_in_cr ? '\r' : '\n';

    tl_csv_return(csv, offset);
    while (tl_reader_tell(&csv->in) - offset < TL_CSV_SEEK_MOST) {
        size_t left = csv->in.n - csv->in.at;
        const char *p = csv->in.buffer + csv->in.at;
        const char *end = left ? memchr(p, line_end, left) : NULL;
        csv->in.at += end ? (size_t)(end + 1 - p) : left;
        if (end)
            return 1;
        int rc = tl_reader_fill(&csv->in, ctx);
        if (rc <= 0)
            return rc;
    }
    return 0;
}

/* ---- finding out what kind of file it is ---- */

struct guess {
    size_t n_records,
        n_agreeing; /* records of the head; those with as many cells as the first */
    size_t n_cells; /* of the first record */
};

static int try_delimiter(struct guess *out, struct tl_csv *csv, char delimiter,
                         int64_t begin, struct tl_ctx *ctx)
{
    int rc = 1;

    *out = (struct guess){ 0 };
    csv->delimiter = delimiter;
    tl_csv_return(csv, begin);
    while (out->n_records < SNIFF_RECORDS &&
           tl_reader_tell(&csv->in) < begin + SNIFF_BYTES &&
           (rc = tl_csv_next(csv, true, ctx)) > 0) {
        if (!out->n_records++)
            out->n_cells = csv->n_cells;
        out->n_agreeing += csv->n_cells == out->n_cells;
    }
    return rc < 0 ? rc : TL_OK;
}

/*
 * The delimiter under which most records have as many cells as the first one; of equals, the one that gives more cells; of
 * equals, the one that stands first here. A file where none gives two cells has one column.
 */
static int sniff_delimiter(struct guess *out, struct tl_csv *csv, int64_t begin,
                           struct tl_ctx *ctx)
{
    static const char candidates[] = { ',', '\t', ';', '|' };
    struct guess best = { .n_records = 1, .n_cells = 1 };
    char delimiter = ',';

    for (size_t i = 0; i < sizeof candidates; i++) {
        struct guess guess;
        int rc = try_delimiter(&guess, csv, candidates[i], begin, ctx);
        if (rc)
            return rc;
        if (guess.n_cells < 2)
            continue;
        size_t ours = guess.n_agreeing * best.n_records;
        size_t theirs = best.n_agreeing * guess.n_records;
        if (ours < theirs || (ours == theirs && guess.n_cells <= best.n_cells))
            continue;
        best = guess;
        delimiter = candidates[i];
    }
    csv->delimiter = delimiter;
    *out = best;
    return TL_OK;
}

static int sniff_line_end(struct tl_csv *csv, int64_t begin, struct tl_ctx *ctx)
{
    bool has_cr = false;
    int rc = 1;

    while (rc > 0 && tl_reader_tell(&csv->in) < begin + SNIFF_BYTES) {
        size_t left = csv->in.n - csv->in.at;
        const char *p = csv->in.buffer + csv->in.at;
        if (left && memchr(p, '\n', left))
            return TL_OK;
        has_cr |= left && memchr(p, '\r', left);
        csv->in.at = csv->in.n;
        rc = tl_reader_fill(&csv->in, ctx);
    }
    csv->ends_in_cr = has_cr;
    return rc < 0 ? rc : TL_OK;
}

int tl_csv_begin(struct tl_csv *csv, char delimiter, size_t cell_bytes,
                 struct tl_ctx *ctx)
{
    int64_t begin = tl_reader_tell(&csv->in);

    csv->cell_bytes = cell_bytes ? cell_bytes : 1;
    csv->cells_most = TL_CSV_COLUMNS_MOST;
    csv->delimiter = delimiter;
    struct guess ignored;
    int rc = sniff_line_end(csv, begin, ctx);
    if (!rc && !delimiter)
        rc = sniff_delimiter(&ignored, csv, begin, ctx);
    tl_csv_return(csv, begin);
    csv->unclosed_line = 0;
    return rc;
}

int tl_csv_better_delimiter(char *out, struct tl_csv *csv, struct tl_ctx *ctx)
{
    int64_t begin = tl_reader_tell(&csv->in);
    char ours = csv->delimiter;
    struct guess guess;

    *out = 0;
    int rc = try_delimiter(&guess, csv, ours, begin, ctx);
    if (!rc && guess.n_cells == 1 && guess.n_agreeing == guess.n_records) {
        rc = sniff_delimiter(&guess, csv, begin, ctx);
        if (!rc && guess.n_cells > 1 && guess.n_agreeing == guess.n_records)
            *out = csv->delimiter;
    }
    csv->delimiter = ours;
    csv->unclosed_line = 0;
    tl_csv_return(csv, begin);
    return rc;
}

void tl_csv_release(struct tl_csv *csv)
{
    tl_reader_close(&csv->in);
    tl_vec_release(&csv->text);
    tl_vec_release(&csv->cells);
}
