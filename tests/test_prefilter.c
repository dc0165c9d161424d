/*
 * Verdicts on values are the same whether every pattern is run in PCRE's UTF-8 mode, one after the other, or the prefilter, exact forms
 * and patterns over bytes decide. Held on the examples of all packs, on mutations of them and on random texts.
 */
#include "tests/check.h"

#include "classifiers/draft.h"
#include "classifiers/packs.h"
#include "classifiers/prefilter.h"

#define VALUES_LEAST 60000
#define MUTATIONS    24

/* A pattern as it stands in a pack, for PCRE alone: a verb in front keeps rx.h from its mode over bytes. */
struct plain {
    struct tl_rx *value, *named_value, *search;
};

struct world {
    struct tl_ctx ctx;
    struct tl_engine *engine;
    struct tl_rx_scratch *rx;
    struct plain *plain; /* by rule */
    struct tl_bits all;
    uint64_t chance;
    size_t values, taken, left;
    size_t wrong;
};

static uint64_t next(struct world *w)
{
    w->chance += 0x9E3779B97F4A7C15u;
    uint64_t z = w->chance;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static struct tl_rx *open_plain(struct world *w, const char *pattern, unsigned flags)
{
    struct tl_rx *rx = NULL;

    if (pattern)
        CHECK_OK(tl_rx_open(&rx, tl_arena_printf(w->ctx.arena, "(*UTF)%s", pattern),
                            flags, &w->ctx),
                 &w->ctx);
    return rx;
}

static void open_plain_of(struct world *w, const struct tl_draft *draft)
{
    int i = tl_rule_find(w->engine, draft->info_type);
    const char *search = draft->search.pattern;

    if (i < 0 || w->plain[i].value || w->plain[i].named_value)
        return;
    if (draft->search.is_on && !search)
        search = tl_arena_printf(w->ctx.arena, "(?<![A-Za-z0-9_])(?:%s)(?![A-Za-z0-9_])",
                                 draft->value);
    w->plain[i].value = open_plain(w, draft->value, TL_RX_WHOLE);
    w->plain[i].named_value = open_plain(w, draft->named_value, TL_RX_WHOLE);
    w->plain[i].search = open_plain(w, search, 0);
}

static void world_open(struct world *w)
{
    *w = (struct world){ .chance = 7 };
    tl_test_ctx_init(&w->ctx);
    CHECK_OK(tl_engine_open(&w->engine, NULL, &w->ctx), &w->ctx);
    w->rx = tl_rx_scratch_open();
    w->plain = tl_alloc(w->engine->n_types, sizeof *w->plain);
    memset(&w->all, 0xFF, sizeof w->all);
    for (const struct tl_built_in_pack *pack = tl_built_in_packs; pack->name; pack++) {
        for (uint32_t i = 0; i < pack->draft->n_types; i++)
            open_plain_of(w, &pack->draft->types[i]);
    }
}

static void world_close(struct world *w)
{
    for (uint32_t i = 0; i < w->engine->n_types; i++) {
        tl_rx_close(w->plain[i].value);
        tl_rx_close(w->plain[i].named_value);
        tl_rx_close(w->plain[i].search);
    }
    tl_free(w->plain);
    tl_rx_scratch_close(w->rx);
    tl_engine_close(w->engine);
    tl_test_ctx_release(&w->ctx);
}

/* ---- the same question, asked plainly ---- */

static bool holds(const struct tl_byte_set *set, const char *bytes, size_t n, bool all)
{
    for (unsigned b = 0; all && b < 256; b++) {
        if (tl_byte_set_has(set, (unsigned char)b) && !memchr(bytes, (int)b, n))
            return false;
    }
    for (size_t i = 0; !all && i < n; i++) {
        if (!tl_byte_set_has(set, (unsigned char)bytes[i]))
            return false;
    }
    return true;
}

static size_t digits_of(const char *bytes, size_t n)
{
    size_t digits = 0;

    for (size_t i = 0; i < n; i++)
        digits += bytes[i] >= '0' && bytes[i] <= '9';
    return digits;
}

static bool takes_plainly(struct world *w, uint32_t i, const char *bytes, size_t n)
{
    const struct tl_rule *rule = &w->engine->rules[i];

    return w->plain[i].value && n >= rule->least_length && n <= rule->most_length &&
           digits_of(bytes, n) >= rule->least_digits &&
           holds(&rule->needs, bytes, n, true) && holds(&rule->only, bytes, n, false) &&
           tl_rx_match(w->plain[i].value, bytes, n, w->rx) == TL_RX_YES &&
           (!rule->validator || rule->validator->holds(bytes, n, true));
}

static bool takes_named_plainly(struct world *w, uint32_t i, const char *bytes, size_t n)
{
    return w->plain[i].named_value && n &&
           tl_rx_match(w->plain[i].named_value, bytes, n, w->rx) == TL_RX_YES;
}

/* The first match; what tl_rule_finds makes of it is the same code either way. */
static bool finds_plainly(struct world *w, uint32_t i, const char *bytes, size_t n,
                          size_t span[2])
{
    const struct tl_rule *rule = &w->engine->rules[i];

    return w->plain[i].search && n >= rule->least_length &&
           digits_of(bytes, n) >= rule->least_digits &&
           holds(&rule->search_needs, bytes, n, true) &&
           tl_rx_find(w->plain[i].search, bytes, n, 0, &span[0], &span[1], w->rx) ==
               TL_RX_YES;
}

static void tell(struct world *w, uint32_t i, const char *what, const char *bytes,
                 size_t n)
{
    if (w->wrong++ < 10) {
        printf("    %s, %s: '", w->engine->types[i].name, what);
        for (size_t k = 0; k < n; k++)
            printf(bytes[k] >= ' ' && bytes[k] <= '~' ? "%c" : "\\x%02x",
                   (unsigned char)bytes[k]);
        printf("'\n");
    }
}

static void look_at(struct world *w, const char *bytes, size_t n)
{
    const struct tl_prefilter *filter = w->engine->prefilter;
    struct tl_bits left;
    struct tl_shape shape;

    if (!n)
        return;
    tl_prefilter_look(&left, &shape, filter, &w->all, bytes, n, false);
    w->values++;
    for (unsigned b = 0; b < filter->n_bits; b++)
        w->left += tl_bits_has(&left, b);
    for (uint32_t i = 0; i < w->engine->n_types; i++) {
        const struct tl_rule *rule = &w->engine->rules[i];
        bool takes = takes_plainly(w, i, bytes, n);
        size_t plain[2] = { 0, 0 };
        size_t span[2] = { 0, 0 };

        w->taken += takes;
        if (tl_rule_takes(rule, bytes, &shape, true, w->rx) != takes)
            tell(w, i, "value", bytes, n);
        if (takes && filter->value_bit[i] != UINT16_MAX &&
            !tl_bits_has(&left, filter->value_bit[i]))
            tell(w, i, "prefilter of value", bytes, n);
        if (tl_rule_takes_named(rule, bytes, &shape, w->rx) !=
            takes_named_plainly(w, i, bytes, n))
            tell(w, i, "named_value", bytes, n);
        if (!finds_plainly(w, i, bytes, n, plain))
            continue;
        if (tl_rx_find(rule->search, bytes, n, 0, &span[0], &span[1], w->rx) !=
                TL_RX_YES ||
            span[0] != plain[0] || span[1] != plain[1])
            tell(w, i, "search", bytes, n);
        if (filter->search_bit[i] != UINT16_MAX &&
            !tl_bits_has(&left, filter->search_bit[i]))
            tell(w, i, "prefilter of search", bytes, n);
    }
}

/* ---- values ---- */

static const char *const pieces[] = { "\n",
                                      " ",
                                      "-",
                                      ".",
                                      "@",
                                      "0",
                                      "9",
                                      "a",
                                      "Z",
                                      "_",
                                      "\xC3\xA4",
                                      "\xFF",
                                      "\xE2\x84\xAA",
                                      "{",
                                      "\"",
                                      ":",
                                      "/",
                                      "+",
                                      "=",
                                      "\xC5\xBF",
                                      "0.0",
                                      "(1)",
                                      "\t",
                                      "\xE2\x80\x99" };
#define N_PIECES (sizeof pieces / sizeof *pieces)

static void mutate(struct world *w, const char *text)
{
    char changed[1024];
    size_t n = strlen(text);

    if (n > 900)
        n = 900;
    for (unsigned m = 0; m < MUTATIONS; m++) {
        size_t at = n ? (size_t)(next(w) % n) : 0;
        const char *piece = pieces[next(w) % N_PIECES];
        size_t n_piece = strlen(piece);
        size_t skip = m % 3 == 0 ? 0 : m % 3 == 1 ? 1 : (size_t)(next(w) % 4);

        if (at + skip > n)
            skip = n - at;
        if (m < 3) /* in front, behind, as it is */
            at = m ? n : 0;
        if (m < 3)
            skip = 0;
        if (m == 2 || next(w) % 5 == 0)
            n_piece = 0;
        memcpy(changed, text, at);
        memcpy(changed + at, piece, n_piece);
        memcpy(changed + at + n_piece, text + at + skip, n - at - skip);
        look_at(w, changed, n + n_piece - skip);
        for (size_t i = 0; i < n && m % 8 == 7; i++)
            changed[i] =
                (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]);
        if (m % 8 == 7)
            look_at(w, changed, n);
    }
}

