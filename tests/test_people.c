/*
 * What makes a column a person's and what does not: words beside the name, words for people and things, levels above, and names that
 * lists know, in scripts with blanks and without.
 */
#include "tests/check.h"
#include "tests/world_columns.h"

static const char *const european[] = { "Anna Kowalska",  "Jean Dupont",   "Giulia Rossi",
                                        "Björn Svensson", "Иван Петров",   "Hans Meier",
                                        "Maria Garcia",   "Γιώργος Παππάς" };
static const char *const wide[] = { "佐藤太郎", "鈴木花子", "高橋健一", "王小明",  "李伟",
                                    "김민준",   "이서연",   "박지훈",   "田中陽子" };

/* Rows of names that are all different: each is known by its first word or its first sign. */
static void write_european(char out[256], unsigned i)
{
    snprintf(out, 256, "%s-%c%c", european[i % 8], 'a' + i / 8 % 26, 'a' + i % 26);
}

static void write_wide(char out[256], unsigned i)
{
    static const char *const last[] = { "一", "二", "三", "美", "子", "夫", "平" };

    snprintf(out, 256, "%.9s%s", wide[i % 9], last[i / 9 % 7]);
}

static void write_colour(char out[256], unsigned i)
{
    static const char *const colours[] = { "Red", "Dark Olive", "Royal Blue", "Ivory" };

    snprintf(out, 256, "%s %u", colours[i % 4], i);
}

static void names_are_known_in_scripts_with_blanks_and_without(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 63);
    tl_columns_make(&w, "c1", "TEXT", write_european);
    tl_columns_make(&w, "c2", "TEXT", write_colour);
    tl_columns_make(&w, "担当者", "TEXT", write_wide);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "person_full_name");
    CHECK_TEXT(tl_columns_types(&w, 1), "-");
    CHECK_TEXT(tl_columns_types(&w, 2), "person_full_name");
    tl_columns_close(&w);
}

static void the_city_of_a_warehouse_is_nobodys_in_any_table(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "orders", 4);
    tl_columns_add(&w, "warehouse_city", "TEXT", "Hamburg", "Memphis", TL_LAST);
    tl_columns_add(&w, "customer_city", "TEXT", "Hamburg", "Memphis", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_INT(tl_columns_tag(&w, 0)->sensitivity, TL_INTERNAL);
    CHECK_INT(tl_columns_tag(&w, 1)->sensitivity, TL_PERSONAL);
    tl_columns_close(&w);
}

static void a_level_above_that_speaks_of_no_people_supports_no_name(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "issues", 4);
    tl_columns_add(&w, "reporter.email", "TEXT", "a@b.example", "c@d.example", TL_LAST);
    tl_columns_add(&w, "priority.name", "TEXT", "High", "Very Low", TL_LAST);
    tl_columns_add(&w, "customer.name", "TEXT", "Anna Kowalska", "Jean Dupont", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 1), "-");
    CHECK_TEXT(tl_columns_types(&w, 2), "person_full_name");
    tl_columns_close(&w);
}

static void an_id_beside_a_word_for_people_needs_no_list(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 0);
    tl_columns_add(&w, "cust_key", "INTEGER", TL_LAST);
    tl_columns_add(&w, "numero_cliente", "INTEGER", TL_LAST);
    tl_columns_add(&w, "number_of_customers", "INTEGER", TL_LAST);
    tl_columns_add(&w, "warehouse_key", "INTEGER", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_NONE);
    CHECK_TEXT(tl_columns_types(&w, 0), "record_id");
    CHECK_TEXT(tl_columns_types(&w, 1), "record_id");
    CHECK_TEXT(tl_columns_types(&w, 2), "-");
    CHECK_TEXT(tl_columns_types(&w, 3), "-");
    CHECK_INT(tl_columns_tag(&w, 0)->sensitivity, TL_PERSONAL);
    tl_columns_close(&w);
}

static void weak_words_in_the_midst_of_a_name_make_nothing(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "employees", 4);
    tl_columns_add(&w, "last_name", "TEXT", "Meier", "Dupont", TL_LAST);
    tl_columns_add(&w, "job_family", "TEXT", "Sales", "Research", TL_LAST);
    tl_columns_add(&w, "job", "TEXT", "Clerk", "Nurse", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 1), "-");
    CHECK_TEXT(tl_columns_types(&w, 2), "occupation");
    tl_columns_close(&w);
}

static void what_is_nobodys_wins_its_columns(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "devices", 6);
    tl_columns_add(&w, "firmware", "TEXT", "12.34.56.78", "12.40.1.9", "13.2.7.200",
                   TL_LAST);
    tl_columns_add(&w, "last_ip", "TEXT", "12.34.56.78", "12.40.1.9", "13.2.7.200",
                   TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "-");
    CHECK_TEXT(tl_columns_types(&w, 1), "ipv4_address");
    tl_columns_close(&w);
}

TL_TESTS("people", TEST(names_are_known_in_scripts_with_blanks_and_without),
         TEST(the_city_of_a_warehouse_is_nobodys_in_any_table),
         TEST(a_level_above_that_speaks_of_no_people_supports_no_name),
         TEST(an_id_beside_a_word_for_people_needs_no_list),
         TEST(weak_words_in_the_midst_of_a_name_make_nothing),
         TEST(what_is_nobodys_wins_its_columns))
