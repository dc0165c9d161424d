/*
 * Which packs are in force: the built-in ones and the user's files as laws in the order of their names, less what is switched off.
 */
#include "policies/packs.h"
#include "policies/rule.h"

#include "base/ctx.h"
#include "base/digest.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

static const struct tl_policy_settings no_settings;

void tl_policies_close(struct tl_policies *policies)
{
    if (!policies)
        return;
    tl_arena_close(policies->arena);
    tl_free(policies);
}

/* ---- words of the settings: "adtech", "adtech/some-rule" ---- */

static bool word_names(const char *word, const struct tl_law *law)
{
    return strcmp(word, law->name) == 0 || strcmp(word, law->pack) == 0;
}

static bool list_names(const struct tl_list *words, const struct tl_law *law)
{
    for (size_t i = 0; i < words->n; i++)
        if (word_names(words->items[i], law))
            return true;
    return false;
}

/* Every word must name something: a rule that is thought to bind and does not is worse than none. */
static int check_words(const struct tl_policy_loader *loader, const char *setting,
                       const struct tl_list *words, struct tl_ctx *ctx)
{
    size_t n_known = 0;
    const char **known =
        tl_arena_alloc(ctx->arena, loader->laws.n + loader->policies->n_packs + 1,
                       sizeof *known);

    for (size_t i = 0; i < loader->policies->n_packs; i++)
        known[n_known++] = loader->policies->packs[i].name;
    for (size_t i = 0; i < loader->laws.n; i++)
        known[n_known++] = loader->laws.items[i].name;
    for (size_t i = 0; i < words->n; i++) {
        size_t k = 0;

        while (k < n_known && strcmp(known[k], words->items[i]) != 0)
            k++;
        if (k < n_known)
            continue;
        const char *nearest = tl_nearest(words->items[i], known, n_known);
        if (nearest)
            tl_hint(ctx, "did you mean '%s'? 'tagline policy list' lists them", nearest);
        else
            tl_hint(ctx, "'tagline policy list' lists packs and rules");
        return tl_fail(ctx, TL_ECONFIG, "policies.%s: no pack or rule is named '%s'",
                       setting, words->items[i]);
    }
    return TL_OK;
}

/* ---- laws in force ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct tl_law *)a)->name, ((const struct tl_law *)b)->name);
}

static void list_laws(struct tl_policies *policies)
{
    policies->rules =
        tl_arena_alloc(policies->arena, policies->n_laws + 1, sizeof *policies->rules);
    for (size_t i = 0; i < policies->n_laws; i++) {
        const struct tl_law *law = &policies->laws[i];

        policies->rules[i] = (struct tl_policy_rule){
            .name = law->name,
            .summary = law->summary,
            .help = law->help,
            .severity = law->severity,
            .is_advisory = law->is_advisory,
            .pack = law->pack,
            .text = law->text,
            .n_text = law->n_text,
            .line = law->line,
            .n_examples = law->n_examples,
        };
    }
}

static int settle_laws(struct tl_policy_loader *loader,
                       const struct tl_policy_settings *settings, struct tl_ctx *ctx)
{
    struct tl_policies *policies = loader->policies;
    int rc = check_words(loader, "binding", &settings->binding, ctx);

    if (rc == TL_OK)
        rc = check_words(loader, "without", &settings->without, ctx);
    if (rc < 0)
        return rc;
    if (loader->laws.n)
        qsort(loader->laws.items, loader->laws.n, sizeof *loader->laws.items, by_name);
    policies->laws =
        tl_arena_alloc(policies->arena, loader->laws.n + 1, sizeof *policies->laws);
    for (size_t i = 0; i < loader->laws.n; i++) {
        struct tl_law *law = &loader->laws.items[i];

        if (list_names(&settings->without, law))
            continue;
        if (list_names(&settings->binding, law))
            law->is_advisory = false;
        law->first_selector = policies->n_selectors;
        policies->n_selectors += law->n_what + 1;
        policies->laws[policies->n_laws++] = *law;
    }
    list_laws(policies);
    return TL_OK;
}

static int read_text(struct tl_policy_loader *loader, const struct tl_policy_text *text,
                     struct tl_ctx *ctx)
{
    struct tl_policies *policies = loader->policies;
    struct tl_policy_pack *pack = &policies->packs[policies->n_packs];
    struct tl_sha256 digest;

    if (text->n > TL_POLICY_BYTES_MOST)
        return tl_fail(ctx, TL_ELIMIT, "policy file '%s' has more than %zu bytes",
                       text->path, TL_POLICY_BYTES_MOST);
    pack->path = tl_arena_strdup(policies->arena, text->path);
    pack->text = tl_arena_dup(policies->arena, text->text, text->n);
    pack->n = text->n;
    tl_sha256_of(&digest, text->text, text->n);
    tl_hex(pack->digest, digest.bytes, sizeof digest.bytes);
    int rc = tl_policy_read_pack(loader, pack, ctx);
    policies->n_packs++;
    return rc;
}

int tl_policies_compile(struct tl_policies **out, const struct tl_policy_text *texts,
                        size_t n, const struct tl_policy_settings *settings,
                        struct tl_ctx *ctx)
{
    struct tl_policy_loader loader = { 0 };
    int rc = TL_OK;

    *out = NULL;
    if (n > TL_POLICY_PACKS_MOST)
        return tl_fail(ctx, TL_ELIMIT, "more than %d policy packs", TL_POLICY_PACKS_MOST);
    struct tl_policies *policies = tl_alloc(1, sizeof *policies);
    policies->arena = tl_arena_open();
    policies->packs = tl_arena_alloc(policies->arena, n + 1, sizeof *policies->packs);
    loader.policies = policies;
    for (size_t i = 0; rc == TL_OK && i < n; i++)
        rc = read_text(&loader, &texts[i], ctx);
    if (rc == TL_OK)
        rc = settle_laws(&loader, settings ? settings : &no_settings, ctx);
    tl_vec_release(&loader.laws);
    if (rc == TL_OK)
        *out = policies;
    else
        tl_policies_close(policies);
    return rc;
}

/* ---- from settings to texts ---- */

