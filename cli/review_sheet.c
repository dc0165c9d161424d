/*
 * Comma-separated values as spreadsheets write them (RFC 4180, and what Excel and LibreOffice make of it), and the listing in that form.
 *
 * A cell that begins with = + - or @ is a formula to a spreadsheet, and column names come from a warehouse: such cells are led by a ',
 * which is taken away again on the way in (OWASP, "CSV Injection", 2024).
 */
#include "cli/review.h"

#include "base/say.h"
#include "cli/show.h"

/* ---- writing ---- */

/* What a spreadsheet calculates, and the ' that keeps it from doing so. */
static bool is_led(char c)
{
    return c && strchr("=+-@\t\r'", c);
}

static void add_cell(struct tl_str *out, const char *text)
{
    bool is_quoted = text[strcspn(text, ",;\t\"\r\n")] || text[0] == ' ' ||
                     (*text && text[strlen(text) - 1] == ' ');

    if (is_quoted)
        tl_str_add_char(out, '"');
    if (is_led(*text))
        tl_str_add_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            tl_str_add_char(out, '"');
        tl_str_add_char(out, *text);
    }
    if (is_quoted)
        tl_str_add_char(out, '"');
}

void tl_sheet_add_row(struct tl_str *out, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            tl_str_add_char(out, ',');
        add_cell(out, cells[i] ? cells[i] : "");
    }
    tl_str_add(out, "\r\n");
}

/* ---- reading ---- */

struct reader {
    const char *text, *name;
    size_t n, at;
    size_t line_begin; /* where the line begins that is being read */
    uint32_t line;
    char separator;
    struct tl_str cell;
    struct tl_ctx *ctx;
};

static int fail_at(const struct reader *reader, uint32_t line, uint32_t column,
                   const char *what)
{
    return tl_fail(reader->ctx, TL_EUSAGE, "%s:%u:%u: %s", reader->name, line, column,
                   what);
}

static uint32_t place(const struct reader *reader)
{
    return (uint32_t)(reader->at - reader->line_begin + 1);
}

static char peek(const struct reader *reader)
{
    return reader->at < reader->n ? reader->text[reader->at] : '\0';
}

static bool is_at_end(const struct reader *reader)
{
    return reader->at >= reader->n;
}

/* CRLF, LF, and the bare CR of old Macs. */
static void skip_line_end(struct reader *reader)
{
    reader->at += 1 + (reader->at + 1 < reader->n && peek(reader) == '\r' &&
                       reader->text[reader->at + 1] == '\n');
    reader->line++;
    reader->line_begin = reader->at;
}

/* What stands most often, outside of quotes, in the first line that has any of these. */
static char find_separator(const struct reader *reader)
{
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool is_quoted = false;

    for (size_t i = reader->at; i < reader->n; i++) {
        char c = reader->text[i];
        if (c == '"')
            is_quoted = !is_quoted;
        if (!is_quoted && (c == '\n' || c == '\r') && (commas || semicolons || tabs))
            break;
        commas += !is_quoted && c == ',';
        semicolons += !is_quoted && c == ';';
        tabs += !is_quoted && c == '\t';
    }
    return semicolons > commas && semicolons >= tabs ? ';' : tabs > commas ? '\t' : ',';
}

static int read_quoted(struct reader *reader)
{
    uint32_t line = reader->line, column = place(reader);

    for (reader->at++; !is_at_end(reader); reader->at++) {
        char c = peek(reader);
        if (c == '"' && reader->at + 1 < reader->n &&
            reader->text[reader->at + 1] == '"') {
            reader->at++;
        } else if (c == '"') {
            reader->at++;
            return TL_OK;
        } else if (c == '\n') {
            reader->line++;
            reader->line_begin = reader->at + 1;
        }
        tl_str_add_char(&reader->cell, c);
    }
    return fail_at(reader, line, column, "nothing closes this quote");
}

