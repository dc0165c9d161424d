/* State files as text: the form is final, so it is written out here. And the digest that finds a schema unchanged. */
#include "lineage/log/digest.h"
#include "lineage/log/state.h"
#include "tests/check.h"

static const char whole[] =
    "{\"columns\":[\n"
    "{\"comment\":\"as the form "
    "says\",\"logical\":\"integer\",\"name\":\"id\",\"nullable\":false,\"ordinal\":1,"
    "\"roles\":[\"primary\",\"foreign\"],\"type\":\"INTEGER\"},\n"
    "{\"absent\":true,\"logical\":\"text\",\"name\":\"m\\\"a\xee\xbf\xbf\",\"ordinal\":2,"
    "\"tags\":[{\"actor\":\"jo\","
    "\"category\":\"user.contact.email\",\"confidence\":970,\"info_type\":\"email_"
    "address\",\"inside\":true,\"origin\":\"person\",\"path\":\"user.email\","
    "\"sensitivity\":\"personal\",\"since\":\"2026-01-02T03:04:05Z\",\"span\":"
    "\"0123456789abcdef\","
    "\"state\":\"confirmed\",\"trace\":\"0123456789abcdef0123456789abcdef\"},"
    "{\"confidence\":810,\"effect\":\"hashes\",\"from\":\"shop/main/u#e%2Fm\","
    "\"from_type\":\"email_address\",\"info_type\":\"hashed_email\","
    "\"origin\":\"lineage\",\"sensitivity\":\"internal\","
    "\"since\":\"2026-01-02T03:04:05Z\",\"span\":\"0123456789abcdef\","
    "\"state\":\"carried\",\"trace\":\"0123456789abcdef0123456789abcdef\"}],"
    "\"unknown\":true}\n"
    "],\"comment\":\"people\",\"dataset\":{\"database\":\"d\",\"name\":\"users\","
    "\"platform\":\"sqlite\","
    "\"schema\":\"main\",\"source\":\"shop\"},\n"
    "\"digests\":{\"rules\":\"aa\",\"sample\":\"\",\"schema\":\"bb\"},\n"
    "\"edges\":[\n"
    "{\"column\":8,\"kind\":\"filter\",\"line\":4,\"source\":\"shop/main/"
    "t\",\"source_column\":\"x\"},\n"
    "{\"column\":16,\"confidence\":700,\"effect\":\"hashes\",\"function\":"
    "\"md5\",\"kind\":\"transformation\",\"line\":3,\"query\":\"etl/load.sql#2\","
    "\"source\":\"shop/main/u\",\"source_column\":\"e\xee\xbf\xbf\","
    "\"target_column\":\"id\"}\n],\n"
    "\"facts\":[\n{\"counts\":{\"k.smallest\":[3,0]}},\n"
    "{\"column\":\"id\",\"counts\":{\"tcf.decodes\":[9,10],\"tcf.old\":[0,10]}}\n],\n"
    "\"keys\":[{\"columns\":\"id\",\"target\":\"t\",\"target_columns\":\"x\"}],\"kind\":"
    "\"view\",\"owner\":\"dba\","
    "\"problems\":[\n{\"column\":2,\"line\":9,\"query\":\"etl/load.sql#2\","
    "\"what\":\"MERGE\"},\n{\"what\":\"no idea\"}\n],"
    "\"rows\":64,\"view_sql\":\"select ?\"}\n";

static int read_text(struct tl_state_file *out, const char *text, struct tl_ctx *ctx)
{
    return tl_state_read(out, text, strlen(text), "users.json", ctx->arena, ctx);
}

