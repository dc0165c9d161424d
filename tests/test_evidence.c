/* Evidence: the decision on a column, read back from the log as the engine made it. */
#include "lineage/log/evidence.h"

#include "base/fault.h"
#include "tests/world_log.h"

static bool ask(struct tl_log_evidence *out, struct log_world *w, const char *column)
{
    const struct tl_belief *belief;
    struct tl_key_pattern pattern;
    struct tl_belief_hit hit;

    return CHECK_OK(tl_log_belief(&belief, w->log, &w->ctx), &w->ctx) &&
           CHECK_OK(tl_key_parse(&pattern, column, &w->ctx), &w->ctx) &&
           CHECK_INT(tl_belief_search(&hit, 1, belief, &pattern), 1) &&
           CHECK_OK(tl_log_evidence(out, &hit, w->log, &w->ctx), &w->ctx);
}

/* How many runs there were after the one found; 0: it was the last. -1: there is none. */
static int age(const struct tl_evidence_run *found, struct log_world *w)
{
    struct tl_log_run *runs;
    size_t n;

    CHECK_OK(tl_log_runs(&runs, &n, 1000, w->log, &w->ctx), &w->ctx);
    for (size_t i = 0; found->run.run[0] && i < n; i++)
        if (strcmp(runs[i].run, found->run.run) == 0)
            return (int)i;
    return -1;
}

static void scan(struct log_world *w, const char *text)
{
    CHECK_OK(log_world_scan(w, text), &w->ctx);
}

static void an_opinion_comes_back_with_its_counts(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900 b");
    ask(&evidence, &w, "u#a");
    const struct tl_opinion *opinion = evidence.decisions.opinions;
    CHECK_INT(evidence.decisions.n_opinions, 1);
    CHECK_TEXT(opinion->rule, "test/email#name");
    CHECK_INT(opinion->stance, TL_PROPOSES);
    CHECK_INT(opinion->weight, 900);
    CHECK_INT(opinion->tried, 100);
    CHECK_INT(opinion->matched, 90);
    CHECK_INT(opinion->distinct, 7);
    CHECK_INT(evidence.decisions.columns->sampled, 100);
    CHECK_TEXT(evidence.decisions.tags->category, "user.test");
    CHECK_INT(evidence.sample_state, TL_SAMPLE_READ);
    CHECK_TEXT(evidence.kind, "table");
    CHECK_TEXT(evidence.decided.rules_digest, "f00d");
    log_world_close(&w);
}

static void a_column_on_which_nothing_spoke_has_its_datasets_sample(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900 b");
    ask(&evidence, &w, "u#b");
    CHECK_TEXT(evidence.span, "");
    CHECK_INT(evidence.decisions.n_opinions, 0);
    CHECK_INT(evidence.sampled_rows, 100);
    CHECK_INT(age(&evidence.decided, &w), 0);
    log_world_close(&w);
}

static void all_types_of_a_mixed_column_come_back_in_their_order(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=phone:500+email:900");
    ask(&evidence, &w, "u#a");
    CHECK_INT(evidence.decisions.n_tags, 2);
    CHECK_TEXT(evidence.decisions.tags[0].info_type, "phone");
    CHECK_TEXT(evidence.decisions.tags[1].info_type, "email");
    CHECK_INT(evidence.decisions.n_opinions, 2);
    log_world_close(&w);
}

static void what_was_found_unchanged_is_told_from_what_was_decided(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900 b");
    for (int i = 0; i < 5; i++)
        scan(&w, "s/m/u ~ a b; s/m/v c=email:800");
    CHECK_OK(log_world_review(&w, "accept s/m/v#c email"), &w.ctx);
    ask(&evidence, &w, "u#a");
    CHECK_INT(age(&evidence.decided, &w), 6);
    CHECK_INT(age(&evidence.confirmed, &w), 1);
    CHECK_INT(age(&evidence.missed, &w), -1);
    log_world_close(&w);
}

static void a_dataset_is_decided_by_the_run_that_wrote_its_state(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900 b");
    scan(&w, "s/m/u a=email:600 b c");
    scan(&w, "s/m/u ~ a b c");
    ask(&evidence, &w, "u#a");
    CHECK_INT(age(&evidence.decided, &w), 1);
    CHECK_INT(evidence.decisions.opinions->weight, 600);
    log_world_close(&w);
}

static void a_persons_word_is_not_taken_for_a_decision(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900 b");
    CHECK_OK(log_world_review(&w, "reject s/m/u#a email"), &w.ctx);
    ask(&evidence, &w, "u#a");
    CHECK_INT(age(&evidence.decided, &w), 1);
    CHECK_INT(evidence.decisions.n_tags, 1);
    log_world_close(&w);
}

static void a_sample_that_failed_again_was_decided_again(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u * a b; s/m/v c");
    scan(&w, "s/m/u * a b; s/m/v ~ c");
    CHECK_OK(log_world_review(&w, "set s/m/v#c email"), &w.ctx);
    ask(&evidence, &w, "u#a");
    CHECK_INT(evidence.sample_state, TL_SAMPLE_FAILED);
    CHECK_TEXT(evidence.sample_why, "refused");
    CHECK_INT(age(&evidence.decided, &w), 1);
    log_world_close(&w);
}

