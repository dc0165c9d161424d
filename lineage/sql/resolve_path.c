/*
 * A leaf is a column, or a place within one, or either as a part of a value that is built: three numbers, found by them. So sets stay what
 * they are, and two ways to the same place meet. A flow's way is a chain: steps into the value, the innermost first, and at its end where
 * what is found there lands. An entry that is mixed has lost its shape: what is picked out of it is still all of it.
 */
#include "lineage/sql/resolve_path.h"

#include "base/str.h"
#include "lineage/sql/names.h"

#include <ctype.h>
#include <string.h>

enum {
    MOST_STEPS = 64, /* of a path; what lies deeper counts as all that is there */
    MOST_TEXT = 512, /* bytes of a path as a constant */
    MOST_DIGITS = 6, /* in a row, of a name; more are somebody's number */
};

/* ---- what was found before ---- */

static struct tl_rs_found_place *slot_of(struct tl_rs *rs, const uint32_t key[3])
{
    uint64_t hash =
        tl_name_mix(((uint64_t)key[0] << 32 | key[1]) ^ UINT64_C(0x9e3779b97f4a7c15),
                    key[2] ^ UINT64_C(0xbf58476d1ce4e5b9));
    uint32_t mask = rs->place_room - 1;

    for (uint32_t i = (uint32_t)hash & mask;; i = (i + 1) & mask) {
        struct tl_rs_found_place *place = &rs->places[i];

        if (place->epoch != rs->place_epoch)
            *place = (struct tl_rs_found_place){ .epoch = rs->place_epoch };
        if (!place->value || memcmp(place->key, key, sizeof place->key) == 0)
            return place;
    }
}

static void make_room(struct tl_rs *rs)
{
    struct tl_rs_found_place *old = rs->places;
    uint32_t n = rs->place_room;

    if (n && rs->n_places * 2 < n)
        return;
    rs->place_room = n ? n * 2 : 256;
    rs->places = tl_alloc(rs->place_room, sizeof *rs->places);
    for (uint32_t i = 0; i < n; i++)
        if (old[i].value && old[i].epoch == rs->place_epoch)
            *slot_of(rs, old[i].key) = old[i];
    tl_free(old);
    if (rs->paths.n)
        return;
    tl_vec_push(&rs->paths, (struct tl_rs_path){ 0 });
    tl_vec_push(&rs->ways, (struct tl_rs_way){ 0 });
}

void tl_rs_paths_reset(struct tl_rs *rs)
{
    /* What stands in the slots is of an older epoch from now on. */
    rs->place_epoch += rs->n_places > 0;
    rs->n_places = 0;
    if (rs->paths.n)
        rs->paths.n = rs->ways.n = 1;
}

void tl_rs_paths_release(struct tl_rs *rs)
{
    tl_free(rs->places);
    tl_vec_release(&rs->paths);
    tl_vec_release(&rs->ways);
}

static uint32_t step_into(struct tl_rs *rs, uint32_t path, uint32_t name)
{
    const uint32_t key[3] = { path, name, TL_RS_NONE };

    make_room(rs);
    struct tl_rs_found_place *place = slot_of(rs, key);
    if (!place->value) {
        struct tl_rs_path made = { .before = path,
                                   .name = name,
                                   .n = rs->paths.items[path].n + 1 };
        tl_vec_push(&rs->paths, made);
        memcpy(place->key, key, sizeof key);
        place->value = (uint32_t)rs->paths.n;
        rs->n_places++;
    }
    return place->value - 1;
}

/* The leaf of a place; the whole's own where it is no place. */
static uint32_t leaf_at(struct tl_rs *rs, uint32_t whole, uint32_t path, uint32_t inside)
{
    const uint32_t key[3] = { whole, path, inside };

    if (!path && !inside)
        return whole;
    make_room(rs);
    struct tl_rs_found_place *place = slot_of(rs, key);
    if (!place->value) {
        struct tl_rs_leaf leaf = rs->leaves.items[whole];

        leaf.owner = TL_RS_NONE;
        leaf.whole = whole;
        leaf.path = path;
        leaf.inside = inside;
        leaf.steer_epoch = 0;
        leaf.steers = 0;
        memcpy(place->key, key, sizeof key);
        rs->n_places++;
        place->value = tl_rs_new_leaf(rs, leaf) + 1;
    }
    return place->value - 1;
}

/* ---- paths ---- */

