#include "tests/contract_connector.h"

#include "connectors/files/csv_read.h"
#include "connectors/files/encoding.h"

#include <unistd.h>

#define BYTES(text) (text), sizeof(text) - 1

/* One for all: there is a ceiling on folders. */
static const char *home(void)
{
    static const char *folder;

    if (!folder)
        folder = tl_test_folder();
    return folder;
}

/* A probe of one file of these bytes, with further lines of configuration. */
static struct probe made_of(const char *bytes, size_t n, const char *options)
{
    struct probe p;
    const char *path = probe_file(home(), "a.csv", bytes, n);

    probe_read(&p, tl_connector_find("csv"), probe_words("path: %s\n%s", path, options));
    return p;
}

/* "a|b|" of the file's columns. */
static const char *columns_of(struct probe *p)
{
    const struct tl_dataset *dataset = &p->snapshot.datasets.items[0];

    tl_str_clear(&p->text);
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        size_t n;
        const char *path =
            tl_text_get(p->snapshot.texts,
                        p->snapshot.columns.items[dataset->first_column + i].path, &n);
        tl_str_add_bytes(&p->text, path, n);
        tl_str_add_char(&p->text, '|');
    }
    return p->text.text;
}

/* All columns of all rows, a line a column. */
static void check_values(const char *bytes, size_t n, const char *columns,
                         const char *values)
{
    struct probe p = made_of(bytes, n, "");
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    CHECK_TEXT(columns_of(&p), columns);
    probe_sample(&p, "a.csv", 100);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    for (uint32_t c = 0; c < p.sample.n_columns; c++) {
        for (uint32_t r = 0; r < p.sample.n_rows; r++) {
            const struct tl_value *value =
                &p.sample.values[(size_t)c * p.sample.n_rows + r];
            tl_str_add_bytes(&text, value->bytes ? value->bytes : "NULL",
                             value->bytes ? value->n : 4);
            tl_str_add_char(&text, '|');
        }
        tl_str_add_char(&text, '\n');
    }
    CHECK_TEXT(text.text, values);
    tl_str_release(&text);
    probe_close(&p);
}

/* ---- the format ---- */

static void plain_records_are_read(void)
{
    check_values(BYTES("id,mail\n1,a@b\n2,c@d\n"), "id|mail|", "1|2|\na@b|c@d|\n");
    check_values(BYTES("id,mail\n1,a@b\n2,c@d"), "id|mail|", "1|2|\na@b|c@d|\n");
}

static void quotes_hold_delimiters_quotes_and_lines(void)
{
    check_values(BYTES("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\"\"\n"),
                 "a|b|", "x, y|two\nlines|\nsay \"hi\"|\"|\n");
    check_values(BYTES("a,b\n\"two\r\nlines\",1\n"), "a|b|", "two\r\nlines|\n1|\n");
}

static void quotes_that_mean_nothing_are_kept(void)
{
    check_values(BYTES("a,b\n5\" disk,x\"y\"\n\"ab\"c,\"d\" \n"), "a|b|",
                 "5\" disk|abc|\nx\"y\"|d |\n");
}

static void blanks_before_a_quote_are_no_part_of_the_cell(void)
{
    check_values(BYTES("a, \"b\", c\n1, \"x, y\", z\n"), "a|b| c|", "1|\nx, y|\n z|\n");
}

static void every_kind_of_line_end_ends_a_record(void)
{
    check_values(BYTES("a,b\r\n1,2\r\n3,4\r\n"), "a|b|", "1|3|\n2|4|\n");
    check_values(BYTES("a,b\r1,2\r3,4\r"), "a|b|", "1|3|\n2|4|\n");
    check_values(BYTES("a,b\r\n1,2\n3,4\r\n"), "a|b|", "1|3|\n2|4|\n");
    check_values(BYTES("a,b\n1,x\ry\n"), "a|b|", "1|\nx\ry|\n");
    check_values(BYTES("\"a\",\"b\"\r\n\"1\",\"2\"\r\n"), "a|b|", "1|\n2|\n");
}

