/*
 * Looking a word up: one probe and, where a byte of the hash fits too, one comparison.
 */
#include "classifiers/gazetteer.h"

const struct tl_gazetteer *tl_gazetteer_find(const char *name)
{
    for (const struct tl_gazetteer *list = tl_gazetteers; list->name; list++) {
        if (!strcmp(list->name, name))
            return list;
    }
    return NULL;
}

bool tl_gazetteer_has(const struct tl_gazetteer *list, const char *folded, size_t n)
{
    if (n == 0 || n > TL_GAZETTEER_ENTRY_MOST)
        return false;
    uint64_t hash = tl_gazetteer_hash(folded, n);
    uint32_t mask = list->n_slots - 1;
    for (uint32_t at = (uint32_t)hash & mask; list->slots[at]; at = (at + 1) & mask) {
        const char *entry = list->text + (list->slots[at] >> 8);

        if ((list->slots[at] & 255) == hash >> 56 && (unsigned char)*entry == n &&
            !memcmp(entry + 1, folded, n))
            return true;
    }
    return false;
}
