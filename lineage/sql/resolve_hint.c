#include "lineage/sql/resolve_hint.h"

#include "base/near.h"
#include "base/option.h"

#include <string.h>

enum {
    ASKED_MOST = 32,   /* of a text: all names are looked at each time */
    NAMES_MOST = 2048, /* then */
    LONG_NAME = 12,    /* bytes; of what is shorter */
    EDITS_MOST = 2     /* at most, and one of what is shorter still: tl_nearest */
};

struct names {
    TL_VEC(const char *) items;
};

static bool has_room(const struct tl_rs *rs, const struct names *names)
{
    return !rs->has_no_hints && rs->n_hints < ASKED_MOST && names->items.n < NAMES_MOST;
}

static void add_name(struct tl_rs *rs, struct names *names, uint32_t name)
{
    const char *text = name ? tl_sql_name_text(rs->names, name) : NULL;

    if (text)
        tl_vec_push(&names->items, text);
}

static void add_table(struct tl_rs *rs, struct names *names, uint32_t id)
{
    const struct tl_schema_table *table = &rs->schema->tables.items[id];

    for (uint32_t i = 0; i < table->n && has_room(rs, names); i++)
        add_name(rs, names, rs->schema->columns.items[table->first + i].name);
}

static void add_sources(struct tl_rs *rs, struct names *names, uint32_t first,
                        uint32_t last)
{
    for (uint32_t s = first; s < last && s < rs->sources.n; s++) {
        const struct tl_rs_source *source = &rs->sources.items[s];
        const struct tl_rs_relation *relation = &rs->relations.items[source->relation];

        if (source->is_hidden)
            continue;
        if (relation->kind == TL_RS_TABLE)
            add_table(rs, names, relation->table);
        else if (relation->kind != TL_RS_NAMED)
            for (uint32_t i = 0; i < relation->n && has_room(rs, names); i++)
                if (!rs->columns.items[relation->first + i].is_open)
                    add_name(rs, names, rs->columns.items[relation->first + i].name);
    }
}

/* Names of a schema are often alike, and so many that one of them is always somewhat near: 'stg_users' is not 'row_users' misspelt. */
static bool is_near(const char *a, const char *b)
{
    size_t n = strlen(a);

    return n >= LONG_NAME || tl_near_edits(a, n, b, strlen(b)) <= EDITS_MOST;
}

/* Takes the names. */
static const char *hint_of(struct tl_rs *rs, uint32_t name, struct names *names)
{
    const char *text = tl_sql_name_text(rs->names, name);
    const char *nearest =
        text ? tl_nearest(text, names->items.items, names->items.n) : NULL;

    if (nearest && (strcmp(nearest, text) == 0 || !is_near(text, nearest)))
        nearest = NULL; /* it is there, but not to be seen from here; or it is another */

    rs->n_hints++;
    tl_vec_release(&names->items);
    return nearest ? tl_arena_printf(rs->words, "; did you mean '%s'?", nearest) : "";
}

const char *tl_rs_hint_of_sources(struct tl_rs *rs, uint32_t name, uint32_t first,
                                  uint32_t last)
{
    struct names names = { 0 };

    add_sources(rs, &names, first, last);
    return hint_of(rs, name, &names);
}

const char *tl_rs_hint_here(struct tl_rs *rs, uint32_t name)
{
    struct names names = { 0 };

    for (const struct tl_rs_scope *s = rs->scope; s; s = s->parent)
        add_sources(rs, &names, s->first_source, s->first_source + s->n_sources);
    return hint_of(rs, name, &names);
}

const char *tl_rs_hint_of_table(struct tl_rs *rs, uint32_t name, uint32_t table)
{
    struct names names = { 0 };

    add_table(rs, &names, table);
    return hint_of(rs, name, &names);
}

/* The alias of a table that is named as if it had none; 0: there is no such. */
static uint32_t alias_of(const struct tl_rs *rs, uint32_t name)
{
    for (const struct tl_rs_scope *s = rs->scope; s; s = s->parent)
        for (uint32_t i = 0; i < s->n_sources; i++) {
            const struct tl_rs_source *source = &rs->sources.items[s->first_source + i];
            const struct tl_rs_relation *relation =
                &rs->relations.items[source->relation];

            if ((relation->kind == TL_RS_TABLE || relation->kind == TL_RS_NAMED) &&
                source->has_alias && source->name &&
                rs->schema->tables.items[relation->table].key.name == tl_rs_key(rs, name))
                return source->name;
        }
    return 0;
}

const char *tl_rs_hint_of_qualifiers(struct tl_rs *rs, uint32_t name)
{
    struct names names = { 0 };
    uint32_t alias = alias_of(rs, name);

    if (alias)
        return tl_arena_printf(rs->words, "; it is called '%s' here",
                               tl_rs_text(rs, alias));

    for (const struct tl_rs_scope *s = rs->scope; s; s = s->parent)
        for (uint32_t i = 0; i < s->n_sources && has_room(rs, &names); i++)
            add_name(rs, &names, rs->sources.items[s->first_source + i].name);
    return hint_of(rs, name, &names);
}

const char *tl_rs_hint_of_tables(struct tl_rs *rs, uint32_t name)
{
    struct names names = { 0 };

    for (size_t i = 0; i < rs->schema->tables.n && has_room(rs, &names); i++)
        if (rs->schema->tables.items[i].flags & TL_SCHEMA_KNOWN)
            add_name(rs, &names, rs->schema->tables.items[i].name.name);
    return hint_of(rs, name, &names);
}
