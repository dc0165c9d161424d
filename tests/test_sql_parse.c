#include "tests/check.h"

#include "base/file.h"
#include "base/mem.h"
#include "lineage/sql/dialect.h"
#include "lineage/sql/keywords.h"
#include "lineage/sql/tree.h"

#include <glob.h>
#include <jansson.h>
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

/* ---- a parser and its tree, and the tree as text ---- */

struct parsed {
    const struct tl_sql_traits *traits;
    struct tl_sql_names *names;
    struct tl_sql_tree tree;
    struct tl_str out;
    const char *text;
};

static struct parsed open_dialect(enum tl_sql_dialect dialect)
{
    struct parsed p = { .traits = &tl_sql_traits[dialect],
                        .out = TL_STR_INIT(TL_STR_MOST),
                        .text = "" };

    p.names = tl_sql_names_open(p.traits);
    tl_sql_tree_init(&p.tree);
    return p;
}

static void close_parsed(struct parsed *p)
{
    tl_sql_tree_release(&p->tree);
    tl_sql_names_close(p->names);
    tl_str_release(&p->out);
}

static void parse(struct parsed *p, const char *text)
{
    p->text = text;
    tl_sql_parse(&p->tree, p->names, p->traits, text, (uint32_t)strlen(text));
}

/* What the fields of a kind hold. */
enum holds { NOTHING, NODES, A_NAME, ITS_TYPE, A_NUMBER };

struct field {
    const char *role; /* before a child; NULL: nothing */
    enum holds holds;
};

struct shape {
    const char *word;
    struct field fields[4];
};

