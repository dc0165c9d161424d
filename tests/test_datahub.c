/* The DataHub sink against a scripted server: what is found, what is planned, what is sent, what a failure means. */
#include "tests/check.h"
#include "tests/world_belief.h"

#include "connectors/catalog/datahub.h"

#define DATASET(name) "urn:li:dataset:(urn:li:dataPlatform:sqlite," name ",PROD)"
#define TAG           "urn:li:tag:tagline.email_address"

/* What the far end says to a request whose "METHOD path body" holds `part`. JSON with ' for ". */
struct answer {
    const char *part;
    int status; /* 0: no answer comes; -1: this answer is used up */
    const char *body;
    int times; /* 0: always */
    const char *type;
};

static const struct answer gms = { "GET /config", 200,
                                   "{'noCode':'true','patchCapable':true}" };
static const struct answer no_tags = { "/entity/tag/batchGet", 200, "[]" };
static const struct answer no_page = { "GET /openapi/v3/entity/dataset?", 200,
                                       "{'scrollId':null,'entities':[]}" };
static const struct answer none_found = { "/entity/dataset/batchGet", 200, "[]" };
static const struct answer success = { "POST /aspects", 200, "{'value':'success'}" };

struct world {
    struct tl_ctx ctx;
    struct tl_draft draft;
    struct tl_datahub_config config;
    void *conn;
    struct answer answers[12];
    struct tl_plan plan;
    struct tl_receipt receipt;
    struct tl_str asked; /* every request: "METHOD path body\n" */
    unsigned n_asked;
};

static char *quoted(const char *text)
{
    char *copy = tl_strdup(text);

    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return copy;
}

static int far_send(void *self, struct tl_http_response *out,
                    const struct tl_http_request *request, struct tl_ctx *ctx)
{
    struct world *w = self;
    size_t begin = w->asked.n;

    tl_str_addf(&w->asked, "%s %s ", request->method,
                request->url + strlen("http://gms"));
    tl_str_add_bytes(&w->asked, request->body ? request->body : "", request->n_body);
    tl_str_add_char(&w->asked, '\n');
    w->n_asked++;
    for (struct answer *a = w->answers; a->part; a++) {
        if (a->status == -1 || !strstr(w->asked.text + begin, a->part))
            continue;
        out->status = a->status;
        if (a->times > 0 && --a->times == 0)
            a->status = -1;
        if (out->status == 0)
            return tl_fail(ctx, TL_EREMOTE, "no answer from 'http://gms'");
        char *body = quoted(a->body);
        tl_str_add(&out->body, body);
        tl_free(body);
        snprintf(out->content_type, sizeof out->content_type, "%s",
                 a->type ? a->type : "application/json");
        return TL_OK;
    }
    return tl_fail(ctx, TL_EINTERNAL, "the test has no answer to '%s'",
                   w->asked.text + begin);
}

static void world_init(struct world *w)
{
    *w = (struct world){ .asked = TL_STR_INIT(TL_STR_MOST) };
    tl_test_ctx_init(&w->ctx);
    tl_draft_init(&w->draft);
    CHECK_OK(tl_option_defaults(&w->config, tl_connector_datahub.options, &w->ctx),
             &w->ctx);
}

/* With a server that gives these answers, the first that fits. */
static void world_answers(struct world *w, const struct answer *answers, size_t n)
{
    memcpy(w->answers, answers, n * sizeof *answers);
    w->config.server = "http://gms/";
    w->config.retries = 0;
}
#define ANSWERS(w, ...)                                                                  \
    world_answers(w, (struct answer[]){ __VA_ARGS__ },                                   \
                  sizeof((struct answer[]){ __VA_ARGS__ }) / sizeof(struct answer))

static void world_release(struct world *w)
{
    tl_connector_datahub.close(w->conn);
    tl_vec_release(&w->plan.items);
    tl_vec_release(&w->plan.misses);
    tl_vec_release(&w->receipt.refusals);
    tl_draft_release(&w->draft);
    tl_str_release(&w->asked);
    tl_test_ctx_release(&w->ctx);
}

static int world_open(struct world *w)
{
    int rc = tl_connector_datahub.open(&w->conn, &w->config, &w->ctx);

    if (rc == TL_OK && w->config.server)
        tl_http_use(tl_datahub_http(w->conn), (struct tl_transport){ far_send, w });
    return rc;
}

static int world_plan(struct world *w)
{
    int rc = world_open(w);

    return rc ? rc
              : tl_connector_datahub.sink->plan(&w->plan, w->conn,
                                                tl_draft_belief(&w->draft), &w->ctx);
}

/* main.users(id, email: tagged as an e-mail address) */
static void draft_users(struct world *w, enum tl_state state)
{
    tl_draft_dataset(&w->draft, "sqlite", NULL, "main", "Users");
    tl_draft_column(&w->draft, "id", "INTEGER");
    tl_draft_column(&w->draft, "Email", "TEXT");
    tl_draft_tag(&w->draft, "email_address", state);
}

