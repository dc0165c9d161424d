/*
 * libyaml's events to a jansson tree. Positions are kept beside the tree, by container and key or index, because jansson's
 * true, false and null are one object each and cannot carry one.
 */
#include "base/yaml.h"

#include "base/ctx.h"
#include "base/file.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <yaml.h>

#define YAML_BYTES ((size_t)16 << 20)
#define YAML_DEPTH 64

struct place {
    struct tl_mark key, value;
};

struct tl_yaml_marks {
    struct tl_map
        index; /* address of the container and the key (or the index) -> position in `places` */
    TL_VEC(struct place) places;
    struct tl_arena *names; /* what the index borrows */
};

/* ---- positions ---- */

static size_t place_name(char *out, const json_t *container, const void *step, size_t n)
{
    uintptr_t address = (uintptr_t)container;

    memcpy(out, &address, sizeof address);
    memcpy(out + sizeof address, step, n);
    return sizeof address + n;
}

static void keep_place(struct tl_yaml_marks *marks, const json_t *container,
                       const void *step, size_t n, struct place place)
{
    char *name = tl_arena_alloc(marks->names, sizeof(uintptr_t) + n, 1);
    size_t length = place_name(name, container, step, n);

    tl_map_put(&marks->index, name, length, (uint32_t)marks->places.n);
    tl_vec_push(&marks->places, place);
}

static struct place find_place(const struct tl_yaml *yaml, const json_t *container,
                               const void *step, size_t n)
{
    struct place none = { 0 };
    char small[256];
    uint32_t at;

    if (!yaml->marks || !container)
        return none;
    char *name = n + sizeof(uintptr_t) <= sizeof small
                     ? small
                     : tl_alloc(n + sizeof(uintptr_t), 1);
    size_t length = place_name(name, container, step, n);
    bool is_known = tl_map_get(&yaml->marks->index, name, length, &at);
    if (name != small)
        tl_free(name);
    return is_known ? yaml->marks->places.items[at] : none;
}

struct tl_mark tl_yaml_at(const struct tl_yaml *yaml, const json_t *container,
                          const char *key)
{
    return find_place(yaml, container, key, strlen(key)).value;
}

struct tl_mark tl_yaml_key_at(const struct tl_yaml *yaml, const json_t *container,
                              const char *key)
{
    return find_place(yaml, container, key, strlen(key)).key;
}

struct tl_mark tl_yaml_item_at(const struct tl_yaml *yaml, const json_t *container,
                               size_t i)
{
    return find_place(yaml, container, &i, sizeof i).value;
}

int tl_yaml_fail(const struct tl_yaml *yaml, struct tl_mark at, struct tl_ctx *ctx,
                 const char *format, ...)
{
    struct tl_str text;
    char *words = NULL;
    va_list args;

    va_start(args, format);
    int n = vasprintf(&words, format, args);
    va_end(args);
    tl_str_init(&text, sizeof ctx->error.text * 4);
    tl_str_add(&text, yaml->path ? yaml->path : "");
    if (at.line > 0)
        tl_str_addf(&text, ":%u:%u", at.line, at.column);
    int rc = tl_fail(ctx, TL_ECONFIG, "%s: %s", text.text, n < 0 ? format : words);
    tl_str_release(&text);
    free(words);
    return rc;
}

/* ---- scalars: YAML 1.2.2, section 10.3.2 (core schema) ---- */

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

static bool is_integer(const char *text)
{
    const char *digits = text + (*text == '-' || *text == '+');

    return *digits && digits[digits_at(digits)] == '\0';
}

