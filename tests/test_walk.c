/* Walks over the graph: what is reached and how, and the ways between; small graphs by hand, random ones against counting every way there is. */
#include "tests/check.h"

#include "lineage/graph/walk.h"

#include <stdlib.h>

struct land {
    struct tl_ctx ctx;
    struct tl_graph *graph;
};

static struct tl_node_id at(struct land *land, const char *column)
{
    const char *hash = strchr(column, '#');
    char *dataset = tl_arena_dup(land->ctx.arena, column, (size_t)(hash - column));

    return tl_graph_add(land->graph, dataset, hash + 1);
}

/* "a#x>b#y" with the kind's and the effect's word and the confidence behind; "a#x>b" steers all of b; "!a#x" is tagged, "!a#x at ip" inside. */
static void add_line(struct land *land, const char *line)
{
    char from[32], to[32], kind[32] = "identity", effect[32] = "keeps";
    int confidence = 1000;

    if (*line == '!') {
        const char *inside = strstr(line, " at ");
        sscanf(line + 1, "%31s", from);
        tl_graph_add_tag(land->graph, at(land, from),
                         &(struct tl_graph_tag){ .info_type = "email",
                                                 .category = "k",
                                                 .confidence = 900,
                                                 .state = TL_PROPOSED,
                                                 .inside = inside ? inside + 4 : NULL });
        return;
    }
    sscanf(line, "%31[^>]>%31s %31s %31s %d", from, to, kind, effect, &confidence);
    char *source = strchr(from, '#'), *target = strchr(to, '#');
    *source = 0;
    if (target)
        *target = 0;
    struct tl_edge edge = { .source = from,
                            .source_column = source + 1,
                            .target = to,
                            .target_column = target ? target + 1 : NULL,
                            .confidence = (uint16_t)confidence,
                            .kind = (uint8_t)tl_edge_kind_of(kind),
                            .effect = *effect == '-' ? TL_NO_EFFECT
                                                     : (uint8_t)tl_effect_of(effect) };
    tl_graph_add_edge(land->graph, &edge);
}

static void land_open(struct land *land, const char *const *lines)
{
    land->graph = tl_graph_open();
    tl_test_ctx_init(&land->ctx);
    for (; *lines; lines++)
        add_line(land, *lines);
}
#define LAND(...) land_open(&land, (const char *const[]){ __VA_ARGS__, NULL })

static void land_close(struct land *land)
{
    tl_graph_close(land->graph);
    tl_test_ctx_release(&land->ctx);
}

static void add_node(struct tl_str *out, const struct land *land, struct tl_node_id node)
{
    struct tl_graph_node column;

    tl_graph_node(&column, land->graph, node);
    tl_str_addf(out, "%s#%s", column.dataset, column.path);
}

/* "a#x; b#y 1; c (rows) 2+": with the depth, and + where it goes on beyond it. */
static const char *walked(struct land *land, const char *from, const char *how)
{
    struct tl_node_id node = at(land, from);
    struct tl_walk_question question = { .from = &node,
                                         .n_from = 1,
                                         .depth = (uint32_t)strtoul(how + 1, NULL, 10),
                                         .is_up = *how == '^',
                                         .with_steering = strchr(how, 's') != NULL };
    struct tl_walked walk;
    struct tl_str text = TL_STR_INIT(4096);

    CHECK_OK(tl_graph_walk(&walk, land->graph, &question, &land->ctx), &land->ctx);
    for (size_t i = 0; i < walk.stops.n; i++) {
        const struct tl_walk_stop *stop = &walk.stops.items[i];
        struct tl_graph_dataset_view view;

        tl_graph_dataset(&view, land->graph, stop->dataset);
        tl_str_add(&text, i ? "; " : "");
        if (stop->node.i == TL_NO_NODE)
            tl_str_addf(&text, "%s (rows)", view.dataset.key);
        else
            add_node(&text, land, stop->node);
        if (i)
            tl_str_addf(&text, " %u%s", stop->depth, stop->goes_on ? "+" : "");
    }
    const char *kept = tl_arena_strdup(land->ctx.arena, text.text);
    tl_str_release(&text);
    tl_walked_release(&walk);
    return kept;
}

