#include "tests/check.h"

#include "base/digest.h"
#include "base/span.h"

#include <string.h>

static struct tl_span example(void)
{
    struct tl_span span = { .name = "dataset",
                            .start = INT64_C(1544712660000000000),
                            .end = INT64_C(1544712661000000001) };

    tl_unhex(span.trace.bytes, 16, "5b8efff798038103d269b633813fc60c");
    tl_unhex(span.id.bytes, 8, "eee19b7ec3c1b174");
    return span;
}

/* A line of one span, and its tree: what any reader of OTLP/JSON sees. */
struct line {
    struct tl_ctx ctx;
    struct tl_str text;
    json_t *tree;
};

static struct line line_of(const struct tl_span *span,
                           void (*attributes)(struct tl_span_line *line))
{
    struct line l = { .text = TL_STR_INIT(1 << 16) };
    struct tl_span_line line;

    tl_test_ctx_init(&l.ctx);
    tl_span_line_begin(&line, &l.text);
    tl_span_begin(&line);
    if (attributes)
        attributes(&line);
    tl_span_end(&line, span);
    tl_span_line_end(&line);
    CHECK_OK(tl_json_parse(&l.tree, l.text.text, l.text.n, "line", &l.ctx), &l.ctx);
    return l;
}

static void line_close(struct line *l)
{
    json_decref(l->tree);
    tl_str_release(&l->text);
    tl_test_ctx_release(&l->ctx);
}

#define SPAN  "resourceSpans.0.scopeSpans.0.spans.0."
#define FIRST SPAN "attributes.0."

static void a_line_names_resource_and_scope(void)
{
    struct tl_span span = example();
    struct line l = line_of(&span, NULL);
    const char *attribute = "resourceSpans.0.resource.attributes.";
    char path[128];

    snprintf(path, sizeof path, "%s0.key", attribute);
    CHECK_TEXT(tl_json_text_at(l.tree, path, ""), "service.name");
    snprintf(path, sizeof path, "%s0.value.stringValue", attribute);
    CHECK_TEXT(tl_json_text_at(l.tree, path, ""), "tagline");
    snprintf(path, sizeof path, "%s1.value.stringValue", attribute);
    CHECK_TEXT(tl_json_text_at(l.tree, path, ""), TAGLINE_VERSION);
    CHECK_TEXT(tl_json_text_at(l.tree, "resourceSpans.0.scopeSpans.0.scope.name", ""),
               "tagline");
    line_close(&l);
}

static void a_root_span_has_the_form_of_proto3_json(void)
{
    struct tl_span span = example();
    struct line l = line_of(&span, NULL);

    CHECK_TEXT(tl_json_text_at(l.tree, SPAN "traceId", ""),
               "5b8efff798038103d269b633813fc60c");
    CHECK_TEXT(tl_json_text_at(l.tree, SPAN "spanId", ""), "eee19b7ec3c1b174");
    CHECK_TEXT(tl_json_text_at(l.tree, SPAN "startTimeUnixNano", ""),
               "1544712660000000000");
    CHECK_TEXT(tl_json_text_at(l.tree, SPAN "endTimeUnixNano", ""),
               "1544712661000000001");
    CHECK_INT(tl_json_int_at(l.tree, SPAN "kind", 0), 1);
    CHECK(tl_json_at(l.tree, SPAN "parentSpanId") == NULL);
    CHECK(tl_json_at(l.tree, SPAN "links") == NULL);
    CHECK_INT(json_object_size(tl_json_at(l.tree, SPAN "status")), 0);
    CHECK_INT(json_array_size(tl_json_at(l.tree, SPAN "attributes")), 0);
    line_close(&l);
}

static void a_child_has_parent_link_and_status(void)
{
    struct tl_span span = example();

    tl_unhex(span.parent.bytes, 8, "00f067aa0ba902b7");
    span.link =
        (struct tl_span_link){ "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331" };
    span.status = TL_SPAN_ERROR;
    span.status_message = "a \"source\" failed";
    struct line l = line_of(&span, NULL);
    CHECK_TEXT(tl_json_text_at(l.tree, SPAN "parentSpanId", ""), "00f067aa0ba902b7");
    CHECK_TEXT(tl_json_text_at(l.tree, SPAN "links.0.traceId", ""),
               "0af7651916cd43dd8448eb211c80319c");
    CHECK_TEXT(tl_json_text_at(l.tree, SPAN "links.0.spanId", ""), "b7ad6b7169203331");
    CHECK_INT(tl_json_int_at(l.tree, SPAN "status.code", 0), 2);
    CHECK_TEXT(tl_json_text_at(l.tree, SPAN "status.message", ""), "a \"source\" failed");
    line_close(&l);
}

static void all_kinds(struct tl_span_line *line)
{
    static const char *const texts[] = { "x", "y\"z" };

    tl_span_attr_int(line, "i", INT64_MIN);
    tl_span_attr_text(line, "nothing", NULL);
    tl_span_attr_text(line, "t", "a\nb");
    tl_span_attr_bool(line, "b", false);
    tl_span_attr_texts(line, "l", texts, 2);
    tl_span_attr_texts(line, "e", texts, 0);
}

static void attributes_have_one_value_of_their_kind(void)
{
    struct tl_span span = example();
    struct line l = line_of(&span, all_kinds);

    CHECK_INT(json_array_size(tl_json_at(l.tree, SPAN "attributes")), 5);
    CHECK_TEXT(tl_json_text_at(l.tree, FIRST "key", ""), "i");
    CHECK_TEXT(tl_json_text_at(l.tree, FIRST "value.intValue", ""),
               "-9223372036854775808");
    CHECK_TEXT(tl_json_text_at(l.tree, SPAN "attributes.1.value.stringValue", ""),
               "a\nb");
    CHECK(json_is_false(tl_json_at(l.tree, SPAN "attributes.2.value.boolValue")));
    CHECK_TEXT(tl_json_text_at(l.tree,
                               SPAN "attributes.3.value.arrayValue.values.1.stringValue",
                               ""),
               "y\"z");
    CHECK_INT(json_array_size(
                  tl_json_at(l.tree, SPAN "attributes.4.value.arrayValue.values")),
              0);
    line_close(&l);
}

