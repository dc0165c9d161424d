#include "cli/show.h"

#include "base/option.h"
#include "classifiers/engine.h"

#include <string.h>
#include <strings.h>

enum { SHOWN_CANDIDATES = 8 };

static const char *hit_text(const struct tl_belief *belief,
                            const struct tl_belief_hit *hit,
                            void (*add)(struct tl_str *out, const struct tl_key *key),
                            struct tl_ctx *ctx)
{
    struct tl_key key = tl_belief_key(belief, hit->dataset);
    struct tl_str text = TL_STR_INIT(1 << 20);

    key.field = hit->column ? tl_belief_text(belief, hit->column->path) : NULL;
    add(&text, &key);
    const char *kept = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

const char *tl_hit_text(const struct tl_belief *belief, const struct tl_belief_hit *hit,
                        struct tl_ctx *ctx)
{
    return hit_text(belief, hit, tl_key_add_readable, ctx);
}

static bool is_same_level(const struct tl_belief *belief, struct tl_slice a,
                          struct tl_slice b)
{
    const char *left = tl_belief_text(belief, a), *right = tl_belief_text(belief, b);

    return left && right ? strcmp(left, right) == 0 : left == right;
}

/*
 * How many levels all datasets of the belief have in common. They are sorted level by level: what the first and the last have in
 * common, all have.
 */
static unsigned common_levels(const struct tl_belief *belief)
{
    const struct tl_belief_dataset *first = belief->datasets;
    const struct tl_belief_dataset *last = first + belief->n_datasets - 1;

    if (!belief->n_datasets || !is_same_level(belief, first->source, last->source))
        return 0;
    if (!is_same_level(belief, first->database, last->database))
        return 1;
    return is_same_level(belief, first->schema, last->schema) ? 3 : 2;
}

static void add_short(struct tl_str *out, const struct tl_key *key,
                      const struct tl_belief *belief)
{
    unsigned common = common_levels(belief);
    struct tl_key rest = *key;

    if (common >= 1)
        rest.source = NULL;
    if (common >= 2)
        rest.database = NULL;
    if (common >= 3)
        rest.schema = NULL;
    tl_key_add_readable(out, &rest);
}

const char *tl_place_short(const struct tl_belief *belief, const char *place,
                           struct tl_ctx *ctx)
{
    unsigned common = common_levels(belief);
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_key key;

    if (!common)
        return place;
    key = tl_belief_key(belief, belief->datasets);
    struct tl_key levels = { .source = key.source,
                             .database = common >= 2 ? key.database : NULL,
                             .schema = common >= 3 ? key.schema : NULL };
    tl_key_add_readable(&text, &levels);
    tl_str_add_char(&text, '/');
    if (strncmp(place, text.text, text.n) == 0)
        place = tl_arena_strdup(ctx->arena, place + text.n);
    tl_str_release(&text);
    return place;
}

const char *tl_hit_short(const struct tl_belief *belief, const struct tl_belief_hit *hit,
                         struct tl_ctx *ctx)
{
    struct tl_key key = tl_belief_key(belief, hit->dataset);
    struct tl_str text = TL_STR_INIT(1 << 20);

    key.field = tl_belief_text(belief, hit->column->path);
    add_short(&text, &key, belief);
    const char *kept = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

int tl_ambiguous(const char *text, const char *const *names, size_t n, size_t most,
                 struct tl_ctx *ctx)
{
    struct tl_str list = TL_STR_INIT(480);