/* "a#x > b#y (keeps 1000)", one a way; `from` NULL: from any tagged column. "*" before: only the riskiest. */
static const char *ways(struct land *land, const char *from, const char *to,
                        bool only_riskiest, bool with_steering)
{
    struct tl_node_id end = at(land, to),
                      begin = from ? at(land, from) : (struct tl_node_id){ 0 };
    struct tl_walk_question question = { &end, 1, 0, true, with_steering };
    struct tl_way_origins origins = { from ? &begin : NULL, from ? 1 : 0, NULL };
    struct tl_way_found *found, one;
    struct tl_walked walk;
    struct tl_str text = TL_STR_INIT(4096);
    bool is_cut;

    CHECK_OK(tl_graph_walk(&walk, land->graph, &question, &land->ctx), &land->ctx);
    uint32_t n = only_riskiest
                     ? tl_walked_riskiest(&one, &walk, land->graph, &origins, &land->ctx)
                     : tl_walked_ways(&found, &is_cut, 50, &walk, land->graph, &origins,
                                      &land->ctx);
    if (only_riskiest)
        found = &one;
    for (uint32_t i = 0; i < n; i++) {
        tl_str_add(&text, i ? "; " : "");
        for (uint32_t s = 0; s < found[i].n_stops; s++) {
            tl_str_add(&text, s ? " > " : "");
            add_node(&text, land, found[i].stops[s].node);
        }
        tl_str_addf(&text, " (%s %u)",
                    found[i].is_steering ? "steers" : tl_effect_word(found[i].effect),
                    found[i].confidence);
    }
    const char *kept = tl_arena_strdup(land->ctx.arena, text.text);
    tl_str_release(&text);
    tl_walked_release(&walk);
    return kept;
}

/* ---- what is reached ---- */

static void a_walk_goes_either_way_nearest_first(void)
{
    struct land land;

    LAND("a#x>b#x", "b#x>c#x", "a#x>c#x", "c#x>d#x");
    CHECK_TEXT(walked(&land, "c#x", "^"), "c#x; a#x 1; b#x 1");
    CHECK_TEXT(walked(&land, "a#x", "v"), "a#x; b#x 1; c#x 1; d#x 2");
    CHECK_TEXT(walked(&land, "d#x", "v"), "d#x");
    land_close(&land);
}

static void a_depth_ends_a_walk_and_says_where_it_goes_on(void)
{
    struct land land;

    LAND("a#x>b#x", "b#x>c#x", "a#x>e#x");
    CHECK_TEXT(walked(&land, "a#x", "v1"), "a#x; b#x 1+; e#x 1");
    CHECK_TEXT(walked(&land, "a#x", "v2"), "a#x; b#x 1; e#x 1; c#x 2");
    land_close(&land);
}

static void a_cycle_ends_because_a_column_is_met_once(void)
{
    struct land land;

    LAND("a#x>b#x", "b#x>a#x", "b#x>b#x");
    CHECK_TEXT(walked(&land, "a#x", "v"), "a#x; b#x 1");
    CHECK_TEXT(walked(&land, "b#x", "^"), "b#x; a#x 1");
    CHECK_TEXT(ways(&land, "a#x", "b#x", false, false), "a#x > b#x (keeps 1000)");
    land_close(&land);
}

static void what_only_steers_is_followed_when_asked_for(void)
{
    struct land land;

    LAND("a#x>b#y filter -", "a#x>b filter -", "b#y>c#z");
    CHECK_TEXT(walked(&land, "a#x", "v"), "a#x");
    CHECK_TEXT(walked(&land, "a#x", "vs"), "a#x; b#y 1; b (rows) 1; c#z 2");
    CHECK_TEXT(walked(&land, "c#z", "^s"), "c#z; b#y 1; a#x 2");
    land_close(&land);
}

static void a_record_and_its_fields_go_where_either_goes(void)
{
    struct land land;

    LAND("a#r.f>b#f", "a#r>c#r", "a#r.g>d#g");
    CHECK_TEXT(walked(&land, "a#r", "v"), "a#r; c#r 1; b#f 1; d#g 1");
    CHECK_TEXT(walked(&land, "a#r.f", "v"), "a#r.f; b#f 1; c#r 1");
    land_close(&land);
}