/* A quote inside of a cell that does not begin with one stands for itself, as Excel has it. */
static int read_cell(struct tl_sheet_cell *out, struct reader *reader)
{
    int rc = TL_OK;

    tl_str_clear(&reader->cell);
    *out = (struct tl_sheet_cell){ .line = reader->line, .column = place(reader) };
    if (peek(reader) == '"')
        rc = read_quoted(reader);
    while (rc == TL_OK && !is_at_end(reader) && peek(reader) != reader->separator &&
           peek(reader) != '\n' && peek(reader) != '\r') {
        tl_str_add_char(&reader->cell, peek(reader));
        reader->at++;
    }
    const char *text = reader->cell.text;
    size_t n = reader->cell.n;
    bool has_lead = n > 1 && text[0] == '\'' && is_led(text[1]);
    text += has_lead;
    n -= has_lead;
    while (n && strchr(" \t\r\n", text[n - 1]))
        n--;
    while (n && strchr(" \t\r\n", *text)) {
        text++;
        n--;
    }
    out->text = tl_arena_dup(reader->ctx->arena, text, n);
    return rc;
}

static int read_row(struct tl_sheet_row *out, struct tl_sheet_cell *cells,
                    struct reader *reader)
{
    bool is_empty = true;
    uint32_t n = 0;
    int rc;

    out->line = reader->line;
    for (;; reader->at++) {
        if (n == TL_SHEET_CELLS_MOST)
            return fail_at(reader, reader->line, place(reader),
                           "there are too many cells in this row");
        if ((rc = read_cell(&cells[n], reader)) < 0)
            return rc;
        is_empty = is_empty && !*cells[n].text;
        n++;
        if (is_at_end(reader) || peek(reader) != reader->separator)
            break;
    }
    if (!is_at_end(reader))
        skip_line_end(reader);
    out->n = is_empty ? 0 : n;
    out->cells = tl_arena_alloc(reader->ctx->arena, out->n, sizeof *cells);
    if (out->n)
        memcpy(out->cells, cells, out->n * sizeof *cells);
    return TL_OK;
}

/* The place of the byte at `i`, counted as find_separator and read_row count. */
static int fail_at_byte(struct reader *reader, size_t i, const char *what)
{
    for (size_t at = reader->at; at < i; at++)
        if (reader->text[at] == '\n') {
            reader->line++;
            reader->line_begin = at + 1;
        }
    return fail_at(reader, reader->line, (uint32_t)(i - reader->line_begin + 1), what);
}

/* What no cell can hold, before any is made. */
static int check_bytes(struct reader *reader)
{
    if (reader->n >= 2 && (memcmp(reader->text, "\xff\xfe", 2) == 0 ||
                           memcmp(reader->text, "\xfe\xff", 2) == 0)) {
        tl_hint(reader->ctx, "save it as \"CSV UTF-8\"");
        return fail_at(reader, 1, 1, "this is UTF-16");
    }
    if (reader->n >= 2 && memcmp(reader->text, "PK", 2) == 0) {
        tl_hint(reader->ctx, "save it as \"CSV UTF-8\"");
        return fail_at(reader, 1, 1, "this is a workbook, not a text");
    }
    if (reader->n >= 3 && memcmp(reader->text, "\xef\xbb\xbf", 3) == 0)
        reader->at = reader->line_begin = 3;
    for (size_t i = reader->at, step; i < reader->n; i += step) {
        if (reader->text[i] == '\0')
            return fail_at_byte(reader, i, "there is a NUL");
        step = tl_utf8_step(reader->text + i, reader->n - i);
        if (!step) {
            tl_hint(reader->ctx, "save it as \"CSV UTF-8\"");
            return fail_at_byte(reader, i, "this is no UTF-8");
        }
    }
    return TL_OK;
}

int tl_sheet_read(struct tl_sheet *out, const char *text, size_t n, const char *name,
                  struct tl_ctx *ctx)
{
    struct tl_sheet_cell cells[TL_SHEET_CELLS_MOST];
    TL_VEC(struct tl_sheet_row) rows = { 0 };
    struct tl_sheet_row row;
    struct reader reader = { .text = text,
                             .name = name,
                             .n = n,
                             .line = 1,
                             .cell = TL_STR_INIT(TL_STR_MOST),
                             .ctx = ctx };
    int rc = check_bytes(&reader);

