/*
 * From a tree to edges. What every column of every query is made of is a set of entries, one for each base column and way; sets are
 * never changed once made, so that a column handed on unchanged shares its set. Private to lineage/sql; sql.c calls tl_rs_statement.
 *
 *   resolve_set.c        leaves, sets, what steers a whole statement, problems
 *   resolve_hint.c       what a name that means nothing may have been meant as
 *   resolve_trail.c      the references that lie on the way
 *   resolve_path.c       places within values: what is picked out of one, where it lands in another
 *   resolve_name.c       which column a name means
 *   resolve_from.c       from items, joins, stars
 *   resolve_columns.c    columns by pattern
 *   resolve_pivot.c      pivot, unpivot, row patterns
 *   resolve_function.c   functions in from, unnest, columns that stand for rows
 *   resolve_title.c      what expressions without a name are called
 *   resolve_shape.c      values that are built and picked apart
 *   resolve_expression.c what an expression does to what it reads
 *   resolve_steer.c      the same where it steers the whole statement: much shorter
 *   resolve_keys.c       keys of long lists
 *   resolve_query.c      select, set operations, values, with
 *   resolve_change.c     insert, update, delete, merge
 *   resolve_session.c    what holds between statements
 *   resolve_statement.c  what a statement makes, and all of them
 */
#ifndef TL_LINEAGE_SQL_RESOLVE_H
#define TL_LINEAGE_SQL_RESOLVE_H

#include "base/mem.h"
#include "base/vec.h"
#include "lineage/sql/names.h"
#include "lineage/sql/schema.h"
#include "lineage/sql/sql.h"
#include "lineage/sql/tree.h"

#define TL_RS_NONE UINT32_MAX

/*
 * Levels of nesting that are followed; more are a problem. Bounds the stack that walking takes: 3 MiB at most (calls within calls; measured
 * on amd64, gcc -O2, by lowering `ulimit -s`), so a thread with a smaller stack than that is no place for an engine.
 */
#define TL_RS_DEPTH 5200
/* Columns of one list, tables of one from clause, queries of one with clause that are followed: beyond what any system takes. Lists are
   searched from end to end here and there. */
#define TL_RS_WIDTH 32768

/* Confidences, per mille; sql.h says what for. Nothing but candidates has half of TL_RS_ONLY_SOURCE or less. */
enum {
    TL_RS_QUALIFIED = 950,
    TL_RS_ONLY_SOURCE = 900,
    TL_RS_ONLY_SOURCE_INSIDE = 800,
    TL_RS_UNKNOWN_FUNCTION = 700,
    TL_RS_BY_CUSTOM =
        450, /* a candidate: the column written goes by the query's name for it */
};

/* A base column that values come from. */
enum tl_rs_leaf_kind {
    TL_RS_BASE,
    TL_RS_STAR_BY_NAME, /* all of a table whose columns are not known; names pass through */
    TL_RS_STAR_BY_PLACE, /* the same behind a set operation: only the place passes through */
    TL_RS_REPEATED,      /* column of a recursive query, as its own body sees it */
};
struct tl_rs_leaf {
    uint32_t table;  /* of the schema */
    uint32_t column; /* its name; of TL_RS_REPEATED nothing */
    uint32_t
        owner; /* column of the schema, where it was then; TL_RS_NONE: it is none, or a place within one */
    uint32_t whole; /* of a place: the leaf it is within; else itself is meant */
    uint32_t path;  /* what of the column: in `paths`; 0: all of it */
    uint32_t
        inside; /* where within the value that is made: in `paths`; 0: it is the value */
    uint32_t first, n; /* of TL_RS_REPEATED once solved: the set it stands for */
    uint32_t steer_epoch;
    uint16_t steers; /* bits of enum tl_edge_kind, in that epoch */
    uint8_t kind;    /* enum tl_rs_leaf_kind */
    bool is_solved;
};

struct tl_rs_entry {
    uint32_t leaf;
    uint32_t at;       /* byte of the reference */
    uint32_t function; /* name; 0: none */
    uint16_t confidence;
    uint8_t kind;       /* enum tl_edge_kind */
    uint8_t effect : 7; /* enum tl_effect */
    uint8_t
        is_mixed : 1; /* no longer the shape it had: what is picked out of it may be any of it */
};
struct tl_rs_set {
    uint32_t first, n; /* in `entries` */
};

/* What stands around a reference: how it is used and what becomes of it. */
struct tl_rs_flow {
    uint32_t function;
    uint16_t confidence;
    uint8_t kind, effect;
    bool is_named; /* of kinds that steer: steers the column that is being built */
    bool opens;    /* something decrypts: what encrypts below it is undone */
    bool is_mixed; /* what stands around changes the shape of the value */
    uint32_t way;  /* in `ways`; 0: all of it, as the value itself */
};
static inline struct tl_rs_flow tl_rs_value(void)
{
    return (
        struct tl_rs_flow){ .confidence = 1000, .kind = TL_IDENTITY, .effect = TL_KEEPS };
}
static inline struct tl_rs_flow tl_rs_steering(enum tl_edge_kind kind)
{
    return (
        struct tl_rs_flow){ .confidence = 1000, .kind = (uint8_t)kind, .is_mixed = true };
}

