/*
 * Sets of entries. Small ones are searched from end to end; a wide one by a slot a leaf, valid for one epoch, so that nothing need be
 * cleared. A set that was begun within another takes the slots over; ending it gives them back.
 */
#include "lineage/sql/resolve_path.h"
#include "lineage/sql/resolve_trail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    NARROW = 8,  /* entries that are searched from end to end */
    CLASSES = 8, /* a leaf is in a set once as a value, once a kind that steers */
    MOST_WORDS = 300,
};

/* ---- leaves ---- */

uint32_t tl_rs_new_leaf(struct tl_rs *rs, struct tl_rs_leaf leaf)
{
    tl_vec_push(&rs->leaves, leaf);
    if (rs->leaves.n * CLASSES > rs->slot_room) {
        uint32_t room = rs->slot_room ? rs->slot_room * 2 : 64 * CLASSES;

        rs->slots = tl_realloc(rs->slots, room, sizeof *rs->slots);
        memset(rs->slots + rs->slot_room, 0, (room - rs->slot_room) * sizeof *rs->slots);
        rs->slot_room = room;
    }
    return (uint32_t)rs->leaves.n - 1;
}

uint32_t tl_rs_leaf_of(struct tl_rs *rs, uint32_t table, uint32_t column)
{
    uint32_t owner = rs->schema->tables.items[table].first + column;
    struct tl_schema_column *of = &rs->schema->columns.items[owner];
    struct tl_rs_leaf leaf = { .table = table, .column = of->name, .owner = owner };

    /* By its name, not by its owner: columns move when a table that is not known grows. */
    if (of->leaf >= rs->leaves.n || rs->leaves.items[of->leaf].owner == TL_RS_NONE ||
        rs->leaves.items[of->leaf].column != of->name ||
        rs->leaves.items[of->leaf].table != table)
        of->leaf = tl_rs_new_leaf(rs, leaf);
    return of->leaf;
}

uint32_t tl_rs_leaf_of_star(struct tl_rs *rs, uint32_t table, enum tl_rs_leaf_kind kind)
{
    struct tl_schema_table *of = &rs->schema->tables.items[table];
    uint32_t *known = &of->stars[kind == TL_RS_STAR_BY_PLACE];
    struct tl_rs_leaf leaf = {
        .table = table,
        .column = tl_sql_name_exact(rs->names, "*", 1),
        .owner = TL_RS_NONE,
        .kind = (uint8_t)kind,
    };

    if (*known >= rs->leaves.n || rs->leaves.items[*known].table != table ||
        rs->leaves.items[*known].kind != kind || rs->leaves.items[*known].inside)
        *known = tl_rs_new_leaf(rs, leaf);
    return *known;
}

uint32_t tl_rs_named_leaf(struct tl_rs *rs, uint32_t table, uint32_t name)
{
    uint32_t column = tl_schema_column(rs->schema, table, tl_rs_key(rs, name));

    if (column == TL_SCHEMA_NONE)
        column = tl_schema_add_column(rs->schema, table, name, 0);
    return tl_rs_leaf_of(rs, table, column);
}

uint32_t tl_rs_repeated_leaf(struct tl_rs *rs)
{
    return tl_rs_new_leaf(rs, (struct tl_rs_leaf){ .table = TL_RS_NONE,
                                                   .owner = TL_RS_NONE,
                                                   .kind = TL_RS_REPEATED });
}

/* ---- entries and how they add up ---- */

static uint32_t class_of(uint8_t kind)
{
    return tl_edge_moves_values(kind) ? 0 : (uint32_t)kind - TL_AGGREGATION;
}

/* Effects as they add up; of two ways into the same column the one that leaves most. */
static struct tl_rs_entry through(struct tl_rs_entry entry, struct tl_rs_flow flow)
{
    struct tl_rs_entry out = entry;

