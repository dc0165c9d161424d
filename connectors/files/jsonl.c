/*
 * JSON lines: one object a line, each file a dataset, fields flattened as json_flat.h says. Columns are the union of the
 * fields of the first HEAD bytes, in the order in which they are first seen. Where a row has several values under one name (an
 * array) each row shows another of them, the first, the second ..., and the others fill rows of their own as long as there is
 * room, so that a list of contacts shows its e-mails and its phones.
 */
#include "connectors/files/datasets.h"
#include "connectors/files/json_flat.h"
#include "connectors/files/lines.h"

#include "base/ctx.h"
#include "base/map.h"
#include "base/say.h"

enum {
    HEAD = 64 << 20,
    COLUMNS_MOST = 10000, /* more means that keys are data: {"<user id>": ...} */
    DECODE_MOST = 64,     /* of values, while only fields are looked at */
    FURTHER_BYTES = 32 << 20,
    FURTHER_MOST = 1 << 20,
    KIND_ARRAY = 1 << (TL_FLAT_TEXT + 1), /* beside the bits of enum tl_flat_kind */
};

struct jsonl_config {
    const char *path;
    struct tl_list paths;
    int64_t whole_below;
};

struct jsonl {
    struct tl_arena *arena;
    struct tl_files files;
    int64_t whole_below;
};

/* ---- objects of a file ---- */

#define NO_COLUMN UINT32_MAX

/* Of one column, while rows are chosen. */
struct place {
    uint32_t n_values, n_seen;   /* in this row; of them so far */
    uint32_t turn;               /* which value of the next row with several is shown */
    uint32_t n_further, n_taken; /* beside those shown; of them that find room */
};

/* A value beside the one that its row shows. */
struct further {
    uint32_t column;
    uint32_t row; /* of its column, from 0; later, of all */
    size_t at;    /* in further_bytes */
    size_t n;
    bool is_cut;
};

struct stream {
    struct tl_lines lines;
    struct tl_flat flat;
    uint64_t n_bad, first_bad;
    const char *why_bad;
    /* while rows are chosen */
    struct tl_map columns;
    uint32_t n_columns;
    struct place *places;        /* one a column */
    TL_VEC(uint32_t) columns_of; /* of the line's fields; NO_COLUMN */
    TL_VEC(struct further) further;
    TL_VEC(char) further_bytes;
    bool has_lost;      /* values that there was no room for */
    uint64_t n_unknown; /* values of fields that are no columns */
};

static void note_bad(struct stream *stream, const char *why)
{
    if (stream->n_bad++)
        return;
    stream->first_bad = stream->lines.number;
    stream->why_bad = why;
}

static bool is_blank(const char *line, size_t n)
{
    while (n && (*line == ' ' || *line == '\t' || *line == '\r'))
        line++, n--;
    return n == 0;
}

/* The next line that holds an object. In the head lines that are stepped over are looked into as well: none is bad unsaid. */
static int stream_next(void *self, bool keep, struct tl_ctx *ctx)
{
    struct stream *stream = self;
    int rc;

    keep |= tl_reader_tell(&stream->lines.in) < HEAD;
    while ((rc = tl_lines_next(&stream->lines, keep, ctx)) > 0) {
        const struct tl_lines *lines = &stream->lines;
        if (lines->n == 0)
            continue;
        if (!keep)
            return 1;
        if (lines->is_too_long) {
            note_bad(stream, "is longer than 16 MiB");
            continue;
        }
        if (is_blank(lines->line, lines->n))
            continue;
        enum tl_flat_answer answer = tl_flat_read(&stream->flat, lines->line, lines->n);
        if (answer == TL_FLAT_READ)
            return 1;
        note_bad(stream, tl_flat_words(answer));
    }
    return rc;
}

static int stream_open(struct stream *stream, const struct tl_file *file,
                       size_t value_bytes, struct tl_ctx *ctx)
{
    *stream = (struct stream){ 0 };
    tl_flat_init(&stream->flat, value_bytes);
    return tl_reader_open(&stream->lines.in, file->path, ctx);
}

static void stream_close(struct stream *stream)
{
    tl_lines_release(&stream->lines);
    tl_flat_release(&stream->flat);
    tl_map_release(&stream->columns);
    tl_vec_release(&stream->columns_of);
    tl_vec_release(&stream->further);
    tl_vec_release(&stream->further_bytes);
    tl_free(stream->places);
}

