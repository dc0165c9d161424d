/*
 * What DuckDB and Spark call the column of an expression that has no name: its text as they would write it themselves, whatever its
 * white space, case and parentheses were. As asked of DuckDB 2.0 and Spark 3.5. What holds a text, or a number that may be somebody's,
 * is not repeated, and what is not known exactly has no such name.
 */
#include "lineage/sql/dialect.h"
#include "lineage/sql/names.h"
#include "lineage/sql/resolve.h"

#include <stdio.h>
#include <string.h>

enum { MOST_BYTES = 200, MOST_DEPTH = 24, MOST_DIGITS = 4 };

/* How one of them writes. */
struct style {
    const char *all;        /* count(*) */
    const char *minus[2];   /* around -x */
    const char *unequal[3]; /* around and between x <> y */
    const char *concat[3];  /* x || y */
    const char *when[4];    /* case, in front of a condition, of a result, behind it */
    const char *otherwise;  /* where a case has no else; NULL: nothing */
    const char *between[4]; /* x between y and z: in front, between, behind */
    bool shows_casts, shows_tables, repeats_operand, quotes;
};
static const struct style styles[] = {
    {
        .all = "count_star()",
        .minus = { "(-(", "))" },
        .unequal = { "(", " != ", ")" },
        .concat = { "(", " || ", ")" },
        .when = { "CASE ", " WHEN (", ") THEN (", ")" },
        .otherwise = " ELSE NULL",
        .between = { "(", " BETWEEN ", " AND ", ")" },
        .shows_casts = true,
        .shows_tables = true,
        .quotes = true,
    },
    {
        .all = "count(1)",
        .minus = { "(- ", ")" },
        .unequal = { "(NOT (", " = ", "))" },
        .concat = { "concat(", ", ", ")" },
        .when = { "CASE", " WHEN ", " THEN ", "" },
        .between = { "((", " >= ", ") AND (", "))" },
        .repeats_operand = true,
    },
};

/* Words that DuckDB writes in quotes where they are names. Of its own list, those that functions and columns are called by. */
static const char *const quoted[] = {
    "access",   "action",    "all",       "class",       "columns",   "comment",
    "comments", "content",   "cost",      "current",     "data",      "database",
    "day",      "days",      "domain",    "end",         "event",     "extract",
    "first",    "function",  "group",     "groups",      "hour",      "hours",
    "if",       "index",     "interval",  "key",         "label",     "language",
    "large",    "last",      "left",      "level",       "like",      "limit",
    "local",    "location",  "map",       "method",      "minute",    "minutes",
    "mode",     "month",     "months",    "name",        "names",     "new",
    "next",     "nullif",    "object",    "off",         "offset",    "old",
    "operator", "option",    "options",   "order",       "over",      "overlay",
    "owner",    "partition", "password",  "plans",       "policy",    "position",
    "primary",  "prior",     "quarter",   "range",       "read",      "real",
    "ref",      "replace",   "resource",  "right",       "role",      "row",
    "rows",     "rule",      "sample",    "schema",      "scope",     "search",
    "second",   "seconds",   "sequence",  "server",      "session",   "set",
    "share",    "source",    "sql",       "start",       "statement", "storage",
    "struct",   "substring", "system",    "table",       "target",    "temp",
    "text",     "time",      "timestamp", "transaction", "trigger",   "trim",
    "type",     "types",     "user",      "valid",       "value",     "values",
    "version",  "view",      "views",     "week",        "weeks",     "when",
    "where",    "window",    "year",      "years",       "zone",
};

struct title {
    struct tl_rs *rs;
    const struct style *style;
    char text[MOST_BYTES + 1];
    uint32_t n, depth;
    bool fails;
};

static void say_n(struct title *t, const char *text, size_t n)
{
    if (n > MOST_BYTES - t->n) {
        t->fails = true;
        return;
    }
    memcpy(t->text + t->n, text, n);
    t->n += (uint32_t)n;
}

static void say(struct title *t, const char *text)
{
    say_n(t, text, strlen(text));
}

