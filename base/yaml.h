/*
 * YAML to a jansson tree whose every value knows its line and column. A strict subset: one document, no aliases, no tags,
 * no duplicate keys, depth 64, 16 MiB; scalars by the YAML 1.2 core schema. The only file that includes yaml.h.
 */
#ifndef TL_BASE_YAML_H
#define TL_BASE_YAML_H

#include <jansson.h>
#include <stddef.h>

struct tl_ctx;

/* 1-based; 0 where nothing is known. */
struct tl_mark {
    unsigned line, column;
};

struct tl_yaml {
    json_t *root;     /* NULL for an empty document */
    const char *path; /* the name errors use; from the context's arena */
    struct tl_yaml_marks *marks;
};

/* Reads a file, or text that is named `name` in errors. Errors say "path:line:column: ...". Release after use. */
int tl_yaml_load(struct tl_yaml *out, const char *path, struct tl_ctx *ctx);
int tl_yaml_parse(struct tl_yaml *out, const char *text, size_t n, const char *name,
                  struct tl_ctx *ctx);
void tl_yaml_release(struct tl_yaml *yaml);

/* Where the value of `key` in the mapping `container` stands (and the key itself); likewise of item i of a sequence. */
struct tl_mark tl_yaml_at(const struct tl_yaml *yaml, const json_t *container,
                          const char *key);
struct tl_mark tl_yaml_key_at(const struct tl_yaml *yaml, const json_t *container,
                              const char *key);
struct tl_mark tl_yaml_item_at(const struct tl_yaml *yaml, const json_t *container,
                               size_t i);

/* tl_fail(TL_ECONFIG) with "path:line:column: " in front. */
int tl_yaml_fail(const struct tl_yaml *yaml, struct tl_mark at, struct tl_ctx *ctx,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
