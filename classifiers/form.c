/*
 * A recursive reader of the PCRE subset that packs are written in. Each node stands for a language; what is kept of it is a superset in
 * every respect (shortest and longest text, bytes that may come first, last, at all) and sets of which a byte is certain to
 * occur. Look-arounds match nothing themselves, but what a positive one needs occurs in the subject all the same. Back-references are the
 * language of their group. What is not understood (recursion, conditions, verbs, named references, extended syntax) ends the
 * reading, and nothing is said.
 *
 * PCRE2 without UCP: \d, \w, \s and POSIX classes are ASCII. Caseless in UTF mode, U+017F matches s and U+212A matches k.
 */
#include "classifiers/form.h"

#include "base/mem.h"

#define DEPTH_MOST  24
#define GROUPS_MOST 10
#define NO_LIMIT    UINT32_MAX
#define RUN_MOST    UINT16_MAX /* stands for no limit: values are shorter */
#define WANT_MOST   54         /* bytes: a larger set is in nearly every text */

struct node {
    uint32_t least, most;
    struct tl_byte_set first, last, allowed;
    struct tl_byte_set wants[TL_FORM_WANTS];
    unsigned n_wants;
    unsigned n_ways; /* 0: not exact */
    unsigned n_runs[TL_FORM_WAYS];
    struct tl_form_run runs[TL_FORM_RUNS];
};

/* Characters: ASCII ones that are certainly in it and that may be, and whether others may be. */
struct chars {
    uint64_t sure[2], maybe[2];
    bool has_wide;
};

struct reader {
    const char *at;
    bool is_caseless;
    bool has_failed;
    unsigned depth;
    unsigned n_groups;               /* opened */
    struct node groups[GROUPS_MOST]; /* as closed */
    bool is_closed[GROUPS_MOST], was_caseless[GROUPS_MOST];
};

/* ---- sets ---- */

static void add_byte(uint64_t set[2], unsigned c)
{
    set[c >> 6] |= (uint64_t)1 << (c & 63);
}

static void add_range(uint64_t set[2], unsigned from, unsigned to)
{
    for (unsigned c = from; c <= to && c < 128; c++)
        add_byte(set, c);
}

static bool has_byte(const uint64_t set[2], unsigned c)
{
    return set[c >> 6] >> (c & 63) & 1;
}

static void join(struct tl_byte_set *into, const struct tl_byte_set *other)
{
    for (size_t i = 0; i < 4; i++)
        into->words[i] |= other->words[i];
}

static unsigned count(const struct tl_byte_set *set)
{
    unsigned n = 0;

    for (size_t i = 0; i < 4; i++)
        n += (unsigned)__builtin_popcountll(set->words[i]);
    return n;
}

/* ---- nodes ---- */

/* The empty text. */
static void set_empty(struct node *node)
{
    node->least = node->most = node->n_wants = 0;
    memset(&node->first, 0, sizeof node->first);
    memset(&node->last, 0, sizeof node->last);
    memset(&node->allowed, 0, sizeof node->allowed);
    node->n_ways = 1;
    node->n_runs[0] = 0;
}

static void copy_node(struct node *to, const struct node *from)
{
    unsigned runs = 0;

    memcpy(to, from, offsetof(struct node, wants));
    to->n_wants = from->n_wants;
    memcpy(to->wants, from->wants, from->n_wants * sizeof *from->wants);
    to->n_ways = from->n_ways;
    for (unsigned w = 0; w < from->n_ways; w++)
        runs += to->n_runs[w] = from->n_runs[w];
    memcpy(to->runs, from->runs, runs * sizeof *from->runs);
}

static void add_want(struct node *node, const struct tl_byte_set *set)
{
    unsigned size = count(set);
    unsigned largest = 0;
    unsigned at = 0;

    if (size > WANT_MOST)
        return;
    for (unsigned i = 0; i < node->n_wants; i++) {
        if (!memcmp(&node->wants[i], set, sizeof *set))
            return;
        if (count(&node->wants[i]) > largest) {
            largest = count(&node->wants[i]);
            at = i;
        }
    }
    if (node->n_wants < TL_FORM_WANTS)
        node->wants[node->n_wants++] = *set;
    else if (size < largest)
        node->wants[at] = *set;
}

