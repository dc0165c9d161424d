/*
 * HTTP over libcurl's easy interface. One handle is kept, and with it its connections; whoever wants to send from several
 * threads opens one a thread.
 */
#include "base/http.h"

#include "base/ctx.h"
#include "base/digest.h"
#include "base/fault.h"
#include "base/say.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

#define SECOND       INT64_C(1000000000)
#define MILLISECOND  INT64_C(1000000)
#define BACKOFF_MOST (30 * SECOND)

struct tl_http {
    struct tl_http_settings settings; /* no zeros: defaults are filled in */
    char *proxy, *ca_file, *user_agent;
    CURL *easy;
    struct tl_transport transport;
};

/* ---- one try over libcurl ---- */

/* One request on its way: what the callbacks see. */
struct exchange {
    struct tl_http_response *out;
    struct tl_ctx *ctx;
};

static size_t on_body(char *bytes, size_t size, size_t n, void *self)
{
    struct exchange *exchange = self;

    tl_str_add_bytes(&exchange->out->body, bytes, size * n);
    return exchange->out->body.failed ? 0 : size * n;
}

/* RFC 9110 section 10.2.3: seconds, or a date. */
static int64_t read_retry_after(const char *value, const struct tl_ctx *ctx)
{
    if (*value >= '0' && *value <= '9' && value[strspn(value, "0123456789")] == '\0') {
        errno = 0;
        long long seconds = strtoll(value, NULL, 10);
        return errno || seconds > INT64_MAX / SECOND ? INT64_MAX : seconds * SECOND;
    }
    time_t when = curl_getdate(value, NULL);
    if (when < 0 || when > INT64_MAX / SECOND)
        return -1;
    int64_t wait = (int64_t)when * SECOND - tl_now(ctx);
    return wait > 0 ? wait : 0;
}

/* The value when `line` is the header `name` (given with its colon), without blanks around; else NULL. */
static const char *header_value(char *out, size_t room, const char *line, size_t n,
                                const char *name)
{
    size_t length = strlen(name);

    if (n < length || strncasecmp(line, name, length) != 0)
        return NULL;
    line += length;
    n -= length;
    while (n > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        n--;
    }
    while (n > 0 && strchr(" \t\r\n", line[n - 1]))
        n--;
    snprintf(out, room, "%.*s", (int)(n < room ? n : room - 1), line);
    return out;
}

static size_t on_header(char *line, size_t size, size_t n, void *self)
{
    struct exchange *exchange = self;
    struct tl_http_response *out = exchange->out;
    char value[96];

    n *= size;
    if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        /* "100 Continue" and the like come before the answer and have headers of their own. */
        out->content_type[0] = '\0';
        out->retry_after = -1;
    } else if (header_value(value, sizeof value, line, n, "Retry-After:")) {
        out->retry_after = read_retry_after(value, exchange->ctx);
    } else if (header_value(value, sizeof value, line, n, "Content-Type:")) {
        snprintf(out->content_type, sizeof out->content_type, "%s", value);
    }
    return n;
}

/* libcurl asks here about once a second and whenever bytes move. */
static int on_progress(void *self, curl_off_t down_all, curl_off_t down,
                       curl_off_t up_all, curl_off_t up)
{
    struct exchange *exchange = self;

    (void)down_all;
    (void)down;
    (void)up_all;
    (void)up;
    return exchange->ctx->run && atomic_load(&exchange->ctx->run->cancelled);
}

/* A URL may carry tokens in its query and a password before the host. */
static void add_shown_url(struct tl_str *out, const char *url)
{
    size_t n = strcspn(url, "?#");
    const char *scheme = strstr(url, "://");
    size_t begin = scheme && (size_t)(scheme - url) < n ? (size_t)(scheme - url) + 3 : 0;
    size_t host = begin;

    for (size_t i = begin; i < n && url[i] != '/'; i++)
        if (url[i] == '@')
            host = i + 1;
    tl_str_add_bytes(out, url, begin);
    tl_str_add_bytes(out, url + host, n - host);
}

static int fail_request(struct tl_ctx *ctx, int code,
                        const struct tl_http_request *request, const char *why)
{
    struct tl_str url;

    tl_str_init(&url, 2048);
    add_shown_url(&url, request->url);
    int rc = tl_fail(ctx, code, "cannot %s '%s': %s", request->method, url.text, why);
    tl_str_release(&url);
    return rc;
}

