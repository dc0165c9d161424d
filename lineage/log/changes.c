#include "lineage/log/changes.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "lineage/log/evidence_read.h"
#include "lineage/log/lines.h"
#include "lineage/log/state.h"
#include "lineage/log/store.h"

#include <stdlib.h>

struct comparing {
    struct tl_run_changes *out;
    struct tl_log *log;
    struct tl_arena *passing; /* both versions of one file */
    struct tl_map lost;       /* "<key>#<field> <type>" -> number among TL_CARRIED_GONE */
    struct tl_ctx *ctx;
};

size_t tl_run_changes_held(const struct tl_run_changes *changes, enum tl_change_kind kind)
{
    return changes->n[kind] < changes->most ? changes->n[kind] : changes->most;
}

/* ---- noting ---- */

static const char *kept(const struct comparing *comparing, const char *text)
{
    return text ? tl_arena_strdup(comparing->ctx->arena, text) : NULL;
}

static void note(struct comparing *comparing, enum tl_change_kind kind,
                 const struct tl_run_change *change)
{
    struct tl_run_changes *out = comparing->out;
    size_t i = out->n[kind]++;

    if (i >= out->most)
        return;
    struct tl_run_change *to = &out->items[kind][i];
    *to = *change;
    to->dataset = kept(comparing, change->dataset);
    to->path = kept(comparing, change->path);
    to->info_type = kept(comparing, change->info_type);
    to->from = kept(comparing, change->from);
    to->from_type = kept(comparing, change->from_type);
    to->why = kept(comparing, change->why);
    to->query = kept(comparing, change->query);
}

/* ---- tags ---- */

/* A line keeps its span until it is decided otherwise. */
static bool is_same_decision(const struct tl_state_tag *a, const struct tl_state_tag *b)
{
    return strcmp(a->span, b->span) == 0 && strcmp(a->trace, b->trace) == 0;
}

static enum tl_change_kind kind_of(const struct tl_state_tag *old,
                                   const struct tl_state_tag *now)
{
    bool was_carried = old && old->state == TL_CARRIED;

    if (!now)
        return was_carried ? TL_CARRIED_GONE : TL_TAG_GONE;
    if (now->state == TL_CARRIED)
        return was_carried ? TL_CARRIED_CHANGED : TL_CARRIED_NEW;
    if (now->origin == TL_BY_PERSON)
        return TL_TAG_SAID;
    if (now->state == TL_WITHDRAWN)
        return TL_TAG_WITHDRAWN;
    return old ? TL_TAG_CHANGED : TL_TAG_NEW;
}

static const struct tl_state_tag *find_tag(const struct tl_state_column *column,
                                           const char *info_type)
{
    for (uint32_t i = 0; column && i < column->n_tags; i++)
        if (strcmp(column->tags[i].info_type, info_type) == 0)
            return &column->tags[i];
    return NULL;
}

static void note_tag(struct comparing *comparing, const char *dataset, const char *path,
                     const struct tl_state_tag *old, const struct tl_state_tag *now)
{
    const struct tl_state_tag *tag = now ? now : old;
    enum tl_change_kind kind = kind_of(old, now);
    size_t i = comparing->out->n[kind];

    note(comparing, kind,
         &(struct tl_run_change){ .dataset = dataset,
                                  .path = path,
                                  .info_type = tag->info_type,
                                  .from = tag->from,
                                  .from_type = tag->from_type,
                                  .confidence = tag->confidence,
                                  .confidence_was = old ? old->confidence : 0,
                                  .state = now ? now->state : TL_NOTHING,
                                  .was = old ? old->state : TL_NOTHING,
                                  .effect = tag->effect });
    if (kind != TL_CARRIED_GONE || i >= comparing->out->most)
        return;
    const char *name =
        tl_arena_printf(comparing->ctx->arena, "%s#%s %s", dataset, path, tag->info_type);
    tl_map_put(&comparing->lost, name, strlen(name), (uint32_t)i);
}

static void compare_columns(struct comparing *comparing, const char *dataset,
                            const struct tl_state_column *old,
                            const struct tl_state_column *now)
{
    const char *path = now ? now->path : old->path;

    for (uint32_t i = 0; now && i < now->n_tags; i++) {
        const struct tl_state_tag *before = find_tag(old, now->tags[i].info_type);
        if (!before || !is_same_decision(before, &now->tags[i]))
            note_tag(comparing, dataset, path, before, &now->tags[i]);
    }
    for (uint32_t i = 0; old && i < old->n_tags; i++)
        if (!find_tag(now, old->tags[i].info_type))
            note_tag(comparing, dataset, path, &old->tags[i], NULL);
}