/* A row of runs grows at its end; runs of one set that follow each other are one. */
static bool push_run(struct tl_form_run *runs, unsigned *n, unsigned most,
                     const struct tl_form_run *run)
{
    struct tl_form_run *before = *n ? &runs[*n - 1] : NULL;

    if (before && before->set[0] == run->set[0] && before->set[1] == run->set[1]) {
        unsigned least = before->least + run->least;
        unsigned longest = before->most + run->most;

        before->least = (uint16_t)(least < RUN_MOST ? least : RUN_MOST);
        before->most = (uint16_t)(longest < RUN_MOST ? longest : RUN_MOST);
        return true;
    }
    if (*n == most)
        return false;
    runs[(*n)++] = *run;
    return true;
}

/* Every way of the one followed by every way of the other. */
static void follow_ways(struct node *node, const struct node *next)
{
    struct node all;
    unsigned used = 0;
    const struct tl_form_run *left = node->runs;

    all.n_ways = 0;
    for (unsigned a = 0; a < node->n_ways; left += node->n_runs[a++]) {
        const struct tl_form_run *right = next->runs;

        for (unsigned b = 0; b < next->n_ways; right += next->n_runs[b++]) {
            unsigned n = node->n_runs[a];

            if (all.n_ways == TL_FORM_WAYS || used + n > TL_FORM_RUNS) {
                node->n_ways = 0;
                return;
            }
            memcpy(all.runs + used, left, n * sizeof *left);
            for (unsigned r = 0; r < next->n_runs[b]; r++) {
                if (!push_run(all.runs + used, &n, TL_FORM_RUNS - used, &right[r])) {
                    node->n_ways = 0;
                    return;
                }
            }
            all.n_runs[all.n_ways++] = n;
            used += n;
        }
    }
    node->n_ways = all.n_ways;
    memcpy(node->n_runs, all.n_runs, all.n_ways * sizeof *all.n_runs);
    memcpy(node->runs, all.runs, used * sizeof *all.runs);
}

static void follow(struct node *node, const struct node *next)
{
    if (!node->least)
        join(&node->first, &next->first);
    if (!next->least)
        join(&node->last, &next->last);
    else
        node->last = next->last;
    join(&node->allowed, &next->allowed);
    node->least =
        node->least + next->least < node->least ? NO_LIMIT : node->least + next->least;
    node->most = node->most == NO_LIMIT || next->most == NO_LIMIT ||
                         node->most + next->most < node->most
                     ? NO_LIMIT
                     : node->most + next->most;
    for (unsigned i = 0; i < next->n_wants; i++)
        add_want(node, &next->wants[i]);
    if (node->n_ways && next->n_ways)
        follow_ways(node, next);
    else
        node->n_ways = 0;
}

static void or_else(struct node *node, const struct node *other)
{
    struct tl_byte_set wants[TL_FORM_WANTS];
    unsigned n_wants = node->n_wants;
    unsigned used = 0;
    unsigned more = 0;

    node->least = node->least < other->least ? node->least : other->least;
    node->most = node->most > other->most ? node->most : other->most;
    join(&node->first, &other->first);
    join(&node->last, &other->last);
    join(&node->allowed, &other->allowed);
    /* a byte of either set occurs: each is joined to the one that makes the smallest */
    memcpy(wants, node->wants, n_wants * sizeof *wants);
    node->n_wants = 0;
    for (unsigned i = 0; i < n_wants; i++) {
        struct tl_byte_set best;
        unsigned smallest = WANT_MOST + 1;

        for (unsigned k = 0; k < other->n_wants; k++) {
            struct tl_byte_set both = wants[i];

            join(&both, &other->wants[k]);
            if (count(&both) < smallest) {
                smallest = count(&both);
                best = both;
            }
        }
        if (smallest <= WANT_MOST)
            add_want(node, &best);
    }
    for (unsigned w = 0; w < node->n_ways; w++)
        used += node->n_runs[w];
    for (unsigned w = 0; w < other->n_ways; w++)
        more += other->n_runs[w];
    if (!node->n_ways || !other->n_ways || node->n_ways + other->n_ways > TL_FORM_WAYS ||
        used + more > TL_FORM_RUNS) {
        node->n_ways = 0;
        return;
    }
    memcpy(node->runs + used, other->runs, more * sizeof *node->runs);
    memcpy(node->n_runs + node->n_ways, other->n_runs,
           other->n_ways * sizeof *node->n_runs);
    node->n_ways += other->n_ways;
}

