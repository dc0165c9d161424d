/*
 * The decoders that packs name: each turns what one value says into counts.
 */
#include "classifiers/decoders.h"

#include <string.h>

const struct tl_decoder tl_decoders[] = {
    { 0 },
};

const struct tl_decoder *tl_decoder_find(const char *name)
{
    for (const struct tl_decoder *d = tl_decoders; d->name; d++) {
        if (!strcmp(d->name, name))
            return d;
    }
    return NULL;
}

size_t tl_decoder_names(const char *out[TL_DECODERS_MOST])
{
    size_t n = 0;

    for (const struct tl_decoder *d = tl_decoders; d->name && n < TL_DECODERS_MOST; d++)
        out[n++] = d->name;
    return n;
}
