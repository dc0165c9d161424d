/*
 * Makes datasets of what the catalogue says.
 */
#include "connectors/warehouse/postgres_catalog.h"

#include "base/ctx.h"
#include "base/say.h"
#include "connectors/rows.h"

/* ---- columns ---- */

struct build {
    struct tl_pg_catalog *catalog;
    struct tl_snapshot *out;
    struct tl_key key;         /* of the dataset, with the field that is looked at */
    struct tl_scope exclusion; /* what the scope leaves out, whatever it takes */
    bool chooses_columns;
    bool may_be_null; /* a table says which columns are not; a view does not */
    struct tl_str path;
    uint32_t room;                    /* columns that may still come of composite types */
    uint32_t above[TL_PG_DEPTH_MOST]; /* classes whose fields are being listed */
    unsigned depth;
};

static const struct tl_pg_attribute *
attribute_at(const struct tl_pg_catalog *c, const struct tl_pg_class *class, uint32_t i)
{
    return &c->attributes.items[c->order[class->first + i]];
}

/*
 * Who samples finds the fields of a column by the beginning of their paths, so that no other column's name may begin like that:
 * where one does, the composite column stays as it is.
 */
static bool is_ambiguous(const struct build *b, const struct tl_pg_class *class,
                         const char *name, size_t n)
{
    for (uint32_t i = 0; i < class->n; i++) {
        size_t length;
        const char *other =
            tl_text_get(b->out->texts, attribute_at(b->catalog, class, i)->name, &length);
        if (length > n && other[n] == '.' && memcmp(other, name, n) == 0)
            return true;
    }
    return false;
}

/* The class whose fields stand behind a column; NULL: it is one column. */
static const struct tl_pg_class *fields_of(const struct build *b,
                                           const struct tl_pg_attribute *attribute)
{
    const struct tl_pg_catalog *c = b->catalog;
    uint32_t composite = c->uses.items[attribute->use].composite;
    size_t n;

    if (composite == TL_PG_NONE || b->depth == TL_PG_DEPTH_MOST)
        return NULL;
    const struct tl_pg_class *class = &c->classes.items[composite];
    /* The server lets no type hold itself; a damaged catalogue might. */
    for (unsigned i = 0; i < b->depth; i++)
        if (b->above[i] == composite)
            return NULL;
    const char *name = tl_text_get(b->out->texts, attribute->name, &n);
    if (class->n > b->room ||
        is_ambiguous(b, &c->classes.items[attribute->class], name, n))
        return NULL;
    return class;
}

static bool is_excluded(const struct build *b)
{
    return b->chooses_columns && !tl_scope_takes_column(&b->exclusion, &b->key);
}

static bool is_taken(const struct build *b)
{
    return !b->chooses_columns || tl_scope_takes_column(b->catalog->scope, &b->key);
}

static struct tl_column *push_column(struct build *b,
                                     const struct tl_pg_attribute *attribute)
{
    const struct tl_pg_use *use = &b->catalog->uses.items[attribute->use];
    struct tl_column *column =
        tl_snapshot_add_column(b->out, b->path.text, b->path.n,
                               tl_snapshot_text(b->out, use->name));
    bool is_bound = attribute->is_bound || use->is_bound;

    column->comment = attribute->comment;
    column->logical = use->logical;
    column->roles = b->depth ? 0 : attribute->roles;
    column->nullable = (int8_t)(b->may_be_null ? !is_bound || b->depth > 0 : -1);
    return column;
}

/*
 * Adds the column of the path, with its fields. `is_above`: what it is a field of was asked for by name, and it with it. A column of
 * which nothing is taken is left out; one of which something is left out stands, for the sake of its other fields: its own
 * value is never asked for, only theirs.
 */
static void add_columns(struct build *b, const struct tl_pg_attribute *attribute,
                        bool is_above)
{
    struct tl_dataset *dataset = &b->out->datasets.items[b->out->datasets.n - 1];
    const struct tl_pg_class *class = fields_of(b, attribute);
    size_t n = b->path.n;

    b->key.field = b->path.text;
    if (is_excluded(b))
        return;
    bool is_wanted = is_above || is_taken(b);
    if (!class) {
        if (is_wanted)
            push_column(b, attribute);
        return;
    }
    struct tl_column *column = push_column(b, attribute);
    column->logical = TL_LOGICAL_RECORD;
    uint32_t first = dataset->n_columns;
    b->room -= class->n;
    b->above[b->depth++] = (uint32_t)(class - b->catalog->classes.items);
    for (uint32_t i = 0; i < class->n; i++) {
        const struct tl_pg_attribute *field = attribute_at(b->catalog, class, i);
        tl_str_add_char(&b->path, '.');
        tl_str_add(&b->path, tl_snapshot_text(b->out, field->name));
        add_columns(b, field, is_wanted);
        b->path.text[b->path.n = n] = 0;
    }
    b->depth--;
    bool is_empty = dataset->n_columns == first;
    if (is_empty && (class->n || !is_wanted)) {
        b->out->columns.n--;
        dataset->n_columns--;
    }
}

