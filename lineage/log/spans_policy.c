/* What policies say of a run, told in spans: names, tags, zones and paths; never a value. */
#include "lineage/log/spans.h"

#include "base/ctx.h"

enum { A_LINE = 100 }; /* verdicts; no line is enormous */

static void tell_verdict(struct tl_span_line *line, const struct tl_merge *merge,
                         const struct tl_verdict *verdict, size_t i)
{
    struct tl_span span = tl_spans_begin(merge, "verdict");
    char number[32];

    snprintf(number, sizeof number, "verdict %zu", i);
    tl_spans_name(&span.id, merge, number, NULL);
    tl_spans_name(&span.parent, merge, "policy", NULL);
    if (verdict->outcome == TL_VIOLATION)
        span.status = TL_SPAN_ERROR;
    tl_span_begin(line);
    tl_span_attr_text(line, "tagline.column", verdict->path);
    tl_span_attr_text(line, "tagline.dataset", verdict->dataset);
    tl_spans_path(line, verdict->steps, verdict->n_steps, merge->into);
    tl_span_attr_bool(line, "tagline.policy.advisory", verdict->is_advisory);
    tl_span_attr_text(line, "tagline.policy.fix", verdict->fix);
    tl_span_attr_text(line, "tagline.policy.outcome", tl_outcome_word(verdict->outcome));
    tl_span_attr_text(line, "tagline.policy.rule", verdict->rule);
    tl_span_attr_text(line, "tagline.policy.severity", verdict->severity);
    tl_span_attr_text(line, "tagline.why", verdict->why);
    tl_span_end(line, &span);
}

static void tell_counts(struct tl_span_line *line, const struct tl_merge *merge,
                        const struct tl_verdicts *verdicts)
{
    struct tl_span span = tl_spans_begin(merge, "policy");

    tl_spans_name(&span.id, merge, "policy", NULL);
    tl_spans_name(&span.parent, merge, "run", NULL);
    tl_span_begin(line);
    tl_span_attr_int(line, "tagline.policy.binding", (int64_t)verdicts->n_binding);
    tl_span_attr_int(line, "tagline.policy.gap", (int64_t)verdicts->counts[TL_GAP]);
    tl_span_attr_int(line, "tagline.policy.pass", (int64_t)verdicts->counts[TL_PASS]);
    tl_span_attr_int(line, "tagline.policy.violation",
                     (int64_t)verdicts->counts[TL_VIOLATION]);
    tl_span_attr_int(line, "tagline.policy.waived", (int64_t)verdicts->counts[TL_WAIVED]);
    tl_span_end(line, &span);
}

int tl_spans_policy(struct tl_trail *trail, const struct tl_merge *merge,
                    const struct tl_verdicts *verdicts, struct tl_ctx *ctx)
{
    size_t i = 0, n = verdicts->items.n;
    int rc;

    do {
        struct tl_span_line line;
        tl_span_line_begin(&line, &trail->lines);
        if (i == 0)
            tell_counts(&line, merge, verdicts);
        for (size_t end = i + A_LINE; i < n && i < end; i++)
            tell_verdict(&line, merge, &verdicts->items.items[i], i);
        tl_span_line_end(&line);
        tl_arena_reset(merge->into);
        rc = tl_trail_line(trail, ctx);
    } while (rc == TL_OK && i < n);
    return rc;
}
