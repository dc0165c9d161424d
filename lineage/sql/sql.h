/*
 * Column lineage of SQL text: what flows from which column into which, how, and what that does to personal data. Own lexer, parser
 * and resolver; what is not understood is a problem with its position, never a guess. Knows names, not data; no connection.
 * Used by lineage/graph and the commands lineage and check.
 */
#ifndef TL_LINEAGE_SQL_H
#define TL_LINEAGE_SQL_H

#include "base/model.h"

struct tl_ctx;

enum tl_sql_dialect {
    TL_SQL_ANSI,
    TL_SQL_POSTGRES,
    TL_SQL_REDSHIFT,
    TL_SQL_SNOWFLAKE,
    TL_SQL_TRINO,
    TL_SQL_SQLITE,
    TL_SQL_DUCKDB,
    TL_SQL_BIGQUERY,
    TL_SQL_SPARK,
    TL_SQL_DIALECTS
};
/* "ansi", "postgres", "redshift", "snowflake", "trino", "sqlite", "duckdb", "bigquery", "spark": DataHub's platform words too */
const char *tl_sql_dialect_word(int dialect);
int tl_sql_dialect_of(const char *word); /* -1: no such word */

/*
 * The engine: what it knows of tables, and buffers that are used again. Not for several threads at once, and for none with less than 4 MiB of stack. Any level of a name may
 * be NULL (absent). Close with tl_sql_close.
 */
struct tl_sql;
struct tl_sql *tl_sql_open(enum tl_sql_dialect dialect);
void tl_sql_close(struct tl_sql *sql); /* NULL is fine */

#define TL_SQL_NO_TABLE UINT32_MAX

/*
 * Adds a known table or view under its name as the system stores it (exact bytes); one of the same name is replaced. `tag` is
 * the caller's number for it. Columns belong to the last table added, in order. A table without columns counts as one whose
 * columns are not known.
 */
void tl_sql_add_table(struct tl_sql *sql, const char *database, const char *schema,
                      const char *name, uint32_t tag);
void tl_sql_add_column(struct tl_sql *sql, const char *name);
/*
 * A name as SQL writes it, as the system stores it, in the arena: folded as the dialect folds, or what stands in its quotes ("..", `..`, [..]),
 * a doubled one once.
 */
struct tl_arena;
const char *tl_sql_stored_name(struct tl_sql *sql, const char *written,
                               struct tl_arena *arena);
/*
 * What a name without database or schema means: tried in this order of adding. A database alone (`schema` NULL) is the only one there
 * is: a name with its schema means a table of it, and one without is looked for as if nothing had been said.
 */
void tl_sql_add_default(struct tl_sql *sql, const char *database, const char *schema);
/*
 * What the query is called that stands by itself in the texts from now on (the last of several), as if each text began with "create view ... as":
 * a model that is a file. Exact bytes; a `name` of NULL: nothing.
 */
void tl_sql_name_query(struct tl_sql *sql, const char *database, const char *schema,
                       const char *name);
/* Whether results tell the steps of their edges from now on: some work more, for who shows them. The edges are the same. */
void tl_sql_trace(struct tl_sql *sql, bool is_traced);
/* Whether problems say from now on what may have been meant ("did you mean"), as they do at first: for who does not show them it is idle work. */
void tl_sql_hint(struct tl_sql *sql, bool gives_hints);
/* Forgets the defaults that were added: views of several schemas each have their own. */
void tl_sql_clear_defaults(struct tl_sql *sql);
/* A function of the user's own; `name` may be qualified. Folded as the dialect folds. */
void tl_sql_add_function(struct tl_sql *sql, const char *name, enum tl_effect effect);
/*
 * What is not known yet may be learned later: a view of a star over it is looked at again at the next tl_sql_lineage, so that the order in
 * which files are learned does not count. Learns tables from DDL: create table, create view, create table as, alter table add/drop/rename, drop. What is not
 * understood becomes a problem of `out` (may be NULL). tag TL_SQL_NO_TABLE.
 */
struct tl_sql_result;
int tl_sql_learn(struct tl_sql_result *out, struct tl_sql *sql, const char *text,
                 size_t n, struct tl_ctx *ctx);

enum tl_sql_table_kind {
    TL_SQL_IS_TABLE, /* a view, a stream of changes, a dynamic table too */
    TL_SQL_IS_FILES, /* files, a stage: `name` is the address as written, without user, password and what stands behind '?' in it, cut at 300 bytes */
};

/* A table as a statement names it; where it is known, as it is known. */
struct tl_sql_table {
    const char *database, *schema, *name;
    uint8_t kind; /* enum tl_sql_table_kind */
    uint32_t
        tag; /* the caller's number; TL_SQL_NO_TABLE: not a known one (unknown, or made by an earlier statement of the text) */
    bool is_known; /* its columns are: by the caller, or by an earlier statement */
    bool
        is_temporary; /* made by an earlier statement of this text and gone with it: edges run through it, never to or from it */
};

