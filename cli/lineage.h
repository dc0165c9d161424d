/*
 * The rooms of `tagline lineage`: what it was asked, the files run through the engine on several threads, and the ways in which what came out
 * is shown. Private to cli/cmd_lineage.c and cli/lineage_*.c.
 */
#ifndef TL_CLI_LINEAGE_H
#define TL_CLI_LINEAGE_H

#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/lineage_view.h"
#include "cli/lineage_walk.h"
#include "cli/sql_files.h"
#include "lineage/log/log.h"
#include "lineage/sql/clause.h"
#include "lineage/sql/sql.h"

#include <pthread.h>
#include <stdatomic.h>

struct tl_lineage_options {
    struct tl_common common;
    int dialect;        /* 0: by configuration, else 1 + enum tl_sql_dialect */
    const char *source; /* whose tables of the log are known; NULL: the only one's */
    int tables;         /* enum tl_lineage_tables */
    bool models;
    const char *
        model_schema; /* "database.schema" of models that no other one names in whole; NULL: none */
    struct tl_list schema;
    bool summary, explain, openlineage;
    const char *namespace; /* of datasets, OpenLineage's; NULL: the dialect's word */
    const char *job_namespace;
    struct tl_walk_options walk;
};

/* Whether files know the tables that the others define. */
enum tl_lineage_tables {
    TL_TABLES_AUTO, /* they do, but for a summary: collections of it are not one system's */
    TL_TABLES_SHARED,
    TL_TABLES_APART
};

/* The column of the files that one asked for in vain is nearest to. On any thread. */
struct tl_lineage_near {
    pthread_mutex_t lock;
    unsigned edits;
    char name[512]; /* "": none is near */
};

/* What is asked, with what of it was looked up. */
struct tl_lineage {
    const struct tl_lineage_options *options;
    const struct tl_config *config;
    /* The log's, where there is one. */
    struct tl_log *log;
    const struct tl_belief *belief;
    const char *source; /* of the belief; NULL: there are several */
    enum tl_sql_dialect dialect;
    const struct tl_engine *engine; /* of --openlineage: whose a name may be */
    bool names_file;    /* several files were given: what is shown says which */
    size_t n_problems;  /* of schemas and files shown so far */
    size_t n_bare;      /* files that hold one select and nothing else */
    bool lacks_columns; /* one of them is a table whose columns are not known */
    /* Edges into these alone are shown; as typed. None: all are. */
    const char *const *columns;
    size_t n_columns;
    atomic_size_t *n_asked;       /* edges into them so far */
    struct tl_lineage_near *near; /* to the first of them, while there is no edge */
};

/* One file as the engine read it. */
struct tl_lineage_file {
    const char *path; /* as typed, or found in a folder */
    const char *text; /* converted */
    size_t n;
    const struct tl_sql_result *result; /* NULL: it could not be read */
    const char *why;                    /* it could not */
    int64_t took;                       /* ns */
};

/* A way to show files. */
struct tl_lineage_shower {
    /* On any thread, one file at a time each: makes of it what is to be shown, in `arena`. */
    void *(*digest)(const struct tl_lineage_file *file, const struct tl_lineage *lineage,
                    struct tl_arena *arena, struct tl_ctx *ctx);
    /* On the first thread, in the order of the files. */
    int (*show)(void *self, const void *digest, struct tl_lineage *lineage,
                struct tl_ctx *ctx);
    void *self;
    bool
        shows_unread; /* a file that cannot be read is no failure, even where it is the only one */
};

/*
 * Runs the files through engines that know the schemas and one another's DDL, several at a time; shows them in their order. A file that
 * cannot be read is shown as such, and when it is the only one, is a failure.
 */
int tl_lineage_read(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                    const struct tl_lineage_shower *shower, struct tl_ctx *ctx);

/* "database.schema.table" as it is known, from the arena; NULL for no table. */
const char *tl_lineage_table(const struct tl_sql_result *result, uint32_t table,
                             struct tl_arena *arena);

