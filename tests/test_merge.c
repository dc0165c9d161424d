/* What a run finds, laid over what the log believes. Each case is a story told line by line, and the belief at its end. */
#include "tests/world_log.h"

struct story {
    const char
        *lines[6]; /* what log_world_scan takes; or a review, beginning with its word */
    const char *belief;
};

static bool is_review(const char *line)
{
    return strncmp(line, "accept ", 7) == 0 || strncmp(line, "reject ", 7) == 0 ||
           strncmp(line, "set ", 4) == 0;
}

static void tell(const struct story *story)
{
    struct log_world world;

    log_world_open(&world);
    for (size_t i = 0; i < 6 && story->lines[i]; i++) {
        const char *line = story->lines[i];
        CHECK_OK(is_review(line) ? log_world_review(&world, line)
                                 : log_world_scan(&world, line),
                 &world.ctx);
    }
    CHECK_TEXT(log_world_belief(&world), story->belief);
    log_world_close(&world);
}
#define STORY(want, ...)                                                                 \
    tell(&(struct story){ .lines = { __VA_ARGS__ }, .belief = (want) })

static void what_was_found_is_proposed(void)
{
    STORY("s/m/users id mail=email:900\ns/m/zoo pet",
          "s/m/users id mail=email:900; s/m/zoo pet");
}

static void facts_of_nearly_the_same_share_keep_their_counts(void)
{
    STORY("s/m/u a=tc:900{f=50/100}", "s/m/u a=tc:900{f=50/100}",
          "s/m/u a=tc:900{f=51/100}");
    STORY("s/m/u a=tc:900{f=53/100}", "s/m/u a=tc:900{f=50/100}",
          "s/m/u a=tc:900{f=53/100}");
    STORY("s/m/u a=tc:900{f=1/1000}", "s/m/u a=tc:900{f=0/1000}",
          "s/m/u a=tc:900{f=1/1000}");
    STORY("s/m/u a=tc:900{g=4}", "s/m/u a=tc:900{f=999/1000,g=3}", "s/m/u a=tc:900{g=4}");
}

static void facts_outlive_a_sample_that_failed(void)
{
    STORY("s/m/u a=tc:900{f=5/10}", "s/m/u a=tc:900{f=5/10}", "s/m/u * a=tc:900");
}

static void a_confirmed_type_outlives_a_scan_that_does_not_find_it(void)
{
    STORY("s/m/u a=email:900+", "s/m/u a=email:900", "accept s/m/u#a email", "s/m/u a");
}

static void a_confirmed_type_keeps_others_from_being_proposed(void)
{
    STORY("s/m/u a=email:900+", "s/m/u a=email:900", "accept s/m/u#a email",
          "s/m/u a=phone:700+email:950");
}

static void a_rejected_type_is_not_proposed_again_but_others_are(void)
{
    STORY("s/m/u a=email:900-,phone:800", "s/m/u a=email:900", "reject s/m/u#a email",
          "s/m/u a=email:990+phone:800");
}

static void a_type_that_was_set_replaces_proposals_and_keeps_rejections(void)
{
    STORY("s/m/u a=email:900-,name:1000+", "s/m/u a=email:900+phone:800",
          "reject s/m/u#a email", "set s/m/u#a name", "s/m/u a=email:900+phone:800");
}

/* "a email- phone:990": what stands against people's words. */
static const char *against(struct log_world *world)
{
    static char text[256];
    const struct tl_belief *belief;
    size_t n = 0;

    text[0] = '\0';
    CHECK_OK(tl_log_belief(&belief, world->log, &world->ctx), &world->ctx);
    for (uint32_t c = 0; c < belief->n_columns; c++)
        for (uint32_t t = 0; t < belief->columns[c].n_tags; t++) {
            const struct tl_belief_tag *tag =
                &belief->tags[belief->columns[c].first_tag + t];
            if (tag->against.at)
                n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %s%s %s:%u",
                                      n ? "; " : "",
                                      tl_belief_text(belief, belief->columns[c].path),
                                      tl_belief_text(belief, tag->info_type),
                                      tag->state == TL_REJECTED ? "-" : "+",
                                      tl_belief_text(belief, tag->against),
                                      tag->against_confidence);
        }
    return text;
}

static void tell_against(const struct story *story)
{
    struct log_world world;

    log_world_open(&world);
    for (size_t i = 0; i < 6 && story->lines[i]; i++)
        CHECK_OK(is_review(story->lines[i]) ? log_world_review(&world, story->lines[i])
                                            : log_world_scan(&world, story->lines[i]),
                 &world.ctx);
    CHECK_TEXT(against(&world), story->belief);
    log_world_close(&world);
}
#define AGAINST(want, ...)                                                               \
    tell_against(&(struct story){ .lines = { __VA_ARGS__ }, .belief = (want) })

