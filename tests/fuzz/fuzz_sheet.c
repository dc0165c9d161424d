/*
 * Any bytes as a spreadsheet. What is read is written again and must be read the same: rows, cells and their texts.
 */
#include "base/ctx.h"
#include "cli/review.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void write_again(struct tl_str *out, const struct tl_sheet *sheet)
{
    const char *cells[TL_SHEET_CELLS_MOST];

    for (size_t r = 0; r < sheet->n; r++) {
        for (uint32_t c = 0; c < sheet->rows[r].n; c++)
            cells[c] = sheet->rows[r].cells[c].text;
        tl_sheet_add_row(out, cells, sheet->rows[r].n);
    }
}

static void must_be_same(const struct tl_sheet *a, const struct tl_sheet *b)
{
    must(a->n == b->n);
    for (size_t r = 0; r < a->n; r++) {
        must(a->rows[r].n == b->rows[r].n);
        for (uint32_t c = 0; c < a->rows[r].n; c++)
            must(strcmp(a->rows[r].cells[c].text, b->rows[r].cells[c].text) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct tl_run run;
    struct tl_str again = TL_STR_INIT(TL_STR_MOST);
    struct tl_sheet sheet, second;
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    if (tl_sheet_read(&sheet, (const char *)bytes, n, "sheet", &ctx) == TL_OK) {
        /* A heading, so that what separates is the comma whatever stands in the cells. */
        tl_str_add(&again, "a,b\r\n");
        write_again(&again, &sheet);
        must(tl_sheet_read(&second, again.text, again.n, "again", &ctx) == TL_OK);
        must(second.n == sheet.n + 1);
        second.rows++;
        second.n--;
        must_be_same(&sheet, &second);
    }
    tl_str_release(&again);
    tl_ctx_release(&ctx);
    return 0;
}
