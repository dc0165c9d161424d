/*
 * The graph is made of the log's belief for each call; tags, the carried ones too, are those that the belief has, under whatever rules they were
 * carried. A column is shown with what leads on from it once, where it is nearest to what was asked for.
 */
#include "cli/lineage_walk.h"

#include "base/say.h"
#include "cli/config.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "lineage/graph/walk.h"

#include <string.h>

enum { SHOWN_CANDIDATES = 8, MOST_WAYS = 20, MOST_EDGES_TOLD = 3 };

struct showing {
    const struct tl_walk_options *options;
    const struct tl_belief *belief;
    struct tl_graph *graph;
    struct tl_map by_key; /* of the belief's datasets */
    const struct tl_walked *walk;
    bool is_up;
    uint8_t *is_shown;  /* by stop: with what leads on from it */
    uint8_t *is_on_way; /* by stop */
    struct tl_ctx *ctx;
};

struct columns {
    TL_VEC(struct tl_node_id) items;
};

/* ---- names ---- */

/* "source/database/schema/dataset#field" as it is typed, without the levels that all have in common; no field where `path` is NULL. */
static const char *name_of(const struct showing *showing, const char *dataset,
                           const char *path)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, dataset);
    if (path) {
        tl_str_add_char(&text, '#');
        tl_name_encode(&text, path);
    }
    const char *readable =
        tl_key_text_readable(tl_arena_dup(showing->ctx->arena, text.text, text.n),
                             showing->ctx);
    tl_str_release(&text);
    return tl_shown(tl_place_short(showing->belief, readable, showing->ctx),
                    showing->ctx);
}

static const char *name_of_node(const struct showing *showing, struct tl_node_id node)
{
    struct tl_graph_node column;

    tl_graph_node(&column, showing->graph, node);
    return name_of(showing, column.dataset, column.path);
}

static const char *name_of_stop(const struct showing *showing,
                                const struct tl_walk_stop *stop)
{
    struct tl_graph_dataset_view view;

    if (stop->node.i != TL_NO_NODE)
        return name_of_node(showing, stop->node);
    tl_graph_dataset(&view, showing->graph, stop->dataset);
    return tl_arena_printf(showing->ctx->arena, "%s (its rows)",
                           name_of(showing, view.dataset.key, NULL));
}

/* ---- what was asked for ---- */

/* Levels from the right. */
static bool ends_in(const struct tl_key_pattern *key, const struct tl_key_pattern *end)
{
    if (end->n_levels > key->n_levels)
        return false;
    for (unsigned i = 0; i < end->n_levels; i++)
        if (strcmp(key->levels[i], end->levels[i]) != 0)
            return false;
    return true;
}

static const char *whole_name(const struct showing *showing, const char *dataset,
                              const char *field)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, dataset);
    if (field) {
        tl_str_add_char(&text, '#');
        tl_name_encode(&text, field);
    }
    const char *name =
        tl_key_text_readable(tl_arena_dup(showing->ctx->arena, text.text, text.n),
                             showing->ctx);
    tl_str_release(&text);
    return name;
}

/* Of all that edges or tags name: also what no source has. How many fit; of the first ones the names. */
static size_t search_graph(struct columns *out, const char **names,
                           const struct showing *showing,
                           const struct tl_key_pattern *pattern)
{
    const struct tl_graph *graph = showing->graph;
    size_t n = 0;

    for (uint32_t d = 0; d < tl_graph_datasets(graph); d++) {
        struct tl_graph_dataset_view view;
        struct tl_key_pattern key;

        tl_graph_dataset(&view, graph, d);
        if (tl_key_parse(&key, view.dataset.key, showing->ctx) < 0) {
            tl_error_clear(&showing->ctx->error); /* a key of another make */
            continue;
        }
        struct tl_node_id node =
            pattern->field ? tl_graph_find(graph, view.dataset.key, pattern->field)
                           : (struct tl_node_id){ 0 };
        if (!ends_in(&key, pattern) || node.i == TL_NO_NODE)
            continue;
        if (n < SHOWN_CANDIDATES)
            names[n] = whole_name(showing, view.dataset.key, pattern->field);
        if (n++ > 0)
            continue;
        if (pattern->field)
            tl_vec_push(&out->items, node);
        for (uint32_t c = 0; !pattern->field && c < view.n_columns; c++)
            tl_vec_push(&out->items, view.columns[c]);
    }
    return n;
}

