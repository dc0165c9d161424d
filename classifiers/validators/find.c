/*
 * All families of validators, as one.
 */
#include "classifiers/validators.h"

#include <string.h>

static const struct tl_validator *const families[] = {
    tl_validators_adtech,       tl_validators_america,      tl_validators_common,
    tl_validators_crypto,       tl_validators_device,       tl_validators_europe_east,
    tl_validators_europe_north, tl_validators_europe_south, tl_validators_europe_west,
    tl_validators_finance,      tl_validators_secret,       tl_validators_vat,
    tl_validators_world,
};
#define N_FAMILIES (sizeof families / sizeof *families)

const struct tl_validator *tl_validator_find(const char *name)
{
    for (size_t f = 0; f < N_FAMILIES; f++) {
        for (const struct tl_validator *v = families[f]; v->name; v++) {
            if (!strcmp(v->name, name))
                return v;
        }
    }
    return NULL;
}

size_t tl_validator_names(const char *out[TL_VALIDATORS_MOST])
{
    size_t n = 0;

    for (size_t f = 0; f < N_FAMILIES; f++) {
        for (const struct tl_validator *v = families[f];
             v->name && n < TL_VALIDATORS_MOST; v++)
            out[n++] = v->name;
    }
    return n;
}
