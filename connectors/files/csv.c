/*
 * CSV files, each a dataset. Columns: the header's names, "column_N" for an empty one and where there is no header, "name#2" for
 * a repeated one; cells beyond the first record's are columns "column_N" too when anything stands in them within the first
 * TL_FILES_HEAD bytes. Missing cells, empty cells and a bare \N are NULL. Types are not guessed: everything is text until a
 * classifier says more. What is no UTF-8 is taken as Windows-1252, cell by cell: files are put together from several.
 */
#include "connectors/files/csv_read.h"
#include "connectors/files/datasets.h"
#include "connectors/files/encoding.h"
#include "connectors/files/header.h"

#include "base/ctx.h"
#include "base/say.h"

enum header { HEADER_AUTO, HEADER_TRUE, HEADER_FALSE };

struct csv_config {
    const char *path;
    struct tl_list paths;
    int header;   /* enum header */
    int encoding; /* enum tl_encoding */
    const char *delimiter;
    int64_t whole_below;
};

struct csv {
    struct tl_arena *arena;
    struct tl_files files;
    enum header header;
    enum tl_encoding encoding;
    char delimiter; /* 0: look */
    int64_t whole_below;
};

enum { NAME_BYTES = 1024 }; /* longer headers are cut */

#define UNCLOSED "line %llu: a quote is never closed; it is taken as a plain character"

/* A file that was opened, at its first record. */
struct sheet {
    struct tl_csv csv;
    struct tl_header row; /* why the first record is a row; no words: it is the header */
};

/* Decides of the header from the file alone: pulling and sampling must decide alike. */
static int sheet_open(struct sheet *out, const struct csv *conn,
                      const struct tl_file *file, size_t cell_bytes, struct tl_ctx *ctx)
{
    *out = (struct sheet){ 0 };
    int rc = tl_reader_open(&out->csv.in, file->path, ctx);

    if (!rc)
        rc = tl_csv_begin(&out->csv, conn->delimiter, cell_bytes, ctx);
    if (conn->header == HEADER_FALSE)
        out->row.words = "it was said to be one";
    else if (!rc && conn->header == HEADER_AUTO)
        rc = tl_header_look(&out->row, &out->csv, ctx);
    return rc;
}

static bool is_sampled_by_place(const struct tl_csv *csv, const struct csv *conn)
{
    return csv->in.size > conn->whole_below;
}

/* ---- columns ---- */

static void add_column(struct tl_snapshot *out, const char *name, size_t n, size_t number)
{
    char numbered[32];

    if (n) {
        tl_snapshot_add_column(out, name, n, NULL);
        return;
    }
    n = (size_t)snprintf(numbered, sizeof numbered, "column_%zu", number);
    tl_snapshot_add_column(out, numbered, n, NULL);
}

/* Cells up to the last one that holds something. */
static size_t width_of(const struct tl_csv *csv)
{
    size_t n = csv->cells.n;

    while (n && !csv->cells.items[n - 1].n)
        n--;
    return n;
}

struct head {
    size_t n_columns, width;
    uint64_t n_rows, n_wide;
    bool is_whole;
};

static int read_head(struct head *head, struct tl_csv *csv, struct tl_ctx *ctx)
{
    int rc = 0;

    csv->cell_bytes = 1;
    while (tl_reader_tell(&csv->in) < TL_FILES_HEAD &&
           (rc = tl_csv_next(csv, true, ctx)) > 0) {
        size_t width = width_of(csv);
        head->n_rows++;
        head->n_wide += width > head->n_columns;
        head->width = width > head->width ? width : head->width;
    }
    head->is_whole = rc == 0 && tl_reader_tell(&csv->in) >= csv->in.size;
    return rc < 0 ? rc : TL_OK;
}

