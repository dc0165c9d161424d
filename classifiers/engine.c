/*
 * The way through: names of all columns first, so that each can be seen among its siblings; then column by column, evidence
 * cheap to dear. What is dear (regexes over values) only runs for types that the name speaks for or that values can prove.
 */
#include "classifiers/kanon.h"
#include "classifiers/prefilter.h"
#include "classifiers/rules.h"

#include "base/ctx.h"
#include "base/digest.h"

/* ---- the engine ---- */

int tl_rule_find(const struct tl_engine *engine, const char *info_type)
{
    size_t low = 0;
    size_t high = engine->n_types;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(engine->types[middle].name, info_type);

        if (!order)
            return (int)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

int tl_category_find(const struct tl_engine *engine, const char *key)
{
    for (uint32_t i = 0; i < engine->n_categories; i++) {
        if (!strcmp(engine->categories[i].key, key))
            return (int)i;
    }
    return -1;
}

static void digest_engine(struct tl_engine *engine,
                          const struct tl_engine_settings *settings)
{
    struct tl_digest digest = { 0 };
    unsigned char bytes[32];

    tl_digest_begin(&digest, TL_DIGEST_SHA256);
    tl_digest_add_uint(&digest, TL_DECISION_VERSION);
    tl_digest_add_uint(&digest, engine->floor);
    for (size_t i = 0; i < engine->n_packs; i++)
        tl_digest_add_text(&digest, engine->packs[i].digest);
    for (size_t i = 0; i < engine->n_vocabularies; i++) {
        if (engine->vocabularies[i].list)
            tl_digest_add_text(&digest, engine->vocabularies[i].list->digest);
    }
    tl_digest_add_uint(&digest, settings->without.n);
    for (size_t i = 0; i < settings->without.n; i++)
        tl_digest_add_text(&digest, settings->without.items[i]);
    if (settings->consent.vendor) {
        tl_digest_add_uint(&digest, settings->consent.vendor);
        tl_digest_add_uint(&digest, settings->consent.consent);
        tl_digest_add_uint(&digest, settings->consent.legitimate_interest);
        tl_digest_add_uint(&digest, settings->consent.flexible);
    }
    tl_digest_end(&digest, bytes);
    tl_digest_release(&digest);
    tl_hex(engine->digest, bytes, sizeof bytes);
}

int tl_engine_open(struct tl_engine **out, const struct tl_engine_settings *settings,
                   struct tl_ctx *ctx)
{
    static const struct tl_engine_settings none;
    struct tl_engine *engine = tl_alloc(1, sizeof *engine);

    if (!settings)
        settings = &none;
    engine->arena = tl_arena_open();
    tl_names_init(&engine->names, engine->arena);
    engine->floor = settings->floor ? settings->floor : TL_BUILT_IN_FLOOR;
    engine->consent = settings->consent;
    int rc = tl_packs_load(engine, settings, ctx);
    if (rc) {
        if (rc == TL_ECONFIG)
            tl_hint(ctx, "'tagline rules keys' lists what may stand in a pack");
        tl_engine_close(engine);
        return rc;
    }
    digest_engine(engine, settings);
    *out = engine;
    return TL_OK;
}

void tl_engine_close(struct tl_engine *engine)
{
    if (!engine)
        return;
    tl_packs_release(engine);
    tl_names_release(&engine->names);
    tl_arena_close(engine->arena);
    tl_free(engine);
}

struct tl_engine_scratch *tl_engine_scratch_open(void)
{
    struct tl_engine_scratch *scratch = tl_alloc(1, sizeof *scratch);

    scratch->rx = tl_rx_scratch_open();
    return scratch;
}

void tl_engine_scratch_close(struct tl_engine_scratch *scratch)
{
    if (!scratch)
        return;
    tl_rx_scratch_close(scratch->rx);
    tl_vec_release(&scratch->evidence.distinct);
    tl_vec_release(&scratch->evidence.candidates);
    tl_vec_release(&scratch->evidence.bits);
    tl_vec_release(&scratch->evidence.slots);
    tl_vec_release(&scratch->hits);
    tl_vec_release(&scratch->first_hit);
    tl_vec_release(&scratch->columns_of);
    tl_vec_release(&scratch->opinions);
    tl_vec_release(&scratch->tags);
    tl_vec_release(&scratch->facts);
    tl_free(scratch->decoding);
    tl_nested_release(&scratch->nested);
    tl_engine_scratch_close(scratch->inner);
    tl_free(scratch);
}

size_t tl_engine_packs(const struct tl_pack **out, const struct tl_engine *engine)
{
    *out = engine->packs;
    return engine->n_packs;
}

size_t tl_engine_types(const struct tl_info_type **out, const struct tl_engine *engine)
{
    *out = engine->types;
    return engine->n_types;
}

const struct tl_info_type *tl_engine_type(const struct tl_engine *engine,
                                          const char *name)
{
    int i = tl_rule_find(engine, name);

    return i < 0 ? NULL : &engine->types[i];
}

unsigned tl_engine_floor(const struct tl_engine *engine)
{
    return engine->floor;
}

const char *tl_engine_digest(const struct tl_engine *engine)
{
    return engine->digest;
}

size_t tl_engine_give_ups(struct tl_give_up **out, const struct tl_engine *engine,
                          struct tl_arena *into)
{
    struct tl_give_up *items = tl_arena_alloc(into, engine->n_types * 4, sizeof *items);
    size_t n = 0;

    for (uint32_t i = 0; i < engine->n_types; i++) {
        const struct tl_rule *rule = &engine->rules[i];
        const struct {
            const struct tl_rx *rx;
            const char *key;
        } patterns[] = { { rule->value, "value" },
                         { rule->named_value, "named_value" },
                         { rule->search, "search" },
                         { rule->coarse, "coarse" } };

        for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) {
            if (tl_rx_has_given_up(patterns[k].rx))
                items[n++] = (struct tl_give_up){ rule->type->pack, rule->type->name,
                                                  patterns[k].key };
        }
    }
    *out = items;
    return n;
}

