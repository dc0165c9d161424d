/*
 * From views and query files to edges between keys. What SQL means is tested elsewhere; here it is whose tables the names are.
 */
#include "tests/check.h"
#include "tests/world_belief.h"

#include "lineage/graph/derive.h"

struct rig {
    struct tl_ctx ctx;
    struct tl_snapshot snapshot;
    struct tl_query queries[8];
    struct tl_derive what;
    struct tl_derived derived;
    struct tl_str said;
};

static void rig_open(struct rig *rig, const char *source, const char *platform)
{
    *rig = (struct rig){ .said = TL_STR_INIT(TL_STR_MOST) };
    tl_test_ctx_init(&rig->ctx);
    tl_snapshot_init(&rig->snapshot);
    tl_snapshot_add_source(&rig->snapshot, source, platform, platform);
    rig->what.snapshot = &rig->snapshot;
    rig->what.queries = rig->queries;
}

static void rig_close(struct rig *rig)
{
    tl_derived_release(&rig->derived);
    tl_snapshot_release(&rig->snapshot);
    tl_str_release(&rig->said);
    tl_test_ctx_release(&rig->ctx);
}

/* "shop.public.users" with its columns, separated by spaces; a view where there is SQL. "-" is an absent level. */
static struct tl_dataset *add(struct rig *rig, const char *name, const char *columns,
                              const char *sql)
{
    char *rest = tl_arena_strdup(rig->ctx.arena, name), *level;
    const char *levels[3] = { 0 };

    for (size_t i = 0; i < 3 && (level = strsep(&rest, ".")) != NULL; i++)
        levels[i] = strcmp(level, "-") == 0 ? NULL : level;
    struct tl_dataset *dataset =
        tl_snapshot_add_dataset(&rig->snapshot, levels[0], levels[1], levels[2],
                                sql ? TL_VIEW : TL_TABLE);
    dataset->view_sql = tl_text_of(rig->snapshot.texts, sql);
    rest = tl_arena_strdup(rig->ctx.arena, columns);
    while ((level = strsep(&rest, " ")) != NULL)
        if (*level)
            tl_snapshot_add_column(&rig->snapshot, level, strlen(level), "text");
    return dataset;
}

static void add_query(struct rig *rig, const char *source, const char *name,
                      const char *text)
{
    rig->queries[rig->what.n_queries++] =
        (struct tl_query){ name, source, text, strlen(text), -1 };
}

static const struct tl_derived *derive(struct rig *rig)
{
    CHECK_OK(tl_derive(&rig->derived, &rig->what, &rig->ctx), &rig->ctx);
    return &rig->derived;
}

/* Edges that move values, a line each: "shop/v#m < shop/t#email keeps, etl.sql#2". */
static const char *values(struct rig *rig)
{
    derive(rig);
    tl_str_clear(&rig->said);
    for (size_t i = 0; i < rig->derived.edges.items.n; i++) {
        const struct tl_edge *edge = &rig->derived.edges.items.items[i];
        if (!tl_edge_moves_values(edge->kind))
            continue;
        tl_str_addf(&rig->said, "%s#%s < %s#%s %s", edge->target, edge->target_column,
                    edge->source, edge->source_column, tl_effect_word(edge->effect));
        if (edge->query)
            tl_str_addf(&rig->said, ", %s", edge->query);
        tl_str_add_char(&rig->said, '\n');
    }
    return rig->said.text;
}

static void a_views_columns_come_from_its_tables(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "postgres");
    add(&rig, "db.public.users", "id email", NULL);
    add(&rig, "db.mart.v", "m", "select md5(u.email) as m from public.users u");
    CHECK_TEXT(values(&rig), "shop/db/mart/v#m < shop/db/public/users#email hashes\n");
    CHECK_TEXT(rig.derived.edges.items.items[0].function, "md5");
    CHECK_INT(rig.derived.n_views, 1);
    CHECK_INT(rig.derived.edges.items.items[0].confidence, 1000);
    rig_close(&rig);
}

static void outputs_are_named_by_the_columns_that_the_view_is_stored_with(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.users", "id email", NULL);
    add(&rig, "main.-.v", "a b", "create view v(a, b) as select id, email from users");
    add(&rig, "main.-.w", "Key Mail", "select id, email from users");
    CHECK_TEXT(values(&rig), "shop/main/v#a < shop/main/users#id keeps\n"
                             "shop/main/v#b < shop/main/users#email keeps\n"
                             "shop/main/w#Key < shop/main/users#id keeps\n"
                             "shop/main/w#Mail < shop/main/users#email keeps\n");
    rig_close(&rig);
}