/* "line 17 is not JSON: it is left out"; nothing when no line is bad. Lines have no numbers where places were jumped to. */
static void tell_of_bad(struct tl_str *out, const struct stream *stream, bool has_numbers)
{
    unsigned long long n = stream->n_bad;

    if (n == 1 && has_numbers)
        tl_str_addf(out, "line %llu %s: it is left out",
                    (unsigned long long)stream->first_bad, stream->why_bad);
    else if (n && has_numbers)
        tl_str_addf(out, "%llu lines are left out, the first is line %llu, which %s", n,
                    (unsigned long long)stream->first_bad, stream->why_bad);
    else if (n)
        tl_str_addf(out, "%llu %s left out, the first of which %s", n,
                    n == 1 ? "line is" : "lines are", stream->why_bad);
}

static bool is_sampled_by_place(const struct stream *stream, const struct jsonl *conn)
{
    return stream->lines.in.size > conn->whole_below;
}

/* Of a smaller file the sample says so, which meets the same lines. */
static void warn_of_bad(const struct stream *stream, const struct jsonl *conn,
                        const struct tl_file *file, const struct tl_ctx *ctx)
{
    struct tl_str words = TL_STR_INIT(500);

    if (is_sampled_by_place(stream, conn))
        tell_of_bad(&words, stream, true);
    if (words.n)
        tl_warn(ctx, "'%s': %s", file->name, words.text);
    tl_str_release(&words);
}

/* ---- columns ---- */

struct field {
    const char *path;
    size_t n_path;
    unsigned kinds; /* bits 1 << enum tl_flat_kind */
};

struct fields {
    TL_VEC(struct field) items;
    struct tl_map by_path;
    struct tl_arena *arena;
    uint64_t n_left_out;
};

static void see_fields(struct fields *fields, const struct tl_flat *flat)
{
    for (size_t i = 0; i < flat->fields.n; i++) {
        const struct tl_flat_field *seen = &flat->fields.items[i];
        /* A null among others says nothing of an array. */
        unsigned kind = !seen->is_element            ? 1u << seen->kind
                        : seen->kind == TL_FLAT_NULL ? 0
                                                     : KIND_ARRAY;
        uint32_t which;
        if (tl_map_get(&fields->by_path, seen->path, seen->n_path, &which)) {
            fields->items.items[which].kinds |= kind;
            continue;
        }
        if (fields->items.n == COLUMNS_MOST) {
            fields->n_left_out++;
            continue;
        }
        struct field field = {
            .path = tl_arena_dup(fields->arena, seen->path, seen->n_path),
            .n_path = seen->n_path,
            .kinds = kind,
        };
        tl_map_put(&fields->by_path, field.path, field.n_path, (uint32_t)fields->items.n);
        tl_vec_push(&fields->items, field);
    }
}

static const char *native_type(unsigned kinds, enum tl_logical *logical)
{
    static const struct {
        unsigned kinds;
        enum tl_logical logical;
        const char *name;
    } types[] = {
        { 0, TL_LOGICAL_UNKNOWN, "null" },
        { 1 << TL_FLAT_BOOLEAN, TL_LOGICAL_BOOLEAN, "boolean" },
        { 1 << TL_FLAT_INTEGER, TL_LOGICAL_INTEGER, "integer" },
        { 1 << TL_FLAT_REAL, TL_LOGICAL_REAL, "number" },
        { 1 << TL_FLAT_INTEGER | 1 << TL_FLAT_REAL, TL_LOGICAL_REAL, "number" },
        { 1 << TL_FLAT_TEXT, TL_LOGICAL_TEXT, "string" },
        { KIND_ARRAY, TL_LOGICAL_ARRAY, "array" },
    };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].kinds != (kinds & ~(1u << TL_FLAT_NULL)))
            continue;
        *logical = types[i].logical;
        return types[i].name;
    }
    *logical = TL_LOGICAL_UNKNOWN;
    return "mixed";
}

/* Marks every name that has fields below it: "user" for "user.geo.lat", and "user.geo". */
static void find_parents(struct tl_map *parents, const struct fields *fields)
{
    for (size_t i = 0; i < fields->items.n; i++) {
        const struct field *field = &fields->items.items[i];
        for (const char *dot = field->path;
             (dot = memchr(dot, '.', field->n_path - (size_t)(dot - field->path))); dot++)
            tl_map_put(parents, field->path, (size_t)(dot - field->path), 1);
    }
}

