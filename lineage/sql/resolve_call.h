/*
 * What a function call does to its arguments, read from its name and its constants alone. Private to lineage/sql.
 */
#ifndef TL_LINEAGE_SQL_RESOLVE_CALL_H
#define TL_LINEAGE_SQL_RESOLVE_CALL_H

#include "lineage/sql/resolve.h"

struct tl_rs_call {
    uint32_t function; /* name, of hashes and of parts; 0: none */
    uint16_t confidence;
    uint8_t kind, effect; /* of the arguments whose value comes out */
    uint8_t values;       /* bits of those; 0: all. The others leave a part. */
    uint8_t n_conditions; /* so many of the first ones only choose */
    bool gives_nothing;   /* no argument comes out */
    bool takes_order;     /* what is ordered within the group is the value */
    bool has_order;       /* the second argument orders the first */
    bool is_decode;       /* decode(x, search, result, ..., otherwise) */
    bool opens;           /* undoes encryption */
    uint8_t shape;        /* enum tl_sql_shape */
};
struct tl_rs_call tl_rs_call_of(struct tl_rs *rs, uint32_t call);
/* Whether argument `i` (from 0) of the call names a unit of time, as the dialect has them without quotes: no column then. */
bool tl_rs_is_unit(const struct tl_rs *rs, uint32_t call, uint32_t argument, unsigned i);

/* ---- for its own files ---- */

struct tl_sql_function;
/* Letters and digits of a literal, in lower case; "" of what is none or does not fit. */
void tl_rs_plain_text(char out[32], const struct tl_rs *rs, uint32_t id);
bool tl_rs_is_constant(const struct tl_rs *rs, uint32_t id);
/* The argument of that number, from 0; 0: there is none. */
uint32_t tl_rs_argument(const struct tl_rs *rs, const struct tl_sql_node *call,
                        unsigned n);
/* Whether the value of argument `i` comes out. */
bool tl_rs_is_value(const struct tl_sql_function *function, unsigned i);

/* ---- resolve_part.c ---- */

/* Whether a call of TL_FN_PARTIAL surely leaves less than all of its argument. */
bool tl_rs_leaves_a_part(const struct tl_rs *rs, uint32_t call,
                         const struct tl_sql_function *function);
/*
 * Which part of a column it is, where rules of carrying tell them apart: "year", "decade", "century" of a time and "month", "day", "hour",
 * "minute", "second", "dow", "doy" of its calendar; "email_domain"; "first_3", "last_4" of so many characters; "decimals_2" of a number;
 * "length" of a text. 0: another one, or not of a column as it is.
 */
uint32_t tl_rs_part_name(struct tl_rs *rs, uint32_t call,
                         const struct tl_sql_function *function);
/* "presence": whether there is a value, and nothing of it. */
uint32_t tl_rs_presence(struct tl_rs *rs);
/* That, of a call that asks whether its argument is null; else 0. */
uint32_t tl_rs_presence_name(struct tl_rs *rs, const struct tl_sql_function *function);

#endif
