#include "lineage/log/history.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "lineage/log/commit.h"

/* The column as one commit believes it. */
struct version {
    git_oid commit;
    git_oid state, file; /* all zero: there is none */
    struct tl_state_tag *tags;
    uint32_t n_tags;
    bool has_column;
};

struct reading {
    struct tl_history *history;
    const char *path;   /* of the file, in a commit's tree */
    const char *column; /* its field path */
    const char *name;   /* its key's text: what span ids are made from */
    const char *info_type;
    struct tl_arena *passing; /* one version of the file */
    struct tl_ctx *ctx;
};

/* ---- one version ---- */

static void keep_tags(struct version *version, const struct tl_state_column *column,
                      const struct reading *reading)
{
    struct tl_arena *into = reading->ctx->arena;

    version->has_column = !column->is_absent;
    version->tags = tl_arena_alloc(into, column->n_tags, sizeof *version->tags);
    for (uint32_t i = 0; i < column->n_tags; i++) {
        struct tl_state_tag tag = column->tags[i];
        if (reading->info_type && strcmp(tag.info_type, reading->info_type) != 0)
            continue;
        tag.info_type = tl_arena_strdup(into, tag.info_type);
        tag.trace = tl_arena_strdup(into, tag.trace ? tag.trace : "");
        tag.span = tl_arena_strdup(into, tag.span ? tag.span : "");
        tag.from = tag.from ? tl_arena_strdup(into, tag.from) : NULL;
        tag.from_type = tag.from_type ? tl_arena_strdup(into, tag.from_type) : NULL;
        tag.category = tag.actor = NULL; /* the span has them */
        version->tags[version->n_tags++] = tag;
    }
}

static int read_file(struct version *version, git_repository *repo,
                     const struct reading *reading)
{
    struct tl_state_file state;
    git_blob *blob = NULL;

    if (tl_fault("git.read") || git_blob_lookup(&blob, repo, &version->file) < 0)
        return tl_git_fail(reading->ctx, TL_ELOG, "cannot read '%s' in the log",
                           reading->path);
    int rc =
        tl_state_read(&state, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob),
                      reading->path, reading->passing, reading->ctx);
    for (uint32_t i = 0; rc == TL_OK && i < state.n_columns; i++)
        if (strcmp(state.columns[i].path, reading->column) == 0)
            keep_tags(version, &state.columns[i], reading);
    git_blob_free(blob);
    tl_arena_reset(reading->passing);
    return rc;
}

/* `later`: the version of the commit that follows. What it did not change is not read again. */
static int read_version(struct version *out, const struct version *later,
                        const git_commit *commit, const struct reading *reading)
{
    git_tree *root = NULL;
    int rc = TL_OK;

    *out = (struct version){ .commit = *git_commit_id(commit) };
    if (git_commit_tree(&root, commit) < 0)
        return tl_git_fail(reading->ctx, TL_ELOG, "cannot read a commit of the log");
    const git_tree_entry *state = git_tree_entry_byname(root, "state");
    if (state)
        git_oid_cpy(&out->state, git_tree_entry_id(state));
    bool is_same = later && git_oid_equal(&out->state, &later->state);
    if (is_same)
        out->file = later->file;
    else if (state && tl_tree_has(&out->file, root, reading->path))
        is_same = later && git_oid_equal(&out->file, &later->file);
    if (is_same) {
        out->tags = later->tags;
        out->n_tags = later->n_tags;
        out->has_column = later->has_column;
    } else if (!git_oid_is_zero(&out->file)) {
        rc = read_file(out, git_tree_owner(root), reading);
    }
    git_tree_free(root);
    return rc;
}

/* ---- what follows from two of them ---- */

static bool has_type(const struct version *version, const char *info_type)
{
    for (uint32_t i = 0; i < version->n_tags; i++)
        if (strcmp(version->tags[i].info_type, info_type) == 0)
            return true;
    return false;
}

