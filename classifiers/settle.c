/*
 * From evidence to tags. Each candidate gets a confidence:
 *   name alone                      a constant by how it speaks
 *   name and values that agree      that, raised by the Wilson bound of the share
 *   name and values that do not     refuted
 *   values alone                    only when chance would give as many distinct valid ones less than once in a million
 * Types of one shape form a family: each value is left to one member, so that a column of mixed IPv4 and IPv6 gets both tags,
 * and a column of UUIDs exactly one. What was not chosen and is not nothing is the runner-up.
 */
#include "classifiers/rules.h"

#define MOST        990 /* no rule is sure */
#define PLACES_TOLD 3   /* of those that came next */
#define FAMILY_MOST 160 /* members that compete on one column */
#define MIXED_SHARE 500 /* per mille: what fewer values are, the column is not */

static const struct tl_rule *rule_of(const struct tl_engine *engine,
                                     const struct tl_candidate *candidate)
{
    return &engine->rules[candidate->rule];
}

static bool is_named(const struct tl_candidate *candidate)
{
    return candidate->strength != TL_NAME_SILENT && !candidate->is_denied;
}

static bool is_strong(const struct tl_candidate *candidate)
{
    return candidate->strength >= TL_NAME_ENDS && !candidate->is_denied &&
           !candidate->is_weak;
}

static unsigned name_weight(const struct tl_candidate *candidate)
{
    static const unsigned strong[] = { 0, 500, 720, 750 };
    static const unsigned weak[] = { 0, 200, 420, 450 };

    return candidate->is_weak ? weak[candidate->strength] : strong[candidate->strength];
}

static unsigned per_mille(uint64_t part, uint64_t of)
{
    return of ? (unsigned)(part * 1000 / of) : 0;
}

/* Among other things, rather than being the value. */
static bool stands_inside(const struct tl_candidate *candidate)
{
    return candidate->is_stray || candidate->inside > candidate->own;
}

/* ---- families ---- */

/* A specialised type that holds throughout: an IPv4 column of which every address ends in .0. */
static bool holds_throughout(const struct tl_rule *rule,
                             const struct tl_candidate *candidate, uint32_t sampled)
{
    return rule->specialises >= 0 &&
           per_mille(candidate->taken, sampled) >= rule->least_share &&
           candidate->taken_distinct >= rule->least_distinct;
}

/* Without a name of its own it stands for all values or for none. */
static bool may_take(const struct tl_rule *rule, const struct tl_candidate *candidate,
                     uint32_t sampled)
{
    return is_named(candidate) || rule->specialises < 0 ||
           holds_throughout(rule, candidate, sampled);
}

static bool has_case(const struct tl_rule *rule, const struct tl_distinct *value)
{
    if (rule->letter_case == TL_ANY_CASE)
        return true;
    for (size_t i = 0; i < value->n; i++) {
        char c = value->bytes[i];

        if (rule->letter_case == TL_LOWER_CASE ? c >= 'A' && c <= 'Z'
                                               : c >= 'a' && c <= 'z')
            return false;
    }
    return true;
}

/* How good a home a member is for a value, most telling bit first; 0: none. */
static unsigned claim(const struct tl_evidence_of *evidence,
                      const struct tl_engine *engine, size_t v, size_t c)
{
    const struct tl_candidate *candidate = &evidence->candidates.items[c];
    const struct tl_rule *rule = rule_of(engine, candidate);
    bool taken = tl_column_bit(evidence, TL_BITS_TAKEN, v, c);

    if ((!taken && !tl_column_bit(evidence, TL_BITS_NAMED, v, c)) ||
        !may_take(rule, candidate, evidence->sampled))
        return 0;
    /* a name of the general type ("ip") says nothing against the special one that nearly all values are of */
    bool replaces =
        rule->least_share >= 900 && holds_throughout(rule, candidate, evidence->sampled);
    return 1u << 17 | (unsigned)replaces << 16 | (unsigned)is_strong(candidate) << 15 |
           (unsigned)taken << 14 |
           (unsigned)has_case(rule, &evidence->distinct.items[v]) << 13 |
           (is_named(candidate) ? (unsigned)candidate->strength << 10 : 0) |
           (unsigned)(rule->specialises >= 0) << 9;
}