/* clang-format off */
static const struct shape shapes[TL_N_KINDS] = {
    [TL_N_LITERAL] = { "literal", { { 0 } } },
    [TL_N_PARAMETER] = { "parameter", { { 0 } } },
    [TL_N_COLUMN] = { "column", { { 0 }, { NULL, A_NAME }, { NULL, A_NAME }, { NULL, A_NAME } } },
    [TL_N_STAR] = { "star", { { "edit", NODES }, { NULL, A_NAME }, { NULL, A_NAME }, { NULL, A_NAME } } },
    [TL_N_STAR_EDIT] = { "star edit", { { NULL, NODES }, { "to", A_NAME } } },
    [TL_N_COLUMNS] = { "columns", { { NULL, NODES } } },
    [TL_N_CALL] = { "call", { { NULL, NODES }, { "over", NODES }, { NULL, A_NAME }, { "tail", NODES } } },
    [TL_N_CALL_TAIL] = { "", { { "filter", NODES }, { "order", NODES }, { "columns", NODES } } },
    [TL_N_NAMED_ARGUMENT] = { "named", { { NULL, NODES } } },
    [TL_N_UNARY] = { "unary", { { NULL, NODES } } },
    [TL_N_BINARY] = { "binary", { { NULL, NODES }, { NULL, NODES } } },
    [TL_N_CAST] = { "cast", { { NULL, NODES } } },
    [TL_N_CASE] = { "case", { { "of", NODES }, { NULL, NODES }, { "else", NODES } } },
    [TL_N_WHEN] = { "when", { { NULL, NODES }, { "then", NODES } } },
    [TL_N_IN] = { "in", { { NULL, NODES }, { "in", NODES } } },
    [TL_N_EXISTS] = { "exists", { { NULL, NODES } } },
    [TL_N_SUBQUERY] = { "subquery", { { NULL, NODES } } },
    [TL_N_QUANTIFIED] = { "quantified", { { NULL, NODES }, { "of", NODES } } },
    [TL_N_BETWEEN] = { "between", { { NULL, NODES }, { NULL, NODES }, { NULL, NODES } } },
    [TL_N_LIST] = { "list", { { NULL, NODES } } },
    [TL_N_ARRAY_QUERY] = { "array query", { { NULL, NODES } } },
    [TL_N_INDEX] = { "index", { { NULL, NODES }, { "from", NODES }, { "to", NODES } } },
    [TL_N_FIELD] = { "field", { { NULL, NODES } } },
    [TL_N_LAMBDA] = { "lambda", { { NULL, NODES }, { "to", NODES } } },
    [TL_N_WINDOW] = { "window", { { "partition", NODES }, { "order", NODES }, { "frame", NODES } } },
    [TL_N_ORDER] = { "by", { { NULL, NODES } } },
    [TL_N_NAME] = { "name", { { 0 }, { NULL, ITS_TYPE }, { "path", NODES }, { "in", NODES } } },
    [TL_N_QUERY] = { "query", { { NULL, NODES }, { NULL, NODES }, { "order", NODES }, { "limit", NODES } } },
    [TL_N_CTE] = { "with", { { NULL, NODES }, { NULL, NODES }, { "adds", NODES } } },
    [TL_N_SELECT] = { "select", { { NULL, NODES }, { "from", NODES }, { "where", NODES }, { NULL, NODES } } },
    [TL_N_SELECT_TAIL] = { "tail", { { "group", NODES }, { "having", NODES }, { NULL, NODES }, { NULL, NODES } } },
    [TL_N_SELECT_MORE] = { "more", { { "qualify", NODES }, { "distinct on", NODES }, { "into", NODES } } },
    [TL_N_NAMED_WINDOW] = { "windows", { { NULL, NODES } } },
    [TL_N_ITEM] = { "item", { { NULL, NODES } } },
    [TL_N_SET] = { "set", { { NULL, NODES }, { NULL, NODES }, { "on", NODES }, { NULL, A_NUMBER } } },
    [TL_N_VALUES] = { "values", { { NULL, NODES } } },
    [TL_N_GROUPING] = { "grouping", { { NULL, NODES } } },
    [TL_N_TABLE] = { "table", { { 0 }, { NULL, A_NAME }, { NULL, A_NAME }, { NULL, NODES } } },
    [TL_N_DERIVED] = { "derived", { { NULL, NODES }, { 0 }, { 0 }, { NULL, NODES } } },
    [TL_N_FUNCTION] = { "function", { { NULL, NODES }, { 0 }, { 0 }, { NULL, NODES } } },
    [TL_N_JOIN] = { "join", { { NULL, NODES }, { NULL, NODES }, { "on", NODES }, { "using", NODES } } },
    [TL_N_ALIAS] = { "alias", { { NULL, NODES } } },
    [TL_N_PIVOT] = { "pivot", { { NULL, NODES }, { NULL, NODES }, { 0 }, { NULL, NODES } } },
    [TL_N_PIVOT_SPEC] = { "by", { { NULL, NODES }, { NULL, NODES }, { "group", NODES }, { "else", NODES } } },
    [TL_N_PIVOT_KEY] = { "key", { { NULL, NODES }, { "in", NODES }, { "in", NODES } } },
    [TL_N_UNPIVOT] = { "unpivot", { { NULL, NODES }, { NULL, NODES }, { 0 }, { NULL, NODES } } },
    [TL_N_UNPIVOT_SPEC] = { "by", { { NULL, NODES }, { "for", NODES }, { "in", NODES } } },
    [TL_N_MATCH] = { "match", { { NULL, NODES }, { NULL, NODES }, { 0 }, { NULL, NODES } } },
    [TL_N_MATCH_SPEC] = { "by", { { NULL, NODES }, { "measures", NODES }, { "pattern", NODES }, { "define", NODES } } },
    [TL_N_CREATE_VIEW] = { "create view", { { NULL, NODES }, { NULL, NODES }, { NULL, NODES } } },
    [TL_N_CREATE_TABLE] = { "create table", { { NULL, NODES }, { NULL, NODES }, { NULL, NODES }, { "like", NODES } } },
    [TL_N_COLUMN_DEFINITION] = { "defines", { { "from", NODES }, { NULL, ITS_TYPE } } },
    [TL_N_INSERT] = { "insert", { { NULL, NODES }, { NULL, NODES }, { NULL, NODES }, { NULL, NODES } } },
    [TL_N_INSERT_TAIL] = { "tail", { { "conflict", NODES }, { "where", NODES }, { "returning", NODES }, { "partition", NODES } } },
    [TL_N_INSERTS] = { "inserts", { { NULL, NODES }, { NULL, NODES }, { "of", NODES } } },
    [TL_N_SET_COLUMN] = { "sets", { { NULL, NODES }, { NULL, A_NUMBER }, { "path", NODES } } },
    [TL_N_UPDATE] = { "update", { { NULL, NODES }, { NULL, NODES }, { "from", NODES }, { NULL, NODES } } },
    [TL_N_UPDATE_TAIL] = { "tail", { { "where", NODES }, { "returning", NODES }, { NULL, NODES } } },
    [TL_N_DELETE] = { "delete", { { NULL, NODES }, { 0 }, { "using", NODES }, { NULL, NODES } } },
    [TL_N_ALTER_TABLE] = { "alter", { { NULL, NODES }, { NULL, NODES } } },
    [TL_N_ALTER] = { "alteration", { { "from", NODES }, { NULL, ITS_TYPE } } },
    [TL_N_TRUNCATE] = { "truncate", { { NULL, NODES } } },
    [TL_N_TRANSACTION] = { "transaction", { { 0 } } },
    [TL_N_PATH] = { "path", { { NULL, NODES } } },
    [TL_N_DROP] = { "drop", { { NULL, NODES } } },
    [TL_N_OTHER] = { "other", { { 0 } } },
    [TL_N_PROGRAM] = { "program", { { NULL, NODES } } },
    [TL_N_ROUTINE] = { "routine", { { NULL, NODES }, { NULL, A_NAME }, { "body", NODES }, { "gives", NODES } } },
    [TL_N_TRIGGER] = { "trigger", { { "on", NODES }, { NULL, NODES } } },
    [TL_N_BLOCK] = { "block", { { NULL, NODES }, { NULL, NODES }, { "handler", NODES } } },
    [TL_N_DECLARE] = { "declare", { { NULL, NODES }, { NULL, ITS_TYPE } } },
    [TL_N_ASSIGN] = { "assign", { { "to", NODES }, { NULL, NODES } } },
    [TL_N_INTO] = { "into", { { "to", NODES }, { NULL, NODES } } },
    [TL_N_BRANCH] = { "branch", { { "if", NODES }, { NULL, NODES }, { "else", NODES } } },
    [TL_N_FOR] = { "for", { { "to", NODES }, { "in", NODES }, { NULL, NODES } } },
    [TL_N_RETURN] = { "return", { { NULL, NODES } } },
    [TL_N_EXECUTE] = { "execute", { { NULL, NODES }, { "to", NODES }, { "using", NODES } } },
    [TL_N_PREPARE] = { "prepare", { { NULL, NODES } } },
    [TL_N_RUN] = { "run", { { NULL, NODES } } },
    [TL_N_OPEN] = { "open", { { NULL, NODES } } },
    [TL_N_FETCH] = { "fetch", { { "to", NODES } } },
    [TL_N_NOT_UNDERSTOOD] = { "not understood", { { 0 } } },
};
/* clang-format on */

