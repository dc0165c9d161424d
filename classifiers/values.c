/*
 * One value against one rule, cheapest test first: length, the bytes it holds, regex, validator. And the two numbers that
 * decisions rest on, in IEEE + - * / and sqrt only.
 */
#include "classifiers/rules.h"

#include <math.h>

void tl_shape_of(struct tl_shape *out, const char *bytes, size_t n, bool is_cut)
{
    memset(out, 0, sizeof *out);
    out->n = n;
    out->is_cut = is_cut;
    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)bytes[i];

        out->present.words[b >> 6] |= (uint64_t)1 << (b & 63);
        out->digits += (unsigned)b - '0' < 10;
    }
}

static bool holds_all(const struct tl_byte_set *needs, const struct tl_byte_set *present)
{
    return !(
        (needs->words[0] & ~present->words[0]) | (needs->words[1] & ~present->words[1]) |
        (needs->words[2] & ~present->words[2]) | (needs->words[3] & ~present->words[3]));
}

static bool is_ascii(const struct tl_shape *shape)
{
    return !(shape->present.words[2] | shape->present.words[3]);
}

/* Whether a pattern of that form can take the value as a whole. */
static bool admits(const struct tl_form *form, const char *bytes,
                   const struct tl_shape *shape)
{
    if (shape->n < form->least || shape->n > form->most ||
        !holds_all(&shape->present, &form->allowed) ||
        !tl_byte_set_has(&form->first, (unsigned char)bytes[0]) ||
        !tl_byte_set_has(&form->last, (unsigned char)bytes[shape->n - 1]))
        return false;
    for (unsigned i = 0; i < form->n_wants; i++) {
        if (!tl_byte_sets_meet(&form->wants[i], &shape->present))
            return false;
    }
    return true;
}

static bool is_whole(const struct tl_rx *rx, const struct tl_form *form,
                     const char *bytes, const struct tl_shape *shape,
                     struct tl_rx_scratch *scratch)
{
    return form->n_ways && is_ascii(shape)
               ? tl_form_takes(form, bytes, shape->n)
               : tl_rx_match(rx, bytes, shape->n, scratch) == TL_RX_YES;
}

bool tl_rule_takes(const struct tl_rule *rule, const char *bytes,
                   const struct tl_shape *shape, bool is_named, struct tl_rx_scratch *rx)
{
    if (!rule->value || shape->is_cut || !shape->n || shape->n < rule->least_length ||
        shape->n > rule->most_length || shape->digits < rule->least_digits ||
        !holds_all(&rule->needs, &shape->present) ||
        !holds_all(&shape->present, &rule->only) ||
        !admits(&rule->value_form, bytes, shape))
        return false;
    return is_whole(rule->value, &rule->value_form, bytes, shape, rx) &&
           (!rule->validator || rule->validator->holds(bytes, shape->n, is_named));
}

bool tl_rule_takes_named(const struct tl_rule *rule, const char *bytes,
                         const struct tl_shape *shape, struct tl_rx_scratch *rx)
{
    return rule->named_value && !shape->is_cut && shape->n && shape->n <= TL_VALUE_MOST &&
           admits(&rule->named_form, bytes, shape) &&
           is_whole(rule->named_value, &rule->named_form, bytes, shape, rx);
}

bool tl_rule_finds(const struct tl_rule *rule, const char *bytes,
                   const struct tl_shape *shape, size_t from, size_t *begin, size_t *end,
                   struct tl_rx_scratch *rx)
{
    size_t n = shape->n < TL_SEARCH_MOST ? shape->n : TL_SEARCH_MOST;

    if (!rule->search || n < rule->least_length || n < rule->search_form.least ||
        shape->digits < rule->least_digits ||
        !holds_all(&rule->search_needs, &shape->present))
        return false;
    for (unsigned i = 0; i < rule->search_form.n_wants; i++) {
        if (!tl_byte_sets_meet(&rule->search_form.wants[i], &shape->present))
            return false;
    }
    /* 64 finds that the validator refuses: what follows is of the same kind */
    for (unsigned tries = 0; tries < 64 && from < n; tries++) {
        if (tl_rx_find(rule->search, bytes, n, from, begin, end, rx) != TL_RX_YES)
            return false;
        size_t found = *end - *begin;
        /* what touches the end of a cut value may be the beginning of something else */
        bool is_whole = !(shape->is_cut && *end == n);
        if (found && is_whole &&
            (!rule->validator || rule->validator->holds(bytes + *begin, found, false)) &&
            !tl_rule_is_sentinel(rule, bytes + *begin, found))
            return true;
        from = *end > from ? *end : from + 1;
    }
    return false;
}

