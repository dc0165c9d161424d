/*
 * The DataHub sink from inside: its settings, its connection, and what its files share. plan() compares a belief with what
 * DataHub holds, push() sends, write() makes a file. Used by datahub*.c and their tests only.
 */
#ifndef TL_CONNECTORS_CATALOG_DATAHUB_H
#define TL_CONNECTORS_CATALOG_DATAHUB_H

#include "base/http.h"
#include "base/json.h"
#include "connectors/catalog/datahub_urn.h"
#include "connectors/connector.h"

/* Who we are over there. */
#define TL_DATAHUB_ACTOR  "urn:li:corpuser:tagline"
#define TL_DATAHUB_SOURCE "urn:li:dataHubAction:tagline"

/* Jackson's longest string in GMS (li-utils Constants.java): an aspect travels as one. */
#define TL_DATAHUB_ASPECT_MOST ((size_t)16000000)

enum tl_datahub_mode { TL_DATAHUB_ENRICH, TL_DATAHUB_OWN };

/* As the options fill it. */
struct tl_datahub_config {
    const char *server; /* NULL: files only */
    const char *token;
    const char *env, *platform_instance, *tag_prefix;
    struct tl_list states;
    int mode; /* enum tl_datahub_mode */
    bool lowercase;
    int64_t batch, max_bytes, retries;
    int64_t timeout, connect_timeout;
    const char *proxy, *ca_file;
};

struct tl_datahub {
    struct tl_datahub_config
        config; /* texts are the context's that opened it, but for those below */
    struct tl_http *http; /* NULL: no server */
    char *server;         /* without the closing '/' */
    char *authorization;  /* a whole header; NULL: no token */
    const char *headers[5];
    size_t n_headers;
    unsigned states;  /* bits 1 << enum tl_state: tags in these are pushed */
    bool lowers_urns; /* the server lower-cases dataset urns: mint them so */
};

/* For tests: what `conn` sends through. NULL without a server. */
struct tl_http *tl_datahub_http(void *conn);

/* ---- talking (datahub_talk.c) ---- */

/*
 * One request. TL_OK with a 2xx answer, parsed into `*out` (json_decref it). Otherwise says why, with a hint: TL_EAUTH for 401
 * and 403, TL_EREMOTE for 5xx, TL_EREFUSE for the rest and for what is not JSON. `*status` (may be NULL) gets the HTTP status.
 */
struct tl_datahub_call {
    const char *method, *path; /* path with query, begins with '/' */
    const char *body;
    size_t n_body;
};
int tl_datahub_ask(json_t **out, int *status, struct tl_datahub *hub,
                   const struct tl_datahub_call *call, struct tl_ctx *ctx);

/* GET /config: proves that this is GMS, not the frontend, and learns how it spells urns. */
int tl_datahub_probe(struct tl_datahub *hub, struct tl_ctx *ctx);

/* Reads entities by urn, as many a request as fit: calls `each` once a request with the array that came (borrowed). */
struct tl_datahub_reading {
    const char *entity;         /* "dataset", "tag" */
    const char *const *aspects; /* in ascending order */
    size_t n_aspects;
    const char *const *urns;
    size_t n_urns;
    int (*each)(void *self, const json_t *entities, struct tl_ctx *ctx);
    void *self;
};
int tl_datahub_read(struct tl_datahub *hub, const struct tl_datahub_reading *reading,
                    struct tl_ctx *ctx);

/* Calls `each` with every dataset urn over there, at most TL_DATAHUB_SCROLL_MOST; false in `*is_whole` when there are more. */
#define TL_DATAHUB_SCROLL_MOST 1000000
int tl_datahub_scroll(bool *is_whole, struct tl_datahub *hub,
                      void (*each)(void *self, const char *urn), void *self,
                      struct tl_ctx *ctx);

/* TL_OK for a 2xx answer in JSON; otherwise fails as told above. */
int tl_datahub_judge(const struct tl_datahub *hub,
                     const struct tl_http_response *response, const char *path,
                     struct tl_ctx *ctx);

