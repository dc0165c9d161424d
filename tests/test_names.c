/*
 * Names alone: each line of fixtures/names/names.txt is a name and what it is taken for; and how names are cut into words.
 */
#include "tests/check.h"
#include "tests/world_columns.h"

#include "base/file.h"
#include "classifiers/names.h"

static const char *first_type(struct tl_columns *w, const char *table, const char *name)
{
    w->snapshot.columns.n = w->values.n = w->snapshot.datasets.n = 0;
    tl_snapshot_add_dataset(&w->snapshot, NULL, NULL, table, TL_TABLE);
    tl_columns_add(w, name, NULL, TL_LAST);
    if (!tl_columns_decide(w, TL_SAMPLE_NONE))
        return "failed";
    return tl_columns_types(w, 0);
}

/* "table: name -> type", or without the table. */
static unsigned hold(struct tl_columns *w, char *line)
{
    char *arrow = strstr(line, " -> ");
    char *colon = strstr(line, ": ");
    const char *table = "t";
    const char *name = line;

    if (*line == '#' || !*line)
        return 0;
    if (!CHECK(arrow != NULL))
        return 0;
    *arrow = '\0';
    if (colon && colon < arrow) {
        *colon = '\0';
        table = line;
        name = colon + 2;
    }
    if (!CHECK_TEXT(first_type(w, table, name), arrow + 4))
        printf("    name '%s' in '%s'\n", name, table);
    return 1;
}

static unsigned hold_list(const char *path)
{
    struct tl_columns w;
    struct tl_str text = TL_STR_INIT(1 << 20);
    unsigned n = 0;

    tl_columns_open(&w, "t", 0);
    CHECK_OK(tl_file_read(&text, path, &w.ctx), &w.ctx);
    for (char *line = text.text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        n += hold(&w, line);
    }
    tl_str_release(&text);
    tl_columns_close(&w);
    return n;
}

static void every_name_of_the_lists_is_taken_for_what_it_is(void)
{
    CHECK(hold_list(TL_FIXTURES "/names/names.txt") > 100);
    CHECK(hold_list(TL_FIXTURES "/names/europe.txt") > 100);
}

static const char *cut(const char *name)
{
    static struct tl_tokens tokens;

    tl_tokens_of(&tokens, name, strlen(name));
    return tokens.text;
}

static void names_are_cut_at_case_digits_and_signs(void)
{
    CHECK_TEXT(cut("userEmail"), "user_email");
    CHECK_TEXT(cut("HTTPUserID"), "http_user_id");
    CHECK_TEXT(cut("addr2Line"), "addr_2_line");
    CHECK_TEXT(cut("  E-Mail (work) "), "e_mail_work");
    CHECK_TEXT(cut("__x__"), "x");
    CHECK_TEXT(cut(""), "");
}

static void plurals_and_accents_fall_together(void)
{
    CHECK_TEXT(cut("emails"), "email");
    CHECK_TEXT(cut("addresses"), "address");
    CHECK_TEXT(cut("status"), "status");
    CHECK_TEXT(cut("ids"), "id");
    CHECK_TEXT(cut("Prénom"), "prenom");
    CHECK_TEXT(cut("Straße"), "strasse");
    CHECK_TEXT(cut("ТЕЛЕФОН"), "телефон");
    CHECK_TEXT(cut("ΕΠΏΝΥΜΟ"), "επωνυμο");
    CHECK_TEXT(cut("όνομα πατρός"), "ονομα_πατροσ");
    CHECK_TEXT(cut("Địa chỉ"), "dia_chi");
    CHECK_TEXT(cut("họ_tên"), "ho_ten");
    CHECK_TEXT(cut("STRAẞE"), "strasse");
    CHECK_TEXT(cut("الإسم"), "اسم");
    CHECK_TEXT(cut("المدينة"), "مدينه");
    CHECK_TEXT(cut("countries"), "country");
    CHECK_TEXT(cut("movies"), "movy");
    CHECK_TEXT(cut("movie"), "movy");
    CHECK_TEXT(cut("Kategorie"), "kategory");
}

static void a_level_above_is_context_and_no_name(void)
{
    struct tl_tokens tokens;

    tl_tokens_of(&tokens, "device.geo.lat", 14);
    CHECK_INT(tokens.n, 3);
    CHECK_INT(tokens.segment, 2);
}

static void any_bytes_are_a_name(void)
{
    char long_name[1000];
    struct tl_tokens tokens;

    memset(long_name, 'a', sizeof long_name);
    for (size_t i = 0; i < sizeof long_name; i += 3)
        long_name[i] = '_';
    tl_tokens_of(&tokens, long_name, sizeof long_name);
    CHECK_INT(tokens.n, TL_TOKENS_MOST);
    tl_tokens_of(&tokens, "\xff\xfe\0x", 4);
    CHECK_TEXT(tokens.text, "x");
    memset(long_name, 'q', sizeof long_name);
    tl_tokens_of(&tokens, long_name, sizeof long_name);
    CHECK_INT(tokens.n, 1);
}

TL_TESTS("names", TEST(every_name_of_the_lists_is_taken_for_what_it_is),
         TEST(names_are_cut_at_case_digits_and_signs),
         TEST(plurals_and_accents_fall_together),
         TEST(a_level_above_is_context_and_no_name), TEST(any_bytes_are_a_name))
