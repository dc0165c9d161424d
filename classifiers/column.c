/*
 * The values of one column: the distinct ones, and which candidate takes which. Repeated values are looked at once, and a
 * candidate is a type that the name speaks for or that values alone can prove; the rest costs nothing.
 */
#include "classifiers/prefilter.h"
#include "classifiers/rules.h"

#include "base/digest.h"

#include <pthread.h>

static bool is_blank_char(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Words that stand for "no value" in exports. */
static bool is_missing(const char *bytes, size_t n)
{
    static const char *const words[] = { "-",    "--", "null", "none",   "nan",
                                         "n/a",  "na", "\\n",  "(null)", "undefined",
                                         "#n/a", "?",  "nil",  "[]",     "{}" };

    if (n > 9 || (n && !strchr("-nN(uU#?[{\\", bytes[0])))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == n && !strncasecmp(words[i], bytes, n))
            return true;
    }
    return n == 0;
}

static size_t without_float_tail(const char *bytes, size_t n)
{
    if (n < 3 || n > 40 || bytes[n - 1] != '0' || bytes[n - 2] != '.')
        return n;
    for (size_t i = bytes[0] == '-'; i < n - 2; i++) {
        if (bytes[i] < '0' || bytes[i] > '9')
            return n;
    }
    return n - 2;
}

/* Values come from outside: with fixed numbers, ones that are made to collide would cost the square of their number. */
static uint64_t seeds[2];
static pthread_once_t is_seeded = PTHREAD_ONCE_INIT;

static void make_seeds(void)
{
    tl_random(seeds, sizeof seeds);
    seeds[1] |= 1;
}

/*
 * Of a huge value the part that is searched: two that differ only behind it are told apart by comparing them. Which slot a value
 * gets shows nowhere: the distinct values stand in the order of their first rows.
 */
static uint64_t hash_of(const char *bytes, size_t n)
{
    uint64_t hash = seeds[0] ^ n;

    n = n < TL_SEARCH_MOST ? n : TL_SEARCH_MOST;
    while (n) {
        uint64_t word = 0;
        size_t step = n < 8 ? n : 8;

        memcpy(&word, bytes, step);
        /* both halves of a product with a number that nobody knows: no pair of words cancels out for every seed */
        __extension__ unsigned __int128 product =
            (unsigned __int128)(hash ^ word) * seeds[1];
        hash = ((uint64_t)product ^ (uint64_t)(product >> 64)) + seeds[0];
        bytes += step;
        n -= step;
    }
    return hash ^ hash >> 32;
}

static void room_for(struct tl_evidence_of *evidence, uint32_t rows)
{
    size_t room = 16;

    while (room < (size_t)rows * 2)
        room *= 2;
    if (evidence->slots.room < room) {
        evidence->slots.items =
            tl_realloc(evidence->slots.items, room, sizeof *evidence->slots.items);
        evidence->slots.room = room;
    }
    evidence->slots.n = room;
    memset(evidence->slots.items, 0, room * sizeof *evidence->slots.items);
}

static void add_value(struct tl_evidence_of *evidence, struct tl_distinct value)
{
    size_t mask = evidence->slots.n - 1;
    size_t at = (size_t)hash_of(value.bytes, value.n) & mask;

    for (; evidence->slots.items[at]; at = (at + 1) & mask) {
        struct tl_distinct *seen =
            &evidence->distinct.items[evidence->slots.items[at] - 1];

        if (seen->n == value.n && seen->is_cut == value.is_cut &&
            !memcmp(seen->bytes, value.bytes, value.n)) {
            seen->rows++;
            return;
        }
    }
    tl_vec_push(&evidence->distinct, value);
    evidence->slots.items[at] = (uint32_t)evidence->distinct.n;
}

/* Yes and no in their usual spellings; a single letter that has no partner (all 'F') is none. */
static bool looks_boolean(const struct tl_evidence_of *evidence)
{
    static const char *const pairs[][2] = { { "y", "n" },    { "yes", "no" },
                                            { "t", "f" },    { "true", "false" },
                                            { "on", "off" }, { "0", "1" } };

    if (!evidence->distinct.n || evidence->distinct.n > 4)
        return false;
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        bool seen[2] = { false, false };
        size_t other = 0;

        for (size_t i = 0; i < evidence->distinct.n; i++) {
            const struct tl_distinct *value = &evidence->distinct.items[i];
            bool is_one = false;

            for (size_t k = 0; k < 2; k++) {
                if (strlen(pairs[p][k]) == value->n &&
                    !strncasecmp(pairs[p][k], value->bytes, value->n))
                    seen[k] = is_one = true;
            }
            other += !is_one;
        }
        if (!other && ((seen[0] && seen[1]) || pairs[p][0][1]))
            return true;
    }
    return false;
}