/* What the graph lacks, the log may know: a column that nothing flows into or out of. */
static int find_in_belief(const struct showing *showing, const char *text,
                          const struct tl_key_pattern *pattern)
{
    struct tl_belief_hit hit;
    struct tl_ctx *ctx = showing->ctx;

    if (!pattern->field) {
        if (tl_belief_search(&hit, 1, showing->belief, pattern))
            return TL_OK;
        tl_hint(ctx, "a column is written DATASET#FIELD, for instance users#email; "
                     "SQL is read from files and folders");
        return tl_fail(ctx, TL_ENOTFOUND, "there is no file and no dataset '%s'", text);
    }
    return tl_find_column(&hit, showing->belief, text, ctx);
}

/* None where the log knows the column and nothing flows. */
static int find_columns(struct columns *out, const struct showing *showing,
                        const char *text)
{
    const char *names[SHOWN_CANDIDATES];
    struct tl_key_pattern pattern;
    struct tl_ctx *ctx = showing->ctx;
    int rc = tl_key_parse(&pattern, text, ctx);

    if (rc < 0)
        return rc;
    size_t n = search_graph(out, names, showing, &pattern);
    if (n == 0)
        return find_in_belief(showing, text, &pattern);
    if (n == 1)
        return TL_OK;
    if (pattern.field)
        return tl_ambiguous(text, names, n, SHOWN_CANDIDATES, ctx);
    tl_hint(ctx, "write one of: %s, %s%s", names[0], names[1], n > 2 ? " ..." : "");
    return tl_fail(ctx, TL_EUSAGE, "'%s' may be any of %zu datasets", text, n);
}

/* ---- tags ---- */

static const struct tl_belief_column *believed(const struct showing *showing,
                                               struct tl_node_id node)
{
    struct tl_graph_node column;
    uint32_t i;

    if (node.i == TL_NO_NODE)
        return NULL;
    tl_graph_node(&column, showing->graph, node);
    if (!tl_map_get(&showing->by_key, column.dataset, strlen(column.dataset), &i))
        return NULL;
    return tl_belief_column(showing->belief, &showing->belief->datasets[i], column.path);
}

/* The live tag that counts most, which is the last; NULL: none. */
static const struct tl_belief_tag *tag_of(const struct showing *showing,
                                          struct tl_node_id node)
{
    const struct tl_belief_column *column = believed(showing, node);

    for (uint32_t i = column ? column->n_tags : 0; i-- > 0;) {
        const struct tl_belief_tag *tag = &showing->belief->tags[column->first_tag + i];
        if (tl_state_is_live(tag->state) || tag->state == TL_CARRIED)
            return tag;
    }
    return NULL;
}

/* "email_address 98%", "email_address (carried)"; NULL: no tag. */
static const char *note_of(const struct showing *showing, const struct tl_belief_tag *tag)
{
    if (!tag)
        return NULL;
    return tl_arena_printf(showing->ctx->arena, "%s %u%%%s",
                           tl_shown(tl_belief_text(showing->belief, tag->info_type),
                                    showing->ctx),
                           tl_percent(tag->confidence),
                           tag->state == TL_CARRIED ? " carried" : "");
}

static void put_tags(struct tl_json *json, const struct showing *showing,
                     struct tl_node_id node)
{
    const struct tl_belief_column *column = believed(showing, node);

