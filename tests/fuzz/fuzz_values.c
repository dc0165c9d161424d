/*
 * Any bytes as a table: lines are values, "name=" lines begin a column, "cut:" and "null" say what they say. What is decided of it holds
 * together, the same question gets the same bytes, and a text made fit is no longer than it was.
 */
#include "base/ctx.h"
#include "classifiers/engine.h"

#define ROWS    64u
#define COLUMNS 8u

/* Member by member: what stands between them is the compiler's. */
static bool is_same_tag(const struct tl_tag *a, const struct tl_tag *b)
{
    return a->info_type == b->info_type && a->category == b->category &&
           a->confidence == b->confidence && a->share == b->share &&
           a->matched == b->matched && a->sensitivity == b->sensitivity &&
           a->state == b->state && a->origin == b->origin &&
           a->is_inside == b->is_inside && !a->path == !b->path &&
           (!a->path || !strcmp(a->path, b->path));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct tl_decisions *decisions)
{
    for (uint32_t c = 0; c < decisions->n_columns; c++) {
        const struct tl_decision *column = &decisions->columns[c];
        struct tl_str why = TL_STR_INIT(1 << 16);

        must(column->distinct <= column->sampled &&
             column->sampled + column->nulls <= ROWS);
        must(column->first_tag + column->n_tags <= decisions->n_tags);
        must(column->first_opinion + column->n_opinions <= decisions->n_opinions);
        must((column->state == TL_PROPOSED) == (column->n_tags > 0));
        for (uint32_t t = 0; t < column->n_tags; t++) {
            const struct tl_tag *tag = &decisions->tags[column->first_tag + t];

            must(tag->confidence <= 1000 && tag->share <= 1000 &&
                 tag->matched <= column->sampled);
            must(!t || tag[-1].is_inside > tag->is_inside ||
                 (tag[-1].is_inside == tag->is_inside && tag[-1].share <= tag->share));
            must(!tag->path || tag->is_inside);
        }
        tl_engine_why(&why, decisions, c);
        must(!why.failed && why.n);
        tl_str_release(&why);
    }
}

static void read_table(struct tl_snapshot *snapshot, struct tl_sample *sample,
                       const char *bytes, size_t n)
{
    uint32_t row = 0;
    uint32_t column = 0;

    tl_vec_grow(
        &snapshot->columns); /* so that the first column is not looked for at NULL + 0 */
    tl_snapshot_add_column(snapshot, "email", 5, "TEXT");
    for (size_t from = 0; from < n;) {
        const char *end = memchr(bytes + from, '\n', n - from);
        size_t length = end ? (size_t)(end - bytes) - from : n - from;
        const char *line = bytes + from;

        from += length + 1;
        if (length > 5 && !memcmp(line, "name=", 5) && column + 1 < COLUMNS) {
            struct tl_column *added =
                tl_snapshot_add_column(snapshot, line + 5, length - 5, NULL);

            added->logical = (uint8_t)(length % (TL_LOGICAL_INET + 1));
            column++;
            row = 0;
        } else if (row < ROWS) {
            bool is_cut = length > 4 && !memcmp(line, "cut:", 4);
            bool is_null = length == 4 && !memcmp(line, "null", 4);

            sample->values[column * ROWS + row++] =
                (struct tl_value){ is_null ? NULL : line + 4 * is_cut,
                                   (uint32_t)(length - 4u * is_cut), is_cut };
        }
    }
    sample->n_columns = column + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct tl_run run;
    static struct tl_ctx ctx;
    static struct tl_engine *engine;
    static struct tl_engine_scratch *scratch;

    if (!engine) {
        tl_clock_init_fixed(&run.clock, 0);
        tl_ctx_init(&ctx, &run);
        must(!tl_engine_open(&engine, NULL, &ctx));
        scratch = tl_engine_scratch_open();
    }
    struct tl_snapshot snapshot;
    struct tl_value values[ROWS * COLUMNS] = { 0 };
    struct tl_sample sample = { .state = n % 2 ? TL_SAMPLE_READ : TL_SAMPLE_WHOLE,
                                .n_rows = ROWS,
                                .values = values };
    struct tl_question question = { .snapshot = &snapshot,
                                    .sample = &sample,
                                    .scratch = scratch };
    struct tl_decisions first;
    struct tl_decisions second;

    tl_snapshot_init(&snapshot);
    tl_snapshot_add_source(&snapshot, "fuzz", "csv", "file");
    tl_snapshot_add_dataset(&snapshot, NULL, NULL, n % 3 ? "users" : "t", TL_TABLE);
    read_table(&snapshot, &sample, (const char *)bytes, n);
    must(!tl_engine_decide(&first, engine, &question, ctx.arena, &ctx));
    check(&first);
    must(!tl_engine_decide(&second, engine, &question, ctx.arena, &ctx));
    must(first.n_tags == second.n_tags && first.n_opinions == second.n_opinions);
    for (uint32_t i = 0; i < first.n_tags; i++)
        must(is_same_tag(&first.tags[i], &second.tags[i]));
    char digest[65];
    tl_sample_digest(digest, &sample, (const unsigned char[TL_SAMPLE_KEY_BYTES]){ 7 });

    const char *text = tl_arena_dup(ctx.arena, bytes, n);
    const char *fit = tl_engine_fit(engine, text, scratch, ctx.arena);
    must(strlen(fit) <= strlen(text));
    tl_snapshot_release(&snapshot);
    tl_arena_reset(ctx.arena);
    tl_arena_reset(ctx.scratch);
    return 0;
}
