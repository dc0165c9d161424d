/*
 * Breadth first, from the column back to where its tag set out: over edges that move values, through columns that have a tag from the
 * same origin and through what only SQL names. As when tags are carried, a column also left by the record that it is a field of and by
 * the whole row, "*".
 */
#include "lineage/log/path.h"

#include "base/ctx.h"

/* ---- keys as text ---- */

/* One level, decoded, from `*at` to the next '/'; NULL where it is none. */
static const char *take_level(const char **at, struct tl_str *name, struct tl_arena *into)
{
    size_t n = strcspn(*at, "/");

    tl_str_clear(name);
    if (n == 0 || !tl_name_decode(name, *at, n))
        return NULL;
    *at += n + ((*at)[n] == '/');
    return tl_arena_dup(into, name->text, name->n);
}

bool tl_path_split(struct tl_key *out, const char *text, bool has_databases,
                   struct tl_arena *into)
{
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);
    const char *levels[4] = { NULL };
    unsigned n = 0;

    while (*text && n < 4 && (levels[n] = take_level(&text, &name, into)))
        n++;
    tl_str_release(&name);
    if (*text || n < 2)
        return false;
    *out = (struct tl_key){ .source = levels[0], .dataset = levels[n - 1] };
    if (n == 4 || has_databases)
        out->database = n > 2 ? levels[1] : NULL;
    if (n == 4 || !has_databases)
        out->schema = n > 2 ? levels[n - 2] : NULL;
    return true;
}

const struct tl_belief_dataset *tl_path_dataset(const struct tl_belief *belief,
                                                const char *text, struct tl_arena *into)
{
    const struct tl_belief_dataset *found = NULL;
    struct tl_key key;

    for (int has_databases = 0; !found && has_databases < 2; has_databases++)
        if (tl_path_split(&key, text, has_databases, into))
            found = tl_belief_find(belief, &key);
    return found;
}

/* ---- the way back ---- */

/* A column on the way: what is left of the data from here to the end, and the step by which it leaves. */
struct place {
    const char *text; /* the dataset's key */
    const struct tl_belief_dataset *dataset;
    const char *path;
    const struct tl_belief_edge *edge; /* to the next place; NULL: the end */
    uint32_t next;
    uint8_t effect;
};

struct search {
    const struct tl_belief *belief;
    const struct tl_belief_tag *tag;
    const char *origin,
        *column; /* the dataset's key text and the field where it set out */
    TL_VEC(struct place) places;
    struct tl_map seen; /* "<key>#<field> <effect>" */
    struct tl_ctx *ctx;
};
enum { MOST_PLACES = 100000 };

static bool is_same(const struct tl_belief *belief, struct tl_slice a, struct tl_slice b)
{
    return a.n == b.n && memcmp(belief->text + a.at, belief->text + b.at, a.n) == 0;
}

/* The tag from the same origin that the column has; NULL: none. */
static const struct tl_belief_tag *find_tag(const struct search *search,
                                            const struct tl_belief_column *column)
{
    const struct tl_belief *belief = search->belief;

    for (uint32_t i = 0; column && i < column->n_tags; i++) {
        const struct tl_belief_tag *tag = &belief->tags[column->first_tag + i];
        if (tag->state == TL_CARRIED && is_same(belief, tag->from, search->tag->from) &&
            is_same(belief, tag->from_type, search->tag->from_type))
            return tag;
    }
    return NULL;
}

/* Whether a column's values leave by what the edge names: itself, its record, or the whole row. */
static bool leaves_by(const char *path, const char *named)
{
    size_t n = strlen(named);

    return strcmp(named, "*") == 0 ||
           (strncmp(path, named, n) == 0 && (path[n] == '\0' || path[n] == '.'));
}

static void add_place(struct search *search, struct place place)
{
    const char *name = tl_arena_printf(search->ctx->arena, "%s#%s %u", place.text,
                                       place.path, place.effect);
    uint32_t before;

    if (tl_map_get(&search->seen, name, strlen(name), &before) ||
        search->places.n >= MOST_PLACES)
        return;
    tl_map_put(&search->seen, name, strlen(name), 0);
    tl_vec_push(&search->places, place);
}

/* Every column that may have left by the edge on its way from the origin. */
static void add_sources(struct search *search, struct place place)
{
    const struct tl_belief *belief = search->belief;
    const char *named = tl_belief_text(belief, place.edge->source_column);
    bool is_known = false;

    for (uint32_t i = 0; place.dataset && i < place.dataset->n_columns; i++) {
        const struct tl_belief_column *column =
            &belief->columns[place.dataset->first_column + i];
        place.path = tl_belief_text(belief, column->path);
        is_known = is_known || strcmp(place.path, named) == 0;
        if (leaves_by(place.path, named) && find_tag(search, column))
            add_place(search, place);
    }
    place.path = named;
    if (!is_known) /* nothing is believed of it, neither that a tag came by nor that none did */
        add_place(search, place);
}

