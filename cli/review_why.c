/*
 * What the log says of many tags, for a spreadsheet. A walk per tag would read a run as often as it has tags; here each run is read once and
 * its spans are matched with the tags by their ids.
 */
#include "cli/review.h"

#include "base/json.h"
#include "cli/show.h"

#define RUNS_MOST 1000000
enum { WHY_BYTES = 400 };

struct asking {
    const char **out;
    const struct tl_review_list *list;
    const struct tl_belief *belief;
    struct tl_map by_span; /* a tag's span -> item */
    struct tl_map
        by_column; /* "<span of its column> <type>" -> item; of the line that is read */
    struct tl_str *texts; /* one an item */
    struct tl_arena *passing;
};

static const char *attribute(const json_t *span, const char *key)
{
    const json_t *attributes = json_object_get(span, "attributes");

    for (size_t i = 0; i < json_array_size(attributes); i++) {
        const json_t *one = json_array_get(attributes, i);
        const char *text;
        if (strcmp(tl_json_text_at(one, "key", ""), key) != 0)
            continue;
        text = tl_json_text_at(one, "value.stringValue", NULL);
        return text ? text : tl_json_text_at(one, "value.intValue", NULL);
    }
    return NULL;
}

/* The span of a tag we ask for: a person's reason stands in it; the rules stand below its column's. */
static void take_own(struct asking *asking, const json_t *span, uint32_t item)
{
    const struct tl_belief_tag *tag = asking->list->items.items[item].tag;
    bool is_tag = strcmp(tl_json_text_at(span, "name", ""), "tag") == 0;
    const char *column = tl_json_text_at(span, is_tag ? "parentSpanId" : "spanId", "");
    const char *said = attribute(span, "tagline.why");
    struct tl_str *text = &asking->texts[item];

    if (said) {
        tl_json_unescape_bytes(text, said, strlen(said));
        return;
    }
    const char *key = tl_arena_printf(asking->passing, "%s %s", column,
                                      tl_belief_text(asking->belief, tag->info_type));
    tl_map_put(&asking->by_column, key, strlen(key), item);
}

/* "core/email_address#value 98 of 100 values" */
static void take_rule(struct asking *asking, const json_t *span)
{
    const char *rule = attribute(span, "tagline.rule");
    const char *type = attribute(span, "tagline.info_type");
    const char *stance = attribute(span, "tagline.stance");
    uint32_t item;

    if (!rule || !type || !stance || strcmp(stance, "abstains") == 0)
        return;
    const char *key = tl_arena_printf(asking->passing, "%s %s",
                                      tl_json_text_at(span, "parentSpanId", ""), type);
    if (!tl_map_get(&asking->by_column, key, strlen(key), &item))
        return;
    struct tl_str *text = &asking->texts[item];
    const char *matched = attribute(span, "tagline.matched");
    const char *tried = attribute(span, "tagline.tried");
    tl_str_addf(text, "%s%s%s", text->n ? ", " : "",
                strcmp(stance, "refutes") == 0 ? "against it " : "", rule);
    if (matched && tried)
        tl_str_addf(text, " %s of %s values", matched, tried);
}

static int read_line(void *self, const char *line, size_t n, struct tl_ctx *ctx)
{
    struct asking *asking = self;
    json_t *tree = json_loadb(line, n, 0, NULL);
    const json_t *spans = tl_json_at(tree, "resourceSpans.0.scopeSpans.0.spans");
    uint32_t item;

    tl_map_release(&asking->by_column);
    tl_arena_reset(asking->passing);
    for (size_t i = 0; i < json_array_size(spans); i++) {
        const json_t *span = json_array_get(spans, i);
        const char *id = tl_json_text_at(span, "spanId", "");
        if (tl_map_get(&asking->by_span, id, strlen(id), &item))
            take_own(asking, span, item);
    }
    for (size_t i = 0; asking->by_column.n && i < json_array_size(spans); i++)
        take_rule(asking, json_array_get(spans, i));
    json_decref(tree);
    return tl_ctx_check(ctx);
}

static int read_runs(struct asking *asking, const struct tl_review *review,
                     struct tl_ctx *ctx)
{
    struct tl_map asked = TL_MAP_INIT;
    struct tl_log_run *runs;
    uint32_t is_asked;
    size_t n;

    for (size_t i = 0; i < asking->list->items.n; i++) {
        struct tl_slice trace = asking->list->items.items[i].tag->trace;
        tl_map_put(&asked, asking->belief->text + trace.at, trace.n, 1);
    }
    int rc = tl_log_runs(&runs, &n, RUNS_MOST, review->log, ctx);
    for (size_t i = 0; rc == TL_OK && i < n; i++)
        if (tl_map_get(&asked, runs[i].run, strlen(runs[i].run), &is_asked))
            rc = tl_log_spans(&runs[i], read_line, asking, review->log, ctx);
    tl_map_release(&asked);
    return rc;
}

static const char *carried_text(const struct tl_belief *belief,
                                const struct tl_belief_tag *tag, struct tl_ctx *ctx)
{
    const char *from = tl_belief_text(belief, tag->from);

    return from ? tl_arena_printf(ctx->arena, "carried from %s", from) : "";
}

int tl_review_whys(const char **out, const struct tl_review_list *list,
                   const struct tl_review *review, struct tl_ctx *ctx)
{
    struct asking asking = { .out = out,
                             .list = list,
                             .belief = review->belief,
                             .by_span = TL_MAP_INIT,
                             .by_column = TL_MAP_INIT,
                             .texts = tl_alloc(list->items.n, sizeof *asking.texts),
                             .passing = tl_arena_open() };

    for (size_t i = 0; i < list->items.n; i++) {
        struct tl_slice span = list->items.items[i].tag->span;
        tl_str_init(&asking.texts[i], WHY_BYTES);
        tl_map_put(&asking.by_span, review->belief->text + span.at, span.n, (uint32_t)i);
    }
    int rc = list->items.n ? read_runs(&asking, review, ctx) : TL_OK;
    for (size_t i = 0; i < list->items.n; i++) {
        const struct tl_belief_tag *tag = list->items.items[i].tag;
        struct tl_str *text = &asking.texts[i];
        out[i] = text->n ? tl_arena_dup(ctx->arena, text->text, text->n)
                         : carried_text(review->belief, tag, ctx);
        tl_str_release(text);
    }
    tl_map_release(&asking.by_span);
    tl_map_release(&asking.by_column);
    tl_arena_close(asking.passing);
    tl_free(asking.texts);
    return rc;
}
