/*
 * A string that grows, knows its ceiling and remembers that it failed: append often, look once at `failed`.
 * May hold any bytes, NUL too; always closed by a NUL that `n` does not count.
 */
#ifndef TL_BASE_STR_H
#define TL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tl_str {
    char *text; /* never NULL once initialised; "" while empty */
    size_t n;
    size_t room;
    size_t ceiling; /* most bytes it may hold */
    bool
        failed; /* something did not fit: the content is cut at the last append that did */
};

extern char tl_str_empty[1];
#define TL_STR_INIT(most)                                                                \
    {                                                                                    \
        .text = tl_str_empty, .ceiling = (most)                                          \
    }
/* Ceiling for texts that only memory bounds (1 GiB). */
#define TL_STR_MOST ((size_t)1 << 30)

void tl_str_init(struct tl_str *s, size_t ceiling);
void tl_str_release(
    struct tl_str *s); /* frees; `s` is as after init with the same ceiling */
void tl_str_clear(struct tl_str *s); /* empties and forgets `failed`, keeps the memory */

void tl_str_add(struct tl_str *s, const char *text);
void tl_str_add_bytes(struct tl_str *s, const void *bytes, size_t n);
void tl_str_add_char(struct tl_str *s, char c);
void tl_str_add_uint(struct tl_str *s, uint64_t value);
void tl_str_add_int(struct tl_str *s, int64_t value);
void tl_str_addf(struct tl_str *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Percent-encodes all but RFC 3986 unreserved characters. */
void tl_str_add_urlencoded(struct tl_str *s, const char *text);
/*
 * For people: control characters (C0, DEL, C1), line separators, marks that turn the reading direction and bytes that are
 * no UTF-8 as \n, \t, \x1b ...; the rest as it is, the backslash too. What was shown once does not change again.
 */
void tl_str_add_shown(struct tl_str *s, const char *bytes, size_t n);
/* Hands the memory over: free with tl_free. `s` is empty afterwards. */
char *tl_str_take(struct tl_str *s);

/* Length of the valid UTF-8 character at `bytes` (1-4), or 0 where there is none (RFC 3629: no surrogates, no overlong). */
size_t tl_utf8_step(const char *bytes, size_t n);
bool tl_utf8_is_valid(const char *bytes, size_t n);
/* Terminal columns that `text` takes (combining marks 0, East Asian wide 2). */
size_t tl_utf8_width(const char *bytes, size_t n);

#endif
