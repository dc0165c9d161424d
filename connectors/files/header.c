/*
 * Three kinds of evidence, the first found decides: a cell that looks like a value wherever it stands (an address, a date, a long
 * number); a record of nothing but numbers; and what the rows below say, where cells come again or go on counting. Names that
 * hold numbers stay names: years over amounts, a run of numbered columns, "q1", "2024-01".
 */
#include "connectors/files/header.h"

#include "base/ctx.h"

#include <string.h>

enum {
    ROWS_MOST = 100,
    BYTES_MOST = 1 << 20,
    CELL_BYTES = 256,
    SHORT_NUMBER = 6, /* digits: a longer number is somebody's */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter_or_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* A shape: 9 stands for a digit, x for a hexadecimal one, anything else for itself. True when `text` begins so. */
static bool has_shape(const char *text, size_t n, const char *shape)
{
    size_t length = strlen(shape);

    if (n < length)
        return false;
    for (size_t i = 0; i < length; i++) {
        bool fits = shape[i] == '9'   ? is_digit(text[i])
                    : shape[i] == 'x' ? is_hex(text[i])
                                      : text[i] == shape[i];
        if (!fits)
            return false;
    }
    return true;
}

/* ---- what a cell is like ---- */

static bool is_mail(const char *text, size_t n)
{
    const char *at = memchr(text, '@', n);
    const char *end = text + n;

    if (!at || at == text || !is_letter_or_digit(at[-1]))
        return false;
    const char *dot = memchr(at, '.', (size_t)(end - at));
    return dot && dot > at + 1 && dot + 1 < end && is_letter_or_digit(dot[1]) &&
           !memchr(at, ' ', (size_t)(dot - at));
}

static bool is_address(const char *text, size_t n)
{
    const char *colon = memchr(text, ':', n);

    return colon && colon > text && text + n - colon >= 3 && memcmp(colon, "://", 3) == 0;
}

/* As many hexadecimal digits in a row as an MD5 has. */
static bool holds_digest(const char *text, size_t n)
{
    size_t run = 0;
    bool has_digit = false;

    for (size_t i = 0; i < n; i++) {
        run = is_hex(text[i]) ? run + 1 : 0;
        has_digit = run && (has_digit || is_digit(text[i]));
        if (run >= 32 && has_digit)
            return true;
    }
    return false;
}

static bool is_uuid(const char *text, size_t n)
{
    size_t brace = n && *text == '{';

    return has_shape(text + brace, n - brace, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

static bool is_ipv4(const char *text, size_t n)
{
    size_t i = 0;

    for (unsigned group = 0; group < 4; group++) {
        unsigned value = 0;
        size_t from = i;
        while (i < n && is_digit(text[i]) && i - from < 3)
            value = value * 10 + (unsigned)(text[i++] - '0');
        if (i == from || value > 255 || (group < 3 && (i == n || text[i++] != '.')))
            return false;
    }
    return i == n || text[i] == '/' || text[i] == ':';
}

/* IPv6, or a MAC address. */
static bool is_hex_address(const char *text, size_t n)
{
    size_t n_colons = 0;
    bool has_digit = false;
    bool is_short = false;

    if (has_shape(text, n, "xx-xx-xx-xx-xx-xx") && n == 17)
        return true;
    for (size_t i = 0; i < n; i++) {
        if (text[i] != ':' && !is_hex(text[i]))
            return false;
        has_digit |= is_digit(text[i]);
        n_colons += text[i] == ':';
        is_short |= i && text[i] == ':' && text[i - 1] == ':';
    }
    return has_digit && (is_short || n_colons == 7 || (n_colons == 5 && n == 17));
}

/* Whole days only: "2024-01" heads the columns of many a report. */
static bool is_date(const char *text, size_t n)
{
    static const char *const shapes[] = {
        "9999-99-99", "9999/99/99", "9999.99.99", "99.99.9999", "99/99/9999",
        "99-99-9999", "9.9.9999",   "99.9.9999",  "9.99.9999",  "9/9/9999",
        "99/9/9999",  "9/99/9999",  "99.99.99",   "99/99/99",
    };

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t length = strlen(shapes[i]);
        if (has_shape(text, n, shapes[i]) &&
            (n == length || text[length] == ' ' || text[length] == 'T'))
            return true;
    }
    return false;
}

/* 12.5, -3, 1,234.50 */
static bool is_decimal(const char *text, size_t n)
{
    size_t sign = n && (*text == '-' || *text == '+');
    size_t n_points = 0;
    size_t since = 0; /* digits since the last point */

    for (size_t i = sign; i < n; i++) {
        bool is_point = (text[i] == '.' || text[i] == ',') && since;
        if (!is_point && !is_digit(text[i]))
            return false;
        /* Two points close together: a version, or the number of a chapter. */
        if (is_point && n_points && since != 3)
            return false;
        n_points += is_point;
        since = is_point ? 0 : since + 1;
    }
    return n > sign && since && (n_points || sign);
}

static bool is_year_at(const char *text)
{
    return memcmp(text, "19", 2) == 0 || memcmp(text, "20", 2) == 0;
}

static bool is_span_of_years(const char *text, size_t n)
{
    return n == 9 &&
           (has_shape(text, n, "9999-9999") || has_shape(text, n, "9999/9999")) &&
           is_year_at(text) && is_year_at(text + 5);
}

/* Phone, account and card numbers, however they are grouped. */
static bool is_long_number(const char *text, size_t n)
{
    size_t n_digits = 0;
    size_t n_others = 0; /* that do not group digits */
    size_t run = 0;
    size_t longest = 0;

    for (size_t i = 0; i < n; i++) {
        bool is_one = is_digit(text[i]);
        n_digits += is_one;
        n_others += !is_one && (!text[i] || !strchr(" +-()/.", text[i]));
        run = is_one ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    if (is_span_of_years(text, n))
        return false;
    return longest >= 9 || (!n_others && n_digits > SHORT_NUMBER) ||
           (n_digits >= 12 && n_digits * 2 >= n);
}

const char *tl_header_value_words(const char *text, size_t n)
{
    static const struct {
        bool (*holds)(const char *text, size_t n);
        const char *words;
    } kinds[] = {
        { is_mail, "is like an e-mail address" },
        { is_address, "is like a web address" },
        { is_uuid, "is like a UUID" },
        { holds_digest, "is like a digest" },
        { is_ipv4, "is like an IP address" },
        { is_hex_address, "is like a network address" },
        { is_date, "is like a date" },
        { is_decimal, "is like an amount" },
        { is_long_number, "is like a long number" },
    };

    while (n && (*text == ' ' || *text == '\t'))
        text++, n--;
    while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (n && kinds[i].holds(text, n))
            return kinds[i].words;
    return NULL;
}

/* ---- the first record and those below ---- */

struct column {
    const char *text;
    size_t n;
    int number; /* of a short number; -1: it is none */
    /* rows below: with something in this column, with the same, with a short number, with a year */
    uint32_t n_filled, n_same, n_numbers, n_years;
};

struct record {
    struct column *columns;
    size_t n;
    uint32_t n_rows;
};

static int short_number(const char *text, size_t n)
{
    int number = 0;

    if (!n || n > SHORT_NUMBER)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(text[i]))
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

static bool is_year(int number)
{
    return number >= 1900 && number < 2100;
}

static bool is_same(const struct column *column, const char *text, size_t n)
{
    return n && n == column->n && memcmp(text, column->text, n) == 0;
}

/* A header that stands in the file once more, where files were put together, says nothing of its cells. */
static bool is_first_again(const struct record *first, const struct tl_csv *csv)
{
    if (csv->cells.n != first->n)
        return false;
    for (size_t i = 0; i < first->n; i++)
        if (csv->cells.items[i].n &&
            !is_same(&first->columns[i], tl_csv_cell(csv, i), csv->cells.items[i].n))
            return false;
    return true;
}

static void compare_row(struct record *first, const struct tl_csv *csv)
{
    first->n_rows++;
    for (size_t i = 0; i < first->n && i < csv->cells.n; i++) {
        struct column *column = &first->columns[i];
        size_t n = csv->cells.items[i].n;
        const char *text = tl_csv_cell(csv, i);
        int number = short_number(text, n);
        column->n_filled += n > 0;
        column->n_same += is_same(column, text, n);
        column->n_numbers += number >= 0;
        column->n_years += is_year(number);
    }
}

/* One of three numbers side by side at equal distances: "0,1,2" over a table of cohorts. */
static bool is_in_series(const struct record *first, size_t i)
{
    for (size_t begin = i < 2 ? 0 : i - 2; begin <= i && begin + 2 < first->n; begin++) {
        int a = first->columns[begin].number;
        int b = first->columns[begin + 1].number;
        int c = first->columns[begin + 2].number;
        if (a >= 0 && b > a && c - b == b - a)
            return true;
    }
    return false;
}

static bool goes_on_below(const struct record *first, size_t i)
{
    const struct column *column = &first->columns[i];

    if (column->number < 0 || !column->n_filled || is_in_series(first, i))
        return false;
    return column->n_filled ==
           (is_year(column->number) ? column->n_years : column->n_numbers);
}

static struct tl_header judge_cells(const struct record *first)
{
    size_t n_filled = 0;
    size_t n_numbers = 0;

    for (size_t i = 0; i < first->n; i++) {
        const struct column *column = &first->columns[i];
        const char *words = tl_header_value_words(column->text, column->n);
        if (words)
            return (struct tl_header){ words, i + 1 };
        n_filled += column->n > 0;
        n_numbers += column->number >= 0;
    }
    if (n_filled && n_numbers == n_filled)
        return (struct tl_header){ "it holds nothing but numbers", 0 };
    return (struct tl_header){ NULL, 0 };
}

static struct tl_header judge_rows(const struct record *first)
{
    size_t n_filled = 0;
    size_t n_same = 0;

    for (size_t i = 0; i < first->n; i++) {
        if (goes_on_below(first, i))
            return (struct tl_header){ "is a number like those below it", i + 1 };
        n_filled += first->columns[i].n > 0;
        n_same += first->columns[i].n_same * 20 > first->n_rows;
    }
    /* Once in many rows, or one of many columns, may be chance: 'type' with a type of that name. */
    if (n_same && n_same * 4 >= n_filled)
        return (struct tl_header){ "the rows below hold the same again", 0 };
    return (struct tl_header){ NULL, 0 };
}

/* Takes the record's cells; their text is in `*text`, to be freed. */
static void take_first(struct record *first, char **text, struct tl_csv *csv)
{
    *text = csv->text.items;
    first->n = csv->cells.n;
    first->columns = tl_alloc(first->n + 1, sizeof *first->columns);
    for (size_t i = 0; i < first->n; i++) {
        const struct tl_csv_cell *cell = &csv->cells.items[i];
        struct column *column = &first->columns[i];
        column->text = cell->n ? *text + cell->at : "";
        column->n = cell->n;
        column->number = short_number(column->text, column->n);
    }
    csv->text.items = NULL;
    csv->text.n = csv->text.room = 0;
}

int tl_header_look(struct tl_header *out, struct tl_csv *csv, struct tl_ctx *ctx)
{
    int64_t begin = tl_reader_tell(&csv->in);
    size_t cell_bytes = csv->cell_bytes;
    struct record first = { 0 };
    char *text = NULL;

    *out = (struct tl_header){ 0 };
    csv->cell_bytes = CELL_BYTES;
    int rc = tl_csv_next(csv, true, ctx);
    if (rc > 0) {
        take_first(&first, &text, csv);
        *out = judge_cells(&first);
    }
    while (rc > 0 && !out->words && first.n_rows < ROWS_MOST &&
           tl_reader_tell(&csv->in) - begin < BYTES_MOST &&
           (rc = tl_csv_next(csv, true, ctx)) > 0)
        if (!is_first_again(&first, csv))
            compare_row(&first, csv);
    if (rc >= 0 && !out->words)
        *out = judge_rows(&first);
    tl_free(first.columns);
    tl_free(text);
    csv->cell_bytes = cell_bytes;
    csv->unclosed_line = 0;
    tl_csv_return(csv, begin);
    return rc < 0 ? rc : TL_OK;
}
