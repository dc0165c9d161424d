/*
 * Time: wall time for records, monotonic time for durations, and a fixed clock for tests and replay.
 * Nothing else in the program asks the system for the time.
 */
#ifndef TL_BASE_CLOCK_H
#define TL_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct tl_ctx;

struct tl_clock {
    /* Nanoseconds since 1970-01-01T00:00Z. Each reading of a fixed clock is 1 ms after the one before. */
    int64_t (*wall)(struct tl_clock *clock);
    int64_t (*monotonic)(struct tl_clock *clock);
    void (*sleep)(struct tl_clock *clock,
                  int64_t ns); /* a fixed clock only steps forward */
    _Atomic int64_t fixed;     /* what a fixed clock shows next */
};

/* The system's clock; or, where TAGLINE_CLOCK holds seconds since 1970, a fixed clock that starts there. */
void tl_clock_init(struct tl_clock *clock);
void tl_clock_init_fixed(struct tl_clock *clock, int64_t start_ns);

int64_t tl_now(const struct tl_ctx *ctx);   /* wall, ns */
int64_t tl_ticks(const struct tl_ctx *ctx); /* monotonic, ns */
void tl_pause(const struct tl_ctx *ctx, int64_t ns);

/* RFC 3339 in UTC, whole seconds: "2026-11-20T18:04:05Z". `out` holds at least 21 bytes. */
void tl_time_text(char out[21], int64_t ns);
/* Reads that form and no other. False, and 0, where `text` (may be NULL) is none. */
bool tl_time_read(int64_t *ns, const char *text);

#endif