/* A place within a value: the last step of a path. */
struct tl_rs_path {
    uint32_t before, name; /* the steps before it, in `paths`; 0: none */
    uint32_t n;            /* steps */
    uint32_t text;         /* name; 0: not made yet */
};
/* What is done to the shape of a value, from the inside out: steps into it, and last where what is found lands. */
struct tl_rs_way {
    uint32_t name, next; /* a step, and what follows it */
    uint32_t
        without; /* no step in, but one that takes this place away: in `paths`; 0: it is none */
    uint32_t end;    /* of a step: what follows the last one */
    uint32_t inside; /* without `name`: in `paths` */
};
/* What was found before: paths by their last step, leaves by their place, columns' parts. */
struct tl_rs_found_place {
    uint32_t key[3];
    uint32_t value; /* and one; 0: free */
    uint32_t epoch; /* of another one it is free, too */
};

/* Decides in which order or with which others rows are looked at, not what of them. */
static inline bool tl_rs_only_arranges(uint8_t kind)
{
    return kind == TL_WINDOW || kind == TL_SORT;
}

struct tl_rs_column {
    uint32_t name, key;
    uint32_t type; /* name; 0: not told */
    uint32_t made; /* node of the constructor whose value it is; 0: not told */
    uint32_t row;  /* one more than the relation whose row it is; 0: not told */
    struct tl_rs_set set;
    uint32_t
        aggregated_in; /* its scope's number, where an aggregate of that scope is in it */
    uint32_t
        uncovered; /* of an open one: the first name it does not cover, in `uncovered`; 0: none */
    bool is_open; /* a star that could not be told apart: any number of columns */
    bool
        is_record; /* of an open one: the fields of a record, each found in it by its name */
    bool is_element; /* of a function's: values whose fields a qualifier reaches too */
    bool is_hidden;  /* no star shows it */
    bool is_unnamed;
};

/* Whether a name is meant, by a pattern. */
enum tl_rs_answer { TL_RS_NO, TL_RS_YES, TL_RS_UNTOLD };

/* A name that a star which could not be told apart does not stand for; or all that an edit by pattern leaves out. */
struct tl_rs_uncovered {
    uint32_t key;  /* 0: see `edit` */
    uint32_t edit; /* TL_N_STAR_EDIT by pattern, TL_N_COLUMNS */
    uint32_t next;
};

enum tl_rs_relation_kind {
    TL_RS_COLUMNS, /* a query, values */
    TL_RS_TABLE,   /* of the schema, its columns known */
    TL_RS_NAMED,   /* of the schema, its columns not known */
    TL_RS_FUNCTION, /* of from: columns, or an open one; fields of them are made of the same */
    TL_RS_OPAQUE, /* was not understood, and that was said */
};
struct tl_rs_relation {
    uint32_t first, n; /* in `columns` */
    uint32_t table;    /* in the schema */
    uint32_t probe;    /* in `probes`; made at the first question */
    uint32_t mask;
    uint32_t n_open;
    struct tl_schema_bits bits; /* of the columns' keys */
    uint16_t confidence;
    uint8_t kind; /* enum tl_rs_relation_kind */
};

/* What a from item brings into a scope. */
struct tl_rs_source {
    uint32_t alias;            /* key; 0: none */
    uint32_t schema, database; /* keys as written or as known; only without an alias */
    uint32_t known_schema;
    uint32_t name; /* for words */
    uint32_t relation;
    uint32_t at;
    struct tl_schema_bits bits; /* of the keys it may have; by tl_rs_add_source */
    uint32_t
        merged; /* one more than the first of the columns that "using" made and called so; 0: it is none */
    bool is_hidden;       /* right side of a semi join: seen by its condition alone */
    bool needs_qualifier; /* excluded of "on conflict", what a "using" is called */
    bool has_alias;
};

/* A column that "using" or "natural" made of two. */
struct tl_rs_ref;
struct tl_rs_merged {
    uint32_t key, name;
    uint32_t first, last; /* sources it spans: first .. last - 1 */
    uint32_t left, right; /* refs, in `merged_refs` */
    uint32_t shown;       /* by the star of this number */
    uint8_t join;         /* enum tl_sql_join */
};
struct tl_rs_join {
    uint32_t node;
    uint32_t first, n; /* in `merged` */
};

/* A parameter of a lambda: an element of some list, where that is known. */
struct tl_rs_lambda {
    uint32_t key;
    struct tl_rs_set set;
    bool has_set, is_read;
};