static const char *op_of(const struct tl_sql_node *node)
{
    static const char *const operators[] = { "other", "concat", "arithmetic", "compare",
                                             "logic", "path",   "collate" };
    static const char *const joins[] = { "inner", "left", "right", "full",
                                         "cross", "semi", "anti",  "asof" };
    static const char *const sets[] = { "union", "intersect", "except" };
    static const char *const edits[] = { "exclude", "replace", "rename", "ilike" };
    static const char *const alters[] = { "add",   "drop",   "rename", "rename table",
                                          "other", "append", "swap" };
    static const char *const transactions[] = { "begin",     "commit",      "rollback",
                                                "savepoint", "rollback to", "release" };

    switch ((enum tl_sql_node_kind)node->kind) {
    case TL_N_UNARY:
    case TL_N_BINARY:
    case TL_N_QUANTIFIED:
        return operators[node->op];
    case TL_N_JOIN:
        return joins[node->op];
    case TL_N_SET:
        return sets[node->op];
    case TL_N_STAR_EDIT:
        return edits[node->op];
    case TL_N_ALTER:
        return alters[node->op];
    case TL_N_TRANSACTION:
        return transactions[node->op];
    default:
        return NULL;
    }
}

/* The same bits mean other things at other nodes. */
static const char *flags_of(const struct tl_sql_node *node, uint8_t bit)
{
    switch ((enum tl_sql_node_kind)node->kind) {
    case TL_N_COLUMNS:
    case TL_N_ITEM:
        return "star";
    case TL_N_STAR_EDIT:
        return "not";
    case TL_N_CALL:
        return bit == TL_F_DISTINCT ? "distinct" : "star";
    case TL_N_UNARY:
        return "null";
    case TL_N_IN:
    case TL_N_BETWEEN:
        return "not";
    case TL_N_SELECT:
        return bit == TL_F_DISTINCT ? "distinct"
               : bit == TL_F_RECORD ? "record"
                                    : "keeps names";
    case TL_N_SELECT_TAIL:
    case TL_N_PIVOT_SPEC:
    case TL_N_MATCH:
        return "all";
    case TL_N_SET:
        return bit == TL_F_ALL ? "all" : "by name";
    case TL_N_QUERY:
    case TL_N_UPDATE_TAIL:
    case TL_N_INSERTS:
        return "recursive";
    case TL_N_CTE:
        return "unused";
    case TL_N_PATH:
        return "local";
    case TL_N_TABLE:
        return bit == TL_F_ONLY ? "only" : bit == TL_F_FILES ? "files" : "by name";
    case TL_N_DERIVED:
        return bit == TL_F_LATERAL ? "lateral" : "keeps names";
    case TL_N_FUNCTION:
        return bit == TL_F_LATERAL ? "lateral" : "ordinality";
    case TL_N_JOIN:
        return "natural";
    case TL_N_INSERT:
    case TL_N_UPDATE:
    case TL_N_DELETE:
        return bit == TL_F_OVERWRITE  ? "overwrite"
               : bit == TL_F_MERGE    ? "merge"
               : bit == TL_F_COPY     ? "copy"
               : bit == TL_F_MATCHING ? "matching"
                                      : "by name";
    case TL_N_COLUMN:
        return "quoted";
    case TL_N_NAME:
        return "ordinality";
    case TL_N_PROGRAM:
        return "created";
    case TL_N_BRANCH:
        return "loop";
    case TL_N_ROUTINE:
        return bit == TL_F_PROCEDURE ? "procedure"
               : bit == TL_F_ROWS    ? "rows"
               : bit == TL_F_TRIGGER ? "trigger"
                                     : "macro";
    default:
        return bit == TL_F_REPLACE         ? "replace"
               : bit == TL_F_IF_NOT_EXISTS ? "if not exists"
               : bit == TL_F_TEMPORARY     ? "temporary"
               : bit == TL_F_MATERIALIZED  ? "materialized"
                                           : "external";
    }
}

static void print_name(struct parsed *p, uint32_t name)
{
    tl_str_add_shown(&p->out, tl_sql_name_text(p->names, name),
                     strlen(tl_sql_name_text(p->names, name)));
}

static void print_head(struct parsed *p, const struct tl_sql_node *node)
{
    const struct shape *shape = &shapes[node->kind];
    const uint32_t values[] = { node->a, node->b, node->c, node->d };
    const char *op = op_of(node);

    tl_str_add(&p->out, shape->word);
    for (unsigned bit = 1; bit < 256; bit <<= 1)
        if (node->flags & bit)
            tl_str_addf(&p->out, " %s", flags_of(node, (uint8_t)bit));
    if (op)
        tl_str_addf(&p->out, " %s", op);
    if (node->kind == TL_N_LITERAL && node->end > node->at) {
        tl_str_add_char(&p->out, ' ');
        tl_str_add_shown(&p->out, p->tree.text + node->at, node->end - node->at);
    }
    if (node->name || values[1] || values[2] || values[3] || node->kind == TL_N_STAR)
        tl_str_add_char(&p->out, ' ');
    for (int i = 3; i > 0; i--)
        if (shape->fields[i].holds == A_NAME && !shape->fields[i].role && values[i]) {
            print_name(p, values[i]);
            tl_str_add_char(&p->out, '.');
        }
    if (node->name)
        print_name(p, node->name);
    else if (node->kind == TL_N_STAR || node->kind == TL_N_FIELD)
        tl_str_add_char(&p->out, '*');
    for (int i = 0; i < 4; i++) {
        if (shape->fields[i].holds == A_NUMBER && values[i])
            tl_str_addf(&p->out, " column %u", values[i]);
        if (shape->fields[i].holds == ITS_TYPE && values[i]) {
            tl_str_add(&p->out, node->name ? ": " : "to ");
            print_name(p, values[i]);
        }
        if (shape->fields[i].holds == A_NAME && shape->fields[i].role && values[i]) {
            tl_str_addf(&p->out, " %s ", shape->fields[i].role);
            print_name(p, values[i]);
        }
    }
    while (p->out.n && p->out.text[p->out.n - 1] == ' ')
        p->out.text[--p->out.n] = '\0';
    tl_str_add_char(&p->out, '\n');
}

