#include "lineage/log/commit.h"

#include "base/ctx.h"
#include "base/fault.h"

int tl_commit_add(struct tl_sha1 *id, struct tl_pack *pack,
                  const struct tl_commit *commit, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    long long seconds = commit->when / 1000000000;
    char hex[41];

    tl_str_addf(&text, "tree %s\n", tl_hex(hex, &commit->tree, sizeof commit->tree));
    if (commit->parent)
        tl_str_addf(&text, "parent %s\n",
                    tl_hex(hex, commit->parent, sizeof *commit->parent));
    tl_str_addf(&text, "author %s <%s@tagline.invalid> %lld +0000\n", commit->actor,
                commit->actor, seconds);
    tl_str_addf(&text, "committer %s <%s@tagline.invalid> %lld +0000\n\n", commit->actor,
                commit->actor, seconds);
    tl_str_addf(&text, "%s\n\n", commit->subject);
    if (commit->body && commit->body[0])
        tl_str_addf(&text, "%s\n", commit->body);
    tl_str_add(&text, commit->trailers);
    struct tl_object object = { TL_OBJECT_COMMIT, text.text, text.n, NULL };
    int rc = tl_pack_add(id, pack, &object, ctx);
    tl_str_release(&text);
    return rc;
}

int tl_commit_back(git_commit **commit, struct tl_ctx *ctx)
{
    git_commit *parent = NULL;

    if (tl_fault("git.read") || (git_commit_parentcount(*commit) > 0 &&
                                 git_commit_parent(&parent, *commit, 0) < 0))
        return tl_git_fail(ctx, TL_ELOG, "cannot read a commit of the log");
    git_commit_free(*commit);
    *commit = parent;
    return TL_OK;
}

void tl_commit_trailer(char *out, size_t room, const git_commit *commit, const char *name)
{
    const char *message = git_commit_message_raw(commit);
    const char *last = message;
    size_t n = strlen(name);

    out[0] = '\0';
    for (const char *at = message; (at = strstr(at, "\n\n")); at++)
        if (at[2])
            last = at + 2;
    for (const char *line = last; *line;) {
        size_t length = strcspn(line, "\n");
        if (length > n + 2 && strncmp(line, name, n) == 0 && line[n] == ':' &&
            line[n + 1] == ' ')
            snprintf(out, room, "%.*s", (int)(length - n - 2), line + n + 2);
        line += length + (line[length] == '\n');
    }
}

void tl_run_folder(struct tl_str *out, int64_t when, const char *run)
{
    char text[21];

    tl_time_text(text, when); /* 2026-11-20T... */
    tl_str_addf(out, "runs/%.4s/%.2s/%.2s/%s", text, text + 5, text + 8, run);
}

void tl_commit_read(struct tl_log_run *run, const git_commit *commit, struct tl_ctx *ctx)
{
    const git_signature *author = git_commit_author(commit);
    const char *message = git_commit_message(commit);
    char kind[32];

    git_oid_tostr(run->commit, sizeof run->commit, git_commit_id(commit));
    tl_commit_trailer(run->run, sizeof run->run, commit, "Tagline-Run");
    if (strlen(run->run) != 32 || strspn(run->run, "0123456789abcdef") != 32)
        run->run[0] = '\0';
    tl_commit_trailer(kind, sizeof kind, commit, "Tagline-Kind");
    run->kind = tl_arena_strdup(ctx->arena, kind);
    run->actor = tl_arena_strdup(ctx->arena, author ? author->name : "");
    run->subject = tl_arena_dup(ctx->arena, message, strcspn(message, "\n"));
    run->when = (int64_t)git_commit_time(commit) * 1000000000;
}
