/*
 * Tables as JSON: {"t": {"column": "type"}}, {"t": ["column"]}, levels of names around them to any depth ({"db": {"schema": {"t": ...}}} or
 * "db.schema.t"), {"tables": ...}, lists of {"name": ..., "columns": ...}. Names are read as SQL reads them: folded, but for those in quotes.
 * What a system tells of itself has names as they are stored: dbt's catalog.json, and rows of information_schema.columns with their
 * header, parted by commas, tabs, semicolons or bars.
 */
#include "cli/lineage.h"

#include "base/json.h"
#include "base/map.h"
#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEEPEST = 16, LEVELS = 3 };

struct known_table {
    const char *levels[LEVELS]; /* name, schema, database; as written */
    size_t first, n;            /* of `columns` */
};

struct tl_lineage_schema {
    TL_VEC(struct known_table) tables;
    TL_VEC(const char *) columns;
};

/* Where the reader is: keys, or places in a list. */
struct step {
    const char *key; /* NULL: `index` */
    size_t index;
};

struct reader {
    struct tl_lineage_schema *schema;
    const char *path, *text;
    size_t n;
    struct step steps[DEEPEST];
    size_t depth;
    const char *names[DEEPEST]; /* of levels, outermost first */
    size_t n_names;
    struct tl_ctx *ctx;
};

static bool is_rows(const char *text, size_t n);

bool tl_lineage_is_no_ddl(const char *text, size_t n)
{
    size_t i = 0;

    while (i < n && strchr(" \t\r\n", text[i]) && text[i])
        i++;
    return (i < n && (text[i] == '{' || text[i] == '[')) || is_rows(text, n);
}

/* ---- errors ---- */

/* jansson knows no places: what is wrong is read once more, by a reader that does. */
static int fail_here(const struct reader *reader, const char *what)
{
    struct tl_ctx *ctx = reader->ctx;
    struct tl_mark at = { 0 };
    struct tl_yaml yaml = { 0 };

    if (tl_yaml_parse(&yaml, reader->text, reader->n, reader->path, ctx) == TL_OK) {
        const json_t *value = yaml.root;
        for (size_t i = 0; value && i < reader->depth; i++) {
            const struct step *step = &reader->steps[i];
            at = step->key ? tl_yaml_at(&yaml, value, step->key)
                           : tl_yaml_item_at(&yaml, value, step->index);
            value = step->key ? json_object_get(value, step->key)
                              : json_array_get(value, step->index);
        }
        tl_yaml_release(&yaml);
    } else {
        tl_error_clear(&ctx->error);
    }
    tl_hint(ctx, "a schema is {\"table\": {\"column\": \"type\"}}, with levels of names "
                 "around it where there are any");
    return tl_fail(ctx, TL_EINPUT, "%s:%u:%u: %s", reader->path, at.line ? at.line : 1,
                   at.column ? at.column : 1, what);
}

static const char *word_of(const json_t *value)
{
    return json_is_object(value)    ? "a mapping"
           : json_is_array(value)   ? "a list"
           : json_is_string(value)  ? "a text"
           : json_is_number(value)  ? "a number"
           : json_is_boolean(value) ? "true or false"
                                    : "null";
}

static int fail_kind(const struct reader *reader, const char *expected,
                     const json_t *found)
{
    return fail_here(reader, tl_arena_printf(reader->ctx->arena, "expected %s, found %s",
                                             expected, word_of(found)));
}

static int enter(struct reader *reader, const char *key, size_t index)
{
    if (reader->depth == DEEPEST)
        return fail_here(reader, "it is nested too deep");
    reader->steps[reader->depth++] = (struct step){ key, index };
    return TL_OK;
}

/* ---- tables ---- */

/* Adds the parts of "db.schema.t"; a dot in quotes parts nothing. How many. */
static size_t split_name(const char **parts, size_t most, const char *name,
                         struct tl_ctx *ctx)
{
    const char *from = name;
    size_t n = 0;
    char quote = 0;

    for (const char *at = name;; at++) {
        if (quote)
            quote = *at == quote || !*at ? 0 : quote;
        else if (*at == '"' || *at == '`')
            quote = *at;
        if ((*at == '.' && !quote) || !*at) {
            if (n < most)
                parts[n] = tl_arena_dup(ctx->arena, from, (size_t)(at - from));
            n++;
            from = at + 1;
        }
        if (!*at)
            return n;
    }
}

