/*
 * Variables. What one holds is a value: a set as columns have it, perhaps the columns of a record, perhaps a constant. On a way that may
 * not be taken the first change of a variable notes what it held; at the end of the way it holds both. Strong where the way is straight,
 * and linear: a change is noted once a way.
 */
#include "lineage/sql/resolve_path.h"
#include "lineage/sql/resolve_program.h"

#include <string.h>

struct tl_rs_value tl_rs_no_value(void)
{
    return (struct tl_rs_value){ .relation = TL_RS_NONE, .is_unset = true };
}

/* ---- names ---- */

static uint32_t *slot_of(struct tl_rs *rs, uint32_t key)
{
    while (rs->bodies.variable_of.n <= key)
        tl_vec_push(&rs->bodies.variable_of, TL_RS_NONE);
    return &rs->bodies.variable_of.items[key];
}

uint32_t tl_rs_declare(struct tl_rs *rs, uint32_t name, struct tl_rs_value value)
{
    uint32_t id = (uint32_t)rs->bodies.variables.n;
    uint32_t key = tl_rs_key(rs, name);
    uint32_t *slot = slot_of(rs, key);
    struct tl_rs_variable variable = { .name = name,
                                       .key = key,
                                       .shadowed = *slot,
                                       .way = rs->bodies.way,
                                       .value = value,
                                       .table = TL_RS_NONE };

    *slot = id;
    tl_vec_push(&rs->bodies.variables, variable);
    return id;
}

void tl_rs_forget(struct tl_rs *rs, size_t first)
{
    while (rs->bodies.variables.n > first) {
        const struct tl_rs_variable *last =
            &rs->bodies.variables.items[--rs->bodies.variables.n];

        rs->bodies.variable_of.items[last->key] = last->shadowed;
    }
}

uint32_t tl_rs_variable(const struct tl_rs *rs, uint32_t name)
{
    uint32_t key = tl_rs_key(rs, name);
    uint32_t id =
        key < rs->bodies.variable_of.n ? rs->bodies.variable_of.items[key] : TL_RS_NONE;

    while (id != TL_RS_NONE &&
           (rs->bodies.variables.items[id].is_label ||
            (id < rs->bodies.first_visible && id >= rs->bodies.n_shared)))
        id = rs->bodies.variables.items[id].shadowed;
    return id;
}

/* b.x, where b is the name of a block or a routine: the first of that name in it. */
static uint32_t within_label(const struct tl_rs *rs, uint32_t label, uint32_t name)
{
    uint32_t key = tl_rs_key(rs, label), name_key = tl_rs_key(rs, name);
    uint32_t id =
        key < rs->bodies.variable_of.n ? rs->bodies.variable_of.items[key] : TL_RS_NONE;

    while (id != TL_RS_NONE && !rs->bodies.variables.items[id].is_label)
        id = rs->bodies.variables.items[id].shadowed;
    if (id == TL_RS_NONE || id < rs->bodies.first_visible)
        return TL_RS_NONE;
    for (uint32_t i = id + 1; i < rs->bodies.variables.n; i++)
        if (rs->bodies.variables.items[i].key == name_key)
            return i;
    return TL_RS_NONE;
}

uint32_t tl_rs_variable_of(const struct tl_rs *rs, uint32_t block, uint32_t name)
{
    uint32_t id = block ? within_label(rs, block, name) : TL_RS_NONE;

    return id == TL_RS_NONE ? tl_rs_variable(rs, name) : id;
}

uint32_t tl_rs_variable_of_parameter(struct tl_rs *rs, uint32_t node)
{
    const char *text = rs->text + tl_rs_node(rs, node)->at;
    const char *end = rs->text + rs->tree->n_text;
    bool is_quoted;
    uint32_t n = 0;

    if (*text == '?')
        return tl_rs_variable(rs, tl_sql_name_exact(rs->names, "?", 1));
    while (text < end && (*text == ':' || *text == '@' || *text == '$'))
        text++;
    is_quoted = text < end && *text == '"';
    text += is_quoted;
    while (text + n < end &&
           (is_quoted
                ? text[n] != '"'
                : (text[n] == '_' || text[n] == '$' || (unsigned char)text[n] >= 0x80 ||
                   (text[n] >= '0' && text[n] <= '9') ||
                   ((text[n] | 0x20) >= 'a' && (text[n] | 0x20) <= 'z'))))
        n++;
    if (!n)
        return TL_RS_NONE;
    return tl_rs_variable(rs, tl_sql_name_add(rs->names, text, n, is_quoted));
}

/* ---- values ---- */

