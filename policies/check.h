/*
 * What asking keeps while it goes through the datasets: tags as classes, what was found in the dataset at hand, the paths and the words of
 * what is found against it. Private to policies/.
 */
#ifndef TL_POLICIES_CHECK_H
#define TL_POLICIES_CHECK_H

#include "policies/rule.h"

/* A tag that some rule looks for, in the dataset at hand. */
struct tl_hit {
    struct tl_node_id node;
    const char *path; /* field path */
    const struct tl_graph_tag *tag;
    uint32_t class; /* of the tag */
};

/* An edge that steers a dataset and comes from a column that some rule about steering looks for. */
struct tl_steer {
    uint32_t dataset, edge;
};

/* What comes to a column from one that could not be told. Those of one column hang together; of one column and effect there is one. */
struct tl_unseen {
    struct tl_node_id node, origin;
    uint32_t edge;     /* by which it came here, from `before`; of those with hops */
    uint32_t before;   /* both in tl_asking.unseen */
    uint32_t next;     /* of the same column; TL_NO_UNSEEN: the last */
    uint32_t hops;     /* 0: the column itself could not be told */
    uint8_t effect;    /* of the whole way */
    uint8_t is_joined; /* another way with the same effect came here too */
};
#define TL_NO_UNSEEN UINT32_MAX

/* Steps of a path, at most: nobody reads more, and a graph that is one chain would have paths of a million. Beyond, both ends are shown. */
#define TL_HOPS_MOST 100

/* What reaches a dataset does so through the one before it; where it begins, through itself. */
#define TL_NO_DATASET UINT32_MAX

struct tl_asking {
    const struct tl_policies *policies;
    const struct tl_policy_question *question;
    const struct tl_graph *graph;
    struct tl_ctx *ctx;
    struct tl_verdicts *out;
    struct tl_policy_tally *tallies; /* one a law; ours where the question has none */
    const char *const *names;        /* of laws, in the context's arena */

    /* Tags that mean the same to every rule: a class. Its bits say which selectors want it, live and withdrawn. */
    struct tl_map classes;
    TL_VEC(uint64_t) bits; /* 2 * n_words a class: live, then withdrawn */
    size_t n_words;
    struct tl_str class_key;

    struct tl_map kept; /* texts that stand in the context's arena already */
    TL_VEC(const char *) kept_texts;

    TL_VEC(struct tl_steer) steers; /* by dataset */
    uint32_t *flow_starts, *flows;  /* datasets that values flow to, by dataset; NULL */
    uint32_t
        *troubled_by; /* by dataset: through which a problem reaches it; NULL: none */
    uint32_t **
        steered_by; /* by law: likewise, through which rows reach it that the law's steers chose; NULL: none */
    TL_VEC(struct tl_unseen) unseen;
    uint32_t *first_unseen; /* by column; TL_NO_UNSEEN: none */
    unsigned any_declared;  /* bits 1 << enum tl_policy_declared: said of some dataset */

    /* the dataset at hand */
    uint32_t number;
    struct tl_graph_dataset_view view;
    struct tl_place place;
    bool has_unseen;      /* something comes to it from what could not be told */
    const char *readable; /* its key for people; NULL: not needed yet */
    TL_VEC(struct tl_hit) hits;
    size_t n_here;     /* its steers */
    uint64_t *present; /* as in `bits`: all of its hits */

    struct tl_place other; /* of a dataset on a path */

    /* by law: datasets that it could say nothing of, because nobody declared what it asks about of any dataset */
    struct tl_bare {
        unsigned missing; /* bits 1 << enum tl_policy_declared */
        size_t n;
        const char *first; /* key text */
        uint32_t last;
    } * bare;
};

/* ---- known.c: what is known before anything is asked ---- */

void tl_asking_prepare(struct tl_asking *asking);
void tl_asking_release(struct tl_asking *asking);
/* Takes dataset `number` at hand. */
void tl_asking_take(struct tl_asking *asking, uint32_t number);
uint32_t tl_asking_class(struct tl_asking *asking, const struct tl_graph_tag *tag);

/* What a class is to a selector. */
enum tl_wanted { TL_UNWANTED, TL_WANTED_LIVE, TL_WANTED_WITHDRAWN };
enum tl_wanted tl_asking_wants(const struct tl_asking *asking, uint32_t class,
                               uint32_t selector);
