/*
 * Numbers that states outside Europe give to people and companies. Each says where its rule comes from; the regex of the
 * type has matched before it is asked, but none relies on that: any bytes are safe.
 */
#include "classifiers/validators.h"

const struct tl_validator tl_validators_world[] = {
    { 0 },
};
