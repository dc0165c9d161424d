/*
 * OTLP/JSON lines. Written straight into the string: a scan of a million columns writes several million attributes.
 */
#include "base/span.h"

#include "base/digest.h"

#include <assert.h>

static bool is_zero(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i])
            return false;
    return true;
}

void tl_trace_id_new(struct tl_trace_id *out)
{
    do
        tl_random(out->bytes, sizeof out->bytes);
    while (is_zero(out->bytes, sizeof out->bytes));
}

void tl_span_id_new(struct tl_span_id *out)
{
    do
        tl_random(out->bytes, sizeof out->bytes);
    while (is_zero(out->bytes, sizeof out->bytes));
}

void tl_span_id_of(struct tl_span_id *out, const struct tl_trace_id *trace,
                   const char *name, size_t n)
{
    struct tl_digest digest = { 0 };
    unsigned char bytes[32];

    tl_digest_begin(&digest, TL_DIGEST_SHA256);
    tl_digest_add(&digest, trace->bytes, sizeof trace->bytes);
    tl_digest_add(&digest, name, n);
    tl_digest_end(&digest, bytes);
    tl_digest_release(&digest);
    memcpy(out->bytes, bytes, sizeof out->bytes);
    if (is_zero(out->bytes, sizeof out->bytes))
        out->bytes[sizeof out->bytes - 1] = 1;
}

/* tl_unhex of lower-case digits only: W3C Trace Context calls upper case invalid. */
static bool read_hex(unsigned char *out, size_t n, const char *text)
{
    char digits[33];

    memcpy(digits, text, 2 * n);
    digits[2 * n] = '\0';
    return strspn(digits, "0123456789abcdef") == 2 * n && tl_unhex(out, n, digits);
}

#define TRACEPARENT 55

bool tl_traceparent_read(struct tl_trace_id *trace, struct tl_span_id *parent,
                         const char *text)
{
    size_t n = text ? strlen(text) : 0;
    unsigned char version, flags;

    if (n < TRACEPARENT || text[2] != '-' || text[35] != '-' || text[52] != '-')
        return false;
    if (!read_hex(&version, 1, text) || !read_hex(trace->bytes, 16, text + 3) ||
        !read_hex(parent->bytes, 8, text + 36) || !read_hex(&flags, 1, text + 53))
        return false;
    /* Only a later version may be longer, and then goes on with '-'. */
    if (n > TRACEPARENT && (version == 0 || text[TRACEPARENT] != '-'))
        return false;
    return version != 0xff && !is_zero(trace->bytes, 16) && !is_zero(parent->bytes, 8);
}

/* ---- lines ---- */

#define LITERAL(text) (text), sizeof(text) - 1

/* The spans stand in an array at depth 1 of the writer; what is around it is written as it is. */
void tl_span_line_begin(struct tl_span_line *line, struct tl_str *out)
{
    tl_json_init(&line->json, out);
    tl_str_add_bytes(
        out,
        LITERAL(
            "{\"resourceSpans\":[{\"resource\":{\"attributes\":["
            "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"tagline\"}},"
            "{\"key\":\"service.version\",\"value\":{\"stringValue\":\"" TAGLINE_VERSION
            "\"}}"
            "]},\"scopeSpans\":[{\"scope\":{\"name\":\"tagline\"},\"spans\":"));
    tl_json_array(&line->json);
}

void tl_span_begin(struct tl_span_line *line)
{
    tl_json_object(&line->json);
    tl_json_key(&line->json, "attributes");
    tl_json_array(&line->json);
}

/* {"key":<key>,"value":{<kind>: is written; the value and "}}" are left to the caller. */
static void attr_begin(struct tl_span_line *line, const char *key, const char *kind,
                       size_t n)
{
    tl_json_raw(&line->json, LITERAL("{\"key\":"));
    tl_json_add_text(line->json.out, key, strlen(key));
    tl_str_add_bytes(line->json.out, kind, n);
}

