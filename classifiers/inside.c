/*
 * What stands inside values that hold others: each path is decided by the machinery that decides columns, among the other paths
 * and the columns of its dataset. Of what comes of it only the strongest tag of each type is told, with its path, and only
 * what is personal or secret: that some event has an id is no news.
 */
#include "classifiers/rules.h"

enum { TOLD_MOST = 16 }; /* types inside one column */
#define LOOSE_PRIOR 0.1

/* The scratch for paths, of which each object is a small dataset of its own. */
static struct tl_engine_scratch *inner_of(struct tl_engine_scratch *scratch,
                                          const struct tl_engine *engine)
{
    if (!scratch->inner)
        scratch->inner = tl_engine_scratch_open();
    struct tl_engine_scratch *inner = scratch->inner;
    inner->profile = scratch->profile;
    inner->now = scratch->now;
    inner->around = scratch->around;
    inner->around.columns_of = tl_columns_of(inner, engine);
    inner->hits.n = inner->first_hit.n = 0;
    inner->opinions.n = inner->tags.n = inner->facts.n = 0;
    return inner;
}

/* A column "user" says whose its fields are; "event_payload" says nothing of them. */
static bool says_whose(const struct tl_evidence_of *evidence)
{
    for (size_t i = 0; i < evidence->tokens.n; i++)
        if (evidence->words.flags[i] & TL_WORD_PEOPLE)
            return true;
    return false;
}

/*
 * The last two levels name a leaf: "data.id" of user.data.id is no user's. Of the column's own name only a word for people
 * counts, and only for its own fields.
 */
static void name_leaf(struct tl_engine_scratch *inner, const struct tl_engine *engine,
                      const struct tl_leaf *leaf, const struct tl_engine_scratch *outer,
                      bool is_whose)
{
    char name[TL_NAME_BYTES * 2];
    const char *last = strrchr(leaf->name, '.');
    const char *from = leaf->name;
    int n;

    for (const char *dot = strchr(from, '.'); dot && dot < last; dot = strchr(from, '.'))
        from = dot + 1;
    if (is_whose && *from && !last)
        n = snprintf(name, sizeof name, "%s.%s", outer->evidence.tokens.text, from);
    else
        n = snprintf(name, sizeof name, "%s", from);
    size_t most = sizeof name - 1;
    tl_column_tokens(inner, engine, name, (size_t)n < most ? (size_t)n : most);
}

/* Length of the name of what a leaf belongs to: "items" of "items.name". */
static size_t owner_of(const struct tl_leaf *leaf)
{
    const char *last = strrchr(leaf->name, '.');

    return last ? (size_t)(last - leaf->name) : 0;
}

/*
 * What stands around a leaf are the leaves of the same object: a customer's e-mail address in the table says nothing of the "name" of the
 * items that were bought. Only the fields of the outermost object share the table's subject; further in the object's own name says
 * whose they are.
 */
static void look_around(struct tl_engine_scratch *inner,
                        const struct tl_engine_scratch *outer,
                        const struct tl_engine *engine, size_t leaf)
{
    const struct tl_leaf *leaves = outer->nested.leaves.items;
    const char *owner = leaves[leaf].name;
    size_t n = owner_of(&leaves[leaf]);
    struct tl_tokens tokens;
    struct tl_words words;

    inner->around.subject = (struct tl_subject){ .people = 0 };
    if (engine->n_types)
        memset(inner->around.columns_of, 0,
               engine->n_types * sizeof *inner->around.columns_of);
    if (n) {
        tl_tokens_of_text(&tokens, owner, n);
        tl_names_words(&words, &engine->names, &tokens);
        inner->around.subject.by_name =
            (int8_t)tl_subject_points(&words, tokens.n, TL_SUBJECT_BY_NAME,
                                      TL_SUBJECT_BY_THING);
    } else {
        inner->around.subject.by_name = outer->around.subject.by_name;
    }
    for (size_t i = 0; i < outer->nested.leaves.n; i++)
        if (owner_of(&leaves[i]) == n && !memcmp(leaves[i].name, owner, n))
            tl_column_count(inner, engine, i);
    inner->around.is_thing_table =
        tl_subject_kind_of(&inner->around.subject) == TL_SUBJECT_THINGS;
}

/* Whether the name of the path itself is one of those that make its object a person. */
static bool is_of_people(const struct tl_engine_scratch *inner,
                         const struct tl_engine *engine, size_t leaf)
{
    for (uint32_t i = inner->first_hit.items[leaf]; i < inner->first_hit.items[leaf + 1];
         i++) {
        const struct tl_name_hit *hit = &inner->hits.items[i];

        if (!hit->is_denied && !hit->is_weak && hit->strength >= TL_NAME_ENDS &&
            tl_type_is_of_people(&engine->types[hit->rule]))
            return true;
    }
    return false;
}

