/*
 * Files that are models: each holds a select, and is the table called as the file. Which schema that is stands in no file of its own, but where
 * other models read it, since ref() was compiled to the whole name. Sources may be called as models are: the schema that most models are read
 * from wins, and what a model reads itself is not the model.
 */
#include "cli/lineage.h"

#include "base/map.h"

#include <string.h>

/* "database.schema" that tables are named with. */
struct qualifier {
    const char *database, *schema;
    uint32_t n_models;
};

/* A model that is named with a qualifier. */
struct mention {
    uint32_t model, qualifier;
    bool by_itself;
};

struct finder {
    struct tl_lineage_model *models;
    struct tl_map by_name; /* stored, in lower case: number of the model */
    struct tl_map by_qualifier, by_mention;
    TL_VEC(struct qualifier) qualifiers;
    TL_VEC(struct mention) mentions;
    struct tl_sql *sql;
    struct tl_arena *arena;
};

bool tl_lineage_is_test(const char *path)
{
    return strstr(path, ".yml/") || strstr(path, ".yaml/");
}

static const char *lower(const char *name, struct tl_arena *arena)
{
    char *copy = tl_arena_strdup(arena, name);

    for (char *at = copy; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return copy;
}

/* "marts/fct_orders.sql": fct_orders. NULL: standard input has no name. */
static const char *name_of_file(const char *path, struct tl_arena *arena)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    if (strcmp(path, "-") == 0 || dot == name)
        return NULL;
    return tl_arena_dup(arena, name, dot ? (size_t)(dot - name) : strlen(name));
}

static uint32_t qualifier_of(struct finder *f, const struct tl_sql_table *table)
{
    const char *key =
        tl_arena_printf(f->arena, "%s\n%s", table->database ? table->database : "",
                        table->schema ? table->schema : "");
    uint32_t at;

    if (tl_map_get(&f->by_qualifier, key, strlen(key), &at))
        return at;
    struct qualifier made = {
        .database = table->database ? tl_arena_strdup(f->arena, table->database) : NULL,
        .schema = table->schema ? tl_arena_strdup(f->arena, table->schema) : NULL
    };
    at = (uint32_t)f->qualifiers.n;
    tl_map_put(&f->by_qualifier, key, strlen(key), at);
    tl_vec_push(&f->qualifiers, made);
    return at;
}

static void note_mention(struct finder *f, uint32_t reader,
                         const struct tl_sql_table *table)
{
    const char *name = lower(table->name, f->arena);
    uint32_t model, at;

    if ((!table->schema && !table->database) || table->kind != TL_SQL_IS_TABLE ||
        !tl_map_get(&f->by_name, name, strlen(name), &model))
        return;
    struct mention mention = { .model = model, .qualifier = qualifier_of(f, table) };
    uint32_t *key = tl_arena_alloc(f->arena, 2, sizeof *key);
    key[0] = mention.model;
    key[1] = mention.qualifier;
    if (!tl_map_get(&f->by_mention, key, 2 * sizeof *key, &at)) {
        at = (uint32_t)f->mentions.n;
        tl_map_put(&f->by_mention, key, 2 * sizeof *key, at);
        tl_vec_push(&f->mentions, mention);
        f->qualifiers.items[mention.qualifier].n_models++;
    }
    if (model == reader)
        f->mentions.items[at].by_itself = true;
}

/* What each file reads, with no tables known: names as they are written. */
static int read_mentions(struct finder *f, const struct tl_sql_paths *paths,
                         struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_SQL_FILE_MOST);
    struct tl_sql_result result;
    int rc = TL_OK;

    for (size_t i = 0; rc == TL_OK && i < paths->items.n; i++) {
        if (strcmp(paths->items.items[i].path, "-") == 0)
            continue;
        if (tl_sql_file_read(&text, paths->items.items[i].path, ctx) < 0) {
            tl_error_clear(&ctx->error); /* is said when its turn comes */
            continue;
        }
        rc = tl_sql_lineage(&result, f->sql, text.text, text.n, ctx);
        for (uint32_t t = 0; rc == TL_OK && t < result.n_tables; t++)
            note_mention(f, (uint32_t)i, &result.tables[t]);
    }
    tl_str_release(&text);
    return rc;
}

/* Of two that as many models are read from neither is known to be right. */
static void settle(struct finder *f, size_t n)
{
    uint32_t *best = tl_arena_alloc(f->arena, n + 1, sizeof *best);
    const struct qualifier **found = tl_arena_alloc(f->arena, n + 1, sizeof(void *));

    for (size_t i = 0; i < f->mentions.n; i++) {
        const struct mention *mention = &f->mentions.items[i];
        const struct qualifier *qualifier = &f->qualifiers.items[mention->qualifier];

        if (mention->by_itself || qualifier->n_models < best[mention->model])
            continue;
        found[mention->model] =
            qualifier->n_models == best[mention->model] ? NULL : qualifier;
        best[mention->model] = qualifier->n_models;
    }
    for (size_t i = 0; i < n; i++)
        if (found[i]) {
            f->models[i].database = found[i]->database;
            f->models[i].schema = found[i]->schema;
        }
}

/* "database.schema", or a schema alone. */
static void add_given(struct tl_lineage_model *models, size_t n, const char *given,
                      struct tl_sql *sql, struct tl_arena *arena)
{
    const char *dot = strchr(given, '.');
    const char *schema = tl_sql_stored_name(sql, dot ? dot + 1 : given, arena);
    const char *database =
        dot ? tl_sql_stored_name(sql, tl_arena_dup(arena, given, (size_t)(dot - given)),
                                 arena)
            : NULL;

    for (size_t i = 0; i < n; i++)
        if (models[i].name && !models[i].schema && !models[i].database) {
            models[i].database = database;
            models[i].schema = schema;
        }
}

int tl_lineage_models(struct tl_lineage_model **out, const struct tl_lineage *lineage,
                      const struct tl_sql_paths *paths, struct tl_ctx *ctx)
{
    size_t n = paths->items.n;
    struct finder f = { .models = tl_arena_alloc(ctx->arena, n + 1, sizeof *f.models),
                        .sql = tl_sql_open(lineage->dialect),
                        .arena = ctx->arena };

    for (size_t i = 0; i < n; i++) {
        const char *name = name_of_file(paths->items.items[i].path, f.arena);

        if (!name)
            continue;
        f.models[i].name = tl_sql_stored_name(f.sql, name, f.arena);
        name = lower(name, f.arena);
        tl_map_put(&f.by_name, name, strlen(name), (uint32_t)i);
    }
    int rc = read_mentions(&f, paths, ctx);
    settle(&f, n);
    if (lineage->options->model_schema)
        add_given(f.models, n, lineage->options->model_schema, f.sql, f.arena);
    tl_sql_close(f.sql);
    tl_map_release(&f.by_name);
    tl_map_release(&f.by_qualifier);
    tl_map_release(&f.by_mention);
    tl_vec_release(&f.qualifiers);
    tl_vec_release(&f.mentions);
    *out = f.models;
    return rc;
}