    if (flow.confidence < out.confidence)
        out.confidence = flow.confidence;
    out.is_mixed |= flow.is_mixed;
    if (!tl_edge_moves_values(flow.kind)) {
        if (!flow.is_named || !tl_rs_only_arranges(entry.kind))
            out.kind = flow.kind;
        out.effect = TL_NO_EFFECT;
        out.function = 0;
        return out;
    }
    if (!tl_edge_moves_values(entry.kind))
        return out;
    if (flow.kind > out.kind)
        out.kind = flow.kind;
    if (flow.opens && (entry.effect == TL_ENCRYPTS || entry.effect == TL_TOKENISES))
        entry.effect = TL_KEEPS;
    out.effect = (uint8_t)tl_effect_compose(entry.effect, flow.effect);
    if (out.effect != entry.effect)
        out.function = 0;
    /* A part of a part is at most that part; of what was changed before, it is another one. */
    if (flow.function && out.effect == flow.effect &&
        (flow.effect != TL_PARTIAL ||
         (entry.effect != TL_PARTIAL && entry.kind == TL_IDENTITY)))
        out.function = flow.function;
    return out;
}

/* A second way into the same set. */
static void merge_entry(const struct tl_rs *rs, struct tl_rs_entry *into,
                        const struct tl_rs_entry *entry)
{
    if (tl_rs_byte(rs, entry->at) < tl_rs_byte(rs, into->at))
        into->at = entry->at;
    if (entry->confidence > into->confidence)
        into->confidence = entry->confidence;
    into->is_mixed |= entry->is_mixed;
    if (!tl_edge_moves_values(into->kind))
        return;
    if (entry->kind > into->kind)
        into->kind = entry->kind;
    uint8_t effect = (uint8_t)tl_effect_join(into->effect, entry->effect);
    if (effect != into->effect)
        into->function = entry->function;
    else if (effect == TL_PARTIAL && entry->effect == effect &&
             entry->function != into->function)
        into->function = 0; /* two parts are more than either */
    into->effect = effect;
}

static struct tl_rs_slot *slot_of(struct tl_rs *rs, const struct tl_rs_entry *entry)
{
    return &rs->slots[(size_t)entry->leaf * CLASSES + class_of(entry->kind)];
}

/* From now on the set being built is looked up by slots, if it is wide. */
static void mark_slots(struct tl_rs *rs)
{
    size_t n = rs->work.n - rs->work_base;

    rs->is_wide = n > NARROW;
    if (!rs->is_wide)
        return;
    rs->epoch++;
    for (size_t i = 0; i < n; i++)
        *slot_of(rs, &rs->work.items[rs->work_base + i]) =
            (struct tl_rs_slot){ rs->epoch, (uint32_t)i };
}

static struct tl_rs_entry *find_entry(struct tl_rs *rs, const struct tl_rs_entry *entry)
{
    struct tl_rs_entry *set = rs->work.items + rs->work_base;
    size_t n = rs->work.n - rs->work_base;

    if (rs->is_wide) {
        const struct tl_rs_slot *slot = slot_of(rs, entry);
        return slot->epoch == rs->epoch ? &set[slot->at] : NULL;
    }
    for (size_t i = 0; i < n; i++)
        if (set[i].leaf == entry->leaf && class_of(set[i].kind) == class_of(entry->kind))
            return &set[i];
    return NULL;
}

static void put_entry(struct tl_rs *rs, const struct tl_rs_entry *entry)
{
    struct tl_rs_entry *known = find_entry(rs, entry);

    rs->work_done++;
    if (known) {
        merge_entry(rs, known, entry);
        return;
    }
    tl_vec_push(&rs->work, *entry);
    if (rs->is_wide)
        *slot_of(rs, entry) =
            (struct tl_rs_slot){ rs->epoch, (uint32_t)(rs->work.n - rs->work_base - 1) };
    else if (rs->work.n - rs->work_base > NARROW)
        mark_slots(rs);
}

