/*
 * Columns by pattern: DuckDB's columns(...), and which of them a star's edit by pattern leaves. An item with columns(...) in it stands
 * for as many as it finds, each with that column in its place.
 */
#include "lineage/sql/resolve.h"

#include "base/rx.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_PATTERN = 1000, MOST_GROUPS = 10 };

/* ---- patterns ---- */

/* % and _; a later % takes back only as far as itself. */
static bool is_like(const char *name, const char *pattern, bool has_case)
{
    const char *behind = NULL, *after = NULL;

    while (*name) {
        if (*pattern == '%') {
            after = ++pattern;
            behind = name;
        } else if (*pattern == '_' ||
                   (has_case ? *pattern == *name
                             : *pattern && strncasecmp(name, pattern, 1) == 0)) {
            pattern++;
            name++;
        } else if (behind) {
            pattern = after;
            name = ++behind;
        } else {
            return false;
        }
    }
    while (*pattern == '%')
        pattern++;
    return !*pattern;
}

/* A literal's text without its quotes; false: it is none, or too long. */
static bool text_of(const struct tl_rs *rs, uint32_t id, char *out)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    uint32_t n = 0;

    if (!id || node->kind != TL_N_LITERAL || node->op != TL_L_TEXT ||
        node->end - node->at > LONGEST_PATTERN)
        return false;
    for (uint32_t i = node->at + 1; i + 1 < node->end; i++) {
        out[n++] = rs->text[i];
        if (rs->text[i] == '\'' && rs->text[i + 1] == '\'')
            i++;
    }
    out[n] = '\0';
    return true;
}

/* The regular expression, compiled; the last one is kept. NULL: it is wrong. */
static const struct tl_rx *rx_of(struct tl_rs *rs, const char *pattern)
{
    if (!rs->rx || strcmp(rs->rx_pattern, pattern) != 0) {
        tl_rx_close(rs->rx);
        tl_rx_open(&rs->rx, pattern, 0, NULL);
        tl_free(rs->rx_pattern);
        rs->rx_pattern = tl_strdup(pattern);
    }
    return rs->rx;
}

static enum tl_rs_answer finds(struct tl_rs *rs, const char *pattern, const char *name)
{
    const struct tl_rx *rx = rx_of(rs, pattern);
    size_t begin, end;

    if (!rx)
        return TL_RS_UNTOLD;
    if (!rs->rx_scratch)
        rs->rx_scratch = tl_rx_scratch_open();
    switch (tl_rx_find(rx, name, strlen(name), 0, &begin, &end, rs->rx_scratch)) {
    case TL_RX_YES:
        return TL_RS_YES;
    case TL_RX_NO:
        return TL_RS_NO;
    default:
        return TL_RS_UNTOLD;
    }
}

/* glob's * and ? as a pattern of like; its other letters are what they are. */
static void as_like(char *pattern)
{
    for (; *pattern; pattern++)
        *pattern = (char)(*pattern == '*' ? '%' : *pattern == '?' ? '_' : *pattern);
}

static enum tl_rs_answer compares(struct tl_rs *rs, const char *operator,
                                  const char * name, char *pattern)
{
    static const struct {
        const char *word;
        char how;
    } operators[] = {
        { "ilike", 'i' }, { "like", 'l' }, { "similar", 'r' }, { "glob", 'g' },
        { "~~*", 'i' },   { "~~", 'l' },   { "~", 'r' },       { "<>", 'n' },
        { "!=", 'n' },    { "==", '=' },   { "=", '=' },
    };
    char how = 0;

    for (size_t i = 0; i < sizeof operators / sizeof *operators && !how; i++)
        if (strncasecmp(operator, operators[i].word, strlen(operators[i].word)) == 0)
            how = operators[i].how;
    if (how == 'r')
        return finds(rs, pattern, name);
    if (how == 'g')
        as_like(pattern);
    bool is_equal = how == '=' || how == 'n' ? strcmp(name, pattern) == 0
                                             : is_like(name, pattern, how != 'i');
    return !how ? TL_RS_UNTOLD : is_equal == (how != 'n') ? TL_RS_YES : TL_RS_NO;
}