static void compare_all_columns(struct comparing *comparing, const char *dataset,
                                const struct tl_state_file *old,
                                const struct tl_state_file *now)
{
    struct tl_map by_path = TL_MAP_INIT, present = TL_MAP_INIT;
    uint32_t at;

    for (uint32_t i = 0; i < old->n_columns; i++)
        tl_map_put(&by_path, old->columns[i].path, strlen(old->columns[i].path), i);
    for (uint32_t i = 0; i < now->n_columns; i++) {
        const char *path = now->columns[i].path;
        bool was_there = tl_map_get(&by_path, path, strlen(path), &at);
        tl_map_put(&present, path, strlen(path), i);
        compare_columns(comparing, dataset, was_there ? &old->columns[at] : NULL,
                        &now->columns[i]);
    }
    for (uint32_t i = 0; i < old->n_columns; i++) {
        const char *path = old->columns[i].path;
        if (!tl_map_get(&present, path, strlen(path), &at))
            compare_columns(comparing, dataset, &old->columns[i], NULL);
    }
    tl_map_release(&by_path);
    tl_map_release(&present);
}

/* ---- edges and problems ---- */

static void note_edge(struct comparing *comparing, enum tl_change_kind kind,
                      const char *dataset, const struct tl_edge *edge)
{
    struct tl_str from = TL_STR_INIT(TL_STR_MOST);

    if (comparing->out->n[kind] < comparing->out->most) {
        tl_str_addf(&from, "%s#", edge->source);
        tl_name_encode(&from, edge->source_column ? edge->source_column : "");
    }
    note(comparing, kind,
         &(struct tl_run_change){ .dataset = dataset,
                                  .path = edge->target_column,
                                  .from = from.n ? from.text : NULL,
                                  .query = edge->query,
                                  .line = edge->line,
                                  .column = edge->column,
                                  .confidence = edge->confidence,
                                  .effect = edge->effect,
                                  .edge_kind = edge->kind });
    tl_str_release(&from);
}

/* Both are in the order of tl_edge_compare, which is that of one target. */
static int compare_edge(const struct tl_edge *a, const struct tl_edge *b)
{
    struct tl_edge left = *a, right = *b;

    left.target = right.target = NULL;
    return tl_edge_compare(&left, &right);
}

static void compare_edges(struct comparing *comparing, const char *dataset,
                          const struct tl_state_file *old,
                          const struct tl_state_file *now)
{
    for (uint32_t i = 0, k = 0; i < old->n_edges || k < now->n_edges;) {
        int order = i == old->n_edges   ? 1
                    : k == now->n_edges ? -1
                                        : compare_edge(&old->edges[i], &now->edges[k]);
        if (order < 0)
            note_edge(comparing, TL_FLOW_GONE, dataset, &old->edges[i]);
        if (order > 0)
            note_edge(comparing, TL_FLOW_NEW, dataset, &now->edges[k]);
        i += order <= 0;
        k += order >= 0;
    }
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void compare_problems(struct comparing *comparing, const char *dataset,
                             const struct tl_state_file *old,
                             const struct tl_state_file *now)
{
    for (uint32_t i = 0; i < now->n_problems; i++) {
        const struct tl_edge_problem *problem = &now->problems[i];
        bool is_new = true;
        for (uint32_t k = 0; is_new && k < old->n_problems; k++)
            is_new = !is_same_text(old->problems[k].query, problem->query) ||
                     !is_same_text(old->problems[k].what, problem->what) ||
                     old->problems[k].line != problem->line ||
                     old->problems[k].column != problem->column;
        if (is_new)
            note(comparing, TL_PROBLEM_NEW,
                 &(struct tl_run_change){ .dataset = dataset,
                                          .why = problem->what,
                                          .query = problem->query,
                                          .line = problem->line,
                                          .column = problem->column });
    }
}

/* ---- files ---- */

static int read_state(struct tl_state_file *out, const git_diff_file *file,
                      const struct comparing *comparing)
{
    git_blob *blob = NULL;

    *out = (struct tl_state_file){ .is_absent = true };
    if (git_oid_is_zero(&file->id))
        return TL_OK;
    if (tl_fault("git.read") ||
        git_blob_lookup(&blob, comparing->log->repo, &file->id) < 0)
        return tl_git_fail(comparing->ctx, TL_ELOG, "cannot read '%s' in the log",
                           file->path);
    int rc = tl_state_read(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob),
                           file->path, comparing->passing, comparing->ctx);
    git_blob_free(blob);
    return rc;
}

