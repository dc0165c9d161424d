/*
 * The listing: tags that wait, laid together where one decision settles many. One pass over the belief, one hash look-up a tag, one sort.
 */
#include "cli/review.h"

#include "base/digest.h"
#include "base/say.h"
#include "classifiers/names.h"
#include "cli/show.h"
#include "cli/table.h"

#include <stdlib.h>

enum { LINES_USUAL = 100, ID_DIGITS = 8 };

/* ---- which ---- */

struct tl_review_filter tl_review_filter_of(const struct tl_review_options *o)
{
    return (struct tl_review_filter){ .source = o->source,
                                      .info_type = o->type,
                                      .category = o->category,
                                      .dataset = o->dataset,
                                      .below = o->below,
                                      .above = o->above,
                                      .sensitivity = o->sensitivity,
                                      .all = o->all };
}

bool tl_review_filters(const struct tl_review_filter *filter)
{
    return filter->source || filter->info_type || filter->category || filter->dataset ||
           filter->field || filter->group || filter->below || filter->above ||
           filter->sensitivity;
}

static bool is_waiting(const struct tl_belief_tag *tag)
{
    return tag->state == TL_PROPOSED || tag->state == TL_WITHDRAWN;
}

/* "user.contact" is meant by itself and by "user", not by "user.con". */
static bool is_below(const char *category, const char *asked)
{
    size_t n = strlen(asked);

    return category && strncmp(category, asked, n) == 0 &&
           (category[n] == '\0' || category[n] == '.');
}

static bool takes_tag(const struct tl_review_filter *filter,
                      const struct tl_belief *belief, const struct tl_belief_tag *tag)
{
    bool is_listed =
        filter->against ? tag->against.at != 0 : filter->all || is_waiting(tag);

    return is_listed &&
           (!filter->info_type ||
            strcmp(tl_belief_text(belief, tag->info_type), filter->info_type) == 0) &&
           (!filter->category ||
            is_below(tl_belief_text(belief, tag->category), filter->category)) &&
           (!filter->below || tag->confidence < filter->below) &&
           tag->confidence >= filter->above &&
           tag->sensitivity + 1 >= filter->sensitivity;
}

static bool takes_dataset(const struct tl_review_filter *filter,
                          const struct tl_belief *belief,
                          const struct tl_belief_dataset *dataset)
{
    if (!filter->source && !filter->dataset)
        return true;
    struct tl_key key = tl_belief_key(belief, dataset);
    return (!filter->source || strcmp(key.source, filter->source) == 0) &&
           (!filter->dataset || tl_key_matches(&key, filter->dataset));
}

static bool takes_column(const struct tl_review_filter *filter,
                         const struct tl_belief *belief,
                         const struct tl_belief_column *column)
{
    struct tl_key key = { .dataset = tl_belief_text(belief, column->path) };

    return !filter->field || tl_key_matches(&key, filter->field);
}

/* ---- groups ---- */

struct gathering {
    struct tl_review_list *list;
    const struct tl_belief *belief;
    const struct tl_review_filter *filter;
    struct tl_arena *into;
    struct tl_map by_key;
    struct tl_str key;
};

/* The words of the last level of its path; the path itself where there is no word in it. */
static void add_name(struct tl_str *out, const char *path)
{
    struct tl_tokens tokens;

    tl_tokens_of(&tokens, path, strlen(path));
    if (tokens.n == 0) {
        tl_str_add(out, path);
        return;
    }
    for (uint16_t i = tokens.segment < tokens.n ? tokens.segment : 0; i < tokens.n; i++) {
        if (out->n)
            tl_str_add_char(out, '_');
        tl_str_add_bytes(out, tokens.text + tokens.at[i], tokens.length[i]);
    }
}

/* Which group the tag is of; a new one where it is the first. */
static uint32_t group_of(struct gathering *gathering, const struct tl_belief_hit *hit,
                         const struct tl_belief_tag *tag)
{
    const struct tl_belief *belief = gathering->belief;
    struct tl_str *key = &gathering->key;
    struct tl_review_group group = { .least = 1000 };
    struct tl_sha256 digest;
    uint32_t found;

    tl_str_clear(key);
    add_name(key, tl_belief_text(belief, hit->column->path));
    size_t n_name = key->n;
    tl_str_add_char(key, '\n');
    tl_str_add_bytes(key, belief->text + tag->info_type.at, tag->info_type.n);
    tl_str_add_char(key, '\n');
    tl_str_add_bytes(key, belief->text + tag->category.at, tag->category.n);
    tl_str_add_char(key, '\n');
    tl_str_add(key, tl_state_word(tag->state));
    tl_str_add_char(key, '\n');
    tl_str_add(key, tl_origin_word(tag->origin));
    if (tl_map_get(&gathering->by_key, key->text, key->n, &found))
        return found;
    const char *kept = tl_arena_dup(gathering->into, key->text, key->n);
    tl_sha256_of(&digest, kept, key->n);
    tl_hex(group.id, digest.bytes, ID_DIGITS / 2);
    group.name = tl_arena_dup(gathering->into, kept, n_name);
    found = (uint32_t)gathering->list->groups.n;
    tl_map_put(&gathering->by_key, kept, key->n, found);
    tl_vec_push(&gathering->list->groups, group);
    return found;
}

