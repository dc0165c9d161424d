#include "tests/check.h"

#include <stdint.h>

static const int64_t second = INT64_C(1000000000);

static void a_fixed_clock_steps_a_millisecond_a_reading(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_clock_init_fixed(&ctx.run->clock, 5 * second);
    CHECK_INT(tl_now(&ctx), 5 * second);
    CHECK_INT(tl_now(&ctx), 5 * second + 1000000);
    CHECK_INT(tl_ticks(&ctx), 5 * second + 2000000);
    tl_test_ctx_release(&ctx);
}

static void a_pause_moves_a_fixed_clock_forward(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_clock_init_fixed(&ctx.run->clock, 0);
    tl_pause(&ctx, 3600 * second);
    CHECK_INT(tl_now(&ctx), 3600 * second);
    tl_test_ctx_release(&ctx);
}

static void the_environment_can_fix_the_clock(void)
{
    struct tl_ctx ctx;
    struct tl_run run = { 0 };

    setenv("TAGLINE_CLOCK", "1767323045", 1);
    tl_ctx_init(&ctx, &run);
    CHECK_INT(tl_now(&ctx), 1767323045 * second);
    tl_ctx_release(&ctx);
    unsetenv("TAGLINE_CLOCK");
}

static void what_is_no_time_does_not_fix_the_clock(void)
{
    static const char *const odd[] = { "", "soon", "12x", "-5", "99999999999999999999" };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct tl_clock clock;
        setenv("TAGLINE_CLOCK", odd[i], 1);
        tl_clock_init(&clock);
        CHECK(clock.wall(&clock) > 1600000000 * second);
    }
    unsetenv("TAGLINE_CLOCK");
}

static void the_systems_monotonic_clock_never_goes_back(void)
{
    struct tl_clock clock;

    unsetenv("TAGLINE_CLOCK");
    tl_clock_init(&clock);
    int64_t before = clock.monotonic(&clock);
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock.monotonic(&clock);
        CHECK(now >= before);
        before = now;
    }
}

static void a_cancelled_run_does_not_sit_out_a_pause(void)
{
    struct tl_ctx ctx;
    struct tl_run run = { 0 };

    unsetenv("TAGLINE_CLOCK");
    tl_ctx_init(&ctx, &run);
    atomic_store(&run.cancelled, true);
    int64_t before = tl_ticks(&ctx);
    tl_pause(&ctx, 3600 * second);
    CHECK(tl_ticks(&ctx) - before < 60 * second);
    tl_ctx_release(&ctx);
}

static void times_are_shown_in_utc(void)
{
    char text[21];

    tl_time_text(text, 1767323045 * second + 999999999);
    CHECK_TEXT(text, "2026-01-02T03:04:05Z");
    tl_time_text(text, 0);
    CHECK_TEXT(text, "1970-01-01T00:00:00Z");
    tl_time_text(text, -1);
    CHECK_TEXT(text, "1969-12-31T23:59:59Z");
    tl_time_text(text, 951782400 * second);
    CHECK_TEXT(text, "2000-02-29T00:00:00Z");
    tl_time_text(text, INT64_MAX);
    CHECK_TEXT(text, "2262-04-11T23:47:16Z");
}

static void a_time_is_read_back_and_nothing_else_is(void)
{
    static const char *const others[] = { NULL,
                                          "",
                                          "2026-11-20",
                                          "2026-11-20T18:04:05",
                                          "2026-11-20T18:04:05Z ",
                                          "2026-11-20 18:04:05Z",
                                          "9999-12-31T23:59:59Z" };
    int64_t ns;

    CHECK(tl_time_read(&ns, "2026-01-02T03:04:05Z"));
    CHECK_INT(ns, INT64_C(1767323045) * 1000000000);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CHECK(!tl_time_read(&ns, others[i]));
        CHECK_INT(ns, 0);
    }
}

TL_TESTS("clock", TEST(a_fixed_clock_steps_a_millisecond_a_reading),
         TEST(a_pause_moves_a_fixed_clock_forward),
         TEST(the_environment_can_fix_the_clock),
         TEST(what_is_no_time_does_not_fix_the_clock),
         TEST(the_systems_monotonic_clock_never_goes_back),
         TEST(a_cancelled_run_does_not_sit_out_a_pause), TEST(times_are_shown_in_utc),
         TEST(a_time_is_read_back_and_nothing_else_is))
