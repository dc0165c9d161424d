/*
 * The schema of any warehouse from what its INFORMATION_SCHEMA.COLUMNS shows, exported as CSV or JSON lines: names, types and
 * comments of a system that has no connector yet. No values, so names-only scanning.
 *
 *     select * from information_schema.columns
 */
#include "connectors/files/csv_read.h"
#include "connectors/files/datasets.h"
#include "connectors/files/json_flat.h"
#include "connectors/files/lines.h"

#include "base/ctx.h"
#include "base/say.h"

#include <strings.h>

enum {
    CELL_BYTES = 64 << 10, /* longer comments are cut */
    ENTRIES_MOST = 20000000,
};

struct infoschema_config {
    const char *path;
    struct tl_list paths;
    const char *platform;
};

struct infoschema {
    struct tl_arena *arena;
    struct tl_files files;
    const char *platform;
};

enum field {
    CATALOG,
    SCHEMA,
    TABLE,
    COLUMN,
    ORDINAL,
    TYPE,
    NULLABLE,
    COMMENT,
    KIND,
    N_FIELDS
};

/* As the standard and the warehouses' own views call them, in any case. */
static const struct {
    const char *name;
    enum field field;
} field_names[] = {
    { "table_catalog", CATALOG },    { "table_schema", SCHEMA },
    { "table_name", TABLE },         { "column_name", COLUMN },
    { "ordinal_position", ORDINAL }, { "data_type", TYPE },
    { "is_nullable", NULLABLE },     { "comment", COMMENT },
    { "column_comment", COMMENT },   { "remarks", COMMENT },
    { "description", COMMENT },      { "table_type", KIND },
};

static int field_of(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof field_names / sizeof *field_names; i++)
        if (strlen(field_names[i].name) == n &&
            strncasecmp(field_names[i].name, name, n) == 0)
            return (int)field_names[i].field;
    return -1;
}

struct entry {
    struct tl_text text[N_FIELDS]; /* those that are text */
    uint64_t ordinal;
    uint32_t order; /* in the files, where ordinals say nothing */
    int8_t nullable;
    uint8_t kind;
};

struct pull {
    struct tl_snapshot *out;
    TL_VEC(struct entry) entries;
    uint64_t n_bad, first_bad;
    struct tl_ctx *ctx;
};

struct cell {
    const char *text; /* NULL: absent */
    size_t n;
};

/* ---- entries ---- */

static bool cell_is(const struct cell *cell, const char *word)
{
    return cell->text && cell->n == strlen(word) &&
           strncasecmp(cell->text, word, cell->n) == 0;
}

static uint64_t number_of(const struct cell *cell)
{
    uint64_t number = 0;

    for (size_t i = 0;
         i < cell->n && cell->text[i] >= '0' && cell->text[i] <= '9' && i < 18; i++)
        number = number * 10 + (uint64_t)(cell->text[i] - '0');
    return number;
}

static enum tl_dataset_kind kind_of(const struct cell *cell)
{
    if (cell_is(cell, "view"))
        return TL_VIEW;
    if (cell_is(cell, "materialized view"))
        return TL_MATERIALIZED_VIEW;
    return cell_is(cell, "external table") || cell_is(cell, "external")
               ? TL_EXTERNAL_TABLE
               : TL_TABLE;
}

static int take_entry(struct pull *pull, const struct cell *cells, uint64_t line)
{
    struct entry entry = { .order = (uint32_t)pull->entries.n, .nullable = -1 };

    if (!cells[TABLE].n || !cells[COLUMN].n) {
        if (!pull->n_bad++)
            pull->first_bad = line;
        return TL_OK;
    }
    if (pull->entries.n == ENTRIES_MOST)
        return tl_fail(pull->ctx, TL_ELIMIT, "the files hold more than %d columns",
                       ENTRIES_MOST);
    for (int i = 0; i < N_FIELDS; i++)
        if (cells[i].n && i != ORDINAL && i != NULLABLE && i != KIND)
            entry.text[i] = tl_text_add(pull->out->texts, cells[i].text, cells[i].n);
    entry.ordinal = number_of(&cells[ORDINAL]);
    entry.kind = (uint8_t)kind_of(&cells[KIND]);
    if (cell_is(&cells[NULLABLE], "yes") || cell_is(&cells[NULLABLE], "true") ||
        cell_is(&cells[NULLABLE], "1"))
        entry.nullable = 1;
    else if (cells[NULLABLE].n)
        entry.nullable = 0;
    tl_vec_push(&pull->entries, entry);
    return TL_OK;
}

static int miss_names(const struct tl_file *file, struct tl_ctx *ctx)
{
    tl_hint(ctx, "export it by: select * from information_schema.columns");
    return tl_fail(ctx, TL_EINPUT, "'%s' has no 'table_name' and 'column_name'",
                   file->name);
}

/* ---- the two forms ---- */