static void what_was_known_is_not_held_against_a_word(void)
{
    AGAINST("", "s/m/u a=email:900", "reject s/m/u#a email", "s/m/u a=email:950");
    AGAINST("", "s/m/u a=email:900", "accept s/m/u#a email", "s/m/u a=email:700");
    AGAINST("", "s/m/u a=email:900", "set s/m/u#a name", "s/m/u a=email:700", "s/m/u a");
    AGAINST("", "s/m/u a", "set s/m/u#a name", "s/m/u a b");
}

static void what_a_scan_settles_otherwise_is_held_against_a_word(void)
{
    AGAINST("a email- email:990", "s/m/u a=email:700", "reject s/m/u#a email",
            "s/m/u a=email:990");
    AGAINST("a email+ none:0", "s/m/u a=email:900", "accept s/m/u#a email", "s/m/u a");
    AGAINST("a email+ phone:800", "s/m/u a=email:900", "accept s/m/u#a email",
            "s/m/u a=phone:800");
    AGAINST("a name+ phone:800", "s/m/u a=email:900", "set s/m/u#a name",
            "s/m/u a=phone:800");
    AGAINST("a email- email:900", "s/m/u a", "reject s/m/u#a email", "s/m/u a=email:900");
}

static void a_word_that_is_said_again_knows(void)
{
    AGAINST("", "s/m/u a=email:700", "reject s/m/u#a email", "s/m/u a=email:990",
            "reject s/m/u#a email", "s/m/u a=email:990 b");
    AGAINST("", "s/m/u a=email:900", "accept s/m/u#a email", "s/m/u a=phone:800",
            "accept s/m/u#a email", "s/m/u a=phone:800 b");
    AGAINST("", "s/m/u a=email:900", "accept s/m/u#a email", "s/m/u a=phone:800",
            "set s/m/u#a name", "s/m/u a=phone:800 b");
}

static void
what_is_held_against_a_word_goes_when_a_scan_agrees_and_stays_when_none_can_tell(void)
{
    AGAINST("", "s/m/u a=email:900", "accept s/m/u#a email", "s/m/u a",
            "s/m/u a=email:700");
    AGAINST("a email+ none:0", "s/m/u a=email:900", "accept s/m/u#a email", "s/m/u a",
            "s/m/u * a");
}

static void a_rejection_can_come_before_any_proposal(void)
{
    STORY("s/m/u a=email:0-", "s/m/u a", "reject s/m/u#a email", "s/m/u a=email:900");
}

static void what_is_no_longer_found_is_withdrawn_and_stays(void)
{
    STORY("s/m/u a=email:900w", "s/m/u a=email:900", "s/m/u a", "s/m/u a b", "s/m/u a");
}

static void what_comes_back_is_proposed_again(void)
{
    STORY("s/m/u a=email:800", "s/m/u a=email:900", "s/m/u a", "s/m/u a=email:800");
}

static void a_withdrawn_type_can_be_accepted(void)
{
    STORY("s/m/u a=email:900+", "s/m/u a=email:900", "s/m/u a", "accept s/m/u#a email");
}

static void confidence_moves_only_from_band_to_band(void)
{
    STORY("s/m/u a=email:900 b=phone:760", "s/m/u a=email:900 b=phone:740",
          "s/m/u a=email:949 b=phone:760");
}

static void a_column_that_is_gone_goes(void)
{
    STORY("s/m/u b", "s/m/u a=email:900 b", "s/m/u b");
}

static void a_column_that_is_gone_stays_where_a_person_spoke(void)
{
    STORY("s/m/u b a=email:900+(gone)", "s/m/u a=email:900 b", "accept s/m/u#a email",
          "s/m/u b", "s/m/u b");
}

static void a_column_that_returns_has_its_persons_word_still(void)
{
    STORY("s/m/u a=email:900- b", "s/m/u a=email:900 b", "reject s/m/u#a email",
          "s/m/u b", "s/m/u a=email:900 b");
}

static void a_dataset_that_is_gone_goes(void)
{
    STORY("s/m/v b", "s/m/u a=email:900; s/m/v b", "s/m/v b");
}

static void a_dataset_that_is_gone_stays_where_a_person_spoke(void)
{
    STORY("s/m/u(gone) a=email:900+(gone)", "s/m/u a=email:900 b", "accept s/m/u#a email",
          "s", "s");
}

static void a_dataset_that_returns_is_whole_again(void)
{
    STORY("s/m/u a=email:900+ b", "s/m/u a=email:900 b", "accept s/m/u#a email", "s",
          "s/m/u a=email:900 b");
}

static void datasets_of_a_failed_source_stay(void)
{
    STORY("s/m/u a=email:900\nt/m/x c", "s/m/u a=email:900; t/m/x c", "!s; t/m/x c");
}

static void datasets_of_a_source_nobody_looked_at_stay(void)
{
    STORY("s/m/u a=email:900\nt/m/x c", "s/m/u a=email:900; t/m/x b", "t/m/x c");
}

