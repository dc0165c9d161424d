/*
 * What holds between the statements of a text: which statement wrote what a table holds and whether anything read it since, what a
 * transaction did and takes back, and what a bare name means.
 */
#include "lineage/sql/resolve.h"

#include <string.h>

/* ---- who wrote what a table holds ---- */

/* A table that is known for good forgets what an earlier text did with it. */
static struct tl_schema_table *table_of(struct tl_rs *rs, uint32_t id)
{
    struct tl_schema_table *table = &rs->schema->tables.items[id];

    if (table->text != rs->n_texts) {
        table->text = rs->n_texts;
        table->read_at = table->n_bases = 0;
        table->last_write = TL_SCHEMA_NONE;
        table->is_empty = false;
    }
    return table;
}

/* Within a transaction, what was known of the table before. */
static void keep_before(struct tl_rs *rs, uint32_t id)
{
    const struct tl_schema_table *table = table_of(rs, id);
    struct tl_rs_before before = { .table = id,
                                   .last_write = table->last_write,
                                   .relation = table->relation,
                                   .first_steer = table->first_steer,
                                   .n_steers = table->n_steers,
                                   .is_empty = table->is_empty };

    if (rs->in_transaction)
        tl_vec_push(&rs->before, before);
}

void tl_rs_changes(struct tl_rs *rs, uint32_t id)
{
    keep_before(rs, id);
}

void tl_rs_mark_read(struct tl_rs *rs, uint32_t id)
{
    struct tl_schema_table *table = table_of(rs, id);

    size_t base = rs->spine.n;

    if (rs->is_viewing) {
        tl_vec_push(&rs->bases, id);
        return;
    }
    if (!table->n_bases) {
        table->read_at = rs->statement;
        return;
    }
    tl_vec_push(&rs->spine, id); /* views of views may be many */
    while (rs->spine.n > base) {
        table = table_of(rs, rs->spine.items[--rs->spine.n]);
        if (table->read_at == rs->statement)
            continue;
        table->read_at = rs->statement;
        for (uint32_t i = 0; i < table->n_bases; i++)
            tl_vec_push(&rs->spine, rs->bases.items[table->first_base + i]);
    }
}

void tl_rs_mark_written(struct tl_rs *rs, uint32_t id)
{
    struct tl_schema_table *table = table_of(rs, id);
    struct tl_rs_write write = { .statement = rs->statement,
                                 .before = table->last_write };

    if (table->relation != TL_SCHEMA_NONE)
        return; /* edges run through it */
    if (table->last_write != TL_SCHEMA_NONE &&
        rs->writes.items[table->last_write].statement == rs->statement)
        return;
    keep_before(rs, id);
    table = table_of(rs, id);
    rs->replaces = rs->replaces || table->is_empty;
    table->is_empty = false;
    table->last_write = (uint32_t)rs->writes.n;
    tl_vec_push(&rs->writes, write);
    rs->n_written++;
}

/* A statement is replaced where all that it wrote is. */
static void replace(struct tl_rs *rs, uint32_t statement)
{
    struct tl_rs_replacement replacement = { .statement = statement,
                                             .by = rs->statement };
    struct tl_rs_written *written = &rs->written.items[statement - 1];

    tl_vec_push(&rs->replacements, replacement);
    if (++written->n_replaced == written->n)
        rs->statements.items[statement - 1].replaced_by = rs->statement;
}

void tl_rs_mark_gone(struct tl_rs *rs, uint32_t id)
{
    struct tl_schema_table *table = table_of(rs, id);
    uint32_t i = table->last_write;

    if (table->relation != TL_SCHEMA_NONE || tl_rs_is_may(rs))
        return;
    keep_before(rs, id);
    table = table_of(rs, id);
    for (; i != TL_SCHEMA_NONE; i = rs->writes.items[i].before)
        if (rs->writes.items[i].statement >= table->read_at &&
            rs->writes.items[i].statement < rs->statement)
            replace(rs, rs->writes.items[i].statement);
    table->last_write = TL_SCHEMA_NONE;
    table->is_empty = true;
}