static enum tl_rs_answer reverse(enum tl_rs_answer answer)
{
    return answer == TL_RS_YES ? TL_RS_NO : answer == TL_RS_NO ? TL_RS_YES : answer;
}

/* Whether "not" stands before a byte of the text. */
static bool is_negated(const struct tl_rs *rs, uint32_t at)
{
    while (at > 0 && (rs->text[at - 1] == ' ' || rs->text[at - 1] == '\n' ||
                      rs->text[at - 1] == '\t' || rs->text[at - 1] == '\r'))
        at--;
    return at > 3 && strncasecmp(rs->text + at - 3, "not", 3) == 0;
}

/* Whether a TL_N_COLUMNS asks for it. */
static enum tl_rs_answer is_asked_for(struct tl_rs *rs, uint32_t columns, uint32_t name);

enum tl_rs_answer tl_rs_is_left(struct tl_rs *rs, uint32_t edit_id, uint32_t name)
{
    const struct tl_sql_node *edit = tl_rs_node(rs, edit_id);
    char pattern[LONGEST_PATTERN + 1];

    if (edit->kind == TL_N_COLUMNS)
        return is_asked_for(rs, edit_id, name);
    if (!text_of(rs, edit->a, pattern))
        return TL_RS_UNTOLD;
    enum tl_rs_answer answer =
        compares(rs, rs->text + edit->at, tl_rs_text(rs, name), pattern);
    return edit->flags & TL_F_NOT ? reverse(answer) : answer;
}

/* ---- conditions on names ---- */

static bool value_of(const struct tl_rs *rs, uint32_t id, uint32_t parameter,
                     const char *name, char *out)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (node->kind == TL_N_COLUMN && !node->b && tl_rs_key(rs, node->name) == parameter) {
        snprintf(out, LONGEST_PATTERN + 1, "%s", name);
        return true;
    }
    if (node->kind == TL_N_CALL && node->a && !tl_rs_node(rs, node->a)->next) {
        bool is_lower = strcasecmp(tl_rs_text(rs, node->name), "lower") == 0;
        bool is_upper = strcasecmp(tl_rs_text(rs, node->name), "upper") == 0;

        if ((!is_lower && !is_upper) || !value_of(rs, node->a, parameter, name, out))
            return false;
        for (char *c = out; *c; c++)
            if (is_lower ? *c >= 'A' && *c <= 'Z' : *c >= 'a' && *c <= 'z')
                *c ^= 32;
        return true;
    }
    return text_of(rs, id, out);
}

static enum tl_rs_answer is_in(const struct tl_rs *rs, const struct tl_sql_node *node,
                               uint32_t parameter, const char *name)
{
    char left[LONGEST_PATTERN + 1], right[LONGEST_PATTERN + 1];

    if (!value_of(rs, node->a, parameter, name, left))
        return TL_RS_UNTOLD;
    for (uint32_t i = node->b; i; i = tl_rs_node(rs, i)->next) {
        if (!text_of(rs, i, right))
            return TL_RS_UNTOLD;
        if (strcmp(left, right) == 0)
            return TL_RS_YES;
    }
    return TL_RS_NO;
}

static enum tl_rs_answer calls(struct tl_rs *rs, const struct tl_sql_node *node,
                               uint32_t parameter, const char *name)
{
    const char *of = tl_rs_text(rs, node->name);
    char left[LONGEST_PATTERN + 1], right[LONGEST_PATTERN + 1];
    uint32_t second = node->a ? tl_rs_node(rs, node->a)->next : 0;

    if (!second || !value_of(rs, node->a, parameter, name, left) ||
        !value_of(rs, second, parameter, name, right))
        return TL_RS_UNTOLD;
    size_t n = strlen(left), k = strlen(right);
    if (strcasecmp(of, "regexp_matches") == 0)
        return finds(rs, right, left);
    if (strcasecmp(of, "starts_with") == 0 || strcasecmp(of, "prefix") == 0)
        return strncmp(left, right, k) == 0 ? TL_RS_YES : TL_RS_NO;
    if (strcasecmp(of, "ends_with") == 0 || strcasecmp(of, "suffix") == 0)
        return n >= k && strcmp(left + n - k, right) == 0 ? TL_RS_YES : TL_RS_NO;
    if (strcasecmp(of, "contains") == 0)
        return strstr(left, right) ? TL_RS_YES : TL_RS_NO;
    return TL_RS_UNTOLD;
}

