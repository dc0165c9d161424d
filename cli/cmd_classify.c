/*
 * Decides the columns of files or sources and shows every one of them; logs nothing. The JSON lines are a contract.
 */
#include "cli/cmd.h"

#include "base/file.h"
#include "base/say.h"
#include "cli/input.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "cli/table.h"

struct classify_options {
    struct tl_common common;
    int format;
    int64_t rows;
    struct tl_list packs, only, without, locales;
    int fail_on; /* 0: nothing, else 1 + enum tl_sensitivity */
    bool names_only;
};

static const struct tl_option options[] = {
    { "format", TL_KIND_CHOICE, offsetof(struct classify_options, format), "auto",
      "what the files are", .choices = TL_INPUT_FORMATS },
    { "rows", TL_KIND_COUNT, offsetof(struct classify_options, rows), NULL,
      "most rows read of a dataset" },
    { "packs", TL_KIND_LIST, offsetof(struct classify_options, packs), NULL,
      "a rule pack of your own, a folder or a pattern", .argument = "FILE" },
    { "only", TL_KIND_LIST, offsetof(struct classify_options, only), NULL,
      "a pack that is on; the others are off", .argument = "PACK" },
    { "without", TL_KIND_LIST, offsetof(struct classify_options, without), NULL,
      "a pack or an info type that is off", .argument = "NAME" },
    { "locales", TL_KIND_LIST, offsetof(struct classify_options, locales), NULL,
      "a country: packs that are only about others are off", .argument = "CC" },
    { "names_only", TL_KIND_FLAG, offsetof(struct classify_options, names_only), NULL,
      "never read a value" },
    { "fail_on", TL_KIND_CHOICE, offsetof(struct classify_options, fail_on), "none",
      "exit 1 when a column is at least this sensitive",
      .choices = "none|public|internal|personal|sensitive|special" },
    { 0 },
};

/* ---- showing: used by scan --dry-run as well ---- */

static void json_column(const char *dataset, const char *column,
                        const struct tl_decisions *decisions, uint32_t i,
                        const struct tl_tag *tag, struct tl_ctx *ctx)
{
    const struct tl_decision *decision = &decisions->columns[i];
    struct tl_str why = TL_STR_INIT(1 << 16);
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_engine_why(&why, decisions, i);
    tl_json_put_text(json, "category", tag ? tag->category : NULL);
    tl_json_put_text(json, "column", column);
    tl_json_key(json, "confidence");
    tl_json_real(json, tag ? tag->confidence / 1000.0 : 0);
    tl_json_put_text(json, "dataset", dataset);
    tl_json_put_facts(json, "facts",
                      decision->n_facts ? &decisions->facts[decision->first_fact] : NULL,
                      decision->n_facts);
    tl_json_put_text(json, "info_type", tag ? tag->info_type : NULL);
    tl_json_put_bool(json, "inside", tag && tag->is_inside);
    tl_json_put_int(json, "matched", tag ? tag->matched : 0);
    tl_json_put_text(json, "origin", tl_origin_word(tag ? tag->origin : TL_BY_RULE));
    tl_json_put_text(json, "path", tag ? tag->path : NULL);
    tl_json_put_text(json, "runner_up", decision->runner_up);
    tl_json_put_int(json, "sampled", decision->sampled);
    tl_json_put_text(json, "sensitivity",
                     tag ? tl_sensitivity_word(tag->sensitivity) : NULL);
    tl_json_key(json, "share");
    tl_json_real(json, tag ? tag->share / 1000.0 : 0);
    tl_json_put_text(json, "state", tl_state_word(tag ? tag->state : decision->state));
    tl_json_put_text(json, "why", why.text);
    tl_json_line_end(&line, ctx);
    tl_str_release(&why);
}

/* What is being shown, and how. */
struct shown {
    const struct tl_scan *scan;
    struct tl_table *table; /* NULL: JSON lines */
    bool all, has_dataset;
    struct tl_ctx *ctx;
};