static void print(struct parsed *p, uint32_t first, const char *role, int indent)
{
    for (uint32_t i = first; i; i = p->tree.nodes[i].next) {
        const struct tl_sql_node node = p->tree.nodes[i];
        const uint32_t values[] = { node.a, node.b, node.c, node.d };

        if (node.kind != TL_N_CALL_TAIL) {
            tl_str_addf(&p->out, "%*s%s%s", indent, "", role ? role : "",
                        role ? ": " : "");
            print_head(p, &node);
        }
        for (int k = 0; k < 4; k++)
            if (shapes[node.kind].fields[k].holds == NODES && values[k])
                print(p, values[k], shapes[node.kind].fields[k].role,
                      node.kind == TL_N_CALL_TAIL ? indent : indent + 2);
    }
}

/* Line and column (1-based, bytes) of a place in the text. */
struct place {
    uint32_t line, column;
};

static struct place place_of(const char *text, uint32_t at)
{
    struct place place = { 1, 1 };

    for (const char *line = text;;) {
        const char *end = memchr(line, '\n', (size_t)(text + at - line));

        if (!end) {
            place.column = (uint32_t)(text + at - line) + 1;
            return place;
        }
        place.line++;
        line = end + 1;
    }
}

/* The statements, then the problems. */
static const char *tree_of(struct parsed *p, const char *text)
{
    tl_str_clear(&p->out);
    parse(p, text);
    print(p, p->tree.first, NULL, 0);
    for (uint32_t i = 0; i < p->tree.n_problems; i++) {
        struct place place = place_of(text, p->tree.problems[i].at);

        tl_str_addf(&p->out, "%u:%u: %s\n", place.line, place.column,
                    p->tree.problems[i].what);
    }
    return p->out.text;
}

/* ---- texts and their trees ---- */

/* The dialect stands before the first underscore of a fixture's name. */
static int dialect_of_path(const char *path)
{
    char word[32];
    const char *name = strrchr(path, '/') + 1;

    snprintf(word, sizeof word, "%.*s", (int)strcspn(name, "_"), name);
    return tl_sql_dialect_of(word);
}

static void compare_pair(const char *path, struct tl_ctx *ctx)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    struct tl_str want = TL_STR_INIT(TL_STR_MOST);
    int dialect = dialect_of_path(path);

    CHECK(dialect >= 0);
    struct parsed p = open_dialect((enum tl_sql_dialect)(dialect < 0 ? 0 : dialect));
    CHECK_OK(tl_file_read(&sql, path, ctx), ctx);
    const char *tree =
        tl_arena_printf(ctx->arena, "%.*s.tree", (int)strlen(path) - 4, path);
    if (getenv(
            "TAGLINE_KEEP_TREES")) { /* a new fixture's, to be read before it is committed */
        FILE *file = fopen(tree, "w");

        if (file) {
            fputs(tree_of(&p, sql.text), file);
            fclose(file);
        }
    }
    CHECK_OK(tl_file_read(&want, tree, ctx), ctx);
    if (!CHECK_TEXT(tree_of(&p, sql.text), want.text))
        printf("    in %s\n", path);
    close_parsed(&p);
    tl_str_release(&sql);
    tl_str_release(&want);
}

static void each_text_has_the_tree_beside_it(void)
{
    struct tl_ctx ctx;
    glob_t pairs;

    tl_test_ctx_init(&ctx);
    CHECK_INT(glob(TL_FIXTURES "/sql/*.sql", 0, NULL, &pairs), 0);
    CHECK(pairs.gl_pathc >= 20);
    for (size_t i = 0; i < pairs.gl_pathc; i++)
        compare_pair(pairs.gl_pathv[i], &ctx);
    globfree(&pairs);
    tl_test_ctx_release(&ctx);
}

/* ---- positions ---- */

/* Whether the text at the node's place begins with the word, in any case, with or without a quote before it. */
static bool stands_at(const char *text, uint32_t at, const char *word)
{
    at += strchr("\"`[", text[at]) && text[at];
    return strncasecmp(text + at, word, strlen(word)) == 0;
}

static void every_name_stands_where_its_node_says(void)
{
    const char *text =
        "select s.t.\"A\", f (b), s.g(*), t . c from s . t as x\n"
        "join only u using (i) where exists (select d from w) window y as (order by e)";
    struct parsed p = open_dialect(TL_SQL_POSTGRES);
    int seen = 0;

    parse(&p, text);
    CHECK_INT(p.tree.n_problems, 0);
    for (uint32_t i = 1; i < p.tree.n_nodes; i++) {
        const struct tl_sql_node *node = &p.tree.nodes[i];
        uint32_t first = node->c ? node->c : node->b ? node->b : node->name;

        if (node->kind == TL_N_CALL)
            first = node->c ? node->c : node->name;
        if (node->kind != TL_N_COLUMN && node->kind != TL_N_TABLE &&
            node->kind != TL_N_CALL && node->kind != TL_N_NAME)
            continue;
        seen++;
        if (!CHECK(stands_at(text, node->at, tl_sql_name_text(p.names, first))))
            printf("    node %u at %u\n", i, node->at);
    }
    CHECK_INT(seen, 11);
    close_parsed(&p);
}

