/*
 * What the readers of other programs' rules fill, and the one writer of packs takes. For classifiers/import*.c only.
 */
#ifndef TL_CLASSIFIERS_IMPORT_INNER_H
#define TL_CLASSIFIERS_IMPORT_INNER_H

#include "classifiers/import.h"

#include "base/option.h"
#include "base/yaml.h"

/* One type as read. Texts are the context arena's. */
struct tl_import_type {
    const char *name;                /* of the other program: "Email_Address" */
    const char *summary;             /* NULL: none */
    const char *category;            /* NULL: nobody said */
    const char *sensitivity;         /* NULL: the category's */
    TL_VEC(const char *) names;      /* column names, words joined by '_' */
    TL_VEC(const char *) weak_names; /* words that speak only where values fit */
    TL_VEC(const char *) not_names;  /* words that rule it out */
    TL_VEC(const char *) patterns;   /* of whole values, in PCRE */
    TL_VEC(const char *) values;     /* a closed list of values */
    bool ignores_case;               /* the patterns do */
    bool needs_name;                 /* values alone were not enough there either */
    bool is_program;                 /* there, code decides: only words could be read */
    struct tl_mark at;
};

struct tl_importer {
    struct tl_import *import;
    const char *path;
    struct tl_ctx *ctx;
    TL_VEC(struct tl_import_type) types;
};

/* TL_ECONFIG for a text that is no such file. */
int tl_import_datahub(struct tl_importer *importer, const char *text, size_t n);
int tl_import_presidio(struct tl_importer *importer, const char *text, size_t n);
int tl_import_csv(struct tl_importer *importer, const char *text, size_t n);

/* Writes all types as a pack of ours, named after the file. */
int tl_import_write(struct tl_str *out, struct tl_importer *importer);

/* Whether the built-in packs have that category. */
bool tl_import_has_category(const char *key);

void tl_import_note(struct tl_importer *importer, struct tl_mark at, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));
/* The type of that name, made if it is new; NULL (noted) beyond TL_IMPORT_TYPES_MOST. Stays until the next is made. */
struct tl_import_type *tl_import_add(struct tl_importer *importer, const char *name,
                                     struct tl_mark at);

/*
 * A pattern as Python's re writes it, in PCRE2: (?P<name>) and its references, \Z, \uXXXX. NULL, noted, for what PCRE2 does not take.
 * `is_find`: it may stand anywhere in a value.
 */
const char *tl_import_pattern(struct tl_importer *importer, const char *pattern,
                              struct tl_mark at);

/*
 * The column names that a pattern of names stands for: '^.*mail.*id' is "mail_id". Alternatives and what may be absent give one each;
 * a pattern that is no list of words is noted.
 */
void tl_import_names(struct tl_importer *importer, struct tl_import_type *type,
                     const char *pattern, struct tl_mark at);

#endif
