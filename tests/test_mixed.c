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

TL_TESTS("mixed", TEST(notes_that_are_a_telephone_are_a_find_with_its_share),
         TEST(so_few_whole_addresses_are_found_too),
         TEST(notes_that_are_a_number_are_nothing),
         TEST(the_dominant_type_stands_apart_from_what_contaminates_it))