/* What to do when the far end is in trouble. */
void tl_datahub_hint_later(struct tl_ctx *ctx);

/* What a server says of a failure, fit to be shown: at most 300 bytes, no token, no control characters. In the arena. */
const char *tl_datahub_words(const struct tl_datahub *hub,
                             const struct tl_http_response *response, struct tl_ctx *ctx);

/* Appends a decoded JSON text with its U+EF00 escapes undone: what we wrote is what we compare with. Nothing where it is no text. */
void tl_datahub_text(struct tl_str *out, const json_t *text);

/* ---- proposals (datahub_propose.c) ---- */

/* Writes proposals into a plan. The aspect is written first, as ASCII, then wrapped. */
struct tl_datahub_writer {
    struct tl_plan *plan;
    struct tl_str aspect, body, stamp;
    struct tl_json json; /* into `aspect` */
    struct tl_ctx *ctx;
};
void tl_datahub_writer_init(struct tl_datahub_writer *writer, struct tl_plan *plan,
                            struct tl_ctx *ctx);
void tl_datahub_writer_release(struct tl_datahub_writer *writer);

struct tl_datahub_proposal {
    const char *entity, *urn, *aspect,
        *change;         /* "dataset", "urn:li:dataset:...", "status", "UPSERT" */
    const char *dataset; /* key text; "" for what belongs to none */
    const char *summary;
    const char *header, *header_value; /* a condition; NULL: none */
};
/* Starts an aspect: the answer is what its JSON goes into. */
struct tl_json *tl_datahub_aspect(struct tl_datahub_writer *writer);
/* Closes it and adds it to the plan. Too large: a miss instead. Texts of `proposal` must live as long as the plan. */
void tl_datahub_propose(struct tl_datahub_writer *writer,
                        const struct tl_datahub_proposal *proposal);

/* What the own form needs to know of a dataset. */
struct tl_datahub_subject {
    const struct tl_belief *belief;
    const struct tl_belief_dataset *dataset;
    const struct tl_datahub_place *place;
    const char *key, *urn, *name; /* key text; urn; "[instance.]db.schema.table" */
};
/* Everything that makes a dataset, without its tags; the containers it lies in are named, not made. */
void tl_datahub_own(struct tl_datahub_writer *writer,
                    const struct tl_datahub_subject *subject);
/* Only its schemaMetadata. */
void tl_datahub_own_schema(struct tl_datahub_writer *writer,
                           const struct tl_datahub_subject *subject);
/* A database (schema NULL) or a schema. */
void tl_datahub_own_container(struct tl_datahub_writer *writer,
                              const struct tl_datahub_place *place, const char *database,
                              const char *schema, const char *urn);

/* One tag to be put on or taken off a field, spelled as over there. Edits of one field stand together. */
struct tl_datahub_edit {
    const char *path;
    const char *tag;                    /* urn */
    const struct tl_belief_tag *belief; /* NULL: take it off */
};
void tl_datahub_patch(struct tl_datahub_writer *writer,
                      const struct tl_datahub_subject *subject,
                      const struct tl_datahub_edit *edits, size_t n, const char *version);
/* The tag itself, made where it is not there yet. */
void tl_datahub_make_tag(struct tl_datahub_writer *writer, const char *urn,
                         const struct tl_belief *belief, const struct tl_belief_tag *tag);

/* The levels that contain the dataset, outermost first: where there is no database, the schema takes its place. */
void tl_datahub_levels(const char **database, const char **schema,
                       const struct tl_key *key);

/* ---- the sink ---- */
extern const struct tl_connector tl_connector_datahub;
int tl_datahub_plan(struct tl_plan *out, void *conn, const struct tl_belief *belief,
                    struct tl_ctx *ctx);
int tl_datahub_push(struct tl_receipt *out, void *conn, const struct tl_plan *plan,
                    struct tl_ctx *ctx);

#endif
