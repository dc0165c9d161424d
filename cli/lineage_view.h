/*
 * What flows where, as a picture or a tree needs it: columns and what leads from one to another, whether they come from SQL files or
 * from the log. Holds names and numbers only; says nothing of how it is shown. Filled by
 * whoever has edges to draw.
 */
#ifndef TL_CLI_LINEAGE_VIEW_H
#define TL_CLI_LINEAGE_VIEW_H

#include "base/map.h"
#include "base/vec.h"

#include <stdint.h>

struct tl_view_node {
    const char *dataset;
    const char *column;  /* NULL: the dataset as a whole, its rows */
    const char *note;    /* "email_address 98%"; NULL: none */
    uint8_t sensitivity; /* enum tl_sensitivity, of the note */
    bool is_asked;       /* the one that was asked for */
};

struct tl_view_edge {
    uint32_t from, to;    /* in `nodes` */
    const char *place;    /* "etl/load.sql:3:8"; NULL: not told */
    uint16_t confidence;  /* per mille */
    uint8_t kind, effect; /* enum tl_edge_kind, enum tl_effect */
    uint8_t flags;        /* enum tl_sql_edge_flag */
    bool
        is_steered; /* it moves values, but what is shown only steers the rows that they are of */
};

struct tl_view {
    TL_VEC(struct tl_view_node) nodes; /* in the order they were met */
    TL_VEC(struct tl_view_edge) edges;
    struct tl_map by_name;
    struct tl_arena *arena; /* of the texts */
};

void tl_view_init(struct tl_view *view);
void tl_view_release(struct tl_view *view);
/* The node of that name, made where there is none. Texts are copied. */
uint32_t tl_view_node(struct tl_view *view, const char *dataset, const char *column);
/* Adds an edge; `place` is copied. Of several between the same nodes all stay. */
void tl_view_add_edge(struct tl_view *view, const struct tl_view_edge *edge);

#endif
