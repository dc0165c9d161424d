#include "tests/check.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdint.h>

static void appends_of_all_kinds_follow_each_other(void)
{
    struct tl_str s = TL_STR_INIT(200);

    CHECK_TEXT(s.text, "");
    tl_str_add(&s, "a");
    tl_str_add_char(&s, ',');
    tl_str_add_uint(&s, UINT64_MAX);
    tl_str_add_char(&s, ',');
    tl_str_add_int(&s, INT64_MIN);
    tl_str_addf(&s, ",%s=%d", "n", -1);
    tl_str_add_uint(&s, 0);
    CHECK_TEXT(s.text, "a,18446744073709551615,-9223372036854775808,n=-10");
    CHECK_INT(s.n, strlen(s.text));
    CHECK(!s.failed);
    tl_str_release(&s);
}

static void a_string_may_hold_nul_bytes(void)
{
    struct tl_str s = TL_STR_INIT(10);

    tl_str_add_bytes(&s, "a\0b", 3);
    tl_str_add_char(&s, '\0');
    CHECK_INT(s.n, 4);
    CHECK(memcmp(s.text, "a\0b\0", 5) == 0);
    tl_str_release(&s);
}

static void exactly_the_ceiling_fits(void)
{
    struct tl_str s = TL_STR_INIT(5);

    tl_str_add(&s, "12345");
    tl_str_add(&s, "");
    CHECK(!s.failed);
    CHECK_TEXT(s.text, "12345");
    tl_str_add_char(&s, '6');
    CHECK(s.failed);
    CHECK_TEXT(s.text, "12345");
    tl_str_release(&s);
}

static void after_a_failure_nothing_more_is_added(void)
{
    struct tl_str s = TL_STR_INIT(5);

    tl_str_add(&s, "123");
    tl_str_add(&s, "456");
    tl_str_add(&s, "4");
    tl_str_add_uint(&s, 4);
    tl_str_addf(&s, "%d", 4);
    CHECK(s.failed);
    CHECK_TEXT(s.text, "123");
    tl_str_release(&s);
}

static void formatting_meets_the_ceiling_even_where_there_is_room(void)
{
    struct tl_str s = TL_STR_INIT(5);

    tl_str_add(&s, "12");
    tl_str_addf(&s, "%s", "345");
    CHECK_TEXT(s.text, "12345");
    tl_str_clear(&s);
    tl_str_addf(&s, "%s", "123456");
    CHECK(s.failed);
    CHECK_TEXT(s.text, "");
    CHECK_INT(s.n, 0);
    tl_str_release(&s);
}

static void a_number_that_does_not_fit_leaves_no_sign(void)
{
    struct tl_str s = TL_STR_INIT(3);

    tl_str_add_int(&s, -123);
    CHECK(s.failed);
    CHECK_TEXT(s.text, "");
    tl_str_release(&s);
}

static void clearing_forgets_the_failure(void)
{
    struct tl_str s = TL_STR_INIT(2);

    tl_str_add(&s, "12");
    tl_str_add(&s, "3");
    tl_str_clear(&s);
    CHECK(!s.failed);
    CHECK_TEXT(s.text, "");
    tl_str_add(&s, "ab");
    CHECK_TEXT(s.text, "ab");
    tl_str_release(&s);
    CHECK_INT(s.ceiling, 2);
    CHECK_TEXT(s.text, "");
}

static void taking_hands_over_the_memory(void)
{
    struct tl_str s = TL_STR_INIT(20);

    tl_str_add(&s, "mine");
    char *text = tl_str_take(&s);
    CHECK_TEXT(text, "mine");
    CHECK_INT(s.n, 0);
    tl_free(text);
    text = tl_str_take(&s);
    CHECK_TEXT(text, "");
    tl_free(text);
    tl_str_add(&s, "again");
    CHECK_TEXT(s.text, "again");
    tl_str_release(&s);
}

static void a_million_bytes_one_by_one_are_all_there(void)
{
    struct tl_str s = TL_STR_INIT(TL_STR_MOST);

    for (int i = 0; i < 1000000; i++)
        tl_str_add_char(&s, (char)('a' + i % 26));
    CHECK_INT(s.n, 1000000);
    CHECK(s.text[0] == 'a' && s.text[999999] == (char)('a' + 999999 % 26));
    CHECK(s.room <= 2 * s.n);
    tl_str_release(&s);
}

static void only_unreserved_characters_stay_in_addresses(void)
{
    struct tl_str s = TL_STR_INIT(200);

    tl_str_add_urlencoded(&s, "aZ09-._~ /:%,(\xc3\xbc)");
    CHECK_TEXT(s.text, "aZ09-._~%20%2F%3A%25%2C%28%C3%BC%29");
    tl_str_release(&s);
}

