/*
 * Which column a name means. A scope is searched as a whole: one that has it settles the matter; several make it ambiguous; where none
 * is known to have it, the only one that may have it does. Only then comes the scope around.
 */
#include "lineage/sql/resolve_hint.h"
#include "lineage/sql/resolve_keys.h"
#include "lineage/sql/resolve_path.h"
#include "lineage/sql/resolve_program.h"
#include "lineage/sql/resolve_trail.h"

#include <string.h>

enum look { LACKS, HAS, MAY_HAVE, MANY, MANY_MAY, NOT_TOLD };

/* $2 of a dialect that numbers columns: 2; 0: it is no such name. */
static uint32_t number_of(const struct tl_rs *rs, uint32_t key)
{
    const char *text;
    uint32_t n = 0;

    if (!(rs->traits->lexical & TL_SQL_DOLLAR_COLUMNS) ||
        (text = tl_rs_text(rs, key))[0] != '$')
        return 0;
    for (text++; *text >= '0' && *text <= '9' && n < 100000; text++)
        n = n * 10 + (uint32_t)(*text - '0');
    return *text ? 0 : n;
}

static enum look look_at_number(struct tl_rs *rs, const struct tl_rs_relation *relation,
                                uint32_t number, uint32_t *column)
{
    uint32_t n = relation->n;

    if (relation->kind == TL_RS_NAMED || relation->n_open)
        return MAY_HAVE;
    if (relation->kind == TL_RS_TABLE)
        n = rs->schema->tables.items[relation->table].n;
    *column = number - 1;
    return number <= n ? HAS : LACKS;
}

/* In the columns of stars that could not be told apart. */
static enum look look_in_stars(struct tl_rs *rs, const struct tl_rs_relation *relation,
                               uint32_t key)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < relation->n && n < 2; i++) {
        const struct tl_rs_column *column = &rs->columns.items[relation->first + i];

        n += column->is_open && tl_rs_covers(rs, column, key);
    }
    return n == 0 ? LACKS : n == 1 ? MAY_HAVE : MANY_MAY;
}

static enum look look_in_source(struct tl_rs *rs, uint32_t source, uint32_t key,
                                uint32_t *column)
{
    uint32_t id = rs->sources.items[source].relation;
    const struct tl_rs_relation *relation = &rs->relations.items[id];
    uint32_t number = number_of(rs, key);
    bool many;

    if (number)
        return look_at_number(rs, relation, number, column);

    switch (relation->kind) {
    case TL_RS_TABLE:
        *column = tl_schema_column(rs->schema, relation->table, key);
        return *column == TL_SCHEMA_NONE ? LACKS : HAS;
    case TL_RS_COLUMNS:
    case TL_RS_FUNCTION:
        *column = tl_rs_relation_find(rs, id, key, &many);
        if (many)
            return MANY;
        if (*column != TL_RS_NONE)
            return HAS;
        relation = &rs->relations.items[id];
        return relation->n_open ? look_in_stars(rs, relation, key) : LACKS;
    case TL_RS_OPAQUE:
        return NOT_TOLD;
    default:
        return MAY_HAVE;
    }
}

/* What a scope says to a name without qualifier. */
struct found {
    uint32_t n_hits, n_open, n_opaque;
    struct tl_rs_ref hit, open;
    uint32_t names[2]; /* of the sources that have it, or else may have it */
};

static uint32_t merged_over(const struct tl_rs *rs, const struct tl_rs_scope *scope,
                            uint32_t key, uint32_t source)
{
    for (uint32_t i = scope->first_merged + scope->n_merged; i-- > scope->first_merged;) {
        const struct tl_rs_merged *merged = &rs->merged.items[i];

        if (merged->key == key && source >= merged->first && source < merged->last)
            return i;
    }
    return TL_RS_NONE;
}

static void note_hit(struct found *found, struct tl_rs_ref ref, uint32_t name)
{
    if (found->n_hits < 2)
        found->names[found->n_hits] = name;
    if (found->n_hits++ == 0)
        found->hit = ref;
}

static void scan(struct tl_rs *rs, const struct tl_rs_scope *scope, uint32_t name,
                 uint32_t first, uint32_t last, struct found *found)
{
    uint32_t key = tl_rs_key(rs, name);
    bool is_number = number_of(rs, key) != 0;
    uint32_t seen = TL_RS_NONE;

    for (uint32_t i = first; i < last; i++) {
        const struct tl_rs_source *source = &rs->sources.items[i];
        uint32_t column = TL_RS_NONE;

        if ((!is_number && !tl_schema_may_have(&source->bits, key)) ||
            source->is_hidden || source->needs_qualifier)
            continue;
        enum look look = look_in_source(rs, i, key, &column);
        if (look == LACKS)
            continue;
        source = &rs->sources.items[i];
        uint32_t merged = scope->n_merged ? merged_over(rs, scope, key, i) : TL_RS_NONE;
        if (merged != TL_RS_NONE) {
            struct tl_rs_ref ref = { .column = merged,
                                     .confidence = 1000,
                                     .kind = TL_RS_OF_MERGED };
            if (merged != seen)
                note_hit(found, ref, source->name);
            seen = merged;
        } else if (look == HAS || look == MANY) {
            struct tl_rs_ref ref = {
                .source = i, .column = column, .confidence = 1000, .kind = TL_RS_OF_SOURCE
            };
            note_hit(found, ref, source->name);
            if (look == MANY)
                note_hit(found, ref, source->name);
        } else if (look == NOT_TOLD) {
            found->n_opaque++;
        } else {
            for (uint32_t n = found->n_open; found->n_hits == 0 && n < 2; n++)
                found->names[n] = source->name;
            found->open = (struct tl_rs_ref){ .source = i,
                                              .name = name,
                                              .confidence = TL_RS_ONLY_SOURCE,
                                              .kind = TL_RS_OPEN };
            found->n_open += look == MANY_MAY ? 2 : 1;
        }
    }
}

static void scan_scope(struct tl_rs *rs, const struct tl_rs_scope *scope, uint32_t name,
                       struct found *found)
{
    memset(found, 0, sizeof *found);
    scan(rs, scope, name, scope->first_visible, scope->first_source + scope->n_sources,
         found);
}

