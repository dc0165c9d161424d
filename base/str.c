#include "base/str.h"

#include "base/mem.h"

#include <stdarg.h>

/* Never written to: several threads' empty strings point here. */
char tl_str_empty[1];

void tl_str_init(struct tl_str *s, size_t ceiling)
{
    *s = (struct tl_str)TL_STR_INIT(ceiling);
}

void tl_str_release(struct tl_str *s)
{
    if (s->room)
        tl_free(s->text);
    tl_str_init(s, s->ceiling);
}

void tl_str_clear(struct tl_str *s)
{
    s->n = 0;
    s->failed = false;
    if (s->room)
        s->text[0] = '\0';
}

/* Room for n more bytes and the NUL; false, and `failed`, where the ceiling forbids it. */
static bool make_room(struct tl_str *s, size_t n)
{
    if (s->failed || n > s->ceiling - s->n) {
        s->failed = true;
        return false;
    }
    size_t need = s->n + n + 1;
    if (need <= s->room)
        return true;
    size_t room = s->room < 32 ? 64 : s->room * 2;
    if (room > s->ceiling)
        room = s->ceiling + 1;
    if (room < need)
        room = need;
    s->text = tl_realloc(s->room ? s->text : NULL, room, 1);
    s->room = room;
    return true;
}

void tl_str_add_bytes(struct tl_str *s, const void *bytes, size_t n)
{
    if (!n || !make_room(s, n))
        return;
    memcpy(s->text + s->n, bytes, n);
    s->n += n;
    s->text[s->n] = '\0';
}

void tl_str_add(struct tl_str *s, const char *text)
{
    tl_str_add_bytes(s, text, strlen(text));
}

void tl_str_add_char(struct tl_str *s, char c)
{
    if (!make_room(s, 1))
        return;
    s->text[s->n++] = c;
    s->text[s->n] = '\0';
}

void tl_str_add_uint(struct tl_str *s, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    tl_str_add_bytes(s, digits + at, sizeof digits - at);
}

void tl_str_add_int(struct tl_str *s, int64_t value)
{
    if (value >= 0) {
        tl_str_add_uint(s, (uint64_t)value);
        return;
    }
    size_t before = s->n;
    tl_str_add_char(s, '-');
    tl_str_add_uint(s, 0 - (uint64_t)value);
    /* A number is one append: a lone sign does not stay. */
    if (s->failed && s->n > before) {
        s->n = before;
        s->text[before] = '\0';
    }
}

void tl_str_addf(struct tl_str *s, const char *format, ...)
{
    va_list args;

    if (s->failed)
        return;
    size_t left = s->room ? s->room - s->n : 0;
    va_start(args, format);
    int n = vsnprintf(left ? s->text + s->n : NULL, left, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < left) {
        s->n += (size_t)n;
        return;
    }
    /* Once more with room; whatever the first try left behind the text is taken back. */
    if (s->room)
        s->text[s->n] = '\0';
    if (n < 0) {
        s->failed = true;
        return;
    }
    if (n == 0 || !make_room(s, (size_t)n))
        return;
    va_start(args, format);
    vsnprintf(s->text + s->n, (size_t)n + 1, format, args);
    va_end(args);
    s->n += (size_t)n;
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

void tl_str_add_urlencoded(struct tl_str *s, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (is_unreserved(c)) {
            tl_str_add_char(s, *text);
        } else {
            char triplet[3] = { '%', digits[c >> 4], digits[c & 15] };
            tl_str_add_bytes(s, triplet, sizeof triplet);
        }
    }
}

/*
 * Whether the character at `bytes` may reach a terminal. Beside C0, DEL and C1 the marks that turn the reading
 * direction are kept away: with them a name can be made to look like another one.
 */
static bool is_showable(const unsigned char *b, size_t step)
{
    switch (step) {
    case 1:
        return b[0] >= 0x20 && b[0] != 0x7f;
    case 2:
        return b[0] != 0xc2 || b[1] >= 0xa0;
    case 3:
        /* U+2028 .. U+202E, U+2066 .. U+2069 */
        return b[0] != 0xe2 || !((b[1] == 0x80 && b[2] >= 0xa8 && b[2] <= 0xae) ||
                                 (b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9));
    default:
        return step > 0;
    }
}

static void add_escape(struct tl_str *s, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    char escape[4] = { '\\', 'x', digits[c >> 4], digits[c & 15] };

    switch (c) {
    case '\n':
        tl_str_add(s, "\\n");
        break;
    case '\t':
        tl_str_add(s, "\\t");
        break;
    case '\r':
        tl_str_add(s, "\\r");
        break;
    default:
        tl_str_add_bytes(s, escape, sizeof escape);
    }
}

void tl_str_add_shown(struct tl_str *s, const char *bytes, size_t n)
{
    size_t kept = 0; /* start of what can be added as it is */

    for (size_t i = 0; i < n;) {
        size_t step = tl_utf8_step(bytes + i, n - i);
        if (is_showable((const unsigned char *)bytes + i, step)) {
            i += step;
            continue;
        }
        tl_str_add_bytes(s, bytes + kept, i - kept);
        for (size_t end = i + (step ? step : 1); i < end; i++)
            add_escape(s, (unsigned char)bytes[i]);
        kept = i;
    }
    tl_str_add_bytes(s, bytes + kept, n - kept);
}

char *tl_str_take(struct tl_str *s)
{
    char *text = s->room ? s->text : tl_strdup("");

    tl_str_init(s, s->ceiling);
    return text;
}