enum tl_rs_ref_kind {
    TL_RS_NO_VALUE, /* resolved, but nothing comes out: a system column, a parameter of a lambda of which nothing is known */
    TL_RS_OF_LAMBDA,  /* `source`: in `lambdas` */
    TL_RS_OF_SOURCE,  /* `column` of `source` */
    TL_RS_OPEN,       /* `name` of a source whose columns are not all known */
    TL_RS_OF_MERGED,  /* `column`: in `merged` */
    TL_RS_OF_ALIAS,   /* `column`: of the select list being built, in `building` */
    TL_RS_CANDIDATES, /* `column` of them from `source` on, in `candidates` */
    TL_RS_ROW,        /* all of `source` */
    TL_RS_OF_VARIABLE, /* `source`: in `variables`; `column` of it, TL_RS_NONE: all of it */
    TL_RS_UNRESOLVED, /* and it was said */
};
struct tl_rs_ref {
    uint32_t source, column;
    uint32_t name; /* of TL_RS_OPEN */
    uint16_t confidence;
    uint8_t kind; /* enum tl_rs_ref_kind */
    uint32_t
        way; /* steps to what was asked for within that column, in `ways`; 0: it is the column */
};

/* What a name was found to mean, as long as the scope does not change. */
struct tl_rs_known {
    uint32_t name;
    uint64_t state; /* of the scope */
    struct tl_rs_ref ref;
};
enum { TL_RS_KNOWN = 128 };

/* A function looked up in this text; NULL: not a known one. */
struct tl_sql_function;
struct tl_rs_known_function {
    uint32_t name;
    uint32_t text;
    const struct tl_sql_function *function;
};
enum { TL_RS_KNOWN_FUNCTIONS = 64 };

struct tl_rs_scope {
    struct tl_rs_scope *parent;
    struct tl_rs_scope *before; /* the one in force before it began */
    uint32_t first_source, n_sources;
    uint32_t first_visible; /* of its sources, to names without qualifier */
    uint32_t first_merged, n_merged;
    uint32_t first_join, n_joins;
    uint32_t first_alias; /* in `building`; aliases end at n_aliases */
    uint32_t n_aliases;
    uint32_t n_nameless; /* of those, whose names were made up */
    bool has_aliases;
    uint64_t number;       /* of its own */
    uint32_t n_aggregates; /* calls met in it, but for windows */
    uint32_t windows;      /* list of TL_N_NAMED_WINDOW */
    uint32_t from;         /* list of from items */
    uint64_t
        state; /* a number of its own, and another whenever a name may mean something else */
};

/* A key in a list: resolve_keys.h. */
struct tl_rs_key {
    uint32_t key, place;
    uint32_t n; /* places in all; 0: a free slot */
};
struct tl_rs_keys {
    struct tl_rs_key *slots;
    uint32_t mask, n;
};
/* The list of columns being built whose keys were asked for last. */
struct tl_rs_listed {
    struct tl_rs_keys keys;
    uint64_t list;
    uint32_t first, n;
};

enum tl_rs_cte_state { TL_RS_WAITING, TL_RS_RESOLVING, TL_RS_SEEDED, TL_RS_RESOLVED };
struct tl_rs_cte {
    uint32_t node, key;
    uint32_t outer;       /* the next one that is visible from here; TL_RS_NONE */
    uint32_t environment; /* what its body sees first */
    uint32_t relation;    /* TL_RS_SEEDED: of repeated leaves */
    uint32_t first_leaf, n_leaves;
    uint32_t n_steers; /* there were so many when it was resolved */
    struct tl_rs_scope *parent;
    uint8_t state;    /* enum tl_rs_cte_state */
    bool may_repeat;  /* may name itself behind its first arm */
    bool must_repeat; /* names itself, if anything of its name */
};

/* A right operand that waits for the left one. */
struct tl_rs_pending {
    uint32_t node;
    struct tl_rs_flow flow;
};

/* A part of a set operation. */
struct tl_rs_arm {
    uint32_t relation, at;
    uint32_t set;      /* the TL_N_SET it is the right side of */
    uint8_t op, flags; /* of that */
};

/* The merge whose parts are being resolved. */
struct tl_rs_merge {
    uint32_t table; /* of the schema; TL_RS_NONE: none */
    size_t first;   /* its columns, in `building` */
};

/* A statement that wrote a table, and the one before it of the same. */
struct tl_rs_write {
    uint32_t statement, before;
};
/* Of each statement: how many tables it wrote, and of how many all is gone again, unread. */
struct tl_rs_written {
    uint32_t n, n_replaced;
};
struct tl_rs_replacement {
    uint32_t statement, by;
};
/* A table as it was before a transaction changed it. */
struct tl_rs_before {
    uint32_t table, last_write, relation, first_steer, n_steers;
    bool is_empty;
};
struct tl_rs_savepoint {
    uint32_t key;       /* of its name; the first is the transaction's begin */
    uint32_t statement; /* that set it */
    uint32_t n_tables, n_before, n_replacements;
};

