/*
 * Carrying, by fixtures/carry: NAME.graph holds tags, edges, rules and a floor, one a line; NAME.want what is carried then. Every
 * graph is carried in the order of its lines and backwards.
 *
 *     tag COLUMN TYPE CATEGORY CONFIDENCE STATE
 *     edge COLUMN COLUMN KIND EFFECT CONFIDENCE [FUNCTION]
 *     rule EFFECT FROM FUNCTION TO CATEGORY SHARE          ("-": any, or as it was)
 *     floor PER_MILLE
 */
#include "tests/check.h"

#include "base/file.h"
#include "lineage/graph/graph.h"

#include <glob.h>

#define WORDS 7

struct pond {
    struct tl_ctx ctx;
    struct tl_graph *graph;
    TL_VEC(struct tl_carry_rule) rules;
    unsigned floor;
};

static void pond_open(struct pond *pond)
{
    *pond = (struct pond){ .graph = tl_graph_open() };
    tl_test_ctx_init(&pond->ctx);
}

static void pond_close(struct pond *pond)
{
    tl_graph_close(pond->graph);
    tl_vec_release(&pond->rules);
    tl_test_ctx_release(&pond->ctx);
}

/* "a#email" in two; the words live as long as the pond. */
static void halve(const char **dataset, const char **path, char *column)
{
    char *hash = strchr(column, '#');

    CHECK(hash != NULL);
    *hash = '\0';
    *dataset = column;
    *path = hash + 1;
}

static const char *or_none(const char *word)
{
    return strcmp(word, "-") == 0 ? NULL : word;
}

static void add_tag(struct pond *pond, char *const *words, size_t n)
{
    const char *dataset, *path;

    halve(&dataset, &path, words[1]);
    struct tl_node_id node = tl_graph_add(pond->graph, dataset, path);
    tl_graph_add_tag(pond->graph, node,
                     &(struct tl_graph_tag){ .info_type = words[2],
                                             .category = words[3],
                                             .confidence =
                                                 (uint16_t)strtol(words[4], NULL, 10),
                                             .state = (uint8_t)tl_state_of(words[5]),
                                             .sensitivity = TL_PERSONAL,
                                             .inside = n > 6 ? words[6] : NULL });
}

static void add_edge(struct pond *pond, char *const *words, size_t n)
{
    struct tl_edge edge = { .kind = (uint8_t)tl_edge_kind_of(words[3]),
                            .confidence = (uint16_t)strtol(words[5], NULL, 10),
                            .function = n > 6 ? words[6] : NULL };

    if (strcmp(words[4], "-") != 0)
        edge.effect = (uint8_t)tl_effect_of(words[4]);
    halve(&edge.source, &edge.source_column, words[1]);
    halve(&edge.target, &edge.target_column, words[2]);
    if (!*edge.target_column)
        edge.target_column = NULL;
    tl_graph_add_edge(pond->graph, &edge);
}

static void add_rule(struct pond *pond, char *const *words)
{
    struct tl_carry_rule rule = { .effect = (uint8_t)tl_effect_of(words[1]),
                                  .from = or_none(words[2]),
                                  .function = or_none(words[3]),
                                  .to = or_none(words[4]),
                                  .category = or_none(words[5]),
                                  .share = (uint16_t)strtol(words[6], NULL, 10),
                                  .sensitivity = TL_INTERNAL };

    tl_vec_push(&pond->rules, rule);
}

static void take_line(struct pond *pond, const char *line, size_t length)
{
    char *words[WORDS];
    size_t n = 0;
    char *rest = tl_arena_dup(pond->ctx.arena, line, length);

    for (char *word; n < WORDS && (word = strsep(&rest, " ")) != NULL;)
        if (*word)
            words[n++] = word;
    if (n == 0 || *words[0] == '#')
        return;
    if (strcmp(words[0], "tag") == 0 && CHECK(n == 6 || n == 7))
        add_tag(pond, words, n);
    else if (strcmp(words[0], "edge") == 0 && CHECK(n >= 6))
        add_edge(pond, words, n);
    else if (strcmp(words[0], "rule") == 0 && CHECK_INT(n, 7))
        add_rule(pond, words);
    else if (CHECK_TEXT(words[0], "floor"))
        pond->floor = (unsigned)strtoul(words[1], NULL, 10);
}

