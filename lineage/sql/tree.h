/*
 * The tree a parser makes and the resolver reads: 32-byte nodes in one array that is used again, named by their number (0: none).
 * Lists are chained by `next`. Private to lineage/sql.
 */
#ifndef TL_LINEAGE_SQL_TREE_H
#define TL_LINEAGE_SQL_TREE_H

#include <stdbool.h>
#include <stdint.h>

struct tl_ctx;
struct tl_sql_names;
struct tl_sql_traits;

/* Beside each kind: what its fields hold. "list" is the first of a chain. `name` and its like are ids of tl_sql_names. */
enum tl_sql_node_kind {
    TL_N_NONE,
    /* ---- expressions ---- */
    TL_N_LITERAL, /* op: enum tl_sql_literal; end: behind its last byte */
    TL_N_PARAMETER,
    TL_N_COLUMN, /* name; b table, c schema, d database as written (ids, 0: not given). flags QUOTED: the last part was */
    TL_N_STAR,   /* b table, c schema, d database; a list of TL_N_STAR_EDIT */
    TL_N_STAR_EDIT, /* op: enum tl_sql_star_edit; name; a expression (replace, a pattern); b new name (rename); c the table whose column alone is meant (exclude t.a), or 0. flags NOT: what the pattern does not meet; ALL: of a list with other items */
    TL_N_COLUMNS, /* columns(...): a TL_N_STAR, TL_N_LITERAL (a pattern), TL_N_LIST of names or TL_N_LAMBDA. flags STAR: *columns(...), all of them as arguments */
    TL_N_CALL, /* name (last part), c schema; a list of arguments (TL_N_NAMED_ARGUMENT possible); b TL_N_WINDOW or 0; d TL_N_CALL_TAIL or 0. flags DISTINCT, STAR. Special syntax as a plain call: extract (constant, value), position (what, in), substring (value, from, for), overlay, trim (value, what) */
    TL_N_CALL_TAIL, /* a filter condition; b list of TL_N_ORDER (order by inside, within group); c list of TL_N_NAME: columns written inside a table function (xmltable, json_table, rows from (f() as (...))) */
    TL_N_NAMED_ARGUMENT, /* name; a value */
    TL_N_UNARY, /* op: enum tl_sql_operator; a. is null, is true ..., collate, at local too */
    TL_N_BINARY, /* op; a, b. like, is distinct from, at time zone, ->, :: paths too */
    TL_N_CAST,   /* a; name: the type's text as written, interned. date '...' too */
    TL_N_CASE,   /* a operand or 0; b list of TL_N_WHEN; c else or 0 */
    TL_N_WHEN,   /* a condition; b result */
    TL_N_IN,     /* a; b list of expressions, or one TL_N_SUBQUERY. flags NOT */
    TL_N_EXISTS, /* a query */
    TL_N_SUBQUERY, /* scalar: a query. flags STAR: all of it, as a table function takes it */
    TL_N_QUANTIFIED, /* a; op the operator; b list or TL_N_SUBQUERY: = any (...), > all (...) */
    TL_N_BETWEEN, /* a, b, c. flags NOT */
    TL_N_LIST, /* row (a, b) or array[a, b] or {'k': a} or struct: a list (TL_N_NAMED_ARGUMENT possible); name: the type's text of struct<...>(...) and array<...>[...], interned */
    TL_N_ARRAY_QUERY, /* array(select ...): a query */
    TL_N_INDEX,       /* a[b] or a[b:c]; b and c 0: a[*] */
    TL_N_FIELD, /* (a).name, a:name; name 0: (a).*; b: the name in the case it is written in, or 0 */
    TL_N_LAMBDA, /* a list of TL_N_NAME; b body */
    TL_N_WINDOW, /* name of the base window or 0; a list of partition expressions; b list of TL_N_ORDER; c list of frame bounds */
    TL_N_ORDER,  /* a expression; 0: every output column (order by all) */
    TL_N_NAME, /* name. Column that is written: c list of TL_N_NAME, further parts of its name. Column that search or cycle adds: c list of TL_N_NAME, what it is made of; op 1: whether that came again. Column inside json_table: c its path or 0; d the nested part it is in or 0 (of which c the path, d the one around). flags ORDINALITY */
    /* ---- queries ---- */
    TL_N_QUERY, /* a list of TL_N_CTE; b body (SELECT, SET, VALUES, QUERY, or INSERT/UPDATE/DELETE with returning); c list of TL_N_ORDER; d list of limit and offset expressions. flags RECURSIVE */
    TL_N_CTE, /* name; a list of TL_N_NAME; b query (TL_N_QUERY); c list of TL_N_NAME: columns that search and cycle add behind the others; d: behind its last node, 0: not told. flags UNUSED */
    TL_N_SELECT, /* a list of TL_N_ITEM; b list of from items; c where; d TL_N_SELECT_TAIL or 0. flags DISTINCT, RECORD */
    TL_N_SELECT_TAIL, /* a list of group by expressions; b having; c list of TL_N_NAMED_WINDOW; d TL_N_SELECT_MORE or 0. flags ALL: group by all */
    TL_N_SELECT_MORE, /* a qualify; b list of distinct on expressions; c into: TL_N_TABLE. flags TEMPORARY: that one is */
    TL_N_NAMED_WINDOW, /* name; a TL_N_WINDOW */
    TL_N_ITEM, /* a expression; name: alias or 0; b: byte behind the expression, 0: not told. flags STAR: columns(...) is somewhere in it */
    TL_N_SET, /* op: enum tl_sql_set; a left, b right (SELECT, SET, VALUES, QUERY). flags ALL, BY_NAME; of that: c list of TL_N_NAME: these columns alone, d enum tl_sql_set_mode */
    TL_N_VALUES,   /* a list of TL_N_LIST */
    TL_N_GROUPING, /* rollup, cube, grouping sets: a list of expressions and TL_N_LIST */
    /* ---- from items ---- */
    TL_N_TABLE, /* name, b schema, c database; d TL_N_ALIAS or 0. flags ONLY, FILES: name is their address */
    TL_N_DERIVED, /* a query, or 0: that of the TL_N_INSERTS around; d alias. flags LATERAL, KEEPS_NAMES */
    TL_N_FUNCTION, /* table function: a list of TL_N_CALL (rows from has several; unnest takes several arguments); d alias. flags LATERAL, ORDINALITY */
    TL_N_JOIN, /* op: enum tl_sql_join; a left, b right; c on; d list of TL_N_NAME (using); name: alias of using or 0. flags NATURAL. (a join b) as x is a TL_N_DERIVED of select * */
    TL_N_ALIAS, /* name or 0; a list of TL_N_NAME (b: its type's text, interned, or 0) */
    TL_N_PIVOT, /* a from item; b TL_N_PIVOT_SPEC; d alias or 0 */
    TL_N_PIVOT_SPEC, /* a list of TL_N_ITEM: aggregates; b list of TL_N_PIVOT_KEY; c list of group by expressions; d: value in place of null, or 0. flags ALL: by nothing but c */
    TL_N_PIVOT_KEY, /* a expression, or TL_N_LIST of several; b list of TL_N_ITEM: values; c query of them; neither: whatever values there are */
    TL_N_UNPIVOT,   /* a from item; b TL_N_UNPIVOT_SPEC; d alias or 0 */
    TL_N_UNPIVOT_SPEC, /* a list of TL_N_NAME: columns of values; b TL_N_NAME of the column of names; c list of TL_N_ITEM: columns, TL_N_LIST of several, TL_N_STAR */
    TL_N_MATCH, /* match_recognize. a from item; b TL_N_MATCH_SPEC; d alias or 0. flags ALL: all rows per match */
    TL_N_MATCH_SPEC, /* a TL_N_WINDOW; b list of TL_N_ITEM: measures; c list of TL_N_NAME: variables of the pattern; d list of TL_N_ITEM: what defines them */
    /* ---- statements ---- */
    TL_N_CREATE_VIEW, /* a TL_N_TABLE; b list of TL_N_NAME; c query. flags MATERIALIZED, TEMPORARY, REPLACE */
    TL_N_CREATE_TABLE, /* a TL_N_TABLE; b list of TL_N_COLUMN_DEFINITION; c query (as) or 0; d list of TL_N_TABLE whose columns it gets (like, inherits, partition of), op of each: how many of b stand before them; one of files is where its rows are. flags TEMPORARY, MATERIALIZED: it is kept up to date, EXTERNAL, REPLACE, IF_NOT_EXISTS */
    TL_N_COLUMN_DEFINITION, /* name; b: its type's text, interned (0: none); a: generated always as (expression) or 0. flags PARTITION: files do not hold it, their paths do */
    TL_N_INSERT, /* a TL_N_TABLE, of files too; b list of TL_N_NAME; c query (VALUES too), or TL_N_TABLE of files: its columns by place, or by name; d TL_N_INSERT_TAIL or 0. flags OVERWRITE, BY_NAME, MATCHING, COPY */
    TL_N_INSERT_TAIL, /* a list of TL_N_SET_COLUMN (on conflict do update); b where; c list of TL_N_ITEM (returning); d list of TL_N_NAME: columns of the partition, op 1: with a value */
    TL_N_INSERTS, /* into several tables: a list of TL_N_INSERT; b list of TL_N_CTE; c query or 0. flags RECURSIVE */
    TL_N_SET_COLUMN, /* name (0: each of the target's columns, from the one of its name in a, a TL_N_STAR); a expression; b where a is a subquery of several columns: which of them, from 1 ((x, y) = (select ...): they share it); c list of TL_N_NAME: further parts of the name (t.a, a.b) */
    TL_N_UPDATE, /* a TL_N_TABLE; b list of TL_N_SET_COLUMN; c list of from items; d TL_N_UPDATE_TAIL or 0 */
    TL_N_UPDATE_TAIL, /* a where; b list of TL_N_ITEM (returning); c list of TL_N_CTE of a with clause in front. flags RECURSIVE: that clause is */
    TL_N_DELETE,      /* a TL_N_TABLE; c list of using items; d TL_N_UPDATE_TAIL or 0 */
    TL_N_ALTER_TABLE, /* a TL_N_TABLE; b list of TL_N_ALTER */
    TL_N_ALTER, /* op: enum tl_sql_alter; name: column; b: type's text (add) or new name (rename); a: of a column added, generated from, or 0; of a table that gets another schema too its TL_N_TABLE */
    TL_N_DROP,  /* a list of TL_N_TABLE */
    TL_N_TRUNCATE,    /* a list of TL_N_TABLE */
    TL_N_TRANSACTION, /* op: enum tl_sql_transaction; name: of the savepoint */
    TL_N_PATH, /* what a bare name means from here on: a list of TL_N_TABLE: b the schema (0: the customary one), c the database, or 0. flags LOCAL: to the end of the transaction */
    TL_N_OTHER, /* moves no data */
    /* ---- bodies ---- */
    TL_N_PROGRAM, /* a list of what it runs or makes: body statements, routines, triggers; b: how many nodes that took. flags CREATED: it only makes them */
    TL_N_ROUTINE, /* name, b schema; a list of TL_N_DECLARE (parameters); c body; d list of TL_N_NAME: columns of its rows; op: enum tl_sql_body. flags PROCEDURE, ROWS, TRIGGER, MACRO */
    TL_N_TRIGGER, /* name: the function it runs, or 0; a TL_N_TABLE; b list of body statements; d: the next trigger of the text */
    TL_N_BLOCK, /* name: label; a list of TL_N_DECLARE; b list of body statements; c list of TL_N_BRANCH (handlers) */
    TL_N_DECLARE, /* name; a value; b type's text, interned (0: none); op: enum tl_sql_declare */
    TL_N_ASSIGN, /* a list of targets (TL_N_COLUMN); b value */
    TL_N_INTO,   /* a list of targets; b the statement whose row they get */
    TL_N_BRANCH, /* done on some ways alone: a condition or 0; b list of body statements; c the other way, a TL_N_BRANCH too. flags LOOP */
    TL_N_FOR, /* a list of targets; b what it goes through: TL_N_QUERY, TL_N_EXECUTE, or an expression (a cursor too); c list of body statements */
    TL_N_RETURN, /* a expression, TL_N_QUERY or TL_N_EXECUTE; 0: nothing. flags GOES_ON: rows of several */
    TL_N_EXECUTE, /* a expression that gives the text, or name of what was prepared; b list of targets; c list of TL_N_ITEM (using) */
    TL_N_PREPARE, /* name; a statement, or an expression that gives its text */
    TL_N_RUN,     /* a expression or TL_N_QUERY, for what its calls do */
    TL_N_OPEN,    /* name of a cursor; a TL_N_QUERY or TL_N_EXECUTE */
    TL_N_FETCH,   /* name of a cursor; a list of targets */
    TL_N_NOT_UNDERSTOOD, /* a problem was recorded */
    TL_N_KINDS
};