void tl_rs_inherit(struct tl_rs *rs, uint32_t from, uint32_t to)
{
    const struct tl_schema_table *old = table_of(rs, from);
    struct tl_schema_table *new = table_of(rs, to);

    new->read_at = old->read_at;
    new->last_write = old->last_write;
    new->first_base = old->first_base;
    new->n_bases = old->n_bases;
    new->is_empty = old->is_empty;
}

/* ---- truncate ---- */

void tl_rs_truncate(struct tl_rs *rs, const struct tl_sql_node *node)
{
    for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next) {
        uint16_t confidence;
        uint32_t table = tl_rs_table(rs, i, &confidence);

        if (rs->target == TL_SQL_NO_TABLE)
            tl_rs_target(rs, table);
        if (tl_rs_is_may(rs))
            continue;
        if (rs->schema->tables.items[table].relation != TL_SCHEMA_NONE)
            tl_rs_empty(rs, table);
        else
            tl_rs_mark_gone(rs, table);
    }
}

/* ---- transactions ---- */

static struct tl_rs_savepoint here(const struct tl_rs *rs, uint32_t name)
{
    return (struct tl_rs_savepoint){ .key = tl_rs_key(rs, name),
                                     .statement = rs->statement,
                                     .n_tables = (uint32_t)rs->schema->tables.n,
                                     .n_before = (uint32_t)rs->before.n,
                                     .n_replacements = (uint32_t)rs->replacements.n };
}

static void begin(struct tl_rs *rs)
{
    rs->in_transaction = true;
    rs->before.n = 0;
    rs->savepoints.n = 0;
    tl_vec_push(&rs->savepoints, here(rs, 0));
}

static void undo_replacements(struct tl_rs *rs, uint32_t n)
{
    while (rs->replacements.n > n) {
        uint32_t statement = rs->replacements.items[--rs->replacements.n].statement;

        rs->written.items[statement - 1].n_replaced--;
        rs->statements.items[statement - 1].replaced_by = 0;
    }
}

/* What was done since that point was not done: tables are as they were, the newest change taken back first. */
static void undo(struct tl_rs *rs, const struct tl_rs_savepoint *to)
{
    for (uint32_t i = to->statement; i < rs->statement - 1; i++)
        rs->statements.items[i].is_undone = true;
    undo_replacements(rs, to->n_replacements);
    while (rs->before.n > to->n_before) {
        const struct tl_rs_before *before = &rs->before.items[--rs->before.n];
        struct tl_schema_table *table = table_of(rs, before->table);

        table->last_write = before->last_write;
        table->relation = before->relation;
        table->first_steer = before->first_steer;
        table->n_steers = before->n_steers;
        table->is_empty = before->is_empty;
    }
    if (rs->traits->writing & TL_SQL_TRANSACTIONAL_DDL)
        tl_schema_hide_since(rs->schema, to->n_tables);
}

static void set_path(struct tl_rs *rs, const struct tl_schema_name *path, size_t n)
{
    rs->schema->path.n = 0;
    for (size_t i = 0; i < n; i++)
        tl_vec_push(&rs->schema->path, path[i]);
    rs->schema->has_path = n > 0;
}

static void end(struct tl_rs *rs)
{
    if (rs->has_local_path)
        set_path(rs, rs->local_path.items, rs->local_path.n);
    rs->has_local_path = false;
    rs->in_transaction = false;
    rs->savepoints.n = 0;
    rs->before.n = 0;
}

static size_t find_savepoint(const struct tl_rs *rs, uint32_t name)
{
    size_t i = rs->savepoints.n;

    while (i-- > 1)
        if (rs->savepoints.items[i].key == tl_rs_key(rs, name))
            return i;
    return 0;
}

