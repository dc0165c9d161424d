/*
 * Functions in from and columns that stand for rows: which columns they bring, and which places of their arguments those are made of.
 * Elements of lists are no places of their own; FLATTEN, json_each and their like are taken to go through lists.
 */
#include "lineage/sql/resolve_program.h"
#include "lineage/sql/resolve_shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a column of a table function is of what goes in. */
enum {
    ELEMENT = 'e', /* an element: its fields are the input's */
    ANY = 'a',     /* one of the fields, no telling which */
    TYPE = 'o',    /* what kind of value an element is: a part */
    KEY = 'k',     /* a name of a field: may be somebody's */
    PLACE = 'p',   /* a number: which element it is, and nothing of it */
    WHOLE = 'w',   /* all of it */
};

/* Columns "name:what" (hidden ones behind '-') of functions that have several, or one of a name of its own; `wide`: where the alias names one more. */
static const struct {
    const char *name;
    uint32_t dialects;
    const char *columns, *wide;
} functions[] = {
    { "json_each", TL_SQL_IN(SQLITE),
      "key:k value:e type:o atom:e id:p parent:p fullkey:k path:k -json:w -root:k",
      NULL },
    { "jsonb_each", TL_SQL_IN(SQLITE),
      "key:k value:e type:o atom:e id:p parent:p fullkey:k path:k -json:w -root:k",
      NULL },
    { "json_tree", TL_SQL_IN(SQLITE),
      "key:k value:a type:o atom:a id:p parent:p fullkey:k path:k -json:w -root:k",
      NULL },
    { "jsonb_tree", TL_SQL_IN(SQLITE),
      "key:k value:a type:o atom:a id:p parent:p fullkey:k path:k -json:w -root:k",
      NULL },
    { "json_each", TL_SQL_IN(DUCKDB),
      "key:k value:e type:o atom:e id:p parent:p fullkey:k path:k -json:w -root:k",
      NULL },
    { "json_tree", TL_SQL_IN(DUCKDB),
      "key:k value:a type:o atom:a id:p parent:p fullkey:k path:k -json:w -root:k",
      NULL },
    { "json_each", TL_SQL_IN_ALL, "key:k value:a", NULL },
    { "json_each_text", TL_SQL_IN_ALL, "key:k value:a", NULL },
    { "jsonb_each", TL_SQL_IN_ALL, "key:k value:a", NULL },
    { "jsonb_each_text", TL_SQL_IN_ALL, "key:k value:a", NULL },
    { "each", TL_SQL_IN_ALL, "key:k value:a", NULL },
    { "json_array_elements", TL_SQL_IN_ALL, "value:e", NULL },
    { "jsonb_array_elements", TL_SQL_IN_ALL, "value:e", NULL },
    { "json_array_elements_text", TL_SQL_IN_ALL, "value:e", NULL },
    { "jsonb_array_elements_text", TL_SQL_IN_ALL, "value:e", NULL },
    { "flatten", TL_SQL_IN_ALL, "seq:p key:k path:k index:p value:e this:w", NULL },
    { "split_to_table", TL_SQL_IN_ALL, "seq:p index:p value:a", NULL },
    { "strtok_split_to_table", TL_SQL_IN_ALL, "seq:p index:p value:a", NULL },
    { "explode", TL_SQL_IN_ALL, "col:e", "key:k value:a" },
    { "explode_outer", TL_SQL_IN_ALL, "col:e", "key:k value:a" },
    { "posexplode", TL_SQL_IN_ALL, "pos:p col:e", "pos:p key:k value:a" },
    { "posexplode_outer", TL_SQL_IN_ALL, "pos:p col:e", "pos:p key:k value:a" },
    { "variant_explode", TL_SQL_IN_ALL, "pos:p key:k value:e", NULL },
    { "variant_explode_outer", TL_SQL_IN_ALL, "pos:p key:k value:e", NULL },
    { "range", TL_SQL_IN(SPARK), "id:a", NULL },
    { "generate_series", TL_SQL_IN(SQLITE), "value:a start:a stop:a step:a", NULL },
};

/* One column, of the function's or the alias's name: what gives rows of values, not of records. */
static const char *const scalars[] = {
    "generate_series",
    "generate_array",
    "range",
    "sequence",
    "string_to_table",
    "regexp_split_to_table",
    "regexp_matches",
    "json_object_keys",
    "jsonb_object_keys",
    "jsonb_path_query",
    "json_array_elements",
    "generate_subscripts",
    "skeys",
    "svals",
};

