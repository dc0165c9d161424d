/*
 * The values of one column: the distinct ones, and which candidate takes which. Repeated values are looked at once, and a
 * candidate is a type that the name speaks for or that values alone can prove; the rest costs nothing.
 */
#include "classifiers/rules.h"

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

static uint64_t hash_of(const char *bytes, size_t n)
{
    uint64_t hash = 0x9E3779B97F4A7C15u ^ n;

    while (n) {
        uint64_t word = 0;
        size_t step = n < 8 ? n : 8;

        memcpy(&word, bytes, step);
        hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 32;
        bytes += step;
        n -= step;
    }
    return hash;
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
            evidence->nulls++;
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

static void match_one(struct tl_evidence_of *evidence, const struct tl_rule *rule,
                      size_t c, size_t v, const struct tl_shape *shape,
                      struct tl_rx_scratch *rx)
{
    struct tl_candidate *candidate = &evidence->candidates.items[c];
    const struct tl_distinct *value = &evidence->distinct.items[v];
    bool is_named = candidate->strength != TL_NAME_SILENT && !candidate->is_denied;
    size_t begin;
    size_t end;

    if (!candidate->only_inside &&
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
    } else if (tl_rule_finds(rule, value->bytes, shape, 0, &begin, &end, rx)) {
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

void tl_column_match(struct tl_evidence_of *evidence, const struct tl_engine *engine,
                     struct tl_rx_scratch *rx)
{
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
    for (size_t v = 0; v < n; v++) {
        const struct tl_distinct *value = &evidence->distinct.items[v];
        struct tl_shape shape;

        /* whole-value patterns stop at TL_VALUE_MOST, searches at TL_SEARCH_MOST: the rest need not be read */
        size_t looked = value->n < TL_SEARCH_MOST ? value->n : TL_SEARCH_MOST;
        tl_shape_of(&shape, value->bytes, looked, value->is_cut || looked < value->n);
        for (size_t c = 0; c < evidence->candidates.n; c++) {
            if (!evidence->candidates.items[c].is_dead)
                match_one(evidence, &engine->rules[evidence->candidates.items[c].rule], c,
                          v, &shape, rx);
        }
    }
}
