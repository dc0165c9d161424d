/* Blame: every tag's history is a chain of links from span to span. */
#include "base/fault.h"
#include "tests/world_log.h"

/* "STATE:CONFIDENCE by ORIGIN", newest first, of one tag. */
static const char *history(struct log_world *w, const char *column, const char *info_type)
{
    struct tl_str out = TL_STR_INIT(4096);
    const struct tl_belief *belief;
    struct tl_key_pattern pattern;
    struct tl_belief_hit hit;
    struct tl_blame_step *steps;
    size_t n = 0;

    CHECK_OK(tl_log_belief(&belief, w->log, &w->ctx), &w->ctx);
    CHECK_OK(tl_key_parse(&pattern, column, &w->ctx), &w->ctx);
    CHECK_INT(tl_belief_search(&hit, 1, belief, &pattern), 1);
    CHECK_OK(tl_log_blame(&steps, &n, &hit, info_type, w->log, &w->ctx), &w->ctx);
    for (size_t i = 0; i < n; i++) {
        tl_str_addf(&out, "%s%s:%u by %s", i ? ", " : "", steps[i].state,
                    steps[i].confidence, steps[i].origin);
        CHECK_TEXT(steps[i].info_type, info_type);
        CHECK_TEXT(steps[i].rules_digest, "f00d");
        CHECK_INT(strlen(steps[i].commit), 40);
    }
    const char *text = tl_arena_dup(w->ctx.arena, out.text, out.n);
    tl_str_release(&out);
    return text;
}

static void a_history_is_walked_back_to_its_beginning(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900 b"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:910 b"),
             &w.ctx); /* within the band: no step */
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:600 b"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a b"), &w.ctx);
    CHECK_OK(log_world_review(&w, "accept s/m/u#a email"), &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_TEXT(history(&w, "u#a", "email"),
               "rejected:600 by person, confirmed:600 by person, withdrawn:600 by rule, "
               "proposed:600 by rule, proposed:900 by rule");
    log_world_close(&w);
}

static void each_commit_is_read_once_for_all_steps(void)
{
    struct log_world w;
    unsigned confidence = 500;

    log_world_open(&w);
    for (unsigned i = 0; i < 20; i++) {
        confidence += i % 7 == 0 ? 100 : 0;
        CHECK_OK(log_world_scan(&w, tl_arena_printf(w.ctx.arena, "s/m/u a=email:%u",
                                                    confidence)),
                 &w.ctx);
    }
    tl_fault_arm_seam("git.read", 2 + 3 * 2 + 20 + 1); /* tips, files, commits */
    CHECK_TEXT(history(&w, "u#a", "email"),
               "proposed:800 by rule, proposed:700 by rule, proposed:600 by rule");
    CHECK(!tl_fault_disarm());
    log_world_close(&w);
}

static void names_that_look_like_json_are_told_apart_from_it(void)
{
    struct log_world w;

    log_world_open(&w); /* {"\}]},{" and \" */
    CHECK_OK(log_world_scan(&w, "s/m/%7B%22 %7B%22%5C%7D%5D%7D%2C%7B%22=phone:700 "
                                "%5C%22=phone:600 b=email:900"),
             &w.ctx);
    CHECK_TEXT(history(&w, "#%5C%22", "phone"), "proposed:600 by rule");
    CHECK_TEXT(history(&w, "#b", "email"), "proposed:900 by rule");
    log_world_close(&w);
}

static void types_of_a_mixed_column_have_histories_of_their_own(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=phone:500+email:900"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a=phone:300+email:900"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:700+phone:800"), &w.ctx);
    CHECK_TEXT(history(&w, "u#a", "phone"),
               "proposed:800 by rule, proposed:300 by rule, proposed:500 by rule");
    CHECK_TEXT(history(&w, "u#a", "email"), "proposed:700 by rule, proposed:900 by rule");
    log_world_close(&w);
}

