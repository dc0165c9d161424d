/*
 * What the build makes of packs and word lists says what they say: constants are held against a new reading of the same text, and the
 * examples of all built-in packs are run, which the program does not do at every start.
 */
#include "tests/check.h"

#include "classifiers/draft.h"
#include "classifiers/packs.h"
#include "classifiers/rules.h"

#include "base/digest.h"

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool is_same_list(const struct tl_list *a, const struct tl_list *b)
{
    if (a->n != b->n || !a->items != !b->items)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (!is_same_text(a->items[i], b->items[i]))
            return false;
    }
    return true;
}

#define LISTS(X)                                                                         \
    X(names)                                                                             \
    X(weak_names)                                                                        \
    X(lead_names)                                                                        \
    X(known_names)                                                                       \
    X(not_names)                                                                         \
    X(logical)                                                                           \
    X(sentinels)                                                                         \
    X(siblings) X(tables) X(not_tables) X(law[0]) X(law[1]) X(law[2]) X(match) X(no_match)
#define TEXTS(X)                                                                         \
    X(info_type)                                                                         \
    X(summary)                                                                           \
    X(category)                                                                          \
    X(sensitivity)                                                                       \
    X(value)                                                                             \
    X(named_value)                                                                       \
    X(validator)                                                                         \
    X(family)                                                                            \
    X(specialises)                                                                       \
    X(letter_case)                                                                       \
    X(vocabulary)                                                                        \
    X(needs)                                                                             \
    X(only)                                                                              \
    X(search_needs)                                                                      \
    X(decoder)                                                                           \
    X(origin)                                                                            \
    X(search.pattern)                                                                    \
    X(person.category)                                                                   \
    X(person.sensitivity) X(thing_sensitivity) X(coarse.value) X(coarse.category)
#define NUMBERS(X)                                                                       \
    X(search.is_on)                                                                      \
    X(needs_name)                                                                        \
    X(needs_people)                                                                      \
    X(personal)                                                                          \
    X(quasi)                                                                             \
    X(extends)                                                                           \
    X(share)                                                                             \
    X(distinct)                                                                          \
    X(digits)                                                                            \
    X(vocabulary_share)                                                                  \
    X(vocabulary_proves) X(length[0]) X(length[1]) X(person.is_on) X(order)

static void compare_types(const struct tl_draft *a, const struct tl_draft *b)
{
#define X(field) CHECK_TEXT(a->field, b->field);
    TEXTS(X)
#undef X
#define X(field) CHECK(is_same_list(&a->field, &b->field));
    LISTS(X)
#undef X
#define X(field) CHECK_INT(a->field, b->field);
    NUMBERS(X)
#undef X
    CHECK(!memcmp(&a->prior, &b->prior, sizeof a->prior));
    CHECK(!memcmp(&a->search_prior, &b->search_prior, sizeof a->search_prior));
    CHECK(!memcmp(&a->coarse.share, &b->coarse.share, sizeof a->coarse.share));
}

static void compare_rest(const struct tl_pack_draft *a, const struct tl_pack_draft *b)
{
    CHECK_TEXT(a->name, b->name);
    CHECK_INT(a->version, b->version);
    CHECK(is_same_list(&a->locales, &b->locales));
    for (int i = 0; i < TL_WORD_LISTS; i++)
        CHECK(is_same_list(&a->words[i], &b->words[i]));
    CHECK_INT(a->n_vocabularies, b->n_vocabularies);
    for (uint32_t i = 0; i < a->n_vocabularies && i < b->n_vocabularies; i++) {
        CHECK_TEXT(a->vocabularies[i].name, b->vocabularies[i].name);
        CHECK(is_same_list(&a->vocabularies[i].words, &b->vocabularies[i].words));
    }
    CHECK_INT(a->n_categories, b->n_categories);
    for (uint32_t i = 0; i < a->n_categories && i < b->n_categories; i++) {
        CHECK_TEXT(a->categories[i].key, b->categories[i].key);
        CHECK_TEXT(a->categories[i].summary, b->categories[i].summary);
        CHECK_INT(a->categories[i].sensitivity, b->categories[i].sensitivity);
        for (size_t k = 0; k < 3; k++)
            CHECK(is_same_list(&a->categories[i].law[k], &b->categories[i].law[k]));
    }
    CHECK_INT(a->n_carry, b->n_carry);
    for (uint32_t i = 0; i < a->n_carry && i < b->n_carry; i++) {
        CHECK_INT(a->carry[i].effect, b->carry[i].effect);
        CHECK_INT(a->carry[i].share, b->carry[i].share);
        CHECK_TEXT(a->carry[i].to, b->carry[i].to);
        CHECK_TEXT(a->carry[i].sensitivity, b->carry[i].sensitivity);
        CHECK(is_same_list(&a->carry[i].from, &b->carry[i].from));
        CHECK(is_same_list(&a->carry[i].functions, &b->carry[i].functions));
    }
}

