/* Whose a column is: what tables, comments, keys and siblings say of it. */
#include "classifiers/subject.h"
#include "tests/check.h"
#include "tests/world_columns.h"

static void an_id(char out[256], unsigned i)
{
    snprintf(out, 256, "%u", 30000 + i * 7);
}
static void a_name(char out[256], unsigned i)
{
    static const char *const names[] = { "Maria Costa", "John Meyer", "Aiko Sato",
                                         "Lena Braun", "Omar Haddad" };

    snprintf(out, 256, "%s", names[i % 5]);
}
static void an_email(char out[256], unsigned i)
{
    snprintf(out, 256, "a%u@example.com", i);
}

static struct tl_dataset *dataset_of(struct tl_columns *w)
{
    return &w->snapshot.datasets.items[0];
}

/* The dominant type of column `column` and its category. */
static const char *told(struct tl_columns *w, uint32_t column)
{
    const struct tl_tag *tag = tl_columns_tag(w, column);

    return tag ? tl_arena_printf(w->ctx.arena, "%s %s", tag->info_type, tag->category)
               : "-";
}

static void a_key_to_people_is_a_pseudonym_whatever_it_is_called(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "orders", 50);
    tl_columns_make(&w, "placed_for", "integer", an_id);
    tl_columns_make(&w, "placed_in", "integer", an_id);
    tl_snapshot_add_foreign_key(&w.snapshot, "placed_for", "shop.customers", "id");
    tl_snapshot_add_foreign_key(&w.snapshot, "placed_in", "shop.regions", "id");
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(told(&w, 0), "record_id user.unique_id");
    CHECK_INT(tl_columns_tag(&w, 0)->sensitivity, TL_PERSONAL);
    CHECK_HAS(tl_columns_why(&w, 0), "it is a key to a table of people");
    CHECK_TEXT(told(&w, 1), "-");
    tl_columns_close(&w);
}

static void such_a_key_is_known_without_values_too(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "orders", 0);
    tl_columns_make(&w, "placed_for", "integer", an_id);
    tl_snapshot_add_foreign_key(&w.snapshot, "placed_for", "users", "id");
    tl_columns_decide(&w, TL_SAMPLE_NONE);
    CHECK_TEXT(told(&w, 0), "record_id user.unique_id");
    tl_columns_close(&w);
}

static void a_key_that_is_an_address_stays_one(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "orders", 50);
    tl_columns_make(&w, "email", "text", an_email);
    tl_snapshot_add_foreign_key(&w.snapshot, "email", "customers", "email");
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address");
    tl_columns_close(&w);
}

static void a_name_in_a_table_of_people_is_a_persons(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "customers", 50);
    tl_columns_make(&w, "name", "text", a_name);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(told(&w, 0), "person_full_name user.name");
    CHECK_HAS(tl_columns_why(&w, 0), "the table's name says that it is about people");
    tl_columns_close(&w);
}

static void a_comment_and_a_key_make_a_table_one_of_people(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t_0815", 0);
    tl_columns_make(&w, "customer_ref", "integer", an_id);
    tl_columns_make(&w, "name", "text", a_name);
    w.snapshot.columns.items[0].roles = TL_KEY_PRIMARY;
    tl_columns_decide(&w, TL_SAMPLE_NONE);
    CHECK_TEXT(told(&w, 1), "-");
    dataset_of(&w)->comment = tl_text_of(w.snapshot.texts, "one row per customer");
    tl_columns_decide(&w, TL_SAMPLE_NONE);
    CHECK_TEXT(told(&w, 1), "person_full_name user.name");
    CHECK_HAS(tl_columns_why(&w, 1), "the table's comment speaks of people");
    tl_columns_close(&w);
}

