/* The servers of the other tests: up, filled, down and up again. */
#include "tests/check.h"
#include "tests/pg.h"

#include <stdio.h>
#include <unistd.h>

static void a_database_holds_what_was_put_there(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *one = pg_database(pg, "create table t (a int, b text);"
                                      "insert into t values (1, 'x'), (2, null)");
    const char *other = pg_database(pg, NULL);

    CHECK_TEXT(pg_ask(pg, one, "select a, b from t order by a"), "1|x\n2|\n");
    CHECK_TEXT(pg_ask(pg, other, "select to_regclass('t')"), "\n");
    CHECK_HAS(pg_yaml(pg, one), one);
}

static void a_lock_is_held_until_it_is_let_go(void)
{
    struct pg *pg = pg_shared_or_skip();
    const char *db = pg_database(pg, "create table t (a int)");
    const char *locks = "select mode from pg_locks where relation = 't'::regclass";
    struct pg_held *held = pg_hold(pg, db, "lock table t");

    CHECK_TEXT(pg_ask(pg, db, locks), "AccessExclusiveLock\n");
    pg_let_go(held);
    pg_sql(pg, db, "drop table t");
}

static void a_server_comes_back_with_its_databases(void)
{
    struct pg *pg = pg_start("--tls");

    if (!pg)
        return;
    const char *db = pg_database(pg, "create table t as select 7 as a");
    pg_down(pg);
    pg_up(pg);
    CHECK_TEXT(pg_ask(pg, db, "select a, current_setting('ssl') from t"), "7|on\n");
    pg_stop(pg);
}

static void a_stopped_server_leaves_nothing_behind(void)
{
    struct pg *pg = pg_start(NULL);
    char folder[256];

    if (!pg)
        return;
    snprintf(folder, sizeof folder, "%s", pg_folder(pg));
    CHECK(access(folder, F_OK) == 0);
    pg_stop(pg);
    CHECK(access(folder, F_OK) != 0);
}

TL_TESTS("pg", TEST(a_database_holds_what_was_put_there),
         TEST(a_lock_is_held_until_it_is_let_go),
         TEST(a_server_comes_back_with_its_databases),
         TEST(a_stopped_server_leaves_nothing_behind))