/* The node `least` to `most` times. */
static void repeat(struct node *node, uint32_t least, uint32_t most)
{
    struct node once;
    bool is_char = node->n_ways == 1 && node->n_runs[0] == 1 &&
                   node->runs[0].least == 1 && node->runs[0].most == 1;

    copy_node(&once, node);
    node->least = least && once.least > NO_LIMIT / least ? NO_LIMIT : once.least * least;
    node->most =
        !most || !once.most ? 0
        : most == NO_LIMIT || once.most == NO_LIMIT || once.most > NO_LIMIT / most
            ? NO_LIMIT
            : once.most * most;
    if (!least)
        node->n_wants = 0;
    if (!most)
        set_empty(node);
    if (is_char && most) {
        node->runs[0].least = (uint16_t)(least < RUN_MOST ? least : RUN_MOST);
        node->runs[0].most = (uint16_t)(most < RUN_MOST ? most : RUN_MOST);
        return;
    }
    if (!node->n_ways || !most)
        return;
    if (most > TL_FORM_RUNS) {
        node->n_ways = 0;
        return;
    }
    /* the ways of `least` times, of one more ... */
    struct node times;
    set_empty(&times);
    node->n_ways = 0;
    for (uint32_t i = 0; i <= most; i++) {
        if (i)
            follow_ways(&times, &once);
        if (!times.n_ways) {
            node->n_ways = 0;
            return;
        }
        unsigned used = 0;
        unsigned more = 0;
        for (unsigned w = 0; w < node->n_ways; w++)
            used += node->n_runs[w];
        for (unsigned w = 0; w < times.n_ways; w++)
            more += times.n_runs[w];
        if (i < least)
            continue;
        if (node->n_ways + times.n_ways > TL_FORM_WAYS || used + more > TL_FORM_RUNS) {
            node->n_ways = 0;
            return;
        }
        memcpy(node->runs + used, times.runs, more * sizeof *node->runs);
        memcpy(node->n_runs + node->n_ways, times.n_runs,
               times.n_ways * sizeof *node->n_runs);
        node->n_ways += times.n_ways;
    }
}

/* One character of these. UTF-8: 2 to 4 bytes beyond ASCII, the first 0xC2 to 0xF4, the others 0x80 to 0xBF. */
static void set_chars(struct node *node, const struct chars *chars)
{
    struct tl_byte_set want;

    set_empty(node);
    memcpy(node->first.words, chars->maybe, sizeof chars->maybe);
    node->last = node->allowed = node->first;
    node->least = chars->maybe[0] | chars->maybe[1] ? 1 : 2;
    node->most = 1;
    want = node->first;
    if (chars->has_wide) {
        node->most = 4;
        node->first.words[3] = UINT64_MAX;
        node->last.words[2] = UINT64_MAX;
        node->allowed.words[2] = node->allowed.words[3] = UINT64_MAX;
        want = node->allowed;
    } else if (node->least == 2) {
        node->n_ways = 0; /* matches nothing */
        return;
    }
    add_want(node, &want);
    if (memcmp(chars->sure, chars->maybe, sizeof chars->sure) != 0) {
        node->n_ways = 0;
        return;
    }
    node->n_runs[0] = 1;
    node->runs[0] = (struct tl_form_run){ { chars->sure[0], chars->sure[1] }, 1, 1 };
}