static void a_line_is_canonical_and_ends_in_one_newline(void)
{
    struct tl_span span = example();
    struct tl_str canonical = TL_STR_INIT(1 << 16);

    tl_unhex(span.parent.bytes, 8, "00f067aa0ba902b7");
    span.link =
        (struct tl_span_link){ "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331" };
    span.status = TL_SPAN_DONE;
    struct line l = line_of(&span, all_kinds);
    tl_json_add_tree(&canonical, l.tree);
    tl_str_add(&canonical, "\n");
    CHECK_TEXT(l.text.text, canonical.text);
    CHECK(strchr(l.text.text, '\n') == l.text.text + l.text.n - 1);
    tl_str_release(&canonical);
    line_close(&l);
}

static void several_spans_share_a_line_and_lines_follow_each_other(void)
{
    struct tl_span span = example();
    struct tl_str text = TL_STR_INIT(1 << 16);
    struct tl_span_line line;

    for (int i = 0; i < 2; i++) {
        tl_span_line_begin(&line, &text);
        for (int j = 0; j < 3; j++) {
            tl_span_begin(&line);
            tl_span_attr_int(&line, "j", j);
            tl_span_end(&line, &span);
        }
        tl_span_line_end(&line);
    }
    const char *second = strchr(text.text, '\n') + 1;
    json_t *tree = json_loads(second, JSON_REJECT_DUPLICATES, NULL);
    CHECK_INT(json_array_size(tl_json_at(tree, "resourceSpans.0.scopeSpans.0.spans")), 3);
    CHECK_INT(strlen(second), (size_t)(second - text.text));
    json_decref(tree);
    tl_str_release(&text);
}

static void new_ids_are_never_zero_nor_equal(void)
{
    struct tl_trace_id a = { { 0 } }, b = { { 0 } };
    struct tl_span_id c = { { 0 } }, d = { { 0 } };

    tl_trace_id_new(&a);
    tl_trace_id_new(&b);
    tl_span_id_new(&c);
    tl_span_id_new(&d);
    CHECK(memcmp(&a, &b, sizeof a) != 0);
    CHECK(memcmp(&c, &d, sizeof c) != 0);
    CHECK(memcmp(&c, &(struct tl_span_id){ { 0 } }, sizeof c) != 0);
}

/* SHA-256 of 16 zero bytes and "users", by sha256sum. */
static void the_id_of_a_name_need_not_be_stored(void)
{
    struct tl_trace_id trace = { { 0 } };
    struct tl_span_id id;
    char hex[17];

    tl_span_id_of(&id, &trace, "users", 5);
    CHECK_TEXT(tl_hex(hex, id.bytes, 8), "11b95dd37d822cab");
    trace.bytes[0] = 1;
    tl_span_id_of(&id, &trace, "users", 5);
    CHECK(strcmp(tl_hex(hex, id.bytes, 8), "11b95dd37d822cab") != 0);
}

static bool reads(const char *text)
{
    struct tl_trace_id trace;
    struct tl_span_id parent;

    return tl_traceparent_read(&trace, &parent, text);
}

#define TRACE "0af7651916cd43dd8448eb211c80319c"

/* W3C Trace Context section 3.2. */
static void traceparent_is_read_or_refused_as_w3c_says(void)
{
    CHECK(reads("00-" TRACE "-b7ad6b7169203331-01"));
    CHECK(reads("cc-" TRACE "-b7ad6b7169203331-01-more"));
    CHECK(!reads("00-" TRACE "-b7ad6b7169203331-01-more"));
    CHECK(!reads("cc-" TRACE "-b7ad6b7169203331-01x"));
    CHECK(!reads("ff-" TRACE "-b7ad6b7169203331-01"));
    CHECK(!reads("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
    CHECK(!reads("00-" TRACE "-0000000000000000-01"));
    CHECK(!reads("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"));
    CHECK(!reads("00-" TRACE "-b7ad6b7169203331-0"));
    CHECK(!reads("00-" TRACE "-b7ad6b7169203331-0g"));
    CHECK(!reads("00_" TRACE "-b7ad6b7169203331-01"));
    CHECK(!reads(""));
    CHECK(!reads(NULL));
}

static void traceparent_gives_both_ids(void)
{
    struct tl_trace_id trace;
    struct tl_span_id parent;
    char hex[33];

    CHECK(tl_traceparent_read(&trace, &parent, "00-" TRACE "-b7ad6b7169203331-01"));
    CHECK_TEXT(tl_hex(hex, trace.bytes, 16), TRACE);
    CHECK_TEXT(tl_hex(hex, parent.bytes, 8), "b7ad6b7169203331");
}

TL_TESTS("span", TEST(a_line_names_resource_and_scope),
         TEST(a_root_span_has_the_form_of_proto3_json),
         TEST(a_child_has_parent_link_and_status),
         TEST(attributes_have_one_value_of_their_kind),
         TEST(a_line_is_canonical_and_ends_in_one_newline),
         TEST(several_spans_share_a_line_and_lines_follow_each_other),
         TEST(new_ids_are_never_zero_nor_equal),
         TEST(the_id_of_a_name_need_not_be_stored),
         TEST(traceparent_is_read_or_refused_as_w3c_says),
         TEST(traceparent_gives_both_ids))
