/*
 * Numbers that states of the Americas give to people and companies.
 */
#include "classifiers/validators.h"

const struct tl_validator tl_validators_america[] = {
    { 0 },
};