/* Records, of which the fields are found by their names. */
static const char *const records[] = {
    "json_to_record",        "json_to_recordset",        "jsonb_to_record",
    "jsonb_to_recordset",    "json_populate_record",     "json_populate_recordset",
    "jsonb_populate_record", "jsonb_populate_recordset", "inline",
    "inline_outer",
};

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_named(const struct tl_rs *rs, uint32_t id, const char *name)
{
    return strcasecmp(tl_rs_text(rs, tl_rs_node(rs, id)->name), name) == 0;
}

/* ---- columns ---- */

/* A function of from, while its columns are made. */
struct made {
    const struct tl_sql_node *node; /* TL_N_FUNCTION */
    uint32_t names;                 /* of its alias: a list of TL_N_NAME */
    unsigned n_names;               /* without that of "with ordinality" */
};

static void add_column_as(struct tl_rs *rs, uint32_t name, struct tl_rs_set set,
                          char what)
{
    struct tl_rs_column column = { .name = name,
                                   .key = tl_rs_key(rs, name),
                                   .set = set,
                                   .is_element = what == ELEMENT };

    tl_vec_push(&rs->building, column);
}

static void add_column(struct tl_rs *rs, uint32_t name, struct tl_rs_set set)
{
    add_column_as(rs, name, set, ANY);
}

/* The fields of a record, by their names. */
static void add_record(struct tl_rs *rs, struct tl_rs_set set)
{
    uint32_t name = tl_sql_name_exact(rs->names, "*", 1);
    struct tl_rs_column column = { .name = name,
                                   .key = tl_rs_key(rs, name),
                                   .set = set,
                                   .is_open = true,
                                   .is_record = true };

    tl_vec_push(&rs->building, column);
}

static uint32_t as_name(struct tl_rs *rs, const char *text, size_t n)
{
    return tl_sql_name_add(rs->names, text, (uint32_t)n, false);
}

static struct tl_rs_flow in_other_rows(void)
{
    struct tl_rs_flow flow = tl_rs_value();

    flow.kind = TL_TRANSFORMATION;
    return flow;
}

/* What the column that is `what` of a value is made of, of whose elements the set is. */
static struct tl_rs_set set_as(struct tl_rs *rs, struct tl_rs_set set, char what)
{
    struct tl_rs_flow flow = in_other_rows();

    if (what == ELEMENT || what == WHOLE)
        return set;
    if (what == PLACE)
        return (struct tl_rs_set){ 0 };
    flow.is_mixed = true;
    if (what == TYPE)
        flow.effect = TL_PARTIAL;
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_add_set(rs, set, flow);
    return tl_rs_end(rs, mark);
}

static struct tl_rs_set set_in(struct tl_rs *rs, uint32_t expression,
                               struct tl_rs_flow flow)
{
    struct tl_rs_mark mark = tl_rs_begin(rs);

    tl_rs_walk_argument(rs, expression, flow);
    return tl_rs_end(rs, mark);
}

/* "key:k value:e -json:w" */
static void add_columns(struct tl_rs *rs, const char *columns, struct tl_rs_set set)
{
    while (*columns) {
        bool is_hidden = *columns == '-';
        columns += is_hidden;
        size_t n = strcspn(columns, ":");
        char what = columns[n + 1];

        add_column_as(rs, as_name(rs, columns, n), set_as(rs, set, what), what);
        rs->building.items[rs->building.n - 1].is_hidden = is_hidden;
        columns += n + 2;
        columns += *columns == ' ';
    }
}

/* ---- functions with a syntax of their own ---- */

/* flatten(input => v, path => 'a.b', recursive => true, mode => 'object'), json_each(v, '$.a') */
static void add_flatten(struct tl_rs *rs, uint32_t call, const char *columns)
{
    uint32_t input = 0, path = 0;
    struct tl_rs_flow flow = in_other_rows();
    bool is_deep = false;
    unsigned n = 0;
    char text[16];

    for (uint32_t i = tl_rs_node(rs, call)->a; i; i = tl_rs_node(rs, i)->next, n++) {
        const struct tl_sql_node *argument = tl_rs_node(rs, i);
        bool has_name = argument->kind == TL_N_NAMED_ARGUMENT;

        if (has_name ? is_named(rs, i, "input") : n == 0)
            input = i;
        else if (has_name ? is_named(rs, i, "path") : n == 1)
            path = i;
        else if (has_name && is_named(rs, i, "recursive"))
            is_deep =
                strncasecmp(rs->text + tl_rs_node(rs, argument->a)->at, "true", 4) == 0;
        else if (has_name && is_named(rs, i, "mode"))
            is_deep |= tl_rs_literal_text(rs, i, text, sizeof text) &&
                       strcasecmp(text, "object") == 0;
    }
    if (!input)
        return;
    if (path)
        flow = tl_rs_into_path(rs, flow, path);
    struct tl_rs_set set = set_in(rs, input, flow);
    size_t first = rs->building.n;
    add_columns(rs, columns, set);
    for (size_t i = first; is_deep && i < rs->building.n; i++)
        if (rs->building.items[i].set.first == set.first && set.n &&
            strcasecmp(tl_rs_text(rs, rs->building.items[i].name), "value") == 0)
            rs->building.items[i].set = set_as(rs, set, ANY);
}

