/*
 * A plain list of names: column_name, info_type and, if wanted, category and sensitivity, under a line of headings. RFC 4180, with ',', ';'
 * or tabs between.
 */
#include "classifiers/import_inner.h"
#include "classifiers/names.h"

#include "base/ctx.h"
#include "base/model.h"

#define CELLS_MOST 16
#define CELL_BYTES 1024

struct lines {
    const char *at, *end;
    unsigned line;
    char separator;
    char cells[CELLS_MOST][CELL_BYTES];
    size_t n;
    bool is_cut; /* a cell, or more cells than are kept */
};

enum column { COLUMN_NAME, COLUMN_TYPE, COLUMN_CATEGORY, COLUMN_SENSITIVITY, COLUMNS };

static void add_cell_byte(struct lines *lines, size_t *n, char byte)
{
    if (lines->n < CELLS_MOST && *n + 1 < CELL_BYTES)
        lines->cells[lines->n][(*n)++] = byte;
    else
        lines->is_cut = true;
}

static void end_cell(struct lines *lines, size_t n)
{
    if (lines->n == CELLS_MOST)
        return;
    char *cell = lines->cells[lines->n++];
    while (n && (cell[n - 1] == ' ' || cell[n - 1] == '\r'))
        n--;
    cell[n] = '\0';
    size_t blanks = strspn(cell, " ");
    memmove(cell, cell + blanks, n - blanks + 1);
}

/* The next line's cells; false at the end. `*began` is where it stands. */
static bool next_line(struct lines *lines, unsigned *began)
{
    bool is_quoted = false;
    size_t n = 0;

    lines->n = 0;
    lines->is_cut = false;
    *began = ++lines->line;
    if (lines->at >= lines->end)
        return false;
    for (; lines->at < lines->end; lines->at++) {
        char c = *lines->at;

        if (c == '"' && is_quoted && lines->at + 1 < lines->end && lines->at[1] == '"') {
            add_cell_byte(lines, &n, '"');
            lines->at++;
        } else if (c == '"' && (is_quoted || !n)) {
            is_quoted = !is_quoted;
        } else if (c == '\n' && !is_quoted) {
            lines->at++;
            break;
        } else if (c == lines->separator && !is_quoted) {
            end_cell(lines, n);
            n = 0;
        } else {
            lines->line += c == '\n';
            add_cell_byte(lines, &n, c ? c : ' ');
        }
    }
    end_cell(lines, n);
    return true;
}

static int read_heading(size_t at[COLUMNS], struct tl_importer *importer,
                        struct lines *lines)
{
    static const char *const known[COLUMNS][3] = {
        { "column_name", "column", "name" },
        { "info_type", "type", "infotype" },
        { "category", "data_category", NULL },
        { "sensitivity", NULL, NULL },
    };
    unsigned line;

    for (size_t k = 0; k < COLUMNS; k++)
        at[k] = CELLS_MOST;
    next_line(lines, &line);
    for (size_t i = 0; i < lines->n; i++) {
        for (size_t k = 0; k < COLUMNS; k++) {
            for (size_t w = 0; w < 3 && known[k][w]; w++) {
                if (!strcasecmp(lines->cells[i], known[k][w]) && at[k] == CELLS_MOST)
                    at[k] = i;
            }
        }
    }
    if (at[COLUMN_NAME] < CELLS_MOST && at[COLUMN_TYPE] < CELLS_MOST)
        return TL_OK;
    tl_hint(importer->ctx,
            "its first line is column_name,info_type[,category,sensitivity]");
    return tl_fail(importer->ctx, TL_ECONFIG, "%s:1:1: a list of names needs headings",
                   importer->path);
}

static const char *cell(const struct lines *lines, size_t i)
{
    return i < lines->n ? lines->cells[i] : "";
}

static void read_row(struct tl_importer *importer, const struct lines *lines,
                     const size_t at[COLUMNS], unsigned line)
{
    struct tl_mark mark = { line, 1 };
    const char *name = cell(lines, at[COLUMN_NAME]);
    const char *type_name = cell(lines, at[COLUMN_TYPE]);
    const char *category = cell(lines, at[COLUMN_CATEGORY]);
    const char *sensitivity = cell(lines, at[COLUMN_SENSITIVITY]);
    struct tl_tokens tokens;

    if (lines->n == 1 && !*lines->cells[0])
        return;
    for (size_t i = 0; i < lines->n; i++) {
        if (!tl_utf8_is_valid(lines->cells[i], strlen(lines->cells[i]))) {
            tl_import_note(importer, mark, "this line is left out: it is no valid UTF-8");
            return;
        }
    }
    tl_tokens_of_text(&tokens, name, strlen(name));
    if (lines->is_cut || !tokens.n || tokens.n > 8 || !*type_name) {
        tl_import_note(importer, mark, "this line is left out: %s",
                       lines->is_cut ? "a cell of it is too long, or there are too many"
                       : !*type_name
                           ? "it names no info type"
                           : "its column name holds no word, or more than eight");
        return;
    }
    struct tl_import_type *type = tl_import_add(importer, type_name, mark);
    if (!type)
        return;
    tl_vec_push(&type->names, tl_arena_strdup(importer->ctx->arena, name));
    if (*category && !type->category)
        type->category = tl_arena_strdup(importer->ctx->arena, category);
    if (*sensitivity && tl_sensitivity_of(sensitivity) < 0)
        tl_import_note(importer, mark,
                       "'%s' is no sensitivity (public, internal, personal, sensitive, "
                       "special); the category's own is taken",
                       sensitivity);
    else if (*sensitivity && !type->sensitivity)
        type->sensitivity = tl_arena_strdup(importer->ctx->arena, sensitivity);
}

static char separator_of(const char *text, size_t n)
{
    size_t first = strcspn(text, "\n");
    size_t counts[3] = { 0 };

    for (size_t i = 0; i < first && i < n; i++) {
        counts[0] += text[i] == ',';
        counts[1] += text[i] == ';';
        counts[2] += text[i] == '\t';
    }
    return counts[2] > counts[0] && counts[2] > counts[1] ? '\t'
           : counts[1] > counts[0]                        ? ';'
                                                          : ',';
}

int tl_import_csv(struct tl_importer *importer, const char *text, size_t n)
{
    struct lines *lines = tl_alloc(1, sizeof *lines);
    size_t at[COLUMNS];
    unsigned line;

    if (n >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
        text += 3;
        n -= 3;
    }
    lines->at = text;
    lines->end = text + n;
    lines->separator = separator_of(text, n);
    int rc = read_heading(at, importer, lines);
    while (!rc && next_line(lines, &line))
        read_row(importer, lines, at, line);
    tl_free(lines);
    return rc;
}