/* `n` items that need no far end to be made. */
static void plan_items(struct world *w, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char *body = tl_arena_printf(w->ctx.arena, "{\"item\":\"<%u>\"}", i);

        tl_vec_push(&w->plan.items,
                    ((struct tl_plan_item){ .dataset = "",
                                            .target =
                                                tl_arena_printf(w->ctx.arena, "<%u>", i),
                                            .aspect = "status",
                                            .change = "UPSERT",
                                            .summary = "",
                                            .body = body,
                                            .n_body = strlen(body) }));
    }
}

static int world_push(struct world *w)
{
    int rc = world_open(w);

    return rc ? rc
              : tl_connector_datahub.sink->push(&w->receipt, w->conn, &w->plan, &w->ctx);
}

static const struct tl_plan_item *item_of(const struct world *w, const char *aspect)
{
    for (size_t i = 0; i < w->plan.items.n; i++)
        if (strcmp(w->plan.items.items[i].aspect, aspect) == 0)
            return &w->plan.items.items[i];
    return NULL;
}

/* The aspect inside the proposal, as JSON text; "" where there is none. */
static const char *aspect_of(struct world *w, const char *aspect)
{
    const struct tl_plan_item *item = item_of(w, aspect);
    json_t *tree = item ? json_loadb(item->body, item->n_body, 0, NULL) : NULL;
    const char *value =
        tl_arena_strdup(w->ctx.arena, tl_json_text_at(tree, "aspect.value", ""));

    json_decref(tree);
    return value;
}

/* An answer to batchGet: one dataset with one field, and what people edited. */
#define HELD(urn, field, edits)                                                          \
    "[{'urn':'" urn "','datasetKey':{'value':{}},'schemaMetadata':{'value':{'fields':["  \
    "{'fieldPath':'" field "'}]}},'editableSchemaMetadata':{'value':{"                   \
    "'editableSchemaFieldInfo':[" edits "]},'systemMetadata':{'version':'7'}}}]"
#define EDIT(field, tag, source)                                                         \
    "{'fieldPath':'" field "','globalTags':{'tags':[{'tag':'" tag                        \
    "','attribution':{'time':1,'actor':'urn:li:corpuser:x','source':'" source            \
    "','sourceDetail':{'state':'proposed'}}}]}}"

/* ---- the own form ---- */

static void without_a_server_the_own_form_is_derived(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.misses.n, 0);
    CHECK_TEXT(w.plan.items.items[0].target, TAG);
    CHECK_TEXT(item_of(&w, "schemaMetadata")->target, DATASET("main.Users"));
    CHECK_TEXT(aspect_of(&w, "subTypes"), "{\"typeNames\":[\"Database\"]}");
    CHECK_HAS(aspect_of(&w, "schemaMetadata"),
              "{\"fieldPath\":\"Email\",\"nativeDataType\":\"TEXT\"");
    CHECK_HAS(aspect_of(&w, "editableSchemaMetadata"),
              "/editableSchemaFieldInfo/Email/globalTags/tags/" TAG);
    world_release(&w);
}

static void the_key_of_a_field_is_patched_before_its_tag(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_CONFIRMED);
    CHECK_OK(world_plan(&w), &w.ctx);
    const char *patch = aspect_of(&w, "editableSchemaMetadata");
    CHECK(strncmp(patch,
                  "[{\"op\":\"add\",\"path\":\"/editableSchemaFieldInfo/Email/"
                  "fieldPath\",\"value\":\"Email\"}",
                  78) == 0);
    CHECK_HAS(patch, "\"source\":\"urn:li:dataHubAction:tagline\"");
    CHECK_HAS(patch, "\"confidence\":\"0.97\"");
    CHECK_HAS(patch, "\"state\":\"confirmed\"");
    CHECK_HAS(patch, "\"time\":1767225600000");
    world_release(&w);
}

static void proposals_are_ascii_with_surrogate_pairs(void)
{
    struct world w;
    world_init(&w);

    tl_draft_dataset(&w.draft, "sqlite", NULL, NULL, "t\xf0\x9f\x98\x80");
    tl_draft_column(&w.draft, "\xf0\x9f\x98\x80/~", "TEXT");
    tl_draft_tag(&w.draft, "email_address", TL_PROPOSED);
    CHECK_OK(world_plan(&w), &w.ctx);
    const struct tl_plan_item *item = item_of(&w, "editableSchemaMetadata");
    CHECK_HAS(item->body, "/editableSchemaFieldInfo/\\\\ud83d\\\\ude00~1~0/fieldPath");
    for (size_t i = 0; i < item->n_body; i++)
        if ((unsigned char)item->body[i] > 126)
            CHECK(!"a byte beyond ASCII");
    world_release(&w);
}

static void the_file_holds_one_proposal_a_line(void)
{
    struct world w;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_OK(tl_connector_datahub.sink->write(&text, &w.plan, &w.ctx), &w.ctx);
    json_t *tree = json_loadb(text.text, text.n, 0, NULL);
    size_t lines = 0;
    for (size_t i = 0; i < text.n; i++)
        lines += text.text[i] == '\n';
    CHECK_INT(json_array_size(tree), w.plan.items.n);
    CHECK_INT(lines, w.plan.items.n + 2);
    json_decref(tree);
    tl_str_release(&text);
    world_release(&w);
}