/* json_tuple(v, 'a', 'b'): a column each */
static void add_json_tuple(struct tl_rs *rs, uint32_t call)
{
    uint32_t input = tl_rs_node(rs, call)->a, n = 0;
    char made[16];

    if (!input)
        return;
    for (uint32_t i = tl_rs_node(rs, input)->next; i; i = tl_rs_node(rs, i)->next) {
        struct tl_rs_flow flow = tl_rs_into_key(rs, in_other_rows(), i);
        int length = snprintf(made, sizeof made, "c%u", (unsigned)n++);

        add_column(rs, as_name(rs, made, (size_t)length), set_in(rs, input, flow));
    }
}

/* stack(2, 'a', x, 'b', y): two rows of what follows */
static void add_stack(struct tl_rs *rs, uint32_t call)
{
    uint32_t rows = tl_rs_node(rs, call)->a;
    const struct tl_sql_node *count = tl_rs_node(rs, rows);
    uint32_t n = 0, n_rows = 0;
    char made[16];

    if (count->kind == TL_N_LITERAL && count->op == TL_L_NUMBER)
        n_rows = (uint32_t)strtoul(rs->text + count->at, NULL, 10);
    for (uint32_t i = count->next; i; i = tl_rs_node(rs, i)->next)
        n++;
    if (!n_rows || !n) {
        add_record(rs, tl_rs_expression(rs, call));
        return;
    }
    uint32_t n_columns = (n + n_rows - 1) / n_rows;
    for (uint32_t c = 0; c < n_columns; c++) {
        struct tl_rs_mark mark = tl_rs_begin(rs);
        uint32_t at = 0;

        for (uint32_t i = count->next; i; i = tl_rs_node(rs, i)->next, at++)
            if (at % n_columns == c)
                tl_rs_walk_argument(rs, i, in_other_rows());
        int length = snprintf(made, sizeof made, "col%u", (unsigned)c);
        add_column(rs, as_name(rs, made, (size_t)length), tl_rs_end(rs, mark));
    }
}

/* ---- columns that are written inside: json_table, xmltable, rows from (f() as (a int)) ---- */

/* The way to a column: its own path, behind those of the parts that it is nested in. */
static struct tl_rs_flow into_column(struct tl_rs *rs, const struct tl_sql_node *column,
                                     struct tl_rs_flow flow)
{
    uint32_t around = column->d;

    if (column->c)
        flow = tl_rs_into_path(rs, flow, column->c);
    else
        flow = tl_rs_into(rs, flow, column->name);
    for (unsigned n = 0; around && n < 64; n++) {
        const struct tl_sql_node *part = tl_rs_node(rs, around);

        if (part->c)
            flow = tl_rs_into_path(rs, flow, part->c);
        around = part->d;
    }
    return flow;
}

static void add_written(struct tl_rs *rs, uint32_t id, uint32_t columns)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);
    bool has_paths = is_named(rs, id, "json_table");

    if (!has_paths) {
        bool is_record = is_one_of(tl_rs_text(rs, call->name), records,
                                   sizeof records / sizeof *records);
        struct tl_rs_set set = tl_rs_expression(rs, id);

        for (uint32_t i = columns; i; i = tl_rs_node(rs, i)->next)
            add_column(rs, tl_rs_node(rs, i)->name,
                       tl_rs_node(rs, i)->flags & TL_F_ORDINALITY
                           ? (struct tl_rs_set){ 0 }
                       : is_record ? tl_rs_field_set(rs, set, tl_rs_node(rs, i)->name)
                                   : set);
        return;
    }
    uint32_t root = call->a ? tl_rs_node(rs, call->a)->next : 0;
    for (uint32_t i = columns; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *column = tl_rs_node(rs, i);
        struct tl_rs_set set = { 0 };

        if (!(column->flags & TL_F_ORDINALITY)) {
            struct tl_rs_flow flow = into_column(rs, column, in_other_rows());
            if (root)
                flow = tl_rs_into_path(rs, flow, root);
            set = set_in(rs, call->a, flow);
        }
        add_column(rs, column->name, set);
    }
}

/* ---- keys and values of maps that are built ---- */

struct entries {
    uint32_t keys, values; /* lists of expressions */
    unsigned step;         /* how many further each next one is */
};

