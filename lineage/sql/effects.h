/*
 * What SQL functions do to personal data: one table of names with their class (facts and sources stand in effects.c). How effects add
 * up stands in base/model.h. Private to lineage/sql.
 */
#ifndef TL_LINEAGE_SQL_EFFECTS_H
#define TL_LINEAGE_SQL_EFFECTS_H

#include "lineage/sql/sql.h"

enum tl_sql_function_class {
    TL_FN_UNKNOWN, /* keeps, with less confidence */
    TL_FN_KEEPS,   /* cast, trim, lower, concat, coalesce, json ... */
    TL_FN_PARTIAL, /* left, substr, split_part, date_trunc ... with constant bounds; otherwise keeps */
    TL_FN_FORMATS, /* to_char, strftime: a part where the pattern is one */
    TL_FN_MASKS,
    TL_FN_HASHES, /* salted where something that is not of the row is hashed with the column */
    TL_FN_KEYED, /* hmac: hashes_salted */
    TL_FN_ENCRYPTS,
    TL_FN_DECRYPTS, /* keeps, and undoes what encrypted or tokenised below it */
    TL_FN_TOKENISES,
    TL_FN_AGGREGATE, /* sum, avg ...: an aggregation, aggregates */
    TL_FN_COUNT,     /* count ...: an aggregation, counts */
    TL_FN_NOISE,     /* differentially private figures: an aggregation that adds noise */
    TL_FN_PICK,      /* min, max, any_value, string_agg ...: an aggregation that keeps */
    TL_FN_PICK_BY, /* max_by, arg_min ...: the same of the first argument, which the second orders */
    TL_FN_WINDOW,      /* row_number, rank ...: of its arguments a part */
    TL_FN_WINDOW_PICK, /* lag, lead, first_value ...: keeps */
    TL_FN_NOTHING, /* now, random, gen_random_uuid: no value of its arguments comes out */
    TL_FN_PREDICATE, /* starts_with, regexp_like: a boolean or a place comes out: partial */
    TL_FN_CHOICE,    /* if, iff: the first argument is a condition, the others keep */
    TL_FN_DECODE,    /* decode(x, 'hex') keeps; decode(x, search, result ...) is a case */
    TL_FN_REPLACES, /* regexp_replace: masks where a constant surely replaces all of it */
};
/* What becomes of the places within a value. */
enum tl_sql_shape {
    TL_SHAPE_MIXED, /* lost: what comes out is made of all of it; those that pick one of several values keep it though */
    TL_SHAPE_SAME, /* fields are where they were: parse_json, coalesce, array; elements of lists are no places */
    TL_SHAPE_PAIRS,      /* built of 'k', x, 'l', y */
    TL_SHAPE_NAMED,      /* built of x as k, y as l */
    TL_SHAPE_MAP,        /* built of array['k', 'l'], array[x, y] */
    TL_SHAPE_PICKS_PATH, /* of the first argument what the second says: '$.a.b' */
    TL_SHAPE_PICKS_KEYS, /* each argument behind the first is a key */
    TL_SHAPE_EACH,       /* what a lambda makes of each element of the lists */
    TL_SHAPE_FOLDS, /* what a lambda makes of all it made before and of the next element */
    TL_SHAPE_INSERTS, /* the first argument, with the third under the key that the second is */
    TL_SHAPE_DROPS_KEYS, /* the first argument but for the keys, or the ends of paths, that the others are */
    TL_SHAPE_KEEPS_KEYS, /* of the first argument the fields that the others name */
};
struct tl_sql_function {
    const char *name; /* lower case; with its schema where that belongs to it */
    uint8_t class;    /* enum tl_sql_function_class */
    uint8_t
        values; /* bits of the arguments whose value comes out, from bit 0; 0: all of them. The others leave a part. */
    const char *
        digest; /* of hashes: "md5", "sha1", "sha256", "sha512"; NULL: by an argument, or its own name */
    bool
        takes_order; /* percentile_cont, mode: what is ordered within the group is the value */
    uint8_t shape; /* enum tl_sql_shape */
};
/* NULL: not a known one. `name` in any case. */
const struct tl_sql_function *tl_sql_function_find(const char *name, size_t n);

#endif
