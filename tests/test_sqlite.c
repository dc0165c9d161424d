#include "tests/contract_connector.h"

#include "base/fault.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

/* A probe of a fresh database of this SQL. */
static struct probe made_of(const char *sql)
{
    struct probe p;

    probe_read(&p, tl_connector_find("sqlite"),
               probe_words("path: %s\n", probe_sqlite(tl_test_folder(), "a.db", sql)));
    return p;
}

static const char *comment_of(const struct probe *p, const char *table,
                              const char *column)
{
    return probe_text(p, probe_column(p, table, column)->comment);
}

/* Fails to open, check or pull a file of these bytes with the code and words. */
static void fails_with(const char *yaml, int code, const char *part)
{
    struct probe p;
    int rc = probe_open(&p, tl_connector_find("sqlite"), yaml);

    if (!rc)
        rc = probe_pull(&p);
    CHECK_FAILS(rc, code, part, &p.ctx);
    probe_close(&p);
}

/* ---- schema ---- */

static void tables_views_and_columns_are_pulled_in_order(void)
{
    struct probe p =
        made_of("create table b(id INTEGER primary key, mail varchar(80) not null, x);"
                "CREATE VIEW a as select mail, 1 as one from b");

    CHECK_TEXT(probe_schema(&p),
               "view rows=-1 main - a - CREATE VIEW a as select mail, 1 as one from b \n"
               "  1 mail varchar(80) - text null=-1 roles=0\n"
               "  2 one - - unknown null=-1 roles=0\n"
               "table rows=0 main - b - - \n"
               "  1 id INTEGER - integer null=0 roles=1\n"
               "  2 mail varchar(80) - text null=0 roles=0\n"
               "  3 x - - unknown null=1 roles=0\n");
    probe_close(&p);
}

static void keys_say_what_they_are(void)
{
    struct probe p = made_of("create table p(a, b, primary key(a, b));"
                             "create table c(id int unique, x, y, z references p(a), "
                             "foreign key(x, y) references p, unique(y, z));"
                             "create unique index some on c(x) where y > 0");

    CHECK_INT(probe_column(&p, "p", "b")->roles, TL_KEY_PRIMARY);
    CHECK_INT(probe_column(&p, "p", "b")->nullable, 1);
    CHECK_INT(probe_column(&p, "c", "id")->roles, TL_KEY_UNIQUE);
    CHECK_INT(probe_column(&p, "c", "x")->roles, TL_KEY_FOREIGN);
    CHECK_INT(probe_column(&p, "c", "y")->roles, TL_KEY_FOREIGN);
    CHECK_HAS(probe_schema(&p), "  key z p a \n  key x,y p a,b \n");
    probe_close(&p);
}

