/*
 * A recursive descent over PCRE2's syntax (pcre2pattern(3)). What it does not know makes the whole pattern "not understood": a wrong tree
 * would be worse than none.
 */
#include "classifiers/pattern.h"

#include "base/mem.h"

#include <ctype.h>
#include <string.h>

struct reader {
    const char *pattern, *at;
    struct tl_arena *arena;
    unsigned depth, nodes;
    bool is_lost; /* something was not understood */
    bool ignores_case;
};

static struct tl_pattern_node *read_choice(struct reader *reader);

static struct tl_pattern_node *make(struct reader *reader, enum tl_pattern_kind kind)
{
    struct tl_pattern_node *node = tl_arena_alloc(reader->arena, 1, sizeof *node);

    node->kind = kind;
    node->at = (size_t)(reader->at - reader->pattern);
    if (++reader->nodes > TL_PATTERN_NODES_MOST)
        reader->is_lost = true;
    return node;
}

static struct tl_pattern_node *lost(struct reader *reader)
{
    reader->is_lost = true;
    return make(reader, TL_PATTERN_EMPTY);
}

/* ---- sets ---- */

static void set_add(struct tl_pattern_node *node, unsigned from, unsigned to)
{
    for (unsigned b = from; b <= to && b < 256; b++)
        node->set[b >> 6] |= (uint64_t)1 << (b & 63);
}

static void set_add_wide(struct tl_pattern_node *node, const char *sample, size_t n)
{
    set_add(node, 0x80, 0xFF);
    if (!node->sample[0] && n < sizeof node->sample)
        memcpy(node->sample, sample, n);
}

static void set_invert(struct tl_pattern_node *node)
{
    bool was_wide = node->set[2] | node->set[3];

    for (size_t i = 0; i < 4; i++)
        node->set[i] = ~node->set[i];
    /* all but some characters beyond ASCII are still characters beyond ASCII */
    node->set[2] = node->set[3] = UINT64_MAX;
    node->sample[0] = '\0';
    if (!was_wide)
        memcpy(node->sample, "é", 3);
}

static void fold_case(struct tl_pattern_node *node)
{
    for (unsigned c = 'a'; c <= 'z'; c++) {
        unsigned upper = c - 'a' + 'A';
        if ((node->set[c >> 6] >> (c & 63) & 1) ||
            (node->set[upper >> 6] >> (upper & 63) & 1)) {
            set_add(node, c, c);
            set_add(node, upper, upper);
        }
    }
}

/* What \d, \w, \s and their opposites hold; false for another letter. PCRE2 without UCP: ASCII only. */
static bool add_class_letter(struct tl_pattern_node *node, char letter)
{
    struct tl_pattern_node part = { 0 };

    switch (tolower((unsigned char)letter)) {
    case 'd':
        set_add(&part, '0', '9');
        break;
    case 'w':
        set_add(&part, '0', '9');
        set_add(&part, 'A', 'Z');
        set_add(&part, 'a', 'z');
        set_add(&part, '_', '_');
        break;
    case 's':
        set_add(&part, '\t', '\r');
        set_add(&part, ' ', ' ');
        break;
    case 'h':
        set_add(&part, '\t', '\t');
        set_add(&part, ' ', ' ');
        break;
    case 'v':
        set_add(&part, '\n', '\r');
        break;
    case 'n':
        if (letter != 'N')
            return false;
        set_add(&part, '\n', '\n'); /* \N: anything but the end of a line */
        break;
    default:
        return false;
    }
    if (isupper((unsigned char)letter))
        set_invert(&part);
    for (size_t i = 0; i < 4; i++)
        node->set[i] |= part.set[i];
    if (part.sample[0] && !node->sample[0])
        memcpy(node->sample, part.sample, sizeof part.sample);
    return true;
}