static void look_at_examples(struct world *w)
{
    for (uint32_t i = 0; i < w->engine->n_types; i++) {
        const struct tl_list *lists[] = { &w->engine->types[i].match,
                                          &w->engine->types[i].no_match };

        for (size_t k = 0; k < 2; k++) {
            for (size_t e = 0; e < lists[k]->n; e++)
                mutate(w, lists[k]->items[e]);
        }
    }
}

static void look_at_random(struct world *w)
{
    static const char *const alphabets[] = {
        "0123456789",
        "0123456789abcdef",
        "0123456789ABCDEF-",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "abcdefghijklmnopqrstuvwxyz ",
        "0123456789.-/ :",
        "abcXYZ019_-=+/.@:;,{}[]\"' \n\xC3\xA4\xE2\x80\x99\xFF",
    };
    char text[160];

    while (w->values < VALUES_LEAST) {
        const char *alphabet = alphabets[next(w) % 7];
        size_t n = 1 + (size_t)(next(w) % (next(w) % 8 ? 40 : 150));

        for (size_t i = 0; i < n; i++)
            text[i] = alphabet[next(w) % strlen(alphabet)];
        look_at(w, text, n);
    }
}

static void every_verdict_is_that_of_the_patterns_alone(void)
{
    struct world w;

    world_open(&w);
    look_at_examples(&w);
    look_at_random(&w);
    printf("\n    %zu values, %.1f bits left of %u, %.1f types take one ", w.values,
           (double)w.left / (double)w.values, w.engine->prefilter->n_bits,
           (double)w.taken / (double)w.values);
    CHECK_INT(w.wrong, 0);
    CHECK(w.values >= VALUES_LEAST);
    CHECK(w.taken > w.values / 10); /* they do take values */
    world_close(&w);
}

