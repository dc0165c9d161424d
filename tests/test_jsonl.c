#include "tests/contract_connector.h"

#include "connectors/files/json_flat.h"
#include "connectors/files/lines.h"

#include <jansson.h>

#define BYTES(text) (text), sizeof(text) - 1

static struct probe made_of(const char *bytes, size_t n)
{
    struct probe p;
    const char *path = probe_file(tl_test_folder(), "a.jsonl", bytes, n);

    probe_read(&p, tl_connector_find("jsonl"), probe_words("path: %s\n", path));
    return p;
}

/* "path type logical null|" of the columns. */
static void check_columns(const char *bytes, size_t n, const char *want)
{
    struct probe p = made_of(bytes, n);
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (size_t i = 0; i < p.snapshot.columns.n; i++) {
        const struct tl_column *column = &p.snapshot.columns.items[i];
        tl_str_addf(&text, "%s:%s%s|", probe_text(&p, column->path),
                    probe_text(&p, column->native_type),
                    column->nullable == 1 ? "?" : "");
    }
    CHECK_TEXT(text.text, want);
    tl_str_release(&text);
    probe_close(&p);
}

static void check_values(const char *bytes, size_t n, const char *column,
                         const char *want)
{
    struct probe p = made_of(bytes, n);

    probe_sample(&p, "a.jsonl", 100);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    CHECK_TEXT(probe_values(&p, "a.jsonl", column), want);
    probe_close(&p);
}

/* ---- columns ---- */

static void columns_are_the_union_of_fields_in_the_order_they_are_seen(void)
{
    check_columns(BYTES(
                      "{\"b\": 1, \"a\": \"x\"}\n{\"c\": true, \"a\": null, \"b\": 2}\n"),
                  "b:integer|a:string?|c:boolean|");
}

static void objects_are_flattened_by_path(void)
{
    check_columns(
        BYTES("{\"user\": {\"geo\": {\"lat\": 1.5, \"lon\": 2}, \"mail\": \"x\"}}\n"),
        "user.geo.lat:number|user.geo.lon:integer|user.mail:string|");
}

static void arrays_of_scalars_are_one_value(void)
{
    check_columns(BYTES("{\"tags\": [\"a\", 1, null]}\n"), "tags:array|");
    check_values(
        BYTES("{\"tags\": [\"a\", 1, null]}\n{\"tags\": []}\n{\"tags\": [[1], []]}\n"),
        "tags", "[\"a\", 1, null]|NULL|[[1], []]|");
}

static void arrays_of_objects_give_the_fields_of_their_objects(void)
{
    check_columns(
        BYTES("{\"items\": [{\"id\": 1}, {\"id\": 2, \"of\": {\"x\": \"y\"}}]}\n"),
        "items.id:integer|items.of.x:string|");
    check_columns(BYTES("{\"items\": [{\"id\": 1}, 5]}\n"),
                  "items.id:integer|items:array|");
}

static void types_that_differ_are_mixed(void)
{
    check_columns(
        BYTES(
            "{\"a\": 1, \"b\": 1, \"c\": null}\n{\"a\": 1.5, \"b\": \"x\", \"c\": {}}\n"),
        "a:number|b:mixed|c:null?|");
}

static void what_is_null_here_and_an_object_there_is_no_column_of_its_own(void)
{
    check_columns(BYTES("{\"user\": null, \"items\": []}\n{\"user\": {\"id\": 1}, "
                        "\"items\": [{\"id\": 2}]}\n"),
                  "user.id:integer|items.id:integer|");
    check_columns(BYTES("{\"user\": \"x\"}\n{\"user\": {\"id\": 1}}\n"),
                  "user:string|user.id:integer|");
}

static void names_may_hold_anything(void)
{
    check_columns(BYTES(
                      "{\"a b\": 1, \"\\u00e4\\n\": 2, \"\xff\": 3, \"x\": {\"\": 4}}\n"),
                  "a b:integer|\xc3\xa4\n:integer|\xff:integer|x.:integer|");
}

/* ---- values ---- */

static void values_are_decoded(void)
{
    check_values(
        BYTES("{\"v\": \"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\te\"}\n{\"v\": "
              "\"\\u00e4\\u20ac\\ud83d\\ude00\"}\n"
              "{\"v\": -1.50e3}\n{\"v\": false}\n{\"v\": \"\"}\n{\"w\": 1}\n"),
        "v",
        "a\"b\\c/d\b\f\n\r\te|\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80|-1.50e3|false||NULL|");
}

