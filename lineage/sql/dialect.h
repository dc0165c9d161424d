/*
 * What tells dialects apart, as data: lexer, parser and resolver look here and never ask which dialect it is. Source of the facts:
 * each system's manual; what is in doubt reads as the broader form. Private to lineage/sql; dialect.c says how to add one.
 */
#ifndef TL_LINEAGE_SQL_DIALECT_H
#define TL_LINEAGE_SQL_DIALECT_H

#include "lineage/sql/sql.h"

/* How an identifier without quotes is stored, and how names compare. */
enum tl_sql_case {
    TL_SQL_FOLD_LOWER, /* stored in lower case; quoted ones keep theirs and compare exactly */
    TL_SQL_FOLD_UPPER,
    TL_SQL_FOLD_NONE, /* stored as written, compare without case (ASCII), quoted or not */
    TL_SQL_FOLD_LOWER_ALL, /* stored in lower case, quoted or not */
};

enum tl_sql_lexical {
    TL_SQL_BACKTICK_NAMES = 1,
    TL_SQL_BRACKET_NAMES = 2, /* [name] */
    TL_SQL_BRACKET_NAMES_TOO =
        4194304, /* likewise, where it can be neither a list nor an index */
    TL_SQL_DOUBLE_QUOTED_TEXT = 4,  /* "x" is always text */
    TL_SQL_DOUBLE_QUOTED_MAYBE = 8, /* "x" is text where there is no such column */
    TL_SQL_BACKSLASH = 16,          /* escapes in '...' */
    TL_SQL_DOLLAR_TEXT = 32,        /* $tag$...$tag$ */
    TL_SQL_ESCAPE_TEXT = 64,        /* E'...' */
    TL_SQL_NESTED_COMMENTS = 128,
    TL_SQL_HASH_COMMENTS = 256,
    TL_SQL_SLASH_COMMENTS = 512,   /* // to the end of the line */
    TL_SQL_CASTS = 1024,           /* a::type */
    TL_SQL_RAW_TEXT = 2048,        /* r'...' b'...' and triple quotes */
    TL_SQL_UNICODE_TEXT = 4096,    /* U&'...' U&"..." */
    TL_SQL_COLON_PATHS = 8192,     /* v:a.b[0] */
    TL_SQL_DOLLAR_COLUMNS = 16384, /* $1 is a column of the source */
    TL_SQL_ARROWS = 32768,         /* -> and ->> */
    TL_SQL_DASH_NAMES = 65536,     /* my-project.dataset.table */
    TL_SQL_USER_OPERATORS =
        131072, /* any run of operator characters, as PostgreSQL cuts it; ? and @ too */
    TL_SQL_SHELL_LINES =
        262144, /* \\copy, .mode: lines for the shell that feeds the text */
    TL_SQL_BANG_LINES = 2097152, /* !set x=y: a line for the shell */
    TL_SQL_HASH_NAMES = 1048576, /* #t is a temporary table */
    TL_SQL_JOINED_TEXT = 524288, /* 'a' and 'b' on the next line are one text */
};

enum tl_sql_grammar {
    TL_SQL_TRAILING_COMMA = 1, /* select a, from t */
    TL_SQL_MINUS_SET = 2,      /* minus is except */
    TL_SQL_STAR_EXCLUDE = 4,   /* * exclude (a) / except (a) */
    TL_SQL_STAR_REPLACE = 8,
    TL_SQL_STAR_RENAME = 16,
    TL_SQL_STAR_ILIKE = 32,
    TL_SQL_QUALIFY = 64,
    TL_SQL_DISTINCT_ON = 128,
    TL_SQL_BY_NAME = 256, /* union all by name */
    TL_SQL_SELECT_INTO = 512,
    TL_SQL_LATERAL_ALIASES = 1024, /* an alias counts in later select items */
    TL_SQL_ALIAS_IN_WHERE = 2048,
    TL_SQL_ALIAS_IN_HAVING = 4096,
    TL_SQL_ALIAS_IN_GROUP = 8192, /* input columns win */
    TL_SQL_FROM_FIRST = 16384,
    TL_SQL_SEMI_JOINS = 32768,
    TL_SQL_ASOF_JOINS = 65536,
    TL_SQL_WORD_OPERATORS = 131072,     /* glob, match, regexp, rlike, div */
    TL_SQL_TEXT_ALIASES = 262144,       /* select 1 'x'; no date '2020-01-01' then */
    TL_SQL_INTERVAL_UNITS = 524288,     /* interval 1 day, interval x day */
    TL_SQL_LAMBDAS = 1048576,           /* x -> x + 1 as an argument */
    TL_SQL_LATERAL_VIEWS = 2097152,     /* lateral view explode(a) t as x */
    TL_SQL_FILE_TABLES = 4194304,       /* from 'x.parquet' */
    TL_SQL_LOOSE_TYPES = 8388608,       /* a type is any words, or none */
    TL_SQL_GROUP_BY_ALL = 16777216,     /* group by all, order by all */
    TL_SQL_BRACKET_LISTS = 33554432,    /* [1, 2] */
    TL_SQL_ANGLE_TYPES = 67108864,      /* array<int> */
    TL_SQL_PIVOTS = 134217728,          /* pivot and unpivot behind a from item */
    TL_SQL_TIGHT_CONCAT = 268435456,    /* || and -> bind tighter than arithmetic */
    TL_SQL_QUERY_TABLES = 536870912,    /* x in t: a table stands for its query */
    TL_SQL_MODIFYING_CTES = 1073741824, /* with x as (insert ...) */
};

