/*
 * A log to test with, and scans and reviews written as one line of text. No warehouse, no classifier: decisions are what the line says.
 */
#ifndef TL_TESTS_WORLD_LOG_H
#define TL_TESTS_WORLD_LOG_H

#include "lineage/log/log.h"
#include "tests/check.h"

struct log_world {
    struct tl_ctx ctx;
    const char *path; /* of the log */
    struct tl_log *log;
    struct tl_appended done; /* by the last append */
    int64_t wait;            /* ns, for the lock */
    bool real_ids;           /* runs get random ids, as with several writers */
    unsigned n_runs;
};

/* Makes a log in a fresh folder, with a fixed clock, and opens it. */
void log_world_open(struct log_world *world);
void log_world_close(struct log_world *world);

/*
 * Appends a scan. `text` is datasets between ';', each "SOURCE/SCHEMA/NAME mark column ...", or "!SOURCE" for a source that failed,
 * or "SOURCE" for one in which nothing is. Marks: "~" unchanged, "-" left out by a failure, "*" its sample failed. A column is
 * "name", "name=type:confidence", "name=a:300+b:900" (dominant last), or "name?" (too small a sample).
 * Names are percent-encoded as in keys.
 */
int log_world_scan(struct log_world *world, const char *text);

/* Appends a review: "accept SOURCE/SCHEMA/NAME#column type; reject ...; set ...". */
int log_world_review(struct log_world *world, const char *text);

/*
 * The belief at the tip, a line a dataset in the form of log_world_scan; tags as "type:confidence" and a letter: proposed none, confirmed
 * "+", rejected "-", withdrawn "w"; "(gone)" behind what is absent; "?" for unknown. In the context's arena.
 */
const char *log_world_belief(struct log_world *world);

/*
 * Runs a shell command in which GIT_DIR is the log and nobody's git configuration counts; its output (both streams) in the arena, its exit
 * code in `*rc` (may be NULL). log_world_git puts "git " in front.
 */
const char *log_world_shell(struct log_world *world, const char *command, int *rc);
const char *log_world_git(struct log_world *world, const char *arguments, int *rc);

#endif
