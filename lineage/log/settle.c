/*
 * The graph is made of what will be believed: merged tags of what was decided, the belief for the rest. A dataset is merged here on trial
 * and once more when it is written, so that a scan of a million columns never holds more than one dataset's state.
 */
#include "lineage/log/settle.h"

#include "base/ctx.h"

struct graphing {
    const struct tl_settling *settling;
    struct tl_graph *graph;
    struct tl_merge merge;
    struct tl_appended unused; /* nothing is counted on trial */
    struct tl_arena *passing;
};

/* ---- datasets ---- */

static void add_own_tags(struct graphing *graphing, const char *text,
                         const struct tl_state_column *column)
{
    struct tl_node_id node = { TL_NO_NODE };

    for (uint32_t i = 0; i < column->n_tags; i++) {
        const struct tl_state_tag *own = &column->tags[i];
        struct tl_graph_tag tag = { .info_type = own->info_type,
                                    .category = own->category,
                                    .confidence = own->confidence,
                                    .sensitivity = own->sensitivity,
                                    .state = own->state,
                                    .origin = own->origin,
                                    .inside = own->path };
        if (own->state == TL_CARRIED)
            continue;
        if (node.i == TL_NO_NODE)
            node = tl_graph_add(graphing->graph, text, column->path);
        tl_graph_add_tag(graphing->graph, node, &tag);
    }
}

/* Its tags, and the edges it has: those that the entry tells are added all at once. */
static void add_state(struct graphing *graphing, const struct tl_state_file *state,
                      const char *text)
{
    struct tl_graph_dataset dataset = { .key = text,
                                        .kind = state->kind,
                                        .is_known = !state->is_absent };
    bool is_told = tl_flows_tells(&graphing->settling->flows, state->key.source);

    for (uint32_t i = 0; i < state->n_columns; i++)
        if (!state->columns[i].is_absent) {
            dataset.n_columns++;
            dataset.is_unknown |= state->columns[i].is_unknown;
        }
    tl_graph_add_dataset(graphing->graph, &dataset);
    for (uint32_t i = 0; i < state->n_columns; i++)
        if (!state->columns[i].is_absent) {
            add_own_tags(graphing, text, &state->columns[i]);
            if (state->columns[i].is_unknown)
                tl_graph_add_unknown(graphing->graph, text, state->columns[i].path);
        }
    for (uint32_t i = 0; i < state->n_facts; i++) {
        const struct tl_state_fact *known = &state->facts[i];
        struct tl_fact fact = { known->name, known->count, known->of };
        tl_graph_add_fact(graphing->graph, text, known->column, &fact);
    }
    for (uint32_t i = 0; !is_told && i < state->n_edges; i++) {
        struct tl_edge edge = state->edges[i];
        edge.target = text;
        tl_graph_add_edge(graphing->graph, &edge);
    }
    for (uint32_t i = 0; !is_told && i < state->n_problems; i++) {
        struct tl_edge_problem problem = state->problems[i];
        problem.target = text;
        tl_graph_add_problem(graphing->graph, &problem);
    }
}

/* As tl_graph_add_belief would, but for edges that the entry tells anew. */
static void add_believed(struct graphing *graphing, const struct tl_visit *visit)
{
    struct tl_belief_dataset dataset = *visit->old;
    struct tl_belief one = *graphing->settling->belief;

    if (tl_flows_tells(&graphing->settling->flows, visit->key.source))
        dataset.n_edges = dataset.n_problems = 0;
    one.datasets = &dataset;
    one.n_datasets = 1;
    tl_graph_add_belief(graphing->graph, &one, NULL);
}

/* Known to be there, and to hold nobody knows what. */
static void add_undecided(struct graphing *graphing, const struct tl_visit *visit)
{
    const struct tl_snapshot *snapshot = graphing->settling->entry->snapshot;
    const struct tl_dataset *dataset = &snapshot->datasets.items[visit->dataset];

    tl_graph_add_dataset(graphing->graph,
                         &(struct tl_graph_dataset){ .key = visit->text,
                                                     .kind = dataset->kind,
                                                     .is_known = true,
                                                     .is_unknown = true,
                                                     .n_columns = dataset->n_columns });
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const char *path =
            tl_snapshot_text(snapshot,
                             snapshot->columns.items[dataset->first_column + i].path);

        tl_graph_add_unknown(graphing->graph, visit->text, path ? path : "");
    }
}

static int add_visited(void *self, const struct tl_visit *visit, struct tl_ctx *ctx)
{
    struct graphing *graphing = self;
    struct tl_state_file state;
    int rc = TL_OK;

    switch (visit->fate) {
    case TL_FATE_DECIDED:
        tl_merge_dataset(&state, &graphing->merge, visit->seen, visit->old);
        add_state(graphing, &state, visit->text);
        break;
    case TL_FATE_SPOKEN:
        tl_state_from_belief(&state, graphing->settling->belief, visit->old,
                             graphing->passing);
        rc = tl_words_apply(&state, visit, &graphing->merge, NULL, ctx);
        if (rc == TL_OK)
            add_state(graphing, &state, visit->text);
        break;
    case TL_FATE_GONE:
    case TL_FATE_NAMED:
        break; /* only edges may name it */
    case TL_FATE_ABSENT:
        if (!tl_flows_tells(&graphing->settling->flows, visit->key.source))
            add_believed(graphing, visit);
        break;
    default:
        if (visit->old)
            add_believed(graphing, visit);
        else
            add_undecided(graphing, visit);
    }
    tl_arena_reset(graphing->passing);
    return rc;
}

