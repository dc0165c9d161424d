/*
 * The datasets that SQL may name, by source, as deriving sees them: from the snapshot, and from the belief where the snapshot has
 * nothing; and what a name in SQL is as a key. Private to lineage/graph.
 */
#ifndef TL_LINEAGE_GRAPH_PLACES_H
#define TL_LINEAGE_GRAPH_PLACES_H

#include "lineage/graph/derive.h"

struct tl_place {
    struct tl_key key;
    const char *key_text; /* in the context's arena */
    const char *view_sql; /* NULL: none */
    uint32_t source;
    uint32_t first_column, n_columns; /* in `columns`; fields of records are left out */
    uint8_t kind;                     /* enum tl_dataset_kind */
};

/* How SQL writes a dataset's levels. Where keys have only a database (SQLite's "main"), SQL reads it as a schema. */
struct tl_home {
    const char *database, *schema;
};

struct tl_place_source {
    const char *name;
    int dialect; /* enum tl_sql_dialect */
    uint32_t first, n;
    bool has_databases, has_schemas; /* some key of it has */
    bool has_home;                   /* where a bare name of a query belongs is known */
    struct tl_home home;
};

struct tl_places {
    TL_VEC(struct tl_place_source) sources;
    TL_VEC(struct tl_place) items;
    TL_VEC(const char *) columns;
    struct tl_map source_numbers;
    struct tl_map by_key;    /* key text -> place */
    struct tl_map by_levels; /* the same without source, of three levels; or several */
    struct tl_map by_folded; /* key text in lower case, where names are so compared */
    struct tl_map text_numbers;
    TL_VEC(const char *) texts;
    struct tl_str key;
    struct tl_ctx *ctx;
};

void tl_places_init(struct tl_places *places, const struct tl_derive *what,
                    struct tl_ctx *ctx);
void tl_places_release(struct tl_places *places);

/* The same text in the context's arena, once. NULL gives NULL. */
const char *tl_places_text(struct tl_places *places, const char *text);

/* The levels of a place as SQL writes them. */
struct tl_home tl_place_home(const struct tl_places *places,
                             const struct tl_place *place);

/*
 * What a table of a statement is: a place, or NULL and the key that a dataset of that name would have in the source. `home`: where a
 * bare name belongs.
 */
const struct tl_place *tl_places_find(struct tl_key *key, struct tl_places *places,
                                      const struct tl_sql_table *table, uint32_t source,
                                      const struct tl_home *home);

/* A key as text, once. */
const char *tl_places_key_text(struct tl_places *places, const struct tl_key *key);

#endif