static void a_whole_row_is_all_of_its_columns(void)
{
    struct land land;

    LAND("a#*>b#*", "b#x>c#x", "a#x>d#x");
    CHECK_TEXT(walked(&land, "a#x", "v"), "a#x; d#x 1; b#x 1; c#x 2");
    CHECK_TEXT(walked(&land, "c#x", "^"), "c#x; b#x 1; a#x 2");
    land_close(&land);
}

/* ---- ways ---- */

static void ways_come_riskiest_first(void)
{
    struct land land;

    LAND("a#x>m#x transformation hashes", "m#x>z#x", "a#x>n#x",
         "n#x>z#x identity keeps 800", "a#x>o#x transformation partial", "o#x>p#x",
         "p#x>z#x");
    CHECK_TEXT(ways(&land, "a#x", "z#x", false, false),
               "a#x > n#x > z#x (keeps 800); a#x > o#x > p#x > z#x (partial 1000); "
               "a#x > m#x > z#x (hashes 1000)");
    CHECK_TEXT(ways(&land, "a#x", "z#x", true, false), "a#x > n#x > z#x (keeps 800)");
    land_close(&land);
}

static void the_riskiest_is_no_longer_than_it_must_be(void)
{
    struct land land;

    LAND("a#x>b#x", "b#x>c#x", "a#x>c#x", "a#x>c#x transformation masks");
    CHECK_TEXT(ways(&land, "a#x", "c#x", true, false), "a#x > c#x (keeps 1000)");
    land_close(&land);
}

static void a_surer_part_does_not_hide_what_leaves_more(void)
{
    struct land land;

    LAND("a#x>b#x transformation partial 1000", "a#x>b#x identity keeps 300",
         "b#x>c#x identity keeps 500");
    CHECK_TEXT(ways(&land, "a#x", "c#x", true, false), "a#x > b#x > c#x (keeps 150)");
    land_close(&land);
}

static void a_way_may_begin_at_any_tagged_column(void)
{
    struct land land;

    LAND("!a#mail", "!b#mail", "a#mail>c#m transformation hashes", "b#mail>c#m",
         "d#q>c#m");
    CHECK_TEXT(ways(&land, NULL, "c#m", false, false),
               "b#mail > c#m (keeps 1000); a#mail > c#m (hashes 1000)");
    land_close(&land);
}

static void a_way_begins_where_the_data_originates(void)
{
    struct land land;

    LAND("!crm#mail", "!mart#contact", "crm#mail>mart#contact transformation keeps 900",
         "mart#contact>out#contact", "!log#ip", "log#ip>mart#n aggregation counts",
         "!mart#n", "mart#n>out#n", "!a#x", "!b#x", "a#x>b#x", "b#x>a#x", "b#x>out#x");
    CHECK_TEXT(ways(&land, NULL, "out#contact", true, false),
               "crm#mail > mart#contact > out#contact (keeps 900)");
    CHECK_TEXT(ways(&land, NULL, "out#contact", false, false),
               "crm#mail > mart#contact > out#contact (keeps 900)");
    /* A figure over rows is not what it was counted of. */
    CHECK_TEXT(ways(&land, NULL, "out#n", true, false), "mart#n > out#n (keeps 1000)");
    CHECK_TEXT(ways(&land, NULL, "out#x", true, false), "a#x > b#x > out#x (keeps 1000)");
    land_close(&land);
}

static void a_way_begins_only_at_the_place_that_is_tagged(void)
{
    struct land land;

    LAND("!a#v at user.mail", "a#v.user.mail>b#m", "a#v.ip>c#ip", "a#v.user>d#u",
         "a#v>e#v");
    CHECK_TEXT(ways(&land, NULL, "b#m", false, false), "a#v > b#m (keeps 1000)");
    CHECK_TEXT(ways(&land, NULL, "c#ip", false, false), "");
    CHECK_TEXT(ways(&land, NULL, "d#u", false, false), "a#v > d#u (keeps 1000)");
    CHECK_TEXT(ways(&land, NULL, "e#v", false, false), "a#v > e#v (keeps 1000)");
    land_close(&land);
}

