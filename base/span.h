/*
 * Spans as OpenTelemetry defines them, written as OTLP/JSON (opentelemetry-proto docs/specification.md, "JSON Protobuf
 * Encoding"): one ExportTraceServiceRequest per line, canonical, straight into a string without a tree.
 */
#ifndef TL_BASE_SPAN_H
#define TL_BASE_SPAN_H

#include "base/json.h"

#include <stdint.h>

struct tl_trace_id {
    unsigned char bytes[16];
};
struct tl_span_id {
    unsigned char bytes[8];
};

/* Random ids, never all zero (W3C Trace Context, section 3.2.2.3). */
void tl_trace_id_new(struct tl_trace_id *out);
void tl_span_id_new(struct tl_span_id *out);
/* The id of the span about `name` in a trace: first 8 bytes of SHA-256(trace id || name), so that it need not be stored. */
void tl_span_id_of(struct tl_span_id *out, const struct tl_trace_id *trace,
                   const char *name, size_t n);

/* Reads TRACEPARENT's form, "00-<32 hex>-<16 hex>-<2 hex>"; false when it is not valid (W3C Trace Context, section 3.2). */
bool tl_traceparent_read(struct tl_trace_id *trace, struct tl_span_id *parent,
                         const char *text);

enum tl_span_status { TL_SPAN_UNSET = 0, TL_SPAN_DONE = 1, TL_SPAN_ERROR = 2 };

struct tl_span_link {
    const char *trace_hex; /* 32 digits */
    const char *span_hex;  /* 16 digits */
};

struct tl_span {
    struct tl_trace_id trace;
    struct tl_span_id id;
    struct tl_span_id parent; /* all zero: a root */
    const char *name;
    int64_t start, end; /* ns since 1970 */
    enum tl_span_status status;
    const char *status_message; /* NULL: none */
    struct tl_span_link link;   /* trace_hex NULL: none */
};

/*
 * A line of spans of one resource (service.name "tagline", service.version). Order of calls:
 * begin (span_begin attr* span_end)+ end. Each line ends in "\n". Attribute keys of one span may come in any order, once each.
 */
struct tl_span_line {
    struct tl_json json;
};
void tl_span_line_begin(struct tl_span_line *line, struct tl_str *out);
void tl_span_begin(struct tl_span_line *line);
/* NULL writes nothing */
void tl_span_attr_text(struct tl_span_line *line, const char *key, const char *text);
void tl_span_attr_int(struct tl_span_line *line, const char *key, int64_t value);
void tl_span_attr_bool(struct tl_span_line *line, const char *key, bool value);
void tl_span_attr_texts(struct tl_span_line *line, const char *key,
                        const char *const *texts, size_t n);
void tl_span_end(struct tl_span_line *line, const struct tl_span *span);
void tl_span_line_end(struct tl_span_line *line);

#endif