static int fail_curl(struct tl_ctx *ctx, const struct tl_http *http,
                     const struct tl_http_request *request, CURLcode error,
                     const char *words)
{
    char why[CURL_ERROR_SIZE + 64];

    switch (error) {
    case CURLE_ABORTED_BY_CALLBACK:
        return tl_fail(ctx, TL_ECANCEL, "stopped by the user");
    case CURLE_WRITE_ERROR:
    case CURLE_FILESIZE_EXCEEDED:
        snprintf(why, sizeof why, "the answer is larger than %zu bytes",
                 http->settings.ceiling);
        return fail_request(ctx, TL_ELIMIT, request, why);
    case CURLE_OPERATION_TIMEDOUT:
        snprintf(why, sizeof why, "no whole answer within %g s",
                 (double)http->settings.timeout / (double)SECOND);
        return fail_request(ctx, TL_EREMOTE, request, why);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        tl_hint(ctx, "write the address as http://host/ or https://host/");
        return fail_request(ctx, TL_ECONFIG, request, "this is no HTTP address");
    case CURLE_SSL_CACERT_BADFILE:
        tl_hint(ctx, "ca_file must name a readable PEM file");
        return fail_request(ctx, TL_ECONFIG, request, curl_easy_strerror(error));
    case CURLE_PEER_FAILED_VERIFICATION:
        tl_hint(ctx, "if the server's certificate comes from your own authority, name it "
                     "with ca_file");
        return fail_request(ctx, TL_EREFUSE, request,
                            *words ? words : curl_easy_strerror(error));
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
        return fail_request(ctx, TL_EREMOTE, request,
                            *words ? words : curl_easy_strerror(error));
    default:
        /* libcurl's longer words may quote what was received. */
        return fail_request(ctx, TL_EREMOTE, request, curl_easy_strerror(error));
    }
}

static bool has_header(const struct tl_http_request *request, const char *name)
{
    for (size_t i = 0; i < request->n_headers; i++)
        if (strncasecmp(request->headers[i], name, strlen(name)) == 0)
            return true;
    return false;
}

static int add_headers(struct curl_slist **out, const struct tl_http_request *request,
                       struct tl_ctx *ctx)
{
    *out = curl_slist_append(
        NULL,
        "Expect:"); /* waiting for "100 Continue" costs a second with many servers */
    if (!has_header(request, "Content-Type:"))
        *out =
            curl_slist_append(*out,
                              "Content-Type:"); /* libcurl's own would be a web form's */
    for (size_t i = 0; i < request->n_headers; i++) {
        const char *header = request->headers[i];
        if (strpbrk(header, "\r\n")) {
            tl_hint(ctx, "look for a line break in the token or its file");
            return tl_fail(ctx, TL_ECONFIG, "the header '%.*s' holds a line break",
                           (int)strcspn(header, ":\r\n"), header);
        }
        *out = curl_slist_append(*out, header);
    }
    return TL_OK;
}

static void set_method(CURL *easy, const struct tl_http_request *request)
{
    bool has_body = request->n_body > 0 || strcmp(request->method, "POST") == 0 ||
                    strcmp(request->method, "PUT") == 0 ||
                    strcmp(request->method, "PATCH") == 0;

    if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (has_body) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->n_body);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static long milliseconds(int64_t ns)
{
    return (long)((ns + MILLISECOND - 1) / MILLISECOND);
}

static void set_options(struct tl_http *http, struct exchange *exchange, char *words)
{
    const struct tl_http_settings *settings = &http->settings;
    CURL *easy = http->easy;

    curl_easy_reset(easy); /* keeps connections */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION,
                     0L); /* a token must not follow to another host */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     milliseconds(settings->connect_timeout));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(settings->timeout));
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, http->user_agent);
    if (http->proxy)
        curl_easy_setopt(easy, CURLOPT_PROXY, http->proxy);
    if (http->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, exchange);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words);
}

/*
 * TLS may write to a connection that the other side has closed. libcurl would have the whole process ignore SIGPIPE for a
 * while; here only this thread does not take it, and one that came of the transfer is thrown away.
 */
static CURLcode perform(CURL *easy)
{
    sigset_t pipe;
    sigset_t before;
    sigset_t waiting;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&waiting);
    bool was_waiting = sigismember(&waiting, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    CURLcode error = curl_easy_perform(easy);
    while (!was_waiting && sigtimedwait(&pipe, NULL, &(struct timespec){ 0 }) < 0 &&
           errno == EINTR)
        continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static int send_curl(void *self, struct tl_http_response *out,
                     const struct tl_http_request *request, struct tl_ctx *ctx)
{
    struct tl_http *http = self;
    struct exchange exchange = { out, ctx };
    struct curl_slist *headers;
    char words[CURL_ERROR_SIZE] = "";
    long status = 0;

    int rc = add_headers(&headers, request, ctx);
    if (rc)
        goto done;
    set_options(http, &exchange, words);
    curl_easy_setopt(http->easy, CURLOPT_URL, request->url);
    curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, headers);
    set_method(http->easy, request);
    CURLcode error = perform(http->easy);
    if (error != CURLE_OK) {
        rc = fail_curl(ctx, http, request, error, words);
        goto done;
    }
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
    out->status = (int)status;
done:
    /* What the handle points to ends with this call. */
    curl_easy_reset(http->easy);
    curl_slist_free_all(headers);
    return rc;
}

/* ---- open and close ---- */

static void init_curl(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        abort();
}

