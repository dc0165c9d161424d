#include "tests/check.h"
#include "tests/world_sql.h"

#include "base/ctx.h"
#include "base/file.h"
#include "base/json.h"

#include <ctype.h>
#include <glob.h>

#define DIALECTS "ansi postgres redshift snowflake trino sqlite duckdb bigquery spark"
#define CORPORA  TL_FIXTURES "/../../../shared/data/sql/"

struct world {
    struct tl_ctx ctx;
    struct tl_sql *sql;
    struct tl_sql_result result;
    struct tl_str text;
};

static void learn_file(struct world *w, const char *path)
{
    struct tl_str ddl = TL_STR_INIT(1 << 20);

    CHECK_OK(tl_file_read(&ddl, path, &w->ctx), &w->ctx);
    CHECK_OK(tl_sql_learn(&w->result, w->sql, ddl.text, ddl.n, &w->ctx), &w->ctx);
    CHECK_INT(w->result.n_problems, 0);
    tl_str_release(&ddl);
}

static struct world world_open(const char *dialect)
{
    struct world w = { .text = TL_STR_INIT(TL_STR_MOST) };

    tl_test_ctx_init(&w.ctx);
    w.sql = tl_sql_open((enum tl_sql_dialect)tl_sql_dialect_of(dialect));
    return w;
}

/* With the tables that the fixtures speak of. */
static struct world world_of_fixtures(const char *dialect)
{
    struct world w = world_open(dialect);

    learn_file(&w, TL_FIXTURES "/lineage/schema.sql");
    return w;
}

static void world_close(struct world *w)
{
    tl_str_release(&w->text);
    tl_sql_close(w->sql);
    tl_test_ctx_release(&w->ctx);
}

static const char *lineage_of(struct world *w, const char *sql, size_t n)
{
    CHECK_OK(tl_sql_lineage(&w->result, w->sql, sql, n, &w->ctx), &w->ctx);
    tl_str_clear(&w->text);
    world_sql_render(&w->text, &w->result);
    return w->text.text;
}

static const char *lineage(struct world *w, const char *sql)
{
    return lineage_of(w, sql, strlen(sql));
}

/* ---- text pairs ---- */

/* "=== name | dialects", SQL, "---", what is expected, a blank line. Snowflake's names are compared in lower case. */
struct pair {
    const char *name, *dialects, *sql, *want;
    size_t n_sql;
};

/* Cuts the next pair out of the text, which is changed; false at its end. */
static bool next_pair(struct pair *out, char **at)
{
    char *head = *at, *line, *bar, *middle, *end;

    if (strncmp(head, "=== ", 4) != 0)
        return false;
    if (!(line = strchr(head, '\n')) || !(bar = memchr(head, '|', (size_t)(line - head))))
        return false;
    if (!(middle = strstr(line, "\n---\n")))
        return false;
    bar[-1] = *line = *middle = '\0';
    out->name = head + 4;
    out->dialects = strcmp(bar + 2, "all") == 0 ? DIALECTS : bar + 2;
    out->sql = line + 1;
    out->n_sql = (size_t)(middle - line - 1);
    out->want = middle + 5;
    end = strstr(out->want - 1, "\n\n=== ");
    *at = end ? end + 2 : middle + 5 + strlen(out->want);
    if (end)
        end[1] = '\0';
    return true;
}

/* A traced text has the same edges, and the way of each ends where the edge is. */
static void check_traced(struct world *w, const struct pair *pair)
{
    char *plain = tl_arena_strdup(w->ctx.arena, w->text.text);
    const struct tl_sql_result *r = &w->result;

    tl_sql_trace(w->sql, true);
    CHECK_TEXT(lineage_of(w, pair->sql, pair->n_sql), plain);
    for (uint32_t i = 0; i < r->n_edges; i++) {
        const struct tl_sql_step *last = &r->steps[r->first_steps[i + 1] - 1];

        CHECK(r->first_steps[i] < r->first_steps[i + 1]);
        CHECK(last->line == r->edges[i].line && last->column == r->edges[i].column);
    }
    tl_sql_trace(w->sql, false);
    lineage_of(w, pair->sql, pair->n_sql);
    CHECK(r->steps == NULL);
}

static void check_pair(const struct pair *pair, const char *dialect, const char *path)
{
    struct world w = world_of_fixtures(dialect);

    lineage_of(&w, pair->sql, pair->n_sql);
    check_traced(&w, pair);
    if (strcmp(dialect, "snowflake") == 0)
        for (size_t i = 0; i < w.text.n; i++)
            w.text.text[i] = (char)tolower((unsigned char)w.text.text[i]);
    if (!CHECK_TEXT(w.text.text, pair->want))
        printf("    %s, %s: %s\n", path, dialect, pair->name);
    world_close(&w);
}