/* ---- forms, one by one ---- */

static struct tl_form form_of(const char *pattern)
{
    static struct tl_arena *arena;
    struct tl_form form;

    arena = arena ? arena : tl_arena_open();
    tl_form_of(&form, pattern, arena);
    return form;
}

static bool says_nothing(const char *pattern)
{
    struct tl_form form = form_of(pattern);

    return !form.least && form.most == UINT32_MAX && !form.n_wants && !form.n_ways &&
           tl_byte_set_has(&form.allowed, 0) && tl_byte_set_has(&form.first, 255);
}

static void what_is_not_understood_says_nothing(void)
{
    static const char *const patterns[] = {
        "(?R)a",      "(?(1)a|b)",       "(*ANYCRLF)a", "(?x) a b", "\\K\\d",
        "(?|a|b)\\1", "(?<n>a)\\k<n>",   "\\Qa\\E",     "[[.a.]]",  "a{,3}",
        "\\1(a)",     "(?i)(a)(?-i)\\1", "(a",          "[a"
    };

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        if (!CHECK(says_nothing(patterns[i])))
            printf("    %s\n", patterns[i]);
    }
}

static void plain_patterns_are_decided_exactly(void)
{
    struct tl_form uuid = form_of("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    struct tl_form ways = form_of("(?:AB|C\\d{2,3})x?");

    CHECK_INT(uuid.least, 36);
    CHECK_INT(uuid.most, 36);
    CHECK(tl_form_takes(&uuid, "01234567-89ab-cdef-0123-456789abcdef", 36));
    CHECK(!tl_form_takes(&uuid, "01234567-89ab-cdef-0123-456789abcde-", 36));
    CHECK_INT(ways.n_ways, 2);
    CHECK(tl_form_takes(&ways, "ABx", 3) && tl_form_takes(&ways, "C123", 4));
    CHECK(!tl_form_takes(&ways, "C1x", 3) && !tl_form_takes(&ways, "ABxx", 4));
    CHECK_INT(form_of("[a-c]{1,3}c").n_ways, 0); /* where does the run end? */
    CHECK_INT(form_of(".{3}").n_ways, 0);        /* what is a line's end? */
    CHECK_INT(form_of("\\d{1,3}+\\d").n_ways, 0);
    CHECK_INT(form_of("\\d{1,3}\\d").n_ways, 1);
}

static void lengths_are_of_bytes(void)
{
    CHECK_INT(form_of("\xC3\xA4{2}").least, 4);
    CHECK_INT(form_of("\xC3\xA4{2}").most, 4);
    CHECK_INT(form_of("\\p{L}{1,3}").least, 1);
    CHECK_INT(form_of("\\p{L}{1,3}").most, 12);
    CHECK_INT(form_of("[^x]").most, 4);
    CHECK_INT(form_of("(?i)k").most, 4); /* the sign of kelvin */
    CHECK_INT(form_of("(?i)b").most, 1);
    CHECK_INT(form_of("a(?=b+)(?<!cc)\\b").most, 1);
}

static void a_class_is_what_it_says(void)
{
    struct tl_form form = form_of("[\\w-.][^\\W\\d_][]a-c\\]-]");

    CHECK_INT(form.n_ways, 1);
    CHECK(tl_form_takes(&form, "-x-", 3) && tl_form_takes(&form, ".A]", 3));
    CHECK(!tl_form_takes(&form, "-1]", 3) && !tl_form_takes(&form, "/aa", 3));
    CHECK(!tl_form_takes(&form, "a_a", 3) && !tl_form_takes(&form, "aad", 3));
}

/* ---- patterns made up: what a form says against what PCRE does ---- */

#define PATTERNS 4000
#define SUBJECTS 40

static const char *one_of(struct world *w, const char *const *words, size_t n)
{
    return words[next(w) % n];
}
#define ONE_OF(w, words) one_of(w, words, sizeof(words) / sizeof *(words))

static void add_atom(struct tl_str *out, struct world *w, unsigned depth)
{
    static const char *const atoms[] = {
        "a",           "b",     "-",        "\\.",         "\\d",         "\\w",
        "\\s",         "\\W",   "[ab]",     "[^a]",        "[a-c0-9]",    "[\\w-]",
        "[^\\W_]",     "[]x-]", "\\p{L}",   "\\P{L}",      "[\\p{L}\\d]", "\\x41",
        "\\x{e4}",     ".",     "\xC3\xA4", "[\xC3\xA4k]", "k",           "[^\xC5\xBF]",
        "[[:alpha:]]", "\\b",   "^",        "$",           "\\p{Lu}",     "[^\\D]",
        "\\t",         "[+--]", "{",        "\\1",         "\\x{212a}",
    };
    static const char *const groups[] = {
        "(",    "(?:",  "(?i:", "(?-i:", "(?=",  "(?!",
        "(?<=", "(?<!", "(?>",  "(?<n>", "(?s:", "((?i)"
    };

    if (depth && next(w) % 3 == 0) {
        tl_str_add(out, ONE_OF(w, groups));
        for (unsigned n = 1 + (unsigned)(next(w) % 3); n; n--) {
            add_atom(out, w, depth - 1);
            if (n > 1 && next(w) % 3 == 0)
                tl_str_add_char(out, '|');
        }
        tl_str_add_char(out, ')');
    } else {
        tl_str_add(out, ONE_OF(w, atoms));
    }
    static const char *const counts[] = { "?",    "*",  "+",      "{2}", "{1,3}",
                                          "{2,}", "??", "{0,2}?", "++",  "{3}+" };
    if (next(w) % 3 == 0)
        tl_str_add(out, ONE_OF(w, counts));
}

static void make_subject(struct tl_str *out, struct world *w)
{
    static const char *const bytes[] = {
        "a",        "b", "c", "A", "K",  "k",    "0",        "9",
        "-",        ".", "_", " ", "\n", "x",    "\xC3\xA4", "\xE2\x84\xAA",
        "\xC5\xBF", "{", "]", "+", "\t", "\xFF", ",",        "s"
    };

    tl_str_clear(out);
    for (size_t n = next(w) % 9; n; n--)
        tl_str_add(out, ONE_OF(w, bytes));
}

/* Returns whether the subject was taken. */
static bool hold_form(struct world *w, const struct tl_form *form, const struct tl_rx *rx,
                      const char *pattern, const struct tl_str *subject)
{
    struct tl_shape shape;
    enum tl_rx_answer answer = tl_rx_match(rx, subject->text, subject->n, w->rx);
    bool is_wide = false;
    bool has_wants = true;
    bool is_within = subject->n >= form->least && subject->n <= form->most;

    tl_shape_of(&shape, subject->text, subject->n, false);
    is_wide = shape.present.words[2] | shape.present.words[3];
    for (unsigned i = 0; i < form->n_wants; i++)
        has_wants &= tl_byte_sets_meet(&form->wants[i], &shape.present);
    is_within &= has_wants && holds(&form->allowed, subject->text, subject->n, false);
    if (subject->n)
        is_within &=
            tl_byte_set_has(&form->first, (unsigned char)subject->text[0]) &&
            tl_byte_set_has(&form->last, (unsigned char)subject->text[subject->n - 1]);
    bool is_wrong =
        (answer == TL_RX_YES && !is_within) ||
        (form->n_ways && !is_wide && answer != TL_RX_UNKNOWN &&
         tl_form_takes(form, subject->text, subject->n) != (answer == TL_RX_YES));
    if (is_wrong && w->wrong++ < 10)
        printf("    %s: '%s' %d\n", pattern, subject->text, answer);
    return answer == TL_RX_YES;
}

static void a_form_never_rules_out_what_its_pattern_takes(void)
{
    struct world w = { .chance = 11 };
    struct tl_str pattern = TL_STR_INIT(1 << 12);
    struct tl_str subject = TL_STR_INIT(1 << 10);
    size_t exact = 0;
    size_t taken = 0;

    tl_test_ctx_init(&w.ctx);
    w.rx = tl_rx_scratch_open();
    for (size_t i = 0; i < PATTERNS; i++) {
        struct tl_form form;
        struct tl_rx *rx;

        tl_str_clear(&pattern);
        tl_str_add(&pattern, "(*UTF)");
        for (size_t n = 1 + next(&w) % 4; n; n--) {
            add_atom(&pattern, &w, 2);
            if (n > 1 && next(&w) % 5 == 0)
                tl_str_add_char(&pattern, '|');
        }
        if (tl_rx_open(&rx, pattern.text, TL_RX_WHOLE, &w.ctx)) {
            tl_error_clear(&w.ctx.error);
            continue;
        }
        tl_form_of(&form, pattern.text + 6, w.ctx.arena);
        exact += form.n_ways > 0;
        for (size_t k = 0; k < SUBJECTS; k++) {
            make_subject(&subject, &w);
            taken += hold_form(&w, &form, rx, pattern.text + 6, &subject);
        }
        tl_rx_close(rx);
    }
    CHECK_INT(w.wrong, 0);
    printf("\n    %zu subjects taken, %zu of %d patterns decided exactly ", taken, exact,
           PATTERNS);
    CHECK(taken > PATTERNS);
    CHECK(exact > PATTERNS / 10);
    tl_str_release(&pattern);
    tl_str_release(&subject);
    tl_rx_scratch_close(w.rx);
    tl_test_ctx_release(&w.ctx);
}

TL_TESTS("prefilter", TEST(every_verdict_is_that_of_the_patterns_alone),
         TEST(a_form_never_rules_out_what_its_pattern_takes),
         TEST(what_is_not_understood_says_nothing),
         TEST(plain_patterns_are_decided_exactly), TEST(lengths_are_of_bytes),
         TEST(a_class_is_what_it_says))