/* \p{L}, \p{Lu}, \pN, \P{...}: what of it is ASCII, and all beyond. */
static void add_property(struct reader *reader, struct tl_pattern_node *node, bool is_not)
{
    struct tl_pattern_node part = { 0 };
    char name[32];
    size_t n = 1;

    if (*reader->at == '{') {
        n = strcspn(reader->at, "}");
        snprintf(name, sizeof name, "%.*s", (int)(n ? n - 1 : 0), reader->at + 1);
        n += reader->at[n] == '}';
    } else {
        snprintf(name, sizeof name, "%.1s", reader->at);
        n = *reader->at ? 1 : 0;
    }
    reader->at += n;
    if (name[0] == '^') {
        is_not = !is_not;
        memmove(name, name + 1, strlen(name));
    }
    if (name[0] == 'L' && name[1] != 'l')
        set_add(&part, 'A', 'Z');
    if (name[0] == 'L' && name[1] != 'u')
        set_add(&part, 'a', 'z');
    if (name[0] == 'N')
        set_add(&part, '0', '9');
    if (name[0] == 'Z')
        set_add(&part, ' ', ' ');
    if (name[0] == 'P' || name[0] == 'S') {
        set_add(&part, '!', '/');
        set_add(&part, ':', '@');
    }
    set_add_wide(&part, name[0] == 'L' ? "é" : "٣", 2);
    if (is_not)
        set_invert(&part);
    for (size_t i = 0; i < 4; i++)
        node->set[i] |= part.set[i];
    if (!node->sample[0])
        memcpy(node->sample, part.sample, sizeof part.sample);
}

/* One character behind a backslash that stands for itself or has a letter: its value, or -1. */
static int escaped_character(struct reader *reader)
{
    static const char letters[] = "nrtfea";
    static const char values[] = { '\n', '\r', '\t', '\f', 27, 7 };
    char c = *reader->at;
    const char *found = c ? strchr(letters, c) : NULL;

    if (!c)
        return -1;
    reader->at++;
    if (found)
        return values[found - letters];
    if (c == 'x') {
        bool is_braced = *reader->at == '{';
        unsigned value = 0;
        unsigned n = 0;

        reader->at += is_braced;
        while (isxdigit((unsigned char)*reader->at) && (is_braced || n < 2) && n < 8) {
            char digit = *reader->at++;
            value = value * 16 + (unsigned)(isdigit((unsigned char)digit)
                                                ? digit - '0'
                                                : (digit | 32) - 'a' + 10);
            n++;
        }
        if (is_braced && *reader->at != '}')
            reader->is_lost = true;
        else
            reader->at += is_braced;
        return value < 128 ? (int)value : 256;
    }
    if (isalnum((unsigned char)c))
        return -1;
    return (unsigned char)c;
}

/* A UTF-8 character at the reader; ASCII is a byte of its own. */
static void add_literal(struct reader *reader, struct tl_pattern_node *node)
{
    size_t n = tl_utf8_step(reader->at, strlen(reader->at));

    if (n <= 1) {
        unsigned char c = (unsigned char)*reader->at;
        set_add(node, c, c);
        reader->at += 1;
        return;
    }
    set_add_wide(node, reader->at, n);
    reader->at += n;
}

static const struct {
    const char *name, *bytes; /* pairs: from, to */
} posix_classes[] = {
    { "alpha", "AZaz" },     { "digit", "09" },      { "alnum", "09AZaz" },
    { "upper", "AZ" },       { "lower", "az" },      { "space", "\t\r  " },
    { "punct", "!/:@[`{~" }, { "xdigit", "09AFaf" }, { "word", "09AZaz__" },
};

static bool add_posix(struct reader *reader, struct tl_pattern_node *node)
{
    for (size_t i = 0; i < sizeof posix_classes / sizeof *posix_classes; i++) {
        size_t n = strlen(posix_classes[i].name);
        if (strncmp(reader->at + 2, posix_classes[i].name, n) ||
            strncmp(reader->at + 2 + n, ":]", 2))
            continue;
        for (const char *b = posix_classes[i].bytes; *b; b += 2)
            set_add(node, (unsigned char)b[0], (unsigned char)b[1]);
        reader->at += n + 4;
        return true;
    }
    return false;
}

