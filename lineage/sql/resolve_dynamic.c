/*
 * Texts that are executed. An expression of constants, and of variables that hold one, is put together as it would be, and parsed behind
 * the text proper. Where a part is not constant, something stands in its place that no table and no column is called by: what the rest
 * says is kept, and what is not known is said.
 */
#include "lineage/sql/resolve_program.h"

#include "lineage/sql/lex.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST_TEXT = 4 << 20, MOST_LEVELS = 200 };

/* What stands where a name is not known. */
static const char hole[] = "\001";

struct piece {
    uint32_t from, at;
    bool is_exact;
};

struct fold {
    struct tl_rs *rs;
    TL_VEC(char) text;
    TL_VEC(struct piece) pieces;
    uint32_t n_holes; /* parts that are not constant and may be any SQL */
    uint32_t n_gaps;  /* all that are not constant */
    unsigned levels;
    bool allows_holes, failed;
};

/* ---- putting together ---- */

static void begin_piece(struct fold *f, uint32_t at, bool is_exact)
{
    struct piece piece = { (uint32_t)f->text.n, at, is_exact };

    tl_vec_push(&f->pieces, piece);
}

static void add_bytes(struct fold *f, const char *bytes, size_t n)
{
    if (f->text.n + n > MOST_TEXT) {
        f->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        tl_vec_push(&f->text, bytes[i]);
}

/* Whether a name is what the words before ask for. */
static bool wants_name(const struct fold *f)
{
    static const char *const words[] = { "from",   "into", "join",      "update",
                                         "table",  "view", "overwrite", "using",
                                         "exists", "only", NULL };
    size_t end = f->text.n, from;

    if (end && strchr(".\"`", f->text.items[end - 1]))
        return true;
    while (end && isspace((unsigned char)f->text.items[end - 1]))
        end--;
    for (from = end; from && isalpha((unsigned char)f->text.items[from - 1]);)
        from--;
    for (size_t i = 0; words[i]; i++)
        if (strlen(words[i]) == end - from && end > from &&
            strncasecmp(f->text.items + from, words[i], end - from) == 0)
            return true;
    return false;
}

static bool ends_with(const struct fold *f, char c)
{
    return f->text.n && f->text.items[f->text.n - 1] == c;
}

static char name_quote(const struct tl_rs *rs)
{
    return rs->traits->lexical & TL_SQL_DOUBLE_QUOTED_TEXT ? '`' : '"';
}

static void add_quoted(struct fold *f, const char *bytes, size_t n, char quote)
{
    add_bytes(f, &quote, 1);
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == quote)
            add_bytes(f, &quote, 1);
        add_bytes(f, bytes + i, 1);
    }
    add_bytes(f, &quote, 1);
}

/* Something in place of what is not known. `is_value`: it is surely one literal; `is_name`: surely one name. */
static void add_hole(struct fold *f, uint32_t at, bool is_value, bool is_name)
{
    if (!f->allows_holes) {
        f->failed = true;
        return;
    }
    begin_piece(f, at, false);
    f->n_gaps++;
    f->n_holes += !is_value;
    if (is_value) {
        add_bytes(f, "null", 4);
    } else if (ends_with(f, '"') || ends_with(f, '`') || ends_with(f, '\'')) {
        add_bytes(f, hole, 1); /* its quotes are there already */
    } else if (is_name || wants_name(f)) {
        add_quoted(f, hole, 1, name_quote(f->rs));
    } else {
        add_bytes(f, " null ", 6);
    }
}

/* A name as quote_ident has it. */
static void add_name(struct fold *f, const char *bytes, size_t n)
{
    bool is_simple = n > 0 && (islower((unsigned char)bytes[0]) || bytes[0] == '_');

    for (size_t i = 0; i < n; i++)
        is_simple = is_simple && (islower((unsigned char)bytes[i]) || bytes[i] == '_' ||
                                  isdigit((unsigned char)bytes[i]));
    if (is_simple)
        add_bytes(f, bytes, n);
    else
        add_quoted(f, bytes, n, name_quote(f->rs));
}

/* ---- expressions ---- */

static void fold_node(struct fold *f, uint32_t id);