static void warn_of_width(const struct head *head, const struct sheet *sheet,
                          const struct tl_file *file, const struct tl_ctx *ctx)
{
    struct tl_str names = TL_STR_INIT(100);

    if (!head->n_wide)
        return;
    if (head->width == head->n_columns + 1)
        tl_str_addf(&names, "the further one is column 'column_%zu'", head->width);
    else
        tl_str_addf(&names, "the further ones are columns 'column_%zu' to 'column_%zu'",
                    head->n_columns + 1, head->width);
    tl_warn(ctx, "'%s': %llu %s more cells than the %s; %s", file->name,
            (unsigned long long)head->n_wide, head->n_wide == 1 ? "row has" : "rows have",
            sheet->row.words ? "first" : "header", names.text);
    tl_str_release(&names);
}

static void warn_of_header(const struct sheet *sheet, const struct csv *conn,
                           const struct tl_file *file, const struct tl_ctx *ctx)
{
    char cell[32] = "";

    if (conn->header != HEADER_AUTO || !sheet->row.words)
        return;
    if (sheet->row.cell)
        snprintf(cell, sizeof cell, "cell %zu ", sheet->row.cell);
    tl_warn(
        ctx,
        "the first record of '%s' looks like values, not names: %s%s; it is read as a "
        "row, set header: true if it names the columns",
        file->name, cell, sheet->row.words);
}

static const char *delimiter_words(char out[4], char delimiter)
{
    if (delimiter == '\t')
        return "tab";
    snprintf(out, 4, "'%c'", delimiter);
    return out;
}

static int look_at_delimiter(struct tl_csv *csv, const struct csv *conn,
                             const struct tl_file *file, struct tl_ctx *ctx)
{
    char ours[4];
    char better[4];
    char delimiter = 0;
    int rc = conn->delimiter ? tl_csv_better_delimiter(&delimiter, csv, ctx) : TL_OK;

    if (delimiter)
        tl_warn(ctx,
                "'%s': its delimiter is said to be %s, which never stands there; %s "
                "splits its records alike",
                file->name, delimiter_words(ours, conn->delimiter),
                delimiter_words(better, delimiter));
    return rc;
}

static void warn_of_encoding(const struct tl_file *file, uint64_t line,
                             const struct tl_ctx *ctx)
{
    struct tl_str where = TL_STR_INIT(40);

    if (line)
        tl_str_addf(&where, ", the first in line %llu", (unsigned long long)line);
    tl_warn(ctx,
            "'%s' holds text that is not UTF-8%s: it is read as Windows-1252, "
            "'encoding' says otherwise",
            file->name, where.text);
    tl_str_release(&where);
}

static int look_at_encoding(struct tl_csv *csv, const struct csv *conn,
                            const struct tl_file *file, struct tl_ctx *ctx)
{
    uint64_t line = 0;
    int rc = TL_OK;

    if (conn->encoding == TL_ENCODING_AUTO)
        rc = tl_encoding_look(&line, &csv->in, TL_FILES_HEAD, ctx);
    if (line)
        warn_of_encoding(file, line, ctx);
    return rc;
}

static int add_columns(struct tl_snapshot *out, struct head *head, struct sheet *sheet,
                       const struct csv *conn, const struct tl_file *file,
                       struct tl_ctx *ctx)
{
    struct tl_csv *csv = &sheet->csv;
    struct tl_str held = TL_STR_INIT(4 * NAME_BYTES);
    int64_t begin_at = tl_reader_tell(&csv->in);
    int rc = tl_csv_next(csv, true, ctx);

    if (rc <= 0)
        return rc;
    if (csv->n_cells > csv->cells.n)
        return tl_fail(ctx, TL_ELIMIT, "'%s' has %zu columns, more than %u", file->name,
                       csv->n_cells, TL_CSV_COLUMNS_MOST);
    head->n_columns = csv->cells.n;
    for (size_t i = 0; i < head->n_columns; i++) {
        const struct tl_csv_cell *cell = &csv->cells.items[i];
        size_t n = sheet->row.words ? 0 : cell->n;
        const char *name = tl_encoding_decode(&held, conn->encoding, tl_csv_cell(csv, i),
                                              &n, cell->is_cut);
        add_column(out, name, n, i + 1);
    }
    tl_str_release(&held);
    if (sheet->row.words)
        tl_csv_return(csv, begin_at);
    return TL_OK;
}

