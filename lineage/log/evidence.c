/*
 * A dataset that is decided anew gets a new state file (another digest of its sample, schema or rules), so the walk goes back from
 * the tip to the commit that wrote the one of today; commits before the first have the same entry and cost one look-up. There is one
 * exception: a sample that fails every time leaves the same bytes each time, so where it may have failed the spans are asked.
 */
#include "lineage/log/evidence.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "lineage/log/commit.h"
#include "lineage/log/evidence_read.h"
#include "lineage/log/state.h"

struct asked {
    struct tl_log_evidence *out;
    const struct tl_belief *belief;
    const struct tl_belief_hit *hit;
    struct tl_str path; /* of the state file */
    struct tl_str name; /* the dataset's key text */
    const char *source;
    bool may_have_failed; /* its sample */
    struct tl_ctx *ctx;
};

/* A commit of the log on the way back. */
struct place {
    git_commit *commit;
    git_tree *root;
    git_oid state; /* of the dataset; all zero: not there */
};

/* ---- spans ---- */

static void name_span(char out[17], const struct asked *asked, const char *run,
                      const char *kind, const char *field)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_trace_id trace;
    struct tl_span_id id;

    if (kind) {
        tl_str_add(&text, kind);
        tl_name_encode(&text, asked->source);
    } else {
        tl_str_add_bytes(&text, asked->name.text, asked->name.n);
    }
    if (field) {
        tl_str_add_char(&text, '#');
        tl_name_encode(&text, field);
    }
    tl_unhex(trace.bytes, sizeof trace.bytes, run);
    tl_span_id_of(&id, &trace, text.text, text.n);
    tl_hex(out, id.bytes, sizeof id.bytes);
    tl_str_release(&text);
}

/* ---- the run that decided ---- */

static int read_line(bool *is_decided, const struct asked *asked,
                     const struct tl_line *line, const char *run)
{
    const char *field = tl_belief_text(asked->belief, asked->hit->column->path);
    struct tl_log_evidence *out = asked->out;

    name_span(out->dataset_span, asked, run, NULL, NULL);
    name_span(out->span, asked, run, NULL, field);
    int rc = tl_evidence_read(out, is_decided, line, asked->ctx);
    /* The rest of its dataset was decided without a column that is gone. */
    if (rc == TL_OK && !out->span[0])
        *is_decided &= !asked->hit->column->is_absent;
    return rc;
}

static int look_for_decision(bool *is_decided, const struct asked *asked,
                             const struct place *place, const struct tl_log_run *run)
{
    struct tl_line line;
    char span[17];

    *is_decided = false;
    name_span(span, asked, run->run, NULL, NULL);
    int rc = tl_line_find(&line, is_decided, place->root, run->run, run->when, span,
                          asked->ctx);
    if (rc == TL_OK && *is_decided && read_line(is_decided, asked, &line, run->run) < 0) {
        tl_error_clear(&asked->ctx->error);
        rc = tl_fail(asked->ctx, TL_ELOG, "a span line of run %s is no JSON", run->run);
    }
    tl_line_release(&line);
    return rc;
}

/* ---- run.json ---- */

/* "floor: 600" of the settings that were kept as a pack. */
static int read_floor(unsigned *out, const struct place *place, const json_t *run,
                      struct tl_ctx *ctx)
{
    const json_t *packs = tl_json_at(run, "rules.packs");
    struct tl_str path = TL_STR_INIT(512), text = TL_STR_INIT(1 << 20);
    int rc = TL_OK;

    for (size_t i = 0; i < json_array_size(packs); i++) {
        const json_t *pack = json_array_get(packs, i);
        if (strcmp(tl_json_text_at(pack, "name", ""), "settings") == 0)
            tl_str_addf(&path, "rules/%s.yaml", tl_json_text_at(pack, "digest", ""));
    }
    if (path.n && tl_tree_has(NULL, place->root, path.text))
        rc = tl_tree_read(&text, place->root, path.text, ctx);
    const char *floor = text.n ? strstr(text.text, "floor: ") : NULL;
    *out = floor ? (unsigned)strtoul(floor + 7, NULL, 10) : 0;
    tl_str_release(&path);
    tl_str_release(&text);
    return rc;
}