/* ---- characters and classes ---- */

static void fold_chars(struct chars *chars)
{
    static const char both[] = "kKsS";

    for (unsigned c = 'a'; c <= 'z'; c++) {
        unsigned upper = c - 32;

        if (has_byte(chars->sure, c) || has_byte(chars->sure, upper)) {
            add_byte(chars->sure, c);
            add_byte(chars->sure, upper);
        }
        if (has_byte(chars->maybe, c) || has_byte(chars->maybe, upper)) {
            add_byte(chars->maybe, c);
            add_byte(chars->maybe, upper);
        }
    }
    bool had_wide = chars->has_wide;
    for (const char *c = both; *c; c++) {
        chars->has_wide |= has_byte(chars->maybe, (unsigned char)*c);
        if (had_wide)
            add_byte(chars->maybe, (unsigned char)*c);
    }
}

static void invert_chars(struct chars *chars)
{
    uint64_t sure[2] = { ~chars->maybe[0], ~chars->maybe[1] };

    for (size_t i = 0; i < 2; i++) {
        chars->maybe[i] = ~chars->sure[i];
        chars->sure[i] = sure[i];
    }
    chars->has_wide = true;
}

/* \d, \w, \s and their opposites. */
static bool class_of_letter(struct chars *out, char letter)
{
    memset(out, 0, sizeof *out);
    switch (letter | 32) {
    case 'd':
        add_range(out->sure, '0', '9');
        break;
    case 'w':
        add_range(out->sure, '0', '9');
        add_range(out->sure, 'A', 'Z');
        add_range(out->sure, 'a', 'z');
        add_byte(out->sure, '_');
        break;
    case 's':
        add_range(out->sure, '\t', '\r');
        add_byte(out->sure, ' ');
        break;
    default:
        return false;
    }
    memcpy(out->maybe, out->sure, sizeof out->sure);
    if (letter >= 'A' && letter <= 'Z')
        invert_chars(out);
    return true;
}

/* \p{L}, \pL and the like: what is not known may be anything. */
static void class_of_property(struct chars *out, struct reader *reader, bool is_not)
{
    const char *name = reader->at;
    size_t n = 1;

    memset(out, 0, sizeof *out);
    if (*name == '{') {
        const char *end = strchr(++name, '}');

        if (!end) {
            reader->has_failed = true;
            return;
        }
        n = (size_t)(end - name);
        reader->at = end + 1;
    } else if (*name) {
        reader->at++;
    } else {
        reader->has_failed = true;
        return;
    }
    bool is_letter = n == 1 && *name == 'L';
    bool is_known = is_letter || (n == 1 && *name == 'M');
    /* case properties change their meaning where case does not matter */
    if (n == 2 && !reader->is_caseless &&
        (!memcmp(name, "Lu", 2) || !memcmp(name, "Ll", 2))) {
        add_range(out->sure, name[1] == 'u' ? 'A' : 'a', name[1] == 'u' ? 'Z' : 'z');
        is_known = true;
    } else if (n == 2 && !memcmp(name, "Nd", 2)) {
        add_range(out->sure, '0', '9');
        is_known = true;
    } else if (is_letter) {
        add_range(out->sure, 'A', 'Z');
        add_range(out->sure, 'a', 'z');
    }
    memcpy(out->maybe, out->sure, sizeof out->sure);
    if (!is_known)
        out->maybe[0] = out->maybe[1] = UINT64_MAX;
    out->has_wide = true;
    if (is_not)
        invert_chars(out);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What follows "\x": a code point, or -1. */
static long read_hex(struct reader *reader)
{
    long value = 0;
    bool is_open = *reader->at == '{';
    unsigned digits = 0;

    reader->at += is_open;
    while (hex_value(*reader->at) >= 0 && digits < (is_open ? 6 : 2)) {
        value = value * 16 + hex_value(*reader->at++);
        digits++;
    }
    if (!digits || (is_open && *reader->at++ != '}'))
        return -1;
    return value;
}

/* An escape that stands for one character; the '\' and its letter are read. -1: it is something else. */
static long escaped_char(struct reader *reader, char letter)
{
    static const char letters[] = "tnrfea";
    static const char values[] = "\t\n\r\f\033\a";
    const char *at = letter ? strchr(letters, letter) : NULL;

    if (at)
        return values[at - letters];
    if (letter == 'x')
        return read_hex(reader);
    bool is_word = (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                   (letter >= 'a' && letter <= 'z');
    return !letter || is_word || (letter & 0x80) ? -1 : letter;
}

static void add_chars(struct chars *into, const struct chars *other)
{
    for (size_t i = 0; i < 2; i++) {
        into->sure[i] |= other->sure[i];
        into->maybe[i] |= other->maybe[i];
    }
    into->has_wide |= other->has_wide;
}

static void add_span(struct chars *into, long from, long to)
{
    if (to >= 128) {
        into->has_wide = true;
        to = 127;
    }
    if (from < 128) {
        add_range(into->sure, (unsigned)from, (unsigned)to);
        add_range(into->maybe, (unsigned)from, (unsigned)to);
    }
}

static bool read_posix(struct chars *into, struct reader *reader)
{
    static const struct {
        const char *name;
        const char *spans;
    } known[] = { { "[:alpha:]", "AZaz" },   { "[:digit:]", "09" },
                  { "[:alnum:]", "09AZaz" }, { "[:upper:]", "AZ" },
                  { "[:lower:]", "az" },     { "[:xdigit:]", "09AFaf" },
                  { "[:space:]", "\t\r  " }, { "[:word:]", "09AZaz__" } };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strncmp(reader->at, known[i].name, strlen(known[i].name)) != 0)
            continue;
        for (const char *s = known[i].spans; *s; s += 2)
            add_span(into, s[0], s[1]);
        reader->at += strlen(known[i].name);
        return true;
    }
    return false;
}

