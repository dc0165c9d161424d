/*
 * The parser of SQL. Any bytes, in the dialect that the first of them names, and pieces of SQL that hide a word inside literals: the
 * tree points nowhere but into itself and the text, no message holds the word, and the names of a text can be forgotten.
 */
#include "base/mem.h"
#include "lineage/sql/dialect.h"
#include "lineage/sql/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const pieces[] = {
    "'canary'",
    "E'canary'",
    "$$canary$$",
    "\"canary\"",
    "x'canary'",
    "/* canary */",
    "-- canary\n",
    "'it''s canary'",
    "'canary",
    "(",
    ")",
    "((",
    "))",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ";",
    ":",
    "::",
    ":=",
    "=>",
    "->",
    "->>",
    "*",
    "+",
    "-",
    "/",
    "%",
    "^",
    "=",
    "<",
    "<>",
    "||",
    "@>",
    "?",
    "$1",
    ":v",
    "1",
    "1.5e3",
    "a",
    "b.c",
    "a.b.c.d",
    "t",
    "f(",
    "count(*)",
    "\n\\copy x\n",
    "select",
    "from",
    "where",
    "group by",
    "having",
    "order by",
    "limit",
    "offset",
    "fetch first",
    "with",
    "recursive",
    "as",
    "(select 1)",
    "union",
    "all",
    "intersect",
    "except",
    "values",
    "insert into t",
    "update t set",
    "delete from t",
    "merge",
    "create table t (",
    "create view v as",
    "create",
    "alter table t",
    "add column",
    "drop",
    "rename to",
    "rename column",
    "join",
    "left join",
    "natural",
    "cross join",
    "using (a)",
    "on",
    "lateral",
    "unnest(",
    "with ordinality",
    "tablesample",
    "case",
    "when",
    "then",
    "else",
    "end",
    "cast(",
    "as int)",
    "interval",
    "date",
    "extract(year from",
    "substring(",
    "trim(both",
    "not",
    "and",
    "or",
    "is",
    "null",
    "in (",
    "between",
    "like",
    "escape",
    "any (",
    "exists (",
    "array[",
    "row(",
    "over (",
    "partition by",
    "rows between",
    "unbounded preceding",
    "filter (where",
    "within group (order by",
    "window w as (",
    "grouping sets (",
    "rollup (",
    "distinct",
    "distinct on (",
    "into",
    "returning",
    "on conflict",
    "do update set",
    "default",
    "json_table(",
    "columns (",
    "nested path",
    "xmltable(",
    "passing",
    "pivot (",
    "qualify",
    "lateral view",
    "exclude (",
    "begin",
    "begin atomic",
    "create function f() returns int",
    "create trigger x",
    "create rule r as",
    "do $$",
    "$$;",
    "declare x int",
    "if a then",
    "elsif b then",
    "end if",
    "for r in select 1 loop",
    "end loop",
    "while a do",
    "exception when others then",
    "execute immediate 'select 1'",
    "into x",
    "x := 1",
    "let y :=",
    "return table(x)",
    "language sql",
    "as 'select 1'",
    "create macro m(a) as",
    "call p(1)",
    "perform f(a)",
    "prepare q as",
    "identifier('t')",
    "{{ x }}",
    "copy t from stdin;",
    "explain analyze",
    "collate",
    "at time zone",
    "operator(+)",
    "isnull",
    "glob",
    "struct<",
    "array<int>",
    "interval 1 day",
    "x -> x",
    "search depth first",
    "cycle",
    "set",
    "for update",
};

static uint32_t n_seen;

#define check(claim) ((claim) ? (void)0 : check_fails(#claim))

static void check_fails(const char *claim)
{
    fprintf(stderr, "does not hold: %s\n", claim);
    abort();
}

static void check_name(const struct tl_sql_names *names, uint32_t name)
{
    if (name)
        check(tl_sql_name_text(names, name) != NULL && tl_sql_name_key(names, name) != 0);
}

/* Bits of the fields that hold nodes. */
static unsigned node_fields(const struct tl_sql_node *node)
{
    switch ((enum tl_sql_node_kind)node->kind) {
    case TL_N_LITERAL:
    case TL_N_PARAMETER:
    case TL_N_COLUMN:
    case TL_N_NAME:
    case TL_N_OTHER:
    case TL_N_NOT_UNDERSTOOD:
    case TL_N_NONE:
    case TL_N_PIVOT:
        return 0;
    case TL_N_STAR:
    case TL_N_STAR_EDIT:
    case TL_N_COLUMN_DEFINITION:
    case TL_N_ALTER:
    case TL_N_SET_COLUMN:
    case TL_N_ITEM:
        return 1;
    case TL_N_CALL:
        return 1 | 2 | 8;
    case TL_N_TABLE:
        return 8;
    case TL_N_FIELD:
    case TL_N_PROGRAM:
    case TL_N_DECLARE:
        return 1;
    case TL_N_SET:
        return 1 | 2 | 4;
    case TL_N_ROUTINE:
        return 1 | 4 | 8;
    case TL_N_TRIGGER:
        return 1 | 2;
    default:
        return 15;
    }
}

