#include "tests/check.h"

#include "base/json.h"

#include <math.h>
#include <string.h>

static struct tl_str text_of(const char *bytes, size_t n)
{
    struct tl_str out = TL_STR_INIT(4096);

    tl_json_add_text(&out, bytes, n);
    return out;
}

static void check_number(uint64_t bits, const char *want)
{
    struct tl_str out = TL_STR_INIT(64);
    double value;

    memcpy(&value, &bits, sizeof value);
    tl_json_add_real(&out, value);
    CHECK_TEXT(out.text, want);
    tl_str_release(&out);
}

static void check_canonical(const char *text, const char *want)
{
    struct tl_ctx ctx;
    struct tl_str out = TL_STR_INIT(4096);
    json_t *tree;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_json_parse(&tree, text, strlen(text), "example", &ctx), &ctx);
    tl_json_add_tree(&out, tree);
    CHECK(!out.failed);
    CHECK_TEXT(out.text, want);
    json_decref(tree);
    tl_str_release(&out);
    tl_test_ctx_release(&ctx);
}

static void check_refused(const char *text, size_t n, int code, const char *part)
{
    struct tl_ctx ctx;
    json_t *tree;

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(tl_json_parse(&tree, text, n, "answer", &ctx), code, part, &ctx);
    CHECK(tree == NULL);
    tl_test_ctx_release(&ctx);
}