static void an_empty_plan_is_an_empty_list(void)
{
    struct world w;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    world_init(&w);

    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_OK(tl_connector_datahub.sink->write(&text, &w.plan, &w.ctx), &w.ctx);
    CHECK_TEXT(text.text, "[\n]\n");
    tl_str_release(&text);
    world_release(&w);
}

static void a_view_brings_its_sql_and_a_schema_its_database(void)
{
    struct world w;
    world_init(&w);

    struct tl_belief_dataset *dataset =
        tl_draft_dataset(&w.draft, "postgres", "db", "mart", "v");
    dataset->kind = TL_MATERIALIZED_VIEW;
    dataset->view_sql = tl_draft_text(&w.draft, "select a from b where c = ?");
    w.config.platform_instance = "eu";
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_TEXT(aspect_of(&w, "viewProperties"),
               "{\"materialized\":true,\"viewLanguage\":\"SQL\",\"viewLogic\":\"select a "
               "from b where c = ?\"}");
    CHECK_TEXT(item_of(&w, "schemaMetadata")->target,
               "urn:li:dataset:(urn:li:dataPlatform:postgres,eu.db.mart.v,PROD)");
    CHECK_TEXT(aspect_of(&w, "dataPlatformInstance"),
               "{\"instance\":\"urn:li:dataPlatformInstance:(urn:li:dataPlatform:"
               "postgres,eu)\",\"platform\":\"urn:li:dataPlatform:postgres\"}");
    CHECK_HAS(aspect_of(&w, "containerProperties"),
              "\"database\":\"db\",\"env\":\"PROD\",\"instance\":\"eu\"");
    world_release(&w);
}

static void a_name_that_datahub_cannot_take_is_missed(void)
{
    struct world w;
    char name[600] = "";
    world_init(&w);

    memset(name, 'x', 599);
    tl_draft_dataset(&w.draft, "sqlite", NULL, "main", name);
    tl_draft_dataset(&w.draft, "sqlite", NULL, "main", "t");
    tl_draft_column(&w.draft, "", "TEXT");
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.misses.n, 2);
    CHECK_HAS(w.plan.misses.items[0].why, "512 bytes");
    CHECK_HAS(w.plan.misses.items[1].why, "without a name");
    CHECK_HAS(aspect_of(&w, "schemaMetadata"), "\"fields\":[]");
    world_release(&w);
}

static void only_tags_of_the_wanted_states_are_pushed(void)
{
    static const char *words[] = { "confirmed" };
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    w.config.states = (struct tl_list){ words, 1 };
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK(item_of(&w, "schemaMetadata") != NULL);
    CHECK(item_of(&w, "editableSchemaMetadata") == NULL);
    CHECK(item_of(&w, "tagProperties") == NULL);
    world_release(&w);
}

static void a_tag_that_lineage_carried_is_pushed_as_well(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_CARRIED);
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK(item_of(&w, "editableSchemaMetadata") != NULL);
    world_release(&w);
}

/* ---- finding ---- */

static void a_dataset_is_found_in_lower_case_and_its_field_as_stored(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.users"), "EMAIL", "") });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_HAS(w.asked.text, DATASET("main.Users"));
    CHECK_INT(w.plan.items.n, 2);
    CHECK_TEXT(w.plan.items.items[0].aspect, "tagProperties");
    CHECK_TEXT(w.plan.items.items[1].target, DATASET("main.users"));
    CHECK_HAS(aspect_of(&w, "editableSchemaMetadata"),
              "/editableSchemaFieldInfo/EMAIL/globalTags");
    CHECK_INT(w.plan.misses.n, 0);
    world_release(&w);
}

static void the_exact_spelling_wins_over_the_lower_one(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              "[{'urn':'" DATASET(
                  "main.users") "','schemaMetadata':{'value':{'fields':[{'fieldPath':'"
                                "Email'}]}}},"
                                "{'urn':'" DATASET(
                                    "main.Users") "','schemaMetadata':{'value':{'fields':"
                                                  "[{'fieldPath':'Email'}]}}}]" });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 2);
    CHECK_TEXT(item_of(&w, "editableSchemaMetadata")->target, DATASET("main.Users"));
    world_release(&w);
}

static void a_dataset_in_mixed_case_is_found_in_the_list(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags, { "/entity/dataset/batchGet", 200, "[]", 1 },
            { "scrollId=2", 200,
              "{'scrollId':null,'entities':[{'urn':'" DATASET("MAIN.uSERS") "'}]}" },
            { "GET /openapi/v3/entity/dataset?", 200,
              "{'scrollId':'2','entities':[{'urn':'" DATASET("main.other") "'}]}" },
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("MAIN.uSERS"), "Email", "") });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_TEXT(item_of(&w, "editableSchemaMetadata")->target, DATASET("MAIN.uSERS"));
    world_release(&w);
}

