/*
 * Facts of a column: once its types are settled, their decoders look at each distinct value once and count by its rows. Values that
 * were left out as evidence (a zero id, the digest of nothing) are looked at too: how many there are is what is asked.
 */
#include "classifiers/facts.h"

#include "classifiers/decoders.h"
#include "classifiers/rules.h"

#include "base/clock.h"

struct meaning {
    const char *name, *says;
    uint8_t kind;
};

static const struct meaning meanings[] = {
#define TL_FACT_MEANING(id, name, kind, says) { name, says, kind },
    TL_FACTS(TL_FACT_MEANING)
#undef TL_FACT_MEANING
};

/* ---- counting ---- */

void tl_tally_share(struct tl_tally *tally, int id, bool holds, uint32_t rows)
{
    tally->is_told[id] = true;
    tally->of[id] += rows;
    if (holds)
        tally->count[id] += rows;
}

void tl_tally_number(struct tl_tally *tally, int id, uint32_t number)
{
    bool is_first = !tally->is_told[id];
    uint32_t *kept = &tally->count[id];

    tally->is_told[id] = true;
    if (is_first || (meanings[id].kind == TL_FACT_NUMBER) ||
        (meanings[id].kind == TL_FACT_DAY && number < *kept) ||
        (meanings[id].kind == TL_FACT_GREATEST && number > *kept))
        *kept = number;
}

const char *tl_fact_name(int id)
{
    return meanings[id].name;
}

/* ---- a column ---- */

static void add_facts(struct tl_engine_scratch *scratch, size_t first,
                      const struct tl_tally *tally)
{
    for (int id = 0; id < TL_FACTS_ALL; id++) {
        struct tl_fact fact = { meanings[id].name, tally->count[id], tally->of[id] };

        if (!tally->is_told[id] || (meanings[id].kind == TL_FACT_FOUND && !fact.count))
            continue;
        tl_vec_push(&scratch->facts, fact);
        for (size_t i = scratch->facts.n - 1; i > first; i--) {
            struct tl_fact *above = &scratch->facts.items[i];
            struct tl_fact *below = above - 1;

            if (strcmp(below->name, above->name) <= 0)
                break;
            struct tl_fact swap = *above;
            *above = *below;
            *below = swap;
        }
    }
}

static void run_decoder(struct tl_decoding *decoding, const struct tl_decoder *decoder,
                        const struct tl_evidence_of *evidence)
{
    if (decoder->begin)
        decoder->begin(decoding);
    for (size_t v = 0; v < evidence->distinct.n; v++) {
        const struct tl_distinct *value = &evidence->distinct.items[v];

        if (!value->is_cut)
            decoder->add(decoding, value->bytes, value->n, value->rows);
    }
    if (decoder->end)
        decoder->end(decoding);
}

/* " device ifa " */
static void add_words(struct tl_str *out, const struct tl_tokens *tokens)
{
    tl_str_add_char(out, ' ');
    for (size_t i = 0; i < tokens->n; i++) {
        tl_str_add_bytes(out, tokens->text + tokens->at[i], tokens->length[i]);
        tl_str_add_char(out, ' ');
    }
}

void tl_column_facts(struct tl_decision *out, struct tl_engine_scratch *scratch,
                     const struct tl_engine *engine, const uint16_t *chosen, size_t n)
{
    const struct tl_evidence_of *evidence = &scratch->evidence;
    struct tl_decoding *decoding = NULL;
    struct tl_str words = TL_STR_INIT(4096);
    const struct tl_decoder *done[8];
    size_t n_done = 0;
    size_t first = scratch->facts.n;

    for (size_t i = 0; i < n && n_done < 8 && evidence->distinct.n; i++) {
        const struct tl_candidate *candidate = &evidence->candidates.items[chosen[i]];
        const struct tl_decoder *decoder = engine->rules[candidate->rule].decoder;
        bool is_done = !decoder || candidate->inside > candidate->own;

        for (size_t k = 0; k < n_done && !is_done; k++)
            is_done = done[k] == decoder;
        if (is_done)
            continue;
        if (!decoding) {
            if (!scratch->decoding)
                scratch->decoding = tl_alloc(1, sizeof *scratch->decoding);
            decoding = scratch->decoding;
            memset(decoding, 0, sizeof *decoding);
            add_words(&words, &evidence->tokens);
            decoding->column = words.text;
            decoding->terms = engine->consent;
            decoding->now = scratch->now;
        }
        run_decoder(decoding, decoder, evidence);
        done[n_done++] = decoder;
    }
    if (decoding)
        add_facts(scratch, first, &decoding->tally);
    tl_str_release(&words);
    out->first_fact = (uint32_t)first;
    out->n_facts = (uint32_t)(scratch->facts.n - first);
}

/* ---- in words ---- */

/* Counted elsewhere: by proof.c of columns of digests, by kanon.c of whole datasets. */
static const struct meaning others[] = {
    { "k_anonymity.columns", "columns that single people out together", TL_FACT_NUMBER },
    { "k_anonymity.is_estimate", "(1: taken from a sample)", TL_FACT_NUMBER },
    { "k_anonymity.rows_below_5", "stand in a group of fewer than 5", TL_FACT_SHARE },
    { "k_anonymity.smallest_group", "rows in the smallest group", TL_FACT_NUMBER },
    { "proof.matched", "are digests of values of a column beside them", TL_FACT_SHARE },
    { "proof.variant.digits", "of their digits alone", TL_FACT_SHARE },
    { "proof.variant.e164", "in the form of E.164", TL_FACT_SHARE },
    { "proof.variant.gmail", "without the dots of gmail", TL_FACT_SHARE },
    { "proof.variant.lower", "in lower case", TL_FACT_SHARE },
    { "proof.variant.raw", "as they are written", TL_FACT_SHARE },
    { "proof.variant.trim", "without blanks around them", TL_FACT_SHARE },
    { "proof.variant.trim_lower", "in lower case, without blanks around them",
      TL_FACT_SHARE },
};

size_t tl_fact_names(const char *const **out, struct tl_arena *arena)
{
    enum { OTHERS = sizeof others / sizeof *others };
    const char **names = tl_arena_alloc(arena, TL_FACTS_ALL + OTHERS, sizeof *names);

    for (size_t i = 0; i < TL_FACTS_ALL; i++)
        names[i] = meanings[i].name;
    for (size_t i = 0; i < OTHERS; i++)
        names[TL_FACTS_ALL + i] = others[i].name;
    *out = names;
    return TL_FACTS_ALL + OTHERS;
}

static const struct meaning *meaning_of(const char *name)
{
    for (size_t id = 0; id < TL_FACTS_ALL; id++) {
        if (!strcmp(meanings[id].name, name))
            return &meanings[id];
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!strcmp(others[i].name, name))
            return &others[i];
    }
    return NULL;
}

void tl_fact_sentence(struct tl_str *out, const struct tl_fact *fact)
{
    const struct meaning *meaning = meaning_of(fact->name);

    if (meaning && meaning->kind == TL_FACT_DAY) {
        char day[21];

        tl_time_text(day, (int64_t)fact->count * 86400 * 1000000000);
        tl_str_addf(out, "%s %.10s", meaning->says, day);
    } else if (fact->of) {
        tl_str_addf(out, "%u of %u %s%s", fact->count, fact->of, meaning ? "" : "have ",
                    meaning ? meaning->says : fact->name);
    } else if (meaning) {
        tl_str_addf(out, "%u %s", fact->count, meaning->says);
    } else {
        tl_str_addf(out, "%s: %u", fact->name, fact->count);
    }
}