static size_t check_file(const char *path, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(1 << 20);
    struct pair pair;
    size_t n = 0;

    CHECK_OK(tl_file_read(&text, path, ctx), ctx);
    for (char *at = text.text; next_pair(&pair, &at); n++) {
        char dialect[16];
        int length;

        for (const char *d = pair.dialects; sscanf(d, "%15s%n", dialect, &length) == 1;
             d += length)
            check_pair(&pair, dialect, path);
    }
    tl_str_release(&text);
    return n;
}

static void each_text_has_the_edges_its_pair_says(void)
{
    struct tl_ctx ctx;
    glob_t files;
    size_t n = 0;

    tl_test_ctx_init(&ctx);
    CHECK_INT(glob(TL_FIXTURES "/lineage/*.txt", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        n += check_file(files.gl_pathv[i], &ctx);
    CHECK(n >= 200);
    globfree(&files);
    tl_test_ctx_release(&ctx);
}

/* ---- the engine's surface ---- */

static void names_are_what_the_caller_knows_them_as(void)
{
    struct world w = world_open("postgres");

    tl_sql_add_table(w.sql, "shop", "core", "Users", 7);
    tl_sql_add_column(w.sql, "E-Mail");
    tl_sql_add_default(w.sql, "shop", "core");
    lineage(&w, "create view v as select u.\"E-Mail\" as m from \"Users\" u");
    CHECK_TEXT(w.text.text, "v.m <- shop.core.Users.E-Mail identity keeps @1:25\n");
    CHECK_INT(w.result.tables[w.result.edges[0].source].tag, 7);
    CHECK_INT(w.result.tables[w.result.edges[0].target].tag, TL_SQL_NO_TABLE);
    world_close(&w);
}

static void defaults_are_tried_in_their_order_and_can_be_cleared(void)
{
    struct world w = world_open("postgres");

    for (uint32_t i = 0; i < 2; i++) {
        tl_sql_add_table(w.sql, NULL, i ? "b" : "a", "t", i);
        tl_sql_add_column(w.sql, "x");
    }
    CHECK_TEXT(lineage(&w, "select x from t"), "x <- t.x identity keeps 900 @1:8\n");
    tl_sql_add_default(w.sql, NULL, "b");
    tl_sql_add_default(w.sql, NULL, "a");
    CHECK_TEXT(lineage(&w, "select x from t"), "x <- b.t.x identity keeps @1:8\n");
    tl_sql_clear_defaults(w.sql);
    tl_sql_add_default(w.sql, NULL, "c");
    CHECK_TEXT(lineage(&w, "select x from t"), "x <- t.x identity keeps 900 @1:8\n");
    world_close(&w);
}

static void the_only_database_is_meant_where_a_name_has_its_schema(void)
{
    struct world w = world_open("postgres");
    const char *schemas[] = { "core", "public", "raw" };

    for (uint32_t i = 0; i < 3; i++) {
        tl_sql_add_table(w.sql, "shop", schemas[i], i < 2 ? "t" : "u", i);
        tl_sql_add_column(w.sql, "x");
    }
    CHECK_TEXT(lineage(&w, "select x from core.t"),
               "x <- shop.core.t.x identity keeps 900 @1:8\n");
    tl_sql_add_default(w.sql, "shop", NULL);
    CHECK_TEXT(lineage(&w, "select x from core.t"),
               "x <- shop.core.t.x identity keeps @1:8\n");
    CHECK_TEXT(lineage(&w, "select x from t"),
               "x <- shop.public.t.x identity keeps @1:8\n");
    CHECK_TEXT(lineage(&w, "select x from u"),
               "x <- shop.raw.u.x identity keeps 900 @1:8\n");
    CHECK_TEXT(lineage(&w, "select x from shop.raw.u"),
               "x <- shop.raw.u.x identity keeps @1:8\n");
    world_close(&w);
}

static void a_table_added_again_replaces_the_first(void)
{
    struct world w = world_open("sqlite");

    tl_sql_add_table(w.sql, NULL, NULL, "t", 1);
    tl_sql_add_column(w.sql, "old");
    tl_sql_add_table(w.sql, NULL, NULL, "t", 2);
    tl_sql_add_column(w.sql, "new");
    CHECK_TEXT(lineage(&w, "select NEW from T"), "NEW <- t.new identity keeps @1:8\n");
    CHECK_HAS(lineage(&w, "select old from t"), "no table here has a column 'old'");
    world_close(&w);
}

static void functions_of_the_users_own_have_their_effect(void)
{
    struct world w = world_of_fixtures("postgres");

    tl_sql_add_function(w.sql, "scramble", TL_MASKS);
    tl_sql_add_function(w.sql, "vault.token", TL_TOKENISES);
    tl_sql_add_function(w.sql, "Peppered", TL_HASHES_SALTED);
    tl_sql_add_function(w.sql, "crowd", TL_AGGREGATES);
    lineage(&w, "select scramble(email) a, vault.token(email) b, token(email) c,\n"
                "peppered(email) d, crowd(v) e, core.scramble(email) f from t");
    CHECK_TEXT(w.text.text, "a <- t.email transformation masks @1:17\n"
                            "b <- t.email transformation tokenises @1:39\n"
                            "c <- t.email transformation keeps 700 @1:55\n"
                            "d <- t.email transformation hashes_salted(peppered) @2:10\n"
                            "e <- t.v aggregation aggregates @2:26\n"
                            "f <- t.email transformation masks @2:46\n");
    world_close(&w);
}

static void what_a_text_made_is_gone_with_it(void)
{
    struct world w = world_of_fixtures("postgres");

    lineage(&w, "create table x as select id from t; drop table u");
    CHECK_TEXT(lineage(&w, "select id from x"), "id <- x.id identity keeps 900 @1:8\n");
    CHECK_TEXT(lineage(&w, "select city from u"), "city <- u.city identity keeps @1:8\n");
    world_close(&w);
}

static void what_was_learned_stays(void)
{
    struct world w = world_open("postgres");
    static const char ddl[] = "create table a (id int, b text); create view c as select\n"
                              "b as d from a; create table e as table a; alter table e\n"
                              "rename b to f; create table gone (x int); drop table gone";

    CHECK_OK(tl_sql_learn(NULL, w.sql, ddl, strlen(ddl), &w.ctx), &w.ctx);
    lineage(&w, "select d, e.f, e.id from c, e");
    CHECK_TEXT(w.text.text, "d <- c.d identity keeps @1:8\nf <- e.f identity keeps "
                            "@1:11\nid <- e.id identity keeps @1:16\n");
    CHECK_HAS(lineage(&w, "select x from gone, a"), "gone.x identity keeps 900");
    world_close(&w);
}

static void learn(struct world *w, const char *ddl)
{
    CHECK_OK(tl_sql_learn(&w->result, w->sql, ddl, strlen(ddl), &w->ctx), &w->ctx);
}

static void views_may_be_learned_before_their_tables(void)
{
    struct world w = world_open("snowflake");

    learn(&w, "create view c as select b.*, 1 as one from b");
    learn(&w, "create view b as select * exclude (id) from a");
    learn(&w, "create table a (id int, email text, phone text)");
    CHECK_TEXT(lineage(&w, "select * from c"), "EMAIL <- C.EMAIL identity keeps @1:8\n"
                                               "PHONE <- C.PHONE identity keeps @1:8\n"
                                               "ONE <- C.ONE identity keeps @1:8\n");
    learn(&w, "create or replace view b as select email from a");
    CHECK_TEXT(lineage(&w, "select * from b"), "EMAIL <- B.EMAIL identity keeps @1:8\n");
    world_close(&w);
}

static void what_waits_keeps_the_defaults_it_was_learned_with(void)
{
    struct world w = world_open("postgres");

    tl_sql_add_default(w.sql, NULL, "old");
    learn(&w, "create view v as select * from t");
    tl_sql_clear_defaults(w.sql);
    tl_sql_add_default(w.sql, NULL, "new");
    learn(&w, "create table new.t (a int); create table old.t (b int)");
    CHECK_TEXT(lineage(&w, "select * from v"), "b <- v.b identity keeps @1:8\n");
    CHECK_TEXT(lineage(&w, "select * from t"), "a <- new.t.a identity keeps @1:8\n");
    world_close(&w);
}

static void routines_that_were_learned_are_looked_through(void)
{
    struct world w = world_of_fixtures("duckdb");
    static const char ddl[] =
        "create macro inner_one(a) as md5(a);\n"
        "create macro outer_one(a) as inner_one(lower(a)), (a, b) as b;\n"
        "create macro pairs(k) as table select id, email from t where v = k";

    CHECK_OK(tl_sql_learn(NULL, w.sql, ddl, strlen(ddl), &w.ctx), &w.ctx);
    for (int i = 0; i < 2; i++) {
        lineage(&w, "select outer_one(email) a, outer_one(1, name) b from t");
        CHECK_TEXT(w.text.text, "a <- t.email transformation hashes(md5) @1:18\n"
                                "b <- t.name identity keeps @1:41\n");
    }
    lineage(&w, "select email from pairs(3) p");
    CHECK_TEXT(w.text.text,
               "email <- t.email identity keeps @1:19\n* <- t.v filter @1:19\n");
    tl_sql_add_function(w.sql, "outer_one", TL_MASKS);
    CHECK_HAS(lineage(&w, "select outer_one(email) a from t"), "transformation masks");
    world_close(&w);
}

static void outputs_are_told_with_their_types(void)
{
    struct world w = world_of_fixtures("postgres");

    lineage(&w, "create table x (a, b, c) as select id, email::varchar(9), v + 1 from t");
    CHECK_INT(w.result.statements[0].kind, TL_SQL_CREATE_TABLE_AS);
    CHECK_INT(w.result.statements[0].n_outputs, 3);
    CHECK_TEXT(w.result.outputs[0].name, "a");
    CHECK_TEXT(w.result.outputs[0].type, "int");
    CHECK_TEXT(w.result.outputs[1].type, "varchar(9)");
    CHECK(w.result.outputs[2].type == NULL);
    lineage(&w, "alter table t add column more date, drop column v");
    CHECK_INT(w.result.statements[0].kind, TL_SQL_ALTER_TABLE);
    CHECK_TEXT(w.result.outputs[0].name, "more");
    CHECK_TEXT(w.result.outputs[0].type, "date");
    world_close(&w);
}

/* "1: t u", a line for each statement that reads any. */
static const char *reads_of(struct world *w, const char *sql)
{
    struct tl_str out = TL_STR_INIT(1024);

    lineage(w, sql);
    for (uint32_t i = 0; i < w->result.n_statements; i++) {
        const struct tl_sql_statement *s = &w->result.statements[i];

        if (s->n_reads)
            tl_str_addf(&out, "%s%u:", i ? "\n" : "", (unsigned)i + 1);
        for (uint32_t r = s->first_read; r < s->first_read + s->n_reads; r++) {
            CHECK_INT(w->result.reads[r].statement, i + 1);
            tl_str_addf(&out, " %s", w->result.tables[w->result.reads[r].table].name);
        }
    }
    char *text = tl_arena_strdup(w->ctx.arena, out.text ? out.text : "");
    tl_str_release(&out);
    return text;
}

static void tables_are_read_though_no_column_of_them_flows(void)
{
    struct world w = world_of_fixtures("postgres");

    CHECK_TEXT(reads_of(&w, "select count(*) from t a, t b cross join u"), "1: t u");
    CHECK_TEXT(reads_of(&w, "insert into u (id) select 1 where exists (select from t)"),
               "1: t");
    CHECK_TEXT(reads_of(&w, "with c as (select count(*) from t) select * from c"),
               "1: t");
    CHECK_TEXT(reads_of(&w, "create view c as select count(*) from t; select 1 from c"),
               "1: t\n2: c");
    CHECK_TEXT(reads_of(&w, "create temp table x as select 1 from t; select 1 from x"),
               "1: t");
    CHECK_TEXT(reads_of(&w, "update u set email = 'x'; truncate t; drop table t"), "");
    CHECK_TEXT(reads_of(&w, "select 1 from elsewhere.unknown_table"), "1: unknown_table");
    world_close(&w);
}

static void places_are_lines_and_bytes(void)
{
    struct world w = world_of_fixtures("postgres");

    lineage(&w, "-- \xc3\xa9\r\nselect /* \xc3\xa9 */ email,\n\n\tcity\nfrom t join u "
                "using (id, email)\n");
    CHECK_HAS(w.text.text, "email <- t.email identity keeps @2:17\n");
    CHECK_HAS(w.text.text, "city <- u.city identity keeps @4:2\n");
    CHECK_INT(w.result.statements[0].line, 2);
    CHECK_INT(w.result.statements[0].column, 1);
    world_close(&w);
}

static void steps_of(struct tl_str *out, const struct world *w, uint32_t edge)
{
    tl_str_clear(out);
    for (uint32_t i = w->result.first_steps[edge]; i < w->result.first_steps[edge + 1];
         i++)
        tl_str_addf(out, " %u:%u", (unsigned)w->result.steps[i].line,
                    (unsigned)w->result.steps[i].column);
}

static void a_traced_text_tells_the_references_on_the_way(void)
{
    static const struct {
        const char *sql, *steps;
    } cases[] = {
        { "select email from t", " 1:8" },
        { "select upper(c.email) as e from (select * from t) c", " 1:14 1:41" },
        { "with a as (select id as k from t),\n b as (select * from a)\nselect k from b",
          " 3:8 2:15 1:19" },
        { "select 1 from (select id k from t) x where x.k > 1", " 1:44 1:23" },
        { "select (select max(m) from (select v m from t) x) + 1", " 1:9 1:20 1:36" },
        { "create temp table x as select id k from t;\ninsert into u (id) select k from "
          "x",
          " 2:27 1:31" },
        { "select x from (select id x from t union all select v from t) q", " 1:8 1:23" },
        { "with recursive r as (select id k from t union all select k from r)\n"
          "select k from r",
          " 2:8 1:29" },
    };
    struct world w = world_of_fixtures("postgres");
    struct tl_str steps = TL_STR_INIT(1 << 20);

    tl_sql_trace(w.sql, true);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lineage(&w, cases[i].sql);
        steps_of(&steps, &w, 0);
        if (!CHECK_TEXT(steps.text, cases[i].steps))
            printf("    %s\n", cases[i].sql);
    }
    tl_str_release(&steps);
    world_close(&w);
}

static void problems_never_hold_literals(void)
{
    struct world w = world_of_fixtures("postgres");

    lineage(&w,
            "select nil || 'jane@example.com' from t where 'jane@example.com' = nul;\n"
            "select from 'jane@example.com' x; insert into log values ('jane@example."
            "com', 'a', 'b', 'c'); select \"x\" 'jane@example.com' from t");
    CHECK(w.result.n_problems >= 4);
    CHECK(strstr(w.text.text, "jane") == NULL);
    world_close(&w);
}

static void a_text_beyond_the_ceiling_is_refused(void)
{
    struct world w = world_open("ansi");

    CHECK_FAILS(tl_sql_lineage(&w.result, w.sql, "", ((size_t)1 << 30) + 1, &w.ctx),
                TL_ELIMIT, "1024 MiB", &w.ctx);
    CHECK_TEXT(lineage(&w, ""), "");
    CHECK_TEXT(lineage(&w, " ; ;; -- nothing\n"), "");
    world_close(&w);
}

static void the_same_text_gives_the_same_edges_again(void)
{
    struct world w = world_of_fixtures("postgres");
    static const char sql[] = "with recursive r as (select id, email, name from t union "
                              "select v, name, email from r join t using (id)) select * "
                              "from r; create temp table s as select * from t, u; select "
                              "max(s.city) from s";
    char *first = tl_strdup(lineage(&w, sql));

    CHECK(strlen(first) > 100);
    for (int i = 0; i < 3; i++)
        CHECK_TEXT(lineage(&w, sql), first);
    tl_free(first);
    world_close(&w);
}

/* ---- corpora ---- */

struct corpus {
    struct world w;
    struct tl_str text;
    char *at;
};

/* The corpus with its tables known; false, and said, where it is not here. */
static bool corpus_open(struct corpus *out, const char *path)
{
    const char *table, *column;
    json_t *line, *columns, *type;

    *out = (struct corpus){ .text = TL_STR_INIT(TL_STR_MOST) };
    if (!tl_path_exists(path)) {
        printf("SKIP: no %s\n", path);
        return false;
    }
    out->w = world_open("postgres");
    CHECK_OK(tl_file_read(&out->text, path, &out->w.ctx), &out->w.ctx);
    out->at = out->text.text;
    size_t n = strcspn(out->at, "\n");
    CHECK_OK(tl_json_parse(&line, out->at, n, path, &out->w.ctx), &out->w.ctx);
    json_object_foreach(json_object_get(line, "tables"), table, columns)
    {
        tl_sql_add_table(out->w.sql, NULL, NULL, table, 0);
        json_object_foreach(columns, column, type) tl_sql_add_column(out->w.sql, column);
    }
    json_decref(line);
    out->at += n + 1;
    return true;
}

/* The next query; json_decref it. NULL at the end. */
static json_t *corpus_next(struct corpus *c)
{
    size_t n = strcspn(c->at, "\n");
    json_t *line = NULL;

    if (n == 0)
        return NULL;
    CHECK_OK(tl_json_parse(&line, c->at, n, "corpus", &c->w.ctx), &c->w.ctx);
    c->at += n + (c->at[n] == '\n');
    return line;
}

static void corpus_close(struct corpus *c)
{
    tl_str_release(&c->text);
    world_close(&c->w);
}

/* sqlglot counts what windows are partitioned and ordered by as sources. */
static bool is_source(const struct tl_sql_edge *edge)
{
    return edge->target_column &&
           (tl_edge_moves_values(edge->kind) || edge->kind == TL_CONDITIONAL ||
            edge->kind == TL_FILTER || edge->kind == TL_WINDOW);
}

static bool has_edge(const struct tl_sql_result *result, const char *target,
                     const char *source, const char *column)
{
    for (uint32_t i = 0; i < result->n_edges; i++)
        if (is_source(&result->edges[i]) &&
            strcmp(result->edges[i].target_column, target) == 0 &&
            strcmp(result->tables[result->edges[i].source].name, source) == 0 &&
            strcmp(result->edges[i].source_column, column) == 0)
            return true;
    return false;
}

/* Different sources of an output column: value, conditional and window edges may name the same one. */
static size_t count_sources(const struct tl_sql_result *result, const char *target)
{
    size_t n = 0;

    for (uint32_t i = 0; i < result->n_edges; i++) {
        const struct tl_sql_edge *edge = &result->edges[i];
        bool is_new = is_source(edge) && strcmp(edge->target_column, target) == 0;

        for (uint32_t j = 0; j < i && is_new; j++)
            if (is_source(&result->edges[j]) &&
                strcmp(result->edges[j].target_column, target) == 0 &&
                result->edges[j].source == edge->source &&
                strcmp(result->edges[j].source_column, edge->source_column) == 0)
                is_new = false;
        n += is_new;
    }
    return n;
}

/* The names sqlglot gives to columns without one say only their place. */
static const char *name_of_output(const struct tl_sql_result *result, const char *name,
                                  uint32_t place)
{
    return strncmp(name, "_col_", 5) == 0 ? result->outputs[place].name : name;
}

static bool is_twice(const struct tl_sql_result *result, uint32_t place)
{
    for (uint32_t i = 0; i < result->n_outputs; i++)
        if (i != place &&
            strcmp(result->outputs[i].name, result->outputs[place].name) == 0)
            return true;
    return false;
}

static size_t compare_query(struct corpus *c, const json_t *query)
{
    const struct tl_sql_result *result = &c->w.result;
    const char *name;
    json_t *leaves;
    uint32_t place = 0;
    size_t compared = 0;

    lineage(&c->w, json_string_value(json_object_get(query, "sql")));
    CHECK_INT(result->n_problems, 0);
    json_object_foreach(json_object_get(query, "lineage"), name, leaves)
    {
        const char *output = name_of_output(result, name, place);
        bool is_clear = !is_twice(result, place++);

        for (size_t i = 0; i < json_array_size(leaves) && is_clear; i++) {
            const json_t *leaf = json_array_get(leaves, i);
            CHECK(has_edge(result, output, json_string_value(json_array_get(leaf, 0)),
                           json_string_value(json_array_get(leaf, 1))));
        }
        if (is_clear &&
            !CHECK_INT(count_sources(result, output), json_array_size(leaves)))
            printf("    query %d, %s\n",
                   (int)json_integer_value(json_object_get(query, "n")), name);
        compared += is_clear;
    }
    return compared;
}

static void compare_corpus(const char *path, size_t at_least)
{
    struct corpus c;
    json_t *query;
    size_t n = 0;

    if (!corpus_open(&c, path))
        return;
    while ((query = corpus_next(&c)) != NULL) {
        n += compare_query(&c, query);
        json_decref(query);
    }
    CHECK(n >= at_least);
    corpus_close(&c);
}

static void tpc_h_has_the_sources_that_sqlglot_gives(void)
{
    compare_corpus(CORPORA "tpch.jsonl", 76);
}

static void tpc_ds_has_the_sources_that_sqlglot_gives(void)
{
    compare_corpus(CORPORA "tpcds.jsonl", 550);
}

/* ---- what must not change anything ---- */

/* The edges without their places, in some order that is always the same. */
static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *edges_of(struct world *w, const char *sql)
{
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);
    char *lines[4096];
    size_t n = 0;

    lineage(w, sql);
    char *text = tl_arena_strdup(w->ctx.arena, w->text.text);
    for (char *at = text; *at && n < 4096;) {
        char *end = strchrnul(at, '\n');
        char *place = memrchr(at, '@', (size_t)(end - at));

        lines[n++] = at;
        at = *end ? end + 1 : end;
        if (place)
            *place = '\0';
    }
    qsort(lines, n, sizeof *lines, compare_lines);
    for (size_t i = 0; i < n; i++)
        tl_str_addf(&out, "%s\n", lines[i]);
    const char *kept = tl_arena_dup(w->ctx.arena, out.text, out.n);
    tl_str_release(&out);
    return kept;
}