    for (size_t i = 0; i < n && i < most; i++)
        tl_str_addf(&list, "%s%s", i ? ", " : "", names[i]);
    tl_hint(ctx, "write one of: %s%s", list.text, n > most || list.failed ? " ..." : "");
    tl_str_release(&list);
    return tl_fail(ctx, TL_EUSAGE, "'%s' may be any of %zu columns", text, n);
}

static int say_ambiguous(const struct tl_belief *belief, const struct tl_belief_hit *hits,
                         size_t n, const char *text, struct tl_ctx *ctx)
{
    const char *names[SHOWN_CANDIDATES];

    for (size_t i = 0; i < n && i < SHOWN_CANDIDATES; i++)
        names[i] = tl_hit_text(belief, &hits[i], ctx);
    return tl_ambiguous(text, names, n, SHOWN_CANDIDATES, ctx);
}

/* How near a name is to what was typed: 0 not at all, 3 the same. */
static unsigned nearness(const char *typed, const char *name)
{
    return strcmp(typed, name) == 0       ? 3
           : strcasecmp(typed, name) == 0 ? 2
           : tl_nearest(typed, &name, 1)  ? 1
                                          : 0;
}

/* Both what is before the '#' and what is behind it must be near, or one of them the same. */
static unsigned nearness_of(const struct tl_belief *belief,
                            const struct tl_belief_dataset *dataset, const char *path,
                            const struct tl_key_pattern *pattern)
{
    struct tl_key key = tl_belief_key(belief, dataset);
    const char *outer[] = { key.schema, key.database, key.source };
    unsigned field = nearness(pattern->field, path);
    unsigned name = pattern->n_levels ? nearness(pattern->levels[0], key.dataset) : 3;
    unsigned near = 4 * (field + name);

    if (!field || (!name && field < 3))
        return 0;
    for (unsigned i = 1, at = 0; i < pattern->n_levels && at < 3; at++)
        if (outer[at])
            near += strcmp(outer[at], pattern->levels[i++]) == 0;
    return near;
}

/* Says so where a dataset of that name is known by name alone. */
static bool hint_named_only(const struct tl_belief *belief,
                            const struct tl_key_pattern *pattern, struct tl_ctx *ctx)
{
    for (uint32_t d = 0; pattern->n_levels && d < belief->n_datasets; d++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[d];
        const char *name = tl_belief_text(belief, dataset->name);

        if (strcmp(name, pattern->levels[0]) != 0 || !dataset->is_absent ||
            dataset->n_columns)
            continue;
        tl_hint(ctx,
                "only SQL names '%s', no source has it: 'tagline policy check' and "
                "'tagline lineage FILE.sql' show what would flow there",
                name);
        return true;
    }
    return false;
}

/* The nearest field of the belief, as a whole key. */
static void hint_nearest(const struct tl_belief *belief,
                         const struct tl_key_pattern *pattern, struct tl_ctx *ctx)
{
    struct tl_belief_hit best = { NULL, NULL };
    unsigned nearest = 0;

    if (hint_named_only(belief, pattern, ctx))
        return;
    for (uint32_t d = 0; d < belief->n_datasets; d++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[d];

        for (uint32_t c = 0; c < dataset->n_columns; c++) {
            const struct tl_belief_column *column =
                &belief->columns[dataset->first_column + c];
            unsigned near = nearness_of(belief, dataset,
                                        tl_belief_text(belief, column->path), pattern);
            if (near <= nearest)
                continue;
            nearest = near;
            best = (struct tl_belief_hit){ dataset, column };
        }
    }
    if (best.column)
        tl_hint(ctx, "did you mean '%s'?", tl_hit_text(belief, &best, ctx));
    else
        tl_hint(ctx,
                "if it went from its source, the log's folder still has it: "
                "git log -p -S'\"name\":\"%s\"' -- state",
                pattern->field);
}

int tl_no_field(const char *text, struct tl_ctx *ctx)
{
    tl_hint(ctx, "a column is written DATASET#FIELD, for instance users#email");
    return tl_fail(ctx, TL_EUSAGE, "'%s' names no column", text);
}

int tl_find_pattern(struct tl_belief_hit *out, const struct tl_belief *belief,
                    const struct tl_key_pattern *pattern, const char *text,
                    struct tl_ctx *ctx)
{
    struct tl_belief_hit hits[SHOWN_CANDIDATES];
    size_t n = tl_belief_search(hits, SHOWN_CANDIDATES, belief, pattern);

