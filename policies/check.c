/*
 * Asks every rule of every dataset. Three answers, not two: a rule that could not be asked, or whose answer rests on a guess, gives a gap
 * and is never taken for kept (ethyca/fides: policy-engine/pkg/pbac does the same; its older evaluation let what was not declared pass).
 */
#include "policies/check.h"

#include "base/ctx.h"

#include <stdlib.h>
#include <string.h>

/* ---- verdicts ---- */

/* What is about to be said. Texts are the context's. */
struct said {
    const struct tl_law *law;
    enum tl_outcome outcome;
    const char *path; /* field path; NULL: the dataset as a whole */
    const char *why, *fix;
    struct tl_trace trace;
};

static size_t number_of(const struct tl_asking *asking, const struct tl_law *law)
{
    return (size_t)(law - asking->policies->laws);
}

static void say_of(struct tl_asking *asking, const struct said *said, const char *dataset)
{
    const struct tl_law *law = said->law;
    struct tl_verdict verdict = {
        .rule = asking->names[number_of(asking, law)],
        .severity = law->severity,
        .dataset = dataset,
        .path = tl_asking_keep(asking, said->path),
        .why = said->why,
        .fix = said->fix,
        .steps = said->trace.steps,
        .n_steps = said->trace.n,
        .outcome = (uint8_t)said->outcome,
        .is_advisory = law->is_advisory,
    };

    tl_vec_push(&asking->out->items, verdict);
    asking->out->counts[said->outcome]++;
    asking->out->n_binding += said->outcome == TL_VIOLATION && !law->is_advisory;
    asking->tallies[number_of(asking, law)].counts[said->outcome]++;
}

static void say(struct tl_asking *asking, const struct said *said)
{
    say_of(asking, said, tl_asking_keep(asking, asking->view.dataset.key));
}

static int compare_texts(const char *a, const char *b)
{
    return !a || !b ? (a != NULL) - (b != NULL) : strcmp(a, b);
}

static int by_rule_and_place(const void *a, const void *b)
{
    const struct tl_verdict *x = a;
    const struct tl_verdict *y = b;
    int order = strcmp(x->rule, y->rule);

    if (order == 0)
        order = strcmp(x->dataset, y->dataset);
    if (order == 0)
        order = compare_texts(x->path, y->path);
    if (order == 0)
        order = (x->outcome > y->outcome) - (x->outcome < y->outcome);
    return order ? order : strcmp(x->why, y->why);
}

/* ---- what excuses ---- */

/* Data uses are a tree: what is declared for a parent is declared for its children, and a rule that names a parent means them too. */
static bool uses_meet(const struct tl_list *declared, const struct tl_list *wanted)
{
    for (size_t i = 0; i < declared->n; i++)
        for (size_t k = 0; k < wanted->n; k++)
            if (tl_policy_is_below(declared->items[i], wanted->items[k]) ||
                tl_policy_is_below(wanted->items[k], declared->items[i]))
                return true;
    return false;
}

/* The first of `words` that no glob matches; NULL: all are matched. */
static const char *first_unmatched(const struct tl_list *words,
                                   const struct tl_list *globs)
{
    for (size_t i = 0; i < words->n; i++)
        if (!tl_policy_glob(globs, words->items[i]))
            return words->items[i];
    return NULL;
}

/* All of an excuse but its effects. */
static bool excuse_fits(const struct tl_asking *asking,
                        const struct tl_policy_excuse *excuse, const char *path)
{
    const struct tl_place *place = &asking->place;
    bool fits = !excuse->datasets.n;

    for (size_t i = 0; i < excuse->datasets.n; i++)
        fits = fits || tl_key_matches(&place->key, excuse->datasets.items[i]);
    return fits && (!excuse->columns.n || tl_policy_glob(&excuse->columns, path)) &&
           (!excuse->uses.n || uses_meet(place->uses, &excuse->uses)) &&
           (!excuse->recipients.n ||
            (place->recipients->n &&
             !first_unmatched(place->recipients, &excuse->recipients)));
}

/* Whether every way of values into the column has one of the effects, and there is one. */
static bool all_ways_have(const struct tl_asking *asking, struct tl_node_id id,
                          unsigned effects)
{
    struct tl_graph_node node;
    uint32_t n_ways = 0;

    tl_graph_node(&node, asking->graph, id);
    for (uint32_t i = 0; i < node.n_in; i++) {
        struct tl_graph_edge edge;

        tl_graph_edge(&edge, asking->graph, node.first_in + i);
        if (!tl_edge_moves_values(edge.kind))
            continue;
        if (!(effects & 1u << edge.effect))
            return false;
        n_ways++;
    }
    return n_ways > 0;
}

/* How sure what was found is. */
enum grip {
    GRIP_NONE,      /* excused */
    GRIP_WITHDRAWN, /* the tag vanished elsewhere and waits for a person */
    GRIP_WEAK,      /* too little confidence */
    GRIP_AGAINST, /* the column is tagged by itself, and the SQL says that what comes in is masked */
    GRIP_UNTOLD,    /* whether it comes from where the rule says cannot be told */
    GRIP_UNCOUNTED, /* a fact that the rule asks for was not counted */
    GRIP_FIRM
};

/* A tag that one law is against, with what is known of its way. */
struct found {
    const struct tl_hit *hit;
    uint32_t what; /* which of the things that the law looks for */
    enum grip grip;
    struct tl_trace trace; /* only where the law asks where it comes from; else later */
};

/* An excuse by effect is the graph's word on a carried tag. Of a tag of the column's own, edges and tag may contradict each other. */
static enum grip excuse(const struct tl_asking *asking, const struct tl_law *law,
                        const struct tl_hit *hit)
{
    enum grip grip = GRIP_FIRM;

    for (uint32_t i = 0; i < law->n_excuses; i++) {
        const struct tl_policy_excuse *excuse = &law->excuses[i];

        if (!excuse_fits(asking, excuse, hit->path))
            continue;
        if (!excuse->effects)
            return GRIP_NONE;
        if (hit->tag->state == TL_CARRIED) {
            if (excuse->effects & 1u << hit->tag->effect)
                return GRIP_NONE;
        } else if (all_ways_have(asking, hit->node, excuse->effects)) {
            grip = GRIP_AGAINST;
        }
    }
    return grip;
}