static void a_view_may_be_defined_by_a_later_one(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.a", "m", "create view a as select * from b");
    add(&rig, "main.-.b", "m", "create view b as select email as m from users");
    add(&rig, "main.-.users", "email", NULL);
    CHECK_TEXT(values(&rig), "shop/main/a#m < shop/main/b#m keeps\n"
                             "shop/main/b#m < shop/main/users#email keeps\n");
    rig_close(&rig);
}

static void a_bare_name_in_a_view_is_of_the_views_own_schema(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "snowflake");
    add(&rig, "DB.A.USERS", "EMAIL", NULL);
    add(&rig, "DB.A.V", "EMAIL", "create view V as select email from users");
    add(&rig, "DB.B.USERS", "EMAIL", NULL);
    add(&rig, "DB.B.V", "EMAIL", "create view V as select email from users");
    add(&rig, "DB.C.V", "EMAIL", "create view V as select email from a.users");
    CHECK_TEXT(values(&rig), "shop/DB/A/V#EMAIL < shop/DB/A/USERS#EMAIL keeps\n"
                             "shop/DB/B/V#EMAIL < shop/DB/B/USERS#EMAIL keeps\n"
                             "shop/DB/C/V#EMAIL < shop/DB/A/USERS#EMAIL keeps\n");
    rig_close(&rig);
}

static void fields_of_records_do_not_shift_positions(void)
{
    struct rig rig;

    rig_open(&rig, "lake", "trino");
    add(&rig, "hive.web.t", "id address address.street email", NULL);
    add(&rig, "hive.web.v", "a b b.street c", "select id, address, email from t");
    CHECK_TEXT(values(&rig), "lake/hive/web/v#a < lake/hive/web/t#id keeps\n"
                             "lake/hive/web/v#b < lake/hive/web/t#address keeps\n"
                             "lake/hive/web/v#c < lake/hive/web/t#email keeps\n");
    rig_close(&rig);
}

static void a_place_within_a_column_is_told_as_a_field_is(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "postgres");
    add(&rig, "db.public.events", "id payload", NULL);
    add(&rig, "db.public.v", "mail whole",
        "select payload->'user'->>'email' as mail, jsonb_build_object('a', id, 'b', id) "
        "as whole from events");
    CHECK_TEXT(values(&rig),
               "shop/db/public/v#mail < shop/db/public/events#payload.user.email keeps\n"
               "shop/db/public/v#whole < shop/db/public/events#id keeps\n");
    rig_close(&rig);
}

static void a_star_over_an_unknown_table_goes_by_the_views_columns(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "postgres");
    add(&rig, "db.public.v", "id email low",
        "select *, lower(email) as low from other.users");
    CHECK_TEXT(values(&rig), "shop/db/public/v#email < shop/db/other/users#email keeps\n"
                             "shop/db/public/v#id < shop/db/other/users#id keeps\n"
                             "shop/db/public/v#low < shop/db/other/users#email keeps\n");
    rig_close(&rig);
}

static void queries_are_named_by_file_and_statement(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.users", "email", NULL);
    add(&rig, "main.-.mails", "m", NULL);
    add_query(&rig, "shop", "one.sql", "insert into mails select email from users");
    add_query(&rig, "shop", "two.sql",
              "delete from mails; insert into mails select email from users;");
    CHECK_TEXT(values(&rig),
               "shop/main/mails#m < shop/main/users#email keeps, one.sql\n"
               "shop/main/mails#m < shop/main/users#email keeps, two.sql#2\n");
    CHECK_INT(rig.derived.n_statements, 3);
    rig_close(&rig);
}

static void the_order_of_files_does_not_matter(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "postgres");
    add(&rig, "db.public.users", "id email", NULL);
    add_query(&rig, "shop", "a.sql", "create table last as select * from middle");
    add_query(&rig, "shop", "b.sql",
              "create table middle as select email as m from users");
    CHECK_TEXT(values(&rig),
               "shop/db/public/last#m < shop/db/public/middle#m keeps, a.sql\n"
               "shop/db/public/middle#m < shop/db/public/users#email keeps, b.sql\n");
    rig_close(&rig);
}

static void what_queries_make_is_told_with_its_columns(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "postgres");
    add(&rig, "db.public.users", "id email", NULL);
    add_query(&rig, "shop", "a.sql",
              "create table mart.leads (phone text, \"Age\" int);\n"
              "create view mails as select email as m from users;\n"
              "select 1;");
    const struct tl_derived *derived = derive(&rig);
    if (CHECK_INT(derived->made.n, 2)) {
        const struct tl_made *leads = &derived->made.items[0];
        CHECK_TEXT(leads->key.schema, "mart");
        CHECK_TEXT(leads->key.database, "db");
        CHECK_TEXT(leads->columns[1].name, "Age");
        CHECK_TEXT(leads->columns[0].type, "text");
        CHECK_INT(leads->kind, TL_SQL_CREATE_TABLE);
        CHECK_TEXT(derived->made.items[1].key.schema, "public");
        CHECK_TEXT(derived->made.items[1].query, "a.sql#2");
        CHECK_INT(derived->made.items[1].line, 2);
    }
    rig_close(&rig);
}

