/*
 * Decides what a column holds: asks the rules cheap to dear, weighs their opinions, settles tags, and can say why. Sees
 * samples and lets nothing of them out but counts and masked shapes. Knows nothing of logs, connectors or people's words.
 */
#ifndef TL_CLASSIFIERS_ENGINE_H
#define TL_CLASSIFIERS_ENGINE_H

#include "base/model.h"
#include "base/option.h"

struct tl_arena;
struct tl_ctx;
struct tl_engine;

/* Grows whenever the same evidence could be decided otherwise. Goes into the log. */
#define TL_DECISION_VERSION 3

/*
 * What consent strings are asked for: a vendor's number in the Global Vendor List, and the legal bases it declared there (bit p - 1
 * is purpose p; TCF 2). Of a purpose that is in neither list either basis is taken; a flexible one may change its basis where a publisher
 * restricts it.
 */
struct tl_consent_terms {
    uint32_t vendor; /* 0: nobody in particular */
    uint32_t consent, legitimate_interest, flexible;
};

struct tl_engine_settings {
    struct tl_list
        packs; /* paths of the user's own packs, read after ours: a type of the same name replaces ours */
    struct tl_list without; /* info types switched off */
    unsigned
        floor; /* per mille: below it nothing is proposed; 0 takes the built-in floor */
    struct tl_consent_terms consent;
};

/* Reads and checks the packs (ours are in the binary). A wrong pack: TL_ECONFIG with file, line, column. Shared by threads. */
int tl_engine_open(struct tl_engine **out, const struct tl_engine_settings *settings,
                   struct tl_ctx *ctx);
void tl_engine_close(struct tl_engine *engine); /* NULL is fine */

/*
 * Which of the engine's types are on for one source. A type that is off is as if no pack had it; a pack without `locales` is about all
 * countries. What an extension (`extends: true`) adds stays on with the type. Words of any letter case.
 */
struct tl_switches {
    struct tl_list only;    /* packs that are on; empty: all */
    struct tl_list without; /* packs and info types that are off */
    struct tl_list
        locales; /* countries: packs that are only about others are off; empty: all are on */
};
struct tl_profile;
/* TL_ECONFIG with the nearest word for one that names nothing. The engine must outlive it. Shared by threads. */
int tl_profile_open(struct tl_profile **out, const struct tl_engine *engine,
                    const struct tl_switches *switches, struct tl_ctx *ctx);
void tl_profile_close(struct tl_profile *profile); /* NULL is fine */
bool tl_profile_has(const struct tl_profile *profile,
                    const char *info_type); /* NULL: all are on */
/* SHA-256 over the engine's digest and what is off; the engine's own where nothing is. */
const char *tl_profile_digest(const struct tl_profile *profile);

/* What one thread needs beside the engine. */
struct tl_engine_scratch;
struct tl_engine_scratch *tl_engine_scratch_open(void);
void tl_engine_scratch_close(struct tl_engine_scratch *scratch);

struct tl_question {
    const struct tl_snapshot *snapshot;
    struct tl_dataset_id dataset;
    const struct tl_sample *sample; /* state TL_SAMPLE_NONE: names only */
    struct tl_engine_scratch *scratch;
    const struct tl_profile *profile; /* NULL: all types are on */
    int64_t
        now; /* ns since 1970: what the age of consent is counted from; 0: no facts of age */
};

/*
 * Decides all columns of one dataset, what stands inside their values (nested.h), and how far its rows can be told apart (kanon.h). The
 * arrays of `out` come from `into`. The same question gives the same bytes. What needs several datasets is proof.h's.
 */
int tl_engine_decide(struct tl_decisions *out, const struct tl_engine *engine,
                     const struct tl_question *question, struct tl_arena *into,
                     struct tl_ctx *ctx);

/*
 * Whether a larger sample could not well say otherwise: every column is settled with next to all of its values, or holds what needs no
 * more looking at (numbers, dates, a few codes). Free text and documents never are: what few rows hold shows in many only.
 */
bool tl_decisions_are_firm(const struct tl_decisions *decisions,
                           const struct tl_snapshot *snapshot,
                           struct tl_dataset_id dataset);

