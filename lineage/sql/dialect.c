/*
 * The rows. PostgreSQL's and SQLite's were tried against the systems themselves; the others follow their manuals, and what is in
 * doubt reads as the broader form: what a system would refuse need not be refused here.
 *
 * To add a dialect:
 *   1. its number in enum tl_sql_dialect (sql.h), its word among the choices of cli/cmd_lineage.c, cmd_check.c and config_known.c;
 *   2. a row here, begun as a copy of its nearest kin's, the bits of dialect.h gone through one by one against the manual; what none
 *      of them can tell is a new bit, named by what it means;
 *   3. its keywords: those of a family of keywords.h (`family` says where words may stand, and nothing else), or a column of their
 *      own; its words in the tables of TL_SQL_IN (columns every table has, functions of from, commands) and in effects.c;
 *   4. its word in DIALECTS of tests/test_sql_lineage.c and test_sql_hurt.c, and every fixture for "all" is tried on it; then pages of
 *      its own: tests/fixtures/sql/<word>.accepted, .refused and tests/fixtures/lineage/breadth_<word>.txt.
 */
#include "lineage/sql/dialect.h"

#include "lineage/sql/keywords.h"

#include <string.h>

/* What PostgreSQL and those that took over its scanner share. */
#define POSTGRES_LEXICAL                                                                 \
    (TL_SQL_DOLLAR_TEXT | TL_SQL_ESCAPE_TEXT | TL_SQL_NESTED_COMMENTS | TL_SQL_CASTS |   \
     TL_SQL_ARROWS | TL_SQL_USER_OPERATORS | TL_SQL_SHELL_LINES | TL_SQL_JOINED_TEXT)
#define POSTGRES_FORMS (TL_SQL_ISNULL | TL_SQL_WORDY_EXPRESSIONS)
#define POSTGRES_CLAUSES                                                                 \
    (TL_SQL_USING_ALIASES | TL_SQL_NEEDED_CONDITIONS | TL_SQL_EMPTY_LISTS | TL_SQL_HEIRS)
#define POSTGRES_SCRIPTING (TL_SQL_SET_CONFIGURES | TL_SQL_TEXT_ROUTINES)

/* What all others may have: each was seen in one of them, and is an error in the rest. */
#define BROAD_FORMS (TL_SQL_USER_COLUMNS | TL_SQL_LOOSE_CALLS | TL_SQL_BARE_DELETE)
#define BROAD_CLAUSES                                                                    \
    (TL_SQL_SOURCE_MARKS | TL_SQL_BARE_VALUES | TL_SQL_GROUPINGS_BEHIND |                \
     TL_SQL_SELECT_AS)
#define BROAD_WRITING (TL_SQL_LOOSE_WRITES | TL_SQL_TABLE_COPIES | TL_SQL_LOOSE_TABLES)

