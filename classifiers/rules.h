/*
 * What the engine is made of, for its own files only: compiled rules, the index of column names, drafts of packs.
 * Nothing here is seen outside classifiers/.
 */
#ifndef TL_CLASSIFIERS_RULES_H
#define TL_CLASSIFIERS_RULES_H

#include "classifiers/decoders.h"
#include "classifiers/engine.h"
#include "classifiers/form.h"
#include "classifiers/gazetteer.h"
#include "classifiers/names.h"
#include "classifiers/nature.h"
#include "classifiers/nested.h"
#include "classifiers/subject.h"
#include "classifiers/validators.h"

#include "base/rx.h"

#define TL_RULES_MOST 1024 /* types over all packs */
#define TL_REAL_SHARE                                                                    \
    50 /* per mille: fewer values of a type that no name speaks for are noise */
#define TL_NAMED_SHARE 100   /* per mille: fewer values that fit refute a name */
#define TL_VALUE_MOST  4096  /* bytes: a longer value matches no whole-value pattern */
#define TL_SEARCH_MOST 65536 /* bytes: how far into a value a search looks */

enum tl_letter_case { TL_ANY_CASE, TL_LOWER_CASE, TL_UPPER_CASE };

/* A list of words that values are looked up in: folded, lower case. */
struct tl_vocabulary {
    const char *name;
    struct tl_map words;
    const struct tl_gazetteer *list; /* one that is in the binary; NULL: `words` */
};

/* One info type, compiled. Rule i is about engine->types[i]. */
struct tl_rule {
    const struct tl_info_type *type;
    const char
        *opinions[TL_FROM_VALIDATOR + 1]; /* "core/email_address#name", by evidence */
    uint32_t order;                       /* place in its pack: earlier wins a tie */
    struct tl_rx *value;                  /* whole value; NULL: none */
    struct tl_rx *named_value; /* whole value, where the name speaks for it; NULL: none */
    struct tl_rx *search;      /* anywhere in a value; NULL: not searched */
    struct tl_form value_form, named_form,
        search_form; /* what these three say of texts */
    const struct tl_validator *validator;
    const struct tl_decoder *decoder; /* counts facts of its values; NULL: none */
    double prior;
    double search_prior;                /* the same of text that is searched */
    uint32_t least_length, most_length; /* bytes, of a whole value */
    struct tl_byte_set needs, only; /* bytes a whole value must hold; bytes it may hold */
    struct tl_byte_set search_needs; /* bytes without which a search finds nothing */
    uint32_t least_digits;           /* of whole values and finds */
    uint32_t logicals;               /* bit 1 << enum tl_logical: types it can live in */
    uint16_t least_share;            /* per mille of the values, for the name to stand */
    uint16_t least_distinct;         /* valid values, for values alone to prove */
    uint16_t family;                 /* types of the same shape; 0: none */
    int specialises;                 /* rule that it replaces where both hold; -1: none */
    uint8_t letter_case; /* settles between equally named types of its family */
    bool is_personal;    /* false: it competes, and a column it wins gets no tag */
    bool needs_name;     /* values alone never prove it */
    bool
        needs_people; /* a name alone does not: the table must be about people, or the words known */
    const struct tl_vocabulary *vocabulary;
    uint16_t
        vocabulary_share; /* per mille of the matching values that must hold a known word */
    uint16_t
        vocabulary_proves; /* likewise, where so many known words are proof without a name; 0: never */
    struct tl_map
        sentinels; /* values that are no evidence: opt-outs, digests of nothing */
    const uint16_t
        *siblings; /* rules: a column of one of them beside this one supports it */
    uint32_t n_siblings;
    const uint32_t *against; /* words (tl_names) in a column's name that rule it out */
    uint32_t n_against;
    const uint32_t *tables,
        *not_tables; /* words of a table's name that support it, or rule it out */
    uint32_t n_tables, n_not_tables;
    const char *
        person_category; /* where the name or table speaks of people; NULL: the type's own */
    uint8_t person_sensitivity;
    int8_t
        thing_sensitivity; /* in a table of places and organizations; -1: the type's own */
    struct tl_rx
        *coarse; /* values of lower precision: coordinates of two decimals; NULL: none */
    uint16_t coarse_share; /* per mille of the values that must be so */
    const char *coarse_category;
    uint8_t coarse_sensitivity;
};

