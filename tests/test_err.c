#include "tests/check.h"

static void the_first_cause_is_kept(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_INT(tl_fail(&ctx, TL_EAUTH, "cannot sign in to '%s'", "shop"), TL_EAUTH);
    CHECK_INT(tl_fail(&ctx, TL_EREMOTE, "a later failure"), TL_EAUTH);
    CHECK_INT(ctx.error.code, TL_EAUTH);
    CHECK_TEXT(ctx.error.text, "cannot sign in to 'shop'");
    tl_test_ctx_release(&ctx);
}

static void the_first_hint_is_kept_and_may_come_before_the_failure(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_hint(&ctx, "set '%s'", "token");
    tl_fail(&ctx, TL_EAUTH, "cannot sign in");
    tl_hint(&ctx, "another hint");
    CHECK_TEXT(ctx.error.hint, "set 'token'");
    tl_test_ctx_release(&ctx);
}

static void a_cleared_error_leaves_nothing_behind(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_hint(&ctx, "hint");
    tl_fail(&ctx, TL_EAUTH, "cause");
    tl_error_clear(&ctx.error);
    CHECK_INT(ctx.error.code, TL_OK);
    CHECK_TEXT(ctx.error.text, "");
    CHECK_TEXT(ctx.error.hint, "");
    tl_test_ctx_release(&ctx);
}

static void control_characters_of_arguments_are_shown_escaped(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_hint(&ctx, "rename '%s'", "a\tb");
    tl_fail(&ctx, TL_EINPUT, "no table '%s'", "a\nb\x1b[31m\xff");
    CHECK_TEXT(ctx.error.text, "no table 'a\\nb\\x1b[31m\\xff'");
    CHECK_TEXT(ctx.error.hint, "rename 'a\\tb'");
    tl_test_ctx_release(&ctx);
}

static void a_long_text_is_cut_after_a_whole_character(void)
{
    struct tl_ctx ctx;
    char name[4096];

    tl_test_ctx_init(&ctx);
    for (size_t shift = 0; shift < 4; shift++) {
        memset(name, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof name; i += 3)
            memcpy(name + i, "\xe2\x82\xac", 4);
        tl_fail(&ctx, TL_EINPUT, "%s", name);
        size_t n = strlen(ctx.error.text);
        CHECK(n < sizeof ctx.error.text && n > sizeof ctx.error.text - 8);
        CHECK_TEXT(ctx.error.text + n - 6, "\xe2\x82\xac...");
        tl_error_clear(&ctx.error);
    }
    tl_test_ctx_release(&ctx);
}

static void a_text_that_just_fits_is_not_cut(void)
{
    struct tl_ctx ctx;
    char name[sizeof ctx.error.text];

    tl_test_ctx_init(&ctx);
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    tl_fail(&ctx, TL_EINPUT, "%s", name);
    CHECK_TEXT(ctx.error.text, name);
    tl_test_ctx_release(&ctx);
}

static void explaining_puts_the_place_in_front(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_fail(&ctx, TL_EREMOTE, "time is up");
    CHECK_INT(tl_explain(&ctx, "reading '%s'", "shop\n"), TL_EREMOTE);
    CHECK_INT(tl_explain(&ctx, "scan"), TL_EREMOTE);
    CHECK_TEXT(ctx.error.text, "scan: reading 'shop\\n': time is up");
    tl_test_ctx_release(&ctx);
}

static void explaining_a_failure_without_a_cause_stays_a_failure(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(tl_explain(&ctx, "scan"), TL_EINTERNAL, "scan: ", &ctx);
    tl_test_ctx_release(&ctx);
}

static void without_a_context_only_the_code_is_left(void)
{
    CHECK_INT(tl_fail(NULL, TL_ELIMIT, "too long"), TL_ELIMIT);
    tl_hint(NULL, "shorten it");
    CHECK(tl_explain(NULL, "somewhere") < 0);
}

static void each_code_has_name_text_and_exit_code(void)
{
    CHECK_TEXT(tl_code_name(TL_EREMOTE), "EREMOTE");
    CHECK_TEXT(tl_code_text(TL_EWRITE), "could not write");
    CHECK_INT(tl_code_exit(TL_OK), 0);
    CHECK_INT(tl_code_exit(TL_ECONFIG), 2);
    CHECK_INT(tl_code_exit(TL_ESOURCE), 3);
    CHECK_INT(tl_code_exit(TL_ELOG), 4);
    CHECK_INT(tl_code_exit(TL_ECANCEL), 5);
    CHECK_TEXT(tl_code_name(-99), "EINTERNAL");
    CHECK_INT(tl_code_exit(-99), 5);
}

static void only_what_passes_is_worth_trying_again(void)
{
    CHECK(tl_code_is_passing(TL_EREMOTE));
    CHECK(tl_code_is_passing(TL_EBUSY));
    CHECK(!tl_code_is_passing(TL_EREFUSE));
    CHECK(!tl_code_is_passing(TL_EAUTH));
    CHECK(!tl_code_is_passing(TL_OK));
}

static void a_childs_error_is_taken_over_unless_there_is_one(void)
{
    struct tl_ctx ctx;
    struct tl_ctx child;

    tl_test_ctx_init(&ctx);
    tl_ctx_child(&child, &ctx);
    CHECK_INT(tl_ctx_take_error(&ctx, &child), TL_OK);
    tl_hint(&child, "hint");
    tl_fail(&child, TL_EINPUT, "cause");
    CHECK_INT(tl_ctx_take_error(&ctx, &child), TL_EINPUT);
    CHECK_TEXT(ctx.error.hint, "hint");
    tl_error_clear(&ctx.error);
    tl_fail(&ctx, TL_EWRITE, "own cause");
    CHECK_INT(tl_ctx_take_error(&ctx, &child), TL_EWRITE);
    tl_ctx_release(&child);
    tl_test_ctx_release(&ctx);
}

static void a_cancelled_run_is_noticed(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_ctx_check(&ctx), &ctx);
    atomic_store(&ctx.run->cancelled, true);
    CHECK_FAILS(tl_ctx_check(&ctx), TL_ECANCEL, "stopped", &ctx);
    tl_test_ctx_release(&ctx);
}

TL_TESTS("err", TEST(the_first_cause_is_kept),
         TEST(the_first_hint_is_kept_and_may_come_before_the_failure),
         TEST(a_cleared_error_leaves_nothing_behind),
         TEST(control_characters_of_arguments_are_shown_escaped),
         TEST(a_long_text_is_cut_after_a_whole_character),
         TEST(a_text_that_just_fits_is_not_cut), TEST(explaining_puts_the_place_in_front),
         TEST(explaining_a_failure_without_a_cause_stays_a_failure),
         TEST(without_a_context_only_the_code_is_left),
         TEST(each_code_has_name_text_and_exit_code),
         TEST(only_what_passes_is_worth_trying_again),
         TEST(a_childs_error_is_taken_over_unless_there_is_one),
         TEST(a_cancelled_run_is_noticed))
