/*
 * The engine's surface: what it knows, what a text adds to it until the next call, and the result as the header tells it.
 */
#include "lineage/sql/sql.h"

#include "base/ctx.h"
#include "lineage/sql/place.h"
#include "lineage/sql/resolve.h"

#include <string.h>

/* Positions have 32 bits, and a text may become as many nodes of 32 bytes as it has words. */
enum { MOST_BYTES = 1 << 30 };

struct tl_sql {
    struct tl_sql_names *names;
    struct tl_schema schema;
    struct tl_sql_tree tree;
    struct tl_rs rs;
    struct tl_arena *words; /* of problems */
    /* What stands before these is known for good. */
    uint32_t names_mark;
    struct tl_schema_mark schema_mark;
    struct tl_sql_places places;
};

/* What is pointed into before anything stands there must be somewhere. */
static void make_first_room(struct tl_rs *rs)
{
    tl_vec_grow(&rs->entries);
    tl_vec_grow(&rs->work);
    tl_vec_grow(&rs->columns);
    tl_vec_grow(&rs->building);
    tl_vec_grow(&rs->probes);
    tl_vec_grow(&rs->steers);
    tl_vec_grow(&rs->schema->columns);
}

const char *tl_sql_statement_word(int kind)
{
    static const char *const words[] = {
        [TL_SQL_SELECT] = "select",
        [TL_SQL_CREATE_VIEW] = "create_view",
        [TL_SQL_CREATE_TABLE] = "create_table",
        [TL_SQL_CREATE_TABLE_AS] = "create_table_as",
        [TL_SQL_INSERT] = "insert",
        [TL_SQL_UPDATE] = "update",
        [TL_SQL_DELETE] = "delete",
        [TL_SQL_MERGE] = "merge",
        [TL_SQL_ALTER_TABLE] = "alter_table",
        [TL_SQL_DROP] = "drop",
        [TL_SQL_COPY] = "copy",
        [TL_SQL_PROGRAM] = "program",
        [TL_SQL_OTHER] = "other",
        [TL_SQL_NOT_UNDERSTOOD] = "not_understood",
    };

    return kind >= 0 && (size_t)kind < sizeof words / sizeof *words && words[kind]
               ? words[kind]
               : "other";
}

struct tl_sql *tl_sql_open(enum tl_sql_dialect dialect)
{
    struct tl_sql *sql = tl_alloc(1, sizeof *sql);
    const struct tl_sql_traits *traits = &tl_sql_traits[dialect];

    sql->names = tl_sql_names_open(traits);
    tl_schema_init(&sql->schema, sql->names, traits);
    tl_sql_tree_init(&sql->tree);
    sql->words = tl_arena_open();
    sql->rs.names = sql->names;
    sql->rs.traits = traits;
    sql->rs.schema = &sql->schema;
    sql->rs.dialect = dialect;
    sql->rs.words = sql->words;
    make_first_room(&sql->rs);
    sql->names_mark = tl_sql_names_mark(sql->names);
    sql->schema_mark = tl_schema_mark(&sql->schema);
    return sql;
}

void tl_sql_close(struct tl_sql *sql)
{
    if (!sql)
        return;
    tl_rs_release(&sql->rs);
    tl_sql_places_release(&sql->places);
    tl_sql_tree_release(&sql->tree);
    tl_schema_release(&sql->schema);
    tl_sql_names_close(sql->names);
    tl_arena_close(sql->words);
    tl_free(sql);
}

/* What the last text added is taken back: results end here. */
static void forget_text(struct tl_sql *sql)
{
    tl_schema_undo(&sql->schema, sql->schema_mark);
    tl_sql_names_undo(sql->names, sql->names_mark);
    tl_arena_reset(sql->words);
}

/* What was added is known for good. */
static void keep(struct tl_sql *sql)
{
    sql->names_mark = tl_sql_names_mark(sql->names);
    sql->schema_mark = tl_schema_mark(&sql->schema);
}

static uint32_t exact(struct tl_sql *sql, const char *name)
{
    return name ? tl_sql_name_exact(sql->names, name, (uint32_t)strlen(name)) : 0;
}

