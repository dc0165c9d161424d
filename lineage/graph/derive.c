/*
 * Asks the engine of lineage/sql source by source: first every view, with what the catalogue knows, then the queries, which have
 * learned from one another's DDL before the first is asked, so that the order of files does not matter.
 */
#include "lineage/graph/derive.h"

#include "base/ctx.h"
#include "lineage/graph/places.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct made {
    struct tl_made made;
    size_t query; /* in tl_derive.queries */
    size_t order;
};

struct deriving {
    struct tl_derived *out;
    const struct tl_derive *what;
    struct tl_places places;
    uint32_t source; /* that is at work */
    struct tl_sql *engines[TL_SQL_DIALECTS];
    struct tl_home home;        /* where bare names belong in the text that is asked */
    bool has_home;              /* the engine was told so */
    TL_VEC(struct tl_key) keys; /* of the tables of the last result; their texts beside */
    TL_VEC(const char *) key_texts;
    TL_VEC(struct made) made;
    struct tl_ctx *ctx;
};

/* ---- engines ---- */

static const struct tl_place_source *source_of(const struct deriving *deriving)
{
    return &deriving->places.sources.items[deriving->source];
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* "All of it", where no more is known. */
static bool is_star(const char *column)
{
    return column && strcmp(column, "*") == 0;
}

/* Makes the tables of the source that is at work known, under their names of now. */
static void add_tables(struct deriving *deriving, struct tl_sql *sql)
{
    const struct tl_places *places = &deriving->places;
    const struct tl_place_source *source = source_of(deriving);

    for (uint32_t i = source->first; i < source->first + source->n; i++) {
        const struct tl_place *place = &places->items.items[i];
        struct tl_home home = tl_place_home(places, place);

        tl_sql_add_table(sql, home.database, home.schema, place->key.dataset, i);
        for (uint32_t c = 0; c < place->n_columns; c++)
            tl_sql_add_column(sql, places->columns.items[place->first_column + c]);
    }
}

/* The engine for a dialect, which knows the tables of the source that is at work. */
static struct tl_sql *engine_of(struct deriving *deriving, int dialect)
{
    if (deriving->engines[dialect])
        return deriving->engines[dialect];
    struct tl_sql *sql = tl_sql_open((enum tl_sql_dialect)dialect);
    add_tables(deriving, sql);
    for (size_t i = 0; i < deriving->what->n_functions; i++)
        tl_sql_add_function(sql, deriving->what->functions[i].name,
                            (enum tl_effect)deriving->what->functions[i].effect);
    deriving->engines[dialect] = sql;
    return sql;
}

static void close_engines(struct deriving *deriving)
{
    for (size_t i = 0; i < TL_SQL_DIALECTS; i++) {
        tl_sql_close(deriving->engines[i]);
        deriving->engines[i] = NULL;
    }
}

/* A view's own schema comes first, then where a connection's bare names belong. */
static void set_home(struct deriving *deriving, struct tl_sql *sql,
                     const struct tl_home *own)
{
    const struct tl_place_source *source = source_of(deriving);

    tl_sql_clear_defaults(sql);
    deriving->home = own ? *own : source->home;
    deriving->has_home = true;
    if (own && (own->database || own->schema))
        tl_sql_add_default(sql, own->database, own->schema);
    if (source->has_home)
        tl_sql_add_default(sql, source->home.database, source->home.schema);
}

/* ---- from the engine's names to ours ---- */

/* Keys of all tables of a result, once. */
static void find_keys(struct deriving *deriving, const struct tl_sql_result *result)
{
    deriving->keys.n = deriving->key_texts.n = 0;
    for (uint32_t i = 0; i < result->n_tables; i++) {
        struct tl_key key;
        const struct tl_place *place =
            tl_places_find(&key, &deriving->places, &result->tables[i], deriving->source,
                           &deriving->home);
        const char *text =
            place ? place->key_text : tl_places_key_text(&deriving->places, &key);
        tl_vec_push(&deriving->keys, key);
        tl_vec_push(&deriving->key_texts, text);
    }
}

static const char *key_text_of(const struct deriving *deriving, uint32_t table)
{
    return table != TL_SQL_NO_TABLE ? deriving->key_texts.items[table] : NULL;
}

/* "v.a.b" of v:a.b, as fields of records are called. */
static const char *source_column_of(struct deriving *deriving,
                                    const struct tl_sql_edge *edge)
{
    const char *column = edge->source_column;

    if (edge->source_path)
        column =
            tl_arena_printf(deriving->ctx->arena, "%s.%s", column, edge->source_path);
    return tl_places_text(&deriving->places, column);
}

/* Two edges that differ by where they end within a value are one: the log's end at columns. */
static bool is_there(const struct deriving *deriving, const struct tl_edge *edge)
{
    size_t n = deriving->out->edges.items.n;

    for (size_t i = 0; i < 64 && i < n; i++) {
        const struct tl_edge *before = &deriving->out->edges.items.items[n - 1 - i];

        if (before->target_column != edge->target_column ||
            before->target != edge->target || before->query != edge->query)
            return false;
        if (before->source == edge->source &&
            before->source_column == edge->source_column && before->kind == edge->kind &&
            before->effect == edge->effect)
            return true;
    }
    return false;
}

static void add_edge(struct deriving *deriving, const struct tl_sql_edge *edge,
                     const char *target, const char *target_column, const char *query)
{
    struct tl_places *places = &deriving->places;
    struct tl_edge added = {
        .target = target,
        .target_column = tl_places_text(places, target_column),
        .source = key_text_of(deriving, edge->source),
        .source_column = source_column_of(deriving, edge),
        .query = query,
        .function = tl_places_text(places, edge->function),
        .line = edge->line,
        .column = edge->column,
        .confidence = edge->confidence,
        .kind = edge->kind,
        .effect = edge->effect,
    };

    if (!edge->target_path || !is_there(deriving, &added))
        tl_vec_push(&deriving->out->edges.items, added);
}

static void add_problem(struct deriving *deriving, const char *target, const char *query,
                        const char *what, uint32_t line, uint32_t column)
{
    struct tl_edge_problem problem = {
        .target = target,
        .query = query,
        .what = tl_places_text(&deriving->places, what),
        .line = line,
        .column = column,
    };

    tl_vec_push(&deriving->out->edges.problems, problem);
}

/* What cannot be asked at all for its size is a problem like any other. */
static int ask(struct tl_sql_result *result, struct deriving *deriving,
               struct tl_sql *sql, const char *text, size_t n, const char *target,
               const char *query)
{
    struct tl_ctx *ctx = deriving->ctx;

    memset(result, 0, sizeof *result);
    int rc = tl_ctx_check(ctx);
    if (!rc)
        rc = tl_sql_lineage(result, sql, text, n, ctx);
    if (rc == TL_ELIMIT) {
        add_problem(deriving, target, query, ctx->error.text, 1, 1);
        tl_error_clear(&ctx->error);
        memset(result, 0, sizeof *result);
        return TL_OK;
    }
    if (!rc)
        find_keys(deriving, result);
    return rc;
}

/* ---- views ---- */

/* A view whose text is asked, and how its outputs meet the columns that it is stored with. */
struct view {
    const struct tl_place *place;
    const char *const *columns;
    const struct tl_sql_output *outputs;
    uint32_t n_outputs;
    uint32_t at; /* edges come by output: the last one's place */
};

/* By position, where there are as many; else by name. */
static const char *stored_column(struct view *view, const char *name)
{
    const struct tl_place *place = view->place;

    if (!name)
        return NULL;
    for (uint32_t i = 0; place->n_columns == view->n_outputs && i < view->n_outputs;
         i++) {
        uint32_t at = (view->at + i) % view->n_outputs;
        if (is_same(view->outputs[at].name, name)) {
            view->at = at;
            return view->columns[at];
        }
    }
    for (uint32_t i = 0; i < place->n_columns; i++)
        if (strcmp(view->columns[i], name) == 0)
            return view->columns[i];
    for (uint32_t i = 0; i < place->n_columns; i++)
        if (strcasecmp(view->columns[i], name) == 0)
            return view->columns[i];
    return name;
}

/*
 * "select * from t" where t's columns are not known, but the view's are: those that no other output gives came from t under their
 * names. With a second such star there is no telling which is whose.
 */
static bool expand_star(struct deriving *deriving, const struct view *view,
                        const struct tl_sql_edge *star)
{
    bool has_any = false;

    for (uint32_t i = 0; i < view->place->n_columns; i++) {
        struct tl_sql_edge edge = *star;
        bool is_named = false;

        for (uint32_t k = 0; k < view->n_outputs && !is_named; k++)
            is_named = view->outputs[k].name &&
                       strcasecmp(view->outputs[k].name, view->columns[i]) == 0;
        if (is_named)
            continue;
        edge.source_column = view->columns[i];
        add_edge(deriving, &edge, view->place->key_text, view->columns[i], NULL);
        has_any = true;
    }
    return has_any;
}

static bool is_star_edge(const struct tl_sql_edge *edge)
{
    return edge->kind == TL_IDENTITY && is_star(edge->target_column) &&
           is_star(edge->source_column);
}

static void add_view_edges(struct deriving *deriving, const struct tl_place *place,
                           const struct tl_sql_result *result)
{
    for (uint32_t s = 0; s < result->n_statements; s++) {
        const struct tl_sql_statement *statement = &result->statements[s];
        struct view view = { .place = place, .n_outputs = statement->n_outputs };
        uint32_t n_stars = 0;

        if (place->n_columns)
            view.columns = deriving->places.columns.items + place->first_column;
        if (statement->n_outputs)
            view.outputs = result->outputs + statement->first_output;
        for (uint32_t i = 0; i < statement->n_edges; i++)
            n_stars += is_star_edge(&result->edges[statement->first_edge + i]);
        for (uint32_t i = 0; i < statement->n_edges; i++) {
            const struct tl_sql_edge *edge = &result->edges[statement->first_edge + i];
            if (n_stars == 1 && is_star_edge(edge) && expand_star(deriving, &view, edge))
                continue;
            add_edge(deriving, edge, place->key_text,
                     stored_column(&view, edge->target_column), NULL);
        }
    }
    for (uint32_t i = 0; i < result->n_problems; i++)
        add_problem(deriving, place->key_text, NULL, result->problems[i].what,
                    result->problems[i].line, result->problems[i].column);
}

static int derive_view(struct deriving *deriving, const struct tl_place *place)
{
    struct tl_sql *sql = engine_of(deriving, source_of(deriving)->dialect);
    struct tl_home home = tl_place_home(&deriving->places, place);
    struct tl_sql_result result;

    if (!deriving->has_home || !is_same(home.database, deriving->home.database) ||
        !is_same(home.schema, deriving->home.schema))
        set_home(deriving, sql, &home);
    deriving->out->n_views++;
    int rc = ask(&result, deriving, sql, place->view_sql, strlen(place->view_sql),
                 place->key_text, NULL);
    if (!rc)
        add_view_edges(deriving, place, &result);
    return rc;
}

/*
 * A view without SQL is a problem only where other views of the source have theirs: there it was withheld. A source that never tells a
 * view's SQL has nothing to say here.
 */
static int derive_views(struct deriving *deriving)
{
    const struct tl_place_source *source = source_of(deriving);
    bool has_sql = false;
    int rc = TL_OK;

    for (uint32_t i = 0; i < source->n && !rc; i++) {
        const struct tl_place *place = &deriving->places.items.items[source->first + i];
        if (place->view_sql) {
            has_sql = true;
            rc = derive_view(deriving, place);
        }
    }
    for (uint32_t i = 0; i < source->n && has_sql && !rc; i++) {
        const struct tl_place *place = &deriving->places.items.items[source->first + i];
        if (!place->view_sql &&
            (place->kind == TL_VIEW || place->kind == TL_MATERIALIZED_VIEW))
            add_problem(deriving, place->key_text, NULL,
                        "the source does not show this view's SQL", 1, 1);
    }
    return rc;
}

/* ---- queries ---- */

static int dialect_of(const struct deriving *deriving, const struct tl_query *query)
{
    return query->dialect >= 0 && query->dialect < TL_SQL_DIALECTS
               ? query->dialect
               : source_of(deriving)->dialect;
}

static bool is_of_source(const struct deriving *deriving, const struct tl_query *query)
{
    return strcmp(query->source, source_of(deriving)->name) == 0;
}

static bool makes_or_changes(const struct tl_sql_statement *statement)
{
    return statement->target != TL_SQL_NO_TABLE && statement->kind != TL_SQL_SELECT &&
           statement->kind != TL_SQL_OTHER && statement->kind != TL_SQL_NOT_UNDERSTOOD;
}

static void add_made(struct deriving *deriving, const struct tl_sql_result *result,
                     const struct tl_sql_statement *statement, size_t query,
                     const char *name)
{
    struct tl_places *places = &deriving->places;
    struct tl_key key = deriving->keys.items[statement->target];
    struct tl_made_column *columns =
        tl_arena_alloc(deriving->ctx->arena, statement->n_outputs, sizeof *columns);
    uint32_t n = 0;

    for (uint32_t i = 0; i < statement->n_outputs; i++) {
        const struct tl_sql_output *output =
            &result->outputs[statement->first_output + i];
        if (is_star(output->name))
            continue;
        columns[n].name = tl_places_text(places, output->name);
        columns[n++].type = tl_places_text(places, output->type);
    }
    struct made made = {
        .query = query,
        .order = deriving->made.n,
        .made = { .key = { tl_places_text(places, key.source),
                           tl_places_text(places, key.database),
                           tl_places_text(places, key.schema),
                           tl_places_text(places, key.dataset) },
                  .query = name,
                  .columns = columns,
                  .n_columns = n,
                  .line = statement->line,
                  .column = statement->column,
                  .kind = statement->kind },
    };
    tl_vec_push(&deriving->made, made);
}

/* "etl/load.sql", or "etl/load.sql#2" where the text has more than one statement. */
static const char *statement_name(struct deriving *deriving, const char *query,
                                  const struct tl_sql_result *result, uint32_t number)
{
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);

    if (result->n_statements < 2)
        return tl_places_text(&deriving->places, query);
    tl_str_addf(&name, "%s#%u", query, number);
    const char *kept = tl_places_text(&deriving->places, name.text);
    tl_str_release(&name);
    return kept;
}

