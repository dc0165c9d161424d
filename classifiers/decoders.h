/*
 * Decoders: what counts facts in the values of a column once its type is settled. Packs name them, the engine runs them; a decoder
 * sees values and lets nothing of them out but counts.
 */
#ifndef TL_CLASSIFIERS_DECODERS_H
#define TL_CLASSIFIERS_DECODERS_H

#include "classifiers/engine.h"
#include "classifiers/facts.h"

/* Segments that are told apart in one column. */
#define TL_SEGMENTS_MOST 4096
#define TL_SEGMENTS_SLOTS                                                                \
    (2 * TL_SEGMENTS_MOST) /* half of them stay free, so that probes are few */
#define TL_DECIMALS_MOST 20

/* What the decoders of one column share. Of no interest outside of them but for the first part. */
struct tl_decoding {
    struct tl_consent_terms terms;
    int64_t now; /* ns since 1970; 0: no facts of age */
    const char *
        column; /* words of its name in lower case, each with a blank before and behind */
    struct tl_tally tally;

    uint32_t decimals[TL_DECIMALS_MOST];  /* rows by how many decimals they have */
    uint64_t segments[TL_SEGMENTS_SLOTS]; /* hashes of those seen; 0: free */
    uint32_t n_segments;
    uint64_t segment_rows, segment_sum;
};

struct tl_decoder {
    const char *name;
    void (*begin)(struct tl_decoding *decoding); /* NULL: nothing to prepare */
    /* One distinct value, whole, and in how many rows it stands. Any bytes are safe. */
    void (*add)(struct tl_decoding *decoding, const char *bytes, size_t n, uint32_t rows);
    void (*end)(struct tl_decoding *decoding); /* NULL: all is counted */
    const char *source;                        /* where the form is laid down */
};

/* By name, closed by an entry without one. */
extern const struct tl_decoder tl_decoders[];

const struct tl_decoder *tl_decoder_find(const char *name); /* NULL: unknown */
#define TL_DECODERS_MOST 64
size_t tl_decoder_names(const char *out[TL_DECODERS_MOST]);

#endif
