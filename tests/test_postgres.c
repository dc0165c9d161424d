#include "tests/contract_connector.h"
#include "tests/pg.h"

#include "base/fault.h"
#include "base/say.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

/* A fresh database with `sql` run in it, opened and pulled. */
static struct probe made_with(const char *options, const char *sql)
{
    struct pg *pg = pg_shared_or_skip();
    struct probe p;

    probe_read(&p, tl_connector_find("postgres"),
               probe_words("%s%s", pg_yaml(pg, pg_database(pg, sql)), options));
    return p;
}

static struct probe made_of(const char *sql)
{
    return made_with("", sql);
}

static const char *type_of(const struct probe *p, const char *dataset, const char *column)
{
    return probe_text(p, probe_column(p, dataset, column)->native_type);
}

/* "a,b,c" */
static const char *paths_of(const struct probe *p, const char *dataset)
{
    const struct tl_dataset *of = probe_dataset(p, dataset);
    const char *all = "";

    for (uint32_t i = 0; i < of->n_columns; i++)
        all =
            probe_words("%s%s%s", all, i ? "," : "",
                        probe_text(p,
                                   p->snapshot.columns.items[of->first_column + i].path));
    return all;
}

/* ---- schemas ---- */

static void tables_views_and_the_rest_are_told_apart(void)
{
    struct probe p =
        made_of("create table t(a int); create view v as select a from t;"
                "create materialized view m as select a from t;"
                "create extension if not exists postgres_fdw;"
                "create server s foreign data wrapper postgres_fdw;"
                "create foreign table f(a int) server s;"
                "create table p(a int) partition by range(a);"
                "create table p1 partition of p for values from (0) to (9);"
                "create sequence q; create index i on t(a); create type c as (a int);");

    CHECK_INT(p.snapshot.datasets.n, 5);
    CHECK_INT(probe_dataset(&p, "t")->kind, TL_TABLE);
    CHECK_INT(probe_dataset(&p, "v")->kind, TL_VIEW);
    CHECK_INT(probe_dataset(&p, "m")->kind, TL_MATERIALIZED_VIEW);
    CHECK_INT(probe_dataset(&p, "f")->kind, TL_EXTERNAL_TABLE);
    CHECK_INT(probe_dataset(&p, "p")->kind, TL_TABLE);
    CHECK_TEXT(probe_text(&p, probe_dataset(&p, "t")->schema), "public");
    probe_close(&p);
}

static void columns_stand_in_order_with_their_types(void)
{
    struct probe p =
        made_of("create table t(z varchar(20), gone int, n numeric(10,2) not null, ts "
                "timestamptz(3), "
                "arr int[], c char(3), \"C\" \"char\", iv interval day to second, b "
                "bytea, bb bit(5));"
                "alter table t drop column gone; alter table t add column late text");

    CHECK_TEXT(paths_of(&p, "t"), "z,n,ts,arr,c,C,iv,b,bb,late");
    CHECK_TEXT(type_of(&p, "t", "z"), "character varying(20)");
    CHECK_TEXT(type_of(&p, "t", "n"), "numeric(10,2)");
    CHECK_TEXT(type_of(&p, "t", "ts"), "timestamp(3) with time zone");
    CHECK_TEXT(type_of(&p, "t", "arr"), "integer[]");
    CHECK_TEXT(type_of(&p, "t", "c"), "character(3)");
    CHECK_TEXT(type_of(&p, "t", "iv"), "interval day to second");
    CHECK_INT(probe_column(&p, "t", "late")->ordinal, 10);
    CHECK_INT(probe_column(&p, "t", "n")->nullable, 0);
    CHECK_INT(probe_column(&p, "t", "z")->nullable, 1);
    CHECK_INT(probe_column(&p, "t", "arr")->logical, TL_LOGICAL_ARRAY);
    CHECK_INT(probe_column(&p, "t", "b")->logical, TL_LOGICAL_BYTES);
    probe_close(&p);
}

static void domains_and_enums_keep_their_names_and_tell_their_meaning(void)
{
    struct probe p =
        made_of("create schema shop; create domain shop.small as int check (value < 10);"
                "create domain shop.tiny as shop.small not null;"
                "create type shop.date as enum ('a', 'b'); create domain shop.mail as "
                "varchar(99);"
                "create table t(s shop.small, t shop.tiny, e shop.date, m shop.mail, ee "
                "shop.date[])");

    CHECK_TEXT(type_of(&p, "t", "s"), "shop.small");
    CHECK_INT(probe_column(&p, "t", "s")->logical, TL_LOGICAL_INTEGER);
    CHECK_INT(probe_column(&p, "t", "t")->logical, TL_LOGICAL_INTEGER);
    CHECK_INT(probe_column(&p, "t", "t")->nullable, 0);
    CHECK_INT(probe_column(&p, "t", "e")->logical, TL_LOGICAL_TEXT);
    CHECK_INT(probe_column(&p, "t", "m")->logical, TL_LOGICAL_TEXT);
    CHECK_TEXT(type_of(&p, "t", "ee"), "shop.date[]");
    probe_close(&p);
}

static void comments_and_owners_are_read(void)
{
    struct probe p = made_of(
        "create table t(a int, b int); comment on table t is 'people';"
        "comment on column t.b is 'their number'; create view v as select a from t;"
        "comment on view v is 'a view'; comment on column v.a is 'seen'");

    CHECK_TEXT(probe_text(&p, probe_dataset(&p, "t")->comment), "people");
    CHECK_TEXT(probe_text(&p, probe_column(&p, "t", "b")->comment), "their number");
    CHECK_INT(probe_column(&p, "t", "a")->comment.i, 0);
    CHECK_TEXT(probe_text(&p, probe_dataset(&p, "v")->comment), "a view");
    CHECK_TEXT(probe_text(&p, probe_column(&p, "v", "a")->comment), "seen");
    CHECK_TEXT(probe_text(&p, probe_dataset(&p, "t")->owner), "owner");
    CHECK_HAS(probe_text(&p, p.snapshot.sources.items[0].actor), "owner on PostgreSQL 1");
    probe_close(&p);
}

static void keys_give_columns_their_roles(void)
{
    struct probe p = made_of(
        "create table a(x int, y int, u int unique, v int, w int, primary key (y, x));"
        "create unique index on a(v); create unique index on a(w) where w > 0;"
        "create unique index on a(lower(w::text)); create unique index on a(v, w);"
        "create schema \"Odd\"; create table \"Odd\".\"B b\"(p int, q int, "
        "foreign key (q, p) references a(y, x), r int references a(u))");

    CHECK_INT(probe_column(&p, "a", "x")->roles, TL_KEY_PRIMARY);
    CHECK_INT(probe_column(&p, "a", "y")->roles, TL_KEY_PRIMARY);
    CHECK_INT(probe_column(&p, "a", "u")->roles, TL_KEY_UNIQUE);
    CHECK_INT(probe_column(&p, "a", "v")->roles, TL_KEY_UNIQUE);
    CHECK_INT(probe_column(&p, "a", "w")->roles, 0);
    CHECK_INT(probe_column(&p, "B b", "q")->roles, TL_KEY_FOREIGN);
    const struct tl_dataset *b = probe_dataset(&p, "B b");
    CHECK_INT(b->n_keys, 2);
    const struct tl_foreign_key *key = &p.snapshot.keys.items[b->first_key];
    CHECK_TEXT(probe_text(&p, key->columns), "q,p");
    CHECK_TEXT(probe_text(&p, key->target), "public.a");
    CHECK_TEXT(probe_text(&p, key->target_columns), "y,x");
    probe_close(&p);
}