/*
 * How a statement is read. Value sources of a column are those whose value can come out of it, as PostgreSQL's analysed tree has them
 * (pg_rewrite.ev_action): operands of operators, of comparisons and of IN too, results of CASE, the first column of a scalar query; EXISTS
 * gives none. One value edge for each pair of columns, or of places within them (source_path, target_path): its kind the strongest of all
 * ways, its effect the one that leaves most, its place the first reference. A condition of CASE, a FILTER, the right side of EXCEPT, a window, an ORDER BY inside an aggregate steer the one
 * column that is named; everything else, the clauses of inner queries too, steers the statement: once for each column and kind. Where rows
 * are compared as wholes every column does (distinct, union: group_by; intersect, except: filter).

 * A pivot is the group by that it stands for: grouped by all columns it does not name, and for each value an aggregate that the compared
 * columns decide (conditional); where the values are not told, one output "*". What unpivot gives is each listed column unchanged, the
 * column of their names nothing. A position in a list (with ordinality, with offset, flatten's index, posexplode's pos) is nothing of it; a
 * name of a field may be somebody's. A row pattern is filtered by what defines its variables, and its partition and order are a window's.
 *
 * What "returning" gives is what the statement wrote: its sources, not the target's column; a column that it did not write is the target's
 * own. At the top it goes to the client: edges of the statement behind those of its target, with none themselves (TL_SQL_NO_TABLE), and what
 * steers the change steers them; the statement's outputs are what the target gets. What a statement would write if there were rows is told though there are none (where false, limit 0, with no data); columns that
 * another table lent (like) are no edges. Several inserts of one statement each have its filters and their own conditions; `target` and
 * the outputs are those of the first. A file's columns are "$1", "$2" by place (certain), or go by the name that they meet (950).
 *
 * What the text does not prove to be lost is kept. A hash is salted when a parameter, a call without columns or a literal that holds a
 * letter or a digit is concatenated to the column; a separator is no salt, and another column of the row is none. Parts are parts only
 * with constant bounds; regexp_replace masks only where a constant replaces all there is.
 */
/*
 * Programs. A statement that runs or makes a body is one statement, whose edges have targets of their own. A body that is made (create
 * function, procedure, trigger, rule, a task's block) runs only when something calls it: all its edges are MAY, and what it would return is
 * no edge of its own. A call of a procedure in the same text (call, perform) gives the body's edges once more, as the call's, with the
 * parameters made of the arguments. A function whose body is SQL or a program of the text is looked through where it is called in an
 * expression or a from clause; what else it writes is not told again there. A trigger's function is read with its trigger, new and old
 * being rows of that table.
 * Variables carry what was put into them, and what decided which rows that was steers the column alone. What a condition of if, case and
 * while reads steers what is written where it holds (conditional). Behind a return on some ways the rest is MAY; raise is no such way.
 * A text that is executed is put together where it is constant; where it is not, a problem says so, and what the rest says is kept but for
 * edges of names that are not known.
 */
struct tl_sql_edge {
    uint32_t statement; /* from 1 */
    uint32_t
        target; /* in `tables`; TL_SQL_NO_TABLE: rows for who runs it, of a select or of "returning" */
    const char *target_column; /* NULL: steers the statement as a whole */
    uint32_t source;           /* in `tables` */
    const char *source_column; /* "*" where only "all of it" is known; so the target's */
    /*
     * Within the value of that column: names of fields from outside in, joined by '.', elements of arrays adding none ("a.b" of
     * v:a.b[0], v->'a'->>'b', v['a'].b). NULL: all of the value, or the path is not constant, or is no name (an address, a number).
     * What is built (object_construct, struct, row_to_json) has an edge a field, and what picks from it reads that field alone. Flattening
     * is taken to go through lists, and a value that builds itself again and again is all of it.
     */
    const char *source_path, *target_path;
    const char *function; /* as in struct tl_edge */
    uint32_t line,
        column; /* of the source reference: 1-based line, 1-based byte of the line */
    /*
     * Per mille: 1000 when every name was resolved by a known schema; 950 for a name that is qualified by a table whose columns are not
     * known, or all of such a table; 900 where that table is the only one that may have it, or a table was found by the end of its
     * name alone; 800 when a query around has such a table too; 700 through a function that is not known; one of n candidates: 900
     * through n. A candidate of 450 is also what is written into a table whose columns are
     * neither known nor listed, under the name that the query gives it: by custom, and a problem says so. Along a way the least.
     */
    uint16_t confidence;
    uint8_t kind, effect; /* enum tl_edge_kind, enum tl_effect */
    uint8_t flags;        /* enum tl_sql_edge_flag */
};