static void what_steers_is_a_way_only_when_asked_for(void)
{
    struct land land;

    LAND("a#x>b filter -", "c#y>b#y");
    CHECK_TEXT(ways(&land, "a#x", "b#y", false, false), "");
    CHECK_TEXT(ways(&land, "a#x", "b#y", false, true), "a#x > b#y (steers 1000)");
    land_close(&land);
}

static void too_many_ways_are_cut_with_the_riskiest_among_them(void)
{
    struct land land;
    struct tl_way_found *found;
    struct tl_walked walk;
    bool is_cut;

    /* Two ways at each of 24 forks: 16 million in all; the one that keeps everything is the last that a search finds. */
    land_open(&land, (const char *const[]){ NULL });
    for (int i = 0; i < 24; i++) {
        char line[96];
        snprintf(line, sizeof line, "s#%d>a#%d transformation hashes", i, i);
        add_line(&land, line);
        snprintf(line, sizeof line, "s#%d>z#%d identity keeps", i, i);
        add_line(&land, line);
        snprintf(line, sizeof line, "a#%d>s#%d", i, i + 1);
        add_line(&land, line);
        snprintf(line, sizeof line, "z#%d>s#%d", i, i + 1);
        add_line(&land, line);
    }
    struct tl_node_id begin = at(&land, "s#0"), end = at(&land, "s#24");
    struct tl_walk_question question = { &end, 1, 0, true, false };
    struct tl_way_origins origins = { &begin, 1, NULL };
    CHECK_OK(tl_graph_walk(&walk, land.graph, &question, &land.ctx), &land.ctx);
    CHECK_INT(tl_walked_ways(&found, &is_cut, 20, &walk, land.graph, &origins, &land.ctx),
              20);
    CHECK(is_cut);
    CHECK_INT(found[0].effect, TL_KEEPS);
    CHECK_INT(found[1].effect, TL_HASHES);
    tl_walked_release(&walk);
    land_close(&land);
}

/* ---- against counting every way ---- */

enum { NODES = 7, MOST_EDGES = 16, MOST_FOUND = 4096 };

struct plain_edge {
    unsigned from, to, loss, sure;
};
struct told {
    unsigned loss, sure, hops; /* `loss` 99: steers */
};
struct plain {
    struct plain_edge edges[MOST_EDGES];
    unsigned n_edges;
    const struct plain_edge *best[NODES][NODES]; /* of several the riskiest */
    struct told found[MOST_FOUND];
    unsigned n_found, way[NODES], n_way, begin;
};

static void make_plain(struct plain *plain, struct land *land, unsigned *seed)
{
    static const char *const effects[] = { "keeps", "partial", "masks", "hashes" };

    memset(plain, 0, sizeof *plain);
    plain->n_edges = 4 + (unsigned)rand_r(seed) % (MOST_EDGES - 3);
    for (unsigned i = 0; i < plain->n_edges; i++) {
        unsigned effect = (unsigned)rand_r(seed) % 5;
        struct plain_edge *edge = &plain->edges[i];
        char line[96];

        *edge = (struct plain_edge){ (unsigned)rand_r(seed) % NODES,
                                     (unsigned)rand_r(seed) % NODES,
                                     effect < 4 ? (unsigned)tl_effect_of(effects[effect])
                                                : 99,
                                     500 + (unsigned)rand_r(seed) % 6 * 100 };
        snprintf(line, sizeof line, "t#%u>t#%u %s %s %u", edge->from, edge->to,
                 effect < 4 ? "transformation" : "filter",
                 effect < 4 ? effects[effect] : "-", edge->sure);
        add_line(land, line);
    }
    for (unsigned i = 0; i < plain->n_edges; i++) {
        const struct plain_edge *edge = &plain->edges[i];
        const struct plain_edge **best = &plain->best[edge->from][edge->to];

        if (!*best || edge->loss < (*best)->loss ||
            (edge->loss == (*best)->loss && edge->sure > (*best)->sure))
            *best = edge;
    }
}

