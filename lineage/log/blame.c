/*
 * Blame walks: a tag names the span that decided it and, by its day, the folder of that span's run; the span links to the one it
 * replaced and says that one's day. Nothing is searched but the lines of the runs on the way. What stands nowhere any more, such as a
 * carried tag that was lost, is found by the history of its dataset's file, and followed from there.
 */
#include "lineage/log/store.h"

#include "base/ctx.h"
#include "base/vec.h"
#include "lineage/log/commit.h"
#include "lineage/log/history.h"
#include "lineage/log/lines.h"
#include "lineage/log/path.h"

/* Where the next step is to be found. */
struct place {
    char trace[33], span[17];
    int64_t since;
};

struct walk {
    struct tl_log *log;
    struct tl_tip tip;
    git_commit
        *at; /* no step to come has a newer commit; NULL: the beginning was passed */
    const char *info_type;
    TL_VEC(struct tl_blame_step) steps;
    struct tl_map seen; /* spans that have a step */
    struct tl_ctx *ctx;
};

/* ---- finding a span ---- */

/* The span itself, and what else was said of its column. */
static int pick_column(json_t *out, const struct tl_line *line, const char *own,
                       struct tl_ctx *ctx)
{
    char needle[48];
    int rc = tl_line_pick(out, line, tl_line_own(needle, own), ctx);
    const json_t *span = json_array_get(out, 0);

    if (rc < 0 || !span)
        return rc < 0 ? rc : tl_fail(ctx, TL_ELOG, "a span line is not in our form");
    bool is_tag = strcmp(tl_json_text_at(span, "name", ""), "tag") == 0;
    const char *column = tl_json_text_at(span, is_tag ? "parentSpanId" : "spanId", "");
    return tl_line_pick(out, line, tl_line_below(needle, column), ctx);
}

/* `*spans` NULL: the run has no such span. */
static int find_span(json_t **spans, const struct walk *walk, const struct place *place)
{
    struct tl_line line;
    bool is_there;
    int rc = tl_line_find(&line, &is_there, walk->tip.root, place->trace, place->since,
                          place->span, walk->ctx);

    *spans = NULL;
    if (rc == TL_OK && is_there) {
        *spans = json_array();
        if (pick_column(*spans, &line, place->span, walk->ctx) < 0) {
            tl_error_clear(&walk->ctx->error);
            rc = tl_fail(walk->ctx, TL_ELOG, "a span line of run %s is no JSON",
                         place->trace);
        }
    }
    tl_line_release(&line);
    return rc;
}

/* ---- reading a span ---- */

static const json_t *span_by_id(const json_t *spans, const char *id)
{
    for (size_t i = 0; i < json_array_size(spans); i++)
        if (strcmp(tl_json_text_at(json_array_get(spans, i), "spanId", ""), id) == 0)
            return json_array_get(spans, i);
    return NULL;
}

/* "core/email_address#value (98 of 100 values), core/email_address#name": what spoke for it. */
static void tell_rules(struct tl_str *out, const json_t *spans, const char *column,
                       const char *info_type)
{
    for (size_t i = 0; i < json_array_size(spans); i++) {
        const json_t *span = json_array_get(spans, i);
        const char *rule = tl_line_attr(span, "tagline.rule");
        const char *stance = tl_line_attr(span, "tagline.stance");
        const char *type = tl_line_attr(span, "tagline.info_type");
        if (!rule || !stance || !type || strcmp(type, info_type) != 0 ||
            strcmp(tl_json_text_at(span, "parentSpanId", ""), column) != 0 ||
            strcmp(stance, "abstains") == 0)
            continue;
        tl_str_add(out, out->n ? ", " : "");
        tl_str_addf(out, "%s%s", strcmp(stance, "refutes") == 0 ? "against it " : "",
                    rule);
        if (tl_line_attr(span, "tagline.tried"))
            tl_str_addf(out, " (%lld of %lld values)",
                        (long long)tl_line_number(span, "tagline.matched"),
                        (long long)tl_line_number(span, "tagline.tried"));
    }
}

/* "s/m/u#a -> s/m/v#m hashes": the way of a carried tag as it was when that was decided. */
static void tell_path(struct tl_str *out, const json_t *span)
{
    const json_t *attributes = json_object_get(span, "attributes");

    for (size_t i = 0; i < json_array_size(attributes); i++) {
        const json_t *attribute = json_array_get(attributes, i);
        const json_t *values = tl_json_at(attribute, "value.arrayValue.values");
        if (strcmp(tl_json_text_at(attribute, "key", ""), "tagline.path") != 0)
            continue;
        for (size_t v = 0; v < json_array_size(values); v++)
            tl_str_addf(out, "%s%s", v ? " -> " : "",
                        tl_json_text_at(json_array_get(values, v), "stringValue", ""));
    }
}