void tl_rs_transaction(struct tl_rs *rs, const struct tl_sql_node *node)
{
    size_t i;

    switch ((enum tl_sql_transaction)node->op) {
    case TL_X_BEGIN:
        if (!rs->in_transaction)
            begin(rs);
        return;
    case TL_X_COMMIT:
        end(rs);
        return;
    case TL_X_ROLLBACK:
        if (rs->in_transaction)
            undo(rs, &rs->savepoints.items[0]);
        end(rs);
        return;
    case TL_X_SAVEPOINT:
        if (!rs->in_transaction)
            begin(rs);
        tl_vec_push(&rs->savepoints, here(rs, node->name));
        return;
    case TL_X_ROLLBACK_TO:
    case TL_X_RELEASE:
        if ((i = find_savepoint(rs, node->name)) == 0) {
            tl_rs_problem(rs, node->at, "there is no savepoint '%s'",
                          tl_rs_text(rs, node->name));
            return;
        }
        if (node->op == TL_X_ROLLBACK_TO)
            undo(rs, &rs->savepoints.items[i]);
        rs->savepoints.n = node->op == TL_X_RELEASE ? i : i + 1;
        return;
    }
}

void tl_rs_ddl(struct tl_rs *rs)
{
    if (rs->in_transaction && (rs->traits->writing & TL_SQL_DDL_COMMITS))
        end(rs);
}

/* ---- what a bare name means ---- */

/* The database in force: what the text said, else the first of the caller's. */
static uint32_t current_database(const struct tl_rs *rs)
{
    if (rs->schema->has_path)
        return rs->schema->path.items[0].database;
    return rs->schema->defaults.n ? rs->schema->defaults.items[0].database : 0;
}

void tl_rs_path(struct tl_rs *rs, const struct tl_sql_node *node)
{
    uint32_t database = current_database(rs);
    TL_VEC(struct tl_schema_name) path = { 0 };

    for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next) {
        const struct tl_sql_node *place = tl_rs_node(rs, i);
        struct tl_schema_name name = { .database = place->c ? place->c : database,
                                       .schema = place->b };

        if (!name.schema) /* a database alone */
            name.schema = tl_sql_name_exact(rs->names, "PUBLIC", 6);
        tl_vec_push(&path, name);
    }
    if ((node->flags & TL_F_LOCAL) && rs->in_transaction && !rs->has_local_path) {
        rs->has_local_path = true;
        rs->local_path.n = 0;
        for (size_t i = 0; i < rs->schema->path.n; i++)
            tl_vec_push(&rs->local_path, rs->schema->path.items[i]);
    }
    set_path(rs, path.items, path.n);
    tl_vec_release(&path);
}

/* "public" stands in most paths for what is everybody's: it is not where something unknown is looked for first. */
static bool is_common(const struct tl_rs *rs, uint32_t schema)
{
    return strcasecmp(tl_rs_text(rs, schema), "public") == 0 ||
           strcasecmp(tl_rs_text(rs, schema), "pg_catalog") == 0;
}

void tl_rs_qualify(const struct tl_rs *rs, struct tl_schema_name *name, bool is_made)
{
    const struct tl_schema_name *found = NULL;

    if (!rs->schema->has_path || name->database)
        return;
    for (size_t i = 0; i < rs->schema->path.n; i++) {
        const struct tl_schema_name *place = &rs->schema->path.items[i];

        if (rs->schema->path.n > 1 && !is_made && is_common(rs, place->schema))
            continue;
        if (found && !is_made)
            return; /* any of several */
        found = found ? found : place;
    }
    if (!found)
        return;
    name->database = found->database;
    if (!name->schema)
        name->schema = found->schema;
}

/* ---- the text ---- */

void tl_rs_session_reset(struct tl_rs *rs)
{
    rs->writes.n = rs->written.n = rs->replacements.n = rs->bases.n = 0;
    rs->before.n = rs->savepoints.n = rs->local_path.n = 0;
    rs->in_transaction = rs->has_local_path = rs->is_viewing = false;
    set_path(rs, NULL, 0);
}

void tl_rs_session_release(struct tl_rs *rs)
{
    tl_vec_release(&rs->writes);
    tl_vec_release(&rs->written);
    tl_vec_release(&rs->replacements);
    tl_vec_release(&rs->bases);
    tl_vec_release(&rs->before);
    tl_vec_release(&rs->savepoints);
    tl_vec_release(&rs->local_path);
}