static bool is_same_set(const struct tl_rs *rs, struct tl_rs_set a, struct tl_rs_set b)
{
    return a.n == b.n && (a.first == b.first || a.n == 0 ||
                          memcmp(rs->entries.items + a.first, rs->entries.items + b.first,
                                 a.n * sizeof *rs->entries.items) == 0);
}

static struct tl_rs_set join_sets(struct tl_rs *rs, struct tl_rs_set a,
                                  struct tl_rs_set b)
{
    if (a.n == 0 || is_same_set(rs, a, b))
        return b;
    if (b.n == 0)
        return a;
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_add_set(rs, a, tl_rs_value());
    tl_rs_add_set(rs, b, tl_rs_value());
    return tl_rs_end(rs, mark);
}

uint32_t tl_rs_columns_of(struct tl_rs *rs, uint32_t id, uint32_t at)
{
    struct tl_rs_relation relation = rs->relations.items[id];
    uint32_t first = (uint32_t)rs->building.n;

    if (relation.kind != TL_RS_TABLE)
        return id;
    for (uint32_t i = 0; i < rs->schema->tables.items[relation.table].n; i++) {
        struct tl_schema_column of =
            rs->schema->columns.items[rs->schema->tables.items[relation.table].first + i];
        struct tl_rs_column column = { .name = of.name, .key = of.key, .type = of.type };
        struct tl_rs_mark mark = tl_rs_begin(rs);

        tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, relation.table, i), at, tl_rs_value());
        column.set = tl_rs_end(rs, mark);
        tl_vec_push(&rs->building, column);
    }
    return tl_rs_relation_of(rs, first);
}

/* By name; what only one of them has stays. */
static uint32_t join_relations(struct tl_rs *rs, uint32_t a, uint32_t b)
{
    uint32_t first = (uint32_t)rs->building.n;
    bool many;

    if (a == TL_RS_NONE || a == b)
        return b;
    if (b == TL_RS_NONE)
        return a;
    struct tl_rs_relation left = rs->relations.items[a], right = rs->relations.items[b];
    if (left.kind != TL_RS_COLUMNS || right.kind != TL_RS_COLUMNS)
        return b;
    for (uint32_t i = 0; i < left.n; i++) {
        struct tl_rs_column column = rs->columns.items[left.first + i];
        uint32_t other = left.n == right.n && column.is_unnamed
                             ? i
                             : tl_rs_relation_find(rs, b, column.key, &many);

        if (column.is_open && i < right.n && rs->columns.items[right.first + i].is_open)
            other = i;
        if (other != TL_RS_NONE)
            column.set =
                join_sets(rs, column.set, rs->columns.items[right.first + other].set);
        tl_vec_push(&rs->building, column);
    }
    for (uint32_t i = 0; i < right.n; i++) {
        struct tl_rs_column column = rs->columns.items[right.first + i];

        if (!column.is_open && !(left.n == right.n && column.is_unnamed) &&
            tl_rs_relation_find(rs, a, column.key, &many) == TL_RS_NONE)
            tl_vec_push(&rs->building, column);
    }
    return tl_rs_relation_of(rs, first);
}

/* What both have: of a text that some way goes on with, the part before; what follows it is not known. */
static void join_texts(struct tl_rs_value *out, const struct tl_rs_value *a,
                       const struct tl_rs_value *b)
{
    const struct tl_rs_value *shorter = a->n_text <= b->n_text ? a : b;

    out->text = NULL;
    if (!a->text || !b->text || memcmp(a->text, b->text, shorter->n_text) != 0)
        return;
    out->text = shorter->text;
    out->n_text = shorter->n_text;
    out->text_at = shorter->text_at;
    out->text_is_exact = shorter->text_is_exact;
    out->has_gaps = a->has_gaps || b->has_gaps || a->n_text != b->n_text;
    out->n_holes = a->n_holes > b->n_holes ? a->n_holes : b->n_holes;
    if (a->n_text != b->n_text && out->n_holes == 0)
        out->n_holes = 1;
}

struct tl_rs_value tl_rs_join_values(struct tl_rs *rs, struct tl_rs_value a,
                                     struct tl_rs_value b)
{
    struct tl_rs_value out = a;

    if (a.is_unset && b.is_unset)
        return b;
    if (a.is_unset || b.is_unset)
        return a.is_unset ? b : a;
    join_texts(&out, &a, &b);
    out.set = join_sets(rs, a.set, b.set);
    out.relation = join_relations(rs, a.relation, b.relation);
    if (!out.query)
        out.query = b.query;
    return out;
}