static void share_out(struct tl_evidence_of *evidence, const struct tl_engine *engine,
                      const uint16_t *members, size_t n)
{
    uint32_t agreeing = 0;

    for (size_t v = 0; v < evidence->distinct.n; v++) {
        struct tl_candidate *best = NULL;
        unsigned best_claim = 0;

        for (size_t m = 0; m < n; m++) {
            struct tl_candidate *candidate = &evidence->candidates.items[members[m]];
            unsigned claimed = claim(evidence, engine, v, members[m]);

            if (claimed > best_claim ||
                (claimed && claimed == best_claim && best &&
                 rule_of(engine, candidate)->order < rule_of(engine, best)->order)) {
                best = candidate;
                best_claim = claimed;
            }
        }
        if (best) {
            best->own += evidence->distinct.items[v].rows;
            best->own_distinct++;
            agreeing += evidence->distinct.items[v].rows;
        }
    }
    for (size_t m = 0; m < n; m++)
        evidence->candidates.items[members[m]].agreeing = agreeing;
}

static void settle_families(struct tl_evidence_of *evidence,
                            const struct tl_engine *engine)
{
    for (size_t c = 0; c < evidence->candidates.n; c++) {
        struct tl_candidate *candidate = &evidence->candidates.items[c];

        candidate->own = candidate->agreeing = candidate->taken + candidate->named;
        candidate->own_distinct = candidate->taken_distinct + candidate->named_distinct;
    }
    for (size_t c = 0; c < evidence->candidates.n; c++) {
        struct tl_candidate *candidate = &evidence->candidates.items[c];
        uint16_t family = rule_of(engine, candidate)->family;
        uint16_t members[FAMILY_MOST];
        size_t n = 0;

        if (!family || candidate->is_dead || !(candidate->taken + candidate->named))
            continue;
        for (size_t k = c; k < evidence->candidates.n && n < FAMILY_MOST; k++) {
            const struct tl_candidate *other = &evidence->candidates.items[k];

            if (!other->is_dead && other->taken + other->named &&
                rule_of(engine, other)->family == family)
                members[n++] = (uint16_t)k;
        }
        bool is_first = true; /* each family once, by its first member */
        for (size_t k = 0; k < c && is_first; k++)
            is_first = evidence->candidates.items[k].is_dead ||
                       !(evidence->candidates.items[k].taken +
                         evidence->candidates.items[k].named) ||
                       rule_of(engine, &evidence->candidates.items[k])->family != family;
        if (!is_first || n < 2)
            continue;
        for (size_t m = 0; m < n; m++)
            evidence->candidates.items[members[m]].own =
                evidence->candidates.items[members[m]].own_distinct = 0;
        share_out(evidence, engine, members, n);
    }
}

/* ---- confidence ---- */

static unsigned support_of(const struct tl_candidate *candidate,
                           const struct tl_rule *rule,
                           const struct tl_evidence_of *evidence)
{
    unsigned support = candidate->is_commented ? 100 : 0;

    if (candidate->is_weak && !candidate->is_bare)
        return support; /* a table of people has day names too */
    if (candidate->has_sibling)
        support += 100;
    if (candidate->has_table)
        support += 100;
    if (rule->needs_people && evidence->is_person)
        support += 150;
    return support;
}

static unsigned without_values(const struct tl_candidate *candidate,
                               const struct tl_rule *rule,
                               const struct tl_evidence_of *evidence)
{
    unsigned support = support_of(candidate, rule, evidence);
    unsigned weight = name_weight(candidate);

    if (!is_named(candidate))
        return (candidate->is_commented || candidate->guess) && !candidate->is_denied
                   ? 600
                   : 0;
    if (candidate->is_weak)
        return support && !candidate->needs_known &&
                       candidate->strength > TL_NAME_CONTAINS
                   ? weight + 100 + support
                   : weight;
    if (candidate->strength == TL_NAME_CONTAINS)
        return weight + (candidate->is_commented ? 100 : 0);
    weight += support / 2;
    return weight < 780 ? weight : 780;
}

