#include "tests/check.h"

#include "base/model.h"

#include <string.h>

static struct tl_snapshot snapshot_open(void)
{
    struct tl_snapshot s;

    tl_snapshot_init(&s);
    tl_snapshot_add_source(&s, "shop", "sqlite", "sqlite");
    return s;
}

static const char *add(struct tl_snapshot *s, const char *name)
{
    return tl_snapshot_text(s, tl_snapshot_add_column(s, name, strlen(name), NULL)->path);
}

static void a_snapshot_keeps_what_was_added(void)
{
    struct tl_snapshot s = snapshot_open();
    struct tl_dataset *users =
        tl_snapshot_add_dataset(&s, NULL, "main", "users", TL_TABLE);

    CHECK_INT(users->rows, -1);
    struct tl_column *id = tl_snapshot_add_column(&s, "id", 2, "INTEGER");
    CHECK_INT(id->ordinal, 1);
    CHECK_INT(id->logical, TL_LOGICAL_INTEGER);
    CHECK_INT(id->nullable, -1);
    CHECK_INT(tl_snapshot_add_column(&s, "mail", 4, NULL)->ordinal, 2);
    tl_snapshot_add_foreign_key(&s, "id", "other", "key");
    tl_snapshot_add_dataset(&s, NULL, "main", "v", TL_VIEW);
    tl_snapshot_add_column(&s, "x", 1, "TEXT");
    CHECK_INT(s.datasets.items[0].n_columns, 2);
    CHECK_INT(s.datasets.items[0].n_keys, 1);
    CHECK_INT(s.datasets.items[1].first_column, 2);
    CHECK_INT(s.datasets.items[1].first_key, 1);
    CHECK_INT(s.datasets.items[1].n_columns, 1);
    tl_snapshot_release(&s);
}

static void a_dataset_has_a_key_without_absent_levels(void)
{
    struct tl_snapshot s = snapshot_open();

    tl_snapshot_add_dataset(&s, NULL, "main", "", TL_TABLE);
    struct tl_key key = tl_snapshot_key(&s, (struct tl_dataset_id){ 0 });
    CHECK_TEXT(key.source, "shop");
    CHECK_TEXT(key.database, NULL);
    CHECK_TEXT(key.schema, "main");
    CHECK_TEXT(key.dataset, "");
    CHECK_TEXT(key.field, NULL);
    tl_snapshot_release(&s);
}

static void a_repeated_name_gets_a_number(void)
{
    struct tl_snapshot s = snapshot_open();

    tl_snapshot_add_dataset(&s, NULL, NULL, "leads.csv", TL_FILE);
    CHECK_TEXT(add(&s, "name"), "name");
    CHECK_TEXT(add(&s, "name#2"), "name#2");
    CHECK_TEXT(add(&s, "name"), "name#3");
    CHECK_TEXT(add(&s, "Name"), "Name");
    CHECK_TEXT(add(&s, ""), "");
    CHECK_TEXT(add(&s, ""), "#2");
    CHECK_TEXT(add(&s, "name"), "name#4");
    tl_snapshot_add_dataset(&s, NULL, NULL, "other.csv", TL_FILE);
    CHECK_TEXT(add(&s, "name"), "name");
    tl_snapshot_release(&s);
}

static void ten_thousand_columns_of_one_name_are_numbered(void)
{
    struct tl_snapshot s = snapshot_open();
    char want[32];

    tl_snapshot_add_dataset(&s, NULL, NULL, "wide.csv", TL_FILE);
    add(&s, "x");
    for (unsigned i = 2; i <= 10000; i++) {
        snprintf(want, sizeof want, "x#%u", i);
        const char *got = add(&s, "x");
        if (strcmp(got, want) != 0 && !CHECK_TEXT(got, want))
            break;
    }
    CHECK_TEXT(add(&s, "x#77"), "x#77#2");
    tl_snapshot_add_dataset(&s, NULL, NULL, "next.csv", TL_FILE);
    CHECK_TEXT(add(&s, "x#77"), "x#77");
    tl_snapshot_release(&s);
}