static bool is_based_integer(const char *text)
{
    if (strncmp(text, "0o", 2) == 0)
        return text[2] && text[2 + strspn(text + 2, "01234567")] == '\0';
    if (strncmp(text, "0x", 2) == 0)
        return text[2] && text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] == '\0';
    return false;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_real(const char *text)
{
    const char *at = text + (*text == '-' || *text == '+');
    size_t before = digits_at(at);

    at += before;
    if (*at == '.') {
        size_t after = digits_at(at + 1);
        if (before + after == 0)
            return false;
        at += 1 + after;
    } else if (before == 0) {
        return false;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '-' || *at == '+';
        size_t exponent = digits_at(at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return *at == '\0';
}

static bool is_not_finite(const char *text)
{
    static const char *const words[] = { ".inf",  ".Inf",  ".INF",  "-.inf", "-.Inf",
                                         "-.INF", "+.inf", "+.Inf", "+.INF", ".nan",
                                         ".NaN",  ".NAN",  NULL };

    return is_one_of(text, words);
}

struct reader {
    struct tl_yaml *yaml;
    struct tl_ctx *ctx;
    yaml_parser_t parser;
    const char *text;
    size_t n;
};

static struct tl_mark mark_of(const yaml_mark_t *mark)
{
    return (struct tl_mark){ (unsigned)mark->line + 1, (unsigned)mark->column + 1 };
}

static int refuse(struct reader *reader, const yaml_event_t *event, const char *what,
                  const char *hint)
{
    tl_hint(reader->ctx, "%s", hint);
    return tl_yaml_fail(reader->yaml, mark_of(&event->start_mark), reader->ctx, "%s",
                        what);
}

static int read_number(json_t **out, struct reader *reader, const yaml_event_t *event,
                       const char *text)
{
    errno = 0;
    if (is_real(text) && !is_integer(text)) {
        double value = strtod(text, NULL);
        if (isfinite(value)) {
            *out = json_real(value);
            return TL_OK;
        }
    } else if (!is_not_finite(text)) {
        bool is_based = is_based_integer(text);
        int base = !is_based ? 10 : text[1] == 'x' ? 16 : 8;
        long long value = strtoll(is_based ? text + 2 : text, NULL, base);
        if (errno == 0) {
            *out = json_integer(value);
            return TL_OK;
        }
    }
    return refuse(reader, event, "this number cannot be held",
                  "put it in quotes if it is meant as text");
}

static int read_scalar(json_t **out, struct reader *reader, const yaml_event_t *event)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
    static const char *const trues[] = { "true", "True", "TRUE", NULL };
    static const char *const falses[] = { "false", "False", "FALSE", NULL };
    const char *text = (const char *)event->data.scalar.value;
    size_t n = event->data.scalar.length;

    if (memchr(text, '\0', n))
        return refuse(reader, event, "a text cannot hold a NUL", "leave the \\0 out");
    if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        *out = json_stringn(text, n);
    else if (is_one_of(text, nulls))
        *out = json_null();
    else if (is_one_of(text, trues))
        *out = json_true();
    else if (is_one_of(text, falses))
        *out = json_false();
    else if (is_integer(text) || is_based_integer(text) || is_real(text) ||
             is_not_finite(text))
        return read_number(out, reader, event, text);
    else
        *out = json_stringn(text, n);
    if (!*out)
        return refuse(reader, event, "this text is not valid UTF-8",
                      "save the file as UTF-8");
    return TL_OK;
}

/* ---- events ---- */

/* libyaml's reader counts bytes where its scanner counts lines. */
static struct tl_mark mark_at_byte(const struct reader *reader, size_t offset)
{
    struct tl_mark mark = { 1, 1 };

    for (size_t i = 0; i < offset && i < reader->n; i++) {
        mark.column++;
        if (reader->text[i] == '\n')
            mark = (struct tl_mark){ mark.line + 1, 1 };
    }
    return mark;
}

static int parser_failed(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "this is not YAML";

    if (parser->error == YAML_READER_ERROR)
        return tl_yaml_fail(reader->yaml, mark_at_byte(reader, parser->problem_offset),
                            reader->ctx, "%s", problem);
    if (strstr(problem, "start any token"))
        tl_hint(reader->ctx,
                "a text that begins with @, `, %% or a tab must stand in quotes; "
                "lines are indented by spaces");
    else if (strstr(problem, "mapping values are not allowed"))
        tl_hint(reader->ctx, "a text that holds ': ' must stand in quotes");
    if (!parser->context || parser->context_mark.line == parser->problem_mark.line)
        return tl_yaml_fail(reader->yaml, mark_of(&parser->problem_mark), reader->ctx,
                            "%s", problem);
    return tl_yaml_fail(reader->yaml, mark_of(&parser->problem_mark), reader->ctx,
                        "%s %s that began at line %zu", problem, parser->context,
                        parser->context_mark.line + 1);
}

/* The next event, refusing what the subset leaves out. Delete the event when it was read. */
static int next_event(yaml_event_t *event, struct reader *reader)
{
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;

    if (!yaml_parser_parse(&reader->parser, event))
        return parser_failed(reader);
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    int rc = TL_OK;
    if (event->type == YAML_ALIAS_EVENT)
        rc = refuse(
            reader, event, "an alias ('*name') is not understood here",
            "write the value out again; put a text that begins with '*' in quotes");
    else if (anchor)
        rc = refuse(reader, event, "an anchor ('&name') is not understood here",
                    "leave it out; put a text that begins with '&' in quotes");
    else if (tag)
        rc = refuse(reader, event, "a tag ('!name') is not understood here",
                    "leave it out; put a text that begins with '!' in quotes");
    if (rc)
        yaml_event_delete(event);
    return rc;
}

static int read_value(json_t **out, struct reader *reader, yaml_event_t *event,
                      unsigned depth);

static int read_sequence(json_t *array, struct reader *reader, unsigned depth)
{
    for (;;) {
        yaml_event_t event;
        json_t *item = NULL;
        int rc = next_event(&event, reader);
        if (rc)
            return rc;
        bool is_end = event.type == YAML_SEQUENCE_END_EVENT;
        if (!is_end) {
            size_t i = json_array_size(array);
            struct place place = { .value = mark_of(&event.start_mark) };
            rc = read_value(&item, reader, &event, depth);
            if (rc == 0) {
                json_array_append_new(array, item);
                keep_place(reader->yaml->marks, array, &i, sizeof i, place);
            }
        }
        yaml_event_delete(&event);
        if (rc || is_end)
            return rc;
    }
}

static int check_key(struct reader *reader, const json_t *object,
                     const yaml_event_t *event)
{
    const char *key = (const char *)event->data.scalar.value;

    if (event->type != YAML_SCALAR_EVENT)
        return refuse(reader, event, "a key must be one word or text",
                      "put a text that begins with '[' or '{' in quotes");
    if (memchr(key, '\0', event->data.scalar.length))
        return refuse(reader, event, "a key cannot hold a NUL", "leave the \\0 out");
    if (!json_object_get(object, key))
        return TL_OK;
    struct tl_mark first = tl_yaml_key_at(reader->yaml, object, key);
    tl_hint(reader->ctx, "it stands at line %u already; keep one of them", first.line);
    return tl_yaml_fail(reader->yaml, mark_of(&event->start_mark), reader->ctx,
                        "the key '%s' stands here twice", key);
}

static int read_entry(json_t *object, struct reader *reader, const yaml_event_t *key,
                      unsigned depth)
{
    yaml_event_t event;
    json_t *value = NULL;
    int rc = check_key(reader, object, key);

    if (rc == 0)
        rc = next_event(&event, reader);
    if (rc)
        return rc;
    const char *name = (const char *)key->data.scalar.value;
    struct place place = { mark_of(&key->start_mark), mark_of(&event.start_mark) };
    rc = read_value(&value, reader, &event, depth);
    yaml_event_delete(&event);
    if (rc)
        return rc;
    if (json_object_set_new(object, name, value) < 0)
        return refuse(reader, key, "this key is not valid UTF-8",
                      "save the file as UTF-8");
    keep_place(reader->yaml->marks, object, name, strlen(name), place);
    return TL_OK;
}

static int read_mapping(json_t *object, struct reader *reader, unsigned depth)
{
    for (;;) {
        yaml_event_t event;
        int rc = next_event(&event, reader);
        if (rc)
            return rc;
        bool is_end = event.type == YAML_MAPPING_END_EVENT;
        if (!is_end)
            rc = read_entry(object, reader, &event, depth);
        yaml_event_delete(&event);
        if (rc || is_end)
            return rc;
    }
}

static int read_value(json_t **out, struct reader *reader, yaml_event_t *event,
                      unsigned depth)
{
    int rc;

    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar(out, reader, event);
    if (depth >= YAML_DEPTH)
        return refuse(reader, event, "more than 64 levels deep", "lay it out flatter");
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        *out = json_array();
        rc = read_sequence(*out, reader, depth + 1);
    } else {
        assert(event->type == YAML_MAPPING_START_EVENT);
        *out = json_object();
        rc = read_mapping(*out, reader, depth + 1);
    }
    if (rc) {
        json_decref(*out);
        *out = NULL;
    }
    return rc;
}

