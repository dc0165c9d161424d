/*
 * Any bytes: as JSON they are read or refused; what was read is written canonically, and reading that again gives the same
 * bytes. As text they come back through the writer unchanged.
 */
#include "base/ctx.h"
#include "base/json.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(const char *bytes, size_t n, struct tl_ctx *ctx)
{
    struct tl_str written = TL_STR_INIT(TL_STR_MOST);
    struct tl_str back = TL_STR_INIT(TL_STR_MOST);

    for (int ascii = 0; ascii < 2; ascii++) {
        json_t *tree;
        tl_str_clear(&written);
        tl_str_clear(&back);
        if (ascii)
            tl_json_add_ascii(&written, bytes, n);
        else
            tl_json_add_text(&written, bytes, n);
        must(tl_json_parse(&tree, written.text, written.n, "text", ctx) == 0);
        tl_json_unescape_bytes(&back, json_string_value(tree), json_string_length(tree));
        must(back.n == n && memcmp(back.text, bytes, n) == 0);
        json_decref(tree);
    }
    tl_str_release(&written);
    tl_str_release(&back);
}

static void check_tree(const char *bytes, size_t n, struct tl_ctx *ctx)
{
    struct tl_str once = TL_STR_INIT(TL_STR_MOST);
    struct tl_str twice = TL_STR_INIT(TL_STR_MOST);
    json_t *tree;

    if (tl_json_parse(&tree, bytes, n, "fuzz", ctx)) {
        must(ctx->error.code != 0 && ctx->error.text[0]);
        tl_error_clear(&ctx->error);
        return;
    }
    tl_json_add_tree(&once, tree);
    json_decref(tree);
    must(!once.failed);
    /* A real that is integral comes back as an integer, which beyond 64 bits jansson does not hold. */
    if (tl_json_parse(&tree, once.text, once.n, "canonical", ctx) == 0) {
        tl_json_add_tree(&twice, tree);
        json_decref(tree);
        must(twice.n == once.n && memcmp(twice.text, once.text, once.n) == 0);
    }
    tl_error_clear(&ctx->error);
    tl_str_release(&once);
    tl_str_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct tl_run run;
    struct tl_ctx ctx;

    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    check_text((const char *)bytes, n, &ctx);
    check_tree((const char *)bytes, n, &ctx);
    tl_ctx_release(&ctx);
    return 0;
}