static int begin_table(struct reader *reader)
{
    const char *parts[LEVELS + 1];
    struct known_table table = { .first = reader->schema->columns.n };
    size_t n = 0;

    for (size_t i = 0; i < reader->n_names && n <= LEVELS; i++)
        n += split_name(parts + n, LEVELS + 1 - n, reader->names[i], reader->ctx);
    if (n == 0)
        return fail_here(reader, "the table has no name");
    if (n > LEVELS)
        return fail_here(reader, "a table's name has at most three levels: database, "
                                 "schema, name");
    for (size_t i = 0; i < n; i++)
        table.levels[i] = parts[n - 1 - i];
    tl_vec_push(&reader->schema->tables, table);
    return TL_OK;
}

static void add_column(struct reader *reader, const char *name)
{
    struct tl_lineage_schema *schema = reader->schema;

    tl_vec_push(&schema->columns, tl_arena_strdup(reader->ctx->arena, name));
    schema->tables.items[schema->tables.n - 1].n++;
}

static const char *member(const json_t *object, const char *a, const char *b)
{
    const json_t *value = json_object_get(object, a);

    if (!json_is_string(value))
        value = json_object_get(object, b);
    return json_string_value(value);
}

/* "text", null, or {"type": "text"} */
static bool is_column(const json_t *value)
{
    return json_is_string(value) || json_is_null(value) ||
           (json_is_object(value) && member(value, "type", "data_type"));
}

static bool is_columns(const json_t *object)
{
    void *at = json_object_iter((json_t *)object);

    for (; at; at = json_object_iter_next((json_t *)object, at))
        if (!is_column(json_object_iter_value(at)))
            return false;
    return true;
}

static int read_columns(struct reader *reader, const json_t *value)
{
    void *at;
    int rc = begin_table(reader);

    if (rc < 0)
        return rc;
    if (json_is_object(value)) {
        for (at = json_object_iter((json_t *)value); at;
             at = json_object_iter_next((json_t *)value, at)) {
            if (!is_column(json_object_iter_value(at))) {
                if ((rc = enter(reader, json_object_iter_key(at), 0)) < 0)
                    return rc;
                return fail_kind(reader, "a type", json_object_iter_value(at));
            }
            add_column(reader, json_object_iter_key(at));
        }
        return TL_OK;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        const char *name = json_is_string(item) ? json_string_value(item)
                                                : member(item, "name", "column");

        if (!name && (rc = enter(reader, NULL, i)) < 0)
            return rc;
        if (!name)
            return fail_kind(reader, "a column's name", item);
        add_column(reader, name);
    }
    return TL_OK;
}

/* {"name": "t", "schema": "s", "database": "d", "columns": ...}; the name may be the key it stands under. */
static int read_described(struct reader *reader, const json_t *table)
{
    static const char *const keys[] = { "database", "schema" };
    const char *name = member(table, "name", "table");
    size_t before = reader->n_names, depth = reader->depth;
    const char *key = before ? reader->names[before - 1] : NULL;
    int rc;

    if (!name && !key)
        return fail_here(reader, "the table has no name");
    if (name && key && reader->steps[reader->depth - 1].key)
        reader->n_names--; /* what it is called says its description */
    const char *last = name ? name : reader->names[--reader->n_names];
    for (size_t i = 0; i < 2 && reader->n_names + 1 < DEEPEST; i++)
        if (json_is_string(json_object_get(table, keys[i])))
            reader->names[reader->n_names++] =
                json_string_value(json_object_get(table, keys[i]));
    reader->names[reader->n_names++] = last;
    const json_t *columns = json_object_get(table, "columns");
    if ((rc = enter(reader, "columns", 0)) == TL_OK)
        rc = json_is_object(columns) || json_is_array(columns)
                 ? read_columns(reader, columns)
                 : fail_kind(reader, "a table's columns", columns);
    reader->n_names = before;
    if (before)
        reader->names[before - 1] = key;
    reader->depth = depth;
    return rc;
}

static bool is_described(const json_t *value)
{
    const json_t *columns = json_object_get(value, "columns");

    return json_is_object(columns) ? !member(columns, "type", "data_type")
                                   : json_is_array(columns);
}

static int read_level(struct reader *reader, const json_t *level);