/* Rules keep their order: of equally special ones the first counts. */
static void fill(struct pond *pond, const char *text, bool is_backwards)
{
    size_t n = strlen(text);

    for (size_t at = 0, end; at < n; at = end + 1) {
        end = at + strcspn(text + at, "\n");
        if (!is_backwards || strncmp(text + at, "rule", 4) == 0)
            take_line(pond, text + at, end - at);
    }
    for (size_t end = n, at; is_backwards && end > 0; end = at ? at - 1 : 0) {
        for (at = end; at > 0 && text[at - 1] != '\n';)
            at--;
        if (strncmp(text + at, "rule", 4) != 0)
            take_line(pond, text + at, end - at);
    }
}

static void tell_column(struct tl_str *out, const struct tl_graph *graph,
                        struct tl_node_id id)
{
    struct tl_graph_node node;

    tl_graph_node(&node, graph, id);
    tl_str_addf(out, "%s#%s", node.dataset, node.path);
}

/* "b#m email_address 970 keeps, 1 from a#email email_address" */
static void tell(struct tl_str *out, const struct tl_graph *graph)
{
    struct tl_graph_dataset_view view;
    struct tl_graph_node node;

    for (uint32_t d = 0; d < tl_graph_datasets(graph); d++) {
        tl_graph_dataset(&view, graph, d);
        for (uint32_t c = 0; c < view.n_columns; c++) {
            tl_graph_node(&node, graph, view.columns[c]);
            for (const struct tl_graph_tag *tag = node.tags;
                 tag < node.tags + node.n_tags; tag++) {
                if (tag->state != TL_CARRIED)
                    continue;
                tl_str_addf(out, "%s#%s %s %s %u %s, %u from ", node.dataset, node.path,
                            tag->info_type, tl_sensitivity_word(tag->sensitivity),
                            tag->confidence, tl_effect_word(tag->effect), tag->hops);
                tell_column(out, graph, tag->from);
                tl_str_addf(out, " %s\n", tag->from_type);
            }
        }
    }
}

static void carry(struct tl_str *out, const char *text, bool is_backwards)
{
    struct pond pond;

    pond_open(&pond);
    fill(&pond, text, is_backwards);
    CHECK_OK(tl_graph_carry(pond.graph, pond.rules.items, pond.rules.n, pond.floor,
                            &pond.ctx),
             &pond.ctx);
    tell(out, pond.graph);
    pond_close(&pond);
}

static void what_is_carried_is_what_the_fixtures_say(void)
{
    struct tl_ctx ctx;
    glob_t graphs;

    tl_test_ctx_init(&ctx);
    CHECK_INT(glob(TL_FIXTURES "/carry/*.graph", 0, NULL, &graphs), 0);
    CHECK(graphs.gl_pathc >= 12);
    for (size_t i = 0; i < graphs.gl_pathc * 2; i++) {
        const char *path = graphs.gl_pathv[i / 2];
        struct tl_str text = TL_STR_INIT(TL_STR_MOST), want = TL_STR_INIT(TL_STR_MOST),
                      got = TL_STR_INIT(TL_STR_MOST);

        CHECK_OK(tl_file_read(&text, path, &ctx), &ctx);
        CHECK_OK(tl_file_read(&want,
                              tl_arena_printf(ctx.arena, "%.*swant",
                                              (int)strlen(path) - 5, path),
                              &ctx),
                 &ctx);
        carry(&got, text.text, i % 2);
        if (!CHECK_TEXT(got.text, want.text))
            printf("    in %s, %s\n", path, i % 2 ? "backwards" : "forwards");
        tl_str_release(&text);
        tl_str_release(&want);
        tl_str_release(&got);
    }
    globfree(&graphs);
    tl_test_ctx_release(&ctx);
}

static const struct tl_graph_tag *carried_at(struct pond *pond, struct tl_node_id *node,
                                             const char *dataset, const char *path)
{
    struct tl_graph_node found;

    *node = tl_graph_find(pond->graph, dataset, path);
    tl_graph_node(&found, pond->graph, *node);
    return found.n_tags && found.tags[found.n_tags - 1].state == TL_CARRIED
               ? &found.tags[found.n_tags - 1]
               : NULL;
}