/* map('k', x, 'l', y), map(array['k', 'l'], array[x, y]); false: it is nothing of the kind. */
static bool entries_of(const struct tl_rs *rs, uint32_t id, struct entries *out)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);
    uint32_t second = call->a ? tl_rs_node(rs, call->a)->next : 0;

    if (call->kind != TL_N_CALL || !second ||
        !(is_named(rs, id, "map") || is_named(rs, id, "map_from_arrays")))
        return false;
    const struct tl_sql_node *keys = tl_rs_node(rs, call->a);
    const struct tl_sql_node *values = tl_rs_node(rs, second);
    if (keys->kind == TL_N_LIST && values->kind == TL_N_LIST && !values->next) {
        *out = (struct entries){ keys->a, values->a, 1 };
        return true;
    }
    *out = (struct entries){ call->a, second, is_named(rs, id, "map") ? 2 : 1 };
    if (out->step == 1 || (rs->traits->meaning & TL_SQL_UNNEST_SPREADS))
        return !values->next; /* map_from_arrays(a, b), map(a, b) of lists */
    return true;
}

static struct tl_rs_set set_of_entries(struct tl_rs *rs, uint32_t list, unsigned step)
{
    struct tl_rs_mark mark = tl_rs_begin(rs);

    for (uint32_t i = list; i;) {
        tl_rs_walk_argument(rs, i, in_other_rows());
        for (unsigned n = 0; n < step && i; n++)
            i = tl_rs_node(rs, i)->next;
    }
    return tl_rs_end(rs, mark);
}

static void add_entries(struct tl_rs *rs, const struct entries *of, uint32_t key,
                        uint32_t value)
{
    bool are_pairs = of->step > 1 || tl_rs_node(rs, of->keys)->next != of->values;

    add_column(rs, key, set_of_entries(rs, of->keys, are_pairs ? of->step : UINT16_MAX));
    add_column(rs, value, set_of_entries(rs, of->values, of->step));
}

/* ---- unnest ---- */

/* Of array(x), x[], array<x>, list: x; 0: not told. */
static uint32_t element_type(struct tl_rs *rs, uint32_t type)
{
    const char *text = type ? tl_rs_text(rs, type) : "";
    size_t n = strlen(text);

    if (n > 2 && strcmp(text + n - 2, "[]") == 0)
        return tl_sql_name_exact(rs->names, text, (uint32_t)n - 2);
    if (n > 7 && strncasecmp(text, "array", 5) == 0 && (text[5] == '(' || text[5] == '<'))
        return tl_sql_name_exact(rs->names, text + 6, (uint32_t)n - 7);
    return 0;
}

/* A type as far as it is told: of a column, of a cast. */
static uint32_t type_of(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (node->kind == TL_N_COLUMN)
        return tl_rs_type_of(rs, tl_rs_lookup(rs, id));
    return tl_rs_type_of_expression(rs, id);
}

static bool is_map_type(const struct tl_rs *rs, uint32_t type)
{
    const char *text = type ? tl_rs_text(rs, type) : "";

    return strncasecmp(text, "map", 3) == 0 && (text[3] == '(' || text[3] == '<');
}

static bool is_list_of_rows(const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *list = tl_rs_node(rs, id);

    if (list->kind != TL_N_LIST || !strchr("aA[", rs->text[list->at]) || !list->a)
        return false;
    for (uint32_t i = list->a; i; i = tl_rs_node(rs, i)->next)
        if (tl_rs_node(rs, i)->kind != TL_N_LIST ||
            !strchr("(rR", rs->text[tl_rs_node(rs, i)->at]))
            return false;
    return true;
}

/* array[row(a, b), row(c, d)]: how many fields they have; 0: it is nothing of the kind */
static unsigned width_of_rows(const struct tl_rs *rs, uint32_t id)
{
    unsigned n = 0;

    if (!is_list_of_rows(rs, id))
        return 0;
    for (uint32_t i = tl_rs_node(rs, tl_rs_node(rs, id)->a)->a; i;
         i = tl_rs_node(rs, i)->next)
        n++;
    return n;
}

/* The n-th field of each of them. */
static struct tl_rs_set set_of_fields(struct tl_rs *rs, uint32_t id, unsigned n)
{
    struct tl_rs_mark mark = tl_rs_begin(rs);

    for (uint32_t i = tl_rs_node(rs, id)->a; i; i = tl_rs_node(rs, i)->next) {
        uint32_t field = tl_rs_node(rs, i)->a;

        for (unsigned k = 0; k < n && field; k++)
            field = tl_rs_node(rs, field)->next;
        if (field)
            tl_rs_walk_argument(rs, field, in_other_rows());
    }
    return tl_rs_end(rs, mark);
}