/* ---- names of a whole dataset ---- */

/* A table is about people when columns name them, date them or let them sign in; shops have addresses and telephones too. */
bool tl_type_is_of_people(const struct tl_info_type *type)
{
    return !strncmp(type->category, "user.name", 9) ||
           !strncmp(type->category, "user.demographic", 16) ||
           !strncmp(type->category, "user.account", 12);
}

#define COMMENT_WORDS 6 /* of a table's comment that say what its rows are */

/* What the dataset's own words say of its subject: name, comment, primary key. */
static void look_at_table(struct tl_surroundings *around,
                          const struct tl_snapshot *snapshot,
                          const struct tl_dataset *dataset)
{
    const char *name = tl_snapshot_text(snapshot, dataset->name);
    const char *comment = tl_snapshot_text(snapshot, dataset->comment);
    const struct tl_names *names = &around->engine->names;
    struct tl_subject *subject = &around->subject;
    struct tl_tokens tokens;
    struct tl_words words;

    *subject = (struct tl_subject){ .people = 0 };
    name = name ? name : "";
    tl_tokens_of_text(&tokens, name, strlen(name));
    tl_names_words(&around->table, names, &tokens);
    around->n_table_words = tokens.n;
    subject->by_name = (int8_t)tl_subject_points(&around->table, tokens.n,
                                                 TL_SUBJECT_BY_NAME, TL_SUBJECT_BY_THING);
    if (subject->by_name < 0 && tl_subject_is_act(&tokens))
        subject->by_name = 0;
    if (comment && *comment) {
        tl_tokens_of_text(&tokens, comment, strlen(comment));
        tl_names_words(&words, names, &tokens);
        subject->by_comment =
            (int8_t)tl_subject_points(&words,
                                      tokens.n < COMMENT_WORDS ? tokens.n : COMMENT_WORDS,
                                      TL_SUBJECT_BY_COMMENT, 0);
    }
}

/* A primary key that bears the name of people: customer_id. */
static void look_at_key(struct tl_engine_scratch *scratch, const struct tl_column *column)
{
    const struct tl_evidence_of *evidence = &scratch->evidence;

    if ((column->roles & TL_KEY_PRIMARY) && !(column->roles & TL_KEY_FOREIGN) &&
        tl_subject_points(&evidence->words, evidence->tokens.n, 1, 0) > 0)
        scratch->around.subject.by_key = TL_SUBJECT_BY_KEY;
}

