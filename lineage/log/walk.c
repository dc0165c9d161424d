#include "lineage/log/walk.h"

#include "base/ctx.h"
#include "lineage/log/path.h"

#include <stdlib.h>

/* What an entry says of one dataset: it was looked at, people spoke of it, or only SQL names it. */
struct tl_walk_row {
    struct tl_key key;
    uint32_t dataset; /* of the snapshot; UINT32_MAX: none */
    size_t first_word, n_words;
};

static int by_key(const void *a, const void *b)
{
    const struct tl_walk_row *left = a, *right = b;
    int order = tl_key_compare(&left->key, &right->key);

    if (order == 0)
        order = (left->first_word > right->first_word) -
                (left->first_word < right->first_word);
    return order;
}

static void sort_rows(struct tl_walk *walk)
{
    bool is_sorted = true;

    for (size_t i = 1; is_sorted && i < walk->n_rows; i++)
        is_sorted = by_key(&walk->rows[i - 1], &walk->rows[i]) < 0;
    if (!is_sorted)
        qsort(walk->rows, walk->n_rows, sizeof *walk->rows, by_key);
}

/* ---- a scan's rows ---- */

static const char *text_of(struct tl_walk *walk, const struct tl_key *key)
{
    tl_str_clear(&walk->text);
    tl_key_add(&walk->text, key);
    return walk->text.text;
}

/* Whether the source has databases and no schemas, as SQLite does: its keys then read like any other's. */
static bool has_databases(const struct tl_walk *walk, const char *source)
{
    const struct tl_snapshot *snapshot = walk->entry->snapshot;
    uint32_t i;

    if (!tl_map_get(&walk->sources, source, strlen(source), &i))
        return false;
    for (size_t d = 0; d < snapshot->datasets.n; d++)
        if (snapshot->datasets.items[d].source.i == i)
            return snapshot->datasets.items[d].database.i &&
                   !snapshot->datasets.items[d].schema.i;
    return false;
}

static void add_named(struct tl_walk *walk, const struct tl_flows *flows,
                      struct tl_arena *lasting)
{
    const char *last = NULL;
    bool by_database = false;

    for (size_t i = 0; i < flows->targets.n; i++) {
        const struct tl_flow_target *target = &flows->targets.items[i];
        struct tl_walk_row row = { .dataset = UINT32_MAX };
        if (target->is_in_snapshot)
            continue;
        if (target->source != last)
            by_database = has_databases(walk, target->source);
        last = target->source;
        const struct tl_belief_dataset *old =
            tl_path_dataset(walk->belief, target->text, lasting);
        if (old)
            row.key = tl_belief_key(walk->belief, old);
        else if (!tl_path_split(&row.key, target->text, by_database, lasting) ||
                 strcmp(text_of(walk, &row.key), target->text) != 0)
            continue;
        walk->rows[walk->n_rows++] = row;
    }
}

static void add_snapshot(struct tl_walk *walk, const struct tl_flows *flows)
{
    const struct tl_snapshot *snapshot = walk->entry->snapshot;

    for (size_t i = 0; i < walk->entry->n_datasets; i++)
        walk->seen[walk->entry->datasets[i].id.i] = &walk->entry->datasets[i];
    for (uint32_t i = 0; i < snapshot->sources.n; i++) {
        const char *name = tl_snapshot_text(snapshot, snapshot->sources.items[i].name);
        tl_map_put(&walk->sources, name, strlen(name), i);
    }
    for (uint32_t i = 0; i < snapshot->datasets.n; i++) {
        struct tl_walk_row *row = &walk->rows[walk->n_rows++];
        row->key = tl_snapshot_key(snapshot, (struct tl_dataset_id){ i });
        row->dataset = i;
        if (!flows->targets.n)
            continue;
        struct tl_flow_target *target = tl_flows_find(flows, text_of(walk, &row->key));
        if (target)
            target->is_in_snapshot = true;
    }
}

/* ---- a review's rows ---- */

static int unknown_dataset(struct tl_walk *walk, const struct tl_key *key,
                           struct tl_ctx *ctx)
{
    return tl_fail(ctx, TL_ENOTFOUND, "the log knows no dataset '%s'",
                   text_of(walk, key));
}

/* Several words on one dataset apply in the order in which they were said. */
static int add_words(struct tl_walk *walk, struct tl_ctx *ctx)
{
    size_t n = walk->entry->n_words, n_rows = 0;

    for (size_t i = 0; i < n; i++) {
        walk->rows[i] = (struct tl_walk_row){ .key = walk->entry->words[i].key,
                                              .dataset = UINT32_MAX,
                                              .first_word = i };
        walk->rows[i].key.field = NULL;
        if (!tl_belief_find(walk->belief, &walk->rows[i].key))
            return unknown_dataset(walk, &walk->rows[i].key, ctx);
    }
    walk->n_rows = n;
    sort_rows(walk);
    for (size_t i = 0; i < n; i++) {
        walk->words[i] = walk->rows[i].first_word;
        if (n_rows &&
            tl_key_compare(&walk->rows[n_rows - 1].key, &walk->rows[i].key) == 0)
            continue;
        walk->rows[n_rows] = walk->rows[i];
        walk->rows[n_rows++].first_word = i;
    }
    for (size_t i = 0; i < n_rows; i++)
        walk->rows[i].n_words = (i + 1 < n_rows ? walk->rows[i + 1].first_word : n) -
                                walk->rows[i].first_word;
    walk->n_rows = n_rows;
    return TL_OK;
}

