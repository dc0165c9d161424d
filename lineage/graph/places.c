/*
 * Names in SQL and keys of datasets, one into the other.
 */
#include "lineage/graph/places.h"

#include "base/ctx.h"

#include <string.h>

#define SEVERAL UINT32_MAX

const char *tl_places_text(struct tl_places *places, const char *text)
{
    uint32_t number;

    if (!text)
        return NULL;
    size_t n = strlen(text);
    if (tl_map_get(&places->text_numbers, text, n, &number))
        return places->texts.items[number];
    const char *kept = tl_arena_dup(places->ctx->arena, text, n);
    tl_map_put(&places->text_numbers, kept, n, (uint32_t)places->texts.n);
    tl_vec_push(&places->texts, kept);
    return kept;
}

const char *tl_places_key_text(struct tl_places *places, const struct tl_key *key)
{
    tl_str_clear(&places->key);
    tl_key_add(&places->key, key);
    return tl_places_text(places, places->key.text);
}

/* ---- what there is ---- */

/* Where unquoted and quoted names alike are compared without case: there a query may write a table otherwise than the catalogue. */
static bool overlooks_case(int dialect)
{
    return dialect == TL_SQL_SQLITE || dialect == TL_SQL_DUCKDB ||
           dialect == TL_SQL_TRINO || dialect == TL_SQL_SPARK ||
           dialect == TL_SQL_REDSHIFT;
}

static void fold(struct tl_str *text)
{
    for (size_t i = 0; i < text->n; i++)
        if (text->text[i] >= 'A' && text->text[i] <= 'Z')
            text->text[i] = (char)(text->text[i] - 'A' + 'a');
}

static void put_once(struct tl_map *map, const char *key, uint32_t place)
{
    uint32_t known;

    if (tl_map_get(map, key, strlen(key), &known))
        place = SEVERAL;
    tl_map_put(map, key, strlen(key), place);
}

static struct tl_place_source *add_source(struct tl_places *places, const char *name,
                                          int dialect)
{
    struct tl_place_source source = { .name = tl_places_text(places, name),
                                      .dialect = dialect >= 0 ? dialect : TL_SQL_ANSI,
                                      .first = (uint32_t)places->items.n };

    tl_map_put(&places->source_numbers, source.name, strlen(source.name),
               (uint32_t)places->sources.n);
    tl_vec_push(&places->sources, source);
    return &places->sources.items[places->sources.n - 1];
}

/* To the last source. */
static void add_place(struct tl_places *places, struct tl_place *place)
{
    uint32_t number = (uint32_t)places->items.n;
    struct tl_place_source *source = &places->sources.items[places->sources.n - 1];
    struct tl_key levels = place->key;

    place->source = (uint32_t)places->sources.n - 1;
    place->first_column = (uint32_t)places->columns.n;
    place->key_text = tl_places_key_text(places, &place->key);
    source->n++;
    source->has_databases |= place->key.database != NULL;
    source->has_schemas |= place->key.schema != NULL;
    tl_map_put(&places->by_key, place->key_text, strlen(place->key_text), number);
    if (levels.database && levels.schema) {
        levels.source = NULL;
        put_once(&places->by_levels, tl_places_key_text(places, &levels), number);
    }
    if (overlooks_case(source->dialect)) {
        tl_str_clear(&places->key);
        tl_key_add(&places->key, &place->key);
        fold(&places->key);
        put_once(&places->by_folded, tl_places_text(places, places->key.text), number);
    }
    tl_vec_push(&places->items, *place);
}

/* To the last place. The fields of a record stand behind it and are no columns to SQL. */
static void add_column(struct tl_places *places, const char *path)
{
    struct tl_place *place = &places->items.items[places->items.n - 1];

    if (place->n_columns) {
        const char *last = places->columns.items[places->columns.n - 1];
        size_t n = strlen(last);
        if (strncmp(path, last, n) == 0 && path[n] == '.')
            return;
    }
    tl_vec_push(&places->columns, path);
    place->n_columns++;
}