/* Takes one step back along an edge; true when the origin is reached, which then is the last place. */
static bool step_back(struct search *search, uint32_t at,
                      const struct tl_belief_edge *edge)
{
    const struct tl_belief *belief = search->belief;
    const struct place *here = &search->places.items[at];
    const char *named = tl_belief_text(belief, edge->source_column);
    struct place place = {
        .text = tl_belief_text(belief, edge->source),
        .edge = edge,
        .next = at,
        .effect = (uint8_t)tl_effect_compose(here->effect, edge->effect),
    };

    if (!named || place.effect > search->tag->effect)
        return false;
    place.dataset = tl_path_dataset(belief, place.text, search->ctx->arena);
    if (place.effect == search->tag->effect && strcmp(place.text, search->origin) == 0 &&
        leaves_by(search->column, named)) {
        place.path = search->column;
        tl_vec_push(&search->places, place);
        return true;
    }
    add_sources(search, place);
    return false;
}

static bool search_back(struct search *search)
{
    const struct tl_belief *belief = search->belief;

    for (uint32_t at = 0; at < search->places.n; at++) {
        const struct tl_belief_dataset *dataset = search->places.items[at].dataset;
        for (uint32_t i = 0; dataset && i < dataset->n_edges; i++) {
            const struct tl_belief_edge *edge = &belief->edges[dataset->first_edge + i];
            const char *target = tl_belief_text(belief, edge->target_column);
            if (target && tl_edge_moves_values(edge->kind) &&
                strcmp(target, search->places.items[at].path) == 0 &&
                step_back(search, at, edge))
                return true;
        }
    }
    return false;
}

/* ---- as steps ---- */

static void name_tag(struct tl_step *step, const struct search *search,
                     const struct place *place, bool is_origin)
{
    const struct tl_belief *belief = search->belief;
    const struct tl_belief_column *column =
        place->dataset ? tl_belief_column(belief, place->dataset, place->path) : NULL;
    const struct tl_belief_tag *tag =
        place->edge ? find_tag(search, column) : search->tag;

    if (is_origin)
        tag = NULL;
    for (uint32_t i = 0; is_origin && column && i < column->n_tags; i++)
        if (is_same(belief, belief->tags[column->first_tag + i].info_type,
                    search->tag->from_type))
            tag = &belief->tags[column->first_tag + i];
    if (!tag)
        return;
    step->info_type = tl_belief_text(belief, tag->info_type);
    step->confidence = tag->confidence;
}

static void make_steps(const struct tl_step **out, uint32_t *n,
                       const struct search *search)
{
    const struct tl_belief *belief = search->belief;
    uint32_t last = (uint32_t)search->places.n - 1, n_steps = 1;

    for (uint32_t at = last; at; at = search->places.items[at].next)
        n_steps++;
    struct tl_step *steps = tl_arena_alloc(search->ctx->arena, n_steps, sizeof *steps);
    const struct tl_belief_edge *came = NULL;
    uint32_t at = last;
    for (uint32_t i = 0; i < n_steps; i++) {
        const struct place *place = &search->places.items[at];
        steps[i].dataset = place->text;
        steps[i].path = place->path;
        if (came) {
            steps[i].query = tl_belief_text(belief, came->query);
            steps[i].line = came->line;
            steps[i].column = came->column;
            steps[i].kind = came->kind;
            steps[i].effect = came->effect;
        }
        name_tag(&steps[i], search, place, i == 0);
        came = place->edge;
        at = place->next;
    }
    *out = steps;
    *n = n_steps;
}

static const char *text_of(const struct tl_belief *belief,
                           const struct tl_belief_dataset *dataset, struct tl_ctx *ctx)
{
    struct tl_key key = tl_belief_key(belief, dataset);
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_key_add(&text, &key);
    const char *out = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return out;
}

void tl_path_find(const struct tl_step **out, uint32_t *n, const struct tl_belief *belief,
                  const struct tl_belief_hit *column, const struct tl_belief_tag *tag,
                  struct tl_ctx *ctx)
{
    struct search search = { .belief = belief, .tag = tag, .ctx = ctx };
    struct tl_str field = TL_STR_INIT(TL_STR_MOST);
    const char *from = tl_belief_text(belief, tag->from);
    const char *hash = from ? strchr(from, '#') : NULL;

    *out = NULL;
    *n = 0;
    if (!hash || !tl_name_decode(&field, hash + 1, strlen(hash + 1))) {
        tl_str_release(&field);
        return;
    }
    search.origin = tl_arena_dup(ctx->arena, from, (size_t)(hash - from));
    search.column = tl_arena_dup(ctx->arena, field.text, field.n);
    tl_str_release(&field);
    add_place(&search,
              (struct place){ .text = text_of(belief, column->dataset, ctx),
                              .dataset = column->dataset,
                              .path = tl_belief_text(belief, column->column->path) });
    if (search_back(&search))
        make_steps(out, n, &search);
    tl_vec_release(&search.places);
    tl_map_release(&search.seen);
}
