/*
 * Work on several threads, forked and joined inside one call. Results are the caller's, by index;
 * the first error is the first by index, not by time.
 */
#ifndef TL_BASE_POOL_H
#define TL_BASE_POOL_H

#include <stddef.h>

struct tl_ctx;

struct tl_job {
    /* Does item `i`. `self` is what begin() made for this worker (NULL without begin). */
    int (*work)(void *shared, void *self, size_t i, struct tl_ctx *ctx);
    /* Once a worker, before its first item and after its last; either may be NULL. */
    int (*begin)(void **self, void *shared, struct tl_ctx *ctx);
    void (*end)(void *self);
    void *shared;
};

/*
 * Runs the job on items 0 .. n-1 with at most `threads` workers (0: one a core). Each worker has a child context whose
 * scratch is reset after each item. A failing item cancels the items not begun, those in flight are finished, and
 * the error of the lowest failing index is taken over: the same whatever the number of workers. When begin() fails, that
 * comes first. A cancelled run begins nothing more and gives TL_ECANCEL, unless all items were done by then.
 * All workers are joined before it returns.
 */
int tl_pool_run(const struct tl_job *job, size_t n, unsigned threads, struct tl_ctx *ctx);

/* Processors this process may use, at least 1. */
unsigned tl_pool_cores(void);

#endif