static void hidden_parts_of_virtual_tables_are_not_shown(void)
{
    struct probe p = made_of("create virtual table mails using fts5(subject, body);"
                             "insert into mails values('hello', 'world')");

    CHECK_INT(p.snapshot.datasets.n, 1);
    CHECK_INT(probe_dataset(&p, "mails")->n_columns, 2);
    probe_sample(&p, "mails", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    CHECK_TEXT(probe_values(&p, "mails", "body"), "world|");
    probe_close(&p);
}

static void generated_columns_are_columns(void)
{
    struct probe p = made_of("create table t(a, b as (a || '!') stored, c as (a || '?'));"
                             "insert into t values('x')");

    probe_sample(&p, "t", 10);
    CHECK_TEXT(probe_values(&p, "t", "b"), "x!|");
    CHECK_TEXT(probe_values(&p, "t", "c"), "x?|");
    probe_close(&p);
}

static void comments_of_the_ddl_find_their_column(void)
{
    struct probe p = made_of("create table users( -- people who signed up\n"
                             "  id integer primary key, -- ours\n"
                             "  -- where we write to\n"
                             "  mail text, /* may be\n     stale */\n"
                             "  phone text -- with country\n"
                             ")");

    CHECK_TEXT(probe_text(&p, probe_dataset(&p, "users")->comment),
               "people who signed up");
    CHECK_TEXT(comment_of(&p, "users", "id"), "ours");
    CHECK_TEXT(comment_of(&p, "users", "mail"), "where we write to may be stale");
    CHECK_TEXT(comment_of(&p, "users", "phone"), "with country");
    probe_close(&p);
}

static void a_view_that_no_longer_compiles_is_marked_and_the_rest_goes_on(void)
{
    struct probe p = made_of("create table t(a); create view v as select b from t; "
                             "create view w as select a from t");

    CHECK_TEXT(probe_text(&p, probe_dataset(&p, "v")->broken),
               "cannot read 'v': no such column: b");
    CHECK_INT(probe_dataset(&p, "v")->n_columns, 0);
    CHECK_HAS(probe_text(&p, probe_dataset(&p, "v")->view_sql), "select b from t");
    CHECK_INT(probe_dataset(&p, "w")->n_columns, 1);
    probe_sample(&p, "v", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_FAILED);
    probe_close(&p);
}

static void columns_that_are_left_out_are_not_asked_for(void)
{
    const char *excluded[] = { "secret", "t#rowid", "v#*" };
    struct probe p =
        made_of("create table t(rowid text, secret text primary key, note text "
                "unique, up text references t(secret), also text references "
                "t(note), foreign key (secret) references t(note));"
                "insert into t values('r', 's', 'n', 's', 'n'), ('q', 't', 'm', "
                "null, null); create view v as select note from t");

    p.scope.exclude_columns = (struct tl_list){ excluded, 3 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_INT(probe_dataset(&p, "t")->n_columns, 3);
    CHECK_INT(probe_column(&p, "t", "note")->roles, TL_KEY_UNIQUE);
    CHECK_INT(probe_dataset(&p, "t")->n_keys, 2);
    CHECK_TEXT(probe_text(&p, p.snapshot.keys.items[0].columns), "up");
    CHECK_INT(p.snapshot.keys.items[0].target_columns.i, 0);
    CHECK_TEXT(probe_text(&p, p.snapshot.keys.items[1].target_columns), "note");
    probe_sample(&p, "t", 10);
    CHECK_TEXT(probe_values(&p, "t", "note"), "n|m|");
    CHECK_INT(p.sample.n_columns, 3);
    probe_sample(&p, "v", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    CHECK_INT(p.sample.n_rows, 0);
    probe_close(&p);
}

static void attached_files_are_databases(void)
{
    const char *folder = tl_test_folder();
    const char *path =
        probe_sqlite(folder, "a.db", "create table t(a); insert into t values('ours')");
    struct probe p;

    probe_sqlite(folder, "b.db", "create table t(a); insert into t values('theirs')");
    probe_read(&p, tl_connector_find("sqlite"),
               probe_words("path: %s\nattach: [\"of \\\"b\\\"=b.db\"]\n", path));
    CHECK_INT(p.snapshot.datasets.n, 2);
    probe_sample(&p, "of \"b\"/t", 10);
    CHECK_TEXT(probe_values(&p, "of \"b\"/t", "a"), "theirs|");
    probe_sample(&p, "main/t", 10);
    CHECK_TEXT(probe_values(&p, "main/t", "a"), "ours|");
    probe_close(&p);
}

static void rows_are_estimated_without_counting(void)
{
    struct probe p = made_of(
        "create table t(a); insert into t values(1), (2), (3); delete from t where a = 2;"
        "create table counted(a); create index i on counted(a);"
        "insert into counted select 1 from t, t; analyze; insert into counted values(9);"
        "create table far(id integer primary key); insert into far values(1), "
        "(9000000000000)");

    CHECK_INT(probe_dataset(&p, "t")->rows, 2);
    CHECK_INT(probe_dataset(&p, "counted")->rows, 4);
    /* Never more than the file could hold. */
    CHECK(probe_dataset(&p, "far")->rows >= 2 && probe_dataset(&p, "far")->rows < 100000);
    probe_close(&p);
}

/* ---- names ---- */

static void check_name(const char *name)
{
    char *sql = sqlite3_mprintf(
        "create table \"%w\"(\"%w\" text); insert into \"%w\" values('v')", name, name,
        name);
    struct probe p = made_of(sql);

    probe_sample(&p, name, 10);
    CHECK_TEXT(probe_values(&p, name, name), "v|");
    sqlite3_free(sql);
    probe_close(&p);
}

static void names_are_exact_bytes(void)
{
    char longest[201] = { 0 };

    memset(longest, 'n', 200);
    check_name("it's \"quoted\" `here` [and] there");
    check_name("two\nlines\tand a tab");
    check_name("a/b\\c#d.e%20");
    check_name("\xf0\x9f\x98\x80 \xc3\xa4");
    check_name("no \xff utf-8 \xc3(");
    check_name("Mixed CASE");
    check_name("select");
    check_name(" ");
    check_name(longest);
}

static void a_column_named_rowid_does_not_stand_in_the_way(void)
{
    struct probe p =
        made_of("create table a(rowid text, x); insert into a values('r', 1);"
                "create table b(rowid text, oid text, _rowid_ text);"
                "insert into b values('r', 'o', '_'), ('r', 'o', '_')");

    probe_sample(&p, "a", 10);
    CHECK_TEXT(probe_values(&p, "a", "rowid"), "r|");
    probe_sample(&p, "b", 10);
    CHECK_TEXT(probe_values(&p, "b", "oid"), "o|o|");
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    probe_close(&p);
}

/* ---- values ---- */

static void values_are_shown_as_people_see_them(void)
{
    struct probe p = made_of(
        "create table t(v numeric); insert into t values(1.50), (-7), (1e300),"
        " (NULL), (''), (x'4100ff'), ('a' || char(0) || 'b'), (9007199254740993)");

    probe_sample(&p, "t", 20);
    const char *text = probe_values(&p, "t", "v");
    CHECK_INT(p.text.n,
              strlen("1.5|-7|1.0e+300|NULL||") + 4 + 4 + strlen("9007199254740993|"));
    CHECK_HAS(text, "1.5|-7|1.0e+300|NULL||A");
    CHECK(memmem(text, p.text.n, "A\0\xff|a\0b|9007199254740993|", 25) != NULL);
    probe_close(&p);
}

static void long_values_are_cut_between_characters(void)
{
    struct probe p = made_of("create table t(v); insert into t "
                             "values(replace(hex(zeroblob(1000)), '0', char(8364)))");

    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.values[0].n, 255);
    CHECK(p.sample.values[0].is_cut);
    probe_close(&p);
}

static void huge_values_show_their_beginning(void)
{
    struct probe p = made_of("create table t(id integer primary key, v, w as (v || 'x'));"
                             "insert into t(v) values('small'), ('big' || "
                             "hex(zeroblob(6000000))), ('next'), (zeroblob(20000000))");

    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    CHECK_TEXT(probe_values(&p, "t", "id"), "1|2|3|4|");
    CHECK_HAS(probe_values(&p, "t", "v"), "small|big000");
    CHECK_HAS(p.text.text, "0...|next|");
    CHECK(p.sample.values[4 + 3].is_cut && p.sample.values[4 + 3].n == 256);
    CHECK(p.sample.values[8 + 1].is_cut && p.sample.values[8 + 1].n == 0);
    probe_close(&p);
}

static void rows_that_cannot_be_entered_are_left_out_when_huge(void)
{
    struct probe p =
        made_of("create table t(id int primary key, v) without rowid;"
                "insert into t values(1, 'a'), (2, zeroblob(20000000)), (3, 'c')");

    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    CHECK_TEXT(probe_values(&p, "t", "v"), "a|c|");
    probe_close(&p);
}

static void a_wide_table_is_sampled(void)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    struct probe p;

    tl_str_add(&sql, "create table t(c0");
    for (int i = 1; i < 2000; i++)
        tl_str_addf(&sql, ", c%d", i);
    tl_str_add(&sql, "); insert into t(c0, c1999) values('first', 'last')");
    p = made_of(sql.text);
    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.n_columns, 2000);
    CHECK_TEXT(probe_values(&p, "t", "c1999"), "last|");
    tl_str_release(&sql);
    probe_close(&p);
}