enum tl_sql_node_flag {
    TL_F_DISTINCT = 1,
    TL_F_ALL = 2,
    TL_F_NOT = 4,
    TL_F_LATERAL = 8,
    TL_F_NATURAL = 16,
    TL_F_QUOTED = 32,
    TL_F_RECURSIVE = 64,
    TL_F_BY_NAME = 128,
    /* same bits, other kinds of node */
    TL_F_KEEPS_NAMES =
        4, /* select, derived: of a pipe, in which its tables may be named still */
    TL_F_STAR = 2,       /* call: count(*) */
    TL_F_ORDINALITY = 4, /* function in from */
    TL_F_RECORD = 8,     /* select as struct */
    TL_F_NOISE = 16,     /* select with differential_privacy */
    TL_F_UNUSED = 1,     /* with query: nothing that is run reads it */
    TL_F_TEMPORARY = 1,
    TL_F_MATERIALIZED = 2,
    TL_F_EXTERNAL = 4,
    TL_F_OVERWRITE = 1,
    TL_F_REPLACE = 8,        /* create or replace */
    TL_F_IF_NOT_EXISTS = 16, /* create */
    TL_F_ONLY = 1,
    TL_F_FILES = 2,    /* table */
    TL_F_COPY = 2,     /* insert: between tables and files */
    TL_F_MATCHING = 4, /* insert by name: only what both have */
    TL_F_LOCAL = 1,
    TL_F_PARTITION = 1,
    TL_F_MERGE =
        64, /* insert, update, delete: the outermost of the changes that a merge was written as */
    TL_F_IN_FROM =
        32, /* update, delete: the target is one of the from items too, which is where its columns are read */
    TL_F_NULL = 1,      /* unary: only asks whether there is a value */
    TL_F_DYNAMIC = 4,   /* table: b is an expression that gives the name */
    TL_F_CREATED = 1,   /* program */
    TL_F_GOES_ON = 1,   /* return */
    TL_F_LOOP = 1,      /* branch */
    TL_F_PROCEDURE = 1, /* routine */
    TL_F_ROWS = 2,
    TL_F_TRIGGER = 4,
    TL_F_MACRO =
        8, /* its parameters stand for every such name, and it sees the tables around its call */
};