/* How many columns an argument becomes where rows and maps are spread; 0: not told. */
static unsigned width_of(struct tl_rs *rs, uint32_t id)
{
    uint32_t type = type_of(rs, id), element = element_type(rs, type);
    struct entries entries;
    unsigned n = 0;

    if (is_map_type(rs, type) || entries_of(rs, id, &entries))
        return 2;
    if (!type && (n = width_of_rows(rs, id)) != 0)
        return n;
    while (element && tl_rs_field_of_type(rs, element, n, NULL))
        n++;
    return n ? n : element ? 1 : 0;
}

static void spread(struct tl_rs *rs, uint32_t id, unsigned width, uint32_t name)
{
    struct entries entries;

    if (width == 2 && entries_of(rs, id, &entries)) {
        add_entries(rs, &entries, name, name);
        return;
    }
    if (width > 1 && width_of_rows(rs, id) == width) {
        for (unsigned i = 0; i < width; i++)
            add_column(rs, name, set_of_fields(rs, id, i));
        return;
    }
    struct tl_rs_set set = set_in(rs, id, in_other_rows());
    uint32_t type = type_of(rs, id), element = element_type(rs, type);

    if (width <= 1 && !tl_rs_field_of_type(rs, element, 0, NULL)) {
        add_column_as(rs, name, set, ELEMENT);
        return;
    }
    for (unsigned i = 0; i < width; i++) {
        uint32_t field = tl_rs_field_of_type(rs, element, i, NULL);

        if (field)
            add_column(rs, field, tl_rs_field_set(rs, set, field));
        else
            add_column(rs, name,
                       set_as(rs, set, is_map_type(rs, type) && i == 0 ? KEY : ANY));
    }
}

static bool is_option(const struct tl_rs *rs, uint32_t id)
{
    return tl_rs_node(rs, id)->kind == TL_N_NAMED_ARGUMENT;
}

/* unnest(a, b): a column each, or one for each field of their elements. */
static void add_unnest(struct tl_rs *rs, const struct made *made, uint32_t call,
                       uint32_t name)
{
    bool spreads = rs->traits->meaning & TL_SQL_UNNEST_SPREADS;
    unsigned n_args = 0, n_unknown = 0, n_told = 0;

    for (uint32_t i = tl_rs_node(rs, call)->a; i; i = tl_rs_node(rs, i)->next) {
        if (is_option(rs, i))
            continue;
        unsigned width = spreads ? width_of(rs, i) : 1;
        n_unknown += width == 0;
        n_told += width;
        n_args++;
    }
    unsigned left = made->n_names > n_told ? made->n_names - n_told : 0;
    /* As many names as arguments: a column each. One argument not told: it takes the names that are left. */
    unsigned each = n_unknown <= 1 && left ? left : 1;
    bool fits = !made->n_names || n_unknown <= 1 || left == n_unknown;
    if (!fits) {
        struct tl_rs_set set = set_as(rs, tl_rs_expression(rs, call), ANY);

        for (unsigned i = 0; i < made->n_names; i++)
            add_column(rs, name, set);
        return;
    }
    for (uint32_t i = tl_rs_node(rs, call)->a; i; i = tl_rs_node(rs, i)->next) {
        if (is_option(rs, i))
            continue;
        unsigned width = spreads ? width_of(rs, i) : 1;
        spread(rs, i, width ? width : each, name);
    }
}

/* BigQuery: an element's fields are columns too, where no alias stands for it. */
static void add_elements(struct tl_rs *rs, uint32_t call, uint32_t alias)
{
    uint32_t id = tl_rs_node(rs, call)->a;
    uint32_t element = element_type(rs, type_of(rs, id));
    struct tl_rs_set set = set_in(rs, id, in_other_rows());

    uint32_t made = alias ? 0 : tl_rs_maker_of(rs, id), field = made;
    bool is_written = tl_rs_node(rs, id)->kind == TL_N_LIST;

    for (unsigned n = 0; field; n++) {
        field = is_written ? tl_rs_field_of_type(rs, element, n, NULL) : 0;
        if (!field)
            field = tl_rs_field_of_made(rs, made, n);
        if (field)
            add_column(rs, field, tl_rs_field_set(rs, set, field));
        else if (n)
            return;
    }
    if (alias || (element && !tl_rs_field_of_type(rs, element, 0, NULL)))
        add_column_as(rs, alias ? alias : tl_rs_node(rs, call)->name, set, ELEMENT);
    else
        add_record(rs, set);
    rs->building.items[rs->building.n - 1].type = element;
    rs->building.items[rs->building.n - 1].made = id;
}

