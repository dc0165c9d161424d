/*
 * tagline.yaml as a struct: what to read, how to decide, where to log, where to push, who is acting, and what people know of datasets,
 * functions and policies. Every error says file, line, column, what was found and what was expected.
 */
#ifndef TL_CLI_CONFIG_H
#define TL_CLI_CONFIG_H

#include "classifiers/engine.h"
#include "connectors/connector.h"
#include "lineage/graph/derive.h"
#include "policies/policy.h"

/* A source or a sink. */
struct tl_system {
    const char *name;
    const struct tl_connector *connector;
    void *settings;        /* the connector's config struct, paths resolved */
    struct tl_scope scope; /* sources */
    bool names_only;       /* sources: never read a value */
    int64_t budget_rows;   /* sources: most rows read in one scan; 0: no end */
    struct tl_switches
        rules; /* sources: what is on here; a list that is empty is the configuration's */
};

/* Most rows of a sample. */
#define TL_SAMPLE_ROWS_MOST 1000000

struct tl_scan_settings {
    int64_t sample_rows, value_bytes, seed, threads;
    int64_t
        first_rows; /* of a sample whose rest is only read where they leave doubt; 0: all at once */
    int64_t
        resample_after; /* ns: what its source says has not changed is not read again before; 0: it is */
    int64_t wait;         /* ns to wait for another writer of the log */
    unsigned carry_floor; /* per mille: a tag is not carried on below it */
    unsigned
        sample_share; /* per mille: what so many rows hold is not to be overlooked; 0: `sample_rows` are read */
};

/* SQL that moves data beside the views: an entry of `queries:`. */
struct tl_query_files {
    struct tl_list
        files;          /* patterns as glob(7), relative to the configuration's folder */
    const char *source; /* where its names are looked up; NULL: the only one */
    int dialect;        /* enum tl_sql_dialect; -1: the source's */
};

struct tl_config {
    const char *path, *folder;
    char digest[65]; /* SHA-256 of the file, hex; "" without a file */
    const char *actor;
    const char *log; /* path, resolved */
    struct tl_scan_settings scan;
    struct tl_engine_settings rules;
    struct tl_switches
        switches; /* `only` and `locales` of `rules:`; what it goes without, the engine goes without */
    TL_VEC(struct tl_system) sources, sinks;
    TL_VEC(struct tl_query_files) queries;
    TL_VEC(struct tl_declaration) declarations; /* `datasets:` */
    TL_VEC(struct tl_declared_function) functions;
    struct tl_policy_settings policies;
};

/* Whose settings, and so whose secrets, a command needs: what it does not need may refer to variables that are not set. */
enum tl_config_parts {
    TL_CONFIG_SOURCES = 1,
    TL_CONFIG_SINKS = 2,
    TL_CONFIG_SWITCHES =
        4 /* of the sources only names and rules; they have no connector */
};

/* Reads it; `path` NULL: $TAGLINE_CONFIG, else tagline.yaml in the current folder. Release after use. */
int tl_config_load(struct tl_config *out, const char *path, unsigned parts,
                   struct tl_ctx *ctx);
/* Defaults alone, for commands that need no file. */
int tl_config_defaults(struct tl_config *out, struct tl_ctx *ctx);
void tl_config_release(struct tl_config *config);

/* What is on for a system: its own lists, else the configuration's. */
struct tl_switches tl_config_switches(const struct tl_config *config,
                                      const struct tl_system *system);

/* TL_OK, or TL_ECONFIG when nobody is named as acting: for commands that record a person's word. */
int tl_config_need_actor(const struct tl_config *config, struct tl_ctx *ctx);

/* By name, or TL_ENOTFOUND with the nearest. */
int tl_config_source(const struct tl_system **out, const struct tl_config *config,
                     const char *name, struct tl_ctx *ctx);
int tl_config_sink(const struct tl_system **out, const struct tl_config *config,
                   const char *name, struct tl_ctx *ctx);

/* The keys of tagline.yaml, for help. */
void tl_config_help(struct tl_str *out);

/* A path of the file as seen from its own folder; absolute ones, "-" and NULL stay. */
const char *tl_config_resolve(const char *value, const char *folder, struct tl_ctx *ctx);

/* `tcf:`: whose consent is asked for; config_consent.c. */
int tl_config_consent(struct tl_config *out, const struct tl_yaml *yaml,
                      struct tl_ctx *ctx);
void tl_config_consent_help(struct tl_str *out);
/* As YAML for the log: it decides what facts say. */
void tl_config_consent_text(struct tl_str *out, const struct tl_config *config);

/* A section that is a mapping of options; one that is absent leaves `into` as it is. */
int tl_config_section(void *into, const struct tl_option *table,
                      const struct tl_yaml *yaml, const char *section,
                      struct tl_ctx *ctx);
/* `queries:`, `datasets:`, `functions:` and `policies:`; config_known.c. */
int tl_config_known(struct tl_config *out, const struct tl_yaml *yaml,
                    struct tl_ctx *ctx);
void tl_config_known_help(struct tl_str *out);
/* What of it decided, as YAML for the log: what the policies were told of datasets, functions, and which of them bind. */
void tl_config_known_text(struct tl_str *out, const struct tl_config *config);

#endif