static void empty_lines_are_no_records(void)
{
    check_values(BYTES("\n\r\na,b\n\n1,2\n\r\n\n3,4\n\n"), "a|b|", "1|3|\n2|4|\n");
}

static void delimiters_are_found_out(void)
{
    check_values(BYTES("a;b;c\n1,5;2,5;x\n3,5;4,5;y\n"), "a|b|c|",
                 "1,5|3,5|\n2,5|4,5|\nx|y|\n");
    check_values(BYTES("a\tb\nx, y\tz\n"), "a|b|", "x, y|\nz|\n");
    check_values(BYTES("a|b\n1|2\n"), "a|b|", "1|\n2|\n");
    check_values(BYTES("a;b\n\"x,y,z\";1\n\"x,y,z\";2\n"), "a|b|",
                 "x,y,z|x,y,z|\n1|2|\n");
    check_values(BYTES("mail\na@b\nc@d, e@f\n"), "mail|column_2|",
                 "a@b|c@d|\nNULL| e@f|\n");
}

static void a_given_delimiter_is_used(void)
{
    struct probe p = made_of(BYTES("a b,c d,e\n1 2,3 4,5\n"), "delimiter: ' '\n");

    CHECK_TEXT(columns_of(&p), "a|b,c|d,e|");
    probe_close(&p);
    p = made_of(BYTES("a\tb,c\n1\t2\n"), "delimiter: tab\n");
    CHECK_TEXT(columns_of(&p), "a|b,c|");
    probe_close(&p);
}

static void a_mark_is_no_part_of_the_first_name(void)
{
    check_values(BYTES("\xef\xbb\xbf\"a\",b\n1,2\n"), "a|b|", "1|\n2|\n");
}

static void check_refused(const char *bytes, size_t n, const char *words,
                          const char *hint)
{
    const char *path = probe_file(home(), "a.csv", bytes, n);
    struct probe p;

    CHECK_OK(probe_open(&p, tl_connector_find("csv"), probe_words("path: %s\n", path)),
             &p.ctx);
    int rc = probe_pull(&p);
    CHECK_HAS(p.ctx.error.hint, hint);
    CHECK_FAILS(rc, TL_ESOURCE, words, &p.ctx);
    probe_close(&p);
}

static void what_is_no_text_is_refused_with_a_way_out(void)
{
    check_refused(BYTES("\xff\xfe"
                        "a\0,\0b\0"),
                  "UTF-16", "iconv");
    check_refused(BYTES("\xfe\xff\0a\0,\0b"), "UTF-16", "iconv");
    check_refused(BYTES("\x1f\x8b\x08\0"), "gzip", "gunzip");
    check_refused(BYTES("PK\x03\x04\x14"), "spreadsheet", "save it as CSV");
    check_refused(BYTES("SQLite format 3\0"), "SQLite", "type sqlite");
}

static void what_is_empty_is_no_clean_file(void)
{
    check_refused(BYTES(""), "is empty: nothing to tell", "export");
    check_refused(BYTES("\n \r\n\t\n"), "is empty", "export");
    check_refused(BYTES("\xef\xbb\xbf"), "is empty", "export");
    check_refused(BYTES("\xef\xbb\xbf\n\n"), "is empty", "export");
    check_values(BYTES("a,b\n"), "a|b|", "\n\n");
}

static void much_blank_before_the_first_record_is_stepped_over(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (int i = 0; i < 400000; i++)
        tl_str_add_char(&text, '\n');
    check_refused(text.text, text.n, "is empty", "export");
    tl_str_add(&text, "a,b\n1,2\n");
    check_values(text.text, text.n, "a|b|", "1|\n2|\n");
    tl_str_release(&text);
}