static int read_member(struct reader *reader, const char *key, size_t index,
                       const json_t *value)
{
    int rc = enter(reader, key, index);

    if (rc < 0)
        return rc;
    if (key)
        reader->names[reader->n_names++] = key;
    if (is_described(value))
        rc = read_described(reader, value);
    else if (!key)
        rc = fail_kind(reader, "a table with \"name\" and \"columns\"", value);
    else if (json_is_array(value) || (json_is_object(value) && is_columns(value)))
        rc = read_columns(reader, value);
    else if (json_is_object(value))
        rc = read_level(reader, value);
    else
        rc = fail_kind(reader, "a table's columns", value);
    if (rc < 0)
        return rc;
    reader->n_names -= key != NULL;
    reader->depth--;
    return TL_OK;
}

/* What does not look like a table is a level of names around some. */
static int read_level(struct reader *reader, const json_t *level)
{
    int rc = TL_OK;

    for (size_t i = 0; rc == TL_OK && i < json_array_size(level); i++)
        rc = read_member(reader, NULL, i, json_array_get(level, i));
    for (void *at = json_object_iter((json_t *)level); rc == TL_OK && at;
         at = json_object_iter_next((json_t *)level, at))
        rc = read_member(reader, json_object_iter_key(at), 0, json_object_iter_value(at));
    return rc;
}

/* ---- names as they are stored ---- */

/* In quotes, as SQL would write it. */
static const char *quoted(const char *stored, struct tl_arena *arena)
{
    char *made = tl_arena_alloc(arena, strlen(stored) * 2 + 3, 1), *to = made;

    *to++ = '"';
    for (; *stored; stored++) {
        if (*stored == '"')
            *to++ = '"';
        *to++ = *stored;
    }
    *to = '"';
    return made;
}

static void begin_stored(struct tl_lineage_schema *schema, const char *const *levels,
                         struct tl_arena *arena)
{
    struct known_table table = { .first = schema->columns.n };

    for (size_t i = 0; i < LEVELS; i++)
        table.levels[i] = levels[i] && *levels[i] ? quoted(levels[i], arena) : NULL;
    tl_vec_push(&schema->tables, table);
}

struct stored_column {
    const char *name;
    size_t table;
    int64_t position;
    size_t order; /* among those of the same position */
};

static int compare_columns(const void *a, const void *b)
{
    const struct stored_column *left = a, *right = b;

    if (left->table != right->table)
        return left->table < right->table ? -1 : 1;
    if (left->position != right->position)
        return left->position < right->position ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

/* ---- dbt's catalog.json ---- */

static bool is_dbt(const json_t *tree)
{
    return json_is_string(
        json_object_get(json_object_get(tree, "metadata"), "dbt_schema_version"));
}

static void add_catalog_table(struct reader *reader, const json_t *node)
{
    const json_t *of = json_object_get(node, "metadata");
    json_t *columns = json_object_get(node, "columns");
    const char *levels[] = { json_string_value(json_object_get(of, "name")),
                             json_string_value(json_object_get(of, "schema")),
                             json_string_value(json_object_get(of, "database")) };
    size_t n = 0;

    if (!levels[0])
        return;
    begin_stored(reader->schema, levels, reader->ctx->arena);
    struct stored_column *all = tl_alloc(json_object_size(columns) + 1, sizeof *all);
    for (void *at = json_object_iter(columns); at;
         at = json_object_iter_next(columns, at), n++) {
        const json_t *column = json_object_iter_value(at);
        const char *name = json_string_value(json_object_get(column, "name"));

        all[n] = (struct stored_column){ .name = name ? name : json_object_iter_key(at),
                                         .position = json_integer_value(
                                             json_object_get(column, "index")),
                                         .order = n };
    }
    if (n)
        qsort(all, n, sizeof *all, compare_columns);
    for (size_t i = 0; i < n; i++)
        add_column(reader, quoted(all[i].name, reader->ctx->arena));
    tl_free(all);
}

static int read_dbt(struct reader *reader, const json_t *tree)
{
    static const char *const maps[] = { "nodes", "sources" };

    if (json_object_get(tree, "macros")) {
        tl_hint(reader->ctx, "'dbt docs generate' leaves all columns in "
                             "target/catalog.json");
        return tl_fail(reader->ctx, TL_EINPUT,
                       "'%s' is dbt's manifest, which knows described columns alone",
                       reader->path);
    }
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
        json_t *map = json_object_get(tree, maps[m]);

        for (void *at = json_object_iter(map); at; at = json_object_iter_next(map, at))
            add_catalog_table(reader, json_object_iter_value(at));
    }
    return TL_OK;
}