static void a_state_file_is_read_and_written_alike(void)
{
    struct tl_str text = TL_STR_INIT(65536);
    struct tl_state_file state;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_OK(read_text(&state, whole, &ctx), &ctx);
    CHECK_TEXT(state.columns[1].path, "m\"a\xff");
    CHECK_INT(state.columns[1].tags[0].since, INT64_C(1767323045) * 1000000000);
    CHECK_INT(state.columns[1].nullable, -1);
    CHECK_TEXT(state.columns[1].tags[1].from, "shop/main/u#e%2Fm");
    CHECK(state.columns[1].tags[0].is_inside && !state.columns[1].tags[1].is_inside);
    CHECK_INT(state.n_facts, 3);
    CHECK(!state.facts[0].column);
    CHECK_INT(state.facts[2].of, 10);
    CHECK_INT(state.edges[0].confidence, 1000);
    CHECK_INT(state.edges[0].effect, TL_NO_EFFECT);
    CHECK_TEXT(state.edges[1].source_column, "e\xff");
    CHECK_INT(state.problems[0].line, 9);
    CHECK_INT(state.columns[0].roles, TL_KEY_PRIMARY | TL_KEY_FOREIGN);
    tl_state_write(&text, &state);
    CHECK_TEXT(text.text, whole);
    tl_str_release(&text);
    tl_test_ctx_release(&ctx);
}

static void a_file_with_no_columns_has_its_lines_too(void)
{
    struct tl_str text = TL_STR_INIT(65536);
    struct tl_state_file state = { .key = { .source = "s", .dataset = "d" },
                                   .schema_digest = "",
                                   .sample_digest = "",
                                   .rules_digest = "",
                                   .rows = -1 };
    tl_state_write(&text, &state);
    CHECK_TEXT(text.text,
               "{\"columns\":[\n],\"dataset\":{\"name\":\"d\",\"source\":\"s\"},\n"
               "\"digests\":{\"rules\":\"\",\"sample\":\"\",\"schema\":\"\"},\n\"kind\":"
               "\"table\"}\n");
    tl_str_release(&text);
}

static void what_a_later_tagline_added_is_passed_over(void)
{
    struct tl_state_file state;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_OK(
        read_text(
            &state,
            "{\"columns\":[{\"logical\":\"text\",\"name\":\"a\",\"new\":[1],\"ordinal\":"
            "1}],"
            "\"dataset\":{\"name\":\"d\",\"source\":\"s\"},\"digests\":{\"rules\":\"\","
            "\"sample\":\"\",\"schema\":\"\"},\"edges\":[],\"kind\":\"table\"}",
            &ctx),
        &ctx);
    tl_test_ctx_release(&ctx);
}

static void a_word_or_number_out_of_range_is_damage(void)
{
    static const char *const changes[][2] = {
        { "\"ordinal\":1", "\"ordinal\":-1" },
        { "\"confidence\":970", "\"confidence\":1001" },
        { "\"state\":\"confirmed\"", "\"state\":\"sure\"" },
        { "\"origin\":\"person\"", "\"origin\":7" },
        { "2026-01-02T03:04:05Z", "yesterday" },
        { "\"span\":\"0123456789abcdef\"", "\"span\":\"0123\"" },
        { "\"kind\":\"view\"", "\"kind\":\"seen\"" },
        { "\"schema\":\"bb\"", "\"schema\":null" },
        { "\"primary\"", "\"first\"" },
        { "\"rows\":64", "\"rows\":6.4" },
        { "\"logical\":\"text\"", "\"logical\":[]" },
        { "\"source\":\"shop\"", "\"other\":\"shop\"" },
        { "\"kind\":\"filter\"", "\"kind\":\"sieve\"" },
        { "\"confidence\":700", "\"confidence\":7000" },
        { "\"effect\":\"hashes\",\"from\"", "\"effect\":\"cooks\",\"from\"" },
        { "\"source\":\"shop/main/u\"", "\"source\":4" },
        { "\"what\":\"MERGE\"", "\"who\":\"MERGE\"" },
        { "\"line\":4", "\"line\":-4" },
    };
    struct tl_state_file state;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const char *at = strstr(whole, changes[i][0]);
        const char *text =
            tl_arena_printf(ctx.arena, "%.*s%s%s", (int)(at - whole), whole,
                            changes[i][1], at + strlen(changes[i][0]));
        CHECK_FAILS(read_text(&state, text, &ctx), TL_ELOG, "users.json", &ctx);
    }
    tl_test_ctx_release(&ctx);
}

static void check_path(const struct tl_key *key, const char *want)
{
    struct tl_str path = TL_STR_INIT(4096);

    tl_state_path(&path, key);
    CHECK_TEXT(path.text, want);
    tl_str_release(&path);
}