static void binary_files_are_refused(void)
{
    char noise[300];

    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(1 + i * 7919 % 255);
    check_refused(noise, sizeof noise, "a.csv' is no text", "CSV");
    check_refused(BYTES("a,b\n1,\0\n"), "is no text", "CSV");
    check_refused(BYTES("\1\2\3\4\5\6abcdefgh\n"), "is no text", "CSV");
}

static void a_control_character_may_stand_between_cells(void)
{
    struct probe p = made_of(BYTES("a\1b\n1\1x\n2\1y\n"), "delimiter: \"\\x01\"\n");

    CHECK_TEXT(columns_of(&p), "a|b|");
    probe_close(&p);
}

static void nuls_deep_in_a_file_are_values(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, "a,b\n");
    for (int i = 0; i < 1000; i++)
        tl_str_add(&text, "word,x\n");
    tl_str_add_bytes(&text, "rest,x\0y\n", 9);
    struct probe p = made_of(text.text, text.n, "");
    probe_sample(&p, "a.csv", 2000);
    const struct tl_value *last = &p.sample.values[(size_t)2 * p.sample.n_rows - 1];
    CHECK_INT(last->n, 3);
    CHECK(memcmp(last->bytes, "x\0y", 3) == 0);
    tl_str_release(&text);
    probe_close(&p);
}

/* ---- encodings ---- */

static void windows_1252_is_converted_and_said(void)
{
    struct probe p = made_of(BYTES("id;Stra\xdf"
                                   "e;\x80\nx;M\xfcller;\x93q\x94\n"),
                             "");

    CHECK_TEXT(columns_of(&p), "id|Stra\xc3\x9f"
                               "e|\xe2\x82\xac|");
    const char *said = probe_said(&p);
    CHECK_HAS(said, "'a.csv' holds text that is not UTF-8, the first in line 1");
    CHECK(strstr(strstr(said, "1252") + 1, "1252") == NULL);
    CHECK_TEXT(probe_values(&p, "a.csv",
                            "Stra\xc3\x9f"
                            "e"),
               "M\xc3\xbcller|");
    CHECK_TEXT(probe_values(&p, "a.csv", "\xe2\x82\xac"), "\xe2\x80\x9cq\xe2\x80\x9d|");
    probe_close(&p);
}

static void utf8_stays_as_it_is_unsaid(void)
{
    struct probe p = made_of(BYTES("stra\xc3\x9f"
                                   "e\nM\xc3\xbcller\n\xe2\x82\xac\n"),
                             "");

    CHECK_TEXT(probe_said(&p), "");
    CHECK_TEXT(probe_values(&p, "a.csv",
                            "stra\xc3\x9f"
                            "e"),
               "M\xc3\xbcller|\xe2\x82\xac|");
    probe_close(&p);
}

static void one_odd_cell_does_not_spoil_the_others(void)
{
    check_values(BYTES("a,b\nM\xc3\xbcller,M\xfcller\n"), "a|b|",
                 "M\xc3\xbcller|\nM\xc3\xbcller|\n");
    check_values(BYTES("a,b\n\xff\xc3,\x81\n"), "a|b|", "\xc3\xbf\xc3\x83|\n\xc2\x81|\n");
}

static void a_given_encoding_is_used(void)
{
    struct probe p = made_of(BYTES("a\nM\xc3\xbcller\n"), "encoding: windows-1252\n");

    CHECK_TEXT(probe_said(&p), "");
    CHECK_TEXT(probe_values(&p, "a.csv", "a"), "M\xc3\x83\xc2\xbcller|");
    probe_close(&p);
    p = made_of(BYTES("a\nM\xfcller\n"), "encoding: utf-8\n");
    CHECK_TEXT(probe_said(&p), "");
    CHECK_TEXT(probe_values(&p, "a.csv", "a"), "M\xfcller|");
    probe_close(&p);
}