static void a_path_names_every_station_and_how_the_data_came_there(void)
{
    struct pond pond;
    struct tl_node_id node;
    const struct tl_step *steps;
    uint32_t n;

    pond_open(&pond);
    fill(&pond,
         "tag a#email email_address user.contact.email 900 confirmed\n"
         "edge a#email b#mail identity keeps 1000\n"
         "edge b#mail c#hash transformation hashes 1000 md5\n"
         "rule hashes email_address md5 hashed_email_md5 user.contact.email 1000\n",
         false);
    CHECK_OK(tl_graph_carry(pond.graph, pond.rules.items, 1, 0, &pond.ctx), &pond.ctx);
    const struct tl_graph_tag *tag = carried_at(&pond, &node, "c", "hash");
    tl_graph_path(&steps, &n, pond.graph, node, tag, &pond.ctx);
    CHECK_INT(n, 3);
    CHECK_TEXT(steps[0].dataset, "a");
    CHECK_INT(steps[0].effect, TL_NO_EFFECT);
    CHECK_TEXT(steps[1].path, "mail");
    CHECK_INT(steps[1].effect, TL_KEEPS);
    CHECK_TEXT(steps[2].info_type, "hashed_email_md5");
    CHECK_INT(steps[2].effect, TL_HASHES);
    pond_close(&pond);
}

static void the_path_of_an_own_tag_is_one_step(void)
{
    struct pond pond;
    struct tl_graph_node node;
    const struct tl_step *steps;
    uint32_t n;

    pond_open(&pond);
    fill(&pond, "tag a#email email_address user.contact.email 900 confirmed\n", false);
    CHECK_OK(tl_graph_carry(pond.graph, NULL, 0, 0, &pond.ctx), &pond.ctx);
    tl_graph_node(&node, pond.graph, tl_graph_find(pond.graph, "a", "email"));
    tl_graph_path(&steps, &n, pond.graph, (struct tl_node_id){ 0 }, node.tags, &pond.ctx);
    CHECK_INT(n, 1);
    CHECK_TEXT(steps[0].path, "email");
    CHECK_INT(steps[0].confidence, 900);
    pond_close(&pond);
}

static void a_path_leads_through_the_field_that_a_whole_row_took_along(void)
{
    struct pond pond;
    struct tl_node_id node;
    const struct tl_step *steps;
    uint32_t n;

    pond_open(&pond);
    fill(&pond,
         "tag a#email email_address user.contact.email 900 confirmed\n"
         "edge a#* b#row identity keeps 1000\n",
         false);
    CHECK_OK(tl_graph_carry(pond.graph, NULL, 0, 0, &pond.ctx), &pond.ctx);
    const struct tl_graph_tag *tag = carried_at(&pond, &node, "b", "row");
    tl_graph_path(&steps, &n, pond.graph, node, tag, &pond.ctx);
    CHECK_INT(n, 2);
    CHECK_TEXT(steps[0].path, "email");
    CHECK_TEXT(steps[1].path, "row");
    pond_close(&pond);
}

/* At b the unmasked way counts, though c was reached by the masked one. */
static void a_path_tells_the_way_that_was_taken(void)
{
    struct pond pond;
    struct tl_node_id node;
    const struct tl_step *steps;
    uint32_t n;

    pond_open(&pond);
    fill(&pond,
         "tag a#email email_address user.contact.email 1000 proposed\n"
         "edge a#email b#m identity keeps 400\n"
         "edge a#email b#m transformation masks 900\n"
         "edge b#m c#m transformation masks 1000\n",
         false);
    CHECK_OK(tl_graph_carry(pond.graph, NULL, 0, 500, &pond.ctx), &pond.ctx);
    const struct tl_graph_tag *tag = carried_at(&pond, &node, "c", "m");
    tl_graph_path(&steps, &n, pond.graph, node, tag, &pond.ctx);
    if (CHECK_INT(n, 3)) {
        CHECK_INT(steps[0].confidence, 1000);
        CHECK_INT(steps[1].confidence, 900);
        CHECK_INT(steps[1].effect, TL_MASKS);
    }
    pond_close(&pond);
}