/* Grows with all that is in the value, and with nothing else. */
static uint64_t weight_of_set(const struct tl_rs *rs, struct tl_rs_set set)
{
    uint64_t weight = (uint64_t)set.n << 24;

    for (uint32_t i = 0; i < set.n; i++) {
        const struct tl_rs_entry *entry = &rs->entries.items[set.first + i];

        weight += ((uint64_t)entry->kind << 8) + (uint64_t)(TL_EFFECTS - entry->effect);
    }
    return weight;
}

static uint64_t weight_of(const struct tl_rs *rs, const struct tl_rs_value *value)
{
    uint64_t weight = weight_of_set(rs, value->set) + !value->is_unset + !value->text;

    if (value->relation == TL_RS_NONE)
        return weight;
    struct tl_rs_relation relation = rs->relations.items[value->relation];
    for (uint32_t i = 0; i < relation.n; i++)
        weight += weight_of_set(rs, rs->columns.items[relation.first + i].set) + 1;
    return weight;
}

/* ---- changes, on ways ---- */

static void note(struct tl_rs *rs, uint32_t id)
{
    struct tl_rs_variable *variable = &rs->bodies.variables.items[id];
    struct tl_rs_noted noted = { .variable = id, .before = *variable };

    if (variable->way == rs->bodies.way)
        return;
    tl_vec_push(&rs->bodies.noted, noted);
    variable->way = rs->bodies.way;
}

void tl_rs_put(struct tl_rs *rs, uint32_t id, struct tl_rs_value value)
{
    note(rs, id);
    value.is_unset = false;
    if (rs->bodies.variables.items[id].is_scalar && !value.is_record &&
        value.relation != TL_RS_NONE && rs->relations.items[value.relation].n <= 1)
        value.relation = TL_RS_NONE;
    rs->bodies.variables.items[id].value = value;
}

struct tl_rs_turn tl_rs_turn_begin(struct tl_rs *rs)
{
    struct tl_rs_turn way = { .outer = rs->bodies.way, .first = rs->bodies.noted.n };

    rs->bodies.way = ++rs->bodies.n_ways;
    rs->bodies.n_may++;
    return way;
}

bool tl_rs_turn_end(struct tl_rs *rs, struct tl_rs_turn way)
{
    size_t kept = way.first, n = rs->bodies.noted.n;
    bool grew = false;

    rs->bodies.way = way.outer;
    rs->bodies.n_may--;
    for (size_t i = way.first; i < n; i++) {
        struct tl_rs_noted noted = rs->bodies.noted.items[i];

        if (noted.variable >= rs->bodies.variables.n)
            continue; /* of a block within */
        struct tl_rs_variable *variable = &rs->bodies.variables.items[noted.variable];
        struct tl_rs_value now = variable->value;
        variable->way = noted.before.way;
        if (variable->way != way.outer) {
            rs->bodies.noted.items[kept++] = noted;
            variable->way = way.outer;
        }
        struct tl_rs_value both = tl_rs_join_values(rs, noted.before.value, now);
        grew = grew || weight_of(rs, &both) != weight_of(rs, &noted.before.value);
        rs->bodies.variables.items[noted.variable].value = both;
    }
    rs->bodies.noted.n = kept;
    return grew;
}

/* ---- reading ---- */

bool tl_rs_is_variable(const struct tl_rs *rs, uint32_t name)
{
    return tl_rs_variable(rs, name) != TL_RS_NONE;
}

bool tl_rs_variable_wins(const struct tl_rs *rs, uint32_t name)
{
    uint32_t id = tl_rs_variable(rs, name);

    return id != TL_RS_NONE && rs->bodies.variables.items[id].wins;
}

static struct tl_rs_ref ref_of(uint32_t id, uint32_t column)
{
    return (struct tl_rs_ref){
        .source = id, .column = column, .confidence = 1000, .kind = TL_RS_OF_VARIABLE
    };
}

/* r.a, where r is a record: its column, or a field of whatever it holds. */
static struct tl_rs_ref field_of(struct tl_rs *rs, uint32_t id, uint32_t name,
                                 uint32_t at)
{
    struct tl_rs_value value = rs->bodies.variables.items[id].value;
    struct tl_rs_ref ref = ref_of(id, TL_RS_NONE);
    bool many;

    ref.name = name;
    if (value.relation == TL_RS_NONE)
        return ref;
    struct tl_rs_relation relation = rs->relations.items[value.relation];
    if (relation.kind == TL_RS_TABLE) {
        ref.column = tl_schema_column(rs->schema, relation.table, tl_rs_key(rs, name));
        if (ref.column == TL_SCHEMA_NONE) {
            tl_rs_problem(rs, at, "'%s' has no column '%s'",
                          tl_rs_text(rs, rs->bodies.variables.items[id].name),
                          tl_rs_text(rs, name));
            ref.kind = TL_RS_UNRESOLVED;
        }
    } else if (relation.kind == TL_RS_COLUMNS) {
        ref.column = tl_rs_relation_find(rs, value.relation, tl_rs_key(rs, name), &many);
    }
    return ref;
}