/* One member of a class, or the first of a range: its byte, 256 beyond ASCII, -1 for a set of its own. */
static int read_member(struct reader *reader, struct tl_pattern_node *node)
{
    if (reader->at[0] == '[' && reader->at[1] == ':' && add_posix(reader, node))
        return -1; /* without its end it is a bracket like any other */
    if (reader->at[0] == '\\') {
        char letter = reader->at[1];

        reader->at++;
        if (letter == 'p' || letter == 'P') {
            reader->at++;
            add_property(reader, node, letter == 'P');
            return -1;
        }
        if (letter == 'b') {
            reader->at++;
            return 8;
        }
        if (add_class_letter(node, letter)) {
            reader->at++;
            return -1;
        }
        int value = escaped_character(reader);
        if (value < 0)
            reader->is_lost = true;
        if (value == 256)
            set_add_wide(node, "é", 2);
        return value;
    }
    unsigned char first = (unsigned char)*reader->at;
    if (first < 128) {
        reader->at++;
        return first;
    }
    add_literal(reader, node);
    return 256;
}

static struct tl_pattern_node *read_class(struct reader *reader)
{
    struct tl_pattern_node *node = make(reader, TL_PATTERN_SET);
    bool is_not = reader->at[1] == '^';
    bool is_first = true;

    reader->at += 1 + is_not;
    while (!reader->is_lost && *reader->at && (*reader->at != ']' || is_first)) {
        is_first = false;
        int from = read_member(reader, node);
        if (from < 0)
            continue;
        if (reader->at[0] == '-' && reader->at[1] && reader->at[1] != ']') {
            reader->at++;
            int to = read_member(reader, node);
            if (from < 256 && to >= 0)
                set_add(node, (unsigned)from, to < 256 ? (unsigned)to : 0xFF);
            continue;
        }
        if (from < 256)
            set_add(node, (unsigned)from, (unsigned)from);
    }
    if (*reader->at != ']')
        return lost(reader);
    reader->at++;
    if (reader->ignores_case)
        fold_case(node);
    if (is_not)
        set_invert(node);
    return node;
}

/* ---- atoms ---- */

static struct tl_pattern_node *read_escape(struct reader *reader)
{
    char letter = reader->at[1];
    struct tl_pattern_node *node;

    reader->at++;
    if (letter && strchr("bBAzZGK", letter)) {
        reader->at++;
        node = make(reader, TL_PATTERN_EMPTY);
        node->is_edge = letter != 'K';
        return node;
    }
    if (letter >= '1' && letter <= '9') {
        while (isdigit((unsigned char)*reader->at))
            reader->at++;
        return make(reader, TL_PATTERN_REFERENCE);
    }
    node = make(reader, TL_PATTERN_SET);
    if (letter == 'p' || letter == 'P') {
        reader->at++;
        add_property(reader, node, letter == 'P');
        return node;
    }
    if (letter == 'R' || letter == 'X') {
        reader->at++;
        set_add(node, '\n', '\r');
        return node;
    }
    if (add_class_letter(node, letter)) {
        reader->at++;
        return node;
    }
    int value = escaped_character(reader);
    if (value < 0)
        return lost(reader);
    if (value == 256)
        set_add_wide(node, "é", 2);
    else
        set_add(node, (unsigned)value, (unsigned)value);
    if (reader->ignores_case)
        fold_case(node);
    return node;
}

/* Flags as in (?i) and (?s:...). Extended syntax has blanks and comments that mean nothing: it is not followed. */
static bool read_flags(struct reader *reader)
{
    bool is_off = false;

    for (; *reader->at && strchr("imsUJn^-", *reader->at); reader->at++) {
        if (*reader->at == '-')
            is_off = true;
        if (*reader->at == 'i')
            reader->ignores_case = !is_off;
    }
    return *reader->at == ':' || *reader->at == ')';
}

