/*
 * The words that mean something to the parser in some dialect, and where each may stand as a name. One line a word: its text, its
 * constant, then its standing in PostgreSQL and its kin, in SQLite, and elsewhere. Used by the lexer (numbers) and the parser.
 * Sources: PostgreSQL 15's pg_get_keywords(); SQLite's parse.y (fallbacks of ID); the rest is the broad common ground.
 */
#ifndef TL_LINEAGE_SQL_KEYWORDS_H
#define TL_LINEAGE_SQL_KEYWORDS_H

#include <stdint.h>

/* What a word cannot be without quotes. */
enum tl_sql_keyword_limit {
    TL_KW_NOT_NAME = 1,     /* a column, a table, an alias behind AS of a table */
    TL_KW_NOT_FUNCTION = 2, /* called like any function */
    TL_KW_NOT_LABEL = 4,    /* a select item's alias without AS */
    TL_KW_NOT_ALIAS = 8     /* a table's alias without AS */
};
enum tl_sql_keyword_standing {
    TL_KW_FREE = 0,
    TL_KW_LABEL = TL_KW_NOT_LABEL,
    TL_KW_BARE = TL_KW_NOT_LABEL | TL_KW_NOT_ALIAS,
    TL_KW_CALL = TL_KW_NOT_NAME | TL_KW_NOT_ALIAS,
    TL_KW_CALL_ONLY = TL_KW_CALL | TL_KW_NOT_LABEL,
    TL_KW_NAME = TL_KW_CALL | TL_KW_NOT_FUNCTION,
    TL_KW_NEVER = TL_KW_NAME | TL_KW_NOT_LABEL
};

/* Columns of the table below. */
enum tl_sql_keyword_family {
    TL_KW_POSTGRES,
    TL_KW_SQLITE,
    TL_KW_ELSEWHERE,
    TL_KW_FAMILIES
};

