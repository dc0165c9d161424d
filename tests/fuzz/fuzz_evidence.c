/*
 * Any bytes as a span line that tells of a decision. Whatever is read of it can be put into words.
 */
#include "base/ctx.h"
#include "base/str.h"
#include "classifiers/engine.h"
#include "lineage/log/evidence_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct tl_log_evidence evidence = { .dataset_span = "00000000000000da",
                                        .span = "00000000000000c0" };
    struct tl_line line = { .begin = (const char *)bytes,
                            .end = (const char *)bytes + n };
    struct tl_str words = TL_STR_INIT(TL_STR_MOST);
    struct tl_run run;
    struct tl_ctx ctx;
    bool is_decided;

    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    if (tl_evidence_read(&evidence, &is_decided, &line, &ctx) == TL_OK && is_decided) {
        const struct tl_decisions *decisions = &evidence.decisions;
        tl_engine_why(&words, decisions, 0);
        for (uint32_t i = 0; i < decisions->n_opinions; i++)
            tl_engine_story(&words, decisions, 0, decisions->opinions[i].info_type);
        if (decisions->n_columns != 1 || (!evidence.span[0] && decisions->n_opinions))
            abort();
    }
    tl_str_release(&words);
    tl_ctx_release(&ctx);
    return 0;
}