/* Of the column itself, of where its tag comes from, or of the dataset. */
static bool find_fact(struct tl_fact *out, const struct tl_asking *asking,
                      const struct tl_hit *hit, const char *name)
{
    struct tl_graph_node node;

    tl_graph_node(&node, asking->graph, hit->node);
    if (tl_graph_fact(out, asking->graph, node.dataset, node.path, name))
        return true;
    if (hit->tag->state == TL_CARRIED && hit->tag->from.i != TL_NO_NODE) {
        struct tl_graph_node origin;
        tl_graph_node(&origin, asking->graph, hit->tag->from);
        if (tl_graph_fact(out, asking->graph, origin.dataset, origin.path, name))
            return true;
    }
    return tl_graph_fact(out, asking->graph, node.dataset, NULL, name);
}

/* What the facts leave of a finding. */
static enum grip weigh_facts(const struct tl_asking *asking,
                             const struct tl_policy_what *what, const struct tl_hit *hit)
{
    enum grip grip = GRIP_FIRM;

    for (uint32_t i = 0; i < what->n_facts; i++) {
        const struct tl_policy_fact *asked = &what->facts[i];
        struct tl_fact fact;
        if (!find_fact(&fact, asking, hit, asked->name)) {
            grip = GRIP_UNCOUNTED;
            continue;
        }
        double value = fact.of ? (double)fact.count / fact.of : fact.count;
        if ((asked->below >= 0 && !(value < asked->below)) ||
            (asked->above >= 0 && !(value > asked->above)))
            return GRIP_NONE;
    }
    return grip;
}

static void grasp(struct found *out, struct tl_asking *asking, const struct tl_law *law,
                  uint32_t what, const struct tl_hit *hit)
{
    enum tl_wanted wanted =
        tl_asking_wants(asking, hit->class, law->first_selector + what);

    *out = (struct found){ .hit = hit, .what = what };
    if (!wanted)
        return;
    out->grip = excuse(asking, law, hit);
    if (out->grip == GRIP_NONE)
        return;
    enum grip counted = weigh_facts(asking, &law->what[what], hit);
    if (counted != GRIP_FIRM)
        out->grip = counted;
    if (out->grip == GRIP_NONE)
        return;
    if (law->asks_from) {
        enum tl_in_scope from =
            tl_asking_trace_from(&out->trace, asking, &law->from, hit->node, hit->tag);
        if (from == TL_OUT_OF_SCOPE)
            out->grip = GRIP_NONE;
        else if (from == TL_UNTOLD_SCOPE)
            out->grip = GRIP_UNTOLD;
    }
    if (out->grip == GRIP_FIRM && hit->tag->confidence < law->what[what].confidence)
        out->grip = GRIP_WEAK;
    if (out->grip && wanted == TL_WANTED_WITHDRAWN)
        out->grip = GRIP_WITHDRAWN;
}

static bool is_better(const struct found *a, const struct found *b)
{
    if (a->grip != b->grip)
        return a->grip > b->grip;
    return a->grip && a->hit->tag->confidence > b->hit->tag->confidence;
}

static void trace_it(struct found *found, struct tl_asking *asking)
{
    if (!found->trace.n)
        tl_asking_trace(&found->trace, asking, found->hit->node, found->hit->tag);
}

/* ---- words ---- */

/* "'shop/export_leads#mail' holds email_address (98%) in zone 'export', unchanged over 1 step from 'shop/users#email'" */
static void add_finding(struct tl_str *why, struct tl_asking *asking,
                        const struct found *found)
{
    tl_str_addf(why, "'%s' holds ",
                tl_asking_place(asking, asking->view.dataset.key, found->hit->path));
    tl_words_tag(why, found->hit->tag);
    tl_words_zone(why, &asking->place);
    tl_words_way(why, asking, &found->trace);
}

static const char *add_uncounted(struct tl_str *why, const struct tl_asking *asking,
                                 const struct tl_policy_what *what,
                                 const struct tl_hit *hit)
{
    bool is_of_vendor = false;
    bool is_first = true;
    struct tl_fact ignored;

    tl_str_add(why, "; what the rule asks to be counted of it was not counted");
    for (uint32_t i = 0; i < what->n_facts; i++) {
        const char *name = what->facts[i].name;
        if (find_fact(&ignored, asking, hit, name))
            continue;
        tl_str_addf(why, "%s'%s'", is_first ? ": " : ", ", name);
        is_of_vendor |= strncmp(name, "tcf.vendor.", 11) == 0;
        is_first = false;
    }
    return is_of_vendor
               ? "say which vendor you are, 'tcf: {vendor_id: ...}' in tagline.yaml, "
                 "and scan with samples"
               : "scan with samples ('sample_rows', and no 'names_only')";
}

/* Why what was found is not firm, and what would make it so. */
static const char *add_doubt(struct tl_str *why, const struct tl_asking *asking,
                             const struct tl_law *law, const struct found *found)
{
    static const char *const reviews =
        "confirm or reject the tag: tagline review accept|reject COLUMN";

    switch (found->grip) {
    case GRIP_WITHDRAWN:
        tl_str_add(why, "; the tag was withdrawn and waits for a person");
        return reviews;
    case GRIP_WEAK:
        tl_str_addf(why, "; this is less sure than the %u%% that the rule asks for",
                    law->what[found->what].confidence / 10u);
        return reviews;
    case GRIP_AGAINST:
        tl_str_add(why, "; it is tagged so by itself, while its SQL masks what comes in");
        return reviews;
    case GRIP_UNCOUNTED:
        return add_uncounted(why, asking, &law->what[found->what], found->hit);
    case GRIP_UNTOLD:
        if (found->trace.is_cut) {
            tl_str_add(why, "; whether it comes from where the rule means cannot be "
                            "told: more columns lead here than are looked at");
            return "say for this dataset what the rule means by 'from', or leave 'from' "
                   "out of the rule";
        }
        tl_str_add(why, "; whether it comes from where the rule means cannot be told: a "
                        "dataset on the way has no declared zone");
        return "declare the 'zone' of the datasets on the way, under 'datasets:' in "
               "tagline.yaml";
    default:
        return NULL;
    }
}