/* Whether the edge leads into one of the columns that were asked for, "t.c", "s.t.c" or "s/t#c"; counts it. */
bool tl_lineage_is_asked(const struct tl_lineage *lineage,
                         const struct tl_sql_result *result,
                         const struct tl_sql_edge *edge, struct tl_arena *arena);
/* "file:line:column: what" of each problem, in the arena. */
const char **tl_lineage_problems(size_t *n, const struct tl_lineage_file *file,
                                 struct tl_arena *arena);
/* Why an edge is not certain, for people; NULL: it is. */
const char *tl_lineage_doubt(const struct tl_sql_edge *edge);

/* The table that a file's bare select makes, as the system stores its names; without `name` none. lineage_models.c */
struct tl_lineage_model {
    const char *database, *schema, *name;
};
/*
 * Of each file, in their order, in the context's arena: named by the file, in the schema that other models name it in (ref() is compiled to
 * the whole name), else in --model-schema.
 */
int tl_lineage_models(struct tl_lineage_model **out, const struct tl_lineage *lineage,
                      const struct tl_sql_paths *paths, struct tl_ctx *ctx);
/* Whether it lies in a folder that dbt compiles the tests of a YAML file into. */
bool tl_lineage_is_test(const char *path);

/* Opens the configuration's log, if there is one. lineage_log.c */
int tl_lineage_open_log(struct tl_lineage *lineage, struct tl_ctx *ctx);
void tl_lineage_close_log(struct tl_lineage *lineage);
/* Tells an engine the tables of the source. Their tags are the numbers of the belief's datasets. */
void tl_lineage_add_known(struct tl_sql *sql, const struct tl_lineage *lineage);
/* "schema.table" and a column, as the belief has it; NULL: it does not, or has several. */
const struct tl_belief_column *tl_lineage_known_column(const struct tl_lineage *lineage,
                                                       const char *table,
                                                       const char *column);

/* Whether a schema file holds JSON or rows rather than DDL. lineage_schema.c */
bool tl_lineage_is_no_ddl(const char *text, size_t n);
/* Reads tables from it; TL_EINPUT says file, line and column. Close it, also then. Names live in the context's arena. */
struct tl_lineage_schema;
int tl_lineage_schema_read(struct tl_lineage_schema **out, const char *path,
                           const char *text, size_t n, struct tl_ctx *ctx);
void tl_lineage_schema_close(struct tl_lineage_schema *schema);
/* Tells an engine the tables. */
void tl_lineage_schema_add(struct tl_sql *sql, const struct tl_lineage_schema *schema,
                           struct tl_ctx *ctx);

/*
 * The members "clause" (what it is) and "clause_sql" (its tokens, literals as placeholders) of an open object; where it goes through several,
 * "clauses" too, from the outermost inward. Of a traced result.
 */
struct tl_json;
void tl_lineage_put_clause(struct tl_json *json, struct tl_sql_clauses *clauses,
                           const struct tl_lineage_file *file,
                           const struct tl_sql_edge *edge);

/* The listing: a table for people, or JSON lines. lineage_list.c */
int tl_lineage_list(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                    struct tl_ctx *ctx);

/* --dot, --svg: a picture of all of it. lineage_picture.c */
int tl_lineage_draw(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                    struct tl_ctx *ctx);

/* --summary: how much of each file is understood. lineage_summary.c */
int tl_lineage_summary(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                       struct tl_ctx *ctx);

/* --explain: the clause that makes each edge, underlined. lineage_explain.c */
int tl_lineage_explain(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                       struct tl_ctx *ctx);

/* --openlineage: a JobEvent a statement, a line each. lineage_openlineage.c */
int tl_lineage_openlineage(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                           struct tl_ctx *ctx);

/* diff OLD NEW: edges gained, lost and changed. 1 in `differs` where there are any. lineage_diff.c */
int tl_lineage_diff(bool *differs, struct tl_lineage *lineage, const char *old,
                    const char *new, struct tl_ctx *ctx);

#endif