/* The fields of a list's records, where its type or what makes them tells them. */
static bool add_told_fields(struct tl_rs *rs, uint32_t call, struct tl_rs_set set)
{
    uint32_t of = tl_rs_node(rs, call)->a, field = 1;
    uint32_t element = of ? element_type(rs, type_of(rs, of)) : 0;
    uint32_t made = of ? tl_rs_node(rs, of)->a : 0;
    unsigned n = 0;

    for (; field; n++) {
        field = element ? tl_rs_field_of_type(rs, element, n, NULL) : 0;
        if (!field && made)
            field = tl_rs_field_of_made(rs, made, n);
        if (field)
            add_column(rs, field, tl_rs_field_set(rs, set, field));
    }
    return n > 1;
}

/* The fields of a record under the names of the alias: a definition list's are its own, those of inline stand for the type's in order. */
static void add_named_fields(struct tl_rs *rs, uint32_t call, uint32_t names,
                             struct tl_rs_set set, bool is_record)
{
    bool by_place =
        strncasecmp(tl_rs_text(rs, tl_rs_node(rs, call)->name), "inline", 6) == 0;
    uint32_t of = tl_rs_node(rs, call)->a;
    uint32_t element = by_place && of ? element_type(rs, type_of(rs, of)) : 0;
    unsigned n = 0;

    for (uint32_t i = names; i; i = tl_rs_node(rs, i)->next, n++) {
        uint32_t name = tl_rs_node(rs, i)->name;
        uint32_t field = by_place ? tl_rs_field_of_type(rs, element, n, NULL) : name;

        add_column(rs, name,
                   is_record && field ? tl_rs_field_set(rs, set, field)
                                      : set_as(rs, set, ANY));
    }
}

/* ---- the whole ---- */

/* Whether explode gives keys and values: as its alias has names, else as its argument is a map. */
static bool is_wide(struct tl_rs *rs, const struct made *made,
                    const struct tl_sql_node *call, const char *columns)
{
    const struct tl_sql_node *of = tl_rs_node(rs, call->a);

    if (made->n_names)
        return made->n_names == (columns[0] == 'p' ? 3 : 2);
    return call->a && (is_map_type(rs, type_of(rs, call->a)) ||
                       (of->kind == TL_N_CALL && is_named(rs, call->a, "map")));
}

/* What they read is said in a text: a query, or the name of a table elsewhere. */
static const struct {
    const char *name;
    uint32_t dialects;
} readers[] = {
    { "crosstab", TL_SQL_IN(POSTGRES) },
    { "crosstab2", TL_SQL_IN(POSTGRES) },
    { "crosstab3", TL_SQL_IN(POSTGRES) },
    { "crosstab4", TL_SQL_IN(POSTGRES) },
    { "connectby", TL_SQL_IN(POSTGRES) },
    { "dblink", TL_SQL_IN(POSTGRES) },
    { "dblink_fetch", TL_SQL_IN(POSTGRES) },
    { "dblink_get_result", TL_SQL_IN(POSTGRES) },
    { "ts_stat", TL_SQL_IN(POSTGRES) },
    { "xpath_table", TL_SQL_IN(POSTGRES) },
    { "external_query", TL_SQL_IN(BIGQUERY) },
    { "query", TL_SQL_IN(TRINO) | TL_SQL_IN(DUCKDB) },
    { "query_table", TL_SQL_IN(DUCKDB) },
    { "postgres_query", TL_SQL_IN(DUCKDB) },
    { "postgres_scan", TL_SQL_IN(DUCKDB) },
    { "mysql_query", TL_SQL_IN(DUCKDB) },
    { "sqlite_scan", TL_SQL_IN(DUCKDB) },
};

static void tell_reader(struct tl_rs *rs, const struct tl_sql_node *call)
{
    const char *name = tl_rs_text(rs, call->name);

    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (tl_sql_is_in(rs->traits, readers[i].dialects) &&
            strcasecmp(readers[i].name, name) == 0)
            tl_rs_problem(rs, call->at,
                          "what '%s' reads is said in its text, which is not followed",
                          name);
}

