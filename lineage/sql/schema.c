#include "lineage/sql/schema.h"

#include <string.h>

enum {
    FIRST_BUCKETS = 256,
    NARROW = 12, /* up to here a scan beats hashing the key */
};

/* Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): names are small numbers given in order. */
static uint32_t scatter(uint32_t key)
{
    return key * UINT32_C(2654435769);
}

static uint32_t hash_exact(const struct tl_schema_name *key)
{
    uint32_t hash = scatter(key->name) ^ scatter(key->schema + UINT32_C(0x7f4a7c15)) * 3 ^
                    scatter(key->database + UINT32_C(0x1ce4e5b9)) * 5;

    return hash ^ hash >> 15;
}

static void clear_buckets(struct tl_schema *schema, uint32_t n)
{
    schema->exact = tl_realloc(schema->exact, n, sizeof *schema->exact);
    schema->common = tl_realloc(schema->common, n, sizeof *schema->common);
    memset(schema->exact, 0xff, n * sizeof *schema->exact);
    memset(schema->common, 0xff, n * sizeof *schema->common);
    schema->mask = n - 1;
}

void tl_schema_init(struct tl_schema *schema, struct tl_sql_names *names,
                    const struct tl_sql_traits *traits)
{
    memset(schema, 0, sizeof *schema);
    schema->names = names;
    schema->traits = traits;
    clear_buckets(schema, FIRST_BUCKETS);
}

void tl_schema_release(struct tl_schema *schema)
{
    for (size_t i = 0; i < schema->tables.n; i++)
        tl_free(schema->tables.items[i].probe);
    tl_vec_release(&schema->tables);
    tl_vec_release(&schema->columns);
    tl_vec_release(&schema->defaults);
    tl_vec_release(&schema->path);
    tl_vec_release(&schema->functions);
    tl_vec_release(&schema->grown);
    tl_free(schema->exact);
    tl_free(schema->common);
}

static void link_table(struct tl_schema *schema, uint32_t i)
{
    struct tl_schema_table *table = &schema->tables.items[i];
    uint32_t *exact = &schema->exact[hash_exact(&table->key) & schema->mask];
    uint32_t *common = &schema->common[tl_schema_scatter(table->key.name) & schema->mask];

    table->next_exact = *exact;
    *exact = i;
    table->next_common = *common;
    *common = i;
}

static struct tl_schema_name key_of(const struct tl_schema *schema,
                                    const struct tl_schema_name *name)
{
    return (struct tl_schema_name){
        .database = name->database ? tl_sql_name_key(schema->names, name->database) : 0,
        .schema = name->schema ? tl_sql_name_key(schema->names, name->schema) : 0,
        .name = tl_sql_name_key(schema->names, name->name),
    };
}

uint32_t tl_schema_add(struct tl_schema *schema, const struct tl_schema_name *name,
                       uint8_t flags)
{
    struct tl_schema_table table = {
        .name = *name,
        .key = key_of(schema, name),
        .tag = UINT32_MAX,
        .first = (uint32_t)schema->columns.n,
        .relation = TL_SCHEMA_NONE,
        .last_write = TL_SCHEMA_NONE,
        .shown = TL_SCHEMA_NONE,
        .stars = { TL_SCHEMA_NONE, TL_SCHEMA_NONE },
        .flags = flags,
    };

    tl_vec_push(&schema->tables, table);
    if (schema->tables.n > schema->mask) {
        clear_buckets(schema, (schema->mask + 1) * 4);
        for (uint32_t i = 0; i < schema->tables.n; i++)
            if (!(schema->tables.items[i].flags & TL_SCHEMA_UNDONE))
                link_table(schema, i);
    } else {
        link_table(schema, (uint32_t)schema->tables.n - 1);
    }
    return (uint32_t)schema->tables.n - 1;
}

/* The first of several columns of one key counts. */
static void put_probe(const struct tl_schema *schema, struct tl_schema_table *table,
                      uint32_t i)
{
    const struct tl_schema_column *columns = schema->columns.items + table->first;
    uint32_t at = tl_schema_scatter(columns[i].key) & table->mask;

    while (table->probe[at].column && table->probe[at].key != columns[i].key)
        at = (at + 1) & table->mask;
    if (!table->probe[at].column)
        table->probe[at] = (struct tl_schema_probe){ columns[i].key, i + 1 };
}

static void make_probe(const struct tl_schema *schema, struct tl_schema_table *table)
{
    uint32_t n = 32;

    while (n < table->n * 4)
        n *= 2;
    table->probe = tl_alloc(n, sizeof *table->probe);
    table->mask = n - 1;
    for (uint32_t i = 0; i < table->n; i++)
        put_probe(schema, table, i);
}

