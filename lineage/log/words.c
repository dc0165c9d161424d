/*
 * People's words: the state file of each dataset that was spoken of is read, changed and written once, in the order of the keys;
 * several words on one dataset apply in the order in which they were said.
 */
#include "lineage/log/entry.h"

#include "base/ctx.h"

struct said {
    struct tl_key key; /* of the dataset */
    size_t i;          /* of the word */
};

static int by_key(const void *a, const void *b)
{
    const struct said *left = a, *right = b;
    int order = tl_key_compare(&left->key, &right->key);

    return order ? order : (left->i > right->i) - (left->i < right->i);
}

static int apply_word(struct tl_writing *writing, struct tl_state_file *state, size_t i,
                      struct tl_ctx *ctx)
{
    const struct tl_word *word = &writing->entry->words[i];
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);
    struct tl_state_tag *tag = NULL;
    char span[17];

    tl_key_add(&name, &word->key);
    tl_str_addf(&name, " word %zu", i);
    tl_merge_span_of(span, &writing->merge, name.text, name.n);
    tl_str_release(&name);
    int rc = tl_merge_word(&tag, state, word, tl_arena_strdup(writing->passing, span),
                           &writing->merge, ctx);
    return rc < 0 ? rc : tl_spans_word(&writing->trail, &writing->merge, word, tag, ctx);
}

static int apply_words(struct tl_writing *writing, const struct said *said, size_t n,
                       struct tl_ctx *ctx)
{
    const struct tl_belief *belief = writing->merge.belief;
    const struct tl_belief_dataset *old = tl_belief_find(belief, &said->key);
    struct tl_state_file state;

    if (!old) {
        struct tl_str name = TL_STR_INIT(TL_STR_MOST);
        tl_key_add(&name, &said->key);
        int rc = tl_fail(ctx, TL_ENOTFOUND, "the log knows no dataset '%s'", name.text);
        tl_str_release(&name);
        return rc;
    }
    uint32_t place = (uint32_t)(old - belief->datasets);
    int rc = tl_writing_read(&state, writing, place, ctx);
    for (size_t i = 0; rc == TL_OK && i < n; i++)
        rc = apply_word(writing, &state, said[i].i, ctx);
    if (rc == TL_OK)
        rc = tl_writing_put(writing, &state, place, false, ctx);
    tl_arena_reset(writing->passing);
    return rc;
}

int tl_writing_words(struct tl_writing *writing, struct tl_ctx *ctx)
{
    size_t n = writing->entry->n_words;
    struct said *said = tl_alloc(n, sizeof *said);
    int rc = TL_OK;

    for (size_t i = 0; i < n; i++) {
        said[i].key = writing->entry->words[i].key;
        said[i].key.field = NULL;
        said[i].i = i;
    }
    qsort(said, n, sizeof *said, by_key);
    for (size_t i = 0, end; rc == TL_OK && i < n; i = end) {
        for (end = i + 1; end < n && tl_key_compare(&said[i].key, &said[end].key) == 0;)
            end++;
        rc = apply_words(writing, said + i, end - i, ctx);
    }
    tl_free(said);
    return rc;
}