static void a_place_counts_lines_and_bytes_from_one(void)
{
    const char *text = "a\n\nb\xc3\xa4"
                       "c";

    CHECK_INT(place_of(text, 0).line, 1);
    CHECK_INT(place_of(text, 0).column, 1);
    CHECK_INT(place_of(text, 2).line, 2);
    CHECK_INT(place_of(text, 6).line, 3);
    CHECK_INT(place_of(text, 6).column, 4);
}

/* ---- names ---- */

static uint32_t added(struct parsed *p, const char *text, bool is_quoted)
{
    return tl_sql_name_add(p->names, text, (uint32_t)strlen(text), is_quoted);
}

static bool are_same(struct parsed *p, uint32_t a, uint32_t b)
{
    return tl_sql_name_key(p->names, a) == tl_sql_name_key(p->names, b);
}

static void names_are_stored_and_compared_as_each_system_does(void)
{
    struct parsed pg = open_dialect(TL_SQL_POSTGRES);
    struct parsed lite = open_dialect(TL_SQL_SQLITE);
    struct parsed flake = open_dialect(TL_SQL_SNOWFLAKE);
    struct parsed trino = open_dialect(TL_SQL_TRINO);

    CHECK_TEXT(tl_sql_name_text(pg.names, added(&pg, "EMail", false)), "email");
    CHECK_TEXT(tl_sql_name_text(pg.names, added(&pg, "EMail", true)), "EMail");
    CHECK(!are_same(&pg, added(&pg, "EMail", true), added(&pg, "EMail", false)));
    CHECK_TEXT(tl_sql_name_text(lite.names, added(&lite, "EMail", false)), "EMail");
    CHECK(are_same(&lite, added(&lite, "EMail", true), added(&lite, "eMAIL", false)));
    CHECK_TEXT(tl_sql_name_text(flake.names, added(&flake, "EMail", false)), "EMAIL");
    CHECK_TEXT(tl_sql_name_text(trino.names, added(&trino, "EMail", true)), "email");
    close_parsed(&pg);
    close_parsed(&lite);
    close_parsed(&flake);
    close_parsed(&trino);
}

static void keywords_are_names_too_in_any_case(void)
{
    for (int dialect = 0; dialect < TL_SQL_DIALECTS; dialect++) {
        struct parsed p = open_dialect((enum tl_sql_dialect)dialect);

        CHECK_INT(tl_sql_name_key(p.names, added(&p, "Select", false)), TL_K_SELECT);
        CHECK_INT(tl_sql_name_key(p.names, added(&p, "WITH", false)), TL_K_WITH);
        CHECK(tl_sql_name_key(p.names, added(&p, "selects", false)) >= TL_K_END_OF_LIST);
        close_parsed(&p);
    }
}

static void forgetting_the_names_of_a_text_keeps_those_before_it(void)
{
    struct parsed p = open_dialect(TL_SQL_SQLITE);
    uint32_t kept = added(&p, "A name of more than sixteen bytes", false);
    uint32_t mark = tl_sql_names_mark(p.names);
    char name[64];

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20000; i++) {
            snprintf(name, sizeof name, "%s%d",
                     i % 3 ? "Short" : "a name that is rather long ", i);
            CHECK(added(&p, name, false) >= mark);
        }
        tl_sql_names_undo(p.names, mark);
        CHECK_INT(tl_sql_names_mark(p.names), mark);
        CHECK_INT(added(&p, "A name of more than sixteen bytes", false), kept);
    }
    CHECK_TEXT(tl_sql_name_text(p.names, kept), "A name of more than sixteen bytes");
    close_parsed(&p);
}

static void names_may_hold_any_bytes(void)
{
    struct parsed p = open_dialect(TL_SQL_POSTGRES);
    uint32_t a = tl_sql_name_exact(p.names, "a\0b", 3);
    char *huge = tl_alloc(100000, 1);

    memset(huge, 'x', 99999);
    CHECK(a != tl_sql_name_exact(p.names, "a\0c", 3));
    CHECK(a != tl_sql_name_exact(p.names, "a", 1));
    CHECK_INT(tl_sql_name_exact(p.names, "a\0b", 3), a);
    CHECK_INT(strlen(tl_sql_name_text(p.names, tl_sql_name_exact(p.names, huge, 99999))),
              99999);
    CHECK_TEXT(tl_sql_name_text(p.names, tl_sql_name_exact(p.names, "", 0)), "");
    tl_free(huge);
    close_parsed(&p);
}

/* ---- odd texts ---- */

/* `before`, n times `again`, `middle`, n times `after`. */
static char *repeated(const char *before, const char *again, const char *middle,
                      const char *after, int n)
{
    struct tl_str s = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&s, before);
    for (int i = 0; i < n; i++)
        tl_str_add(&s, again);
    tl_str_add(&s, middle);
    for (int i = 0; i < n; i++)
        tl_str_add(&s, after);
    return tl_str_take(&s);
}

struct nest {
    const char *before, *again, *middle, *after;
};