static void utf16_files_are_read(void)
{
    struct probe p = made_of(
        "pragma encoding = 'UTF-16'; create table \"t\xc3\xa4\"(v);"
        "insert into \"t\xc3\xa4\" values('\xe2\x82\xac'), (hex(zeroblob(5000000)))");

    probe_sample(&p, "t\xc3\xa4", 10);
    CHECK_TEXT(probe_values(&p, "t\xc3\xa4", "v"), "\xe2\x82\xac|...|");
    probe_close(&p);
}

static void a_column_that_is_gone_is_no_text_of_its_name(void)
{
    struct probe p = made_of("create table t(a, b); insert into t values(1, 2)");
    sqlite3 *db;

    sqlite3_open(((const char **)p.config)[0], &db);
    CHECK_INT(sqlite3_exec(db, "alter table t drop column b", NULL, NULL, NULL),
              SQLITE_OK);
    sqlite3_close(db);
    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_FAILED);
    CHECK_TEXT(p.sample.why, "cannot sample 't': no such column: q.b");
    probe_close(&p);
}

/* ---- rows ---- */

static size_t count_distinct(const struct tl_sample *sample)
{
    size_t n = 0;

    for (uint32_t i = 0; i < sample->n_rows; i++) {
        bool is_new = true;
        for (uint32_t k = 0; k < i && is_new; k++)
            is_new = strcmp(sample->values[i].bytes, sample->values[k].bytes) != 0;
        n += is_new;
    }
    return n;
}