/* Programs: see resolve_program.h. */
/* What a variable may hold. */
struct tl_rs_value {
    struct tl_rs_set set;
    uint32_t relation; /* of a record or of rows: its columns; TL_RS_NONE */
    uint32_t query;    /* of a cursor that is not open: its query; 0 */
    const char *text;  /* a constant, as it reads; NULL: none is known */
    uint32_t n_text;
    uint32_t text_at;   /* where its bytes stand, or what they came from */
    uint32_t n_holes;   /* parts of it that are not constant and may be any SQL */
    bool text_is_exact; /* byte by byte */
    bool has_gaps;      /* it is no constant: something stands in some place of it */
    bool is_record;     /* its columns are fields, be it one alone */
    bool is_unset;      /* nothing was put in yet: no constant stands against another */
};
struct tl_rs_variable {
    uint32_t name, key;
    uint32_t shadowed; /* the one of its name that was in force; TL_RS_NONE */
    uint32_t way;      /* the innermost one it was noted for */
    struct tl_rs_value value;
    uint32_t table; /* what is put into its columns is written there; TL_RS_NONE */
    bool wins;      /* over columns of its name */
    bool is_scalar; /* of one column it holds the value, and no record */
    bool is_label;  /* the name of a block: what is declared in it comes next */
};
struct tl_rs_noted {
    uint32_t variable;
    struct tl_rs_variable before;
};
struct tl_rs_routine {
    uint32_t node, name, schema; /* keys */
    uint32_t older;              /* of the same name; TL_RS_NONE */
    uint32_t size;               /* nodes */
    uint32_t n_parameters, n_needed;
    bool is_active;
};
struct tl_rs_bodies {
    TL_VEC(struct tl_rs_variable) variables; /* in force, the innermost last */
    TL_VEC(uint32_t) variable_of;            /* by the key of its name; TL_RS_NONE */
    uint32_t n_session;                      /* of the text as a whole: the first ones */
    uint32_t n_shared;      /* those, and what the system has for every body */
    uint32_t n_open;        /* blocks and bodies around */
    uint32_t first_visible; /* of the others: those before it belong to a caller */
    TL_VEC(struct tl_rs_noted)
    noted;                /* what variables held before the ways they changed on */
    uint32_t way, n_ways; /* the innermost one (0: none), and how many there were */
    uint32_t n_may;       /* how many ways around may not be taken */
    bool may_be_left;     /* the rest of the body may not be reached */
    bool is_quiet;        /* only variables count */
    bool is_created;      /* a body that nothing runs here */
    bool
        has_hole; /* a name of a table is not known: it stands for itself until the statement is done */
    bool emits_rows;    /* a query of its own gives the statement's rows */
    uint32_t running;   /* the TL_N_ROUTINE whose body it is; 0: none */
    unsigned n_inlined; /* calls around */
    uint64_t work;      /* nodes of bodies that were read in calls of this statement */
    TL_VEC(struct tl_rs_routine) routines;
    TL_VEC(uint32_t) routine_of;  /* by the key of its name */
    struct tl_rs_value *returned; /* what the body being run gives; NULL: nobody asks */
    TL_VEC(struct tl_rs_steer) controls; /* what steers the ways around */
};

/* A reference through which something was read: resolve_trail.h. */
struct tl_rs_trail {
    uint32_t at;        /* its byte */
    uint32_t inner;     /* what it read: a byte, or a trail */
    uint32_t innermost; /* the byte at the end */
    uint32_t n;         /* references */
};

struct tl_rs_slot {
    uint32_t epoch, at;
};

struct tl_rs_steer {
    uint32_t leaf, at;
    uint16_t confidence;
    uint8_t kind;
};

struct tl_rs {
    const struct tl_sql_node *nodes;
    struct tl_sql_names *names;
    const struct tl_sql_traits *traits;
    struct tl_schema *schema;
    struct tl_sql_tree *tree;
    const char *text; /* of the tree */
    bool learns;      /* what statements make stays, and temporary is nothing special */
    struct tl_arena *words;
    unsigned n_hints;  /* asked for in this text: resolve_hint.h */
    bool has_no_hints; /* nobody sees its problems */

    /* what sets are made of */
    TL_VEC(struct tl_rs_leaf) leaves;
    TL_VEC(struct tl_rs_entry) entries;
    TL_VEC(struct tl_rs_entry) work; /* of sets being built, the innermost last */
    uint32_t work_base;
    bool is_wide; /* the innermost is looked up by slots */
    struct tl_rs_slot *slots;
    uint32_t slot_room;
    uint32_t epoch;

    /* places within values; [0] is none of each */
    TL_VEC(struct tl_rs_path) paths;
    TL_VEC(struct tl_rs_way) ways;
    struct tl_rs_found_place *places;
    uint32_t n_places, place_room, place_epoch;

