/*
 * Keccak-256 as Ethereum uses it: the sponge before FIPS 202 gave SHA-3 another padding, so OpenSSL's SHA3-256 is something
 * else. For checks of addresses only; nothing that we vouch for rests on it.
 */
#ifndef TL_CLASSIFIERS_VALIDATORS_KECCAK_H
#define TL_CLASSIFIERS_VALIDATORS_KECCAK_H

#include <stddef.h>

void tl_keccak_256(unsigned char out[32], const void *bytes, size_t n);

#endif
