#include "tests/contract_connector.h"

extern const struct tl_connector tl_connector_template;

/* Every connector there is, and the one that is there to be copied. */
static void for_each(void (*body)(const struct contract *c), bool sources_only)
{
    struct contract c;

    for (size_t i = 0; tl_connectors[i]; i++) {
        if (!CHECK(contract_of(&c, tl_connectors[i])))
            printf("    '%s' has no case in contract_connector.c\n",
                   tl_connectors[i]->name);
        else if (!c.is_absent && (!sources_only || c.connector->source))
            body(&c);
    }
    CHECK(contract_of(&c, &tl_connector_template));
    body(&c);
}

static void the_registry_is_in_alphabetical_order(void)
{
    for (size_t i = 1; tl_connectors[0] && tl_connectors[i]; i++)
        CHECK(strcmp(tl_connectors[i - 1]->name, tl_connectors[i]->name) < 0);
}

static void a_connector_is_found_by_its_name(void)
{
    for (size_t i = 0; tl_connectors[i]; i++)
        CHECK(tl_connector_find(tl_connectors[i]->name) == tl_connectors[i]);
    CHECK(tl_connector_find("SQLite") == NULL);
    CHECK(tl_connector_find("template") == NULL);
    CHECK(tl_connector_find("") == NULL);
}

static void exclusion_wins_over_inclusion(void)
{
    const char *wide[] = { "main/*" };
    const char *narrow[] = { "main/log_*" };
    struct tl_key users = { .source = "shop", .database = "main", .dataset = "users" };
    struct tl_key log = { .source = "shop", .database = "main", .dataset = "log_2024" };
    struct tl_scope scope = { 0 };

    CHECK(tl_scope_takes(&scope, &users));
    scope.include = (struct tl_list){ wide, 1 };
    scope.exclude = (struct tl_list){ narrow, 1 };
    CHECK(tl_scope_takes(&scope, &users));
    CHECK(!tl_scope_takes(&scope, &log));
    scope.include.items = narrow;
    CHECK(!tl_scope_takes(&scope, &users));
}

static const char *const globs[] = { "email", "users#phone", "log_*#*", "home.*" };

static bool takes(const struct tl_scope *scope, const char *dataset, const char *field)
{
    struct tl_key key = {
        .source = "shop", .database = "main", .dataset = dataset, .field = field
    };

    return tl_scope_takes_column(scope, &key);
}

static void columns_are_chosen_by_path_or_with_their_dataset(void)
{
    struct tl_scope none = { 0 };
    struct tl_scope only = { .include_columns = { (const char **)globs, 4 } };

    CHECK(takes(&none, "users", "email"));
    CHECK(takes(&only, "users", "email"));
    CHECK(takes(&only, "bills", "email"));
    CHECK(takes(&only, "users", "phone"));
    CHECK(!takes(&only, "bills", "phone"));
    CHECK(takes(&only, "log_2024", "anything"));
    CHECK(takes(&only, "bills", "home.city"));
    CHECK(!takes(&only, "bills", "home"));
    CHECK(!takes(&only, "bills", "emails"));
}

static void an_excluded_column_is_left_out_whatever_includes_it(void)
{
    struct tl_scope scope = { .include_columns = { (const char **)globs, 1 },
                              .exclude_columns = { (const char **)globs, 4 } };

    CHECK(!takes(&scope, "users", "email"));
    scope.include_columns.n = 0;
    CHECK(!takes(&scope, "users", "phone"));
    CHECK(takes(&scope, "bills", "phone"));
    CHECK(!takes(&scope, "log_2024", "x"));
    CHECK(takes(&scope, "users", "id"));
}

static void every_connector_describes_itself(void)
{
    for_each(contract_describes_itself, false);
}

static void every_connector_refuses_a_wrong_configuration(void)
{
    for_each(contract_refuses_a_wrong_configuration, false);
}

static void every_connector_says_what_is_unreachable(void)
{
    for_each(contract_says_what_is_unreachable, false);
}

static void every_source_pulls_the_same_twice(void)
{
    for_each(contract_pulls_the_same_twice, true);
}

static void every_source_keeps_to_the_scope(void)
{
    for_each(contract_keeps_to_the_scope, true);
}

static void every_source_samples_the_same_twice(void)
{
    for_each(contract_samples_the_same_twice, true);
}

static void every_source_keeps_to_the_ceilings(void)
{
    for_each(contract_keeps_to_the_ceilings, true);
}

static void every_source_stops_when_cancelled(void)
{
    for_each(contract_stops_when_cancelled, true);
}

static void every_source_survives_every_fault(void)
{
    for_each(contract_survives_every_fault, true);
}

TL_TESTS("connectors", TEST(the_registry_is_in_alphabetical_order),
         TEST(a_connector_is_found_by_its_name), TEST(exclusion_wins_over_inclusion),
         TEST(columns_are_chosen_by_path_or_with_their_dataset),
         TEST(an_excluded_column_is_left_out_whatever_includes_it),
         TEST(every_connector_describes_itself),
         TEST(every_connector_refuses_a_wrong_configuration),
         TEST(every_connector_says_what_is_unreachable),
         TEST(every_source_pulls_the_same_twice), TEST(every_source_keeps_to_the_scope),
         TEST(every_source_samples_the_same_twice),
         TEST(every_source_keeps_to_the_ceilings),
         TEST(every_source_stops_when_cancelled), TEST(every_source_survives_every_fault))
