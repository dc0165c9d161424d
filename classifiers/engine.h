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
#define TL_DECISION_VERSION 1

struct tl_engine_settings {
    struct tl_list
        packs; /* paths of the user's own packs, read after ours: a type of the same name replaces ours */
    struct tl_list without; /* info types switched off */
    unsigned
        floor; /* per mille: below it nothing is proposed; 0 takes the built-in floor */
};

/* Reads and checks the packs (ours are in the binary). A wrong pack: TL_ECONFIG with file, line, column. Shared by threads. */
int tl_engine_open(struct tl_engine **out, const struct tl_engine_settings *settings,
                   struct tl_ctx *ctx);
void tl_engine_close(struct tl_engine *engine); /* NULL is fine */

/* What one thread needs beside the engine. */
struct tl_engine_scratch;
struct tl_engine_scratch *tl_engine_scratch_open(void);
void tl_engine_scratch_close(struct tl_engine_scratch *scratch);

struct tl_question {
    const struct tl_snapshot *snapshot;
    struct tl_dataset_id dataset;
    const struct tl_sample *sample; /* state TL_SAMPLE_NONE: names only */
    struct tl_engine_scratch *scratch;
};

/* Decides all columns of one dataset. The arrays of `out` come from `into`. The same question gives the same bytes. */
int tl_engine_decide(struct tl_decisions *out, const struct tl_engine *engine,
                     const struct tl_question *question, struct tl_arena *into,
                     struct tl_ctx *ctx);

/* One sentence, for people: why column `i` was decided so. Names, counts and types only. */
void tl_engine_why(struct tl_str *out, const struct tl_decisions *decisions, uint32_t i);

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

/* ---- for listings ---- */

struct tl_pack {
    const char *name; /* "core" */
    unsigned version;
    const char *path; /* "built in" or a file */
    const char *text; /* YAML, as read */
    size_t n;
    char digest[65]; /* SHA-256 of `text`, hex */
};
struct tl_info_type {
    const char *name, *category, *summary, *pack;
    uint8_t sensitivity;
    struct tl_list names,
        not_names;         /* column names it knows; words that speak against it */
    const char *value;     /* PCRE of a whole value; NULL: names only */
    const char *validator; /* NULL: none */
    unsigned
        prior_ppm; /* share of random data of that shape that would pass, in parts per million */
    struct tl_list gdpr, ccpa, tcf; /* legal class */
    struct tl_list match, no_match; /* examples */
};
size_t tl_engine_packs(const struct tl_pack **out, const struct tl_engine *engine);
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