uint32_t tl_rs_alias(struct tl_rs *rs, const struct tl_rs_scope *scope, uint32_t key)
{
    return tl_rs_building_find(rs, scope->number, scope->first_alias, scope->n_aliases,
                               key);
}

/* ---- names that every table has, and that every query has ---- */

struct known_name {
    const char *name; /* lower case */
    uint32_t dialects;
};

static bool is_one_of(const struct tl_rs *rs, uint32_t name,
                      const struct known_name *known, size_t n)
{
    const char *text = tl_rs_text(rs, name);

    for (size_t i = 0; i < n; i++)
        if (tl_sql_is_in(rs->traits, known[i].dialects) &&
            strcasecmp(text, known[i].name) == 0)
            return true;
    return false;
}

/* $1, metadata$filename: what all files have. */
static bool is_of_files(const struct tl_rs *rs, const struct tl_rs_relation *relation,
                        uint32_t name)
{
    const char *text = tl_rs_text(rs, name);

    return relation->kind == TL_RS_NAMED &&
           (rs->schema->tables.items[relation->table].flags & TL_SCHEMA_FILES) &&
           (text[0] == '$' || strncasecmp(text, "metadata$", 9) == 0);
}

static bool source_has_for_files(const struct tl_rs *rs, uint32_t source, uint32_t name)
{
    const struct tl_rs_relation *relation =
        &rs->relations.items[rs->sources.items[source].relation];

    return is_of_files(rs, relation, name);
}

/* SQLite's full-text tables: hidden, and a column's own name elsewhere, so that it counts where no table has it. */
static bool is_lacked_column(const struct tl_rs *rs, uint32_t name)
{
    static const struct known_name known[] = { { "rank", TL_SQL_IN(SQLITE) } };

    return is_one_of(rs, name, known, sizeof known / sizeof *known);
}

static bool is_system_column(const struct tl_rs *rs, uint32_t name)
{
    static const struct known_name known[] = {
        { "rowid", TL_SQL_IN(SQLITE) | TL_SQL_IN(DUCKDB) },
        { "oid", TL_SQL_IN(SQLITE) | TL_SQL_IN(POSTGRES) | TL_SQL_IN(REDSHIFT) },
        { "_rowid_", TL_SQL_IN(SQLITE) },
        { "ctid", TL_SQL_IN(POSTGRES) },
        { "tableoid", TL_SQL_IN(POSTGRES) | TL_SQL_IN(REDSHIFT) },
        { "xmin", TL_SQL_IN(POSTGRES) | TL_SQL_IN(REDSHIFT) },
        { "xmax", TL_SQL_IN(POSTGRES) | TL_SQL_IN(REDSHIFT) },
        { "cmin", TL_SQL_IN(POSTGRES) },
        { "cmax", TL_SQL_IN(POSTGRES) },
        { "_partitiontime", TL_SQL_IN(BIGQUERY) },
        { "_partitiondate", TL_SQL_IN(BIGQUERY) },
        { "_table_suffix", TL_SQL_IN(BIGQUERY) },
        { "_file_name", TL_SQL_IN(BIGQUERY) },
        { "metadata$filename", TL_SQL_IN(SNOWFLAKE) },
        { "metadata$file_row_number", TL_SQL_IN(SNOWFLAKE) },
        { "metadata$action", TL_SQL_IN(SNOWFLAKE) },
        { "metadata$isupdate", TL_SQL_IN(SNOWFLAKE) },
        { "metadata$row_id", TL_SQL_IN(SNOWFLAKE) },
        { "metadata$file_content_key", TL_SQL_IN(SNOWFLAKE) },
        { "metadata$file_last_modified", TL_SQL_IN(SNOWFLAKE) },
        { "metadata$start_scan_time", TL_SQL_IN(SNOWFLAKE) },
        { "$path", TL_SQL_IN(TRINO) | TL_SQL_IN(REDSHIFT) },
        { "$size", TL_SQL_IN(REDSHIFT) },
        { "$spectrum_oid", TL_SQL_IN(REDSHIFT) },
        { "$bucket", TL_SQL_IN(TRINO) },
        { "_metadata", TL_SQL_IN(SPARK) },
        { "_change_type", TL_SQL_IN(SPARK) | TL_SQL_IN(BIGQUERY) },
        { "_change_timestamp", TL_SQL_IN(BIGQUERY) },
        { "_commit_version", TL_SQL_IN(SPARK) },
        { "_commit_timestamp", TL_SQL_IN(SPARK) },
        { "connect_by_isleaf",
          TL_SQL_IN(SNOWFLAKE) | TL_SQL_IN(REDSHIFT) | TL_SQL_IN(ANSI) },
        { "connect_by_iscycle",
          TL_SQL_IN(SNOWFLAKE) | TL_SQL_IN(REDSHIFT) | TL_SQL_IN(ANSI) },
        { "$file_size", TL_SQL_IN(TRINO) },
        { "$file_modified_time", TL_SQL_IN(TRINO) },
        { "$partition", TL_SQL_IN(TRINO) },
    };

    return is_one_of(rs, name, known, sizeof known / sizeof *known);
}

/* SQL:2016 6.4: values that are written like columns; and "default" where a value is expected. */
static bool is_value_word(const struct tl_rs *rs, const struct tl_sql_node *node)
{
    static const struct known_name known[] = {
        { "current_date", TL_SQL_IN_ALL },
        { "current_time", TL_SQL_IN_ALL },
        { "current_timestamp", TL_SQL_IN_ALL },
        { "current_user", TL_SQL_IN_ALL },
        { "current_role", TL_SQL_IN_ALL },
        { "current_catalog", TL_SQL_IN_ALL },
        { "current_schema", TL_SQL_IN_ALL },
        { "session_user", TL_SQL_IN_ALL },
        { "localtime", TL_SQL_IN_ALL },
        { "localtimestamp", TL_SQL_IN_ALL },
        { "default", TL_SQL_IN_ALL },
        { "sysdate", TL_SQL_IN_ALL & ~TL_SQL_IN(SQLITE) & ~TL_SQL_IN(POSTGRES) },
        { "user", TL_SQL_IN(POSTGRES) | TL_SQL_IN(REDSHIFT) },
    };

    return !(node->flags & TL_F_QUOTED) && !node->b &&
           is_one_of(rs, node->name, known, sizeof known / sizeof *known);
}

