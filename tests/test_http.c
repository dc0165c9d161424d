#include "tests/check.h"

#include "base/fault.h"
#include "base/http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

/* ---- a transport that answers from a script ---- */

struct step {
    int rc, status;
    int64_t retry_after;
};

struct script {
    struct tl_ctx ctx;
    struct tl_http *http;
    struct step steps[8];
    unsigned n, sent;
    bool cancels; /* the run is cancelled while the first try is under way */
};

static int send_scripted(void *self, struct tl_http_response *out,
                         const struct tl_http_request *request, struct tl_ctx *ctx)
{
    struct script *script = self;
    struct step step =
        script->steps[script->sent < script->n ? script->sent : script->n - 1];

    script->sent++;
    if (script->cancels)
        atomic_store(&ctx->run->cancelled, true);
    if (step.rc)
        return tl_fail(ctx, step.rc, "cannot %s: scripted", request->method);
    out->status = step.status;
    out->retry_after = step.retry_after;
    tl_str_add(&out->body, "body");
    return TL_OK;
}

static void script_open(struct script *script, const struct step *steps, unsigned n)
{
    struct tl_http_settings settings = { .retries = 3 };

    *script = (struct script){ .n = n };
    memcpy(script->steps, steps, n * sizeof *steps);
    tl_test_ctx_init(&script->ctx);
    CHECK_OK(tl_http_open(&script->http, &settings, &script->ctx), &script->ctx);
    tl_http_use(script->http, (struct tl_transport){ send_scripted, script });
}

static void script_close(struct script *script, struct tl_http_response *response)
{
    tl_http_response_release(response);
    tl_http_close(script->http);
    tl_test_ctx_release(&script->ctx);
}

#define STEPS(...)                                                                       \
    (const struct step[]){ __VA_ARGS__ },                                                \
        sizeof((const struct step[]){ __VA_ARGS__ }) / sizeof(struct step)

static const struct tl_http_request once = { .method = "POST",
                                             .url = "http://u:p@h/x?token=t" };
static const struct tl_http_request again = { .method = "GET",
                                              .url = "http://h/x",
                                              .is_safe_to_repeat = true };

static int64_t clock_of(const struct script *script)
{
    return atomic_load(&script->ctx.run->clock.fixed);
}

static void check_tries(const struct tl_http_request *request, struct step first,
                        unsigned tries)
{
    struct script script;
    struct tl_http_response out;
    struct step steps[] = { first, { 0, 200, -1 } };

    script_open(&script, steps, 2);
    int rc = tl_http_send(&out, script.http, request, &script.ctx);
    CHECK_INT(out.tries, tries);
    CHECK_INT(script.sent, tries);
    if (tries == 2) {
        CHECK_OK(rc, &script.ctx);
        CHECK_INT(out.status, 200);
        CHECK_TEXT(out.body.text, "body");
    }
    script_close(&script, &out);
}

static void what_was_not_done_is_always_tried_again(void)
{
    check_tries(&once, (struct step){ 0, 429, -1 }, 2);
    check_tries(&once, (struct step){ 0, 503, -1 }, 2);
}

static void what_may_have_been_done_is_tried_again_only_when_safe(void)
{
    static const struct step steps[] = {
        { 0, 500, -1 }, { 0, 502, -1 }, { 0, 504, -1 }, { TL_EREMOTE, 0, -1 }
    };

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        check_tries(&once, steps[i], 1);
        check_tries(&again, steps[i], 2);
    }
}

static void what_will_not_change_is_not_tried_again(void)
{
    static const int statuses[] = { 200, 301, 400, 401, 403, 404, 413, 422, 501 };

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        check_tries(&again, (struct step){ 0, statuses[i], -1 }, 1);
    check_tries(&again, (struct step){ TL_EREFUSE, 0, -1 }, 1);
    check_tries(&again, (struct step){ TL_ELIMIT, 0, -1 }, 1);
}

static void the_last_answer_is_given_when_tries_run_out(void)
{
    struct script script;
    struct tl_http_response out;

    script_open(&script, STEPS({ 0, 503, -1 }));
    int64_t began = clock_of(&script);
    CHECK_OK(tl_http_send(&out, script.http, &once, &script.ctx), &script.ctx);
    CHECK_INT(out.status, 503);
    CHECK_INT(out.tries, 4);
    /* 0.5 + 1 + 2 s, each half to one and a half times */
    CHECK(clock_of(&script) - began >= SECOND * 7 / 4);
    CHECK(clock_of(&script) - began <= SECOND * 22 / 4);
    script_close(&script, &out);
}

