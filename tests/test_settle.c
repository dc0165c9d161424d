/* Edges, problems and carried tags in the log: how they get there, what changes them, and what stays as it is. */
#include "base/fault.h"
#include "tests/world_log.h"

/* A source table and two views, one behind the other. */
#define TABLES "s/m/u a=email:900 b; s/m/v m; s/m/w k"
#define SAME   "s/m/u ~ a b; s/m/v ~ m; s/m/w ~ k"
#define FLOW   "; > s/m/u#a s/m/v#m keeps; > s/m/v#m s/m/w#k hashes:md5 etl"
#define EDGES                                                                            \
    "> s/m/u#a s/m/v#m keeps\n"                                                          \
    "s/m/v#m email c900 keeps s/m/u#a email\n"                                           \
    "> s/m/v#m s/m/w#k hashes:md5 etl\n"                                                 \
    "s/m/w#k hashed_email c810 hashes s/m/u#a email\n"

/* Lines as in test_merge.c: scans and reviews; then what flows, and what is believed (NULL: not looked at). */
struct story {
    const char *lines[6];
    const char *flows, *belief;
};

static bool is_review(const char *line)
{
    return strncmp(line, "accept ", 7) == 0 || strncmp(line, "reject ", 7) == 0 ||
           strncmp(line, "set ", 4) == 0;
}

static void tell(const struct story *story)
{
    struct log_world w;
    long carried = 0, edges = 0;

    log_world_open(&w);
    for (size_t i = 0; i < 6 && story->lines[i]; i++) {
        const char *line = story->lines[i];
        CHECK_OK(is_review(line) ? log_world_review(&w, line) : log_world_scan(&w, line),
                 &w.ctx);
        carried += (long)w.done.n_new_carried - (long)w.done.n_gone_carried;
        edges += (long)w.done.n_new_edges - (long)w.done.n_gone_edges;
        CHECK_INT(w.done.n_carried_tags, carried);
        CHECK_INT(w.done.n_edges, edges);
    }
    if (story->flows)
        CHECK_TEXT(log_world_flows(&w), story->flows);
    if (story->belief)
        CHECK_TEXT(log_world_belief(&w), story->belief);
    log_world_close(&w);
}
#define STORY(flows_, belief_, ...)                                                      \
    tell(&(struct story){                                                                \
        .lines = { __VA_ARGS__ }, .flows = (flows_), .belief = (belief_) })

/* ---- edges ---- */

static void edges_stand_with_the_dataset_they_flow_into(void)
{
    STORY("> s/m/u#b s/m/v filter\n"
          "> s/m/u#a s/m/v#m keeps\n"
          "? s/m/v q no idea\n"
          "s/m/v#m email c900 keeps s/m/u#a email\n"
          "> s/m/v#m s/m/w#k hashes:md5 etl\n"
          "s/m/w#k hashed_email c810 hashes s/m/u#a email\n",
          NULL, TABLES FLOW "; > s/m/u#b s/m/v filter; ? s/m/v q no idea; ? - q lost");
}

static void edges_that_are_told_replace_the_old_ones(void)
{
    STORY("> s/m/u#a s/m/w#k keeps\ns/m/w#k email c900 keeps s/m/u#a email\n",
          "s/m/u a=email:900 b\ns/m/v m\ns/m/w k=email:900c", TABLES FLOW,
          SAME "; > s/m/u#a s/m/w#k keeps");
}

static void a_scan_without_lineage_leaves_edges_alone(void)
{
    STORY(EDGES, NULL, TABLES FLOW, SAME, "s/m/u a=email:900 b; s/m/v m n; s/m/w k");
}

static void edges_into_a_source_that_failed_stay(void)
{
    STORY("> s/m/u#a t/m/v#m keeps\n? t/m/v q odd\nt/m/v#m email c900 keeps s/m/u#a "
          "email\n",
          NULL, "s/m/u a=email:900; t/m/v m; > s/m/u#a t/m/v#m keeps; ? t/m/v q odd",
          "s/m/u ~ a; !t; > s/m/u#a t/m/v#m hashes:md5");
}

static void edges_into_a_source_nobody_looked_at_stay(void)
{
    STORY("> s/m/u#a t/m/v#m keeps\nt/m/v#m email c900 keeps s/m/u#a email\n", NULL,
          "s/m/u a=email:900; t/m/v m; > s/m/u#a t/m/v#m keeps", "s/m/u ~ a; >");
}