/* Columns of a table stand together: one that is not the last moves to the end to grow. */
static void make_room(struct tl_schema *schema, struct tl_schema_table *table)
{
    if (table->n < table->room || table->first + table->n == schema->columns.n)
        return;
    uint32_t room = table->n < 4 ? 8 : table->n * 2;
    uint32_t first = (uint32_t)schema->columns.n;

    for (uint32_t i = 0; i < room; i++) {
        struct tl_schema_column column = { 0 };
        if (i < table->n)
            column = schema->columns.items[table->first + i];
        tl_vec_push(&schema->columns, column);
    }
    table->first = first;
    table->room = room;
}

/* The table is older than the mark: what it has now is what it has when the text is taken back. */
static void note_growth(struct tl_schema *schema, uint32_t table_id)
{
    struct tl_schema_table *table = &schema->tables.items[table_id];
    struct tl_schema_grown grown = { table_id, table->first, table->n, table->room,
                                     table->bits };

    tl_vec_push(&schema->grown, grown);
    table->has_grown = true;
}

uint32_t tl_schema_add_column(struct tl_schema *schema, uint32_t table_id, uint32_t name,
                              uint32_t type)
{
    struct tl_schema_table *table = &schema->tables.items[table_id];
    struct tl_schema_column column = {
        .name = name,
        .key = tl_sql_name_key(schema->names, name),
        .type = type,
        .leaf = TL_SCHEMA_NONE,
    };

    if (table_id < schema->n_marked && !table->has_grown)
        note_growth(schema, table_id);
    make_room(schema, table);
    if (table->n < table->room)
        schema->columns.items[table->first + table->n] = column;
    else
        tl_vec_push(&schema->columns, column);
    table->n++;
    tl_schema_may_have_too(&table->bits, column.key);
    if (table->probe && table->n * 2 > table->mask) {
        tl_free(table->probe);
        table->probe = NULL;
    } else if (table->probe) {
        put_probe(schema, table, table->n - 1);
    }
    return table->n - 1;
}

struct tl_schema_mark tl_schema_mark(struct tl_schema *schema)
{
    for (size_t i = 0; i < schema->grown.n; i++)
        schema->tables.items[schema->grown.items[i].table].has_grown = false;
    schema->grown.n = 0;
    schema->n_marked = (uint32_t)schema->tables.n;
    return (struct tl_schema_mark){ (uint32_t)schema->tables.n,
                                    (uint32_t)schema->columns.n };
}

/* Each is the first of its buckets: newer ones are gone. */
static void unlink_newest(struct tl_schema *schema, const struct tl_schema_table *table)
{
    schema->exact[hash_exact(&table->key) & schema->mask] = table->next_exact;
    schema->common[tl_schema_scatter(table->key.name) & schema->mask] =
        table->next_common;
}

static void shrink(struct tl_schema *schema, const struct tl_schema_grown *to)
{
    struct tl_schema_table *table = &schema->tables.items[to->table];

    table->first = to->first;
    table->n = to->n;
    table->room = to->room;
    table->bits = to->bits;
    table->has_grown = false;
    tl_free(table->probe);
    table->probe = NULL;
}

void tl_schema_undo(struct tl_schema *schema, struct tl_schema_mark mark)
{
    while (schema->grown.n > 0)
        shrink(schema, &schema->grown.items[--schema->grown.n]);
    schema->columns.n = mark.columns;
    while (schema->tables.n > mark.tables) {
        struct tl_schema_table *table = &schema->tables.items[--schema->tables.n];

        if (!(table->flags & TL_SCHEMA_UNDONE))
            unlink_newest(schema, table);
        tl_free(table->probe);
    }
}

void tl_schema_forget_mentions(struct tl_schema *schema, uint32_t n_tables)
{
    for (uint32_t i = (uint32_t)schema->tables.n; i-- > n_tables;)
        if (!(schema->tables.items[i].flags & TL_SCHEMA_UNDONE))
            unlink_newest(schema, &schema->tables.items[i]);
    for (uint32_t i = n_tables; i < schema->tables.n; i++) {
        struct tl_schema_table *table = &schema->tables.items[i];

        if (table->flags & TL_SCHEMA_MENTIONED)
            table->flags |= TL_SCHEMA_UNDONE;
        if (!(table->flags & TL_SCHEMA_UNDONE))
            link_table(schema, i);
    }
}

void tl_schema_hide_since(struct tl_schema *schema, uint32_t n_tables)
{
    for (uint32_t i = (uint32_t)schema->tables.n; i-- > n_tables;) {
        struct tl_schema_table *table = &schema->tables.items[i];

        if (table->flags & TL_SCHEMA_UNDONE)
            continue;
        unlink_newest(schema, table);
        table->flags |= TL_SCHEMA_UNDONE;
    }
}

