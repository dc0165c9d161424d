/*
 * How much of a file is understood: a line each and one for all, written as soon as it is known, so that a collection of any size is
 * counted in little memory.
 */
#include "cli/lineage.h"

#include "base/say.h"
#include "cli/show.h"

#include <string.h>

struct counts {
    const char *path; /* NULL: of all */
    const char *why;  /* it could not be read */
    uint64_t statements, whole, part, none;
    uint64_t edges, steering, problems;
    int64_t took; /* ns */
};

struct summary {
    struct counts total;
    uint64_t n_files;
};

static void add_counts(struct counts *to, const struct counts *from)
{
    to->statements += from->statements;
    to->whole += from->whole;
    to->part += from->part;
    to->none += from->none;
    to->edges += from->edges;
    to->steering += from->steering;
    to->problems += from->problems;
    to->took += from->took;
}

static void count_statements(struct counts *counts, const struct tl_sql_result *result)
{
    uint32_t p = 0;

    counts->statements = result->n_statements;
    for (uint32_t s = 0; s < result->n_statements; s++) {
        bool has_problem = false;

        for (; p < result->n_problems && result->problems[p].statement <= s + 1; p++)
            has_problem = has_problem || result->problems[p].statement == s + 1;
        if (result->statements[s].kind == TL_SQL_NOT_UNDERSTOOD)
            counts->none++;
        else if (has_problem)
            counts->part++;
        else
            counts->whole++;
    }
}

static void *digest_counts(const struct tl_lineage_file *file,
                           const struct tl_lineage *lineage, struct tl_arena *arena,
                           struct tl_ctx *ctx)
{
    struct counts *counts = tl_arena_alloc(arena, 1, sizeof *counts);

    (void)lineage;
    (void)ctx;
    counts->path = file->path;
    counts->took = file->took;
    if (!file->result) {
        counts->why = tl_arena_strdup(arena, file->why);
        counts->problems = 1;
        return counts;
    }
    count_statements(counts, file->result);
    counts->problems = file->result->n_problems;
    for (uint32_t i = 0; i < file->result->n_edges; i++) {
        if (tl_edge_moves_values(file->result->edges[i].kind))
            counts->edges++;
        else
            counts->steering++;
    }
    return counts;
}

static void show_json(const struct counts *counts, uint64_t n_files, struct tl_ctx *ctx)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_put_int(json, "edges", (int64_t)counts->edges);
    if (counts->path)
        tl_json_put_text(json, "file", counts->path);
    else
        tl_json_put_int(json, "files", (int64_t)n_files);
    tl_json_put_int(json, "in_part", (int64_t)counts->part);
    tl_json_put_int(json, "in_whole", (int64_t)counts->whole);
    tl_json_put_int(json, "not_at_all", (int64_t)counts->none);
    tl_json_put_int(json, "problems", (int64_t)counts->problems);
    tl_json_key(json, "seconds");
    int64_t microseconds = counts->took / 1000;
    tl_json_real(json, (double)microseconds / 1e6);
    tl_json_put_int(json, "statements", (int64_t)counts->statements);
    tl_json_put_int(json, "steering", (int64_t)counts->steering);
    tl_json_put_some(json, "unread", counts->why);
    tl_json_line_end(&line, ctx);
}

static void show_line(const struct counts *counts, const char *name, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;
    struct tl_str shown = TL_STR_INIT(1 << 16);
    const char *paint = counts->why || counts->none ? tl_paint(ctx, TL_RED)
                        : counts->part              ? tl_paint(ctx, TL_YELLOW)
                                                    : "";

    tl_str_add_shown(&shown, name, strlen(name));
    if (counts->why) {
        fprintf(out, "%10s %10s %s%8s %10s%s %10s %10s %9s  %s: ", "-", "-", paint, "-",
                "-", *paint ? tl_paint(ctx, TL_PLAIN) : "", "-", "-", "-", shown.text);
        tl_str_clear(&shown);
        tl_str_add_shown(&shown, counts->why, strlen(counts->why));
        fprintf(out, "%s\n", shown.text);
    } else {
        fprintf(out, "%10llu %10llu %s%8llu %10llu%s %10llu %10llu %9llu %9.3f  %s\n",
                (unsigned long long)counts->statements, (unsigned long long)counts->whole,
                paint, (unsigned long long)counts->part, (unsigned long long)counts->none,
                *paint ? tl_paint(ctx, TL_PLAIN) : "", (unsigned long long)counts->edges,
                (unsigned long long)counts->steering,
                (unsigned long long)counts->problems, (double)counts->took / 1e9,
                shown.text);
    }
    tl_str_release(&shown);
}

static int show_counts(void *self, const void *of, struct tl_lineage *lineage,
                       struct tl_ctx *ctx)
{
    struct summary *summary = self;
    const struct counts *counts = of;

    if (lineage->options->common.json) {
        show_json(counts, 0, ctx);
    } else {
        if (summary->n_files == 0)
            fprintf(ctx->say->results, "%10s %10s %8s %10s %10s %10s %9s %9s  %s\n",
                    "STATEMENTS", "IN WHOLE", "IN PART", "NOT AT ALL", "EDGES",
                    "STEERING", "PROBLEMS", "SECONDS", "FILE");
        show_line(counts, counts->path, ctx);
    }
    add_counts(&summary->total, counts);
    summary->n_files++;
    return TL_OK;
}

int tl_lineage_summary(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                       struct tl_ctx *ctx)
{
    struct summary summary = { 0 };
    const struct tl_lineage_shower shower = { .digest = digest_counts,
                                              .show = show_counts,
                                              .self = &summary,
                                              .shows_unread = true };
    int rc = tl_lineage_read(lineage, paths, &shower, ctx);

    if (rc < 0 || summary.n_files < 2)
        return rc;
    if (lineage->options->common.json)
        show_json(&summary.total, summary.n_files, ctx);
    else
        show_line(&summary.total, "in all", ctx);
    return rc;
}
