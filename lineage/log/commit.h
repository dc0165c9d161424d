/*
 * Commits of the log: their text, and what is read back from it. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_COMMIT_H
#define TL_LINEAGE_LOG_COMMIT_H

#include "lineage/log/pack.h"
#include "lineage/log/store.h"

struct tl_commit {
    struct tl_sha1 tree;
    const struct tl_sha1 *parent; /* NULL: the first one */
    const char *actor;            /* also stands in front of @tagline.invalid */
    int64_t when;                 /* ns */
    const char *subject;          /* one line */
    const char *body;             /* lines; NULL: none */
    const char *trailers;         /* "Name: value" lines */
};
int tl_commit_add(struct tl_sha1 *id, struct tl_pack *pack,
                  const struct tl_commit *commit, struct tl_ctx *ctx);

/* Steps to the commit before: NULL at the beginning. On a failure `*commit` stays. */
int tl_commit_back(git_commit **commit, struct tl_ctx *ctx);

/* The value of a trailer, copied to `out`; "" where there is none. Only the last paragraph of the message counts. */
void tl_commit_trailer(char *out, size_t room, const git_commit *commit,
                       const char *name);

/* runs/<yyyy>/<mm>/<dd>/<run>: the day is that of the commit, UTC. */
void tl_run_folder(struct tl_str *out, int64_t when, const char *run);

/* Fills `run` from a commit. Texts in the context's arena. */
void tl_commit_read(struct tl_log_run *run, const git_commit *commit, struct tl_ctx *ctx);

#endif
