/*
 * tagline.yaml as a struct: what to read, how to decide, where to log, where to push, who is acting. Every error says file,
 * line, column, what was found and what was expected.
 */
#ifndef TL_CLI_CONFIG_H
#define TL_CLI_CONFIG_H

#include "classifiers/engine.h"
#include "connectors/connector.h"

/* A source or a sink. */
struct tl_system {
    const char *name;
    const struct tl_connector *connector;
    void *settings;        /* the connector's config struct, paths resolved */
    struct tl_scope scope; /* sources */
    bool names_only;       /* sources: never read a value */
};

/* Most rows of a sample. */
#define TL_SAMPLE_ROWS_MOST 1000000

struct tl_scan_settings {
    int64_t sample_rows, value_bytes, seed, threads;
    int64_t wait; /* ns to wait for another writer of the log */
};

struct tl_config {
    const char *path, *folder;
    char digest[65]; /* SHA-256 of the file, hex; "" without a file */
    const char *actor;
    const char *log; /* path, resolved */
    struct tl_scan_settings scan;
    struct tl_engine_settings rules;
    TL_VEC(struct tl_system) sources, sinks;
};

/* Whose settings, and so whose secrets, a command needs: what it does not need may refer to variables that are not set. */
enum tl_config_parts { TL_CONFIG_SOURCES = 1, TL_CONFIG_SINKS = 2 };

/* Reads it; `path` NULL: $TAGLINE_CONFIG, else tagline.yaml in the current folder. Release after use. */
int tl_config_load(struct tl_config *out, const char *path, unsigned parts,
                   struct tl_ctx *ctx);
/* Defaults alone, for commands that need no file. */
int tl_config_defaults(struct tl_config *out, struct tl_ctx *ctx);
void tl_config_release(struct tl_config *config);

/* TL_OK, or TL_ECONFIG when nobody is named as acting: for commands that record a person's word. */
int tl_config_need_actor(const struct tl_config *config, struct tl_ctx *ctx);

/* By name, or TL_ENOTFOUND with the nearest. */
int tl_config_source(const struct tl_system **out, const struct tl_config *config,
                     const char *name, struct tl_ctx *ctx);
int tl_config_sink(const struct tl_system **out, const struct tl_config *config,
                   const char *name, struct tl_ctx *ctx);

/* The keys of tagline.yaml, for help. */
void tl_config_help(struct tl_str *out);

#endif