static int read_run(json_t **out, const struct place *place, const struct tl_log_run *run,
                    struct tl_ctx *ctx)
{
    struct tl_str path = TL_STR_INIT(512), text = TL_STR_INIT(TL_STR_MOST);

    *out = NULL;
    tl_run_folder(&path, run->when, run->run);
    tl_str_add(&path, "/run.json");
    int rc = tl_tree_read(&text, place->root, path.text, ctx);
    if (rc == TL_OK && tl_json_parse(out, text.text, text.n, path.text, ctx) < 0) {
        tl_error_clear(&ctx->error);
        rc = tl_fail(ctx, TL_ELOG, "'%s' in the log is no JSON", path.text);
    }
    tl_str_release(&path);
    tl_str_release(&text);
    return rc;
}

static int keep_run(struct tl_evidence_run *out, const struct place *place,
                    const struct tl_log_run *run, const json_t *json, struct tl_ctx *ctx)
{
    out->run = *run;
    out->version = tl_evidence_text(tl_json_text_at(json, "version", NULL), ctx);
    out->rules_digest =
        tl_evidence_text(tl_json_text_at(json, "rules.digest", NULL), ctx);
    out->decision_version = (unsigned)tl_json_int_at(json, "decision_version", 0);
    return read_floor(&out->floor, place, json, ctx);
}

static const json_t *source_of(const json_t *run, const char *name)
{
    const json_t *sources = json_object_get(run, "sources");

    for (size_t i = 0; i < json_array_size(sources); i++) {
        const json_t *source = json_array_get(sources, i);
        if (strcmp(tl_json_text_at(source, "name", ""), name) == 0)
            return source;
    }
    return NULL;
}

/* Whether the source's span names the dataset among those that could not be read. */
static int is_left_out(bool *out, const struct asked *asked, const struct place *place,
                       const struct tl_log_run *run)
{
    json_t *spans = json_array();
    struct tl_line line;
    bool is_there;
    char span[17], needle[48];

    *out = false;
    name_span(span, asked, run->run, "source ", NULL);
    int rc = tl_line_find(&line, &is_there, place->root, run->run, run->when, span,
                          asked->ctx);
    if (rc == TL_OK && is_there)
        rc = tl_line_pick(spans, &line, tl_line_own(needle, span), asked->ctx);
    const json_t *names = tl_line_list(json_array_get(spans, 0), "tagline.left_out");
    for (size_t i = 0; rc == TL_OK && i < json_array_size(names); i++)
        *out |= strcmp(tl_json_text_at(json_array_get(names, i), "stringValue", ""),
                       asked->name.text) == 0;
    tl_line_release(&line);
    json_decref(spans);
    return rc;
}

/* ---- the way back ---- */

/* A run that did not decide the dataset: it found the dataset unchanged, could not see it, or did not look at its source. */
static int note_sight(const struct asked *asked, const struct place *place,
                      const struct tl_log_run *run, const json_t *json)
{
    struct tl_log_evidence *out = asked->out;
    const json_t *source = source_of(json, asked->source);
    bool has_news = out->confirmed.run.run[0] != '\0';
    bool is_missed = false;
    int rc = TL_OK;

    if (!source || has_news || asked->hit->dataset->is_absent)
        return TL_OK;
    if (strcmp(tl_json_text_at(source, "state", ""), "read") != 0)
        is_missed = true;
    else if (tl_json_int_at(source, "kept", 0) > 0)
        rc = is_left_out(&is_missed, asked, place, run);
    if (rc < 0 || (is_missed && out->missed.run.run[0]))
        return rc;
    if (is_missed)
        out->missed_why =
            tl_evidence_text(tl_json_text_at(source, "why", NULL), asked->ctx);
    return keep_run(is_missed ? &out->missed : &out->confirmed, place, run, json,
                    asked->ctx);
}

