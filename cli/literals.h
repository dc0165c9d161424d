/*
 * Personal data that is written into SQL itself: `where email = '...'`. Used by check.
 */
#ifndef TL_CLI_LITERALS_H
#define TL_CLI_LITERALS_H

#include "classifiers/engine.h"
#include "lineage/graph/derive.h"

/* Tells type and place of each, as warnings or as JSON lines; gives how many there are. */
size_t tl_show_literals(const struct tl_query *queries, size_t n,
                        const struct tl_belief *belief, const struct tl_engine *engine,
                        bool as_json, struct tl_ctx *ctx);

#endif
