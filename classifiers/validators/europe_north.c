/*
 * Numbers that northern European and Baltic states give to people and companies.
 */
#include "classifiers/validators.h"

const struct tl_validator tl_validators_europe_north[] = {
    { 0 },
};
