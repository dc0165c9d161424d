#include "tests/check.h"
#include "tests/world_belief.h"

#include "lineage/graph/graph.h"

static const struct tl_edge plain = { .target = "s/v",
                                      .target_column = "m",
                                      .source = "s/t",
                                      .source_column = "email",
                                      .effect = TL_KEEPS,
                                      .confidence = 1000 };

static struct tl_graph_node node_of(const struct tl_graph *graph, const char *dataset,
                                    const char *path)
{
    struct tl_graph_node node = { 0 };
    struct tl_node_id id = tl_graph_find(graph, dataset, path);

    if (CHECK(id.i != TL_NO_NODE))
        tl_graph_node(&node, graph, id);
    return node;
}

static struct tl_graph_dataset_view dataset_of(const struct tl_graph *graph,
                                               const char *key)
{
    struct tl_graph_dataset_view view = { 0 };

    for (uint32_t i = 0; i < tl_graph_datasets(graph); i++) {
        tl_graph_dataset(&view, graph, i);
        if (strcmp(view.dataset.key, key) == 0)
            return view;
    }
    CHECK_TEXT("no such dataset", key);
    return view;
}

static void a_column_is_added_once(void)
{
    struct tl_graph *graph = tl_graph_open();
    struct tl_node_id first = tl_graph_add(graph, "s/t", "email");

    CHECK_INT(tl_graph_add(graph, "s/t", "email").i, first.i);
    CHECK(tl_graph_add(graph, "s/u", "email").i != first.i);
    CHECK(tl_graph_add(graph, "s/t", "").i != first.i);
    CHECK_INT(tl_graph_find(graph, "s/t", "email").i, first.i);
    CHECK_INT(tl_graph_nodes(graph), 3);
    tl_graph_close(graph);
}

static void what_was_not_added_is_not_found(void)
{
    struct tl_graph *graph = tl_graph_open();

    CHECK_INT(tl_graph_find(graph, "s/t", "email").i, TL_NO_NODE);
    tl_graph_add(graph, "s/t", "email");
    CHECK_INT(tl_graph_find(graph, "s/t", "emai").i, TL_NO_NODE);
    CHECK_INT(tl_graph_find(graph, "s/u", "email").i, TL_NO_NODE);
    CHECK_INT(tl_graph_nodes(graph), 1);
    tl_graph_close(graph);
    tl_graph_close(NULL);
}

static void an_empty_graph_can_be_carried_and_read(void)
{
    struct tl_ctx ctx;
    struct tl_graph *graph = tl_graph_open();

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_graph_carry(graph, NULL, 0, 500, &ctx), &ctx);
    CHECK_INT(tl_graph_edges(graph), 0);
    CHECK_INT(tl_graph_datasets(graph) + tl_graph_nodes(graph), 0);
    tl_graph_close(graph);
    tl_test_ctx_release(&ctx);
}

static void texts_are_copied(void)
{
    struct tl_graph *graph = tl_graph_open();
    char dataset[] = "s/t", path[] = "email", type[] = "email_address";
    struct tl_node_id id = tl_graph_add(graph, dataset, path);

    tl_graph_add_tag(graph, id,
                     &(struct tl_graph_tag){
                         .info_type = type, .category = dataset, .state = TL_PROPOSED });
    dataset[0] = path[0] = type[0] = '!';
    struct tl_graph_node node = node_of(graph, "s/t", "email");
    CHECK_TEXT(node.tags[0].info_type, "email_address");
    CHECK_TEXT(node.tags[0].category, "s/t");
    tl_graph_close(graph);
}