/* One that is sure takes the place of a candidate. */
static void make_sure(struct tl_rs *rs, struct tl_rs_steer steer)
{
    for (size_t i = rs->first_steer; i < rs->steers.n; i++) {
        struct tl_rs_steer *known = &rs->steers.items[i];

        if (known->leaf == steer.leaf && known->kind == steer.kind &&
            known->confidence <= TL_RS_ONLY_SOURCE / 2)
            *known = steer;
    }
}

void tl_rs_put_steer(struct tl_rs *rs, struct tl_rs_steer steer)
{
    struct tl_rs_leaf *leaf = &rs->leaves.items[steer.leaf];

    rs->work_done++;
    if (leaf->steer_epoch != rs->steer_epoch) {
        leaf->steer_epoch = rs->steer_epoch;
        leaf->steers = 0;
    }
    if (leaf->steers >> steer.kind & 1) {
        if (rs->candidates.n && steer.confidence > TL_RS_ONLY_SOURCE / 2)
            make_sure(rs, steer);
        return;
    }
    leaf->steers |= (uint16_t)(1u << steer.kind);
    tl_vec_push(&rs->steers, steer);
}

static void add_entry(struct tl_rs *rs, struct tl_rs_entry entry, struct tl_rs_flow flow)
{
    const struct tl_rs_leaf *leaf = &rs->leaves.items[entry.leaf];

    if (leaf->is_solved) {
        struct tl_rs_entry out = through(entry, flow);
        struct tl_rs_set set = { leaf->first, leaf->n };
        struct tl_rs_flow way = entry.is_mixed ? tl_rs_mixed(rs, flow) : flow;

        way = (struct tl_rs_flow){ .function = out.function,
                                   .confidence = out.confidence,
                                   .kind = out.kind,
                                   .effect = out.effect,
                                   .is_named =
                                       flow.is_named || tl_edge_moves_values(flow.kind),
                                   .opens = flow.opens,
                                   .is_mixed = way.is_mixed,
                                   .way = way.way };
        tl_rs_add_set(rs, set, way);
        return;
    }
    if ((flow.way || (flow.is_mixed && leaf->inside)) && !tl_rs_arrive(rs, &entry, flow))
        return;
    struct tl_rs_entry out = through(entry, flow);
    if (!tl_edge_moves_values(flow.kind) && !flow.is_named)
        tl_rs_put_steer(rs, (struct tl_rs_steer){ out.leaf, out.at, out.confidence,
                                                  out.kind });
    else
        put_entry(rs, &out);
}

void tl_rs_add_leaf(struct tl_rs *rs, uint32_t leaf, uint32_t at, struct tl_rs_flow flow)
{
    struct tl_rs_entry entry = { .leaf = leaf,
                                 .at = at,
                                 .confidence = 1000,
                                 .kind = TL_IDENTITY,
                                 .effect = TL_KEEPS };

    add_entry(rs, entry, flow);
}

/* Each of its entries through the reference that is being read. */
static void add_set_stepwise(struct tl_rs *rs, struct tl_rs_set set,
                             struct tl_rs_flow flow)
{
    for (uint32_t i = 0; i < set.n; i++) {
        struct tl_rs_entry entry = rs->entries.items[set.first + i];

        entry.at = tl_rs_step(rs, entry.at);
        add_entry(rs, entry, flow);
    }
}

void tl_rs_add_set(struct tl_rs *rs, struct tl_rs_set set, struct tl_rs_flow flow)
{
    if (rs->via) {
        add_set_stepwise(rs, set, flow);
        return;
    }
    for (uint32_t i = 0; i < set.n; i++)
        add_entry(rs, rs->entries.items[set.first + i], flow);
}

