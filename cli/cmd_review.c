/*
 * What waits for a person, and a person's word on it: accept, reject, set; of one column, of many, from a file. A word is a run of its own
 * in the log and stands in every later scan.
 */
#include "cli/review.h"
#include "cli/show.h"

#include "cli/pipeline.h"

static const struct tl_option options[] = {
    { "why", TL_KIND_TEXT, offsetof(struct tl_review_options, why), NULL,
      "your reason; it is logged", .argument = "TEXT" },
    { "type", TL_KIND_TEXT, offsetof(struct tl_review_options, type), NULL,
      "only tags of that type; of a word the type meant, where a column has several",
      .argument = "INFO_TYPE" },
    { "source", TL_KIND_TEXT, offsetof(struct tl_review_options, source), NULL,
      "only columns of that source", .argument = "NAME" },
    { "dataset", TL_KIND_TEXT, offsetof(struct tl_review_options, dataset), NULL,
      "only columns of datasets like that: 'shop/*/users*'", .argument = "GLOB" },
    { "category", TL_KIND_TEXT, offsetof(struct tl_review_options, category), NULL,
      "only that category and what is below it", .argument = "KEY" },
    { "sensitivity", TL_KIND_CHOICE, offsetof(struct tl_review_options, sensitivity),
      "any", "at least so sensitive",
      .choices = "any|public|internal|personal|sensitive|special" },
    { "below", TL_KIND_SHARE, offsetof(struct tl_review_options, below), NULL,
      "only what is less sure than that" },
    { "above", TL_KIND_SHARE, offsetof(struct tl_review_options, above), NULL,
      "only what is at least so sure" },
    { "all", TL_KIND_FLAG, offsetof(struct tl_review_options, all), NULL,
      "what was settled as well" },
    { "each", TL_KIND_FLAG, offsetof(struct tl_review_options, each), NULL,
      "a line for each tag, not one for all that are alike" },
    { "limit", TL_KIND_COUNT, offsetof(struct tl_review_options, limit), NULL,
      "most lines listed; 100 where nothing is said, with --json and --csv all" },
    { "csv", TL_KIND_FLAG, offsetof(struct tl_review_options, csv), NULL,
      "list for a spreadsheet; 'review import' takes it back" },
    { "yes", TL_KIND_FLAG, offsetof(struct tl_review_options, yes), NULL,
      "record words on many columns without being asked", .letter = 'y' },
    { "dry_run", TL_KIND_FLAG, offsetof(struct tl_review_options, dry_run), NULL,
      "say what would be recorded, log nothing", .letter = 'n' },
    { 0 },
};

enum verb { VERB_LIST = -1, VERB_IMPORT = TL_WORD_SET + 1 };

static int verb_of(int *out, const struct tl_call *call, struct tl_ctx *ctx)
{
    static const char *const words[] = { "accept", "reject", "set", "import" };
    enum { WORDS = sizeof words / sizeof *words };

    *out = VERB_LIST;
    if (!call->n_operands)
        return TL_OK;
    for (int i = 0; i < WORDS; i++)
        if (strcmp(call->operands[0], words[i]) == 0)
            *out = i;
    if (*out != VERB_LIST)
        return TL_OK;
    const char *nearest = tl_nearest(call->operands[0], words, WORDS);
    if (nearest)
        tl_hint(ctx, "did you mean '%s'?", nearest);
    else
        tl_hint(ctx, "it knows accept, reject, set and import");
    return tl_fail(ctx, TL_EUSAGE, "'review' does not know what '%s' is",
                   call->operands[0]);
}

static int import(struct tl_call *call, struct tl_review *review, struct tl_ctx *ctx)
{
    if (call->n_operands != 2) {
        tl_hint(ctx, "usage: tagline review import FILE; '-' is standard input");
        return tl_fail(ctx, TL_EUSAGE, "'import' needs one file");
    }
    return tl_review_import(call->operands[1], review, &call->exit, ctx);
}

static int check_options(const struct tl_review_options *o, int verb, struct tl_ctx *ctx)
{
    if (verb != VERB_LIST && (o->csv || o->each || o->limit || o->common.json))
        return tl_fail(ctx, TL_EUSAGE, "'%s' is for the listing",
                       o->csv           ? "--csv"
                       : o->each        ? "--each"
                       : o->common.json ? "--json"
                                        : "--limit");
    if (verb == VERB_LIST && o->csv && o->common.json)
        return tl_fail(ctx, TL_EUSAGE, "--csv and --json are two forms");
    return TL_OK;
}