/* One sentence, for people: why column `i` was decided so. Names, counts and types only. */
void tl_engine_why(struct tl_str *out, const struct tl_decisions *decisions, uint32_t i);
/* The same of one type: all that was said of it on column `i`; nothing where nothing was. */
void tl_engine_story(struct tl_str *out, const struct tl_decisions *decisions, uint32_t i,
                     const char *info_type);

/* One fact in words: "412 of 500 permit purpose 1 to the vendor". */
void tl_fact_sentence(struct tl_str *out, const struct tl_fact *fact);
/* The names of all facts that can be counted. Returns how many; the array in the arena. */
size_t tl_fact_names(const char *const **out, struct tl_arena *arena);

/* ---- what was tried and came to nothing ---- */

/* What became of a type that was tried on a column. */
enum tl_fate {
    TL_FATE_SETTLED,
    TL_FATE_NOT_PERSONAL, /* settled, and nobody's: no tag */
    TL_FATE_OUTDONE,      /* other types explain the values that fit */
    TL_FATE_WEAK,         /* something speaks for it, too little to propose it */
    TL_FATE_REFUTED, /* name or comment speak for it, the evidence against weighs more */
    TL_FATE_CHANCE,  /* some values fit, as chance may have it */
    TL_FATE_IMPOSSIBLE, /* a word of the name, the table, the column's type or values that are yes and no rule it out */
    TL_FATE_NO_MATCH,   /* no value fits */
    TL_FATES
};
/* "settled", "not_personal", "outdone", "weak", "refuted", "chance", "impossible", "no_match" */
const char *tl_fate_word(int fate);

struct tl_trial {
    const char *info_type;
    const char *rule; /* the one whose word decided its fate, as in struct tl_opinion */
    uint8_t fate;     /* enum tl_fate */
    uint8_t evidence; /* enum tl_evidence, that rule's */
    bool is_runner_up;
    uint8_t
        place; /* among the first three that came next: 1 is the runner-up; 0: not among them */
    bool is_named, is_commented; /* the name or the comment speaks for it */
    bool is_inside;      /* the values were searched: `matched` hold it, none is it */
    uint16_t confidence; /* per mille */
    /* values looked at (constants that stand for nobody left out), those that fit, distinct ones among these, those that no better type took */
    uint32_t tried, matched, distinct, own;
    uint32_t sentinels; /* the constants that were left out */
    uint16_t bound;     /* lower end of the 95 % interval of matched / tried, per mille */
    uint16_t
        least_share; /* per mille of the values that must fit where the name speaks for it */
    uint16_t least_distinct; /* distinct values that must fit where values alone speak */
    unsigned prior_ppm;      /* share of random data that fits, in parts per million */
};
/*
 * How values look without a letter or a digit of them: each run of letters (and of bytes beyond ASCII) is '*', each run of digits '#', a few
 * signs stand for themselves, any other is '?'. Only what TL_LOOK_LEAST different values share is told.
 */
#define TL_LOOK_LEAST 5
struct tl_look {
    const char *text; /* "*.#@*.*" */
    uint32_t rows, distinct;
};

struct tl_trials {
    struct tl_trial *items; /* by fate, then surest, then most values, then name */
    uint32_t n;
    struct tl_look *looks; /* the most frequent, at most three */
    uint32_t n_looks;
    uint32_t
        n_untried; /* types that were not asked: they need a name that speaks for them */
    struct tl_whatif *
        changes; /* what would change it: classifiers/whatif.h; NULL where nobody asked */
    uint32_t n_changes;
};
/*
 * Every type that was tried on column `column` and what became of it: the whole of what tl_engine_decide keeps the telling part of.
 * Decides the column again, equally. Arrays come from `into`.
 */
int tl_engine_trials(struct tl_trials *out, const struct tl_engine *engine,
                     const struct tl_question *question, uint32_t column,
                     struct tl_arena *into, struct tl_ctx *ctx);

/* One sentence, for people: why it came to nothing, with what it would have taken. */
void tl_trial_why(struct tl_str *out, const struct tl_trial *trial);