static void add_statement(struct deriving *deriving, const struct tl_sql_result *result,
                          uint32_t number, size_t query)
{
    const struct tl_sql_statement *statement = &result->statements[number];
    const char *name =
        statement_name(deriving, deriving->what->queries[query].name, result, number + 1);

    /* What was rolled back never was; what was replaced before anything read it is there no more. */
    if (statement->is_undone)
        return;
    uint32_t n_edges = statement->replaced_by ? 0 : statement->n_edges;
    for (uint32_t i = 0; i < n_edges; i++) {
        const struct tl_sql_edge *edge = &result->edges[statement->first_edge + i];
        /* A select that only shows its rows moves nothing to a dataset. */
        if (edge->target != TL_SQL_NO_TABLE)
            add_edge(deriving, edge, key_text_of(deriving, edge->target),
                     edge->target_column, name);
    }
    if (makes_or_changes(statement) && !result->tables[statement->target].is_temporary)
        add_made(deriving, result, statement, query, name);
}

static int derive_query(struct deriving *deriving, size_t number)
{
    const struct tl_query *query = &deriving->what->queries[number];
    struct tl_sql *sql = engine_of(deriving, dialect_of(deriving, query));
    const char *name = tl_places_text(&deriving->places, query->name);
    struct tl_sql_result result;

    int rc = ask(&result, deriving, sql, query->text, query->n, NULL, name);
    if (rc)
        return rc;
    for (uint32_t i = 0; i < result.n_statements; i++)
        add_statement(deriving, &result, i, number);
    for (uint32_t i = 0; i < result.n_problems; i++) {
        const struct tl_sql_problem *problem = &result.problems[i];
        add_problem(deriving, key_text_of(deriving, problem->target),
                    statement_name(deriving, query->name, &result, problem->statement),
                    problem->what, problem->line, problem->column);
    }
    deriving->out->n_statements += result.n_statements;
    return TL_OK;
}