static void each_step_says_why(void)
{
    struct log_world w;
    const struct tl_belief *belief;
    struct tl_key_pattern pattern;
    struct tl_belief_hit hit;
    struct tl_blame_step *steps;
    size_t n;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a"), &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_OK(tl_log_belief(&belief, w.log, &w.ctx), &w.ctx);
    CHECK_OK(tl_key_parse(&pattern, "u#a", &w.ctx), &w.ctx);
    tl_belief_search(&hit, 1, belief, &pattern);
    CHECK_OK(tl_log_blame(&steps, &n, &hit, "email", w.log, &w.ctx), &w.ctx);
    CHECK_INT(n, 3);
    CHECK_TEXT(steps[0].why, "I know it");
    CHECK_TEXT(steps[0].actor, "tester");
    CHECK_TEXT(steps[1].why, "no rule speaks for it any more");
    CHECK_TEXT(steps[2].why, "test/email#name (90 of 100 values)");
    log_world_close(&w);
}

static void what_has_no_tag_has_no_history(void)
{
    struct log_world w;
    const struct tl_belief *belief;
    struct tl_blame_step *steps;
    size_t n;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    CHECK_OK(tl_log_belief(&belief, w.log, &w.ctx), &w.ctx);
    struct tl_belief_hit hit = { &belief->datasets[0], &belief->columns[0] };
    CHECK_FAILS(tl_log_blame(&steps, &n, &hit, "phone", w.log, &w.ctx), TL_ENOTFOUND,
                "'phone'", &w.ctx);
    log_world_close(&w);
}

static void history_outlives_a_days_end(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    tl_pause(&w.ctx,
             INT64_C(86400) * 40 * 1000000000); /* the clock is fixed: it only steps */
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:500"), &w.ctx);
    CHECK_TEXT(history(&w, "u#a", "email"), "proposed:500 by rule, proposed:900 by rule");
    CHECK_HAS(log_world_git(&w, "ls-tree -r --name-only main runs", NULL),
              "runs/2026/02/11/");
    log_world_close(&w);
}

static void a_decision_in_a_later_part_is_found(void)
{
    struct tl_str scan = TL_STR_INIT((size_t)8 << 20);
    struct log_world w;

    log_world_open(&w);
    for (unsigned d = 0; d < 12; d++) {
        tl_str_addf(&scan, "; s/m/d%02u", d);
        for (unsigned c = 0; c < 1000; c++)
            tl_str_addf(&scan, " c%u=email:900", c);
    }
    CHECK_OK(log_world_scan(&w, scan.text), &w.ctx);
    CHECK_HAS(log_world_git(&w, "ls-tree -r --name-only main runs", NULL),
              "spans.0002.jsonl");
    CHECK_TEXT(history(&w, "d00#c0", "email"), "proposed:900 by rule");
    CHECK_TEXT(history(&w, "d11#c999", "email"), "proposed:900 by rule");
    tl_str_release(&scan);
    log_world_close(&w);
}

/* ---- carried tags ---- */

/* The newest step's path: "s/m/u#a email 900 > keeps s/m/v#m email 900 ...". */
static const char *path_of(struct log_world *w, const char *column, const char *info_type,
                           const char **why)
{
    struct tl_str out = TL_STR_INIT(4096);
    const struct tl_belief *belief;
    struct tl_key_pattern pattern;
    struct tl_belief_hit hit;
    struct tl_blame_step *steps;
    size_t n = 0;

    CHECK_OK(tl_log_belief(&belief, w->log, &w->ctx), &w->ctx);
    CHECK_OK(tl_key_parse(&pattern, column, &w->ctx), &w->ctx);
    CHECK_INT(tl_belief_search(&hit, 1, belief, &pattern), 1);
    CHECK_OK(tl_log_blame(&steps, &n, &hit, info_type, w->log, &w->ctx), &w->ctx);
    for (uint32_t i = 0; n && i < steps[0].n_path; i++) {
        const struct tl_step *step = &steps[0].path[i];
        if (i)
            tl_str_addf(&out, " > %s %s:%u:%u ", tl_effect_word(step->effect),
                        step->query ? step->query : "", step->line, step->column);
        tl_str_addf(&out, "%s#%s %s %u", step->dataset, step->path,
                    step->info_type ? step->info_type : "?", step->confidence);
    }
    if (why)
        *why = n ? steps[0].why : "";
    const char *text = tl_arena_dup(w->ctx.arena, out.text, out.n);
    tl_str_release(&out);
    return text;
}