static int read_dataset(struct tl_snapshot *out, const struct tl_file *file,
                        const void *self, struct tl_ctx *ctx)
{
    const struct csv *conn = self;
    struct sheet sheet;
    struct tl_csv *csv = &sheet.csv;
    struct head head = { 0 };
    int rc = sheet_open(&sheet, conn, file, NAME_BYTES, ctx);

    if (!rc)
        rc = look_at_encoding(csv, conn, file, ctx);
    if (!rc)
        rc = look_at_delimiter(csv, conn, file, ctx);
    if (!rc)
        rc = add_columns(out, &head, &sheet, conn, file, ctx);
    int64_t records_at = rc ? 0 : tl_reader_tell(&csv->in);
    if (!rc)
        rc = read_head(&head, csv, ctx);
    if (!rc) {
        for (size_t i = head.n_columns; i < head.width; i++)
            add_column(out, "", 0, i + 1);
        /* Of a large file: as many rows a byte in the rest as in the head. */
        int64_t read = tl_reader_tell(&csv->in) - records_at;
        int64_t left = csv->in.size - tl_reader_tell(&csv->in);
        double more = head.is_whole || !read
                          ? 0
                          : (double)head.n_rows / (double)read * (double)left;
        out->datasets.items[out->datasets.n - 1].rows =
            (int64_t)head.n_rows + (int64_t)more;
        warn_of_header(&sheet, conn, file, ctx);
        warn_of_width(&head, &sheet, file, ctx);
        /* Of a smaller file the sample says so, which meets every record of it. */
        if (csv->unclosed_line && is_sampled_by_place(csv, conn))
            tl_warn(ctx, "'%s' " UNCLOSED, file->name,
                    (unsigned long long)csv->unclosed_line);
    }
    tl_csv_release(csv);
    return rc;
}

static int csv_pull(struct tl_snapshot *out, void *self, const struct tl_scope *scope,
                    struct tl_ctx *ctx)
{
    const struct csv *conn = self;

    return tl_files_pull(out, &conn->files, scope,
                         &(struct tl_files_reader){ read_dataset, conn }, ctx);
}

/* ---- rows ---- */

struct stream {
    struct sheet sheet;
    enum tl_encoding encoding;
    struct tl_str held; /* of a cell that is converted */
    uint32_t n_columns;
    uint64_t n_beyond;    /* cells beyond the columns, with something in them */
    uint64_t n_converted; /* cells that were no UTF-8 */
};

static int stream_next(void *self, bool keep, struct tl_ctx *ctx)
{
    return tl_csv_next(&((struct stream *)self)->sheet.csv, keep, ctx);
}

static bool stream_fits(void *self)
{
    const struct stream *stream = self;

    return stream->sheet.csv.n_cells == stream->n_columns;
}

static bool is_null(const struct tl_csv_cell *cell, const char *text)
{
    return !cell->n || (!cell->is_quoted && cell->n == 2 && memcmp(text, "\\N", 2) == 0);
}

static void stream_put(void *self, struct tl_rows *rows)
{
    struct stream *stream = self;
    const struct tl_csv *csv = &stream->sheet.csv;

    for (uint32_t i = 0; i < csv->cells.n; i++) {
        const struct tl_csv_cell *cell = &csv->cells.items[i];
        const char *text = tl_csv_cell(csv, i);
        if (i >= stream->n_columns) {
            stream->n_beyond += cell->n > 0;
            continue;
        }
        if (is_null(cell, text))
            continue;
        size_t n = cell->n;
        const char *decoded =
            tl_encoding_decode(&stream->held, stream->encoding, text, &n, cell->is_cut);
        stream->n_converted += decoded != text;
        tl_rows_put(rows, i, decoded, n, cell->is_cut);
    }
}

