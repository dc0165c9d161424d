/* How many rows share what singles people out together. */
#include "classifiers/kanon.h"
#include "tests/check.h"
#include "tests/world_columns.h"

static void a_gender(char out[256], unsigned i)
{
    snprintf(out, 256, "%s", i % 2 ? "F" : "M");
}
/* the last two rows are alone with theirs */
static void a_year(char out[256], unsigned i)
{
    snprintf(out, 256, "%u", i >= 118 ? 1920 + i % 2 : 1980 + i / 2 % 4);
}
static void a_price(char out[256], unsigned i)
{
    snprintf(out, 256, "%u.99", i);
}

static const char *facts(struct tl_columns *w)
{
    const char *text = "";

    for (uint32_t i = 0; i < w->decisions.n_dataset_facts; i++)
        text = tl_arena_printf(w->ctx.arena, "%s%s%s %u/%u", text, i ? "; " : "",
                               w->decisions.dataset_facts[i].name + 12,
                               w->decisions.dataset_facts[i].count,
                               w->decisions.dataset_facts[i].of);
    return text;
}

static void check(uint32_t rows, int64_t all, enum tl_sample_state state, bool has_year,
                  const char *expected)
{
    struct tl_columns w;

    tl_columns_open(&w, "people", rows);
    tl_columns_make(&w, "gender", "text", a_gender);
    if (has_year)
        tl_columns_make(&w, "birth_year", "integer", a_year);
    tl_columns_make(&w, "price", "text", a_price);
    w.snapshot.datasets.items[0].rows = all;
    tl_columns_decide(&w, state);
    CHECK_TEXT(facts(&w), expected);
    tl_columns_close(&w);
}

static void a_whole_table_is_counted(void)
{
    check(120, 120, TL_SAMPLE_WHOLE, true,
          "columns 2/0; rows_below_5 2/120; smallest_group 1/0");
}
static void a_part_is_called_an_estimate(void)
{
    check(120, 130, TL_SAMPLE_READ, true,
          "columns 2/0; is_estimate 1/0; rows_below_5 2/120; smallest_group 1/0");
}
static void one_such_column_has_groups_too(void)
{
    check(120, 120, TL_SAMPLE_WHOLE, false,
          "columns 1/0; rows_below_5 0/120; smallest_group 60/0");
}
static void few_rows_tell_nothing(void)
{
    check(99, 99, TL_SAMPLE_WHOLE, true, "");
}

static void small_groups_of_a_part_may_be_large_in_all(void)
{
    /* 50 groups of one row, 50 of ten */
    uint32_t by_size[11] = { [1] = 50, [10] = 50 };
    double whole = tl_kanon_small_rows(by_size, 10, 550, 550);
    double half = tl_kanon_small_rows(by_size, 10, 550, 1100);

    CHECK_INT(whole, 50);
    /* a row alone in a half was one of ten with 10 * 0.5^9 to 1: 50 / (1 + 10 / 512) */
    CHECK_INT(half * 100, 4904);
    CHECK(tl_kanon_small_rows(by_size, 10, 550, 1000000) < half);
}

static void a_part_tells_small_groups_from_large_ones(void)
{
    static const struct {
        uint32_t ones, twos, threes;
        uint64_t all;
        bool has_small;
    } cases[] = {
        { 500, 0, 0, 1200, true },     /* all alone, in two fifths of the table */
        { 500, 0, 0, 100000, true },   /* ten pairs would have met */
        { 500, 0, 0, 1000000, false }, /* one would have */
        { 380, 54, 4, 200000, false }, /* each of a hundred, in 1,800 groups */
        { 0, 250, 0, 550, true },      /* pairs stay pairs */
        { 205, 102, 30, 2495, false }, /* each of five */
        { 1, 0, 166, 499, true },      { 0, 250, 0, 500, true },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t by_size[501] = { 0, cases[i].ones, cases[i].twos, cases[i].threes };
        CHECK_INT(tl_kanon_has_small(by_size,
                                     cases[i].ones + 2 * cases[i].twos +
                                         3 * cases[i].threes,
                                     cases[i].all),
                  cases[i].has_small);
    }
}

static void a_part_that_cannot_tell_leaves_it_open(void)
{
    check(120, 100000, TL_SAMPLE_READ, true, "columns 2/0; is_estimate 1/0");
    check(120, -1, TL_SAMPLE_READ, true, "columns 2/0; is_estimate 1/0");
}

TL_TESTS("kanon", TEST(a_whole_table_is_counted), TEST(a_part_is_called_an_estimate),
         TEST(one_such_column_has_groups_too), TEST(few_rows_tell_nothing),
         TEST(small_groups_of_a_part_may_be_large_in_all),
         TEST(a_part_tells_small_groups_from_large_ones),
         TEST(a_part_that_cannot_tell_leaves_it_open))
