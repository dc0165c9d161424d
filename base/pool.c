/*
 * Items are begun in order of their index, from one counter. So every item before a failing one was begun and
 * is finished: the lowest failing index is the same whatever the number of workers.
 */
#include "base/pool.h"

#include "base/ctx.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>

enum { WORKERS_MOST = 256 };

struct gang {
    const struct tl_job *job;
    const struct tl_ctx *parent;
    size_t n;
    atomic_size_t next;
    atomic_size_t done;
    atomic_bool stopped; /* an item failed: nothing more is begun */
};

struct worker {
    struct gang *gang;
    struct tl_ctx ctx;
    size_t failed_at; /* index of the item it failed at, plus one; 0 for begin() */
    pthread_t thread;
    bool is_thread;
};

static bool run_is_cancelled(const struct tl_ctx *ctx)
{
    return ctx->run && atomic_load_explicit(&ctx->run->cancelled, memory_order_relaxed);
}

/* True and the index while there is something to begin. */
static bool next_item(struct gang *gang, size_t *i)
{
    if (atomic_load(&gang->stopped) || run_is_cancelled(gang->parent))
        return false;
    *i = atomic_fetch_add(&gang->next, 1);
    return *i < gang->n;
}

static void note_failure(struct worker *worker, int rc, size_t failed_at)
{
    atomic_store(&worker->gang->stopped, true);
    worker->failed_at = failed_at;
    if (!worker->ctx.error.code)
        tl_fail(&worker->ctx, rc < 0 ? rc : TL_EINTERNAL, "%s", tl_code_text(rc));
}

static void *run_worker(void *of)
{
    struct worker *worker = of;
    struct gang *gang = worker->gang;
    const struct tl_job *job = gang->job;
    void *self = NULL;
    size_t i;
    int rc = TL_OK;

    if (!next_item(gang, &i))
        return NULL;
    if (job->begin && (rc = job->begin(&self, job->shared, &worker->ctx)) != TL_OK) {
        note_failure(worker, rc, 0);
        return NULL;
    }
    do {
        rc = job->work(job->shared, self, i, &worker->ctx);
        if (rc) {
            note_failure(worker, rc, i + 1);
            break;
        }
        atomic_fetch_add(&gang->done, 1);
        /* What an item recorded and got over is not the next one's. */
        tl_error_clear(&worker->ctx.error);
        tl_arena_reset(worker->ctx.scratch);
    } while (next_item(gang, &i));
    if (job->end)
        job->end(self);
    return NULL;
}

/* Signals are the first thread's business; those that a fault of our own raises stay with the thread that made it. */
static void block_signals(sigset_t *before)
{
    static const int own[] = {
        SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP
    };
    sigset_t all;

    sigfillset(&all);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(&all, own[i]);
    pthread_sigmask(SIG_BLOCK, &all, before);
}

/* The calling thread is worker 0; where the system gives fewer threads than wished, fewer do the work. */
static void run_workers(struct worker *workers, unsigned n)
{
    sigset_t before;

    if (n > 1) {
        block_signals(&before);
        for (unsigned i = 1; i < n; i++)
            workers[i].is_thread =
                pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    run_worker(&workers[0]);
    for (unsigned i = 1; i < n; i++)
        if (workers[i].is_thread)
            pthread_join(workers[i].thread, NULL);
}

static const struct worker *first_failed(const struct worker *workers, unsigned n)
{
    const struct worker *first = NULL;

    for (unsigned i = 0; i < n; i++)
        if (workers[i].ctx.error.code &&
            (!first || workers[i].failed_at < first->failed_at))
            first = &workers[i];
    return first;
}

int tl_pool_run(const struct tl_job *job, size_t n, unsigned threads, struct tl_ctx *ctx)
{
    struct gang gang = { .job = job, .parent = ctx, .n = n };
    int rc = TL_OK;

    if (n == 0)
        return TL_OK;
    if (threads == 0)
        threads = tl_pool_cores();
    if (threads > WORKERS_MOST)
        threads = WORKERS_MOST;
    if (threads > n)
        threads = (unsigned)n;

    struct worker *workers = tl_alloc(threads, sizeof *workers);
    for (unsigned i = 0; i < threads; i++) {
        workers[i].gang = &gang;
        tl_ctx_child(&workers[i].ctx, ctx);
    }
    run_workers(workers, threads);
    const struct worker *first = first_failed(workers, threads);
    if (first)
        rc = tl_ctx_take_error(ctx, &first->ctx);
    else if (atomic_load(&gang.done) < n)
        rc = tl_ctx_check(ctx);
    for (unsigned i = 0; i < threads; i++)
        tl_ctx_release(&workers[i].ctx);
    tl_free(workers);
    return rc;
}

unsigned tl_pool_cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n > 0 ? (unsigned)n : 1;
}