static void a_source_that_was_down_is_told_with_its_reason(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900 b");
    scan(&w, "s/m/u ~ a b");
    scan(&w, "!s");
    ask(&evidence, &w, "u#a");
    CHECK_INT(age(&evidence.missed, &w), 0);
    CHECK_TEXT(evidence.missed_why, "it was down");
    CHECK_INT(age(&evidence.confirmed, &w), 1);
    log_world_close(&w);
}

static void a_dataset_that_was_left_out_was_not_found_unchanged(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900 b; s/m/v c");
    scan(&w, "s/m/u - a b; s/m/v ~ c");
    ask(&evidence, &w, "u#a");
    CHECK_INT(age(&evidence.missed, &w), 0);
    CHECK_INT(age(&evidence.confirmed, &w), -1);
    ask(&evidence, &w, "v#c");
    CHECK_INT(age(&evidence.confirmed, &w), 0);
    log_world_close(&w);
}

static void what_is_gone_keeps_the_decision_it_had(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900 b; s/m/v c");
    CHECK_OK(log_world_review(&w, "accept s/m/u#a email"), &w.ctx);
    scan(&w, "s/m/u b; s/m/v ~ c");
    ask(&evidence, &w, "u#a");
    CHECK_INT(age(&evidence.decided, &w), 2);
    CHECK_INT(evidence.decisions.n_opinions, 1);
    scan(&w, "s/m/v ~ c");
    ask(&evidence, &w, "u#a");
    CHECK_INT(age(&evidence.decided, &w), 3);
    CHECK_INT(age(&evidence.confirmed, &w), -1);
    log_world_close(&w);
}

static void a_tag_that_is_carried_there_is_no_decision(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900; s/m/v m; > s/m/u#a s/m/v#m keeps");
    scan(&w, "s/m/u a=email:600; s/m/v ~ m; > s/m/u#a s/m/v#m keeps");
    CHECK_HAS(log_world_flows(&w), "s/m/v#m email c600");
    ask(&evidence, &w, "v#m");
    CHECK_INT(age(&evidence.decided, &w), 1);
    CHECK_INT(age(&evidence.confirmed, &w), 0);
    CHECK_INT(evidence.decisions.n_opinions, 0);
    CHECK_INT(evidence.decisions.n_tags, 0);
    log_world_close(&w);
}

static void names_that_look_like_json_are_told_apart_from_it(void)
{
    struct log_world w;
    struct tl_log_evidence evidence;

    log_world_open(&w); /* a"]},{ and \" */
    scan(&w, "s/m/a%22%5D%7D%2C%7B %5C%22=phone:600 b=email:900");
    ask(&evidence, &w, "#%5C%22");
    CHECK_INT(evidence.decisions.n_opinions, 1);
    CHECK_TEXT(evidence.decisions.opinions->info_type, "phone");
    log_world_close(&w);
}

static void every_read_that_fails_is_a_failure_of_the_log(void)
{
    struct log_world w;
    const struct tl_belief *belief;
    struct tl_key_pattern pattern;
    struct tl_log_evidence evidence;
    struct tl_belief_hit hit;
    unsigned nth = 1;

    log_world_open(&w);
    scan(&w, "s/m/u a=email:900 b; s/m/v c");
    scan(&w, "s/m/u - a b; s/m/v ~ c");
    CHECK_OK(tl_log_belief(&belief, w.log, &w.ctx), &w.ctx);
    CHECK_OK(tl_key_parse(&pattern, "u#a", &w.ctx), &w.ctx);
    tl_belief_search(&hit, 1, belief, &pattern);
    for (;; nth++) {
        tl_fault_arm_seam("git.read", nth);
        int rc = tl_log_evidence(&evidence, &hit, w.log, &w.ctx);
        if (!tl_fault_disarm())
            break;
        CHECK_FAILS(rc, TL_ELOG, "cannot read", &w.ctx);
    }
    CHECK(nth > 6);
    log_world_close(&w);
}

TL_TESTS("evidence", TEST(an_opinion_comes_back_with_its_counts),
         TEST(a_column_on_which_nothing_spoke_has_its_datasets_sample),
         TEST(all_types_of_a_mixed_column_come_back_in_their_order),
         TEST(what_was_found_unchanged_is_told_from_what_was_decided),
         TEST(a_dataset_is_decided_by_the_run_that_wrote_its_state),
         TEST(a_persons_word_is_not_taken_for_a_decision),
         TEST(a_sample_that_failed_again_was_decided_again),
         TEST(a_source_that_was_down_is_told_with_its_reason),
         TEST(a_dataset_that_was_left_out_was_not_found_unchanged),
         TEST(what_is_gone_keeps_the_decision_it_had),
         TEST(a_tag_that_is_carried_there_is_no_decision),
         TEST(names_that_look_like_json_are_told_apart_from_it),
         TEST(every_read_that_fails_is_a_failure_of_the_log))
