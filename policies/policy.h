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

/*
 * Asks every rule of every dataset and column it is about. Texts and steps in the context's arena. Verdicts by rule, dataset, path.
 * A pass is a dataset that a rule was asked of with nothing found against it. A verdict whose dataset is "" is about all of them. Of
 * things that may not meet, the paths stand one after the other: a step whose kind moves values and whose effect is TL_NO_EFFECT begins one.
 * Of a path of more than 100 steps only both ends are shown.
 */
int tl_policies_check(struct tl_verdicts *out, const struct tl_policies *policies,
                      const struct tl_graph *graph,
                      const struct tl_declaration *declarations, size_t n,
                      struct tl_ctx *ctx);
void tl_verdicts_release(struct tl_verdicts *verdicts);

/* The same, told rule by rule. */
struct tl_policy_tally {
    size_t n_asked;   /* datasets */
    size_t n_untold;  /* datasets it was not asked of, for want of a declared zone */
    size_t counts[4]; /* by enum tl_outcome */
};
struct tl_policy_question {
    const struct tl_graph *graph;
    const struct tl_declaration *declarations;
    size_t n_declarations;
    struct tl_policy_tally
        *tallies; /* one a rule, as tl_policies_rules lists them; NULL: not wanted */
};
int tl_policies_ask(struct tl_verdicts *out, const struct tl_policies *policies,
                    const struct tl_policy_question *question, struct tl_ctx *ctx);

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
    const char *pack;
    const char *text; /* as its file has it: lines */
    size_t n_text;
    unsigned line; /* where it begins there */
    uint32_t n_examples;
};
size_t tl_policies_rules(const struct tl_policy_rule **out,
                         const struct tl_policies *policies);

/*
 * Rules carry examples of their own, `tests:`: small graphs, and what must come of them. Asks each rule of each of its examples. Tags are
 * carried by `carry`, as tl_graph_carry does. Texts in the context's arena.
 */
struct tl_policy_trial {
    const char *rule, *example;
    const char *path; /* of the pack */
    unsigned line;
    bool holds;
    const char *why; /* of one that does not: what was expected and what came */
};
struct tl_policy_trials {
    TL_VEC(struct tl_policy_trial) items; /* by rule, as written */
    size_t n_failed;
};
struct tl_policy_carrying {
    const struct tl_carry_rule *rules;
    size_t n;
    unsigned floor; /* per mille */
};
int tl_policies_try(struct tl_policy_trials *out, const struct tl_policies *policies,
                    const struct tl_policy_carrying *carrying, struct tl_ctx *ctx);
void tl_policy_trials_release(struct tl_policy_trials *trials);

/*
 * Declared uses that look like slips of the pen: no data use of fideslang, none that a rule in force names, nor below or above one of
 * those. A word of one's own below a use that has others below it is one only where it is nearly one of them. Each once, as declared. Array
 * in the context's arena, texts borrowed.
 */
struct tl_policy_use {
    const char *use, *match; /* of which entry of `datasets:` */
    const char *nearest;     /* NULL: none is near */
};
size_t tl_policies_strange_uses(const struct tl_policy_use **out,
                                const struct tl_policies *policies,
                                const struct tl_declaration *declarations, size_t n,
                                struct tl_ctx *ctx);

/* What a rule looks for, so that what no info type can ever be can be told: each pattern in words. Arrays in the context's arena. */
struct tl_policy_pattern {
    const char *rule;
    const char *text;
    bool is_category; /* a key; else a glob over info types */
    bool is_fact;     /* a fact's name, letter for letter */
};
size_t tl_policies_patterns(const struct tl_policy_pattern **out,
                            const struct tl_policies *policies, struct tl_ctx *ctx);
/* Whether the pattern could match a tag of this type and category. */
bool tl_policy_pattern_fits(const struct tl_policy_pattern *pattern,
                            const char *info_type, const char *category);

#endif
