/*
 * The inside of tl_sql_names, for the lexer's probe, which stands in the innermost loop, and for what the resolver asks of every
 * reference. Everybody else uses tree.h.
 */
#ifndef TL_LINEAGE_SQL_NAMES_H
#define TL_LINEAGE_SQL_NAMES_H

#include "lineage/sql/tree.h"

#include <stddef.h>
#include <string.h>

/* Texts are stored with zeros up to the next multiple of this, and at least one: compared and hashed by whole blocks. */
#define TL_NAME_BLOCK 16

struct tl_name_entry {
    uint64_t head[2]; /* the first block */
    const char *text;
    uint32_t n;
    uint32_t key; /* see tl_sql_name_key */
};
struct tl_name_slot {
    uint32_t hash, name; /* name 0: free */
};
struct tl_name_chunk {
    struct tl_name_chunk *before;
    size_t room, used;
    char bytes[];
};
struct tl_sql_names {
    struct tl_name_entry *entries; /* [0] is no name */
    uint32_t *hashes;
    uint32_t n, room;
    struct tl_name_slot *slots;
    uint32_t mask;
    uint64_t seed;
    struct tl_name_chunk *chunk;
    char *folded; /* for names longer than the lexer's buffer */
    size_t folded_room;
    uint8_t fold; /* enum tl_sql_case */
};

static inline uint64_t tl_name_mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* What tl_sql_name_key and tl_sql_name_text of tree.h give, 0 included: the name 0 is there and has nothing. */
static inline uint32_t tl_name_key(const struct tl_sql_names *names, uint32_t name)
{
    return names->entries[name].key;
}
static inline const char *tl_name_text(const struct tl_sql_names *names, uint32_t name)
{
    return names->entries[name].text;
}

/* One block's part; the first one begins with the seed and the length. */
static inline uint64_t tl_name_hash_step(uint64_t hash, uint64_t head, uint64_t tail)
{
    return tl_name_mix(head ^ hash, tail ^ UINT64_C(0x9e3779b97f4a7c15));
}

/* `blocks` as stored: n bytes, and zeros up to a whole block. */
static inline uint32_t tl_name_hash(uint64_t seed, const char *blocks, uint32_t n)
{
    uint64_t hash = seed ^ n;

    for (uint32_t i = 0; i < n || i == 0; i += TL_NAME_BLOCK) {
        uint64_t half[2];

        memcpy(half, blocks + i, sizeof half);
        hash = tl_name_hash_step(hash, half[0], half[1]);
    }
    return (uint32_t)hash;
}

/* Block by block: a call of memcmp would take longer than all else of a probe. */
static inline bool tl_name_equals(const struct tl_name_entry *entry, const char *blocks,
                                  uint32_t n)
{
    uint64_t half[2];

    memcpy(half, blocks, sizeof half);
    if (entry->n != n || entry->head[0] != half[0] || entry->head[1] != half[1])
        return false;
    for (uint32_t i = TL_NAME_BLOCK; i < n; i += TL_NAME_BLOCK) {
        uint64_t other[2];

        memcpy(half, blocks + i, sizeof half);
        memcpy(other, entry->text + i, sizeof other);
        if (half[0] != other[0] || half[1] != other[1])
            return false;
    }
    return true;
}

/* Adds what the probe did not find. */
uint32_t tl_sql_name_new(struct tl_sql_names *names, const char *blocks, uint32_t n,
                         uint32_t hash);

/* The number of these blocks, new ones added: exactly these bytes. */
static inline uint32_t tl_sql_name_probe(struct tl_sql_names *names, const char *blocks,
                                         uint32_t n)
{
    uint32_t hash = tl_name_hash(names->seed, blocks, n);

    for (uint32_t i = hash & names->mask;; i = (i + 1) & names->mask) {
        const struct tl_name_slot *slot = &names->slots[i];

        if (slot->name == 0)
            return tl_sql_name_new(names, blocks, n, hash);
        if (slot->hash == hash && tl_name_equals(&names->entries[slot->name], blocks, n))
            return slot->name;
    }
}

#endif