static void a_dataset_that_goes_takes_its_edges_along(void)
{
    STORY("> s/m/v#m s/m/w#k hashes:md5 etl\n", NULL, TABLES FLOW,
          "s/m/u ~ a b; s/m/w ~ k; > s/m/v#m s/m/w#k hashes:md5 etl");
}

static void a_dataset_that_goes_in_a_scan_without_lineage_does_so_too(void)
{
    STORY("> s/m/v#m s/m/w#k hashes:md5 etl\n", NULL, TABLES FLOW,
          "s/m/u ~ a b; s/m/w ~ k");
}

/* ---- carried tags ---- */

static void a_tag_goes_when_its_source_goes(void)
{
    STORY("> s/m/u#a s/m/v#m keeps\n> s/m/v#m s/m/w#k hashes:md5 etl\n",
          "s/m/u a=email:900w b\ns/m/v m\ns/m/w k", TABLES FLOW,
          "s/m/u a b; s/m/v ~ m; s/m/w ~ k" FLOW);
}

static void a_tag_goes_when_the_edge_goes(void)
{
    STORY("> s/m/v#m s/m/w#k hashes:md5 etl\n", "s/m/u a=email:900 b\ns/m/v m\ns/m/w k",
          TABLES FLOW, SAME "; > s/m/v#m s/m/w#k hashes:md5 etl");
}

static void a_column_that_goes_takes_its_carried_tag_along(void)
{
    STORY("> s/m/u#a s/m/v#m keeps\n> s/m/v#m s/m/w#k hashes:md5 etl\n"
          "s/m/w#k hashed_email c810 hashes s/m/u#a email\n",
          "s/m/u a=email:900 b\ns/m/v n\ns/m/w k=hashed_email:810c", TABLES FLOW,
          "s/m/u ~ a b; s/m/v n; s/m/w ~ k" FLOW);
}

static void an_own_tag_of_the_type_wins(void)
{
    STORY("> s/m/u#a s/m/v#m keeps\n> s/m/v#m s/m/w#k hashes:md5 etl\n"
          "s/m/w#k hashed_email c630 hashes s/m/v#m email\n",
          "s/m/u a=email:900 b\ns/m/v m=email:700\ns/m/w k=hashed_email:630c",
          TABLES FLOW, "s/m/u ~ a b; s/m/v m=email:700; s/m/w ~ k" FLOW);
}

static void a_withdrawn_tag_gives_way_to_a_carried_one(void)
{
    STORY(EDGES, "s/m/u a=email:900 b\ns/m/v m=email:900c\ns/m/w k=hashed_email:810c",
          "s/m/u a=email:900 b; s/m/v m=email:500; s/m/w k" FLOW,
          "s/m/u ~ a b; s/m/v m; s/m/w ~ k" FLOW);
}

static void what_gives_way_is_not_counted_as_withdrawn(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900 b; s/m/v m=email:500; s/m/w k" FLOW),
             &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a b; s/m/v m; s/m/w ~ k" FLOW), &w.ctx);
    CHECK_INT(w.done.n_withdrawn_tags, 0);
    CHECK_INT(w.done.n_new_carried, 1);
    CHECK_INT(w.done.n_changed_carried, 1); /* behind it, from u now */
    log_world_close(&w);
}

static void nothing_is_carried_to_a_column_that_is_gone(void)
{
    STORY("> s/m/u#a s/m/v#m keeps etl\n",
          "s/m/u a=email:900\ns/m/v n m=phone:500-(gone)",
          "s/m/u a=email:900; s/m/v m=phone:500 n; > s/m/u#a s/m/v#m hashes:md5 etl",
          "reject s/m/v#m phone", "s/m/u ~ a; s/m/v ~ m n; > s/m/u#a s/m/v#m keeps etl",
          "s/m/u ~ a; s/m/v n; > s/m/u#a s/m/v#m keeps etl");
}

static void a_rejected_tag_is_not_carried_there(void)
{
    STORY("> s/m/u#a s/m/v#m keeps\n> s/m/v#m s/m/w#k hashes:md5 etl\n",
          "s/m/u a=email:900 b\ns/m/v m=email:900-\ns/m/w k", TABLES FLOW,
          "reject s/m/v#m email", SAME FLOW);
}