/* A name that was never more than null, {} or [] is no column of its own where other lines have fields below it. */
static void add_columns(struct tl_snapshot *out, const struct fields *fields)
{
    struct tl_map parents = TL_MAP_INIT;

    find_parents(&parents, fields);
    for (size_t i = 0; i < fields->items.n; i++) {
        const struct field *field = &fields->items.items[i];
        uint32_t ignored;
        if (!(field->kinds & ~(1u << TL_FLAT_NULL)) &&
            tl_map_get(&parents, field->path, field->n_path, &ignored))
            continue;
        enum tl_logical logical;
        const char *type = native_type(field->kinds, &logical);
        struct tl_column *column =
            tl_snapshot_add_column(out, field->path, field->n_path, type);
        column->logical = (uint8_t)logical;
        column->nullable = field->kinds & 1u << TL_FLAT_NULL ? 1 : -1;
    }
    tl_map_release(&parents);
}

/* Every line was bad: what kind of file is it then? */
static int fail_of_bad(const struct stream *stream, const struct tl_file *file,
                       struct tl_ctx *ctx)
{
    tl_hint(ctx, "JSON lines hold one object a line; other JSON becomes that by: jq -c "
                 "'.[]' FILE");
    return tl_fail(ctx, TL_EINPUT, "'%s' line %llu %s, nor is any other line an object",
                   file->name, (unsigned long long)stream->first_bad, stream->why_bad);
}

static int read_head(struct fields *fields, struct stream *stream, uint64_t *n,
                     struct tl_ctx *ctx)
{
    int rc = 0;

    while (tl_reader_tell(&stream->lines.in) < HEAD &&
           (rc = stream_next(stream, true, ctx)) > 0) {
        see_fields(fields, &stream->flat);
        ++*n;
    }
    return rc < 0 ? rc : TL_OK;
}

static int read_dataset(struct tl_snapshot *out, const struct tl_file *file,
                        const void *self, struct tl_ctx *ctx)
{
    struct fields fields = { .arena = tl_arena_open() };
    struct stream stream;
    uint64_t n = 0;
    int rc = stream_open(&stream, file, DECODE_MOST, ctx);

    if (!rc)
        rc = read_head(&fields, &stream, &n, ctx);
    if (!rc && !n && stream.n_bad)
        rc = fail_of_bad(&stream, file, ctx);
    if (!rc) {
        add_columns(out, &fields);
        int64_t read = tl_reader_tell(&stream.lines.in);
        double more =
            read ? (double)n / (double)read * (double)(stream.lines.in.size - read) : 0;
        out->datasets.items[out->datasets.n - 1].rows = (int64_t)n + (int64_t)more;
        warn_of_bad(&stream, self, file, ctx);
        if (fields.n_left_out + stream.flat.n_left_out)
            tl_warn(ctx,
                    "'%s' has more than %d fields, or some with names over %d bytes; "
                    "%llu values of others are not looked at",
                    file->name, COLUMNS_MOST, TL_FLAT_PATH_MOST,
                    (unsigned long long)(fields.n_left_out + stream.flat.n_left_out));
    }
    stream_close(&stream);
    tl_vec_release(&fields.items);
    tl_map_release(&fields.by_path);
    tl_arena_close(fields.arena);
    return rc;
}

static int jsonl_pull(struct tl_snapshot *out, void *self, const struct tl_scope *scope,
                      struct tl_ctx *ctx)
{
    const struct jsonl *conn = self;

    return tl_files_pull(out, &conn->files, scope,
                         &(struct tl_files_reader){ read_dataset, conn }, ctx);
}

/* ---- rows ---- */

static bool stream_fits(void *self)
{
    (void)self;
    return true;
}

/* The columns of the line's fields, and how many values each has. */
static void find_columns(struct stream *stream)
{
    stream->columns_of.n = 0;
    for (uint32_t i = 0; i < stream->n_columns; i++)
        stream->places[i].n_values = stream->places[i].n_seen = 0;
    for (size_t i = 0; i < stream->flat.fields.n; i++) {
        const struct tl_flat_field *field = &stream->flat.fields.items[i];
        uint32_t column = NO_COLUMN;
        if (field->kind != TL_FLAT_NULL) {
            bool is_known =
                tl_map_get(&stream->columns, field->path, field->n_path, &column);
            if (is_known)
                stream->places[column].n_values++;
            else
                column = NO_COLUMN;
            stream->n_unknown += !is_known;
        }
        tl_vec_push(&stream->columns_of, column);
    }
}