    if (n > 1)
        return say_ambiguous(belief, hits, n, text, ctx);
    if (n == 0) {
        hint_nearest(belief, pattern, ctx);
        return tl_fail(ctx, TL_ENOTFOUND, "the log knows no column '%s'", text);
    }
    *out = hits[0];
    return TL_OK;
}

int tl_find_column(struct tl_belief_hit *out, const struct tl_belief *belief,
                   const char *text, struct tl_ctx *ctx)
{
    struct tl_key_pattern pattern;
    int rc = tl_key_parse(&pattern, text, ctx);

    if (rc < 0)
        return rc;
    if (!pattern.field)
        return tl_no_field(text, ctx);
    return tl_find_pattern(out, belief, &pattern, text, ctx);
}

unsigned tl_percent(unsigned per_mille)
{
    unsigned rounded = (per_mille + 5) / 10;

    return rounded >= 100 && per_mille < 1000 ? 99 : rounded;
}

const char *tl_shown(const char *text, struct tl_ctx *ctx)
{
    struct tl_str shown = TL_STR_INIT(1 << 20);

    if (!text)
        return "-";
    tl_str_add_shown(&shown, text, strlen(text));
    const char *kept = tl_arena_dup(ctx->arena, shown.text, shown.n);
    tl_str_release(&shown);
    return kept;
}

enum tl_paint tl_paint_of_sensitivity(int sensitivity)
{
    return sensitivity >= TL_SENSITIVE  ? TL_RED
           : sensitivity == TL_PERSONAL ? TL_YELLOW
                                        : TL_DIM;
}

enum tl_paint tl_paint_of_state(int state)
{
    return state == TL_CONFIRMED                           ? TL_GREEN
           : state == TL_REJECTED || state == TL_WITHDRAWN ? TL_DIM
                                                           : TL_PLAIN;
}

const char *tl_contradiction_text(const struct tl_belief *belief,
                                  const struct tl_belief_tag *tag, struct tl_ctx *ctx)
{
    const char *type = tl_belief_text(belief, tag->info_type);
    const char *against = tl_belief_text(belief, tag->against);
    const char *actor = tl_belief_text(belief, tag->actor);
    const char *now = tag->state == TL_REJECTED
                          ? tl_arena_printf(ctx->arena, "the rules now find it at %u%%",
                                            tl_percent(tag->against_confidence))
                      : strcmp(against, tl_state_word(TL_NOTHING)) == 0
                          ? "no rule finds it any more"
                          : tl_arena_printf(ctx->arena, "the rules now find %s at %u%%",
                                            against, tl_percent(tag->against_confidence));

    return tl_arena_printf(ctx->arena, "%s %s by %s, %s", type, tl_state_word(tag->state),
                           actor ? actor : "a person", now);
}

struct tl_json *tl_json_line_begin(struct tl_json_line *line)
{
    tl_str_init(&line->text, TL_STR_MOST);
    tl_json_init(&line->json, &line->text);
    tl_json_object(&line->json);
    return &line->json;
}

void tl_json_line_end(struct tl_json_line *line, struct tl_ctx *ctx)
{
    tl_json_object_end(&line->json);
    tl_str_add_char(&line->text, '\n');
    fwrite(line->text.text, 1, line->text.n, ctx->say->results);
    tl_str_release(&line->text);
}

void tl_json_put_facts(struct tl_json *json, const char *key, const struct tl_fact *facts,
                       uint32_t n)
{
    tl_json_key(json, key);
    tl_json_object(json);
    for (uint32_t i = 0; i < n; i++) {
        tl_json_key(json, facts[i].name);
        tl_json_array(json);
        tl_json_int(json, facts[i].count);
        tl_json_int(json, facts[i].of);
        tl_json_array_end(json);
    }
    tl_json_object_end(json);
}

void tl_json_put_tag(struct tl_json *json, const struct tl_belief *belief,
                     const struct tl_belief_hit *hit, const struct tl_belief_tag *tag,
                     struct tl_ctx *ctx)
{
    struct tl_belief_hit dataset = { hit->dataset, NULL };

    tl_json_put_text(json, "actor", tl_belief_text(belief, tag->actor));
    tl_json_put_some(json, "against", tl_belief_text(belief, tag->against));
    if (tag->against.at) {
        tl_json_key(json, "against_confidence");
        tl_json_real(json, tag->against_confidence / 1000.0);
    }
    tl_json_put_text(json, "category", tl_belief_text(belief, tag->category));
    tl_json_put_text(json, "column", tl_belief_text(belief, hit->column->path));
    tl_json_key(json, "confidence");
    tl_json_real(json, tag->confidence / 1000.0);
    tl_json_put_text(json, "dataset", hit_text(belief, &dataset, tl_key_add, ctx));
    tl_json_put_bool(json, "gone", hit->column->is_absent || hit->dataset->is_absent);
    tl_json_put_text(json, "info_type", tl_belief_text(belief, tag->info_type));
    if (tag->is_inside)
        tl_json_put_text(json, "inside",
                         tag->path.at ? tl_belief_text(belief, tag->path) : "");
    tl_json_put_text(json, "key", hit_text(belief, hit, tl_key_add, ctx));
    tl_json_put_text(json, "origin", tl_origin_word(tag->origin));
    tl_json_put_text(json, "run", tl_belief_text(belief, tag->trace));
    tl_json_put_text(json, "sensitivity", tl_sensitivity_word(tag->sensitivity));
    tl_json_put_time(json, "since", tag->since);
    tl_json_put_text(json, "span", tl_belief_text(belief, tag->span));
    tl_json_put_text(json, "state", tl_state_word(tag->state));
}

void tl_each_tag(const struct tl_belief *belief,
                 void (*each)(void *self, const struct tl_belief_hit *hit,
                              const struct tl_belief_tag *tag),
                 void *self)
{
    for (uint32_t d = 0; d < belief->n_datasets; d++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[d];
        for (uint32_t c = 0; c < dataset->n_columns; c++) {
            struct tl_belief_hit hit = { dataset,
                                         &belief->columns[dataset->first_column + c] };
            for (uint32_t t = 0; t < hit.column->n_tags; t++)
                each(self, &hit, &belief->tags[hit.column->first_tag + t]);
        }
    }
}

int tl_no_such_type(const struct tl_engine *engine, const char *name, struct tl_ctx *ctx)
{
    const struct tl_info_type *types;
    size_t n = tl_engine_types(&types, engine);
    const char **names = tl_arena_alloc(ctx->arena, n + 1, sizeof *names);

    for (size_t i = 0; i < n; i++)
        names[i] = types[i].name;
    const char *nearest = tl_nearest(name, names, n);
    if (nearest)
        tl_hint(ctx, "did you mean '%s'? 'tagline rules' lists all", nearest);
    else
        tl_hint(ctx, "'tagline rules' lists them");
    return tl_fail(ctx, TL_ENOTFOUND, "there is no info type '%s'", name);
}
