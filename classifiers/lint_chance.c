/*
 * How often random values pass: of the shape of examples, letters and digits drawn anew. Two shares bound the truth: with the signs between them
 * left as they are, and with everything drawn.
 */
#include "classifiers/lint_inner.h"
#include "classifiers/pattern.h"

#include "base/ctx.h"

#include <ctype.h>

#define BASES_MOST 16
#define VALUE_MOST 256

struct bases {
    char items[BASES_MOST][VALUE_MOST];
    size_t n;
};

/* What letters and digits of one value are drawn from. */
struct alphabet {
    bool has_digits, has_lower, has_upper, is_hex;
};

static void look(struct alphabet *out, const char *value)
{
    size_t hex = 0;
    size_t n = 0;

    *out = (struct alphabet){ 0 };
    for (const char *c = value; *c; c++) {
        out->has_digits |= isdigit((unsigned char)*c) != 0;
        out->has_lower |= islower((unsigned char)*c) != 0;
        out->has_upper |= isupper((unsigned char)*c) != 0;
        n += isalnum((unsigned char)*c) != 0;
        hex += isxdigit((unsigned char)*c) != 0;
    }
    /* eight characters of 16 kinds are hex by will, not by accident */
    out->is_hex =
        n >= 8 && hex == n && out->has_digits && (out->has_lower || out->has_upper);
}

static char draw_hex(const struct alphabet *alphabet, uint64_t *random)
{
    return (alphabet->has_upper ? "0123456789ABCDEF"
                                : "0123456789abcdef")[tl_pattern_random(random) % 16];
}

static char draw(const struct alphabet *alphabet, char c, uint64_t *random)
{
    uint64_t r = tl_pattern_random(random);

    if (alphabet->is_hex)
        return draw_hex(alphabet, random);
    if (isdigit((unsigned char)c))
        return (char)('0' + r % 10);
    return (char)((isupper((unsigned char)c) ? 'A' : 'a') + r % 26);
}

/* Anything of the value's alphabet; of long hex any letter, because nothing else is hex of that length by accident. */
static char draw_any(const struct alphabet *alphabet, uint64_t *random)
{
    unsigned n =
        alphabet->has_digits * 10 + alphabet->has_lower * 26 + alphabet->has_upper * 26;
    uint64_t r = n ? tl_pattern_random(random) % n : 0;

    if (alphabet->is_hex)
        return "0123456789abcdefghijklmnopqrstuvwxyz"[tl_pattern_random(random) % 36];
    if (alphabet->has_digits && r < 10)
        return (char)('0' + r);
    r -= alphabet->has_digits ? 10 : 0;
    if (alphabet->has_lower && r < 26)
        return (char)('a' + r);
    r -= alphabet->has_lower ? 26 : 0;
    return n ? (char)('A' + r % 26) : 'a';
}

static size_t vary(char out[VALUE_MOST], const char *base, bool keeps_signs,
                   uint64_t *random)
{
    struct alphabet alphabet;
    size_t n = 0;

    look(&alphabet, base);
    for (const char *c = base; *c && n + 1 < VALUE_MOST; c++) {
        bool is_plain = isalnum((unsigned char)*c);

        if (keeps_signs)
            out[n++] = is_plain ? draw(&alphabet, *c, random) : *c;
        else if ((unsigned char)*c < 0x80 || (unsigned char)*c >= 0xC0)
            out[n++] = draw_any(&alphabet, random); /* one a character */
    }
    out[n] = '\0';
    return n;
}

/* Whether a value passes, whatever is asked. */
struct question {
    bool (*passes)(const struct question *question, const char *bytes, size_t n);
    const struct tl_rule *rule;
    const struct tl_validator *validator;
    const struct tl_rx *rx;
    struct tl_rx_scratch *scratch;
};

static bool rule_takes(const struct question *q, const char *bytes, size_t n)
{
    struct tl_shape shape;

    tl_shape_of(&shape, bytes, n, false);
    return tl_rule_takes(q->rule, bytes, &shape, false, q->scratch);
}