    TL_VEC(struct tl_rs_column) columns;
    TL_VEC(struct tl_rs_column) building; /* select lists, the innermost last */
    TL_VEC(struct tl_rs_relation) relations;
    TL_VEC(struct tl_rs_uncovered) uncovered; /* [0] is none */
    TL_VEC(struct tl_rs_source) passed; /* out of the last select that keeps names */
    TL_VEC(uint32_t) named;             /* keys that pivots name */
    TL_VEC(struct tl_rs_set) pivoted;   /* of their aggregates */
    TL_VEC(uint32_t) probes;
    TL_VEC(struct tl_rs_source) sources;
    TL_VEC(struct tl_rs_merged) merged;
    TL_VEC(struct tl_rs_ref) merged_refs;
    TL_VEC(struct tl_rs_join) joins;
    TL_VEC(struct tl_rs_cte) ctes;
    TL_VEC(struct tl_rs_ref) candidates; /* of names that may mean several columns */
    TL_VEC(uint32_t) spine;              /* of left-deep joins and set operations */
    TL_VEC(struct tl_rs_arm) arms;
    TL_VEC(struct tl_rs_pending) pending;
    TL_VEC(struct tl_rs_lambda) lambdas; /* parameters in force */
    struct tl_rs_listed listed;
    struct tl_rs_scope *scope;
    uint64_t n_states;
    struct tl_rs_known known[TL_RS_KNOWN];
    struct tl_rs_known_function known_functions[TL_RS_KNOWN_FUNCTIONS];
    uint32_t n_texts;
    uint32_t cte;     /* the first visible one */
    uint32_t n_stars; /* expanded so far */
    struct tl_rs_column
        hand; /* the column that columns(...) stands for in the item at hand */
    bool has_hand;
    struct tl_rx *rx; /* the last pattern that was needed */
    char *rx_pattern;
    struct tl_rx_scratch *rx_scratch;
    struct tl_rs_merge merge;
    unsigned depth;
    bool is_too_deep, is_too_wide;
    uint32_t ceiling_at; /* byte where the first of these was met */
    bool adds_noise;     /* to the aggregates of the select list being resolved */

    struct tl_rs_bodies bodies;

    /* what steers the statement, or the inner one being resolved */
    TL_VEC(struct tl_rs_steer) steers;
    uint32_t first_steer;
    /* Of a change in a with clause: what steers the queries before it, first .. last - 1, steers it too once it reads one of them. */
    uint32_t first_before, last_before;
    uint32_t steer_epoch;
    TL_VEC(struct tl_rs_steer) kept_steers; /* of temporary tables */
    bool keeps; /* sets of a statement of this text outlive it */

    /* ways through references, for who asks: resolve_trail.h */
    bool is_traced;
    uint32_t
        via; /* one more than the byte of the reference that is read through; 0: none, or not traced */
    TL_VEC(struct tl_rs_trail) trails;
    TL_VEC(uint32_t) trail_of; /* of each edge */

    /* between statements: resolve_session.c */
    TL_VEC(struct tl_rs_write) writes;
    TL_VEC(struct tl_rs_written) written;
    TL_VEC(struct tl_rs_replacement) replacements;
    TL_VEC(struct tl_rs_before) before;
    TL_VEC(struct tl_rs_savepoint) savepoints;
    TL_VEC(struct tl_schema_name) local_path;
    TL_VEC(uint32_t) bases; /* tables that views of this text read */
    uint32_t n_written;     /* tables, by this statement */
    bool replaces;          /* what its target held is gone */
    bool is_viewing;        /* what is read is read when the view is */
    bool in_transaction, has_local_path;
    uint32_t last_query; /* of the statement before: its TL_N_QUERY; 0: it was none */
    uint32_t shared; /* relation that the inserts of a TL_N_INSERTS read; TL_RS_NONE */

    /* the result; `line` of edges and problems holds the byte until the end */
    uint32_t statement;
    uint32_t target; /* in `tables` */
    TL_VEC(struct tl_sql_table) tables;
    TL_VEC(uint32_t) table_of; /* the schema's number of each */
    TL_VEC(struct tl_sql_edge) edges;
    TL_VEC(struct tl_sql_output) outputs;
    TL_VEC(struct tl_sql_problem) problems;
    TL_VEC(struct tl_sql_statement) statements;
    TL_VEC(struct tl_sql_read) reads;
    TL_VEC(uint32_t)
    looked_at;       /* by this statement: the schema's numbers, some again and again */
    uint32_t n_told; /* statements whose reads were told, ever */

    uint64_t work_done; /* entries added: what tests of linear growth count */
};

/* Whether what is being read may not happen: then nothing is surely gone by it. */
static inline bool tl_rs_is_may(const struct tl_rs *rs)
{
    return rs->bodies.n_may || rs->bodies.may_be_left || rs->bodies.is_created ||
           rs->bodies.is_quiet;
}

static inline const struct tl_sql_node *tl_rs_node(const struct tl_rs *rs, uint32_t i)
{
    return &rs->nodes[i];
}
static inline uint32_t tl_rs_key(const struct tl_rs *rs, uint32_t name)
{
    return tl_name_key(rs->names, name);
}