static void check_rows(const char *sql, uint32_t wanted, uint32_t got)
{
    struct probe p = made_of(sql);

    probe_sample(&p, "t", wanted);
    CHECK_INT(p.sample.n_rows, got);
    CHECK_INT(count_distinct(&p.sample), got);
    CHECK_INT(p.sample.state, TL_SAMPLE_READ);
    probe_close(&p);
}

#define NUMBERS(most)                                                                    \
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < " #most ") "

static void no_row_of_a_large_table_is_taken_twice(void)
{
    check_rows("create table t(id integer primary key);" NUMBERS(
                   20000) "insert into t select i from n",
               300, 300);
    check_rows("create table t(id integer primary key);" NUMBERS(
                   310) "insert into t select i from n",
               300, 300);
}

static void rows_far_apart_are_found(void)
{
    /* Two clusters at the ends of the number line, and one row out there alone. */
    check_rows("create table t(id integer primary key);" NUMBERS(
                   5000) "insert into t select i from n",
               100, 100);
    check_rows("create table t(id integer primary key);" NUMBERS(
                   5000) "insert into t select i from n;"
                         "insert into t values(9223372036854775807)",
               100, 100);
    check_rows("create table t(id integer primary key);" NUMBERS(
                   1000) "insert into t select i "
                         "+ -9223372036854775807 "
                         "from n;" NUMBERS(1000) "insert into t "
                                                 "select "
                                                 "92233720368547"
                                                 "75807 - i "
                                                 "from n",
               100, 100);
    check_rows("create table t(id integer primary key);" NUMBERS(
                   1000) "insert into t select i * 4611686018427387 from n",
               100, 100);
}

static void a_sample_comes_from_all_parts_of_a_table(void)
{
    struct probe p = made_of("create table t(id integer primary key);" NUMBERS(
        100000) "insert into t select i from n");
    unsigned quarters[4] = { 0 };

    probe_sample(&p, "t", 320);
    for (uint32_t i = 0; i < p.sample.n_rows; i++)
        quarters[(strtoll(p.sample.values[i].bytes, NULL, 10) - 1) / 25000]++;
    for (int i = 0; i < 4; i++)
        CHECK(quarters[i] >= 20);
    probe_close(&p);
}