static void what_has_no_match_is_told_and_nothing_is_made(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags, none_found,
            { "GET /openapi/v3/entity/dataset?", 200,
              "{'entities':[{'urn':'" DATASET("eu.main.users") "'}]}" });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 0);
    CHECK_INT(w.plan.misses.n, 1);
    CHECK_TEXT(w.plan.misses.items[0].dataset, "shop/main/Users");
    CHECK_HAS(w.plan.misses.items[0].why, "'eu.main.users' ends alike");
    world_release(&w);
}

static void names_that_differ_only_by_case_are_not_guessed(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags, none_found,
            { "GET /openapi/v3/entity/dataset?", 200,
              "{'entities':[{'urn':'" DATASET("MAIN.USERS") "'},{'urn':'" DATASET(
                  "Main.Users") "'}]}" });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 0);
    CHECK_HAS(w.plan.misses.items[0].why, "several datasets over there");
    world_release(&w);
}

/* Both hold main.Users: one urn for two tables. */
static void draft_rivals(struct world *w)
{
    draft_users(w, TL_PROPOSED);
    tl_draft_dataset(&w->draft, "sqlite", NULL, "main", "Users")->source =
        tl_draft_text(&w->draft, "store");
    tl_draft_column(&w->draft, "phone", "TEXT");
    tl_draft_tag(&w->draft, "phone_e164", TL_PROPOSED);
}

static void check_rivals(const struct world *w)
{
    CHECK_INT(w->plan.items.n, 0);
    if (!CHECK(w->plan.misses.n == 2))
        return;
    CHECK_TEXT(w->plan.misses.items[0].dataset, "shop/main/Users");
    CHECK_HAS(w->plan.misses.items[0].why, "'store/main/Users' has the same urn");
    CHECK_TEXT(w->plan.misses.items[1].dataset, "store/main/Users");
    CHECK_HAS(w->plan.misses.items[1].why, "'shop/main/Users' has the same urn");
}

static void datasets_of_one_urn_are_not_merged_in_a_file(void)
{
    struct world w;
    world_init(&w);

    draft_rivals(&w);
    CHECK_OK(world_plan(&w), &w.ctx);
    check_rivals(&w);
    world_release(&w);
}

static void datasets_of_one_urn_are_not_tagged_over_there(void)
{
    struct world w;
    world_init(&w);

    draft_rivals(&w);
    ANSWERS(&w, gms, no_tags, no_page,
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.Users"), "Email", "") });
    CHECK_OK(world_plan(&w), &w.ctx);
    check_rivals(&w);
    world_release(&w);
}

static void the_twin_of_a_dataset_keeps_its_urn(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    tl_draft_dataset(&w.draft, "sqlite", NULL, "main", "users");
    ANSWERS(&w, gms, no_tags, no_page,
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.users"), "Email", "") });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 0);
    CHECK_HAS(w.plan.misses.items[0].why, "differs from it only by case");
    world_release(&w);
}

static void a_nested_field_is_found_by_its_simple_path(void)
{
    struct world w;
    world_init(&w);

    tl_draft_dataset(&w.draft, "sqlite", NULL, "main", "t");
    tl_draft_column(&w.draft, "user.Mail", "TEXT");
    tl_draft_tag(&w.draft, "email_address", TL_PROPOSED);
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.t"),
                   "[version=2.0].[type=struct].user.[type=string].mail", "") });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_HAS(aspect_of(&w, "editableSchemaMetadata"),
              "/editableSchemaFieldInfo/"
              "[version=2.0].[type=struct].user.[type=string].mail/globalTags");
    world_release(&w);
}

static void a_column_without_a_match_is_told(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200, HELD(DATASET("main.Users"), "mail", "") });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 0);
    CHECK_INT(w.plan.misses.n, 1);
    CHECK_TEXT(w.plan.misses.items[0].column, "Email");
    world_release(&w);
}

static void columns_that_differ_only_by_case_are_not_guessed(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    tl_draft_column(&w.draft, "EMAIL", "TEXT");
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.Users"), "email", "") });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 0);
    CHECK_HAS(w.plan.misses.items[0].why, "only by case");
    world_release(&w);
}

static void a_dataset_that_is_removed_over_there_stays_so(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              "[{'urn':'" DATASET(
                  "main.Users") "','status':{'value':{'removed':true}}}]" });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 0);
    CHECK_HAS(w.plan.misses.items[0].why, "removed");
    world_release(&w);
}

/* ---- comparing ---- */

static void check_unchanged(const char *held)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags, { "/entity/dataset/batchGet", 200, held });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 0);
    CHECK_INT(w.plan.n_unchanged, 1);
    world_release(&w);
}

static void a_tag_that_stands_there_is_not_put_again(void)
{
    check_unchanged(
        HELD(DATASET("main.Users"), "Email", EDIT("Email", TAG, TL_DATAHUB_SOURCE)));
}

