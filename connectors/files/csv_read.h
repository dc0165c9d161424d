/*
 * Records of a CSV file: RFC 4180, and what people write instead. Holds one record at a time, each cell cut at a ceiling, so
 * that no file makes it grow. Knows nothing of datasets. Used by csv.c and infoschema.c.
 */
#ifndef TL_CONNECTORS_FILES_CSV_READ_H
#define TL_CONNECTORS_FILES_CSV_READ_H

#include "base/vec.h"
#include "connectors/files/reader.h"

/* Cells beyond this are counted, not kept. */
#define TL_CSV_COLUMNS_MOST 100000u

struct tl_csv_cell {
    size_t at, n; /* in the record's text */
    bool is_cut, is_quoted;
};

struct tl_csv {
    struct tl_reader in;
    char delimiter;
    bool ends_in_cr;     /* old Macintosh: CR alone ends a line */
    size_t cell_bytes;   /* where cells are cut; at least 1 */
    size_t cells_most;   /* cells kept of a record; at first TL_CSV_COLUMNS_MOST */
    int64_t record_most; /* a longer record ends the reading; 0: no ceiling */
    uint64_t line;       /* of the next byte, from 1 */
    /* the record */
    TL_VEC(char) text;
    TL_VEC(struct tl_csv_cell) cells;
    size_t n_cells;       /* also those not kept */
    uint64_t record_line; /* where it began, from 1; 1 after a seek */
    int64_t record_at;    /* and at which byte */
    /* what was odd */
    uint64_t unclosed_line; /* line of a quote that is never closed; 0: none */
};

/* Takes an opened reader over; finds the kind of line ends and, where `delimiter` is 0, the delimiter. */
int tl_csv_begin(struct tl_csv *csv, char delimiter, size_t cell_bytes,
                 struct tl_ctx *ctx);
/*
 * `*out` is the delimiter that splits every one of the first records alike where that of `csv` splits none; 0 when there is no
 * such. Stands where it stood.
 */
int tl_csv_better_delimiter(char *out, struct tl_csv *csv, struct tl_ctx *ctx);
/* Closes the reader too. */
void tl_csv_release(struct tl_csv *csv);

/*
 * The next record that is not an empty line. 1, 0 at the end, negative. Where `keep` is false it is stepped over, which is
 * much faster, and cells and text hold nothing. A quote that is never closed is taken as a plain character.
 */
int tl_csv_next(struct tl_csv *csv, bool keep, struct tl_ctx *ctx);
static inline const char *tl_csv_cell(const struct tl_csv *csv, size_t i)
{
    return csv->cells.items[i].n ? csv->text.items + csv->cells.items[i].at : "";
}

/*
 * Goes to `offset` and on to the first record that begins behind a line end: 1; 0 where none begins within TL_CSV_SEEK_MOST.
 * Inside a quoted cell of several lines the guess can be wrong: the caller looks whether records have the right number of cells.
 */
#define TL_CSV_SEEK_MOST (16 << 20)
int tl_csv_seek(struct tl_csv *csv, int64_t offset, struct tl_ctx *ctx);
/* Back to a place where a record begins. */
void tl_csv_return(struct tl_csv *csv, int64_t offset);

#endif