    reader.separator = find_separator(&reader);
    while (rc == TL_OK && !is_at_end(&reader)) {
        rc = read_row(&row, cells, &reader);
        if (rc == TL_OK && row.n)
            tl_vec_push(&rows, row);
        if (rc == TL_OK && rows.n > TL_SHEET_ROWS_MOST)
            rc = fail_at(&reader, reader.line, 1, "there are too many rows");
    }
    *out = (struct tl_sheet){ tl_arena_alloc(ctx->arena, rows.n, sizeof *out->rows),
                              rows.n };
    if (rows.n)
        memcpy(out->rows, rows.items, rows.n * sizeof row);
    tl_vec_release(&rows);
    tl_str_release(&reader.cell);
    return rc;
}

/* ---- the listing ---- */

/* The line of a tag: what is shown, two cells to fill in, and the span that says whether somebody else was faster. */
static void add_item(struct tl_str *out, const struct tl_review *review,
                     const struct tl_review_item *item, const char *why)
{
    const struct tl_belief *belief = review->belief;
    const struct tl_belief_tag *tag = item->tag;
    const char *actor = tl_belief_text(belief, tag->actor);
    struct tl_key key = tl_belief_key(belief, item->hit.dataset);
    struct tl_str column = TL_STR_INIT(TL_STR_MOST);
    char confidence[8];

    key.field = tl_belief_text(belief, item->hit.column->path);
    tl_key_add(&column, &key);
    snprintf(confidence, sizeof confidence, "%u.%03u", tag->confidence / 1000u % 10,
             tag->confidence % 1000u);
    tl_sheet_add_row(out,
                     (const char *[]){ column.text,
                                       tl_belief_text(belief, tag->info_type),
                                       tl_belief_text(belief, tag->category),
                                       tl_sensitivity_word(tag->sensitivity), confidence,
                                       tl_state_word(tag->state), why, "", "",
                                       actor ? actor : tl_origin_word(tag->origin),
                                       tl_belief_text(belief, tag->span) },
                     11);
    tl_str_release(&column);
}

/* What waits, or with `against` people's words that a scan decides otherwise, whose reason that is. */
static int add_items(struct tl_str *out, size_t *n_rows, bool against,
                     const struct tl_review *review, struct tl_ctx *ctx)
{
    const struct tl_review_options *o = review->options;
    struct tl_review_filter filter = tl_review_filter_of(o);
    size_t most = o->limit ? (size_t)o->limit : SIZE_MAX;
    struct tl_review_list list;

    filter.against = against;
    tl_review_gather(&list, review->belief, &filter, ctx->arena);
    const char **whys = tl_alloc(list.items.n, sizeof *whys);
    int rc = against ? TL_OK : tl_review_whys(whys, &list, review, ctx);
    for (size_t i = 0; rc == TL_OK && i < list.items.n && *n_rows < most; i++) {
        const struct tl_review_item *item = &list.items.items[i];
        add_item(out, review, item,
                 against ? tl_contradiction_text(review->belief, item->tag, ctx)
                         : whys[i]);
        ++*n_rows;
    }
    tl_free(whys);
    tl_review_release(&list);
    return rc;
}

int tl_review_sheet(const struct tl_review *review, struct tl_ctx *ctx)
{
    static const char *const heads[] = { "column",      "info_type",  "category",
                                         "sensitivity", "confidence", "state",
                                         "why",         "decision",   "reason",
                                         "who",         "span" };
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    size_t n = 0;

    tl_sheet_add_row(&text, heads, sizeof heads / sizeof *heads);
    int rc = add_items(&text, &n, false, review, ctx);
    if (rc == TL_OK && !review->options->all)
        rc = add_items(&text, &n, true, review, ctx);
    if (rc == TL_OK && text.failed)
        rc = tl_fail(ctx, TL_ELIMIT, "the sheet would be too big");
    if (rc == TL_OK)
        fwrite(text.text, 1, text.n, ctx->say->results);
    fflush(ctx->say->results);
    if (rc == TL_OK)
        tl_note(ctx,
                "%zu row%s; fill in 'decision' (accept, reject, set TYPE) and 'reason', "
                "then: tagline review import FILE",
                n, n == 1 ? "" : "s");
    tl_str_release(&text);
    return rc;
}
