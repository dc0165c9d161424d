/*
 * What a dataset is about: people, things, or nobody can say. One score of what its name, its comment, its columns and its key say;
 * everything that depends on whose an address, a name or an id is asks here. Engine only.
 */
#ifndef TL_CLASSIFIERS_SUBJECT_H
#define TL_CLASSIFIERS_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tl_tokens;
struct tl_words;

enum tl_subject_kind { TL_SUBJECT_UNKNOWN, TL_SUBJECT_PEOPLE, TL_SUBJECT_THINGS };

/* Points, above 0 for people, below for things. */
enum {
    TL_SUBJECT_BY_NAME = 4,   /* customers, user_profile: enough alone */
    TL_SUBJECT_BY_THING = -2, /* stores: one column about a person makes it doubtful */
    TL_SUBJECT_BY_COLUMN =
        2, /* a name, a birth date, an account: enough alone, for the others beside it */
    TL_SUBJECT_BY_CONTACT = 1, /* an e-mail address or a telephone: shops have them too */
    TL_SUBJECT_BY_COMMENT =
        1, /* "one row per customer"; "orders of a customer" says so as well */
    TL_SUBJECT_BY_KEY = 1, /* the primary key is a customer's */
    TL_SUBJECT_LEAST = 2,  /* from here on people */
};

struct tl_subject {
    int8_t by_name, by_comment, by_key;
    uint32_t people;  /* columns about a person */
    bool has_contact; /* some column is an address or telephone */
};
/* Points by words of a name or of the beginning of a comment. */
int tl_subject_points(const struct tl_words *words, size_t n, int people, int thing);
/* The table's last word is an act of people: what a store has visits of is not a row of stores. */
bool tl_subject_is_act(const struct tl_tokens *name);
int tl_subject_score(const struct tl_subject *subject);
enum tl_subject_kind tl_subject_kind_of(const struct tl_subject *subject);
/* Whether it is about people for a column that is itself one of those that say so (`is_itself`), or is not. */
bool tl_subject_is_people_beside(const struct tl_subject *subject, bool is_itself);
/* The rule that says so, what weighs most: "engine/people_by_name#table". */
const char *tl_subject_rule(const struct tl_subject *subject);
/* For people: "the table's name says that it is about people"; NULL: no such rule. */
const char *tl_subject_words(const char *rule);

#endif