static void half_a_pair_is_shown_as_unknown(void)
{
    check_values(
        BYTES(
            "{\"v\": \"\\ud83dx\"}\n{\"v\": \"\\ud83d\\u0041\"}\n{\"v\": \"\\ude00\"}\n"),
        "v",
        "\xef\xbf\xbdx|\xef\xbf\xbd"
        "A|\xef\xbf\xbd|");
}

static void long_values_are_cut(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, "{\"v\": \"");
    for (int i = 0; i < 1000; i++)
        tl_str_add(&text, "\\u20ac");
    tl_str_add(&text, "\", \"w\": 2}\n");
    struct probe p = made_of(text.text, text.n);
    probe_sample(&p, "a.jsonl", 5);
    CHECK_INT(p.sample.values[0].n, 255);
    CHECK(p.sample.values[0].is_cut);
    CHECK_TEXT(p.sample.values[1].bytes, "2");
    tl_str_release(&text);
    probe_close(&p);
}

static void every_element_of_a_list_has_its_chance(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    unsigned n_mails = 0;

    for (int i = 0; i < 100; i++)
        tl_str_add(&text, "{\"contact\": [{\"v\": \"+49 30 1\"}, {\"v\": \"a@b\"}]}\n");
    struct probe p = made_of(text.text, text.n);
    probe_sample(&p, "a.jsonl", 100);
    for (int i = 0; i < 100; i++)
        n_mails += strcmp(p.sample.values[i].bytes, "a@b") == 0;
    CHECK(n_mails > 25 && n_mails < 75);
    tl_str_release(&text);
    probe_close(&p);
}

/* ---- odd lines ---- */

static void malformed_lines_are_left_out(void)
{
    static const char bytes[] =
        "{\"a\": 1}\n{\"a\": \n[1]\n\n  \r\n{\"a\": 2} x\n{\"a\": 3}\r\n7\n{\"a\": 4}";

    check_values(BYTES(bytes), "a", "1|3|4|");
}

static void a_line_that_ends_too_early_gives_no_columns(void)
{
    check_columns(BYTES("{\"a\": 1}\n{\"b\": 2, \"c\": tru}\n"), "a:integer|");
}

static void a_file_without_objects_is_an_error(void)
{
    const char *path = probe_file(tl_test_folder(), "a.jsonl",
                                  BYTES("[\n  {\"a\": 1},\n  {\"a\": 2}\n]\n"));
    struct probe p;

    CHECK_OK(probe_open(&p, tl_connector_find("jsonl"),
                        probe_words("path: %s\n", probe_file(tl_test_folder(), "b.jsonl",
                                                             BYTES("[{\"a\": 1}]\n")))),
             &p.ctx);
    int rc = probe_pull(&p);
    CHECK_HAS(p.ctx.error.hint, "jq");
    CHECK_FAILS(rc, TL_EINPUT, "'b.jsonl' line 1 is not a JSON object", &p.ctx);
    probe_close(&p);
    /* Written over several lines: some of them are objects by accident, and the others are told of. */
    CHECK_OK(probe_open(&p, tl_connector_find("jsonl"), probe_words("path: %s\n", path)),
             &p.ctx);
    CHECK_OK(probe_pull(&p), &p.ctx);
    probe_close(&p);
}

static void an_empty_file_has_no_columns(void)
{
    check_columns(BYTES(""), "");
    check_columns(BYTES("\n \n"), "");
    check_columns(BYTES("{}\n"), "");
}

static void depth_has_a_ceiling(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, "{\"a\": 1}\n{\"deep\": ");
    for (int i = 0; i < 100000; i++)
        tl_str_add(&text, "[");
    tl_str_add(&text, "\n{\"a\": 2}\n");
    check_values(text.text, text.n, "a", "1|2|");
    tl_str_release(&text);
}

static void keys_that_are_data_have_a_ceiling(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (int i = 0; i < 11000; i++)
        tl_str_addf(&text, "{\"user_%d\": 1}\n", i);
    struct probe p = made_of(text.text, text.n);
    CHECK_INT(p.snapshot.columns.n, 10000);
    tl_str_release(&text);
    probe_close(&p);
}

/* ---- rows ---- */