void tl_column_tokens(struct tl_engine_scratch *scratch, const struct tl_engine *engine,
                      const char *name, size_t n)
{
    struct tl_evidence_of *evidence = &scratch->evidence;

    tl_tokens_of(&evidence->tokens, name, n);
    tl_names_unglue(&evidence->tokens, &engine->names);
    tl_names_words(&evidence->words, &engine->names, &evidence->tokens);
    evidence->words.on = scratch->profile ? scratch->profile->on : NULL;
}

static void tokens_of_column(struct tl_engine_scratch *scratch,
                             const struct tl_engine *engine,
                             const struct tl_snapshot *snapshot,
                             const struct tl_column *column)
{
    size_t n;
    const char *path = tl_text_get(snapshot->texts, column->path, &n);

    tl_column_tokens(scratch, engine, path ? path : "", path ? n : 0);
}

void tl_column_names(struct tl_engine_scratch *scratch, const struct tl_engine *engine)
{
    struct tl_name_hit hits[TL_HITS_MOST];

    tl_vec_push(&scratch->first_hit, (uint32_t)scratch->hits.n);
    size_t n = tl_names_match(hits, TL_HITS_MOST, &engine->names,
                              &scratch->evidence.tokens, &scratch->evidence.words);
    for (size_t i = 0; i < n; i++)
        tl_vec_push(&scratch->hits, hits[i]);
}

void tl_column_count(struct tl_engine_scratch *scratch, const struct tl_engine *engine,
                     size_t column)
{
    struct tl_surroundings *around = &scratch->around;
    size_t end = column + 1 < scratch->first_hit.n ? scratch->first_hit.items[column + 1]
                                                   : scratch->hits.n;
    bool is_personal = false;

    for (size_t i = scratch->first_hit.items[column]; i < end; i++) {
        const struct tl_name_hit *hit = &scratch->hits.items[i];
        const struct tl_info_type *type = &engine->types[hit->rule];

        if (hit->is_denied || hit->is_weak || hit->strength < TL_NAME_ENDS)
            continue;
        if (around->columns_of[hit->rule] < UINT16_MAX)
            around->columns_of[hit->rule]++;
        is_personal |= tl_type_is_of_people(type);
        around->subject.has_contact |=
            !strncmp(type->category, "user.contact.email", 18) ||
            !strncmp(type->category, "user.contact.phone", 18);
    }
    around->subject.people += is_personal;
}

uint16_t *tl_columns_of(struct tl_engine_scratch *scratch, const struct tl_engine *engine)
{
    if (scratch->columns_of.room < engine->n_types) {
        scratch->columns_of.items = tl_realloc(scratch->columns_of.items, engine->n_types,
                                               sizeof *scratch->columns_of.items);
        scratch->columns_of.room = engine->n_types;
    }
    return scratch->columns_of.items;
}

static void look_at_names(struct tl_engine_scratch *scratch,
                          const struct tl_engine *engine,
                          const struct tl_snapshot *snapshot,
                          const struct tl_dataset *dataset)
{
    struct tl_surroundings *around = &scratch->around;

    around->engine = engine;
    look_at_table(around, snapshot, dataset);
    around->columns_of = tl_columns_of(scratch, engine);
    if (engine->n_types)
        memset(around->columns_of, 0, engine->n_types * sizeof *around->columns_of);
    scratch->hits.n = scratch->first_hit.n = 0;
    for (uint32_t c = 0; c < dataset->n_columns; c++) {
        const struct tl_column *column =
            &snapshot->columns.items[dataset->first_column + c];

        tokens_of_column(scratch, engine, snapshot, column);
        tl_column_names(scratch, engine);
        tl_column_count(scratch, engine, c);
        look_at_key(scratch, column);
    }
    tl_vec_push(&scratch->first_hit, (uint32_t)scratch->hits.n);
    around->is_thing_table = tl_subject_kind_of(&around->subject) == TL_SUBJECT_THINGS;
}

/* ---- one column ---- */

/* Whether one of `words` is among the tokens, those from `first` to `end` left out. */
static bool holds_word_beside(const uint32_t *words, uint32_t n,
                              const struct tl_words *in, size_t n_in, size_t first,
                              size_t end)
{
    for (uint32_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n_in; k++) {
            if (in->ids[k] == words[i] && (k < first || k >= end))
                return true;
        }
    }
    return false;
}