static void check_shown(const char *bytes, size_t n, const char *want)
{
    struct tl_str s = TL_STR_INIT(200);

    tl_str_add_shown(&s, bytes, n);
    CHECK_TEXT(s.text, want);
    tl_str_release(&s);
}

#define SHOWN(bytes, want) check_shown((bytes), sizeof(bytes) - 1, (want))

static void what_moves_a_terminal_is_shown_escaped(void)
{
    SHOWN("plain \\ 'text' \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
          "plain \\ 'text' \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    SHOWN("a\nb\rc\td\0e\x1b[0m\x7f", "a\\nb\\rc\\td\\x00e\\x1b[0m\\x7f");
    SHOWN("\xff\xc3", "\\xff\\xc3");
    /* CSI as one C1 character; NO-BREAK SPACE, the first after them */
    SHOWN("\xc2\x9b"
          "31m\xc2\xa0",
          "\\xc2\\x9b31m\xc2\xa0");
    /* U+202E turns the reading direction, U+2066 isolates; U+2070 is harmless */
    SHOWN("a\xe2\x80\xae"
          "b\xe2\x81\xa6"
          "c\xe2\x81\xb0",
          "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6c\xe2\x81\xb0");
    SHOWN("", "");
}

static void check_step(const char *bytes, size_t want)
{
    size_t n = strlen(bytes);

    CHECK_INT(tl_utf8_step(bytes, n), want);
    CHECK(tl_utf8_is_valid(bytes, n) == (want == n));
    /* A character that is cut off is none. */
    for (size_t less = 1; less < want; less++)
        CHECK_INT(tl_utf8_step(bytes, less), 0);
}

/* The borders of RFC 3629 section 4. */
static void utf8_is_that_of_rfc_3629(void)
{
    check_step("\x7f", 1);
    check_step("\xc2\x80", 2);
    check_step("\xdf\xbf", 2);
    check_step("\xe0\xa0\x80", 3);
    check_step("\xed\x9f\xbf", 3);
    check_step("\xee\x80\x80", 3);
    check_step("\xef\xbf\xbf", 3);
    check_step("\xf0\x90\x80\x80", 4);
    check_step("\xf4\x8f\xbf\xbf", 4);
    CHECK_INT(tl_utf8_step("", 0), 0);
    CHECK_INT(tl_utf8_step("\0", 1), 1);
    CHECK(tl_utf8_is_valid("", 0));
}

static void what_is_no_utf8_is_refused(void)
{
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2\x7f",
        "\xc2\xc0",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xe2\x82",
        "\xe2\x28\xa1",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xf0\x9f\x98",
        "\xfe",
        "\xff",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_step(bad[i], 0);
}

static void a_bad_byte_is_found_wherever_it_stands(void)
{
    char text[40];

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)0xff;
        CHECK(!tl_utf8_is_valid(text, sizeof text));
        CHECK(tl_utf8_is_valid(text, i));
        text[i] = 'x';
    }
    CHECK(tl_utf8_is_valid(text, sizeof text));
}

#define WIDTH(text, want) CHECK_INT(tl_utf8_width((text), sizeof(text) - 1), (want))

static void width_is_what_a_terminal_draws(void)
{
    WIDTH("", 0);
    WIDTH("column", 6);
    WIDTH("caf\xc3\xa9", 4);
    WIDTH("cafe\xcc\x81", 4);             /* combining acute accent */
    WIDTH("\xe6\xbc\xa2\xe5\xad\x97", 4); /* two Han characters */
    WIDTH("\xef\xbd\xb1", 1);             /* halfwidth katakana */
    WIDTH("\xf0\x9f\x98\x80", 2);         /* an emoji */
    WIDTH("a\xe2\x80\x8b"
          "b",
          2);                             /* zero width space */
    WIDTH("\xed\x95\x9c", 2);             /* a Hangul syllable */
    WIDTH("\xe1\x84\x92\xe1\x85\xa1", 2); /* the same in letters that join */
    WIDTH("\xff\xfe", 2);                 /* two replacements */
}

TL_TESTS("str", TEST(appends_of_all_kinds_follow_each_other),
         TEST(a_string_may_hold_nul_bytes), TEST(exactly_the_ceiling_fits),
         TEST(after_a_failure_nothing_more_is_added),
         TEST(formatting_meets_the_ceiling_even_where_there_is_room),
         TEST(a_number_that_does_not_fit_leaves_no_sign),
         TEST(clearing_forgets_the_failure), TEST(taking_hands_over_the_memory),
         TEST(a_million_bytes_one_by_one_are_all_there),
         TEST(only_unreserved_characters_stay_in_addresses),
         TEST(what_moves_a_terminal_is_shown_escaped), TEST(utf8_is_that_of_rfc_3629),
         TEST(what_is_no_utf8_is_refused), TEST(a_bad_byte_is_found_wherever_it_stands),
         TEST(width_is_what_a_terminal_draws))
