/*
 * A small world to act in: a folder with a SQLite warehouse, a tagline.yaml and a log. Goes with the process.
 */
#ifndef TL_TESTS_WORLD_H
#define TL_TESTS_WORLD_H

#include "cli/pipeline.h"
#include "tests/check.h"

struct world {
    struct tl_ctx ctx;
    const char *folder;
    char config[128], warehouse[128], log[128];
};

/* An empty warehouse; tagline.yaml names it as source "shop", one thread. */
void world_open(struct world *w);
void world_close(struct world *w);
/* Runs SQL in the warehouse; a mistake in it fails the test. */
void world_sql(struct world *w, const char *sql);
/* Overwrites a file of the folder. */
void world_write(struct world *w, const char *name, const char *text);

/* One whole scan, as `tagline scan` does it: configuration, pull, classify, log. Troubles are counted, not failed. */
int world_scan(struct world *w, struct tl_appended *done, size_t *troubles);
/* A person's word on "table#column" of the warehouse. */
int world_word(struct world *w, int kind, const char *table, const char *column,
               const char *info_type);

/* The state of a tag ("" when the column has none of that type; "absent" when the log knows no such column). */
const char *world_state(struct world *w, const char *table, const char *column,
                        const char *info_type);
/* Commits in the log; 0 where there is none. Opens it anew, so that what stands on disk is counted. */
size_t world_commits(struct world *w);
/* Runs a shell command in the folder; true when it ends in 0. */
bool world_shell(struct world *w, const char *command);

#endif
