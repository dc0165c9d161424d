#include "lineage/log/evidence_read.h"

#include "base/ctx.h"

/* Texts in spans may hold escaped bytes. */
const char *tl_evidence_text(const char *text, struct tl_ctx *ctx)
{
    struct tl_str plain = TL_STR_INIT(TL_STR_MOST);

    if (!text)
        return NULL;
    tl_json_unescape_bytes(&plain, text, strlen(text));
    const char *kept = tl_arena_dup(ctx->arena, plain.text, plain.n);
    tl_str_release(&plain);
    return kept;
}

static uint8_t stance_of(const char *word)
{
    uint8_t stance = TL_REFUTES;

    while (stance > TL_ABSTAINS && strcmp(tl_stance_word(stance), word ? word : "") != 0)
        stance--;
    return stance;
}

static uint8_t evidence_of(const char *word)
{
    uint8_t evidence = TL_EVIDENCES - 1;

    while (evidence > TL_FROM_NAME &&
           strcmp(tl_evidence_word(evidence), word ? word : "") != 0)
        evidence--;
    return evidence;
}

static void read_opinions(struct tl_decisions *out, const json_t *spans,
                          struct tl_ctx *ctx)
{
    out->opinions =
        tl_arena_alloc(ctx->arena, json_array_size(spans), sizeof *out->opinions);
    for (size_t i = 0; i < json_array_size(spans); i++) {
        const json_t *span = json_array_get(spans, i);
        const char *rule = tl_line_attr(span, "tagline.rule");
        const char *type = tl_line_attr(span, "tagline.info_type");
        if (!rule || !type)
            continue; /* of one of its tags */
        out->opinions[out->n_opinions++] = (struct tl_opinion){
            .rule = tl_evidence_text(rule, ctx),
            .info_type = tl_evidence_text(type, ctx),
            .stance = stance_of(tl_line_attr(span, "tagline.stance")),
            .evidence = evidence_of(tl_line_attr(span, "tagline.evidence")),
            .weight = (int16_t)tl_line_number(span, "tagline.weight"),
            .tried = (uint32_t)tl_line_number(span, "tagline.tried"),
            .matched = (uint32_t)tl_line_number(span, "tagline.matched"),
            .distinct = (uint32_t)tl_line_number(span, "tagline.distinct"),
        };
    }
    out->columns->n_opinions = out->n_opinions;
}

/* Of further types only the name is told here: their figures stand in the belief. */
static void read_tags(struct tl_decisions *out, const json_t *span, struct tl_ctx *ctx)
{
    const char *lead = tl_line_attr(span, "tagline.info_type");
    const json_t *types = tl_line_list(span, "tagline.info_types");
    size_t n = json_array_size(types);

    if (!lead)
        return;
    out->tags = tl_arena_alloc(ctx->arena, n + 1, sizeof *out->tags);
    for (size_t i = 0; i < n; i++) {
        const char *type = tl_json_text_at(json_array_get(types, i), "stringValue", "");
        if (strcmp(type, lead) != 0)
            out->tags[out->n_tags++] =
                (struct tl_tag){ .info_type = tl_evidence_text(type, ctx),
                                 .state = TL_PROPOSED };
    }
    int origin = tl_origin_of(tl_line_attr(span, "tagline.origin"));
    int state = tl_state_of(tl_line_attr(span, "tagline.state"));
    out->tags[out->n_tags++] = (struct tl_tag){
        .info_type = tl_evidence_text(lead, ctx),
        .category = tl_evidence_text(tl_line_attr(span, "tagline.category"), ctx),
        .confidence = (uint16_t)tl_line_number(span, "tagline.confidence"),
        .share = (uint16_t)tl_line_number(span, "tagline.share"),
        .matched = (uint32_t)tl_line_number(span, "tagline.matched"),
        .origin = (uint8_t)(origin < 0 ? TL_BY_RULE : origin),
        .state = (uint8_t)(state < 0 ? TL_PROPOSED : state),
    };
    out->columns->n_tags = out->n_tags;
}