void tl_rs_add_named(struct tl_rs *rs, struct tl_rs_set star, uint32_t name,
                     struct tl_rs_flow flow)
{
    for (uint32_t i = 0; i < star.n; i++) {
        struct tl_rs_entry entry = rs->entries.items[star.first + i];
        struct tl_rs_leaf leaf = rs->leaves.items[entry.leaf];

        if (leaf.kind == TL_RS_STAR_BY_NAME) {
            entry.leaf = tl_rs_named_leaf(rs, leaf.table, name);
            if (entry.confidence > TL_RS_ONLY_SOURCE)
                entry.confidence = TL_RS_ONLY_SOURCE;
        }
        if (rs->via)
            entry.at = tl_rs_step(rs, entry.at);
        add_entry(rs, entry, flow);
    }
}

void tl_rs_add_placed(struct tl_rs *rs, struct tl_rs_set set, struct tl_rs_flow flow)
{
    for (uint32_t i = 0; i < set.n; i++) {
        struct tl_rs_entry entry = rs->entries.items[set.first + i];

        if (rs->leaves.items[entry.leaf].kind == TL_RS_STAR_BY_NAME)
            entry.leaf = tl_rs_leaf_of_star(rs, rs->leaves.items[entry.leaf].table,
                                            TL_RS_STAR_BY_PLACE);
        add_entry(rs, entry, flow);
    }
}

struct tl_rs_mark tl_rs_begin(struct tl_rs *rs)
{
    struct tl_rs_mark mark = { rs->work_base };

    rs->work_base = (uint32_t)rs->work.n;
    rs->is_wide = false;
    return mark;
}

struct tl_rs_set tl_rs_end(struct tl_rs *rs, struct tl_rs_mark mark)
{
    struct tl_rs_set set = { (uint32_t)rs->entries.n,
                             (uint32_t)(rs->work.n - rs->work_base) };

    for (uint32_t i = 0; i < set.n; i++)
        tl_vec_push(&rs->entries, rs->work.items[rs->work_base + i]);
    rs->work.n = rs->work_base;
    rs->work_base = mark.base;
    mark_slots(rs);
    return set;
}

/* ---- recursive queries ---- */

/* Grows with every entry and with every step that an entry takes in its lattice, and with nothing else. */
static uint64_t weight_of(const struct tl_rs *rs, struct tl_rs_set set)
{
    uint64_t weight = 0;

    for (uint32_t i = 0; i < set.n; i++) {
        const struct tl_rs_entry *entry = &rs->entries.items[set.first + i];
        weight += UINT64_C(1) << 20;
        weight += (uint64_t)entry->is_mixed << 16;
        weight += (uint64_t)entry->kind << 8;
        weight += (uint64_t)(TL_EFFECTS - entry->effect);
    }
    return weight;
}

/* The column's set with what the others are known to be made of by now put in. */
static struct tl_rs_set put_in(struct tl_rs *rs, uint32_t column, uint32_t first,
                               uint32_t n)
{
    struct tl_rs_set set = rs->columns.items[column].set;
    struct tl_rs_mark mark = tl_rs_begin(rs);

    for (uint32_t i = 0; i < set.n; i++) {
        struct tl_rs_entry entry = rs->entries.items[set.first + i];

        if (entry.leaf < first || entry.leaf >= first + n) {
            put_entry(rs, &entry);
            continue;
        }
        const struct tl_rs_leaf *leaf = &rs->leaves.items[entry.leaf];
        struct tl_rs_set known = { leaf->first, leaf->n };
        struct tl_rs_flow way = { .function = entry.function,
                                  .confidence = entry.confidence,
                                  .kind = entry.kind,
                                  .effect = entry.effect,
                                  .is_named = true,
                                  .is_mixed = entry.is_mixed };
        tl_rs_add_set(rs, known, way);
    }
    return tl_rs_end(rs, mark);
}

/*
 * Columns of a recursive query in an order in which, as far as there is one, each stands behind those it is made of: postorder of a
 * walk along what they are made of. In it a fixpoint is reached in a few rounds, whatever the order of the columns (Kam and Ullman,
 * Global data flow analysis and iterative algorithms, 1976). The caller's to free.
 */