/* s.nextval: of a sequence, no column of a table */
static bool is_number_of_sequence(const struct tl_rs *rs, uint32_t name)
{
    static const struct known_name known[] = {
        { "nextval", TL_SQL_IN(SNOWFLAKE) | TL_SQL_IN(ANSI) },
        { "currval", TL_SQL_IN(SNOWFLAKE) | TL_SQL_IN(ANSI) },
    };

    return is_one_of(rs, name, known, sizeof known / sizeof *known);
}

/* Where no table has such a column: what the system adds to some queries. */
static bool is_added_column(const struct tl_rs *rs, uint32_t name)
{
    static const struct known_name known[] = {
        { "level",
          TL_SQL_IN(SNOWFLAKE) | TL_SQL_IN(REDSHIFT) | TL_SQL_IN(ANSI) }, /* connect by */
        { "filename", TL_SQL_IN(DUCKDB) },
        { "file_row_number", TL_SQL_IN(DUCKDB) },
        { "file_index", TL_SQL_IN(DUCKDB) },
        { "merge_action", TL_SQL_IN(DUCKDB) },
    };

    return is_one_of(rs, name, known, sizeof known / sizeof *known);
}

/* ---- names without qualifier ---- */

static struct tl_rs_ref unresolved(void)
{
    return (struct tl_rs_ref){ .kind = TL_RS_UNRESOLVED };
}

static struct tl_rs_ref nothing(void)
{
    return (struct tl_rs_ref){ .kind = TL_RS_NO_VALUE };
}

static uint32_t row_of_alias(const struct tl_rs *rs, const struct tl_rs_scope *scope,
                             uint32_t key)
{
    uint32_t last = scope->first_source + scope->n_sources;

    for (uint32_t i = scope->first_source; i < last; i++)
        if (rs->sources.items[i].alias == key && !rs->sources.items[i].is_hidden)
            return i;
    return TL_RS_NONE;
}

static struct tl_rs_ref row_ref(uint32_t source)
{
    return (struct tl_rs_ref){ .source = source, .confidence = 1000, .kind = TL_RS_ROW };
}

/* ---- candidates ---- */

/* All columns of a source that the name may mean: those that are known to be, else those of stars. */
static uint32_t add_candidates_of(struct tl_rs *rs, uint32_t source, uint32_t name)
{
    const struct tl_rs_relation relation =
        rs->relations.items[rs->sources.items[source].relation];
    struct tl_rs_ref ref = { .source = source, .name = name, .kind = TL_RS_OPEN };
    uint32_t key = tl_rs_key(rs, name), n = 0;

    if (relation.kind == TL_RS_COLUMNS || relation.kind == TL_RS_FUNCTION) {
        for (uint32_t i = 0; i < relation.n; i++) {
            const struct tl_rs_column *column = &rs->columns.items[relation.first + i];

            if (column->is_open || column->key != key)
                continue;
            ref.column = i;
            ref.kind = TL_RS_OF_SOURCE;
            tl_vec_push(&rs->candidates, ref);
            n++;
        }
        if (n)
            return n;
        for (uint32_t i = 0; i < relation.n; i++) {
            const struct tl_rs_column *column = &rs->columns.items[relation.first + i];

            n += column->is_open && tl_rs_covers(rs, column, key);
        }
        if (!n)
            return 0;
    } else if (relation.kind == TL_RS_TABLE) {
        ref.column = tl_schema_column(rs->schema, relation.table, key);
        if (ref.column == TL_SCHEMA_NONE)
            return 0;
        ref.kind = TL_RS_OF_SOURCE;
    } else if (relation.kind == TL_RS_OPAQUE) {
        return 0;
    }
    tl_vec_push(&rs->candidates, ref);
    return n ? n : 1;
}

/* The candidates from `first` on as what the name means, each as sure as there are few. */
static struct tl_rs_ref candidates_from(struct tl_rs *rs, size_t first, uint32_t n)
{
    struct tl_rs_ref ref = { .source = (uint32_t)first,
                             .column = (uint32_t)(rs->candidates.n - first),
                             .confidence =
                                 (uint16_t)(TL_RS_ONLY_SOURCE / (n > 1 ? n : 2)),
                             .kind = TL_RS_CANDIDATES };

    if (ref.confidence == 0)
        ref.confidence = 1;
    for (size_t i = first; i < rs->candidates.n; i++)
        rs->candidates.items[i].confidence = ref.confidence;
    return ref;
}

/* Those among the sources first .. last - 1: the ones that surely have it, where any do. */
static uint32_t add_candidates(struct tl_rs *rs, const struct tl_rs_scope *scope,
                               uint32_t name, uint32_t first, uint32_t last,
                               bool are_sure)
{
    uint32_t key = tl_rs_key(rs, name), n = 0, seen = TL_RS_NONE, column;

    for (uint32_t i = first; i < last; i++) {
        const struct tl_rs_source *source = &rs->sources.items[i];

        if (source->is_hidden || source->needs_qualifier)
            continue;
        enum look look = look_in_source(rs, i, key, &column);
        uint32_t merged = merged_over(rs, scope, key, i);
        bool has = look == HAS || look == MANY || merged != TL_RS_NONE;
        if (look == LACKS || look == NOT_TOLD || has != are_sure)
            continue;
        if (merged == TL_RS_NONE) {
            n += add_candidates_of(rs, i, name);
        } else if (merged != seen) {
            struct tl_rs_ref ref = { .column = merged, .kind = TL_RS_OF_MERGED };

            tl_vec_push(&rs->candidates, ref);
            seen = merged;
            n++;
        }
    }
    return n;
}

