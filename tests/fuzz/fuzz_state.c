/*
 * Any bytes as a state file. What is read must be written again and read back as the same file: the log's index is made from it.
 */
#include "base/ctx.h"
#include "base/str.h"
#include "lineage/log/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct tl_str first = TL_STR_INIT(TL_STR_MOST), second = TL_STR_INIT(TL_STR_MOST);
    struct tl_state_file state, again;
    struct tl_run run;
    struct tl_ctx ctx;

    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    if (tl_state_read(&state, (const char *)bytes, n, "fuzz", ctx.arena, &ctx) == TL_OK) {
        tl_state_path(&first, &state.key);
        tl_str_clear(&first);
        tl_state_write(&first, &state);
        if (tl_state_read(&again, first.text, first.n, "again", ctx.arena, &ctx) < 0)
            abort();
        tl_state_write(&second, &again);
        if (first.n != second.n || memcmp(first.text, second.text, first.n) != 0)
            abort();
    }
    tl_str_release(&first);
    tl_str_release(&second);
    tl_ctx_release(&ctx);
    return 0;
}