static void another_seed_gives_other_rows(void)
{
    struct probe p = made_of("create table t(id integer primary key);" NUMBERS(
        5000) "insert into t select i from n");
    struct tl_sample_spec spec = { .rows = 20, .value_bytes = 64, .seed = 8 };
    struct tl_sample other;

    probe_sample(&p, "t", 20);
    CHECK_OK(p.connector->source->sample(&other, p.conn, &p.snapshot,
                                         (struct tl_dataset_id){ 0 }, &spec, &p.ctx),
             &p.ctx);
    unsigned n_same = 0;
    for (uint32_t i = 0; i < 20; i++)
        n_same += strcmp(other.values[i].bytes, p.sample.values[i].bytes) == 0;
    CHECK(n_same < 10);
    probe_close(&p);
}

static void an_empty_table_is_read_whole(void)
{
    struct probe p = made_of("create table t(a, b); create table w(k primary key) "
                             "without rowid; create view v as select * from t");

    const char *names[] = { "t", "w", "v" };
    for (int i = 0; i < 3; i++) {
        probe_sample(&p, names[i], 10);
        CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
        CHECK_INT(p.sample.n_rows, 0);
    }
    probe_close(&p);
}

static void a_monstrous_view_does_not_hang(void)
{
    struct probe p = made_of(
        "create view v as with recursive n(i) as (select 1 union all select i + 1 from n)"
        " select count(*) as c from n; create table t(a); insert into t values(1)");

    probe_sample(&p, "v", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_FAILED);
    CHECK_TEXT(p.sample.why, "cannot sample 'v': it took longer than 10000 ms");
    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    probe_close(&p);
}

static void a_view_that_needs_all_memory_is_refused(void)
{
    struct probe p = made_of("create view v as with recursive n(i) as (select 1 union "
                             "all select i + 1 from n where i < 100000)"
                             " select i, hex(zeroblob(1000)) as x from n order by x, i "
                             "desc; create table t(a)");

    sqlite3_hard_heap_limit64(10 << 20);
    probe_sample(&p, "v", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_FAILED);
    CHECK_TEXT(p.sample.why,
               "cannot sample 'v': it needs more memory than it may have (code 7)");
    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_WHOLE);
    sqlite3_hard_heap_limit64(0);
    probe_close(&p);
}

static void views_may_use_json(void)
{
    struct probe p = made_of(
        "create table t(a); insert into t values('{\"x\": [1, 2]}');"
        "create view v as select json_extract(a, '$.x[1]') as x, a ->> 'x' as y from t");

    probe_sample(&p, "v", 10);
    CHECK_TEXT(probe_values(&p, "v", "x"), "2|");
    CHECK_TEXT(probe_values(&p, "v", "y"), "[1,2]|");
    probe_close(&p);
}

static void views_may_not_load_code(void)
{
    struct probe p = made_of("create view v as select load_extension('/tmp/x.so') as x");

    CHECK_TEXT(probe_text(&p, probe_dataset(&p, "v")->broken),
               "cannot read 'v': unsafe use of load_extension()");
    probe_close(&p);
}

static void a_failing_view_never_tells_values(void)
{
    struct probe p = made_of("create table t(a); insert into t values('ann@example.org');"
                             "create view v as select json_extract(a, '$.x') as x from t;"
                             "create view w as select json_extract('{}', a) as x from t");

    const char *names[] = { "v", "w" };
    for (int i = 0; i < 2; i++) {
        probe_sample(&p, names[i], 10);
        CHECK_INT(p.sample.state, TL_SAMPLE_FAILED);
        CHECK_TEXT(
            p.sample.why,
            probe_words("cannot sample '%s': SQLite could not run the query (code 1)",
                        names[i]));
    }
    probe_close(&p);
}

/* ---- files that are odd ---- */

