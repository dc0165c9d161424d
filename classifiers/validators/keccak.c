/*
 * G. Bertoni, J. Daemen, M. Peeters, G. Van Assche, "The Keccak reference" (version 3.0, 2011): 24 rounds over 25 lanes of 64
 * bits, rate 1088, capacity 512, padding 0x01 ... 0x80. Constants are made as section 1.2 defines them, by its shift register.
 */
#include "classifiers/validators/keccak.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ROUNDS 24
#define RATE   136 /* bytes: 1600 bits less twice the 256 of the digest */

static uint64_t turned(uint64_t lane, unsigned by)
{
    return by ? lane << by | lane >> (64 - by) : lane;
}

/* The next bit of x^8 + x^6 + x^5 + x^4 + 1. */
static bool next_bit(unsigned char *state)
{
    bool bit = *state & 1;
    bool high = *state & 0x80;

    *state = (unsigned char)(*state << 1);
    if (high)
        *state ^= 0x71;
    return bit;
}

static void theta(uint64_t lanes[25])
{
    uint64_t parity[5];

    for (unsigned x = 0; x < 5; x++)
        parity[x] =
            lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
    for (unsigned x = 0; x < 5; x++) {
        uint64_t both = parity[(x + 4) % 5] ^ turned(parity[(x + 1) % 5], 1);

        for (unsigned y = 0; y < 25; y += 5)
            lanes[x + y] ^= both;
    }
}

/* Rho turns each lane on its way to the place that pi gives it. */
static void rho_and_pi(uint64_t lanes[25])
{
    unsigned x = 1;
    unsigned y = 0;
    uint64_t lane = lanes[1];

    for (unsigned step = 0; step < 24; step++) {
        unsigned to_y = (2 * x + 3 * y) % 5;
        uint64_t *place = &lanes[y + 5 * to_y];
        uint64_t next = *place;

        *place = turned(lane, (step + 1) * (step + 2) / 2 % 64);
        lane = next;
        x = y;
        y = to_y;
    }
}

static void chi(uint64_t lanes[25])
{
    for (unsigned y = 0; y < 25; y += 5) {
        uint64_t row[5];

        memcpy(row, lanes + y, sizeof row);
        for (unsigned x = 0; x < 5; x++)
            lanes[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
    }
}

static void permute(uint64_t lanes[25])
{
    unsigned char state = 1;

    for (unsigned round = 0; round < ROUNDS; round++) {
        theta(lanes);
        rho_and_pi(lanes);
        chi(lanes);
        for (unsigned j = 0; j < 7; j++) {
            if (next_bit(&state))
                lanes[0] ^= (uint64_t)1 << ((1u << j) - 1);
        }
    }
}

static void mix_in(uint64_t lanes[25], size_t at, unsigned char byte)
{
    lanes[at / 8] ^= (uint64_t)byte << (at % 8 * 8);
}

void tl_keccak_256(unsigned char out[32], const void *bytes, size_t n)
{
    const unsigned char *in = bytes;
    uint64_t lanes[25] = { 0 };
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        mix_in(lanes, at++, in[i]);
        if (at == RATE) {
            permute(lanes);
            at = 0;
        }
    }
    mix_in(lanes, at, 0x01);
    mix_in(lanes, RATE - 1, 0x80);
    permute(lanes);
    for (unsigned i = 0; i < 32; i++)
        out[i] = (unsigned char)(lanes[i / 8] >> (i % 8 * 8));
}