static void add_snapshot(struct tl_places *places, const struct tl_snapshot *snapshot)
{
    size_t d = 0;

    for (size_t s = 0; s < snapshot->sources.n; s++) {
        const struct tl_source *source = &snapshot->sources.items[s];
        const char *platform = tl_snapshot_text(snapshot, source->platform);

        if (source->state == TL_SOURCE_READ)
            add_source(places, tl_snapshot_text(snapshot, source->name),
                       platform ? tl_sql_dialect_of(platform) : -1);
        for (; d < snapshot->datasets.n && snapshot->datasets.items[d].source.i == s;
             d++) {
            const struct tl_dataset *dataset = &snapshot->datasets.items[d];
            struct tl_place place = {
                .key = tl_snapshot_key(snapshot, (struct tl_dataset_id){ (uint32_t)d }),
                .view_sql = tl_snapshot_text(snapshot, dataset->view_sql),
                .kind = dataset->kind,
            };
            if (source->state != TL_SOURCE_READ)
                continue;
            add_place(places, &place);
            for (uint32_t c = 0; c < dataset->n_columns; c++)
                add_column(places,
                           tl_snapshot_text(
                               snapshot,
                               snapshot->columns.items[dataset->first_column + c].path));
        }
    }
}

static void add_believed(struct tl_places *places, const struct tl_belief *belief,
                         const struct tl_belief_dataset *dataset)
{
    struct tl_place place = {
        .key = tl_belief_key(belief, dataset),
        .view_sql = tl_belief_text(belief, dataset->view_sql),
        .kind = dataset->kind,
    };

    add_place(places, &place);
    for (uint32_t c = 0; c < dataset->n_columns; c++) {
        const struct tl_belief_column *column =
            &belief->columns[dataset->first_column + c];
        if (!column->is_absent)
            add_column(places, tl_belief_text(belief, column->path));
    }
}

/* Datasets of one source stand together, as sorted by key. Sources that the snapshot read are left out. */
static void add_belief(struct tl_places *places, const struct tl_belief *belief)
{
    size_t n_read = places->sources.n;
    const char *last = NULL;
    bool is_read = false;

    for (uint32_t i = 0; i < belief->n_datasets; i++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[i];
        const char *name = tl_belief_text(belief, dataset->source);
        uint32_t number;

        if (!last || strcmp(last, name) != 0) {
            const char *platform = tl_belief_text(belief, dataset->platform);
            is_read = tl_map_get(&places->source_numbers, name, strlen(name), &number) &&
                      number < n_read;
            if (!is_read)
                add_source(places, name, platform ? tl_sql_dialect_of(platform) : -1);
        }
        last = name;
        if (!is_read && !dataset->is_absent)
            add_believed(places, belief, dataset);
    }
}

/* ---- where bare names belong ---- */

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* What a connection finds when nothing was set: each system's manual. */
static const char *customary_schema(int dialect)
{
    switch (dialect) {
    case TL_SQL_POSTGRES:
    case TL_SQL_REDSHIFT:
        return "public";
    case TL_SQL_SNOWFLAKE:
        return "PUBLIC";
    case TL_SQL_SQLITE:
    case TL_SQL_DUCKDB:
        return "main";
    default:
        return NULL;
    }
}

struct tl_home tl_place_home(const struct tl_places *places, const struct tl_place *place)
{
    const struct tl_place_source *source = &places->sources.items[place->source];

    if (source->has_schemas)
        return (struct tl_home){ place->key.database, place->key.schema };
    return (struct tl_home){ NULL, place->key.database };
}