static void what_is_wrong_with_a_file_is_said(void)
{
    const char *folder = tl_test_folder();
    char noise[8192];

    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 7919 >> 3);
    probe_file(folder, "noise.db", noise, sizeof noise);
    probe_file(folder, "text.db", "id,name\n1,x\n", 12);
    probe_file(folder, "empty.db", "", 0);
    fails_with(probe_words("path: %s/noise.db\n", folder), TL_ESOURCE,
               "not a SQLite database, or it is encrypted");
    fails_with(probe_words("path: %s/text.db\n", folder), TL_ESOURCE,
               "not a SQLite database");
    fails_with(probe_words("path: %s/empty.db\n", folder), TL_ESOURCE,
               "the file is empty");
    fails_with(probe_words("path: %s\n", folder), TL_ESOURCE, "it is a folder");
    fails_with(probe_words("path: %s/none.db\n", folder), TL_ESOURCE, "No such file");
    fails_with("path: /dev/null\n", TL_ESOURCE, "no regular file");
    fails_with("immutable: true\n", TL_ECONFIG, "needs 'path'");
}

static void a_wrong_attachment_is_said(void)
{
    const char *path = probe_sqlite(tl_test_folder(), "a.db", "create table t(a)");

    fails_with(probe_words("path: %s\nattach: [b.db]\n", path), TL_ECONFIG,
               "not of the form name=path");
    fails_with(probe_words("path: %s\nattach: [Main=a.db]\n", path), TL_ECONFIG,
               "'Main', which is taken");
    fails_with(probe_words("path: %s\nattach: [x=a.db, X=a.db]\n", path), TL_ECONFIG,
               "'X', which is taken");
    fails_with(probe_words("path: %s\nattach: [x=none.db]\n", path), TL_ESOURCE,
               "none.db': No such file");
}

static void a_locked_database_is_said_to_be_locked(void)
{
    const char *path = probe_sqlite(tl_test_folder(), "a.db",
                                    "create table t(a); insert into t values(1)");
    struct probe p;
    sqlite3 *db;

    sqlite3_open(path, &db);
    sqlite3_exec(db, "begin exclusive", NULL, NULL, NULL);
    fails_with(probe_words("path: %s\nbusy_timeout: 10ms\n", path), TL_EREMOTE,
               "holds the database locked");
    probe_read(&p, tl_connector_find("sqlite"),
               probe_words("path: %s\nimmutable: true\n", path));
    CHECK_INT(p.snapshot.datasets.n, 1);
    probe_close(&p);
    sqlite3_close(db);
}

static void a_lock_between_pull_and_sample_fails_the_source(void)
{
    const char *path = probe_sqlite(tl_test_folder(), "a.db",
                                    "create table t(a); insert into t values(1)");
    struct tl_sample_spec spec = { .rows = 5, .value_bytes = 64 };
    struct probe p;
    sqlite3 *db;

    probe_read(&p, tl_connector_find("sqlite"),
               probe_words("path: %s\nbusy_timeout: 10ms\n", path));
    sqlite3_open(path, &db);
    sqlite3_exec(db, "begin exclusive", NULL, NULL, NULL);
    CHECK_FAILS(p.connector->source->sample(&p.sample, p.conn, &p.snapshot,
                                            (struct tl_dataset_id){ 0 }, &spec, &p.ctx),
                TL_EREMOTE, "locked", &p.ctx);
    sqlite3_exec(db, "rollback", NULL, NULL, NULL);
    probe_sample(&p, "t", 5);
    CHECK_TEXT(probe_values(&p, "t", "a"), "1|");
    sqlite3_close(db);
    probe_close(&p);
}

static void a_database_in_wal_mode_is_read_while_it_is_written(void)
{
    const char *path = probe_sqlite(tl_test_folder(), "a.db",
                                    "pragma journal_mode = wal; create table t(a)");
    struct probe p;
    sqlite3 *db;

    sqlite3_open(path, &db);
    sqlite3_exec(
        db, "insert into t values('done'); begin immediate; insert into t values('open')",
        NULL, NULL, NULL);
    probe_read(&p, tl_connector_find("sqlite"), probe_words("path: %s\n", path));
    probe_sample(&p, "t", 5);
    CHECK_TEXT(probe_values(&p, "t", "a"), "done|");
    probe_close(&p);
    sqlite3_close(db);
}

