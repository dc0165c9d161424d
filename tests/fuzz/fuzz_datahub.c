/*
 * Any answer of a catalogue: the first byte chooses the status and the mode, the rest is what every request but the first is
 * answered with. The plan holds only whole ASCII proposals for columns we know, and the receipt adds up.
 */
#include "base/ctx.h"
#include "connectors/catalog/datahub.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct far_end {
    const char *body;
    size_t n_body;
    int status;
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static int answer(void *self, struct tl_http_response *out,
                  const struct tl_http_request *request, struct tl_ctx *ctx)
{
    static const char config[] = "{\"noCode\":\"true\"}";
    const struct far_end *far_end = self;
    bool is_config = strstr(request->url, "/config") != NULL;

    (void)ctx;
    out->status = is_config ? 200 : far_end->status;
    tl_str_add_bytes(&out->body, is_config ? config : far_end->body,
                     is_config ? sizeof config - 1 : far_end->n_body);
    return TL_OK;
}

/* sqlite "m.t" with two columns, one tagged as ours, one as rejected; slices point into `text`. */
static const struct tl_belief *belief(void)
{
    static const char text[] = "\0s\0m\0t\0sqlite\0a\0B\0TEXT\0email_address";
    static const struct tl_belief_dataset dataset = { .source = { 1, 1 },
                                                      .database = { 3, 1 },
                                                      .name = { 5, 1 },
                                                      .platform = { 7, 6 },
                                                      .n_columns = 2 };
    static const struct tl_belief_column columns[] = {
        { .path = { 14, 1 }, .native_type = { 18, 4 }, .n_tags = 1 },
        { .path = { 16, 1 }, .native_type = { 18, 4 }, .first_tag = 1, .n_tags = 1 },
    };
    static const struct tl_belief_tag tags[] = {
        { .info_type = { 23, 13 }, .state = TL_PROPOSED, .confidence = 900 },
        { .info_type = { 23, 13 }, .state = TL_REJECTED, .confidence = 900 },
    };
    static const struct tl_belief whole = { .datasets = &dataset,
                                            .columns = columns,
                                            .tags = tags,
                                            .text = text,
                                            .n_datasets = 1,
                                            .n_columns = 2,
                                            .n_tags = 2 };
    return &whole;
}

static void check_plan(const struct tl_plan *plan)
{
    for (size_t i = 0; i < plan->items.n; i++) {
        const struct tl_plan_item *item = &plan->items.items[i];
        json_t *tree = json_loadb(item->body, item->n_body, JSON_REJECT_DUPLICATES, NULL);

        must(tree != NULL);
        json_decref(tree);
        for (size_t at = 0; at < item->n_body; at++)
            must(item->body[at] >= ' ' && item->body[at] <= '~');
    }
}

static void talk(const struct tl_datahub_config *config, const struct far_end *far_end,
                 struct tl_ctx *ctx)
{
    struct tl_plan plan = { 0 };
    struct tl_receipt receipt = { 0 };
    void *conn;

    must(tl_connector_datahub.open(&conn, config, ctx) == TL_OK);
    tl_http_use(tl_datahub_http(conn), (struct tl_transport){ answer, (void *)far_end });
    if (tl_connector_datahub.sink->plan(&plan, conn, belief(), ctx) == TL_OK) {
        check_plan(&plan);
        if (tl_connector_datahub.sink->push(&receipt, conn, &plan, ctx) == TL_OK)
            must(receipt.n_accepted + receipt.refusals.n == plan.items.n);
    }
    must(receipt.n_sent <= plan.items.n);
    tl_connector_datahub.close(conn);
    tl_vec_release(&plan.items);
    tl_vec_release(&plan.misses);
    tl_vec_release(&receipt.refusals);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const int statuses[] = { 200, 200, 200, 200, 400, 403, 413, 500 };
    static struct tl_run run;
    struct tl_datahub_config config = { 0 };
    struct tl_ctx ctx;

    if (n == 0)
        return 0;
    struct far_end far_end = { (const char *)bytes + 1, n - 1, statuses[bytes[0] & 7] };
    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    must(tl_option_defaults(&config, tl_connector_datahub.options, &ctx) == TL_OK);
    config.server = "http://gms";
    config.token = "t";
    config.retries = 0;
    config.mode = bytes[0] & 8 ? TL_DATAHUB_OWN : TL_DATAHUB_ENRICH;
    talk(&config, &far_end, &ctx);
    must(ctx.error.code == 0 || ctx.error.text[0]);
    tl_ctx_release(&ctx);
    return 0;
}