/* Behind "(?": what kind of group it is. False: it is over already. */
static bool read_group_head(struct reader *reader, bool *is_look, bool *is_firm)
{
    const char *at = reader->at;

    if (at[0] == '=' || at[0] == '!' ||
        (at[0] == '<' && (at[1] == '=' || at[1] == '!'))) {
        *is_look = true;
        reader->at += at[0] == '<' ? 2 : 1;
        return true;
    }
    if (at[0] == '>' || at[0] == ':' || at[0] == '|') {
        *is_firm = at[0] == '>';
        reader->at++;
        return true;
    }
    if (at[0] == '<' || at[0] == '\'' || (at[0] == 'P' && at[1] == '<')) {
        const char *end = strchr(at + 1, at[0] == '\'' ? '\'' : '>');
        reader->is_lost |= !end;
        reader->at = end ? end + 1 : at;
        return end != NULL;
    }
    if (!read_flags(reader)) {
        reader->is_lost = true;
        return false;
    }
    return *reader->at++ == ':';
}

static struct tl_pattern_node *read_group(struct reader *reader)
{
    bool is_look = false;
    bool is_firm = false;
    bool ignored_case = reader->ignores_case;
    struct tl_pattern_node *node;

    reader->at++;
    if (reader->at[0] == '*')
        return lost(reader); /* a verb */
    if (reader->at[0] == '?') {
        reader->at++;
        if (reader->at[0] == 'P' && reader->at[1] == '=') {
            reader->at += strcspn(reader->at, ")");
            reader->at += *reader->at == ')';
            return make(reader, TL_PATTERN_REFERENCE);
        }
        if (reader->at[0] == '#') {
            reader->at += strcspn(reader->at, ")");
            reader->at += *reader->at == ')';
            return make(reader, TL_PATTERN_EMPTY);
        }
        if (!read_group_head(reader, &is_look, &is_firm))
            return make(reader, TL_PATTERN_EMPTY); /* flags until the group's end */
    }
    node = read_choice(reader);
    if (*reader->at != ')')
        return lost(reader);
    reader->at++;
    reader->ignores_case = ignored_case;
    if (is_look) {
        node = make(reader, TL_PATTERN_EMPTY);
        node->is_edge = true;
        return node;
    }
    if (is_firm) {
        struct tl_pattern_node *firm = make(reader, TL_PATTERN_SEQUENCE);
        firm->child = node;
        firm->is_firm = true;
        return firm;
    }
    return node;
}

static struct tl_pattern_node *read_atom(struct reader *reader)
{
    struct tl_pattern_node *node;

    switch (*reader->at) {
    case '(':
        if (++reader->depth > TL_PATTERN_DEPTH_MOST)
            return lost(reader);
        node = read_group(reader);
        reader->depth--;
        return node;
    case '[':
        return read_class(reader);
    case '\\':
        return reader->at[1] ? read_escape(reader) : lost(reader);
    case '.':
        node = make(reader, TL_PATTERN_SET);
        set_add(node, '\n', '\n');
        set_invert(node);
        reader->at++;
        return node;
    case '^':
    case '$':
        node = make(reader, TL_PATTERN_EMPTY);
        node->is_edge = true;
        reader->at++;
        return node;
    case '*':
    case '+':
    case '?':
        return lost(reader);
    default:
        node = make(reader, TL_PATTERN_SET);
        add_literal(reader, node);
        if (reader->ignores_case)
            fold_case(node);
        return node;
    }
}

/* ---- repeats, sequences, choices ---- */

/* Repeats of one atom, one around the other: a{2}{3}. Each is a level that recursion goes down. */
#define REPEATS_MOST 8

static uint32_t read_number(const char **at)
{
    uint32_t value = 0;

    for (; isdigit((unsigned char)**at); (*at)++)
        value = value < 100000 ? value * 10 + (uint32_t)(**at - '0') : value;
    return value;
}