/* ---- rows of information_schema.columns ---- */

enum field { TABLE_NAME, TABLE_SCHEMA, TABLE_CATALOG, COLUMN_NAME, POSITION, FIELDS };

struct rows {
    struct reader *reader;
    const char *at, *end;
    unsigned line;
    char separator;
    size_t fields[FIELDS]; /* number of the cell; SIZE_MAX: there is none */
    TL_VEC(const char *) cells;
    TL_VEC(struct stored_column) columns;
    TL_VEC(const char *) tables; /* LEVELS of each */
    struct tl_map by_name;
};

static size_t header_length(const char *text, size_t n)
{
    const char *end = memchr(text, '\n', n);

    return end ? (size_t)(end - text) : n;
}

static bool has_word(const char *text, size_t n, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i + length <= n; i++)
        if (strncasecmp(text + i, word, length) == 0)
            return true;
    return false;
}

static bool is_rows(const char *text, size_t n)
{
    size_t header = header_length(text, n);

    return has_word(text, header, "table_name") &&
           has_word(text, header, "column_name") && !has_word(text, header, "select") &&
           !has_word(text, header, "create");
}

/* One cell, blanks around it left out; a quoted one holds what it likes. */
static const char *next_cell(struct rows *rows)
{
    struct tl_str cell = TL_STR_INIT(1 << 20);
    struct tl_arena *arena = rows->reader->ctx->arena;

    while (rows->at < rows->end && *rows->at == ' ')
        rows->at++;
    if (rows->at < rows->end && *rows->at == '"') {
        for (rows->at++; rows->at < rows->end; rows->at++) {
            if (*rows->at == '"' && (rows->at + 1 == rows->end || *++rows->at != '"'))
                break;
            rows->line += *rows->at == '\n';
            tl_str_add_char(&cell, *rows->at);
        }
        while (rows->at < rows->end && *rows->at != rows->separator && *rows->at != '\n')
            rows->at++;
    } else {
        while (rows->at < rows->end && *rows->at != rows->separator && *rows->at != '\n')
            tl_str_add_char(&cell, *rows->at++);
        while (cell.n && (cell.text[cell.n - 1] == ' ' || cell.text[cell.n - 1] == '\r'))
            cell.n--;
    }
    const char *made = tl_arena_dup(arena, cell.n ? cell.text : "", cell.n);
    tl_str_release(&cell);
    return made;
}

static bool next_row(struct rows *rows)
{
    rows->cells.n = 0;
    if (rows->at >= rows->end)
        return false;
    rows->line++;
    for (;;) {
        const char *cell = next_cell(rows);

        tl_vec_push(&rows->cells, cell);
        if (rows->at >= rows->end || *rows->at++ == '\n')
            return true;
    }
}

static void read_header(struct rows *rows)
{
    static const char *const words[FIELDS] = { "table_name", "table_schema",
                                               "table_catalog", "column_name",
                                               "ordinal_position" };
    static const char separators[] = ",\t;|";
    size_t header = header_length(rows->at, (size_t)(rows->end - rows->at)), most = 0;

    for (const char *s = separators; *s; s++) {
        size_t n = 0;

        for (size_t i = 0; i < header; i++)
            n += rows->at[i] == *s;
        if (n > most) {
            most = n;
            rows->separator = *s;
        }
    }
    next_row(rows);
    for (size_t f = 0; f < FIELDS; f++) {
        rows->fields[f] = SIZE_MAX;
        for (size_t i = 0; i < rows->cells.n; i++)
            if (strcasecmp(rows->cells.items[i], words[f]) == 0)
                rows->fields[f] = i;
    }
}

static const char *cell_of(const struct rows *rows, enum field field)
{
    size_t i = rows->fields[field];

    return i < rows->cells.n ? rows->cells.items[i] : "";
}

static size_t table_of_row(struct rows *rows)
{
    struct tl_arena *arena = rows->reader->ctx->arena;
    const char *key =
        tl_arena_printf(arena, "%s\n%s\n%s", cell_of(rows, TABLE_CATALOG),
                        cell_of(rows, TABLE_SCHEMA), cell_of(rows, TABLE_NAME));
    uint32_t at;

    if (tl_map_get(&rows->by_name, key, strlen(key), &at))
        return at;
    at = (uint32_t)(rows->tables.n / LEVELS);
    tl_map_put(&rows->by_name, key, strlen(key), at);
    for (enum field f = TABLE_NAME; f <= TABLE_CATALOG; f++)
        tl_vec_push(&rows->tables, cell_of(rows, f));
    return at;
}

