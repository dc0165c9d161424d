/*
 * What columns' types are called and made of. Asked for in rounds, each for all types that the round before brought up: a column's
 * array, its element, the element's fields, their types. Few databases need more than three.
 */
#include "connectors/warehouse/postgres_catalog.h"

#include "base/ctx.h"

/* From src/include/catalog/pg_type.dat: fixed for all versions. */
enum { OF_BYTEA = 17, OF_BIT = 1560, OF_VARBIT = 1562 };

/* ---- what there is ---- */

static void need_type(struct tl_pg_catalog *c, uint32_t oid)
{
    if (!oid || tl_pg_map_get(&c->type_of, oid) != TL_PG_NONE)
        return;
    tl_pg_map_put(&c->type_of, oid, (uint32_t)c->types.n);
    tl_vec_push(&c->types, ((struct tl_pg_type){ .oid = oid }));
}

uint32_t tl_pg_use_add(struct tl_pg_catalog *c, uint32_t type, int32_t modifier)
{
    uint64_t key = (uint64_t)type << 32 | (uint32_t)modifier;
    uint32_t known = tl_pg_map_get(&c->use_of, key);

    if (known != TL_PG_NONE)
        return known;
    need_type(c, type);
    tl_pg_map_put(&c->use_of, key, (uint32_t)c->uses.n);
    tl_vec_push(&c->uses,
                ((struct tl_pg_use){
                    .type = type, .modifier = modifier, .composite = TL_PG_NONE }));
    return (uint32_t)(c->uses.n - 1);
}

static const struct tl_pg_type *type_at(const struct tl_pg_catalog *c, uint32_t oid)
{
    static const struct tl_pg_type unknown;
    uint32_t i = tl_pg_map_get(&c->type_of, oid);

    return i == TL_PG_NONE ? &unknown : &c->types.items[i];
}

/* ---- rounds ---- */

static void need_class(struct tl_pg_catalog *c, uint32_t oid)
{
    uint32_t i = tl_pg_map_get(&c->class_of, oid);

    if (i == TL_PG_NONE) {
        i = (uint32_t)c->classes.n;
        tl_pg_map_put(&c->class_of, oid, i);
        tl_vec_push(&c->classes,
                    ((struct tl_pg_class){ .oid = oid, .parent = TL_PG_NONE }));
    }
    c->classes.items[i].is_wanted = true;
}

static void take_type(struct tl_pg_catalog *c, const PGresult *row)
{
    uint32_t i = tl_pg_map_get(&c->type_of, tl_pg_u32(row, 0));

    if (i == TL_PG_NONE)
        return;
    struct tl_pg_type type = {
        .oid = tl_pg_u32(row, 0),
        .kind = tl_pg_char(row, 1),
        .element = tl_pg_u32(row, 2),
        .is_array = tl_pg_char(row, 3) == 'A' && tl_pg_i16(row, 4) == -1,
        .relation = tl_pg_u32(row, 5),
        .base = tl_pg_u32(row, 6),
        .base_modifier = (int32_t)tl_pg_u32(row, 7),
        .is_bound = tl_pg_bool(row, 8),
        .is_asked = true,
    };
    c->types.items[i] = type;
    if (type.is_array)
        need_type(c, type.element);
    if (type.kind == 'd')
        tl_pg_use_add(c, type.base, type.base_modifier);
    if (type.kind == 'c')
        need_class(c, type.relation);
}

static int read_types(struct tl_pg_catalog *c, bool *any)
{
    struct tl_str list = TL_STR_INIT(TL_STR_MOST);

    for (size_t i = 0; i < c->types.n; i++)
        if (!c->types.items[i].is_asked) {
            c->types.items[i].is_asked = true;
            tl_pg_add_oid(&list, c->types.items[i].oid);
        }
    *any = list.n > 0;
    int rc = !*any ? TL_OK
                   : tl_pg_each(c,
                                "select oid, typtype, typelem, typcategory, typlen, "
                                "typrelid, typbasetype, typtypmod, typnotnull from "
                                "pg_catalog.pg_type where oid = "
                                "any($1::pg_catalog.oid[])",
                                list.text, take_type);
    tl_str_release(&list);
    return rc;
}