/* The steps of a path, the first one first; at most MOST_STEPS. */
static uint32_t steps_of(const struct tl_rs *rs, uint32_t path,
                         uint32_t steps[MOST_STEPS])
{
    uint32_t n = path ? rs->paths.items[path].n : 0;

    for (uint32_t i = n; i-- > 0; path = rs->paths.items[path].before)
        steps[i] = rs->paths.items[path].name;
    return n;
}

/* `more` behind `path`, as far as there is room. */
static uint32_t joined(struct tl_rs *rs, uint32_t path, const uint32_t *more, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (path && rs->paths.items[path].n == MOST_STEPS)
            break;
        path = step_into(rs, path, more[i]);
    }
    return path;
}

const char *tl_rs_path_text(struct tl_rs *rs, uint32_t path)
{
    uint32_t steps[MOST_STEPS];
    struct tl_str text = TL_STR_INIT(64 << 10);

    if (!path)
        return NULL;
    if (!rs->paths.items[path].text) {
        uint32_t n = steps_of(rs, path, steps);

        for (uint32_t i = 0; i < n; i++) {
            if (i)
                tl_str_add_char(&text, '.');
            tl_str_add(&text, tl_rs_text(rs, steps[i]));
        }
        rs->paths.items[path].text =
            tl_sql_name_exact(rs->names, text.text, (uint32_t)text.n);
        tl_str_release(&text);
    }
    return tl_sql_name_text(rs->names, rs->paths.items[path].text);
}

static bool is_same(const struct tl_rs *rs, uint32_t a, uint32_t b)
{
    return a == b || tl_rs_key(rs, a) == tl_rs_key(rs, b);
}

static bool is_star(const struct tl_rs *rs, uint32_t name)
{
    return strcmp(tl_rs_text(rs, name), "*") == 0;
}

/* ---- flows ---- */

static bool is_step(const struct tl_rs *rs, uint32_t way)
{
    return way && (rs->ways.items[way].name || rs->ways.items[way].without);
}

static uint32_t push_way(struct tl_rs *rs, struct tl_rs_way way)
{
    make_room(rs);
    way.end = is_step(rs, way.next) ? rs->ways.items[way.next].end : way.next;
    tl_vec_push(&rs->ways, way);
    return (uint32_t)rs->ways.n - 1;
}

bool tl_rs_picks(const struct tl_rs *rs, struct tl_rs_flow flow)
{
    return is_step(rs, flow.way) && rs->ways.items[flow.way].name;
}

struct tl_rs_flow tl_rs_mixed(const struct tl_rs *rs, struct tl_rs_flow flow)
{
    if (is_step(rs, flow.way))
        flow.way = rs->ways.items[flow.way].end;
    flow.is_mixed = true;
    return flow;
}

struct tl_rs_flow tl_rs_into(struct tl_rs *rs, struct tl_rs_flow flow, uint32_t name)
{
    flow.way = push_way(rs, (struct tl_rs_way){ .name = name, .next = flow.way });
    return flow;
}

struct tl_rs_flow tl_rs_into_any(const struct tl_rs *rs, struct tl_rs_flow flow)
{
    return tl_rs_mixed(rs, flow);
}

static struct tl_rs_flow without(struct tl_rs *rs, struct tl_rs_flow flow,
                                 const uint32_t *steps, uint32_t n)
{
    struct tl_rs_way way = { .without = joined(rs, 0, steps, n), .next = flow.way };

    flow.way = push_way(rs, way);
    return flow;
}

/* A field of what some place is taken from: that place, or what is left of it. */
static bool as_field_left(struct tl_rs *rs, struct tl_rs_flow *flow, uint32_t name)
{
    struct tl_rs_way way = rs->ways.items[flow->way];
    uint32_t steps[MOST_STEPS];
    uint32_t n = steps_of(rs, way.without, steps);
    bool is_meant = is_same(rs, steps[0], name);

    flow->way = way.next;
    if ((is_meant && n == 1) || !tl_rs_as_field(rs, flow, name))
        return false;
    if (is_meant)
        *flow = without(rs, *flow, steps + 1, n - 1);
    return true;
}

bool tl_rs_as_field(struct tl_rs *rs, struct tl_rs_flow *flow, uint32_t name)
{
    if (is_step(rs, flow->way) && rs->ways.items[flow->way].without)
        return as_field_left(rs, flow, name);
    if (is_step(rs, flow->way)) {
        struct tl_rs_way step = rs->ways.items[flow->way];

        if (!is_same(rs, step.name, name))
            return false;
        flow->way = step.next;
        return true;
    }
    if (flow->is_mixed || !name)
        return true;
    uint32_t around = flow->way ? rs->ways.items[flow->way].inside : 0;
    flow->way =
        push_way(rs, (struct tl_rs_way){ .inside = joined(rs, around, &name, 1) });
    return true;
}