/* One source alone may have it. A scope around that surely has it makes that a guess. */
static struct tl_rs_ref the_only_one(struct tl_rs *rs, const struct tl_rs_scope *scope,
                                     const struct tl_sql_node *node,
                                     const struct found *found)
{
    struct tl_rs_ref ref = found->open;

    for (const struct tl_rs_scope *s = scope->parent; s; s = s->parent) {
        struct found around;

        scan_scope(rs, s, node->name, &around);
        if (around.n_hits) {
            tl_rs_problem(rs, node->at, "cannot tell whether '%s' is of '%s' or of '%s'",
                          tl_rs_text(rs, node->name), tl_rs_text(rs, found->names[0]),
                          tl_rs_text(rs, around.names[0]));
            size_t first = rs->candidates.n;
            tl_vec_push(&rs->candidates, ref);
            uint32_t n = add_candidates(rs, s, node->name, s->first_visible,
                                        s->first_source + s->n_sources, true);
            return candidates_from(rs, first, n + 1);
        }
        if (around.n_open)
            ref.confidence = TL_RS_ONLY_SOURCE_INSIDE;
    }
    return ref;
}

/* Several sources may have it, or one that is made of several. */
static struct tl_rs_ref not_told(struct tl_rs *rs, const struct tl_rs_scope *scope,
                                 const struct tl_sql_node *node,
                                 const struct found *found)
{
    size_t first = rs->candidates.n;
    uint32_t n;

    if (found->names[0] == found->names[1])
        tl_rs_problem(rs, node->at,
                      "cannot tell what column '%s' of '%s' is made of: not all columns "
                      "it may come from are known",
                      tl_rs_text(rs, node->name), tl_rs_text(rs, found->names[0]));
    else
        tl_rs_problem(rs, node->at,
                      "cannot tell whose column '%s' is: the columns of '%s' and '%s' "
                      "are not known",
                      tl_rs_text(rs, node->name), tl_rs_text(rs, found->names[0]),
                      tl_rs_text(rs, found->names[1]));
    n = add_candidates(rs, scope, node->name, scope->first_visible,
                       scope->first_source + scope->n_sources, false);
    return candidates_from(rs, first, n);
}

/* True when the scope settles the matter. */
static bool ask_scope(struct tl_rs *rs, const struct tl_rs_scope *scope,
                      const struct tl_sql_node *node, struct tl_rs_ref *out)
{
    struct found found;
    uint32_t key = tl_rs_key(rs, node->name);
    uint32_t alias;

    scan_scope(rs, scope, node->name, &found);
    if (found.n_hits > 1) {
        tl_rs_problem(rs, node->at, "column '%s' is ambiguous: '%s' and '%s' have it",
                      tl_rs_text(rs, node->name), tl_rs_text(rs, found.names[0]),
                      tl_rs_text(rs, found.names[1]));
        size_t first = rs->candidates.n;
        uint32_t n = add_candidates(rs, scope, node->name, scope->first_visible,
                                    scope->first_source + scope->n_sources, true);
        *out = candidates_from(rs, first, n);
        return true;
    }
    if (found.n_hits == 1) {
        *out = found.hit;
        if (scope == rs->scope)
            rs->known[node->name % TL_RS_KNOWN] =
                (struct tl_rs_known){ node->name, scope->state, found.hit };
        return true;
    }
    if (scope->has_aliases && (alias = tl_rs_alias(rs, scope, key)) != TL_RS_NONE) {
        *out = (struct tl_rs_ref){ .column = alias,
                                   .confidence = 1000,
                                   .kind = TL_RS_OF_ALIAS };
        return true;
    }
    if (!found.n_open && !found.n_opaque)
        return false;
    /* A column that may be there does not hide a variable that is. */
    if (rs->bodies.variables.n && !node->b && tl_rs_is_variable(rs, node->name))
        return false;
    uint32_t row = row_of_alias(rs, scope, key);
    if (row != TL_RS_NONE && rs->sources.items[row].has_alias)
        *out = row_ref(row);
    else if (found.n_open == 1 && found.open.kind == TL_RS_OPEN &&
             source_has_for_files(rs, found.open.source, node->name))
        *out = the_only_one(rs, scope, node, &found);
    else if (is_system_column(rs, node->name) || is_value_word(rs, node))
        *out = nothing();
    else if (found.n_opaque)
        *out = unresolved();
    else if (found.n_open == 1)
        *out = the_only_one(rs, scope, node, &found);
    else
        *out = not_told(rs, scope, node, &found);
    return true;
}

/*
 * The most frequent case by far: one source of the innermost scope surely has it, and no other one may. False: any other case.
 */
static bool find_plainly(struct tl_rs *rs, uint32_t name, struct tl_rs_ref *out)
{
    const struct tl_rs_scope *scope = rs->scope;
    uint32_t key = tl_rs_key(rs, name);
    uint32_t last = scope->first_source + scope->n_sources;
    uint32_t hit = TL_RS_NONE, hit_column = 0;

    if (scope->n_merged || number_of(rs, key))
        return false;
    for (uint32_t i = scope->first_visible; i < last; i++) {
        const struct tl_rs_source *source = &rs->sources.items[i];
        uint32_t column = TL_RS_NONE;

        if (!tl_schema_may_have(&source->bits, key) || source->is_hidden ||
            source->needs_qualifier)
            continue;
        const struct tl_rs_relation *relation = &rs->relations.items[source->relation];
        bool many = false;
        if (relation->kind == TL_RS_TABLE)
            column = tl_schema_column(rs->schema, relation->table, key);
        else if (relation->kind == TL_RS_COLUMNS && !relation->n_open)
            column = tl_rs_relation_find(rs, source->relation, key, &many);
        else
            return false;
        if (column == TL_RS_NONE)
            continue;
        if (many || hit != TL_RS_NONE)
            return false;
        hit = i;
        hit_column = column;
    }
    if (hit == TL_RS_NONE)
        return false;
    struct tl_rs_known *known = &rs->known[name % TL_RS_KNOWN];
    known->name = name;
    known->state = scope->state;
    known->ref.source = out->source = hit;
    known->ref.column = out->column = hit_column;
    known->ref.name = out->name = 0;
    known->ref.way = out->way = 0;
    known->ref.confidence = out->confidence = 1000;
    known->ref.kind = out->kind = TL_RS_OF_SOURCE;
    return true;
}

