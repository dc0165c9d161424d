/*
 * A regular expression as a tree: enough of PCRE2's syntax to see where it can backtrack badly, to write strings that it matches and to
 * list the words that it stands for. Never decides a match: base/rx.h does. For lint and import only.
 */
#ifndef TL_CLASSIFIERS_PATTERN_H
#define TL_CLASSIFIERS_PATTERN_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tl_arena;

enum tl_pattern_kind {
    TL_PATTERN_EMPTY,    /* also what takes no room: anchors, looks around, flags */
    TL_PATTERN_SET,      /* one character */
    TL_PATTERN_SEQUENCE, /* children one after the other */
    TL_PATTERN_CHOICE,   /* one of the children */
    TL_PATTERN_REPEAT,   /* the child, `least` to `most` times */
    TL_PATTERN_REFERENCE /* what a group matched, or anything else that is not followed */
};

#define TL_PATTERN_ENDLESS UINT32_MAX

struct tl_pattern_node {
    enum tl_pattern_kind kind;
    uint64_t set[4]; /* of a SET: bytes; a character beyond ASCII has all of 0x80..0xFF */
    char sample[5];  /* of a SET: one of its characters beyond ASCII, or "" */
    uint32_t least, most;
    bool is_firm; /* a possessive repeat or an atomic group: never gives back */
    bool
        is_edge; /* an EMPTY one that ties the match to its place: an anchor, a look around */
    struct tl_pattern_node *child, *next;
    size_t at; /* byte of the pattern */
};

struct tl_pattern {
    struct tl_pattern_node *root;
    bool ignores_case;
};

/* Most levels and nodes; a larger pattern is not understood. */
#define TL_PATTERN_DEPTH_MOST 100
#define TL_PATTERN_NODES_MOST 20000

/* False for a pattern that is not understood, whether PCRE2 takes it or not. From the arena. */
bool tl_pattern_parse(struct tl_pattern *out, const char *pattern,
                      struct tl_arena *arena);

bool tl_pattern_may_be_empty(const struct tl_pattern_node *node);
/* Bytes that a match of the node may begin with, and end with. */
void tl_pattern_first(uint64_t out[4], const struct tl_pattern_node *node);
void tl_pattern_last(uint64_t out[4], const struct tl_pattern_node *node);
bool tl_pattern_sets_meet(const uint64_t a[4], const uint64_t b[4]);

/* splitmix64 (Steele, Lea, Flood, OOPSLA 2014): the same strings on every machine. */
uint64_t tl_pattern_random(uint64_t *state);

/* A string that the node may match: looks around and references are not followed. Repeats run `more` times beyond their least at most. */
void tl_pattern_write(struct tl_str *out, const struct tl_pattern_node *node,
                      unsigned more, uint64_t *random);
/* A byte of the set, a letter or digit where it holds one; -1: it has none in ASCII. */
int tl_pattern_byte(const uint64_t set[4], uint64_t *random);

#endif