/* ---- edges ---- */

static void add_told(struct graphing *graphing)
{
    const struct tl_flows *flows = &graphing->settling->flows;

    for (size_t i = 0; i < flows->targets.n; i++) {
        const struct tl_flow_target *target = &flows->targets.items[i];
        for (uint32_t k = 0; k < target->n_edges; k++)
            tl_graph_add_edge(graphing->graph, &target->edges[k]);
        for (uint32_t k = 0; k < target->n_problems; k++)
            tl_graph_add_problem(graphing->graph, &target->problems[k]);
    }
}

/* ---- all of it ---- */

static bool may_carry(const struct tl_settling *settling)
{
    const struct tl_belief *belief = settling->belief;
    bool is_possible = settling->flows.targets.n || belief->n_edges;

    for (uint32_t i = 0; !is_possible && i < belief->n_tags; i++)
        is_possible = belief->tags[i].state == TL_CARRIED;
    return settling->entry->carry && is_possible;
}

static int make_graph(struct tl_settling *settling, struct tl_ctx *ctx)
{
    const struct tl_entry *entry = settling->entry;
    struct graphing graphing = { .settling = settling,
                                 .graph = settling->graph,
                                 .passing = tl_arena_open() };

    graphing.merge = (struct tl_merge){ .entry = entry,
                                        .belief = settling->belief,
                                        .trace = "",
                                        .into = graphing.passing,
                                        .counts = &graphing.unused,
                                        .is_trial = true };
    int rc = tl_walk_each(&settling->walk, add_visited, &graphing, ctx);
    add_told(&graphing);
    tl_arena_close(graphing.passing);
    if (rc == TL_OK && entry->carry) {
        rc = tl_graph_carry(settling->graph, entry->carry, entry->n_carry,
                            entry->carry_floor, ctx);
        if (rc == TL_OK)
            tl_flows_carry(&settling->flows, settling->graph);
    }
    return rc;
}

int tl_settle(struct tl_settling *settling, const struct tl_entry *entry,
              const struct tl_belief *belief, bool needs_graph, struct tl_ctx *ctx)
{
    *settling = (struct tl_settling){ .entry = entry,
                                      .belief = belief,
                                      .lasting = tl_arena_open() };
    int rc = tl_flows_init(&settling->flows, entry, ctx);
    if (rc == TL_OK)
        rc = tl_walk_init(&settling->walk, belief, &settling->flows, settling->lasting,
                          ctx);
    if (rc < 0 || (!needs_graph && !may_carry(settling)))
        return rc;
    settling->graph = tl_graph_open();
    return make_graph(settling, ctx);
}

void tl_settle_release(struct tl_settling *settling)
{
    tl_walk_release(&settling->walk);
    tl_flows_release(&settling->flows);
    tl_graph_close(settling->graph);
    tl_arena_close(settling->lasting);
    settling->graph = NULL;
    settling->lasting = NULL;
}

/* ---- checking ---- */

static bool is_id(const char *text, size_t most)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t n = text ? strlen(text) : 0;

    return n >= 1 && n <= most && strspn(text, letters) == n;
}

int tl_entry_check(const struct tl_entry *entry, struct tl_ctx *ctx)
{
    if (!is_id(entry->actor, 64)) {
        tl_hint(ctx,
                "set 'actor' to letters, digits, '.', '_' and '-', at most 64 of them");
        return tl_fail(ctx, TL_ECONFIG, "'%s' cannot be an actor's id",
                       entry->actor ? entry->actor : "");
    }
    for (size_t i = 0; i < entry->n_words; i++) {
        const struct tl_word *word = &entry->words[i];
        if (!is_id(word->info_type, 128) || word->kind > TL_WORD_SET || !word->key.field)
            return tl_fail(ctx, TL_EUSAGE, "'%s' cannot be an info type",
                           word->info_type ? word->info_type : "");
    }
    for (size_t i = 0; i < entry->n_rules; i++)
        if (!is_id(entry->rules[i].digest, 64))
            return tl_fail(ctx, TL_EINTERNAL, "a rule pack has no digest");
    if (entry->snapshot && entry->n_words)
        return tl_fail(ctx, TL_EINTERNAL, "a scan and words are two entries");
    for (size_t i = 0; i < entry->n_datasets; i++) {
        const struct tl_entry_dataset *seen = &entry->datasets[i];
        if (seen->id.i >= entry->snapshot->datasets.n ||
            (seen->decisions &&
             seen->decisions->n_columns !=
                 entry->snapshot->datasets.items[seen->id.i].n_columns))
            return tl_fail(ctx, TL_EINTERNAL, "decisions and snapshot do not fit");
    }
    return TL_OK;
}

/* ---- foreseeing ---- */

int tl_log_foresee(struct tl_graph **out, const struct tl_entry *entry,
                   const struct tl_belief *belief, struct tl_ctx *ctx)
{
    static const struct tl_belief nothing;
    struct tl_settling settling = { 0 };
    int rc = tl_entry_check(entry, ctx);

    if (rc == TL_OK)
        rc = tl_settle(&settling, entry, belief ? belief : &nothing, true, ctx);
    if (rc == TL_OK) {
        *out = settling.graph;
        settling.graph = NULL;
    }
    tl_settle_release(&settling);
    return rc;
}
