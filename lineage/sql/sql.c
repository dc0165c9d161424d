/*
 * The engine's surface: what it knows, what a text adds to it until the next call, and the result as the header tells it.
 */
#include "lineage/sql/sql.h"

#include "base/ctx.h"
#include "lineage/sql/place.h"
#include "lineage/sql/resolve_program.h"
#include "lineage/sql/resolve_trail.h"

#include <string.h>

/* Positions have 32 bits, and a text may become as many nodes of 32 bytes as it has words. */
enum { MOST_BYTES = 1 << 30 };

/* A statement that made a table whose columns could not be told, and the defaults it was learned with. */
struct waiting {
    struct tl_schema_name name;
    char *text;
    size_t n;
    bool is_named; /* the text is the bare query */
    struct tl_schema_name *defaults;
    size_t n_defaults;
};

/* A statement that makes routines. */
struct learned {
    char *text;
    uint32_t n,
        older; /* one more than the number of another that makes one of the name; 0: none */
    bool is_read; /* by this text */
};

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
    /* What was learned of tables that were not known then: looked at again when more is. */
    TL_VEC(struct waiting) waiting;
    bool is_more_known;
    /* Routines of learned texts, as they are written: read again by the texts that call them. */
    TL_VEC(struct learned) learned;
    TL_VEC(uint32_t) learned_of; /* by the key of the name: one more than its number */
    struct tl_schema_name query; /* what a bare one is called */
    bool is_traced;
    TL_VEC(struct tl_sql_step) steps;
    TL_VEC(uint32_t) first_steps;
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
    sql->rs.words = sql->words;
    make_first_room(&sql->rs);
    sql->names_mark = tl_sql_names_mark(sql->names);
    sql->schema_mark = tl_schema_mark(&sql->schema);
    return sql;
}

static void drop_waiting(struct waiting *waiting)
{
    tl_free(waiting->text);
    tl_free(waiting->defaults);
}