static void names_may_hold_any_bytes(void)
{
    struct tl_snapshot s = snapshot_open();
    size_t n;

    tl_snapshot_add_dataset(&s, NULL, NULL, "t", TL_TABLE);
    struct tl_text path = tl_snapshot_add_column(&s, "a\0\xff", 3, NULL)->path;
    CHECK(memcmp(tl_text_get(s.texts, path, &n), "a\0\xff", 4) == 0);
    CHECK_INT(n, 3);
    CHECK_TEXT(add(&s, "a"), "a");
    tl_snapshot_release(&s);
}

static void a_failed_source_takes_its_datasets_back(void)
{
    struct tl_snapshot s = snapshot_open();

    tl_snapshot_add_dataset(&s, NULL, NULL, "kept", TL_TABLE);
    add(&s, "a");
    struct tl_source_id second = tl_snapshot_add_source(&s, "ads", "sqlite", "sqlite");
    for (int i = 0; i < 3; i++) {
        tl_snapshot_add_dataset(&s, NULL, NULL, "gone", TL_TABLE);
        add(&s, "b");
        tl_snapshot_add_foreign_key(&s, "b", "kept", "a");
    }
    tl_snapshot_fail_source(&s, second, "it is locked");
    CHECK_INT(s.sources.n, 2);
    CHECK_INT(s.sources.items[1].state, TL_SOURCE_FAILED);
    CHECK_TEXT(tl_snapshot_text(&s, s.sources.items[1].why), "it is locked");
    CHECK_INT(s.datasets.n, 1);
    CHECK_INT(s.columns.n, 1);
    CHECK_INT(s.keys.n, 0);
    tl_snapshot_release(&s);
}

static void native_types_mean_what_they_mean(void)
{
    static const struct {
        const char *native;
        enum tl_logical want;
    } rows[] = {
        /* SQLite */
        { "INTEGER", TL_LOGICAL_INTEGER },
        { "VARYING CHARACTER(255)", TL_LOGICAL_TEXT },
        { "UNSIGNED BIG INT", TL_LOGICAL_INTEGER },
        { "NATIVE CHARACTER(70)", TL_LOGICAL_TEXT },
        { "DOUBLE PRECISION", TL_LOGICAL_REAL },
        { "MYTEXT", TL_LOGICAL_TEXT },
        { "POINT", TL_LOGICAL_UNKNOWN },
        { "", TL_LOGICAL_UNKNOWN },
        { NULL, TL_LOGICAL_UNKNOWN },
        /* PostgreSQL and Redshift */
        { "character varying(20)", TL_LOGICAL_TEXT },
        { "timestamp without time zone", TL_LOGICAL_TIME },
        { "numeric(12,2)", TL_LOGICAL_REAL },
        { "numeric(12, 0)", TL_LOGICAL_INTEGER },
        { "numeric", TL_LOGICAL_REAL },
        { "\"char\"", TL_LOGICAL_TEXT },
        { "public.citext", TL_LOGICAL_TEXT },
        { "integer[]", TL_LOGICAL_ARRAY },
        { "_int4", TL_LOGICAL_ARRAY },
        { "ARRAY", TL_LOGICAL_ARRAY },
        { "jsonb", TL_LOGICAL_JSON },
        { "inet", TL_LOGICAL_INET },
        { "bytea", TL_LOGICAL_BYTES },
        { "super", TL_LOGICAL_JSON },
        { "varbyte(16)", TL_LOGICAL_BYTES },
        { "USER-DEFINED", TL_LOGICAL_UNKNOWN },
        { "int4range", TL_LOGICAL_UNKNOWN },
        /* Snowflake */
        { "NUMBER(38,0)", TL_LOGICAL_INTEGER },
        { "NUMBER(10,2)", TL_LOGICAL_REAL },
        { "NUMBER", TL_LOGICAL_INTEGER },
        { "TIMESTAMP_NTZ(9)", TL_LOGICAL_TIME },
        { "VARIANT", TL_LOGICAL_JSON },
        { "OBJECT", TL_LOGICAL_JSON },
        { "OBJECT(street VARCHAR, zip NUMBER(5,0))", TL_LOGICAL_RECORD },
        /* Trino */
        { "row(a bigint, b varchar)", TL_LOGICAL_RECORD },
        { "map(varchar, bigint)", TL_LOGICAL_RECORD },
        { "array(varchar)", TL_LOGICAL_ARRAY },
        { "ipaddress", TL_LOGICAL_INET },
        { "timestamp(3) with time zone", TL_LOGICAL_TIME },
        { "varbinary", TL_LOGICAL_BYTES },
        { "uuid", TL_LOGICAL_UUID },
        /* BigQuery */
        { "INT64", TL_LOGICAL_INTEGER },
        { "STRING(10)", TL_LOGICAL_TEXT },
        { "STRUCT<a INT64, b STRING>", TL_LOGICAL_RECORD },
        { "ARRAY<STRING>", TL_LOGICAL_ARRAY },
        { "BIGNUMERIC", TL_LOGICAL_REAL },
        { "BYTES", TL_LOGICAL_BYTES },
        { "DATETIME", TL_LOGICAL_TIME },
        { "DATE", TL_LOGICAL_DATE },
        { "BOOL", TL_LOGICAL_BOOLEAN },
        /* others */
        { "LowCardinality(Nullable(String))", TL_LOGICAL_TEXT },
        { "LONG VARCHAR", TL_LOGICAL_TEXT },
        { "enum('a','b')", TL_LOGICAL_TEXT },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char what[96];
        snprintf(what, sizeof what, "type %s", rows[i].native);
        tl_check_int(tl_logical_of(rows[i].native), rows[i].want, what, __FILE__,
                     __LINE__);
    }
}

