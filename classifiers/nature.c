/*
 * A name that speaks clearly is believed as long as its values can be what it says: a veto is for weak names, for values that
 * speak alone, and for what is impossible (each person a gender of their own). Bounds are round numbers, wide of what
 * real columns of such types show.
 */
#include "classifiers/nature.h"

#include "classifiers/rules.h"

#include <stdlib.h>

enum {
    NUMBERS_LEAST = 20,  /* distinct values from which on they can be called running */
    NUMBERS_MOST = 4096, /* that are looked at */
    GAP_MOST = 2,        /* between neighbours of running numbers */
    UNIQUE_LEAST = 50,
    TIMES_LEAST = 20, /* different times of day */
    CODES_MOST =
        5, /* different digits that stand for genders: ISO/IEC 5218 has 0, 1, 2 and 9 */
    OLDEST_BIRTH = 1915,
    GROWN_UP = 2012, /* tables of customers end before */
    GENERATION = 30,
    RECENT_YEAR = 2015,  /* whole tables of younger people are rare */
    CERTAIN_SHARE = 900, /* per mille of strict matches that outweigh any veto */
};

#define STRICT_PRIOR 0.2

/* ---- what the values are ---- */

static bool read_number(int64_t *out, const struct tl_distinct *value)
{
    if (!value->n || value->n > 17 || value->is_cut ||
        (value->bytes[0] == '0' && value->n > 1))
        return false;
    *out = 0;
    for (uint32_t i = 0; i < value->n; i++) {
        if (value->bytes[i] < '0' || value->bytes[i] > '9')
            return false;
        *out = *out * 10 + (value->bytes[i] - '0');
    }
    return true;
}