static void add_item(struct gathering *gathering, const struct tl_belief_hit *hit,
                     const struct tl_belief_tag *tag)
{
    struct tl_review_list *list = gathering->list;
    uint32_t at = group_of(gathering, hit, tag);
    struct tl_review_group *group = &list->groups.items[at];
    const char *asked = gathering->filter->group;

    if (asked && strncmp(group->id, asked, strlen(asked)) != 0)
        return;
    group->n++;
    if (tag->confidence < group->least)
        group->least = tag->confidence;
    if (tag->confidence > group->most)
        group->most = tag->confidence;
    if (tag->sensitivity > group->sensitivity)
        group->sensitivity = tag->sensitivity;
    tl_vec_push(&list->items, ((struct tl_review_item){ *hit, tag, at }));
}

static void walk(struct gathering *gathering)
{
    const struct tl_belief *belief = gathering->belief;
    const struct tl_review_filter *filter = gathering->filter;

    for (uint32_t d = 0; d < belief->n_datasets; d++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[d];
        if (!takes_dataset(filter, belief, dataset))
            continue;
        for (uint32_t c = 0; c < dataset->n_columns; c++) {
            struct tl_belief_hit hit = { dataset,
                                         &belief->columns[dataset->first_column + c] };
            if (!hit.column->n_tags || !takes_column(filter, belief, hit.column))
                continue;
            for (uint32_t t = 0; t < hit.column->n_tags; t++) {
                const struct tl_belief_tag *tag =
                    &belief->tags[hit.column->first_tag + t];
                if (takes_tag(filter, belief, tag))
                    add_item(gathering, &hit, tag);
            }
        }
    }
}

static int compare_groups(const struct tl_review_group *x,
                          const struct tl_review_group *y)
{
    if (x->sensitivity != y->sensitivity)
        return y->sensitivity - x->sensitivity;
    if (x->least != y->least)
        return x->least - y->least;
    return (x->n < y->n) - (x->n > y->n);
}

/* Groups that are alike stand as their first tags stand in the belief. */
static int by_group_need(const void *a, const void *b)
{
    const struct tl_review_group *x = a, *y = b;
    int order = compare_groups(x, y);

    return order ? order : (x->first > y->first) - (x->first < y->first);
}

static int by_group(const void *a, const void *b)
{
    const struct tl_review_item *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->tag->confidence != y->tag->confidence)
        return x->tag->confidence - y->tag->confidence;
    return (x->tag > y->tag) - (x->tag < y->tag);
}

/* Numbers groups by need instead of by first sight, and lays their items together. */
static void arrange(struct tl_review_list *list)
{
    struct tl_review_group *groups = list->groups.items;
    uint32_t *place = tl_alloc(list->groups.n, sizeof *place);

    for (uint32_t i = 0; i < list->groups.n; i++)
        groups[i].first = i;
    if (list->groups.n)
        qsort(groups, list->groups.n, sizeof *groups, by_group_need);
    for (uint32_t i = 0; i < list->groups.n; i++)
        place[groups[i].first] = i;
    for (size_t i = 0; i < list->items.n; i++)
        list->items.items[i].group = place[list->items.items[i].group];
    /* They still stand as in the belief, so the columns of a dataset follow one another. */
    for (uint32_t i = 0; i < list->groups.n; i++)
        place[i] = UINT32_MAX;
    for (size_t i = 0; i < list->items.n; i++) {
        const struct tl_review_item *item = &list->items.items[i];
        uint32_t dataset =
            (uint32_t)(item->hit.dataset - list->items.items[0].hit.dataset);
        groups[item->group].n_datasets += place[item->group] != dataset;
        place[item->group] = dataset;
    }
    if (list->items.n)
        qsort(list->items.items, list->items.n, sizeof *list->items.items, by_group);
    for (uint32_t i = 0, first = 0; i < list->groups.n; first += groups[i++].n)
        groups[i].first = first;
    tl_free(place);
}