static int64_t or_default(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

int tl_http_open(struct tl_http **out, const struct tl_http_settings *settings,
                 struct tl_ctx *ctx)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, init_curl);
    *out = NULL;
    CURL *easy = curl_easy_init();
    if (!easy)
        return tl_fail(ctx, TL_EINTERNAL, "libcurl could not be started");
    struct tl_http *http = tl_alloc(1, sizeof *http);
    http->easy = easy;
    http->settings = *settings;
    http->settings.connect_timeout = or_default(settings->connect_timeout, 10 * SECOND);
    http->settings.timeout = or_default(settings->timeout, 60 * SECOND);
    http->settings.backoff = or_default(settings->backoff, 500 * MILLISECOND);
    http->settings.patience = or_default(settings->patience, 120 * SECOND);
    http->settings.ceiling = settings->ceiling ? settings->ceiling : (size_t)64 << 20;
    http->proxy = settings->proxy ? tl_strdup(settings->proxy) : NULL;
    http->ca_file = settings->ca_file ? tl_strdup(settings->ca_file) : NULL;
    http->user_agent = tl_strdup(settings->user_agent ? settings->user_agent
                                                      : "tagline/" TAGLINE_VERSION);
    http->transport = (struct tl_transport){ send_curl, http };
    *out = http;
    return TL_OK;
}

void tl_http_close(struct tl_http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->easy);
    tl_free(http->proxy);
    tl_free(http->ca_file);
    tl_free(http->user_agent);
    tl_free(http);
}

void tl_http_use(struct tl_http *http, struct tl_transport transport)
{
    http->transport = transport;
}

/* ---- tries ---- */

static bool may_repeat(const struct tl_http_request *request, int rc, int status)
{
    if (rc)
        return rc == TL_EREMOTE && request->is_safe_to_repeat;
    switch (status) {
    case 429:
    case 503:
        return true;
    case 500:
    case 502:
    case 504:
        return request->is_safe_to_repeat;
    default:
        return false;
    }
}

/* Doubled with every try, half to one and a half times as long, so that many clients do not come back at once. */
static int64_t backoff_for(const struct tl_http *http, unsigned tries)
{
    int64_t wait = http->settings.backoff;
    uint32_t chance;

    for (unsigned i = 1; i < tries && wait < BACKOFF_MOST; i++)
        wait *= 2;
    if (wait > BACKOFF_MOST)
        wait = BACKOFF_MOST;
    tl_random(&chance, sizeof chance);
    wait = wait / 2 + wait / 1000 * (chance % 1001);
    return wait < BACKOFF_MOST ? wait : BACKOFF_MOST;
}

/* In short steps, so that an interruption is heeded. */
static int wait_for(int64_t ns, struct tl_ctx *ctx)
{
    const int64_t step = 200 * MILLISECOND;

    while (ns > 0) {
        int rc = tl_ctx_check(ctx);
        if (rc)
            return rc;
        tl_pause(ctx, ns < step ? ns : step);
        ns -= step;
    }
    return tl_ctx_check(ctx);
}

static int send_once(struct tl_http_response *out, struct tl_http *http,
                     const struct tl_http_request *request, struct tl_ctx *ctx)
{
    tl_str_clear(&out->body);
    out->status = 0;
    out->content_type[0] = '\0';
    out->retry_after = -1;
    out->tries++;
    if (tl_fault("http.send"))
        return fail_request(ctx, TL_EREMOTE, request, strerror(errno));
    return http->transport.send(http->transport.self, out, request, ctx);
}

static void tell_wait(const struct tl_http_request *request, int status, int64_t wait,
                      const struct tl_ctx *ctx)
{
    struct tl_str url;
    char answer[32] = "gave no answer";

    if (wait < 5 * SECOND)
        return;
    tl_str_init(&url, 2048);
    add_shown_url(&url, request->url);
    if (status > 0)
        snprintf(answer, sizeof answer, "answered %d", status);
    tl_note(ctx, "'%s' %s, trying again in %lld s", url.text, answer,
            (long long)(wait / SECOND));
    tl_str_release(&url);
}

int tl_http_send(struct tl_http_response *out, struct tl_http *http,
                 const struct tl_http_request *request, struct tl_ctx *ctx)
{
    bool had_error = ctx->error.code != 0;

    *out = (struct tl_http_response){ .retry_after = -1 };
    tl_str_init(&out->body, http->settings.ceiling);
    for (;;) {
        int rc = tl_ctx_check(ctx);
        if (rc)
            return rc;
        rc = send_once(out, http, request, ctx);
        if (!may_repeat(request, rc, out->status) || out->tries > http->settings.retries)
            return rc;
        if (out->retry_after > http->settings.patience)
            return rc;
        int64_t wait =
            out->retry_after > 0 ? out->retry_after : backoff_for(http, out->tries);
        if (!had_error)
            tl_error_clear(&ctx->error); /* handled: it is tried again */
        tell_wait(request, out->status, wait, ctx);
        rc = wait_for(wait, ctx);
        if (rc)
            return rc;
    }
}

void tl_http_response_release(struct tl_http_response *response)
{
    tl_str_release(&response->body);
}
