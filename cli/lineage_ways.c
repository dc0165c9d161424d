/*
 * Ways from column to column, one below the other as data goes along them: all that there are, or the one that leaves most of the data.
 */
#include "cli/lineage_walk.h"

#include "base/say.h"
#include "cli/show.h"

enum { MOST_WAYS = 20 };

static void show_way(const struct tl_showing *showing, const struct tl_way_found *way,
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
        fprintf(out, "  %s%s", i ? "-> " : "",
                tl_walk_node_name(showing, way->stops[i].node));
        tl_walk_show_tags(showing, way->stops[i].node);
        if (i) {
            struct tl_str text = TL_STR_INIT(1 << 16);
            tl_walk_add_edge(&text, showing, way->stops[i].edge);
            fprintf(out, "  %s%s%s", tl_paint(ctx, TL_DIM), text.text,
                    tl_paint(ctx, TL_PLAIN));
            tl_str_release(&text);
        }
        fputc('\n', out);
    }
}

static void json_way(const struct tl_showing *showing, const struct tl_way_found *way,
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
            tl_walk_put_edge(json, showing, way->stops[i].edge);
            tl_json_object_end(json);
        }
        tl_json_put_text(json, "path", node.path);
        tl_walk_put_tags(json, showing, way->stops[i].node);
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
    tl_json_put_int(json, "way", number);
    tl_json_line_end(&line, showing->ctx);
}

static uint32_t find_ways(struct tl_way_found **out, bool *is_cut,
                          const struct tl_showing *showing, const struct tl_walked *walk,
                          const struct tl_way_origins *origins)
{
    struct tl_ctx *ctx = showing->ctx;

    if (!showing->options->riskiest)
        return tl_walked_ways(out, is_cut, MOST_WAYS, walk, showing->graph, origins, ctx);
    *out = tl_arena_alloc(ctx->arena, 1, sizeof **out);
    return tl_walked_riskiest(*out, walk, showing->graph, origins, ctx);
}

int tl_walk_ways(const struct tl_showing *showing, const struct tl_walk_columns *from,
                 const struct tl_walk_columns *to, const char *what, bool as_json)
{
    const struct tl_walk_options *o = showing->options;
    struct tl_way_origins origins = { from ? from->items.items : NULL,
                                      from ? (uint32_t)from->items.n : 0, NULL };
    struct tl_walk_question question = { to->items.items, (uint32_t)to->items.n,
                                         (uint32_t)o->depth, true, o->steering };
    struct tl_way_found *ways = NULL;
    struct tl_walked walk = { 0 };
    bool is_cut = false;
    uint32_t n = 0;
    int rc = TL_OK;

    if (to->items.n && (!from || from->items.n)) {
        rc = tl_graph_walk(&walk, showing->graph, &question, showing->ctx);
        if (rc == TL_OK)
            n = find_ways(&ways, &is_cut, showing, &walk, &origins);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (as_json)
            json_way(showing, &ways[i], i + 1);
        else
            show_way(showing, &ways[i], i + 1, n);
    }
    fflush(showing->ctx->say->results);
    if (rc == TL_OK && n == 0)
        tl_note(showing->ctx, "no way leads %s%s", what,
                o->steering ? "" : "; --steering looks also at what only steers");
    if (is_cut)
        tl_warn(showing->ctx, "there are more ways; --riskiest looks at all of them");
    tl_walked_release(&walk);
    return rc;
}