static void a_made_table_that_is_known_is_that_dataset(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.users", "id email", NULL);
    add(&rig, "main.-.Mails", "m", NULL);
    add_query(&rig, "shop", "a.sql",
              "drop table if exists mails;\n"
              "create table mails as select email as m from USERS;");
    CHECK_TEXT(values(&rig),
               "shop/main/Mails#m < shop/main/users#email keeps, a.sql#2\n");
    rig_close(&rig);
}

static void a_source_that_is_only_named_takes_names_as_written(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "postgres");
    add_query(&rig, "lake", "a.sql", "create table mart.t as select x from raw.u");
    CHECK_TEXT(values(&rig), "lake/mart/t#x < lake/raw/u#x keeps, a.sql\n");
    rig_close(&rig);
}

static void a_whole_name_that_another_source_has_is_that_dataset(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "postgres");
    add(&rig, "shop.public.users", "email", NULL);
    tl_snapshot_add_source(&rig.snapshot, "mart", "postgres", "postgres");
    add(&rig, "mart.public.mails", "m", NULL);
    add_query(&rig, "mart", "a.sql",
              "insert into mails select email from shop.public.users");
    CHECK_TEXT(values(&rig),
               "mart/mart/public/mails#m < shop/shop/public/users#email keeps, a.sql\n");
    rig_close(&rig);
}

static void temporary_tables_are_passed_through(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "postgres");
    add(&rig, "db.public.users", "email", NULL);
    add(&rig, "db.public.mails", "m", NULL);
    add_query(&rig, "shop", "a.sql",
              "create temporary table t as select email from users;\n"
              "insert into mails select email from t;");
    CHECK_TEXT(values(&rig),
               "shop/db/public/mails#m < shop/db/public/users#email keeps, a.sql#2\n");
    CHECK_INT(rig.derived.made.n, 1);
    rig_close(&rig);
}

static void what_is_not_understood_is_a_problem_of_its_target(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.v", "m", "create view v as select from where");
    add_query(&rig, "shop", "a.sql", "select 1;\nfrobnicate the table;");
    const struct tl_derived *derived = derive(&rig);
    if (CHECK_INT(derived->edges.problems.n, 2)) {
        CHECK_TEXT(derived->edges.problems.items[0].target, "shop/main/v");
        CHECK(derived->edges.problems.items[0].query == NULL);
        CHECK_TEXT(derived->edges.problems.items[1].query, "a.sql#2");
        CHECK_INT(derived->edges.problems.items[1].line, 2);
        CHECK(derived->edges.problems.items[1].target == NULL);
    }
    rig_close(&rig);
}

static void a_view_whose_sql_is_withheld_is_a_problem_where_others_show_theirs(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.a", "x", NULL)->kind = TL_VIEW;
    CHECK_INT(derive(&rig)->edges.problems.n, 0);
    tl_derived_release(&rig.derived);
    add(&rig, "main.-.b", "x", "create view b as select 1 as x");
    if (CHECK_INT(derive(&rig)->edges.problems.n, 1))
        CHECK_TEXT(rig.derived.edges.problems.items[0].target, "shop/main/a");
    rig_close(&rig);
}

static void functions_of_the_user_change_the_effect(void)
{
    static const struct tl_declared_function ours = { "our_mask", TL_MASKS };
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.users", "email", NULL);
    add(&rig, "main.-.v", "m", "create view v as select our_mask(email) as m from users");
    rig.what.functions = &ours;
    rig.what.n_functions = 1;
    CHECK_TEXT(values(&rig), "shop/main/v#m < shop/main/users#email masks\n");
    rig_close(&rig);
}

static void a_query_may_have_a_dialect_of_its_own(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.users", "email", NULL);
    add(&rig, "main.-.mails", "m", NULL);
    add_query(&rig, "shop", "a.sql",
              "insert into `mails` select email from `users` # hello");
    rig.queries[0].dialect = TL_SQL_BIGQUERY;
    CHECK_TEXT(values(&rig), "shop/main/mails#m < shop/main/users#email keeps, a.sql\n");
    rig_close(&rig);
}

/* ---- from a belief: table "t" (email) and view "v" of the source "shop" ---- */