static void words_and_numbers_go_both_ways(void)
{
    for (int i = TL_NOTHING; i <= TL_CARRIED; i++)
        CHECK_INT(tl_state_of(tl_state_word(i)), i);
    for (int i = TL_BY_RULE; i <= TL_BY_PERSON; i++)
        CHECK_INT(tl_origin_of(tl_origin_word(i)), i);
    for (int i = TL_PUBLIC; i <= TL_SPECIAL; i++)
        CHECK_INT(tl_sensitivity_of(tl_sensitivity_word(i)), i);
    CHECK_INT(tl_state_of("clean"), -1);
    CHECK_INT(tl_origin_of(NULL), -1);
    CHECK_TEXT(tl_evidence_word(TL_FROM_VALIDATOR), "validator");
    CHECK_TEXT(tl_evidence_word(TL_FROM_PROOF), "proof");
    CHECK_TEXT(tl_stance_word(TL_REFUTES), "refutes");
    CHECK_TEXT(tl_dataset_kind_word(TL_EXTERNAL_TABLE), "external_table");
    CHECK_TEXT(tl_logical_word(TL_LOGICAL_INET), "inet");
    CHECK_TEXT(tl_state_word(200), "unknown");
    CHECK_TEXT(tl_state_word(-1), "unknown");
}

/* ---- belief ---- */

#define NAME(at, n)                                                                      \
    {                                                                                    \
        (at), (n)                                                                        \
    }
/*                              1   3   5     9     13    17    21   */
static const char texts[] = "\0s\0m\0ads\0Ids\0ids\0key\0Key";

static const struct tl_belief_column columns[] = { { .path = NAME(17, 3) },
                                                   { .path = NAME(21, 3) },
                                                   { .path = NAME(17, 3) },
                                                   { .path = NAME(17, 3) } };
static const struct tl_belief_dataset datasets[] = {
    { .source = NAME(1, 1), .name = NAME(5, 3), .first_column = 0, .n_columns = 2 },
    { .source = NAME(1, 1),
      .schema = NAME(3, 1),
      .name = NAME(9, 3),
      .first_column = 2,
      .n_columns = 1 },
    { .source = NAME(1, 1),
      .schema = NAME(3, 1),
      .name = NAME(13, 3),
      .first_column = 3,
      .n_columns = 1 },
};
static const struct tl_belief belief = {
    .datasets = datasets,
    .columns = columns,
    .text = texts,
    .n_datasets = 3,
    .n_columns = 4,
};