static unsigned weak_with_values(const struct tl_candidate *candidate,
                                 const struct tl_rule *rule,
                                 const struct tl_evidence_of *evidence, unsigned share,
                                 unsigned bound)
{
    unsigned known = per_mille(candidate->known_distinct,
                               candidate->taken_distinct + candidate->named_distinct);
    bool is_known = rule->vocabulary && known >= rule->vocabulary_share;
    bool is_borne =
        is_known || support_of(candidate, rule, evidence) || candidate->beats_chance;

    /* of "job_family" and "last_login_name" only known words make anything */
    if (share < rule->least_share ||
        (candidate->strength == TL_NAME_CONTAINS && !is_known))
        return 0;
    if (!is_borne || (candidate->needs_known && !is_known))
        return 300 + bound / 10;
    return 560 + bound / 4 + (is_known ? 100 : 0);
}

#define KNOWN_LEAST 20  /* distinct values that a vocabulary must be asked of */
#define FULL_PROOF  900 /* per mille of them, where the table is about something else */
#define ENDS_LEAST  10  /* different last words that names of people have */

/* "Anna Bakery, Otto Bakery": what ends in the same few words is called after people, and is none. */
static bool ends_vary(const struct tl_evidence_of *evidence, size_t c)
{
    struct tl_map ends = { 0 };

    for (size_t v = 0; v < evidence->distinct.n && ends.n < ENDS_LEAST; v++) {
        const struct tl_distinct *value = &evidence->distinct.items[v];
        const char *blank = memrchr(value->bytes, ' ', value->n);
        const char *end = value->bytes + value->n;

        if (!tl_column_bit(evidence, TL_BITS_TAKEN, v, c))
            continue;
        blank = blank ? blank + 1 : value->bytes;
        tl_map_put(&ends, blank, (size_t)(end - blank), 1);
    }
    bool vary = ends.n >= ENDS_LEAST;
    tl_map_release(&ends);
    return vary;
}

/* A column of nothing but names, most of which are known, needs no name of its own. */
static unsigned by_vocabulary(struct tl_candidate *candidate, const struct tl_rule *rule,
                              const struct tl_evidence_of *evidence)
{
    size_t c = (size_t)(candidate - evidence->candidates.items);
    unsigned least = candidate->is_doubted && rule->vocabulary_proves < FULL_PROOF
                         ? FULL_PROOF
                         : rule->vocabulary_proves;

    if (candidate->taken_distinct < KNOWN_LEAST ||
        per_mille(candidate->taken, evidence->sampled) < 900 ||
        per_mille(candidate->known_distinct, candidate->taken_distinct) < least ||
        !ends_vary(evidence, c))
        return 0;
    candidate->is_proven = true;
    return 550 + per_mille(candidate->known_distinct, candidate->taken_distinct) / 5;
}

#define STRAY_PRIOR 0.001 /* a check so strict that whole values need no search pattern */

/*
 * What stands among other things: an address in a note, or a note that is nothing but an address. A whole value counts where the
 * search pattern knows it as well, which is the stricter one (a card number's knows the brands).
 */
static void count_strays(struct tl_candidate *candidate, const struct tl_rule *rule,
                         struct tl_engine_scratch *scratch)
{
    const struct tl_evidence_of *evidence = &scratch->evidence;
    size_t c = (size_t)(candidate - evidence->candidates.items);

    candidate->strays = candidate->inside;
    candidate->strays_distinct = candidate->inside_distinct;
    if (candidate->is_dead || !candidate->taken ||
        (!rule->search && rule->prior > STRAY_PRIOR) ||
        per_mille(candidate->agreeing, evidence->sampled) >= MIXED_SHARE)
        return;
    for (size_t v = 0; v < evidence->distinct.n; v++) {
        const struct tl_distinct *value = &evidence->distinct.items[v];
        struct tl_shape shape;
        size_t begin;
        size_t end;

        if (!tl_column_bit(evidence, TL_BITS_TAKEN, v, c))
            continue;
        tl_shape_of(&shape, value->bytes, value->n, value->is_cut);
        if (rule->search &&
            !tl_rule_finds(rule, value->bytes, &shape, 0, &begin, &end, scratch->rx))
            continue;
        candidate->strays += value->rows;
        candidate->strays_distinct++;
    }
}