const struct tl_sql_traits tl_sql_traits[TL_SQL_DIALECTS] = {
    [TL_SQL_ANSI] = {
        .name = "ansi",
        .lexical = TL_SQL_UNICODE_TEXT | TL_SQL_JOINED_TEXT | TL_SQL_CASTS |
                   TL_SQL_ARROWS | TL_SQL_NESTED_COMMENTS | TL_SQL_BACKTICK_NAMES |
                   TL_SQL_DOLLAR_TEXT | TL_SQL_ESCAPE_TEXT | TL_SQL_COLON_PATHS |
                   TL_SQL_DOLLAR_COLUMNS | TL_SQL_SHELL_LINES |
                   TL_SQL_HASH_NAMES | TL_SQL_BRACKET_NAMES_TOO,
        .grammar = TL_SQL_ALIAS_IN_GROUP | TL_SQL_ALIAS_IN_HAVING | TL_SQL_QUALIFY |
                   TL_SQL_MODIFYING_CTES | TL_SQL_SELECT_INTO | TL_SQL_DISTINCT_ON |
                   TL_SQL_TRAILING_COMMA | TL_SQL_MINUS_SET | TL_SQL_STAR_EXCLUDE |
                   TL_SQL_STAR_REPLACE | TL_SQL_STAR_RENAME | TL_SQL_BY_NAME |
                   TL_SQL_SEMI_JOINS | TL_SQL_ASOF_JOINS | TL_SQL_INTERVAL_UNITS |
                   TL_SQL_LAMBDAS | TL_SQL_LATERAL_VIEWS | TL_SQL_FILE_TABLES |
                   TL_SQL_GROUP_BY_ALL | TL_SQL_BRACKET_LISTS | TL_SQL_ANGLE_TYPES |
                   TL_SQL_PIVOTS | TL_SQL_WORD_OPERATORS | TL_SQL_FROM_FIRST |
                   TL_SQL_STAR_ILIKE,
        .meaning = TL_SQL_UNITS_FIRST,
        .clauses = BROAD_CLAUSES | TL_SQL_USING_ALIASES | TL_SQL_CORRESPONDING |
                   TL_SQL_INSERT_BEHIND_FROM | TL_SQL_PIVOT_STATEMENTS |
                   TL_SQL_ROW_PATTERNS,
        .forms = BROAD_FORMS | TL_SQL_RLIKE | TL_SQL_AT_VERSIONS | TL_SQL_TYPED_LAMBDAS |
                 TL_SQL_SEVERAL_ALIASES | TL_SQL_MODELS | TL_SQL_HIERARCHIES |
                 TL_SQL_ADJACENT_TEXTS | TL_SQL_TABLE_STREAMS | TL_SQL_PLACES_OF_ITEMS |
                 TL_SQL_TEXT_BEHIND_AS | TL_SQL_COMMON_GROUND | TL_SQL_INLINE_ROUTINES,
        .writing = BROAD_WRITING | TL_SQL_TRANSACTIONAL_DDL,
        .scripting = TL_SQL_DECLARE_SECTIONS | TL_SQL_TOP_BLOCKS,
        .nameless = { "_col", "", 0 },
        .place = { "column", "", 1 },
        .customary = { "public", "main" },
        .fold = TL_SQL_FOLD_NONE,
        .family = TL_KW_ELSEWHERE,
    },
    [TL_SQL_POSTGRES] = {
        .name = "postgres",
        .lexical = POSTGRES_LEXICAL | TL_SQL_UNICODE_TEXT,
        .grammar = TL_SQL_DISTINCT_ON | TL_SQL_SELECT_INTO | TL_SQL_ALIAS_IN_GROUP |
                   TL_SQL_MODIFYING_CTES,
        .meaning = TL_SQL_DOT_MEETS_LINES | TL_SQL_OLD_AND_NEW,
        .clauses = POSTGRES_CLAUSES,
        .forms = POSTGRES_FORMS,
        .writing = TL_SQL_COLUMN_FIRST | TL_SQL_TRANSACTIONAL_DDL,
        .scripting = POSTGRES_SCRIPTING | TL_SQL_DECLARE_SECTIONS,
        .naming = TL_SQL_NAMED_BY_TYPES,
        .nameless = { "?column?", NULL, 0 },
        .place = { "column", "", 1 },
        .field = { "f", "", 1 },
        .customary = { "public" },
        .fold = TL_SQL_FOLD_LOWER,
        .family = TL_KW_POSTGRES,
        .name_bytes = 63,
    },
    [TL_SQL_REDSHIFT] = {
        .name = "redshift",
        .lexical = POSTGRES_LEXICAL | TL_SQL_BACKSLASH | TL_SQL_HASH_NAMES,
        .grammar = TL_SQL_MINUS_SET | TL_SQL_STAR_EXCLUDE | TL_SQL_QUALIFY |
                   TL_SQL_SELECT_INTO | TL_SQL_LATERAL_ALIASES | TL_SQL_ALIAS_IN_GROUP |
                   TL_SQL_PIVOTS | TL_SQL_GROUP_BY_ALL | TL_SQL_ANGLE_TYPES,
        .meaning = TL_SQL_UNITS_FIRST | TL_SQL_REPLACES_EVERY | TL_SQL_NESTED_TABLES |
                   TL_SQL_DOT_FIELDS,
        .clauses = POSTGRES_CLAUSES | TL_SQL_LATE_EXCLUDE,
        .forms = POSTGRES_FORMS | TL_SQL_BARE_DELETE | TL_SQL_HIERARCHIES |
                 TL_SQL_PLACES_OF_ITEMS,
        .writing = TL_SQL_COLUMN_FIRST | TL_SQL_TRANSACTIONAL_DDL | TL_SQL_COPY_AUTO,
        .scripting = POSTGRES_SCRIPTING | TL_SQL_DECLARE_SECTIONS,
        .naming = TL_SQL_NAMED_BY_TYPES,
        .nameless = { "?column?", NULL, 0 },
        .place = { "column", "", 1 },
        .customary = { "public" },
        .fold = TL_SQL_FOLD_LOWER_ALL,
        .family = TL_KW_POSTGRES,
        .name_bytes = 127,
    },
    [TL_SQL_SNOWFLAKE] = {
        .name = "snowflake",
        .lexical = TL_SQL_BACKSLASH | TL_SQL_DOLLAR_TEXT | TL_SQL_SLASH_COMMENTS |
                   TL_SQL_CASTS | TL_SQL_COLON_PATHS | TL_SQL_DOLLAR_COLUMNS |
                   TL_SQL_BANG_LINES,
        .grammar = TL_SQL_TRAILING_COMMA | TL_SQL_MINUS_SET | TL_SQL_STAR_EXCLUDE |
                   TL_SQL_STAR_REPLACE | TL_SQL_STAR_RENAME | TL_SQL_STAR_ILIKE |
                   TL_SQL_QUALIFY | TL_SQL_BY_NAME | TL_SQL_LATERAL_ALIASES |
                   TL_SQL_ALIAS_IN_WHERE | TL_SQL_ALIAS_IN_HAVING | TL_SQL_ALIAS_IN_GROUP |
                   TL_SQL_ASOF_JOINS | TL_SQL_LAMBDAS | TL_SQL_GROUP_BY_ALL |
                   TL_SQL_BRACKET_LISTS | TL_SQL_PIVOTS | TL_SQL_WORD_OPERATORS |
                   TL_SQL_INTERVAL_UNITS,
        .meaning = TL_SQL_UNITS_FIRST | TL_SQL_REPLACES_EVERY | TL_SQL_BARE_RECURSION,
        .clauses = BROAD_CLAUSES | TL_SQL_ROW_PATTERNS,
        .forms = BROAD_FORMS | TL_SQL_RLIKE | TL_SQL_AT_VERSIONS | TL_SQL_TYPED_LAMBDAS |
                 TL_SQL_HIERARCHIES | TL_SQL_INLINE_ROUTINES | TL_SQL_FLOWS,
        .writing = BROAD_WRITING | TL_SQL_STAGES | TL_SQL_DDL_COMMITS |
                   TL_SQL_USE_DATABASE,
        .scripting = TL_SQL_DECLARE_SECTIONS | TL_SQL_TOP_BLOCKS | TL_SQL_SET_ASSIGNS |
                     TL_SQL_DOLLAR_VARIABLES,
        .naming = TL_SQL_PIVOT_QUOTES | TL_SQL_NAMED_BY_TEXT,
        .nameless = { "_col", "", 0 },
        .place = { "COLUMN", "", 1 },
        .customary = { "PUBLIC" },
        .fold = TL_SQL_FOLD_UPPER,
        .family = TL_KW_ELSEWHERE,
    },
    [TL_SQL_TRINO] = {
        .name = "trino",
        .lexical = TL_SQL_UNICODE_TEXT | TL_SQL_BACKTICK_NAMES, /* Athena's DDL has those */
        .grammar = TL_SQL_LAMBDAS | TL_SQL_ANGLE_TYPES,
        .meaning = TL_SQL_REPLACES_EVERY | TL_SQL_UNNEST_SPREADS | TL_SQL_DOT_FIELDS,
        .clauses = BROAD_CLAUSES | TL_SQL_ROW_PATTERNS | TL_SQL_CORRESPONDING,
        .forms = BROAD_FORMS | TL_SQL_SEVERAL_ALIASES | TL_SQL_INLINE_ROUTINES,
        .writing = BROAD_WRITING,
        .naming = TL_SQL_NAMED_BY_COLUMNS,
        .nameless = { "_col", "", 0 },
        .place = { "_col", "", 0 },
        .fold = TL_SQL_FOLD_LOWER_ALL,
        .family = TL_KW_ELSEWHERE,
    },
    [TL_SQL_SQLITE] = {
        .name = "sqlite",
        .lexical = TL_SQL_BACKTICK_NAMES | TL_SQL_BRACKET_NAMES |
                   TL_SQL_DOUBLE_QUOTED_MAYBE | TL_SQL_ARROWS | TL_SQL_SHELL_LINES,
        .grammar = TL_SQL_ALIAS_IN_WHERE | TL_SQL_ALIAS_IN_HAVING | TL_SQL_ALIAS_IN_GROUP |
                   TL_SQL_WORD_OPERATORS | TL_SQL_TEXT_ALIASES | TL_SQL_LOOSE_TYPES |
                   TL_SQL_TIGHT_CONCAT | TL_SQL_QUERY_TABLES,
        .clauses = TL_SQL_INDEX_HINTS,
        .forms = TL_SQL_PLAIN_WORDS | TL_SQL_PLAIN_SOURCES | TL_SQL_LEFT_TO_RIGHT |
                 TL_SQL_IS_COMPARES | TL_SQL_ISNULL,
        .writing = TL_SQL_TRANSACTIONAL_DDL,
        .meaning = TL_SQL_RETURNS_TARGET | TL_SQL_COMMA_JOINS | TL_SQL_BARE_RECURSION |
                   TL_SQL_WITH_SEES_LATER,
        .naming = TL_SQL_NAMED_BY_TEXT | TL_SQL_REPEATS_NUMBERED | TL_SQL_MERGED_IN_PLACE,
        .nameless = { "_col", "", 0 },
        .place = { "column", "", 1 },
        .customary = { "main" },
        .fold = TL_SQL_FOLD_NONE,
        .family = TL_KW_SQLITE,
    },
    [TL_SQL_DUCKDB] = {
        .name = "duckdb",
        .lexical = (POSTGRES_LEXICAL | TL_SQL_UNICODE_TEXT),
        .grammar = TL_SQL_TRAILING_COMMA | TL_SQL_STAR_EXCLUDE | TL_SQL_STAR_REPLACE |
                   TL_SQL_STAR_RENAME | TL_SQL_QUALIFY | TL_SQL_DISTINCT_ON |
                   TL_SQL_BY_NAME | TL_SQL_LATERAL_ALIASES | TL_SQL_ALIAS_IN_WHERE |
                   TL_SQL_ALIAS_IN_HAVING | TL_SQL_ALIAS_IN_GROUP | TL_SQL_FROM_FIRST |
                   TL_SQL_SEMI_JOINS | TL_SQL_ASOF_JOINS | TL_SQL_INTERVAL_UNITS |
                   TL_SQL_LAMBDAS | TL_SQL_FILE_TABLES | TL_SQL_GROUP_BY_ALL |
                   TL_SQL_BRACKET_LISTS | TL_SQL_PIVOTS | TL_SQL_WORD_OPERATORS |
                   TL_SQL_MODIFYING_CTES,
        .clauses = POSTGRES_CLAUSES | TL_SQL_PIVOT_STATEMENTS | TL_SQL_COLUMN_LAMBDAS |
                   TL_SQL_STAR_LIKE,
        .forms = POSTGRES_FORMS | TL_SQL_METHODS | TL_SQL_ALIAS_FIRST |
                 TL_SQL_AT_VERSIONS | TL_SQL_TEXT_BEHIND_AS,
        .writing = TL_SQL_COLUMN_FIRST | TL_SQL_TRANSACTIONAL_DDL,
        .meaning = TL_SQL_DOT_FIELDS | TL_SQL_UNNEST_FIELDS | TL_SQL_ALL_LATERAL,
        .scripting = POSTGRES_SCRIPTING | TL_SQL_FUNCTIONS_ARE_MACROS,
        .naming = TL_SQL_MERGED_IN_PLACE | TL_SQL_PIVOT_ROWS | TL_SQL_NAMED_LIKE_CODE,
        .nameless = { "_col", "", 0 },
        .place = { "col", "", 0 },
        .customary = { "main" },
        .fold = TL_SQL_FOLD_NONE,
        .family = TL_KW_POSTGRES,
    },
    [TL_SQL_BIGQUERY] = {
        .name = "bigquery",
        .lexical = TL_SQL_BACKTICK_NAMES | TL_SQL_DOUBLE_QUOTED_TEXT | TL_SQL_BACKSLASH |
                   TL_SQL_HASH_COMMENTS | TL_SQL_RAW_TEXT | TL_SQL_DASH_NAMES,
        .grammar = TL_SQL_TRAILING_COMMA | TL_SQL_STAR_EXCLUDE | TL_SQL_STAR_REPLACE |
                   TL_SQL_QUALIFY | TL_SQL_BY_NAME | TL_SQL_ALIAS_IN_HAVING |
                   TL_SQL_ALIAS_IN_GROUP | TL_SQL_INTERVAL_UNITS | TL_SQL_GROUP_BY_ALL |
                   TL_SQL_BRACKET_LISTS | TL_SQL_ANGLE_TYPES | TL_SQL_PIVOTS,
        .meaning = TL_SQL_UNITS_LAST | TL_SQL_REPLACES_EVERY | TL_SQL_COMMA_JOINS |
                   TL_SQL_NESTED_TABLES | TL_SQL_ELEMENT_FIELDS | TL_SQL_DOT_FIELDS,
        .clauses = BROAD_CLAUSES | TL_SQL_PIPES | TL_SQL_CORRESPONDING |
                   TL_SQL_SET_MODES | TL_SQL_ROW_PATTERNS,
        .forms = BROAD_FORMS | TL_SQL_MODELS | TL_SQL_WITH_EXPRESSIONS,
        .scripting = TL_SQL_TOP_BLOCKS | TL_SQL_SET_ASSIGNS,
        .writing = BROAD_WRITING | TL_SQL_SESSION_SCHEMA,
        .naming = TL_SQL_NAMED_BY_COLUMNS | TL_SQL_PIVOT_BEHIND | TL_SQL_PIVOT_NUMBERS |
                  TL_SQL_UNPIVOT_VALUES_FIRST | TL_SQL_NAMELESS_COUNT,
        .nameless = { "f", "_", 0 },
        .place = { "column", "", 1 },
        .fold = TL_SQL_FOLD_NONE,
        .family = TL_KW_ELSEWHERE,
    },
    [TL_SQL_SPARK] = {
        .name = "spark",
        .lexical = TL_SQL_BACKTICK_NAMES | TL_SQL_DOUBLE_QUOTED_TEXT | TL_SQL_BACKSLASH |
                   TL_SQL_NESTED_COMMENTS | TL_SQL_CASTS | TL_SQL_RAW_TEXT |
                   TL_SQL_COLON_PATHS | TL_SQL_JOINED_TEXT | TL_SQL_DOLLAR_TEXT,
        .grammar = TL_SQL_MINUS_SET | TL_SQL_STAR_EXCLUDE | TL_SQL_LATERAL_ALIASES |
                   TL_SQL_ALIAS_IN_HAVING | TL_SQL_ALIAS_IN_GROUP | TL_SQL_SEMI_JOINS |
                   TL_SQL_QUALIFY | TL_SQL_INTERVAL_UNITS | TL_SQL_LAMBDAS |
                   TL_SQL_LATERAL_VIEWS | TL_SQL_GROUP_BY_ALL | TL_SQL_ANGLE_TYPES |
                   TL_SQL_PIVOTS | TL_SQL_WORD_OPERATORS,
        .meaning = TL_SQL_UNITS_FIRST | TL_SQL_REPLACES_EVERY | TL_SQL_DOT_FIELDS,
        .clauses = BROAD_CLAUSES | TL_SQL_PIPES | TL_SQL_INSERT_BEHIND_FROM,
        .forms = BROAD_FORMS | TL_SQL_RLIKE | TL_SQL_SEVERAL_ALIASES |
                 TL_SQL_TABLE_STREAMS | TL_SQL_ADJACENT_TEXTS,
        .writing = BROAD_WRITING | TL_SQL_PATH_FILES | TL_SQL_COPY_BY_NAME,
        .scripting = TL_SQL_TOP_BLOCKS | TL_SQL_VARIABLE_WORD,
        .naming = TL_SQL_PIVOT_ALONE | TL_SQL_NAMED_LIKE_PLANS,
        .nameless = { "_col", "", 0 },
        .place = { "col", "", 1 },
        .field = { "col", "", 1 },
        .customary = { "default" },
        .fold = TL_SQL_FOLD_NONE,
        .family = TL_KW_ELSEWHERE,
    },
};

const char *tl_sql_dialect_word(int dialect)
{
    return dialect >= 0 && dialect < TL_SQL_DIALECTS ? tl_sql_traits[dialect].name : NULL;
}

int tl_sql_dialect_of(const char *word)
{
    for (int i = 0; i < TL_SQL_DIALECTS; i++)
        if (strcmp(word, tl_sql_traits[i].name) == 0)
            return i;
    return -1;
}
