/*
 * Any bytes as a rule pack: compiled or refused with a place, and what was compiled can be tried on values.
 */
#include "base/ctx.h"
#include "classifiers/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void try_rules(const struct tl_engine *engine, const char *bytes, size_t n)
{
    struct tl_rx_scratch *rx = tl_rx_scratch_open();
    struct tl_shape shape;
    size_t looked = n < 200 ? n : 200;

    tl_shape_of(&shape, bytes, looked, false);
    for (uint32_t i = 0; i < engine->n_types && i < 8; i++) {
        size_t begin;
        size_t end;

        tl_rule_takes(&engine->rules[i], bytes, &shape, true, rx);
        tl_rule_takes_named(&engine->rules[i], bytes, &shape, rx);
        tl_rule_finds(&engine->rules[i], bytes, &shape, 0, &begin, &end, rx);
    }
    tl_rx_scratch_close(rx);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct tl_engine *engine = tl_alloc(1, sizeof *engine);
    struct tl_pack_text text = { "fuzz.yaml", (const char *)bytes, n };

    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    engine->arena = tl_arena_open();
    engine->floor = TL_BUILT_IN_FLOOR;
    tl_names_init(&engine->names, engine->arena);
    if (!tl_packs_compile(engine, &text, 1, NULL, &ctx))
        try_rules(engine, (const char *)bytes, n);
    else if (!ctx.error.code || !ctx.error.text[0])
        abort();
    tl_engine_close(engine);
    tl_ctx_release(&ctx);
    return 0;
}