bool tl_rule_is_sentinel(const struct tl_rule *rule, const char *bytes, size_t n)
{
    uint32_t ignored;

    return rule->sentinels.n && tl_map_get(&rule->sentinels, bytes, n, &ignored);
}

#define WORDS_LOOKED_AT 3

/*
 * Chinese, Japanese and Korean names stand without a blank, the family name first: of a word of two to four signs the first or the
 * first two are one. All signs of these scripts take three bytes.
 */
static bool is_wide_name(const char *word, size_t n)
{
    const struct tl_gazetteer *surnames = tl_gazetteer_find("surnames_before");

    if (n < 6 || n > 12 || n % 3 || (unsigned char)*word < 0xE3 || !surnames)
        return false;
    return tl_gazetteer_has(surnames, word, 3) ||
           (n > 6 && tl_gazetteer_has(surnames, word, 6));
}

static bool list_knows(const struct tl_gazetteer *list, const char *bytes, size_t n)
{
    bool is_of_people = !strcmp(list->name, "given_names");
    char text[3 * 64]; /* longer words are no names */
    size_t end = tl_fold_text(text, sizeof text, bytes, n);
    size_t begin = 0;

    for (unsigned words = 0; words < WORDS_LOOKED_AT && begin < end; words++) {
        const char *blank = memchr(text + begin, ' ', end - begin);
        size_t length = (size_t)((blank ? blank : text + end) - (text + begin));

        if (tl_gazetteer_has(list, text + begin, length) ||
            (is_of_people && is_wide_name(text + begin, length)))
            return true;
        begin += length + 1;
    }
    return memchr(text, ' ', end) && tl_gazetteer_has(list, text, end); /* "new york" */
}

bool tl_vocabulary_knows(const struct tl_vocabulary *vocabulary, const char *bytes,
                         size_t n)
{
    struct tl_tokens tokens;
    uint32_t ignored;

    if (vocabulary->list)
        return list_knows(vocabulary->list, bytes, n);
    tl_tokens_of_text(&tokens, bytes, n);
    for (size_t i = 0; i < tokens.n && i < WORDS_LOOKED_AT; i++) {
        if (tl_map_get(&vocabulary->words, tokens.text + tokens.at[i], tokens.length[i],
                       &ignored))
            return true;
    }
    return false;
}

bool tl_engine_knows_name(const struct tl_engine *engine, const char *bytes, size_t n)
{
    for (uint32_t v = 0; v < engine->n_vocabularies; v++) {
        const struct tl_vocabulary *vocabulary = &engine->vocabularies[v];

        /* family names and cities are words of other things too often */
        if ((!vocabulary->list || !strcmp(vocabulary->name, "given_names")) &&
            tl_vocabulary_knows(vocabulary, bytes, n))
            return true;
    }
    return false;
}

/* E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). */
unsigned tl_wilson(uint64_t matched, uint64_t n)
{
    const double z = 1.96;

    if (!n || !matched)
        return 0;
    double count = (double)n;
    double share = (double)matched / count;
    double spread = sqrt(share * (1 - share) / count + z * z / (4 * count * count));
    double low = (share + z * z / (2 * count) - z * spread) / (1 + z * z / count);
    return low > 0 ? (unsigned)(low * 1000) : 0;
}

/* Of columns of random values that many may be taken for something: one type or another, whichever it is. */
#define COLUMNS_MISTAKEN 1e-6

/*
 * The binomial tail, exactly: its first term as a product that is kept near 1 by powers of two, then the ratio of
 * neighbouring terms. No logarithm, no power: equal on every machine.
 */
bool tl_beats_chance(uint64_t matched, uint64_t n, double prior)
{
    double term = 1;
    int exponent = 0;
    uint64_t misses = n - matched;
    uint64_t used = 0;

    if (!matched || matched > n || prior >= 1 || (double)matched <= (double)n * prior)
        return false;
    for (uint64_t i = 1; i <= matched; i++) {
        int shift;

        term *= (double)(misses + i) / (double)i * prior;
        while (used < misses && term > 1e-3) {
            term *= 1 - prior;
            used++;
        }
        term = frexp(term, &shift);
        exponent += shift;
    }
    for (; used < misses && exponent > -200; used++) {
        int shift;

        term = frexp(term * (1 - prior), &shift);
        exponent += shift;
    }
    if (exponent <= -200)
        return true;
    term = ldexp(term, exponent);
    double tail = term;
    for (uint64_t k = matched; k < n; k++) {
        term *= (double)(n - k) / (double)(k + 1) * (prior / (1 - prior));
        tail += term;
        if (term < tail * 1e-9)
            break;
    }
    return tail < COLUMNS_MISTAKEN / TL_TYPES_TRIED;
}
