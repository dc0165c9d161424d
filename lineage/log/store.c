#include "lineage/log/store.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "lineage/log/belief.h"
#include "lineage/log/commit.h"
#include "lineage/log/readme.h"
#include "lineage/log/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

int tl_git_fail(struct tl_ctx *ctx, int code, const char *format, ...)
{
    const git_error *error = git_error_last();
    char words[512];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (error && error->message)
        return tl_fail(ctx, code, "%s: %s", words, error->message);
    return tl_fail(ctx, code, "%s", words);
}

enum { OPEN_PACKS = 32 };

static void begin_git(void)
{
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    /* Who may read a log is the file system's to say: it is data, and nothing in it (hooks, filters) is ever run. */
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    /* Nor is what some user's git configuration says, which may be broken or, under another HOME, unreadable. */
    for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL;
         level++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    /* By default trees over 4 KiB are inflated anew at each look-up: a folder of 1,000 datasets has 40 KiB. */
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)4 << 20);
    /* By default every pack that was read stays open: a walk over 1,000 runs would use up a process's files. */
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, (size_t)OPEN_PACKS);
}

/* ---- reading ---- */

bool tl_tree_has(git_oid *id, const git_tree *root, const char *path)
{
    git_tree_entry *entry = NULL;

    if (git_tree_entry_bypath(&entry, root, path) < 0)
        return false;
    if (id)
        git_oid_cpy(id, git_tree_entry_id(entry));
    git_tree_entry_free(entry);
    return true;
}

int tl_tree_read(struct tl_str *out, const git_tree *root, const char *path,
                 struct tl_ctx *ctx)
{
    git_blob *blob = NULL;
    git_oid id;

    if (tl_fault("git.read") || !tl_tree_has(&id, root, path) ||
        git_blob_lookup(&blob, git_tree_owner(root), &id) < 0)
        return tl_git_fail(ctx, TL_ELOG, "cannot read '%s' in the log", path);
    tl_str_add_bytes(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
    git_blob_free(blob);
    return out->failed ? tl_fail(ctx, TL_ELIMIT, "'%s' in the log is too big", path)
                       : TL_OK;
}

static int read_tip(struct tl_tip *tip, struct tl_log *log, const struct tl_sha1 *commit,
                    struct tl_ctx *ctx)
{
    git_oid state;