/* A character of a class, at reader->at; -1: a class was read instead, or the reading failed. */
static long class_item(struct chars *into, struct reader *reader)
{
    unsigned char c = (unsigned char)*reader->at++;
    struct chars inner;

    if (c == '[' && (*reader->at == ':' || *reader->at == '.' || *reader->at == '=')) {
        reader->at--;
        if (!read_posix(into, reader))
            reader->has_failed = true;
        return -1;
    }
    if (c & 0x80) { /* all bytes of one character; which one does not matter */
        while ((*reader->at & 0xC0) == 0x80)
            reader->at++;
        return 128;
    }
    if (c != '\\')
        return c;
    char letter = *reader->at ? *reader->at++ : '\0';
    if (class_of_letter(&inner, letter)) {
        add_chars(into, &inner);
        return -1;
    }
    if (letter == 'p' || letter == 'P') {
        class_of_property(&inner, reader, letter == 'P');
        add_chars(into, &inner);
        return -1;
    }
    long value = letter == 'b' ? '\b' : escaped_char(reader, letter);
    reader->has_failed |= value < 0;
    return value;
}

/* From behind the '['. */
static void read_class(struct node *out, struct reader *reader)
{
    struct chars chars = { { 0 }, { 0 }, false };
    bool is_not = *reader->at == '^';
    bool is_first = true;

    reader->at += is_not;
    for (; !reader->has_failed && (is_first || *reader->at != ']'); is_first = false) {
        if (!*reader->at) {
            reader->has_failed = true;
            break;
        }
        long from = class_item(&chars, reader);
        if (from < 0) { /* behind "\\d" the sign is itself */
            if (*reader->at == '-' && !reader->has_failed) {
                add_span(&chars, '-', '-');
                reader->at++;
            }
            continue;
        }
        long to = from;
        if (reader->at[0] == '-' && reader->at[1] && reader->at[1] != ']') {
            reader->at++;
            to = class_item(&chars, reader);
            if (to < 0) { /* "a-\d": the sign is itself */
                add_span(&chars, '-', '-');
                to = from;
            }
        }
        add_span(&chars, from, to);
    }
    if (reader->has_failed)
        return;
    reader->at++;
    if (reader->is_caseless)
        fold_chars(&chars);
    if (is_not)
        invert_chars(&chars);
    set_chars(out, &chars);
}

