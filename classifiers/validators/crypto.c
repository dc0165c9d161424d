/*
 * Addresses on block chains.
 */
#include "classifiers/validators.h"

const struct tl_validator tl_validators_crypto[] = {
    { 0 },
};