/* The same of all that the dataset at hand holds. */
enum tl_wanted tl_asking_holds(const struct tl_asking *asking, uint32_t selector);
/* The steers of dataset `number`. */
const struct tl_steer *tl_asking_steers(size_t *n, const struct tl_asking *asking,
                                        uint32_t number);
/* A text that stands in the context's arena, once. NULL gives NULL. */
const char *tl_asking_keep(struct tl_asking *asking, const char *text);
/* From each dataset of `seeds` (by dataset, 0 or 1) along the flow of values: through which dataset it comes; seeds: themselves. */
uint32_t *tl_asking_reach(const struct tl_asking *asking, const uint8_t *seeds);

/* ---- evidence.c: the way of a tag to its column ---- */

struct tl_trace {
    const struct tl_step *steps; /* the origin first */
    uint32_t n;
    uint32_t
        hops; /* from the origin to here: n - 1, more where only both ends are shown */
    uint8_t effect; /* of the whole path; TL_NO_EFFECT where it begins in its column */
    bool is_cut;    /* there are more ways than anybody looks at */
};
/* Whether what an edge moves are still values of single people: no figures over rows. */
static inline bool tl_edge_carries(const struct tl_graph_edge *edge)
{
    return tl_edge_moves_values(edge->kind) && edge->effect < TL_AGGREGATES;
}
void tl_asking_trace(struct tl_trace *out, struct tl_asking *asking,
                     struct tl_node_id node, const struct tl_graph_tag *tag);
/*
 * Only ways that come by a dataset in `scope`. IN: one was found; UNTOLD: one may be: a zone on the way is not declared, or, then the trace
 * is cut, there were too many columns to look at.
 */
enum tl_in_scope tl_asking_trace_from(struct tl_trace *out, struct tl_asking *asking,
                                      const struct tl_policy_scope *scope,
                                      struct tl_node_id node,
                                      const struct tl_graph_tag *tag);
/* Whether a dataset, by its key text, is in `scope`. */
enum tl_in_scope tl_asking_in(struct tl_asking *asking, const char *dataset,
                              const struct tl_policy_scope *scope);
/* Says in `step` how edge `edge` led to it. */
void tl_asking_way(struct tl_step *step, struct tl_asking *asking, uint32_t edge);
/* Adds a station behind the last one. */
void tl_trace_add(struct tl_trace *trace, const struct tl_step *step, struct tl_ctx *ctx);
/* The one trace, then the other. */
void tl_trace_join(struct tl_trace *trace, const struct tl_trace *other,
                   struct tl_ctx *ctx);

/* ---- unknown.c: what could not be told, and where it goes ---- */

void tl_asking_follow_unknown(struct tl_asking *asking);
/* What comes to the column, one after the other; begins with `last` NULL, ends with NULL. */
const struct tl_unseen *tl_asking_unseen(const struct tl_asking *asking,
                                         struct tl_node_id node,
                                         const struct tl_unseen *last);
/* Whether it may come by a dataset in `scope`. */
bool tl_asking_unseen_from(struct tl_asking *asking, const struct tl_unseen *unseen,
                           const struct tl_policy_scope *scope);
void tl_asking_trace_unseen(struct tl_trace *out, struct tl_asking *asking,
                            const struct tl_unseen *unseen);

/* ---- words.c ---- */

/* The dataset at hand for people; a dataset, or a column of it (NULL: none), by its key text. */
const char *tl_asking_here(struct tl_asking *asking);
const char *tl_asking_place(struct tl_asking *asking, const char *dataset,
                            const char *path);
/* "email_address (98%)" */
void tl_words_tag(struct tl_str *out, const struct tl_graph_tag *tag);
/* " in zone 'export'", where one is declared */
void tl_words_zone(struct tl_str *out, const struct tl_place *place);
/* ", hashed over 2 steps from 'shop/users#email'", where it comes from elsewhere */
void tl_words_way(struct tl_str *out, struct tl_asking *asking,
                  const struct tl_trace *trace);
/* "'a', 'b'" or "'a', 'b', 'c' and 4 more" */
void tl_words_list(struct tl_str *out, const struct tl_list *words);
/* What a verdict takes over: the text in the context's arena; `text` is released. */
const char *tl_words_end(struct tl_str *text, struct tl_ctx *ctx);

#endif
