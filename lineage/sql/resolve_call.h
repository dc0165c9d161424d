/*
 * What a function call does to its arguments, read from its name and its constants alone. Private to lineage/sql.
 */
#ifndef TL_LINEAGE_SQL_RESOLVE_CALL_H
#define TL_LINEAGE_SQL_RESOLVE_CALL_H

#include "lineage/sql/resolve.h"

struct tl_rs_call {
    uint32_t function; /* name, of hashes; 0: none */
    uint16_t confidence;
    uint8_t kind, effect; /* of the arguments whose value comes out */
    uint8_t values;       /* bits of those; 0: all. The others leave a part. */
    uint8_t n_conditions; /* so many of the first ones only choose */
    bool gives_nothing;   /* no argument comes out */
    bool takes_order;     /* what is ordered within the group is the value */
    bool is_decode;       /* decode(x, search, result, ..., otherwise) */
    bool opens;           /* undoes encryption */
};
struct tl_rs_call tl_rs_call_of(struct tl_rs *rs, uint32_t call);
/* Whether argument `i` (from 0) of the call names a unit of time, as the dialect has them without quotes: no column then. */
bool tl_rs_is_unit(const struct tl_rs *rs, uint32_t call, uint32_t argument, unsigned i);

#endif
