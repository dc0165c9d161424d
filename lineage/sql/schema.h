/*
 * The tables that SQL may name: those the caller knows, those that statements make, and those that are only named. Newer ones stand
 * before older ones of the same name, so that all that a text did is undone by taking its tables back. Private to lineage/sql.
 */
#ifndef TL_LINEAGE_SQL_SCHEMA_H
#define TL_LINEAGE_SQL_SCHEMA_H

#include "base/model.h"
#include "lineage/sql/dialect.h"
#include "lineage/sql/tree.h"

#define TL_SCHEMA_NONE UINT32_MAX

/* Ids of tl_sql_names. */
struct tl_schema_column {
    uint32_t name;
    uint32_t key;
    uint32_t type; /* as a definition wrote it; 0: not told */
    uint32_t leaf; /* the resolver's; stands only where that leaf says the same */
};

enum tl_schema_flag {
    TL_SCHEMA_KNOWN = 1,     /* all its columns are */
    TL_SCHEMA_TEMPORARY = 2, /* edges run through it */
    TL_SCHEMA_DROPPED = 4,   /* hides an older one; with TEMPORARY takes one such away */
    TL_SCHEMA_NAMED = 8,     /* only named by a statement; the columns are those met */
    TL_SCHEMA_FILES = 32,    /* no table: `name` is the address of files */
    TL_SCHEMA_UNDONE =
        64, /* was made in a transaction that was rolled back: found no more */
    TL_SCHEMA_MENTIONED = 128, /* nothing made it and nobody told of it */
};

/* A level of a name as written and as it compares; 0: absent. */
struct tl_schema_name {
    uint32_t database, schema, name;
};

/* A slot of a table's probe: the key stands beside the number, so that one look tells. */
struct tl_schema_probe {
    uint32_t key, column; /* column from 1; 0: free */
};

/* Keys that may be there, a bit for each of 256 sorts: of a table of 25 columns nine of ten other names are told apart by it. */
struct tl_schema_bits {
    uint64_t words[4];
};
static inline bool tl_schema_may_have(const struct tl_schema_bits *bits, uint32_t key)
{
    uint32_t sort = key * UINT32_C(2654435769) >> 24;

    return bits->words[sort / 64] >> sort % 64 & 1;
}
static inline void tl_schema_may_have_too(struct tl_schema_bits *bits, uint32_t key)
{
    uint32_t sort = key * UINT32_C(2654435769) >> 24;

    bits->words[sort / 64] |= UINT64_C(1) << sort % 64;
}

struct tl_schema_table {
    struct tl_schema_name name, key;
    uint32_t tag;
    uint32_t first, n, room;        /* in `columns` */
    uint32_t relation;              /* the resolver's, of a temporary one */
    uint32_t first_steer, n_steers; /* likewise: what steered its making */
    uint32_t shown;                 /* its number in the result */
    uint32_t told;                  /* as read: the resolver's number of that statement */
    uint32_t text;                  /* the resolver's: what follows is of that text */
    uint32_t read_at;             /* statement of this text that read it last; 0: none */
    uint32_t last_write;          /* the resolver's: who wrote what it holds */
    uint32_t first_base, n_bases; /* likewise, of a view: what it reads */
    uint32_t stars[2];            /* leaves for "all of it": by name, by place */
    uint32_t next_exact, next_common; /* in the bucket of the whole name, of the last */
    struct tl_schema_bits bits;    /* of the columns' keys: most names are none of them */
    struct tl_schema_probe *probe; /* from key to column, made at the first question */
    uint32_t mask;
    uint8_t flags;  /* enum tl_schema_flag */
    bool is_empty;  /* this text took all rows away */
    bool has_grown; /* stands in `grown` */
};

/* Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): keys are small numbers given in order. */
static inline uint32_t tl_schema_scatter(uint32_t key)
{
    uint32_t hash = key * UINT32_C(2654435769);

    return hash ^ hash >> 15;
}

/* Of a table that has a probe. */
static inline uint32_t tl_schema_probe_column(const struct tl_schema_table *table,
                                              uint32_t key)
{
    uint32_t at = tl_schema_scatter(key) & table->mask;

    while (table->probe[at].column && table->probe[at].key != key)
        at = (at + 1) & table->mask;
    return table->probe[at].column - 1; /* 0 - 1 is TL_SCHEMA_NONE */
}