static void decide_leaf(struct tl_decision *out, struct tl_engine_scratch *inner,
                        const struct tl_engine *engine, const struct tl_leaf *leaf,
                        uint32_t i)
{
    struct tl_evidence_of *evidence = &inner->evidence;
    struct tl_sample sample = {
        .state = TL_SAMPLE_READ, .n_columns = 1, .n_rows = leaf->n, .values = leaf->values
    };

    *out = (struct tl_decision){ .first_opinion = (uint32_t)inner->opinions.n,
                                 .first_fact = (uint32_t)inner->facts.n };
    evidence->logical = TL_LOGICAL_UNKNOWN;
    evidence->sampled = evidence->nulls = 0;
    evidence->has_values = true;
    evidence->is_empty = false;
    tl_column_values(evidence, &sample, 0);
    if (!evidence->distinct.n)
        return;
    evidence->is_person = tl_subject_is_people_beside(&inner->around.subject,
                                                      is_of_people(inner, engine, i));
    evidence->is_person_key = false;
    tl_column_gather(inner, engine, i, NULL);
    tl_column_match(evidence, engine, inner->rx);
    tl_column_settle(out, inner, engine);
    out->n_opinions = (uint32_t)inner->opinions.n - out->first_opinion;
    out->n_facts = (uint32_t)inner->facts.n - out->first_fact;
    out->sampled = evidence->sampled;
}

/* ---- what is told ---- */

/* A tag of a path, with what belongs to it. */
struct found {
    struct tl_tag tag;
    const struct tl_decision *decision;
};
struct telling {
    struct found items[TOLD_MOST];
    size_t n;
    uint32_t opened;
};

static bool is_worth_telling(const struct tl_tag *tag)
{
    return tag->sensitivity >= TL_PERSONAL ||
           !strncmp(tag->category, "system.authentication", 21) ||
           !strncmp(tag->category, "user.privacy_preferences", 24);
}

static bool is_stronger(const struct tl_tag *a, const struct tl_tag *b)
{
    if (a->confidence != b->confidence)
        return a->confidence > b->confidence;
    if (a->share != b->share)
        return a->share > b->share;
    return strcmp(a->path, b->path) < 0;
}

static void add_found(struct telling *telling, const struct tl_leaf *leaf,
                      const struct tl_decision *decision, struct tl_tag tag)
{
    uint64_t rows = (uint64_t)leaf->rows * tag.share / 1000;
    size_t i = 0;

    if (!is_worth_telling(&tag))
        return;
    tag.path = leaf->path;
    tag.is_inside = true;
    tag.matched = (uint32_t)(rows ? rows : 1);
    tag.share =
        (uint16_t)(telling->opened ? tag.matched * (uint64_t)1000 / telling->opened : 0);
    while (i < telling->n && strcmp(telling->items[i].tag.info_type, tag.info_type) != 0)
        i++;
    if (i == TOLD_MOST || (i < telling->n && !is_stronger(&tag, &telling->items[i].tag)))
        return;
    telling->items[i] = (struct found){ tag, decision };
    telling->n += i == telling->n;
}

/* Of the ways to say so only what tells persons apart counts: a city that is searched for is nobody's. */
static bool says_of_a_person(const struct found *found, const struct tl_engine *engine)
{
    const struct tl_info_type *type = tl_engine_type(engine, found->tag.info_type);
    const char *category = found->tag.category;

    return found->tag.sensitivity >= TL_PERSONAL &&
           (!type || !type->is_quasi ||
            !strncmp(category, "user.demographic.gender", 23) ||
            !strncmp(category, "user.demographic.age", 20) ||
            !strncmp(category, "user.demographic.date", 21));
}

/*
 * Parameters of a URL that single nobody out alone (a city, a language) are what a page is about, unless something beside them
 * is about a person.
 */
static void drop_public(struct telling *telling, const struct tl_engine *engine)
{
    size_t kept = 0;
    bool is_of_person = false;

    for (size_t i = 0; i < telling->n; i++)
        is_of_person |= says_of_a_person(&telling->items[i], engine);
    for (size_t i = 0; i < telling->n; i++) {
        const struct tl_info_type *type =
            tl_engine_type(engine, telling->items[i].tag.info_type);

        if (!is_of_person && type && type->is_quasi &&
            strpbrk(telling->items[i].tag.path, "?#"))
            continue;
        telling->items[kept++] = telling->items[i];
    }
    telling->n = kept;
}

