#include "cli/table.h"

#include "base/mem.h"
#include "base/str.h"

#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>

struct tl_table {
    struct libscols_table *scols;
    struct libscols_line *line;
    struct tl_ctx *ctx;
    size_t cell;
};

struct tl_table *tl_table_open(const struct tl_head *heads, size_t n, struct tl_ctx *ctx)
{
    struct tl_table *table = tl_alloc(1, sizeof *table);

    table->ctx = ctx;
    table->scols = scols_new_table();
    if (!table->scols)
        abort();
    scols_table_set_stream(table->scols, ctx->say->results);
    scols_table_enable_colors(table->scols, ctx->say->colour[0]);
    scols_table_set_column_separator(table->scols, "  ");
    /* Cut only for a terminal: what goes into a file or a pipe stays whole. */
    scols_table_set_termforce(table->scols, ctx->say->width ? SCOLS_TERMFORCE_ALWAYS
                                                            : SCOLS_TERMFORCE_NEVER);
    if (ctx->say->width)
        scols_table_set_termwidth(table->scols, (size_t)ctx->say->width);
    for (size_t i = 0; i < n; i++)
        scols_table_new_column(table->scols, heads[i].name, 0,
                               heads[i].align == TL_RIGHT  ? SCOLS_FL_RIGHT
                               : heads[i].align == TL_CUT  ? SCOLS_FL_TRUNC
                               : heads[i].align == TL_WRAP ? SCOLS_FL_WRAP
                                                           : 0);
    return table;
}

void tl_table_row(struct tl_table *table)
{
    table->line = scols_table_new_line(table->scols, NULL);
    table->cell = 0;
}

void tl_table_painted(struct tl_table *table, const char *text, enum tl_paint paint)
{
    struct tl_str shown = TL_STR_INIT(1 << 16);

    tl_str_add_shown(&shown, text ? text : "", text ? strlen(text) : 0);
    scols_line_set_data(table->line, table->cell, shown.text);
    if (paint != TL_PLAIN)
        scols_cell_set_color(scols_line_get_cell(table->line, table->cell),
                             tl_paint(table->ctx, paint));
    table->cell++;
    tl_str_release(&shown);
}

void tl_table_cell(struct tl_table *table, const char *text)
{
    tl_table_painted(table, text, TL_PLAIN);
}

void tl_table_cellf(struct tl_table *table, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    tl_table_cell(table, text);
}

void tl_table_close(struct tl_table *table)
{
    scols_print_table(table->scols);
    fflush(table->ctx->say->results); /* words that follow stand below it */
    scols_unref_table(table->scols);
    tl_free(table);
}