/* Of the edges between the two that lose no more than that. */
static unsigned surest(const struct plain *plain, unsigned from, unsigned to,
                       unsigned most_loss)
{
    unsigned sure = 0;

    for (unsigned i = 0; i < plain->n_edges; i++) {
        const struct plain_edge *edge = &plain->edges[i];
        if (edge->from == from && edge->to == to && edge->loss <= most_loss &&
            edge->sure > sure)
            sure = edge->sure;
    }
    return sure;
}

/* Every way back from the last of plain->way, with steering or without. */
static void count_ways(struct plain *plain, bool with_steering)
{
    unsigned here = plain->way[plain->n_way - 1];

    if (here == plain->begin && plain->n_way > 1) {
        struct told told = { 0, 0, plain->n_way - 1 };
        double sure = 1;
        for (unsigned i = 1; i < plain->n_way; i++) {
            const struct plain_edge *edge = plain->best[plain->way[i]][plain->way[i - 1]];
            told.loss = edge->loss > told.loss ? edge->loss : told.loss;
        }
        for (unsigned i = plain->n_way - 1; i > 0; i--)
            sure = sure * surest(plain, plain->way[i], plain->way[i - 1], told.loss) /
                   1000.0;
        told.sure = (unsigned)(sure * 1000 + 0.5);
        plain->found[plain->n_found++] = told;
    }
    for (unsigned i = 0; i < NODES; i++) {
        const struct plain_edge *edge = plain->best[i][here];
        bool is_new = edge && (edge->loss < 99 || with_steering);

        for (unsigned w = 0; w < plain->n_way; w++)
            is_new &= plain->way[w] != i;
        if (!is_new)
            continue;
        plain->way[plain->n_way++] = i;
        count_ways(plain, with_steering);
        plain->n_way--;
    }
}

static int by_risk(const void *a, const void *b)
{
    const struct told *x = a, *y = b;

    if (x->loss != y->loss)
        return x->loss < y->loss ? -1 : 1;
    if (x->sure != y->sure)
        return x->sure > y->sure ? -1 : 1;
    return (x->hops > y->hops) - (x->hops < y->hops);
}

static struct told tell(const struct tl_way_found *way, const struct land *land)
{
    struct told told = { 0, way->confidence, way->n_stops - 1 };

    for (uint32_t i = 1; i < way->n_stops; i++) {
        struct tl_graph_edge edge;
        unsigned loss;

        tl_graph_edge(&edge, land->graph, way->stops[i].edge);
        loss = tl_edge_moves_values(edge.kind) ? edge.effect : 99;
        told.loss = loss > told.loss ? loss : told.loss;
        CHECK_INT(edge.source.i, way->stops[i - 1].node.i);
        CHECK_INT(edge.target.i, way->stops[i].node.i);
    }
    return told;
}

static bool ways_agree(struct plain *plain, struct land *land, unsigned end,
                       bool with_steering)
{
    static const char *const names[NODES] = { "t#0", "t#1", "t#2", "t#3",
                                              "t#4", "t#5", "t#6" };
    struct tl_node_id from = at(land, names[plain->begin]), to = at(land, names[end]);
    struct tl_walk_question question = { &to, 1, 0, true, with_steering };
    struct tl_way_origins origins = { &from, 1, NULL };
    struct tl_way_found *found, riskiest;
    struct tl_walked walk;
    bool is_cut, is_same;

    plain->way[0] = end;
    plain->n_way = 1;
    plain->n_found = 0;
    count_ways(plain, with_steering);
    qsort(plain->found, plain->n_found, sizeof *plain->found, by_risk);
    CHECK_OK(tl_graph_walk(&walk, land->graph, &question, &land->ctx), &land->ctx);
    uint32_t n = tl_walked_ways(&found, &is_cut, MOST_FOUND, &walk, land->graph, &origins,
                                &land->ctx);
    bool is_there =
        tl_walked_riskiest(&riskiest, &walk, land->graph, &origins, &land->ctx);
    struct told *told = tl_arena_alloc(land->ctx.arena, n + 1, sizeof *told);
    for (uint32_t i = 0; i < n; i++)
        told[i] = tell(&found[i], land);
    qsort(told, n, sizeof *told, by_risk);
    is_same = !is_cut && n == plain->n_found && is_there == (n > 0) &&
              (n == 0 || memcmp(told, plain->found, n * sizeof *told) == 0);
    if (is_same && is_there) {
        struct told best = tell(&riskiest, land);
        is_same = memcmp(&best, &plain->found[0], sizeof best) == 0;
    }
    tl_walked_release(&walk);
    return is_same;
}