/* What values say where the name says nothing: the weaker form, which no validator has looked at, is no proof. */
static unsigned unnamed(struct tl_candidate *candidate, const struct tl_rule *rule,
                        uint32_t rows, size_t distinct)
{
    uint32_t strict =
        candidate->own < candidate->taken ? candidate->own : candidate->taken;
    uint32_t strict_distinct = candidate->own_distinct < candidate->taken_distinct
                                   ? candidate->own_distinct
                                   : candidate->taken_distinct;
    unsigned share = per_mille(strict, rows);
    bool is_whole = strict_distinct >= rule->least_distinct && share >= TL_REAL_SHARE &&
                    tl_beats_chance(strict_distinct, distinct, rule->prior);
    bool is_inside =
        candidate->strays_distinct >= 2 &&
        tl_beats_chance(candidate->strays_distinct, distinct, rule->search_prior);

    candidate->beats_chance = is_whole || is_inside;
    candidate->is_proven = !rule->needs_name && candidate->beats_chance;
    if (!candidate->is_proven) {
        if ((candidate->is_commented || candidate->guess) && share >= rule->least_share)
            return 650 + tl_wilson(candidate->own, rows) / 4;
        return candidate->taken && !rule->needs_name ? 300 : 0;
    }
    unsigned many = candidate->strays_distinct < 20 ? candidate->strays_distinct : 20;
    unsigned by_finds = is_inside ? 650 + many * 10 : 0;
    unsigned by_share = is_whole ? 600 + tl_wilson(strict, rows) * 35 / 100 : 0;
    candidate->is_stray = is_inside && by_finds > by_share;
    return candidate->is_stray ? by_finds : by_share;
}

static unsigned confidence_of(struct tl_candidate *candidate, const struct tl_rule *rule,
                              const struct tl_evidence_of *evidence)
{
    uint32_t rows = evidence->sampled - candidate->sentinels;

    if (candidate->is_dead)
        return 0;
    if (!rows || !evidence->has_values) {
        unsigned by_name = without_values(candidate, rule, evidence);

        return evidence->is_empty && by_name >= TL_BUILT_IN_FLOOR ? TL_BUILT_IN_FLOOR - 1
                                                                  : by_name;
    }
    unsigned by_values = unnamed(candidate, rule, rows, evidence->distinct.n);
    if (!is_named(candidate) && !by_values && rule->vocabulary_proves)
        by_values = by_vocabulary(candidate, rule, evidence);
    if (!is_named(candidate))
        return by_values;
    if (!rule->value && !rule->named_value)
        return without_values(candidate, rule, evidence);
    unsigned share = per_mille(candidate->agreeing, rows);
    unsigned bound = tl_wilson(candidate->agreeing, rows);
    unsigned by_name = 0;
    bool is_strict = candidate->taken * 2 >= candidate->agreeing;
    if (candidate->agreeing && !candidate->own)
        return 450; /* the family has a better home for every value */
    if (candidate->is_weak) {
        by_name = weak_with_values(candidate, rule, evidence, share, bound);
    } else if (candidate->strength == TL_NAME_CONTAINS) {
        /* "external_id_type": values must say something too, and a pattern that takes anything does not */
        if (share >= rule->least_share && rule->prior < 0.9)
            by_name = is_strict ? 600 + bound / 4 : 400 + bound / 10;
    } else if (share >= rule->least_share) {
        by_name = is_strict ? 700 + bound * 29 / 100 : 650 + bound / 4;
    } else if (share >= TL_NAMED_SHARE) {
        by_name = 550 + share * 3 / 10;
    } else if (candidate->inside &&
               per_mille(candidate->inside, rows) >= TL_NAMED_SHARE) {
        by_name = 650 + per_mille(candidate->inside, rows) / 5;
    }
    if (by_name && candidate->is_commented)
        by_name += 40;
    return by_name > by_values ? by_name : by_values;
}

/* ---- choosing ---- */

/*
 * "national_id" speaks strongly for the number of some country and weakly for that of each: where the values pass the check of one, and
 * the other takes them only in a form that takes almost anything, it is the first; both say the same kind of thing. And "person_nr" may
 * be any identifier of a person's record: where most values pass the check of personal numbers, a few that do not make them no row's key.
 */
