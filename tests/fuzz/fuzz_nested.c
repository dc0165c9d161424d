/*
 * Any bytes as a column whose lines are values: opened twice, they give the same leaves; bounds hold; every value is closed by a NUL; and no
 * path holds what a word of a schema does not.
 */
#include "base/ctx.h"
#include "classifiers/engine.h"
#include "classifiers/nested.h"

#define ROWS 64u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_path(const char *path)
{
    unsigned digits = 0;

    for (const char *c = path; *c; c++) {
        digits = *c >= '0' && *c <= '9' ? digits + 1 : 0;
        must(*c != '@' && digits < 4);
    }
}

static void check(const struct tl_nested *nested)
{
    size_t bytes = 0;

    must(nested->leaves.n <= TL_NESTED_PATHS && nested->opened <= ROWS);
    must(nested->nodes.n <= TL_NESTED_KEYS * 2);
    for (size_t i = 0; i < nested->leaves.n; i++) {
        const struct tl_leaf *leaf = &nested->leaves.items[i];

        check_path(leaf->path);
        must(leaf->n && leaf->rows <= nested->opened);
        for (uint32_t v = 0; v < leaf->n; v++) {
            must(leaf->values[v].bytes && !leaf->values[v].bytes[leaf->values[v].n]);
            bytes += leaf->values[v].n;
        }
    }
    must(bytes <= (size_t)2 * TL_NESTED_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct tl_run run;
    static struct tl_ctx ctx;
    static struct tl_engine *engine;
    static struct tl_nested nested[2];
    struct tl_value values[ROWS];
    struct tl_sample sample = { .state = TL_SAMPLE_READ,
                                .n_columns = 1,
                                .values = values };

    if (!engine) {
        tl_clock_init_fixed(&run.clock, 0);
        tl_ctx_init(&ctx, &run);
        must(tl_engine_open(&engine, NULL, &ctx) == TL_OK);
    }
    for (size_t from = 0; from < n && sample.n_rows < ROWS;) {
        const uint8_t *end = memchr(bytes + from, '\n', n - from);
        size_t length = end ? (size_t)(end - bytes) - from : n - from;

        values[sample.n_rows++] = (struct tl_value){ (const char *)bytes + from,
                                                     (uint32_t)length, length % 7 == 6 };
        from += length + 1;
    }
    for (int i = 0; i < 2; i++)
        tl_nested_open(&nested[i], engine, &sample, 0);
    check(&nested[0]);
    must(nested[0].leaves.n == nested[1].leaves.n);
    for (size_t i = 0; i < nested[0].leaves.n; i++)
        must(!strcmp(nested[0].leaves.items[i].path, nested[1].leaves.items[i].path) &&
             nested[0].leaves.items[i].n == nested[1].leaves.items[i].n);
    tl_nested_is_likely(&sample, 0);
    return 0;
}
