/*
 * Shows that a column of digests is made of e-mail addresses or telephone numbers that stand in the clear in the same source: the
 * addresses are hashed in memory, spelled in each of the usual ways, and what the digests match is counted. Knows nothing of files and
 * logs, and keeps nothing: what was gathered is dropped when the source is done.
 *
 * Spellings: as they stand, trimmed, in lower case, both, and as UID2 and Meta ask for Gmail (no dots, nothing behind '+'); of
 * telephones as they stand, as E.164 with '+', and its digits alone. [IABTechLab/uid2docs, getting-started/gs-normalization-encoding;
 * Meta Marketing API, customer information parameters]
 *
 * A dataset that was not decided in this run gives nothing: what only another dataset proves is proved where both are decided, and
 * kept after.
 */
#ifndef TL_CLASSIFIERS_PROOF_H
#define TL_CLASSIFIERS_PROOF_H

#include "classifiers/engine.h"

/* What one dataset gives. In memory only. */
struct tl_proof_part;

#define TL_PROOF_VALUES 2000000 /* addresses of one run that are held, at most */
#define TL_PROOF_EACH   4096    /* of one dataset, at most */
#define TL_PROOF_LEAST                                                                   \
    2 /* distinct digests that must match: one could be a test entry that was copied around */

/*
 * Distinct addresses that each of so many datasets may give: all together no more than TL_PROOF_VALUES. Depends on nothing else, so
 * that no order of work shows.
 */
uint32_t tl_proof_share(size_t n_datasets);

/* Whether values of the type are what digests are held against. */
bool tl_proof_is_address(const char *info_type);

/*
 * Takes addresses and digests out of the sample of a dataset that was decided; NULL: it has neither. At most `most` addresses, the same
 * number of each column that has them, and of each column of digests eight bytes of up to TL_PROOF_EACH.
 */
struct tl_proof_part *tl_proof_gather(const struct tl_question *question,
                                      const struct tl_decisions *decisions,
                                      uint32_t most);
void tl_proof_drop(struct tl_proof_part *part); /* NULL is fine */

/*
 * Holds the digests of the datasets of one source against all its addresses; parts[i] belongs to decisions[i], NULLs among them. A
 * column that is proved gets its type with an opinion "...#proof" and the facts proof.matched (digests that matched, of the distinct
 * ones) and proof.variant.<spelling>: the plainest one that explains most. Returns how many were proved, or TL_ECANCEL.
 */
int tl_proof_settle(struct tl_decisions *decisions, struct tl_proof_part *const *parts,
                    size_t n, const struct tl_engine *engine, struct tl_arena *into,
                    struct tl_ctx *ctx);

/* What an earlier run proved of a column, as facts tell it. */
struct tl_proof_kept {
    const char *spelling; /* "proof.variant.lower" */
    uint32_t matched, of, by_spelling;
    bool is_phone;
};
/*
 * Where the addresses were not read again and nothing else was proved, what was shown before stands: column `column` still holds digests
 * of that length. The tag is the one that a proof gives, so that nothing changes; the opinion says that it is an older one. False: it holds none, or is proved.
 */
bool tl_proof_keep(struct tl_decisions *decisions, const struct tl_proof_part *part,
                   uint32_t column, const struct tl_proof_kept *kept,
                   const struct tl_engine *engine, struct tl_arena *into);

#endif
