/*
 * git orders the entries of a tree as if folders ended in '/', which is the plain byte order of full paths. So one sorted list of
 * changed paths can be merged with the old entries, folder by folder.
 */
#include "lineage/log/tree.h"

#include "base/ctx.h"
#include "lineage/log/store.h"

struct step {
    struct tl_pack *pack;
    const struct tl_change *changes;
    size_t skip; /* bytes of each path that name the folders above */
    size_t lo, hi;
    git_repository *repo;
};

static int apply(struct tl_sha1 *out, bool *is_empty, const struct step *step,
                 const git_tree *old, struct tl_ctx *ctx);

static int by_path(const void *a, const void *b)
{
    const struct tl_change *left = a, *right = b;

    int order = strcmp(left->path, right->path);
    return order ? order : right->is_gone - left->is_gone;
}

/* The first name of the path below the step's folder: length, and whether it is a folder. */
static size_t first_name(const struct step *step, size_t i, bool *is_folder)
{
    const char *name = step->changes[i].path + step->skip;
    size_t n = strcspn(name, "/");

    *is_folder = name[n] == '/';
    return n;
}

/* As git's base_name_compare: a folder's name ends in '/'. */
static int compare_names(const char *a, size_t n_a, bool a_is_folder, const char *b,
                         size_t n_b, bool b_is_folder)
{
    size_t n = n_a < n_b ? n_a : n_b;
    int order = memcmp(a, b, n);

    if (order)
        return order;
    unsigned char end_a = n < n_a ? (unsigned char)a[n] : a_is_folder ? '/' : 0;
    unsigned char end_b = n < n_b ? (unsigned char)b[n] : b_is_folder ? '/' : 0;
    return end_a - end_b;
}

static void add_entry(struct tl_str *out, bool is_folder, const char *name, size_t n,
                      const void *id)
{
    tl_str_add(out, is_folder ? "40000 " : "100644 ");
    tl_str_add_bytes(out, name, n);
    tl_str_add_char(out, '\0');
    tl_str_add_bytes(out, id, sizeof(struct tl_sha1));
}

/* Old entries are kept with the mode they have: a person may have added something of their own. */
static void keep_entry(struct tl_str *out, const git_tree_entry *entry)
{
    const char *name = git_tree_entry_name(entry);

    tl_str_addf(out, "%o ", (unsigned)git_tree_entry_filemode_raw(entry));
    tl_str_add_bytes(out, name, strlen(name) + 1);
    tl_str_add_bytes(out, git_tree_entry_id(entry)->id, sizeof(struct tl_sha1));
}

static int apply_folder(struct tl_str *text, const struct step *above,
                        const struct step *range, const git_tree_entry *entry,
                        struct tl_ctx *ctx)
{
    bool is_folder, is_empty;
    size_t n = first_name(above, range->lo, &is_folder);
    git_tree *old = NULL;
    struct tl_sha1 id;

    if (entry && git_tree_lookup(&old, range->repo, git_tree_entry_id(entry)) < 0)
        return tl_git_fail(ctx, TL_ELOG, "cannot read a folder of the log");
    int rc = apply(&id, &is_empty, range, old, ctx);
    git_tree_free(old);
    if (rc == TL_OK && !is_empty)
        add_entry(text, true, range->changes[range->lo].path + above->skip, n, &id);
    return rc;
}

static int share_a_file(const char *path, struct tl_ctx *ctx)
{
    tl_hint(ctx, "leave one of the two datasets out of the scan with 'exclude'");
    return tl_fail(ctx, TL_EINPUT, "two datasets share the file '%s' of the log", path);
}

static int apply_file(struct tl_str *text, const struct step *step, size_t i,
                      const git_tree_entry *entry, struct tl_ctx *ctx)
{
    const struct tl_change *change = &step->changes[i];
    bool is_folder;
    size_t n = first_name(step, i, &is_folder);

    if (change->is_new && entry)
        return share_a_file(change->path, ctx);
    if (!change->is_gone)
        add_entry(text, false, change->path + step->skip, n, &change->id);
    return TL_OK;
}