static const struct tl_built_in_policy *find_built_in(const char *name)
{
    for (const struct tl_built_in_policy *p = tl_built_in_policies; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

static int no_such_pack(const char *name, struct tl_ctx *ctx)
{
    const char *known[TL_POLICY_PACKS_MOST];
    size_t n = 0;

    for (const struct tl_built_in_policy *p = tl_built_in_policies;
         p->name && n < TL_POLICY_PACKS_MOST; p++)
        known[n++] = p->name;
    const char *nearest = tl_nearest(name, known, n);
    if (nearest)
        tl_hint(ctx, "did you mean '%s'?", nearest);
    else
        tl_hint(ctx, "a file of your own goes under policies.files");
    return tl_fail(ctx, TL_ECONFIG, "policies.packs: no built-in pack is named '%s'",
                   name);
}

static struct tl_policy_text built_in_text(const struct tl_built_in_policy *pack)
{
    return (struct tl_policy_text){ "built in", pack->text, pack->n };
}

/* The built-in packs that `packs` names, each once. */
static int choose_built_in(struct tl_policy_text *texts, size_t *n,
                           const struct tl_list *packs, struct tl_ctx *ctx)
{
    bool takes_none = packs->n == 1 && strcmp(packs->items[0], "none") == 0;

    for (size_t i = 0; !takes_none && i < packs->n; i++)
        if (!find_built_in(packs->items[i]))
            return no_such_pack(packs->items[i], ctx);
    for (const struct tl_built_in_policy *p = tl_built_in_policies; p->name; p++) {
        bool is_named = packs->n == 0;

        for (size_t i = 0; i < packs->n; i++)
            is_named = is_named || strcmp(packs->items[i], p->name) == 0;
        if (is_named && *n < TL_POLICY_PACKS_MOST)
            texts[(*n)++] = built_in_text(p);
    }
    return TL_OK;
}

int tl_policies_open(struct tl_policies **out, const struct tl_policy_settings *settings,
                     struct tl_ctx *ctx)
{
    struct tl_policy_text texts[TL_POLICY_PACKS_MOST];
    struct tl_str files[TL_POLICY_PACKS_MOST];
    size_t n = 0;
    size_t n_files = 0;

    *out = NULL;
    settings = settings ? settings : &no_settings;
    int rc = choose_built_in(texts, &n, &settings->packs, ctx);
    if (rc == TL_OK && settings->files.n > TL_POLICY_PACKS_MOST - n)
        rc = tl_fail(ctx, TL_ELIMIT, "more than %zu policy files",
                     TL_POLICY_PACKS_MOST - n);
    for (size_t i = 0; rc == TL_OK && i < settings->files.n; i++) {
        struct tl_str *file = &files[n_files++];

        tl_str_init(file, TL_POLICY_BYTES_MOST);
        rc = tl_file_read(file, settings->files.items[i], ctx);
        texts[n++] =
            (struct tl_policy_text){ settings->files.items[i], file->text, file->n };
    }
    if (rc == TL_OK)
        rc = tl_policies_compile(out, texts, n, settings, ctx);
    if (rc == TL_ECONFIG)
        tl_hint(ctx, "'tagline help policy' shows how a rule is written, 'tagline policy "
                     "show RULE' a built-in one");
    for (size_t i = 0; i < n_files; i++)
        tl_str_release(&files[i]);
    return rc;
}

/* ---- listings ---- */

size_t tl_policies_packs(const struct tl_policy_pack **out,
                         const struct tl_policies *policies)
{
    *out = policies->packs;
    return policies->n_packs;
}

size_t tl_policies_rules(const struct tl_policy_rule **out,
                         const struct tl_policies *policies)
{
    *out = policies->rules;
    return policies->n_laws;
}