static void carrying_can_be_cancelled(void)
{
    struct pond pond;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    pond_open(&pond);
    tl_str_add(&text, "tag d0#c t k 900 proposed\n");
    for (int i = 0; i < 70000; i++)
        tl_str_addf(&text, "edge d%d#c d%d#c identity keeps 1000\n", i, i + 1);
    fill(&pond, text.text, false);
    atomic_store(&pond.ctx.run->cancelled, true);
    CHECK_FAILS(tl_graph_carry(pond.graph, NULL, 0, 0, &pond.ctx), TL_ECANCEL, "",
                &pond.ctx);
    atomic_store(&pond.ctx.run->cancelled, false);
    tl_str_release(&text);
    pond_close(&pond);
}

/* Ways through a ladder double at every rung; only the best of each column may be followed. */
static void a_ladder_of_many_ways_is_walked_once(void)
{
    struct pond pond;
    struct tl_node_id node;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    pond_open(&pond);
    tl_str_add(&text, "tag d0#a t k 1000 proposed\n");
    for (int i = 0; i < 2000; i++)
        for (int way = 0; way < 4; way++)
            tl_str_addf(&text, "edge d%d#%c d%d#%c identity keeps %d\n", i, "aabb"[way],
                        i + 1, "abab"[way], 1000 - (way == 1 || way == 2));
    fill(&pond, text.text, false);
    CHECK_OK(tl_graph_carry(pond.graph, NULL, 0, 0, &pond.ctx), &pond.ctx);
    CHECK_INT(carried_at(&pond, &node, "d2000", "a")->confidence, 1000);
    CHECK_INT(carried_at(&pond, &node, "d2000", "b")->confidence, 999);
    CHECK_INT(carried_at(&pond, &node, "d2000", "b")->hops, 2000);
    tl_str_release(&text);
    pond_close(&pond);
}

/* ---- against a slow and simple way: every edge is tried again until nothing gets better ---- */

#define TYPES 3 /* "a" own, "h" its hash, "p" a hash of that */
#define NODES 10
#define EDGES 24

/* The surest of each column, type and effect of the way; 0: none. */
struct plain {
    unsigned sure[NODES][TYPES][TL_EFFECTS];
    bool is_own[NODES], is_barred[NODES]; /* of type "a" */
    struct tl_edge edges[EDGES];
    unsigned from[EDGES], to[EDGES];
};

static bool try_edge(struct plain *plain, unsigned e, unsigned type, unsigned effect)
{
    static const unsigned shares[TL_EFFECTS] = {
        [TL_KEEPS] = 1000, [TL_PARTIAL] = 600, [TL_MASKS] = 400, [TL_HASHES] = 900
    };
    const struct tl_edge *edge = &plain->edges[e];
    unsigned becomes = edge->effect == TL_HASHES ? (type == 0 ? 1 : 2) : type;
    unsigned sure = plain->sure[plain->from[e]][type][effect] * edge->confidence *
                    shares[edge->effect] / 1000000;
    unsigned *to =
        &plain
             ->sure[plain->to[e]][becomes][edge->effect > effect ? edge->effect : effect];

    if (sure < 50 || sure <= *to ||
        (becomes == 0 && (plain->is_own[plain->to[e]] || plain->is_barred[plain->to[e]])))
        return false;
    *to = sure;
    return true;
}