static bool has_duplicate_outputs(const struct tl_sql_result *result)
{
    for (uint32_t i = 0; i < result->n_outputs; i++)
        if (is_twice(result, i))
            return true;
    return false;
}

/* Keywords and names in the other case, white space as line feeds and comments; literals as they are. */
static const char *dressed_up(const char *sql, struct tl_arena *arena)
{
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);
    char quote = 0;

    for (const char *c = sql; *c; c++) {
        if (quote || *c == '\'' || *c == '"') {
            quote = !quote ? *c : *c == quote ? 0 : quote;
            tl_str_add_char(&out, *c);
        } else if (*c == ' ') {
            tl_str_add(&out, (c - sql) % 3 ? "\n\t" : " /* x */ ");
        } else {
            tl_str_add_char(&out, (char)(islower((unsigned char)*c) ? toupper(*c)
                                                                    : tolower(*c)));
        }
    }
    const char *kept = tl_arena_dup(arena, out.text, out.n);
    tl_str_release(&out);
    return kept;
}

static void check_the_same(struct world *w, const char *sql, const char *want,
                           const char *format)
{
    char *other = tl_arena_printf(w->ctx.arena, "%.*s%s%s", (int)strcspn(format, "$"),
                                  format, sql, strchr(format, '$') + 1);

    if (!CHECK_TEXT(edges_of(w, other), want))
        printf("    %s: %.200s\n", format, sql);
}