static int read_csv(struct pull *pull, struct tl_csv *csv, const struct tl_file *file)
{
    int which[N_FIELDS];
    int rc = tl_csv_begin(csv, 0, CELL_BYTES, pull->ctx);

    memset(which, -1, sizeof which);
    if (!rc)
        rc = tl_csv_next(csv, true, pull->ctx);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < csv->cells.n; i++) {
        int field = field_of(tl_csv_cell(csv, i), csv->cells.items[i].n);
        if (field >= 0 && which[field] < 0)
            which[field] = (int)i;
    }
    if (which[TABLE] < 0 || which[COLUMN] < 0)
        return miss_names(file, pull->ctx);
    while ((rc = tl_csv_next(csv, true, pull->ctx)) > 0) {
        struct cell cells[N_FIELDS] = { 0 };
        for (int i = 0; i < N_FIELDS; i++)
            if (which[i] >= 0 && (size_t)which[i] < csv->cells.n)
                cells[i] = (struct cell){ tl_csv_cell(csv, (size_t)which[i]),
                                          csv->cells.items[which[i]].n };
        rc = take_entry(pull, cells, csv->record_line);
        if (rc)
            break;
    }
    return rc;
}

static int read_jsonl(struct pull *pull, struct tl_lines *lines,
                      const struct tl_file *file)
{
    struct tl_flat flat;
    size_t n_before = pull->entries.n;
    int rc;

    tl_flat_init(&flat, CELL_BYTES);
    while ((rc = tl_lines_next(lines, true, pull->ctx)) > 0) {
        struct cell cells[N_FIELDS] = { 0 };
        if (!lines->is_too_long && !lines->n)
            continue;
        enum tl_flat_answer answer = lines->is_too_long
                                         ? TL_FLAT_MALFORMED
                                         : tl_flat_read(&flat, lines->line, lines->n);
        for (size_t i = 0; answer == TL_FLAT_READ && i < flat.fields.n; i++) {
            const struct tl_flat_field *seen = &flat.fields.items[i];
            int field = field_of(seen->path, seen->n_path);
            if (field >= 0 && seen->kind != TL_FLAT_NULL && !cells[field].text)
                cells[field] =
                    (struct cell){ seen->value,
                                   seen->n < CELL_BYTES ? seen->n : CELL_BYTES };
        }
        rc = take_entry(pull, cells, lines->number);
        if (rc)
            break;
    }
    tl_flat_release(&flat);
    if (!rc && pull->entries.n == n_before && pull->n_bad)
        return miss_names(file, pull->ctx);
    return rc;
}

static bool begins_with_brace(const struct tl_reader *in)
{
    size_t at = in->at;

    while (at < in->n &&
           (in->buffer[at] == ' ' || in->buffer[at] == '\n' || in->buffer[at] == '\r'))
        at++;
    return at < in->n && in->buffer[at] == '{';
}

static int read_file(struct pull *pull, const struct tl_file *file)
{
    struct tl_csv csv = { 0 };
    struct tl_lines lines = { 0 };
    struct tl_reader in;
    int rc = tl_reader_open(&in, file->path, pull->ctx);

    pull->n_bad = 0;
    if (rc) {
        tl_reader_close(&in);
    } else if (begins_with_brace(&in)) {
        lines.in = in;
        rc = read_jsonl(pull, &lines, file);
        tl_lines_release(&lines);
    } else {
        csv.in = in;
        rc = read_csv(pull, &csv, file);
        tl_csv_release(&csv);
    }
    if (!rc && pull->n_bad)
        tl_warn(pull->ctx,
                "'%s' line %llu names no table or no column (%llu such lines); they are "
                "left out",
                file->name, (unsigned long long)pull->first_bad,
                (unsigned long long)pull->n_bad);
    return rc;
}

/* ---- datasets ---- */

static struct tl_key key_of(const struct tl_snapshot *snapshot, const struct entry *entry)
{
    return (struct tl_key){
        .source = tl_snapshot_text(snapshot,
                                   snapshot->sources.items[snapshot->sources.n - 1].name),
        .database = tl_snapshot_text(snapshot, entry->text[CATALOG]),
        .schema = tl_snapshot_text(snapshot, entry->text[SCHEMA]),
        .dataset = tl_snapshot_text(snapshot, entry->text[TABLE]),
    };
}

