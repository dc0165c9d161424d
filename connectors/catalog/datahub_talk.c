/*
 * The wire to GMS: who we say we are, what its answers mean, and how we read what is there (OpenAPI v3, present since
 * DataHub 0.14). Retries, time-outs and Retry-After are base/http's.
 */
#include "connectors/catalog/datahub.h"

#include "base/ctx.h"
#include "base/say.h"

#include <strings.h>

enum {
    most_words = 300, /* bytes of a server's message that we show */
    read_page = 100,  /* entities a request; a schema may take megabytes */
    scroll_page = 1000,
};

static const char no_gms[] = "give the address of GMS itself, usually http://HOST:8080, "
                             "or https://HOST/api/gms through the "
                             "frontend";

struct tl_http *tl_datahub_http(void *conn)
{
    return ((struct tl_datahub *)conn)->http;
}

void tl_datahub_text(struct tl_str *out, const json_t *text)
{
    if (json_is_string(text))
        tl_json_unescape_bytes(out, json_string_value(text), json_string_length(text));
}

static bool is_json(const struct tl_http_response *response)
{
    size_t at = strspn(response->body.text, " \t\r\n");
    char first = response->body.text[at];

    return first == '{' || first == '[';
}

/* The message of rest.li, the error of OpenAPI, or the start of the text. */
static void add_message(struct tl_str *out, const struct tl_http_response *response)
{
    json_t *tree = json_loadb(response->body.text, response->body.n, 0, NULL);
    const char *message = json_string_value(json_object_get(tree, "message"));

    if (!message)
        message = json_string_value(json_object_get(tree, "error"));
    if (message)
        tl_str_add(out, message);
    else if (is_json(response))
        tl_str_add_bytes(out, response->body.text, response->body.n);
    json_decref(tree);
}

/* A server may echo what we sent: the token must not come back through its words. Not strstr: a NUL would end the search. */
static void hide(struct tl_str *text, const char *secret)
{
    size_t n = secret ? strlen(secret) : 0;
    char *end = text->text + text->n;

    for (char *at = text->text;
         n > 0 && (at = memmem(at, (size_t)(end - at), secret, n)) != NULL; at += n)
        memset(at, '*', n);
}

const char *tl_datahub_words(const struct tl_datahub *hub,
                             const struct tl_http_response *response, struct tl_ctx *ctx)
{
    struct tl_str raw = TL_STR_INIT(TL_STR_MOST);
    struct tl_str shown = TL_STR_INIT(TL_STR_MOST);

    add_message(&raw, response);
    hide(&raw, hub->config.token);
    tl_str_add_shown(&shown, raw.text, raw.n);
    size_t n = shown.n;
    if (n > most_words) {
        n = most_words - 3;
        while (n > 0 && ((unsigned char)shown.text[n] & 0xc0) == 0x80)
            n--;
    }
    const char *words =
        n == 0 ? tl_arena_printf(ctx->arena, "HTTP status %d", response->status)
               : tl_arena_printf(ctx->arena, "%.*s%s", (int)n, shown.text,
                                 n < shown.n ? "..." : "");
    tl_str_release(&raw);
    tl_str_release(&shown);
    return words;
}

void tl_datahub_hint_later(struct tl_ctx *ctx)
{
    tl_hint(ctx, "see whether DataHub is up and reachable from here; the next push sends "
                 "only what is still missing");
}

/* What an answer that is not 2xx means for the whole talk. */
static int fail_with(const struct tl_datahub *hub,
                     const struct tl_http_response *response, const char *path,
                     struct tl_ctx *ctx)
{
    int n = (int)strcspn(path, "?");
    int status = response->status;

    if (status == 401) {
        tl_hint(ctx, hub->authorization ? "the token is wrong or has expired: make a new "
                                          "one in DataHub's settings, access tokens"
                                        : "set the sink's token to an access token, as "
                                          "token: ${DATAHUB_GMS_TOKEN}");
        return tl_fail(ctx, TL_EAUTH, "cannot sign in to '%s'", hub->server);
    }
    if (status == 403) {
        tl_hint(ctx, "the token's owner needs the privileges to view datasets and to "
                     "edit their metadata and tags");
        return tl_fail(ctx, TL_EAUTH, "'%s' does not allow %.*s: %s", hub->server, n,
                       path, tl_datahub_words(hub, response, ctx));
    }
    if (status >= 500)
        tl_datahub_hint_later(ctx);
    if (status >= 500)
        return tl_fail(ctx, TL_EREMOTE, "'%s' failed at %.*s with status %d: %s",
                       hub->server, n, path, status,
                       tl_datahub_words(hub, response, ctx));
    if (status == 404)
        tl_hint(ctx, "DataHub 0.14 or newer is needed; %s", no_gms);
    else if (status >= 300 && status < 400)
        tl_hint(ctx, "%s", no_gms);
    return tl_fail(ctx, TL_EREFUSE, "'%s' refused %.*s with status %d: %s", hub->server,
                   n, path, status, tl_datahub_words(hub, response, ctx));
}