/* How many changes from `i` on share its first name. */
static size_t group(const struct step *step, size_t i, size_t n, bool is_folder)
{
    size_t end = i + 1;

    if (!is_folder)
        return end;
    while (end < step->hi && strncmp(step->changes[end].path + step->skip,
                                     step->changes[i].path + step->skip, n + 1) == 0)
        end++;
    return end;
}

static int merge_entries(struct tl_str *text, const struct step *step,
                         const git_tree *old, struct tl_ctx *ctx)
{
    size_t n_old = old ? git_tree_entrycount(old) : 0;
    int rc = TL_OK;

    for (size_t o = 0, i = step->lo; rc == TL_OK && (o < n_old || i < step->hi);) {
        const git_tree_entry *entry = o < n_old ? git_tree_entry_byindex(old, o) : NULL;
        bool is_folder = false;
        size_t n = i < step->hi ? first_name(step, i, &is_folder) : 0;
        int order = !entry ? 1
                    : i == step->hi
                        ? -1
                        : compare_names(git_tree_entry_name(entry),
                                        strlen(git_tree_entry_name(entry)),
                                        git_tree_entry_type(entry) == GIT_OBJECT_TREE,
                                        step->changes[i].path + step->skip, n, is_folder);
        if (order < 0) {
            keep_entry(text, entry);
            o++;
            continue;
        }
        struct step range = *step;
        range.lo = i;
        range.hi = group(step, i, n, is_folder);
        range.skip += n + 1;
        rc = is_folder ? apply_folder(text, step, &range, order == 0 ? entry : NULL, ctx)
                       : apply_file(text, step, i, order == 0 ? entry : NULL, ctx);
        o += order == 0;
        i = range.hi;
    }
    return rc;
}

static int apply(struct tl_sha1 *out, bool *is_empty, const struct step *step,
                 const git_tree *old, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_sha1 known;
    int rc = merge_entries(&text, step, old, ctx);

    *is_empty = text.n == 0;
    if (rc == TL_OK && text.failed)
        rc = tl_fail(ctx, TL_ELIMIT, "a folder of the log is too big");
    if (old)
        memcpy(&known, git_tree_id(old)->id, sizeof known);
    struct tl_object object = { TL_OBJECT_TREE, text.text, text.n, old ? &known : NULL };
    if (rc == TL_OK && (!*is_empty || step->skip == 0))
        rc = tl_pack_add(out, step->pack, &object, ctx);
    tl_str_release(&text);
    return rc;
}

/* One that goes and one that comes in its place are one change; two that come cannot both be had. */
static int settle_twins(struct tl_changes *changes, struct tl_ctx *ctx)
{
    struct tl_change *list = changes->list.items;
    size_t kept = 0;

    for (size_t i = 0; i < changes->list.n; i++) {
        if (kept == 0 || strcmp(list[kept - 1].path, list[i].path) != 0) {
            list[kept++] = list[i];
            continue;
        }
        if (!list[kept - 1].is_gone)
            return share_a_file(list[i].path, ctx);
        list[kept - 1] = list[i];
        list[kept - 1].is_new = false;
    }
    changes->list.n = kept;
    return TL_OK;
}

int tl_tree_apply(struct tl_sha1 *out, struct tl_pack *pack, struct tl_changes *changes,
                  git_tree *old, struct tl_ctx *ctx)
{
    struct tl_change *list = changes->list.items;
    size_t n = changes->list.n;
    bool is_empty;

    if (n)
        qsort(list, n, sizeof *list, by_path);
    int rc = settle_twins(changes, ctx);
    if (rc < 0)
        return rc;
    struct step all = { .pack = pack,
                        .changes = list,
                        .hi = changes->list.n,
                        .repo = old ? git_tree_owner(old) : NULL };
    return apply(out, &is_empty, &all, old, ctx);
}