static bool is_name(const struct tl_schema_name *a, const struct tl_schema_name *b)
{
    return a->name == b->name && a->schema == b->schema && a->database == b->database;
}

/* The newest of the name, dropped or not. A temporary table that was dropped hides nothing any more. */
static uint32_t newest(const struct tl_schema *schema, const struct tl_schema_name *key)
{
    enum { GONE = TL_SCHEMA_DROPPED | TL_SCHEMA_TEMPORARY };
    unsigned n_gone = 0;

    for (uint32_t i = schema->exact[hash_exact(key) & schema->mask]; i != TL_SCHEMA_NONE;
         i = schema->tables.items[i].next_exact) {
        const struct tl_schema_table *table = &schema->tables.items[i];

        if (!is_name(&table->key, key))
            continue;
        if ((table->flags & GONE) == GONE)
            n_gone++;
        else if ((table->flags & TL_SCHEMA_TEMPORARY) && n_gone)
            n_gone--;
        else
            return i;
    }
    return TL_SCHEMA_NONE;
}

static uint32_t find_exact(const struct tl_schema *schema,
                           const struct tl_schema_name *key)
{
    uint32_t i = newest(schema, key);

    if (i != TL_SCHEMA_NONE && (schema->tables.items[i].flags & TL_SCHEMA_DROPPED))
        return TL_SCHEMA_NONE;
    return i;
}

uint32_t tl_schema_exact(const struct tl_schema *schema,
                         const struct tl_schema_name *name)
{
    struct tl_schema_name key = key_of(schema, name);

    return find_exact(schema, &key);
}

/* The table that a name means within a place that names are looked up in. */
static uint32_t find_within(const struct tl_schema *schema, struct tl_schema_name place,
                            const struct tl_schema_name *key)
{
    place.name = key->name;
    if (key->schema)
        place.schema = key->schema;
    return find_exact(schema, &place);
}

static uint32_t by_defaults(const struct tl_schema *schema,
                            const struct tl_schema_name *key)
{
    uint32_t found = TL_SCHEMA_NONE;

    for (size_t i = 0;
         !key->database && found == TL_SCHEMA_NONE && i < schema->defaults.n; i++)
        found = find_within(schema, schema->defaults.items[i], key);
    return found;
}

/* The table of this name, in the database that is the only one where that was said. */
static uint32_t find_here(const struct tl_schema *schema, struct tl_schema_name key)
{
    uint32_t found = find_exact(schema, &key);

    for (size_t i = 0; i < schema->defaults.n && found == TL_SCHEMA_NONE; i++) {
        key.database = schema->defaults.items[i].database;
        found = find_exact(schema, &key);
    }
    return found;
}

/* A database alone does not say where a name without schema belongs. */
static bool is_home_known(const struct tl_schema *schema)
{
    for (size_t i = 0; i < schema->defaults.n; i++)
        if (schema->defaults.items[i].schema)
            return true;
    return false;
}

/* "public.t" is t where t was given without a schema, and the other way around. */
static uint32_t by_custom(const struct tl_schema *schema,
                          const struct tl_schema_name *key)
{
    const char *const *words = schema->traits->customary;
    const char *written = tl_sql_name_text(schema->names, key->schema);
    struct tl_schema_name other = { .name = key->name };

    if (key->database)
        return TL_SCHEMA_NONE;
    for (size_t i = 0; i < 2 && words[i]; i++) {
        if (key->schema && strcmp(written, words[i]) == 0)
            return find_here(schema, other);
        if (!key->schema) {
            uint32_t word =
                tl_sql_name_exact(schema->names, words[i], (uint32_t)strlen(words[i]));
            other.schema = tl_sql_name_key(schema->names, word);
            uint32_t found = find_here(schema, other);
            if (found != TL_SCHEMA_NONE)
                return found;
        }
    }
    return TL_SCHEMA_NONE;
}

static uint32_t only_one_ending_in(const struct tl_schema *schema,
                                   const struct tl_schema_name *key)
{
    uint32_t found = TL_SCHEMA_NONE;
    uint32_t i = schema->common[tl_schema_scatter(key->name) & schema->mask];

    for (; i != TL_SCHEMA_NONE; i = schema->tables.items[i].next_common) {
        const struct tl_schema_table *table = &schema->tables.items[i];

        if (table->key.name != key->name ||
            (table->flags & (TL_SCHEMA_DROPPED | TL_SCHEMA_NAMED)) ||
            (key->schema && table->key.schema != key->schema) ||
            (key->database && table->key.database != key->database) ||
            newest(schema, &table->key) != i)
            continue;
        if (found != TL_SCHEMA_NONE)
            return TL_SCHEMA_NONE;
        found = i;
    }
    return found;
}