static void the_same_tag_of_somebody_else_is_left_as_it_is(void)
{
    check_unchanged(HELD(DATASET("main.Users"), "Email",
                         EDIT("Email", TAG, "urn:li:dataHubAction:other")));
    check_unchanged(HELD(DATASET("main.Users"), "Email",
                         "{'fieldPath':'Email','globalTags':{'tags':[{'tag':'" TAG
                         "'}]}}"));
}

static void a_tag_of_the_ingestion_counts_as_standing(void)
{
    check_unchanged("[{'urn':'" DATASET(
        "main.Users") "','schemaMetadata':{'value':{'fields':[{'fieldPath':'Email',"
                      "'globalTags':{'tags':[{'tag':'" TAG "'}]}}]}}}]");
}

static void a_confirmed_tag_replaces_our_proposed_one(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_CONFIRMED);
    ANSWERS(&w, gms,
            { "/entity/tag/batchGet", 200,
              "[{'urn':'" TAG "','tagProperties':{'value':{'name':'x'}}}]" },
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.Users"), "Email",
                   EDIT("Email", TAG, TL_DATAHUB_SOURCE)) });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 1);
    CHECK_HAS(aspect_of(&w, "editableSchemaMetadata"), "\"state\":\"confirmed\"");
    world_release(&w);
}

static void a_rejected_tag_of_ours_is_taken_off_where_we_saw_it(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_REJECTED);
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.Users"), "Email",
                   EDIT("Email", TAG, TL_DATAHUB_SOURCE)) });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 1);
    CHECK_TEXT(w.plan.items.items[0].summary, "remove 1 tag");
    CHECK_HAS(w.plan.items.items[0].body, "\"headers\":{\"If-Version-Match\":\"7\"}");
    CHECK_HAS(aspect_of(&w, "editableSchemaMetadata"),
              "{\"op\":\"remove\",\"path\":\"/editableSchemaFieldInfo/Email/globalTags/"
              "tags/" TAG "\",\"value\":{}}");
    world_release(&w);
}

static void a_rejected_tag_of_somebody_else_stays(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_REJECTED);
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.Users"), "Email",
                   EDIT("Email", TAG, "urn:li:corpuser:ada")) });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.items.n, 0);
    CHECK_INT(w.plan.misses.n, 0);
    world_release(&w);
}

static void a_tag_the_log_does_not_know_stays(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.Users"), "Email",
                   EDIT("Email", "urn:li:tag:tagline.ip_address", TL_DATAHUB_SOURCE)) });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK(strstr(aspect_of(&w, "editableSchemaMetadata"), "remove") == NULL);
    world_release(&w);
}

/* ---- mode own ---- */

static void own_makes_what_is_not_there(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    w.config.mode = TL_DATAHUB_OWN;
    ANSWERS(&w, gms, no_tags, none_found, no_page);
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_TEXT(item_of(&w, "schemaMetadata")->target, DATASET("main.Users"));
    CHECK_INT(w.plan.misses.n, 0);
    world_release(&w);
}

static void own_only_tags_what_somebody_else_made(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    w.config.mode = TL_DATAHUB_OWN;
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              HELD(DATASET("main.users"), "email", "") });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK(item_of(&w, "schemaMetadata") == NULL);
    CHECK_HAS(aspect_of(&w, "editableSchemaMetadata"), "/editableSchemaFieldInfo/email/");
    world_release(&w);
}

static void own_keeps_up_the_schema_that_we_made(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    w.config.mode = TL_DATAHUB_OWN;
    ANSWERS(&w, gms, no_tags,
            { "/entity/dataset/batchGet", 200,
              "[{'urn':'" DATASET(
                  "main.Users") "','schemaMetadata':{'value':{'hash':'old','fields':[]},"
                                "'systemMetadata':{'properties':{'clientId':'tagline'}}}}"
                                "]" });
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_HAS(aspect_of(&w, "schemaMetadata"), "\"hash\":\"0123456789abcdef");
    CHECK_HAS(aspect_of(&w, "editableSchemaMetadata"), "/editableSchemaFieldInfo/Email/");
    CHECK_INT(w.plan.misses.n, 0);
    world_release(&w);
}

static void own_spells_urns_as_the_server_does(void)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    w.config.mode = TL_DATAHUB_OWN;
    ANSWERS(&w, { "GET /config", 200, "{'noCode':'true','datasetUrnNameCasing':true}" },
            no_tags, none_found, no_page);
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_TEXT(item_of(&w, "schemaMetadata")->target, DATASET("main.users"));
    world_release(&w);
}

/* ---- sending ---- */

static void a_plan_is_sent_in_batches(void)
{
    struct world w;
    world_init(&w);

    plan_items(&w, 5);
    w.config.batch = 2;
    ANSWERS(&w, success);
    CHECK_OK(world_push(&w), &w.ctx);
    CHECK_INT(w.n_asked, 3);
    CHECK_INT(w.receipt.n_sent, 5);
    CHECK_INT(w.receipt.n_accepted, 5);
    CHECK_HAS(
        w.asked.text,
        "POST /aspects?action=ingestProposalBatch "
        "{\"async\":\"false\",\"proposals\":[{\"item\":\"<0>\"},{\"item\":\"<1>\"}]}");
    world_release(&w);
}