static void utf8_that_is_cut_stays_utf8(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (int column = 0; column < 4; column++) {
        tl_str_addf(&text, "%s%.*s", column ? "," : "", column, "xxx");
        for (int i = 0; i < 400; i++)
            tl_str_add(&text, "\xf0\x9f\x98\x80");
    }
    struct probe p = made_of(text.text, text.n, "header: false\n");
    probe_sample(&p, "a.csv", 10);
    for (int column = 0; column < 4; column++) {
        const struct tl_value *value = &p.sample.values[column];
        CHECK_INT(value->n, (256 - column) / 4 * 4 + column);
        CHECK_TEXT(value->bytes + value->n - 4, "\xf0\x9f\x98\x80");
    }
    tl_str_release(&text);
    probe_close(&p);
}

static uint64_t odd_line(const char *bytes, size_t n, size_t piece)
{
    struct tl_reader in;
    struct tl_ctx ctx;
    uint64_t line;

    tl_test_ctx_init(&ctx);
    tl_reader_of_memory(&in, bytes, n, piece);
    CHECK_OK(tl_encoding_look(&line, &in, 1000, &ctx), &ctx);
    CHECK_INT(tl_reader_tell(&in), 0);
    tl_test_ctx_release(&ctx);
    return line;
}

static void the_line_of_the_first_odd_byte_is_found_in_any_pieces(void)
{
    for (size_t piece = 1; piece < 20; piece++) {
        CHECK_INT(odd_line(BYTES("a\n\xe2\x82\xac\nb\n"), piece), 0);
        CHECK_INT(odd_line(BYTES("a\n\xe2\x82\xac\nb\xfc\n\n"), piece), 3);
        CHECK_INT(odd_line(BYTES("a\n\n\xf0\x9f\x98"), piece), 3);
        CHECK_INT(odd_line(BYTES("\xe2\x82"
                                 "abc\n"),
                           piece),
                  1);
    }
}

/* ---- odd shapes ---- */

static void empty_cells_are_null(void)
{
    check_values(BYTES("a,b,c,d\n,\"\",\\N,\"\\N\"\n"), "a|b|c|d|",
                 "NULL|\nNULL|\nNULL|\n\\N|\n");
}

static void short_rows_end_in_nulls(void)
{
    check_values(BYTES("a,b,c\n1\n1,2\n1,2,3\n"), "a|b|c|",
                 "1|1|1|\nNULL|2|2|\nNULL|NULL|3|\n");
}

static void long_rows_make_further_columns(void)
{
    check_values(BYTES("a,b\n1,2,,4\n5,6\n"), "a|b|column_3|column_4|",
                 "1|5|\n2|6|\nNULL|NULL|\n4|NULL|\n");
    /* A delimiter at the end of each row is only a habit. */
    check_values(BYTES("a,b\n1,2,\n5,6,,,\n"), "a|b|", "1|5|\n2|6|\n");
}

static void headers_are_repeated_empty_or_missing(void)
{
    check_values(BYTES("a,a,,A,a\n1,2,3,4,5\n"), "a|a#2|column_3|A|a#3|",
                 "1|\n2|\n3|\n4|\n5|\n");
    struct probe p = made_of(BYTES("1,x\n2,y,z\n"), "header: false\n");
    CHECK_TEXT(columns_of(&p), "column_1|column_2|column_3|");
    CHECK_INT(p.snapshot.datasets.items[0].rows, 2);
    probe_sample(&p, "a.csv", 10);
    CHECK_TEXT(probe_values(&p, "a.csv", "column_2"), "x|y|");
    probe_close(&p);
}

static void rows_that_are_wider_are_said(void)
{
    struct probe p = made_of(BYTES("a,b\n1,x,y\n3,z\n"), "");

    CHECK_HAS(probe_said(&p),
              "'a.csv': 1 row has more cells than the header; the further "
              "one is column 'column_3'\n");
    probe_close(&p);
    p = made_of(BYTES("a,b\n1,x,y,z\n3,x,y,z\n"), "");
    CHECK_HAS(probe_said(&p), "2 rows have more cells than the header; the further ones "
                              "are columns 'column_3' to 'column_4'\n");
    probe_close(&p);
}