static bool gives_way(const struct tl_candidate *loose, const struct tl_rule *its,
                      const struct tl_candidate *checked, const struct tl_rule *rule)
{
    if (its->family && its->family == rule->family)
        return false; /* they have shared the values out */
    if (!loose->taken && loose->named &&
        !strcmp(its->type->category, rule->type->category))
        return true;
    return its->prior >= 0.9 && rule->validator && is_strong(checked);
}

static void prefer_checked(const struct tl_evidence_of *evidence,
                           const struct tl_engine *engine)
{
    for (size_t c = 0; c < evidence->candidates.n; c++) {
        struct tl_candidate *checked = &evidence->candidates.items[c];
        const struct tl_rule *rule = rule_of(engine, checked);

        if (!checked->beats_chance || checked->confidence < engine->floor ||
            per_mille(checked->taken, evidence->sampled) < rule->least_share)
            continue;
        for (size_t k = 0; k < evidence->candidates.n; k++) {
            const struct tl_candidate *loose = &evidence->candidates.items[k];

            if (loose->confidence >= checked->confidence &&
                gives_way(loose, rule_of(engine, loose), checked, rule))
                checked->confidence =
                    (uint16_t)(loose->confidence < MOST ? loose->confidence + 1 : MOST);
        }
    }
}

/* Better first: confidence, a strict value match, the longer-lived order of the pack, the name. */
static bool is_better(const struct tl_candidate *a, const struct tl_candidate *b,
                      const struct tl_engine *engine)
{
    const struct tl_rule *x = rule_of(engine, a);
    const struct tl_rule *y = rule_of(engine, b);

    if (a->confidence != b->confidence)
        return a->confidence > b->confidence;
    if (a->own != b->own)
        return a->own > b->own;
    if ((!x->family || x->family != y->family) &&
        (x->prior < y->prior || x->prior > y->prior))
        return x->prior < y->prior;
    if (x->order != y->order)
        return x->order < y->order;
    return a->rule < b->rule;
}

/* Rows that candidate `c` holds and `other` does not. */
static uint32_t rows_beside(const struct tl_evidence_of *evidence, size_t c, size_t other)
{
    uint32_t rows = 0;

    for (size_t v = 0; v < evidence->distinct.n; v++) {
        bool has = tl_column_bit(evidence, TL_BITS_TAKEN, v, c) ||
                   tl_column_bit(evidence, TL_BITS_INSIDE, v, c);
        bool taken = tl_column_bit(evidence, TL_BITS_TAKEN, v, other) ||
                     tl_column_bit(evidence, TL_BITS_NAMED, v, other);

        if (has && !taken)
            rows += evidence->distinct.items[v].rows;
    }
    return rows;
}

/* Whether `c` is true beside what was chosen already: it holds other rows, or it stands inside them. */
static bool stands_beside(const struct tl_evidence_of *evidence,
                          const struct tl_engine *engine, size_t c,
                          const uint16_t *chosen, size_t n)
{
    const struct tl_candidate *candidate = &evidence->candidates.items[c];
    const struct tl_rule *rule = rule_of(engine, candidate);

    if (!evidence->has_values || !evidence->sampled)
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct tl_candidate *other = &evidence->candidates.items[chosen[i]];
        const struct tl_rule *its = rule_of(engine, other);

        if (rule->specialises == other->rule || its->specialises == candidate->rule)
            return false;
        if (rule->family && rule->family == its->family) {
            if (per_mille(candidate->own, evidence->sampled) < TL_REAL_SHARE ||
                (candidate->own_distinct < 2 &&
                 per_mille(candidate->own, evidence->sampled) < 200))
                return false;
            continue;
        }
        bool is_found = stands_inside(candidate);
        /* a name whose pattern takes anything (an id) does not hide what its values are */
        bool is_hidden = rule->is_personal && its->prior >= 0.9 && rule->prior < 0.1;
        if ((is_found || is_hidden) && candidate->is_proven)
            continue;
        if (!candidate->is_proven || per_mille(rows_beside(evidence, c, chosen[i]),
                                               evidence->sampled) < TL_REAL_SHARE)
            return false;
    }
    return true;
}

