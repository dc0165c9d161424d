/*
 * Any bytes to every validator, in a block of exactly their size: none reads beyond it, the same question gets the same answer, and one
 * that takes a value without a name takes it with one.
 */
#include "classifiers/validators.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static const struct tl_validator *all[TL_VALIDATORS_MOST];
static size_t n_all;

static void ask_all(const char *value, size_t n)
{
    for (size_t i = 0; i < n_all; i++) {
        bool plain = all[i]->holds(value, n, false);

        must(!plain || all[i]->holds(value, n, true));
        must(plain == all[i]->holds(value, n, false));
    }
}

/* Each line is a value too: the corpus is made of lists of examples. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *text = (const char *)bytes;
    const char *names[TL_VALIDATORS_MOST];

    if (!n_all) {
        n_all = tl_validator_names(names);
        for (size_t i = 0; i < n_all; i++)
            all[i] = tl_validator_find(names[i]);
    }
    ask_all(text, n);
    for (size_t from = 0, lines = 0; from < n && lines < 16; lines++) {
        const char *end = memchr(text + from, '\n', n - from);
        size_t length = end ? (size_t)(end - text) - from : n - from;
        char *exact = malloc(length ? length : 1);

        must(exact != NULL);
        memcpy(exact, text + from, length);
        ask_all(exact, length);
        free(exact);
        from += length + 1;
    }
    return 0;
}