/* What is beyond a ceiling is not followed, and that is a problem of the statement at this byte. */
static inline void tl_rs_too_deep(struct tl_rs *rs, uint32_t at)
{
    if (!rs->is_too_deep && !rs->is_too_wide)
        rs->ceiling_at = at;
    rs->is_too_deep = true;
}
static inline void tl_rs_too_wide(struct tl_rs *rs, uint32_t at)
{
    if (!rs->is_too_deep && !rs->is_too_wide)
        rs->ceiling_at = at;
    rs->is_too_wide = true;
}

/* ---- resolve_set.c ---- */

/* A set is begun, added to, and ended; others may be built in between. */
struct tl_rs_mark {
    uint32_t base;
};
struct tl_rs_mark tl_rs_begin(struct tl_rs *rs);
struct tl_rs_set tl_rs_end(struct tl_rs *rs, struct tl_rs_mark mark);
/* What the leaf gives, through `flow`: into the set being built, or to what steers the statement. */
void tl_rs_add_leaf(struct tl_rs *rs, uint32_t leaf, uint32_t at, struct tl_rs_flow flow);
/* Into what steers the statement. The leaf is not one that is solved. */
void tl_rs_put_steer(struct tl_rs *rs, struct tl_rs_steer steer);
void tl_rs_add_set(struct tl_rs *rs, struct tl_rs_set set, struct tl_rs_flow flow);
/* Of a star's set: the columns of that name, as far as names pass through. */
void tl_rs_add_named(struct tl_rs *rs, struct tl_rs_set star, uint32_t name,
                     struct tl_rs_flow flow);
/* As a second arm of a set operation has it: only places pass through. */
void tl_rs_add_placed(struct tl_rs *rs, struct tl_rs_set set, struct tl_rs_flow flow);
uint32_t tl_rs_leaf_of(struct tl_rs *rs, uint32_t table, uint32_t column);
uint32_t tl_rs_leaf_of_star(struct tl_rs *rs, uint32_t table, enum tl_rs_leaf_kind kind);
/* The column of that name of a table whose columns are not all known. */
uint32_t tl_rs_named_leaf(struct tl_rs *rs, uint32_t table, uint32_t name);
uint32_t tl_rs_repeated_leaf(struct tl_rs *rs);
uint32_t tl_rs_new_leaf(struct tl_rs *rs, struct tl_rs_leaf leaf);
/* Solves the sets of a recursive query: `n` leaves from `first`, whose columns are those of the relation. */
void tl_rs_solve(struct tl_rs *rs, uint32_t relation, uint32_t first, uint32_t n);