enum tl_sql_edge_flag {
    TL_SQL_MAY =
        1, /* flows on some way through a program alone: a branch, a loop, a handler */
    TL_SQL_CANDIDATE =
        2, /* one of several that the name may mean: a problem says so too */
};

/* Begins what a problem says that a schema would mend. */
#define TL_SQL_UNKNOWN_COLUMNS "cannot tell which columns"

/*
 * The references that a value or a condition goes through, from the outermost inward: of "select upper(c.e) from (select e from t) c" the place of
 * c.e, then that of e. Told of a traced text alone.
 */
struct tl_sql_step {
    uint32_t line, column; /* 1-based line, 1-based byte of the line */
};

struct tl_sql_problem {
    uint32_t statement;
    uint32_t target;  /* in `tables`; TL_SQL_NO_TABLE: not known */
    const char *what; /* words of SQL and names, never a literal; at most 300 bytes */
    uint32_t line, column;
};

/* An output column of a statement, in order: the columns its target gets or has written. */
struct tl_sql_output {
    const char *name;
    const char *type; /* as a cast or a definition writes it; NULL: not told */
};

/*
 * A table whose rows a statement looks at, though no column may come of it: count(*), exists, a cross join. By statement, each once. A
 * temporary table of the text is none; a body's reads are those of the statement that makes or runs it.
 */
struct tl_sql_read {
    uint32_t statement; /* from 1 */
    uint32_t table;     /* in `tables` */
};

enum tl_sql_statement_kind {
    TL_SQL_SELECT,
    TL_SQL_CREATE_VIEW,
    TL_SQL_CREATE_TABLE,    /* with columns: edges only into generated ones */
    TL_SQL_CREATE_TABLE_AS, /* also select into */
    TL_SQL_INSERT,
    TL_SQL_UPDATE,
    TL_SQL_DELETE,
    TL_SQL_MERGE,
    TL_SQL_ALTER_TABLE, /* outputs: the columns it adds or gives another name */
    TL_SQL_DROP,
    TL_SQL_COPY,    /* between tables and files: copy, unload, load, export */
    TL_SQL_PROGRAM, /* a body: do, create function and procedure, execute immediate; its statements' edges are its own */
    TL_SQL_OTHER, /* moves no data between tables: set, grant, create index, begin ... */
    TL_SQL_NOT_UNDERSTOOD /* has a problem */
};
/* "select", "create_view", "create_table", "create_table_as", "insert", "update", "delete", "merge", "alter_table", "drop", "copy", "program",
 * "other", "not_understood" */
const char *tl_sql_statement_word(int kind);
struct tl_sql_statement {
    uint32_t target; /* in `tables`, or TL_SQL_NO_TABLE */
    uint32_t first_output, n_outputs;
    uint32_t first_edge, n_edges;
    uint32_t first_read, n_reads;
    uint32_t line, column; /* where it begins */
    uint32_t at, n;        /* its bytes, without the semicolon */
    /* The later statement of the text that replaced all that this one wrote, or took it away, before anything read it; 0: none. A view reads
       when it is read; of several tables that were written all are gone. */
    uint32_t replaced_by;
    uint8_t kind; /* enum tl_sql_statement_kind */
    bool
        is_replacing; /* what its target held before is gone: create or replace, insert overwrite, insert behind truncate */
    bool is_undone;   /* rolled back in the same text */
};

/* All of a text. Arrays and texts are the engine's: valid until its next call. */
struct tl_sql_result {
    const struct tl_sql_statement *statements;
    const struct tl_sql_table *tables;
    const struct tl_sql_edge *
        edges; /* by statement; value edges by output column, then the indirect ones; those of what it returns last */
    const struct tl_sql_output *outputs;
    const struct tl_sql_problem *problems;
    const struct tl_sql_read *reads;
    uint32_t n_statements, n_tables, n_edges, n_outputs, n_problems, n_reads;
    /* Of edge i those from first_steps[i] to before first_steps[i + 1]; NULL: not traced. */
    const struct tl_sql_step *steps;
    const uint32_t *first_steps;
};

/*
 * Lineage of every statement of the text, each seeing what earlier ones made. A view's SQL may be the bare select or the whole
 * create view. TL_ELIMIT for a text beyond 1 GiB, TL_ECANCEL when the run was cancelled; nothing else fails: what is not understood is a problem, and edges of that
 * statement are those that are certain.
 */
int tl_sql_lineage(struct tl_sql_result *out, struct tl_sql *sql, const char *text,
                   size_t n, struct tl_ctx *ctx);

/* Steps of adding up sources that the engine has done so far: what tests of linear growth count in place of time. */
uint64_t tl_sql_work(const struct tl_sql *sql);

#endif