static void make_plain(struct plain *plain, struct tl_graph *graph, unsigned *seed)
{
    static const enum tl_effect effects[] = { TL_KEEPS, TL_PARTIAL, TL_MASKS, TL_HASHES };
    static const char names[NODES][2] = {
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"
    };

    memset(plain, 0, sizeof *plain);
    for (unsigned i = 0; i < NODES; i++) {
        struct tl_node_id node = tl_graph_add(graph, "s/t", names[i]);
        unsigned state = (unsigned)rand_r(seed) % 8;
        struct tl_graph_tag tag = { .info_type = "a",
                                    .category = "ka",
                                    .confidence = (uint16_t)(rand_r(seed) % 1001),
                                    .state = (uint8_t)(state < 3   ? TL_CONFIRMED
                                                       : state < 4 ? TL_REJECTED
                                                                   : TL_WITHDRAWN) };
        tl_graph_add_tag(graph, node, &tag);
        plain->is_own[i] = state < 3;
        plain->is_barred[i] = state == 3;
        plain->sure[i][0][TL_NO_EFFECT] = state < 3 ? tag.confidence : 0;
    }
    for (unsigned e = 0; e < EDGES; e++) {
        plain->from[e] = (unsigned)rand_r(seed) % NODES;
        plain->to[e] = (unsigned)rand_r(seed) % NODES;
        plain->edges[e] =
            (struct tl_edge){ .target = "s/t",
                              .target_column = names[plain->to[e]],
                              .source = "s/t",
                              .source_column = names[plain->from[e]],
                              .confidence = (uint16_t)(500 + rand_r(seed) % 6 * 100),
                              .effect = (uint8_t)effects[rand_r(seed) % 4] };
        tl_graph_add_edge(graph, &plain->edges[e]);
    }
}

/* 0 where nothing is carried. */
static unsigned carried_effect(unsigned *sure, const struct tl_graph *graph, unsigned i,
                               unsigned type)
{
    struct tl_graph_node node;

    tl_graph_node(&node, graph, (struct tl_node_id){ i });
    for (uint32_t t = 0; t < node.n_tags; t++) {
        *sure = node.tags[t].confidence;
        if (node.tags[t].state == TL_CARRIED && *node.tags[t].info_type == "ahp"[type])
            return node.tags[t].effect;
    }
    return 0;
}

static bool agrees(const struct plain *plain, const struct tl_graph *graph)
{
    bool is_same = true;

    for (unsigned i = 0; i < NODES * TYPES; i++) {
        const unsigned *ways = plain->sure[i / TYPES][i % TYPES];
        unsigned effect = 1, sure = 0;
        unsigned got = carried_effect(&sure, graph, i / TYPES, i % TYPES);

        while (effect < TL_EFFECTS && !ways[effect])
            effect++;
        is_same &= effect == TL_EFFECTS ? !got : got == effect && sure == ways[effect];
    }
    return is_same;
}

static void random_graphs_are_carried_as_the_simple_way_has_it(void)
{
    static const struct tl_carry_rule rules[] = {
        { .effect = TL_PARTIAL, .share = 600 },
        { .effect = TL_MASKS, .share = 400 },
        { .effect = TL_HASHES, .share = 900, .to = "p", .category = "kp" },
        { .effect = TL_HASHES, .share = 900, .from = "a", .to = "h", .category = "kh" },
    };
    struct tl_ctx ctx;
    unsigned seed = 1;

    tl_test_ctx_init(&ctx);
    for (unsigned round = 0; round < 2000; round++) {
        struct tl_graph *graph = tl_graph_open();
        struct plain plain;
        unsigned before = seed;

        make_plain(&plain, graph, &seed);
        for (bool is_better = true; is_better;) {
            is_better = false;
            for (unsigned i = 0; i < EDGES * TYPES * TL_EFFECTS; i++)
                is_better |= try_edge(&plain, i / TYPES / TL_EFFECTS,
                                      i / TL_EFFECTS % TYPES, i % TL_EFFECTS);
        }
        CHECK_OK(tl_graph_carry(graph, rules, 4, 50, &ctx), &ctx);
        if (!CHECK(agrees(&plain, graph)))
            printf("    seed %u\n", before);
        tl_graph_close(graph);
    }
    tl_test_ctx_release(&ctx);
}

TL_TESTS("carry", TEST(what_is_carried_is_what_the_fixtures_say),
         TEST(a_path_names_every_station_and_how_the_data_came_there),
         TEST(the_path_of_an_own_tag_is_one_step),
         TEST(a_path_leads_through_the_field_that_a_whole_row_took_along),
         TEST(a_path_tells_the_way_that_was_taken), TEST(carrying_can_be_cancelled),
         TEST(a_ladder_of_many_ways_is_walked_once),
         TEST(random_graphs_are_carried_as_the_simple_way_has_it))