static void check_invariants(struct corpus *c, const char *sql)
{
    const char *want = edges_of(&c->w, sql);
    bool is_plain = !has_duplicate_outputs(&c->w.result);
    const char *dressed = dressed_up(sql, c->w.ctx.arena);

    CHECK_TEXT(edges_of(&c->w, dressed), want);
    if (is_plain) {
        check_the_same(&c->w, sql, want, "select * from ($) wrapped");
        check_the_same(&c->w, sql, want, "with wrapped as ($) select * from wrapped");
        check_the_same(
            &c->w, sql, want,
            "select w.* from (select * from (($)) v) as w, lateral (select 1) z");
    }
    check_the_same(&c->w, sql, want, "($) -- behind");
    tl_arena_reset(c->w.ctx.arena);
}

static void hold_invariants(const char *path)
{
    struct corpus c;
    json_t *query;

    if (!corpus_open(&c, path))
        return;
    while ((query = corpus_next(&c)) != NULL) {
        check_invariants(&c, json_string_value(json_object_get(query, "sql")));
        json_decref(query);
    }
    corpus_close(&c);
}

static void dress_and_wrapping_change_nothing(void)
{
    hold_invariants(CORPORA "tpch.jsonl");
    hold_invariants(CORPORA "tpcds.jsonl");
}