static bool holds_word(const uint32_t *words, uint32_t n, const struct tl_words *in,
                       size_t n_in)
{
    return holds_word_beside(words, n, in, n_in, 0, 0);
}

/* Types whose values may hold text that is worth a search, whatever stands around it. */
static bool may_search(uint8_t logical)
{
    return logical == TL_LOGICAL_TEXT || logical == TL_LOGICAL_JSON ||
           logical == TL_LOGICAL_ARRAY || logical == TL_LOGICAL_RECORD ||
           logical == TL_LOGICAL_UNKNOWN;
}

/* What rules a type out at once: a word of the column's or the table's name, the column's type, values that are yes and no. */
static void rule_out(struct tl_candidate *candidate, const struct tl_rule *rule,
                     const struct tl_evidence_of *evidence,
                     const struct tl_surroundings *around)
{
    bool fits_type = rule->logicals >> evidence->logical & 1;

    candidate->is_dead = true;
    candidate->against = TL_FROM_NAME;
    /* "account" rules out the name of an account, but not the account_holder that the type knows as one name */
    if (holds_word_beside(rule->against, rule->n_against, &evidence->words,
                          evidence->tokens.n, candidate->first, candidate->end))
        return;
    if (candidate->is_denied && rule->needs_name)
        return;
    candidate->against = TL_FROM_TABLE;
    /* the name of an advertiser is nobody's, but its contact_name is: a full name outweighs the table */
    bool is_plain =
        candidate->strength == TL_NAME_SILENT ||
        (!candidate->needs_known && (candidate->is_weak || candidate->is_one_word));
    if (is_plain && holds_word(rule->not_tables, rule->n_not_tables, &around->table,
                               around->n_table_words)) {
        /* a word of the table does not outweigh what next to all values prove */
        if (candidate->strength != TL_NAME_SILENT || !rule->vocabulary_proves)
            return;
        candidate->is_doubted = true;
    }
    candidate->against = TL_FROM_TYPE;
    candidate->only_inside = !fits_type;
    if (!fits_type && (!rule->search || !may_search(evidence->logical)))
        return;
    candidate->against = TL_FROM_VALUES;
    if (evidence->is_boolean && !(rule->logicals >> TL_LOGICAL_BOOLEAN & 1))
        return;
    candidate->is_dead = false;
}

static void find_support(struct tl_candidate *candidate, const struct tl_rule *rule,
                         const struct tl_surroundings *around)
{
    for (uint32_t i = 0; i < rule->n_siblings; i++)
        candidate->has_sibling |= around->columns_of[rule->siblings[i]] > 0;
    candidate->has_table =
        holds_word(rule->tables, rule->n_tables, &around->table, around->n_table_words);
}

static struct tl_candidate *candidate_for(struct tl_evidence_of *evidence, uint16_t rule)
{
    for (size_t i = 0; i < evidence->candidates.n; i++) {
        if (evidence->candidates.items[i].rule == rule)
            return &evidence->candidates.items[i];
    }
    tl_vec_push(&evidence->candidates, ((struct tl_candidate){ .rule = rule }));
    return &evidence->candidates.items[evidence->candidates.n - 1];
}

/*
 * A comment speaks for a type where it holds one of its names: of two words or more, or in a comment of hardly more than that
 * ("the e-mail address"). Longer prose mentions too much.
 */
static void look_at_comment(struct tl_evidence_of *evidence,
                            const struct tl_engine *engine,
                            const struct tl_profile *profile, const char *comment)
{
    struct tl_tokens tokens;
    struct tl_words words;
    struct tl_name_hit hits[TL_HITS_MOST];

    size_t read = tl_tokens_of_text(&tokens, comment, strlen(comment));
    bool is_short = tokens.n <= 5 && !comment[read];
    tl_names_words(&words, &engine->names, &tokens);
    words.on = profile ? profile->on : NULL;
    size_t n = tl_names_match(hits, TL_HITS_MOST, &engine->names, &tokens, &words);
    for (size_t i = 0; i < n; i++) {
        if (hits[i].is_weak || hits[i].is_denied ||
            (!is_short && hits[i].end - hits[i].first < 2))
            continue;
        candidate_for(evidence, hits[i].rule)->is_commented = true;
    }
}