static bool is_instant(int64_t number)
{
    return (number >= 1000000000 && number < 2000000000) ||
           (number >= 1000000000000 && number < 2000000000000) ||
           (number >= 1000000000000000 && number < 2000000000000000);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static unsigned look_at_numbers(const struct tl_evidence_of *evidence)
{
    size_t n = evidence->distinct.n < NUMBERS_MOST ? evidence->distinct.n : NUMBERS_MOST;
    unsigned nature = 0;
    size_t instants = 0;
    size_t near = 0;

    if (n <= CODES_MOST)
        return 0;
    int64_t *numbers = tl_alloc(n, sizeof *numbers);
    size_t read = 0;
    while (read < n && read_number(&numbers[read], &evidence->distinct.items[read]))
        instants += is_instant(numbers[read++]);
    if (read == n) {
        qsort(numbers, n, sizeof *numbers, by_number);
        for (size_t i = 1; i < n; i++)
            near += numbers[i] - numbers[i - 1] <= GAP_MOST;
        nature = TL_NATURE_NUMBERS;
        if (n >= NUMBERS_LEAST && near * 10 >= n * 8 &&
            evidence->distinct.n * 100 >= evidence->sampled * (size_t)98)
            nature |= TL_NATURE_RUNNING;
        if (instants == n)
            nature |= TL_NATURE_EPOCH;
    }
    tl_free(numbers);
    return nature;
}

/* YYYY-MM-DD, then nothing or a time of day, whose seconds are told (-1: none). 0: no date. */
static int year_of(const struct tl_distinct *value, int *seconds)
{
    const char *c = value->bytes;

    *seconds = -1;
    if (value->n < 10 || c[4] != '-' || c[7] != '-')
        return 0;
    for (int i = 0; i < 10; i++)
        if (i != 4 && i != 7 && (c[i] < '0' || c[i] > '9'))
            return 0;
    if (value->n >= 16 && (c[10] == ' ' || c[10] == 'T') && c[13] == ':') {
        *seconds = ((c[11] - '0') * 10 + c[12] - '0') * 3600 +
                   ((c[14] - '0') * 10 + c[15] - '0') * 60;
        if (value->n >= 19 && c[16] == ':')
            *seconds += (c[17] - '0') * 10 + c[18] - '0';
    }
    return (c[0] - '0') * 1000 + (c[1] - '0') * 100 + (c[2] - '0') * 10 + (c[3] - '0');
}

static unsigned look_at_dates(const struct tl_evidence_of *evidence)
{
    uint64_t seen[86400 / 60 / 64 + 1] = { 0 }; /* by minute of the day */
    size_t minutes = 0;
    size_t old = 0;
    int first = 9999;
    int last = 0;

    for (size_t v = 0; v < evidence->distinct.n; v++) {
        int seconds;
        int year = year_of(&evidence->distinct.items[v], &seconds);

        if (!year)
            return 0;
        old += year < RECENT_YEAR;
        first = year < first ? year : first;
        last = year > last ? year : last;
        if (seconds < 0 || seconds >= 86400)
            continue;
        uint64_t bit = (uint64_t)1 << (seconds / 60 & 63);
        minutes += !(seen[seconds / 60 >> 6] & bit);
        seen[seconds / 60 >> 6] |= bit;
    }
    bool is_long_ago = !minutes && evidence->distinct.n >= TL_NATURE_BIRTHS_LEAST &&
                       first >= OLDEST_BIRTH && last <= GROWN_UP &&
                       last - first >= GENERATION;
    return (minutes >= TIMES_LEAST ? TL_NATURE_TIMES : 0) |
           (is_long_ago ? TL_NATURE_LONG_AGO : 0) |
           (!old && evidence->distinct.n >= NUMBERS_LEAST ? TL_NATURE_RECENT : 0);
}

unsigned tl_nature_of(struct tl_evidence_of *evidence)
{
    if (evidence->nature)
        return evidence->nature;
    evidence->nature = TL_NATURE_KNOWN;
    if (!evidence->distinct.n)
        return evidence->nature;
    if (evidence->distinct.n == 1 && evidence->sampled >= NUMBERS_LEAST)
        evidence->nature |= TL_NATURE_CONSTANT;
    if (evidence->sampled >= UNIQUE_LEAST &&
        evidence->distinct.n * 10 >= evidence->sampled * (size_t)8)
        evidence->nature |= TL_NATURE_UNIQUE;
    char first = evidence->distinct.items[0].bytes[0];
    if (first >= '0' && first <= '9')
        evidence->nature |= look_at_numbers(evidence) | look_at_dates(evidence);
    return evidence->nature;
}

/* ---- what that speaks against ---- */

static bool is_of(const struct tl_rule *rule, const char *category)
{
    return !strncmp(rule->type->category, category, strlen(category));
}

/* Numbers that somebody was given, of which no table holds one after the other. */
static bool is_given_number(const struct tl_rule *rule)
{
    return is_of(rule, "user.contact.phone_number") ||
           is_of(rule, "user.government_id") ||
           is_of(rule, "user.financial.credit_card") ||
           is_of(rule, "user.device.device_id") || is_of(rule, "user.health_and_medical");
}

/* What many people have in common. */
/* Of places to be born in a country has thousands: each row may have its own. */
static bool is_class_of_people(const struct tl_rule *rule)
{
    return is_of(rule, "user.demographic") &&
           !is_of(rule, "user.demographic.date_of_birth") &&
           !is_of(rule, "user.demographic.age_range") &&
           strcmp(rule->type->name, "birth_place") != 0;
}

static const struct {
    const char *rule, *words;
} vetoes[] = {
    { "engine/running_numbers#values", "the values are running numbers" },
    { "engine/instants#values", "the values are points in time" },
    { "engine/recent_dates#values", "all dates are of late" },
    { "engine/constant#values", "all rows hold the same value" },
    { "engine/unique#values", "hardly two rows hold the same value" },
    { "engine/many_numbers#values",
      "there are more different numbers than it has codes" },
};
enum { RUNNING, INSTANTS, RECENT, CONSTANT, UNIQUE, MANY_NUMBERS };

const char *tl_nature_words(const char *rule)
{
    for (size_t i = 0; i < sizeof vetoes / sizeof *vetoes; i++)
        if (!strcmp(vetoes[i].rule, rule))
            return vetoes[i].words;
    return NULL;
}

static int find_veto(const struct tl_rule *rule, bool is_strong, unsigned nature)
{
    bool is_birth = is_of(rule, "user.demographic.date_of_birth");

    if (is_class_of_people(rule) && nature & TL_NATURE_UNIQUE)
        return UNIQUE;
    if (is_of(rule, "user.demographic.gender") && nature & TL_NATURE_NUMBERS)
        return MANY_NUMBERS;
    /* a table of ages has each of them once: it is about ages, not about people */
    if (is_of(rule, "user.demographic.age_range") && nature & TL_NATURE_RUNNING)
        return RUNNING;
    if (is_birth && nature & TL_NATURE_TIMES && nature & TL_NATURE_RECENT)
        return INSTANTS;
    if (is_strong)
        return -1;
    if (is_given_number(rule) && nature & TL_NATURE_RUNNING)
        return RUNNING;
    if (is_given_number(rule) && nature & TL_NATURE_EPOCH)
        return INSTANTS;
    if (is_birth && nature & (TL_NATURE_TIMES | TL_NATURE_RECENT))
        return nature & TL_NATURE_TIMES ? INSTANTS : RECENT;
    if (is_of(rule, "user.name") && nature & TL_NATURE_CONSTANT)
        return CONSTANT;
    return -1;
}

const char *tl_nature_veto(const struct tl_candidate *candidate,
                           const struct tl_rule *rule, struct tl_evidence_of *evidence)
{
    bool is_strong = candidate->strength >= TL_NAME_ENDS && !candidate->is_denied &&
                     !candidate->is_weak;
    /* check digits that next to all values have are no accident */
    bool is_certain =
        rule->validator && rule->prior <= STRICT_PRIOR &&
        (uint64_t)candidate->taken * 1000 >= (uint64_t)evidence->sampled * CERTAIN_SHARE;

    if (candidate->is_dead || is_certain || !(candidate->taken + candidate->named) ||
        !is_of(rule, "user."))
        return NULL;
    int veto = find_veto(rule, is_strong, tl_nature_of(evidence));
    return veto < 0 ? NULL : vetoes[veto].rule;
}
