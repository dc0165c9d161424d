/*
 * Policies as compiled: what a rule looks for, where it is asked, what it needs, what excuses it; and what is declared of a dataset. Private
 * to policies/. The written form stands in policies/README.md and in packs/.
 */
#ifndef TL_POLICIES_RULE_H
#define TL_POLICIES_RULE_H

#include "policies/policy.h"

#define TL_POLICY_PACKS_MOST    64
#define TL_POLICY_BYTES_MOST    ((size_t)1 << 20) /* of one file */
#define TL_POLICY_RULES_MOST    1000              /* over all packs */
#define TL_POLICY_TOGETHER_MOST 8 /* things whose meeting one rule is about */

/* A fact that must hold of the column, of where its tag comes from, or of the dataset: a share from 0 to 1, or the number itself. */
struct tl_policy_fact {
    const char *name;
    double below, above; /* negative: not asked */
};
#define TL_POLICY_FACTS_MOST 16

/* Which tags: all that is said must hold. */
struct tl_policy_what {
    struct tl_list info_types, not_info_types; /* globs */
    struct tl_list categories, not_categories; /* keys: they and what is below them */
    unsigned states;                           /* bits 1 << enum tl_state */
    uint8_t sensitivity;                       /* at least */
    uint16_t confidence; /* per mille: a tag below it is a gap, no violation */
    const struct tl_policy_fact *facts; /* what was not counted is a gap */
    uint32_t n_facts;
};

/* Which datasets: all that is said must hold. */
struct tl_policy_scope {
    struct tl_list zones, not_zones;       /* globs */
    struct tl_list datasets, not_datasets; /* globs as tl_key_matches takes them */
    unsigned kinds;                        /* bits 1 << enum tl_dataset_kind; 0: any */
};

/* All that is said must hold; any excuse of a rule will do. */
struct tl_policy_excuse {
    unsigned effects; /* bits 1 << enum tl_effect, of the whole path; 0: not asked */
    struct tl_list uses, recipients; /* declared of the dataset */
    struct tl_list datasets, columns;
};

enum tl_policy_declared {
    TL_DECLARED_ZONE,
    TL_DECLARED_USES,
    TL_DECLARED_RECIPIENTS,
    TL_DECLARED_OWNER,
    TL_DECLARED_RETENTION,
    TL_DECLARED_WORDS
};
extern const char *const tl_policy_declared_words[TL_DECLARED_WORDS];

/* What a dataset must have where the rule finds something; nothing at all: it must not be there. */
struct tl_policy_needs {
    bool is_asked;
    struct tl_list uses;      /* one of them is declared */
    struct tl_list only_uses; /* every declared use is one of them or below */
    struct tl_list not_uses;  /* none of them, nor what is below, is declared */
    struct tl_list
        recipients;    /* globs: every declared recipient is matched by one of them */
    unsigned declared; /* bits 1 << enum tl_policy_declared */
    bool beside;       /* a column of `beside_what` stands in the same dataset */
    struct tl_policy_what beside_what;
    bool missing_is_violation; /* of `declared`: else it is a gap */
};

struct tl_law {
    const char *id, *pack; /* "no-direct-identifier-in-export", "privacy" */
    const char *name;      /* "privacy/no-direct-identifier-in-export" */
    const char *summary, *help, *severity, *message, *fix;
    bool is_advisory;
    struct tl_policy_scope in;
    struct tl_policy_scope from; /* a dataset before the last one of the path */
    bool asks_from;
    struct tl_policy_what what[TL_POLICY_TOGETHER_MOST];
    uint32_t n_what;
    uint32_t
        first_selector; /* number of what[0] over all laws; what[n_what] is beside_what */
    unsigned steering;  /* bits 1 << enum tl_edge_kind; 0: it is about values */
    struct tl_policy_needs needs;
    const struct tl_policy_excuse *excuses;
    uint32_t n_excuses;
    const struct tl_policy_example *examples;
    uint32_t n_examples;
    const char *text; /* as written in the pack: lines */
    size_t n_text;
    unsigned line;
};

