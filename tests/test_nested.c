/* Values that hold others: what is found in them, where, and what stays what it was. */
#include "classifiers/nested.h"
#include "classifiers/rules.h"
#include "tests/check.h"
#include "tests/world_columns.h"

static void open_rows(struct tl_columns *w, const char *name, const char *native,
                      void (*make)(char out[256], unsigned i))
{
    tl_columns_open(w, "events", 60);
    tl_columns_make(w, name, native, make);
    tl_columns_decide(w, TL_SAMPLE_READ);
}

/* "email_address user.email 1000; ..." of everything that stands inside. */
static const char *inside(struct tl_columns *w)
{
    const struct tl_decision *decision = &w->decisions.columns[0];
    const char *text = "";

    for (uint32_t t = 0; t < decision->n_tags; t++) {
        const struct tl_tag *tag = &w->decisions.tags[decision->first_tag + t];
        if (tag->is_inside)
            text =
                tl_arena_printf(w->ctx.arena, "%s%s%s %s %u", text, *text ? "; " : "",
                                tag->info_type, tag->path ? tag->path : "-", tag->share);
    }
    return text;
}

static void check_inside(const char *name, void (*make)(char out[256], unsigned i),
                         const char *expected)
{
    struct tl_columns w;

    open_rows(&w, name, "text", make);
    CHECK_TEXT(inside(&w), expected);
    tl_columns_close(&w);
}

/* ---- JSON ---- */

static void a_user(char out[256], unsigned i)
{
    snprintf(
        out, 256,
        "{\"event\": \"view\", \"user\": {\"email\": \"a%u@example.com\", \"tier\": %u}}",
        i, i % 3);
}
static void a_field_of_json_is_found_with_its_path(void)
{
    check_inside("payload", a_user, "email_address user.email 1000");
}

static void a_list_of_users(char out[256], unsigned i)
{
    snprintf(out, 256,
             "[{\"email\": \"a%u@example.com\"}, {\"email\": \"b%u@example.org\"}]", i,
             i);
}
static void fields_of_list_items_are_one_path(void)
{
    check_inside("members", a_list_of_users, "email_address [].email 1000");
}

static void a_map_by_address(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"seen\": {\"a%u@example.com\": %u, \"b%u@example.org\": %u}}",
             i, i, i, i);
}
static void a_map_keyed_by_addresses_is_a_find_and_its_keys_are_no_path(void)
{
    check_inside("state", a_map_by_address, "email_address seen.* 1000");
}

static void a_map_by_odd_words(char out[256], unsigned i)
{
    static const char *const keys[] = { "a\xC2\x9B", "b\xE2\x80\xAE", "c\xFF" };

    snprintf(out, 256, "{\"seen\": {\"%s\": \"a%u@example.com\"}}", keys[i % 3], i);
}
static void what_would_write_on_a_terminal_is_no_word_of_a_path(void)
{
    check_inside("state", a_map_by_odd_words, "email_address seen.* 1000");
}

static void a_map_of_users(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"u%u\": {\"email\": \"a%u@example.com\"}}", 10000 + i, i);
}
static void what_stands_below_data_keys_is_one_path(void)
{
    check_inside("state", a_map_of_users, "email_address *.email 1000");
}

static void a_truncated_one(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"user\": {\"email\": \"a%u@example.com\", \"name\": \"An", i);
}
static void truncated_json_yields_what_was_seen(void)
{
    check_inside("payload", a_truncated_one, "email_address user.email 1000");
}

static void json_in_json(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"body\": \"{\\\"email\\\": \\\"a%u\\u0040example.com\\\"}\"}",
             i);
}
static void json_inside_a_string_is_opened_too(void)
{
    check_inside("message", json_in_json, "email_address body.email 1000");
}

static void an_array_of_postgres(char out[256], unsigned i)
{
    snprintf(out, 256, "{a%u@example.com,\"b%u@example.org\"}", i, i);
}
static void the_arrays_of_postgres_are_lists(void)
{
    check_inside("members", an_array_of_postgres, "email_address [] 1000");
}

static void machine_json(char out[256], unsigned i)
{
    snprintf(out, 256,
             "{\"cpu\": %u.%u, \"host\": \"node-%u\", \"ok\": true, \"id\": %u, "
             "\"tags\": [1,2]}",
             i, i, i % 5, i * 7);
}
static void json_of_machines_holds_nobody(void)
{
    check_inside("metrics", machine_json, "");
}