enum tl_sql_body {
    TL_B_OPAQUE,     /* cannot be read */
    TL_B_EXPRESSION, /* an expression */
    TL_B_QUERY,      /* statements; the rows of the last one come out */
    TL_B_BLOCK,      /* body statements */
};
enum tl_sql_declare {
    TL_D_VARIABLE,
    TL_D_IN, /* parameters */
    TL_D_OUT,
    TL_D_BOTH,
    TL_D_CURSOR, /* a TL_N_QUERY, or a variable */
    TL_D_ALIAS,  /* a TL_N_PARAMETER or TL_N_COLUMN */
};

enum tl_sql_literal {
    TL_L_NUMBER,
    TL_L_TEXT,
    TL_L_NULL,
    TL_L_BOOLEAN,
    TL_L_INTERVAL,
    TL_L_OTHER
};
enum tl_sql_star_edit { TL_E_EXCLUDE, TL_E_REPLACE, TL_E_RENAME, TL_E_ILIKE };
enum tl_sql_set { TL_S_UNION, TL_S_INTERSECT, TL_S_EXCEPT };
/* By name: which columns there are. */
enum tl_sql_set_mode {
    TL_M_FULL,   /* those of either side */
    TL_M_LEFT,   /* those of the left one */
    TL_M_INNER,  /* those of both */
    TL_M_STRICT, /* both have the same */
};
enum tl_sql_join {
    TL_J_INNER,
    TL_J_LEFT,
    TL_J_RIGHT,
    TL_J_FULL,
    TL_J_CROSS,
    TL_J_SEMI,
    TL_J_ANTI,
    TL_J_ASOF
};
/* Of TL_N_ALTER, a of the last two: the other table. Rows of that one come too (by name); the two are exchanged. */
enum tl_sql_alter {
    TL_A_ADD,
    TL_A_DROP,
    TL_A_RENAME,
    TL_A_RENAME_TABLE,
    TL_A_OTHER,
    TL_A_APPEND,
    TL_A_SWAP
};
enum tl_sql_transaction {
    TL_X_BEGIN,
    TL_X_COMMIT,
    TL_X_ROLLBACK,
    TL_X_SAVEPOINT,
    TL_X_ROLLBACK_TO,
    TL_X_RELEASE
};
/* What resolving has to tell apart; everything else is TL_O_OTHER. */
enum tl_sql_operator {
    TL_O_OTHER,
    TL_O_CONCAT,     /* || */
    TL_O_ARITHMETIC, /* + - * / % ^ and their like */
    TL_O_COMPARE, /* = <> < <= > >= like ilike similar to ~ is distinct from, is null: gives a boolean */
    TL_O_LOGIC,   /* and or not */
    TL_O_PATH,    /* -> ->> #> #>> : picks from inside */
    TL_O_COLLATE, /* collate, at time zone: the value in another dress */
};