static enum tl_rs_answer holds(struct tl_rs *rs, uint32_t id, uint32_t parameter,
                               const char *name)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    char left[LONGEST_PATTERN + 1], right[LONGEST_PATTERN + 1];
    enum tl_rs_answer answer = TL_RS_UNTOLD;

    if (rs->depth + 4 > TL_RS_DEPTH)
        return TL_RS_UNTOLD;
    rs->depth += 4;
    if (node->kind == TL_N_UNARY && node->op == TL_O_LOGIC) {
        answer = reverse(holds(rs, node->a, parameter, name));
    } else if (node->kind == TL_N_BINARY && node->op == TL_O_LOGIC) {
        enum tl_rs_answer a = holds(rs, node->a, parameter, name);
        enum tl_rs_answer b = holds(rs, node->b, parameter, name);
        bool is_or = strncasecmp(rs->text + node->at, "or", 2) == 0;

        if (a == TL_RS_UNTOLD || b == TL_RS_UNTOLD)
            answer = TL_RS_UNTOLD;
        else
            answer = (is_or ? a == TL_RS_YES || b == TL_RS_YES
                            : a == TL_RS_YES && b == TL_RS_YES)
                         ? TL_RS_YES
                         : TL_RS_NO;
    } else if (node->kind == TL_N_BINARY && node->op == TL_O_COMPARE &&
               value_of(rs, node->a, parameter, name, left) &&
               value_of(rs, node->b, parameter, name, right)) {
        answer = compares(rs, rs->text + node->at, left, right);
        if (is_negated(rs, node->at))
            answer = reverse(answer);
    } else if (node->kind == TL_N_IN) {
        answer = is_in(rs, node, parameter, name);
        if (node->flags & TL_F_NOT)
            answer = reverse(answer);
    } else if (node->kind == TL_N_CALL) {
        answer = calls(rs, node, parameter, name);
    }
    rs->depth -= 4;
    return answer;
}

static enum tl_rs_answer is_asked_for(struct tl_rs *rs, uint32_t columns, uint32_t name)
{
    const struct tl_sql_node *asks = tl_rs_node(rs, tl_rs_node(rs, columns)->a);
    char text[LONGEST_PATTERN + 1];

    switch (asks->kind) {
    case TL_N_STAR:
        return TL_RS_YES;
    case TL_N_LITERAL:
        return text_of(rs, tl_rs_node(rs, columns)->a, text)
                   ? finds(rs, text, tl_rs_text(rs, name))
                   : TL_RS_UNTOLD;
    case TL_N_LAMBDA:
        return asks->a ? holds(rs, asks->b, tl_rs_key(rs, tl_rs_node(rs, asks->a)->name),
                               tl_rs_text(rs, name))
                       : TL_RS_UNTOLD;
    case TL_N_LIST:
        for (uint32_t i = asks->a; i; i = tl_rs_node(rs, i)->next) {
            if (!text_of(rs, i, text))
                return TL_RS_UNTOLD;
            if (strcasecmp(text, tl_rs_text(rs, name)) == 0)
                return TL_RS_YES;
        }
        return TL_RS_NO;
    default:
        return TL_RS_UNTOLD;
    }
}

/* ---- which columns ---- */