static void say_name(struct title *t, uint32_t name)
{
    const char *text = tl_rs_text(t->rs, name);
    bool is_quoted =
        text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789_")] != '\0';

    for (size_t i = 0; i < sizeof quoted / sizeof *quoted && !is_quoted; i++)
        is_quoted = strcasecmp(quoted[i], text) == 0;
    is_quoted &= t->style->quotes;
    say(t, is_quoted ? "\"" : "");
    say(t, text);
    say(t, is_quoted ? "\"" : "");
}

static void say_expression(struct title *t, uint32_t id);

static void say_list(struct title *t, uint32_t first)
{
    for (uint32_t i = first; i; i = tl_rs_node(t->rs, i)->next) {
        say_expression(t, i);
        if (tl_rs_node(t->rs, i)->next)
            say(t, ", ");
    }
}

static void say_literal(struct title *t, const struct tl_sql_node *node)
{
    const char *text = t->rs->text + node->at;
    size_t n = node->end - node->at;
    bool is_plain = n <= MOST_DIGITS;

    for (size_t i = 0; i < n; i++)
        is_plain &=
            (text[i] >= '0' && text[i] <= '9') || (text[i] == '.' && i && i + 1 < n);
    if (node->op == TL_L_NUMBER && is_plain)
        say_n(t, text, n);
    else if (node->op == TL_L_NULL)
        say(t, "NULL");
    else if (node->op == TL_L_BOOLEAN)
        say(t, strncasecmp(text, "true", 4) == 0 ? "true" : "false");
    else
        t->fails = true;
}

static void say_column(struct title *t, const struct tl_sql_node *node)
{
    const uint32_t parts[] = { node->d, node->c, node->b };
    bool shows = t->style->shows_tables ||
                 tl_rs_qualifier(t->rs, node->b, node->c, node->d) == TL_RS_NONE;

    for (size_t i = 0; i < 3 && node->b && shows; i++)
        if (parts[i]) {
            say_name(t, parts[i]);
            say(t, ".");
        }
    say_name(t, node->name);
}

/* Calls that are written otherwise, or get arguments that nobody wrote. */
static const char *const others[] = {
    "approx_percentile",
    "current_date",
    "current_time",
    "current_timestamp",
    "extract",
    "grouping_id",
    "lag",
    "lead",
    "localtime",
    "nth_value",
    "percentile_approx",
    "position",
    "regexp_replace",
    "split",
    "unix_timestamp",
    "window",
    "explode",
    "posexplode",
    "inline",
    "stack",
    "json_tuple",
    "regexp_extract",
    "mask",
    "sort_array",
    "array_agg",
    "percentile",
    "percentile_cont",
};
/* Spark's casts that look like calls are no part of the name. */
static const char *const casts[] = { "string",  "int",      "bigint",    "double",
                                     "float",   "decimal",  "timestamp", "boolean",
                                     "tinyint", "smallint", "binary",    "date" };

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static void say_call(struct title *t, const struct tl_sql_node *node)
{
    const char *name = tl_rs_text(t->rs, node->name);
    bool is_bare = !t->style->shows_casts && node->a && !tl_rs_node(t->rs, node->a)->next;

    if (node->b || node->d || is_one_of(name, others, sizeof others / sizeof *others)) {
        t->fails = true;
        return;
    }
    if ((node->flags & TL_F_STAR) && !node->a) {
        if (strcasecmp(name, "count") == 0)
            say(t, t->style->all);
        else
            t->fails = true;
        return;
    }
    if (t->style->shows_casts && strcasecmp(name, "date") == 0 && node->a) {
        say(t, "CAST(");
        say_list(t, node->a);
        say(t, " AS DATE)");
        return;
    }
    if (is_bare && is_one_of(name, casts, sizeof casts / sizeof *casts)) {
        say_expression(t, node->a);
        return;
    }
    if (!t->style->shows_casts && strncasecmp(name, "substr", 6) == 0 && node->a) {
        const struct tl_sql_node *from =
            tl_rs_node(t->rs, tl_rs_node(t->rs, node->a)->next);
        t->fails |= !from->next; /* Spark adds a length */
    }
    bool is_if = t->style->repeats_operand && strcasecmp(name, "if") == 0;
    say(t, is_if ? "(" : "");
    if (node->c) {
        say_name(t, node->c);
        say(t, ".");
    }
    if (t->style->shows_casts && strcasecmp(name, "ifnull") == 0)
        say(t, "coalesce");
    else if (strcasecmp(name, "coalesce") == 0)
        say(t, name);
    else
        say_name(t, node->name);
    say(t, node->flags & TL_F_DISTINCT ? "(DISTINCT " : "(");
    say_list(t, node->a);
    say(t, is_if ? "))" : ")");
}

