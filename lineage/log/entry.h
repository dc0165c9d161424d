/*
 * An entry on its way into the log: what all of writing shares, and the two steps by which a dataset's state is written or taken
 * away. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_ENTRY_H
#define TL_LINEAGE_LOG_ENTRY_H

#include "lineage/log/belief.h"
#include "lineage/log/run.h"
#include "lineage/log/settle.h"
#include "lineage/log/trail.h"

struct tl_writing {
    struct tl_log *log;
    const struct tl_entry *entry;
    struct tl_tip tip;
    struct tl_pack *pack;
    struct tl_changes changes;
    struct tl_arena *lasting; /* paths and the like: until the entry stands */
    struct tl_arena *passing; /* one dataset */
    struct tl_settling settling;
    struct tl_merge merge;
    struct tl_trail trail;
    struct tl_source_account *accounts; /* scan: one a source */
    struct tl_index *index;             /* NULL while nothing changed */
    uint32_t n_copied; /* old datasets that stand in the index, or went */
    struct tl_appended done;
    char run[33];
    struct tl_str text; /* of the file being written */
};

/* The state of one dataset is now this. `place`: its number in the old belief, or that of the one it stands before. */
int tl_writing_put(struct tl_writing *writing, const struct tl_state_file *state,
                   uint32_t place, bool is_new, struct tl_ctx *ctx);
/* Old dataset `place` goes. */
void tl_writing_drop(struct tl_writing *writing, uint32_t place);

/* Every dataset in the order of keys, then the sources; span lines as they come. */
int tl_writing_datasets(struct tl_writing *writing, struct tl_ctx *ctx); /* visit.c */

/* Reads the state file of an old dataset, foreign keys and all. From `passing`. */
int tl_writing_read(struct tl_state_file *out, struct tl_writing *writing, uint32_t place,
                    struct tl_ctx *ctx);

#endif
