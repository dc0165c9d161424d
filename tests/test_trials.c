/*
 * Trials: what was tried on a column and came to nothing is told with its counts and what it would have taken.
 */
#include "tests/check.h"
#include "tests/world_columns.h"

#include "base/str.h"

static struct tl_trials ask(struct tl_columns *w, uint32_t column)
{
    struct tl_question question = { .snapshot = &w->snapshot,
                                    .sample = &w->sample,
                                    .scratch = w->scratch };
    struct tl_trials trials = { 0 };

    CHECK_OK(tl_engine_trials(&trials, w->engine, &question, column, w->ctx.arena,
                              &w->ctx),
             &w->ctx);
    return trials;
}

static const struct tl_trial *find(const struct tl_trials *trials, const char *info_type)
{
    static const struct tl_trial none = { .fate = TL_FATES };

    for (uint32_t i = 0; i < trials->n; i++)
        if (strcmp(trials->items[i].info_type, info_type) == 0)
            return &trials->items[i];
    return &none;
}

static const char *sentence(struct tl_columns *w, const struct tl_trial *trial)
{
    struct tl_str text = TL_STR_INIT(4096);

    tl_trial_why(&text, trial);
    const char *kept = tl_arena_dup(w->ctx.arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

static void an_email(char out[256], unsigned i)
{
    snprintf(out, 256, "user.%u@example.com", i);
}

static void a_sentence_with_an_address_in_four(char out[256], unsigned i)
{
    snprintf(out, 256, i % 4 ? "called on day %u" : "write to user%u@example.com", i);
}

static void a_word(char out[256], unsigned i)
{
    snprintf(out, 256, "batch %u", i);
}

static void what_was_settled_is_first(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "users", 100);
    tl_columns_make(&w, "email", "TEXT", an_email);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    struct tl_trials trials = ask(&w, 0);
    CHECK_TEXT(trials.items[0].info_type, "email_address");
    CHECK_INT(trials.items[0].fate, TL_FATE_SETTLED);
    CHECK_INT(trials.items[0].confidence, tl_columns_tag(&w, 0)->confidence);
    CHECK_INT(trials.items[0].matched, 100);
    CHECK_INT(find(&trials, "ipv4_address")->fate, TL_FATE_NO_MATCH);
    CHECK(trials.n > 20);
    tl_columns_close(&w);
}

static void a_name_that_the_values_refute_says_what_it_would_have_taken(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "shipments", 100);
    tl_columns_make(&w, "email", "TEXT", a_word);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    struct tl_trials trials = ask(&w, 0);
    const struct tl_trial *email = find(&trials, "email_address");
    CHECK_INT(email->fate, TL_FATE_REFUTED);
    CHECK_INT(email->tried, 100);
    CHECK_INT(email->matched, 0);
    CHECK_INT(email->bound, 0);
    CHECK(email->is_named);
    CHECK_HAS(sentence(&w, email), "0 of 100 values fit: at least 10% must");
    tl_columns_close(&w);
}

static void a_word_and_an_address_in_thirty(char out[256], unsigned i)
{
    snprintf(out, 256, i % 30 == 4 ? "x@example.com" : "batch %u", i);
}

static void values_that_may_fit_by_chance_are_told_as_such(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 120);
    tl_columns_make(&w, "x", "TEXT", a_word_and_an_address_in_thirty);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    struct tl_trials trials = ask(&w, 0);
    const struct tl_trial *email = find(&trials, "email_address");
    CHECK_INT(email->fate, TL_FATE_CHANCE);
    CHECK(email->is_runner_up);
    CHECK_INT(email->matched, 4);
    CHECK_INT(email->distinct, 1);
    CHECK_HAS(sentence(&w, email),
              "4 of 120 values fit, 1 distinct: without a name it takes");
    tl_columns_close(&w);
}

static void what_is_found_inside_values_is_told_from_what_they_are(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 100);
    tl_columns_make(&w, "note", "TEXT", a_sentence_with_an_address_in_four);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    struct tl_trials trials = ask(&w, 0);
    const struct tl_trial *email = find(&trials, "email_address");
    CHECK_INT(email->fate, TL_FATE_SETTLED);
    CHECK(email->is_inside);
    CHECK_INT(email->matched, 25);
    CHECK_HAS(sentence(&w, email), "25 of 100 values hold one");
    tl_columns_close(&w);
}

static void yes_and_no_rule_a_name_out(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "users", 100);
    tl_columns_add(&w, "email", "TEXT", "yes", "no", TL_LAST);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    struct tl_trials trials = ask(&w, 0);
    const struct tl_trial *email = find(&trials, "email_address");
    CHECK_INT(email->fate, TL_FATE_IMPOSSIBLE);
    CHECK_INT(email->evidence, TL_FROM_VALUES);
    CHECK_TEXT(sentence(&w, email), "the values are yes and no");
    tl_columns_close(&w);
}

