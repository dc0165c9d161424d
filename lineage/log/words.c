/*
 * People's words on one dataset, laid over its state in the order in which they were said. Each has a span line of its own.
 */
#include "lineage/log/entry.h"

#include "base/ctx.h"

static int apply_word(struct tl_state_file *state, size_t i, const struct tl_merge *merge,
                      struct tl_trail *trail, struct tl_ctx *ctx)
{
    const struct tl_word *word = &merge->entry->words[i];
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);
    struct tl_state_tag *tag = NULL;
    char span[17];

    tl_key_add(&name, &word->key);
    tl_str_addf(&name, " word %zu", i);
    tl_merge_span_of(span, merge, name.text, name.n);
    tl_str_release(&name);
    int rc =
        tl_merge_word(&tag, state, word, tl_arena_strdup(merge->into, span), merge, ctx);
    return rc < 0 || !trail ? rc : tl_spans_word(trail, merge, word, tag, ctx);
}

int tl_words_apply(struct tl_state_file *state, const struct tl_visit *visit,
                   const struct tl_merge *merge, struct tl_trail *trail,
                   struct tl_ctx *ctx)
{
    int rc = TL_OK;

    for (size_t i = 0; rc == TL_OK && i < visit->n_words; i++)
        rc = apply_word(state, visit->words[i], merge, trail, ctx);
    return rc;
}