static int stream_seek(void *self, int64_t offset, struct tl_ctx *ctx)
{
    struct stream *stream = self;

    stream->sheet.csv.record_most = TL_CSV_SEEK_MOST;
    return tl_csv_seek(&stream->sheet.csv, offset, ctx);
}

static int64_t stream_tell(void *self)
{
    return tl_reader_tell(&((struct stream *)self)->sheet.csv.in);
}

static int choose(struct tl_rows *rows, enum tl_sample_state *state,
                  struct stream *stream, const struct csv *conn, struct tl_pick *pick,
                  struct tl_ctx *ctx)
{
    struct tl_csv *csv = &stream->sheet.csv;
    int rc = stream->sheet.row.words ? 0 : tl_csv_next(csv, false, ctx);

    if (rc < 0)
        return rc;
    struct tl_records records = {
        .self = stream,
        .next = stream_next,
        .fits = stream_fits,
        .put = stream_put,
        .seek = stream_seek,
        .tell = stream_tell,
        .begin = tl_reader_tell(&csv->in),
        .end = csv->in.size,
    };
    return tl_records_choose(rows, state, &records, pick, conn->whole_below, ctx);
}

/* What stands in the head was said when the schema was read; this is of what lies behind it. */
static int warn_of_rest(struct stream *stream, const struct csv *conn,
                        const struct tl_file *file, struct tl_ctx *ctx)
{
    struct tl_csv *csv = &stream->sheet.csv;
    uint64_t line = 0;

    if (csv->in.size <= TL_FILES_HEAD)
        return TL_OK;
    if (stream->n_beyond)
        tl_warn(ctx, "'%s': %llu cells beyond its %u columns are not looked at",
                file->name, (unsigned long long)stream->n_beyond, stream->n_columns);
    if (!stream->n_converted || conn->encoding != TL_ENCODING_AUTO)
        return TL_OK;
    tl_reader_seek(&csv->in, 0);
    int rc = tl_encoding_look(&line, &csv->in, TL_FILES_HEAD, ctx);
    if (!rc && !line)
        warn_of_encoding(file, 0, ctx);
    return rc;
}

static int csv_sample(struct tl_sample *out, void *self,
                      const struct tl_snapshot *snapshot, struct tl_dataset_id id,
                      const struct tl_sample_spec *spec, struct tl_ctx *ctx)
{
    const struct csv *conn = self;
    const struct tl_dataset *dataset = &snapshot->datasets.items[id.i];
    struct tl_key key = tl_snapshot_key(snapshot, id);
    const struct tl_file *file = tl_files_named(&conn->files, key.dataset);
    struct stream stream = { .n_columns = dataset->n_columns };
    enum tl_sample_state state = TL_SAMPLE_READ;
    struct tl_pick pick;
    struct tl_rows rows;
    int rc;

    if (tl_sample_of_broken(out, snapshot, dataset))
        return TL_OK;
    if (!file) {
        rc = tl_fail(ctx, TL_ENOTFOUND, "there is no file '%s'", key.dataset);
        return tl_sample_refused(out, dataset->n_columns, rc, ctx);
    }
    tl_rows_init(&rows, dataset->n_columns, spec);
    tl_pick_init(&pick, spec, &key);
    stream.encoding = conn->encoding;
    tl_str_init(&stream.held, TL_STR_MOST);
    /* One byte more than is kept shows where a character ends. */
    rc = sheet_open(&stream.sheet, conn, file, (size_t)rows.value_bytes + 1, ctx);
    struct tl_csv *csv = &stream.sheet.csv;
    /* A few more than there are columns, to see that something stands beyond them. */
    csv->cells_most = (size_t)dataset->n_columns + 16;
    if (!rc)
        rc = choose(&rows, &state, &stream, conn, &pick, ctx);
    if (!rc)
        rc = warn_of_rest(&stream, conn, file, ctx);
    /* Of places within a file neither lines nor quotes are known for certain. */
    uint64_t unclosed = is_sampled_by_place(csv, conn) ? 0 : csv->unclosed_line;
    tl_csv_release(csv);
    tl_str_release(&stream.held);
    if (!rc) {
        tl_rows_give(out, &rows, state, ctx);
        if (unclosed)
            out->why =
                tl_arena_printf(ctx->scratch, UNCLOSED, (unsigned long long)unclosed);
        return TL_OK;
    }
    tl_rows_release(&rows);
    return tl_sample_refused(out, dataset->n_columns, rc, ctx);
}