static void paths_name_the_levels_that_are_there(void)
{
    check_path(&(struct tl_key){ "s", "d", "m", "t", NULL }, "state/s/d/m/t.json");
    check_path(&(struct tl_key){ "s", NULL, "m", "t", NULL }, "state/s/m/t.json");
    check_path(&(struct tl_key){ "s", NULL, NULL, "a.csv", NULL }, "state/s/a.csv.json");
    check_path(&(struct tl_key){ "s", NULL, "a.json", "..", NULL },
               "state/s/a%2Ejson/%2E%2E.json");
    check_path(&(struct tl_key){ "s/x", NULL, "", "\xff\n", NULL },
               "state/s%2Fx/%/%FF%0A.json");
}

/* ---- the schema's digest ---- */

static const char *digest(struct tl_snapshot *snapshot, struct tl_ctx *ctx)
{
    char hex[65];

    CHECK_INT(tl_log_schema_digest(hex, snapshot, (struct tl_dataset_id){ 0 }), TL_OK);
    return tl_arena_strdup(ctx->arena, hex);
}

static void any_change_of_a_schema_changes_its_digest(void)
{
    struct tl_snapshot snapshot;
    struct tl_ctx ctx;
    const char *seen[16];
    unsigned n = 0;

    tl_test_ctx_init(&ctx);
    tl_snapshot_init(&snapshot);
    tl_snapshot_add_source(&snapshot, "s", "test", "sqlite");
    struct tl_dataset *dataset =
        tl_snapshot_add_dataset(&snapshot, NULL, "m", "t", TL_TABLE);
    struct tl_column *column = tl_snapshot_add_column(&snapshot, "ab", 2, "TEXT");
    tl_snapshot_add_column(&snapshot, "c", 1, "TEXT");
    seen[n++] = digest(&snapshot, &ctx);
    dataset->comment = tl_text_of(snapshot.texts, "");
    seen[n++] = digest(&snapshot, &ctx);
    dataset->view_sql = tl_text_of(snapshot.texts, "select 1");
    seen[n++] = digest(&snapshot, &ctx);
    dataset->kind = TL_VIEW;
    seen[n++] = digest(&snapshot, &ctx);
    column = &snapshot.columns.items[0];
    column->comment = tl_text_of(snapshot.texts, "x");
    seen[n++] = digest(&snapshot, &ctx);
    column->nullable = 0;
    seen[n++] = digest(&snapshot, &ctx);
    column->roles = TL_KEY_UNIQUE;
    seen[n++] = digest(&snapshot, &ctx);
    snapshot.columns.items[0].path = tl_text_of(snapshot.texts, "a");
    snapshot.columns.items[1].path = tl_text_of(snapshot.texts, "bc");
    seen[n++] = digest(&snapshot, &ctx);
    tl_snapshot_add_foreign_key(&snapshot, "a", "t", "b");
    seen[n++] = digest(&snapshot, &ctx);
    for (unsigned i = 0; i < n; i++)
        for (unsigned j = 0; j < i; j++)
            CHECK(strcmp(seen[i], seen[j]) != 0);
    tl_snapshot_release(&snapshot);
    tl_test_ctx_release(&ctx);
}

static void more_rows_are_no_other_schema(void)
{
    struct tl_snapshot snapshot;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_snapshot_init(&snapshot);
    tl_snapshot_add_source(&snapshot, "s", "test", "sqlite");
    tl_snapshot_add_dataset(&snapshot, NULL, "m", "t", TL_TABLE)->rows = 5;
    const char *before = digest(&snapshot, &ctx);
    snapshot.datasets.items[0].rows = 500;
    CHECK_TEXT(digest(&snapshot, &ctx), before);
    tl_snapshot_release(&snapshot);
    tl_test_ctx_release(&ctx);
}

TL_TESTS("state", TEST(a_state_file_is_read_and_written_alike),
         TEST(a_file_with_no_columns_has_its_lines_too),
         TEST(what_a_later_tagline_added_is_passed_over),
         TEST(a_word_or_number_out_of_range_is_damage),
         TEST(paths_name_the_levels_that_are_there),
         TEST(any_change_of_a_schema_changes_its_digest),
         TEST(more_rows_are_no_other_schema))