static size_t choose(uint16_t *chosen, size_t most, struct tl_evidence_of *evidence,
                     const struct tl_engine *engine, int *runner_up)
{
    uint8_t places = 0;
    size_t n = 0;
    uint64_t done[TL_RULES_MOST / 64 + 1] = { 0 };

    *runner_up = -1;
    for (;;) {
        int best = -1;

        for (size_t c = 0; c < evidence->candidates.n; c++) {
            const struct tl_candidate *candidate = &evidence->candidates.items[c];

            if (candidate->confidence >= 300 && !(done[c >> 6] >> (c & 63) & 1) &&
                (best < 0 ||
                 is_better(candidate, &evidence->candidates.items[best], engine)))
                best = (int)c;
        }
        if (best < 0)
            return n;
        done[best >> 6] |= (uint64_t)1 << (best & 63);
        bool is_enough = evidence->candidates.items[best].confidence >= engine->floor;
        if (is_enough && n < most &&
            (!n || stands_beside(evidence, engine, (size_t)best, chosen, n)))
            chosen[n++] = (uint16_t)best;
        else if (places < PLACES_TOLD)
            evidence->candidates.items[best].place = ++places;
        if (places == 1 && *runner_up < 0)
            *runner_up = best;
    }
}

/* ---- what is handed out ---- */

static void say(struct tl_engine_scratch *scratch, const struct tl_rule *rule,
                enum tl_stance stance, enum tl_evidence evidence, int weight,
                const uint32_t counts[3])
{
    struct tl_opinion opinion = { .rule = rule->opinions[evidence],
                                  .info_type = rule->type->name,
                                  .stance = (uint8_t)stance,
                                  .evidence = (uint8_t)evidence,
                                  .weight = (int16_t)weight };

    if (counts) {
        opinion.tried = counts[0];
        opinion.matched = counts[1];
        opinion.distinct = counts[2];
    }
    tl_vec_push(&scratch->opinions, opinion);
}

static void say_values(struct tl_engine_scratch *scratch, const struct tl_rule *rule,
                       const struct tl_candidate *candidate, bool is_refuted)
{
    const struct tl_evidence_of *evidence = &scratch->evidence;
    uint32_t rows = evidence->sampled - candidate->sentinels;
    bool is_inside = stands_inside(candidate);
    uint32_t counts[3] = { rows, is_inside ? candidate->strays : candidate->own,
                           is_inside ? candidate->strays_distinct
                                     : candidate->own_distinct };
    enum tl_evidence kind = rule->validator && (candidate->taken || candidate->inside)
                                ? TL_FROM_VALIDATOR
                                : TL_FROM_VALUES;

    if (candidate->sentinels) {
        uint32_t marks[3] = { evidence->sampled, candidate->sentinels, 0 };

        say(scratch, rule, TL_ABSTAINS, TL_FROM_VALUES, 0, marks);
    }
    if (!rows || !evidence->has_values || (!rule->value && !rule->named_value))
        return;
    if (is_refuted)
        say(scratch, rule, TL_REFUTES, kind, -(int)name_weight(candidate), counts);
    else if (is_named(candidate) || candidate->is_commented || candidate->guess)
        say(scratch, rule,
            candidate->confidence < name_weight(candidate) ? TL_REFUTES : TL_CONFIRMS,
            kind, (int)candidate->confidence - (int)name_weight(candidate), counts);
    else
        say(scratch, rule, candidate->is_proven ? TL_PROPOSES : TL_ABSTAINS, kind,
            candidate->is_proven ? candidate->confidence : 0, counts);
}