static const struct nest nests[] = {
    { "select ", "(", "1", ")" },
    { "select ", "f(", "1", ")" },
    { "select ", "case when a then ", "1", " end" },
    { "select ", "(select ", "1", ")" },
    { "select * from ", "(select * from ", "t", ") x" },
    { "select * from ", "(", "t", " join u on true)" },
    { "select * from a ", "join b ", "", " on true" },
    { "select ", "not ", "1", "" },
    { "select ", "- ", "1", "" },
    { "select array", "[", "1", "]" },
    { "select ", "a in (", "1", ")" },
    { "select ", "exists (select ", "1", ")" },
    { "", "with a as (", "select 1", ") select 1" },
    { "", "with a as (insert into b ", "select 1", " returning 1) select 1" },
    { "select ", "f() over (order by ", "1", ")" },
    { "select 1 group by ", "grouping sets (", "a", ")" },
    { "", "(select 1 union ", "select 2", ")" },
    { "select ", "cast(", "1", " as int)" },
    { "select ", "extract(year from ", "1", ")" },
    { "select a", "[b", "", "[1]]" },
    { "select * from json_table(a, 'b' columns (", "nested path 'x' columns (", "a int",
      ")" },
    { "select ", "xmlforest(", "1", ")" },
};

static void nesting_is_followed_to_a_limit_and_then_refused(void)
{
    struct parsed p = open_dialect(TL_SQL_POSTGRES);

    for (size_t i = 0; i < sizeof nests / sizeof *nests; i++) {
        const struct nest *n = &nests[i];
        char *fine = repeated(n->before, n->again, n->middle, n->after, 1200);
        char *deep = repeated(n->before, n->again, n->middle, n->after, 30000);

        parse(&p, fine);
        if (!CHECK(p.tree.n_problems == 0 || strstr(fine, "json_table")))
            printf("    %s: %s\n", n->again, p.tree.problems[0].what);
        parse(&p, deep);
        CHECK_INT(p.tree.n_problems, 1);
        CHECK_HAS(p.tree.problems[0].what, "nested more than 5,000 levels");
        tl_free(fine);
        tl_free(deep);
    }
    close_parsed(&p);
}

static void parentheses_nest_as_deep_as_promised(void)
{
    struct parsed p = open_dialect(TL_SQL_SQLITE);
    char *text = repeated("select ", "(", "1", ")", 4990);

    parse(&p, text);
    CHECK_INT(p.tree.n_problems, 0);
    tl_free(text);
    close_parsed(&p);
}

static const struct nest chains[] = {
    { "select a", " + a", "", "" },
    { "select a", " or a = 1", "", "" },
    { "select a || 'x'", " || a::text", "", "" },
    { "select 1", " union all select 1", "", "" },
    { "select 1 from a", " join b on a.i = b.i", "", "" },
    { "select 1 from a", ", a", "", "" },
    { "select a in (1", ", 1", ")", "" },
    { "select case", " when a then b", " end", "" },
    { "insert into t values (1)", ", (1)", "", "" },
    { "update t set a = 1", ", (b, c) = (1, 2)", "", "" },
    { "create table t (a int", ", like u", ")", "" },
    { "select 1", "; select 1", "", "" },
    { "select a", ".b", "", "" },
    { "select a", "::int", "", "" },
    { "create function f() begin atomic ", "select 1; ", "end", "" },
};

static double seconds_for(struct parsed *p, const struct nest *chain, int n)
{
    struct timespec began;
    struct timespec ended;
    char *text = repeated(chain->before, chain->again, chain->middle, "", n);

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
    parse(p, text);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended);
    CHECK_INT(p->tree.n_problems, 0);
    tl_free(text);
    return (double)(ended.tv_sec - began.tv_sec) +
           (double)(ended.tv_nsec - began.tv_nsec) / 1e9;
}

/* A square would take 64 times as long. */
static void long_chains_take_time_in_proportion(void)
{
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        struct parsed p = open_dialect(TL_SQL_POSTGRES);
        seconds_for(&p, &chains[i], 100000); /* memory is there from now on */
        double some = seconds_for(&p, &chains[i], 12500);
        double many = seconds_for(&p, &chains[i], 100000);

        if (!CHECK(many < some * 32 + 0.05))
            printf("    %s: %.3f s, then %.3f s\n", chains[i].again, some, many);
        close_parsed(&p);
    }
}

static void try_every_prefix(struct parsed *p, const char *text)
{
    size_t n = strlen(text);
    size_t step = n > 3000 ? 7 : 1;

    for (size_t i = 0; i <= n; i += step) {
        char *prefix =
            tl_alloc(i + 1, 1); /* in a block of its size: reading on would be seen */

        memcpy(prefix, text, i);
        char *exact = tl_realloc(prefix, i ? i : 1, 1);
        tl_sql_parse(&p->tree, p->names, p->traits, exact, (uint32_t)i);
        CHECK(p->tree.n_problems <= 40);
        tl_free(exact);
    }
}

static void every_prefix_of_a_text_parses_or_is_refused(void)
{
    struct tl_ctx ctx;
    glob_t texts;

    tl_test_ctx_init(&ctx);
    CHECK_INT(glob(TL_FIXTURES "/sql/*.sql", 0, NULL, &texts), 0);
    for (size_t i = 0; i < texts.gl_pathc; i++) {
        struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
        struct parsed p =
            open_dialect((enum tl_sql_dialect)dialect_of_path(texts.gl_pathv[i]));

        CHECK_OK(tl_file_read(&sql, texts.gl_pathv[i], &ctx), &ctx);
        try_every_prefix(&p, sql.text);
        tl_str_release(&sql);
        close_parsed(&p);
    }
    globfree(&texts);
    tl_test_ctx_release(&ctx);
}

