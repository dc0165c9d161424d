/*
 * What was taken out of a column's values, by path. Keys are collected as they come; which of them are words of the schema
 * can be told only when all rows were read. Then the tree of keys is folded from its root: the children of a group that bear the same
 * key, or that are data, are one group. A group is a path.
 */
#include "classifiers/nested.h"

#include "classifiers/rules.h"

#include "base/str.h"

#include <stdlib.h>

enum {
    KEY_MOST = 48,       /* bytes: a longer key is data */
    KEY_DIGITS_MOST = 3, /* line_2, ga4; not 20240131 */
    WORDS_MOST = 48, /* different keys of one object that can be words of its schema */
    LOOK_MOST = 64,  /* values whose beginnings are looked at */
};
#define NO_ROW UINT32_MAX

void tl_nested_release(struct tl_nested *nested)
{
    tl_arena_close(nested->arena);
    tl_vec_release(&nested->nodes);
    tl_vec_release(&nested->values);
    tl_vec_release(&nested->groups);
    tl_vec_release(&nested->leaves);
    tl_map_release(&nested->children);
    *nested = (struct tl_nested){ 0 };
}

/* ---- collecting ---- */

static void begin(struct tl_nested *nested)
{
    if (nested->arena)
        tl_arena_reset(nested->arena);
    else
        nested->arena = tl_arena_open();
    nested->nodes.n = nested->values.n = nested->groups.n = nested->leaves.n = 0;
    tl_map_release(&nested->children);
    nested->bytes = 0;
    nested->opened = 0;
    tl_vec_push(&nested->nodes, ((struct tl_nested_node){ .last_row = NO_ROW }));
}

/* The place of a key below a node (or a group), as bytes to look it up by. */
struct place {
    char bytes[sizeof(uint32_t) + 1 + KEY_MOST];
    size_t n;
};

static struct place place_of(uint32_t parent, uint8_t kind, const char *key, size_t n)
{
    struct place place = { .n = sizeof parent + 1 + n };

    memcpy(place.bytes, &parent, sizeof parent);
    place.bytes[sizeof parent] = (char)kind;
    if (n)
        memcpy(place.bytes + sizeof parent + 1, key, n);
    return place;
}

static uint32_t add_node(struct tl_nested *nested, uint32_t parent, uint8_t kind,
                         const char *key, size_t n, const struct place *place)
{
    uint32_t new = (uint32_t)nested->nodes.n;
    uint8_t level = nested->nodes.items[parent].level;
    struct tl_nested_node node = { .n = (uint32_t)n,
                                   .parent = parent,
                                   .last_row = NO_ROW,
                                   .kind = kind,
                                   .level = (uint8_t)(level + 1) };

    if (key)
        node.key = tl_arena_dup(nested->arena, key, n);
    tl_vec_push(&nested->nodes, node);
    tl_map_put(&nested->children, tl_arena_dup(nested->arena, place->bytes, place->n),
               place->n, new);
    return new;
}

uint32_t tl_nested_child(struct tl_nested *nested, uint32_t parent,
                         enum tl_nested_kind kind, const char *key, size_t n)
{
    struct place place = place_of(parent, (uint8_t)kind, key, n <= KEY_MOST ? n : 0);
    uint32_t found = 0;
    bool is_kept = n <= KEY_MOST && (nested->nodes.n < TL_NESTED_KEYS || !n);

    if (n > KEY_MOST || !tl_map_get(&nested->children, place.bytes, place.n, &found)) {
        if (!is_kept) {
            /* no key has the kind 255: the node for all that are not told apart */
            place = place_of(parent, UINT8_MAX, NULL, 0);
            if (!tl_map_get(&nested->children, place.bytes, place.n, &found))
                found = add_node(nested, parent, (uint8_t)kind, NULL, 0, &place);
        } else {
            found = add_node(nested, parent, (uint8_t)kind, key, n, &place);
        }
    }
    struct tl_nested_node *node = &nested->nodes.items[found];
    node->times++;
    if (node->last_row != nested->row) {
        node->rows++;
        node->last_row = nested->row;
        node->in_row = 0;
    }
    return found;
}

bool tl_nested_add(struct tl_nested *nested, uint32_t node, const char *bytes, size_t n,
                   bool is_cut)
{
    struct tl_nested_node *at = &nested->nodes.items[node];

    if (nested->values.n >= TL_NESTED_VALUES || nested->bytes + n > TL_NESTED_BYTES)
        return false;
    if (at->in_row >= TL_NESTED_EACH)
        return true;
    at->in_row++;
    nested->bytes += n + 1;
    tl_vec_push(&nested->values,
                ((struct tl_nested_value){ .bytes = tl_arena_dup(nested->arena, bytes, n),
                                           .n = (uint32_t)n,
                                           .node = node,
                                           .row = nested->row,
                                           .is_cut = is_cut }));
    return true;
}