static void believe(struct tl_draft *draft)
{
    tl_draft_init(draft);
    tl_draft_dataset(draft, "sqlite", "main", NULL, "t");
    tl_draft_column(draft, "email", "text");
    struct tl_belief_dataset *view = tl_draft_dataset(draft, "sqlite", "main", NULL, "v");
    view->kind = TL_VIEW;
    view->view_sql = tl_draft_text(draft, "create view v as select email as m from t");
    tl_draft_column(draft, "m", "text");
}

static void without_a_snapshot_the_belief_tells_what_there_is(void)
{
    struct tl_draft draft;
    struct rig rig;

    rig_open(&rig, "unused", "sqlite");
    believe(&draft);
    rig.what.snapshot = NULL;
    rig.what.belief = tl_draft_belief(&draft);
    add_query(&rig, "shop", "a.sql", "create table u as select * from v");
    CHECK_TEXT(values(&rig), "shop/main/u#m < shop/main/v#m keeps, a.sql\n"
                             "shop/main/v#m < shop/main/t#email keeps\n");
    tl_draft_release(&draft);
    rig_close(&rig);
}

static void a_source_that_was_read_is_not_taken_from_the_belief(void)
{
    struct tl_draft draft;
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    believe(&draft);
    rig.what.belief = tl_draft_belief(&draft);
    CHECK_TEXT(values(&rig), "");
    tl_derived_release(&rig.derived);
    tl_snapshot_fail_source(&rig.snapshot, (struct tl_source_id){ 0 }, "gone");
    CHECK_TEXT(values(&rig), "shop/main/v#m < shop/main/t#email keeps\n");
    tl_draft_release(&draft);
    rig_close(&rig);
}

static void texts_outlive_what_they_were_read_from(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.users", "email", NULL);
    add(&rig, "main.-.v", "m", "create view v as select email as m from users");
    derive(&rig);
    tl_snapshot_release(&rig.snapshot);
    tl_snapshot_init(&rig.snapshot);
    CHECK_TEXT(rig.derived.edges.items.items[0].target_column, "m");
    CHECK_TEXT(rig.derived.edges.items.items[0].source, "shop/main/users");
    rig_close(&rig);
}

static void what_was_undone_or_replaced_unread_flows_nowhere(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "postgres");
    add(&rig, "db.public.users", "id email", NULL);
    add(&rig, "db.public.log", "a", NULL);
    add_query(&rig, "shop", "load.sql",
              "insert into log select email from users; truncate log; "
              "insert into log select id from users; begin; "
              "insert into log select email from users; rollback");
    CHECK_TEXT(values(&rig),
               "shop/db/public/log#a < shop/db/public/users#id keeps, load.sql#3\n");
    rig_close(&rig);
}

static void deriving_can_be_cancelled(void)
{
    struct rig rig;

    rig_open(&rig, "shop", "sqlite");
    add(&rig, "main.-.v", "m", "create view v as select 1 as m");
    atomic_store(&rig.ctx.run->cancelled, true);
    CHECK_FAILS(tl_derive(&rig.derived, &rig.what, &rig.ctx), TL_ECANCEL, "", &rig.ctx);
    atomic_store(&rig.ctx.run->cancelled, false);
    rig_close(&rig);
}

TL_TESTS("derive", TEST(a_views_columns_come_from_its_tables),
         TEST(outputs_are_named_by_the_columns_that_the_view_is_stored_with),
         TEST(a_view_may_be_defined_by_a_later_one),
         TEST(a_bare_name_in_a_view_is_of_the_views_own_schema),
         TEST(fields_of_records_do_not_shift_positions),
         TEST(a_place_within_a_column_is_told_as_a_field_is),
         TEST(a_star_over_an_unknown_table_goes_by_the_views_columns),
         TEST(queries_are_named_by_file_and_statement),
         TEST(the_order_of_files_does_not_matter),
         TEST(what_queries_make_is_told_with_its_columns),
         TEST(a_made_table_that_is_known_is_that_dataset),
         TEST(a_source_that_is_only_named_takes_names_as_written),
         TEST(a_whole_name_that_another_source_has_is_that_dataset),
         TEST(temporary_tables_are_passed_through),
         TEST(what_is_not_understood_is_a_problem_of_its_target),
         TEST(a_view_whose_sql_is_withheld_is_a_problem_where_others_show_theirs),
         TEST(functions_of_the_user_change_the_effect),
         TEST(a_query_may_have_a_dialect_of_its_own),
         TEST(without_a_snapshot_the_belief_tells_what_there_is),
         TEST(a_source_that_was_read_is_not_taken_from_the_belief),
         TEST(texts_outlive_what_they_were_read_from),
         TEST(what_was_undone_or_replaced_unread_flows_nowhere),
         TEST(deriving_can_be_cancelled))