static void a_key_to_a_partitioned_table_is_one_key(void)
{
    struct probe p =
        made_of("create table \"P\"(id int primary key) partition by range(id);"
                "create table p1 partition of \"P\" for values from (0) to (9);"
                "create table p2 partition of \"P\" for values from (9) to (19);"
                "create table t(p int references \"P\")");

    CHECK_INT(probe_dataset(&p, "t")->n_keys, 1);
    CHECK_TEXT(probe_text(&p, p.snapshot.keys.items[0].target), "public.\"P\"");
    CHECK_INT(probe_column(&p, "P", "id")->roles, TL_KEY_PRIMARY);
    probe_close(&p);
}

static void rows_are_estimated_and_summed_over_partitions(void)
{
    struct probe p = made_of(
        "create table t(a int); insert into t select generate_series(1, 1000);"
        "create table never(a int) with (autovacuum_enabled = off);"
        "create table p(a int) partition by range(a);"
        "create table p1 partition of p for values from (0) to (100) partition by "
        "range(a);"
        "create table p11 partition of p1 for values from (0) to (50);"
        "create table p2 partition of p for values from (100) to (900);"
        "insert into p select generate_series(0, 49); insert into p select "
        "generate_series(100, 129); analyze t, p11, p2; create view v as select 1 as a");

    CHECK_INT(probe_dataset(&p, "t")->rows, 1000);
    CHECK_INT(probe_dataset(&p, "never")->rows, -1);
    CHECK_INT(probe_dataset(&p, "p")->rows, 80);
    CHECK_INT(probe_dataset(&p, "v")->rows, -1);
    CHECK_INT(probe_find(&p, "p1"), -1);
    CHECK_INT(probe_find(&p, "p11"), -1);
    probe_close(&p);
}