/* ---- words of the schema ---- */

/* Controls and what turns or joins text (U+0080 to 009F, 2000 to 207F) stand in no word, and would write on a terminal. */
static bool has_controls(const char *key, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        unsigned char c = (unsigned char)key[i], next = (unsigned char)key[i + 1];

        if ((c == 0xC2 && next < 0xA0) || (c == 0xE2 && (next == 0x80 || next == 0x81)))
            return true;
    }
    return false;
}

static bool is_wordlike(const char *key, size_t n)
{
    size_t digits = 0;
    size_t letters = 0;

    if (!tl_utf8_is_valid(key, n) || has_controls(key, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)key[i];

        if (c >= '0' && c <= '9')
            digits++;
        else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80)
            letters++;
        else if (!c || !strchr("_-$.: ", c))
            return false;
    }
    return letters && digits <= KEY_DIGITS_MOST;
}

/* All its words are such as the packs know of columns: "user_email"; nothing that a person bears. */
static bool is_known(const struct tl_engine *engine, const char *key, size_t n)
{
    struct tl_tokens tokens;
    struct tl_words words;

    tl_tokens_of_text(&tokens, key, n);
    tl_names_unglue(&tokens, &engine->names);
    tl_names_words(&words, &engine->names, &tokens);
    for (size_t i = 0; i < tokens.n; i++)
        if (!words.flags[i])
            return false;
    return tokens.n > 0;
}

static bool is_bearable(const struct tl_engine *engine, const char *key, size_t n)
{
    return tl_engine_knows_name(engine, key, n);
}

/* ---- folding ---- */

/* What is known of one key below one group. */
struct gathered {
    uint64_t times, rows;
    const struct tl_nested_node *first;
    uint32_t parent, group;
    bool is_known; /* no data, whatever it stands beside */
};
struct folding {
    struct tl_nested *nested;
    const struct tl_engine *engine;
    TL_VEC(struct gathered) keys;
};

static const char *path_below(struct tl_nested *nested, const char *above, uint8_t kind,
                              const char *key)
{
    switch (kind) {
    case TL_NESTED_ITEM:
        return tl_arena_printf(nested->arena, "%s[]", above);
    case TL_NESTED_QUERY:
        return tl_arena_printf(nested->arena, "%s?%s", above, key);
    case TL_NESTED_FRAGMENT:
        return tl_arena_printf(nested->arena, "%s#%s", above, key);
    case TL_NESTED_SEGMENT:
        return tl_arena_printf(nested->arena, "%s/", above);
    case TL_NESTED_USER:
        return tl_arena_printf(nested->arena, "%s//%s", above, key);
    default:
        return tl_arena_printf(nested->arena, "%s%s%s", above, *above ? "." : "", key);
    }
}

static uint32_t add_group(struct tl_nested *nested, uint32_t parent, uint8_t kind,
                          const char *key, bool is_data)
{
    const struct tl_nested_group *above = &nested->groups.items[parent];
    struct tl_nested_group group = { .parent = parent,
                                     .is_data = is_data,
                                     .last_row = NO_ROW };
    bool is_named = key && *key && !is_data;

    group.path = path_below(nested, above->path, kind, is_data ? "*" : key ? key : "");
    group.name = is_named ? tl_arena_printf(nested->arena, "%s%s%s", above->name,
                                            *above->name ? "." : "", key)
                          : above->name;
    tl_vec_push(&nested->groups, group);
    return (uint32_t)nested->groups.n - 1;
}

static bool is_known_key(const struct tl_engine *engine,
                         const struct tl_nested_node *node)
{
    if (node->kind == TL_NESTED_ITEM || node->kind == TL_NESTED_SEGMENT ||
        node->kind == TL_NESTED_USER)
        return true;
    return node->key && node->n && is_wordlike(node->key, node->n) &&
           is_known(engine, node->key, node->n);
}

/*
 * Objects with one user each have keys that shun each other, those of a schema stand beside each other. Which stood together is not
 * counted: the key is taken for one that shuns as many of the others as the numbers allow.
 */
static bool is_beside_others(const struct gathered *key,
                             const struct tl_nested_group *parent)
{
    uint64_t others = parent->unknown_times - key->times;

    return !others || key->times * 2 + others >= parent->times * 2;
}