static void fold_literal(struct fold *f, const struct tl_sql_node *node)
{
    const char *text = f->rs->text + node->at;
    uint32_t n = node->end > node->at ? node->end - node->at : 0;
    uint32_t behind = 1;

    if (node->op == TL_L_NUMBER && n) {
        begin_piece(f, node->at, true);
        add_bytes(f, text, n);
        return;
    }
    if (node->op != TL_L_TEXT || n < 2) {
        f->failed = true;
        return;
    }
    char *bytes = tl_alloc(n + 1, 1);
    uint32_t length = tl_sql_unquote(bytes, text, n, f->rs->traits->lexical);
    if (text[0] == '$')
        behind = (uint32_t)((const char *)memchr(text + 1, '$', n - 1) - text) + 1;
    bool is_exact = memmem(text + behind, n - behind, bytes, length) == text + behind;
    begin_piece(f, node->at + (is_exact ? behind : 0), is_exact);
    add_bytes(f, bytes, length);
    tl_free(bytes);
}

static void fold_variable(struct fold *f, uint32_t variable, uint32_t at)
{
    const struct tl_rs_value *value = &f->rs->bodies.variables.items[variable].value;

    if (!value->text || (value->has_gaps && !f->allows_holes)) {
        add_hole(f, at, false, false);
        return;
    }
    f->n_holes += value->n_holes;
    f->n_gaps += value->has_gaps;
    begin_piece(f, value->text_at, value->text_is_exact);
    add_bytes(f, value->text, value->n_text);
}

/* A constant of its own; false: it is none. The caller frees it. */
static bool fold_apart(struct fold *f, uint32_t id, struct fold *out)
{
    *out = (struct fold){ .rs = f->rs, .levels = f->levels };
    fold_node(out, id);
    if (!out->failed)
        return true;
    tl_vec_release(&out->text);
    tl_vec_release(&out->pieces);
    return false;
}

static void release(struct fold *f)
{
    tl_vec_release(&f->text);
    tl_vec_release(&f->pieces);
}

static void fold_quoted(struct fold *f, uint32_t id, char how)
{
    struct fold part;
    uint32_t at = tl_rs_node(f->rs, id)->at;

    if (!fold_apart(f, id, &part)) {
        add_hole(f, at, how == 'L', how == 'I');
        return;
    }
    begin_piece(f, part.pieces.n == 1 ? part.pieces.items[0].at : at, false);
    if (how == 'I')
        add_name(f, part.text.items, part.text.n);
    else
        add_quoted(f, part.text.items, part.text.n, '\'');
    release(&part);
}

/* The n-th of a list, from 0; 0: there is none. */
static uint32_t nth(const struct tl_rs *rs, uint32_t list, uint32_t n)
{
    while (list && n--)
        list = tl_rs_node(rs, list)->next;
    return list;
}

/* PostgreSQL's format (manual, 9.4.1): %s %I %L %%, %1$s, %-10s; BigQuery's %s %d %t %T. */
static void fold_format(struct fold *f, uint32_t list)
{
    struct fold format;
    uint32_t next = 1;

    if (!list || !fold_apart(f, list, &format)) {
        f->failed = true;
        return;
    }
    const char *text = format.text.items;
    bool is_exact = format.pieces.n == 1 && format.pieces.items[0].is_exact;
    uint32_t at = format.pieces.n ? format.pieces.items[0].at : 0;
    size_t n = format.text.n;
    for (size_t i = 0; i < n;) {
        size_t from = i;

        while (i < n && text[i] != '%')
            i++;
        if (i > from) {
            begin_piece(f, at + (is_exact ? (uint32_t)from : 0), is_exact);
            add_bytes(f, text + from, i - from);
        }
        if (i == n)
            break;
        if (++i < n && text[i] == '%') {
            begin_piece(f, at, false);
            add_bytes(f, text + i++, 1);
            continue;
        }
        uint32_t number = 0;
        while (i < n && (isdigit((unsigned char)text[i]) || text[i] == '-')) {
            if (isdigit((unsigned char)text[i]) && number < 10000)
                number = number * 10 + (uint32_t)(text[i] - '0');
            i++;
        }
        if (i < n && text[i] == '$') {
            next = number;
            i++;
        }
        char how = i < n ? text[i++] : 's';
        uint32_t argument = nth(f->rs, list, next++);
        if (!argument)
            f->failed = true;
        else if (how == 'I' || how == 'L' || how == 'T')
            fold_quoted(f, argument, how == 'I' ? 'I' : 'L');
        else
            fold_node(f, argument);
    }
    release(&format);
}

static void fold_case(struct fold *f, uint32_t id, bool is_upper)
{
    size_t from = f->text.n;

    fold_node(f, id);
    for (size_t i = from; i < f->text.n; i++) {
        unsigned char c = (unsigned char)f->text.items[i];

        f->text.items[i] = (char)(is_upper ? toupper(c) : tolower(c));
    }
}