/* ---- growth: steps of the engine, not time ---- */

static uint64_t steps(struct world *w, const struct tl_str *sql)
{
    uint64_t before = tl_sql_work(w->sql);

    CHECK_OK(tl_sql_lineage(&w->result, w->sql, sql->text, sql->n, &w->ctx), &w->ctx);
    CHECK_INT(w->result.n_problems, 0);
    return tl_sql_work(w->sql) - before;
}

/* Four times as much takes at most five times the steps. */
static void check_linear(void (*write)(struct tl_str *out, unsigned n), unsigned n)
{
    struct tl_str few = TL_STR_INIT(TL_STR_MOST), many = TL_STR_INIT(TL_STR_MOST);
    struct world w = world_of_fixtures("postgres");

    write(&few, n);
    write(&many, 4 * n);
    uint64_t base = steps(&w, &few), more = steps(&w, &many);
    if (!CHECK(more <= 5 * base + 100))
        printf("    %llu steps, then %llu\n", (unsigned long long)base,
               (unsigned long long)more);
    tl_str_release(&few);
    tl_str_release(&many);
    world_close(&w);
}

static void write_stars(struct tl_str *out, unsigned n)
{
    tl_str_add(out, "create table wide (c0 int");
    for (unsigned i = 1; i < n; i++)
        tl_str_addf(out, ", c%u int", i);
    tl_str_add(out, "); with a as (select * from wide), b as (select * from a), c as "
                    "(select * from b), d as (select * from c) select * from d");
}