static void keep_further(struct stream *stream, const struct tl_rows *rows,
                         uint32_t column, const struct tl_flat_field *field)
{
    struct place *place = &stream->places[column];
    size_t n = field->n <= rows->value_bytes ? field->n : (size_t)rows->value_bytes + 1;

    /* Room is what the rows leave free: none once they are as many as may be. */
    if (rows->n == rows->most || stream->further.n == FURTHER_MOST ||
        stream->further_bytes.n + n > FURTHER_BYTES) {
        stream->has_lost = true;
        return;
    }
    struct further further = { column, place->n_further++, stream->further_bytes.n, n,
                               field->is_cut };
    tl_vec_push(&stream->further, further);
    for (size_t i = 0; i < n; i++)
        tl_vec_push(&stream->further_bytes, field->value[i]);
}

static void stream_put(void *self, struct tl_rows *rows)
{
    struct stream *stream = self;

    find_columns(stream);
    for (size_t i = 0; i < stream->flat.fields.n; i++) {
        const struct tl_flat_field *field = &stream->flat.fields.items[i];
        uint32_t column = stream->columns_of.items[i];
        if (column == NO_COLUMN)
            continue;
        struct place *place = &stream->places[column];
        bool is_shown = place->n_seen++ == place->turn % place->n_values;
        if (is_shown)
            tl_rows_put(rows, column, field->value, field->n, field->is_cut);
        else
            keep_further(stream, rows, column, field);
        if (place->n_seen == place->n_values && place->n_values > 1)
            place->turn++;
    }
}

static int compare_further(const void *a, const void *b)
{
    const struct further *left = a;
    const struct further *right = b;

    return left->row < right->row ? -1 : left->row > right->row;
}

/* Those that find room, each as likely (algorithm S, Knuth 3.4.2). */
static size_t take_further(struct stream *stream, uint32_t room, struct tl_pick *pick)
{
    size_t n = 0;

    for (size_t i = 0; i < stream->further.n; i++) {
        struct further further = stream->further.items[i];
        struct place *place = &stream->places[further.column];
        uint32_t left = place->n_further - further.row;
        uint32_t wanted = room - place->n_taken;
        if (left > wanted && tl_pick_below(pick, left) >= wanted) {
            stream->has_lost = true;
            continue;
        }
        further.row = place->n_taken++;
        stream->further.items[n++] = further;
    }
    return n;
}

/* Rows of values that the rows of their lines had no place for; NULL elsewhere. */
static void add_further(struct stream *stream, struct tl_rows *rows, struct tl_pick *pick)
{
    size_t n = take_further(stream, rows->most - rows->n, pick);

    if (n)
        qsort(stream->further.items, n, sizeof *stream->further.items, compare_further);
    for (size_t i = 0; i < n; i++) {
        const struct further *further = &stream->further.items[i];
        if (i == 0 || further->row != stream->further.items[i - 1].row)
            tl_rows_begin(rows, rows->n);
        tl_rows_put(rows, further->column, stream->further_bytes.items + further->at,
                    further->n, further->is_cut);
    }
}

static int stream_seek(void *self, int64_t offset, struct tl_ctx *ctx)
{
    return tl_lines_seek(&((struct stream *)self)->lines, offset, ctx);
}

static int64_t stream_tell(void *self)
{
    return tl_reader_tell(&((struct stream *)self)->lines.in);
}

static void know_columns(struct stream *stream, const struct tl_snapshot *snapshot,
                         const struct tl_dataset *dataset)
{
    stream->n_columns = dataset->n_columns;
    stream->places = tl_alloc((size_t)dataset->n_columns + 1, sizeof *stream->places);
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        size_t n;
        struct tl_text path = snapshot->columns.items[dataset->first_column + i].path;
        const char *text = tl_text_get(snapshot->texts, path, &n);
        tl_map_put(&stream->columns, text, n, i);
    }
}

static int choose(struct tl_rows *rows, enum tl_sample_state *state,
                  struct stream *stream, const struct jsonl *conn, struct tl_pick *pick,
                  struct tl_ctx *ctx)
{
    struct tl_records records = {
        .self = stream,
        .next = stream_next,
        .fits = stream_fits,
        .put = stream_put,
        .seek = stream_seek,
        .tell = stream_tell,
        .begin = tl_reader_tell(&stream->lines.in),
        .end = stream->lines.in.size,
    };