static void a_rare_field(char out[256], unsigned i)
{
    if (i % 4)
        snprintf(out, 256, "{\"note\": \"none\"}");
    else
        snprintf(out, 256, "{\"contact\": {\"email\": \"a%u@example.com\"}}", i);
}
static void the_share_is_of_all_rows(void)
{
    check_inside("extra", a_rare_field, "email_address contact.email 250");
}

/* ---- maps ---- */

static void a_map_by_handles(char out[256], unsigned i)
{
    static const char *const keys[] = { "johnny_depper", "mx.rosalie", "zanderbyte",
                                        "okapi_fan",     "quillwort",  "teapotter" };

    snprintf(out, 256, "{\"%s\": \"u%u@example.com\"}", keys[i % 6], i);
}
static void a_map_by_a_handle_and_rarer_ones(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"%s\": \"u%u@example.com\"}",
             i % 10 ? "johnny_depper" : "zanderbyte", i);
}
static void handles_beside_a_word(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"event\": \"view\", \"%s\": \"u%u@example.com\"}",
             i % 3 ? "johnny_depper" : "zanderbyte", i);
}
static void two_handles_each(char out[256], unsigned i)
{
    static const char *const keys[] = { "johnny_depper", "rosalie_mx", "zanderbyte",
                                        "okapi_fan",     "quillwort",  "teapotter" };

    snprintf(out, 256, "{\"%s\": \"u%u@example.com\", \"%s\": \"v%u@example.com\"}",
             keys[i % 6], i, keys[(i + 1 + i % 4) % 6], i);
}
static void handles_are_no_word_of_a_path(void)
{
    check_inside("state", a_map_by_handles, "email_address * 1000");
    check_inside("state", a_map_by_a_handle_and_rarer_ones, "email_address * 1000");
    check_inside("state", handles_beside_a_word, "email_address * 1000");
    check_inside("state", two_handles_each, "email_address * 1000");
}

static void a_map_by_ids(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"seen\": {\"u%u\": \"a%u@example.com\"}}", i % 6, i);
}
static void a_map_by_countries(char out[256], unsigned i)
{
    static const char *const keys[] = { "XK", "QZ", "TL", "VU" };

    snprintf(out, 256, "{\"seen\": {\"%s\": \"a%u@example.com\"}}", keys[i % 4], i);
}
static void ids_and_codes_are_no_word_of_a_path(void)
{
    check_inside("state", a_map_by_ids, "email_address seen.* 1000");
    check_inside("state", a_map_by_countries, "email_address seen.* 1000");
}

static void a_house_word(char out[256], unsigned i)
{
    if (i % 5)
        snprintf(out, 256, "{\"zorp\": \"a%u@example.com\", \"blick\": %u}", i, i);
    else
        snprintf(out, 256, "{\"zorp\": \"a%u@example.com\", \"quux\": %u}", i, i);
}
static void what_stands_in_most_objects_is_a_word_of_the_house(void)
{
    check_inside("extra", a_house_word, "email_address zorp 1000");
}

static void a_sparse_field(char out[256], unsigned i)
{
    if (i % 50)
        snprintf(out, 256, "{\"event\": \"view\", \"zorp\": %u}", i);
    else
        snprintf(out, 256, "{\"event\": \"view\", \"email2\": \"a%u@example.com\"}", i);
}
static void a_sparse_field_that_the_packs_know_keeps_its_name(void)
{
    struct tl_nested nested = { 0 };
    struct tl_columns w;
    unsigned n = 0;

    open_rows(&w, "extra", "text", a_sparse_field);
    tl_nested_open(&nested, w.engine, &w.sample, 0);
    for (size_t i = 0; i < nested.leaves.n; i++)
        n += strcmp(nested.leaves.items[i].path, "email2") == 0;
    CHECK_INT(n, 1);
    tl_nested_release(&nested);
    tl_columns_close(&w);
}

/* ---- URLs, pairs, cookies ---- */

static void a_url_with_an_address(char out[256], unsigned i)
{
    snprintf(out, 256,
             "https://shop.example.com/confirm?step=%u&email=a%u%%40example.com", i % 3,
             i);
}
static void an_address_in_a_query_is_found(void)
{
    struct tl_columns w;

    open_rows(&w, "page_url", "text", a_url_with_an_address);
    CHECK_TEXT(inside(&w), "email_address ?email 1000");
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address url");
    tl_columns_close(&w);
}

