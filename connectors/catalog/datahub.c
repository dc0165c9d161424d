/*
 * The DataHub sink. Reading order: datahub_urn (names), datahub_talk (the wire), datahub_propose (what is said), datahub_plan (what
 * is to be said), datahub_push (saying it), and the table at the end of this file.
 */
#include "connectors/catalog/datahub.h"

#include "base/ctx.h"

static int read_states(struct tl_datahub *hub, struct tl_ctx *ctx)
{
    const struct tl_list *words = &hub->config.states;

    for (size_t i = 0; i < words->n; i++) {
        int state = tl_state_of(words->items[i]);

        if (state != TL_PROPOSED && state != TL_CONFIRMED && state != TL_CARRIED) {
            tl_hint(ctx, "states are proposed, confirmed and carried");
            return tl_fail(ctx, TL_ECONFIG, "tags in the state '%s' are not pushed",
                           words->items[i]);
        }
        hub->states |= 1u << state;
    }
    if (words->n == 0)
        hub->states = 1u << TL_PROPOSED | 1u << TL_CONFIRMED | 1u << TL_CARRIED;
    return TL_OK;
}

static int check_settings(struct tl_datahub *hub, struct tl_ctx *ctx)
{
    const struct tl_datahub_config *config = &hub->config;
    const char *server = config->server;

    if (!tl_datahub_env_is_known(config->env)) {
        tl_hint(ctx, "one of PROD, DEV, TEST, QA, UAT, EI, PRE, STG, NON_PROD, CORP, "
                     "RVW, PRD, TST, SIT, SBX, SANDBOX, CERT");
        return tl_fail(ctx, TL_ECONFIG, "DataHub knows no environment '%s'", config->env);
    }
    if (config->batch < 1)
        return tl_fail(ctx, TL_ECONFIG, "batch must be at least 1");
    if (server && strncmp(server, "http://", 7) != 0 &&
        strncmp(server, "https://", 8) != 0) {
        tl_hint(ctx, "write it as http://HOST:8080 or https://HOST/api/gms");
        return tl_fail(ctx, TL_ECONFIG, "the server '%s' is not an http or https address",
                       server);
    }
    /* An address is shown in messages, a password is not. */
    if (server &&
        memchr(strstr(server, "//") + 2, '@', strcspn(strstr(server, "//") + 2, "/"))) {
        tl_hint(ctx, "give an access token as the sink's token");
        return tl_fail(ctx, TL_ECONFIG,
                       "the server's address must not hold a name or password");
    }
    for (const char *c = config->token; c && *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return tl_fail(ctx, TL_ECONFIG, "the token holds a blank or a line break");
    }
    return read_states(hub, ctx);
}

static int connect(struct tl_datahub *hub, struct tl_ctx *ctx)
{
    const struct tl_datahub_config *config = &hub->config;
    size_t n = strlen(config->server);

    while (n > 0 && config->server[n - 1] == '/')
        n--;
    hub->server = tl_alloc(n + 1, 1);
    memcpy(hub->server, config->server, n);
    hub->headers[hub->n_headers++] = "Content-Type: application/json";
    hub->headers[hub->n_headers++] = "Accept: application/json";
    hub->headers[hub->n_headers++] = "X-RestLi-Protocol-Version: 2.0.0";
    hub->headers[hub->n_headers++] = "X-DataHub-Client-Mode: SDK";
    if (config->token && *config->token) {
        struct tl_str line = TL_STR_INIT(65536);

        tl_str_add(&line, "Authorization: Bearer ");
        tl_str_add(&line, config->token);
        if (line.failed)
            return tl_fail(ctx, TL_ELIMIT, "the token is too long");
        hub->authorization = tl_str_take(&line);
        hub->headers[hub->n_headers++] = hub->authorization;
    }
    return tl_http_open(&hub->http,
                        &(struct tl_http_settings){ .connect_timeout =
                                                        config->connect_timeout,
                                                    .timeout = config->timeout,
                                                    .retries = (unsigned)config->retries,
                                                    .ceiling = (size_t)256 << 20,
                                                    .proxy = config->proxy,
                                                    .ca_file = config->ca_file },
                        ctx);
}

static void datahub_close(void *conn)
{
    struct tl_datahub *hub = conn;

    if (!hub)
        return;
    tl_http_close(hub->http);
    tl_free(hub->server);
    tl_free(hub->authorization);
    tl_free(hub);
}

