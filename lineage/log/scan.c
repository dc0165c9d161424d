/*
 * A scan's datasets and the belief's are both walked in the order of their keys, side by side: each is new, known, or gone. What was
 * found unchanged costs two look-ups and a line of its source's manifest.
 */
#include "lineage/log/entry.h"

#include "base/ctx.h"
#include "base/json.h"

struct row {
    struct tl_key key;
    uint32_t dataset; /* of the snapshot */
};

struct walk {
    struct tl_writing *writing;
    const struct tl_snapshot *snapshot;
    const struct tl_entry_dataset **seen; /* by dataset of the snapshot; NULL: left out */
    struct row *rows;                     /* by key */
    struct tl_map sources;                /* name -> number in the snapshot */
    struct tl_str line;
};

static int by_key(const void *a, const void *b)
{
    const struct row *left = a, *right = b;

    return tl_key_compare(&left->key, &right->key);
}

static void open_walk(struct walk *walk, struct tl_writing *writing)
{
    const struct tl_entry *entry = writing->entry;
    const struct tl_snapshot *snapshot = entry->snapshot;
    size_t n = snapshot->datasets.n, n_sources = snapshot->sources.n;
    bool is_sorted = true;

    *walk = (struct walk){ .writing = writing, .snapshot = snapshot };
    tl_str_init(&walk->line, TL_STR_MOST);
    walk->seen = tl_alloc(n, sizeof *walk->seen);
    walk->rows = tl_alloc(n, sizeof *walk->rows);
    for (size_t i = 0; i < entry->n_datasets; i++)
        walk->seen[entry->datasets[i].id.i] = &entry->datasets[i];
    for (uint32_t i = 0; i < n; i++) {
        walk->rows[i].key = tl_snapshot_key(snapshot, (struct tl_dataset_id){ i });
        walk->rows[i].dataset = i;
        is_sorted =
            is_sorted && (i == 0 || by_key(&walk->rows[i - 1], &walk->rows[i]) < 0);
    }
    if (!is_sorted)
        qsort(walk->rows, n, sizeof *walk->rows, by_key);
    writing->accounts =
        tl_arena_alloc(writing->lasting, n_sources, sizeof *writing->accounts);
    for (uint32_t i = 0; i < n_sources; i++) {
        const char *name = tl_snapshot_text(snapshot, snapshot->sources.items[i].name);
        tl_map_put(&walk->sources, name, strlen(name), i);
        writing->accounts[i].source = &snapshot->sources.items[i];
    }
}

static void close_walk(struct walk *walk)
{
    tl_free(walk->seen);
    tl_free(walk->rows);
    tl_map_release(&walk->sources);
    tl_str_release(&walk->line);
}

static const char *key_text(struct walk *walk, const struct tl_key *key)
{
    tl_str_clear(&walk->line);
    tl_key_add(&walk->line, key);
    return tl_arena_dup(walk->writing->lasting, walk->line.text, walk->line.n);
}

/* ---- one dataset ---- */

/* One line of a source's manifest: ["<key>","<schema>","<sample>","<rules>"], all text. */
static void note_unchanged(struct walk *walk, struct tl_source_account *account,
                           const struct tl_key *key, const struct tl_belief_dataset *old)
{
    const struct tl_belief *belief = walk->writing->merge.belief;
    const struct tl_slice digests[] = { old->schema_digest, old->sample_digest,
                                        old->rules_digest };
    struct tl_str *line = &walk->line;

    tl_str_clear(line);
    tl_str_add(line, "[\"");
    tl_key_add(line, key); /* percent-encoded: nothing in it that JSON would escape */
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
        tl_str_add(line, "\",\"");
        tl_str_add_bytes(line, belief->text + digests[i].at, digests[i].n);
    }
    tl_str_add(line, "\"]\n");
    if (account->n_unchanged++ == 0)
        tl_digest_begin(&account->manifest, TL_DIGEST_SHA256);
    tl_digest_add(&account->manifest, line->text, line->n);
    walk->writing->done.n_unchanged++;
}

static bool is_same(const struct tl_belief *belief, struct tl_slice slice,
                    const char *text)
{
    return slice.at && strcmp(belief->text + slice.at, text) == 0;
}

/* The tip may have moved since the scan looked at the belief: only what still holds is unchanged. */
static bool still_holds(const struct walk *walk, const struct tl_entry_dataset *seen,
                        const struct tl_belief_dataset *old)
{
    const struct tl_belief *belief = walk->writing->merge.belief;
    const char *rules = walk->writing->entry->rules_digest;

    return old && !old->is_absent &&
           is_same(belief, old->schema_digest, seen->schema_digest) &&
           is_same(belief, old->sample_digest, seen->sample_digest) &&
           is_same(belief, old->rules_digest, rules ? rules : "");
}