/* "the column it came from is not tagged so any more: s/m/u#a email": why a carried tag went. */
static void tell_loss(struct tl_str *out, const json_t *span)
{
    const char *from = tl_line_attr(span, "tagline.from");
    const char *type = tl_line_attr(span, "tagline.from_type");

    if (from)
        tl_str_addf(out, ": it came from %s", from);
    if (from && type)
        tl_str_addf(out, ", %s there", type);
}

static const char *why_of(const json_t *spans, const json_t *span, const char *state,
                          const char *info_type, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(64 * 1024);
    const char *said = tl_line_attr(span, "tagline.why");
    const char *name = tl_json_text_at(span, "name", "");
    const char *column =
        tl_json_text_at(span, strcmp(name, "tag") == 0 ? "parentSpanId" : "spanId", "");

    if (said)
        tl_json_unescape_bytes(&text, said, strlen(said));
    else if (strcmp(name, "carried") == 0)
        tell_path(&text, span);
    else
        tell_rules(&text, spans, column, info_type);
    if (text.n == 0 && strcmp(state, "withdrawn") == 0)
        tl_str_add(&text, "no rule speaks for it any more");
    if (strcmp(state, "lost") == 0)
        tell_loss(&text, span);
    const char *why = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return why;
}

/* ---- a step ---- */

/* The commit of a run, by its trailer. Steps go back in time, so one walk finds those of all of them. */
static int find_commit(struct tl_blame_step *step, struct walk *walk)
{
    char run[64];
    int rc = TL_OK;

    while (rc == TL_OK && walk->at) {
        tl_commit_trailer(run, sizeof run, walk->at, "Tagline-Run");
        if (strcmp(run, step->run) == 0) {
            git_oid_tostr(step->commit, sizeof step->commit, git_commit_id(walk->at));
            return TL_OK;
        }
        rc = tl_commit_back(&walk->at, walk->ctx);
        if (rc == TL_OK)
            rc = tl_ctx_check(walk->ctx);
    }
    return rc < 0 ? rc
                  : tl_fail(walk->ctx, TL_ELOG, "run %s has no commit in its place",
                            step->run);
}

static int read_run(struct tl_blame_step *step, const struct walk *walk,
                    const struct place *place)
{
    struct tl_str path = TL_STR_INIT(512), text = TL_STR_INIT(TL_STR_MOST);
    struct tl_arena *arena = walk->ctx->arena;
    json_t *run = NULL;

    tl_run_folder(&path, place->since, place->trace);
    tl_str_add(&path, "/run.json");
    int rc = tl_tree_read(&text, walk->tip.root, path.text, walk->ctx);
    if (rc == TL_OK)
        rc = tl_json_parse(&run, text.text, text.n, path.text, walk->ctx);
    if (rc == TL_OK) {
        step->actor = tl_arena_strdup(arena, tl_json_text_at(run, "actor", ""));
        step->kind = tl_arena_strdup(arena, tl_json_text_at(run, "kind", ""));
        step->rules_digest =
            tl_arena_strdup(arena, tl_json_text_at(run, "rules.digest", ""));
    }
    json_decref(run);
    tl_str_release(&path);
    tl_str_release(&text);
    return rc;
}

/* Where the span it replaced is; false at the beginning. */
static bool next_place(struct place *place, const json_t *span)
{
    const char *trace = tl_json_text_at(span, "links.0.traceId", NULL);
    const char *id = tl_json_text_at(span, "links.0.spanId", NULL);

    if (!trace || !id || strlen(trace) != 32 || strlen(id) != 16)
        return false;
    memcpy(place->trace, trace, 33);
    memcpy(place->span, id, 17);
    return tl_time_read(&place->since, tl_line_attr(span, "tagline.replaces"));
}

static const char *kept_attr(const json_t *span, const char *key, const char *otherwise,
                             struct tl_ctx *ctx)
{
    const char *text = tl_line_attr(span, key);

    text = text ? text : otherwise;
    return text ? tl_arena_strdup(ctx->arena, text) : NULL;
}