    tl_json_key(json, "tags");
    tl_json_array(json);
    for (uint32_t i = column ? column->n_tags : 0; i-- > 0;) {
        const struct tl_belief_tag *tag = &showing->belief->tags[column->first_tag + i];

        tl_json_object(json);
        tl_json_key(json, "confidence");
        tl_json_real(json, tag->confidence / 1000.0);
        tl_json_put_text(json, "info_type",
                         tl_belief_text(showing->belief, tag->info_type));
        tl_json_put_text(json, "sensitivity", tl_sensitivity_word(tag->sensitivity));
        tl_json_put_text(json, "state", tl_state_word(tag->state));
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
}

/* ---- edges ---- */

/* "transformation, hashes, 90%, etl/load.sql:3:9" */
static void add_edge(struct tl_str *out, const struct showing *showing, uint32_t number)
{
    struct tl_edge edge;

    tl_graph_edge_told(&edge, showing->graph, number);
    tl_str_add(out, tl_edge_kind_word(edge.kind));
    if (tl_effect_word(edge.effect))
        tl_str_addf(out, ", %s", tl_effect_word(edge.effect));
    if (edge.function)
        tl_str_addf(out, " (%s)", tl_shown(edge.function, showing->ctx));
    if (edge.confidence < 1000)
        tl_str_addf(out, ", %u%% sure", tl_percent(edge.confidence));
    if (edge.query)
        tl_str_addf(out, ", %s", tl_shown(edge.query, showing->ctx));
    if (edge.query && edge.line)
        tl_str_addf(out, ":%u:%u", (unsigned)edge.line, (unsigned)edge.column);
}

static void put_edge(struct tl_json *json, const struct showing *showing, uint32_t number)
{
    struct tl_edge edge;

    tl_graph_edge_told(&edge, showing->graph, number);
    tl_json_put_int(json, "column", edge.column);
    tl_json_key(json, "confidence");
    tl_json_real(json, edge.confidence / 1000.0);
    tl_json_put_text(json, "effect", tl_effect_word(edge.effect));
    tl_json_put_text(json, "function", edge.function);
    tl_json_put_text(json, "kind", tl_edge_kind_word(edge.kind));
    tl_json_put_int(json, "line", edge.line);
    tl_json_put_text(json, "query", edge.query);
    tl_json_put_text(json, "source", edge.source);
    tl_json_put_text(json, "source_column", edge.source_column);
    tl_json_put_text(json, "target", edge.target);
    tl_json_put_text(json, "target_column", edge.target_column);
}

/* ---- as a tree ---- */

static void show_tag(const struct showing *showing, struct tl_node_id node)
{
    const struct tl_belief_tag *tag = tag_of(showing, node);
    struct tl_ctx *ctx = showing->ctx;

    if (tag)
        fprintf(ctx->say->results, "  %s%s%s",
                tl_paint(ctx, tl_paint_of_sensitivity(tag->sensitivity)),
                note_of(showing, tag), tl_paint(ctx, TL_PLAIN));
}

/* All edges from the step's stop to that other one, in one line. */
static void show_edges(const struct showing *showing, const struct tl_walk_stop *parent,
                       uint32_t step)
{
    const struct tl_walk_step *steps = showing->walk->steps.items;
    struct tl_str text = TL_STR_INIT(1 << 16);
    unsigned n = 0;

    for (uint32_t i = step; i < parent->first_step + parent->n_steps; i++) {
        if (steps[i].stop != steps[step].stop)
            continue;
        if (n < MOST_EDGES_TOLD) {
            tl_str_add(&text, n ? "; " : "");
            add_edge(&text, showing, steps[i].edge);
        }
        n++;
    }
    if (n > MOST_EDGES_TOLD)
        tl_str_addf(&text, "; and %u more", n - MOST_EDGES_TOLD);
    fprintf(showing->ctx->say->results, "  %s%s%s", tl_paint(showing->ctx, TL_DIM),
            text.text, tl_paint(showing->ctx, TL_PLAIN));
    tl_str_release(&text);
}

struct standing {
    uint32_t stop, next; /* its next step */
};
struct branch {
    TL_VEC(struct standing) items;
};

/* An earlier step of the same stop has shown the edges to it. */
static bool is_told(const struct showing *showing, const struct tl_walk_stop *parent,
                    uint32_t step)
{
    const struct tl_walk_step *steps = showing->walk->steps.items;

    for (uint32_t i = parent->first_step; i < step; i++)
        if (steps[i].stop == steps[step].stop)
            return true;
    return false;
}

/* Why what leads on from a stop is not shown here; NULL: it is, or there is nothing. */
static const char *why_not(const struct showing *showing, uint32_t number, size_t depth)
{
    const struct tl_walk_stop *stop = &showing->walk->stops.items[number];

    if (showing->is_on_way[number])
        return "a cycle: see above";
    if (stop->goes_on && depth >= stop->depth)
        return "goes on";
    if (!stop->n_steps)
        return NULL;
    if (showing->is_shown[number])
        return "see above";
    return depth > stop->depth ? "see below" : NULL;
}

/* Shows the step's stop; true where what leads on from it comes next. */
static bool show_step(struct showing *showing, const struct branch *branch, uint32_t step)
{
    const struct tl_walked *walk = showing->walk;
    const struct standing *last = &branch->items.items[branch->items.n - 1];
    const struct tl_walk_stop *parent = &walk->stops.items[last->stop];
    uint32_t number = walk->steps.items[step].stop;
    const struct tl_walk_stop *stop = &walk->stops.items[number];
    FILE *out = showing->ctx->say->results;
    const char *why = why_not(showing, number, branch->items.n);

    fprintf(out, "%*s%s %s", (int)(2 + 3 * (branch->items.n - 1)), "",
            showing->is_up ? "<-" : "->", name_of_stop(showing, stop));
    show_tag(showing, stop->node);
    show_edges(showing, parent, step);
    if (why)
        fprintf(out, "  %s(%s)%s", tl_paint(showing->ctx, TL_CYAN), why,
                tl_paint(showing->ctx, TL_PLAIN));
    fputc('\n', out);
    return !why && stop->n_steps;
}

static void show_tree(struct showing *showing, uint32_t asked)
{
    const struct tl_walked *walk = showing->walk;
    struct branch branch = { 0 };
    struct standing begin = { asked, walk->stops.items[asked].first_step };

    showing->is_shown[asked] = showing->is_on_way[asked] = 1;
    tl_vec_push(&branch.items, begin);
    while (branch.items.n) {
        struct standing *here = &branch.items.items[branch.items.n - 1];
        const struct tl_walk_stop *stop = &walk->stops.items[here->stop];

        if (here->next == stop->first_step + stop->n_steps) {
            showing->is_on_way[here->stop] = 0;
            branch.items.n--;
            continue;
        }
        uint32_t step = here->next++;
        if (is_told(showing, stop, step) || !show_step(showing, &branch, step))
            continue;
        uint32_t number = walk->steps.items[step].stop;
        struct standing next = { number, walk->stops.items[number].first_step };
        showing->is_shown[number] = showing->is_on_way[number] = 1;
        tl_vec_push(&branch.items, next);
    }
    tl_vec_release(&branch.items);
}

static void show_walk(struct showing *showing)
{
    const struct tl_walked *walk = showing->walk;
    struct tl_ctx *ctx = showing->ctx;

    showing->is_shown = tl_alloc(walk->stops.n + 1, 1);
    showing->is_on_way = tl_alloc(walk->stops.n + 1, 1);
    for (uint32_t i = 0; i < walk->n_asked; i++) {
        const struct tl_walk_stop *stop = &walk->stops.items[i];

        fprintf(ctx->say->results, "%s%s%s", tl_paint(ctx, TL_BOLD),
                name_of_stop(showing, stop), tl_paint(ctx, TL_PLAIN));
        show_tag(showing, stop->node);
        if (!stop->n_steps)
            fprintf(ctx->say->results, "  %snothing flows %s%s", tl_paint(ctx, TL_DIM),
                    showing->is_up ? "into it" : "out of it", tl_paint(ctx, TL_PLAIN));
        fputc('\n', ctx->say->results);
        show_tree(showing, i);
    }
    tl_free(showing->is_shown);
    tl_free(showing->is_on_way);
}

/* ---- as JSON lines ---- */

static void json_stop(const struct showing *showing, const struct tl_walk_stop *stop)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);
    struct tl_graph_dataset_view view;
    struct tl_graph_node node = { 0 };

    tl_graph_dataset(&view, showing->graph, stop->dataset);
    if (stop->node.i != TL_NO_NODE)
        tl_graph_node(&node, showing->graph, stop->node);
    tl_json_put_text(json, "dataset", view.dataset.key);
    tl_json_put_int(json, "depth", stop->depth);
    tl_json_put_text(json, "direction", showing->is_up ? "up" : "down");
    tl_json_put_bool(json, "goes_on", stop->goes_on);
    tl_json_put_text(json, "path", node.path);
    put_tags(json, showing, stop->node);
    tl_json_line_end(&line, showing->ctx);
}

