/*
 * Results as an aligned table for people: libsmartcols does widths, cutting and wide characters. Not for --json.
 */
#ifndef TL_CLI_TABLE_H
#define TL_CLI_TABLE_H

#include "base/ctx.h"
#include "base/say.h"

#include <stddef.h>

enum tl_align {
    TL_LEFT,
    TL_RIGHT,
    TL_CUT, /* left, and the first to be cut on a narrow terminal */
    TL_WRAP /* left, and goes on in the next line there: what must not be lost */
};

struct tl_head {
    const char *name;
    enum tl_align align;
};

struct tl_table;
struct tl_table *tl_table_open(const struct tl_head *heads, size_t n, struct tl_ctx *ctx);
/* Starts a row; cells follow from the left. Texts are copied; control characters are shown escaped. */
void tl_table_row(struct tl_table *table);
void tl_table_cell(struct tl_table *table, const char *text);
void tl_table_painted(struct tl_table *table, const char *text, enum tl_paint paint);
void tl_table_cellf(struct tl_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Prints on results and closes. */
void tl_table_close(struct tl_table *table);

#endif