/* One commit; `before` is the one before it. `*is_done`: it decided the dataset. */
static int look_at(bool *is_done, const struct asked *asked, const struct place *place,
                   const struct place *before)
{
    struct tl_log_evidence *out = asked->out;
    bool is_rewritten = git_oid_cmp(&place->state, &before->state) != 0;
    struct tl_log_run run;
    json_t *json = NULL;
    bool may_decide;

    /* Once seen, an older run that neither wrote nor can have failed has no news. */
    if (!is_rewritten && !asked->may_have_failed && out->confirmed.run.run[0])
        return TL_OK;
    tl_commit_read(&run, place->commit, asked->ctx);
    if (run.run[0] == '\0' || strcmp(run.kind, "scan") != 0)
        return TL_OK;
    int rc = read_run(&json, place, &run, asked->ctx);
    may_decide = is_rewritten ||
                 (asked->may_have_failed &&
                  tl_json_int_at(source_of(json, asked->source), "decided", 0) > 0);
    if (rc == TL_OK && may_decide)
        rc = look_for_decision(is_done, asked, place, &run);
    if (rc == TL_OK && *is_done)
        rc = keep_run(&out->decided, place, &run, json, asked->ctx);
    else if (rc == TL_OK)
        rc = note_sight(asked, place, &run, json);
    json_decref(json);
    return rc;
}

static int open_place(struct place *out, git_commit *commit, const struct asked *asked)
{
    *out = (struct place){ .commit = commit };
    if (tl_fault("git.read") || git_commit_tree(&out->root, commit) < 0)
        return tl_git_fail(asked->ctx, TL_ELOG, "cannot read a commit of the log");
    if (!tl_tree_has(&out->state, out->root, asked->path.text))
        memset(&out->state, 0, sizeof out->state);
    return TL_OK;
}

static void close_place(struct place *place)
{
    git_tree_free(place->root);
    git_commit_free(place->commit);
    *place = (struct place){ 0 };
}

static int step_back(struct place *before, const struct place *place,
                     const struct asked *asked)
{
    git_commit *commit = NULL;

    *before = (struct place){ 0 };
    if (git_commit_dup(&commit, place->commit) < 0)
        return tl_git_fail(asked->ctx, TL_ELOG, "cannot read a commit of the log");
    int rc = tl_commit_back(&commit, asked->ctx);
    if (rc < 0)
        git_commit_free(commit);
    return rc < 0 || !commit ? rc : open_place(before, commit, asked);
}

static int walk_back(const struct asked *asked, struct tl_log *log)
{
    struct place place = { 0 }, before = { 0 };
    bool is_done = false;
    struct tl_tip tip;
    int rc = tl_tip_read(&tip, log, asked->ctx);

    if (rc == TL_OK) {
        rc = open_place(&place, tip.commit, asked);
        tip.commit = NULL; /* the walk's from here on */
    }
    tl_tip_release(&tip);
    while (rc == TL_OK && !is_done && place.commit) {
        rc = step_back(&before, &place, asked);
        if (rc == TL_OK)
            rc = look_at(&is_done, asked, &place, &before);
        if (rc == TL_OK)
            rc = tl_ctx_check(asked->ctx);
        close_place(&place);
        place = before;
        before = (struct place){ 0 };
    }
    close_place(&place);
    close_place(&before);
    return rc;
}

/* Had it failed, every column without a tag would be unknown. */
static bool sample_may_have_failed(const struct tl_belief *belief,
                                   const struct tl_belief_dataset *dataset)
{
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const struct tl_belief_column *column =
            &belief->columns[dataset->first_column + i];
        if (!column->n_tags && !column->is_unknown && !column->is_absent)
            return false;
    }
    return true;
}

int tl_log_evidence(struct tl_log_evidence *out, const struct tl_belief_hit *column,
                    struct tl_log *log, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = &log->belief;
    struct tl_key key = tl_belief_key(belief, column->dataset);
    struct asked asked = { .out = out,
                           .belief = belief,
                           .hit = column,
                           .path = TL_STR_INIT(TL_STR_MOST),
                           .name = TL_STR_INIT(TL_STR_MOST),
                           .source = key.source,
                           .ctx = ctx };

    *out = (struct tl_log_evidence){ .rows = -1 };
    asked.may_have_failed = sample_may_have_failed(belief, column->dataset);
    tl_state_path(&asked.path, &key);
    tl_key_add(&asked.name, &key);
    int rc = walk_back(&asked, log);
    tl_str_release(&asked.path);
    tl_str_release(&asked.name);
    return rc;
}
