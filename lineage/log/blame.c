/*
 * Blame walks: a tag names the span that decided it and, by its day, the folder of that span's run; the span links to the one it
 * replaced and says that one's day. Nothing is searched but the lines of the runs on the way.
 */
#include "lineage/log/store.h"

#include "base/ctx.h"
#include "base/vec.h"
#include "lineage/log/commit.h"
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
    const struct tl_belief_tag *tag;
    TL_VEC(struct tl_blame_step) steps;
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

static int find_span(json_t **spans, const struct walk *walk, const struct place *place)
{
    struct tl_line line;
    bool is_there;
    int rc = tl_line_find(&line, &is_there, walk->tip.root, place->trace, place->since,
                          place->span, walk->ctx);

    *spans = NULL;
    if (rc == TL_OK && !is_there)
        rc = tl_fail(walk->ctx, TL_ELOG, "run %s has no span %s", place->trace,
                     place->span);
    if (rc == TL_OK) {
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

static int take_step(bool *is_last, struct walk *walk, struct place *place)
{
    struct tl_arena *arena = walk->ctx->arena;
    struct tl_blame_step step = { .when = place->since };
    json_t *spans;

    memcpy(step.run, place->trace, sizeof step.run);
    memcpy(step.span, place->span, sizeof step.span);
    int rc = find_span(&spans, walk, place);
    if (rc == TL_OK)
        rc = read_run(&step, walk, place);
    if (rc == TL_OK)
        rc = find_commit(&step, walk);
    if (rc < 0) {
        json_decref(spans);
        return rc;
    }
    const json_t *span = span_by_id(spans, place->span);
    const char *info_type = tl_line_attr(span, "tagline.info_type");
    const char *state = tl_line_attr(span, "tagline.state");
    const char *origin = tl_line_attr(span, "tagline.origin");
    step.info_type = tl_arena_strdup(arena, info_type ? info_type : walk->info_type);
    step.state = tl_arena_strdup(arena, state ? state : "");
    step.origin = tl_arena_strdup(arena, origin ? origin : "");
    step.confidence = (unsigned)tl_line_number(span, "tagline.confidence");
    step.why = why_of(spans, span, step.state, step.info_type, walk->ctx);
    tl_vec_push(&walk->steps, step);
    *is_last = !next_place(place, span);
    json_decref(spans);
    return TL_OK;
}

enum { MOST_STEPS = 100000 }; /* links of a damaged log could go round */

int tl_log_blame(struct tl_blame_step **out, size_t *n,
                 const struct tl_belief_hit *column, const char *info_type,
                 struct tl_log *log, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = &log->belief;
    struct walk walk = { .log = log, .info_type = info_type, .ctx = ctx };
    struct place place = { .since = 0 };
    bool is_last = false;

    for (uint32_t i = 0; column->column && i < column->column->n_tags; i++) {
        const struct tl_belief_tag *tag = &belief->tags[column->column->first_tag + i];
        if (strcmp(tl_belief_text(belief, tag->info_type), info_type) == 0)
            walk.tag = tag;
    }
    if (!walk.tag)
        return tl_fail(ctx, TL_ENOTFOUND, "the column has no tag '%s'", info_type);
    snprintf(place.trace, sizeof place.trace, "%s",
             tl_belief_text(belief, walk.tag->trace));
    snprintf(place.span, sizeof place.span, "%s", tl_belief_text(belief, walk.tag->span));
    place.since = walk.tag->since;
    int rc = tl_tip_read(&walk.tip, log, ctx);
    walk.at = walk.tip.commit; /* the walk's from here on */
    walk.tip.commit = NULL;
    while (rc == TL_OK && !is_last && walk.steps.n < MOST_STEPS)
        rc = take_step(&is_last, &walk, &place);
    if (rc == TL_OK && walk.tag->state == TL_CARRIED)
        tl_path_find(&walk.steps.items[0].path, &walk.steps.items[0].n_path, belief,
                     column, walk.tag, ctx);
    git_commit_free(walk.at);
    tl_tip_release(&walk.tip);
    *n = rc == TL_OK ? walk.steps.n : 0;
    *out = tl_arena_alloc(ctx->arena, *n, sizeof **out);
    if (*n)
        memcpy(*out, walk.steps.items, *n * sizeof **out);
    tl_vec_release(&walk.steps);
    return rc;
}
