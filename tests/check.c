#include "tests/check.h"

#include "base/say.h"

#include <CUnit/CUnit.h>
#include <CUnit/Basic.h>
#include <ftw.h>
#include <stdint.h>
#include <unistd.h>

static char folders[64][64];
static unsigned n_folders;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static void remove_folders(void)
{
    for (unsigned i = 0; i < n_folders; i++)
        nftw(folders[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *tl_test_folder(void)
{
    if (n_folders == 0)
        atexit(remove_folders);
    if (n_folders == sizeof folders / sizeof *folders)
        abort();
    char *folder = folders[n_folders++];
    snprintf(folder, sizeof folders[0], "/tmp/tagline-test-XXXXXX");
    if (!mkdtemp(folder))
        abort();
    return folder;
}

void tl_test_ctx_init(struct tl_ctx *ctx)
{
    struct tl_run *run = tl_alloc(1, sizeof *run);

    tl_clock_init_fixed(&run->clock, INT64_C(1767323045) * 1000000000);
    tl_ctx_init(ctx, run);
}

void tl_test_ctx_release(struct tl_ctx *ctx)
{
    struct tl_run *run = ctx->run;

    tl_ctx_release(ctx);
    tl_free(run);
}

static bool report(bool holds, const char *text, const char *file, int line)
{
    CU_assertImplementation(holds, (unsigned)line, text, file, "", CU_FALSE);
    return holds;
}

bool tl_check(bool holds, const char *what, const char *file, int line)
{
    return report(holds, what, file, line);
}

bool tl_check_int(long long got, long long want, const char *what, const char *file,
                  int line)
{
    char text[512];

    snprintf(text, sizeof text, "%s is %lld, not %lld", what, got, want);
    return report(got == want, text, file, line);
}

bool tl_check_text(const char *got, const char *want, const char *what, const char *file,
                   int line)
{
    char text[4096];
    bool same = got && want ? strcmp(got, want) == 0 : got == want;

    snprintf(text, sizeof text, "%s is\n  '%s'\n, not\n  '%s'", what,
             got ? got : "(null)", want ? want : "(null)");
    return report(same, text, file, line);
}

bool tl_check_has(const char *text, const char *part, const char *what, const char *file,
                  int line)
{
    char words[4096];

    snprintf(words, sizeof words, "%s is\n  '%s'\n, without\n  '%s'", what,
             text ? text : "(null)", part);
    return report(text && strstr(text, part), words, file, line);
}

bool tl_check_ok(int rc, struct tl_ctx *ctx, const char *what, const char *file, int line)
{
    char text[2048];

    snprintf(text, sizeof text, "%s gave %d (%s): %s", what, rc, tl_code_name(rc),
             ctx->error.text);
    return report(rc == 0 && ctx->error.code == 0, text, file, line);
}

bool tl_check_fails(int rc, int want, const char *part, struct tl_ctx *ctx,
                    const char *what, const char *file, int line)
{
    char text[4096];
    bool as_told = rc == want && ctx->error.code == want && ctx->error.text[0] &&
                   (!part || strstr(ctx->error.text, part));

    snprintf(text, sizeof text, "%s gave %d, recorded %d: '%s' (wanted %d with '%s')",
             what, rc, ctx->error.code, ctx->error.text, want, part ? part : "");
    tl_error_clear(&ctx->error);
    return report(as_told, text, file, line);
}

static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strstr(name, argv[i]))
            return true;
    return argc < 2;
}

int tl_test_main(const char *suite, const struct tl_test *tests, size_t n, int argc,
                 char **argv)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite s = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        if (is_wanted(tests[i].name, argc, argv))
            CU_add_test(s, tests[i].name, tests[i].body);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures();
    unsigned run = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failed || !run;
}