static void table_column(const struct shown *shown, const char *dataset,
                         const char *column, const struct tl_decisions *decisions,
                         uint32_t i, const struct tl_tag *tag)
{
    struct tl_table *table = shown->table;
    struct tl_str why = TL_STR_INIT(1 << 16);

    /* a line a tag: of each only what was said of it */
    if (tag && decisions->columns[i].n_tags > 1) {
        if (tag->path)
            tl_str_addf(&why, "inside the values, at '%s': ", tag->path);
        tl_engine_story(&why, decisions, i, tag->info_type);
    } else {
        tl_engine_why(&why, decisions, i);
    }
    tl_table_row(table);
    if (shown->has_dataset)
        tl_table_cell(table, dataset);
    tl_table_cell(table, column);
    tl_table_cell(table,
                  tag ? tag->info_type : tl_state_word(decisions->columns[i].state));
    tl_table_painted(table, tag ? tl_sensitivity_word(tag->sensitivity) : "",
                     tag ? tl_paint_of_sensitivity(tag->sensitivity) : TL_PLAIN);
    if (tag)
        tl_table_cellf(table, "%u%%", tl_percent(tag->confidence));
    else
        tl_table_cell(table, "");
    tl_table_cell(table, why.text);
    tl_str_release(&why);
}

/* The name people know a dataset by: the file they gave, else its key. */
static const char *dataset_name(const struct tl_scan *scan, uint32_t d,
                                const char *const *operands, struct tl_ctx *ctx)
{
    const struct tl_dataset *dataset = &scan->snapshot.datasets.items[d];
    struct tl_key key = tl_snapshot_key(&scan->snapshot, (struct tl_dataset_id){ d });
    struct tl_str text = TL_STR_INIT(1 << 20);

    /* A system made of an operand bears the operand itself as its name. */
    if (operands && dataset->kind == TL_FILE &&
        scan->systems[dataset->source.i].name == operands[dataset->source.i])
        return operands[dataset->source.i];
    tl_key_add(&text, &key);
    const char *name = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return name;
}

static void show_dataset(const struct shown *shown, uint32_t d, const char *name)
{
    const struct tl_snapshot *snapshot = &shown->scan->snapshot;
    const struct tl_dataset *dataset = &snapshot->datasets.items[d];
    const struct tl_decisions *decisions = &shown->scan->decisions[d];

    for (uint32_t i = 0; i < decisions->n_columns; i++) {
        const struct tl_decision *decision = &decisions->columns[i];
        const char *column =
            tl_snapshot_text(snapshot,
                             snapshot->columns.items[dataset->first_column + i].path);
        if (!decision->n_tags && !shown->all)
            continue;
        for (uint32_t t = 0; t < decision->n_tags || t == 0; t++) {
            const struct tl_tag *tag =
                decision->n_tags ? &decisions->tags[decision->first_tag + t] : NULL;
            if (shown->table)
                table_column(shown, name, column, decisions, i, tag);
            else
                json_column(name, column, decisions, i, tag, shown->ctx);
        }
    }
}

void tl_scan_show(const struct tl_scan *scan, bool as_json, bool all,
                  const char *const *operands, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = {
        { "DATASET", TL_CUT },      { "COLUMN", TL_LEFT }, { "INFO TYPE", TL_LEFT },
        { "SENSITIVITY", TL_LEFT }, { "SURE", TL_RIGHT },  { "WHY", TL_CUT }
    };
    size_t n = scan->snapshot.datasets.n;
    struct shown shown = { .scan = scan, .all = all, .has_dataset = n != 1, .ctx = ctx };

    if (!as_json)
        shown.table = tl_table_open(heads + (n == 1), 6 - (n == 1), ctx);
    for (uint32_t d = 0; d < n; d++)
        show_dataset(&shown, d, dataset_name(scan, d, operands, ctx));
    if (shown.table)
        tl_table_close(shown.table);
}

/* ---- the command ---- */

static int most_sensitive(const struct tl_scan *scan)
{
    int most = -1;

    for (size_t d = 0; d < scan->snapshot.datasets.n; d++)
        for (uint32_t t = 0; t < scan->decisions[d].n_tags; t++)
            if (scan->decisions[d].tags[t].sensitivity > most)
                most = scan->decisions[d].tags[t].sensitivity;
    return most;
}

/* A source of the configuration where one has that name and no such file exists; else a file. */
static int system_of(struct tl_system *out, const char *operand, struct tl_config *config,
                     bool *has_config, const struct classify_options *o,
                     struct tl_ctx *ctx)
{
    const struct tl_system *found;
    int rc;

