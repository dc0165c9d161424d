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

static void check(uint32_t rows, enum tl_sample_state state, bool has_year,
                  const char *expected)
{
    struct tl_columns w;

    tl_columns_open(&w, "people", rows);
    tl_columns_make(&w, "gender", "text", a_gender);
    if (has_year)
        tl_columns_make(&w, "birth_year", "integer", a_year);
    tl_columns_make(&w, "price", "text", a_price);
    tl_columns_decide(&w, state);
    CHECK_TEXT(facts(&w), expected);
    tl_columns_close(&w);
}

static void a_whole_table_is_counted(void)
{
    check(120, TL_SAMPLE_WHOLE, true,
          "columns 2/0; rows_below_5 2/120; smallest_group 1/0");
}
static void a_part_is_called_an_estimate(void)
{
    check(120, TL_SAMPLE_READ, true,
          "columns 2/0; is_estimate 1/0; rows_below_5 2/120; smallest_group 1/0");
}
static void one_such_column_singles_nobody_out(void)
{
    check(120, TL_SAMPLE_WHOLE, false, "");
}
static void few_rows_tell_nothing(void)
{
    check(99, TL_SAMPLE_WHOLE, true, "");
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

TL_TESTS("kanon", TEST(a_whole_table_is_counted), TEST(a_part_is_called_an_estimate),
         TEST(one_such_column_singles_nobody_out), TEST(few_rows_tell_nothing),
         TEST(small_groups_of_a_part_may_be_large_in_all))