struct tl_category {
    const char *key, *summary;
    uint8_t sensitivity;
    struct tl_list gdpr, ccpa, tcf;
};

struct tl_engine {
    struct tl_arena *arena;
    struct tl_pack *packs;
    size_t n_packs;
    struct tl_info_type *types; /* by name */
    struct tl_rule *rules;      /* likewise */
    uint32_t n_types;
    struct tl_names names;
    struct tl_category *categories;
    uint32_t n_categories;
    struct tl_vocabulary *vocabularies;
    uint32_t n_vocabularies;
    TL_VEC(struct tl_carry_rule) carry; /* later packs first */
    struct tl_prefilter *prefilter;
    unsigned floor;
    struct tl_consent_terms consent;
    char digest[65];
};

struct tl_profile {
    const struct tl_engine *engine;
    uint64_t on[TL_RULES_MOST / 64]; /* bit i: rule i */
    uint32_t n_on;
    char digest[65];
};
static inline bool tl_rule_is_on(const struct tl_profile *profile, uint32_t rule)
{
    return !profile || (profile->on[rule >> 6] >> (rule & 63) & 1);
}

/* Index of the rule, or -1. */
int tl_rule_find(const struct tl_engine *engine, const char *info_type);
int tl_category_find(const struct tl_engine *engine, const char *key);

/* Reads the built-in packs and the user's, compiles them into `engine`, runs every example. */
int tl_packs_load(struct tl_engine *engine, const struct tl_engine_settings *settings,
                  struct tl_ctx *ctx);
void tl_packs_release(struct tl_engine *engine);
/* The same from given texts, instead of the built-in ones. For the loader and its tests. */
struct tl_pack_draft;
struct tl_pack_text {
    const char *path, *text;
    size_t n;
    const struct tl_pack_draft
        *draft;         /* as the build has read `text`; NULL: it is read now */
    const char *digest; /* SHA-256 of `text`, hex, where there is a draft */
};
int tl_packs_compile(struct tl_engine *engine, const struct tl_pack_text *texts, size_t n,
                     const struct tl_list *without, struct tl_ctx *ctx);

/* Adds a pack's rules for carrying, once types are compiled. `types` has every info type of all packs, switched off ones too. */
int tl_carry_add(struct tl_engine *engine, const struct tl_pack_draft *pack,
                 const struct tl_map *types, struct tl_ctx *ctx);

/* ---- one value against one rule ---- */

/* What can be said of a value without a regex. */
struct tl_shape {
    struct tl_byte_set present;
    size_t n;
    size_t digits;
    bool is_cut;
};
void tl_shape_of(struct tl_shape *out, const char *bytes, size_t n, bool is_cut);

/* Whether the whole value is one of this type (sentinels are not). `is_named`: the column's name speaks for the type. */
bool tl_rule_takes(const struct tl_rule *rule, const char *bytes,
                   const struct tl_shape *shape, bool is_named, struct tl_rx_scratch *rx);
/* The weaker form that suffices where the name speaks for the type. */
bool tl_rule_takes_named(const struct tl_rule *rule, const char *bytes,
                         const struct tl_shape *shape, struct tl_rx_scratch *rx);
/* First valid one inside, from `from` on. */
bool tl_rule_finds(const struct tl_rule *rule, const char *bytes,
                   const struct tl_shape *shape, size_t from, size_t *begin, size_t *end,
                   struct tl_rx_scratch *rx);
bool tl_rule_is_sentinel(const struct tl_rule *rule, const char *bytes, size_t n);
/* A word of the value (the first three) stands in the vocabulary. */
bool tl_vocabulary_knows(const struct tl_vocabulary *vocabulary, const char *bytes,
                         size_t n);

/* It holds a given name, or a word of a list that a user brought. */
bool tl_engine_knows_name(const struct tl_engine *engine, const char *bytes, size_t n);