static void own_tags_of_every_state_are_taken_but_carried_ones_not(void)
{
    struct tl_graph *graph = tl_graph_open();
    struct tl_node_id id = tl_graph_add(graph, "s/t", "email");

    for (int state = TL_PROPOSED; state <= TL_CARRIED; state++)
        tl_graph_add_tag(graph, id,
                         &(struct tl_graph_tag){ .info_type = tl_state_word(state),
                                                 .category = "c",
                                                 .from = id,
                                                 .state = (uint8_t)state });
    struct tl_graph_node node = node_of(graph, "s/t", "email");
    if (CHECK_INT(node.n_tags, 4))
        CHECK_TEXT(node.tags[0].info_type, "confirmed");
    CHECK_INT(node.tags[0].from.i, TL_NO_NODE);
    tl_graph_close(graph);
}

static void edges_stand_by_target_and_source_and_at_both_ends(void)
{
    struct tl_graph *graph = tl_graph_open();
    struct tl_edge other = plain, whole = plain, told;
    struct tl_graph_edge edge;

    other.source_column = "age";
    whole.target_column = NULL;
    whole.kind = TL_FILTER;
    tl_graph_add_edge(graph, &whole);
    tl_graph_add_edge(graph, &plain);
    tl_graph_add_edge(graph, &other);
    CHECK_INT(tl_graph_edges(graph), 3);
    tl_graph_edge_told(&told, graph, 0);
    CHECK_TEXT(told.source_column, "age");
    CHECK_TEXT(told.target, "s/v");
    tl_graph_edge(&edge, graph, 2);
    CHECK_INT(edge.target.i, TL_NO_NODE);
    tl_graph_edge_told(&told, graph, 2);
    CHECK(told.target_column == NULL);
    CHECK_INT(tl_edge_compare(&told, &whole), 0);
    CHECK_TEXT(dataset_of(graph, "s/v").dataset.key, "s/v");
    CHECK_INT(edge.target_dataset, 1);
    struct tl_graph_node node = node_of(graph, "s/t", "email");
    CHECK_INT(node.n_in, 0);
    if (CHECK_INT(node.n_out, 2))
        CHECK_INT(node.out[1], 2);
    CHECK_INT(node_of(graph, "s/v", "m").n_in, 2);
    tl_graph_close(graph);
}

static void an_edge_that_is_told_twice_stands_once_as_the_surest(void)
{
    struct tl_graph *graph = tl_graph_open();
    struct tl_edge weaker = plain, by_query = plain, told;

    weaker.confidence = 300;
    by_query.query = "etl/load.sql";
    tl_graph_add_edge(graph, &weaker);
    tl_graph_add_edge(graph, &plain);
    tl_graph_add_edge(graph, &by_query);
    CHECK_INT(tl_graph_edges(graph), 2);
    tl_graph_edge_told(&told, graph, 0);
    CHECK_INT(told.confidence, 1000);
    tl_graph_edge_told(&told, graph, 1);
    CHECK_TEXT(told.query, "etl/load.sql");
    tl_graph_close(graph);
}

static void datasets_are_read_by_key_with_columns_and_problems(void)
{
    struct tl_graph *graph = tl_graph_open();
    struct tl_edge_problem problem = { .target = "s/a", .what = "odd", .line = 9 };

    tl_graph_add(graph, "s/z", "x");
    tl_graph_add(graph, "s/a", "y");
    tl_graph_add(graph, "s/a", "x");
    tl_graph_add_problem(graph, &problem);
    problem.line = 2;
    tl_graph_add_problem(graph, &problem);
    struct tl_graph_dataset_view view = dataset_of(graph, "s/a");
    CHECK_INT(view.n_columns, 2);
    CHECK_INT(view.columns[0].i, tl_graph_find(graph, "s/a", "x").i);
    CHECK_INT(view.n_problems, 2);
    CHECK_INT(view.problems[0].line, 2);
    CHECK_INT(node_of(graph, "s/z", "x").dataset_number, 1);
    CHECK_INT(dataset_of(graph, "s/z").n_problems, 0);
    tl_graph_close(graph);
}