static void a_carried_tag_tells_its_way(void)
{
    struct log_world w;
    const char *why;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; s/m/w k; "
                                "> s/m/u#a s/m/v#m keeps; "
                                "> s/m/v#m s/m/w#k hashes:md5 etl"),
             &w.ctx);
    CHECK_TEXT(path_of(&w, "w#k", "hashed_email", &why),
               "s/m/u#a email 900 > keeps :1:8 s/m/v#m email 900 > hashes etl:1:8 "
               "s/m/w#k hashed_email 810");
    CHECK_TEXT(why, "s/m/u#a -> s/m/v#m keeps -> s/m/w#k hashes");
    CHECK_TEXT(path_of(&w, "u#a", "email", NULL), "");
    log_world_close(&w);
}

static void the_way_is_told_as_it_stands(void)
{
    struct log_world w;
    const char *why;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; s/m/w k; "
                                "> s/m/u#a s/m/v#m keeps; > s/m/v#m s/m/w#k keeps"),
             &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a; s/m/v ~ m; s/m/w ~ k; "
                                "> s/m/u#a s/m/v#m keeps; > s/m/u#a s/m/w#k keeps new"),
             &w.ctx);
    CHECK_TEXT(path_of(&w, "w#k", "email", &why),
               "s/m/u#a email 900 > keeps new:1:8 s/m/w#k email 900");
    CHECK_TEXT(why, "s/m/u#a -> s/m/v#m keeps -> s/m/w#k keeps"); /* as it was decided */
    log_world_close(&w);
}

static void the_way_leads_through_what_only_sql_names(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900 b; s/m/v m; "
                                "> s/m/u#* s/m/tmp#* keeps load; "
                                "> s/m/tmp#* s/m/v#m partial load"),
             &w.ctx);
    CHECK_TEXT(path_of(&w, "v#m", "email", NULL),
               "s/m/u#a email 900 > keeps load:1:8 s/m/tmp#* ? 0 > partial load:1:8 "
               "s/m/v#m email 540");
    log_world_close(&w);
}

static void the_way_that_leaves_as_much_as_is_said_is_told(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; s/m/w k; "
                                "> s/m/u#a s/m/w#k partial; "
                                "> s/m/u#a s/m/v#m keeps; > s/m/v#m s/m/w#k keeps"),
             &w.ctx);
    CHECK_TEXT(path_of(&w, "w#k", "email", NULL),
               "s/m/u#a email 900 > keeps :1:8 s/m/v#m email 900 > keeps :1:8 "
               "s/m/w#k email 900");
    log_world_close(&w);
}

static void what_was_carried_and_then_found_has_one_history(void)
{
    static const char flow[] = "; > s/m/u#a s/m/v#m keeps";
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, tl_arena_printf(w.ctx.arena,
                                                "s/m/u a=email:900; s/m/v m=email:500%s",
                                                flow)),
             &w.ctx);
    CHECK_OK(log_world_scan(&w,
                            tl_arena_printf(w.ctx.arena, "s/m/u ~ a; s/m/v m%s", flow)),
             &w.ctx);
    CHECK_OK(log_world_scan(&w, tl_arena_printf(w.ctx.arena,
                                                "s/m/u a=email:700; s/m/v ~ m%s", flow)),
             &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/v#m email"), &w.ctx);
    CHECK_TEXT(history(&w, "v#m", "email"),
               "rejected:700 by person, carried:700 by lineage, carried:900 by lineage, "
               "proposed:500 by rule");
    log_world_close(&w);
}

/* ---- what is gone ---- */