static void fold_call(struct fold *f, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(f->rs, id);
    const char *name = tl_rs_text(f->rs, node->name);
    uint32_t list = node->a;

    if (strcasecmp(name, "concat") == 0) {
        for (uint32_t i = list; i; i = tl_rs_node(f->rs, i)->next)
            fold_node(f, i);
    } else if (strcasecmp(name, "concat_ws") == 0 && list) {
        for (uint32_t i = tl_rs_node(f->rs, list)->next; i;
             i = tl_rs_node(f->rs, i)->next) {
            fold_node(f, i);
            if (tl_rs_node(f->rs, i)->next)
                fold_node(f, list);
        }
    } else if (strcasecmp(name, "format") == 0) {
        fold_format(f, list);
    } else if (strcasecmp(name, "quote_ident") == 0 && list) {
        fold_quoted(f, list, 'I');
    } else if ((strcasecmp(name, "quote_literal") == 0 ||
                strcasecmp(name, "quote_nullable") == 0) &&
               list) {
        fold_quoted(f, list, 'L');
    } else if (strcasecmp(name, "lower") == 0 && list) {
        fold_case(f, list, false);
    } else if (strcasecmp(name, "upper") == 0 && list) {
        fold_case(f, list, true);
    } else if ((strcasecmp(name, "trim") == 0 || strcasecmp(name, "btrim") == 0 ||
                strcasecmp(name, "to_varchar") == 0) &&
               list) {
        fold_node(f, list);
    } else {
        add_hole(f, node->at, false, false);
    }
}

/* A chain of || may be long, and leans to the left. */
static void fold_chain(struct fold *f, uint32_t id)
{
    TL_VEC(uint32_t) parts = { 0 };

    while (tl_rs_node(f->rs, id)->kind == TL_N_BINARY &&
           tl_rs_node(f->rs, id)->op == TL_O_CONCAT) {
        tl_vec_push(&parts, tl_rs_node(f->rs, id)->b);
        id = tl_rs_node(f->rs, id)->a;
    }
    fold_node(f, id);
    while (parts.n && !f->failed)
        fold_node(f, parts.items[--parts.n]);
    tl_vec_release(&parts);
}

static void fold_node(struct fold *f, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(f->rs, id);
    uint32_t variable = TL_RS_NONE;

    if (!id || f->failed || ++f->levels > MOST_LEVELS) {
        f->failed = true;
        return;
    }
    switch (node->kind) {
    case TL_N_LITERAL:
        fold_literal(f, node);
        break;
    case TL_N_CAST:
    case TL_N_NAMED_ARGUMENT:
    case TL_N_ITEM:
        fold_node(f, node->a);
        break;
    case TL_N_BINARY:
        if (node->op == TL_O_CONCAT)
            fold_chain(f, id);
        else
            add_hole(f, node->at, false, false);
        break;
    case TL_N_CALL:
        fold_call(f, id);
        break;
    case TL_N_COLUMN:
        if (!node->b && !f->rs->scope)
            variable = tl_rs_variable(f->rs, node->name);
        if (variable == TL_RS_NONE)
            add_hole(f, node->at, false, false);
        else
            fold_variable(f, variable, node->at);
        break;
    case TL_N_PARAMETER:
        variable = tl_rs_variable_of_parameter(f->rs, id);
        if (variable == TL_RS_NONE)
            add_hole(f, node->at, false, false);
        else
            fold_variable(f, variable, node->at);
        break;
    default:
        add_hole(f, node->at, false, false);
        break;
    }
    f->levels--;
}

/* Whether it can be a constant at all: most expressions cannot, and are not tried. */
static bool may_fold(const struct tl_rs *rs, uint32_t id)
{
    switch (tl_rs_node(rs, id)->kind) {
    case TL_N_LITERAL:
    case TL_N_CAST:
    case TL_N_CALL:
    case TL_N_COLUMN:
    case TL_N_PARAMETER:
        return true;
    case TL_N_BINARY:
        return tl_rs_node(rs, id)->op == TL_O_CONCAT;
    default:
        return false;
    }
}

/* What was put together, as a value. */
static void keep_text(struct fold *f, uint32_t id, struct tl_rs_value *out)
{
    char *copy = tl_arena_alloc(f->rs->words, f->text.n + 1, 1);

    memcpy(copy, f->text.items ? f->text.items : "", f->text.n);
    out->text = copy;
    out->n_text = (uint32_t)f->text.n;
    out->text_at = f->pieces.n ? f->pieces.items[0].at : tl_rs_node(f->rs, id)->at;
    out->text_is_exact = f->pieces.n == 1 && f->pieces.items[0].is_exact;
    out->n_holes = f->n_holes;
    out->has_gaps = f->n_gaps > 0;
}