/* Groups none of whose tags were taken. */
static void drop_empty(struct tl_review_list *list)
{
    uint32_t *place = tl_alloc(list->groups.n, sizeof *place);
    uint32_t n = 0;

    for (uint32_t i = 0; i < list->groups.n; i++) {
        place[i] = n;
        if (list->groups.items[i].n)
            list->groups.items[n++] = list->groups.items[i];
    }
    list->groups.n = n;
    for (size_t i = 0; i < list->items.n; i++)
        list->items.items[i].group = place[list->items.items[i].group];
    tl_free(place);
}

void tl_review_gather(struct tl_review_list *out, const struct tl_belief *belief,
                      const struct tl_review_filter *filter, struct tl_arena *into)
{
    struct gathering gathering = { .list = out,
                                   .belief = belief,
                                   .filter = filter,
                                   .into = into,
                                   .by_key = TL_MAP_INIT,
                                   .key = TL_STR_INIT(TL_STR_MOST) };

    *out = (struct tl_review_list){ { 0 }, { 0 } };
    walk(&gathering);
    drop_empty(out);
    arrange(out);
    tl_map_release(&gathering.by_key);
    tl_str_release(&gathering.key);
}

void tl_review_release(struct tl_review_list *list)
{
    tl_vec_release(&list->items);
    tl_vec_release(&list->groups);
}

/* ---- showing ---- */

/* One by one: as the groups are, but for the groups. */
static int by_need(const void *a, const void *b)
{
    const struct tl_review_item *x = a, *y = b;

    if (x->tag->sensitivity != y->tag->sensitivity)
        return y->tag->sensitivity - x->tag->sensitivity;
    if (x->tag->confidence != y->tag->confidence)
        return x->tag->confidence - y->tag->confidence;
    return (x->tag > y->tag) - (x->tag < y->tag);
}

static void list_json(const struct tl_review_list *list, const struct tl_belief *belief,
                      size_t most, struct tl_ctx *ctx)
{
    struct tl_json_line line;

    for (size_t i = 0; i < list->items.n && i < most; i++) {
        const struct tl_review_item *item = &list->items.items[i];
        struct tl_json *json = tl_json_line_begin(&line);

        tl_json_put_tag(json, belief, &item->hit, item->tag, ctx);
        tl_json_put_text(json, "together", list->groups.items[item->group].id);
        tl_json_line_end(&line, ctx);
    }
}

static void put_state(struct tl_table *table, const struct tl_review_item *item)
{
    bool is_gone = item->hit.column->is_absent || item->hit.dataset->is_absent;

    if (is_gone)
        tl_table_cellf(table, "%s, gone", tl_state_word(item->tag->state));
    else
        tl_table_painted(table, tl_state_word(item->tag->state),
                         tl_paint_of_state(item->tag->state));
}

/* A line for a tag, or for a group (NULL: for the tag alone). */
static void put_line(struct tl_table *table, const struct tl_review_item *item,
                     const struct tl_review_group *group, const struct tl_belief *belief,
                     struct tl_ctx *ctx)
{
    const struct tl_belief_tag *tag = item->tag;
    const char *actor = tl_belief_text(belief, tag->actor);
    unsigned sensitivity = group ? group->sensitivity : tag->sensitivity;
    char since[21];

    tl_time_text(since, tag->since);
    tl_table_row(table);
    if (!group)
        tl_table_cell(table, tl_hit_short(belief, &item->hit, ctx));
    else if (group->n_datasets == group->n)
        tl_table_cellf(table, "%s in %u tables", group->name, group->n);
    else
        tl_table_cellf(table, "%s, %u columns in %u table%s", group->name, group->n,
                       group->n_datasets, group->n_datasets == 1 ? "" : "s");
    if (!group && tag->path.at)
        tl_table_cellf(table, "%s at %s", tl_belief_text(belief, tag->info_type),
                       tl_belief_text(belief, tag->path));
    else
        tl_table_cell(table, tl_belief_text(belief, tag->info_type));
    tl_table_painted(table, tl_sensitivity_word((int)sensitivity),
                     tl_paint_of_sensitivity((int)sensitivity));
    if (group && tl_percent(group->least) != tl_percent(group->most))
        tl_table_cellf(table, "%u-%u%%", tl_percent(group->least),
                       tl_percent(group->most));
    else
        tl_table_cellf(table, "%u%%", tl_percent(tag->confidence));
    put_state(table, item);
    tl_table_cell(table, actor ? actor : tl_origin_word(tag->origin));
    tl_table_cellf(table, "%.10s", since);
    tl_table_cell(table, group ? group->id : "");
}