struct tl_rs_flow tl_rs_along(struct tl_rs *rs, struct tl_rs_flow flow, uint32_t way)
{
    uint32_t steps[MOST_STEPS], n = 0;

    for (; is_step(rs, way) && n < MOST_STEPS; way = rs->ways.items[way].next)
        steps[n++] = rs->ways.items[way].name;
    while (n > 0)
        flow = tl_rs_into(rs, flow, steps[--n]);
    return flow;
}

uint32_t tl_rs_picked(const struct tl_rs *rs, struct tl_rs_flow flow)
{
    return is_step(rs, flow.way) ? rs->ways.items[flow.way].name : 0;
}

/* Where an entry lies. */
struct place {
    uint32_t whole, path, inside;
};

static struct place place_of(const struct tl_rs *rs, uint32_t leaf)
{
    const struct tl_rs_leaf *of = &rs->leaves.items[leaf];
    bool is_place = of->path || of->inside;

    return (struct place){ is_place ? of->whole : leaf, of->path, of->inside };
}

/* Picks `name` out of what lies at `place`; false: it is somewhere else. */
static bool pick(struct tl_rs *rs, struct tl_rs_entry *entry, struct place *place,
                 uint32_t name)
{
    const struct tl_rs_leaf *whole = &rs->leaves.items[place->whole];
    uint32_t steps[MOST_STEPS] = { 0 };
    uint32_t n = steps_of(rs, place->inside, steps);

    if (n > 0) {
        bool is_all = is_star(rs, steps[0]);

        if (!is_all && !is_same(rs, steps[0], name))
            return false;
        place->inside = joined(rs, 0, steps + 1, n - 1);
        if (!is_all)
            return true;
    }
    if (entry->is_mixed || !tl_edge_moves_values(entry->kind))
        return true;
    if (whole->kind == TL_RS_STAR_BY_NAME) {
        place->whole = tl_rs_named_leaf(rs, whole->table, name);
        if (entry->confidence > TL_RS_ONLY_SOURCE)
            entry->confidence = TL_RS_ONLY_SOURCE;
    } else if (whole->kind != TL_RS_BASE ||
               (place->path && rs->paths.items[place->path].n == MOST_STEPS)) {
        entry->is_mixed = true;
    } else {
        place->path = step_into(rs, place->path, name);
    }
    return true;
}

/* Whether what lies there, or is picked next, is of the place that is taken away. */
static bool is_taken(const struct tl_rs *rs, uint32_t inside, uint32_t way)
{
    uint32_t steps[MOST_STEPS], gone[MOST_STEPS];
    uint32_t n = steps_of(rs, inside, steps);
    uint32_t n_gone = steps_of(rs, rs->ways.items[way].without, gone);

    for (way = rs->ways.items[way].next; n < n_gone && is_step(rs, way);
         way = rs->ways.items[way].next)
        if (rs->ways.items[way].name)
            steps[n++] = rs->ways.items[way].name;
    if (n < n_gone)
        return false;
    for (uint32_t i = 0; i < n_gone; i++)
        if (!is_same(rs, steps[i], gone[i]))
            return false;
    return true;
}

bool tl_rs_arrive(struct tl_rs *rs, struct tl_rs_entry *entry, struct tl_rs_flow flow)
{
    struct place place = place_of(rs, entry->leaf);
    uint32_t steps[MOST_STEPS], way = flow.way;

    for (; is_step(rs, way); way = rs->ways.items[way].next)
        if (rs->ways.items[way].without
                ? !entry->is_mixed && is_taken(rs, place.inside, way)
                : !pick(rs, entry, &place, rs->ways.items[way].name))
            return false;
    uint32_t around = way ? rs->ways.items[way].inside : 0;
    if (flow.is_mixed)
        place.inside = 0;
    uint32_t n = steps_of(rs, place.inside, steps);
    place.inside = joined(rs, around, steps, n);
    if (place.inside && rs->leaves.items[place.whole].kind == TL_RS_REPEATED) {
        /* A value that holds itself would have no end of places. */
        place.inside = 0;
        entry->is_mixed = true;
    }
    entry->leaf = leaf_at(rs, place.whole, place.path, place.inside);
    return true;
}