static void a_dataset_that_is_told_later_overwrites_what_its_columns_made(void)
{
    struct tl_graph *graph = tl_graph_open();
    struct tl_graph_dataset told = {
        .key = "s/t", .kind = TL_VIEW, .is_known = true, .n_columns = 7
    };

    tl_graph_add(graph, "s/t", "x");
    CHECK(!dataset_of(graph, "s/t").dataset.is_known);
    tl_graph_add_dataset(graph, &told);
    CHECK_INT(tl_graph_datasets(graph), 1);
    CHECK(dataset_of(graph, "s/t").dataset.is_known);
    CHECK_INT(dataset_of(graph, "s/t").dataset.n_columns, 7);
    tl_graph_close(graph);
}

/* ---- from a belief: table "t" (email), view "v" (m) with edges of its own and of two statements of a query ---- */

struct believed {
    struct tl_draft draft;
    TL_VEC(struct tl_belief_edge) edges;
    struct tl_belief_problem problems[2];
    struct tl_belief belief;
};

static void add_belief_edge(struct believed *b, const char *query)
{
    struct tl_belief_edge edge = {
        .target_column = tl_draft_text(&b->draft, "m"),
        .source = tl_draft_text(&b->draft, "shop/main/t"),
        .source_column = tl_draft_text(&b->draft, "email"),
        .query = tl_draft_text(&b->draft, query),
        .confidence = 1000,
        .effect = TL_KEEPS,
    };

    tl_vec_push(&b->edges, edge);
}

static void believed_open(struct believed *b)
{
    *b = (struct believed){ 0 };
    tl_draft_init(&b->draft);
    tl_draft_dataset(&b->draft, "sqlite", NULL, "main", "t");
    tl_draft_column(&b->draft, "email", "text");
    tl_draft_tag(&b->draft, "email_address", TL_CONFIRMED);
    tl_draft_dataset(&b->draft, "sqlite", NULL, "main", "v")->kind = TL_VIEW;
    tl_draft_column(&b->draft, "m", "text")->is_unknown = true;
    tl_draft_tag(&b->draft, "email_address", TL_CARRIED);
    tl_draft_column(&b->draft, "gone", "text")->is_absent = true;
    add_belief_edge(b, NULL);
    add_belief_edge(b, "etl/load.sql#1");
    add_belief_edge(b, "etl/load.sql#2");
    b->problems[0].what = tl_draft_text(&b->draft, "its own");
    b->problems[1].what = tl_draft_text(&b->draft, "the query's");
    b->problems[1].query = tl_draft_text(&b->draft, "etl/load.sql#1");
    b->draft.datasets.items[1].n_edges = 3;
    b->draft.datasets.items[1].n_problems = 2;
    b->belief = *tl_draft_belief(&b->draft);
    b->belief.edges = b->edges.items;
    b->belief.n_edges = 3;
    b->belief.problems = b->problems;
    b->belief.n_problems = 2;
}

static void believed_close(struct believed *b)
{
    tl_vec_release(&b->edges);
    tl_draft_release(&b->draft);
}

static struct tl_map map_of(const char *key)
{
    struct tl_map map = TL_MAP_INIT;

    tl_map_put(&map, key, strlen(key), 1);
    return map;
}

static void a_belief_gives_all_but_carried_tags(void)
{
    struct believed b;
    struct tl_graph *graph = tl_graph_open();

    believed_open(&b);
    tl_graph_add_belief(graph, &b.belief, NULL);
    believed_close(&b);
    struct tl_graph_dataset_view view = dataset_of(graph, "shop/main/v");
    CHECK_INT(view.dataset.kind, TL_VIEW);
    CHECK(view.dataset.is_known && view.dataset.is_unknown);
    CHECK_INT(view.dataset.n_columns, 1);
    CHECK_INT(view.n_problems, 2);
    CHECK(!dataset_of(graph, "shop/main/t").dataset.is_unknown);
    CHECK_INT(node_of(graph, "shop/main/t", "email").n_tags, 1);
    CHECK_INT(node_of(graph, "shop/main/v", "m").n_tags, 0);
    CHECK(node_of(graph, "shop/main/v", "m").is_unknown);
    CHECK(!node_of(graph, "shop/main/t", "email").is_unknown);
    CHECK_INT(tl_graph_find(graph, "shop/main/v", "gone").i, TL_NO_NODE);
    CHECK_INT(tl_graph_edges(graph), 3);
    tl_graph_close(graph);
}