static int datahub_open(void **out, const void *config, struct tl_ctx *ctx)
{
    struct tl_datahub *hub = tl_alloc(1, sizeof *hub);

    hub->config = *(const struct tl_datahub_config *)config;
    int rc = check_settings(hub, ctx);
    if (rc == TL_OK && hub->config.server)
        rc = connect(hub, ctx);
    if (rc) {
        datahub_close(hub);
        hub = NULL;
    }
    *out = hub;
    return rc;
}

/* /config needs no token: the page of datasets proves that ours is good. Without a server there is nothing to prove. */
static int datahub_check(void *conn, struct tl_ctx *ctx)
{
    struct tl_datahub *hub = conn;
    json_t *page;

    if (!hub->http)
        return TL_OK;
    int rc = tl_datahub_probe(hub, ctx);
    if (rc)
        return rc;
    rc = tl_datahub_ask(&page, NULL, hub,
                        &(struct tl_datahub_call){
                            .method = "GET",
                            .path =
                                "/openapi/v3/entity/dataset?aspects=datasetKey&count=1" },
                        ctx);
    json_decref(page);
    return rc;
}

/* One proposal a line: what `datahub put` and the file source read, and what a diff shows well. */
static int datahub_write(struct tl_str *out, const struct tl_plan *plan,
                         struct tl_ctx *ctx)
{
    tl_str_add(out, "[");
    for (size_t i = 0; i < plan->items.n; i++) {
        tl_str_add(out, i == 0 ? "\n" : ",\n");
        tl_str_add_bytes(out, plan->items.items[i].body, plan->items.items[i].n_body);
    }
    tl_str_add(out, "\n]\n");
    return out->failed ? tl_fail(ctx, TL_ELIMIT, "the proposals do not fit into one file")
                       : TL_OK;
}

static const struct tl_sink_ops datahub_sink = {
    .plan = tl_datahub_plan,
    .push = tl_datahub_push,
    .write = datahub_write,
};

#define AT(field) offsetof(struct tl_datahub_config, field)
static const struct tl_option datahub_options[] = {
    { "server", TL_KIND_TEXT, AT(server), NULL,
      "address of GMS; without one only files are written", NULL, "URL" },
    { "token", TL_KIND_SECRET, AT(token), NULL, "access token" },
    { "env", TL_KIND_TEXT, AT(env), "PROD", "environment in dataset urns", NULL, "WORD" },
    { "platform_instance", TL_KIND_TEXT, AT(platform_instance), NULL,
      "stands before the names of datasets", NULL, "NAME" },
    { "mode", TL_KIND_CHOICE, AT(mode), "enrich",
      "tag what an ingestion made, or also make what is not there", "enrich|own" },
    { "tag_prefix", TL_KIND_TEXT, AT(tag_prefix), "tagline.",
      "stands before the info type in tag urns", NULL, "TEXT" },
    { "states", TL_KIND_LIST, AT(states), NULL,
      "tags to push, by state: proposed, confirmed, carried (all three unless "
      "told)" },
    { "lowercase", TL_KIND_FLAG, AT(lowercase), NULL,
      "derive dataset urns in lower case" },
    { "batch", TL_KIND_COUNT, AT(batch), "200", "most proposals a request" },
    { "max_bytes", TL_KIND_COUNT, AT(max_bytes), "14Mi", "most bytes a request" },
    { "timeout", TL_KIND_DURATION, AT(timeout), "60s", "for a whole request" },
    { "connect_timeout", TL_KIND_DURATION, AT(connect_timeout), "10s",
      "for a connection" },
    { "retries", TL_KIND_COUNT, AT(retries), "4", "tries after the first" },
    { "proxy", TL_KIND_TEXT, AT(proxy), NULL, "instead of the environment's", NULL,
      "URL" },
    { "ca_file", TL_KIND_TEXT, AT(ca_file), NULL,
      "certificates to trust instead of the system's", NULL, "FILE" },
    { 0 },
};
#undef AT
static const char *const datahub_paths[] = { "ca_file", NULL };

const struct tl_connector tl_connector_datahub = {
    .name = "datahub",
    .summary = "tags columns in DataHub, beside the work of people and ingestions",
    .options = datahub_options,
    .config_size = sizeof(struct tl_datahub_config),
    .paths = datahub_paths,
    .open = datahub_open,
    .check = datahub_check,
    .close = datahub_close,
    .sink = &datahub_sink,
};
