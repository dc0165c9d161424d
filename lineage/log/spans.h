/*
 * What a run says in spans: one line for each dataset decided anew, each source, each word, each thing pushed, and last the run
 * with its stages. Names, counts, types and rule ids; never a value. Private to lineage/log.
 */
#ifndef TL_LINEAGE_LOG_SPANS_H
#define TL_LINEAGE_LOG_SPANS_H

#include "lineage/log/merge.h"
#include "lineage/log/trail.h"

/* What came of one source. */
struct tl_source_account {
    const struct tl_source *source;
    struct tl_digest manifest; /* over its unchanged datasets; see README.md of the log */
    char manifest_hex[65];     /* "" where none was unchanged */
    size_t n_decided, n_unchanged, n_kept, n_gone;
    TL_VEC(const char *)
    left_out; /* key texts of datasets that are in the snapshot but were not decided */
    TL_VEC(const char *) gone;
};

int tl_spans_dataset(struct tl_trail *trail, const struct tl_merge *merge,
                     const struct tl_entry_dataset *seen,
                     const struct tl_state_file *state, struct tl_ctx *ctx);
int tl_spans_source(struct tl_trail *trail, const struct tl_merge *merge,
                    const struct tl_source_account *account, struct tl_ctx *ctx);
int tl_spans_word(struct tl_trail *trail, const struct tl_merge *merge,
                  const struct tl_word *word, const struct tl_state_tag *said,
                  struct tl_ctx *ctx);
/* What was pushed, a line for the items of one dataset, with what was refused. */
int tl_spans_push(struct tl_trail *trail, const struct tl_merge *merge,
                  struct tl_ctx *ctx);
int tl_spans_run(struct tl_trail *trail, const struct tl_merge *merge,
                 struct tl_ctx *ctx);

#endif
