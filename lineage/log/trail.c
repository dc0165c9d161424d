#include "lineage/log/trail.h"

#include "base/ctx.h"

/* ---- the tree ---- */

/* As a binary counter: two subtrees of one size become one of twice the size. */
void tl_merkle_edge_add(struct tl_merkle_edge *edge, const struct tl_sha256 *leaf)
{
    edge->hashes[edge->n++] = *leaf;
    edge->size++;
    for (uint64_t size = edge->size; (size & 1) == 0; size >>= 1) {
        struct tl_sha256 *left = &edge->hashes[edge->n - 2];
        tl_merkle_node(left, left, left + 1);
        edge->n--;
    }
}

void tl_merkle_edge_root(struct tl_sha256 *out, const struct tl_merkle_edge *edge)
{
    if (edge->n == 0) {
        tl_sha256_of(out, "", 0);
        return;
    }
    *out = edge->hashes[edge->n - 1];
    for (unsigned i = edge->n - 1; i > 0; i--)
        tl_merkle_node(out, &edge->hashes[i - 1], out);
}

/* ---- the parts ---- */

void tl_trail_open(struct tl_trail *trail)
{
    tl_str_init(&trail->lines, TL_STR_MOST);
    trail->first_leaf = trail->edge.size;
}

void tl_trail_close(struct tl_trail *trail)
{
    tl_str_release(&trail->lines);
}

void tl_trail_name(struct tl_str *out, unsigned n)
{
    if (n == 1)
        tl_str_add(out, "spans.jsonl");
    else
        tl_str_addf(out, "spans.%04u.jsonl", n);
}

static int write_part(struct tl_trail *trail, size_t n, struct tl_ctx *ctx)
{
    struct tl_str path = TL_STR_INIT(512);
    struct tl_object object = { TL_OBJECT_BLOB, trail->lines.text, n, NULL };
    struct tl_change change = { 0 };

    tl_str_addf(&path, "%s/", trail->folder);
    tl_trail_name(&path, ++trail->n_parts);
    change.path = tl_arena_dup(trail->into, path.text, path.n);
    tl_str_release(&path);
    int rc = tl_pack_add(&change.id, trail->pack, &object, ctx);
    tl_vec_push(&trail->changes->list, change);
    return rc;
}

int tl_trail_line(struct tl_trail *trail, struct tl_ctx *ctx)
{
    struct tl_sha256 entry, leaf;
    int rc = TL_OK;

    if (trail->lines.failed)
        return tl_fail(ctx, TL_ELIMIT, "a span line of the log is too long");
    size_t n = trail->lines.n - trail->begin;
    tl_sha256_of(&entry, trail->lines.text + trail->begin, n - 1);
    tl_merkle_leaf(&leaf, &entry, sizeof entry);
    tl_merkle_edge_add(&trail->edge, &leaf);
    if (trail->lines.n > TL_TRAIL_PART && trail->begin > 0) {
        rc = write_part(trail, trail->begin, ctx);
        memmove(trail->lines.text, trail->lines.text + trail->begin, n + 1);
        trail->lines.n = n;
    }
    trail->begin = trail->lines.n;
    return rc;
}

int tl_trail_end(struct tl_trail *trail, struct tl_ctx *ctx)
{
    return trail->lines.n ? write_part(trail, trail->lines.n, ctx) : TL_OK;
}