static int compare_entries(const void *a, const void *b, void *snapshot)
{
    const struct entry *left = a;
    const struct entry *right = b;
    struct tl_key left_key = key_of(snapshot, left);
    struct tl_key right_key = key_of(snapshot, right);
    int order = tl_key_compare(&left_key, &right_key);

    if (order)
        return order;
    if (left->ordinal != right->ordinal)
        return left->ordinal < right->ordinal ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

static bool is_same_dataset(const struct entry *a, const struct entry *b)
{
    return a->text[CATALOG].i == b->text[CATALOG].i &&
           a->text[SCHEMA].i == b->text[SCHEMA].i && a->text[TABLE].i == b->text[TABLE].i;
}

static void add_column(struct tl_snapshot *out, const struct entry *entry)
{
    size_t n;
    const char *name = tl_text_get(out->texts, entry->text[COLUMN], &n);
    struct tl_column *column =
        tl_snapshot_add_column(out, name, n, tl_snapshot_text(out, entry->text[TYPE]));

    column->comment = entry->text[COMMENT];
    column->nullable = entry->nullable;
}

static int add_datasets(struct pull *pull, const struct tl_scope *scope)
{
    struct entry *entries = pull->entries.items;
    size_t n = pull->entries.n;

    if (n)
        qsort_r(entries, n, sizeof *entries, compare_entries, pull->out);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && is_same_dataset(&entries[i], &entries[end]); end++)
            ;
        struct tl_key key = key_of(pull->out, &entries[i]);
        int rc = tl_ctx_check(pull->ctx);
        if (rc)
            return rc;
        if (!tl_scope_takes(scope, &key))
            continue;
        tl_snapshot_add_dataset(pull->out, key.database, key.schema, key.dataset,
                                entries[i].kind);
        for (size_t c = i; c < end; c++)
            add_column(pull->out, &entries[c]);
    }
    return TL_OK;
}

/* A file that cannot be read fails the whole: what its tables are called is not known, and they are not gone. */
static int infoschema_pull(struct tl_snapshot *out, void *self,
                           const struct tl_scope *scope, struct tl_ctx *ctx)
{
    const struct infoschema *conn = self;
    struct pull pull = { .out = out, .ctx = ctx };
    int rc = TL_OK;

    out->sources.items[out->sources.n - 1].platform =
        tl_text_of(out->texts, conn->platform);
    for (size_t i = 0; i < conn->files.items.n && !rc; i++)
        rc = read_file(&pull, &conn->files.items.items[i]);
    if (!rc)
        rc = add_datasets(&pull, scope);
    tl_vec_release(&pull.entries);
    return rc;
}

static int infoschema_sample(struct tl_sample *out, void *self,
                             const struct tl_snapshot *snapshot, struct tl_dataset_id id,
                             const struct tl_sample_spec *spec, struct tl_ctx *ctx)
{
    (void)self;
    (void)spec;
    (void)ctx;
    *out = (struct tl_sample){ .n_columns = snapshot->datasets.items[id.i].n_columns };
    return TL_OK;
}

/* ---- the connector ---- */

static void infoschema_close(void *self)
{
    struct infoschema *conn = self;

    if (!conn)
        return;
    tl_files_release(&conn->files);
    tl_arena_close(conn->arena);
    tl_free(conn);
}

static int infoschema_open(void **out, const void *config, struct tl_ctx *ctx)
{
    const struct infoschema_config *given = config;

    *out = NULL;
    if (!given->platform || !*given->platform) {
        tl_hint(ctx, "name the system as DataHub does: platform: snowflake");
        return tl_fail(ctx, TL_ECONFIG, "a source of schema exports needs 'platform'");
    }
    struct infoschema *conn = tl_alloc(1, sizeof *conn);
    conn->arena = tl_arena_open();
    conn->platform = tl_arena_strdup(conn->arena, given->platform);
    int rc = tl_files_find(&conn->files, given->path, &given->paths, conn->arena, ctx);
    if (rc)
        infoschema_close(conn);
    else
        *out = conn;
    return rc;
}

static int infoschema_check(void *self, struct tl_ctx *ctx)
{
    return tl_files_check(&((struct infoschema *)self)->files, ctx);
}

static const struct tl_option infoschema_options[] = {
    { "path", TL_KIND_TEXT, offsetof(struct infoschema_config, path), NULL,
      "an export, or a glob", NULL, "FILE", 0 },
    { "paths", TL_KIND_LIST, offsetof(struct infoschema_config, paths), NULL,
      "several of them", NULL, "FILE", 0 },
    { "platform", TL_KIND_TEXT, offsetof(struct infoschema_config, platform), NULL,
      "the system it comes from, in DataHub's word: snowflake, redshift", NULL, "WORD",
      0 },
    { 0 },
};

static const char *const infoschema_paths[] = { "path", "paths", NULL };

static const struct tl_source_ops infoschema_source = {
    .gives = TL_GIVES_SCHEMA,
    .pull = infoschema_pull,
    .sample = infoschema_sample,
};

const struct tl_connector tl_connector_files = {
    .name = "files",
    .summary = "reads exports of INFORMATION_SCHEMA.COLUMNS from any warehouse",
    .options = infoschema_options,
    .config_size = sizeof(struct infoschema_config),
    .paths = infoschema_paths,
    .open = infoschema_open,
    .check = infoschema_check,
    .close = infoschema_close,
    .source = &infoschema_source,
};