/* "{2,5}" and its like; anything else behind a '{' is itself. */
static bool read_bounds(struct reader *reader, uint32_t *least, uint32_t *most)
{
    const char *at = reader->at + 1;

    if (!isdigit((unsigned char)*at))
        return false;
    *least = *most = read_number(&at);
    if (*at == ',') {
        at++;
        *most = isdigit((unsigned char)*at) ? read_number(&at) : TL_PATTERN_ENDLESS;
    }
    if (*at != '}')
        return false;
    reader->at = at + 1;
    return true;
}

static struct tl_pattern_node *read_repeat(struct reader *reader)
{
    struct tl_pattern_node *node = read_atom(reader);
    unsigned levels = 0;

    while (!reader->is_lost) {
        uint32_t least = 0;
        uint32_t most = TL_PATTERN_ENDLESS;

        if (*reader->at == '*' || *reader->at == '+' || *reader->at == '?') {
            least = *reader->at == '+';
            most = *reader->at == '?' ? 1 : TL_PATTERN_ENDLESS;
            reader->at++;
        } else if (*reader->at != '{' || !read_bounds(reader, &least, &most)) {
            return node;
        }
        if (++levels > REPEATS_MOST)
            return lost(reader);
        struct tl_pattern_node *repeat = make(reader, TL_PATTERN_REPEAT);
        repeat->child = node;
        repeat->at = node->at;
        repeat->least = least;
        repeat->most = most;
        repeat->is_firm = *reader->at == '+';
        reader->at += *reader->at == '+' || *reader->at == '?';
        node = repeat;
    }
    return node;
}

static struct tl_pattern_node *read_sequence(struct reader *reader)
{
    struct tl_pattern_node *sequence = make(reader, TL_PATTERN_SEQUENCE);
    struct tl_pattern_node **last = &sequence->child;

    while (!reader->is_lost && *reader->at && *reader->at != '|' && *reader->at != ')') {
        *last = read_repeat(reader);
        last = &(*last)->next;
    }
    /* one child stands for itself, but a group's node may hang in one list only */
    return sequence;
}

static struct tl_pattern_node *read_choice(struct reader *reader)
{
    struct tl_pattern_node *first = read_sequence(reader);

    if (*reader->at != '|')
        return first;
    struct tl_pattern_node *choice = make(reader, TL_PATTERN_CHOICE);
    struct tl_pattern_node *last = choice->child = first;
    while (!reader->is_lost && *reader->at == '|') {
        reader->at++;
        last = last->next = read_sequence(reader);
    }
    return choice;
}

bool tl_pattern_parse(struct tl_pattern *out, const char *pattern, struct tl_arena *arena)
{
    struct reader reader = { .pattern = pattern, .at = pattern, .arena = arena };

    *out = (struct tl_pattern){ .root = read_choice(&reader) };
    out->ignores_case = reader.ignores_case;
    return !reader.is_lost && !*reader.at;
}

/* ---- questions ---- */

bool tl_pattern_may_be_empty(const struct tl_pattern_node *node)
{
    switch (node->kind) {
    case TL_PATTERN_SET:
        return false;
    case TL_PATTERN_REPEAT:
        return !node->least || tl_pattern_may_be_empty(node->child);
    case TL_PATTERN_CHOICE:
        for (const struct tl_pattern_node *c = node->child; c; c = c->next) {
            if (tl_pattern_may_be_empty(c))
                return true;
        }
        return false;
    case TL_PATTERN_SEQUENCE:
        for (const struct tl_pattern_node *c = node->child; c; c = c->next) {
            if (!tl_pattern_may_be_empty(c))
                return false;
        }
        return true;
    default:
        return true;
    }
}

static void add_all(uint64_t out[4], const uint64_t set[4])
{
    for (size_t i = 0; i < 4; i++)
        out[i] |= set[i];
}

static void add_first(uint64_t out[4], const struct tl_pattern_node *node)
{
    switch (node->kind) {
    case TL_PATTERN_SET:
        add_all(out, node->set);
        break;
    case TL_PATTERN_REPEAT:
        add_first(out, node->child);
        break;
    case TL_PATTERN_CHOICE:
        for (const struct tl_pattern_node *c = node->child; c; c = c->next)
            add_first(out, c);
        break;
    case TL_PATTERN_SEQUENCE:
        for (const struct tl_pattern_node *c = node->child; c; c = c->next) {
            add_first(out, c);
            if (!tl_pattern_may_be_empty(c))
                break;
        }
        break;
    default:
        break;
    }
}

