/*
 * Reads the values of a policy file: each function takes one key of a mapping, and says file, line, column and what was expected where
 * it finds something else. An absent key leaves `out` as it is. Private to policies/.
 */
#ifndef TL_POLICIES_READ_H
#define TL_POLICIES_READ_H

#include "base/option.h"

struct tl_arena;

struct tl_policy_reader {
    struct tl_arena *arena; /* texts are kept here */
    struct tl_yaml yaml;
    struct tl_ctx *ctx;
};

/* Words of a fixed list. */
struct tl_policy_words {
    const char *const *items;
    size_t n;
    const char *what; /* for messages: "effect"; of keys, what has them: "a rule" */
};
#define TL_POLICY_WORDS(list, word)                                                      \
    {                                                                                    \
        (list), sizeof(list) / sizeof *(list), (word)                                    \
    }

/* enum tl_dataset_kind, enum tl_effect less TL_NO_EFFECT (the first is TL_KEEPS), enum tl_sensitivity */
extern const struct tl_policy_words tl_policy_kinds, tl_policy_effects,
    tl_policy_sensitivities;

/* Items of one list, at most. */
#define TL_POLICY_LIST_MOST 1000
/* Bytes of one text, at most. */
#define TL_POLICY_TEXT_MOST 4000

int tl_policy_wrong(const struct tl_policy_reader *reader, struct tl_mark at,
                    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* With the nearest known word as hint. */
int tl_policy_unknown(const struct tl_policy_reader *reader, struct tl_mark at,
                      const char *word, const struct tl_policy_words *known);

/* `object`, which stands at `at`, must be a mapping whose keys are all among `known`. */
int tl_policy_keys(const struct tl_policy_reader *reader, const json_t *object,
                   struct tl_mark at, const struct tl_policy_words *known);

/* What a text may be made of. */
enum tl_policy_form {
    TL_FORM_FREE,     /* any text without control characters but line feeds */
    TL_FORM_LINE,     /* one line */
    TL_FORM_ID,       /* lower case letters, digits, '-' and '_', at most 64 */
    TL_FORM_CATEGORY, /* fideslang key: letters, digits, '_', '-', '<', '>', parted by dots */
    TL_FORM_GLOB,     /* no '/': matched as one level */
    TL_FORM_PATH,     /* a glob over a dataset's key, or a key */
};
int tl_policy_text(const char **out, const struct tl_policy_reader *reader,
                   const json_t *object, const char *key, enum tl_policy_form form);
/* A list of texts, or one text; never empty. */
int tl_policy_texts(struct tl_list *out, const struct tl_policy_reader *reader,
                    const json_t *object, const char *key, enum tl_policy_form form);
/* A list of words, or one, as bits by their place in `known`. */
int tl_policy_bits(unsigned *out, const struct tl_policy_reader *reader,
                   const json_t *object, const char *key,
                   const struct tl_policy_words *known);
/* One word, as its place in `known`. */
int tl_policy_choice(int *out, const struct tl_policy_reader *reader,
                     const json_t *object, const char *key,
                     const struct tl_policy_words *known);
int tl_policy_flag(bool *out, const struct tl_policy_reader *reader, const json_t *object,
                   const char *key);
/* 0 to 1, as per mille. */
int tl_policy_share(uint16_t *out, const struct tl_policy_reader *reader,
                    const json_t *object, const char *key);
/* 1 to `most`. */
int tl_policy_count(int64_t *out, const struct tl_policy_reader *reader,
                    const json_t *object, const char *key, int64_t most);
/* The value as a list of mappings: `*n` of them, one where it stands alone. */
int tl_policy_list(const json_t **out, size_t *n, const struct tl_policy_reader *reader,
                   const json_t *object, const char *key);

/* Item `i` of the value of `key`, which may be a list or stand alone; and its place. */
const json_t *tl_policy_item(const json_t *object, const char *key, size_t i);
struct tl_mark tl_policy_item_at(const struct tl_policy_reader *reader,
                                 const json_t *object, const char *key, size_t i);

#endif