static void a_rejection_at_the_source_is_heard_downstream_at_once(void)
{
    STORY("> s/m/u#a s/m/v#m keeps\n> s/m/v#m s/m/w#k hashes:md5 etl\n",
          "s/m/u a=email:900- b\ns/m/v m\ns/m/w k", TABLES FLOW, "reject s/m/u#a email");
}

static void a_carried_tag_can_be_accepted(void)
{
    STORY("> s/m/u#a s/m/v#m keeps\n> s/m/v#m s/m/w#k hashes:md5 etl\n"
          "s/m/w#k hashed_email c810 hashes s/m/v#m email\n",
          "s/m/u a=email:900- b\ns/m/v m=email:900+\ns/m/w k=hashed_email:810c",
          TABLES FLOW, "accept s/m/v#m email", "reject s/m/u#a email");
}

static void a_type_that_is_set_is_carried_at_once(void)
{
    STORY("> s/m/u#a s/m/v#m keeps\n> s/m/u#b s/m/v#m keeps\n"
          "s/m/v#m email c900 keeps s/m/u#a email\n"
          "s/m/v#m phone c1000 keeps s/m/u#b phone\n",
          NULL,
          "s/m/u a=email:900 b; s/m/v m; > s/m/u#a s/m/v#m keeps; "
          "> s/m/u#b s/m/v#m keeps",
          "set s/m/u#b phone");
}

static void a_carried_tag_moves_only_from_band_to_band(void)
{
    STORY("> s/m/u#a s/m/v#m keeps\ns/m/v#m email c900 keeps s/m/u#a email\n",
          "s/m/u a=email:900\ns/m/v m=email:900c",
          "s/m/u a=email:900; s/m/v m; > s/m/u#a s/m/v#m keeps",
          "s/m/u a=email:949; s/m/v m; > s/m/u#a s/m/v#m keeps");
    STORY("> s/m/u#a s/m/v#m keeps\ns/m/v#m email c800 keeps s/m/u#a email\n",
          "s/m/u a=email:800\ns/m/v m=email:800c",
          "s/m/u a=email:900; s/m/v m; > s/m/u#a s/m/v#m keeps",
          "s/m/u a=email:800; s/m/v ~ m; > s/m/u#a s/m/v#m keeps");
}

static void another_effect_or_origin_is_a_change(void)
{
    static const char *const flows[] = { "; > s/m/u#a s/m/v#m encrypts",
                                         "; > s/m/u#b s/m/v#m keeps",
                                         "; > s/m/u#a s/m/v#m keeps new" };

    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        struct log_world w;
        log_world_open(&w);
        CHECK_OK(log_world_scan(&w, "s/m/u a=email:900 b=email:900; s/m/v m; "
                                    "> s/m/u#a s/m/v#m keeps"),
                 &w.ctx);
        const char *scan =
            tl_arena_printf(w.ctx.arena, "s/m/u ~ a=email:900 b=email:900; s/m/v ~ m%s",
                            flows[i]);
        CHECK_OK(log_world_scan(&w, scan), &w.ctx);
        CHECK_INT(w.done.n_changed_carried, i < 2);
        CHECK_INT(w.done.n_carried_tags, 1);
        CHECK_INT(w.done.n_new_carried + w.done.n_gone_carried, 0);
        CHECK_INT(w.done.n_rerouted, 1);
        log_world_close(&w);
    }
}

static void what_is_too_little_is_not_carried_on(void)
{
    STORY("> s/m/u#a s/m/v#m partial\ns/m/v#m email c540 partial s/m/u#a email\n"
          "> s/m/v#m s/m/w#k partial\ns/m/w#k email c324 partial s/m/u#a email\n"
          "> s/m/w#k s/m/x#l partial\n",
          NULL,
          TABLES "; s/m/x l; > s/m/u#a s/m/v#m partial; > s/m/v#m s/m/w#k partial; "
                 "> s/m/w#k s/m/x#l partial");
}

static void a_column_too_small_to_tell_stays_so_under_a_carried_tag(void)
{
    STORY(NULL, "s/m/u a=email:900 b\ns/m/v m=email:900c?\ns/m/w k=hashed_email:810c",
          "s/m/u a=email:900 b; s/m/v m?; s/m/w k" FLOW);
}

