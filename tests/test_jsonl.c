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

static void elements_of_arrays_are_values(void)
{
    check_columns(BYTES("{\"tags\": [\"a\", 1, null], \"x\": [null], \"y\": []}\n"),
                  "tags:array|x:null|y:null?|");
    check_values(
        BYTES("{\"tags\": [\"a\", 1, null]}\n{\"tags\": []}\n{\"tags\": [[2], []]}\n"
              "{\"tags\": \"b\"}\n"),
        "tags", "a|NULL|2|b|1|");
}

static void arrays_of_objects_give_the_fields_of_their_objects(void)
{
    check_columns(
        BYTES("{\"items\": [{\"id\": 1}, {\"id\": 2, \"of\": {\"x\": \"y\"}}]}\n"),
        "items.id:integer|items.of.x:string|");
    check_columns(BYTES("{\"items\": [{\"id\": 1}, 5]}\n"),
                  "items.id:integer|items:array|");
    check_columns(BYTES("{\"items\": [{\"id\": 1}, null]}\n"), "items.id:integer|");
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

/* How many of the values of the first column begin with `c`. */
static unsigned count_of(const struct probe *p, char c)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < p->sample.n_rows; i++)
        n += p->sample.values[i].bytes && p->sample.values[i].bytes[0] == c;
    return n;
}

static void values_of_one_row_are_all_seen_where_there_is_room(void)
{
    struct probe p = made_of(BYTES("{\"tel\": [\"+49\", \"+33\", \"0170\"], \"id\": 1}\n"
                                   "{\"tel\": [\"+1\"], \"id\": 2}\n"));

    probe_sample(&p, "a.jsonl", 4);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    CHECK_TEXT(probe_values(&p, "a.jsonl", "tel"), "+49|+1|+33|0170|");
    CHECK_TEXT(probe_values(&p, "a.jsonl", "id"), "1|2|NULL|NULL|");
    /* Room for one of two. */
    probe_sample(&p, "a.jsonl", 3);
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    CHECK_TEXT(probe_values(&p, "a.jsonl", "tel"), "+49|+1|+33|");
    probe_close(&p);
}

static void every_place_in_a_list_is_seen(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (int i = 0; i < 1000; i++)
        tl_str_add(&text,
                   "{\"c\": [{\"v\": \"+49\"}, {\"v\": \"0170\"}, {\"v\": \"a@b\"}]}\n");
    struct probe p = made_of(text.text, text.n);
    probe_sample(&p, "a.jsonl", 100);
    CHECK_INT(p.sample.n_rows, 100);
    CHECK(count_of(&p, '+') > 15 && count_of(&p, '0') > 15 && count_of(&p, 'a') > 15);
    /* Room for some of the others: taken from all over the file. */
    probe_sample(&p, "a.jsonl", 1500);
    CHECK_INT(p.sample.n_rows, 1500);
    CHECK(count_of(&p, '+') > 400 && count_of(&p, '0') > 400 && count_of(&p, 'a') > 400);
    tl_str_release(&text);
    probe_close(&p);
}

static void long_lists_have_a_ceiling(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, "{\"v\": [0");
    for (int i = 0; i < 100000; i++)
        tl_str_add(&text, ",1");
    tl_str_add(&text, "], \"w\": 2}\n");
    struct probe p = made_of(text.text, text.n);
    probe_sample(&p, "a.jsonl", 5000);
    CHECK_INT(p.sample.n_rows, TL_FLAT_ELEMENTS);
    CHECK_TEXT(p.sample.values[p.sample.n_rows].bytes, "2");
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

/* What is said of a file, and why its sample is not all. */
static void check_said(const char *bytes, size_t n, const char *options, const char *said,
                       const char *why)
{
    const char *path = probe_file(tl_test_folder(), "a.jsonl", bytes, n);
    struct probe p;

    probe_read(&p, tl_connector_find("jsonl"),
               probe_words("path: %s\n%s", path, options));
    CHECK_TEXT(probe_said(&p), said);
    CHECK(p.sample.state == TL_SAMPLE_WHOLE || *options);
    CHECK_TEXT(p.sample.why ? p.sample.why : "", why);
    probe_close(&p);
}

static void what_was_left_out_is_why_the_sample_is_not_all(void)
{
    check_said(BYTES("{\"a\": 1}\n\n{\"a\":\n{\"a\": 2}\n"), "", "",
               "line 3 is not JSON: it is left out");
    check_said(BYTES("{\"a\": 1}\n[1]\n{\"a\":\n{\"a\": 2}\nx\n"), "", "",
               "3 lines are left out, the first is line 2, which is not a JSON object");
    check_said(BYTES("{\"a\": 1}\n{\"a\": 2}\n"), "", "", "");
    check_said(BYTES("{\"a\": 1}\n{\"a\":\n{\"a\": 2}\n{\"a\": 3}\n"), "whole_below: 1\n",
               "warning: 'a.jsonl': line 2 is not JSON: it is left out\n",
               "1 line is left out, the first of which is not JSON");
}

static void bad_lines_are_met_where_few_rows_are_chosen(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (int i = 0; i < 1000; i++)
        tl_str_add(&text, i == 700 ? "{\"a\": \n" : "{\"a\": 1}\n");
    struct probe p = made_of(text.text, text.n);
    probe_sample(&p, "a.jsonl", 3);
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    CHECK_HAS(p.sample.why, "line 701 is not JSON");
    tl_str_release(&text);
    probe_close(&p);
}

static void check_refused(const char *bytes, size_t n, const char *words)
{
    struct probe p;
    const char *path = probe_file(tl_test_folder(), "a.jsonl", bytes, n);

    CHECK_OK(probe_open(&p, tl_connector_find("jsonl"), probe_words("path: %s\n", path)),
             &p.ctx);
    CHECK_FAILS(probe_pull(&p), TL_ESOURCE, words, &p.ctx);
    probe_close(&p);
}

static void what_is_empty_or_no_text_is_refused(void)
{
    check_refused(BYTES(""), "is empty: nothing to tell");
    check_refused(BYTES("\n \n"), "is empty: nothing to tell");
    check_refused(BYTES("{\"a\": \0\1\2\3}\n"), "is no text");
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
         TEST(objects_are_flattened_by_path), TEST(elements_of_arrays_are_values),
         TEST(arrays_of_objects_give_the_fields_of_their_objects),
         TEST(types_that_differ_are_mixed),
         TEST(what_is_null_here_and_an_object_there_is_no_column_of_its_own),
         TEST(names_may_hold_anything), TEST(values_are_decoded),
         TEST(half_a_pair_is_shown_as_unknown), TEST(long_values_are_cut),
         TEST(values_of_one_row_are_all_seen_where_there_is_room),
         TEST(every_place_in_a_list_is_seen), TEST(long_lists_have_a_ceiling),
         TEST(malformed_lines_are_left_out),
         TEST(a_line_that_ends_too_early_gives_no_columns),
         TEST(a_file_without_objects_is_an_error),
         TEST(what_was_left_out_is_why_the_sample_is_not_all),
         TEST(bad_lines_are_met_where_few_rows_are_chosen),
         TEST(what_is_empty_or_no_text_is_refused), TEST(depth_has_a_ceiling),
         TEST(keys_that_are_data_have_a_ceiling),
         TEST(rows_of_a_small_file_come_from_all_of_it),
         TEST(rows_of_a_large_file_come_from_many_places),
         TEST(the_size_of_pieces_changes_nothing),
         TEST(what_is_json_is_what_others_call_json))
