/*
 * Numbers that eastern European states give to people and companies.
 */
#include "classifiers/validators.h"

const struct tl_validator tl_validators_europe_east[] = {
    { 0 },
};