static int decide(struct walk *walk, const struct row *row, uint32_t place,
                  const struct tl_belief_dataset *old, struct tl_ctx *ctx)
{
    struct tl_writing *writing = walk->writing;
    const struct tl_entry_dataset *seen = walk->seen[row->dataset];
    struct tl_state_file state;

    tl_merge_dataset(&state, &writing->merge, seen, old);
    int rc = tl_writing_put(writing, &state, place, !old, ctx);
    if (rc == TL_OK)
        rc = tl_spans_dataset(&writing->trail, &writing->merge, seen, &state, ctx);
    tl_arena_reset(writing->passing);
    writing->done.n_decided++;
    return rc;
}

static int walk_seen(struct walk *walk, const struct row *row, uint32_t place,
                     const struct tl_belief_dataset *old, struct tl_ctx *ctx)
{
    const struct tl_dataset *dataset = &walk->snapshot->datasets.items[row->dataset];
    struct tl_source_account *account = &walk->writing->accounts[dataset->source.i];
    const struct tl_entry_dataset *seen = walk->seen[row->dataset];

    if (seen && seen->is_unchanged && still_holds(walk, seen, old)) {
        note_unchanged(walk, account, &row->key, old);
        return TL_OK;
    }
    /* Also one that is broken now: not seen is not gone. */
    if (!seen || seen->is_unchanged || !seen->decisions || dataset->broken.i) {
        tl_vec_push(&account->left_out, key_text(walk, &row->key));
        account->n_kept++;
        walk->writing->done.n_kept++;
        return TL_OK;
    }
    account->n_decided++;
    return decide(walk, row, place, old, ctx);
}

/* A dataset of the belief that the snapshot does not have. */
static int walk_missing(struct walk *walk, uint32_t place, const struct tl_key *key,
                        struct tl_ctx *ctx)
{
    struct tl_writing *writing = walk->writing;
    const struct tl_belief_dataset *old = &writing->merge.belief->datasets[place];
    uint32_t source;
    int rc = TL_OK;

    if (!tl_map_get(&walk->sources, key->source, strlen(key->source), &source))
        return TL_OK; /* nobody looked */
    struct tl_source_account *account = &writing->accounts[source];
    if (account->source->state == TL_SOURCE_FAILED) {
        account->n_kept++;
        writing->done.n_kept++;
        return TL_OK;
    }
    if (old->is_absent)
        return TL_OK;
    if (tl_merge_is_spoken_of(writing->merge.belief, old)) {
        struct tl_state_file state;
        rc = tl_writing_read(&state, writing, place, ctx);
        if (rc == TL_OK) {
            tl_merge_gone(&state);
            rc = tl_writing_put(writing, &state, place, false, ctx);
        }
        tl_arena_reset(writing->passing);
    } else {
        tl_writing_drop(writing, place);
    }
    tl_vec_push(&account->gone, key_text(walk, key));
    account->n_gone++;
    writing->done.n_gone++;
    return rc;
}

/* ---- all of them ---- */

static int walk_datasets(struct walk *walk, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = walk->writing->merge.belief;
    size_t n = walk->snapshot->datasets.n;
    int rc = TL_OK;

    for (size_t r = 0, place = 0; rc == TL_OK && (r < n || place < belief->n_datasets);) {
        const struct tl_belief_dataset *old =
            place < belief->n_datasets ? &belief->datasets[place] : NULL;
        struct tl_key key = old ? tl_belief_key(belief, old) : (struct tl_key){ 0 };
        int order = !old ? -1 : r == n ? 1 : tl_key_compare(&walk->rows[r].key, &key);
        if (order > 0)
            rc = walk_missing(walk, (uint32_t)place, &key, ctx);
        else
            rc = walk_seen(walk, &walk->rows[r], (uint32_t)place, order == 0 ? old : NULL,
                           ctx);
        if (rc == TL_OK)
            rc = tl_ctx_check(ctx);
        r += order <= 0;
        place += order >= 0;
    }
    return rc;
}

int tl_writing_scan(struct tl_writing *writing, struct tl_ctx *ctx)
{
    struct walk walk;

    open_walk(&walk, writing);
    int rc = walk_datasets(&walk, ctx);
    for (size_t i = 0; rc == TL_OK && i < walk.snapshot->sources.n; i++) {
        struct tl_source_account *account = &writing->accounts[i];
        struct tl_sha256 manifest;
        if (account->n_unchanged) {
            tl_digest_end(&account->manifest, manifest.bytes);
            tl_hex(account->manifest_hex, manifest.bytes, sizeof manifest.bytes);
        }
        rc = tl_spans_source(&writing->trail, &writing->merge, account, ctx);
    }
    close_walk(&walk);
    return rc;
}
