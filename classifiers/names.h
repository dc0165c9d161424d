/*
 * Column names as words: camelCase, snake_case, digits, plurals, accents; and an index that finds all types a name speaks
 * for with a few hash look-ups, however many types there are. Engine only.
 */
#ifndef TL_CLASSIFIERS_NAMES_H
#define TL_CLASSIFIERS_NAMES_H

#include "base/map.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TL_TOKENS_MOST 16
#define TL_NAME_BYTES                                                                    \
    224 /* of a longer name the last bytes count: its head stands there */

/* "userEmail2" is text "user_email_2": three tokens, so that any run of them is one piece of text. */
struct tl_tokens {
    char text[TL_NAME_BYTES + TL_TOKENS_MOST * 2 + 16];
    uint16_t at[TL_TOKENS_MOST], length[TL_TOKENS_MOST];
    uint16_t n;
    uint16_t segment; /* first token of the last level of a nested path */
};
void tl_tokens_of(struct tl_tokens *out, const char *name, size_t n);
/* Text that is no path: a comment, a value. '.' only separates; cut after TL_TOKENS_MOST words. Returns the bytes read. */
size_t tl_tokens_of_text(struct tl_tokens *out, const char *text, size_t n);

/*
 * A value's words in lower case and without marks, one blank between, uncut: "O'Brien-McDonald" is "o brien mcdonald". For lists of words
 * that stand as people write them. Writes at most `room` bytes, whole words; returns how many.
 */
size_t tl_fold_text(char *out, size_t room, const char *text, size_t n);

/* How a name speaks for a type, weakest first. */
enum tl_strength { TL_NAME_SILENT, TL_NAME_CONTAINS, TL_NAME_ENDS, TL_NAME_IS };

struct tl_name_hit {
    uint16_t rule;
    uint8_t strength; /* enum tl_strength */
    bool is_weak;     /* the word alone is not enough */
    bool needs_known; /* nor with anything but known words among the values */
    bool
        is_denied; /* another word says it is about the thing, not the thing: email_verified */
    uint8_t first, end; /* tokens */
};

enum tl_word_flags {
    TL_WORD_OF_PATTERN = 1,
    TL_WORD_DENIES = 2, /* flag, count, verified */
    TL_WORD_PEOPLE = 4, /* user, customer: whom the table is about */
    TL_WORD_TAIL = 8,   /* primary, old: says nothing when it stands last */
    TL_WORD_THING =
        16, /* store, warehouse: a table of places and organizations, whose addresses are nobody's */
};

enum tl_name_kind {
    TL_NAMES_STRONG,
    TL_NAMES_WEAK, /* the word alone is not enough */
    TL_NAMES_LEAD, /* also speaks where it stands first: id_cliente */
    TL_NAMES_KNOWN, /* weak, and only where the type's vocabulary knows the values: a column "author" */
    TL_NAMES_AFTER, /* only after a word for people, which becomes part of it: "@_number" is customer_number, and not number_employees */
    TL_NAMES_BEFORE, /* only before one: "numero_@" is numero_cliente */
};

struct tl_name_entry {
    uint16_t rule;
    uint8_t kind;  /* enum tl_name_kind */
    uint32_t next; /* in entries, 0: none */
};

struct tl_names {
    struct tl_map patterns; /* "user_email" -> entry */
    TL_VEC(struct tl_name_entry) entries;
    struct tl_map words; /* "email" -> place in flags */
    TL_VEC(uint8_t) flags;
    struct tl_arena *arena; /* borrowed: keeps keys */
};
void tl_names_init(struct tl_names *names, struct tl_arena *arena);
void tl_names_release(struct tl_names *names);
/* Makes room for n patterns to come. */
void tl_names_reserve(struct tl_names *names, size_t n);
/* A pattern as people write it, with '@' at its beginning or end one of the last two kinds; false when there is no word in it or more than eight. */
bool tl_names_add(struct tl_names *names, const char *pattern, uint16_t rule,
                  enum tl_name_kind kind);
/* One word gets flags (0: only a number). UINT32_MAX when it is not exactly one word. */
uint32_t tl_names_word(struct tl_names *names, const char *word, unsigned flags);

struct tl_words {
    uint32_t ids[TL_TOKENS_MOST]; /* UINT32_MAX: unknown */
    uint8_t flags[TL_TOKENS_MOST];
    const uint64_t
        *on; /* bit i: rule i may be spoken for; NULL (what tl_names_words sets): all */
};
void tl_names_words(struct tl_words *out, const struct tl_names *names,
                    const struct tl_tokens *tokens);
/* Splits tokens that are two known words glued together: useremail. */
void tl_names_unglue(struct tl_tokens *tokens, const struct tl_names *names);

/* All types the tokens speak for, the best hit of each; a hit inside a longer one does not count. Returns how many. */
size_t tl_names_match(struct tl_name_hit *out, size_t most, const struct tl_names *names,
                      const struct tl_tokens *tokens, const struct tl_words *words);

#endif