static int take_rows(struct rows *rows)
{
    struct tl_ctx *ctx = rows->reader->ctx;

    while (next_row(rows)) {
        const char *first = rows->cells.items[0];

        /* psql's ruler and count, and empty lines */
        if (rows->cells.n == 1 && (!*first || *first == '-' || *first == '('))
            continue;
        if (!*cell_of(rows, TABLE_NAME) || !*cell_of(rows, COLUMN_NAME)) {
            tl_hint(ctx, "a row has at least table_name and column_name");
            return tl_fail(ctx, TL_EINPUT, "%s:%u:1: the row names no %s",
                           rows->reader->path, rows->line,
                           *cell_of(rows, TABLE_NAME) ? "column" : "table");
        }
        struct stored_column column = { .name = cell_of(rows, COLUMN_NAME),
                                        .table = table_of_row(rows),
                                        .position =
                                            strtoll(cell_of(rows, POSITION), NULL, 10),
                                        .order = rows->columns.n };
        tl_vec_push(&rows->columns, column);
    }
    return TL_OK;
}

static int read_rows(struct reader *reader)
{
    struct rows rows = { .reader = reader,
                         .at = reader->text,
                         .end = reader->text + reader->n,
                         .separator = ',' };
    int rc;

    read_header(&rows);
    if ((rc = take_rows(&rows)) == TL_OK && rows.columns.n)
        qsort(rows.columns.items, rows.columns.n, sizeof *rows.columns.items,
              compare_columns);
    for (size_t i = 0; rc == TL_OK && i < rows.columns.n; i++) {
        const struct stored_column *column = &rows.columns.items[i];

        if (i == 0 || column[-1].table != column->table)
            begin_stored(reader->schema, &rows.tables.items[column->table * LEVELS],
                         reader->ctx->arena);
        add_column(reader, quoted(column->name, reader->ctx->arena));
    }
    tl_vec_release(&rows.cells);
    tl_vec_release(&rows.columns);
    tl_vec_release(&rows.tables);
    tl_map_release(&rows.by_name);
    return rc;
}

int tl_lineage_schema_read(struct tl_lineage_schema **out, const char *path,
                           const char *text, size_t n, struct tl_ctx *ctx)
{
    struct reader reader = { .path = path, .text = text, .n = n, .ctx = ctx };
    json_t *tree = NULL;
    int rc;

    if (is_rows(text, n)) {
        reader.schema = *out = tl_alloc(1, sizeof **out);
        return read_rows(&reader);
    }
    if ((rc = tl_json_parse(&tree, text, n, path, ctx)) < 0) {
        tl_hint(ctx,
                "a schema is {\"table\": {\"column\": \"type\"}} as JSON, or DDL: is "
                "the file whole?");
        return rc;
    }
    reader.schema = *out = tl_alloc(1, sizeof **out);
    const json_t *tables = json_object_get(tree, "tables");
    if (json_is_array(tables) || (json_is_object(tables) && !is_columns(tables)))
        enter(&reader, "tables", 0);
    else
        tables = tree;
    rc = is_dbt(tree) ? read_dbt(&reader, tree) : read_level(&reader, tables);
    json_decref(tree);
    return rc;
}

void tl_lineage_schema_add(struct tl_sql *sql, const struct tl_lineage_schema *schema,
                           struct tl_ctx *ctx)
{
    struct tl_arena *arena = ctx->scratch;

    for (size_t i = 0; i < schema->tables.n; i++) {
        const struct known_table *table = &schema->tables.items[i];
        const char *stored[LEVELS];

        for (size_t k = 0; k < LEVELS; k++)
            stored[k] = table->levels[k]
                            ? tl_sql_stored_name(sql, table->levels[k], arena)
                            : NULL;
        tl_sql_add_table(sql, stored[2], stored[1], stored[0], TL_SQL_NO_TABLE);
        for (size_t c = 0; c < table->n; c++)
            tl_sql_add_column(sql,
                              tl_sql_stored_name(sql,
                                                 schema->columns.items[table->first + c],
                                                 arena));
    }
}

void tl_lineage_schema_close(struct tl_lineage_schema *schema)
{
    if (!schema)
        return;
    tl_vec_release(&schema->tables);
    tl_vec_release(&schema->columns);
    tl_free(schema);
}
