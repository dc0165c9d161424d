/*
 * How a column's values look, for people who must judge it and may not see them. A look is written from a fixed set of signs, none of them
 * a letter or a digit, and it is told only where several different values share it: a rare one could be a value's own (a password of
 * nothing but signs).
 */
#include "classifiers/rules.h"

#include <stdlib.h>

enum { LOOK_MOST = 24, LOOKS_TOLD = 3 };

static char sign_of(unsigned char byte)
{
    static const char kept[] = " .,-_@:/+()";

    if (byte >= '0' && byte <= '9')
        return '#';
    if ((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte >= 0x80)
        return '*';
    return byte && strchr(kept, byte) ? (char)byte : '?';
}

static size_t look_at(char out[LOOK_MOST + 4], const struct tl_distinct *value)
{
    size_t n = 0;
    bool is_cut = value->is_cut;

    for (uint32_t i = 0; i < value->n; i++) {
        char sign = sign_of((unsigned char)value->bytes[i]);
        if (n && out[n - 1] == sign)
            continue;
        if (n == LOOK_MOST) {
            is_cut = true;
            break;
        }
        out[n++] = sign;
    }
    if (is_cut) {
        memcpy(out + n, "...", 3);
        n += 3;
    }
    out[n] = '\0';
    return n;
}

static int by_rows(const void *a, const void *b)
{
    const struct tl_look *x = a, *y = b;

    if (x->rows != y->rows)
        return x->rows < y->rows ? 1 : -1;
    return strcmp(x->text, y->text);
}

void tl_column_looks(struct tl_trials *out, const struct tl_evidence_of *evidence,
                     struct tl_arena *into)
{
    TL_VEC(struct tl_look) looks = { 0 };
    struct tl_map known = TL_MAP_INIT;
    char text[LOOK_MOST + 4];

    for (size_t v = 0; v < evidence->distinct.n; v++) {
        const struct tl_distinct *value = &evidence->distinct.items[v];
        size_t n = look_at(text, value);
        uint32_t i;
        if (!tl_map_get(&known, text, n, &i)) {
            const char *kept = tl_arena_dup(into, text, n);
            i = (uint32_t)looks.n;
            tl_map_put(&known, kept, n, i);
            tl_vec_push(&looks, ((struct tl_look){ .text = kept }));
        }
        looks.items[i].rows += value->rows;
        looks.items[i].distinct++;
    }
    if (looks.n)
        qsort(looks.items, looks.n, sizeof *looks.items, by_rows);
    out->looks = tl_arena_alloc(into, LOOKS_TOLD, sizeof *out->looks);
    for (size_t i = 0; i < looks.n && out->n_looks < LOOKS_TOLD; i++)
        if (looks.items[i].distinct >= TL_LOOK_LEAST)
            out->looks[out->n_looks++] = looks.items[i];
    tl_vec_release(&looks);
    tl_map_release(&known);
}