static void check_spread(const char *options)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    unsigned quarters[4] = { 0 };
    bool seen[20000] = { 0 };
    struct probe p;

    for (int i = 0; i < 20000; i++)
        tl_str_addf(&text, "{\"id\": %d}\n", i);
    const char *path = probe_file(tl_test_folder(), "a.jsonl", text.text, text.n);
    tl_str_release(&text);
    probe_read(&p, tl_connector_find("jsonl"),
               probe_words("path: %s\n%s", path, options));
    CHECK_INT(p.snapshot.datasets.items[0].rows, 20000);
    probe_sample(&p, "a.jsonl", 320);
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    CHECK_INT(p.sample.n_rows, 320);
    for (uint32_t i = 0; i < p.sample.n_rows; i++) {
        long long id = strtoll(p.sample.values[i].bytes, NULL, 10);
        CHECK(!seen[id]);
        seen[id] = true;
        quarters[id / 5000]++;
    }
    for (int i = 0; i < 4; i++)
        CHECK(quarters[i] >= 20);
    probe_close(&p);
}

static void rows_of_a_small_file_come_from_all_of_it(void)
{
    check_spread("");
}

static void rows_of_a_large_file_come_from_many_places(void)
{
    check_spread("whole_below: 1k\n");
}

/* ---- pieces and peers ---- */

static void the_size_of_pieces_changes_nothing(void)
{
    static const char bytes[] = "first\r\n\nsecond line\n\r\nlast";

    for (size_t piece = 1; piece <= sizeof bytes; piece++) {
        struct tl_lines lines = { 0 };
        struct tl_str text = TL_STR_INIT(100);
        struct tl_ctx ctx;
        tl_test_ctx_init(&ctx);
        tl_reader_of_memory(&lines.in, BYTES(bytes), piece);
        while (tl_lines_next(&lines, true, &ctx) > 0) {
            tl_str_add_bytes(&text, lines.line, lines.n);
            tl_str_addf(&text, "|%llu|", (unsigned long long)lines.number);
        }
        CHECK_TEXT(text.text, "first|1||2|second line|3||4|last|5|");
        tl_str_release(&text);
        tl_lines_release(&lines);
        tl_test_ctx_release(&ctx);
    }
}

static void what_is_json_is_what_others_call_json(void)
{
    static const char *const texts[] = {
        "{}",
        "{\"a\":1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":1e}",
        "{\"a\":1e+5}",
        "{\"a\":-}",
        "{\"a\":-0}",
        "{\"a\" 1}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":tru}",
        "{\"a\":nulll}",
        "{\"a\":\"x}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":1}}",
        "{\"a\":[1}",
        "{\"a\":{\"b\":[{}]}}",
        "{\"a\":+1}",
        "{\"a\":1 }",
        " {\"a\" : 1} ",
        "{\"a\":\"\\\\\"}",
        "{\"a\":\"\\\"}",
        "{\"a\":NaN}",
        "{\"a\":1}{",
    };
    struct tl_flat flat;

    tl_flat_init(&flat, 100);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *tree = json_loads(texts[i], 0, NULL);
        enum tl_flat_answer answer = tl_flat_read(&flat, texts[i], strlen(texts[i]));
        if (!CHECK((answer == TL_FLAT_READ) == (tree != NULL)))
            printf("    %s\n", texts[i]);
        json_decref(tree);
    }
    tl_flat_release(&flat);
}

TL_TESTS("jsonl", TEST(columns_are_the_union_of_fields_in_the_order_they_are_seen),
         TEST(objects_are_flattened_by_path), TEST(arrays_of_scalars_are_one_value),
         TEST(arrays_of_objects_give_the_fields_of_their_objects),
         TEST(types_that_differ_are_mixed),
         TEST(what_is_null_here_and_an_object_there_is_no_column_of_its_own),
         TEST(names_may_hold_anything), TEST(values_are_decoded),
         TEST(half_a_pair_is_shown_as_unknown), TEST(long_values_are_cut),
         TEST(every_element_of_a_list_has_its_chance), TEST(malformed_lines_are_left_out),
         TEST(a_line_that_ends_too_early_gives_no_columns),
         TEST(a_file_without_objects_is_an_error), TEST(an_empty_file_has_no_columns),
         TEST(depth_has_a_ceiling), TEST(keys_that_are_data_have_a_ceiling),
         TEST(rows_of_a_small_file_come_from_all_of_it),
         TEST(rows_of_a_large_file_come_from_many_places),
         TEST(the_size_of_pieces_changes_nothing),
         TEST(what_is_json_is_what_others_call_json))