/* ---- texts ---- */

/* Where the text of a literal begins behind its quotes and what they are; 0: it is none that is read. */
static char quote_of(const struct tl_rs *rs, uint32_t *first, uint32_t *end)
{
    const char *text = rs->text;

    while (*first < *end && strchr("rRnNeEbB", text[*first]))
        (*first)++;
    if (*end < *first + 2)
        return 0;
    char quote = text[*first];
    if (quote == '$') {
        uint32_t tag = *first + 1;

        while (tag < *end && text[tag] != '$')
            tag++;
        tag = tag + 1 - *first;
        if (*end - *first < 2 * tag)
            return 0;
        *first += tag;
        *end -= tag;
        return quote;
    }
    if (quote != '\'' && quote != '"')
        return 0;
    uint32_t width = *end - *first >= 6 && text[*first + 1] == quote &&
                             text[*first + 2] == quote && text[*end - 2] == quote &&
                             (rs->traits->lexical & TL_SQL_RAW_TEXT)
                         ? 3
                         : 1;
    *first += width;
    *end -= width;
    return quote;
}

bool tl_rs_literal_text(const struct tl_rs *rs, uint32_t id, char *out, size_t room)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    size_t n = 0;

    while (node->a && (node->kind == TL_N_CAST || node->kind == TL_N_NAMED_ARGUMENT))
        node = tl_rs_node(rs, node->a);
    if (node->kind != TL_N_LITERAL || node->op != TL_L_TEXT || node->end <= node->at)
        return false;
    uint32_t first = node->at, end = node->end;
    bool is_escaped = rs->text[first] == 'e' || rs->text[first] == 'E' ||
                      (rs->traits->lexical & TL_SQL_BACKSLASH);
    char quote = quote_of(rs, &first, &end);
    if (!quote)
        return false;
    for (uint32_t i = first; i < end; i++) {
        char c = rs->text[i];

        if (quote != '$' && c == quote && i + 1 < end)
            i++;
        if (is_escaped && c == '\\' && i + 1 < end) {
            c = rs->text[++i];
            if (isalnum((unsigned char)c))
                return false;
        }
        if (c == '\0' || n + 1 >= room)
            return false;
        out[n++] = c;
    }
    out[n] = '\0';
    return true;
}

/* A name for a place, not somebody's address or number: those are values, and no value leaves. */
static bool is_name(const char *text, size_t n)
{
    unsigned digits = 0;

    if (n == 0 || n > 200 || (n > 1 && memchr(text + 1, '@', n - 1)))
        return false;
    for (size_t i = 0; i < n; i++) {
        digits = text[i] >= '0' && text[i] <= '9' ? digits + 1 : 0;
        if (digits > MOST_DIGITS || (unsigned char)text[i] < ' ')
            return false;
    }
    return true;
}

uint32_t tl_rs_constant_name(struct tl_rs *rs, uint32_t id)
{
    char text[MOST_TEXT];

    if (!tl_rs_literal_text(rs, id, text, sizeof text) || !is_name(text, strlen(text)))
        return 0;
    return tl_sql_name_exact(rs->names, text, (uint32_t)strlen(text));
}

bool tl_rs_starts_path(const struct tl_rs *rs, uint32_t id)
{
    char text[MOST_TEXT];

    return tl_rs_literal_text(rs, id, text, sizeof text) &&
           (text[0] == '/' ||
            (text[0] == '$' && (text[1] == '.' || text[1] == '[' || !text[1])));
}

static bool is_number(const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    while (node->a && (node->kind == TL_N_CAST || node->kind == TL_N_UNARY ||
                       node->kind == TL_N_NAMED_ARGUMENT))
        node = tl_rs_node(rs, node->a);
    return node->kind == TL_N_LITERAL && node->op == TL_L_NUMBER;
}

struct tl_rs_flow tl_rs_into_key(struct tl_rs *rs, struct tl_rs_flow flow, uint32_t id)
{
    uint32_t name;

    if (!id || is_number(rs, id))
        return flow;
    name = tl_rs_constant_name(rs, id);
    return name ? tl_rs_into(rs, flow, name) : tl_rs_into_any(rs, flow);
}

/* ---- paths as texts ---- */

/*
 * '$.a.b[0]', 'a.b', 'lax $.a[*]', '$["a b"].c', '{a,b,0}', '/a/b': one for all, since no system's plain paths mean something else in
 * another's notation. Wildcards of elements are elements; what is computed, or reaches into any depth, ends what is known.
 */
