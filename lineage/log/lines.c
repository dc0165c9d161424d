#include "lineage/log/lines.h"

#include "base/ctx.h"
#include "lineage/log/commit.h"
#include "lineage/log/trail.h"

/* ---- finding a line ---- */

const char *tl_line_own(char out[48], const char *span)
{
    /* Not a link to it (which "traceId" follows) nor a parent's (another key). */
    snprintf(out, 48, "\"spanId\":\"%.16s\",\"start", span);
    return out;
}

const char *tl_line_below(char out[48], const char *span)
{
    snprintf(out, 48, "\"parentSpanId\":\"%.16s\"", span);
    return out;
}

static bool find_in_part(struct tl_line *line, const char *needle)
{
    const char *text = line->part.text;
    const char *end = text + line->part.n;
    const char *at = memmem(text, line->part.n, needle, strlen(needle));

    if (!at)
        return false;
    const char *begin = memrchr(text, '\n', (size_t)(at - text));
    const char *close = memchr(at, '\n', (size_t)(end - at));
    line->begin = begin ? begin + 1 : text;
    line->end = close ? close : end;
    return true;
}

int tl_line_find(struct tl_line *out, bool *is_there, const git_tree *root,
                 const char *trace, int64_t since, const char *span, struct tl_ctx *ctx)
{
    struct tl_str path = TL_STR_INIT(512);
    char needle[48];
    int rc = TL_OK;

    tl_str_init(&out->part, TL_STR_MOST);
    *is_there = false;
    tl_line_own(needle, span);
    for (unsigned part = 1; rc == TL_OK && !*is_there; part++) {
        tl_str_clear(&path);
        tl_str_clear(&out->part);
        tl_run_folder(&path, since, trace);
        tl_str_add_char(&path, '/');
        tl_trail_name(&path, part);
        if (part > 1 && !tl_tree_has(NULL, root, path.text))
            break;
        rc = tl_tree_read(&out->part, root, path.text, ctx);
        *is_there = rc == TL_OK && find_in_part(out, needle);
    }
    tl_str_release(&path);
    return rc;
}

void tl_line_release(struct tl_line *line)
{
    tl_str_release(&line->part);
}

/* ---- its spans ---- */

/* Behind the object that begins at `at`; NULL where it does not end. */
static const char *end_of_object(const char *at, const char *end)
{
    unsigned depth = 0;
    bool in_text = false;

    for (; at < end; at++) {
        if (in_text && *at == '\\')
            at++;
        else if (*at == '"')
            in_text = !in_text;
        else if (!in_text && *at == '{')
            depth++;
        else if (!in_text && *at == '}' && --depth == 0)
            return at + 1;
    }
    return NULL;
}

int tl_line_pick(json_t *out, const struct tl_line *line, const char *needle,
                 struct tl_ctx *ctx)
{
    static const char head[] = "\"spans\":[";
    const char *end = line->end;
    const char *at =
        memmem(line->begin, (size_t)(end - line->begin), head, sizeof head - 1);

    for (at = at ? at + sizeof head - 1 : end; at < end && *at == '{';) {
        const char *close = end_of_object(at, end);
        json_t *span;
        if (!close)
            return tl_fail(ctx, TL_ELOG, "a span line is cut short");
        if (memmem(at, (size_t)(close - at), needle, strlen(needle))) {
            int rc = tl_json_parse(&span, at, (size_t)(close - at), "spans.jsonl", ctx);
            if (rc < 0)
                return rc;
            json_array_append_new(out, span);
        }
        at = close + (close < end && *close == ',');
    }
    return TL_OK;
}

/* ---- attributes ---- */

static const json_t *find_attr(const json_t *span, const char *key)
{
    const json_t *attributes = json_object_get(span, "attributes");

    for (size_t i = 0; i < json_array_size(attributes); i++) {
        const json_t *attribute = json_array_get(attributes, i);
        if (strcmp(tl_json_text_at(attribute, "key", ""), key) == 0)
            return json_object_get(attribute, "value");
    }
    return NULL;
}

const char *tl_line_attr(const json_t *span, const char *key)
{
    const json_t *value = find_attr(span, key);
    const char *number = tl_json_text_at(value, "intValue", NULL);

    return number ? number : tl_json_text_at(value, "stringValue", NULL);
}

int64_t tl_line_number(const json_t *span, const char *key)
{
    const char *text = tl_line_attr(span, key);

    return text ? strtoll(text, NULL, 10) : 0;
}

bool tl_line_flag(const json_t *span, const char *key)
{
    return json_is_true(json_object_get(find_attr(span, key), "boolValue"));
}

const json_t *tl_line_list(const json_t *span, const char *key)
{
    return tl_json_at(find_attr(span, key), "arrayValue.values");
}
