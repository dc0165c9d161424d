#include "base/err.h"

#include "base/ctx.h"
#include "base/str.h"

#include <assert.h>

struct code_row {
    int code;
    int exit_code;
    const char *name;
    const char *text;
};

static const struct code_row codes[] = { { TL_OK, 0, "OK", "all is well" },
#define TL_CODE_ROW(name, value, exit_code, text) { (value), (exit_code), #name, (text) },
                                         TL_CODES(TL_CODE_ROW)
#undef TL_CODE_ROW
};

static const struct code_row *find_code(int code)
{
    const struct code_row *internal = NULL;

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].code == code)
            return &codes[i];
        if (codes[i].code == TL_EINTERNAL)
            internal = &codes[i];
    }
    return internal;
}

const char *tl_code_name(int code)
{
    return find_code(code)->name;
}

const char *tl_code_text(int code)
{
    return find_code(code)->text;
}

int tl_code_exit(int code)
{
    return find_code(code)->exit_code;
}

bool tl_code_is_passing(int code)
{
    return code == TL_EREMOTE || code == TL_EBUSY;
}

/* Copies what fits; what does not ends in "..." after a whole UTF-8 character. */
static void copy_cut(char *out, size_t room, const char *text, size_t n)
{
    if (n >= room) {
        n = room - sizeof "...";
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
        memcpy(out + n, "...", sizeof "...");
    } else {
        out[n] = '\0';
    }
    memcpy(out, text, n);
}

/*
 * The arguments are names from outside: they may hold line feeds and escape sequences. Escaping is done over the
 * whole text, after formatting, because a format's own text never needs it. Escaping only ever lengthens,
 * so formatting a little more than `room` loses nothing that could still be shown.
 */
__attribute__((format(printf, 4, 0))) static void
write_text(char *out, size_t room, const char *behind, const char *format, va_list args)
{
    char raw[2048];
    struct tl_str shown = TL_STR_INIT(sizeof raw * 8);

    raw[0] = '\0';
    vsnprintf(raw, sizeof raw, format, args);
    tl_str_add_shown(&shown, raw, strlen(raw));
    if (behind) {
        tl_str_add(&shown, ": ");
        tl_str_add(&shown, behind);
    }
    copy_cut(out, room, shown.text, shown.n);
    tl_str_release(&shown);
}

int tl_fail(struct tl_ctx *ctx, int code, const char *format, ...)
{
    va_list args;

    assert(code < 0);
    if (!ctx)
        return code;
    if (ctx->error.code)
        return ctx->error.code;
    ctx->error.code = code;
    va_start(args, format);
    write_text(ctx->error.text, sizeof ctx->error.text, NULL, format, args);
    va_end(args);
    return code;
}

void tl_hint(struct tl_ctx *ctx, const char *format, ...)
{
    va_list args;

    if (!ctx || ctx->error.hint[0])
        return;
    va_start(args, format);
    write_text(ctx->error.hint, sizeof ctx->error.hint, NULL, format, args);
    va_end(args);
}

int tl_explain(struct tl_ctx *ctx, const char *format, ...)
{
    va_list args;
    char cause[sizeof ctx->error.text];

    if (!ctx)
        return TL_EINTERNAL;
    /* Whoever explains a failure must not turn it into success because nobody recorded the cause. */
    if (!ctx->error.code)
        tl_fail(ctx, TL_EINTERNAL, "it failed without saying why");
    memcpy(cause, ctx->error.text, sizeof cause);
    va_start(args, format);
    write_text(ctx->error.text, sizeof ctx->error.text, cause, format, args);
    va_end(args);
    return ctx->error.code;
}

void tl_error_clear(struct tl_error *error)
{
    error->code = TL_OK;
    error->text[0] = '\0';
    error->hint[0] = '\0';
}
