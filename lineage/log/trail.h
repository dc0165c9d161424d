/*
 * The span lines of one run on their way into the pack, cut into parts, and the RFC 6962 tree that they continue. A leaf's entry is
 * the SHA-256 of a line without its newline. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_TRAIL_H
#define TL_LINEAGE_LOG_TRAIL_H

#include "base/span.h"
#include "lineage/log/tree.h"

/*
 * The right edge of a Merkle tree: the roots of its perfect subtrees, largest first, one for each bit that is set in `size`. All it
 * takes to go on without the leaves.
 */
struct tl_merkle_edge {
    struct tl_sha256 hashes[64];
    unsigned n;
    uint64_t size;
};
void tl_merkle_edge_add(struct tl_merkle_edge *edge, const struct tl_sha256 *leaf);
void tl_merkle_edge_root(struct tl_sha256 *out, const struct tl_merkle_edge *edge);

/* No part exceeds this unless a single line does: bounds the memory of writer and readers. */
#define TL_TRAIL_PART ((size_t)16 << 20)

struct tl_trail {
    struct tl_pack *pack;
    struct tl_changes *changes;
    struct tl_arena *into; /* for paths */
    const char *folder;    /* runs/<yyyy>/<mm>/<dd>/<run id> */
    struct tl_str lines;   /* of the part being filled */
    size_t begin;          /* of the line being written */
    unsigned n_parts;
    struct tl_merkle_edge edge;
    uint64_t first_leaf;
};
void tl_trail_open(struct tl_trail *trail);
void tl_trail_close(struct tl_trail *trail);
/* A whole line, newline included, was appended to trail->lines: it becomes a leaf. */
int tl_trail_line(struct tl_trail *trail, struct tl_ctx *ctx);
/* Writes the last part. */
int tl_trail_end(struct tl_trail *trail, struct tl_ctx *ctx);

/* Appends the name of part `n` (from 1): "spans.jsonl", "spans.0002.jsonl" ... */
void tl_trail_name(struct tl_str *out, unsigned n);

#endif