static int read_fields(struct tl_pg_catalog *c, bool *any)
{
    struct tl_str list = TL_STR_INIT(TL_STR_MOST);

    for (size_t i = 0; i < c->classes.n; i++) {
        struct tl_pg_class *class = &c->classes.items[i];
        if (class->is_wanted && !class->is_loaded) {
            class->is_loaded = true;
            tl_pg_add_oid(&list, class->oid);
        }
    }
    *any = list.n > 0;
    int rc = !*any ? TL_OK
                   : tl_pg_attributes_read(c, "attrelid = any($1::pg_catalog.oid[])",
                                           list.text);
    tl_str_release(&list);
    return rc;
}

/* ---- names ---- */

static void take_format(struct tl_pg_catalog *c, const PGresult *row)
{
    if (c->n_heard < c->uses.n)
        c->uses.items[c->n_heard++].name = tl_pg_text(c, row, 0);
}

/* Only the server knows how a type writes its modifier. */
static int read_formats(struct tl_pg_catalog *c)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);

    if (!c->uses.n)
        return TL_OK;
    tl_str_addf(&sql, "select %s from (values ",
                tl_pg_raw(c, 2, "pg_catalog.format_type(u.t, u.m)"));
    for (size_t i = 0; i < c->uses.n; i++)
        tl_str_addf(&sql, "%s(%u::pg_catalog.oid, %d)", i ? ", " : "",
                    c->uses.items[i].type, c->uses.items[i].modifier);
    tl_str_add(&sql, ") as u(t, m)");
    c->n_heard = 0;
    int rc = tl_pg_each(c, sql.text, NULL, take_format);
    tl_str_release(&sql);
    return rc;
}

/* ---- meaning ---- */

static enum tl_logical logical_of(const struct tl_pg_catalog *c,
                                  const struct tl_pg_type *type, struct tl_text name)
{
    bool has_bytes =
        type->oid == OF_BYTEA || type->oid == OF_BIT || type->oid == OF_VARBIT;

    /* A name says nothing where people chose it. A record is one where its fields are listed: see postgres_schema.c. */
    if (type->kind == 'e')
        return TL_LOGICAL_TEXT;
    if (type->kind == 'c')
        return TL_LOGICAL_UNKNOWN;
    if (type->is_array)
        return TL_LOGICAL_ARRAY;
    enum tl_logical logical = tl_logical_of(tl_snapshot_text(c->out, name));
    /* Samples are cut as bytes where this says bytes: somebody's own type of such a name is something else. */
    return logical == TL_LOGICAL_BYTES && !has_bytes ? TL_LOGICAL_UNKNOWN : logical;
}

/* Below its domains; the last of them says how the base is called. */
static const struct tl_pg_type *base_of(const struct tl_pg_catalog *c,
                                        struct tl_pg_use *use, struct tl_text *name)
{
    const struct tl_pg_type *type = type_at(c, use->type);

    *name = use->name;
    for (unsigned depth = 0; type->kind == 'd' && depth < 100; depth++) {
        uint64_t key = (uint64_t)type->base << 32 | (uint32_t)type->base_modifier;
        uint32_t below = tl_pg_map_get(&c->use_of, key);
        use->is_bound |= type->is_bound;
        if (below != TL_PG_NONE)
            *name = c->uses.items[below].name;
        type = type_at(c, type->base);
    }
    return type;
}

static void settle_use(struct tl_pg_catalog *c, struct tl_pg_use *use)
{
    struct tl_text name;
    const struct tl_pg_type *type = base_of(c, use, &name);
    /* A domain over an array is not entered: its name does not tell that it is one. */
    bool is_open_array = type->is_array && type->oid == use->type;

    use->logical = (uint8_t)logical_of(c, type, name);
    if (is_open_array) {
        struct tl_pg_use element = { .type = type->element };
        type = base_of(c, &element, &name);
        use->is_array = true;
    }
    if (type->kind == 'c')
        use->composite = tl_pg_map_get(&c->class_of, type->relation);
}

int tl_pg_types_read(struct tl_pg_catalog *c)
{
    bool has_types = true;
    bool has_fields = true;
    int rc = TL_OK;

    while (!rc && (has_types || has_fields)) {
        rc = read_types(c, &has_types);
        if (!rc)
            rc = read_fields(c, &has_fields);
    }
    if (!rc)
        rc = read_formats(c);
    for (size_t i = 0; !rc && i < c->uses.n; i++)
        settle_use(c, &c->uses.items[i]);
    return rc;
}
