/*
 * Telephones, SIM cards and vehicles.
 */
#include "classifiers/validators.h"

const struct tl_validator tl_validators_device[] = {
    { 0 },
};