/* Steps to each column by Bellman and Ford, which the walk's must be. */
static bool depths_agree(const struct plain *plain, struct land *land, unsigned end,
                         bool is_up, unsigned depth)
{
    unsigned steps[NODES] = { 0 };
    struct tl_node_id numbers[NODES], node;
    struct tl_walked walk;
    bool is_same = true;
    size_t n = 0;

    for (unsigned i = 0; i < NODES; i++) {
        char name[8];
        snprintf(name, sizeof name, "t#%u", i);
        numbers[i] = at(land, name);
        steps[i] = i == end ? 0 : UINT32_MAX;
    }
    for (unsigned round = 0; round < NODES; round++)
        for (unsigned i = 0; i < plain->n_edges; i++) {
            const struct plain_edge *edge = &plain->edges[i];
            unsigned from = is_up ? edge->to : edge->from,
                     to = is_up ? edge->from : edge->to;
            if (edge->loss < 99 && steps[from] < depth && steps[from] + 1 < steps[to])
                steps[to] = steps[from] + 1;
        }
    node = numbers[end];
    struct tl_walk_question question = { &node, 1, depth, is_up, false };
    CHECK_OK(tl_graph_walk(&walk, land->graph, &question, &land->ctx), &land->ctx);
    for (unsigned i = 0; i < NODES; i++) {
        n += steps[i] != UINT32_MAX;
        for (size_t s = 0; steps[i] != UINT32_MAX && s <= walk.stops.n; s++) {
            if (s == walk.stops.n)
                is_same = false;
            else if (walk.stops.items[s].node.i == numbers[i].i) {
                is_same &= walk.stops.items[s].depth == steps[i];
                break;
            }
        }
    }
    is_same &= walk.stops.n == n;
    tl_walked_release(&walk);
    return is_same;
}

static void random_walks_are_as_the_simple_way_has_them(void)
{
    unsigned seed = 7;

    for (unsigned round = 0; round < 1500; round++) {
        struct land land;
        struct plain plain;
        unsigned before = seed, end;
        bool agrees;

        land_open(&land, (const char *const[]){ NULL });
        make_plain(&plain, &land, &seed);
        end = (unsigned)rand_r(&seed) % NODES;
        plain.begin = (end + 1 + (unsigned)rand_r(&seed) % (NODES - 1)) % NODES;
        agrees = ways_agree(&plain, &land, end, false) &&
                 ways_agree(&plain, &land, end, true) &&
                 depths_agree(&plain, &land, end, round % 2, 1 + round % 5);
        if (!CHECK(agrees))
            printf("    seed %u\n", before);
        land_close(&land);
    }
}

TL_TESTS("walk", TEST(a_walk_goes_either_way_nearest_first),
         TEST(a_depth_ends_a_walk_and_says_where_it_goes_on),
         TEST(a_cycle_ends_because_a_column_is_met_once),
         TEST(what_only_steers_is_followed_when_asked_for),
         TEST(a_record_and_its_fields_go_where_either_goes),
         TEST(a_whole_row_is_all_of_its_columns), TEST(ways_come_riskiest_first),
         TEST(the_riskiest_is_no_longer_than_it_must_be),
         TEST(a_surer_part_does_not_hide_what_leaves_more),
         TEST(a_way_may_begin_at_any_tagged_column),
         TEST(a_way_begins_where_the_data_originates),
         TEST(a_way_begins_only_at_the_place_that_is_tagged),
         TEST(what_steers_is_a_way_only_when_asked_for),
         TEST(too_many_ways_are_cut_with_the_riskiest_among_them),
         TEST(random_walks_are_as_the_simple_way_has_them))
