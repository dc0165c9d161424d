/*
 * Named checks of a value beyond its regex: check digits, ranges, embedded dates, decoders. Packs name them; nothing else does.
 */
#ifndef TL_CLASSIFIERS_VALIDATORS_H
#define TL_CLASSIFIERS_VALIDATORS_H

#include <stdbool.h>
#include <stddef.h>

struct tl_validator {
    const char *name; /* the info type's, or what several types share: "luhn_16" */
    /* `is_named`: the column's name speaks for the type; a few checks are stricter where it does not. */
    bool (*holds)(const char *bytes, size_t n, bool is_named);
    const char
        *source; /* where the rule is laid down: standard and section, or the authority */
};

/* One table a family, each by name, closed by an entry without a name; classifiers/validators/<family>.c. */
extern const struct tl_validator tl_validators_adtech[];
extern const struct tl_validator tl_validators_common[];
/* EU, EEA, UK, CH and their neighbours, but for TR */
extern const struct tl_validator tl_validators_europe_east[];
extern const struct tl_validator tl_validators_europe_north[];
extern const struct tl_validator tl_validators_europe_south[];
extern const struct tl_validator tl_validators_europe_west[];
extern const struct tl_validator
    tl_validators_finance[];                             /* cards, accounts, securities */
extern const struct tl_validator tl_validators_crypto[]; /* addresses on block chains */
extern const struct tl_validator tl_validators_vat[]; /* VAT numbers with their country */
extern const struct tl_validator
    tl_validators_device[]; /* telephones, SIM cards, vehicles */
extern const struct tl_validator tl_validators_secret[]; /* tokens */
extern const struct tl_validator tl_validators_america[];
extern const struct tl_validator tl_validators_world[]; /* Asia, Oceania, Africa */

const struct tl_validator *tl_validator_find(const char *name); /* NULL: unknown */

/* All names, by family; returns how many. */
#define TL_VALIDATORS_MOST 512
size_t tl_validator_names(const char *out[TL_VALIDATORS_MOST]);

#endif
