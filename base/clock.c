#include "base/clock.h"

#include "base/ctx.h"

#include <errno.h>
#include <stdatomic.h>

enum { STEP_NS = 1000000 };
static const int64_t second_ns = 1000000000;

static int64_t read_system(clockid_t id)
{
    struct timespec at;

    clock_gettime(id, &at);
    return (int64_t)at.tv_sec * second_ns + at.tv_nsec;
}

static int64_t system_wall(struct tl_clock *clock)
{
    (void)clock;
    return read_system(CLOCK_REALTIME);
}

static int64_t system_monotonic(struct tl_clock *clock)
{
    (void)clock;
    return read_system(CLOCK_MONOTONIC);
}

static void system_sleep(struct tl_clock *clock, int64_t ns)
{
    struct timespec left = { .tv_sec = (time_t)(ns / second_ns),
                             .tv_nsec = (long)(ns % second_ns) };

    (void)clock;
    /* An interruption ends the nap: the caller looks whether the run was cancelled. */
    nanosleep(&left, NULL);
}

static int64_t fixed_read(struct tl_clock *clock)
{
    return atomic_fetch_add(&clock->fixed, STEP_NS);
}

static void fixed_sleep(struct tl_clock *clock, int64_t ns)
{
    atomic_fetch_add(&clock->fixed, ns);
}

void tl_clock_init_fixed(struct tl_clock *clock, int64_t start_ns)
{
    clock->wall = fixed_read;
    clock->monotonic = fixed_read;
    clock->sleep = fixed_sleep;
    atomic_store(&clock->fixed, start_ns);
}

void tl_clock_init(struct tl_clock *clock)
{
    const char *start = getenv("TAGLINE_CLOCK");

    if (start && *start) {
        char *end;
        errno = 0;
        long long seconds = strtoll(start, &end, 10);
        if (!errno && !*end && seconds >= 0 && seconds < INT64_MAX / second_ns) {
            tl_clock_init_fixed(clock, seconds * second_ns);
            return;
        }
    }
    clock->wall = system_wall;
    clock->monotonic = system_monotonic;
    clock->sleep = system_sleep;
    atomic_store(&clock->fixed, 0);
}

int64_t tl_now(const struct tl_ctx *ctx)
{
    return ctx->run->clock.wall(&ctx->run->clock);
}

int64_t tl_ticks(const struct tl_ctx *ctx)
{
    return ctx->run->clock.monotonic(&ctx->run->clock);
}

void tl_pause(const struct tl_ctx *ctx, int64_t ns)
{
    struct tl_clock *clock = &ctx->run->clock;
    const int64_t nap = second_ns / 10;

    if (ns <= 0)
        return;
    if (clock->sleep != system_sleep) {
        clock->sleep(clock, ns);
        return;
    }
    /* In naps, so that a cancelled run does not sit out a long Retry-After. */
    int64_t until = system_monotonic(clock) + ns;
    while (!atomic_load_explicit(&ctx->run->cancelled, memory_order_relaxed)) {
        int64_t left = until - system_monotonic(clock);
        if (left <= 0)
            return;
        system_sleep(clock, left < nap ? left : nap);
    }
}

void tl_time_text(char out[21], int64_t ns)
{
    int64_t seconds = ns / second_ns;
    struct tm at;

    if (ns % second_ns < 0)
        seconds--;
    time_t time = (time_t)seconds;
    gmtime_r(&time, &at);
    strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &at);
}

/* What nanoseconds in 64 bits can hold: the years 1684 to 2255. */
#define MOST_SECONDS INT64_C(9000000000)

bool tl_time_read(int64_t *ns, const char *text)
{
    struct tm tm = { 0 };
    int n = 0;

    *ns = 0;
    if (!text ||
        sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6 ||
        n != 20 || text[n] != '\0')
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    int64_t seconds = timegm(&tm);
    if (seconds < -MOST_SECONDS || seconds > MOST_SECONDS)
        return false;
    *ns = seconds * 1000000000;
    return true;
}