/* More of the grammar: what is rarer. */
enum tl_sql_form {
    TL_SQL_METHODS = 1,              /* a.f(b) is f(a, b) */
    TL_SQL_ALIAS_FIRST = 2,          /* select a: x, from a: t */
    TL_SQL_AT_VERSIONS = 4,          /* from t at (timestamp => x) */
    TL_SQL_BARE_DELETE = 8,          /* delete t: no `from` */
    TL_SQL_TYPED_LAMBDAS = 16,       /* x int -> ... */
    TL_SQL_SEVERAL_ALIASES = 32,     /* explode(m) as (k, v) */
    TL_SQL_MODELS = 64,              /* model m as an argument */
    TL_SQL_ADJACENT_TEXTS = 512,     /* 'a' 'b' is 'ab' on one line too */
    TL_SQL_PLACES_OF_ITEMS = 1024,   /* from t, t.a x at i; unpivot t.a as v at k */
    TL_SQL_TEXT_BEHIND_AS = 2048,    /* select a as 'x' */
    TL_SQL_HIERARCHIES = 256,        /* start with, connect by, prior */
    TL_SQL_TABLE_STREAMS = 128,      /* from stream(t), stream f(x) */
    TL_SQL_WITH_EXPRESSIONS = 32768, /* with (x as a, x + 1) is an expression */
    TL_SQL_COMMON_GROUND =
        4096, /* what MySQL, T-SQL and Oracle write: update a join b set, cross apply, with (nolock) */
    TL_SQL_INLINE_ROUTINES =
        8192, /* with function f (...) ... select, with p as procedure ... call */
    TL_SQL_FLOWS = 16384, /* select ... ->> select ... from $1 */
    TL_SQL_PLAIN_WORDS =
        65536, /* overlaps, row, current_user are names like any; of calls, cast alone has a grammar of its own */
    TL_SQL_PLAIN_SOURCES =
        131072, /* no lateral, only, top 5, table t, "t a (b, c)", "using key", "create table t (like u)" */
    TL_SQL_LEFT_TO_RIGHT =
        262144, /* joins never nest behind, set operations are equals; cross joins may have a condition, from (a, b) */
    TL_SQL_IS_COMPARES = 524288, /* a is b */
    TL_SQL_ISNULL = 1048576,     /* a isnull, a notnull */
    TL_SQL_WORDY_EXPRESSIONS =
        2097152,            /* a operator(s.+) b, between asymmetric, normalize(a, nfd) */
    TL_SQL_RLIKE = 4194304, /* a rlike b, a div b */
    TL_SQL_USER_COLUMNS = 8388608, /* user is a column, user() a call */
    TL_SQL_LOOSE_CALLS = 16777216, /* f(select ...), f(a limit 3) */
};

