/*
 * What tests are written with: a list of sentences, assertions that print both sides and the context's error. CUnit runs them.
 * A test program ends in TL_TESTS(suite, TEST(a_thing_holds), ...); arguments filter by part of the name.
 */
#ifndef TL_TESTS_CHECK_H
#define TL_TESTS_CHECK_H

#include "base/ctx.h"

#include <stdbool.h>
#include <stddef.h>

struct tl_test {
    const char *name;
    void (*body)(void);
};
int tl_test_main(const char *suite, const struct tl_test *tests, size_t n, int argc,
                 char **argv);

/* clang-format off */
#define TEST(f) { #f, f }
/* clang-format on */
#define TL_TESTS(suite, ...)                                                             \
    int main(int argc, char **argv)                                                      \
    {                                                                                    \
        static const struct tl_test tests[] = { __VA_ARGS__ };                           \
        return tl_test_main(suite, tests, sizeof tests / sizeof *tests, argc, argv);     \
    }

/* Each records a failure and lets the test go on; all evaluate their arguments once. They answer whether the check held. */
bool tl_check(bool holds, const char *what, const char *file, int line);
bool tl_check_int(long long got, long long want, const char *what, const char *file,
                  int line);
bool tl_check_text(const char *got, const char *want, const char *what, const char *file,
                   int line);
bool tl_check_has(const char *text, const char *part, const char *what, const char *file,
                  int line);
/* rc is 0 and no error is recorded; or rc is `want`, the recorded code is the same and has a text. The latter clears it. */
bool tl_check_ok(int rc, struct tl_ctx *ctx, const char *what, const char *file,
                 int line);
bool tl_check_fails(int rc, int want, const char *part, struct tl_ctx *ctx,
                    const char *what, const char *file, int line);

#define CHECK(x) tl_check((x), #x, __FILE__, __LINE__)
#define CHECK_INT(got, want)                                                             \
    tl_check_int((long long)(got), (long long)(want), #got, __FILE__, __LINE__)
#define CHECK_TEXT(got, want) tl_check_text((got), (want), #got, __FILE__, __LINE__)
#define CHECK_HAS(text, part) tl_check_has((text), (part), #text, __FILE__, __LINE__)
#define CHECK_OK(x, ctx)      tl_check_ok((x), (ctx), #x, __FILE__, __LINE__)
/* fails with code `want`, and the message contains `part` */
#define CHECK_FAILS(x, want, part, ctx)                                                  \
    tl_check_fails((x), (want), (part), (ctx), #x, __FILE__, __LINE__)

/* A root context with a fixed clock (2026-01-02T03:04:05Z) and no words; and a fresh folder that goes with the process. */
void tl_test_ctx_init(struct tl_ctx *ctx);
void tl_test_ctx_release(struct tl_ctx *ctx);
const char *tl_test_folder(void);

#endif
