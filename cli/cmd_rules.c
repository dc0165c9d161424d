/*
 * Rules as code: the words of `tagline rules`, and the engine that its verbs look at.
 */
#include "cli/rules.h"

#include "base/file.h"
#include "base/say.h"
#include "classifiers/import.h"

#include <limits.h>
#include <stdlib.h>

static const struct tl_option options[] = {
    { "pack", TL_KIND_TEXT, offsetof(struct tl_rules_options, pack), NULL,
      "list: types of this pack" },
    { "category", TL_KIND_TEXT, offsetof(struct tl_rules_options, category), NULL,
      "list: types of this category, or below it" },
    { "sensitivity", TL_KIND_CHOICE, offsetof(struct tl_rules_options, sensitivity),
      "any", "list: types so sensitive",
      .choices = "any|public|internal|personal|sensitive|special" },
    { "locale", TL_KIND_TEXT, offsetof(struct tl_rules_options, locale), NULL,
      "list: types of packs about this country" },
    { "validator", TL_KIND_TEXT, offsetof(struct tl_rules_options, validator), NULL,
      "list: types with this check" },
    { "as", TL_KIND_CHOICE, offsetof(struct tl_rules_options, format), "auto",
      "import: what the file is", .choices = TL_PACK_FORMATS },
    { "verbose", TL_KIND_FLAG, offsetof(struct tl_rules_options, verbose), NULL,
      "lint: notes too; test: a line a type", .letter = 'v' },
    { 0 },
};

static const char *const verbs[] = { "list", "show",   "lint", "test",
                                     "new",  "import", "keys", "carry" };
#define N_VERBS (sizeof verbs / sizeof *verbs)

static int load_config(struct tl_rules *rules, struct tl_ctx *ctx)
{
    const char *path = rules->options->common.config;
    bool has_config = path || getenv("TAGLINE_CONFIG") || tl_path_exists("tagline.yaml");

    /* of the sources only their switches: secrets that are not set here are no matter */
    return has_config ? tl_config_load(&rules->config, path, TL_CONFIG_SWITCHES, ctx)
                      : tl_config_defaults(&rules->config, ctx);
}

/* Whether the file is one of those that the configuration names. */
static bool is_known_file(const struct tl_list *packs, const char *file,
                          struct tl_ctx *ctx)
{
    const char *places[TL_PACK_FILES_MOST];
    char wanted[PATH_MAX];
    char real[PATH_MAX];
    enum tl_pack_format format;
    size_t n = 0;

    if (tl_pack_files(places, &n, TL_PACK_FILES_MOST, packs->items, packs->n, ctx) < 0) {
        tl_error_clear(&ctx->error); /* the engine says so when it opens */
        return false;
    }
    if (!realpath(file, wanted))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (realpath(tl_pack_path(&format, places[i]), real) && !strcmp(real, wanted))
            return true;
    }
    return false;
}

/* Files on the command line are read behind those of the configuration, each once. */
static void add_files(struct tl_rules *rules, const char *const *files, size_t n,
                      struct tl_ctx *ctx)
{
    struct tl_list *packs = &rules->config.rules.packs;
    const char **items = tl_arena_alloc(ctx->arena, packs->n + n + 1, sizeof *items);
    size_t n_items = packs->n;

    if (packs->n)
        memcpy(items, packs->items, packs->n * sizeof *items);
    for (size_t i = 0; i < n; i++) {
        enum tl_pack_format format;
        if (!is_known_file(packs, tl_pack_path(&format, files[i]), ctx))
            items[n_items++] = files[i];
    }
    *packs = (struct tl_list){ items, n_items };
}

static int open_profiles(struct tl_rules *rules, struct tl_ctx *ctx)
{
    const struct tl_config *config = &rules->config;
    struct tl_switches general = config->switches;

    int rc = tl_profile_open(&rules->everywhere, rules->engine, &general, ctx);
    if (rc < 0)
        return tl_explain(ctx, "'rules'");
    rules->profiles = tl_alloc(config->sources.n + 1, sizeof *rules->profiles);
    for (size_t i = 0; i < config->sources.n && rc == TL_OK; i++) {
        struct tl_switches switches =
            tl_config_switches(config, &config->sources.items[i]);
        rc = tl_profile_open(&rules->profiles[i], rules->engine, &switches, ctx);
        if (rc < 0)
            tl_explain(ctx, "the rules of source '%s'", config->sources.items[i].name);
    }
    return rc;
}