    memset(tip, 0, sizeof *tip);
    if (commit)
        git_oid_fromraw(&tip->id, commit->bytes);
    if (tl_fault("git.read") ||
        (!commit && git_reference_name_to_id(&tip->id, log->repo, TL_LOG_BRANCH) < 0) ||
        git_commit_lookup(&tip->commit, log->repo, &tip->id) < 0 ||
        git_commit_tree(&tip->root, tip->commit) < 0) {
        tl_hint(ctx, "git --git-dir='%s' fsck says what is damaged", log->path);
        return tl_git_fail(ctx, TL_ELOG, "cannot read the tip of the log '%s'",
                           log->path);
    }
    if (tl_tree_has(&state, tip->root, "state"))
        memcpy(&tip->state, &state, sizeof tip->state);
    return TL_OK;
}

int tl_tip_read(struct tl_tip *tip, struct tl_log *log, struct tl_ctx *ctx)
{
    return read_tip(tip, log, NULL, ctx);
}

int tl_tip_read_at(struct tl_tip *tip, struct tl_log *log, const struct tl_sha1 *commit,
                   struct tl_ctx *ctx)
{
    return read_tip(tip, log, commit, ctx);
}

void tl_tip_release(struct tl_tip *tip)
{
    git_tree_free(tip->root);
    git_commit_free(tip->commit);
    tip->root = NULL;
    tip->commit = NULL;
}

/* ---- the ref ---- */

int tl_tip_move(bool *is_in_doubt, struct tl_log *log, const git_oid *from,
                const struct tl_sha1 *to, struct tl_ctx *ctx)
{
    git_reference *ref = NULL;
    git_oid id, now;

    git_oid_fromraw(&id, to->bytes);
    int rc = tl_fault("ref.move")
                 ? GIT_ERROR
                 : git_reference_create_matching(&ref, log->repo, TL_LOG_BRANCH, &id, 1,
                                                 from, "tagline");
    git_reference_free(ref);
    if (rc == 0)
        return TL_OK;
    /* It may have moved and failed only after: what stands there now decides. */
    *is_in_doubt = tl_fault("ref.look") ||
                   git_reference_name_to_id(&now, log->repo, TL_LOG_BRANCH) < 0;
    if (!*is_in_doubt && git_oid_equal(&now, &id))
        return TL_OK;
    if (rc == GIT_EMODIFIED || rc == GIT_ELOCKED) {
        tl_hint(ctx, "somebody works on the log with git: try again when they are done");
        return tl_git_fail(ctx, TL_EBUSY, "the branch of the log '%s' is in use",
                           log->path);
    }
    return tl_git_fail(ctx, TL_EWRITE, "cannot move the branch of the log '%s'",
                       log->path);
}

/* ---- opening ---- */

static int not_a_log(const char *path, const char *what, struct tl_ctx *ctx)
{
    tl_hint(ctx, "set 'log' in tagline.yaml to where it is, or to where nothing stands: "
                 "'tagline scan' begins it there");
    return tl_fail(ctx, TL_ECONFIG, "%s '%s'", what, path);
}

static int check_format(struct tl_log *log, const git_tree *root, struct tl_ctx *ctx)
{
    struct tl_str format = TL_STR_INIT(4096);
    int rc = TL_OK;

    if (!tl_tree_has(NULL, root, "format"))
        return not_a_log(log->path, "there is a git repository but no log of ours at",
                         ctx);
    rc = tl_tree_read(&format, root, "format", ctx);
    if (rc == TL_OK && strcmp(format.text, TL_LOG_FORMAT) != 0) {
        format.text[strcspn(format.text, "\n")] = '\0';
        if (strncmp(format.text, "tagline-log ", 12) == 0) {
            tl_hint(ctx, "use a newer tagline for this log");
            rc = tl_fail(
                ctx, TL_ECONFIG,
                "the log '%s' has format '%s', this program reads 'tagline-log 1'",
                log->path, format.text);
        } else {
            rc = not_a_log(log->path, "the file 'format' is not ours in", ctx);
        }
    }
    tl_str_release(&format);
    return rc;
}

static int open_repository(struct tl_log *log, struct tl_ctx *ctx)
{
    if (!tl_path_exists(log->path))
        return not_a_log(log->path, "there is no log at", ctx);
    int rc = tl_fault("git.open")
                 ? GIT_ERROR
                 : git_repository_open_ext(&log->repo, log->path,
                                           GIT_REPOSITORY_OPEN_NO_SEARCH |
                                               GIT_REPOSITORY_OPEN_BARE,
                                           NULL);
    if (rc == GIT_ENOTFOUND)
        return not_a_log(log->path, "this is not a log:", ctx);
    if (rc < 0)
        return tl_git_fail(ctx, TL_ELOG, "cannot open the log '%s'", log->path);
    log->folder = tl_strdup(git_repository_path(log->repo));
    return TL_OK;
}

/* A repository whose main never was is not a log; one in which we have written before has lost it. */
static int check_branch(struct tl_log *log, struct tl_ctx *ctx)
{
    char path[PATH_MAX + 16];
    git_oid id;

    snprintf(path, sizeof path, "%stagline", log->folder);
    if (git_reference_name_to_id(&id, log->repo, TL_LOG_BRANCH) != GIT_ENOTFOUND ||
        tl_path_exists(path))
        return TL_OK;
    return not_a_log(log->path, "there is a git repository without a branch 'main' at",
                     ctx);
}

int tl_log_open(struct tl_log **out, const char *path, struct tl_ctx *ctx)
{
    struct tl_log *log = tl_alloc(1, sizeof *log);
    struct tl_tip tip = { 0 };

    begin_git();
    log->path = tl_strdup(path);
    int rc = open_repository(log, ctx);
    if (rc == TL_OK)
        rc = check_branch(log, ctx);
    if (rc == TL_OK)
        rc = tl_tip_read(&tip, log, ctx);
    if (rc == TL_OK)
        rc = check_format(log, tip.root, ctx);
    tl_tip_release(&tip);
    if (rc < 0) {
        tl_log_close(log);
        return rc;
    }
    *out = log;
    return TL_OK;
}

void tl_log_close(struct tl_log *log)
{
    if (!log)
        return;
    tl_belief_unmap(log);
    git_repository_free(log->repo);
    tl_free(log->path);
    tl_free(log->folder);
    tl_free(log);
    git_libgit2_shutdown();
}

size_t tl_log_size(const struct tl_log *log)
{
    char path[PATH_MAX + 16];
    size_t bytes = 0;
    struct stat st;

    snprintf(path, sizeof path, "%sobjects/pack", log->folder);
    DIR *dir = opendir(path);
    if (!dir)
        return 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strncmp(entry->d_name, "pack-", 5) == 0 &&
            fstatat(dirfd(dir), entry->d_name, &st, 0) == 0)
            bytes += (size_t)st.st_size;
    closedir(dir);
    return bytes;
}