/*
 * Where the text says what a bare name means: a temporary table first, then along the path. One that is known without a schema may stand
 * in any.
 */
static uint32_t on_path(const struct tl_schema *schema, const struct tl_schema_name *key)
{
    uint32_t bare = find_exact(schema, key);

    if (key->database || (bare != TL_SCHEMA_NONE &&
                          (schema->tables.items[bare].flags & TL_SCHEMA_TEMPORARY)))
        return bare;
    for (size_t i = 0; i < schema->path.n; i++) {
        struct tl_schema_name place = key_of(schema, &schema->path.items[i]);
        uint32_t found;

        if ((found = find_within(schema, place, key)) != TL_SCHEMA_NONE)
            return found;
        place.database = 0; /* a catalogue of one database does not name it */
        if ((found = find_within(schema, place, key)) != TL_SCHEMA_NONE)
            return found;
    }
    return bare;
}

uint32_t tl_schema_find(uint16_t *confidence, const struct tl_schema *schema,
                        const struct tl_schema_name *name)
{
    struct tl_schema_name key = key_of(schema, name);
    uint32_t found = schema->has_path ? on_path(schema, &key) : find_exact(schema, &key);

    *confidence = 1000;
    if (found != TL_SCHEMA_NONE || schema->has_path)
        return found;
    if ((found = by_defaults(schema, &key)) != TL_SCHEMA_NONE)
        return found;
    if (is_home_known(schema))
        return TL_SCHEMA_NONE;
    if ((found = by_custom(schema, &key)) != TL_SCHEMA_NONE)
        return found;
    *confidence = 900;
    return only_one_ending_in(schema, &key);
}

uint32_t tl_schema_find_made(const struct tl_schema *schema,
                             const struct tl_schema_name *name)
{
    struct tl_schema_name key = key_of(schema, name);

    if (schema->has_path)
        return on_path(schema, &key);
    uint32_t found = find_exact(schema, &key);
    if (found == TL_SCHEMA_NONE)
        found = by_defaults(schema, &key);
    return found == TL_SCHEMA_NONE && !is_home_known(schema) ? by_custom(schema, &key)
                                                             : found;
}

static uint32_t gone(const struct tl_schema *schema, const struct tl_schema_name *key)
{
    uint32_t i = newest(schema, key);

    return i != TL_SCHEMA_NONE && (schema->tables.items[i].flags & TL_SCHEMA_DROPPED)
               ? i
               : TL_SCHEMA_NONE;
}

uint32_t tl_schema_find_gone(const struct tl_schema *schema,
                             const struct tl_schema_name *name)
{
    struct tl_schema_name key = key_of(schema, name);
    size_t n = schema->has_path ? schema->path.n : schema->defaults.n;
    uint32_t found = gone(schema, &key);

    for (size_t i = 0; i < n && found == TL_SCHEMA_NONE && !key.database; i++) {
        struct tl_schema_name whole = schema->has_path
                                          ? key_of(schema, &schema->path.items[i])
                                          : schema->defaults.items[i];

        whole.name = key.name;
        if (key.schema)
            whole.schema = key.schema;
        found = gone(schema, &whole);
    }
    return found;
}

/* Files have a database of their own, which no name can be in. */
uint32_t tl_schema_files(struct tl_schema *schema, uint32_t address)
{
    struct tl_schema_name name = { .name = address,
                                   .database =
                                       tl_sql_name_exact(schema->names, "\001files", 6) };
    uint32_t found = tl_schema_exact(schema, &name);

    return found != TL_SCHEMA_NONE
               ? found
               : tl_schema_add(schema, &name, TL_SCHEMA_NAMED | TL_SCHEMA_FILES);
}

uint32_t tl_schema_column_slowly(const struct tl_schema *schema, uint32_t table_id,
                                 uint32_t key)
{
    struct tl_schema_table *table = &schema->tables.items[table_id];
    const struct tl_schema_column *columns = schema->columns.items + table->first;

    if (table->n <= NARROW) {
        for (uint32_t i = 0; i < table->n; i++)
            if (columns[i].key == key)
                return i;
        return TL_SCHEMA_NONE;
    }
    make_probe(schema, table);
    return tl_schema_probe_column(table, key);
}

enum tl_effect tl_schema_function(const struct tl_schema *schema, uint32_t schema_key,
                                  uint32_t name_key)
{
    if (!(schema->function_bits >> (name_key & 63) & 1))
        return TL_NO_EFFECT;
    for (size_t i = schema->functions.n; i-- > 0;) {
        const struct tl_schema_function *function = &schema->functions.items[i];

        if (function->name == name_key &&
            (!function->schema || function->schema == schema_key))
            return (enum tl_effect)function->effect;
    }
    return TL_NO_EFFECT;
}