struct tl_schema_function {
    uint32_t schema, name; /* keys; schema 0: not given */
    uint8_t effect;        /* enum tl_effect */
};

/* What a table had before a text named columns of it that nobody told of. */
struct tl_schema_grown {
    uint32_t table, first, n, room;
    struct tl_schema_bits bits;
};

struct tl_schema {
    struct tl_sql_names *names;
    const struct tl_sql_traits *traits;
    TL_VEC(struct tl_schema_table) tables;
    TL_VEC(struct tl_schema_column) columns;
    TL_VEC(struct tl_schema_name) defaults; /* keys; `name` is not used */
    TL_VEC(struct tl_schema_name)
    path; /* what the text itself set in their place: names */
    bool has_path;
    TL_VEC(struct tl_schema_function) functions;
    uint64_t function_bits; /* of the keys of functions: most names are none of them */
    TL_VEC(struct tl_schema_grown)
    grown; /* tables older than the mark, as they were before the text added columns */
    uint32_t n_marked; /* tables at the mark */
    uint32_t *exact;   /* buckets: the newest table of each */
    uint32_t *common;
    uint32_t mask; /* of both */
};

void tl_schema_init(struct tl_schema *schema, struct tl_sql_names *names,
                    const struct tl_sql_traits *traits);
void tl_schema_release(struct tl_schema *schema);

/* The number of a new table. Columns are added to it, to an older one only when it is TL_SCHEMA_NAMED. */
uint32_t tl_schema_add(struct tl_schema *schema, const struct tl_schema_name *name,
                       uint8_t flags);
uint32_t tl_schema_add_column(struct tl_schema *schema, uint32_t table, uint32_t name,
                              uint32_t type);
/* Takes back what was added behind the last mark, columns of older tables too. */
struct tl_schema_mark {
    uint32_t tables, columns;
};
struct tl_schema_mark tl_schema_mark(struct tl_schema *schema);
void tl_schema_undo(struct tl_schema *schema, struct tl_schema_mark mark);

/* The table of exactly this name (as written), absent levels being absent; TL_SCHEMA_NONE: there is none. */
uint32_t tl_schema_exact(const struct tl_schema *schema,
                         const struct tl_schema_name *name);
/*
 * The table that a statement means by this name: the exact one; by the defaults; and where none was given, in the schema that is
 * customary in the dialect, else the only one that ends in it. `confidence` gets 1000, or 900 for the last.
 */
uint32_t tl_schema_find(uint16_t *confidence, const struct tl_schema *schema,
                        const struct tl_schema_name *name);

/* The one that a statement which makes or drops a table means: as above, but for the last way. */
uint32_t tl_schema_find_made(const struct tl_schema *schema,
                             const struct tl_schema_name *name);

/* The newest one of that meaning that is there no more; TL_SCHEMA_NONE: none. */
uint32_t tl_schema_find_gone(const struct tl_schema *schema,
                             const struct tl_schema_name *name);
/* Files of this address, added where they are new. */
uint32_t tl_schema_files(struct tl_schema *schema, uint32_t address);
/* Tables made behind the mark are found no more; what they hid is there again. Their numbers and columns stay. */
void tl_schema_hide_since(struct tl_schema *schema, uint32_t n_tables);
/* Of the tables from that number on, those that were only mentioned are found no more: what they are may be told later. */
void tl_schema_forget_mentions(struct tl_schema *schema, uint32_t n_tables);

/* What tl_schema_column does where there is no probe. */
uint32_t tl_schema_column_slowly(const struct tl_schema *schema, uint32_t table,
                                 uint32_t key);
/* The column (from 0) of a key; TL_SCHEMA_NONE: none. */
static inline uint32_t tl_schema_column(const struct tl_schema *schema, uint32_t table_id,
                                        uint32_t key)
{
    const struct tl_schema_table *table = &schema->tables.items[table_id];

    if (!tl_schema_may_have(&table->bits, key))
        return TL_SCHEMA_NONE;
    return table->probe ? tl_schema_probe_column(table, key)
                        : tl_schema_column_slowly(schema, table_id, key);
}

/* A function of the user's own; TL_NO_EFFECT: none. Keys. */
enum tl_effect tl_schema_function(const struct tl_schema *schema, uint32_t schema_key,
                                  uint32_t name_key);

#endif