/* ---- numbers ---- */

/* Lower end of the 95 % Wilson interval, per mille. 0 for n = 0. */
unsigned tl_wilson(uint64_t matched, uint64_t n);
/*
 * Whether chance alone, accepting with probability `prior`, gives at least `matched` of `n` so rarely that of a million columns of random values
 * one is mistaken, though each is tried for hundreds of types (Bonferroni's bound: each gets its part of the million).
 */
#define TL_TYPES_TRIED 256
bool tl_beats_chance(uint64_t matched, uint64_t n, double prior);

/* ---- columns ---- */

#define TL_HITS_MOST                                                                     \
    96 /* types one column name may speak for: "national_id" does for those of forty countries */

/* A distinct value of a column: trimmed, and without the ".0" that numbers get on their way through floats. */
struct tl_distinct {
    const char *bytes;
    uint32_t n;
    uint32_t rows;
    bool is_cut;
};

/* One type that may stand on the column, and what speaks for it. */
struct tl_candidate {
    uint16_t rule;
    uint8_t strength; /* enum tl_strength */
    bool is_weak, is_denied, is_commented;
    const char *
        guess; /* rule of the engine's own that speaks for it: a key to people; NULL: none */
    bool is_one_word;   /* of the name */
    uint8_t first, end; /* its tokens */
    bool needs_known;   /* the vocabulary must know the values */
    bool
        is_bare; /* nothing stands before it in the name but whom it is about: user_name, c_name; not day_name */
    bool has_sibling, has_table; /* support */
    bool is_doubted;   /* the table is about something else: only full proof counts */
    bool is_dead;      /* cannot be: its reason is `against` */
    uint8_t against;   /* enum tl_evidence, of a dead or refuted one */
    const char *veto;  /* rule by which its values cannot be that; NULL: none */
    bool only_inside;  /* the column's type lets it only be searched */
    bool beats_chance; /* distinct valid values that chance would not give */
    bool is_proven;    /* values alone suffice */
    /* rows and distinct values: whole and strict; in the weaker form only; inside; sentinels; known to the vocabulary */
    uint32_t taken, taken_distinct, named, named_distinct, inside, inside_distinct,
        sentinels, known_distinct;
    uint32_t give_ups;          /* values on which a pattern reached a limit */
    uint32_t own, own_distinct; /* rows and values left to it within its family */
    /* finds where the column is about something else: inside its values, or whole ones that a search knows too */
    uint32_t strays, strays_distinct;
    bool is_stray;     /* only these prove it */
    uint8_t place;     /* as in struct tl_trial */
    uint32_t agreeing; /* rows that its family holds */
    uint16_t confidence;
};

/* Of the dataset that is being decided. */
struct tl_surroundings {
    const struct tl_engine *engine;
    uint16_t *columns_of; /* by rule: columns whose name speaks for it */
    struct tl_words table;
    uint32_t n_table_words;
    struct tl_subject subject;
    bool is_thing_table; /* the subject's kind */
};

/* Of the column that is being decided. */
struct tl_evidence_of {
    struct tl_tokens tokens;
    struct tl_words words;
    uint8_t logical;
    uint32_t sampled, nulls; /* blank values count as nulls */
    bool is_boolean;         /* all values are yes and no */
    bool has_given_up;       /* some pattern reached a limit on some value */
    unsigned nature;         /* enum tl_nature bits; 0: not looked at yet */
    bool has_values;
    bool
        is_empty; /* every row was read and none has a value here: a name alone proposes nothing */
    bool is_person_key; /* a foreign key to a table of people */
    bool is_person;     /* another column of the dataset, or its name, is about people */
    TL_VEC(struct tl_distinct) distinct;
    TL_VEC(struct tl_candidate) candidates;
    TL_VEC(uint64_t)
    bits; /* per distinct value: taken, named, inside; `stride` words each */
    uint32_t stride;
    TL_VEC(uint32_t) slots; /* of the table that finds distinct values */
};

enum tl_hit_bits { TL_BITS_TAKEN, TL_BITS_NAMED, TL_BITS_INSIDE };