static void add_attributes(struct build *b, const struct tl_pg_class *class)
{
    b->room = class->n < TL_PG_COLUMNS_MOST ? TL_PG_COLUMNS_MOST - class->n : 0;
    for (uint32_t i = 0; i < class->n; i++) {
        const struct tl_pg_attribute *attribute = attribute_at(b->catalog, class, i);
        tl_str_clear(&b->path);
        tl_str_add(&b->path, tl_snapshot_text(b->out, attribute->name));
        add_columns(b, attribute, false);
    }
}

/* ---- foreign keys ---- */

/* As the server writes names: bare where they are plain, else in double quotes. */
static void add_plain_name(struct tl_str *out, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    bool is_plain =
        *name && strspn(name, plain) == strlen(name) && !(*name >= '0' && *name <= '9');

    if (is_plain)
        tl_str_add(out, name);
    else
        tl_pg_add_name(out, name);
}

/* False where one of the columns is left out: a key that names it is too. */
static bool add_key_columns(struct tl_str *out, struct build *b,
                            const struct tl_pg_class *class, uint32_t first, uint32_t n)
{
    tl_str_clear(out);
    b->key = tl_pg_class_key(b->catalog, class);
    for (uint32_t i = 0; i < n; i++) {
        const struct tl_pg_attribute *attribute =
            tl_pg_attribute_find(b->catalog, class, b->catalog->numbers.items[first + i]);
        if (!attribute)
            return false;
        b->key.field = tl_snapshot_text(b->out, attribute->name);
        if (!is_taken(b))
            return false;
        if (i)
            tl_str_add_char(out, ',');
        tl_str_add(out, b->key.field);
    }
    return true;
}

static void add_foreign_key(struct build *b, const struct tl_pg_foreign *foreign)
{
    struct tl_pg_catalog *c = b->catalog;
    const struct tl_pg_class *target = &c->classes.items[foreign->target];
    struct tl_str columns = TL_STR_INIT(TL_STR_MOST);
    struct tl_str there = TL_STR_INIT(TL_STR_MOST);
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);

    if (add_key_columns(&columns, b, &c->classes.items[foreign->class], foreign->first,
                        foreign->n)) {
        bool is_known = add_key_columns(&there, b, target, foreign->first + foreign->n,
                                        foreign->target_n);
        add_plain_name(&name, b->key.schema);
        tl_str_add_char(&name, '.');
        add_plain_name(&name, target->name);
        tl_snapshot_add_foreign_key(b->out, columns.text, name.text,
                                    is_known && there.n ? there.text : NULL);
    }
    tl_str_release(&columns);
    tl_str_release(&there);
    tl_str_release(&name);
}

/* By class, then by columns, then by target: nothing that depends on where a row of the catalogue lies. */
static int compare_foreign(const void *left, const void *right, void *self)
{
    const struct tl_pg_catalog *c = self;
    const struct tl_pg_foreign *a = left;
    const struct tl_pg_foreign *b = right;

    if (a->class != b->class)
        return a->class < b->class ? -1 : 1;
    for (uint32_t i = 0; i < a->n && i < b->n; i++) {
        int order = c->numbers.items[a->first + i] - c->numbers.items[b->first + i];
        if (order)
            return order;
    }
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    struct tl_key x = tl_pg_class_key(c, &c->classes.items[a->target]);
    struct tl_key y = tl_pg_class_key(c, &c->classes.items[b->target]);
    return tl_key_compare(&x, &y);
}

static void add_foreign_keys(struct build *b, uint32_t class)
{
    const struct tl_pg_catalog *c = b->catalog;
    size_t low = 0;
    size_t high = c->foreign.n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->foreign.items[middle].class < class)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < c->foreign.n && c->foreign.items[low].class == class; low++)
        add_foreign_key(b, &c->foreign.items[low]);
}

/* ---- datasets ---- */

static enum tl_dataset_kind kind_of(char relkind)
{
    switch (relkind) {
    case 'v':
        return TL_VIEW;
    case 'm':
        return TL_MATERIALIZED_VIEW;
    case 'f':
        return TL_EXTERNAL_TABLE;
    default:
        return TL_TABLE;
    }
}

