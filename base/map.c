/*
 * Both tables use open addressing with linear probing. The pool of texts keeps a table of ids and beside it one
 * byte of each text's hash, so that a look-up touches a text only when it is almost certainly the right one;
 * growing hashes every text again instead of storing 8 bytes of hash for each.
 */
#include "base/map.h"

#include "base/mem.h"

static uint64_t load64(const unsigned char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t load32(const unsigned char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

/* 64 x 64 -> 128 bits, both halves folded: every input bit reaches every output bit. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/*
 * A multiply-and-fold hash in the manner of wyhash: 16 bytes a step. No seed, so that runs are equal; its values
 * never leave the process.
 */
static uint64_t hash_bytes(const void *key, size_t n)
{
    static const uint64_t k0 = 0x9e3779b97f4a7c15u;
    static const uint64_t k1 = 0xd6e8feb86659fd93u;
    static const uint64_t k2 = 0xa0761d6478bd642fu;
    const unsigned char *p = key;
    uint64_t h = k0 ^ n;
    size_t left = n;

    while (left > 16) {
        h = mix(load64(p) ^ k1, load64(p + 8) ^ h);
        p += 16;
        left -= 16;
    }
    uint64_t a = 0;
    uint64_t b = 0;
    if (left >= 8) {
        a = load64(p);
        b = load64(p + left - 8);
    } else if (left >= 4) {
        a = load32(p);
        b = load32(p + left - 4);
    } else if (left > 0) {
        a = (uint64_t)p[0] << 16 | (uint64_t)p[left / 2] << 8 | p[left - 1];
    }
    return mix(mix(a ^ k1, b ^ h) ^ k2, n ^ k0);
}

/* --- text to number --- */

struct tl_map_slot {
    const void *key;
    uint64_t hash; /* 0: the slot is empty */
    uint32_t n;
    uint32_t value;
};

static uint64_t slot_hash(const void *key, size_t n)
{
    uint64_t hash = hash_bytes(key, n);

    return hash ? hash : 1;
}

void tl_map_release(struct tl_map *map)
{
    tl_free(map->slots);
    *map = (struct tl_map)TL_MAP_INIT;
}

/* The slot that holds the key, or the empty one where it belongs. `room` is a power of two and never full. */
static struct tl_map_slot *find_slot(const struct tl_map *map, const void *key, size_t n,
                                     uint64_t hash)
{
    size_t mask = map->room - 1;

    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        struct tl_map_slot *slot = &map->slots[i];
        if (!slot->hash)
            return slot;
        if (slot->hash == hash && slot->n == n && (!n || memcmp(slot->key, key, n) == 0))
            return slot;
    }
}

static void grow_map(struct tl_map *map, size_t room)
{
    struct tl_map_slot *old = map->slots;
    size_t old_room = map->room;

    map->room = room;
    map->slots = tl_alloc(map->room, sizeof *map->slots);
    size_t mask = map->room - 1;
    for (size_t i = 0; i < old_room; i++) {
        if (!old[i].hash)
            continue;
        size_t at = (size_t)old[i].hash & mask;
        while (map->slots[at].hash)
            at = (at + 1) & mask;
        map->slots[at] = old[i];
    }
    tl_free(old);
}

/* At most three quarters full. */
static bool is_full(size_t n, size_t room)
{
    return n >= room / 4 * 3;
}

void tl_map_reserve(struct tl_map *map, size_t n)
{
    size_t room = 16;

    while (is_full(n, room))
        room *= 2;
    if (room > map->room)
        grow_map(map, room);
}

void tl_map_put(struct tl_map *map, const void *key, size_t n, uint32_t value)
{
    if (n > UINT32_MAX)
        abort();
    if (is_full(map->n, map->room))
        grow_map(map, map->room ? map->room * 2 : 16);
    uint64_t hash = slot_hash(key, n);
    struct tl_map_slot *slot = find_slot(map, key, n, hash);
    if (!slot->hash) {
        *slot = (struct tl_map_slot){ .key = key, .hash = hash, .n = (uint32_t)n };
        map->n++;
    }
    slot->value = value;
}

bool tl_map_get(const struct tl_map *map, const void *key, size_t n, uint32_t *value)
{
    if (!map->n)
        return false;
    const struct tl_map_slot *slot = find_slot(map, key, n, slot_hash(key, n));
    if (!slot->hash)
        return false;
    *value = slot->value;
    return true;
}

/* --- interning --- */

enum {
    PAGE = 512, /* pointers a page */
    CHUNK_LEAST = 4096,
    CHUNK_MOST = 256 * 1024, /* a half-empty last one is a good part of a small pool */
    LENGTH_MOST = 10,        /* bytes of a LEB128 length */
};

/* A text is stored as its length in LEB128, its bytes and a NUL: two bytes beside the text for all but long ones. */
struct tl_texts {
    unsigned char ***pages; /* id -> stored text; pages[id / PAGE][id % PAGE] */
    size_t n_pages, room_pages;
    uint32_t n; /* ids given; the first is 1 */

    uint32_t *ids;       /* the table; 0 is empty */
    unsigned char *tags; /* eight bits of the hash of the text in the same slot */
    size_t room;

    unsigned char **chunks;
    size_t n_chunks, room_chunks;
    unsigned char *at; /* free bytes of the chunk in use */
    size_t left;
    size_t next;

    size_t size;
};

struct tl_texts *tl_texts_open(void)
{
    struct tl_texts *texts = tl_alloc(1, sizeof *texts);

    texts->next = CHUNK_LEAST;
    texts->size = sizeof *texts;
    return texts;
}

void tl_texts_close(struct tl_texts *texts)
{
    if (!texts)
        return;
    for (size_t i = 0; i < texts->n_chunks; i++)
        tl_free(texts->chunks[i]);
    for (size_t i = 0; i < texts->n_pages; i++)
        tl_free(texts->pages[i]);
    tl_free(texts->chunks);
    tl_free(texts->pages);
    tl_free(texts->ids);
    tl_free(texts->tags);
    tl_free(texts);
}

static unsigned char *add_chunk(struct tl_texts *texts, size_t n)
{
    if (texts->n_chunks == texts->room_chunks) {
        size_t room = texts->room_chunks ? texts->room_chunks * 2 : 8;
        texts->size += (room - texts->room_chunks) * sizeof *texts->chunks;
        texts->chunks = tl_realloc(texts->chunks, room, sizeof *texts->chunks);
        texts->room_chunks = room;
    }
    unsigned char *chunk = tl_realloc(NULL, n, 1);
    texts->chunks[texts->n_chunks++] = chunk;
    texts->size += n;
    return chunk;
}

static unsigned char *take_bytes(struct tl_texts *texts, size_t n)
{
    if (n > texts->left) {
        /* A long text does not end the chunk in use. */
        if (n > texts->next / 4)
            return add_chunk(texts, n);
        texts->at = add_chunk(texts, texts->next);
        texts->left = texts->next;
        if (texts->next < CHUNK_MOST)
            texts->next *= 2;
    }
    unsigned char *bytes = texts->at;
    texts->at += n;
    texts->left -= n;
    return bytes;
}

static const char *read_text(const unsigned char *stored, size_t *n)
{
    unsigned shift = 0;

    for (*n = 0;; shift += 7) {
        *n |= (size_t)(*stored & 0x7f) << shift;
        if (*stored++ < 0x80)
            return (const char *)stored;
    }
}

static unsigned char *store_text(struct tl_texts *texts, const char *bytes, size_t n)
{
    unsigned char length[LENGTH_MOST];
    size_t n_length = 0;

    for (size_t rest = n;; rest >>= 7) {
        length[n_length++] = (unsigned char)(rest > 0x7f ? rest | 0x80 : rest);
        if (rest <= 0x7f)
            break;
    }
    unsigned char *stored = take_bytes(texts, n_length + n + 1);
    memcpy(stored, length, n_length);
    if (n)
        memcpy(stored + n_length, bytes, n);
    stored[n_length + n] = '\0';
    return stored;
}

static uint32_t add_id(struct tl_texts *texts, unsigned char *stored)
{
    if (texts->n == UINT32_MAX - 1)
        abort();
    uint32_t id = ++texts->n;
    if (id / PAGE == texts->n_pages) {
        if (texts->n_pages == texts->room_pages) {
            size_t room = texts->room_pages ? texts->room_pages * 2 : 8;
            texts->size += (room - texts->room_pages) * sizeof *texts->pages;
            texts->pages = tl_realloc(texts->pages, room, sizeof *texts->pages);
            texts->room_pages = room;
        }
        texts->pages[texts->n_pages++] = tl_realloc(NULL, PAGE, sizeof **texts->pages);
        texts->size += PAGE * sizeof **texts->pages;
    }
    texts->pages[id / PAGE][id % PAGE] = stored;
    return id;
}

static unsigned char *stored_at(const struct tl_texts *texts, uint32_t id)
{
    return texts->pages[id / PAGE][id % PAGE];
}

/* The low bits choose the slot, the top ones are the tag. */
static unsigned char tag_of(uint64_t hash)
{
    return (unsigned char)(hash >> 56);
}

static void grow_table(struct tl_texts *texts)
{
    size_t room = texts->room ? texts->room * 2 : 64;
    size_t mask = room - 1;

    /* The old table goes first: everything in it can be told from the texts. */
    tl_free(texts->ids);
    tl_free(texts->tags);
    texts->ids = tl_alloc(room, sizeof *texts->ids);
    texts->tags = tl_alloc(room, sizeof *texts->tags);
    texts->size += (room - texts->room) * (sizeof *texts->ids + sizeof *texts->tags);
    texts->room = room;
    for (uint32_t id = 1; id <= texts->n; id++) {
        size_t n;
        const char *bytes = read_text(stored_at(texts, id), &n);
        uint64_t hash = hash_bytes(bytes, n);
        size_t i = (size_t)hash & mask;
        while (texts->ids[i])
            i = (i + 1) & mask;
        texts->ids[i] = id;
        texts->tags[i] = tag_of(hash);
    }
}

struct tl_text tl_text_add(struct tl_texts *texts, const char *bytes, size_t n)
{
    /* At most four fifths full: 5 / 0.8 to 5 / 0.4 bytes a text. */
    if (texts->n >= texts->room / 5 * 4)
        grow_table(texts);
    uint64_t hash = hash_bytes(bytes, n);
    unsigned char tag = tag_of(hash);
    size_t mask = texts->room - 1;
    size_t i = (size_t)hash & mask;
    for (; texts->ids[i]; i = (i + 1) & mask) {
        if (texts->tags[i] != tag)
            continue;
        size_t known_n;
        const char *known = read_text(stored_at(texts, texts->ids[i]), &known_n);
        if (known_n == n && (!n || memcmp(known, bytes, n) == 0))
            return (struct tl_text){ texts->ids[i] };
    }
    uint32_t id = add_id(texts, store_text(texts, bytes, n));
    texts->ids[i] = id;
    texts->tags[i] = tag;
    return (struct tl_text){ id };
}

struct tl_text tl_text_of(struct tl_texts *texts, const char *text)
{
    return text ? tl_text_add(texts, text, strlen(text)) : TL_NO_TEXT;
}

const char *tl_text_get(const struct tl_texts *texts, struct tl_text text, size_t *n)
{
    size_t length = 0;
    const char *bytes = text.i && text.i <= texts->n
                            ? read_text(stored_at(texts, text.i), &length)
                            : NULL;

    if (n)
        *n = length;
    return bytes;
}

size_t tl_texts_size(const struct tl_texts *texts)
{
    return texts->size;
}