/* What the texts create is known to all of them before the first is asked. */
static int learn(struct deriving *deriving, const struct tl_query *query)
{
    struct tl_sql *sql = engine_of(deriving, dialect_of(deriving, query));

    set_home(deriving, sql, NULL);
    int rc = tl_ctx_check(deriving->ctx);
    if (!rc)
        rc = tl_sql_learn(NULL, sql, query->text, query->n, deriving->ctx);
    if (rc == TL_ELIMIT) { /* said when it is asked */
        tl_error_clear(&deriving->ctx->error);
        rc = TL_OK;
    }
    return rc;
}

static int derive_queries(struct deriving *deriving)
{
    const struct tl_derive *what = deriving->what;
    int rc = TL_OK;

    for (size_t i = 0; i < what->n_queries && !rc; i++)
        if (is_of_source(deriving, &what->queries[i]))
            rc = learn(deriving, &what->queries[i]);
    /* What they rename, drop or made long ago is there again: they begin with the tables of now. */
    for (size_t i = 0; i < TL_SQL_DIALECTS && what->n_queries && !rc; i++)
        if (deriving->engines[i])
            add_tables(deriving, deriving->engines[i]);
    for (size_t i = 0; i < what->n_queries && !rc; i++)
        if (is_of_source(deriving, &what->queries[i]))
            rc = derive_query(deriving, i);
    return rc;
}