int tl_datahub_judge(const struct tl_datahub *hub,
                     const struct tl_http_response *response, const char *path,
                     struct tl_ctx *ctx)
{
    if (response->status < 200 || response->status >= 300)
        return fail_with(hub, response, path, ctx);
    if (is_json(response))
        return TL_OK;
    tl_hint(ctx, "%s", no_gms);
    return tl_fail(ctx, TL_EREFUSE, "'%s' does not speak JSON at %.*s but '%s'",
                   hub->server, (int)strcspn(path, "?"), path,
                   response->content_type[0] ? response->content_type : "nothing");
}

static int read_answer(json_t **out, const struct tl_datahub *hub,
                       const struct tl_http_response *response, const char *path,
                       struct tl_ctx *ctx)
{
    int rc = tl_datahub_judge(hub, response, path, ctx);

    if (rc)
        return rc;
    if (tl_json_parse(out, response->body.text, response->body.n, "DataHub's answer",
                      ctx) == TL_OK)
        return TL_OK;
    tl_error_clear(&ctx->error);
    return tl_fail(ctx, TL_EREMOTE,
                   "'%s' gave an answer at %.*s that breaks off or is not JSON",
                   hub->server, (int)strcspn(path, "?"), path);
}

int tl_datahub_ask(json_t **out, int *status, struct tl_datahub *hub,
                   const struct tl_datahub_call *call, struct tl_ctx *ctx)
{
    struct tl_str url = TL_STR_INIT(65536);
    struct tl_http_response response = { 0 };

    *out = NULL;
    if (status)
        *status = 0;
    tl_str_add(&url, hub->server);
    tl_str_add(&url, call->path);
    int rc = tl_http_send(&response, hub->http,
                          &(struct tl_http_request){ .method = call->method,
                                                     .url = url.text,
                                                     .headers = hub->headers,
                                                     .n_headers = hub->n_headers,
                                                     .body = call->body,
                                                     .n_body = call->n_body,
                                                     .is_safe_to_repeat = true },
                          ctx);
    if (rc == TL_OK) {
        if (status)
            *status = response.status;
        rc = read_answer(out, hub, &response, call->path, ctx);
    } else if (rc == TL_EREMOTE) {
        tl_datahub_hint_later(ctx);
    }
    tl_http_response_release(&response);
    tl_str_release(&url);
    return rc;
}

int tl_datahub_probe(struct tl_datahub *hub, struct tl_ctx *ctx)
{
    json_t *config;
    int rc =
        tl_datahub_ask(&config, NULL, hub,
                       &(struct tl_datahub_call){ .method = "GET", .path = "/config" },
                       ctx);

    if (rc)
        return rc;
    /* The frontend answers /config too, without this word (rest_emitter.py asks the same). */
    if (strcmp(tl_json_text_at(config, "noCode", ""), "true") != 0) {
        tl_hint(ctx, "%s", no_gms);
        rc = tl_fail(ctx, TL_EREFUSE, "'%s' is not a DataHub metadata service",
                     hub->server);
    } else if (json_is_false(json_object_get(config, "patchCapable"))) {
        tl_hint(ctx, "DataHub 0.14 or newer is needed");
        rc = tl_fail(ctx, TL_EREFUSE, "'%s' cannot patch", hub->server);
    }
    hub->lowers_urns = json_is_true(json_object_get(config, "datasetUrnNameCasing"));
    json_decref(config);
    return rc;
}

static void write_reading(struct tl_str *out, const struct tl_datahub_reading *reading,
                          size_t from, size_t n)
{
    struct tl_json json;

    tl_str_clear(out);
    tl_json_init(&json, out);
    json.ascii = true;
    tl_json_array(&json);
    for (size_t i = from; i < from + n; i++) {
        tl_json_object(&json);
        for (size_t a = 0; a < reading->n_aspects; a++) {
            tl_json_key(&json, reading->aspects[a]);
            tl_json_object(&json);
            tl_json_object_end(&json);
        }
        tl_json_put_text(&json, "urn", reading->urns[i]);
        tl_json_object_end(&json);
    }
    tl_json_array_end(&json);
}

