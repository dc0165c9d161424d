/*
 * Rule packs as they are written: every value read and checked for its form, nothing compiled, nothing looked up. Read from YAML by
 * draft.c; of the built-in packs the build has made constants in the program (make_tables.c), so that no YAML is read at start-up.
 * pack.c makes rules of them, and cannot tell the one from the other but that constants know no places in a file.
 */
#ifndef TL_CLASSIFIERS_DRAFT_H
#define TL_CLASSIFIERS_DRAFT_H

#include "base/model.h"
#include "base/option.h"
#include "base/yaml.h"

#include <stdbool.h>
#include <stdint.h>

struct tl_arena;
struct tl_ctx;

#define TL_PACK_BYTES_MOST ((size_t)4 << 20)
#define TL_PACK_VALUE_MOST 4096 /* bytes: the longest whole value that a type can be of */

/* A type. A list whose items are NULL is not written; an empty one that is written has items. */
struct tl_draft {
    const char *info_type, *summary, *category, *sensitivity, *value, *named_value,
        *validator;
    const char *family, *specialises, *letter_case, *vocabulary, *needs, *only,
        *search_needs, *decoder, *origin;
    struct tl_list names, weak_names, lead_names, known_names, not_names, logical,
        sentinels, siblings, tables, not_tables;
    struct tl_draft_search {
        bool is_on;
        const char *pattern; /* NULL: made from `value` */
    } search;
    bool needs_name, needs_people, personal, quasi;
    bool extends; /* adds to the type that an earlier pack has, instead of replacing it */
    double prior, search_prior; /* the latter 0: the former */
    int64_t share, distinct, digits, vocabulary_share, vocabulary_proves, length[2];
    struct tl_list law[3]; /* GDPR, CCPA, TCF: instead of the category's */
    struct {
        bool is_on;
        const char *category, *sensitivity;
    } person;
    const char *thing_sensitivity;
    struct {
        const char *value, *category; /* NULL: none */
        double share;
    } coarse;
    struct tl_list match, no_match;
    uint32_t order; /* place in its pack */
    const struct tl_pack_draft *pack;
    const json_t *object; /* for places only */
};

struct tl_category_draft {
    const char *key, *summary;
    uint8_t sensitivity;
    struct tl_list law[3];
};

struct tl_vocabulary_draft {
    const char *name;
    struct tl_list words;
};

/* An entry of `carry:`. */
struct tl_carry_draft {
    uint8_t effect; /* enum tl_effect */
    uint16_t share; /* per mille */
    const char *to, *sensitivity;
    struct tl_list from, functions;
    const json_t *object;
    struct tl_mark at;
};

/* Words of one flag. */
enum tl_word_list {
    TL_DENY_WORDS,
    TL_PEOPLE_WORDS,
    TL_TAIL_WORDS,
    TL_THING_WORDS,
    TL_WORD_LISTS
};
/* "deny_words" ... */
const char *tl_word_list_key(int list);

struct tl_pack_draft {
    const char *name;
    unsigned version;
    struct tl_list locales;
    struct tl_list words[TL_WORD_LISTS];
    const struct tl_vocabulary_draft *vocabularies;
    const struct tl_category_draft *categories;
    const struct tl_draft *types;
    const struct tl_carry_draft *carry;
    uint32_t n_vocabularies, n_categories, n_types, n_carry;
    struct tl_yaml yaml; /* with a root where it was read of YAML; always with a path */
};

/*
 * Reads a pack. What `out` points at comes from `into` and from out->yaml, which is to be released after use, an error or not. A mistake:
 * TL_ECONFIG with its place.
 */
int tl_draft_read(struct tl_pack_draft *out, const char *text, size_t n, const char *path,
                  struct tl_arena *into, struct tl_ctx *ctx);

/* ---- saying what is wrong, and where ---- */

/* Of item `i` under a key, or of the key's value where it is no list; nowhere for a constant. */
struct tl_mark tl_draft_mark(const struct tl_pack_draft *pack, const json_t *object,
                             const char *key, size_t i);
/* "unknown <what> '<word>'", with the nearest known word as a hint. */
int tl_draft_unknown(const struct tl_pack_draft *pack, struct tl_mark at,
                     struct tl_ctx *ctx, const char *what, const char *word,
                     const char *const *known, size_t n);
int tl_draft_unknown_sensitivity(const struct tl_pack_draft *pack, struct tl_mark at,
                                 struct tl_ctx *ctx, const char *word);

#endif