bool tl_rs_lookup_variable(struct tl_rs *rs, const struct tl_sql_node *node,
                           struct tl_rs_ref *out)
{
    uint32_t id = tl_rs_variable(rs, node->b ? node->b : node->name);

    if (!node->b) {
        if (id != TL_RS_NONE)
            *out = ref_of(id, TL_RS_NONE);
        return id != TL_RS_NONE;
    }
    if (id != TL_RS_NONE) {
        *out = field_of(rs, id, node->name, node->at);
        return true;
    }
    /* a field of a column of a record */
    if (node->c && (id = tl_rs_variable(rs, node->c)) != TL_RS_NONE) {
        *out = field_of(rs, id, node->b, node->at);
        out->way = tl_rs_into(rs, (struct tl_rs_flow){ 0 }, node->name).way;
        return true;
    }
    if (node->d && (id = tl_rs_variable(rs, node->d)) != TL_RS_NONE) {
        struct tl_rs_flow way = tl_rs_into(rs, (struct tl_rs_flow){ 0 }, node->name);

        *out = field_of(rs, id, node->c, node->at);
        out->way = tl_rs_into(rs, way, node->b).way;
        return true;
    }
    /* with the block's or the routine's name in front */
    if ((id = tl_rs_variable_of(rs, node->b, node->name)) == TL_RS_NONE)
        return false;
    *out = ref_of(id, TL_RS_NONE);
    return true;
}

static void read_columns(struct tl_rs *rs, const struct tl_rs_ref *ref,
                         struct tl_rs_relation relation, uint32_t at,
                         struct tl_rs_flow flow)
{
    uint32_t table = relation.table;

    if (relation.kind == TL_RS_TABLE) {
        tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, table, ref->column), at, flow);
    } else if (relation.kind == TL_RS_NAMED) {
        uint32_t column = tl_schema_column(rs->schema, table, tl_rs_key(rs, ref->name));

        if (column == TL_SCHEMA_NONE)
            column = tl_schema_add_column(rs->schema, table, ref->name, 0);
        if (flow.confidence > TL_RS_QUALIFIED)
            flow.confidence = TL_RS_QUALIFIED;
        tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, table, column), at, flow);
    } else if (ref->column != TL_RS_NONE) {
        tl_rs_add_set(rs, rs->columns.items[relation.first + ref->column].set, flow);
    } else {
        for (uint32_t i = 0; i < relation.n; i++)
            if (rs->columns.items[relation.first + i].is_open)
                tl_rs_add_named(rs, rs->columns.items[relation.first + i].set, ref->name,
                                flow);
    }
}

void tl_rs_read_variable(struct tl_rs *rs, struct tl_rs_ref ref, uint32_t at,
                         struct tl_rs_flow flow)
{
    struct tl_rs_value value = rs->bodies.variables.items[ref.source].value;

    if (ref.name && value.relation != TL_RS_NONE) {
        read_columns(rs, &ref, rs->relations.items[value.relation], at, flow);
        return;
    }
    if (value.relation == TL_RS_NONE) {
        if (ref.name && flow.kind == TL_IDENTITY)
            flow.kind = TL_TRANSFORMATION;
        if (ref.name)
            flow = tl_rs_into(rs, flow, ref.name);
        tl_rs_add_set(rs, value.set, flow);
        return;
    }
    uint32_t columns = tl_rs_columns_of(rs, value.relation, at);
    struct tl_rs_relation relation = rs->relations.items[columns];
    if (relation.n > 1 && flow.kind == TL_IDENTITY)
        flow.kind = TL_TRANSFORMATION;
    for (uint32_t i = 0; i < relation.n; i++)
        tl_rs_add_set(rs, rs->columns.items[relation.first + i].set, flow);
}

void tl_rs_read_parameter(struct tl_rs *rs, uint32_t node, struct tl_rs_flow flow)
{
    uint32_t id = tl_rs_variable_of_parameter(rs, node);

    if (id != TL_RS_NONE)
        tl_rs_read_variable(rs, ref_of(id, TL_RS_NONE), tl_rs_node(rs, node)->at, flow);
}