/* ---- what only SQL names ---- */

#define TEMPORARY "; > s/m/u#a s/m/tmp#x keeps load; > s/m/tmp#x s/m/v#m keeps load"

static void tags_travel_through_what_only_sql_names(void)
{
    STORY("> s/m/u#a s/m/tmp#x keeps load\n> s/m/tmp#x s/m/v#m keeps load\n"
          "s/m/v#m email c900 keeps s/m/u#a email\n",
          "s/m/tmp(gone)\ns/m/u a=email:900\ns/m/v m=email:900c",
          "s/m/u a=email:900; s/m/v m" TEMPORARY);
}

static void a_review_keeps_what_came_through_it(void)
{
    STORY(NULL, "s/m/tmp(gone)\ns/m/u a=email:900+\ns/m/v m=email:900c",
          "s/m/u a=email:900; s/m/v m" TEMPORARY, "accept s/m/u#a email");
}

static void it_goes_with_the_last_edge(void)
{
    STORY("", "s/m/u a=email:900\ns/m/v m", "s/m/u a=email:900; s/m/v m" TEMPORARY,
          "s/m/u ~ a; s/m/v ~ m; >");
}

static void it_becomes_a_dataset_when_the_source_has_it(void)
{
    STORY(NULL, "s/m/tmp x=email:900c\ns/m/u a=email:900\ns/m/v m=email:900c",
          "s/m/u a=email:900; s/m/v m" TEMPORARY,
          "s/m/u ~ a; s/m/v ~ m; s/m/tmp x" TEMPORARY);
}

static void a_dataset_that_goes_but_is_named_stays_as_a_name(void)
{
    STORY(NULL, "s/m/tmp(gone)\ns/m/u a=email:900\ns/m/v m=email:900c",
          "s/m/u a=email:900; s/m/v m; s/m/tmp x=phone:500" TEMPORARY,
          "s/m/u ~ a; s/m/v ~ m" TEMPORARY);
}

/* As SQLite has them: a database, and no schema. */
static void scan_of_databases(struct log_world *w, const char *const *names, size_t n)
{
    static struct tl_decisions none;
    static const struct tl_carry_rule keeps = { .effect = TL_KEEPS, .share = 1000 };
    struct tl_entry_dataset datasets[3] = { { .id = { 0 } } };
    struct tl_edges edges = { 0 };
    struct tl_snapshot snapshot;
    struct tl_entry entry = { .kind = "scan", .actor = "a", .version = "0" };

    tl_snapshot_init(&snapshot);
    tl_snapshot_add_source(&snapshot, "s", "test", "sqlite");
    for (uint32_t i = 0; i < n; i++) {
        tl_snapshot_add_dataset(&snapshot, "m", NULL, names[i], TL_TABLE);
        datasets[i] = (struct tl_entry_dataset){ .id = { i }, .decisions = &none };
    }
    tl_vec_push(&edges.items, ((struct tl_edge){ .target = "s/m/tmp",
                                                 .target_column = "x",
                                                 .source = "s/m/u",
                                                 .source_column = "a",
                                                 .confidence = 1000,
                                                 .effect = TL_KEEPS }));
    entry.trace.bytes[0] = (unsigned char)++w->n_runs;
    entry.snapshot = &snapshot;
    entry.datasets = datasets;
    entry.n_datasets = n;
    entry.edges = &edges;
    entry.carry = &keeps;
    entry.n_carry = 1;
    CHECK_OK(tl_log_append(&w->done, w->log, &entry, 0, &w->ctx), &w->ctx);
    tl_edges_release(&edges);
    tl_snapshot_release(&snapshot);
}

static void a_name_without_a_schema_becomes_the_dataset_too(void)
{
    struct log_world w;
    const struct tl_belief *belief;

    log_world_open(&w);
    scan_of_databases(&w, (const char *const[]){ "u", "v" }, 2);
    CHECK_TEXT(log_world_belief(&w), "s/m/tmp(gone)\ns/m/u\ns/m/v");
    scan_of_databases(&w, (const char *const[]){ "tmp", "u", "v" }, 3);
    CHECK_TEXT(log_world_belief(&w), "s/m/tmp\ns/m/u\ns/m/v");
    CHECK_TEXT(log_world_flows(&w), "> s/m/u#a s/m/tmp#x keeps\n");
    scan_of_databases(&w, (const char *const[]){ "u", "v" }, 2);
    CHECK_OK(tl_log_belief(&belief, w.log, &w.ctx), &w.ctx);
    CHECK(!belief->datasets[0].schema.at && belief->datasets[0].database.at);
    log_world_close(&w);
}