static void a_birth_date(char out[256], unsigned i)
{
    snprintf(out, 256, "%u-%02u-%02u", 1950 + i * 7 % 50, 1 + i % 12, 1 + i % 28);
}
static void a_day_of_late(char out[256], unsigned i)
{
    snprintf(out, 256, "%u-%02u-%02u", 1990 + i * 7 % 34, 1 + i % 12, 1 + i % 28);
}
static void birth_dates_are_known_by_themselves_among_people_only(void)
{
    static const struct {
        const char *table, *name, *type;
        void (*make)(char out[256], unsigned i);
    } rows[] = { { "customers", "date_1", "date_of_birth", a_birth_date },
                 { "customers", "date_1", "-", a_day_of_late },
                 { "customers", "founded", "-", a_birth_date },
                 { "films", "date_1", "-", a_birth_date } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tl_columns w;

        tl_columns_open(&w, rows[i].table, 60);
        tl_columns_make(&w, rows[i].name, "date", rows[i].make);
        tl_columns_decide(&w, TL_SAMPLE_READ);
        CHECK_TEXT(tl_columns_types(&w, 0), rows[i].type);
        tl_columns_close(&w);
    }
}

static void a_town(char out[256], unsigned i)
{
    static const char *const towns[] = { "Lisboa", "Porto", "Berlin", "Madrid", "Paris" };

    snprintf(out, 256, "%s", towns[i % 5]);
}
static void visits_of_a_store_are_acts_of_people(void)
{
    static const struct {
        const char *table;
        int sensitivity;
    } cases[] = { { "stores", TL_INTERNAL },
                  { "store_visits", TL_PERSONAL },
                  { "site_bookings", TL_PERSONAL },
                  { "visit_stores", TL_INTERNAL } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tl_columns w;

        tl_columns_open(&w, cases[i].table, 50);
        tl_columns_make(&w, "city", "text", a_town);
        tl_columns_decide(&w, TL_SAMPLE_READ);
        CHECK_INT(tl_columns_tag(&w, 0)->sensitivity, cases[i].sensitivity);
        tl_columns_close(&w);
    }
}

static void a_full_name(char out[256], unsigned i)
{
    static const char *const given[] = { "Maria", "John", "Anna", "Peter", "Laura" };
    static const char *const family[] = { "Costa",  "Meyer", "Sato",  "Braun",
                                          "Haddad", "Smith", "Silva", "Novak",
                                          "Rossi",  "Weber", "Moreau" };

    snprintf(out, 256, "%s %s", given[i % 5], family[i % 11]);
}
static void what_all_values_prove_outweighs_a_word_of_the_table(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "events", 100);
    tl_columns_make(&w, "attr_7", "text", a_full_name);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "person_full_name");
    tl_columns_close(&w);
}

static void points_add_up(void)
{
    struct tl_subject customers = { .by_name = TL_SUBJECT_BY_NAME };
    struct tl_subject stores = { .by_name = TL_SUBJECT_BY_THING, .has_contact = true };
    struct tl_subject managed = { .by_name = TL_SUBJECT_BY_THING, .people = 1 };
    struct tl_subject lone = { .people = 1 };

    CHECK_INT(tl_subject_kind_of(&customers), TL_SUBJECT_PEOPLE);
    CHECK_INT(tl_subject_kind_of(&stores), TL_SUBJECT_THINGS);
    CHECK_INT(tl_subject_kind_of(&managed), TL_SUBJECT_UNKNOWN);
    CHECK(tl_subject_is_people_beside(&lone, false));
    CHECK(!tl_subject_is_people_beside(&lone, true));
    CHECK(tl_subject_words("core/person_full_name#table") == NULL);
}

TL_TESTS("subject", TEST(visits_of_a_store_are_acts_of_people),
         TEST(what_all_values_prove_outweighs_a_word_of_the_table),
         TEST(a_key_to_people_is_a_pseudonym_whatever_it_is_called),
         TEST(such_a_key_is_known_without_values_too),
         TEST(a_key_that_is_an_address_stays_one),
         TEST(a_name_in_a_table_of_people_is_a_persons),
         TEST(a_comment_and_a_key_make_a_table_one_of_people),
         TEST(birth_dates_are_known_by_themselves_among_people_only), TEST(points_add_up))