static void add_loss(struct reading *reading, const struct version *later,
                     const struct tl_log_run *by, const struct tl_state_tag *tag)
{
    struct tl_history_head loss = { .commit = later->commit,
                                    .tag = *tag,
                                    .since = by->when,
                                    .is_loss = true,
                                    .is_column_gone = !later->has_column };
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);
    struct tl_trace_id trace;
    struct tl_span_id id;

    if (by->run[0] == '\0')
        return; /* taken out by somebody's commit, not by a run */
    memcpy(loss.trace, by->run, sizeof loss.trace);
    tl_unhex(trace.bytes, sizeof trace.bytes, by->run);
    tl_str_addf(&name, "%s lost %s", reading->name, tag->info_type);
    tl_span_id_of(&id, &trace, name.text, name.n);
    tl_hex(loss.span, id.bytes, sizeof id.bytes);
    tl_str_release(&name);
    tl_vec_push(&reading->history->heads, loss);
}

/* `later` NULL: `here` is the tip. */
static int add_heads(struct reading *reading, const struct version *here,
                     const struct version *later, git_repository *repo)
{
    struct tl_log_run by = { .when = 0 };
    git_commit *commit = NULL;

    if (later && git_commit_lookup(&commit, repo, &later->commit) < 0)
        return tl_git_fail(reading->ctx, TL_ELOG, "cannot read a commit of the log");
    if (commit)
        tl_commit_read(&by, commit, reading->ctx);
    git_commit_free(commit);
    for (uint32_t i = 0; i < here->n_tags; i++) {
        const struct tl_state_tag *tag = &here->tags[i];
        struct tl_history_head head = { .commit = here->commit,
                                        .tag = *tag,
                                        .since = tag->since };
        if (later && tag->state == TL_CARRIED && !has_type(later, tag->info_type))
            add_loss(reading, later, &by, tag);
        snprintf(head.trace, sizeof head.trace, "%s", tag->trace);
        snprintf(head.span, sizeof head.span, "%s", tag->span);
        tl_vec_push(&reading->history->heads, head);
    }
    return TL_OK;
}

/* ---- all of them ---- */

static int walk(struct reading *reading, struct tl_log *log)
{
    struct tl_ctx *ctx = reading->ctx;
    struct version later, here;
    const struct version *known = NULL;
    struct tl_tip tip;
    int rc = tl_tip_read(&tip, log, ctx);

    while (rc == TL_OK && tip.commit) {
        rc = read_version(&here, known, tip.commit, reading);
        if (rc == TL_OK && (!known || !git_oid_equal(&here.file, &later.file)))
            rc = add_heads(reading, &here, known, log->repo);
        later = here;
        known = &later;
        if (rc == TL_OK)
            rc = tl_commit_back(&tip.commit, ctx);
        if (rc == TL_OK)
            rc = tl_ctx_check(ctx);
    }
    tl_tip_release(&tip);
    return rc;
}

int tl_history_read(struct tl_history *out, const struct tl_belief_hit *column,
                    const char *info_type, struct tl_log *log, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = &log->belief;
    struct tl_key key = tl_belief_key(belief, column->dataset);
    struct tl_str path = TL_STR_INIT(4096), name = TL_STR_INIT(TL_STR_MOST);
    struct reading reading = { .history = out,
                               .column = tl_belief_text(belief, column->column->path),
                               .info_type = info_type,
                               .passing = tl_arena_open(),
                               .ctx = ctx };

    *out = (struct tl_history){ .heads = { 0 } };
    tl_state_path(&path, &key);
    tl_key_add(&name, &key);
    tl_str_add_char(&name, '#');
    tl_name_encode(&name, reading.column);
    reading.path = path.text;
    reading.name = name.text;
    int rc = walk(&reading, log);
    tl_arena_close(reading.passing);
    tl_str_release(&path);
    tl_str_release(&name);
    return rc;
}

void tl_history_release(struct tl_history *history)
{
    tl_vec_release(&history->heads);
}