/* The shares that made it one: " (tcf.vendor.purpose_4: 97 of 100)". */
static void add_counts(struct tl_str *why, const struct tl_asking *asking,
                       const struct tl_law *law, const struct found *found)
{
    const struct tl_policy_what *what = &law->what[found->what];
    const char *before = " (";

    for (uint32_t i = 0; i < what->n_facts; i++) {
        struct tl_fact fact;

        if (!find_fact(&fact, asking, found->hit, what->facts[i].name) || !fact.of)
            continue;
        tl_str_addf(why, "%s%s: %u of %u", before, fact.name, fact.count, fact.of);
        before = ", ";
    }
    if (before[0] == ',')
        tl_str_add(why, ")");
}

/* One verdict on a found column: `ending` says what the rule has against it. */
static void say_found(struct tl_asking *asking, const struct tl_law *law,
                      struct found *found, const char *ending, const char *fix)
{
    struct said said = { .law = law, .path = found->hit->path };
    struct tl_str why = TL_STR_INIT(TL_STR_MOST);

    trace_it(found, asking);
    add_finding(&why, asking, found);
    const char *doubt_fix = add_doubt(&why, asking, law, found);
    said.outcome = doubt_fix ? TL_GAP : TL_VIOLATION;
    if (!doubt_fix && (law->message || ending))
        tl_str_addf(&why, "; %s", law->message ? law->message : ending);
    if (!doubt_fix)
        add_counts(&why, asking, law, found);
    said.why = tl_words_end(&why, asking->ctx);
    said.fix = doubt_fix ? doubt_fix : law->fix ? tl_asking_keep(asking, law->fix) : fix;
    said.trace = found->trace;
    say(asking, &said);
}

/* What one law found in a dataset: columns one by one, or all of a meeting, or a column that steers it. */
struct finds {
    struct found *items;
    size_t n;
    bool is_meeting;
    const struct tl_edge *steers; /* the edge that does; NULL: it is about values */
    const uint32_t *by; /* through which datasets its rows came here; NULL: none */
};

/* What is against them. */
struct charge {
    enum tl_outcome outcome;
    const char *what, *fix;
};

static const struct found *surest(const struct finds *finds)
{
    const struct found *best = &finds->items[0];

    for (size_t i = 1; i < finds->n; i++)
        if (is_better(&finds->items[i], best))
            best = &finds->items[i];
    return best;
}

/* "'shop/out' in zone 'export' holds email_address (98%) in 'mail', hashed over 1 step from '...' and ..." */
static void add_meeting(struct tl_str *why, struct tl_asking *asking,
                        const struct finds *finds, struct tl_trace *trace)
{
    tl_str_addf(why, "'%s'", tl_asking_here(asking));
    tl_words_zone(why, &asking->place);
    tl_str_add(why, " holds ");
    for (size_t i = 0; i < finds->n; i++) {
        struct found *found = &finds->items[i];

        trace_it(found, asking);
        tl_str_add(why, i == 0 ? "" : i + 1 == finds->n ? " and " : ", ");
        tl_words_tag(why, found->hit->tag);
        tl_str_addf(why, " in '%s'", found->hit->path);
        tl_words_way(why, asking, &found->trace);
        tl_trace_join(trace, &found->trace, asking->ctx);
    }
}

static const char *steering_words(int kind)
{
    switch (kind) {
    case TL_JOIN:
        return "joins";
    case TL_FILTER:
        return "chooses";
    case TL_GROUP_BY:
        return "groups";
    case TL_SORT:
        return "sorts";
    case TL_WINDOW:
        return "arranges";
    default:
        return "decides";
    }
}

/* The dataset that an edge steers, as a station behind the way of the column it comes from. */
static void add_steered(struct tl_trace *trace, struct tl_asking *asking,
                        const struct tl_edge *way)
{
    const struct tl_step step = {
        .dataset = tl_asking_keep(asking, way->target),
        .path = tl_asking_keep(asking, way->target_column),
        .query = tl_asking_keep(asking, way->query),
        .line = way->line,
        .column = way->column,
        .confidence = way->confidence,
        .kind = way->kind,
        .effect = way->effect,
    };

    tl_trace_add(trace, &step, asking->ctx);
}

/* And the datasets that its rows go on to, down to the one at hand. Returns how many. */
static uint32_t add_onward(struct tl_trace *trace, struct tl_asking *asking,
                           const uint32_t *by)
{
    uint32_t n = 0;

    for (uint32_t i = asking->number; by[i] != i; i = by[i])
        n++;
    uint32_t n_shown = n > TL_HOPS_MOST ? 1 : n;
    struct tl_step *steps = tl_arena_alloc(asking->ctx->arena, n_shown, sizeof *steps);
    for (uint32_t i = asking->number, k = n_shown; k > 0; i = by[i]) {
        struct tl_graph_dataset_view view;

        tl_graph_dataset(&view, asking->graph, i);
        steps[--k] =
            (struct tl_step){ .dataset = tl_asking_keep(asking, view.dataset.key),
                              .confidence = 1000,
                              .kind = TL_IDENTITY,
                              .effect = TL_KEEPS };
    }
    const struct tl_trace onward = { steps, n_shown, n, TL_NO_EFFECT };
    tl_trace_join(trace, &onward, asking->ctx);
    return n;
}