static void a_batch_stays_under_the_byte_ceiling(void)
{
    struct world w;
    world_init(&w);

    plan_items(&w, 4);
    tl_vec_push(&w.plan.items, w.plan.items.items[0]);
    w.plan.items.items[4].body = tl_arena_printf(w.ctx.arena, "%0200d", 0);
    w.plan.items.items[4].n_body = 200;
    w.config.max_bytes = 80;
    ANSWERS(&w, success);
    CHECK_OK(world_push(&w), &w.ctx);
    CHECK_INT(w.n_asked, 2);
    CHECK_INT(w.receipt.n_accepted, 4);
    CHECK_INT(w.receipt.refusals.n, 1);
    CHECK_HAS(w.receipt.refusals.items[0].why, "max_bytes");
    world_release(&w);
}

static void one_bad_item_does_not_lose_the_rest(void)
{
    struct world w;
    world_init(&w);

    plan_items(&w, 10);
    ANSWERS(&w, { "<7>", 422, "{'message':'Failed to\\nvalidate','status':422}" },
            success);
    CHECK_OK(world_push(&w), &w.ctx);
    CHECK_INT(w.receipt.n_sent, 10);
    CHECK_INT(w.receipt.n_accepted, 9);
    CHECK_INT(w.receipt.refusals.n, 1);
    CHECK_TEXT(w.receipt.refusals.items[0].target, "<7>");
    CHECK_TEXT(w.receipt.refusals.items[0].why, "Failed to\\nvalidate");
    CHECK_INT(w.receipt.refusals.items[0].status, 422);
    CHECK(w.n_asked < 10);
    world_release(&w);
}

static void a_batch_too_large_for_a_proxy_is_halved(void)
{
    struct world w;
    world_init(&w);

    plan_items(&w, 8);
    w.config.batch = 4;
    ANSWERS(&w, { "POST /aspects", 413, "<html>too large</html>", 1, "text/html" },
            success);
    CHECK_OK(world_push(&w), &w.ctx);
    CHECK_INT(w.receipt.n_accepted, 8);
    CHECK_INT(w.n_asked, 1 + 2 + 2);
    world_release(&w);
}

static void check_stops(const struct answer *answer, int want, const char *part,
                        const char *hint)
{
    struct world w;
    world_init(&w);

    plan_items(&w, 4);
    w.config.batch = 2;
    w.config.token = "s3cr3t-t0ken";
    ANSWERS(&w, { "<0>", 200, "{'value':'success'}" }, *answer);
    int rc = world_push(&w);
    CHECK_HAS(w.ctx.error.hint, hint);
    CHECK(!strstr(w.ctx.error.text, "s3cr3t") && !strstr(w.ctx.error.hint, "s3cr3t"));
    CHECK_FAILS(rc, want, part, &w.ctx);
    CHECK_INT(w.receipt.n_accepted, 2);
    world_release(&w);
}

static void a_push_that_cannot_go_on_stops_and_says_why(void)
{
    check_stops(&(struct answer){ "POST", 401, "{}" }, TL_EAUTH,
                "cannot sign in to 'http://gms'", "token");
    check_stops(&(struct answer){ "POST", 403,
                                  "{'message':'no rights for s3cr3t-t0ken'}" },
                TL_EAUTH, "no rights for ************", "privileges");
    check_stops(&(struct answer){ "POST", 404, "{}" }, TL_EREFUSE, "status 404", "0.14");
    check_stops(&(struct answer){ "POST", 302, "" }, TL_EREFUSE, "status 302", "GMS");
    check_stops(&(struct answer){ "POST", 500, "{'message':'boom'}" }, TL_EREMOTE, "boom",
                "");
    check_stops(&(struct answer){ "POST", 503, "" }, TL_EREMOTE, "status 503", "");
    check_stops(&(struct answer){ "POST", 0, "" }, TL_EREMOTE, "no answer", "");
    check_stops(&(struct answer){ "POST", 200, "<!doctype html>", 0, "text/html" },
                TL_EREFUSE, "'text/html'", "GMS");
}

static void a_long_message_is_cut_between_characters(void)
{
    struct world w;
    struct tl_str body = TL_STR_INIT(4096);
    world_init(&w);

    tl_str_add(&body, "{'message':'xx");
    for (unsigned i = 0; i < 200; i++)
        tl_str_add(&body, "\xe2\x82\xac");
    tl_str_add(&body, "'}");
    plan_items(&w, 1);
    ANSWERS(&w, { "POST", 422, body.text });
    CHECK_OK(world_push(&w), &w.ctx);
    const char *why = w.receipt.refusals.items[0].why;
    CHECK(strlen(why) <= 300 && strlen(why) > 290);
    CHECK(tl_utf8_is_valid(why, strlen(why)));
    tl_str_release(&body);
    world_release(&w);
}

