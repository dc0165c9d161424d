/*
 * The log as a git repository: opening, its lock, the tip, reading objects, moving the ref. Says nothing of what the objects mean.
 * Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_STORE_H
#define TL_LINEAGE_LOG_STORE_H

#include "base/file.h"
#include "lineage/log/log.h"
#include "lineage/log/pack.h"

#include <git2.h>

#define TL_LOG_FORMAT "tagline-log 1\n"
#define TL_LOG_BRANCH "refs/heads/main"

struct tl_log {
    git_repository *repo;
    char *path;              /* as it was given, for messages */
    char *folder;            /* the git directory, ends in '/' */
    struct tl_belief belief; /* commit "" while none was read */
    bool is_settled;         /* an entry stands on `belief`: it may not be read anew */
    void *map;               /* the index that `belief` points into; NULL: none */
    size_t n_map;
    struct tl_sha1
        belief_tree; /* id of the state/ tree it was made from; all zero: no such tree */
};

/* Records `code` with libgit2's words behind ours. */
int tl_git_fail(struct tl_ctx *ctx, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct tl_tip {
    git_oid id;
    git_commit *commit;
    git_tree *root;
    struct tl_sha1 state; /* id of state/; all zero: there is none */
};
/* Reads the tip; TL_ELOG when it cannot be. Release with tl_tip_release (also after a failure). */
int tl_tip_read(struct tl_tip *tip, struct tl_log *log, struct tl_ctx *ctx);
void tl_tip_release(struct tl_tip *tip);
/* The same of a commit of main that need not be the tip any more. */
int tl_tip_read_at(struct tl_tip *tip, struct tl_log *log, const struct tl_sha1 *commit,
                   struct tl_ctx *ctx);

/* Whether `path` stands in the tree; `id` may be NULL. */
bool tl_tree_has(git_oid *id, const git_tree *root, const char *path);
/* Appends the file's bytes. TL_ELOG when it is not there. */
int tl_tree_read(struct tl_str *out, const git_tree *root, const char *path,
                 struct tl_ctx *ctx);

/*
 * refs/heads/main from `from` to `to`. TL_EBUSY when it stood elsewhere. On a failure it has not moved, unless
 * `*is_in_doubt`: it could not be looked at.
 */
int tl_tip_move(bool *is_in_doubt, struct tl_log *log, const git_oid *from,
                const struct tl_sha1 *to, struct tl_ctx *ctx);

/* ---- the lock: lock.c ---- */

/*
 * Takes <git directory>/tagline/lock, waiting up to `wait_ns`, and sweeps what a writer that died with it left behind.
 * TL_EBUSY names the process that holds it. `*fd` is given back with tl_log_unlock.
 */
int tl_log_lock(int *fd, struct tl_log *log, int64_t wait_ns, struct tl_ctx *ctx);
/* Writes down, before it is done, what the next one would have to undo: this pack, unless the tip holds this commit. */
int tl_log_lock_note(int fd, const char *pack, const struct tl_sha1 *commit,
                     struct tl_ctx *ctx);
void tl_log_unlock(int fd);

#endif