/* BigQuery: what no table has is a field of an unnested list, if there is one alone. */
static bool find_element(struct tl_rs *rs, const struct tl_sql_node *node,
                         struct tl_rs_ref *out)
{
    unsigned n = 0;

    for (const struct tl_rs_scope *s = rs->scope; s && !n; s = s->parent)
        for (uint32_t i = s->first_source; i < s->first_source + s->n_sources; i++) {
            uint32_t relation = rs->sources.items[i].relation;

            if (rs->relations.items[relation].kind != TL_RS_FUNCTION)
                continue;
            *out = (struct tl_rs_ref){ .source = i,
                                       .name = node->name,
                                       .confidence = TL_RS_ONLY_SOURCE,
                                       .kind = TL_RS_OPEN };
            n++;
        }
    return n == 1;
}

static struct tl_rs_ref lambda_ref(struct tl_rs *rs, size_t i, uint32_t way)
{
    if (!rs->lambdas.items[i].has_set)
        return nothing();
    return (struct tl_rs_ref){
        .source = (uint32_t)i, .confidence = 1000, .kind = TL_RS_OF_LAMBDA, .way = way
    };
}

static struct tl_rs_ref lookup_bare(struct tl_rs *rs, const struct tl_sql_node *node)
{
    struct tl_rs_known *known = &rs->known[node->name % TL_RS_KNOWN];
    uint32_t key = tl_rs_key(rs, node->name);
    struct tl_rs_ref ref;

    for (size_t i = rs->lambdas.n; i-- > 0;)
        if (rs->lambdas.items[i].key == key)
            return lambda_ref(rs, i, 0);
    if (rs->bodies.variables.n && tl_rs_variable_wins(rs, node->name)) {
        tl_rs_lookup_variable(rs, node, &ref);
        return ref;
    }
    if (rs->scope && known->name == node->name && known->state == rs->scope->state)
        return known->ref;
    if (rs->scope && find_plainly(rs, node->name, &ref))
        return ref;
    for (const struct tl_rs_scope *s = rs->scope; s; s = s->parent)
        if (ask_scope(rs, s, node, &ref))
            return ref;
    for (const struct tl_rs_scope *s = rs->scope; s; s = s->parent) {
        uint32_t row = row_of_alias(rs, s, key);
        if (row != TL_RS_NONE)
            return row_ref(row);
    }
    if (rs->bodies.variables.n && tl_rs_lookup_variable(rs, node, &ref))
        return ref;
    if (is_value_word(rs, node) ||
        (rs->scope &&
         (is_system_column(rs, node->name) || is_lacked_column(rs, node->name) ||
          (rs->scope->n_sources && is_added_column(rs, node->name)))))
        return nothing();
    if ((rs->traits->meaning & TL_SQL_ELEMENT_FIELDS) && find_element(rs, node, &ref))
        return ref;
    if ((node->flags & TL_F_QUOTED) && (rs->traits->lexical & TL_SQL_DOUBLE_QUOTED_MAYBE))
        return nothing();
    if (!rs->scope || !rs->scope->n_sources)
        tl_rs_problem(rs, node->at, "there is no column '%s': nothing is selected from",
                      tl_rs_text(rs, node->name));
    else
        tl_rs_problem(rs, node->at, "no table here has a column '%s'%s",
                      tl_rs_text(rs, node->name), tl_rs_hint_here(rs, node->name));
    return unresolved();
}

struct tl_rs_ref tl_rs_lookup_within(struct tl_rs *rs, uint32_t name, uint32_t first,
                                     uint32_t last, uint32_t at)
{
    struct found found = { 0 };

    scan(rs, rs->scope, name, first, last, &found);
    if (found.n_hits == 1)
        return found.hit;
    if (found.n_open == 1 && !found.n_opaque && !found.n_hits)
        return found.open;
    if (found.n_hits || found.n_open) {
        if (found.n_hits)
            tl_rs_problem(rs, at, "column '%s' is ambiguous: '%s' and '%s' have it",
                          tl_rs_text(rs, name), tl_rs_text(rs, found.names[0]),
                          tl_rs_text(rs, found.names[1]));
        else
            tl_rs_problem(rs, at, "cannot tell whose column '%s' is joined",
                          tl_rs_text(rs, name));
        size_t base = rs->candidates.n;
        uint32_t n = add_candidates(rs, rs->scope, name, first, last, found.n_hits > 0);
        return candidates_from(rs, base, n);
    }
    if (!found.n_opaque)
        tl_rs_problem(rs, at, "there is no column '%s' to join by%s",
                      tl_rs_text(rs, name), tl_rs_hint_of_sources(rs, name, first, last));
    return unresolved();
}

/* ---- names with qualifier ---- */

static bool is_meant(const struct tl_rs_source *source, uint32_t table, uint32_t schema,
                     uint32_t database)
{
    if (source->is_hidden || source->alias != table)
        return false;
    if (!schema)
        return true;
    if (source->has_alias)
        return false;
    if (source->schema && source->schema != schema && source->known_schema != schema)
        return false;
    if (!source->schema && source->known_schema && source->known_schema != schema)
        return false;
    return !database || !source->database || source->database == database;
}

uint32_t tl_rs_qualifier(struct tl_rs *rs, uint32_t table, uint32_t schema,
                         uint32_t database)
{
    uint32_t key = tl_rs_key(rs, table), schema_key = tl_rs_key(rs, schema);
    uint32_t database_key = tl_rs_key(rs, database);

    for (const struct tl_rs_scope *s = rs->scope; s; s = s->parent)
        for (uint32_t i = 0; i < s->n_sources; i++)
            if (is_meant(&rs->sources.items[s->first_source + i], key, schema_key,
                         database_key))
                return s->first_source + i;
    return TL_RS_NONE;
}

static uint8_t relation_kind(const struct tl_rs *rs, uint32_t source)
{
    return rs->relations.items[rs->sources.items[source].relation].kind;
}