void tl_pattern_first(uint64_t out[4], const struct tl_pattern_node *node)
{
    memset(out, 0, 4 * sizeof *out);
    add_first(out, node);
}

static void add_last(uint64_t out[4], const struct tl_pattern_node *node)
{
    switch (node->kind) {
    case TL_PATTERN_SET:
        add_all(out, node->set);
        break;
    case TL_PATTERN_REPEAT:
        add_last(out, node->child);
        break;
    case TL_PATTERN_CHOICE:
        for (const struct tl_pattern_node *c = node->child; c; c = c->next)
            add_last(out, c);
        break;
    case TL_PATTERN_SEQUENCE:
        for (const struct tl_pattern_node *c = node->child; c; c = c->next) {
            bool rest_is_empty = true;

            for (const struct tl_pattern_node *r = c->next; r && rest_is_empty;
                 r = r->next)
                rest_is_empty = tl_pattern_may_be_empty(r);
            if (rest_is_empty)
                add_last(out, c);
        }
        break;
    default:
        break;
    }
}

void tl_pattern_last(uint64_t out[4], const struct tl_pattern_node *node)
{
    memset(out, 0, 4 * sizeof *out);
    add_last(out, node);
}

bool tl_pattern_sets_meet(const uint64_t a[4], const uint64_t b[4])
{
    return (a[0] & b[0]) | (a[1] & b[1]) | (a[2] & b[2]) | (a[3] & b[3]);
}

/* ---- strings ---- */

uint64_t tl_pattern_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static bool holds(const uint64_t set[4], unsigned b)
{
    return set[b >> 6] >> (b & 63) & 1;
}

int tl_pattern_byte(const uint64_t set[4], uint64_t *random)
{
    unsigned char plain[128];
    unsigned char others[128];
    size_t n = 0;
    size_t n_others = 0;

    for (unsigned b = 1; b < 128; b++) {
        if (!holds(set, b))
            continue;
        if (isalnum((int)b))
            plain[n++] = (unsigned char)b;
        else if (b >= ' ' || b == '\t' || b == '\n')
            others[n_others++] = (unsigned char)b;
    }
    if (n)
        return plain[tl_pattern_random(random) % n];
    return n_others ? others[tl_pattern_random(random) % n_others] : -1;
}

/* Most bytes of a string: repeats of repeats multiply. */
#define WRITE_MOST 4096

void tl_pattern_write(struct tl_str *out, const struct tl_pattern_node *node,
                      unsigned more, uint64_t *random)
{
    const struct tl_pattern_node *c = node->child;
    uint32_t n = 0;
    int byte;

    if (out->n > WRITE_MOST)
        return;
    switch (node->kind) {
    case TL_PATTERN_SET:
        byte = tl_pattern_byte(node->set, random);
        if (byte >= 0)
            tl_str_add_char(out, (char)byte);
        else
            tl_str_add(out, node->sample);
        break;
    case TL_PATTERN_SEQUENCE:
        for (; c; c = c->next)
            tl_pattern_write(out, c, more, random);
        break;
    case TL_PATTERN_CHOICE:
        for (; c; c = c->next)
            n++;
        n = n ? (uint32_t)(tl_pattern_random(random) % n) : 0;
        for (c = node->child; c && n; n--)
            c = c->next;
        if (c)
            tl_pattern_write(out, c, more, random);
        break;
    case TL_PATTERN_REPEAT:
        n = node->most - node->least < more ? node->most - node->least : more;
        n = node->least + (uint32_t)(tl_pattern_random(random) % (n + 1));
        for (uint32_t i = 0; i < n && out->n <= WRITE_MOST; i++)
            tl_pattern_write(out, c, more, random);
        break;
    default:
        break;
    }
}