/* Every node is met a bounded number of times: what several columns share, a few times. */
static void check_nodes(const struct tl_sql_tree *tree, const struct tl_sql_names *names,
                        uint32_t n, uint32_t first, unsigned level)
{
    check(level < 40000);
    for (uint32_t i = first; i; i = tree->nodes[i].next) {
        const struct tl_sql_node *node = &tree->nodes[i];
        const uint32_t fields[] = { node->a, node->b, node->c, node->d };
        unsigned held = node_fields(node);

        check(i < tree->n_nodes && node->kind < TL_N_KINDS && node->at <= n);
        if (++n_seen > 4000000)
            return;
        check_name(names, node->name);
        if (node->kind == TL_N_LITERAL)
            check(node->end <= n && (node->end >= node->at));
        for (int k = 0; k < 4; k++) {
            if (!(held & 1u << k))
                continue;
            check(fields[k] < tree->n_nodes);
            if (fields[k])
                check_nodes(tree, names, n, fields[k], level + 1);
        }
    }
}

/* Bytes in a block of their own, so that reading beyond them is seen. */
static void try_text(enum tl_sql_dialect dialect, const char *text, size_t n)
{
    static struct tl_sql_names
        *opened[TL_SQL_DIALECTS]; /* kept: every text must leave them as they were */
    const struct tl_sql_traits *traits = &tl_sql_traits[dialect];
    if (!opened[dialect])
        opened[dialect] = tl_sql_names_open(traits);
    struct tl_sql_names *names = opened[dialect];
    uint32_t mark = tl_sql_names_mark(names);
    struct tl_sql_tree tree;

    tl_sql_tree_init(&tree);
    for (int again = 0; again < 2; again++) {
        tl_sql_parse(&tree, names, traits, text, (uint32_t)n);
        n_seen = 0;
        check_nodes(&tree, names, tree.n_text, tree.first, 0);
        for (uint32_t i = 0; i < tree.n_problems; i++) {
            check(tl_sql_tree_origin(&tree, tree.problems[i].at) <= n);
            check(tree.problems[i].what[0]);
            check(strlen(tree.problems[i].what) < 300 &&
                  !strstr(tree.problems[i].what, "canary"));
        }
        tl_sql_names_undo(names, mark);
        check(tl_sql_names_mark(names) == mark);
    }
    tl_sql_tree_release(&tree);
}

enum { PADDING = 200 };

/* The same node of a text of n bytes, and of that text with blanks behind it. */
static void check_node(const struct tl_sql_node *bare, struct tl_sql_node *padded,
                       uint32_t n)
{
    if (bare->at > n) { /* a body without its quotes stands behind the text */
        check(bare->kind == padded->kind && bare->op == padded->op &&
              bare->flags == padded->flags && bare->at + PADDING == padded->at);
        return;
    }
    if (bare->at == n && padded->at > n) /* what stands at the end */
        padded->at = n;
    check(memcmp(bare, padded, sizeof *bare) == 0);
}

/* The lexer reads whole blocks where it can: the same text must read the same where it cannot. */
static void try_tail(enum tl_sql_dialect dialect, const char *text, size_t n)
{
    const struct tl_sql_traits *traits = &tl_sql_traits[dialect];
    struct tl_sql_names *names = tl_sql_names_open(traits);
    struct tl_sql_tree bare;
    struct tl_sql_tree padded;
    char *longer = malloc(n + PADDING);

    check(longer != NULL);
    memcpy(longer, text, n);
    memset(longer + n, ' ', PADDING);
    tl_sql_tree_init(&bare);
    tl_sql_tree_init(&padded);
    tl_sql_parse(&bare, names, traits, text, (uint32_t)n);
    tl_sql_parse(&padded, names, traits, longer, (uint32_t)n + PADDING);
    if (bare.n_problems == 0 && padded.n_problems == 0) {
        check(bare.n_nodes == padded.n_nodes && bare.first == padded.first);
        for (uint32_t i = 0; i < bare.n_nodes; i++)
            check_node(&bare.nodes[i], &padded.nodes[i], (uint32_t)n);
    }
    tl_sql_tree_release(&bare);
    tl_sql_tree_release(&padded);
    tl_sql_names_close(names);
    free(longer);
}

static void try_pieces(enum tl_sql_dialect dialect, const uint8_t *bytes, size_t n)
{
    char *text = malloc(n * 40 + 1);
    size_t length = 0;

    check(text != NULL);
    for (size_t i = 0; i < n && i < 2000; i++) {
        const char *piece = pieces[bytes[i] % (sizeof pieces / sizeof *pieces)];

        length += (size_t)snprintf(text + length, 40, "%s ", piece);
    }
    char *exact = malloc(length ? length : 1);
    check(exact != NULL);
    memcpy(exact, text, length);
    try_text(dialect, exact, length);
    free(exact);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    enum tl_sql_dialect dialect =
        (enum tl_sql_dialect)(n ? bytes[0] % TL_SQL_DIALECTS : TL_SQL_POSTGRES);

    size_t skip = n && bytes[0] < TL_SQL_DIALECTS; /* a dialect's number is no text */
    const char *text = (const char *)bytes + skip;

    try_text(dialect, text, n - skip);
    try_text(n % 2 ? TL_SQL_POSTGRES : TL_SQL_SQLITE, text, n - skip);
    if (n % 8 == 0)
        try_tail(dialect, text, n - skip);
    if (n < 20000)
        try_pieces(dialect, bytes, n);
    return 0;
}
