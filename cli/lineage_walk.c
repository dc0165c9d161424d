/*
 * The graph is made of the log's belief for each call; tags, the carried ones too, are those that the belief has, under whatever rules they were
 * carried.
 */
#include "cli/lineage_walk.h"

#include "base/say.h"
#include "cli/config.h"
#include "cli/pipeline.h"
#include "cli/show.h"

#include <string.h>

enum { MOST_TAGS = 3 }; /* of a column, as text */

/* ---- names ---- */

const char *tl_walk_name(const struct tl_showing *showing, const char *dataset,
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

const char *tl_walk_node_name(const struct tl_showing *showing, struct tl_node_id node)
{
    struct tl_graph_node column;

    tl_graph_node(&column, showing->graph, node);
    return tl_walk_name(showing, column.dataset, column.path);
}

/* ---- tags ---- */

/* The column, or the nearest record around it that the belief has; `place`: what of the path is left. */
static const struct tl_belief_column *
believed(const char **place, const struct tl_showing *showing, struct tl_node_id node)
{
    const struct tl_belief *belief = showing->belief;
    const struct tl_belief_column *column = NULL;
    struct tl_graph_node named;
    uint32_t i;

    *place = NULL;
    if (node.i == TL_NO_NODE)
        return NULL;
    tl_graph_node(&named, showing->graph, node);
    if (!tl_map_get(&showing->by_key, named.dataset, strlen(named.dataset), &i))
        return NULL;
    char *path = tl_arena_strdup(showing->ctx->arena, named.path);
    for (char *dot; !column; *place = named.path + (dot - path) + 1) {
        if ((column = tl_belief_column(belief, &belief->datasets[i], path)) != NULL)
            break;
        if (!(dot = strrchr(path, '.')))
            break;
        *dot = 0;
    }
    return column;
}

struct tl_walk_tags tl_walk_tags(const struct tl_showing *showing, struct tl_node_id node)
{
    const struct tl_belief *belief = showing->belief;
    const char *place;
    const struct tl_belief_column *column = believed(&place, showing, node);
    struct tl_walk_tags out = { NULL, 0 };

    if (!column || !column->n_tags)
        return out;
    const struct tl_belief_tag **items =
        tl_arena_alloc(showing->ctx->arena, column->n_tags, sizeof *items);
    for (uint32_t i = column->n_tags; i-- > 0;) {
        const struct tl_belief_tag *tag = &belief->tags[column->first_tag + i];

        if (tl_state_is_live(tag->state) &&
            !tl_graph_is_apart(tl_belief_text(belief, tag->path), place))
            items[out.n++] = tag;
    }
    out.items = items;
    return out;
}

const char *tl_walk_tag_text(const struct tl_showing *showing,
                             const struct tl_belief_tag *tag)
{
    const char *at = tl_belief_text(showing->belief, tag->path);
    struct tl_ctx *ctx = showing->ctx;

    return tl_arena_printf(ctx->arena, "%s %u%%%s%s%s",
                           tl_shown(tl_belief_text(showing->belief, tag->info_type), ctx),
                           tl_percent(tag->confidence),
                           tag->state == TL_CARRIED ? " carried" : "", at ? " at " : "",
                           at ? tl_shown(at, ctx) : "");
}

size_t tl_walk_show_tags(const struct tl_showing *showing, struct tl_node_id node)
{
    struct tl_walk_tags tags = tl_walk_tags(showing, node);
    struct tl_ctx *ctx = showing->ctx;
    FILE *out = ctx->say->results;
    size_t width = 0;

    for (uint32_t i = 0; i < tags.n && i < MOST_TAGS; i++) {
        const char *text = tl_walk_tag_text(showing, tags.items[i]);

        width += 2 + tl_utf8_width(text, strlen(text));
        fprintf(out, "%s%s%s%s", i ? ", " : "  ",
                tl_paint(ctx, tl_paint_of_sensitivity(tags.items[i]->sensitivity)), text,
                tl_paint(ctx, TL_PLAIN));
    }
    if (tags.n > MOST_TAGS)
        width += (size_t)fprintf(out, ", and %u more", tags.n - MOST_TAGS);
    return width;
}

void tl_walk_put_tags(struct tl_json *json, const struct tl_showing *showing,
                      struct tl_node_id node)
{
    const struct tl_belief *belief = showing->belief;
    struct tl_walk_tags tags = tl_walk_tags(showing, node);

    tl_json_key(json, "tags");
    tl_json_array(json);
    for (uint32_t i = 0; i < tags.n; i++) {
        const struct tl_belief_tag *tag = tags.items[i];

        tl_json_object(json);
        tl_json_key(json, "confidence");
        tl_json_real(json, tag->confidence / 1000.0);
        tl_json_put_text(json, "info_type", tl_belief_text(belief, tag->info_type));
        tl_json_put_some(json, "inside", tl_belief_text(belief, tag->path));
        tl_json_put_text(json, "sensitivity", tl_sensitivity_word(tag->sensitivity));
        tl_json_put_text(json, "state", tl_state_word(tag->state));
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
}

/* ---- edges ---- */

void tl_walk_add_edge(struct tl_str *out, const struct tl_showing *showing,
                      uint32_t number)
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

void tl_walk_put_edge(struct tl_json *json, const struct tl_showing *showing,
                      uint32_t number)
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

/* ---- as JSON lines ---- */

static void json_stop(const struct tl_showing *showing, const struct tl_walk_stop *stop,
                      bool is_up)
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
    tl_json_put_text(json, "direction", is_up ? "up" : "down");
    tl_json_put_bool(json, "goes_on", stop->goes_on);
    tl_json_put_text(json, "path", node.path);
    tl_walk_put_tags(json, showing, stop->node);
    tl_json_line_end(&line, showing->ctx);
}

/* A line for each column, then one for each edge. */
static void json_walk(const struct tl_showing *showing, const struct tl_walked *walk,
                      bool is_up)
{
    for (size_t i = 0; i < walk->stops.n; i++)
        json_stop(showing, &walk->stops.items[i], is_up);
    for (size_t i = 0; i < walk->steps.n; i++) {
        struct tl_json_line line;
        struct tl_json *json = tl_json_line_begin(&line);

        tl_walk_put_edge(json, showing, walk->steps.items[i].edge);
        tl_json_line_end(&line, showing->ctx);
    }
}

/* ---- as a picture ---- */

/* A line a tag, and how grave the gravest is. */
static void note_tags(struct tl_view_node *node, const struct tl_showing *showing,
                      struct tl_node_id of)
{
    struct tl_walk_tags tags = tl_walk_tags(showing, of);

    node->note = NULL;
    node->sensitivity = 0;
    for (uint32_t i = 0; i < tags.n && i < MOST_TAGS; i++) {
        const char *text = tl_walk_tag_text(showing, tags.items[i]);

        if (tags.items[i]->sensitivity > node->sensitivity)
            node->sensitivity = tags.items[i]->sensitivity;
        node->note =
            node->note ? tl_arena_printf(showing->ctx->arena, "%s\n%s", node->note, text)
                       : text;
    }
}

static uint32_t view_node(struct tl_view *view, const struct tl_showing *showing,
                          const struct tl_walked *walk, uint32_t number)
{
    const struct tl_walk_stop *stop = &walk->stops.items[number];
    struct tl_graph_dataset_view dataset;
    struct tl_graph_node column = { 0 };

    tl_graph_dataset(&dataset, showing->graph, stop->dataset);
    if (stop->node.i != TL_NO_NODE)
        tl_graph_node(&column, showing->graph, stop->node);
    uint32_t at =
        tl_view_node(view, tl_walk_name(showing, dataset.dataset.key, NULL), column.path);
    struct tl_view_node *node = &view->nodes.items[at];
    node->is_asked |= number < walk->n_asked;
    if (!node->note)
        note_tags(node, showing, stop->node);
    return at;
}

static void fill_view(struct tl_view *view, const struct tl_showing *showing,
                      const struct tl_walked *walk, bool is_up)
{
    for (uint32_t i = 0; i < walk->stops.n; i++) {
        const struct tl_walk_stop *stop = &walk->stops.items[i];
        uint32_t here = view_node(view, showing, walk, i);

        for (uint32_t s = stop->first_step; s < stop->first_step + stop->n_steps; s++) {
            uint32_t there = view_node(view, showing, walk, walk->steps.items[s].stop);
            struct tl_edge edge;

            tl_graph_edge_told(&edge, showing->graph, walk->steps.items[s].edge);
            struct tl_view_edge added = {
                .from = is_up ? there : here,
                .to = is_up ? here : there,
                .place = edge.query ? tl_arena_printf(showing->ctx->arena, "%s:%u:%u",
                                                      edge.query, (unsigned)edge.line,
                                                      (unsigned)edge.column)
                                    : NULL,
                .confidence = edge.confidence,
                .kind = edge.kind,
                .effect = edge.effect,
                .is_steered = stop->node.i == TL_NO_NODE,
            };
            tl_view_add_edge(view, &added);
        }
    }
}

static int draw(const struct tl_showing *showing, const struct tl_walked *up,
                const struct tl_walked *down)
{
    struct tl_view view;

    tl_view_init(&view);
    if (up)
        fill_view(&view, showing, up, true);
    if (down)
        fill_view(&view, showing, down, false);
    int rc = tl_view_draw(&view, showing->options->svg, showing->ctx);
    tl_view_release(&view);
    return rc;
}

/* ---- the command ---- */

const char *tl_walk_flag(const struct tl_walk_options *o)
{
    return o->up                       ? "up"
           : o->down                   ? "down"
           : o->to                     ? "to"
           : o->riskiest               ? "riskiest"
           : o->at                     ? "at"
           : o->steering               ? "steering"
           : o->depth != TL_WALK_DEPTH ? "depth"
                                       : NULL;
}

/* Up, down, or where neither was said, both. */
static int walk_from(const struct tl_showing *showing,
                     const struct tl_walk_columns *asked, bool as_json)
{
    const struct tl_walk_options *o = showing->options;
    struct tl_walked walks[2] = { { .n_asked = 0 } };
    bool is_wanted[2] = { o->up || !o->down, o->down || !o->up };
    int rc = TL_OK;

    for (int i = 0; rc == TL_OK && i < 2; i++) {
        struct tl_walk_question question = { asked->items.items, (uint32_t)asked->items.n,
                                             (uint32_t)o->depth, i == 0, o->steering };
        if (is_wanted[i])
            rc = tl_graph_walk(&walks[i], showing->graph, &question, showing->ctx);
    }
    const struct tl_walked *up = is_wanted[0] ? &walks[0] : NULL;
    const struct tl_walked *down = is_wanted[1] ? &walks[1] : NULL;
    if (rc == TL_OK && (o->dot || o->svg)) {
        rc = draw(showing, up, down);
    } else if (rc == TL_OK && as_json) {
        if (up)
            json_walk(showing, up, true);
        if (down)
            json_walk(showing, down, false);
    } else if (rc == TL_OK) {
        tl_walk_tree(showing, up, down);
    }
    tl_walked_release(&walks[0]);
    tl_walked_release(&walks[1]);
    return rc;
}

static int answer(const struct tl_showing *showing, const struct tl_walk_columns *asked,
                  const char *column, bool as_json)
{
    const struct tl_walk_options *o = showing->options;
    struct tl_walk_columns to = { 0 };
    int rc = TL_OK;

    if (o->to) {
        rc = tl_walk_find(&to, showing, o->to);
        if (rc == TL_OK)
            rc = tl_walk_ways(showing, asked, &to,
                              tl_arena_printf(showing->ctx->arena, "from '%s' to '%s'",
                                              column, o->to),
                              as_json);
        tl_vec_release(&to.items);
    } else if (o->riskiest) {
        rc = tl_walk_ways(
            showing, NULL, asked,
            tl_arena_printf(showing->ctx->arena,
                            "from any other column with a tag of its own to '%s'",
                            column),
            as_json);
    } else {
        if (!asked->items.n)
            tl_note(showing->ctx, "nothing that is known flows into '%s' or out of it",
                    column);
        if (asked->items.n || o->dot || o->svg)
            rc = walk_from(showing, asked, as_json);
    }
    return rc;
}

static void index_keys(struct tl_showing *showing)
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
    struct tl_showing showing = { .options = options, .belief = belief, .ctx = ctx };
    struct tl_walk_columns asked = { 0 };

    showing.graph = tl_graph_open();
    tl_graph_add_belief(showing.graph, belief, NULL);
    index_keys(&showing);
    int rc = tl_walk_find(&asked, &showing, column);
    if (rc == TL_OK)
        rc = answer(&showing, &asked, column, as_json);
    tl_vec_release(&asked.items);
    tl_map_release(&showing.by_key);
    tl_graph_close(showing.graph);
    return rc;
}

static int check_options(const struct tl_walk_options *o, struct tl_ctx *ctx)
{
    if (o->depth < 1 || o->depth > UINT32_MAX)
        return tl_fail(ctx, TL_EUSAGE,
                       "--depth takes a number of steps from 1 to 4294967295");
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