/*
 * A prefix of one or two letters (TPC's c_name) and a word for people leave a name as plain as it was; so do levels above that speak of
 * people, or of nothing (billing.name, and not priority.name).
 */
static bool is_bare(const struct tl_name_hit *hit, const struct tl_evidence_of *evidence)
{
    for (size_t i = evidence->tokens.segment; i < hit->first; i++) {
        if (evidence->tokens.length[i] > 2 &&
            !(evidence->words.flags[i] & TL_WORD_PEOPLE))
            return false;
    }
    for (size_t i = 0; i < evidence->tokens.segment; i++) {
        if (evidence->tokens.length[i] <= 2 ||
            (evidence->words.flags[i] & (TL_WORD_PEOPLE | TL_WORD_TAIL)))
            return true;
    }
    return !evidence->tokens.segment;
}

/* A name that says nothing of its values: "date", "col_7", "d1". */
static bool is_neutral(const struct tl_tokens *tokens)
{
    static const char *const words[] = { "date", "datum", "day",    "fecha",
                                         "data", "value", "column", "field",
                                         "col",  "attr",  "var",    "unnamed" };

    for (size_t i = 0; i < tokens->n; i++) {
        const char *text = tokens->text + tokens->at[i];
        size_t n = tokens->length[i];
        bool is_known = n <= 2 || (text[0] >= '0' && text[0] <= '9');

        for (size_t w = 0; w < sizeof words / sizeof *words && !is_known; w++)
            is_known = strlen(words[w]) == n && !memcmp(words[w], text, n);
        if (!is_known)
            return false;
    }
    return true;
}

/* Among people, days of two generations that all lie long back are their birth dates, where the name says nothing else. */
static void guess_births(struct tl_engine_scratch *scratch,
                         const struct tl_engine *engine)
{
    struct tl_evidence_of *evidence = &scratch->evidence;

    if (!evidence->is_person || evidence->distinct.n < TL_NATURE_BIRTHS_LEAST ||
        !is_neutral(&evidence->tokens) || !(tl_nature_of(evidence) & TL_NATURE_LONG_AGO))
        return;
    int rule = tl_rule_find(engine, "date_of_birth");
    if (rule >= 0 && tl_rule_is_on(scratch->profile, (uint32_t)rule))
        candidate_for(evidence, (uint16_t)rule)->guess = "engine/births#values";
}

void tl_column_gather(struct tl_engine_scratch *scratch, const struct tl_engine *engine,
                      uint32_t column, const char *comment)
{
    struct tl_evidence_of *evidence = &scratch->evidence;

    evidence->nature = 0;
    evidence->candidates.n = 0;
    for (uint32_t i = scratch->first_hit.items[column];
         i < scratch->first_hit.items[column + 1]; i++) {
        const struct tl_name_hit *hit = &scratch->hits.items[i];
        struct tl_candidate *candidate = candidate_for(evidence, hit->rule);

        candidate->strength = hit->strength;
        candidate->is_weak = hit->is_weak;
        candidate->is_denied = hit->is_denied;
        candidate->needs_known = hit->needs_known;
        candidate->is_bare = is_bare(hit, evidence);
        candidate->is_one_word = hit->end - hit->first == 1;
        candidate->first = hit->first;
        candidate->end = hit->end;
    }
    if (comment)
        look_at_comment(evidence, engine, scratch->profile, comment);
    int key_type = evidence->is_person_key ? tl_rule_find(engine, "record_id") : -1;
    if (key_type >= 0 && tl_rule_is_on(scratch->profile, (uint32_t)key_type))
        candidate_for(evidence, (uint16_t)key_type)->guess = "engine/key_to_people#table";
    guess_births(scratch, engine);
    size_t n_spoken = evidence->candidates.n;
    if (evidence->distinct.n) {
        for (uint32_t i = 0; i < engine->prefilter->n_unnamed; i++) {
            uint16_t rule = engine->prefilter->unnamed[i];
            bool is_new = tl_rule_is_on(scratch->profile, rule);

            for (size_t k = 0; k < n_spoken && is_new; k++)
                is_new = evidence->candidates.items[k].rule != rule;
            if (is_new)
                tl_vec_push(&evidence->candidates,
                            ((struct tl_candidate){ .rule = rule }));
        }
    }
    for (size_t c = 0; c < evidence->candidates.n; c++) {
        struct tl_candidate *candidate = &evidence->candidates.items[c];
        const struct tl_rule *rule = &engine->rules[candidate->rule];

        rule_out(candidate, rule, evidence, &scratch->around);
        if (candidate->strength != TL_NAME_SILENT)
            find_support(candidate, rule, &scratch->around);
    }
}

