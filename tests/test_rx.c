#include "tests/check.h"

#include "base/rx.h"

#include <string.h>

struct bench {
    struct tl_ctx ctx;
    struct tl_rx *rx;
    struct tl_rx_scratch *scratch;
};

static struct bench bench_open(const char *pattern, unsigned flags)
{
    struct bench b;

    tl_test_ctx_init(&b.ctx);
    CHECK_OK(tl_rx_open(&b.rx, pattern, flags, &b.ctx), &b.ctx);
    b.scratch = tl_rx_scratch_open();
    return b;
}

static void bench_close(struct bench *b)
{
    tl_rx_scratch_close(b->scratch);
    tl_rx_close(b->rx);
    tl_test_ctx_release(&b->ctx);
}

static int answer(const char *pattern, unsigned flags, const char *bytes, size_t n)
{
    struct bench b = bench_open(pattern, flags);
    int found = (int)tl_rx_match(b.rx, bytes, n, b.scratch);

    bench_close(&b);
    return found;
}

static void a_whole_pattern_must_take_the_whole_value(void)
{
    CHECK_INT(answer("[0-9]{3}", TL_RX_WHOLE, "123", 3), TL_RX_YES);
    CHECK_INT(answer("[0-9]{3}", TL_RX_WHOLE, "1234", 4), TL_RX_NO);
    CHECK_INT(answer("[0-9]{3}$", TL_RX_WHOLE, "123\n", 4), TL_RX_NO);
    CHECK_INT(answer("a|ab", TL_RX_WHOLE, "ab", 2), TL_RX_YES);
    CHECK_INT(answer("[0-9]{3}", 0, "x1234", 5), TL_RX_YES);
}

static void case_is_overlooked_when_asked(void)
{
    CHECK_INT(answer("e-?mail", TL_RX_WHOLE | TL_RX_CASELESS, "E-MAIL", 6), TL_RX_YES);
    CHECK_INT(answer("straße", TL_RX_WHOLE | TL_RX_CASELESS, "STRAßE", 7), TL_RX_YES);
    CHECK_INT(answer("e-?mail", TL_RX_WHOLE, "E-MAIL", 6), TL_RX_NO);
}

static void digits_are_ascii_digits(void)
{
    CHECK_INT(answer("\\d", TL_RX_WHOLE, "٣", strlen("٣")), TL_RX_NO);
}

static void bytes_that_are_no_utf8_are_passed_over(void)
{
    struct bench b = bench_open("[a-z]+@[a-z]+", 0);
    size_t begin = 0;
    size_t end = 0;

    CHECK_INT(tl_rx_find(b.rx, "\xff\xfe\x00joe@home\xc3", 12, 0, &begin, &end,
                         b.scratch),
              TL_RX_YES);
    CHECK_INT(begin, 3);
    CHECK_INT(end, 11);
    bench_close(&b);
}

static void nothing_at_all_can_be_matched(void)
{
    CHECK_INT(answer("", TL_RX_WHOLE, NULL, 0), TL_RX_YES);
    CHECK_INT(answer(".", 0, NULL, 0), TL_RX_NO);
}

static void find_goes_on_from_where_it_is_told(void)
{
    struct bench b = bench_open("ab", 0);
    size_t begin = 0;
    size_t end = 0;

    CHECK_INT(tl_rx_find(b.rx, "ab-ab", 5, 1, &begin, &end, b.scratch), TL_RX_YES);
    CHECK_INT(begin, 3);
    CHECK_INT(end, 5);
    CHECK_INT(tl_rx_find(b.rx, "ab-ab", 5, 4, &begin, &end, b.scratch), TL_RX_NO);
    CHECK_INT(tl_rx_find(b.rx, "ab-ab", 5, 6, &begin, &end, b.scratch), TL_RX_NO);
    bench_close(&b);
}

/* Without a limit each of these takes longer than the age of the universe. */
static void a_catastrophic_pattern_is_given_up(void)
{
    char subject[65];

    memset(subject, 'a', 64);
    subject[64] = '!';
    CHECK_INT(answer("(a+)+", TL_RX_WHOLE, subject, 65), TL_RX_UNKNOWN);
    CHECK_INT(answer("(a|aa)+$", 0, subject, 65), TL_RX_UNKNOWN);
    CHECK_INT(answer("(?:a?){64}a{32}[.?]", TL_RX_WHOLE, subject, 64), TL_RX_UNKNOWN);
}

static void a_search_in_a_long_text_is_given_up_too(void)
{
    static char subject[1 << 17];

    memset(subject, 'a', sizeof subject);
    CHECK_INT(answer("(a+)+[!?]", 0, subject, sizeof subject), TL_RX_UNKNOWN);
}

static void an_honest_pattern_crosses_a_long_text(void)
{
    static char subject[1 << 20];

    memset(subject, 'x', sizeof subject);
    memcpy(subject + sizeof subject - 10, "joe@a.com", 10);
    CHECK_INT(answer("[a-z]+@[a-z]+\\.com", TL_RX_WHOLE, subject, sizeof subject - 1),
              TL_RX_YES);
}

static void a_wrong_pattern_says_what_and_where(void)
{
    struct tl_ctx ctx;
    struct tl_rx *rx;

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(tl_rx_open(&rx, "ab(c", 0, &ctx), TL_ECONFIG,
                "missing closing parenthesis, at byte 4", &ctx);
    CHECK(rx == NULL);
    CHECK_FAILS(tl_rx_open(&rx, "a\\C", 0, &ctx), TL_ECONFIG, "at byte 3", &ctx);
    CHECK_FAILS(tl_rx_open(&rx, "\xff", 0, &ctx), TL_ECONFIG, "at byte 0", &ctx);
    tl_test_ctx_release(&ctx);
}

static void closing_nothing_is_fine(void)
{
    tl_rx_close(NULL);
    tl_rx_scratch_close(NULL);
    CHECK(true);
}

TL_TESTS("rx", TEST(a_whole_pattern_must_take_the_whole_value),
         TEST(case_is_overlooked_when_asked), TEST(digits_are_ascii_digits),
         TEST(bytes_that_are_no_utf8_are_passed_over),
         TEST(nothing_at_all_can_be_matched), TEST(find_goes_on_from_where_it_is_told),
         TEST(a_catastrophic_pattern_is_given_up),
         TEST(a_search_in_a_long_text_is_given_up_too),
         TEST(an_honest_pattern_crosses_a_long_text),
         TEST(a_wrong_pattern_says_what_and_where), TEST(closing_nothing_is_fine))
