#include "cli/rules.h"

#include "base/json.h"
#include "base/say.h"
#include "classifiers/exam.h"
#include "classifiers/lint.h"
#include "cli/show.h"

/* "core.yaml:12:5", or the pack's name where it is built in. */
static const char *place(const char *path, const char *pack, unsigned line,
                         unsigned column, struct tl_ctx *ctx)
{
    bool is_built_in = strcmp(path, "built in") == 0;

    return tl_arena_printf(ctx->arena, "%s%s:%u:%u", is_built_in ? pack : path,
                           is_built_in ? ".yaml (built in)" : "", line, column);
}

/* ---- lint ---- */

static void finding_json(const struct tl_finding *finding, struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_text(json, "check", finding->check);
    tl_json_put_int(json, "column", finding->column);
    tl_json_put_text(json, "hint", finding->hint);
    tl_json_put_text(json, "info_type", finding->info_type);
    tl_json_put_int(json, "line", finding->line);
    tl_json_put_text(json, "pack", finding->pack);
    tl_json_put_text(json, "path", finding->path);
    tl_json_put_text(json, "severity", tl_gravity_word(finding->gravity));
    tl_json_put_text(json, "text", finding->text);
    tl_json_line_end(&line, ctx);
}

static void show_finding(const struct tl_finding *finding, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;

    fprintf(out, "%s: %s: %s [%s]\n",
            place(finding->path, finding->pack, finding->line, finding->column, ctx),
            tl_gravity_word(finding->gravity), tl_shown(finding->text, ctx),
            finding->check);
    fprintf(out, "    hint: %s\n", finding->hint);
}

static void show_findings(unsigned counts[3], const struct tl_rules *rules,
                          const struct tl_findings *findings, struct tl_ctx *ctx)
{
    for (size_t i = 0; i < findings->items.n; i++) {
        const struct tl_finding *finding = &findings->items.items[i];

        counts[finding->gravity]++;
        if (finding->gravity == TL_GRAVE_NOTE && !rules->options->verbose &&
            !rules->options->common.json)
            continue;
        if (rules->options->common.json)
            finding_json(finding, ctx);
        else
            show_finding(finding, ctx);
    }
}

int tl_rules_lint(struct tl_rules *rules, const char *const *packs, size_t n,
                  struct tl_ctx *ctx)
{
    unsigned counts[3] = { 0 };
    int rc = TL_OK;

    for (size_t i = 0; (i < n || (i == 0 && n == 0)) && rc == TL_OK; i++) {
        struct tl_findings findings;

        rc = tl_lint(&findings, rules->engine, n ? packs[i] : NULL, ctx);
        if (rc == TL_OK)
            show_findings(counts, rules, &findings, ctx);
        tl_findings_release(&findings);
    }
    if (rc < 0)
        return rc;
    fflush(ctx->say->results);
    tl_note(ctx, "%u error%s, %u warning%s, %u note%s%s", counts[TL_GRAVE_ERROR],
            counts[TL_GRAVE_ERROR] == 1 ? "" : "s", counts[TL_GRAVE_WARNING],
            counts[TL_GRAVE_WARNING] == 1 ? "" : "s", counts[TL_GRAVE_NOTE],
            counts[TL_GRAVE_NOTE] == 1 ? "" : "s",
            counts[TL_GRAVE_NOTE] && !rules->options->verbose ? " (-v shows them)" : "");
    rules->call->exit = counts[TL_GRAVE_ERROR] ? 1 : 0;
    return TL_OK;
}

/* ---- test ---- */

static void part_json(const struct tl_exam_part *part, struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_int(json, "failed", part->failed);
    tl_json_put_text(json, "info_type", part->info_type);
    tl_json_put_text(json, "pack", part->pack);
    tl_json_put_int(json, "tests", part->n);
    tl_json_line_end(&line, ctx);
}

static void show_exam(const struct tl_rules *rules, const struct tl_exam *exam,
                      struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;

    for (size_t i = 0; i < exam->parts.n; i++) {
        const struct tl_exam_part *part = &exam->parts.items[i];

        if (rules->options->common.json)
            part_json(part, ctx);
        else if (rules->options->verbose)
            fprintf(out, "%-6s %s/%s: %u of %u\n", part->failed ? "FAILED" : "ok",
                    part->pack, part->info_type ? part->info_type : "columns",
                    part->n - part->failed, part->n);
    }
    for (size_t i = 0; !rules->options->common.json && i < exam->misses.n; i++) {
        const struct tl_exam_miss *miss = &exam->misses.items[i];
        fprintf(out, "%s: %s\n",
                place(miss->path, miss->pack, miss->line, miss->column, ctx),
                tl_shown(miss->text, ctx));
    }
}

int tl_rules_test(struct tl_rules *rules, const char *const *packs, size_t n,
                  struct tl_ctx *ctx)
{
    unsigned tests = 0;
    unsigned failed = 0;
    int rc = TL_OK;

    for (size_t i = 0; (i < n || (i == 0 && n == 0)) && rc == TL_OK; i++) {
        struct tl_exam exam;

        rc = tl_exam_run(&exam, rules->engine, n ? packs[i] : NULL, ctx);
        if (rc == TL_OK)
            show_exam(rules, &exam, ctx);
        tests += exam.n;
        failed += exam.failed;
        tl_exam_release(&exam);
    }
    if (rc < 0)
        return rc;
    fflush(ctx->say->results);
    tl_note(ctx, "%u tests, %u failed", tests, failed);
    rules->call->exit = failed ? 1 : 0;
    return TL_OK;
}