/* An example of a rule's own: a small graph and what must come of it. */
struct tl_policy_example_tag {
    const char *column; /* NULL type: a column without a tag */
    const char *info_type, *category;
    uint16_t confidence;
    uint8_t sensitivity, state, origin;
};
struct tl_policy_example_dataset {
    const char *key;
    struct tl_declaration declared;
    const struct tl_policy_example_tag *tags;
    uint32_t n_tags;
    uint8_t kind;
    bool is_unknown;
};
struct tl_policy_example {
    const char *name;
    unsigned line;
    const struct tl_policy_example_dataset *datasets;
    uint32_t n_datasets;
    const struct tl_edge *edges;
    uint32_t n_edges;
    const struct tl_policy_example_fact {
        const char *dataset, *column; /* `column` NULL: of the dataset */
        struct tl_fact fact;
    } * facts;
    uint32_t n_facts;
    struct tl_list problems;         /* keys of datasets */
    struct tl_list violations, gaps; /* keys of datasets or columns */
    struct tl_list path;             /* of the first verdict; empty: not looked at */
};

struct tl_policies {
    struct tl_arena *arena;
    struct tl_policy_pack *packs;
    size_t n_packs;
    struct tl_law *laws; /* by name */
    struct tl_policy_rule *rules;
    size_t n_laws;
    uint32_t n_selectors;
};

/* ---- reading one pack; its laws are appended ---- */

struct tl_policy_loader {
    struct tl_policies *policies;
    TL_VEC(struct tl_law) laws;
};
struct tl_policy_reader;
int tl_policy_read_pack(struct tl_policy_loader *loader, struct tl_policy_pack *pack,
                        struct tl_ctx *ctx);
/* `tests:` of a rule, in `object`. */
int tl_policy_read_examples(struct tl_law *law, const struct tl_policy_reader *reader,
                            const json_t *object);

/* The same as tl_policies_open, from given texts (name: as the errors name the file). For tests. */
struct tl_policy_text {
    const char *path, *text;
    size_t n;
};
int tl_policies_compile(struct tl_policies **out, const struct tl_policy_text *texts,
                        size_t n, const struct tl_policy_settings *settings,
                        struct tl_ctx *ctx);

/* ---- matching ---- */

bool tl_policy_glob(const struct tl_list *globs, const char *text);
/* Whether `key` is one of the keys or below it: "user.contact" has "user.contact.email" below it. */
bool tl_policy_below(const struct tl_list *keys, const char *key);
bool tl_policy_is_below(const char *key, const char *parent);
/* Whether a tag is what is looked for, whatever its state and confidence. */
bool tl_policy_is_what(const struct tl_policy_what *what, const struct tl_graph_tag *tag);

/* What is declared of a dataset: the last word on each thing. */
struct tl_place {
    struct tl_key key;
    struct tl_str levels[4]; /* what `key` points into */
    uint8_t kind;
    const char *zone, *owner, *retention;
    const struct tl_list *uses, *recipients; /* never NULL */
};
void tl_place_init(struct tl_place *place);
void tl_place_release(struct tl_place *place);
void tl_place_set(struct tl_place *place, const char *key,
                  const struct tl_declaration *declarations, size_t n);

/* What an entry of `datasets:`, or all that match a dataset, say: bits 1 << enum tl_policy_declared. */
unsigned tl_policy_says(const struct tl_declaration *declaration);
unsigned tl_place_says(const struct tl_place *place);

/* Whether a dataset is in scope; UNTOLD: it would be, but for a zone that nobody declared. */
enum tl_in_scope { TL_OUT_OF_SCOPE, TL_IN_SCOPE, TL_UNTOLD_SCOPE };
enum tl_in_scope tl_policy_in_scope(const struct tl_policy_scope *scope,
                                    const struct tl_place *place);

#endif