static void add_call(struct tl_rs *rs, const struct made *made, uint32_t id,
                     uint32_t alias)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);
    const char *name = tl_rs_text(rs, call->name);
    uint32_t written = call->d ? tl_rs_node(rs, call->d)->c : 0;
    const char *columns = NULL, *wide = NULL;
    struct entries entries;

    if (rs->bodies.routines.n && tl_rs_inline_rows(rs, id))
        return;
    for (size_t i = 0; i < sizeof functions / sizeof *functions && !columns; i++)
        if (tl_sql_is_in(rs->traits, functions[i].dialects) &&
            strcasecmp(functions[i].name, name) == 0) {
            columns = functions[i].columns;
            wide = functions[i].wide;
        }
    if (written) {
        add_written(rs, id, written);
    } else if (strcasecmp(name, "unnest") == 0 && call->a) {
        if (rs->traits->meaning & TL_SQL_ELEMENT_FIELDS)
            add_elements(rs, id, alias);
        else
            add_unnest(rs, made, id, alias ? alias : call->name);
    } else if (columns && (strcasecmp(name, "flatten") == 0 || columns[0] == 'k')) {
        add_flatten(rs, id, columns);
    } else if (wide && call->a && is_wide(rs, made, call, columns) &&
               entries_of(rs, call->a, &entries)) {
        if (columns[0] == 'p')
            add_column(rs, as_name(rs, "pos", 3), (struct tl_rs_set){ 0 });
        add_entries(rs, &entries, as_name(rs, "key", 3), as_name(rs, "value", 5));
    } else if (columns) {
        add_columns(rs, wide && is_wide(rs, made, call, columns) ? wide : columns,
                    tl_rs_expression(rs, id));
    } else if (strcasecmp(name, "json_tuple") == 0) {
        add_json_tuple(rs, id);
    } else if (strcasecmp(name, "stack") == 0) {
        add_stack(rs, id);
    } else if (is_one_of(name, scalars, sizeof scalars / sizeof *scalars)) {
        add_column_as(rs, alias ? alias : call->name, tl_rs_expression(rs, id), ELEMENT);
    } else {
        tell_reader(rs, call);
        struct tl_rs_set set = tl_rs_expression(rs, id);
        bool is_record = is_one_of(name, records, sizeof records / sizeof *records);

        /* The names of an alias tell what an unknown function gives, and which fields a record has. */
        if (made->names && !tl_rs_node(rs, made->node->a)->next)
            add_named_fields(rs, id, made->names, set, is_record);
        else if (!is_record || !add_told_fields(rs, id, set))
            add_record(rs, set);
    }
}

/* Functions that stand for several columns in a list of Spark's select. */
static const char *const generators[] = {
    "explode", "explode_outer", "posexplode",      "posexplode_outer",
    "inline",  "inline_outer",  "variant_explode", "variant_explode_outer",
    "stack",   "json_tuple",
};

bool tl_rs_add_generator(struct tl_rs *rs, uint32_t call, uint32_t names, unsigned number)
{
    size_t first = rs->building.n;
    struct tl_sql_node function = { .kind = TL_N_FUNCTION, .a = call };
    struct made made = { .node = &function };
    uint32_t last = 0;

    if (!is_one_of(tl_rs_text(rs, tl_rs_node(rs, call)->name), generators,
                   sizeof generators / sizeof *generators))
        return false;
    if (number) /* they came with the first */
        return true;
    for (uint32_t i = names; i && tl_rs_node(rs, i)->a == call;
         i = tl_rs_node(rs, i)->next)
        made.n_names += tl_rs_node(rs, i)->name != 0;
    add_call(rs, &made, call, 0);
    for (uint32_t i = names; i && made.n_names; i = tl_rs_node(rs, i)->next) {
        if (first == rs->building.n) { /* more names than it is known to have columns */
            struct tl_rs_column more = { .set = rs->building.items[last].set };
            tl_vec_push(&rs->building, more);
        }
        last = (uint32_t)first++;
        rs->building.items[last].name = tl_rs_node(rs, i)->name;
        rs->building.items[last].key = tl_rs_key(rs, tl_rs_node(rs, i)->name);
        rs->building.items[last].is_open = rs->building.items[last].is_record = false;
        made.n_names--;
    }
    return true;
}

/* "ordinality"; where "with offset as o" says so, the last of the names. */
static uint32_t name_of_ordinality(struct tl_rs *rs, uint32_t names)
{
    uint32_t name = as_name(rs, "ordinality", 10);

    for (uint32_t i = names; i && (rs->traits->meaning & TL_SQL_ELEMENT_FIELDS);
         i = tl_rs_node(rs, i)->next)
        name = tl_rs_node(rs, i)->name;
    return name;
}

/* last_query_id(), last_query_id(-1): the statement before */
static bool is_last_query(const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);
    const struct tl_sql_node *place = tl_rs_node(rs, call->a);

    if (call->kind != TL_N_CALL || !is_named(rs, id, "last_query_id"))
        return false;
    if (!call->a)
        return true;
    return place->kind == TL_N_UNARY && rs->text[place->at] == '-' &&
           tl_rs_node(rs, place->a)->kind == TL_N_LITERAL &&
           tl_rs_node(rs, place->a)->end == tl_rs_node(rs, place->a)->at + 1 &&
           rs->text[tl_rs_node(rs, place->a)->at] == '1';
}