/* ---- making one ---- */

static int init_repository(git_repository **out, const char *folder, struct tl_ctx *ctx)
{
    git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
    git_config *config = NULL;

    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH |
                    GIT_REPOSITORY_INIT_NO_REINIT;
    options.initial_head = "main";
    options.description = "tagline log";
    if (tl_fault("git.init") || git_repository_init_ext(out, folder, &options) < 0)
        return tl_git_fail(ctx, TL_EWRITE, "cannot make a repository in '%s'", folder);
    /* What is pushed into a log may only add to it. */
    int rc = git_repository_config(&config, *out);
    if (rc == 0)
        rc = git_config_set_bool(config, "receive.denyNonFastForwards", 1);
    if (rc == 0)
        rc = git_config_set_bool(config, "receive.denyDeletes", 1);
    git_config_free(config);
    return rc < 0 ? tl_git_fail(ctx, TL_EWRITE, "cannot configure '%s'", folder) : TL_OK;
}

static int add_file(struct tl_changes *changes, struct tl_pack *pack, const char *path,
                    const char *text, struct tl_ctx *ctx)
{
    struct tl_change change = { .path = path };
    struct tl_object object = { TL_OBJECT_BLOB, text, strlen(text), NULL };
    int rc = tl_pack_add(&change.id, pack, &object, ctx);

    tl_vec_push(&changes->list, change);
    return rc;
}

static int first_objects(struct tl_sha1 *commit, struct tl_pack *pack, struct tl_ctx *ctx)
{
    struct tl_changes changes = { 0 };
    struct tl_commit text = { .actor = "tagline",
                              .when = tl_now(ctx),
                              .subject = "log: begins",
                              .trailers = "Tagline-Kind: init\n" };
    struct tl_str readme = TL_STR_INIT(64 * 1024);
    int rc = add_file(&changes, pack, "format", TL_LOG_FORMAT, ctx);

    for (const char *const *line = tl_log_readme; *line; line++)
        tl_str_add(&readme, *line);
    if (rc == TL_OK)
        rc = add_file(&changes, pack, "README.md", readme.text, ctx);
    tl_str_release(&readme);
    if (rc == TL_OK)
        rc = add_file(&changes, pack, "signers/allowed_signers", tl_log_signers, ctx);
    if (rc == TL_OK)
        rc = tl_tree_apply(&text.tree, pack, &changes, NULL, ctx);
    if (rc == TL_OK)
        rc = tl_commit_add(commit, pack, &text, ctx);
    tl_vec_release(&changes.list);
    return rc;
}