struct tl_sql_node {
    uint8_t kind;  /* enum tl_sql_node_kind */
    uint8_t flags; /* enum tl_sql_node_flag */
    uint16_t op;
    uint32_t
        at; /* byte of the text where it begins (of a column: its first part; of a binary: its operator) */
    uint32_t name;
    uint32_t next;
    union {
        uint32_t a;
        uint32_t end;
    };
    uint32_t b, c, d;
};

/*
 * Names as numbers: keywords first (their numbers are those of the keyword table), then what schemas and texts name. One probe
 * tells a keyword and interns. Bytes are kept as the dialect stores them: folded unless quoted. `mark` and `undo` forget the
 * names of a text while those of the schema stay.
 */
struct tl_sql_names *tl_sql_names_open(const struct tl_sql_traits *traits);
void tl_sql_names_close(struct tl_sql_names *names);
/* As stored by the dialect: `is_quoted` keeps the case. */
uint32_t tl_sql_name_add(struct tl_sql_names *names, const char *bytes, uint32_t n,
                         bool is_quoted);
/* Exactly these bytes. */
uint32_t tl_sql_name_exact(struct tl_sql_names *names, const char *bytes, uint32_t n);
/* NULL for 0; closed by a NUL; stable until undone. */
const char *tl_sql_name_text(const struct tl_sql_names *names, uint32_t name);
/*
 * The number under which names are compared: two names are the same one in this dialect exactly when their keys are equal.
 * (Where names compare without case it is that of the lower-case form, else the name itself.)
 */