/* What the same text means. */
enum tl_sql_meaning {
    TL_SQL_UNITS_FIRST = 1,     /* datediff(day, a, b): a unit of time without quotes */
    TL_SQL_UNITS_LAST = 2,      /* date_trunc(a, day), date_diff(a, b, day) */
    TL_SQL_REPLACES_EVERY = 4,  /* regexp_replace without flags: every match */
    TL_SQL_DOT_MEETS_LINES = 8, /* in a regular expression '.' is a line feed too */
    TL_SQL_UNNEST_FIELDS = 16, /* select unnest(r): a column for each field of a record */
    TL_SQL_ELEMENT_FIELDS = 32, /* unnest(x): fields of an element are columns */
    TL_SQL_UNNEST_SPREADS = 64, /* unnest(x) as a (b, c): rows and maps become columns */
    TL_SQL_DOT_FIELDS = 128,    /* a.b may be the field b of a column a */
    TL_SQL_COMMA_JOINS =
        256, /* a, b join c: the comma binds no looser, "using" and "on" see all before */
    TL_SQL_NESTED_TABLES = 512, /* from t, t.items i: rows of a column of t */
    TL_SQL_ALL_LATERAL =
        1024, /* a query in from, and "on", see what stands before without the word */
    TL_SQL_BARE_RECURSION = 2048, /* "recursive" may be left out */
    TL_SQL_WITH_SEES_LATER =
        4096, /* a with query sees those behind it, without the word too */
    TL_SQL_OLD_AND_NEW = 8192,     /* returning old.a, new.a */
    TL_SQL_RETURNS_TARGET = 16384, /* "returning" sees the target alone */
};

/* The same, more of them. */
enum tl_sql_clause {
    TL_SQL_PIPES = 1,            /* from t |> where ... */
    TL_SQL_PIVOT_STATEMENTS = 2, /* pivot t on a using sum(b), unpivot t on a, b */
    TL_SQL_COLUMN_LAMBDAS = 4,   /* columns('re'), columns(c -> ...), *columns(...) */
    TL_SQL_CORRESPONDING = 8,    /* union corresponding [by (a, b)] */
    TL_SQL_SET_MODES = 16,       /* left union all by name on (a), strict corresponding */
    TL_SQL_ROW_PATTERNS = 32,    /* match_recognize */
    TL_SQL_STAR_LIKE = 64,       /* * like 'a%', * similar to 're' */
    TL_SQL_INSERT_BEHIND_FROM =
        128, /* from t insert into a select ... insert into b select ... */
    TL_SQL_LATE_EXCLUDE = 256,       /* select *, a exclude b from t: of the whole list */
    TL_SQL_USING_ALIASES = 512,      /* using (a) as u */
    TL_SQL_NEEDED_CONDITIONS = 1024, /* a join without on or using is wrong */
    TL_SQL_EMPTY_LISTS = 2048,       /* select from t */
    TL_SQL_INDEX_HINTS = 4096,       /* from t indexed by i, update t not indexed */
    TL_SQL_SOURCE_MARKS =
        8192, /* from t sample (5), t for system_time as of x, 'file' (options) */
    TL_SQL_BARE_VALUES = 16384,      /* values 1, 2; from values (1) */
    TL_SQL_GROUPINGS_BEHIND = 32768, /* group by a grouping sets (a), a with rollup */
    TL_SQL_SELECT_AS = 65536,        /* select as struct a; window w as v */
    TL_SQL_HEIRS = 131072,           /* update only t; create table t of a type */
};

/* How data gets in and out. */
enum tl_sql_writing {
    TL_SQL_STAGES = 1,       /* @stage is a place of files */
    TL_SQL_PATH_FILES = 2,   /* parquet.`path` is one */
    TL_SQL_COPY_BY_NAME = 4, /* copy into: columns meet by name where nothing is said */
    TL_SQL_TRANSACTIONAL_DDL = 8, /* create and drop are rolled back too */
    TL_SQL_DDL_COMMITS = 16,      /* they end the transaction */
    TL_SQL_USE_DATABASE = 32,     /* use x: a database; else a schema */
    TL_SQL_COPY_AUTO = 64,        /* copy ... json 'auto': by name */
    TL_SQL_SESSION_SCHEMA = 128,  /* _SESSION.t is a temporary table */
    TL_SQL_COLUMN_FIRST = 256,    /* set a.b = ...: a is the column, never the table */
    TL_SQL_LOOSE_WRITES =
        512, /* insert t, insert table t, merge t; insert all; export table t to 'x' */
    TL_SQL_TABLE_COPIES = 1024, /* create table t like u, t clone u, t copy u */
    TL_SQL_LOOSE_TABLES =
        2048, /* create table t select, (a int as b + 1), create or alter, add column a, b; views of files */
};