/* A line for each column, then one for each edge. */
static void json_walk(const struct showing *showing)
{
    const struct tl_walked *walk = showing->walk;

    for (size_t i = 0; i < walk->stops.n; i++)
        json_stop(showing, &walk->stops.items[i]);
    for (size_t i = 0; i < walk->steps.n; i++) {
        struct tl_json_line line;
        struct tl_json *json = tl_json_line_begin(&line);

        put_edge(json, showing, walk->steps.items[i].edge);
        tl_json_line_end(&line, showing->ctx);
    }
}

/* ---- as a picture ---- */

static uint32_t view_node(struct tl_view *view, const struct showing *showing,
                          uint32_t number)
{
    const struct tl_walk_stop *stop = &showing->walk->stops.items[number];
    const struct tl_belief_tag *tag = tag_of(showing, stop->node);
    struct tl_graph_dataset_view dataset;
    struct tl_graph_node column = { 0 };

    tl_graph_dataset(&dataset, showing->graph, stop->dataset);
    if (stop->node.i != TL_NO_NODE)
        tl_graph_node(&column, showing->graph, stop->node);
    uint32_t at =
        tl_view_node(view, name_of(showing, dataset.dataset.key, NULL), column.path);
    struct tl_view_node *node = &view->nodes.items[at];
    node->is_asked |= number < showing->walk->n_asked;
    node->note = note_of(showing, tag);
    node->sensitivity = tag ? tag->sensitivity : 0;
    return at;
}