static void read_char(struct node *out, const struct reader *reader, long c)
{
    struct chars chars = { { 0 }, { 0 }, false };

    add_span(&chars, c, c);
    if (reader->is_caseless)
        fold_chars(&chars);
    set_chars(out, &chars);
}

/* ---- structure ---- */

static void read_alternatives(struct node *out, struct reader *reader);

/* Matches nothing itself. */
static void set_assertion(struct node *node, const struct node *inner)
{
    struct tl_byte_set wants[TL_FORM_WANTS];
    unsigned n = inner ? inner->n_wants : 0;

    if (n)
        memcpy(wants, inner->wants, n * sizeof *wants);
    set_empty(node);
    node->n_ways = 0;
    node->n_wants = n;
    if (n)
        memcpy(node->wants, wants, n * sizeof *wants);
}

/* "(?i)", "(?i:", "(?-i:" ...: other letters than these change what a pattern means. */
static bool read_flags(struct reader *reader)
{
    bool is_on = true;

    for (; *reader->at && *reader->at != ')' && *reader->at != ':'; reader->at++) {
        switch (*reader->at) {
        case '-':
            is_on = false;
            break;
        case 'i':
            reader->is_caseless = is_on;
            break;
        case 's': /* '.' is taken for any byte as it is; '^' and '$' for nothing */
        case 'm':
            break;
        default:
            return false;
        }
    }
    return *reader->at;
}

static void close_group(struct reader *reader)
{
    if (*reader->at != ')')
        reader->has_failed = true;
    else
        reader->at++;
}

static void read_captured(struct node *out, struct reader *reader)
{
    unsigned number = ++reader->n_groups;
    bool is_caseless = reader->is_caseless;

    read_alternatives(out, reader);
    close_group(reader);
    if (number < GROUPS_MOST && !reader->has_failed) {
        copy_node(&reader->groups[number], out);
        reader->is_closed[number] = true;
        reader->was_caseless[number] = is_caseless;
    }
}

/* From behind "(?". Returns false where the parenthesis only set flags, for what follows it in its group. */
static bool read_special(struct node *out, struct reader *reader)
{
    const char *at = reader->at;
    bool is_behind = at[0] == '<' && (at[1] == '=' || at[1] == '!');

    if (at[0] == '=' || at[0] == '!' || is_behind) {
        bool is_not = at[is_behind] == '!';

        reader->at += 1 + is_behind;
        read_alternatives(out, reader);
        close_group(reader);
        set_assertion(out, is_not ? NULL : out);
        return true;
    }
    if (at[0] == '>') {
        reader->at++;
        read_alternatives(out, reader);
        close_group(reader);
        out->n_ways = 0;
        return true;
    }
    if (at[0] == '<' || (at[0] == 'P' && at[1] == '<')) {
        const char *end = strchr(at, '>');

        if (!end) {
            reader->has_failed = true;
            return true;
        }
        reader->at = end + 1;
        read_captured(out, reader);
        return true;
    }
    if (!read_flags(reader)) {
        reader->has_failed = true;
        return true;
    }
    if (*reader->at++ == ')')
        return false;
    read_alternatives(out, reader);
    close_group(reader);
    return true;
}

static bool read_group(struct node *out, struct reader *reader)
{
    bool was_caseless = reader->is_caseless;
    bool is_node = true;

    if (++reader->depth > DEPTH_MOST || *reader->at == '*') {
        reader->has_failed = true;
        return true;
    }
    if (*reader->at == '?') {
        reader->at++;
        is_node = read_special(out, reader);
    } else {
        read_captured(out, reader);
    }
    reader->depth--;
    if (is_node)
        reader->is_caseless = was_caseless;
    return is_node;
}

