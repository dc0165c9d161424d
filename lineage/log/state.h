/*
 * One dataset as the log believes it, in a form that can be changed; its state file; and the way back. What merge makes, what
 * the tree and the index are written from. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_STATE_H
#define TL_LINEAGE_LOG_STATE_H

#include "base/model.h"

#include <jansson.h>

struct tl_arena;
struct tl_ctx;
struct tl_graph_tag;

struct tl_state_tag {
    const char *info_type, *category;
    const char *span, *trace; /* hex */
    const char *actor;        /* NULL: no person's */
    /* of a carried tag: the column where it set out (key text with field), what it is tagged as there; NULL: its own */
    const char *from, *from_type;
    int64_t since; /* ns, whole seconds */
    uint16_t confidence;
    uint8_t sensitivity, state, origin;
    uint8_t effect; /* of a carried tag: all of its path's */
    bool is_inside; /* as in struct tl_tag, and `path` */
    const char *path;
    /*
     * Of a person's word: what the last scan settled otherwise, an info type or "none", with its confidence; NULL: nothing, or what was known
     * when the word was said. And what the rules said then, where that is not the word's own type.
     */
    const char *against, *knew;
    uint16_t against_confidence;
    /* Not written: what this run did. */
    bool is_changed;                        /* `span` belongs to this run */
    bool is_news;                           /* `against` is this run's */
    const char *before_span, *before_trace; /* the decision it replaces; NULL: none */
    int64_t before_since;
    const struct tl_graph_tag *carried; /* the graph's, of a carried tag; NULL: its own */
};

struct tl_state_column {
    const char *path, *native_type, *comment; /* the latter two may be NULL */
    struct tl_state_tag *tags;
    uint32_t ordinal, n_tags;
    uint8_t logical, roles;
    int8_t nullable;
    bool is_absent, is_unknown;
    /* Not written. */
    const struct tl_decision *decision; /* this run's; NULL: none */
    const char *
        span; /* this run's span of the column, hex; NULL: nothing spoke and nothing changed */
};

/* As struct tl_fact, of a column (field path) or the whole dataset (NULL). */
struct tl_state_fact {
    const char *column, *name;
    uint32_t count, of;
};

struct tl_state_key {
    const char *columns, *target, *target_columns;
};

struct tl_state_file {
    struct tl_key key;                                        /* no field */
    const char *platform, *comment, *owner, *view_sql;        /* may be NULL */
    const char *schema_digest, *sample_digest, *rules_digest; /* "" for none */
    struct tl_state_column *columns;
    struct tl_state_key *keys;
    const struct tl_edge
        *edges; /* into it, by tl_edge_compare; their target is not looked at */
    const struct tl_edge_problem *problems; /* by query, line, column, what */
    const struct tl_state_fact
        *facts; /* the dataset's own first; columns in their order, by name */
    uint32_t n_columns, n_keys, n_edges, n_problems, n_facts;
    int64_t rows; /* a power of two, 0, or -1 for unknown */
    uint8_t kind;
    bool is_absent;
};

/* state/<source>/<database>/<schema>/<dataset>.json, absent levels left out. */
void tl_state_path(struct tl_str *out, const struct tl_key *key);

/* Appends the file's text. */
void tl_state_write(struct tl_str *out, const struct tl_state_file *state);

/*
 * Reads a state file; texts and arrays come from `into`. TL_ELOG where it is not one. Keys it does not know are passed over: a
 * later tagline may have added them.
 */
int tl_state_read(struct tl_state_file *out, const char *text, size_t n, const char *name,
                  struct tl_arena *into, struct tl_ctx *ctx);

/* The belief's own dataset in the form that can be changed. Foreign keys are not in a belief. Texts are the belief's. */
void tl_state_from_belief(struct tl_state_file *out, const struct tl_belief *belief,
                          const struct tl_belief_dataset *dataset, struct tl_arena *into);
void tl_state_tag_from_belief(struct tl_state_tag *out, const struct tl_belief *belief,
                              const struct tl_belief_tag *tag);
/* Without its target. */
void tl_state_edge_from_belief(struct tl_edge *out, const struct tl_belief *belief,
                               const struct tl_belief_edge *edge);

#endif