static void a_text_reads_the_same_whatever_space_stands_behind_it(void)
{
    struct tl_ctx ctx;
    glob_t texts;

    tl_test_ctx_init(&ctx);
    CHECK_INT(glob(TL_FIXTURES "/sql/*.sql", 0, NULL, &texts), 0);
    for (size_t i = 0; i < texts.gl_pathc; i++) {
        struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
        struct parsed p =
            open_dialect((enum tl_sql_dialect)dialect_of_path(texts.gl_pathv[i]));

        CHECK_OK(tl_file_read(&sql, texts.gl_pathv[i], &ctx), &ctx);
        const char *bare = tl_arena_strdup(ctx.arena, tree_of(&p, sql.text));
        tl_str_addf(&sql, "%200s", "\n");
        CHECK_TEXT(tree_of(&p, sql.text), bare);
        tl_str_release(&sql);
        close_parsed(&p);
    }
    globfree(&texts);
    tl_test_ctx_release(&ctx);
}

/* Texts of which a refusal would show a piece if it showed what it found. */
static const char *const telling[] = {
    "select 'it's jane.doe@example.com' from t",
    "select \"jane\" \"jane\" \"jane\"",
    "insert into t values ('O'jane', 'jane')",
    "jane 'jane'",
    "select 1 $jane$ $jane$",
    "select * from t where a = jane jane jane",
    "create table jane (jane jane jane, (jane",
    "select 'jane' 'jane'",
    "select {jane}",
    "/* jane",
    "'jane",
};

static void no_refusal_shows_what_may_be_a_value(void)
{
    for (int dialect = 0; dialect < TL_SQL_DIALECTS; dialect++) {
        struct parsed p = open_dialect((enum tl_sql_dialect)dialect);

        for (size_t i = 0; i < sizeof telling / sizeof *telling; i++) {
            parse(&p, telling[i]);
            for (uint32_t k = 0; k < p.tree.n_problems; k++)
                CHECK(!strstr(p.tree.problems[k].what, "jane"));
        }
        close_parsed(&p);
    }
}

static void a_refused_statement_costs_only_itself(void)
{
    struct parsed p = open_dialect(TL_SQL_POSTGRES);
    const char *tree =
        tree_of(&p, "select a from; select b from t; drop; select ]; select c");

    CHECK_TEXT(
        tree,
        "not understood\nquery\n  select\n    item\n      column b\n    from: table t\n"
        "other\nnot understood\nquery\n  select\n    item\n      column c\n"
        "1:14: expected a table, found the end\n"
        "1:46: expected an expression, found ']'\n");
    close_parsed(&p);
}

static void a_tree_can_be_used_again_and_again(void)
{
    struct parsed p = open_dialect(TL_SQL_POSTGRES);
    uint32_t mark = tl_sql_names_mark(p.names);
    const char *text = "with a as (select b from c) select * from a where d(e) = 1";
    char *first = tl_strdup(tree_of(&p, text));

    for (int i = 0; i < 100; i++) {
        tl_sql_names_undo(p.names, mark);
        tree_of(&p, "select (((((");
        CHECK_TEXT(tree_of(&p, text), first);
    }
    tl_free(first);
    close_parsed(&p);
}

/* ---- what the systems themselves take ---- */

/* Whether SQLite's own parser takes it; that a table is missing is no matter of its. */
static bool sqlite_takes(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_finalize(statement);
        return true;
    }
    return !strstr(sqlite3_errmsg(db), "syntax error") &&
           !strstr(sqlite3_errmsg(db), "unrecognized token") &&
           !strstr(sqlite3_errmsg(db), "incomplete input");
}

/* A line a statement. A newer SQLite than the one at hand may be needed: what that one does not take is left out. */
static void what_sqlite_takes_is_taken(void)
{
    struct parsed p = open_dialect(TL_SQL_SQLITE);
    FILE *file = fopen(TL_FIXTURES "/sql/sqlite.accepts", "r");
    char *line = NULL;
    size_t room = 0;
    unsigned taken = 0;
    sqlite3 *db;

    CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, "create table t (a, b, c)", NULL, NULL, NULL), SQLITE_OK);
    while (file && getline(&line, &room, file) > 0) {
        if (!sqlite_takes(db, line))
            continue;
        taken++;
        parse(&p, line);
        bool is_body =
            p.tree.n_problems && strstr(p.tree.problems[0].what, "not followed");
        if (!CHECK(p.tree.n_problems == 0 || is_body))
            printf("    %s: %s", p.tree.problems[0].what, line);
    }
    CHECK(taken > 100);
    sqlite3_close(db);
    free(line);
    if (file)
        fclose(file);
    close_parsed(&p);
}

/* ---- what is written in each dialect ---- */

/* The next paragraph of `*at`, copied into a block of its size; NULL: there is none. */
static char *next_paragraph(const char **at)
{
    while (**at == '\n')
        (*at)++;
    if (!**at)
        return NULL;
    const char *end = strstr(*at, "\n\n");
    size_t n = end ? (size_t)(end - *at) : strlen(*at);
    while (n && (*at)[n - 1] == '\n')
        n--;
    char *paragraph = tl_alloc(n + 1, 1);
    memcpy(paragraph, *at, n);
    paragraph[n] = 0;
    *at += n;
    return paragraph;
}

