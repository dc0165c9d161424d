/*
 * What flows into a column and out of it, from the log: as a tree, as ways between columns, as a picture. And pictures of what SQL files do. Used by
 * cli/cmd_lineage.c alone.
 */
#ifndef TL_CLI_LINEAGE_WALK_H
#define TL_CLI_LINEAGE_WALK_H

#include "cli/cmd.h"
#include "cli/lineage_view.h"

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

/* Whether the options ask for a walk, and not for the listing of files. */
bool tl_walk_is_asked(const struct tl_walk_options *options);

/* `column` as typed: one column, or a dataset for all its columns. */
int tl_lineage_walk(const struct tl_walk_options *options, bool as_json,
                    const char *column, const struct tl_config *config,
                    struct tl_ctx *ctx);

/* The view as a picture on results. TL_EUSAGE: SVG in a build without libgraphviz; TL_ELIMIT: too much for one picture. lineage_draw.c */
int tl_view_draw(const struct tl_view *view, bool as_svg, struct tl_ctx *ctx);

#endif
