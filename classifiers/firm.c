/*
 * When a small sample is enough. It errs towards reading more: what is not plainly settled is not firm.
 */
#include "classifiers/engine.h"

enum {
    VALUES_LEAST = 50, /* fewer say little, however much they agree */
    SURE = 900,        /* per mille: of a tag, and of the values that hold it */
    NEAR = 300,        /* a runner-up that comes so near may yet win */
    CODES_MOST = 20,   /* distinct values among many: codes, not text */
};

static bool is_text(uint8_t logical)
{
    return logical == TL_LOGICAL_TEXT || logical == TL_LOGICAL_UNKNOWN;
}

static bool is_document(uint8_t logical)
{
    return logical == TL_LOGICAL_JSON || logical == TL_LOGICAL_ARRAY ||
           logical == TL_LOGICAL_RECORD || logical == TL_LOGICAL_BYTES;
}

static bool is_firm(const struct tl_decisions *decisions,
                    const struct tl_decision *decision, uint8_t logical)
{
    if (decision->state == TL_UNKNOWN || is_document(logical) ||
        decision->runner_up_confidence >= NEAR)
        return false;
    if (decision->sampled < VALUES_LEAST)
        return false;
    for (uint32_t i = 0; i < decision->n_tags; i++) {
        const struct tl_tag *tag = &decisions->tags[decision->first_tag + i];
        if (tag->confidence < SURE || tag->share < SURE || tag->is_inside)
            return false;
    }
    return decision->n_tags || !is_text(logical) ||
           (decision->distinct <= CODES_MOST &&
            decision->sampled >= 4 * decision->distinct);
}

bool tl_decisions_are_firm(const struct tl_decisions *decisions,
                           const struct tl_snapshot *snapshot,
                           struct tl_dataset_id dataset)
{
    const struct tl_dataset *of = &snapshot->datasets.items[dataset.i];

    for (uint32_t c = 0; c < decisions->n_columns; c++)
        if (!is_firm(decisions, &decisions->columns[c],
                     snapshot->columns.items[of->first_column + c].logical))
            return false;
    return true;
}