static void list_table(const struct tl_review_list *list, const struct tl_belief *belief,
                       bool each, size_t most, struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = {
        { "COLUMN", TL_LEFT }, { "INFO TYPE", TL_LEFT }, { "SENSITIVITY", TL_CUT },
        { "SURE", TL_RIGHT },  { "STATE", TL_LEFT },     { "BY", TL_CUT },
        { "SINCE", TL_CUT },   { "GROUP", TL_LEFT }
    };
    struct tl_table *table = tl_table_open(heads, sizeof heads / sizeof *heads, ctx);

    for (size_t i = 0; each && i < list->items.n && i < most; i++)
        put_line(table, &list->items.items[i], NULL, belief, ctx);
    for (size_t i = 0; !each && i < list->groups.n && i < most; i++) {
        const struct tl_review_group *group = &list->groups.items[i];
        put_line(table, &list->items.items[group->first], group->n > 1 ? group : NULL,
                 belief, ctx);
    }
    tl_table_close(table);
}

static void tell_count(const struct tl_review_list *list,
                       const struct tl_review_options *o, size_t most, bool is_filtered,
                       struct tl_ctx *ctx)
{
    size_t n_lines = o->each ? list->items.n : list->groups.n;
    bool has_groups = !o->each && list->groups.n < list->items.n;

    if (!list->items.n) {
        tl_note(ctx, is_filtered ? "nothing that waits is like that" : "nothing waits");
        return;
    }
    if (n_lines > most)
        tl_note(ctx, "and %zu more lines: --limit %zu shows all", n_lines - most,
                n_lines);
    if (has_groups)
        tl_note(ctx,
                "%zu %s in %zu lines (--each lists all); next: tagline review "
                "accept|reject|set COLUMN|PATTERN|GROUP --why \"...\"",
                list->items.n, o->all ? "tags" : "wait", list->groups.n);
    else
        tl_note(ctx,
                "%zu %s; next: tagline review accept|reject|set COLUMN --why \"...\"",
                list->items.n, o->all ? "tags" : "wait");
}

/* People's words that stand although a scan decides otherwise: they wait for a person too. */
static void list_contradictions(const struct tl_review_list *list,
                                const struct tl_belief *belief, size_t most,
                                struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = { { "A PERSON DECIDED OTHERWISE", TL_LEFT },
                                            { "SENSITIVITY", TL_CUT },
                                            { "SINCE", TL_CUT },
                                            { "WHAT STANDS, AND WHAT THE RULES SAY",
                                              TL_WRAP } };

    fputc('\n', ctx->say->results);
    struct tl_table *table = tl_table_open(heads, sizeof heads / sizeof *heads, ctx);
    for (size_t i = 0; i < list->items.n && i < most; i++) {
        const struct tl_review_item *item = &list->items.items[i];
        char since[21];
        tl_time_text(since, item->tag->since);
        tl_table_row(table);
        tl_table_cell(table, tl_hit_short(belief, &item->hit, ctx));
        tl_table_painted(table, tl_sensitivity_word(item->tag->sensitivity),
                         tl_paint_of_sensitivity(item->tag->sensitivity));
        tl_table_cellf(table, "%.10s", since);
        tl_table_cell(table, tl_contradiction_text(belief, item->tag, ctx));
    }
    tl_table_close(table);
    fflush(ctx->say->results);
    tl_note(ctx,
            "on %zu column%s a scan now decides otherwise than a person: said again, "
            "the word stands as it is",
            list->items.n, list->items.n == 1 ? "" : "s");
}

static void show_contradictions(const struct tl_belief *belief,
                                const struct tl_review_options *o, size_t most,
                                struct tl_ctx *ctx)
{
    struct tl_review_filter filter = tl_review_filter_of(o);
    struct tl_review_list list;

    filter.against = true;
    tl_review_gather(&list, belief, &filter, ctx->arena);
    if (list.items.n)
        qsort(list.items.items, list.items.n, sizeof *list.items.items, by_need);
    if (o->common.json && !o->all) /* else they are in the list above */
        list_json(&list, belief, most, ctx);
    else if (!o->common.json && list.items.n)
        list_contradictions(&list, belief, most, ctx);
    tl_review_release(&list);
}

int tl_review_show(const struct tl_belief *belief, const struct tl_review_options *o,
                   struct tl_ctx *ctx)
{
    struct tl_review_filter filter = tl_review_filter_of(o);
    size_t most = o->limit ? (size_t)o->limit : o->common.json ? SIZE_MAX : LINES_USUAL;
    struct tl_review_list list;

    tl_review_gather(&list, belief, &filter, ctx->arena);
    if ((o->each || o->common.json) && list.items.n)
        qsort(list.items.items, list.items.n, sizeof *list.items.items, by_need);
    if (o->common.json)
        list_json(&list, belief, most, ctx);
    else if (list.items.n)
        list_table(&list, belief, o->each, most, ctx);
    fflush(ctx->say->results);
    tell_count(&list, o, most, tl_review_filters(&filter), ctx);
    tl_review_release(&list);
    show_contradictions(belief, o, most, ctx);
    return TL_OK;
}