/* "STATE TYPE: why", newest first, of the whole column. */
static const char *all_of(struct log_world *w, const char *column, const char *info_type)
{
    struct tl_str out = TL_STR_INIT(1 << 16);
    const struct tl_belief *belief;
    struct tl_key_pattern pattern;
    struct tl_belief_hit hit;
    struct tl_blame_step *steps;
    size_t n = 0;

    CHECK_OK(tl_log_belief(&belief, w->log, &w->ctx), &w->ctx);
    CHECK_OK(tl_key_parse(&pattern, column, &w->ctx), &w->ctx);
    CHECK_INT(tl_belief_search(&hit, 1, belief, &pattern), 1);
    CHECK_OK(tl_log_history(&steps, &n, &hit, info_type, w->log, &w->ctx), &w->ctx);
    for (size_t i = 0; i < n; i++) {
        tl_str_addf(&out, "%s%s %s: %s", i ? "\n" : "", steps[i].state,
                    steps[i].info_type, steps[i].why);
        CHECK_INT(strlen(steps[i].commit), 40);
        CHECK_TEXT(steps[i].actor, "tester");
    }
    const char *text = tl_arena_dup(w->ctx.arena, out.text, out.n);
    tl_str_release(&out);
    return text;
}

#define FLOW "; > s/m/u#a s/m/v#m keeps; > s/m/v#m s/m/w#k keeps"
#define LOST                                                                             \
    "lost email: the column it came from is not tagged so any more: it came from "       \
    "s/m/u#a, email there\n"
#define CARRIED "carried email: s/m/u#a -> s/m/v#m keeps -> s/m/w#k keeps"

static void a_carried_tag_that_was_lost_keeps_its_history(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; s/m/w k" FLOW), &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_TEXT(all_of(&w, "w#k", NULL), LOST CARRIED);
    CHECK_TEXT(all_of(&w, "w#k", "email"), LOST CARRIED);
    CHECK_TEXT(all_of(&w, "w#k", "phone"), "");
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a; s/m/v ~ m; s/m/w ~ k" FLOW), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u a; s/m/v m; s/m/w k b" FLOW), &w.ctx);
    CHECK_TEXT(all_of(&w, "w#k", NULL), LOST CARRIED);
    log_world_close(&w);
}

static void a_tag_carried_lost_and_carried_again_tells_all_of_it(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; s/m/w k" FLOW), &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_OK(log_world_review(&w, "set s/m/u#a email"), &w.ctx);
    CHECK_TEXT(all_of(&w, "w#k", NULL), CARRIED "\n" LOST CARRIED);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_TEXT(all_of(&w, "w#k", NULL), LOST CARRIED "\n" LOST CARRIED);
    log_world_close(&w);
}

static void a_lost_tag_says_where_it_set_out_and_how_sure_it_was(void)
{
    struct log_world w;
    const struct tl_belief *belief;
    struct tl_key_pattern pattern;
    struct tl_belief_hit hit;
    struct tl_blame_step *steps;
    size_t n;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; s/m/w k" FLOW), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a; s/m/v ~ m; s/m/w ~ k; >"), &w.ctx);
    CHECK_OK(tl_log_belief(&belief, w.log, &w.ctx), &w.ctx);
    CHECK_OK(tl_key_parse(&pattern, "w#k", &w.ctx), &w.ctx);
    tl_belief_search(&hit, 1, belief, &pattern);
    CHECK_OK(tl_log_history(&steps, &n, &hit, NULL, w.log, &w.ctx), &w.ctx);
    CHECK_INT(n, 2);
    CHECK_TEXT(steps[0].from, "s/m/u#a");
    CHECK_TEXT(steps[0].from_type, "email");
    CHECK_TEXT(steps[0].origin, "lineage");
    CHECK_INT(steps[0].confidence, 900);
    CHECK_HAS(steps[0].why, "nothing flows there any more");
    CHECK_INT(strlen(steps[0].span), 16);
    log_world_close(&w);
}