struct sought_type {
    const struct tl_belief *belief;
    const char *name;
    bool is_found;
};

static void note_type(void *self, const struct tl_belief_hit *hit,
                      const struct tl_belief_tag *tag)
{
    struct sought_type *sought = self;

    (void)hit;
    sought->is_found =
        sought->is_found ||
        !strcmp(tl_belief_text(sought->belief, tag->info_type), sought->name);
}

/* A type that neither stands in the log nor in a pack is a slip of the pen; a listing without it would look like an answer. */
static int check_type(const struct tl_review *review, struct tl_ctx *ctx)
{
    struct sought_type sought = { review->belief, review->options->type, false };
    struct tl_engine *engine = NULL;
    const struct tl_info_type *types;

    if (!sought.name)
        return TL_OK;
    tl_each_tag(review->belief, note_type, &sought);
    if (sought.is_found)
        return TL_OK;
    int rc = tl_engine_open(&engine, &review->config->rules, ctx);
    size_t n = rc == TL_OK ? tl_engine_types(&types, engine) : 0;
    for (size_t i = 0; i < n; i++)
        sought.is_found = sought.is_found || !strcmp(types[i].name, sought.name);
    if (rc == TL_OK && !sought.is_found)
        rc = tl_no_such_type(engine, sought.name, ctx);
    tl_engine_close(engine);
    return rc;
}

static int run_verb(struct tl_call *call, struct tl_review *review, int verb,
                    struct tl_ctx *ctx)
{
    int rc = check_type(review, ctx);

    if (rc < 0)
        return rc;
    if (verb == VERB_LIST)
        return review->options->csv
                   ? tl_review_sheet(review, ctx)
                   : tl_review_show(review->belief, review->options, ctx);
    if ((rc = tl_engine_open(&review->engine, &review->config->rules, ctx)) == TL_OK)
        rc = verb == VERB_IMPORT ? import(call, review, ctx)
                                 : tl_review_speak(call, review, verb, ctx);
    tl_engine_close(review->engine);
    return rc;
}

static int run_review(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct tl_review_options *o = call->options;
    struct tl_config config = { 0 };
    struct tl_review review = { .config = &config, .options = o };
    int verb, rc;

    if ((rc = verb_of(&verb, call, ctx)) < 0 || (rc = check_options(o, verb, ctx)) < 0)
        return rc;
    if ((rc = tl_config_load(&config, o->common.config, 0, ctx)) == TL_OK &&
        (rc = tl_open_log(&review.log, &config, false, ctx)) == TL_OK &&
        (rc = tl_log_belief(&review.belief, review.log, ctx)) == TL_OK)
        rc = run_verb(call, &review, verb, ctx);
    tl_log_close(review.log);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_review = {
    .name = "review",
    .summary = "what waits for a person; accept, reject or set tags",
    .operands = "[accept|reject COLUMN|GLOB|GROUP | set COLUMN|GLOB|GROUP INFO_TYPE | "
                "import FILE]",
    .text =
        "Without operands lists the proposals, most sensitive and most doubtful "
        "first; those of one column\n"
        "name, type and origin are one line, which one word settles. A word is logged "
        "with your actor id and\n"
        "your reason, and stands in every later scan. It is said of a COLUMN, of all "
        "that wait and are like\n"
        "a GLOB ('shop/*/*#email'), of a GROUP of the listing (the digits at the end "
        "of its line), or of all\n"
        "that --dataset, --type, --category, --sensitivity, --above and their like "
        "leave; then it is shown\n"
        "first and needs a yes. However many they are, they are one commit. 'import' "
        "takes decisions from a\n"
        "file: what --csv wrote (fill in 'decision' and 'reason'), YAML, or JSON "
        "lines with column,\n"
        "decision, type and why; what others decided since the file was written is "
        "named and left out (exit\n"
        "3), and the same file twice changes nothing.",
    .examples =
        "  $ tagline review\n  $ tagline review accept users#email --why \"checked with "
        "the CRM team\"\n"
        "  $ tagline review set users#ref household_id --why \"billing joins on it\"\n"
        "  $ tagline review accept 'shop/*/*#email' --type email_address --yes --why "
        "\"all from the CRM\"\n"
        "  $ tagline review reject 7c1e09ab --why \"order numbers\"\n"
        "  $ tagline review --csv > review.csv && tagline review import review.csv\n",
    .options = options,
    .options_size = sizeof(struct tl_review_options),
    .most_operands = 3,
    .run = run_review,
};