static void release(struct tl_rules *rules)
{
    for (size_t i = 0; rules->profiles && i < rules->config.sources.n; i++)
        tl_profile_close(rules->profiles[i]);
    tl_free(rules->profiles);
    tl_profile_close(rules->everywhere);
    tl_engine_close(rules->engine);
    tl_config_release(&rules->config);
}

/* The packs that the files are: those whose path they are, or that are named so. */
static int packs_of(const char **out, size_t *n_out, const struct tl_rules *rules,
                    const char *const *files, size_t n, struct tl_ctx *ctx)
{
    const struct tl_pack *packs;
    size_t n_packs = tl_engine_packs(&packs, rules->engine);

    *n_out = 0;
    for (size_t i = 0; i < n; i++) {
        enum tl_pack_format format;
        const char *path = tl_pack_path(&format, files[i]);
        char wanted[PATH_MAX];
        bool is_found = false;

        for (size_t k = 0; k < n_packs; k++) {
            char real[PATH_MAX];
            size_t length = strcspn(packs[k].path, ","); /* "x, as a pack" */
            const char *place = tl_arena_dup(ctx->arena, packs[k].path, length);
            bool is_it = !strcmp(packs[k].name, files[i]) ||
                         (realpath(path, wanted) && realpath(place, real) &&
                          !strcmp(real, wanted));
            if (is_it)
                out[(*n_out)++] = packs[k].name;
            is_found |= is_it;
        }
        if (!is_found)
            return tl_fail(ctx, TL_ENOTFOUND, "no pack is '%s'", files[i]);
    }
    return TL_OK;
}

/* Names of packs stay; anything else is a file. */
static bool is_file(const char *operand)
{
    enum tl_pack_format format;

    return tl_path_exists(tl_pack_path(&format, operand)) || strchr(operand, '/') ||
           strchr(operand, '.');
}

static int check_packs(struct tl_rules *rules, const char *verb, struct tl_ctx *ctx)
{
    const char *const *files = rules->call->operands + 1;
    size_t n = (size_t)rules->call->n_operands - 1;
    const char *packs[256];
    size_t n_packs = 0;

    if (n > 64)
        return tl_fail(ctx, TL_ELIMIT, "more than 64 packs at once");
    int rc = packs_of(packs, &n_packs, rules, files, n, ctx);
    if (rc < 0)
        return rc;
    return strcmp(verb, "lint") == 0 ? tl_rules_lint(rules, packs, n_packs, ctx)
                                     : tl_rules_test(rules, packs, n_packs, ctx);
}

static int run_verb(struct tl_rules *rules, const char *verb, struct tl_ctx *ctx)
{
    const struct tl_call *call = rules->call;

    if (strcmp(verb, "list") == 0)
        return tl_rules_list(rules, ctx);
    if (strcmp(verb, "carry") == 0)
        return tl_rules_carry(rules, ctx);
    if (strcmp(verb, "show") == 0)
        return tl_rules_show(rules, call->n_operands > 1 ? call->operands[1] : NULL, ctx);
    return check_packs(rules, verb, ctx);
}

/* A pack that cannot be read is what lint and test are asked about: a finding, not a failure of the command. */
static int tell_broken(struct tl_rules *rules, struct tl_ctx *ctx)
{
    fprintf(ctx->say->results, "%s: error\n", ctx->error.text);
    if (ctx->error.hint[0])
        fprintf(ctx->say->results, "    hint: %s\n", ctx->error.hint);
    tl_error_clear(&ctx->error);
    rules->call->exit = 1;
    return TL_OK;
}