static void a_dataset_that_a_failure_left_out_stays(void)
{
    STORY("s/m/u a=email:900\ns/m/v d", "s/m/u a=email:900; s/m/v c",
          "s/m/u - a; s/m/v d");
}

static void a_failed_sample_withdraws_nothing(void)
{
    STORY("s/m/u a=email:900 b?", "s/m/u a=email:900 b", "s/m/u * a b");
}

static void a_sample_too_small_withdraws_nothing(void)
{
    STORY("s/m/u a=email:900 b?", "s/m/u a=email:900 b", "s/m/u a? b?");
}

static void mixed_columns_keep_each_type(void)
{
    STORY("s/m/u a=phone:500w,email:900", "s/m/u a=phone:500+email:900",
          "s/m/u a=email:900");
}

static void several_words_on_one_dataset_apply_in_turn(void)
{
    STORY("s/m/u a=name:1000+ b=phone:800-", "s/m/u a=email:900 b=phone:800",
          "accept s/m/u#a email; reject s/m/u#b phone; set s/m/u#a name");
}

static void what_was_said_of_nothing_known_is_refused(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w, "s/m/u a=email:900"), &w.ctx);
    CHECK_FAILS(log_world_review(&w, "accept s/m/u#a phone"), TL_ENOTFOUND, "s/m/u#a",
                &w.ctx);
    CHECK_FAILS(log_world_review(&w, "accept s/m/u#b email"), TL_ENOTFOUND, "s/m/u#b",
                &w.ctx);
    CHECK_FAILS(log_world_review(&w, "reject s/m/v#b email"), TL_ENOTFOUND, "s/m/v",
                &w.ctx);
    CHECK_TEXT(log_world_belief(&w), "s/m/u a=email:900");
    log_world_close(&w);
}

static void what_happened_is_counted(void)
{
    struct log_world w;

    log_world_open(&w);
    CHECK_OK(log_world_scan(&w,
                            "s/m/t x; s/m/u a=email:900 b=phone:800; s/m/v c; t/m/y z"),
             &w.ctx);
    CHECK_INT(w.done.n_new_tags, 2);
    CHECK_INT(w.done.n_decided, 4);
    CHECK_OK(log_world_scan(&w, "s/m/u a b=phone:500 c=name:400; s/m/v ~ c; !t"), &w.ctx);
    CHECK_INT(w.done.n_new_tags, 1);
    CHECK_INT(w.done.n_changed_tags, 1);
    CHECK_INT(w.done.n_withdrawn_tags, 1);
    CHECK_INT(w.done.n_gone, 1);
    CHECK_INT(w.done.n_unchanged, 1);
    CHECK_INT(w.done.n_kept, 1);
    log_world_close(&w);
}

TL_TESTS(
    "merge", TEST(what_was_found_is_proposed),
    TEST(facts_of_nearly_the_same_share_keep_their_counts),
    TEST(facts_outlive_a_sample_that_failed),
    TEST(a_confirmed_type_outlives_a_scan_that_does_not_find_it),
    TEST(a_confirmed_type_keeps_others_from_being_proposed),
    TEST(a_rejected_type_is_not_proposed_again_but_others_are),
    TEST(a_type_that_was_set_replaces_proposals_and_keeps_rejections),
    TEST(what_was_known_is_not_held_against_a_word),
    TEST(what_a_scan_settles_otherwise_is_held_against_a_word),
    TEST(a_word_that_is_said_again_knows),
    TEST(
        what_is_held_against_a_word_goes_when_a_scan_agrees_and_stays_when_none_can_tell),
    TEST(a_rejection_can_come_before_any_proposal),
    TEST(what_is_no_longer_found_is_withdrawn_and_stays),
    TEST(what_comes_back_is_proposed_again), TEST(a_withdrawn_type_can_be_accepted),
    TEST(confidence_moves_only_from_band_to_band), TEST(a_column_that_is_gone_goes),
    TEST(a_column_that_is_gone_stays_where_a_person_spoke),
    TEST(a_column_that_returns_has_its_persons_word_still),
    TEST(a_dataset_that_is_gone_goes),
    TEST(a_dataset_that_is_gone_stays_where_a_person_spoke),
    TEST(a_dataset_that_returns_is_whole_again), TEST(datasets_of_a_failed_source_stay),
    TEST(datasets_of_a_source_nobody_looked_at_stay),
    TEST(a_dataset_that_a_failure_left_out_stays),
    TEST(a_failed_sample_withdraws_nothing), TEST(a_sample_too_small_withdraws_nothing),
    TEST(mixed_columns_keep_each_type), TEST(several_words_on_one_dataset_apply_in_turn),
    TEST(what_was_said_of_nothing_known_is_refused), TEST(what_happened_is_counted))