static bool file_is(const char *path, const void *bytes, size_t n)
{
    struct tl_str now = TL_STR_INIT(TL_STR_MOST);
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    FILE *file = fopen(path, "rb");
    char piece[65536];
    for (size_t got; file && (got = fread(piece, 1, sizeof piece, file)) > 0;)
        tl_str_add_bytes(&now, piece, got);
    if (file)
        fclose(file);
    bool same = now.n == n && memcmp(now.text, bytes, n) == 0;
    tl_str_release(&now);
    tl_test_ctx_release(&ctx);
    return same;
}

static size_t load(const char *path, char *bytes, size_t most)
{
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(bytes, 1, most, file) : 0;

    if (file)
        fclose(file);
    return n;
}

static void nothing_is_written(void)
{
    const char *folder = tl_test_folder();
    const char *path =
        probe_sqlite(folder, "a.db",
                     "create table t(a); insert into t values(1); create view v as "
                     "select max(a) m from t group by a order by a");
    static char before[1 << 20];
    size_t n = load(path, before, sizeof before);
    struct probe p;

    probe_read(&p, tl_connector_find("sqlite"), probe_words("path: %s\n", path));
    probe_sample(&p, "t", 5);
    probe_sample(&p, "v", 5);
    probe_close(&p);
    CHECK(file_is(path, before, n));
    CHECK(access(probe_words("%s-journal", path), F_OK) != 0);
    CHECK(access(probe_words("%s-wal", path), F_OK) != 0);
}

static void a_view_that_searches_long_texts_ends(void)
{
    struct probe p = made_of("create view v as select instr(printf('%.*c', 8000000, 'a'),"
                             " printf('%.*c', 4000000, 'a') || 'b') as place");

    probe_sample(&p, "v", 5);
    CHECK_INT(p.sample.n_rows, 1);
    CHECK_TEXT(p.sample.values[0].bytes, "0");
    probe_close(&p);
}

static void a_search_in_a_view_answers_as_sqlite_does(void)
{
    static const char *const wanted[] = { "3", "3", "1", "0", "3", NULL, "0", NULL };
    struct probe p =
        made_of("create view v as select instr('h\xc3\xa4rte', 'rte') as a, "
                "instr(x'c3a472', x'72') as b,"
                " instr('abc', '') as c, instr('abc', 'x') as d, instr(12345, 34) as e,"
                " instr(null, 'x') as f, instr('', 'a') as g, instr('a', null) as h");

    probe_sample(&p, "v", 5);
    for (uint32_t i = 0; i < 8; i++)
        CHECK_TEXT(p.sample.values[i].bytes, wanted[i]);
    probe_close(&p);
}

/* Every outcome but a crash and a silent loss: an error, or all datasets, each whole or marked. */
static void read_damaged(const char *path)
{
    struct probe p;
    int rc = probe_open(&p, tl_connector_find("sqlite"),
                        probe_words("path: %s\nsample_timeout: 1s\n", path));

    if (!rc)
        rc = probe_pull(&p);
    for (uint32_t i = 0; !rc && i < p.snapshot.datasets.n; i++) {
        struct tl_sample_spec spec = { .rows = 5, .value_bytes = 64 };
        rc = p.connector->source->sample(&p.sample, p.conn, &p.snapshot,
                                         (struct tl_dataset_id){ i }, &spec, &p.ctx);
        CHECK(rc || p.sample.state != TL_SAMPLE_FAILED || p.sample.why[0]);
    }
    CHECK(!rc || (rc == p.ctx.error.code && p.ctx.error.text[0]));
    tl_error_clear(&p.ctx.error);
    probe_close(&p);
}