static void say_steering(struct tl_asking *asking, const struct tl_law *law,
                         const struct finds *finds, const struct charge *charge)
{
    const struct tl_edge *way = finds->steers;
    struct found *found = &finds->items[0];
    struct said said = { .law = law, .path = finds->by ? NULL : way->target_column };
    struct tl_str why = TL_STR_INIT(TL_STR_MOST);

    trace_it(found, asking);
    tl_str_addf(&why, "'%s' holds ",
                tl_asking_place(asking, way->source, way->source_column));
    tl_words_tag(&why, found->hit->tag);
    tl_words_way(&why, asking, &found->trace);
    tl_str_addf(&why, ", and %s %s '%s'", steering_words(way->kind),
                way->target_column ? "what is in" : "the rows of",
                tl_asking_place(asking, way->target, way->target_column));
    said.trace = found->trace;
    add_steered(&said.trace, asking, way);
    if (finds->by) {
        uint32_t n = add_onward(&said.trace, asking, finds->by);
        tl_str_addf(&why, ", which reach '%s' over %u step%s", tl_asking_here(asking), n,
                    n == 1 ? "" : "s");
    }
    tl_words_zone(&why, &asking->place);
    const char *doubt_fix = add_doubt(&why, asking, law, found);
    said.outcome = doubt_fix ? TL_GAP : charge->outcome;
    tl_str_addf(&why, "; %s",
                law->message && said.outcome == TL_VIOLATION ? law->message
                                                             : charge->what);
    said.why = tl_words_end(&why, asking->ctx);
    said.fix = doubt_fix ? doubt_fix : charge->fix;
    say(asking, &said);
}

/* One verdict on the dataset: with all that meet, or with the surest of the columns as evidence. */
static void say_dataset(struct tl_asking *asking, const struct tl_law *law,
                        const struct finds *finds, const struct charge *charge)
{
    struct said said = { .law = law, .outcome = charge->outcome };
    struct tl_str why = TL_STR_INIT(TL_STR_MOST);
    const char *doubt_fix = NULL;

    if (finds->steers) {
        say_steering(asking, law, finds, charge);
        return;
    }
    if (finds->is_meeting) {
        add_meeting(&why, asking, finds, &said.trace);
        for (size_t i = 0; i < finds->n && !doubt_fix; i++)
            doubt_fix = add_doubt(&why, asking, law, &finds->items[i]);
    } else {
        struct found best = *surest(finds);

        trace_it(&best, asking);
        add_finding(&why, asking, &best);
        if (finds->n > 1)
            tl_str_addf(&why, ", and %zu more column%s of it %s alike", finds->n - 1,
                        finds->n == 2 ? "" : "s", finds->n == 2 ? "is" : "are");
        doubt_fix = add_doubt(&why, asking, law, &best);
        said.trace = best.trace;
    }
    if (doubt_fix)
        said.outcome = TL_GAP;
    tl_str_addf(&why, "; %s",
                law->message && said.outcome == TL_VIOLATION ? law->message
                                                             : charge->what);
    said.why = tl_words_end(&why, asking->ctx);
    said.fix = doubt_fix ? doubt_fix : charge->fix;
    say(asking, &said);
}

/* ---- what a dataset needs ---- */

static void add_declared(struct tl_str *out, unsigned missing)
{
    bool is_first = true;

    for (unsigned i = 0; i < TL_DECLARED_WORDS; i++) {
        if (!(missing & 1u << i))
            continue;
        tl_str_addf(out, "%s'%s'", is_first ? "" : " and ", tl_policy_declared_words[i]);
        is_first = false;
    }
}

/* What nobody declared of any dataset is one gap in the end, and not one a dataset. */
static void note_bare(struct tl_asking *asking, const struct tl_law *law,
                      unsigned missing)
{
    struct tl_bare *bare = &asking->bare[number_of(asking, law)];

    bare->missing |= missing;
    if (bare->n && bare->last == asking->number)
        return;
    bare->last = asking->number;
    if (!bare->n++)
        bare->first = asking->view.dataset.key;
}

/* Nothing is declared that the rule asks about: nobody knows, which is not the same as kept. */
static void say_undeclared(struct tl_asking *asking, const struct tl_law *law,
                           unsigned missing, enum tl_outcome outcome,
                           const struct finds *finds)
{
    struct charge charge = { .outcome = outcome };
    struct tl_str ending = TL_STR_INIT(TL_STR_MOST);
    struct tl_str fix = TL_STR_INIT(TL_STR_MOST);

    if (outcome == TL_GAP && !(missing & asking->any_declared)) {
        note_bare(asking, law, missing);
        return;
    }
    tl_str_add(&ending, "no ");
    add_declared(&ending, missing);
    tl_str_add(&ending, " is declared for the dataset");
    tl_str_add(&fix, "declare ");
    add_declared(&fix, missing);
    tl_str_addf(&fix, " of '%s' under 'datasets:' in tagline.yaml",
                tl_asking_here(asking));
    charge.what = tl_words_end(&ending, asking->ctx);
    charge.fix = tl_words_end(&fix, asking->ctx);
    say_dataset(asking, law, finds, &charge);
}

/* The declared uses against those of the rule; NULL: nothing against them. */
static const char *wrong_use(struct tl_asking *asking, const struct tl_law *law)
{
    const struct tl_policy_needs *needs = &law->needs;
    const struct tl_list *uses = asking->place.uses;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    if (needs->uses.n && !uses_meet(uses, &needs->uses)) {
        tl_str_add(&text, "the dataset is declared for ");
        tl_words_list(&text, uses);
        tl_str_add(&text, ", and this is for ");
        tl_words_list(&text, &needs->uses);
        tl_str_add(&text, " only");
        return tl_words_end(&text, asking->ctx);
    }
    for (size_t i = 0; i < uses->n; i++) {
        const struct tl_list one = { &uses->items[i], 1 };
        bool is_outside =
            needs->only_uses.n && !tl_policy_below(&needs->only_uses, uses->items[i]);

        if (!is_outside && !(needs->not_uses.n && uses_meet(&one, &needs->not_uses)))
            continue;
        tl_str_addf(&text, "the dataset is declared for '%s', and this is not for that",
                    uses->items[i]);
        return tl_words_end(&text, asking->ctx);
    }
    return NULL;
}

