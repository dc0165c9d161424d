#include "cli/lineage_view.h"

#include "base/mem.h"
#include "base/str.h"

#include <string.h>

void tl_view_init(struct tl_view *view)
{
    memset(view, 0, sizeof *view);
    view->arena = tl_arena_open();
}

void tl_view_release(struct tl_view *view)
{
    tl_vec_release(&view->nodes);
    tl_vec_release(&view->edges);
    tl_map_release(&view->by_name);
    tl_arena_close(view->arena);
    view->arena = NULL;
}

uint32_t tl_view_node(struct tl_view *view, const char *dataset, const char *column)
{
    struct tl_str key = TL_STR_INIT(1 << 20);
    uint32_t at;

    /* No name holds a NUL: it parts the two, and no column is not the empty one. */
    tl_str_add(&key, dataset);
    if (column) {
        tl_str_add_char(&key, 0);
        tl_str_add(&key, column);
    }
    if (!tl_map_get(&view->by_name, key.text, key.n, &at)) {
        struct tl_view_node node = { .dataset = tl_arena_strdup(view->arena, dataset) };

        if (column)
            node.column = tl_arena_strdup(view->arena, column);
        at = (uint32_t)view->nodes.n;
        tl_vec_push(&view->nodes, node);
        tl_map_put(&view->by_name, tl_arena_dup(view->arena, key.text, key.n), key.n, at);
    }
    tl_str_release(&key);
    return at;
}

void tl_view_add_edge(struct tl_view *view, const struct tl_view_edge *edge)
{
    struct tl_view_edge added = *edge;

    if (edge->place)
        added.place = tl_arena_strdup(view->arena, edge->place);
    tl_vec_push(&view->edges, added);
}