static void what_could_not_be_told_adds_no_column_but_marks_what_holds_it(void)
{
    struct tl_graph *graph = tl_graph_open();

    tl_graph_add(graph, "a", "address");
    tl_graph_add(graph, "a", "mail");
    tl_graph_add(graph, "b", "*");
    tl_graph_add_unknown(graph, "a", "address.home.street");
    tl_graph_add_unknown(graph, "a", "gone");
    tl_graph_add_unknown(graph, "b", "mail");
    CHECK_INT(tl_graph_nodes(graph), 3);
    CHECK(node_of(graph, "a", "address").is_unknown);
    CHECK(!node_of(graph, "a", "mail").is_unknown);
    CHECK(node_of(graph, "b", "*").is_unknown);
    tl_graph_add(graph, "a", "gone"); /* whenever it comes */
    CHECK(node_of(graph, "a", "gone").is_unknown);
    tl_graph_close(graph);
}

static void check_left(const struct tl_graph_without *without, size_t n_edges,
                       const char *problem)
{
    struct believed b;
    struct tl_graph *graph = tl_graph_open();

    believed_open(&b);
    tl_graph_add_belief(graph, &b.belief, without);
    CHECK_INT(tl_graph_edges(graph), n_edges);
    if (problem && CHECK_INT(dataset_of(graph, "shop/main/v").n_problems, 1))
        CHECK_TEXT(dataset_of(graph, "shop/main/v").problems[0].what, problem);
    believed_close(&b);
    tl_graph_close(graph);
}

static void of_a_belief_queries_can_be_left_out_with_all_their_statements(void)
{
    struct tl_map map = map_of("etl/load.sql");

    check_left(&(struct tl_graph_without){ .queries = &map }, 1, "its own");
    tl_map_release(&map);
    map = map_of("etl/load.sql#2");
    check_left(&(struct tl_graph_without){ .queries = &map }, 2, NULL);
    tl_map_release(&map);
    map = map_of("etl/load");
    check_left(&(struct tl_graph_without){ .queries = &map }, 3, NULL);
    tl_map_release(&map);
}

static void of_a_belief_a_views_own_edges_can_be_left_out(void)
{
    struct tl_map map = map_of("shop/main/v");

    check_left(&(struct tl_graph_without){ .edges = &map }, 2, "the query's");
    tl_map_release(&map);
}

static void of_a_belief_datasets_can_be_left_out(void)
{
    struct tl_map map = map_of("shop/main/v");

    check_left(&(struct tl_graph_without){ .datasets = &map }, 0, NULL);
    tl_map_release(&map);
}

TL_TESTS("graph", TEST(a_column_is_added_once), TEST(what_was_not_added_is_not_found),
         TEST(an_empty_graph_can_be_carried_and_read), TEST(texts_are_copied),
         TEST(own_tags_of_every_state_are_taken_but_carried_ones_not),
         TEST(edges_stand_by_target_and_source_and_at_both_ends),
         TEST(an_edge_that_is_told_twice_stands_once_as_the_surest),
         TEST(datasets_are_read_by_key_with_columns_and_problems),
         TEST(a_dataset_that_is_told_later_overwrites_what_its_columns_made),
         TEST(a_belief_gives_all_but_carried_tags),
         TEST(what_could_not_be_told_adds_no_column_but_marks_what_holds_it),
         TEST(of_a_belief_queries_can_be_left_out_with_all_their_statements),
         TEST(of_a_belief_a_views_own_edges_can_be_left_out),
         TEST(of_a_belief_datasets_can_be_left_out))