/* clang-format off */
#define TL_SQL_KEYWORDS(X) \
    X("abort", ABORT, FREE, FREE, FREE) \
    X("absent", ABSENT, FREE, FREE, FREE) \
    X("access", ACCESS, FREE, FREE, FREE) \
    X("action", ACTION, FREE, FREE, FREE) \
    X("add", ADD, FREE, NEVER, FREE) \
    X("after", AFTER, FREE, FREE, FREE) \
    X("aggregate", AGGREGATE, FREE, FREE, FREE) \
    X("aggregation_threshold", AGGREGATION_THRESHOLD, FREE, FREE, FREE) \
    X("all", ALL, NAME, NEVER, NEVER) \
    X("alter", ALTER, FREE, NEVER, FREE) \
    X("always", ALWAYS, FREE, FREE, FREE) \
    X("analyse", ANALYSE, NAME, FREE, FREE) \
    X("analyze", ANALYZE, NAME, FREE, FREE) \
    X("and", AND, NAME, NEVER, NEVER) \
    X("anonymization", ANONYMIZATION, FREE, FREE, FREE) \
    X("anti", ANTI, FREE, FREE, FREE) \
    X("any", ANY, NAME, FREE, FREE) \
    X("append", APPEND, FREE, FREE, FREE) \
    X("apply", APPLY, FREE, FREE, FREE) \
    X("approximate", APPROXIMATE, FREE, FREE, FREE) \
    X("array", ARRAY, NEVER, FREE, FREE) \
    X("as", AS, NEVER, NEVER, NEVER) \
    X("asc", ASC, NAME, FREE, FREE) \
    X("asof", ASOF, FREE, FREE, FREE) \
    X("assert", ASSERT, FREE, FREE, FREE) \
    X("asymmetric", ASYMMETRIC, NAME, FREE, FREE) \
    X("at", AT, FREE, FREE, BARE) \
    X("atomic", ATOMIC, FREE, FREE, FREE) \
    X("attach", ATTACH, FREE, FREE, FREE) \
    X("authorization", AUTHORIZATION, CALL, FREE, FREE) \
    X("autoincrement", AUTOINCREMENT, FREE, NEVER, FREE) \
    X("before", BEFORE, FREE, FREE, FREE) \
    X("begin", BEGIN, FREE, FREE, FREE) \
    X("bernoulli", BERNOULLI, FREE, FREE, FREE) \
    X("between", BETWEEN, FREE, NEVER, NEVER) \
    X("binary", BINARY, CALL, FREE, FREE) \
    X("binding", BINDING, FREE, FREE, FREE) \
    X("bit", BIT, FREE, FREE, FREE) \
    X("block", BLOCK, FREE, FREE, FREE) \
    X("body", BODY, FREE, FREE, FREE) \
    X("both", BOTH, NAME, FREE, FREE) \
    X("breadth", BREADTH, FREE, FREE, FREE) \
    X("by", BY, FREE, FREE, NEVER) \
    X("cache", CACHE, FREE, FREE, FREE) \
    X("cached", CACHED, FREE, FREE, FREE) \
    X("call", CALL, FREE, FREE, FREE) \
    X("cascade", CASCADE, FREE, FREE, FREE) \
    X("cascaded", CASCADED, FREE, FREE, FREE) \
    X("case", CASE, NAME, NEVER, NEVER) \
    X("cast", CAST, NAME, FREE, FREE) \
    X("changes", CHANGES, FREE, FREE, FREE) \
    X("catalog", CATALOG, FREE, FREE, FREE) \
    X("char", CHAR, LABEL, FREE, FREE) \
    X("character", CHARACTER, LABEL, FREE, FREE) \
    X("check", CHECK, NAME, NEVER, FREE) \
    X("checkpoint", CHECKPOINT, FREE, FREE, FREE) \
    X("class", CLASS, FREE, FREE, FREE) \
    X("clear", CLEAR, FREE, FREE, FREE) \
    X("clone", CLONE, FREE, FREE, FREE) \
    X("close", CLOSE, FREE, FREE, FREE) \
    X("cluster", CLUSTER, FREE, FREE, FREE) \
    X("clustered", CLUSTERED, FREE, FREE, FREE) \
    X("collate", COLLATE, NAME, NEVER, BARE) \
    X("collation", COLLATION, CALL, FREE, FREE) \
    X("column", COLUMN, NAME, FREE, FREE) \
    X("columns", COLUMNS, FREE, FREE, FREE) \
    X("comment", COMMENT, FREE, FREE, FREE) \
    X("commit", COMMIT, FREE, NEVER, FREE) \
    X("concurrently", CONCURRENTLY, CALL, FREE, FREE) \
    X("conditional", CONDITIONAL, FREE, FREE, FREE) \
    X("conflict", CONFLICT, FREE, FREE, FREE) \
    X("connect", CONNECT, FREE, FREE, FREE) \
    X("connect_by_root", CONNECT_BY_ROOT, FREE, FREE, FREE) \
    X("constraint", CONSTRAINT, NAME, NEVER, FREE) \
    X("content", CONTENT, FREE, FREE, FREE) \
    X("conversion", CONVERSION, FREE, FREE, FREE) \
    X("convert", CONVERT, FREE, FREE, FREE) \
    X("copy", COPY, FREE, FREE, FREE) \
    X("corresponding", CORRESPONDING, FREE, FREE, FREE) \
    X("count", COUNT, FREE, FREE, FREE) \
    X("create", CREATE, NEVER, NEVER, NEVER) \
    X("cross", CROSS, CALL, BARE, CALL_ONLY) \
    X("cube", CUBE, FREE, FREE, FREE) \
    X("current", CURRENT, FREE, FREE, FREE) \
    X("current_catalog", CURRENT_CATALOG, NAME, FREE, FREE) \
    X("current_date", CURRENT_DATE, NAME, FREE, FREE) \
    X("current_role", CURRENT_ROLE, NAME, FREE, FREE) \
    X("current_schema", CURRENT_SCHEMA, CALL, FREE, FREE) \
    X("current_time", CURRENT_TIME, NAME, FREE, FREE) \
    X("current_timestamp", CURRENT_TIMESTAMP, NAME, FREE, FREE) \
    X("current_user", CURRENT_USER, NAME, FREE, FREE) \
    X("cursor", CURSOR, FREE, FREE, FREE) \
    X("cycle", CYCLE, FREE, FREE, FREE) \
    X("data", DATA, FREE, FREE, FREE) \
    X("data_source", DATA_SOURCE, FREE, FREE, FREE) \
    X("database", DATABASE, FREE, FREE, FREE) \
    X("day", DAY, LABEL, FREE, FREE) \
    X("ddl", DDL, FREE, FREE, FREE) \
    X("deallocate", DEALLOCATE, FREE, FREE, FREE) \
    X("declare", DECLARE, FREE, FREE, FREE) \
    X("default", DEFAULT, NAME, NEVER, FREE) \
    X("deferrable", DEFERRABLE, NAME, NEVER, FREE) \
    X("deferred", DEFERRED, FREE, FREE, FREE) \
    X("define", DEFINE, FREE, FREE, FREE) \
    X("delete", DELETE, FREE, NEVER, FREE) \
    X("delta", DELTA, FREE, FREE, FREE) \
    X("depth", DEPTH, FREE, FREE, FREE) \
    X("desc", DESC, NAME, FREE, FREE) \
    X("describe", DESCRIBE, FREE, FREE, FREE) \
    X("detach", DETACH, FREE, FREE, FREE) \
    X("dictionary", DICTIONARY, FREE, FREE, FREE) \
    X("differential_privacy", DIFFERENTIAL_PRIVACY, FREE, FREE, FREE) \
    X("directory", DIRECTORY, FREE, FREE, FREE) \
    X("discard", DISCARD, FREE, FREE, FREE) \
    X("distinct", DISTINCT, NAME, NEVER, NEVER) \
    X("distribute", DISTRIBUTE, FREE, FREE, FREE) \
    X("div", DIV, FREE, FREE, FREE) \
    X("do", DO, NAME, FREE, FREE) \
    X("document", DOCUMENT, FREE, FREE, FREE) \
    X("domain", DOMAIN, FREE, FREE, FREE) \
    X("double", DOUBLE, FREE, FREE, FREE) \
    X("drop", DROP, FREE, NEVER, FREE) \
    X("duplicate", DUPLICATE, FREE, FREE, FREE) \
    X("duplicates", DUPLICATES, FREE, FREE, FREE) \
    X("dynamic", DYNAMIC, FREE, FREE, FREE) \
    X("each", EACH, FREE, FREE, FREE) \
    X("else", ELSE, NAME, NEVER, NEVER) \
    X("empty", EMPTY, FREE, FREE, FREE) \
    X("encoding", ENCODING, FREE, FREE, FREE) \
    X("end", END, NAME, FREE, NEVER) \
    X("error", ERROR, FREE, FREE, FREE) \
    X("escape", ESCAPE, FREE, NEVER, BARE) \
    X("event", EVENT, FREE, FREE, FREE) \
    X("evolution", EVOLUTION, FREE, FREE, FREE) \
    X("except", EXCEPT, NEVER, NEVER, NEVER) \
    X("exchange", EXCHANGE, FREE, FREE, FREE) \
    X("exclude", EXCLUDE, FREE, FREE, FREE) \
    X("exclusive", EXCLUSIVE, FREE, FREE, FREE) \
    X("execute", EXECUTE, FREE, FREE, FREE) \
    X("exists", EXISTS, FREE, NEVER, NEVER) \
    X("explain", EXPLAIN, FREE, FREE, FREE) \
    X("export", EXPORT, FREE, FREE, FREE) \
    X("extend", EXTEND, FREE, FREE, FREE) \
    X("extension", EXTENSION, FREE, FREE, FREE) \
    X("external", EXTERNAL, FREE, FREE, FREE) \
    X("extract", EXTRACT, FREE, FREE, FREE) \
    X("false", FALSE, NAME, FREE, NAME) \
    X("family", FAMILY, FREE, FREE, FREE) \
    X("fetch", FETCH, NEVER, FREE, BARE) \
    X("files", FILES, FREE, FREE, FREE) \
    X("filter", FILTER, LABEL, FREE, BARE) \
    X("final", FINAL, FREE, FREE, FREE) \
    X("first", FIRST, FREE, FREE, FREE) \
    X("following", FOLLOWING, FREE, FREE, FREE) \
    X("for", FOR, NEVER, FREE, BARE) \
    X("force", FORCE, FREE, FREE, FREE) \
    X("foreign", FOREIGN, NAME, NEVER, FREE) \
    X("format", FORMAT, FREE, FREE, FREE) \
    X("freeze", FREEZE, CALL, FREE, FREE) \
    X("from", FROM, NEVER, NEVER, NEVER) \
    X("full", FULL, CALL, BARE, CALL_ONLY) \
    X("function", FUNCTION, FREE, FREE, FREE) \
    X("generated", GENERATED, FREE, FREE, FREE) \
    X("get", GET, FREE, FREE, FREE) \
    X("glob", GLOB, FREE, FREE, FREE) \
    X("global", GLOBAL, FREE, FREE, FREE) \
    X("grant", GRANT, NEVER, FREE, FREE) \
    X("grants", GRANTS, FREE, FREE, FREE) \
    X("group", GROUP, NEVER, NEVER, NEVER) \
    X("grouping", GROUPING, FREE, FREE, FREE) \
    X("groups", GROUPS, FREE, FREE, FREE) \
    X("having", HAVING, NEVER, NEVER, NEVER) \
    X("hour", HOUR, LABEL, FREE, FREE) \
    X("hybrid", HYBRID, FREE, FREE, FREE) \
    X("iceberg", ICEBERG, FREE, FREE, FREE) \
    X("identity", IDENTITY, FREE, FREE, FREE) \
    X("if", IF, FREE, FREE, FREE) \
    X("ignore", IGNORE, FREE, FREE, FREE) \
    X("ilike", ILIKE, CALL, FREE, BARE) \
    X("immediate", IMMEDIATE, FREE, FREE, FREE) \
    X("import", IMPORT, FREE, FREE, FREE) \
    X("in", IN, NAME, NEVER, NEVER) \
    X("include_metadata", INCLUDE_METADATA, FREE, FREE, FREE) \
    X("index", INDEX, FREE, NEVER, FREE) \
    X("indexed", INDEXED, FREE, BARE, FREE) \
    X("inherit", INHERIT, FREE, FREE, FREE) \
    X("inherits", INHERITS, FREE, FREE, FREE) \
    X("initially", INITIALLY, NAME, FREE, FREE) \
    X("inner", INNER, CALL, BARE, CALL_ONLY) \
    X("inout", INOUT, FREE, FREE, FREE) \
    X("inpath", INPATH, FREE, FREE, FREE) \
    X("input", INPUT, FREE, FREE, FREE) \
    X("insert", INSERT, FREE, NEVER, FREE) \
    X("install", INSTALL, FREE, FREE, FREE) \
    X("instead", INSTEAD, FREE, FREE, FREE) \
    X("intersect", INTERSECT, NEVER, NEVER, NEVER) \
    X("interval", INTERVAL, FREE, FREE, FREE) \
    X("into", INTO, NEVER, NEVER, NEVER) \
    X("is", IS, CALL, NEVER, NEVER) \
    X("isnull", ISNULL, CALL_ONLY, NEVER, BARE) \
    X("isolation", ISOLATION, FREE, FREE, FREE) \
    X("join", JOIN, CALL, NEVER, NEVER) \
    X("json", JSON, FREE, FREE, FREE) \
    X("json_array", JSON_ARRAY, FREE, FREE, FREE) \
    X("json_arrayagg", JSON_ARRAYAGG, FREE, FREE, FREE) \
    X("json_exists", JSON_EXISTS, FREE, FREE, FREE) \
    X("json_object", JSON_OBJECT, FREE, FREE, FREE) \
    X("json_objectagg", JSON_OBJECTAGG, FREE, FREE, FREE) \
    X("json_query", JSON_QUERY, FREE, FREE, FREE) \
    X("json_scalar", JSON_SCALAR, FREE, FREE, FREE) \
    X("json_serialize", JSON_SERIALIZE, FREE, FREE, FREE) \
    X("json_table", JSON_TABLE, FREE, FREE, FREE) \
    X("json_value", JSON_VALUE, FREE, FREE, FREE) \
    X("keep", KEEP, FREE, FREE, FREE) \
    X("key", KEY, FREE, FREE, FREE) \
    X("keys", KEYS, FREE, FREE, FREE) \
    X("keyset", KEYSET, FREE, FREE, FREE) \
    X("label", LABEL, FREE, FREE, FREE) \
    X("lambda", LAMBDA, FREE, FREE, FREE) \
    X("language", LANGUAGE, FREE, FREE, FREE) \
    X("last", LAST, FREE, FREE, FREE) \
    X("lateral", LATERAL, NAME, FREE, BARE) \
    X("leading", LEADING, NAME, FREE, FREE) \
    X("left", LEFT, CALL, BARE, CALL_ONLY) \
    X("level", LEVEL, FREE, FREE, FREE) \
    X("like", LIKE, CALL, FREE, NEVER) \
    X("limit", LIMIT, NEVER, NEVER, BARE) \
    X("lines", LINES, FREE, FREE, FREE) \
    X("list", LIST, FREE, FREE, FREE) \
    X("listen", LISTEN, FREE, FREE, FREE) \
    X("load", LOAD, FREE, FREE, FREE) \
    X("local", LOCAL, FREE, FREE, FREE) \
    X("localtime", LOCALTIME, NAME, FREE, FREE) \
    X("localtimestamp", LOCALTIMESTAMP, NAME, FREE, FREE) \
    X("location", LOCATION, FREE, FREE, FREE) \
    X("lock", LOCK, FREE, FREE, FREE) \
    X("logged", LOGGED, FREE, FREE, FREE) \
    X("loop", LOOP, FREE, FREE, FREE) \
    X("macro", MACRO, FREE, FREE, FREE) \
    X("map", MAP, FREE, FREE, FREE) \
    X("match", MATCH, FREE, FREE, FREE) \
    X("match_by_column_name", MATCH_BY_COLUMN_NAME, FREE, FREE, FREE) \
    X("match_condition", MATCH_CONDITION, FREE, FREE, FREE) \
    X("match_recognize", MATCH_RECOGNIZE, FREE, FREE, FREE) \
    X("matched", MATCHED, FREE, FREE, FREE) \
    X("materialized", MATERIALIZED, FREE, FREE, FREE) \
    X("max", MAX, FREE, FREE, FREE) \
    X("measures", MEASURES, FREE, FREE, FREE) \
    X("merge", MERGE, FREE, FREE, FREE) \
    X("min", MIN, FREE, FREE, FREE) \
    X("minus", MINUS, FREE, FREE, FREE) \
    X("minute", MINUTE, LABEL, FREE, FREE) \
    X("mod", MOD, FREE, FREE, FREE) \
    X("month", MONTH, LABEL, FREE, FREE) \
    X("move", MOVE, FREE, FREE, FREE) \
    X("msck", MSCK, FREE, FREE, FREE) \
    X("name", NAME, FREE, FREE, FREE) \
    X("namespace", NAMESPACE, FREE, FREE, FREE) \
    X("national", NATIONAL, FREE, FREE, FREE) \
    X("natural", NATURAL, CALL, BARE, CALL_ONLY) \
    X("nested", NESTED, FREE, FREE, FREE) \
    X("new", NEW, FREE, FREE, FREE) \
    X("next", NEXT, FREE, FREE, FREE) \
    X("nfc", NFC, FREE, FREE, FREE) \
    X("nfd", NFD, FREE, FREE, FREE) \
    X("nfkc", NFKC, FREE, FREE, FREE) \
    X("nfkd", NFKD, FREE, FREE, FREE) \
    X("no", NO, FREE, FREE, FREE) \
    X("nocycle", NOCYCLE, FREE, FREE, FREE) \
    X("none", NONE_AT_ALL, FREE, FREE, FREE) \
    X("normalize", NORMALIZE, FREE, FREE, FREE) \
    X("normalized", NORMALIZED, FREE, FREE, FREE) \
    X("not", NOT, NAME, NEVER, NEVER) \
    X("nothing", NOTHING, FREE, NEVER, FREE) \
    X("notify", NOTIFY, FREE, FREE, FREE) \
    X("notnull", NOTNULL, CALL_ONLY, NEVER, BARE) \
    X("null", NULL, NAME, NEVER, NEVER) \
    X("nulls", NULLS, FREE, FREE, FREE) \
    X("object", OBJECT, FREE, FREE, FREE) \
    X("of", OF, FREE, FREE, FREE) \
    X("off", OFF, FREE, FREE, FREE) \
    X("offset", OFFSET, NEVER, FREE, BARE) \
    X("oids", OIDS, FREE, FREE, FREE) \
    X("old", OLD, FREE, FREE, FREE) \
    X("omit", OMIT, FREE, FREE, FREE) \
    X("on", ON, NEVER, NEVER, NEVER) \
    X("only", ONLY, NAME, FREE, FREE) \
    X("operator", OPERATOR, FREE, FREE, FREE) \
    X("operators", OPERATORS, FREE, FREE, FREE) \
    X("optimize", OPTIMIZE, FREE, FREE, FREE) \
    X("option", OPTION, FREE, FREE, FREE) \
    X("options", OPTIONS, FREE, FREE, FREE) \
    X("or", OR, NAME, NEVER, NEVER) \
    X("order", ORDER, NEVER, NEVER, NEVER) \
    X("ordinal", ORDINAL, FREE, FREE, FREE) \
    X("ordinality", ORDINALITY, FREE, FREE, FREE) \
    X("others", OTHERS, FREE, FREE, FREE) \
    X("outer", OUTER, CALL, BARE, CALL_ONLY) \
    X("outfile", OUTFILE, FREE, FREE, FREE) \
    X("over", OVER, LABEL, FREE, BARE) \
    X("overflow", OVERFLOW, FREE, FREE, FREE) \
    X("overlaps", OVERLAPS, CALL_ONLY, FREE, FREE) \
    X("overlay", OVERLAY, FREE, FREE, FREE) \
    X("overriding", OVERRIDING, FREE, FREE, FREE) \
    X("overwrite", OVERWRITE, FREE, FREE, FREE) \
    X("owned", OWNED, FREE, FREE, FREE) \
    X("owner", OWNER, FREE, FREE, FREE) \
    X("parallel", PARALLEL, FREE, FREE, FREE) \
    X("parser", PARSER, FREE, FREE, FREE) \
    X("partition", PARTITION, FREE, FREE, FREE) \
    X("partitioned", PARTITIONED, FREE, FREE, FREE) \
    X("passing", PASSING, FREE, FREE, FREE) \
    X("path", PATH, FREE, FREE, FREE) \
    X("pattern", PATTERN, FREE, FREE, FREE) \
    X("percent", PERCENT, FREE, FREE, FREE) \
    X("period", PERIOD, FREE, FREE, FREE) \
    X("pipe", PIPE, FREE, FREE, FREE) \
    X("pivot", PIVOT, FREE, FREE, FREE) \
    X("pivot_longer", PIVOT_LONGER, FREE, FREE, FREE) \
    X("pivot_wider", PIVOT_WIDER, FREE, FREE, FREE) \
    X("placing", PLACING, NAME, FREE, FREE) \
    X("plan", PLAN, FREE, FREE, FREE) \
    X("policy", POLICY, FREE, FREE, FREE) \
    X("position", POSITION, FREE, FREE, FREE) \
    X("positional", POSITIONAL, FREE, FREE, FREE) \
    X("pragma", PRAGMA, FREE, FREE, FREE) \
    X("preceding", PRECEDING, FREE, FREE, FREE) \
    X("precision", PRECISION, LABEL, FREE, FREE) \
    X("prepare", PREPARE, FREE, FREE, FREE) \
    X("preserve", PRESERVE, FREE, FREE, FREE) \
    X("primary", PRIMARY, NAME, NEVER, FREE) \
    X("prior", PRIOR, FREE, FREE, FREE) \
    X("procedure", PROCEDURE, FREE, FREE, FREE) \
    X("program", PROGRAM, FREE, FREE, FREE) \
    X("publication", PUBLICATION, FREE, FREE, FREE) \
    X("put", PUT, FREE, FREE, FREE) \
    X("qualify", QUALIFY, FREE, FREE, FREE) \
    X("quarter", QUARTER, FREE, FREE, FREE) \
    X("query", QUERY, FREE, FREE, FREE) \
    X("quotes", QUOTES, FREE, FREE, FREE) \
    X("range", RANGE, FREE, FREE, FREE) \
    X("read", READ, FREE, FREE, FREE) \
    X("reassign", REASSIGN, FREE, FREE, FREE) \
    X("recursive", RECURSIVE, FREE, FREE, FREE) \
    X("reference", REFERENCE, FREE, FREE, FREE) \
    X("references", REFERENCES, NAME, NEVER, FREE) \
    X("refresh", REFRESH, FREE, FREE, FREE) \
    X("regexp", REGEXP, FREE, FREE, BARE) \
    X("reindex", REINDEX, FREE, FREE, FREE) \
    X("release", RELEASE, FREE, FREE, FREE) \
    X("remove", REMOVE, FREE, FREE, FREE) \
    X("rename", RENAME, FREE, FREE, FREE) \
    X("repeat", REPEAT, FREE, FREE, FREE) \
    X("repeatable", REPEATABLE, FREE, FREE, FREE) \
    X("replace", REPLACE, FREE, FREE, FREE) \
    X("replica", REPLICA, FREE, FREE, FREE) \
    X("reservoir", RESERVOIR, FREE, FREE, FREE) \
    X("reset", RESET, FREE, FREE, FREE) \
    X("respect", RESPECT, FREE, FREE, FREE) \
    X("restrict", RESTRICT, FREE, FREE, FREE) \
    X("returning", RETURNING, NEVER, NEVER, BARE) \
    X("returns", RETURNS, FREE, FREE, FREE) \
    X("revoke", REVOKE, FREE, FREE, FREE) \
    X("right", RIGHT, CALL, BARE, CALL_ONLY) \
    X("rlike", RLIKE, FREE, FREE, BARE) \
    X("role", ROLE, FREE, FREE, FREE) \
    X("rollback", ROLLBACK, FREE, FREE, FREE) \
    X("rollup", ROLLUP, FREE, FREE, FREE) \
    X("routine", ROUTINE, FREE, FREE, FREE) \
    X("row", ROW, FREE, FREE, FREE) \
    X("rows", ROWS, FREE, FREE, FREE) \
    X("rule", RULE, FREE, FREE, FREE) \
    X("running", RUNNING, FREE, FREE, FREE) \
    X("safe_cast", SAFE_CAST, FREE, FREE, FREE) \
    X("sample", SAMPLE, FREE, FREE, FREE) \
    X("savepoint", SAVEPOINT, FREE, FREE, FREE) \
    X("scalar", SCALAR, FREE, FREE, FREE) \
    X("schema", SCHEMA, FREE, FREE, FREE) \
    X("search", SEARCH, FREE, FREE, FREE) \
    X("search_path", SEARCH_PATH, FREE, FREE, FREE) \
    X("second", SECOND, LABEL, FREE, FREE) \
    X("secondary", SECONDARY, FREE, FREE, FREE) \
    X("secure", SECURE, FREE, FREE, FREE) \
    X("security", SECURITY, FREE, FREE, FREE) \
    X("seed", SEED, FREE, FREE, FREE) \
    X("select", SELECT, NAME, NEVER, NEVER) \
    X("semi", SEMI, FREE, FREE, FREE) \
    X("sequence", SEQUENCE, FREE, FREE, FREE) \
    X("server", SERVER, FREE, FREE, FREE) \
    X("session", SESSION, FREE, FREE, FREE) \
    X("session_user", SESSION_USER, NAME, FREE, FREE) \
    X("set", SET, FREE, NEVER, BARE) \
    X("setof", SETOF, FREE, FREE, FREE) \
    X("sets", SETS, FREE, FREE, FREE) \
    X("share", SHARE, FREE, FREE, FREE) \
    X("show", SHOW, FREE, FREE, FREE) \
    X("similar", SIMILAR, CALL, FREE, FREE) \
    X("snapshot", SNAPSHOT, FREE, FREE, FREE) \
    X("some", SOME, NAME, FREE, FREE) \
    X("sort", SORT, FREE, FREE, FREE) \
    X("sql", SQL, FREE, FREE, FREE) \
    X("standalone", STANDALONE, FREE, FREE, FREE) \
    X("start", START, FREE, FREE, FREE) \
    X("static_describe", STATIC_DESCRIBE, FREE, FREE, FREE) \
    X("statistics", STATISTICS, FREE, FREE, FREE) \
    X("status", STATUS, FREE, FREE, FREE) \
    X("stdin", STDIN, FREE, FREE, FREE) \
    X("stdout", STDOUT, FREE, FREE, FREE) \
    X("stored", STORED, FREE, FREE, FREE) \
    X("straight", STRAIGHT, FREE, FREE, FREE) \
    X("straight_join", STRAIGHT_JOIN, FREE, FREE, FREE) \
    X("stream", STREAM, FREE, FREE, FREE) \
    X("strict", STRICT, FREE, FREE, FREE) \
    X("strip", STRIP, FREE, FREE, FREE) \
    X("struct", STRUCT, FREE, FREE, FREE) \
    X("subscription", SUBSCRIPTION, FREE, FREE, FREE) \
    X("subset", SUBSET, FREE, FREE, FREE) \
    X("substr", SUBSTR, FREE, FREE, FREE) \
    X("substring", SUBSTRING, FREE, FREE, FREE) \
    X("summarize", SUMMARIZE, FREE, FREE, FREE) \
    X("swap", SWAP, FREE, FREE, FREE) \
    X("symmetric", SYMMETRIC, NAME, FREE, FREE) \
    X("system", SYSTEM, FREE, FREE, FREE) \
    X("system_user", SYSTEM_USER, FREE, FREE, FREE) \
    X("table", TABLE, NAME, NEVER, FREE) \
    X("tables", TABLES, FREE, FREE, FREE) \
    X("tablesample", TABLESAMPLE, CALL, FREE, BARE) \
    X("tablespace", TABLESPACE, FREE, FREE, FREE) \
    X("task", TASK, FREE, FREE, FREE) \
    X("tee", TEE, FREE, FREE, FREE) \
    X("temp", TEMP, FREE, FREE, FREE) \
    X("template", TEMPLATE, FREE, FREE, FREE) \
    X("temporary", TEMPORARY, FREE, FREE, FREE) \
    X("then", THEN, NAME, NEVER, NEVER) \
    X("ties", TIES, FREE, FREE, FREE) \
    X("time", TIME, FREE, FREE, FREE) \
    X("timestamp", TIMESTAMP, FREE, FREE, FREE) \
    X("to", TO, NEVER, NEVER, FREE) \
    X("top", TOP, FREE, FREE, FREE) \
    X("trailing", TRAILING, NAME, FREE, FREE) \
    X("tran", TRAN, FREE, FREE, FREE) \
    X("transaction", TRANSACTION, FREE, NEVER, FREE) \
    X("transform", TRANSFORM, FREE, FREE, FREE) \
    X("transient", TRANSIENT, FREE, FREE, FREE) \
    X("treat", TREAT, FREE, FREE, FREE) \
    X("trigger", TRIGGER, FREE, FREE, FREE) \
    X("trim", TRIM, FREE, FREE, FREE) \
    X("true", TRUE, NAME, FREE, NAME) \
    X("truncate", TRUNCATE, FREE, FREE, FREE) \
    X("try_cast", TRY_CAST, FREE, FREE, FREE) \
    X("type", TYPE, FREE, FREE, FREE) \
    X("uescape", UESCAPE, FREE, FREE, FREE) \
    X("unbounded", UNBOUNDED, FREE, FREE, FREE) \
    X("uncache", UNCACHE, FREE, FREE, FREE) \
    X("uncached", UNCACHED, FREE, FREE, FREE) \
    X("unconditional", UNCONDITIONAL, FREE, FREE, FREE) \
    X("undrop", UNDROP, FREE, FREE, FREE) \
    X("union", UNION, NEVER, NEVER, NEVER) \
    X("unique", UNIQUE, NAME, NEVER, FREE) \
    X("unknown", UNKNOWN, FREE, FREE, FREE) \
    X("unlisten", UNLISTEN, FREE, FREE, FREE) \
    X("unload", UNLOAD, FREE, FREE, FREE) \
    X("unlock", UNLOCK, FREE, FREE, FREE) \
    X("unlogged", UNLOGGED, FREE, FREE, FREE) \
    X("unnest", UNNEST, FREE, FREE, FREE) \
    X("unpivot", UNPIVOT, FREE, FREE, FREE) \
    X("update", UPDATE, FREE, NEVER, FREE) \
    X("use", USE, FREE, FREE, FREE) \
    X("user", USER, NAME, FREE, FREE) \
    X("using", USING, NAME, NEVER, NEVER) \
    X("vacuum", VACUUM, FREE, FREE, FREE) \
    X("value", VALUE, FREE, FREE, FREE) \
    X("values", VALUES, FREE, NEVER, FREE) \
    X("varchar", VARCHAR, FREE, FREE, FREE) \
    X("variadic", VARIADIC, NAME, FREE, FREE) \
    X("varying", VARYING, LABEL, FREE, FREE) \
    X("verbose", VERBOSE, CALL, FREE, FREE) \
    X("version", VERSION, FREE, FREE, FREE) \
    X("versioning", VERSIONING, FREE, FREE, FREE) \
    X("view", VIEW, FREE, FREE, FREE) \
    X("virtual", VIRTUAL, FREE, FREE, FREE) \
    X("volatile", VOLATILE, FREE, FREE, FREE) \
    X("wait", WAIT, FREE, FREE, FREE) \
    X("warehouse", WAREHOUSE, FREE, FREE, FREE) \
    X("week", WEEK, FREE, FREE, FREE) \
    X("when", WHEN, NAME, NEVER, NEVER) \
    X("where", WHERE, NEVER, NEVER, NEVER) \
    X("while", WHILE, FREE, FREE, FREE) \
    X("whitespace", WHITESPACE, FREE, FREE, FREE) \
    X("window", WINDOW, NEVER, FREE, BARE) \
    X("with", WITH, NEVER, FREE, NEVER) \
    X("within", WITHIN, LABEL, FREE, BARE) \
    X("without", WITHOUT, LABEL, FREE, FREE) \
    X("work", WORK, FREE, FREE, FREE) \
    X("wrapper", WRAPPER, FREE, FREE, FREE) \
    X("xml", XML, FREE, FREE, FREE) \
    X("xmlattributes", XMLATTRIBUTES, FREE, FREE, FREE) \
    X("xmlelement", XMLELEMENT, FREE, FREE, FREE) \
    X("xmlexists", XMLEXISTS, FREE, FREE, FREE) \
    X("xmlforest", XMLFOREST, FREE, FREE, FREE) \
    X("xmlnamespaces", XMLNAMESPACES, FREE, FREE, FREE) \
    X("xmlparse", XMLPARSE, FREE, FREE, FREE) \
    X("xmlpi", XMLPI, FREE, FREE, FREE) \
    X("xmlroot", XMLROOT, FREE, FREE, FREE) \
    X("xmlserialize", XMLSERIALIZE, FREE, FREE, FREE) \
    X("xmltable", XMLTABLE, FREE, FREE, FREE) \
    X("xor", XOR, FREE, FREE, FREE) \
    X("year", YEAR, LABEL, FREE, FREE) \
    X("yes", YES, FREE, FREE, FREE) \
    X("zone", ZONE, FREE, FREE, FREE)
/* clang-format on */

/* Numbers of keywords are their numbers as names: 1 and up. */
enum tl_sql_keyword {
    TL_K_NONE,
#define X(word, constant, postgres, sqlite, elsewhere) TL_K_##constant,
    TL_SQL_KEYWORDS(X)
#undef X
        TL_K_END_OF_LIST
};

struct tl_sql_keyword_row {
    const char *text; /* lower case */
    uint8_t n;
    uint8_t standing[TL_KW_FAMILIES]; /* enum tl_sql_keyword_limit bits */
};
extern const struct tl_sql_keyword_row tl_sql_keywords[TL_K_END_OF_LIST];

#endif
