/*
 * VAT numbers as they are written across borders, with their country in front.
 */
#include "classifiers/validators.h"

const struct tl_validator tl_validators_vat[] = {
    { 0 },
};
