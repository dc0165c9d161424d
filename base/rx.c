/*
 * PCRE2 with limits. A match that would take too long is given up: "unknown" is an answer, a hanging scan is not.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/rx.h"

#include "base/ctx.h"
#include "base/str.h"

#include <pcre2.h>
#include <stdatomic.h>
#include <stdint.h>

/* A compiled pattern. Not every pattern and processor can have a JIT: then it is interpreted. */
struct program {
    pcre2_code *code;
    bool has_jit;
};

/*
 * Two programs of one pattern: for subjects of nothing but ASCII one over bytes, which is faster and says the same, and one in UTF-8. Each is
 * made when it is first needed, by whichever thread needs it; of two that are made at once, one is thrown away.
 */
enum mode { OVER_BYTES, OVER_UTF8, MODES };
struct tl_rx {
    char *pattern;
    uint32_t options;
    struct program *_Atomic programs[MODES];
    bool is_whole;
    atomic_bool has_given_up;
    bool
        has_bytes; /* the pattern is ASCII: what it says of bytes it says of characters */
};

struct tl_rx_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    unsigned give_ups;
};

/*
 * Steps one match may take, shared by all positions where a search can begin, because PCRE2 counts anew at each. The floor
 * lets an honest pattern cross a long text once.
 */
#define STEPS_IN_ALL   20000000u
#define STEPS_MOST     500000u
#define STEPS_LEAST    5000u
#define DEPTH_MOST     10000u
#define HEAP_MOST_KIB  (16u << 10)
#define JIT_STACK_MOST ((size_t)1 << 20)
#define PATTERN_MOST   ((size_t)64 << 10)

static struct program *compile(const struct tl_rx *rx, enum mode mode, int *error,
                               size_t *offset)
{
    /* Bytes that are no UTF-8 are passed over instead of being refused; "\C" could stand inside a character. */
    uint32_t options = rx->options | PCRE2_NEVER_BACKSLASH_C |
                       (mode == OVER_UTF8 ? PCRE2_UTF : 0) |
                       (mode == OVER_UTF8 && !rx->is_whole ? PCRE2_MATCH_INVALID_UTF : 0);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)rx->pattern, PCRE2_ZERO_TERMINATED,
                                     options, error, offset, NULL);

    if (!code)
        return NULL;
    struct program *program = tl_alloc(1, sizeof *program);
    program->code = code;
    program->has_jit = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
    return program;
}

static void close_program(struct program *program)
{
    if (!program)
        return;
    pcre2_code_free(program->code);
    tl_free(program);
}

/* The program of that mode. NULL: it cannot be compiled. */
static const struct program *program_of(const struct tl_rx *rx, enum mode mode)
{
    struct program *none = NULL;
    struct tl_rx *mine = (struct tl_rx *)rx; /* made once, then the same for ever */
    struct program *made =
        atomic_load_explicit(&mine->programs[mode], memory_order_acquire);
    int error;
    size_t offset;

    if (made)
        return made;
    made = compile(rx, mode, &error, &offset);
    if (made && !atomic_compare_exchange_strong(&mine->programs[mode], &none, made)) {
        close_program(made);
        made = none;
    }
    return made;
}

static bool is_ascii(const char *bytes, size_t n)
{
    uint64_t word;
    uint64_t all = 0;

    for (; n >= sizeof word; n -= sizeof word, bytes += sizeof word) {
        memcpy(&word, bytes, sizeof word);
        all |= word;
    }
    for (; n; n--)
        all |= (uint64_t)(unsigned char)*bytes++;
    return !(all & 0x8080808080808080u);
}

int tl_rx_open(struct tl_rx **out, const char *pattern, unsigned flags,
               struct tl_ctx *ctx)
{
    int error;
    size_t offset;
    size_t n = strlen(pattern);

    *out = NULL;
    if (n > PATTERN_MOST)
        return tl_fail(ctx, TL_ECONFIG, "the pattern is longer than %zu bytes",
                       PATTERN_MOST);
    struct tl_rx *rx = tl_alloc(1, sizeof *rx);
    rx->pattern = tl_strdup(pattern);
    if (flags & TL_RX_WHOLE)
        rx->options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    if (flags & TL_RX_CASELESS)
        rx->options |= PCRE2_CASELESS;
    rx->is_whole = flags & TL_RX_WHOLE;
    rx->has_bytes = is_ascii(pattern, n) && !strstr(pattern, "(*");
    *out = rx;
    if (flags & TL_RX_LATE)
        return TL_OK;
    struct program *program = compile(rx, OVER_UTF8, &error, &offset);
    if (!program) {
        char words[256];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)words, sizeof words);
        tl_rx_close(rx);
        *out = NULL;
        return tl_fail(ctx, TL_ECONFIG, "%s, at byte %zu", words, offset);
    }
    atomic_init(&rx->programs[OVER_UTF8], program);
    return TL_OK;
}

void tl_rx_close(struct tl_rx *rx)
{
    if (!rx)
        return;
    for (int mode = 0; mode < MODES; mode++)
        close_program(rx->programs[mode]);
    tl_free(rx->pattern);
    tl_free(rx);
}

struct tl_rx_scratch *tl_rx_scratch_open(void)
{
    struct tl_rx_scratch *scratch = tl_alloc(1, sizeof *scratch);