/* ---- the connector ---- */

static void csv_close(void *self)
{
    struct csv *conn = self;

    if (!conn)
        return;
    tl_files_release(&conn->files);
    tl_arena_close(conn->arena);
    tl_free(conn);
}

static int read_delimiter(char *out, const char *word, struct tl_ctx *ctx)
{
    *out = 0;
    if (!word || !*word)
        return TL_OK;
    if (strcmp(word, "tab") == 0 || strcmp(word, "\\t") == 0)
        *out = '\t';
    else if (!word[1] && !strchr("\"\r\n", *word))
        *out = *word;
    if (*out)
        return TL_OK;
    tl_hint(ctx, "it is one character, or the word tab");
    return tl_fail(ctx, TL_ECONFIG, "'delimiter' cannot be '%s'", word);
}

static int csv_open(void **out, const void *config, struct tl_ctx *ctx)
{
    const struct csv_config *given = config;

    *out = NULL;
    struct csv *conn = tl_alloc(1, sizeof *conn);
    conn->arena = tl_arena_open();
    conn->header = (enum header)given->header;
    conn->encoding = (enum tl_encoding)given->encoding;
    conn->whole_below = given->whole_below;
    int rc = read_delimiter(&conn->delimiter, given->delimiter, ctx);
    if (!rc)
        rc = tl_files_find(&conn->files, given->path, &given->paths, conn->arena, ctx);
    if (rc)
        csv_close(conn);
    else
        *out = conn;
    return rc;
}

static int csv_check(void *self, struct tl_ctx *ctx)
{
    return tl_files_check(&((struct csv *)self)->files, ctx);
}

static const struct tl_option csv_options[] = {
    { "path", TL_KIND_TEXT, offsetof(struct csv_config, path), NULL, "a file, or a glob",
      NULL, "FILE", 0 },
    { "paths", TL_KIND_LIST, offsetof(struct csv_config, paths), NULL, "several of them",
      NULL, "FILE", 0 },
    { "header", TL_KIND_CHOICE, offsetof(struct csv_config, header), "auto",
      "whether the first record names the columns", "auto|true|false", NULL, 0 },
    { "encoding", TL_KIND_CHOICE, offsetof(struct csv_config, encoding), "auto",
      "of the text; auto: windows-1252 where it is no UTF-8", "auto|utf-8|windows-1252",
      NULL, 0 },
    { "delimiter", TL_KIND_TEXT, offsetof(struct csv_config, delimiter), NULL,
      "between cells: one character or tab; found out when not given", NULL, "C", 0 },
    { "whole_below", TL_KIND_COUNT, offsetof(struct csv_config, whole_below), "256Mi",
      "larger files are sampled at random places instead of in one pass", NULL, "BYTES",
      0 },
    { 0 },
};

static const char *const csv_paths[] = { "path", "paths", NULL };

static const struct tl_source_ops csv_source = {
    .gives = TL_GIVES_SCHEMA | TL_GIVES_SAMPLES,
    .pull = csv_pull,
    .sample = csv_sample,
};

const struct tl_connector tl_connector_csv = {
    .name = "csv",
    .summary = "reads CSV files, each a dataset",
    .platform = "file",
    .options = csv_options,
    .config_size = sizeof(struct csv_config),
    .paths = csv_paths,
    .open = csv_open,
    .check = csv_check,
    .close = csv_close,
    .source = &csv_source,
};