static void the_last_failure_is_given_when_tries_run_out(void)
{
    struct script script;
    struct tl_http_response out;

    script_open(&script, STEPS({ TL_EREMOTE, 0, -1 }));
    CHECK_FAILS(tl_http_send(&out, script.http, &again, &script.ctx), TL_EREMOTE,
                "scripted", &script.ctx);
    CHECK_INT(out.tries, 4);
    script_close(&script, &out);
}

static void retry_after_is_heeded_to_the_second(void)
{
    struct script script;
    struct tl_http_response out;

    script_open(&script, STEPS({ 0, 429, 90 * SECOND }, { 0, 200, -1 }));
    int64_t began = clock_of(&script);
    CHECK_OK(tl_http_send(&out, script.http, &once, &script.ctx), &script.ctx);
    CHECK(clock_of(&script) - began >= 90 * SECOND);
    CHECK(clock_of(&script) - began < 91 * SECOND);
    script_close(&script, &out);
}

static void a_retry_after_beyond_patience_fails_at_once(void)
{
    struct script script;
    struct tl_http_response out;

    script_open(&script, STEPS({ 0, 429, 3600 * SECOND }, { 0, 200, -1 }));
    int64_t began = clock_of(&script);
    CHECK_OK(tl_http_send(&out, script.http, &once, &script.ctx), &script.ctx);
    CHECK_INT(out.status, 429);
    CHECK_INT(out.tries, 1);
    CHECK_INT(out.retry_after, 3600 * SECOND);
    CHECK(clock_of(&script) - began < SECOND);
    script_close(&script, &out);
}

static void a_cancelled_run_waits_no_longer(void)
{
    struct script script;
    struct tl_http_response out;

    script_open(&script, STEPS({ 0, 503, 100 * SECOND }));
    script.cancels = true;
    CHECK_FAILS(tl_http_send(&out, script.http, &once, &script.ctx), TL_ECANCEL, NULL,
                &script.ctx);
    CHECK_INT(script.sent, 1);
    script_close(&script, &out);
}

static void a_broken_seam_is_tried_again_and_names_no_secret(void)
{
    struct script script;
    struct tl_http_response out;

    script_open(&script, STEPS({ 0, 200, -1 }));
    tl_fault_arm_seam("http.send", 1);
    CHECK_OK(tl_http_send(&out, script.http, &again, &script.ctx), &script.ctx);
    CHECK(tl_fault_disarm());
    CHECK_INT(out.tries, 2);
    tl_http_response_release(&out);
    tl_fault_arm_seam("http.send", 1);
    CHECK_FAILS(tl_http_send(&out, script.http, &once, &script.ctx), TL_EREMOTE,
                "cannot POST 'http://h/x': ", &script.ctx);
    CHECK(tl_fault_disarm());
    script_close(&script, &out);
}

/* ---- a server on the loopback: one canned answer a connection ---- */

struct answer {
    const char *bytes;
    size_t n;    /* 0: strlen */
    bool stalls; /* keeps the connection open until the client gives up */
};

struct server {
    int listening;
    pthread_t thread;
    const struct answer *answers;
    unsigned n;
    char url[64];
    char seen[8192]; /* the last request */
};

static void read_request(struct server *server, int fd)
{
    size_t n = 0;
    ssize_t got;

    while (n + 1 < sizeof server->seen &&
           (got = recv(fd, server->seen + n, sizeof server->seen - 1 - n, 0)) > 0) {
        n += (size_t)got;
        server->seen[n] = '\0';
        const char *end = strstr(server->seen, "\r\n\r\n");
        const char *length = strstr(server->seen, "Content-Length: ");
        size_t body = length ? strtoul(length + 16, NULL, 10) : 0;
        if (end && n >= (size_t)(end + 4 - server->seen) + body)
            return;
    }
}

