/*
 * What is known of one column and of the decision on it, in one form: filled from the log (why_log.c) or by asking its source (why_now.c),
 * shown by why_show.c. Private to cmd_why.c and these.
 */
#ifndef TL_CLI_WHY_H
#define TL_CLI_WHY_H

#include "cli/pipeline.h"
#include "lineage/log/evidence.h"

/* A tag as it stands: the log's belief, or what was settled just now. */
struct tl_why_tag {
    const char *info_type, *category;
    const char *actor, *word; /* of a person's word: who, and the reason */
    const char *against; /* likewise: what a scan now decides otherwise; NULL: nothing */
    const char *run, *span; /* hex; NULL where nothing was logged */
    int64_t since;          /* ns; 0: now */
    const char *
        inside; /* where in the values it stands; "" for anywhere; NULL: it is the value */
    const struct tl_step *path; /* of a carried one, the origin first */
    uint32_t n_path;
    unsigned confidence;
    uint8_t sensitivity, state, origin;
};

/* Texts live in the context's arena, or in the scan. */
struct tl_why {
    const char *shown; /* the column for people */
    const char *key;   /* the same as a COLUMN argument takes it */
    const char *kind;  /* "table" */
    const char *native_type;
    int64_t rows; /* of the dataset; -1: not known */
    int8_t nullable;
    bool is_magnitude; /* `rows` is an order of magnitude */
    bool is_gone;      /* from its source */
    bool is_file;      /* that no log is about */
    bool is_unknown;
    bool is_silent; /* nothing spoke and nothing was counted: `decisions` says nothing */
    uint8_t sample_state;
    uint32_t sampled_rows;
    const char *sample_why;
    const struct tl_decisions *decisions; /* NULL: the log has no decision on it */
    uint32_t column;                      /* in `decisions` */
    unsigned floor;                       /* per mille; 0: not told */
    const char *rules_digest;
    struct tl_why_tag *tags; /* the one that counts most first */
    uint32_t n_tags;
    const struct tl_log_evidence
        *evidence; /* NULL: there is no log, or it does not know the column */
    const struct tl_trials *trials; /* NULL: from the log alone */
    const char
        *difference;     /* what the log has otherwise; NULL: nothing, or no evidence */
    struct tl_scan scan; /* what `decisions` and `trials` live in */
};
void tl_why_release(struct tl_why *why);

/* From the log alone. */
int tl_why_logged(struct tl_why *out, const struct tl_belief_hit *hit,
                  const struct tl_belief *belief, struct tl_log *log, struct tl_ctx *ctx);

/*
 * By reading it now. The column is the belief's `hit` (NULL: none) or what `text` stands for in `systems`: its end, or where
 * `is_plain`, the name of a field. `config` says how to read and decide. TL_ENOTFOUND, TL_EUSAGE with the candidates, or why it
 * cannot be told.
 */
struct tl_why_question {
    const struct tl_config *config;
    const struct tl_system *systems;
    size_t n_systems;
    const char *text;
    bool is_plain;
    const struct tl_belief_hit *hit;
    const struct tl_belief *belief;
};
int tl_why_asked(struct tl_why *out, const struct tl_why_question *question,
                 struct tl_ctx *ctx);

/*
 * Compares what was asked now with what is logged, into `why->difference`, and adds the tags that stand there whatever the rules say: a
 * person's, and carried ones. `logged` is of the same column and outlives `why`.
 */
void tl_why_compare(struct tl_why *why, const struct tl_why *logged, struct tl_ctx *ctx);

/* `all`: also the types of which no value fits. */
void tl_why_show(const struct tl_why *why, bool all, struct tl_ctx *ctx);
void tl_why_json(const struct tl_why *why, bool all, struct tl_ctx *ctx);

/* One sentence: why the column was decided so, or could not be. */
const char *tl_why_sentence(const struct tl_why *why, struct tl_ctx *ctx);

#endif