static void a_belief_finds_each_dataset_by_its_key(void)
{
    for (uint32_t i = 0; i < belief.n_datasets; i++) {
        struct tl_key key = tl_belief_key(&belief, &datasets[i]);
        key.field = "any";
        CHECK(tl_belief_find(&belief, &key) == &datasets[i]);
    }
    CHECK(tl_belief_find(&belief, &(struct tl_key){ "s", NULL, "m", "ads", NULL }) ==
          NULL);
    CHECK(tl_belief_find(&(struct tl_belief){ 0 }, &(struct tl_key){ "s", 0 }) == NULL);
}

static void a_column_is_found_by_its_exact_path(void)
{
    CHECK(tl_belief_column(&belief, &datasets[0], "Key") == &columns[1]);
    CHECK(tl_belief_column(&belief, &datasets[0], "KEY") == NULL);
    CHECK(tl_belief_column(&belief, &datasets[1], "Key") == NULL);
    CHECK(tl_belief_text(&belief, (struct tl_slice){ 0, 0 }) == NULL);
}

static size_t search(struct tl_belief_hit *out, size_t most, const char *text)
{
    struct tl_ctx ctx;
    struct tl_key_pattern pattern;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_key_parse(&pattern, text, &ctx), &ctx);
    size_t n = tl_belief_search(out, most, &belief, &pattern);
    tl_test_ctx_release(&ctx);
    return n;
}

static void a_search_prefers_exact_names_and_counts_beyond_its_room(void)
{
    struct tl_belief_hit hits[2];

    CHECK_INT(search(hits, 2, "ids#key"), 1);
    CHECK(hits[0].dataset == &datasets[2] && hits[0].column == &columns[3]);
    CHECK_INT(search(hits, 2, "IDS"), 2);
    CHECK(hits[1].dataset == &datasets[2] && hits[1].column == NULL);
    CHECK_INT(search(hits, 2, "#key"), 3);
    CHECK_INT(search(hits, 2, "#KEY"), 4);
    CHECK_INT(search(hits, 0, "m/ids#key"), 1);
    CHECK_INT(search(hits, 2, "nobody"), 0);
}

static void add_edge(struct tl_edges *edges, const char *source, unsigned confidence,
                     unsigned line)
{
    tl_vec_push(&edges->items, ((struct tl_edge){ .target = "t",
                                                  .target_column = "a",
                                                  .source = source,
                                                  .source_column = "a",
                                                  .confidence = (uint16_t)confidence,
                                                  .line = line }));
}

static void of_edges_that_say_the_same_the_surest_stays(void)
{
    struct tl_edges edges = { 0 };

    add_edge(&edges, "s", 950, 1);
    add_edge(&edges, "s", 1000, 3);
    add_edge(&edges, "r", 1000, 4);
    add_edge(&edges, "s", 1000, 2);
    tl_edges_sort(&edges);
    CHECK_INT(edges.items.n, 2);
    CHECK_TEXT(edges.items.items[0].source, "r");
    CHECK_INT(edges.items.items[1].confidence, 1000);
    CHECK_INT(edges.items.items[1].line, 2);
    tl_edges_release(&edges);
}

TL_TESTS("model", TEST(a_snapshot_keeps_what_was_added),
         TEST(a_dataset_has_a_key_without_absent_levels),
         TEST(a_repeated_name_gets_a_number),
         TEST(ten_thousand_columns_of_one_name_are_numbered),
         TEST(names_may_hold_any_bytes), TEST(a_failed_source_takes_its_datasets_back),
         TEST(native_types_mean_what_they_mean), TEST(words_and_numbers_go_both_ways),
         TEST(a_belief_finds_each_dataset_by_its_key),
         TEST(a_column_is_found_by_its_exact_path),
         TEST(a_search_prefers_exact_names_and_counts_beyond_its_room),
         TEST(of_edges_that_say_the_same_the_surest_stays))
