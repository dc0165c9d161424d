/*
 * From SQL to edges: the views of a snapshot or of a belief, and files of SQL beside them, through lineage/sql. Names the datasets of both
 * ends by their keys. Used by the pipeline and by check.
 */
#ifndef TL_LINEAGE_DERIVE_H
#define TL_LINEAGE_DERIVE_H

#include "lineage/sql/sql.h"

/* A text of SQL that runs in a source: "etl/load.sql". */
struct tl_query {
    const char *name; /* as edges name it: a path as configured, or as typed */
    const char *source;
    const char *text;
    size_t n;
    int dialect; /* enum tl_sql_dialect; -1: the source's own */
};
/* A function of the user's own. */
struct tl_declared_function {
    const char *name;
    uint8_t effect; /* enum tl_effect */
};
struct tl_derive {
    const struct tl_snapshot *snapshot; /* NULL: none */
    const struct tl_belief *
        belief; /* for sources that the snapshot does not have, or failed to read; NULL: none */
    const struct tl_query *queries;
    size_t n_queries;
    const struct tl_declared_function *functions;
    size_t n_functions;
};

/* A dataset that a query makes or changes, for check: the columns it will have. */
struct tl_made_column {
    const char *name;
    const char *type; /* NULL: not told */
};
struct tl_made {
    struct tl_key key; /* texts in the context's arena */
    const char *query; /* "etl/load.sql#2" */
    const struct tl_made_column *columns;
    uint32_t n_columns;
    uint32_t line, column; /* of the statement */
    uint8_t kind;          /* enum tl_sql_statement_kind */
};
struct tl_derived {
    struct tl_edges edges;       /* texts in the context's arena */
    TL_VEC(struct tl_made) made; /* of queries, in their order */
    size_t n_statements, n_views;
};

/*
 * Edges of all views of the snapshot (of the belief: only those of sources that the snapshot lacks), and of the queries. What is not
 * understood is a problem in `edges`, never a failure. Statements that are rolled back, or whose rows all go before anything reads them,
 * have no edges. A name that no source knows becomes a dataset of the query's source under the
 * name as written. Query names get "#" and the statement's number where the text has more than one statement. A view without SQL is a
 * problem where other views of its source have theirs. Fails only when cancelled. Release with tl_derived_release, also then.
 */
int tl_derive(struct tl_derived *out, const struct tl_derive *what, struct tl_ctx *ctx);
void tl_derived_release(struct tl_derived *derived);

#endif
