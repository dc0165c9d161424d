#include "tests/check.h"

#include "base/say.h"

#include <fcntl.h>
#include <pty.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

/* Words that are caught in memory, as if it were a terminal. */
struct ear {
    struct tl_ctx ctx;
    struct tl_say say;
    char *heard;
    size_t n;
};

static void ear_open(struct ear *ear, bool colour)
{
    tl_test_ctx_init(&ear->ctx);
    ear->heard = NULL;
    ear->say = (struct tl_say){
        .words = open_memstream(&ear->heard, &ear->n),
        .results = stdout,
        .colour = { colour, colour },
        .progress = true,
    };
    ear->ctx.say = &ear->say;
}

static void ear_close(struct ear *ear)
{
    fclose(ear->say.words);
    free(ear->heard);
    tl_test_ctx_release(&ear->ctx);
}

static const char *ear_heard(struct ear *ear)
{
    fflush(ear->say.words);
    return ear->heard;
}

static void a_failure_is_told_with_its_hint(void)
{
    struct ear ear;

    ear_open(&ear, false);
    tl_hint(&ear.ctx, "set a token");
    tl_fail(&ear.ctx, TL_EAUTH, "cannot sign in to 'shop'");
    tl_say_error(&ear.ctx, &ear.ctx.error);
    CHECK_TEXT(ear_heard(&ear), "tagline: cannot sign in to 'shop'\nhint: set a token\n");
    ear_close(&ear);
}

static void a_failure_without_a_text_tells_its_kind(void)
{
    struct ear ear;
    struct tl_error error = { .code = TL_EBUSY };
    struct tl_error none = { 0 };

    ear_open(&ear, false);
    tl_say_error(&ear.ctx, &error);
    tl_say_error(&ear.ctx, &none);
    CHECK_TEXT(ear_heard(&ear),
               "tagline: somebody else holds it; trying again later will help\n");
    ear_close(&ear);
}

static void everything_said_is_escaped(void)
{
    struct ear ear;
    struct tl_error error = { TL_EINPUT, "a\x1b[2J", "b\nc" };

    ear_open(&ear, false);
    tl_note(&ear.ctx, "table '%s'", "x\x1b]0;title\x07");
    tl_warn(&ear.ctx, "table '%s'", "y\r");
    tl_say_error(&ear.ctx, &error);
    CHECK_TEXT(ear_heard(&ear), "table 'x\\x1b]0;title\\x07'\nwarning: table 'y\\r'\n"
                                "tagline: a\\x1b[2J\nhint: b\\nc\n");
    ear_close(&ear);
}

static void a_long_note_is_said_whole(void)
{
    struct ear ear;

    ear_open(&ear, false);
    tl_note(&ear.ctx, "%100000s", "end");
    CHECK_INT(strlen(ear_heard(&ear)), 100001);
    ear_close(&ear);
}

static void colour_is_only_there_when_it_is_on(void)
{
    struct ear ear;

    ear_open(&ear, true);
    tl_warn(&ear.ctx, "odd");
    tl_note(&ear.ctx, "plain");
    CHECK_TEXT(ear_heard(&ear), "\x1b[33mwarning:\x1b[0m odd\nplain\n");
    CHECK_TEXT(tl_paint(&ear.ctx, TL_RED), "\x1b[31m");
    CHECK_TEXT(tl_paint(&ear.ctx, TL_PLAIN), "\x1b[0m");
    ear.say.colour[0] = false;
    CHECK_TEXT(tl_paint(&ear.ctx, TL_RED), "");
    ear_close(&ear);
}

static void quiet_leaves_warnings_and_failures(void)
{
    struct ear ear;

    ear_open(&ear, false);
    ear.say.quiet = true;
    tl_note(&ear.ctx, "a note");
    tl_warn(&ear.ctx, "a warning");
    CHECK_TEXT(ear_heard(&ear), "warning: a warning\n");
    ear_close(&ear);
}

static void without_words_there_is_silence(void)
{
    struct tl_ctx ctx;
    struct tl_error error = { .code = TL_EINPUT };

    tl_test_ctx_init(&ctx);
    tl_note(&ctx, "note");
    tl_warn(&ctx, "warning");
    tl_say_error(&ctx, &error);
    tl_progress(&ctx, "reading", 1, 2);
    tl_progress_end(&ctx);
    CHECK_TEXT(tl_paint(&ctx, TL_RED), "");
    tl_test_ctx_release(&ctx);
}

/* Each reading of the fixed clock is a millisecond: the first draw comes with the 1,001st call. */
static void progress_shows_after_a_second(void)
{
    struct ear ear;

    ear_open(&ear, false);
    for (size_t i = 0; i < 1000; i++)
        tl_progress(&ear.ctx, "reading shop", i, 50000);
    CHECK_TEXT(ear_heard(&ear), "");
    tl_progress(&ear.ctx, "reading shop", 1200, 50000);
    CHECK_TEXT(ear_heard(&ear), "reading shop  1,200 of 50,000");
    tl_progress_end(&ear.ctx);
    CHECK_TEXT(ear_heard(&ear), "reading shop  1,200 of 50,000\r\x1b[K");
    ear_close(&ear);
}

static void progress_is_drawn_at_most_ten_times_a_second(void)
{
    struct ear ear;
    unsigned lines = 0;

    ear_open(&ear, false);
    for (size_t i = 0; i < 3000; i++)
        tl_progress(&ear.ctx, "reading", i, 0);
    for (const char *at = ear_heard(&ear); (at = strstr(at, "reading")); at++)
        lines++;
    CHECK_INT(lines, 20);
    ear_close(&ear);
}