static void *serve(void *self)
{
    struct server *server = self;

    for (unsigned i = 0; i < server->n; i++) {
        const struct answer *answer = &server->answers[i];
        int fd = accept(server->listening, NULL, NULL);
        if (fd < 0)
            break;
        read_request(server, fd);
        size_t n = answer->n ? answer->n : strlen(answer->bytes);
        for (size_t sent = 0; sent < n;) {
            ssize_t now = send(fd, answer->bytes + sent, n - sent, MSG_NOSIGNAL);
            if (now <= 0)
                break;
            sent += (size_t)now;
        }
        char rest[64];
        while (answer->stalls && recv(fd, rest, sizeof rest, 0) > 0)
            continue;
        shutdown(fd, SHUT_RDWR);
        close(fd);
    }
    return NULL;
}

/* A client with its server. */
struct pair {
    struct tl_ctx ctx;
    struct server server;
    struct tl_http *http;
    struct tl_http_response out;
};

static void pair_open(struct pair *p, const struct answer *answers, unsigned n,
                      struct tl_http_settings settings)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof address;

    memset(p, 0, sizeof *p);
    tl_test_ctx_init(&p->ctx);
    p->server.answers = answers;
    p->server.n = n;
    p->server.listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(p->server.listening, (struct sockaddr *)&address, size) ||
        listen(p->server.listening, 8) ||
        getsockname(p->server.listening, (struct sockaddr *)&address, &size))
        abort();
    snprintf(p->server.url, sizeof p->server.url, "http://127.0.0.1:%d/api",
             ntohs(address.sin_port));
    pthread_create(&p->server.thread, NULL, serve, &p->server);
    settings.proxy = "";
    CHECK_OK(tl_http_open(&p->http, &settings, &p->ctx), &p->ctx);
}

static int pair_send(struct pair *p, struct tl_http_request request)
{
    char url[128];

    snprintf(url, sizeof url, "%s%s", p->server.url, request.url ? request.url : "");
    request.url = url;
    if (!request.method)
        request.method = "GET";
    return tl_http_send(&p->out, p->http, &request, &p->ctx);
}

static void pair_close(struct pair *p)
{
    tl_http_close(p->http);
    shutdown(p->server.listening, SHUT_RDWR);
    close(p->server.listening);
    pthread_join(p->server.thread, NULL);
    tl_http_response_release(&p->out);
    tl_test_ctx_release(&p->ctx);
}

#define ANSWERS(...)                                                                     \
    (const struct answer[]){ __VA_ARGS__ },                                              \
        sizeof((const struct answer[]){ __VA_ARGS__ }) / sizeof(struct answer)

static void an_answer_comes_with_status_type_and_body(void)
{
    struct pair p;

    pair_open(&p,
              ANSWERS({ "HTTP/1.1 201 Created\r\ncontent-type:  application/json "
                        "\r\nContent-Length: 2\r\n\r\n{}" }),
              (struct tl_http_settings){ 0 });
    CHECK_OK(pair_send(&p, (struct tl_http_request){ 0 }), &p.ctx);
    CHECK_INT(p.out.status, 201);
    CHECK_TEXT(p.out.content_type, "application/json");
    CHECK_TEXT(p.out.body.text, "{}");
    CHECK_INT(p.out.retry_after, -1);
    CHECK_HAS(p.server.seen, "GET /api HTTP/1.1\r\n");
    CHECK_HAS(p.server.seen, "User-Agent: tagline/" TAGLINE_VERSION "\r\n");
    pair_close(&p);
}

static void a_body_is_sent_with_its_headers_and_method(void)
{
    struct pair p;
    const char *const headers[] = { "Content-Type: application/json",
                                    "Authorization: Bearer t" };

    pair_open(&p, ANSWERS({ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }),
              (struct tl_http_settings){ 0 });
    CHECK_OK(pair_send(&p, (struct tl_http_request){ .method = "PATCH",
                                                     .headers = headers,
                                                     .n_headers = 2,
                                                     .body = "[1]",
                                                     .n_body = 3 }),
             &p.ctx);
    CHECK_HAS(p.server.seen, "PATCH /api HTTP/1.1\r\n");
    CHECK_HAS(p.server.seen, "Content-Type: application/json\r\n");
    CHECK_HAS(p.server.seen, "Authorization: Bearer t\r\n");
    CHECK_HAS(p.server.seen, "\r\n\r\n[1]");
    CHECK(strstr(p.server.seen, "Expect:") == NULL);
    pair_close(&p);
}