static uint32_t *order_to_solve(const struct tl_rs *rs, uint32_t columns, uint32_t first,
                                uint32_t n)
{
    uint32_t *order = tl_alloc((size_t)n * 3 + 1, sizeof *order);
    uint32_t *path = order + n, *next = order + 2 * n; /* next: an entry, from 1 */
    uint32_t n_ordered = 0;

    for (uint32_t root = 0; root < n; root++) {
        uint32_t depth = 0;

        if (next[root])
            continue;
        path[depth++] = root;
        next[root] = 1;
        while (depth) {
            uint32_t i = path[depth - 1];
            struct tl_rs_set set = rs->columns.items[columns + i].set;

            if (next[i] > set.n) {
                order[n_ordered++] = i;
                depth--;
                continue;
            }
            uint32_t of = rs->entries.items[set.first + next[i]++ - 1].leaf - first;
            if (of < n && !next[of]) {
                path[depth++] = of;
                next[of] = 1;
            }
        }
    }
    return order;
}

void tl_rs_solve(struct tl_rs *rs, uint32_t relation, uint32_t first, uint32_t n)
{
    uint32_t columns = rs->relations.items[relation].first;
    uint32_t *order = order_to_solve(rs, columns, first, n);
    bool grows = true;

    while (grows) {
        grows = false;
        for (uint32_t k = 0; k < n; k++) {
            uint32_t i = order[k];
            struct tl_rs_leaf *leaf = &rs->leaves.items[first + i];
            struct tl_rs_set old = { leaf->first, leaf->n };
            size_t entries = rs->entries.n;
            struct tl_rs_set set = put_in(rs, columns + i, first, n);

            if (weight_of(rs, set) == weight_of(rs, old)) {
                rs->entries.n = entries;
                continue;
            }
            leaf = &rs->leaves.items[first + i];
            leaf->first = set.first;
            leaf->n = set.n;
            grows = true;
        }
    }
    tl_free(order);
    for (uint32_t i = 0; i < n; i++) {
        struct tl_rs_leaf *leaf = &rs->leaves.items[first + i];

        leaf->is_solved = true;
        rs->columns.items[columns + i].set = (struct tl_rs_set){ leaf->first, leaf->n };
    }
}

/* ---- relations ---- */

uint32_t tl_rs_relation_new(struct tl_rs *rs, enum tl_rs_relation_kind kind)
{
    struct tl_rs_relation relation = {
        .first = (uint32_t)rs->columns.n,
        .table = TL_RS_NONE,
        .probe = TL_RS_NONE,
        .confidence = 1000,
        .kind = (uint8_t)kind,
    };

    tl_vec_push(&rs->relations, relation);
    return (uint32_t)rs->relations.n - 1;
}

uint32_t tl_rs_relation_of(struct tl_rs *rs, uint32_t first)
{
    uint32_t id = tl_rs_relation_new(rs, TL_RS_COLUMNS);
    struct tl_rs_relation *relation = &rs->relations.items[id];

    for (size_t i = first; i < rs->building.n; i++) {
        tl_vec_push(&rs->columns, rs->building.items[i]);
        relation->n_open += rs->building.items[i].is_open;
        tl_schema_may_have_too(&relation->bits, rs->building.items[i].key);
        relation->n++;
    }
    rs->building.n = first;
    return id;
}

static uint32_t scatter(uint32_t key)
{
    uint32_t hash = key * UINT32_C(2654435769);

    return hash ^ hash >> 15;
}

