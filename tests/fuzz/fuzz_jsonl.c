/*
 * One line of JSON lines. Any bytes: fields lie where they may and within their ceilings; and what jansson holds for an object
 * we hold for one too (the other way round not: bytes that are no UTF-8, repeated keys and half pairs are let pass).
 */
#include "connectors/files/json_flat.h"

#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>

enum { VALUE_BYTES = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static size_t depth_of(const uint8_t *bytes, size_t n)
{
    size_t depth = 0;

    for (size_t i = 0; i < n; i++)
        depth += bytes[i] == '{' || bytes[i] == '[';
    return depth;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *line = (const char *)bytes;
    struct tl_flat flat;

    tl_flat_init(&flat, VALUE_BYTES);
    enum tl_flat_answer answer = tl_flat_read(&flat, line, n);
    for (size_t i = 0; i < flat.fields.n; i++) {
        const struct tl_flat_field *field = &flat.fields.items[i];
        bool is_in_line = field->value >= line && field->value + field->n <= line + n;
        assert(field->n_path <= TL_FLAT_PATH_MOST && field->path[field->n_path] == 0);
        assert(field->kind == TL_FLAT_NULL || is_in_line ||
               (field->kind == TL_FLAT_TEXT && field->n <= VALUE_BYTES));
    }
    /* A NUL outside strings ends jansson's reading, not ours. */
    json_t *tree = memchr(line, 0, n) ? NULL : json_loadb(line, n, JSON_ALLOW_NUL, NULL);
    if (json_is_object(tree) && depth_of(bytes, n) <= TL_FLAT_DEPTH)
        assert(answer == TL_FLAT_READ);
    json_decref(tree);
    tl_flat_release(&flat);
    return 0;
}