struct tl_engine_scratch {
    struct tl_rx_scratch *rx;
    const struct tl_profile *profile; /* the question's */
    struct tl_evidence_of evidence;
    struct tl_surroundings around;
    TL_VEC(struct tl_name_hit) hits; /* of all columns of the dataset */
    TL_VEC(uint32_t) first_hit;      /* by column, and one more */
    TL_VEC(uint16_t) columns_of;
    TL_VEC(struct tl_opinion) opinions;
    TL_VEC(struct tl_tag) tags;
    TL_VEC(struct tl_fact) facts;
    struct tl_decoding *decoding; /* made when the first column needs it */
    int64_t now;                  /* the question's */
    struct tl_nested nested;
    struct tl_engine_scratch
        *inner; /* for what values hold; made when the first column needs it */
};

/* A table is about people when columns name them, date them or let them sign in; shops have addresses and telephones too. */
bool tl_type_is_of_people(const struct tl_info_type *type);
/* Makes a name words: those of the column that is looked at. */
void tl_column_tokens(struct tl_engine_scratch *scratch, const struct tl_engine *engine,
                      const char *name, size_t n);
/* Finds what they speak for: adds the hits of one column more. */
void tl_column_names(struct tl_engine_scratch *scratch, const struct tl_engine *engine);
/* Counts the hits of column `column` among the surroundings. */
void tl_column_count(struct tl_engine_scratch *scratch, const struct tl_engine *engine,
                     size_t column);
/* Room for a count by rule, the scratch's. */
uint16_t *tl_columns_of(struct tl_engine_scratch *scratch,
                        const struct tl_engine *engine);
/* Makes the candidates of column `column`: what its name or comment speaks for, and what values alone can prove. */
void tl_column_gather(struct tl_engine_scratch *scratch, const struct tl_engine *engine,
                      uint32_t column, const char *comment);
/*
 * Opens the values of the column that was settled last and decides what stands inside, path by path, like columns of a dataset;
 * the strongest tag of each type is added to its own, and what was said of it. Only what is personal or secret is told.
 */
void tl_column_inside(struct tl_decision *out, struct tl_engine_scratch *scratch,
                      const struct tl_engine *engine, const struct tl_sample *sample,
                      uint32_t column, struct tl_arena *into);

/* Collects the column's values: trims, drops blanks, counts distinct ones. */
void tl_column_values(struct tl_evidence_of *evidence, const struct tl_sample *sample,
                      uint32_t column);
/* Tries every candidate on every distinct value. */
void tl_column_match(struct tl_evidence_of *evidence, const struct tl_engine *engine,
                     struct tl_rx_scratch *rx);
bool tl_column_bit(const struct tl_evidence_of *evidence, enum tl_hit_bits which,
                   size_t value, size_t candidate);

/* Weighs the candidates, settles the tags, appends opinions and tags. */
void tl_column_settle(struct tl_decision *out, struct tl_engine_scratch *scratch,
                      const struct tl_engine *engine);

/* Appends a tag to those from `first` on: what stands inside first, then by share, so that the dominant type is last. */
void tl_tags_add(struct tl_engine_scratch *scratch, size_t first, struct tl_tag tag);

/* Counts what the decoders of the types `chosen` (candidates) find in the column's values; appends facts, by name. */
void tl_column_facts(struct tl_decision *out, struct tl_engine_scratch *scratch,
                     const struct tl_engine *engine, const uint16_t *chosen, size_t n);

/* What became of each candidate of the column that was settled last; `decision` is what came of it. */
void tl_column_trials(struct tl_trials *out, const struct tl_decision *decision,
                      const struct tl_engine_scratch *scratch,
                      const struct tl_engine *engine, struct tl_arena *into);

/* What its values look like. */
void tl_column_looks(struct tl_trials *out, const struct tl_evidence_of *evidence,
                     struct tl_arena *into);

/* Marks (one byte each, not 0; NULL: none) the bytes of `text` that may be personal. Returns whether there are any. */
bool tl_fit_mark(unsigned char *marks, const struct tl_engine *engine, const char *text,
                 size_t n, struct tl_rx_scratch *rx);

#endif