static void a_delimiter_that_never_stands_there_is_said(void)
{
    struct probe p = made_of(BYTES("a\tb\nx\ty\nz\tw\n"), "delimiter: ';'\n");

    CHECK_HAS(probe_said(&p), "said to be ';', which never stands there; tab splits");
    CHECK_TEXT(columns_of(&p), "a\tb|");
    probe_close(&p);
    p = made_of(BYTES("note\none, two\nthree\n"), "delimiter: ';'\n");
    CHECK_TEXT(probe_said(&p), "");
    probe_close(&p);
}

static void a_source_needs_a_path(void)
{
    struct probe p;

    int rc = probe_open(&p, tl_connector_find("csv"), "header: true\n");
    CHECK_HAS(p.ctx.error.hint, "path: FILE");
    CHECK_FAILS(rc, TL_ECONFIG, "needs 'path'", &p.ctx);
    probe_close(&p);
}

static void ten_thousand_columns_are_columns(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (int row = 0; row < 300; row++)
        for (int i = 0; i < 10000; i++)
            tl_str_addf(&text, "%s%d%c", row ? "" : "c", i, i < 9999 ? ',' : '\n');
    struct probe p = made_of(text.text, text.n, "");
    tl_str_release(&text);
    CHECK_INT(p.snapshot.datasets.items[0].n_columns, 10000);
    probe_sample(&p, "a.csv", 1000);
    /* The ceiling of values holds: fewer rows than there are. */
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    CHECK(p.sample.n_rows > 100 && p.sample.n_rows < 300);
    CHECK_TEXT(p.sample.values[(size_t)9999 * p.sample.n_rows].bytes, "9999");
    probe_close(&p);
}

static void too_many_columns_are_refused(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct probe p;

    for (unsigned i = 0; i <= TL_CSV_COLUMNS_MOST; i++)
        tl_str_add(&text, "c,");
    const char *path = probe_file(tl_test_folder(), "a.csv", text.text, text.n);
    tl_str_release(&text);
    CHECK_OK(probe_open(&p, tl_connector_find("csv"), probe_words("path: %s\n", path)),
             &p.ctx);
    CHECK_FAILS(probe_pull(&p), TL_ELIMIT, "more than 100000", &p.ctx);
    probe_close(&p);
}

static void a_quote_that_is_never_closed_loses_nothing(void)
{
    check_values(BYTES("a,b\n1,x\n2,\"y\n3,z\n"), "a|b|", "1|2|3|\nx|\"y|z|\n");
    check_values(BYTES("a,b\n\"1,x\n2,y\n"), "a|b|", "\"1|2|\nx|y|\n");
}

static void a_quote_that_is_never_closed_is_told_of_once(void)
{
    struct probe p = made_of(BYTES("a,b\n1,x\n2,\"y\n3,z\n"), "");

    CHECK_TEXT(probe_said(&p), "");
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    CHECK_HAS(p.sample.why, "line 3: a quote is never closed");
    probe_close(&p);
    p = made_of(BYTES("a,b\n1,x\n2,\"y\n3,z\n"), "whole_below: 1\n");
    CHECK_HAS(probe_said(&p), "'a.csv' line 3: a quote is never closed");
    probe_close(&p);
    p = made_of(BYTES("a,b\n1,x\n2,\"y\"\n"), "");
    CHECK_TEXT(probe_said(&p), "");
    CHECK(p.sample.why == NULL);
    probe_close(&p);
}

static void many_odd_quotes_do_not_take_forever(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, "a,b\n1,\"x\n");
    for (int i = 0; i < 30000; i++)
        tl_str_add(&text, "\"\"y,\"\"\"\"z\n");
    struct probe p = made_of(text.text, text.n, "");
    CHECK_INT(p.snapshot.datasets.items[0].rows, 30001);
    tl_str_release(&text);
    probe_close(&p);
}