static void read_step(struct tl_blame_step *step, const json_t *spans,
                      const struct walk *walk)
{
    const json_t *span = span_by_id(spans, step->span);
    bool is_loss = strcmp(tl_json_text_at(span, "name", ""), "lost") == 0;
    struct tl_ctx *ctx = walk->ctx;

    step->info_type = kept_attr(span, "tagline.info_type", walk->info_type, ctx);
    step->state = kept_attr(span, "tagline.state", is_loss ? "lost" : "", ctx);
    step->origin = kept_attr(span, "tagline.origin", is_loss ? "lineage" : "", ctx);
    step->confidence = (unsigned)tl_line_number(span, "tagline.confidence");
    step->from = kept_attr(span, "tagline.from", NULL, ctx);
    step->from_type = kept_attr(span, "tagline.from_type", NULL, ctx);
    step->why = why_of(spans, span, step->state, step->info_type, ctx);
}

static int take_step(bool *is_last, struct walk *walk, struct place *place)
{
    struct tl_blame_step step = { .when = place->since };
    json_t *spans;

    memcpy(step.run, place->trace, sizeof step.run);
    memcpy(step.span, place->span, sizeof step.span);
    int rc = find_span(&spans, walk, place);
    if (rc == TL_OK && !spans)
        rc = tl_fail(walk->ctx, TL_ELOG, "run %s has no span %s", place->trace,
                     place->span);
    if (rc == TL_OK)
        rc = read_run(&step, walk, place);
    if (rc == TL_OK)
        rc = find_commit(&step, walk);
    if (rc == TL_OK) {
        read_step(&step, spans, walk);
        tl_vec_push(&walk->steps, step);
        const char *id = tl_arena_strdup(walk->ctx->arena, step.span);
        tl_map_put(&walk->seen, id, strlen(id), 0);
        *is_last = !next_place(place, span_by_id(spans, place->span));
    }
    json_decref(spans);
    return rc;
}

/* ---- a chain of steps ---- */

enum { MOST_STEPS = 100000 }; /* links of a damaged log could go round */

static bool is_seen(const struct walk *walk, const char *span)
{
    uint32_t before;

    return tl_map_get(&walk->seen, span, strlen(span), &before);
}

/* What is behind a step that was taken before was taken with it. */
static int take_chain(struct walk *walk, struct place place)
{
    bool is_last = false;
    int rc = TL_OK;

    while (rc == TL_OK && !is_last && !is_seen(walk, place.span) &&
           walk->steps.n < MOST_STEPS)
        rc = take_step(&is_last, walk, &place);
    return rc;
}

static struct place make_place(const char *trace, const char *span, int64_t since)
{
    struct place place = { .since = since };

    snprintf(place.trace, sizeof place.trace, "%s", trace);
    snprintf(place.span, sizeof place.span, "%s", span);
    return place;
}

/* The history of a tag that the column has. */
static int take_tag(struct walk *walk, const struct tl_belief_hit *column,
                    const struct tl_belief_tag *tag)
{
    const struct tl_belief *belief = &walk->log->belief;
    size_t first = walk->steps.n;

    walk->info_type = tl_belief_text(belief, tag->info_type);
    int rc = take_chain(walk, make_place(tl_belief_text(belief, tag->trace),
                                         tl_belief_text(belief, tag->span), tag->since));
    if (rc == TL_OK && walk->steps.n > first && tag->state == TL_CARRIED)
        tl_path_find(&walk->steps.items[first].path, &walk->steps.items[first].n_path,
                     belief, column, tag, walk->ctx);
    return rc;
}

static int begin_walk(struct walk *walk, struct tl_log *log, struct tl_ctx *ctx)
{
    *walk = (struct walk){ .log = log, .ctx = ctx };
    int rc = tl_tip_read(&walk->tip, log, ctx);

    walk->at = walk->tip.commit; /* the walk's from here on */
    walk->tip.commit = NULL;
    return rc;
}

static void end_walk(struct tl_blame_step **out, size_t *n, struct walk *walk, int rc)
{
    *n = rc == TL_OK ? walk->steps.n : 0;
    *out = tl_arena_alloc(walk->ctx->arena, *n, sizeof **out);
    if (*n)
        memcpy(*out, walk->steps.items, *n * sizeof **out);
    git_commit_free(walk->at);
    tl_tip_release(&walk->tip);
    tl_map_release(&walk->seen);
    tl_vec_release(&walk->steps);
}