static void say_all(struct tl_engine_scratch *scratch, const struct tl_engine *engine,
                    const struct tl_candidate *candidate)
{
    const struct tl_rule *rule = rule_of(engine, candidate);
    bool is_refuted = !candidate->confidence;

    if (candidate->strength != TL_NAME_SILENT)
        say(scratch, rule, candidate->is_denied ? TL_REFUTES : TL_PROPOSES, TL_FROM_NAME,
            candidate->is_denied ? -(int)name_weight(candidate)
                                 : (int)name_weight(candidate),
            NULL);
    if (candidate->is_dead) {
        if (candidate->against != TL_FROM_NAME || !candidate->is_denied)
            say(scratch, rule, TL_REFUTES, candidate->against, -1000, NULL);
        if (candidate->veto)
            scratch->opinions.items[scratch->opinions.n - 1].rule = candidate->veto;
        return;
    }
    if (candidate->is_commented)
        say(scratch, rule, TL_PROPOSES, TL_FROM_COMMENT, 100, NULL);
    if (candidate->guess) {
        say(scratch, rule, TL_PROPOSES, TL_FROM_TABLE, 100, NULL);
        scratch->opinions.items[scratch->opinions.n - 1].rule = candidate->guess;
    }
    if (candidate->has_table)
        say(scratch, rule, TL_CONFIRMS, TL_FROM_TABLE, 100, NULL);
    if (rule->needs_people && scratch->evidence.is_person) {
        say(scratch, rule, TL_CONFIRMS, TL_FROM_TABLE, 100, NULL);
        scratch->opinions.items[scratch->opinions.n - 1].rule =
            tl_subject_rule(&scratch->around.subject);
    }
    if (candidate->has_sibling)
        say(scratch, rule, TL_CONFIRMS, TL_FROM_SIBLING, 100, NULL);
    say_values(scratch, rule, candidate, is_refuted);
}

/* Floats drop closing zeros, so a share is asked for, not the longest or the shortest value. */
static bool is_coarse(const struct tl_rule *rule, size_t c,
                      const struct tl_engine_scratch *scratch)
{
    const struct tl_evidence_of *evidence = &scratch->evidence;
    uint32_t taken = 0;
    uint32_t coarse = 0;

    for (size_t v = 0; v < evidence->distinct.n; v++) {
        const struct tl_distinct *value = &evidence->distinct.items[v];

        if (!tl_column_bit(evidence, TL_BITS_TAKEN, v, c))
            continue;
        taken += value->rows;
        if (tl_rx_match(rule->coarse, value->bytes, value->n, scratch->rx) == TL_RX_YES)
            coarse += value->rows;
    }
    return taken && per_mille(coarse, taken) >= rule->coarse_share;
}

/* "warehouse_city": a word for a place or an organization in the column's own name, and none for people. */
static bool is_of_thing(const struct tl_evidence_of *evidence,
                        const struct tl_candidate *candidate)
{
    bool is_thing = false;

    for (size_t i = 0; i < evidence->tokens.n; i++) {
        if (evidence->words.flags[i] & TL_WORD_PEOPLE)
            return false;
        is_thing |= (i < candidate->first || i >= candidate->end) &&
                    (evidence->words.flags[i] & TL_WORD_THING);
    }
    return is_thing;
}

static struct tl_tag tag_of(size_t c, const struct tl_engine_scratch *scratch,
                            const struct tl_engine *engine)
{
    const struct tl_candidate *candidate = &scratch->evidence.candidates.items[c];
    const struct tl_rule *rule = rule_of(engine, candidate);
    const struct tl_evidence_of *evidence = &scratch->evidence;
    bool is_inside = stands_inside(candidate);
    uint32_t matched = is_inside ? candidate->strays : candidate->own;
    struct tl_tag tag = { .info_type = rule->type->name,
                          .category = rule->type->category,
                          .sensitivity = rule->type->sensitivity,
                          .confidence = candidate->confidence,
                          .share = 1000,
                          .state = TL_PROPOSED,
                          .origin = TL_BY_RULE,
                          .is_inside = is_inside };

    if (evidence->has_values && evidence->sampled > candidate->sentinels) {
        tag.matched = rule->value || rule->named_value ? matched : 0;
        tag.share = tag.matched ? (uint16_t)per_mille(matched, evidence->sampled) : 1000;
        if (rule->validator && (candidate->taken || candidate->inside))
            tag.origin = TL_BY_VALIDATOR;
    }
    if (rule->coarse && tag.matched && is_coarse(rule, c, scratch)) {
        tag.category = rule->coarse_category;
        tag.sensitivity = rule->coarse_sensitivity;
    }
    if (rule->thing_sensitivity >= 0 &&
        (scratch->around.is_thing_table || is_of_thing(evidence, candidate)))
        tag.sensitivity = (uint8_t)rule->thing_sensitivity;
    if (rule->person_category) {
        bool is_of_person = false;

        for (size_t i = 0; i < evidence->tokens.n; i++)
            is_of_person |= (evidence->words.flags[i] & TL_WORD_PEOPLE) != 0;
        is_of_person |= evidence->tokens.n == 1 && scratch->around.subject.by_name > 0;
        is_of_person |= evidence->is_person_key;
        if (is_of_person) {
            tag.category = rule->person_category;
            tag.sensitivity = rule->person_sensitivity;
        }
    }
    return tag;
}