    int rc = tl_records_choose(rows, state, &records, pick, conn->whole_below, ctx);
    if (!rc)
        add_further(stream, rows, pick);
    if (stream->has_lost && *state == TL_SAMPLE_WHOLE)
        *state = TL_SAMPLE_READ;
    return rc;
}

static int jsonl_sample(struct tl_sample *out, void *self,
                        const struct tl_snapshot *snapshot, struct tl_dataset_id id,
                        const struct tl_sample_spec *spec, struct tl_ctx *ctx)
{
    const struct jsonl *conn = self;
    const struct tl_dataset *dataset = &snapshot->datasets.items[id.i];
    struct tl_key key = tl_snapshot_key(snapshot, id);
    const struct tl_file *file = tl_files_named(&conn->files, key.dataset);
    enum tl_sample_state state = TL_SAMPLE_READ;
    struct stream stream;
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
    rc = stream_open(&stream, file, (size_t)rows.value_bytes + 1, ctx);
    know_columns(&stream, snapshot, dataset);
    if (!rc)
        rc = choose(&rows, &state, &stream, conn, &pick, ctx);
    /* What stands in the head was said when the schema was read. */
    if (!rc && stream.lines.in.size > HEAD && stream.n_unknown)
        tl_warn(ctx,
                "'%s': %llu values of fields that its first 64 MiB do not show are not "
                "looked at",
                file->name, (unsigned long long)stream.n_unknown);
    struct tl_str words = TL_STR_INIT(500);
    tell_of_bad(&words, &stream, !is_sampled_by_place(&stream, conn));
    stream_close(&stream);
    if (!rc) {
        tl_rows_give(out, &rows, state, ctx);
        if (words.n)
            out->why = tl_arena_strdup(ctx->scratch, words.text);
        tl_str_release(&words);
        return TL_OK;
    }
    tl_str_release(&words);
    tl_rows_release(&rows);
    return tl_sample_refused(out, dataset->n_columns, rc, ctx);
}

/* ---- the connector ---- */

static void jsonl_close(void *self)
{
    struct jsonl *conn = self;

    if (!conn)
        return;
    tl_files_release(&conn->files);
    tl_arena_close(conn->arena);
    tl_free(conn);
}

static int jsonl_open(void **out, const void *config, struct tl_ctx *ctx)
{
    const struct jsonl_config *given = config;

    *out = NULL;
    struct jsonl *conn = tl_alloc(1, sizeof *conn);
    conn->arena = tl_arena_open();
    conn->whole_below = given->whole_below;
    int rc = tl_files_find(&conn->files, given->path, &given->paths, conn->arena, ctx);
    if (rc)
        jsonl_close(conn);
    else
        *out = conn;
    return rc;
}

static int jsonl_check(void *self, struct tl_ctx *ctx)
{
    return tl_files_check(&((struct jsonl *)self)->files, ctx);
}

static const struct tl_option jsonl_options[] = {
    { "path", TL_KIND_TEXT, offsetof(struct jsonl_config, path), NULL,
      "a file, or a glob", NULL, "FILE", 0 },
    { "paths", TL_KIND_LIST, offsetof(struct jsonl_config, paths), NULL,
      "several of them", NULL, "FILE", 0 },
    { "whole_below", TL_KIND_COUNT, offsetof(struct jsonl_config, whole_below), "256Mi",
      "larger files are sampled at random places instead of in one pass", NULL, "BYTES",
      0 },
    { 0 },
};

static const char *const jsonl_paths[] = { "path", "paths", NULL };

static const struct tl_source_ops jsonl_source = {
    .gives = TL_GIVES_SCHEMA | TL_GIVES_SAMPLES,
    .pull = jsonl_pull,
    .sample = jsonl_sample,
};

const struct tl_connector tl_connector_jsonl = {
    .name = "jsonl",
    .summary = "reads files of JSON lines, each a dataset",
    .platform = "file",
    .options = jsonl_options,
    .config_size = sizeof(struct jsonl_config),
    .paths = jsonl_paths,
    .open = jsonl_open,
    .check = jsonl_check,
    .close = jsonl_close,
    .source = &jsonl_source,
};
