#include "tests/check.h"

#include "base/file.h"
#include "base/mem.h"
#include "lineage/sql/dialect.h"
#include "lineage/sql/keywords.h"
#include "lineage/sql/tree.h"

#include <glob.h>
#include <jansson.h>
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
    [TL_N_NAME] = { "name", { { 0 }, { NULL, ITS_TYPE } } },
    [TL_N_QUERY] = { "query", { { NULL, NODES }, { NULL, NODES }, { "order", NODES }, { "limit", NODES } } },
    [TL_N_CTE] = { "with", { { NULL, NODES }, { NULL, NODES }, { "adds", NODES } } },
    [TL_N_SELECT] = { "select", { { NULL, NODES }, { "from", NODES }, { "where", NODES }, { NULL, NODES } } },
    [TL_N_SELECT_TAIL] = { "tail", { { "group", NODES }, { "having", NODES }, { NULL, NODES }, { NULL, NODES } } },
    [TL_N_SELECT_MORE] = { "more", { { "qualify", NODES }, { "distinct on", NODES }, { "into", NODES } } },
    [TL_N_NAMED_WINDOW] = { "windows", { { NULL, NODES } } },
    [TL_N_ITEM] = { "item", { { NULL, NODES } } },
    [TL_N_SET] = { "set", { { NULL, NODES }, { NULL, NODES } } },
    [TL_N_VALUES] = { "values", { { NULL, NODES } } },
    [TL_N_GROUPING] = { "grouping", { { NULL, NODES } } },
    [TL_N_TABLE] = { "table", { { 0 }, { NULL, A_NAME }, { NULL, A_NAME }, { NULL, NODES } } },
    [TL_N_DERIVED] = { "derived", { { NULL, NODES }, { 0 }, { 0 }, { NULL, NODES } } },
    [TL_N_FUNCTION] = { "function", { { NULL, NODES }, { 0 }, { 0 }, { NULL, NODES } } },
    [TL_N_JOIN] = { "join", { { NULL, NODES }, { NULL, NODES }, { "on", NODES }, { "using", NODES } } },
    [TL_N_ALIAS] = { "alias", { { NULL, NODES } } },
    [TL_N_PIVOT] = { "pivot", { { 0 } } },
    [TL_N_CREATE_VIEW] = { "create view", { { NULL, NODES }, { NULL, NODES }, { NULL, NODES } } },
    [TL_N_CREATE_TABLE] = { "create table", { { NULL, NODES }, { NULL, NODES }, { NULL, NODES }, { "like", NODES } } },
    [TL_N_COLUMN_DEFINITION] = { "defines", { { "from", NODES }, { NULL, ITS_TYPE } } },
    [TL_N_INSERT] = { "insert", { { NULL, NODES }, { NULL, NODES }, { NULL, NODES }, { NULL, NODES } } },
    [TL_N_INSERT_TAIL] = { "tail", { { "conflict", NODES }, { "where", NODES }, { "returning", NODES } } },
    [TL_N_SET_COLUMN] = { "sets", { { NULL, NODES }, { NULL, A_NUMBER } } },
    [TL_N_UPDATE] = { "update", { { NULL, NODES }, { NULL, NODES }, { "from", NODES }, { NULL, NODES } } },
    [TL_N_UPDATE_TAIL] = { "tail", { { "where", NODES }, { "returning", NODES }, { NULL, NODES } } },
    [TL_N_DELETE] = { "delete", { { NULL, NODES }, { 0 }, { "using", NODES }, { NULL, NODES } } },
    [TL_N_ALTER_TABLE] = { "alter", { { NULL, NODES }, { NULL, NODES } } },
    [TL_N_ALTER] = { "alteration", { { "from", NODES }, { NULL, ITS_TYPE } } },
    [TL_N_DROP] = { "drop", { { NULL, NODES } } },
    [TL_N_OTHER] = { "other", { { 0 } } },
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
    static const char *const alters[] = { "add", "drop", "rename", "rename table",
                                          "other" };

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
    default:
        return NULL;
    }
}

/* The same bits mean other things at other nodes. */
static const char *flags_of(const struct tl_sql_node *node, uint8_t bit)
{
    switch ((enum tl_sql_node_kind)node->kind) {
    case TL_N_CALL:
        return bit == TL_F_DISTINCT ? "distinct" : "star";
    case TL_N_IN:
    case TL_N_BETWEEN:
        return "not";
    case TL_N_SELECT:
        return "distinct";
    case TL_N_SELECT_TAIL:
        return "all";
    case TL_N_SET:
        return bit == TL_F_ALL ? "all" : "by name";
    case TL_N_QUERY:
    case TL_N_UPDATE_TAIL:
        return "recursive";
    case TL_N_TABLE:
        return "only";
    case TL_N_DERIVED:
        return "lateral";
    case TL_N_FUNCTION:
        return bit == TL_F_LATERAL ? "lateral" : "ordinality";
    case TL_N_JOIN:
        return "natural";
    case TL_N_INSERT:
        return bit == TL_F_OVERWRITE ? "overwrite" : "by name";
    case TL_N_COLUMN:
        return "quoted";
    default:
        return bit == TL_F_TEMPORARY      ? "temporary"
               : bit == TL_F_MATERIALIZED ? "materialized"
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
        tl_str_add_shown(&p->out, p->text + node->at, node->end - node->at);
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

/* The statements, then the problems. */
static const char *tree_of(struct parsed *p, const char *text)
{
    tl_str_clear(&p->out);
    parse(p, text);
    print(p, p->tree.first, NULL, 0);
    for (uint32_t i = 0; i < p->tree.n_problems; i++) {
        struct tl_sql_place place = tl_sql_place_of(text, p->tree.problems[i].at);

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
    if (getenv("TAGLINE_PRINT_TREES") && strstr(path, getenv("TAGLINE_PRINT_TREES")))
        printf("%s", tree_of(&p, sql.text)); /* to be read, then kept beside the text */
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

TL_TESTS("sql parse", TEST(each_text_has_the_tree_beside_it))
