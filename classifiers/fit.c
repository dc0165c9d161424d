/*
 * Text that people wrote, made fit to be logged. Git history never forgets, so this errs on the side of masking: whatever may be
 * a literal out of the data (quoted, long digits, ids, addresses, names that a person bears) loses its letters and digits.
 */
#include "classifiers/rules.h"

#include "base/str.h"

#include <stdlib.h>

#define DIGITS_IN_ROW 5 /* such a run is never a mere number */
#define DIGITS_IN_ALL                                                                    \
    7 /* with separators between: a telephone, a date of birth, an account */
#define ID_LENGTH 12 /* letters and digits mixed: an identifier */

struct marker {
    unsigned char *marks; /* NULL: only whether there are any */
    const char *text;
    size_t n;
    bool any;
};

static void mark(struct marker *marker, size_t from, size_t to)
{
    if (from >= to)
        return;
    marker->any = true;
    if (marker->marks)
        memset(marker->marks + from, 1, to - from);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The run of non-blanks around `at`; the answer is its end. */
static size_t mark_word(struct marker *marker, size_t at)
{
    size_t from = at;
    size_t to = at;

    while (from && !is_space(marker->text[from - 1]))
        from--;
    while (to < marker->n && !is_space(marker->text[to]))
        to++;
    mark(marker, from, to);
    return to;
}

static void mark_signs(struct marker *marker)
{
    size_t digits = 0;

    for (size_t i = 0; i < marker->n; i++) {
        digits = is_digit(marker->text[i]) ? digits + 1 : 0;
        if (digits != DIGITS_IN_ROW && marker->text[i] != '@')
            continue;
        /* each word once: a text of nothing but signs must not cost its length squared */
        i = mark_word(marker, i) - 1;
        digits = 0;
    }
}

#define YOUNGEST_BIRTH                                                                   \
    2015 /* a whole date from then on is when something was done, not a person's birth */

/* "2024-05-05" and nothing else. */
static bool is_recent_date(const char *text, size_t n)
{
    if (n != 10 || text[4] != '-' || text[7] != '-')
        return false;
    for (size_t i = 0; i < n; i++)
        if (i != 4 && i != 7 && !is_digit(text[i]))
            return false;
    return strtol(text, NULL, 10) >= YOUNGEST_BIRTH;
}

/* Digits with the separators that telephones, dates, accounts and IPv4 addresses are written with. */
static void mark_numbers(struct marker *marker)
{
    for (size_t i = 0; i < marker->n;) {
        size_t from = i;
        size_t end = i;
        unsigned digits = 0;
        unsigned dots = 0;

        for (; i < marker->n &&
               (is_digit(marker->text[i]) || strchr(" ()+.-/", marker->text[i]));
             i++) {
            if (is_digit(marker->text[i])) {
                digits++;
                end = i + 1;
            }
            dots += marker->text[i] == '.';
        }
        size_t begin = from + strspn(marker->text + from, " ()+.-/");
        if ((digits >= DIGITS_IN_ALL || (digits >= 4 && dots >= 3)) &&
            !is_recent_date(marker->text + begin, end - begin))
            mark(marker, from, end);
        if (i == from)
            i++;
    }
}

static void mark_ids(struct marker *marker)
{
    for (size_t i = 0; i < marker->n;) {
        size_t from = i;
        bool has_digit = false;
        bool has_letter = false;

        for (; i < marker->n && (is_digit(marker->text[i]) ||
                                 is_letter(marker->text[i]) || marker->text[i] == '-' ||
                                 marker->text[i] == '_' || marker->text[i] == ':');
             i++) {
            has_digit |= is_digit(marker->text[i]);
            has_letter |= is_letter(marker->text[i]);
        }
        if (has_digit && has_letter && i - from >= ID_LENGTH)
            mark(marker, from, i);
        if (i == from)
            i++;
    }
}

/* Where the quote that opens at `i` closes; 0: nowhere. `skip` gets the length of the opening sign. */
static size_t quote_end(const struct marker *marker, size_t i, size_t *skip)
{
    static const struct {
        const char *open, *close;
    } signs[] = {
        { "\"", "\"" },
        { "`", "`" },
        { "\xe2\x80\x9c", "\xe2\x80\x9d" },
        { "\xe2\x80\x9e", "\xe2\x80\x9c" },
        { "\xe2\x80\x98", "\xe2\x80\x99" },
        { "\xc2\xab", "\xc2\xbb" },
        { "'", "'" },
    };

    for (size_t s = 0; s < sizeof signs / sizeof *signs; s++) {
        size_t n = strlen(signs[s].open);

        if (marker->n - i < n || memcmp(marker->text + i, signs[s].open, n))
            continue;
        /* an apostrophe inside a word opens nothing */
        if (*signs[s].open == '\'' && i && is_letter(marker->text[i - 1]))
            continue;
        const char *close = memmem(marker->text + i + n, marker->n - i - n,
                                   signs[s].close, strlen(signs[s].close));
        *skip = n;
        return close ? (size_t)(close - marker->text) : marker->n;
    }
    return 0;
}

static void mark_quotes(struct marker *marker)
{
    for (size_t i = 0; i < marker->n; i++) {
        size_t skip = 0;
        size_t end = quote_end(marker, i, &skip);

        if (end > i) {
            mark(marker, i + skip, end);
            i = end;
        }
    }
}

/* Letters beyond ASCII that have a case at all (Latin, Greek, Cyrillic) are taken for capitals. */
static bool is_capitalised(const char *word, size_t n)
{
    unsigned char first = (unsigned char)word[0];

    return n > 1 && ((first >= 'A' && first <= 'Z') || (first >= 0xC3 && first <= 0xD3));
}

/* "Maria Fernandez", "742 Evergreen Terrace": a given name or a number, and capitalised words after it. */
static void mark_people(struct marker *marker, const struct tl_engine *engine)
{
    size_t from = 0;
    bool is_open =
        false; /* the word before was a name, a house number, or followed one */

    for (size_t i = 0; i < marker->n;) {
        while (i < marker->n && !is_letter(marker->text[i]) &&
               !is_digit(marker->text[i])) {
            is_open &= marker->text[i] == ' ' || marker->text[i] == ',' ||
                       marker->text[i] == '-';
            i++;
        }
        size_t begin = i;
        while (i < marker->n &&
               (is_letter(marker->text[i]) || is_digit(marker->text[i]) ||
                (marker->text[i] == '\'' && i + 1 < marker->n &&
                 is_letter(marker->text[i + 1]))))
            i++;
        bool is_big = is_capitalised(marker->text + begin, i - begin);
        if (is_open && is_big) {
            mark(marker, from, i);
            continue;
        }
        is_open = false;
        is_open |=
            is_big && tl_engine_knows_name(engine, marker->text + begin, i - begin);
        if (i > begin && is_digit(marker->text[begin]))
            is_open = true;
        from = begin;
    }
}

static void mark_types(struct marker *marker, const struct tl_engine *engine,
                       struct tl_rx_scratch *rx)
{
    struct tl_shape shape;

    tl_shape_of(&shape, marker->text, marker->n, false);
    for (uint32_t i = 0; i < engine->n_types; i++) {
        size_t begin = 0;
        size_t end = 0;

        if (!engine->rules[i].search || !engine->rules[i].is_personal)
            continue;
        while (
            tl_rule_finds(&engine->rules[i], marker->text, &shape, end, &begin, &end, rx))
            mark(marker, begin, end);
    }
}

/* By chance no more than one in a thousand texts of its shape: what one value has to go by. */
#define MOST_PRIOR 0.001

const struct tl_info_type *tl_engine_text_type(const struct tl_engine *engine,
                                               const char *text, size_t n,
                                               struct tl_engine_scratch *scratch)
{
    const struct tl_rule *best = NULL;
    double best_prior = MOST_PRIOR;
    struct tl_shape shape;
    size_t begin, end;

    if (!n)
        return NULL;
    tl_shape_of(&shape, text, n, false);
    for (uint32_t i = 0; i < engine->n_types; i++) {
        const struct tl_rule *rule = &engine->rules[i];

        if (!rule->is_personal || rule->needs_name)
            continue;
        if (rule->value && rule->prior < best_prior &&
            tl_rule_takes(rule, text, &shape, false, scratch->rx)) {
            best = rule;
            best_prior = rule->prior;
        } else if (rule->search && rule->search_prior < best_prior &&
                   tl_rule_finds(rule, text, &shape, 0, &begin, &end, scratch->rx)) {
            best = rule;
            best_prior = rule->search_prior;
        }
    }
    return best ? best->type : NULL;
}

bool tl_fit_mark(unsigned char *marks, const struct tl_engine *engine, const char *text,
                 size_t n, struct tl_rx_scratch *rx)
{
    struct marker marker = { .marks = marks, .text = text, .n = n };

    mark_signs(&marker);
    mark_numbers(&marker);
    mark_ids(&marker);
    mark_quotes(&marker);
    mark_people(&marker, engine);
    mark_types(&marker, engine, rx);
    return marker.any;
}

const char *tl_engine_fit(const struct tl_engine *engine, const char *text,
                          struct tl_engine_scratch *scratch, struct tl_arena *into)
{
    if (!text)
        return NULL;
    size_t n = strlen(text);
    unsigned char *marks = tl_alloc(n + 1, 1);

    if (!tl_fit_mark(marks, engine, text, n, scratch->rx)) {
        tl_free(marks);
        return tl_arena_dup(into, text, n);
    }
    char *masked = tl_arena_alloc(into, n + 1, 1);
    size_t used = 0;
    for (size_t i = 0; i < n;) {
        size_t step = tl_utf8_step(text + i, n - i);

        if (!step)
            step = 1;
        if (!marks[i] || (!is_letter(text[i]) && !is_digit(text[i]))) {
            memcpy(masked + used, text + i, step);
            used += step;
        } else {
            masked[used++] = is_digit(text[i]) ? '9' : 'a';
        }
        i += step;
    }
    tl_free(marks);
    return masked;
}
