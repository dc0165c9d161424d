/*
 * What would change a decision is made true here: each change that is told is made to a table of its own, which must then be decided as
 * was told.
 */
#include "tests/check.h"
#include "tests/world_columns.h"

#include "base/str.h"
#include "classifiers/whatif.h"

enum { ROWS = 60 };

static struct tl_trials ask(struct tl_columns *w, uint32_t column)
{
    struct tl_question question = { .snapshot = &w->snapshot,
                                    .sample = &w->sample,
                                    .scratch = w->scratch };
    struct tl_trials trials = { 0 };

    CHECK_OK(tl_engine_trials(&trials, w->engine, &question, column, w->ctx.arena,
                              &w->ctx),
             &w->ctx);
    CHECK_OK(tl_engine_whatif(&trials, w->engine, &question, column, w->ctx.arena,
                              &w->ctx),
             &w->ctx);
    return trials;
}

static const struct tl_whatif *find(const struct tl_trials *trials, int kind,
                                    const char *info_type)
{
    for (uint32_t i = 0; i < trials->n_changes; i++)
        if (trials->changes[i].kind == kind &&
            strcmp(trials->changes[i].info_type, info_type) == 0)
            return &trials->changes[i];
    return NULL;
}

static const char *sentence(struct tl_columns *w, const struct tl_whatif *whatif)
{
    struct tl_str text = TL_STR_INIT(4096);

    tl_whatif_why(&text, whatif);
    const char *kept = tl_arena_dup(w->ctx.arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

static void an_email(char out[256], unsigned i)
{
    snprintf(out, 256, "user.%u@example.com", i);
}

static void a_word(char out[256], unsigned i)
{
    snprintf(out, 256, "batch %u", i);
}

static void an_address_in_twelve(char out[256], unsigned i)
{
    if (i % 12)
        snprintf(out, 256, "batch %u", i);
    else
        snprintf(out, 256, "user.%u@example.com", i);
}

static void a_birthday(char out[256], unsigned i)
{
    snprintf(out, 256, "%u-%02u-%02u", 1950 + i % 50, 1 + i % 12, 1 + i % 28);
}

static void a_street(char out[256], unsigned i)
{
    snprintf(out, 256, "Main Street %u", 1 + i);
}

static void a_word_of_two_letters(char out[256], unsigned i)
{
    snprintf(out, 256, "%c%c", 'a' + i % 26, 'a' + i / 26 % 26);
}

static const struct {
    const char *table, *name;
    void (*make)(char out[256], unsigned i);
} columns[] = {
    { "users", "email", an_email },
    { "users", "x", an_email },
    { "shipments", "email", a_word },
    { "users", "email", an_address_in_twelve },
    { "t", "x", an_address_in_twelve },
    { "users", "birthday", a_birthday },
    { "users", "x", a_birthday },
    { "t", "street", a_street },
    { "t", "x", a_word_of_two_letters },
    { "users", "iban", a_word },
    { "users", "first_name", a_word_of_two_letters },
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* The column in a table of that name and under that name; NULL: its own. */
static void open_world(struct tl_columns *w, size_t i, const char *table,
                       const char *name, enum tl_sample_state state)
{
    tl_columns_open(w, table ? table : columns[i].table, ROWS);
    tl_columns_make(w, name ? name : columns[i].name, "TEXT", columns[i].make);
    CHECK(tl_columns_decide(w, state));
}

static bool has_type(struct tl_columns *w, const char *info_type)
{
    const struct tl_decision *decision = &w->decisions.columns[0];

    for (uint32_t t = 0; t < decision->n_tags; t++)
        if (strcmp(w->decisions.tags[decision->first_tag + t].info_type, info_type) == 0)
            return true;
    return false;
}

/* Makes it so, and looks. Sizes have a test of their own. */
static void check_change(size_t i, const struct tl_whatif *whatif)
{
    bool is_without_values = whatif->kind == TL_WITHOUT_VALUES;
    bool is_name = whatif->kind == TL_WITH_NAME || whatif->kind == TL_WITHOUT_NAME;
    const char *name = !is_name                       ? NULL
                       : whatif->kind == TL_WITH_NAME ? whatif->what
                                                      : "zzz";
    struct tl_columns w;

    if (!is_name && !is_without_values && whatif->kind != TL_WITHOUT_TABLE)
        return;
    open_world(&w, i, whatif->kind == TL_WITHOUT_TABLE ? "zzz" : NULL, name,
               is_without_values ? TL_SAMPLE_NONE : TL_SAMPLE_WHOLE);
    if (!CHECK(has_type(&w, whatif->info_type) != whatif->is_lost))
        printf("    %s.%s: %s\n", columns[i].table, columns[i].name,
               sentence(&w, whatif));
    tl_columns_close(&w);
}

static void what_is_told_comes_true(void)
{
    uint32_t n = 0;

    for (size_t i = 0; i < COLUMNS; i++) {
        struct tl_columns w;
        open_world(&w, i, NULL, NULL, TL_SAMPLE_WHOLE);
        struct tl_trials trials = ask(&w, 0);
        for (uint32_t c = 0; c < trials.n_changes; c++)
            check_change(i, &trials.changes[c]);
        n += trials.n_changes;
        tl_columns_close(&w);
    }
    CHECK(n >= COLUMNS);
}

/* Of `ROWS` values the first `n` are addresses. */
static unsigned n_addresses;
static void some_addresses(char out[256], unsigned i)
{
    if (i < n_addresses)
        an_email(out, i);
    else
        a_word(out, i);
}

static bool is_email(unsigned n_fit, unsigned n_rows)
{
    struct tl_columns w;

    n_addresses = n_fit;
    tl_columns_open(&w, "t", n_rows);
    tl_columns_make(&w, "x", "TEXT", some_addresses);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    bool is_so = has_type(&w, "email_address");
    tl_columns_close(&w);
    return is_so;
}

static void so_many_more_values_are_enough_and_one_less_is_not(void)
{
    struct tl_columns w;

    n_addresses = 1;
    tl_columns_open(&w, "t", ROWS);
    tl_columns_make(&w, "x", "TEXT", some_addresses);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    struct tl_trials trials = ask(&w, 0);
    const struct tl_whatif *fits = find(&trials, TL_WITH_FITS, "email_address");
    if (CHECK(fits)) {
        CHECK(is_email(1 + fits->n, ROWS + fits->n));
        CHECK(!is_email(fits->n, ROWS + fits->n - 1));
        CHECK_HAS(sentence(&w, fits), "more value");
    }
    tl_columns_close(&w);
}

static void a_name_that_the_values_refute_says_how_many_are_too_many(void)
{
    struct tl_columns w;

    n_addresses = 1;
    tl_columns_open(&w, "shipments", ROWS);
    tl_columns_make(&w, "email", "TEXT", some_addresses);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    struct tl_trials trials = ask(&w, 0);
    const struct tl_whatif *misfits = find(&trials, TL_WITHOUT_MISFITS, "email_address");
    if (CHECK(misfits)) {
        CHECK_INT(misfits->of, ROWS - 1);
        CHECK(misfits->n > 0 && misfits->n <= misfits->of);
        CHECK(!misfits->is_lost);
        CHECK_HAS(sentence(&w, misfits), "of the 59 values that do not fit it would be");
    }
    tl_columns_close(&w);
}

static void a_column_beside_it_is_named_where_it_matters(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", ROWS);
    tl_columns_make(&w, "street", "TEXT", a_street);
    tl_columns_make(&w, "last_name", "TEXT", a_word);
    tl_columns_make(&w, "zip", "TEXT", a_word);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_NONE));
    struct tl_trials trials = ask(&w, 0);
    for (uint32_t c = 0; c < trials.n_changes; c++)
        if (trials.changes[c].kind == TL_WITHOUT_SIBLING)
            CHECK(strcmp(trials.changes[c].what, "last_name") == 0 ||
                  strcmp(trials.changes[c].what, "zip") == 0);
    tl_columns_close(&w);
}

static void the_same_question_gives_the_same_answer(void)
{
    struct tl_columns w;

    for (size_t i = 0; i < COLUMNS; i++) {
        open_world(&w, i, NULL, NULL, TL_SAMPLE_WHOLE);
        struct tl_trials one = ask(&w, 0), two = ask(&w, 0);
        CHECK_INT(one.n_changes, two.n_changes);
        for (uint32_t c = 0; c < one.n_changes && c < two.n_changes; c++)
            CHECK_TEXT(sentence(&w, &one.changes[c]), sentence(&w, &two.changes[c]));
        tl_columns_close(&w);
    }
}

static void a_column_with_no_values_and_one_with_nulls_are_asked_too(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "users", 0);
    tl_columns_make(&w, "email", "TEXT", an_email);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_WHOLE));
    ask(&w, 0);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_NONE));
    struct tl_trials trials = ask(&w, 0);
    CHECK(find(&trials, TL_WITHOUT_NAME, "email_address"));
    CHECK(!find(&trials, TL_WITHOUT_VALUES, "email_address"));
    tl_columns_close(&w);
}

TL_TESTS("whatif", TEST(what_is_told_comes_true),
         TEST(so_many_more_values_are_enough_and_one_less_is_not),
         TEST(a_name_that_the_values_refute_says_how_many_are_too_many),
         TEST(a_column_beside_it_is_named_where_it_matters),
         TEST(the_same_question_gives_the_same_answer),
         TEST(a_column_with_no_values_and_one_with_nulls_are_asked_too))