    scratch->data = pcre2_match_data_create(
        1, NULL); /* only where the whole match stands is asked for */
    scratch->context = pcre2_match_context_create(NULL);
    scratch->stack = pcre2_jit_stack_create(32 << 10, JIT_STACK_MOST, NULL);
    if (!scratch->data || !scratch->context)
        abort(); /* out of memory, as everywhere; without a JIT there is no stack for it */
    pcre2_set_depth_limit(scratch->context, DEPTH_MOST);
    pcre2_set_heap_limit(scratch->context, HEAP_MOST_KIB);
    if (scratch->stack)
        pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
    return scratch;
}

void tl_rx_scratch_close(struct tl_rx_scratch *scratch)
{
    if (!scratch)
        return;
    pcre2_match_data_free(scratch->data);
    pcre2_match_context_free(scratch->context);
    pcre2_jit_stack_free(scratch->stack);
    tl_free(scratch);
}

static uint32_t steps_for(const struct tl_rx *rx, size_t n)
{
    if (rx->is_whole || n < STEPS_IN_ALL / STEPS_MOST)
        return STEPS_MOST;
    return n > STEPS_IN_ALL / STEPS_LEAST ? STEPS_LEAST : (uint32_t)(STEPS_IN_ALL / n);
}

static enum tl_rx_answer give_up(const struct tl_rx *rx, struct tl_rx_scratch *scratch)
{
    scratch->give_ups++;
    atomic_store_explicit(&((struct tl_rx *)rx)->has_given_up, true,
                          memory_order_relaxed);
    return TL_RX_UNKNOWN;
}

unsigned tl_rx_give_ups(const struct tl_rx_scratch *scratch)
{
    return scratch->give_ups;
}

bool tl_rx_has_given_up(const struct tl_rx *rx)
{
    return rx && atomic_load_explicit(&((struct tl_rx *)rx)->has_given_up,
                                      memory_order_relaxed);
}

static enum tl_rx_answer run(const struct tl_rx *rx, const char *bytes, size_t n,
                             size_t from, struct tl_rx_scratch *scratch)
{
    PCRE2_SPTR subject = (PCRE2_SPTR)(bytes ? bytes : "");
    const struct program *program = NULL;
    int rc;

    if (from > n)
        return TL_RX_NO;
    bool has_only_ascii = is_ascii((const char *)subject, n);
    if (rx->has_bytes && has_only_ascii)
        program = program_of(rx, OVER_BYTES);
    /* nothing that has a byte which is no UTF-8 is matched as a whole; PCRE2 10.42's JIT lets (?i)[^U+017F] take one */
    if (rx->is_whole && !has_only_ascii && !tl_utf8_is_valid((const char *)subject, n))
        return TL_RX_NO;
    if (!program) /* "\x{2014}" is no pattern over bytes */
        program = program_of(rx, OVER_UTF8);
    if (!program)
        return give_up(rx, scratch);
    pcre2_set_match_limit(scratch->context, steps_for(rx, n - from));
    if (program->has_jit)
        rc = pcre2_jit_match(program->code, subject, n, from, 0, scratch->data,
                             scratch->context);
    else
        rc = pcre2_match(program->code, subject, n, from, 0, scratch->data,
                         scratch->context);
    if (rc >= 0)
        return TL_RX_YES;
    return rc == PCRE2_ERROR_NOMATCH ? TL_RX_NO : give_up(rx, scratch);
}

enum tl_rx_answer tl_rx_match(const struct tl_rx *rx, const char *bytes, size_t n,
                              struct tl_rx_scratch *scratch)
{
    return run(rx, bytes, n, 0, scratch);
}

enum tl_rx_answer tl_rx_find(const struct tl_rx *rx, const char *bytes, size_t n,
                             size_t from, size_t *begin, size_t *end,
                             struct tl_rx_scratch *scratch)
{
    enum tl_rx_answer answer = run(rx, bytes, n, from, scratch);

    if (answer == TL_RX_YES) {
        const size_t *span = pcre2_get_ovector_pointer(scratch->data);
        *begin = span[0];
        *end = span[1];
    }
    return answer;
}

bool tl_rx_groups(const struct tl_rx *rx, const char *bytes, size_t n, size_t (*spans)[2],
                  size_t most)
{
    const struct program *program = program_of(rx, OVER_UTF8);
    pcre2_match_data *data = pcre2_match_data_create((uint32_t)most, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    int found = 0;

    if (!data || !context)
        abort();
    pcre2_set_match_limit(context, STEPS_LEAST);
    pcre2_set_depth_limit(context, DEPTH_MOST);
    pcre2_set_heap_limit(context, HEAP_MOST_KIB);
    if (program)
        found = pcre2_match(program->code, (PCRE2_SPTR)bytes, n, 0, 0, data, context);
    const size_t *vector = pcre2_get_ovector_pointer(data);
    for (size_t i = 0; i < most; i++) {
        bool has_part = found > 0 && i < (size_t)found && vector[2 * i] != PCRE2_UNSET;

        spans[i][0] = has_part ? vector[2 * i] : 0;
        spans[i][1] = has_part ? vector[2 * i + 1] : 0;
    }
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return found > 0;
}
