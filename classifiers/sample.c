/*
 * One digest over what a sample says, so that an unchanged table is known again. Rows may come in any order: each column's values
 * are sorted first.
 */
#include "classifiers/engine.h"

#include "base/digest.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 65536

/* Many small pieces cost more than the hashing: they are collected first. */
struct feeder {
    struct tl_digest digest;
    size_t n;
    unsigned char bytes[CHUNK];
};

static void feed(struct feeder *feeder, const void *bytes, size_t n)
{
    if (feeder->n + n > CHUNK) {
        tl_digest_add(&feeder->digest, feeder->bytes, feeder->n);
        feeder->n = 0;
    }
    if (n > CHUNK) {
        tl_digest_add(&feeder->digest, bytes, n);
        return;
    }
    if (n)
        memcpy(feeder->bytes + feeder->n, bytes, n);
    feeder->n += n;
}

static void feed_uint(struct feeder *feeder, uint64_t value)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (56 - 8 * i));
    feed(feeder, bytes, sizeof bytes);
}

/* NULLs first, then by bytes, then cut after whole. */
static int compare(const void *a, const void *b)
{
    const struct tl_value *x = *(const struct tl_value *const *)a;
    const struct tl_value *y = *(const struct tl_value *const *)b;

    if (!x->bytes || !y->bytes)
        return (x->bytes != NULL) - (y->bytes != NULL);
    int order = memcmp(x->bytes, y->bytes, x->n < y->n ? x->n : y->n);
    if (order)
        return order;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (int)x->is_cut - (int)y->is_cut;
}

void tl_sample_digest(char out[65], const struct tl_sample *sample,
                      const unsigned char key[TL_SAMPLE_KEY_BYTES])
{
    struct feeder *feeder = tl_alloc(1, sizeof *feeder);
    const struct tl_value **sorted = tl_alloc(sample->n_rows, sizeof *sorted);
    unsigned char bytes[32];

    tl_digest_begin(&feeder->digest, TL_DIGEST_SHA256);
    feed(feeder, key, TL_SAMPLE_KEY_BYTES);
    feed_uint(feeder, sample->state);
    feed_uint(feeder, sample->n_columns);
    feed_uint(feeder, sample->n_rows);
    for (uint32_t c = 0; sample->values && c < sample->n_columns; c++) {
        feed_uint(feeder, c);
        for (uint32_t r = 0; r < sample->n_rows; r++)
            sorted[r] = &sample->values[(size_t)c * sample->n_rows + r];
        qsort(sorted, sample->n_rows, sizeof *sorted, compare);
        for (uint32_t r = 0; r < sample->n_rows; r++) {
            uint64_t kind = !sorted[r]->bytes ? 0 : sorted[r]->is_cut ? 2 : 1;

            feed_uint(feeder, kind << 32 | (sorted[r]->bytes ? sorted[r]->n : 0));
            if (sorted[r]->bytes)
                feed(feeder, sorted[r]->bytes, sorted[r]->n);
        }
    }
    tl_digest_add(&feeder->digest, feeder->bytes, feeder->n);
    tl_digest_end(&feeder->digest, bytes);
    tl_digest_begin(&feeder->digest, TL_DIGEST_SHA256);
    tl_digest_add(&feeder->digest, key, TL_SAMPLE_KEY_BYTES);
    tl_digest_add(&feeder->digest, bytes, sizeof bytes);
    tl_digest_end(&feeder->digest, bytes);
    tl_digest_release(&feeder->digest);
    tl_free(sorted);
    tl_free(feeder);
    tl_hex(out, bytes, sizeof bytes);
}
