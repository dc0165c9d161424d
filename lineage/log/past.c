/*
 * The belief of an earlier commit. Nothing is kept of it: whoever asks twice reads its state files twice.
 */
#include "base/clock.h"
#include "base/ctx.h"
#include "lineage/log/belief.h"
#include "lineage/log/commit.h"
#include "lineage/log/run.h"

#include <string.h>

/* "2026-11-20" is the last nanosecond of that day, UTC. */
static bool read_time(int64_t *ns, const char *text)
{
    char whole[32];

    if (strlen(text) != strlen("2026-11-20"))
        return tl_time_read(ns, text);
    snprintf(whole, sizeof whole, "%sT23:59:59Z", text);
    if (!tl_time_read(ns, whole))
        return false;
    *ns += 999999999;
    return true;
}

/* The last run that had ended by then. */
static int find_by_time(struct tl_log_run *run, int64_t ns, const char *at,
                        struct tl_log *log, struct tl_ctx *ctx)
{
    struct tl_tip tip;
    int rc = tl_tip_read(&tip, log, ctx);
    bool is_found = false;
    char first[21] = "";

    while (rc == TL_OK && tip.commit && !is_found) {
        tl_commit_read(run, tip.commit, ctx);
        tl_time_text(first, run->when);
        is_found = run->when <= ns;
        if (!is_found)
            rc = tl_commit_back(&tip.commit, ctx);
        if (rc == TL_OK)
            rc = tl_ctx_check(ctx);
    }
    tl_tip_release(&tip);
    if (rc == TL_OK && !is_found) {
        tl_hint(ctx, "it begins at %s; 'tagline log' lists all runs", first);
        rc = tl_fail(ctx, TL_ENOTFOUND, "the log knows nothing of '%s'", at);
    }
    return rc;
}

static int load(struct tl_log *log, const struct tl_log_run *run, struct tl_ctx *ctx)
{
    struct tl_merkle_edge edge;
    struct tl_sha1 commit;
    struct tl_tip tip;
    git_oid id;

    if (git_oid_fromstr(&id, run->commit) < 0)
        return tl_fail(ctx, TL_ELOG, "'%s' is no commit", run->commit);
    memcpy(commit.bytes, id.id, sizeof commit.bytes);
    int rc = tl_tip_read_at(&tip, log, &commit, ctx);
    if (rc == TL_OK)
        rc = tl_run_edge(&edge, &tip, ctx);
    if (rc == TL_OK)
        rc = tl_belief_load_past(log, &tip, ctx);
    tl_tip_release(&tip);
    return rc;
}

int tl_log_belief_at(const struct tl_belief **out, struct tl_log_run *run, const char *at,
                     struct tl_log *log, struct tl_ctx *ctx)
{
    json_t *told = NULL;
    int64_t ns;
    int rc = read_time(&ns, at) ? find_by_time(run, ns, at, log, ctx)
                                : tl_log_run(&told, run, at, log, ctx);

    json_decref(told);
    *out = &log->belief;
    return rc == TL_OK ? load(log, run, ctx) : rc;
}