/* Appends to what is being built the columns that a TL_N_COLUMNS finds in the scope. */
static void put_found(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id), *asks = tl_rs_node(rs, node->a);
    struct tl_sql_node star = { .kind = TL_N_STAR, .at = node->at };
    size_t first = rs->building.n, kept = first;
    bool is_told = true;

    tl_rs_star(rs, scope, asks->kind == TL_N_STAR ? asks : &star);
    for (size_t i = first; i < rs->building.n; i++) {
        struct tl_rs_column column = rs->building.items[i];
        enum tl_rs_answer answer =
            column.is_open ? TL_RS_YES : is_asked_for(rs, id, column.name);

        if (column.is_open && asks->kind != TL_N_STAR)
            column.uncovered = tl_rs_uncover(rs, column.uncovered, 0, id);
        is_told = is_told && answer != TL_RS_UNTOLD;
        if (answer != TL_RS_YES)
            continue;
        rs->building.items[kept++] = column;
    }
    rs->building.n = kept;
    if (!is_told)
        tl_rs_problem(rs, node->at, "which columns 'columns' means is not understood");
    else if (kept == first)
        tl_rs_problem(rs, node->at, "there is no column that 'columns' asks for");
}

void tl_rs_walk_columns(struct tl_rs *rs, uint32_t id, struct tl_rs_flow flow)
{
    size_t first = rs->building.n;

    if (rs->has_hand && !(tl_rs_node(rs, id)->flags & TL_F_STAR)) {
        tl_rs_add_set(rs, rs->hand.set, flow);
        return;
    }
    if (!rs->scope)
        return;
    put_found(rs, rs->scope, id);
    for (size_t i = first; i < rs->building.n; i++)
        tl_rs_add_set(rs, rs->building.items[i].set, flow);
    rs->building.n = first;
}

/* ---- items ---- */

/* 'max_\0' of a column, \1 being the first group of what was searched for. */
static uint32_t name_made(struct tl_rs *rs, uint32_t columns, uint32_t alias,
                          uint32_t name)
{
    const char *form = tl_rs_text(rs, alias), *text = tl_rs_text(rs, name);
    char made[500], pattern[LONGEST_PATTERN + 1];
    size_t spans[MOST_GROUPS][2] = { 0 };
    size_t n = 0;

    if (!strchr(form, '\\'))
        return alias;
    if (text_of(rs, tl_rs_node(rs, columns)->a, pattern) && rx_of(rs, pattern))
        tl_rx_groups(rs->rx, text, strlen(text), spans, MOST_GROUPS);
    else
        spans[0][1] = strlen(text);
    for (; *form && n + 1 < sizeof made; form++) {
        if (form[0] != '\\' || form[1] < '0' || form[1] > '9') {
            made[n++] = *form;
            continue;
        }
        const size_t *span = spans[*++form - '0'];
        for (size_t i = span[0]; i < span[1] && n + 1 < sizeof made; i++)
            made[n++] = text[i];
    }
    return tl_sql_name_exact(rs->names, made, (uint32_t)n);
}

bool tl_rs_columns_item(struct tl_rs *rs, struct tl_rs_scope *scope,
                        const struct tl_sql_node *item)
{
    uint32_t columns = tl_rs_find(rs, item->a, TL_N_COLUMNS);
    struct tl_rs_column before = rs->hand;
    bool had = rs->has_hand;
    size_t first = rs->building.n;

    if (!columns)
        return false;
    put_found(rs, scope, columns);
    for (size_t i = first; i < rs->building.n; i++) {
        struct tl_rs_column column = rs->building.items[i];

        rs->hand = column;
        rs->has_hand = true;
        column.set = tl_rs_expression(rs, item->a);
        rs->has_hand = false;
        if (tl_rs_node(rs, item->a)->kind != TL_N_COLUMNS)
            column.type = tl_rs_type_of_expression(rs, item->a);
        if (item->name && !column.is_open) {
            column.name = name_made(rs, columns, item->name, column.name);
            column.key = tl_rs_key(rs, column.name);
        }
        rs->building.items[i] = column;
    }
    rs->hand = before;
    rs->has_hand = had;
    return true;
}