static size_t take_accepted(enum tl_sql_dialect dialect, const char *path)
{
    struct tl_ctx ctx;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct parsed p = open_dialect(dialect);
    size_t n = 0;
    char *sql;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_file_read(&text, path, &ctx), &ctx);
    for (const char *at = text.text; (sql = next_paragraph(&at)) != NULL; n++) {
        parse(&p, sql);
        if (!CHECK_INT(p.tree.n_problems, 0))
            printf("    %s: %s\n", p.tree.problems[0].what, sql);
        try_every_prefix(&p, sql);
        tl_free(sql);
    }
    tl_str_release(&text);
    close_parsed(&p);
    tl_test_ctx_release(&ctx);
    return n;
}

/* A paragraph a statement: as teams write them, each form that a dialect's manual has; cut anywhere, they are refused or taken. */
static void what_is_written_in_each_dialect_is_taken(void)
{
    for (int d = 0; d < TL_SQL_DIALECTS; d++) {
        char path[512];

        snprintf(path, sizeof path, TL_FIXTURES "/sql/%s.accepted",
                 tl_sql_dialect_word(d));
        CHECK(take_accepted((enum tl_sql_dialect)d, path) >= 40);
    }
}

/* A paragraph a statement; its last line is the problem that it has. */
static void what_is_wrong_in_each_dialect_is_told(void)
{
    for (int d = 0; d < TL_SQL_DIALECTS; d++) {
        struct tl_ctx ctx;
        struct tl_str text = TL_STR_INIT(TL_STR_MOST);
        struct parsed p = open_dialect((enum tl_sql_dialect)d);
        char path[512];
        char *sql;

        snprintf(path, sizeof path, TL_FIXTURES "/sql/%s.refused",
                 tl_sql_dialect_word(d));
        tl_test_ctx_init(&ctx);
        CHECK_OK(tl_file_read(&text, path, &ctx), &ctx);
        for (const char *at = text.text; (sql = next_paragraph(&at)) != NULL;) {
            char *want = strrchr(sql, '\n');

            if (CHECK(want != NULL)) {
                *want++ = 0;
                parse(&p, sql);
                struct place place =
                    place_of(sql, p.tree.n_problems ? p.tree.problems[0].at : 0);
                char told[400];

                snprintf(told, sizeof told, "! %u:%u %s", place.line, place.column,
                         p.tree.n_problems ? p.tree.problems[0].what : "nothing");
                CHECK_TEXT(told, want);
            }
            tl_free(sql);
        }
        tl_str_release(&text);
        close_parsed(&p);
        tl_test_ctx_release(&ctx);
    }
}

/* ---- the queries of TPC-H and TPC-DS, where they are at hand ---- */

static void parse_corpus(struct parsed *p, const char *path, size_t want)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    size_t n = 0;

    while (file && getline(&line, &room, file) > 0) {
        json_t *row = json_loads(line, 0, NULL);
        const char *sql = json_string_value(json_object_get(row, "sql"));

        if (sql) {
            n++;
            parse(p, sql);
            if (!CHECK_INT(p->tree.n_problems, 0))
                printf("    %s %zu: %s\n", path, n, p->tree.problems[0].what);
            if (n % 10 == 1)
                try_every_prefix(p, sql);
        }
        json_decref(row);
    }
    CHECK_INT(n, want);
    free(line);
    if (file)
        fclose(file);
}

static void the_queries_of_tpc_parse_in_all_dialects_that_have_their_literals(void)
{
    static const enum tl_sql_dialect dialects[] = { TL_SQL_POSTGRES, TL_SQL_ANSI,
                                                    TL_SQL_DUCKDB,   TL_SQL_REDSHIFT,
                                                    TL_SQL_TRINO,    TL_SQL_SNOWFLAKE };
    const char *folder = TL_FIXTURES "/../../../shared/data/sql/";
    char path[1024];

    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        struct parsed p = open_dialect(dialects[i]);

        snprintf(path, sizeof path, "%stpch.jsonl", folder);
        if (access(path, R_OK) != 0) {
            printf("SKIP: no %s\n", path);
            close_parsed(&p);
            return;
        }
        parse_corpus(&p, path, 22);
        snprintf(path, sizeof path, "%stpcds.jsonl", folder);
        parse_corpus(&p, path, 99);
        close_parsed(&p);
    }
}

TL_TESTS("sql parse", TEST(each_text_has_the_tree_beside_it),
         TEST(every_name_stands_where_its_node_says),
         TEST(a_place_counts_lines_and_bytes_from_one),
         TEST(names_are_stored_and_compared_as_each_system_does),
         TEST(keywords_are_names_too_in_any_case),
         TEST(forgetting_the_names_of_a_text_keeps_those_before_it),
         TEST(names_may_hold_any_bytes),
         TEST(nesting_is_followed_to_a_limit_and_then_refused),
         TEST(parentheses_nest_as_deep_as_promised),
         TEST(long_chains_take_time_in_proportion),
         TEST(every_prefix_of_a_text_parses_or_is_refused),
         TEST(a_text_reads_the_same_whatever_space_stands_behind_it),
         TEST(no_refusal_shows_what_may_be_a_value),
         TEST(a_refused_statement_costs_only_itself),
         TEST(a_tree_can_be_used_again_and_again), TEST(what_sqlite_takes_is_taken),
         TEST(what_is_written_in_each_dialect_is_taken),
         TEST(what_is_wrong_in_each_dialect_is_told),
         TEST(the_queries_of_tpc_parse_in_all_dialects_that_have_their_literals))