static struct tl_rs_ref lookup_in(struct tl_rs *rs, const struct tl_sql_node *node,
                                  uint32_t name, uint32_t source)
{
    uint32_t column = TL_RS_NONE;
    struct tl_rs_ref ref = { .source = source, .confidence = 1000 };

    switch (look_in_source(rs, source, tl_rs_key(rs, name), &column)) {
    case HAS:
        ref.column = column;
        ref.kind = TL_RS_OF_SOURCE;
        if (rs->sources.items[source].merged) {
            ref.column += rs->sources.items[source].merged - 1;
            ref.kind = TL_RS_OF_MERGED;
        }
        return ref;
    case MAY_HAVE:
        if (is_system_column(rs, name) && !source_has_for_files(rs, source, name))
            return nothing();
        ref.name = name;
        if (relation_kind(rs, source) != TL_RS_FUNCTION)
            ref.confidence = TL_RS_QUALIFIED;
        ref.kind = TL_RS_OPEN;
        return ref;
    case MANY:
    case MANY_MAY:
        tl_rs_problem(rs, node->at, "column '%s' of '%s' is ambiguous",
                      tl_rs_text(rs, name),
                      tl_rs_text(rs, rs->sources.items[source].name));
        size_t first = rs->candidates.n;
        uint32_t n = add_candidates_of(rs, source, name);
        return candidates_from(rs, first, n);
    case LACKS:
        if (is_system_column(rs, name) || is_lacked_column(rs, name))
            return nothing();
        if (relation_kind(rs, source) == TL_RS_FUNCTION) {
            ref.name = name;
            ref.kind = TL_RS_OPEN;
            return ref;
        }
        tl_rs_problem(rs, node->at, "'%s' has no column '%s'%s",
                      tl_rs_text(rs, rs->sources.items[source].name),
                      tl_rs_text(rs, name),
                      tl_rs_hint_of_sources(rs, name, source, source + 1));
        return unresolved();
    case NOT_TOLD:
    default:
        return unresolved();
    }
}

struct tl_rs_ref tl_rs_lookup_field(struct tl_rs *rs, uint32_t name, uint32_t source,
                                    uint32_t at)
{
    struct tl_sql_node node = { .kind = TL_N_COLUMN, .at = at, .name = name };

    return lookup_in(rs, &node, name, source);
}

/* The way into fields, the outermost first; 0 is none. */
static uint32_t way_of(struct tl_rs *rs, uint32_t a, uint32_t b, uint32_t c)
{
    const uint32_t names[] = { c, b, a };
    struct tl_rs_flow flow = { 0 };

    for (size_t i = 0; i < 3; i++)
        if (names[i])
            flow = tl_rs_into(rs, flow, names[i]);
    return flow.way;
}

/* The only column of a name in the nearest scope that has it, or alone may: "address" of address.city. */
static bool find_record(struct tl_rs *rs, uint32_t name, struct tl_rs_ref *out)
{
    bool may_be_open = rs->traits->meaning & TL_SQL_DOT_FIELDS;

    for (const struct tl_rs_scope *s = rs->scope; s; s = s->parent) {
        struct found found;

        scan_scope(rs, s, name, &found);
        if (found.n_hits == 1) {
            *out = found.hit;
            return true;
        }
        if (!found.n_hits && found.n_open == 1 && may_be_open && !found.n_opaque) {
            *out = found.open;
            return true;
        }
        if (found.n_hits || found.n_open)
            return false;
    }
    return false;
}

/* Where fields are reached by a dot: a column of that name nearer than a table of that name is meant. */
static bool find_nearer_record(struct tl_rs *rs, uint32_t name, uint32_t source,
                               struct tl_rs_ref *out)
{
    if (!(rs->traits->meaning & TL_SQL_DOT_FIELDS))
        return false;
    for (const struct tl_rs_scope *s = rs->scope; s && source < s->first_source;
         s = s->parent) {
        struct found found;

        scan_scope(rs, s, name, &found);
        if (found.n_hits == 1) {
            *out = found.hit;
            return true;
        }
    }
    return false;
}

bool tl_rs_find_record(struct tl_rs *rs, const struct tl_sql_node *star,
                       struct tl_rs_ref *out)
{
    struct tl_sql_node node = { .kind = TL_N_COLUMN, .at = star->at, .name = star->b };

    if (!(rs->traits->meaning & TL_SQL_DOT_FIELDS))
        return false;
    if (!star->c)
        return find_record(rs, star->b, out);
    uint32_t source = tl_rs_qualifier(rs, star->c, star->d, 0);
    if (source != TL_RS_NONE) {
        *out = lookup_in(rs, &node, star->b, source);
        return true;
    }
    if (!find_record(rs, star->d ? star->d : star->c, out))
        return false;
    out->way = star->d ? way_of(rs, 0, star->c, star->b) : way_of(rs, 0, 0, star->b);
    return true;
}

struct tl_rs_ref tl_rs_lookup(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    struct tl_rs_ref ref;

    if (!node->b)
        return lookup_bare(rs, node);
    uint32_t first = node->d ? node->d : node->c ? node->c : node->b;
    for (size_t i = rs->lambdas.n; i-- > 0;)
        if (rs->lambdas.items[i].key == tl_rs_key(rs, first))
            return lambda_ref(rs, i,
                              way_of(rs, node->d ? node->c : 0, node->c ? node->b : 0,
                                     node->name));
    uint32_t source = tl_rs_qualifier(rs, node->b, node->c, node->d);
    if (source != TL_RS_NONE && source < rs->scope->first_source && !node->c &&
        find_nearer_record(rs, node->b, source, &ref)) {
        ref.way = way_of(rs, 0, 0, node->name);
        return ref;
    }
    if (source != TL_RS_NONE)
        return lookup_in(rs, node, node->name, source);
    if (rs->bodies.variables.n && tl_rs_lookup_variable(rs, node, &ref))
        return ref;
    if (node->c && (source = tl_rs_qualifier(rs, node->c, node->d, 0)) != TL_RS_NONE) {
        if (source < rs->scope->first_source && !node->d &&
            find_nearer_record(rs, node->c, source, &ref)) {
            ref.way = way_of(rs, 0, node->b, node->name);
            return ref;
        }
        ref = lookup_in(rs, node, node->b, source);
        ref.way = way_of(rs, 0, 0, node->name);
        return ref;
    }
    if (node->d && (source = tl_rs_qualifier(rs, node->d, 0, 0)) != TL_RS_NONE) {
        ref = lookup_in(rs, node, node->c, source);
        ref.way = way_of(rs, 0, node->b, node->name);
        return ref;
    }
    if (find_record(rs, first, &ref)) {
        ref.way = way_of(rs, node->d ? node->c : 0, node->c ? node->b : 0, node->name);
        return ref;
    }
    if (is_number_of_sequence(rs, node->name))
        return nothing();
    tl_rs_problem(rs, node->at, "there is no table '%s' in this query%s",
                  tl_rs_text(rs, node->b), tl_rs_hint_of_qualifiers(rs, node->b));
    return unresolved();
}