/* Programs: blocks, variables, functions. */
enum tl_sql_scripting {
    TL_SQL_DECLARE_SECTIONS =
        1,                  /* declare a int; b int; begin ... end: before its block */
    TL_SQL_TOP_BLOCKS = 2,  /* blocks, branches and loops are statements of their own */
    TL_SQL_SET_ASSIGNS = 4, /* set x = ... fills a variable; else it needs the word */
    TL_SQL_FUNCTIONS_ARE_MACROS = 8, /* create function is create macro */
    TL_SQL_DOLLAR_VARIABLES = 16,    /* ... and $x reads it */
    TL_SQL_VARIABLE_WORD = 32,       /* declare variable x: the word is none's name */
    TL_SQL_SET_CONFIGURES = 64, /* set x = ... inside a body is the session's setting */
    TL_SQL_TEXT_ROUTINES =
        128, /* as '...' is SQL where no language is said; parameters of a type alone; triggers that the system has */
};

/* What columns are called whose names nobody wrote, and where they stand. */
enum tl_sql_naming {
    TL_SQL_NAMED_BY_TEXT = 1,    /* an expression's column: as it is written */
    TL_SQL_NAMED_BY_COLUMNS = 2, /* nothing but a column hands on its name */
    TL_SQL_NAMED_BY_TYPES = 4,   /* a cast: its type's; true: bool; trim: btrim */
    TL_SQL_REPEATS_NUMBERED = 8, /* a table's columns of one name: id, id:1, id:2 */
    TL_SQL_MERGED_IN_PLACE = 16, /* "using": where the left side has it, not in front */
    TL_SQL_PIVOT_QUOTES = 32,    /* 'a' is the name of the value 'a' */
    TL_SQL_PIVOT_BEHIND = 64,    /* total_a, not a_total */
    TL_SQL_PIVOT_ALONE = 128,    /* the only aggregate's alias does not count */
    TL_SQL_PIVOT_NUMBERS = 256,  /* _1 is the name of the value 1 */
    TL_SQL_PIVOT_ROWS = 512,     /* (a, b) is the name of a row, not {a, b} */
    TL_SQL_UNPIVOT_VALUES_FIRST = 1024, /* they stand before what they are called */
    TL_SQL_NAMED_LIKE_CODE =
        2048, /* an expression's column: the text that the system would write (resolve_title.c) */
    TL_SQL_NAMED_LIKE_PLANS = 4096, /* ... as Spark's plans show it */
    TL_SQL_NAMELESS_COUNT = 8192,   /* a made name's number counts those alone */
};

/* A name that the system makes: between these the number of the place, where the first one has `first`. */
struct tl_sql_made_name {
    const char *before; /* NULL: it makes none */
    const char *behind; /* NULL: all have that name, without a number */
    uint32_t first;
};

struct tl_sql_traits {
    const char *name;
    uint32_t lexical;                 /* enum tl_sql_lexical bits */
    uint32_t grammar;                 /* enum tl_sql_grammar bits */
    uint32_t clauses;                 /* enum tl_sql_clause bits */
    uint32_t forms;                   /* enum tl_sql_form bits */
    uint32_t writing;                 /* enum tl_sql_writing bits */
    uint32_t scripting;               /* enum tl_sql_scripting bits */
    uint32_t meaning;                 /* enum tl_sql_meaning bits */
    uint32_t naming;                  /* enum tl_sql_naming bits */
    struct tl_sql_made_name nameless; /* column of a select list */
    struct tl_sql_made_name place;    /* column of values */
    struct tl_sql_made_name field;    /* of row(a, b) */
    /* Schemas in which a name without one is looked up where nothing else was said; NULL: no more. */
    const char *customary[2];
    uint8_t fold;   /* enum tl_sql_case */
    uint8_t family; /* enum tl_sql_keyword_family: whose keywords, and nothing else */
    uint8_t
        name_bytes; /* longer names are cut to so many bytes, as the system does; 0: they are not */
};
extern const struct tl_sql_traits tl_sql_traits[TL_SQL_DIALECTS];

/* A table of words that not all dialects have says which do: TL_SQL_IN(DUCKDB) | TL_SQL_IN(SQLITE). */
#define TL_SQL_IN(dialect) (1u << TL_SQL_##dialect)
#define TL_SQL_IN_ALL      ((1u << TL_SQL_DIALECTS) - 1)
static inline bool tl_sql_is_in(const struct tl_sql_traits *traits, uint32_t dialects)
{
    return dialects >> (traits - tl_sql_traits) & 1;
}

#endif