/*
 * Whether there was too little to look at for silence to mean anything. Of a sample ten values: none of them of a type leaves room for
 * a share of 26 % at most (1 - 0.05^(1/10), the rule of three), so the column is at least not of it; that it holds none takes hundreds.
 * Of a whole table nothing is left unseen, but fewer than three values have no common shape to speak of.
 */
static bool is_too_small(const struct tl_sample *sample, uint32_t sampled)
{
    switch (sample ? sample->state : TL_SAMPLE_NONE) {
    case TL_SAMPLE_WHOLE:
        return sampled < 3;
    case TL_SAMPLE_READ:
        return sampled < 10;
    default:
        return true;
    }
}

/*
 * Whether the column is a key to a table of people, as far as that table's name tells: its values are pseudonyms of persons,
 * whatever the column is called.
 */
static bool is_person_key(const struct tl_engine *engine,
                          const struct tl_snapshot *snapshot,
                          const struct tl_dataset *dataset,
                          const struct tl_column *column)
{
    for (uint32_t k = 0; k < dataset->n_keys; k++) {
        const struct tl_foreign_key *key = &snapshot->keys.items[dataset->first_key + k];
        const char *target = tl_snapshot_text(snapshot, key->target);
        struct tl_tokens tokens;
        struct tl_words words;

        if (key->columns.i != column->path.i || !target)
            continue; /* several columns, or another one */
        const char *dot = strrchr(target, '.');
        tl_tokens_of_text(&tokens, dot ? dot + 1 : target,
                          strlen(dot ? dot + 1 : target));
        tl_names_words(&words, &engine->names, &tokens);
        if (tl_subject_points(&words, tokens.n, 1, 0) > 0)
            return true;
    }
    return false;
}

static void decide_column(struct tl_decision *out, struct tl_engine_scratch *scratch,
                          const struct tl_engine *engine,
                          const struct tl_question *question, uint32_t column,
                          struct tl_arena *into)
{
    const struct tl_snapshot *snapshot = question->snapshot;
    const struct tl_dataset *dataset = &snapshot->datasets.items[question->dataset.i];
    const struct tl_column *about =
        &snapshot->columns.items[dataset->first_column + column];
    const struct tl_sample *sample = question->sample;
    struct tl_evidence_of *evidence = &scratch->evidence;
    const char *comment = tl_snapshot_text(snapshot, about->comment);
    uint32_t first_hit = scratch->first_hit.items[column];

    evidence->sampled = evidence->nulls = 0;
    evidence->distinct.n = 0;
    evidence->is_boolean = evidence->has_given_up = false;
    evidence->has_values =
        sample && (sample->state == TL_SAMPLE_READ || sample->state == TL_SAMPLE_WHOLE) &&
        column < sample->n_columns;
    out->first_opinion = (uint32_t)scratch->opinions.n;
    out->first_tag = (uint32_t)scratch->tags.n;
    out->first_fact = (uint32_t)scratch->facts.n;
    if (evidence->has_values)
        tl_column_values(evidence, sample, column);
    evidence->is_empty = evidence->has_values && sample->state == TL_SAMPLE_WHOLE &&
                         sample->n_rows && !evidence->sampled;
    out->sampled = evidence->sampled;
    out->nulls = evidence->nulls;
    out->distinct = (uint32_t)evidence->distinct.n;
    out->state = TL_NOTHING;
    if (comment && *comment)
        out->comment_is_personal =
            tl_fit_mark(NULL, engine, comment, strlen(comment), scratch->rx);
    else
        comment = NULL;
    evidence->is_person_key =
        dataset->n_keys && is_person_key(engine, snapshot, dataset, about);
    /* most columns of a names-only scan end here */
    if (evidence->distinct.n || comment || evidence->is_person_key ||
        scratch->first_hit.items[column + 1] > first_hit) {
        tokens_of_column(scratch, engine, snapshot, about);
        evidence->logical = about->logical;
        bool is_itself =
            false; /* this column is one of those that make the table about people */
        for (uint32_t i = first_hit; i < scratch->first_hit.items[column + 1]; i++) {
            const struct tl_name_hit *hit = &scratch->hits.items[i];

            is_itself |= !hit->is_denied && !hit->is_weak &&
                         hit->strength >= TL_NAME_ENDS &&
                         tl_type_is_of_people(&engine->types[hit->rule]);
        }
        evidence->is_person =
            tl_subject_is_people_beside(&scratch->around.subject, is_itself);
        tl_column_gather(scratch, engine, column, comment);
        if (evidence->distinct.n)
            tl_column_match(evidence, engine, scratch->rx);
        tl_column_settle(out, scratch, engine);
        if (evidence->sampled && may_search(evidence->logical) &&
            tl_nested_is_likely(sample, column))
            tl_column_inside(out, scratch, engine, sample, column, into);
    }
    out->n_opinions = (uint32_t)scratch->opinions.n - out->first_opinion;
    out->n_facts = (uint32_t)scratch->facts.n - out->first_fact;
    if (out->state == TL_NOTHING && evidence->has_given_up)
        out->state = TL_UNKNOWN;
    if (out->state == TL_NOTHING &&
        is_too_small(evidence->has_values || !sample ? sample : NULL, evidence->sampled))
        out->state = TL_UNKNOWN;
}