static void a_url_with_an_address_in_its_path(char out[256], unsigned i)
{
    snprintf(out, 256, "https://shop.example.com/unsubscribe/a%u%%40example.com/now", i);
}
static void an_address_in_a_path_is_found(void)
{
    check_inside("landing_page", a_url_with_an_address_in_its_path,
                 "email_address / 1000");
}

static void a_plain_url(char out[256], unsigned i)
{
    snprintf(out, 256, "https://shop.example.com/p/%u?page=%u&sort=price", i, i % 9);
}
static void plain_urls_are_urls(void)
{
    struct tl_columns w;

    open_rows(&w, "page_url", "text", a_plain_url);
    CHECK_TEXT(tl_columns_types(&w, 0), "url");
    tl_columns_close(&w);
}

static void a_url_in_json(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"page\": {\"url\": \"https://e.example/?e=a%u@example.com\"}}",
             i);
}
static void a_url_inside_json_is_opened_too(void)
{
    check_inside("hit", a_url_in_json, "email_address page.url?e 1000");
}

static void some_pairs(char out[256], unsigned i)
{
    snprintf(out, 256, "step=2|mail=a%u@example.com|plan=pro", i);
}
static void lists_of_pairs_are_opened(void)
{
    check_inside("attributes", some_pairs, "email_address mail 1000");
}

static void base64(char out[256], unsigned i)
{
    snprintf(out, 256, "A4AAAAx%08llxQ==", (unsigned long long)tl_columns_mix(i));
}
static void what_closes_in_a_sign_is_no_pair(void)
{
    CHECK(tl_nested_form_of("QUJD=", 5) == TL_NESTED_PLAIN);
    CHECK(tl_nested_form_of("QUI==", 5) == TL_NESTED_PLAIN);
    check_inside("token_text", base64, "");
}

/* ---- whose it is ---- */

static void an_order(char out[256], unsigned i)
{
    static const char *const things[] = { "Lamp", "Chair", "Desk", "Shelf" };

    snprintf(out, 256, "{\"items\": [{\"name\": \"%s\", \"sku\": \"A%u\"}]}",
             things[i % 4], i);
}
static void a_buyer(char out[256], unsigned i)
{
    static const char *const names[] = { "Maria Costa", "John Meyer", "Aiko Sato" };

    snprintf(out, 256, "{\"customer\": {\"name\": \"%s\"}, \"total\": %u}", names[i % 3],
             i);
}
static void an_email(char out[256], unsigned i)
{
    snprintf(out, 256, "a%u@example.com", i);
}
static void a_name_is_its_objects_and_not_the_tables(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "orders", 60);
    tl_columns_make(&w, "body", "text", an_order);
    tl_columns_make(&w, "email", "text", an_email);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(inside(&w), "");
    tl_columns_close(&w);
    check_inside("body", a_buyer, "person_full_name customer.name 1000");
}

static void a_search(char out[256], unsigned i)
{
    static const char *const cities[] = { "Paris", "Rome", "Berlin" };

    snprintf(out, 256, "https://e.example/find?city=%s&page=%u", cities[i % 3], i);
}
static void an_ad_request(char out[256], unsigned i)
{
    snprintf(out, 256, "https://e.example/ad?city=Paris&gender=%c&slot=%u", "FM"[i % 2],
             i);
}
static void a_city_that_is_searched_for_is_nobodys(void)
{
    check_inside("page_url", a_search, "");
    check_inside("page_url", an_ad_request, "city ?city 1000; gender ?gender 1000");
}

static void a_place(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"type\": \"Point\", \"coordinates\": [-73.%06u, 40.%06u]}",
             (unsigned)(tl_columns_mix(i) % 1000000),
             (unsigned)(tl_columns_mix(i + 99) % 1000000));
}
static void the_two_numbers_of_a_place_are_one_value(void)
{
    check_inside("shape", a_place, "geo_point coordinates 1000");
}

static void an_address(char out[256], unsigned i)
{
    snprintf(out, 256, "{\"street\": \"%u Main Street\", \"city\": \"Boston\"}", i);
}
static void a_document_is_no_street(void)
{
    check_inside("address", an_address, "city city 1000; street_address street 1000");
}

/* ---- bad input ---- */

static void open_text(struct tl_nested *nested, struct tl_columns *w, const char *text,
                      size_t n)
{
    struct tl_value value = { text, (uint32_t)n, false };
    struct tl_sample sample = {
        .state = TL_SAMPLE_READ, .n_columns = 1, .n_rows = 1, .values = &value
    };

    tl_nested_open(nested, w->engine, &sample, 0);
}

