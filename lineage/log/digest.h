/*
 * The digest by which a dataset's schema is found unchanged. Used by cli/pipeline.c; its other two digests are the classifiers'.
 */
#ifndef TL_LINEAGE_LOG_DIGEST_H
#define TL_LINEAGE_LOG_DIGEST_H

#include "base/model.h"

/*
 * SHA-256, hex, over all that the log could write of a dataset's schema: kind, names, comments, owner, SQL, columns in order with
 * types and roles, foreign keys, and the platform. Not the estimated rows, which move at every scan. Always TL_OK.
 */
int tl_log_schema_digest(char out[65], const struct tl_snapshot *snapshot,
                         struct tl_dataset_id id);

#endif
