/*
 * What flows into a dataset: the edges and problems that an entry brings or the belief keeps, and the tags that were carried along
 * them. Lays them over a state and says what differs. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_FLOWS_H
#define TL_LINEAGE_LOG_FLOWS_H

#include "base/map.h"
#include "lineage/log/merge.h"

/* The entry's edges and problems into one dataset. */
struct tl_flow_target {
    const char *text;   /* its key; the edges' own */
    const char *source; /* of the snapshot */
    const struct tl_edge *edges;
    const struct tl_edge_problem *problems;
    uint32_t n_edges, n_problems;
    bool is_in_snapshot;
};

struct tl_flows {
    const struct tl_entry *entry;
    struct tl_map
        read; /* names of sources whose edges the entry tells; empty: it tells none */
    struct tl_map by_text;                   /* key text -> number in `targets` */
    TL_VEC(struct tl_flow_target) targets;   /* of sources that were read, by text */
    TL_VEC(struct tl_edge_problem) problems; /* the entry's, by target, query and place */
    size_t n_loose; /* problems of which not even the target is known: the first ones */
    const struct tl_graph
        *graph;            /* carried; NULL: what is carried stays as it is believed */
    struct tl_map carried; /* key texts of datasets with carried tags */
};

/* TL_EINTERNAL where the edges are out of order. Release with tl_flows_release, also after a failure. */
int tl_flows_init(struct tl_flows *flows, const struct tl_entry *entry,
                  struct tl_ctx *ctx);
void tl_flows_release(struct tl_flows *flows);
/* From here on carried tags are what this graph says. Borrowed. */
void tl_flows_carry(struct tl_flows *flows, const struct tl_graph *graph);

/* Whether the entry tells what flows into datasets of that source: what is believed of that is then replaced. */
bool tl_flows_tells(const struct tl_flows *flows, const char *source);
/* NULL: nothing flows there, as far as the entry says. */
struct tl_flow_target *tl_flows_find(const struct tl_flows *flows, const char *text);

/* Whether only the entry's SQL names that dataset: something flows there, and the snapshot does not have it. */
bool tl_flows_name(const struct tl_flows *flows, const char *text);

/* A carried tag that is taken away. */
struct tl_flow_loss {
    const char *column;
    const struct tl_state_tag *tag; /* as it stood */
    const char *why;
    const char *span; /* of the loss, hex */
};
/* What laying over changed. */
struct tl_flow_change {
    bool is_any;
    uint32_t n_new_edges, n_gone_edges, n_new_carried, n_changed_carried, n_carried;
    const struct tl_flow_loss *losses;
    uint32_t n_losses;
    const struct tl_graph *graph; /* of the carried tags; NULL: none is this run's */
};

/*
 * Lays edges, problems and carried tags over a state that holds the old ones; `text` is its key. Counts up what changed and what
 * stands now. From the merge's arena; texts of edges stay the entry's.
 */
void tl_flows_apply(struct tl_flow_change *out, struct tl_state_file *state,
                    const char *text, const struct tl_flows *flows,
                    const struct tl_merge *merge);

/* How many carried tags a believed dataset has. */
uint32_t tl_flows_carried(const struct tl_belief *belief,
                          const struct tl_belief_dataset *old);
/* Whether laying over the believed dataset could change it; cheap. False is sure, true may turn out to be nothing. */
bool tl_flows_may_change(const struct tl_flows *flows, const struct tl_belief *belief,
                         const struct tl_belief_dataset *old, const char *text);

#endif
