/*
 * Policies: rules over tags, datasets and the paths between them; asked of a graph, answered by verdicts with the path as evidence. Three
 * answers, not two: pass, violation, gap (not enough is known). Knows no warehouse and no values. Used by the pipeline, check and policy.
 */
#ifndef TL_POLICIES_POLICY_H
#define TL_POLICIES_POLICY_H

#include "base/option.h"
#include "lineage/graph/graph.h"

struct tl_policies;

/* What people know of datasets: `datasets:` of tagline.yaml. Later entries add to and override earlier ones that match too. */
struct tl_declaration {
    const char *match; /* glob, as tl_key_matches takes it */
    const char *zone;  /* the user's word: raw, core, mart, export ...; NULL: not said */
    struct tl_list uses,
        recipients; /* uses: fideslang data uses; a parent allows its children */
    const char *owner, *retention;
};

/* `policies:` of tagline.yaml. */
struct tl_policy_settings {
    struct tl_list
        packs; /* names of built-in packs to ask; "none" alone: no built-in one. Empty: all */
    struct tl_list files; /* the user's own, paths resolved */
    struct tl_list
        binding; /* rules or packs ("adtech", "adtech/some-rule") whose violations are binding; ours start advisory */
    struct tl_list without; /* rules or packs switched off */
};

/* Reads and checks them. A wrong file: TL_ECONFIG with file, line, column. */
int tl_policies_open(struct tl_policies **out, const struct tl_policy_settings *settings,
                     struct tl_ctx *ctx);
void tl_policies_close(struct tl_policies *policies); /* NULL is fine */

/* Asks every rule of every dataset and column it is about. Texts and steps in the context's arena. Verdicts by rule, dataset, path. */
int tl_policies_check(struct tl_verdicts *out, const struct tl_policies *policies,
                      const struct tl_graph *graph,
                      const struct tl_declaration *declarations, size_t n,
                      struct tl_ctx *ctx);
void tl_verdicts_release(struct tl_verdicts *verdicts);

/* Packs as read, for the log (rules/<sha256>.yaml) and listings. */
struct tl_policy_pack {
    const char *name, *path, *text; /* path: "built in" or a file */
    size_t n;
    char digest[65]; /* SHA-256 of `text`, hex */
};
size_t tl_policies_packs(const struct tl_policy_pack **out,
                         const struct tl_policies *policies);
struct tl_policy_rule {
    const char *name; /* "adtech/no-direct-identifier-in-export" */
    const char *summary, *help, *severity;
    bool is_advisory;
};
size_t tl_policies_rules(const struct tl_policy_rule **out,
                         const struct tl_policies *policies);

#endif
