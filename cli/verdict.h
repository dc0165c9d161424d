/*
 * How verdicts, and the paths that are their evidence, are shown: by policy, check and blame.
 */
#ifndef TL_CLI_VERDICT_H
#define TL_CLI_VERDICT_H

#include "cli/show.h"

/* "source/database/schema/dataset#column" of a key text and a field path (NULL: none), for people and for typing. */
const char *tl_place_text(const char *dataset, const char *path, struct tl_ctx *ctx);

/* "etl/load.sql:3:12" of an edge's query, as compilers say it: the number of the statement is left out. */
const char *tl_query_place(const char *query, unsigned line, unsigned column,
                           struct tl_ctx *ctx);

/* One station a line, the origin first: what it is tagged as and how the data came there. */
void tl_show_path(const struct tl_step *steps, uint32_t n, struct tl_ctx *ctx);
/* The verdict, its reason, its path and what to do. */
void tl_show_verdict(const struct tl_verdict *verdict, struct tl_ctx *ctx);
/* The same where the rule is named above; what to do only `with_fix`. */
void tl_show_verdict_below_rule(const struct tl_verdict *verdict, bool with_fix,
                                struct tl_ctx *ctx);

/* One JSON line. `finding` and `is_new` (-1: left out) are for check. */
void tl_json_verdict(const struct tl_verdict *verdict, const char *finding, int is_new,
                     struct tl_ctx *ctx);
void tl_json_put_path(struct tl_json *json, const char *key, const struct tl_step *steps,
                      uint32_t n, struct tl_ctx *ctx);

#endif
