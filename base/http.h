/*
 * HTTP as a client: time-outs, retries with jitter, Retry-After, a response ceiling, proxy and CA settings, and a
 * transport that tests can swap. The only file that includes curl.h.
 */
#ifndef TL_BASE_HTTP_H
#define TL_BASE_HTTP_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct tl_ctx;

struct tl_http_settings {
    int64_t connect_timeout; /* ns; 0 takes 10 s */
    int64_t timeout;         /* ns for a whole try; 0 takes 60 s */
    unsigned retries;        /* tries after the first; 4 is usual */
    /* ns before the first retry, doubled each time, +-50 % jitter, at most 30 s; 0 takes 500 ms */
    int64_t backoff;
    int64_t patience; /* ns: a longer Retry-After fails at once; 0 takes 120 s */
    size_t ceiling;   /* most bytes of an answer; 0 takes 64 MiB */
    /* NULL: the environment's (http_proxy, https_proxy, no_proxy) */
    const char *proxy;
    const char *ca_file;    /* NULL: the system's */
    const char *user_agent; /* NULL: "tagline/<version>" */
};

struct tl_http_request {
    const char *method; /* "GET", "POST", "PATCH" ... */
    const char *url;
    /* "Name: value", n of them; values may be secret and are never shown */
    const char *const *headers;
    size_t n_headers;
    const char *body;
    size_t n_body;
    /* may be sent again after a failure whose outcome is unknown (time-out, cut connection, 5xx) */
    bool is_safe_to_repeat;
};

struct tl_http_response {
    int status;
    struct tl_str body;
    char content_type[96];
    int64_t retry_after; /* ns; -1: none */
    unsigned tries;
};

/* Sends once. TL_OK with any HTTP status; TL_EREMOTE when no whole answer came. */
struct tl_transport {
    int (*send)(void *self, struct tl_http_response *out,
                const struct tl_http_request *request, struct tl_ctx *ctx);
    void *self;
};

/* One a thread: it keeps its connections. Close with tl_http_close. */
struct tl_http;
int tl_http_open(struct tl_http **out, const struct tl_http_settings *settings,
                 struct tl_ctx *ctx);
void tl_http_close(struct tl_http *http); /* NULL is fine */
/* For tests: everything goes through `transport` instead of libcurl. */
void tl_http_use(struct tl_http *http, struct tl_transport transport);

/*
 * Sends, retrying 429 and 503 always (they were not done) and 500, 502, 504, time-outs and cut connections when the request
 * is safe to repeat. TL_OK with the last status, whatever it is. TL_EREMOTE when no answer came, TL_ELIMIT over the ceiling.
 * Messages name method and URL without its query, never headers or bodies. Release `out` with tl_http_response_release.
 */
int tl_http_send(struct tl_http_response *out, struct tl_http *http,
                 const struct tl_http_request *request, struct tl_ctx *ctx);
void tl_http_response_release(struct tl_http_response *response);

#endif
