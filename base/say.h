/*
 * Words to people, on standard error: notes, warnings, failures with hints, progress. Not the lineage log, not results.
 * Colour and progress only on a terminal, off with NO_COLOR, TERM=dumb, --no-color. Only base/say.c asks isatty.
 */
#ifndef TL_BASE_SAY_H
#define TL_BASE_SAY_H

#include <stdbool.h>
#include <stdio.h>

struct tl_ctx;
struct tl_error;

enum tl_paint { TL_PLAIN, TL_BOLD, TL_DIM, TL_RED, TL_YELLOW, TL_GREEN, TL_CYAN };

struct tl_say {
    FILE *words;        /* standard error */
    FILE *results;      /* standard output */
    bool quiet;         /* only warnings and failures */
    bool colour[2];     /* of results, of words */
    bool progress;      /* words go to a terminal */
    int width;          /* columns of results' terminal; 0 when it is none */
    long long began;    /* monotonic ns of the first progress call of a stage; 0 none */
    bool drawn;         /* a progress line stands on the terminal */
    long long drawn_at; /* monotonic ns of its last redraw; 0 none */
};

/* Looks at the terminal and the environment. `no_color` is the flag. */
void tl_say_init(struct tl_say *say, bool no_color, bool quiet);

/* One line each, without a line feed: control characters are shown escaped. */
void tl_note(const struct tl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void tl_warn(const struct tl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "tagline: what went wrong" and "hint: what to do". */
void tl_say_error(const struct tl_ctx *ctx, const struct tl_error *error);

/* A line that is redrawn in place, after a second, at most ten times a second: "reading shop  1,200 of 50,000". */
void tl_progress(const struct tl_ctx *ctx, const char *what, size_t done, size_t of);
void tl_progress_end(const struct tl_ctx *ctx);

/*
 * Asks a question that a 'y' or "yes" answers. 1: so it was answered; 0: anything else was; -1: there is nobody to ask, as standard
 * input or words go to no terminal.
 */
int tl_ask(const struct tl_ctx *ctx, const char *question);

/* Escape sequence for results (stdout) in that paint, or "" when colour is off. TL_PLAIN resets. */
const char *tl_paint(const struct tl_ctx *ctx, enum tl_paint paint);

/* 1234567 as "1,234,567"; `out` holds 27 bytes. Returns out. */
const char *tl_grouped(char out[27], long long n);

#endif