static void read_escape(struct node *out, struct reader *reader)
{
    char letter = *reader->at ? *reader->at++ : '\0';
    struct chars chars;

    if (class_of_letter(&chars, letter)) {
        set_chars(out, &chars);
        return;
    }
    if (letter == 'p' || letter == 'P') {
        class_of_property(&chars, reader, letter == 'P');
        set_chars(out, &chars);
        return;
    }
    if (letter && strchr("bBAzZ", letter)) {
        set_assertion(out, NULL);
        return;
    }
    if (letter >= '1' && letter <= '9') {
        unsigned number = (unsigned)(letter - '0');

        if ((*reader->at >= '0' && *reader->at <= '9') || !reader->is_closed[number] ||
            reader->is_caseless != reader->was_caseless[number]) {
            reader->has_failed = true;
            return;
        }
        copy_node(out, &reader->groups[number]);
        out->n_ways = 0;
        return;
    }
    long c = escaped_char(reader, letter);
    reader->has_failed |= c < 0;
    if (c >= 0)
        read_char(out, reader, c);
}

/* A character beyond ASCII: its bytes, one after the other; where case does not matter, some character beyond ASCII. */
static void read_wide(struct node *out, struct reader *reader, unsigned char lead)
{
    if (reader->is_caseless) {
        while ((*reader->at & 0xC0) == 0x80)
            reader->at++;
        read_char(out, reader, 128);
        return;
    }
    set_empty(out);
    for (unsigned char c = lead;;) {
        struct node byte;

        set_empty(&byte);
        byte.least = byte.most = 1;
        byte.first.words[c >> 6] = (uint64_t)1 << (c & 63);
        byte.last = byte.allowed = byte.first;
        add_want(&byte, &byte.first);
        byte.n_ways = 0;
        follow(out, &byte);
        if ((*reader->at & 0xC0) != 0x80)
            break;
        c = (unsigned char)*reader->at++;
    }
}

/* One atom; false where there is none, but flags. */
static bool read_atom(struct node *out, struct reader *reader)
{
    unsigned char c = (unsigned char)*reader->at++;
    struct chars any = { { 0 }, { UINT64_MAX, UINT64_MAX }, true };

    switch (c) {
    case '(':
        return read_group(out, reader);
    case '[':
        read_class(out, reader);
        break;
    case '.':
        set_chars(out, &any);
        break;
    case '^':
    case '$':
        set_assertion(out, NULL);
        break;
    case '\\':
        read_escape(out, reader);
        break;
    case '*':
    case '+':
    case '?':
        reader->has_failed = true;
        break;
    default:
        if (c & 0x80)
            read_wide(out, reader, c);
        else
            read_char(out, reader, c);
    }
    return true;
}

static bool read_count(uint32_t *out, struct reader *reader)
{
    uint32_t value = 0;

    if (*reader->at < '0' || *reader->at > '9')
        return false;
    while (*reader->at >= '0' && *reader->at <= '9' && value < 100000)
        value = value * 10 + (uint32_t)(*reader->at++ - '0');
    *out = value;
    return true;
}

/* "{3}", "{3,}", "{3,5}"; anything else behind '{' is text, and "{,5}" is read either way by different versions. */
static bool read_braces(uint32_t *least, uint32_t *most, struct reader *reader)
{
    const char *begin = reader->at++;

    if (!read_count(least, reader)) {
        reader->has_failed |= *reader->at == ',' || *reader->at == ' ';
        reader->at = begin;
        return false;
    }
    *most = *least;
    if (*reader->at == ',') {
        reader->at++;
        if (!read_count(most, reader))
            *most = NO_LIMIT;
    }
    if (*reader->at++ == '}')
        return true;
    reader->has_failed = true;
    return false;
}

static void read_quantifiers(struct node *node, struct reader *reader)
{
    uint32_t least = 0;
    uint32_t most = NO_LIMIT;

    switch (*reader->at) {
    case '*':
        reader->at++;
        break;
    case '+':
        least = 1;
        reader->at++;
        break;
    case '?':
        most = 1;
        reader->at++;
        break;
    case '{':
        if (!read_braces(&least, &most, reader))
            return;
        break;
    default:
        return;
    }
    repeat(node, least, most);
    if (*reader->at == '+') {
        node->n_ways = 0; /* gives nothing back: takes less than the runs say */
        reader->at++;
    } else if (*reader->at == '?') {
        reader->at++; /* prefers less, matches the same texts */
    }
}

