/*
 * CSV files, each a dataset. Columns: the header's names, "column_N" for an empty one, "name#2" for a repeated one; cells beyond
 * the header are columns "column_N" too when anything stands in them within the first TL_FILES_HEAD bytes. Missing cells, empty
 * cells and a bare \N are NULL. Types are not guessed: everything is text until a classifier says more.
 */
#include "connectors/files/csv_read.h"
#include "connectors/files/datasets.h"

#include "base/ctx.h"
#include "base/say.h"

struct csv_config {
    const char *path;
    struct tl_list paths;
    bool header;
    const char *delimiter;
    int64_t whole_below;
};

struct csv {
    struct tl_arena *arena;
    struct tl_files files;
    bool has_header;
    char delimiter; /* 0: look */
    int64_t whole_below;
};

enum { NAME_BYTES = 1024 }; /* longer headers are cut */

static int begin(struct tl_csv *out, const struct csv *conn, const struct tl_file *file,
                 size_t cell_bytes, struct tl_ctx *ctx)
{
    *out = (struct tl_csv){ 0 };
    int rc = tl_reader_open(&out->in, file->path, ctx);

    return rc ? rc : tl_csv_begin(out, conn->delimiter, cell_bytes, ctx);
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

static void warn_of(const struct head *head, const struct tl_csv *csv,
                    const struct tl_file *file, const struct tl_ctx *ctx)
{
    if (head->n_wide)
        tl_warn(ctx,
                "'%s': %llu rows have more cells than the header; the further ones are "
                "columns 'column_%zu' to 'column_%zu'",
                file->name, (unsigned long long)head->n_wide, head->n_columns + 1,
                head->width);
    if (csv->unclosed_line)
        tl_warn(
            ctx,
            "'%s' line %llu: a quote is never closed; it is taken as a plain character",
            file->name, (unsigned long long)csv->unclosed_line);
}

static int add_columns(struct tl_snapshot *out, struct head *head, struct tl_csv *csv,
                       const struct csv *conn, const struct tl_file *file,
                       struct tl_ctx *ctx)
{
    int64_t begin_at = tl_reader_tell(&csv->in);
    int rc = tl_csv_next(csv, true, ctx);

    if (rc <= 0)
        return rc;
    if (csv->n_cells > csv->cells.n)
        return tl_fail(ctx, TL_ELIMIT, "'%s' has %zu columns, more than %u", file->name,
                       csv->n_cells, TL_CSV_COLUMNS_MOST);
    head->n_columns = csv->cells.n;
    for (size_t i = 0; i < head->n_columns; i++)
        add_column(out, tl_csv_cell(csv, i), conn->has_header ? csv->cells.items[i].n : 0,
                   i + 1);
    if (!conn->has_header)
        tl_csv_return(csv, begin_at);
    return TL_OK;
}

static int read_dataset(struct tl_snapshot *out, const struct tl_file *file,
                        const void *self, struct tl_ctx *ctx)
{
    const struct csv *conn = self;
    struct tl_csv csv;
    struct head head = { 0 };
    int rc = begin(&csv, conn, file, NAME_BYTES, ctx);

    if (!rc)
        rc = add_columns(out, &head, &csv, conn, file, ctx);
    int64_t records_at = rc ? 0 : tl_reader_tell(&csv.in);
    if (!rc)
        rc = read_head(&head, &csv, ctx);
    if (!rc) {
        for (size_t i = head.n_columns; i < head.width; i++)
            add_column(out, "", 0, i + 1);
        /* Of a large file: as many rows a byte in the rest as in the head. */
        int64_t read = tl_reader_tell(&csv.in) - records_at;
        int64_t left = csv.in.size - tl_reader_tell(&csv.in);
        double more = head.is_whole || !read
                          ? 0
                          : (double)head.n_rows / (double)read * (double)left;
        out->datasets.items[out->datasets.n - 1].rows =
            (int64_t)head.n_rows + (int64_t)more;
        warn_of(&head, &csv, file, ctx);
    }
    tl_csv_release(&csv);
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
    struct tl_csv csv;
    uint32_t n_columns;
    uint64_t n_beyond; /* cells beyond the columns, with something in them */
};

static int stream_next(void *self, bool keep, struct tl_ctx *ctx)
{
    return tl_csv_next(&((struct stream *)self)->csv, keep, ctx);
}

static bool stream_fits(void *self)
{
    const struct stream *stream = self;

    return stream->csv.n_cells == stream->n_columns;
}

static bool is_null(const struct tl_csv_cell *cell, const char *text)
{
    return !cell->n || (!cell->is_quoted && cell->n == 2 && memcmp(text, "\\N", 2) == 0);
}

static void stream_put(void *self, struct tl_rows *rows)
{
    struct stream *stream = self;

    for (uint32_t i = 0; i < stream->csv.cells.n; i++) {
        const struct tl_csv_cell *cell = &stream->csv.cells.items[i];
        const char *text = tl_csv_cell(&stream->csv, i);
        if (i >= stream->n_columns)
            stream->n_beyond += cell->n > 0;
        else if (!is_null(cell, text))
            tl_rows_put(rows, i, text, cell->n, cell->is_cut);
    }
}

static int stream_seek(void *self, int64_t offset, struct tl_ctx *ctx)
{
    struct stream *stream = self;

    stream->csv.record_most = TL_CSV_SEEK_MOST;
    return tl_csv_seek(&stream->csv, offset, ctx);
}

static int64_t stream_tell(void *self)
{
    return tl_reader_tell(&((struct stream *)self)->csv.in);
}

static int choose(struct tl_rows *rows, enum tl_sample_state *state,
                  struct stream *stream, const struct csv *conn, struct tl_pick *pick,
                  struct tl_ctx *ctx)
{
    int rc = conn->has_header ? tl_csv_next(&stream->csv, false, ctx) : 0;

    if (rc < 0)
        return rc;
    struct tl_records records = {
        .self = stream,
        .next = stream_next,
        .fits = stream_fits,
        .put = stream_put,
        .seek = stream_seek,
        .tell = stream_tell,
        .begin = tl_reader_tell(&stream->csv.in),
        .end = stream->csv.in.size,
    };
    return tl_records_choose(rows, state, &records, pick, conn->whole_below, ctx);
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
    /* One byte more than is kept shows where a character ends. */
    rc = begin(&stream.csv, conn, file, (size_t)rows.value_bytes + 1, ctx);
    /* A few more than there are columns, to see that something stands beyond them. */
    stream.csv.cells_most = (size_t)dataset->n_columns + 16;
    if (!rc)
        rc = choose(&rows, &state, &stream, conn, &pick, ctx);
    /* What stands in the head was said when the schema was read. */
    if (!rc && stream.csv.in.size > TL_FILES_HEAD && stream.n_beyond)
        tl_warn(ctx, "'%s': %llu cells beyond its %u columns are not looked at",
                file->name, (unsigned long long)stream.n_beyond, dataset->n_columns);
    tl_csv_release(&stream.csv);
    if (!rc) {
        tl_rows_give(out, &rows, state, ctx);
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
    conn->has_header = given->header;
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
    { "header", TL_KIND_FLAG, offsetof(struct csv_config, header), "true",
      "the first record names the columns", NULL, NULL, 0 },
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