struct path_text {
    const char *at;
    uint32_t names[MOST_STEPS];
    uint32_t n;
    bool is_open; /* goes on in a way that is not known */
};

static void add_step(struct tl_rs *rs, struct path_text *path, const char *text, size_t n)
{
    if (path->n == MOST_STEPS || !is_name(text, n))
        path->is_open = true;
    else
        path->names[path->n++] = tl_sql_name_exact(rs->names, text, (uint32_t)n);
}

static bool is_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return n > 0;
}

/* "a b" or 'a b' */
static void read_quoted(struct tl_rs *rs, struct path_text *path)
{
    const char *end = strchr(path->at + 1, *path->at);

    if (!end || memchr(path->at, '\\', (size_t)(end - path->at))) {
        path->is_open = true;
        return;
    }
    add_step(rs, path, path->at + 1, (size_t)(end - path->at) - 1);
    path->at = end + 1;
}

/* [0], [*], [last], [0 to 2], ["a"] */
static void read_brackets(struct tl_rs *rs, struct path_text *path)
{
    path->at += 1 + strspn(path->at + 1, " ");
    if (*path->at == '\'' || *path->at == '"')
        read_quoted(rs, path);
    else
        path->at += strcspn(path->at, "]?@");
    path->at += strspn(path->at, " ");
    if (*path->at != ']')
        path->is_open = true;
    else
        path->at++;
}

static void read_steps(struct tl_rs *rs, struct path_text *path)
{
    while (*path->at && !path->is_open) {
        if (*path->at == '[') {
            read_brackets(rs, path);
            continue;
        }
        path->at += *path->at == '.';
        if (*path->at == '"' || *path->at == '\'') {
            read_quoted(rs, path);
            continue;
        }
        size_t n = strcspn(path->at, ".[]()?*@\"' :");
        if (n == 0 || strchr("(?*@", path->at[n] ? path->at[n] : '.')) {
            path->is_open = true; /* a method, a filter, any member, any depth */
        } else {
            add_step(rs, path, path->at, n);
            path->at += n;
        }
    }
}

/* {a,"b c",0} of #>, /a/b of a JSON pointer */
static void read_list(struct tl_rs *rs, struct path_text *path, const char *ends)
{
    while (*path->at && !path->is_open) {
        path->at += strspn(path->at, " ");
        if (*path->at == '"') {
            read_quoted(rs, path);
        } else {
            size_t n = strcspn(path->at, ends);
            if (!is_digits(path->at, n) && n)
                add_step(rs, path, path->at, n);
            path->at += n;
        }
        path->at += *path->at != '\0';
    }
}

/* array['a', 'b']: a key each */
static struct tl_rs_flow into_list(struct tl_rs *rs, struct tl_rs_flow flow,
                                   uint32_t list)
{
    uint32_t keys[MOST_STEPS], n = 0;

    for (; list && n < MOST_STEPS; list = tl_rs_node(rs, list)->next)
        keys[n++] = list;
    if (list)
        flow = tl_rs_into_any(rs, flow);
    while (n > 0)
        flow = tl_rs_into_key(rs, flow, keys[--n]);
    return flow;
}

struct tl_rs_flow tl_rs_into_path(struct tl_rs *rs, struct tl_rs_flow flow, uint32_t id)
{
    struct path_text path = { 0 };
    char text[MOST_TEXT];

    if (!id || is_number(rs, id))
        return flow;
    if (tl_rs_node(rs, id)->kind == TL_N_LIST)
        return into_list(rs, flow, tl_rs_node(rs, id)->a);
    if (!tl_rs_literal_text(rs, id, text, sizeof text))
        return tl_rs_into_any(rs, flow);
    path.at = text + strspn(text, " ");
    if (strncmp(path.at, "lax ", 4) == 0)
        path.at += 4;
    else if (strncmp(path.at, "strict ", 7) == 0)
        path.at += 7;
    if (*path.at == '{') {
        path.at++;
        read_list(rs, &path, ",}");
    } else if (*path.at == '/') {
        path.at++;
        read_list(rs, &path, "/");
    } else {
        path.at += *path.at == '$';
        read_steps(rs, &path);
    }
    if (path.is_open)
        flow = tl_rs_into_any(rs, flow);
    while (path.n > 0)
        flow = tl_rs_into(rs, flow, path.names[--path.n]);
    return flow;
}