static bool is_of_schema(const struct folding *folding, const struct gathered *key)
{
    const struct tl_nested_group *parent = &folding->nested->groups.items[key->parent];
    const struct tl_nested_node *node = key->first;

    if (key->is_known)
        return true;
    return node->key && node->n && is_wordlike(node->key, node->n) &&
           key->rows >= TL_NESTED_RECURS && key->times * 2 >= parent->times &&
           parent->n_keys <= WORDS_MOST && is_beside_others(key, parent) &&
           !is_bearable(folding->engine, node->key, node->n);
}

/* The keys that stand at one level, gathered over all nodes of their parents' groups. */
static void gather_level(struct folding *folding, uint8_t level)
{
    struct tl_nested *nested = folding->nested;
    struct tl_map seen = TL_MAP_INIT;

    folding->keys.n = 0;
    for (size_t i = 1; i < nested->nodes.n; i++) {
        struct tl_nested_node *node = &nested->nodes.items[i];
        uint32_t k;

        if (node->level != level)
            continue;
        uint32_t parent = nested->nodes.items[node->parent].group;
        struct place place =
            place_of(parent, node->key ? node->kind : UINT8_MAX, node->key, node->n);
        if (!tl_map_get(&seen, place.bytes, place.n, &k)) {
            k = (uint32_t)folding->keys.n;
            tl_map_put(&seen, tl_arena_dup(nested->arena, place.bytes, place.n), place.n,
                       k);
            tl_vec_push(&folding->keys,
                        ((struct gathered){ .first = node, .parent = parent }));
        }
        folding->keys.items[k].times += node->times;
        folding->keys.items[k].rows += node->rows;
        node->group = k;
    }
    tl_map_release(&seen);
}

/* A key that many rows have in common is a word even beside data: only such keys count as many. */
static void count_keys(struct folding *folding)
{
    for (size_t k = 0; k < folding->keys.n; k++) {
        struct gathered *key = &folding->keys.items[k];
        struct tl_nested_group *parent = &folding->nested->groups.items[key->parent];

        key->is_known = is_known_key(folding->engine, key->first);
        if (!key->is_known)
            parent->unknown_times += key->times;
        if (key->rows >= TL_NESTED_RECURS && key->times * 10 >= parent->times)
            parent->n_keys++;
    }
}

static void fold_level(struct folding *folding, uint8_t level)
{
    struct tl_nested *nested = folding->nested;
    struct tl_map data = TL_MAP_INIT;

    gather_level(folding, level);
    count_keys(folding);
    for (size_t k = 0; k < folding->keys.n; k++) {
        struct gathered *key = &folding->keys.items[k];
        uint8_t kind = key->first->kind;
        uint32_t group = 0;

        if (is_of_schema(folding, key)) {
            group = add_group(nested, key->parent, kind, key->first->key, false);
        } else {
            struct place place = place_of(key->parent, kind, NULL, 0);
            if (!tl_map_get(&data, place.bytes, place.n, &group)) {
                group = add_group(nested, key->parent, kind, NULL, true);
                tl_map_put(&data, tl_arena_dup(nested->arena, place.bytes, place.n),
                           place.n, group);
            }
        }
        key->group = group;
        nested->groups.items[group].times += key->times;
        nested->groups.items[group].rows += key->rows;
    }
    for (size_t i = 1; i < nested->nodes.n; i++)
        if (nested->nodes.items[i].level == level)
            nested->nodes.items[i].group =
                folding->keys.items[nested->nodes.items[i].group].group;
    tl_map_release(&data);
}

static void fold(struct tl_nested *nested, const struct tl_engine *engine)
{
    struct folding folding = { .nested = nested, .engine = engine };
    uint8_t deepest = 0;

    tl_vec_push(&nested->groups, ((struct tl_nested_group){ .path = "",
                                                            .name = "",
                                                            .times = nested->opened,
                                                            .rows = nested->opened,
                                                            .last_row = NO_ROW }));
    for (size_t i = 0; i < nested->nodes.n; i++)
        if (nested->nodes.items[i].level > deepest)
            deepest = nested->nodes.items[i].level;
    for (uint8_t level = 1; level <= deepest; level++)
        fold_level(&folding, level);
    tl_vec_release(&folding.keys);
}

/* ---- leaves ---- */

static int by_rows(const void *a, const void *b)
{
    const struct tl_leaf *x = a, *y = b;

    if (x->rows != y->rows)
        return x->rows < y->rows ? 1 : -1;
    return strcmp(x->path, y->path);
}