/* Types as DuckDB calls them; others by the name that they have. */
static void say_type(struct title *t, uint32_t type)
{
    static const char *const same[][2] = {
        { "int", "INTEGER" },       { "int4", "INTEGER" },
        { "integer", "INTEGER" },   { "text", "TEXT" },
        { "varchar", "VARCHAR" },   { "int8", "BIGINT" },
        { "bigint", "BIGINT" },     { "float8", "DOUBLE" },
        { "double", "DOUBLE" },     { "float4", "FLOAT" },
        { "real", "FLOAT" },        { "float", "FLOAT" },
        { "bool", "BOOLEAN" },      { "boolean", "BOOLEAN" },
        { "date", "DATE" },         { "timestamp", "TIMESTAMP" },
        { "smallint", "SMALLINT" },
    };
    const char *text = tl_rs_text(t->rs, type);

    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (strcasecmp(same[i][0], text) == 0) {
            say(t, same[i][1]);
            return;
        }
    t->fails = true;
}

static void say_cast(struct title *t, const struct tl_sql_node *node)
{
    bool tries = strncasecmp(t->rs->text + node->at, "try", 3) == 0;

    if (!t->style->shows_casts) {
        t->fails |= tries;
        say_expression(t, node->a);
        return;
    }
    say(t, tries ? "TRY_CAST(" : "CAST(");
    say_expression(t, node->a);
    say(t, " AS ");
    say_type(t, node->name);
    say(t, ")");
}

static void say_between(struct title *t, const char *const *around, uint32_t a,
                        uint32_t b)
{
    say(t, around[0]);
    say_expression(t, a);
    say(t, around[1]);
    say_expression(t, b);
    say(t, around[2]);
}

/* How many of these bytes stand there: a text does not end with a zero, but an operand stands behind whatever is asked for. */
static size_t n_of(const char *text, const char *bytes)
{
    size_t n = 0;

    while (text[n] && strchr(bytes, text[n]))
        n++;
    return n;
}

static void say_binary(struct title *t, const struct tl_sql_node *node)
{
    const char *text = t->rs->text + node->at;
    size_t n = n_of(text, "+-*/%|=<>!&^");
    n -= n > 1 && text[n - 1] == '-'; /* the sign of what follows */
    char word[8];
    const char *around[] = { "(", word, ")" };

    if (n == 0 && strncasecmp(text, "and", 3) == 0)
        snprintf(word, sizeof word, " AND ");
    else if (n == 0 && strncasecmp(text, "or", 2) == 0)
        snprintf(word, sizeof word, " OR ");
    else if (n == 2 && (memcmp(text, "<>", 2) == 0 || memcmp(text, "!=", 2) == 0)) {
        say_between(t, t->style->unequal, node->a, node->b);
        return;
    } else if (n == 2 && memcmp(text, "||", 2) == 0) {
        say_between(t, t->style->concat, node->a, node->b);
        return;
    } else if (n == 2 && memcmp(text, "==", 2) == 0)
        snprintf(word, sizeof word, " = ");
    else if (n == 1 || (n == 2 && text[0] == text[1]) || (n == 2 && text[1] == '='))
        snprintf(word, sizeof word, " %.*s ", (int)n, text);
    else {
        t->fails = true;
        return;
    }
    say_between(t, around, node->a, node->b);
}

static void say_unary(struct title *t, const struct tl_sql_node *node)
{
    const char *text = t->rs->text + node->at;

    if (text[0] == '-' && text[1] != '-') {
        say(t, t->style->minus[0]);
        say_expression(t, node->a);
        say(t, t->style->minus[1]);
    } else if (strncasecmp(text, "not", 3) == 0 && node->op == TL_O_LOGIC) {
        say(t, "(NOT ");
        say_expression(t, node->a);
        say(t, ")");
    } else if (strncasecmp(text, "is", 2) == 0) {
        size_t n = 2 + n_of(text + 2, " ");
        bool is_not = strncasecmp(text + n, "not", 3) == 0;

        n += is_not ? 3 + n_of(text + n + 3, " ") : 0;
        t->fails |= strncasecmp(text + n, "null", 4) != 0;
        say(t, "(");
        say_expression(t, node->a);
        say(t, is_not ? " IS NOT NULL)" : " IS NULL)");
    } else {
        t->fails = true;
    }
}

