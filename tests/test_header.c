#include "tests/contract_connector.h"

#include "connectors/files/header.h"

static struct probe made_of(const char *text, const char *options)
{
    struct probe p;
    const char *path = probe_file(tl_test_folder(), "a.csv", text, strlen(text));

    probe_read(&p, tl_connector_find("csv"), probe_words("path: %s\n%s", path, options));
    return p;
}

static const char *first_name(const struct probe *p)
{
    return probe_text(p, p->snapshot.columns.items[0].path);
}

static void check_row(const char *text, const char *words)
{
    struct probe p = made_of(text, "");
    const char *said = probe_said(&p);

    CHECK_TEXT(first_name(&p), "column_1");
    CHECK_HAS(said, "the first record of 'a.csv' looks like values, not names: ");
    CHECK_HAS(said, "set header: true");
    CHECK_HAS(said, words);
    probe_close(&p);
}

static void check_names(const char *text)
{
    struct probe p = made_of(text, "");

    CHECK_TEXT(probe_said(&p), "");
    CHECK(strcmp(first_name(&p), "column_1") != 0);
    probe_close(&p);
}

/* ---- cells ---- */

static void cells_that_no_name_is_like_are_known(void)
{
    static const char *const values[] = {
        "ada@example.org",
        " ada@example.org ",
        "Ada <ada@mail.example.org>",
        "https://example.org/x",
        "550e8400-e29b-41d4-a716-446655440000",
        "{550E8400-E29B-41D4-A716-446655440000}",
        "d41d8cd98f00b204e9800998ecf8427e",
        "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "192.168.0.1",
        "10.0.0.0/8",
        "2001:db8::1",
        "00:1b:44:11:3a:b7",
        "00-1B-44-11-3A-B7",
        "2024-02-29",
        "2024-02-29T10:00:00Z",
        "31.12.2024",
        "1/2/2024 10:00",
        "12.50",
        "-3",
        "1,234.50",
        "+49 30 1234567",
        "(030) 123-45-67",
        "4111 1111 1111 1111",
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "1700000000",
    };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (!CHECK(tl_header_value_words(values[i], strlen(values[i])) != NULL))
            printf("    %s\n", values[i]);
}

static void names_are_not_taken_for_values(void)
{
    static const char *const names[] = {
        "",
        "id",
        "e-mail",
        "E-Mail Addr",
        "user@domain",
        "@type",
        "q1",
        "2024",
        "2024-01",
        "2023-2024",
        "2023/2024",
        "2024Q1",
        "1.2.3",
        "count(*)",
        "12:30",
        "10-19",
        "a.b.c",
        "x::y",
        "sha256",
        "ipv4",
        "user_id_7",
        "utm_source",
        "Stra\xc3\x9f"
        "e",
        "addr_2001",
        "phone (+49)",
        "abcdefabcdefabcdefabcdefabcdefabcdef",
        "version 2",
        "What is your name?",
        "-",
        "+",
        ".",
        "n.a.",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!CHECK(tl_header_value_words(names[i], strlen(names[i])) == NULL))
            printf("    %s\n", names[i]);
}

/* ---- records ---- */

static void a_row_in_the_place_of_the_header_is_a_row(void)
{
    check_row("Ada,ada@example.org\nBob,bob@example.org\n",
              "cell 2 is like an e-mail address");
    check_row("Ada,2024-02-29\n", "cell 2 is like a date");
    check_row("1,2,3\n4,5,6\n", "it holds nothing but numbers");
    check_row("1,Ada,Berlin\n2,Bob,Paris\n", "cell 1 is a number like those below it");
    check_row("2021,Ada\n2019,Bob\n2020,Eve\n", "cell 1 is a number like those below it");
    check_row("DE,Ada\nFR,Bob\nDE,Eve\n", "the rows below hold the same again");
}

static void nothing_of_the_row_is_said(void)
{
    struct probe p = made_of("Zerlina,zerlina@example.org,+49 30 1234567\n", "");
    const char *said = probe_said(&p);

    CHECK(!strstr(said, "erlina") && !strstr(said, "1234567"));
    CHECK(!strstr(probe_schema(&p), "erlina"));
    probe_close(&p);
}

static void the_row_is_in_the_sample(void)
{
    struct probe p = made_of("Ada,ada@example.org\nBob,bob@example.org,x\n", "");

    CHECK_INT(p.snapshot.datasets.items[0].rows, 2);
    probe_sample(&p, "a.csv", 10);
    CHECK_TEXT(probe_values(&p, "a.csv", "column_2"), "ada@example.org|bob@example.org|");
    CHECK_TEXT(probe_values(&p, "a.csv", "column_3"), "NULL|x|");
    CHECK_HAS(probe_said(&p), "1 row has more cells than the first;");
    probe_close(&p);
}

static void names_stay_names(void)
{
    check_names("name,email\nAda,ada@example.org\n");
    check_names("country,2023,2024\nDE,5,6\nFR,70,8\n");
    check_names("cohort,0,1,2\nA,5,6,7\nB,7,8,9\n");
    check_names("id,email,email\n1,x,y\n2,x,y\n");
    check_names("id,email\n1,x\nid,email\n2,y\n");
    check_names("a,b,c,d,type\n1,2,3,4,type\n1,2,3,4,x\n");
    check_names("name");
}

static void what_is_said_of_the_header_counts(void)
{
    struct probe p = made_of("ada@example.org,1\n", "header: true\n");

    CHECK_TEXT(first_name(&p), "ada@example.org");
    CHECK_TEXT(probe_said(&p), "");
    probe_close(&p);
    p = made_of("name,email\n", "header: false\n");
    CHECK_TEXT(first_name(&p), "column_1");
    CHECK_TEXT(probe_said(&p), "");
    probe_close(&p);
    p = made_of("1,2\n", "header: auto\n");
    CHECK_TEXT(first_name(&p), "column_1");
    probe_close(&p);
}

static void another_word_for_the_header_is_refused(void)
{
    struct probe p;

    CHECK_FAILS(probe_open(&p, tl_connector_find("csv"), "path: a\nheader: maybe\n"),
                TL_ECONFIG, "'header' is 'maybe', expected one of auto, true, false",
                &p.ctx);
    probe_close(&p);
}

TL_TESTS("header", TEST(cells_that_no_name_is_like_are_known),
         TEST(names_are_not_taken_for_values),
         TEST(a_row_in_the_place_of_the_header_is_a_row),
         TEST(nothing_of_the_row_is_said), TEST(the_row_is_in_the_sample),
         TEST(names_stay_names), TEST(what_is_said_of_the_header_counts),
         TEST(another_word_for_the_header_is_refused))
