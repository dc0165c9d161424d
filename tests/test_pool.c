#include "tests/check.h"

#include "base/pool.h"

#include <sched.h>
#include <stdint.h>

enum { MANY = 1000 };

/* What a job of these tests does, and what it has done. */
struct deeds {
    struct tl_run *run;
    unsigned fails[MANY]; /* by item: not 0, it fails */
    unsigned done[MANY];  /* by item: how often it was begun */
    size_t cancel_at;     /* this item cancels the run; 0 none */
    bool begin_fails;
    atomic_int open; /* begin() without end() */
    atomic_int begun;
};

static int do_item(void *shared, void *self, size_t i, struct tl_ctx *ctx)
{
    struct deeds *deeds = shared;

    (void)self;
    deeds->done[i]++;
    tl_arena_alloc(ctx->scratch, 100, 1);
    if (deeds->cancel_at && i == deeds->cancel_at)
        atomic_store(&deeds->run->cancelled, true);
    if (deeds->fails[i])
        return tl_fail(ctx, TL_EINPUT, "item %zu is odd", i);
    return TL_OK;
}

static int begin_worker(void **self, void *shared, struct tl_ctx *ctx)
{
    struct deeds *deeds = shared;

    if (deeds->begin_fails)
        return tl_fail(ctx, TL_ESOURCE, "cannot begin");
    atomic_fetch_add(&deeds->open, 1);
    atomic_fetch_add(&deeds->begun, 1);
    *self = &deeds->open;
    return TL_OK;
}

static void end_worker(void *self)
{
    atomic_int *open = self;

    atomic_fetch_sub(open, 1);
}

static int run_deeds(struct deeds *deeds, size_t n, unsigned threads, struct tl_ctx *ctx)
{
    struct tl_job job = { do_item, begin_worker, end_worker, deeds };

    deeds->run = ctx->run;
    return tl_pool_run(&job, n, threads, ctx);
}

static void each_item_is_done_once_whatever_the_threads(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    for (unsigned threads = 0; threads <= 9; threads += 3) {
        struct deeds deeds = { 0 };
        CHECK_OK(run_deeds(&deeds, MANY, threads, &ctx), &ctx);
        size_t once = 0;
        for (size_t i = 0; i < MANY; i++)
            once += deeds.done[i] == 1;
        CHECK_INT(once, MANY);
        CHECK_INT(deeds.open, 0);
    }
    tl_test_ctx_release(&ctx);
}

static void no_items_need_no_worker(void)
{
    struct tl_ctx ctx;
    struct deeds deeds = { .begin_fails = true };

    tl_test_ctx_init(&ctx);
    CHECK_OK(run_deeds(&deeds, 0, 4, &ctx), &ctx);
    tl_test_ctx_release(&ctx);
}

static void there_are_no_more_workers_than_items(void)
{
    struct tl_ctx ctx;
    struct deeds deeds = { 0 };

    tl_test_ctx_init(&ctx);
    CHECK_OK(run_deeds(&deeds, 3, 1000000, &ctx), &ctx);
    CHECK(deeds.begun >= 1 && deeds.begun <= 3);
    tl_test_ctx_release(&ctx);
}

static void the_first_error_is_the_first_by_index(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    for (unsigned round = 0; round < 200; round++) {
        struct deeds deeds = { .fails = { [20] = 1, [21] = 1, [22] = 1, [900] = 1 } };
        CHECK_FAILS(run_deeds(&deeds, MANY, 1 + round % 8, &ctx), TL_EINPUT,
                    "item 20 is odd", &ctx);
        CHECK_INT(deeds.open, 0);
    }
    tl_test_ctx_release(&ctx);
}

static int fail_late(void *shared, void *self, size_t i, struct tl_ctx *ctx)
{
    atomic_bool *second_failed = shared;

    (void)self;
    if (i == 1) {
        atomic_store(second_failed, true);
        return tl_fail(ctx, TL_EINPUT, "item 1 was faster");
    }
    while (!atomic_load(second_failed))
        sched_yield();
    /* The failure of another item is not a reason to stop this one. */
    for (int looks = 0; looks < 1000; looks++) {
        if (tl_ctx_check(ctx) != TL_OK)
            return ctx->error.code;
        sched_yield();
    }
    return tl_fail(ctx, TL_EINPUT, "item 0 was slower");
}