static void a_name_whose_levels_were_guessed_wrong_is_set_right(void)
{
    struct log_world w;

    log_world_open(&w);
    scan_of_databases(&w, NULL, 0); /* nothing tells that the source has databases */
    scan_of_databases(&w, (const char *const[]){ "tmp", "u" }, 2);
    CHECK_TEXT(log_world_belief(&w), "s/m/tmp\ns/m/u");
    CHECK_TEXT(log_world_flows(&w), "> s/m/u#a s/m/tmp#x keeps\n");
    log_world_close(&w);
}

static void odd_names_flow_as_they_are(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/a%2Fb/%FF a%0Ab=email:900; s/m/%23 x%22y; "
                                "> s/a%2Fb/%FF#a%0Ab s/m/%23#x%22y keeps \xff\xfe; "
                                "? s/m/%23 \xff odd \x01"),
             &w.ctx);
    const char *flows = log_world_flows(&w);
    CHECK_HAS(flows, "x\"y email c900 keeps s/a%2Fb/%FF#a%0Ab email\n");
    CHECK_HAS(flows, "keeps \xff\xfe\n");
    log_world_shell(&w, "rm \"$GIT_DIR/tagline/belief.idx\"", NULL);
    tl_log_close(w.log);
    CHECK_OK(tl_log_open(&w.log, w.path, &w.ctx), &w.ctx);
    CHECK_TEXT(log_world_flows(&w), flows); /* now from the files */
    CHECK_TEXT(log_world_git(&w, "fsck --strict --no-progress", NULL), "");
    log_world_close(&w);
}

/* ---- small commits ---- */

static const char *changed_files(struct log_world *w)
{
    return log_world_git(w, "diff --name-only main~1 main -- state", NULL);
}

static void an_unchanged_second_scan_changes_no_file(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, TABLES FLOW TEMPORARY), &w.ctx);
    CHECK_OK(log_world_scan(&w, SAME FLOW TEMPORARY), &w.ctx);
    CHECK_TEXT(changed_files(&w), "");
    CHECK_INT(w.done.n_leaves, 2); /* the source, the run */
    CHECK_INT(w.done.n_rerouted, 0);
    CHECK_HAS(log_world_git(&w, "log -1 --format=%s", NULL), "nothing changed");
    log_world_close(&w);
}

static void an_edge_that_changes_is_a_line_that_changes(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, TABLES FLOW "; > s/m/u#b s/m/v filter"), &w.ctx);
    CHECK_OK(log_world_scan(&w, SAME FLOW "; > s/m/u#b s/m/v join"), &w.ctx);
    CHECK_HAS(log_world_git(&w, "diff --numstat main~1 main -- state", NULL),
              "1\t1\tstate/s/m/v.json\n");
    CHECK_INT(w.done.n_rerouted, 1);
    CHECK_INT(w.done.n_unchanged, 3);
    CHECK_HAS(log_world_git(&w, "grep -h '\"name\":\"lineage\"' main -- runs", NULL),
              "s/m/v");
    log_world_close(&w);
}

static void any_change_of_what_flows_is_written(void)
{
    static const char *const flows[] = { "; > s/m/u#b s/m/v#m keeps",
                                         "; > s/m/u#b s/m/v#m keeps@990",
                                         "; > s/m/u#b s/m/v#m keeps@990; ? s/m/v q odd",
                                         "; > s/m/u#b s/m/v#m keeps@990; ? s/m/v q even",
                                         "; > s/m/u#b s/m/v#m keeps@990" };
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, TABLES), &w.ctx);
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
        for (int again = 0; again < 2; again++) {
            const char *scan = tl_arena_printf(w.ctx.arena, SAME "%s", flows[i]);
            CHECK_OK(log_world_scan(&w, scan), &w.ctx);
            CHECK_TEXT(changed_files(&w), again ? "" : "state/s/m/v.json\n");
        }
    log_world_close(&w);
}

