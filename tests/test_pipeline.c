/* The whole line on a small warehouse: what a scan leaves in the log, what a second one adds, and what survives. */
#include "tests/world.h"

static const char people[] =
    "create table users (id integer primary key, email text, signup_ip text, note text);"
    "with recursive n(i) as (values(1) union all select i+1 from n where i < 60)"
    " insert into users select i, printf('user%d@example.com', i * 7), "
    "printf('23.14.%d.%d', i, 250 - i),"
    " 'called about invoice' from n;"
    "create table orders (id integer primary key, status text);"
    "insert into orders values (1, 'open'), (2, 'closed'), (3, 'open'), (4, 'open');";

static void a_scan_tags_a_column_and_logs_it(void)
{
    struct tl_appended done;
    struct world w;

    world_open(&w);
    world_sql(&w, people);
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    CHECK_TEXT(world_state(&w, "users", "email", "email_address"), "proposed");
    CHECK_TEXT(world_state(&w, "users", "signup_ip", "ipv4_address"), "proposed");
    CHECK_TEXT(world_state(&w, "orders", "status", "email_address"), "");
    CHECK_INT(done.n_decided, 2);
    CHECK(world_shell(&w, "git -C tagline-log fsck --strict --full"));
    world_close(&w);
}

static void a_second_scan_of_the_same_changes_no_state(void)
{
    struct tl_appended done;
    struct world w;

    world_open(&w);
    world_sql(&w, people);
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    CHECK_INT(done.n_unchanged, 2);
    CHECK_INT(done.n_decided, 0);
    CHECK(world_shell(&w, "test -z \"$(git -C tagline-log diff HEAD~1 HEAD -- state)\""));
    world_close(&w);
}

static void a_person_s_word_stands_in_later_scans(void)
{
    struct tl_appended done;
    struct world w;

    world_open(&w);
    world_sql(&w, people);
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    CHECK_OK(world_word(&w, TL_WORD_REJECT, "users", "email", "email_address"), &w.ctx);
    CHECK_OK(world_word(&w, TL_WORD_SET, "users", "note", "person_full_name"), &w.ctx);
    world_sql(&w, "alter table users add column more text");
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    CHECK_INT(done.n_decided, 1);
    CHECK_TEXT(world_state(&w, "users", "email", "email_address"), "rejected");
    CHECK_TEXT(world_state(&w, "users", "note", "person_full_name"), "confirmed");
    world_close(&w);
}

static void a_source_that_fails_keeps_its_belief(void)
{
    struct tl_appended done;
    size_t troubles = 0;
    struct world w;

    world_open(&w);
    world_sql(&w, people);
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    CHECK(world_shell(
        &w, "mv shop.db away && printf 'no database at all, only words' > shop.db"));
    CHECK_OK(world_scan(&w, &done, &troubles), &w.ctx);
    CHECK_INT(troubles, 1);
    CHECK_INT(done.n_kept, 2);
    CHECK_TEXT(world_state(&w, "users", "email", "email_address"), "proposed");
    world_close(&w);
}

static void a_table_that_went_is_gone_unless_a_person_spoke(void)
{
    struct tl_appended done;
    struct world w;

    world_open(&w);
    world_sql(&w, people);
    world_sql(&w, "create table leads as select email from users");
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    CHECK_OK(world_word(&w, TL_WORD_ACCEPT, "users", "email", "email_address"), &w.ctx);
    world_sql(&w, "drop table users; drop table leads");
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    CHECK_TEXT(world_state(&w, "leads", "email", "email_address"), "absent");
    CHECK_TEXT(world_state(&w, "users", "email", "email_address"), "confirmed");
    world_close(&w);
}

static void the_thread_count_changes_nothing(void)
{
    struct tl_appended done;
    struct world w;

    world_open(&w);
    world_sql(&w, people);
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    world_write(&w, "tagline.yaml",
                "actor: tester\nlog: other-log\nscan: {threads: 4}\nsources:\n"
                "  - {name: shop, type: sqlite, path: shop.db}\n");
    CHECK_OK(world_scan(&w, &done, NULL), &w.ctx);
    CHECK(world_shell(&w, "f() { git -C $1 archive HEAD state | tar xO | "
                          "sed -E 's/\"(span|trace|since|sample)\":\"[^\"]*\"//g'; }; "
                          "f tagline-log > a; f other-log > b; test -s a && cmp a b"));
    world_close(&w);
}

TL_TESTS("pipeline", TEST(a_scan_tags_a_column_and_logs_it),
         TEST(a_second_scan_of_the_same_changes_no_state),
         TEST(a_person_s_word_stands_in_later_scans),
         TEST(a_source_that_fails_keeps_its_belief),
         TEST(a_table_that_went_is_gone_unless_a_person_spoke),
         TEST(the_thread_count_changes_nothing))