static void constants_say_what_the_packs_say(void)
{
    struct tl_ctx ctx;
    size_t types = 0;

    tl_test_ctx_init(&ctx);
    for (const struct tl_built_in_pack *pack = tl_built_in_packs; pack->name; pack++) {
        struct tl_pack_draft read;
        struct tl_sha256 digest;
        char hex[65];

        CHECK_OK(tl_draft_read(&read, pack->text, pack->n, pack->name, ctx.arena, &ctx),
                 &ctx);
        tl_sha256_of(&digest, pack->text, pack->n);
        CHECK_TEXT(pack->digest, tl_hex(hex, digest.bytes, sizeof digest.bytes));
        CHECK_INT(pack->text[pack->n], 0);
        compare_rest(pack->draft, &read);
        if (CHECK_INT(pack->draft->n_types, read.n_types)) {
            for (uint32_t i = 0; i < read.n_types; i++)
                compare_types(&pack->draft->types[i], &read.types[i]);
        }
        types += read.n_types;
        tl_yaml_release(&read.yaml);
    }
    CHECK(types >= 89);
    tl_test_ctx_release(&ctx);
}

/* Says which, all of them: packs are written by many. */
static void check_example(const struct tl_rule *rule, const char *text, bool matches,
                          struct tl_rx_scratch *rx)
{
    struct tl_shape shape;

    tl_shape_of(&shape, text, strlen(text), false);
    bool takes = !tl_rule_is_sentinel(rule, text, shape.n) &&
                 (tl_rule_takes(rule, text, &shape, true, rx) ||
                  tl_rule_takes_named(rule, text, &shape, rx));
    if (!CHECK(takes == matches))
        printf("    %s/%s: '%s' %s\n", rule->type->pack, rule->type->name, text,
               takes ? "matches and should not" : "does not match");
}

static void every_example_of_the_built_in_packs_behaves(void)
{
    struct tl_engine *engine = NULL;
    struct tl_rx_scratch *rx = tl_rx_scratch_open();
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_engine_open(&engine, NULL, &ctx), &ctx);
    for (uint32_t i = 0; engine && i < engine->n_types; i++) {
        const struct tl_info_type *type = &engine->types[i];

        for (size_t k = 0; k < type->match.n; k++)
            check_example(&engine->rules[i], type->match.items[k], true, rx);
        for (size_t k = 0; k < type->no_match.n; k++)
            check_example(&engine->rules[i], type->no_match.items[k], false, rx);
    }
    tl_engine_close(engine);
    tl_rx_scratch_close(rx);
    tl_test_ctx_release(&ctx);
}

/* Every entry is found, and what is none is not: the file is read again, line by line. */
static void a_list_has_its_entries_and_no_others(void)
{
    const struct tl_gazetteer *list = tl_gazetteer_find("family_names");

    CHECK(!tl_gazetteer_find("no_such_list"));
    if (!CHECK(list != NULL))
        return;
    CHECK(tl_gazetteer_has(list, "schmidt", 7));
    CHECK(tl_gazetteer_has(list, "muller", 6));
    CHECK(!tl_gazetteer_has(list, "schmidtq", 8));
    CHECK(!tl_gazetteer_has(list, "Schmidt", 7));
    CHECK(!tl_gazetteer_has(list, "", 0));
    size_t found = 0;
    for (uint32_t i = 0; i < list->n_slots; i++) {
        const char *entry = list->text + (list->slots[i] >> 8);

        found +=
            list->slots[i] && tl_gazetteer_has(list, entry + 1, (unsigned char)*entry);
    }
    CHECK_INT(found, list->n);
    CHECK(list->n > 10000);
}

static void text_is_folded_as_people_write_it(void)
{
    static const struct {
        const char *text, *folded;
    } cases[] = { { "O'Brien-McDonald", "o brien mcdonald" },
                  { "  JAMES  Müßig ", "james mussig" },
                  { "São Paulo", "sao paulo" },
                  { "Žofie", "zofie" },
                  { "Ærø", "aero" },
                  { "Иван", "иван" },
                  { "--", "" } };
    char out[64];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n =
            tl_fold_text(out, sizeof out - 1, cases[i].text, strlen(cases[i].text));

        out[n] = '\0';
        CHECK_TEXT(out, cases[i].folded);
    }
    CHECK_INT(tl_fold_text(out, 7, "anna schmidt", 12), 4); /* whole words only */
}

TL_TESTS("tables", TEST(constants_say_what_the_packs_say),
         TEST(every_example_of_the_built_in_packs_behaves),
         TEST(a_list_has_its_entries_and_no_others),
         TEST(text_is_folded_as_people_write_it))