static void what_was_unchanged_keeps_its_foreign_keys(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, TABLES), &w.ctx);
    const char *before = log_world_git(&w, "show main:state/s/m/v.json", NULL);
    CHECK_OK(log_world_scan(&w, SAME FLOW), &w.ctx);
    CHECK_OK(log_world_scan(&w, SAME "; >"), &w.ctx);
    CHECK_TEXT(log_world_git(&w, "show main:state/s/m/v.json", NULL), before);
    log_world_close(&w);
}

static void entries_without_rules_leave_carried_tags_alone(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, TABLES FLOW), &w.ctx);
    w.carries_not = true;
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a b; s/m/v m; s/m/w k" FLOW), &w.ctx);
    CHECK_TEXT(log_world_flows(&w), EDGES);
    CHECK_INT(w.done.n_carried_tags, 2);
    log_world_close(&w);
}

static void a_log_written_before_edges_is_read_and_goes_on(void)
{
    struct log_world w;

    log_world_open(&w);
    w.carries_not = true;
    CHECK_OK(log_world_scan(&w, TABLES), &w.ctx);
    CHECK(!strstr(log_world_git(&w, "show main:state/s/m/v.json", NULL), "edges"));
    w.carries_not = false;
    CHECK_OK(log_world_scan(&w, SAME FLOW), &w.ctx);
    CHECK_TEXT(log_world_flows(&w), EDGES);
    log_world_close(&w);
}

/* ---- settling ---- */

static void what_is_foreseen_is_what_is_written(void)
{
    struct log_world w;
    struct tl_graph_node node;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, TABLES), &w.ctx);
    struct tl_graph *graph = log_world_foresee(&w, SAME FLOW);
    tl_graph_node(&node, graph, tl_graph_find(graph, "s/m/w", "k"));
    CHECK_INT(node.n_tags, 1);
    CHECK_TEXT(node.tags[0].info_type, "hashed_email");
    tl_graph_close(graph);
    CHECK_TEXT(log_world_flows(&w), "");
    log_world_close(&w);
}

static void an_abandoned_entry_leaves_nothing(void)
{
    struct log_world w;
    struct tl_settled *settled;
    const struct tl_belief *belief;
    struct tl_entry entry = { .kind = "scan", .actor = "a", .version = "0" };

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, TABLES FLOW), &w.ctx);
    CHECK_OK(tl_log_settle(&settled, w.log, &entry, 0, &w.ctx), &w.ctx);
    CHECK_OK(tl_log_belief(&belief, w.log, &w.ctx), &w.ctx);
    CHECK(tl_settled_graph(settled) != NULL);
    tl_log_abandon(settled);
    tl_log_abandon(NULL);
    CHECK_TEXT(log_world_flows(&w), EDGES);
    CHECK_OK(log_world_scan(&w, SAME FLOW), &w.ctx); /* nobody holds the lock */
    log_world_close(&w);
}

static void a_settled_entry_keeps_others_out(void)
{
    struct log_world w;
    struct tl_settled *settled;
    struct tl_entry entry = { .kind = "scan", .actor = "a", .version = "0" };

    log_world_open(&w);
    CHECK_OK(tl_log_settle(&settled, w.log, &entry, 0, &w.ctx), &w.ctx);
    CHECK_FAILS(log_world_scan(&w, TABLES), TL_EBUSY, "process", &w.ctx);
    tl_log_abandon(settled);
    log_world_close(&w);
}

static void edges_out_of_order_are_our_own_mistake(void)
{
    struct log_world w;
    struct tl_snapshot snapshot;
    struct tl_edges edges = { 0 };
    struct tl_entry entry = { .kind = "scan",
                              .actor = "a",
                              .version = "0",
                              .snapshot = &snapshot,
                              .edges = &edges };

    log_world_open(&w);
    tl_snapshot_init(&snapshot);
    for (int i = 0; i < 2; i++)
        tl_vec_push(&edges.items, ((struct tl_edge){ .target = i ? "s/a" : "s/b",
                                                     .source = "s/c",
                                                     .source_column = "x" }));
    CHECK_FAILS(tl_log_append(&w.done, w.log, &entry, 0, &w.ctx), TL_EINTERNAL, "order",
                &w.ctx);
    tl_edges_release(&edges);
    tl_snapshot_release(&snapshot);
    log_world_close(&w);
}