/* A document that holds nothing but comments is as empty as none. */
static bool is_nothing(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static int read_stream(struct reader *reader)
{
    unsigned documents = 0;

    for (;;) {
        yaml_event_t event;
        int rc = next_event(&event, reader);
        if (rc)
            return rc;
        yaml_event_type_t type = event.type;
        switch (type) {
        case YAML_STREAM_START_EVENT:
        case YAML_STREAM_END_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (++documents > 1)
                rc = refuse(reader, &event, "a second document begins here",
                            "keep one document in a file");
            break;
        default:
            if (!is_nothing(&event))
                rc = read_value(&reader->yaml->root, reader, &event, 0);
        }
        yaml_event_delete(&event);
        if (rc || type == YAML_STREAM_END_EVENT)
            return rc;
    }
}

int tl_yaml_parse(struct tl_yaml *out, const char *text, size_t n, const char *name,
                  struct tl_ctx *ctx)
{
    struct reader reader = { .yaml = out, .ctx = ctx, .text = text, .n = n };

    *out = (struct tl_yaml){ .path = tl_arena_strdup(ctx->arena, name) };
    if (n > YAML_BYTES)
        return tl_fail(ctx, TL_ELIMIT, "'%s' is larger than 16 MiB", name);
    if (!yaml_parser_initialize(&reader.parser))
        abort(); /* out of memory, as everywhere */
    out->marks = tl_alloc(1, sizeof *out->marks);
    out->marks->names = tl_arena_open();
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, n);
    int rc = read_stream(&reader);
    yaml_parser_delete(&reader.parser);
    if (rc)
        tl_yaml_release(out);
    return rc;
}

int tl_yaml_load(struct tl_yaml *out, const char *path, struct tl_ctx *ctx)
{
    struct tl_str text;

    *out = (struct tl_yaml){ 0 };
    tl_str_init(&text, YAML_BYTES);
    int rc = tl_file_read(&text, path, ctx);
    if (rc == 0)
        rc = tl_yaml_parse(out, text.text, text.n, path, ctx);
    tl_str_release(&text);
    return rc;
}

void tl_yaml_release(struct tl_yaml *yaml)
{
    json_decref(yaml->root);
    yaml->root = NULL;
    if (!yaml->marks)
        return;
    tl_map_release(&yaml->marks->index);
    tl_vec_release(&yaml->marks->places);
    tl_arena_close(yaml->marks->names);
    tl_free(yaml->marks);
    yaml->marks = NULL;
}