static void levels_beyond_the_last_are_skipped(void)
{
    struct tl_columns w;
    struct tl_nested nested = { 0 };
    char text[4096] = "";
    size_t n = 0;

    tl_columns_open(&w, "t", 0);
    memset(text, '[', 1000);
    memset(text + 1000, ']', 1000);
    open_text(&nested, &w, text, 2000);
    CHECK_INT(nested.leaves.n, 0);
    for (n = 0; n < 3000; n += 6)
        memcpy(text + n, "{\"a\":[", 6);
    open_text(&nested, &w, text, n);
    CHECK(nested.nodes.n <= TL_NESTED_LEVELS + 1);
    tl_nested_release(&nested);
    tl_columns_close(&w);
}

static void a_hundred_thousand_keys_are_bounded(void)
{
    struct tl_columns w;
    struct tl_nested nested = { 0 };
    struct tl_str text = TL_STR_INIT(16 << 20);

    tl_columns_open(&w, "t", 0);
    for (unsigned i = 0; i < 100000; i++)
        tl_str_addf(&text, "%c\"k%u\":%u", i ? ',' : '{', i, i);
    tl_str_add(&text, "}");
    open_text(&nested, &w, text.text, text.n);
    CHECK(nested.nodes.n <= TL_NESTED_KEYS + 1);
    CHECK_INT(nested.leaves.n, 2); /* the keys and what they hold */
    CHECK_TEXT(nested.leaves.items[0].path, "*");
    tl_str_release(&text);
    tl_nested_release(&nested);
    tl_columns_close(&w);
}

static void broken_bytes_are_read_as_far_as_they_go(void)
{
    static const char *const texts[] = { "{",
                                         "{\"",
                                         "{\"a\\",
                                         "{\"a\":\"\\u12",
                                         "[[",
                                         "{a:}",
                                         "{:}",
                                         "{,,}",
                                         "[,]",
                                         "{]",
                                         "http://",
                                         "https://@",
                                         "https://:@/?&=&;#=",
                                         "a=",
                                         "a=&&&b",
                                         "?=",
                                         "{'a':'b",
                                         "a=\"",
                                         "{\"a\":\xff\xfe}" };
    struct tl_columns w;
    struct tl_nested nested = { 0 };

    tl_columns_open(&w, "t", 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t n = 0; n <= strlen(texts[i]); n++) {
            char *own = tl_strdup(texts[i]);
            own[n] = '\0';
            open_text(&nested, &w, own, n);
            CHECK(nested.leaves.n < 4);
            tl_free(own);
        }
    open_text(&nested, &w, "{\"a\0b\": 1}", 10);
    tl_nested_release(&nested);
    tl_columns_close(&w);
}

TL_TESTS("nested", TEST(a_field_of_json_is_found_with_its_path),
         TEST(fields_of_list_items_are_one_path),
         TEST(a_map_keyed_by_addresses_is_a_find_and_its_keys_are_no_path),
         TEST(what_would_write_on_a_terminal_is_no_word_of_a_path),
         TEST(what_stands_below_data_keys_is_one_path),
         TEST(truncated_json_yields_what_was_seen),
         TEST(json_inside_a_string_is_opened_too), TEST(the_arrays_of_postgres_are_lists),
         TEST(json_of_machines_holds_nobody), TEST(the_share_is_of_all_rows),
         TEST(handles_are_no_word_of_a_path), TEST(ids_and_codes_are_no_word_of_a_path),
         TEST(what_stands_in_most_objects_is_a_word_of_the_house),
         TEST(a_sparse_field_that_the_packs_know_keeps_its_name),
         TEST(an_address_in_a_query_is_found), TEST(an_address_in_a_path_is_found),
         TEST(plain_urls_are_urls), TEST(a_url_inside_json_is_opened_too),
         TEST(lists_of_pairs_are_opened), TEST(what_closes_in_a_sign_is_no_pair),
         TEST(a_name_is_its_objects_and_not_the_tables),
         TEST(a_city_that_is_searched_for_is_nobodys),
         TEST(the_two_numbers_of_a_place_are_one_value), TEST(a_document_is_no_street),
         TEST(levels_beyond_the_last_are_skipped),
         TEST(a_hundred_thousand_keys_are_bounded),
         TEST(broken_bytes_are_read_as_far_as_they_go))