int tl_log_blame(struct tl_blame_step **out, size_t *n,
                 const struct tl_belief_hit *column, const char *info_type,
                 struct tl_log *log, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = &log->belief;
    const struct tl_belief_tag *found = NULL;
    struct walk walk;

    for (uint32_t i = 0; column->column && i < column->column->n_tags; i++) {
        const struct tl_belief_tag *tag = &belief->tags[column->column->first_tag + i];
        if (strcmp(tl_belief_text(belief, tag->info_type), info_type) == 0)
            found = tag;
    }
    if (!found)
        return tl_fail(ctx, TL_ENOTFOUND, "the column has no tag '%s'", info_type);
    int rc = begin_walk(&walk, log, ctx);
    if (rc == TL_OK)
        rc = take_tag(&walk, column, found);
    end_walk(out, n, &walk, rc);
    return rc;
}

/* ---- what the belief has forgotten ---- */

/* Steps to come have no newer commit than this one. */
static int go_to(struct walk *walk, const git_oid *commit)
{
    git_commit_free(walk->at);
    walk->at = NULL;
    return git_commit_lookup(&walk->at, walk->log->repo, commit) < 0
               ? tl_git_fail(walk->ctx, TL_ELOG, "cannot read a commit of the log")
               : TL_OK;
}

/* A loss of which no span tells: the file's history is the evidence. */
static int take_silent_loss(struct walk *walk, const struct tl_history_head *head,
                            const struct place *place)
{
    struct tl_blame_step step = { .when = head->since,
                                  .info_type = head->tag.info_type,
                                  .state = "lost",
                                  .origin = "lineage",
                                  .why = head->is_column_gone
                                             ? "the column was not in its source any more"
                                             : "" };

    memcpy(step.run, head->trace, sizeof step.run);
    int rc = read_run(&step, walk, place);
    git_oid_tostr(step.commit, sizeof step.commit, &head->commit);
    tl_vec_push(&walk->steps, step);
    return rc;
}

static int take_head(struct walk *walk, const struct tl_history_head *head)
{
    struct place place = make_place(head->trace, head->span, head->since);
    size_t first = walk->steps.n;
    json_t *spans = NULL;

    if (is_seen(walk, head->span))
        return TL_OK;
    walk->info_type = head->tag.info_type;
    int rc = go_to(walk, &head->commit);
    if (rc == TL_OK && head->is_loss)
        rc = find_span(&spans, walk, &place);
    if (rc == TL_OK && head->is_loss && !spans)
        rc = take_silent_loss(walk, head, &place);
    else if (rc == TL_OK)
        rc = take_chain(walk, place);
    json_decref(spans);
    if (rc == TL_OK && head->is_loss && walk->steps.n > first) {
        struct tl_blame_step *step = &walk->steps.items[first];
        step->confidence = head->tag.confidence;
        step->from = head->tag.from;
        step->from_type = head->tag.from_type;
    }
    return rc;
}

/* Newest first; of one second as they were found. */
static void sort_steps(struct tl_blame_step *steps, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct tl_blame_step step = steps[i];
        size_t at = i;
        for (; at > 0 && steps[at - 1].when < step.when; at--)
            steps[at] = steps[at - 1];
        steps[at] = step;
    }
}

int tl_log_history(struct tl_blame_step **out, size_t *n,
                   const struct tl_belief_hit *column, const char *info_type,
                   struct tl_log *log, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = &log->belief;
    struct tl_history history;
    struct walk walk;
    git_oid tip;
    int rc = tl_history_read(&history, column, info_type, log, ctx);

    if (rc == TL_OK)
        rc = begin_walk(&walk, log, ctx);
    else
        walk = (struct walk){ .ctx = ctx };
    tip = walk.tip.id;
    for (uint32_t i = 0; rc == TL_OK && i < column->column->n_tags; i++) {
        const struct tl_belief_tag *tag = &belief->tags[column->column->first_tag + i];
        if (info_type && strcmp(tl_belief_text(belief, tag->info_type), info_type) != 0)
            continue;
        rc = go_to(&walk, &tip);
        if (rc == TL_OK)
            rc = take_tag(&walk, column, tag);
    }
    for (size_t i = 0; rc == TL_OK && i < history.heads.n; i++)
        rc = take_head(&walk, &history.heads.items[i]);
    tl_history_release(&history);
    sort_steps(walk.steps.items, walk.steps.n);
    end_walk(out, n, &walk, rc);
    return rc;
}
