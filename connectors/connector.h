/*
 * A connector: one system, one connection, two faces (what it gives, what it takes). One file, one table at its end, one line
 * in registry.c; template.c is there to be copied, tests/contract_connector.c is what every one must pass.
 */
#ifndef TL_CONNECTORS_CONNECTOR_H
#define TL_CONNECTORS_CONNECTOR_H

#include "base/model.h"
#include "base/option.h"

struct tl_ctx;

/* What to look at. Globs as tl_key_matches understands them; an empty `include` takes all. Exclusion wins. */
struct tl_scope {
    struct tl_list include, exclude;
    /*
     * Columns: "glob" of a field path, or "dataset glob#glob". What is left out is never asked for: no name, no value.
     */
    struct tl_list include_columns, exclude_columns;
};
bool tl_scope_takes(const struct tl_scope *scope, const struct tl_key *key);
/* `key` with its field. True where the scope says nothing of columns. */
bool tl_scope_takes_column(const struct tl_scope *scope, const struct tl_key *key);

enum tl_gives { TL_GIVES_SCHEMA = 1, TL_GIVES_SAMPLES = 2 };

struct tl_source_ops {
    unsigned gives; /* enum tl_gives bits */
    /*
     * Adds what is there to the snapshot's last source, datasets in the system's own stable order (by key). A dataset that
     * cannot be read is added with `broken` set, and the rest goes on. TL_ESOURCE/TL_EREMOTE/TL_EAUTH... when nothing can be had.
     */
    int (*pull)(struct tl_snapshot *out, void *conn, const struct tl_scope *scope,
                struct tl_ctx *ctx);
    /*
     * Reads rows of one dataset into ctx->scratch. Refused for this dataset: TL_OK with state TL_SAMPLE_FAILED and `why`.
     * Negative only when the connection is gone or the run cancelled. Never shows a value in a message.
     */
    int (*sample)(struct tl_sample *out, void *conn, const struct tl_snapshot *snapshot,
                  struct tl_dataset_id dataset, const struct tl_sample_spec *spec,
                  struct tl_ctx *ctx);
    /*
     * Says which datasets this connection will be asked to sample next, in this order and by the same spec: a connector with a
     * far end may send its requests ahead, so that the answers wait when sample() is called. What is not asked for after all
     * is thrown away by the next call. May be NULL.
     */
    int (*ahead)(void *conn, const struct tl_snapshot *snapshot,
                 const struct tl_dataset_id *datasets, size_t n,
                 const struct tl_sample_spec *spec, struct tl_ctx *ctx);
};

struct tl_sink_ops {
    /* What would change over there to hold `belief`. Reads the other side, writes nothing: --dry-run stops here. */
    int (*plan)(struct tl_plan *out, void *conn, const struct tl_belief *belief,
                struct tl_ctx *ctx);
    /* Does it. Items refused are listed in the receipt and the rest goes on; negative when the other side is gone. */
    int (*push)(struct tl_receipt *out, void *conn, const struct tl_plan *plan,
                struct tl_ctx *ctx);
    /* Writes the plan as the other side's file form (DataHub: a JSON array of proposals) without any connection. */
    int (*write)(struct tl_str *out, const struct tl_plan *plan, struct tl_ctx *ctx);
};

struct tl_connector {
    const char *name;    /* lower_snake noun; the word after "type:" in tagline.yaml */
    const char *summary; /* lower case, no full stop */
    const char
        *platform; /* DataHub's platform id of what it reads; NULL: the config names it */
    const struct tl_option *options;
    size_t config_size;
    /* Options whose values are paths: resolved against the configuration's folder before open. NULL-terminated; may be NULL. */
    const char *const *paths;
    /* `config` was filled from `options`. Cheap where it can be: what needs the far end may wait for check or pull. */
    int (*open)(void **out, const void *config, struct tl_ctx *ctx);
    int (*check)(void *conn,
                 struct tl_ctx *ctx);   /* the cheapest request that proves access */
    void (*close)(void *conn);          /* NULL is fine; cannot fail */
    const struct tl_source_ops *source; /* NULL: not a source */
    const struct tl_sink_ops *sink;     /* NULL: not a sink */
};

/* All of them, NULL-terminated, in alphabetical order; one by name, or NULL. */
extern const struct tl_connector *const tl_connectors[];
const struct tl_connector *tl_connector_find(const char *name);

#endif
