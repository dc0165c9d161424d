#include "lineage/sql/resolve_keys.h"

static void put(struct tl_rs_keys *keys, struct tl_rs_key entry)
{
    uint32_t i = tl_schema_scatter(entry.key) & keys->mask;

    while (keys->slots[i].n && keys->slots[i].key != entry.key)
        i = (i + 1) & keys->mask;
    if (!keys->slots[i].n) {
        keys->slots[i] = entry;
        keys->n++;
    } else {
        keys->slots[i].n += entry.n;
    }
}

static void grow(struct tl_rs_keys *keys)
{
    struct tl_rs_keys old = *keys;

    keys->mask = old.slots ? old.mask * 2 + 1 : 4 * TL_RS_LONG - 1;
    keys->slots = tl_alloc((size_t)keys->mask + 1, sizeof *keys->slots);
    keys->n = 0;
    for (uint32_t i = 0; old.slots && i <= old.mask; i++)
        if (old.slots[i].n)
            put(keys, old.slots[i]);
    tl_free(old.slots);
}

void tl_rs_keys_add(struct tl_rs_keys *keys, uint32_t key, uint32_t place)
{
    if (!keys->slots || (uint64_t)keys->n * 2 > keys->mask)
        grow(keys);
    put(keys, (struct tl_rs_key){ .key = key, .place = place, .n = 1 });
}

const struct tl_rs_key *tl_rs_keys_find(const struct tl_rs_keys *keys, uint32_t key)
{
    uint32_t i = tl_schema_scatter(key) & keys->mask;

    while (keys->slots[i].n && keys->slots[i].key != key)
        i = (i + 1) & keys->mask;
    return keys->slots[i].n ? &keys->slots[i] : NULL;
}

void tl_rs_keys_release(struct tl_rs_keys *keys)
{
    tl_free(keys->slots);
    *keys = (struct tl_rs_keys){ 0 };
}

/* One list is kept in the table at a time: it is filled anew where they alternate, which costs no more than searching them would. */
static uint32_t find_in_long(struct tl_rs *rs, uint64_t list, uint32_t first, uint32_t n,
                             uint32_t key)
{
    struct tl_rs_listed *listed = &rs->listed;

    if (listed->list != list || listed->first != first || listed->n > n) {
        tl_rs_keys_release(&listed->keys);
        *listed = (struct tl_rs_listed){ .list = list, .first = first };
    }
    for (; listed->n < n; listed->n++) {
        const struct tl_rs_column *column = &rs->building.items[first + listed->n];

        rs->work_done++;
        if (!column->is_open)
            tl_rs_keys_add(&listed->keys, column->key, first + listed->n);
    }
    const struct tl_rs_key *found =
        listed->keys.slots ? tl_rs_keys_find(&listed->keys, key) : NULL;
    return found ? found->place : TL_RS_NONE;
}

uint32_t tl_rs_building_find(struct tl_rs *rs, uint64_t list, uint32_t first, uint32_t n,
                             uint32_t key)
{
    if (n > TL_RS_LONG)
        return find_in_long(rs, list, first, n, key);
    for (uint32_t i = first; i < first + n; i++)
        if (rs->building.items[i].key == key && !rs->building.items[i].is_open)
            return i;
    return TL_RS_NONE;
}
