/*
 * What one run did, by name: the belief before it and after it laid side by side, and what its spans say of losses, verdicts and SQL. Not
 * the belief itself, and no more than `most` of each kind. Used by cli/.
 */
#ifndef TL_LINEAGE_LOG_CHANGES_H
#define TL_LINEAGE_LOG_CHANGES_H

#include "lineage/log/log.h"

enum tl_change_kind {
    TL_DATASET_NEW,
    TL_DATASET_GONE,
    TL_TAG_NEW, /* found */
    TL_TAG_CHANGED,
    TL_TAG_WITHDRAWN,
    TL_TAG_SAID, /* a person's word */
    TL_TAG_GONE, /* with its column, or for another that a person set */
    TL_CARRIED_NEW,
    TL_CARRIED_CHANGED,
    TL_CARRIED_GONE,
    TL_FLOW_NEW, /* an edge */
    TL_FLOW_GONE,
    TL_PROBLEM_NEW, /* SQL that was not understood */
    TL_CHANGE_KINDS
};

/* Texts live in the context's arena; NULL where the kind has none. */
struct tl_run_change {
    const char *dataset, *path; /* key text, field path */
    const char *info_type;
    const char *
        from; /* of a carried tag the column where it set out, of an edge its source: key text with field */
    const char *from_type; /* of a carried tag: what it is there */
    const char *why;       /* of a carried tag that is gone, of a problem */
    const char *query; /* of an edge, of a problem; NULL: the dataset's own view SQL */
    uint32_t line, column;
    uint16_t confidence, confidence_was;
    uint8_t state, was; /* enum tl_state, TL_NOTHING: none */
    uint8_t effect, edge_kind;
};

struct tl_run_changes {
    size_t n[TL_CHANGE_KINDS]; /* how many there are */
    struct tl_run_change
        *items[TL_CHANGE_KINDS]; /* the first of them, tl_run_changes_held() many */
    struct tl_verdicts verdicts; /* without steps and counts */
    size_t most;
};
/* How many of a kind `items` holds. */
size_t tl_run_changes_held(const struct tl_run_changes *changes,
                           enum tl_change_kind kind);

/*
 * Reads the two versions of every state file that the run changed, and its spans where they have more to say. Release it, also after a
 * failure. TL_ELOG where the log is damaged.
 */
int tl_run_changes_read(struct tl_run_changes *out, size_t most,
                        const struct tl_log_run *run, struct tl_log *log,
                        struct tl_ctx *ctx);
void tl_run_changes_release(struct tl_run_changes *changes);

/* Appends the text of a rule pack of the run: rules/<digest>.yaml at its commit. TL_ELOG where it is not there. */
int tl_run_rule(struct tl_str *out, const struct tl_log_run *run, const char *digest,
                struct tl_log *log, struct tl_ctx *ctx);

#endif