struct tl_rs_flow tl_rs_without_key(struct tl_rs *rs, struct tl_rs_flow flow, uint32_t id)
{
    uint32_t name = tl_rs_constant_name(rs, id);

    return name ? without(rs, flow, &name, 1) : flow;
}

struct tl_rs_flow tl_rs_without_path(struct tl_rs *rs, struct tl_rs_flow flow,
                                     uint32_t id)
{
    struct tl_rs_flow into = tl_rs_into_path(rs, (struct tl_rs_flow){ 0 }, id);
    uint32_t steps[MOST_STEPS], n = 0, n_parts = 1;
    char text[MOST_TEXT];

    if (tl_rs_node(rs, id)->kind == TL_N_LIST) {
        n_parts = 0;
        for (uint32_t i = tl_rs_node(rs, id)->a; i; i = tl_rs_node(rs, i)->next)
            n_parts++;
    } else if (!tl_rs_literal_text(rs, id, text, sizeof text) || strchr(text, '[')) {
        return flow; /* an element alone */
    } else {
        for (const char *c = text; *c; c++)
            n_parts += *text == '{' && *c == ',';
        n_parts = *text == '{' ? n_parts : 0;
    }
    for (; is_step(rs, into.way) && n < MOST_STEPS;
         into.way = rs->ways.items[into.way].next)
        steps[n++] = rs->ways.items[into.way].name;
    return n && !into.is_mixed && (!n_parts || n == n_parts) ? without(rs, flow, steps, n)
                                                             : flow;
}

struct tl_rs_flow tl_rs_without_keys(struct tl_rs *rs, struct tl_rs_flow flow,
                                     uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct path_text path = { 0 };
    char text[MOST_TEXT];

    while (node->kind == TL_N_CAST) {
        const char *type = tl_rs_text(rs, node->name);

        if (strlen(type) > 2 && strcmp(type + strlen(type) - 2, "[]") == 0 &&
            tl_rs_literal_text(rs, id, text, sizeof text) && *text == '{') {
            path.at = text + 1;
            read_list(rs, &path, ",}");
            while (path.n > 0)
                flow = without(rs, flow, &path.names[--path.n], 1);
            return flow;
        }
        id = node->a;
        node = tl_rs_node(rs, id);
    }
    if (node->kind != TL_N_LIST)
        return tl_rs_without_key(rs, flow, id);
    for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next)
        flow = tl_rs_without_key(rs, flow, i);
    return flow;
}

/* ---- types ---- */

/* Behind the part of a type that begins here: at the comma or the closing bracket of its own level. */
static const char *skip_type(const char *at)
{
    unsigned depth = 0;

    for (; *at; at++) {
        if (*at == '(' || *at == '<' || *at == '[')
            depth++;
        else if (*at == ')' || *at == '>' || *at == ']') {
            if (depth == 0)
                break;
            depth--;
        } else if (*at == ',' && depth == 0) {
            break;
        } else if (*at == '"' || *at == '`') {
            const char *end = strchr(at + 1, *at);
            at = end ? end : at;
        }
    }
    return at;
}

static size_t is_record_type(const char *text)
{
    static const char *const words[] = { "row", "struct", "object" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (strncasecmp(text, words[i], n) == 0) {
            n += strspn(text + n, " ");
            return text[n] == '(' || text[n] == '<' ? n + 1 : 0;
        }
    }
    return 0;
}

uint32_t tl_rs_field_of_type(struct tl_rs *rs, uint32_t type, unsigned i, uint32_t *of)
{
    const char *text = type ? tl_rs_text(rs, type) : "";
    size_t n = is_record_type(text);
    const char *at = text + n;

    if (!n)
        return 0;
    for (; i > 0; i--) {
        at = skip_type(at);
        if (*at != ',')
            return 0;
        at++;
    }
    at += strspn(at, " \t\r\n");
    bool is_quoted = *at == '"' || *at == '`';
    n = is_quoted ? strcspn(at + 1, "\"`") : strcspn(at, " :\t\r\n,)>");
    const char *name = at + is_quoted;
    at = name + n + is_quoted;
    at += strspn(at, " :\t\r\n");
    const char *end = skip_type(at);
    if (!n || end == at)
        return 0; /* fields without names */
    if (of)
        *of = tl_sql_name_exact(rs->names, at, (uint32_t)(end - at));
    return tl_sql_name_add(rs->names, name, (uint32_t)n, is_quoted);
}