/* ---- reading ---- */

static uint16_t least(uint16_t a, uint16_t b)
{
    return a < b ? a : b;
}

static void as_transformation(struct tl_rs_flow *flow)
{
    if (flow->kind == TL_IDENTITY)
        flow->kind = TL_TRANSFORMATION;
}

static void read_open(struct tl_rs *rs, const struct tl_rs_relation *relation,
                      uint32_t name, uint32_t at, struct tl_rs_flow flow)
{
    if (relation->kind == TL_RS_NAMED) {
        uint32_t key = tl_rs_key(rs, name);
        uint32_t table = relation->table;
        uint32_t column = tl_schema_column(rs->schema, table, key);

        if (column == TL_SCHEMA_NONE)
            column = tl_schema_add_column(rs->schema, table, name, 0);
        tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, table, column), at, flow);
        return;
    }
    bool has_elements = false;
    for (uint32_t i = 0; i < relation->n; i++)
        has_elements |= rs->columns.items[relation->first + i].is_element;
    for (uint32_t i = 0; i < relation->n; i++) {
        struct tl_rs_column column = rs->columns.items[relation->first + i];

        if (column.is_element || (column.is_open && column.is_record))
            tl_rs_add_set(rs, column.set, tl_rs_into(rs, flow, name));
        else if (relation->kind == TL_RS_FUNCTION && !has_elements)
            tl_rs_add_set(rs, column.set, tl_rs_mixed(rs, flow));
        else if (column.is_open && tl_rs_covers(rs, &column, name))
            tl_rs_add_named(rs, column.set, name, flow);
    }
}

static void read_of_source(struct tl_rs *rs, struct tl_rs_ref ref, uint32_t at,
                           struct tl_rs_flow flow)
{
    struct tl_rs_relation relation =
        rs->relations.items[rs->sources.items[ref.source].relation];

    if (ref.kind == TL_RS_OPEN && is_of_files(rs, &relation, ref.name))
        ref.confidence = 1000;
    flow.confidence = least(flow.confidence, least(ref.confidence, relation.confidence));
    if (ref.kind == TL_RS_OPEN)
        read_open(rs, &relation, ref.name, at, flow);
    else if (relation.kind == TL_RS_TABLE)
        tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, relation.table, ref.column), at, flow);
    else
        tl_rs_add_set(rs, rs->columns.items[relation.first + ref.column].set, flow);
}

/*
 * PostgreSQL's buildMergedJoinVar (src/backend/parser/parse_clause.c): the left side, the right one of a right join, of a full join
 * whichever is not null.
 */
static void read_merged(struct tl_rs *rs, uint32_t i, uint32_t at, struct tl_rs_flow flow)
{
    for (;;) {
        struct tl_rs_merged merged = rs->merged.items[i];
        struct tl_rs_ref left = rs->merged_refs.items[merged.left];
        struct tl_rs_ref right = rs->merged_refs.items[merged.right];

        if (merged.join == TL_J_FULL) {
            as_transformation(&flow);
            tl_rs_read(rs, right, at, flow);
        }
        struct tl_rs_ref next = merged.join == TL_J_RIGHT ? right : left;
        if (next.kind != TL_RS_OF_MERGED) {
            tl_rs_read(rs, next, at, flow);
            return;
        }
        i = next.column;
    }
}

/* All columns of a table whose columns are not known, or the one that is picked. */
static void read_open_row(struct tl_rs *rs, const struct tl_rs_relation *relation,
                          uint32_t at, struct tl_rs_flow flow)
{
    uint32_t leaf = tl_rs_leaf_of_star(rs, relation->table, TL_RS_STAR_BY_NAME);

    if (!tl_rs_picked(rs, flow))
        tl_rs_as_field(rs, &flow, rs->leaves.items[leaf].column);
    tl_rs_add_leaf(rs, leaf, at, flow);
}

void tl_rs_read_row(struct tl_rs *rs, uint32_t source, uint32_t at,
                    struct tl_rs_flow flow)
{
    struct tl_rs_relation relation =
        rs->relations.items[rs->sources.items[source].relation];

    flow.confidence = least(flow.confidence, relation.confidence);
    as_transformation(&flow);
    if (relation.kind == TL_RS_NAMED) {
        flow.confidence = least(flow.confidence, TL_RS_QUALIFIED);
        read_open_row(rs, &relation, at, flow);
    } else if (relation.kind == TL_RS_TABLE) {
        struct tl_schema_table table = rs->schema->tables.items[relation.table];
        for (uint32_t i = 0; i < table.n; i++) {
            struct tl_rs_flow own = flow;
            if (tl_rs_as_field(rs, &own, rs->schema->columns.items[table.first + i].name))
                tl_rs_add_leaf(rs, tl_rs_leaf_of(rs, relation.table, i), at, own);
        }
    } else {
        /* What a function gives that has but one column is that column; one that counts beside it is none. */
        bool is_value =
            relation.kind == TL_RS_FUNCTION &&
            (relation.n == 1 ||
             (relation.n == 2 && rs->columns.items[relation.first + 1].set.n == 0));

        for (uint32_t i = 0; i < relation.n; i++) {
            struct tl_rs_column column = rs->columns.items[relation.first + i];
            struct tl_rs_flow own = flow;

            if (!is_value && !column.is_open && !tl_rs_as_field(rs, &own, column.name))
                continue;
            if (rs->sources.items[source].merged)
                read_merged(rs, rs->sources.items[source].merged - 1 + i, at, own);
            else
                tl_rs_add_set(rs, column.set, own);
        }
    }
}

