/*
 * Named checks of a value beyond its regex: check digits, ranges, embedded dates, decoders. Packs name them; nothing else does.
 */
#ifndef TL_CLASSIFIERS_VALIDATORS_H
#define TL_CLASSIFIERS_VALIDATORS_H

#include <stdbool.h>
#include <stddef.h>

struct tl_validator {
    const char *name;
    /* `is_named`: the column's name speaks for the type; a few checks are stricter where it does not. */
    bool (*holds)(const char *bytes, size_t n, bool is_named);
};

/* By name; the last entry's name is NULL. */
extern const struct tl_validator tl_validators[];
const struct tl_validator *tl_validator_find(const char *name);

#endif