static int first_commit(git_repository *repo, const char *folder, struct tl_ctx *ctx)
{
    char path[PATH_MAX + 16];
    struct tl_pack *pack = NULL;
    git_reference *ref = NULL;
    struct tl_sha1 commit;
    git_oid id;

    snprintf(path, sizeof path, "%s/tagline", folder);
    int rc = tl_dir_make(path, ctx);
    snprintf(path, sizeof path, "%s/objects/pack", folder);
    if (rc == TL_OK)
        rc = tl_pack_open(&pack, path, ctx);
    if (rc == TL_OK)
        rc = first_objects(&commit, pack, ctx);
    if (rc == TL_OK)
        rc = tl_pack_finish(pack, ctx);
    if (rc == TL_OK)
        rc = tl_pack_publish(pack, ctx);
    if (rc == TL_OK) {
        tl_pack_keep(pack);
        git_oid_fromraw(&id, commit.bytes);
        if (tl_fault("ref.move") ||
            git_reference_create(&ref, repo, TL_LOG_BRANCH, &id, 0, "tagline") < 0)
            rc = tl_git_fail(ctx, TL_EWRITE, "cannot make the branch of '%s'", folder);
    }
    git_reference_free(ref);
    tl_pack_close(pack);
    return rc;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static void remove_folder(const char *path)
{
    if (tl_path_exists(path))
        nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Made aside and moved in whole, onto nothing or an empty folder: a kill leaves no half log behind. */
static int move_in(const char *making, const char *path, struct tl_ctx *ctx)
{
    char parent[PATH_MAX + 8];
    int fd = open(making, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && !tl_fault("log.sync") && syncfs(fd) == 0;

    if (fd >= 0)
        close(fd);
    if (!synced || tl_fault("log.rename") || rename(making, path) < 0) {
        if (errno == EBUSY || errno == EXDEV)
            tl_hint(ctx, "a file system is mounted there: name a folder in it");
        return tl_fail(ctx, TL_EWRITE, "cannot make the log '%s': %s", path,
                       errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR
                           ? "something else stands there"
                           : strerror(errno));
    }
    snprintf(parent, sizeof parent, "%s/..", path);
    return tl_dir_sync(parent, ctx);
}

bool tl_log_is_missing(const char *path)
{
    DIR *dir = opendir(path);
    unsigned n = 0;

    if (!dir)
        return errno == ENOENT;
    while (n < 3 && readdir(dir))
        n++;
    closedir(dir);
    return n < 3; /* nothing but "." and ".." */
}

int tl_log_create(const char *path, struct tl_ctx *ctx)
{
    git_repository *repo = NULL;
    char clean[PATH_MAX], making[PATH_MAX];
    size_t n = strlen(path);

    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n == 0 || n > PATH_MAX - 64)
        return tl_fail(ctx, TL_EWRITE, "the path '%s' is empty or too long", path);
    snprintf(clean, sizeof clean, "%.*s", (int)n, path);
    if (!tl_log_is_missing(clean)) {
        tl_hint(ctx, "choose another folder, or use the log that stands there");
        return tl_fail(ctx, TL_EWRITE,
                       "cannot make a log at '%s': something else stands there", clean);
    }
    snprintf(making, sizeof making, "%.*s.making-%ld", (int)n, path, (long)getpid());
    begin_git();
    remove_folder(making);
    int rc = init_repository(&repo, making, ctx);
    if (rc == TL_OK)
        rc = first_commit(repo, making, ctx);
    git_repository_free(repo);
    if (rc == TL_OK)
        rc = move_in(making, clean, ctx);
    if (rc < 0)
        remove_folder(making);
    git_libgit2_shutdown();
    return rc;
}