/* RFC 8785 appendix B, all rows that are numbers. */
static void numbers_are_written_as_ecmascript_writes_them(void)
{
    static const struct {
        uint64_t bits;
        const char *text;
    } rows[] = {
        { 0x0000000000000000, "0" },
        { 0x8000000000000000, "0" },
        { 0x0000000000000001, "5e-324" },
        { 0x8000000000000001, "-5e-324" },
        { 0x7fefffffffffffff, "1.7976931348623157e+308" },
        { 0xffefffffffffffff, "-1.7976931348623157e+308" },
        { 0x4340000000000000, "9007199254740992" },
        { 0xc340000000000000, "-9007199254740992" },
        { 0x4430000000000000, "295147905179352830000" },
        { 0x44b52d02c7e14af5, "9.999999999999997e+22" },
        { 0x44b52d02c7e14af6, "1e+23" },
        { 0x44b52d02c7e14af7, "1.0000000000000001e+23" },
        { 0x444b1ae4d6e2ef4e, "999999999999999700000" },
        { 0x444b1ae4d6e2ef4f, "999999999999999900000" },
        { 0x444b1ae4d6e2ef50, "1e+21" },
        { 0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7" },
        { 0x3eb0c6f7a0b5ed8d, "0.000001" },
        { 0x41b3de4355555553, "333333333.3333332" },
        { 0x41b3de4355555554, "333333333.33333325" },
        { 0x41b3de4355555555, "333333333.3333333" },
        { 0x41b3de4355555556, "333333333.3333334" },
        { 0x41b3de4355555557, "333333333.33333343" },
        { 0xbecbf647612f3696, "-0.0000033333333333333333" },
        { 0x43143ff3c1cb0959, "1424953923781206.2" },
        /* Powers of two whose shortest form lies above the nearest 16 digits; from CPython's repr. */
        { 0x3b20000000000000, "6.617444900424222e-24" },
        { 0x4580000000000000, "6.189700196426902e+26" },
        { 0x3d30000000000000, "5.684341886080802e-14" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_number(rows[i].bits, rows[i].text);
}

static void numbers_that_json_lacks_fail_the_string(void)
{
    struct tl_str out = TL_STR_INIT(64);

    tl_json_add_real(&out, NAN);
    CHECK(out.failed);
    tl_str_clear(&out);
    tl_json_add_real(&out, -INFINITY);
    CHECK(out.failed);
    tl_str_release(&out);
}

/* RFC 8785 section 3.2.2: the example before and after. */
static void the_example_of_the_rfc_becomes_canonical(void)
{
    check_canonical(
        "{\"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, "
        "0.000000000000000000000000001],"
        "\"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\","
        "\"literals\": [null, true, false]}",
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,"
        "1e-27],"
        "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

/* RFC 8785 section 3.2.3: an emoji (surrogates D83D DE00) stands before U+FB33, whose UTF-8 is smaller. */
static void keys_are_sorted_by_utf16_units(void)
{
    check_canonical(
        "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":"
        "6,\"\\u00f6\":7}",
        "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\xef\xac\xb3\":3}");
}

static void control_characters_have_their_short_or_lower_case_form(void)
{
    struct tl_str out = text_of("\b\t\n\f\r\x01\x1f\x7f\"\\/", 11);

    CHECK_TEXT(out.text, "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\\\"\\\\/\"");
    tl_str_release(&out);
}

static void bytes_that_are_no_utf8_are_kept_as_u_ef00_and_more(void)
{
    struct tl_str out = text_of("a\xff\0é\xee\xbc\x80", 8);

    /* FF, NUL, and each byte of a U+EF00 that stood there already */
    CHECK_TEXT(out.text,
               "\"a\xee\xbf\xbf\xee\xbc\x80é\xee\xbf\xae\xee\xbe\xbc\xee\xbe\x80\"");
    tl_str_release(&out);
}

static void any_bytes_come_back_through_a_parser(void)
{
    char bytes[3 * 256 + 7];
    struct tl_ctx ctx;
    struct tl_str back = TL_STR_INIT(4096);
    json_t *tree;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37 + i / 11);
    memcpy(bytes + 100, "\xee\xbc\x80\xee\xbf\xbf\xf0\x9f\x98\x80\xed\xa0\x80", 13);
    struct tl_str text = text_of(bytes, sizeof bytes);
    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_json_parse(&tree, text.text, text.n, "bytes", &ctx), &ctx);
    tl_json_unescape_bytes(&back, json_string_value(tree), json_string_length(tree));
    CHECK_INT(back.n, sizeof bytes);
    CHECK(memcmp(back.text, bytes, sizeof bytes) == 0);
    json_decref(tree);
    tl_str_release(&text);
    tl_str_release(&back);
    tl_test_ctx_release(&ctx);
}

static void kept_bytes_survive_reading_and_writing_a_tree(void)
{
    check_canonical("\"\\uef41\\uefff\"", "\"\xee\xbd\x81\xee\xbf\xbf\"");
}

static void ascii_form_uses_surrogates_and_the_same_escapes(void)
{
    struct tl_str out = TL_STR_INIT(256);

    tl_json_add_ascii(&out, "é😀\xff\n", 8);
    CHECK_TEXT(out.text, "\"\\u00e9\\ud83d\\ude00\\uefff\\n\"");
    tl_str_release(&out);
}

static void odd_bytes_are_found_at_every_place_of_a_word(void)
{
    for (size_t at = 0; at < 20; at++) {
        char plain[21] = "abcdefghijklmnopqrst";
        char want[32];
        plain[at] = '"';
        snprintf(want, sizeof want, "\"%.*s\\\"%s\"", (int)at, plain, plain + at + 1);
        struct tl_str out = text_of(plain, 20);
        CHECK_TEXT(out.text, want);
        tl_str_release(&out);
    }
}

static void the_writer_puts_commas_where_they_belong(void)
{
    struct tl_str out = TL_STR_INIT(256);
    struct tl_json json;

    tl_json_init(&json, &out);
    tl_json_object(&json);
    tl_json_key(&json, "a");
    tl_json_array(&json);
    tl_json_int(&json, -7);
    tl_json_object(&json);
    tl_json_object_end(&json);
    tl_json_real(&json, 0.5);
    tl_json_array_end(&json);
    tl_json_put_bool(&json, "b", true);
    tl_json_put_text(&json, "c", NULL);
    tl_json_key(&json, "d");
    tl_json_raw(&json, "[]", 2);
    tl_json_put_null(&json, "e");
    tl_json_object_end(&json);
    CHECK_TEXT(out.text, "{\"a\":[-7,{},0.5],\"b\":true,\"c\":null,\"d\":[],\"e\":null}");
    tl_str_release(&out);
}

static void the_writer_stops_at_the_strings_ceiling(void)
{
    struct tl_str out = TL_STR_INIT(8);
    struct tl_json json;

    tl_json_init(&json, &out);
    tl_json_array(&json);
    tl_json_text(&json, "abcdefgh");
    tl_json_text(&json, "x");
    CHECK(out.failed);
    CHECK(out.n <= 8);
    tl_str_release(&out);
}

static void duplicate_keys_are_refused_with_their_place(void)
{
    check_refused("{\"a\":1,\n \"a\":2}", 15, TL_EINPUT, "answer:2:");
    check_refused("{\"a\":1,\n \"a\":2}", 15, TL_EINPUT, "a key that stands there twice");
}

static void messages_never_quote_the_text(void)
{
    struct tl_ctx ctx;
    json_t *tree;

    tl_test_ctx_init(&ctx);
    CHECK(tl_json_parse(&tree, "{\"mail\": jane@example.com}", 26, "answer", &ctx) ==
          TL_EINPUT);
    CHECK(strstr(ctx.error.text, "jane") == NULL);
    CHECK_HAS(ctx.error.text, "answer:1:");
    tl_test_ctx_release(&ctx);
}

static void html_and_cut_answers_are_named_for_what_they_are(void)
{
    check_refused("<html>", 6, TL_EINPUT, "this is not JSON");
    check_refused("{\"a\":[1,", 8, TL_EINPUT, "ends too early");
    check_refused("\"\xff\"", 3, TL_EINPUT, "no UTF-8");
    check_refused("1 2", 3, TL_EINPUT, "after the end");
    check_refused("99999999999999999999", 20, TL_EINPUT, "too large");
}

static void sixty_four_levels_pass_and_one_more_does_not(void)
{
    char text[2 * 65];

    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    check_refused(text, 130, TL_ELIMIT, "answer:1:65: more than 64 levels deep");
    struct tl_ctx ctx;
    json_t *tree;
    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_json_parse(&tree, text + 1, 128, "answer", &ctx), &ctx);
    json_decref(tree);
    CHECK_OK(
        tl_json_parse(
            &tree,
            "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"",
            71, "answer", &ctx),
        &ctx);
    json_decref(tree);
    tl_test_ctx_release(&ctx);
}

static void getters_follow_a_path_or_fall_back(void)
{
    struct tl_ctx ctx;
    const char *text = "{\"a\":{\"b\":[{\"c\":\"x\"},7,2.0,2.5]}}";
    json_t *tree;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_json_parse(&tree, text, strlen(text), "t", &ctx), &ctx);
    CHECK_TEXT(tl_json_text_at(tree, "a.b.0.c", "no"), "x");
    CHECK_TEXT(tl_json_text_at(tree, "a.b.9.c", "no"), "no");
    CHECK_TEXT(tl_json_text_at(tree, "a.b.1", "no"), "no");
    CHECK_INT(tl_json_int_at(tree, "a.b.1", -1), 7);
    CHECK_INT(tl_json_int_at(tree, "a.b.2", -1), 2);
    CHECK_INT(tl_json_int_at(tree, "a.b.3", -1), -1);
    CHECK(tl_json_at(tree, "a.b.x") == NULL);
    CHECK(tl_json_at(NULL, "a") == NULL);
    json_decref(tree);
    tl_test_ctx_release(&ctx);
}

TL_TESTS("json", TEST(numbers_are_written_as_ecmascript_writes_them),
         TEST(numbers_that_json_lacks_fail_the_string),
         TEST(the_example_of_the_rfc_becomes_canonical),
         TEST(keys_are_sorted_by_utf16_units),
         TEST(control_characters_have_their_short_or_lower_case_form),
         TEST(bytes_that_are_no_utf8_are_kept_as_u_ef00_and_more),
         TEST(any_bytes_come_back_through_a_parser),
         TEST(kept_bytes_survive_reading_and_writing_a_tree),
         TEST(ascii_form_uses_surrogates_and_the_same_escapes),
         TEST(odd_bytes_are_found_at_every_place_of_a_word),
         TEST(the_writer_puts_commas_where_they_belong),
         TEST(the_writer_stops_at_the_strings_ceiling),
         TEST(duplicate_keys_are_refused_with_their_place),
         TEST(messages_never_quote_the_text),
         TEST(html_and_cut_answers_are_named_for_what_they_are),
         TEST(sixty_four_levels_pass_and_one_more_does_not),
         TEST(getters_follow_a_path_or_fall_back))