static int read_some(struct tl_datahub *hub, const struct tl_datahub_reading *reading,
                     size_t from, size_t n, int *status, struct tl_ctx *ctx)
{
    struct tl_str body = TL_STR_INIT(TL_STR_MOST);
    char path[96];
    json_t *entities;

    snprintf(path, sizeof path, "/openapi/v3/entity/%s/batchGet?systemMetadata=true",
             reading->entity);
    write_reading(&body, reading, from, n);
    int rc = tl_datahub_ask(&entities, status, hub,
                            &(struct tl_datahub_call){ .method = "POST",
                                                       .path = path,
                                                       .body = body.text,
                                                       .n_body = body.n },
                            ctx);
    tl_str_release(&body);
    if (rc)
        return rc;
    if (json_is_array(entities))
        rc = reading->each(reading->self, entities, ctx);
    else
        rc = tl_fail(ctx, TL_EREFUSE, "'%s' answered %s with something else than a list",
                     hub->server, path);
    json_decref(entities);
    return rc;
}

int tl_datahub_read(struct tl_datahub *hub, const struct tl_datahub_reading *reading,
                    struct tl_ctx *ctx)
{
    size_t page = read_page;

    for (size_t at = 0; at < reading->n_urns;) {
        size_t n = reading->n_urns - at < page ? reading->n_urns - at : page;
        int status;
        int rc = tl_ctx_check(ctx);

        if (rc)
            return rc;
        rc = read_some(hub, reading, at, n, &status, ctx);
        /* An answer over our ceiling or a request over a proxy's: ask for less. */
        if (rc && n > 1 && (rc == TL_ELIMIT || status == 413)) {
            tl_error_clear(&ctx->error);
            page = n / 2;
            continue;
        }
        if (rc)
            return rc;
        at += n;
        tl_progress(ctx, "reading DataHub", at, reading->n_urns);
    }
    return TL_OK;
}

static int ask_page(json_t **out, struct tl_datahub *hub, const char *scroll_id,
                    struct tl_ctx *ctx)
{
    struct tl_str path = TL_STR_INIT(65536);

    tl_str_addf(&path, "/openapi/v3/entity/dataset?aspects=datasetKey&count=%d",
                (int)scroll_page);
    if (*scroll_id) {
        tl_str_add(&path, "&scrollId=");
        tl_str_add_urlencoded(&path, scroll_id);
    }
    int rc = tl_ctx_check(ctx);
    if (rc == TL_OK)
        rc = tl_datahub_ask(out, NULL, hub,
                            &(struct tl_datahub_call){ .method = "GET",
                                                       .path = path.text },
                            ctx);
    tl_str_release(&path);
    return rc;
}

int tl_datahub_scroll(bool *is_whole, struct tl_datahub *hub,
                      void (*each)(void *self, const char *urn), void *self,
                      struct tl_ctx *ctx)
{
    struct tl_str scroll_id = TL_STR_INIT(16384);
    struct tl_str urn = TL_STR_INIT(65536);
    int rc = TL_OK;

    *is_whole = false;
    for (size_t pages = 0; pages < TL_DATAHUB_SCROLL_MOST / scroll_page && !*is_whole;
         pages++) {
        json_t *page;

        rc = ask_page(&page, hub, scroll_id.text, ctx);
        if (rc)
            break;
        const json_t *entities = json_object_get(page, "entities");
        if (!json_is_array(entities))
            rc = tl_fail(ctx, TL_EREFUSE,
                         "'%s' answered with something else than a page "
                         "of datasets",
                         hub->server);
        for (size_t i = 0; i < json_array_size(entities); i++) {
            tl_str_clear(&urn);
            tl_datahub_text(&urn, json_object_get(json_array_get(entities, i), "urn"));
            each(self, urn.text);
        }
        const char *next = json_string_value(json_object_get(page, "scrollId"));
        tl_str_clear(&scroll_id);
        if (next)
            tl_str_add(&scroll_id, next);
        /* Taken for an empty one it would end the list, and what was not seen would count as not there. */
        if (scroll_id.failed && !rc)
            rc = tl_fail(ctx, TL_EREFUSE, "'%s' gave a scrollId that is too long",
                         hub->server);
        *is_whole = scroll_id.n == 0;
        json_decref(page);
        if (rc)
            break;
        tl_progress(ctx, "listing DataHub's datasets", (pages + 1) * scroll_page, 0);
    }
    tl_str_release(&scroll_id);
    tl_str_release(&urn);
    return rc;
}
