/*
 * What connectors of files share: each file is a dataset, and rows are chosen from a stream of records that can be entered at
 * any line end. Used by csv.c and jsonl.c.
 */
#ifndef TL_CONNECTORS_FILES_DATASETS_H
#define TL_CONNECTORS_FILES_DATASETS_H

#include "connectors/connector.h"
#include "connectors/files/paths.h"
#include "connectors/rows.h"

/* Files up to this size are read to their end when their schema is pulled; of larger ones so much, from the beginning. */
#define TL_FILES_HEAD (8 << 20)

/* Fills the dataset that was just added for this file. */
struct tl_files_reader {
    int (*read)(struct tl_snapshot *out, const struct tl_file *file, const void *self,
                struct tl_ctx *ctx);
    const void *self;
};

/* A dataset of kind file for each file the scope takes. One that cannot be read is broken; a failure when none can be. */
int tl_files_pull(struct tl_snapshot *out, const struct tl_files *files,
                  const struct tl_scope *scope, const struct tl_files_reader *reader,
                  struct tl_ctx *ctx);

/* Proves that each file can be opened. */
int tl_files_check(const struct tl_files *files, struct tl_ctx *ctx);

/* A stream of records. */
struct tl_records {
    void *self;
    int (*next)(
        void *self, bool keep,
        struct tl_ctx *ctx);  /* 1, 0 at the end, negative; not kept: stepped over */
    bool (*fits)(void *self); /* whether the kept record looks like one of this file's */
    void (*put)(
        void *self,
        struct tl_rows *rows); /* puts the kept record into the row that was begun */
    int (*seek)(
        void *self, int64_t offset,
        struct tl_ctx *ctx); /* to the next record behind offset: 1, 0 none, negative */
    int64_t (*tell)(void *self);
    int64_t begin, end; /* of the records in the file */
};

/*
 * Files up to `whole_below` bytes: one pass, every row as likely as any other. Larger ones: runs of rows at random places;
 * rows behind long ones are likelier there, which is the price of not reading the file.
 */
int tl_records_choose(struct tl_rows *rows, enum tl_sample_state *state,
                      struct tl_records *records, struct tl_pick *pick,
                      int64_t whole_below, struct tl_ctx *ctx);

#endif