void tl_column_values(struct tl_evidence_of *evidence, const struct tl_sample *sample,
                      uint32_t column)
{
    const struct tl_value *values = sample->values + (size_t)column * sample->n_rows;

    evidence->distinct.n = 0;
    pthread_once(&is_seeded, make_seeds);
    room_for(evidence, sample->n_rows);
    for (uint32_t i = 0; i < sample->n_rows; i++) {
        const char *bytes = values[i].bytes;
        size_t n = values[i].n;

        while (bytes && n && is_blank_char(*bytes)) {
            bytes++;
            n--;
        }
        while (bytes && n && !values[i].is_cut && is_blank_char(bytes[n - 1]))
            n--;
        if (!bytes || (is_missing(bytes, n) && !values[i].is_cut)) {
            evidence->nulls += i < sample->n_rows - sample->n_extra;
            continue;
        }
        evidence->sampled++;
        if (!values[i].is_cut)
            n = without_float_tail(bytes, n);
        add_value(evidence,
                  (struct tl_distinct){ bytes, (uint32_t)n, 1, values[i].is_cut });
    }
    evidence->is_boolean = looks_boolean(evidence);
}

bool tl_column_bit(const struct tl_evidence_of *evidence, enum tl_hit_bits which,
                   size_t value, size_t candidate)
{
    const uint64_t *row = evidence->bits.items + (value * 3 + which) * evidence->stride;

    return row[candidate >> 6] >> (candidate & 63) & 1;
}

static void set_bit(struct tl_evidence_of *evidence, enum tl_hit_bits which, size_t value,
                    size_t candidate)
{
    uint64_t *row = evidence->bits.items + (value * 3 + which) * evidence->stride;

    row[candidate >> 6] |= (uint64_t)1 << (candidate & 63);
}

/* What one candidate makes of one value; `may_take` and `may_find`: what the prefilter left of it. */
static void match_one(struct tl_evidence_of *evidence, const struct tl_rule *rule,
                      size_t c, size_t v, const struct tl_shape *shape, bool may_take,
                      bool may_find, struct tl_rx_scratch *rx)
{
    struct tl_candidate *candidate = &evidence->candidates.items[c];
    const struct tl_distinct *value = &evidence->distinct.items[v];
    bool is_named = candidate->strength != TL_NAME_SILENT && !candidate->is_denied;
    size_t begin;
    size_t end;

    if (may_take && !candidate->only_inside &&
        tl_rule_takes(rule, value->bytes, shape, is_named, rx)) {
        if (tl_rule_is_sentinel(rule, value->bytes, value->n)) {
            candidate->sentinels += value->rows;
            return;
        }
        set_bit(evidence, TL_BITS_TAKEN, v, c);
        candidate->taken += value->rows;
        candidate->taken_distinct++;
    } else if (is_named && !candidate->only_inside &&
               tl_rule_is_sentinel(rule, value->bytes, value->n)) {
        candidate->sentinels += value->rows;
        return;
    } else if (is_named && !candidate->only_inside &&
               tl_rule_takes_named(rule, value->bytes, shape, rx)) {
        set_bit(evidence, TL_BITS_NAMED, v, c);
        candidate->named += value->rows;
        candidate->named_distinct++;
    } else if (may_find &&
               tl_rule_finds(rule, value->bytes, shape, 0, &begin, &end, rx)) {
        set_bit(evidence, TL_BITS_INSIDE, v, c);
        candidate->inside += value->rows;
        candidate->inside_distinct++;
        return;
    } else {
        return;
    }
    if (rule->vocabulary && (is_named || rule->vocabulary_proves) &&
        tl_vocabulary_knows(rule->vocabulary, value->bytes, value->n))
        candidate->known_distinct++;
}

/* A pattern that reaches a limit costs thousands of times what others cost: after this many values the column does without it. */
#define GIVE_UPS_MOST 4

static void try_one(struct tl_evidence_of *evidence, const struct tl_rule *rule, size_t c,
                    size_t v, const struct tl_shape *shape, bool may_take, bool may_find,
                    struct tl_rx_scratch *rx)
{
    struct tl_candidate *candidate = &evidence->candidates.items[c];
    unsigned before = tl_rx_give_ups(rx);

