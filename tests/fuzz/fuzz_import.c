/*
 * Any bytes as other programs' rules: refused with a cause, or a pack that our own reader takes. Also as a pattern: the lint and the trees
 * must hold whatever PCRE2 does. The first byte chooses.
 */
#include "base/ctx.h"
#include "classifiers/draft.h"
#include "classifiers/import.h"
#include "classifiers/lint.h"
#include "classifiers/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void try_import(const char *text, size_t n, enum tl_pack_format format,
                       struct tl_ctx *ctx)
{
    struct tl_str pack = TL_STR_INIT(TL_IMPORT_BYTES_MOST);
    struct tl_import import;

    if (tl_import_pack(&pack, &import, text, n, "fuzz", format, ctx) == TL_OK) {
        struct tl_pack_draft draft;
        struct tl_arena *arena = tl_arena_open();

        if (tl_draft_read(&draft, pack.text, pack.n, "made", arena, ctx) != TL_OK)
            abort();
        tl_yaml_release(&draft.yaml);
        tl_arena_close(arena);
    } else if (!ctx->error.code || !ctx->error.text[0]) {
        abort();
    }
    tl_import_release(&import);
    tl_str_release(&pack);
}

static void try_pattern(const char *text, struct tl_ctx *ctx)
{
    struct tl_pattern tree;
    struct tl_chance chance;

    if (strlen(text) > 60)
        return;
    if (tl_pattern_parse(&tree, text, ctx->arena))
        tl_backtracking_of(text, strlen(text) % 2);
    tl_chance_of_pattern(&chance, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;

    if (!n)
        return 0;
    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    const char *text = tl_arena_dup(ctx.arena, bytes + 1, n - 1);
    switch (bytes[0] % 4) {
    case 0:
        try_import(text, n - 1, TL_PACK_DATAHUB, &ctx);
        break;
    case 1:
        try_import(text, n - 1, TL_PACK_PRESIDIO, &ctx);
        break;
    case 2:
        try_import(text, n - 1, TL_PACK_CSV, &ctx);
        break;
    default:
        try_pattern(text, &ctx);
    }
    tl_ctx_release(&ctx);
    return 0;
}