bool tl_rs_fold(struct tl_rs *rs, uint32_t id, struct tl_rs_value *out)
{
    struct fold f = { .rs = rs };

    *out = tl_rs_no_value();
    out->is_unset = false;
    if (!may_fold(rs, id))
        return false;
    fold_node(&f, id);
    if (!f.failed)
        keep_text(&f, id, out);
    release(&f);
    return !f.failed;
}

void tl_rs_fold_in_part(struct tl_rs *rs, uint32_t id, struct tl_rs_value *value)
{
    struct fold f = { .rs = rs, .allows_holes = true };
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (node->kind != TL_N_CALL &&
        !(node->kind == TL_N_BINARY && node->op == TL_O_CONCAT))
        return;
    fold_node(&f, id);
    if (!f.failed && f.pieces.n > f.n_gaps)
        keep_text(&f, id, value);
    release(&f);
}

/* ---- executing ---- */

/* The text behind the text proper; 0: there is no room. */
static uint32_t place(struct fold *f)
{
    uint32_t first = 0;

    for (size_t i = 0; i < f->pieces.n; i++) {
        struct piece piece = f->pieces.items[i];
        uint32_t end =
            i + 1 < f->pieces.n ? f->pieces.items[i + 1].from : (uint32_t)f->text.n;
        if (end == piece.from)
            continue;
        uint32_t at = tl_sql_tree_add(f->rs->tree, f->text.items + piece.from,
                                      end - piece.from, piece.at, piece.is_exact);
        if (!at)
            return 0;
        first = first ? first : at;
    }
    f->rs->text = f->rs->tree->text;
    return first;
}

static bool is_hole(const struct tl_rs *rs, uint32_t table)
{
    return table != TL_SQL_NO_TABLE && strcmp(rs->tables.items[table].name, hole) == 0;
}

static bool is_hole_column(const char *name)
{
    return name && strcmp(name, hole) == 0;
}

/* Edges from or to what is not known. */
void tl_rs_drop_holes(struct tl_rs *rs, size_t first)
{
    size_t kept = first;

    for (size_t i = first; i < rs->edges.n; i++) {
        const struct tl_sql_edge *edge = &rs->edges.items[i];

        if (!is_hole(rs, edge->target) && !is_hole(rs, edge->source) &&
            !is_hole_column(edge->target_column) &&
            !is_hole_column(edge->source_column)) {
            if (rs->is_traced)
                rs->trail_of.items[kept] = rs->trail_of.items[i];
            rs->edges.items[kept++] = *edge;
        }
    }
    rs->edges.n = kept;
}

/* One part of a dotted name, from the end: its length with the dot, and the name. */
static uint32_t last_part(struct tl_rs *rs, const char *text, uint32_t *n)
{
    uint32_t end = *n, from = end;
    bool is_quoted = end && strchr("\"`", text[end - 1]);

    if (is_quoted) {
        for (end--, from = end; from && text[from - 1] != text[end];)
            from--;
    } else {
        while (from && text[from - 1] != '.')
            from--;
    }
    uint32_t name =
        end > from ? tl_sql_name_add(rs->names, text + from, end - from, is_quoted) : 0;
    *n = from - (is_quoted && from);
    if (*n && text[*n - 1] == '.')
        --*n;
    return name;
}

struct tl_schema_name tl_rs_dynamic_name(struct tl_rs *rs, uint32_t expression)
{
    struct tl_schema_name name = { 0 };
    struct tl_rs_value value;

    if (!tl_rs_fold(rs, expression, &value) || !value.n_text) {
        tl_rs_problem(rs, tl_rs_node(rs, expression)->at,
                      "which table is meant here is not constant");
        name.name = tl_sql_name_exact(rs->names, hole, 1);
        rs->bodies.has_hole = true;
        return name;
    }
    uint32_t n = value.n_text;
    name.name = last_part(rs, value.text, &n);
    if (n)
        name.schema = last_part(rs, value.text, &n);
    if (n)
        name.database = last_part(rs, value.text, &n);
    return name;
}