static int compare_files(struct comparing *comparing, const git_diff_delta *delta)
{
    struct tl_state_file old, now;
    struct tl_str key = TL_STR_INIT(TL_STR_MOST);
    int rc = read_state(&old, &delta->old_file, comparing);

    if (rc == TL_OK)
        rc = read_state(&now, &delta->new_file, comparing);
    if (rc == TL_OK) {
        tl_key_add(&key, now.key.dataset ? &now.key : &old.key);
        if (old.is_absent != now.is_absent)
            note(comparing, now.is_absent ? TL_DATASET_GONE : TL_DATASET_NEW,
                 &(struct tl_run_change){ .dataset = key.text });
        compare_all_columns(comparing, key.text, &old, &now);
        compare_edges(comparing, key.text, &old, &now);
        compare_problems(comparing, key.text, &old, &now);
    }
    tl_str_release(&key);
    tl_arena_reset(comparing->passing);
    return rc < 0 ? rc : tl_ctx_check(comparing->ctx);
}

/* The state/ of a commit and of the one before it; NULL where there is none. */
static int state_tree(git_tree **out, const git_commit *commit, struct tl_ctx *ctx)
{
    git_tree_entry *entry = NULL;
    git_tree *root = NULL;
    int rc = TL_OK;

    *out = NULL;
    if (tl_fault("git.read") || git_commit_tree(&root, commit) < 0)
        return tl_git_fail(ctx, TL_ELOG, "cannot read a commit of the log");
    if (git_tree_entry_bypath(&entry, root, "state") == 0 &&
        git_tree_lookup(out, git_tree_owner(root), git_tree_entry_id(entry)) < 0)
        rc = tl_git_fail(ctx, TL_ELOG, "cannot read 'state' in the log");
    git_tree_entry_free(entry);
    git_tree_free(root);
    return rc;
}

static int compare_states(struct comparing *comparing, const git_commit *commit)
{
    struct tl_ctx *ctx = comparing->ctx;
    git_tree *now = NULL, *old = NULL;
    git_commit *parent = NULL;
    git_diff *diff = NULL;
    int rc = state_tree(&now, commit, ctx);

    if (rc == TL_OK && git_commit_parentcount(commit) > 0 &&
        git_commit_parent(&parent, commit, 0) < 0)
        rc = tl_git_fail(ctx, TL_ELOG, "cannot read a commit of the log");
    if (rc == TL_OK && parent)
        rc = state_tree(&old, parent, ctx);
    if (rc == TL_OK &&
        git_diff_tree_to_tree(&diff, comparing->log->repo, old, now, NULL) < 0)
        rc = tl_git_fail(ctx, TL_ELOG, "cannot compare two commits of the log");
    for (size_t i = 0; rc == TL_OK && i < git_diff_num_deltas(diff); i++)
        rc = compare_files(comparing, git_diff_get_delta(diff, i));
    git_diff_free(diff);
    git_tree_free(now);
    git_tree_free(old);
    git_commit_free(parent);
    return rc;
}

/* ---- what only spans tell ---- */

static void take_verdict(struct comparing *comparing, const json_t *span)
{
    struct tl_ctx *ctx = comparing->ctx;
    const char *word = tl_line_attr(span, "tagline.policy.outcome");
    struct tl_verdict verdict = {
        .rule = tl_evidence_text(tl_line_attr(span, "tagline.policy.rule"), ctx),
        .severity = tl_evidence_text(tl_line_attr(span, "tagline.policy.severity"), ctx),
        .dataset = tl_evidence_text(tl_line_attr(span, "tagline.dataset"), ctx),
        .path = tl_evidence_text(tl_line_attr(span, "tagline.column"), ctx),
        .why = tl_evidence_text(tl_line_attr(span, "tagline.why"), ctx),
        .fix = tl_evidence_text(tl_line_attr(span, "tagline.policy.fix"), ctx),
        .outcome = TL_WAIVED,
        .is_advisory = tl_line_flag(span, "tagline.policy.advisory")
    };

    while (verdict.outcome > TL_PASS &&
           strcmp(tl_outcome_word(verdict.outcome), word ? word : "") != 0)
        verdict.outcome--;
    tl_vec_push(&comparing->out->verdicts.items, verdict);
}

static void take_loss(struct comparing *comparing, const json_t *span,
                      const char *dataset)
{
    struct tl_ctx *ctx = comparing->ctx;
    const char *path = tl_evidence_text(tl_line_attr(span, "tagline.column"), ctx);
    const char *type = tl_line_attr(span, "tagline.info_type");
    uint32_t i;

    if (!dataset || !path || !type)
        return;
    const char *name = tl_arena_printf(ctx->arena, "%s#%s %s", dataset, path, type);
    if (tl_map_get(&comparing->lost, name, strlen(name), &i))
        comparing->out->items[TL_CARRIED_GONE][i].why =
            tl_evidence_text(tl_line_attr(span, "tagline.why"), ctx);
}

