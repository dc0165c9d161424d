/*
 * Regular expressions: PCRE2 in UTF-8, JIT-compiled; bytes that are no UTF-8 match nothing. Match and depth limits see to it
 * that no pattern can hang on any value. The only file that includes pcre2.h.
 */
#ifndef TL_BASE_RX_H
#define TL_BASE_RX_H

#include <stdbool.h>
#include <stddef.h>

struct tl_ctx;
struct tl_rx;

enum tl_rx_flags {
    TL_RX_WHOLE = 1, /* must match the whole subject */
    TL_RX_CASELESS = 2,
    TL_RX_LATE =
        4, /* the pattern is known to be right: it is compiled when it is first needed */
};

/* Compiles. A wrong pattern is TL_ECONFIG: "what PCRE2 says, at byte N". Close with tl_rx_close. Shared by threads. */
int tl_rx_open(struct tl_rx **out, const char *pattern, unsigned flags,
               struct tl_ctx *ctx);
void tl_rx_close(struct tl_rx *rx); /* NULL is fine */

/* What one thread needs to match: make one a thread. */
struct tl_rx_scratch;
struct tl_rx_scratch *tl_rx_scratch_open(void);
void tl_rx_scratch_close(struct tl_rx_scratch *scratch);

/* Matches that ended at a limit: with this scratch; of this pattern, on any thread. */
unsigned tl_rx_give_ups(const struct tl_rx_scratch *scratch);
bool tl_rx_has_given_up(const struct tl_rx *rx);

enum tl_rx_answer {
    TL_RX_NO,
    TL_RX_YES,
    TL_RX_UNKNOWN, /* a limit was reached */
};
enum tl_rx_answer tl_rx_match(const struct tl_rx *rx, const char *bytes, size_t n,
                              struct tl_rx_scratch *scratch);
/* First match from `from` on: sets the span [*begin, *end). */
enum tl_rx_answer tl_rx_find(const struct tl_rx *rx, const char *bytes, size_t n,
                             size_t from, size_t *begin, size_t *end,
                             struct tl_rx_scratch *scratch);
/* Where the groups of the first match stand: [0] all of it, [1] the first group ...; {0, 0} for those that took no part. */
bool tl_rx_groups(const struct tl_rx *rx, const char *bytes, size_t n, size_t (*spans)[2],
                  size_t most);

#endif
