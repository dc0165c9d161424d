#include "tests/world_columns.h"

#include "tests/check.h"

#include <stdarg.h>

void tl_columns_open(struct tl_columns *w, const char *table, uint32_t rows)
{
    static const struct tl_engine_settings settings;

    *w = (struct tl_columns){ .rows = rows };
    tl_test_ctx_init(&w->ctx);
    tl_str_init(&w->why, 1 << 16);
    tl_snapshot_init(&w->snapshot);
    tl_snapshot_add_source(&w->snapshot, "test", "files", "file");
    tl_snapshot_add_dataset(&w->snapshot, NULL, NULL, table, TL_TABLE);
    CHECK_OK(tl_engine_open(&w->engine, &settings, &w->ctx), &w->ctx);
    w->scratch = tl_engine_scratch_open();
}

void tl_columns_close(struct tl_columns *w)
{
    tl_engine_scratch_close(w->scratch);
    tl_engine_close(w->engine);
    tl_snapshot_release(&w->snapshot);
    tl_vec_release(&w->values);
    tl_str_release(&w->why);
    tl_test_ctx_release(&w->ctx);
}

static struct tl_value *add_column(struct tl_columns *w, const char *name,
                                   const char *native)
{
    struct tl_column *column =
        tl_snapshot_add_column(&w->snapshot, name, strlen(name), native);
    struct tl_value *values = tl_arena_alloc(w->ctx.arena, w->rows + 1, sizeof *values);

    if (native)
        column->logical = (uint8_t)tl_logical_of(native);
    tl_vec_push(&w->values, values);
    return values;
}

void tl_columns_add(struct tl_columns *w, const char *name, const char *native, ...)
{
    struct tl_value *values = add_column(w, name, native);
    const char *texts[64];
    uint32_t n = 0;
    va_list list;

    va_start(list, native);
    for (const char *text; (text = va_arg(list, const char *)) != TL_LAST && n < 64;)
        texts[n++] = text;
    va_end(list);
    for (uint32_t i = 0; i < w->rows && n; i++)
        values[i] =
            (struct tl_value){ texts[i % n],
                               texts[i % n] ? (uint32_t)strlen(texts[i % n]) : 0, false };
}

void tl_columns_make(struct tl_columns *w, const char *name, const char *native,
                     void (*make)(char out[256], unsigned i))
{
    struct tl_value *values = add_column(w, name, native);

    for (uint32_t i = 0; i < w->rows; i++) {
        char text[256] = "";

        make(text, i);
        values[i] = (struct tl_value){ tl_arena_strdup(w->ctx.arena, text),
                                       (uint32_t)strlen(text), false };
    }
}

bool tl_columns_decide(struct tl_columns *w, enum tl_sample_state state)
{
    uint32_t n = (uint32_t)w->values.n;
    struct tl_value *all =
        tl_arena_alloc(w->ctx.arena, (size_t)n * w->rows + 1, sizeof *all);

    for (uint32_t c = 0; c < n && w->rows; c++)
        memcpy(all + (size_t)c * w->rows, w->values.items[c], w->rows * sizeof *all);
    w->sample = (struct tl_sample){
        .state = state, .n_columns = n, .n_rows = w->rows, .values = all
    };
    struct tl_question question = { .snapshot = &w->snapshot,
                                    .sample = &w->sample,
                                    .scratch = w->scratch };
    return CHECK_OK(tl_engine_decide(&w->decisions, w->engine, &question, w->ctx.arena,
                                     &w->ctx),
                    &w->ctx);
}

const char *tl_columns_types(struct tl_columns *w, uint32_t column)
{
    const struct tl_decision *decision = &w->decisions.columns[column];
    const char *types = "";

    for (uint32_t t = 0; t < decision->n_tags; t++)
        types = tl_arena_printf(w->ctx.arena, "%s%s%s", types, t ? " " : "",
                                w->decisions.tags[decision->first_tag + t].info_type);
    return *types ? types : "-";
}

const struct tl_tag *tl_columns_tag(struct tl_columns *w, uint32_t column)
{
    const struct tl_decision *decision = &w->decisions.columns[column];

    return decision->n_tags
               ? &w->decisions.tags[decision->first_tag + decision->n_tags - 1]
               : NULL;
}

const char *tl_columns_why(struct tl_columns *w, uint32_t column)
{
    tl_str_clear(&w->why);
    tl_engine_why(&w->why, &w->decisions, column);
    return w->why.text;
}

/* splitmix64 (Steele, Lea, Flood 2014) */
uint64_t tl_columns_mix(uint64_t i)
{
    uint64_t z = (i + 1) * 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