static void make_probe(struct tl_rs *rs, struct tl_rs_relation *relation)
{
    uint32_t room = 32;

    while (room < relation->n * 2)
        room *= 2;
    relation->probe = (uint32_t)rs->probes.n;
    relation->mask = room - 1;
    for (uint32_t i = 0; i < room; i++)
        tl_vec_push(&rs->probes, 0);
    uint32_t *probe = rs->probes.items + relation->probe;
    for (uint32_t i = 0; i < relation->n; i++) {
        uint32_t key = rs->columns.items[relation->first + i].key;
        uint32_t at = scatter(key) & relation->mask;
        /* Of columns of one name the second is kept too, so that it is known that there are several; a third adds nothing. */
        unsigned same = 0;

        while (probe[at] && same < 2) {
            same += rs->columns.items[relation->first + probe[at] - 1].key == key;
            at = (at + 1) & relation->mask;
        }
        if (same < 2)
            probe[at] = i + 1;
    }
}

uint32_t tl_rs_relation_find(struct tl_rs *rs, uint32_t id, uint32_t key, bool *many)
{
    struct tl_rs_relation *relation = &rs->relations.items[id];
    const struct tl_rs_column *columns = rs->columns.items + relation->first;
    uint32_t found = TL_RS_NONE;

    *many = false;
    if (!tl_schema_may_have(&relation->bits, key))
        return TL_RS_NONE;
    if (relation->n <= 2 * NARROW) {
        for (uint32_t i = 0; i < relation->n; i++)
            if (columns[i].key == key && !columns[i].is_open) {
                *many = found != TL_RS_NONE;
                found = *many ? found : i;
            }
        return found;
    }
    if (relation->probe == TL_RS_NONE)
        make_probe(rs, relation);
    const uint32_t *probe = rs->probes.items + relation->probe;
    for (uint32_t at = scatter(key) & relation->mask; probe[at];
         at = (at + 1) & relation->mask) {
        uint32_t i = probe[at] - 1;
        if (columns[i].key != key || columns[i].is_open)
            continue;
        if (found != TL_RS_NONE) {
            *many = true;
            break;
        }
        found = i;
    }
    return found;
}

/* ---- what comes out ---- */

const char *tl_rs_text(const struct tl_rs *rs, uint32_t name)
{
    const char *text = tl_name_text(rs->names, name);

    return text ? text : "?";
}

void tl_rs_problem(struct tl_rs *rs, uint32_t at, const char *format, ...)
{
    char what[MOST_WORDS + 1];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    for (size_t i = rs->problems.n; i-- > 0 && i + 4 > rs->problems.n;)
        if (rs->problems.items[i].line == at && rs->problems.items[i].column == 0 &&
            strcmp(rs->problems.items[i].what, what) == 0)
            return;
    struct tl_sql_problem problem = {
        .statement = rs->statement,
        .target = rs->target,
        .what = tl_arena_strdup(rs->words, what),
        .line = at,
    };
    tl_vec_push(&rs->problems, problem);
}

uint32_t tl_rs_show(struct tl_rs *rs, uint32_t id)
{
    struct tl_schema_table *table = &rs->schema->tables.items[id];

    if (table->shown < rs->tables.n && rs->table_of.items[table->shown] == id)
        return table->shown;
    table->shown = (uint32_t)rs->tables.n;
    bool is_files = (table->flags & TL_SCHEMA_FILES) != 0;
    struct tl_sql_table shown = {
        .database = is_files ? NULL : tl_name_text(rs->names, table->name.database),
        .kind = is_files ? TL_SQL_IS_FILES : TL_SQL_IS_TABLE,
        .schema = tl_name_text(rs->names, table->name.schema),
        .name = tl_name_text(rs->names, table->name.name),
        .tag = table->tag,
        .is_known = (table->flags & TL_SCHEMA_KNOWN) != 0,
        .is_temporary = (table->flags & TL_SCHEMA_TEMPORARY) != 0,
    };
    tl_vec_push(&rs->tables, shown);
    tl_vec_push(&rs->table_of, id);
    return table->shown;
}