static void chains_of_stars_are_linear_in_columns(void)
{
    check_linear(write_stars, 500);
}

static void write_self_joins(struct tl_str *out, unsigned n)
{
    tl_str_add(out, "with c0 as (select id, email, v from t)");
    for (unsigned i = 1; i <= n; i++)
        tl_str_addf(out,
                    ", c%u as (select a.id, b.email || a.email as email, a.v + b.v as v "
                    "from c%u a join c%u b on a.id = b.v)",
                    i, i - 1, i - 1);
    tl_str_addf(out, " select * from c%u", n);
}

static void queries_that_join_themselves_are_linear(void)
{
    check_linear(write_self_joins, 40);
}

static void write_terms(struct tl_str *out, unsigned n)
{
    tl_str_add(out, "select v");
    for (unsigned i = 1; i < n; i++)
        tl_str_add(out, i % 2 ? " + id" : " + v");
    tl_str_add(out, " as s from t where id > 0");
    for (unsigned i = 1; i < n; i++)
        tl_str_add(out, " or v > 1");
}

static void long_expressions_are_linear(void)
{
    check_linear(write_terms, 5000);
}

static void write_arms(struct tl_str *out, unsigned n)
{
    tl_str_add(out, "select id, email from t");
    for (unsigned i = 1; i < n; i++)
        tl_str_add(out, " union all select id, city from u");
}

