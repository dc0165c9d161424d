/*
 * What PostgreSQL's catalogue says, as plain arrays that are joined here and not by the server: a scan of each catalogue as it
 * lies there, rows one by one, oids looked up in hash maps. A constant number of statements, however many tables there are. Not for
 * anybody but the PostgreSQL connector.
 */
#ifndef TL_CONNECTORS_WAREHOUSE_POSTGRES_CATALOG_H
#define TL_CONNECTORS_WAREHOUSE_POSTGRES_CATALOG_H

#include "connectors/warehouse/postgres_parts.h"

/* Numbers to numbers; a key of 0 is never there. */
struct tl_pg_map {
    struct tl_pg_slot *slots;
    uint32_t n, room;
};
#define TL_PG_NONE UINT32_MAX
void tl_pg_map_put(struct tl_pg_map *map, uint64_t key, uint32_t value);
uint32_t tl_pg_map_get(const struct tl_pg_map *map, uint64_t key); /* TL_PG_NONE */
void tl_pg_map_release(struct tl_pg_map *map);

/* A row of pg_class: what may be a dataset, and the composite types that columns have. */
struct tl_pg_class {
    uint32_t oid, schema, owner; /* oids */
    uint32_t parent;  /* of a partition: index of the class above; or TL_PG_NONE */
    const char *name; /* in the catalogue's arena; NULL: only its fields matter */
    float rows;       /* below 0: unknown */
    uint64_t version; /* as in struct tl_dataset */
    char kind;        /* relkind */
    bool is_partition;
    bool is_listed;    /* becomes a dataset */
    bool is_wanted;    /* its attributes matter: of a type, or of a foreign key */
    bool is_loaded;    /* its attributes are here, or asked for */
    uint32_t first, n; /* in `order` */
    struct tl_text comment, view_sql;
    const char *broken; /* why its SQL cannot be had; NULL: fine */
};

struct tl_pg_attribute {
    uint32_t class;
    uint32_t use; /* in `uses` */
    struct tl_text name, comment;
    int16_t number;
    bool is_bound; /* NOT NULL */
    uint8_t roles; /* enum tl_key_role bits */
};

/* A type as columns use it: with its modifier. */
struct tl_pg_use {
    uint32_t type; /* oid */
    int32_t modifier;
    struct tl_text name; /* as format_type writes it */
    uint32_t composite;  /* index of the class whose fields it has; or TL_PG_NONE */
    uint8_t logical;     /* enum tl_logical */
    bool is_array;       /* of `composite` */
    bool is_bound;       /* a domain that takes no NULL */
};

struct tl_pg_type {
    uint32_t oid, element, relation, base;
    int32_t base_modifier;
    char kind; /* typtype; 0: not known (yet) */
    bool is_array, is_bound, is_asked;
};

struct tl_pg_foreign {
    uint32_t class, target;      /* indexes */
    uint32_t first, n, target_n; /* in `numbers`: the columns, then the target's */
};

struct tl_pg_role {
    uint32_t class;
    int16_t number;
    uint8_t role; /* enum tl_key_role */
};

struct tl_pg_catalog {
    struct tl_pg *conn;
    struct tl_snapshot *out; /* its pool takes the texts; nothing else is added */
    const struct tl_scope *scope;
    struct tl_ctx *ctx;
    struct tl_arena *arena;
    const char *source, *database, *user;
    int version; /* 150018 */
    uint64_t
        counted_since; /* since when the server has counted changes; 0: it does not */
    /*
     * What the server cannot convert to UTF-8 is taken as it stands there. 0: nothing of it; 1: comments and SQL; 2: names too.
     */
    int raw;
    bool is_narrow; /* few of many are listed: the server is asked for these alone */
    struct tl_pg_map schemas, owners; /* oid -> index in `names` */
    TL_VEC(const char *) names;
    struct tl_pg_map class_of; /* oid -> index in `classes` */
    TL_VEC(struct tl_pg_class) classes;
    TL_VEC(struct tl_pg_attribute) attributes;
    uint32_t *order;         /* attributes by class and number */
    struct tl_pg_map use_of; /* type and modifier -> index in `uses` */
    TL_VEC(struct tl_pg_use) uses;
    struct tl_pg_map type_of; /* oid -> index in `types` */
    TL_VEC(struct tl_pg_type) types;
    TL_VEC(struct tl_pg_role) roles;
    TL_VEC(struct tl_pg_foreign) foreign;
    TL_VEC(int16_t) numbers;
    /* of the statement that answers just now */
    const char *what;
    uint32_t n_heard;
    const uint32_t *views;
};

/* Fills everything, within the transaction that is under way. Release in any case. */
int tl_pg_catalog_read(struct tl_pg_catalog *catalog);
void tl_pg_catalog_release(struct tl_pg_catalog *catalog);

/* The key of a dataset to be. */
struct tl_key tl_pg_class_key(const struct tl_pg_catalog *catalog,
                              const struct tl_pg_class *class);
/* The attribute of that number, or NULL. Only once all is read. */
struct tl_pg_attribute *tl_pg_attribute_find(const struct tl_pg_catalog *catalog,
                                             const struct tl_pg_class *class,
                                             int16_t number);

/* ---- between the files that read ---- */

/* Sends a statement (`oids` is $1, may be NULL) and hands each row on. */
int tl_pg_each(struct tl_pg_catalog *catalog, const char *sql, const char *oids,
               void (*take)(struct tl_pg_catalog *catalog, const PGresult *row));
/* Attributes of the classes that are marked `is_loaded` for the first time: `filter` says which, by attrelid. */
int tl_pg_attributes_read(struct tl_pg_catalog *catalog, const char *filter,
                          const char *oids);
/* What the columns' types are called and made of; reads the fields of composite types. */
int tl_pg_types_read(struct tl_pg_catalog *catalog);
uint32_t tl_pg_use_add(struct tl_pg_catalog *catalog, uint32_t type, int32_t modifier);
/* A text of row 0, in the pool; TL_NO_TEXT for NULL. */
struct tl_text tl_pg_text(const struct tl_pg_catalog *catalog, const PGresult *row,
                          int column);
/* `expression`, or what gives its bytes unconverted where `raw` is at least `level`. In the arena. */
const char *tl_pg_raw(const struct tl_pg_catalog *catalog, int level,
                      const char *expression);
/* "{1,2,3}" */
void tl_pg_add_oid(struct tl_str *list, uint32_t oid);

#endif
