/*
 * Runs and spans, read back. Runs are the first-parent line of main; a run's folder follows from its commit.
 */
#include "lineage/log/store.h"

#include "base/ctx.h"
#include "lineage/log/commit.h"
#include "lineage/log/trail.h"

int tl_log_runs(struct tl_log_run **out, size_t *n, size_t most, struct tl_log *log,
                struct tl_ctx *ctx)
{
    TL_VEC(struct tl_log_run) runs = { 0 };
    struct tl_tip tip;
    int rc = tl_tip_read(&tip, log, ctx);

    while (rc == TL_OK && tip.commit && runs.n < most) {
        struct tl_log_run run;
        tl_commit_read(&run, tip.commit, ctx);
        tl_vec_push(&runs, run);
        rc = tl_commit_back(&tip.commit, ctx);
    }
    tl_tip_release(&tip);
    *n = rc == TL_OK ? runs.n : 0;
    *out = tl_arena_alloc(ctx->arena, *n, sizeof **out);
    if (*n)
        memcpy(*out, runs.items, *n * sizeof **out);
    tl_vec_release(&runs);
    return rc;
}

static bool is_prefix(const char *prefix, size_t n, const char *text)
{
    return strncmp(prefix, text, n) == 0;
}

/* The commit whose run or id begins with `name`; only one may. */
static int find_run(git_oid *out, const char *name, struct tl_log *log,
                    struct tl_ctx *ctx)
{
    size_t n = strlen(name);
    bool is_whole = false;
    unsigned hits = 0;
    char run[64], id[64];
    struct tl_tip tip;

    if (n < 4) {
        tl_hint(ctx, "give four characters or more; 'tagline log' lists all runs");
        return tl_fail(ctx, TL_EUSAGE, "'%s' is too short for a run", name);
    }
    int rc = tl_tip_read(&tip, log, ctx);
    /* A whole name can have no second owner: the walk ends there. */
    while (rc == TL_OK && tip.commit && !is_whole) {
        tl_commit_trailer(run, sizeof run, tip.commit, "Tagline-Run");
        git_oid_tostr(id, sizeof id, git_commit_id(tip.commit));
        if (is_prefix(name, n, run) || is_prefix(name, n, id)) {
            git_oid_cpy(out, git_commit_id(tip.commit));
            is_whole = strcmp(name, run) == 0 || strcmp(name, id) == 0;
            hits = is_whole ? 1 : hits + 1;
        }
        rc = tl_commit_back(&tip.commit, ctx);
        if (rc == TL_OK)
            rc = tl_ctx_check(ctx);
    }
    tl_tip_release(&tip);
    if (rc == TL_OK && hits != 1) {
        tl_hint(ctx, "'tagline log' lists all runs");
        rc = hits ? tl_fail(ctx, TL_EUSAGE, "'%s' stands for %u runs", name, hits)
                  : tl_fail(ctx, TL_ENOTFOUND, "the log has no run '%s'", name);
    }
    return rc;
}

static int open_run(git_tree **root, struct tl_log_run *run, const git_oid *id,
                    struct tl_log *log, struct tl_ctx *ctx)
{
    git_commit *commit = NULL;

    if (git_commit_lookup(&commit, log->repo, id) < 0 ||
        git_commit_tree(root, commit) < 0) {
        git_commit_free(commit);
        return tl_git_fail(ctx, TL_ELOG, "cannot read a commit of the log");
    }
    tl_commit_read(run, commit, ctx);
    git_commit_free(commit);
    return TL_OK;
}

int tl_log_run(json_t **out, struct tl_log_run *run, const char *name, struct tl_log *log,
               struct tl_ctx *ctx)
{
    struct tl_str path = TL_STR_INIT(512), text = TL_STR_INIT(TL_STR_MOST);
    git_tree *root = NULL;
    git_oid id;
    int rc = find_run(&id, name, log, ctx);

    if (rc == TL_OK)
        rc = open_run(&root, run, &id, log, ctx);
    if (rc == TL_OK && run->run[0] == '\0') {
        *out = json_object(); /* the commit that made the log */
    } else if (rc == TL_OK) {
        tl_run_folder(&path, run->when, run->run);
        tl_str_add(&path, "/run.json");
        rc = tl_tree_read(&text, root, path.text, ctx);
        if (rc == TL_OK)
            rc = tl_json_parse(out, text.text, text.n, path.text, ctx);
    }
    git_tree_free(root);
    tl_str_release(&path);
    tl_str_release(&text);
    return rc;
}

static int each_line(const char *text, size_t n,
                     int (*each)(void *self, const char *line, size_t n,
                                 struct tl_ctx *ctx),
                     void *self, struct tl_ctx *ctx)
{
    int rc = TL_OK;

    for (size_t at = 0; rc >= 0 && at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t length = end ? (size_t)(end - text) - at : n - at;
        rc = each(self, text + at, length, ctx);
        at += length + 1;
    }
    return rc < 0 ? rc : TL_OK;
}

int tl_log_spans(const struct tl_log_run *run,
                 int (*each)(void *self, const char *line, size_t n, struct tl_ctx *ctx),
                 void *self, struct tl_log *log, struct tl_ctx *ctx)
{
    struct tl_str path = TL_STR_INIT(512), text = TL_STR_INIT(TL_STR_MOST);
    struct tl_log_run again;
    git_tree *root = NULL;
    git_oid id;

    if (run->run[0] == '\0')
        return TL_OK;
    if (git_oid_fromstr(&id, run->commit) < 0)
        return tl_fail(ctx, TL_EUSAGE, "'%s' is no commit", run->commit);
    int rc = open_run(&root, &again, &id, log, ctx);
    for (unsigned part = 1; rc == TL_OK; part++) {
        tl_str_clear(&path);
        tl_str_clear(&text);
        tl_run_folder(&path, run->when, run->run);
        tl_str_add_char(&path, '/');
        tl_trail_name(&path, part);
        if (part > 1 && !tl_tree_has(NULL, root, path.text))
            break;
        rc = tl_tree_read(&text, root, path.text, ctx);
        if (rc == TL_OK)
            rc = each_line(text.text, text.n, each, self, ctx);
    }
    git_tree_free(root);
    tl_str_release(&path);
    tl_str_release(&text);
    return rc;
}