void tl_sql_add_table(struct tl_sql *sql, const char *database, const char *schema,
                      const char *name, uint32_t tag)
{
    forget_text(sql);
    struct tl_schema_name whole = { .database = exact(sql, database),
                                    .schema = exact(sql, schema),
                                    .name = exact(sql, name) };
    uint32_t table = tl_schema_add(&sql->schema, &whole, TL_SCHEMA_NAMED);

    sql->schema.tables.items[table].tag = tag;
    keep(sql);
}

void tl_sql_add_column(struct tl_sql *sql, const char *name)
{
    uint32_t last = (uint32_t)sql->schema.tables.n - 1;

    tl_schema_add_column(&sql->schema, last, exact(sql, name), 0);
    sql->schema.tables.items[last].flags = TL_SCHEMA_KNOWN;
    keep(sql);
}

const char *tl_sql_stored_name(struct tl_sql *sql, const char *written,
                               struct tl_arena *arena)
{
    size_t n = strlen(written);
    char open = n >= 2 ? written[0] : 0;
    char close = open == '[' ? ']' : open;
    bool is_quoted =
        (open == '"' || open == '`' || open == '[') && written[n - 1] == close && n >= 3;
    char *bytes = tl_arena_dup(arena, written + is_quoted, n - 2 * is_quoted);

    if (is_quoted) {
        char *to = bytes;

        for (const char *from = bytes; *from; from++) {
            *to++ = *from;
            from += *from == close && from[1] == close;
        }
        *to = 0;
    }
    uint32_t name =
        tl_sql_name_add(sql->names, bytes, (uint32_t)strlen(bytes), is_quoted);
    return tl_arena_strdup(arena, tl_sql_name_text(sql->names, name));
}

void tl_sql_add_default(struct tl_sql *sql, const char *database, const char *schema)
{
    forget_text(sql);
    struct tl_schema_name whole = { .database = exact(sql, database),
                                    .schema = exact(sql, schema) };
    if (whole.database)
        whole.database = tl_sql_name_key(sql->names, whole.database);
    if (whole.schema)
        whole.schema = tl_sql_name_key(sql->names, whole.schema);
    tl_vec_push(&sql->schema.defaults, whole);
    keep(sql);
}

void tl_sql_clear_defaults(struct tl_sql *sql)
{
    sql->schema.defaults.n = 0;
}

void tl_sql_add_function(struct tl_sql *sql, const char *name, enum tl_effect effect)
{
    const char *last = strrchr(name, '.');
    struct tl_schema_function function = { .effect = (uint8_t)effect };

    forget_text(sql);
    if (last) {
        const char *schema = memrchr(name, '.', (size_t)(last - name));

        schema = schema ? schema + 1 : name;
        function.schema =
            tl_sql_name_add(sql->names, schema, (uint32_t)(last - schema), false);
        function.schema = tl_sql_name_key(sql->names, function.schema);
        name = last + 1;
    }
    function.name = tl_sql_name_add(sql->names, name, (uint32_t)strlen(name), false);
    function.name = tl_sql_name_key(sql->names, function.name);
    tl_vec_push(&sql->schema.functions, function);
    sql->schema.function_bits |= UINT64_C(1) << (function.name & 63);
    keep(sql);
}

/* ---- problems ---- */

/* The statement a byte of the text belongs to: the last that begins before it. */
static uint32_t statement_at(const struct tl_rs *rs, uint32_t at)
{
    size_t low = 0, high = rs->statements.n;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (rs->statements.items[middle].line <= at)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low + 1;
}

static int compare_problems(const void *a, const void *b)
{
    const struct tl_sql_problem *left = a, *right = b;

    if (left->statement != right->statement)
        return left->statement < right->statement ? -1 : 1;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return strcmp(left->what, right->what);
}

static void add_parse_problems(struct tl_sql *sql)
{
    for (uint32_t i = 0; i < sql->tree.n_problems; i++) {
        const struct tl_sql_parse_problem *from = &sql->tree.problems[i];
        uint32_t at = tl_sql_tree_origin(&sql->tree, from->at);
        struct tl_sql_problem problem = {
            .statement = statement_at(&sql->rs, at),
            .target = TL_SQL_NO_TABLE,
            .what = tl_arena_strdup(sql->words, from->what),
            .line = at,
        };

        tl_vec_push(&sql->rs.problems, problem);
    }
    for (size_t i = 0; sql->tree.n_pieces && i < sql->rs.problems.n; i++)
        sql->rs.problems.items[i].line =
            tl_sql_tree_origin(&sql->tree, sql->rs.problems.items[i].line);
    if (sql->rs.problems.n)
        qsort(sql->rs.problems.items, sql->rs.problems.n, sizeof *sql->rs.problems.items,
              compare_problems);
}