static void a_post_without_type_is_no_web_form(void)
{
    struct pair p;

    pair_open(&p, ANSWERS({ "HTTP/1.1 204 No Content\r\n\r\n" }),
              (struct tl_http_settings){ 0 });
    CHECK_OK(pair_send(&p, (struct tl_http_request){ .method = "POST" }), &p.ctx);
    CHECK_INT(p.out.status, 204);
    CHECK(strstr(p.server.seen, "Content-Type") == NULL);
    pair_close(&p);
}

static void html_is_an_answer_like_any_other(void)
{
    struct pair p;

    pair_open(&p,
              ANSWERS({ "HTTP/1.1 502 Bad Gateway\r\nContent-Type: "
                        "text/html\r\n\r\n<html>no</html>" }),
              (struct tl_http_settings){ 0 });
    CHECK_OK(pair_send(&p, (struct tl_http_request){ 0 }), &p.ctx);
    CHECK_INT(p.out.status, 502);
    CHECK_TEXT(p.out.content_type, "text/html");
    CHECK_TEXT(p.out.body.text, "<html>no</html>");
    pair_close(&p);
}

#define CUT "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":"
#define CHUNKED_CUT                                                                      \
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n"

static void a_cut_answer_is_none(void)
{
    struct pair p;

    pair_open(&p, ANSWERS({ CUT }, { CHUNKED_CUT }, { "" }),
              (struct tl_http_settings){ 0 });
    for (int i = 0; i < 3; i++) {
        CHECK_FAILS(pair_send(&p, (struct tl_http_request){ .url = "/x?token=hunter2" }),
                    TL_EREMOTE, "/api/x': ", &p.ctx);
        CHECK(strstr(p.ctx.error.text, "hunter2") == NULL);
        tl_http_response_release(&p.out);
    }
    pair_close(&p);
}