static void fill_view(struct tl_view *view, const struct showing *showing)
{
    const struct tl_walked *walk = showing->walk;

    for (uint32_t i = 0; i < walk->stops.n; i++) {
        const struct tl_walk_stop *stop = &walk->stops.items[i];
        uint32_t here = view_node(view, showing, i);

        for (uint32_t s = stop->first_step; s < stop->first_step + stop->n_steps; s++) {
            uint32_t there = view_node(view, showing, walk->steps.items[s].stop);
            struct tl_edge edge;

            tl_graph_edge_told(&edge, showing->graph, walk->steps.items[s].edge);
            struct tl_view_edge added = {
                .from = showing->is_up ? there : here,
                .to = showing->is_up ? here : there,
                .place = edge.query ? tl_arena_printf(showing->ctx->arena, "%s:%u:%u",
                                                      edge.query, (unsigned)edge.line,
                                                      (unsigned)edge.column)
                                    : NULL,
                .confidence = edge.confidence,
                .kind = edge.kind,
                .effect = edge.effect,
            };
            tl_view_add_edge(view, &added);
        }
    }
}

/* ---- ways ---- */

static void show_way(const struct showing *showing, const struct tl_way_found *way,
                     uint32_t number, uint32_t n)
{
    struct tl_ctx *ctx = showing->ctx;
    FILE *out = ctx->say->results;
    const char *effect = way->is_steering ? "only steers"
                         : way->effect    ? tl_effect_word(way->effect)
                                          : "keeps";

    fprintf(out, "%sway %u of %u: %s, %u%% sure, %u %s%s\n", tl_paint(ctx, TL_BOLD),
            number, n, effect, tl_percent(way->confidence), way->n_stops - 1,
            way->n_stops == 2 ? "step" : "steps", tl_paint(ctx, TL_PLAIN));
    for (uint32_t i = 0; i < way->n_stops; i++) {
        fprintf(out, "  %s%s", i ? "-> " : "", name_of_node(showing, way->stops[i].node));
        show_tag(showing, way->stops[i].node);
        if (i) {
            struct tl_str text = TL_STR_INIT(1 << 16);
            add_edge(&text, showing, way->stops[i].edge);
            fprintf(out, "  %s%s%s", tl_paint(ctx, TL_DIM), text.text,
                    tl_paint(ctx, TL_PLAIN));
            tl_str_release(&text);
        }
        fputc('\n', out);
    }
}