static void a_column_that_came_back_keeps_what_it_had(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; s/m/w k b=phone:700" FLOW),
             &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a; s/m/v ~ m; >"), &w.ctx);
    CHECK_OK(log_world_scan(&w, "s/m/u ~ a; s/m/v ~ m; s/m/w k b" FLOW), &w.ctx);
    CHECK_TEXT(all_of(&w, "w#b", NULL),
               "proposed phone: test/phone#name (70 of 100 values)");
    CHECK_TEXT(all_of(&w, "w#k", NULL), CARRIED
               "\nlost email: the column was not in its source any more\n" CARRIED);
    log_world_close(&w);
}

static void what_a_person_put_aside_is_remembered(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=phone:500+email:900"), &w.ctx);
    CHECK_OK(log_world_review(&w, "set s/m/u#a iban"), &w.ctx);
    CHECK_TEXT(all_of(&w, "u#a", NULL),
               "confirmed iban: I know it\n"
               "proposed email: test/email#name (90 of 100 values)\n"
               "proposed phone: test/phone#name (50 of 100 values)");
    log_world_close(&w);
}

static void a_history_survives_every_fault_of_reading(void)
{
    const struct tl_belief *belief;
    struct tl_key_pattern pattern;
    struct tl_blame_step *steps;
    struct tl_belief_hit hit;
    struct log_world w;
    size_t n;
    int rc;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; s/m/w k" FLOW), &w.ctx);
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    CHECK_OK(tl_log_belief(&belief, w.log, &w.ctx), &w.ctx);
    CHECK_OK(tl_key_parse(&pattern, "w#k", &w.ctx), &w.ctx);
    tl_belief_search(&hit, 1, belief, &pattern);
    for (unsigned nth = 1;; nth++) {
        tl_fault_arm(nth);
        rc = tl_log_history(&steps, &n, &hit, NULL, w.log, &w.ctx);
        if (!tl_fault_disarm())
            break;
        CHECK_FAILS(rc, TL_ELOG, "cannot read", &w.ctx);
        CHECK_INT(n, 0);
    }
    CHECK_OK(rc, &w.ctx);
    CHECK_INT(n, 2);
    log_world_close(&w);
}

static void runs_that_leave_the_belief_alone_cost_a_history_little(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900; s/m/v m; s/m/w k" FLOW), &w.ctx);
    for (unsigned i = 0; i < 30; i++)
        CHECK_OK(log_world_scan(&w, "s/m/u ~ a; s/m/v ~ m; s/m/w ~ k" FLOW), &w.ctx);
    /* The tip, each commit and the one version of the file; then the tip, the commits again and three files of the run. */
    tl_fault_arm_seam("git.read", 1 + 32 + 1 + 1 + 32 + 3 + 1);
    CHECK_TEXT(all_of(&w, "w#k", NULL), CARRIED);
    CHECK(!tl_fault_disarm());
    log_world_close(&w);
}

TL_TESTS("blame", TEST(a_history_survives_every_fault_of_reading),
         TEST(a_history_is_walked_back_to_its_beginning),
         TEST(names_that_look_like_json_are_told_apart_from_it),
         TEST(each_commit_is_read_once_for_all_steps),
         TEST(types_of_a_mixed_column_have_histories_of_their_own),
         TEST(each_step_says_why), TEST(what_has_no_tag_has_no_history),
         TEST(history_outlives_a_days_end), TEST(a_decision_in_a_later_part_is_found),
         TEST(a_carried_tag_tells_its_way), TEST(the_way_is_told_as_it_stands),
         TEST(the_way_leads_through_what_only_sql_names),
         TEST(the_way_that_leaves_as_much_as_is_said_is_told),
         TEST(what_was_carried_and_then_found_has_one_history),
         TEST(a_carried_tag_that_was_lost_keeps_its_history),
         TEST(a_tag_carried_lost_and_carried_again_tells_all_of_it),
         TEST(a_lost_tag_says_where_it_set_out_and_how_sure_it_was),
         TEST(a_column_that_came_back_keeps_what_it_had),
         TEST(what_a_person_put_aside_is_remembered),
         TEST(runs_that_leave_the_belief_alone_cost_a_history_little))