static const char *wrong_recipient(struct tl_asking *asking, const struct tl_law *law)
{
    const char *outside =
        law->needs.recipients.n
            ? first_unmatched(asking->place.recipients, &law->needs.recipients)
            : NULL;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    if (!outside)
        return NULL;
    tl_str_addf(&text, "'%s' gets the dataset, and this is for ", outside);
    tl_words_list(&text, &law->needs.recipients);
    tl_str_add(&text, " only");
    return tl_words_end(&text, asking->ctx);
}

static bool is_troubled(const struct tl_asking *asking)
{
    return asking->view.dataset.is_unknown || asking->has_unseen ||
           (asking->troubled_by && asking->troubled_by[asking->number] != TL_NO_DATASET);
}

/* Declarations that a rule asks about and that are not there are gaps, or what the rule says of them. */
static unsigned undeclared_uses(const struct tl_policy_needs *needs, unsigned declared)
{
    unsigned asked = 0;

    if (needs->uses.n || needs->only_uses.n || needs->not_uses.n)
        asked |= 1u << TL_DECLARED_USES;
    if (needs->recipients.n)
        asked |= 1u << TL_DECLARED_RECIPIENTS;
    return asked & ~declared & ~needs->declared;
}

/* The columns are one finding each, those of a meeting one together. */
static void say_wrong(struct tl_asking *asking, const struct tl_law *law,
                      const struct finds *finds, const char *what, const char *fix)
{
    const struct charge charge = { TL_VIOLATION, what,
                                   law->fix ? tl_asking_keep(asking, law->fix) : fix };

    if (finds->is_meeting)
        say_dataset(asking, law, finds, &charge);
    for (size_t i = 0; i < finds->n && !finds->is_meeting; i++)
        say_found(asking, law, &finds->items[i], what, fix);
}

static void ask_needs(struct tl_asking *asking, const struct tl_law *law,
                      const struct finds *finds)
{
    const struct tl_policy_needs *needs = &law->needs;
    unsigned declared = tl_place_says(&asking->place);
    unsigned missing = needs->declared & ~declared;
    unsigned unknown = undeclared_uses(needs, declared);
    const char *use = declared & 1u << TL_DECLARED_USES ? wrong_use(asking, law) : NULL;
    const char *recipient =
        declared & 1u << TL_DECLARED_RECIPIENTS ? wrong_recipient(asking, law) : NULL;

    if (missing)
        say_undeclared(asking, law, missing,
                       needs->missing_is_violation ? TL_VIOLATION : TL_GAP, finds);
    if (unknown)
        say_undeclared(asking, law, unknown, TL_GAP, finds);
    if (use)
        say_wrong(asking, law, finds, use,
                  "leave the column out, or declare the use where the dataset is made "
                  "for it");
    if (recipient)
        say_wrong(asking, law, finds, recipient,
                  "leave the column out for that recipient");
    if (needs->beside &&
        tl_asking_holds(asking, law->first_selector + law->n_what) != TL_WANTED_LIVE)
        say_dataset(asking, law, finds,
                    &(const struct charge){ is_troubled(asking) ? TL_GAP : TL_VIOLATION,
                                            "what must stand beside it does not",
                                            tl_asking_keep(asking, law->fix) });
}

/* ---- one thing, and several that meet ---- */

static const char *const leave_out =
    "leave the column out, or hash, mask or aggregate it on the way; if the tag is "
    "wrong: tagline review reject COLUMN";

/* The best grip on each column: a column with several tags is found once. */
static size_t find_columns(struct found *out, struct tl_asking *asking,
                           const struct tl_law *law)
{
    size_t n = 0;

    for (size_t i = 0; i < asking->hits.n; i++) {
        struct found found;

        grasp(&found, asking, law, 0, &asking->hits.items[i]);
        if (!found.grip)
            continue;
        if (n && out[n - 1].hit->node.i == found.hit->node.i) {
            if (is_better(&found, &out[n - 1]))
                out[n - 1] = found;
        } else {
            out[n++] = found;
        }
    }
    return n;
}

static void ask_columns(struct tl_asking *asking, const struct tl_law *law)
{
    struct found *found = tl_alloc(asking->hits.n + 1, sizeof *found);
    size_t n = find_columns(found, asking, law);

    if (n && law->needs.is_asked)
        ask_needs(asking, law, &(const struct finds){ .items = found, .n = n });
    for (size_t i = 0; i < n && !law->needs.is_asked; i++)
        say_found(asking, law, &found[i], NULL, leave_out);
    tl_free(found);
}

static void ask_meeting(struct tl_asking *asking, const struct tl_law *law)
{
    struct found best[TL_POLICY_TOGETHER_MOST] = { { 0 } };

    for (uint32_t w = 0; w < law->n_what; w++) {
        for (size_t i = 0; i < asking->hits.n; i++) {
            struct found found;

            grasp(&found, asking, law, w, &asking->hits.items[i]);
            if (found.grip && (!best[w].hit || is_better(&found, &best[w])))
                best[w] = found;
        }
        if (!best[w].hit)
            return;
    }
    const struct finds finds = { .items = best, .n = law->n_what, .is_meeting = true };
    if (law->needs.is_asked)
        ask_needs(asking, law, &finds);
    else
        say_dataset(asking, law, &finds,
                    &(const struct charge){ TL_VIOLATION, "these may not meet here",
                                            law->fix ? tl_asking_keep(asking, law->fix)
                                                     : "leave one of them out" });
}

/* ---- what steers ---- */

/* The tag of an edge's source that the law looks for. */
static bool find_steering(struct found *out, struct tl_hit *hit, struct tl_asking *asking,
                          const struct tl_law *law, const struct tl_graph_edge *edge)
{
    struct tl_graph_node source;
    bool is_found = false;

    tl_graph_node(&source, asking->graph, edge->source);
    for (uint32_t t = 0; t < source.n_tags; t++) {
        struct tl_hit here = { edge->source, source.path, &source.tags[t],
                               tl_asking_class(asking, &source.tags[t]) };
        struct found found;

        grasp(&found, asking, law, 0, &here);
        if (!found.grip || (is_found && !is_better(&found, out)))
            continue;
        *hit = here;
        *out = found;
        out->hit = hit;
        is_found = true;
    }
    return is_found;
}