static void take_problem(struct comparing *comparing, const json_t *span)
{
    struct tl_ctx *ctx = comparing->ctx;

    note(comparing, TL_PROBLEM_NEW,
         &(struct tl_run_change){
             .why = tl_evidence_text(tl_line_attr(span, "tagline.what"), ctx),
             .query = tl_evidence_text(tl_line_attr(span, "tagline.query"), ctx),
             .line = (uint32_t)tl_line_number(span, "tagline.line"),
             .column = (uint32_t)tl_line_number(span, "tagline.column_number") });
}

/* Whether a line has spans of that name: in a text a quote would be escaped. */
static bool has_span(const struct tl_line *line, const char *needle)
{
    return memmem(line->begin, (size_t)(line->end - line->begin), needle, strlen(needle));
}

static int read_losses(struct comparing *comparing, const struct tl_line *line)
{
    static const char needle[] = "\"name\":\"lost\"";
    json_t *lost = json_array(), *heads = json_array();
    const char *dataset = NULL;
    int rc = tl_line_pick(lost, line, needle, comparing->ctx);

    /* The dataset is named by the span that the line begins with. */
    if (rc == TL_OK)
        rc = tl_line_pick(heads, line, "\"tagline.dataset\"", comparing->ctx);
    dataset = tl_line_attr(json_array_get(heads, 0), "tagline.dataset");
    for (size_t i = 0; rc == TL_OK && i < json_array_size(lost); i++)
        take_loss(comparing, json_array_get(lost, i), dataset);
    json_decref(lost);
    json_decref(heads);
    return rc;
}

static int read_line(void *self, const char *text, size_t n, struct tl_ctx *ctx)
{
    static const char verdict[] = "\"name\":\"verdict\"", loss[] = "\"name\":\"lost\"",
                      problem[] = "\"name\":\"problem\"";
    struct comparing *comparing = self;
    struct tl_line line = { .begin = text, .end = text + n };
    bool has_verdicts = has_span(&line, verdict), has_problems = has_span(&line, problem);
    json_t *spans = json_array();
    int rc = TL_OK;

    if (has_verdicts || has_problems)
        rc = tl_line_pick(spans, &line, has_verdicts ? verdict : problem, ctx);
    for (size_t i = 0; rc == TL_OK && i < json_array_size(spans); i++)
        if (has_verdicts)
            take_verdict(comparing, json_array_get(spans, i));
        else
            take_problem(comparing, json_array_get(spans, i));
    json_decref(spans);
    if (rc == TL_OK && comparing->lost.n && has_span(&line, loss))
        rc = read_losses(comparing, &line);
    return rc;
}

/* ---- all of it ---- */

static int open_commit(git_commit **out, const struct tl_log_run *run, struct tl_log *log,
                       struct tl_ctx *ctx)
{
    git_oid id;

    *out = NULL;
    if (git_oid_fromstr(&id, run->commit) < 0 ||
        git_commit_lookup(out, log->repo, &id) < 0)
        return tl_git_fail(ctx, TL_ELOG, "cannot read a commit of the log");
    return TL_OK;
}

int tl_run_changes_read(struct tl_run_changes *out, size_t most,
                        const struct tl_log_run *run, struct tl_log *log,
                        struct tl_ctx *ctx)
{
    struct comparing comparing = {
        .out = out, .log = log, .passing = tl_arena_open(), .ctx = ctx
    };
    git_commit *commit;

    *out = (struct tl_run_changes){ .most = most };
    for (int kind = 0; kind < TL_CHANGE_KINDS; kind++)
        out->items[kind] = tl_arena_alloc(ctx->arena, most, sizeof **out->items);
    int rc = open_commit(&commit, run, log, ctx);
    if (rc == TL_OK)
        rc = compare_states(&comparing, commit);
    if (rc == TL_OK)
        rc = tl_log_spans(run, read_line, &comparing, log, ctx);
    git_commit_free(commit);
    tl_map_release(&comparing.lost);
    tl_arena_close(comparing.passing);
    return rc;
}

void tl_run_changes_release(struct tl_run_changes *changes)
{
    tl_vec_release(&changes->verdicts.items);
}

int tl_run_rule(struct tl_str *out, const struct tl_log_run *run, const char *digest,
                struct tl_log *log, struct tl_ctx *ctx)
{
    git_commit *commit;
    git_tree *root = NULL;
    char path[128];
    int rc = open_commit(&commit, run, log, ctx);

    if (rc == TL_OK && git_commit_tree(&root, commit) < 0)
        rc = tl_git_fail(ctx, TL_ELOG, "cannot read a commit of the log");
    snprintf(path, sizeof path, "rules/%.64s.yaml", digest);
    if (rc == TL_OK)
        rc = tl_tree_read(out, root, path, ctx);
    git_tree_free(root);
    git_commit_free(commit);
    return rc;
}