static void the_line_of_an_unclosed_quote_is_known(void)
{
    struct tl_csv csv = { 0 };
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_reader_of_memory(&csv.in, BYTES("a,b\n\"x\ny\",2\n3,\"z\n4,5\n"), 1000);
    CHECK_OK(tl_csv_begin(&csv, 0, 100, &ctx), &ctx);
    unsigned n = 0;
    while (tl_csv_next(&csv, true, &ctx) > 0)
        n++;
    CHECK_INT(n, 4);
    CHECK_INT(csv.unclosed_line, 4);
    CHECK_INT(csv.line, 6);
    tl_csv_release(&csv);
    tl_test_ctx_release(&ctx);
}

static void huge_cells_are_cut_without_being_held(void)
{
    struct tl_csv csv = { 0 };
    struct tl_ctx ctx;
    size_t n = 64 << 20;
    char *bytes = tl_alloc(n, 1);

    tl_test_ctx_init(&ctx);
    memset(bytes, 'x', n);
    memcpy(bytes, "a,b\n\"", 5);
    memcpy(bytes + n - 4, "\",2\n", 4);
    tl_reader_of_memory(&csv.in, bytes, n, 65536);
    CHECK_OK(tl_csv_begin(&csv, ',', 100, &ctx), &ctx);
    CHECK_INT(tl_csv_next(&csv, true, &ctx), 1);
    CHECK_INT(tl_csv_next(&csv, true, &ctx), 1);
    CHECK_INT(csv.n_cells, 2);
    CHECK(csv.cells.items[0].n == 100 && csv.cells.items[0].is_cut);
    CHECK(csv.text.room < 10000);
    tl_csv_release(&csv);
    tl_free(bytes);
    tl_test_ctx_release(&ctx);
}

/* ---- rows ---- */

static const char *numbers_file(int n)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, "id,note\n");
    for (int i = 0; i < n; i++)
        tl_str_addf(&text, "%d,\"note of\n%d\"\n", i, i);
    const char *path = probe_file(tl_test_folder(), "a.csv", text.text, text.n);
    tl_str_release(&text);
    return path;
}