/* Per mille below which nothing is proposed; the built-in one. */
#define TL_BUILT_IN_FLOOR 550
unsigned tl_engine_floor(const struct tl_engine *engine);

/*
 * Says whether a sample is the one that was seen before: a digest of the columns' values as multisets, nested like HMAC
 * (RFC 2104) under the log's secret key, because a bare digest of a small table could be guessed back into its values.
 */
#define TL_SAMPLE_KEY_BYTES 32
void tl_sample_digest(char out[65], const struct tl_sample *sample,
                      const unsigned char key[TL_SAMPLE_KEY_BYTES]);

/* Text that people or schemas wrote (a comment, a reason), fit to be logged: itself, or masked where it may hold personal data. */
const char *tl_engine_fit(const struct tl_engine *engine, const char *text,
                          struct tl_engine_scratch *scratch, struct tl_arena *into);

/*
 * The type of people's data that a single text is, or holds (an address within a sentence), by its form and check digits alone: of several
 * the one that random texts pass least. NULL: none that a value can prove without a column's name.
 */
const struct tl_info_type *tl_engine_text_type(const struct tl_engine *engine,
                                               const char *text, size_t n,
                                               struct tl_engine_scratch *scratch);

/*
 * Patterns that reached a limit on some value since the engine was opened: they can backtrack without end, and what they would have said
 * of that value is not known. A column on which nothing else settled is TL_UNKNOWN. The array comes from `into`.
 */
struct tl_give_up {
    const char *pack, *info_type;
    const char *key; /* "value", "named_value", "search", "coarse" */
};
size_t tl_engine_give_ups(struct tl_give_up **out, const struct tl_engine *engine,
                          struct tl_arena *into);

/* ---- for listings ---- */

struct tl_pack {
    const char *name; /* "core" */
    unsigned version;
    const char *path; /* "built in" or a file */
    const char *text; /* YAML, as read */
    size_t n;
    char digest[65];        /* SHA-256 of `text`, hex */
    struct tl_list locales; /* ISO 3166-1 alpha-2, lower case, it is about; empty: all */
};
struct tl_info_type {
    const char *name, *category, *summary, *pack;
    uint8_t sensitivity;
    struct tl_list names,
        not_names; /* column names it knows; words that speak against it */
    struct tl_list weak_names, lead_names, known_names;
    const char *value; /* PCRE of a whole value; NULL: names only */
    const char
        *named_value, /* PCRE of a whole value where the name speaks for it; NULL: none */
        *search;      /* PCRE of a find in text; NULL: not searched, or as `value` */
    const char *family, *specialises; /* NULL: none */
    const char
        *replaces; /* pack whose type of this name it took the place of; NULL: none */
    struct tl_list extended_by; /* packs that added to it */
    bool needs_name;            /* values alone never prove it */
    const char *validator;      /* NULL: none */
    const char *decoder;        /* what counts facts in its values; NULL: none */
    const char *source;         /* where its form is laid down; NULL: not told */
    bool
        is_quasi; /* singles people out together with others (gender, postal code, birth year); alone it does not */
    unsigned
        prior_ppm; /* share of random data of that shape that would pass, in parts per million */
    struct tl_list gdpr, ccpa, tcf; /* legal class */
    struct tl_list match, no_match; /* examples */
};
size_t tl_engine_packs(const struct tl_pack **out, const struct tl_engine *engine);

/* What may stand in a pack, or in a type, for help. Returns how many were written. */
struct tl_pack_key {
    const char *name, *takes, *help; /* lower case, no full stop */
};
size_t tl_pack_keys(struct tl_pack_key *out, size_t most, bool of_types);

size_t tl_engine_types(const struct tl_info_type **out,
                       const struct tl_engine *engine); /* by name */
const struct tl_info_type *tl_engine_type(const struct tl_engine *engine,
                                          const char *name); /* NULL: unknown */
/* What tags become on their way along edges: the `carry:` section of the packs, later packs first. */
size_t tl_engine_carry_rules(const struct tl_carry_rule **out,
                             const struct tl_engine *engine);
/* SHA-256 over all packs, settings and TL_DECISION_VERSION: equal digests decide equally. */
const char *tl_engine_digest(const struct tl_engine *engine);

#endif