/* A form that fits almost anything fits a whole document too: what was found at a path in it is the truth. */
static bool is_loose(const struct tl_engine *engine, const struct tl_tag *own)
{
    int rule = tl_rule_find(engine, own->info_type);

    return rule >= 0 && engine->rules[rule].prior >= LOOSE_PRIOR &&
           engine->rules[rule].needs_name;
}

/* The column's own tag of that type; NULL: none. */
static struct tl_tag *own_tag(const struct tl_decision *out,
                              struct tl_engine_scratch *scratch, const char *info_type)
{
    for (size_t t = out->first_tag; t < scratch->tags.n; t++)
        if (!strcmp(scratch->tags.items[t].info_type, info_type))
            return &scratch->tags.items[t];
    return NULL;
}

static void tell_opinions(struct tl_engine_scratch *scratch, const struct found *found)
{
    for (uint32_t i = 0; i < found->decision->n_opinions; i++) {
        const struct tl_opinion *opinion =
            &scratch->inner->opinions.items[found->decision->first_opinion + i];

        if (!strcmp(opinion->info_type, found->tag.info_type))
            tl_vec_push(&scratch->opinions, *opinion);
    }
}

static void tell_facts(const struct tl_decision *out, struct tl_engine_scratch *scratch,
                       const struct found *found)
{
    for (uint32_t i = 0; i < found->decision->n_facts; i++) {
        struct tl_fact fact =
            scratch->inner->facts.items[found->decision->first_fact + i];
        size_t at = out->first_fact;

        while (at < scratch->facts.n &&
               strcmp(scratch->facts.items[at].name, fact.name) < 0)
            at++;
        if (at < scratch->facts.n && !strcmp(scratch->facts.items[at].name, fact.name))
            continue;
        tl_vec_push(&scratch->facts, fact);
        memmove(&scratch->facts.items[at + 1], &scratch->facts.items[at],
                (scratch->facts.n - 1 - at) * sizeof fact);
        scratch->facts.items[at] = fact;
    }
}

static void tell(struct tl_decision *out, struct tl_engine_scratch *scratch,
                 const struct tl_engine *engine, const struct found *found,
                 struct tl_arena *into)
{
    struct tl_tag *own = own_tag(out, scratch, found->tag.info_type);
    struct tl_tag tag = found->tag;

    tell_facts(out, scratch, found);
    tag.path = tl_arena_strdup(into, tag.path);
    if (own && !own->is_inside && is_loose(engine, own)) {
        size_t at = (size_t)(own - scratch->tags.items);
        memmove(own, own + 1, (scratch->tags.n - at - 1) * sizeof *own);
        scratch->tags.n--;
        own = NULL;
    }
    if (!own) {
        tell_opinions(scratch, found);
        tl_tags_add(scratch, out->first_tag, tag);
    } else if (own->is_inside) {
        /* a search found it somewhere: now it is known where */
        own->path = tag.path;
        own->confidence =
            own->confidence > tag.confidence ? own->confidence : tag.confidence;
    }
}

void tl_column_inside(struct tl_decision *out, struct tl_engine_scratch *scratch,
                      const struct tl_engine *engine, const struct tl_sample *sample,
                      uint32_t column, struct tl_arena *into)
{
    struct tl_nested *nested = &scratch->nested;
    struct tl_engine_scratch *inner = inner_of(scratch, engine);
    bool is_whose = says_whose(&scratch->evidence);
    struct telling telling = { .n = 0 };

    tl_nested_open(nested, engine, sample, column);
    telling.opened = nested->opened;
    for (size_t i = 0; i < nested->leaves.n; i++) {
        name_leaf(inner, engine, &nested->leaves.items[i], scratch, is_whose);
        tl_column_names(inner, engine);
    }
    tl_vec_push(&inner->first_hit, (uint32_t)inner->hits.n);
    struct tl_decision decisions[TL_NESTED_PATHS];
    for (size_t i = 0; i < nested->leaves.n; i++) {
        const struct tl_leaf *leaf = &nested->leaves.items[i];

        name_leaf(inner, engine, leaf, scratch, is_whose);
        look_around(inner, scratch, engine, i);
        decide_leaf(&decisions[i], inner, engine, leaf, (uint32_t)i);
        for (uint32_t t = 0; t < decisions[i].n_tags; t++)
            add_found(&telling, leaf, &decisions[i],
                      inner->tags.items[decisions[i].first_tag + t]);
    }
    drop_public(&telling, engine);
    for (size_t i = 0; i < telling.n; i++)
        tell(out, scratch, engine, &telling.items[i], into);
    out->n_tags = (uint32_t)(scratch->tags.n - out->first_tag);
    if (out->n_tags)
        out->state = TL_PROPOSED;
}