static int add_dataset(struct build *b, uint32_t i)
{
    struct tl_pg_catalog *c = b->catalog;
    const struct tl_pg_class *class = &c->classes.items[i];
    uint32_t owner = tl_pg_map_get(&c->owners, class->owner);

    b->key = tl_pg_class_key(c, class);
    b->may_be_null = class->kind != 'v' && class->kind != 'm';
    struct tl_dataset *dataset =
        tl_snapshot_add_dataset(b->out, b->key.database, b->key.schema, class->name,
                                kind_of(class->kind));
    dataset->rows = class->rows < 0 ? -1 : (int64_t)((double)class->rows + 0.5);
    dataset->version = class->version;
    dataset->comment = class->comment;
    dataset->view_sql = class->view_sql;
    if (owner != TL_PG_NONE)
        dataset->owner = tl_text_of(b->out->texts, c->names.items[owner]);
    if (class->broken)
        return tl_dataset_broken(b->out, class->broken, TL_ESOURCE, c->ctx);
    add_attributes(b, class);
    add_foreign_keys(b, i);
    return TL_OK;
}

static int compare_classes(const void *left, const void *right, void *self)
{
    const struct tl_pg_catalog *c = self;
    struct tl_key a = tl_pg_class_key(c, &c->classes.items[*(const uint32_t *)left]);
    struct tl_key b = tl_pg_class_key(c, &c->classes.items[*(const uint32_t *)right]);

    return tl_key_compare(&a, &b);
}

static int build(struct tl_pg_catalog *c)
{
    const struct tl_scope *scope = c->scope;
    struct build b = {
        .catalog = c,
        .out = c->out,
        .exclusion = { .exclude_columns = scope->exclude_columns },
        .chooses_columns = scope->include_columns.n || scope->exclude_columns.n,
        .path = TL_STR_INIT(TL_STR_MOST),
    };
    uint32_t *listed = tl_alloc(c->classes.n + 1, sizeof *listed);
    size_t n = 0;
    int rc = TL_OK;

    for (uint32_t i = 0; i < c->classes.n; i++)
        if (c->classes.items[i].is_listed)
            listed[n++] = i;
    qsort_r(listed, n, sizeof *listed, compare_classes, c);
    if (c->foreign.n)
        qsort_r(c->foreign.items, c->foreign.n, sizeof *c->foreign.items, compare_foreign,
                c);
    for (size_t i = 0; !rc && i < n; i++)
        rc = add_dataset(&b, listed[i]);
    tl_free(listed);
    tl_str_release(&b.path);
    return rc;
}

/* ---- the transaction ---- */

static void name_actor(struct tl_pg_catalog *c)
{
    const char *version = PQparameterStatus(c->conn->link.db, "server_version");
    const char *actor =
        tl_arena_printf(c->arena, "%s on PostgreSQL %.*s", c->user,
                        version ? (int)strcspn(version, " ") : 0, version ? version : "");

    c->out->sources.items[c->out->sources.n - 1].actor = tl_text_of(c->out->texts, actor);
}

static int pull_as(struct tl_pg_catalog *c)
{
    struct tl_pg_link *link = &c->conn->link;
    /* With nothing but the server's own schema in the path, it writes names of types and views in full. */
    int rc = tl_pg_run(link,
                       "begin transaction isolation level repeatable read, read only; "
                       "set local search_path = pg_catalog",
                       "cannot read the catalogue", c->ctx);

    if (!rc)
        rc = tl_pg_catalog_read(c);
    if (rc == TL_ECANCEL)
        tl_pg_disconnect(link);
    if (link->db && (!rc || tl_pg_failed_to_convert(link))) {
        int ended = tl_pg_run(link, "rollback", "cannot end the transaction", c->ctx);
        rc = rc ? rc : ended;
    } else {
        tl_pg_disconnect(link);
    }
    if (!rc) {
        rc = build(c);
    }
    return rc;
}

int tl_pg_pull(struct tl_snapshot *out, void *self, const struct tl_scope *scope,
               struct tl_ctx *ctx)
{
    static const char *const taken_as_is[] = { "comments and view SQL",
                                               "names, comments and view SQL" };
    struct tl_pg *conn = self;
    int rc = tl_pg_samples_end(conn, ctx);

    if (!rc)
        rc = tl_pg_enter(conn, ctx);
    for (int raw = 0; !rc; raw++) {
        struct tl_pg_catalog catalog = { .conn = conn,
                                         .out = out,
                                         .scope = scope,
                                         .ctx = ctx,
                                         .raw = raw,
                                         .arena = tl_arena_open() };
        rc = pull_as(&catalog);
        if (!rc)
            name_actor(&catalog);
        tl_pg_catalog_release(&catalog);
        tl_arena_close(catalog.arena);
        if (!rc)
            break;
        if (raw == 2 || !conn->link.db || !tl_pg_failed_to_convert(&conn->link))
            return rc;
        tl_error_clear(&ctx->error);
        tl_warn(ctx,
                "'%s': not all %s can be converted to UTF-8: taken as they stand there",
                conn->link.where, taken_as_is[raw]);
        rc = TL_OK;
    }
    return rc;
}