static void long_unions_are_linear(void)
{
    check_linear(write_arms, 1000);
}

static void write_joins(struct tl_str *out, unsigned n)
{
    tl_str_add(out, "select t0.email from t t0");
    for (unsigned i = 1; i < n; i++)
        tl_str_addf(out, " join t t%u on t%u.id = t%u.v", i, i - 1, i);
}

static void long_joins_are_linear(void)
{
    check_linear(write_joins, 500);
}

static void write_rows(struct tl_str *out, unsigned n)
{
    tl_str_add(out, "insert into log (id, email) values (1, 'x')");
    for (unsigned i = 1; i < n; i++)
        tl_str_add(out, ", (2, 'y')");
}

static void long_lists_of_values_are_linear(void)
{
    check_linear(write_rows, 2000);
}

static void write_rotation(struct tl_str *out, unsigned n)
{
    tl_str_add(out, "create table wide (c0 int");
    for (unsigned i = 1; i < n; i++)
        tl_str_addf(out, ", c%u int", i);
    tl_str_add(out, "); with recursive r as (select * from wide union all select c1");
    for (unsigned i = 1; i < n; i++)
        tl_str_addf(out, ", c%u", (i + 1) % n);
    tl_str_add(out, " from r) select c0 from r");
}

static void a_recursion_ends_however_columns_turn(void)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    struct world w = world_open("postgres");

    write_rotation(&sql, 60);
    lineage_of(&w, sql.text, sql.n);
    CHECK_INT(w.result.n_edges, 60);
    tl_str_release(&sql);
    world_close(&w);
}