static void read_ref(struct tl_rs *rs, struct tl_rs_ref ref, uint32_t at,
                     struct tl_rs_flow flow)
{
    if (ref.way) {
        as_transformation(&flow);
        flow = tl_rs_along(rs, flow, ref.way);
    }
    switch (ref.kind) {
    case TL_RS_OF_SOURCE:
    case TL_RS_OPEN:
        read_of_source(rs, ref, at, flow);
        break;
    case TL_RS_OF_MERGED:
        read_merged(rs, ref.column, at, flow);
        break;
    case TL_RS_OF_ALIAS:
        tl_rs_add_set(rs, rs->building.items[ref.column].set, flow);
        break;
    case TL_RS_CANDIDATES:
        flow.confidence = least(flow.confidence, ref.confidence);
        for (uint32_t i = 0; i < ref.column; i++)
            tl_rs_read(rs, rs->candidates.items[ref.source + i], at, flow);
        break;
    case TL_RS_ROW:
        tl_rs_read_row(rs, ref.source, at, flow);
        break;
    case TL_RS_OF_VARIABLE:
        tl_rs_read_variable(rs, ref, at, flow);
        break;
    case TL_RS_OF_LAMBDA:
        rs->lambdas.items[ref.source].is_read = true;
        tl_rs_add_set(rs, rs->lambdas.items[ref.source].set, flow);
        break;
    default:
        break;
    }
}

void tl_rs_read(struct tl_rs *rs, struct tl_rs_ref ref, uint32_t at,
                struct tl_rs_flow flow)
{
    if (!rs->is_traced) {
        read_ref(rs, ref, at, flow);
        return;
    }
    uint32_t around = rs->via;
    rs->via = at + 1;
    read_ref(rs, ref, at, flow);
    rs->via = around;
}

struct tl_rs_set tl_rs_set_of(struct tl_rs *rs, struct tl_rs_ref ref, uint32_t at)
{
    if (ref.kind == TL_RS_OF_SOURCE && !ref.way) {
        const struct tl_rs_relation *relation =
            &rs->relations.items[rs->sources.items[ref.source].relation];
        if (relation->kind == TL_RS_COLUMNS && relation->confidence == 1000)
            return tl_rs_stepped(rs, rs->columns.items[relation->first + ref.column].set,
                                 at);
    }
    if (ref.kind == TL_RS_OF_ALIAS && !ref.way)
        return tl_rs_stepped(rs, rs->building.items[ref.column].set, at);
    struct tl_rs_mark mark = tl_rs_begin(rs);
    tl_rs_read(rs, ref, at, tl_rs_value());
    return tl_rs_end(rs, mark);
}

/* The type of what lies on a way into a value of that type. */
static uint32_t type_along(struct tl_rs *rs, uint32_t type, uint32_t way)
{
    for (; way && type; way = rs->ways.items[way].next) {
        uint32_t name = 1, of = 0;

        if (!rs->ways.items[way].name)
            return 0;
        uint32_t key = tl_rs_key(rs, rs->ways.items[way].name);
        for (unsigned i = 0; name; i++) {
            name = tl_rs_field_of_type(rs, type, i, &of);
            if (name && tl_rs_key(rs, name) == key)
                break;
        }
        type = name ? of : 0;
    }
    return type;
}

uint32_t tl_rs_type_of(struct tl_rs *rs, struct tl_rs_ref ref)
{
    if (ref.way) {
        uint32_t way = ref.way;

        ref.way = 0;
        return type_along(rs, tl_rs_type_of(rs, ref), way);
    }
    while (ref.kind == TL_RS_OF_MERGED) {
        const struct tl_rs_merged *merged = &rs->merged.items[ref.column];
        ref = rs->merged_refs
                  .items[merged->join == TL_J_RIGHT ? merged->right : merged->left];
    }
    if (ref.kind == TL_RS_OF_ALIAS)
        return rs->building.items[ref.column].type;
    if (ref.kind != TL_RS_OF_SOURCE)
        return 0;
    const struct tl_rs_relation *relation =
        &rs->relations.items[rs->sources.items[ref.source].relation];
    if (relation->kind == TL_RS_TABLE) {
        uint32_t first = rs->schema->tables.items[relation->table].first;
        return rs->schema->columns.items[first + ref.column].type;
    }
    return rs->columns.items[relation->first + ref.column].type;
}

uint32_t tl_rs_made_of(const struct tl_rs *rs, struct tl_rs_ref ref)
{
    if (ref.way)
        return 0;
    if (ref.kind == TL_RS_OF_ALIAS)
        return rs->building.items[ref.column].made;
    if (ref.kind != TL_RS_OF_SOURCE)
        return 0;
    const struct tl_rs_relation *relation =
        &rs->relations.items[rs->sources.items[ref.source].relation];
    return relation->kind == TL_RS_TABLE
               ? 0
               : rs->columns.items[relation->first + ref.column].made;
}

uint32_t tl_rs_row_of(const struct tl_rs *rs, struct tl_rs_ref ref)
{
    if (ref.way)
        return 0;
    if (ref.kind == TL_RS_OF_ALIAS)
        return rs->building.items[ref.column].row;
    if (ref.kind != TL_RS_OF_SOURCE && ref.kind != TL_RS_ROW)
        return 0;
    uint32_t id = rs->sources.items[ref.source].relation;
    const struct tl_rs_relation *relation = &rs->relations.items[id];
    if (ref.kind == TL_RS_ROW)
        return relation->kind == TL_RS_FUNCTION || relation->kind == TL_RS_OPAQUE
                   ? 0
                   : id + 1;
    return relation->kind == TL_RS_TABLE
               ? 0
               : rs->columns.items[relation->first + ref.column].row;
}