static void a_new_stage_waits_a_second_again(void)
{
    struct ear ear;

    ear_open(&ear, false);
    tl_progress(&ear.ctx, "reading", 1, 0);
    tl_progress_end(&ear.ctx);
    tl_pause(&ear.ctx, INT64_C(5000000000));
    tl_progress(&ear.ctx, "deciding", 1, 0);
    CHECK_TEXT(ear_heard(&ear), "");
    ear_close(&ear);
}

static void words_wipe_the_progress_line_first(void)
{
    struct ear ear;

    ear_open(&ear, false);
    tl_progress(&ear.ctx, "reading", 1, 0);
    tl_pause(&ear.ctx, INT64_C(2000000000));
    tl_progress(&ear.ctx, "reading", 2, 0);
    tl_note(&ear.ctx, "a note");
    tl_progress_end(&ear.ctx);
    CHECK_TEXT(ear_heard(&ear), "reading  2\r\x1b[Ka note\n");
    ear_close(&ear);
}

static void a_progress_line_never_wraps(void)
{
    struct ear ear;
    char what[400] = "";

    ear_open(&ear, false);
    for (size_t i = 0; i + 3 < sizeof what; i += 3)
        memcpy(what + i, "\xe6\xbc\xa2", 4);
    tl_progress(&ear.ctx, what, 1, 0);
    tl_pause(&ear.ctx, INT64_C(2000000000));
    tl_progress(&ear.ctx, what, 1, 0);
    /* 79 columns hold 39 characters of two columns and three bytes. */
    CHECK_INT(strlen(ear_heard(&ear)), 39 * 3);
    ear_close(&ear);
}

static void no_progress_is_shown_where_nobody_looks(void)
{
    struct ear ear;

    ear_open(&ear, false);
    ear.say.progress = false;
    for (size_t i = 0; i < 3000; i++)
        tl_progress(&ear.ctx, "reading", i, 0);
    CHECK_TEXT(ear_heard(&ear), "");
    ear_close(&ear);
}

static void numbers_are_grouped_by_thousands(void)
{
    char out[27];

    CHECK_TEXT(tl_grouped(out, 0), "0");
    CHECK_TEXT(tl_grouped(out, 999), "999");
    CHECK_TEXT(tl_grouped(out, 1000), "1,000");
    CHECK_TEXT(tl_grouped(out, 1234567), "1,234,567");
    CHECK_TEXT(tl_grouped(out, -100000), "-100,000");
    CHECK_TEXT(tl_grouped(out, INT64_MIN), "-9,223,372,036,854,775,808");
}

enum { COLOUR_OF_RESULTS = 1, COLOUR_OF_WORDS = 2, PROGRESS = 4, WIDTH_IS_61 = 8 };

/* What tl_say_init sees on a terminal of 61 columns, with this in the environment. */
static int look(const char *name, const char *value, bool no_color, bool quiet)
{
    struct winsize size = { .ws_row = 20, .ws_col = 61 };
    int status = 0;
    int master;
    pid_t child = forkpty(&master, NULL, NULL, &size);

    if (child == 0) {
        struct tl_say say;
        unsetenv("NO_COLOR");
        setenv("TERM", "xterm", 1);
        setenv(name, value, 1);
        tl_say_init(&say, no_color, quiet);
        _exit((say.colour[0] ? COLOUR_OF_RESULTS : 0) |
              (say.colour[1] ? COLOUR_OF_WORDS : 0) | (say.progress ? PROGRESS : 0) |
              (say.width == 61 ? WIDTH_IS_61 : 0));
    }
    waitpid(child, &status, 0);
    close(master);
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_terminal_gets_colour_unless_somebody_objects(void)
{
    const int all = COLOUR_OF_RESULTS | COLOUR_OF_WORDS | PROGRESS | WIDTH_IS_61;

    CHECK_INT(look("TERM", "xterm", false, false), all);
    CHECK_INT(look("NO_COLOR", "", false, false), all);
    CHECK_INT(look("NO_COLOR", "1", false, false), WIDTH_IS_61);
    CHECK_INT(look("TERM", "dumb", false, false), WIDTH_IS_61);
    CHECK_INT(look("TERM", "", false, false), WIDTH_IS_61);
    CHECK_INT(look("TERM", "xterm", true, false), WIDTH_IS_61);
    CHECK_INT(look("TERM", "xterm", false, true), all - PROGRESS);
}

static void what_is_no_terminal_gets_none(void)
{
    struct tl_say say;
    int words = dup(STDERR_FILENO);
    int results = dup(STDOUT_FILENO);
    int null = open("/dev/null", O_WRONLY);

    fflush(stdout);
    dup2(null, STDERR_FILENO);
    dup2(null, STDOUT_FILENO);
    tl_say_init(&say, false, false);
    dup2(words, STDERR_FILENO);
    dup2(results, STDOUT_FILENO);
    close(words);
    close(results);
    close(null);
    CHECK(!say.colour[0] && !say.colour[1] && !say.progress && say.width == 0);
}

TL_TESTS("say", TEST(a_failure_is_told_with_its_hint),
         TEST(a_failure_without_a_text_tells_its_kind), TEST(everything_said_is_escaped),
         TEST(a_long_note_is_said_whole), TEST(colour_is_only_there_when_it_is_on),
         TEST(quiet_leaves_warnings_and_failures), TEST(without_words_there_is_silence),
         TEST(progress_shows_after_a_second),
         TEST(progress_is_drawn_at_most_ten_times_a_second),
         TEST(a_new_stage_waits_a_second_again), TEST(words_wipe_the_progress_line_first),
         TEST(a_progress_line_never_wraps), TEST(no_progress_is_shown_where_nobody_looks),
         TEST(a_terminal_gets_colour_unless_somebody_objects),
         TEST(what_is_no_terminal_gets_none), TEST(numbers_are_grouped_by_thousands))
