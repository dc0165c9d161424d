/*
 * The smallest complete connector: copy it, and follow the numbers. It reads a phrase book that stands in this file, so that
 * it runs and is tested like any other; what reaches for a far end in yours is marked by a seam.
 *
 *  1. Copy this file to <kind>/<name>.c and replace "template" by the name: a lower_snake noun, the word after "type:".
 *  2. Say in two lines at the top what the system is and which of its documents (with date) you worked from.
 */
#include "connectors/connector.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "connectors/rows.h"

/*  3. What people set. Secrets are TL_KIND_SECRET; anything that could grow without bound gets a ceiling with a default. */
struct template_config {
    const char *language;
};

/*  4. What one connection holds: everything that close must give back, and nothing of a single call. */
struct template
{
    const char *language;
};

static const struct phrase {
    const char *language, *text, *author;
} phrases[] = {
    { "en", "good morning", "ann@example.org" },
    { "de", "guten Morgen", "bea@example.org" },
    { "de", "gute Nacht", NULL },
};

/*  5. Each call that leaves the program passes a seam first, so that tests can make it fail: one name for one kind of call. */
static int fetch(size_t *n, const struct template *conn, struct tl_ctx *ctx)
{
    if (tl_fault("template.fetch")) {
        /*  6. A failure says what failed, then why, in lower case, without a value or a secret; the code says whether
         *     trying again can help; the hint says what to do. */
        tl_hint(ctx, "look whether the phrase book is open");
        return tl_fail(ctx, TL_EREMOTE, "cannot read the phrases of '%s'",
                       conn->language);
    }
    *n = 0;
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        *n += strcmp(phrases[i].language, conn->language) == 0;
    return TL_OK;
}

/*  7. Adds datasets in the order of their keys. Asks the scope before it asks the far end, and the context once a dataset. */
static int template_pull(struct tl_snapshot *out, void *self,
                         const struct tl_scope *scope, struct tl_ctx *ctx)
{
    const struct template *conn = self;
    struct tl_key key = {
        .source = tl_snapshot_text(out, out->sources.items[out->sources.n - 1].name),
        .dataset = "phrases",
    };
    size_t n;
    int rc = tl_ctx_check(ctx);

    if (rc || !tl_scope_takes(scope, &key))
        return rc;
    rc = fetch(&n, conn, ctx);
    if (rc)
        return rc;
    struct tl_dataset *dataset =
        tl_snapshot_add_dataset(out, NULL, NULL, "phrases", TL_TABLE);
    dataset->rows = (int64_t)n;
    dataset->comment = tl_text_of(out->texts, "what people say");
    tl_snapshot_add_column(out, "text", strlen("text"), "VARCHAR(40)")->nullable = 0;
    tl_snapshot_add_column(out, "author", strlen("author"), "VARCHAR(80)")->nullable = 1;
    return TL_OK;
}

/*  8. Chooses rows by tl_pick (seed and key), so that the same data give the same sample; tl_rows holds the ceilings. */
static int template_sample(struct tl_sample *out, void *self,
                           const struct tl_snapshot *snapshot, struct tl_dataset_id id,
                           const struct tl_sample_spec *spec, struct tl_ctx *ctx)
{
    const struct template *conn = self;
    const struct tl_dataset *dataset = &snapshot->datasets.items[id.i];
    struct tl_key key = tl_snapshot_key(snapshot, id);
    struct tl_pick pick;
    struct tl_rows rows;
    uint64_t i = 0;
    size_t n;
    int rc = tl_ctx_check(ctx);

    if (!rc)
        rc = fetch(&n, conn, ctx);
    /*  9. What concerns this dataset alone is a refused sample, not a failed run. */
    if (rc)
        return tl_sample_refused(out, dataset->n_columns, rc, ctx);
    tl_rows_init(&rows, dataset->n_columns, spec);
    tl_pick_init(&pick, spec, &key);
    for (size_t p = 0; p < sizeof phrases / sizeof *phrases; p++) {
        if (strcmp(phrases[p].language, conn->language) != 0)
            continue;
        uint32_t slot = tl_rows_choose(&rows, &pick, i++);
        if (slot == TL_ROWS_SKIP)
            continue;
        tl_rows_begin(&rows, slot);
        tl_rows_put(&rows, 0, phrases[p].text, strlen(phrases[p].text), false);
        if (phrases[p].author)
            tl_rows_put(&rows, 1, phrases[p].author, strlen(phrases[p].author), false);
    }
    tl_rows_give(out, &rows, n <= spec->rows ? TL_SAMPLE_WHOLE : TL_SAMPLE_READ, ctx);
    return TL_OK;
}

/* 10. Open looks at the configuration; what needs the far end may wait for check or pull. */
static int template_open(void **out, const void *config, struct tl_ctx *ctx)
{
    const struct template_config *given = config;

    *out = NULL;
    if (!given->language)
        return tl_fail(ctx, TL_ECONFIG, "a template source needs 'language'");
    struct template *conn = tl_alloc(1, sizeof *conn);
    conn->language = tl_strdup(given->language);
    *out = conn;
    return TL_OK;
}

/* 11. The cheapest request that proves access. */
static int template_check(void *self, struct tl_ctx *ctx)
{
    const struct template *conn = self;
    size_t n;
    int rc = fetch(&n, conn, ctx);

    if (rc || n)
        return rc;
    tl_hint(ctx, "the phrase book knows 'de' and 'en'");
    return tl_fail(ctx, TL_ESOURCE, "there are no phrases in '%s'", conn->language);
}

/* 12. One way out, for a connection in any state; NULL is fine. */
static void template_close(void *self)
{
    struct template *conn = self;

    if (!conn)
        return;
    tl_free((char *)conn->language);
    tl_free(conn);
}

/* 13. Options and table stand last, so that the end of the file introduces it. */
static const struct tl_option template_options[] = {
    { "language", TL_KIND_TEXT, offsetof(struct template_config, language), NULL,
      "whose phrases: de or en", NULL, "WORD", 0 },
    { 0 },
};

static const struct tl_source_ops template_source = {
    .gives = TL_GIVES_SCHEMA | TL_GIVES_SAMPLES,
    .pull = template_pull,
    .sample = template_sample,
};

/* 14. Two lines in registry.c, a fixture in tests/contract_connector.c, a tests/test_<name>.c for what is special to it. */
const struct tl_connector tl_connector_template = {
    .name = "template",
    .summary = "reads a phrase book, to show what a connector is",
    .platform = "file",
    .options = template_options,
    .config_size = sizeof(struct template_config),
    .open = template_open,
    .check = template_check,
    .close = template_close,
    .source = &template_source,
};