static int run_with_engine(struct tl_call *call, const char *verb, struct tl_ctx *ctx)
{
    struct tl_rules rules = { .options = call->options, .call = call };
    bool is_check = strcmp(verb, "lint") == 0 || strcmp(verb, "test") == 0;
    const char **files =
        tl_arena_alloc(ctx->arena, (size_t)call->n_operands + 1, sizeof *files);
    size_t n = 0;

    for (int i = 1; is_check && i < call->n_operands; i++) {
        if (is_file(call->operands[i]))
            files[n++] = call->operands[i];
    }
    int rc = load_config(&rules, ctx);
    if (rc == TL_OK) {
        add_files(&rules, files, n, ctx);
        rc = tl_engine_open(&rules.engine, &rules.config.rules, ctx);
        if (rc == TL_ECONFIG && is_check) {
            rc = tell_broken(&rules, ctx);
            goto done;
        }
    }
    if (rc == TL_OK && !is_check)
        rc = open_profiles(&rules, ctx);
    if (rc == TL_OK)
        rc = run_verb(&rules, verb, ctx);
done:
    release(&rules);
    return rc;
}

static int unknown_verb(const char *verb, struct tl_ctx *ctx)
{
    const char *nearest = tl_nearest(verb, verbs, N_VERBS);

    if (nearest)
        tl_hint(ctx, "did you mean 'tagline rules %s'?", nearest);
    else
        tl_hint(ctx, "usage: tagline rules [list | show NAME | lint [FILE ...] | test "
                     "[FILE ...] | new NAME | import FILE | keys | carry]");
    return tl_fail(ctx, TL_EUSAGE, "'rules' does not know what '%s' is", verb);
}

static int run_rules(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct tl_rules_options *o = call->options;
    const char *verb = call->n_operands ? call->operands[0] : "list";
    const char *operand = call->n_operands > 1 ? call->operands[1] : NULL;
    bool takes_many = strcmp(verb, "lint") == 0 || strcmp(verb, "test") == 0;
    bool takes_one = strcmp(verb, "show") == 0 || strcmp(verb, "new") == 0 ||
                     strcmp(verb, "import") == 0;
    size_t i = 0;

    while (i < N_VERBS && strcmp(verbs[i], verb) != 0)
        i++;
    if (i == N_VERBS)
        return unknown_verb(verb, ctx);
    int most = takes_one ? 2 : 1;
    if (!takes_many && call->n_operands > most)
        return unknown_verb(call->operands[most], ctx);
    if (strcmp(verb, "keys") == 0)
        return tl_rules_keys(&(struct tl_rules){ .options = o, .call = call }, ctx);
    if (strcmp(verb, "new") == 0)
        return tl_rules_new(operand, ctx);
    if (strcmp(verb, "import") == 0)
        return tl_rules_import(operand, o->format, call, ctx);
    return run_with_engine(call, verb, ctx);
}

const struct tl_cmd tl_cmd_rules = {
    .name = "rules",
    .summary = "which info types can be found, and how; rules as code",
    .operands = "[list | show NAME | lint [FILE ...] | test [FILE ...] | new NAME | "
                "import FILE | keys | carry]",
    .text =
        "'list' shows the packs in force, where they are from and on, and their info "
        "types; 'show' one type or\n"
        "one pack with all that speaks for it. 'lint' looks for patterns that backtrack "
        "badly, types that get in\n"
        "each other's way, names that cannot speak and priors that are not what they "
        "claim; 'test' runs the\n"
        "examples of packs, and their 'columns:' through the whole engine. Both take "
        "files or names of packs, and\n"
        "exit 1 on a finding. 'new' writes a pack to begin with, 'import' rewrites what "
        "DataHub's classifier,\n"
        "Presidio or a CSV of names (column_name,info_type[,category,sensitivity]) says. "
        "'keys' lists what may\n"
        "stand in a pack; 'carry' what tags become on their way through SQL.\n\n"
        "A pack of one's own stands under 'rules: packs:' in tagline.yaml: a file, a "
        "folder, a pattern. A type of\n"
        "the same name replaces ours; one with 'extends: true' adds names, words and "
        "examples to it. 'only',\n"
        "'without' and 'locales' switch packs, types and countries, under 'rules:' for "
        "all, under a source's own\n"
        "'rules:' for that source.",
    .examples = "  $ tagline rules --category user.contact\n"
                "  $ tagline rules show email_address\n"
                "  $ tagline rules new ours && tagline rules lint ours.yaml && tagline "
                "rules test ours.yaml\n"
                "  $ tagline rules import --as presidio recognizers.yaml > ours.yaml\n",
    .options = options,
    .options_size = sizeof(struct tl_rules_options),
    .most_operands = -1,
    .run = run_rules,
};