static void a_push_stops_when_it_is_told_to(void)
{
    struct world w;
    world_init(&w);

    plan_items(&w, 4);
    ANSWERS(&w, success);
    CHECK_OK(world_open(&w), &w.ctx);
    atomic_store(&w.ctx.run->cancelled, true);
    CHECK_FAILS(tl_connector_datahub.sink->push(&w.receipt, w.conn, &w.plan, &w.ctx),
                TL_ECANCEL, NULL, &w.ctx);
    CHECK_INT(w.n_asked, 0);
    world_release(&w);
}

static void a_push_without_a_server_says_what_to_set(void)
{
    struct world w;
    world_init(&w);

    CHECK_FAILS(world_push(&w), TL_ECONFIG, "no server", &w.ctx);
    world_release(&w);
}

/* ---- reading ---- */

static void check_unreadable(const struct answer *config, const struct answer *found,
                             int want, const char *part)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, *config, no_tags, no_page, *found);
    CHECK_FAILS(world_plan(&w), want, part, &w.ctx);
    world_release(&w);
}

static void a_far_end_that_is_no_gms_is_told(void)
{
    check_unreadable(&(struct answer){ "GET /config", 200, "{'noCode':true}" },
                     &none_found, TL_EREFUSE, "not a DataHub metadata service");
    check_unreadable(&(struct answer){ "GET /config", 200, "<html>", 0, "text/html" },
                     &none_found, TL_EREFUSE, "JSON");
    check_unreadable(&(struct answer){ "GET /config", 200,
                                       "{'noCode':'true','patchCapable':false}" },
                     &none_found, TL_EREFUSE, "cannot patch");
    check_unreadable(&(struct answer){ "GET /config", 401, "" }, &none_found, TL_EAUTH,
                     "sign in");
}

static void an_answer_that_is_no_list_is_told(void)
{
    check_unreadable(&gms, &(struct answer){ "dataset/batchGet", 200, "{}" }, TL_EREFUSE,
                     "list");
    check_unreadable(&gms, &(struct answer){ "dataset/batchGet", 200, "[{'urn':" },
                     TL_EREMOTE, "breaks off");
    check_unreadable(&gms, &(struct answer){ "dataset/batchGet", 404, "" }, TL_EREFUSE,
                     "404");
    check_unreadable(&gms,
                     &(struct answer){ "dataset/batchGet", 403,
                                       "{'error':'Unauthorized'}" },
                     TL_EAUTH, "Unauthorized");
}

static void check_listing(const char *page, const char *part)
{
    struct world w;
    world_init(&w);

    draft_users(&w, TL_PROPOSED);
    ANSWERS(&w, gms, no_tags, none_found,
            { "GET /openapi/v3/entity/dataset?", 200, page });
    CHECK_FAILS(world_plan(&w), TL_EREFUSE, part, &w.ctx);
    world_release(&w);
}

/* Taken for the end of the list, either would say that our datasets are not there. */
static void a_listing_that_cannot_go_on_is_told(void)
{
    struct tl_str page = TL_STR_INIT(65536);

    tl_str_add(&page, "{'entities':[],'scrollId':'");
    for (unsigned i = 0; i < 20000; i++)
        tl_str_add_char(&page, 'x');
    tl_str_add(&page, "'}");
    check_listing("[]", "page of datasets");
    check_listing("{'message':'busy'}", "page of datasets");
    check_listing(page.text, "too long");
    tl_str_release(&page);
}

static void strange_shapes_of_an_answer_do_no_harm(void)
{
    static const char *const shapes[] = {
        "[1,null,[],{}]",
        "[{'urn':7}]",
        "[{'urn':'" DATASET("main.Users") "','schemaMetadata':3}]",
        "[{'urn':'" DATASET(
            "main.Users") "','schemaMetadata':{'value':{'fields':{'a':1}}}}]",
        "[{'urn':'" DATASET("main.Users") "','schemaMetadata':{'value':{'fields':[null,{}"
                                          ",{'fieldPath':3}]}}}]",
        "[{'urn':'" DATASET(
            "main.Users") "','schemaMetadata':{'value':{'fields':[{'fieldPath':'Email'}]}"
                          "},"
                          "'editableSchemaMetadata':{'value':{'editableSchemaFieldInfo':["
                          "7,{'fieldPath':'Email','globalTags':[]}]}}}]",
    };

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct world w;
        world_init(&w);

        draft_users(&w, TL_PROPOSED);
        ANSWERS(&w, gms, no_tags, no_page, { "dataset/batchGet", 200, shapes[i] });
        CHECK_OK(world_plan(&w), &w.ctx);
        CHECK(w.plan.misses.n + w.plan.items.n > 0);
        world_release(&w);
    }
}

static void a_request_too_large_to_read_by_is_halved(void)
{
    struct world w;
    world_init(&w);

    for (unsigned i = 0; i < 4; i++) {
        tl_draft_dataset(&w.draft, "sqlite", NULL, "main",
                         (const char *[]){ "a", "b", "c", "d" }[i]);
        tl_draft_column(&w.draft, "mail", "TEXT");
        tl_draft_tag(&w.draft, "email_address", TL_PROPOSED);
    }
    ANSWERS(&w, gms, no_tags, no_page, { "dataset/batchGet", 413, "", 1 }, none_found);
    CHECK_OK(world_plan(&w), &w.ctx);
    CHECK_INT(w.plan.misses.n, 4);
    world_release(&w);
}