static void asking_changes_no_decision(void)
{
    struct tl_columns w;
    char before[1024];

    tl_columns_open(&w, "users", 100);
    tl_columns_make(&w, "email", "TEXT", an_email);
    tl_columns_make(&w, "note", "TEXT", a_sentence_with_an_address_in_four);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    snprintf(before, sizeof before, "%s", tl_columns_why(&w, 1));
    ask(&w, 0);
    CHECK_TEXT(tl_columns_why(&w, 1), before);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    CHECK_TEXT(tl_columns_why(&w, 1), before);
    tl_columns_close(&w);
}

static void a_column_of_which_nothing_is_known_was_tried_for_nothing(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "users", 100);
    tl_columns_make(&w, "email", "TEXT", an_email);
    tl_columns_add(&w, "qqq", "TEXT", NULL, TL_LAST);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    struct tl_trials trials = ask(&w, 1);
    CHECK_INT(trials.n, 0);
    CHECK(trials.n_untried > 50);
    tl_columns_close(&w);
}

static void a_password(char out[256], unsigned i)
{
    static const char signs[] = "!$%&=<>;";

    if (i)
        snprintf(out, 256, "pa%uss", i);
    else
        snprintf(out, 256, "!-%s-!", signs);
}

static void values_are_shown_by_their_looks_where_several_share_one(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 100);
    tl_columns_make(&w, "email", "TEXT", an_email);
    tl_columns_add(&w, "few", "TEXT", "a1", "b2", "c3", "d4", TL_LAST);
    tl_columns_make(&w, "secret", "TEXT", a_password);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    struct tl_trials trials = ask(&w, 0);
    CHECK_INT(trials.n_looks, 1);
    CHECK_TEXT(trials.looks[0].text, "*.#@*.*");
    CHECK_INT(trials.looks[0].rows, 100);
    CHECK_INT(ask(&w, 1).n_looks, 0);
    trials = ask(&w, 2);
    CHECK_INT(trials.n_looks, 1);
    CHECK_TEXT(trials.looks[0].text, "*#*");
    tl_columns_close(&w);
}

/* Every byte but NUL, forty at a time, each such run in many rows of different length. */
static void any_bytes(char out[256], unsigned i)
{
    for (unsigned k = 0; k < 40; k++)
        out[k] = (char)(1 + (i % 8 * 32 + k) % 255);
    memset(out + 40, out[39], i / 8);
    out[40 + i / 8] = '\0';
}

static void no_look_holds_a_letter_or_a_digit(void)
{
    struct tl_columns w;
    unsigned n = 0;

    tl_columns_open(&w, "t", 200);
    tl_columns_make(&w, "bytes", "TEXT", any_bytes);
    tl_columns_make(&w, "email", "TEXT", an_email);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    for (uint32_t c = 0; c < 2; c++) {
        struct tl_trials trials = ask(&w, c);
        for (uint32_t i = 0; i < trials.n_looks; i++, n++)
            CHECK_INT(strspn(trials.looks[i].text, "*#? .,-_@:/+()"),
                      strlen(trials.looks[i].text));
    }
    CHECK_INT(n, 4);
    tl_columns_close(&w);
}

static void a_name(char out[256], unsigned i)
{
    static const char *const names[] = { "Maria Costa", "John Meyer", "Aiko Sato" };

    snprintf(out, 256, "%s", names[i % 3]);
}

static void what_came_next_is_told_by_place(void)
{
    struct tl_columns w;
    struct tl_trials trials;
    unsigned places = 0;

    tl_columns_open(&w, "customers", 40);
    tl_columns_make(&w, "name", "text", a_name);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    struct tl_question question = { .snapshot = &w.snapshot,
                                    .sample = &w.sample,
                                    .scratch = w.scratch };
    CHECK_OK(tl_engine_trials(&trials, w.engine, &question, 0, w.ctx.arena, &w.ctx),
             &w.ctx);
    for (uint32_t i = 0; i < trials.n; i++) {
        places += trials.items[i].place != 0;
        CHECK(trials.items[i].place <= 3);
        CHECK(trials.items[i].is_runner_up == (trials.items[i].place == 1));
    }
    CHECK(places > 0);
    tl_columns_close(&w);
}

TL_TESTS("trials", TEST(what_came_next_is_told_by_place),
         TEST(values_are_shown_by_their_looks_where_several_share_one),
         TEST(no_look_holds_a_letter_or_a_digit), TEST(what_was_settled_is_first),
         TEST(a_name_that_the_values_refute_says_what_it_would_have_taken),
         TEST(values_that_may_fit_by_chance_are_told_as_such),
         TEST(what_is_found_inside_values_is_told_from_what_they_are),
         TEST(yes_and_no_rule_a_name_out), TEST(asking_changes_no_decision),
         TEST(a_column_of_which_nothing_is_known_was_tried_for_nothing))
