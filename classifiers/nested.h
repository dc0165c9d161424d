/*
 * Opens values that hold other values: JSON, lists and records as warehouses print them, key=value lists, cookies, URLs with their query
 * strings. What stands inside becomes a column of its own for each path, to be decided like any other. Reads what is
 * truncated as far as it goes. Engine only; knows nothing of types.
 *
 * A path is written of words of the schema alone: a key that may be data (a user's id, an address, a name) is '*' in it. A key
 * is a word of the schema where all its words are known to the packs, however rare it is; or where it looks like a word, is no
 * known given name, and stands in at least TL_NESTED_RECURS rows, in half of the objects at its place, and beside most of the
 * other unknown keys there: objects that hold one of several unknown keys each are maps, of handles as often as not. What half of
 * the objects share is taken for a word, then, and a map that has one and the same key everywhere.
 */
#ifndef TL_CLASSIFIERS_NESTED_H
#define TL_CLASSIFIERS_NESTED_H

#include "base/map.h"
#include "base/model.h"

struct tl_engine;

#define TL_NESTED_PATHS  64         /* most that are looked at, those with most rows */
#define TL_NESTED_LEVELS 16         /* what lies deeper is skipped */
#define TL_NESTED_BYTES  (4 << 20)  /* of values taken out of one column */
#define TL_NESTED_READ   (16 << 20) /* bytes of one column that are read for them */
#define TL_NESTED_VALUES 65536      /* likewise, how many */
#define TL_NESTED_KEYS   4096 /* different keys by place; more are told apart no further */
#define TL_NESTED_EACH   16 /* values of one path in one row: a longer list says no more */
#define TL_NESTED_RECURS 3

/* One path, as a column. */
struct tl_leaf {
    const char *
        path; /* "user.email", "users[].id", "?email", "/" (a part of a URL's path), "by_user.*" */
    const char *name; /* the same as the name of a column; "" where nothing names it */
    struct tl_value *values;
    uint32_t n;    /* values */
    uint32_t rows; /* that hold it */
};

struct tl_nested_node {
    const char *key; /* NULL: the one for keys beyond TL_NESTED_KEYS */
    uint32_t n;
    uint32_t parent;
    uint32_t times, rows, last_row, in_row;
    uint32_t group; /* see nested.c */
    uint8_t kind, level;
};
struct tl_nested_value {
    const char *bytes;
    uint32_t n, node, row;
    bool is_cut;
};
struct tl_nested_group {
    const char *path, *name;
    uint64_t times, rows;
    uint64_t unknown_times; /* of its keys that the packs do not know */
    uint32_t n_values, n_keys, parent;
    uint32_t last_row, rows_of_values;
    bool is_data; /* its keys are data */
};

/* Starts as { 0 }; used again for column after column. */
struct tl_nested {
    struct tl_arena *arena;
    TL_VEC(struct tl_nested_node) nodes;
    TL_VEC(struct tl_nested_value) values;
    TL_VEC(struct tl_nested_group) groups;
    TL_VEC(struct tl_leaf) leaves;
    struct tl_map children;
    size_t bytes;
    uint32_t row;
    uint32_t opened; /* rows that were looked at */
};
void tl_nested_release(struct tl_nested *nested);

/* Whether values look like it: a look at the beginnings of a few dozen. */
bool tl_nested_is_likely(const struct tl_sample *sample, uint32_t column);
/* Fills `leaves`, by first appearance. They live until the next call. */
void tl_nested_open(struct tl_nested *nested, const struct tl_engine *engine,
                    const struct tl_sample *sample, uint32_t column);

/* ---- between nested.c and nested_read.c ---- */

enum tl_nested_kind {
    TL_NESTED_KEY,      /* of an object or a list of pairs: ".key" */
    TL_NESTED_ITEM,     /* of a list: "[]" */
    TL_NESTED_QUERY,    /* of a URL: "?key" */
    TL_NESTED_FRAGMENT, /* likewise: "#key" */
    TL_NESTED_SEGMENT,  /* of a URL's path: "/" */
    TL_NESTED_USER,     /* before a URL's host: "//user", "//password" */
};
/* The node of a key below another; 0 is the root. */
uint32_t tl_nested_child(struct tl_nested *nested, uint32_t parent,
                         enum tl_nested_kind kind, const char *key, size_t n);
/* Adds a value, copied. False when there is no more room in all. */
bool tl_nested_add(struct tl_nested *nested, uint32_t node, const char *bytes, size_t n,
                   bool is_cut);

enum tl_nested_form { TL_NESTED_PLAIN, TL_NESTED_JSON, TL_NESTED_URL, TL_NESTED_PAIRS };
enum tl_nested_form tl_nested_form_of(const char *bytes, size_t n);
/* Takes a value apart below `node`. False when it is of no such form. */
bool tl_nested_read(struct tl_nested *nested, uint32_t node, const char *bytes, size_t n,
                    bool is_cut);

#endif