/* What `using` gives: $1, ?, or names of its own. */
static void bind_using(struct tl_rs *rs, uint32_t list)
{
    struct tl_rs_value any = tl_rs_no_value();
    uint32_t number = 1;

    any.is_unset = false;
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next, number++) {
        const struct tl_sql_node *item = tl_rs_node(rs, i);
        uint32_t name = item->kind == TL_N_ITEM ? item->name : 0;
        struct tl_rs_value value =
            tl_rs_evaluate(rs, item->kind == TL_N_ITEM ? item->a : i);
        char text[12];
        int n = snprintf(text, sizeof text, "%u", (unsigned)number);

        any = tl_rs_join_values(rs, any, value);
        tl_rs_declare(rs, tl_sql_name_exact(rs->names, text, (uint32_t)n), value);
        if (name)
            tl_rs_declare(rs, name, value);
    }
    any.text = NULL;
    if (list)
        tl_rs_declare(rs, tl_sql_name_exact(rs->names, "?", 1), any);
}

static bool is_query_kind(uint8_t kind)
{
    return kind == TL_N_QUERY || kind == TL_N_SELECT || kind == TL_N_SET ||
           kind == TL_N_VALUES;
}

/* All of them, the last one's rows being what comes out where somebody takes them. */
static struct tl_rs_value run_statements(struct tl_rs *rs, uint32_t list, uint32_t using,
                                         bool takes_rows)
{
    struct tl_rs_value value = tl_rs_no_value();
    size_t n_variables = rs->bodies.variables.n;

    bind_using(rs, using);
    rs->bodies.n_open++;
    for (uint32_t i = list; i; i = tl_rs_node(rs, i)->next) {
        uint8_t kind = tl_rs_node(rs, i)->kind;
        bool gives = is_query_kind(kind) || kind == TL_N_INSERT || kind == TL_N_UPDATE ||
                     kind == TL_N_DELETE;

        if (takes_rows && gives && !tl_rs_node(rs, i)->next)
            value = tl_rs_evaluate(rs, i);
        else
            tl_rs_run(rs, i);
    }
    rs->bodies.n_open--;
    tl_rs_forget(rs, n_variables);
    return value;
}

/* Parses the text; the list of its statements. */
static uint32_t parse(struct fold *f)
{
    struct tl_rs *rs = f->rs;
    uint32_t n_problems = rs->tree->n_problems;
    uint32_t at = place(f);
    uint32_t list = 0;

    if (at)
        list =
            tl_sql_parse_more(rs->tree, rs->names, rs->traits, at, (uint32_t)f->text.n);
    rs->nodes = rs->tree->nodes;
    if (f->n_holes)
        rs->tree->n_problems = n_problems; /* of what stands for what is not known */
    return list;
}

static struct tl_rs_value execute_text(struct tl_rs *rs, uint32_t id, bool takes_rows)
{
    const struct tl_sql_node node = *tl_rs_node(rs, id);
    struct fold f = { .rs = rs, .allows_holes = true };
    struct tl_rs_value value = tl_rs_no_value();
    size_t first_edge = rs->edges.n, n_problems = rs->problems.n;

    fold_node(&f, node.a);
    if (!f.failed && f.text.n) {
        uint32_t list = parse(&f);

        value = run_statements(rs, list, node.c, takes_rows);
    }
    if (f.n_holes) {
        rs->problems.n = n_problems;
        tl_rs_drop_holes(rs, first_edge);
    }
    if ((f.failed || f.n_holes) && !rs->bodies.is_quiet)
        tl_rs_problem(rs, tl_rs_node(rs, node.a)->at,
                      "the text that is executed here is not constant");
    release(&f);
    return value;
}

struct tl_rs_value tl_rs_execute(struct tl_rs *rs, uint32_t id, bool takes_rows)
{
    const struct tl_sql_node node = *tl_rs_node(rs, id);
    struct tl_rs_value value = tl_rs_no_value();

    if (rs->bodies.is_quiet)
        return value; /* the tree cannot grow there: its nodes may be in use */
    if (node.a)
        return execute_text(rs, id, takes_rows);
    uint32_t statement = tl_rs_prepared(rs, node.name);
    if (!statement) {
        tl_rs_problem(rs, node.at,
                      "what '%s' runs is not known: it is prepared elsewhere",
                      tl_rs_text(rs, node.name));
        return value;
    }
    if (tl_rs_node(rs, statement)->kind < TL_N_QUERY) {
        struct tl_sql_node *execute = &rs->tree->nodes[id];

        execute->a = statement;
        value = execute_text(rs, id, takes_rows);
        rs->tree->nodes[id].a = 0;
        return value;
    }
    size_t n_variables = rs->bodies.variables.n;
    bind_using(rs, node.c);
    tl_rs_run(rs, statement);
    tl_rs_forget(rs, n_variables);
    return value;
}
