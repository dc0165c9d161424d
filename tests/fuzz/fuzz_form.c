/*
 * Any pattern, and behind a NUL any subjects: what is read of a pattern's structure never rules out what PCRE takes, and where it claims to
 * decide exactly, it decides as PCRE does.
 */
#include "base/ctx.h"
#include "base/rx.h"
#include "classifiers/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct subject {
    const char *bytes;
    size_t n;
    struct tl_byte_set present;
    bool is_ascii;
};

static struct subject subject_of(const char *bytes, size_t n)
{
    struct subject subject = { .bytes = bytes, .n = n };

    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)bytes[i];

        subject.present.words[b >> 6] |= (uint64_t)1 << (b & 63);
    }
    subject.is_ascii = !(subject.present.words[2] | subject.present.words[3]);
    return subject;
}

static bool has_wants(const struct tl_form *form, const struct subject *subject)
{
    for (unsigned i = 0; i < form->n_wants; i++) {
        if (!tl_byte_sets_meet(&form->wants[i], &subject->present))
            return false;
    }
    return true;
}

static bool admits(const struct tl_form *form, const struct subject *subject)
{
    if (subject->n < form->least || subject->n > form->most || !has_wants(form, subject))
        return false;
    for (size_t i = 0; i < subject->n; i++) {
        if (!tl_byte_set_has(&form->allowed, (unsigned char)subject->bytes[i]))
            return false;
    }
    return !subject->n ||
           (tl_byte_set_has(&form->first, (unsigned char)subject->bytes[0]) &&
            tl_byte_set_has(&form->last, (unsigned char)subject->bytes[subject->n - 1]));
}

static void hold(const struct tl_form *form, const struct tl_rx *whole,
                 const struct tl_rx *search, const struct subject *subject,
                 struct tl_rx_scratch *rx)
{
    enum tl_rx_answer answer = tl_rx_match(whole, subject->bytes, subject->n, rx);
    size_t begin;
    size_t end;

    if (answer == TL_RX_YES && !admits(form, subject))
        abort();
    if (form->n_ways && subject->is_ascii && answer != TL_RX_UNKNOWN &&
        tl_form_takes(form, subject->bytes, subject->n) != (answer == TL_RX_YES))
        abort();
    if (tl_rx_find(search, subject->bytes, subject->n, 0, &begin, &end, rx) ==
            TL_RX_YES &&
        (subject->n < form->least || !has_wants(form, subject)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *text = (const char *)bytes;
    const uint8_t *nul = n ? memchr(bytes, 0, n) : NULL;
    size_t length = nul ? (size_t)(nul - bytes) : n;
    struct tl_run run = { 0 };
    struct tl_rx *whole = NULL;
    struct tl_rx *search = NULL;
    struct tl_ctx ctx;

    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    const char *pattern = tl_arena_dup(ctx.arena, text, length);
    /* the verb keeps rx.h from its mode over bytes, so that PCRE's UTF-8 is what everything is held against */
    const char *plain = tl_arena_printf(ctx.arena, "(*UTF)%s", pattern);
    if (!tl_rx_open(&whole, plain, TL_RX_WHOLE, &ctx) &&
        !tl_rx_open(&search, plain, 0, &ctx)) {
        struct tl_rx_scratch *rx = tl_rx_scratch_open();
        struct tl_form form;

        tl_form_of(&form, pattern, ctx.arena);
        for (size_t at = length + 1; at <= n;) {
            const char *end = at < n ? memchr(text + at, 0, n - at) : NULL;
            size_t size = end ? (size_t)(end - text) - at : n - at;
            struct subject subject = subject_of(text + at, size);

            hold(&form, whole, search, &subject, rx);
            at += size + 1;
        }
        tl_rx_scratch_close(rx);
    }
    tl_rx_close(whole);
    tl_rx_close(search);
    tl_ctx_release(&ctx);
    return 0;
}