int tl_engine_decide(struct tl_decisions *out, const struct tl_engine *engine,
                     const struct tl_question *question, struct tl_arena *into,
                     struct tl_ctx *ctx)
{
    struct tl_engine_scratch *scratch = question->scratch;
    const struct tl_dataset *dataset =
        &question->snapshot->datasets.items[question->dataset.i];

    int rc = tl_ctx_check(ctx);
    if (rc)
        return rc;
    memset(out, 0, sizeof *out);
    scratch->opinions.n = scratch->tags.n = scratch->facts.n = 0;
    scratch->now = question->now;
    scratch->profile = question->profile;
    look_at_names(scratch, engine, question->snapshot, dataset);
    out->n_columns = dataset->n_columns;
    out->columns = tl_arena_alloc(into, dataset->n_columns, sizeof *out->columns);
    for (uint32_t c = 0; c < dataset->n_columns; c++)
        decide_column(&out->columns[c], scratch, engine, question, c, into);
    out->n_opinions = (uint32_t)scratch->opinions.n;
    out->n_tags = (uint32_t)scratch->tags.n;
    if (out->n_opinions) {
        out->opinions = tl_arena_alloc(into, out->n_opinions, sizeof *out->opinions);
        memcpy(out->opinions, scratch->opinions.items,
               out->n_opinions * sizeof *out->opinions);
    }
    if (out->n_tags) {
        out->tags = tl_arena_alloc(into, out->n_tags, sizeof *out->tags);
        memcpy(out->tags, scratch->tags.items, out->n_tags * sizeof *out->tags);
    }
    out->n_facts = (uint32_t)scratch->facts.n;
    if (out->n_facts) {
        out->facts = tl_arena_alloc(into, out->n_facts, sizeof *out->facts);
        memcpy(out->facts, scratch->facts.items, out->n_facts * sizeof *out->facts);
    }
    if (!scratch->around.is_thing_table)
        tl_kanon_count(out, engine, question, into);
    return TL_OK;
}

int tl_engine_trials(struct tl_trials *out, const struct tl_engine *engine,
                     const struct tl_question *question, uint32_t column,
                     struct tl_arena *into, struct tl_ctx *ctx)
{
    struct tl_engine_scratch *scratch = question->scratch;
    struct tl_decision decision = { 0 };

    int rc = tl_ctx_check(ctx);
    if (rc)
        return rc;
    scratch->opinions.n = scratch->tags.n = scratch->facts.n = 0;
    scratch->now = question->now;
    /* a column of which nothing is known but a name that says nothing has no candidates: not those of the one before */
    scratch->evidence.candidates.n = 0;
    scratch->profile = question->profile;
    look_at_names(scratch, engine, question->snapshot,
                  &question->snapshot->datasets.items[question->dataset.i]);
    decide_column(&decision, scratch, engine, question, column, into);
    tl_column_trials(out, &decision, scratch, engine, into);
    return TL_OK;
}