/* What steers dataset `number`, one finding a column: joined and filtered by the same one is said once. `by` as in struct finds. */
static void ask_steers(struct tl_asking *asking, const struct tl_law *law,
                       uint32_t number, const uint32_t *by)
{
    size_t n;
    const struct tl_steer *steers = tl_asking_steers(&n, asking, number);
    struct tl_graph_edge last = { .source = { TL_NO_NODE } };
    bool is_said = false;

    for (size_t i = 0; i < n && !(by && is_said); i++) {
        struct tl_graph_edge edge;
        struct tl_edge told;
        struct found found = { 0 };
        struct tl_hit hit;

        tl_graph_edge(&edge, asking->graph, steers[i].edge);
        if (!(law->steering & 1u << edge.kind) || (by && edge.target.i != TL_NO_NODE) ||
            (is_said && last.source.i == edge.source.i &&
             last.target.i == edge.target.i) ||
            !find_steering(&found, &hit, asking, law, &edge))
            continue;
        tl_graph_edge_told(&told, asking->graph, steers[i].edge);
        const struct finds finds = { &found, 1, true, &told, by };
        if (law->needs.is_asked)
            ask_needs(asking, law, &finds);
        else
            say_dataset(asking, law, &finds,
                        &(const struct charge){ TL_VIOLATION,
                                                "being in it tells something of a person",
                                                tl_asking_keep(asking, law->fix) });
        last = edge;
        is_said = true;
    }
}

/* What steers the dataset itself; where nothing does, what chose the rows it was made of. */
static void ask_steering(struct tl_asking *asking, const struct tl_law *law)
{
    const uint32_t *by =
        asking->steered_by ? asking->steered_by[number_of(asking, law)] : NULL;
    size_t before = asking->out->items.n;
    uint32_t begin = asking->number;

    ask_steers(asking, law, asking->number, NULL);
    if (asking->out->items.n > before || !by || by[begin] == TL_NO_DATASET)
        return;
    while (by[begin] != begin)
        begin = by[begin];
    if (begin != asking->number)
        ask_steers(asking, law, begin, by);
}

/* ---- one dataset ---- */

/* Whether the dataset holds, or is steered by, all that the law looks for: only then has it anything to say. */
static bool law_speaks(const struct tl_asking *asking, const struct tl_law *law)
{
    if (law->steering) {
        const uint32_t *by =
            asking->steered_by ? asking->steered_by[number_of(asking, law)] : NULL;
        return asking->n_here > 0 || (by && by[asking->number] != TL_NO_DATASET);
    }
    for (uint32_t w = 0; w < law->n_what; w++)
        if (!tl_asking_holds(asking, law->first_selector + w))
            return false;
    return true;
}

static void ask_law(struct tl_asking *asking, const struct tl_law *law)
{
    if (law->steering)
        ask_steering(asking, law);
    else if (law->n_what > 1)
        ask_meeting(asking, law);
    else
        ask_columns(asking, law);
}

/*
 * Whether what is not known of the dataset could be what the law looks for. A law about everything there is does not say so of each
 * dataset: one that names datasets or zones does, and one about a meeting where half of it is there.
 */
static bool law_wants_to_know(const struct tl_asking *asking, const struct tl_law *law)
{
    bool holds_some = false;

    if (law->needs.is_asked && law->needs.declared && !law->needs.uses.n)
        return false;
    for (uint32_t w = 0; w < law->n_what; w++)
        holds_some = holds_some || tl_asking_holds(asking, law->first_selector + w);
    if (law->n_what > 1)
        return holds_some;
    return law->in.zones.n || law->in.datasets.n;
}

/* ---- what could not be told, and comes here ---- */

/* Columns that one sentence names, and rules. */
enum { COLUMNS_NAMED = 3, RULES_NAMED = 5 };

/* Whether it could be what the law is against: not excused, and from where the law means. */
static bool is_unseen_by(struct tl_asking *asking, const struct tl_law *law,
                         const char *path, const struct tl_unseen *unseen)
{
    for (uint32_t i = 0; i < law->n_excuses; i++) {
        const struct tl_policy_excuse *excuse = &law->excuses[i];

        if (excuse_fits(asking, excuse, path) &&
            (!excuse->effects || excuse->effects & 1u << unseen->effect))
            return false;
    }
    return !law->asks_from || tl_asking_unseen_from(asking, unseen, &law->from);
}

/* Columns that could not be told, each once, and the way of the first. */
struct unseen_list {
    TL_VEC(struct tl_node_id) origins;
    struct tl_trace trace;
};

static void list_origin(struct unseen_list *out, struct tl_asking *asking,
                        const struct tl_unseen *unseen)
{
    if (!out->origins.n)
        tl_asking_trace_unseen(&out->trace, asking, unseen);
    for (size_t i = 0; i < out->origins.n; i++)
        if (out->origins.items[i].i == unseen->origin.i)
            return;
    tl_vec_push(&out->origins, unseen->origin);
}

/* All that the law may be against; `out` NULL: whether there is any. */
static bool list_unseen(struct unseen_list *out, struct tl_asking *asking,
                        const struct tl_law *law)
{
    if (!asking->has_unseen || law->steering)
        return false;
    for (uint32_t c = 0; c < asking->view.n_columns; c++) {
        const struct tl_unseen *unseen = NULL;
        struct tl_graph_node node;

        tl_graph_node(&node, asking->graph, asking->view.columns[c]);
        while ((unseen = tl_asking_unseen(asking, asking->view.columns[c], unseen))) {
            if (!is_unseen_by(asking, law, node.path, unseen))
                continue;
            if (!out)
                return true;
            list_origin(out, asking, unseen);
        }
    }
    return out && out->origins.n;
}