void tl_sql_close(struct tl_sql *sql)
{
    if (!sql)
        return;
    for (size_t i = 0; i < sql->waiting.n; i++)
        drop_waiting(&sql->waiting.items[i]);
    tl_vec_release(&sql->waiting);
    tl_rs_release(&sql->rs);
    tl_sql_places_release(&sql->places);
    for (size_t i = 0; i < sql->learned.n; i++)
        tl_free(sql->learned.items[i].text);
    tl_vec_release(&sql->learned);
    tl_vec_release(&sql->learned_of);
    tl_vec_release(&sql->steps);
    tl_vec_release(&sql->first_steps);
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
    sql->is_more_known = true;
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

void tl_sql_name_query(struct tl_sql *sql, const char *database, const char *schema,
                       const char *name)
{
    forget_text(sql);
    sql->query = (struct tl_schema_name){ 0 };
    if (name)
        sql->query = (struct tl_schema_name){ .database = exact(sql, database),
                                              .schema = exact(sql, schema),
                                              .name = exact(sql, name) };
    keep(sql);
}

void tl_sql_trace(struct tl_sql *sql, bool is_traced)
{
    sql->is_traced = is_traced;
}

void tl_sql_hint(struct tl_sql *sql, bool gives_hints)
{
    sql->rs.has_no_hints = !gives_hints;
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

/* ---- routines of learned texts ---- */

/* Word for word: in an earlier round, or in another file. */
static bool is_learned(const struct tl_sql *sql, const char *text, uint32_t n,
                       uint32_t key)
{
    for (uint32_t number = sql->learned_of.items[key]; number;
         number = sql->learned.items[number - 1].older) {
        const struct learned *learned = &sql->learned.items[number - 1];

        if (learned->n == n && memcmp(learned->text, text, n) == 0)
            return true;
    }
    return false;
}

static void learn_routine(struct tl_sql *sql, const struct tl_sql_statement *statement,
                          uint32_t key)
{
    struct learned learned = { .n = statement->n };

    while (sql->learned_of.n <= key)
        tl_vec_push(&sql->learned_of, 0);
    if (is_learned(sql, sql->rs.text + statement->at, statement->n, key))
        return;
    learned.older = sql->learned_of.items[key];
    learned.text = tl_alloc(learned.n + 1, 1);
    memcpy(learned.text, sql->rs.text + statement->at, learned.n);
    tl_vec_push(&sql->learned, learned);
    sql->learned_of.items[key] = (uint32_t)sql->learned.n;
}

/* Its routines are the text's too; `at`: where one is called. */
static void read_learned(struct tl_sql *sql, struct learned *learned, uint32_t at)
{
    uint32_t n_problems = sql->tree.n_problems;
    uint32_t base = tl_sql_tree_add(&sql->tree, learned->text, learned->n, at, false);

    learned->is_read = true;
    if (!base)
        return;
    uint32_t list =
        tl_sql_parse_more(&sql->tree, sql->names, sql->rs.traits, base, learned->n);
    sql->tree.n_problems = n_problems; /* told when it was learned */
    sql->rs.nodes = sql->tree.nodes;
    sql->rs.text = sql->tree.text;
    for (uint32_t i = list; i; i = sql->tree.nodes[i].next) {
        uint32_t size = sql->tree.nodes[i].b;

        if (sql->tree.nodes[i].kind != TL_N_PROGRAM)
            continue;
        for (uint32_t made = sql->tree.nodes[i].a; made;
             made = sql->tree.nodes[made].next)
            if (sql->tree.nodes[made].kind == TL_N_ROUTINE)
                tl_rs_learn_routine(&sql->rs, made, size);
    }
}

/* Those that something in the tree calls, and those that they call. */
static void read_called(struct tl_sql *sql)
{
    for (size_t i = 0; i < sql->learned.n; i++)
        sql->learned.items[i].is_read = false;
    for (uint32_t i = 1; sql->learned.n && i < sql->tree.n_nodes; i++) {
        struct tl_sql_node node = sql->tree.nodes[i];
        uint32_t key = node.kind == TL_N_CALL && node.name
                           ? tl_sql_name_key(sql->names, node.name)
                           : UINT32_MAX;
        uint32_t number = key < sql->learned_of.n ? sql->learned_of.items[key] : 0;

        for (; number; number = sql->learned.items[number - 1].older)
            if (!sql->learned.items[number - 1].is_read)
                read_learned(sql, &sql->learned.items[number - 1], node.at);
    }
}

/* Routines that stand in front of a statement, inside of it: those before this byte. */
static void learn_inline(struct tl_sql *sql, uint32_t end)
{
    struct tl_sql_tree *tree = &sql->tree;

    while (tree->first_inline && tree->nodes[tree->first_inline].at < end) {
        const struct tl_sql_node *program = &tree->nodes[tree->first_inline];

        tl_rs_learn_routine(&sql->rs, program->a, program->b);
        tree->first_inline = tree->nodes[tree->first_inline].next;
    }
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
    if (sql->query.name)
        tl_sql_tree_name_query(&sql->tree, sql->query.database, sql->query.schema,
                               sql->query.name);
    rs->tree = &sql->tree;
    rs->nodes = sql->tree.nodes;
    rs->text = sql->tree.text;
    read_called(sql);
    for (uint32_t i = sql->tree.first; i; i = sql->tree.nodes[i].next) {
        if ((rc = tl_ctx_check(ctx)) < 0)
            return rc;
        if (sql->tree.first_inline)
            learn_inline(sql, sql->tree.ends[n_read]);
        size_t n_routines = rs->bodies.routines.n;
        size_t number = rs->statements.n;
        tl_rs_statement(rs, i);
        rs->statements.items[number].at = sql->tree.nodes[i].at;
        uint32_t end = sql->tree.ends[n_read++];
        if (end > sql->tree.nodes[i].at)
            rs->statements.items[number].n = end - sql->tree.nodes[i].at;
        if (rs->learns && rs->bodies.routines.n > n_routines)
            learn_routine(sql, &rs->statements.items[number],
                          rs->bodies.routines.items[n_routines].name);
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

static void add_step(struct tl_sql *sql, uint32_t at)
{
    struct tl_sql_step step = { .line = tl_sql_tree_origin(&sql->tree, at) };

    tl_sql_place(&sql->places, &step.line, &step.column);
    tl_vec_push(&sql->steps, step);
}

static void lay_steps(struct tl_sql *sql)
{
    const struct tl_rs *rs = &sql->rs;

    sql->steps.n = sql->first_steps.n = 0;
    for (size_t i = 0; i < rs->edges.n; i++) {
        uint32_t at = rs->trail_of.items[i];

        tl_vec_push(&sql->first_steps, (uint32_t)sql->steps.n);
        for (; at & TL_RS_TRAIL; at = rs->trails.items[at & ~TL_RS_TRAIL].inner)
            add_step(sql, rs->trails.items[at & ~TL_RS_TRAIL].at);
        add_step(sql, at);
    }
    tl_vec_push(&sql->first_steps, (uint32_t)sql->steps.n);
}

static void show_result(struct tl_sql_result *out, struct tl_sql *sql)
{
    const struct tl_rs *rs = &sql->rs;

    *out = (struct tl_sql_result){
        .statements = rs->statements.items,
        .tables = rs->tables.items,
        .edges = rs->edges.items,
        .outputs = rs->outputs.items,
        .problems = rs->problems.items,
        .reads = rs->reads.items,
        .n_statements = (uint32_t)rs->statements.n,
        .n_tables = (uint32_t)rs->tables.n,
        .n_edges = (uint32_t)rs->edges.n,
        .n_outputs = (uint32_t)rs->outputs.n,
        .n_problems = (uint32_t)rs->problems.n,
        .n_reads = (uint32_t)rs->reads.n,
    };
    if (!rs->is_traced)
        return;
    lay_steps(sql);
    out->steps = sql->steps.items;
    out->first_steps = sql->first_steps.items;
}

static int check_size(size_t n, struct tl_ctx *ctx)
{
    if (n <= MOST_BYTES)
        return TL_OK;
    tl_hint(ctx, "split it into several files");
    return tl_fail(ctx, TL_ELIMIT, "a text of SQL may have %d MiB at most",
                   MOST_BYTES >> 20);
}

/* ---- what is known later ---- */

/*
 * A text may name a table before the statement that makes it: a star over it is kept as one. Where the text tells its columns in the end,
 * it is read again with them.
 */
struct later {
    struct later *next;
    const char *database, *schema, *name;
    uint32_t n;
    const char **columns, **types;
};

enum { MOST_READINGS = 8 };

/* Whether what stood there before was dropped or replaced: it may have had other columns. */
static bool is_another(const struct tl_sql *sql, uint32_t first, uint32_t id)
{
    const struct tl_rs *rs = &sql->rs;

    for (uint32_t i = first + 1; i < id; i++) {
        const struct tl_schema_table *table = &sql->schema.tables.items[i];

        if ((table->flags & TL_SCHEMA_DROPPED) &&
            table->key.name == sql->schema.tables.items[id].key.name)
            return true;
    }
    for (size_t i = 0; i < rs->statements.n; i++) {
        const struct tl_sql_statement *of = &rs->statements.items[i];

        if (of->is_replacing && of->target != TL_SQL_NO_TABLE &&
            rs->table_of.items[of->target] == id)
            return true;
    }
    return false;
}

/* The table of the same name that a later statement made, if all that was met of the first is in it. */
static uint32_t made_later(const struct tl_sql *sql, uint32_t first)
{
    const struct tl_schema_table *named = &sql->schema.tables.items[first];
    uint32_t id = tl_schema_exact(&sql->schema, &named->name);

    if (id == TL_SCHEMA_NONE || id <= first ||
        !(sql->schema.tables.items[id].flags & TL_SCHEMA_KNOWN) ||
        (sql->schema.tables.items[id].flags & TL_SCHEMA_TEMPORARY))
        return TL_SCHEMA_NONE;
    for (uint32_t i = 0; i < named->n; i++)
        if (tl_schema_column(&sql->schema, id,
                             sql->schema.columns.items[named->first + i].key) ==
            TL_SCHEMA_NONE)
            return is_another(sql, first, id) ? TL_SCHEMA_NONE : id;
    return id;
}

static const char *copy_name(const struct tl_sql *sql, struct tl_arena *arena,
                             uint32_t name)
{
    const char *text = tl_sql_name_text(sql->names, name);

    return text ? tl_arena_strdup(arena, text) : NULL;
}

static struct later *copy_table(const struct tl_sql *sql, struct tl_arena *arena,
                                uint32_t id, struct later *next)
{
    const struct tl_schema_table *table = &sql->schema.tables.items[id];
    struct later *later = tl_arena_alloc(arena, 1, sizeof *later);

    *later = (struct later){ .next = next,
                             .database = copy_name(sql, arena, table->name.database),
                             .schema = copy_name(sql, arena, table->name.schema),
                             .name = copy_name(sql, arena, table->name.name),
                             .n = table->n };
    later->columns = tl_arena_alloc(arena, table->n + 1, sizeof *later->columns);
    later->types = tl_arena_alloc(arena, table->n + 1, sizeof *later->types);
    for (uint32_t i = 0; i < table->n; i++) {
        const struct tl_schema_column *column =
            &sql->schema.columns.items[table->first + i];

        later->columns[i] = copy_name(sql, arena, column->name);
        later->types[i] = copy_name(sql, arena, column->type);
    }
    return later;
}

/* Puts in front of `known` what this reading found. */
static struct later *find_later(const struct tl_sql *sql, struct tl_arena *arena,
                                struct later *known)
{
    for (uint32_t i = sql->schema_mark.tables; i < sql->schema.tables.n; i++) {
        uint8_t flags = sql->schema.tables.items[i].flags;
        uint32_t id;

        if (!(flags & TL_SCHEMA_NAMED) ||
            (flags & (TL_SCHEMA_DROPPED | TL_SCHEMA_TEMPORARY)))
            continue;
        if ((id = made_later(sql, i)) != TL_SCHEMA_NONE)
            known = copy_table(sql, arena, id, known);
    }
    return known;
}

static void add_later(struct tl_sql *sql, const struct later *later)
{
    for (; later; later = later->next) {
        struct tl_schema_name name = { .database = exact(sql, later->database),
                                       .schema = exact(sql, later->schema),
                                       .name = exact(sql, later->name) };
        if (tl_schema_exact(&sql->schema, &name) != TL_SCHEMA_NONE)
            continue;
        uint32_t id = tl_schema_add(&sql->schema, &name, TL_SCHEMA_KNOWN);

        sql->schema.tables.items[id].tag = TL_SQL_NO_TABLE;
        for (uint32_t i = 0; i < later->n; i++)
            tl_schema_add_column(&sql->schema, id, exact(sql, later->columns[i]),
                                 exact(sql, later->types[i]));
    }
}

static int read_again(struct tl_sql *sql, const char *text, size_t n, struct tl_ctx *ctx)
{
    struct tl_arena *arena = tl_arena_open();
    struct later *known = NULL;
    int rc = TL_OK;

    for (unsigned reading = 1; rc == TL_OK && reading < MOST_READINGS; reading++) {
        struct later *more = find_later(sql, arena, known);

        if (more == known)
            break;
        known = more;
        forget_text(sql);
        add_later(sql, known);
        rc = resolve_text(sql, text, n, ctx);
    }
    tl_arena_close(arena);
    return rc;
}

/* ---- learning ---- */

/* The statements of the text at hand that made something whose columns could not be told. */
static void wait_for_more(struct tl_sql *sql, const char *text)
{
    const struct tl_rs *rs = &sql->rs;

    for (size_t i = 0; i < rs->statements.n; i++) {
        const struct tl_sql_statement *of = &rs->statements.items[i];
        uint32_t id =
            of->target == TL_SQL_NO_TABLE ? TL_RS_NONE : rs->table_of.items[of->target];

        if (id == TL_RS_NONE)
            continue;
        if (rs->tables.items[of->target].is_known)
            sql->is_more_known = true;
        else if ((of->kind == TL_SQL_CREATE_VIEW || of->kind == TL_SQL_CREATE_TABLE_AS) &&
                 of->n) {
            struct waiting waiting = { .name = sql->schema.tables.items[id].name,
                                       .text = tl_alloc(of->n, 1),
                                       .n = of->n,
                                       .is_named = sql->query.name != 0,
                                       .n_defaults = sql->schema.defaults.n };

            memcpy(waiting.text, text + of->at, of->n);
            if (waiting.n_defaults) {
                waiting.defaults = tl_alloc(waiting.n_defaults, sizeof *waiting.defaults);
                memcpy(waiting.defaults, sql->schema.defaults.items,
                       waiting.n_defaults * sizeof *waiting.defaults);
            }
            tl_vec_push(&sql->waiting, waiting);
        }
    }
}

static bool is_open_still(const struct tl_sql *sql, const struct waiting *waiting)
{
    uint32_t id = tl_schema_exact(&sql->schema, &waiting->name);

    return id != TL_SCHEMA_NONE && (sql->schema.tables.items[id].flags &
                                    (TL_SCHEMA_KNOWN | TL_SCHEMA_DROPPED)) == 0;
}

/* True when it needs no more waiting. */
static bool learn_again(struct tl_sql *sql, const struct waiting *waiting,
                        struct tl_ctx *ctx)
{
    forget_text(sql);
    if (!is_open_still(sql, waiting))
        return true;
    sql->schema.defaults.n = 0;
    for (size_t i = 0; i < waiting->n_defaults; i++)
        tl_vec_push(&sql->schema.defaults, waiting->defaults[i]);
    struct tl_schema_name query = sql->query;

    sql->query = waiting->is_named ? waiting->name : (struct tl_schema_name){ 0 };
    bool is_read = resolve_text(sql, waiting->text, waiting->n, ctx) == TL_OK;
    sql->query = query;
    if (!is_read || is_open_still(sql, waiting))
        return false;
    tl_schema_forget_mentions(&sql->schema, sql->schema_mark.tables);
    keep(sql);
    sql->is_more_known = true;
    return true;
}

/* Views that were learned before what they are made of: as often as one of them tells more. */
static void settle(struct tl_sql *sql, struct tl_ctx *ctx)
{
    size_t n_defaults = sql->schema.defaults.n;
    struct tl_schema_name *defaults = NULL;
    bool has_no_hints = sql->rs.has_no_hints;

    if (!sql->is_more_known || !sql->waiting.n) {
        sql->is_more_known = false;
        return;
    }
    if (n_defaults) {
        defaults = tl_alloc(n_defaults, sizeof *defaults);
        memcpy(defaults, sql->schema.defaults.items, n_defaults * sizeof *defaults);
    }
    sql->rs.learns = true;
    sql->rs.has_no_hints = true;
    while (sql->is_more_known && sql->waiting.n) {
        size_t kept = 0;

        sql->is_more_known = false;
        for (size_t i = 0; i < sql->waiting.n; i++) {
            struct waiting waiting = sql->waiting.items[i];

            if (learn_again(sql, &waiting, ctx))
                drop_waiting(&waiting);
            else
                sql->waiting.items[kept++] = waiting;
        }
        sql->waiting.n = kept;
    }
    sql->rs.has_no_hints = has_no_hints;
    sql->schema.defaults.n = 0;
    for (size_t i = 0; i < n_defaults; i++)
        tl_vec_push(&sql->schema.defaults, defaults[i]);
    tl_free(defaults);
}

int tl_sql_lineage(struct tl_sql_result *out, struct tl_sql *sql, const char *text,
                   size_t n, struct tl_ctx *ctx)
{
    int rc;

    memset(out, 0, sizeof *out);
    if (check_size(n, ctx) < 0)
        return TL_ELIMIT;
    if (sql->is_more_known)
        settle(sql, ctx);
    forget_text(sql);
    sql->rs.learns = false;
    sql->rs.is_traced = sql->is_traced;
    rc = resolve_text(sql, text, n, ctx);
    if (rc == TL_OK && sql->rs.statements.n > 1)
        rc = read_again(sql, text, n, ctx);
    if (rc == TL_OK)
        show_result(out, sql);
    sql->rs.is_traced = false;
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
    wait_for_more(sql, text);
    tl_schema_forget_mentions(&sql->schema, sql->schema_mark.tables);
    keep(sql);
    if (rc == TL_OK && out)
        show_result(out, sql);
    return rc;
}

uint64_t tl_sql_work(const struct tl_sql *sql)
{
    return sql->rs.work_done;
}