/* A map's keys are values too: "by_user.*". */
static void add_keys(struct tl_nested *nested, uint32_t group)
{
    struct tl_leaf leaf = { .path = nested->groups.items[group].path,
                            .name = nested->groups.items[group].name };
    uint32_t n = 0;

    for (size_t i = 1; i < nested->nodes.n; i++)
        n += nested->nodes.items[i].group == group && nested->nodes.items[i].key;
    if (!n)
        return;
    leaf.values = tl_arena_alloc(nested->arena, n, sizeof *leaf.values);
    for (size_t i = 1; i < nested->nodes.n; i++) {
        const struct tl_nested_node *node = &nested->nodes.items[i];

        if (node->group != group || !node->key)
            continue;
        leaf.values[leaf.n++] = (struct tl_value){ node->key, node->n, false };
        leaf.rows += node->rows;
    }
    /* several keys of one row count once, as far as can be told; below other data not even their rows can */
    uint64_t most = nested->groups.items[nested->groups.items[group].parent].rows;
    most = most < nested->opened ? most : nested->opened;
    if (leaf.rows > most)
        leaf.rows = (uint32_t)most;
    tl_vec_push(&nested->leaves, leaf);
}

static void add_leaves(struct tl_nested *nested)
{
    uint32_t *leaf_of = tl_arena_alloc(nested->arena, nested->groups.n, sizeof *leaf_of);

    for (size_t i = 0; i < nested->values.n; i++) {
        const struct tl_nested_value *value = &nested->values.items[i];
        uint32_t g = nested->nodes.items[value->node].group;
        struct tl_nested_group *group = &nested->groups.items[g];

        group->n_values++;
        if (group->last_row != value->row)
            group->rows_of_values++;
        group->last_row = value->row;
    }
    for (uint32_t g = 0; g < nested->groups.n; g++) {
        const struct tl_nested_group *group = &nested->groups.items[g];

        if (group->is_data)
            add_keys(nested, g);
        leaf_of[g] = (uint32_t)nested->leaves.n;
        if (!group->n_values)
            continue;
        struct tl_value *values =
            tl_arena_alloc(nested->arena, group->n_values, sizeof *values);
        tl_vec_push(&nested->leaves, ((struct tl_leaf){ .path = group->path,
                                                        .name = group->name,
                                                        .values = values,
                                                        .rows = group->rows_of_values }));
    }
    for (size_t i = 0; i < nested->values.n; i++) {
        const struct tl_nested_value *value = &nested->values.items[i];
        struct tl_leaf *leaf =
            &nested->leaves.items[leaf_of[nested->nodes.items[value->node].group]];

        leaf->values[leaf->n++] =
            (struct tl_value){ value->bytes, value->n, value->is_cut };
    }
    if (nested->leaves.n)
        qsort(nested->leaves.items, nested->leaves.n, sizeof *nested->leaves.items,
              by_rows);
    if (nested->leaves.n > TL_NESTED_PATHS)
        nested->leaves.n = TL_NESTED_PATHS;
}

/* ---- all of it ---- */

/* What begins with so many blanks and controls is no document. */
#define BLANKS_MOST 4096

static size_t trim(const char **bytes, size_t n)
{
    for (size_t left = BLANKS_MOST; n && (unsigned char)**bytes <= ' '; left--) {
        if (!left)
            return 0;
        ++*bytes;
        n--;
    }
    return n;
}

bool tl_nested_is_likely(const struct tl_sample *sample, uint32_t column)
{
    const struct tl_value *values = sample->values + (size_t)column * sample->n_rows;
    uint32_t step = sample->n_rows / LOOK_MOST + 1;
    uint32_t looked = 0;
    uint32_t likely = 0;

    for (uint32_t i = 0; i < sample->n_rows; i += step) {
        const char *bytes = values[i].bytes;
        size_t n = bytes ? trim(&bytes, values[i].n) : 0;

        looked += n > 0;
        likely += n && tl_nested_form_of(bytes, n) != TL_NESTED_PLAIN;
    }
    return likely * 4 >= looked && likely;
}

void tl_nested_open(struct tl_nested *nested, const struct tl_engine *engine,
                    const struct tl_sample *sample, uint32_t column)
{
    const struct tl_value *values = sample->values + (size_t)column * sample->n_rows;

    uint64_t read = 0;

    begin(nested);
    for (uint32_t i = 0; i < sample->n_rows && read < TL_NESTED_READ; i++) {
        const char *bytes = values[i].bytes;
        size_t n = bytes ? trim(&bytes, values[i].n) : 0;

        if (!n)
            continue;
        if (nested->values.n >= TL_NESTED_VALUES || nested->bytes >= TL_NESTED_BYTES)
            break;
        nested->row = i;
        nested->opened++;
        read += n;
        bool is_long = n > TL_NESTED_BYTES;
        tl_nested_read(nested, 0, bytes, is_long ? TL_NESTED_BYTES : n,
                       values[i].is_cut || is_long);
    }
    fold(nested, engine);
    add_leaves(nested);
}
