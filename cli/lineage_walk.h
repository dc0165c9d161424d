/*
 * What flows into a column and out of it, from the log: as a tree, as ways between columns, as JSON lines, as a picture. And pictures of what SQL
 * files do. Used by cli/cmd_lineage.c alone; what the files of the walk share stands below.
 */
#ifndef TL_CLI_LINEAGE_WALK_H
#define TL_CLI_LINEAGE_WALK_H

#include "base/json.h"
#include "cli/cmd.h"
#include "cli/lineage_view.h"
#include "lineage/graph/walk.h"

/* Steps, where --depth is not given. */
#define TL_WALK_DEPTH 1000

struct tl_walk_options {
    bool up, down, steering, riskiest, dot, svg;
    int64_t depth;
    const char *to, *at; /* NULL: not given */
};

/* The rows of an option table whose struct has such a member. */
#define TL_WALK_OPTION_ROWS(type, member)                                                \
    { "up", TL_KIND_FLAG, offsetof(type, member.up), NULL,                               \
      "of a COLUMN of the log: what it is made of" },                                    \
        { "down", TL_KIND_FLAG, offsetof(type, member.down), NULL,                       \
          "of a COLUMN of the log: what is made of it" },                                \
        { "depth", TL_KIND_COUNT, offsetof(type, member.depth), "1000",                  \
          "most steps from it" },                                                        \
        { "steering", TL_KIND_FLAG, offsetof(type, member.steering), NULL,               \
          "also along what only steers: filters, joins, orders ..." },                   \
        { "to",                                                                          \
          TL_KIND_TEXT,                                                                  \
          offsetof(type, member.to),                                                     \
          NULL,                                                                          \
          "the ways from the COLUMN to this one",                                        \
          .argument = "COLUMN" },                                                        \
        { "riskiest", TL_KIND_FLAG, offsetof(type, member.riskiest), NULL,               \
          "only the way that leaves most of the data: with --to from the COLUMN, else "  \
          "from any tagged one into it" },                                               \
        { "at",                                                                          \
          TL_KIND_TEXT,                                                                  \
          offsetof(type, member.at),                                                     \
          NULL,                                                                          \
          "as the log had it then: a day, a time or a run",                              \
          .argument = "TIME|RUN" },                                                      \
        { "dot", TL_KIND_FLAG, offsetof(type, member.dot), NULL,                         \
          "a picture, in Graphviz's language" },                                         \
    {                                                                                    \
        "svg", TL_KIND_FLAG, offsetof(type, member.svg), NULL, "a picture, as SVG"       \
    }

/* The first flag given that only a COLUMN of the log takes, without its dashes; NULL: none is. */
const char *tl_walk_flag(const struct tl_walk_options *options);

/* `column` as typed: one column, or a dataset for all its columns. */
int tl_lineage_walk(const struct tl_walk_options *options, bool as_json,
                    const char *column, const struct tl_config *config,
                    struct tl_ctx *ctx);

/*
 * The view as a picture on results; with so much in it that columns could not be told apart any more, datasets alone are drawn. TL_EUSAGE: SVG in a
 * build without libgraphviz; TL_ELIMIT: too much for one picture. lineage_draw.c
 */
int tl_view_draw(const struct tl_view *view, bool as_svg, struct tl_ctx *ctx);

/* ---- of the walk's own files ---- */

struct tl_showing {
    const struct tl_walk_options *options;
    const struct tl_belief *belief;
    struct tl_graph *graph;
    struct tl_map by_key; /* of the belief's datasets, by key text */
    struct tl_ctx *ctx;
};

struct tl_walk_columns {
    TL_VEC(struct tl_node_id) items;
};

/*
 * Finds what was typed: "users#email", "users" for all its columns, or as SQL says it ("core.users.email"). None where the log knows it and
 * nothing flows; else TL_ENOTFOUND with what is near, TL_EUSAGE with what it may be. lineage_find.c
 */
int tl_walk_find(struct tl_walk_columns *out, const struct tl_showing *showing,
                 const char *text);

/* "source/database/schema/dataset#field" as it is typed, without the levels that all have in common; no field where `path` is NULL. */
const char *tl_walk_name(const struct tl_showing *showing, const char *dataset,
                         const char *path);
const char *tl_walk_node_name(const struct tl_showing *showing, struct tl_node_id node);

/* The column's live tags, the one that counts most first; of a place within another's values those that are there. In the context's arena. */
struct tl_walk_tags {
    const struct tl_belief_tag *const *items;
    uint32_t n;
};
struct tl_walk_tags tl_walk_tags(const struct tl_showing *showing,
                                 struct tl_node_id node);
/* "email_address 98%", "phone_e164 59% carried", "email_address 98% at user.email". */
const char *tl_walk_tag_text(const struct tl_showing *showing,
                             const struct tl_belief_tag *tag);
/* The tags of a line, behind its name, as `tl_walk_tag_text` with colours; the answer is their width. */
size_t tl_walk_show_tags(const struct tl_showing *showing, struct tl_node_id node);
/* "transformation, hashes, 90%, etl/load.sql:3:9" */
void tl_walk_add_edge(struct tl_str *out, const struct tl_showing *showing,
                      uint32_t edge);
/* The members of an edge, and a member "tags", in an open object. */
void tl_walk_put_edge(struct tl_json *json, const struct tl_showing *showing,
                      uint32_t edge);
void tl_walk_put_tags(struct tl_json *json, const struct tl_showing *showing,
                      struct tl_node_id node);

/* Both walks asked for the same columns; either may be NULL. lineage_tree.c */
void tl_walk_tree(const struct tl_showing *showing, const struct tl_walked *up,
                  const struct tl_walked *down);

/* Ways into `to` from `from` (NULL: from whatever has a tag of its own). `what`: "from 'a' to 'b'". lineage_ways.c */
int tl_walk_ways(const struct tl_showing *showing, const struct tl_walk_columns *from,
                 const struct tl_walk_columns *to, const char *what, bool as_json);

#endif