static void cut_off_files_are_survived(void)
{
    const char *folder = tl_test_folder();
    const char *path = probe_sqlite(folder, "a.db",
                                    "create table t(a, b unique);" NUMBERS(
                                        400) "insert into t select 'value ' || i, i from "
                                             "n; create view v as select a from t");
    static char bytes[1 << 20];
    size_t n = load(path, bytes, sizeof bytes);

    for (size_t cut = 1; cut < n; cut += 509)
        read_damaged(probe_file(folder, "cut.db", bytes, cut));
    fails_with(probe_words("path: %s\n", probe_file(folder, "cut.db", bytes, 2048)),
               TL_ESOURCE, "damaged or cut off");
}

static void damaged_files_are_survived(void)
{
    const char *folder = tl_test_folder();
    const char *path =
        probe_sqlite(folder, "a.db",
                     "create table t(a primary key, b unique, c references t);" NUMBERS(
                         200) "insert into t select 'value ' || i, i, i from n; create "
                              "view v as select a from t;"
                              "create virtual table f using fts5(x); analyze");
    static char bytes[1 << 20];
    static char damaged[1 << 20];
    size_t n = load(path, bytes, sizeof bytes);
    uint64_t state = 1;

    for (int round = 0; round < 300; round++) {
        memcpy(damaged, bytes, n);
        for (int i = 0; i < 20; i++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
            damaged[100 + (state >> 33) % (n - 100)] = (char)(state >> 25);
        }
        read_damaged(probe_file(folder, "damaged.db", damaged, n));
    }
}

static void a_stopped_run_stops_within_a_query(void)
{
    struct probe p = made_of(
        "create view v as with recursive n(i) as (select 1 union all select i + 1 from n)"
        " select count(*) as c from n");
    struct tl_sample_spec spec = { .rows = 5, .value_bytes = 64 };

    atomic_store(&p.ctx.run->cancelled, true);
    CHECK_FAILS(p.connector->source->sample(&p.sample, p.conn, &p.snapshot,
                                            (struct tl_dataset_id){ 0 }, &spec, &p.ctx),
                TL_ECANCEL, NULL, &p.ctx);
    probe_close(&p);
}

TL_TESTS(
    "sqlite", TEST(tables_views_and_columns_are_pulled_in_order),
    TEST(keys_say_what_they_are), TEST(hidden_parts_of_virtual_tables_are_not_shown),
    TEST(generated_columns_are_columns), TEST(comments_of_the_ddl_find_their_column),
    TEST(a_view_that_no_longer_compiles_is_marked_and_the_rest_goes_on),
    TEST(columns_that_are_left_out_are_not_asked_for), TEST(attached_files_are_databases),
    TEST(rows_are_estimated_without_counting), TEST(names_are_exact_bytes),
    TEST(a_column_named_rowid_does_not_stand_in_the_way),
    TEST(values_are_shown_as_people_see_them),
    TEST(long_values_are_cut_between_characters), TEST(huge_values_show_their_beginning),
    TEST(rows_that_cannot_be_entered_are_left_out_when_huge),
    TEST(a_wide_table_is_sampled), TEST(utf16_files_are_read),
    TEST(a_column_that_is_gone_is_no_text_of_its_name),
    TEST(no_row_of_a_large_table_is_taken_twice), TEST(rows_far_apart_are_found),
    TEST(a_sample_comes_from_all_parts_of_a_table), TEST(another_seed_gives_other_rows),
    TEST(an_empty_table_is_read_whole), TEST(a_monstrous_view_does_not_hang),
    TEST(a_view_that_needs_all_memory_is_refused), TEST(views_may_use_json),
    TEST(views_may_not_load_code), TEST(a_failing_view_never_tells_values),
    TEST(what_is_wrong_with_a_file_is_said), TEST(a_wrong_attachment_is_said),
    TEST(a_locked_database_is_said_to_be_locked),
    TEST(a_lock_between_pull_and_sample_fails_the_source),
    TEST(a_database_in_wal_mode_is_read_while_it_is_written), TEST(nothing_is_written),
    TEST(cut_off_files_are_survived), TEST(damaged_files_are_survived),
    TEST(a_stopped_run_stops_within_a_query), TEST(a_view_that_searches_long_texts_ends),
    TEST(a_search_in_a_view_answers_as_sqlite_does))