/* ---- verdicts ---- */

static void verdicts_are_told_in_spans_and_counted(void)
{
    static const struct tl_step steps[] = {
        { .dataset = "s/m/u", .path = "a", .info_type = "email" },
        { .dataset = "s/m/v", .path = "m", .info_type = "email", .effect = TL_KEEPS }
    };
    struct tl_verdict verdict = { .rule = "adtech/no-email",
                                  .severity = "error",
                                  .dataset = "s/m/v",
                                  .path = "m",
                                  .why = "an email reaches 'export'",
                                  .steps = steps,
                                  .n_steps = 2,
                                  .outcome = TL_VIOLATION };
    struct tl_verdicts verdicts = { .counts = { 7, 150, 0, 0 }, .n_binding = 150 };
    struct log_world w;

    log_world_open(&w);
    for (int i = 0; i < 150; i++)
        tl_vec_push(&verdicts.items, verdict);
    w.verdicts = &verdicts;
    CHECK_OK(log_world_scan(&w, TABLES FLOW), &w.ctx);
    CHECK_INT(w.done.n_leaves, 3 + 1 + 2 + 1); /* datasets, source, verdicts, run */
    CHECK_HAS(log_world_git(&w, "grep -h adtech/no-email main -- runs", NULL),
              "\"s/m/u#a\"},{\"stringValue\":\"s/m/v#m keeps\"");
    CHECK_HAS(log_world_git(&w, "grep -h verdicts main -- runs", NULL),
              "\"verdicts\":{\"binding\":150,\"gap\":0,\"pass\":7,\"violation\":150,"
              "\"waived\":0}");
    const char *message = log_world_git(&w, "log -1 --format=%B", NULL);
    CHECK_HAS(message, "2 new carried tags, 150 violations\n");
    CHECK_HAS(message,
              "policies: 150 violations (150 binding), 0 gaps, 0 waived, 7 passed");
    tl_vec_release(&verdicts.items);
    log_world_close(&w);
}

static void a_tag_that_is_lost_says_why(void)
{
    static const char *const whys[][2] = {
        { "s/m/u a b; s/m/v ~ m; s/m/w ~ k" FLOW, "is not tagged so any more" },
        { SAME "; >", "nothing flows there any more" },
        { SAME "; > s/m/u#b s/m/v#m keeps; > s/m/v#m s/m/w#k keeps",
          "no way leads there" },
    };

    for (size_t i = 0; i < sizeof whys / sizeof *whys; i++) {
        struct log_world w;
        log_world_open(&w);
        CHECK_OK(log_world_scan(&w, TABLES FLOW), &w.ctx);
        CHECK_OK(log_world_scan(&w, whys[i][0]), &w.ctx);
        CHECK_HAS(log_world_git(&w, "grep -h '\"name\":\"lost\"' main -- runs", NULL),
                  whys[i][1]);
        log_world_close(&w);
    }
}

static void a_problem_of_an_unknown_target_has_a_span(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, TABLES "; ? - etl%232 MERGE is not understood"), &w.ctx);
    CHECK_INT(w.done.n_problems, 1);
    CHECK_HAS(log_world_git(&w, "grep -h '\"name\":\"problem\"' main -- runs", NULL),
              "MERGE is not understood");
    log_world_close(&w);
}

/* ---- what a commit says of it ---- */

static void a_carried_tag_that_is_accepted_did_not_go(void)
{
    static const char scan[] = "s/m/u a=email:900; s/m/v m; s/m/w k; "
                               "> s/m/u#a s/m/v#m keeps; > s/m/v#m s/m/w#k keeps";
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, scan), &w.ctx);
    CHECK_OK(log_world_review(&w, "accept s/m/w#k email"), &w.ctx);
    CHECK_TEXT(log_world_git(&w, "log -1 --format=%s", NULL), "review: accept 1\n");
    CHECK_HAS(log_world_git(&w, "log -1 --format=%b", NULL),
              "carried tags: 1 (0 new, 0 changed, 0 gone, 1 the column's own now)");
    CHECK_INT(w.done.n_owned_carried, 1);
    CHECK_OK(log_world_review(&w, "reject s/m/v#m email"), &w.ctx);
    CHECK_TEXT(log_world_git(&w, "log -1 --format=%s", NULL), "review: reject 1\n");
    CHECK_OK(log_world_review(&w, "reject s/m/w#k email; reject s/m/u#a email"), &w.ctx);
    CHECK_TEXT(log_world_git(&w, "log -1 --format=%s", NULL), "review: reject 2\n");
    log_world_close(&w);
}