static void emit_edge(struct tl_rs *rs, uint32_t target, uint32_t name,
                      const struct tl_rs_entry *entry)
{
    const struct tl_rs_leaf *leaf = &rs->leaves.items[entry->leaf];
    struct tl_sql_edge edge = {
        .statement = rs->statement,
        .target = target,
        .target_column = tl_name_text(rs->names, name),
        .source = tl_rs_show(rs, leaf->table),
        .source_column = tl_name_text(rs->names, leaf->column),
        .source_path = leaf->path ? tl_rs_path_text(rs, leaf->path) : NULL,
        .target_path = leaf->inside ? tl_rs_path_text(rs, leaf->inside) : NULL,
        .function = tl_name_text(rs->names, entry->function),
        .line = tl_rs_byte(rs, entry->at),
        .confidence = entry->confidence,
        .kind = entry->kind,
        .effect = entry->effect,
    };

    if (edge.confidence <= TL_RS_ONLY_SOURCE / 2)
        edge.flags |= TL_SQL_CANDIDATE;
    if (rs->is_traced)
        tl_rs_note_trail(rs, entry->at);
    tl_vec_push(&rs->edges, edge);
}

static int compare_entries(const void *a, const void *b, void *of)
{
    const struct tl_rs *rs = of;
    const struct tl_rs_entry *left = a, *right = b;
    uint32_t steers = class_of(left->kind), steers_right = class_of(right->kind);

    if (steers != steers_right)
        return steers < steers_right ? -1 : 1;
    uint32_t at = tl_rs_byte(rs, left->at), at_right = tl_rs_byte(rs, right->at);
    if (at != at_right)
        return at < at_right ? -1 : 1;
    return left->leaf < right->leaf ? -1 : left->leaf > right->leaf;
}

static bool needs_solving(const struct tl_rs *rs, struct tl_rs_set set)
{
    for (uint32_t i = 0; i < set.n; i++)
        if (rs->leaves.items[rs->entries.items[set.first + i].leaf].kind ==
            TL_RS_REPEATED)
            return true;
    return false;
}

void tl_rs_emit(struct tl_rs *rs, uint32_t target, uint32_t name, struct tl_rs_set set)
{
    if (needs_solving(rs, set)) {
        struct tl_rs_mark mark = tl_rs_begin(rs);
        tl_rs_add_set(rs, set, tl_rs_value());
        set = tl_rs_end(rs, mark);
    }
    /* A shared set is sorted once, whoever comes first. */
    struct tl_rs_entry *entries = rs->entries.items + set.first;
    for (uint32_t i = 1; i < set.n; i++)
        if (compare_entries(&entries[i - 1], &entries[i], rs) > 0) {
            qsort_r(entries, set.n, sizeof *entries, compare_entries, rs);
            break;
        }
    for (uint32_t i = 0; i < set.n; i++)
        if (rs->leaves.items[entries[i].leaf].kind != TL_RS_REPEATED)
            emit_edge(rs, target, name, &entries[i]);
}

void tl_rs_emit_steers(struct tl_rs *rs, uint32_t target)
{
    for (size_t i = rs->first_steer; i < rs->steers.n; i++) {
        struct tl_rs_steer steer = rs->steers.items[i];
        struct tl_rs_leaf leaf = rs->leaves.items[steer.leaf];

        if (leaf.kind == TL_RS_REPEATED) {
            struct tl_rs_flow flow = tl_rs_steering((enum tl_edge_kind)steer.kind);
            flow.confidence = steer.confidence;
            if (leaf.is_solved)
                tl_rs_add_set(rs, (struct tl_rs_set){ leaf.first, leaf.n }, flow);
            continue;
        }
        struct tl_rs_entry entry = { .leaf = steer.leaf,
                                     .at = steer.at,
                                     .confidence = steer.confidence,
                                     .kind = steer.kind };
        emit_edge(rs, target, 0, &entry);
    }
}