    if (candidate->give_ups >= GIVE_UPS_MOST)
        return;
    match_one(evidence, rule, c, v, shape, may_take, may_find, rx);
    if (tl_rx_give_ups(rx) != before) {
        candidate->give_ups++;
        evidence->has_given_up = true;
    }
}

/* The candidates of a column, as the prefilter sees them: by bit, or to be tried one by one. */
struct plan {
    struct tl_bits active;
    uint16_t candidate_of[TL_PREFILTER_BITS];
    uint16_t direct[TL_RULES_MOST];
    size_t n_direct;
};

static void plan_column(struct plan *plan, const struct tl_evidence_of *evidence,
                        const struct tl_prefilter *filter)
{
    memset(&plan->active, 0, sizeof plan->active);
    plan->n_direct = 0;
    for (size_t c = 0; c < evidence->candidates.n; c++) {
        const struct tl_candidate *candidate = &evidence->candidates.items[c];
        uint16_t value = filter->value_bit[candidate->rule];
        uint16_t search = filter->search_bit[candidate->rule];
        bool is_named = candidate->strength != TL_NAME_SILENT && !candidate->is_denied;

        if (candidate->is_dead)
            continue;
        if (is_named || (value == UINT16_MAX && search == UINT16_MAX)) {
            plan->direct[plan->n_direct++] = (uint16_t)c;
            continue;
        }
        if (value != UINT16_MAX && !candidate->only_inside) {
            tl_bits_add(&plan->active, value);
            plan->candidate_of[value] = (uint16_t)c;
        }
        if (search != UINT16_MAX) {
            tl_bits_add(&plan->active, search);
            plan->candidate_of[search] = (uint16_t)c;
        }
    }
}

/* A rule's two bits follow each other, the value's first: they are tried together. */
static void match_left(struct tl_evidence_of *evidence, const struct tl_engine *engine,
                       const struct plan *plan, struct tl_bits *left, size_t v,
                       const struct tl_shape *shape, struct tl_rx_scratch *rx)
{
    const struct tl_prefilter *filter = engine->prefilter;

    for (size_t w = 0; w < TL_PREFILTER_WORDS; w++) {
        while (left->words[w]) {
            unsigned bit = (unsigned)(w * 64) + (unsigned)__builtin_ctzll(left->words[w]);
            uint16_t rule = filter->rule_of[bit];
            uint16_t search = filter->search_bit[rule];
            bool may_find = search != UINT16_MAX && tl_bits_has(left, search);

            left->words[w] &= left->words[w] - 1;
            if (may_find)
                left->words[search >> 6] &= ~((uint64_t)1 << (search & 63));
            try_one(evidence, &engine->rules[rule], plan->candidate_of[bit], v, shape,
                    bit != search, may_find, rx);
        }
    }
}

void tl_column_match(struct tl_evidence_of *evidence, const struct tl_engine *engine,
                     struct tl_rx_scratch *rx)
{
    struct plan plan;
    size_t n = evidence->distinct.n;

    evidence->stride = (uint32_t)((evidence->candidates.n + 63) / 64);
    size_t words = n * 3 * evidence->stride;
    if (evidence->bits.room < words) {
        evidence->bits.items =
            tl_realloc(evidence->bits.items, words, sizeof *evidence->bits.items);
        evidence->bits.room = words;
    }
    if (words)
        memset(evidence->bits.items, 0, words * sizeof *evidence->bits.items);
    plan_column(&plan, evidence, engine->prefilter);
    for (size_t v = 0; v < n; v++) {
        const struct tl_distinct *value = &evidence->distinct.items[v];
        struct tl_bits left = { { 0 } };
        struct tl_shape shape;

        /* whole-value patterns stop at TL_VALUE_MOST, searches at TL_SEARCH_MOST: the rest need not be read */
        size_t looked = value->n < TL_SEARCH_MOST ? value->n : TL_SEARCH_MOST;
        bool is_cut = value->is_cut || looked < value->n;
        if (looked)
            tl_prefilter_look(&left, &shape, engine->prefilter, &plan.active,
                              value->bytes, looked, is_cut);
        else
            tl_shape_of(&shape, value->bytes, 0, is_cut);
        match_left(evidence, engine, &plan, &left, v, &shape, rx);
        for (size_t i = 0; i < plan.n_direct; i++) {
            size_t c = plan.direct[i];

            try_one(evidence, &engine->rules[evidence->candidates.items[c].rule], c, v,
                    &shape, true, true, rx);
        }
    }
}
