/* Columns that hold a little of something else, and columns whose values are of a nature that no identifier has. */
#include "tests/check.h"
#include "tests/world_columns.h"

/* Decides one column of 400 rows; "type share in" of each tag, the dominant last. */
static const char *decide(struct tl_columns *w, const char *table, const char *name,
                          const char *native, void (*make)(char out[256], unsigned i))
{
    const char *text = "";

    tl_columns_open(w, table, 400);
    tl_columns_make(w, name, native, make);
    tl_columns_decide(w, TL_SAMPLE_READ);
    const struct tl_decision *decision = &w->decisions.columns[0];
    for (uint32_t t = 0; t < decision->n_tags; t++) {
        const struct tl_tag *tag = &w->decisions.tags[decision->first_tag + t];
        text = tl_arena_printf(w->ctx.arena, "%s%s%s %u%s", text, *text ? "; " : "",
                               tag->info_type, tag->share, tag->is_inside ? " in" : "");
    }
    return text;
}
static void check(const char *name, const char *native,
                  void (*make)(char out[256], unsigned i), const char *expected)
{
    struct tl_columns w;

    CHECK_TEXT(decide(&w, "tickets", name, native, make), expected);
    tl_columns_close(&w);
}

/* ---- a little of something else ---- */

static void prose(char out[256], unsigned i)
{
    static const char *const texts[] = { "asked about invoice", "call back later",
                                         "wants a refund", "delivery was late" };

    snprintf(out, 256, "%s, case %u", texts[i % 4], i);
}
static void mostly_prose_some_telephones(char out[256], unsigned i)
{
    if (i % 20)
        prose(out, i);
    else
        snprintf(out, 256, "+1 415 555 %04u", 100 + i);
}
static void notes_that_are_a_telephone_are_a_find_with_its_share(void)
{
    check("notes", "text", mostly_prose_some_telephones, "phone_e164 50 in");
}

static void mostly_prose_some_addresses(char out[256], unsigned i)
{
    if (i % 40)
        prose(out, i);
    else
        snprintf(out, 256, "a%u@example.com", i);
}
static void so_few_whole_addresses_are_found_too(void)
{
    check("notes", "text", mostly_prose_some_addresses, "email_address 25 in");
}

static void mostly_prose_some_numbers(char out[256], unsigned i)
{
    if (i % 20)
        prose(out, i);
    else
        snprintf(out, 256, "%010llu",
                 (unsigned long long)(tl_columns_mix(i) % 10000000000ull));
}
static void notes_that_are_a_number_are_nothing(void)
{
    check("notes", "text", mostly_prose_some_numbers, "");
}

static void mostly_cities_some_addresses(char out[256], unsigned i)
{
    static const char *const cities[] = { "Lisboa", "Porto", "Braga", "Faro", "Aveiro" };

    if (i % 25)
        snprintf(out, 256, "%s", cities[i % 5]);
    else
        snprintf(out, 256, "a%u@example.com", i);
}
static void the_dominant_type_stands_apart_from_what_contaminates_it(void)
{
    check("city", "text", mostly_cities_some_addresses, "email_address 40 in; city 960");
}

/* ---- what the values are as a whole ---- */

static void check_veto(const char *name, void (*make)(char out[256], unsigned i),
                       const char *why)
{
    struct tl_columns w;

    CHECK_TEXT(decide(&w, "things", name, "text", make), "");
    CHECK_HAS(tl_columns_why(&w, 0), why);
    tl_columns_close(&w);
}

static void a_running_number(char out[256], unsigned i)
{
    snprintf(out, 256, "%u", 4155550000u + (i * 271 + 11) % 400);
}
static void a_telephone(char out[256], unsigned i)
{
    snprintf(out, 256, "415%07llu",
             (unsigned long long)(2000000 + tl_columns_mix(i) % 7000000));
}
static void running_numbers_are_no_telephones_where_the_name_only_mentions_them(void)
{
    check_veto("phone_entry", a_running_number, "the values are running numbers");
    check("phone_number", "text", a_telephone, "phone_national 1000");
}

static void epoch_seconds(char out[256], unsigned i)
{
    snprintf(out, 256, "%u", 1700000000u + i * 977);
}
static void points_in_time_are_no_telephones(void)
{
    check_veto("mobile_seen", epoch_seconds, "the values are points in time");
}

static void a_late_instant(char out[256], unsigned i)
{
    snprintf(out, 256, "2024-%02u-%02u %02u:%02u:07", 1 + i % 12, 1 + i % 28, i % 24,
             i * 7 % 60);
}
static void a_birth_date(char out[256], unsigned i)
{
    snprintf(out, 256, "%u-%02u-%02u", 1950 + i % 60, 1 + i % 12, 1 + i % 28);
}
static void a_birth_of_late_with_its_minute_is_nobodys(void)
{
    check_veto("born", a_late_instant, "the values are points in time");
    check("born", "text", a_birth_date, "date_of_birth 1000");
}

static void a_token(char out[256], unsigned i)
{
    snprintf(out, 256, "%c%c%c", 'A' + i % 26, 'A' + i / 26 % 26, 'A' + i / 7 % 26);
}
static void a_language(char out[256], unsigned i)
{
    static const char *const codes[] = { "de", "en", "fr", "pt-BR" };

    snprintf(out, 256, "%s", codes[i % 4]);
}
static void a_town(char out[256], unsigned i)
{
    snprintf(out, 256, "%c%cdorf%s", 'A' + i % 26, 'a' + i / 26 % 26,
             i % 3 ? "" : "-Hausen");
}
static void what_each_row_has_for_itself_is_no_class_of_people(void)
{
    check_veto("language", a_token, "hardly two rows hold the same value");
    check("language", "text", a_language, "language 1000");
    check("geburtsort", "text", a_town, "birth_place 1000");
}

static void a_code(char out[256], unsigned i)
{
    snprintf(out, 256, "%u", i % 9);
}
static void a_sex(char out[256], unsigned i)
{
    snprintf(out, 256, "%u", i % 3);
}
static void nine_numbers_are_no_genders(void)
{
    check_veto("sex", a_code, "more different numbers than it has codes");
    check("sex", "text", a_sex, "gender 1000");
}

static void each_number_once(char out[256], unsigned i)
{
    snprintf(out, 256, "%u", i % 400);
}
static void an_age(char out[256], unsigned i)
{
    snprintf(out, 256, "%u", 18 + (unsigned)(tl_columns_mix(i) % 60));
}
static void ages_that_stand_once_each_are_nobodys(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "life_table", 100);
    tl_columns_make(&w, "age", "integer", each_number_once);
    tl_columns_decide(&w, TL_SAMPLE_WHOLE);
    CHECK_TEXT(tl_columns_types(&w, 0), "-");
    tl_columns_close(&w);
    CHECK_TEXT(decide(&w, "patients", "age", "integer", an_age), "age 1000");
    tl_columns_close(&w);
    check("age", "integer", an_age, ""); /* of a ticket */
}

TL_TESTS("mixed", TEST(notes_that_are_a_telephone_are_a_find_with_its_share),
         TEST(so_few_whole_addresses_are_found_too),
         TEST(notes_that_are_a_number_are_nothing),
         TEST(the_dominant_type_stands_apart_from_what_contaminates_it),
         TEST(running_numbers_are_no_telephones_where_the_name_only_mentions_them),
         TEST(points_in_time_are_no_telephones),
         TEST(a_birth_of_late_with_its_minute_is_nobodys),
         TEST(what_each_row_has_for_itself_is_no_class_of_people),
         TEST(nine_numbers_are_no_genders), TEST(ages_that_stand_once_each_are_nobodys))