    if (strcmp(operand, "-") == 0 || tl_path_exists(operand) || strchr(operand, '/') ||
        strchr(operand, '.'))
        return tl_input_system(out, operand, o->format, o->names_only, ctx);
    if (!*has_config) {
        if ((rc = tl_config_load(config, o->common.config, TL_CONFIG_SOURCES, ctx)) < 0)
            return tl_explain(ctx, "no file '%s', and no source of that name", operand);
        *has_config = true;
    }
    if ((rc = tl_config_source(&found, config, operand, ctx)) < 0)
        return rc;
    *out = *found;
    out->names_only |= o->names_only;
    return TL_OK;
}

/* What is said on the command line goes before what the configuration says, for all sources. */
static void apply_switches(struct tl_config *config, struct tl_system *systems, size_t n,
                           const struct classify_options *o)
{
    for (size_t i = 0; i < n; i++) {
        struct tl_switches *own = &systems[i].rules;
        if (o->only.n)
            own->only = o->only;
        if (o->locales.n)
            own->locales = o->locales;
        if (o->without.n)
            own->without = o->without;
    }
    if (o->without.n)
        config->rules.without = o->without;
}

static int run_classify(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct classify_options *o = call->options;
    size_t n = (size_t)call->n_operands;
    struct tl_system *systems = tl_arena_alloc(ctx->arena, n + 1, sizeof *systems);
    struct tl_config config = { 0 }, from_file = { 0 };
    bool has_config = false;
    struct tl_scan scan = { 0 };
    int rc;

    if (o->rows > TL_SAMPLE_ROWS_MOST)
        return tl_fail(ctx, TL_EUSAGE, "--rows takes at most %d", TL_SAMPLE_ROWS_MOST);
    if (n == 0) {
        tl_hint(ctx, "usage: tagline classify FILE|SOURCE ...");
        return tl_fail(ctx, TL_EUSAGE, "nothing to classify");
    }
    if ((rc = tl_config_defaults(&config, ctx)) < 0)
        goto done;
    for (size_t i = 0; i < n; i++)
        if ((rc = system_of(&systems[i], call->operands[i], &from_file, &has_config, o,
                            ctx)) < 0)
            goto done;
    /* A file is decided without a configuration, unless one is named. */
    if (o->common.config && !has_config) {
        if ((rc = tl_config_load(&from_file, o->common.config, TL_CONFIG_SWITCHES, ctx)) <
            0)
            goto done;
        has_config = true;
    }
    if (has_config) {
        config.scan = from_file.scan;
        config.rules = from_file.rules;
        config.switches = from_file.switches;
    }
    if (o->rows)
        config.scan.sample_rows = o->rows;
    if (o->packs.n)
        config.rules.packs = o->packs;
    apply_switches(&config, systems, n, o);
    if ((rc = tl_scan_begin(&scan, &config, systems, n, ctx)) < 0 ||
        (rc = tl_scan_pull(&scan, ctx)) < 0 ||
        (rc = tl_scan_classify(&scan, NULL, ctx)) < 0)
        goto done;
    tl_scan_show(&scan, o->common.json, true, call->operands, ctx);
    fflush(ctx->say->results);
    for (size_t i = 0; i < scan.troubles.n; i++)
        tl_warn(ctx, "could not tell about '%s': %s", scan.troubles.items[i].where,
                scan.troubles.items[i].why);
    if (o->fail_on && most_sensitive(&scan) >= o->fail_on - 1)
        call->exit = 1;
    else
        call->exit = scan.troubles.n ? 3 : 0;
done:
    tl_scan_release(&scan);
    tl_config_release(&config);
    tl_config_release(&from_file);
    return rc;
}

const struct tl_cmd tl_cmd_classify = {
    .name = "classify",
    .summary = "decide the columns of files or sources, without a log",
    .operands = "FILE|SOURCE|- ...",
    .text = "Decides every column of CSV, JSONL or SQLite files, or of sources named in "
            "tagline.yaml, and says\n"
            "why in a sentence. Logs nothing and writes nothing. '-' reads CSV or JSONL "
            "from standard input.",
    .examples = "  $ tagline classify leads.csv\n  $ tagline classify --json "
                "export/*.jsonl | jq .info_type\n"
                "  $ psql -c '\\copy users to stdout csv header' | tagline classify -\n",
    .options = options,
    .options_size = sizeof(struct classify_options),
    .most_operands = -1,
    .run = run_classify,
};
