/*
 * One run of the log as a page for people: who, when, what was looked at, what changed by name, what policies said, under which rules.
 */
#ifndef TL_CLI_LOG_SHOW_H
#define TL_CLI_LOG_SHOW_H

#include "lineage/log/log.h"

/* `body`: its run.json. Lists are cut, and say so. */
int tl_show_run(const json_t *body, const struct tl_log_run *run, struct tl_log *log,
                struct tl_ctx *ctx);

/* "info types", "policies", "taxonomy", "vocabulary", "settings": what a rule pack of the run is, by its text; "rules" for another. */
const char *tl_rule_kind(const char *digest, const struct tl_log_run *run,
                         struct tl_log *log, struct tl_ctx *ctx);

#endif
