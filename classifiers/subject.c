#include "classifiers/subject.h"

#include "classifiers/names.h"

#include <string.h>

enum { COLUMNS_COUNTED = 3 };

int tl_subject_points(const struct tl_words *words, size_t n, int people, int thing)
{
    int points = 0;
    bool is_people = false;
    bool is_thing = false;

    for (size_t i = 0; i < n; i++) {
        is_people |= (words->flags[i] & TL_WORD_PEOPLE) != 0;
        is_thing |= (words->flags[i] & TL_WORD_THING) != 0;
    }
    points += is_people ? people : 0;
    /* the patients of a hospital are people */
    points += is_thing && !is_people ? thing : 0;
    return points;
}

bool tl_subject_is_act(const struct tl_tokens *name)
{
    static const char *const acts[] = {
        "visit",   "checkin", "footfall", "booking",     "order",      "signup",
        "session", "login",   "stay",     "reservation", "purchase",   "appointment",
        "click",   "besuch",  "buchung",  "bestellung",  "visite",     "commande",
        "visita",  "pedido",  "reserva",  "bezoek",      "reservering"
    };
    static const char *const plurals[] = { "", "s", "e", "en" };
    const char *text = name->n ? name->text + name->at[name->n - 1] : "";
    size_t length = name->n ? name->length[name->n - 1] : 0;

    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        size_t n = strlen(acts[i]);

        if (length < n || memcmp(text, acts[i], n) != 0)
            continue;
        for (size_t k = 0; k < sizeof plurals / sizeof *plurals; k++)
            if (strlen(plurals[k]) == length - n &&
                !memcmp(plurals[k], text + n, length - n))
                return true;
    }
    return false;
}

static int score_with(const struct tl_subject *subject, uint32_t people)
{
    uint32_t counted = people < COLUMNS_COUNTED ? people : COLUMNS_COUNTED;

    return subject->by_name + subject->by_comment + subject->by_key +
           (int)counted * TL_SUBJECT_BY_COLUMN +
           (subject->has_contact ? TL_SUBJECT_BY_CONTACT : 0);
}

int tl_subject_score(const struct tl_subject *subject)
{
    return score_with(subject, subject->people);
}

enum tl_subject_kind tl_subject_kind_of(const struct tl_subject *subject)
{
    int score = tl_subject_score(subject);

    return score >= TL_SUBJECT_LEAST ? TL_SUBJECT_PEOPLE
           : score < 0               ? TL_SUBJECT_THINGS
                                     : TL_SUBJECT_UNKNOWN;
}

bool tl_subject_is_people_beside(const struct tl_subject *subject, bool is_itself)
{
    uint32_t others = subject->people - (is_itself && subject->people);

    /* a person beside a column is one even in a table of shops: their managers' names */
    return others || score_with(subject, others) >= TL_SUBJECT_LEAST;
}

static const struct {
    const char *rule, *words;
} rules[] = {
    { "engine/people_by_name#table", "the table's name says that it is about people" },
    { "engine/people_by_columns#table", "columns beside it are about people" },
    { "engine/people_by_comment#table", "the table's comment speaks of people" },
    { "engine/key_to_people#table", "it is a key to a table of people" },
    { "engine/births#values", "days of two generations, long ago, in a table of people" },
};

const char *tl_subject_rule(const struct tl_subject *subject)
{
    return subject->by_name > 0 ? rules[0].rule
           : subject->people    ? rules[1].rule
                                : rules[2].rule;
}

const char *tl_subject_words(const char *rule)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!strcmp(rules[i].rule, rule))
            return rules[i].words;
    return NULL;
}
