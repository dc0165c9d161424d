/*
 * DataHub's names: dataset, container, tag and platform urns, field paths, JSON pointers into patches. Text in, text out;
 * knows nothing of beliefs or servers. Rules: facts of metadata-ingestion (urn_encoder.py, mcp_builder.py, field_paths.py).
 */
#ifndef TL_CONNECTORS_CATALOG_DATAHUB_URN_H
#define TL_CONNECTORS_CATALOG_DATAHUB_URN_H

#include "base/name.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Where datasets of one source live over there. Texts are borrowed. */
struct tl_datahub_place {
    const char *platform; /* "snowflake" */
    const char *instance; /* platform instance; NULL: none */
    const char *env;      /* "PROD" */
    bool lowercase; /* database, schema and table in lower case; never the columns */
};

/* The environments DataHub knows ("PROD", "DEV" ...), exact case. */
bool tl_datahub_env_is_known(const char *env);

/* Percent-encodes what a urn's part must not hold: ',' '(' ')' and U+241F, nothing else. */
void tl_datahub_encode(struct tl_str *out, const char *part);

/* Lower case: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic letters. Other bytes stay. */
void tl_datahub_fold(struct tl_str *out, const char *text);

/* "[instance.]database.schema.table", absent levels left out, not encoded. */
void tl_datahub_name(struct tl_str *out, const struct tl_datahub_place *place,
                     const struct tl_key *key);

/* "urn:li:dataset:(urn:li:dataPlatform:<platform>,<name encoded>,<env>)" */
void tl_datahub_dataset_urn(struct tl_str *out, const struct tl_datahub_place *place,
                            const char *name);
void tl_datahub_platform_urn(struct tl_str *out, const char *platform);
void tl_datahub_instance_urn(struct tl_str *out, const struct tl_datahub_place *place);

/* "urn:li:container:<md5>" of a database (schema NULL) or a schema; names as in place. */
void tl_datahub_container_urn(struct tl_str *out, const struct tl_datahub_place *place,
                              const char *database, const char *schema);

/* Why GMS would not take this urn, lower case, no full stop; NULL: it would. */
const char *tl_datahub_urn_fault(const char *urn);

/* The parts of a dataset urn, as written there (encoded). False for anything else. */
struct tl_datahub_urn_parts {
    const char *platform, *name, *env;
    size_t n_platform, n_name, n_env;
};
bool tl_datahub_urn_split(struct tl_datahub_urn_parts *out, const char *urn);

/* A field path without the type words of DataHub's v2 form: "[version=2.0].[type=struct].a.[type=int].b" is "a.b". */
void tl_datahub_simple_path(struct tl_str *out, const char *path);

/* One segment of a JSON pointer (RFC 6901): '~' and '/' escaped. */
void tl_datahub_pointer(struct tl_str *out, const char *segment);

#endif