static void a_partition_stands_alone_only_where_it_is_asked_for_alone(void)
{
    const char *one[] = { "p1" };
    const char *above[] = { "p" };
    const char *all[] = { "p*" };
    struct probe p = made_of("create table p(a int, b text) partition by range(a);"
                             "create table p1 partition of p for values from (0) to (9)");

    p.scope.include = (struct tl_list){ one, 1 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(paths_of(&p, "p1"), "a,b");
    p.scope.include = (struct tl_list){ all, 1 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_INT(probe_find(&p, "p1"), -1);
    CHECK(probe_find(&p, "p") >= 0);
    p.scope.exclude = (struct tl_list){ above, 1 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_INT(p.snapshot.datasets.n, 0);
    probe_close(&p);
}

static void view_sql_names_everything_in_full(void)
{
    struct probe p = made_of(
        "create schema shop; create table shop.users(id int, email text);"
        "create view shop.v(one, two) as select u.id, lower(u.email) from shop.users u;"
        "create materialized view m as select email from shop.users");

    CHECK_HAS(probe_text(&p, probe_dataset(&p, "v")->view_sql), "FROM shop.users u");
    CHECK_HAS(probe_text(&p, probe_dataset(&p, "v")->view_sql), "AS two");
    CHECK_TEXT(paths_of(&p, "v"), "one,two");
    CHECK_INT(probe_column(&p, "v", "one")->nullable, -1);
    CHECK_HAS(probe_text(&p, probe_dataset(&p, "m")->view_sql), "shop.users");
    CHECK_INT(probe_dataset(&p, "users")->view_sql.i, 0);
    probe_close(&p);
}

static void a_view_whose_function_is_gone_is_marked_and_the_rest_goes_on(void)
{
    struct probe p = made_of(
        "create table t(a int); create view v1 as select a from t;"
        "create function f(int) returns int language sql as 'select $1';"
        "create function g(int) returns int language sql as 'select $1';"
        "create view v2 as select f(a) as a from t; create view v3 as select a from t;"
        "create view v4 as select g(a) as a from t; create view v5 as select a from t;"
        "set allow_system_table_mods = on;"
        "delete from pg_proc where proname in ('f', 'g') and pronargs = 1 and "
        "prolang = (select oid from pg_language where lanname = 'sql') and pronamespace "
        "= "
        "'public'::regnamespace");

    CHECK_HAS(probe_text(&p, probe_dataset(&p, "v2")->broken), "cache lookup failed");
    CHECK_INT(probe_dataset(&p, "v2")->n_columns, 0);
    CHECK(probe_dataset(&p, "v4")->broken.i != 0);
    CHECK_HAS(probe_text(&p, probe_dataset(&p, "v3")->view_sql), "FROM public.t");
    CHECK_HAS(probe_text(&p, probe_dataset(&p, "v5")->view_sql), "FROM public.t");
    probe_sample(&p, "v2", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_FAILED);
    CHECK_HAS(p.sample.why, "cache lookup failed");
    probe_close(&p);
}

static void names_may_hold_any_bytes(void)
{
    static const char odd[] = "Stra\xc3\x9f"
                              "e \"'\\%s\n\t.,#/{}$1 \xf0\x9f\x98\x80 "
                              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    const char *quoted =
        probe_words("\"Stra\xc3\x9f"
                    "e \"\"'\\%%s\n\t.,#/{}$1 "
                    "\xf0\x9f\x98\x80 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"");
    struct probe p = made_of(probe_words(
        "create schema %s; create table %s.%s(%s text); insert into %s.%s values ('v');"
        "create view %s.v as select * from %s.%s; analyze",
        quoted, quoted, quoted, quoted, quoted, quoted, quoted, quoted, quoted));

    CHECK_INT(strlen(odd), 63);
    CHECK_TEXT(probe_text(&p, probe_dataset(&p, odd)->schema), odd);
    CHECK_TEXT(paths_of(&p, odd), odd);
    probe_sample(&p, odd, 10);
    CHECK_TEXT(probe_values(&p, odd, odd), "v|");
    probe_sample(&p, "v", 10);
    CHECK_TEXT(probe_values(&p, "v", odd), "v|");
    probe_close(&p);
}

static void one_database_is_read_and_none_of_the_servers_own_schemas(void)
{
    struct probe p =
        made_of("create temp table gone(a int); create table \"pg_x\"(a int)");

    CHECK_INT(p.snapshot.datasets.n, 1);
    CHECK_INT(probe_find(&p, "pg_x"), 0);
    probe_close(&p);
}

static void a_second_pull_sees_what_changed(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *database = pg_database(pg, "create table t(a int)");
    struct probe p;

    probe_read(&p, tl_connector_find("postgres"), pg_yaml(pg, database));
    const char *first = tl_arena_strdup(p.ctx.arena, probe_schema(&p));
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(probe_schema(&p), first);
    pg_sql(pg, database, "alter table t add column b int");
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(paths_of(&p, "t"), "a,b");
    probe_close(&p);
}

/* ---- nested types ---- */

#define ADDRESS                                                                          \
    "create type place as (lat float8, lon float8);"                                     \
    "create type address as (street text, city varchar(40), at place);"

static void fields_of_composite_types_stand_behind_their_column(void)
{
    struct probe p = made_of(ADDRESS "create table t(id int, home address, note text);"
                                     "comment on column address.city is 'the town'");

    CHECK_TEXT(paths_of(&p, "t"), "id,home,home.street,home.city,home.at,home.at.lat,"
                                  "home.at.lon,note");
    CHECK_INT(probe_column(&p, "t", "home")->logical, TL_LOGICAL_RECORD);
    CHECK_TEXT(type_of(&p, "t", "home"), "public.address");
    CHECK_TEXT(type_of(&p, "t", "home.city"), "character varying(40)");
    CHECK_TEXT(probe_text(&p, probe_column(&p, "t", "home.city")->comment), "the town");
    probe_close(&p);
}

static void fields_are_sampled_one_by_one(void)
{
    struct probe p = made_of(
        ADDRESS
        "create table t(id int, home address, past address[]);"
        "insert into t values (1, row('Main St', 'Berlin', row(52.5, 13.4)), "
        "array[row(null, 'Bonn', null), row('Elm', 'Kiel', row(1, 2))]::address[]),"
        "(2, null, null)");

    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    probe_values(&p, "t", "id");
    bool is_first = strcmp(p.text.text, "1|2|") == 0;
    CHECK_TEXT(probe_values(&p, "t", "home.city"),
               is_first ? "Berlin|NULL|" : "NULL|Berlin|");
    CHECK_TEXT(probe_values(&p, "t", "home.at.lat"),
               is_first ? "52.5|NULL|" : "NULL|52.5|");
    CHECK_TEXT(probe_values(&p, "t", "home"), is_first ? "...|NULL|" : "NULL|...|");
    CHECK_TEXT(probe_values(&p, "t", "past.city"),
               is_first ? "Bonn|NULL|" : "NULL|Bonn|");
    CHECK_TEXT(probe_values(&p, "t", "past.street"),
               is_first ? "Elm|NULL|" : "NULL|Elm|");
    CHECK_TEXT(probe_values(&p, "t", "past.at.lon"), is_first ? "2|NULL|" : "NULL|2|");
    probe_close(&p);
}

static void rows_of_tables_are_types_too(void)
{
    const char *excluded[] = { "people" };
    struct probe p = made_of("create table people(name text, born date);"
                             "create table t(who people, all_of people[]);"
                             "insert into t values (row('Ann', '1990-01-02'), null)");

    CHECK_TEXT(paths_of(&p, "t"), "who,who.name,who.born,all_of,all_of.name,all_of.born");
    p.scope.exclude = (struct tl_list){ excluded, 1 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(paths_of(&p, "t"), "who,who.name,who.born,all_of,all_of.name,all_of.born");
    probe_sample(&p, "t", 10);
    CHECK_TEXT(probe_values(&p, "t", "who.name"), "Ann|");
    CHECK_TEXT(probe_values(&p, "t", "all_of.name"), "NULL|");
    probe_close(&p);
}

static void a_column_that_looks_like_a_field_keeps_its_own_values(void)
{
    struct probe p = made_of("create type pair as (x text, y text); create table t(a "
                             "pair, \"a.x\" text, b pair);"
                             "insert into t values (row('1', '2'), '3', row('4', '5'))");

    CHECK_TEXT(paths_of(&p, "t"), "a,a.x,b,b.x,b.y");
    probe_sample(&p, "t", 10);
    CHECK_TEXT(probe_values(&p, "t", "a"), "(1,2)|");
    CHECK_TEXT(probe_values(&p, "t", "a.x"), "3|");
    CHECK_TEXT(probe_values(&p, "t", "b.y"), "5|");
    probe_close(&p);
}

static void types_in_types_end_at_a_depth(void)
{
    const char *sql = "create type n0 as (v text);";

    for (int i = 1; i < 20; i++)
        sql = probe_words("%screate type n%d as (n n%d, v text);", sql, i, i - 1);
    struct probe p =
        made_of(probe_words("%screate table t(n n19); insert into t values (null)", sql));
    CHECK_INT(probe_dataset(&p, "t")->n_columns, 1 + 8 * 2);
    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    probe_close(&p);
}

static void fields_without_number_end_at_a_ceiling(void)
{
    const char *sql =
        "create type w as (a int, b int, c int, d int, e int, f int, g int, h "
        "int, i int, j int);";

    for (int i = 0; i < 4; i++)
        sql = probe_words("%screate type w%d as (a %s, b %s, c %s, d %s, e %s, f %s);",
                          sql, i, i ? probe_words("w%d", i - 1) : "w",
                          i ? probe_words("w%d", i - 1) : "w",
                          i ? probe_words("w%d", i - 1) : "w",
                          i ? probe_words("w%d", i - 1) : "w",
                          i ? probe_words("w%d", i - 1) : "w",
                          i ? probe_words("w%d", i - 1) : "w");
    struct probe p =
        made_of(probe_words("%screate table t(x w3); insert into t values (null)", sql));
    CHECK(probe_dataset(&p, "t")->n_columns <= 1600);
    CHECK(probe_dataset(&p, "t")->n_columns > 1500);
    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    probe_close(&p);
}

/* ---- what is left out ---- */

static void columns_that_are_left_out_are_not_asked_for(void)
{
    const char *excluded[] = { "t#secret", "home.street", "note" };
    struct probe p =
        made_of(ADDRESS "create table t(id int, secret text unique, home address, note "
                        "text, s2 text references t(secret));"
                        "insert into t values (1, 'x', row('y', 'Bonn', null), 'z')");

    p.scope.exclude_columns = (struct tl_list){ excluded, 3 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(paths_of(&p, "t"), "id,home,home.city,home.at,home.at.lat,home.at.lon,s2");
    CHECK_INT(probe_dataset(&p, "t")->n_keys, 1);
    CHECK_INT(p.snapshot.keys.items[0].target_columns.i, 0);
    probe_sample(&p, "t", 10);
    CHECK_TEXT(probe_values(&p, "t", "home.city"), "Bonn|");
    CHECK_TEXT(probe_values(&p, "t", "home"), "...|");
    probe_close(&p);
}

static void only_columns_that_are_asked_for_are_taken(void)
{
    const char *field[] = { "home.at.lat" };
    const char *whole[] = { "home", "id" };
    const char *none[] = { "nothing" };
    struct probe p = made_of(ADDRESS "create table t(id int, home address, note text);"
                                     "insert into t values (1, null, 'x')");

    p.scope.include_columns = (struct tl_list){ field, 1 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(paths_of(&p, "t"), "home,home.at,home.at.lat");
    p.scope.include_columns = (struct tl_list){ whole, 2 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(paths_of(&p, "t"), "id,home,home.street,home.city,home.at,home.at.lat,"
                                  "home.at.lon");
    p.scope.include_columns = (struct tl_list){ none, 1 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(paths_of(&p, "t"), "");
    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.n_rows, 0);
    probe_close(&p);
}

/* ---- samples ---- */

static void a_small_table_is_read_whole(void)
{
    struct probe p =
        made_of("create table t(a int, b text); insert into t select i, 'v' || "
                "i from generate_series(1, 20) i; create table empty(a int)");

    for (int is_counted = 0; is_counted < 2; is_counted++) {
        probe_sample(&p, "t", 20);
        CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
        CHECK_INT(p.sample.n_rows, 20);
        probe_sample(&p, "t", 19);
        CHECK_INT(p.sample.state, TL_SAMPLE_READ);
        CHECK_INT(p.sample.n_rows, 19);
        probe_sample(&p, "empty", 5);
        CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
        CHECK_INT(p.sample.n_rows, 0);
        p.snapshot.datasets.items[probe_find(&p, "t")].rows = 20;
        p.snapshot.datasets.items[probe_find(&p, "empty")].rows = 0;
    }
    probe_close(&p);
}

static void addresses_of_one_host_are_without_their_mask(void)
{
    struct probe p =
        made_of("create table t(a inet, b inet, c inet, d inet[], e cidr);"
                "insert into t values ('192.0.2.7', '2001:db8::7', '192.0.2.0/24', "
                "'{192.0.2.7}', '192.0.2.7')");
    static const char *const wanted[] = { "192.0.2.7", "2001:db8::7", "192.0.2.0/24",
                                          "{192.0.2.7}", "192.0.2.7/32" };

    probe_sample(&p, "t", 10);
    for (uint32_t i = 0; i < 5; i++)
        CHECK_TEXT(p.sample.values[i].bytes, wanted[i]);
    probe_close(&p);
}

static void values_are_what_people_would_read(void)
{
    struct probe p = made_of(
        "create table t(i int8, n numeric, f float8, b bool, d date, ts timestamptz, x "
        "bytea, "
        "j jsonb, arr text[], u uuid, ip inet, e text, z text, bits bit(10), vb varbit);"
        "set timezone = 'Europe/Berlin';"
        "insert into t values (-9007199254740993, 1.50, 0.1, true, '2026-01-02', "
        "'2026-01-02 04:04:05+01', '\\x00ff41', '{\"a\": [1, null]}', '{a,\"b "
        "c\",NULL}', "
        "'6f0c3c1e-0000-4000-8000-000000000000', '10.0.0.0/8', '', null, B'1010101011', "
        "B'1')");
    static const char *const wanted[] = { "-9007199254740993",
                                          "1.50",
                                          "0.1",
                                          "true",
                                          "2026-01-02",
                                          "2026-01-02 03:04:05+00",
                                          NULL,
                                          "{\"a\": [1, null]}",
                                          "{a,\"b c\",NULL}",
                                          "6f0c3c1e-0000-4000-8000-000000000000",
                                          "10.0.0.0/8",
                                          "",
                                          NULL,
                                          "1010101011",
                                          "1" };

    probe_sample(&p, "t", 10);
    for (uint32_t i = 0; i < 15; i++)
        if (i != 6)
            CHECK_TEXT(p.sample.values[i].bytes, wanted[i]);
    CHECK_INT(p.sample.values[6].n, 3);
    CHECK(memcmp(p.sample.values[6].bytes,
                 "\0\xff"
                 "A",
                 3) == 0);
    probe_close(&p);
}

static void long_values_are_cut_between_characters(void)
{
    struct probe p = made_of("create table t(a text, b bytea, c text, d varbit);"
                             "insert into t values (repeat('\xc3\xa4', 200000), "
                             "decode(repeat('fe', 100000), 'hex'), repeat('x', 256), "
                             "repeat('1', 300)::varbit)");

    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.values[0].n, 256);
    CHECK(p.sample.values[0].is_cut);
    CHECK_INT(p.sample.values[1].n, 256);
    CHECK(p.sample.values[1].is_cut);
    CHECK_INT(p.sample.values[2].n, 256);
    CHECK(!p.sample.values[2].is_cut);
    CHECK(p.sample.values[3].is_cut);
    probe_close(&p);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "a|b|" in the order of bytes. */
static const char *sorted_values(struct probe *p, const char *dataset, const char *column)
{
    static const char *values[1000];
    char *rest = tl_arena_strdup(p->ctx.arena, probe_values(p, dataset, column));
    const char *sorted = "";
    size_t n = 0;

    for (char *value; (value = strsep(&rest, "|")) && *value && n < 1000;)
        values[n++] = value;
    qsort(values, n, sizeof *values, compare_texts);
    for (size_t i = 0; i < n; i++)
        sorted = tl_arena_printf(p->ctx.arena, "%s%s|", sorted, values[i]);
    return sorted;
}

/* How many of the numbers in "1|2|..." lie in each tenth of 1 .. n; tenths without one. */
static int empty_tenths(const char *values, long n)
{
    int seen[10] = { 0 };
    int empty = 0;

    for (const char *at = values; *at; at = strchr(at, '|') + 1)
        seen[(strtol(at, NULL, 10) - 1) * 10 / n]++;
    for (int i = 0; i < 10; i++)
        empty += seen[i] == 0;
    return empty;
}

static void a_large_table_is_sampled_from_all_over_it(void)
{
    struct probe p =
        made_of("create table t(id int, pad text) with (autovacuum_enabled = "
                "off); insert into t select i, repeat('x', 100) from "
                "generate_series(1, 200000) i");

    for (int is_counted = 0; is_counted < 2; is_counted++) {
        probe_sample(&p, "t", 100);
        CHECK_INT(p.sample.state, TL_SAMPLE_READ);
        CHECK_INT(p.sample.n_rows, 100);
        CHECK(empty_tenths(probe_values(&p, "t", "id"), 200000) < 2);
        p.snapshot.datasets.items[0].rows = 200000;
    }
    p.snapshot.datasets.items[0].rows = 10; /* the estimate is far behind */
    probe_sample(&p, "t", 100);
    CHECK(empty_tenths(probe_values(&p, "t", "id"), 200000) < 2);
    probe_close(&p);
}

static void a_partitioned_table_is_sampled_from_all_partitions(void)
{
    const char *sql = "create table p(id int, pad text) partition by range(id);";

    for (int i = 0; i < 10; i++)
        sql =
            probe_words("%screate table p%d partition of p for values from (%d) to (%d);",
                        sql, i, i * 5000 + 1, i * 5000 + 5001);
    struct probe p =
        made_of(probe_words("%sinsert into p select i, repeat('x', 100) from "
                            "generate_series(1, 50000) i",
                            sql));
    probe_sample(&p, "p", 200);
    CHECK_INT(p.sample.n_rows, 200);
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    CHECK(empty_tenths(probe_values(&p, "p", "id"), 50000) < 2);
    probe_close(&p);
}

static void few_rows_on_many_blocks_are_found(void)
{
    struct probe p =
        made_of("create table t(id int, pad text) with (autovacuum_enabled = "
                "off); insert into t select i, repeat('x', 1000) from "
                "generate_series(1, 40000) i; delete from t where id % 4000 <> 0");

    probe_sample(&p, "t", 100);
    CHECK_INT(p.sample.n_rows, 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    CHECK_INT(empty_tenths(probe_values(&p, "t", "id"), 40000), 0);
    probe_close(&p);
}

static void a_small_table_gives_the_same_rows_whatever_is_known_of_it(void)
{
    struct probe p = made_of("create table t(id int, pad text); insert into t select i, "
                             "repeat('x', 50) from generate_series(1, 2000) i");
    static const int64_t estimates[] = { -1, 2000, 2100, 1900, 100, 300000 };
    const char *first = NULL;

    for (size_t i = 0; i < sizeof estimates / sizeof *estimates; i++) {
        p.snapshot.datasets.items[0].rows = estimates[i];
        probe_sample(&p, "t", 100);
        CHECK_INT(p.sample.state, TL_SAMPLE_READ);
        CHECK_INT(p.sample.n_rows, 100);
        const char *sorted = sorted_values(&p, "t", "id");
        CHECK_TEXT(sorted, first ? first : sorted);
        first = sorted;
    }
    CHECK(empty_tenths(first, 2000) < 2);
    probe_close(&p);
}

static void rows_that_went_since_they_were_counted_do_no_harm(void)
{
    struct probe p = made_of("create table t(id int) with (autovacuum_enabled = off);"
                             "insert into t select generate_series(1, 2000); analyze t;"
                             "delete from t where id > 10; create table u(id int) with "
                             "(autovacuum_enabled = off); insert into u select "
                             "generate_series(1, 300); analyze u; insert into u select "
                             "generate_series(301, 90000)");

    probe_sample(&p, "t", 100);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    CHECK_TEXT(sorted_values(&p, "t", "id"), "1|10|2|3|4|5|6|7|8|9|");
    probe_sample(&p, "u", 100);
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    CHECK(empty_tenths(probe_values(&p, "u", "id"), 90000) < 2);
    probe_close(&p);
}

static void another_seed_gives_another_sample(void)
{
    struct probe p = made_of("create table t(id int); insert into t select "
                             "generate_series(1, 100000)");
    struct tl_sample_spec spec = { .rows = 50, .value_bytes = 64, .seed = 7 };
    struct tl_sample first;
    struct tl_sample second;

    CHECK_OK(p.connector->source->sample(&first, p.conn, &p.snapshot,
                                         (struct tl_dataset_id){ 0 }, &spec, &p.ctx),
             &p.ctx);
    spec.seed = 8;
    CHECK_OK(p.connector->source->sample(&second, p.conn, &p.snapshot,
                                         (struct tl_dataset_id){ 0 }, &spec, &p.ctx),
             &p.ctx);
    CHECK_INT(second.n_rows, 50);
    CHECK(strcmp(first.values[0].bytes, second.values[0].bytes) != 0 ||
          strcmp(first.values[9].bytes, second.values[9].bytes) != 0);
    probe_close(&p);
}

static void views_give_their_first_rows(void)
{
    struct probe p =
        made_of("create view v as select i, 'v' || i as t from "
                "generate_series(1, 1000) i; create view few as select 1 as a");

    probe_sample(&p, "v", 3);
    CHECK_TEXT(probe_values(&p, "v", "t"), "v1|v2|v3|");
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    probe_sample(&p, "few", 3);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    probe_close(&p);
}

/* ---- refusals ---- */

static const char *as_reader(struct pg *pg, const char *database)
{
    return probe_words("host: %s\nport: %u\nuser: reader\ndatabase: %s\n", pg_folder(pg),
                       pg_port(pg), database);
}

static void what_may_not_be_read_is_named_and_the_rest_goes_on(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *database = pg_database(
        pg,
        "create table a(x int); create table b(x int); create table c(x int, y int);"
        "create schema s; create table s.d(x int); insert into b values (1);"
        "insert into c values (1, 2);"
        "do $$ begin create role reader login; exception when duplicate_object then "
        "null; end $$; grant select on b to reader; grant select (x, y) on c to reader");
    struct probe p;

    probe_read(&p, tl_connector_find("postgres"), as_reader(pg, database));
    CHECK_INT(p.snapshot.datasets.n, 4);
    probe_sample(&p, "a", 5);
    CHECK_INT(p.sample.state, TL_SAMPLE_FAILED);
    CHECK_HAS(p.sample.why,
              "cannot read 'public.a': permission denied for table a (42501)");
    probe_sample(&p, "d", 5);
    CHECK_HAS(p.sample.why, "permission denied for schema s");
    probe_sample(&p, "b", 5);
    CHECK_TEXT(probe_values(&p, "b", "x"), "1|");
    probe_sample(&p, "c", 5);
    CHECK_TEXT(probe_values(&p, "c", "y"), "2|");
    probe_close(&p);
}

static void a_table_that_is_gone_by_now_is_named(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *database = pg_database(
        pg, "create table a(x int); create table b(x int); create table c(x int)");
    struct probe p;

    probe_read(&p, tl_connector_find("postgres"), pg_yaml(pg, database));
    pg_sql(pg, database, "drop table a; alter table b drop column x");
    probe_sample(&p, "a", 5);
    CHECK_HAS(p.sample.why, "relation 'public.a' does not exist");
    probe_sample(&p, "b", 5);
    CHECK_HAS(p.sample.why, "column q.x does not exist");
    probe_sample(&p, "c", 5);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    probe_close(&p);
}

static void a_view_that_takes_too_long_is_stopped(void)
{
    struct probe p = made_with("sample_timeout: 200ms\n",
                               "create view slow as select pg_sleep(60)::text as x; "
                               "create view fast as select 1 as x");

    probe_sample(&p, "slow", 5);
    CHECK_HAS(p.sample.why, "it took longer than 200 ms");
    probe_sample(&p, "fast", 5);
    CHECK_TEXT(probe_values(&p, "fast", "x"), "1|");
    probe_close(&p);
}

static void what_somebody_holds_locked_is_named_and_the_rest_goes_on(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *database =
        pg_database(pg, "create table t(a int); create view v as select a "
                        "from t; create view w as select a from t;"
                        "create table u(a int);"
                        "create view x as select a from u");
    struct pg_held *held = pg_hold(pg, database, "lock table t in access exclusive mode");
    struct probe p;

    probe_read(&p, tl_connector_find("postgres"),
               probe_words("%slock_timeout: 50ms\n", pg_yaml(pg, database)));
    CHECK_HAS(probe_text(&p, probe_dataset(&p, "v")->broken),
              "somebody else holds it locked");
    CHECK(probe_dataset(&p, "w")->broken.i != 0);
    CHECK(probe_dataset(&p, "x")->view_sql.i != 0);
    CHECK_TEXT(paths_of(&p, "t"), "a");
    probe_sample(&p, "t", 5);
    CHECK_HAS(p.sample.why, "somebody else holds it locked");
    probe_sample(&p, "u", 5);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    pg_let_go(held);
    probe_close(&p);
}

static void a_value_in_the_servers_words_is_not_repeated(void)
{
    struct probe p =
        made_of("create table t(a text); insert into t values ('canary');"
                "create view v1 as select a::int as x from t;"
                "create function f(text) returns text language plpgsql as "
                "$$ begin raise exception 'value %', $1; end $$;"
                "create function g(text) returns text language plpgsql as "
                "$$ begin execute 'select * from ' || $1; return 1; end $$;"
                "create function h(text) returns text language plpgsql as "
                "$$ begin raise exception using errcode = '42501', message = $1; end $$;"
                "create view v2 as select f(a) as x from t; create view v3 as select "
                "g(a) as x from t; create view v4 as select h(a) as x from t;"
                "create view v5 as select a::regclass::text as x from t;"
                "create view v6 as select a::regtype::text as x from t;"
                "create view v7 as select (a || '.x')::regclass::text as x from t");

    for (int i = 1; i <= 7; i++) {
        probe_sample(&p, probe_words("v%d", i), 5);
        CHECK_INT(p.sample.state, TL_SAMPLE_FAILED);
        CHECK(p.sample.why && !strstr(p.sample.why, "canary"));
    }
    CHECK_TEXT(p.ctx.error.text, "");
    CHECK(!strstr(p.ctx.error.hint, "canary"));
    probe_close(&p);
}

static void a_materialized_view_without_rows_yet_is_named(void)
{
    struct probe p =
        made_of("create table t(a int); create materialized view m as select a "
                "from t with no data");

    probe_sample(&p, "m", 5);
    CHECK_HAS(p.sample.why, "it is not ready to be read (55000)");
    probe_close(&p);
}

static int sample_of(struct probe *p, const char *name)
{
    struct tl_sample_spec spec = { .rows = 5, .value_bytes = 64 };
    struct tl_dataset_id id = { (uint32_t)probe_find(p, name) };

    return p->connector->source->sample(&p->sample, p->conn, &p->snapshot, id, &spec,
                                        &p->ctx);
}

static void a_connection_that_is_ended_over_there_is_told(void)
{
    struct probe p =
        made_of("create view a as select pg_terminate_backend(pg_backend_pid())"
                "::text as x; create view b as select 1 as x");

    CHECK_FAILS(sample_of(&p, "a"), TL_EREMOTE, "the server ended the connection to",
                &p.ctx);
    CHECK_OK(sample_of(&p, "b"), &p.ctx);
    CHECK_TEXT(probe_values(&p, "b", "x"), "1|");
    probe_close(&p);
}

static void functions_of_views_find_what_they_find_for_others(void)
{
    struct probe p = made_of("create table t(a int); insert into t values (7);"
                             "create function f() returns int language plpgsql as "
                             "$$ begin return (select a from t); end $$;"
                             "create view v as select f() as x");

    probe_sample(&p, "v", 5);
    CHECK_TEXT(probe_values(&p, "v", "x"), "7|");
    probe_close(&p);
}

static void reading_writes_nothing(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *database = pg_database(
        pg, "create table t(a int); create function w() returns int language plpgsql as "
            "$$ begin insert into t values (1); return 1; end $$;"
            "create function off() returns int language plpgsql as "
            "$$ begin perform set_config('default_transaction_read_only', 'off', false); "
            "perform set_config('statement_timeout', '0', false); return 1; end $$;"
            "create view v1 as select off() as x; create view v2 as select w() as x");
    struct probe p;

    probe_read(&p, tl_connector_find("postgres"), pg_yaml(pg, database));
    probe_sample(&p, "v1", 5);
    CHECK_TEXT(probe_values(&p, "v1", "x"), "1|");
    probe_sample(&p, "v2", 5);
    CHECK_HAS(p.sample.why, "reading it would write (25006)");
    CHECK_TEXT(pg_ask(pg, database, "select count(*) from t"), "0\n");
    probe_close(&p);
}

/* ---- ahead ---- */

static int ahead(struct probe *p, size_t n, const struct tl_dataset_id *ids)
{
    struct tl_sample_spec spec = { .rows = 50, .value_bytes = 256, .seed = 7 };

    return p->connector->source->ahead(p->conn, &p->snapshot, ids, n, &spec, &p->ctx);
}

/* Forty tables, some of them not as they should be. */
static struct probe made_of_many(void)
{
    const char *sql = "create view broken as select 1 / 0 as x;"
                      "create table large as select generate_series(1, 100000) as x;";

    for (int i = 0; i < 40; i++)
        sql = probe_words("%screate table t%d as select 'v%d-' || i as x from "
                          "generate_series(1, %d) i;",
                          sql, i, i, i * 7 % 60);
    return made_of(sql);
}

static const char *all_values(struct probe *p, uint32_t i)
{
    struct tl_sample_spec spec = { .rows = 50, .value_bytes = 256, .seed = 7 };
    struct tl_key key = tl_snapshot_key(&p->snapshot, (struct tl_dataset_id){ i });

    CHECK_OK(p->connector->source->sample(&p->sample, p->conn, &p->snapshot,
                                          (struct tl_dataset_id){ i }, &spec, &p->ctx),
             &p->ctx);
    return tl_arena_printf(p->ctx.arena, "%s %d %s", key.dataset, (int)p->sample.state,
                           p->sample.why ? p->sample.why
                                         : probe_values(p, key.dataset, "x"));
}

static void samples_are_the_same_whether_announced_or_not(void)
{
    struct probe p = made_of_many();
    struct tl_dataset_id ids[42];
    const char *direct[42];

    for (uint32_t i = 0; i < 42; i++) {
        ids[i] = (struct tl_dataset_id){ i };
        direct[i] = all_values(&p, i);
    }
    CHECK_OK(ahead(&p, 42, ids), &p.ctx);
    for (uint32_t i = 0; i < 42; i++)
        CHECK_TEXT(all_values(&p, i), direct[i]);
    probe_close(&p);
}

static void what_is_announced_and_not_asked_for_is_thrown_away(void)
{
    struct probe p = made_of_many();
    struct tl_dataset_id ids[42];
    const char *direct[42];

    for (uint32_t i = 0; i < 42; i++) {
        ids[i] = (struct tl_dataset_id){ i };
        direct[i] = all_values(&p, i);
    }
    CHECK_OK(ahead(&p, 42, ids), &p.ctx);
    for (uint32_t i = 3; i < 42; i += 1 + i % 5)
        CHECK_TEXT(all_values(&p, i), direct[i]);
    CHECK_OK(ahead(&p, 20, ids), &p.ctx);
    CHECK_TEXT(all_values(&p, 30), direct[30]); /* not announced */
    CHECK_TEXT(all_values(&p, 0), direct[0]);
    CHECK_OK(ahead(&p, 20, ids + 20), &p.ctx);
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(all_values(&p, 41), direct[41]);
    probe_close(&p);
}

/* ---- configuration, connections ---- */

static void refuses(const char *yaml, const char *part)
{
    struct probe p;

    CHECK_FAILS(probe_open(&p, tl_connector_find("postgres"), yaml), TL_ECONFIG, part,
                &p.ctx);
    probe_close(&p);
}

static void wrong_settings_are_told_before_anything_is_asked(void)
{
    refuses("conninfo: host=x password=geheim\n", "'conninfo' holds a password");
    refuses("conninfo: postgres://u:geheim@x/db\n", "'conninfo' holds a password");
    refuses("conninfo: host=x geheim\n", "'conninfo' cannot be read");
    refuses("sslmode: requier\n", "'sslmode' is 'requier'");
    refuses("port: 70000\n", "beyond 65535");
    refuses("password: geheim\n", NULL);
}

static void settings_come_from_conninfo_and_go_over_it(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *database = pg_database(pg, "create table t(a int)");
    struct probe p;

    probe_read(&p, tl_connector_find("postgres"),
               probe_words("conninfo: host=%s port=1 user=owner dbname=none\nport: %u\n"
                           "database: %s\n",
                           pg_folder(pg), pg_port(pg), database));
    CHECK_INT(p.snapshot.datasets.n, 1);
    CHECK_TEXT(tl_snapshot_key(&p.snapshot, (struct tl_dataset_id){ 0 }).database,
               database);
    probe_close(&p);
}

static void cannot(const char *yaml, int code, const char *part)
{
    struct probe p;

    CHECK_OK(probe_open(&p, tl_connector_find("postgres"), yaml), &p.ctx);
    CHECK_FAILS(p.connector->check(p.conn, &p.ctx), code, part, &p.ctx);
    probe_close(&p);
}

static void who_cannot_be_reached_is_named(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *where = probe_words("host: %s\nport: %u\n", pg_folder(pg), pg_port(pg));

    cannot(probe_words("%suser: owner\ndatabase: none\n", where), TL_ENOTFOUND,
           "database 'none' does not exist");
    cannot(probe_words("%suser: nobody_at_all\ndatabase: postgres\n", where), TL_EAUTH,
           "role 'nobody_at_all' does not exist");
    cannot("host: /nowhere\nuser: owner\n", TL_EREMOTE, "no such file");
    cannot("host: 127.0.0.1\nport: 1\nuser: owner\n", TL_EREMOTE, "connection refused");
    cannot("service: no_such_service\n", TL_ECONFIG, "'no_such_service' not found");
    cannot(probe_words("%suser: owner\nsslrootcert: /none\nsslmode: verify-full\n",
                       "host: 127.0.0.1\nport: 1\n"),
           TL_EREMOTE, "connection refused");
}

/* Accepts, and says nothing. The port; `*end` to be closed. */
static unsigned mute_server(int *end)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof address;

    *end = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(*end, (struct sockaddr *)&address, n) == 0 && listen(*end, 9) == 0 &&
          getsockname(*end, (struct sockaddr *)&address, &n) == 0);
    return ntohs(address.sin_port);
}

static void a_server_that_says_nothing_is_given_up(void)
{
    int end;
    unsigned port = mute_server(&end);

    cannot(probe_words("host: 127.0.0.1\nport: %u\nuser: u\nconnect_timeout: 200ms\n",
                       port),
           TL_EREMOTE, "no answer within 200 ms");
    close(end);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *cancel_soon(void *self)
{
    atomic_bool *cancelled = self;
    struct timespec wait = { 0, 200000000 };

    nanosleep(&wait, NULL);
    atomic_store(cancelled, true);
    return NULL;
}

static void a_cancelled_run_does_not_wait_to_be_let_in(void)
{
    int end;
    unsigned port = mute_server(&end);
    struct probe p;
    pthread_t thread;

    CHECK_OK(probe_open(&p, tl_connector_find("postgres"),
                        probe_words("host: 127.0.0.1\nport: %u\nuser: u\n", port)),
             &p.ctx);
    double began = now();
    pthread_create(&thread, NULL, cancel_soon, &p.ctx.run->cancelled);
    CHECK_FAILS(p.connector->check(p.conn, &p.ctx), TL_ECANCEL, NULL, &p.ctx);
    CHECK(now() - began < 0.5);
    pthread_join(thread, NULL);
    probe_close(&p);
    close(end);
}

static void a_cancelled_run_does_not_wait_for_a_lock(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *database =
        pg_database(pg, "create table t(a int); create view v as select a from t");
    struct pg_held *held = pg_hold(pg, database, "lock table t in access exclusive mode");
    struct probe p;
    pthread_t thread;

    CHECK_OK(probe_open(&p, tl_connector_find("postgres"),
                        probe_words("%slock_timeout: 0s\n", pg_yaml(pg, database))),
             &p.ctx);
    double began = now();
    pthread_create(&thread, NULL, cancel_soon, &p.ctx.run->cancelled);
    CHECK_FAILS(probe_pull(&p), TL_ECANCEL, NULL, &p.ctx);
    CHECK(now() - began < 0.5);
    pthread_join(thread, NULL);
    pg_let_go(held);
    probe_close(&p);
}

static void a_cancelled_run_does_not_wait_for_the_server(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *database =
        pg_database(pg, "create view slow as select pg_sleep(60)::text as x");
    struct probe p;
    pthread_t thread;

    probe_read(&p, tl_connector_find("postgres"), pg_yaml(pg, database));
    double began = now();
    pthread_create(&thread, NULL, cancel_soon, &p.ctx.run->cancelled);
    CHECK_FAILS(sample_of(&p, "slow"), TL_ECANCEL, NULL, &p.ctx);
    CHECK(now() - began < 0.5);
    pthread_join(thread, NULL);
    CHECK_TEXT(pg_ask(pg, database,
                      "select count(*) from pg_stat_activity where datname = "
                      "current_database() and query like '%slow%' and pid <> "
                      "pg_backend_pid() and state = 'active'"),
               "0\n");
    probe_close(&p);
}

/* ---- encodings ---- */

static struct probe made_in(struct pg *pg, const char *encoding, const char *sql)
{
    const char *name = probe_words("in_%s", encoding);
    struct probe p;

    pg_sql(pg, "postgres", probe_words("drop database if exists %s", name));
    pg_sql(pg, "postgres",
           probe_words(
               "create database %s encoding '%s' lc_collate 'C' lc_ctype 'C' template "
               "template0",
               name, encoding));
    pg_sql(pg, name, sql);
    CHECK_OK(probe_open(&p, tl_connector_find("postgres"), pg_yaml(pg, name)), &p.ctx);
    return p;
}

static void other_encodings_are_read_as_utf8(void)
{
    struct probe p = made_in(pg_shared_or_skip(), "latin1",
                             "create table \"Stra\xdf"
                             "e\"(\"\xe4\" text); insert into "
                             "\"Stra\xdf"
                             "e\" values ('\xf6')");

    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(paths_of(&p, "Stra\xc3\x9f"
                            "e"),
               "\xc3\xa4");
    probe_sample(&p,
                 "Stra\xc3\x9f"
                 "e",
                 5);
    CHECK_TEXT(probe_values(&p,
                            "Stra\xc3\x9f"
                            "e",
                            "\xc3\xa4"),
               "\xc3\xb6|");
    probe_close(&p);
}

static void bytes_without_an_encoding_are_taken_as_they_are(void)
{
    struct probe p =
        made_in(pg_shared_or_skip(), "sql_ascii",
                "create table t(a text); insert into t values (E'\\xff\\xfe'); "
                "comment on table t is E'caf\\xe9'");

    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(probe_text(&p, probe_dataset(&p, "t")->comment), "caf\xe9");
    probe_sample(&p, "t", 5);
    CHECK_TEXT(probe_values(&p, "t", "a"), "\xff\xfe|");
    probe_close(&p);
}

static void what_cannot_be_converted_is_said(void)
{
    struct probe p =
        made_in(pg_shared_or_skip(), "win1252",
                "create table t(a text); insert into t values (E'a\\x81');"
                "comment on table t is E'odd \\x81'; create table u(\"\xfc\" "
                "int)");

    const char *said = probe_said(&p);
    CHECK_HAS(said, "not all comments and view SQL can be converted to UTF-8");
    CHECK_TEXT(probe_text(&p, probe_dataset(&p, "t")->comment), "odd \x81");
    CHECK_TEXT(paths_of(&p, "u"), "\xc3\xbc");
    probe_sample(&p, "t", 5);
    CHECK_TEXT(probe_values(&p, "t", "a"), "a\x81|");
    CHECK_HAS(p.sample.why, "not all of its texts can be converted to UTF-8");
    probe_close(&p);
}

/* ---- size ---- */

static void few_of_many_are_asked_for_by_themselves(void)
{
    const char *one[] = { "t7" };
    struct probe p =
        made_of("create type c as (x int, y text); do $$ begin for i in 1..20 "
                "loop execute format('create table t%s(a int primary key, b c, d "
                "int unique references t%s)', i, greatest(i - 1, 1)); end loop; "
                "end $$; comment on column t7.b is 'b'; comment on column c.y is "
                "'y'");
    const struct tl_dataset *t7 = probe_dataset(&p, "t7");
    size_t columns = t7->n_columns;

    p.scope.include = (struct tl_list){ one, 1 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_INT(p.snapshot.datasets.n, 1);
    CHECK_INT(p.snapshot.columns.n, columns);
    CHECK_TEXT(paths_of(&p, "t7"), "a,b,b.x,b.y,d");
    CHECK_TEXT(probe_text(&p, probe_column(&p, "t7", "b")->comment), "b");
    CHECK_TEXT(probe_text(&p, probe_column(&p, "t7", "b.y")->comment), "y");
    CHECK_INT(probe_column(&p, "t7", "a")->roles, TL_KEY_PRIMARY);
    CHECK_INT(probe_column(&p, "t7", "d")->roles, TL_KEY_UNIQUE | TL_KEY_FOREIGN);
    CHECK_TEXT(probe_text(&p, p.snapshot.keys.items[0].target), "public.t6");
    CHECK_TEXT(probe_text(&p, p.snapshot.keys.items[0].target_columns), "a");
    probe_close(&p);
}

static void many_tables_take_no_more_statements_than_one(void)
{
    struct probe p =
        made_of("do $$ begin for i in 1..300 loop execute format('create table "
                "t%s(a int, b text, c numeric(9,%s))', i, i % 9); end loop; end "
                "$$");

    CHECK_INT(p.snapshot.datasets.n, 300);
    CHECK_INT(p.snapshot.columns.n, 900);
    /* Each statement passes the seam once. */
    unsigned sent = 1;
    for (;; sent++) {
        tl_fault_arm_seam("postgres.send", sent);
        int rc = probe_pull(&p);
        if (!tl_fault_disarm())
            break;
        CHECK_INT(rc, TL_EREMOTE);
        tl_error_clear(&p.ctx.error);
    }
    CHECK(sent <= 20);
    probe_close(&p);
}

TL_TESTS(
    "postgres", TEST(tables_views_and_the_rest_are_told_apart),
    TEST(columns_stand_in_order_with_their_types),
    TEST(domains_and_enums_keep_their_names_and_tell_their_meaning),
    TEST(comments_and_owners_are_read), TEST(keys_give_columns_their_roles),
    TEST(a_key_to_a_partitioned_table_is_one_key),
    TEST(rows_are_estimated_and_summed_over_partitions),
    TEST(a_partition_stands_alone_only_where_it_is_asked_for_alone),
    TEST(view_sql_names_everything_in_full),
    TEST(a_view_whose_function_is_gone_is_marked_and_the_rest_goes_on),
    TEST(names_may_hold_any_bytes),
    TEST(one_database_is_read_and_none_of_the_servers_own_schemas),
    TEST(a_second_pull_sees_what_changed),
    TEST(fields_of_composite_types_stand_behind_their_column),
    TEST(fields_are_sampled_one_by_one), TEST(rows_of_tables_are_types_too),
    TEST(a_column_that_looks_like_a_field_keeps_its_own_values),
    TEST(types_in_types_end_at_a_depth), TEST(fields_without_number_end_at_a_ceiling),
    TEST(columns_that_are_left_out_are_not_asked_for),
    TEST(only_columns_that_are_asked_for_are_taken), TEST(a_small_table_is_read_whole),
    TEST(addresses_of_one_host_are_without_their_mask),
    TEST(values_are_what_people_would_read), TEST(long_values_are_cut_between_characters),
    TEST(a_large_table_is_sampled_from_all_over_it),
    TEST(a_partitioned_table_is_sampled_from_all_partitions),
    TEST(a_small_table_gives_the_same_rows_whatever_is_known_of_it),
    TEST(rows_that_went_since_they_were_counted_do_no_harm),
    TEST(few_rows_on_many_blocks_are_found), TEST(another_seed_gives_another_sample),
    TEST(views_give_their_first_rows),
    TEST(what_may_not_be_read_is_named_and_the_rest_goes_on),
    TEST(a_table_that_is_gone_by_now_is_named),
    TEST(a_view_that_takes_too_long_is_stopped),
    TEST(what_somebody_holds_locked_is_named_and_the_rest_goes_on),
    TEST(a_value_in_the_servers_words_is_not_repeated),
    TEST(a_materialized_view_without_rows_yet_is_named),
    TEST(a_connection_that_is_ended_over_there_is_told),
    TEST(functions_of_views_find_what_they_find_for_others), TEST(reading_writes_nothing),
    TEST(samples_are_the_same_whether_announced_or_not),
    TEST(what_is_announced_and_not_asked_for_is_thrown_away),
    TEST(wrong_settings_are_told_before_anything_is_asked),
    TEST(settings_come_from_conninfo_and_go_over_it),
    TEST(who_cannot_be_reached_is_named), TEST(a_server_that_says_nothing_is_given_up),
    TEST(a_cancelled_run_does_not_wait_to_be_let_in),
    TEST(a_cancelled_run_does_not_wait_for_a_lock),
    TEST(a_cancelled_run_does_not_wait_for_the_server),
    TEST(other_encodings_are_read_as_utf8),
    TEST(bytes_without_an_encoding_are_taken_as_they_are),
    TEST(what_cannot_be_converted_is_said), TEST(few_of_many_are_asked_for_by_themselves),
    TEST(many_tables_take_no_more_statements_than_one))