uint32_t tl_sql_name_key(const struct tl_sql_names *names, uint32_t name);
uint32_t tl_sql_names_mark(const struct tl_sql_names *names);
void tl_sql_names_undo(struct tl_sql_names *names, uint32_t mark);

/* Text that was freed of its quotes or put together stands behind the text proper: where it came from. */
struct tl_sql_stretch {
    uint32_t base, n; /* its bytes */
    uint32_t at;      /* of the text proper */
    bool is_exact;    /* byte by byte; else all of it came from there */
};

struct tl_sql_parse_problem {
    uint32_t at;
    char what[300];
};

/*
 * A parsed text: statements chained from `first`. A statement that is not understood is a TL_N_NOT_UNDERSTOOD and has a problem;
 * parsing goes on behind the next semicolon that closes it.
 */
struct tl_sql_tree {
    struct tl_sql_node *nodes;
    uint32_t n_nodes, room;
    uint32_t first;
    struct tl_sql_parse_problem *problems;
    uint32_t n_problems, problem_room;
    uint32_t *ends; /* of the statements, in their order: the byte behind the last one */
    uint32_t n_ends, end_room;
    /* for the lexer, used again */
    struct tl_sql_token *tokens;
    uint32_t n_tokens, token_room;
    /* What `at` counts in: the text, or a copy of it once something had to be put behind it. */
    const char *text;
    uint32_t n_text, n_given;
    char *copy;
    uint32_t copy_room;
    struct tl_sql_stretch *pieces;
    uint32_t n_pieces, piece_room;
    uint32_t triggers; /* the first of its TL_N_TRIGGER */
    uint32_t first_inline,
        last_inline; /* TL_N_PROGRAM of a routine each: in front of the statement that they stand in; 0: there is none */
};
void tl_sql_tree_init(struct tl_sql_tree *tree);
void tl_sql_tree_release(struct tl_sql_tree *tree);

/* Replaces what the tree held. Nesting beyond 5,000 levels is a problem of its statement, not a crash. n < 4 GiB. */
void tl_sql_parse(struct tl_sql_tree *tree, struct tl_sql_names *names,
                  const struct tl_sql_traits *traits, const char *text, uint32_t n);

/* Puts bytes that are not the tree's own behind its text: their place; 0: there is too much already. */
uint32_t tl_sql_tree_add(struct tl_sql_tree *tree, const char *bytes, uint32_t n,
                         uint32_t at, bool is_exact);
/*
 * The last query that stands by itself becomes the view that a table's three names (0: none) tell, as if "create view ... as" stood before
 * it. Statements that do more stay as they are.
 */
void tl_sql_tree_name_query(struct tl_sql_tree *tree, uint32_t database, uint32_t schema,
                            uint32_t name);
/* The byte of the text proper where this one came from. */
uint32_t tl_sql_tree_origin(const struct tl_sql_tree *tree, uint32_t at);
/*
 * A list of body statements from a part of the tree's text; what is in it may be a block, or plain statements. For text that is made
 * while the tree is already read: nodes move.
 */
uint32_t tl_sql_parse_more(struct tl_sql_tree *tree, struct tl_sql_names *names,
                           const struct tl_sql_traits *traits, uint32_t at, uint32_t n);

#endif