static void say_case(struct title *t, const struct tl_sql_node *node)
{
    const char *const *when = t->style->when;

    say(t, when[0]);
    for (uint32_t i = node->b; i; i = tl_rs_node(t->rs, i)->next) {
        say(t, when[1]);
        if (node->a) {
            say(t, "(");
            say_expression(t, node->a);
            say(t, " = ");
        }
        say_expression(t, tl_rs_node(t->rs, i)->a);
        say(t, node->a ? ")" : "");
        say(t, when[2]);
        say_expression(t, tl_rs_node(t->rs, i)->b);
        say(t, when[3]);
    }
    if (node->c) {
        say(t, " ELSE ");
        say_expression(t, node->c);
    } else if (t->style->otherwise) {
        say(t, t->style->otherwise);
    }
    say(t, " END");
}

/* a[1] of a column: behind a[1] of a path stands the last name alone. */
static bool is_element(const struct title *t, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(t->rs, id);

    return node->kind == TL_N_INDEX && tl_rs_node(t->rs, node->a)->kind == TL_N_COLUMN;
}

static void say_more(struct title *t, const struct tl_sql_node *node)
{
    bool is_not = node->flags & TL_F_NOT;
    const struct tl_sql_node *list = tl_rs_node(t->rs, node->b);

    switch (node->kind) {
    case TL_N_IN:
        if (list->kind == TL_N_SUBQUERY) {
            t->fails = true;
            return;
        }
        say(t, is_not ? "(NOT (" : "(");
        say_expression(t, node->a);
        say(t, " IN (");
        say_list(t, node->b);
        say(t, is_not ? ")))" : "))");
        return;
    case TL_N_BETWEEN:
        say(t, is_not ? "(NOT " : "");
        say(t, t->style->between[0]);
        say_expression(t, node->a);
        say(t, t->style->between[1]);
        say_expression(t, node->b);
        say(t, t->style->between[2]);
        if (t->style->repeats_operand) {
            say_expression(t, node->a);
            say(t, " <= ");
        }
        say_expression(t, node->c);
        say(t, t->style->between[3]);
        say(t, is_not ? ")" : "");
        return;
    case TL_N_FIELD:
        t->fails |= t->style->shows_casts || !node->name || !is_element(t, node->a);
        say_expression(t, node->a);
        say(t, ".");
        say_name(t, node->name);
        return;
    case TL_N_INDEX:
        say_expression(t, node->a);
        say(t, "[");
        t->fails |= node->c || !node->b;
        if (node->b)
            say_expression(t, node->b);
        say(t, "]");
        return;
    default:
        t->fails = true;
    }
}

static void say_expression(struct title *t, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(t->rs, id);

    if (t->fails || ++t->depth > MOST_DEPTH) {
        t->fails = true;
        return;
    }
    switch (node->kind) {
    case TL_N_COLUMN:
        say_column(t, node);
        break;
    case TL_N_LITERAL:
        say_literal(t, node);
        break;
    case TL_N_CALL:
        say_call(t, node);
        break;
    case TL_N_CAST:
        say_cast(t, node);
        break;
    case TL_N_BINARY:
        say_binary(t, node);
        break;
    case TL_N_UNARY:
        say_unary(t, node);
        break;
    case TL_N_CASE:
        say_case(t, node);
        break;
    default:
        say_more(t, node);
    }
    t->depth--;
}

uint32_t tl_rs_title(struct tl_rs *rs, uint32_t expression)
{
    struct title t = { .rs = rs };

    t.style = &styles[(rs->traits->naming & TL_SQL_NAMED_LIKE_PLANS) != 0];
    say_expression(&t, expression);
    return t.fails || !t.n ? 0 : tl_sql_name_exact(rs->names, t.text, t.n);
}
