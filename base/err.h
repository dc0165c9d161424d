/*
 * What can go wrong: one list of kinds, each with its exit code, and the first cause of a failure.
 * The kind says whether trying again can help; the text says what and why; the hint says what to do. Used everywhere.
 */
#ifndef TL_BASE_ERR_H
#define TL_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

struct tl_ctx;

/* X(kind, value, exit code, what the kind means) */
#define TL_CODES(X)                                                                      \
    X(EUSAGE, -1, 2, "the command line was not understood")                              \
    X(ECONFIG, -2, 2, "the configuration was not understood")                            \
    X(ENOTFOUND, -3, 2, "there is no such thing")                                        \
    X(EINPUT, -4, 3, "the input is malformed")                                           \
    X(EREMOTE, -5, 3, "the other side failed; trying again may help")                    \
    X(EREFUSE, -6, 3, "the other side refused; trying again will not help")              \
    X(EAUTH, -7, 3, "the other side does not know us")                                   \
    X(ELIMIT, -8, 3, "a ceiling was reached")                                            \
    X(ESOURCE, -9, 3, "a source could not be read")                                      \
    X(ELOG, -10, 4, "the log is damaged or is not a log of ours")                        \
    X(EBUSY, -11, 5, "somebody else holds it; trying again later will help")             \
    X(EWRITE, -12, 5, "could not write")                                                 \
    X(EINTERNAL, -13, 5, "a mistake of our own")                                         \
    X(ECANCEL, -14, 5, "stopped by the user")

enum tl_code {
    TL_OK = 0,
#define TL_CODE_ENUM(name, value, exit_code, text) TL_##name = (value),
    TL_CODES(TL_CODE_ENUM)
#undef TL_CODE_ENUM
};

/* The first cause and its hint. Owned by whoever made the context; text lives in the struct and needs no freeing. */
struct tl_error {
    int code;
    char text[1024];
    char hint[512];
};

/*
 * Records a failure and returns `code`, so that `return tl_fail(ctx, TL_EREMOTE, ...)` is the whole sentence.
 * Lower case, no full stop, names in single quotes, never a secret or a sampled value; control characters
 * of arguments are shown escaped. If a cause is recorded already, that one is kept and its code returned.
 */
int tl_fail(struct tl_ctx *ctx, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says what to do about the failure that is about to be (or was just) recorded. The first hint is kept. */
void tl_hint(struct tl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Puts "where: " in front of the recorded cause. For callers that know the place but not the reason. Returns its code;
 * where nobody recorded a cause, that is recorded as TL_EINTERNAL.
 */
int tl_explain(struct tl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets the recorded failure: it was handled. */
void tl_error_clear(struct tl_error *error);

/* "EREMOTE" for TL_EREMOTE; the meaning; the exit code (0 for TL_OK). Unknown codes count as EINTERNAL. */
const char *tl_code_name(int code);
const char *tl_code_text(int code);
int tl_code_exit(int code);

/* Whether trying the same again may help. */
bool tl_code_is_passing(int code);

#endif
