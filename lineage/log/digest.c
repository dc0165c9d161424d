#include "lineage/log/digest.h"

#include "base/digest.h"
#include "base/err.h"

struct hashing {
    struct tl_digest digest;
    const struct tl_snapshot *snapshot;
};

/* Absent and empty differ; a length in front keeps neighbours apart. */
static void add(struct hashing *hashing, struct tl_text text)
{
    size_t n;
    const char *bytes = tl_text_get(hashing->snapshot->texts, text, &n);

    tl_digest_add_uint(&hashing->digest, bytes ? n + 1 : 0);
    if (bytes)
        tl_digest_add(&hashing->digest, bytes, n);
}

static void add_column(struct hashing *hashing, const struct tl_column *column)
{
    add(hashing, column->path);
    add(hashing, column->native_type);
    add(hashing, column->comment);
    tl_digest_add_uint(&hashing->digest,
                       (uint64_t)column->ordinal << 24 | (uint64_t)column->logical << 16 |
                           (uint64_t)(uint8_t)column->nullable << 8 | column->roles);
}

int tl_log_schema_digest(char out[65], const struct tl_snapshot *snapshot,
                         struct tl_dataset_id id)
{
    const struct tl_dataset *dataset = &snapshot->datasets.items[id.i];
    const struct tl_source *source = &snapshot->sources.items[dataset->source.i];
    struct hashing hashing = { .snapshot = snapshot };
    unsigned char bytes[32];

    tl_digest_begin(&hashing.digest, TL_DIGEST_SHA256);
    tl_digest_add_text(&hashing.digest, "tagline-schema 1");
    const struct tl_text texts[] = { source->name,    source->platform, dataset->database,
                                     dataset->schema, dataset->name,    dataset->comment,
                                     dataset->owner,  dataset->view_sql };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(&hashing, texts[i]);
    tl_digest_add_uint(&hashing.digest, dataset->kind);
    tl_digest_add_uint(&hashing.digest, dataset->n_columns);
    for (uint32_t i = 0; i < dataset->n_columns; i++)
        add_column(&hashing, &snapshot->columns.items[dataset->first_column + i]);
    tl_digest_add_uint(&hashing.digest, dataset->n_keys);
    for (uint32_t i = 0; i < dataset->n_keys; i++) {
        const struct tl_foreign_key *key = &snapshot->keys.items[dataset->first_key + i];
        add(&hashing, key->columns);
        add(&hashing, key->target);
        add(&hashing, key->target_columns);
    }
    tl_digest_end(&hashing.digest, bytes);
    tl_digest_release(&hashing.digest);
    tl_hex(out, bytes, sizeof bytes);
    return TL_OK;
}