static void a_carried_tag_that_is_found_did_not_go(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; > s/m/u#a s/m/v#m keeps"),
             &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a; s/m/v m=email:800; > s/m/u#a s/m/v#m keeps"),
             &w.ctx);
    CHECK_TEXT(log_world_git(&w, "log -1 --format=%s", NULL),
               "scan: 2 datasets, 1 changed tag\n");
    CHECK_INT(w.done.n_gone_carried, 1);
    CHECK_INT(w.done.n_owned_carried, 1);
    log_world_close(&w);
}

static void a_carried_tag_that_went_with_its_origin_is_counted(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; > s/m/u#a s/m/v#m keeps"),
             &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_TEXT(log_world_git(&w, "log -1 --format=%s", NULL),
               "review: reject 1, 1 carried tag gone\n");
    CHECK_INT(w.done.n_owned_carried, 0);
    log_world_close(&w);
}

TL_TESTS("settle", TEST(a_carried_tag_that_is_accepted_did_not_go),
         TEST(a_carried_tag_that_is_found_did_not_go),
         TEST(a_carried_tag_that_went_with_its_origin_is_counted),
         TEST(edges_stand_with_the_dataset_they_flow_into),
         TEST(edges_that_are_told_replace_the_old_ones),
         TEST(a_scan_without_lineage_leaves_edges_alone),
         TEST(edges_into_a_source_that_failed_stay),
         TEST(edges_into_a_source_nobody_looked_at_stay),
         TEST(a_dataset_that_goes_takes_its_edges_along),
         TEST(a_dataset_that_goes_in_a_scan_without_lineage_does_so_too),
         TEST(a_tag_goes_when_its_source_goes), TEST(a_tag_goes_when_the_edge_goes),
         TEST(a_column_that_goes_takes_its_carried_tag_along),
         TEST(an_own_tag_of_the_type_wins),
         TEST(a_withdrawn_tag_gives_way_to_a_carried_one),
         TEST(what_gives_way_is_not_counted_as_withdrawn),
         TEST(nothing_is_carried_to_a_column_that_is_gone),
         TEST(a_rejected_tag_is_not_carried_there),
         TEST(a_rejection_at_the_source_is_heard_downstream_at_once),
         TEST(a_carried_tag_can_be_accepted), TEST(a_type_that_is_set_is_carried_at_once),
         TEST(a_carried_tag_moves_only_from_band_to_band),
         TEST(another_effect_or_origin_is_a_change),
         TEST(what_is_too_little_is_not_carried_on),
         TEST(a_column_too_small_to_tell_stays_so_under_a_carried_tag),
         TEST(tags_travel_through_what_only_sql_names),
         TEST(a_review_keeps_what_came_through_it), TEST(it_goes_with_the_last_edge),
         TEST(it_becomes_a_dataset_when_the_source_has_it),
         TEST(a_dataset_that_goes_but_is_named_stays_as_a_name),
         TEST(a_name_without_a_schema_becomes_the_dataset_too),
         TEST(a_name_whose_levels_were_guessed_wrong_is_set_right),
         TEST(odd_names_flow_as_they_are), TEST(an_unchanged_second_scan_changes_no_file),
         TEST(an_edge_that_changes_is_a_line_that_changes),
         TEST(any_change_of_what_flows_is_written),
         TEST(what_was_unchanged_keeps_its_foreign_keys),
         TEST(entries_without_rules_leave_carried_tags_alone),
         TEST(a_log_written_before_edges_is_read_and_goes_on),
         TEST(what_is_foreseen_is_what_is_written),
         TEST(an_abandoned_entry_leaves_nothing), TEST(a_settled_entry_keeps_others_out),
         TEST(edges_out_of_order_are_our_own_mistake),
         TEST(verdicts_are_told_in_spans_and_counted), TEST(a_tag_that_is_lost_says_why),
         TEST(a_problem_of_an_unknown_target_has_a_span))
