/*
 * Makes the tree of a commit from the tree before it and a list of changed paths: only folders on a changed path are read and
 * written, all others keep their ids. Used by the log's writing side only.
 */
#ifndef TL_LINEAGE_LOG_TREE_H
#define TL_LINEAGE_LOG_TREE_H

#include "base/vec.h"
#include "lineage/log/pack.h"

#include <git2.h>
#include <stdbool.h>

struct tl_change {
    const char *path; /* "state/shop/main/users.json"; borrowed */
    struct tl_sha1 id;
    bool is_gone; /* the file is to go; fine when it is not there */
    bool is_new;  /* a file that stands there already is somebody else's: TL_EINPUT */
};

struct tl_changes {
    TL_VEC(struct tl_change) list;
};

/*
 * Applies the changes (sorted here; two of one path are TL_EINPUT) to the tree `old` (NULL: empty). `*out` gets the new tree's
 * id, which is written to the pack unless it is `old`. Folders that became empty go.
 */
int tl_tree_apply(struct tl_sha1 *out, struct tl_pack *pack, struct tl_changes *changes,
                  git_tree *old, struct tl_ctx *ctx);

#endif
