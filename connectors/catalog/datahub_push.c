/*
 * Sends a plan in batches. GMS refuses a whole batch for one bad item (validation throws for all of it), and a proxy refuses
 * one that is too large: either way the batch is halved until what is refused stands alone, and the rest goes through.
 * Sending an item twice is harmless: upserts, patches and conditional creates say the same the second time.
 */
#include "connectors/catalog/datahub.h"

#include "base/ctx.h"
#include "base/say.h"

static const char head[] = "{\"async\":\"false\",\"proposals\":[";
static const char tail[] = "]}";

struct sending {
    struct tl_datahub *hub;
    const struct tl_plan *plan;
    struct tl_receipt *receipt;
    struct tl_str body;
    size_t widest; /* most items a batch; falls when a proxy finds them too large */
    struct tl_ctx *ctx;
};

static void refuse(struct sending *s, const struct tl_plan_item *item, int status,
                   const char *why)
{
    tl_vec_push(&s->receipt->refusals, ((struct tl_refusal){ .target = item->target,
                                                             .aspect = item->aspect,
                                                             .why = why,
                                                             .status = status }));
}

static int post(struct tl_http_response *out, struct sending *s, size_t from, size_t n)
{
    struct tl_str url = TL_STR_INIT(65536);

    tl_str_clear(&s->body);
    tl_str_add(&s->body, head);
    for (size_t i = from; i < from + n; i++) {
        if (i > from)
            tl_str_add_char(&s->body, ',');
        tl_str_add_bytes(&s->body, s->plan->items.items[i].body,
                         s->plan->items.items[i].n_body);
    }
    tl_str_add(&s->body, tail);
    tl_str_add(&url, s->hub->server);
    tl_str_add(&url, "/aspects?action=ingestProposalBatch");
    int rc = tl_http_send(out, s->hub->http,
                          &(struct tl_http_request){ .method = "POST",
                                                     .url = url.text,
                                                     .headers = s->hub->headers,
                                                     .n_headers = s->hub->n_headers,
                                                     .body = s->body.text,
                                                     .n_body = s->body.n,
                                                     .is_safe_to_repeat = true },
                          s->ctx);
    tl_str_release(&url);
    return rc;
}

/* The item itself is at fault, not the talk: malformed, a failed precondition, too large. */
static bool is_about_items(int status)
{
    return status == 400 || status == 409 || status == 412 || status == 413 ||
           status == 422;
}

static int send_batch(struct sending *s, size_t from, size_t n)
{
    struct tl_http_response response = { 0 };
    int rc = tl_ctx_check(s->ctx);

    if (rc == TL_OK)
        rc = post(&response, s, from, n);
    if (rc == TL_EREMOTE)
        tl_datahub_hint_later(s->ctx);
    if (rc == TL_OK && is_about_items(response.status)) {
        if (n == 1) {
            refuse(s, &s->plan->items.items[from], response.status,
                   tl_datahub_words(s->hub, &response, s->ctx));
            s->receipt->n_sent++;
        } else {
            size_t half = n / 2;

            if (response.status == 413)
                s->widest = half;
            rc = send_batch(s, from, half);
            if (rc == TL_OK)
                rc = send_batch(s, from + half, n - half);
        }
    } else if (rc == TL_OK) {
        rc = tl_datahub_judge(s->hub, &response, "/aspects", s->ctx);
        s->receipt->n_sent += n;
        s->receipt->n_accepted += rc == TL_OK ? n : 0;
    }
    tl_http_response_release(&response);
    return rc;
}

/* How many items from `from` on fit into one request. */
static size_t batch_size(const struct sending *s, size_t from)
{
    size_t bytes = sizeof head + sizeof tail;
    size_t most = (size_t)s->hub->config.max_bytes;
    size_t n = 0;

    while (from + n < s->plan->items.n && n < s->widest) {
        bytes += s->plan->items.items[from + n].n_body + 1;
        if (bytes > most)
            break;
        n++;
    }
    return n;
}

int tl_datahub_push(struct tl_receipt *out, void *conn, const struct tl_plan *plan,
                    struct tl_ctx *ctx)
{
    struct tl_datahub *hub = conn;
    struct sending sending = { .hub = hub,
                               .plan = plan,
                               .receipt = out,
                               .body = TL_STR_INIT(TL_STR_MOST),
                               .widest = (size_t)hub->config.batch,
                               .ctx = ctx };
    int rc = TL_OK;

    *out = (struct tl_receipt){ .sink = "datahub" };
    if (!hub->http) {
        tl_hint(ctx, "set the sink's server to the address of GMS, or write a file with "
                     "push --to FILE");
        return tl_fail(ctx, TL_ECONFIG, "the sink 'datahub' has no server to push to");
    }
    for (size_t at = 0; at < plan->items.n && rc == TL_OK;) {
        size_t n = batch_size(&sending, at);

        if (n == 0) {
            refuse(&sending, &plan->items.items[at], 0,
                   "larger than max_bytes lets one request be");
            at++;
            continue;
        }
        rc = send_batch(&sending, at, n);
        at += n;
        tl_progress(ctx, "pushing to DataHub", at, plan->items.n);
    }
    tl_progress_end(ctx);
    tl_str_release(&sending.body);
    return rc;
}