void tl_rs_problem(struct tl_rs *rs, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *tl_rs_text(const struct tl_rs *rs, uint32_t name);
/* The number in the result of a table of the schema. */
uint32_t tl_rs_show(struct tl_rs *rs, uint32_t table);
/* Edges of one column of a target, and of what steers it since `first_steer`. */
void tl_rs_emit(struct tl_rs *rs, uint32_t target, uint32_t name, struct tl_rs_set set);
void tl_rs_emit_steers(struct tl_rs *rs, uint32_t target);

/* ---- relations (resolve_set.c) ---- */

uint32_t tl_rs_relation_new(struct tl_rs *rs, enum tl_rs_relation_kind kind);
/* Of the columns being built from `first` on, which are taken. */
uint32_t tl_rs_relation_of(struct tl_rs *rs, uint32_t first);
/* The column of a key; `*many` where there are several. TL_RS_NONE: none, or open. */
uint32_t tl_rs_relation_find(struct tl_rs *rs, uint32_t relation, uint32_t key,
                             bool *many);

/* ---- resolve_name.c ---- */

/* What a TL_N_COLUMN means here. What cannot be told is a problem. */
struct tl_rs_ref tl_rs_lookup(struct tl_rs *rs, uint32_t node);
/* A name without qualifier among the sources first .. last - 1 alone; for "using". */
struct tl_rs_ref tl_rs_lookup_within(struct tl_rs *rs, uint32_t name, uint32_t first,
                                     uint32_t last, uint32_t at);
/* The source a qualifier means, or TL_RS_NONE. */
uint32_t tl_rs_qualifier(struct tl_rs *rs, uint32_t table, uint32_t schema,
                         uint32_t database);
/* A column of one source. */
struct tl_rs_ref tl_rs_lookup_field(struct tl_rs *rs, uint32_t name, uint32_t source,
                                    uint32_t at);
void tl_rs_read(struct tl_rs *rs, struct tl_rs_ref ref, uint32_t at,
                struct tl_rs_flow flow);
/* The same as a set of its own, shared where nothing changes. */
struct tl_rs_set tl_rs_set_of(struct tl_rs *rs, struct tl_rs_ref ref, uint32_t at);
/* Type and name as stored of what a ref means; 0: not known. */
uint32_t tl_rs_type_of(struct tl_rs *rs, struct tl_rs_ref ref);
/* The constructor whose value it is, as far as that is told. */
uint32_t tl_rs_made_of(const struct tl_rs *rs, struct tl_rs_ref ref);
/* One more than the relation whose row it is, or has in a list; 0: not told. */
uint32_t tl_rs_row_of(const struct tl_rs *rs, struct tl_rs_ref ref);
/* The column, or field of one, that the qualifier of a TL_N_STAR means where no table is called so: s of s.*, t.s.* */
bool tl_rs_find_record(struct tl_rs *rs, const struct tl_sql_node *star,
                       struct tl_rs_ref *out);
/* All columns of a source. */
void tl_rs_read_row(struct tl_rs *rs, uint32_t source, uint32_t at,
                    struct tl_rs_flow flow);
/* The output of the select list that a bare name of group by or order by means; TL_RS_NONE: none. */
uint32_t tl_rs_alias(struct tl_rs *rs, const struct tl_rs_scope *scope, uint32_t key);

/* ---- resolve_from.c ---- */

void tl_rs_from(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t list);
void tl_rs_scope_begin(struct tl_rs *rs, struct tl_rs_scope *scope,
                       struct tl_rs_scope *parent);
void tl_rs_scope_end(struct tl_rs *rs, struct tl_rs_scope *scope);
/* Appends to the select list what a TL_N_STAR stands for. */
void tl_rs_star(struct tl_rs *rs, struct tl_rs_scope *scope,
                const struct tl_sql_node *node);
/* The same of a value: the fields of its type, or of what it was made by; where neither tells them, each is found by its name. */
struct tl_rs_column;
void tl_rs_star_of_value(struct tl_rs *rs, struct tl_rs_scope *scope,
                         const struct tl_sql_node *node,
                         const struct tl_rs_column *value);
/* Reads all that a star stands for: count(t.*), row_to_json(t.*). */
void tl_rs_read_star(struct tl_rs *rs, uint32_t node, struct tl_rs_flow flow);
/* All that the scope's from items have, as a record. */
void tl_rs_read_all(struct tl_rs *rs, uint32_t at, struct tl_rs_flow flow);
uint32_t tl_rs_add_source(struct tl_rs *rs, struct tl_rs_scope *scope,
                          const struct tl_rs_source *source);
/* The table of the schema a TL_N_TABLE means; one that is not known is added as named. No with queries. */
uint32_t tl_rs_table(struct tl_rs *rs, uint32_t node, uint16_t *confidence);
/* It as a source of the scope. */
uint32_t tl_rs_add_table(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t node,
                         uint32_t table, uint16_t confidence);
/* Gives the source the name and the columns that an alias (0: none) tells. */
void tl_rs_apply_alias(struct tl_rs *rs, struct tl_rs_source *source, uint32_t alias);
/* A list of names that an open column does not cover, one more put in front: a key, or what an edit by pattern leaves out. */
uint32_t tl_rs_uncover(struct tl_rs *rs, uint32_t list, uint32_t key, uint32_t edit);
/* Whether an open column may stand for a column of that name. */
bool tl_rs_covers(struct tl_rs *rs, const struct tl_rs_column *column, uint32_t name);
struct tl_schema_name tl_rs_name_of(struct tl_rs *rs, uint32_t table_node);

/* ---- resolve_pivot.c ---- */

/* A TL_N_PIVOT, TL_N_UNPIVOT or TL_N_MATCH as a source. */
void tl_rs_add_pivot(struct tl_rs *rs, struct tl_rs_scope *outer, uint32_t id);

/* The first node of that kind in an expression, queries within it left out; 0: none. */
uint32_t tl_rs_find(struct tl_rs *rs, uint32_t node, enum tl_sql_node_kind kind);

/* ---- resolve_function.c ---- */

/* A TL_N_FUNCTION as a source of the scope. */
void tl_rs_add_function(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id);
/* The columns of a call in the select list that stands for rows, under the names of the items that share it; false: it is no such call. `number`: which of them it is, from 0. */
bool tl_rs_add_generator(struct tl_rs *rs, uint32_t call, uint32_t names,
                         unsigned number);
/* t.items of "from t, t.items i" likewise; false: it is a table. */
bool tl_rs_add_nested(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id);

/* ---- resolve_columns.c ---- */

/* Whether an edit by pattern leaves a column of that name. */
enum tl_rs_answer tl_rs_is_left(struct tl_rs *rs, uint32_t edit, uint32_t name);
/* The column at hand, or all that are asked for. */
void tl_rs_walk_columns(struct tl_rs *rs, uint32_t node, struct tl_rs_flow flow);
/* Appends to the select list what an item with columns(...) in it stands for; false: there is none in it. */
bool tl_rs_columns_item(struct tl_rs *rs, struct tl_rs_scope *scope,
                        const struct tl_sql_node *item);

/* ---- resolve_expression.c ---- */

void tl_rs_walk(struct tl_rs *rs, uint32_t node, struct tl_rs_flow flow);
void tl_rs_walk_list(struct tl_rs *rs, uint32_t list, struct tl_rs_flow flow);
/* The general way alone, for resolve_steer.c. */
void tl_rs_walk_any(struct tl_rs *rs, uint32_t node, struct tl_rs_flow flow);
/* An expression's own set. */
struct tl_rs_set tl_rs_expression(struct tl_rs *rs, uint32_t node);
/* What the column of an expression without alias is called (0: nothing), and its type. */
uint32_t tl_rs_name_of_expression(struct tl_rs *rs, uint32_t node);
/* resolve_title.c: where that is the text that the system would write; 0: not known. */
uint32_t tl_rs_title(struct tl_rs *rs, uint32_t expression);
uint32_t tl_rs_type_of_expression(struct tl_rs *rs, uint32_t node);

/* ---- resolve_steer.c ---- */

/* tl_rs_walk with the flow tl_rs_steering(kind), and the same outcome. */
void tl_rs_walk_steering(struct tl_rs *rs, uint32_t node, enum tl_edge_kind kind);

/* ---- resolve_query.c ---- */

/* The relation of a TL_N_QUERY, SELECT, SET or VALUES. `outer`: what it may be correlated with. */
uint32_t tl_rs_query(struct tl_rs *rs, uint32_t node, struct tl_rs_scope *outer);
/* Makes the with queries visible; gives what was visible before, to be set again (rs->cte). */
uint32_t tl_rs_with(struct tl_rs *rs, uint32_t list, bool is_recursive,
                    struct tl_rs_scope *outer);
uint32_t tl_rs_cte_relation(struct tl_rs *rs, uint32_t cte);
/* The same for one that is read. */
uint32_t tl_rs_cte_read(struct tl_rs *rs, uint32_t cte);
/* The with query a name means; TL_RS_NONE: none. */
uint32_t tl_rs_cte_find(const struct tl_rs *rs, uint32_t key);
/* Renames the first columns of the relation; more names than columns are a problem, which calls it `of`. Gives a new relation. */
uint32_t tl_rs_rename(struct tl_rs *rs, uint32_t relation, uint32_t names, uint32_t of);
void tl_rs_items(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t list);
/* The name that the system makes for this place (from 0). */
struct tl_sql_made_name;
uint32_t tl_rs_made_name(struct tl_rs *rs, const struct tl_sql_made_name *how,
                         uint32_t place);

/* ---- resolve_session.c ---- */

/* The statement reads the table; within a view's definition, whoever reads the view will. */
void tl_rs_mark_read(struct tl_rs *rs, uint32_t table);
void tl_rs_mark_written(struct tl_rs *rs, uint32_t table);
/* All its rows are gone. */
void tl_rs_mark_gone(struct tl_rs *rs, uint32_t table);
/* The table goes on as another one. */
void tl_rs_inherit(struct tl_rs *rs, uint32_t from, uint32_t to);
/* Before what a temporary table is made of changes. */
void tl_rs_changes(struct tl_rs *rs, uint32_t table);
void tl_rs_truncate(struct tl_rs *rs, const struct tl_sql_node *node);
void tl_rs_transaction(struct tl_rs *rs, const struct tl_sql_node *node);
/* A statement that creates or drops: ends the transaction where the system does so. */
void tl_rs_ddl(struct tl_rs *rs);
void tl_rs_path(struct tl_rs *rs, const struct tl_sql_node *node);
/* Adds what the text said a bare name means, where that is certain; of a table that is made it is the first. */
void tl_rs_qualify(const struct tl_rs *rs, struct tl_schema_name *name, bool is_made);
void tl_rs_session_reset(struct tl_rs *rs);
void tl_rs_session_release(struct tl_rs *rs);

/* ---- resolve_statement.c ---- */

/* Takes on a new text. What an older one left is gone. */
void tl_rs_reset(struct tl_rs *rs, const char *text);
void tl_rs_release(struct tl_rs *rs);
void tl_rs_statement(struct tl_rs *rs, uint32_t node);
/* What one statement does, within a body too: enum tl_sql_statement_kind. */
uint8_t tl_rs_by_kind(struct tl_rs *rs, uint32_t node);
/* The statement's target, which is given back. */
uint32_t tl_rs_target(struct tl_rs *rs, uint32_t table);
void tl_rs_output(struct tl_rs *rs, uint32_t name, uint32_t type);
/* What steered this statement, kept with the temporary table it made or filled. */
void tl_rs_keep_steers(struct tl_rs *rs, uint32_t table);

/* A temporary table has its columns, with nothing in them. */
void tl_rs_empty(struct tl_rs *rs, uint32_t table);

/* ---- resolve_change.c ---- */

/* The column of files of that name, or where 0 of that place (from 1), as read by `node`. */
struct tl_rs_set tl_rs_of_files(struct tl_rs *rs, uint32_t node, uint32_t files,
                                uint32_t name, uint32_t place);
/* A TL_N_INSERTS. */
void tl_rs_inserts(struct tl_rs *rs, const struct tl_sql_node *node);

/* An insert, update or delete; at the top its columns are the statement's outputs. Gives the relation of what it returns. */
uint32_t tl_rs_change(struct tl_rs *rs, uint32_t node, bool is_top);
/* The same within a with clause. */
uint32_t tl_rs_modifying(struct tl_rs *rs, uint32_t node);

#endif