/* result_scan(last_query_id()): the rows of a query that was run. False: it is another function. */
static bool add_result(struct tl_rs *rs, struct tl_rs_scope *scope,
                       const struct tl_sql_node *node)
{
    const struct tl_sql_node *call = tl_rs_node(rs, node->a);
    struct tl_rs_source source = { .name = call->name, .at = node->at };
    uint32_t with = rs->cte;

    if (!call->a || call->next || !is_named(rs, node->a, "result_scan") ||
        !(rs->traits->lexical & TL_SQL_DOLLAR_COLUMNS))
        return false;
    if (!rs->last_query || rs->bodies.n_open || !is_last_query(rs, call->a)) {
        tl_rs_problem(rs, call->at,
                      "what '%s' gives is not known: it is not of the query before",
                      tl_rs_text(rs, call->name));
        source.relation = tl_rs_relation_new(rs, TL_RS_OPAQUE);
    } else {
        uint32_t query = rs->last_query;

        rs->cte = TL_RS_NONE;
        rs->last_query = 0; /* the one before that is not told */
        source.relation = tl_rs_query(rs, query, NULL);
        rs->last_query = query;
        rs->cte = with;
    }
    source.alias = tl_rs_key(rs, source.name);
    tl_rs_apply_alias(rs, &source, node->d);
    tl_rs_add_source(rs, scope, &source);
    return true;
}

void tl_rs_add_function(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    uint32_t first = (uint32_t)rs->building.n;
    uint32_t alias = node->d ? tl_rs_node(rs, node->d)->name : 0;
    struct made made = { .node = node,
                         .names = node->d ? tl_rs_node(rs, node->d)->a : 0 };
    uint32_t last_call = node->a;

    if (node->a && add_result(rs, scope, node))
        return;
    for (uint32_t i = made.names; i; i = tl_rs_node(rs, i)->next)
        made.n_names++;
    if ((node->flags & TL_F_ORDINALITY) && made.n_names)
        made.n_names--;
    for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next) {
        add_call(rs, &made, i, alias);
        last_call = i;
    }
    if (node->flags & TL_F_ORDINALITY)
        add_column(rs, name_of_ordinality(rs, made.names), (struct tl_rs_set){ 0 });
    struct tl_rs_source source = {
        .name = last_call ? tl_rs_node(rs, last_call)->name : 0,
        .at = node->at,
        .relation = tl_rs_relation_of(rs, first),
    };
    source.alias = tl_rs_key(rs, source.name);
    rs->relations.items[source.relation].kind = TL_RS_FUNCTION;
    if (rs->traits->meaning & TL_SQL_ELEMENT_FIELDS) {
        /* The names stand for the columns that were made, and a record has no name to take. */
        source.has_alias = alias != 0;
        source.name = alias ? alias : source.name;
        source.alias = tl_rs_key(rs, source.name);
    } else {
        tl_rs_apply_alias(rs, &source, node->d);
    }
    rs->relations.items[source.relation].kind = TL_RS_FUNCTION;
    tl_rs_add_source(rs, scope, &source);
}

/* from t, t.items i: a column that is a list of records stands for its rows. */
bool tl_rs_add_nested(struct tl_rs *rs, struct tl_rs_scope *scope, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct tl_rs_flow flow = in_other_rows();

    if (!(rs->traits->meaning & TL_SQL_NESTED_TABLES) || !node->b)
        return false;
    uint32_t table = node->c ? node->c : node->b;
    uint32_t of = tl_rs_qualifier(rs, table, 0, 0);
    if (of == TL_RS_NONE)
        return false;
    uint32_t column = node->c ? node->b : node->name;
    const struct tl_rs_relation *relation =
        &rs->relations.items[rs->sources.items[of].relation];
    if (relation->kind == TL_RS_TABLE &&
        tl_schema_column(rs->schema, relation->table, tl_rs_key(rs, column)) ==
            TL_SCHEMA_NONE)
        return false; /* a schema called like a table */
    struct tl_rs_ref ref = tl_rs_lookup_field(rs, column, of, node->at);
    if (node->c)
        flow = tl_rs_into(rs, flow, node->name);
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_read(rs, ref, node->at, flow);
    struct tl_rs_set set = tl_rs_end(rs, mark);
    uint32_t first = (uint32_t)rs->building.n;
    uint32_t alias = node->d ? tl_rs_node(rs, node->d)->name : 0;
    uint32_t place = node->d ? tl_rs_node(rs, node->d)->a : 0;
    if (alias)
        add_column_as(rs, alias, set, ELEMENT);
    else
        add_record(rs, set);
    if (place) /* at i */
        add_column(rs, tl_rs_node(rs, place)->name, set_as(rs, set, PLACE));
    struct tl_rs_source source = { .alias = tl_rs_key(rs, alias ? alias : node->name),
                                   .name = alias ? alias : node->name,
                                   .at = node->at,
                                   .has_alias = alias != 0,
                                   .relation = tl_rs_relation_of(rs, first) };
    rs->relations.items[source.relation].kind = TL_RS_FUNCTION;
    tl_rs_add_source(rs, scope, &source);
    return true;
}