static void check_spread(const char *options)
{
    unsigned quarters[4] = { 0 };
    bool seen[20000] = { 0 };
    struct probe p;

    probe_read(&p, tl_connector_find("csv"),
               probe_words("path: %s\n%s", numbers_file(20000), options));
    probe_sample(&p, "a.csv", 320);
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    CHECK_INT(p.sample.n_rows, 320);
    for (uint32_t i = 0; i < p.sample.n_rows; i++) {
        long long id = strtoll(p.sample.values[i].bytes, NULL, 10);
        const struct tl_value *note = &p.sample.values[p.sample.n_rows + i];
        CHECK(!seen[id]);
        seen[id] = true;
        quarters[id / 5000]++;
        CHECK_TEXT(note->bytes, probe_words("note of\n%lld", id));
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

static void rows_are_estimated(void)
{
    struct probe p;

    probe_read(&p, tl_connector_find("csv"),
               probe_words("path: %s\n", numbers_file(1000)));
    CHECK_INT(p.snapshot.datasets.items[0].rows, 1000);
    CHECK_INT(p.snapshot.datasets.items[0].kind, TL_FILE);
    probe_close(&p);
}

/* ---- files ---- */

static void files_of_one_name_are_told_apart_by_their_paths(void)
{
    const char *one = tl_test_folder();
    const char *two = tl_test_folder();
    struct probe p;

    probe_file(one, "a.csv", BYTES("x\n"));
    probe_file(two, "a.csv", BYTES("y\n"));
    probe_file(two, "b.csv", BYTES("z\n"));
    probe_read(&p, tl_connector_find("csv"),
               probe_words("paths: [%s/a.csv, %s/*.csv, %s/b.csv]\n", one, two, two));
    CHECK_INT(p.snapshot.datasets.n, 3);
    CHECK(probe_find(&p, probe_words("%s/a.csv", one)) >= 0);
    CHECK(probe_find(&p, probe_words("%s/a.csv", two)) >= 0);
    CHECK(probe_find(&p, "b.csv") >= 0);
    probe_close(&p);
}

static void a_name_with_a_star_in_it_is_a_name(void)
{
    const char *path = probe_file(tl_test_folder(), "a*[1].csv", BYTES("x\n"));
    struct probe p;

    probe_read(&p, tl_connector_find("csv"), probe_words("path: '%s'\n", path));
    CHECK(probe_find(&p, "a*[1].csv") >= 0);
    probe_close(&p);
}

static void a_file_that_cannot_be_read_is_marked_and_the_rest_goes_on(void)
{
    const char *folder = tl_test_folder();
    struct probe p;

    probe_file(folder, "a.csv", BYTES("x\n1\n"));
    probe_read(&p, tl_connector_find("csv"),
               probe_words("paths: [%s/a.csv, %s/none.csv]\n", folder, folder));
    CHECK_INT(p.snapshot.datasets.n, 2);
    CHECK_HAS(probe_text(&p, probe_dataset(&p, "none.csv")->broken), "No such file");
    probe_sample(&p, "none.csv", 5);
    CHECK_INT(p.sample.state, TL_SAMPLE_FAILED);
    probe_sample(&p, "a.csv", 5);
    CHECK_TEXT(probe_values(&p, "a.csv", "x"), "1|");
    probe_close(&p);
}

static void what_is_no_file_is_said(void)
{
    struct probe p;

    CHECK_OK(probe_open(&p, tl_connector_find("csv"),
                        probe_words("path: %s\n", tl_test_folder())),
             &p.ctx);
    CHECK_FAILS(p.connector->check(p.conn, &p.ctx), TL_ESOURCE, "it is a folder", &p.ctx);
    probe_close(&p);
    CHECK_FAILS(probe_open(&p, tl_connector_find("csv"), "path: /tmp/none-*.csv\n"),
                TL_ESOURCE, "no file matches", &p.ctx);
    probe_close(&p);
    CHECK_FAILS(probe_open(&p, tl_connector_find("csv"), "path: a\ndelimiter: '::'\n"),
                TL_ECONFIG, "'::'", &p.ctx);
    probe_close(&p);
}

static void a_file_that_is_cut_off_meanwhile_is_read_as_far_as_it_goes(void)
{
    const char *path = numbers_file(20000);
    struct probe p;

    probe_read(&p, tl_connector_find("csv"), probe_words("path: %s\n", path));
    CHECK_INT(truncate(path, 40), 0);
    probe_sample(&p, "a.csv", 10);
    CHECK(p.sample.n_rows < 5);
    probe_close(&p);
}

/* ---- pieces ---- */

static void add_records(struct tl_str *out, const char *bytes, size_t n, size_t piece)
{
    struct tl_csv csv = { 0 };
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_reader_of_memory(&csv.in, bytes, n, piece);
    CHECK_OK(tl_csv_begin(&csv, 0, 10, &ctx), &ctx);
    while (tl_csv_next(&csv, true, &ctx) > 0) {
        for (size_t i = 0; i < csv.cells.n; i++) {
            tl_str_add_bytes(out, tl_csv_cell(&csv, i), csv.cells.items[i].n);
            tl_str_add(out, csv.cells.items[i].is_cut ? "...|" : "|");
        }
        tl_str_addf(out, "%llu\n", (unsigned long long)csv.record_line);
    }
    tl_csv_release(&csv);
    tl_test_ctx_release(&ctx);
}

static void the_size_of_pieces_changes_nothing(void)
{
    static const char bytes[] = "a;\"b\"\r\n1;\"x;\"\"\n\ny\"\r\n\n\"a longer cell than "
                                "is kept\"; \"q\" z\r\n3;\"open\n4;5\r";
    struct tl_str whole = TL_STR_INIT(TL_STR_MOST);

    add_records(&whole, BYTES(bytes), 10000);
    for (size_t piece = 1; piece < sizeof bytes; piece++) {
        struct tl_str parts = TL_STR_INIT(TL_STR_MOST);
        add_records(&parts, BYTES(bytes), piece);
        CHECK_TEXT(parts.text, whole.text);
        tl_str_release(&parts);
    }
    CHECK_HAS(whole.text, "1|x;\"\n\ny|2\n");
    CHECK_HAS(whole.text, "a longer c...|q z|6\n");
    tl_str_release(&whole);
}

static void records_that_are_stepped_over_are_the_same(void)
{
    static const char bytes[] = "a,b\n1,2\n\r\n\"x\ny\",3\n\n4,\"5\"\n6,7\n";
    struct tl_csv csv = { 0 };
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    for (unsigned keep = 0; keep < 32; keep++) {
        tl_reader_of_memory(&csv.in, BYTES(bytes), 7);
        CHECK_OK(tl_csv_begin(&csv, 0, 100, &ctx), &ctx);
        unsigned n = 0;
        while (tl_csv_next(&csv, keep >> n & 1, &ctx) > 0)
            n++;
        CHECK_INT(n, 5);
        CHECK_INT(csv.line, 9);
    }
    tl_csv_release(&csv);
    tl_test_ctx_release(&ctx);
}

TL_TESTS(
    "csv", TEST(plain_records_are_read), TEST(quotes_hold_delimiters_quotes_and_lines),
    TEST(quotes_that_mean_nothing_are_kept),
    TEST(blanks_before_a_quote_are_no_part_of_the_cell),
    TEST(every_kind_of_line_end_ends_a_record), TEST(empty_lines_are_no_records),
    TEST(delimiters_are_found_out), TEST(a_given_delimiter_is_used),
    TEST(a_mark_is_no_part_of_the_first_name),
    TEST(what_is_no_text_is_refused_with_a_way_out), TEST(what_is_empty_is_no_clean_file),
    TEST(much_blank_before_the_first_record_is_stepped_over),
    TEST(binary_files_are_refused), TEST(a_control_character_may_stand_between_cells),
    TEST(nuls_deep_in_a_file_are_values), TEST(windows_1252_is_converted_and_said),
    TEST(utf8_stays_as_it_is_unsaid), TEST(one_odd_cell_does_not_spoil_the_others),
    TEST(a_given_encoding_is_used), TEST(utf8_that_is_cut_stays_utf8),
    TEST(the_line_of_the_first_odd_byte_is_found_in_any_pieces),
    TEST(empty_cells_are_null), TEST(short_rows_end_in_nulls),
    TEST(long_rows_make_further_columns), TEST(headers_are_repeated_empty_or_missing),
    TEST(rows_that_are_wider_are_said), TEST(a_delimiter_that_never_stands_there_is_said),
    TEST(a_source_needs_a_path), TEST(ten_thousand_columns_are_columns),
    TEST(too_many_columns_are_refused), TEST(a_quote_that_is_never_closed_loses_nothing),
    TEST(a_quote_that_is_never_closed_is_told_of_once),
    TEST(many_odd_quotes_do_not_take_forever),
    TEST(the_line_of_an_unclosed_quote_is_known),
    TEST(huge_cells_are_cut_without_being_held),
    TEST(rows_of_a_small_file_come_from_all_of_it),
    TEST(rows_of_a_large_file_come_from_many_places), TEST(rows_are_estimated),
    TEST(files_of_one_name_are_told_apart_by_their_paths),
    TEST(a_name_with_a_star_in_it_is_a_name),
    TEST(a_file_that_cannot_be_read_is_marked_and_the_rest_goes_on),
    TEST(what_is_no_file_is_said),
    TEST(a_file_that_is_cut_off_meanwhile_is_read_as_far_as_it_goes),
    TEST(the_size_of_pieces_changes_nothing),
    TEST(records_that_are_stepped_over_are_the_same))