static void an_item_in_flight_is_not_disturbed_by_a_failure(void)
{
    struct tl_ctx ctx;
    atomic_bool second_failed = false;
    struct tl_job job = { .work = fail_late, .shared = &second_failed };

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(tl_pool_run(&job, 2, 2, &ctx), TL_EINPUT, "item 0 was slower", &ctx);
    tl_test_ctx_release(&ctx);
}

static void a_failure_cancels_what_was_not_begun(void)
{
    struct tl_ctx ctx;
    struct deeds deeds = { .fails = { [10] = 1 } };

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(run_deeds(&deeds, MANY, 1, &ctx), TL_EINPUT, "item 10", &ctx);
    for (size_t i = 0; i < MANY; i++)
        CHECK_INT(deeds.done[i], i <= 10);
    CHECK(!atomic_load(&ctx.run->cancelled));
    tl_test_ctx_release(&ctx);
}

static void a_cancelled_run_begins_nothing_more(void)
{
    struct tl_ctx ctx;
    struct deeds deeds = { .cancel_at = 5 };

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(run_deeds(&deeds, MANY, 1, &ctx), TL_ECANCEL, "stopped", &ctx);
    CHECK_INT(deeds.done[5], 1);
    CHECK_INT(deeds.done[6], 0);
    CHECK_FAILS(run_deeds(&deeds, MANY, 3, &ctx), TL_ECANCEL, "stopped", &ctx);
    CHECK_INT(deeds.done[999], 0);
    tl_test_ctx_release(&ctx);
}

static void a_run_cancelled_at_the_last_item_is_complete(void)
{
    struct tl_ctx ctx;
    struct deeds deeds = { .cancel_at = 9 };

    tl_test_ctx_init(&ctx);
    CHECK_OK(run_deeds(&deeds, 10, 1, &ctx), &ctx);
    tl_test_ctx_release(&ctx);
}

static void a_worker_that_cannot_begin_fails_the_job(void)
{
    struct tl_ctx ctx;
    struct deeds deeds = { .begin_fails = true };

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(run_deeds(&deeds, MANY, 3, &ctx), TL_ESOURCE, "cannot begin", &ctx);
    CHECK_INT(deeds.done[0], 0);
    tl_test_ctx_release(&ctx);
}

static int get_over_it(void *shared, void *self, size_t i, struct tl_ctx *ctx)
{
    (void)shared;
    (void)self;
    if (i == 1)
        return TL_EREMOTE;
    tl_fail(ctx, TL_EINPUT, "got over");
    return TL_OK;
}

static void what_an_item_got_over_is_not_the_next_ones_cause(void)
{
    struct tl_ctx ctx;
    struct tl_job job = { .work = get_over_it };

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(tl_pool_run(&job, 2, 1, &ctx), TL_EREMOTE, "the other side failed", &ctx);
    tl_test_ctx_release(&ctx);
}

static int hold_scratch(void *shared, void *self, size_t i, struct tl_ctx *ctx)
{
    (void)shared;
    (void)self;
    tl_arena_alloc(ctx->scratch, 1000, 1);
    return i < 5 || tl_arena_size(ctx->scratch) < 64 * 1024 ? TL_OK : TL_ELIMIT;
}

static void scratch_is_reset_after_each_item(void)
{
    struct tl_ctx ctx;
    struct tl_job job = { .work = hold_scratch };

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_pool_run(&job, 10000, 2, &ctx), &ctx);
    tl_test_ctx_release(&ctx);
}

static void there_is_at_least_one_core(void)
{
    CHECK(tl_pool_cores() >= 1);
}

TL_TESTS("pool", TEST(each_item_is_done_once_whatever_the_threads),
         TEST(no_items_need_no_worker), TEST(there_are_no_more_workers_than_items),
         TEST(the_first_error_is_the_first_by_index),
         TEST(an_item_in_flight_is_not_disturbed_by_a_failure),
         TEST(a_failure_cancels_what_was_not_begun),
         TEST(a_cancelled_run_begins_nothing_more),
         TEST(a_run_cancelled_at_the_last_item_is_complete),
         TEST(a_worker_that_cannot_begin_fails_the_job),
         TEST(what_an_item_got_over_is_not_the_next_ones_cause),
         TEST(scratch_is_reset_after_each_item), TEST(there_is_at_least_one_core))