static bool validator_takes(const struct question *q, const char *bytes, size_t n)
{
    return q->validator->holds(bytes, n, false);
}

static bool pattern_takes(const struct question *q, const char *bytes, size_t n)
{
    return tl_rx_match(q->rx, bytes, n, q->scratch) == TL_RX_YES;
}

static void ask(struct tl_chance *out, const struct bases *bases,
                const struct question *q)
{
    unsigned passed[2] = { 0, 0 };
    uint64_t random = 20240229; /* any number: the same on every run */
    char value[VALUE_MOST];

    *out = (struct tl_chance){ 0 };
    if (!bases->n)
        return;
    for (unsigned i = 0; i < TL_CHANCE_TRIES; i++) {
        const char *base = bases->items[i % bases->n];
        size_t n = vary(value, base, true, &random);

        passed[0] += q->passes(q, value, n);
        n = vary(value, base, false, &random);
        passed[1] += q->passes(q, value, n);
    }
    out->n = TL_CHANCE_TRIES;
    out->most = (double)passed[0] / TL_CHANCE_TRIES;
    out->least = (double)passed[1] / TL_CHANCE_TRIES;
}

static void add_base(struct bases *bases, const char *text)
{
    size_t n = strlen(text);

    if (n && n < VALUE_MOST && bases->n < BASES_MOST)
        memcpy(bases->items[bases->n++], text, n + 1);
}

/* What the pattern itself writes, where it takes it. */
static void write_bases(struct bases *bases, const char *pattern,
                        const struct question *q)
{
    struct tl_arena *arena = tl_arena_open();
    struct tl_str text = TL_STR_INIT(1 << 14);
    struct tl_pattern tree;
    uint64_t random = 7;

    if (tl_pattern_parse(&tree, pattern, arena)) {
        for (unsigned i = 0; i < 200 && bases->n < BASES_MOST; i++) {
            tl_str_clear(&text);
            tl_pattern_write(&text, tree.root, 4, &random);
            if (q->passes(q, text.text, text.n))
                add_base(bases, text.text);
        }
    }
    tl_str_release(&text);
    tl_arena_close(arena);
}

void tl_chance_of_rule(struct tl_chance *out, const struct tl_rule *rule,
                       struct tl_rx_scratch *rx)
{
    struct bases *bases = tl_alloc(1, sizeof *bases);
    struct question q = { .passes = rule_takes, .rule = rule, .scratch = rx };

    for (size_t i = 0; i < rule->type->match.n; i++) {
        const char *text = rule->type->match.items[i];
        if (rule_takes(&q, text, strlen(text)))
            add_base(bases, text);
    }
    if (!bases->n && rule->type->value)
        write_bases(bases, rule->type->value, &q);
    ask(out, bases, &q);
    tl_free(bases);
}

void tl_chance_of_validator(struct tl_chance *out, const struct tl_validator *validator,
                            const struct tl_list *examples)
{
    struct bases *bases = tl_alloc(1, sizeof *bases);
    struct question q = { .passes = validator_takes, .validator = validator };

    for (size_t i = 0; i < examples->n; i++)
        add_base(bases, examples->items[i]);
    ask(out, bases, &q);
    tl_free(bases);
}

void tl_chance_of_pattern(struct tl_chance *out, const char *pattern)
{
    struct bases *bases = tl_alloc(1, sizeof *bases);
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct tl_rx *rx = NULL;
    struct question q = { .passes = pattern_takes };

    *out = (struct tl_chance){ 0 };
    tl_ctx_init(&ctx, &run);
    if (tl_rx_open(&rx, pattern, TL_RX_WHOLE, &ctx) == TL_OK) {
        q.rx = rx;
        q.scratch = tl_rx_scratch_open();
        write_bases(bases, pattern, &q);
        ask(out, bases, &q);
        tl_rx_scratch_close(q.scratch);
    }
    tl_rx_close(rx);
    tl_ctx_release(&ctx);
    tl_free(bases);
}