static void a_cut_answer_is_asked_for_again_when_safe(void)
{
    struct pair p;

    pair_open(&p, ANSWERS({ CUT }, { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]" }),
              (struct tl_http_settings){ .retries = 1, .backoff = 1000000 });
    CHECK_OK(pair_send(&p, (struct tl_http_request){ .is_safe_to_repeat = true }),
             &p.ctx);
    CHECK_INT(p.out.tries, 2);
    CHECK_TEXT(p.out.body.text, "[]");
    pair_close(&p);
}

static void an_answer_over_the_ceiling_is_refused(void)
{
    struct pair p;
    char bytes[4096] = "HTTP/1.1 200 OK\r\n\r\n";
    size_t n = strlen(bytes);

    memset(bytes + n, 'x', sizeof bytes - n);
    pair_open(&p, ANSWERS({ bytes, sizeof bytes, false }),
              (struct tl_http_settings){ .ceiling = 1000, .retries = 4 });
    CHECK_FAILS(pair_send(&p, (struct tl_http_request){ .is_safe_to_repeat = true }),
                TL_ELIMIT, "the answer is larger than 1000 bytes", &p.ctx);
    CHECK_INT(p.out.tries, 1);
    CHECK(p.out.body.n <= 1000);
    pair_close(&p);
}

static void a_slow_answer_is_given_up(void)
{
    struct pair p;
    struct timespec began, ended;

    pair_open(&p, ANSWERS({ CUT, 0, true }),
              (struct tl_http_settings){ .timeout = SECOND / 10 });
    clock_gettime(CLOCK_MONOTONIC, &began);
    CHECK_FAILS(pair_send(&p, (struct tl_http_request){ 0 }), TL_EREMOTE,
                "no whole answer within 0.1 s", &p.ctx);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    CHECK(ended.tv_sec - began.tv_sec < 5);
    pair_close(&p);
}

static void a_redirect_is_not_followed(void)
{
    struct pair p;

    pair_open(&p,
              ANSWERS({ "HTTP/1.1 302 Found\r\nLocation: "
                        "http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n" }),
              (struct tl_http_settings){ 0 });
    CHECK_OK(pair_send(&p, (struct tl_http_request){ 0 }), &p.ctx);
    CHECK_INT(p.out.status, 302);
    pair_close(&p);
}

static void check_retry_after(const char *header, int64_t want)
{
    struct pair p;
    char bytes[256];

    snprintf(bytes, sizeof bytes, "HTTP/1.1 429 Slow\r\n%s\r\nContent-Length: 0\r\n\r\n",
             header);
    pair_open(&p, ANSWERS({ bytes }), (struct tl_http_settings){ 0 });
    CHECK_OK(pair_send(&p, (struct tl_http_request){ 0 }), &p.ctx);
    /* Each look at the fixed clock moves it on by a millisecond. */
    CHECK(p.out.retry_after <= want && p.out.retry_after > want - SECOND / 10);
    pair_close(&p);
}

/* The fixed clock began at 2026-01-02T03:04:05Z. */
static void retry_after_is_seconds_or_a_date(void)
{
    check_retry_after("Retry-After: 7", 7 * SECOND);
    check_retry_after("retry-after:  0 ", 0);
    check_retry_after("Retry-After: Fri, 02 Jan 2026 03:05:05 GMT", 60 * SECOND);
    check_retry_after("Retry-After: Fri, 02 Jan 2015 03:05:05 GMT", 0);
    check_retry_after("Retry-After: 99999999999999999999999", INT64_MAX);
    check_retry_after("X-Retry: 7", -1);
}

static void a_header_with_a_line_break_is_refused_and_not_shown(void)
{
    struct pair p;
    const char *const headers[] = { "Authorization: Bearer hunter2\r\nX: y" };

    pair_open(&p, NULL, 0, (struct tl_http_settings){ 0 });
    CHECK(pair_send(&p, (struct tl_http_request){ .headers = headers, .n_headers = 1 }) ==
          TL_ECONFIG);
    CHECK(strstr(p.ctx.error.text, "hunter2") == NULL);
    CHECK_HAS(p.ctx.error.text, "the header 'Authorization' holds a line break");
    pair_close(&p);
}

static int send_to(const char *url, struct tl_http_settings settings, struct tl_ctx *ctx)
{
    struct tl_http *http;
    struct tl_http_response out;

    settings.proxy = "";
    CHECK_OK(tl_http_open(&http, &settings, ctx), ctx);
    int rc = tl_http_send(&out, http,
                          &(struct tl_http_request){ .method = "GET", .url = url }, ctx);
    tl_http_response_release(&out);
    tl_http_close(http);
    return rc;
}

static void addresses_that_lead_nowhere_say_so(void)
{
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(send_to("http://u:hunter2@127.0.0.1:1/a?b=hunter2#c",
                        (struct tl_http_settings){ 0 }, &ctx),
                TL_EREMOTE, "cannot GET 'http://127.0.0.1:1/a': ", &ctx);
    CHECK_FAILS(send_to("ftp://127.0.0.1/a", (struct tl_http_settings){ 0 }, &ctx),
                TL_ECONFIG, "no HTTP address", &ctx);
    CHECK_FAILS(send_to("file:///etc/passwd", (struct tl_http_settings){ 0 }, &ctx),
                TL_ECONFIG, "no HTTP address", &ctx);
    CHECK_FAILS(send_to("http://", (struct tl_http_settings){ 0 }, &ctx), TL_ECONFIG,
                "no HTTP address", &ctx);
    tl_test_ctx_release(&ctx);
}

static void closing_nothing_is_fine(void)
{
    tl_http_close(NULL);
    CHECK(true);
}

TL_TESTS("http", TEST(what_was_not_done_is_always_tried_again),
         TEST(what_may_have_been_done_is_tried_again_only_when_safe),
         TEST(what_will_not_change_is_not_tried_again),
         TEST(the_last_answer_is_given_when_tries_run_out),
         TEST(the_last_failure_is_given_when_tries_run_out),
         TEST(retry_after_is_heeded_to_the_second),
         TEST(a_retry_after_beyond_patience_fails_at_once),
         TEST(a_cancelled_run_waits_no_longer),
         TEST(a_broken_seam_is_tried_again_and_names_no_secret),
         TEST(an_answer_comes_with_status_type_and_body),
         TEST(a_body_is_sent_with_its_headers_and_method),
         TEST(a_post_without_type_is_no_web_form), TEST(html_is_an_answer_like_any_other),
         TEST(a_cut_answer_is_none), TEST(a_cut_answer_is_asked_for_again_when_safe),
         TEST(an_answer_over_the_ceiling_is_refused), TEST(a_slow_answer_is_given_up),
         TEST(a_redirect_is_not_followed), TEST(retry_after_is_seconds_or_a_date),
         TEST(a_header_with_a_line_break_is_refused_and_not_shown),
         TEST(addresses_that_lead_nowhere_say_so), TEST(closing_nothing_is_fine))