/* ---- depth ---- */

static void add_times(struct tl_str *out, const char *text, unsigned n)
{
    while (n--)
        tl_str_add(out, text);
}

static void check_depth(const char *open, const char *middle, const char *close,
                        unsigned n, bool is_followed)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    struct world w = world_of_fixtures("postgres");

    tl_str_add(&sql, "select ");
    add_times(&sql, open, n);
    tl_str_add(&sql, middle);
    add_times(&sql, close, n);
    tl_str_add(&sql, " as x from t; select email from t");
    lineage_of(&w, sql.text, sql.n);
    CHECK_INT(w.result.n_statements, 2);
    CHECK_INT(w.result.n_problems, is_followed ? 0 : 1);
    CHECK_HAS(w.text.text, "2: email <- t.email identity keeps");
    tl_str_release(&sql);
    world_close(&w);
}

static void what_nests_deep_is_followed(void)
{
    check_depth("(", "v", ")", 4000, true);
    check_depth("lower(", "email", ")", 2000, true);
    check_depth("case when v > 1 then 1 else ", "v", " end", 1500, true);
    check_depth("(select ", "t.v", ")", 200, true);
}

static void what_nests_too_deep_is_a_problem_of_its_statement(void)
{
    check_depth("(", "v", ")", 100000, false);
    check_depth("lower(", "email", ")", 100000, false);
    check_depth("case when v > 1 then 1 else ", "v", " end", 50000, false);
    check_depth("(select ", "t.v", ")", 3000, false);
}

static void check_width(const char *begin, const char *item, const char *end, unsigned n)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    struct world w = world_of_fixtures("postgres");

    tl_str_add(&sql, begin);
    add_times(&sql, item, n);
    tl_str_add(&sql, end);
    lineage_of(&w, sql.text, sql.n);
    CHECK_INT(w.result.n_problems, 1);
    CHECK_TEXT(w.result.problems[0].what,
               "it has more columns or tables than are followed");
    CHECK(w.result.n_edges > 0);
    tl_str_release(&sql);
    world_close(&w);
}

static void what_is_wider_than_any_system_takes_is_a_problem(void)
{
    check_width("select id", ", v", " from t", 40000);
    check_width("select t.id from t", ", w", "", 10000);
    check_width("select ", "t.*, ", "t.id from t", 10000);
}

TL_TESTS("sql_lineage", TEST(each_text_has_the_edges_its_pair_says),
         TEST(names_are_what_the_caller_knows_them_as),
         TEST(defaults_are_tried_in_their_order_and_can_be_cleared),
         TEST(the_only_database_is_meant_where_a_name_has_its_schema),
         TEST(a_table_added_again_replaces_the_first),
         TEST(functions_of_the_users_own_have_their_effect),
         TEST(what_a_text_made_is_gone_with_it), TEST(what_was_learned_stays),
         TEST(views_may_be_learned_before_their_tables),
         TEST(what_waits_keeps_the_defaults_it_was_learned_with),
         TEST(routines_that_were_learned_are_looked_through),
         TEST(outputs_are_told_with_their_types),
         TEST(tables_are_read_though_no_column_of_them_flows),
         TEST(places_are_lines_and_bytes),
         TEST(a_traced_text_tells_the_references_on_the_way),
         TEST(problems_never_hold_literals), TEST(a_text_beyond_the_ceiling_is_refused),
         TEST(the_same_text_gives_the_same_edges_again),
         TEST(tpc_h_has_the_sources_that_sqlglot_gives),
         TEST(tpc_ds_has_the_sources_that_sqlglot_gives),
         TEST(dress_and_wrapping_change_nothing),
         TEST(chains_of_stars_are_linear_in_columns),
         TEST(queries_that_join_themselves_are_linear), TEST(long_expressions_are_linear),
         TEST(long_unions_are_linear), TEST(long_joins_are_linear),
         TEST(long_lists_of_values_are_linear),
         TEST(a_recursion_ends_however_columns_turn), TEST(what_nests_deep_is_followed),
         TEST(what_nests_too_deep_is_a_problem_of_its_statement),
         TEST(what_is_wider_than_any_system_takes_is_a_problem))