/* ---- settings ---- */

static void check_refused(void (*spoil)(struct tl_datahub_config *config),
                          const char *part)
{
    struct world w;
    world_init(&w);

    spoil(&w.config);
    CHECK_FAILS(world_open(&w), TL_ECONFIG, part, &w.ctx);
    CHECK(w.conn == NULL);
    world_release(&w);
}

static void wrong_env(struct tl_datahub_config *config)
{
    config->env = "MOON";
}
static void wrong_server(struct tl_datahub_config *config)
{
    config->server = "gms:8080";
}
static void password_in_server(struct tl_datahub_config *config)
{
    config->server = "https://ada:pass@gms";
}
static void broken_token(struct tl_datahub_config *config)
{
    config->token = "a\nX-Evil: 1";
}
static void wrong_state(struct tl_datahub_config *config)
{
    static const char *words[] = { "rejected" };

    config->states = (struct tl_list){ words, 1 };
}
static void no_batch(struct tl_datahub_config *config)
{
    config->batch = 0;
}

static void settings_that_cannot_be_are_refused(void)
{
    check_refused(wrong_env, "'MOON'");
    check_refused(wrong_server, "'gms:8080'");
    check_refused(password_in_server, "must not hold a name or password");
    check_refused(broken_token, "line break");
    check_refused(wrong_state, "'rejected'");
    check_refused(no_batch, "batch");
}

static void a_check_proves_the_token(void)
{
    struct world w;
    world_init(&w);

    ANSWERS(&w, gms, { "GET /openapi", 401, "{}" });
    w.config.token = "stale";
    CHECK_OK(world_open(&w), &w.ctx);
    CHECK_FAILS(tl_connector_datahub.check(w.conn, &w.ctx), TL_EAUTH, "sign in", &w.ctx);
    world_release(&w);
}

TL_TESTS(
    "datahub", TEST(without_a_server_the_own_form_is_derived),
    TEST(the_key_of_a_field_is_patched_before_its_tag),
    TEST(proposals_are_ascii_with_surrogate_pairs),
    TEST(the_file_holds_one_proposal_a_line), TEST(an_empty_plan_is_an_empty_list),
    TEST(a_view_brings_its_sql_and_a_schema_its_database),
    TEST(a_name_that_datahub_cannot_take_is_missed),
    TEST(only_tags_of_the_wanted_states_are_pushed),
    TEST(a_tag_that_lineage_carried_is_pushed_as_well),
    TEST(a_dataset_is_found_in_lower_case_and_its_field_as_stored),
    TEST(the_exact_spelling_wins_over_the_lower_one),
    TEST(a_dataset_in_mixed_case_is_found_in_the_list),
    TEST(what_has_no_match_is_told_and_nothing_is_made),
    TEST(names_that_differ_only_by_case_are_not_guessed),
    TEST(datasets_of_one_urn_are_not_merged_in_a_file),
    TEST(datasets_of_one_urn_are_not_tagged_over_there),
    TEST(a_listing_that_cannot_go_on_is_told), TEST(the_twin_of_a_dataset_keeps_its_urn),
    TEST(a_nested_field_is_found_by_its_simple_path),
    TEST(a_column_without_a_match_is_told),
    TEST(columns_that_differ_only_by_case_are_not_guessed),
    TEST(a_dataset_that_is_removed_over_there_stays_so),
    TEST(a_tag_that_stands_there_is_not_put_again),
    TEST(the_same_tag_of_somebody_else_is_left_as_it_is),
    TEST(a_tag_of_the_ingestion_counts_as_standing),
    TEST(a_confirmed_tag_replaces_our_proposed_one),
    TEST(a_rejected_tag_of_ours_is_taken_off_where_we_saw_it),
    TEST(a_rejected_tag_of_somebody_else_stays), TEST(a_tag_the_log_does_not_know_stays),
    TEST(own_makes_what_is_not_there), TEST(own_only_tags_what_somebody_else_made),
    TEST(own_keeps_up_the_schema_that_we_made), TEST(own_spells_urns_as_the_server_does),
    TEST(a_plan_is_sent_in_batches), TEST(a_batch_stays_under_the_byte_ceiling),
    TEST(one_bad_item_does_not_lose_the_rest),
    TEST(a_batch_too_large_for_a_proxy_is_halved),
    TEST(a_push_that_cannot_go_on_stops_and_says_why),
    TEST(a_long_message_is_cut_between_characters), TEST(a_push_stops_when_it_is_told_to),
    TEST(a_push_without_a_server_says_what_to_set),
    TEST(a_far_end_that_is_no_gms_is_told), TEST(an_answer_that_is_no_list_is_told),
    TEST(strange_shapes_of_an_answer_do_no_harm),
    TEST(a_request_too_large_to_read_by_is_halved),
    TEST(settings_that_cannot_be_are_refused), TEST(a_check_proves_the_token))
