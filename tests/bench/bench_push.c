/*
 * Proposals a second, built and sent: `bench_push URL DATASETS` plans the own form of a made-up belief and pushes it to a server
 * that says yes to everything (bench_push.py has one), `bench_push FILE DATASETS` writes it as a file of proposals instead.
 * Prints one JSON object. The names are as bad as names get, so that the file is also what validate_proposals.py is fed.
 */
#include "tests/check.h"
#include "tests/world_belief.h"

#include "base/file.h"
#include "connectors/catalog/datahub.h"

#include <stdio.h>

static const char *const bad_names[] = {
    "email",           "E-Mail \xf0\x9f\x98\x80",
    "a/b~c",           "amount(usd),net",
    "quo\"te\\",       "\xc3\x84pfel",
    "tab\tnew\nline",  "raw\xff\xfe",
    "[version=2.0].x", "\xe6\x97\xa5\xe6\x9c\xac",
};
static const char *const types[] = { "VARCHAR(20)", "BIGINT", "NUMERIC(10,2)",
                                     "BOOLEAN",     "DATE",   "TIMESTAMP",
                                     "BLOB",        "JSON",   "map(varchar, varchar)",
                                     "uuid" };

static void draft_dataset(struct tl_draft *draft, unsigned i)
{
    char name[64];

    snprintf(name, sizeof name, "%s_%u", bad_names[i % 10], i);
    tl_draft_dataset(draft, "snowflake", "adtech", i % 2 ? "events" : "M\xc3\xa4rkte",
                     name);
    for (unsigned c = 0; c < 10; c++) {
        struct tl_belief_column *column =
            tl_draft_column(draft, bad_names[c], types[(c + i) % 10]);

        column->comment = tl_draft_text(draft, c % 3 ? "as told by the \"owner\"" : NULL);
        column->roles = c == 0 ? TL_KEY_PRIMARY : 0;
        column->nullable = (int8_t)((int)(c % 3) - 1);
        if (c % 2)
            tl_draft_tag(draft, c % 4 == 1 ? "email_address" : "phone_number",
                         TL_PROPOSED);
    }
    if (i % 5 == 4) {
        struct tl_belief_dataset *dataset = &draft->datasets.items[i];

        dataset->kind = i % 2 ? TL_VIEW : TL_MATERIALIZED_VIEW;
        dataset->view_sql = tl_draft_text(draft, "select \"email\" from t where x = ?");
    }
}

static int open_sink(void **out, const char *server, struct tl_ctx *ctx)
{
    struct tl_datahub_config config = { 0 };
    int rc = tl_option_defaults(&config, tl_connector_datahub.options, ctx);

    config.server = server;
    return rc ? rc : tl_connector_datahub.open(out, &config, ctx);
}

static int work(const char *where, const struct tl_belief *belief, struct tl_ctx *ctx)
{
    struct tl_plan plan = { 0 };
    struct tl_receipt receipt = { 0 };
    struct tl_str text = TL_STR_INIT((size_t)4 << 30);
    bool is_url = strncmp(where, "http", 4) == 0;
    void *offline = NULL;
    void *online = NULL;
    int64_t began = tl_ticks(ctx);
    int rc = open_sink(&offline, NULL, ctx);

    if (rc == TL_OK)
        rc = tl_connector_datahub.sink->plan(&plan, offline, belief, ctx);
    int64_t planned = tl_ticks(ctx);
    if (rc == TL_OK && is_url)
        rc = open_sink(&online, where, ctx);
    if (rc == TL_OK && is_url)
        rc = tl_connector_datahub.sink->push(&receipt, online, &plan, ctx);
    else if (rc == TL_OK)
        rc = tl_connector_datahub.sink->write(&text, &plan, ctx);
    if (rc == TL_OK && !is_url)
        rc = tl_file_write(where, text.text, text.n, ctx);
    int64_t ended = tl_ticks(ctx);
    size_t bytes = 0;
    for (size_t i = 0; rc == TL_OK && i < plan.items.n; i++)
        bytes += plan.items.items[i].n_body;
    if (rc == TL_OK)
        printf("{\"proposals\": %zu, \"bytes\": %zu, \"accepted\": %zu, \"build_s\": "
               "%.6f, \"send_s\": %.6f}\n",
               plan.items.n, bytes, receipt.n_accepted, (double)(planned - began) / 1e9,
               (double)(ended - planned) / 1e9);
    tl_str_release(&text);
    tl_vec_release(&plan.items);
    tl_vec_release(&plan.misses);
    tl_vec_release(&receipt.refusals);
    tl_connector_datahub.close(offline);
    tl_connector_datahub.close(online);
    return rc;
}

int main(int argc, char **argv)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct tl_draft draft;

    if (argc != 3) {
        fprintf(stderr, "usage: bench_push URL|FILE DATASETS\n");
        return 2;
    }
    tl_clock_init(&run.clock);
    tl_ctx_init(&ctx, &run);
    tl_draft_init(&draft);
    for (unsigned i = 0; i < strtoul(argv[2], NULL, 10); i++)
        draft_dataset(&draft, i);
    int rc = work(argv[1], tl_draft_belief(&draft), &ctx);
    if (rc)
        fprintf(stderr, "%s\n%s\n", ctx.error.text, ctx.error.hint);
    tl_draft_release(&draft);
    tl_ctx_release(&ctx);
    return rc ? 1 : 0;
}
