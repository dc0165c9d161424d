/*
 * A group that is small in a part of a table may be large in all of it: counts of a part overstate how rare its rows are. They are
 * weighed as in L. Zayatz, "Estimation of the Percent of Unique Population Elements on a Microdata File Using the Sample"
 * (U.S. Bureau of the Census, SRD Research Report RR-91/08): the probability that a group of s rows in the sample has F rows in
 * the table follows from Bayes' rule, with the sizes of the sample's own groups as prior and binomial sampling between. Where the
 * part is very small that prior is of groups that are too small, and the share is still overstated, never understated: a part
 * is only believed to hold small groups where fewer of its rows meet another of their group than would if all groups were large.
 * IEEE + - * / only: equal on every machine.
 */
#include "classifiers/kanon.h"

#include "classifiers/rules.h"

#include <stdlib.h>

enum { COLUMNS_MOST = 32, TYPED_SHARE = 500 };

/* ---- which columns ---- */

static bool is_quasi(const struct tl_decisions *decisions, uint32_t column,
                     const struct tl_engine *engine)
{
    const struct tl_decision *decision = &decisions->columns[column];

    for (uint32_t t = 0; t < decision->n_tags; t++) {
        const struct tl_tag *tag = &decisions->tags[decision->first_tag + t];
        const struct tl_info_type *type = tl_engine_type(engine, tag->info_type);

        if (type && type->is_quasi && !tag->is_inside && tag->share >= TYPED_SHARE)
            return true;
    }
    return false;
}

/* ---- groups ---- */

/* FNV-1a, 64 bits (Fowler, Noll, Vo); rows that differ fall together once in 10^12 tables. */
static uint64_t mix(uint64_t hash, const struct tl_value *value)
{
    const char *bytes = value->bytes;
    size_t n = bytes ? value->n : 0;

    while (n && (unsigned char)*bytes <= ' ') {
        bytes++;
        n--;
    }
    while (n && (unsigned char)bytes[n - 1] <= ' ')
        n--;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001B3u;
    return (hash ^ 0x1FFu) *
           0x100000001B3u; /* a sign that is no byte closes each value */
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* by_size[s] gets the groups of s rows; the answer is the smallest size. */
static uint32_t count_groups(uint32_t *by_size, uint64_t *rows, uint32_t n)
{
    uint32_t smallest = n;

    qsort(rows, n, sizeof *rows, by_number);
    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && rows[to] == rows[from];)
            to++;
        by_size[to - from]++;
        if (to - from < smallest)
            smallest = to - from;
    }
    return smallest;
}

double tl_kanon_small_rows(const uint32_t *by_size, uint32_t most, uint64_t rows,
                           uint64_t all)
{
    double left = all > rows ? 1 - (double)rows / (double)all : 0;
    double small = 0;

    for (uint32_t s = 1; s < TL_KANON_SMALL && s <= most; s++) {
        double way =
            1; /* C(F, s) (1 - f)^(F - s) for F = s, s + 1, ...; f^s is the same in all */
        double below = 0;
        double sum = 0;

        for (uint32_t size = s; size <= most; size++) {
            sum += way * by_size[size];
            below += size < TL_KANON_SMALL ? way * by_size[size] : 0;
            way *= left * (size + 1) / (size + 1 - s);
        }
        if (sum > 0)
            small += (double)s * by_size[s] * (below / sum);
    }
    return small;
}

/*
 * Were no group small, a row of the sample would meet i or more others of its group with at least the probability that a binomial
 * of k - 1 tries gives them, f being the part that was read. Rows meet in groups, which widens the variance of a count: twice for
 * pairs. Two standard deviations below what is expected are no accident.
 */
bool tl_kanon_has_small(const uint32_t *by_size, uint64_t rows, uint64_t all)
{
    double n = (double)rows;
    double f = all > rows ? n / (double)all : 1;
    double few = 0; /* probability of a row that meets fewer than i others */
    double seen = 0;

    for (int i = 1; i < TL_KANON_SMALL; i++) {
        double way = 1; /* C(k - 1, i - 1) f^(i - 1) (1 - f)^(k - i) */
        for (int t = 1; t < TL_KANON_SMALL; t++)
            way *= t < i ? f * (TL_KANON_SMALL - t) / t : 1 - f;
        few += way;
        seen += (double)i * by_size[i];
        double above = seen - n * few;
        if (above > 0 &&
            above * above > 4 * (i == 1 ? 2 : TL_KANON_SMALL) * n * few * (1 - few))
            return true;
    }
    return false;
}

/* ---- facts ---- */

void tl_kanon_count(struct tl_decisions *decisions, const struct tl_engine *engine,
                    const struct tl_question *question, struct tl_arena *into)
{
    const struct tl_sample *sample = question->sample;
    int64_t all = question->snapshot->datasets.items[question->dataset.i].rows;
    uint32_t columns[COLUMNS_MOST];
    uint32_t n = 0;
    /* rows that were looked for in sparse columns say nothing of what stands beside what */
    uint32_t n_rows = sample ? sample->n_rows - sample->n_extra : 0;

    if (!sample || n_rows < TL_KANON_ROWS_LEAST ||
        (sample->state != TL_SAMPLE_READ && sample->state != TL_SAMPLE_WHOLE))
        return;
    for (uint32_t c = 0; c < decisions->n_columns && c < sample->n_columns; c++)
        if (n < COLUMNS_MOST && is_quasi(decisions, c, engine))
            columns[n++] = c;
    if (!n)
        return;
    uint64_t *rows = tl_alloc(n_rows, sizeof *rows);
    uint32_t *by_size = tl_alloc((size_t)n_rows + 1, sizeof *by_size);
    for (uint32_t r = 0; r < n_rows; r++) {
        rows[r] = 0xCBF29CE484222325u;
        for (uint32_t i = 0; i < n; i++)
            rows[r] =
                mix(rows[r], &sample->values[(size_t)columns[i] * sample->n_rows + r]);
    }
    uint32_t smallest = count_groups(by_size, rows, n_rows);
    bool is_whole = sample->state == TL_SAMPLE_WHOLE;
    uint64_t of = !is_whole && all > n_rows ? (uint64_t)all : n_rows;
    double small = tl_kanon_small_rows(by_size, n_rows, n_rows, of);
    bool is_told = is_whole || smallest >= TL_KANON_SMALL ||
                   (of > n_rows && tl_kanon_has_small(by_size, n_rows, of));
    decisions->dataset_facts = tl_arena_alloc(into, 4, sizeof *decisions->dataset_facts);
    struct tl_fact *fact = decisions->dataset_facts;
    *fact++ = (struct tl_fact){ "k_anonymity.columns", n, 0 };
    if (!is_whole)
        *fact++ = (struct tl_fact){ "k_anonymity.is_estimate", 1, 0 };
    if (is_told) {
        *fact++ = (struct tl_fact){ "k_anonymity.rows_below_5", (uint32_t)(small + 0.5),
                                    n_rows };
        *fact++ = (struct tl_fact){ "k_anonymity.smallest_group", smallest, 0 };
    }
    decisions->n_dataset_facts = (uint32_t)(fact - decisions->dataset_facts);
    tl_free(rows);
    tl_free(by_size);
}