static bool stands_before(const struct tl_tag *a, const struct tl_tag *b)
{
    if (a->is_inside != b->is_inside)
        return a->is_inside;
    if (a->share != b->share)
        return a->share < b->share;
    return a->confidence <= b->confidence;
}

void tl_tags_add(struct tl_engine_scratch *scratch, size_t first, struct tl_tag tag)
{
    tl_vec_push(&scratch->tags, tag);
    for (size_t i = scratch->tags.n - 1; i > first; i--) {
        struct tl_tag *above = &scratch->tags.items[i];
        struct tl_tag *below = above - 1;

        if (stands_before(below, above))
            break;
        struct tl_tag swap = *above;
        *above = *below;
        *below = swap;
    }
}

static void veto(struct tl_candidate *candidate, const struct tl_engine *engine,
                 struct tl_evidence_of *evidence)
{
    if (!evidence->has_values || candidate->is_dead)
        return;
    candidate->veto = tl_nature_veto(candidate, rule_of(engine, candidate), evidence);
    if (!candidate->veto)
        return;
    candidate->is_dead = true;
    candidate->against = TL_FROM_VALUES;
}

void tl_column_settle(struct tl_decision *out, struct tl_engine_scratch *scratch,
                      const struct tl_engine *engine)
{
    struct tl_evidence_of *evidence = &scratch->evidence;
    uint16_t chosen[8];
    int runner_up;
    size_t first_tag = scratch->tags.n;

    evidence->nature = 0;
    for (size_t c = 0; c < evidence->candidates.n; c++)
        veto(&evidence->candidates.items[c], engine, evidence);
    settle_families(evidence, engine);
    for (size_t c = 0; c < evidence->candidates.n; c++) {
        struct tl_candidate *candidate = &evidence->candidates.items[c];
        count_strays(candidate, rule_of(engine, candidate), scratch);
        unsigned confidence =
            confidence_of(candidate, rule_of(engine, candidate), evidence);

        candidate->confidence = (uint16_t)(confidence < MOST ? confidence : MOST);
    }
    prefer_checked(evidence, engine);
    size_t n =
        choose(chosen, sizeof chosen / sizeof *chosen, evidence, engine, &runner_up);
    for (size_t i = 0; i < n; i++) {
        const struct tl_candidate *candidate = &evidence->candidates.items[chosen[i]];

        say_all(scratch, engine, candidate);
        if (rule_of(engine, candidate)->is_personal)
            tl_tags_add(scratch, first_tag, tag_of(chosen[i], scratch, engine));
    }
    if (runner_up >= 0) {
        const struct tl_candidate *second = &evidence->candidates.items[runner_up];

        say_all(scratch, engine, second);
        out->runner_up = rule_of(engine, second)->type->name;
        out->runner_up_confidence = second->confidence;
    }
    /* a name that spoke and was overruled is worth saying */
    for (size_t c = 0; c < evidence->candidates.n; c++) {
        const struct tl_candidate *candidate = &evidence->candidates.items[c];

        bool is_clear = !candidate->is_weak &&
                        (candidate->strength >= TL_NAME_ENDS || candidate->is_denied);
        if (!candidate->confidence &&
            (is_clear || (candidate->veto && is_named(candidate))))
            say_all(scratch, engine, candidate);
    }
    out->first_tag = (uint32_t)first_tag;
    out->n_tags = (uint32_t)(scratch->tags.n - first_tag);
    out->state = out->n_tags ? TL_PROPOSED : TL_NOTHING;
    tl_column_facts(out, scratch, engine, chosen, n);
}
