/*
 * Tables as JSON: {"t": {"column": "type"}}, {"t": ["column"]}, levels of names around them to any depth ({"db": {"schema": {"t": ...}}} or
 * "db.schema.t"), {"tables": ...}, lists of {"name": ..., "columns": ...}. Names are read as SQL reads them: folded, but for those in quotes.
 */
#include "cli/lineage.h"

#include "base/json.h"
#include "base/yaml.h"

#include <string.h>

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

bool tl_lineage_is_json(const char *text, size_t n)
{
    size_t i = 0;

    while (i < n && strchr(" \t\r\n", text[i]) && text[i])
        i++;
    return i < n && (text[i] == '{' || text[i] == '[');
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

int tl_lineage_schema_read(struct tl_lineage_schema **out, const char *path,
                           const char *text, size_t n, struct tl_ctx *ctx)
{
    struct reader reader = { .path = path, .text = text, .n = n, .ctx = ctx };
    json_t *tree = NULL;
    int rc = tl_json_parse(&tree, text, n, path, ctx);

    if (rc < 0) {
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
    rc = read_level(&reader, tables);
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