void tl_span_attr_text(struct tl_span_line *line, const char *key, const char *text)
{
    if (!text)
        return;
    attr_begin(line, key, LITERAL(",\"value\":{\"stringValue\":"));
    tl_json_add_text(line->json.out, text, strlen(text));
    tl_str_add_bytes(line->json.out, "}}", 2);
}

/* proto3 JSON writes 64-bit integers as decimal strings. */
void tl_span_attr_int(struct tl_span_line *line, const char *key, int64_t value)
{
    attr_begin(line, key, LITERAL(",\"value\":{\"intValue\":\""));
    tl_str_add_int(line->json.out, value);
    tl_str_add_bytes(line->json.out, "\"}}", 3);
}

void tl_span_attr_bool(struct tl_span_line *line, const char *key, bool value)
{
    attr_begin(line, key, LITERAL(",\"value\":{\"boolValue\":"));
    tl_str_add(line->json.out, value ? "true}}" : "false}}");
}

void tl_span_attr_texts(struct tl_span_line *line, const char *key,
                        const char *const *texts, size_t n)
{
    struct tl_str *out = line->json.out;

    attr_begin(line, key, LITERAL(",\"value\":{\"arrayValue\":{\"values\":["));
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            tl_str_add_char(out, ',');
        tl_str_add_bytes(out, LITERAL("{\"stringValue\":"));
        tl_json_add_text(out, texts[i], strlen(texts[i]));
        tl_str_add_char(out, '}');
    }
    tl_str_add_bytes(out, LITERAL("]}}}"));
}

static void put_time(struct tl_json *json, const char *key, int64_t ns)
{
    char text[24];
    int n = snprintf(text, sizeof text, "\"%lld\"", (long long)ns);

    tl_json_key(json, key);
    tl_json_raw(json, text, (size_t)n);
}

static void put_id(struct tl_json *json, const char *key, const unsigned char *bytes,
                   size_t n)
{
    char hex[33];

    tl_json_key(json, key);
    tl_json_bytes(json, tl_hex(hex, bytes, n), 2 * n);
}

static void put_links(struct tl_json *json, const struct tl_span_link *link)
{
    tl_json_key(json, "links");
    tl_json_array(json);
    tl_json_object(json);
    tl_json_put_text(json, "spanId", link->span_hex);
    tl_json_put_text(json, "traceId", link->trace_hex);
    tl_json_object_end(json);
    tl_json_array_end(json);
}

static void put_status(struct tl_json *json, const struct tl_span *span)
{
    tl_json_key(json, "status");
    tl_json_object(json);
    if (span->status != TL_SPAN_UNSET)
        tl_json_put_int(json, "code", (int64_t)span->status);
    if (span->status_message)
        tl_json_put_text(json, "message", span->status_message);
    tl_json_object_end(json);
}

#define SPAN_KIND_INTERNAL 1

void tl_span_end(struct tl_span_line *line, const struct tl_span *span)
{
    struct tl_json *json = &line->json;

    tl_json_array_end(json);
    put_time(json, "endTimeUnixNano", span->end);
    tl_json_put_int(json, "kind", SPAN_KIND_INTERNAL);
    if (span->link.trace_hex)
        put_links(json, &span->link);
    tl_json_put_text(json, "name", span->name);
    if (!is_zero(span->parent.bytes, sizeof span->parent.bytes))
        put_id(json, "parentSpanId", span->parent.bytes, sizeof span->parent.bytes);
    put_id(json, "spanId", span->id.bytes, sizeof span->id.bytes);
    put_time(json, "startTimeUnixNano", span->start);
    put_status(json, span);
    put_id(json, "traceId", span->trace.bytes, sizeof span->trace.bytes);
    tl_json_object_end(json);
}

void tl_span_line_end(struct tl_span_line *line)
{
    tl_json_array_end(&line->json);
    assert(line->json.depth == 0);
    tl_str_add_bytes(line->json.out, LITERAL("}]}]}\n"));
}