/* The only database there is, if there is one; the customary schema, or else the only one. */
static void find_home(struct tl_places *places, struct tl_place_source *source)
{
    const char *customary = customary_schema(source->dialect);
    bool is_one_database = true, is_one_schema = true, has_customary = source->n == 0;
    struct tl_home first = { NULL, NULL };

    for (uint32_t i = 0; i < source->n; i++) {
        struct tl_home home =
            tl_place_home(places, &places->items.items[source->first + i]);
        if (i == 0)
            first = home;
        is_one_database = is_one_database && is_same(home.database, first.database);
        is_one_schema = is_one_schema && is_same(home.schema, first.schema);
        has_customary = has_customary || is_same(home.schema, customary);
    }
    source->home.database = is_one_database ? first.database : NULL;
    if (source->has_databases || source->has_schemas)
        source->home.schema = has_customary || !is_one_schema ? customary : first.schema;
    /* Without a database a schema would lead astray where there are several. */
    source->has_home = is_one_database && source->home.schema;
}

void tl_places_init(struct tl_places *places, const struct tl_derive *what,
                    struct tl_ctx *ctx)
{
    *places = (struct tl_places){ .key = TL_STR_INIT(TL_STR_MOST), .ctx = ctx };
    if (what->snapshot)
        add_snapshot(places, what->snapshot);
    if (what->belief)
        add_belief(places, what->belief);
    for (size_t i = 0; i < what->n_queries; i++) {
        const struct tl_query *query = &what->queries[i];
        uint32_t number;
        if (!tl_map_get(&places->source_numbers, query->source, strlen(query->source),
                        &number))
            add_source(places, query->source, query->dialect);
    }
    for (size_t i = 0; i < places->sources.n; i++)
        find_home(places, &places->sources.items[i]);
}

void tl_places_release(struct tl_places *places)
{
    tl_vec_release(&places->sources);
    tl_vec_release(&places->items);
    tl_vec_release(&places->columns);
    tl_vec_release(&places->texts);
    tl_map_release(&places->source_numbers);
    tl_map_release(&places->by_key);
    tl_map_release(&places->by_levels);
    tl_map_release(&places->by_folded);
    tl_map_release(&places->text_numbers);
    tl_str_release(&places->key);
}

/* ---- a name in SQL ---- */

/* As far as the source's keys have the levels; what is written stays. */
static struct tl_key key_of(struct tl_places *places, const struct tl_sql_table *table,
                            const struct tl_place_source *source,
                            const struct tl_home *home)
{
    struct tl_key key = { .source = source->name,
                          .database = table->database,
                          .schema = table->schema,
                          .dataset = table->name };

    if (!key.schema && !key.database)
        key.schema = home->schema;
    if (source->has_schemas && !key.database)
        key.database = home->database;
    if (source->has_databases && !source->has_schemas && !key.database) {
        key.database = key.schema;
        key.schema = NULL;
    }
    key.database = tl_places_text(places, key.database);
    key.schema = tl_places_text(places, key.schema);
    key.dataset = tl_places_text(places, key.dataset);
    return key;
}

static const struct tl_place *place_at(const struct tl_places *places,
                                       const struct tl_map *map, const char *key)
{
    uint32_t number;

    if (!tl_map_get(map, key, strlen(key), &number) || number == SEVERAL)
        return NULL;
    return &places->items.items[number];
}

const struct tl_place *tl_places_find(struct tl_key *key, struct tl_places *places,
                                      const struct tl_sql_table *table, uint32_t number,
                                      const struct tl_home *home)
{
    const struct tl_place_source *source = &places->sources.items[number];
    const struct tl_place *found;

    if (table->tag != TL_SQL_NO_TABLE) {
        found = &places->items.items[table->tag];
        *key = found->key;
        return found;
    }
    *key = key_of(places, table, source, home);
    found = place_at(places, &places->by_key, tl_places_key_text(places, key));
    if (!found && overlooks_case(source->dialect)) {
        fold(&places->key);
        found = place_at(places, &places->by_folded, places->key.text);
    }
    /* A whole name that only one other source has is that: databases of one server are often a source each. */
    if (!found && table->database && table->schema) {
        struct tl_key levels = { NULL, table->database, table->schema, table->name,
                                 NULL };
        found = place_at(places, &places->by_levels, tl_places_key_text(places, &levels));
    }
    if (found)
        *key = found->key;
    return found;
}
