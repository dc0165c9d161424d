/*
 * What a task carries: its memory, its first error, and what it shares with the run it belongs to.
 * Five fields and no sixth. A worker gets a child: own memory and error, same run.
 */
#ifndef TL_BASE_CTX_H
#define TL_BASE_CTX_H

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>

struct tl_say;

/* Shared by all tasks of one run; read-only for them but for `cancelled`. */
struct tl_run {
    struct tl_clock clock; /* the only source of time */
    atomic_bool cancelled; /* set by a signal; tl_ctx_check looks */
};

struct tl_ctx {
    struct tl_arena *arena;   /* results of the run: do not free them, they go with it */
    struct tl_arena *scratch; /* what one dataset needs: reset after each */
    struct tl_error error;    /* first cause; error.code is 0 while all is well */
    struct tl_say *say;       /* words to people; NULL is silence */
    struct tl_run *run;       /* what all tasks of the run share */
};

/*
 * Makes a root context: own arenas, no words, and the system's clock unless `run` has one already. `run` starts as { 0 }.
 * Release with tl_ctx_release.
 */
void tl_ctx_init(struct tl_ctx *ctx, struct tl_run *run);

/* A child for a worker: own arenas and error, the parent's run and words. Results in its arena die with the child. */
void tl_ctx_child(struct tl_ctx *child, const struct tl_ctx *parent);

/* Closes both arenas. The run is not touched. */
void tl_ctx_release(struct tl_ctx *ctx);

/* TL_OK, or records and returns TL_ECANCEL when the run was cancelled. Call once a dataset or page. */
int tl_ctx_check(struct tl_ctx *ctx);

/* Takes the child's recorded error over into `ctx` (if it has none yet). Returns ctx's code. */
int tl_ctx_take_error(struct tl_ctx *ctx, const struct tl_ctx *child);

#endif