/* ---- texts ---- */

static int resolve_text(struct tl_sql *sql, const char *text, size_t n,
                        struct tl_ctx *ctx)
{
    struct tl_rs *rs = &sql->rs;
    uint32_t n_read = 0;
    int rc;

    tl_rs_reset(rs, text);
    tl_sql_parse(&sql->tree, sql->names, rs->traits, text, (uint32_t)n);
    rs->tree = &sql->tree;
    rs->nodes = sql->tree.nodes;
    rs->text = sql->tree.text;
    for (uint32_t i = sql->tree.first; i; i = sql->tree.nodes[i].next) {
        if ((rc = tl_ctx_check(ctx)) < 0)
            return rc;
        size_t number = rs->statements.n;
        tl_rs_statement(rs, i);
        rs->statements.items[number].at = sql->tree.nodes[i].at;
        uint32_t end = sql->tree.ends[n_read++];
        if (end > sql->tree.nodes[i].at)
            rs->statements.items[number].n = end - sql->tree.nodes[i].at;
    }
    add_parse_problems(sql);
    tl_sql_places_of(&sql->places, text, (uint32_t)n);
    for (size_t i = 0; sql->tree.n_pieces && i < rs->edges.n; i++)
        rs->edges.items[i].line = tl_sql_tree_origin(&sql->tree, rs->edges.items[i].line);
    for (size_t i = 0; i < rs->edges.n; i++)
        tl_sql_place(&sql->places, &rs->edges.items[i].line, &rs->edges.items[i].column);
    for (size_t i = 0; i < rs->problems.n; i++)
        tl_sql_place(&sql->places, &rs->problems.items[i].line,
                     &rs->problems.items[i].column);
    for (size_t i = 0; i < rs->statements.n; i++)
        tl_sql_place(&sql->places, &rs->statements.items[i].line,
                     &rs->statements.items[i].column);
    return TL_OK;
}

static void show_result(struct tl_sql_result *out, const struct tl_sql *sql)
{
    const struct tl_rs *rs = &sql->rs;

    *out = (struct tl_sql_result){
        .statements = rs->statements.items,
        .tables = rs->tables.items,
        .edges = rs->edges.items,
        .outputs = rs->outputs.items,
        .problems = rs->problems.items,
        .n_statements = (uint32_t)rs->statements.n,
        .n_tables = (uint32_t)rs->tables.n,
        .n_edges = (uint32_t)rs->edges.n,
        .n_outputs = (uint32_t)rs->outputs.n,
        .n_problems = (uint32_t)rs->problems.n,
    };
}

static int check_size(size_t n, struct tl_ctx *ctx)
{
    if (n <= MOST_BYTES)
        return TL_OK;
    tl_hint(ctx, "split it into several files");
    return tl_fail(ctx, TL_ELIMIT, "a text of SQL may have %d MiB at most",
                   MOST_BYTES >> 20);
}

int tl_sql_lineage(struct tl_sql_result *out, struct tl_sql *sql, const char *text,
                   size_t n, struct tl_ctx *ctx)
{
    int rc;

    memset(out, 0, sizeof *out);
    if (check_size(n, ctx) < 0)
        return TL_ELIMIT;
    forget_text(sql);
    sql->rs.learns = false;
    if ((rc = resolve_text(sql, text, n, ctx)) == TL_OK)
        show_result(out, sql);
    return rc;
}

int tl_sql_learn(struct tl_sql_result *out, struct tl_sql *sql, const char *text,
                 size_t n, struct tl_ctx *ctx)
{
    int rc;

    if (out)
        memset(out, 0, sizeof *out);
    if (check_size(n, ctx) < 0)
        return TL_ELIMIT;
    forget_text(sql);
    sql->rs.learns = true;
    rc = resolve_text(sql, text, n, ctx);
    keep(sql);
    if (rc == TL_OK && out)
        show_result(out, sql);
    return rc;
}

uint64_t tl_sql_work(const struct tl_sql *sql)
{
    return sql->rs.work_done;
}