/* "values come here from 'crm/contacts#contact', which could not be told (...)" */
static void add_unseen(struct tl_str *why, struct tl_asking *asking,
                       const struct unseen_list *list)
{
    size_t n = list->origins.n;
    size_t n_named = n < COLUMNS_NAMED ? n : COLUMNS_NAMED;

    tl_str_add(why, "values come here from ");
    for (size_t i = 0; i < n_named; i++) {
        struct tl_graph_node node;

        tl_graph_node(&node, asking->graph, list->origins.items[i]);
        tl_str_addf(why, "%s'%s'",
                    i == 0       ? ""
                    : i + 1 == n ? " and "
                                 : ", ",
                    tl_asking_place(asking, node.dataset, node.path));
    }
    if (n > n_named)
        tl_str_addf(why, " and %zu more", n - n_named);
    tl_str_addf(why, ", which could not be told (%s)",
                n == 1 ? "its sample failed or was too small"
                       : "their samples failed or were too small");
}

/* ---- verdicts that laws share ---- */

/* Laws of one dataset that have to share a verdict, told by the first; a binding one goes before. */
struct shared {
    const struct tl_law *first;
    const struct tl_law *some[RULES_NAMED + 1]; /* `first` may be one of them */
    size_t n;
};

static void share(struct shared *shared, const struct tl_law *law)
{
    if (!shared->first || (shared->first->is_advisory && !law->is_advisory))
        shared->first = law;
    if (shared->n <= RULES_NAMED)
        shared->some[shared->n] = law;
    shared->n++;
}

/* ", nor can 2 other rules ('adtech/a', 'privacy/b')" */
static void add_more(struct tl_str *why, const struct shared *shared)
{
    size_t n = shared->n - 1;
    size_t n_named = 0;

    if (n == 0)
        return;
    tl_str_addf(why, ", nor can %zu other rule%s (", n, n == 1 ? "" : "s");
    for (size_t i = 0; i <= RULES_NAMED && i < shared->n && n_named < RULES_NAMED; i++)
        if (shared->some[i] != shared->first)
            tl_str_addf(why, "%s'%s'", n_named++ ? ", " : "", shared->some[i]->name);
    if (n > n_named)
        tl_str_addf(why, " and %zu more", n - n_named);
    tl_str_add_char(why, ')');
}

static const char *const declare_zone =
    "declare the zones of datasets under 'datasets:' in tagline.yaml, for instance "
    "{match: "
    "export_*, zone: export}; a first entry with match '**' is for all others";

static void say_untold(struct tl_asking *asking, const struct shared *shared)
{
    struct said said = { .law = shared->first, .outcome = TL_GAP };
    struct tl_str why = TL_STR_INIT(TL_STR_MOST);

    tl_str_addf(&why,
                "'%s' holds what this rule looks for, and no zone is declared for it: "
                "whether the rule is kept cannot be told",
                tl_asking_here(asking));
    add_more(&why, shared);
    said.why = tl_words_end(&why, asking->ctx);
    said.fix = declare_zone;
    say(asking, &said);
}

/* "its SQL, line 3, column 12: ..." of the statement that was not understood. */
static void add_problem(struct tl_str *why, const struct tl_graph_dataset_view *view)
{
    const struct tl_edge_problem *problem = &view->problems[0];

    if (problem->query)
        tl_str_addf(why, "%s:%u:%u", problem->query, problem->line, problem->column);
    else
        tl_str_addf(why, "line %u, column %u of its SQL", problem->line, problem->column);
    tl_str_addf(why, ": %s", problem->what ? problem->what : "not understood");
    if (view->n_problems > 1)
        tl_str_addf(why, ", and %u more", view->n_problems - 1);
}

/* What of the ways into the dataset is not known, and what to do about it. */
static const char *add_trouble(struct tl_str *why, struct tl_asking *asking)
{
    struct tl_graph_dataset_view view;
    uint32_t by = asking->number;

    while (asking->troubled_by[by] != by)
        by = asking->troubled_by[by];
    tl_graph_dataset(&view, asking->graph, by);
    const char *there = tl_asking_place(asking, view.dataset.key, NULL);
    if (!view.n_problems) {
        tl_str_addf(why,
                    "values come here from '%s', of which nothing is known but that "
                    "SQL names it",
                    there);
        return "let tagline read the source that has it, or the SQL that fills it";
    }
    if (by == asking->number)
        tl_str_add(why, "what fills it was not understood (");
    else
        tl_str_addf(why,
                    "what fills '%s', from which values come here, was not understood (",
                    there);
    add_problem(why, &view);
    tl_str_add_char(why, ')');
    return "see what 'tagline lineage' says of that statement, or write it so that it is "
           "understood";
}

static void say_troubled(struct tl_asking *asking, const struct shared *shared)
{
    struct said said = { .law = shared->first, .outcome = TL_GAP };
    struct tl_str why = TL_STR_INIT(TL_STR_MOST);
    struct unseen_list unseen = { 0 };

    tl_str_addf(&why, "'%s'", tl_asking_here(asking));
    tl_words_zone(&why, &asking->place);
    tl_str_add(&why, " may hold more than is known: ");
    if (asking->troubled_by && asking->troubled_by[asking->number] != TL_NO_DATASET) {
        said.fix = add_trouble(&why, asking);
    } else if (list_unseen(&unseen, asking, shared->first)) {
        add_unseen(&why, asking, &unseen);
        said.trace = unseen.trace;
        said.fix = "let tagline read a sample with values in it, or say what the column "
                   "is: tagline review set COLUMN TYPE";
    } else {
        tl_str_add(&why, "a column of it could not be told");
        said.fix =
            "let tagline read a sample of it, or say what its columns are: tagline "
            "review set COLUMN TYPE";
    }
    tl_str_add(&why, ", so whether this rule is kept cannot be told");
    add_more(&why, shared);
    said.why = tl_words_end(&why, asking->ctx);
    say(asking, &said);
    tl_vec_release(&unseen.origins);
}