int tl_walk_init(struct tl_walk *walk, const struct tl_belief *belief,
                 const struct tl_flows *flows, struct tl_arena *lasting,
                 struct tl_ctx *ctx)
{
    const struct tl_entry *entry = flows->entry;
    size_t n = entry->snapshot ? entry->snapshot->datasets.n : 0;

    *walk = (struct tl_walk){ .entry = entry, .belief = belief };
    tl_str_init(&walk->text, TL_STR_MOST);
    walk->seen = tl_alloc(n, sizeof *walk->seen);
    walk->rows = tl_alloc(n + flows->targets.n + entry->n_words, sizeof *walk->rows);
    walk->words = tl_alloc(entry->n_words, sizeof *walk->words);
    if (!entry->snapshot)
        return add_words(walk, ctx);
    add_snapshot(walk, flows);
    add_named(walk, flows, lasting);
    sort_rows(walk);
    return TL_OK;
}

void tl_walk_release(struct tl_walk *walk)
{
    tl_free(walk->seen);
    tl_free(walk->rows);
    tl_free(walk->words);
    tl_map_release(&walk->sources);
    tl_str_release(&walk->text);
}

/* ---- fates ---- */

static bool is_same(const struct tl_belief *belief, struct tl_slice slice,
                    const char *text)
{
    return slice.at && strcmp(belief->text + slice.at, text) == 0;
}

/* The tip may have moved since the scan looked at the belief: only what still holds is unchanged. */
static bool still_holds(const struct tl_walk *walk, const struct tl_entry_dataset *seen,
                        const struct tl_belief_dataset *old)
{
    const struct tl_belief *belief = walk->belief;
    const char *rules =
        seen->rules_digest ? seen->rules_digest : walk->entry->rules_digest;

    return old && !old->is_absent &&
           is_same(belief, old->schema_digest, seen->schema_digest) &&
           is_same(belief, old->sample_digest, seen->sample_digest) &&
           is_same(belief, old->rules_digest, rules ? rules : "");
}

static enum tl_fate fate_of_seen(const struct tl_walk *walk, const struct tl_visit *visit)
{
    const struct tl_dataset *dataset =
        &walk->entry->snapshot->datasets.items[visit->dataset];
    const struct tl_entry_dataset *seen = visit->seen;

    if (seen && seen->is_unchanged && still_holds(walk, seen, visit->old))
        return TL_FATE_UNCHANGED;
    /* Also one that is broken now: not seen is not gone. */
    if (!seen || seen->is_unchanged || !seen->decisions || dataset->broken.i)
        return TL_FATE_LEFT_OUT;
    return TL_FATE_DECIDED;
}

/* Of a dataset of the belief that the entry brings nothing of. */
static enum tl_fate fate_of_missing(const struct tl_walk *walk,
                                    const struct tl_visit *visit)
{
    if (visit->source == UINT32_MAX)
        return TL_FATE_ASIDE;
    if (walk->entry->snapshot->sources.items[visit->source].state == TL_SOURCE_FAILED)
        return TL_FATE_FAILED;
    return visit->old->is_absent ? TL_FATE_ABSENT : TL_FATE_GONE;
}

static void visit_row(struct tl_visit *visit, const struct tl_walk *walk,
                      const struct tl_walk_row *row)
{
    visit->key = row->key;
    visit->dataset = row->dataset;
    if (row->n_words) {
        visit->words = walk->words + row->first_word;
        visit->n_words = row->n_words;
        visit->fate = TL_FATE_SPOKEN;
    } else if (row->dataset != UINT32_MAX) {
        visit->seen = walk->seen[row->dataset];
        visit->fate = fate_of_seen(walk, visit);
    } else {
        visit->fate = visit->old ? fate_of_missing(walk, visit) : TL_FATE_NAMED;
    }
}

static uint32_t source_of(const struct tl_walk *walk, const char *name)
{
    uint32_t source;

    return walk->sources.n && tl_map_get(&walk->sources, name, strlen(name), &source)
               ? source
               : UINT32_MAX;
}

int tl_walk_each(struct tl_walk *walk,
                 int (*each)(void *self, const struct tl_visit *visit,
                             struct tl_ctx *ctx),
                 void *self, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = walk->belief;
    int rc = TL_OK;

    for (uint32_t r = 0, place = 0;
         rc == TL_OK && (r < walk->n_rows || place < belief->n_datasets);) {
        const struct tl_belief_dataset *old =
            place < belief->n_datasets ? &belief->datasets[place] : NULL;
        struct tl_key key = old ? tl_belief_key(belief, old) : (struct tl_key){ 0 };
        int order = !old                ? -1
                    : r == walk->n_rows ? 1
                                        : tl_key_compare(&walk->rows[r].key, &key);
        struct tl_visit visit = { .key = order < 0 ? walk->rows[r].key : key,
                                  .old = order < 0 ? NULL : old,
                                  .place = place,
                                  .dataset = UINT32_MAX };
        visit.source = source_of(walk, visit.key.source);
        if (order <= 0)
            visit_row(&visit, walk, &walk->rows[r]);
        else
            visit.fate = fate_of_missing(walk, &visit);
        visit.text = text_of(walk, &visit.key);
        rc = each(self, &visit, ctx);
        if (rc == TL_OK)
            rc = tl_ctx_check(ctx);
        r += order <= 0;
        place += order >= 0;
    }
    return rc;
}