/* "tcf.decodes 412/500", as spans.c writes them. */
static uint32_t read_facts(struct tl_fact **out, const json_t *span, struct tl_ctx *ctx)
{
    const json_t *texts = tl_line_list(span, "tagline.facts");
    size_t n = json_array_size(texts);
    uint32_t n_read = 0;

    *out = n ? tl_arena_alloc(ctx->arena, n, sizeof **out) : NULL;
    for (size_t i = 0; i < n; i++) {
        const char *text = tl_json_text_at(json_array_get(texts, i), "stringValue", "");
        const char *blank = strchr(text, ' ');
        if (!blank || blank == text || blank - text > TL_FACT_NAME_MOST)
            continue;
        const char *of = strchr(blank, '/');
        (*out)[n_read++] = (struct tl_fact){
            .name = tl_arena_dup(ctx->arena, text, (size_t)(blank - text)),
            .count = (uint32_t)strtoul(blank + 1, NULL, 10),
            .of = of ? (uint32_t)strtoul(of + 1, NULL, 10) : 0,
        };
    }
    return n_read;
}

static void read_column(struct tl_decisions *out, const json_t *span, struct tl_ctx *ctx)
{
    const char *runner_up = tl_line_attr(span, "tagline.runner_up");
    int state = tl_state_of(tl_line_attr(span, "tagline.state"));

    *out->columns = (struct tl_decision){
        .sampled = (uint32_t)tl_line_number(span, "tagline.sampled"),
        .nulls = (uint32_t)tl_line_number(span, "tagline.nulls"),
        .distinct = (uint32_t)tl_line_number(span, "tagline.distinct"),
        .runner_up = tl_evidence_text(runner_up, ctx),
        .runner_up_confidence =
            (uint16_t)tl_line_number(span, "tagline.runner_up_confidence"),
        .state = (uint8_t)(state < 0 ? TL_NOTHING : state),
    };
    read_tags(out, span, ctx);
    out->n_facts = out->columns->n_facts = read_facts(&out->facts, span, ctx);
}

static uint8_t sample_of(const char *word)
{
    static const char *const words[] = { "none", "read", "whole", "failed" };
    uint8_t state = TL_SAMPLE_FAILED;

    while (state > TL_SAMPLE_NONE && strcmp(words[state], word ? word : "") != 0)
        state--;
    return state;
}

static void read_dataset(struct tl_log_evidence *out, const json_t *span,
                         struct tl_ctx *ctx)
{
    const char *rows = tl_line_attr(span, "tagline.rows");

    out->kind = tl_evidence_text(tl_line_attr(span, "tagline.kind"), ctx);
    out->rows = rows ? strtoll(rows, NULL, 10) : -1;
    out->sample_state = sample_of(tl_line_attr(span, "tagline.sample"));
    out->sampled_rows = (uint32_t)tl_line_number(span, "tagline.sampled_rows");
    if (out->sample_state == TL_SAMPLE_FAILED)
        out->sample_why =
            tl_evidence_text(tl_json_text_at(span, "status.message", NULL), ctx);
    out->decisions.columns =
        tl_arena_alloc(ctx->arena, 1, sizeof *out->decisions.columns);
    out->decisions.n_columns = 1;
    out->decisions.n_dataset_facts = read_facts(&out->decisions.dataset_facts, span, ctx);
}

/* ---- the line ---- */

/* A line that only tells of carried tags has no sample: nothing was decided in it. */
static bool is_decision(const json_t *span)
{
    return span && tl_line_attr(span, "tagline.sample");
}

int tl_evidence_read(struct tl_log_evidence *out, bool *is_decided,
                     const struct tl_line *line, struct tl_ctx *ctx)
{
    json_t *dataset = json_array(), *own = json_array(), *below = json_array();
    char needle[48];
    int rc = tl_line_pick(dataset, line, tl_line_own(needle, out->dataset_span), ctx);

    *is_decided = rc == TL_OK && is_decision(json_array_get(dataset, 0));
    if (*is_decided) {
        read_dataset(out, json_array_get(dataset, 0), ctx);
        rc = tl_line_pick(own, line, tl_line_own(needle, out->span), ctx);
    }
    if (rc == TL_OK && json_array_size(own)) {
        read_column(&out->decisions, json_array_get(own, 0), ctx);
        rc = tl_line_pick(below, line, tl_line_below(needle, out->span), ctx);
        read_opinions(&out->decisions, below, ctx);
    } else {
        out->span[0] = '\0';
    }
    json_decref(dataset);
    json_decref(own);
    json_decref(below);
    return rc;
}