/* ---- all of it ---- */

static int by_query(const void *a, const void *b)
{
    const struct made *left = a, *right = b;

    if (left->query != right->query)
        return left->query < right->query ? -1 : 1;
    return (left->order > right->order) - (left->order < right->order);
}

static void hand_over_made(struct deriving *deriving)
{
    if (deriving->made.n)
        qsort(deriving->made.items, deriving->made.n, sizeof *deriving->made.items,
              by_query);
    for (size_t i = 0; i < deriving->made.n; i++)
        tl_vec_push(&deriving->out->made, deriving->made.items[i].made);
}

int tl_derive(struct tl_derived *out, const struct tl_derive *what, struct tl_ctx *ctx)
{
    struct deriving deriving = { .out = out, .what = what, .ctx = ctx };
    int rc = TL_OK;

    memset(out, 0, sizeof *out);
    tl_places_init(&deriving.places, what, ctx);
    for (size_t i = 0; i < deriving.places.sources.n && !rc; i++) {
        deriving.source = (uint32_t)i;
        deriving.has_home = false;
        rc = derive_views(&deriving);
        if (!rc)
            rc = derive_queries(&deriving);
        close_engines(&deriving);
    }
    hand_over_made(&deriving);
    tl_edges_sort(&out->edges);
    tl_places_release(&deriving.places);
    tl_vec_release(&deriving.keys);
    tl_vec_release(&deriving.key_texts);
    tl_vec_release(&deriving.made);
    return rc;
}

void tl_derived_release(struct tl_derived *derived)
{
    tl_edges_release(&derived->edges);
    tl_vec_release(&derived->made);
}