static void read_sequence(struct node *out, struct reader *reader)
{
    set_empty(out);
    while (!reader->has_failed && *reader->at && *reader->at != '|' &&
           *reader->at != ')') {
        struct node atom;

        if (!read_atom(&atom, reader) || reader->has_failed)
            continue;
        read_quantifiers(&atom, reader);
        if (!reader->has_failed)
            follow(out, &atom);
    }
}

static void read_alternatives(struct node *out, struct reader *reader)
{
    read_sequence(out, reader);
    while (!reader->has_failed && *reader->at == '|') {
        struct node other;

        reader->at++;
        read_sequence(&other, reader);
        if (!reader->has_failed)
            or_else(out, &other);
    }
}

/* ---- the form ---- */

/* A run of varying length must end where it cannot go on: what follows it must be other bytes. */
static bool leaves_no_choice(const struct tl_form_run *runs, unsigned n)
{
    for (unsigned i = 0; i + 1 < n; i++) {
        for (unsigned k = i + 1; k < n && runs[i].least < runs[i].most; k++) {
            if ((runs[i].set[0] & runs[k].set[0]) | (runs[i].set[1] & runs[k].set[1]))
                return false;
            if (runs[k].least)
                break;
        }
    }
    return true;
}

static void say_nothing(struct tl_form *out)
{
    memset(out, 0, sizeof *out);
    out->most = NO_LIMIT;
    memset(&out->first, 0xFF, sizeof out->first);
    memset(&out->last, 0xFF, sizeof out->last);
    memset(&out->allowed, 0xFF, sizeof out->allowed);
}

void tl_form_of(struct tl_form *out, const char *pattern, struct tl_arena *into)
{
    struct reader reader;
    struct node node;
    unsigned used = 0;

    say_nothing(out);
    reader.at = pattern;
    reader.is_caseless = false;
    reader.has_failed = false;
    reader.depth = reader.n_groups = 0;
    memset(reader.is_closed, 0, sizeof reader.is_closed);
    read_alternatives(&node, &reader);
    if (reader.has_failed || *reader.at)
        return;
    out->least = node.least;
    out->most = node.most;
    out->first = node.first;
    out->last = node.last;
    out->allowed = node.allowed;
    out->n_wants = (uint8_t)node.n_wants;
    struct tl_byte_set *wants = tl_arena_alloc(into, node.n_wants, sizeof *wants);
    memcpy(wants, node.wants, node.n_wants * sizeof *wants);
    out->wants = wants;
    for (unsigned w = 0; w < node.n_ways; w++) {
        if (!leaves_no_choice(node.runs + used, node.n_runs[w]))
            return;
        used += node.n_runs[w];
    }
    out->n_ways = (uint8_t)node.n_ways;
    for (unsigned w = 0; w < node.n_ways; w++)
        out->n_runs[w] = (uint8_t)node.n_runs[w];
    struct tl_form_run *runs = tl_arena_alloc(into, used, sizeof *runs);
    memcpy(runs, node.runs, used * sizeof *runs);
    out->runs = runs;
}

bool tl_form_takes(const struct tl_form *form, const char *bytes, size_t n)
{
    const struct tl_form_run *run = form->runs;

    for (unsigned w = 0; w < form->n_ways; w++) {
        const struct tl_form_run *end = run + form->n_runs[w];
        size_t at = 0;

        for (; run < end; run++) {
            size_t most = n - at < run->most ? n - at : run->most;
            size_t k = 0;

            while (k < most && has_byte(run->set, (unsigned char)bytes[at + k]))
                k++;
            if (k < run->least)
                break;
            at += k;
        }
        if (run == end && at == n)
            return true;
        run = end;
    }
    return false;
}