/* Whether what is not known of the dataset could be what the law is against. */
static bool may_hold_more(struct tl_asking *asking, const struct tl_law *law)
{
    return law_wants_to_know(asking, law) &&
           (asking->view.dataset.is_unknown ||
            (asking->troubled_by &&
             asking->troubled_by[asking->number] != TL_NO_DATASET) ||
            list_unseen(NULL, asking, law));
}

static void ask_dataset(struct tl_asking *asking)
{
    struct shared untold = { 0 };
    struct shared troubled = { 0 };

    for (size_t l = 0; l < asking->policies->n_laws; l++) {
        const struct tl_law *law = &asking->policies->laws[l];
        struct tl_policy_tally *tally = &asking->tallies[l];
        enum tl_in_scope scope = tl_policy_in_scope(&law->in, &asking->place);
        size_t before = asking->out->items.n;
        size_t n_bare = asking->bare[l].n;

        tally->n_untold += scope == TL_UNTOLD_SCOPE;
        if (scope == TL_UNTOLD_SCOPE && law_speaks(asking, law)) {
            if (asking->any_declared & 1u << TL_DECLARED_ZONE)
                share(&untold, law);
            else
                note_bare(asking, law, 1u << TL_DECLARED_ZONE);
        }
        if (scope != TL_IN_SCOPE)
            continue;
        tally->n_asked++;
        if (law_speaks(asking, law))
            ask_law(asking, law);
        if (asking->out->items.n > before || asking->bare[l].n > n_bare)
            continue;
        if (may_hold_more(asking, law)) {
            share(&troubled, law);
            continue;
        }
        tally->counts[TL_PASS]++;
        asking->out->counts[TL_PASS]++;
    }
    if (untold.n)
        say_untold(asking, &untold);
    if (troubled.n)
        say_troubled(asking, &troubled);
}

/* ---- all of them ---- */

/* Rules that want the same of tagline.yaml share one verdict, told by the first of them. */
static void say_bare(struct tl_asking *asking, unsigned missing)
{
    struct tl_str why = TL_STR_INIT(TL_STR_MOST);
    struct tl_str fix = TL_STR_INIT(TL_STR_MOST);
    struct shared shared = { 0 };
    struct said said = { .outcome = TL_GAP };

    for (size_t l = 0; l < asking->policies->n_laws; l++)
        if (asking->bare[l].missing == missing)
            share(&shared, &asking->policies->laws[l]);
    said.law = shared.first;
    const struct tl_bare *bare = &asking->bare[number_of(asking, shared.first)];
    tl_str_add(&why, "no ");
    add_declared(&why, missing);
    tl_str_add(&why, " is declared for any dataset, so whether this rule is kept cannot "
                     "be told");
    add_more(&why, &shared);
    tl_str_addf(&why, ": %zu dataset%s, '%s' first, hold%s what it looks for", bare->n,
                bare->n == 1 ? "" : "s", tl_asking_place(asking, bare->first, NULL),
                bare->n == 1 ? "s" : "");
    tl_str_add(&fix, "declare ");
    add_declared(&fix, missing);
    tl_str_add(&fix, " under 'datasets:' in tagline.yaml");
    said.why = tl_words_end(&why, asking->ctx);
    said.fix = tl_words_end(&fix, asking->ctx);
    if (missing == 1u << TL_DECLARED_ZONE)
        said.fix = declare_zone;
    say_of(asking, &said, "");
}

static void say_all_bare(struct tl_asking *asking)
{
    for (size_t l = 0; l < asking->policies->n_laws; l++) {
        unsigned missing = asking->bare[l].missing;
        bool is_said = missing == 0;

        for (size_t k = 0; k < l && !is_said; k++)
            is_said = asking->bare[k].missing == missing;
        if (!is_said)
            say_bare(asking, missing);
    }
}

static const char *const *keep_names(const struct tl_policies *policies,
                                     struct tl_ctx *ctx)
{
    const char **names = tl_arena_alloc(ctx->arena, policies->n_laws + 1, sizeof *names);

    for (size_t l = 0; l < policies->n_laws; l++)
        names[l] = tl_arena_strdup(ctx->arena, policies->laws[l].name);
    return names;
}

int tl_policies_ask(struct tl_verdicts *out, const struct tl_policies *policies,
                    const struct tl_policy_question *question, struct tl_ctx *ctx)
{
    struct tl_policy_tally *own = tl_alloc(policies->n_laws + 1, sizeof *own);
    struct tl_asking asking = {
        .policies = policies,
        .question = question,
        .graph = question->graph,
        .ctx = ctx,
        .out = out,
        .tallies = question->tallies ? question->tallies : own,
    };
    size_t n = tl_graph_datasets(question->graph);
    int rc = TL_OK;

    *out = (struct tl_verdicts){ 0 };
    memset(asking.tallies, 0, policies->n_laws * sizeof *asking.tallies);
    asking.names = keep_names(policies, ctx);
    tl_asking_prepare(&asking);
    for (uint32_t i = 0; i < n && (rc = tl_ctx_check(ctx)) == TL_OK; i++) {
        tl_asking_take(&asking, i);
        ask_dataset(&asking);
    }
    if (rc == TL_OK)
        say_all_bare(&asking);
    if (out->items.n)
        qsort(out->items.items, out->items.n, sizeof *out->items.items,
              by_rule_and_place);
    tl_asking_release(&asking);
    tl_free(own);
    if (rc < 0)
        tl_verdicts_release(out);
    return rc;
}

int tl_policies_check(struct tl_verdicts *out, const struct tl_policies *policies,
                      const struct tl_graph *graph,
                      const struct tl_declaration *declarations, size_t n,
                      struct tl_ctx *ctx)
{
    const struct tl_policy_question question = { .graph = graph,
                                                 .declarations = declarations,
                                                 .n_declarations = n };

    return tl_policies_ask(out, policies, &question, ctx);
}