static void json_way(const struct showing *showing, const struct tl_way_found *way,
                     uint32_t number)
{
    struct tl_json_line line;
    struct tl_json *json = tl_json_line_begin(&line);

    tl_json_key(json, "confidence");
    tl_json_real(json, way->confidence / 1000.0);
    tl_json_put_text(json, "effect", tl_effect_word(way->effect));
    tl_json_put_bool(json, "steering", way->is_steering);
    tl_json_key(json, "steps");
    tl_json_array(json);
    for (uint32_t i = 0; i < way->n_stops; i++) {
        struct tl_graph_node node;

        tl_graph_node(&node, showing->graph, way->stops[i].node);
        tl_json_object(json);
        tl_json_put_text(json, "dataset", node.dataset);
        if (i) {
            tl_json_key(json, "edge");
            tl_json_object(json);
            put_edge(json, showing, way->stops[i].edge);
            tl_json_object_end(json);
        }
        tl_json_put_text(json, "path", node.path);
        put_tags(json, showing, way->stops[i].node);
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
    tl_json_put_int(json, "way", number);
    tl_json_line_end(&line, showing->ctx);
}

static int show_ways(struct showing *showing, const struct tl_way_origins *origins,
                     bool as_json, const char *what)
{
    struct tl_way_found *ways = NULL, riskiest;
    struct tl_ctx *ctx = showing->ctx;
    bool is_cut = false;
    uint32_t n;

    if (showing->options->riskiest) {
        n = tl_walked_riskiest(&riskiest, showing->walk, showing->graph, origins, ctx);
        ways = &riskiest;
    } else {
        n = tl_walked_ways(&ways, &is_cut, MOST_WAYS, showing->walk, showing->graph,
                           origins, ctx);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (as_json)
            json_way(showing, &ways[i], i + 1);
        else
            show_way(showing, &ways[i], i + 1, n);
    }
    if (n == 0)
        tl_note(ctx, "no way leads from %s there", what);
    if (is_cut)
        tl_warn(ctx, "there are more ways; --riskiest looks at all of them");
    return TL_OK;
}

/* ---- the command ---- */

bool tl_walk_is_asked(const struct tl_walk_options *options)
{
    return options->up || options->down || options->steering || options->riskiest ||
           options->to || options->at;
}

static int draw(const struct showing *showings, size_t n, bool as_svg, struct tl_ctx *ctx)
{
    struct tl_view view;

    tl_view_init(&view);
    for (size_t i = 0; i < n; i++)
        fill_view(&view, &showings[i]);
    int rc = tl_view_draw(&view, as_svg, ctx);
    tl_view_release(&view);
    return rc;
}

static int walk_ways(struct showing *showing, const struct columns *asked, bool as_json,
                     const char *what)
{
    const struct tl_walk_options *o = showing->options;
    struct columns to = { 0 };
    struct tl_walked walk = { 0 };
    int rc = o->to ? find_columns(&to, showing, o->to) : TL_OK;
    const struct columns *end = o->to ? &to : asked;
    struct tl_way_origins origins = { o->to ? asked->items.items : NULL,
                                      o->to ? (uint32_t)asked->items.n : 0, NULL };
    struct tl_walk_question question = { end->items.items, (uint32_t)end->items.n,
                                         (uint32_t)o->depth, true, o->steering };

    if (rc == TL_OK && o->to && !asked->items.n)
        tl_note(showing->ctx, "nothing flows out of '%s'", what);
    else if (rc == TL_OK)
        rc = tl_graph_walk(&walk, showing->graph, &question, showing->ctx);
    showing->walk = &walk;
    if (rc == TL_OK && (asked->items.n || !o->to))
        rc = show_ways(showing, &origins, as_json,
                       o->to ? what : "a column with a tag of its own");
    showing->walk = NULL;
    tl_walked_release(&walk);
    tl_vec_release(&to.items);
    return rc;
}

/* Up, down, or where neither was said, both. */
static int walk_both(const struct showing *like, const struct columns *asked,
                     bool as_json)
{
    const struct tl_walk_options *o = like->options;
    struct showing showings[2];
    struct tl_walked walks[2] = { { .n_asked = 0 } };
    size_t n = 0;
    int rc = TL_OK;

    for (int is_up = 1; rc == TL_OK && is_up >= 0; is_up--) {
        struct tl_walk_question question = { asked->items.items, (uint32_t)asked->items.n,
                                             (uint32_t)o->depth, is_up, o->steering };
        if ((is_up ? o->down && !o->up : o->up && !o->down))
            continue;
        rc = tl_graph_walk(&walks[n], like->graph, &question, like->ctx);
        showings[n] = *like;
        showings[n].walk = &walks[n];
        showings[n++].is_up = is_up;
    }
    if (rc == TL_OK && (o->dot || o->svg))
        rc = draw(showings, n, o->svg, like->ctx);
    else
        for (size_t i = 0; rc == TL_OK && i < n; i++) {
            if (as_json)
                json_walk(&showings[i]);
            else
                show_walk(&showings[i]);
        }
    for (size_t i = 0; i < 2; i++)
        tl_walked_release(&walks[i]);
    return rc;
}

static void index_keys(struct showing *showing)
{
    struct tl_str key = TL_STR_INIT(TL_STR_MOST);

    for (uint32_t i = 0; i < showing->belief->n_datasets; i++) {
        struct tl_key of = tl_belief_key(showing->belief, &showing->belief->datasets[i]);

        tl_str_clear(&key);
        tl_key_add(&key, &of);
        tl_map_put(&showing->by_key, tl_arena_dup(showing->ctx->arena, key.text, key.n),
                   key.n, i);
    }
    tl_str_release(&key);
}

static int walk_belief(const struct tl_walk_options *options, bool as_json,
                       const char *column, const struct tl_belief *belief,
                       struct tl_ctx *ctx)
{
    struct showing showing = { .options = options, .belief = belief, .ctx = ctx };
    struct columns asked = { 0 };

    showing.graph = tl_graph_open();
    tl_graph_add_belief(showing.graph, belief, NULL);
    index_keys(&showing);
    int rc = find_columns(&asked, &showing, column);
    if (rc == TL_OK && (options->to || options->riskiest))
        rc = walk_ways(&showing, &asked, as_json, column);
    else if (rc == TL_OK && !asked.items.n)
        tl_note(ctx, "nothing that is known flows into '%s' or out of it", column);
    else if (rc == TL_OK)
        rc = walk_both(&showing, &asked, as_json);
    tl_vec_release(&asked.items);
    tl_map_release(&showing.by_key);
    tl_graph_close(showing.graph);
    return rc;
}

static int check_options(const struct tl_walk_options *o, struct tl_ctx *ctx)
{
    if (o->depth < 1 || o->depth > UINT32_MAX)
        return tl_fail(ctx, TL_EUSAGE, "--depth takes a number of steps from 1");
    if (o->to && (o->up || o->down))
        return tl_fail(ctx, TL_EUSAGE, "--to says where the ways lead: without --%s",
                       o->up ? "up" : "down");
    if (o->riskiest && o->down) {
        tl_hint(ctx, "--riskiest --to COLUMN tells the riskiest way to one column");
        return tl_fail(ctx, TL_EUSAGE, "--riskiest goes up: without --down");
    }
    if ((o->to || o->riskiest) && (o->dot || o->svg))
        return tl_fail(ctx, TL_EUSAGE, "ways are shown as text: without --%s",
                       o->svg ? "svg" : "dot");
    return TL_OK;
}

int tl_lineage_walk(const struct tl_walk_options *options, bool as_json,
                    const char *column, const struct tl_config *config,
                    struct tl_ctx *ctx)
{
    const struct tl_belief *belief = NULL;
    struct tl_log_run run;
    struct tl_log *log = NULL;
    int rc = check_options(options, ctx);

    if (rc == TL_OK)
        rc = tl_open_log(&log, config, false, ctx);
    if (rc == TL_OK)
        rc = options->at ? tl_log_belief_at(&belief, &run, options->at, log, ctx)
                         : tl_log_belief(&belief, log, ctx);
    if (rc == TL_OK && options->at) {
        char when[21];
        tl_time_text(when, run.when);
        tl_note(ctx, "as the log had it at %s, commit %.12s", when, run.commit);
    }
    if (rc == TL_OK)
        rc = walk_belief(options, as_json, column, belief, ctx);
    tl_log_close(log);
    return rc;
}
