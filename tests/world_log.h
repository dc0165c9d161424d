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
    bool carries_not;        /* entries have no rules of carrying */
    const struct tl_verdicts
        *verdicts; /* entries are settled, then written with these; NULL: appended */
    unsigned n_runs;
};

/* Makes a log in a fresh folder, with a fixed clock, and opens it. */
void log_world_open(struct log_world *world);
void log_world_close(struct log_world *world);

/*
 * Appends a scan. `text` is datasets between ';', each "SOURCE/SCHEMA/NAME mark column ...", or "!SOURCE" for a source that failed,
 * or "SOURCE" for one in which nothing is. Marks: "~" unchanged, "-" left out by a failure, "*" its sample failed. A column is
 * "name", "name=type:confidence", "name=a:300+b:900" (dominant last), or "name?" (too small a sample); facts behind it: "name=a:300{f=9/10,g=3}".
 * Names are percent-encoded as in keys.
 * With the edges of the run among them: "> SOURCE#column TARGET#column how query", where how is an effect, an effect with its function
 * ("hashes:md5") or confidence ("keeps@800") or a kind that steers ("filter"; TARGET then may have no column); the query may be left out. "? TARGET query what" is a
 * problem, of an unknown target where it is "-". ">" alone: lineage was looked at, and there is none.
 * Rules of carrying: what is kept stays what it is at 1000 per mille; part of it at 600; an e-mail that is hashed becomes "hashed_email" at
 * 900; the floor is 300.
 */
int log_world_scan(struct log_world *world, const char *text);

/* Appends a review: "accept SOURCE/SCHEMA/NAME#column type; reject ...; set ...". */
int log_world_review(struct log_world *world, const char *text);

/* What the scan's graph would be, over the belief at the tip. Close it. */
struct tl_graph *log_world_foresee(struct log_world *world, const char *text);

/*
 * The belief at the tip, a line a dataset in the form of log_world_scan; tags as "type:confidence" and a letter: proposed none, confirmed
 * "+", rejected "-", withdrawn "w", carried "c"; "(gone)" behind what is absent; "?" for unknown; facts as above. In the context's arena.
 */
const char *log_world_belief(struct log_world *world);

/*
 * Edges, problems and carried tags at the tip, a line each in the order of datasets: "> s/m/u#a s/m/v#b keeps q", "? s/m/v q what",
 * "s/m/v#b email c900 keeps s/m/u#a email": type, state, confidence, effect, from and what it is there.
 */
const char *log_world_flows(struct log_world *world);

/*
 * Runs a shell command in which GIT_DIR is the log and nobody's git configuration counts; its output (both streams) in the arena, its exit
 * code in `*rc` (may be NULL). log_world_git puts "git " in front.
 */
const char *log_world_shell(struct log_world *world, const char *command, int *rc);
const char *log_world_git(struct log_world *world, const char *arguments, int *rc);

#endif
